"""The arena of a run at its present step as an SVG: the landscape, the agents, ☆ where a minimiser is known, + where the consensus is."""

from __future__ import annotations

import numpy as np

from swarmviz.drawing import svg
from swarmviz.drawing.agents import CountImage, Points
from swarmviz.drawing.finite_set import states_picture
from swarmviz.drawing.landscape_image import landscape_image, packed, shade_colours
from swarmviz.drawing.line import curve_of, line_picture
from swarmviz.drawing.line import shift_of as shift_on_line
from swarmviz.drawing.plane import plane_picture, shift_of
from swarmviz.drawing.style import LIGHT, density_colours
from swarmviz.drawing.svg import Places
from swarmviz.drawing.thinning import thin
from swarmviz.drawing.zoom import reach, view_of
from swarmviz.simulation import Simulation

SIDE = 280  # pixels of the picture of a plane
LINE = 380, 240  # of that of a line
PIXELS = 160  # of the image of a landscape along each side
MOST_STARS, MOST_STATES, MOST_LINKS = 60, 2000, 4000
CURVE_POINTS = 500
SMALLEST, LARGEST = 3.0, 26.0  # diameter in pixels of an empty state, and of one that holds every agent
COLOURS = LIGHT  # a notebook does not tell which theme it has


def arena(sim: Simulation) -> tuple[str, int, int]:
    """The SVG, its width and its height in pixels."""
    if sim.frame.occupation is not None:
        parts, (width, height) = _states(sim)
    elif sim.frame.d == 1:
        parts, (width, height) = _line(sim), LINE
    else:
        parts, (width, height) = _plane(sim)
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'fill="none" stroke-linecap="round"><rect width="{width}" height="{height}" fill="{COLOURS.paper}"/>{body}</svg>',
        width,
        height,
    )


def _plane(sim: Simulation) -> tuple[list[str], tuple[int, int]]:
    frame, landscape = sim.frame, sim.landscape
    low, high = (side[:2] for side in landscape.limits(frame.d))
    view = low, high = view_of(low, high, reach(frame.x[:, :2], low, high))
    size = _size(low, high)
    places, picture, shift = Places(low, high, *size), plane_picture(frame, landscape, view), shift_of(frame)
    count = tuple(max(1, round(PIXELS * side / SIDE)) for side in size)
    drawn = landscape_image(landscape, frame.d, low - shift, high - shift, *count)
    whole = f'width="{size[0]}" height="{size[1]}"'
    parts = [_image(packed(drawn), shade_colours(COLOURS), whole)]
    if isinstance(picture.agents, CountImage):
        parts.append(_image(picture.agents.image, density_colours(COLOURS), whole))
    else:
        parts.append(svg.agents(picture.agents, frame, COLOURS, places))
    parts.append(_stars(places.of(picture.minimisers)))
    if np.isfinite(picture.focus).all():
        parts.append(_cross(*places.of(picture.focus)))
    return parts, size


def _size(low: np.ndarray, high: np.ndarray) -> tuple[int, int]:
    """Of a picture of the view in which a length looks alike along both axes, unless the view is five times as long as wide."""
    width, height = np.clip((high - low) / (high - low).max(), 0.2, 1.0) * SIDE
    return round(float(width)), round(float(height))


def _line(sim: Simulation) -> list[str]:
    frame, landscape = sim.frame, sim.landscape
    low, high = landscape.limits(1)
    view = low, high = view_of(low, high, reach(frame.x, low, high))
    curve = curve_of(landscape, float(low[0]), float(high[0]), shift_on_line(frame))
    places = Places(np.array([low[0], curve.bottom]), np.array([high[0], curve.top]), *LINE)
    picture, parts = line_picture(frame, landscape, view), []
    if isinstance(picture.agents, CountImage):
        parts.append(_image(picture.agents.image, density_colours(COLOURS), f'width="{LINE[0]}" height="{LINE[1]}"'))
    parts.append(_path(places.of(np.column_stack(thin(curve.x, curve.f, CURVE_POINTS))), COLOURS.landscape[0], 2))
    if isinstance(picture.agents, Points):
        parts.append(svg.agents(picture.agents, frame, COLOURS, places))
    if np.isfinite(picture.focus):
        x = places.of(np.array([picture.focus, 0.0]))[0]
        parts.append(f'<path d="M{x:.1f} 0V{LINE[1]}" stroke="{COLOURS.focus}" stroke-width="2"/>')
    return [*parts, _stars(places.of(curve.minimisers))]


def _states(sim: Simulation) -> tuple[list[str], tuple[int, int]]:
    """States in the plane, or over a line at their values of U; the area of one follows its share of the agents."""
    picture, frame = states_picture(sim.frame, sim), sim.frame
    flat = frame.d == 1
    at = np.column_stack([picture.sites[:, 0], picture.heights]) if flat else picture.sites[:, :2]
    low, high = at.min(axis=0), at.max(axis=0)
    half = np.where(high > low, (high - low) * 0.56, 1.0)
    low, high = (low + high) / 2 - half, (low + high) / 2 + half
    size = LINE if flat else _size(low, high)
    dots = Places(low, high, *size).of(at)
    parts = [_links(frame.links, dots)] if frame.links is not None and len(frame.links) <= MOST_LINKS else []
    fullest = np.argsort(-picture.share, kind="stable")[:MOST_STATES]
    diameters = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(picture.share[fullest])
    parts += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{diameter / 2:.1f}" fill="{COLOURS.agent if share else COLOURS.grid}" '
        f'stroke="{COLOURS.outline}" stroke-width="0.5"/>'
        for (x, y), diameter, share in zip(dots[fullest], diameters, picture.share[fullest], strict=True)
    ]
    return [*parts, _stars(dots[picture.lowest])], size


def _links(links: np.ndarray, dots: np.ndarray) -> str:
    ends = dots[links]
    ways = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for (a, b), (c, d) in ends)
    return f'<path d="{ways}" stroke="{COLOURS.grid}"/>'


def _image(shades: np.ndarray, palette: np.ndarray, rectangle: str) -> str:
    """Nothing without Pillow, which is not among what the core needs: the agents are seen all the same."""
    try:
        return svg.image(shades, palette, rectangle)
    except ImportError:
        return ""


def _path(points: np.ndarray, colour: str, width: float) -> str:
    return f'<path d="{polyline(points)}" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"/>'


def polyline(points: np.ndarray) -> str:
    """The way along points (P, 2); it is broken where one is not finite."""
    there = np.isfinite(points).all(axis=1)
    before = np.append(False, there[:-1])
    return "".join(
        f"{'L' if goes_on else 'M'}{x:.1f} {y:.1f}"
        for (x, y), here, goes_on in zip(points, there, before, strict=True)
        if here
    )


def _stars(at: np.ndarray) -> str:
    corners = np.array([(np.sin(a), -np.cos(a)) for a in np.arange(10) * np.pi / 5]) * np.tile([7.5, 3.2], 5)[:, None]
    ways = "".join(polyline(point + corners) + "Z" for point in at[:MOST_STARS])
    return (
        f'<path d="{ways}" fill="{COLOURS.minimiser}" stroke="{COLOURS.outline}" stroke-width="1.2"/>' if ways else ""
    )


def _cross(x: float, y: float) -> str:
    way = f"M{x - 7:.1f} {y:.1f}h14M{x:.1f} {y - 7:.1f}v14"
    return (
        f'<path d="{way}" stroke="{COLOURS.halo}" stroke-width="5"/>'
        f'<path d="{way}" stroke="{COLOURS.focus}" stroke-width="2.5"/>'
    )
