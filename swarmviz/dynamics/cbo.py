r"""Consensus-based optimisation (CBO).

    dX_n = −λ H_n (X_n − ν) dt + σ D(X_n − ν) dW_n                     (1)  001 eq. 1.2–1.4; 003 eq. 5.2; 002 eq. 1.3
    ν    = Σ_n w_n X_n,   w_n ∝ exp(−α F(X_n))                         (2)  001 eq. 1.1
    D(y) = diag(y) anisotropic (001 eq. 1.4), |y| I isotropic (001 eq. 1.2), 0 none (001 eq. 1.3)
    H_n  = 1, or ½ + ½ tanh((F(X_n) − F(ν))/ε): agents below the consensus do not drift (Pinnau et al. 2017), smoothed

One step from ν = ν(X), with ξ standard normal:

    Euler–Maruyama   X⁺ = X − λΔt H (X − ν) + σ√Δt D(X − ν) ξ          (3)
    tamed Euler      the drift b = −λ H (X − ν) enters as bΔt / (1 + Δt|b|)                           (4)
    Heun             Y = (3);  X⁺ = X + ½Δt [b(X; ν(X)) + b(Y; ν(Y))] + σ√Δt D(X − ν) ξ               (5)

λ may be negative: agents then drift away from ν, and without noise V grows; 001 §3.2 has it that noise brings them together all the same.
In (5) the noise keeps its coefficient at the left end, because (1) is an Itô equation: averaging D too would converge to the Stratonovich
one. The random-batch variant takes (2) over M agents drawn anew each step without replacement (003 Remark 5.1).

Code        paper   shape    meaning
x           X       (N, d)   positions
energy      F       (N,)     F at the positions
consensus   ν       (d,)     weighted mean (2)
lam, sigma  λ, σ             drift and noise
alpha       α                inverse temperature of the weights
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import box_of, objective_of, rows_of
from swarmviz.dynamics.batch import StateBatch
from swarmviz.dynamics.cost import Cost
from swarmviz.dynamics.equations.cbo import EQUATIONS
from swarmviz.dynamics.explain import cbo as explained
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.dynamics.tiled import Tiled
from swarmviz.events import BASIN_CHANGED, COLLAPSE, IN_OWN_UNIT, NEW_BEST, WALL_HIT, leader_changed
from swarmviz.frame import (
    BASIN,
    BEST,
    CONSENSUS_VALUE,
    DISPERSION,
    EFFECTIVE_SIZE,
    EVALUATIONS,
    MINIMUM,
    OF_EVENTS,
    WALL_HITS,
    Clock,
    Frame,
    Observable,
)
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import (
    aligned,
    aligned_rows,
    block,
    block_count,
    block_range,
    block_view,
    borrowed,
    copied_rows,
    flat,
    from_blocks,
    run_of,
    runs_of,
    scratch,
    slice_view,
)
from swarmviz.kernels.compiled import Reals, RunRows, Table, Wholes, inner, kernel
from swarmviz.kernels.diagnostics import (
    ConsensusScratch,
    all_finite,
    choose_batch,
    clear_consensus,
    consensus_weights,
    dispersion,
    distance_to,
    finish_consensus,
    first_not_finite,
    first_of,
    lowest_value,
    make_consensus_scratch,
    mean_position,
    no_consensus,
    note_answer,
    note_consensus,
    smallest,
    value_of,
    weigh,
)
from swarmviz.kernels.elementary import tanh
from swarmviz.kernels.noise import GAUSSIAN
from swarmviz.kernels.noise_buffer import NoiseBuffer, block_noise, make_noise_buffer
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.randomness import POSITION_NOISE
from swarmviz.kernels.tiles import (
    ConsensusOfTile,
    confine_tile,
    enter,
    find_consensus,
    find_effective_sizes,
    for_every_agent,
    leave,
    make_consensus_of_tile,
    make_noise_of_tile,
    noise_of_tile,
    note_failures,
    of,
    one_each,
    take_out,
)
from swarmviz.parameters import Choice, Real, Whole

ANISOTROPIC, ISOTROPIC, NO_NOISE = range(3)
EULER, TAMED, HEUN = range(3)
NOISES = {"anisotropic": ANISOTROPIC, "isotropic": ISOTROPIC, "none": NO_NOISE}
SCHEMES = {"euler": EULER, "tamed": TAMED, "heun": HEUN}

OBSERVABLES = (
    BEST,
    MINIMUM,
    CONSENSUS_VALUE,
    DISPERSION,
    Observable(
        "consensus_offset", "|X̄ − ν|²", "Squared distance of the consensus from the mean", "dispersion", log=True
    ),
    Observable("distance", "‖ν − x*‖∞", "Distance of the consensus from the nearest minimiser", "distance", log=True),
    EFFECTIVE_SIZE,
    Observable("leader", "leader", "The agent with the lowest F, which weighs most; the first of several", OF_EVENTS),
    WALL_HITS,
    BASIN,
)
ROW = rows_of(OBSERVABLES)
EVENTS = (
    *IN_OWN_UNIT,
    NEW_BEST,
    COLLAPSE,
    BASIN_CHANGED,
    leader_changed("Another agent has the lowest F, and weighs most"),
    WALL_HIT,
)


class State(NamedTuple):
    """Positions ``x`` in blocks (see :mod:`swarmviz.kernels.blocks`), their energies, the consensus point and how it was formed
    (step, α, M), the lowest energy and the evaluations so far.
    """

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    energy: np.ndarray
    consensus: np.ndarray
    consensus_step: int
    consensus_alpha: float
    consensus_batch: int
    best: float
    evaluations: int


class Runs(NamedTuple):
    """What a kernel advances: these fields of the State, a row per run."""

    seed: Wholes
    x: RunRows
    energy: RunRows
    consensus: Table
    consensus_step: Wholes
    consensus_alpha: Reals
    consensus_batch: Wholes
    best: Reals


class Params(NamedTuple):
    """The parameters that stay the same during a call."""

    lam: float
    dt: float
    epsilon: float
    noise: int
    scheme: int
    batch: int


class Schedules(NamedTuple):
    """Values at the steps k, k+1, …, k+steps."""

    alpha: Reals
    sigma: Reals


class Coefficients(NamedTuple):
    """Of one step: ν and F(ν) where it begins, λ, Δt, σ√Δt, ε, and how it is taken."""

    nu: np.ndarray
    nu_value: float
    lam: float
    dt: float
    scale: float
    epsilon: float
    noise: int
    scheme: int


class Predictor(NamedTuple):
    """Y of (5), F there, its drift factors and ν(Y); empty in the other schemes."""

    y: np.ndarray
    f: np.ndarray
    factor: np.ndarray
    nu: np.ndarray


class Workspace(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    noise: NoiseBuffer
    consensus: ConsensusScratch
    predictor: Predictor
    factor: np.ndarray  # drift factor per agent of a block
    lengths: np.ndarray  # |X − ν| per agent of a block
    unread: np.ndarray  # energies of a block that are not used again


@inner(inline=True)
def make_workspace(d, n_agents, steps, scheme):
    """Scratch for this swarm."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    agents, widest = (n_agents, n) if scheme == HEUN else (0, 0)
    predictor = Predictor(scratch(agents * d, real), scratch(agents, real), scratch(widest, real), scratch(d, real))
    return Workspace(
        make_noise_buffer(d, n_agents, steps), make_consensus_scratch(d, n_agents), predictor,
        scratch(n, real), scratch(n, real), scratch(n, real),
    )  # fmt: skip


