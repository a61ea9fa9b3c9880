"""A landscape over the plane of its first two coordinates as an image: heights, contour lines, and where F is no finite number.

Contours are part of the image, because a browser that strokes thousands of contour segments again for every frame of the swarm has no
time left for the swarm. A pixel of :func:`packed` is ``level + LEVELS · strength`` with three strengths of contour (none, half, full),
which makes the lines smooth; two more are the stripes where F is no finite number. A theme is then a palette of SHADES colours
(:func:`shade_colours`) and changes without a new image. NumPy only; safe on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.drawing.landscape import UNDEFINED, Scale, scale_of, striped, undefined, values_on_plane
from swarmviz.drawing.style import LEVELS, Theme, ramp
from swarmviz.landscapes.base import Landscape

CONTOURS = 12  # intervals of height between contour lines
CONTOUR_HEIGHTS = tuple(i / CONTOURS for i in range(1, CONTOURS))
INK = 0.0, 0.5, 1.0  # in a pixel without contour, beside one, and on one, in shares of a theme's ``contour``
SHADES = len(INK) * LEVELS + 2  # and two greys
FULL, HALF = 0.45, 0.9  # pixels from a contour line up to which a pixel has its full and its half strength
STEEPEST = 0.3  # contour lines per pixel: of more, lines would merge


class LandscapeImage(NamedTuple):
    """A landscape on the pixels of a rectangle.

    Attributes
    ----------
    heights : (rows, columns)
        From 0 to 1, rows from below.
    missing : (rows, columns) bool
        Where F is no finite number.
    low, high : (2,)
        Corners of the rectangle, in the landscape's own coordinates.
    scale : Scale
        The values of F for which the heights stand.
    """

    heights: np.ndarray
    missing: np.ndarray
    low: np.ndarray
    high: np.ndarray
    scale: Scale

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the image cannot show, in words."""
        return tuple(filter(None, (self.scale.said, UNDEFINED * bool(self.missing.any()))))

    @property
    def note(self) -> str:
        """The same in one line."""
        return " · ".join(self.remarks)


def landscape_image(
    landscape: Landscape, d: int, low: np.ndarray, high: np.ndarray, columns: int, rows: int
) -> LandscapeImage:
    """The image of ``landscape`` in ``d`` dimensions over [low, high], (2,) each; colours belong to the values in its box."""
    xs, ys = pixel_centres(low, high, columns, rows)
    f = values_on_plane(landscape, d, xs, ys)
    box_low, box_high = (side[:2] for side in landscape.limits(d))
    inside = f[np.ix_((ys >= box_low[1]) & (ys <= box_high[1]), (xs >= box_low[0]) & (xs <= box_high[0]))]
    scale = scale_of(inside if inside.size else f, landscape, d)
    return LandscapeImage(scale.height(f), undefined(f), low, high, scale)


def pixel_centres(low: np.ndarray, high: np.ndarray, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of the middles of ``columns`` and of ``rows`` pixels."""
    sizes = zip(low, high, (columns, rows), strict=True)
    xs, ys = (a + (b - a) * (np.arange(count) + 0.5) / count for a, b, count in sizes)
    return xs, ys


def packed(image: LandscapeImage) -> np.ndarray:
    """Level, contours and stripes of every pixel as one number below SHADES, (rows, columns) uint8."""
    level = np.clip(image.heights * LEVELS, 0, LEVELS - 1).astype(np.uint8)
    out = (level + LEVELS * contour_strength(image.heights * CONTOURS)).astype(np.uint8)
    if image.missing.any():
        out = np.where(image.missing, len(INK) * LEVELS + striped(out.shape), out).astype(np.uint8)
    return out


def contour_strength(u: np.ndarray) -> np.ndarray:
    """0, 1 or 2 where a whole number of ``u`` is crossed, by the distance to the line in pixels; 0 where lines would merge."""
    slope = np.hypot(*np.gradient(u))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(u - np.round(u)) / slope
    whole = (np.round(u) >= 1) & (np.round(u) <= CONTOURS - 1)
    strength = np.where(distance < FULL, 2, np.where(distance < HALF, 1, 0))
    return np.where(whole & (slope > 1e-9) & (slope < STEEPEST), strength, 0).astype(np.uint8)


def shade_colours(colours: Theme, contours: bool = True) -> np.ndarray:
    """The colours of the numbers of :func:`packed` in a theme, (SHADES, 3); without ``contours`` their lines have the shade around them."""
    shades, ink, most = ramp(colours.landscape, LEVELS), ramp((colours.ink,), 1), colours.contour * contours
    return np.concatenate([*(shades + (ink - shades) * (most * share) for share in INK), ramp(colours.undefined, 2)])
