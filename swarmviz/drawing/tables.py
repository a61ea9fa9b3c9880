"""The numbers of a chart as a table: few enough rows and columns to be read one by one, with what is left out told in words.

A table is made of the picture of its chart, so that both say the same. NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.curves import BANDS, OVERLAYS, CurvesPicture, at_steps
from swarmviz.drawing.density import DensityPicture, Marginal
from swarmviz.drawing.histogram import cells_of
from swarmviz.drawing.log_axis import BELOW
from swarmviz.drawing.map import COLOURS, MapPicture, coloured
from swarmviz.drawing.occupation import ERRORS, OccupationPicture
from swarmviz.frame import Frame
from swarmviz.theory.wording import THIN_SPACE, decimal, number_words

MAX_ROWS, MAX_COLUMNS = 100, 12
DIGITS = 5
CELLS = 8  # along each side of a plane of two coordinates
ROUNDING = 1e-12  # of a smooth estimate's highest value: what is lower is its rounding error
NOTHING = "–"  # in the place of a value that is not known


class Column(NamedTuple):
    """Numbers (R,) under a name; ``meaning`` says more of it, and ``whole`` that they are counts, of which no digit is left out."""

    label: str
    values: np.ndarray
    meaning: str = ""
    whole: bool = False


class Table(NamedTuple):
    """Rows of numbers, each headed by those of the first ``heads`` columns.

    ``unit`` is what a row is about, in the plural, and ``total`` how many of these the chart has; ``left_out`` counts columns for which
    there was no room. ``note`` says what the chart says in words below.
    """

    title: str
    columns: list[Column]
    unit: str
    total: int
    heads: int = 1
    left_out: int = 0
    note: str = ""

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].values) if self.columns else 0

    @property
    def told(self) -> str:
        """How much of the chart is in the table, in words."""
        rows = f"{self.total:,} {self.unit}".replace(",", THIN_SPACE)
        if self.size < self.total:
            rows = f"{self.size} of {rows}"
        more = f"{self.left_out} more columns are left out" if self.left_out else ""
        return " · ".join(filter(None, (rows, more, self.note)))

    @property
    def texts(self) -> list[list[str]]:
        """The rows as they are read."""
        columns = [[text_of(value, column.whole) for value in column.values] for column in self.columns]
        return [list(row) for row in zip(*columns, strict=True)]


def text_of(value: float, whole: bool = False) -> str:
    """A number as it stands in a table; what a logarithmic axis has no place for is said to be 0 or less."""
    value = float(value)
    if math.isnan(value):
        return NOTHING
    if value == BELOW:
        return "≤ 0"
    if whole and math.isfinite(value):
        return f"{round(value):,}".replace(",", THIN_SPACE).replace("-", "−")
    return decimal(value, DIGITS)


def evenly(count: int, most: int = MAX_ROWS) -> np.ndarray:
    """Places of at most so many of ``count`` rows, as evenly as can be, the first and the last among them."""
    return np.arange(count) if count <= most else np.unique(np.linspace(0, count - 1, most).round().astype(np.intp))


def bounded(title: str, columns: Sequence[Column], unit: str, total: int | None = None, heads: int = 1, note: str = "",
            order: np.ndarray | None = None) -> Table:  # fmt: skip
    """A table of as many rows and columns as there is room for.

    A row is dropped where one of its heads is no number, or none of its values is; of the rest some are taken evenly.

    Parameters
    ----------
    total : int, optional
        Rows of the chart, where they are not all in ``columns``.
    order : ndarray of int, optional
        Places of the rows, the most important first: then those that come first are taken.
    """
    known = [np.isfinite(np.asarray(column.values, float)) for column in columns]
    valued = np.any(known[heads:], axis=0) if len(columns) > heads else True
    there = np.flatnonzero(np.all(known[:heads], axis=0) & valued)
    if order is None:
        places = there[evenly(len(there))]
    else:
        places = order[np.isin(order, there)][:MAX_ROWS]
    seen = [column._replace(values=np.asarray(column.values)[places]) for column in columns[:MAX_COLUMNS]]
    total = len(known[0]) if total is None else total
    return Table(title, seen, unit, total, heads, max(0, len(columns) - MAX_COLUMNS), note)


# ---- curves ------------------------------------------------------------------------------------------------------------


def steps_told(k: np.ndarray, values: Sequence[np.ndarray], log_steps: bool = False) -> tuple[np.ndarray, int]:
    """Of the steps ``k`` (K,) those of a table, and at how many any of the ``values``, (K,) or more each, is known.

    They are spread evenly over the axis of the steps: on a logarithmic one by a factor.
    """
    size = min([len(k), *map(len, values)])
    k = np.asarray(k[:size], float)
    known = k[np.any([np.isfinite(v[:size]) for v in values], axis=0)] if values else k
    if not log_steps or len(known) <= MAX_ROWS:
        return known[evenly(len(known))], len(known)
    wanted = np.geomspace(max(known[0], 1.0), known[-1], MAX_ROWS)
    places = np.clip(np.searchsorted(known, wanted), 0, len(known) - 1)
    return known[np.unique(places)], len(known)


def curves_table(p: CurvesPicture, total: int | None = None, hidden: Collection[str] = ()) -> Table:
    """The curves of a plot that are seen, then the replicas and other runs.

    A row is a place at which anything measured has a point. Where another line has none it is read off between its points, as one would
    on the plot.

    Parameters
    ----------
    total : int, optional
        How many of these places there are, where the picture does not have them all.
    hidden : collection of str
        Keys of curves that are not seen; see :attr:`swarmviz.drawing.curves.Curve.key`.
    """
    curves = [c for c in p.curves if c.key not in hidden]
    measured = [c.k for c in curves if c.measured and len(c.k)] or [c.k for c in curves if len(c.k)]
    alike = all(np.array_equal(k, measured[0]) for k in measured)
    x = np.zeros(0) if not measured else measured[0] if alike else np.unique(np.concatenate(measured))
    columns = [Column(_head_of(p), x, whole=p.over != "time")]
    columns += [Column(c.label, _read(x, c.k, c.y), _doubted(c.tip, c.doubt)) for c in curves]
    for area in p.areas if BANDS not in hidden else ():
        of = p.curves[area.place].label
        for part, y in (("low", area.low), ("median", area.middle), ("high", area.high)):
            columns.append(Column(f"{of}, replicas: {part}", _read(x, area.k, y), f"{area.tip}; {area.label}"))
    for other in p.behind if OVERLAYS not in hidden else ():
        columns.append(Column(other.label, _read(x, other.k, other.y), other.tip))
    over = "over the steps" if p.over == "steps" else f"over the {p.over}"
    return bounded(f"{p.y_label} {over}", columns, "steps" if p.over == "steps" else "points", total, note=p.note)


def _head_of(p: CurvesPicture) -> str:
    return {"steps": "step", "time": "time", "evaluations": "evaluations"}[p.over]


def _doubted(tip: str, doubt: str) -> str:
    return f"{tip}. {doubt}" if doubt else tip


def _read(x: np.ndarray, k: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The values of a line at ``x``; NaN beyond its ends."""
    if len(k) == len(x) and np.array_equal(k, x):
        return np.asarray(y, float)
    return at_steps(k, y, x)[1]


