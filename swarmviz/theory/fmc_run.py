"""What is known of a run of Fractal Monte Carlo: its reward, its histogram, and the hypotheses that the claims of 000 share.

The algorithm of 000 has no jitter, one companion for the distance and for cloning, one population in which nobody dies, and a g that
increases. A run with other parameters is of another algorithm, about which 000 claims nothing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.fmc.dynamics import FMC, REWARDS
from swarmviz.dynamics.fmc.histogram import BINS_1, BINS_2, log_target
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Finding, Hypothesis
from swarmviz.theory.fmc import kl_of_independent_sample, rewards, spectral_gap, spectral_gap_bound
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.wording import number_words, parameter_words


class Numbers(NamedTuple):
    """Of a reward that stands still: ln q (K,), λ₁, (5), and (3)."""

    log_q: np.ndarray
    gap: float
    independent: float
    bound: float


_KNOWN: dict[tuple, Numbers] = {}  # the page asks for the lines with every picture


def numbers_of(lived: LivedRun) -> Numbers:
    """Of the reward with which the run began."""
    first = lived.journal[0]
    tau = float(values_of(first.dynamics, "tau", lived.t[:1])[0])
    key = (type(first.landscape), repr(first.landscape), first.dynamics.reward, tau, lived.d, lived.n)
    if key not in _KNOWN:
        if len(_KNOWN) > 64:
            _KNOWN.clear()
        _KNOWN[key] = _numbers(first.landscape, first.dynamics.reward, tau, lived.d, lived.n)
    return _KNOWN[key]


def _numbers(landscape: Landscape, reward: str, tau: float, d: int, n: int) -> Numbers:
    log_q = log_target(landscape, d, np.zeros(d), REWARDS[reward], tau)
    low, high = landscape.limits(d)
    side = SIDE[d]
    axes = [np.linspace(a, b, side) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    R = rewards(landscape.values(points), reward, tau)
    bound = (
        spectral_gap_bound(float(np.linalg.norm(high - low)), float(R.min()), float(R.max()))
        if R.max() > 0
        else math.nan
    )
    return Numbers(log_q, gap_of(log_q, landscape, d), kl_of_independent_sample(log_q, n), bound)


def gap_of(log_q: np.ndarray, landscape: Landscape, d: int) -> float:
    """λ₁ from ``log_q`` (K,) on the box of a landscape."""
    low, high = landscape.limits(d)
    bins = round(log_q.size ** (1 / d))
    return spectral_gap(log_q.reshape((bins,) * d), (high - low) / bins)


SIDE = {1: 4001, 2: 201}  # points along an axis on which the extremes of R are looked for


def changed_since(lived: LivedRun) -> int | None:
    """The step from which on the reward is another than at the start; None while it is the same."""
    first = lived.journal[0]
    timed = first.dynamics.reward == "exponential"
    if first.dynamics.motion != "none" or (timed and isinstance(first.dynamics.tau, TimeDependent)):
        return 0

    def same(dynamics: FMC, landscape: Landscape) -> bool:
        return (
            dynamics.motion == "none"
            and dynamics.reward == first.dynamics.reward
            and (not timed or repr(dynamics.tau) == repr(first.dynamics.tau))
            and landscape.same_as(first.landscape)
        )

    return lived.first_change_where(same)


def histogram_of(lived: LivedRun) -> tuple[np.ndarray, float]:
    """Shares (K,) in the bins of the recorded divergence, d = 1, and the width of a bin."""
    (low,), (high,) = lived.landscape.limits(1)
    assert lived.frame is not None
    counts = np.histogram(lived.frame().x[:, 0], BINS_1, (low, high))[0]
    return counts / max(counts.sum(), 1), float(high - low) / BINS_1


def log_q_now(lived: LivedRun) -> np.ndarray:
    """ln q (K,) of the reward as it is now."""
    dynamics, at = lived.dynamics, lived.t[-1:]
    tau = float(values_of(dynamics, "tau", at)[0])
    return log_target(lived.landscape, lived.d, dynamics.shift(at, lived.d)[0], REWARDS[dynamics.reward], tau)


def total_difference(lived: LivedRun) -> float:
    """‖ρ_W − ρ_R‖_L¹ now, between histograms, for d ≤ 2; NaN where no positions are known."""
    if lived.frame is None:
        return math.nan
    low, high = lived.landscape.limits(lived.d)
    bins = BINS_1 if lived.d == 1 else BINS_2
    counts = np.histogramdd(lived.frame().x, bins, list(zip(low, high, strict=True)))[0].ravel()
    return float(np.abs(counts / max(counts.sum(), 1) - np.exp(log_q_now(lived))).sum())


# ---- hypotheses ----------------------------------------------------------------------------------------------------------------


def without_jitter(lived: LivedRun) -> Finding:
    sigma = lived.course(lambda s: s.values("sigma"))
    since = lived.first_step_where(0.5 - (sigma != 0))
    return Finding(
        "holds" if since is None else "fails",
        "σ = 0" if since is None else f"σ = {number_words(sigma[sigma != 0][0])}",
        since,
    )


def _compact(lived: LivedRun) -> Finding:
    walls = {s.change.dynamics.boundary for s in lived.stretches}
    said = "; ".join(dict.fromkeys(parameter_words(s.change.dynamics, "boundary") for s in lived.stretches))
    if walls <= {"clip", "reflect", "periodic"}:
        return Finding("holds", said)
    if (
        without_jitter(lived).state == "holds"
        and conditions.starts_independently_in_box().check(lived).state == "holds"
    ):
        return Finding("holds", "no walker moves to a new place")
    return Finding("fails", said)


def _smooth_boundary(lived: LivedRun) -> tuple[bool | None, str]:
    if lived.d == 1:
        return True, "an interval"
    if lived.dynamics.boundary == "periodic":
        return True, "a torus"
    return None, "a box has corners"


def positive_reward(lived: LivedRun) -> tuple[bool | None, str]:
    if lived.d > 2:
        return None, "looked for in one or two dimensions only"
    bound = numbers_of(lived).bound
    return bool(
        bound > 0
    ), "R > 0 in the box" if bound > 0 else "R = 0 somewhere in the box, or too small to be told from 0"


def _has_gap(lived: LivedRun) -> tuple[bool | None, str]:
    if lived.d > 2:
        return None, "λ₁ is computed in one or two dimensions only"
    gap = numbers_of(lived).gap
    return (None, "λ₁ is too small for the grid") if math.isnan(gap) else (bool(gap > 0), f"λ₁ = {number_words(gap)}")


def _same_reward(lived: LivedRun) -> Finding:
    since = changed_since(lived)
    return Finding("holds" if since is None else "fails", "R stands still" if since is None else "R changes", since)


def _whole(lived: LivedRun) -> tuple[bool, str]:
    groups = max(min(int(s.change.dynamics.groups), lived.n // 2) for s in lived.stretches)
    return groups == 1, f"G = {groups}"


NO_JITTER = Hypothesis("no jitter (σ = 0)", without_jitter)
PRINTED = conditions.together(
    "000's own algorithm: no jitter, one companion, one population",
    NO_JITTER,
    conditions.chosen("companion", ("same",), "one companion, for the distance and for cloning"),
    conditions.of_run("one population", _whole),
    conditions.chosen("boundary", ("none", "clip", "reflect", "periodic"), "no walker dies"),
)
INCREASING = conditions.chosen("distance_form", ("relative",), "f and g increase (Assumption 3.1)")
POWERS = conditions.positive(
    "α, β > 0", lambda s, _: np.minimum(s.values("reward_power"), s.values("distance_power")), "the least of them"
)
SAME_REWARD = Hypothesis("the same reward R throughout", _same_reward)
ALGORITHM = (PRINTED, INCREASING, POWERS)
SETTING = (
    *ALGORITHM, SAME_REWARD, conditions.smooth(2), conditions.of_run("R > 0", positive_reward),
    Hypothesis("a compact domain", _compact), conditions.of_run("with a smooth boundary, or a torus", _smooth_boundary),
)  # fmt: skip
GAP = conditions.of_run("a spectral gap λ₁ > 0", _has_gap)
DENSITY = conditions.starts_independently()
LATE = conditions.long_enough(lambda lived: numbers_of(lived).gap if lived.d <= 2 else math.nan, "λ₁t")
MANY = conditions.unchecked("N → ∞", "ρ_W is the law of infinitely many walkers")
