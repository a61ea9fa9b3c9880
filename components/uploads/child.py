"""The program of the process in which one file of a visitor is decoded; never imported.

    python -I child.py <module that reads> <ending> <name> <variable> <bytes of memory> <seconds>       < file > answer

It bounds its own memory, processor time and files before anything is read, and knows of the server nothing but its arguments. Before it
reads the file it has loaded whatever reads such files, and can open nothing any more: HDF5 lets a file name any other file of the machine
as the place of its values. The answer is a line of JSON, ``{"shape", "box"}`` and then as many floats, or ``{"error"}``.
"""

import contextlib
import errno
import importlib.util
import io
import json
import os
import resource
import sys


def bound(memory: int, seconds: int) -> None:
    """What this process may use from now on."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(19)  # live swarms come first


def rehearse(files, ending: str) -> None:
    """Load whatever reads files of a kind, where imports are not enough by reading small ones."""
    import numpy as np

    if ending in (".png", ".jpg", ".jpeg"):
        from PIL import Image, MpoImagePlugin, TiffImagePlugin  # noqa: F401  # pictures of a stereo camera, and EXIF

        Image.preinit()
    elif ending in (".nc", ".h5", ".netcdf"):
        import h5py

        for calendar in ("standard", "noleap"):  # the second one is refused where a library is missing
            sample = io.BytesIO()
            with h5py.File(sample, "w") as file:
                file["x"], file["t"], file["u"], file["s"] = np.arange(2.0), np.arange(2.0), np.ones((2, 2)), ["a", "b"]
                file["t"].attrs.update({"units": "days since 2000-01-01", "calendar": calendar})
                for axis, scale in enumerate("xt"):
                    file[scale].make_scale(scale)
                    file["u"].dims[axis].attach_scale(file[scale])
            with contextlib.suppress(ValueError):
                files.read_open(sample, ending, "sample", "u")
    else:
        files.read_open(io.BytesIO(b"1,2\n3,4\n"), ending, "sample", None)  # loads the decoder of its characters


def answer(module: str, ending: str, name: str, variable: str) -> tuple[dict, bytes]:
    """The head of the answer and what follows it."""
    import numpy as np

    spec = importlib.util.spec_from_file_location("files", module)
    files = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(files)
    try:
        content = io.BytesIO(sys.stdin.buffer.read())
        rehearse(files, ending)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        values, box = files.read_open(content, ending, name, variable or None)
        values = np.asarray(values)
        if values.dtype.kind not in "fiu":
            return {"error": f"{name}: must hold real numbers, and holds {values.dtype.name}"}, b""
        if values.size > files.MOST_NUMBERS or values.ndim not in (1, 2) or min(values.shape, default=0) < 2:
            return {
                "error": f"{name}: has shape {values.shape}: must be a row, or rows, of at least 2 values each and at most "
                f"{files.MOST_NUMBERS:,} together"
            }, b""
        ends = None if box is None else [[float(end) for end in np.atleast_1d(ends)] for ends in box]
        return {"shape": list(values.shape), "box": ends}, values.astype("<f8").tobytes()
    except MemoryError:
        return {"error": f"{name}: needs more memory than a table may"}, b""
    except ImportError as error:
        return {"error": f"{name}: cannot be read here ({error})"}, b""
    except Exception as error:
        told = isinstance(error, ValueError) and os.strerror(errno.EMFILE) not in str(error)
        return {"error": str(error)[:400] if told else f"{name}: cannot be read"}, b""


if __name__ == "__main__":
    module, ending, name, variable, memory, seconds = sys.argv[1:]
    bound(int(memory), int(seconds))
    head, values = answer(module, ending, name, variable)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + values)
