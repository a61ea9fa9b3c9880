"""Velocities as arrows: segments from every agent along its velocity, with the two strokes of a head."""

from __future__ import annotations

import numpy as np

from components.figures import finite_f4

ENDS = ("x0", "y0", "x1", "y1")
USUAL, LONGEST = 0.05, 0.12  # of the view: the root mean square of the arrows, and the longest of them
BACK, ACROSS = 0.3, 0.16  # of a head, in shares of its arrow


def arrows(x: np.ndarray, v: np.ndarray, width: float, unit: float = 1.0) -> dict[str, np.ndarray]:
    """The columns of a source of segments for velocities ``v`` at ``x``, both (N, 2), over a view that is ``width`` wide.

    ``unit`` is what a length across the view is multiplied by where the axes have different units and all arrows lie along the first.
    """
    speed = np.hypot(v[:, 0], v[:, 1])
    most = speed.max(initial=0.0)
    size = (
        most * np.sqrt(np.mean((speed / most) ** 2)) if most > 0 else 0.0
    )  # so that no square of a large one overflows
    if size == 0.0:
        return {name: np.zeros(0, "f4") for name in ENDS}
    shown = v * (USUAL * width / size) * np.minimum(1.0, LONGEST / USUAL * size / np.maximum(speed, size))[:, None]
    tip, across = x + shown, np.column_stack([-shown[:, 1] / unit, shown[:, 0] * unit])
    starts = [x, *(tip - BACK * shown + side * ACROSS * across for side in (1, -1))]
    begin, end = np.concatenate(starts), np.concatenate([tip] * 3)
    return dict(zip(ENDS, (finite_f4(column) for column in (*begin.T, *end.T)), strict=True))
