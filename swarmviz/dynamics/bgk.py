r"""A swarm whose velocities jump: the kinetic model of BGK type (003), its limits and its inertial relative.

    V_n⁺ = κ V_n + Λ (ν − X_n) + S A(X_n) ξ_n  if agent n jumps, with probability p,  else V_n    (1)  003 eq. 3.2, 2.4
    X_n⁺ = Π_D(X_n + Δt V_n⁺)                                                          (2)  003 eq. 3.2
    A(X) = diag(±(σ₀ + |X − ν|)),  with the sign of X − ν                              (3)  003 eq. 3.1
    ν    = Σ_n w_n X_n,   w_n ∝ exp(−α F(X_n))                                         (4)  003 eq. 2.3

    form       p                   κ   Λ     S
    jumps      1 − e^{−ν_jΔt/ε²}   0   λ     σ/ε                                       (5)  003 eq. 2.14; ε = 1: 2.4
    limit      1                   0   λ     σ         ν_j → ∞                         (6)  003 eq. 2.17
    inertial   1                   1   λΔt   σ√Δt      no jumps                        (7)  003 eq. 2.2

To compare with CBO of strength σ̃, 003 puts σ = σ̃ε/√Δt into (5), so that S = σ̃/√Δt (003 eq. 5.3); with ``cbo_scaling`` the parameter σ is
that σ̃, in (6) too, and for ε → 0 a step (1, 2) is CBO's Euler–Maruyama step, draw for draw. The noise laws are symmetric, so the sign in
(3), chosen as in CBO's equation, does not change the law of the swarm. The random-batch variant takes (4) over M agents (003 Remark 5.1).

003 runs in coordinates y of the box, X = c + h∘y with y ∈ [−1, 1]^d. Multiplied by h, (1) to (4) are the same equations in X, except that
σ₀ becomes h∘σ₀. So ``rescaled`` computes in the landscape's coordinates all the same: F is evaluated where the Frame says, to the last bit.

003 starts from (X₀, V₀) ~ f₀ of any law. Here V₀ is zero, s_v h∘ζ with ζ standard normal, or drawn from the Maxwellian at X₀, which is (1)
with κ = 0, Λ = λ and, in the form (7), S = σ (003 eq. 2.8, 3.1).

    H[f] = mean of γ |x − x*| + |v − λ (x* − x)|                                       (8)  003 eq. 4.1, in y if rescaled
    error = max_i |ν − x*|_i / h_i                                                     (9)  003 §5, which calls it a success if < 0.25

Code            paper  shape    meaning
x, v            X, V   (N, d)   positions and velocities, both in the landscape's coordinates (and its unit of length per time)
energy          F      (N,)     F at the positions
consensus       ν      (d,)     consensus point (4)
jumped                 (N,)     whether the agent jumped in the last step
jump_rate       ν_j             jump frequency (003 writes ν)
epsilon         ε               diffusive scaling (2.14)
sigma_floor     σ₀              non-degenerate part of the noise
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import box_of, objective_of, rows_of
from swarmviz.dynamics.batch import StateBatch
from swarmviz.dynamics.cost import Cost
from swarmviz.dynamics.equations.bgk import EQUATIONS
from swarmviz.dynamics.explain import bgk as explained
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.dynamics.stall import Stall, Stalling, half_widths, has_stalled, watch
from swarmviz.dynamics.tiled import Tiled
from swarmviz.events import (
    BASIN_CHANGED,
    COLLAPSE,
    IN_HALF_WIDTHS,
    NEW_BEST,
    STALLED,
    WALL_HIT,
    Kind,
    leader_changed,
)
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
    batch_at,
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
    nearest_target,
    no_consensus,
    note_answer,
    note_consensus,
    smallest,
    value_of,
    weigh,
    weights,
)
from swarmviz.kernels.elementary import elementary, multiply_add
from swarmviz.kernels.noise import LAWS, draw, fill_chosen, fill_chosen_of_runs
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.randomness import JUMP, POSITION_NOISE, VELOCITY, draw_normal, key, uniforms, uniforms_of_runs
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
    note_failures,
    of,
    one_each,
    take_out,
    watch_tile,
)
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Choice, Real, Switch, Whole
from swarmviz.schedules import values_of

OBSERVABLES = (
    BEST,
    MINIMUM,
    CONSENSUS_VALUE,
    DISPERSION,
    Observable(
        "consensus_offset", "|X̄ − ν|²", "Squared distance of the consensus from the mean", "dispersion", log=True
    ),
    Observable("distance", "‖ν − x*‖∞", "Distance of the consensus from the nearest minimiser", "distance", log=True),
    Observable("error", "‖ν − x*‖∞ / h", "The same in half widths of the box", "error", log=True),
    Observable("functional", "H[f]", "Mean of γ|x − x*| + |v − λ(x* − x)|", "functional", log=True),
    Observable("jump_fraction", "jumps", "Share of the agents that jumped", "share"),
    Observable("move", "|Δν/h|", "How far the consensus moved in this step, in half widths", "move", log=True),
    Observable("still", "c", "Consecutive steps in which the consensus hardly moved", "steps"),
    EFFECTIVE_SIZE,
    Observable("leader", "leader", "The agent with the lowest F, which weighs most; the first of several", OF_EVENTS),
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
    leader_changed("Another agent has the lowest F, and weighs most"),
    Kind(
        "jump",
        "jump",
        "An agent jumps to a new velocity",
        "jump_fraction",
        "some",
        lambda dynamics, *run: 0.0 if dynamics.form == "jumps" else math.nan,  # in the other forms every step is one
    ),
    WALL_HIT,
)


class State(NamedTuple):
    """Positions ``x`` and velocities ``v`` in blocks, who jumped last, energies, consensus and how it was
    formed (step, α, M), lowest energy, stall count, ESS, evaluations so far.
    """

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    v: np.ndarray
    jumped: np.ndarray
    energy: np.ndarray
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
    jumped: FlagRows
    energy: RunRows
    consensus: Table
    consensus_step: Wholes
    consensus_alpha: Reals
    consensus_batch: Wholes
    best: Reals
    still: Wholes
    effective: Reals


class Params(NamedTuple):
    """The parameters that stay the same during a call.

    Attributes
    ----------
    probability, keep, pull : float
        p, κ and Λ of (5) to (7).
    floor, unit : (d,)
        σ₀ per coordinate, and the length that counts as 1 in H[f].
    """

    probability: float
    keep: float
    pull: float
    dt: float
    floor: Reals
    law: int
    freedom: float
    batch: int
    unit: Reals
    lam: float
    gamma: float


class Schedules(NamedTuple):
    """Values at the steps k, k+1, …, k+steps; S of (5) to (7)."""

    alpha: Reals
    shake: Reals


class Workspace(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    consensus: ConsensusScratch
    u: np.ndarray  # uniform numbers of a block
    chosen: np.ndarray  # the agents of a block that jump
    z: np.ndarray  # their noise
    raw: np.ndarray
    radius: np.ndarray
    before: np.ndarray  # ν of the step before


@inner(inline=True)
def make_workspace(d, n_agents):
    """Scratch for this swarm."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    pairs = (d + 1) // 2 * n
    return Workspace(
        make_consensus_scratch(d, n_agents), scratch(n, real), scratch(n, np.uint64), scratch(d * n, np.float32),
        scratch(pairs, np.uint64), scratch(pairs, np.float32), scratch(d, real),
    )  # fmt: skip


