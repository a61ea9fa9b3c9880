r"""Theory of SSA where the noise does not depend on the mass (002 §1.1, §1.3, §4.2): Langevin Monte Carlo and classical annealing.

    constant noise λ     the law of the positions tends to Gibbs' law exp(−F/λ)/Z                     (1)  002 §1.1, §4.2
                         at the rate λ₁ of the reversible generator −λw″ − (F′w)′
    mean field of F̄      ν = ∫ m dμ obeys ∂ν = λ Δν + ∇·(ν∇F) − (F − F̄) ν                              (2)  002 eq. 4.4
                         so F̄ tends to the lowest eigenvalue E₀ of w ↦ −λw″ − (F′w)′ + F w            (3)  exact for N → ∞, Δt → 0
                         at the rate E₁ − E₀
                         F̄ ≥ min(F* + ε, F̄_0),  ε = λdξ / (2L + D + λd(ξ + L)/ε̄)                      (4)  002 Thm 4.2, A.2
    annealing T(t)       F → F* in probability for T = c/log t if and only if c ≥ the critical depth      (5)  002 §1.3, refs. 7, 11–13, 19
                         the law follows exp(−F/T(t))                                                  (6)

In (4), ΔF ≥ ξd in the ball B_R(x*), F < F* + ε̄ only in it, |∇F| and ∇F have the constants D = max F − F* and L; the ball that gives the
largest ε is taken. 002 prints (4) for λ = 1. The sphere has E₀ = d(√(1 + λ) − 1).
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.ssa import SSA
from swarmviz.landscapes.base import Landscape
from swarmviz.schedules import Logarithmic, Schedule, values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, Finding, Hypothesis, register
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.one_dimension import (
    critical_depth,
    curvatures,
    interval,
    line_of,
    relaxation_rate,
    remembered,
    weighted_eigenvalues,
)
from swarmviz.theory.ssa import LATE, WEIGHTED
from swarmviz.theory.wording import number_words, parameter_words, schedule_words

WALLS = ("clip", "reflect")
SEAM = 1e-9  # of max F − min F: less is no step from one side of the box to the other
SIDE = 33  # points of a face of the box, for each dimension
DRAWN = 4_001  # points of a line on which moments of a law are taken


def gibbs_density(landscape: Landscape, temperature: float, X: np.ndarray) -> np.ndarray:
    """exp(−(F − min F)/T) at the points ``X`` (M, d), not normalised; the minimum is over these points (1)."""
    f = landscape.values(X)
    return np.exp(-(f - f.min()) / temperature)


@remembered
def gibbs_variance(landscape: Landscape, temperature: float, walls: bool) -> float:
    """The variance of Gibbs' law in one dimension."""
    x = np.linspace(*interval(landscape, temperature, walls), DRAWN)
    w = gibbs_density(landscape, temperature, x[:, None])
    w /= w.sum()
    return float(w @ (x - w @ x) ** 2)


@remembered
def accuracy_gap(landscape: Landscape, temperature: float) -> float:
    """ε of (4) on the box in one dimension, 0 where F is not strictly convex about x*."""
    x, f, _ = line_of(landscape)
    curvature, at = curvatures(landscape), int(np.argmin(f))
    f = f - f[at]
    lipschitz, highest = np.abs(curvature).max(), f.max()
    reach = np.arange(1, min(at, len(x) - 1 - at))  # balls, in grid points
    left, right = curvature[:at][::-1], curvature[at:]
    xi = np.minimum(np.minimum.accumulate(left)[reach - 1], np.minimum.accumulate(right)[reach - 1])
    before, after = np.minimum.accumulate(f), np.minimum.accumulate(f[::-1])[::-1]
    edge = np.minimum(before[at - reach], after[at + reach])  # ε̄: F outside the ball
    gap = temperature * xi / (2 * lipschitz + highest + temperature * (xi + lipschitz) / edge)
    return float(max(np.max(gap[xi > 0], initial=0.0), 0.0))


# ---- the numbers of a run -----------------------------------------------------------------------------------------------------


def _walled(lived: LivedRun) -> bool:
    return lived.dynamics.boundary in WALLS


def _in_one_dimension(function):
    """``function(landscape, λ, walls)`` of the parameters that act now, NaN where it is not computed."""

    def found(lived: LivedRun) -> float:
        if lived.d > 1 or lived.dynamics.boundary == "periodic" or not lived.dynamics.lam > 0:
            return math.nan
        return function(lived.landscape, float(lived.dynamics.lam), _walled(lived))

    return found


def _if_integrable(number):
    return lambda lived: math.nan if _integrable(lived).state == "fails" else number(lived)


