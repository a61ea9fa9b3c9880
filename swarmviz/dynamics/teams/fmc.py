"""Fractal Monte Carlo with many walkers by a team of threads. The equations are in :mod:`swarmviz.dynamics.fmc.dynamics`.

What a walker sees of the whole swarm are the extremes, means and variances of (1) and (2) in :mod:`swarmviz.dynamics.fmc.cloning`: each
takes a phase. Where there are groups, or walkers are dead, the leader finds companions and virtual rewards by itself, and so it does with
what is measured.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.fmc import cloning
from swarmviz.dynamics.fmc.dynamics import FMC, Params, Runs, Schedules, measure
from swarmviz.dynamics.fmc.histogram import log_shares, make_grid
from swarmviz.dynamics.fmc.walkers import (
    CLONES,
    DEADLY,
    EVERY,
    WHOLE,
    Workspace,
    by_block,
    by_walker,
    clones_at_once,
    distances,
    energies,
    find_living,
    look,
    lowest_living,
    make_clones,
    move_some,
    not_positive,
    settle_clones,
)
from swarmviz.dynamics.large import advance_each, advances
from swarmviz.kernels.blocks import (
    aligned,
    block_range,
    block_view,
    flat,
    run_of,
    scratch,
    slice_view,
)
from swarmviz.kernels.compiled import Flags, Reals, Table, Wholes, Words, inner, kernel
from swarmviz.kernels.diagnostics import all_finite, extremes, first_not_finite
from swarmviz.kernels.elementary import log
from swarmviz.kernels.noise_buffer import make_noise_buffer
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.randomness import COMPANION, JUMP, key, uniforms, words
from swarmviz.kernels.team import (
    Team,
    chunk_blocks,
    chunk_range,
    chunks_of,
    end,
    finish,
    finish_phase,
    is_open,
    open_phase,
    take,
)
from swarmviz.kernels.team_sums import (
    COUNT,
    EXTRA,
    FAILED,
    HITS,
    LEADER,
    LOWEST,
    Partial,
    count_of,
    first_failure,
    first_leader,
    least_of,
    total_of,
)

# The phases of a step: who clones, and the clones' new places; settling there, F; rewards and distances from companions; their means and
# variances; virtual rewards; positions as blocks.
DECIDE, SETTLE, REWARD, MEAN, VARIANCE, FINISH, BLOCKS = range(7)
WRONG, WIDE = (
    LEADER,
    LEADER + 2,
)  # of a chunk: the first walker without a reward, and how long the list of its clones is
REWARDS, DISTANCES = 0, 4  # where the numbers of both begin
LOW, HIGH, TOTAL, SQUARES = range(EXTRA, EXTRA + 4)  # of a chunk
CENTRE, SPREAD = TOTAL, SQUARES  # of all, in their place: mean and standard deviation, which is 0 where all are equal


class Common(NamedTuple):
    """What all threads see besides the state, as in :class:`swarmviz.dynamics.fmc.walkers.Workspace`; lists have room for each chunk."""

    rows: Table
    pool: Wholes
    counts: Wholes
    words: Words
    companion: Wholes
    rival: Wholes
    source: Wholes
    living: Flags
    chance: Table
    apart: Reals
    spare: Reals
    cloned: Flags
    clones: Words
    start: Words
    fresh: Reals


@inner
def make_workspace(d, n_agents, c):
    """What one thread works with: its own scratch, and what all share."""
    n, real, word = block_range(d, n_agents, 0)[1], np.float64, np.uint64
    most = clones_at_once(d)
    return Workspace(
        make_noise_buffer(d, n_agents, 1), c.rows, c.pool, c.counts, c.words, c.companion, c.rival, c.source, c.living, c.chance, c.apart,
        c.spare, c.cloned, c.clones, c.start, c.fresh, scratch(most, real), scratch(d * n, real), scratch(d * most, np.float32),
        scratch(d * most, word), scratch(d * most, np.float32), scratch(d, real),
    )  # fmt: skip


@inner
def rows_of_chunk(workspace, d, first, n):
    """The positions of a chunk, walker by walker (n, d), borrowed."""
    return block_view(flat(workspace.rows), first * d, n, d)


@inner
def decide_chunk(chunk, s, run, steps, params, sigma, alone, box, objective, partial, workspace):
    """(3), (4) and (5) of a chunk, from the positions before; the boundary and F of its clones, where they ``alone`` move."""
    first, n = chunk_range(box.low.size, run.energy.size, chunk)
    step, scale = steps.k + s - 1, sigma if params.jitter == CLONES else 0.0
    chance = block_view(flat(workspace.chance), first, 1, n)
    uniforms(chance, key(np.uint64(run.seed[0]), np.uint64(JUMP), np.uint64(step)), first)
    cloning.decide(run.log_virtual, first, n, params.epsilon, workspace)
    offset = list_of(chunk, first)
    recording = is_recorded(steps, s)
    m, wide, hits = make_clones(run, first, n, offset, alone, recording, scale, step, box, objective, workspace)
    for j in range(first, first + n):
        run.partner[j] = workspace.source[j] if workspace.cloned[j] else -1
    partial.wholes[chunk, COUNT], partial.wholes[chunk, WIDE], partial.wholes[chunk, HITS] = m, wide, hits


@inner
def list_of(chunk, first):
    """Where the list of clones begins of a chunk whose first walker is ``first``: each list ends with up to a vector more."""
    return first + WHOLE * chunk


@inner
def settle_chunk(chunk, s, run, steps, params, shaken, sigma, shift, box, objective, partial, workspace):
    """Where the walkers of a chunk are after the step, F there, and who lives."""
    d = box.low.size
    first, n = chunk_range(d, run.energy.size, chunk)
    x, f, living = (
        slice_view(run.x, first * d, n * d),
        slice_view(run.energy, first, n),
        slice_view(workspace.living, first, n),
    )
    rows, restless, hits = rows_of_chunk(workspace, d, first, n), shaken or s <= 1, 0
    if s > 0:
        settle_clones(d, first, n, list_of(chunk, first), partial.wholes[chunk, WIDE], workspace)
    else:
        by_walker(x, rows)
    if restless or params.moving:
        by_block(rows, x)
        if restless and s > 0:
            first_block, end_block = chunk_blocks(d, run.energy.size, chunk)
            hits = move_some(run, first_block, end_block, steps, s, shaken, sigma, box, workspace)
            by_walker(x, rows)
        energies(x, objective, shift, params.moving, workspace, f)
    failed, wrong = FINE, FINE
    if not all_finite(f):
        failed = first + first_not_finite(f)
    if box.boundary == DEADLY:
        find_living(rows, box, living)
    without = not_positive(f, params.kind, living)
    if without >= 0:
        wrong = first + without
    partial.numbers[chunk, LOWEST] = lowest_living(f, living, slice_view(workspace.spare, first, n))
    partial.wholes[chunk, FAILED], partial.wholes[chunk, WRONG] = failed, wrong
    partial.wholes[chunk, HITS] = hits + (partial.wholes[chunk, HITS] if s > 0 else 0)


@inner
def note_extremes(y, chunk, which, partial):
    """Smallest and largest of a chunk."""
    low, high = extremes(y)
    partial.numbers[chunk, which + LOW], partial.numbers[chunk, which + HIGH] = low, high


@inner
def reward_chunk(chunk, run, params, tau, alpha, beta, step, d, partial, workspace):
    """Companions of a chunk, rewards and distances."""
    n_agents = run.energy.size
    first, n = chunk_range(d, n_agents, chunk)
    raw, rows = slice_view(workspace.words, 2 * first, 2 * n), 2 if params.own else 1
    words(raw, key(np.uint64(run.seed[0]), np.uint64(COMPANION), np.uint64(step)), 0, rows, n, first)
    companion, rival = slice_view(workspace.companion, first, n), slice_view(workspace.rival, first, n)
    cloning.companions_of_some(slice_view(raw, 0, n), first, n_agents, companion)
    if params.own:
        cloning.companions_of_some(slice_view(raw, n, n), first, n_agents, rival)
    else:
        rival[:] = companion
    y, apart = slice_view(workspace.spare, first, n), slice_view(workspace.apart, first, n)
    if alpha != 0.0:
        y[:] = slice_view(run.energy, first, n)
        cloning.to_rewards(y, partial.shared[LOWEST], params.kind, tau)
        note_extremes(y, chunk, REWARDS, partial)
    if beta != 0.0:
        distances(workspace.rows, first, companion, apart)
        note_extremes(apart, chunk, DISTANCES, partial)


@inner
def centre_chunk(y, chunk, which, partial):
    """(y − min)/(max − min) in place, and its sum."""
    low, width, total = partial.shared[which + LOW], partial.shared[which + HIGH] - partial.shared[which + LOW], 0.0
    for j in range(y.size):
        y[j] = (y[j] - low) / width
        total += y[j]
    partial.numbers[chunk, which + TOTAL] = total


@inner
def square_chunk(y, chunk, which, partial):
    """Σ (y − mean)²."""
    mean, squares = partial.shared[which + CENTRE], 0.0
    for j in range(y.size):
        squares += (y[j] - mean) * (y[j] - mean)
    partial.numbers[chunk, which + SQUARES] = squares


@inner
def finish_relative(y, which, params, partial):
    """ln f(y) in place, (1) or (2)."""
    low, high = partial.shared[which + LOW], partial.shared[which + HIGH]
    if params.form == cloning.MIN_MAX:
        for j in range(y.size):
            y[j] = log((y[j] - low) / (high - low + params.epsilon) + params.delta)
    elif partial.shared[which + SPREAD] == 0.0:
        y[:] = 0.0
    else:
        mean, deviation = partial.shared[which + CENTRE], partial.shared[which + SPREAD]
        for j in range(y.size):
            y[j] = (y[j] - mean) / deviation
        cloning.log_one_plus(y)
        cloning.log_one_plus(y)


@inner
def finish_chunk(first, n, run, params, alpha, beta, partial, workspace):
    """Virtual rewards (3) of a chunk."""
    y, apart, virtual = (
        slice_view(workspace.spare, first, n),
        slice_view(workspace.apart, first, n),
        slice_view(run.log_virtual, first, n),
    )
    virtual[:] = 0.0
    if alpha != 0.0:
        finish_relative(y, REWARDS, params, partial)
        for j in range(n):
            virtual[j] += alpha * y[j]
    if beta != 0.0:
        if params.distance == cloning.DECAYING:
            for j in range(n):
                virtual[j] -= beta * apart[j]
        else:
            finish_relative(apart, DISTANCES, params, partial)
            for j in range(n):
                virtual[j] += beta * apart[j]


@inner
def relative_chunk(kind, chunk, first, n, alpha, beta, params, partial, workspace):
    """The phases MEAN and VARIANCE of a chunk, for rewards and distances, where they are not all equal."""
    for which in (REWARDS, DISTANCES):
        used = alpha != 0.0 if which == REWARDS else beta != 0.0 and params.distance != cloning.DECAYING
        if used and partial.shared[which + SPREAD] != 0.0:
            y = slice_view(workspace.spare if which == REWARDS else workspace.apart, first, n)
            if kind == MEAN:
                centre_chunk(y, chunk, which, partial)
            else:
                square_chunk(y, chunk, which, partial)


@inner
def work(phase, run, steps, params, schedules, box, objective, team, partial, workspace):
    """Take chunks of a phase until there is none left."""
    kind, s, chunks, d = team.kind[phase], team.step[phase], partial.wholes.shape[0], box.low.size
    alpha, beta, tau, sigma = schedules.alpha[s], schedules.beta[s], schedules.tau[s], schedules.sigma[max(s - 1, 0)]
    shaken, shift = params.jitter == EVERY and schedules.sigma.max() > 0.0, schedules.shift[s]
    chunk = take(team, phase, chunks)
    while chunk >= 0:
        first, n = chunk_range(d, run.energy.size, chunk)
        if kind == DECIDE:
            alone = not (shaken or s <= 1)
            decide_chunk(chunk, s, run, steps, params, sigma, alone, box, objective, partial, workspace)
        elif kind == SETTLE:
            settle_chunk(chunk, s, run, steps, params, shaken, sigma, shift, box, objective, partial, workspace)
        elif kind == REWARD:
            reward_chunk(chunk, run, params, tau, alpha, beta, steps.k + s, d, partial, workspace)
        elif kind == FINISH:
            finish_chunk(first, n, run, params, alpha, beta, partial, workspace)
        elif kind == BLOCKS:
            by_block(rows_of_chunk(workspace, d, first, n), slice_view(run.x, first * d, n * d))
        else:
            relative_chunk(kind, chunk, first, n, alpha, beta, params, partial, workspace)
        finish(team, phase)
        chunk = take(team, phase, chunks)


@inner
def most_of(partial, number):
    """Largest of one of the numbers; a NaN is larger than any."""
    most = -np.inf
    for chunk in range(partial.numbers.shape[0]):
        value = partial.numbers[chunk, number]
        most = value if value > most or value != value else most
    return most


@inner
def note_width(partial, which):
    """The extremes of all; the spread is 0 where these are equal as far as rounding lets one see, and not yet known otherwise."""
    low, high = least_of(partial, which + LOW), most_of(partial, which + HIGH)
    partial.shared[which + LOW], partial.shared[which + HIGH] = low, high
    equal = high - low <= max(cloning.EQUAL * max(abs(low), abs(high)), cloning.NO_SPREAD)
    partial.shared[which + SPREAD] = 0.0 if equal else 1.0


@inner
def note_mean(partial, which, n_agents):
    """The mean of all."""
    partial.shared[which + CENTRE] = total_of(partial, which + TOTAL) / n_agents


@inner
def note_deviation(partial, which, n_agents):
    """The standard deviation of all, unless it is known to be 0."""
    if partial.shared[which + SPREAD] != 0.0:
        partial.shared[which + SPREAD] = np.sqrt(total_of(partial, which + SQUARES) / n_agents)


@inner
def lead(run, steps, params, schedules, box, objective, team, partial, workspace, grid, record):
    """The steps of a call; returns (step, agent) of the first walker whose energy is not finite, or whose reward is not positive."""
    n_agents, chunks, deadly = run.energy.size, partial.wholes.shape[0], box.boundary == DEADLY
    migrating, phase, column, known = params.migration > 0.0 and params.groups > 1, 0, 0, np.nan
    for s in range(steps.steps + 1):
        tau, sigma, shift = schedules.tau[s], schedules.sigma[max(s - 1, 0)], schedules.shift[s]
        if s > 0:
            open_phase(team, phase, DECIDE, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
            everyone = params.moving or (params.jitter == EVERY and sigma > 0.0)
            run.evaluations[0] += n_agents if everyone else count_of(partial, COUNT) if sigma > 0.0 else 0
            if migrating:
                cloning.migrate(run.members, params.groups, run.seed[0], steps.k + s - 1, params.migration)
        open_phase(team, phase, SETTLE, s)
        work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
        finish_phase(team, phase, chunks)
        phase += 1
        failed = first_failure(partial)
        if failed == FINE:
            failed = first_leader(partial)  # of those without a reward
        if failed != FINE:
            return steps.k + s, failed
        hits = count_of(partial, HITS)
        partial.shared[LOWEST] = least_of(partial, LOWEST)
        run.best[0] = min(run.best[0], partial.shared[LOWEST])
        if s == 0 or deadly or migrating:
            cloning.living_first(run.members, workspace.living, params.groups, workspace.pool, workspace.counts)
        if cloning.all_in_one(workspace.pool, workspace.counts, params.groups):
            for kind in (REWARD, MEAN, VARIANCE, FINISH):
                if params.form != cloning.MIN_MAX or kind == REWARD or kind == FINISH:
                    open_phase(team, phase, kind, s)
                    work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
                    finish_phase(team, phase, chunks)
                    phase += 1
                for which in (REWARDS, DISTANCES):
                    if kind == REWARD:
                        note_width(partial, which)
                    elif kind == MEAN:
                        note_mean(partial, which, n_agents)
                    elif kind == VARIANCE:
                        note_deviation(partial, which, n_agents)
        else:
            look(run, params, tau, schedules.alpha[s], schedules.beta[s], steps.k + s, workspace)
        if is_recorded(steps, s) or s == steps.steps:
            open_phase(team, phase, BLOCKS, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
        if is_recorded(steps, s):
            if grid.log_q.size > 0 and (params.moving or known != tau):
                log_shares(objective, shift, box, params.kind, tau, grid)
                known = tau
            measure(run, hits, params.kind, tau, shift, box, objective, workspace, grid, record, column)
            column += 1
    run.living[:] = workspace.living
    return FINE, FINE


@kernel
def advance_part(
    runs: Runs,
    r: int,
    team: Team,
    partial: Partial,
    common: Common,
    steps: Steps,
    params: Params,
    schedules: Schedules,
    box: Box,
    objective: Objective,
    output: Output,
) -> None:
    """A thread's part in advancing run ``r`` in place."""
    d, n_agents = box.low.size, runs.energy.shape[1]
    run, workspace = run_of(runs, r), make_workspace(d, n_agents, common)
    if team.part == 0:
        grid = make_grid(d, n_agents, output.records.shape[2])
        output.failures[r] = lead(
            run, steps, params, schedules, box, objective, team, partial, workspace, grid, output.records[r]
        )
        end(team)
    else:
        phase = 0
        while is_open(team, phase):
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            phase += 1


@advances(FMC)
def advance(runs: Runs, steps: Steps, params: Params, *arguments: Any) -> None:
    """Advance runs of a large swarm in place, one after the other, each with as many threads as are free."""
    n = runs.energy.shape[1]
    d = runs.x.shape[1] // n
    listed = n + WHOLE * chunks_of(n, d)

    def whole(size: int, kind: type = np.int64) -> np.ndarray:
        return aligned(size).view(kind)

    common = Common(
        aligned(n, d), whole(n), whole(params.groups), whole(2 * n, np.uint64), whole(n), whole(n), whole(n), np.ones(n, np.uint8),
        aligned(1, n), aligned(n), aligned(n), np.empty(n, np.uint8), whole(listed, np.uint64), whole(listed, np.uint64),
        aligned(d * listed),
    )  # fmt: skip
    for r in range(len(runs.seed)):
        common.living[:] = 1
        advance_each(advance_part, runs, range(r, r + 1), 7 * (steps.steps + 1), common, steps, params, *arguments)
