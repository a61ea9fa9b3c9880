r"""Theory of the kinetic BGK swarm (003, and what holds for its particles): its limits, its second moments, the law of a jump.

The convergence of 003 §3 and §4 is in :mod:`swarmviz.theory.bgk_convergence`. With V = Σ|X − X̄|², Δ = Δt, and p, κ, Λ and S of
:mod:`swarmviz.dynamics.bgk`:

    ν_j → ∞:  dX/dt = λ(ν − X), so V decays at the rate 2λ                                        (1)  003 eq. 2.16
    ε → 0:    dV/dt = −2λV + σ²(V + N|X̄ − ν|²) in the mean                                        (2)  003 eq. 2.13
    the same with σ_c = S √(Δ (2 − p)/p) for σ, in steps of Δ, at finite N:
    E[V⁺|X] = (1 − λΔ)² V + σ_c²Δ (1 − 1/N) (V + N|X̄ − ν|²)                                       (3)  exact for p = 1

(2) is the second moment of the equation of CBO to which the density tends; the rate 2λ − σ² that one may read into it is that of a swarm
whose consensus is its mean. With (5.3) and p → 1, σ_c is σ̃, as 003 wants it. For Δ → 0 first it is σ√(2/ν_j), not the σ of (2): 003 takes
the variance σ²/2 for its Maxwellian (2.10), but σ² in its algorithm, and drops 1/ν_j. σ_c² is the sum of the correlations of a velocity
that lasts 1/p steps.

    E(x², xv, v²)⁺ = M E(x², xv, v²) for x = X − ν in one coordinate, as long as ν rests           (4)  exact for unit variance, σ₀ = 0
    V⁺ ~ law of Λ(ν − x) + S (σ₀ + |ν − x|) ξ for an agent at x that jumps                          (5)  003 eq. 3.1: the Maxwellian

The spectral radius of M is the growth of the mean square near consensus. At the parameters of 003 §5 it exceeds 1: agents gather
almost surely, but the mean of x² is carried by rare excursions, and it is the walls of the box that bound it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.dynamics.bgk import BGK
from swarmviz.schedules import values_of
from swarmviz.theory import bgk_convergence, conditions
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.moments import expected_dispersion, moments_along
from swarmviz.theory.registry import VelocityLaw, about_to_step, velocity_law_of
from swarmviz.theory.thresholds import Threshold, register_thresholds
from swarmviz.theory.wording import number_words, parameter_words

SMALL = 0.05  # what is neglected beside 1


def fluid_position(x0, nu, lam: float, t):
    """(1) for a consensus point at rest."""
    return nu + (x0 - nu) * np.exp(-lam * np.asarray(t))


def diffusion_sigma(shake, probability: float, dt: float):
    """σ_c of (3): the strength of the CBO that has the diffusivity of these flights."""
    return shake * math.sqrt(dt * (2 - probability) / probability) if probability > 0 else np.inf * shake


def moment_matrix(coefficients, dt: float) -> np.ndarray:
    """M of (4), shape (…, 3, 3), for the coefficients (p, κ, Λ, S) of a step, numbers or arrays (…)."""
    p, keep, pull, shake = np.broadcast_arrays(*map(np.asarray, coefficients))
    stay, jump = 1 - p, np.zeros((*p.shape, 3, 3))
    jump[..., 0, 0] = 1
    jump[..., 1, 0], jump[..., 1, 1] = -p * pull, stay + p * keep
    jump[..., 2, 0], jump[..., 2, 1] = p * (pull**2 + shake**2), -2 * p * keep * pull
    jump[..., 2, 2] = stay + p * keep**2
    return np.array([[1, 2 * dt, dt**2], [0, 1, dt], [0, 0, 1]]) @ jump


def mean_matrix(coefficients, dt: float) -> np.ndarray:
    """The same for E(x, v), shape (2, 2)."""
    p, keep, pull, _ = coefficients
    return np.array([[1, dt], [0, 1]]) @ np.array([[1, 0], [-p * pull, 1 - p + p * keep]])


def mean_square_rate(coefficients: tuple[float, float, float, float], dt: float) -> float:
    """Exact rate at which the mean square decays about a consensus point at rest, −log of the spectral radius of M per time."""
    return -math.log(np.abs(np.linalg.eigvals(moment_matrix(coefficients, dt))).max()) / dt


@velocity_law_of(BGK)
def maxwellian(simulation) -> VelocityLaw | None:
    """(5) for the coming step; None for velocities that only change a little, which are not drawn anew."""
    change, frame = about_to_step(simulation).stretches[-1].change, simulation.frame
    dynamics: Any = change.dynamics
    if dynamics.form == "inertial":
        return None
    sigma = float(values_of(dynamics, "sigma", np.array([frame.t]))[0])
    _, _, pull, shake = dynamics.coefficients(sigma)
    nu, floor = frame.focus.copy(), dynamics.unit(change.landscape, frame.d) * dynamics.sigma_floor
    applies = dynamics.noise in conditions.UNIT_VARIANCE
    title = "jump: mean ± s.d." if applies else "jump: centre ± scale"
    reason = (
        "holds for every agent that jumps"
        if applies
        else "the noise has no variance of 1: the band is its scale, not a deviation"
    )
    return VelocityLaw(
        title, "003 eq. 3.1", lambda X: pull * (nu - X), lambda X: shake * (floor + np.abs(nu - X)), applies, reason
    )


# ---- the claims, held against a run as it was lived -----------------------------------------------------------------------------


def _coefficients(s: Stretch):
    """(p, κ, Λ, S) on the intervals of a stretch, S an array (M,)."""
    return s.change.dynamics.coefficients(s.values("sigma"))


def _diffusion_margin(s: Stretch, lived: LivedRun) -> np.ndarray:
    """2λ − σ_c²: positive where the CBO that diffuses as the flights do contracts in mean square."""
    p, _, _, shake = _coefficients(s)
    return 2 * s.values("lam") - diffusion_sigma(shake, p, s.dt) ** 2


def _spread(s: Stretch, lived: LivedRun) -> np.ndarray:
    """1 + N|X̄ − ν|²/V at the beginning of the intervals of a stretch."""
    V, offset = lived.record["dispersion"], lived.record["consensus_offset"]
    at = np.searchsorted(lived.k, s.start, side="right") - 1
    return 1 + lived.n * np.divide(offset[at], V[at], out=np.zeros(len(at)), where=V[at] > 0)


def _printed_sigma(s: Stretch) -> np.ndarray:
    """The σ of (2): the parameter itself, or σ̃ of (5.3)."""
    return s.values("sigma")


def _exponent(s: Stretch, lived: LivedRun) -> np.ndarray:
    """What (2) adds to log V per step."""
    return s.dt * (_printed_sigma(s) ** 2 * _spread(s, lived) - 2 * s.values("lam"))


def _log_factor(s: Stretch, lived: LivedRun) -> np.ndarray:
    """What (3) adds to it."""
    p, _, _, shake = _coefficients(s)
    sigma = diffusion_sigma(shake, p, s.dt)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        grown = sigma**2 * s.dt * (1 - 1 / lived.n) * _spread(s, lived)
        return np.log((1 - s.values("lam") * s.dt) ** 2 + grown)


def _from_start(lived: LivedRun, exponent: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return lived.record["dispersion"][0] * np.exp(exponent)


def _fluid_curve(lived: LivedRun) -> np.ndarray:
    return _from_start(lived, -2 * lived.integral(lambda s: s.values("lam")))


def _diffusion_curve(lived: LivedRun) -> np.ndarray:
    return _from_start(lived, lived.total(lambda s: _exponent(s, lived)))


def _scheme_curve(lived: LivedRun) -> np.ndarray:
    return _from_start(lived, lived.total(lambda s: _log_factor(s, lived)))


def _resting_curve(lived: LivedRun) -> np.ndarray:
    v, vv = _initial_moments(lived)
    square = moments_along(lived, lambda s: _matrices(s, moment_matrix), np.array([1.0, v, vv]))
    mean = moments_along(lived, lambda s: _matrices(s, mean_matrix), np.array([1.0, v]))
    return expected_dispersion(lived, mean[:, 0], square[:, 0])


def _initial_moments(lived: LivedRun) -> tuple[float, float]:
    """E v and E v² of an agent at distance 1 from ν at the start: of one at rest, or of one that has just jumped (5)."""
    if conditions.initial_velocity(lived) != "maxwellian":
        return 0.0, 0.0
    first = lived.journal[0].dynamics
    sigma = float(values_of(first, "sigma", np.zeros(1))[0])
    shake = sigma if first.form == "inertial" else float(first.coefficients(sigma)[3])
    return -float(first.lam), float(first.lam) ** 2 + shake**2


def _start_is_known(lived: LivedRun) -> tuple[bool, str]:
    law, first = conditions.initial_velocity(lived), lived.journal[0].dynamics
    known = law == "zero" or (law == "maxwellian" and not first.sigma_floor and first.noise in conditions.UNIT_VARIANCE)
    return known, "V₀ = 0" if law == "zero" else "; ".join(
        (
            parameter_words(first, "initial_velocity"),
            f"σ₀ = {number_words(first.sigma_floor, 6)}",
            parameter_words(first, "noise"),
        )
    )


def _matrices(s: Stretch, of) -> np.ndarray:
    found = of(_coefficients(s), s.dt)
    return np.broadcast_to(found, (len(s.start), *found.shape[-2:]))


def _over(curve):
    """V over the curve at the last step."""

    def statistic(lived: LivedRun) -> float:
        claimed = lived.curve(curve)[-1]
        return float(lived.record["dispersion"][-1] / claimed) if claimed > 0 else math.nan

    return statistic


def _one(lived: LivedRun) -> float:
    return 1.0


def _memory(s: Stretch, lived: LivedRun) -> np.ndarray:
    """How long a velocity outlives its step, in units of the time in which positions change."""
    p, _, _, shake = _coefficients(s)
    if p <= 0:
        return np.full(s.start.shape, np.inf)
    return (1 - p) / p * s.dt * np.maximum(s.values("lam"), diffusion_sigma(shake, p, s.dt) ** 2)


def _scheme_agrees(lived: LivedRun) -> tuple[bool, str]:
    """Whether N, Δt and the strength of the noise are such that (3) is (2), up to the present step."""
    with np.errstate(invalid="ignore", over="ignore"):
        gap = float(lived.total(lambda s: np.abs(_log_factor(s, lived) - _exponent(s, lived)))[-1])
    return gap <= SMALL, f"the exponents differ by {number_words(gap, 2)} so far"


def _motion(lived: LivedRun) -> float:
    """How far ν moved at most in a recorded step, in half widths."""
    return float(lived.record["move"][1:].max(initial=0.0))


def _resting_label(lived: LivedRun) -> str:
    s = lived.stretches[-1]
    p, keep, pull, shake = _coefficients(s)
    rate = mean_square_rate((p, keep, pull, float(np.ravel(shake)[-1])), s.dt)
    return f"about a resting ν, in the end at rate {number_words(rate)}"


UNIT = conditions.unit_variance()
NO_FLOOR = conditions.chosen("sigma_floor", (0.0,), "σ₀ = 0")
FREE = (conditions.no_walls(), conditions.not_stalled())
HERE = ("tests/theory/test_bgk.py",)

register(
    BGK,
    *bgk_convergence.CLAIMS,
    Claim(
        name="bgk-fluid",
        source="003 eq. 2.16",
        statement="For ν_j → ∞ and Δt → 0 every agent follows dX/dt = λ(ν − X), so that V decays at the rate 2λ, wherever ν goes.",
        hypotheses=(
            *FREE,
            UNIT,
            NO_FLOOR,
            conditions.positive("every agent jumps (p ≥ 0.95)", lambda s, _: _coefficients(s)[0] - 1 + SMALL + 1e-12, "p − 0.95"),
            conditions.positive(
                "the noise vanishes: S²Δt(1 + N|X̄ − ν|²/V) ≤ 0.05λ",
                lambda s, lived: SMALL * s.values("lam") - _coefficients(s)[3] ** 2 * s.dt * _spread(s, lived) + 1e-12,
                "0.05λ − S²Δt(1 + N|X̄ − ν|²/V)",
            ),
            conditions.positive("Δt small (λΔt ≤ 0.05)", lambda s, _: SMALL - s.values("lam") * s.dt + 1e-12, "0.05 − λΔt"),
        ),
        label=lambda lived: f"fluid limit, rate {number_words(2 * lived.dynamics.lam)}",
        fits=lambda lived: lived.dynamics.form == "limit",
        observable="dispersion",
        curve=_fluid_curve,
        quantity="V/V₀",
        multiplicative=True,
        remark="Two agents approach each other at the rate λ whatever ν does; a step of Euler decays by 1 − λΔt.",
        evidence="Without noise the error at t = 2 halves with Δt (ratio 2 within 5%); with noise the variance of a position does.",
        tests=HERE,
    ),
    Claim(
        name="bgk-limit-step",
        source="one-step identity",
        statement="Where all agents jump at every step, V over the product of E[V⁺|X]/V is a martingale with mean 1, at any N.",
        hypotheses=(
            *FREE, conditions.chosen("form", ("limit",), "every agent jumps at every step"), UNIT, NO_FLOOR, conditions.all_recorded()
        ),
        label="finite-N identity for the mean",
        short="identity (mean)",
        exact=True,
        fits=lambda lived: lived.dynamics.form == "limit",
        observable="dispersion",
        curve=_scheme_curve,
        statistic=_over(_scheme_curve),
        predicted=_one,
        quantity="V over the line",
        multiplicative=True,
        remark="A single run falls below it in the course of time: rare excursions carry the mean.",
        evidence="The mean of V over the line after 15 steps is 1 within 4 standard errors (400 runs).",
        tests=HERE,
    ),
    Claim(
        name="bgk-cbo-limit",
        source="003 eq. 2.13",
        statement="For ε → 0 the density follows the equation of CBO, of which dV/dt = −2λV + σ²(V + N|X̄ − ν|²) is the second moment.",
        hypotheses=(
            *FREE,
            conditions.chosen("noise", ("gaussian",), "Gaussian noise"),
            NO_FLOOR,
            conditions.positive(
                "ε small: a velocity is forgotten long before positions change",
                lambda s, lived: SMALL - _memory(s, lived),
                "0.05 − (1 − p)/p Δt max(λ, σ_c²)",
            ),
            conditions.of_run("N large, Δt small, and the noise of the flights that of the equation", _scheme_agrees),
            conditions.all_recorded(),
        ),
        label="CBO limit, with the recorded |X̄ − ν|²",
        fits=lambda lived: lived.dynamics.form == "jumps",
        observable="dispersion",
        curve=_diffusion_curve,
        statistic=_over(_diffusion_curve),
        predicted=_one,
        quantity="V over the line",
        multiplicative=True,
        remark="The flights diffuse as a CBO of strength σ_c = S√(Δt(2 − p)/p): σ̃ with (5.3), but σ√(2/ν_j) for Δt → 0 without it, not σ.",
        evidence="From [1, 5]² with ε = 0.02, (5.3) and σ̃ = 0.7: the mean of V over the line after 15 steps is 1 within 3 standard errors "
        "(400 runs), where e^(−(2λ − σ̃²)t) is exceeded by more than 8.",
        tests=HERE,
    ),
    Claim(
        name="bgk-flights",
        source="sum of the correlations of a velocity",
        drawn=False,
        statement="Flights that are soon forgotten move V as Euler steps of a CBO of strength σ_c = S√(Δt(2 − p)/p) do.",
        hypotheses=(
            *FREE, UNIT, NO_FLOOR,
            conditions.positive(
                "a velocity is forgotten long before positions change",
                lambda s, lived: SMALL - _memory(s, lived),
                "0.05 − (1 − p)/p Δt max(λ, σ_c²)",
            ),
            conditions.all_recorded(),
        ),
        label="CBO that diffuses as the flights do",
        short="CBO, same diffusion",
        fits=lambda lived: lived.dynamics.form == "jumps",
        observable="dispersion",
        curve=_scheme_curve,
        statistic=_over(_scheme_curve),
        predicted=_one,
        quantity="V over the line",
        multiplicative=True,
        evidence="The variance of a position without drift grows by σ_c²t within 4 standard errors at ε = 1, 0.25 and 0.1 (4000 agents).",
        tests=HERE,
    ),
    Claim(
        name="bgk-second-moments",
        source="second moments",
        statement="Around a consensus point at rest E V is a fixed combination of powers of a 3 × 3 matrix of p, κ, Λ, S and Δt.",
        hypotheses=(
            *FREE,
            UNIT,
            NO_FLOOR,
            conditions.rests("ν rests", _motion),
            conditions.of_run("velocities start from 0, or as after a jump with σ₀ = 0 and variance 1", _start_is_known),
        ),
        label=_resting_label,
        exact=True,
        observable="dispersion",
        curve=_resting_curve,
        quantity="V/V₀",
        multiplicative=True,
        remark="Rare excursions carry the mean: at the parameters of 003 §5 it grows, while almost every agent comes nearer.",
        evidence="40 000 agents, five settings of all three forms, 15 steps: E x² within 4 standard errors of the matrix; from "
        "Maxwellian velocities the mean of V over 400 runs agrees.",
        tests=HERE,
    ),
)  # fmt: skip

register_thresholds(
    BGK,
    Threshold(
        "2λ = σ_c²",
        _diffusion_margin,
        "bgk-flights",
        lambda lived: lived.dynamics.form in ("jumps", "limit"),
        "Where σ_c = S√(Δt(2 − p)/p) is the strength of the CBO that has the diffusivity of the flights: beyond the line that CBO does not "
        "contract in mean square.",
    ),
)
