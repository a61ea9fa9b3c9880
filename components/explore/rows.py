"""The rows of a table of runs in the browser: Panel's Tabulator, which gets one page of them at a time, sorted by the server."""

from __future__ import annotations

import functools
import html
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import panel as pn
from bokeh.models.widgets.tables import NumberFormatter, ScientificFormatter, StringFormatter

from components.assets import style
from components.explore.orders import Key, Orders, key_of
from components.weakly import weakly
from swarmviz.ensembles.units import is_shown
from swarmviz.explore import RunTable
from swarmviz.explore.table import Column

if TYPE_CHECKING:
    import pandas

PAGE_ROWS = 25
BUSY = "busy"  # class of a table whose order is on its way
AT_ONCE = 20_000  # rows that are sorted in some milliseconds
SORTING = ThreadPoolExecutor(1, "swarmviz sorting")
MOST_COLUMNS = 60
CELL_PX, CHAR_PX, ARROW_CHARS = 24, 8, 2  # of a cell beside its digits, of a digit, and what sorts beside a title
KEPT = ("run", "seed")  # columns that are shown even where they are the same in all rows
WHOLE, DECIMAL = NumberFormatter(format="0"), ScientificFormatter(precision=3, power_limit_high=5, power_limit_low=-3)

Later = Callable[[Callable[[], None]], None]


class Table(pn.widgets.Tabulator):
    """Panel's, of which one page is in the browser at a time; but all rows are sorted on a thread, not on that of all visitors.

    Until an order is there the rows stay as they are, and the table shows that it is busy; the last order that was asked for is shown.

    Parameters
    ----------
    whole : pandas.DataFrame
        All rows, numbered from 0.
    orders : Orders
    later : function (callable), optional
        Has something done on the page's thread; without it large tables, too, are sorted at once.
    """

    def __init__(self, whole: pandas.DataFrame, orders: Orders, later: Later | None, **params: Any):
        self._whole, self._orders, self._later = whole, orders, later
        self._key: Key = ()
        self._order: np.ndarray | None = None  # of all rows, as they are shown
        self._chosen: np.ndarray | None = None  # (rows,) bool; None: all
        self._rows: np.ndarray | None = None  # numbers of the chosen rows in their order
        super().__init__(whole, **params)

    def choose(self, chosen: np.ndarray) -> None:
        """Show these rows only, (rows,) bool."""
        self._chosen, self._rows = (None if chosen.all() else chosen), None
        self.param.update(page=1, value=self._whole if self._chosen is None else self._whole[chosen])

    def _sort(self) -> None:
        """The browser asks for another order."""
        self._key = key = key_of(self.sorters, self._whole.columns)
        if not key:
            self._put(key, None)
        elif self._later is None or len(self._whole) <= AT_ONCE or self._orders.kept(key) is not None:
            self._put(key, self._orders.make(key))
        else:
            self.css_classes = [BUSY]
            SORTING.submit(weakly(self._make), key)

    def _make(self, key: Key) -> None:
        """On the thread: an order, if it is still wanted."""
        if key != self._key:
            return
        try:
            order = self._orders.make(key)
        except Exception as error:  # the rows stay as they are
            traceback.print_exception(error, file=sys.stderr)
            order = self._order
        if self._later is not None:
            self._later(partial(weakly(self._put), key, order))

    def _put(self, key: Key, order: np.ndarray | None) -> None:
        """On the page's thread: show an order, unless another one was asked for meanwhile."""
        if key != self._key:
            return
        self.css_classes = []
        self._order, self._rows = order, None
        self._update_cds()

    # ---- instead of Panel's, which sort all rows, and list them all, for each page that is turned

    def _update_cds(self, *events: Any) -> None:
        if any(event.name == "sorters" for event in events):
            self._sort()
        else:
            super()._update_cds(*events)

    def _sort_df(self, df: pandas.DataFrame) -> pandas.DataFrame:
        return df if (rows := self._in_order()) is None else self._whole.iloc[rows]

    def _get_data(self) -> tuple[pandas.DataFrame, dict[str, Any]]:
        rows, count = self._in_order(), self.page_size or self.initial_page_size
        some = slice((self.page - 1) * count, self.page * count)
        page = self.value.iloc[some] if rows is None else self._whole.iloc[rows[some]]
        columns = {"index": page.index.to_numpy()} | {name: page[name].to_numpy() for name in page.columns}
        return self.value, columns

    def _update_index_mapping(self) -> None:
        """Place of a row in the whole table, as it is sorted → its number; of the page that is shown, which can be clicked on."""
        begin = (self.page - 1) * (self.page_size or self.initial_page_size)
        _, columns = self._get_data()
        self._index_mapping = dict(enumerate(columns["index"].tolist(), begin))

    def _in_order(self) -> np.ndarray | None:
        """The numbers of the chosen rows as they are sorted; None where they are not."""
        if self._order is not None and self._rows is None:
            self._rows = self._order if self._chosen is None else self._order[self._chosen[self._order]]
        return self._rows


