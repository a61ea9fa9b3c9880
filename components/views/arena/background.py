"""The picture of the landscape behind the arena's plane: as large as the browser's frame needs it, and kept for all visitors.

NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
import threading
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.landscape import pixels
from swarmviz.drawing.landscape_image import landscape_image, packed
from swarmviz.landscapes import Landscape

MAX_PIXELS = 768  # along the longer side
MIN_PIXELS = 32  # along the shorter side
MARGIN_STEP = 1.25  # by which margins grow: a frame that is dragged does not cost a picture a pixel
MARGIN = (MARGIN_STEP**4, MARGIN_STEP)  # while the frame is not known: fills that of a phone on its side
MAX_MARGIN = 12.0  # no window is as wide or as tall
MAX_KEPT = 24  # pictures, of at most 0.6 MB

_kept: dict[tuple, Background] = {}
_lock = threading.Lock()


class Background(NamedTuple):
    """The picture of a landscape over a rectangle, and how its colours are to be read.

    ``image`` is (rows, columns) uint8, see :func:`swarmviz.drawing.landscape_image.packed`, between the corners ``low`` and ``high`` (2,);
    ``ticks`` maps places on the colour bar in [0, 1] to values of F; ``log`` says that the scale is logarithmic, ``note`` what the picture
    cannot show.
    """

    image: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ticks: dict[float, str]
    log: bool
    note: str


def margins(
    view: np.ndarray, frame: tuple[float, float] | None, drift: float = 0.0, edge: float = 0.0
) -> tuple[float, float]:
    """The picture over the view, along each axis, that fills a frame.

    Units are equal on both axes, so that a wide or a tall frame shows more than the view.

    Parameters
    ----------
    view : numpy.ndarray, shape (2,)
        Size of what has to be seen, in coordinates.
    frame : pair of float, optional
        Width and height of the frame in pixels; None as long as they are not known.
    drift : float
        How far the picture may be pushed along, in shares of the view.
    edge : float
        Pixels of the frame that lie beyond each end of the view.
    """
    if frame is None or min(frame) <= 0:
        return MARGIN
    unit = max(view / np.maximum(np.array(frame) - 2 * edge, 1))
    wanted = unit * np.array(frame) / view + 2 * drift
    steps = np.maximum(1.0, np.ceil(np.log(wanted) / math.log(MARGIN_STEP) - 1e-9))
    wide, tall = np.minimum(MARGIN_STEP**steps, MAX_MARGIN)
    return float(wide), float(tall)


def background(
    landscape: Landscape,
    d: int,
    low: np.ndarray,
    high: np.ndarray,
    margin: tuple[float, float] = MARGIN,
    keep: bool = True,
) -> Background:
    """The picture of ``landscape`` over ``margin`` times the view [low, high] of the first two coordinates.

    The last few are kept for all visitors, but for those that nobody else will ask for (not ``keep``): of a region that a hand has chosen.
    """
    if not keep:
        return _made(landscape, d, low, high, margin)
    key = type(landscape), repr(landscape.values_now()), d, low.tobytes(), high.tobytes(), margin
    with _lock:
        known = _kept.pop(key, None)
    made = known or _made(landscape, d, low, high, margin)
    with _lock:
        _kept[key] = made  # the newest last
        while len(_kept) > MAX_KEPT:
            _kept.pop(next(iter(_kept)))
    return made


def _made(landscape: Landscape, d: int, low: np.ndarray, high: np.ndarray, margin: tuple[float, float]) -> Background:
    centre, half = (low + high) / 2, (high - low) / 2 * margin
    columns, rows = np.maximum(MIN_PIXELS, np.round(pixels(d, MAX_PIXELS) * half / half.max())).astype(int)
    drawn = landscape_image(landscape, d, centre - half, centre + half, columns, rows)
    image = packed(drawn)
    image.flags.writeable = False  # it is shared
    return Background(image, drawn.low, drawn.high, drawn.scale.marks(), drawn.scale.soft > 0, drawn.note)
