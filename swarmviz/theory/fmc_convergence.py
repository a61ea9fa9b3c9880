"""What 000 §3 and §4 claim of the swarm's law, its divergence from ρ_R and its positions; the formulas are :mod:`swarmviz.theory.fmc`'s."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from swarmviz.dynamics.fmc.dynamics import FMC
from swarmviz.dynamics.fmc.histogram import BINS_1
from swarmviz.schedules import values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.fmc import fisher_information, kl_floor, rewards
from swarmviz.theory.fmc_run import (
    DENSITY,
    GAP,
    LATE,
    MANY,
    NO_JITTER,
    SAME_REWARD,
    SETTING,
    changed_since,
    histogram_of,
    numbers_of,
    positive_reward,
    total_difference,
)
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.wording import number_words

NO_POSITION = "Cloning makes no new position: the swarm ends in few points, far from ρ_R."


def _until_change(curve: Callable[[LivedRun], np.ndarray]) -> Callable[[LivedRun], np.ndarray]:
    """What is promised for a reward that stands still ends where it was changed."""

    def cut(lived: LivedRun) -> np.ndarray:
        since, y = changed_since(lived), np.asarray(lived.curve(curve), dtype=float)
        return y if since is None else np.where(lived.k <= since, y, math.nan)

    return cut


def _decay(factor: float) -> Callable[[LivedRun], np.ndarray]:
    def curve(lived: LivedRun) -> np.ndarray:
        known = numbers_of(lived)
        return lived.record["kl"][0] * np.exp(-factor * known.gap * (lived.t - lived.t[0])) + known.independent

    return _until_change(curve)


def _last(curve: Callable[[LivedRun], np.ndarray]) -> Callable[[LivedRun], float]:
    return lambda lived: float(lived.curve(curve)[-1])


def _kl(lived: LivedRun) -> float:
    return float(lived.record["kl"][-1])


def _later_rise(lived: LivedRun) -> float:
    """KL now less KL at half the time."""
    kl = lived.record["kl"]
    return float(kl[-1] - kl[len(kl) // 2]) if len(kl) > 1 else math.nan


def _step_of_kl(lived: LivedRun) -> float:
    kl, k = lived.record["kl"], lived.k
    return float(kl[-1] - kl[-2]) if len(k) > 1 and k[-1] - k[-2] == 1 else math.nan


def _fisher(lived: LivedRun) -> float:
    if lived.frame is None or changed_since(lived) is not None:
        return math.nan
    p, width = histogram_of(lived)
    return fisher_information(p, numbers_of(lived).log_q, width)


def _variation_bound(lived: LivedRun) -> float:
    """Pinsker's inequality on (2) with C = 1, and what N independent draws add."""
    if lived.frame is None:
        return math.nan
    return math.sqrt(2 * _last(_decay(1.0))(lived))


_plateau = _until_change(lambda lived: np.full(len(lived.k), numbers_of(lived).independent))
_floor = _until_change(lambda lived: kl_floor(numbers_of(lived).log_q, lived.record["distinct"]))


def _new_positions(lived: LivedRun) -> float:
    distinct = lived.record["distinct"]
    return float(np.diff(distinct).max()) if len(distinct) > 1 else math.nan


def target_density(lived: LivedRun) -> Callable[[np.ndarray], np.ndarray]:
    """(1): R on the box, where the landscape is now."""
    dynamics, landscape = lived.dynamics, lived.landscape
    low, high = landscape.limits(lived.d)
    t = np.array([lived.now])
    tau, shift = float(values_of(dynamics, "tau", t)[0]), dynamics.shift(t, lived.d)[0]

    def density(X: np.ndarray) -> np.ndarray:
        inside, R = ((low <= X) & (high >= X)).all(axis=1), np.zeros(len(X))
        R[inside] = rewards(landscape.values(X[inside] - shift), dynamics.reward, tau)
        return R

    return density


def _resolved(lived: LivedRun) -> tuple[bool | None, str]:
    """Whether the slope of the histogram is more than the scatter of its bins, 2(K − 1)/N width²."""
    if lived.frame is None:
        return None, "no positions are known"
    width, found = histogram_of(lived)[1], _fisher(lived)
    noise = 2 * (BINS_1 - 1) / (lived.n * width**2)
    return (
        True if found > 10 * noise else None,
        f"I = {number_words(found)}; the scatter of the bins alone gives {number_words(noise, 2)}",
    )


def _counted(lived: LivedRun) -> bool:
    """KL is recorded, and the reward began by standing still."""
    return lived.d <= 2 and changed_since(lived) != 0


