"""Two to four swarms over the steps, as numbers: one observable of each, and the difference of two of them.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import wide_enough
from swarmviz.drawing.curves import Curve, CurvesPicture, at_steps, lying_on, range_of, thinned
from swarmviz.drawing.log_axis import Zero, left_out, placed, zero_of
from swarmviz.frame import OF_EVENTS, Observable
from swarmviz.simulation import Simulation

NAMES = "A", "B", "C", "D"
MAX_COMPARED = len(NAMES)  # swarms beside each other
ROUNDING = 1e-9  # of two values: a difference that is shown as none


class ComparisonPicture(NamedTuple):
    """All swarms on one plot, the difference of two on the other, whose axis is at least as wide as what is lost to rounding."""

    together: CurvesPicture
    difference: CurvesPicture


def named(names: Sequence[str]) -> str:
    """A few names in words: "A and B", "A, B and C"."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def difference_name(pair: tuple[int, int]) -> str:
    """The difference of two swarms whose places are given: "A − B"."""
    return f"{NAMES[pair[0]]} − {NAMES[pair[1]]}"


def common(runs: Sequence[Simulation]) -> list[Observable]:
    """What all swarms record and can be drawn, in the order of the first."""
    names = [{o.name for o in run.dynamics.observables} for run in runs]
    return [o for o in runs[0].dynamics.observables if o.panel != OF_EVENTS and all(o.name in known for known in names)]


def at_common_steps(runs: Sequence[Simulation], name: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """The steps that all have recorded, shape (K,), and the values of an observable there, each of shape (K,)."""
    steps = runs[0].record["k"]
    for run in runs[1:]:
        steps = np.intersect1d(steps, run.record["k"], assume_unique=True)
    return steps, [run.record[name][np.searchsorted(run.record["k"], steps)] for run in runs]


def comparison_picture(
    runs: Sequence[Simulation],
    observable: Observable,
    log: bool,
    pair: tuple[int, int] = (0, 1),
    at: np.ndarray | None = None,
) -> ComparisonPicture:
    """One observable of all swarms, where all have recorded it.

    Parameters
    ----------
    runs : sequence of two to four Simulation
        A, B and so on.
    observable : Observable
        One that all record, see :func:`common`.
    log : bool
        Whether the axis of the swarms is logarithmic; that of the difference never is.
    pair : (int, int)
        The places of the two whose difference is drawn, the first less the second.
    at : ndarray (P,), optional
        The steps at which the curves have points, in place of those that look like all of them: for a table.
    """

    def points(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return thinned(steps, values) if at is None else at_steps(steps, values, at)

    steps, values = at_common_steps(runs, observable.name)
    first, second = pair
    with np.errstate(invalid="ignore", over="ignore"):
        difference = values[first] - values[second]
    zero = Zero()
    if log and observable.panel == "value":
        zero = zero_of([run.landscape.minimum(run.initial_swarm.d) for run in runs], values)
    drawn = [placed(v - zero.value) for v in values] if log else values
    names = NAMES[: len(runs)]
    of_each = [
        Curve(name, f"{observable.symbol} of {name}: {observable.meaning}", *points(v))
        for name, v in zip(names, drawn, strict=True)
    ]
    label = difference_name(pair)
    of_two = [Curve(label, f"{observable.symbol} of {NAMES[first]} less that of {NAMES[second]}", *points(difference))]
    last, now = int(steps[-1]) if len(steps) else 0, runs[0].k
    note = left_out(zero, dict(zip(names, drawn, strict=True))) if log else ""
    ends = range_of([difference], False)
    if np.isfinite(ends[0]):
        ends = wide_enough(*ends, _least_width([values[first], values[second]]))
    low, high = range_of(drawn, log)
    return ComparisonPicture(
        CurvesPicture(
            observable.name,
            log,
            of_each,
            zero.label(observable.symbol),
            last,
            now,
            low,
            high,
            lies_on=lying_on(of_each, low, high, log),
            note=note,
        ),
        CurvesPicture(observable.name, False, of_two, label, last, now, *ends),
    )


def _least_width(values: Sequence[np.ndarray]) -> float:
    """How wide the axis of a difference is at least, so that what two swarms lose to rounding does not look like one."""
    known = [np.abs(v[np.isfinite(v)]).max(initial=0.0) for v in values]
    return ROUNDING * float(max(known, default=0.0))
