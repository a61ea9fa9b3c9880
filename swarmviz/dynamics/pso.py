r"""Particle swarm optimisation (PSO) with a weighted best and independent noise in every term (003 eq. 5.1).

    V_n⁺ = κ V_n + Λ₁ (Y_n − X_n) + Λ₂ (ν − X_n) + S₁ (Y_n − X_n) ∘ ξ¹_n + S₂ (ν − X_n) ∘ ξ²_n    (1)  003 eq. 5.1
    κ    = m/(m + γΔt),   Λ_i = λ_i Δt/(m + γΔt),   S_i = σ_i √Δt/(m + γΔt),   γ = 1 − m          (2)
    X_n⁺ = Π_D(X_n + Δt V_n⁺)                                                                (3)
    Y_n⁺ = X_n⁺ if F(X_n⁺) < F(Y_n), else Y_n                                                (4)
    ν    = Σ_n w_n Y_n,   w_n ∝ exp(−α F(Y_n))                                               (5)  003: Ȳ^α

Both differences point from the agent to the best places, so that positive λ attract. ξ¹ and ξ² are independent of each other, for every
agent and coordinate. (1) to (5) are the same in the landscape's coordinates as in those of 003, in which the box is [−1, 1]^d.

Code               paper   shape    meaning
x, v               X, V    (N, d)   positions and velocities
memory             Y       (N, d)   personal bests, an array of their own
energy             F(X)    (N,)     F at the positions
memory_energy      F(Y)    (N,)     F at the personal bests
consensus          ν, Ȳ^α  (d,)     weighted best (5)
inertia            m                inertia; 1 − m is friction
lam_own, _common    λ₁, λ₂           attraction to the personal and to the common best
sigma_own, _common σ₁, σ₂           their noise
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import box_of, objective_of, rows_of
from swarmviz.dynamics.batch import StateBatch
from swarmviz.dynamics.equations.pso import EQUATIONS
from swarmviz.dynamics.explain import pso as explained
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.dynamics.stall import Stall, Stalling, has_stalled, watch
from swarmviz.dynamics.tiled import Tiled
from swarmviz.events import BASIN_CHANGED, COLLAPSE, IN_HALF_WIDTHS, NEW_BEST, STALLED, WALL_HIT, leader_changed
from swarmviz.frame import (
    BASIN,
    BEST,
    DISPERSION,
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
    block,
    block_count,
    block_range,
    block_view,
    borrowed,
    copied,
    copied_rows,
    flat,
    from_blocks,
    list_marked,
    list_marked_in_words,
    run_of,
    runs_of,
    scratch,
    slice_view,
    to_blocks,
)
from swarmviz.kernels.compiled import FlagRows, Reals, RunRows, Table, Wholes, inner, kernel
from swarmviz.kernels.diagnostics import (
    ConsensusScratch,
    all_finite,
    choose_batch,
    clear_consensus,
    consensus_weights,
    dispersion,
    distance_to,
    evaluate,
    finish_consensus,
    first_not_finite,
    first_of,
    make_consensus_scratch,
    mean_position,
    nearest_target,
    no_consensus,
    note_answer,
    note_consensus,
    smallest,
    value_of,
    weigh,
)
from swarmviz.kernels.noise import LAWS
from swarmviz.kernels.noise_buffer import NoiseBuffer, block_noise, make_noise_buffer
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.randomness import POSITION_NOISE, SECOND_NOISE
from swarmviz.kernels.tiles import (
    ConsensusOfTile,
    MovesOfTile,
    confine_tile,
    enter,
    find_consensus,
    find_effective_sizes,
    leave,
    make_consensus_of_tile,
    make_moves_of_tile,
    make_noise_of_tile,
    noise_of_tile,
    note_failures,
    of,
    one_each,
    take_out,
    watch_tile,
)
from swarmviz.parameters import Choice, Real, Whole

OBSERVABLES = (
    BEST,
    MINIMUM,
    Observable("consensus_value", "F(ν)", "Value at the weighted best"),
    Observable("memory_mean", "mean F(Y)", "Mean value of the personal bests; it never rises"),
    DISPERSION,
    Observable(
        "consensus_offset", "|X̄ − ν|²", "Squared distance of the weighted best from the mean", "dispersion", log=True
    ),
    Observable(
        "distance", "‖ν − x*‖∞", "Distance of the weighted best from the nearest minimiser", "distance", log=True
    ),
    Observable("error", "‖ν − x*‖∞ / h", "The same in half widths of the box", "error", log=True),
    Observable("improved", "improved", "Share of the agents that found a new personal best", "share"),
    Observable("move", "|Δν/h|", "How far the weighted best moved in this step, in half widths", "move", log=True),
    Observable("still", "c", "Consecutive steps in which the weighted best hardly moved", "steps"),
    Observable("effective_size", "ESS", "Effective number of agents in the weighted best, 1/Σw²", "count"),
    Observable(
        "leader",
        "leader",
        "The agent with the lowest personal best, which weighs most; the first of several",
        OF_EVENTS,
    ),
    WALL_HITS,
    BASIN,
)
ROW = rows_of(OBSERVABLES)
EVENTS = (
    *IN_HALF_WIDTHS,
    NEW_BEST,
    COLLAPSE,
    STALLED,
    BASIN_CHANGED,
    leader_changed("Another agent has the lowest personal best, and weighs most"),
    WALL_HIT,
)


class State(NamedTuple):
    """Positions, velocities and personal bests in blocks, who improved last, energies, weighted best and
    how it was formed (step, α, M), lowest energy, stall count, ESS, evaluations so far.
    """

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    v: np.ndarray
    memory: np.ndarray
    improved: np.ndarray
    energy: np.ndarray
    memory_energy: np.ndarray
    consensus: np.ndarray
    consensus_step: int
    consensus_alpha: float
    consensus_batch: int
    best: float
    still: int
    effective: float
    evaluations: int


class Runs(NamedTuple):
    """What a kernel advances: these fields of the State, a row per run."""

    seed: Wholes
    x: RunRows
    v: RunRows
    memory: RunRows
    improved: FlagRows
    energy: RunRows
    memory_energy: RunRows
    consensus: Table
    consensus_step: Wholes
    consensus_alpha: Reals
    consensus_batch: Wholes
    best: Reals
    still: Wholes
    effective: Reals


class Params(NamedTuple):
    """The parameters that stay the same during a call; κ and Λ of (2)."""

    keep: float
    pull_own: float
    pull_common: float
    dt: float
    law: int
    freedom: float
    batch: int


class Schedules(NamedTuple):
    """Values at the steps k, k+1, …, k+steps; S of (2)."""

    alpha: Reals
    shake_own: Reals
    shake_common: Reals


class Workspace(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    own: NoiseBuffer  # ξ¹
    common: NoiseBuffer  # ξ²
    consensus: ConsensusScratch
    columns: np.ndarray  # the agents of a block that improved
    before: np.ndarray  # ν of the step before


@inner(inline=True)
def make_workspace(d, n_agents, steps):
    """Scratch for this swarm."""
    return Workspace(
        make_noise_buffer(d, n_agents, steps),
        make_noise_buffer(d, n_agents, steps),
        make_consensus_scratch(d, n_agents),
        scratch(block_range(d, n_agents, 0)[1], np.uint64),
        scratch(d, np.float64),
    )


@inner
def fly(x, v, y, nu, params, shake_own, shake_common, box, own, common):
    """(1) and (3) on a block, with the noises ``own`` ξ¹ and ``common`` ξ²; returns how often an agent met a wall."""
    (d, n), hits = x.shape, 0
    keep, pull_own, pull_common, dt = params.keep, params.pull_own, params.pull_common, params.dt
    for i in range(d):
        xi, vi, yi, c, z1, z2 = x[i], v[i], y[i], nu[i], own[i], common[i]
        a, b = boundaries.walls(box.low[i], box.high[i], box.boundary)
        for j in range(n):
            to_own, to_common = yi[j] - xi[j], of(c, j) - xi[j]
            vi[j] = (
                keep * vi[j]
                + (pull_own + shake_own * z1[j]) * to_own
                + (pull_common + shake_common * z2[j]) * to_common
            )
            place = xi[j] + dt * vi[j]
            hits += (place < a) | (place > b)
            xi[j] = boundaries.clip(place, a, b)
    if box.boundary != boundaries.CLIP:
        hits += boundaries.count_hits(x, box.low, box.high, box.boundary)
        boundaries.confine(x, box.low, box.high, box.boundary)
    return hits


@inner
def remember(x, f, y, g, improved, column):
    """(4) on a block: ``y`` keeps copies of the positions, ``g`` their values; returns how many agents improved, as a rule few."""
    d, n = x.shape
    for j in range(n):
        improved[j] = f[j] < g[j]
        g[j] = f[j] if f[j] < g[j] else g[j]
    count = list_marked(improved, column)
    for i in range(d):
        xi, yi = x[i], y[i]
        for q in range(count):
            yi[column[q]] = xi[column[q]]
    return count


@inner
def measure(
    x, f, g, nu, nu_value, best, improvements, hits, move, still, effective, half, minimisers, mean, record, column
):
    """Write the observables into a column of the record; arrays of their own, because packs cost a call as much as its work."""
    d, n_agents = nu.size, f.size
    mean_position(x, d, n_agents, mean)
    offset = 0.0
    for i in range(d):
        offset += (mean[i] - nu[i]) * (mean[i] - nu[i])
    record[ROW.best, column] = best
    record[ROW.minimum, column] = smallest(f)
    record[ROW.consensus_value, column] = nu_value
    record[ROW.memory_mean, column] = g.mean()
    record[ROW.dispersion, column] = dispersion(x, d, n_agents, mean)
    record[ROW.consensus_offset, column] = offset
    record[ROW.distance, column] = distance_to(nu, minimisers)
    record[ROW.error, column] = nearest_target(nu, minimisers, half)[1]
    record[ROW.improved, column] = improvements / n_agents
    record[ROW.move, column] = move
    record[ROW.still, column] = still
    record[ROW.effective_size, column] = effective
    record[ROW.leader, column] = first_of(g, smallest(g))
    record[ROW.wall_hits, column] = hits
    note_answer(nu, record, column)


@inner(inline=True)
def fly_block(run, b, steps, s, params, schedules, box, workspace):
    """(1) and (3) on block ``b`` in step ``s`` of the call; returns how often an agent met a wall."""
    d, n_agents, seed = run.consensus.size, run.energy.size, run.seed[0]
    law, freedom, k, count = params.law, params.freedom, steps.k, steps.steps
    own = block_noise(workspace.own, law, freedom, seed, POSITION_NOISE, k, s - 1, count, d, n_agents, b)
    common = block_noise(workspace.common, law, freedom, seed, SECOND_NOISE, k, s - 1, count, d, n_agents, b)
    x, v, y = block(run.x, d, n_agents, b), block(run.v, d, n_agents, b), block(run.memory, d, n_agents, b)
    return fly(
        x, v, y, run.consensus, params, schedules.shake_own[s - 1], schedules.shake_common[s - 1], box, own, common
    )


@inner
def advance_run(run, steps, params, schedules, stall, box, objective, workspace, record):
    """One run; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    run, schedules, stall, box = borrowed(run), borrowed(schedules), borrowed(stall), borrowed(box)
    objective, workspace, record = borrowed(objective), borrowed(workspace), borrowed(record)
    f, g, nu, scratch = run.energy, run.memory_energy, run.consensus, workspace.consensus
    d, n_agents, everyone, column = nu.size, f.size, not 0 < params.batch < f.size, 0
    evaluate(objective, run.memory, d, n_agents, g)  # the landscape may have changed
    for s in range(steps.steps + 1):
        improvements, hits, move = 0, 0, 0.0 if s > 0 else np.nan
        if has_stalled(run.still[0], stall):
            if s > 0:
                run.improved[:] = 0
        else:
            if not everyone:
                choose_batch(scratch.batch, params.batch, run.seed[0], steps.k + s)
            clear_consensus(scratch.sums)
            for b in range(block_count(d, n_agents)):
                first, n = block_range(d, n_agents, b)
                xb, yb = block(run.x, d, n_agents, b), block(run.memory, d, n_agents, b)
                fb, gb = slice_view(f, first, n), slice_view(g, first, n)
                if s > 0:
                    hits += fly_block(run, b, steps, s, params, schedules, box, workspace)
                objective.values(xb, objective.p, fb)
                if s > 0:
                    improvements += remember(xb, fb, yb, gb, slice_view(run.improved, first, n), workspace.columns)
                weigh(yb, gb, first, everyone, schedules.alpha[s], scratch)
            if not all_finite(f):
                return steps.k + s, first_not_finite(f)
            run.best[0] = min(run.best[0], smallest(g))
            workspace.before[:] = nu
            run.effective[0] = finish_consensus(scratch.sums, nu)
            note_consensus(run, steps.k + s, schedules.alpha[s], params.batch)
            if s > 0:
                move, run.still[0] = watch(nu, workspace.before, stall, run.still[0])
        if is_recorded(steps, s):
            nu_value, still, effective = value_of(nu, objective, scratch), run.still[0], run.effective[0]
            measure(run.x, f, g, nu, nu_value, run.best[0], improvements, hits, move, still, effective, stall.half,
                    objective.minimisers, scratch.mean, record, column)  # fmt: skip
            column += 1
    return FINE, FINE


