"""Pictures of the views for print and slides: PNG and SVG, labelled with symbols, light and dark, with the run's metadata inside."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from swarmviz.drawing.comparison import NAMES
from swarmviz.drawing.law_beside import DENSITY, DISTANCE, MASSES, PHASE
from swarmviz.drawing.layers import checked
from swarmviz.exports.metadata import as_text, metadata
from swarmviz.exports.mpl.arena import Arena
from swarmviz.exports.mpl.comparison import comparison_figure, others_of
from swarmviz.exports.mpl.curves import curves_figure
from swarmviz.exports.mpl.density import density_figure
from swarmviz.exports.mpl.figure import LOCK, by_hand, need
from swarmviz.exports.mpl.law import law_of
from swarmviz.exports.mpl.map import map_figure
from swarmviz.exports.mpl.mass import mass_figure
from swarmviz.exports.mpl.occupation import occupation_figure
from swarmviz.exports.mpl.phase_space import phase_figure
from swarmviz.frame import Frame
from swarmviz.replay import never
from swarmviz.serialise import plain
from swarmviz.simulation import Simulation

KINDS = ("png", "svg")
SALT = "swarmviz"  # of the names inside an SVG, so that the same run gives the same bytes


def _arena(
    sim: Simulation,
    dark: bool,
    dpi: float,
    *,
    region: Sequence[float] | None = None,
    trails: bool = True,
    arrows: bool = True,
    links: bool = True,
    contours: bool = True,
    inset: bool = True,
    label: str = "",
) -> Any:
    layers = checked(trails=trails, arrows=arrows, links=links, contours=contours, inset=inset)
    arena = Arena(sim, dark, dpi, region, layers, label)
    arena.look_back(sim)
    arena.show(sim)
    return arena.figure


class PrintedView(NamedTuple):
    """A picture that can be made.

    ``figure(sim, dark, dpi, **options)`` draws it and refuses options that are out of range; ``lacking(frame)`` says what a run has not
    that the picture would show, empty where it fits; ``law`` is the part of the law of infinitely many agents that it can draw; ``needs``
    names the option without which there is nothing to draw, because the run has it not.
    """

    figure: Callable[..., Any]
    lacking: Callable[[Frame], str] = lambda frame: ""
    law: str = ""
    needs: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """The options that the view knows: what its figure takes by keyword only."""
        known = inspect.signature(self.figure).parameters.values()
        return tuple(p.name for p in known if p.kind is inspect.Parameter.KEYWORD_ONLY)


def _no_velocities(frame: Frame) -> str:
    return "have no velocities" if frame.v is None else ""


def _no_masses(frame: Frame) -> str:
    return "have no masses" if frame.mass is None else ""


def _no_states(frame: Frame) -> str:
    return "do not live on a finite set of states" if frame.occupation is None or frame.sites is None else ""


VIEWS: dict[str, PrintedView] = {
    "arena": PrintedView(_arena),
    "density": PrintedView(density_figure, law=DENSITY),
    "curves": PrintedView(curves_figure, law=DISTANCE),
    "phase": PrintedView(phase_figure, _no_velocities, PHASE),
    "mass": PrintedView(mass_figure, _no_masses, MASSES),
    "occupation": PrintedView(occupation_figure, _no_states),
    "comparison": PrintedView(comparison_figure, needs="other"),
    "map": PrintedView(map_figure, needs="table"),
}


def views_of(frame: Frame, comparing: bool = False, mapped: bool = False) -> list[str]:
    """The names of the pictures that fit a run whose present frame is given.

    ``comparing``: whether there is a second run beside it; ``mapped``: whether there is a table of :func:`swarmviz.refine` for its map.
    """
    there = {"": True, "other": comparing, "table": mapped}
    return [name for name, view in VIEWS.items() if not view.lacking(frame) and there[view.needs]]


def picture(
    sim: Simulation,
    view: str = "arena",
    kind: str = "png",
    *,
    dark: bool = False,
    dpi: float = 200,
    cancelled: Callable[[], bool] = never,
    **options: Any,
) -> bytes:
    """A picture of a view as the bytes of a file, the same bytes for the same run.

    Parameters
    ----------
    sim : Simulation
        As it stands; for trails and links it goes a few steps back, and is where it was when the picture is made.
    view : {"arena", "density", "curves", "phase", "mass", "occupation", "comparison", "map"}
        * arena: the swarm on its landscape; on a finite set, bars beside the target law
        * density: histograms of one or two coordinates, their plane as an image, and the target law; on a finite set, bars of states
        * curves: the record with the lines of theory
        * phase: velocities over positions and the law that they are drawn from; for agents with velocities
        * mass: the strength of the noise over mass with the agents on it, or masses over a coordinate; for agents with masses
        * occupation: share of the agents on each state minus the target law, and the room that chance has; for finite sets
        * comparison: what ``sim`` (A) and ``other`` (B, or B to D) all record, and the difference of two of them
        * map: the cells of a ``table`` over two numbers, theory's thresholds, the best region, and where the parameters of the run are
    kind : {"png", "svg"}
    dark : bool
        The dark theme.
    dpi : float
        Dots per inch of a PNG, 50 to 600.
    cancelled : function () → bool
        Asked while a law is computed.
    **options
        Those of the view; None means as if absent.

        * region, of an arena: sequence of float x₀, x₁ and, of a plane, y₀, y₁, shown in place of the box; within ten half widths of the
          box from its middle, each side at least 1e-9 of the box
        * trails, arrows, links, contours, inset, of an arena: bool, whether these layers are shown; True when absent
        * label, of an arena: text of at most 200 characters with which the title begins
        * coordinates, of a density or a phase space: sequence of one or two int from 0; the first one or two when absent
        * bins, of a density: int from 2 to 1000, over the box; 40 when absent
        * smooth, of a density: bool, whether there is a smooth estimate, over the bars and as the image of the plane; True when absent
        * law, of a density, curves, a phase space or masses: bool, whether the law of infinitely many agents is drawn, for d = 1: its
          density, W₁ of the swarm to it, or the law of places and velocities or masses; of a long run it takes minutes
        * log, of curves: mapping of some groups of observables, such as "value", to bool, whether their axes are logarithmic
        * lines, of curves: names of claims whose lines are drawn although they usually are not, or the reverse
        * hidden, of curves: names of observables and claims that are left out; "other runs" for those behind
        * overlays, of curves: other runs behind them, sequence of :class:`swarmviz.drawing.curves.Overlay`
        * log_steps, over, of curves: mapping of some groups of observables to bool, whether the axis of the steps is logarithmic; to
          "time" or "evaluations", what they are drawn over in place of the steps
        * over, of masses: "strength", where mass decides on noise, or a coordinate, int from 0; the first that there is when absent
        * other, of a comparison, which needs it: Simulation, the second run, or a sequence of one to three
        * pair, of a comparison: the places of the two runs whose difference is drawn, (0, 1) when absent: A − B
        * table, of a map, which needs it: Dataset of :func:`swarmviz.refine` along two axes of numbers
        * colour, of a map: what the colour of a cell says, "found", "gap", "cost" or "rate"; "found" when absent

    Returns
    -------
    bytes
        With the metadata as JSON inside: the text chunk ``Description`` of a PNG, ``<metadata>`` of an SVG. That of a comparison has the
        metadata of the second run under ``other``, of several as a list; that of a map the attributes of its table under ``table``.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true.
    ImportError
        Without the extra ``pictures``.
    TypeError
        When no view has such an option.
    ValueError
        When there is no such view or kind, the view does not fit the run or has no such option, or a value is out of its range.
    """
    options = {name: value for name, value in options.items() if value is not None}
    _check(sim, view, kind, dpi, options)
    matplotlib = need("matplotlib")
    content = _content(sim, options.get("other"), options.get("table"))
    if options.get("law") is True:
        options["law"] = law_of(
            sim, VIEWS[view].law, cancelled
        )  # before the lock, for which the pictures of all others wait
    about = {"Title": content["title"], "Description": as_text(content)}
    maker = f"swarmviz {content['version']}"
    about |= {"Software": maker} if kind == "png" else {"Creator": maker, "Date": None}
    out = io.BytesIO()
    with by_hand(), LOCK, matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure = VIEWS[view].figure(sim, dark, dpi, **options)
        figure.savefig(out, format=kind, metadata=about, facecolor=figure.get_facecolor())
    return out.getvalue()


def _check(sim: Simulation, view: str, kind: str, dpi: float, options: dict[str, Any]) -> None:
    """What holds for every picture; the values of ``options`` are checked by the view's figure."""
    if view not in VIEWS:
        raise ValueError(f"view = {view!r}: must be one of {', '.join(VIEWS)}")
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}")
    if not 50 <= dpi <= 600:
        raise ValueError(f"dpi = {dpi!r}: must be a number from 50 to 600")
    if lacking := VIEWS[view].lacking(sim.frame):
        raise ValueError(f"view = {view!r}: the agents of {sim.dynamics.title} {lacking}")
    for name in [name for name in options if name not in VIEWS[view].options]:
        takers = [known for known, one in VIEWS.items() if name in one.options]
        if not takers:
            raise TypeError(f"picture() got an unexpected keyword argument {name!r}")
        raise ValueError(f"{name} = {options[name]!r}: is for the view {' or '.join(takers)}, not for {view}")


def _content(sim: Simulation, other: Simulation | Sequence[Simulation] | None, table: Any) -> dict[str, Any]:
    """The metadata of the run, or of all that are compared, and of a map."""
    content = metadata(sim)
    if table is not None:
        content["table"] = {name: plain(value) for name, value in getattr(table, "attrs", {}).items()}
    if other is None:
        return content
    others = [metadata(one) for one in others_of(other)]
    titles = [f"{name}: {one['title']}" for name, one in zip(NAMES, [content, *others], strict=False)]
    return content | {"title": "; ".join(titles), "other": others if len(others) > 1 else others[0]}
