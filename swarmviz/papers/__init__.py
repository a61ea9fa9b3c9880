"""The figures and tables of the five papers that are results of ensembles, as data: ``papers.ALL["003-table2"].compute(runs=100)``.

One list for the command line, the app's gallery and scripts. Adding one is one :class:`Entry` in the file of its paper.
"""

from __future__ import annotations

from swarmviz.papers import bgk, cbo, finite_set, fmc, ssa
from swarmviz.papers.figure import Entry, Experiment, Reported

ALL: dict[str, Entry] = {entry.key: entry for paper in (fmc, cbo, ssa, bgk, finite_set) for entry in paper.ENTRIES}

__all__ = ["ALL", "Entry", "Experiment", "Reported", "listing"]


def listing() -> str:
    """Every entry as Markdown, for docs/papers.md: ``python -c "from swarmviz import papers; print(papers.listing(), end='')"``."""
    head = "# The papers' figures and tables\n\nMade from `swarmviz/papers/`; each is computed with `swarmviz figure KEY`.\n"
    rows = [
        f"\n## {e.key}: {e.title}\n\n{e.reference}. {e.question} {e.runs} run{'s' * (e.runs > 1)}.\n"
        + "".join(f"\n{said}\n" for said in (e.criterion, e.remark) if said)
        for e in ALL.values()
    ]
    return head + "".join(rows)
