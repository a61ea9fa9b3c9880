r"""Theory of Fractal Monte Carlo: what 000 claims of the swarm's law, and what holds at finite N. §5 is :mod:`swarmviz.theory.fmc_phases`.

    the swarm's law tends to ρ_R = R / ∫R                                             (1)  000 Thm 1
    E KL(ρ_W‖ρ_R) ≤ e^{−λ₁t} KL_0 + O(N^{−1/2}),   λ₁ the spectral gap of ρ_R           (2)  000 Thm 1, 3, eq. 1.11, 1.15
    KL ≤ e^{−2λ₁t} KL_0, if λ₁ is also the constant of a log-Sobolev inequality       (2')  000 Thm 3, sketch
    λ₁ ≥ π² R_min / (diam² R_max)                                                     (3)  000 Thm 3, sketch
    in the end KL = O(1/N)                                                            (4)  000 Prop. 2
    dKL/dt = −I,  I = ∫ρ |∇ ln(ρ/ρ_R)|²                                               (4')  000 Lemma 1, Prop. 1, eq. 1.7, 1.10, 1.22
    E[KL] = Σ_b E[(n_b/N) ln(n_b/(N q_b))],  n_b binomial (N, q_b),  ≈ (K − 1)/2N       (5)  N independent draws from ρ_R; exact
    KL ≥ −ln (sum of the m largest q_b) for a swarm on m positions                    (6)  exact: Jensen
    share of position j after one step at σ = 0, β = 0:
        E[s_j⁺] = 1/N + Σ_n (p_nj − p_jn) / (N (N−1))                                 (7)  exact
    distinct positions after that step, from N different ones:
        E[m⁺] = N − Σ_j (Σ_i p_ji/(N−1)) Π_n≠j (1 − p_nj/(N−1))                       (8)  exact
    mean square distance of two walkers ∬|x − y|² dρ_W dρ_W = 2V/N                    (9)  exact; 000 §5.3

with p_nj = clip((VR_j − VR_n)/(VR_n + ε), 0, 1). (1) to (4') are claims. Their proof replaces cloning by a drift along −∇ ln(ρ_W/ρ_R), but
cloning copies positions and never makes one. Without jitter, as in 000, the swarm ends in few points, so that by (6) KL ends far from
zero; with jitter, which 000's algorithm does not have, it settles where cloning and jitter balance: not at ρ_R, and as far from it for ten
thousand walkers as for a hundred (tests/theory/test_fmc.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import linalg, stats

from swarmviz.dynamics.fmc.dynamics import FMC, REWARDS
from swarmviz.dynamics.fmc.histogram import BINS_1, BINS_2, log_target
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, Finding, Hypothesis, register
from swarmviz.theory.lived import LivedRun

STEEPEST = 60.0  # of ln q between neighbouring bins; beyond, rounding drowns the eigenvalue
NEGLIGIBLE = 1e-30  # a share of ρ_R that cannot change (5)


def rewards(f: np.ndarray, reward: str, tau: float) -> np.ndarray:
    """R at values ``f`` of any shape, up to a factor; a reward that is not positive counts as zero."""
    if reward == "exponential":
        return np.exp(-(f - f.min(initial=np.inf)) / tau)
    return np.maximum(f if reward == "value" else -f, 0.0)


def spectral_gap(log_q: np.ndarray, widths: np.ndarray) -> float:
    """λ₁ of ∂η = ∇·(ρ∇(η/ρ)) with reflecting walls, for ρ in bins: ``log_q`` (K,) or (K, K), ``widths`` (d,) of a bin.

    The generator of the reversible chain that goes to a neighbouring bin b from a at the rate √(q_b/q_a)/width², which tends to the
    diffusion as the bins shrink. NaN where ρ changes by more than e^60 from bin to bin: the grid is then too coarse.
    """
    grid = np.asarray(log_q)
    with np.errstate(invalid="ignore"):  # −∞ − (−∞), where there is no reward
        steps = [np.abs(np.diff(grid, axis=axis)) for axis in range(grid.ndim)]
    if not all((step <= STEEPEST).all() for step in steps):
        return math.nan
    index = np.arange(grid.size).reshape(grid.shape)
    generator = np.zeros((grid.size, grid.size))
    for axis, width in enumerate(widths):
        a, b = (np.take(index, range(i, grid.shape[axis] - 1 + i), axis).ravel() for i in (0, 1))
        for here, there in ((a, b), (b, a)):
            generator[here, here] += np.exp((grid.ravel()[there] - grid.ravel()[here]) / 2) / width**2
            generator[here, there] = -1 / width**2  # made symmetric by √q
    return max(float(linalg.eigvalsh(generator, subset_by_index=[1, 1])[0]), 0.0)


def spectral_gap_bound(diameter: float, r_min: float, r_max: float) -> float:
    """The lower bound (3), for a convex box."""
    return math.pi**2 / diameter**2 * r_min / r_max


def kl_of_independent_sample(log_q: np.ndarray, n: int) -> float:
    """(5), from ``log_q`` (K,): what even a perfect sampler of ρ_R would show."""
    q = np.exp(np.ravel(log_q))
    total = 0.0
    for share in q[q > NEGLIGIBLE]:
        spread = 12 * math.sqrt(n * share) + 40
        counts = np.arange(max(1, math.floor(n * share - spread)), min(n, math.ceil(n * share + spread)) + 1)
        total += (stats.binom.pmf(counts, n, share) * counts / n * np.log(counts / (n * share))).sum()
    return float(total)


def kl_floor(log_q: np.ndarray, positions) -> np.ndarray:
    """(6) for each number of distinct positions."""
    largest = np.cumsum(np.sort(np.exp(np.ravel(log_q)))[::-1])
    at = np.clip(np.asarray(positions, dtype=int), 1, largest.size) - 1
    return np.maximum(-np.log(largest[at]), 0.0)


def clone_probability(virtual: np.ndarray, other: np.ndarray, epsilon: float) -> np.ndarray:
    """p of a walker with virtual reward ``virtual`` for a companion with ``other``, with the clip that 000 eq. 1.4 lacks."""
    return np.clip((other - virtual) / (virtual + epsilon), 0.0, 1.0)


def expected_shares(virtual: np.ndarray, epsilon: float) -> np.ndarray:
    """(7), shape (N,), from virtual rewards (N,) that do not depend on companions (β = 0)."""
    n, p = len(virtual), clone_probability(virtual[:, None], virtual[None, :], epsilon)
    return 1 / n + (p.sum(axis=0) - p.sum(axis=1)) / (n * (n - 1))


def expected_distinct(virtual: np.ndarray, epsilon: float) -> float:
    """(8), from virtual rewards (N,) that do not depend on companions (β = 0)."""
    n, p = len(virtual), clone_probability(virtual[:, None], virtual[None, :], epsilon)
    leaves, ignored = p.sum(axis=1) / (n - 1), np.prod(1 - p / (n - 1), axis=0)
    return float(n - (leaves * ignored).sum())


def pair_distance(dispersion, n: int):
    """(9): ∬|x − y|² over the swarm's law, from V = Σ|X − X̄|²."""
    return 2 * dispersion / n


