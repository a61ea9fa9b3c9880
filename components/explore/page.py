"""One visitor's page of a table of runs: what is chosen of it, its pictures, its rows, and the run that was tapped.

A box in a picture chooses rows; every other part follows. The map's box begins anew, those in the curves and in the shares of runs narrow
what is chosen. Pictures are made on a thread, the newest wins; the page's thread only puts them in place.
"""

from __future__ import annotations

import html
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import panel as pn
from bokeh.events import DoubleTap, SelectionGeometry, Tap
from bokeh.models import Div

from components.assets import style
from components.explore.fields import Fields, RunCard
from components.explore.link import way_to
from components.explore.look import Look, offers, value_words
from components.explore.pictures import Picture, draw, nothing
from components.explore.rows import Rows
from components.page import theme
from components.palette import FONT, SMALL_TEXT, Theme
from components.palette import theme as colours_of
from components.weakly import weakly
from swarmviz.explore import RunTable
from swarmviz.explore.selection import Box

PARTS = ("map", "curves", "ecdf")
TITLES = {"map": "Map", "curves": "Curves", "ecdf": "Share of runs"}
MENUS = {"x": "Horizontal axis", "y": "Vertical axis", "colour": "Colour", "curve": "Curve", "over": "Curve over"}
DEPENDS = {  # choice → pictures that it changes
    "x": ("map",), "y": ("map",), "colour": ("map",), "at": ("map",), "curve": ("curves",), "over": ("curves",), "targets": ("ecdf",),
}  # fmt: skip
WORK = ThreadPoolExecutor(1, "swarmviz explore")  # HoloViews makes one plot at a time


