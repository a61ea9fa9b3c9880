"""Parts of arenas as SVG, for pictures that need no script: of a notebook, and of the page before its scripts are there."""

from __future__ import annotations

import base64
import io

import numpy as np

from swarmviz.drawing.agents import Points
from swarmviz.drawing.style import Theme, hex_colours, tone_colours
from swarmviz.frame import Frame

RIM = 1.1  # pixels of an agent's outline, on each side


class Places:
    """From coordinates to units of an SVG, whose second axis points down.

    Parameters
    ----------
    low, high : (2,)
        Corners of the view.
    width, height : float
        Of the view in the SVG.
    """

    def __init__(self, low: np.ndarray, high: np.ndarray, width: float, height: float):
        low, high = np.asarray(low, float), np.asarray(high, float)
        self._corner, self._unit = np.array([low[0], high[1]]), np.array([width, height]) / (high - low) * (1, -1)

    def of(self, x: np.ndarray) -> np.ndarray:
        """Points (…, 2)."""
        return (np.asarray(x, float) - self._corner) * self._unit

    def rectangle(self, low: np.ndarray, high: np.ndarray) -> str:
        """The attributes of a rectangle between two corners (2,)."""
        (left, bottom), (right, top) = self.of(low), self.of(high)
        return f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'


def image(shades: np.ndarray, palette: np.ndarray, rectangle: str) -> str:
    """An image of ``shades`` (rows, columns) uint8, rows from below, with the colours ``palette`` (count, 3 or 4) in [0, 1].

    Raises
    ------
    ImportError
        Without Pillow.
    """
    from PIL import Image

    colours = np.rint(255 * palette).astype(np.uint8)
    picture, png = Image.fromarray(np.ascontiguousarray(shades[::-1]), "P"), io.BytesIO()
    picture.putpalette(colours.tobytes(), "RGBA" if colours.shape[1] == 4 else "RGB")
    picture.save(png, "PNG", optimize=True)
    data = base64.b64encode(png.getvalue()).decode("ascii")
    return f'<image {rectangle} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'


def agents(points: Points, frame: Frame, colours: Theme, places: Places) -> str:
    """Dots as ends of lines without a length: their width is in pixels, whatever the size of the picture."""
    roles = frame.roles if frame.role is not None else ()
    fills = hex_colours(tone_colours(roles, frame.weight is not None, colours).of(points.tone))
    diameters = (np.round(2 * points.diameter) / 2).tolist()  # few widths
    dots, looks = places.of(points.x), list(zip(diameters, fills, strict=True))
    paths = [(size, fill, _dots(dots[[look == (size, fill) for look in looks]])) for size, fill in sorted(set(looks))]
    rims = [f'<path d="{d}" stroke="{colours.outline}" stroke-width="{size + RIM:g}"/>' for size, _, d in paths]
    inner = [f'<path d="{d}" stroke="{fill}" stroke-width="{size - RIM:g}"/>' for size, fill, d in paths]
    return "".join([*rims, *inner])


def _dots(x: np.ndarray) -> str:
    return "".join(f"M{a:.1f} {b:.1f}h0" for a, b in x)
