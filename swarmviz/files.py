"""Writing files: whole or not at all, through links, and with the mode that they have."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import uuid
from pathlib import Path


def write(path: str | os.PathLike[str], content: bytes | memoryview) -> None:
    """Write a file under another name, then rename it.

    A link is followed, an existing file keeps its mode, and what is no file (a device, a pipe) is given the content and stays what it is.

    Raises
    ------
    OSError
        When it cannot be written; a file that was there is then as it was.
    """
    real = Path(os.path.realpath(path))
    try:
        there: os.stat_result | None = os.stat(real)  # raises for links that lead to each other
    except FileNotFoundError:
        there = None
    if there is not None and not stat.S_ISREG(there.st_mode):
        with real.open("wb") as device:
            device.write(content)
        return
    draft = real.with_name(f".{uuid.uuid4().hex[:16]}.draft")
    try:
        draft.write_bytes(content)
        if there is not None:
            os.chmod(draft, stat.S_IMODE(there.st_mode))
        os.replace(draft, real)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def is_open(path: str | os.PathLike[str]) -> bool:
    """Whether some program has the HDF5 file open: HDF5 locks what it has open, readers and writers alike."""
    if sys.platform == "win32":
        return False  # there the system itself refuses to replace it
    import fcntl

    try:
        with open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there is none, or nothing can be locked here
        return False
    return False
