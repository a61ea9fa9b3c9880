"""Decodes a file of a visitor in a process of its own, whose memory, time and answer are bounded.

A picture of a few kilobytes may unpack to gigabytes, and a library written in C may be led astray by a file that was made for it. What
happens in that process ends with it, and its environment holds nothing of the server's. One file is decoded at a time, for all visitors.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from swarmviz.landscapes.grid import files

CHILD = Path(__file__).with_name("child.py")
MOST_MEMORY_BYTES = 1 << 30  # of addresses; Python with xarray takes half of it
MOST_CPU_SECONDS = 8
MOST_SECONDS = 30.0
MOST_ANSWER_BYTES = 8 * files.MOST_NUMBERS + 4096
TURN = threading.BoundedSemaphore(1)
# Of the server's environment only what Python and its libraries need in order to start; no secrets, and one thread.
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
FEW = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", "HDF5_USE_FILE_LOCKING": "FALSE"}


class Decoded(NamedTuple):
    """The values of a file, of shape (S,) or (S, T), and the box (low, high) where it says one."""

    values: np.ndarray
    box: tuple[list[float], list[float]] | None


def decoded(
    content: bytes, ending: str, name: str, variable: str = "", wanted: Callable[[], bool] = lambda: True
) -> Decoded:
    """What a file holds; takes a second or more, so never call it on the page's thread.

    Parameters
    ----------
    content : bytes
        Of the file.
    ending : str
        One that :mod:`swarmviz.landscapes.grid.files` knows.
    name, variable : str
        What it is called in a refusal, and which variable of a NetCDF file is meant.
    wanted : function () → bool
        Asked when it is this file's turn: whoever has left meanwhile keeps nobody waiting.

    Raises
    ------
    ValueError
        With one sentence.
    """
    command = [sys.executable, "-I", str(CHILD), files.__file__, ending, name, variable]
    command += [str(MOST_MEMORY_BYTES), str(MOST_CPU_SECONDS)]
    environment = FEW | {known: os.environ[known] for known in KEPT if known in os.environ}
    with TURN, tempfile.TemporaryFile() as given:
        if not wanted():
            raise Refused(f"{name}: is not wanted any more")
        given.write(content)
        given.seek(0)
        with subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=os.sep
        ) as process:
            end = threading.Timer(MOST_SECONDS, process.kill)
            end.start()
            try:
                answer = process.stdout.read(MOST_ANSWER_BYTES + 1)  # type: ignore[union-attr]
            finally:
                end.cancel()
                process.kill()
    return _understood(answer, name)


def _understood(answer: bytes, name: str) -> Decoded:
    """The answer of the process, which counts as no more trustworthy than the file."""
    head, _, rest = answer.partition(b"\n")
    try:
        told: Any = json.loads(head)
        if "error" in told:
            raise Refused(str(told["error"])[:600])
        shape, box = tuple(map(int, told["shape"])), told["box"]
        values = np.frombuffer(rest, "<f8")
        if len(shape) not in (1, 2) or min(shape) < 2 or math.prod(shape) != len(values):
            raise LookupError
        if box is not None:
            low, high = ([float(end) for end in ends] for ends in box)
            if not len(low) == len(high) == len(shape):
                raise LookupError
            box = low, high
        return Decoded(values.reshape(shape).astype(np.float64), box)
    except Refused:
        raise
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        raise ValueError(
            f"{name}: cannot be decoded within {MOST_CPU_SECONDS} s and {MOST_MEMORY_BYTES >> 20} MB"
        ) from None


class Refused(ValueError):
    """The file is not used, and the sentence says why."""
