"""The swarm with which a visit opens, in the HTML of the page: seen while the browser still loads the scripts that will move it.

It stands where the arena will show it, as an SVG of what both draw: the landscape with its box, and the agents. Marks, axes and texts come
with the arena. It is made once for all visitors who follow no link.
"""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from components.palette import Theme
from swarmviz import Simulation
from swarmviz.drawing.agents import Points
from swarmviz.drawing.landscape_image import landscape_image
from swarmviz.drawing.plane import plane_picture
from swarmviz.drawing.style import DARK, LEVELS, LIGHT, hex_colours, ramp, tone_colours
from swarmviz.drawing.zoom import EDGE, distances, view_around
from swarmviz.frame import Frame

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
    places = _Places(low, high, WIDTH / (high[0] - low[0]))
    centre, half = (low + high) / 2, (high - low) / 2 * MARGIN
    columns, rows = np.maximum(1, np.round(MAX_PIXELS * half / half.max())).astype(int)
    drawn = landscape_image(landscape, frame.d, centre - half, centre + half, columns, rows)
    levels = np.clip(drawn.heights * LEVELS, 0, LEVELS - 1).astype(np.uint8)
    points = plane_picture(frame, landscape, (low, high)).agents
    assert isinstance(points, Points)
    layers = "".join(
        f'<g class="{colours.name}">{_landscape(levels, colours, places, drawn.low, drawn.high)}'
        f"{_box(places, *box, colours)}{_agents(points, frame, colours, places)}</g>"
        for colours in (LIGHT, DARK)
    )
    height = WIDTH * (high[1] - low[1]) / (high[0] - low[0])
    svg = f'<svg class="swarm" viewBox="0 0 {WIDTH:g} {height:.1f}" aria-hidden="true">{layers}</svg>'
    return f'<span class="frame">{svg}</span>'


class _Places:
    """From coordinates to units of the SVG, whose second axis points down."""

    def __init__(self, low: np.ndarray, high: np.ndarray, unit: float):
        self._corner, self._unit = np.array([low[0], high[1]]), unit

    def of(self, x: np.ndarray) -> np.ndarray:
        """Points (…, 2)."""
        return (x - self._corner) * (self._unit, -self._unit)

    def rectangle(self, low: np.ndarray, high: np.ndarray) -> str:
        """The attributes of a rectangle between two corners (2,)."""
        (left, bottom), (right, top) = self.of(low), self.of(high)
        return f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'


def _landscape(levels: np.ndarray, colours: Theme, places: _Places, low: np.ndarray, high: np.ndarray) -> str:
    picture = Image.fromarray(levels[::-1], "P")
    picture.putpalette(np.rint(255 * ramp(colours.landscape, LEVELS)).astype(np.uint8).tobytes())
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True)
    data = base64.b64encode(png.getvalue()).decode("ascii")
    return f'<image {places.rectangle(low, high)} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'


def _box(places: _Places, low: np.ndarray, high: np.ndarray, colours: Theme) -> str:
    return f'<rect class="box" {places.rectangle(low, high)} stroke="{colours.soft}"/>'


def _agents(points: Points, frame: Frame, colours: Theme, places: _Places) -> str:
    """Dots as ends of lines without a length: their width is in pixels, whatever the size of the picture."""
    roles = frame.roles if frame.role is not None else ()
    fills = hex_colours(tone_colours(roles, frame.weight is not None, colours).of(points.tone))
    diameters = (np.round(2 * points.diameter) / 2).tolist()  # few widths
    dots, looks = places.of(points.x), list(zip(diameters, fills, strict=True))
    paths = [(size, fill, _dots(dots[[look == (size, fill) for look in looks]])) for size, fill in sorted(set(looks))]
    rims = [f'<path d="{d}" stroke="{colours.outline}" stroke-width="{size + 1.1:g}"/>' for size, _, d in paths]
    inner = [f'<path d="{d}" stroke="{fill}" stroke-width="{size - 1.1:g}"/>' for size, fill, d in paths]
    return "".join([*rims, *inner])


def _dots(x: np.ndarray) -> str:
    return "".join(f"M{a:.1f} {b:.1f}h0" for a, b in x)
