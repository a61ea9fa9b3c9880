"""Hypotheses of the claims about the swarm on a finite set, each checked for the run as it was lived."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.parameters import TimeDependent
from swarmviz.schedules import InverseLogarithmic, Power
from swarmviz.theory import conditions
from swarmviz.theory.claim import Finding, Hypothesis
from swarmviz.theory.finite_set import critical_depth, largest_gamma, slope
from swarmviz.theory.finite_set_claims_along import (
    exponent_of,
    gap,
    last_piece,
    last_stretch,
    scatter_at_end,
)
from swarmviz.theory.finite_set_curves import stretches_along
from swarmviz.theory.finite_set_rates import minimisers
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.wording import number_words, parameter_words, schedule_words

SETTLED = 3.0  # times the inverse of the gap: e⁻³ = 5 % is left
MANY = 10.0  # agents on a state, of which the share is nearly Gaussian
NEAR = 0.01  # L1 distance of a law to its target from which on they are taken for the same
FAR_BETA = 20.0  # δ ≤ 1/20 in the mass (1 + δ)^(−1/(1−m)) of a state over its asymptote
CLEAR = 3.0  # times what N agents keep: above it a distance is that of the law


def scheduled(lived: LivedRun) -> bool:
    """Whether β changes with time now."""
    return isinstance(lived.dynamics.beta, TimeDependent)


def classical(lived: LivedRun) -> bool:
    """Whether agents follow Metropolis now."""
    return lived.dynamics.generator == "metropolis"


PAPERS_PHI = conditions.every_step(
    "m < 0 and m₂ = 2",
    lambda d, _: d.m < 0 and d.m2 == 2,
    lambda d, _: f"m = {number_words(float(d.m))}, m₂ = {number_words(float(d.m2))}",
)
MOVES = conditions.positive("ℓ > 0", lambda s, _: s.values("rate"), "ℓ")


def _phi_now(lived: LivedRun) -> tuple[bool, str]:
    d = lived.dynamics
    return d.m < 0 and d.m2 == 2, f"m = {number_words(float(d.m))}, m₂ = {number_words(float(d.m2))}"


PHI_NOW = conditions.of_run("m < 0 and m₂ = 2", _phi_now)
CONNECTED = conditions.of_run(
    "L is irreducible and reversible with respect to μ",
    lambda lived: (lived.dynamics.rate > 0, f"the graph is connected, ℓ = {number_words(lived.dynamics.rate, 6)}"),
)


def _positive_start(lived: LivedRun) -> tuple[bool | None, str]:
    first = stretches_along(lived.journal, lived.swarm)[0]
    if first.law is None:
        return None, "the law is not computed for so many states"
    empty = int((first.law.at(first.t)[0] <= 0).sum())
    if not empty:
        return True, parameter_words(lived.swarm, "initial")
    return (False if lived.swarm.initial == "points" else None), f"{empty} states have no agent at the start"


POSITIVE_START = conditions.of_run("the law starts with ρ > 0 on every state", _positive_start)


INDEPENDENT_START = conditions.of_run(
    "agents start independently from one law",
    lambda lived: (lived.swarm.initial != "points", parameter_words(lived.swarm, "initial")),
)


def _many(lived: LivedRun) -> tuple[None, str]:
    states = lived.dynamics.space(lived.d).states
    return None, f"N = {lived.n:,}, {number_words(lived.n / states)} agents per state"


MANY_AGENTS = conditions.of_run("N → ∞", _many)


def _jumps(lived: LivedRun) -> Finding:
    leaps = lived.first_change_where(lambda d, _: d.method == "exact")
    if leaps is None:
        return Finding("holds", "every event in continuous time")
    return Finding(
        "open", f"agents leap from step {leaps:,} on, Δt = {number_words(lived.dynamics.time_step, 6)}: up to O(Δt)"
    )


EXACT_JUMPS = Hypothesis("every jump is simulated", _jumps)


def energy_stays() -> Hypothesis:
    """𝒰_β is one function from the start: β, φ, U, the states and μ."""

    def of(dynamics: Any, landscape: Any, d: int) -> tuple:
        return repr(dynamics.beta), dynamics.m, dynamics.m2, repr(landscape), dynamics.space(d).key

    def check(lived: LivedRun) -> Finding:
        first = lived.journal[0]
        if isinstance(first.dynamics.beta, TimeDependent):
            return Finding("fails", "β changes with time", 0)
        same = of(first.dynamics, first.landscape, lived.d)
        since = lived.first_change_where(lambda dynamics, landscape: of(dynamics, landscape, lived.d) == same)
        return Finding(
            "holds" if since is None else "fails", f"β = {number_words(first.dynamics.beta, 6)} at the start", since
        )

    return Hypothesis("β, φ, U, the graph and μ stay the same", check)


def _beta_rests(lived: LivedRun) -> tuple[bool, str]:
    change = lived.last_change
    if scheduled(lived):
        return False, "β changes with time"
    since = f" since step {change.k:,}" if change.k else ""
    return True, f"β = {number_words(float(change.dynamics.beta))}, constant{since}"


BETA_RESTS = conditions.of_run("β constant from the last change on", _beta_rests)


def _power(lived: LivedRun) -> tuple[bool, str]:
    beta = lived.dynamics.beta
    return isinstance(beta, Power), schedule_words("β", beta)


def _gamma(lived: LivedRun) -> tuple[bool | None, str]:
    dynamics = lived.dynamics
    if not isinstance(dynamics.beta, Power):
        return None, "γ belongs to β = (t₀ + t)^γ − 1"
    if not dynamics.m < 0:
        return False, f"m = {number_words(float(dynamics.m))}"
    most, gamma = largest_gamma(float(dynamics.m)), float(dynamics.beta.gamma)
    return 0 < gamma <= most, f"γ = {number_words(gamma)}, −m/(2(1 − m)) = {number_words(most)}"


POWER = conditions.of_run("β = (t₀ + t)^γ − 1", _power)


def _gamma_margin(s: Stretch, lived: LivedRun) -> float:
    """The largest γ that the theorem allows, minus γ; NaN of another schedule."""
    dynamics: Any = s.change.dynamics
    if not isinstance(dynamics.beta, Power) or not dynamics.m < 0:
        return np.nan
    return largest_gamma(float(dynamics.m)) - float(dynamics.beta.gamma)


GAMMA = Hypothesis("0 < γ ≤ −m/(2(1 − m))", conditions.of_run("", _gamma).check, _gamma_margin)


def _logarithmic(lived: LivedRun) -> tuple[bool, str]:
    beta = lived.dynamics.beta
    return isinstance(beta, InverseLogarithmic), schedule_words("β", beta)


def _deep(lived: LivedRun) -> tuple[bool | None, str]:
    beta, stretch = lived.dynamics.beta, last_stretch(lived)
    if not isinstance(beta, InverseLogarithmic) or stretch.law is None:
        return None, "c belongs to β = log(t₀ + t)/c"
    depth = critical_depth(stretch.law.heights, stretch.law.links)
    return float(beta.c) >= depth, f"c = {number_words(float(beta.c))}, the critical depth is {number_words(depth)}"


LOGARITHMIC = conditions.of_run("β = log(t₀ + t)/c", _logarithmic)
DEEP_ENOUGH = conditions.of_run("c ≥ the critical depth", _deep)


def _times_gap(lived: LivedRun) -> float:
    """λ_β times the time since the last change."""
    stretch = last_stretch(lived)
    return gap(stretch) * (float(lived.t[-1]) - stretch.t)


def _long(lived: LivedRun) -> tuple[bool | None, str]:
    found = _times_gap(lived)
    if not np.isfinite(found):
        return None, "the gap is not known here"
    return (True if found >= SETTLED else None), f"λ_β t = {number_words(found)} since the last change"


LONG = conditions.of_run(f"t large (λ_β t ≥ {number_words(SETTLED)})", _long)
IN_THE_END = conditions.unchecked("t → ∞", "a run ends; what is compared is how far it has come")


def _clear(lived: LivedRun) -> tuple[bool | None, str]:
    if not _times_gap(lived) >= SETTLED:
        return None, "not looked at before t is large"  # every picture waits for the scatter
    C, piece = scatter_at_end(lived), last_piece(lived)
    if C is None or piece is None:
        return None, "the scatter of the agents is not known"
    noise = float(np.sqrt(2 * np.maximum(C.diagonal(), 0) / (np.pi * lived.n)).sum())
    ratio = float(piece.distance[-1]) / max(noise, 1e-300)
    return ratio >= CLEAR, f"the law's distance is {number_words(ratio)} times what {lived.n:,} agents keep"


ABOVE_SCATTER = conditions.of_run(
    f"N so large that the scatter is small beside the distance (×{number_words(CLEAR)})", _clear
)


def _gaussian(lived: LivedRun) -> tuple[bool, str]:
    piece = last_piece(lived)
    fewest = 0.0 if piece is None else float(np.min(piece.law.volume * piece.rho[-1])) * lived.n / piece.rho.shape[1]
    return fewest >= MANY, f"the fewest on a state are {number_words(fewest)} in the mean"


MANY_ON_EACH = conditions.of_run(f"N large: at least {number_words(MANY)} agents on every state", _gaussian)


def _not_first(lived: LivedRun) -> tuple[bool | None, str]:
    generator = lived.dynamics.generator
    if generator in ("second", "metropolis"):
        return True, f"the {generator} generator"
    return None, f"the {generator} generator: near η_β its net flow comes from the scatter, and the law is an estimate"


FLOW_RESOLVED = conditions.of_run("the net flow is above its scatter, or does not matter", _not_first)


def _settled_law(lived: LivedRun) -> tuple[bool | None, str]:
    piece = last_piece(lived)
    if piece is None:
        return None, "the law is not known"
    off = float(piece.distance[-1])
    return off <= NEAR, f"|ρ − η_β|₁ = {number_words(off)}"


SETTLED_LAW = conditions.of_run(f"the law has come to η_β: |ρ − η_β|₁ ≤ {number_words(NEAR)}", _settled_law)


def _large_beta(lived: LivedRun) -> tuple[bool | None, str]:
    piece = last_piece(lived)
    if piece is None:
        return None, "the law is not known"
    law = piece.law
    if law.m is None:
        return None, "the law known is that of Metropolis agents"
    climb = law.heights[~minimisers(law.heights)]
    if not len(climb):
        return False, "every state is a minimiser"
    least = float(piece.beta[-1] * (climb.min() - law.heights.min()))
    most = max(float(slope(piece.eta[-1].max(), law.m, law.m2)), 1 / (1 - exponent_of(law)))
    return (
        least >= FAR_BETA * most,
        f"β min ΔU = {number_words(least)}, max(φ'(η_max), 1/(1 − m)) = {number_words(most)}",
    )


LARGE_BETA = conditions.of_run(f"β large: β min ΔU ≥ {number_words(FAR_BETA)} max(φ'(η_max), 1/(1 − m))", _large_beta)
