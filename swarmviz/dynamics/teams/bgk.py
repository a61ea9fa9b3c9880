"""The kinetic swarm of a large number of agents by a team of threads. The equations are in :mod:`swarmviz.dynamics.bgk`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.bgk import BGK, ROW, Params, Runs, Schedules, Workspace, functional, glide, jump_some
from swarmviz.dynamics.large import advance_each, advances
from swarmviz.dynamics.stall import Stall, has_stalled
from swarmviz.dynamics.teams.consensus import form_consensus
from swarmviz.kernels.blocks import block, block_range, run_of, scratch, slice_view
from swarmviz.kernels.compiled import Flags, inner, kernel
from swarmviz.kernels.diagnostics import (
    all_finite,
    choose_batch,
    distance_to,
    first_not_finite,
    nearest_target,
    note_answer,
    smallest,
    value_of,
    weigh,
)
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.team import (
    Team,
    chunk_blocks,
    chunk_range,
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
    LOWEST,
    SPREAD,
    Partial,
    begin_sums,
    count_of,
    first_failure,
    first_leader,
    gather_mean,
    least_of,
    make_consensus_of_member,
    mean_of,
    offset_of,
    spread_of,
    total_of,
)

MOVE, LOOK, MEASURE = range(
    3
)  # the phases of a step: jump and glide, or only look where the agents are, and what is measured
MINIMUM, TARGET = range(2)  # what the leader has for all: min F, and the minimiser that ν is nearest to


class Common(NamedTuple):
    """What all threads see besides the state: the random batch, empty where all agents form the consensus."""

    batch: Flags


@inner
def make_workspace(d, n_agents, common):
    """Scratch of one thread."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    pairs = (d + 1) // 2 * n
    return Workspace(
        make_consensus_of_member(d, n_agents, common.batch), scratch(n, real), scratch(n, np.uint64),
        scratch(d * n, np.float32), scratch(pairs, np.uint64), scratch(pairs, np.float32), scratch(d, real),
    )  # fmt: skip


@inner
def move_chunk(chunk, s, run, steps, params, schedules, everyone, box, objective, partial, workspace):
    """The step of a chunk, F after it, and its part of the consensus."""
    d, n_agents, nu = run.consensus.size, run.energy.size, run.consensus
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    jumps, hits, failed = 0, 0, FINE
    consensus = begin_sums(partial, chunk, d, workspace.consensus)
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        x, f = block(run.x, d, n_agents, b), slice_view(run.energy, first, n)
        if s > 0:
            v, jumped, step = block(run.v, d, n_agents, b), slice_view(run.jumped, first, n), steps.k + s - 1
            shake = schedules.shake[s - 1]
            jumps += jump_some(x, v, jumped, nu, np.uint64(run.seed[0]), step, first, params, shake, workspace)
            hits += glide(x, v, params.dt, box)
        objective.values(x, objective.p, f)
        if not all_finite(f):
            failed = first + first_not_finite(f)
            break
        weigh(x, f, first, everyone, schedules.alpha[s], consensus)
    partial.wholes[chunk, FAILED] = failed
    partial.wholes[chunk, HITS] = hits
    partial.wholes[chunk, COUNT] = jumps


@inner
def look_at_chunk(run, chunk, d, n_agents, partial):
    """The lowest F of a chunk, and where its middle is."""
    first, n = chunk_range(d, n_agents, chunk)
    partial.numbers[chunk, LOWEST] = smallest(slice_view(run.energy, first, n))
    gather_mean(run.x, chunk, d, n_agents, partial)


@inner
def measure_chunk(run, chunk, params, objective, partial, workspace):
    """The dispersion and H[f] of a chunk, and whether it has the lowest agent."""
    d, n_agents, at, scratch = run.consensus.size, run.energy.size, int(partial.shared[TARGET]), workspace.consensus
    first, n = chunk_range(d, n_agents, chunk)
    spread_of(run.x, run.energy, chunk, d, n_agents, partial.shared[MINIMUM], partial)
    if at >= 0:
        x, v = slice_view(run.x, first * d, n * d), slice_view(run.v, first * d, n * d)
        mean = functional(x, v, d, n, objective.minimisers[at], params.lam, params.gamma, params.unit, scratch.heights,
                          scratch.weights)  # fmt: skip
        partial.numbers[chunk, EXTRA] = n * mean


