r"""The numbers in the claims about the swarm on a finite set (004): what is predicted along a run, and what is measured of it.

    as N → ∞ the agents have the law of (4.7), (5.1)                                                (1)  004 Theorem 4.9, appendix B
    d𝒰_β/dt = −G ≤ 0 at constant β                                                                  (2)  004 eq. 4.8
    G ≥ c I,  ‖ρ − η‖² ≤ 2 I,  I(ρ_t) ≤ I(ρ_0) e^(−ct),  c ≤ 2 λ_β                                   (3)  004 Prop. 4.4, 4.8, Cor. 4.7
    under β = (t₀ + t)^γ − 1 with γ ≤ −m/(2(1 − m)) the law goes to the minimisers                  (4)  004 Theorem 5.5
    N agents scatter around their law with covariance C/N                                           (5)  swarmviz.theory.finite_set_noise

I, G and the bounds are in :mod:`swarmviz.theory.finite_set_rates`; the claims themselves in :mod:`swarmviz.theory.finite_set_claims`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from swarmviz.schedules import Power, values_of
from swarmviz.theory import finite_set_claims_conditions as given
from swarmviz.theory.finite_set import stationary
from swarmviz.theory.finite_set_claims_along import (
    Piece,
    along,
    at_records,
    exponent_of,
    gap,
    last_density,
    last_piece,
    last_stretch,
    scatter_at_end,
    target_of,
)
from swarmviz.theory.finite_set_curves import Stretch, densities, exponent
from swarmviz.theory.finite_set_noise import edge_rates
from swarmviz.theory.finite_set_rates import (
    concentration_exponent,
    decay_rate,
    excess,
    least_decay_rate,
    outside_for_large_beta,
)
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.wording import number_words

QUADRATURE = 100_000  # links times times


# ---- the law of infinitely many agents -------------------------------------------------------------------------------


def height_curve(lived: LivedRun) -> np.ndarray:
    """⟨U⟩ of the law at the recorded steps, (K,)."""
    return at_records(lived, lambda piece: piece.height)


def distance_curve(lived: LivedRun) -> np.ndarray:
    """Its L1 distance to the target, (K,)."""
    return at_records(lived, lambda piece: piece.distance)


def energy_curve(lived: LivedRun) -> np.ndarray:
    """Its 𝒰_β, as it is recorded of N agents, (K,)."""
    return at_records(lived, lambda piece: piece.energy(lived.n))


def excess_curve(lived: LivedRun) -> np.ndarray:
    """Its 𝒰_β less the minimum, or F_φ of Metropolis agents, as it is recorded of N agents, (K,)."""
    return at_records(lived, lambda piece: piece.excess(lived.n))


def minimiser_curve(lived: LivedRun) -> np.ndarray:
    """Its L1 distance to the nearest law on the global minimisers, (K,)."""
    return at_records(lived, lambda piece: piece.outside(piece.rho))


def jumps_curve(lived: LivedRun) -> np.ndarray:
    """The jumps that N agents of the generator make in the mean, as N → ∞: N ∫ Σ_{x~y} μ L w dt, (K,)."""
    y, done = np.full(len(lived.k), np.nan), 0.0
    pieces = along(lived)
    for piece in pieces:
        t, jumps = _jumps_along(piece, QUADRATURE // len(pieces))
        here = slice(piece.rows[0], piece.rows[-1] + 1)
        y[here] = done + lived.n * np.interp(lived.t[here], t, jumps)
        done = y[here][-1]
    return y


def _jumps_along(piece: Piece, cost: int) -> tuple[np.ndarray, np.ndarray]:
    """(times, jumps per agent since the stretch began): the law moves fast at first, so that times crowd there."""
    dynamics, law, begin, end = piece.stretch.change.dynamics, piece.law, piece.stretch.t, piece.t[-1]
    points = int(np.clip(cost // len(law.links), 30, 800))
    share = np.union1d(np.geomspace(1e-6, 1.0, points), np.linspace(0.0, 1.0, points))
    t = begin + (end - begin) * share
    rho, heights = densities(law, t).T, law.heights[:, None]
    kappa: Any = {"first": 0.0, "second": 1.0}.get(dynamics.generator)
    kappa = values_of(dynamics, "kappa", t) if kappa is None else kappa
    weights = edge_rates(rho, heights, law.beta_at(t), law.m, law.links, kappa, None, law.m2)
    rates = np.broadcast_to(law.rate, len(law.links)) @ weights / len(law.heights)
    return t, np.append(0.0, np.cumsum((rates[1:] + rates[:-1]) / 2 * np.diff(t)))


def last_of(curve: Callable[[LivedRun], np.ndarray]) -> Callable[[LivedRun], float]:
    """The value of a curve at the last recorded step."""
    return lambda lived: float(lived.curve(curve)[-1])


def recorded(name: str) -> Callable[[LivedRun], float]:
    """The last recorded value of an observable."""
    return lambda lived: float(lived.record[name][-1])


def followed(lived: LivedRun) -> bool:
    """Whether the law is known anywhere along the run."""
    return bool(along(lived))


def swarm_followed(lived: LivedRun) -> bool:
    """The same, for agents that interact."""
    return not given.classical(lived) and followed(lived)


# ---- scatter (5) -----------------------------------------------------------------------------------------------------


def height_variance(lived: LivedRun) -> float:
    """N times the variance of ⟨U⟩ over runs, Uᵀ C U."""
    C, piece = scatter_at_end(lived), last_piece(lived)
    return math.nan if C is None or piece is None else float(piece.law.heights @ C @ piece.law.heights)


def height_deviation(lived: LivedRun) -> float:
    """N (⟨U⟩ − that of the law)² at the last step."""
    return lived.n * (recorded("provisional_minimum")(lived) - last_of(height_curve)(lived)) ** 2


def expected_distance(lived: LivedRun) -> float:
    """E|p_N − η|₁ of Gaussian shares with the mean of the law and the covariance C/N."""
    C, piece = scatter_at_end(lived), last_piece(lived)
    if C is None or piece is None:
        return math.nan
    off = piece.law.volume * (piece.rho[-1] - piece.eta[-1]) / len(C)
    sd = np.sqrt(np.maximum(C.diagonal(), 1e-300) / lived.n)
    z = off / (math.sqrt(2) * sd)
    return float((sd * math.sqrt(2 / math.pi) * np.exp(-(z**2)) + off * special.erf(z)).sum())


# ---- decay (3) -------------------------------------------------------------------------------------------------------


def _beginning(stretch: Stretch) -> Piece | None:
    """The law at the beginning of a stretch, with the parameters that act from there on; None where it is not known."""
    if stretch.law is None:
        return None
    t = np.array([stretch.t])
    beta = stretch.law.beta_at(t)
    return Piece(np.array([0]), stretch, stretch.law, t, beta, stretch.law.at(t), target_of(stretch.law, beta))


def _from_last_change(lived: LivedRun, of: Callable[[Piece], np.ndarray], times: float) -> np.ndarray:
    """a + (b − a) e^(−times · λ_β (t − t₀)) from the last change at t₀ on; b is of the law then, a of η_β; not a number before."""
    stretch, y = last_stretch(lived), np.full(len(lived.k), np.nan)
    begin = _beginning(stretch)
    if begin is not None:
        here = lived.k >= stretch.change.k
        a, b = of(begin._replace(rho=begin.eta))[0], of(begin)[0]
        y[here] = a + (b - a) * np.exp(-times * gap(stretch) * (lived.t[here] - stretch.t))
    return y


def gap_distance_curve(lived: LivedRun) -> np.ndarray:
    """The law's distance after the last change, times e^(−λ_β t), (K,)."""
    return _from_last_change(lived, lambda piece: piece.distance, 1.0)


