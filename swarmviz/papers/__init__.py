"""The figures and tables of the five papers that are results of ensembles, as data: ``papers.ALL["003-table2"].compute(runs=100)``.

One list for the command line, the app's gallery and scripts. Adding one is one :class:`Entry` in the file of its paper.
"""

from __future__ import annotations

from swarmviz.papers import annealing, consensus, finite_set, fractal, kinetic
from swarmviz.papers.entry import Entry, Part, Printed

ALL: dict[str, Entry] = {
    entry.key: entry for paper in (fractal, consensus, annealing, kinetic, finite_set) for entry in paper.ENTRIES
}

__all__ = ["ALL", "Entry", "Part", "Printed"]
