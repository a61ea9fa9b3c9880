"""The inset of an arena, painted by Bokeh: see :mod:`swarmviz.drawing.inset` for when there is one and what it shows.

Its glyphs are made when a swarm is small for the first time, so that a page opens without them. They count the pixels of the frame, and
no zoom moves them. The text stands below the inset, on paper of its own: within it there are agents everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.models import LinearColorMapper
from bokeh.plotting import figure

from components.palette import BEST, FOCUS, FONT, MINIMISER, SMALL_TEXT, Theme
from components.views.arena.ranges import PIXELS
from components.views.figures import MOVING, source
from swarmviz import Frame
from swarmviz.drawing import style
from swarmviz.drawing.inset import SIDE, Inset, InsetState
from swarmviz.drawing.region import View

LEAST, MOST = 80.0, 240.0  # pixels of a side
ROOM = 8.0  # pixels between the inset and the frame's sides
PADDING = 3  # pixels around the text; so many lie between its paper and the inset, too
CHAR_PX = 0.6 * float(SMALL_TEXT.removesuffix("px"))  # of a character, rather more than in the mean
MARKS = ((FOCUS, 10.0), (MINIMISER, 14.0), (BEST, 15.0))  # marker and size of consensus, known minimisers, lowest agent


class InsetNumbers:
    """What the next picture of an inset holds; on the worker's thread."""

    def __init__(self) -> None:
        self._state = InsetState()

    def of(
        self,
        frame: Frame,
        view: View,
        size: tuple[int, int],
        flat: bool,
        edge: float = 0.0,
        common: Callable[[float], float] = float,
    ) -> tuple[Inset, np.ndarray] | None:
        """The inset of a frame in a figure whose frame has ``size`` pixels, and its corners in pixels, (2, 2); None where there is none.

        So many pixels as ``edge`` lie beyond each end of the view. ``common`` makes of its width, 0 where there is none, that of all insets
        beside each other.
        """
        low, high = view
        inset = self._state.step(frame, low, high)
        if inset is None or min(size) < 2 * LEAST:
            common(0.0)
            return None
        inset = inset.with_width(common(inset.width))
        frame_size = np.array(size, float)
        sides = np.clip(SIDE * (frame_size if flat else np.full(2, frame_size.min())), LEAST, MOST)
        unit = (high - low)[0] / size[0] if flat else ((high - low) / np.maximum(frame_size - 2 * edge, 1)).max()
        left = frame_size[0] - sides[0] - ROOM if inset.right else ROOM
        corner = np.array([left, frame_size[1] - sides[1] - ROOM])
        magnification = float(sides[0] / (inset.high - inset.low)[0] * unit)
        return inset._replace(magnification=magnification), np.array([corner, corner + sides])