@kernel
def advance_runs(
    runs: Runs,
    steps: Steps,
    params: Params,
    schedules: Schedules,
    stall: Stall,
    box: Box,
    objective: Objective,
    output: Output,
) -> None:
    """Advance the runs in place, one after the other."""
    workspace = make_workspace(runs.consensus.shape[1], runs.energy.shape[1], steps.steps)
    for r in range(runs.seed.size):
        output.failures[r] = advance_run(
            run_of(runs, r), steps, params, schedules, stall, box, objective, workspace, output.records[r]
        )


class Alone(NamedTuple):
    """One run of a tile, taken out for what is measured."""

    x: np.ndarray
    energy: np.ndarray
    memory_energy: np.ndarray
    improved: np.ndarray
    nu: np.ndarray
    mean: np.ndarray


class TileWorkspace(NamedTuple):
    """What a tile of runs is and what its kernel computes with, made once per call."""

    x: np.ndarray  # (d n R,), as are v and memory
    v: np.ndarray
    memory: np.ndarray
    improved: np.ndarray  # (n R,), as are the energies
    energy: np.ndarray
    memory_energy: np.ndarray
    best: np.ndarray  # (R,)
    still: np.ndarray
    seeds: np.ndarray
    hits: np.ndarray
    consensus: ConsensusOfTile
    moves: MovesOfTile
    own: NoiseBuffer
    common: NoiseBuffer
    columns: np.ndarray
    alone: Alone


