"""Thresholds over two parameters: where a condition of a claim begins to fail, as a line on a map of measured runs.

A threshold is the set where the *margin* of a condition is 0. The margin is that of the condition itself, which a run as it was lived is
checked by (:func:`swarmviz.theory.conditions.positive`): here it is asked of the run that each point of the plane would begin.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.journal import Journal
from swarmviz.landscapes.base import Landscape
from swarmviz.swarm import Swarm
from swarmviz.theory.claim import Claim, claims_of
from swarmviz.theory.lived import LivedRun, Stretch

Margin = Callable[[Stretch, LivedRun], Any]


class Threshold(NamedTuple):
    """A line of theory over two parameters.

    Attributes
    ----------
    title : str
        The equation of the line, in the paper's symbols.
    margin : function (Stretch, LivedRun) → number or array
        0 on the line.
    claim : str
        Name of the claim whose condition it is; "" where it is none of a paper.
    fits : function (LivedRun) → bool
        Whether it is about such a run at all.
    remark : str
        What it means, where no claim says it.
    """

    title: str
    margin: Margin
    claim: str = ""
    fits: Callable[[LivedRun], bool] = lambda lived: True
    remark: str = ""


class ThresholdLine(NamedTuple):
    """A threshold over the plane of two parameters, for a swarm that is otherwise fixed.

    ``margin`` (Y, X) is 0 on the line, at the values ``x`` (X,) and ``y`` (Y,); NaN where it is not defined. ``source`` and
    ``hypotheses``, in words, are those of its claim.
    """

    title: str
    source: str
    hypotheses: tuple[str, ...]
    remark: str
    x: np.ndarray
    y: np.ndarray
    margin: np.ndarray


class Coordinate(NamedTuple):
    """A parameter of the dynamics, the landscape or the swarm, and values that it takes."""

    owner: str
    parameter: str
    values: Sequence[float]


_THRESHOLDS: dict[type, tuple[Threshold, ...]] = {}


def register_thresholds(dynamics: type, *thresholds: Threshold) -> None:
    """Declare the thresholds of a dynamics, in the order in which they are drawn."""
    _THRESHOLDS[dynamics] = _THRESHOLDS.get(dynamics, ()) + thresholds


def thresholds_of(dynamics: type) -> tuple[Threshold, ...]:
    """All thresholds of a dynamics."""
    return _THRESHOLDS.get(dynamics, ())


def of_condition(dynamics: type, title: str, claim: str, words: str) -> Threshold:
    """The threshold of a claim's hypothesis that says ``words``.

    Raises
    ------
    KeyError
        When there is no such claim or hypothesis, or it is no condition with a margin.
    """
    stated = _claim(dynamics, claim)
    margins = [h.margin for h in stated.hypotheses if h.words == words and h.margin is not None]
    if not margins:
        raise KeyError(f"{claim} has no hypothesis {words!r} with a margin")
    return Threshold(title, margins[0], claim, stated.fits)


def threshold_lines(
    dynamics: Dynamics, landscape: Landscape, swarm: Swarm, x: Coordinate, y: Coordinate
) -> list[ThresholdLine]:
    """The thresholds that cross the plane of two parameters of numbers.

    Parameters
    ----------
    dynamics, landscape, swarm : Dynamics, Landscape, Swarm
        The run at any point of the plane, but for the two parameters.
    x, y : Coordinate
        With values of both, increasing.

    Returns
    -------
    list of ThresholdLine
        Those whose margin is positive at some of the points and negative at others. A value that a parameter refuses has the margin NaN.
    """
    pieces = threshold_line_pieces(dynamics, landscape, swarm, x, y)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return list(end.value)


def threshold_line_pieces(
    dynamics: Dynamics, landscape: Landscape, swarm: Swarm, x: Coordinate, y: Coordinate
) -> Generator[None, None, list[ThresholdLine]]:
    """The same, a row of points at a time, for one who does other things in between; the lines are what it returns."""
    plane = _Plane(dynamics, landscape, swarm, x, y)
    middle = plane.lived(len(y.values) // 2, len(x.values) // 2)
    known = [] if middle is None else [t for t in thresholds_of(type(dynamics)) if t.fits(middle)]
    if middle is None or not known:
        return []
    margins = yield from plane.margins([threshold.margin for threshold in known])
    return [
        _line(threshold, type(dynamics), middle, plane, margin)
        for threshold, margin in zip(known, margins, strict=True)
        if (margin > 0).any() and (margin < 0).any()
    ]


class _Plane:
    """Runs that have not begun, one for each point of a plane."""

    def __init__(self, dynamics: Dynamics, landscape: Landscape, swarm: Swarm, x: Coordinate, y: Coordinate):
        self._parts: dict[str, Any] = {
            "dynamics": dynamics.copy(),
            "landscape": landscape.copy(),
            "swarm": swarm.copy(),
        }
        self.x, self.y = x, y

    def lived(self, row: int, column: int) -> LivedRun | None:
        """The run at a point, before its first step; None where a parameter refuses its value. The next one takes its parts."""
        try:
            for coordinate, i in ((self.x, column), (self.y, row)):
                setattr(self._parts[coordinate.owner], coordinate.parameter, coordinate.values[i])
        except ValueError:
            return None
        journal = Journal.at_start(self._parts["dynamics"], self._parts["landscape"])
        return LivedRun(journal, self._parts["swarm"], {"k": np.zeros(1, int), "t": np.zeros(1)})

    def margins(self, of: Sequence[Margin]) -> Generator[None, None, np.ndarray]:
        """The margins at every point, (margins, Y, X); yields after each row."""
        found = np.full((len(of), len(self.y.values), len(self.x.values)), np.nan)
        for row in range(found.shape[1]):
            with np.errstate(all="ignore"):
                for column in range(found.shape[2]):
                    lived = self.lived(row, column)
                    if lived is not None:
                        for i, margin in enumerate(of):
                            found[i, row, column] = float(np.min(margin(lived.stretches[0], lived)))
            yield
        return found


def _line(threshold: Threshold, dynamics: type, middle: LivedRun, plane: _Plane, margin: np.ndarray) -> ThresholdLine:
    stated = _claim(dynamics, threshold.claim) if threshold.claim else None
    return ThresholdLine(
        threshold.title,
        stated.source if stated else "",
        tuple(hypothesis.words for hypothesis in stated.hypotheses) if stated else (),
        threshold.remark or (stated.remark if stated else ""),
        np.asarray(plane.x.values, float),
        np.asarray(plane.y.values, float),
        margin,
    )


def _claim(dynamics: type, name: str) -> Claim:
    found = [claim for claim in claims_of(dynamics) if claim.name == name]
    if not found:
        raise KeyError(f"{dynamics.__name__} has no claim {name!r}")
    return found[0]
