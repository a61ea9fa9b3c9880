"""The equation card: what is being solved, on what, from which source, and what every symbol means."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import Div

from components.assets import style
from components.page.mathml import formula
from components.palette import theme
from components.views.base import View
from swarmviz import Frame, Simulation
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Described

CSS = style("equation")
SHOWN = 4  # coordinates or minimisers written out


def symbols(owner: Described) -> str:
    """A table of the declared parameters: symbol and meaning."""
    rows = [
        f"<tr><td>{_symbol(getattr(p, 'symbol', '') or name)}</td><td>{escape(' '.join((p.doc or '').split()))}</td></tr>"
        for name, p in owner.declared().items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _symbol(text: str) -> str:
    """A symbol as HTML: what follows an underscore is an index."""
    return re.sub(r"_(\w+)", r"<sub>\1</sub>", escape(text))


def known_minimum(landscape: Landscape, d: int) -> str:
    """One sentence about the known minimisers."""
    at = landscape.minimisers(d)
    if not len(at):
        return f"No minimiser is known for d = {d}."
    value = landscape.minimum(d)
    places = ", ".join(_point(x) for x in at[:SHOWN]) + (", …" if len(at) > SHOWN else "")
    count = "" if len(at) == 1 else f" ({len(at)} minimisers)"
    return f"min F = {_number(value)} at x* = {places}{count}."


def _point(x: np.ndarray) -> str:
    if len(x) == 1:
        return _number(x[0])
    if len(x) > SHOWN:
        shown = [x[0], None, x[-1]] if np.allclose(x, x[0]) else [*x[: SHOWN - 1], None]
        return f"({', '.join('…' if c is None else _number(c) for c in shown)})"
    return f"({', '.join(_number(c) for c in x)})"


def _number(value: float) -> str:
    return f"{0.0 if abs(value) < 1e-12 else value:.5g}".replace("-", "−")


class EquationCard(View):
    """The view of what is being solved; see :class:`components.views.base.View`. Nothing in it moves."""

    every = 1_000_000

    def __init__(self, dark: bool = False):
        super().__init__()
        self._text = Div(text="", disable_math=True, sizing_mode="stretch_width", stylesheets=[CSS])
        self._pane = pn.pane.Bokeh(self._text, sizing_mode="stretch_width", margin=(8, 16))
        self.set_dark(dark)

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def html(self) -> str:
        """What the card says."""
        return self._text.text

    def attach(self, sim: Simulation) -> None:
        """Write the card of another dynamics or landscape."""
        d, land, dynamics = sim.frame.d, sim.landscape, sim.dynamics
        about = " ".join((type(dynamics).__doc__ or "").split("\n\n")[0].split())
        parts = [
            f"<h3>{escape(dynamics.title)}</h3><p>{escape(about)}</p>",
            formula(dynamics.equation) if dynamics.equation else "",
            f"<p class='soft'>{escape(dynamics.reference)}</p>{symbols(dynamics)}",
            f"<h3>{escape(land.title)}</h3>",
            formula(land.equation) if land.equation else "",
            f"<p>{escape(known_minimum(land, d))}</p>",
            f"<p class='remark'>{escape(land.remark)}</p>" if land.remark else "",
            f"<p class='soft'>{escape(land.reference)}</p>{symbols(land)}",
        ]
        text = f"<div class='card'>{''.join(parts)}</div>"
        if text != self._text.text:
            self._text.text = text

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Nothing moves."""
        return None

    def paint(self, payload: Any) -> None:
        """Nothing moves."""

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        colours = theme(dark)
        self._text.styles = {"color": colours.ink, "--soft": colours.soft, "--line": colours.grid}
