r"""Walkers in memory: the passes of Fractal Monte Carlo that touch positions. The equations are in :mod:`swarmviz.dynamics.fractal`.

Any walker may look at any other, so the positions are laid out walker by walker, too: a companion is then one stretch of memory. All
walkers move at once, because a step reads this copy. Few clone in a step: as a rule only these are shaken, valued and copied anew.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz import boundaries
from swarmviz.blocks import block, block_count, block_range, list_marked, part, rows, scratch
from swarmviz.compiled import inner
from swarmviz.diagnostics import smallest
from swarmviz.fractal import cloning
from swarmviz.noise import GAUSSIAN, fill_chosen
from swarmviz.randomness import COMPANION, POSITION_NOISE, key, words
from swarmviz.supply import block_noise

CLONES, EVERY = range(2)  # who is shaken
U1, U2, U3 = np.uint64(1), np.uint64(2), np.uint64(3)
DEADLY = len(boundaries.CODES)  # the boundary at which walkers die


class Room(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    rows: np.ndarray  # positions (N, d), walker by walker
    pool: np.ndarray  # members, the living first
    counts: np.ndarray  # living walkers per group
    words: np.ndarray  # random words, two per walker
    seen: np.ndarray  # j(n)
    rival: np.ndarray  # i(n)
    source: np.ndarray  # whom a walker copies, itself when it stays
    living: np.ndarray
    chance: np.ndarray
    apart: np.ndarray  # |X_n − X_j(n)|
    part: np.ndarray
    cloned: np.ndarray  # whether a walker clones
    column: np.ndarray  # of a block, the columns of the walkers that clone
    fresh: np.ndarray  # their new positions
    value: np.ndarray  # and F there
    moved: np.ndarray  # positions of a block, seen from the moving landscape
    z: np.ndarray  # jitter of those that clone
    raw: np.ndarray
    radius: np.ndarray
    mean: np.ndarray


@inner(inline=True)
def make_room(d, n_agents, groups):
    """Scratch for this swarm."""
    n, whole, real, word = block_range(d, n_agents, 0)[1], np.int64, np.float64, np.uint64
    pairs = (d + 1) // 2 * n
    return Room(
        scratch(n_agents * d, real).reshape((n_agents, d)), scratch(n_agents, whole), np.empty(groups, whole), scratch(2 * n_agents, word),
        scratch(n_agents, whole), scratch(n_agents, whole), scratch(n_agents, whole), np.ones(n_agents, np.uint8),
        np.empty((1, n_agents)), scratch(n_agents, real), scratch(n_agents, real), scratch(n_agents, np.uint8), scratch(n, word),
        scratch(d * n, real), scratch(n, real), scratch(d * n, real), scratch(d * n, np.float32), scratch(pairs, word),
        scratch(pairs, np.float32), np.empty(d),
    )  # fmt: skip


@inner(inline=True)
def energies(x, size, values, p, shift, moving, room, f):
    """F(x − c) at all walkers."""
    d, n_agents = size
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        if moving:
            seen = rows(room.moved, 0, d, n)
            for i in range(d):
                for j in range(n):
                    seen[i, j] = xb[i, j] - shift[i]
            xb = seen
        values(xb, p, part(f, first, n))


@inner(inline=True)
def find_living(x, size, low, high, room):
    """living (N,) ← whether a walker is in the box."""
    d, n_agents = size
    room.living[:] = 1
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        for i in range(d):
            for j in range(n):
                if not low[i] <= xb[i, j] <= high[i]:
                    room.living[first + j] = 0


@inner
def not_positive(f, kind, living):
    """The first living walker whose reward is not positive, −1 when there is none."""
    if kind != cloning.EXPONENTIAL:
        for n in range(f.size):
            if living[n] and not (f[n] > 0.0 if kind == cloning.VALUE else f[n] < 0.0):
                return n
    return -1


@inner
def lowest_living(f, living, seen):
    """min F of the living, ∞ when there is none; ``seen`` (N,) is scratch."""
    for n in range(f.size):
        seen[n] = f[n] if living[n] else np.inf
    return smallest(seen)


@inner
def by_walker(x, size, out):
    """out (N, d) ← the positions, walker by walker."""
    d, n_agents = size
    flat, width, whole_fours = out.reshape(out.size), np.uint64(d), d - d % 4
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        for i in range(0, whole_fours, 4):  # four coordinates at a time: each walker's line is met a quarter as often
            row_1, row_2, row_3, row_4, at = xb[i], xb[i + 1], xb[i + 2], xb[i + 3], np.uint64(first * d + i)
            for j in range(n):
                flat[at], flat[at + U1] = row_1[j], row_2[j]
                flat[at + U2], flat[at + U3] = row_3[j], row_4[j]
                at += width
        for i in range(whole_fours, d):
            row, at = xb[i], np.uint64(first * d + i)
            for j in range(n):
                flat[at] = row[j]
                at += width


@inner
def distances(walkers, seen, apart):
    """apart (N,) ← |X_n − X_j(n)|."""
    for n in range(seen.size):
        here, there, total = walkers[n], walkers[seen[n]], 0.0
        for i in range(here.size):
            total += (here[i] - there[i]) * (here[i] - there[i])
        apart[n] = total
    for n in range(seen.size):
        apart[n] = np.sqrt(apart[n])


@inner(inline=True)
def look(x, f, size, how, powers, seed, step, room, log_virtual):
    """Companions and virtual rewards (2) for the step that comes; ``how`` (groups, kind, form, own, δ, ε), ``powers`` (τ, α, β)."""
    (groups, kind, form, own, delta, epsilon), (tau, alpha, beta), n_agents = how, powers, size[1]
    row = key(np.uint64(seed), np.uint64(COMPANION), np.uint64(step))
    words(room.words, row, 0, 2 if own else 1, n_agents, 0)
    cloning.choose_companions(room.words, room.pool, room.counts, groups, room.seen)
    if own:
        cloning.choose_companions(part(room.words, n_agents, n_agents), room.pool, room.counts, groups, room.rival)
    else:
        room.rival[:] = room.seen
    log_virtual[:] = 0.0
    relative = form, delta, epsilon
    cloning.add_relative(f, alpha, groups, kind, tau, relative, room, log_virtual)
    if beta != 0.0:
        distances(room.rows, room.seen, room.apart)
        cloning.add_relative(room.apart, beta, groups, cloning.AS_IT_IS, tau, relative, room, log_virtual)


@inner(inline=True)
def copy_companions(column, source, first, walkers, out):
    """(4): out (d, m) ← the positions of those whom the walkers in the columns of a block clone."""
    d, m = np.uint64(out.shape[0]), np.uint64(column.size)
    for q in range(m):
        there = walkers[source[first + column[q]]]
        for i in range(d):
            out[i, q] = there[i]


@inner
def shake(x, sigma, z):
    """(5) for all walkers of a block."""
    d, n = x.shape
    for i in range(d):
        row, zi = x[i], z[i]
        for j in range(n):
            row[j] += sigma * zi[j]


@inner(inline=True)
def keep_inside(x, low, high, boundary):
    """The boundary on a block; none where walkers outside the box die."""
    if boundary != DEADLY:
        boundaries.confine(x, low, high, boundary)


@inner
def settle(fresh, value, column, xb, fb):
    """The new positions and values in their columns of a block."""
    for i in range(fresh.shape[0]):
        row, new = xb[i], fresh[i]
        for q in range(column.size):
            row[column[q]] = new[q]
    for q in range(column.size):
        fb[column[q]] = value[q]


@inner(inline=True)
def clone(x, f, size, alone, sigma, seed, step, limits, land, room):
    """(4), all from the positions before; (5), the boundary and F for those that clone, where they ``alone`` move."""
    (d, n_agents), (low, high, boundary), (values, p) = size, limits, land
    row = key(np.uint64(seed), np.uint64(POSITION_NOISE), np.uint64(step))
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        m = list_marked(part(room.cloned, first, n), room.column)
        if m > 0:
            column, fresh, value = part(room.column, 0, m), rows(room.fresh, 0, d, m), part(room.value, 0, m)
            copy_companions(column, room.source, first, room.rows, fresh)
            if sigma > 0.0:
                z = rows(room.z, 0, d, m)
                fill_chosen(z, room.raw, room.radius, GAUSSIAN, 0.0, row, first, column)
                shake(fresh, sigma, z)
            if alone:
                keep_inside(fresh, low, high, boundary)
                values(fresh, p, value)
            settle(fresh, value, column, block(x, d, n_agents, b), part(f, first, n))


@inner(inline=True)
def follow(x, size, room):
    """The copy of the positions, walker by walker, catches up with those that cloned."""
    d, n_agents = size
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb, m = block(x, d, n_agents, b), list_marked(part(room.cloned, first, n), room.column)
        for q in range(np.uint64(m)):
            there, j = room.rows[first + room.column[q]], room.column[q]
            for i in range(np.uint64(d)):
                there[i] = xb[i, j]


@inner(inline=True)
def move_all(x, size, limits, draws):
    """(5) for all walkers, if they are all ``shaken``, and the boundary; ``draws`` (shaken, σ, supply, seed, k, s, steps)."""
    (d, n_agents), (low, high, boundary), (shaken, sigma, supply, seed, k, s, steps) = size, limits, draws
    for b in range(block_count(d, n_agents)):
        xb = block(x, d, n_agents, b)
        if shaken:
            shake(xb, sigma, block_noise(supply, GAUSSIAN, 0.0, seed, POSITION_NOISE, k, s, steps, d, n_agents, b))
        keep_inside(xb, low, high, boundary)
