r"""Tiles: many runs of a small swarm side by side, so that a vector is filled by runs where agents do not fill it.

A vector holds four or eight numbers. Of a swarm of eight agents in one dimension a step has two vectors of work, and its loops, calls and
sums across a vector cost ten times as much. So runs that differ in nothing but their seeds and positions go through a step together. A
*tile* holds R of them as one block whose columns are agent by agent, and run by run for each agent:

    x[i, j R + r] = coordinate i of agent j of run r                                                 (1)

What is done to each agent by itself (noise, moves, F and its gradient, boundaries) is done to the block by the very functions that move
the block of a single run: what is one number for a run, such as a coordinate of its consensus point, is for a tile a row with that number
for every column, and :func:`of` reads either. Sums over the agents of a run are sums of rows, number by number.

Each run has the bits that it has by itself. What is done to an agent rounds alike wherever it stands, and a sum over agents is taken in
the order in which a single run of few agents takes it (:mod:`swarmviz.kernels.ordered_sums`). ``tests/dynamics/test_tiled.py`` compares
them.

Code     meaning
runs     R, the runs in a tile
wide     n R, the columns of a tile
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import BLOCK_COORDINATES, block_view, scratch
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.diagnostics import NEGLIGIBLE
from swarmviz.kernels.elementary import INF, exp, finite
from swarmviz.kernels.noise import fill_steps_of_runs
from swarmviz.kernels.noise_buffer import BUFFER, NoiseBuffer
from swarmviz.kernels.ordered_sums import MASSES, MOST, ORDERED, POSITIONS, QUARTET, WEIGHTS, exact_sum, fused
from swarmviz.kernels.packs import FINE

VECTOR = 4  # the runs of a tile are a multiple of it
LANES = (
    (2 * VECTOR, VECTOR) if ORDERED else (VECTOR,)
)  # runs in a vector: as many as it holds, then those that are left
MOST_RUNS = 32  # in a tile
FEWEST_RUNS = 3  # two leave half of a vector empty, and are as fast one by one
MOST_AGENTS = MOST  # of a run in a tile: more fill the vectors by themselves
MOST_DIMENSIONS = 7


def runs_per_tile(runs: int, n: int, d: int) -> int:
    """How many of some runs of ``n`` agents in ``d`` dimensions go into each tile; 0 where they are better taken one by one."""
    most = min(MOST_RUNS, BLOCK_COORDINATES // (n * d)) // VECTOR * VECTOR
    if n > MOST_AGENTS or d > MOST_DIMENSIONS or runs < FEWEST_RUNS or most == 0:
        return 0
    each = -(-runs // -(-runs // most))  # as many in each, rather than few in the last one
    return -(-each // VECTOR) * VECTOR


@intrinsic
def of(typing_context, value, j):
    """``value`` where it is one number for all agents, ``value[j]`` where it is a row with a number for each."""
    array = isinstance(value, types.Array)

    def generate(context, builder, signature, arguments):
        if not array:
            return arguments[0]
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.load(builder.gep(data, [arguments[1]]))

    return (value.dtype if array else value)(value, types.intp), generate


# ---- in and out -------------------------------------------------------------------------------------------------------


@inner
def enter(rows, runs, tile):
    """Rows of a table, one per run, into a tile; where there are fewer rows than runs, the last one fills the rest."""
    for r in range(runs):
        row = rows[min(r, rows.shape[0] - 1)]
        for q in range(tile.size // runs):
            tile[q * runs + r] = row[q]


@inner
def leave(tile, runs, rows):
    """Back from a tile to rows, as many as there are."""
    for r in range(rows.shape[0]):
        row = rows[r]
        for q in range(tile.size // runs):
            row[q] = tile[q * runs + r]


@inner
def take_out(tile, runs, r, out):
    """What a tile holds of one run, in the order of a block of it alone."""
    for q in range(out.size):
        out[q] = tile[q * runs + r]


@inner
def put_back(values, runs, r, tile):
    """The other way round."""
    for q in range(values.size):
        tile[q * runs + r] = values[q]


@inner(inline=True)
def one_each(values):
    """A number per run as a table with a row for each, for :func:`enter` and :func:`leave`."""
    return values.reshape((-1, 1))


# ---- noise ------------------------------------------------------------------------------------------------------------


@inner
def make_noise_of_tile(d, wide, steps):
    """Room for the noise of a tile whose kernel will take ``steps`` steps."""
    ahead = max(1, min(steps, BUFFER // (d * wide)))
    pairs = ahead * ((d + 1) // 2) * wide
    return NoiseBuffer(
        scratch(ahead * d * wide, np.float32), scratch(pairs, np.uint64), scratch(pairs, np.float32), ahead
    )


@inner(inline=True)
def noise_of_tile(noise_buffer, law, nu_t, seeds, purpose, start, s, steps, d, wide):
    """Noise (d, n R) for step ``start + s``, s = 0, 1, …, steps − 1 in this order within a tile; the draws of each run by itself."""
    turn = s % noise_buffer.ahead
    if turn == 0:
        made = min(noise_buffer.ahead, steps - s)
        z = noise_buffer.z[: made * d * wide].reshape((made, d, wide))
        fill_steps_of_runs(
            z, noise_buffer.raw, noise_buffer.radius, law, nu_t, seeds, np.uint64(purpose), start + s, made
        )
    return block_view(noise_buffer.z, turn * d * wide, d, wide)


# ---- sums over the agents of each run ---------------------------------------------------------------------------------
#
# The numbers of eight or four runs are a vector, so that a row of them is added to another in one instruction and partial sums stay in
# registers. Which, changes no bit: a run has a lane of its own.


def _each_vector(builder, runs):
    """For each number of lanes a loop over vectors of runs in a row: (the type of its vectors, the number of the first run)."""
    begin = runs.type(0)
    for lanes in LANES:
        end = builder.and_(runs, runs.type(-lanes))
        with cgutils.for_range_slice(builder, begin, end, runs.type(lanes)) as (first, _):
            yield ir.VectorType(ir.DoubleType(), lanes), first
        begin = end


def _same(reals, value):
    """A vector that holds one constant everywhere."""
    return ir.Constant(reals, [value] * reals.count)


def _vector(context, builder, kind, value, reals):
    """A function of a place in an array that gives the vector that begins there; of a number, the vector that holds it everywhere."""
    if not isinstance(kind, types.Array):
        same = builder.insert_element(ir.Constant(reals, ir.Undefined), value, ir.IntType(32)(0))
        places = ir.Constant(ir.VectorType(ir.IntType(32), reals.count), [0] * reals.count)
        same = builder.shuffle_vector(same, same, places)
        return lambda place: same
    data = context.make_array(kind)(context, builder, value).data
    return lambda place: builder.load(_place(builder, data, place, reals), align=8)


def _place(builder, data, place, reals):
    return builder.bitcast(builder.gep(data, [place]), reals.as_pointer())


def dots_in_chains(*widths: int) -> Any:
    """A compiled function ``dots(a, b, n, runs, out)``: Σ_j a_j b_j of each run into ``out`` (R,), from rows (n R,); ``b`` may be a number.

    In the order of :mod:`swarmviz.kernels.ordered_sums`, as a run by itself takes them.
    """

    def of_vector(builder, term, n, total):
        begin = n.type(0)
        for width in (*widths, 1):
            turns = builder.udiv(builder.sub(n, begin), n.type(width))
            with builder.if_then(builder.icmp_signed(">", turns, n.type(0))):
                reals = total.type.pointee
                chains = [cgutils.alloca_once(builder, reals) for _ in range(width)]
                for c, chain in enumerate(chains):
                    builder.store(builder.load(total) if c == 0 else _same(reals, 0.0), chain)
                with cgutils.for_range(builder, turns) as loop:
                    for c, chain in enumerate(chains):
                        j = builder.add(builder.add(begin, builder.mul(loop.index, n.type(width))), n.type(c))
                        builder.store(term(j, builder.load(chain)), chain)
                sums = [builder.load(chain) for chain in chains]
                vectors = [sums[c : c + QUARTET] for c in range(0, width, QUARTET)]
                while len(vectors) > 1:
                    pairs = zip(vectors[::2], vectors[1::2], strict=True)
                    vectors = [[exact_sum(builder, x, y) for x, y in zip(*pair, strict=True)] for pair in pairs]
                last = vectors[0]
                if width > 1:
                    last = [exact_sum(builder, *(exact_sum(builder, last[c], last[c + 2]) for c in range(2)))]
                builder.store(last[0], total)
            begin = builder.add(begin, builder.mul(turns, n.type(width)))

    @intrinsic
    def dots(typing_context, a, b, n, runs, out):
        def generate(context, builder, signature, arguments):
            _, _, n, runs, out = arguments
            sums = context.make_array(signature.args[4])(context, builder, out).data
            for reals, first in _each_vector(builder, runs):
                factors = [
                    _vector(context, builder, kind, value, reals)
                    for kind, value in zip(signature.args[:2], arguments, strict=False)
                ]

                def term(j, chain, factors=factors, first=first):
                    place = builder.add(builder.mul(j, runs), first)
                    x, y = (factor(place) for factor in factors)
                    return fused(builder, x, y, chain)

                total = cgutils.alloca_once(builder, reals)
                builder.store(_same(reals, 0.0), total)
                of_vector(builder, term, n, total)
                builder.store(builder.load(total), _place(builder, sums, first, reals), align=8)
            return context.get_dummy_value()

        return types.void(a, b, types.intp, types.intp, out), generate

    return dots


@intrinsic
def smallest_of_runs(typing_context, f, n, runs, out):
    """min_j f_j of each run into ``out`` (R,), from a row (n R,); a NaN is never the smallest."""

    def generate(context, builder, signature, arguments):
        f, n, runs, out = arguments
        data = context.make_array(signature.args[3])(context, builder, out).data
        for reals, first in _each_vector(builder, runs):
            numbers, least = _vector(context, builder, signature.args[0], f, reals), cgutils.alloca_once(builder, reals)
            builder.store(_same(reals, INF), least)
            with cgutils.for_range(builder, n) as loop:
                candidate, lowest = numbers(builder.add(builder.mul(loop.index, runs), first)), builder.load(least)
                lower = builder.fcmp_ordered("<", candidate, lowest)
                builder.store(builder.select(lower, candidate, lowest), least)
            builder.store(builder.load(least), _place(builder, data, first, reals), align=8)
        return context.get_dummy_value()

    return types.void(f, types.intp, types.intp, out), generate


@intrinsic
def for_every_agent(typing_context, values, n, runs, row):
    """A number per run (R,) as a row (n R,) that has it for each agent."""

    def generate(context, builder, signature, arguments):
        values, n, runs, row = arguments
        data = context.make_array(signature.args[3])(context, builder, row).data
        for reals, first in _each_vector(builder, runs):
            number = _vector(context, builder, signature.args[0], values, reals)(first)
            with cgutils.for_range(builder, n) as loop:
                place = builder.add(builder.mul(loop.index, runs), first)
                builder.store(number, _place(builder, data, place, reals), align=8)
        return context.get_dummy_value()

    return types.void(values, types.intp, types.intp, row), generate


dots_of_weights, dots_of_positions, dots_of_masses = (dots_in_chains(*w) for w in (WEIGHTS, POSITIONS, MASSES))
dots_of_moves = dots_in_chains(8, 4)  # of the coordinates of a step: so the loop over those of a single run is compiled


@inner
def note_failures(f, runs, step, failures):
    """Note for each run, unless it has failed before, the first agent whose energy is not finite; returns whether all have failed."""
    failed = 0
    for r in range(failures.shape[0]):
        for j in range(f.size // runs):
            if failures[r, 0] == FINE and not finite(f[j * runs + r]):
                failures[r, 0], failures[r, 1] = step, j
        failed += failures[r, 0] != FINE
    return failed == failures.shape[0]


@inner
def count_hits_of_runs(x, low, high, runs, hits):
    """How often agents of each run, about to be confined, meet a wall, into ``hits`` (R,); see :mod:`swarmviz.kernels.boundaries`."""
    hits[:] = 0
    for i in range(low.size):
        row, a, b = x[i], low[i], high[i]
        for j in range(row.size // runs):
            for r in range(runs):
                hits[r] += (row[j * runs + r] < a) | (row[j * runs + r] > b)


@inner
def confine_tile(x, box, runs, recording, hits):
    """The boundary on a tile; ``hits`` is counted where the step is recorded, and stays 0 where there are no walls."""
    if recording and boundaries.has_walls(box.boundary):
        count_hits_of_runs(x, box.low, box.high, runs, hits)
    boundaries.confine(x, box.low, box.high, box.boundary)


class ConsensusOfTile(NamedTuple):
    """The consensus points of the runs of a tile and scratch for them, see :mod:`swarmviz.kernels.diagnostics`."""

    points: np.ndarray  # ν, (d, R)
    rows: np.ndarray  # the same for every agent, (d, n R)
    values: np.ndarray  # F(ν), (R,)
    effective: np.ndarray  # ESS, (R,)
    lowest: np.ndarray  # min F, (R,)
    total: np.ndarray  # Σ w, (R,)
    weights: np.ndarray  # (n R,)


@inner
def make_consensus_of_tile(d, n, runs):
    """Scratch for tiles of this size."""
    real = np.float64
    return ConsensusOfTile(
        scratch(d * runs, real).reshape((d, runs)), scratch(d * n * runs, real).reshape((d, n * runs)), scratch(runs, real),
        scratch(runs, real), scratch(runs, real), scratch(runs, real), scratch(n * runs, real),
    )  # fmt: skip


@inner(inline=True)
def find_consensus(x, f, alpha, n, runs, tile):
    """ν of each run and its lowest value."""
    w = tile.weights
    smallest_of_runs(f, n, runs, tile.lowest)
    for_every_agent(tile.lowest, n, runs, w)
    for j in range(w.size):
        exponent = -alpha * (f[j] - w[j])
        w[j] = exp(exponent) if exponent > NEGLIGIBLE else 0.0
    dots_of_weights(w, 1.0, n, runs, tile.total)
    for i in range(x.shape[0]):
        point = tile.points[i]
        dots_of_positions(w, x[i], n, runs, point)
        for r in range(runs):
            point[r] = point[r] / tile.total[r]
        for_every_agent(point, n, runs, tile.rows[i])


@inner(inline=True)
def find_effective_sizes(n, runs, tile):
    """ESS of each run, after its consensus."""
    dots_of_weights(tile.weights, tile.weights, n, runs, tile.effective)
    for r in range(runs):
        tile.effective[r] = tile.total[r] * tile.total[r] / tile.effective[r]


class MovesOfTile(NamedTuple):
    """How far the consensus points of the runs of a tile have moved in a step, see :mod:`swarmviz.dynamics.stall`."""

    before: np.ndarray  # ν of the step before, (d, R)
    steps: np.ndarray  # its steps in half widths, (d R,)
    lengths: np.ndarray  # |Δν/h|, (R,)


@inner
def make_moves_of_tile(d, runs):
    """Scratch for tiles of this size."""
    real = np.float64
    return MovesOfTile(scratch(d * runs, real).reshape((d, runs)), scratch(d * runs, real), scratch(runs, real))


@inner(strict=True, inline=True)  # strict, or a division by what stays the same would become a product
def watch_tile(points, moved, half, tolerance, moves, still):
    """How far the consensus of each run has moved since the step before, if one was taken, and its stall count."""
    (d, runs), lengths = points.shape, moves.lengths
    if moved:
        for i in range(d):
            for r in range(runs):
                moves.steps[i * runs + r] = (points[i, r] - moves.before[i, r]) / half[i]
        dots_of_moves(moves.steps, moves.steps, d, runs, lengths)
        for r in range(runs):
            lengths[r] = math.sqrt(lengths[r])
            still[r] = still[r] + 1 if lengths[r] < tolerance else 0
    else:
        lengths[:] = np.nan
    moves.before[:] = points
