"""The map as a view: where in the plane of two parameters runs like the visible one find the minimum.

What is drawn is computed by the map's own thread (:mod:`components.maps.worker`); the view asks for the map of the parameters that are set,
and writes what has come, about once a second. A click takes the visible swarm to a cell, with Shift a second swarm beside it.
"""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from html import escape
from typing import Any, ClassVar, NamedTuple

import numpy as np
import panel as pn
from bokeh.events import Press, Tap
from bokeh.model import Model

from components.assets import style
from components.background import ONE_CORE
from components.maps import order as orders
from components.maps.limit import MAX_STEPS, Limit, limit_within
from components.maps.order import MapOrder
from components.maps.work import Known
from components.palette import Theme, theme
from components.server.bokeh_patches.frozen_models import frozen_models
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.figures import apply_text_theme, text_below
from components.views.map import figure
from components.views.map.fields import LIMITS, TEXTS, MapFields
from components.weakly import weakly
from swarmviz import Frame, Simulation
from swarmviz.drawing.map import COLOURS, MapPicture, cell_at, map_picture, region_words
from swarmviz.drawing.tables import Table, map_table
from swarmviz.parameters import equal

RANGE = re.compile(r"\s*([-+0-9.eE]+)\s*:\s*([-+0-9.eE]+)\s*")
MAX_RANGE_CHARS = 60
MOST = {
    "map_steps": (MAX_STEPS, "the usual one"),
    "map_evaluations": (orders.MAX_EVALUATIONS, "as K says"),
    "map_goal": (100, "the best cells"),
}  # option → its largest value, and what 0 means
RANGES = "map_x_range", "map_y_range"
WAITS = "The map begins …"
NO_FIGURE = "The map cannot be drawn; its table can still be exported."
NO_MINIMISER = (
    "No minimiser of this landscape is known, so that no run can be judged: of the colours only Rate is defined."
)


class Built(NamedTuple):
    """A figure, None where none could be made, and what it was made for."""

    drawn: Any
    shape: Any


class Prepared(NamedTuple):
    """What is painted next: ``words`` alone, or a map; ``now`` tells it from others."""

    now: Any
    words: str
    known: Known | None = None
    picture: MapPicture | None = None
    columns: Any = None
    stale: bool = False
    here: tuple[float, float] | None = None
    shape: Any = None


