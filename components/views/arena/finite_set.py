"""The arena of a swarm on a finite set, painted by Bokeh: see :mod:`swarmviz.drawing.finite_set` for what is seen in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import BasicTicker, FixedTicker, LegendItem

from components.palette import Theme
from components.views.arena.colour_bar import name_highest, show_ticks
from components.views.arena.finite_set_figure import ENDS, FiniteSetFigure
from components.views.figures import move_range, name_in_legend
from swarmviz import Frame, Simulation
from swarmviz.drawing.axes import even_ticks
from swarmviz.drawing.claims import FAINT
from swarmviz.drawing.finite_set import (
    FiniteSetBackground,
    FiniteSetPicture,
    RecentJumps,
    finite_set_background,
    finite_set_picture,
    same_states,
)
from swarmviz.drawing.finite_set_laws import laws_now
from swarmviz.drawing.finite_set_layout import (
    BAND,
    BARS,
    BASE,
    DETAILED_BARS,
    RING_HALF_WIDTH,
    STRIP,
    TOP,
    Layout,
    least,
)
from swarmviz.drawing.steps import StepsPicture
from swarmviz.theory.wording import number_words

GAPPED = 60  # bars up to which there are gaps between them
LABELLED = 60  # states of a ring up to which they are numbered


class FiniteSetRenderer(FiniteSetFigure):
    """The states with their heights, and a bar for the share of agents on each, beside the laws of theory.

    Attributes
    ----------
    background : FiniteSetBackground, optional
        What stands still, of the run that is shown.
    full : float
        The share that a full bar stands for.
    """

    def __init__(self, colours: Theme):
        super().__init__(colours)
        self._legend: Any = None
        self.background: FiniteSetBackground | None = None
        self.full = 0.0

    def reset(self, frame: Frame, run: Simulation, same_run: bool) -> None:
        """Another run: forget the past."""
        self.background, self._frame, self._jumps, self._legend = None, None, RecentJumps(), None

    # ---- worker thread -------------------------------------------------------------------------------------------------

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any]:
        """The columns of the sources for the next picture; touches no figure."""
        out: dict[str, Any] = {}
        if self.background is None or not same_states(frame, self._frame):
            self._frame, self.full = frame, 0.0
            self._jumps.forget_states()
            self.background = out["background"] = finite_set_background(frame, run.landscape)
        background, layout = self.background, self.background.layout
        picture = finite_set_picture(frame, laws_now(run, frame), layout, self.full)
        if picture.full != self.full:
            self.full = picture.full
            out["scale"] = picture.full, layout.kind
        out["legend"] = self._legend_of(frame, layout, picture)
        out["laws"] = [_columns("xy", line) for line in picture.outlines]
        out["marks"], out["note"] = _columns("xy", picture.fullest[:, None]), picture.note
        jumps = self._jumps.with_frame(frame, background)
        width = 1.5 + 12 * np.sqrt(jumps.share)
        out["jumps"] = _columns((*ENDS, "width", "alpha"), (*jumps.segments.T, width, jumps.alpha))
        if layout.shaded:
            count = layout.image(np.log1p(frame.occupation * frame.n))
            out["density"] = np.nan_to_num(np.ceil(count * (255 / np.nanmax(count)))).astype("u1")
        else:
            out["points"] = self._bars(frame, background, picture)
        return out

    def _legend_of(self, frame: Frame, layout: Layout, picture: FiniteSetPicture) -> tuple:
        full = f" (full: {number_words(100 * picture.full)}%)" if layout.kind == "lattice" else ""
        applies = [bool(claim and claim.applies) for claim in picture.laws.claims]
        return f"{frame.n:,} agents{full}", layout.per_bar, picture.laws.titles, applies

    def _bars(self, frame: Frame, background: FiniteSetBackground, picture: FiniteSetPicture) -> dict[str, np.ndarray]:
        """The bars, the agents on the nodes, and what hovering tells."""
        layout, share = background.layout, picture.share
        x, y = layout.nodes(background.bars)
        gap = 0.25 if layout.bars <= GAPPED else 0.0
        size = np.where((share > 0) & (layout.bars <= DETAILED_BARS), 9 + 26 * np.sqrt(share), 0.0)
        out = layout.boxes(share / picture.full, gap) | {"x": x, "y": y, "size": size, "h": background.bars}
        out |= {"state": layout.first, "height": least(frame.heights, layout.first)}
        out |= {"count": np.round(share * frame.n), "share": share, "target": picture.target, "law": picture.law}
        return _single(out)

    def segments_of(self, picture: StepsPicture) -> list[np.ndarray]:
        """Where the jumps of a step are drawn, (M, 4) for each stage; none where the links are not drawn either."""
        background, out = self.background, []
        for stage in picture.stages:
            pairs = np.unique(np.reshape(stage.pairs, (-1, 2)), axis=0)
            ends = background and background.layout.segments(pairs, background.bars)
            out.append(np.column_stack(ends) if ends else np.zeros((0, 4)))
        return out

    # ---- page's thread -------------------------------------------------------------------------------------------------

    def paint(self, payload: dict[str, Any]) -> None:
        """Write a payload to the sources."""
        if "background" in payload:
            self._paint_background(payload["background"])
        if "scale" in payload:
            self._paint_scale(*payload["scale"])
        if payload["legend"] != self._legend:
            self._legend = payload["legend"]
            self._name(*payload["legend"])
        if "points" in payload:
            self.points.data = payload["points"]
        if "density" in payload:
            self.density.data = self.density.data | {"image": [payload["density"]]}
        for data, line in zip(self.lines, payload["laws"], strict=False):
            data.data = line
        self.marks.data = payload["marks"]
        if len(payload["jumps"]["x0"]) or len(self.jumps.data["x0"]):
            self.jumps.data = payload["jumps"]
        if self.note.text != payload["note"]:
            self.note.update(text=payload["note"], visible=bool(payload["note"]))

    def _paint_background(self, background: FiniteSetBackground) -> None:
        """What does not move, another layout included."""
        layout = background.layout
        self._show_layers(layout)
        self.links.data = _columns(ENDS, background.links.T)
        self.minimisers.data = _columns("xy", background.minimisers.T)
        if layout.kind == "lattice":
            (left, bottom), (right, top) = layout.ends
            place = {"x": [left], "y": [bottom], "dw": [right - left], "dh": [top - bottom]}
            image = layout.image(background.states)
            self.heights_image.data = place | {"image": [image]}
            self.density.data = place | {"image": [np.zeros_like(image, "u1")]}
        else:
            self.tints.data = _single(layout.colours() | {"h": background.bars})
        numbered = layout.kind == "ring" and layout.bars <= LABELLED
        x, y = layout.labels() if numbered else (np.zeros(0),) * 2
        texts = {"text": [str(i) for i in range(len(x))], "ink": [""] * len(x)}
        self.numbers.data_source.data = _columns("xy", (x, y)) | texts
        self.ink_numbers()
        self.figure.title.text = background.title
        self._paint_axes(background)

    def _show_layers(self, layout: Layout) -> None:
        """What a layout has, and how strong its lines are."""
        row, ring, lattice = (layout.kind == kind for kind in ("row", "ring", "lattice"))
        self.strip.visible, self.rim.visible, self.cells.visible = row, ring, lattice
        self.quads.visible, self.wedges.visible = not ring and not layout.shaded, ring
        self.cloud.visible = layout.shaded
        self.circles.visible = self.scale_text.visible = self.numbers.visible = ring
        self.nodes.visible = self.discs.visible = not lattice and layout.bars <= DETAILED_BARS
        self.target.visible = self.law.visible = not layout.shaded
        few = layout.bars <= DETAILED_BARS or lattice
        self.quads.glyph.line_alpha = self.wedges.glyph.line_alpha = 1.0 if few else 0.0
        self.strip.glyph.line_alpha = self.rim.glyph.line_alpha = 1.0 if few else 0.0
        self.target.glyph.line_width = 1.6 if lattice and layout.bars > DETAILED_BARS else 2.5
        self.edges.glyph.update(line_alpha=0.35 if lattice else 0.8, line_width=1.3 if few else 2.5)
        self.hover.mode = "vline" if row else "mouse"

    def _paint_axes(self, background: FiniteSetBackground) -> None:
        layout, fig = background.layout, self.figure
        row, lattice = layout.kind == "row", layout.kind == "lattice"
        plain = lattice and background.d == 2
        ticks = name_highest(background.ticks, "U")
        fig.xaxis.visible, fig.yaxis.visible, self.heights.visible = row or plain, row or plain, row
        fig.ygrid.visible = row
        fig.xaxis.axis_label, fig.left[0].axis_label = "x₁" if plain else "x", "x₂" if plain else "share of agents"
        low, high = BAND
        places = {low + (high - low) * place: text for place, text in ticks.items()}
        self.heights.update(ticker=FixedTicker(ticks=list(places)), major_label_overrides=places)
        show_ticks(self.bar, background.ticks, "cost U")
        if lattice:
            fig.left[0].update(ticker=BasicTicker(), major_label_overrides={})
            ends = layout.ends.T
        else:
            ends = ((*layout.ends,), (STRIP[0] - 0.02, TOP)) if row else ((-RING_HALF_WIDTH, RING_HALF_WIDTH),) * 2
        for axis, (start, end) in enumerate(ends):
            move_range(self.wanted[axis], (float(start), float(end)))
            move_range((fig.x_range, fig.y_range)[axis], (float(start), float(end)))

    def _paint_scale(self, scale: float, kind: str) -> None:
        """The ticks of the bars."""
        values = even_ticks(0.0, scale)
        texts = [f"{number_words(100 * value)}%" for value in values]
        if kind == "row":
            ticks = [value / scale for value in values]
            ticker = FixedTicker(ticks=ticks)
            self.figure.left[0].update(ticker=ticker, major_label_overrides=dict(zip(ticks, texts, strict=True)))
            self.figure.ygrid.ticker = ticker
        r = BASE + BARS * np.array(values) / scale
        every = 2 if len(texts) > 4 else 1  # numbers of a small ring would touch
        self.scale_marks.data = _single({"r": r, "y": r}) | {
            "text": [t if i and i % every == 0 else "" for i, t in enumerate(texts)]
        }

    def _name(self, bars: str, per_bar: int, titles: tuple[str, str], applies: list[bool]) -> None:
        """Legend, strength of the laws, and what hovering over a bar or a state tells."""
        shaded = self.cloud.visible
        drawn = self.wedges if self.wedges.visible else self.quads
        items = [] if shaded else [LegendItem(label=bars, renderers=[drawn])]
        for renderer, title, holds in zip((self.target, self.law), titles, applies, strict=True):
            renderer.glyph.line_alpha = 1.0 if holds else FAINT
            if title and not shaded:
                items.append(LegendItem(label=title, renderers=[renderer]))
        items.append(LegendItem(label="fullest state", renderers=[self.fullest]))
        name_in_legend(self.legend, [*items, LegendItem(label="lowest U", renderers=[self.stars])])
        tips = [("state" if per_bar == 1 else f"first of {per_bar} states", "@state{0}"), ("cost U", "@height{%.5g}")]
        tips += [("agents", "@count{0,0}"), ("share", "@share{0.00%}")]
        fields = ("@target{0.00%}", "@law{0.00%}")
        self.hover.tooltips = [*tips, *((title, field) for title, field in zip(titles, fields, strict=True) if title)]


def _columns(names: Any, values: Any) -> dict[str, np.ndarray]:
    return _single(dict(zip(names, values, strict=True)))


def _single(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(column, "f4") for name, column in columns.items()}
