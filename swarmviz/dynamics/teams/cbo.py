"""Consensus-based optimisation of a large swarm by a team of threads. The equations are in :mod:`swarmviz.dynamics.cbo`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.cbo import (
    CBO,
    EULER,
    HEUN,
    NO_NOISE,
    ROW,
    Coefficients,
    Params,
    Predictor,
    Runs,
    Schedules,
    Workspace,
    euler_step,
    heun_step,
)
from swarmviz.dynamics.large import advance_each, advances
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import aligned, block, block_range, block_view, run_of, scratch, slice_view
from swarmviz.kernels.compiled import Flags, Reals, inner, kernel
from swarmviz.kernels.diagnostics import (
    all_finite,
    choose_batch,
    distance_to,
    finish_consensus,
    first_not_finite,
    lowest_value,
    note_answer,
    note_consensus,
    smallest,
    value_of,
    weigh,
)
from swarmviz.kernels.noise import GAUSSIAN
from swarmviz.kernels.noise_buffer import block_noise, make_noise_buffer
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.randomness import POSITION_NOISE
from swarmviz.kernels.team import Team, chunk_blocks, end, finish, finish_phase, is_open, open_phase, take
from swarmviz.kernels.team_sums import (
    FAILED,
    HITS,
    LOWEST,
    SPREAD,
    Partial,
    add_sums,
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

PREDICT, MOVE, MEASURE = range(3)  # the phases of a step: its predictor, the step, and what is measured of it
NU_VALUE, AHEAD, MINIMUM = range(3)  # what the leader has for all: F(ν), F(ν(Y)), min F


class Common(NamedTuple):
    """What all threads see besides the state: the predictor and its consensus, and the random batch; empty where there is none."""

    y: Reals
    f: Reals
    nu: Reals
    batch: Flags


@inner
def make_workspace(d, n_agents, common):
    """Scratch of one thread."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    consensus = make_consensus_of_member(d, n_agents, common.batch)
    predictor = Predictor(common.y, common.f, scratch(n, real), common.nu)
    return Workspace(
        make_noise_buffer(d, n_agents, 1), consensus, predictor, scratch(n, real), scratch(n, real), scratch(n, real)
    )


@inner
def noise_of(run, steps, s, b, workspace):
    """ξ of block ``b`` in step ``s`` of the call."""
    d, n = run.consensus.size, run.energy.size
    return block_noise(
        workspace.noise, GAUSSIAN, 0.0, run.seed[0], POSITION_NOISE, steps.k, s - 1, steps.steps, d, n, b
    )


@inner
def predict_chunk(chunk, s, run, steps, params, c, alpha, everyone, objective, partial, workspace):
    """The predictor Y of a chunk, and its part of the consensus of Y."""
    d, n_agents, predictor = run.consensus.size, run.energy.size, workspace.predictor
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    euler = Coefficients(c.nu, c.nu_value, c.lam, c.dt, c.scale, c.epsilon, c.noise, EULER)
    consensus = begin_sums(partial, chunk, d, workspace.consensus)
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        y, f = block(predictor.y, d, n_agents, b), slice_view(predictor.f, first, n)
        y[:] = block(run.x, d, n_agents, b)
        euler_step(y, slice_view(run.energy, first, n), noise_of(run, steps, s, b, workspace), euler, workspace)
        objective.values(y, objective.p, f)
        weigh(y, f, first, everyone, alpha, consensus)


@inner
def move_chunk(chunk, s, run, steps, params, c, alpha, everyone, box, objective, partial, workspace):
    """The step of a chunk, F after it, and its part of the consensus and of what is measured."""
    d, n_agents = run.consensus.size, run.energy.size
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    recording, hits, failed, lowest = is_recorded(steps, s), 0, FINE, np.inf
    keeping = params.epsilon > 0.0 or params.scheme == HEUN or not everyone
    storing = keeping or recording or s == steps.steps
    consensus = begin_sums(partial, chunk, d, workspace.consensus)
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        x = block(run.x, d, n_agents, b)
        f = slice_view(run.energy, first, n) if storing else slice_view(workspace.unread, 0, n)
        if s > 0:
            z = block_view(workspace.noise.z, 0, d, n)
            if params.noise != NO_NOISE:
                z = noise_of(run, steps, s, b, workspace)
            if params.scheme == HEUN:
                heun_step(x, slice_view(run.energy, first, n), first, partial.shared[AHEAD], z, c, workspace)
            else:
                euler_step(x, slice_view(run.energy, first, n), z, c, workspace)
            if recording:
                hits += boundaries.count_hits(x, box.low, box.high, box.boundary)
            boundaries.confine(x, box.low, box.high, box.boundary)
        objective.values(x, objective.p, f)
        if not all_finite(f):
            failed = first + first_not_finite(f)
            break
        weigh(x, f, first, everyone, alpha, consensus)
        if recording or not everyone:
            lowest = min(lowest, smallest(f))
    if recording:
        gather_mean(run.x, chunk, d, n_agents, partial)
    partial.numbers[chunk, LOWEST] = lowest if recording or not everyone else lowest_value(consensus)
    partial.wholes[chunk, FAILED] = failed
    partial.wholes[chunk, HITS] = hits


