r"""The compiled steps of :mod:`swarmviz.laws.bgk`: a law f(x, v) on columns in x and rows in v, changed as the simulated step changes it.

    Q   f ← (1 − p) f + p ρ(x) M_x(v),   M_x the law of Λ(ν − x) + S(σ₀ + |x − ν|) ξ          003 eq. 2.6
    L   x ← Π(x + Δt v)                                                                     003 eq. 3.2

A cell of a row and a column holds three sums over what lies in it: Σ1, Σy, Σy², with y = x − c and c the centre of the columns
(relative, because the columns at c are 10⁵ times narrower than the box). Seen from L a cell is a uniform law of that mean and variance, a
*box*: it is moved, and cut at the edges of the next columns. Seen from Q a column is two points, mean ± deviation, from each of which
velocities are drawn anew. Both keep the mass, the means and the second moments of what they are given, whatever the columns.

The steps are compiled strictly: where the compiler makes two versions of a loop and chooses by where the arrays lie, both must round alike.

Code                  paper   shape             meaning
mass, first, second           (rows, columns)   Σ1, Σy, Σy²
edges                         (columns − 1,)    where the columns are cut, relative to c; the outer ones are atoms at walls, or unbounded
v                     v       (rows,)           velocities of the rows, 0 in the middle
nu                    ν                         consensus point, relative to c
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import borrowed, slice_view
from swarmviz.kernels.compiled import Reals, Table, inner, kernel
from swarmviz.laws.bgk_velocities import Noise, new_velocities

NOTHING = 1e-60  # masses below are none: sums of them would be denormal and slow
EVEN = 4.0  # found by experiment: the smallest with which the density behind a wall is smooth


class Cells(NamedTuple):
    """The three sums of a law and the edges of its columns."""

    mass: Table
    first: Table
    second: Table
    edges: Reals


class Jumps(NamedTuple):
    """p, Λ, S and Sσ₀ of a step, ν relative to c, and how many rows on each side of 0 take new velocities."""

    probability: float
    pull: float
    shake: float
    least: float
    nu: float
    rows: int


class Flight(NamedTuple):
    """Δt, how far c moves to the left, the walls relative to the new c, a code of :mod:`swarmviz.kernels.boundaries`, and
    whether the outer columns of what is moved are points at walls."""

    dt: float
    shift: float
    low: float
    high: float
    boundary: int
    atoms: bool


# ---- Q -----------------------------------------------------------------------------------------------------------------


@inner(strict=True)
def jump_strictly(now, more, v, step, noise, to):
    rows, n = now.mass.shape
    total, mean, spread = more[0].copy(), more[1].copy(), more[2].copy()
    w, taken, stay, middle = np.empty(rows), np.empty(rows), 1.0 - step.probability, rows // 2
    for j in range(rows):
        for i in range(n):
            total[i] += now.mass[j, i]
            mean[i] += now.first[j, i]
            spread[i] += now.second[j, i]
            to.mass[j, i] = stay * now.mass[j, i]
            to.first[j, i] = stay * now.first[j, i]
            to.second[j, i] = stay * now.second[j, i]
    for i in range(n):
        if total[i] <= NOTHING:
            continue
        mean[i] /= total[i]
        deviation = math.sqrt(max(spread[i] / total[i] - mean[i] * mean[i], 0.0))
        for side in (-1.0, 1.0):
            y = mean[i] + side * deviation
            away, share = y - step.nu, 0.5 * step.probability * total[i]
            scale = step.least + step.shake * abs(away)
            lo, hi = new_velocities(
                -step.pull * away, scale, noise, v, middle - step.rows, middle + step.rows, w, taken
            )
            for j in range(lo, hi + 1):
                new = share * w[j]
                to.mass[j, i] += new
                to.first[j, i] += new * y
                to.second[j, i] += new * y * y


@kernel
def jump(now: Cells, more: Table, v: Reals, step: Jumps, noise: Noise, to: Cells) -> None:
    """Q: ``to`` becomes what ``now`` is after the jumps, on the same columns, and gets those that jump of ``more``.

    ``more`` has the three sums of others by column, (3, X), who are no part of the grid until they jump.
    """
    jump_strictly(now, more, v, step, noise, to)


# ---- L -----------------------------------------------------------------------------------------------------------------


@inner(strict=True)
def add(i, y, weight, mass, first, second):
    """Add a point to column ``i`` of a row."""
    mass[i] += weight
    first[i] += weight * y
    second[i] += weight * y * y


@inner(strict=True)
def half_width(y, square, edges):
    """Half the width of the box of mean ``y`` and mean square ``square``, as far as no wall is in between."""
    r = math.sqrt(3.0 * max(square - y * y, 0.0))
    room = min(y - edges[0], edges[edges.size - 1] - y)
    return min(r, room) if room > 0.0 else r


@inner(strict=True)
def put_point(y, weight, edges, mass, first, second):
    """Add a point to a row."""
    add(np.searchsorted(edges, y, side="right"), y, weight, mass, first, second)


@inner(strict=True)
def put_box(lo, hi, density, edges, i, mass, first, second):
    """Add a uniform law on [lo, hi] to a row, cut at the edges; column ``i`` is a guess where it begins. Returns where it ends."""
    n = edges.size
    while i > 0 and edges[i - 1] > lo:
        i -= 1
    while i < n and edges[i] <= lo:
        i += 1
    while True:
        end = min(hi, edges[i]) if i < n else hi
        length, centre = end - lo, 0.5 * (lo + end)
        weight = density * length
        mass[i] += weight
        first[i] += weight * centre
        second[i] += weight * (centre * centre + length * length / 12.0)
        if end >= hi or i == n:
            return i
        lo = end
        i += 1


@inner(strict=True)
def put_folded(lo, hi, density, low, high, periodic, edges, mass, first, second):
    """Add a uniform law on [lo, hi] to a row, brought back into the box, however far it reaches."""
    width = high - low
    period = width if periodic else 2.0 * width
    whole = math.floor((hi - lo) / period)
    if whole > 0.0:
        put_box(low, high, density * whole * period / width, edges, 0, mass, first, second)
        lo += whole * period
    turn = math.floor((lo - low) / width)
    while lo < hi:
        end = min(hi, low + (turn + 1.0) * width)
        if periodic or turn % 2.0 == 0.0:
            a, b = lo - turn * width, end - turn * width
        else:
            a, b = 2.0 * low + (turn + 1.0) * width - end, 2.0 * low + (turn + 1.0) * width - lo
        a, b = max(a, low), min(b, high)
        if a < b:
            scale = (end - lo) / (b - a)  # rounding at the walls must not lose mass
            put_box(a, b, density * scale, edges, 0, mass, first, second)
        elif end > lo:
            put_point(min(a, high), density * (end - lo), edges, mass, first, second)
        lo = end
        turn += 1.0


@inner(strict=True)
def folded(y, low, high, periodic):
    """A point brought back into the box."""
    width = high - low
    u = (y - low) / width
    if periodic:
        u -= math.floor(u)
    else:
        u -= 2.0 * math.floor(0.5 * u)
        u = u if u <= 1.0 else 2.0 - u
    return boundaries.clip(low + width * u, low, high)


@inner(strict=True)
def put_clipped(lo, hi, weight, low, high, edges, at, mass, first, second):
    """Add a uniform law on [lo, hi], or a point, to a row, what is beyond a wall to the wall's column; ``at`` as in :func:`put_box`."""
    if hi <= low or lo >= high:
        if hi <= low:
            add(0, low, weight, mass, first, second)
        else:
            add(edges.size, high, weight, mass, first, second)
        return at
    if not hi > lo:
        put_point(lo, weight, edges, mass, first, second)
        return at
    density = weight / (hi - lo)
    if lo < low:
        add(0, low, density * (low - lo), mass, first, second)
        lo = low
    if hi > high:
        add(edges.size, high, density * (hi - high), mass, first, second)
        hi = high
    return put_box(lo, hi, density, edges, at, mass, first, second)


