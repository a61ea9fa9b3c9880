"""Swarm-based simulated annealing of a large swarm by a team of threads. The equations are in :mod:`swarmviz.dynamics.ssa`.

Where a mass had to be clipped, all are divided by their new sum in a phase of its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.dynamics.large import advance_each, advances
from swarmviz.dynamics.ssa import (
    ANNEALING,
    MEAN,
    NO_NOISE,
    ROW,
    SSA,
    Params,
    Runs,
    Workspace,
    clipped,
    descend,
    passed_on,
    rates,
    shake_and_descend,
)
from swarmviz.dynamics.ssa import (
    LEADER as HARDLY,
)
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import block, block_range, block_view, run_of, scratch, slice_view
from swarmviz.kernels.compiled import Reals, inner, kernel
from swarmviz.kernels.diagnostics import (
    all_finite,
    distance_to,
    first_not_finite,
    first_of,
    note_answer,
    smallest,
)
from swarmviz.kernels.noise import GAUSSIAN
from swarmviz.kernels.noise_buffer import block_noise, make_noise_buffer
from swarmviz.kernels.packs import FINE, Box, Output, SmoothObjective, Steps, is_recorded
from swarmviz.kernels.randomness import POSITION_NOISE
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
    LEADER,
    LOWEST,
    LOWEST_AGENT,
    SPREAD,
    Partial,
    count_of,
    first_failure,
    gather_mean,
    least_of,
    lowest_agent,
    mean_of,
    position_of,
    spread_of,
    total_of,
)

MOVE, SHARE, MEASURE = range(
    3
)  # the phases of a step: F where it begins, or the step; masses by their sum; what is measured
TOTAL, MINIMUM = range(2)  # what the leader has for all: Σ m, min F
MASS, WEIGHTED, LOST, ENTROPY, HEAVIEST, LIGHTEST = range(
    EXTRA, EXTRA + 6
)  # of a chunk: Σ m, Σ m F, what (9) has taken, …
LEADERS = COUNT  # in the phase MEASURE; clipped masses in MOVE


@inner
def make_workspace(d, n_agents):
    """Scratch of one thread; ``rate`` is that of a block."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    return Workspace(
        make_noise_buffer(d, n_agents, 1), scratch(d * n, real), scratch(n, real), scratch(n, real), scratch(d, real)
    )


@inner
def pass_on(mass, f, level, dt):
    """(2) or (9) on a block, without what is given to the lowest agent; returns how many masses were clipped, and what was lost."""
    clips, lost = 0, 0.0
    for j in range(mass.size):
        m = passed_on(mass[j], f[j], level, dt)
        clips += m < 0.0
        m = clipped(m)
        lost += mass[j] - m
        mass[j] = m
    return clips, lost


@inner
def weigh_chunk(mass, f):
    """Σ m and Σ m F of a chunk."""
    total, weighted = 0.0, 0.0
    for j in range(mass.size):
        total += mass[j]
        weighted += mass[j] * f[j]
    return total, weighted


@inner
def move_block(b, s, run, steps, params, temperature, box, objective, workspace):
    """The step of a block with the noise that its masses had before; returns clips, lost mass, and how often an agent met a wall."""
    d, n_agents, dt, hits = box.low.size, run.energy.size, params.dt, 0
    first, n = block_range(d, n_agents, b)
    x, slope = block(run.x, d, n_agents, b), block_view(workspace.slope, 0, d, n)
    f, mass, rate = slice_view(run.energy, first, n), slice_view(run.mass, first, n), slice_view(workspace.rate, 0, n)
    rates(mass, params.lam, params.cutoff, temperature[s - 1], params.profile, rate)
    clips, lost = pass_on(mass, f, run.level[0], dt)
    objective.gradient(x, objective.p, slope)
    if params.profile != NO_NOISE:
        z = block_noise(
            workspace.noise, GAUSSIAN, 0.0, run.seed[0], POSITION_NOISE, steps.k, s - 1, steps.steps, d, n_agents, b
        )
        shake_and_descend(x, slope, rate, dt, slice_view(workspace.scale, 0, n), z)
    else:
        descend(x, slope, dt)
    if is_recorded(steps, s):
        hits = boundaries.count_hits(x, box.low, box.high, box.boundary)
    boundaries.confine(x, box.low, box.high, box.boundary)
    return clips, lost, hits