class Rows:
    """The table of the chosen rows.

    Parameters
    ----------
    table : RunTable
    on_tap : function (row)
        Called with the number of the row that was tapped.
    later : function (callable), optional
        Has something done on the page's thread, see :class:`Table`.

    Attributes
    ----------
    same : list of (str, value)
        What is the same in all rows, and so no column: its meaning and its value.
    """

    def __init__(self, table: RunTable, on_tap: Callable[[int], None], later: Later | None = None):
        shown, self.same, frame, orders = listed(table)
        self._on_tap = on_tap
        self.widget = Table(
            frame, orders, later,
            titles={f"c{i}": _title(column.label, column.units) for i, column in enumerate(shown)},
            header_tooltips={f"c{i}": html.escape(column.meaning) for i, column in enumerate(shown)},
            formatters={f"c{i}": _formatter(column.values) for i, column in enumerate(shown)},
            widths={f"c{i}": width for i, column in enumerate(shown) if (width := _width(column))},
            pagination="remote", page_size=PAGE_ROWS, show_index=False, disabled=True, selectable=False, layout="fit_data_fill",
            theme="simple", sizing_mode="stretch_both", margin=0, stylesheets=[style("explore_rows")], on_click=self._clicked,
        )  # fmt: skip

    def choose(self, chosen: np.ndarray) -> None:
        """Show these rows only; (rows,) bool."""
        self.widget.choose(chosen)

    def _clicked(self, event: Any) -> None:
        index = self.widget.value.index
        if 0 <= event.row < len(index):
            self._on_tap(int(index[event.row]))


class Listed(NamedTuple):
    """A table as it is listed for every visitor: its columns, what is the same in all rows, and so no column; values and orders."""

    shown: list[Column]
    same: list[tuple[str, Any]]
    frame: pandas.DataFrame
    orders: Orders


@functools.lru_cache(1)
def listed(table: RunTable) -> Listed:
    """The listing of a table, made once: of 500,000 rows it takes a hundred megabytes and more. It is only read."""
    import pandas

    shown, same = [], []
    for name, column in table.columns.items():
        if table.rows > 1 and name not in (*table.axes, *KEPT) and _all_equal(column.values):
            same.append((column.meaning, column.values[0]))
        else:
            shown.append(column)
    shown = shown[:MOST_COLUMNS]
    # names of their own: Tabulator reads a point in a name as a part of an object, and a file may call a variable as it likes
    frame = pandas.DataFrame({f"c{i}": _shown(column.values) for i, column in enumerate(shown)})
    return Listed(shown, same, frame, Orders(frame))


def _all_equal(values: np.ndarray) -> bool:
    """Whether a column says nothing of the differences between rows."""
    if values.dtype.kind == "f":
        return bool(np.isnan(values).all() or (values == values[0]).all())
    return bool((values == values[0]).all())


def _shown(values: np.ndarray) -> np.ndarray:
    """Values as the table holds them: yes and no as words, so that they read as everywhere."""
    return np.where(values, "yes", "no").astype(object) if values.dtype.kind == "b" else values


def _title(label: str, units: str) -> str:
    """A title is markup for Tabulator, so the texts of a file are escaped; units are under the name, else columns are as wide as both."""
    return html.escape(label) + (f"<small>{html.escape(units)}</small>" if is_shown(units) else "")


def _width(column: Column) -> int:
    """Pixels of a column of whole numbers some of which are longer than its title; 0: as wide as what is seen first, which may be short."""
    if column.values.dtype.kind not in "iu" or not len(column.values):
        return 0
    chars = max(len(str(end)) for end in (column.values.min(), column.values.max()))
    return CELL_PX + CHAR_PX * max(chars, len(column.label) + ARROW_CHARS) if chars > len(column.label) else 0


def _formatter(values: np.ndarray) -> Any:
    if values.dtype.kind in "iu":
        return WHOLE.clone()
    return DECIMAL.clone() if values.dtype.kind == "f" else StringFormatter()
