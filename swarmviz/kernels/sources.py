"""The sources of which compiled code is made: which files count, their digest, and whether they are still those with which Python began.

Numba notices a change of the file that it compiles, but not of the files whose functions that one calls. So compiled code is kept under a
digest of all the files that a kernel can be made of (tests/kernels/test_sources.py holds that it is made of no other), and of what
translates them. Where these files lie does not count: a second checkout and an installed wheel of the same sources share what was compiled.
"""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

import llvmlite
import numba
import numpy as np
from numba import config

PACKAGE = Path(__file__).parents[1]
KERNEL_PARTS = (
    "kernels",
    "dynamics",
    "landscapes",
    "laws",
    "frame.py",
)  # of the package, of which compiled code is made

Stamp = tuple[int, int]  # when a file was changed, and its size in bytes


@functools.cache
def sources_digest(parts: tuple[str, ...] = KERNEL_PARTS) -> str:
    """A short hash of the sources in some parts of the package: of their contents and their places in it.

    Parameters
    ----------
    parts : tuple of str
        Names of files and folders that lie in the package's own folder.
    """
    whole = hashlib.sha256()
    for path in _sources(parts):
        name = path.relative_to(PACKAGE).as_posix()
        whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def toolchain_digest() -> str:
    """A short hash of what translates the sources, besides Python and the processor, which numba tells apart by itself."""
    parts = numba.__version__, llvmlite.__version__, np.__version__, getattr(config, "USING_SVML", None)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:6]


def place_of(file: str) -> tuple[str, ...] | None:
    """Where a file lies in the package, as the names of its folders and its own; None where :func:`sources_digest` does not see it."""
    path = Path(os.path.abspath(file))
    if not path.is_relative_to(PACKAGE) or path.suffix != ".py" or not path.is_file():
        return None
    parts = path.relative_to(PACKAGE).parts
    return parts if parts[0] in KERNEL_PARTS else None


def unchanged() -> bool:
    """Whether the sources on the disk are still those of which this process has the digest.

    Where they are not, modules that it has imported since may be newer than the digest says, so nothing is kept or found under it.
    """
    global _seen
    now = _stamps()
    if now is None:
        return False
    if now != _seen and sources_digest.__wrapped__() != _at_start:
        return False
    _seen = now  # where the stamps differ: touched, and not changed
    return True


def _sources(parts: tuple[str, ...]) -> list[Path]:
    places = (PACKAGE / part for part in parts)
    return sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*.py")))


def _stamps() -> list[Stamp] | None:
    """Of all sources that were there at the start; None where one is missing."""
    try:
        return [(found.st_mtime_ns, found.st_size) for found in map(os.stat, _files)]
    except OSError:
        return None


_files = [str(path) for path in _sources(KERNEL_PARTS)]
_seen = _stamps()  # before they are read: what changes meanwhile is noticed
_at_start = sources_digest()
