"""The claims about Metropolis agents on a finite set, which do not interact (004 appendix A, remark 3.3)."""

from __future__ import annotations

import math

from swarmviz.dynamics.finite_set.dynamics import FiniteSet
from swarmviz.theory import finite_set_claims_conditions as given
from swarmviz.theory import finite_set_claims_numbers as numbers
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.finite_set_claims_along import last_piece
from swarmviz.theory.finite_set_metropolis import relative_entropy
from swarmviz.theory.lived import LivedRun

HERE = ("tests/theory/test_finite_set_claims_metropolis.py",)
WITH_FUNCTIONS = ("tests/theory/test_finite_set.py", *HERE)
WITH_ENTROPIES = ("tests/theory/test_finite_set_metropolis.py", *HERE)
ENTROPIES = ((-1.0, 2.0), (0.0, 2.0), (1.0, 1.0), (0.5, 1.5), (-2.0, 3.0))  # (m, m₂) of some φ


def metropolis_followed(lived: LivedRun) -> bool:
    """Whether agents follow Metropolis, and their law is computed."""
    return given.classical(lived) and numbers.followed(lived)


def at_constant_beta(lived: LivedRun) -> bool:
    """The same, at constant β."""
    return metropolis_followed(lived) and not given.scheduled(lived) and numbers.law_known(lived)


def largest_entropy_left(lived: LivedRun) -> float:
    """The largest F_φ(ρ_t)/F_φ(ρ_0) of the law since the last change, over ``ENTROPIES``."""
    piece = last_piece(lived)
    if piece is None or len(piece.rows) < 2:
        return math.nan
    law, left = piece.law, []
    for m, m2 in ENTROPIES:
        first, last = (
            relative_entropy(piece.rho[i], law.heights, float(piece.beta[i]), m, m2, volume=law.volume) for i in (0, -1)
        )
        left.append(last / first if 0 < first < math.inf else math.nan)
    return max((quotient for quotient in left if not math.isnan(quotient)), default=math.nan)


def variance_of_height(lived: LivedRun) -> float:
    """The variance of U under the law at the last recorded step."""
    piece = last_piece(lived)
    if piece is None:
        return math.nan
    return float(piece.mean(piece.rho[-1] * (piece.law.heights - piece.height[-1]) ** 2))


