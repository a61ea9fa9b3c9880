"""The rows of a table of runs in the browser: Panel's Tabulator, which gets one page of them at a time, sorted by the server."""

from __future__ import annotations

import functools
import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import panel as pn
from bokeh.models.widgets.tables import NumberFormatter, ScientificFormatter, StringFormatter

from components.assets import style
from swarmviz.ensembles.units import is_shown
from swarmviz.explore import RunTable
from swarmviz.explore.table import Column

if TYPE_CHECKING:
    import pandas

PAGE_ROWS = 25
MOST_COLUMNS = 60
KEPT = ("run", "seed")  # columns that are shown even where they are the same in all rows
WHOLE, DECIMAL = NumberFormatter(format="0"), ScientificFormatter(precision=3, power_limit_high=5, power_limit_low=-3)


class Table(pn.widgets.Tabulator):
    """Panel's, which sorts all rows anew for each page that is turned: of 500,000 that takes most of a second, on the thread of all."""

    _held: tuple[Any, list[dict[str, str]], Any] | None = (
        None  # what was sorted, how, and what came of it, which the table shows anyway
    )

    def _sort_df(self, df: pandas.DataFrame) -> pandas.DataFrame:
        if not self.sorters:
            self._held = None
            return df
        if self._held is None or self._held[0] is not df or self._held[1] != self.sorters:
            self._held = df, [dict(one) for one in self.sorters], super()._sort_df(df)
        return self._held[2]


class Rows:
    """The table of the chosen rows.

    Parameters
    ----------
    table : RunTable
    on_tap : function (row)
        Called with the number of the row that was tapped.

    Attributes
    ----------
    same : list of (str, value)
        What is the same in all rows, and so no column: its meaning and its value.
    """

    def __init__(self, table: RunTable, on_tap: Callable[[int], None]):
        shown, self.same, self._frame = listed(table)
        self._on_tap = on_tap
        self.widget = Table(
            self._frame,
            titles={f"c{i}": _title(column.label, column.units) for i, column in enumerate(shown)},
            header_tooltips={f"c{i}": html.escape(column.meaning) for i, column in enumerate(shown)},
            formatters={f"c{i}": _formatter(column.values) for i, column in enumerate(shown)},
            pagination="remote", page_size=PAGE_ROWS, show_index=False, disabled=True, selectable=False, layout="fit_data_fill",
            theme="simple", sizing_mode="stretch_both", margin=0, stylesheets=[style("explore_rows")], on_click=self._clicked,
        )  # fmt: skip

    def choose(self, chosen: np.ndarray) -> None:
        """Show these rows only; (rows,) bool."""
        self.widget.value = self._frame if chosen.all() else self._frame[chosen]

    def _clicked(self, event: Any) -> None:
        index = self.widget.value.index
        if 0 <= event.row < len(index):
            self._on_tap(int(index[event.row]))


class Listed(NamedTuple):
    """A table as it is listed for every visitor: its columns, what is no column because it is the same in all rows, and the values."""

    shown: list[Column]
    same: list[tuple[str, Any]]
    frame: pandas.DataFrame


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
    return Listed(shown, same, pandas.DataFrame({f"c{i}": _shown(column.values) for i, column in enumerate(shown)}))


def _all_equal(values: np.ndarray) -> bool:
    """Whether a column says nothing of the differences between rows."""
    if values.dtype.kind == "f":
        return bool(np.isnan(values).all() or (values == values[0]).all())
    return bool((values == values[0]).all())


def _shown(values: np.ndarray) -> np.ndarray:
    """Values as the table holds them: yes and no as words, so that they read as everywhere."""
    return np.where(values, "yes", "no").astype(object) if values.dtype.kind == "b" else values


def _title(label: str, units: str) -> str:
    """A title is markup for Tabulator, so the texts of a file are escaped."""
    return html.escape(f"{label} ({units})" if is_shown(units) else label)


def _formatter(values: np.ndarray) -> Any:
    if values.dtype.kind in "iu":
        return WHOLE.clone()
    return DECIMAL.clone() if values.dtype.kind == "f" else StringFormatter()