@inner
def work(phase, run, steps, params, schedules, box, objective, team, partial, workspace):
    """Take chunks of a phase until there is none left."""
    kind, s, chunks = team.kind[phase], team.step[phase], partial.wholes.shape[0]
    d, n_agents, everyone = run.consensus.size, run.energy.size, not 0 < params.batch < run.energy.size
    chunk = take(team, phase, chunks)
    while chunk >= 0:
        if kind == MOVE:
            move_chunk(chunk, s, run, steps, params, schedules, everyone, box, objective, partial, workspace)
        if kind == LOOK or (kind == MOVE and (not everyone or is_recorded(steps, s))):
            look_at_chunk(run, chunk, d, n_agents, partial)
        elif kind == MOVE:
            partial.numbers[chunk, LOWEST] = partial.sums[chunk, d + 2]
        else:
            measure_chunk(run, chunk, params, objective, partial, workspace)
        finish(team, phase)
        chunk = take(team, phase, chunks)


@inner
def measure(run, jumps, hits, move, half, minimisers, partial, nu_value, record, column):
    """Write the observables into a column of the record, from what the chunks have added up."""
    nu, n_agents = run.consensus, run.energy.size
    record[ROW.best, column] = run.best[0]
    record[ROW.minimum, column] = partial.shared[MINIMUM]
    record[ROW.consensus_value, column] = nu_value
    record[ROW.dispersion, column] = total_of(partial, SPREAD)
    record[ROW.consensus_offset, column] = offset_of(partial.mean, nu)
    record[ROW.distance, column] = distance_to(nu, minimisers)
    record[ROW.error, column] = nearest_target(nu, minimisers, half)[1]
    known = partial.shared[TARGET] >= 0.0
    record[ROW.functional, column] = total_of(partial, EXTRA) / n_agents if known else np.nan
    record[ROW.jump_fraction, column] = jumps / n_agents
    record[ROW.move, column] = move
    record[ROW.still, column] = run.still[0]
    record[ROW.effective_size, column] = run.effective[0]
    record[ROW.leader, column] = first_leader(partial)
    record[ROW.wall_hits, column] = hits
    note_answer(nu, record, column)


@inner
def lead(run, steps, params, schedules, stall, box, objective, team, partial, workspace, record):
    """The steps of a call; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    nu, sums, consensus = run.consensus, workspace.consensus.sums, workspace.consensus
    d, n_agents, everyone, chunks = (
        nu.size,
        run.energy.size,
        not 0 < params.batch < run.energy.size,
        partial.wholes.shape[0],
    )
    phase, column = 0, 0
    for s in range(steps.steps + 1):
        jumps, hits, move, moving = 0, 0, 0.0 if s > 0 else np.nan, not has_stalled(run.still[0], stall)
        if moving and not everyone:
            choose_batch(consensus.batch, params.batch, run.seed[0], steps.k + s)
        if not moving and s > 0:
            run.jumped[:] = 0
        if moving or is_recorded(steps, s):
            open_phase(team, phase, MOVE if moving else LOOK, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
        if moving:
            failed = first_failure(partial)
            if failed != FINE:
                return steps.k + s, failed
            jumps, hits = count_of(partial, COUNT), count_of(partial, HITS)
            move = form_consensus(
                run, s > 0, steps.k + s, schedules.alpha[s], params.batch, stall, partial, sums, workspace.before
            )
        if is_recorded(steps, s):
            mean_of(partial, d, n_agents)
            partial.shared[MINIMUM] = least_of(partial, LOWEST)
            partial.shared[TARGET] = nearest_target(nu, objective.minimisers, stall.half)[0]
            open_phase(team, phase, MEASURE, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
            nu_value = value_of(nu, objective, consensus)
            measure(run, jumps, hits, move, stall.half, objective.minimisers, partial, nu_value, record, column)
            column += 1
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
    stall: Stall,
    box: Box,
    objective: Objective,
    output: Output,
) -> None:
    """A thread's part in advancing run ``r`` in place."""
    run, workspace = run_of(runs, r), make_workspace(box.low.size, runs.energy.shape[1], common)
    if team.part == 0:
        output.failures[r] = lead(
            run, steps, params, schedules, stall, box, objective, team, partial, workspace, output.records[r]
        )
        end(team)
    else:
        phase = 0
        while is_open(team, phase):
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            phase += 1


@advances(BGK)
def advance(runs: Runs, steps: Steps, params: Params, *arguments: Any) -> None:
    """Advance runs of a large swarm in place, one after the other, each with as many threads as are free."""
    n = runs.energy.shape[1]
    common = Common(np.ones(n if 0 < params.batch < n else 0, np.uint8))
    advance_each(advance_part, runs, range(len(runs.seed)), 2 * (steps.steps + 1), common, steps, params, *arguments)
