"""What is drawn of a figure's Dataset: which panels it has, and which elements of :mod:`swarmviz.plot` are in each.

A chart is data. :meth:`Chart.drawn` makes its panels one after the other, each a HoloViews element or the cells of a table; the page of a
figure draws them with the back end of Bokeh, :mod:`swarmviz.papers.plot` with that of Matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from swarmviz.drawing.map import edges_of
from swarmviz.drawing.style import LIGHT, Theme
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.papers.report import deviation
from swarmviz.plot import parts
from swarmviz.plot.cells import cells
from swarmviz.plot.elements import dimension, holoviews, styled

if TYPE_CHECKING:
    import xarray

SYMBOLS = {
    "n": "N",
    "d": "D",
    "sigma": "σ",
    "alpha": "α",
    "cutoff": "β",
    "reward_power": "α",
    "distance_power": "β",
    "run": "run",
    "t": "t",
}
FEW = 5  # ticks that have room within axes
FAR = 3.0  # standard errors from the printed value: a cell of a table is coloured
SHADED = "#f6d5b8"
ROOM = 0.03, 0.06  # around marks, in widths and heights of the panel
MARGIN = 0.05  # of what is measured, below and above it on a logarithmic axis
DEEPEST = 1e-12  # of the highest value, from which on a scale of colours begins


class TableText(NamedTuple):
    """A table: the words of its head, the first above the names of the rows; rows of (text, whether it is shaded); a note below."""

    head: list[str]
    rows: list[list[tuple[str, bool]]]
    note: str


class Panel(NamedTuple):
    """One panel of a chart: its title, its row and column, and an element of HoloViews or a table."""

    title: str
    place: tuple[int, int]
    shown: Any


def cases(data: xarray.Dataset, dim: str | None) -> Iterator[tuple[str, xarray.Dataset]]:
    """The values of a dimension one after the other, each with its label; everything where there is no such dimension."""
    if dim is None or dim not in data.dims:
        yield "", data
        return
    for i, value in enumerate(data[dim].values):
        yield _named(dim, value), data.isel({dim: i})


def _named(dim: str, value: Any) -> str:
    if not isinstance(value, str):
        return f"{SYMBOLS.get(dim, dim)} = {number(value)}"
    return LANDSCAPES[value].title if dim == "landscape" else value


def number(value: float) -> str:
    """A value of an axis for a legend: 10,000 and 0.7071, not 1e+04."""
    return f"{int(value):,}" if float(value).is_integer() and abs(value) < 1e6 else f"{value:.4g}"


def size(data: xarray.Dataset, dim: str | None) -> int:
    """Length of a dimension; one where there is none."""
    return data.sizes.get(dim, 1) if dim else 1


def label_of(values: xarray.DataArray) -> str:
    """An axis label from what the variable says of itself."""
    return str(values.attrs.get("symbol") or values.attrs.get("long_name") or values.name)


def flat(values: xarray.DataArray, *keep: str) -> np.ndarray:
    """The values along ``keep``; of any other dimension there is one value only."""
    others = [dim for dim in values.dims if dim not in keep and values.sizes[dim] == 1]
    return values.squeeze(others).transpose(*[dim for dim in keep if dim in values.dims]).values


def framed(
    layers: list[Any],
    x_label: str,
    y_label: str,
    title: str,
    legend: bool = False,
    square: bool = False,
    **options: Any,
) -> Any:
    """Layers over each other, with what stands around them; ``options`` are those that both back ends know, in print they may be square."""
    both = {"xlabel": x_label, "ylabel": y_label, "show_legend": legend, "show_grid": True} | options
    return styled(
        holoviews().Overlay(layers),
        {**both, "title": title, "legend_position": "bottom"},
        {**both, "aspect": "square" if square else "auto"},
    )


def above_zero(values: np.ndarray, log: bool) -> np.ndarray:
    """The values; on a logarithmic axis without those that have no place there."""
    return np.where(values > 0, values, np.nan) if log else np.asarray(values, float)


def around(values: list[np.ndarray]) -> tuple[float, float] | None:
    """The ends of a logarithmic axis about these positive values; None where there are none."""
    known = np.concatenate([np.ravel(one) for one in values])
    known = np.log(known[np.isfinite(known) & (known > 0)])
    if not known.size:
        return None
    more = MARGIN * float(np.ptp(known)) or MARGIN
    return float(np.exp(known.min() - more)), float(np.exp(known.max() + more))


@dataclass(frozen=True)
class Chart:
    """Base of all charts; ``panels`` are the dimensions of the rows and the columns of axes."""

    panels: tuple[str | None, str | None] = (None, None)
    height: float = 3.2

    def shape(self, data: xarray.Dataset) -> tuple[int, int]:
        """Rows and columns of axes."""
        return size(data, self.panels[0]), size(data, self.panels[1])

    def drawn(self, data: xarray.Dataset, colours: Theme = LIGHT) -> Iterator[Panel]:
        """The panels row by row; each is made when it is asked for."""
        for row, (above, some) in enumerate(cases(data, self.panels[0])):
            for column, (beside, one) in enumerate(cases(some, self.panels[1])):
                title = ", ".join(filter(None, (above, beside)))
                yield Panel(title, (row, column), self.one(one, data, title, colours))

    def one(self, data: xarray.Dataset, whole: xarray.Dataset, title: str, colours: Theme) -> Any:
        """What is in one of the panels; ``whole`` has the values of all."""
        raise NotImplementedError


@dataclass(frozen=True)
class Curves(Chart):
    """An observable against time (or another observable), one line for each value of ``series``."""

    y: str = "best"
    x: str = "t"
    series: str | None = None
    label: str = ""
    log: bool = False
    band: bool = True

    def one(self, data, whole, title, colours):
        x_label, y_label = "t" if self.x == "t" else label_of(data[self.x]), self.label or label_of(data[self.y])
        dims = dimension(self.x, x_label), dimension(self.y, y_label)
        bands: list[Any] = []
        lines: list[Any] = []
        claims: list[Any] = []
        measured: list[np.ndarray] = []
        for i, (name, one) in enumerate(cases(data, self.series)):
            colour = _colour(i, colours)
            for _, run in cases(one, "run" if "run" in one[self.y].dims else None):
                at, values = flat(run[self.x], "step"), above_zero(flat(run[self.y], "step"), self.log)
                lines.append(parts.line(at, values, dims, colour, label=name, width=1.7))
                measured.append(values)
                name = ""
            if self.band and f"{self.y}_quantile" in one:
                low, high = (
                    above_zero(flat(one[f"{self.y}_quantile"].sel(quantile=q), "step"), self.log) for q in (0.25, 0.75)
                )
                bands.append(parts.band(flat(one[self.x], "step"), low, high, dims, colour))
                measured += [low, high]
            for end, dash in (("claimed", "dotted"), ("fitted", "dashed")):
                if f"{self.y}_{end}" in one:
                    values = above_zero(flat(one[f"{self.y}_{end}"], "step"), self.log)
                    claims.append(parts.line(flat(one[self.x], "step"), values, dims, colour, dash=dash, width=1.5))
        options: dict[str, Any] = {"logy": self.log}
        if self.log and (ends := around(measured)):
            options["ylim"] = ends  # a claim that leaves what was measured behind does not squeeze it into a line
        return framed([*bands, *lines, *claims], x_label, y_label, title, size(data, self.series) > 1, **options)


def _colour(i: int, colours: Theme) -> str:
    """That of the i-th line."""
    cycle = parts.series_colours(colours)
    return cycle[i % len(cycle)]


@dataclass(frozen=True)
class Heat(Chart):
    """An observable as colour over time and a parameter; all panels share the scale."""

    y: str = "dispersion"
    across: str = "n"
    label: str = ""

    def one(self, data, whole, title, colours):
        positive = whole[self.y].values
        positive = positive[positive > 0]
        low, high = float(positive.min()), float(positive.max())
        up, across = SYMBOLS.get(self.across, self.across), self.label or label_of(whole[self.y])
        values = above_zero(flat(data[self.y], self.across, "step"), True)
        dims = dimension("t"), dimension(self.across, up), dimension(self.y, across)
        mesh = cells(
            data["t"].values, data[self.across].values, values, dims, clim=(max(low, high * DEEPEST), high), logz=True
        )
        return framed([mesh], "t", up, title)


@dataclass(frozen=True)
class Map(Chart):
    """What the runs ended with as colour over two parameters on logarithmic axes; each panel has its own scale. Dotted: both are equal."""

    y: str = "dispersion"
    x: str = "reward_power"
    across: str = "distance_power"
    label: str = ""

    def one(self, data, whole, title, colours):
        values, at, up = flat(data[self.y], self.across, self.x), data[self.x].values, data[self.across].values
        x_label, y_label = (SYMBOLS.get(name, name) for name in (self.x, self.across))
        dims = dimension(self.x, x_label), dimension(self.across, y_label)
        about = dimension(self.y, self.label or label_of(data[self.y]))
        mesh = cells(at, up, above_zero(values, True), (*dims, about), log=(True, True), logz=True)
        ends = [(float(edges[0]), float(edges[-1])) for edges in (edges_of(at, True), edges_of(up, True))]
        both = np.array([max(low for low, _ in ends), min(high for _, high in ends)])
        equal = parts.line(both, both, dims, "white", dash="dotted", width=1.8)
        options: dict[str, Any] = {"logx": True, "logy": True, "xlim": ends[0], "ylim": ends[1], "show_grid": False}
        return framed([mesh, equal], x_label, y_label, title, **options)


@dataclass(frozen=True)
class Scan(Chart):
    """What the runs ended with against a parameter, one line for each value of ``series``; hollow marks are the paper's.

    Those named in ``dashed`` let a line below them be seen: a limit and what tends to it may be the same. ``claims`` are the variables
    drawn in grey that are the same for every value of ``series``.
    """

    y: str = "mean_error"
    x: str = "n"
    series: str | None = None
    label: str = ""
    x_label: str = ""
    log: bool = False
    log_x: bool = False
    dashed: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    def one(self, data, whole, title, colours):
        x_label = self.x_label or SYMBOLS.get(self.x, self.x)
        y_label, at = self.label or label_of(data[self.y]), np.asarray(data[self.x].values, float)
        dims = dimension(self.x, x_label), dimension(self.y, y_label)
        layers: list[Any] = []
        seen: list[np.ndarray] = []
        for i, (name, one) in enumerate(cases(data, self.series)):
            layers += self._series(one, at, dims, name, _colour(i, colours), seen)
        for claim, dash in zip(self.claims, ("dotted", "dashed"), strict=False):
            values = above_zero(flat(data[claim], self.x), self.log)
            layers.append(parts.line(at, values, dims, colours.soft, label=label_of(data[claim]), dash=dash, width=1.8))
            seen.append(values)
        printed = data.get(f"printed_{self.y}")
        is_printed = printed is not None and bool(printed.notnull().any())
        if is_printed:  # what the hollow marks are, in the legend
            layers.append(parts.marks(np.empty(0), np.empty(0), dims, colours.soft, label="printed", hollow=True))
        options: dict[str, Any] = {"logx": self.log_x, "logy": self.log, "padding": ROOM}
        if self.log and (ends := around(seen)):
            options["ylim"] = ends
        if self.log_x and len(at) <= FEW:
            options["xticks"] = [(float(value), number(value)) for value in at]
        return framed(layers, x_label, y_label, title, size(data, self.series) > 1 or is_printed, **options)

    def _series(
        self, one: xarray.Dataset, at: np.ndarray, dims: Any, name: str, colour: str, seen: list[np.ndarray]
    ) -> list[Any]:
        """A line with its marks, error bars and printed values; what has to be within the axes is added to ``seen``."""
        values = above_zero(flat(one[self.y], self.x), self.log)
        seen.append(values)
        made = []
        if (error := one.get(f"{self.y}_standard_error")) is not None:
            errors = np.nan_to_num(flat(error, self.x))
            made.append(parts.error_bars(at, values, errors, dims, colour))
            seen += [values + errors, above_zero(values - errors, True)] if self.log else []
        dash = "dashed" if name in self.dashed else "solid"
        made += [
            parts.line(at, values, dims, colour, label=name, dash=dash, width=1.7),
            parts.marks(at, values, dims, colour, size=4.0),
        ]
        if f"printed_{self.y}" in one:
            theirs = above_zero(flat(one[f"printed_{self.y}"], self.x), self.log)
            made.append(parts.marks(at, theirs, dims, colour, hollow=True, size=8.0))
            seen.append(theirs)
        return made


@dataclass(frozen=True)
class Table(Chart):
    """A table like the paper's: ours above, the printed value below in brackets, if there is one; coloured where they are far apart."""

    rows: str = "landscape"
    columns: tuple[str, str] = ("n", "system")
    metrics: tuple[tuple[str, str], ...] = ()
    runs: int = 100
    height: float = 12.0

    def one(self, data, whole, title, colours):
        outer, inner = self.columns
        heads = [f"{a}\n{b}" for a, _ in cases(data, outer) for b, _ in cases(data, inner)]
        rows = [
            [(f"{row}\n{label}", False), *self._cells(some, metric)]
            for row, some in cases(data, self.rows)
            for metric, label in self.metrics
        ]
        source = data[f"printed_{self.metrics[0][0]}"].attrs["source"]
        note = f"In brackets: {source[0].lower()}{source[1:]}. Shaded: ours is more than {FAR:g} standard errors of the difference away."
        return TableText(["", *heads], rows, note)

    def _cells(self, some: xarray.Dataset, metric: str) -> list[tuple[str, bool]]:
        """The texts of one row, and which are shaded."""
        ours = flat(some[metric], *self.columns).ravel()
        if f"printed_{metric}" not in some:
            return [(f"{a:.2e}", False) for a in ours]
        theirs = flat(some[f"printed_{metric}"], *self.columns).ravel()
        far = deviation(some, metric, self.runs)
        apart = np.zeros(len(ours)) if far is None else abs(flat(far, *self.columns).ravel())
        form = "{:.0%}" if metric == "success_rate" else "{:.2e}"
        return [
            (f"{form.format(a)}\n({form.format(b)})", bool(f > FAR))
            for a, b, f in zip(ours, theirs, apart, strict=True)
        ]
