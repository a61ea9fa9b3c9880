r"""Walkers in memory: the passes of Fractal Monte Carlo that touch positions. The equations are in :mod:`swarmviz.dynamics.fmc.dynamics`.

Any walker may look at any other, so between two steps the positions are laid out walker by walker: a companion is then one stretch of
memory. Few clone in a step, and as a rule only these are shaken and valued anew, in a table of their own with a row per coordinate. The
blocks ``x`` catch up where all walkers move, or are recorded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.fmc import cloning
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import (
    agents_per_block,
    block,
    block_count,
    block_range,
    block_view,
    flat,
    list_marked,
    scratch,
    slice_view,
    transpose_four,
)
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.diagnostics import smallest
from swarmviz.kernels.noise import GAUSSIAN, fill_chosen
from swarmviz.kernels.noise_buffer import NoiseBuffer, block_noise, make_noise_buffer
from swarmviz.kernels.packs import is_recorded
from swarmviz.kernels.randomness import COMPANION, POSITION_NOISE, key, words

CLONES, EVERY = range(2)  # who is shaken
WHOLE = 8  # numbers in a vector
U1, U2, U3 = np.uint64(1), np.uint64(2), np.uint64(3)
DEADLY = len(boundaries.CODES)  # the boundary at which walkers die


class Workspace(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    noise: NoiseBuffer
    rows: np.ndarray  # positions (N, d), walker by walker
    pool: np.ndarray  # members, the living first
    counts: np.ndarray  # living walkers per group
    words: np.ndarray  # random words, two per walker
    companion: np.ndarray  # j(n)
    rival: np.ndarray  # i(n)
    source: np.ndarray  # whom a walker copies, itself when it stays
    living: np.ndarray
    chance: np.ndarray
    apart: np.ndarray  # |X_n − X_j(n)|
    spare: np.ndarray  # (N,)
    cloned: np.ndarray  # whether a walker clones
    clones: np.ndarray  # the walkers that clone
    start: np.ndarray  # where in ``rows`` those begin whom they copy
    fresh: np.ndarray  # their new positions
    value: np.ndarray  # and F there
    moved: np.ndarray  # positions of a block, seen from the moving landscape
    z: np.ndarray  # jitter of those that clone
    raw: np.ndarray
    radius: np.ndarray
    mean: np.ndarray


@inner(inline=True)
def make_workspace(d, n_agents, groups, steps):
    """Scratch for this swarm."""
    n, whole, real, word = block_range(d, n_agents, 0)[1], np.int64, np.float64, np.uint64
    most = n_agents + WHOLE
    size = d * min(most, clones_at_once(d))
    return Workspace(
        make_noise_buffer(d, n_agents, steps),
        scratch(n_agents * d, real).reshape((n_agents, d)), scratch(n_agents, whole), np.empty(groups, whole), scratch(2 * n_agents, word),
        scratch(n_agents, whole), scratch(n_agents, whole), scratch(n_agents, whole), np.ones(n_agents, np.uint8),
        scratch(n_agents, real).reshape((1, n_agents)), scratch(n_agents, real), scratch(n_agents, real), scratch(n_agents, np.uint8),
        scratch(most, word), scratch(most, word), scratch(d * most, real), scratch(most, real), scratch(d * n, real),
        scratch(size, np.float32), scratch(size, word), scratch(size, np.float32), scratch(d, real),
    )  # fmt: skip


@inner(inline=True)
def clones_at_once(d):
    """How many clones are worked on together: what the cache holds, in whole vectors."""
    return agents_per_block(d) // WHOLE * WHOLE


@inner(inline=True)
def energies(x, objective, shift, moving, workspace, f):
    """F(x − c) at all walkers."""
    d, n_agents = shift.size, f.size
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        if moving:
            moved = block_view(workspace.moved, 0, d, n)
            for i in range(d):
                for j in range(n):
                    moved[i, j] = xb[i, j] - shift[i]
            xb = moved
        objective.values(xb, objective.p, slice_view(f, first, n))


@inner
def find_living(walkers, box, living):
    """living (N,) ← whether a walker is in the box."""
    low, high = box.low, box.high
    for n in range(living.size):
        living[n] = 1
        for i in range(low.size):
            if not low[i] <= walkers[n, i] <= high[i]:
                living[n] = 0


@inner
def not_positive(f, kind, living):
    """The first living walker whose reward is not positive, −1 when there is none."""
    if kind != cloning.EXPONENTIAL:
        for n in range(f.size):
            if living[n] and not (f[n] > 0.0 if kind == cloning.VALUE else f[n] < 0.0):
                return n
    return -1


@inner
def lowest_living(f, living, spare):
    """min F of the living, ∞ when there is none; ``spare`` (N,) is scratch."""
    for n in range(f.size):
        spare[n] = f[n] if living[n] else np.inf
    return smallest(spare)


@inner
def by_walker(x, out):
    """out (N, d) ← the positions, walker by walker."""
    n_agents, d = out.shape
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
def by_block(walkers, x):
    """x ← the positions, block after block."""
    n_agents, d = walkers.shape
    flat, width = walkers.reshape(walkers.size), np.uint64(d)
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        for i in range(d):
            row, at = xb[i], np.uint64(first * d + i)
            for j in range(n):
                row[j] = flat[at]
                at += width


@inner
def distances(walkers, first, companion, apart):
    """apart (n,) ← |X_n − X_j(n)| of n walkers from the ``first`` on, of two at a time, so that one's sum need not wait for the other's."""
    flat, width, last, begin = (
        walkers.reshape(walkers.size),
        np.uint64(walkers.shape[1]),
        companion.size - 1,
        np.uint64(first),
    )
    for pair in range(0, last + 1, 2):
        m, n = np.uint64(min(pair, max(last - 1, 0))), np.uint64(min(pair + 1, last))
        here, there, total = (begin + m) * width, np.uint64(companion[m]) * width, 0.0
        here_too, there_too, total_too = (begin + n) * width, np.uint64(companion[n]) * width, 0.0
        for i in range(width):
            way, way_too = flat[here + i] - flat[there + i], flat[here_too + i] - flat[there_too + i]
            total += way * way
            total_too += way_too * way_too
        apart[m], apart[n] = total, total_too
    for k in range(companion.size):
        apart[k] = np.sqrt(apart[k])


@inner(inline=True)
def look(run, params, tau, alpha, beta, step, workspace):
    """Companions and virtual rewards (2) for the step that comes."""
    f, log_virtual, groups, n_agents = run.energy, run.log_virtual, params.groups, run.energy.size
    row = key(np.uint64(run.seed[0]), np.uint64(COMPANION), np.uint64(step))
    words(workspace.words, row, 0, 2 if params.own else 1, n_agents, 0)
    cloning.choose_companions(workspace.words, workspace.pool, workspace.counts, groups, workspace.companion)
    if params.own:
        second = slice_view(workspace.words, n_agents, n_agents)
        cloning.choose_companions(second, workspace.pool, workspace.counts, groups, workspace.rival)
    else:
        workspace.rival[:] = workspace.companion
    log_virtual[:] = 0.0
    cloning.add_relative(f, alpha, params.kind, tau, params, workspace, log_virtual)
    if beta != 0.0:
        distances(workspace.rows, 0, workspace.companion, workspace.apart)
        if params.distance == cloning.DECAYING:
            for n in range(n_agents):
                log_virtual[n] -= beta * workspace.apart[n]
        else:
            cloning.add_relative(workspace.apart, beta, cloning.AS_IT_IS, tau, params, workspace, log_virtual)


@inner
def list_clones(workspace, d, first, n, offset):
    """List those that clone of ``n`` walkers from the ``first`` on, and where the positions of those begin whom they copy.

    Returns how many they are, and how long the list is, which begins at ``offset`` in its array and counts walkers from the first. It goes
    on with its last member up to a whole vector: a row's rest would be taken number by number, at the price of a vector each.
    """
    clones, start = slice_view(workspace.clones, offset, n + WHOLE), slice_view(workspace.start, offset, n + WHOLE)
    m = list_marked(slice_view(workspace.cloned, first, n), clones)
    wide = (m + WHOLE - 1) // WHOLE * WHOLE
    for q in range(m, wide):
        clones[q] = clones[m - 1]
    for q in range(wide):
        start[q] = np.uint64(workspace.source[first + clones[q]]) * np.uint64(d)
    return m, wide


@inner
def copy_companions(start, walkers, out):
    """(4): out (d, m) ← the positions that begin at ``start`` (m,), m in whole vectors."""
    d, m = out.shape
    source, target, width = flat(walkers), flat(out), np.uint64(m)
    for q in range(0, m, 4):
        a, b, c, e = start[q], start[q + 1], start[q + 2], start[q + 3]
        for i in range(d // 4):
            k = np.uint64(4 * i)
            at = k * width + np.uint64(q)
            transpose_four(source, a + k, b + k, c + k, e + k, target, at, at + width, at + U2 * width, at + U3 * width)
    for i in range(d - d % 4, d):
        row, coordinate = out[i], np.uint64(i)
        for q in range(m):
            row[q] = source[start[q] + coordinate]


@inner
def shake(x, sigma, z):
    """(5) for the walkers of a table (d, n)."""
    flat, draws = x.reshape(x.size), z.reshape(z.size)
    for j in range(flat.size):
        flat[j] += sigma * draws[j]


@inner(inline=True)
def keep_inside(x, box):
    """The boundary on a block; none where walkers outside the box die."""
    if box.boundary != DEADLY:
        boundaries.confine(x, box.low, box.high, box.boundary)


@inner
def hits_of_some(x, count, box):
    """How often the first ``count`` walkers of a table (d, m), about to be kept inside, meet a wall."""
    hits = 0
    if boundaries.has_walls(box.boundary):
        for i in range(box.low.size):
            row, a, b = x[i], box.low[i], box.high[i]
            for q in range(count):
                hits += (row[q] < a) | (row[q] > b)
    return hits


@inner
def settle(fresh, clones, walkers):
    """The new positions (d, m) in their places, m in whole vectors."""
    d, m = fresh.shape
    source, target, width, length = flat(fresh), flat(walkers), np.uint64(m), np.uint64(d)
    for q in range(0, m, 4):
        a, b, c, e = clones[q] * length, clones[q + 1] * length, clones[q + 2] * length, clones[q + 3] * length
        for i in range(d // 4):
            k = np.uint64(4 * i)
            at = k * width + np.uint64(q)
            transpose_four(source, at, at + width, at + U2 * width, at + U3 * width, target, a + k, b + k, c + k, e + k)
    for i in range(d - d % 4, d):
        row, coordinate = fresh[i], np.uint64(i)
        for q in range(m):
            target[clones[q] * length + coordinate] = row[q]


@inner(inline=True)
def make_clones(run, first, n, offset, alone, recording, sigma, step, box, objective, workspace):
    """(4) for those of ``n`` walkers from the ``first`` on that clone; (5), the boundary and F for them, where they ``alone`` move.

    All from the positions before: the new ones lie aside, with the list of clones at ``offset``, until :func:`settle_clones`. Returns how
    many clone, how long their list is (:func:`list_clones`), and, where the step is recorded, how often they met a wall.
    """
    d, hits, most = box.low.size, 0, clones_at_once(box.low.size)
    row = key(np.uint64(run.seed[0]), np.uint64(POSITION_NOISE), np.uint64(step))
    count, wide = list_clones(workspace, d, first, n, offset)
    for at in range(0, wide, most):
        m = min(most, wide - at)
        clones, fresh, value = (
            slice_view(workspace.clones, offset + at, m),
            block_view(workspace.fresh, d * (offset + at), d, m),
            slice_view(workspace.value, 0, m),
        )
        copy_companions(slice_view(workspace.start, offset + at, m), workspace.rows, fresh)
        if sigma > 0.0:
            z = block_view(workspace.z, 0, d, m)
            fill_chosen(z, workspace.raw, workspace.radius, GAUSSIAN, 0.0, row, first, clones)
            shake(fresh, sigma, z)
        if alone:
            if recording:
                hits += hits_of_some(fresh, min(m, count - at), box)
            keep_inside(fresh, box)
            objective.values(fresh, objective.p, value)
            for q in range(m):
                run.energy[first + clones[q]] = value[q]
    return count, wide, hits


@inner(inline=True)
def settle_clones(d, first, n, offset, wide, workspace):
    """The clones that :func:`make_clones` has listed in their new places."""
    most, here = clones_at_once(d), block_view(flat(workspace.rows), first * d, n, d)
    for at in range(0, wide, most):
        m = min(most, wide - at)
        settle(block_view(workspace.fresh, d * (offset + at), d, m), slice_view(workspace.clones, offset + at, m), here)


@inner(inline=True)
def move_some(run, first_block, end_block, steps, s, shaken, sigma, box, workspace):
    """(5) for all walkers of some blocks in step ``s`` of the call, if they are all ``shaken``, and the boundary.

    Returns how often one met a wall, where the step is recorded.
    """
    d, n_agents, hits = box.low.size, run.energy.size, 0
    for b in range(first_block, end_block):
        xb = block(run.x, d, n_agents, b)
        if shaken:
            z = block_noise(
                workspace.noise, GAUSSIAN, 0.0, run.seed[0], POSITION_NOISE, steps.k, s - 1, steps.steps, d, n_agents, b
            )
            shake(xb, sigma, z)
        if is_recorded(steps, s):
            hits += hits_of_some(xb, xb.shape[1], box)
        keep_inside(xb, box)
    return hits