# ---- densities, states, agents and maps ---------------------------------------------------------------------------------


def density_tables(p: DensityPicture) -> list[Table]:
    """A table for the histogram of each coordinate; those of the plane of two are :func:`plane_table`."""
    return [
        _marginal_table(p, m, name, place) for place, (m, name) in enumerate(zip(p.marginals, p.names, strict=False))
    ]


def _marginal_table(p: DensityPicture, m: Marginal, name: str, place: int) -> Table:
    middle = (m.edges[:-1] + m.edges[1:]) / 2
    columns = [
        Column(f"{name} from", m.edges[:-1]),
        Column("to", m.edges[1:]),
        Column("agents", m.top, "Density of the agents"),
    ]
    if p.smooth:
        smooth = np.where(m.smooth > ROUNDING * m.smooth.max(initial=0.0), m.smooth, 0.0)
        columns.append(Column("smooth", np.interp(middle, m.grid, smooth), "Smooth estimate, at the middle of the bin"))
    if p.target is not None:
        columns.append(Column(p.target.title, np.interp(middle, m.grid, m.target), "At the middle of the bin"))
    if p.law is not None and place == 0 and p.law.law.k >= 0:
        law = np.interp(middle, m.grid, p.law.density)
        columns.append(
            Column("law", law, "The law of infinitely many agents, without its atoms, at the middle of the bin")
        )
    return bounded(f"Density over {name}", columns, "bins", heads=2, note=m.note)


def plane_table(p: DensityPicture, x: np.ndarray) -> Table:
    """How many of the agents ``x`` (N, 2) lie in each of a few cells of the plane of two coordinates, from its top to its bottom."""
    joint = p.joint
    assert joint is not None
    inside = x[((x >= joint.low) & (x <= joint.high)).all(axis=1)]
    _, count = cells_of(inside, joint.low, joint.high, CELLS)
    across, up = (np.linspace(joint.low[i], joint.high[i], CELLS + 1) for i in (0, 1))
    first, second = p.names
    columns = [Column(f"{second} from", up[-2::-1]), Column("to", up[:0:-1])]
    columns += [
        Column(f"{first} {decimal(a, 4)} to {decimal(b, 4)}", count[::-1, i], "Agents in the cell", True)
        for i, (a, b) in enumerate(pairwise(across))
    ]
    return bounded(f"Agents in {CELLS} × {CELLS} cells of the plane", columns, "rows", heads=2, note=joint.note)


def occupation_table(p: OccupationPicture) -> Table:
    """The bars of a finite set beside its laws."""
    target, law = p.laws.titles
    columns = [
        Column("state", p.first, whole=True),
        Column("agents", p.share, "Share of the agents"),
        Column(target, p.target),
        Column("agents − target", p.bars, "Share of the agents minus the target law"),
    ]
    if law:
        columns.append(Column(law, p.law))
    if p.banded:
        columns.append(
            Column(f"± {number_words(ERRORS)}σ", p.error, "The room that chance has around the expected share")
        )
    return bounded("Occupation", columns, "bars" if len(p.share) < round(p.edges[-1] + 0.5) else "states")


def agents_table(title: str, columns: Sequence[Column], frame: Frame, note: str = "") -> Table:
    """Numbers (N,) of each agent; of a crowd, some of the agents."""
    return bounded(title, [Column("agent", np.arange(frame.n), whole=True), *columns], "agents", note=note)


def map_table(p: MapPicture, names: tuple[str, str]) -> Table:
    """The cells of a map that have runs of their own, those where most runs have found the minimum first."""
    rows, columns = np.nonzero(p.known)
    values = {colour: coloured(p.columns, colour)[rows, columns] for colour in COLOURS}
    found = np.nan_to_num(values["found"], nan=-1.0)
    told = [Column(names[0], p.x[columns]), Column(names[1], p.y[rows]),
            Column("Runs", p.columns["runs"][rows, columns], "Runs of the cell", True)]  # fmt: skip
    told += [Column(c.label, values[name], c.meaning) for name, c in COLOURS.items() if np.isfinite(values[name]).any()]
    return bounded("Cells of the map, the best first", told, "cells", heads=2, order=np.argsort(-found, kind="stable"))