register(
    FiniteSet,
    Claim(
        name="finite-gibbs",
        source="004 remark 3.3, appendix A",
        statement="At constant β the law of a Metropolis agent tends to Gibbs' law, in proportion to μ e^(−βU).",
        hypotheses=(given.CONNECTED, given.BETA_RESTS, given.IN_THE_END),
        label=numbers.target_title("Gibbs' law"),
        fits=lambda lived: given.classical(lived) and not given.scheduled(lived),
        density=numbers.density_of,
        tests=WITH_FUNCTIONS,
    ),
    Claim(
        name="finite-classical-annealing",
        source="004 §1, standard: Hajek 1988",
        statement="Under β = log(t₀ + t)/c the law of a Metropolis agent goes to the global minimisers exactly if c is at least "
        "the critical depth.",
        hypotheses=(given.CONNECTED, given.LOGARITHMIC, given.DEEP_ENOUGH, given.IN_THE_END),
        label=numbers.target_title("Gibbs' law"),
        fits=lambda lived: given.classical(lived) and given.scheduled(lived),
        density=numbers.density_of,
        evidence="The critical depth agrees with that of Floyd and Warshall's passes on 30 random graphs.",
        tests=WITH_FUNCTIONS,
    ),
    Claim(
        name="finite-metropolis-height",
        source="004 eq. A.8",
        statement="The mean of U over Metropolis agents is in the mean over runs that of the solution of a linear equation, at any N.",
        hypotheses=(given.EXACT_JUMPS,),
        label="exact law",
        exact=True,
        fits=metropolis_followed,
        observable="provisional_minimum",
        curve=numbers.height_curve,
        statistic=numbers.recorded("provisional_minimum"),
        predicted=numbers.last_of(numbers.height_curve),
        quantity="⟨U⟩",
        tests=HERE,
    ),
    Claim(
        name="finite-metropolis-minimisers",
        source="004 eq. A.8",
        statement="The share of Metropolis agents on the global minimisers is in the mean over runs that of the law, at any N.",
        hypotheses=(given.EXACT_JUMPS,),
        label="exact law",
        exact=True,
        drawn=False,
        fits=metropolis_followed,
        observable="distance",
        curve=numbers.minimiser_curve,
        statistic=numbers.recorded("distance"),
        predicted=numbers.last_of(numbers.minimiser_curve),
        quantity="2 (1 − p(M))",
        tests=HERE,
    ),
    Claim(
        name="finite-metropolis-distance",
        source="004 eq. A.8",
        statement="As N → ∞ the distance of Metropolis agents to Gibbs' law is that of the law of each.",
        hypotheses=(given.EXACT_JUMPS, given.MANY_AGENTS),
        label="exact law",
        exact=True,
        fits=metropolis_followed,
        observable="target_distance",
        curve=numbers.distance_curve,
        statistic=numbers.recorded("target_distance"),
        predicted=numbers.last_of(numbers.distance_curve),
        quantity="|p − η|₁",
        remark="N agents keep a distance of order 1/√N even where the law has come to its target.",
        tests=WITH_FUNCTIONS,
    ),
    Claim(
        name="finite-metropolis-energy",
        source="004 eq. A.8",
        statement="As N → ∞ the free energy of the density of Metropolis agents is that of the law of each; half an agent is added "
        "to every state in both.",
        hypotheses=(given.EXACT_JUMPS, given.MANY_AGENTS),
        label="exact law",
        exact=True,
        fits=metropolis_followed,
        observable="energy",
        curve=numbers.energy_curve,
        statistic=numbers.recorded("energy"),
        predicted=numbers.last_of(numbers.energy_curve),
        quantity="𝒰_β",
        tests=WITH_FUNCTIONS,
    ),
    Claim(
        name="finite-metropolis-excess",
        source="004 eq. A.8, Proposition A.3",
        statement="As N → ∞ F_φ of the density of Metropolis agents relative to Gibbs' law is that of the law of each.",
        hypotheses=(given.EXACT_JUMPS, given.MANY_AGENTS),
        label="exact law",
        exact=True,
        fits=metropolis_followed,
        observable="excess",
        curve=numbers.excess_curve,
        statistic=numbers.recorded("excess"),
        predicted=numbers.last_of(numbers.excess_curve),
        quantity="F_φ",
        tests=WITH_FUNCTIONS,
    ),
    Claim(
        name="finite-metropolis-gap",
        source="004 appendix A, standard",
        statement="At constant β the law of a Metropolis agent comes to Gibbs' law at the spectral gap of its generator in the end.",
        hypotheses=(given.CONNECTED, given.BETA_RESTS, given.LONG, given.ABOVE_SCATTER, given.EXACT_JUMPS),
        label=numbers.gap_label("gap", 1.0),
        fits=at_constant_beta,
        observable="target_distance",
        curve=numbers.gap_distance_curve,
        statistic=numbers.measured_late_rate,
        predicted=numbers.gap_now,
        quantity="rate of |p − η|₁ over the last fifth of the time since the last change",
        tests=WITH_FUNCTIONS,
    ),
    Claim(
        name="finite-every-entropy",
        source="004 Proposition A.3",
        statement="The law of Metropolis agents descends Σ μ η φ(ρ/η) for every convex φ: none of them rises.",
        hypotheses=(given.CONNECTED, given.BETA_RESTS),
        label="every relative entropy falls",
        fits=at_constant_beta,
        about="run",
        relation="≤",
        statistic=largest_entropy_left,
        predicted=lambda lived: 1.0,
        quantity="largest of five relative entropies of the law over its value at the last change",
        evidence="The gradient descent of five entropies is the Metropolis flow within 1e-8 at five random densities.",
        tests=WITH_ENTROPIES,
    ),
    Claim(
        name="finite-metropolis-scatter-height",
        source="independent agents",
        statement="Over runs, ⟨U⟩ of N Metropolis agents has the variance of U under the law, over N.",
        hypotheses=(given.INDEPENDENT_START, given.EXACT_JUMPS),
        label="scatter of ⟨U⟩",
        exact=True,
        fits=metropolis_followed,
        statistic=numbers.height_deviation,
        predicted=variance_of_height,
        quantity="N (⟨U⟩ − that of the law)²",
        tests=HERE,
    ),
    Claim(
        name="finite-metropolis-scatter-distance",
        source="linear-noise law",
        statement="N Metropolis agents keep in the mean the L1 distance Σ_x E|Z_x| from Gibbs' law, Z_x Gaussian with the law's "
        "deviation and variance C_xx/N.",
        hypotheses=(given.EXACT_JUMPS, given.MANY_ON_EACH),
        label="distance that N agents keep",
        fits=metropolis_followed,
        statistic=numbers.recorded("target_distance"),
        predicted=numbers.expected_distance,
        quantity="|p − η|₁",
        tests=HERE,
    ),
)