class Map(View):
    """The view of a map; see :class:`components.views.base.View`.

    Attributes
    ----------
    map_x, map_y : str
        The parameters on the axes, such as "dynamics.sigma"; "" for those that the dynamics proposes.
    map_x_range, map_y_range : str
        ``low:high``, "" for the range that is proposed.
    map_steps : int
        By which step a run must have found the minimum; 0 for the usual one.
    map_evaluations : int
        Within how many evaluations of F it must have, in the place of ``map_steps``; 0: that decides.
    map_goal : int
        The share of runs in per cent that makes a cell good enough; 0: the best cells are looked for.
    map_colour : str
        One of ``COLOURS``.
    """

    label = "Map"
    picture = "map"
    every = 3
    tall = True
    defaults: ClassVar[dict[str, Any]] = {
        "map_x": "", "map_y": "", "map_x_range": "", "map_y_range": "", "map_steps": 0, "map_evaluations": 0, "map_goal": 0,
        "map_colour": "found",
    }  # fmt: skip

    def __init__(self, dark: bool = False, **wiring: Any):
        super().__init__(**wiring)
        self._colours = theme(dark)
        self.map_x = self.map_y = self.map_x_range = self.map_y_range = ""  # type: ignore[assignment]
        self.map_steps = self.map_evaluations = self.map_goal = 0  # type: ignore[assignment]
        self.map_colour = "found"  # type: ignore[assignment]
        self._complaint = ""
        self._built: Built | None = None  # the figure that was made last
        self._placed: Built | None = None  # the one that is on the page
        self._building: Any = None
        self._written: Any = None  # what tells the last picture that was painted from others
        self._painted: Prepared | None = None
        self._last_order: tuple[Any, MapOrder | str] = (None, "")
        self._shape: tuple[Known | None, str, Any] = (None, "", None)
        self._shown: tuple[MapOrder, MapPicture] | None = None  # what is seen
        self._order: MapOrder | None = None  # what is asked for
        self.buttons = ButtonRow(
            lambda what: self._recoloured(), label="what a cell says",
            choices=[[name, colour.label, colour.meaning] for name, colour in COLOURS.items()], value="found",
        )  # fmt: skip
        self._frame = pn.Column(sizing_mode="stretch_both", min_height=figure.LEAST_PX, margin=0)
        self.said = text_below()
        self.fields = MapFields(weakly(self._typed), weakly(self._take), weakly(self._fit))
        self._pane = pn.Column(
            self.fields,
            self._frame,
            pn.pane.Bokeh(self.said, sizing_mode="stretch_width"),
            sizing_mode="stretch_both",
            css_classes=["map-view"],
            stylesheets=[style("map_view")],
        )
        apply_text_theme(self.said, self._colours)
        self._say(WAITS)

    # ---- options: what a link holds -------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.defaults:
            value = self._checked(name, value)
        super().__setattr__(name, value)
        if name in self.defaults and "fields" in self.__dict__:
            self._show_fields()

    def _checked(self, name: str, value: Any) -> Any:
        """The value of an option.

        Raises
        ------
        ValueError
            When it means nothing.
        """
        if name in MOST:
            most, of_none = MOST[name]
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
                raise ValueError(f"{name} = {value!r}: must be a whole number from 0 ({of_none}) to {most:,}")
            return value
        if not isinstance(value, str):
            raise ValueError(f"{name} = {value!r}: must be a text")
        if name == "map_colour" and value not in COLOURS:
            raise ValueError(f"map_colour = {value!r}: must be one of {', '.join(COLOURS)}")
        if name.endswith("_range") and value:
            ends_of(name, value)
        if name in ("map_x", "map_y") and value and not re.fullmatch(r"(dynamics|landscape|swarm)\.\w{1,40}", value):
            raise ValueError(f"{name} = {value[:60]!r}: must be the name of a parameter, such as dynamics.sigma")
        return value

    @property
    def options(self) -> pn.viewable.Viewable:
        """What the colour of a cell says."""
        return self.buttons

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    def _fit(self) -> None:
        """The axes around the largest region that is outlined."""
        asked, shown = self._order, self._shown
        if shown is None or asked is None or asked.key != shown[0].key or shown[1].region is None:
            return
        order, region = shown[0], shown[1].region
        wanted = {}
        for name, axis, part, values, log in zip(
            RANGES, (order.x, order.y), (region.x, region.y), (order.x_values, order.y_values), order.log, strict=True
        ):
            low, high = orders.ends_around(order.declared(axis), part, values, log)
            wanted[name] = f"{low:g}:{high:g}"
        self._choose(wanted)

    def _typed(self, name: str, value: Any) -> None:
        """Another value in a field."""
        wanted = {name: value}
        if name in LIMITS:  # one of them holds; the usual K is 0, as is a K that does not hold
            wanted = dict.fromkeys(LIMITS, 0) | wanted
        elif name in ("map_x", "map_y") and value != getattr(self, name):
            wanted[f"{name}_range"] = ""
        self._choose(wanted)

    def _choose(self, wanted: Mapping[str, Any]) -> None:
        """Other options, or a complaint that says why not."""
        if not self._complaint and all(getattr(self, option) == new for option, new in wanted.items()):
            return
        try:
            for option, new in wanted.items():
                setattr(self, option, new)
            self._complaint, self._written = "", None
        except ValueError as error:
            self._complaint = str(error)
            self._say(self._complaint)
            return
        self.refresh()

    def _take(self) -> None:
        """Somebody wants to take something out of the map."""
        if self._maps is not None:
            self._maps.on_take()

    def _recoloured(self) -> None:
        self.map_colour = self.buttons.value
        self.refresh()

    def _show_fields(self) -> None:
        """The fields as the options are, with what this run offers."""
        self.buttons.value = self.map_colour
        sim = self._sim
        if sim is None:
            return
        offered = orders.axes_offered(sim.dynamics, sim.landscape, sim.initial_swarm)
        parts = orders.parts_of(sim)
        shown = {name: getattr(self, name) for name in TEXTS}
        shown["map_x"], shown["map_y"] = self._axes(sim, offered)
        ranges = orders.usual_ranges([offered[shown[name]] for name in ("map_x", "map_y")], parts)
        usual = {name: f"{low:.4g}:{high:.4g}" for name, (low, high) in zip(RANGES, ranges, strict=True)}
        usual_steps = orders.usual_steps(sim.dynamics)
        others = sorted({*orders.STEPS, self.map_steps or usual_steps} - {usual_steps})
        steps = [[0, f"K {usual_steps:,}"], *([k, f"K {k:,}"] for k in others)]
        evaluations = sorted({*orders.EVALUATIONS, self.map_evaluations} - {0})
        goals = sorted({*orders.GOALS, self.map_goal} - {0})
        numbers = {
            "map_steps": self.map_steps if self.map_steps != usual_steps else 0,
            "map_evaluations": self.map_evaluations,
            "map_goal": self.map_goal,
        }
        self.fields.param.update(
            axes=[[key, _words(parts[owner].declared()[name])] for key, (owner, name) in offered.items()],
            steps=steps, evaluations=[[count, f"{count:,} evaluations"] for count in evaluations],
            goals=[[0, "best"], *([goal, f"≥ {goal}%"] for goal in goals)], shown=shown | numbers, usual=usual,
        )  # fmt: skip

    # ---- what is asked for ----------------------------------------------------------------------------------------------

    def _axes(self, sim: Simulation, offered: Collection[str]) -> list[str]:
        """The names of the two parameters that are set; of one that this run has not, and of none, the one that is proposed."""
        proposed = orders.proposed_axes(sim.dynamics, sim.initial_swarm)
        chosen = self.map_x, self.map_y
        return [name if name in offered else usual for name, usual in zip(chosen, proposed, strict=True)]

    def order_of(self, sim: Simulation) -> MapOrder:
        """The map of the parameters that are set.

        Raises
        ------
        ValueError
            When an option does not fit this run.
        """
        parts = orders.parts_of(sim)
        offered = orders.axes_offered(sim.dynamics, sim.landscape, sim.initial_swarm)
        names = self._axes(sim, offered)
        if names[0] == names[1]:
            raise ValueError("The two axes of a map must be two parameters.")
        axes = [offered[name] for name in names]
        values = []
        for (owner, parameter), name, usual in zip(axes, RANGES, orders.usual_ranges(axes, parts), strict=True):
            text = getattr(self, name)
            ends = ends_of(name, text) if text else usual
            values.append(orders.values_of(parts[owner].declared()[parameter], ends))
        copies = (part.copy() for part in parts.values())
        if self.map_evaluations:
            limit = limit_within(self.map_evaluations, parts, axes, values)
        else:
            limit = Limit.of_steps(self.map_steps or orders.usual_steps(sim.dynamics))
        return MapOrder(*copies, *axes, *values, limit, None)

    def export_options(self, frame: Frame) -> dict[str, Any]:
        colour = {} if self.map_colour == self.defaults["map_colour"] else {"colour": self.map_colour}
        return colour | ({"goal": self.map_goal / 100} if self.map_goal else {})

    # ---- the views' calls -------------------------------------------------------------------------------------------------

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm."""
        self._sim, self._written = run, None
        self._show_fields()
        payload = self.prepare(run.frame, run)
        if payload is not None:
            self.paint(payload)

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """What has changed since the last picture that was painted: the map that is known, whether it is of other parameters, where the
        swarm is. A picture that is prepared may still be left out, so that only painting says what is seen."""
        if self._maps is None:
            return None
        asked = self._asked(run)
        if isinstance(asked, str):
            self._maps.ask(None)
            self._order = None  # a click on what is still seen would mean nothing that is set
            return self._news(asked)
        self._order = asked
        self._maps.ask(asked)
        known = self._maps.known
        if known is None:
            return self._news(WAITS)
        stale, same_plane = known.order.key != asked.key, known.order.plane == asked.plane
        at = (asked.value_of(asked.x), asked.value_of(asked.y)) if same_plane else (None, None)
        here = at if None not in at else None
        built, shape = self._built, self._shape_of(known)
        size = None if self._placed is None else figure.size_of(self._placed.drawn)
        now = (
            id(known),
            stale,
            here,
            (self.map_colour, self.map_goal),
            built is not None and built.shape == shape,
            size,
            self._colours.name,
        )
        if now == self._written:
            return None
        picture = map_picture(
            np.array(known.order.x_values), np.array(known.order.y_values), known.order.log, known.statistics,
            self.map_colour, self.map_goal / 100,
        )  # fmt: skip
        if picture is not None and (built is None or built.shape != shape):
            self._build(known, picture, shape)
        columns = None if picture is None else figure.columns_of(picture, known.said)
        return Prepared(now, "", known, picture, columns, stale, here, shape)

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """The cells of the map that is known."""
        known = None if self._maps is None else self._maps.known
        if known is None:
            return []
        x, y = (np.array(values) for values in (known.order.x_values, known.order.y_values))
        picture = map_picture(x, y, known.order.log, known.statistics, self.map_colour, self.map_goal / 100)
        names = [known.order.declared(axis).symbol or axis[1] for axis in (known.order.x, known.order.y)]
        return [] if picture is None else [map_table(picture, (names[0], names[1]))]

    def _asked(self, run: Simulation) -> MapOrder | str:
        """The map of the parameters that are set, or why there is none; made anew only when something has changed."""
        now = (
            [(type(part), part.values_now()) for part in orders.parts_of(run).values()],
            [getattr(self, n) for n in self.defaults],
        )
        before, order = self._last_order
        if not equal(now, before):
            try:
                order = self.order_of(run)
            except ValueError as error:
                order = str(error)
            self._last_order = now, order
        return order

    def _shape_of(self, known: Known) -> Any:
        """What the figure of a map is made for."""
        of, colours, shape = self._shape
        if of is not known or colours != self._colours.name:
            shape = _shape(known, self._colours)
            self._shape = known, self._colours.name, shape
        return shape

    def _news(self, words: str) -> Any:
        now = words, self._colours.name
        return None if now == self._written else Prepared(now, words)

    def _build(self, known: Known, picture: MapPicture, shape: Any) -> None:
        """Let HoloViews draw the figure on a thread of its own; the view is painted anew when it is there."""
        if self._building is not None or (self._built is not None and self._built.shape == shape):
            return  # the second may have come true since it was looked at last, for the thread of the figure takes no lock
        self._building = shape
        threading.Thread(
            target=_make, args=(weakly(self._is_built), known, picture, self.map_colour, self._colours, shape),
            name="swarmviz map figure", daemon=True,
        ).start()  # fmt: skip

    def _is_built(self, drawn: Any, shape: Any) -> None:
        """The figure is there; on its thread. It is known before another can be begun: one that replaces it would take a click away."""
        self._built = Built(drawn, shape)
        self._building, self._written = None, None
        if self._maps is None:
            self.refresh()
        else:  # no option has changed, and what follows one is of the page's thread
            self._maps.tell()

    def paint(self, payload: Any) -> None:
        """Write what is known to the figure, on the page's thread."""
        self._written, self._painted = payload.now, payload  # which keeps what ``now`` has the id of
        if payload.known is None:
            self._say(payload.words)
            self._grey()
            return
        known, picture, built = payload.known, payload.picture, self._built
        fits = built is not None and built.shape == payload.shape
        self._say(self._words_of(known, picture, payload.stale, fits and built.drawn is None))
        if picture is None or not fits:
            self._grey()
            return
        if built is not self._placed:
            if built.drawn is not None and pn.state.curdoc is not None:
                pn.state.curdoc.add_next_tick_callback(weakly(self._place_built))
                return
            self._place(built)
            for piece in built.drawn.pieces if built.drawn is not None else ():
                figure.grow(piece)
        if self.drawn is not None:
            self._shown = known.order, picture
            self.fields.fits = picture.region is not None and not payload.stale
            figure.write(self.drawn, picture, payload.columns, self.map_colour, self._colours, payload.stale)
            figure.place(self.drawn, payload.here)

    def _place_built(self) -> None:
        """Put the figure on the page for what was painted last, and after it its parts, and what has become known since it was built.

        Each is a piece of work of its own for the thread that visitors share, and so is the picture with which the figure would have come.
        """
        built, painted = self._built, self._painted
        if built is None or painted is None or built is self._placed or built.shape != painted.shape:
            return
        with self._turn_of(built):
            self._place(built)
            self._shown = painted.known.order, painted.picture
            self._then(built, 0)

    def _then(self, built: Built, count: int) -> None:
        """In the next turn: another part of a figure, ``count`` of which are there, or when all are, what has become known."""
        left = count < len(built.drawn.pieces)
        then = partial(weakly(self._grow), built, count) if left else weakly(self._paint_again)
        pn.state.curdoc.add_next_tick_callback(then)

    def _grow(self, built: Built, count: int) -> None:
        if built is not self._placed:  # another one has taken its place
            return
        piece = built.drawn.pieces[count]
        with self._turn_of(built), frozen_models(pn.state.curdoc, below=lambda: piece.new):
            figure.grow(piece)
            self._then(built, count + 1)

    def _paint_again(self) -> None:
        """Write what was painted last into a figure that has just come to the page."""
        if self._painted is not None and self._placed is not None:
            with self._turn_of(self._placed):
                self.paint(self._painted)

    @contextlib.contextmanager
    def _turn_of(self, built: Built) -> Iterator[None]:
        """A turn in which a figure comes to the page: what it writes goes in one message, and where it fails there is no figure."""
        try:
            with pn.io.hold(pn.state.curdoc):
                yield
        except Exception as error:  # a defect: the server's log gets all of it, and the page goes on without a map
            traceback.print_exception(error, file=sys.stderr)
            if built is self._built:
                self._is_built(None, built.shape)

    def _grey(self) -> None:
        """What is still seen is another map than the one that is set."""
        self.fields.fits = False
        if self.drawn is not None:
            figure.fade(self.drawn, stale=True)
            figure.place(self.drawn, None)

    def _place(self, built: Built) -> None:
        """Put a figure on the page, in the place of another one."""
        self._placed = built
        if built.drawn is None:
            self._shown, self._frame.objects = None, []
            return
        for kind in (Tap, Press):  # a click of 0.3 s, or in a busy browser, is a press to Bokeh
            built.drawn.figure.on_event(kind, weakly(self._tapped))
        pane = pn.pane.Bokeh(built.drawn.figure, sizing_mode="stretch_both", min_height=figure.LEAST_PX)
        with frozen_models(pn.state.curdoc, below=self._frames):
            self._frame.objects = [pane]

    def _frames(self) -> list[Model]:
        """Bokeh's models of the part of the page that holds the figure."""
        return [model for model, _ in self._frame._models.values()]

    @property
    def drawn(self) -> Any:
        """The figure on the page, a MapFigure; None before there is one."""
        return None if self._placed is None else self._placed.drawn

    def _words_of(self, known: Known, picture: MapPicture | None, stale: bool, broken: bool) -> str:
        """The line under the map."""
        if known.trouble:
            return f"There is no map: {known.trouble}"
        if stale:
            return "Parameters have changed: a new map begins."
        said = [known.words]
        if picture is not None:
            symbols = [known.order.declared(axis).symbol or axis[1] for axis in (known.order.x, known.order.y)]
            region = region_words(picture, (symbols[0], symbols[1]))
            judged = (picture.columns["judged"] > 0).any()
            if known.done and judged and self.map_goal and picture.region is None:
                region = f"No cell has {self.map_goal}% of its runs"
            if self.map_evaluations:  # at most: a further step may take more than is left, and K has an end
                sign = "≤" if known.order.limit.evaluations else "="
                limit = f"K {sign} {known.order.steps:,}, at most {self.map_evaluations:,} evaluations"
                region = f"{region} · {limit}" if region else limit
            said = [region, known.words] if known.done else [known.words, region]
            if not judged:
                said.insert(0, NO_MINIMISER)
        if broken:
            said.insert(0, NO_FIGURE)
        return ". ".join(words.rstrip(".") for words in said if words) + "."

    def _say(self, text: str) -> None:
        text = escape(self._complaint or text)
        if self.said.text != text:
            self.said.update(text=text, visible=bool(text))

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours, self._written = theme(dark), None
        apply_text_theme(self.said, self._colours)
        if self.drawn is not None:
            self.refresh()

    # ---- a click ----------------------------------------------------------------------------------------------------------

    def _tapped(self, event: Any) -> None:
        """Take the swarm to the cell under the pointer, or a second one with Shift."""
        asked = self._order
        if self._shown is None or asked is None or self._maps is None:
            return
        order, picture = self._shown
        if not all(isinstance(at, int | float) for at in (event.x, event.y)):
            return
        if asked.plane != order.plane:
            return  # what is still seen is the map of other parameters
        cell = cell_at(picture, float(event.x), float(event.y))
        if cell is not None:
            column, row = cell
            values = {orders.name_of(order.x): order.x_values[column], orders.name_of(order.y): order.y_values[row]}
            self._maps.on_cell(values, bool((event.modifiers or {}).get("shift")))


