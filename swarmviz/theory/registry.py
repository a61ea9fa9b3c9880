"""What theory knows of each dynamics: the functions that its module registers, and the types that they return.

:func:`lines` gives the curves to draw beside a run's record, :func:`target` the density to draw over its histogram,
:func:`law` the density that infinitely many agents have by now, :func:`velocity_law` what a velocity is drawn from, over the positions;
each carries the name of its claim, its source, and, where a hypothesis fails, the reason in plain words. A module registers what it knows
of a dynamics with ``@lines_of(Dynamics)``, ``@target_of(Dynamics)``, ``@law_of(Dynamics)`` and ``@velocity_law_of(Dynamics)``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from swarmviz.frame import Diverged
from swarmviz.theory.claim import assess, claims_of, fitting
from swarmviz.theory.lived import LivedRun, Stretch


class Line(NamedTuple):
    """A curve of theory beside a recorded observable.

    ``observable`` is its name in the record; ``k`` and ``y`` have the same shape; ``style`` is "dotted" for a claim of a
    paper and "dashed" for what holds exactly at finite N; ``applies`` says whether the hypotheses hold now, ``reason`` why
    not (or what the line says), in plain words. ``short`` is its name where there is no room for ``title``, ``claim`` the name of its
    claim; "" where there is none.
    """

    observable: str
    title: str
    reference: str
    style: str
    k: np.ndarray
    y: np.ndarray
    applies: bool
    reason: str
    short: str = ""
    claim: str = ""


class Target(NamedTuple):
    """A law the swarm is said to tend to: ``density(X)`` at points (M, d), not necessarily normalised; fields as in :class:`Line`."""

    title: str
    reference: str
    density: Callable[[np.ndarray], np.ndarray]
    applies: bool
    reason: str


class VelocityLaw(NamedTuple):
    """What the velocity of an agent at X is drawn from: ``centre(X)`` and ``spread(X)``, of shape (M, d) at points (M, d).

    ``spread`` is one standard deviation in each coordinate, or one scale of a noise without variance (``applies`` is False then, and
    ``reason`` says so); other fields as in :class:`Line`.
    """

    title: str
    reference: str
    centre: Callable[[np.ndarray], np.ndarray]
    spread: Callable[[np.ndarray], np.ndarray]
    applies: bool
    reason: str


_LINES: dict[type, Callable[[Any], list[Line]]] = {}
_TARGETS: dict[type, Callable[[Any], Target | None]] = {}
_LAWS: dict[type, Callable[[Any], Target | None]] = {}
_VELOCITY_LAWS: dict[type, Callable[[Any], VelocityLaw | None]] = {}


def lines_of(dynamics: type) -> Callable:
    """Register ``function(simulation) -> list[Line]`` for a dynamics."""
    return lambda function: _LINES.setdefault(dynamics, function)


def target_of(dynamics: type) -> Callable:
    """Register ``function(simulation) -> Target or None`` for a dynamics."""
    return lambda function: _TARGETS.setdefault(dynamics, function)


def law_of(dynamics: type) -> Callable:
    """Register ``function(simulation) -> Target or None`` for a dynamics, the law that it has by now."""
    return lambda function: _LAWS.setdefault(dynamics, function)


def velocity_law_of(dynamics: type) -> Callable:
    """Register ``function(simulation) -> VelocityLaw or None`` for a dynamics."""
    return lambda function: _VELOCITY_LAWS.setdefault(dynamics, function)


def _kind(simulation: Any) -> type:
    """The dynamics of a run; one that took its place since acts on no step of it."""
    return type(simulation.journal[0].dynamics)


def lines(simulation: Any, toggled: Collection[str] = ()) -> list[Line]:
    """The curves of theory beside the record of a simulation, empty where none is known.

    Those that are usually drawn; ``toggled`` names the claims of which it is the other way round.
    """
    find = _LINES.get(_kind(simulation))
    return line_claims(simulation, toggled) + (find(simulation) if find else [])


def line_claims(simulation: Any, toggled: Collection[str] = ()) -> list[Line]:
    """The curves of the claims about a simulation."""
    lived, drawn = LivedRun.of(simulation), []
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        for claim in fitting(lived):
            if claim.curve is not None and claim.drawn != (claim.name in toggled):
                held = assess(claim, lived, numbers=False)
                style = "dashed" if claim.exact else "dotted"
                y = lived.curve(claim.curve)
                drawn.append(
                    Line(
                        claim.observable,
                        held.label,
                        claim.source,
                        style,
                        lived.k,
                        y,
                        held.applies,
                        held.reason,
                        claim.short_of(lived),
                        claim.name,
                    )
                )
    return drawn


def target(simulation: Any) -> Target | None:
    """The law the swarm is said to tend to, None where there is none: that of the first claim about such a run that names one."""
    find = _TARGETS.get(_kind(simulation))
    return target_claim(simulation) or (find(simulation) if find else None)


def target_claim(simulation: Any) -> Target | None:
    """The law of the first claim about a simulation that names one."""
    if not any(claim.density for claim in claims_of(_kind(simulation))):
        return None
    lived = about_to_step(simulation)
    for claim in fitting(lived):
        if claim.density is not None:
            held = assess(claim, lived, numbers=False)
            return Target(held.label, claim.source, claim.density(lived), held.applies, held.reason)
    return None


def about_to_step(simulation: Any) -> LivedRun:
    """A simulation up to its present step, with the parameters that act on the step to come: a limit is that of what acts from now on.

    What was edited since acts on it only where a step can be made with it; where none can, what acted last goes on.
    """
    k, record = simulation.k, simulation.record
    journal, acting = simulation.journal.until(k), simulation.journal.acting_at(k)
    if not (acting.dynamics.same_as(simulation.dynamics) and acting.landscape.same_as(simulation.landscape)):
        ahead = simulation.fork()
        with contextlib.suppress(ValueError, Diverged):
            ahead.apply()
            journal = ahead.journal
    known = int(np.searchsorted(record["k"], k, side="right"))
    lived = LivedRun(
        journal, simulation.initial_swarm, {name: record[name][:known] for name in record}, lambda: simulation.frame
    )
    for change, clock in journal.clocks():
        if change.k >= max(lived.last, 1):  # after what is recorded; step 0 is in a record of nothing else
            lived.stretches.append(
                Stretch(change, np.array([change.k]), np.array([1]), clock.at(np.array([change.k])), clock.dt)
            )
    return lived


def law(simulation: Any) -> Target | None:
    """The law that infinitely many agents have at the present step, None where it is not computed."""
    find = _LAWS.get(_kind(simulation))
    return find(simulation) if find else None


def velocity_law(simulation: Any) -> VelocityLaw | None:
    """What velocities are drawn from in the coming step, None where they are not drawn from the positions alone."""
    find = _VELOCITY_LAWS.get(_kind(simulation))
    return find(simulation) if find else None
