"""Datasets as they are written to files and read again."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import swarmviz as sv
from swarmviz import papers
from swarmviz.explore import RunTable, read

SWARM = {"n": 12, "d": 2, "seed": 5}
GRID = {"sigma": [0.2, 0.7, 1.2], "lam": [0.5, 2.0]}
RECORD = ("best", "evaluations")


@functools.cache
def data(kind: str) -> Any:
    """A small Dataset of each kind that is written."""
    swarm, land = sv.Swarm(**SWARM), sv.landscapes.Rastrigin()
    if kind == "run":
        return sv.run_ensemble(sv.CBO(), land, swarm, runs=5, steps=30, every=10)
    if kind == "sweep":
        return sv.sweep(sv.CBO(), land, swarm, GRID, runs=4, steps=30, every=10, record=RECORD)
    if kind == "events":
        return sv.sweep(sv.CBO(), land, swarm, GRID, runs=4, steps=60, every=2, record=("best",), events=None)
    if kind == "landscapes":
        return sv.sweep(
            sv.SSA(),
            land,
            swarm,
            {"initial": ["uniform", "away"]},
            landscapes=["Ackley", "Rastrigin"],
            d=[1, 3],
            runs=2,
            steps=20,
        )
    if kind == "schedules":
        falling = [sv.schedules.Linear(start=1, end=0.1, duration=2.0), sv.schedules.Exponential()]
        return sv.sweep(
            sv.CBO(),
            land,
            swarm,
            {"sigma": falling},
            runs=2,
            steps=20,
            stop=sv.ensembles.Below("best", 3.0),
            record=("best",),
        )
    if kind == "stall":
        return sv.run_ensemble(sv.BGK(), land, swarm, runs=3, steps=60, stop=sv.ensembles.Stall(1e-2, 5))
    if kind == "refine":
        *_, last = sv.refine(sv.CBO(), land, swarm, GRID, runs=4, steps=30)
        return last
    if kind == "hitting":
        return sv.ensembles.hitting(data("sweep"), [10.0, 1.0])
    if kind == "statistic":
        return sv.ensembles.success_rate(data("sweep"))
    return papers.ALL[kind].compute(2, 2, True, False, None)


KINDS = (
    "run",
    "sweep",
    "landscapes",
    "schedules",
    "stall",
    "refine",
    "events",
    "hitting",
    "statistic",
    "001-figure4",
    "003-table2",
    "004-transitions",
    "000-map",
)


def table(kind: str, folder: Path) -> RunTable:
    """The same, written and read."""
    return RunTable(read(written(kind, folder)))


def written(kind: str, folder: Path) -> Path:
    """The file of a Dataset."""
    path = folder / f"{kind}.nc"
    if not path.exists():
        data(kind).to_netcdf(path, engine="h5netcdf")
    return path