@inner(strict=True)
def glide_strictly(now, v, flight, to):
    low, high, boundary, (rows, n) = flight.low, flight.high, flight.boundary, now.mass.shape
    to.mass[:], to.first[:], to.second[:] = 0.0, 0.0, 0.0
    width, edges = to.mass.shape[1], borrowed(to.edges)
    mass, first, second = to.mass.reshape(to.mass.size), to.first.reshape(to.mass.size), to.second.reshape(to.mass.size)
    for j in range(rows):
        way, gap = flight.dt * v[j] + flight.shift, 0.0
        if v[j] != 0.0:
            gap = 0.5 * flight.dt * (v[min(j + 1, rows - 1)] - v[max(j - 1, 0)])
        a, b, c = (
            slice_view(mass, j * width, width),
            slice_view(first, j * width, width),
            slice_view(second, j * width, width),
        )
        at = 0
        for i in range(n):
            weight = now.mass[j, i]
            if weight <= NOTHING:
                continue
            y = now.first[j, i] / weight
            if flight.atoms and (i == 0 or i == n - 1):
                r = 0.5 * EVEN * gap
                y += way
                if (
                    boundary == boundaries.CLIP
                ):  # from exactly the wall: who rests there must not come inside by rounding
                    y = (low if i == 0 else high) + flight.dt * v[j]
            else:
                r = max(half_width(y, now.second[j, i] / weight, now.edges), 0.5 * gap)
                y += way
            lo, hi = y - r, y + r
            if boundary == boundaries.CLIP:
                at = put_clipped(lo, hi, weight, low, high, edges, at, a, b, c)
            elif not hi > lo:
                if boundary != boundaries.NONE:
                    lo = folded(lo, low, high, boundary == boundaries.PERIODIC)
                put_point(lo, weight, edges, a, b, c)
            elif boundary == boundaries.NONE or (lo >= low and hi <= high):
                at = put_box(lo, hi, weight / (hi - lo), edges, at, a, b, c)
            else:
                periodic = boundary == boundaries.PERIODIC
                put_folded(lo, hi, weight / (hi - lo), low, high, periodic, edges, a, b, c)


