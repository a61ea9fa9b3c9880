"""Compile before a visitor waits: the opening dynamics at start, the others on a thread of their own."""

from __future__ import annotations

import sys
import threading
import traceback

from swarmviz import Simulation, dynamics, presets, temporary

_warmed = threading.Event()


def warm() -> None:
    """Compile what the first visitor sees before the server answers, the other dynamics meanwhile; once per process."""
    if _warmed.is_set():
        return
    _warmed.set()
    temporary.remove_left_over()  # films of a server that was killed
    names = list(dynamics.ALL)
    _compile(names[:1])
    threading.Thread(target=_compile, args=(names[1:],), name="swarmviz warm", daemon=True).start()


def _compile(names: list[str]) -> None:
    for name in names:
        try:
            Simulation(*presets.opening(name).build()).advance(2)
        except Exception as error:  # the page reports it to the visitor who chooses this dynamics
            traceback.print_exception(error, file=sys.stderr)
