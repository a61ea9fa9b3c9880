"""A private folder for temporary files of a process, which is removed even when the process was killed.

The folder holds a file on which its process has a lock. The system releases the lock when the process ends, however it ends: a folder whose
lock is free has no process any more, and the next process removes it. (Process numbers would not do: they are reused.)
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import stat
import sys
import tempfile
import threading
from pathlib import Path

if sys.platform != "win32":  # there, what a killed process leaves stays until the system clears its temporary folder
    import fcntl

PREFIX = "swarmviz-"
DRAFT = ".swarmviz-"  # begins the name of a folder that has no lock yet
LOCK = "in-use"  # the file's name

_mine: tuple[int, Path] | None = None  # process, folder
_once = threading.Lock()


def folder() -> Path:
    """The private folder of this process, readable by its user only; made at the first call, removed when the process ends.

    Raises
    ------
    OSError
        When there is no place for temporary files.
    """
    global _mine
    with _once:
        if _mine is None or _mine[0] != os.getpid() or not _mine[1].is_dir():  # forked, or cleared away by the system
            remove_left_over()
            _mine = os.getpid(), _made()
            atexit.register(_remove, *_mine)
        return _mine[1]


def remove_left_over() -> None:
    """Remove the folders of this user's processes that have ended."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):  # in use, or another process removes it, too
                _remove_if_free(path)


def _made() -> Path:
    """A new folder, which gets its name when it has its lock: so no other process ever sees it without."""
    draft = Path(tempfile.mkdtemp(prefix=DRAFT))
    handle = os.open(draft / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # open until the process ends
    if sys.platform != "win32":
        with contextlib.suppress(
            OSError
        ):  # a file system without locks: then nothing removes this folder if the process is killed
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    path = draft.with_name(PREFIX + draft.name.removeprefix(DRAFT))
    draft.rename(path)
    return path


def _remove_if_free(path: Path) -> None:
    if sys.platform == "win32":
        return
    about = path.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
        return
    handle = os.open(path / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(handle)


def _remove(process: int, path: Path) -> None:
    if process == os.getpid():  # a fork leaves its parent's folder alone
        shutil.rmtree(path, ignore_errors=True)
