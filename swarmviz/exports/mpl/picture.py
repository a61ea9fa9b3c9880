"""Pictures of the views for print and slides: PNG and SVG, labelled with symbols, light and dark, with the run's metadata inside."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from swarmviz.exports.metadata import as_text, metadata
from swarmviz.exports.mpl.arena import Arena
from swarmviz.exports.mpl.comparison import comparison_figure
from swarmviz.exports.mpl.curves import curves_figure
from swarmviz.exports.mpl.density import density_figure
from swarmviz.exports.mpl.figure import LOCK, by_hand, need
from swarmviz.exports.mpl.occupation import occupation_figure
from swarmviz.exports.mpl.phase_space import phase_figure
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation

KINDS = ("png", "svg")
SALT = "swarmviz"  # of the names inside an SVG, so that the same run gives the same bytes


def _arena(sim: Simulation, dark: bool, dpi: float) -> Any:
    arena = Arena(sim, dark, dpi)
    arena.show(sim)
    return arena.figure


class View(NamedTuple):
    """A picture that can be made.

    ``figure(sim, dark, dpi, **options)`` draws it; ``options`` are those that it knows; ``lacking(frame)`` says what a run has not that
    the picture would show, empty where it fits.
    """

    figure: Callable[..., Any]
    options: tuple[str, ...] = ()
    lacking: Callable[[Frame], str] = lambda frame: ""


def _no_velocities(frame: Frame) -> str:
    return "have no velocities" if frame.v is None else ""


def _no_states(frame: Frame) -> str:
    return "do not live on a finite set of states" if frame.occupation is None or frame.sites is None else ""


VIEWS: dict[str, View] = {
    "arena": View(_arena),
    "density": View(density_figure, ("coordinates", "bins", "smooth")),
    "curves": View(curves_figure),
    "phase": View(phase_figure, ("coordinates",), _no_velocities),
    "occupation": View(occupation_figure, (), _no_states),
    "comparison": View(comparison_figure, ("other",)),
}


def views_of(frame: Frame, comparing: bool = False) -> list[str]:
    """The names of the pictures that fit a run whose present frame is given; ``comparing``: whether there is a second run beside it."""
    return [
        name for name, view in VIEWS.items() if not view.lacking(frame) and (comparing or "other" not in view.options)
    ]


def picture(
    sim: Simulation,
    view: str = "arena",
    kind: str = "png",
    *,
    other: Simulation | None = None,
    coordinates: Sequence[int] | None = None,
    bins: int | None = None,
    smooth: bool | None = None,
    dark: bool = False,
    dpi: float = 200,
) -> bytes:
    """A picture of a view as the bytes of a file, the same bytes for the same run.

    Parameters
    ----------
    sim : Simulation
        As it stands.
    view : {"arena", "density", "curves", "phase", "occupation", "comparison"}
        * arena: the swarm on its landscape; on a finite set, bars beside the target law
        * density: histograms of one or two coordinates, their plane as an image, and the target law; on a finite set, bars of states
        * curves: the record with the lines of theory
        * phase: velocities over positions and the law that they are drawn from; for agents with velocities
        * occupation: share of the agents on each state minus the target law, and the room that chance has; for finite sets
        * comparison: what both ``sim`` (A) and ``other`` (B) record, and the difference
    kind : {"png", "svg"}
    other : Simulation
        The second run of a comparison.
    coordinates : sequence of one or two int
        Of a density or a phase space, from 0; the first one or two when absent.
    bins : int
        Of a density over the box, 2 to 1000; 40 when absent.
    smooth : bool
        Whether a density has a smooth estimate: over the bars, and as the image of the plane; True when absent.
    dark : bool
        The dark theme.
    dpi : float
        Dots per inch of a PNG, 50 to 600.

    Returns
    -------
    bytes
        With the metadata as JSON inside: the text chunk ``Description`` of a PNG, ``<metadata>`` of an SVG. That of a comparison has the
        metadata of the second run under ``other``.

    Raises
    ------
    ImportError
        Without the extra ``pictures``.
    ValueError
        When there is no such view or kind, the view does not fit the run or has no such option, or a value is out of its range.
    """
    options = {"other": other, "coordinates": coordinates, "bins": bins, "smooth": smooth}
    options = {name: value for name, value in options.items() if value is not None}
    _check(sim, view, kind, options, dpi)
    matplotlib = need("matplotlib")
    content = _content(sim, other)
    about = {"Title": content["title"], "Description": as_text(content)}
    maker = f"swarmviz {content['version']}"
    about |= {"Software": maker} if kind == "png" else {"Creator": maker, "Date": None}
    out = io.BytesIO()
    with by_hand(), LOCK, matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure = VIEWS[view].figure(sim, dark, dpi, **options)
        figure.savefig(out, format=kind, metadata=about, facecolor=figure.get_facecolor())
    return out.getvalue()


def _check(sim: Simulation, view: str, kind: str, options: dict[str, Any], dpi: float) -> None:
    if view not in VIEWS:
        raise ValueError(f"view = {view!r}: must be one of {', '.join(VIEWS)}")
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}")
    if not 50 <= dpi <= 600:
        raise ValueError(f"dpi = {dpi!r}: must be a number from 50 to 600")
    if lacking := VIEWS[view].lacking(sim.frame):
        raise ValueError(f"view = {view!r}: the agents of {sim.dynamics.title} {lacking}")
    known = VIEWS[view].options
    for name, value in options.items():
        if name not in known:
            takes = [of for of, one in VIEWS.items() if name in one.options]
            raise ValueError(f"{name} = {value!r}: is for the view {' or '.join(takes)}, not for {view}")
    if "other" in known and "other" not in options:
        raise ValueError(f"view = {view!r}: needs a second run, other")
    if not isinstance(options.get("smooth", True), bool):
        raise ValueError(f"smooth = {options['smooth']!r}: must be True or False")


def _content(sim: Simulation, other: Simulation | None) -> dict[str, Any]:
    """The metadata of the run, or of both."""
    content = metadata(sim)
    if other is None:
        return content
    second = metadata(other)
    return content | {"title": f"A: {content['title']}; B: {second['title']}", "other": second}
