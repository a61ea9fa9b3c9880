"""N* by measurement: small swarms that live beside a law, of which no formula says from how many agents on a swarm follows it.

There are :data:`EACH` swarms of each of some sizes, with seeds of their own. At the steps 2ⁱ and 3·2ⁱ they are compared with the law; a
swarm has left it when W₁ is more than :data:`NOISE` times that expected of as many independent draws and more than :data:`SHARE` of the
mean distance of the law from its median. N* is the smallest size from which on none was away at the last look, ∞ when one of the largest
was. So a law that is decided by luck, such as which of two equal minima becomes the common best, has an infinite one. Where it is
known that swarms tend to the law, a finite one is told from how far they are (:func:`compared_with_limit`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.frame import Clock, Diverged
from swarmviz.kernels.randomness import INITIAL, draw_uniform
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.distance import Curve, distance, expected_distance

SIZES, EACH = (10, 100, 1000, 10_000), 4
WORTH = 10  # times as many agents stand for the law as a witness has, or more
NOISE, SHARE = 3.0, 0.1
TINY = 1e-150  # the width of a point, whose square is a number
SEED = 0x1A36  # of the first; every other has the next number


class Witnesses(NamedTuple):
    """The States of the swarms, smallest first; N* at the last look, 1 where there are none; and N* because of those that diverged."""

    states: tuple[Any, ...]
    needed: float
    lost: float = 1.0


def started(
    dynamics: Dynamics,
    landscape: Landscape,
    quantiles: Callable[[np.ndarray], np.ndarray],
    agents: int,
    k: int,
    clock: Clock | None,
) -> Witnesses:
    """Swarms of independent draws from a law at step ``k``, by its ``quantiles``, for a law for which so many ``agents`` stand."""
    states, sizes = [], [n for n in SIZES if WORTH * n <= agents]
    for i, n in enumerate(np.repeat(sizes, EACH).tolist()):
        x = quantiles(draw_uniform(np.array([SEED + i]), INITIAL, 0, n, 1)[0, :, 0])
        state = dynamics.init(np.ascontiguousarray(x)[:, None], landscape, SEED + i)
        states.append(state._replace(k=k, clock=state.clock if clock is None else clock))
    return Witnesses(tuple(states), float(sizes[0]) if sizes else 1.0)


def advanced(witnesses: Witnesses, dynamics: Dynamics, landscape: Landscape, steps: int) -> Witnesses:
    """The same some steps later; one that diverges has left the law for good."""
    states, lost = [], witnesses.lost
    for state in witnesses.states:
        try:
            states.append(dynamics.advance(state, landscape, steps, every=state.k + steps + 1)[0])
        except Diverged:
            lost = max(lost, more_than(state.n, witnesses))
    return Witnesses(tuple(states), max(witnesses.needed, lost), lost)


def moved_to(witnesses: Witnesses, dynamics: Dynamics, landscape: Landscape) -> Witnesses:
    """The same on another landscape."""
    return witnesses._replace(states=tuple(dynamics.moved_to(state, landscape) for state in witnesses.states))


def looks_at(k: int) -> bool:
    """Whether the swarms are compared with the law at step ``k``."""
    return k > 0 and (k & (k - 1) == 0 or (k % 3 == 0 and (k // 3) & (k // 3 - 1) == 0))


def next_look(k: int) -> int:
    """The first step after ``k`` at which they are."""
    k += 1
    while not looks_at(k):
        k += 1
    return k


def compared(witnesses: Witnesses, curve: Curve) -> Witnesses:
    """The same with the N* that this law makes of it: the size above the largest of which a swarm is away."""
    needed = max([witnesses.lost, *(state.n for state in witnesses.states[:1])])
    for n, found in _distances(witnesses, curve).items():
        if found.max() > max(NOISE * expected_distance(curve, n), SHARE * _width(curve)):
            needed = max(needed, more_than(n, witnesses))
    return witnesses._replace(needed=float(needed))


def compared_with_limit(witnesses: Witnesses, curve: Curve) -> Witnesses:
    """The same, where the law is known to be the limit: W₁ falls as 1/√N then, and the largest size that is away in the mean tells N*.

    That is no more than the next larger size, which follows; of the largest one it may be any number. Where W₁ of even the largest is as
    wide as the law, it does not fall yet, and N* is too small. A size that is no farther than a smaller one that follows, follows: nearly
    three times the noise of 1000 agents may be more than three times that of 10⁴. Sizes whose noise hides half of the law tell nothing.
    """
    needed, nearest, wide = 1.0, 0.0, _width(curve)
    for n, found in _distances(witnesses, curve).items():
        mean, noise = float(found.mean()), NOISE * expected_distance(curve, n)
        if mean > max(noise, SHARE * wide, nearest):
            needed = min(more_than(n, witnesses), n * max(1.0, mean / max(SHARE * wide, TINY)) ** 2)
        elif noise <= wide / 2:
            nearest = max(nearest, mean)
    return witnesses._replace(needed=float(max(needed, witnesses.lost)))


def _distances(witnesses: Witnesses, curve: Curve) -> dict[int, np.ndarray]:
    """Size → W₁ of each of its swarms to the law."""
    found: dict[int, list[float]] = {}
    for state in witnesses.states:
        found.setdefault(state.n, []).append(distance(np.asarray(state.x).ravel()[: state.n], curve))
    return {n: np.array(values) for n, values in found.items()}


def _width(curve: Curve) -> float:
    """The mean distance of a law from its median."""
    middles, masses = 0.5 * (curve.x[1:] + curve.x[:-1]), np.diff(curve.value)
    median = curve.x[min(int(np.searchsorted(curve.value, 0.5)), len(curve.x) - 1)]
    return float(np.abs(middles - median) @ masses)


def more_than(n: int, witnesses: Witnesses) -> float:
    """The next larger size; ∞ after the largest."""
    larger = [state.n for state in witnesses.states if state.n > n]
    return float(min(larger)) if larger else math.inf