@inner
def who_jumps(probability, seed, step, first, u, jumped, chosen):
    """Mark the agents of a block that jump and list them in ``chosen``; returns how many."""
    if probability < 1.0:
        uniforms(block_view(u, 0, 1, jumped.size), np.uint64(key(seed, np.uint64(JUMP), np.uint64(step))), first)
        for j in range(jumped.size):
            jumped[j] = u[j] < probability
    else:
        jumped[:] = 1
    return list_marked(jumped, chosen)


@inner(inline=True)
def who_jumps_in_tile(probability, tile, step):
    """The same for the runs of a tile."""
    if probability < 1.0:
        uniforms_of_runs(tile.u, tile.counters, tile.seeds, np.uint64(JUMP), step)
        for j in range(tile.u.size):
            tile.jumped[j] = tile.u[j] < probability
    else:
        tile.jumped[:] = 1
    return list_marked_in_words(tile.jumped, tile.chosen)


@inner
def velocity(v, away, least, keep, pull, shake, z):
    """(1) in one coordinate, with (3)."""
    return keep * v - pull * away + shake * (away + (least if away >= 0.0 else -least)) * z


@elementary
def velocity_of_all(v, away, least, keep, pull, shake, z):
    """The same for a loop over all agents: those that fill a vector and the others are rounded alike, on every processor."""
    spread = away + (least if away >= 0.0 else -least)
    return multiply_add(shake * z, spread, multiply_add(keep, v, -(pull * away)))


