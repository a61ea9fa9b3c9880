"""Hypotheses that several claims have, each checked for the run as it was lived."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes.base import Landscape
from swarmviz.theory.claim import Finding, Hypothesis
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.one_dimension import lipschitz
from swarmviz.theory.wording import number_words, parameter_words, symbol_of


def positive(words: str, margin: Callable[[Stretch, LivedRun], Any], name: str) -> Hypothesis:
    """``margin`` > 0 on every step so far; ``name`` is what is called the margin, such as "2λ − σ²"."""

    def check(lived: LivedRun) -> Finding:
        course = lived.course(lambda stretch: margin(stretch, lived))
        failed = lived.first_step_where(course)
        least = float(np.min(course))  # NaN fails, and is said
        least = float(course[~(course > 0)][0]) if failed is not None else least
        return Finding("holds" if failed is None else "fails", f"{name} = {number_words(least)}", failed)

    return Hypothesis(words, check, margin)


def chosen(name: str, allowed: Collection[Any], words: str) -> Hypothesis:
    """A parameter has one of the ``allowed`` values on every step so far."""
    return every_step(
        words,
        lambda dynamics, _: getattr(dynamics, name) in allowed,
        lambda d, _: parameter_words(d, name),
    )


def constant(name: str, words: str) -> Hypothesis:
    """A parameter of the dynamics never changed and follows no schedule."""

    def check(lived: LivedRun) -> Finding:
        symbol = symbol_of(lived.dynamics, name)
        if lived.changes(name):
            first = lived.stretches[0].change.dynamics
            since = lived.first_change_where(
                lambda dynamics, _: repr(getattr(dynamics, name)) == repr(getattr(first, name))
            )
            return Finding("fails", f"{symbol} changes", since)
        return Finding("holds", f"{symbol} = {number_words(getattr(lived.dynamics, name))}")

    return Hypothesis(words, check)


def every_step(
    words: str,
    holds: Callable[[Dynamics, Landscape], bool],
    detail: Callable[[Dynamics, Landscape], str],
) -> Hypothesis:
    """``holds`` of the parameters that acted on every step so far; ``detail`` names the value that decided."""

    def check(lived: LivedRun) -> Finding:
        since = lived.first_change_where(holds)
        change = (
            lived.stretches[-1] if since is None else next(s for s in lived.stretches if s.start[0] == since)
        ).change
        return Finding("holds" if since is None else "fails", detail(change.dynamics, change.landscape), since)

    return Hypothesis(words, check)


def of_run(words: str, check: Callable[[LivedRun], tuple[bool | None, str]]) -> Hypothesis:
    """A condition on the run as a whole: ``check`` gives whether it holds (None: cannot be checked), and the number that decided."""

    def found(lived: LivedRun) -> Finding:
        holds, detail = check(lived)
        return Finding("open" if holds is None else "holds" if holds else "fails", detail)

    return Hypothesis(words, found)


def unchecked(words: str, why: str) -> Hypothesis:
    """A condition that no run can decide."""
    return Hypothesis(words, lambda lived: Finding("open", why))


def no_walls() -> Hypothesis:
    """Agents move in the whole space."""
    return chosen("boundary", ("none",), "no boundary")


def landscape_stays() -> Hypothesis:
    """F is the same function from the start."""

    def check(lived: LivedRun) -> Finding:
        first = lived.journal[0].landscape
        since = lived.first_change_where(lambda _, landscape: landscape.same_as(first))
        return Finding("holds" if since is None else "fails", first.title if since is None else "F was changed", since)

    return Hypothesis("the same F throughout", check)


def one_minimiser() -> Hypothesis:
    """F has exactly one global minimiser, as far as it is known."""

    def check(lived: LivedRun) -> Finding:
        known = len(lived.landscape.minimisers(lived.d))
        if not known:
            return Finding("open", "no minimiser is known")
        return Finding("holds" if known == 1 else "fails", f"{known} known global minimiser{'s' * (known > 1)}")

    return Hypothesis("one global minimiser", check)


def smooth(order: int) -> Hypothesis:
    """F is ``order`` times continuously differentiable; 0: continuous."""
    words = {0: "F continuous", 1: "F ∈ C¹", 2: "F ∈ C²"}[order]

    def check(lived: LivedRun) -> Finding:
        landscape = lived.landscape
        known = landscape.smoothness
        if known is None:
            return Finding("open", f"the smoothness of {landscape.title} is not known")
        name = "analytic" if known > 2 else ("discontinuous", "continuous only", "C¹ only", "C²")[known + 1]
        return Finding("holds" if known >= order else "fails", f"{landscape.title} is {name}")

    return Hypothesis(words, check)


def all_recorded() -> Hypothesis:
    """The record has every step: what is summed along the run leaves none out."""
    return of_run(
        "every step recorded",
        lambda lived: (len(lived.k) == lived.last + 1, f"{len(lived.k):,} of {lived.last + 1:,} recorded"),
    )


def all_agents() -> Hypothesis:
    """The consensus is formed by the whole swarm on every step so far, not by a random batch."""

    def check(lived: LivedRun) -> Finding:
        since = lived.first_change_where(lambda dynamics, _: not 0 < dynamics.batch < lived.n)
        if since is None:
            return Finding("holds", parameter_words(lived.dynamics, "batch", lived.n))
        batch = lived.journal.acting_at(since).dynamics.batch
        return Finding(
            "fails", f"M = {batch:,}: so many of the N = {lived.n:,} agents form it, drawn anew each step", since
        )

    return Hypothesis("all agents form ν", check)


def not_stalled() -> Hypothesis:
    """The swarm has not been stopped by the stall stop."""

    def check(lived: LivedRun) -> Finding:
        still = lived.record["still"]
        for stretch in lived.stretches:
            dynamics = stretch.change.dynamics
            inside = (lived.k >= stretch.start[0]) & (lived.k < stretch.start[-1] + stretch.steps[-1])
            stopped = inside & dynamics.stalled(SimpleNamespace(still=still))
            if stopped.any():
                return Finding("fails", "the swarm stands still", int(lived.k[np.argmax(stopped)]))
        steps = lived.dynamics.stall_steps
        if not steps:
            return Finding("holds", parameter_words(lived.dynamics, "stall_steps"))
        counted = f"ν has hardly moved for {int(still[-1]):,} steps in a row"
        return Finding("holds", f"{counted}; the swarm stops after more than n_stall = {steps:,}")

    return Hypothesis("no stall stop", check)


def starts_everywhere() -> Hypothesis:
    """The positions start with the whole box as their support, and nowhere else."""

    def check(lived: LivedRun) -> Finding:
        swarm, landscape = lived.swarm, lived.journal[0].landscape
        low, high = landscape.limits(lived.d)
        if swarm.initial == "uniform":
            return Finding("holds", "uniform on the box")
        if swarm.initial == "box":
            a, b = (np.broadcast_to(np.asarray(x, float).ravel(), (lived.d,)) for x in (swarm.low, swarm.high))
            whole = bool((a == low).all() and (b == high).all())
            said = f"uniform on [{number_words(float(a.min()))}, {number_words(float(b.max()))}]"
            return Finding(
                "holds" if whole else "fails", f"{said}, D = [{number_words(low.min())}, {number_words(high.max())}]"
            )
        return Finding("fails", parameter_words(swarm, "initial"))

    return Hypothesis("positions start everywhere in the box D, and only there", check)


def starts_independently_in_box() -> Hypothesis:
    """The positions are drawn independently of each other from one law on the box."""

    def check(lived: LivedRun) -> Finding:
        swarm, (low, high) = lived.swarm, lived.journal[0].landscape.limits(lived.d)
        if swarm.initial in ("uniform", "away"):
            return Finding("holds", parameter_words(swarm, "initial"))
        if swarm.initial == "box":
            inside = bool((np.asarray(swarm.low, float) >= low).all() and (np.asarray(swarm.high, float) <= high).all())
            return Finding("holds" if inside else "fails", "the sub-box lies in D" if inside else "it reaches beyond D")
        return Finding("fails", parameter_words(swarm, "initial"))

    return Hypothesis("agents start independently from one law on the box D", check)


UNIT_VARIANCE = ("gaussian", "uniform")  # laws of the noise with variance 1


def unit_variance() -> Hypothesis:
    """The noise ξ has variance 1."""
    return chosen("noise", UNIT_VARIANCE, "noise of variance 1")


def starts_at_rest() -> Hypothesis:
    """The velocities start from 0."""

    def check(lived: LivedRun) -> tuple[bool, str]:
        law = initial_velocity(lived)
        return law == "zero", "V₀ = 0" if law == "zero" else parameter_words(
            lived.journal[0].dynamics, "initial_velocity"
        )

    return of_run("velocities start from 0", check)


def initial_velocity(lived: LivedRun) -> str:
    """The law of the velocities at the start: "zero", where a dynamics offers no other."""
    first = lived.journal[0].dynamics
    law = getattr(first, "initial_velocity", "zero")
    return "zero" if law == "gaussian" and not first.velocity_spread > 0 else law


def rests(words: str, largest: Callable[[LivedRun], float]) -> Hypothesis:
    """What agents follow never moved: ``largest`` is how far at most in a recorded step, in half widths; ∞ where it is not recorded."""

    def check(lived: LivedRun) -> tuple[bool | None, str]:
        farthest = largest(lived)
        if farthest > 1e-9:  # less is rounding
            far = math.isfinite(farthest)
            return (
                False,
                f"up to {number_words(farthest)} half widths in a step"
                if far
                else "they moved, how far is not recorded",
            )
        whole = len(lived.k) == lived.last + 1
        return True if whole else None, "no motion" if whole else "not every step is recorded"

    return of_run(words, check)


def starts_independently() -> Hypothesis:
    """The positions are drawn independently of each other from one law, wherever that lies."""

    def check(lived: LivedRun) -> tuple[bool, str]:
        return lived.swarm.initial != "points", parameter_words(lived.swarm, "initial")

    return of_run("agents start independently from one law", check)


def small_step(most: float) -> Hypothesis:
    """Δt L ≤ ``most``, where L is the Lipschitz constant of ∇F on the box; open for d > 1, where it is not computed."""

    def check(lived: LivedRun) -> tuple[bool | None, str]:
        if lived.d > 1:
            return None, "L is computed for d = 1 only"
        largest = float(np.max([s.dt * lipschitz(s.change.landscape) for s in lived.stretches]))
        if np.isnan(largest):
            return None, "F is not finite everywhere on the box"
        return bool(largest <= most), f"Δt·L = {number_words(largest)}"

    return of_run(f"Δt·L ≤ {number_words(most)}, L the Lipschitz constant of ∇F", check)


def long_enough(rate: Callable[[LivedRun], float], name: str) -> Hypothesis:
    """The run is longer than five times 1/rate; open before, and where the rate is not known."""

    def check(lived: LivedRun) -> tuple[bool | None, str]:
        found, t = rate(lived), float(lived.t[-1])
        if not np.isfinite(found):
            return None, f"t = {number_words(t)}; the rate is not known"
        return (True if found * t >= LONG else None), f"{name} = {number_words(found * t)}"

    return of_run(f"t large ({name} ≥ {number_words(LONG)})", check)


LONG = 5.0  # e⁻⁵ = 0.7% is left


def together(words: str, *parts: Hypothesis) -> Hypothesis:
    """Several conditions that are said as one; where some fail, the detail is theirs."""

    def check(lived: LivedRun) -> Finding:
        findings = [part.check(lived) for part in parts]
        for state in ("fails", "open"):
            found = [finding for finding in findings if finding.state == state]
            if found:
                since = [finding.since for finding in found if finding.since is not None]
                return Finding(state, "; ".join(finding.detail for finding in found), min(since, default=None))
        return Finding("holds", "; ".join(finding.detail for finding in findings))

    return Hypothesis(words, check)
