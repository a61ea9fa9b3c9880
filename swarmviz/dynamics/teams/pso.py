"""Particle swarm optimisation of a large swarm by a team of threads. The equations are in :mod:`swarmviz.dynamics.pso`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.large import advance_each, advances
from swarmviz.dynamics.pso import PSO, ROW, Params, Runs, Schedules, Workspace, fly_block, remember
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
from swarmviz.kernels.noise_buffer import make_noise_buffer
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

RECALL, MOVE, LOOK, MEASURE = range(4)  # the phases: F at the personal bests; a step, or only look; what is measured
MINIMUM = 0  # what the leader has for all: the lowest personal best
LOWEST_NOW, BESTS = EXTRA, EXTRA + 1  # of a chunk: min F, Σ F over the personal bests


class Common(NamedTuple):
    """What all threads see besides the state: the random batch, empty where all agents form the weighted best."""

    batch: Flags


@inner
def make_workspace(d, n_agents, common):
    """Scratch of one thread."""
    return Workspace(
        make_noise_buffer(d, n_agents, 1), make_noise_buffer(d, n_agents, 1),
        make_consensus_of_member(d, n_agents, common.batch), scratch(block_range(d, n_agents, 0)[1], np.uint64),
        scratch(d, np.float64),
    )  # fmt: skip


@inner
def recall_chunk(chunk, run, objective):
    """F at the personal bests of a chunk: the landscape may have changed."""
    d, n_agents = run.consensus.size, run.energy.size
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        objective.values(block(run.memory, d, n_agents, b), objective.p, slice_view(run.memory_energy, first, n))


@inner
def move_chunk(chunk, s, run, steps, params, schedules, everyone, box, objective, partial, workspace):
    """The step of a chunk, F after it, and its part of the weighted best."""
    d, n_agents = run.consensus.size, run.energy.size
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    improvements, hits, failed, lowest = 0, 0, FINE, np.inf
    consensus = begin_sums(partial, chunk, d, workspace.consensus)
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        x, y = block(run.x, d, n_agents, b), block(run.memory, d, n_agents, b)
        f, g = slice_view(run.energy, first, n), slice_view(run.memory_energy, first, n)
        if s > 0:
            hits += fly_block(run, b, steps, s, params, schedules, box, workspace)
        objective.values(x, objective.p, f)
        if not all_finite(f):
            failed = first + first_not_finite(f)
            break
        if s > 0:
            improvements += remember(x, f, y, g, slice_view(run.improved, first, n), workspace.columns)
        weigh(y, g, first, everyone, schedules.alpha[s], consensus)
        lowest = min(lowest, smallest(g))
    partial.numbers[chunk, LOWEST] = lowest
    partial.wholes[chunk, FAILED] = failed
    partial.wholes[chunk, HITS] = hits
    partial.wholes[chunk, COUNT] = improvements


@inner
def look_at_chunk(run, chunk, d, n_agents, partial):
    """The lowest F and personal best of a chunk, the sum of these, and where its middle is."""
    first, n = chunk_range(d, n_agents, chunk)
    g = slice_view(run.memory_energy, first, n)
    partial.numbers[chunk, LOWEST] = smallest(g)
    partial.numbers[chunk, LOWEST_NOW] = smallest(slice_view(run.energy, first, n))
    partial.numbers[chunk, BESTS] = g.sum()
    gather_mean(run.x, chunk, d, n_agents, partial)


@inner
def work(phase, run, steps, params, schedules, box, objective, team, partial, workspace):
    """Take chunks of a phase until there is none left."""
    kind, s, chunks = team.kind[phase], team.step[phase], partial.wholes.shape[0]
    d, n_agents, everyone = run.consensus.size, run.energy.size, not 0 < params.batch < run.energy.size
    chunk = take(team, phase, chunks)
    while chunk >= 0:
        if kind == RECALL:
            recall_chunk(chunk, run, objective)
        elif kind == MEASURE:
            spread_of(run.x, run.memory_energy, chunk, d, n_agents, partial.shared[MINIMUM], partial)
        else:
            if kind == MOVE:
                move_chunk(chunk, s, run, steps, params, schedules, everyone, box, objective, partial, workspace)
            if is_recorded(steps, s):
                look_at_chunk(run, chunk, d, n_agents, partial)
        finish(team, phase)
        chunk = take(team, phase, chunks)


@inner
def measure(run, improvements, hits, move, half, minimisers, partial, nu_value, record, column):
    """Write the observables into a column of the record, from what the chunks have added up."""
    nu, n_agents = run.consensus, run.energy.size
    record[ROW.best, column] = run.best[0]
    record[ROW.minimum, column] = least_of(partial, LOWEST_NOW)
    record[ROW.consensus_value, column] = nu_value
    record[ROW.memory_mean, column] = total_of(partial, BESTS) / n_agents
    record[ROW.dispersion, column] = total_of(partial, SPREAD)
    record[ROW.consensus_offset, column] = offset_of(partial.mean, nu)
    record[ROW.distance, column] = distance_to(nu, minimisers)
    record[ROW.error, column] = nearest_target(nu, minimisers, half)[1]
    record[ROW.improved, column] = improvements / n_agents
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
    column = 0
    open_phase(team, 0, RECALL, 0)
    work(0, run, steps, params, schedules, box, objective, team, partial, workspace)
    finish_phase(team, 0, chunks)
    phase = 1
    for s in range(steps.steps + 1):
        improvements, hits, move, moving = 0, 0, 0.0 if s > 0 else np.nan, not has_stalled(run.still[0], stall)
        if moving and not everyone:
            choose_batch(consensus.batch, params.batch, run.seed[0], steps.k + s)
        if not moving and s > 0:
            run.improved[:] = 0
        if moving or is_recorded(steps, s):
            open_phase(team, phase, MOVE if moving else LOOK, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
        if moving:
            failed = first_failure(partial)
            if failed != FINE:
                return steps.k + s, failed
            improvements, hits = count_of(partial, COUNT), count_of(partial, HITS)
            move = form_consensus(
                run, s > 0, steps.k + s, schedules.alpha[s], params.batch, stall, partial, sums, workspace.before
            )
        if is_recorded(steps, s):
            mean_of(partial, d, n_agents)
            partial.shared[MINIMUM] = least_of(partial, LOWEST)
            open_phase(team, phase, MEASURE, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
            nu_value = value_of(nu, objective, consensus)
            measure(run, improvements, hits, move, stall.half, objective.minimisers, partial, nu_value, record, column)
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


@advances(PSO)
def advance(runs: Runs, steps: Steps, params: Params, *arguments: Any) -> None:
    """Advance runs of a large swarm in place, one after the other, each with as many threads as are free."""
    n = runs.energy.shape[1]
    common = Common(np.ones(n if 0 < params.batch < n else 0, np.uint8))
    advance_each(
        advance_part, runs, range(len(runs.seed)), 2 * (steps.steps + 1) + 1, common, steps, params, *arguments
    )
