"""Cells of two axes, coloured by a number: an image where the cells are alike, else a mesh."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing.map import edges_of
from swarmviz.plot.elements import COLOURS, holoviews, styled

EVEN = 1e-3  # of the distance of two values, by which evenly spaced ones may differ


def cells(at: np.ndarray, up: np.ndarray, values: np.ndarray, dims: tuple[Any, Any, Any], **scales: Any) -> Any:
    """Cells around increasing places ``at`` and ``up``, with ``values`` (up, at); the third of ``dims`` is that of the colour.

    Evenly spaced ones are an image, which takes a tenth of the room of a mesh. ``scales`` are those of :func:`mesh`.
    """
    log = scales.get("log", (False, False))
    edges = edges_of(np.asarray(at, float), log[0]), edges_of(np.asarray(up, float), log[1])
    if any(log) or not (_even(at) and _even(up)):
        return mesh(*edges, values, dims, **scales)
    bounds = tuple(float(ends[i]) for i in (0, -1) for ends in edges)
    image = holoviews().Image(values[::-1].astype(np.float32), bounds=bounds, kdims=list(dims[:2]), vdims=[dims[2]])
    return coloured(image, **scales)


def mesh(
    x_edges: np.ndarray, y_edges: np.ndarray, values: np.ndarray, dims: tuple[Any, Any, Any], **scales: Any
) -> Any:
    """Cells between edges, of ``values`` (rows, columns)."""
    return coloured(holoviews().QuadMesh((x_edges, y_edges, values), list(dims[:2]), [dims[2]]), **scales)


def coloured(
    element: Any,
    log: tuple[bool, bool] = (False, False),
    clim: tuple[float, float] | None = None,
    logz: bool = False,
) -> Any:
    """With a scale of colours, from and to ``clim`` where given; ``log`` says which axes are logarithmic, ``logz`` whether the scale is."""
    look: dict[str, Any] = {"cmap": "viridis", "colorbar": True, "logx": log[0], "logy": log[1], "logz": logz}
    look |= {"clabel": element.vdims[0].pprint_label} | ({} if clim is None else {"clim": clim})
    return styled(element, {**look, "clipping_colors": {"NaN": COLOURS.grid}, "tools": ["hover"]}, look)


def _even(places: np.ndarray) -> bool:
    """Whether places are evenly spaced."""
    steps = np.diff(np.asarray(places, float))
    return len(steps) > 0 and bool(np.ptp(steps) <= EVEN * steps.mean())
