"""Pictures of the views for print and slides: PNG and SVG, labelled with symbols, light and dark, with the run's metadata inside."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from swarmviz.exports.arena import Arena
from swarmviz.exports.curves import curves_figure
from swarmviz.exports.density import density_figure
from swarmviz.exports.drawing import LOCK, need
from swarmviz.exports.metadata import as_text, metadata
from swarmviz.simulation import Simulation

KINDS = ("png", "svg")
SALT = "swarmviz"  # of the names inside an SVG, so that the same run gives the same bytes


def _arena(sim: Simulation, dark: bool, dpi: float) -> Any:
    arena = Arena(sim, dark, dpi)
    arena.show(sim)
    return arena.figure


VIEWS: dict[str, Callable[..., Any]] = {"arena": _arena, "density": density_figure, "curves": curves_figure}


def picture(sim: Simulation, view: str = "arena", kind: str = "png", *, dark: bool = False, dpi: float = 200) -> bytes:
    """A picture of a view as the bytes of a file, the same bytes for the same run.

    Parameters
    ----------
    sim : Simulation
        As it stands.
    view : {"arena", "density", "curves"}
        The swarm on its landscape (on a finite set, bars beside the target law); histograms; the record with the lines of theory.
    kind : {"png", "svg"}
    dark : bool
        The dark theme.
    dpi : float
        Dots per inch of a PNG, 50 to 600.

    Returns
    -------
    bytes
        With the metadata as JSON inside: the text chunk ``Description`` of a PNG, ``<metadata>`` of an SVG.

    Raises
    ------
    ImportError
        Without the extra ``pictures``.
    ValueError
        When there is no such view or kind, or ``dpi`` is out of its range.
    """
    if view not in VIEWS:
        raise ValueError(f"view = {view!r}: must be one of {', '.join(VIEWS)}")
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}")
    if not 50 <= dpi <= 600:
        raise ValueError(f"dpi = {dpi!r}: must be a number from 50 to 600")
    matplotlib = need("matplotlib")
    content = metadata(sim)
    about = {"Title": content["title"], "Description": as_text(content)}
    maker = f"swarmviz {content['version']}"
    about |= {"Software": maker} if kind == "png" else {"Creator": maker, "Date": None}
    out = io.BytesIO()
    with LOCK, matplotlib.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure = VIEWS[view](sim, dark, dpi)
        figure.savefig(out, format=kind, metadata=about, facecolor=figure.get_facecolor())
    return out.getvalue()