@inner
def make_tile_workspace(d, n, runs, steps):
    """Scratch for tiles of this size."""
    wide, real, whole, flags = n * runs, np.float64, np.int64, np.uint8
    alone = Alone(
        scratch(d * n, real), scratch(n, real), scratch(n, real), scratch(n, flags), scratch(d, real), scratch(d, real)
    )
    return TileWorkspace(
        scratch(d * wide, real), scratch(d * wide, real), scratch(d * wide, real), scratch(wide, flags), scratch(wide, real),
        scratch(wide, real), scratch(runs, real), scratch(runs, whole), scratch(runs, whole), scratch(runs, whole),
        make_consensus_of_tile(d, n, runs),
        make_moves_of_tile(d, runs), make_noise_of_tile(d, wide, steps), make_noise_of_tile(d, wide, steps),
        scratch(wide, np.uint64), alone,
    )  # fmt: skip


@inner
def measure_tile(tile, size, moved, half, minimisers, records, column):
    """Write the observables of each run into a column of its record; ``moved`` once a step has been taken."""
    alone, consensus = tile.alone, tile.consensus
    for r in range(records.shape[0]):
        take_out(tile.x, size, r, alone.x)
        take_out(tile.energy, size, r, alone.energy)
        take_out(tile.memory_energy, size, r, alone.memory_energy)
        take_out(tile.improved, size, r, alone.improved)
        alone.nu[:] = consensus.points[:, r]
        improvements = alone.improved.sum() if moved else 0
        measure(alone.x, alone.energy, alone.memory_energy, alone.nu, consensus.values[r], tile.best[r], improvements, tile.hits[r],
                tile.moves.lengths[r], tile.still[r], consensus.effective[r], half, minimisers, alone.mean, records[r],
                column)  # fmt: skip


