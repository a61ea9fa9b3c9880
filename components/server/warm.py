"""Compile before a visitor waits: the opening dynamics at start, the others, and runs that go together, on a thread of their own."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable

from swarmviz import Simulation, dynamics, presets, temporary
from swarmviz.warm import compile_density, compile_together

_warmed = threading.Event()


def warm() -> None:
    """Compile what the first visitor sees before the server answers, the other dynamics meanwhile; once per process."""
    if _warmed.is_set():
        return
    _warmed.set()
    temporary.remove_left_over()  # films of a server that was killed
    names = list(dynamics.ALL)
    _each(_compile, names[:1])
    threading.Thread(target=_compile_rest, args=(names,), name="swarmviz warm", daemon=True).start()


def _compile_rest(names: list[str]) -> None:
    _each(_compile, names[1:])
    _each(_compile_together, names)  # replicas and maps


def _compile(name: str) -> None:
    Simulation(*presets.opening(name).build()).advance(2)
    compile_density()


def _compile_together(name: str) -> None:
    compile_together(dynamics.ALL[name])


def _each(compiles: Callable[[str], None], names: list[str]) -> None:
    for name in names:
        try:
            compiles(name)
        except Exception as error:  # the page reports it to the visitor who chooses this dynamics
            traceback.print_exception(error, file=sys.stderr)
