"""A NetCDF file of runs, checked before anything of it is believed: its size, then its form, then whether it is of swarmviz.

The form is read from the file's own directory (HDF5), without a value of it but for the lengths of texts; so a file that would unpack to
more than the memory, that leads to other files or that holds things of other kinds is refused for what it says of itself. No text of a file
is ever evaluated.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray

MAX_FILE_BYTES = 2**30
MAX_BYTES = 2**31  # of all variables together, unpacked
MAX_VARIABLES = 500
MAX_DIMENSIONS = 16
MAX_TEXTS = 10_000  # of a variable: an axis of words
NUMBER_BYTES, CHARACTER_BYTES = 8, 4  # in memory
MAX_RUNS = 500_000  # runs of all cells together
MAX_NAME_CHARS = 100
MAX_TEXT_CHARS = 2_000_000  # of an attribute; the descriptions of a sweep's parts are long
MAX_LABEL_CHARS = 200  # of a text that stands for a value
SIGNATURE = b"\x89HDF\r\n\x1a\n"
NUMBERS = "iufb"
WRITTEN_BY = "a Dataset that swarmviz run, sweep or figure has written, or sv.refine and sv.ensembles"


def read(path: str | os.PathLike[str]) -> xarray.Dataset:
    """The Dataset of a NetCDF file that swarmviz has written, in memory.

    Parameters
    ----------
    path : path
        At most 1 GiB, and 2 GiB when unpacked; at most 500,000 runs of all cells together.

    Raises
    ------
    ValueError
        In one sentence, with the file, the variable and what was expected there.
    OSError
        When the file cannot be opened.

    Examples
    --------
    >>> import swarmviz as sv
    >>> from swarmviz.explore import RunTable, read
    >>> data = sv.run_ensemble(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=5, steps=10)
    >>> _ = data.to_netcdf("runs.nc", engine="h5netcdf")
    >>> RunTable(read("runs.nc")).rows
    5
    """
    file = Path(path)
    _require_file(file)
    _require_form(file)
    import xarray

    try:
        with xarray.open_dataset(file, engine="h5netcdf", decode_times=False, decode_timedelta=False) as opened:
            if opened.nbytes > MAX_BYTES:  # dimensions that grow make more of a variable than it says of itself
                raise ValueError(f"the values take {opened.nbytes:,} bytes; expected at most {MAX_BYTES:,}")
            data = opened.load()
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        raise ValueError(f"{file}: cannot be read as NetCDF ({_brief(error)})") from None
    require_ours(str(file), data)
    return data


def _require_file(file: Path) -> None:
    """Refuse what is no HDF5 file, or too large for one."""
    if not file.is_file():
        raise ValueError(f"{file}: is no file; expected {WRITTEN_BY}")
    size = file.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ValueError(f"{file}: has {size:,} bytes; expected at most {MAX_FILE_BYTES:,}")
    with file.open("rb") as opened:
        if opened.read(len(SIGNATURE)) != SIGNATURE:
            raise ValueError(f"{file}: is no NetCDF-4 file; expected {WRITTEN_BY}")


def _require_form(file: Path) -> None:
    """Refuse by what the file says of its variables, without reading a value of them."""
    import h5py

    try:
        with h5py.File(file, "r") as opened:
            _require_members(file, opened, h5py)
    except (OSError, RuntimeError, KeyError) as error:
        raise ValueError(f"{file}: is damaged ({_brief(error)})") from None


def _require_members(file: Path, root: Any, h5py: Any) -> None:
    if len(root) > MAX_VARIABLES:
        raise ValueError(f"{file}: has {len(root):,} variables; expected at most {MAX_VARIABLES}")
    total = 0
    for name in root:
        shown = _shown(name)
        if len(name) > MAX_NAME_CHARS:
            raise ValueError(f"{file}: variable {shown}: expected a name of at most {MAX_NAME_CHARS} characters")
        if not isinstance(root.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"{file}: variable {shown}: leads to another place; expected its values in the file")
        member = root[name]
        if not isinstance(member, h5py.Dataset):
            raise ValueError(f"{file}: {shown}: is a {type(member).__name__.lower()}; expected variables only")
        if member.is_virtual or member.external:
            raise ValueError(f"{file}: variable {shown}: lies in other files; expected its values in the file")
        if len(member.shape or ()) > MAX_DIMENSIONS:
            raise ValueError(
                f"{file}: variable {shown}: has {len(member.shape)} dimensions; expected at most {MAX_DIMENSIONS}"
            )
        if member.dtype.kind not in NUMBERS + "SU" and h5py.check_string_dtype(member.dtype) is None:
            raise ValueError(f"{file}: variable {shown}: holds {member.dtype}; expected numbers, yes and no, or texts")
        total += _bytes_of(file, shown, member)
        if total > MAX_BYTES:
            raise ValueError(
                f"{file}: variable {shown}: with it the values take {total:,} bytes; expected at most {MAX_BYTES:,}"
            )


def _bytes_of(file: Path, shown: str, member: Any) -> int:
    """How many bytes a variable takes at most: numbers may become longer when they are scaled, texts are all as long as the longest,
    and of a chunk all is unpacked."""
    count = max(math.prod(member.shape or ()), math.prod(member.chunks or ()))
    if member.dtype.kind in NUMBERS:
        return count * max(NUMBER_BYTES, member.dtype.itemsize)
    if count > MAX_TEXTS:
        raise ValueError(f"{file}: variable {shown}: holds {count:,} texts; expected at most {MAX_TEXTS:,}")
    longest = member.dtype.itemsize
    if member.dtype.kind == "O" and member.shape is not None:  # one by one: many of them may lead to the same long text
        longest = max((len(member[place]) for place in np.ndindex(member.shape)), default=0)
    return count * longest * CHARACTER_BYTES


def require_ours(file: str, data: xarray.Dataset) -> None:
    """Raise ``ValueError`` when a Dataset is none of swarmviz, or too large to be shown."""
    if not isinstance(data.attrs.get("swarmviz"), str):
        raise ValueError(f"{file}: the attribute 'swarmviz' is missing; expected {WRITTEN_BY}")
    for where, attributes in (
        ("", data.attrs),
        *((f"variable {_shown(n)}: ", v.attrs) for n, v in data.variables.items()),
    ):
        for name, value in attributes.items():
            if isinstance(value, str) and len(value) > MAX_TEXT_CHARS:
                raise ValueError(
                    f"{file}: {where}attribute {_shown(name)}: expected at most {MAX_TEXT_CHARS:,} characters"
                )
    for name, expected in (
        ("axes", str),
        ("title", str),
        ("dynamics", str),
        ("landscape", str),
        ("swarm", str),
        ("parts", str),
    ):
        if not isinstance(data.attrs.get(name, ""), expected):
            raise ValueError(f"{file}: the attribute {name!r}: expected a text")
    axes = axes_of(data)
    if unknown := [axis for axis in axes if axis not in data.variables]:
        raise ValueError(f"{file}: the axis {_shown(unknown[0])} has no values; expected a coordinate of that name")
    cells = math.prod(data.sizes[axis] for axis in axes)
    if (rows := cells * data.sizes.get("run", 1)) > MAX_RUNS:
        raise ValueError(f"{file}: has {rows:,} runs; expected at most {MAX_RUNS:,}; choose with data.isel")
    if rows == 0 or not (axes or "run" in data.dims):
        raise ValueError(f"{file}: has no runs and no cells; expected {WRITTEN_BY}")
    for name in ("run", "seed", "finished", "success", "steps_taken", *axes):
        if name in data.variables and data[name].dtype.kind not in NUMBERS + ("OUS" if name in axes else ""):
            raise ValueError(f"{file}: variable {_shown(name)}: holds {data[name].dtype}; expected numbers")


def axes_of(data: xarray.Dataset) -> list[str]:
    """The dimensions that tell one cell from another: the axes of a sweep, and the systems and the grid of a figure."""
    named = [
        name
        for name in dict.fromkeys(str(data.attrs.get("axes", "")).split(", "))
        if name in data.dims and name != "run"
    ]
    if "system" not in data.dims:
        return named
    of_cells = next((data[name].dims for name in ("finished", "success_rate") if name in data), ())
    every = [
        dim
        for dim in of_cells or data.dims
        if dim in data.coords and dim not in ("run", "step", "quantile", "snapshot", "coordinate")
    ]
    return ["system", *(str(dim) for dim in every if dim != "system")]


def text_of(value: Any) -> str:
    """A text of a file as it is shown: of one line and not too long; "" for what is none."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    line = " ".join(value.split())
    return line if len(line) <= MAX_LABEL_CHARS else f"{line[:MAX_LABEL_CHARS]}…"


def texts_of(values: Any) -> np.ndarray:
    """Values of an axis that are words, each as a short text."""
    return np.array(
        [text_of(value) or str(value)[:MAX_LABEL_CHARS] for value in np.asarray(values).ravel()], dtype=object
    )


def _shown(name: Any) -> str:
    return repr(str(name)[:MAX_NAME_CHARS])


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
