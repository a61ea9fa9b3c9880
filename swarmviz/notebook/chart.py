"""A series as a small SVG without axes: what it does, beside its first and last values in numbers."""

from __future__ import annotations

import numpy as np

from swarmviz.drawing.thinning import thin
from swarmviz.notebook.arena import COLOURS, polyline

WIDTH, HEIGHT, MARGIN = 170, 34, 3
POINTS = 200
DECADES = 2  # of positive values, from which on the axis is logarithmic


def chart(k: np.ndarray, y: np.ndarray) -> str:
    """The SVG of values ``y`` (M,) at steps ``k`` (M,); the axis is logarithmic where all values are positive and differ by much."""
    k, y = thin(k, np.asarray(y, float), POINTS)
    known = y[np.isfinite(y)]
    body = ""
    if known.size:
        low, high = float(known.min()), float(known.max())
        if is_logarithmic(known):
            y, low, high = np.log10(y), np.log10(low), np.log10(high)
        span = high - low or 1.0
        with np.errstate(invalid="ignore"):
            across = (k - k[0]) / max(1, k[-1] - k[0]) * (WIDTH - 2 * MARGIN)
            up = (high - y) / span * (HEIGHT - 2 * MARGIN) if high > low else np.where(np.isfinite(y), HEIGHT / 2, y)
        way = polyline(MARGIN + np.column_stack([across, up]))
        body = f'<path d="{way}" stroke="{COLOURS.curves[0]}" stroke-width="1.5" stroke-linejoin="round"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" fill="none" '
        f'stroke-linecap="round"><rect width="{WIDTH}" height="{HEIGHT}" fill="{COLOURS.paper}"/>{body}</svg>'
    )


def is_logarithmic(known: np.ndarray) -> bool:
    """Whether finite values (M,) are drawn on a logarithmic axis."""
    low, high = float(known.min()), float(known.max())
    return low > 0 and high >= 10**DECADES * low
