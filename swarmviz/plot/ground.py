"""A landscape under what stands on it: an image of its first two coordinates, or a curve, and its known minimisers."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing.landscape_image import landscape_image
from swarmviz.drawing.style import Theme
from swarmviz.landscapes.base import Landscape
from swarmviz.plot.elements import COLOURS, dimension, holoviews, styled


def surface(
    landscape: Landscape,
    d: int,
    low: np.ndarray,
    high: np.ndarray,
    dims: tuple[Any, Any],
    count: int,
    *,
    shift: Any = 0.0,
    colours: Theme = COLOURS,
    packed: bool = False,
) -> Any:
    """Heights of F over the plane from ``low`` to ``high``, (2,) each, on ``count`` × ``count`` pixels; none where F is no finite number.

    With ``packed`` the heights are those of the shades, of which an image takes little room in a file.
    """
    drawn = landscape_image(landscape, d, low - shift, high - shift, count, count)
    heights, levels = drawn.heights, len(colours.landscape)
    if packed:
        heights = np.floor(np.clip(heights, 0.0, 1.0 - 1e-9) * levels) / (levels - 1)
    look = {"cmap": list(colours.landscape), "clim": (0.0, 1.0)}
    image = holoviews().Image(
        np.where(drawn.missing, np.nan, heights)[::-1],
        bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        kdims=list(dims),
        vdims=[dimension("height", "height of F")],
        group="Landscape",
    )
    return styled(image, look, look)


def profile(at: np.ndarray, values: np.ndarray, dims: tuple[Any, Any], colour: str, width: float = 2.0) -> Any:
    """A landscape on a line as a curve."""
    curve = holoviews().Curve((at, values), *dims, group="Landscape")
    return styled(curve, {"color": colour, "line_width": width}, {"color": colour, "linewidth": 0.8 * width})


def stars(at: np.ndarray, dims: tuple[Any, Any], colours: Theme = COLOURS) -> Any:
    """Known minimisers, (M, 2)."""
    found = holoviews().Points(np.asarray(at, float).reshape(-1, 2), list(dims), group="Minimisers")
    return styled(
        found,
        {"marker": "star", "size": 14, "color": colours.minimiser, "line_color": colours.outline},
        {"marker": "*", "s": 120, "color": colours.minimiser, "edgecolor": colours.outline},
    )


def cross(at: np.ndarray, dims: tuple[Any, Any], colours: Theme = COLOURS) -> Any:
    """The consensus point in the plane, (2,)."""
    return styled(
        holoviews().Points([tuple(at)], list(dims), group="Consensus"),
        {"marker": "cross", "size": 12, "color": colours.focus, "line_width": 2},
        {"marker": "P", "s": 60, "color": colours.focus},
    )