@kernel
def glide(now: Cells, v: Reals, flight: Flight, to: Cells) -> None:
    """L: ``to``, whose edges are given, becomes what ``now`` is after the flight.

    A row stands for the velocities up to half way to the next ones, so what comes from one place does not arrive narrower than they would,
    and from a wall EVEN times as wide: otherwise it would be seen as a comb of boxes.
    """
    glide_strictly(now, v, flight, to)


# ---- what is seen of it -----------------------------------------------------------------------------------------------


@kernel
def phase_masses(cells: Cells, v: Reals, walls: bool, x_edges: Reals, v_edges: Reals, out: Table) -> None:
    """Add the masses on a grid in (x, v) to ``out`` (v bins, x bins); ``x_edges`` relative to c.

    Rows are hats in v, cells boxes in x; with ``walls`` the outer columns count to the bin inside of them.
    """
    rows, n = cells.mass.shape
    bins = x_edges.size - 1
    line, a, b, share = np.empty(bins + 2), np.empty(bins + 2), np.empty(bins + 2), np.empty(v_edges.size - 1)
    for j in range(rows):
        line[:], at = 0.0, 0
        for i in range(n):
            weight = cells.mass[j, i]
            if weight <= NOTHING:
                continue
            y = cells.first[j, i] / weight
            if walls and (i == 0 or i == n - 1):
                if i == 0:
                    line[np.searchsorted(x_edges, cells.edges[0], side="right")] += weight
                else:
                    line[np.searchsorted(x_edges, cells.edges[n - 2], side="left")] += weight
                continue
            r = half_width(y, cells.second[j, i] / weight, cells.edges)
            if r > 0.0:
                at = put_box(y - r, y + r, 0.5 * weight / r, x_edges, at, line, a, b)
            else:
                put_point(y, weight, x_edges, line, a, b)
        hat_shares(v[max(j - 1, 0)], v[j], v[min(j + 1, rows - 1)], v_edges, share)
        for k in range(share.size):
            if share[k] > 0.0:
                for i in range(bins):
                    out[k, i] += share[k] * line[i + 1]


@inner(strict=True)
def hat_shares(left, middle, right, edges, share):
    """The shares of a law with the density of a hat in the bins."""
    before = hat_below(edges[0], left, middle, right)
    for k in range(share.size):
        here = hat_below(edges[k + 1], left, middle, right)
        share[k] = here - before
        before = here


@inner(strict=True)
def hat_below(v, left, middle, right):
    """Distribution function of the law whose density is the hat over left, middle, right."""
    if v <= left:
        return 0.0
    if v >= right:
        return 1.0
    if v < middle:
        return (v - left) ** 2 / ((middle - left) * (right - left))
    return 1.0 - (right - v) ** 2 / ((right - middle) * (right - left)) if right > middle else 1.0


@kernel
def row_below(mass: Reals, first: Reals, second: Reals, y: Reals, out: Reals) -> None:
    """Add a row's masses below ``y`` (increasing, relative to c) to ``out``; every cell is a box, or a point."""
    for i in range(mass.size):
        if mass[i] > NOTHING:
            mean = first[i] / mass[i]
            r = math.sqrt(3.0 * max(second[i] / mass[i] - mean * mean, 0.0))
            for k in range(np.searchsorted(y, mean - r), y.size):
                out[k] += mass[i] if y[k] >= mean + r else mass[i] * (y[k] - mean + r) / (2.0 * r)
