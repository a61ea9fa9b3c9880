"""How near another local minimum is to a global one, estimated along lines for a landscape that does not state it.

Where F rises and falls again on a line out of a minimiser, the line meets a minimum of F or a valley that leads to one. The estimate is
too large only where no line crosses the nearest valley. Where a line crosses a curved valley twice it is too small; then the tolerance
of a success is smaller than it could be and never includes a wrong valley.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

REACH, POINTS = 0.1, 100  # how far is looked, in half widths of the box, and how often on the way
MOST_GOALS, MOST_WAYS, MOST_NUMBERS = (
    8,
    128,
    2_000_000,
)  # minimisers, lines out of each, coordinates at which F is asked for
NOISE = 1e-9  # of the range of F on a line: what is less is rounding


def sought(landscape: Any, d: int) -> float:
    """The distance to the nearest dip of F about the known minimisers, maximum norm in half widths of the box; ∞ where none is met."""
    goals = landscape.minimisers(d)[:MOST_GOALS]
    if not len(goals):
        return math.inf
    low, high = landscape.limits(d)
    r = np.linspace(0, REACH, POINTS + 1)[1:]
    ways = _ways(d)
    nearest = math.inf
    for goal in goals:
        x = goal + (ways[:, None] * r[:, None]) * (high - low) / 2
        inside = ((x >= low) & (x <= high)).all(axis=2)
        f = landscape.values(x.reshape(-1, d)).reshape(len(ways), POINTS)
        f = np.where(inside & np.isfinite(f), f, np.inf)
        with np.errstate(invalid="ignore"):  # ∞ − ∞ beyond the box
            risen = f - np.minimum.accumulate(
                f, axis=1
            )  # so that a minimiser of which not all digits are given does no harm
            height = np.maximum.accumulate(risen, axis=1)
            span = np.where(np.isfinite(f), f, 0.0).max(axis=1, keepdims=True) - f.min(axis=1, keepdims=True)
            fallen = height[:, :-1] - risen[:, 1:] > NOISE * np.maximum(span, 1e-300)
        fallen &= np.isfinite(height[:, :-1])
        if fallen.any():
            nearest = min(nearest, float(r[1:][fallen.any(axis=0).argmax()]))
    return nearest


def _ways(d: int) -> np.ndarray:
    """Directions of largest coordinate 1: the axes, diagonals of two and of all coordinates, and some others, shape (ways, d)."""
    rng = np.random.default_rng(d)
    axes = rng.permutation(d)[: MOST_WAYS // 8]
    eye = np.eye(d)[axes] if d <= MOST_WAYS else np.array([[float(i == j) for j in range(d)] for i in axes])
    pairs = eye + np.roll(eye, 1, axis=0), eye - np.roll(eye, 1, axis=0)
    signs = rng.choice([-1.0, 1.0], (MOST_WAYS // 4, d))
    others = rng.uniform(-1, 1, (MOST_WAYS // 4, d))
    ways = np.concatenate([eye, -eye, signs, others, *(pairs if len(axes) > 2 else ())])
    ways = ways[: max(2, MOST_NUMBERS // (POINTS * d))]
    return ways / np.abs(ways).max(axis=1, keepdims=True)
