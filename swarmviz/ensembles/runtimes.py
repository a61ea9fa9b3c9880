r"""Runtimes of runs with a target: what a run has spent until it reached it, where it did, and what many such runs say together.

A run that never reaches the target is *censored*: its runtime is not known, but it is longer than what the run has spent. With T_r what
run r has spent until it reached the target, or until it ended,

    ERT = Σ_r T_r / number of runs that reached it                                       (1)  Hansen et al. 2021 (COCO)
    F(t) = 1 − Π_{t_i ≤ t} (1 − d_i/n_i),   d_i reached it at t_i of the n_i that had then spent as much         (2)  Kaplan, Meier 1958
    A   = P(T_a < T_b) + ½ P(T_a = T_b)                                                  (3)  Vargha, Delaney 2000

(1) is what independent restarts of a run cost in the mean until one reaches the target, and ∞ where none does. (2) is the share of the runs
that reach it within t; without censoring before t it is the plain share. In (3), a run that never reaches the target counts as slower than
every one that does, both seen until what the shorter of the two sets of runs was given. The interval of A is Newcombe's (method 5),

    |Â − A| = z √(A (1 − A) (1 + (m − 1) ((1 − A)/(2 − A) + A/(1 + A))) / (n_a n_b)),   m = (n_a + n_b)/2        (4)  Newcombe 2006

which is no single point where one set wins every time. NumPy and SciPy only, and no Dataset: the page calls it, too.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

RESAMPLES = 2000
RESAMPLE_CHUNK = 1 << 22  # values that are resampled together
NEVER, NEITHER = 1e150, -1.0  # in samples: an ERT that is ∞, a ratio of two such; SciPy warns of what is not finite
ROOT_AT_THE_END = 1e-9  # the equation (4) has one at 0 or 1 where Â is that; the end of the interval is the other one


class Runtimes(NamedTuple):
    """What some runs have spent with one target.

    Attributes
    ----------
    spent : (runs,) float
        Until the target was reached, or, where it was not, until the run ended.
    reached : (runs,) bool
    """

    spent: np.ndarray
    reached: np.ndarray

    @property
    def budget(self) -> float:
        """The most that a run has spent: until then it is known which of them reach the target; ∞ where all do."""
        return math.inf if self.reached.all() else float(self.spent.max())

    def within(self, budget: float) -> Runtimes:
        """The same runs, seen until they had spent so much."""
        return Runtimes(np.minimum(self.spent, budget), self.reached & (self.spent <= budget))

    def ranked(self) -> np.ndarray:
        """Runtimes to be compared, (runs,): ∞ where the target was never reached."""
        return np.where(self.reached, self.spent, np.inf)


class Estimate(NamedTuple):
    """A number with the ends of its confidence interval."""

    value: float
    low: float
    high: float


class Comparison(NamedTuple):
    """Two sets of runs with the same target.

    Attributes
    ----------
    superiority : Estimate
        A of (3): how often a run of the first set is the faster one; ½ where neither is.
    ratio : Estimate
        ERT of the second set over that of the first: above 1 where the first is the cheaper one; NaN where no run reached the target.
    mannwhitney_p, logrank_p : float
        Of the hypothesis that the runtimes have the same law, by the Mann–Whitney test of what (3) compares, and by the logrank test with
        censoring; NaN where no run reached the target.
    horizon : float
        What the shorter of the two sets was given, until which (3) and the Mann–Whitney test see both.
    """

    superiority: Estimate
    ratio: Estimate
    mannwhitney_p: float
    logrank_p: float
    horizon: float


def first_reached(best: np.ndarray, spent: np.ndarray, end: float, level: float) -> tuple[float, bool]:
    """What a run had spent when its ``best`` value was first at most ``level``, and whether it was; else ``end``.

    ``best`` and ``spent`` are of the recorded steps, NaN where there is nothing.
    """
    there = best <= level
    return (float(spent[there.argmax()]), True) if there.any() else (end, False)


def expected(runs: Runtimes) -> float:
    """ERT (1)."""
    reached = np.count_nonzero(runs.reached)
    return float(runs.spent.sum() / reached) if reached else math.inf


def expected_with_interval(
    runs: Runtimes, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """ERT with its interval (:func:`scipy.stats.bootstrap`, percentiles); ends are ∞ where too many samples hold no run that reached."""
    if len(runs.spent) < 2 or not runs.reached.any():
        return Estimate(expected(runs), math.nan, math.nan)
    samples = _resampled((runs,), lambda a: a, resamples, seed)
    return Estimate(expected(runs), *_ends(samples, confidence))


def compared(
    a: Runtimes, b: Runtimes, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Comparison:
    """Two sets of runs with the same target, taken as independent."""
    from scipy.stats import mannwhitneyu, norm

    horizon = min(a.budget, b.budget)
    first, second = a.within(horizon).ranked(), b.within(horizon).ranked()
    n, m = len(first), len(second)
    if not (n and m):
        unknown = Estimate(math.nan, math.nan, math.nan)
        return Comparison(unknown, unknown, math.nan, math.nan, horizon)
    test = mannwhitneyu(first, second, method="auto" if np.isfinite([*first, *second]).all() else "asymptotic")
    share = 1.0 - float(test.statistic) / (n * m)
    z = float(norm.ppf(0.5 + confidence / 2))
    within = bool(np.isfinite(first).any() or np.isfinite(second).any())
    return Comparison(
        Estimate(share, *newcombe(share, n, m, z)),
        _ratio(a, b, confidence, resamples, seed),
        float(test.pvalue) if within else math.nan,
        _logrank(a, b),
        horizon,
    )


def newcombe(share: float, n: int, m: int, z: float) -> tuple[float, float]:
    """The ends (4) of the interval of A from ``n`` and ``m`` runs; ``z`` is the quantile of the normal law."""
    from scipy.optimize import brentq

    def excess(at: float) -> float:
        inside = 1.0 + ((n + m) / 2 - 1.0) * ((1.0 - at) / (2.0 - at) + at / (1.0 + at))
        return (share - at) ** 2 - z * z * at * (1.0 - at) * inside / (n * m)

    low = 0.0 if share <= 0.0 else float(brentq(excess, 0.0, min(share, 1.0 - ROOT_AT_THE_END)))
    high = 1.0 if share >= 1.0 else float(brentq(excess, max(share, ROOT_AT_THE_END), 1.0))
    return low, high


def cumulative(
    runs: Runtimes, at: np.ndarray, confidence: float | None = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The share (2) of the runs that reach the target within ``at`` (T,), and the ends of its interval (:func:`scipy.stats.ecdf`).

    Without ``confidence`` the ends are NaN; with it it is no function for several threads, because SciPy's warnings are silenced.

    NaN beyond what any run has spent, where some run had not reached the target by then; the ends also where nothing has happened yet.
    """
    import warnings

    from scipy.stats import ecdf

    if not len(runs.spent):
        unknown = np.full(len(at), np.nan)
        return unknown, unknown, unknown
    if not runs.reached.any():
        share = np.zeros(len(at))
    else:
        found = ecdf(_censored(runs)).cdf
        share = found.evaluate(at)
    if confidence is None or not runs.reached.any():
        ends = (np.full(len(at), np.nan),) * 2
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # no interval where the share is 0 or 1
            interval = found.confidence_interval(confidence, method="log-log")
        ends = (interval.low.evaluate(at), interval.high.evaluate(at))
    unknown = at > runs.budget
    low, high = (np.where((share > 0) & (share < 1), end, np.nan) for end in ends)
    return np.where(unknown, np.nan, share), np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _censored(runs: Runtimes) -> Any:
    from scipy.stats import CensoredData

    return CensoredData.right_censored(runs.spent, ~runs.reached)


