"""What visits have left behind goes back to the system when the last has ended, and not before."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import types

import pytest

from components.server import memory

# Blocks that the C library frees, below one that stays: it cannot shorten its heap by itself.
FREED = """
import os
from components.server.memory import trimmer
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
blocks = [bytearray(100_000) for _ in range(2000)]
last = bytearray(100_000)
del blocks
before = resident()
trimmer()(0)
print(before - resident())
"""


# Arrays below one that stays, after a larger one has taught the C library to keep such sizes in its heap.
LARGE = """
import os
from components.server.memory import LARGE_BYTES, keep_large_apart
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
keep_large_apart()
bytearray(4 * LARGE_BYTES)
blocks = [bytearray(2 * LARGE_BYTES) for _ in range(20)]
last = bytearray(2 * LARGE_BYTES)
before = resident()
del blocks
print(before - resident())
"""


@pytest.mark.skipif(memory.trimmer() is None, reason="another C library")
def test_a_large_array_goes_back_to_the_system_when_it_is_freed():
    given = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True).stdout
    assert int(given) > 15 * 2 * memory.LARGE_BYTES


@pytest.mark.skipif(memory.trimmer() is None, reason="another C library")
def test_memory_that_was_freed_goes_back_to_the_system():
    given = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True).stdout
    assert int(given) > 100e6


def test_it_goes_back_once_the_last_visitor_has_left_and_only_then(monkeypatch):
    visits, given, looks = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], [], []

    async def look(seconds: float) -> None:
        if not visits:
            raise asyncio.CancelledError
        limiter.taken = visits.pop(0)
        looks.append(limiter.taken)

    limiter = types.SimpleNamespace(taken=0)
    monkeypatch.setattr(memory.session_limit, "LIMITER", limiter)
    monkeypatch.setattr(memory, "trimmer", lambda: lambda pad: given.append(len(looks)))
    monkeypatch.setattr(memory.asyncio, "sleep", look)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(memory.give_back())
    assert given == [7, 14], "after three looks at an empty server, once for each time that somebody was there"


def test_where_the_c_library_has_no_such_function_nothing_is_done(monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert memory.trimmer() is None
    memory.keep_large_apart()
    asyncio.run(asyncio.wait_for(memory.give_back(), 5))