def _with_gap(lived: LivedRun) -> bool:
    return _counted(lived) and math.isfinite(numbers_of(lived).gap)


HERE = ("tests/theory/test_fmc_convergence.py",)

register(
    FMC,
    Claim(
        name="fmc-target",
        source="000 Thm 1",
        statement="At any fixed N the swarm's distribution tends to ρ_R = R/∫R as k → ∞, in probability.",
        hypotheses=(*SETTING, LATE),
        label="law ∝ R",
        density=target_density,
        relation="≤",
        statistic=lambda lived: _kl(lived) if _counted(lived) else math.nan,
        predicted=lambda lived: numbers_of(lived).independent if _counted(lived) else math.nan,
        quantity="KL",
        remark=f"It does not hold. {NO_POSITION} With jitter, another algorithm, it settles elsewhere, whatever N. Claimed is what N "
        "independent draws show.",
        evidence="000's algorithm (σ = 0, one companion, min–max), 300 steps, 10 runs: KL = 2.41, 2.41, 2.42 on the double well at τ = 0.5 "
        "for N = 100, 1000, 10,000, on 1 to 2 positions; 3.30, 3.30, 3.29 on the sphere at τ = 10, from 0.23 at the start.",
        tests=HERE,
    ),
    Claim(
        name="fmc-rate",
        source="000 Thm 1, 3, eq. 1.11, 1.15",
        statement="E KL ≤ e^(−λ₁t) KL₀ + O(N^(−1/2)), where λ₁ is the spectral gap of ρ_R and a step one unit of time.",
        hypotheses=(*SETTING, GAP, DENSITY, MANY),
        label=lambda lived: f"claimed rate {number_words(numbers_of(lived).gap)}",
        fits=_with_gap,
        observable="kl",
        curve=_decay(1.0),
        relation="≤",
        statistic=_kl,
        predicted=_last(_decay(1.0)),
        quantity="KL",
        remark=f"Drawn with C = 1 and with what N independent draws show. {NO_POSITION}",
        evidence="Sphere, τ = 10, σ = 0, N = 5000: KL falls for a few steps, then rises above its start to −ln q of one bin.",
        tests=HERE,
    ),
    Claim(
        name="fmc-rate-sketch",
        source="000 Thm 3, sketch",
        statement="KL ≤ e^(−2λ₁t) KL₀ along (1.8), if λ₁ is also the constant of a logarithmic Sobolev inequality.",
        hypotheses=(
            *SETTING,
            GAP,
            DENSITY,
            MANY,
            conditions.unchecked("a log-Sobolev inequality with constant λ₁", "a spectral gap gives it only near ρ_R"),
        ),
        label=lambda lived: f"sketched rate {number_words(2 * numbers_of(lived).gap)}",
        drawn=False,
        fits=_with_gap,
        observable="kl",
        curve=_decay(2.0),
        relation="≤",
        statistic=_kl,
        predicted=_last(_decay(2.0)),
        quantity="KL",
        remark="(1.11) prints λ₁ and a constant. Even (1.8) itself can lie above this line.",
        evidence="(1.8) solved on Ackley, τ = 2: KL up to 1.6 times the line from a uniform start, 8 times from a corner.",
        tests=HERE,
    ),
    Claim(
        name="fmc-total-variation",
        source="000 Thm 3",
        statement="‖ρ_W − ρ_R‖ ≤ √(2C) e^(−λ₁t/2), by Pinsker's inequality.",
        hypotheses=(*SETTING, GAP, DENSITY, MANY),
        label="bound of the total variation",
        fits=_with_gap,
        about="run",
        relation="≤",
        statistic=total_difference,
        predicted=_variation_bound,
        quantity="L¹ distance of the histogram from ρ_R",
        remark="Printed without KL₀ under the root, which is right for KL₀ ≤ 1 only; claimed here with it, C = 1, and what N draws show.",
        evidence="Double well, τ = 0.5, N = 1000, 000's algorithm, seed 1, 100 steps: 1.82, claimed 0.20.",
        tests=HERE,
    ),
    Claim(
        name="fmc-plateau",
        source="000 Prop. 2",
        statement="In the end E KL = O(1/N).",
        hypotheses=(*SETTING, LATE),
        label="claimed plateau O(1/N)",
        fits=_counted,
        observable="kl",
        curve=_plateau,
        relation="≤",
        statistic=lambda lived: lived.n * _kl(lived),
        predicted=lambda lived: lived.n * float(_plateau(lived)[-1]),
        quantity="N·KL",
        remark="Drawn where N independent draws from ρ_R would lie, (K − 1)/2N for K bins.",
        evidence="Sphere, τ = 10: KL of 10,000 walkers is within 10% of that of 100, without jitter (3.3) and at σ = 0.3.",
        tests=HERE,
    ),
    Claim(
        name="fmc-lyapunov",
        source="000 Lemma 1, eq. 1.7",
        statement="E KL never rises: it is a Lyapunov function.",
        hypotheses=(*SETTING, DENSITY, MANY),
        label="KL never rises",
        fits=_counted,
        relation="≤",
        statistic=_later_rise,
        predicted=lambda lived: 0.0,
        quantity="KL now less KL at half the time",
        remark="It rises: KL turns after a few steps, also among infinitely many walkers.",
        evidence="The law of N → ∞ on the double well, τ = 0.5, σ = 0.1: KL = 1.632, 1.130, 0.253, 0.886, 0.960, 0.962 at k = 1, 2, 5, "
        "10, 20, 50.",
        tests=HERE,
    ),
    Claim(
        name="fmc-fisher",
        source="000 Prop. 1, eq. 1.10, 1.22",
        statement="dKL/dt = −I, where I = ∫ρ_W |∇ ln(ρ_W/ρ_R)|² is the Fisher information.",
        hypotheses=(*SETTING, DENSITY, MANY, conditions.of_run("the histogram resolves the slope", _resolved)),
        label="Fisher information",
        fits=lambda lived: lived.d == 1 and changed_since(lived) is None,
        about="run",
        statistic=_step_of_kl,
        predicted=lambda lived: -_fisher(lived),
        quantity="change of KL in the last step",
        remark="From neighbouring bins that both have walkers. It is (1.8) that dissipates so; cloning does not follow (1.8).",
        evidence="Double well, τ = 0.5, σ = 0, N = 10⁶, k = 1, 2, 3, 5: KL moves by −1.06, −0.67, −0.26, +0.07; −I = −111, −46, −15, −13.",
        tests=HERE,
    ),
    Claim(
        name="fmc-mean-field",
        source="000 Thm 2, eq. 1.8, 1.19–1.21",
        statement="As N → ∞ the swarm's law obeys ∂ρ = ∇·(ρ∇Φ), in the end ∇·(ρ ∇ ln(ρ/ρ_R)).",
        hypotheses=(*SETTING, DENSITY, MANY),
        label="limit equation",
        remark="The law of N → ∞ is another: a walker stays, or arrives at a companion's place however far, with no drift in between.",
        evidence="Double well, β = 0, k = 10: total variation to that law 0.081, 0.026, 0.0080, 0.0026 for N = 10² … 10⁵, to ρ_R 0.693.",
        tests=("tests/laws/test_fmc.py",),
    ),
    Claim(
        name="fmc-gap-bound",
        source="000 Thm 3, sketch",
        statement="On a convex domain λ₁ ≥ π² R_min/(diam² R_max).",
        hypotheses=(SAME_REWARD, conditions.of_run("R > 0", positive_reward)),
        label="bound of λ₁",
        fits=_with_gap,
        about="run",
        relation="≥",
        statistic=lambda lived: numbers_of(lived).gap,
        predicted=lambda lived: numbers_of(lived).bound,
        quantity="λ₁",
        remark="A statement about R alone; it holds.",
        tests=HERE,
    ),
    Claim(
        name="fmc-least",
        source="Jensen's inequality",
        statement="A swarm on m positions has KL ≥ −ln of the sum of the m largest shares of ρ_R.",
        hypotheses=(SAME_REWARD,),
        label="least for so few positions",
        short="least, few positions",
        exact=True,
        fits=_counted,
        observable="kl",
        curve=_floor,
        about="run",
        relation="≥",
        statistic=_kl,
        predicted=_last(_floor),
        quantity="KL",
        remark="No swarm on so few points can come nearer to ρ_R.",
        tests=HERE,
    ),
    Claim(
        name="fmc-no-new-positions",
        source="000 §2.3",
        statement="Without jitter the number of distinct positions never rises.",
        hypotheses=(NO_JITTER, conditions.starts_independently_in_box()),
        label="distinct positions",
        exact=True,
        about="run",
        relation="≤",
        statistic=_new_positions,
        predicted=lambda lived: 0.0,
        quantity="largest gain of positions between two records",
        remark="Why Theorem 1 cannot hold as printed, at any N.",
        tests=HERE,
    ),
)
