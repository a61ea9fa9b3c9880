"""The minimiser of a function of which none is named, found numerically once, so that runs on it can be judged.

Differential evolution (Storn and Price 1997) from a Sobol set, then descents from its best point and from the lowest of another Sobol set,
each polished by the simplex of Nelder and Mead, which needs no slope. The budget is fixed, and so is every seed: the same function has the
same minimiser each time. It is an estimate: nothing proves that no lower value exists.
"""

from __future__ import annotations

import math
import time
import warnings
from typing import Any, NamedTuple

import numpy as np

from swarmviz.landscapes import Landscape

MOST_D = 10  # dimensions in which a search with this budget can be trusted
POPULATION, GENERATIONS = 32, 250  # points per coordinate, at least; generations, at most
SAMPLES, DESCENTS = 1024, 8  # points of the Sobol set; of these the lowest from which is descended
DESCENT_EVALUATIONS = 1000  # of F in a descent, and as many in a polish
MOST_S = 20.0  # that the whole budget may take, as the first values are timed; a slower function is not searched
NEAR_VALUE, SAME_VALUE = (
    1e-4,
    1e-9,
)  # of the range of F over the Sobol set, above the lowest: ends that are polished; that are lowest, too
SAME_PLACE = 1e-3  # half widths of the box within which two minima are one
ROUND_DIGITS = 2, 4, 6, 8  # of a coordinate after the point: the first rounding that is no higher is taken
MOST_MINIMISERS = 16
SEED = 20


class Minimum(NamedTuple):
    """What a search has found: the lowest places (m, d), F there, and how many values of F it took."""

    places: np.ndarray
    value: float
    evaluations: int


End = tuple[float, np.ndarray]  # of a descent: F there, and where it is


class _Counted:
    """F on the box of half widths, [−1, 1]ᵈ: +∞ outside and where it is no finite number; counts its values."""

    def __init__(self, landscape: Landscape, d: int):
        self._landscape = landscape
        low, high = landscape.limits(d)
        self._middle, self._half = (low + high) / 2, (high - low) / 2
        self.evaluations = 0

    def places(self, u: np.ndarray) -> np.ndarray:
        """Points of the box."""
        return np.asarray(self._middle + np.clip(u, -1, 1) * self._half)

    def values(self, u: np.ndarray) -> np.ndarray:
        """F at the rows (M, d)."""
        self.evaluations += len(u)
        f = self._landscape.values(self.places(u))
        return np.where(np.isfinite(f) & (np.abs(u) <= 1).all(axis=1), f, np.inf)

    def value(self, u: np.ndarray) -> float:
        """F at a point (d,)."""
        return float(self.values(u[None])[0])

    def landscape_value(self, place: np.ndarray) -> float:
        """F at a point of the box as it is named."""
        return float(self._landscape.values(place[None])[0])

    def rounded(self, u: np.ndarray, value: float) -> np.ndarray:
        """The place of a point where F has a ``value``, with as few digits as can be."""
        place = self.places(u)
        for digits in ROUND_DIGITS:
            short = np.round(place, digits) + 0.0  # no −0
            if self.value((short - self._middle) / self._half) <= value:
                return np.asarray(short)
        return place


def budget(d: int) -> int:
    """The most values of F that a search takes in ``d`` dimensions, about."""
    return 4 * SAMPLES + 4 + _population(d) * (GENERATIONS + 1) + _alone()


def _population(d: int) -> int:
    """Points of a generation: a power of 2, as a Sobol set has."""
    return 1 << math.ceil(math.log2(POPULATION * d))


def _alone() -> int:
    """Of the budget the values that are asked for one at a time."""
    return (2 * DESCENTS + 2) * DESCENT_EVALUATIONS


def lowest_places(landscape: Landscape, d: int) -> Minimum | None:
    """Search the box for the lowest value of F.

    Parameters
    ----------
    landscape : Landscape
    d : int
        The dimension, at most ``MOST_D``.

    Returns
    -------
    Minimum or None
        None where there is no finite value, F is the same everywhere, there are too many dimensions, or F is so slow that the budget would
        take more than ``MOST_S`` seconds.

    Examples
    --------
    >>> import swarmviz as sv
    >>> lowest_places(sv.landscapes.Rosenbrock(), 2).places.tolist()
    [[1.0, 1.0]]
    """
    from scipy import optimize
    from scipy.stats import qmc

    if d > MOST_D:
        return None
    f = _Counted(landscape, d)
    start = 2 * qmc.Sobol(d, seed=SEED).random(SAMPLES) - 1
    sampled = f.values(start)
    together, alone = _seconds(f, start), _seconds(f, start[:1])
    if together / SAMPLES * budget(d) + alone * (_alone() + GENERATIONS) > MOST_S:
        return None
    finite = sampled[np.isfinite(sampled)]
    if not finite.size or not np.ptp(finite) > 0:
        return None
    evolved = optimize.differential_evolution(
        lambda u: f.values(u.T), [(-1, 1)] * d, init="sobol", popsize=POPULATION, maxiter=GENERATIONS, tol=1e-12, polish=False,
        vectorized=True, updating="deferred", seed=SEED, x0=start[np.argmin(sampled)],
    )  # fmt: skip
    span = float(np.ptp(finite))
    found = [_descended(f, u) for u in (evolved.x, *start[np.argsort(sampled)[:DESCENTS]])]
    return _lowest(f, [_polished(f, end) for end in _apart(found, NEAR_VALUE * span)], SAME_VALUE * span)


def _seconds(f: _Counted, u: np.ndarray) -> float:
    """What a call takes; the shortest of three, for the machine may be busy."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        f.values(u)
        took.append(time.perf_counter() - began)
    return min(took)


def _descended(f: _Counted, u: np.ndarray) -> End:
    """The end of a descent from a point, by differences of F."""
    options = {"maxfun": DESCENT_EVALUATIONS - len(u) - 1, "ftol": 1e-15, "gtol": 1e-10}
    return _further(f, (f.value(u), u), "L-BFGS-B", options)


def _polished(f: _Counted, end: End) -> End:
    """The same, nearer to the minimum where slopes do not lead there."""
    return _further(f, end, "Nelder-Mead", {"maxfev": DESCENT_EVALUATIONS, "xatol": 1e-10, "fatol": 0.0})


def _further(f: _Counted, end: End, method: str, options: dict[str, Any]) -> End:
    from scipy import optimize

    with warnings.catch_warnings(), np.errstate(all="ignore"):  # differences with +∞
        warnings.simplefilter("ignore")
        to = optimize.minimize(f.value, end[1], method=method, bounds=[(-1.0, 1.0)] * len(end[1]), options=options)
    u = np.clip(to.x, -1, 1)
    value = f.value(u) if np.isfinite(u).all() else np.inf
    return (value, u) if value < end[0] else end


def _apart(ends: list[End], within: float) -> list[End]:
    """Those no higher above the lowest, in the order of their values, each place once."""
    kept: list[End] = []
    ends = sorted(ends, key=lambda end: end[0])
    for value, u in ends:
        if value <= ends[0][0] + within and all(np.abs(u - v).max() > SAME_PLACE for _, v in kept):
            kept.append((value, u))
    return kept[:MOST_MINIMISERS]


def _lowest(f: _Counted, ends: list[End], same: float) -> Minimum:
    """Those that are lowest."""
    kept = _apart(ends, same)
    places = np.array([f.rounded(u, value) for value, u in kept])
    return Minimum(places, f.landscape_value(places[0]), f.evaluations)