class Explore:
    """The page.

    Parameters
    ----------
    table : RunTable
        Shared by all visitors; it is only read.
    """

    def __init__(self, table: RunTable):
        self.table, self.look = table, Look.first(table)
        self.chosen = np.ones(table.rows, bool)
        self.pictures: dict[str, Picture] = {name: nothing("") for name in PARTS}
        self._dark = False
        self._asked = dict.fromkeys(PARTS, 0)
        self._queued: set[str] = set()  # pictures that wait for the thread that draws
        self._document = pn.state.curdoc
        self.rows = Rows(table, weakly(self.open), weakly(self._later) if self._document is not None else None)
        self.fields = Fields(weakly(self._typed), title=table.title, facts=self._facts())
        self.card = RunCard(weakly(self.clear))
        self.panes = {name: pn.pane.Bokeh(None, sizing_mode="stretch_both", margin=0) for name in PARTS}
        self.said = {
            name: Div(text="", disable_math=True, sizing_mode="stretch_width", css_classes=["said"]) for name in PARTS
        }
        self.page = theme.table_page(self.fields, self._board(), False, False, weakly(self._darkened))
        self._show_choices()
        self._show_chosen()
        if self._document is not None:
            pn.state.onload(weakly(self._begin))

    def close(self) -> None:
        """The visitor has left: nothing that is still being drawn is put anywhere."""
        self._document = None

    def _later(self, call: Callable[[], None]) -> None:
        """Have something done on the page's thread; from any other one."""
        if (document := self._document) is not None:  # the visitor may have left meanwhile
            document.add_next_tick_callback(call)

    # ---- layout ----------------------------------------------------------------------------------------------------------

    def _board(self) -> pn.Column:
        sheet = style("explore_board")
        parts = [
            pn.Column(
                pn.pane.HTML(f"<h2>{TITLES[name]}</h2>", sizing_mode="stretch_width", margin=0, stylesheets=[sheet]),
                self.panes[name], pn.pane.Bokeh(self.said[name], sizing_mode="stretch_width", margin=0),
                sizing_mode="stretch_both", margin=0, css_classes=["part", name], stylesheets=[sheet],
            )
            for name in PARTS
        ]  # fmt: skip
        rows = pn.Column(
            self.card,
            self.rows.widget,
            sizing_mode="stretch_both",
            margin=0,
            css_classes=["part", "rows"],
            stylesheets=[sheet],
        )
        return pn.Column(
            parts[0],
            rows,
            *parts[1:],
            sizing_mode="stretch_both",
            margin=0,
            css_classes=["tables"],
            stylesheets=[sheet],
        )

    def _facts(self) -> list[list[str]]:
        attributes = self.table.data.attrs
        told = [["Rows", value_words(self.table.rows)]]
        told += [[words, str(attributes[name])[:200]] for name, words in (("reference", "Reference"), ("swarmviz", "swarmviz"))
                 if isinstance(attributes.get(name), str)]  # fmt: skip
        if attributes.get("interrupted"):
            told.append(["Interrupted", "some runs are missing"])
        return told + [[words[:120], value_words(value)] for words, value in self.rows.same]

    # ---- choices ---------------------------------------------------------------------------------------------------------

    def _typed(self, name: str, value: Any) -> None:
        """The browser has told a choice."""
        if name == "dark":
            self.page.dark_theme = bool(value)
            return
        if name == "narrow":
            self.page.sidebar_open = False
            return
        try:
            self.look = self.look.changed(self.table, name, value)
            self.fields.complaint = ""
        except ValueError as error:
            self.fields.complaint = str(error)
            return
        self._show_choices()
        self._draw(DEPENDS[name.partition(":")[0]])

    def _show_choices(self) -> None:
        look, menus = self.look, []
        for name, choices in offers(self.table, look).items():
            chosen = str(look.at.get(name.partition(":")[2], 0)) if name.startswith("at:") else getattr(look, name)
            words = MENUS.get(name) or f"Where {self.table.columns[name.removeprefix('at:')].label} is"
            if choices:
                menus.append([name, words, [list(choice) for choice in choices], chosen])
        targets = look.targets if {"best", "evaluations"} <= set(self.table.series) else ""
        self.fields.param.update(menus=menus, targets=targets)

    def _darkened(self, dark: bool) -> None:
        self._dark = self.fields.dark = bool(dark)
        self._draw(PARTS)

    # ---- what is chosen --------------------------------------------------------------------------------------------------

    def choose(self, rows: np.ndarray) -> None:
        """Choose these rows, (rows,) bool. None of them leaves what was chosen."""
        if not rows.any():
            self.card.told = "There is no row in that box."
            self._mark()
            return
        self.chosen = rows
        self._show_chosen()
        self.rows.choose(rows)
        self._mark()
        self._draw(("curves", "ecdf"))

    def clear(self) -> None:
        """Choose all rows again."""
        self.choose(np.ones(self.table.rows, bool))

    def _show_chosen(self) -> None:
        count, of = int(self.chosen.sum()), self.table.rows
        what = "run" if self.table.of_runs else "cell"
        words = (
            f"All {value_words(of)} {what}s" if count == of else f"{value_words(count)} of {value_words(of)} {what}s"
        )
        self.card.param.update(chosen=words, some=count < of, told="")

    def _mark(self) -> None:
        """Highlight the chosen rows in the map, also where the browser has highlighted others: all cells that a box touches."""
        drawn = self.pictures["map"]
        if drawn.source is not None and drawn.marks is not None:
            selected, marks = drawn.source.selected, [] if self.chosen.all() else drawn.marks(self.chosen)
            if selected.indices == marks:  # the server is not told what the browser highlights
                selected.trigger("indices", marks, marks)
            else:
                selected.indices = marks

    def open(self, row: int) -> None:
        """A run was tapped: say which it is, and open it."""
        way = way_to(self.table, row)
        self.card.param.update(run=way.words, links=[list(link) for link in way.links], told=way.told)
        if way.links:
            self.card.opened += 1

    # ---- pictures --------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._draw(PARTS)

    def _draw(self, names: Any) -> None:
        """Ask for pictures of how things are now; one that already waits for the thread will be of how things are when it begins.

        So a visitor has each picture once in the queue, however often it is asked for, and visitors have equal turns.
        """
        for name in names:
            self._asked[name] += 1
            if name not in self._queued:
                self._queued.add(name)
                WORK.submit(weakly(self._make), name)

    def _make(self, name: str) -> None:
        """On the thread: one picture."""
        self._queued.discard(name)  # from here on another wish is another picture
        if self._document is None:
            return
        asked, colours = self._asked[name], colours_of(self._dark)
        try:
            picture = draw(name, self.table, self.look, self.chosen, colours)
        except Exception as error:  # the others are drawn all the same
            traceback.print_exception(error, file=sys.stderr)
            picture = nothing(f"This picture could not be drawn: {error}.")
        self._later(partial(weakly(self._put), name, asked, picture, colours))

    def _put(self, name: str, asked: int, picture: Picture, colours: Theme) -> None:
        """On the page's thread: show a picture."""
        if asked != self._asked[name]:
            return
        self.pictures[name] = picture
        figure = picture.figure
        if figure is not None:
            figure.on_event(SelectionGeometry, _told(weakly(self._boxed), name))
            figure.on_event(Tap, _told(weakly(self._tapped), name))
            figure.on_event(DoubleTap, _told(weakly(self._double), name))
            figure.name = f"{TITLES[name]}. {picture.said}"
        if name == "map":
            self._mark()
        self.panes[name].object = figure
        look_of_text = {"color": colours.soft, "font": f"{SMALL_TEXT}/1.3 {FONT}", "padding": "0 8px"}
        self.said[name].update(text=html.escape(picture.said), styles=look_of_text)
        self.fields.drawn += 1

    # ---- the hand --------------------------------------------------------------------------------------------------------

    def _boxed(self, name: str, event: Any) -> None:
        corners = [event.geometry.get(side) for side in ("x0", "x1", "y0", "y1")]
        if not event.final or not all(isinstance(corner, int | float) for corner in corners):
            return
        picked = self.pictures[name].picks(Box.of(*corners))
        self.choose(picked if name == "map" else picked & self.chosen)

    def _tapped(self, name: str, event: Any) -> None:
        if not all(isinstance(at, int | float) for at in (event.x, event.y)):
            return
        found = self.pictures[name].taps(event.x, event.y)
        if isinstance(found, np.ndarray):
            self.choose(found)
        elif found is not None:
            self.open(found)

    def _double(self, name: str, event: Any) -> None:
        self.clear()


def _told(call: Callable[..., Any], name: str) -> Callable[[Any], None]:
    """A handler of an event of a figure; Bokeh looks how many arguments it has."""

    def handle(event: Any) -> None:
        call(name, event)

    return handle
