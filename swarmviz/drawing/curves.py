"""The record over the steps, as numbers: the observables of a group, the lines of theory beside them, and the bands of replicas.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from swarmviz.drawing.abscissa import COLUMNS, STEPS, Abscissa
from swarmviz.drawing.claims import doubt
from swarmviz.drawing.log_axis import BELOW, Zero, left_out, placed, zero_of
from swarmviz.drawing.thinning import thin, thin_by_doublings
from swarmviz.frame import COST, OF_EVENTS, Frame, Observable
from swarmviz.simulation import Simulation
from swarmviz.theory import Line
from swarmviz.theory import lines as theory_lines
from swarmviz.theory.wording import set_symbols

MEASURED = "solid"  # the style of a curve that is no theory
OVERLAY_POINTS = 400  # of a curve of another run
MOST_NAMED = 2  # other runs in a legend
OVERLAYS = "other runs"  # stands for their curves among those that are hidden
BANDS = "bands"  # stands for those of the replicas among them
NEAR, MOSTLY = 0.012, 0.8  # of the height of a plot, and of the steps: curves that lie on each other
GROUP_LABELS = {"value": "F"}  # others are called what they are


class Band(Protocol):
    """What is drawn of the replicas of a run: quantiles of an observable over ``runs`` runs at the steps ``k``, arrays of shape (K,)."""

    @property
    def k(self) -> np.ndarray: ...
    @property
    def low(self) -> np.ndarray: ...
    @property
    def middle(self) -> np.ndarray: ...
    @property
    def high(self) -> np.ndarray: ...
    @property
    def runs(self) -> int: ...
    @property
    def label(self) -> str: ...


class Curve(NamedTuple):
    """A drawn curve.

    ``label`` is for the legend, ``tip`` for what hovering tells; ``k`` and ``y`` are its points, (P,) each; ``style`` is MEASURED, or as
    in :class:`swarmviz.theory.Line`; ``applies`` says whether its claim holds, ``reason`` why not. ``short`` is its name where there is
    no room for ``label``, or ""; ``name`` stays the same whatever the label says: that of the observable or of the claim; ``of`` is the
    symbol of the observable that a line of theory is about.
    """

    label: str
    tip: str
    k: np.ndarray
    y: np.ndarray
    style: str = MEASURED
    applies: bool = True
    reason: str = ""
    short: str = ""
    name: str = ""
    of: str = ""

    @property
    def key(self) -> str:
        """By which it is known among those that are hidden."""
        return self.name or self.tip

    @property
    def doubt(self) -> str:
        """Why its claim need not hold, as a sentence; "" where nothing fails."""
        return "" if self.applies else doubt(self.tip, self.reason, self.of)

    @property
    def measured(self) -> bool:
        """Whether it was recorded, and is no theory."""
        return self.style == MEASURED


class Area(NamedTuple):
    """The band of the replicas of curve number ``place``: its text in the legend, what hovering over the median tells, and points (P,)."""

    place: int
    label: str
    tip: str
    k: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


class Overlay(NamedTuple):
    """The record of another run, drawn behind the curves of the one that is shown.

    ``label`` says which run it is; ``series`` has the points (P,) and (P,) of each observable by name.
    """

    label: str
    series: Mapping[str, tuple[np.ndarray, np.ndarray]]

    @classmethod
    def of(cls, run: Simulation, label: str = "", most: int = OVERLAY_POINTS) -> Overlay:
        """The record of a run as far as it is known, in at most so many points for each observable; it grows no more."""
        record, k = run.record, run.record["k"]
        series = {}
        for name in (name for name in record if name != "k"):
            ks, ys = thin(k, np.asarray(record[name], float), most)
            series[name] = ks.astype("f8"), np.array(ys)  # a copy: the record is written again after a cut
        return cls(label, series)

    @property
    def last(self) -> int:
        """Its last step."""
        return int(max((k[-1] for k, _ in self.series.values() if len(k)), default=0))


class CurvesPicture(NamedTuple):
    """One plot over the steps.

    ``group`` and ``log`` say for which choice it was made; ``curves`` are those of the record, then those of theory; ``last`` is the last
    recorded step and ``now`` the present one; ``low`` and ``high`` are the ends of what was measured, NaN where nothing can be shown;
    ``note`` says in words what the axis cannot show; ``behind`` are the curves of other runs, thin and grey; ``log_steps`` says whether
    the axis of the steps is logarithmic, too; ``lies_on`` is as :func:`lying_on` says, or empty. On a logarithmic axis values are
    :func:`swarmviz.drawing.log_axis.placed`. ``along`` says what it is drawn over: where it is not None, all that is a step here (``k`` of
    curves, ``last``, ``now``) is a place on its axis.
    """

    group: str
    log: bool
    curves: list[Curve]
    y_label: str
    last: float
    now: float
    low: float
    high: float
    areas: tuple[Area, ...] = ()
    note: str = ""
    behind: tuple[Curve, ...] = ()
    log_steps: bool = False
    lies_on: tuple[int, ...] = ()
    along: Abscissa | None = None

    @property
    def end(self) -> float:
        """The last step of all that is drawn."""
        drawn = [*(curve.k for curve in self.behind), *(area.k for area in self.areas)]
        return max([self.last, *(float(k[-1]) for k in drawn if len(k))])

    @property
    def over(self) -> str:
        """What it is drawn over, a key of :data:`swarmviz.drawing.abscissa.LABELS`."""
        return STEPS if self.along is None else self.along.over

    def step_at(self, x: float) -> int:
        """The step at a place of the axis, at most the last one."""
        return min(round(x), int(self.last)) if self.along is None else self.along.step_at(x)


def tip_of(line: Line) -> str:
    """What hovering over a line of theory tells."""
    return f"{line.title} ({line.reference})"


def name_of(behind: Sequence[Curve]) -> str:
    """The curves of other runs in a legend: their names, or how many runs they are."""
    labels = list(dict.fromkeys(curve.label for curve in behind))
    return ", ".join(labels) if len(labels) <= MOST_NAMED else f"{len(labels)} other runs"


def groups_of(observables: Sequence[Observable]) -> list[str]:
    """The groups in the order of their first observable; what a run has spent is an axis, and what events are found in is no curve."""
    return list(dict.fromkeys(o.panel for o in observables if o.panel not in (COST, OF_EVENTS)))


def suits_log(observables: Sequence[Observable], group: str) -> bool:
    """Whether a logarithmic axis suits a group: as soon as it suits one of its observables."""
    return any(o.log for o in observables if o.panel == group)


def curves_picture(
    frame: Frame,
    run: Simulation,
    group: str,
    log: bool,
    bands: Mapping[str, Band] | None = None,
    lines: Sequence[Line] | None = None,
    overlays: Sequence[Overlay] = (),
    log_steps: bool = False,
    over: str = STEPS,
    at: np.ndarray | None = None,
) -> CurvesPicture:
    """The curves of a group as they stand.

    Parameters
    ----------
    frame, run : Frame, Simulation
        The present frame, and the run, whose record is read.
    group : str
        ``panel`` of the observables that are drawn.
    log : bool
        Whether the axis is logarithmic. F is then measured from its zero, see :func:`swarmviz.drawing.log_axis.zero_of`.
    bands : mapping of str to Band, optional
        The bands of the replicas by the names of observables.
    lines : sequence of Line, optional
        Those of theory, where they are known already.
    overlays : sequence of Overlay, optional
        Other runs, of which the same observables are drawn behind.
    log_steps : bool
        Whether the axis of the steps is logarithmic; it begins at step 1, and the first steps keep all their points. Not over the time.
    over : str
        "steps", "time" or "evaluations": what the curves are drawn over. The bands of replicas are drawn over the median of their
        evaluations at each step, other runs over their own.
    at : ndarray (P,), optional
        The steps at which the curves have points, in place of those that look like all of them: for a table. Replicas and other runs have
        points of their own.
    """
    log_steps = log_steps and over != "time"
    record, bands = run.record, bands or {}
    chosen = [o for o in run.dynamics.observables if o.panel == group]
    size = min([len(record["k"]), *(len(record[o.name]) for o in chosen)])
    k, label = record["k"][:size], GROUP_LABELS.get(group, group)
    along = Abscissa.of(over, record)
    areas = [(place, o, bands[o.name]) for place, o in enumerate(chosen) if o.name in bands]
    zero = Zero()
    if log and group == "value":
        others = [overlay.series[o.name][1] for overlay in overlays for o in chosen if o.name in overlay.series]
        drawn_on_it = [*(record[o.name][:size] for o in chosen), *(band.low for *_, band in areas), *others]
        zero = zero_of([run.landscape.minimum(frame.d)], drawn_on_it)

    def shown(ys: np.ndarray) -> np.ndarray:
        return placed(ys - zero.value) if log else ys

    def points(ks: np.ndarray, ys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ks, ys = thinned(ks, ys, log_steps) if at is None else at_steps(ks, ys, at)
        return _there(along.at(ks), shown(ys))

    symbols = {o.name: set_symbols(o.symbol) for o in chosen}
    curves = [
        Curve(
            symbols[o.name],
            f"{symbols[o.name]}: {set_symbols(o.meaning)}",
            *points(k, record[o.name][:size]),
            name=o.name,
        )
        for o in chosen
    ]
    drawn = tuple(
        Area(
            place,
            band.label,
            f"{symbols[o.name]}: median of {band.runs} replicas",
            *_where_known(band, shown, _of_replicas(along, bands)),
        )
        for place, o, band in areas
    )
    parts = {c.label: c.y for c in curves}
    parts |= {f"the band of {curves[a.place].label}": np.concatenate([a.low, a.middle, a.high]) for a in drawn}
    behind = tuple(
        Curve(
            overlay.label,
            f"{symbols[o.name]} of {overlay.label}",
            *_there(_of_overlay(over, overlay).at(overlay.series[o.name][0]), shown(overlay.series[o.name][1])),
        )
        for overlay in overlays
        for o in chosen
        if o.name in overlay.series
    )
    low, high = range_of([*parts.values(), *(curve.y for curve in behind)], log)
    for line in theory_lines(run) if lines is None else lines:
        if line.observable in symbols:
            tip = tip_of(line)
            k_and_y = points(line.k, line.y)
            curves.append(
                Curve(
                    line.title,
                    tip,
                    *k_and_y,
                    line.style,
                    line.applies,
                    line.reason,
                    line.short,
                    line.claim,
                    symbols[line.observable],
                )
            )
    last, note = float(k[-1]) if len(k) else 0.0, left_out(zero, parts) if log else ""
    now, known = float(run.k), None
    if along.over != STEPS:
        last, now, known = float(along.at(np.array(last))), float(along.at(np.array(min(now, last)))), along
    return CurvesPicture(group, log, curves, zero.label(label), last, now, low, high, drawn, note, behind, log_steps,
                         lying_on(curves, low, high, log), known)  # fmt: skip


def lying_on(curves: Sequence[Curve], low: float, high: float, log: bool) -> tuple[int, ...]:
    """For each curve the first measured one on which it mostly lies, its own number where there is none.

    Two lie on each other where they are nearer than NEAR of the ends ``low`` and ``high`` of what is drawn, mostly when they do at
    MOSTLY of the steps at which both are known. Lines of theory lie on none.
    """
    low, high = (math.log10(low), math.log10(high)) if log and 0 < low else (low, high)
    near = NEAR * max(high - low, 0.0)
    found: list[int] = []
    with np.errstate(all="ignore"):
        heights = [np.log10(curve.y) if log else curve.y for curve in curves]
        for place, curve in enumerate(curves):
            below = (i for i in dict.fromkeys(found) if curve.measured and curves[i].measured and len(curves[i].k))
            on = (i for i in below if _lies(curve.k, heights[place], curves[i].k, heights[i], near))
            found.append(next(on, place))
    return tuple(found)


def _lies(k: np.ndarray, y: np.ndarray, other_k: np.ndarray, other: np.ndarray, near: float) -> bool:
    apart = np.abs(y - np.interp(k, other_k, other, left=np.nan, right=np.nan))
    known = apart[np.isfinite(apart)]
    return len(known) > 0 and int(np.count_nonzero(known <= near)) >= MOSTLY * len(known)


def thinned(k: np.ndarray, y: np.ndarray, log_steps: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """A series as the points of a curve, float64."""
    k, y = (thin_by_doublings if log_steps else thin)(k, np.asarray(y, float))
    return k.astype("f8"), y


def at_steps(k: np.ndarray, y: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A series at the steps ``at``: where it has none of them, between its points; NaN beyond its ends."""
    if not len(k):
        return np.asarray(at, float), np.full(len(at), np.nan)
    return np.asarray(at, float), np.interp(at, k, np.asarray(y, float), left=np.nan, right=np.nan)


