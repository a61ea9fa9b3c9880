"""Theory beside a run of the finite-set swarm: the exact law through every change of parameters, and its target."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from swarmviz.dynamics.finite_set import FiniteSet
from swarmviz.finite.space import Space
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.theory import Line, Target, lines_of, target_of
from swarmviz.theory.finite_set import ExactLaw, annealing_applies, critical_depth, energy, schedule_applies, stationary

SAMPLE = 1 << 16  # agents that stand for an initial law without a formula
POINTS = 400  # of a drawn line
LARGEST = 500  # states up to which the law is integrated for a line
TOLERANCE = 1e-6  # of the integration, relative: far below a line's width


def initial_density(swarm: Any, landscape: Any, space: Space) -> np.ndarray:
    """The density of the law that the agents start from: uniform exactly, given points as they are, others from many draws."""
    if swarm.initial == "uniform":
        return np.ones(space.states)
    start = swarm.copy()
    start.d = space.key.d
    if swarm.initial != "points":
        start.n = SAMPLE
    node = space.nearest(start.positions(landscape), *landscape.limits(space.key.d))
    return np.bincount(node, minlength=space.states) * (space.states / len(node))


def exponent(dynamics: FiniteSet) -> float | None:
    """m, or None when agents follow Metropolis."""
    return None if dynamics.generator == "metropolis" else float(dynamics.m)


@lru_cache(maxsize=64)
def _law(space: Space, heights: tuple, beta: Any, m: float | None, rate: float, rho: tuple, t0: float) -> ExactLaw:
    return ExactLaw(space.links, heights, beta, m, rate, rho, t0, TOLERANCE)


def laws_of(simulation) -> list[tuple[int, int, ExactLaw]]:
    """(first step, last step, law) for each stretch of the run with the same parameters; each law starts where the last one ended."""
    d, journal = simulation.frame.d, simulation.journal
    ends = [*(entry.k for entry in journal[1:]), max(simulation.furthest, journal[-1].k)]
    out: list[tuple[int, int, ExactLaw]] = []
    t, before = 0.0, journal[0].dynamics.space(d)
    rho = initial_density(simulation.born, journal[0].landscape, before)
    for (k, dynamics, landscape), end in zip(journal, ends, strict=True):
        space = dynamics.space(d)
        if space.key != before.key:
            rho = np.bincount(space.carried_from(before), rho, space.states) * (space.states / before.states)
        heights = landscape.values(space.positions(*landscape.limits(d)))
        law = _law(space, tuple(heights), dynamics.beta, exponent(dynamics), float(dynamics.rate), tuple(rho), t)
        out.append((k, end, law))
        t += (end - k) * float(dynamics.dt)
        rho, before = law.at(t)[0], space
    return out


@lines_of(FiniteSet)
def exact_law_lines(simulation) -> list[Line]:
    """What infinitely many agents would show (dashed): distance to the target, mean of U, energy."""
    record, frame = simulation.record, simulation.frame
    if simulation.dynamics.space(frame.d).states > LARGEST:
        return []
    rows = np.unique(np.linspace(0, len(record["k"]) - 1, POINTS).astype(int))
    k, t = record["k"][rows], record["t"][rows]
    curves = {name: np.full(len(k), np.nan) for name in ("provisional_minimum", "target_distance", "energy")}
    for first, last, law in laws_of(simulation):
        here = (k <= last) & ((k > first) | (first == 0))
        if not here.any():
            continue
        rho, beta, S = law.at(t[here]), law.beta_at(t[here]), len(law.heights)
        curves["provisional_minimum"][here] = rho @ law.heights / S
        curves["target_distance"][here] = np.abs(rho - stationary(law.heights, beta, law.m)).mean(axis=1)
        softened = (frame.n * rho + 0.5 * S) / (frame.n + 0.5 * S)  # half an agent more on every state, as recorded
        curves["energy"][here] = energy(softened, law.heights, beta, law.m)
    dynamics = simulation.dynamics
    what = (
        "the law of each agent"
        if exponent(dynamics) is None
        else "the law as N → ∞; the agents scatter around it as 1/√N"
    )
    reason = what + (", up to O(Δt) because they leap" if dynamics.method == "tau_leap" else "")
    source = "004 appendix A" if exponent(dynamics) is None else "004 eq. 4.7, 5.1"
    return [Line(name, "exact law", source, "dashed", k, y, True, reason) for name, y in curves.items()]


@target_of(FiniteSet)
def target_law(simulation) -> Target:
    """η_β(t), as a density on the cells of the states."""
    dynamics, landscape, d = simulation.dynamics, simulation.landscape, simulation.frame.d
    space, m = dynamics.space(d), exponent(dynamics)
    low, high = landscape.limits(d)
    heights = landscape.values(space.positions(low, high))
    beta = float(values_of(dynamics, "beta", np.array([simulation.t]))[0])
    eta = stationary(heights, beta, m)
    if isinstance(dynamics.beta, TimeDependent):
        depth = critical_depth(heights, space.links)
        applies, reason = annealing_applies(dynamics.beta, depth) if m is None else schedule_applies(dynamics.beta, m)
    else:
        applies, reason = True, "for constant β the law tends to it"
    title, source = ("Gibbs' law", "004 remark 3.3, appendix A") if m is None else ("η_β", "004 eq. 3.3, Corollary 4.7")
    return Target(
        f"{title} at β = {beta:.3g}",
        source,
        lambda X: eta[space.nearest(np.asarray(X, float), low, high)],
        applies,
        reason,
    )