def columns(
    frame: Frame,
    drawn: tuple[Inset, np.ndarray],
    points: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    marks: tuple[np.ndarray, ...],
    frame_width: float,
    curve: np.ndarray | None = None,
) -> dict[str, Any]:
    """The columns of an inset's sources.

    Parameters
    ----------
    frame : Frame
    drawn : (Inset, corners)
        As :class:`InsetNumbers` gives them.
    points : (N, 2)
        Where the agents are.
    ends : pair of (2,)
        The corners of the inset in the same coordinates.
    marks : three of (M, 2)
        Where the consensus, the known minimisers and the lowest agent are.
    frame_width : float
        Of the arena, in pixels; a text that is wider is broken.
    curve : (P, 2), optional
        A line behind them.
    """
    (inset, (corner, far)), (low, high) = drawn, ends

    def placed(at: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return corner + (at - low) / (high - low) * (far - corner)

    def inside(at: np.ndarray) -> np.ndarray:
        return ((at >= corner) & (at <= far)).all(axis=1)

    agents = placed(points[inset.chosen])
    seen = inside(agents)
    chosen = inset.chosen[seen]
    out = {"agents": _columns(agents[seen]) | {
        "size": style.diameters(frame)[chosen].astype("f4"), "tone": style.agent_tones(frame)[chosen].astype("f4")}}  # fmt: skip
    places = [placed(at.reshape(-1, 2)) for at in marks]
    kinds = np.repeat(np.arange(len(marks)), [len(at) for at in places])
    at = np.concatenate(places)
    kept = inside(at)
    out["marks"] = _columns(at[kept]) | {"kind": kinds[kept]}
    align, side = ("right", far[0]) if inset.right else ("left", corner[0])
    room = far[0] - ROOM if inset.right else frame_width - 2 * ROOM
    fits = len(inset.label) * CHAR_PX + 2 * PADDING <= room
    out["box"] = {"left": [corner[0]], "bottom": [corner[1]], "right": [far[0]], "top": [far[1]], "side": [side], "align": [align],
                  "text": [inset.label if fits else inset.label.replace(" · ", "\n")]}  # fmt: skip
    line = placed(curve) if curve is not None else np.zeros((0, 2))
    out["curve"] = _columns(np.clip(line, corner, far))
    return out


def _columns(at: np.ndarray) -> dict[str, np.ndarray]:
    return {"x": at[:, 0].astype("f4"), "y": at[:, 1].astype("f4")}


class InsetLayers:
    """The glyphs of an inset in a figure."""

    def __init__(self, fig: figure, tones: LinearColorMapper, colours: Theme):
        self._colours = colours
        pixels: dict[str, Any] = {"x_range_name": PIXELS, "y_range_name": PIXELS, "level": MOVING}
        self.box = source(left=None, bottom=None, right=None, top=None, side=None, align=[], text=[])
        self.agents = source(x=None, y=None, size=None, tone=None)
        self.marks = source(x=None, y=None, marker=[], size=None, fill=[], line=[])
        self.curve = source(x=None, y=None)
        self.sources = self.box, self.agents, self.marks, self.curve
        self.back = fig.quad("left", "right", "top", "bottom", source=self.box, fill_alpha=0.92, name="inset", **pixels)
        self.line = fig.line("x", "y", source=self.curve, line_width=1.5, **pixels)
        self.dots = fig.scatter("x", "y", source=self.agents, size="size", fill_color={"field": "tone", "transform": tones},
                                line_width=1.1, **pixels)  # fmt: skip
        self.signs = fig.scatter("x", "y", source=self.marks, marker="marker", size="size", fill_color="fill", line_color="line",
                                 line_width=1.6, **pixels)  # fmt: skip
        self.text = fig.text("side", "bottom", "text", source=self.box, text_align="align", text_baseline="top", y_offset=PADDING,
                             padding=PADDING, background_fill_alpha=0.92, text_font={"value": FONT}, text_font_size=SMALL_TEXT,
                             **pixels)  # fmt: skip
        self.apply_theme(colours)

    @property
    def is_shown(self) -> bool:
        """Whether there is an inset now."""
        return len(self.box.data["text"]) > 0

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme."""
        self._colours = colours
        self.back.glyph.update(fill_color=colours.paper, line_color=colours.soft)
        self.line.glyph.line_color, self.dots.glyph.line_color = colours.landscape[0], colours.outline
        self.text.glyph.update(
            text_color=colours.ink, background_fill_color=colours.paper, border_line_color=colours.soft
        )

    def paint(self, payload: dict[str, Any] | None) -> None:
        """Write the columns; None takes the inset away."""
        if payload is None:
            for target in self.sources:
                if len(next(iter(target.data.values()))):
                    target.data = {name: [] for name in target.data}
            return
        colours, kinds = self._colours, payload["marks"]["kind"]
        looks = (None, colours.focus), (colours.minimiser, colours.ink), (None, colours.ink)
        self.marks.data = {name: payload["marks"][name] for name in "xy"} | {
            "marker": [MARKS[kind][0] for kind in kinds], "size": np.array([MARKS[kind][1] for kind in kinds], "f4"),
            "fill": [looks[kind][0] for kind in kinds], "line": [looks[kind][1] for kind in kinds],
        }  # fmt: skip
        self.agents.data = payload["agents"]
        if len(payload["curve"]["x"]) or len(self.curve.data["x"]):
            self.curve.data = payload["curve"]
        if any(list(self.box.data[name]) != column for name, column in payload["box"].items()):
            self.box.data = payload["box"]
