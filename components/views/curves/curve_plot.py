"""One plot over the steps, painted with Bokeh: curves, named at their ends, bands of replicas, and in words why a claim does not hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from html import escape
from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.events import Tap
from bokeh.models import CustomJS, FixedTicker, HoverTool, LinearScale, LogScale, Span

from components.assets import script
from components.palette import FONT, SMALL_TEXT, Theme
from components.views.figures import (
    MOVING,
    apply_text_theme,
    apply_theme,
    describe,
    move_range,
    new_figure,
    source,
    text_below,
)
from swarmviz.drawing.abscissa import LABELS
from swarmviz.drawing.axes import (
    decade_ticks,
    decades_around,
    even_ticks,
    step_ticks,
    steps_around,
    steps_end,
    tick_texts,
)
from swarmviz.drawing.claims import opacity
from swarmviz.drawing.curves import BANDS, MEASURED, OVERLAYS, Curve, CurvesPicture, name_of
from swarmviz.drawing.line_labels import (
    BEHIND,
    at_share,
    line_labels,
    most_chars,
    name_of_line,
    name_room,
    readable,
    rows_of,
)
from swarmviz.drawing.strokes import Stroke, strokes

BAND_ALPHA = 0.2  # opacity of the band of the replicas
LEAST_TIME = 1e-9  # the end of the shortest axis of the time
TYPE_PX = float(SMALL_TEXT.removesuffix("px"))
ROW_PX = TYPE_PX + 2  # from one name to the next, in type of the usual size
LEFT_PX = 70  # of most numbers, also of 10 000: the frame stays when they change
USUAL_PX = 380, 100  # width and height of a frame before the browser has told them
READOUT, READ_CHARS = script("curve_readout"), 40  # the list under the pointer, and how long names are in it


class CurvePlot:
    """The figure, and the text under it: why a claim does not hold, and what the axis cannot show.

    Attributes
    ----------
    on_step : function (step)
        Called when somebody clicks on a step.
    on_lines : function ()
        Called when ``lines`` has changed.
    """

    def __init__(self, colours: Theme):
        self.colours = colours
        self.figure = new_figure("step k", "", min_border_left=LEFT_PX)
        self.reasons = text_below()
        self.cursor = Span(location=0, dimension="height", line_width=1, line_dash=[2, 2], visible=False)
        self.figure.add_layout(self.cursor)
        self.ticker = FixedTicker(ticks=[])  # a new one for other ticks would cost a search through the whole document
        self.figure.yaxis.ticker = self.figure.ygrid.ticker = self.ticker
        self.step_ticker = FixedTicker(ticks=[])
        self.figure.xaxis.ticker = self.figure.xgrid.ticker = self.step_ticker
        self.names = source(k=None, y=None, text=[], colour=[])
        self._names_told = 0  # by the browser's count; never fewer, since BokehJS then looks for colours that are gone
        self._texts = self.figure.text(
            "k", "y", "text", source=self.names, text_color="colour", x_offset=6, text_baseline="middle", padding=1,
            text_font=value(FONT), text_font_size=value(SMALL_TEXT), background_fill_alpha=0.75, level=MOVING, name="names",
        )  # fmt: skip
        _alone(self._texts)
        self.slots: list[tuple[Any, Any]] = []
        self.bands: list[tuple[Any, Any, Any]] = []  # source, area and median of the replicas of a curve
        self.behind: tuple[Any, Any] | None = None  # source and lines of other runs, once there are any
        self._behind_now: tuple[Curve, ...] = ()
        self.hidden: set[str] = set()  # keys of curves, OVERLAYS for those of other runs, BANDS for the replicas
        self.on_step: Callable[[int], None] = lambda step: None
        self.on_lines: Callable[[], None] = lambda: None
        self._shown: Any = None
        self._scales: tuple[bool, bool, str] | None = None
        self._y_now: tuple[float, float] | None = None
        self._end_now: float | None = None
        self._noted = "", False, False  # group and scale of the axis, and whether they have a place for notes
        self._last: CurvesPicture | None = None
        self.figure.on_event(Tap, self._clicked)
        self._type = 1.0  # size of the type over the usual one
        self._size = {"inner_width": USUAL_PX[0], "inner_height": USUAL_PX[1]}
        for side in self._size:
            self.figure.on_change(side, self._resized)
        self.figure.js_on_change("inner_width", CustomJS(args={"fig": self.figure}, code=READOUT))
        self.apply_theme(colours)

    def apply_theme(self, colours: Theme) -> None:
        """The colours of a theme."""
        self.colours = colours
        apply_theme(self.figure, colours)
        self.cursor.line_color = colours.soft
        apply_text_theme(self.reasons, colours)
        self._texts.glyph.background_fill_color = colours.paper
        if self._last is not None:
            self._stroke(self._last)
            self._label(self._last)
            self.on_lines()
        if self.behind is not None:
            self.behind[1].glyph.line_color = colours.soft

    # ---- which lines are seen ------------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[tuple[str, str, str, list[int], str, bool]]:
        """What can be hidden: key, whole name, colour, dashes, what it is, and whether it is seen."""
        p = self._last
        if p is None:
            return []
        told = [
            (c.key, c.label, self._colour_of(place, c), list(stroke.dash), c.tip, c.key not in self.hidden)
            for place, (c, stroke) in enumerate(zip(p.curves, strokes(p, self.hidden), strict=True))
        ]
        if p.areas:
            colour = self._colour_of(p.areas[0].place, p.curves[p.areas[0].place])
            told.append((BANDS, p.areas[0].label, colour, [], p.areas[0].tip, BANDS not in self.hidden))
        if p.behind:
            name = name_of(p.behind)
            told.append((OVERLAYS, name, self.colours.soft, [], name, OVERLAYS not in self.hidden))
        return told

    def toggle(self, key: str) -> None:
        """Hide a line, or show it again."""
        self.hide(self.hidden ^ {key})

    def hide(self, keys: Collection[str]) -> None:
        """Hide these lines, and show all others."""
        self.hidden = set(keys)
        if self._last is not None:
            self._name(self._last)
            self._label(self._last)

    def _describe(self) -> None:
        """In words what the plot shows."""
        describe(self.figure, "Curves over the steps", [name for _, name, *_, shown in self.lines if shown])

    # ---- painting ------------------------------------------------------------------------------------------------------

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
        curves = [(c.label, c.tip, c.style, c.applies, c.reason, c.short) for c in p.curves]
        shown = (p.group, curves, p.y_label, p.note, areas, [c.label for c in p.behind], p.lies_on)
        if shown != self._shown:
            self._shown = shown
            self._name(p)
        for (data, _), curve in zip(self.slots, p.curves, strict=False):
            data.data = {"k": curve.k, "y": curve.y}
        for (data, *_), area in zip(self.bands, p.areas, strict=False):
            seen = slice(int(np.searchsorted(area.k, p.log_steps)), None)  # an area with step 0 has no place on log k
            data.data = {"k": area.k[seen], "low": area.low[seen], "y": area.middle[seen], "high": area.high[seen]}
        if self.behind is not None and not _same(p.behind, self._behind_now):
            self._behind_now = p.behind
            columns = {"k": [c.k for c in p.behind], "y": [c.y for c in p.behind], "tip": [c.tip for c in p.behind]}
            self.behind[0].data = columns
        self._move_axes(p)
        self._label(p)
        behind = p.now < p.last
        if behind or self.cursor.visible:
            self.cursor.update(location=p.now, visible=behind)

    def _move_axes(self, p: CurvesPicture) -> None:
        if (p.log, p.log_steps, p.over) != self._scales:
            self._set_scales(p.log, p.log_steps, p.over)
        y_ends = (decades_around if p.log else steps_around)(p.low, p.high, self._y_now)
        if y_ends != self._y_now:
            self._y_now = y_ends
            ticks = (decade_ticks if p.log else even_ticks)(*y_ends)
            self.figure.yaxis.major_label_overrides = tick_texts(ticks)
            self.ticker.ticks = ticks
        move_range(self.figure.y_range, y_ends)
        rows = rows_of(self._size["inner_height"], ROW_PX * self._type)
        room = name_room(p, self.hidden, self._size["inner_width"], TYPE_PX * self._type, rows)
        end = steps_end(p.end, room, p.log_steps, LEAST_TIME if p.over == "time" else 10.0)
        if end != self._end_now:
            self._end_now = end
            ticks = step_ticks(end, p.log_steps)
            self.figure.xaxis.major_label_overrides = tick_texts(ticks)
            self.step_ticker.ticks = ticks
        move_range(self.figure.x_range, (float(p.log_steps), end))

    def _label(self, p: CurvesPicture) -> None:
        """The names at the ends of the lines."""
        if self._y_now is None:
            return
        most = most_chars(self._size["inner_width"], TYPE_PX * self._type)
        found = line_labels(p, self.hidden, self._y_now, self._size["inner_height"], ROW_PX * self._type, most)
        paper, ink = self.colours.paper, self.colours.ink
        colour = lambda place: self.colours.soft if place == BEHIND else self._colour_of(place, p.curves[place])  # noqa: E731
        spare = max(0, self._names_told - len(found))
        self._names_told = len(found) + spare
        self.names.data = {
            "k": [max(label.k, 1.0) if p.log_steps else label.k for label in found] + [math.nan] * spare,
            "y": [at_share(label.height, self._y_now, p.log) for label in found] + [math.nan] * spare,
            "text": [label.text for label in found] + [""] * spare,
            "colour": [readable(colour(label.place), paper, ink) for label in found] + [ink] * spare,
        }

    def _add_slot(self) -> None:
        data = source(k=None, y=None)
        lines = self.figure.line("k", "y", source=data, line_join="round", level=MOVING)
        self.slots.append((data, _alone(lines)))
        self._names_on_top()

    def _add_band(self) -> None:
        data = source(k=None, low=None, y=None, high=None)
        area = self.figure.varea("k", "low", "high", source=data, level=MOVING, fill_alpha=BAND_ALPHA)
        median = self.figure.line("k", "y", source=data, line_width=1, line_alpha=0.75, level=MOVING)
        curves = [renderer for renderer in self.figure.renderers if renderer is not area]
        self.figure.renderers = [area, *curves]  # under every curve
        self.bands.append((data, _alone(area), _alone(median)))
        self._names_on_top()

    def _add_behind(self) -> None:
        data = source(k=[], y=[], tip=[])
        lines = self.figure.multi_line(
            "k", "y", source=data, line_width=1.2, line_alpha=0.6, level=MOVING, name="behind"
        )
        lines.glyph.line_color = self.colours.soft
        self.figure.renderers = [lines, *(renderer for renderer in self.figure.renderers if renderer is not lines)]
        self.figure.add_tools(HoverTool(tooltips="@tip", renderers=[lines], line_policy="nearest"))
        self.behind = data, lines

    def _names_on_top(self) -> None:
        self.figure.renderers = [r for r in self.figure.renderers if r is not self._texts] + [self._texts]

    def _name(self, p: CurvesPicture) -> None:
        """Names, strokes and reasons of another set of curves."""
        for (_, renderer), curve in zip(self.slots, p.curves, strict=False):
            renderer.name = f"{curve.tip} — {curve.reason}" if curve.reason else curve.tip
            renderer.tags = [name_of_line(curve, READ_CHARS)]
            renderer.glyph.line_alpha = opacity(curve)
        for area, (*_, median) in zip(p.areas, self.bands, strict=False):
            median.name, median.tags = area.tip, [area.label]
        self._stroke(p)
        self._show(p)
        self.figure.yaxis.axis_label = p.y_label
        reasons = [escape(c.doubt) for c in p.curves if c.doubt and c.key not in self.hidden]
        reasons += [escape(p.note)] * bool(p.note)
        if (p.group, p.log) != self._noted[:2]:
            self._noted = p.group, p.log, False
        claimed = any(not c.measured for c in p.curves)  # notes come and go; their place, once there, stays
        self._noted = p.group, p.log, self._noted[2] or claimed or p.log or bool(reasons)
        self.reasons.update(text="<br>".join(reasons), visible=self._noted[2])
        self._describe()
        self.on_lines()

    def _show(self, p: CurvesPicture) -> None:
        """The lines that were not hidden, of as many slots as there are curves."""
        for place, (_, renderer) in enumerate(self.slots):
            renderer.visible = place < len(p.curves) and p.curves[place].key not in self.hidden
        for place, (_, *renderers) in enumerate(self.bands):
            for renderer in renderers:
                renderer.visible = place < len(p.areas) and BANDS not in self.hidden
        if self.behind is not None:
            self.behind[1].visible = bool(p.behind) and OVERLAYS not in self.hidden

    def _stroke(self, p: CurvesPicture) -> None:
        """The colour, the width and the dashes of every line; a band has the colour of its curve."""
        for place, ((_, renderer), stroke) in enumerate(zip(self.slots, strokes(p, self.hidden), strict=False)):
            self._stroke_one(renderer.glyph, self._colour_of(place, p.curves[place]), stroke)
        for area, (_, band, median) in zip(p.areas, self.bands, strict=False):
            band.glyph.fill_color = median.glyph.line_color = self._colour_of(area.place, p.curves[area.place])

    @staticmethod
    def _stroke_one(glyph: Any, colour: str, stroke: Stroke) -> None:
        glyph.update(
            line_color=colour, line_dash=list(stroke.dash), line_dash_offset=stroke.offset, line_width=stroke.width
        )

    def _colour_of(self, place: int, curve: Curve) -> str:
        colours = self.colours
        if curve.style == MEASURED:
            return colours.curves[place % len(colours.curves)]
        return colours.target if curve.style == "dotted" else colours.ink

    def _set_scales(self, log: bool, log_steps: bool, over: str) -> None:
        self._scales, self._y_now, self._end_now = (log, log_steps, over), None, None
        self.figure.y_scale = LogScale() if log else LinearScale()
        self.figure.x_scale = LogScale() if log_steps else LinearScale()
        self.figure.xaxis.axis_label = f"{LABELS[over]}, from 1 on" if log_steps else LABELS[over]
        self._describe()

    def scale_type(self, factor: float) -> None:
        """Leave room for names in type that the browser makes so much larger."""
        self._type = factor
        if self._last is not None and self._y_now is not None:
            self._move_axes(self._last)
            self._label(self._last)

    # ---- the browser ---------------------------------------------------------------------------------------------------

    def _resized(self, attr: str, old: Any, new: Any) -> None:
        """The frame has another size: names that lay apart may meet, or need another share of it."""
        self._size[attr] = new or self._size[attr]
        if self._last is not None:
            self._move_axes(self._last)
            self._label(self._last)

    def _clicked(self, event: Any) -> None:
        """A click on a step within the frame; what a browser sends is any number, or none."""
        x, y, p = event.x, event.y, self._last
        if p is None or self._y_now is None or x is None or y is None or not math.isfinite(x):
            return
        ends = self.figure.x_range
        if ends.start <= x <= ends.end and self._y_now[0] <= y <= self._y_now[1]:
            self.on_step(p.step_at(x))


def _alone(renderer: Any) -> Any:
    """A renderer without the looks that its glyph would have where something is selected or muted: two models fewer to be sent."""
    renderer.nonselection_glyph = renderer.muted_glyph = None
    return renderer


def _same(a: tuple[Curve, ...], b: tuple[Curve, ...]) -> bool:
    """Whether two sets of curves have the same names and points."""
    return len(a) == len(b) and all(
        one.tip == two.tip
        and one.k.shape == two.k.shape
        and np.array_equal(one.k, two.k)
        and np.array_equal(one.y, two.y, equal_nan=True)
        for one, two in zip(a, b, strict=True)
    )