def range_of(values: Iterable[np.ndarray], log: bool) -> tuple[float, float]:
    """The lowest and the highest of what an axis can show of ``values``; NaN where there is nothing."""
    seen = np.concatenate([*values, np.zeros(0)])
    seen = seen[np.isfinite(seen) & ((seen > BELOW) | (not log))]
    return (float(seen.min()), float(seen.max())) if seen.size else (np.nan, np.nan)


def _there(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points of a curve that are on the axis."""
    known = np.isfinite(x)
    return (x, y) if known.all() else (x[known], y[known])


def _of_replicas(along: Abscissa, bands: Mapping[str, Band]) -> Abscissa:
    """Where replicas stand at each step: as the run itself over steps and time, in the median over evaluations."""
    band = bands.get("evaluations")
    if along.over != "evaluations" or band is None:
        return along
    known = np.isfinite(band.middle)
    return Abscissa(along.over, band.k[known].astype("f8"), band.middle[known])


def _of_overlay(over: str, overlay: Overlay) -> Abscissa:
    """Where another run stands at each step; nowhere in particular where it does not hold what is asked for."""
    column = COLUMNS[over]
    if over == STEPS or column not in overlay.series:
        return Abscissa(STEPS, np.zeros(0), np.zeros(0))
    return Abscissa(over, *overlay.series[column])


def _where_known(band: Band, shown: Callable[[np.ndarray], np.ndarray], along: Abscissa) -> tuple[np.ndarray, ...]:
    """Places on the axis, lower end, median and upper end, where there is a band."""
    x = along.at(band.k)
    there = np.isfinite(band.low) & np.isfinite(band.high) & np.isfinite(x)
    return x[there].astype("f8"), *(shown(part[there]) for part in (band.low, band.middle, band.high))
