"""Memory that visits have left behind goes back to the system once the last of them has ended.

The C library keeps what was freed for the next who asks, in a heap for each of several threads; after films, pictures and large swarms
that is more than all that the server uses, though no object is left. While somebody is there it stays: it is asked for again, and giving
back takes locks that the page's thread may want.

Large arrays are kept out of those heaps. NumPy asks for huge pages where they lie, and for a place in a heap that holds for good: the
system fills up two megabytes of it around each small thing that comes to lie there later, also after all was given back.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import sys

from components.server import garbage, session_limit

LARGE_BYTES = 4 * 2**20  # for which NumPy asks for huge pages
M_MMAP_THRESHOLD = -3  # of mallopt(3)
LOOK_EVERY_S = 1.0  # whether the last visitor has left
QUIET_LOOKS = 3  # in a row without a visitor: a page that is loaded again comes before


async def give_back() -> None:
    """Give memory back whenever the last visitor has left, until the loop ends."""
    trim = trimmer()
    quiet, used = 0, True  # the server's own session has used memory, too
    while trim is not None:
        await asyncio.sleep(LOOK_EVERY_S)
        quiet, used = (0, True) if session_limit.LIMITER.taken else (quiet + 1, used)
        if used and quiet >= QUIET_LOOKS:
            garbage.collect_all()
            await asyncio.to_thread(trim, 0)
            used = False


def keep_large_apart() -> None:
    """Let each large array have memory of its own, which ends with it; left alone, the C library raises its bound to 32 MB."""
    if mallopt := of_the_c_library("mallopt"):
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def trimmer() -> ctypes._FuncPointer | None:
    """The C library's function that gives back, and works without Python's lock."""
    return of_the_c_library("malloc_trim")


def of_the_c_library(name: str) -> ctypes._FuncPointer | None:
    """A function of glibc; None where there is another library."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            return library[name] if library.gnu_get_libc_version else None
    return None
