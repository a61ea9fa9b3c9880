r"""Theory of consensus-based optimisation (001, and what holds at finite N).

Rates of V = Σ|X − X̄|² with Δ = Δt, D = d:

    deterministic        dV/dt = −2λ V;  a step multiplies V by (1 − λΔ)²                         (1)  001 Thm 2.6 and §2.3
    mean square          V decays at rate 2λ − σ² (anisotropic), if 2λ > σ²                       (2)  001 Thm 3.5
                         2λ − Dσ² (isotropic, mean field), if 2λ > Dσ²                            (3)  001 eq. 4.4
    Euler–Maruyama       2λ − σ² − λ²Δ, for 0 < Δ < (2λ − σ²)/λ²                                  (4)  001 §3.3
    almost sure          |X − X̄| decays at rate λ + σ²/2 (anisotropic)                            (5)  001 Thm 3.4
                         of the scheme: −E log|1 − λΔ + σ√Δ Z| / Δ                                (6)  001 §3.3
    one step, finite N   E[V⁺|X] = (1 − λΔ)² V + c σ²Δ (1 − 1/N) (V + N|X̄ − ν|²)                  (7)  exact; c = 1 anisotropic, D isotropic

(2)–(6) are claims of the paper. Its proof moves the projection onto the complement of the consensus through a Hadamard
product, which does not hold; the rates are reached only while N|X̄ − ν|² ≪ V. (7) is what one Euler–Maruyama step obeys at any N.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy import integrate

from swarmviz.dynamics.cbo import CBO
from swarmviz.schedules import values_of
from swarmviz.theory.registry import Line, lines_of


def noise_dimension(noise: str, d: int) -> int:
    """c of (7): how many coordinates shake one: 1 anisotropic, d isotropic, 0 without noise."""
    return {"anisotropic": 1, "isotropic": d, "none": 0}[noise]


def mean_square_applies(lam: float, sigma: float, d: int = 1, noise: str = "anisotropic") -> tuple[bool, str]:
    """Whether (2), or (3), promises a decay, and the condition in words."""
    c = noise_dimension(noise, d)
    left = "2λ > σ²" if c == 1 else "2λ > Dσ²" if c else "2λ > 0"
    holds = 2 * lam > c * sigma**2
    return holds, f"{left} holds" if holds else f"{left} does not hold: no mean-square decay is promised"


def mean_square_rate(lam: float, sigma: float, d: int = 1, noise: str = "anisotropic") -> float:
    """Claimed rate of V in mean square, (2) or (3); negative means growth."""
    return 2 * lam - noise_dimension(noise, d) * sigma**2


def euler_mean_square_applies(
    lam: float, sigma: float, dt: float, d: int = 1, noise: str = "anisotropic"
) -> tuple[bool, str]:
    """Whether (4) promises a decay for this step."""
    holds, reason = mean_square_applies(lam, sigma, d, noise)
    if not holds:
        return holds, reason
    largest = mean_square_rate(lam, sigma, d, noise) / lam**2
    return (
        dt < largest,
        f"Δt < {largest:.3g} {'holds' if dt < largest else 'does not hold: the scheme is not promised to decay'}",
    )


def euler_mean_square_rate(lam: float, sigma: float, dt: float, d: int = 1, noise: str = "anisotropic") -> float:
    """Claimed rate of V in mean square for Euler–Maruyama, (4)."""
    return mean_square_rate(lam, sigma, d, noise) - lam**2 * dt


def almost_sure_rate(lam: float, sigma: float) -> float:
    """Claimed almost-sure rate of |X − X̄| (5), anisotropic noise; it needs λ > 0 or σ > 0 only."""
    return lam + sigma**2 / 2


def euler_almost_sure_rate(lam: float, sigma: float, dt: float) -> float:
    """Claimed almost-sure rate of |X − X̄| for Euler–Maruyama (6), by quadrature."""
    if sigma == 0 or dt == 0:
        return math.inf if lam * dt == 1 else -math.log(abs(1 - lam * dt)) / dt if dt else lam

    def integrand(z: float) -> float:
        return math.log(abs(1 - lam * dt + sigma * math.sqrt(dt) * z)) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    kink = -(1 - lam * dt) / (sigma * math.sqrt(dt))  # the logarithm has an integrable singularity here
    edges = sorted({-12.0, 12.0, min(max(kink, -12.0), 12.0)})
    return -sum(integrate.quad(integrand, a, b, limit=200)[0] for a, b in itertools.pairwise(edges)) / dt


def expected_dispersion(V, offset, n: int, d: int, lam, sigma, dt, noise: str = "anisotropic"):
    """E[V⁺ | X] of one Euler–Maruyama step (7), from V and offset = |X̄ − ν|²; exact at any N."""
    c = noise_dimension(noise, d)
    return (1 - lam * dt) ** 2 * V + c * sigma**2 * dt * (1 - 1 / n) * (V + n * offset)


@lines_of(CBO)
def dispersion_lines(simulation) -> list[Line]:
    """The claimed decay of V (dotted) and the product of the one-step identities along this run (dashed).

    Divided by the dashed line, V is a martingale with mean 1: the run should scatter around it.
    """
    dynamics, record = simulation.dynamics, simulation.record
    n, d, k, V = simulation.initial_swarm.n, simulation.initial_swarm.d, record["k"], record["dispersion"]
    lam, dt, noise = dynamics.lam, dynamics.dt, dynamics.noise
    sigma = values_of(dynamics, "sigma", record["t"])
    reference = "001 Thm 3.5" if noise == "anisotropic" else "001 eq. 4.4" if noise == "isotropic" else "001 Thm 2.6"
    applies, reason = mean_square_applies(lam, float(sigma[-1]), d, noise)
    rate = mean_square_rate(lam, float(sigma[-1]), d, noise)
    claimed = V[0] * np.exp(-rate * (record["t"] - record["t"][0]))
    with np.errstate(over="ignore", invalid="ignore"):  # of a swarm that is about to diverge
        expected = expected_dispersion(V, record["consensus_offset"], n, d, lam, sigma, dt, noise)
        ratio = expected / np.where(V > 0, V, 1.0)
        identity = V[0] * np.concatenate([[1.0], np.cumprod(ratio[:-1] ** record.every)])
    euler = dynamics.scheme == "euler" and dynamics.boundary == "none" and dynamics.epsilon == 0
    exact = (
        "exact for one Euler–Maruyama step at any N"
        if euler
        else "an identity of the Euler–Maruyama step only; this run takes another step"
    )
    return [
        Line("dispersion", f"claimed rate {rate:.3g}", reference, "dotted", k, claimed, applies, reason),
        Line("dispersion", "finite-N identity", "one-step identity", "dashed", k, identity, euler, exact),
    ]