_relaxation = _if_integrable(_in_one_dimension(relaxation_rate))
_variance = _if_integrable(_in_one_dimension(gibbs_variance))
_lowest = _in_one_dimension(lambda *parts: weighted_eigenvalues(*parts)[0])
_speed = _in_one_dimension(lambda *parts: float(np.diff(weighted_eigenvalues(*parts))[0]))
_gap = _in_one_dimension(lambda landscape, lam, walls: accuracy_gap(landscape, lam))


def _since_change(lived: LivedRun) -> float:
    """For how long the present parameters have acted."""
    last = lived.stretches[-1]
    begun = last.t[0] - (last.steps[0] - 1) / 2 * last.dt
    return max(float(lived.t[-1] - begun), 0.0)


def _spread(lived: LivedRun) -> float:
    return float(lived.record["dispersion"][-1]) / (lived.n - 1) if lived.n > 1 else math.nan


def _level(lived: LivedRun) -> float:
    return float(lived.record["provisional_minimum"][-1])


def _least_level(lived: LivedRun) -> float:
    """min(F* + ε, F̄ at the start), NaN where ε is not computed."""
    lowest = lived.landscape.minimum(lived.d)
    return math.nan if lowest is None else min(lowest + _gap(lived), float(lived.record["provisional_minimum"][0]))


def _flat(number):
    return lambda lived: np.full(lived.k.shape, number(lived))


def _temperature(lived: LivedRun) -> float:
    return float(values_of(lived.dynamics, "temperature", np.array([lived.now]))[0])


def _density(temperature):
    def of(lived: LivedRun):
        landscape, T = lived.landscape, temperature(lived)
        return lambda X: gibbs_density(landscape, T, X)

    return of


# ---- hypotheses ----------------------------------------------------------------------------------------------------------------


def _integrable(lived: LivedRun) -> Finding:
    """Whether exp(−F/T) has a finite integral where the run lives, and is stationary there."""
    landscape, boundary = lived.landscape, lived.dynamics.boundary
    if boundary == "none":
        state = {True: "holds", False: "fails", None: "open"}[landscape.confining]
        grows = {True: "grows", False: "does not grow enough", None: "is not known"}[landscape.confining]
        return Finding(state, f"{landscape.title} {grows} far outside; no boundary")  # type: ignore[arg-type]
    return Finding("holds", parameter_words(lived.dynamics, "boundary"))


def _stationary_at_walls(lived: LivedRun) -> Finding:
    boundary = lived.dynamics.boundary
    if boundary in ("none", "reflect"):
        return Finding("holds", parameter_words(lived.dynamics, "boundary"))
    if boundary == "clip":
        return Finding("fails", "agents are held on the walls")
    step = seam(lived.landscape, lived.d)
    return Finding(
        "holds" if step <= SEAM else "fails", f"F differs by {number_words(step, 2)} of its range across the box"
    )


@remembered
def seam(landscape: Landscape, d: int) -> float:
    """How much F differs between opposite faces of the box at most, as a share of its range on them."""
    low, high = landscape.limits(d)
    points = low + (high - low) * np.random.default_rng(0).random((SIDE * d, d))
    worst, values = 0.0, [landscape.values(points)]
    for i in range(d):
        faces = [np.where(np.arange(d) == i, side[i], points) for side in (low, high)]
        values += [landscape.values(face) for face in faces]
        worst = max(worst, float(np.abs(values[-1] - values[-2]).max()))
    spread = float(np.ptp(np.concatenate(values)))
    return worst / spread if spread > 0 else 0.0


def _acts_now(name: str, allowed: tuple, words: str) -> Hypothesis:
    """A statement about the limit t → ∞ asks for what acts from now on, not for what acted before."""

    def check(lived: LivedRun) -> tuple[bool, str]:
        value = getattr(lived.dynamics, name)
        since = lived.last_change.k
        return value in allowed, parameter_words(lived.dynamics, name) + (f", since step {since:,}" if since else "")

    return conditions.of_run(words, check)


def _noise(lived: LivedRun) -> tuple[bool, str]:
    return lived.dynamics.lam > 0, f"λ = {number_words(lived.dynamics.lam, 6)}"


def _long_since_change(rate, name: str) -> Hypothesis:
    def check(lived: LivedRun) -> tuple[bool | None, str]:
        found, t = rate(lived), _since_change(lived)
        if not math.isfinite(found):
            return None, f"{number_words(t)} since the last change; the rate is not known"
        return (True if found * t >= conditions.LONG else None), f"{name} = {number_words(found * t)}"

    return conditions.of_run(f"t large ({name} ≥ {number_words(conditions.LONG)})", check)


def _convex(lived: LivedRun) -> tuple[bool | None, str]:
    gap = _gap(lived)
    if math.isnan(gap):
        return None, "computed for d = 1 only"
    return gap > 0, f"ε = {number_words(gap)}"


