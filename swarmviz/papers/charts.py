"""What is drawn of a figure's Dataset: curves, colour maps, scans and tables. Each chart is data and draws into axes that it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.papers.report import deviation

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
FEW = 5  # ticks that have room within axes; so many lines have none
FAR = 3.0  # standard errors from the printed value: a cell of a table is coloured


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


def legend(ax: Any, lines: int, printed: bool = False) -> None:
    """A legend of so many lines, if there are several, and of the paper's marks: within the axes where they are few."""
    if lines > 1 or printed:
        handles, labels = ax.get_legend_handles_labels()
        if printed:
            handles, labels = [*handles, *ax.plot([], [], "o", mfc="none", color="0.3")], [*labels, "printed"]
        beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)} if len(labels) >= FEW else {}
        ax.legend(handles, labels, fontsize="small", **beside)


def once(row: np.ndarray) -> None:
    """One legend, on the right, where axes side by side have the same."""

    def said(ax):
        return [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else None

    for ax in row[:-1]:
        if ax.get_legend() and said(ax) == said(row[-1]):
            ax.get_legend().remove()


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


@dataclass(frozen=True)
class Chart:
    """Base of all charts; ``panels`` are the dimensions of the rows and the columns of axes."""

    panels: tuple[str | None, str | None] = (None, None)
    height: float = 3.2

    def shape(self, data: xarray.Dataset) -> tuple[int, int]:
        """Rows and columns of axes."""
        return size(data, self.panels[0]), size(data, self.panels[1])

    def draw(self, axes: np.ndarray, data: xarray.Dataset) -> None:
        """Draw everything; ``axes`` has the shape of :meth:`shape`."""
        for row, (above, some) in zip(axes, cases(data, self.panels[0]), strict=True):
            for ax, (beside, one) in zip(row, cases(some, self.panels[1]), strict=True):
                self.draw_one(ax, one)
                ax.set_title(", ".join(filter(None, (above, beside))), fontsize="medium")
            once(row)

    def draw_one(self, ax: Any, data: xarray.Dataset) -> None:
        """Draw one of the panels."""
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

    def draw_one(self, ax, data):
        for i, (name, one) in enumerate(cases(data, self.series)):
            colour = f"C{i % 10}"
            for _, run in cases(one, "run" if "run" in one[self.y].dims else None):
                ax.plot(flat(run[self.x], "step"), flat(run[self.y], "step"), color=colour, label=name, lw=1.2)
                name = "_"
            if self.band and f"{self.y}_quantile" in one:
                low, high = (flat(one[f"{self.y}_quantile"].sel(quantile=q), "step") for q in (0.25, 0.75))
                ax.fill_between(flat(one[self.x], "step"), low, high, color=colour, alpha=0.2, lw=0)
        if self.log:
            ax.set_yscale("log")
        measured = ax.get_ylim()
        for i, (_, one) in enumerate(cases(data, self.series)):
            for end, style in (("claimed", ":"), ("fitted", "--")):
                if f"{self.y}_{end}" in one:
                    ax.plot(flat(one[self.x], "step"), flat(one[f"{self.y}_{end}"], "step"), style, color=f"C{i % 10}")
        if self.log:  # a claim that leaves what was measured behind does not squeeze it into a line
            ax.set_ylim(measured)
        ax.set_xlabel("t" if self.x == "t" else label_of(data[self.x]))
        ax.set_ylabel(self.label or label_of(data[self.y]))
        legend(ax, size(data, self.series))


@dataclass(frozen=True)
class Heat(Chart):
    """An observable as colour over time and a parameter; all panels share the scale."""

    y: str = "dispersion"
    across: str = "n"
    label: str = ""

    def draw(self, axes, data):
        from matplotlib.colors import LogNorm

        positive = data[self.y].where(data[self.y] > 0)
        low, high = float(positive.min()), float(positive.max())
        norm = LogNorm(max(low, high * 1e-12), high)
        for row, (above, some) in zip(axes, cases(data, self.panels[0]), strict=True):
            for ax, (beside, one) in zip(row, cases(some, self.panels[1]), strict=True):
                values = flat(one[self.y], self.across, "step")
                mesh = ax.pcolormesh(one["t"], one[self.across], values, norm=norm, shading="nearest")
                title = ", ".join(filter(None, (above, beside)))
                ax.set(xlabel="t", ylabel=SYMBOLS.get(self.across, self.across), title=title)
        axes[0, 0].figure.colorbar(mesh, ax=axes.ravel().tolist(), label=self.label or label_of(data[self.y]))


@dataclass(frozen=True)
class Map(Chart):
    """What the runs ended with as colour over two parameters on logarithmic axes; each panel has its own scale. Dotted: both are equal."""

    y: str = "dispersion"
    x: str = "reward_power"
    across: str = "distance_power"
    label: str = ""

    def draw_one(self, ax, data):
        from matplotlib.colors import LogNorm

        values, at, up = flat(data[self.y], self.across, self.x), data[self.x].values, data[self.across].values
        mesh = ax.pcolormesh(_edges(at), _edges(up), np.where(values > 0, values, np.nan), norm=LogNorm())
        ax.axline((up[0], up[0]), (up[-1], up[-1]), ls=":", color="w")
        ax.set(
            xscale="log", yscale="log", xlabel=SYMBOLS.get(self.x, self.x), ylabel=SYMBOLS.get(self.across, self.across)
        )
        ax.set(xlim=_edges(at)[[0, -1]], ylim=_edges(up)[[0, -1]])
        ax.figure.colorbar(mesh, ax=ax, label=self.label or label_of(data[self.y]))


def _edges(values: np.ndarray) -> np.ndarray:
    """Ends of the cells about values that stand on a logarithmic axis."""
    inner = np.sqrt(values[1:] * values[:-1])
    return np.concatenate([[values[0] ** 2 / inner[0]], inner, [values[-1] ** 2 / inner[-1]]])


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

    def draw_one(self, ax, data):
        for i, (name, one) in enumerate(cases(data, self.series)):
            error = one.get(f"{self.y}_standard_error")
            at = one[self.x].values
            bars = None if error is None else np.nan_to_num(flat(error, self.x))
            look = {"color": f"C{i % 10}", "marker": ".", "ls": "--" if name in self.dashed else "-"}
            ax.errorbar(at, flat(one[self.y], self.x), bars, label=name or None, **look)
            if f"printed_{self.y}" in one:
                ax.plot(at, flat(one[f"printed_{self.y}"], self.x), "o", mfc="none", color=f"C{i % 10}")
        for claim, style in zip(self.claims, (":", "--"), strict=False):
            ax.plot(at, flat(data[claim], self.x), style, color="0.3", label=label_of(data[claim]))
        if self.log:
            ax.set_yscale("log")
        if self.log_x:
            ax.set_xscale("log")
            if len(at) <= FEW:
                ax.set_xticks(at, [number(value) for value in at])
                ax.minorticks_off()
        ax.set(xlabel=self.x_label or SYMBOLS.get(self.x, self.x), ylabel=self.label or label_of(data[self.y]))
        printed = data.get(f"printed_{self.y}")
        legend(ax, size(data, self.series), printed is not None and bool(printed.notnull().any()))


@dataclass(frozen=True)
class Table(Chart):
    """A table like the paper's: ours above, the printed value below in brackets, if there is one; coloured where they are far apart."""

    rows: str = "landscape"
    columns: tuple[str, str] = ("n", "system")
    metrics: tuple[tuple[str, str], ...] = ()
    runs: int = 100
    height: float = 12.0

    def draw_one(self, ax, data):
        ax.axis("off")
        outer, inner = self.columns
        heads = [f"{a}\n{b}" for a, _ in cases(data, outer) for b, _ in cases(data, inner)]
        texts, colours, names = [], [], []
        for row, some in cases(data, self.rows):
            for metric, label in self.metrics:
                ours = flat(some[metric], outer, inner).ravel()
                if f"printed_{metric}" not in some:
                    texts.append([f"{a:.2e}" for a in ours])
                    colours.append(["none"] * len(ours))
                    names.append(f"{row}\n{label}")
                    continue
                theirs = flat(some[f"printed_{metric}"], outer, inner).ravel()
                far = deviation(some, metric, self.runs)
                apart = np.zeros(len(ours)) if far is None else abs(flat(far, outer, inner).ravel())
                form = "{:.0%}" if metric == "success_rate" else "{:.2e}"
                texts.append([f"{form.format(a)}\n({form.format(b)})" for a, b in zip(ours, theirs, strict=True)])
                colours.append(["#f6d5b8" if f > FAR else "none" for f in apart])
                names.append(f"{row}\n{label}")
        table = ax.table(texts, cellColours=colours, rowLabels=names, colLabels=heads, bbox=(0.1, 0, 0.9, 1))
        table.auto_set_font_size(False)
        table.set_fontsize(7.5)
        source = data[f"printed_{self.metrics[0][0]}"].attrs["source"]
        ax.annotate(
            f"In brackets: {source[0].lower()}{source[1:]}. Shaded: ours is more than {FAR:g} standard errors of the difference away.",
            (0, 0), (0, -6), "axes fraction", "offset points", va="top", fontsize="small",
        )  # fmt: skip
