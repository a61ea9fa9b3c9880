r"""Convergence of the kinetic BGK swarm: 003 §3 (many agents) and §4 (decay towards a unique minimiser x*).

For 𝒳 = E|x − x*|, 𝒱 = E|v − λ(x* − x)|, H = γ𝒳 + 𝒱 and Δ = Δt; σ and ν_j stand for σ/ε and ν_j/ε² where ε ≠ 1:

    H_{k+1} ≤ (1 − AΔ) H_k + BΔ (σ₀ + |ν − x*|),  B = 2ν_j(λ + σ√d)                               (1)  003 eq. 4.7
    A = min(λ − λ²/γ − 2ν_jσ√d/γ,  ν_j/2 − γ − λ)                                                 (2)  003 Prop. 4.3, see below
    H_k ≤ e^{−AkΔ/2} H_0 until H ≤ ε, at the latest at T* = (2/A) log(2H_0/ε), for large α         (3)  003 Thm 4.1, eq. 4.3
    ε ≥ 2Bσ₀/A is the accuracy that σ₀ allows                                                     (4)  003, proof of Thm 4.1
    |ν − x*| ≤ √d (c_p(q + F_r))^{1/p} + √d e^{−αq}/ρ(B_r) ∫|x − x*|dρ, for any q, r > 0           (5)  003 eq. 4.5
    ρ_k(B_r) ≥ δ^k ρ_0(B_r),  δ = (1 − e^{−ν_jΔ}) δ̃^d,                                           (6)  003 Lemma 4.1, Prop. 4.2
    δ̃ = least (2R/√(2π)c) e^{−(λ²D² + R²)/2c²} for σσ₀ ≤ c ≤ σ(σ₀ + D), R = λr, D: side of the box
    E[H⁺ | swarm] ≤ (γ(1 − λΔ) + λ²Δ) 𝒳
                    + (1 + (γ + λ)Δ) ((1 − p) 𝒱 + p ((λ + S)|ν − x*| + S (σ₀√d + 𝒳)))              (7)  one step, any N

Slips of 003 are mended here. Its proof drops a factor 2 in (2), by its own bound 1 + (γ + λ)Δ ≤ 2; the interval that it prints for γ,
[4ν_jσ√d/λ + 2λ, ν_j − 2λ], does not make the second part of (2) positive, which takes γ < ν_j/2 − λ; it swaps the two probabilities of a
jump on the way, (7) has them right. (5): it writes c_p where its assumption gives c_p^{1/p}, and takes F_r over the Euclidean ball, but
the mass in the cube, whose F is what counts. (6): Lemma 4.1 drops the width 2r of the interval, takes Δt for 1 − e^{−ν_jΔt}, and iterates
a bound about X_k with one about X_{k−1}; Prop. 4.2 takes a ball of radius r for velocities where λr is needed. A fresh jump towards x* has
the probability δ from any place, and that is all that (6) needs; so nothing of it depends on the velocities at the start.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.landscapes import Rastrigin, Sphere, WideRastrigin
from swarmviz.landscapes.base import Landscape
from swarmviz.schedules import values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, Finding, Hypothesis
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.wording import number_words

NEAR = 0.25  # of a half width: the r of (6), which 003 §5 counts as found
RADII = 64  # of (5), and as many q


def decay_constants(lam, sigma, jump_rate, gamma, d: int):
    """A and B of (1, 2), of numbers or arrays; A ≤ 0 promises nothing."""
    noise = sigma * math.sqrt(d)
    A = np.minimum(lam - lam**2 / gamma - 2 * jump_rate * noise / gamma, jump_rate / 2 - gamma - lam)
    return A, 2 * jump_rate * (lam + noise)


def decay_bound(H0: float, A: float, t):
    """(3) at times ``t``."""
    return H0 * np.exp(-A * np.asarray(t) / 2)


def expected_functional_bound(
    position_error, velocity_error, offset, lam, shake, sigma_floor, probability, gamma, d: int, dt
):
    """The right side of (7) from 𝒳, 𝒱 and offset = |ν − x*|; any N, noise of unit variance, λΔt ≤ 1, with or without projection."""
    jumping = (lam + shake) * offset + shake * (sigma_floor * math.sqrt(d) + position_error)
    halfway = (1 - probability) * velocity_error + probability * jumping
    return (gamma * (1 - lam * dt) + lam**2 * dt) * position_error + (1 + (gamma + lam) * dt) * halfway


class Growth(NamedTuple):
    """Bounds of F − F(x*) for all x: at least a|x − x*|², at most ar² + b sin²(πr) per coordinate in the cube of half width r ≤ ½.

    So c_p = 1/a and p = 2 in 003 eq. 4.2, ‖x − x*‖∞^p ≤ c_p (F(x) − F(x*)).
    """

    a: float
    b: float

    def highest(self, r, d: int):
        """At least the maximum of F − F(x*) in the cube of half width ``r``."""
        return d * (self.a * np.square(r) + self.b * np.sin(np.pi * np.minimum(r, 0.5)) ** 2)


# 10 − 10 cos 2πx = 20 sin² πx
GROWTH = {Sphere: Growth(1.0, 0.0), Rastrigin: Growth(1.0, 20.0), WideRastrigin: Growth(2.0, 20.0)}


def growth(landscape: Landscape) -> Growth | None:
    """How F grows away from its minimiser, where it is known."""
    return GROWTH.get(type(landscape))


def laplace_bound(landscape: Landscape, x: np.ndarray, alpha: float) -> float:
    """The least right side of (5) for the law of points (N, d) over some r and q; NaN where it is not known how F grows."""
    known, d = growth(landscape), x.shape[1]
    if known is None:
        return math.nan
    away = x - landscape.minimisers(d)[0]
    far = np.sort(np.abs(away).max(axis=1))
    r = far[np.unique(np.geomspace(1, len(far), RADII).astype(int)) - 1]
    mass = np.searchsorted(far, r, side="right") / len(far)
    q = np.geomspace(1e-3, 1e3, RADII)[:, None] * math.log1p(len(far)) / alpha
    near = np.sqrt((q + known.highest(r, d)) / known.a)
    outside = np.exp(-alpha * q) / mass * np.linalg.norm(away, axis=1).mean()
    return float((math.sqrt(d) * (near + outside)).min())


def log_hit(radius, lam, sigma, sigma_floor, side) -> float:
    """log δ̃ of (6): that one coordinate of a fresh velocity lies within λr of λ(x* − x), whatever x, ν and which of the ``sigma``."""
    R, ends = lam * radius, np.array([np.min(sigma) * sigma_floor, np.max(sigma) * (sigma_floor + side)])
    if R <= 0 or ends[0] <= 0:
        return -math.inf
    logs = np.log(2 * R / (math.sqrt(2 * math.pi) * ends)) - ((lam * side) ** 2 + R**2) / (2 * ends**2)
    return min(float(logs.min()), 0.0)


# ---- the run as it was lived ----------------------------------------------------------------------------------------------------


def _constants(s: Stretch, lived: LivedRun):
    """A and B of (1, 2) on the intervals of a stretch."""
    dynamics = s.change.dynamics
    shake = dynamics.coefficients(s.values("sigma"))[3]
    rate = dynamics.jump_rate / dynamics.epsilon**2
    return decay_constants(dynamics.lam, shake, rate, dynamics.gamma, lived.d)


def _rate(s: Stretch) -> float:
    return s.change.dynamics.jump_rate / s.change.dynamics.epsilon**2


def accuracy(lived: LivedRun) -> float:
    """The least ε of (4) with the parameters that acted last; NaN where A ≤ 0."""
    A, B = (float(np.ravel(x)[-1]) for x in _constants(lived.stretches[-1], lived))
    return 2 * B * lived.dynamics.sigma_floor / A if A > 0 else math.nan


def _decay_curve(lived: LivedRun) -> np.ndarray:
    with np.errstate(over="ignore"):
        bound = lived.record["functional"][0] * np.exp(-lived.integral(lambda s: _constants(s, lived)[0] / 2))
    return np.fmax(bound, accuracy(lived))


def _reached(lived: LivedRun) -> int:
    """The place in the record at which H is at most ε for the first time, else its length."""
    low = lived.record["functional"] <= accuracy(lived)
    return int(np.argmax(low)) if low.any() else len(low)


def _over_bound(lived: LivedRun) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (lived.record["functional"] / _decay_curve(lived))[: _reached(lived)]
    return float(ratio.max()) if len(ratio) else math.nan


def horizon(lived: LivedRun) -> float:
    """T* of (3) for the accuracy (4); NaN where A ≤ 0 or σ₀ = 0."""
    epsilon = accuracy(lived)
    if not epsilon > 0:
        return math.nan
    A = float(np.ravel(_constants(lived.stretches[-1], lived)[0])[-1])
    return max(0.0, 2 / A * math.log(2 * float(lived.record["functional"][0]) / epsilon))


def _arrival(lived: LivedRun) -> float:
    """When H was at most ε for the first time; the present time where it never was, once T* has passed."""
    place = _reached(lived)
    if place < len(lived.t):
        return float(lived.t[place] - lived.t[0])
    passed = float(lived.t[-1] - lived.t[0])
    return passed if passed > horizon(lived) else math.nan


def _step_curve(lived: LivedRun) -> np.ndarray:
    """(1) applied step by step with the recorded distance of ν; the Euclidean norm is at most √d times that."""
    if lived.last == 0:
        return np.full(len(lived.k), float(lived.record["functional"][0]))
    bound, ends = [float(lived.record["functional"][0])], [np.array([0])]
    with np.errstate(over="ignore", invalid="ignore"):
        for s in lived.stretches:
            A, B = (np.broadcast_to(x, s.start.shape) for x in _constants(s, lived))
            before = np.searchsorted(lived.k, s.start, side="right") - 1
            off = math.sqrt(lived.d) * lived.record["error" if s.change.dynamics.rescaled else "distance"][before]
            factor = (1 - A * s.dt) ** s.steps
            rise = B * s.dt * s.steps * (s.change.dynamics.sigma_floor + off)
            for f, g in zip(factor.tolist(), rise.tolist(), strict=True):
                bound.append(f * bound[-1] + g)
            ends.append(s.start + s.steps)
    return np.array(bound)[np.searchsorted(np.concatenate(ends), lived.k, side="right") - 1]


def _target(lived: LivedRun) -> np.ndarray | None:
    known = lived.landscape.minimisers(lived.d)
    return known[0] if len(known) == 1 else None


def _formed(lived: LivedRun):
    """The agents of the last step, the change that ν was formed with, and the one known minimiser; None where there are none."""
    if lived.frame is None:
        return None
    frame = lived.frame()
    change = lived.seen_with(frame)
    known = change.landscape.minimisers(lived.d)
    return (frame, change, known[0]) if len(known) == 1 else None


def _consensus_error(lived: LivedRun) -> float:
    """|ν − x*| at the last step; not a number where there is none."""
    if (formed := _formed(lived)) is None:
        return math.nan
    frame, _, minimiser = formed
    return float(np.linalg.norm(frame.focus - minimiser))


def _laplace(lived: LivedRun) -> float:
    """The bound of |ν − x*| at the last step; not a number where there is none."""
    if (formed := _formed(lived)) is None:
        return math.nan
    frame, change, _ = formed
    alpha = float(values_of(change.dynamics, "alpha", np.array([frame.t]))[0])
    return laplace_bound(change.landscape, frame.x, alpha)


def _side(dynamics, lived: LivedRun) -> float:
    """The longest side of the box, in the unit of H."""
    low, high = lived.landscape.limits(lived.d)
    return float(((high - low) / dynamics.unit(lived.landscape, lived.d)).max())


def _log_jump_mass(lived: LivedRun) -> float:
    """log δ of (6), the least over the steps so far."""
    logs = []
    for s in lived.stretches:
        dynamics = s.change.dynamics
        side = _side(dynamics, lived)
        radius = NEAR * side / 2
        p, _, pull, shake = dynamics.coefficients(s.values("sigma"))
        hit = log_hit(radius, pull, shake, dynamics.sigma_floor, side)
        logs.append(math.log(p) + lived.d * hit if p > 0 else -math.inf)
    return min(logs)


def _log_least_mass(lived: LivedRun) -> float:
    """log₁₀ of the right side of (6) at the present step, for a start on the box."""
    target = _target(lived)
    if target is None or conditions.starts_everywhere().check(lived).state != "holds":
        return math.nan
    low, high = lived.landscape.limits(lived.d)
    r = NEAR * (high - low) / 2
    share = np.clip(np.minimum(high, target + r) - np.maximum(low, target - r), 0, None) / (high - low)
    steps = lived.last if lived.frame is None else lived.frame().k  # not every step may be recorded
    return (steps * _log_jump_mass(lived) if steps else 0.0) / math.log(10) + float(np.log10(share).sum())


def _log_mass(lived: LivedRun) -> float:
    target = _target(lived)
    if lived.frame is None or target is None:
        return math.nan
    low, high = lived.landscape.limits(lived.d)
    share = float((np.abs((lived.frame().x - target) / ((high - low) / 2)).max(axis=1) <= NEAR).mean())
    return math.log10(share) if share > 0 else math.nan


# ---- hypotheses -------------------------------------------------------------------------------------------------------------


def _start_of_velocities(lived: LivedRun) -> Finding:
    law, first = conditions.initial_velocity(lived), lived.journal[0].dynamics
    if law == "gaussian":
        return Finding("holds", "V₀ is Gaussian")
    if law == "maxwellian":
        shaken = first.sigma_floor > 0 and float(values_of(first, "sigma", np.zeros(1))[0]) > 0
        whole = shaken and first.noise != "uniform"
        return Finding(
            "holds" if whole else "fails",
            "V₀ is drawn from the Maxwellian, with "
            + ("σσ₀ > 0 and unbounded noise" if whole else "bounded noise" if shaken else "σσ₀ = 0"),
        )
    return Finding(
        "open", "V₀ = 0; the proof takes only P(V₀ ∈ B_r(λ(x* − X₀))) > 0, which a start everywhere in D gives"
    )


def _growth_near_minimiser(lived: LivedRun) -> Finding:
    known = growth(lived.landscape)
    if known is None:
        return Finding("open", f"c_p and p are not known for {lived.landscape.title}")
    return Finding("holds", f"c_p = {number_words(1 / known.a, 6)}, p = 2")


def _growth_far_out(lived: LivedRun) -> Finding:
    title, known = lived.landscape.title, growth(lived.landscape)
    if lived.landscape.confining is False:
        return Finding("fails", f"{title} does not grow as |x|²; F outside the box never acts, though")
    if known is None:
        return Finding("open", f"the constants are not known for {title}")
    factor = "" if known.a == 1 else number_words(known.a, 6)
    return Finding("holds", f"{factor}|x|² ≤ {title} ≤ c(1 + |x|²)")


def _minimiser_inside(lived: LivedRun) -> tuple[bool | None, str]:
    target = _target(lived)
    if target is None:
        return None, "no single minimiser is known"
    low, high = lived.landscape.limits(lived.d)
    inside = bool((target >= low).all() and (target <= high).all())
    return inside, f"the known minimiser lies {'in' if inside else 'outside'} it"


def _same_functional(lived: LivedRun) -> tuple[bool, str]:
    moved = [name for name in ("lam", "gamma", "rescaled") if lived.changes(name)]
    symbols = {"lam": "λ", "gamma": "γ", "rescaled": "its unit"}
    return not moved, f"{', '.join(symbols[name] for name in moved)} changed" if moved else "λ, γ and its unit stay"


def proof_alpha(lived: LivedRun) -> float:
    """log₁₀ of the α that suffices in the proof of (3) for the accuracy (4); NaN where it is not known."""
    known, epsilon, T = growth(lived.landscape), accuracy(lived), horizon(lived)
    if known is None or not epsilon > 0 or not T >= 0:
        return math.nan
    d, dynamics = lived.d, lived.dynamics
    unit = float(np.max(dynamics.unit(lived.landscape, d)))
    A, B = (float(np.ravel(x)[-1]) for x in _constants(lived.stretches[-1], lived))
    # the first term of (5) is at most εA/4B
    q = known.a / 2 * (epsilon * A / (4 * B * math.sqrt(d)) * unit) ** 2
    r = math.sqrt(q / (d * (known.a + known.b * math.pi**2)))  # F_r ≤ q
    side = _side(dynamics, lived)
    p_jump, _, pull, shake = dynamics.coefficients(float(lived.stretches[-1].values("sigma")[-1]))
    log_delta = math.log(p_jump) + d * log_hit(r / unit, pull, shake, dynamics.sigma_floor, side)
    need = math.log(4 * B * math.sqrt(d) / (A * dynamics.gamma)) - T / dynamics.dt * log_delta
    return math.log10(max(need, 1.0)) - math.log10(q)


def _alpha_large(lived: LivedRun) -> Finding:
    need = proof_alpha(lived)
    acts = float(lived.stretches[-1].values("alpha")[-1])
    said = f"the proof takes α ≥ 10^{number_words(need)}" if math.isfinite(need) else "how large is not said"
    return Finding("open", f"{said}; α = {number_words(acts)}")


JUMPS = conditions.chosen("form", ("jumps",), "velocities that jump now and then")
GAUSSIAN = conditions.chosen("noise", ("gaussian",), "Gaussian noise")
PROJECTED = conditions.chosen("boundary", ("clip",), "projection onto the box D, which is compact and convex")
FLOOR = conditions.positive("σ₀ > 0", lambda s, _: s.values("sigma_floor"), "σ₀")
POSITIVE = conditions.positive(
    "λ, σ, ν_j > 0",
    lambda s, _: np.minimum(np.minimum(s.values("lam"), s.values("sigma")), s.values("jump_rate")),
    "the least of them",
)
CONTRACTS = conditions.positive("λΔt ≤ 1", lambda s, _: 1 - s.values("lam") * s.dt + 1e-12, "1 − λΔt")
DECAYS = conditions.positive("A > 0 (frequent jumps with little noise)", lambda s, lived: _constants(s, lived)[0], "A")
INTERVAL = conditions.positive(
    "γ ∈ [4ν_jσ√d/λ + 2λ, ν_j − 2λ], as printed",
    lambda s, lived: np.minimum(
        s.values("gamma") - 2 * s.values("lam") - 4 * _rate(s) * s.change.dynamics.coefficients(s.values("sigma"))[3]
        * math.sqrt(lived.d) / s.values("lam"),
        _rate(s) - 2 * s.values("lam") - s.values("gamma"),
    ) + 1e-12,
    "the distance to its nearer end",
)  # fmt: skip
RESOLVED = conditions.positive(
    "Δt(γ + λ) ≤ 1", lambda s, _: 1 - (s.values("gamma") + s.values("lam")) * s.dt + 1e-12, "1 − Δt(γ + λ)"
)
EXPONENTIAL = conditions.positive(
    "e^(−ν_jΔt) ≤ 1 − ν_jΔt/2",
    lambda s, _: 1 - _rate(s) * s.dt / 2 - math.exp(-_rate(s) * s.dt) + 1e-12,
    "1 − ν_jΔt/2 − e^(−ν_jΔt)",
)
SAME_FUNCTIONAL = conditions.of_run("H the same functional throughout", _same_functional)
INSIDE = conditions.of_run("x* in D", _minimiser_inside)
NEAR_GROWTH = Hypothesis("F grows as a power near x* (Assumption 4.1, eq. 4.2)", _growth_near_minimiser)
MANY = conditions.unchecked("N large", "f_k is the law of infinitely many agents")
SETTING = (
    JUMPS, GAUSSIAN, PROJECTED, conditions.starts_everywhere(),
    Hypothesis("velocities start everywhere in ℝᵈ (supp f₀ = D × ℝᵈ)", _start_of_velocities),
    POSITIVE, FLOOR, conditions.landscape_stays(), conditions.smooth(0), conditions.one_minimiser(), INSIDE, NEAR_GROWTH,
    conditions.all_agents(), conditions.not_stalled(),
)  # fmt: skip
THEOREM = (*SETTING, SAME_FUNCTIONAL, DECAYS, RESOLVED, EXPONENTIAL, MANY, Hypothesis("α large", _alpha_large))
STEP = (
    JUMPS, GAUSSIAN, PROJECTED, conditions.landscape_stays(), conditions.one_minimiser(), INSIDE, SAME_FUNCTIONAL, RESOLVED,
    EXPONENTIAL, conditions.not_stalled(), conditions.all_recorded(),
)  # fmt: skip
CHAOS = (
    JUMPS, GAUSSIAN, PROJECTED, conditions.starts_independently_in_box(), POSITIVE,
    conditions.positive("Δt ≤ 1", lambda s, _: 1 - s.dt + 1e-12, "1 − Δt"),
    conditions.landscape_stays(), conditions.smooth(0),
    Hypothesis("F grows as |x|² far out, and is Lipschitz on bounded sets (Assumption 3.1)", _growth_far_out),
    conditions.all_agents(), conditions.not_stalled(),
)  # fmt: skip


def _decay_label(lived: LivedRun) -> str:
    A = float(np.ravel(_constants(lived.stretches[-1], lived)[0])[-1])
    T = horizon(lived)
    return f"bound, rate A/2 = {number_words(A / 2)}" + (f", T* = {number_words(T)}" if math.isfinite(T) else "")


def _time_label(lived: LivedRun) -> str:
    T = horizon(lived)
    return f"T* = {number_words(T)} for ε = {number_words(accuracy(lived))}" if math.isfinite(T) else "T*"


HERE = ("tests/theory/test_bgk_convergence.py",)
CLAIMS = (
    Claim(
        name="bgk-decay",
        source="003 Thm 4.1",
        statement="H decays at least at the rate A/2 until it is at most ε, for any ε ≥ 2Bσ₀/A, provided that α is large enough.",
        hypotheses=THEOREM,
        label=_decay_label,
        observable="functional",
        curve=_decay_curve,
        about="run",
        relation="≤",
        statistic=_over_bound,
        predicted=lambda lived: 1.0,
        quantity="largest H over the bound until H ≤ ε",
        remark="A is the proof's with its factor 2 restored. The proof goes step by step, so that σ and ν_j may change on the way.",
        evidence="N = 3000, d = 2, Sphere and Ackley, uniform start: H stays below the bound for 400 steps. From [2, 5]² on Rastrigin, "
        "where the support does not hold, H exceeds the bound 74-fold.",
        tests=HERE,
    ),
    Claim(
        name="bgk-time",
        source="003 eq. 4.3–4.4",
        statement="H is at most ε at some time up to T* = (2/A) log(2H₀/ε).",
        hypotheses=THEOREM,
        label=_time_label,
        about="run",
        relation="≤",
        statistic=_arrival,
        predicted=horizon,
        quantity="first time with H ≤ ε = 2Bσ₀/A",
        remark="ε is the least that σ₀ allows.",
        tests=HERE,
    ),
    Claim(
        name="bgk-step",
        source="003 Prop. 4.3, eq. 4.7",
        statement="Every step obeys H⁺ ≤ (1 − AΔt)H + BΔt(σ₀ + |ν − x*|) in the mean.",
        hypotheses=(*STEP, INTERVAL),
        label="bound with the recorded |ν − x*|",
        short="bound with |ν − x*|",
        observable="functional",
        curve=_step_curve,
        relation="≤",
        quantity="H/H₀",
        multiplicative=True,
        remark="With the factor 2 restored in A it holds at any N, α, start and A; |ν − x*| is taken as √d‖ν − x*‖∞. The printed interval "
        "does not make A positive: that takes γ < ν_j/2 − λ.",
        evidence="100 runs with N = 20 and α = 10: E H stays below it.",
        tests=HERE,
    ),
    Claim(
        name="bgk-laplace",
        source="003 Prop. 4.1, eq. 4.5",
        statement="|ν − x*| ≤ √d (c_p(q + F_r))^(1/p) + √d e^(−αq)/ρ(B_r) ∫|x − x*|dρ for any law ρ and any q, r > 0.",
        hypotheses=(conditions.one_minimiser(), conditions.smooth(0), NEAR_GROWTH, conditions.all_agents()),
        label="quantitative Laplace principle",
        about="run",
        relation="≤",
        statistic=_consensus_error,
        predicted=_laplace,
        quantity="|ν − x*|",
        remark="The best q and r of a grid are taken; 003 prints c_p for c_p^(1/p), and F_r over the ball where the proof needs the cube.",
        evidence="Sphere, Rastrigin and the wide Rastrigin function, α = 0.1, 10 and 10⁵, d = 1 and 3: it holds for the swarm itself.",
        tests=HERE,
    ),
    Claim(
        name="bgk-mass",
        source="003 Lemma 4.1, Prop. 4.2",
        statement="The mass within r of x* is at least δ_r^k ρ₀(B_r(x*)) after k steps, with δ_r > 0 of λ, σ, σ₀, d, D and f₀ alone.",
        hypotheses=(*SETTING, CONTRACTS, MANY),
        label="mass near x*",
        about="run",
        relation="≥",
        statistic=_log_mass,
        predicted=_log_least_mass,
        quantity="log₁₀ of the mass within a quarter of a half width of x*",
        remark="δ is that of a fresh jump towards x*; the printed δ_r lacks the width 2r of the interval and the probability of a jump.",
        evidence="At σ₀ = 10⁻⁶, σ = 0.01, λ = 1 the number promised is below 10^(−10¹⁶) after one step: true, and empty.",
        tests=HERE,
    ),
    Claim(
        name="bgk-chaos",
        source="003 Thm 3.1",
        statement="The mean distance of an agent from its copy among infinitely many is at most C e^(CT)/√N up to any time T.",
        hypotheses=CHAOS,
        label="error in N",
        relation="≤",
        predicted=lambda lived: -0.5,
        quantity="slope of log error against log N",
        measured_by="“Error against N” (under Luck)",
        remark="C is not known, and contains e^(α(max F − min F)) (Lemma 3.2); one run has no slope: it takes swarms of several N.",
        evidence="E|ν_N − ν| on Rastrigin, d = 1, α = 1, σ = 0.5, at t = 0.5: slope −0.58 ± 0.03 from N = 50 to 800 (200 runs each).",
        tests=HERE,
    ),
    Claim(
        name="bgk-chaos-law",
        source="003 Cor. 3.1, eq. 3.7",
        statement="E W₁(f^N, f) ≤ C(e^(CT)/√N + ε(N)), where ε(N) = N^(−1/2) log(1 + N) for d = 1 and N^(−1/(2d)) for d > 1.",
        hypotheses=CHAOS,
        label="error of the law in N",
        relation="≤",
        predicted=lambda lived: -0.5 if lived.d == 1 else -1 / (2 * lived.d),
        quantity="slope of log W₁ against log N",
        measured_by="“Error against N” (under Luck)",
        remark="One run has no slope: it takes swarms of several N.",
        tests=HERE,
    ),
)
