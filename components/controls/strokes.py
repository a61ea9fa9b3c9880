"""Values on a grid that are drawn with a hand: strokes as the browser sends them, checked before they cost anything.

Places are shares of the box, from 0 at its low end to 1 at its high end. On a line a stroke is a row of points (place, value), and every
value of the table whose place it passes becomes that of the stroke there. In the plane it is the places of a brush, which lifts the values
under it by ``height`` times

    w(r) = (1 − r²/R²)²  for r < R, else 0

where r is the distance to the nearest place of the stroke and R its reach, both as shares of the box: a stroke that comes back over
itself lifts nothing twice.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from swarmviz.drawing.axes import even_ticks, texts_of
from swarmviz.landscapes.grid.grid import LARGEST, MOST_IN_A_LINK

MAX_POINTS = {"line": 512, "brush": 128}  # each place of a brush is compared with every value
MOST_KNOTS = MOST_IN_A_LINK  # of a table whose values can be moved one by one
NEW = {1: (MOST_KNOTS,), 2: (8, 8)}  # shapes of tables that are begun anew; a link holds them
RADII = 0.02, 1.0
LINE_PLACES, PLANE_PLACES = 193, 33  # at which a picture has the spline
ROOM = 0.25  # of the range of the values, above and below, where one can draw


def drawn(name: str, table: Any, message: Any) -> np.ndarray:
    """The values after a stroke.

    Parameters
    ----------
    name : str
        Of the parameter, for refusals.
    table : Table
        The values before.
    message : dict
        One of ``{"line": [[place, value], …]}``, ``{"brush": [[x, y], …], "reach": R, "height": h}``,
        ``{"knot": [i] or [i, j], "value": v}``, ``{"new": 1 or 2}`` and ``{"coarse": true}``.

    Raises
    ------
    ValueError
        When it is none of these, or not for such a table.
    """
    message = message if isinstance(message, dict) else {}
    for kind, act in (("line", _line), ("brush", _brush), ("knot", _knot), ("new", _new), ("coarse", _coarse)):
        if kind in message:
            return act(name, table, message)
    raise ValueError(f"{name}: a stroke must be a line, a brush, a knot, a new table or a coarser one")


def _line(name: str, table: Any, message: dict[str, Any]) -> np.ndarray:
    values = table.array
    if values.ndim != 1:
        raise ValueError(f"{name}: a line is drawn on a table of one axis, and this has {values.ndim}")
    points = _points(name, "line", message["line"])
    places, heights = points[:, 0], points[:, 1]
    out, u = values.copy(), np.linspace(0, 1, len(values))
    for k in range(max(1, len(points) - 1)):  # piece by piece: a hand may go back over what it has drawn
        (a, fa), (b, fb) = sorted((points[k].tolist(), points[min(k + 1, len(points) - 1)].tolist()))
        under = (a <= u) & (u <= b)
        out[under] = np.interp(u[under], [a, b], [fa, fb]) if b > a else fb
    if (out == values).all():  # so short that it lies between two places: the nearest value is meant
        out[np.abs(u - places[-1]).argmin()] = heights[-1]
    return out


def _brush(name: str, table: Any, message: dict[str, Any]) -> np.ndarray:
    values = table.array
    if values.ndim != 2:
        raise ValueError(f"{name}: a brush paints a table of two axes, and this has {values.ndim}")
    spots = _points(name, "brush", message["brush"])
    reach, height = (_number(name, key, message.get(key)) for key in ("reach", "height"))
    if not RADII[0] <= reach <= RADII[1]:
        raise ValueError(f"reach = {reach:g}: must be from {RADII[0]:g} to {RADII[1]:g} of the box")
    u, v = (np.linspace(0, 1, size) for size in values.shape)
    nearest = np.full(values.shape, np.inf)
    for x, y in spots:
        np.minimum(nearest, (u[:, None] - x) ** 2 + (v - y) ** 2, out=nearest)
    lifted = np.square(np.maximum(1 - nearest / reach**2, 0))
    if not lifted.any():  # so narrow that it lies between the places: the nearest value is meant
        lifted[np.unravel_index(nearest.argmin(), nearest.shape)] = 1.0
    return values + height * lifted


def _knot(name: str, table: Any, message: dict[str, Any]) -> np.ndarray:
    values, place = table.array.copy(), message["knot"]
    whole = isinstance(place, list) and all(isinstance(i, int) and not isinstance(i, bool) for i in place)
    if not whole or len(place) != values.ndim or not all(0 <= i < n for i, n in zip(place, values.shape, strict=True)):
        raise ValueError(f"{name}: knot = {place!r:.40}: must be a place of a table of shape {values.shape}")
    values[tuple(place)] = _number(name, "value", message.get("value"))
    return values


def _new(name: str, table: Any, message: dict[str, Any]) -> np.ndarray:
    """A bowl, with its minimum in the middle: somewhere for a swarm to go until something is drawn."""
    axes = message["new"]
    if isinstance(axes, bool) or axes not in (1, 2):
        raise ValueError(f"{name}: new = {axes!r:.40}: must be 1 or 2 axes")
    return np.sum(np.meshgrid(*(np.linspace(-1, 1, size) ** 2 for size in NEW[axes]), indexing="ij"), axis=0)


def _coarse(name: str, table: Any, message: dict[str, Any]) -> np.ndarray:
    """The spline at so many places that a link holds them."""
    return sampled(table, NEW[table.array.ndim])


def _points(name: str, kind: str, given: Any) -> np.ndarray:
    """The points of a stroke, shape (n, 2); places within the box."""
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_POINTS[kind]:
        raise ValueError(f"{name}: a {kind} must have 1 to {MAX_POINTS[kind]} points")
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(f"{name}: points of a {kind} must be pairs of numbers, not {pair!r:.40}")
    points = np.array([[_number(name, f"a point of a {kind}", c) for c in pair] for pair in given])
    points[:, 0] = np.clip(points[:, 0], 0, 1)
    return points


def _number(name: str, what: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:  # NaN is not
        raise ValueError(f"{name}: {what} = {value!r:.40}: must be a number from {-LARGEST:g} to {LARGEST:g}")
    return float(value)


# ---- what the browser draws on ---------------------------------------------------------------------------------------------


def sampled(table: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The spline of a table at evenly spaced places of its box."""
    out = table.array
    for axis, (size, places) in enumerate(zip(table.array.shape, shape, strict=True)):
        out = CubicSpline(np.linspace(0, 1, size), out, axis=axis)(np.linspace(0, 1, places))
    return out