@inner
def move_chunk(chunk, s, run, steps, params, temperature, box, objective, partial, workspace):
    """The step of a chunk, where there is one, F after it, and its part of the provisional minimum."""
    d, n_agents = box.low.size, run.energy.size
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    clips, lost, hits, failed = 0, 0.0, 0, FINE
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        f = slice_view(run.energy, first, n)
        if s > 0:
            some, mass, met = move_block(b, s, run, steps, params, temperature, box, objective, workspace)
            clips, lost, hits = clips + some, lost + mass, hits + met
        objective.values(block(run.x, d, n_agents, b), objective.p, f)
        if not all_finite(f):
            failed = first + first_not_finite(f)
            break
    first, n = chunk_range(d, n_agents, chunk)
    f = slice_view(run.energy, first, n)
    total, weighted = weigh_chunk(slice_view(run.mass, first, n), f)
    lowest = smallest(f)
    partial.numbers[chunk, MASS], partial.numbers[chunk, WEIGHTED] = total, weighted
    partial.numbers[chunk, LOST], partial.numbers[chunk, LOWEST] = lost, lowest
    partial.wholes[chunk, LOWEST_AGENT] = first + first_of(f, lowest)
    partial.wholes[chunk, FAILED], partial.wholes[chunk, HITS], partial.wholes[chunk, COUNT] = failed, hits, clips
    if is_recorded(steps, s):
        gather_mean(run.x, chunk, d, n_agents, partial)


@inner
def share_chunk(chunk, d, run, total):
    """Divide the masses of a chunk by the sum of all."""
    first, n = chunk_range(d, run.energy.size, chunk)
    mass = slice_view(run.mass, first, n)
    for j in range(n):
        mass[j] /= total


@inner
def count_leaders(run, first, n, params, temperature, workspace):
    """How many agents of a block are hardly shaken; T(t) makes nobody a leader."""
    rate, leaders, most = (
        slice_view(workspace.rate, 0, n),
        0,
        HARDLY * params.lam if params.profile != ANNEALING else -1.0,
    )
    rates(slice_view(run.mass, first, n), params.lam, params.cutoff, temperature, params.profile, rate)
    for j in range(n):
        leaders += rate[j] <= most
    return leaders


@inner
def measure_chunk(chunk, s, run, params, temperature, d, partial, workspace):
    """What is measured of a chunk."""
    n_agents, leaders, logs, heaviest, lightest = run.energy.size, 0, 0.0, -np.inf, np.inf
    spread_of(run.x, run.energy, chunk, d, n_agents, partial.shared[MINIMUM], partial)
    first_block, end_block = chunk_blocks(d, n_agents, chunk)
    for b in range(first_block, end_block):
        first, n = block_range(d, n_agents, b)
        leaders += count_leaders(run, first, n, params, temperature[s], workspace)
    first, n = chunk_range(d, n_agents, chunk)
    mass = slice_view(run.mass, first, n)
    for j in range(n):
        m = mass[j]
        heaviest, lightest = max(heaviest, m), min(lightest, m)
        if m > 0.0:
            logs -= m * math.log(m)
    partial.wholes[chunk, LEADERS] = leaders
    partial.wholes[chunk, LEADER] = first + first_of(mass, heaviest)
    partial.numbers[chunk, ENTROPY] = logs
    partial.numbers[chunk, HEAVIEST], partial.numbers[chunk, LIGHTEST] = heaviest, lightest


@inner
def work(phase, run, steps, params, temperature, box, objective, team, partial, workspace):
    """Take chunks of a phase until there is none left."""
    kind, s, chunks, d = team.kind[phase], team.step[phase], partial.wholes.shape[0], box.low.size
    chunk = take(team, phase, chunks)
    while chunk >= 0:
        if kind == SHARE:
            share_chunk(chunk, d, run, partial.shared[TOTAL])
        elif kind == MEASURE:
            measure_chunk(chunk, s, run, params, temperature, d, partial, workspace)
        else:
            move_chunk(chunk, s, run, steps, params, temperature, box, objective, partial, workspace)
        finish(team, phase)
        chunk = take(team, phase, chunks)