@inner(inline=True)
def fly_tile(x, v, y, tile, size, s, steps, recording, params, schedules, box):
    """(1) and (3) on a tile in step ``s`` of the call, first without the walls where it is recorded: their hits are counted run by run."""
    (d, wide), seeds, law, freedom, k, count = x.shape, tile.seeds, params.law, params.freedom, steps.k, steps.steps
    own = noise_of_tile(tile.own, law, freedom, seeds, POSITION_NOISE, k, s - 1, count, d, wide)
    common = noise_of_tile(tile.common, law, freedom, seeds, SECOND_NOISE, k, s - 1, count, d, wide)
    shake_own, shake_common = schedules.shake_own[s - 1], schedules.shake_common[s - 1]
    at_first = Box(box.low, box.high, boundaries.NONE if recording else box.boundary)
    fly(x, v, y, tile.consensus.rows, params, shake_own, shake_common, at_first, own, common)
    if recording:
        confine_tile(x, box, size, True, tile.hits)


@inner
def remember_in_tile(x, f, y, g, improved, column):
    """What :func:`remember` does, on a tile."""
    for j in range(f.size):
        improved[j] = f[j] < g[j]
        g[j] = f[j] if f[j] < g[j] else g[j]
    count = list_marked_in_words(improved, column)
    for i in range(x.shape[0]):
        xi, yi = x[i], y[i]
        for q in range(count):
            yi[column[q]] = xi[column[q]]