def _bounded(lived: LivedRun) -> Finding:
    landscape = lived.landscape
    if landscape.smoothness is not None and landscape.smoothness < 1:
        return Finding("fails", f"∇F of {landscape.title} is not continuous")
    where = "in the box" if _walled(lived) else "in the box, where D and L are taken; agents may leave it"
    return Finding("holds" if _walled(lived) and landscape.smoothness is not None else "open", f"bounded {where}")


def _logarithmic(lived: LivedRun) -> tuple[bool, str]:
    cooling = lived.dynamics.temperature
    if isinstance(cooling, Logarithmic):
        return True, f"c = {number_words(cooling.c, 6)}"
    return False, schedule_words("T", cooling)


def _deep_enough(lived: LivedRun) -> tuple[bool | None, str]:
    if lived.d > 1:
        return None, "the depth is computed for d = 1 only"
    depth, cooling = critical_depth(lived.landscape), lived.dynamics.temperature
    said = f"depth {number_words(depth)} in the box"
    if not isinstance(cooling, Logarithmic):
        return None, said
    return bool(cooling.c >= depth), f"c = {number_words(cooling.c, 6)}, {said}"


def _slow(lived: LivedRun) -> tuple[bool | None, str]:
    """Whether the law can follow: how fast 1/T changes beside the relaxation rate at T."""
    if lived.d > 1 or lived.dynamics.boundary == "periodic":
        return None, "the rate is computed for d = 1 without a periodic boundary"
    t, T, cooling = lived.now, _temperature(lived), lived.dynamics.temperature
    later = float(cooling.at(t * (1 + 1e-4) + 1e-4)) if isinstance(cooling, Schedule) else T  # a slope, in range or not
    if not T > 0:
        return False, "T = 0"
    rate = relaxation_rate(lived.landscape, float(f"{T:.2g}"), _walled(lived))  # rounded, so that it is remembered
    if math.isnan(rate):
        return None, "the rate is not known"
    change = abs(later - T) / T / (t * 1e-4 + 1e-4)
    return bool(rate >= conditions.LONG * change), f"λ₁ = {number_words(rate, 2)}, |Ṫ|/T = {number_words(change, 2)}"


INTEGRABLE = Hypothesis("exp(−F/T) has a finite integral where the run lives", _integrable)
AT_WALLS = Hypothesis("the boundary keeps exp(−F/T) stationary", _stationary_at_walls)
SMALL = conditions.small_step(0.1)
CONSTANT = conditions.chosen("profile", ("constant",), "constant noise")
FIXED = conditions.constant("lam", "the same λ throughout")
GIBBS = (
    _acts_now("profile", ("constant",), "constant noise"), conditions.of_run("λ > 0", _noise), INTEGRABLE, AT_WALLS, conditions.smooth(1),
    SMALL, _long_since_change(_relaxation, "λ₁t"),
)  # fmt: skip
LANGEVIN = (
    CONSTANT,
    FIXED,
    conditions.of_run("λ > 0", _noise),
    WEIGHTED,
    conditions.landscape_stays(),
    conditions.starts_independently(),
)
MANY = conditions.unchecked("N large", "F̄ is that of infinitely many agents; at one N the masses end on few agents")


def _constant_noise(lived: LivedRun) -> bool:
    return lived.dynamics.profile == "constant" and lived.dynamics.lam > 0


def _anneals(lived: LivedRun) -> bool:
    return lived.dynamics.profile == "annealing"


def _gibbs_label(lived: LivedRun) -> str:
    rate = _relaxation(lived)
    return "Gibbs law exp(−F/λ)" + (f", rate {number_words(rate)}" if math.isfinite(rate) else "")


def _eigenvalue_label(lived: LivedRun) -> str:
    return (
        f"F̄ of N → ∞: {number_words(_lowest(lived), 4)}, rate {number_words(_speed(lived))}"
        if math.isfinite(_lowest(lived))
        else "F̄ of N → ∞"
    )


def _accuracy_label(lived: LivedRun) -> str:
    return f"F* + ε, ε = {number_words(_gap(lived), 2)}" if math.isfinite(_gap(lived)) else "F* + ε"


HERE = ("tests/theory/test_ssa_langevin.py",)