def ends_of(name: str, text: str) -> tuple[float, float]:
    """A range ``low:high`` as numbers.

    Raises
    ------
    ValueError
        When it is none.
    """
    found = RANGE.fullmatch(text) if len(text) <= MAX_RANGE_CHARS else None
    try:
        low, high = (float(end) for end in found.groups()) if found else (np.nan, np.nan)
    except ValueError:
        low = high = np.nan
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(
            f"{name} = {text[:MAX_RANGE_CHARS]!r}: must be low:high, two numbers of which the first is smaller"
        )
    return low, high


def _shape(known: Known, colours: Theme) -> Any:
    """What a figure is made for; where it is another, another figure is made."""
    lines = tuple(
        (line.title, line.source, line.hypotheses, line.remark, line.margin.tobytes()) for line in known.thresholds
    )
    order = known.order
    kinds = type(order.dynamics), type(order.landscape)
    return *kinds, order.x, order.y, order.x_values, order.y_values, lines, colours.name


def _make(done: Callable[..., Any], known: Known, picture: MapPicture, colour: str, colours: Theme, shape: Any) -> None:
    """What the thread of a figure does."""
    drawn = None
    try:
        with ONE_CORE.once():  # a thread that computes in Python holds up the page's: one at a time
            drawn = figure.build(known, picture, colour, colours)
    except Exception as error:  # a defect: the server's log gets all of it, and the page goes on without a map
        traceback.print_exception(error, file=sys.stderr)
    done(drawn, shape)


def _words(declared: Any) -> str:
    return f"{declared.symbol}  {declared.label}" if declared.symbol else str(declared.label)
