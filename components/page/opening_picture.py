"""The swarm with which a visit opens, in the HTML of the page: seen while the browser still loads the scripts that will move it.

It stands where the arena will show it, as an SVG of what both draw: the landscape with its box, and the agents. Marks, axes and texts come
with the arena. It is made once for all visitors who follow no link.
"""

from __future__ import annotations

import numpy as np

from components.palette import Theme
from swarmviz import Simulation
from swarmviz.drawing.agents import Points
from swarmviz.drawing.landscape_image import landscape_image
from swarmviz.drawing.plane import plane_picture
from swarmviz.drawing.style import DARK, LEVELS, LIGHT, ramp
from swarmviz.drawing.svg import Places, agents, image
from swarmviz.drawing.zoom import EDGE, distances, view_around

WIDTH = 1000.0  # of the view, in units of the SVG
MARGIN = 2.6, 1.3  # the landscape over the view: no window shows more of it
MAX_PIXELS = 400  # along the longer side of the landscape: it is smooth, and travels in the page
MAX_AGENTS = 500  # of more, the SVG would be larger than the scripts' first packets


def opening_picture(run: Simulation) -> str:
    """The arena of a run in its present step, for both themes; "" where it is no plane, or where agents are too many or outside."""
    frame, landscape = run.frame, run.landscape
    if frame.d < 2 or frame.links is not None or frame.n > MAX_AGENTS:
        return ""
    box = [side[:2] for side in landscape.limits(frame.d)]
    if distances(frame.x[:, :2], *box).max() > EDGE:
        return ""
    low, high = view_around(*box, EDGE)
    height = WIDTH * (high[1] - low[1]) / (high[0] - low[0])
    places = Places(low, high, WIDTH, height)
    centre, half = (low + high) / 2, (high - low) / 2 * MARGIN
    columns, rows = np.maximum(1, np.round(MAX_PIXELS * half / half.max())).astype(int)
    drawn = landscape_image(landscape, frame.d, centre - half, centre + half, columns, rows)
    levels = np.clip(drawn.heights * LEVELS, 0, LEVELS - 1).astype(np.uint8)
    points = plane_picture(frame, landscape, (low, high)).agents
    assert isinstance(points, Points)
    layers = "".join(
        f'<g class="{colours.name}">{image(levels, ramp(colours.landscape, LEVELS), places.rectangle(drawn.low, drawn.high))}'
        f"{_box(places, *box, colours)}{agents(points, frame, colours, places)}</g>"
        for colours in (LIGHT, DARK)
    )
    svg = f'<svg class="swarm" viewBox="0 0 {WIDTH:g} {height:.1f}" aria-hidden="true">{layers}</svg>'
    return f'<span class="frame">{svg}</span>'


def _box(places: Places, low: np.ndarray, high: np.ndarray, colours: Theme) -> str:
    return f'<rect class="box" {places.rectangle(low, high)} stroke="{colours.soft}"/>'