register(
    SSA,
    Claim(
        name="ssa-gibbs",
        source="002 §1.1, eq. 4.3",
        statement="With constant noise λ the positions are those of Langevin Monte Carlo: their law tends to exp(−F/λ)/Z as t → ∞.",
        hypotheses=GIBBS,
        label=_gibbs_label,
        fits=_constant_noise,
        density=_density(lambda lived: float(lived.dynamics.lam)),
        statistic=_spread,
        predicted=_variance,
        quantity="V/(N − 1)",
        remark="Where F does not grow, as Ackley's, there is no such law without walls: the swarm spreads for ever.",
        evidence="Double well, λ = 0.5, N = 20,000: the share of the deeper well agrees within its error. Ackley, λ = 10, no "
        "boundary: the variance is 172 at t = 15 and grows.",
        tests=HERE,
    ),
    Claim(
        name="ssa-eigenvalue",
        source="002 eq. 4.4, by Feynman–Kac",
        statement="With constant noise F̄ of infinitely many agents tends to E₀, the lowest eigenvalue of w ↦ −λΔw − ∇·(w∇F) + Fw; E₀ > F*.",
        hypotheses=(
            *LANGEVIN,
            Hypothesis("no walls that hold agents", _stationary_at_walls),
            conditions.smooth(1),
            SMALL,
            MANY,
            conditions.long_enough(_speed, "(E₁ − E₀)t"),
        ),
        label=_eigenvalue_label,
        exact=True,
        fits=lambda lived: _constant_noise(lived) and lived.d == 1,
        observable="provisional_minimum",
        curve=_flat(_lowest),
        statistic=_level,
        predicted=_lowest,
        quantity="F̄",
        remark="It is the exact gap of Theorem 4.2; on a sphere d(√(1 + λ) − 1).",
        evidence="d = 1, 20 runs: sphere, λ = 1, N = 1000, t = 4: 0.416 ± 0.005, E₀ = 0.4142; double well, λ = 0.5, N = 2000, t = 8: "
        "0.0002 ± 0.0025, E₀ = −0.0008; at t = 20 −0.0069 ± 0.0022.",
        tests=HERE,
    ),
    Claim(
        name="ssa-accuracy",
        source="002 Thm 4.2, appendix A.2",
        statement="With constant noise F̄ of the mean field never falls below min(F* + ε, F̄_0), ε > 0: failure in accuracy.",
        hypotheses=(
            *LANGEVIN,
            conditions.no_walls(),
            conditions.one_minimiser(),
            Hypothesis("F and ∇F bounded and Lipschitz (Assumption 2.1)", _bounded),
            conditions.of_run("ΔF ≥ ξd > 0 near x*", _convex),
            conditions.unchecked("N large", "F̄ is that of infinitely many agents"),
        ),
        label=_accuracy_label,
        fits=_constant_noise,
        observable="provisional_minimum",
        curve=_flat(_least_level),
        relation="≥",
        statistic=_level,
        predicted=_least_level,
        quantity="F̄",
        remark="The exact gap is E₀ − F*; the ε of the proof is far smaller. With few agents F̄ can fall below it.",
        evidence="Double well, λ = 0.5: ε = 0.0084, E₀ − F* = 0.305.",
        tests=HERE,
    ),
    Claim(
        name="ssa-annealing-gibbs",
        source="002 §1.3",
        statement="Under a temperature that falls slowly the law of the positions is nearly Gibbs' law at T(t).",
        hypotheses=(
            _acts_now("profile", ("annealing",), "one temperature for all"),
            INTEGRABLE,
            AT_WALLS,
            conditions.smooth(1),
            SMALL,
            conditions.of_run("T falls slowly (|Ṫ|/T ≤ λ₁/5)", _slow),
            LATE,
        ),
        label=lambda lived: f"Gibbs law at T = {number_words(_temperature(lived))}",
        fits=lambda lived: _anneals(lived) and _temperature(lived) > 0,
        density=_density(_temperature),
        remark="Below the depth over log t a well is not left any more, and the law stays behind.",
        tests=HERE,
    ),
    Claim(
        name="ssa-annealing",
        source="002 §1.3 (refs. 7, 11–13, 19)",
        statement="Annealing with T = c/log t ends at the global minimum in probability when c is at least the critical depth.",
        hypotheses=(
            _acts_now("profile", ("annealing",), "one temperature for all"),
            conditions.of_run("T = c/log(t₀ + t)", _logarithmic),
            conditions.of_run("c ≥ critical depth", _deep_enough),
            INTEGRABLE,
            conditions.smooth(1),
            LATE,
        ),
        label="depth criterion",
        fits=_anneals,
        relation="≥",
        statistic=lambda lived: (
            float(lived.dynamics.temperature.c) if isinstance(lived.dynamics.temperature, Logarithmic) else math.nan
        ),
        predicted=lambda lived: critical_depth(lived.landscape) if lived.d == 1 else math.nan,
        about="run",
        quantity="c",
        remark="The depth is the highest climb out of a local minimum to a lower place, in the box; no run reaches the limit.",
        tests=HERE,
    ),
)
