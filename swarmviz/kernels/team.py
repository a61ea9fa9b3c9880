"""One swarm on several threads: a team works through the phases of a call, each of them cut into chunks of agents.

The thread that was asked leads: it opens one phase after the other, takes chunks itself, and waits until all are finished. Threads that
help take chunks of the phase that is open. So a helper that comes late, or not at all, holds nobody up, and it is left to chance who
works on which chunk. What a chunk adds up lies in a row of its own, and the leader adds the rows in their order: a run has the same bits
on any number of threads.

A chunk is a few blocks next to one another (:mod:`swarmviz.kernels.blocks`), so it lies in memory as a swarm of its own would.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from swarmviz.kernels.blocks import block_count, block_range
from swarmviz.kernels.compiled import Wholes, inner

BLOCKS = 4  # of a chunk: some 30 µs of work, of which taking it is a hundredth
FEWEST_BLOCKS = 16  # of a swarm that is cut into chunks; a smaller one is done before a helper has come
ENDED = np.int64(1) << np.int64(62)  # opened phases once there will be no more
SPINS = 200  # looks at a number that another thread will change, before the processor is left to others


class Team(NamedTuple):
    """A thread's place in its team, and what all of it share.

    Attributes
    ----------
    part : int
        0 of the thread that leads.
    opened : (1,)
        How many phases may be worked on; ``ENDED`` after the last.
    taken, finished : (phases,)
        Chunks of each phase that somebody works on, and those that are done.
    kind, step : (phases,)
        What a phase does, and the step of the call that it belongs to.
    """

    part: int
    opened: Wholes
    taken: Wholes
    finished: Wholes
    kind: Wholes
    step: Wholes


# ---- numbers that several threads change -----------------------------------------------------------------------------


def _place(context, builder, kind, array, i):
    """Code for the address of ``array[i]``."""
    return cgutils.gep(builder, context.make_array(kind)(context, builder, array).data, i)


@intrinsic
def add_one(typing_context, counts, i):
    """Add 1 to ``counts[i]``, at once for all threads; returns what it was."""

    def generate(context, builder, signature, arguments):
        one = context.get_constant(types.int64, 1)
        return builder.atomic_rmw("add", _place(context, builder, signature.args[0], *arguments), one, "seq_cst")

    return types.int64(counts, types.intp), generate


@intrinsic
def look_at(typing_context, counts, i):
    """``counts[i]`` as it is now; what its writer has written before can be read from here on."""

    def generate(context, builder, signature, arguments):
        place = _place(context, builder, signature.args[0], *arguments)
        return builder.load_atomic(place, "acquire", 8)

    return types.int64(counts, types.intp), generate


@intrinsic
def publish(typing_context, counts, i, value):
    """Set ``counts[i]``, after all that was written before."""

    def generate(context, builder, signature, arguments):
        array, i, value = arguments
        builder.store_atomic(value, _place(context, builder, signature.args[0], array, i), "release", 8)
        return context.get_dummy_value()

    return types.void(counts, types.intp, types.int64), generate


if sys.platform == "win32":

    @inner
    def give_way():
        """Windows has no such call that can be named: go on looking."""

else:
    sched_yield = types.ExternalFunction("sched_yield", types.int32())

    @inner
    def give_way():
        """Let another thread have the processor."""
        sched_yield()


@inner
def wait_until(counts, i, value):
    """Wait until ``counts[i]`` is at least ``value``; returns what it is."""
    looks = 0
    while True:
        now = look_at(counts, i)
        if now >= value:
            return now
        looks += 1
        if looks > SPINS:
            give_way()


# ---- phases and chunks -----------------------------------------------------------------------------------------------


@inner
def open_phase(team, phase, kind, step):
    """For the leader: let everyone work on a phase."""
    team.kind[phase] = kind
    team.step[phase] = step
    publish(team.opened, 0, phase + 1)


@inner
def is_open(team, phase):
    """For a helper: wait for a phase; False when there are no more."""
    return wait_until(team.opened, 0, phase + 1) < ENDED


@inner
def take(team, phase, chunks):
    """A chunk of a phase to work on, −1 when there is none left."""
    chunk = add_one(team.taken, phase)
    return chunk if chunk < chunks else -1


@inner
def finish(team, phase):
    """The chunk that was taken is done."""
    add_one(team.finished, phase)


@inner
def finish_phase(team, phase, chunks):
    """For the leader: wait until all chunks of a phase are done."""
    wait_until(team.finished, phase, chunks)


@inner
def end(team):
    """For the leader: there are no more phases."""
    publish(team.opened, 0, ENDED)


@inner
def chunk_count(d, n_agents):
    """Number of chunks of a swarm."""
    return (block_count(d, n_agents) + BLOCKS - 1) // BLOCKS


@inner
def chunk_blocks(d, n_agents, chunk):
    """First block of a chunk and the one after its last."""
    first = chunk * BLOCKS
    return first, min(first + BLOCKS, block_count(d, n_agents))


@inner
def chunk_range(d, n_agents, chunk):
    """First agent of a chunk and the number of its agents."""
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    first = block_range(d, n_agents, first_block)[0]
    last, n = block_range(d, n_agents, end_block - 1)
    return first, last + n - first


# ---- from Python -----------------------------------------------------------------------------------------------------


def chunks_of(n: int, d: int) -> int:
    """Number of chunks of a swarm that a team works on; 0 of one that is too small to be cut."""
    if block_count(d, n) < FEWEST_BLOCKS:
        return 0
    return int(chunk_count(d, n))


def make_team(phases: int) -> Team:
    """The leader's place in a new team, for a call of at most ``phases`` phases."""
    return Team(0, *(np.zeros(n, np.int64) for n in (1, phases, phases, phases, phases)))
