"""The law of the agents on a finite set at one step, for the error against N: p̄, and how far N agents scatter around it."""

from __future__ import annotations

import math

import numpy as np

from swarmviz.ensembles.occupation_error import OccupationLimit
from swarmviz.ensembles.settings import Problem
from swarmviz.journal import Journal
from swarmviz.theory.finite_set_curves import LARGEST, MOST_LINKS, SAMPLE, exponent, followed
from swarmviz.theory.finite_set_scatter import Part, parts_along

MANY_ON_A_STATE = 10  # agents, from which on linear noise is within a few per cent where we have measured it
WITHOUT_CHANCE = "uniform", "points"  # starts whose law is known exactly


def occupation_refusal(problem: Problem) -> str:
    """Why the law of a problem on a finite set is not integrated; "" where it is."""
    space = problem.dynamics.space(problem.swarm.d)  # type: ignore[attr-defined]
    if problem.swarm.initial == "points":
        return "The start is on given points, which are those of one number of agents."
    if followed(space):
        return ""
    return (
        f"The law of the agents is integrated for up to {LARGEST} states and {MOST_LINKS:,} links; "
        f"here {space.states:,} and {len(space.links):,}."
    )


def occupation_remark(problem: Problem) -> str:
    """What has to be known of the comparison, in one sentence; "" where nothing."""
    if problem.dynamics.method == "tau_leap":  # type: ignore[attr-defined]
        return "Agents leap: their law differs from the exact one by O(Δt), which √N enlarges."
    return ""


def occupation_limit(problem: Problem, k: int) -> OccupationLimit:
    """The law at step ``k`` of constant parameters or schedules.

    Raises
    ------
    ValueError
        Where it cannot be integrated, with the reason in one sentence.
    """
    dynamics, landscape, swarm = problem
    if reason := occupation_refusal(problem):
        raise ValueError(reason)
    (part,) = parts_along(Journal.at_start(dynamics, landscape), swarm)
    space, t, (low, high) = part.stretch.space, float(problem.clock.at(k)), landscape.limits(swarm.d)
    assert part.stretch.law is not None
    try:
        shares = part.stretch.law.at(t)[0] * space.mu
    except ArithmeticError as error:
        raise ValueError(f"The law of the agents cannot be integrated to step {k:,}: {error}") from None
    classical = exponent(dynamics) is None  # type: ignore[arg-type]  # independent agents: exact at any N
    draws = math.inf if swarm.initial in WITHOUT_CHANCE else SAMPLE
    return OccupationLimit(
        shares,
        lambda x: space.nearest(x, low, high),
        _scatter(part, t),
        1.0 if classical else MANY_ON_A_STATE * space.states,
        draws,
    )


def _scatter(part: Part, t: float) -> float:
    """The trace of the covariance; NaN where it is not known."""
    if part.noise is None:
        return math.nan
    try:
        return float(np.trace(part.noise.at(t)))
    except ArithmeticError:
        return math.nan
