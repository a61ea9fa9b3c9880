r"""The cubic spline through values on a regular grid, twice continuously differentiable, and its minima.

Along one axis with S values U_0, …, U_{S−1} at u = 0, 1, …, in cardinal B-splines B_a of t = u − ⌊u⌋:

    F(u) = Σ_a c_{i+a} B_a(t),   i = ⌊u⌋, a = −1, 0, 1, 2                                        (1)
    B = ((1 − t)³, 3t³ − 6t² + 4, −3t³ + 3t² + 3t + 1, t³) / 6                                   (2)

The S + 2 coefficients are those for which F(i) = U_i and, at both ends, Δ⁴c = 0: the third derivative does not jump at the second and
at the last but one place ("not-a-knot", de Boor 2001, ch. IV), so that a cubic polynomial is met exactly. Of three values it is
the parabola, of two the line. In the plane the spline is the product of those of the axes.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_banded

BAND = 4  # diagonals on either side
FINE = 4  # places per cell at which a minimum is looked for
MOST_STARTS = 24  # lowest of these places, from which it is sought
SAME = 1e-6  # cells: minima that are nearer are one
LEVEL = 1e-12  # of the range: how much higher a minimum may be that counts as lowest


def coefficients(values: np.ndarray) -> np.ndarray:
    """The coefficients c of (1) along every axis, (S,) → (S + 2,) or (S, T) → (S + 2, T + 2)."""
    for axis in range(values.ndim):
        values = np.moveaxis(_along_first(np.moveaxis(values, axis, 0)), 0, axis)
    return values


def _along_first(values: np.ndarray) -> np.ndarray:
    S = len(values)
    ends = np.array([[1.0]])
    for _ in range(min(S, 4)):  # Δ², Δ³ or Δ⁴
        ends = np.convolve(ends[0], [1.0, -1.0])[None]
    end = ends[0]
    band, right = np.zeros((2 * BAND + 1, S + 2)), np.zeros((S + 2, *values.shape[1:]))
    for column, weight in enumerate((1.0, 4.0, 1.0)):  # of row r those at r − 1, r and r + 1
        band[BAND + 1 - column, column : column + S] = weight / 6.0
    for k, weight in enumerate(end):
        band[BAND - k, k] = weight
        last = S + 1 - k
        band[BAND + S + 1 - last, last] = weight
    right[1:-1] = values
    return solve_banded((BAND, BAND), band, right)


def _along_axis(u: np.ndarray, c: np.ndarray) -> np.ndarray:
    """(1) along the first axis of ``c`` (S + 2, …) at places ``u`` (P,) within [0, S − 1], (P, …)."""
    i = np.minimum(u.astype(int), len(c) - 4)
    parts = enumerate(_parts(u - i, 0))
    return np.sum([part.reshape(-1, *[1] * (c.ndim - 1)) * c[i + a] for a, part in parts], axis=0)


def _parts(t: np.ndarray, order: int) -> tuple[np.ndarray, ...]:
    return (
        ((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6, t**3 / 6),
        (-((1 - t) ** 2) / 2, (3 * t**2 - 4 * t) / 2, (-3 * t**2 + 2 * t + 1) / 2, t**2 / 2),
        (1 - t, 3 * t - 2, 1 - 3 * t, t),
    )[order]


def minima(values: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The lowest minima of the spline within the grid, in cells from its first value, shape (m, axes)."""
    axes, last = values.ndim, np.array(values.shape) - 1
    places = [np.linspace(0, n, FINE * n + 1) for n in last]
    fine = c
    for axis, u in enumerate(places):
        fine = np.moveaxis(_along_axis(u, np.moveaxis(fine, axis, 0)), 0, axis)
    starts = np.argwhere(_is_lowest_around(fine))
    starts = starts[np.argsort(fine[tuple(starts.T)], kind="stable")[:MOST_STARTS]]
    found = [_descended(start / FINE, c, last) for start in starts]
    lowest = min(value for _, value in found)
    kept: list[np.ndarray] = []
    for x, value in found:
        if value <= lowest + LEVEL * max(np.ptp(values), abs(lowest)) and all(np.abs(x - y).max() > SAME for y in kept):
            kept.append(x)
    return np.array(kept).reshape(-1, axes)


def _is_lowest_around(fine: np.ndarray) -> np.ndarray:
    """Whether a place is as low as all its neighbours."""
    padded = np.pad(fine, 1, constant_values=np.inf)
    lowest = np.ones(fine.shape, bool)
    for step in np.ndindex(*(3,) * fine.ndim):
        lowest &= fine <= padded[tuple(slice(s, s + n) for s, n in zip(step, fine.shape, strict=True))]
    return lowest


def _at(x: np.ndarray, c: np.ndarray, orders: tuple[int, ...]) -> float:
    for u, order in zip(x, orders, strict=True):
        i = min(int(u), len(c) - 4)
        c = np.array(_parts(u - i, order)) @ c[i : i + 4]
    return float(c)


def _descended(x: np.ndarray, c: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, float]:
    """The minimum downhill from a place, by Newton's steps within the grid; where a step leads up, it is halved."""
    axes = len(x)
    unit = np.eye(axes, dtype=int)
    value, rounding = _at(x, c, (0,) * axes), 1e-15 * np.abs(c).max()
    for _ in range(60):
        slope = np.array([_at(x, c, tuple(unit[a])) for a in range(axes)])
        bend = np.array([[_at(x, c, tuple(unit[a] + unit[b])) for b in range(axes)] for a in range(axes)])
        free = ~(((x <= 0) & (slope > 0)) | ((x >= last) & (slope < 0)))
        if not free.any():
            break
        inner = bend[np.ix_(free, free)]
        least = np.linalg.eigvalsh(inner)[0]
        size = np.abs(inner).max() + 1e-300
        inner = inner + max(0.0, 1e-3 * size - least) * np.eye(len(inner)) if least <= 1e-9 * size else inner
        step = np.zeros(axes)
        step[free] = -np.linalg.solve(inner, slope[free])
        step *= min(1.0, 0.5 / (np.abs(step).max() + 1e-300))  # no farther than the neighbouring places
        for _ in range(40):
            there = np.clip(x + step, 0, last)
            if (value_there := _at(there, c, (0,) * axes)) <= value + rounding:
                break
            step *= 0.5
        else:
            break
        moved = np.abs(there - x).max()
        x, value = there, value_there
        if moved <= 1e-13 * (1 + np.abs(x).max()):
            break
    return x, value