@inner
def work(phase, run, steps, params, schedules, box, objective, team, partial, workspace):
    """Take chunks of a phase until there is none left."""
    kind, s, chunks, nu = team.kind[phase], team.step[phase], partial.sums.shape[0], run.consensus
    d, n_agents, everyone = nu.size, run.energy.size, not 0 < params.batch < run.energy.size
    scale = schedules.sigma[max(s - 1, 0)] * math.sqrt(params.dt)
    c = Coefficients(
        nu, partial.shared[NU_VALUE], params.lam, params.dt, scale, params.epsilon, params.noise, params.scheme
    )
    chunk = take(team, phase, chunks)
    while chunk >= 0:
        if kind == PREDICT:
            alpha = schedules.alpha[s - 1]
            predict_chunk(chunk, s, run, steps, params, c, alpha, everyone, objective, partial, workspace)
        elif kind == MOVE:
            alpha = schedules.alpha[s]
            move_chunk(chunk, s, run, steps, params, c, alpha, everyone, box, objective, partial, workspace)
        else:
            spread_of(run.x, run.energy, chunk, d, n_agents, partial.shared[MINIMUM], partial)
        finish(team, phase)
        chunk = take(team, phase, chunks)


@inner
def measure(run, effective, minimisers, partial, record, column):
    """Write the observables into a column of the record, from what the chunks have added up."""
    nu = run.consensus
    record[ROW.best, column] = run.best[0]
    record[ROW.minimum, column] = partial.shared[MINIMUM]
    record[ROW.consensus_value, column] = partial.shared[NU_VALUE]
    record[ROW.dispersion, column] = total_of(partial, SPREAD)
    record[ROW.consensus_offset, column] = offset_of(partial.mean, nu)
    record[ROW.distance, column] = distance_to(nu, minimisers)
    record[ROW.effective_size, column] = effective
    record[ROW.leader, column] = first_leader(partial)
    record[ROW.wall_hits, column] = count_of(partial, HITS)
    note_answer(nu, record, column)


@inner
def lead(run, steps, params, schedules, box, objective, team, partial, workspace, record):
    """The steps of a call; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    nu, sums, predictor = run.consensus, workspace.consensus.sums, workspace.predictor
    d, n_agents, everyone, chunks = (
        nu.size,
        run.energy.size,
        not 0 < params.batch < run.energy.size,
        partial.sums.shape[0],
    )
    phase, column = 0, 0
    for s in range(steps.steps + 1):
        if s > 0 and params.scheme == HEUN:
            open_phase(team, phase, PREDICT, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
            add_sums(partial, d, schedules.alpha[s - 1], sums)
            finish_consensus(sums, predictor.nu)
            partial.shared[AHEAD] = value_of(predictor.nu, objective, workspace.consensus)
        if not everyone:
            choose_batch(workspace.consensus.batch, params.batch, run.seed[0], steps.k + s)
        open_phase(team, phase, MOVE, s)
        work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
        finish_phase(team, phase, chunks)
        phase += 1
        failed = first_failure(partial)
        if failed != FINE:
            return steps.k + s, failed
        add_sums(partial, d, schedules.alpha[s], sums)
        lowest, effective = least_of(partial, LOWEST), finish_consensus(sums, nu)
        run.best[0] = min(run.best[0], lowest)
        if is_recorded(steps, s) or params.epsilon > 0.0:
            partial.shared[NU_VALUE] = value_of(nu, objective, workspace.consensus)
        if is_recorded(steps, s):
            mean_of(partial, d, n_agents)
            partial.shared[MINIMUM] = lowest
            open_phase(team, phase, MEASURE, s)
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
            measure(run, effective, objective.minimisers, partial, record, column)
            column += 1
    note_consensus(run, steps.k + steps.steps, schedules.alpha[steps.steps], params.batch)
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
    run, workspace = run_of(runs, r), make_workspace(box.low.size, runs.energy.shape[1], common)
    if team.part == 0:
        output.failures[r] = lead(
            run, steps, params, schedules, box, objective, team, partial, workspace, output.records[r]
        )
        end(team)
    else:
        phase = 0
        while is_open(team, phase):
            work(phase, run, steps, params, schedules, box, objective, team, partial, workspace)
            phase += 1


@advances(CBO)
def advance(runs: Runs, steps: Steps, params: Params, *arguments: Any) -> None:
    """Advance runs of a large swarm in place, one after the other, each with as many threads as are free."""
    n, d = runs.energy.shape[1], runs.consensus.shape[1]
    heun, batch = params.scheme == HEUN, 0 < params.batch < n
    common = Common(
        aligned(n * d if heun else 0), aligned(n if heun else 0), aligned(d), np.ones(n if batch else 0, np.uint8)
    )
    advance_each(advance_part, runs, range(len(runs.seed)), 3 * (steps.steps + 1), common, steps, params, *arguments)
