"""The schedules in use as curves over the steps: what was in force until now, exactly, and what the present schedules will give."""

from __future__ import annotations

import math

import numpy as np

from swarmviz import Simulation
from swarmviz.drawing.axes import nice_above
from swarmviz.drawing.curves import Curve, CurvesPicture, range_of
from swarmviz.drawing.log_axis import Zero, left_out, placed
from swarmviz.drawing.thinning import thin
from swarmviz.frame import Clock
from swarmviz.parameters import Described, Real, TimeDependent
from swarmviz.simulation import Entry

GROUP = "schedule"
LEAST = 100  # steps that are looked ahead from the start
FARTHEST = 100  # times the run so far: a schedule that lasts longer is not shown to its end
POINTS = 900
DECADES = 30.0  # the ratio from which on a logarithmic axis is better


def scheduled(owner: Described) -> list[str]:
    """The parameters that follow a schedule now and matter."""
    return [name for name, p in owner.declared().items()
            if isinstance(getattr(owner, name), TimeDependent) and _matters(owner, p)]  # fmt: skip


def _matters(owner: Described, declared: Real) -> bool:
    conditions = declared.used_when or {}
    return all(getattr(owner, name) in allowed for name, allowed in conditions.items())


def in_force(sim: Simulation) -> list[tuple[Entry, Clock]]:
    """The past's journal up to the present step and what is in force from there on, each with the clock that ran or runs."""
    first = sim.journal[0].dynamics
    entries = [e for e in sim.journal if e.k <= sim.k]
    if not entries[-1].dynamics.same_as(sim.dynamics):  # changed, but no step was taken yet
        entries.append(Entry(sim.k, sim.dynamics, sim.landscape))
    clock, out = Clock(dt=float(getattr(first, "dt", 1.0))), []
    for entry in entries:
        clock = clock.with_step(entry.k, float(getattr(entry.dynamics, "dt", 1.0)))
        out.append((entry, clock))
    return out


def values_in_force(sim: Simulation, name: str, k: np.ndarray) -> np.ndarray:
    """The value of parameter ``name`` at the steps ``k`` (M,), shape (M,): the past as it was, the future as it is scheduled now."""
    k, out = np.asarray(k), np.full(np.shape(k), np.nan)
    for entry, clock in in_force(sim):
        later = k >= entry.k
        value = getattr(entry.dynamics, name)
        with np.errstate(all="ignore"):
            out[later] = value.at(clock.at(k[later])) if isinstance(value, TimeDependent) else float(value)
    return out


def horizon(sim: Simulation) -> int:
    """The last step that is drawn: a round number beyond the run, to the end of schedules that have one, if that is not too far."""
    _, clock = in_force(sim)[-1]
    now = max(sim.furthest, LEAST)
    ends = [_end(getattr(sim.dynamics, name)) for name in scheduled(sim.dynamics)]
    steps = [clock.k0 + (end - clock.t0) / clock.dt for end in ends]
    return int(nice_above(max(1.2 * now, *(1.1 * s for s in steps if s <= FARTHEST * now), 1.0)))


def _end(schedule: TimeDependent) -> float:
    """The time from which on a schedule is constant; −∞ where it never is, or always."""
    since = float(getattr(schedule, "since", 0.0))
    if hasattr(schedule, "duration"):
        return since + float(schedule.duration)
    return since + float(schedule.points[-1][0]) if hasattr(schedule, "points") else -math.inf


def spans_decades(sim: Simulation) -> bool:
    """Whether the curves differ so much, and are all above 0, that a logarithmic axis suits them."""
    drawn = schedule_picture(sim, log=False)
    return 0 < drawn.low < drawn.high / DECADES


def schedule_picture(sim: Simulation, log: bool) -> CurvesPicture:
    """The curves of all parameters that follow a schedule; touches no figure."""
    last = horizon(sim)
    changes = [e.k + step for e, _ in in_force(sim) for step in (-1, 0)]
    k = np.unique(np.clip([*np.linspace(0, last, POINTS).astype(int), *changes, sim.k], 0, last))
    curves = []
    for name in scheduled(sim.dynamics):
        declared, y = sim.dynamics.param[name], values_in_force(sim, name, k)
        meaning = " ".join((declared.doc or "").split())
        ks, ys = thin(k, placed(y) if log else y)
        curves.append(Curve(declared.symbol or name, f"{declared.symbol or name}: {meaning}", ks.astype("f8"), ys,
                            "solid", *_allowed(declared, k[k >= sim.k], y[k >= sim.k])))  # fmt: skip
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
