"""Load kernels before a visitor waits: the opening dynamics at start, the others, and runs that go together, on a thread of their own.

HoloViews, which draws maps, is loaded at start, too. Once a part of it is there, Panel asks for others wherever a page's layout changes: a
thread that loads it and the page's thread would wait for each other's modules, and Python ends one of them with an error. What it
loads only with its first figure asks for no module of Panel, and is loaded on the thread, the last of all.

What is not in the cache is compiled by other processes meanwhile (:mod:`components.compiling`).
"""

from __future__ import annotations

import gc
import sys
import threading
import traceback
from collections.abc import Callable

import numpy as np

from components.compiling import COMPILING, Waiting, while_waiting
from components.server.worker import This
from swarmviz import Simulation, Swarm, presets, temporary
from swarmviz.drawing.kernel_estimate import smooth_density
from swarmviz.dynamics import ALL

_warmed = threading.Event()


def warm() -> None:
    """What the first visitor sees is ready before the server answers, the other dynamics meanwhile; once per process."""
    if _warmed.is_set():
        return
    _warmed.set()
    temporary.remove_left_over()  # films of a server that was killed
    COMPILING.start(1 if This.worker is not None else None)
    import holoviews.plotting.bokeh  # noqa: F401  # here, and not above: whoever serves nothing needs none

    names = list(ALL)
    with while_waiting(Waiting()):
        _each(_load, names[:1])
    gc.collect()
    gc.freeze()  # what is here now stays: a full collection, which stops the thread that visitors share, need not look through it
    threading.Thread(target=_load_rest, args=(names,), name="swarmviz warm", daemon=True).start()


def _load_rest(names: list[str]) -> None:
    _each(_load, names[1:])
    _each(_load_together, names)  # replicas and maps
    load_for_figures()


def load_for_figures() -> None:
    """What HoloViews loads only with its first figure: a third of a second, for which the first visitor's map would wait."""
    import contourpy  # noqa: F401
    import pandas  # noqa: F401


def _load(name: str) -> None:
    dynamics, landscape, swarm = presets.opening(name).build()
    COMPILING.wait_for(landscape)
    Simulation(dynamics, landscape, swarm).advance(2)
    smooth_density(np.linspace(0.1, 0.9, 9), 0.0, 1.0, 40, np.linspace(0.0, 1.0, 9))


def _load_together(name: str) -> None:
    """What takes several runs in one call, as replicas and maps do: small swarms may have a kernel of their own for that."""
    dynamics, landscape, swarm = presets.opening(name).build()
    few, seeds = Swarm(n=4, d=swarm.d), np.arange(4)
    dynamics.advance_many(dynamics.init_many(few.positions_of(landscape, seeds), landscape, seeds), landscape, 2)


def _each(loads: Callable[[str], None], names: list[str]) -> None:
    for name in names:
        try:
            loads(name)
        except Exception as error:  # the page reports it to the visitor who chooses this dynamics
            traceback.print_exception(error, file=sys.stderr)
