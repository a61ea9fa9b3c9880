"""The schedules in use as curves over the steps: the values that acted until now, exactly, and those to come as scheduled now."""

from __future__ import annotations

import math

import numpy as np

from swarmviz import Simulation
from swarmviz.drawing.axes import nice_above
from swarmviz.drawing.curves import Curve, CurvesPicture, range_of
from swarmviz.drawing.log_axis import Zero, left_out, placed
from swarmviz.drawing.schedule import DECADES, MAX_REACH, MIN_STEPS, acted_at_steps, settles_at
from swarmviz.drawing.thinning import thin
from swarmviz.dynamics import Dynamics
from swarmviz.frame import Clock
from swarmviz.journal import Change
from swarmviz.parameters import Described, Real, TimeDependent, is_used
from swarmviz.replay import RunSpec

GROUP = "schedule"
POINTS = 900


def scheduled(owner: Described) -> list[str]:
    """The parameters that follow a schedule now and matter."""
    return [name for name, p in owner.declared().items()
            if isinstance(getattr(owner, name), TimeDependent) and is_used(owner, p)]  # fmt: skip


def changes_of(sim: Simulation) -> list[tuple[Change, Clock]]:
    """The changes of the run, each with its clock, and the present parameters where no step was taken with them yet.

    Of a run that stands at an earlier step the later ones belong to it, unless something was edited there.
    """
    return (sim.journal if sim.retraces else RunSpec.of(sim, pending={}).journal).clocks()


def newest(sim: Simulation) -> Dynamics:
    """The dynamics with the parameters that act at the end of what is known: what follows a schedule then has a curve at every step."""
    return sim.journal[-1].dynamics if sim.retraces else sim.dynamics


def acting_values(sim: Simulation, name: str, k: np.ndarray) -> np.ndarray:
    """The value of parameter ``name`` at the steps ``k`` (M,), shape (M,): the past as it was, the future as it is scheduled now."""
    return acted_at_steps(name, changes_of(sim), np.asarray(k))


def horizon(sim: Simulation) -> int:
    """The last step that is drawn: a round number beyond the run, to the end of schedules that have one, if that is not too far."""
    _, clock = changes_of(sim)[-1]
    now = max(sim.furthest, MIN_STEPS)
    last = newest(sim)
    ends = [settles_at(getattr(last, name)) for name in scheduled(last)]
    steps = [clock.k0 + (end - clock.t0) / clock.dt for end in ends]
    return int(nice_above(max(1.2 * now, *(1.1 * s for s in steps if s <= MAX_REACH * now), 1.0)))


def spans_decades(sim: Simulation) -> bool:
    """Whether the curves differ so much, and are all above 0, that a logarithmic axis suits them."""
    drawn = schedule_picture(sim, log=False)
    return 0 < drawn.low < drawn.high / DECADES


def schedule_picture(sim: Simulation, log: bool) -> CurvesPicture:
    """The curves of all parameters that follow a schedule; touches no figure."""
    last = horizon(sim)
    changes = [change.k + step for change, _ in changes_of(sim) for step in (-1, 0)]
    k = np.unique(np.clip([*np.linspace(0, last, POINTS).astype(int), *changes, sim.k], 0, last))
    curves = []
    for name in scheduled(newest(sim)):
        declared, y = sim.dynamics.param[name], acting_values(sim, name, k)
        meaning = " ".join((declared.doc or "").split())
        ks, ys = thin(k, placed(y) if log else y)
        curves.append(Curve(declared.symbol or name, f"{declared.symbol or name}: {meaning}", ks.astype("f8"), ys,
                            "solid", *_allowed(declared, k[k >= sim.k], y[k >= sim.k]), name=name))  # fmt: skip
    said = left_out(Zero(), {curve.label: curve.y for curve in curves}) if log else ""
    return CurvesPicture(GROUP, log, curves, "value", last, sim.k, *range_of([c.y for c in curves], log), note=said)


def _allowed(declared: Real, k: np.ndarray, y: np.ndarray) -> tuple[bool, str]:
    """Whether a schedule stays in the parameter's range in the steps to come, and where it does not."""
    bad = [
        int(step) for step, value in zip(k, y, strict=True) if not (math.isfinite(value) and declared.contains(value))
    ]
    return (
        (False, f"about step {bad[0]} it leaves {declared.range_text}: the run will stop there") if bad else (True, "")
    )
