"""Theory beside a run of the finite-set swarm: the exact law through every change of parameters, and its target."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from scipy.spatial import cKDTree

from swarmviz.dynamics.finite_set.dynamics import FiniteSet
from swarmviz.dynamics.finite_set.space import Space
from swarmviz.journal import Change
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.theory.finite_set import ExactLaw, annealing_applies, critical_depth, energy, schedule_applies, stationary
from swarmviz.theory.finite_set_metropolis import relative_entropy
from swarmviz.theory.registry import Line, Target, law_of, lines_of, target_of

SAMPLE = 1 << 16  # agents that stand for an initial law without a formula
POINTS = 400  # of a drawn line
LARGEST = 500  # states up to which the law is integrated for a line
MOST_LINKS = 5000  # up to which it is: on a complete graph of 200 states it takes seconds
TOLERANCE = 1e-6  # of the integration, relative: far below a line's width
SCATTER = {  # of N agents around it (swarmviz.theory.finite_set_noise)
    "first": "the agents scatter around it as 1/√N on their way, and by about one agent once they have settled",
    "second": "the agents scatter around it as 1/√N",
    "hybrid": "the agents scatter around it as 1/√N",
}


def followed(space: Space) -> bool:
    """Whether the law is integrated on this graph."""
    return space.states <= LARGEST and len(space.links) <= MOST_LINKS


def densities(law: Any, times: np.ndarray) -> np.ndarray:
    """``law.at(times)``; not a number where it cannot be integrated so far, which is no reason to end a run."""
    try:
        return law.at(times)
    except ArithmeticError:
        return np.full((len(times), len(law.heights)), np.nan)


def initial_density(swarm: Any, landscape: Any, space: Space) -> np.ndarray:
    """The density of the law that the agents start from: uniform exactly, given points as they are, others from many draws."""
    if swarm.initial == "uniform":
        return 1 / space.volume
    start = swarm.copy()
    start.d = space.key.d
    if swarm.initial != "points":
        start.n = SAMPLE
    node = space.nearest(start.positions(landscape), *landscape.limits(space.key.d))
    return np.bincount(node, minlength=space.states) * (space.states / len(node)) / space.volume


def exponent(dynamics: FiniteSet) -> float | None:
    """m, or None when agents follow Metropolis."""
    return None if dynamics.generator == "metropolis" else float(dynamics.m)


@lru_cache(maxsize=64)
def _law(
    space: Space, heights: tuple, beta: Any, m: float | None, m2: float, rate: float, rho: tuple, t0: float
) -> ExactLaw:
    return ExactLaw(space.links, heights, beta, m, space.rates(rate), rho, t0, TOLERANCE, m2, space.volume)


@lru_cache(maxsize=16)
def _depth(space: Space, heights: tuple) -> float:
    return critical_depth(heights, space.links)


class Stretch(NamedTuple):
    """From a change of the journal on, at time ``t``, the law runs in ``space``; None where there are too many states to follow it."""

    change: Change
    t: float
    space: Space
    law: ExactLaw | None


_STRETCHES: WeakKeyDictionary[Any, list[Stretch]] = (
    WeakKeyDictionary()
)  # a slider leaves hundreds behind it: each is begun once


def stretches_of(simulation) -> list[Stretch]:
    """The stretches of the run with the same parameters, in order; each law starts where the last one ended."""
    journal, known = simulation.journal, _STRETCHES.setdefault(simulation, [])
    same = [stretch.change is change for stretch, change in zip(known, journal, strict=False)]
    del known[same.index(False) if False in same else len(same) :]
    for change, clock in journal.clocks()[len(known) :]:
        t, before = float(clock.at(change.k)), known[-1] if known else None
        known.append(_begin(change, t, before, simulation.initial_swarm, simulation.initial_swarm.d))
    return list(known)


def laws_of(simulation) -> list[tuple[int, int, ExactLaw | None]]:
    """(first step, last step, law) for each stretch of the run with the same parameters."""
    journal, known = simulation.journal, stretches_of(simulation)
    ends = [*(change.k for change in journal[1:]), max(simulation.furthest, journal[-1].k)]
    return [(stretch.change.k, end, stretch.law) for stretch, end in zip(known, ends, strict=True)]


def _begin(change: Change, t: float, before: Stretch | None, initial_swarm: Any, d: int) -> Stretch:
    """The stretch that begins with ``change`` at time ``t``, where the one before it ends."""
    dynamics: Any = change.dynamics
    space = dynamics.space(d)
    if not followed(space) or (before is not None and before.law is None):
        return Stretch(change, t, space, None)
    if before is None:
        rho = initial_density(initial_swarm, change.landscape, space)
    else:
        rho = densities(before.law, np.array([t]))[0]
        if space.key != before.space.key:
            share = np.bincount(space.carried_from(before.space), rho * before.space.mu, space.states)
            rho = share / space.mu
    if np.isnan(rho).any():
        return Stretch(change, t, space, None)
    heights = change.landscape.values(space.positions(*change.landscape.limits(d)))
    law = _law(
        space,
        tuple(heights),
        dynamics.beta,
        exponent(dynamics),
        float(dynamics.m2),
        float(dynamics.rate),
        tuple(rho),
        t,
    )
    return Stretch(change, t, space, law)


@lines_of(FiniteSet)
def exact_law_lines(simulation) -> list[Line]:
    """What infinitely many agents would show (dashed): distance to the target, mean of U, energy, and its excess."""
    record, frame = simulation.record, simulation.frame
    if not followed(simulation.dynamics.space(frame.d)):
        return []
    rows = np.unique(np.linspace(0, len(record["k"]) - 1, POINTS).astype(int))
    k, t = record["k"][rows], record["t"][rows]
    curves = {name: np.full(len(k), np.nan) for name in ("provisional_minimum", "target_distance", "energy", "excess")}
    exponents = {change.k: (float(change.dynamics.m), float(change.dynamics.m2)) for change in simulation.journal}
    for first, last, law in laws_of(simulation):
        here = (k <= last) & ((k > first) | (first == 0))
        if law is None or not here.any():
            continue
        rho, beta, S = densities(law, t[here]), law.beta_at(t[here]), len(law.heights)
        eta, volume = stationary(law.heights, beta, law.m, law.m2, law.volume), law.volume
        curves["provisional_minimum"][here] = rho @ (volume * law.heights) / S
        curves["target_distance"][here] = (volume * np.abs(rho - eta)).mean(axis=1)
        # half an agent more on every state, as recorded
        softened = (frame.n * rho + 0.5 * S / volume) / (frame.n + 0.5 * S)
        curves["energy"][here] = energy(softened, law.heights, beta, law.m, law.m2, volume)
        curves["excess"][here] = _excess(softened, law, beta, exponents[first])
    source, reason = _claim(simulation.dynamics)
    return [
        Line(name, "exact law", source, "dashed", k, y, True, reason)
        for name, y in curves.items()
        if np.isfinite(y).any()
    ]


def _excess(rho: np.ndarray, law: ExactLaw, beta: np.ndarray, exponents: tuple[float, float]) -> np.ndarray:
    """What the law descends, at densities (T, S) and β (T,): 𝒰_β less its minimum, or F_φ with these ``exponents``."""
    if law.m is None:
        pairs = zip(rho, beta, strict=True)
        return np.array([relative_entropy(r, law.heights, b, *exponents, law.volume) for r, b in pairs])
    eta = stationary(law.heights, beta, law.m, law.m2, law.volume)
    least = energy(eta, law.heights, beta, law.m, law.m2, law.volume)
    return energy(rho, law.heights, beta, law.m, law.m2, law.volume) - least


def _claim(dynamics: FiniteSet) -> tuple[str, str]:
    """Where the exact law is from, and what the agents have to do with it."""
    classical = exponent(dynamics) is None
    what = "the law of each agent" if classical else f"the law as N → ∞; {SCATTER[dynamics.generator]}"
    reason = what + (", up to O(Δt) because they leap" if dynamics.method == "tau_leap" else "")
    return "004 appendix A" if classical else "004 eq. 4.7, 5.1", reason


@law_of(FiniteSet)
def exact_law(simulation) -> Target | None:
    """The exact law at the present step, as a density on the cells of the states, Sμρ; None where it is not :func:`followed`."""
    k, frame, dynamics = simulation.k, simulation.frame, simulation.dynamics
    now = [law for first, last, law in laws_of(simulation) if law is not None and first <= k <= last]
    law = next((law for law in reversed(now) if np.array_equal(law.heights, frame.heights)), None)
    if law is None:
        return None
    rho, sites = densities(law, np.array([simulation.t]))[0], cKDTree(frame.sites)
    if np.isnan(rho).any():
        return None
    source, reason = _claim(dynamics)
    density = law.volume * rho
    return Target("exact law", source, lambda X: density[sites.query(np.asarray(X, float))[1]], True, reason)


@target_of(FiniteSet)
def target_law(simulation) -> Target:
    """η_β(t), as a density on the cells of the states, Sμη_β."""
    dynamics, landscape, d = simulation.dynamics, simulation.landscape, simulation.frame.d
    space, m = dynamics.space(d), exponent(dynamics)
    low, high = landscape.limits(d)
    heights = landscape.values(space.positions(low, high))
    beta = float(values_of(dynamics, "beta", np.array([simulation.t]))[0])
    m2 = float(dynamics.m2)
    density = space.volume * stationary(heights, beta, m, m2, space.volume)
    if isinstance(dynamics.beta, TimeDependent):
        depth = _depth(space, tuple(heights)) if m is None else 0.0
        applies, reason = (
            annealing_applies(dynamics.beta, depth) if m is None else schedule_applies(dynamics.beta, m, m2)
        )
    else:
        applies, reason = True, "for constant β the law tends to it"
    title, source = ("Gibbs' law", "004 remark 3.3, appendix A") if m is None else ("η_β", "004 eq. 3.3, Corollary 4.7")
    now = (
        "β(t)" if isinstance(dynamics.beta, TimeDependent) else f"β = {beta:.3g}"
    )  # views are painted one after another
    return Target(
        f"{title} at {now}",
        source,
        lambda X: density[space.nearest(np.asarray(X, float), low, high)],
        applies,
        reason,
    )
