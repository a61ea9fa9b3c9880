"""004, Swarm dynamics on a finite set: figures 2 to 11, and its sentence on the numbers of transitions.

The parameters are those of the authors' program, to which §6 refers. It stops by computing time, so its two generators end at different
model times; ours end where our agents have made, in the mean, as many jumps as its agents (:data:`ENDS`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.papers.charts import Curves, Scan
from swarmviz.papers.error import ErrorFigure
from swarmviz.papers.figure import Figure
from swarmviz.papers.finite_set_error import over_linear_noise, scatter_of
from swarmviz.papers.snapshots import Occupations
from swarmviz.papers.spec import Experiment, Reported
from swarmviz.schedules import Power

STATES = 20
STEPS = 4000  # of a figure, so many points along a curve


class End(NamedTuple):
    """Where a figure ends: the jumps of the authors' program, and the model time of so many of ours, in the mean of ten runs."""

    jumps: int
    t: float


ENDS = {  # by generator and whether β changes
    ("first", False): End(87_000, 19_560.0),
    ("second", False): End(91_000, 5_872.0),
    ("first", True): End(80_000, 724_700.0),
    ("second", True): End(650_000, 925_700.0),
}
PLOTTED = (
    "Drawn is Σ(p − q)²/S of the shares, as in the authors' program: the square of the L²(μ) distance of the densities over S². The "
    "paper draws a point per transition; ours are drawn at regular times over the number of transitions."
)
FIXED = (
    "ℓ = 0.1, as in the authors' program. The five minutes are a limit of computing time: the program ended after 87,000 jumps of "
    "the first generator and 91,000 of the second. Ours make so many until t = 19,560 and 5,872 (standard deviation 460 and 62 over "
    "ten runs), where these figures end. There 37 % of our agents are on state 7 with both (standard error 1 and 2 % over twenty "
    "runs), of η's 40 %."
)
CHANGING = (
    "S = 20 states, U/10, γ = 1/4, t₀ = 1.1, and ℓ = 0.005, as in the authors' program. The two hours are a limit of computing "
    "time: the program ended after 80,000 jumps of the first generator and 650,000 of the second. Ours make so many until t = "
    "724,700 (β = 28.2) and 925,700 (β = 30.0), standard deviation 6,100 and 2,600 over ten runs, where these figures end; 29 % and "
    "28 % of our agents are on state 7 then (standard error 1 and 2 % over twenty runs), where the program's histograms show 30 to "
    "34 % and 30 to 40 %. (Its θ(s, s) is φ''(s), where the text has 1/φ''(s).)"
)
PEAKS = (
    "The paper's upward peaks are not seen here: the program leaves out the 1 + of g, the inverse of φ', whose equation for c_β then "
    "has several roots, and its η_β jumps from one to another as β grows (167 times between 3,000 values of β from 0 to 30)."
)
ACCIDENT = (
    "Three comparisons, three numbers. At equal computing time the authors' program made 650,000 / 80,000 = 8.1 times as many jumps "
    "with the second generator, because a jump of the first cost it eight times as much; in ours a jump of both costs the same. At "
    "equal model time ours makes 6.3 times as many until t = 724,700. At equal jumps, 80,000, the first is at t = 724,700 and the "
    "second at t = 122,000. That ℓ = 1 and 7,200 units of model time give 7.95 is an accident: no unit of time is a second of the "
    "authors' computer."
)


def _part(generator: str, changing: bool, record: tuple[str, ...], end: End | None = None, **more: Any) -> Experiment:
    end = end or ENDS[generator, changing]
    beta, rate = (Power(gamma=0.25, t0=1.1), 0.005) if changing else (5.0, 0.1)
    values = {"generator": generator, "beta": beta, "rate": rate, "dt": end.t / STEPS, "m": -1.0}
    heights = {"height": 0.1} if changing else {}
    shots = tuple(round(i * STEPS / 16) for i in range(17)) if not record else ()
    return Experiment(
        f"{generator} generator", "FiniteSet", "FiniteSetCurve", STEPS, values, heights, {"n": 50, "d": 1},
        record=record, snapshots=shots, **more,
    )  # fmt: skip


def _squared(observable: str, of: str) -> Any:
    """What the authors' program draws of an L²(μ) distance of densities."""

    def derive(data):
        drawn = (data[observable] / STATES) ** 2
        return {
            "squared_distance": drawn.assign_attrs(
                symbol=f"Σ(p − {of})²/S", long_name=f"Σ(p − {of})²/S of the shares p"
            )
        }

    return derive


def _course(number: int, generator: str, changing: bool, observable: str, of: str, what: str, question: str) -> Figure:
    remark = [CHANGING if changing else FIXED, PLOTTED, PEAKS if changing and of == "η" else ""]
    return Figure(
        f"004-figure{number}", f"Figure {number}: {what}, {generator} generator", f"004 fig. {number}, §6.{1 + changing}", question,
        (_part(generator, changing, (observable, "transitions")),), (Curves(y="squared_distance", x="transitions"),),
        runs=1, each_run=True, derive=_squared(observable, of), topic="limit" if of == "η" else "find",
        remark=" ".join(filter(None, remark)),
    )  # fmt: skip


