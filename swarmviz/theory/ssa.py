r"""Theory of SSA (002): without noise, and with noise that falls with the mass. Where it does not, see :mod:`swarmviz.theory.ssa_langevin`.

    no noise    F̄ never rises                                                                  (1)  002 Prop. A.1
                P(F̄ → F*) ≤ 1 − (1 − ∫_Q dρ₀)^N, Q the basin of the global minimiser            (2)  002 Thm 4.1
    mean field  E|F̄^N − F̄| ≤ C_t/√N                                                            (3)  002 Thm 2.2
                liminf F̄ = F*; F̄ ≤ F* + ε at some time up to (2/ε) log(1/M_ε) + 1,              (4)  002 Thm 2.4, eq. 2.9
                M_ε the largest mass of leaders with F ≤ F* + ε/2 during the first unit of time

Proof of (4): a leader, m ≥ m_c, is not shaken and descends; while F̄ > F* + ε, one with F ≤ F* + ε/2 gains mass at least at the rate ε/2, so
it goes on leading, and there is no more mass than 1. For equal masses at the start and m_c < 1 every agent leads at first, and so M_ε is at
least the share of the start with F ≤ F* + ε/2. The same proof holds for the steps of N agents: with the share M of *this* swarm,

    F̄ ≤ F* + ε at some step up to log(1/M)/log(1 + Δt ε/2)                                       (5)  exact

In the mean field the masses have the mean 1, in the algorithm the sum 1: σ acts on N m, and m_c is Nβ. So limits of N belong to one Nβ;
at one β every agent is shaken in the end, as with constant noise.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.ssa import SSA
from swarmviz.laws.initial import initial_law
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, Finding, Hypothesis, register
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.one_dimension import basin, lowest_outside_basin
from swarmviz.theory.thresholds import Threshold, of_condition, register_thresholds
from swarmviz.theory.wording import number_words, parameter_words

DRAWS = 20_000  # of the initial law, from which its share near the minimum is taken
FEWEST = 20  # draws of a share that counts
ROUNDING = 1e-12  # of F
KNOWN = 16  # starts that are remembered


def no_noise_success_bound(start_in_basin: float, n: int) -> float:
    """Bound (2) on the probability that some agent of ``n`` reaches the global minimum, from ∫_Q dρ₀ = ``start_in_basin``."""
    return 1.0 - (1.0 - start_in_basin) ** n


def arrival_time(epsilon: float, mass_near: float) -> float:
    """Latest time at which the mean-field F̄ has come within ``epsilon`` of the minimum (4); ``mass_near`` is M_ε in (0, 1]."""
    if not 0 < mass_near <= 1 or epsilon <= 0:
        raise ValueError(f"epsilon = {epsilon!r}, mass_near = {mass_near!r}: must be ε > 0 and 0 < M ≤ 1")
    return 2.0 / epsilon * math.log(1.0 / mass_near) + 1.0


def start_in_basin(lived: LivedRun) -> float:
    """∫_Q dρ₀ of (2), NaN where it is not computed."""
    landscape = lived.journal[0].landscape
    if lived.d > 1 or len(landscape.minimisers(1)) != 1:
        return math.nan
    left, right = basin(landscape)
    (low,), (high,) = landscape.limits(1)
    below, above = initial_law(lived.swarm, landscape).cdf(np.array([left, right]))
    return float((1.0 if right == high else above) - (0.0 if left == low else below))  # a slope goes on beyond the box


# ---- the numbers of a run -----------------------------------------------------------------------------------------------------


def _minimum(lived: LivedRun) -> float:
    known = lived.landscape.minimum(lived.d)
    return math.nan if known is None else float(known)


def _at_minimum(lived: LivedRun) -> np.ndarray:
    return np.full(lived.k.shape, _minimum(lived))


def _height(lived: LivedRun) -> float:
    return float(lived.record["provisional_minimum"][-1]) - _minimum(lived)


def _lowest_height(lived: LivedRun) -> float:
    return float(np.min(lived.record["provisional_minimum"])) - _minimum(lived)


def _largest_rise(lived: LivedRun) -> float:
    level = lived.record["provisional_minimum"]
    return float(np.diff(level).max()) if len(level) > 1 else math.nan


def _rounding(lived: LivedRun) -> float:
    return ROUNDING * float(np.abs(lived.record["provisional_minimum"]).max())


def _succeeded(lived: LivedRun) -> float:
    """1 when F̄ is lower than all of F outside the basin, so that some agent is inside; else 0."""
    if lived.d > 1 or len(lived.landscape.minimisers(1)) != 1:
        return math.nan
    return float(lived.record["provisional_minimum"][-1] < lowest_outside_basin(lived.landscape))


def _success_bound(lived: LivedRun) -> float:
    return no_noise_success_bound(start_in_basin(lived), lived.n)


def _heights_of_start(lived: LivedRun, draws: int | None) -> np.ndarray:
    """F − F* where this swarm started, in order, or at ``draws`` positions of its initial law."""
    landscape, swarm = lived.journal[0].landscape, lived.swarm
    key = type(landscape), repr(landscape), repr(swarm), swarm.d, swarm.n, swarm.seed, draws
    if key not in _HEIGHTS:
        if len(_HEIGHTS) >= KNOWN:
            _HEIGHTS.clear()
        many = swarm.copy()
        many.n = draws or swarm.n
        _HEIGHTS[key] = np.sort(landscape.values(many.positions(landscape)) - landscape.minimum(swarm.d))
    return _HEIGHTS[key]


_HEIGHTS: dict[tuple, np.ndarray] = {}  # the page asks with every picture


def _smallest_epsilon(lived: LivedRun, exact: bool) -> np.ndarray:
    """The least ε that (4), or (5), has promised up to each recorded time, (K,); NaN before any."""
    first, nothing = lived.journal[0].dynamics, np.full(lived.k.shape, math.nan)
    if (
        lived.journal[0].landscape.minimum(lived.d) is None or first.initial_mass != "equal"
    ):  # the heights are of the start
        return nothing
    if not exact and lived.swarm.initial == "points":
        return nothing
    heights = _heights_of_start(lived, None if exact else DRAWS)
    mass = np.arange(1, len(heights) + 1) / len(heights)
    if not exact:
        heights, mass = heights[FEWEST - 1 :], mass[FEWEST - 1 :]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.log1p(lived.stretches[0].dt * heights) / lived.stretches[0].dt if exact else heights  # ε/2
        latest = np.where(mass < 1, -np.log(mass) / rate, 0.0) + (0.0 if exact else 1.0)
    place = np.searchsorted(-latest, -lived.t, side="left")  # ``latest`` falls along the heights
    return np.where(place < len(heights), 2 * heights[np.minimum(place, len(heights) - 1)], math.nan)


def _arrival_curve(exact: bool):
    return lambda lived: _minimum(lived) + _smallest_epsilon(lived, exact)


def _promised_height(exact: bool):
    return lambda lived: float(_smallest_epsilon(lived, exact)[-1])


# ---- hypotheses ----------------------------------------------------------------------------------------------------------------


def _bounded(lived: LivedRun) -> Finding:
    landscape = lived.landscape
    if landscape.smoothness is not None and landscape.smoothness < 1:
        return Finding("fails", f"∇F of {landscape.title} is not continuous")
    if landscape.smoothness is None:
        return Finding("open", f"the smoothness of {landscape.title} is not known")
    grows = landscape.confining and lived.dynamics.boundary == "none"
    return Finding(
        "open",
        f"{landscape.title} grows without bound; it is bounded where agents go" if grows else "D and L are not known",
    )


def _support(lived: LivedRun) -> Finding:
    """σ(m) = 0 above some mass."""
    since = lived.first_change_where(lambda dynamics, _: dynamics.profile != "step")
    tail = "tanh is 0 nowhere" if since is not None else "σ(m) = 0 for m ≥ β"
    return Finding("holds" if since is None else "fails", tail, since)


def _leaders_at_start(lived: LivedRun) -> Finding:
    law, first = lived.journal[0].dynamics.initial_mass, lived.journal[0].dynamics
    nb = lived.n * first.cutoff
    largest = {"equal": 1.0, "uniform": 2.0, "exponential": math.inf}[law]
    said = (
        f"Nβ = {number_words(nb)}, N m up to {number_words(largest, 6)} at the start"
        if law != "exponential"
        else "exponential masses have no bound"
    )
    return Finding("holds" if nb < largest else "fails", said)


def _bounded_masses(lived: LivedRun) -> Finding:
    first = lived.journal[0].dynamics
    return Finding("fails" if first.initial_mass == "exponential" else "holds", parameter_words(first, "initial_mass"))


def _masses_stay(lived: LivedRun) -> tuple[bool, str]:
    clips = int(lived.record["clips"][-1])
    return clips == 0, f"{clips:,} masses were clipped" if clips else "no mass was clipped"


WEIGHTED = conditions.chosen("provisional", ("mean",), "F̄ the mean of F weighted by mass")
NO_NOISE = conditions.chosen("profile", ("none",), "no noise (σ = 0)")
MASS_NOISE = conditions.chosen("profile", ("smooth", "step"), "noise that falls with the mass")
EQUAL = conditions.of_run(
    "equal masses at the start",
    lambda lived: (
        lived.journal[0].dynamics.initial_mass == "equal",
        parameter_words(lived.journal[0].dynamics, "initial_mass"),
    ),
)
NO_CLIPS = conditions.of_run("no mass clipped", _masses_stay)
SUPPORT = Hypothesis("σ(m) = 0 above some m_c (Assumption 2.3)", _support)
LEADERS = Hypothesis("some agents start with N m > m_c = Nβ (Assumption 2.3)", _leaders_at_start)
LEADING = conditions.positive("Nβ < 1 at every step", lambda s, lived: 1 - lived.n * s.values("cutoff"), "1 − Nβ")
BOUNDED = Hypothesis("F and ∇F bounded and Lipschitz (Assumption 2.1)", _bounded)
MASSES = Hypothesis("masses bounded at the start (Assumption 2.1)", _bounded_masses)
MANY = conditions.unchecked("N large, at one Nβ", "F̄ is that of infinitely many agents; σ acts on N m")
SAME_PRODUCT = conditions.unchecked(
    "Nβ the same for every N compared", "one run has one N; at a fixed β the limit is that of constant noise"
)
LATE = conditions.unchecked("t → ∞", "a run ends")
MEAN_FIELD = (
    MASS_NOISE, WEIGHTED, conditions.landscape_stays(), conditions.no_walls(), conditions.starts_independently(), BOUNDED, MASSES,
)  # fmt: skip
LARGE_TIME = (*MEAN_FIELD, SUPPORT, LEADERS, conditions.one_minimiser(), MANY)


def _falls_with_mass(lived: LivedRun) -> bool:
    return lived.dynamics.profile in ("smooth", "step")


def _without_noise(lived: LivedRun) -> bool:
    return lived.dynamics.profile == "none"


def _percent(lived: LivedRun) -> str:
    bound = _success_bound(lived)
    return f"success in ≤ {number_words(100 * bound)}% of runs" if math.isfinite(bound) else "bound on success"


HERE = ("tests/theory/test_ssa.py",)

register(
    SSA,
    Claim(
        name="ssa-descent",
        source="002 Prop. A.1",
        statement="Without noise F̄ never rises: mass moves downhill, and every agent descends.",
        hypotheses=(
            NO_NOISE,
            WEIGHTED,
            conditions.landscape_stays(),
            conditions.no_walls(),
            conditions.smooth(1),
            conditions.small_step(2.0),
            NO_CLIPS,
        ),
        label="F̄ never rises",
        fits=_without_noise,
        about="run",
        relation="≤",
        statistic=_largest_rise,
        predicted=_rounding,
        quantity="largest rise of F̄ between two records",
        remark="An explicit step keeps it while Δt·L ≤ 2, because then no agent climbs.",
        evidence="Double well, Sphere, Rastrigin and Ackley, N = 8, Δt = 0.001: no rise in 400 steps. Rastrigin at Δt = 0.01, Δt·L = 4: F̄ "
        "rises by 12.5.",
        tests=HERE,
    ),
    Claim(
        name="ssa-no-noise",
        source="002 Thm 4.1",
        statement="Without noise P(F̄ → F*) ≤ 1 − (1 − ρ₀(Q))^N, where Q is the basin of the global minimiser: failure in probability.",
        hypotheses=(
            NO_NOISE,
            WEIGHTED,
            EQUAL,
            conditions.starts_independently(),
            conditions.landscape_stays(),
            conditions.chosen("boundary", ("none", "clip", "reflect"), "no way into Q through a periodic boundary"),
            conditions.one_minimiser(),
            conditions.smooth(1),
            conditions.small_step(1.0),
        ),
        label=_percent,
        fits=_without_noise,
        relation="≤",
        statistic=_succeeded,
        predicted=_success_bound,
        quantity="share of runs with F̄ below all of F outside Q",
        remark="Q is computed for d = 1, where the bound is attained; a step with Δt·L ≤ 1 leaps over no maximum.",
        evidence="Ackley, d = 1, N = 2 and 8: the share of 1500 runs is the bound within its standard error.",
        tests=HERE,
    ),
    Claim(
        name="ssa-limit",
        source="002 Thm 2.4–2.5",
        statement="With noise that falls with the mass, liminf F̄ = F* as N → ∞ and then t → ∞.",
        hypotheses=(*LARGE_TIME, LATE),
        label="limit of F̄",
        fits=lambda lived: _falls_with_mass(lived) and lived.landscape.minimum(lived.d) is not None,
        observable="provisional_minimum",
        curve=_at_minimum,
        statistic=_height,
        predicted=lambda lived: math.nan,
        quantity="F̄ − F*",
        remark="At a fixed β instead of Nβ F̄ stays above F*: every agent is shaken in the end (double well, β = 1/8: 0.31 at N = 10⁴).",
        evidence="Double well, λ = 0.5, t = 20, mean of F̄ − F* at N = 8, 100, 1000, 10,000: 0.0002, 0.084, 0.307, 0.309 at β = 1/8, where "
        "constant noise has 0.305; 0.002–0.003 from N = 100 on at β = 2/N.",
        tests=HERE,
    ),
    Claim(
        name="ssa-arrival",
        source="002 Thm 2.4, eq. 2.9–2.10",
        statement="In the mean field F̄ ≤ F* + ε at some time up to t_ε = (2/ε) log(1/M_ε) + 1, M_ε being the mass of leaders near x*.",
        hypotheses=(*LARGE_TIME, EQUAL, LEADING),
        label="bound F* + ε(t)",
        drawn=False,  # it lies far above, and its hypotheses hardly ever all hold
        fits=_falls_with_mass,
        observable="provisional_minimum",
        curve=_arrival_curve(exact=False),
        relation="≤",
        statistic=_lowest_height,
        predicted=_promised_height(exact=False),
        quantity="lowest F̄ − F* so far",
        remark="M_ε is taken at the start, where it is the share of ρ₀ with F ≤ F* + ε/2; later it is larger, and F̄ earlier. 002 finds "
        "log(1/ε) in place of 1/ε.",
        evidence="Double well, λ = 0.5, N = 400, Nβ = 0.5: the lowest F̄ − F* lies far below the promise at t = 2, 5, 10.",
        tests=HERE,
    ),
    Claim(
        name="ssa-arrival-run",
        source="002 Thm 2.4, N agents",
        statement="F̄ ≤ F* + ε at some step up to log(1/M)/log(1 + Δtε/2), M being the share of this swarm with F ≤ F* + ε/2 at first.",
        hypotheses=(
            MASS_NOISE,
            SUPPORT,
            WEIGHTED,
            EQUAL,
            conditions.positive(
                "Nβ ≤ 1 at every step", lambda s, lived: 1 - lived.n * s.values("cutoff") + 1e-12, "1 − Nβ"
            ),
            conditions.landscape_stays(),
            conditions.constant("dt", "Δt stays"),
            conditions.chosen("boundary", ("none", "clip"), "no walls, or projection"),
            conditions.smooth(1),
            conditions.small_step(2.0),
            NO_CLIPS,
            conditions.all_recorded(),
        ),
        label="bound of this start",
        exact=True,
        drawn=False,
        fits=_falls_with_mass,
        observable="provisional_minimum",
        curve=_arrival_curve(exact=True),
        about="run",
        relation="≤",
        statistic=_lowest_height,
        predicted=_promised_height(exact=True),
        quantity="lowest F̄ − F* so far",
        remark="The proof of the theorem, step by step: it holds at any N, without any limit.",
        tests=HERE,
    ),
    Claim(
        name="ssa-mean-field",
        source="002 Thm 2.2, eq. 2.6",
        statement="E|F̄^N − F̄| ≤ C_t/√N: F̄ of N agents tends to that of the mean field at the rate of the law of large numbers.",
        hypotheses=(*MEAN_FIELD, SAME_PRODUCT),
        label="error in N",
        fits=_falls_with_mass,
        relation="≤",
        predicted=lambda lived: -0.5,
        quantity="slope of log error against log N",
        measured_by="“Error against N” (under Luck)",
        remark="C_t is not known, and one run has no slope: it takes swarms of several N.",
        evidence="√N·E|F̄_N − F̄| at N = 8 … 2048 and one Nβ: 0.257, 0.247, 0.246, 0.260, 0.237.",
        tests=HERE,
    ),
)

register_thresholds(
    SSA,
    of_condition(SSA, "Nβ = 1", "ssa-arrival", LEADING.words)._replace(fits=_falls_with_mass),
    Threshold(
        "Nβ = 2",
        lambda s, lived: 2 - lived.n * s.values("cutoff"),
        fits=_falls_with_mass,
        remark="No theorem: an agent leads (is not shaken) from twice the mean mass on.",
    ),
)
