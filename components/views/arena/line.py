"""The arena of a swarm in one dimension: the curve F, the agents on it, consensus and provisional minimum as lines across it."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import HoverTool, LegendItem, LinearColorMapper

from components.palette import MINIMISER, Theme, crowd
from components.views.arena import agents
from components.views.arena.arrows import LEGEND, arrows, dress_key, key_bar, show_key
from components.views.arena.handles import DragHandles
from components.views.figures import (
    MOVING,
    Zoom,
    dress,
    finite_f4,
    finite_f8,
    flat_legend,
    move_range,
    new_figure,
    note,
    source,
)
from swarmviz import Frame, Simulation
from swarmviz.drawing.arrows import SHAPE, key_of
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.style import FEW, MANY
from swarmviz.exports.mpl.arena_line import curve_of, gaps_of, ground_note
from swarmviz.landscapes import Landscape

CELLS = 240  # of the density of a large swarm


class Line:
    """A figure of F over x; see :mod:`components.views.base` for the calls it answers."""

    def __init__(self, colours: Theme):
        self.colours = colours
        self.figure = fig = new_figure("x", "F(x)")
        top = {"level": MOVING}
        self.tones, self.crowd = LinearColorMapper(low=0, high=1), LinearColorMapper(low=0, high=255)
        self.curve = source(x=None, f=None, base=None, top=None)
        self.ground = fig.varea(x="x", y1="base", y2="f", source=self.curve)
        self.density = source(image=[np.zeros((1, CELLS), "u1")], x=[0.0], y=[0.0], dw=[1.0], dh=[1.0])
        self.cloud = fig.image("image", "x", "y", "dw", "dh", source=self.density, color_mapper=self.crowd, **top)
        self.cover = fig.varea(
            x="x", y1="f", y2="top", source=self.curve, **top
        )  # a density is seen under the curve only
        self.missing = source(left=None, right=None, bottom=None, top=None)
        self.gaps = fig.quad(
            "left", "right", "top", "bottom", source=self.missing, line_color=None, hatch_pattern="/", hatch_scale=10
        )
        self.path = fig.line("x", "f", source=self.curve, line_width=2, **top)
        self.marks = source(focus=None, level=None, best_x=None, best_y=None)
        self.level = fig.hspan(y="level", source=self.marks, line_width=2, line_dash=[6, 4], **top)
        self.focus = fig.vspan(x="focus", source=self.marks, line_width=2.5, **top)
        self.arrows = source(x0=None, y0=None, x1=None, y1=None)
        self.velocities = fig.segment(
            "x0", "y0", "x1", "y1", source=self.arrows, line_alpha=0.75, line_width=1.2, **top
        )
        self.points, self.dots = agents.add_agents(fig, "x", "energy", self.tones)
        self.best = fig.scatter("best_x", "best_y", source=self.marks, size=17, fill_color=None, line_width=2, **top)
        self.goals = source(x=None, f=None)
        self.stars = fig.scatter("x", "f", source=self.goals, marker=MINIMISER, size=15, line_width=1.4, **top)
        self.hand = DragHandles(fig, flat=True)
        self.legend, self.note, self.key = flat_legend(fig), note(fig), key_bar(fig)
        self.hover = HoverTool(renderers=[self.dots], limit=agents.MOST_TOLD)
        fig.add_tools(self.hover)
        self._kind = agents.Kind()
        self.dress(colours)

    def dress(self, colours: Theme) -> None:
        """The colours of a theme."""
        self.colours = colours
        dress(self.figure, colours)
        deep, middle = colours.landscape[0], colours.landscape[len(colours.landscape) // 2]
        self.ground.glyph.update(fill_color=middle, fill_alpha=0.35)
        self.path.glyph.line_color = deep
        self.crowd.palette = crowd(colours)
        self.cover.glyph.fill_color = colours.paper
        self.gaps.glyph.update(fill_color=colours.undefined[0], hatch_color=colours.undefined[1])
        agents.dress(self.figure, self.dots, self.tones, self._kind, colours)
        self.focus.glyph.line_color, self.level.glyph.line_color = colours.focus, colours.curves[2]
        self.best.glyph.line_color = self.velocities.glyph.line_color = colours.ink
        self.hand.dress(colours)
        dress_key(self.key, colours)
        self.stars.glyph.update(fill_color="#ffffff", line_color=colours.ink)

    def reset(self, sim: Simulation) -> None:
        """Another run: forget the past, name what is drawn."""
        frame = sim.frame
        self._zoom, self._drawn, self._at = Zoom(), None, 0.0
        self._kind = kind = agents.kind_of(frame)
        agents.dress(self.figure, self.dots, self.tones, kind, self.colours)
        self.hover.update(tooltips=agents.tooltips(kind, [("x", "@x")]), formatters=agents.hover_formatters(kind),
                          renderers=[self.dots] if frame.n <= MANY else [])  # fmt: skip
        self.cloud.visible = self.cover.visible = frame.n > MANY
        items = agents.legend_items(self.figure, kind, self.colours) if frame.n <= MANY else []
        if frame.focus is not None:
            items.append(LegendItem(label="consensus", renderers=[self.focus]))
        if frame.level is not None:
            items.append(LegendItem(label="provisional minimum", renderers=[self.level]))
        items.append(LegendItem(label="lowest agent", renderers=[self.best]))
        if len(sim.landscape.minimisers(1)):
            items.append(LegendItem(label="known minimum", renderers=[self.stars]))
        if frame.v is not None and frame.n <= FEW:
            items.append(LegendItem(label=LEGEND, renderers=[self.velocities]))
        self.legend.items = items
        self.figure.title.text = sim.landscape.title

    def prepare(self, frame: Frame, landscape: Landscape) -> dict[str, Any]:
        """Arrays for the next picture; touches no figure."""
        x, out = frame.x[:, 0], {}
        low, high = (float(side[0]) for side in landscape.limits(1))
        shift = float(frame.shift[0]) if frame.shift is not None else 0.0
        away = agents.distances(x, low, high)
        stepped = self._zoom.step(away)
        left, right = self._zoom.around(low, high)
        if stepped or shift != self._at or self._drawn is None or not self._drawn.same_as(landscape):
            self._drawn, self._at = landscape.copy(), shift
            out["ground"] = _ground(landscape, left, right, shift)
            (bottom, top), self._said = out["ground"][-1], out["ground"][4]
            self._unit = SHAPE * (top - bottom) / (right - left)
        seen = away <= self._zoom.size
        out["note"] = agents.note_text(frame, int(frame.n - seen.sum()), self._said)
        best = int(np.argmin(frame.energy))
        focus = frame.focus[0] if frame.focus is not None else np.nan
        level = frame.level if frame.level is not None else np.nan
        marks = {"focus": focus, "level": level, "best_x": x[best], "best_y": frame.energy[best]}
        out["marks"] = {name: finite_f8(np.array([value])) for name, value in marks.items()}
        if frame.n > MANY:
            seen &= taking_part(frame)
            cell = np.minimum((x[seen] - left) * (CELLS / (right - left)), CELLS - 1).astype(np.intp)
            count = np.bincount(cell, minlength=CELLS)[None]
            out["density"] = agents.shades(count), left, right
        else:
            out["points"] = {"x": finite_f4(x)} | agents.columns(frame, self._kind)
        if frame.v is not None and frame.n <= FEW:
            v = np.column_stack([frame.v[:, 0], np.zeros(frame.n)])
            at = np.column_stack([x, frame.energy])
            out["arrows"], out["key"] = arrows(at, v, high - low, self._unit, finite_f8), key_of(high - low)
        return out

    def paint(self, payload: dict[str, Any]) -> None:
        """Write a payload to the sources."""
        if "ground" in payload:
            curve, goals, handles, missing, _, x_ends, y_ends = payload["ground"]
            self.missing.data = missing
            self.curve.data, self.goals.data = curve, goals
            self.hand.show(*handles)
            move_range(self.figure.x_range, x_ends)
            move_range(self.figure.y_range, y_ends)
        for name in ("points", "arrows"):
            drawn = getattr(self, name)
            if name in payload:
                drawn.data = payload[name]
            elif len(next(iter(drawn.data.values()))):
                drawn.data = {column: np.zeros(0, "f4") for column in drawn.data}
        if "density" in payload:
            image, left, right = payload["density"]
            y = self.figure.y_range
            self.density.data = {
                "image": [image],
                "x": [left],
                "y": [y.start],
                "dw": [right - left],
                "dh": [y.end - y.start],
            }
        self.marks.data = payload["marks"]
        show_key(self.key, payload.get("key"))
        if self.note.text != payload["note"]:
            self.note.update(text=payload["note"], visible=bool(payload["note"]))


def _ground(landscape: Landscape, left: float, right: float, shift: float) -> tuple:
    """The curve F(x − shift), where it is undefined, the minimisers, and the ranges."""
    x, f, start, end = curve_of(landscape, left, right, shift)
    at, handles = landscape.minimisers(1), landscape.handles(1)
    goals = {"x": (at[:, 0] + shift).astype("f4"), "f": landscape.values(at) if len(at) else np.zeros(0)}
    ends = {name: np.full(len(x), value) for name, value in (("base", start), ("top", end))}
    curve = {"x": x.astype("f4"), "f": finite_f8(f)} | ends
    held = (handles[:, 0] + shift, landscape.values(handles) if len(handles) else np.zeros(0))
    gaps = gaps_of(x, f)
    missing = {
        "left": gaps[:, 0],
        "right": gaps[:, 1],
        "bottom": np.full(len(gaps), start),
        "top": np.full(len(gaps), end),
    }
    return curve, goals, held, missing, ground_note(f), (left, right), (start, end)
