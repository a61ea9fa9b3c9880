"""The law of infinitely many agents in a Matplotlib figure: it is computed before, so that it can be cancelled, and holds up nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from swarmviz.drawing.claims import opacity
from swarmviz.drawing.law import LAW_NAME, PLANE_ALPHA, DrawnLaw, PlaneLaw
from swarmviz.drawing.law_beside import Beside, Ends, LawBesideRun, law_beside
from swarmviz.drawing.style import Theme
from swarmviz.replay import RunSpec, never
from swarmviz.simulation import Simulation

Given = bool | LawBesideRun  # whether a figure draws the law, or the law itself


def law_of(sim: Simulation, part: str, cancelled: Callable[[], bool] = never) -> LawBesideRun:
    """The law of a run at its step, for what a figure draws of it: of a long run it takes minutes.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true on the way.
    """
    return law_beside(RunSpec.of(sim), frozenset({part}), cancelled)


def drawn_of(law: Given, sim: Simulation, part: str, view: tuple[Ends, Ends] | None = None) -> Beside | None:
    """What a figure draws of the law that it was given, or was asked to compute; None where it draws none, as for d > 1.

    Raises
    ------
    ValueError
        When ``law`` is neither True nor False.
    """
    if not isinstance(law, bool | LawBesideRun):
        raise ValueError(f"law = {law!r}: must be True or False")
    if law is False or sim.initial_swarm.d != 1:
        return None
    computed = law_of(sim, part) if law is True else law
    return computed.beside(frozenset({part}), {} if view is None else {part: view})


def said_of(law: DrawnLaw, plane: PlaneLaw | None, k: int) -> list[str]:
    """What must be said below a figure at step ``k``: why the law is faint, is not there, or is that of another step."""
    behind = plane is not None and (plane.k != k or not plane.image.size)
    return [text for text in (law.sentence, f"{plane.note}." if plane is not None and behind else "") if text]


def paint_plane(axes: Any, law: DrawnLaw, plane: PlaneLaw, colours: Theme, log_y: bool = False) -> None:
    """A law in the plane of a view, behind the agents."""
    from matplotlib.colors import ListedColormap, to_rgb

    if not plane.image.size:
        return
    alpha, (rows, columns) = PLANE_ALPHA * opacity(law), plane.image.shape
    shades = ListedColormap([(*to_rgb(colours.target), alpha * shade / 255) for shade in range(256)])
    x, y = np.linspace(*plane.x_ends, columns + 1), (np.geomspace if log_y else np.linspace)(*plane.y_ends, rows + 1)
    axes.pcolormesh(x, y, plane.image, cmap=shades, vmin=0, vmax=255, zorder=0.5, rasterized=True)


def plane_entry(law: DrawnLaw, colours: Theme) -> Any:
    """The law in a legend."""
    from matplotlib.patches import Patch

    return Patch(facecolor=colours.target, alpha=PLANE_ALPHA * opacity(law), label=LAW_NAME)