def fisher_information(p: np.ndarray, log_q: np.ndarray, width: float) -> float:
    """I of (4') from a histogram ``p`` (K,) of one dimension beside ``log_q`` (K,); between neighbouring bins that both have walkers."""
    both = (p[1:] > 0) & (p[:-1] > 0)
    with np.errstate(divide="ignore"):
        height = np.log(p) - log_q
    slope = np.where(both, np.diff(np.where(p > 0, height, 0.0)), 0.0) / width
    return float((slope**2 * (p[1:] + p[:-1]) / 2).sum())


# ---- the numbers of a run -----------------------------------------------------------------------------------------------------


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


def _until_change(curve: Callable[[LivedRun], np.ndarray]) -> Callable[[LivedRun], np.ndarray]:
    """What is promised for a reward that stands still ends where it was changed."""

    def cut(lived: LivedRun) -> np.ndarray:
        since, y = changed_since(lived), np.asarray(curve(lived), dtype=float)
        return y if since is None else np.where(lived.k <= since, y, math.nan)

    return cut


def _decay(factor: float) -> Callable[[LivedRun], np.ndarray]:
    def curve(lived: LivedRun) -> np.ndarray:
        known = numbers_of(lived)
        return lived.record["kl"][0] * np.exp(-factor * known.gap * (lived.t - lived.t[0])) + known.independent

    return _until_change(curve)


def _last(curve: Callable[[LivedRun], np.ndarray]) -> Callable[[LivedRun], float]:
    return lambda lived: float(curve(lived)[-1])


def _kl(lived: LivedRun) -> float:
    return float(lived.record["kl"][-1])


