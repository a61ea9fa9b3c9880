r"""Theory of the kinetic BGK swarm (003, and what holds for its particles).

Decay towards a unique minimiser x*, for 𝒳 = E|x − x*|, 𝒱 = E|v − λ(x* − x)|, H = γ𝒳 + 𝒱 and Δ = Δt:

    H_{k+1} ≤ (1 − AΔ) H_k + BΔ (σ₀ + |ν − x*|),  B = 2ν_j(λ + σ√d)                               (1)  003 eq. 4.7
    A = min(λ − λ²/γ − 2ν_jσ√d/γ,  ν_j/2 − γ − λ)                                                 (2)  003 Prop. 4.3, see below
    H_k ≤ e^{−AkΔ/2} H_0 until an accuracy is reached, for large α                                (3)  003 Thm 4.1
    E[H⁺ | swarm] ≤ (γ(1 − λΔ) + λ²Δ) 𝒳
                    + (1 + (γ + λ)Δ) ((1 − p) 𝒱 + p ((λ + S)|ν − x*| + S (σ₀√d + 𝒳)))              (4)  one step, any N

003 drops a factor 2 in (2) (its own bound 1 + (γ + λ)Δ ≤ 2), and the interval that it prints for γ, [4ν_jσ√d/λ + 2λ, ν_j − 2λ], does
not make the second part of (2) positive: that takes γ < ν_j/2 − λ. Its proof also swaps the two probabilities of a jump on the way; (4)
has them right.

Limits, with p and S of :mod:`swarmviz.dynamics.bgk`:

    ν_j → ∞:  dX/dt = λ(ν − X), so the dispersion decays at rate 2λ                               (5)  003 eq. 2.16
    ε → 0:    CBO with σ_c = S √(Δ (2 − p)/p), so the dispersion decays at rate 2λ − σ_c²         (6)  003 eq. 2.13

With (5.3) and p → 1, σ_c is σ̃, as 003 wants it. For Δ → 0 first it is σ√(2/ν_j), not the σ of (2.13): 003 takes the variance σ²/2 for its
Maxwellian (2.10), but σ² in its algorithm, and drops 1/ν_j. (6) is the sum of the correlations of a velocity that lasts 1/p steps.

    E(x², xv, v²)⁺ = M E(x², xv, v²) for x = X − ν in one coordinate, as long as ν rests           (7)  exact for unit variance, σ₀ = 0

    V⁺ ~ law of Λ(ν − x) + S (σ₀ + |ν − x|) ξ for an agent at x that jumps                          (8)  003 eq. 3.1: the Maxwellian

The spectral radius of M is the growth of the mean square near consensus. At the parameters of 003 §5 it exceeds 1: agents gather
almost surely, but the mean of x² is carried by rare excursions, and it is the walls of the box that bound it.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.bgk import BGK
from swarmviz.schedules import values_of
from swarmviz.theory.registry import Line, VelocityLaw, lines_of, velocity_law_of

UNIT_VARIANCE = ("gaussian", "uniform")
SMALL = (
    0.05  # how long a velocity may outlive a step, in units of the other time scales, for (6) to be drawn as a claim
)


def decay_constants(lam: float, sigma: float, jump_rate: float, gamma: float, d: int) -> tuple[float, float]:
    """A and B of (1, 2); A ≤ 0 promises nothing."""
    noise = sigma * math.sqrt(d)
    A = min(lam - lam**2 / gamma - 2 * jump_rate * noise / gamma, jump_rate / 2 - gamma - lam)
    return A, 2 * jump_rate * (lam + noise)


def decay_applies(
    lam: float, sigma: float, sigma_floor: float, jump_rate: float, gamma: float, d: int, dt: float
) -> tuple[bool, str]:
    """Whether Theorem 4.1 promises (3) for these parameters (Gaussian noise, projection, unique minimiser, N and α large)."""
    if sigma_floor <= 0:
        return False, "Thm 4.1 needs σ₀ > 0: without noise in the consensus itself the swarm may stop elsewhere"
    A, _ = decay_constants(lam, sigma, jump_rate, gamma, d)
    if A <= 0:
        return False, (
            f"A = {A:.3g} ≤ 0: no decay is promised; it takes γ > λ + 2ν_jσ√d/λ and ν_j > 2(γ + λ), frequent jumps with little noise"
        )
    if (gamma + lam) * dt > 1 or math.exp(-jump_rate * dt) > 1 - jump_rate * dt / 2:
        return False, "Δt is too large: the proof needs Δt(γ + λ) ≤ 1 and e^(−ν_jΔt) ≤ 1 − ν_jΔt/2"
    return True, f"A = {A:.3g} > 0 holds; the promise is for large N and α, down to H ≈ 2Bσ₀/A"


def decay_bound(H0: float, A: float, t):
    """(3) at times ``t``."""
    return H0 * np.exp(-A * np.asarray(t) / 2)


def expected_functional_bound(
    position_error, velocity_error, offset, lam, shake, sigma_floor, probability, gamma, d: int, dt
):
    """The right side of (4) from 𝒳, 𝒱 and offset = |ν − x*|; any N, noise of unit variance, λΔt ≤ 1, with or without projection."""
    jumping = (lam + shake) * offset + shake * (sigma_floor * math.sqrt(d) + position_error)
    halfway = (1 - probability) * velocity_error + probability * jumping
    return (gamma * (1 - lam * dt) + lam**2 * dt) * position_error + (1 + (gamma + lam) * dt) * halfway


def fluid_applies(form: str, probability: float, shake: float, dt: float, noise: str) -> tuple[bool, str]:
    """Whether (5) describes the swarm: every agent jumps, and the noise, of variance S²Δt per time, is small."""
    if form == "inertial" or probability < 1 - SMALL:
        return (
            False,
            f"(2.16) is the limit of ever more frequent jumps; here a share of {probability:.2g} jumps per step",
        )
    if noise not in UNIT_VARIANCE:
        return False, "the noise has no variance of 1: (2.16) takes it for negligible"
    left = shake**2 * dt
    holds = left <= SMALL
    return holds, f"the noise vanishes only for Δt → 0; here S²Δt = {left:.2g}" + (
        "" if holds else ", which is not small"
    )


def fluid_position(x0, nu, lam: float, t):
    """(5) for a consensus point at rest."""
    return nu + (x0 - nu) * np.exp(-lam * np.asarray(t))


def diffusion_sigma(shake: float, probability: float, dt: float) -> float:
    """σ_c of (6): the strength of the CBO that has the diffusivity of these flights."""
    return shake * math.sqrt(dt * (2 - probability) / probability) if probability > 0 else math.inf


def diffusion_applies(
    lam: float, shake: float, probability: float, dt: float, noise: str = "gaussian"
) -> tuple[bool, str]:
    """Whether (6) describes the swarm: velocities are forgotten long before positions change, and the mean square decays."""
    if noise not in UNIT_VARIANCE:
        return False, "the noise has no variance of 1: its limit is not the CBO of (2.13)"
    sigma = diffusion_sigma(shake, probability, dt)
    late = (1 - probability) / probability * dt * max(lam, sigma**2) if probability > 0 else math.inf
    if late > SMALL:
        return (
            False,
            f"ε is not small: a velocity outlives its step by {late:.2g} of the time in which positions change",
        )
    holds = 2 * lam > sigma**2
    return (
        holds,
        f"2λ > σ_c² {'holds' if holds else 'does not hold: no mean-square decay is promised'}; σ_c = {sigma:.3g}",
    )


def moment_matrix(coefficients: tuple[float, float, float, float], dt: float) -> np.ndarray:
    """M of (7), shape (3, 3), for the coefficients (p, κ, Λ, S) of a step."""
    p, keep, pull, shake = coefficients
    stay = 1 - p
    jump = np.array(
        [
            [1, 0, 0],
            [-p * pull, stay + p * keep, 0],
            [p * (pull**2 + shake**2), -2 * p * keep * pull, stay + p * keep**2],
        ]
    )
    glide = np.array([[1, 2 * dt, dt**2], [0, 1, dt], [0, 0, 1]])
    return glide @ jump


def mean_square_rate(coefficients: tuple[float, float, float, float], dt: float) -> float:
    """Exact rate at which the mean square decays about a consensus point at rest, −log of the spectral radius of M per time."""
    return -math.log(np.abs(np.linalg.eigvals(moment_matrix(coefficients, dt))).max()) / dt


def _second_moments(coefficients, dt: float, k: np.ndarray) -> np.ndarray:
    """E x² at the steps ``k`` per E x² at the first of them, from rest."""
    M, moments, left = moment_matrix(coefficients, dt), np.tile([1.0, 0.0, 0.0], (len(k), 1)), k - k[0]
    while left.any():  # all powers at once, by repeated squaring
        odd = left % 2 == 1
        moments[odd] = moments[odd] @ M.T
        M, left = M @ M, left // 2
    return moments[:, 0]


@velocity_law_of(BGK)
def maxwellian(simulation) -> VelocityLaw | None:
    """(8) for the coming step; None for velocities that only change a little, which are not drawn anew."""
    dynamics, frame = simulation.dynamics, simulation.frame
    if dynamics.form == "inertial":
        return None
    sigma = float(values_of(dynamics, "sigma", np.array([frame.t]))[0])
    _, _, pull, shake = dynamics.coefficients(sigma)
    nu, floor = frame.focus.copy(), dynamics.unit(simulation.landscape, frame.d) * dynamics.sigma_floor
    applies = dynamics.noise in UNIT_VARIANCE
    title = "jump: mean ± s.d." if applies else "jump: centre ± scale"
    reason = (
        "holds for every agent that jumps"
        if applies
        else "the noise has no variance of 1: the band is its scale, not a deviation"
    )
    return VelocityLaw(
        title, "003 eq. 3.1", lambda X: pull * (nu - X), lambda X: shake * (floor + np.abs(nu - X)), applies, reason
    )


@lines_of(BGK)
def kinetic_lines(simulation) -> list[Line]:
    """H's bound (3), the limit (5) or (6) that the form has (dotted), and the mean square about a consensus at rest (7) (dashed)."""
    dynamics, record = simulation.dynamics, simulation.record
    k, t, V = record["k"], record["t"] - record["t"][0], record["dispersion"]
    sigma = float(values_of(dynamics, "sigma", record["t"][-1:])[0])
    p, keep, pull, shake = dynamics.coefficients(sigma)
    lines = [_functional_line(simulation, shake)]
    if dynamics.form == "limit":
        applies, reason = fluid_applies("limit", p, shake, dynamics.dt, dynamics.noise)
        title, reference, rate = "fluid limit, rate 2λ", "003 eq. 2.16", 2 * dynamics.lam
    elif dynamics.form == "jumps":
        applies, reason = diffusion_applies(dynamics.lam, shake, p, dynamics.dt, dynamics.noise)
        rate = 2 * dynamics.lam - diffusion_sigma(shake, p, dynamics.dt) ** 2 if p > 0 else 0.0
        title, reference = f"CBO limit, rate {rate:.3g}", "003 eq. 2.13"
    if dynamics.form != "inertial":
        with np.errstate(over="ignore"):
            lines.append(Line("dispersion", title, reference, "dotted", k, V[0] * np.exp(-rate * t), applies, reason))
    exact = dynamics.noise in UNIT_VARIANCE and dynamics.sigma_floor == 0
    with np.errstate(over="ignore", invalid="ignore"):
        square = V[0] * _second_moments((p, keep, pull, shake), dynamics.dt, k)
    reason = (
        "exact in the mean for agents around a consensus at rest, without walls; rare excursions carry the mean"
        if exact
        else "needs noise of variance 1 and σ₀ = 0"
    )
    lines.append(Line("dispersion", "mean square about ν", "second moments", "dashed", k, square, exact, reason))
    return lines


def _functional_line(simulation, shake: float) -> Line:
    dynamics, record, d = simulation.dynamics, simulation.record, simulation.frame.d
    rate = dynamics.jump_rate / dynamics.epsilon**2
    A, _ = decay_constants(dynamics.lam, shake, rate, dynamics.gamma, d)
    applies, reason = decay_applies(dynamics.lam, shake, dynamics.sigma_floor, rate, dynamics.gamma, d, dynamics.dt)
    for holds, words in (
        (dynamics.form == "jumps", "Thm 4.1 is about velocities that jump now and then"),
        (dynamics.noise == "gaussian", "Thm 4.1 is proved for Gaussian noise only"),
        (dynamics.boundary == "clip", "Thm 4.1 needs the projection onto the box"),
        (len(simulation.landscape.minimisers(d)) == 1, "Thm 4.1 needs one known global minimiser"),
    ):
        if not holds:
            applies, reason = False, words
    with np.errstate(over="ignore"):
        y = decay_bound(record["functional"][0], A, record["t"] - record["t"][0])
    return Line(
        "functional", f"bound, rate A/2 = {A / 2:.3g}", "003 Thm 4.1", "dotted", record["k"], y, applies, reason
    )