def gap_excess_curve(lived: LivedRun) -> np.ndarray:
    """The excess after the last change, times e^(−2 λ_β t), (K,)."""
    return _from_last_change(lived, lambda piece: piece.excess(lived.n), 2.0)


def _late_rate(distance: np.ndarray, lived: LivedRun) -> float:
    """−log of the quotient of a distance over the last fifth of the time since the last change, per time."""
    stretch = last_stretch(lived)
    begin = stretch.t + 0.8 * (lived.t[-1] - stretch.t)
    first = int(np.searchsorted(lived.t, begin))
    if first == len(lived.t) or lived.k[first] < stretch.change.k or lived.t[-1] <= lived.t[first]:
        return math.nan
    a, b = distance[first], distance[-1]
    return float(math.log(a / b) / (lived.t[-1] - lived.t[first])) if a > 0 and b > 0 else math.nan


def measured_late_rate(lived: LivedRun) -> float:
    """Of the agents."""
    return _late_rate(np.asarray(lived.record["target_distance"], float), lived)


def gap_now(lived: LivedRun) -> float:
    """The spectral gap after the last change."""
    return gap(last_stretch(lived))


def gap_label(words: str, times: float) -> Callable[[LivedRun], str]:
    return lambda lived: f"{words} {number_words(times * gap_now(lived))}"


def at_constant_beta(lived: LivedRun) -> bool:
    """Whether agents interact, β is constant now, and the law is known up to the end."""
    return swarm_followed(lived) and not given.scheduled(lived) and law_known(lived)


def law_known(lived: LivedRun) -> bool:
    """Whether the law is known at the last recorded step and where the parameters of now begin."""
    return last_piece(lived) is not None and last_stretch(lived).law is not None


def ratio(lived: LivedRun) -> float:
    """G/I at the agents' density."""
    seen = last_density(lived)
    if seen is None:
        return math.nan
    law, beta, rho = seen
    return decay_rate(rho, law.heights, beta, exponent_of(law), law.links, law.rate, law.m2, volume=law.volume)


def least_ratio(lived: LivedRun) -> float:
    """The lower bound of G/I at that density; not a number where m₂ < 2."""
    seen = last_density(lived)
    if seen is None or seen[0].m2 < 2:
        return math.nan
    law, _, rho = seen
    return least_decay_rate(rho, exponent_of(law), law.links, law.rate, law.m2, volume=law.volume)


