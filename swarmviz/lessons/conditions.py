"""Conditions on observables, ``dispersion < 1e-6``: parsed into a name, a sign and a number, and never evaluated as code."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.event_log import spacing_at

CLOCK = ("k", "t")  # recorded of every run: step and time
COMPARE = {"<": operator.lt, "≤": operator.le, ">": operator.gt, "≥": operator.ge}
TYPED = {"<=": "≤", ">=": "≥"}
FORM = re.compile(r"(?P<name>[A-Za-z]\w*)\s*(?P<sign><=|>=|[<>≤≥])\s*(?P<number>\S+)", re.ASCII)


class Condition(NamedTuple):
    """An observable, one of < ≤ > ≥, and a finite number."""

    observable: str
    sign: str
    number: float

    def __str__(self) -> str:
        brief = f"{self.number:g}"
        return f"{self.observable} {self.sign} {brief if float(brief) == self.number else repr(self.number)}"

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Where it holds, of values of its observable; not where one is NaN."""
        return COMPARE[self.sign](values, self.number)


def condition(text: str, known: Collection[str]) -> Condition:
    """The condition that a text means.

    Parameters
    ----------
    known : collection of str
        Names of observables beside those of ``CLOCK``.

    Raises
    ------
    ValueError
        When it has another form, names nothing that is recorded, or its number is none.
    """
    match = FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"{text.strip()[:60]!r}: must be an observable, one of < <= > >=, and a number: dispersion < 1e-6"
        )
    name = observable(match["name"], known)
    try:
        number = float(match["number"])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name}: {match['number'][:30]!r} is no finite number")
    return Condition(name, TYPED.get(match["sign"], match["sign"]), number)


def observable(name: str, known: Collection[str]) -> str:
    """The name of something that is recorded.

    Raises
    ------
    ValueError
        When nothing of that name is.
    """
    if name not in known and name not in CLOCK:
        raise ValueError(f"{name[:40]!r} is no observable of this dynamics{did_you_mean(name[:40], [*CLOCK, *known])}")
    return name


def first_step(
    conditions: Sequence[Condition], record: Mapping[str, np.ndarray], after: int = -1, limit: int | None = None
) -> int | None:
    """The first recorded step at which all conditions hold, among those later than ``after``; None where there is none.

    With a ``limit`` of the record only steps count that a record has which ends there, as for events: whatever the record is by now, the
    answer is the same. What it costs grows with the steps that were recorded since ``after``, not with the length of the run.
    """
    k = record["k"]
    start = int(np.searchsorted(k, after, side="right"))
    holds = k[start:] % spacing_at(k[start:], 1, limit) == 0
    for wanted in conditions:
        if wanted.observable not in record:
            return None
        holds &= wanted.holds(record[wanted.observable][start:])
    return int(k[start + int(holds.argmax())]) if holds.any() else None


def first_crossing(
    wanted: Condition, record: Mapping[str, np.ndarray], after: int, until: int, limit: int | None = None
) -> int | None:
    """The first recorded step at which a condition begins to hold, among those with ``after`` < k ≤ ``until``; None where there is none.

    It begins to hold where it does and did not at the recorded step before. ``limit`` as in :func:`first_step`, and so are the costs.
    """
    if wanted.observable not in record:
        return None
    k = record["k"]
    start, stop = (int(place) for place in np.searchsorted(k, [after, until], side="right"))
    start = max(start - 1, 0)
    counts = k[start:stop] % spacing_at(k[start:stop], 1, limit) == 0
    steps, holds = k[start:stop][counts], wanted.holds(record[wanted.observable][start:stop][counts])
    begins = holds[1:] & ~holds[:-1]
    return int(steps[1:][begins][0]) if begins.any() else None
