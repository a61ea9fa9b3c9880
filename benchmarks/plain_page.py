"""The page as one writes it first: the same swarm, HoloViews with a Pipe per picture and a periodic callback. A peer for ``page.py``.

Arena, histogram and curve of the same simulation as the laboratory, without worker thread, acknowledgement or sources written directly.
The query says how many agents there are (``n``) and whether they move (``move=0``: λ = σ = 0).
"""

from __future__ import annotations

import counters
import holoviews as hv
import numpy as np
import panel as pn

import swarmviz as sv

PERIOD = 33  # milliseconds
PIXELS = 256  # of the landscape, along each side


def asked(name: str, otherwise: int) -> int:
    """A whole number of the query."""
    return int(pn.state.session_args.get(name, [str(otherwise).encode()])[0])


class PlainPage:
    """The swarm of one visitor, its four elements and its two controls."""

    def __init__(self, n: int, moving: bool):
        self.dynamics = sv.CBO(lam=float(moving), sigma=float(moving))
        self.sim = sv.Simulation(self.dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=2))
        self.number, self.key = 0, str(id(self))
        self.pipe = hv.streams.Pipe(data=self.sim.frame)
        self.alpha = pn.widgets.FloatSlider(name="alpha", start=0.001, end=1000.0, value=1000.0)
        self.pause = pn.widgets.Button(name="Pause")
        self.playing = True
        self.pause.on_click(lambda event: setattr(self, "playing", False))

    def agents(self, data: sv.Frame) -> hv.Points:
        """The swarm."""
        return hv.Points(np.column_stack([data.x, data.energy]), ["x1", "x2"], "energy").opts(
            size=6, color="orange", tools=["hover"], line_color="black"
        )

    def focus(self, data: sv.Frame) -> hv.Points:
        """The consensus; it carries the number of the picture."""
        row = [(*data.focus, self.number)]
        return hv.Points(row, ["focus_x", "focus_y"], "picture").opts(size=18, marker="+", color="red", tools=["hover"])

    def histogram(self, data: sv.Frame) -> hv.Histogram:
        """Where the agents are along x₁."""
        return hv.Histogram(np.histogram(data.x[:, 0], bins=40, range=(-5, 5)))

    def curve(self, data: sv.Frame) -> hv.Curve:
        """The lowest value over the steps."""
        record = self.sim.record
        return hv.Curve((record["k"][-1000:], record["best"][-1000:]), "k", "best")

    def step(self) -> None:
        """One step, one picture."""
        if self.playing:
            self.dynamics.alpha = self.alpha.value
            self.sim.advance(1)
            self.number += 1
            self.pipe.send(self.sim.frame)
            counters.note(self.key, self.number)

    def page(self) -> pn.viewable.Viewable:
        """Everything on one page."""
        axis = np.linspace(-5, 5, PIXELS)
        grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        values = self.sim.landscape.values(grid).reshape(PIXELS, PIXELS)
        relief = hv.Image((axis, axis, values), ["x1", "x2"], "F")
        moving = [hv.DynamicMap(make, streams=[self.pipe]) for make in (self.agents, self.focus)]
        arena = (relief * moving[0] * moving[1]).opts(width=760, height=700, framewise=False)
        sides = [hv.DynamicMap(make, streams=[self.pipe]).opts(width=520, height=330, framewise=True)
                 for make in (self.histogram, self.curve)]  # fmt: skip
        return pn.Column(pn.Row(self.alpha, self.pause), pn.Row(arena, pn.Column(*sides)))


hv.extension("bokeh")
plain = PlainPage(asked("n", 200), bool(asked("move", 1)))
plain.page().servable()
pn.state.onload(lambda: pn.state.add_periodic_callback(plain.step, period=PERIOD))