def _logrank(a: Runtimes, b: Runtimes) -> float:
    from scipy.stats import logrank

    if not (a.reached.any() or b.reached.any()):
        return math.nan
    with np.errstate(invalid="ignore"):  # one run each: NaN
        return float(logrank(_censored(a), _censored(b)).pvalue)


def _ratio(a: Runtimes, b: Runtimes, confidence: float, resamples: int, seed: int) -> Estimate:
    """ERT of b over that of a, with its bootstrap interval."""
    if not (a.reached.any() or b.reached.any()):
        return Estimate(math.nan, math.nan, math.nan)
    value = _over(expected(b), expected(a))
    if not (a.reached.any() and b.reached.any() and len(a.spent) > 1 and len(b.spent) > 1):
        return Estimate(value, math.nan, math.nan)
    samples = _resampled((a, b), _over_samples, resamples, seed)
    return Estimate(value, *_ends(samples[samples != NEITHER], confidence))


def _over(b: float, a: float) -> float:
    return math.inf if b == math.inf else 0.0 if a == math.inf else b / a


def _over_samples(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where((a == NEVER) & (b == NEVER), NEITHER, np.where(b == NEVER, NEVER, b / a))


def _resampled(sets: tuple[Runtimes, ...], statistic: Any, resamples: int, seed: int) -> np.ndarray:
    """A statistic of the ERTs of bootstrap samples, (resamples,): spent and reached of a run are drawn together."""
    from scipy.stats import bootstrap

    places = tuple(np.arange(len(runs.spent)) for runs in sets)

    def of(*drawn: np.ndarray, axis: int = -1) -> np.ndarray:
        times = []
        for runs, which in zip(sets, drawn, strict=True):
            spent, hits = runs.spent[which].sum(axis=axis), runs.reached[which].sum(axis=axis)
            times.append(np.where(hits > 0, spent / np.maximum(hits, 1), NEVER))
        return np.asarray(statistic(*times))

    most = max(len(where) for where in places)
    found = bootstrap(
        places, of, n_resamples=resamples, vectorized=True, axis=-1, method="percentile",
        rng=np.random.default_rng(seed), batch=max(1, RESAMPLE_CHUNK // most),
    )  # fmt: skip
    return np.asarray(found.bootstrap_distribution)


def _ends(samples: np.ndarray, confidence: float) -> tuple[float, float]:
    """The ends of the interval by order statistics: between two infinite values there is nothing to interpolate."""
    low, high = np.quantile(samples, [0.5 - confidence / 2, 0.5 + confidence / 2], method="inverted_cdf")
    return tuple(math.inf if end == NEVER else float(end) for end in (low, high))  # type: ignore[return-value]
