"""004, Swarm dynamics on a finite set: figures 2 to 11, and its sentence on the numbers of transitions."""

from __future__ import annotations

from typing import Any

from swarmviz.papers.charts import Curves
from swarmviz.papers.figure import Figure
from swarmviz.papers.snapshots import Occupations
from swarmviz.papers.spec import Experiment, Reported
from swarmviz.schedules import Power

RATE = 1.0
SHORT, LONG = 300, 7200  # 5 minutes and 2 hours, in seconds
REMARK = (
    "The rate ℓ between neighbours is lost in the source: ℓ = 1 was assumed. The paper gives 5 minutes and 2 hours of time; one second "
    "was taken as one unit of time. The paper draws a point per transition; ours are drawn at regular times over the number of transitions."
)
CHANGING = "S = 20 states, U/10, γ = 1/4, t₀ = 1.1."


def _part(generator: str, changing: bool, record: tuple[str, ...], label: str = "", **more: Any) -> Experiment:
    steps = LONG if changing else SHORT
    beta = Power(gamma=0.25, t0=1.1) if changing else 5.0
    values = {"generator": generator, "beta": beta, "rate": RATE, "dt": 1.0, "m": -1.0}
    heights = {"height": 0.1} if changing else {}
    shots = tuple(round(i * steps / 16) for i in range(17)) if not record else ()
    return Experiment(
        label or f"{generator} generator", "FiniteSet", "FiniteSetCurve", steps, values, heights, {"n": 50, "d": 1},
        record=record, every=4 if changing else 1, snapshots=shots, **more,
    )  # fmt: skip


def _course(number: int, generator: str, changing: bool, observable: str, what: str, question: str) -> Figure:
    part = _part(generator, changing, (observable, "transitions"))
    return Figure(
        f"004-figure{number}", f"Figure {number}: {what}, {generator} generator", f"004 fig. {number}, §6.{1 + changing}", question,
        (part,), (Curves(y=observable, x="transitions"),), runs=1, each_run=True, remark=f"{CHANGING * changing} {REMARK}".strip(),
    )  # fmt: skip


def _histogram(number: int, generator: str, changing: bool) -> Figure:
    return Figure(
        f"004-figure{number}", f"Figure {number}: histograms in time, {generator} generator", f"004 fig. {number}, §6.{1 + changing}",
        "Where do the fifty agents sit, from the start to the end?",
        (_part(generator, changing, ()),), (Occupations(height=1.8),), runs=1, each_run=True,
        remark=f"{CHANGING * changing} {REMARK}".strip(),
    )  # fmt: skip


def _ratio(data):
    """Transitions of the second generator over those of the first, in the mean."""
    last = data["transitions"].isel(step=-1, drop=True)
    ratio = last / last.isel(system=0, drop=True)
    return {
        "transition_ratio": ratio.assign_attrs(
            symbol="jumps / jumps of the first generator", long_name="Jumps over those of the first generator"
        )
    }


_TARGET = "How near does the empirical law come to the law that it should have, and how much does it fluctuate?"
_DIRAC = "How near does the empirical law come to the Dirac mass at the global minimiser as the temperature falls?"

FIGURES = (
    _course(2, "first", False, "target_distance_l2", "distance to the invariant law", _TARGET),
    _course(3, "second", False, "target_distance_l2", "distance to the invariant law", _TARGET),
    _histogram(4, "first", False),
    _histogram(5, "second", False),
    _course(6, "first", True, "target_distance_l2", "distance to the instantaneous law", _TARGET),
    _course(7, "second", True, "target_distance_l2", "distance to the instantaneous law", _TARGET),
    _course(8, "first", True, "distance", "distance to the minimiser's Dirac mass", _DIRAC),
    _course(9, "second", True, "distance", "distance to the minimiser's Dirac mass", _DIRAC),
    _histogram(10, "first", True),
    _histogram(11, "second", True),
    Figure(
        "004-transitions", "Transitions of the two generators", "004 §6.2",
        "Does the second generator make more than eight times as many transitions as the first in two hours?",
        (_part("first", True, ("transitions",)), _part("second", True, ("transitions",))),
        (Curves(y="transitions", series="system"),), runs=20, derive=_ratio,
        printed=(Reported("transition_ratio", {"system": ("second generator",)}, (8.0,), source="004 §6.2: more than eight times"),),
        remark=f"Printed is a lower bound, of one run. {CHANGING} {REMARK}",
    ),
)  # fmt: skip
