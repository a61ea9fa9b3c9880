"""The record as a Matplotlib figure: one plot for each group of observables, theory beside it, and why a claim does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.abscissa import LABELS, STEPS
from swarmviz.drawing.axes import (
    FURTHEST,
    LEAST,
    decade_ticks,
    decades_around,
    even_ticks,
    step_ticks,
    steps_end,
    tick_texts,
    wide_enough,
)
from swarmviz.drawing.claims import opacity
from swarmviz.drawing.curves import (
    OVERLAYS,
    Curve,
    CurvesPicture,
    Overlay,
    curves_picture,
    groups_of,
    name_of,
    suits_log,
)
from swarmviz.drawing.law import distances_picture
from swarmviz.drawing.law_beside import DISTANCE
from swarmviz.drawing.line_labels import (
    BEHIND,
    at_share,
    line_labels,
    most_chars,
    name_room,
    readable,
    rows_of,
    whole_name,
)
from swarmviz.drawing.log_axis import BELOW
from swarmviz.drawing.strokes import Stroke, strokes
from swarmviz.drawing.style import Theme
from swarmviz.exports.mpl.arena import heading
from swarmviz.exports.mpl.figure import FONT, SMALL, apply_theme, new_figure, room_for
from swarmviz.exports.mpl.law import Given, drawn_of, said_of
from swarmviz.simulation import Simulation
from swarmviz.theory import all_claims
from swarmviz.theory import lines as theory_lines

NAME_SIZE = SMALL - 1  # points
STROKE_SCALE = 0.78  # points of a printed line to a pixel of the page
FRAME_WIDTH, FRAME_HEIGHT = 270, 115  # points of a frame, of which names take their share
HIGHEST = 1e290  # of a logarithmic axis, which Matplotlib makes a little longer
LEAST_TIME = 1e-9  # the end of the shortest axis of the time
PAD = 0.05  # of an axis, above and below what was measured


def curves_figure(
    sim: Simulation,
    dark: bool = False,
    dpi: float = 150,
    *,
    log: Mapping[str, bool] | None = None,
    lines: Sequence[str] = (),
    hidden: Sequence[str] = (),
    overlays: Sequence[Overlay] = (),
    log_steps: Mapping[str, bool] | None = None,
    law: Given = False,
    over: Mapping[str, str] | None = None,
) -> Any:
    """The figure, with two plots in a row, as it is seen on the page.

    Parameters
    ----------
    log : mapping of str to bool, optional
        Group of observables → whether its axis is logarithmic; that which suits it where it says nothing.
    lines : sequence of str, optional
        Claims whose lines are drawn although they usually are not, or the reverse.
    hidden : sequence of str, optional
        What is left out: names of observables and of claims; OVERLAYS for the curves of other runs.
    overlays : sequence of Overlay, optional
        Other runs, whose curves lie behind, thin and grey.
    log_steps : mapping of str to bool, optional
        Group of observables → whether its axis of the steps is logarithmic; none is where it says nothing.
    law : bool
        Whether one of them is the W₁ distance to the law of infinitely many agents, for d = 1, as in :func:`.density_figure`.
    over : mapping of str to str, optional
        Group of observables → what it is drawn over, "time" or "evaluations"; the steps where it says nothing.

    Raises
    ------
    ValueError
        When an option holds something else.
    """
    toggled, chosen = _checked(lines, hidden, overlays), _axes("log", log, groups_of(sim.dynamics.observables))
    log_k = _axes("log_steps", log_steps, groups_of(sim.dynamics.observables))
    spans = _spans(over, groups_of(sim.dynamics.observables))
    colours, frame, observables = style.theme(dark), sim.frame, sim.dynamics.observables
    groups = groups_of(observables)
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        drawn_lines = theory_lines(sim, toggled)
        pictures = [
            _seen(
                curves_picture(
                    frame,
                    sim,
                    g,
                    chosen.get(g, suits_log(observables, g)),
                    lines=drawn_lines,
                    overlays=overlays,
                    log_steps=log_k.get(g, False),
                    over=spans.get(g, STEPS),
                ),
                hidden,
            )
            for g in groups
        ]
        beside = drawn_of(law, sim, DISTANCE)
    if beside is not None:
        pictures.append(_seen(distances_picture("W₁", beside.distances, frame.n, sim.k, True, ""), hidden))
    columns = 1 if len(pictures) == 1 else 2
    rows = -(-len(pictures) // columns)
    figure = new_figure(4.6 * columns, 2.5 * rows + 0.4, colours, dpi)
    panels = np.ravel(np.atleast_1d(figure.subplots(rows, columns)))
    last = max(sim.furthest, *(picture.end for picture in pictures if picture.over == STEPS), 0)
    names = rows_of(FRAME_HEIGHT, NAME_SIZE + 1)
    room = max(name_room(picture, (), FRAME_WIDTH, NAME_SIZE, names) for picture in pictures)
    for axes, drawn in zip(panels, pictures, strict=False):
        least = LEAST_TIME if drawn.over == "time" else 10.0
        end = last if drawn.over == STEPS else drawn.end
        _panel(axes, drawn, colours, steps_end(end, room, drawn.log_steps, least))
        if drawn.over != STEPS:
            axes.set_xlabel(LABELS[drawn.over], color=colours.ink, family=FONT)
    for axes in panels[len(pictures) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(pictures) - columns) : len(pictures)]:
        if not axes.get_xlabel():
            axes.set_xlabel(LABELS[STEPS], color=colours.ink, family=FONT)
        axes.tick_params(labelbottom=True)
    title = f"{heading(sim).splitlines()[0]}, to k = {sim.furthest:,}"
    figure.suptitle(title, x=0.01, ha="left", color=colours.ink, fontsize=10, family=FONT)
    failed = [curve.doubt for picture in pictures for curve in picture.curves if curve.doubt and curve.label]
    if failed := failed + (said_of(beside.law, None, sim.k) if beside is not None else []):
        figure.supxlabel(room_for(figure, failed), x=0.01, ha="left", color=colours.soft, fontsize=SMALL, family=FONT)
    return figure


def _checked(lines: Any, hidden: Any, overlays: Any) -> frozenset[str]:
    """The names of the claims; refuses options that hold something else."""
    known = {claim.name for claims in all_claims().values() for claim in claims}
    if not all(isinstance(name, str) and name in known for name in lines):
        raise ValueError(f"lines = {lines!r:.100}: must be names of claims, such as {min(known)}")
    if isinstance(hidden, str) or not all(isinstance(tip, str) for tip in hidden):
        raise ValueError(f"hidden = {hidden!r:.100}: must be a sequence of texts")
    if not all(isinstance(overlay, Overlay) for overlay in overlays):
        raise ValueError(f"overlays = {overlays!r:.100}: must be a sequence of Overlay")
    return frozenset(lines)


def _axes(name: str, log: Any, groups: Sequence[str]) -> Mapping[str, bool]:
    """Whether axes are logarithmic; groups that the dynamics does not record are refused."""
    chosen = {} if log is None else log
    if not isinstance(chosen, Mapping) or not all(g in groups and isinstance(on, bool) for g, on in chosen.items()):
        raise ValueError(f"{name} = {log!r:.100}: must map some of {', '.join(groups)} to True or False")
    return chosen


def _spans(over: Any, groups: Sequence[str]) -> Mapping[str, str]:
    """What groups are drawn over; what is unknown is refused."""
    chosen = {} if over is None else over
    if not isinstance(chosen, Mapping) or not all(
        g in groups and isinstance(o, str) and o in LABELS for g, o in chosen.items()
    ):
        raise ValueError(f"over = {over!r:.100}: must map some of {', '.join(groups)} to one of {', '.join(LABELS)}")
    return chosen


def _seen(drawn: CurvesPicture, hidden: Sequence[str]) -> CurvesPicture:
    """A picture whose hidden curves have no label, by which they are left out; ends, colours and places stay as on the page."""
    curves = [curve._replace(label="") if curve.key in hidden else curve for curve in drawn.curves]
    return drawn._replace(curves=curves, behind=() if OVERLAYS in hidden else drawn.behind)


def _panel(axes: Any, drawn: CurvesPicture, colours: Theme, end: float) -> None:
    """One group: what was measured in colour, theory dotted (claims) and dashed (exact at finite N), to step ``end``."""
    apply_theme(axes, colours, "", drawn.y_label)
    axes.grid(color=colours.grid, linewidth=0.6)
    measured = [curve for curve in drawn.curves if curve.measured]
    claimed = drawn.curves[len(measured) :]
    if drawn.log:
        log_axis(axes, [curve.y for curve in (*measured, *drawn.behind)])
    for curve in drawn.behind:
        axes.plot(curve.k, above_zero(curve.y), color=colours.soft, linewidth=0.9, alpha=0.6)
    if drawn.behind:
        axes.plot([], [], color=colours.soft, linewidth=0.9, alpha=0.6, label=name_of(drawn.behind))
    if not drawn.log:
        _linear_axis(axes, _around(ends_of([curve.y for curve in (*measured, *drawn.behind)]), claimed))
    hidden = {curve.key for curve in drawn.curves if not curve.label}
    for place, (curve, stroke) in enumerate(zip(drawn.curves, strokes(drawn, hidden), strict=True)):
        if curve.label:  # else it is hidden
            colour, (width, dash) = _colour_of(place, curve, colours), _printed(stroke)
            axes.plot(curve.k, above_zero(curve.y), color=colour, linestyle=dash, linewidth=width, label=curve.label,
                      alpha=None if curve.measured else opacity(curve))  # fmt: skip
    _steps_axis(axes, end, drawn.log_steps)
    _name_lines(axes, drawn, colours)


def _colour_of(place: int, curve: Curve, colours: Theme) -> str:
    if curve.measured:
        return colours.curves[place % len(colours.curves)]
    return colours.target if curve.style == "dotted" else colours.ink


def _printed(stroke: Stroke) -> tuple[float, Any]:
    """The width of a line in points, and where its dashes begin and what they are as Matplotlib takes them: in widths of the line."""
    if not stroke.dash:
        return STROKE_SCALE * stroke.width, "-"
    return STROKE_SCALE * stroke.width, (
        stroke.offset / stroke.width,
        tuple(length / stroke.width for length in stroke.dash),
    )


def _name_lines(axes: Any, drawn: CurvesPicture, colours: Theme) -> None:
    """The names at the ends of the lines; a legend has the whole ones of those that are cut or have no room."""
    found = line_labels(drawn, (), axes.get_ylim(), FRAME_HEIGHT, NAME_SIZE + 1, most_chars(FRAME_WIDTH, NAME_SIZE))
    for label in found:
        own = colours.soft if label.place == BEHIND else _colour_of(label.place, drawn.curves[label.place], colours)
        at = max(label.k, float(drawn.log_steps)), at_share(label.height, axes.get_ylim(), drawn.log)
        axes.annotate(label.text, at, (3, 0), textcoords="offset points", va="center", family=FONT, size=NAME_SIZE, annotation_clip=False,
                      color=readable(own, colours.paper, colours.ink)).set_in_layout(False)  # fmt: skip
    told = {label.text for label in found}
    told |= {whole_name(curve.label) for curve in drawn.curves if curve.short in told}  # by the short name that it has
    if {curve.label for curve in drawn.behind} <= told:
        told.add(name_of(drawn.behind))
    lines, names = axes.get_legend_handles_labels()
    left = [(line, name) for line, name in zip(lines, names, strict=True) if whole_name(name) not in told]
    if left:
        axes.legend(*zip(*left, strict=True), loc="best", frameon=True, framealpha=0.8, edgecolor="none", facecolor=colours.paper,
                    labelcolor=colours.ink, prop={"size": NAME_SIZE, "family": FONT})  # fmt: skip


def _steps_axis(axes: Any, end: float, log: bool) -> None:
    """The axis of the steps, with the ticks of the page."""
    if log:
        axes.set_xscale("log", nonpositive="mask")
    _set_ticks(axes.xaxis, step_ticks(end, log))
    axes.set_xlim(float(log), end)


def _linear_axis(axes: Any, ends: tuple[float, float]) -> None:
    """A linear axis for values, with ticks like those of the page."""
    _set_ticks(axes.yaxis, even_ticks(*ends))
    axes.set_ylim(ends)


def _set_ticks(axis: Any, ticks: Sequence[float]) -> None:
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    texts = tick_texts(ticks)
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter([texts[tick] for tick in ticks]))
    axis.set_minor_locator(NullLocator())


def above_zero(y: np.ndarray) -> np.ndarray:
    """Values for an axis, NaN where a logarithmic one has no place for them: the line has a gap there."""
    return np.where(y == BELOW, np.nan, y)


def _around(ends: tuple[float, float], claims: list[Curve]) -> tuple[float, float]:
    """Ends of an axis for what was measured, made wider for theory, but not so much that the measured is lost."""
    known = np.concatenate([[*ends], *(curve.y for curve in claims)])
    known, room = known[np.isfinite(known)], ends[1] - ends[0]
    low, high = max(float(known.min()), ends[0] - room), min(float(known.max()), ends[1] + room)
    return max(low, -FURTHEST), min(high, FURTHEST)


def ends_of(columns: list[np.ndarray]) -> tuple[float, float]:
    """Ends of a linear axis: what was measured and a little more, but no narrower than numbers can be told apart."""
    known = np.concatenate(columns)
    known = np.clip(known[np.isfinite(known)], -FURTHEST, FURTHEST)
    if not known.size:
        return 0.0, 1.0
    low, high = wide_enough(float(known.min()), float(known.max()))
    pad = PAD * (high - low)
    return low - pad, high + pad


def decades(columns: list[np.ndarray]) -> tuple[float, float]:
    """Ends of a logarithmic axis: all that was measured."""
    known = np.concatenate(columns)
    known = np.clip(known[np.isfinite(known) & (known >= LEAST)], LEAST, HIGHEST)
    return decades_around(float(known.min()), float(known.max())) if known.size else (1e-3, 1.0)


def log_axis(axes: Any, columns: list[np.ndarray]) -> None:
    """A logarithmic axis for values, with the ticks of the page; Matplotlib's own overflow where there are hundreds of decades."""
    ends = decades(columns)
    axes.set_yscale("log", nonpositive="mask")
    _set_ticks(axes.yaxis, decade_ticks(*ends))
    axes.set_ylim(ends)