def square_over_excess(lived: LivedRun) -> float:
    """‖ρ − η‖²/2I at the agents' density."""
    seen = last_density(lived)
    if seen is None:
        return math.nan
    law, beta, rho = seen
    above = excess(rho, law.heights, beta, law.m, law.m2, volume=law.volume)
    square = float((law.volume * (rho - target_of(law, beta)) ** 2).mean())
    return square / (2 * above) if above > 0 else math.nan


def _law_excess(lived: LivedRun, row: int, piece: Piece) -> float:
    law = piece.law
    return excess(piece.rho[row], law.heights, float(piece.beta[row]), law.m, law.m2, volume=law.volume)


def excess_left(lived: LivedRun) -> float:
    """I(ρ_t)/I(ρ_0) of the law since the last change; not a number without one recorded step after it."""
    piece = last_piece(lived)
    if piece is None or len(piece.rows) < 2:
        return math.nan
    first, last = _law_excess(lived, 0, piece), _law_excess(lived, -1, piece)
    return last / first if first > 0 else math.nan


def excess_promised(lived: LivedRun) -> float:
    """e^(−ct) since the last change, c the least of the lower bounds of G/I at the densities that the law has had."""
    piece = last_piece(lived)
    if piece is None or len(piece.rows) < 2 or piece.law.m2 < 2:
        return math.nan
    law, extremes = (
        piece.law,
        np.resize([piece.rho.min(), piece.rho.max()], len(piece.law.heights)),
    )  # all that the bound knows
    least = least_decay_rate(extremes, exponent_of(law), law.links, law.rate, law.m2, volume=law.volume)
    return math.exp(-least * float(piece.t[-1] - piece.t[0]))


def law_rate(lived: LivedRun) -> float:
    """G/I of the law at the last recorded step."""
    piece = last_piece(lived)
    if piece is None:
        return math.nan
    law, rho = piece.law, piece.rho[-1]
    return decay_rate(
        rho, law.heights, float(piece.beta[-1]), exponent_of(law), law.links, law.rate, law.m2, volume=law.volume
    )


def large_beta_error(lived: LivedRun) -> float:
    """|1 − asymptote/exact| of the target's mass outside the minimisers, at the last recorded step."""
    exact, asymptote = target_minimiser_curve(lived)[-1], large_beta_curve(lived)[-1]
    return abs(1 - asymptote / exact) if exact > 0 else math.nan


def large_beta_bound(lived: LivedRun) -> float:
    """What it is at most where β is large enough, by η_β(x) = asymptote (1 + δ)^(−1/(1 − m))."""
    power, delta = 1 / (1 - float(lived.dynamics.m)), 1 / given.FAR_BETA
    return max((1 + delta) ** power - 1, 1 - (1 - delta) ** power)


def energy_change(lived: LivedRun) -> float:
    """𝒰_β now less that at the start, as recorded."""
    values = lived.record["energy"]
    return float(values[-1] - values[0])


# ---- the target ------------------------------------------------------------------------------------------------------


def density_of(lived: LivedRun) -> Callable[[np.ndarray], np.ndarray]:
    """S μ η_β(t) on the cells of the states, at the last step; of a target, at the one that is shown."""
    change, d = lived.last_change, lived.d
    dynamics, landscape = change.dynamics, change.landscape
    space, (low, high) = dynamics.space(d), landscape.limits(d)
    heights, t = landscape.values(space.positions(low, high)), lived.t[-1] if lived.frame is None else lived.frame().t
    beta = float(values_of(dynamics, "beta", np.array([t]))[0])
    density = space.volume * stationary(heights, beta, exponent(dynamics), float(dynamics.m2), space.volume)
    return lambda X: density[space.nearest(np.asarray(X, float), low, high)]


def target_title(name: str) -> Callable[[LivedRun], str]:
    """The name of a target and its β; views that are painted one after another must agree, so that β(t) has no number."""

    def label(lived: LivedRun) -> str:
        beta = lived.dynamics.beta
        return f"{name} at β(t)" if given.scheduled(lived) else f"{name} at β = {number_words(float(beta))}"

    return label


def target_minimiser_curve(lived: LivedRun) -> np.ndarray:
    """2 (1 − η_β(t)(M)), what the target leaves outside the minimisers, (K,)."""
    return at_records(lived, lambda piece: piece.outside(piece.eta))


def large_beta_curve(lived: LivedRun) -> np.ndarray:
    """What that tends to for large β, (K,)."""

    def of(piece: Piece) -> np.ndarray:
        law = piece.law
        with np.errstate(divide="ignore"):
            return 2 * outside_for_large_beta(law.heights, piece.beta, exponent_of(law), volume=law.volume)

    return at_records(lived, of)


def exponent_now(lived: LivedRun) -> float:
    dynamics = lived.dynamics
    return concentration_exponent(float(dynamics.m), float(dynamics.beta.gamma))


def best_exponent(lived: LivedRun) -> float:
    return concentration_exponent(float(lived.dynamics.m))


def under_power(lived: LivedRun) -> bool:
    """Whether 004's schedule acts, with a φ of its theorem."""
    dynamics = lived.dynamics
    return not given.classical(lived) and isinstance(dynamics.beta, Power) and dynamics.m < 0
