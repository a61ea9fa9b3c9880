"""The arena of a run in its three forms, for tests that hold them to the same numbers: on the page, in a picture, in a replay."""

from __future__ import annotations

import numpy as np

from components.views.arena.arena import Arena
from swarmviz.exports.mpl.arena import Arena as Printed
from swarmviz.exports.take import Take


def on_page(sim):
    """What paints the arena of ``sim`` in Bokeh."""
    arena = Arena()
    arena.attach(sim)
    return arena.renderer


def printed(sim):
    """The arena of ``sim`` in Matplotlib."""
    arena = Printed(sim)
    arena.show(sim)
    return arena


def replayed(sim):
    """Header and arrays of a replay that has the present frame of ``sim`` alone."""
    take = Take(1)
    take.add(sim)
    header, block = take.pack()
    arrays = {
        name: np.frombuffer(block, f"<{a['type']}", int(np.prod(a["shape"])), a["at"]).reshape(a["shape"])
        for name, a in header["arrays"].items()
    }
    return header, arrays


def ends(axis_range):
    """Both ends of a range of Bokeh."""
    return axis_range.start, axis_range.end
