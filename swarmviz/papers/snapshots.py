"""Charts of the agents themselves at the snapshots: where they are, their density, their occupation of a finite set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.papers.charts import Chart, Panel, flat, framed
from swarmviz.plot import ground, parts
from swarmviz.plot.elements import COLOURS, dimension, styled

GRID = 200
PIXELS = 160  # of a landscape along each side
ROOM = 1.05  # above the highest point of a density, in its heights


@dataclass(frozen=True)
class Snapshots(Chart):
    """Base of the charts with a row for each system and a column for each snapshot: its time is below, its system beside the first."""

    panels: tuple[str | None, str | None] = ("system", "snapshot")

    def drawn(self, data, colours=COLOURS):
        for panel in super().drawn(data, colours):
            row, column = panel.place
            said = {"title": ""}
            if column == 0:
                said["ylabel"] = str(data["system"].values[row])
            yield panel._replace(title="", shown=styled(panel.shown, said, said))


@dataclass(frozen=True)
class Positions(Snapshots):
    """Agents on their landscape at each snapshot (the first run): on the curve in 1D, over contours in 2D."""

    landscape: str = "Rastrigin"
    panels: tuple[str | None, str | None] = ("system", "snapshot")

    def one(self, data, whole, title, colours):
        landscape = LANDSCAPES[self.landscape]()
        x = flat(data["positions"], "agent", "coordinate").reshape(data.sizes["agent"], -1)
        x = x[np.isfinite(x).all(axis=1)]
        low, high = landscape.limits(x.shape[1])
        time = f"t = {float(data['snapshot_t']):g}"
        if x.shape[1] == 1:
            return framed(_on_line(landscape, x, low, high, colours), time, "", title, show_grid=False)
        dims = dimension("x1", "x₁"), dimension("x2", "x₂")
        layers = [
            ground.surface(landscape, x.shape[1], low, high, dims, PIXELS, colours=colours, packed=True),
            _agents(x[:, 0], x[:, 1], dims, colours),
        ]
        if "focus" in data and np.isfinite(focus := flat(data["focus"], "coordinate")[:2]).all():
            layers.append(ground.cross(focus, dims, colours))
        layers.append(ground.stars(landscape.minimisers(2), dims, colours))
        ends: dict[str, Any] = {f"{side}lim": (float(low[i]), float(high[i])) for i, side in enumerate("xy")}
        return framed(layers, time, "", title, square=True, show_grid=False, **ends)


def _on_line(landscape: Any, x: np.ndarray, low: np.ndarray, high: np.ndarray, colours: Any) -> list[Any]:
    """The agents at their values on the curve."""
    dims, at = (dimension("x"), dimension("F", "F(x)")), np.linspace(low[0], high[0], 2 * GRID)
    return [
        ground.profile(at, landscape.values(at[:, None]), dims, colours.landscape[0]),
        _agents(x[:, 0], landscape.values(x), dims, colours),
    ]


def _agents(x: np.ndarray, y: np.ndarray, dims: Any, colours: Any) -> Any:
    return parts.marks(x, y, dims, colours.agent, size=7.0, rim=colours.outline)


@dataclass(frozen=True)
class Densities(Snapshots):
    """Kernel density of the agents in 1D, in half widths of the box, at each snapshot; the landscape behind it."""

    landscape: str = "Rastrigin"
    panels: tuple[str | None, str | None] = ("system", "snapshot")

    def one(self, data, whole, title, colours):
        from scipy.stats import gaussian_kde

        landscape = LANDSCAPES[self.landscape]()
        low, high = landscape.limits(1)
        half, middle = (high - low) / 2, (high + low) / 2
        dims, at = (dimension("x"), dimension("density")), np.linspace(-1, 1, 4 * GRID)
        x = (flat(data["positions"], "agent", "coordinate").ravel() - middle) / half
        is_spread = np.std(x) > 1e-6
        density = gaussian_kde(x)(at) if is_spread else np.ones(2)
        top, f = ROOM * float(density.max()), landscape.values((middle + half * at)[:, None])
        behind = ground.profile(
            at, top * (f - f.min()) / np.ptp(f), dims, colours.soft, 1.0
        )  # its shape alone: no unit
        if is_spread:
            swarm = parts.band(at, np.zeros_like(at), density, dims, colours.curves[0], alpha=0.5)
        else:  # a swarm in one point has no density
            place = np.full(2, float(np.mean(x)))
            swarm = parts.line(place, np.array([0.0, top]), dims, colours.curves[0])
        ends: dict[str, Any] = {"xlim": (-1.0, 1.0), "ylim": (0.0, top), "show_grid": False}
        return framed([behind, swarm], f"x   (t = {float(data['snapshot_t']):g})", "", title, **ends)


@dataclass(frozen=True)
class Occupations(Chart):
    """Share of the agents on each state of a finite set, at each snapshot."""

    panels: tuple[str | None, str | None] = ("system", "snapshot")
    columns: int = 6

    def shape(self, data):
        return -(-data.sizes["snapshot"] // self.columns), self.columns

    def drawn(self, data, colours=COLOURS):
        highest = 1.1 * float(data["occupation"].max())
        for i in range(data.sizes["snapshot"]):
            one, place = data.isel(snapshot=i), divmod(i, self.columns)
            share = flat(one["occupation"], "state")
            dims, title = (dimension("state"), dimension("share")), f"t = {float(one['snapshot_t']):g}"
            bars = parts.bars(np.arange(len(share) + 1) - 0.5, share, dims, colours)
            below = "state" if i + self.columns >= data.sizes["snapshot"] else ""
            beside = "share" * (place[1] == 0)
            yield Panel(title, place, framed([bars], below, beside, title, ylim=(0.0, highest)))
