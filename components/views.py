"""The figures of the page; a plain stand-in where one is not built yet."""

from __future__ import annotations

import importlib
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure

WANTED = (("arena", "Arena"), ("density", "Density"), ("curves", "Curves"), ("equation", "EquationCard"))


class StandIn:
    """Dots."""

    def __init__(self, every: int):
        self.every = every
        self.fig = figure(sizing_mode="stretch_both", toolbar_location=None, x_range=Range1d(-5, 5), y_range=Range1d(-5, 5), min_width=50, min_height=50)  # fmt: skip
        self.src = ColumnDataSource({"x": [], "y": []})
        self.fig.scatter("x", "y", source=self.src)
        self.pane = pn.pane.Bokeh(self.fig, sizing_mode="stretch_both")

    def attach(self, sim: Any) -> None: ...

    def prepare(self, sim: Any) -> Any:
        x = sim.frame.x
        return {"x": x[:, 0].astype("f4"), "y": x[:, -1].astype("f4")}

    def paint(self, payload: Any) -> None:
        self.src.data = payload

    def set_dark(self, dark: bool) -> None: ...


def new_views() -> tuple[list[Any], Any]:
    """Arena, density and curves, and the equation card."""
    made = []
    for every, (module, name) in zip((1, 3, 3, 3), WANTED, strict=True):
        try:
            made.append(getattr(importlib.import_module(f"components.{module}"), name)())
        except (ImportError, AttributeError):
            made.append(StandIn(every))
    return made[:3], made[3]