def _histogram(number: int, generator: str, changing: bool) -> Figure:
    return Figure(
        f"004-figure{number}", f"Figure {number}: histograms in time, {generator} generator", f"004 fig. {number}, §6.{1 + changing}",
        "Where do the fifty agents sit, from the start to the end?",
        (_part(generator, changing, ()),), (Occupations(height=1.8),), runs=1, each_run=True,
        remark=CHANGING if changing else FIXED,
    )  # fmt: skip


def _compared(data):
    """Transitions over those of the first generator at equal model time; the model time in which each makes as many as the first in all."""
    jumps, t = (
        data["transitions"],
        data["t"].transpose("system", ..., "step") if "system" in data["t"].dims else data["t"],
    )
    last = jumps.isel(step=-1, drop=True)
    ratio = last / last.isel(system=0, drop=True)
    times = np.broadcast_to(t.values, jumps.transpose("system", "step").shape)
    goal = float(last.isel(system=0))
    reached = [
        np.interp(goal, row, at) for row, at in zip(jumps.transpose("system", "step").values, times, strict=True)
    ]
    return {
        "transition_ratio": ratio.assign_attrs(
            symbol="jumps / jumps of the first generator",
            long_name="Jumps over those of the first generator at equal model time",
        ),
        "time_of_equal_jumps": last.copy(data=np.array(reached)).assign_attrs(
            symbol="t", long_name="Model time at which a system has made as many jumps as the first generator in all"
        ),
    }


_TARGET = "How near does the empirical law come to the law that it should have, and how much does it fluctuate?"
_DIRAC = "How near does the empirical law come to the Dirac mass at the global minimiser as the temperature falls?"
_L2, _L2_DIRAC = "target_distance_l2", "distance_l2"
SCATTER_T = 200.0  # where the scatter is measured
ERROR_004 = (
    "S = 20 states, β = 5, ℓ = 0.1, t = 200, uniform start; 200 runs of each N. Were it like 1/√N, N E Σ(p − p̄)² would be flat. It "
    "is for the second generator: 1.61, 1.71, 1.85 and 1.77 for N = 50 to 3200 (standard error 0.06 to 0.07), by the linear-noise law "
    "1.80 for every N. The first generator has no noise left where the law is at rest but what its own fluctuations make, and "
    "scatters less and less: 0.87, 0.46, 0.37 and 0.40 (0.04, then 0.02); the linear-noise law with the closure for this N has 0.84, "
    "0.47, 0.38 and 0.37. Measured over expected: 1.03, 0.99, 0.97, 1.10 (0.05 to 0.06) for the first, 0.90, 0.95, 1.03, 0.98 (0.03 "
    "to 0.04) for the second. At N = 50 most states have fewer than two agents, where a linear law need not hold: 0.90 is three "
    "standard errors from 1."
)

FIGURES = (
    _course(2, "first", False, _L2, "η", "distance to the invariant law", _TARGET),
    _course(3, "second", False, _L2, "η", "distance to the invariant law", _TARGET),
    _histogram(4, "first", False),
    _histogram(5, "second", False),
    _course(6, "first", True, _L2, "η", "distance to the instantaneous law", _TARGET),
    _course(7, "second", True, _L2, "η", "distance to the instantaneous law", _TARGET),
    _course(8, "first", True, _L2_DIRAC, "δ", "distance to the minimiser's Dirac mass", _DIRAC),
    _course(9, "second", True, _L2_DIRAC, "δ", "distance to the minimiser's Dirac mass", _DIRAC),
    _histogram(10, "first", True),
    _histogram(11, "second", True),
    Figure(
        "004-transitions", "Transitions of the two generators", "004 §6.2",
        "Does the second generator make more than eight times as many transitions as the first in two hours?",
        tuple(_part(generator, True, ("transitions",), ENDS["first", True]) for generator in ("first", "second")),
        (Curves(y="transitions", series="system"),), runs=20, derive=_compared, topic="choose",
        printed=(
            Reported("transition_ratio", {"system": ("second generator",)}, (8.0,),
                     source="004 §6.2: more than eight times, in equal computing time; ours is at equal model time"),
        ),
        remark=f"Printed is a lower bound, of one run. {ACCIDENT} {CHANGING}",
    ),
    ErrorFigure(
        "004-scatter", "The scatter of N agents around the law (4.7), both generators", "004 eq. 4.7, 4.23, 4.28, 5.15–5.16",
        "Do the agents of both generators scatter around the law of infinitely many like 1/√N, as the linear-noise law says?",
        tuple(
            Experiment(f"{generator} generator", "FiniteSet", "FiniteSetCurve", 4, {"generator": generator, "beta": 5.0, "rate": 0.1,
                       "dt": SCATTER_T / 4, "states": STATES, "m": -1.0}, swarm={"d": 1}, grid={"n": (50, 200, 800, 3200)})
            for generator in ("first", "second")
        ),
        (
            Scan((None, "system"), y="scatter", label="N E Σ(p − p̄)² (dotted: linear noise)", log_x=True, claims=("linear_noise",)),
            Scan(y="scatter_ratio", series="system", log_x=True),
        ),
        runs=200, topic="limit", measure=scatter_of, derive=over_linear_noise, slopes={"scatter": "N E Σ(p − p̄)²"}, remark=ERROR_004,
    ),
)  # fmt: skip
