"""One plot over the steps, painted with Bokeh: curves, bands of replicas, and in words why a claim does not hold."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from bokeh.models import (
    FixedTicker,
    HoverTool,
    LegendItem,
    LinearScale,
    LogScale,
    NumeralTickFormatter,
    Span,
)

from components.palette import Theme
from components.views.figures import (
    MOVING,
    apply_text_theme,
    apply_theme,
    flat_legend,
    hover_claims,
    move_range,
    new_figure,
    source,
    text_below,
)
from swarmviz.drawing.axes import decade_ticks, decades_around, decimal, even_ticks, nice_above, steps_around
from swarmviz.drawing.claims import opacity
from swarmviz.drawing.curves import MEASURED, OVERLAYS, Area, Curve, CurvesPicture, name_of

BAND_ALPHA = 0.2  # opacity of the band of the replicas


class CurvePlot:
    """The figure, and the text under it: why a claim does not hold, and what the axis cannot show."""

    def __init__(self, colours: Theme):
        self.colours = colours
        self.figure = new_figure("step k", "", min_border_left=64)  # of most numbers: the frame stays when they change
        self.reasons = text_below()
        self.cursor = Span(location=0, dimension="height", line_width=1, line_dash=[2, 2], visible=False)
        self.figure.add_layout(self.cursor)
        self.ticker = FixedTicker(ticks=[])  # a new one for other ticks would cost a search through the whole document
        self.figure.yaxis.ticker = self.figure.ygrid.ticker = self.ticker
        self.figure.xaxis.formatter = NumeralTickFormatter(format="0,0")  # steps are counted: no 2.000e+4
        self.legend = flat_legend(self.figure)
        self.hover = hover_claims(self.figure, "k = @k{0}: @y{%.5g}")
        self.hover.formatters = {"@y": "printf"}
        self.slots: list[tuple[Any, Any]] = []
        self.bands: list[tuple[Any, Any, Any]] = []  # source, area and median of the replicas of a curve
        self.behind: tuple[Any, Any] | None = None  # source and lines of other runs, once there are any
        self._behind_now: tuple[Curve, ...] = ()
        self._shown: Any = None
        self._log: bool | None = None
        self._y_now: tuple[float, float] | None = None
        self._last: CurvesPicture | None = None
        self.apply_theme(colours)

    def apply_theme(self, colours: Theme) -> None:
        """The colours of a theme."""
        self.colours = colours
        apply_theme(self.figure, colours)
        self.cursor.line_color = colours.soft
        apply_text_theme(self.reasons, colours)
        for place, (_, renderer) in enumerate(self.slots[: len(self._last.curves) if self._last else 0]):
            self._colour(renderer.glyph, place, self._last.curves[place].style)
        for area, (_, *renderers) in zip(self._last.areas if self._last else (), self.bands, strict=False):
            self._tint(area, *renderers)
        if self.behind is not None:
            self.behind[1].glyph.line_color = colours.soft

    @property
    def hidden(self) -> list[str]:
        """The tips of the curves that a click in the legend has hidden; OVERLAYS for those of other runs."""
        curves = self._last.curves if self._last else []
        tips = [c.tip for (_, renderer), c in zip(self.slots, curves, strict=False) if not renderer.visible]
        behind = self.behind is not None and self._behind_now and not self.behind[1].visible
        return tips + [OVERLAYS] * bool(behind)

    def forget(self) -> None:
        """Another run: ranges start anew."""
        self._shown = self._y_now = None

    def paint(self, p: CurvesPicture) -> None:
        """Write the curves to the sources, and move the axes where a step is due."""
        while len(self.slots) < len(p.curves):
            self._add_slot()
        while len(self.bands) < len(p.areas):
            self._add_band()
        if p.behind and self.behind is None:
            self._add_behind()
        self._last = p
        areas = [(a.place, a.label, a.tip) for a in p.areas]
        shown = (
            p.group,
            [(c.label, c.tip, c.style, c.applies, c.reason) for c in p.curves],
            p.y_label,
            p.note,
            areas,
            [c.label for c in p.behind],
        )
        if shown != self._shown:
            self._shown = shown
            self._name(p)
        for (data, _), curve in zip(self.slots, p.curves, strict=False):
            data.data = {"k": curve.k, "y": curve.y}
        for (data, *_), area in zip(self.bands, p.areas, strict=False):
            data.data = {"k": area.k, "low": area.low, "y": area.middle, "high": area.high}
        if self.behind is not None and not _same(p.behind, self._behind_now):
            self._behind_now = p.behind
            columns = {"k": [c.k for c in p.behind], "y": [c.y for c in p.behind], "tip": [c.tip for c in p.behind]}
            self.behind[0].data = columns
        if p.log != self._log:
            self._set_scale(p.log)
        y_ends = (decades_around if p.log else steps_around)(p.low, p.high, self._y_now)
        if y_ends != self._y_now:
            self._y_now = y_ends
            ticks = (decade_ticks if p.log else even_ticks)(*y_ends)
            self.figure.yaxis.major_label_overrides = {t: decimal(t) for t in ticks} if p.log else {}
            self.ticker.ticks = ticks
        move_range(self.figure.y_range, y_ends)
        move_range(self.figure.x_range, (0.0, nice_above(max(p.end, 10))))
        behind = p.now < p.last
        if behind or self.cursor.visible:
            self.cursor.update(location=p.now, visible=behind)

    def _add_slot(self) -> None:
        data = source(k=None, y=None)
        self.slots.append(
            (data, self.figure.line("k", "y", source=data, line_width=2, line_join="round", level=MOVING))
        )
        self._update_hover()

    def _add_band(self) -> None:
        data = source(k=None, low=None, y=None, high=None)
        area = self.figure.varea("k", "low", "high", source=data, level=MOVING, fill_alpha=BAND_ALPHA)
        median = self.figure.line("k", "y", source=data, line_width=1, line_alpha=0.75, level=MOVING)
        curves = [renderer for renderer in self.figure.renderers if renderer is not area]
        self.figure.renderers = [area, *curves]  # under every curve
        self.bands.append((data, area, median))
        self._update_hover()

    def _add_behind(self) -> None:
        data = source(k=[], y=[], tip=[])
        lines = self.figure.multi_line(
            "k", "y", source=data, line_width=1.2, line_alpha=0.6, level=MOVING, name="behind"
        )
        lines.glyph.line_color = self.colours.soft
        self.figure.renderers = [lines, *(renderer for renderer in self.figure.renderers if renderer is not lines)]
        self.figure.add_tools(HoverTool(tooltips="@tip", renderers=[lines], line_policy="nearest"))
        self.behind = data, lines

    def _update_hover(self) -> None:
        self.hover.renderers = [slot[1] for slot in self.slots] + [median for *_, median in self.bands]

    def _name(self, p: CurvesPicture) -> None:
        """Legend, tool tips, dashes and reasons of another set of curves."""
        items = []
        for place, (_, renderer) in enumerate(self.slots):
            renderer.visible = place < len(p.curves)
            if not renderer.visible:
                continue
            curve = p.curves[place]
            renderer.name = f"{curve.tip} — {curve.reason}" if curve.reason else curve.tip
            self._colour(renderer.glyph, place, curve.style)
            renderer.glyph.line_alpha = opacity(curve)
            items.append(LegendItem(label=curve.label, renderers=[renderer]))
        for place, (_, *renderers) in enumerate(self.bands):
            for renderer in renderers:
                renderer.visible = place < len(p.areas)
        for area, (_, *renderers) in zip(p.areas, self.bands, strict=False):
            self._tint(area, *renderers)
        if p.areas:
            drawn = [renderer for _, *renderers in self.bands[: len(p.areas)] for renderer in renderers]
            items.append(LegendItem(label=p.areas[0].label, renderers=drawn))
        if self.behind is not None:
            self.behind[1].visible = bool(p.behind)
            if p.behind:
                items.append(LegendItem(label=name_of(p.behind), renderers=[self.behind[1]]))
        self.legend.items = items
        self.figure.yaxis.axis_label = p.y_label
        reasons = [f"{escape(c.tip)} — {escape(c.reason)}" for c in p.curves if not c.applies]
        reasons += [escape(p.note)] * bool(p.note)
        claimed = any(c.style != MEASURED for c in p.curves)  # its note may come and go, its place stays
        self.reasons.update(text="<br>".join(reasons), visible=claimed or bool(reasons))

    def _colour(self, glyph: Any, place: int, style: Any) -> None:
        colours, dotted = self.colours, style == "dotted"
        claimed = colours.target if dotted else colours.ink
        colour = colours.curves[place % len(colours.curves)] if style == MEASURED else claimed
        glyph.update(line_color=colour, line_dash=style, line_width=2.5 if dotted else 1.8)

    def _tint(self, area: Area, band: Any, median: Any) -> None:
        """A band has the colour of its curve."""
        colour = self.colours.curves[area.place % len(self.colours.curves)]
        band.glyph.fill_color = median.glyph.line_color = colour
        median.name = area.tip

    def _set_scale(self, log: bool) -> None:
        self._log, self._y_now = log, None
        self.figure.y_scale = LogScale() if log else LinearScale()


def _same(a: tuple[Curve, ...], b: tuple[Curve, ...]) -> bool:
    """Whether two sets of curves have the same names and points."""
    return len(a) == len(b) and all(
        one.tip == two.tip
        and one.k.shape == two.k.shape
        and np.array_equal(one.k, two.k)
        and np.array_equal(one.y, two.y, equal_nan=True)
        for one, two in zip(a, b, strict=True)
    )
