"""The exact law beside a run of the finite-set swarm, through every change of parameters; what is claimed of it is in finite_set_claims."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from scipy.spatial import cKDTree

from swarmviz.dynamics.finite_set.dynamics import FiniteSet
from swarmviz.dynamics.finite_set.space import Space
from swarmviz.journal import Change, Journal
from swarmviz.swarm import Swarm
from swarmviz.theory.finite_set import ExactLaw
from swarmviz.theory.registry import Target, law_of

SAMPLE = 1 << 16  # agents that stand for an initial law without a formula
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


class Stretch(NamedTuple):
    """From a change of the journal on, at time ``t``, the law runs in ``space``; None where there are too many states to follow it."""

    change: Change
    t: float
    space: Space
    law: ExactLaw | None


_STRETCHES: WeakKeyDictionary[Swarm, list[Stretch]] = (
    WeakKeyDictionary()
)  # by the swarm at the start; a slider leaves hundreds behind it: each is begun once
_LOCK = threading.RLock()  # a run and its replicas are asked about on threads of their own


def stretches_of(simulation) -> list[Stretch]:
    """The stretches of a simulation, see :func:`stretches_along`."""
    return stretches_along(simulation.journal, simulation.initial_swarm)


def stretches_along(journal: Journal, swarm: Swarm) -> list[Stretch]:
    """The stretches of a run with the same parameters, in order; each law starts where the last one ended."""
    with _LOCK:
        known = _STRETCHES.setdefault(swarm, [])
        same = [stretch.change.same_as(change) for stretch, change in zip(known, journal, strict=False)]
        if False in same:
            del known[same.index(False) :]
        for change, clock in journal.clocks()[len(known) :]:
            t, before = float(clock.at(change.k)), known[-1] if known else None
            known.append(_begin(change, t, before, swarm, swarm.d))
        return known[: len(journal)]  # a run that went back has the rest before it


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


def _claim(dynamics: FiniteSet) -> tuple[str, str]:
    """Where the exact law is from, and what the agents have to do with it."""
    classical = exponent(dynamics) is None
    what = "the law of each agent" if classical else f"the law as N → ∞; {SCATTER[dynamics.generator]}"
    reason = what + (", up to O(Δt) because they leap" if dynamics.method == "tau_leap" else "")
    return "004 appendix A" if classical else "004 eq. 4.7, 5.1", reason


@law_of(FiniteSet)
def exact_law(simulation) -> Target | None:
    """The exact law at the present step, as a density on the cells of the states, Sμρ; None where it is not :func:`followed`."""
    k, frame = simulation.k, simulation.frame
    dynamics: Any = simulation.journal.acting_at(k).dynamics
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
