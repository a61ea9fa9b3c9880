"""Write docs/tuning.png, the map of docs/tuning.md, and print the regions of its two maps: the tables of the page, all 57,600 runs.

python tools/tuning_picture.py
"""

from __future__ import annotations

from pathlib import Path

import numba
import numpy as np

import swarmviz as sv
from components.maps.order import ends_around
from swarmviz import exports, presets
from swarmviz.cli.minimum_search import lowest_places
from swarmviz.drawing.map import Region, map_picture, region_words
from swarmviz.ensembles.map_grid import values_between

Grid = dict[str, list[float]]
GOAL, EVALUATIONS, N = 0.95, 20_000, 50


@numba.njit
def loss(x):
    """The function of the chapter."""
    return (1 - x[0]) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2


def fitted(dynamics: sv.CBO, grid: Grid, region: Region) -> Grid:
    """The axes after a press on *Fit*."""
    found = {}
    for (name, values), part in zip(grid.items(), (region.x, region.y), strict=True):
        declared = dynamics.declared()[name]
        found[name] = values_between(declared, *ends_around(declared, part, values, log=False))
    return found


def main() -> None:
    """Compute, write, print."""
    found = lowest_places(sv.landscapes.Function(loss, -3, 3, d=2), 2)
    assert found is not None
    landscape = sv.landscapes.Function(loss, -3, 3, minimisers=found.places, title="loss", d=2)
    dynamics, swarm = presets.opening("CBO").build()[0], sv.Swarm(n=N, d=2)  # what the page opens with
    steps = (EVALUATIONS - dynamics.cost_of_start(N).evaluations) // dynamics.cost_of_step(N).evaluations
    grid = sv.ensembles.proposed_grid(dynamics, swarm)
    for again in (True, False):
        *_, table = sv.refine(dynamics, landscape, swarm, grid, runs=100, steps=steps)
        values = {str(name): data.values for name, data in table.data_vars.items() if data.dims == ("sigma", "lam")}
        picture = map_picture(np.array(grid["sigma"]), np.array(grid["lam"]), (False, False), values, "found", GOAL)
        assert picture is not None
        print(", ".join(f"{name} {values[0]:g}:{values[-1]:g}" for name, values in grid.items()))
        print(region_words(picture, ("σ", "λ")))
        if again:
            assert picture.region is not None
            grid = fitted(dynamics, grid, picture.region)
    sim = sv.Simulation(dynamics, landscape, swarm)
    target = Path(__file__).parents[1] / "docs" / "tuning.png"
    target.write_bytes(exports.picture(sim, "map", "png", table=table, goal=GOAL, dpi=96))


if __name__ == "__main__":
    main()
