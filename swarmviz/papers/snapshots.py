"""Charts of the agents themselves at the snapshots: where they are, their density, their occupation of a finite set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.papers.charts import Chart, flat

if TYPE_CHECKING:
    import xarray

GRID = 200


def name_rows(axes: np.ndarray, data: xarray.Dataset) -> None:
    """Each row of axes is a system; its time is below each."""
    for row, name in zip(axes, data["system"].values, strict=True):
        for ax in row:
            ax.set_title("")
        row[0].set_ylabel(str(name))


@dataclass(frozen=True)
class Positions(Chart):
    """Agents on their landscape at each snapshot (the first run): on the curve in 1D, over contours in 2D."""

    landscape: str = "Rastrigin"
    panels: tuple[str | None, str | None] = ("system", "snapshot")

    def draw_one(self, ax, data):
        landscape = LANDSCAPES[self.landscape]()
        x = flat(data["positions"], "agent", "coordinate").reshape(data.sizes["agent"], -1)
        x = x[np.isfinite(x).all(axis=1)]
        low, high = landscape.limits(x.shape[1])
        lines = [np.linspace(a, b, GRID) for a, b in zip(low, high, strict=True)]
        if x.shape[1] == 1:
            ax.plot(lines[0], landscape.values(lines[0][:, None]), color="0.6", lw=1)
            ax.plot(x[:, 0], landscape.values(x), "o", color="C3", ms=4)
        else:
            U, V = np.meshgrid(*lines)
            F = landscape.values(np.stack([U.ravel(), V.ravel()], axis=1)).reshape(U.shape)
            ax.contourf(U, V, F, 20, cmap="Greys_r", alpha=0.6)
            ax.plot(x[:, 0], x[:, 1], "o", color="C3", ms=3)
            if "focus" in data:
                ax.plot(*flat(data["focus"], "coordinate"), "X", color="C0", ms=8, mec="w")
            for goal in landscape.minimisers(2):
                ax.plot(*goal, "+", color="C2", ms=10)
            ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), box_aspect=1)
        ax.set_xlabel(f"t = {float(data['snapshot_t']):g}")

    def draw(self, axes, data):
        super().draw(axes, data)
        name_rows(axes, data)


@dataclass(frozen=True)
class Densities(Chart):
    """Kernel density of the agents in 1D, in half widths of the box, at each snapshot; the landscape behind it."""

    landscape: str = "Rastrigin"
    panels: tuple[str | None, str | None] = ("system", "snapshot")

    def draw_one(self, ax, data):
        from scipy.stats import gaussian_kde

        landscape = LANDSCAPES[self.landscape]()
        low, high = landscape.limits(1)
        half, middle = (high - low) / 2, (high + low) / 2
        at = np.linspace(-1, 1, 4 * GRID)
        x = (flat(data["positions"], "agent", "coordinate").ravel() - middle) / half
        other = ax.twinx()
        other.plot(at, landscape.values((middle + half * at)[:, None]), color="0.8", lw=1)
        other.set_yticks([])
        spread = np.std(x)
        if spread > 1e-6:
            ax.fill_between(at, gaussian_kde(x)(at), color="C0", alpha=0.5)
        else:  # a swarm in one point has no density
            ax.axvline(float(np.mean(x)), color="C0")
        ax.set_xlabel(f"x   (t = {float(data['snapshot_t']):g})")

    def draw(self, axes, data):
        super().draw(axes, data)
        name_rows(axes, data)


@dataclass(frozen=True)
class Occupations(Chart):
    """Share of the agents on each state of a finite set, at each snapshot."""

    panels: tuple[str | None, str | None] = ("system", "snapshot")
    columns: int = 6

    def shape(self, data):
        return -(-data.sizes["snapshot"] // self.columns), self.columns

    def draw(self, axes, data):
        highest = 1.1 * float(data["occupation"].max())
        for i, ax in enumerate(axes.ravel()):
            if i >= data.sizes["snapshot"]:
                ax.axis("off")
                continue
            one = data.isel(snapshot=i)
            share = flat(one["occupation"], "state")
            ax.bar(np.arange(len(share)), share, width=1.0)
            ax.set_ylim(0, highest)
            ax.set_title(f"t = {float(one['snapshot_t']):g}", fontsize="small")
            ax.set(
                xlabel="state" if i + self.columns >= data.sizes["snapshot"] else "",
                ylabel="share" * (i % self.columns == 0),
            )
