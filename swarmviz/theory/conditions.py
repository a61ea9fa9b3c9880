"""Hypotheses that several claims have, each checked for the run as it was lived."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.landscapes.base import Landscape
from swarmviz.theory.claim import Finding, Hypothesis
from swarmviz.theory.lived import LivedRun, Stretch


def positive(words: str, margin: Callable[[Stretch, LivedRun], Any], name: str) -> Hypothesis:
    """``margin`` > 0 on every step so far; ``name`` is what is called the margin, such as "2λ − σ²"."""

    def check(lived: LivedRun) -> Finding:
        course = lived.course(lambda stretch: margin(stretch, lived))
        failed = lived.first_step_where(course)
        least = float(np.min(course))  # NaN fails, and is said
        least = float(course[~(course > 0)][0]) if failed is not None else least
        return Finding("holds" if failed is None else "fails", f"{name} = {_number(least)}", failed)

    return Hypothesis(words, check)


def chosen(name: str, allowed: Collection[Any], words: str) -> Hypothesis:
    """A parameter has one of the ``allowed`` values on every step so far."""
    return every_step(
        words,
        lambda dynamics, _: getattr(dynamics, name) in allowed,
        lambda d, _: f"{_symbol(d, name)} = {getattr(d, name)}",
    )


def constant(name: str, words: str) -> Hypothesis:
    """A parameter of the dynamics never changed and follows no schedule."""

    def check(lived: LivedRun) -> Finding:
        symbol = _symbol(lived.dynamics, name)
        if lived.changes(name):
            first = lived.stretches[0].change.dynamics
            since = lived.first_change_where(
                lambda dynamics, _: repr(getattr(dynamics, name)) == repr(getattr(first, name))
            )
            return Finding("fails", f"{symbol} changes", since)
        return Finding("holds", f"{symbol} = {_number(getattr(lived.dynamics, name))}")

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


def _symbol(dynamics: Dynamics, name: str) -> str:
    return getattr(dynamics.param[name], "symbol", "") or name


def _number(value: Any) -> str:
    return f"{value:.3g}".replace("-", "−") if isinstance(value, int | float | np.floating) else str(value)