def sheet_of(table: Any, low: np.ndarray, high: np.ndarray, symbol: str) -> dict[str, Any]:
    """What the browser draws on: the spline of a table over its box ``low``, ``high``, each of shape (axes,), and its knots.

    Heights of a plane are shares from 0 to 255 of the range ``bottom`` to ``top``.
    """
    values = table.array
    seen = sampled(table, (LINE_PLACES,) if values.ndim == 1 else (PLANE_PLACES, PLANE_PLACES))
    bottom, top = float(min(seen.min(), values.min())), float(max(seen.max(), values.max()))
    room = ROOM * (top - bottom) if top - bottom > 1e-9 * max(abs(top), abs(bottom)) else max(0.5, 0.5 * abs(top))
    ends = [float(f"{end:.6g}") for end in (*low, *high)]
    sheet = {
        "axes": values.ndim,
        "shape": list(values.shape),
        "ends": ends,
        "symbol": symbol,
        "knots": [float(f"{v:.12g}") for v in values.ravel().tolist()] if values.size <= MOST_KNOTS else [],
        "radii": list(RADII),
        "most": MAX_POINTS["line" if values.ndim == 1 else "brush"],
        "note": ""
        if values.size <= MOST_KNOTS
        else f"{' × '.join(map(str, values.shape))} values: no link holds them.",
    }
    if values.ndim == 1:
        bottom, top = bottom - room, top + room
        ticks = [v for v in even_ticks(bottom, top) if bottom <= v <= top]
        return sheet | {
            "bottom": bottom,
            "top": top,
            "heights": [float(f"{v:.5g}") for v in seen.tolist()],
            "ticks": [list(pair) for pair in zip(ticks, texts_of(ticks), strict=True)] if ticks else [],
        }
    scale = 255 / (top - bottom) if top - bottom > 0 and math.isfinite(1 / (top - bottom)) else 0.0
    return sheet | {
        "bottom": bottom,
        "top": top,
        "heights": np.rint((seen - bottom) * scale).astype(int).ravel().tolist(),
        "ticks": [],
    }
