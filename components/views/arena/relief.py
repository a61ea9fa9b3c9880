"""A landscape as a picture: shades and contour lines in one uint8 image, and the ticks of its colour bar. NumPy only; safe on any thread.

The contours are part of the image, because a browser that strokes thousands of contour segments again for every frame of the swarm has no
time left for the swarm. A pixel is ``level + LEVELS · strength`` with three strengths of contour (none, half, full), which makes the lines
smooth; two more are the stripes where F is no finite number. A theme is then a palette of SHADES colours and changes without a new image.
"""

from __future__ import annotations

import math
import threading
from typing import NamedTuple

import numpy as np

from components.palette import LEVELS, Theme, mixed
from swarmviz.drawing.landscape import UNDEFINED, scale_of, striped, undefined, values_on_plane
from swarmviz.landscapes import Landscape

PIXELS = 768  # along the longer side of the picture
MARGIN = (2.0, 1.25)  # the picture over the view, as long as the frame is not known
STEP = 1.25  # by which margins grow: a frame that is dragged does not cost a picture a pixel
WIDEST = 12.0  # a margin; no window is as wide or as tall
CONTOURS = 12
SHADES = 3 * LEVELS + 2  # and two greys
KEPT = 24  # pictures, of at most 0.6 MB

_kept: dict[tuple, Relief] = {}
_lock = threading.Lock()


class Relief(NamedTuple):
    """The picture of a landscape over a rectangle, and how its colours are to be read.

    ``image`` is (rows, columns) uint8 from the lower left ``x, y`` with size ``dw, dh``; ``ticks`` maps places on the colour bar in [0, 1]
    to values of F; ``log`` says that the scale is logarithmic, ``said`` what the picture cannot show.
    """

    image: np.ndarray
    x: float
    y: float
    dw: float
    dh: float
    ticks: dict[float, str]
    log: bool
    said: str = ""


def palette(colours: Theme) -> list[str]:
    """The SHADES colours of a picture in a theme."""
    return [
        *(mixed(c, colours.ink, share) for share in (0.0, 0.12, 0.24) for c in colours.landscape),
        *colours.undefined,
    ]


def margins(view: np.ndarray, frame: tuple[float, float] | None, drift: float = 0.0) -> tuple[float, float]:
    """The picture over the view, along each axis, that fills a frame.

    Units are equal on both axes, so that a wide or a tall frame shows more than the view.

    Parameters
    ----------
    view : numpy.ndarray, shape (2,)
        Size of what has to be seen, in coordinates.
    frame : pair of float, optional
        Width and height of the frame in pixels; None where nobody knows yet.
    drift : float
        How far the picture may be pushed along, in shares of the view.
    """
    if frame is None or min(frame) <= 0:
        return MARGIN
    unit = max(view / frame)
    wanted = unit * np.array(frame) / view + 2 * drift
    wide, tall = np.minimum(STEP ** np.maximum(1.0, np.ceil(np.log(wanted) / math.log(STEP) - 1e-9)), WIDEST)
    return float(wide), float(tall)


def relief(
    landscape: Landscape, d: int, low: np.ndarray, high: np.ndarray, margin: tuple[float, float] = MARGIN
) -> Relief:
    """The picture of ``landscape`` over ``margin`` times the view [low, high] of the first two coordinates.

    The last few are kept for all visitors.
    """
    key = type(landscape), repr(landscape.values_now()), d, low.tobytes(), high.tobytes(), margin
    with _lock:
        known = _kept.pop(key, None)
    made = known or _made(landscape, d, low, high, margin)
    with _lock:
        _kept[key] = made  # the newest last
        while len(_kept) > KEPT:
            _kept.pop(next(iter(_kept)))
    return made


def _made(landscape: Landscape, d: int, low: np.ndarray, high: np.ndarray, margin: tuple[float, float]) -> Relief:
    centre, half = (low + high) / 2, (high - low) / 2 * margin
    pixels = max(64, round(PIXELS * min(1.0, math.sqrt(16 / d))))
    columns, rows = np.maximum(32, np.round(pixels * half / half.max())).astype(int)
    step = 2 * half / (columns, rows)
    xs = centre[0] - half[0] + step[0] * (np.arange(columns) + 0.5)
    ys = centre[1] - half[1] + step[1] * (np.arange(rows) + 0.5)
    f = values_on_plane(landscape, d, xs, ys)
    box_low, box_high = (side[:2] for side in landscape.limits(d))
    inside = f[np.ix_((ys >= box_low[1]) & (ys <= box_high[1]), (xs >= box_low[0]) & (xs <= box_high[0]))]
    height, ticks, log = scaled(f, inside if inside.size else f, landscape, d)
    missing = undefined(f)
    level = np.clip(height * LEVELS, 0, LEVELS - 1).astype(np.uint8)
    image = (level + LEVELS * _contour_strength(height * CONTOURS)).astype(np.uint8)
    if missing.any():
        image = np.where(missing, 3 * LEVELS + striped(f.shape), image).astype(np.uint8)
    image.flags.writeable = False  # it is shared
    said = [scale_of(inside if inside.size else f, landscape, d).said, UNDEFINED * bool(missing.any())]
    corner, size = centre - half, 2 * half
    return Relief(image, *corner, *size, ticks, log, " · ".join(filter(None, said)))


def scaled(
    f: np.ndarray, inside: np.ndarray, landscape: Landscape, d: int
) -> tuple[np.ndarray, dict[float, str], bool]:
    """Heights in [0, 1] over the box, the ticks of the colour bar, and whether the scale is logarithmic."""
    scale = scale_of(inside, landscape, d)
    ticks = scale.marks()
    highest = max(ticks)
    ticks[highest] = f"F={ticks[highest]}"
    return scale.height(f), ticks, scale.soft > 0


def _contour_strength(u: np.ndarray) -> np.ndarray:
    """0, 1 or 2 where a whole number of ``u`` is crossed, by the distance to the line in pixels; nothing where lines would merge."""
    slope = np.hypot(*np.gradient(u))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(u - np.round(u)) / slope
    whole = (np.round(u) >= 1) & (np.round(u) <= CONTOURS - 1)
    strength = np.where(distance < 0.45, 2, np.where(distance < 0.9, 1, 0))
    return np.where(whole & (slope > 1e-9) & (slope < 0.3), strength, 0).astype(np.uint8)