def _later_rise(lived: LivedRun) -> float:
    """KL now less KL at half the time."""
    kl = lived.record["kl"]
    return float(kl[-1] - kl[len(kl) // 2]) if len(kl) > 1 else math.nan


def _step_of_kl(lived: LivedRun) -> float:
    kl, k = lived.record["kl"], lived.k
    return float(kl[-1] - kl[-2]) if len(k) > 1 and k[-1] - k[-2] == 1 else math.nan


def _histogram(lived: LivedRun) -> tuple[np.ndarray, float]:
    """Shares (K,) in the bins of the recorded divergence, d = 1, and the width of a bin."""
    (low,), (high,) = lived.landscape.limits(1)
    assert lived.frame is not None
    counts = np.histogram(lived.frame().x[:, 0], BINS_1, (low, high))[0]
    return counts / max(counts.sum(), 1), float(high - low) / BINS_1


def _fisher(lived: LivedRun) -> float:
    if lived.frame is None or changed_since(lived) is not None:
        return math.nan
    p, width = _histogram(lived)
    return fisher_information(p, numbers_of(lived).log_q, width)


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
    t = lived.t[-1:]
    tau, shift = float(values_of(dynamics, "tau", t)[0]), dynamics.shift(t, lived.d)[0]

    def density(X: np.ndarray) -> np.ndarray:
        inside, R = ((low <= X) & (high >= X)).all(axis=1), np.zeros(len(X))
        R[inside] = rewards(landscape.values(X[inside] - shift), dynamics.reward, tau)
        return R

    return density


# ---- hypotheses ----------------------------------------------------------------------------------------------------------------


def _without_jitter(lived: LivedRun) -> Finding:
    sigma = lived.course(lambda s: s.values("sigma"))
    since = lived.first_step_where(0.5 - (sigma != 0))
    return Finding(
        "holds" if since is None else "fails", "σ = 0" if since is None else f"σ = {sigma[sigma != 0][0]:.3g}", since
    )


def _compact(lived: LivedRun) -> Finding:
    walls = {s.change.dynamics.boundary for s in lived.stretches}
    if walls <= {"clip", "reflect", "periodic"}:
        return Finding("holds", f"boundary {', '.join(sorted(walls))}")
    if (
        _without_jitter(lived).state == "holds"
        and conditions.starts_independently_in_box().check(lived).state == "holds"
    ):
        return Finding("holds", "no walker moves to a new place")
    return Finding("fails", f"boundary {', '.join(sorted(walls))}")


def _smooth_boundary(lived: LivedRun) -> tuple[bool | None, str]:
    if lived.d == 1:
        return True, "an interval"
    if lived.dynamics.boundary == "periodic":
        return True, "a torus"
    return None, "a box has corners"


def _positive_reward(lived: LivedRun) -> tuple[bool | None, str]:
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
    return (None, "λ₁ is too small for the grid") if math.isnan(gap) else (bool(gap > 0), f"λ₁ = {gap:.3g}")


def _same_reward(lived: LivedRun) -> Finding:
    since = changed_since(lived)
    return Finding("holds" if since is None else "fails", "R stands still" if since is None else "R changes", since)


def _resolved(lived: LivedRun) -> tuple[bool | None, str]:
    """Whether the slope of the histogram is more than the scatter of its bins, 2(K − 1)/N width²."""
    if lived.frame is None:
        return None, "no positions are known"
    width, found = _histogram(lived)[1], _fisher(lived)
    noise = 2 * (BINS_1 - 1) / (lived.n * width**2)
    return True if found > 10 * noise else None, f"I = {found:.3g}, of scatter {noise:.2g}"


def _whole(lived: LivedRun) -> tuple[bool, str]:
    groups = max(min(int(s.change.dynamics.groups), lived.n // 2) for s in lived.stretches)
    return groups == 1, f"G = {groups}"


NO_JITTER = Hypothesis("no jitter: 000's algorithm only clones (σ = 0)", _without_jitter)
SAME = conditions.chosen("companion", ("same",), "one companion, for the distance and for cloning (eq. 1.3–1.4)")
ONE_GROUP = conditions.of_run("one population", _whole)
NOBODY_DIES = conditions.chosen("boundary", ("none", "clip", "reflect", "periodic"), "no walker dies")
INCREASING = conditions.chosen("distance", ("relative",), "f and g increase (Assumption 3.1)")
POWERS = conditions.positive(
    "α, β > 0", lambda s, _: np.minimum(s.values("reward_power"), s.values("distance_power")), "the least of them"
)
SAME_REWARD = Hypothesis("the same reward R throughout", _same_reward)
ALGORITHM = (NO_JITTER, SAME, ONE_GROUP, NOBODY_DIES, INCREASING, POWERS)
SETTING = (
    *ALGORITHM, SAME_REWARD, conditions.smooth(2), conditions.of_run("R > 0", _positive_reward),
    Hypothesis("a compact domain", _compact), conditions.of_run("with a smooth boundary, or a torus", _smooth_boundary),
)  # fmt: skip
GAP = conditions.of_run("a spectral gap λ₁ > 0", _has_gap)
DENSITY = conditions.starts_independently()
LATE = conditions.long_enough(lambda lived: numbers_of(lived).gap if lived.d <= 2 else math.nan, "λ₁t")
MANY = conditions.unchecked("N → ∞", "ρ_W is the law of infinitely many walkers")
NO_POSITION = "Cloning makes no new position: the swarm ends in few points, far from ρ_R."


def _counted(lived: LivedRun) -> bool:
    """KL is recorded, and the reward began by standing still."""
    return lived.d <= 2 and changed_since(lived) != 0


def _with_gap(lived: LivedRun) -> bool:
    return _counted(lived) and math.isfinite(numbers_of(lived).gap)


HERE = ("tests/theory/test_fmc.py",)

register(
    FMC,
    Claim(
        name="fmc-target",
        source="000 Thm 1",
        statement="At any fixed N the swarm's distribution tends to ρ_R = R/∫R as k → ∞, in probability.",
        hypotheses=(*SETTING, LATE),
        label="ρ_R ∝ R",
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
        label=lambda lived: f"claimed rate {numbers_of(lived).gap:.3g}",
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
        label=lambda lived: f"sketched rate {2 * numbers_of(lived).gap:.3g}",
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
        hypotheses=(SAME_REWARD, conditions.of_run("R > 0", _positive_reward)),
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