@inner
def jump(x, v, nu, chosen, keep, pull, shake, floor, z):
    """(1) for the chosen agents of a block."""
    d, n = x.shape
    m = chosen.size
    for i in range(d):
        xi, vi, zi, c, least = x[i], v[i], z[i], nu[i], floor[i]
        if m == n:  # without the detour, for the sake of vector code
            for j in range(n):
                vi[j] = velocity_of_all(vi[j], xi[j] - of(c, j), least, keep, pull, shake, zi[j])
        else:
            for q in range(m):
                j = chosen[q]
                vi[j] = velocity(vi[j], xi[j] - of(c, j), least, keep, pull, shake, zi[q])


@inner
def glide(x, v, dt, box):
    """(2) on a block; returns how often an agent met a wall."""
    (d, n), hits = x.shape, 0
    for i in range(d):
        xi, vi, (a, b) = x[i], v[i], boundaries.walls(box.low[i], box.high[i], box.boundary)
        for j in range(n):
            y = xi[j] + dt * vi[j]
            hits += (y < a) | (y > b)
            xi[j] = boundaries.clip(y, a, b)
    if box.boundary != boundaries.CLIP:
        hits += boundaries.count_hits(x, box.low, box.high, box.boundary)
        boundaries.confine(x, box.low, box.high, box.boundary)
    return hits


@inner(inline=True)
def jump_some(x, v, jumped, nu, seed, step, first, params, shake, workspace):
    """(1) on a block whose first agent is ``first``; returns the jumps."""
    m = who_jumps(params.probability, seed, step, first, workspace.u, jumped, workspace.chosen)
    if m > 0:
        chosen, z = slice_view(workspace.chosen, 0, m), block_view(workspace.z, 0, x.shape[0], m)
        noise_key = np.uint64(key(seed, np.uint64(POSITION_NOISE), np.uint64(step)))
        fill_chosen(z, workspace.raw, workspace.radius, params.law, params.freedom, noise_key, first, chosen)
        jump(x, v, nu, chosen, params.keep, params.pull, shake, params.floor, z)
    return m


@inner
def functional(x, v, d, n_agents, target, lam, gamma, unit, distances, slips):
    """H[f] (8); ``distances`` and ``slips`` are scratch for a block each."""
    total = 0.0
    for b in range(block_count(d, n_agents)):
        n = block_range(d, n_agents, b)[1]
        xb, vb, off, rush = block(x, d, n_agents, b), block(v, d, n_agents, b), distances[:n], slips[:n]
        off[:] = 0.0
        rush[:] = 0.0
        for i in range(d):
            xi, vi, centre, per_unit = xb[i], vb[i], target[i], 1.0 / unit[i]
            for j in range(n):
                away = (xi[j] - centre) * per_unit
                slip = vi[j] * per_unit + lam * away
                off[j] += away * away
                rush[j] += slip * slip
        for j in range(n):
            total += gamma * math.sqrt(off[j]) + math.sqrt(rush[j])
    return total / n_agents


@inner
def measure(x, v, f, nu, nu_value, best, jumps, move, still, effective, half, lam, gamma, unit, minimisers, mean,
            distances, slips, record, column):  # fmt: skip
    """Write the observables into a column of the record; arrays of their own, because packs cost a call as much as its work."""
    d, n_agents = nu.size, f.size
    mean_position(x, d, n_agents, mean)
    offset = 0.0
    for i in range(d):
        offset += (mean[i] - nu[i]) * (mean[i] - nu[i])
    at, error = nearest_target(nu, minimisers, half)
    record[ROW.best, column] = best
    record[ROW.minimum, column] = smallest(f)
    record[ROW.consensus_value, column] = nu_value
    record[ROW.dispersion, column] = dispersion(x, d, n_agents, mean)
    record[ROW.consensus_offset, column] = offset
    record[ROW.distance, column] = distance_to(nu, minimisers)
    record[ROW.error, column] = error
    record[ROW.functional, column] = (
        functional(x, v, d, n_agents, minimisers[at], lam, gamma, unit, distances, slips) if at >= 0 else np.nan
    )
    record[ROW.jump_fraction, column] = jumps / n_agents
    record[ROW.move, column] = move
    record[ROW.still, column] = still
    record[ROW.effective_size, column] = effective