@inner
def advance_tile(runs, size, steps, params, schedules, stall, box, objective, tile, failures, records):
    """Some runs as :func:`advance_run` advances each, all agents in the consensus and without a stall stop."""
    runs, schedules, stall, box = borrowed(runs), borrowed(schedules), borrowed(stall), borrowed(box)
    objective, tile, failures, records = borrowed(objective), borrowed(tile), borrowed(failures), borrowed(records)
    f, g, consensus, column = tile.energy, tile.memory_energy, tile.consensus, 0
    d, n, wide = box.low.size, runs.energy.shape[1], f.size
    x, v, y = block_view(tile.x, 0, d, wide), block_view(tile.v, 0, d, wide), block_view(tile.memory, 0, d, wide)
    enter_tile(runs, size, tile)
    failures[:] = FINE
    objective.values(y, objective.p, g)  # the landscape may have changed
    tile.hits[:] = 0
    for s in range(steps.steps + 1):
        recording = is_recorded(steps, s)
        if s > 0:
            fly_tile(x, v, y, tile, size, s, steps, recording, params, schedules, box)
        objective.values(x, objective.p, f)
        if s > 0:
            remember_in_tile(x, f, y, g, tile.improved, tile.columns)
        if not all_finite(f) and note_failures(f, size, steps.k + s, failures):
            return
        find_consensus(y, g, schedules.alpha[s], n, size, consensus)
        for r in range(size):
            tile.best[r] = min(tile.best[r], consensus.lowest[r])
        watch_tile(consensus.points, s > 0, stall.half, stall.tolerance, tile.moves, tile.still)
        if recording or s == steps.steps:
            find_effective_sizes(n, size, consensus)
        if recording:
            objective.values(consensus.points, objective.p, consensus.values)
            measure_tile(tile, size, s > 0, stall.half, objective.minimisers, records, column)
            column += 1
    leave_tile(tile, size, runs)
    for r in range(failures.shape[0]):
        note_consensus(run_of(runs, r), steps.k + steps.steps, schedules.alpha[steps.steps], params.batch)


@inner
def enter_tile(runs, size, tile):
    """The states of some runs into a tile."""
    enter(runs.x, size, tile.x)
    enter(runs.v, size, tile.v)
    enter(runs.memory, size, tile.memory)
    enter(runs.improved, size, tile.improved)
    enter(one_each(runs.seed), size, tile.seeds)
    enter(one_each(runs.best), size, tile.best)
    enter(one_each(runs.still), size, tile.still)


