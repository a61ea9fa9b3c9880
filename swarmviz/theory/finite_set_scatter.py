"""How far the agents of a run on a finite set scatter around their exact law, state by state, through every change of parameters."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from swarmviz.dynamics.finite_set.space import Space
from swarmviz.journal import Journal
from swarmviz.swarm import Swarm
from swarmviz.theory.finite_set_curves import Stretch, stretches_along
from swarmviz.theory.finite_set_noise import LinearNoise

LARGEST = 100  # states up to which it is integrated: a second, and then 20 ms for each frame


class Part(NamedTuple):
    """The noise along a stretch of the run; None where it is not known."""

    stretch: Stretch
    noise: LinearNoise | None


_PARTS: WeakKeyDictionary[Swarm, list[Part]] = WeakKeyDictionary()
_LOCK = threading.RLock()


def scatter(simulation, heights: np.ndarray | None = None) -> np.ndarray | None:
    """The standard deviation of the agents' shares at the present step, (S,); None where it is not known.

    That of the linear-noise law for N agents (:mod:`swarmviz.theory.finite_set_noise`), exact for Metropolis agents, which are independent;
    for the others an approximation for many agents on each state, and of the first generator at η_β an estimate. Agents that leap scatter
    so up to O(Δt). ``heights`` (S,) are those of the frame that is shown, if there is one already.
    """
    k, parts = simulation.k, parts_along(simulation.journal, simulation.initial_swarm)
    if heights is None:
        heights = simulation.frame.heights
    assert heights is not None
    ends = [*(part.stretch.change.k for part in parts[1:]), k]
    here = [part.noise for part, end in zip(parts, ends, strict=True) if part.stretch.change.k <= k <= end]
    shown = [noise for noise in here if noise is not None and np.array_equal(noise.law.heights, heights)]
    if not shown:
        return None
    noise = shown[-1]
    try:
        return np.sqrt(np.maximum(noise.at(simulation.t).diagonal(), 0) / simulation.initial_swarm.n)
    except ArithmeticError:
        return None


def parts_along(journal: Journal, swarm: Swarm) -> list[Part]:
    """The noise of a run along its stretches, in their order."""
    with _LOCK:
        stretches, known = stretches_along(journal, swarm), _PARTS.setdefault(swarm, [])
        same = [part.stretch is stretch for part, stretch in zip(known, stretches, strict=False)]
        if False in same:
            del known[same.index(False) :]
        for stretch in stretches[len(known) :]:
            known.append(Part(stretch, _begin(stretch, known[-1] if known else None, swarm)))
        return known[: len(journal)]


def _begin(stretch: Stretch, before: Part | None, swarm: Any) -> LinearNoise | None:
    """The noise from the beginning of a stretch, where the one before it ends."""
    dynamics, law, space = stretch.change.dynamics, stretch.law, stretch.space
    if law is None or space.states > LARGEST or (before is not None and before.noise is None):
        return None
    try:
        if before is None:
            C = initial_covariance(law.at(stretch.t)[0] * space.mu, swarm)
        else:
            assert before.noise is not None
            C = carried(before.noise.at(stretch.t), before.stretch.space, space)
    except ArithmeticError:
        return None
    return LinearNoise(law, dynamics.generator, dynamics.kappa, swarm.n, C, stretch.t)


def initial_covariance(p: np.ndarray, swarm: Any) -> np.ndarray:
    """N times the covariance of the shares at the start: agents are drawn one by one, or put on given points, which leaves no chance."""
    return np.zeros((len(p), len(p))) if swarm.initial == "points" else np.diag(p) - np.outer(p, p)


def carried(C: np.ndarray, former: Space, space: Space) -> np.ndarray:
    """The covariance on another set of states, to which each agent has gone from its own."""
    if space.key == former.key:
        return C
    to = np.zeros((space.states, former.states))
    to[space.carried_from(former), np.arange(former.states)] = 1.0
    return to @ C @ to.T