@inner(inline=True)
def measure_events(f, nu, hits, record, column):
    """Write what events are found in; by itself, because :func:`measure` would become too large to be a part of its callers."""
    record[ROW.leader, column] = first_of(f, record[ROW.minimum, column])
    record[ROW.wall_hits, column] = hits
    note_answer(nu, record, column)


@inner
def advance_run(run, steps, params, schedules, stall, box, objective, workspace, record):
    """One run; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    run, params, schedules, stall = borrowed(run), borrowed(params), borrowed(schedules), borrowed(stall)
    box, objective, workspace, record = borrowed(box), borrowed(objective), borrowed(workspace), borrowed(record)
    x, v, f, nu, scratch = run.x, run.v, run.energy, run.consensus, workspace.consensus
    d, n_agents, everyone, column = nu.size, f.size, not 0 < params.batch < f.size, 0
    for s in range(steps.steps + 1):
        jumps, hits, move = 0, 0, 0.0 if s > 0 else np.nan
        if has_stalled(run.still[0], stall):
            if s > 0:
                run.jumped[:] = 0
        else:
            if not everyone:
                choose_batch(scratch.batch, params.batch, run.seed[0], steps.k + s)
            clear_consensus(scratch.sums)
            for b in range(block_count(d, n_agents)):
                first, n = block_range(d, n_agents, b)
                xb, fb = block(x, d, n_agents, b), slice_view(f, first, n)
                if s > 0:
                    vb, jumped, step = block(v, d, n_agents, b), slice_view(run.jumped, first, n), steps.k + s - 1
                    shake = schedules.shake[s - 1]
                    jumps += jump_some(
                        xb, vb, jumped, nu, np.uint64(run.seed[0]), step, first, params, shake, workspace
                    )
                    hits += glide(xb, vb, params.dt, box)
                objective.values(xb, objective.p, fb)
                weigh(xb, fb, first, everyone, schedules.alpha[s], scratch)
            if not all_finite(f):
                return steps.k + s, first_not_finite(f)
            run.best[0] = min(run.best[0], lowest_value(scratch) if everyone else smallest(f))
            workspace.before[:] = nu
            run.effective[0] = finish_consensus(scratch.sums, nu)
            note_consensus(run, steps.k + s, schedules.alpha[s], params.batch)
            if s > 0:
                move, run.still[0] = watch(nu, workspace.before, stall, run.still[0])
        if is_recorded(steps, s):
            nu_value, still, effective = value_of(nu, objective, scratch), run.still[0], run.effective[0]
            measure(x, v, f, nu, nu_value, run.best[0], jumps, move, still, effective, stall.half, params.lam, params.gamma,
                    params.unit, objective.minimisers, scratch.mean, scratch.heights, scratch.weights, record, column)  # fmt: skip
            measure_events(f, nu, hits, record, column)
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
    workspace = make_workspace(runs.consensus.shape[1], runs.energy.shape[1])
    for r in range(runs.seed.size):
        output.failures[r] = advance_run(
            run_of(runs, r), steps, params, schedules, stall, box, objective, workspace, output.records[r]
        )


class Alone(NamedTuple):
    """One run of a tile, taken out for what is measured."""

    x: np.ndarray
    v: np.ndarray
    energy: np.ndarray
    jumped: np.ndarray
    nu: np.ndarray
    mean: np.ndarray
    distances: np.ndarray
    slips: np.ndarray


class TileWorkspace(NamedTuple):
    """What a tile of runs is and what its kernel computes with, made once per call."""

    x: np.ndarray  # (d n R,), as is v
    v: np.ndarray
    jumped: np.ndarray  # (n R,)
    energy: np.ndarray  # (n R,)
    best: np.ndarray  # (R,)
    still: np.ndarray
    seeds: np.ndarray
    hits: np.ndarray
    consensus: ConsensusOfTile
    moves: MovesOfTile
    u: np.ndarray
    counters: np.ndarray
    chosen: np.ndarray
    z: np.ndarray
    raw: np.ndarray
    radius: np.ndarray
    alone: Alone


@inner
def make_tile_workspace(d, n, runs):
    """Scratch for tiles of this size."""
    wide, real, whole, flags, pairs = n * runs, np.float64, np.int64, np.uint8, (d + 1) // 2 * n * runs
    alone = Alone(
        scratch(d * n, real), scratch(d * n, real), scratch(n, real), scratch(n, flags), scratch(d, real), scratch(d, real),
        scratch(n, real), scratch(n, real),
    )  # fmt: skip
    return TileWorkspace(
        scratch(d * wide, real), scratch(d * wide, real), scratch(wide, flags), scratch(wide, real), scratch(runs, real),
        scratch(runs, whole), scratch(runs, whole), scratch(runs, whole), make_consensus_of_tile(d, n, runs),
        make_moves_of_tile(d, runs),
        scratch(wide, real), scratch(pairs, np.uint64), scratch(wide, np.uint64), scratch(d * wide, np.float32),
        scratch(pairs, np.uint64), scratch(pairs, np.float32), alone,
    )  # fmt: skip


@inner
def measure_tile(tile, size, params, moved, half, minimisers, records, column):
    """Write the observables of each run into a column of its record; ``moved`` once a step has been taken."""
    alone, consensus = tile.alone, tile.consensus
    for r in range(records.shape[0]):
        take_out(tile.x, size, r, alone.x)
        take_out(tile.v, size, r, alone.v)
        take_out(tile.energy, size, r, alone.energy)
        take_out(tile.jumped, size, r, alone.jumped)
        alone.nu[:] = consensus.points[:, r]
        jumps = alone.jumped.sum() if moved else 0
        measure(alone.x, alone.v, alone.energy, alone.nu, consensus.values[r], tile.best[r], jumps, tile.moves.lengths[r],
                tile.still[r], consensus.effective[r], half, params.lam, params.gamma, params.unit, minimisers, alone.mean,
                alone.distances, alone.slips, records[r], column)  # fmt: skip
        measure_events(alone.energy, alone.nu, tile.hits[r], records[r], column)


@inner(inline=True)
def jump_in_tile(x, v, tile, n, step, params, shake):
    """(1) on a tile."""
    m = who_jumps_in_tile(params.probability, tile, step)
    if m > 0:
        chosen, z = slice_view(tile.chosen, 0, m), block_view(tile.z, 0, x.shape[0], m)
        fill_chosen_of_runs(z, tile.raw, tile.radius, tile.counters, params.law, params.freedom, tile.seeds,
                            np.uint64(POSITION_NOISE), step, n, chosen)  # fmt: skip
        jump(x, v, tile.consensus.rows, chosen, params.keep, params.pull, shake, params.floor, z)


@inner(inline=True)
def glide_tile(x, v, dt, box, runs, recording, hits):
    """(2) on a tile, first without the walls where the step is recorded; ``hits`` as in :func:`swarmviz.kernels.tiles.confine_tile`."""
    if recording:
        glide(x, v, dt, Box(box.low, box.high, boundaries.NONE))
        confine_tile(x, box, runs, True, hits)
    else:
        glide(x, v, dt, box)


@inner
def advance_tile(runs, size, steps, params, schedules, stall, box, objective, tile, failures, records):
    """Some runs as :func:`advance_run` advances each, all agents in the consensus and without a stall stop."""
    runs, params, schedules, stall = borrowed(runs), borrowed(params), borrowed(schedules), borrowed(stall)
    box, objective, tile = borrowed(box), borrowed(objective), borrowed(tile)
    failures, records = borrowed(failures), borrowed(records)
    f, consensus, d, n, column = tile.energy, tile.consensus, box.low.size, runs.energy.shape[1], 0
    x, v = block_view(tile.x, 0, d, f.size), block_view(tile.v, 0, d, f.size)
    enter_tile(runs, size, tile)
    failures[:] = FINE
    tile.hits[:] = 0
    for s in range(steps.steps + 1):
        recording = is_recorded(steps, s)
        if s > 0:
            jump_in_tile(x, v, tile, n, steps.k + s - 1, params, schedules.shake[s - 1])
            glide_tile(x, v, params.dt, box, size, recording, tile.hits)
        objective.values(x, objective.p, f)
        if not all_finite(f) and note_failures(f, size, steps.k + s, failures):
            return
        find_consensus(x, f, schedules.alpha[s], n, size, consensus)
        for r in range(size):
            tile.best[r] = min(tile.best[r], consensus.lowest[r])
        watch_tile(consensus.points, s > 0, stall.half, stall.tolerance, tile.moves, tile.still)
        if recording or s == steps.steps:
            find_effective_sizes(n, size, consensus)
        if recording:
            objective.values(consensus.points, objective.p, consensus.values)
            measure_tile(tile, size, params, s > 0, stall.half, objective.minimisers, records, column)
            column += 1
    leave_tile(tile, size, runs)
    for r in range(failures.shape[0]):
        note_consensus(run_of(runs, r), steps.k + steps.steps, schedules.alpha[steps.steps], params.batch)


@inner
def enter_tile(runs, size, tile):
    """The states of some runs into a tile."""
    enter(runs.x, size, tile.x)
    enter(runs.v, size, tile.v)
    enter(runs.jumped, size, tile.jumped)
    enter(one_each(runs.seed), size, tile.seeds)
    enter(one_each(runs.best), size, tile.best)
    enter(one_each(runs.still), size, tile.still)


@inner
def leave_tile(tile, size, runs):
    """Back to the states."""
    leave(tile.x, size, runs.x)
    leave(tile.v, size, runs.v)
    leave(tile.jumped, size, runs.jumped)
    leave(tile.energy, size, runs.energy)
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
    tile, total = make_tile_workspace(box.low.size, runs.energy.shape[1], size), runs.seed.size
    for first in range(0, total, size):
        end = min(first + size, total)
        some, failures, records = (
            runs_of(runs, first, end - first),
            output.failures[first:end],
            output.records[first:end],
        )
        advance_tile(some, size, steps, params, schedules, stall, box, objective, tile, failures, records)


def jump_probability(jump_rate: float, dt: float, epsilon: float = 1.0) -> float:
    """p of (5), 1 − e^{−ν_jΔt/ε²}."""
    return -math.expm1(-jump_rate * dt / epsilon**2)


class BGK(Tiled, Stalling):
    """Kinetic BGK swarm: agents glide, and now and then jump to a new velocity that points to the consensus and is shaken."""

    title = "BGK"
    fewest, why_fewest = 2, "one agent is its own consensus point and never moves"
    equation = (
        r"X_n^+ = \Pi_D(X_n + \Delta t\,V_n^+),\qquad V_n^+ = \begin{cases} V_n & e^{-\nu_j\Delta t/\varepsilon^2}\\"
        r"\lambda\,(\nu - X_n) + \tfrac{\sigma}{\varepsilon}\,(\sigma_0 + |\nu - X_n|)\odot\xi_n & \text{else}\end{cases}"
    )
    reference = "003 eq. 2.2, 2.4, 2.14, 2.17, 3.1–3.2, 5.3"

    lam = Real(
        1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ", label="Drift", doc="Pull towards the consensus point."
    )
    sigma = Real(0.75, bounds=(0, 100), softbounds=(0, 5), symbol="σ", label="Noise", schedulable=True, group="Noise",
                 doc="Strength of the noise, relative to the distance from the consensus point.")  # fmt: skip
    jump_rate = Real(1.0, bounds=(0, 1e12), softbounds=(0, 20), symbol="ν_j", label="Jump rate", used_when={"form": ("jumps",)},
                     doc="How often an agent jumps: it keeps its velocity for a time of 1/ν_j in the mean.")  # fmt: skip
    alpha = Real(1e5, bounds=(0, 1e15), inclusive_bounds=(False, True), softbounds=(1e-1, 1e6), scale="log",
                 symbol="α", label="Weights", schedulable=True,
                 doc="Inverse temperature of the weights: the larger, the nearer the consensus is to the best agent.")  # fmt: skip
    noise = Choice({name: law.description for name, law in LAWS.items()},
                   symbol="ξ", label="Noise law", group="Noise", doc="Law of the noise.")  # fmt: skip
    freedom = Real(3.0, bounds=(0, 1e6), inclusive_bounds=(False, True), softbounds=(0.5, 50), scale="log",
                   symbol="ν_t", label="Student's ν", group="Noise",
                   used_when={"noise": ("student",)},
                   doc="Degrees of freedom of Student's law: 1 is Cauchy's, many are Gauss's.")  # fmt: skip
    sigma_floor = Real(0.0, bounds=(0, 100), softbounds=(0, 0.5), symbol="σ₀", label="Residual noise", rare=True, group="Noise",
                       doc="Noise that is left in the consensus point itself; in half widths of the box when rescaled.")  # fmt: skip
    form = Choice({"jumps": "Velocities jump now and then.",
                   "limit": "Every agent jumps at every step: infinitely frequent jumps.",
                   "inertial": "No jumps: the velocity changes a little at every step."},
                  symbol="form", label="Form", doc="How velocities change.")  # fmt: skip
    epsilon = Real(1.0, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(0.05, 2), scale="log",
                   symbol="ε", label="Diffusive scale",
                   used_when={"form": ("jumps",)}, doc="Diffusive scaling: small values give many short flights, as in CBO.")  # fmt: skip
    cbo_scaling = Switch(False,
                         symbol="σ = σ̃ε/√Δt", label="Noise as in CBO", rare=True, group="Noise", used_when={"form": ("jumps", "limit")},
                         doc="Take σ as the strength of the CBO that appears for ε → 0.")  # fmt: skip
    dt = Real(0.1, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(1e-3, 2), scale="log",
              symbol="Δt", label="Time step", group="Numerics",
              doc="Time step.")  # fmt: skip
    rescaled = Switch(True, symbol="[−1, 1]ᵈ", label="Rescaled box", rare=True, group="Numerics",
                      doc="Measure σ₀ and H where the box is [−1, 1]ᵈ; otherwise in the landscape's own coordinates.")  # fmt: skip
    batch = Whole(0, bounds=(0, 10_000_000), softbounds=(0, 500), symbol="M", label="Batch", rare=True, group="Numerics",
                  doc="Agents that form the consensus, drawn anew each step; 0, or at least N: all.")  # fmt: skip
    gamma = Real(1.0, bounds=(0, 1e6), inclusive_bounds=(False, True), softbounds=(0.1, 20), scale="log",
                 symbol="γ", label="Weight in H", rare=True, group="Numerics",
                 doc="Weight of the positions in H; it changes the curve, not the swarm.")  # fmt: skip
    boundary = Choice(
        boundaries.MEANINGS,
        default="clip",
        symbol="∂",
        label="Boundary",
        rare=True,
        group="Numerics",
        doc="What happens at the edge of the box.",
    )
    initial_velocity = Choice({"zero": "At rest.",
                               "gaussian": "Gaussian, the same law everywhere.",
                               "maxwellian": "As if every agent had just jumped: drawn from the Maxwellian where it is."},
                              symbol="V₀", label="Velocities", group="Start", doc="Velocities at the start.")  # fmt: skip
    velocity_spread = Real(1.0, bounds=(0, 1e6), softbounds=(0, 5), symbol="s_v", label="Velocity spread", group="Start",
                           used_when={"initial_velocity": ("gaussian",)},
                           doc="Standard deviation of Gaussian velocities; in half widths of the box per time when rescaled.")  # fmt: skip

    observables, equations, events = (*OBSERVABLES, EVALUATIONS), EQUATIONS, EVENTS
    map_axes = MapAxis("sigma", 0.1, 2.4), MapAxis("jump_rate", 0.2, 10.0)

    def init_many(self, x, landscape, seeds):
        runs, n, d = x.shape
        return StateBatch.initial(
            State, Clock(dt=float(self.dt)), x, seeds, v=to_blocks(self.initial_velocities(x, landscape, seeds)),
            jumped=np.zeros((runs, n), np.uint8),
            energy=np.empty((runs, n)), consensus=np.empty((runs, d)), best=np.full(runs, np.inf), still=np.zeros(runs, int),
            effective=np.full(runs, np.nan), evaluations=np.zeros(runs, int), **no_consensus(runs),
        )  # fmt: skip

    def cost_of_start(self, n):
        """F at the agents that form the consensus: all N, or a batch of M (003 Remark 5.1).

        The N − M others of a batch are valued for the record, so its ``best`` has seen more than the algorithm.
        """
        return Cost(self.batch if 0 < self.batch < n else n)

    def cost_of_step(self, n):
        """The same at the new positions, whoever has jumped; nothing once the swarm stands still."""
        return self.cost_of_start(n)

    def initial_velocities(self, x: np.ndarray, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        """Velocities at the start of runs with positions ``x`` (runs, N, d) and these seeds, of the same shape."""
        runs, n, d = x.shape
        if self.initial_velocity == "zero":
            return np.zeros((runs, n, d))
        if self.initial_velocity == "gaussian":
            return self.velocity_spread * self.unit(landscape, d) * draw_normal(seeds, VELOCITY, 0, n, d)
        return np.array([self._maxwellian(X, landscape, seed) for X, seed in zip(x, seeds.tolist(), strict=True)])

    def _maxwellian(self, X: np.ndarray, landscape: Landscape, seed: int) -> np.ndarray:
        """A draw of (1) for every agent at ``X`` (N, d), about the consensus of step 0."""
        n, d = X.shape
        alpha, sigma = (float(values_of(self, name, np.zeros(1))[0]) for name in ("alpha", "sigma"))
        shake = sigma if self.form == "inertial" else self.coefficients(sigma)[3]
        away = X - weights(landscape.values(X), alpha, batch_at(seed, 0, n, self.batch)) @ X
        floor = self.unit(landscape, d) * self.sigma_floor
        spread = away + np.where(away >= 0, floor, -floor)  # (3)
        return -self.lam * away + shake * spread * draw(self.noise, self.freedom, seed, VELOCITY, 0, n, d)

    def coefficients(self, sigma):
        """(p, κ, Λ, S) of (5) to (7); S for an array of values of σ."""
        if self.form == "inertial":
            return 1.0, 1.0, self.lam * self.dt, sigma * math.sqrt(self.dt)
        limit = self.form == "limit"
        p = 1.0 if limit else jump_probability(self.jump_rate, self.dt, self.epsilon)
        return p, 0.0, self.lam, sigma / (math.sqrt(self.dt) if self.cbo_scaling else 1.0 if limit else self.epsilon)

    def unit(self, landscape, d):
        """What counts as a length of 1, shape (d,)."""
        return half_widths(landscape, d) if self.rescaled else np.ones(d)

    def fits_tiles(self, n):
        return self.stall_steps == 0 and not 0 < self.batch < n

    def advance_tiles(self, states, landscape, steps, every, start, size):
        state = states.all
        count, d, call = len(state.seed), state.d, Steps(state.k, steps, every, start)
        runs = Runs(
            state.seed, copied_rows(state.x), copied_rows(state.v), state.jumped.copy(), copied_rows(state.energy),
            copied(state.consensus), state.consensus_step.copy(), state.consensus_alpha.copy(), state.consensus_batch.copy(),
            state.best.copy(), state.still.copy(), state.effective.copy(),
        )  # fmt: skip
        alpha, sigma = self._schedules(state, steps, "alpha", "sigma")
        p, keep, pull, shake = self.coefficients(sigma)
        unit = self.unit(landscape, d)
        params = Params(
            p, keep, pull, self.dt, unit * self.sigma_floor, LAWS[self.noise].code, self.freedom, self.batch,
            unit, self.lam, self.gamma,
        )  # fmt: skip
        box, output = box_of(landscape, d, boundaries.CODES[self.boundary]), self._output(count, call)
        schedules, stall = Schedules(alpha, shake), self._stall(landscape, d)
        arguments = (call, params, schedules, stall, box, objective_of(landscape, d), output)
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
        return Frame(state.k, t, from_blocks(state.x, n, d), state.energy, focus=state.consensus, v=from_blocks(state.v, n, d),
                     weight=consensus_weights(state, state.energy), role=state.jumped.astype(np.int8), roles=("gliding", "jumped"),
                     notes=self._stall_notes(state))  # fmt: skip