@inner
def leave_tile(tile, size, runs):
    """Back to the states."""
    leave(tile.x, size, runs.x)
    leave(tile.v, size, runs.v)
    leave(tile.memory, size, runs.memory)
    leave(tile.improved, size, runs.improved)
    leave(tile.energy, size, runs.energy)
    leave(tile.memory_energy, size, runs.memory_energy)
    leave(flat(tile.consensus.points), size, runs.consensus)
    leave(tile.best, size, one_each(runs.best))
    leave(tile.still, size, one_each(runs.still))
    leave(tile.consensus.effective, size, one_each(runs.effective))


@kernel
def advance_tiles(
    runs: Runs,
    size: int,
    steps: Steps,
    params: Params,
    schedules: Schedules,
    stall: Stall,
    box: Box,
    objective: Objective,
    output: Output,
) -> None:
    """Advance the runs in place, ``size`` of them at a time."""
    tile, total = make_tile_workspace(box.low.size, runs.energy.shape[1], size, steps.steps), runs.seed.size
    for first in range(0, total, size):
        end = min(first + size, total)
        some, failures, records = (
            runs_of(runs, first, end - first),
            output.failures[first:end],
            output.records[first:end],
        )
        advance_tile(some, size, steps, params, schedules, stall, box, objective, tile, failures, records)