@inner
def drift_factors(x, f, nu, nu_value, lam, dt, epsilon, scheme, factor, lengths):
    """Factor of (X − ν) in the drift of (3) or (4) per agent, and |X − ν| per agent where it is needed."""
    d, n = x.shape
    lengths[:] = 0.0
    for i in range(d):
        row, c = x[i], nu[i]
        for j in range(n):
            lengths[j] += (row[j] - of(c, j)) * (row[j] - of(c, j))
    for j in range(n):
        lengths[j] = math.sqrt(lengths[j])
    for j in range(n):
        below = 0.5 + 0.5 * tanh((f[j] - of(nu_value, j)) / epsilon) if epsilon > 0.0 else 1.0
        drift = lam * below
        factor[j] = -drift * dt / (1.0 + dt * abs(drift) * lengths[j]) if scheme == TAMED else -drift * dt


@inner
def plain_step(x, nu, pull, scale, z):
    """X ← X − pull (X − ν) + scale diag(X − ν) z on a block: (3) with anisotropic noise, the same drift for all."""
    d, n = x.shape
    for i in range(d):
        row, c, zi = x[i], nu[i], z[i]
        for j in range(n):
            row[j] += (row[j] - of(c, j)) * (scale * zi[j] - pull)


@inner
def drift_and_shake(x, nu, factor, scale, noise, lengths, z):
    """X ← X + factor (X − ν) + scale D(X − ν) z on a block, (3) or (4) with its coefficients."""
    d, n = x.shape
    for i in range(d):
        row, c, zi = x[i], nu[i], z[i]
        if noise == ANISOTROPIC:
            for j in range(n):
                row[j] += (row[j] - of(c, j)) * (factor[j] + scale * zi[j])
        else:
            for j in range(n):
                row[j] += (row[j] - of(c, j)) * factor[j] + scale * lengths[j] * zi[j]


