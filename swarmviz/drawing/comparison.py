"""Two swarms over the steps, as numbers: one observable of A and of B, and the difference of the two.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.axes import wide_enough
from swarmviz.drawing.curves import Curve, CurvesPicture, range_of, thinned
from swarmviz.drawing.log_axis import Zero, left_out, placed, zero_of
from swarmviz.frame import Observable
from swarmviz.simulation import Simulation

NAMES = "A", "B"
DIFFERENCE = "A − B"
ROUNDING = 1e-9  # of two values: a difference that is shown as none


class ComparisonPicture(NamedTuple):
    """A and B on one plot, A − B on the other, whose axis is at least as wide as what is lost to rounding."""

    both: CurvesPicture
    difference: CurvesPicture


def common(runs: Sequence[Simulation]) -> list[Observable]:
    """What all swarms record, in the order of the first."""
    names = [{o.name for o in run.dynamics.observables} for run in runs]
    return [o for o in runs[0].dynamics.observables if all(o.name in known for known in names)]


def both(runs: Sequence[Simulation], name: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """The steps that all have recorded, shape (K,), and the values of an observable there, each of shape (K,)."""
    steps = runs[0].record["k"]
    for run in runs[1:]:
        steps = np.intersect1d(steps, run.record["k"], assume_unique=True)
    return steps, [run.record[name][np.searchsorted(run.record["k"], steps)] for run in runs]


def comparison_picture(runs: Sequence[Simulation], observable: Observable, log: bool) -> ComparisonPicture:
    """One observable of two swarms, where both have recorded it.

    Parameters
    ----------
    runs : sequence of two Simulation
        A and B.
    observable : Observable
        One that both record, see :func:`common`.
    log : bool
        Whether the axis of A and B is logarithmic; that of the difference never is.
    """
    steps, values = both(runs, observable.name)
    with np.errstate(invalid="ignore", over="ignore"):
        difference = values[0] - values[1]
    zero = Zero()
    if log and observable.panel == "value":
        zero = zero_of([run.landscape.minimum(run.initial_swarm.d) for run in runs], values)
    drawn = [placed(v - zero.value) for v in values] if log else values
    of_each = [
        Curve(name, f"{observable.symbol} of {name}: {observable.meaning}", *thinned(steps, v))
        for name, v in zip(NAMES, drawn, strict=True)
    ]
    of_both = [Curve(DIFFERENCE, f"{observable.symbol} of A less that of B", *thinned(steps, difference))]
    last, now = int(steps[-1]) if len(steps) else 0, runs[0].k
    note = left_out(zero, dict(zip(NAMES, drawn, strict=True))) if log else ""
    label = zero.label(observable.symbol)
    ends = range_of([difference], False)
    if np.isfinite(ends[0]):
        ends = wide_enough(*ends, _least_width(values))
    return ComparisonPicture(
        CurvesPicture(observable.name, log, of_each, label, last, now, *range_of(drawn, log), note=note),
        CurvesPicture(observable.name, False, of_both, DIFFERENCE, last, now, *ends),
    )


def _least_width(values: Sequence[np.ndarray]) -> float:
    """How wide the axis of a difference is at least, so that what A and B lose to rounding does not look like one."""
    known = [np.abs(v[np.isfinite(v)]).max(initial=0.0) for v in values]
    return ROUNDING * float(max(known, default=0.0))