class PSO(Tiled, Stalling):
    """Particle swarm optimisation: agents with inertia, drawn to the best place each has met and to the best of the swarm."""

    title = "PSO"
    fewest, why_fewest = 2, "one particle is its own best and never moves"
    equation = (
        r"V_n^+ = \frac{m V_n + \lambda_1\Delta t\,(Y_n-X_n) + \lambda_2\Delta t\,(\nu-X_n)"
        r" + \sigma_1\sqrt{\Delta t}\,(Y_n-X_n)\odot\xi^1_n + \sigma_2\sqrt{\Delta t}\,(\nu-X_n)\odot\xi^2_n}{m+\gamma\Delta t},"
        r"\qquad X_n^+ = \Pi_D(X_n + \Delta t\,V_n^+),\qquad \nu = \frac{\sum_n Y_n e^{-\alpha F(Y_n)}}{\sum_n e^{-\alpha F(Y_n)}}"
    )
    reference = "003 eq. 5.1"

    inertia = Real(0.1, bounds=(0, 1), symbol="m", label="Inertia", doc="Inertia; 1 − m is the friction γ.")
    lam_own = Real(
        1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ₁", label="Own pull", doc="Attraction to the personal best."
    )
    lam_common = Real(
        1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ₂", label="Common pull", doc="Attraction to the common best."
    )
    sigma_own = Real(1.7, bounds=(0, 100), softbounds=(0, 5), symbol="σ₁", label="Own noise", schedulable=True, group="Noise",
                     doc="Noise in proportion to the distance from the personal best.")  # fmt: skip
    sigma_common = Real(1.7, bounds=(0, 100), softbounds=(0, 5), symbol="σ₂", label="Common noise", schedulable=True, group="Noise",
                        doc="Noise in proportion to the distance from the common best.")  # fmt: skip
    alpha = Real(1e5, bounds=(0, 1e15), inclusive_bounds=(False, True), softbounds=(1e-1, 1e6), scale="log",
                 symbol="α", label="Weights", schedulable=True,
                 doc="Inverse temperature of the weights: the larger, the nearer the common best is to the best memory.")  # fmt: skip
    noise = Choice({name: law.description for name, law in LAWS.items()},
                   symbol="ξ", label="Noise law", group="Noise", doc="Law of the noise.")  # fmt: skip
    freedom = Real(3.0, bounds=(0, 1e6), inclusive_bounds=(False, True), softbounds=(0.5, 50), scale="log",
                   symbol="ν_t", label="Student's ν", group="Noise",
                   used_when={"noise": ("student",)},
                   doc="Degrees of freedom of Student's law: 1 is Cauchy's, many are Gauss's.")  # fmt: skip
    dt = Real(0.1, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(1e-3, 2), scale="log",
              symbol="Δt", label="Time step", group="Numerics",
              doc="Time step.")  # fmt: skip
    batch = Whole(0, bounds=(0, 10_000_000), softbounds=(0, 500), symbol="M", label="Batch", rare=True, group="Numerics",
                  doc="Agents that form the common best, drawn anew each step; 0, or at least N: all.")  # fmt: skip
    boundary = Choice(
        boundaries.MEANINGS,
        default="clip",
        symbol="∂",
        label="Boundary",
        rare=True,
        group="Numerics",
        doc="What happens at the edge of the box.",
    )

    observables, equations, events = (*OBSERVABLES, EVALUATIONS), EQUATIONS, EVENTS
    map_axes = MapAxis("inertia", 0.02, 0.94), MapAxis("sigma_common", 0.1, 4.0)

    def init_many(self, x, landscape, seeds):
        runs, n, d = x.shape
        return StateBatch.initial(
            State, Clock(dt=float(self.dt)), x, seeds, v=np.zeros((runs, n * d)), memory=to_blocks(x),
            improved=np.zeros((runs, n), np.uint8), energy=np.empty((runs, n)), memory_energy=np.empty((runs, n)),
            consensus=np.empty((runs, d)), best=np.full(runs, np.inf), still=np.zeros(runs, int),
            effective=np.full(runs, np.nan), evaluations=np.zeros(runs, int), **no_consensus(runs),
        )  # fmt: skip

    def cost_of_step(self, n):
        """F at all agents, whatever the batch, because each compares with its memory; nothing once the swarm stands still."""
        return super().cost_of_step(n)

    def moved_to(self, state, landscape):
        """The memory stays, valued anew; an agent that now stands better than what it remembers remembers where it stands."""
        X, Y = (from_blocks(a, state.n, state.d) for a in (state.x, state.memory))
        better = landscape.values(X) < landscape.values(Y)
        return super().moved_to(state._replace(memory=to_blocks(np.where(better[:, None], X, Y))), landscape)

    def coefficients(self, sigma_own, sigma_common):
        """(κ, Λ₁, Λ₂, S₁, S₂) of (2); the S for arrays of values of σ."""
        mass = self.inertia + (1 - self.inertia) * self.dt
        root = math.sqrt(self.dt) / mass
        return (self.inertia / mass, self.lam_own * self.dt / mass, self.lam_common * self.dt / mass,
                sigma_own * root, sigma_common * root)  # fmt: skip

    def fits_tiles(self, n):
        return self.stall_steps == 0 and not 0 < self.batch < n

    def advance_tiles(self, states, landscape, steps, every, start, size):
        state = states.all
        count, d, call = len(state.seed), state.d, Steps(state.k, steps, every, start)
        runs = Runs(
            state.seed, copied_rows(state.x), copied_rows(state.v), copied_rows(state.memory), state.improved.copy(),
            copied_rows(state.energy), copied_rows(state.memory_energy), copied(state.consensus),
            state.consensus_step.copy(), state.consensus_alpha.copy(), state.consensus_batch.copy(),
            state.best.copy(), state.still.copy(), state.effective.copy(),
        )  # fmt: skip
        alpha, *sigmas = self._schedules(state, steps, "alpha", "sigma_own", "sigma_common")
        keep, pull_own, pull_common, *shakes = self.coefficients(*sigmas)
        params = Params(keep, pull_own, pull_common, self.dt, LAWS[self.noise].code, self.freedom, self.batch)
        box, output = box_of(landscape, d, boundaries.CODES[self.boundary]), self._output(count, call)
        arguments = (
            call, params, Schedules(alpha, *shakes), self._stall(landscape, d), box, objective_of(landscape, d), output
        )  # fmt: skip
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
        n, d, t = state.n, state.d, float(state.clock.at(state.k))
        x, v, memory = (from_blocks(a, n, d) for a in (state.x, state.v, state.memory))
        return Frame(state.k, t, x, state.energy, focus=state.consensus, v=v, memory=memory,
                     weight=consensus_weights(state, state.memory_energy), role=state.improved.astype(np.int8),
                     roles=("searching", "improved"), notes=self._stall_notes(state))  # fmt: skip
