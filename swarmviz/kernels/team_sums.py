"""What the chunks of a large swarm add up, and what becomes of it (:mod:`swarmviz.kernels.team`).

Each chunk writes into rows of its own; the leader adds them in their order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.kernels.blocks import LINE, aligned, block, block_range, flat, scratch, slice_view
from swarmviz.kernels.compiled import Reals, Table, WholeRows, inner
from swarmviz.kernels.diagnostics import (
    ConsensusScratch,
    clear_consensus,
    dispersion,
    first_of,
    mean_position,
)
from swarmviz.kernels.elementary import exp
from swarmviz.kernels.packs import FINE
from swarmviz.kernels.team import chunk_range, chunks_of

NUMBERS, WHOLES = 16, 8  # of each chunk
FAILED, HITS, COUNT, LEADER, LOWEST_AGENT = range(5)  # whole numbers of a chunk; COUNT is what its dynamics counts
LOWEST, SPREAD, EXTRA = range(3)  # numbers of a chunk; from EXTRA on what its dynamics adds up


class Partial(NamedTuple):
    """What each chunk has added up, a row for each.

    Attributes
    ----------
    sums : (chunks, d + 3 or more)
        Of the consensus, as in :class:`swarmviz.kernels.diagnostics.ConsensusScratch`.
    means : (chunks, d or more)
        Mean positions.
    numbers, wholes : (chunks, NUMBERS), (chunks, WHOLES)
        See ``LOWEST`` and ``FAILED``.
    shared : (NUMBERS,)
        Numbers that the leader has for all.
    mean : (d,)
        x̄ of the swarm.
    """

    sums: Table
    means: Table
    numbers: Table
    wholes: WholeRows
    shared: Reals
    mean: Reals


@inner
def make_consensus_of_member(d, n_agents, batch):
    """Scratch of one thread for the consensus; ``batch`` (N,) is that of the swarm, or empty where all agents are in."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    return ConsensusScratch(
        batch, scratch(n, real), scratch(n, real), scratch(d + 3, real), scratch(d, real),
        scratch(d, real).reshape((d, 1)), scratch(1, real),
    )  # fmt: skip


@inner
def begin_sums(partial, chunk, d, consensus):
    """The scratch of the consensus, with the cleared sums of a chunk."""
    sums = slice_view(flat(partial.sums), chunk * partial.sums.shape[1], d + 3)
    clear_consensus(sums)
    return ConsensusScratch(
        consensus.batch, consensus.heights, consensus.weights, sums, consensus.mean, consensus.column, consensus.one
    )


@inner
def first_failure(partial):
    """The first agent whose energy is not finite, FINE where there is none."""
    for chunk in range(partial.wholes.shape[0]):
        if partial.wholes[chunk, FAILED] != FINE:
            return partial.wholes[chunk, FAILED]
    return FINE


@inner
def total_of(partial, number):
    """Sum of one of the numbers over the chunks, in their order."""
    total = 0.0
    for chunk in range(partial.numbers.shape[0]):
        total += partial.numbers[chunk, number]
    return total


@inner
def count_of(partial, number):
    """Sum of one of the whole numbers."""
    total = 0
    for chunk in range(partial.wholes.shape[0]):
        total += partial.wholes[chunk, number]
    return total


@inner
def least_of(partial, number):
    """Smallest of one of the numbers; a NaN is never the smallest."""
    least = np.inf
    for chunk in range(partial.numbers.shape[0]):
        least = min(least, partial.numbers[chunk, number])
    return least


@inner
def lowest_agent(partial):
    """The first agent of the lowest F, from the first of each chunk."""
    least, agent = least_of(partial, LOWEST), FINE
    for chunk in range(partial.numbers.shape[0] - 1, -1, -1):
        if partial.numbers[chunk, LOWEST] == least:
            agent = partial.wholes[chunk, LOWEST_AGENT]
    return agent


@inner
def first_leader(partial):
    """The first agent that a chunk has named as its leader, −1 where none has."""
    for chunk in range(partial.wholes.shape[0]):
        if partial.wholes[chunk, LEADER] >= 0:
            return partial.wholes[chunk, LEADER]
    return -1


@inner
def gather_mean(x, chunk, d, n_agents, partial):
    """The mean position of a chunk into its row."""
    first, n = chunk_range(d, n_agents, chunk)
    mean_position(
        slice_view(x, first * d, n * d), d, n, slice_view(flat(partial.means), chunk * partial.means.shape[1], d)
    )


@inner
def spread_of(x, f, chunk, d, n_agents, minimum, partial):
    """Σ |x − x̄|² of a chunk, and its first agent of the value ``minimum``, into its rows; FINE where it has none."""
    first, n = chunk_range(d, n_agents, chunk)
    partial.numbers[chunk, SPREAD] = dispersion(slice_view(x, first * d, n * d), d, n, partial.mean)
    at = first_of(slice_view(f, first, n), minimum)
    partial.wholes[chunk, LEADER] = first + at if at >= 0 else FINE


@inner
def mean_of(partial, d, n_agents):
    """x̄ of the swarm into ``partial.mean``, from those of the chunks."""
    partial.mean[:] = 0.0
    for chunk in range(partial.means.shape[0]):
        n = chunk_range(d, n_agents, chunk)[1]
        for i in range(d):
            partial.mean[i] += n * partial.means[chunk, i]
    for i in range(d):
        partial.mean[i] /= n_agents


@inner
def offset_of(mean, nu):
    """|x̄ − ν|²."""
    offset = 0.0
    for i in range(nu.size):
        offset += (mean[i] - nu[i]) * (mean[i] - nu[i])
    return offset


@inner
def add_sums(partial, d, alpha, sums):
    """The sums of the consensus over all chunks, each relative to the lowest value of all, into ``sums`` (d + 3,)."""
    clear_consensus(sums)
    for chunk in range(partial.sums.shape[0]):
        sums[d + 2] = min(sums[d + 2], partial.sums[chunk, d + 2])
    for chunk in range(partial.sums.shape[0]):
        if partial.sums[chunk, d + 2] < np.inf:  # somebody of it is in the random batch
            shrink = exp(-alpha * (partial.sums[chunk, d + 2] - sums[d + 2]))
            for i in range(d + 1):
                sums[i] += shrink * partial.sums[chunk, i]
            sums[d + 1] += shrink * shrink * partial.sums[chunk, d + 1]


@inner
def position_of(x, d, n_agents, agent, point):
    """Where an agent is, into ``point`` (d,)."""
    size = block_range(d, n_agents, 0)[1]
    b = agent // size
    point[:] = block(x, d, n_agents, b)[:, agent - b * size]


def make_partial(n: int, d: int) -> Partial:
    """Room for what the chunks of a swarm add up."""
    chunks = chunks_of(n, d)

    def rows(width: int) -> np.ndarray:
        return aligned(chunks, width + -width % (LINE // 8))

    wholes = aligned(chunks, WHOLES).view(np.int64)
    return Partial(rows(d + 3), rows(d), rows(NUMBERS), wholes, aligned(NUMBERS), aligned(d))