@inner
def drift(x, nu, factor):
    """The same without noise."""
    d, n = x.shape
    for i in range(d):
        row, c = x[i], nu[i]
        for j in range(n):
            row[j] += (row[j] - of(c, j)) * factor[j]


@inner
def correct(x, y, nu, nu_y, factor, factor_y, scale, noise, lengths, z):
    """X ← X + ½ [factor (X − ν) + factor_y (Y − ν_Y)] + scale D(X − ν) z on a block, (5)."""
    d, n = x.shape
    for i in range(d):
        xi, yi, zi, a, b = x[i], y[i], z[i], nu[i], nu_y[i]
        for j in range(n):
            away = xi[j] - a
            shake = 0.0 if noise == NO_NOISE else scale * zi[j] * (away if noise == ANISOTROPIC else lengths[j])
            xi[j] += 0.5 * (factor[j] * away + factor_y[j] * (yi[j] - b)) + shake


@inner(inline=True)
def euler_step(x, f, z, c, workspace):
    """(3) or (4) on a block, with the coefficients ``c``."""
    if c.noise == ANISOTROPIC and c.scheme != TAMED and c.epsilon == 0.0:
        plain_step(x, c.nu, c.lam * c.dt, c.scale, z)
    else:
        factor, lengths = slice_view(workspace.factor, 0, f.size), slice_view(workspace.lengths, 0, f.size)
        drift_factors(x, f, c.nu, c.nu_value, c.lam, c.dt, c.epsilon, c.scheme, factor, lengths)
        if c.noise == NO_NOISE:
            drift(x, c.nu, factor)
        else:
            drift_and_shake(x, c.nu, factor, c.scale, c.noise, lengths, z)


@inner
def predict(run, steps, s, alpha, everyone, c, objective, workspace):
    """The predictor Y of (5) for all agents in step ``s`` of the call, and its consensus; returns F(ν(Y))."""
    d, n_agents, predictor = run.consensus.size, run.energy.size, workspace.predictor
    euler = Coefficients(c.nu, c.nu_value, c.lam, c.dt, c.scale, c.epsilon, c.noise, EULER)
    predictor.y[:] = run.x
    clear_consensus(workspace.consensus.sums)
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        y, f = block(predictor.y, d, n_agents, b), slice_view(predictor.f, first, n)
        z = block_noise(
            workspace.noise, GAUSSIAN, 0.0, run.seed[0], POSITION_NOISE, steps.k, s - 1, steps.steps, d, n_agents, b
        )
        euler_step(y, slice_view(run.energy, first, n), z, euler, workspace)
        objective.values(y, objective.p, f)
        weigh(y, f, first, everyone, alpha, workspace.consensus)
    finish_consensus(workspace.consensus.sums, predictor.nu)
    return value_of(predictor.nu, objective, workspace.consensus)


