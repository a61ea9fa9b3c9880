r"""Theory of Fractal Monte Carlo: what 000 §5 says of phases, modes and moving rewards.

    ‖ρ_W − ρ_R‖_L¹ ≤ ‖∂R/∂t‖_∞ / λ₁                                     (1)  000 §5.4, for a reward that moves
    mode i is found with probability R_i^α / Σ_j R_j^α                       (2)  000 §5.4
    the transition between modes takes ln τ = N ΔF / T_eff, T_eff = 1/(α + β)  (3)  000 §5.1, up to a constant
    the variance of the reward peaks at α ≈ β                                 (4)  000 §5.1, §5.3
    ∬|x − y|² dρ_W dρ_W stays away from 0 for β ≥ β_min                        (5)  000 §5.3

In (1) the two sides scale differently: R times 2 doubles the right side and leaves ρ_R as it is, so the bound depends on the unit of R. It
is taken as printed, with R = e^{−F/τ}. In (3) ΔF is the critical depth of −ln R.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.fmc.dynamics import FMC
from swarmviz.parameters import TimeDependent
from swarmviz.schedules import values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.fmc import pair_distance, rewards
from swarmviz.theory.fmc_run import (
    ALGORITHM,
    INCREASING,
    NO_JITTER,
    POWERS,
    SAME_REWARD,
    SIDE,
    changed_since,
    gap_of,
    log_q_now,
    total_difference,
)
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.one_dimension import basin, critical_depth, local_minima
from swarmviz.theory.thresholds import Threshold, register_thresholds
from swarmviz.theory.wording import number_words

GATHERED = 0.05  # of the width of the basin: a deviation of less is one mode


# ---- a reward that moves -------------------------------------------------------------------------------------------------------


def _moves(lived: LivedRun) -> bool:
    dynamics = lived.dynamics
    timed = dynamics.reward == "exponential" and isinstance(dynamics.tau, TimeDependent)
    return lived.d <= 2 and (dynamics.motion != "none" or timed)


def _reward_at(lived: LivedRun, t: float) -> np.ndarray:
    """R, as printed, at time t on a grid over the box."""
    dynamics, landscape, d = lived.dynamics, lived.landscape, lived.d
    low, high = landscape.limits(d)
    axes = [np.linspace(a, b, SIDE[d]) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    at = np.array([t])
    f = landscape.values(points - dynamics.shift(at, d)[0])
    tau = float(values_of(dynamics, "tau", at)[0])
    return np.exp(-f / tau) if dynamics.reward == "exponential" else rewards(f, dynamics.reward, tau)


def tracking_bound(lived: LivedRun) -> float:
    """The right side of (1) in the last step; NaN before the first, in which no schedule has been asked for a later value."""
    if lived.last == 0:
        return math.nan
    t = float(lived.t[-1])
    speed = np.abs(_reward_at(lived, t) - _reward_at(lived, t - 1.0)).max()
    gap = gap_of(log_q_now(lived), lived.landscape, lived.d)
    return float(speed / gap) if gap > 0 else math.nan


def _bound_where_measured(lived: LivedRun) -> float:
    return math.nan if lived.frame is None else tracking_bound(lived)


def _adiabatic(lived: LivedRun) -> tuple[bool | None, str]:
    bound = tracking_bound(lived)
    if math.isnan(bound):
        return None, "the reward has not moved yet" if lived.last == 0 else "the gap is not known"
    return bool(bound < 1), f"the bound is {number_words(bound)}, and no difference exceeds 2"


# ---- modes ---------------------------------------------------------------------------------------------------------------------


def _has_modes(lived: LivedRun) -> bool:
    if lived.d > 1 or lived.dynamics.reward != "exponential" or changed_since(lived) is not None:
        return False
    return len(lived.landscape.minimisers(1)) == 1 and len(local_minima(lived.landscape)) > 1


def _mode_probability(lived: LivedRun) -> float:
    """(2) for the highest mode."""
    place = local_minima(lived.landscape)
    f = lived.landscape.values(place[:, None])
    power = float(lived.stretches[0].values("reward_power")[0]) / float(lived.stretches[0].values("tau")[0])
    weight = np.exp(-power * (f - f.min()))
    return float(weight.max() / weight.sum())


def _in_highest_mode(lived: LivedRun) -> float:
    """1 when a gathered swarm lies in the basin of the global minimiser, 0 when elsewhere; NaN while it is spread."""
    left, right = basin(lived.landscape)
    deviation = math.sqrt(float(lived.record["dispersion"][-1]) / lived.n)
    if deviation > GATHERED * (right - left):
        return math.nan
    at = lived.landscape.minimisers(1)[0, 0]
    return float(lived.record["lag"][-1] < (at - left if at - left < right - at else right - at))


def _log_transition_time(lived: LivedRun) -> float:
    """(3)."""
    last = lived.stretches[-1]
    alpha, beta, tau = (float(last.values(name)[-1]) for name in ("reward_power", "distance_power", "tau"))
    return lived.n * critical_depth(lived.landscape) / tau * (alpha + beta)


def _ratio(lived: LivedRun) -> tuple[None, str]:
    last = lived.stretches[-1]
    alpha, beta = (float(last.values(name)[-1]) for name in ("reward_power", "distance_power"))
    return None, f"here α/β = {number_words(alpha / beta)}; it takes runs at several" if beta > 0 else "β = 0"


def _mean_square(lived: LivedRun) -> float:
    return float(pair_distance(lived.record["dispersion"][-1], lived.n))


SPECIFIC_HEAT_RATIO = 1.0  # claimed α/β of the peak of the variance
HERE = ("tests/theory/test_fmc_phases.py",)

register(
    FMC,
    Claim(
        name="fmc-tracking",
        source="000 §5.4",
        statement="A reward that moves is followed: ‖ρ_W − ρ_R‖_L¹ ≤ ‖∂R/∂t‖_∞/λ₁.",
        hypotheses=(
            *ALGORITHM,
            conditions.smooth(2),
            conditions.of_run("R moves slowly beside λ₁", _adiabatic),
            conditions.unchecked("N → ∞", "ρ_W is the law of infinitely many walkers"),
        ),
        label="tracking bound",
        fits=_moves,
        about="run",
        relation="≤",
        statistic=total_difference,
        predicted=_bound_where_measured,
        quantity="L¹ distance of the histogram from ρ_R now",
        remark="As printed it depends on the unit of R: R times 2 doubles it and leaves ρ_R. Without jitter no swarm follows.",
        evidence="N = 2000, v = 0.02, 200 steps of a rotation of radius 1: L¹ = 1.90 (000), 1.52, 1.11 (σ = 0.1, 0.3) on the sphere at "
        "τ = 2, bound 0.009; 1.94, 1.11, 0.78 on the double well at τ = 0.5, bound 0.16.",
        tests=HERE,
    ),
    Claim(
        name="fmc-modes",
        source="000 §5.4",
        statement="The swarm finds mode i with probability R_i^α/Σ_j R_j^α.",
        hypotheses=(
            *ALGORITHM,
            SAME_REWARD,
            conditions.starts_everywhere(),
            conditions.constant("reward_power", "α stays"),
        ),
        label=lambda lived: f"highest mode in {number_words(100 * _mode_probability(lived))}% of runs",
        fits=_has_modes,
        statistic=_in_highest_mode,
        predicted=_mode_probability,
        quantity="share of the gathered swarms in the highest mode",
        remark="It has no N; a large swarm ends in the highest mode whenever one walker starts there.",
        evidence="Double well, τ = 0.5, N = 50, σ = 0: 300 of 300 runs at α = 0.5, 1 and 2, where 0.646, 0.768 and 0.917 are claimed.",
        tests=HERE,
    ),
    Claim(
        name="fmc-transition",
        source="000 §5.1",
        statement="From one mode to another a swarm takes a time of about exp(NΔF/T_eff), T_eff = 1/(α + β): exponentially long in N.",
        hypotheses=(
            INCREASING,
            POWERS,
            SAME_REWARD,
            conditions.unchecked("jitter, without which no walker leaves a mode", "000 has none"),
        ),
        label="Arrhenius time",
        fits=_has_modes,
        predicted=_log_transition_time,
        quantity="ln of the time",
        remark="It is the other way: one walker that gets across draws the others after it, and more walkers try. The time falls with N.",
        evidence="Double well, τ = 0.5, α = β = 1, σ = 0.25, all in the shallow well, 60 runs: 8100 ± 2200, 4200 ± 900, 1990 ± 320, "
        "945 ± 130, 506 ± 66 steps for N = 20, 50, 100, 200, 400.",
        tests=HERE,
    ),
    Claim(
        name="fmc-specific-heat",
        source="000 §5.1, §5.3",
        statement="The variance of the reward peaks where α ≈ β, as a specific heat does at a phase transition.",
        hypotheses=(INCREASING, POWERS, SAME_REWARD, conditions.of_run("runs at several α/β", _ratio)),
        label="peak of Var R",
        predicted=lambda lived: SPECIFIC_HEAT_RATIO,
        quantity="α/β at the peak",
        remark="Var R and Var ln R are recorded; 000 names no number. No common peak at α = β is seen.",
        evidence="β = 1, N = 500, σ = 0.1, d = 1: Var R = 0.10, 0.20, 0.18, 0.094, 0.010 at α = 0, 0.1, 0.18, 0.32, 0.56 on the double "
        "well; 0.081, 0.116, 0.123, 0.122 at α = 0.32, 0.56, 1, 1.8 on Rastrigin.",
        tests=HERE,
    ),
    Claim(
        name="fmc-spread",
        source="000 §5.3",
        statement="For β ≥ β_min the mean square distance of two walkers stays away from 0: the swarm does not collapse.",
        hypotheses=(
            NO_JITTER,
            INCREASING,
            POWERS,
            SAME_REWARD,
            conditions.unchecked("β ≥ β_min", "000 gives no number"),
        ),
        label="mean square distance of two walkers",
        relation="≥",
        statistic=_mean_square,
        predicted=lambda lived: math.nan,
        quantity="∬|x − y|² = 2V/N",
        remark="Without jitter every swarm ends on one position at any β, because a position that is lost never comes back.",
        evidence="Double well, τ = 0.5, N = 100, β = 0.5 … 100: one position in each of 5 runs after 2000 steps.",
        tests=HERE,
    ),
)


def _powers_margin(s: Stretch, lived: LivedRun) -> np.ndarray:
    """α − β times the claimed α/β of the peak."""
    return s.values("reward_power") - SPECIFIC_HEAT_RATIO * s.values("distance_power")


register_thresholds(FMC, Threshold("α = β", _powers_margin, "fmc-specific-heat"))