@inner
def heaviest_agent(partial):
    """The largest mass and the first agent that has it; NaN in its place where all have the same."""
    most, least, agent = -np.inf, least_of(partial, LIGHTEST), FINE
    for chunk in range(partial.numbers.shape[0]):
        if partial.numbers[chunk, HEAVIEST] > most:
            most, agent = partial.numbers[chunk, HEAVIEST], partial.wholes[chunk, LEADER]
    return most, float(agent) if most > least else np.nan


@inner
def measure(run, hits, objective, partial, workspace, record, column):
    """Write the observables into a column of the record, from what the chunks have added up."""
    d, n_agents, point = partial.mean.size, run.energy.size, workspace.point
    position_of(run.x, d, n_agents, lowest_agent(partial), point)
    heaviest, leader = heaviest_agent(partial)
    record[ROW.provisional_minimum, column] = run.level[0]
    record[ROW.best, column] = run.best[0]
    record[ROW.minimum, column] = partial.shared[MINIMUM]
    record[ROW.dispersion, column] = total_of(partial, SPREAD)
    record[ROW.distance, column] = distance_to(point, objective.minimisers)
    record[ROW.leaders, column] = count_of(partial, LEADERS)
    record[ROW.mass_entropy, column] = total_of(partial, ENTROPY) / math.log(n_agents)
    record[ROW.largest_mass, column] = heaviest
    record[ROW.clips, column] = run.clips[0]
    record[ROW.leader, column] = leader
    record[ROW.wall_hits, column] = hits
    note_answer(point, record, column)


@inner
def lead(run, steps, params, temperature, box, objective, team, partial, workspace, record):
    """The steps of a call; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    d, n_agents, chunks, phase, column = box.low.size, run.energy.size, partial.wholes.shape[0], 0, 0
    for s in range(steps.steps + 1):
        lowest = lowest_agent(partial) if s > 0 else FINE  # of the step before
        open_phase(team, phase, MOVE, s)
        work(phase, run, steps, params, temperature, box, objective, team, partial, workspace)
        finish_phase(team, phase, chunks)
        phase += 1
        failed = first_failure(partial)
        if failed != FINE:
            return steps.k + s, failed
        clips, hits = count_of(partial, COUNT), count_of(partial, HITS)
        run.clips[0] += clips
        total = total_of(partial, MASS)
        if s > 0 and params.provisional != MEAN:
            run.mass[lowest] += total_of(partial, LOST)
        elif clips > 0:
            partial.shared[TOTAL] = total
            open_phase(team, phase, SHARE, s)
            work(phase, run, steps, params, temperature, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
        least = least_of(partial, LOWEST)
        run.level[0] = total_of(partial, WEIGHTED) / total if params.provisional == MEAN else least
        run.best[0] = min(run.best[0], least)
        if is_recorded(steps, s):
            mean_of(partial, d, n_agents)
            partial.shared[MINIMUM] = least
            open_phase(team, phase, MEASURE, s)
            work(phase, run, steps, params, temperature, box, objective, team, partial, workspace)
            finish_phase(team, phase, chunks)
            phase += 1
            measure(run, hits, objective, partial, workspace, record, column)
            column += 1
    return FINE, FINE


@kernel
def advance_part(
    runs: Runs,
    r: int,
    team: Team,
    partial: Partial,
    steps: Steps,
    params: Params,
    temperature: Reals,
    box: Box,
    objective: SmoothObjective,
    output: Output,
) -> None:
    """A thread's part in advancing run ``r`` in place."""
    run, workspace = run_of(runs, r), make_workspace(box.low.size, runs.energy.shape[1])
    if team.part == 0:
        output.failures[r] = lead(
            run, steps, params, temperature, box, objective, team, partial, workspace, output.records[r]
        )
        end(team)
    else:
        phase = 0
        while is_open(team, phase):
            work(phase, run, steps, params, temperature, box, objective, team, partial, workspace)
            phase += 1


@advances(SSA)
def advance(runs: Runs, steps: Steps, *arguments: Any) -> None:
    """Advance runs of a large swarm in place, one after the other, each with as many threads as are free."""
    advance_each(advance_part, runs, range(len(runs.seed)), 3 * (steps.steps + 1), steps, *arguments)
