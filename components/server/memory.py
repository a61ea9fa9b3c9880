"""Memory that visits have left behind goes back to the system once the last of them has ended.

The C library keeps what was freed for the next who asks, in a heap for each of several threads; after films, pictures and large swarms
that is more than all that the server uses, though no object is left. While somebody is there it stays: it is asked for again, and giving
back takes locks that the page's thread may want.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import sys

from components.server import session_limit

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
            gc.collect()
            await asyncio.to_thread(trim, 0)
            used = False


def trimmer() -> ctypes._FuncPointer | None:
    """The C library's function, which works without Python's lock; None where there is none, as outside of glibc."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            return ctypes.CDLL(None).malloc_trim
    return None