@inner
def heun_step(x, f, first, ahead, z, c, workspace):
    """(5) on a block, given the predictor; ``ahead`` F(ν(Y))."""
    (d, n), predictor = x.shape, workspace.predictor
    factor, lengths = slice_view(workspace.factor, 0, n), slice_view(workspace.lengths, 0, n)
    y, f_y, factor_y = (
        block_view(predictor.y, first * d, d, n),
        slice_view(predictor.f, first, n),
        slice_view(predictor.factor, 0, n),
    )
    drift_factors(y, f_y, predictor.nu, ahead, c.lam, c.dt, c.epsilon, c.scheme, factor_y, lengths)
    drift_factors(x, f, c.nu, c.nu_value, c.lam, c.dt, c.epsilon, c.scheme, factor, lengths)
    correct(x, y, c.nu, predictor.nu, factor, factor_y, c.scale, c.noise, lengths, z)


@inner
def measure(x, f, nu, nu_value, best, effective, minimisers, mean, record, column):
    """Write the observables into a column of the record; arrays of their own, because packs cost a call as much as its work."""
    d, n_agents = nu.size, f.size
    mean_position(x, d, n_agents, mean)
    offset = 0.0
    for i in range(d):
        offset += (mean[i] - nu[i]) * (mean[i] - nu[i])
    record[ROW.best, column] = best
    record[ROW.minimum, column] = smallest(f)
    record[ROW.consensus_value, column] = nu_value
    record[ROW.dispersion, column] = dispersion(x, d, n_agents, mean)
    record[ROW.consensus_offset, column] = offset
    record[ROW.distance, column] = distance_to(nu, minimisers)
    record[ROW.effective_size, column] = effective


@inner(inline=True)
def measure_events(f, nu, hits, record, column):
    """Write what events are found in; by itself, because :func:`measure` would become too large to be a part of its callers."""
    record[ROW.leader, column] = first_of(f, record[ROW.minimum, column])
    record[ROW.wall_hits, column] = hits
    note_answer(nu, record, column)


