"""The figures and tables of the five papers that are results of ensembles, as data: ``papers.ALL["003-table2"].compute(runs=100)``.

One list for the command line (``swarmviz figure``) and for scripts. Adding one is one :class:`Figure` in the file of its paper.
"""

from __future__ import annotations

from swarmviz.papers import bgk, cbo, finite_set, fmc, ssa
from swarmviz.papers.figure import Figure
from swarmviz.papers.spec import Experiment, Reported

ALL: dict[str, Figure] = {figure.key: figure for paper in (fmc, cbo, ssa, bgk, finite_set) for figure in paper.FIGURES}

PAPERS = {  # the number with which keys and references begin → title
    "000": "Convergence of the FractalAI swarm",
    "001": "Exponential stability of finite-N consensus-based optimisation",
    "002": "Swarm-based simulated annealing",
    "003": "A kinetic swarm with velocity jumps",
    "004": "Swarm dynamics on a finite set",
}

Entry, Part, Printed = Figure, Experiment, Reported  # their names before

__all__ = ["ALL", "PAPERS", "Entry", "Experiment", "Figure", "Part", "Printed", "Reported", "listing"]


def listing() -> str:
    """All of them as Markdown, for docs/papers.md: ``python -c "from swarmviz import papers; print(papers.listing(), end='')"``."""
    head = "# The papers' figures and tables\n\nMade from `swarmviz/papers/`; each is computed with `swarmviz figure KEY`.\n"
    rows = [
        f"\n## {figure.key}: {figure.title}\n\n{figure.reference}. {figure.question} {figure.runs} run{'s' * (figure.runs > 1)}.\n"
        + "".join(f"\n{said}\n" for said in (figure.criterion, figure.remark) if said)
        for figure in ALL.values()
    ]
    return head + "".join(rows)
