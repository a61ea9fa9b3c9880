"""Ensembles: one run many times, sweeps over parameters, and the statistics of both, as labelled xarray Datasets.

xarray takes longer to import than all of swarmviz; so it is imported when a Dataset is made, not before.
"""

from __future__ import annotations

from swarmviz.ensembles.event_counts import event_table
from swarmviz.ensembles.hitting_times import compare, ert, hitting, runtime_ecdf
from swarmviz.ensembles.map_grid import proposed_grid
from swarmviz.ensembles.refine import refine
from swarmviz.ensembles.run import run_ensemble
from swarmviz.ensembles.statistics import medians, quantiles, success_rate, summary
from swarmviz.ensembles.stopping import Below, Budget, Spent, Stall, Stop, When
from swarmviz.ensembles.store import StoreError
from swarmviz.ensembles.sweeps import sweep

__all__ = [
    "Below",
    "Budget",
    "Spent",
    "Stall",
    "Stop",
    "StoreError",
    "When",
    "compare",
    "ert",
    "event_table",
    "hitting",
    "medians",
    "proposed_grid",
    "quantiles",
    "refine",
    "run_ensemble",
    "runtime_ecdf",
    "success_rate",
    "summary",
    "sweep",
]