@inner
def advance_run(run, steps, params, schedules, box, objective, workspace, record):
    """One run; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    run, schedules, box, objective = borrowed(run), borrowed(schedules), borrowed(box), borrowed(objective)
    workspace, record = borrowed(workspace), borrowed(record)
    x, f, nu, scratch = run.x, run.energy, run.consensus, workspace.consensus
    d, n_agents, everyone = nu.size, f.size, not 0 < params.batch < f.size
    nu_value, ahead, column = 0.0, 0.0, 0
    keeping = (
        params.epsilon > 0.0 or params.scheme == HEUN or not everyone
    )  # the energies of a step are used in the next
    for s in range(steps.steps + 1):
        scale = schedules.sigma[max(s - 1, 0)] * math.sqrt(params.dt)
        c = Coefficients(nu, nu_value, params.lam, params.dt, scale, params.epsilon, params.noise, params.scheme)
        if s > 0 and params.scheme == HEUN:
            ahead = predict(run, steps, s, schedules.alpha[s - 1], everyone, c, objective, workspace)
        if not everyone:  # the predictor's consensus is of the same batch as ν, the next one of a new batch
            choose_batch(scratch.batch, params.batch, run.seed[0], steps.k + s)
        clear_consensus(scratch.sums)
        recording, hits = is_recorded(steps, s), 0
        storing = keeping or recording or s == steps.steps  # a huge swarm's energies are a third of what goes to memory
        for b in range(block_count(d, n_agents)):
            first, n = block_range(d, n_agents, b)
            xb, fb = (
                block(x, d, n_agents, b),
                slice_view(f, first, n) if storing else slice_view(workspace.unread, 0, n),
            )
            if s > 0:
                z = block_view(workspace.noise.z, 0, d, n)
                if params.noise != NO_NOISE:
                    z = block_noise(
                        workspace.noise,
                        GAUSSIAN,
                        0.0,
                        run.seed[0],
                        POSITION_NOISE,
                        steps.k,
                        s - 1,
                        steps.steps,
                        d,
                        n_agents,
                        b,
                    )
                if params.scheme == HEUN:
                    heun_step(xb, fb, first, ahead, z, c, workspace)
                else:
                    euler_step(xb, fb, z, c, workspace)
                if recording:
                    hits += boundaries.count_hits(xb, box.low, box.high, box.boundary)
                boundaries.confine(xb, box.low, box.high, box.boundary)
            objective.values(xb, objective.p, fb)
            if not all_finite(fb):
                return steps.k + s, first + first_not_finite(fb)
            weigh(xb, fb, first, everyone, schedules.alpha[s], scratch)
        run.best[0] = min(run.best[0], lowest_value(scratch) if everyone else smallest(f))
        effective = finish_consensus(scratch.sums, nu)
        if recording or params.epsilon > 0.0:
            nu_value = value_of(nu, objective, scratch)
        if recording:
            measure(x, f, nu, nu_value, run.best[0], effective, objective.minimisers, scratch.mean, record, column)
            measure_events(f, nu, hits, record, column)
            column += 1
    note_consensus(run, steps.k + steps.steps, schedules.alpha[steps.steps], params.batch)
    return FINE, FINE


@kernel
def advance_runs(
    runs: Runs, steps: Steps, params: Params, schedules: Schedules, box: Box, objective: Objective, output: Output
) -> None:
    """Advance the runs in place, one after the other."""
    workspace = make_workspace(runs.consensus.shape[1], runs.energy.shape[1], steps.steps, params.scheme)
    for r in range(runs.seed.size):
        output.failures[r] = advance_run(
            run_of(runs, r), steps, params, schedules, box, objective, workspace, output.records[r]
        )


class Alone(NamedTuple):
    """One run of a tile, taken out."""

    x: np.ndarray
    energy: np.ndarray
    nu: np.ndarray
    mean: np.ndarray


class TileWorkspace(NamedTuple):
    """What a tile of runs is and what its kernel computes with, made once per size of tile."""

    x: np.ndarray  # (d n R,)
    energy: np.ndarray  # (n R,)
    best: np.ndarray  # (R,)
    seeds: np.ndarray  # (R,)
    hits: np.ndarray  # (R,)
    consensus: ConsensusOfTile
    nu_values: np.ndarray  # F(ν) for every agent, (n R,)
    noise: NoiseBuffer
    factor: np.ndarray
    lengths: np.ndarray
    alone: Alone  # what is measured is measured of one run


@inner
def make_tile_workspace(d, n, runs, steps):
    """Scratch for tiles of this size."""
    wide, real = n * runs, np.float64
    alone = Alone(scratch(d * n, real), scratch(n, real), scratch(d, real), scratch(d, real))
    return TileWorkspace(
        scratch(d * wide, real), scratch(wide, real), scratch(runs, real), scratch(runs, np.int64),
        scratch(runs, np.int64), make_consensus_of_tile(d, n, runs), scratch(wide, real),
        make_noise_of_tile(d, wide, steps), scratch(wide, real), scratch(wide, real), alone,
    )  # fmt: skip


@inner
def measure_tile(workspace, n, runs, minimisers, records, column):
    """Write the observables of each run into a column of its record."""
    alone, consensus = workspace.alone, workspace.consensus
    find_effective_sizes(n, runs, consensus)
    for r in range(records.shape[0]):
        take_out(workspace.x, runs, r, alone.x)
        take_out(workspace.energy, runs, r, alone.energy)
        alone.nu[:] = consensus.points[:, r]
        measure(alone.x, alone.energy, alone.nu, consensus.values[r], workspace.best[r], consensus.effective[r], minimisers,
                alone.mean, records[r], column)  # fmt: skip
        measure_events(alone.energy, alone.nu, workspace.hits[r], records[r], column)


@inner
def advance_tile(runs, size, steps, params, schedules, box, objective, workspace, failures, records):
    """Some runs as :func:`advance_run` advances each, all agents in the consensus and no predictor."""
    runs, schedules, box, objective = borrowed(runs), borrowed(schedules), borrowed(box), borrowed(objective)
    workspace, failures, records = borrowed(workspace), borrowed(failures), borrowed(records)
    consensus, d, n, column = workspace.consensus, box.low.size, runs.energy.shape[1], 0
    wide, x, f = n * size, block_view(workspace.x, 0, box.low.size, n * size), workspace.energy
    enter(runs.x, size, workspace.x)
    enter(one_each(runs.best), size, workspace.best)
    enter(one_each(runs.seed), size, workspace.seeds)
    failures[:] = FINE
    workspace.hits[:] = 0
    for s in range(steps.steps + 1):
        recording = is_recorded(steps, s)
        if s > 0:
            scale = schedules.sigma[s - 1] * math.sqrt(params.dt)
            z = block_view(workspace.noise.z, 0, d, wide)
            if params.noise != NO_NOISE:
                noise, seeds = workspace.noise, workspace.seeds
                z = noise_of_tile(noise, GAUSSIAN, 0.0, seeds, POSITION_NOISE, steps.k, s - 1, steps.steps, d, wide)
            c = Coefficients(consensus.rows, workspace.nu_values, params.lam, params.dt, scale, params.epsilon, params.noise,
                             params.scheme)  # fmt: skip
            euler_step(x, f, z, c, workspace)
            confine_tile(x, box, size, recording, workspace.hits)
        objective.values(x, objective.p, f)
        if not all_finite(f) and note_failures(f, size, steps.k + s, failures):
            return
        find_consensus(x, f, schedules.alpha[s], n, size, consensus)
        for r in range(size):
            workspace.best[r] = min(workspace.best[r], consensus.lowest[r])
        if recording or params.epsilon > 0.0:
            objective.values(consensus.points, objective.p, consensus.values)
            for_every_agent(consensus.values, n, size, workspace.nu_values)
        if recording:
            measure_tile(workspace, n, size, objective.minimisers, records, column)
            column += 1
    leave(workspace.x, size, runs.x)
    leave(f, size, runs.energy)
    leave(flat(consensus.points), size, runs.consensus)
    leave(workspace.best, size, one_each(runs.best))
    for r in range(failures.shape[0]):
        note_consensus(run_of(runs, r), steps.k + steps.steps, schedules.alpha[steps.steps], params.batch)


@kernel
def advance_tiles(
    runs: Runs,
    size: int,
    steps: Steps,
    params: Params,
    schedules: Schedules,
    box: Box,
    objective: Objective,
    output: Output,
) -> None:
    """Advance the runs in place, ``size`` of them at a time."""
    workspace, total = make_tile_workspace(box.low.size, runs.energy.shape[1], size, steps.steps), runs.seed.size
    for first in range(0, total, size):
        end = min(first + size, total)
        some, failures, records = (
            runs_of(runs, first, end - first),
            output.failures[first:end],
            output.records[first:end],
        )
        advance_tile(some, size, steps, params, schedules, box, objective, workspace, failures, records)


class CBO(Tiled):
    """Consensus-based optimisation: agents drift towards a weighted mean and are shaken in proportion to their distance from it."""

    title = "CBO"
    fewest, why_fewest = 2, "one agent is its own consensus point and never moves"
    equation = (
        r"\mathrm dX_n = -\lambda\,(X_n-\nu)\,\mathrm dt + \sigma\,D(X_n-\nu)\,\mathrm dW_n,"
        r"\qquad \nu = \frac{\sum_n X_n e^{-\alpha F(X_n)}}{\sum_n e^{-\alpha F(X_n)}}"
    )
    reference = "001 eq. 1.1–1.4; Euler–Maruyama as in 001 §3.3"

    lam = Real(1.0, bounds=(-100, 100), softbounds=(0, 5), symbol="λ", label="Drift",
               doc="Drift towards the consensus point; below 0 away from it, which strong noise can make up for.")  # fmt: skip
    sigma = Real(1.0, bounds=(0, 100), softbounds=(0, 5), symbol="σ", label="Noise", schedulable=True, group="Noise",
                 doc="Strength of the noise, relative to the distance from the consensus point.")  # fmt: skip
    alpha = Real(1e3, bounds=(0, 1e15), inclusive_bounds=(False, True), softbounds=(1e-1, 1e6), scale="log",
                 symbol="α", label="Weights", schedulable=True,
                 doc="Inverse temperature of the weights: the larger, the nearer the consensus is to the best agent.")  # fmt: skip
    noise = Choice({"anisotropic": "Each coordinate is shaken in proportion to its own distance from the consensus.",
                    "isotropic": "All coordinates are shaken in proportion to the whole distance.",
                    "none": "No noise: the deterministic system."},
                   symbol="D", label="Noise type", group="Noise", doc="Kind of noise.")  # fmt: skip
    dt = Real(0.05, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(1e-3, 2), scale="log",
              symbol="Δt", label="Time step", group="Numerics",
              doc="Time step.")  # fmt: skip
    scheme = Choice({"euler": "Euler–Maruyama.", "tamed": "Tamed Euler: the drift is divided by 1 + Δt|b|.",
                     "heun": "Heun: the drift is averaged with that at a predicted point, its consensus evaluated anew."},
                    group="Numerics", symbol="scheme", label="Scheme", rare=True, doc="How a step is taken.")  # fmt: skip
    batch = Whole(0, bounds=(0, 10_000_000), softbounds=(0, 500), symbol="M", label="Batch", rare=True, group="Numerics",
                  doc="Agents that form the consensus, drawn anew each step; 0, or at least N: all.")  # fmt: skip
    epsilon = Real(0.0, bounds=(0, 1e6), softbounds=(0, 10), symbol="ε", label="Drift switch", rare=True, group="Dynamics",
                   doc="Width of the switch that stops the drift of agents below the consensus; 0: no switch.")  # fmt: skip
    boundary = Choice(
        boundaries.MEANINGS,
        symbol="∂",
        label="Boundary",
        rare=True,
        group="Numerics",
        doc="What happens at the edge of the box.",
    )

    observables, equations, events = (*OBSERVABLES, EVALUATIONS), EQUATIONS, EVENTS
    map_axes = MapAxis("sigma", 0.1, 3.0), MapAxis("lam", 0.1, 3.0)

    def init_many(self, x, landscape, seeds):
        runs, n, d = x.shape
        return StateBatch.initial(
            State, Clock(dt=float(self.dt)), x, seeds, energy=np.empty((runs, n)), consensus=aligned(runs, d),
            best=np.full(runs, np.inf), evaluations=np.zeros(runs, int), **no_consensus(runs),
        )  # fmt: skip

    def cost_of_start(self, n):
        """F at the agents that form the consensus: all N, or a batch of M; with the drift switch at all N and at ν.

        The N − M others of a batch are valued for the record, so its ``best`` has seen more than the algorithm.
        """
        formed = self.batch if 0 < self.batch < n else n
        return Cost(n + 1 if self.epsilon > 0 else formed)

    def cost_of_step(self, n):
        """The same at the new positions; with Heun's scheme at the predicted ones, too."""
        places = 2 if self.scheme == "heun" else 1
        return Cost(places * self.cost_of_start(n).evaluations)

    def fits_tiles(self, n):
        if self.scheme == "tamed" and self.epsilon > 0:
            return False  # the last agents of a block, which fill no vector, are rounded otherwise
        return self.scheme != "heun" and not 0 < self.batch < n

    def advance_tiles(self, states, landscape, steps, every, start, size):
        state = states.all
        count, n, d, call = len(state.seed), state.n, state.d, Steps(state.k, steps, every, start)
        runs = Runs(
            state.seed, copied_rows(state.x), aligned_rows(count, n), aligned(count, d), **no_consensus(count), best=state.best.copy()
        )  # fmt: skip
        params = Params(self.lam, self.dt, self.epsilon, NOISES[self.noise], SCHEMES[self.scheme], self.batch)
        schedules = Schedules(*self._schedules(state, steps, "alpha", "sigma"))
        box, output = box_of(landscape, d, boundaries.CODES[self.boundary]), self._output(count, call)
        arguments = (call, params, schedules, box, objective_of(landscape, d), output)
        if size:
            advance_tiles(runs, size, *arguments)
        elif advance := self.by_team(state.n, d, landscape):
            advance(runs, *arguments)
        else:
            advance_runs(runs, *arguments)
        return self._result(state, call, output, landscape, **runs._asdict())

    def answers(self, states):
        return StateBatch.of(states).all.consensus

    def terms(self, state, landscape, agent):
        return explained.terms(self, state, landscape, agent)

    def frame(self, state):
        t = float(state.clock.at(state.k))
        x, weight = from_blocks(state.x, state.n, state.d), consensus_weights(state, state.energy)
        return Frame(state.k, t, x, state.energy, focus=state.consensus, weight=weight)
