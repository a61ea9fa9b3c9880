"""A swarm over its landscape."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.agents import CountImage, Points
from swarmviz.drawing.landscape import pixels
from swarmviz.drawing.line import curve_of, line_picture
from swarmviz.drawing.line import shift_of as shift_on_line
from swarmviz.drawing.plane import plane_picture, shift_of
from swarmviz.drawing.zoom import view_of
from swarmviz.plot import ground
from swarmviz.plot.elements import COLOURS, dimension, holoviews, styled
from swarmviz.simulation import Simulation

PIXELS = 240  # of a landscape along each side


def arena(sim: Simulation) -> Any:
    """Where the agents are on the landscape, at the present step.

    On a line the landscape is a curve and agents stand at their values of F; in the plane, and in the first two of more coordinates, it is
    an image; of a finite set its states are drawn, each as large as the share of the agents on it. A large swarm is drawn as a count of
    agents, as on the page.

    Returns
    -------
    holoviews.Overlay
        Its elements have the groups "Landscape", "Agents", "Minimisers" and "Consensus".

    Raises
    ------
    ImportError
        Without HoloViews.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, seed=1))
    >>> len(sv.plot.arena(sim).Agents.I)
    50
    """
    hv, frame = holoviews(), sim.frame
    title = f"{sim.dynamics.title} on {sim.landscape.title}, k = {sim.k:,}"
    if frame.occupation is not None:
        parts, square = _finite_set(sim), False
    elif frame.d == 1:
        parts, square = _line(sim), False
    else:
        parts, square = _plane(sim), True
    size = {"width": 480 if square else 560, "height": 460 if square else 320}
    shape = {"aspect": "equal", "fig_inches": (5, 5)} if square else {"aspect": 1.7, "fig_inches": (7, 4)}
    return styled(hv.Overlay(parts).relabel(title), {**size, "show_legend": False}, {**shape, "show_legend": False})


def _line(sim: Simulation) -> list[Any]:
    hv, frame = holoviews(), sim.frame
    low, high = sim.landscape.limits(1)
    view = view_of(low, high, 1.0)
    curve = curve_of(sim.landscape, float(view[0][0]), float(view[1][0]), shift_on_line(frame))
    picture = line_picture(frame, sim.landscape, view)
    x, f = dimension("x"), dimension("F", "F(x)")
    parts = [ground.profile(curve.x, curve.f, (x, f), COLOURS.landscape[0])]
    agents = picture.agents
    if isinstance(agents, CountImage):  # under the curve, in the height of the plot
        bounds = (float(agents.low[0]), curve.bottom, float(agents.high[0]), curve.top)
        parts.insert(0, _counts(agents.image, bounds, [x, f]))
    else:
        parts.append(_agents(agents, frame, x, f))
    if np.isfinite(picture.focus):
        parts.append(
            styled(
                hv.VLine(picture.focus, group="Consensus"),
                {"color": COLOURS.focus, "line_width": 2},
                {"color": COLOURS.focus},
            )
        )
    return [*parts, ground.stars(curve.minimisers, (x, f))]


def _plane(sim: Simulation) -> list[Any]:
    frame = sim.frame
    low, high = (side[:2] for side in sim.landscape.limits(frame.d))
    picture = plane_picture(frame, sim.landscape, (low, high))
    x, y, bounds = dimension("x1", "x₁"), dimension("x2", "x₂"), (low[0], low[1], high[0], high[1])
    count = pixels(frame.d, PIXELS)
    parts = [ground.surface(sim.landscape, frame.d, low, high, (x, y), count, shift=shift_of(frame))]
    if isinstance(picture.agents, CountImage):
        parts.append(_counts(picture.agents.image[::-1], bounds, [x, y]))
    else:
        parts.append(_agents(picture.agents, frame, x, y))
    if np.isfinite(picture.focus).all():
        parts.append(ground.cross(picture.focus, (x, y)))
    return [*parts, ground.stars(picture.minimisers, (x, y))]


def _finite_set(sim: Simulation) -> list[Any]:
    hv, frame = holoviews(), sim.frame
    assert frame.sites is not None and frame.heights is not None and frame.occupation is not None
    line = frame.d == 1
    at = np.column_stack([frame.sites[:, 0], frame.heights]) if line else frame.sites[:, :2]
    x, y = (dimension("x"), dimension("U", "U(x)")) if line else (dimension("x1", "x₁"), dimension("x2", "x₂"))
    parts = []
    if frame.links is not None and len(frame.links):
        ends = np.column_stack([at[frame.links[:, 0]], at[frame.links[:, 1]]])
        other = [dimension(f"{x.name}_end", x.label), dimension(f"{y.name}_end", y.label)]
        links = hv.Segments(ends, [x, y, *other], group="Landscape")
        parts.append(styled(links, {"color": COLOURS.grid}, {"color": COLOURS.grid}))
    share = frame.occupation
    diameter = 4 + 36 * np.sqrt(share / max(share.max(), 1e-300))
    states = hv.Points(
        np.column_stack([at, frame.heights, share, diameter]),
        [x, y],
        [dimension("value", "value U"), dimension("share", "share of the agents"), "diameter"],
        group="Agents",
    )
    look = {"color": COLOURS.agent, "alpha": 0.85}
    parts.append(
        styled(
            states,
            {**look, "size": "diameter", "line_color": COLOURS.outline, "tools": ["hover"]},
            {**look, "s": hv.dim("diameter") ** 2, "edgecolor": COLOURS.outline},
        )
    )
    return [*parts, ground.stars(at[frame.lowest], (x, y))]


def _agents(points: Points, frame: Any, x: Any, y: Any) -> Any:
    """Every agent by itself; hovering tells which it is and its value."""
    hv = holoviews()
    colours = style.hex_colours(
        style.tone_colours(frame.roles, frame.weight is not None, COLOURS).of(points.tone)[:, :3]
    )
    data = {
        x.name: points.x[:, 0],
        y.name: points.x[:, 1],
        "agent": np.arange(frame.n),
        "value": frame.energy,
        "diameter": points.diameter,
        "colour": np.array(colours),
    }
    about = ["agent", dimension("value", "F"), "diameter", "colour"]
    element = hv.Points(data, [x, y], about, group="Agents")
    return styled(
        element,
        {
            "size": "diameter",
            "color": "colour",
            "line_color": COLOURS.outline,
            "line_width": 0.7,
            "alpha": 0.94,
            "tools": ["hover"],
            "hover_tooltips": [("agent", "@agent"), ("F", "@value")],
        },
        {"s": hv.dim("diameter") ** 2 / 2, "color": COLOURS.agent, "edgecolor": COLOURS.outline, "linewidth": 0.5},
    )


def _counts(image: np.ndarray, bounds: tuple[float, ...], dims: list[Any]) -> Any:
    """How many agents there are in each cell, as shades; nothing where there are none."""
    cmap = list(style.hex_colours(style.density_colours(COLOURS)))
    shown = np.where(image == 0, np.nan, image.astype(float))
    element = holoviews().Image(
        shown, bounds=bounds, kdims=dims, vdims=[dimension("shade", "agents, shade")], group="Agents"
    )
    return styled(element, {"cmap": cmap, "clim": (0, 255)}, {"cmap": cmap, "clim": (0, 255)})
