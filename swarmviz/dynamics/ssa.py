r"""Swarm-based simulated annealing (SSA), and what becomes of it without noise, with constant noise, or with a temperature schedule.

    X_n⁺ = X_n − Δt ∇F(X_n) + √(2Δt s(m_n)) ξ_n                       (1)  002 eq. 1.2, algorithm 1.1
    m_n⁺ = m_n − Δt m_n (F(X_n) − F̄)                                  (2)  002 algorithm 1.1, line 6
    F̄    = Σ m_n F(X_n) / Σ m_n,  the provisional minimum             (3)  002 eq. 1.1

(1) uses the old masses. How strongly an agent is shaken depends on its mass (σ(m) in 002):

    smooth      s(m) = λ exp(m/(m − β)) for m < β, else 0              (4)  002 eq. 6.1; see below
    step        s(m) = λ (½ − ½ tanh(1000 (m − β)))                    (5)  002 eq. 6.2
    none        s = 0: independent gradient descent                    (6)  002 eq. 4.1
    constant    s = λ: Langevin Monte Carlo                            (7)  002 eq. 4.3
    annealing   s = T(t): classical simulated annealing, mass-free     (8)  002 §1.3

With ``provisional = "minimum"``, SBGD's choice (002 Remark 1.1), (2) and (3) are

    m_n⁺ = m_n − Δt m_n (F(X_n) − F̄),   F̄ = min F(X_n)               (9)  002 Remark 1.1

and what the others lose goes to the lowest agent, as in SBGD. Taken alone (9) would lose mass; divided by the total it would be (2), (3)
up to Δt², because then any level drops out. At the start all masses are 1/N, or independent draws (algorithm 1.1, line 2), uniform on
(0, 1) or exponential, divided by their sum.

The printed formula of (4) is illegible in the source; the one here has the shape of 002 figure 6.2. (2) conserves the total mass by
construction. An explicit step with Δt (F_n − F̄) > 1 would make a mass negative: it is clipped at zero, the masses are renormalised, and the
clips are counted, because they say that Δt is too large. A positive mass never falls below 1e-300, so that it can grow again.

Code                 paper  shape   meaning
x                    X      (N, d)  positions
energy               F      (N,)    F at the positions
mass                 m      (N,)    masses, sum 1
provisional_minimum  F̄             (3), or (9)
lam, cutoff          λ, β           largest annealing rate, mass from which on there is none
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import box_of, rows_of, smooth_objective_of
from swarmviz.dynamics.batch import StateBatch, lowest_agents
from swarmviz.dynamics.cost import Cost
from swarmviz.dynamics.equations.ssa import EQUATIONS
from swarmviz.dynamics.explain import ssa as explained
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.dynamics.tiled import Tiled
from swarmviz.events import BASIN_CHANGED, COLLAPSE, IN_OWN_UNIT, NEW_BEST, WALL_HIT, Kind, leader_changed
from swarmviz.frame import (
    BASIN,
    BEST,
    DISPERSION,
    EVALUATIONS,
    GRADIENTS,
    MINIMUM,
    OF_EVENTS,
    WALL_HITS,
    Clock,
    Frame,
    Observable,
)
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import (
    aligned_rows,
    block,
    block_count,
    block_range,
    block_view,
    borrowed,
    copied_rows,
    from_blocks,
    run_of,
    runs_of,
    scratch,
    slice_view,
)
from swarmviz.kernels.compiled import Reals, RunRows, Wholes, inner, kernel
from swarmviz.kernels.diagnostics import (
    all_finite,
    dispersion,
    distance_to,
    evaluate,
    first_not_finite,
    first_of,
    mean_position,
    note_answer,
    smallest,
)
from swarmviz.kernels.elementary import exp, tanh
from swarmviz.kernels.noise import GAUSSIAN
from swarmviz.kernels.noise_buffer import NoiseBuffer, block_noise, make_noise_buffer
from swarmviz.kernels.ordered_sums import MOST, ORDERED, total_and_mean_of_masses
from swarmviz.kernels.packs import FINE, Box, Output, SmoothObjective, Steps, is_recorded
from swarmviz.kernels.randomness import MASS, POSITION_NOISE, draw_uniform
from swarmviz.kernels.tiles import (
    confine_tile,
    dots_of_masses,
    enter,
    for_every_agent,
    leave,
    make_noise_of_tile,
    noise_of_tile,
    note_failures,
    one_each,
    put_back,
    smallest_of_runs,
    take_out,
)
from swarmviz.parameters import Choice, Real
from swarmviz.schedules import Logarithmic, values_of

SMOOTH, STEP, NO_NOISE, CONSTANT, ANNEALING = range(5)
PROFILES = {"smooth": SMOOTH, "step": STEP, "none": NO_NOISE, "constant": CONSTANT, "annealing": ANNEALING}
STEEPNESS = 1000.0  # of the step cutoff (5)
LEADER = 0.01  # an agent whose rate is at most this share of λ leads
TINY = 1e-300
EXPLORES, LEADS = 0, 1
MEAN, LOWEST = range(2)
PROVISIONAL = {"mean": MEAN, "minimum": LOWEST}

OBSERVABLES = (
    Observable("provisional_minimum", "F̄", "Provisional minimum: mean of F weighted by mass, or the lowest value"),
    BEST,
    MINIMUM,
    DISPERSION,
    Observable(
        "distance", "‖x_min − x*‖∞", "Distance of the lowest agent from the nearest minimiser", "distance", log=True
    ),
    Observable(
        "leaders",
        "leaders",
        "Agents that are hardly shaken (σ(m) ≤ 1% of λ); none in annealing, which shakes all alike",
        "count",
    ),
    Observable("mass_entropy", "S(m)", "Entropy of the masses, 1 when all are equal", "share"),
    Observable("largest_mass", "max m", "Largest mass", "share"),
    Observable("clips", "clips", "Masses clipped at zero so far; more than none means that Δt is too large", "count"),
    Observable(
        "leader", "leader", "The heaviest agent, the first of several; none where all have the same mass", OF_EVENTS
    ),
    WALL_HITS,
    BASIN,
)
ROW = rows_of(OBSERVABLES)
EVENTS = (
    *IN_OWN_UNIT,
    NEW_BEST,
    COLLAPSE,
    Kind(
        "leads", "first leader", "There is an agent again that is hardly shaken", "leaders", "above", lambda *run: 1.0
    ),
    Kind("clipped", "mass clipped", "A mass had to be clipped at zero: Δt is too large", "clips", "rises"),
    BASIN_CHANGED,
    leader_changed("Another agent is the heaviest"),
    WALL_HIT,
)


class State(NamedTuple):
    """Positions ``x`` in blocks, masses, energies, the provisional minimum, and so far: lowest energy, clips, evaluations,
    gradients.
    """

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    mass: np.ndarray
    energy: np.ndarray
    level: float
    best: float
    clips: int
    evaluations: int
    gradients: int


class Runs(NamedTuple):
    """What a kernel advances: these fields of the State, a row per run."""

    seed: Wholes
    x: RunRows
    mass: RunRows
    energy: RunRows
    level: Reals
    best: Reals
    clips: Wholes


class Params(NamedTuple):
    """The parameters that stay the same during a call."""

    lam: float
    cutoff: float
    dt: float
    profile: int
    provisional: int


class Workspace(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    noise: NoiseBuffer
    slope: np.ndarray  # ∇F in a block
    scale: np.ndarray  # √(2Δt s(m)) in a block
    rate: np.ndarray  # s(m) of all agents
    point: np.ndarray  # (d,)


@inner(inline=True)
def make_workspace(d, n_agents, steps):
    """Scratch for this swarm."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    return Workspace(
        make_noise_buffer(d, n_agents, steps),
        scratch(d * n, real),
        scratch(n, real),
        scratch(n_agents, real),
        scratch(d, real),
    )


@inner
def rates(mass, lam, cutoff, temperature, profile, out):
    """out ← s(m), (4) to (8)."""
    if profile == SMOOTH:
        for j in range(mass.size):
            m = mass[j]
            out[j] = lam * exp(m / (m - cutoff)) if m < cutoff else 0.0
    elif profile == STEP:
        for j in range(mass.size):
            out[j] = lam * (0.5 - 0.5 * tanh(STEEPNESS * (mass[j] - cutoff)))
    else:
        out[:] = lam if profile == CONSTANT else temperature if profile == ANNEALING else 0.0


@inner
def shake_and_descend(x, slope, rate, dt, scale, z):
    """(1) on a block; ``scale`` (n,) is scratch for √(2Δt s(m))."""
    d, n = x.shape
    for j in range(n):
        scale[j] = math.sqrt(2.0 * dt * rate[j])
    for i in range(d):
        xi, gi, zi = x[i], slope[i], z[i]
        for j in range(n):
            xi[j] += scale[j] * zi[j] - dt * gi[j]


@inner
def descend(x, slope, dt):
    """(1) without noise."""
    d, n = x.shape
    for i in range(d):
        xi, gi = x[i], slope[i]
        for j in range(n):
            xi[j] -= dt * gi[j]


@inner(inline=True)
def passed_on(m, f, level, dt):
    """What is left of a mass by (2), or (9), before it is clipped."""
    return m * (1.0 - dt * (f - level))


@inner(inline=True)
def clipped(m):
    """A mass that is no longer negative, and can grow again."""
    return 0.0 if m < 0.0 else TINY if 0.0 < m < TINY else m


@inner
def share_anew(mass):
    """Divide by the sum."""
    mass /= mass.sum()


@inner
def transfer(mass, f, level, dt):
    """(2) on all agents; returns how many masses had to be clipped."""
    clips = 0
    for j in range(mass.size):
        m = passed_on(mass[j], f[j], level, dt)
        clips += m < 0.0
        mass[j] = clipped(m)
    if clips > 0:
        share_anew(mass)
    return clips


@inner
def transfer_in_tile(mass, f, levels, dt, clips, one):
    """(2) on the runs of a tile; adds to ``clips`` how many masses of each had to be clipped. ``one`` (N,) is scratch."""
    n, runs, negative = one.size, clips.size, 0
    for j in range(mass.size):
        mass[j] = passed_on(mass[j], f[j], levels[j], dt)
        negative += mass[j] < 0.0
    if negative == 0:
        for j in range(mass.size):
            mass[j] = clipped(mass[j])
    else:
        for r in range(runs):
            take_out(mass, runs, r, one)
            count = 0
            for j in range(n):
                count += one[j] < 0.0
                one[j] = clipped(one[j])
            if count > 0:
                share_anew(one)
                clips[r] += count
            put_back(one, runs, r, mass)


@inner
def hand_over(mass, f, level, dt):
    """(9) on all agents, what they lose going to the lowest one; returns how many masses had to be clipped."""
    clips, lost, lowest = 0, 0.0, np.argmin(f)
    for j in range(mass.size):
        m = passed_on(mass[j], f[j], level, dt)
        clips += m < 0.0
        m = clipped(m)
        lost += mass[j] - m
        mass[j] = m
    mass[lowest] += lost
    return clips


@inner
def provisional_minimum(mass, f):
    """(3)."""
    if ORDERED and mass.size <= MOST:
        total, weighted = total_and_mean_of_masses(mass, f)
        return weighted / total
    total, weighted = 0.0, 0.0
    for j in range(mass.size):
        total += mass[j]
        weighted += mass[j] * f[j]
    return weighted / total


@inner
def entropy(mass):
    """−Σ m log m / log N: 1 when all masses are equal, 0 when one agent has it all."""
    s = 0.0
    for j in range(mass.size):
        if mass[j] > 0.0:
            s -= mass[j] * math.log(mass[j])
    return s / math.log(mass.size)


@inner
def measure(run, hits, params, objective, workspace, record, column):
    """Write the observables into a column of the record."""
    point, rate, f = workspace.point, workspace.rate, run.energy
    d, n_agents = point.size, f.size
    mean_position(run.x, d, n_agents, point)
    lowest = np.argmin(f)
    leaders, most = 0, LEADER * params.lam if params.profile != ANNEALING else -1.0  # T(t) makes nobody a leader
    for j in range(n_agents):
        leaders += rate[j] <= most
    record[ROW.provisional_minimum, column] = run.level[0]
    record[ROW.best, column] = run.best[0]
    record[ROW.minimum, column] = f[lowest]
    record[ROW.dispersion, column] = dispersion(run.x, d, n_agents, point)
    n = block_range(d, n_agents, 0)[1]
    at = lowest // n
    point[:] = block(run.x, d, n_agents, at)[:, lowest - at * n]
    record[ROW.distance, column] = distance_to(point, objective.minimisers)
    record[ROW.leaders, column] = leaders
    record[ROW.mass_entropy, column] = entropy(run.mass)
    heaviest = run.mass.max()
    record[ROW.largest_mass, column] = heaviest
    record[ROW.clips, column] = run.clips[0]
    record[ROW.leader, column] = first_of(run.mass, heaviest) if heaviest > smallest(run.mass) else np.nan
    record[ROW.wall_hits, column] = hits
    note_answer(point, record, column)


@inner
def advance_run(run, steps, params, temperature, box, objective, workspace, record):
    """One run; returns (step, agent) of the first energy that is not finite, (FINE, FINE) when all are."""
    run, temperature, box, objective = borrowed(run), borrowed(temperature), borrowed(box), borrowed(objective)
    workspace, record = borrowed(workspace), borrowed(record)
    x, mass, f, dt = run.x, run.mass, run.energy, params.dt
    d, n_agents, shaken, column = box.low.size, f.size, params.profile != NO_NOISE, 0

    evaluate(objective, x, d, n_agents, f)
    for s in range(steps.steps + 1):
        recording, hits = is_recorded(steps, s), 0
        if s > 0:
            if params.provisional == MEAN:  # (1) uses the old masses through ``rate``
                run.clips[0] += transfer(mass, f, run.level[0], dt)
            else:
                run.clips[0] += hand_over(mass, f, run.level[0], dt)
            for b in range(block_count(d, n_agents)):
                first, n = block_range(d, n_agents, b)
                xb, gb, fb = block(x, d, n_agents, b), block_view(workspace.slope, 0, d, n), slice_view(f, first, n)
                objective.gradient(xb, objective.p, gb)
                if shaken:
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
                    rate, scale = slice_view(workspace.rate, first, n), slice_view(workspace.scale, 0, n)
                    shake_and_descend(xb, gb, rate, dt, scale, z)
                else:
                    descend(xb, gb, dt)
                if recording:
                    hits += boundaries.count_hits(xb, box.low, box.high, box.boundary)
                boundaries.confine(xb, box.low, box.high, box.boundary)
                objective.values(xb, objective.p, fb)
        if not all_finite(f):
            return steps.k + s, first_not_finite(f)
        run.level[0] = provisional_minimum(mass, f) if params.provisional == MEAN else smallest(f)
        run.best[0] = min(run.best[0], smallest(f))
        rates(mass, params.lam, params.cutoff, temperature[s], params.profile, workspace.rate)
        if recording:
            measure(run, hits, params, objective, workspace, record, column)
            column += 1
    return FINE, FINE


@kernel
def advance_runs(
    runs: Runs, steps: Steps, params: Params, temperature: Reals, box: Box, objective: SmoothObjective, output: Output
) -> None:
    """Advance the runs in place, one after the other; ``temperature`` at the steps k, k+1, …, k+steps."""
    workspace = make_workspace(box.low.size, runs.energy.shape[1], steps.steps)
    for r in range(runs.seed.size):
        output.failures[r] = advance_run(
            run_of(runs, r), steps, params, temperature, box, objective, workspace, output.records[r]
        )


class TileWorkspace(NamedTuple):
    """What a tile of runs is and what its kernel computes with, made once per call."""

    x: np.ndarray  # (d n R,)
    mass: np.ndarray  # (n R,)
    energy: np.ndarray  # (n R,)
    level: np.ndarray  # F̄, (R,)
    levels: np.ndarray  # the same for every agent, (n R,)
    total: np.ndarray  # Σ m, (R,)
    lowest: np.ndarray  # min F, (R,)
    best: np.ndarray  # (R,)
    clips: np.ndarray  # (R,)
    hits: np.ndarray  # (R,)
    seeds: np.ndarray  # (R,)
    noise: NoiseBuffer
    slope: np.ndarray
    scale: np.ndarray
    rate: np.ndarray
    alone: Runs  # one run of it, for what is measured
    scratch: Workspace  # of this run


@inner
def make_tile_workspace(d, n, runs, steps):
    """Scratch for tiles of this size."""
    wide, real, whole = n * runs, np.float64, np.int64
    alone = Runs(
        scratch(1, whole), scratch(d * n, real), scratch(n, real), scratch(n, real), scratch(1, real), scratch(1, real),
        scratch(1, whole),
    )  # fmt: skip
    return TileWorkspace(
        scratch(d * wide, real), scratch(wide, real), scratch(wide, real), scratch(runs, real), scratch(wide, real),
        scratch(runs, real), scratch(runs, real), scratch(runs, real), scratch(runs, whole), scratch(runs, whole),
        scratch(runs, whole), make_noise_of_tile(d, wide, steps), scratch(d * wide, real), scratch(wide, real), scratch(wide, real),
        alone, make_workspace(d, n, 1),
    )  # fmt: skip


@inner
def measure_tile(tile, runs, params, objective, records, column):
    """Write the observables of each run into a column of its record."""
    run = tile.alone
    for r in range(records.shape[0]):
        take_out(tile.x, runs, r, run.x)
        take_out(tile.mass, runs, r, run.mass)
        take_out(tile.energy, runs, r, run.energy)
        take_out(tile.rate, runs, r, tile.scratch.rate)
        run.level[0], run.best[0], run.clips[0] = tile.level[r], tile.best[r], tile.clips[r]
        measure(run, tile.hits[r], params, objective, tile.scratch, records[r], column)


@inner
def advance_tile(runs, size, steps, params, temperature, box, objective, tile, failures, records):
    """Some runs as :func:`advance_run` advances each, with the weighted mean as provisional minimum."""
    runs, temperature, box, objective = borrowed(runs), borrowed(temperature), borrowed(box), borrowed(objective)
    tile, failures, records = borrowed(tile), borrowed(failures), borrowed(records)
    x, mass, f, dt = block_view(tile.x, 0, box.low.size, tile.energy.size), tile.mass, tile.energy, params.dt
    (d, wide), n, column = x.shape, runs.energy.shape[1], 0
    slope = block_view(tile.slope, 0, d, wide)
    enter_tile(runs, size, tile)
    failures[:] = FINE
    tile.hits[:] = 0
    objective.values(x, objective.p, f)
    for s in range(steps.steps + 1):
        recording = is_recorded(steps, s)
        if s > 0:
            transfer_in_tile(
                mass, f, tile.levels, dt, tile.clips, tile.scratch.scale
            )  # (1) uses the old masses through ``rate``
            objective.gradient(x, objective.p, slope)
            if params.profile != NO_NOISE:
                z = noise_of_tile(
                    tile.noise, GAUSSIAN, 0.0, tile.seeds, POSITION_NOISE, steps.k, s - 1, steps.steps, d, wide
                )
                shake_and_descend(x, slope, tile.rate, dt, tile.scale, z)
            else:
                descend(x, slope, dt)
            confine_tile(x, box, size, recording, tile.hits)
            objective.values(x, objective.p, f)
        if not all_finite(f) and note_failures(f, size, steps.k + s, failures):
            return
        dots_of_masses(mass, 1.0, n, size, tile.total)  # (3)
        dots_of_masses(mass, f, n, size, tile.level)
        smallest_of_runs(f, n, size, tile.lowest)
        for r in range(size):
            tile.level[r] = tile.level[r] / tile.total[r]
            tile.best[r] = min(tile.best[r], tile.lowest[r])
        for_every_agent(tile.level, n, size, tile.levels)
        rates(mass, params.lam, params.cutoff, temperature[s], params.profile, tile.rate)
        if recording:
            measure_tile(tile, size, params, objective, records, column)
            column += 1
    leave_tile(tile, size, runs)


@inner
def enter_tile(runs, size, tile):
    """The states of some runs into a tile."""
    enter(runs.x, size, tile.x)
    enter(runs.mass, size, tile.mass)
    enter(one_each(runs.seed), size, tile.seeds)
    enter(one_each(runs.best), size, tile.best)
    enter(one_each(runs.clips), size, tile.clips)


@inner
def leave_tile(tile, size, runs):
    """Back to the states."""
    leave(tile.x, size, runs.x)
    leave(tile.mass, size, runs.mass)
    leave(tile.energy, size, runs.energy)
    leave(tile.level, size, one_each(runs.level))
    leave(tile.best, size, one_each(runs.best))
    leave(tile.clips, size, one_each(runs.clips))


@kernel
def advance_tiles(
    runs: Runs,
    size: int,
    steps: Steps,
    params: Params,
    temperature: Reals,
    box: Box,
    objective: SmoothObjective,
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
        advance_tile(some, size, steps, params, temperature, box, objective, tile, failures, records)


@kernel
def rates_of(mass: Reals, lam: float, cutoff: float, temperature: float, profile: int, out: Reals) -> None:
    """out ← s(m), for :meth:`SSA.noise_strength`."""
    rates(mass, lam, cutoff, temperature, profile, out)


class SSA(Tiled):
    """Swarm-based simulated annealing: heavy agents descend as leaders, light ones are shaken and explore; mass flows downhill."""

    title = "SSA"
    equation = (
        r"\mathrm dX_n = -\nabla F(X_n)\,\mathrm dt + \sqrt{2\sigma(m_n)}\,\mathrm dW_n,\qquad"
        r"\dot m_n = -m_n\,(F(X_n)-\bar F),\qquad \bar F = \frac{\sum_n m_n F(X_n)}{\sum_n m_n}"
    )
    reference = "002 algorithm 1.1, eq. 1.1–1.2, 4.1, 4.3, 6.1–6.2"

    lam = Real(1.0, bounds=(0, 1e4), softbounds=(0, 10),
               symbol="λ", label="Annealing rate", group="Noise", used_when={"profile": ("smooth", "step", "constant")},
               doc="Annealing rate of an agent without mass.")  # fmt: skip
    cutoff = Real(0.125, bounds=(0, 1), inclusive_bounds=(False, True), softbounds=(1e-3, 1), scale="log",
                  symbol="β", label="Mass cutoff", group="Noise",
                  used_when={"profile": ("smooth", "step")},
                  doc="Cutoff of σ(m): an agent with at least this mass is not shaken and leads.")  # fmt: skip
    profile = Choice({"smooth": "Smooth cutoff: light agents are shaken, heavy ones are not.",
                      "step": "Sharp cutoff.",
                      "none": "No noise: every agent descends on its own.",
                      "constant": "Constant noise: Langevin Monte Carlo.",
                      "annealing": "Classical simulated annealing: one temperature for all, lowered by a schedule."},
                     symbol="σ(m)", label="Noise profile", group="Noise", doc="How the noise depends on the mass.")  # fmt: skip
    temperature = Real(Logarithmic(c=1.0, t0=2.0), bounds=(0, 1e6), softbounds=(0, 10),
                       symbol="T", label="Temperature", schedulable=True, group="Schedule",
                       used_when={"profile": ("annealing",)}, doc="Temperature of classical annealing.")  # fmt: skip
    provisional = Choice({"mean": "Mean of F weighted by mass.", "minimum": "Lowest value in the swarm, as in SBGD."},
                         symbol="F̄", label="Provisional F", doc="What counts as the provisional minimum.")  # fmt: skip
    dt = Real(1e-3, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(1e-5, 1e-1), scale="log",
              symbol="Δt", label="Time step", group="Numerics",
              doc="Time step.")  # fmt: skip
    boundary = Choice(
        boundaries.MEANINGS,
        symbol="∂",
        label="Boundary",
        rare=True,
        group="Numerics",
        doc="What happens at the edge of the box.",
    )
    initial_mass = Choice({"equal": "All masses are 1/N.",
                           "uniform": "Uniform draws, divided by their sum.",
                           "exponential": "Exponential draws, divided by their sum: uniform among all ways to share the mass."},
                          symbol="m₀", label="Initial masses", group="Start", doc="Masses at the start.")  # fmt: skip

    observables, equations, events = (*OBSERVABLES, EVALUATIONS, GRADIENTS), EQUATIONS, EVENTS
    map_axes = MapAxis("cutoff", 0.125, 4.0, per_agent=True), MapAxis("lam", 0.1, 4.0)

    def init_many(self, x, landscape, seeds):
        (runs, n, _), clock, unknown = x.shape, Clock(dt=float(self.dt)), np.full(len(x), np.nan)
        none = np.zeros(runs, int)
        return StateBatch.initial(State, clock, x, seeds, mass=self.initial_masses(seeds, n), energy=np.empty((runs, n)), level=unknown,
                          best=np.full(runs, np.inf), clips=none, evaluations=none, gradients=none)  # fmt: skip

    def cost_of_step(self, n):
        """∇F where the agents are and F where they go; F also where no mass depends on it, because the answer is the lowest agent."""
        return Cost(n, n)

    def initial_masses(self, seeds: np.ndarray, n: int) -> np.ndarray:
        """Masses at the start of runs with these seeds, (runs, N)."""
        if self.initial_mass == "equal":
            return np.full((len(seeds), n), 1.0 / n)
        mass = draw_uniform(seeds, MASS, 0, n, 1)[:, :, 0]
        if self.initial_mass == "exponential":
            mass = -np.log(mass)
        return mass / mass.sum(axis=1, keepdims=True)

    def fits_tiles(self, n):
        return self.provisional == "mean"

    def advance_tiles(self, states, landscape, steps, every, start, size):
        state = states.all
        count, n, d, call = len(state.seed), state.n, state.d, Steps(state.k, steps, every, start)
        runs = Runs(
            state.seed, copied_rows(state.x), copied_rows(state.mass), aligned_rows(count, n),
            state.level.copy(), state.best.copy(), state.clips.copy(),
        )  # fmt: skip
        (temperature,) = self._schedules(state, steps, "temperature")
        params = Params(self.lam, self.cutoff, self.dt, PROFILES[self.profile], PROVISIONAL[self.provisional])
        box, output = box_of(landscape, d, boundaries.CODES[self.boundary]), self._output(count, call)
        arguments = (call, params, temperature, box, smooth_objective_of(landscape, d), output)
        if size:
            advance_tiles(runs, size, *arguments)
        elif advance := self.by_team(state.n, d, landscape):
            advance(runs, *arguments)
        else:
            advance_runs(runs, *arguments)
        differences = landscape.values_per_gradient(d)
        return self._result(state, call, output, landscape, values_per_gradient=differences, **runs._asdict())

    def answers(self, states):
        return lowest_agents(StateBatch.of(states).all)

    def noise_strength(self, mass, t):
        temperature, rate = values_of(self, "temperature", np.array([t]))[0], np.empty(len(mass))
        rates_of(np.array(mass, float), self.lam, self.cutoff, temperature, PROFILES[self.profile], rate)
        return rate

    @property
    def noise_cutoff(self):
        return float(self.cutoff) if self.profile in ("smooth", "step") else None

    def terms(self, state, landscape, agent):
        return explained.terms(self, state, landscape, agent)

    def frame(self, state):
        t = float(state.clock.at(state.k))
        role = None
        if (
            self.profile != "annealing"
        ):  # in which one temperature shakes all: "no distinction between leaders and explorers" (002 §4)
            role = np.where(self.noise_strength(state.mass, t) <= LEADER * self.lam, LEADS, EXPLORES).astype(np.int8)
        notes = (
            (f"{state.clips} masses were clipped at zero: Δt = {self.dt:g} is too large for this landscape",)
            if state.clips
            else ()
        )
        return Frame(state.k, t, from_blocks(state.x, state.n, state.d), state.energy, level=state.level, mass=state.mass,
                     role=role, roles=() if role is None else ("explorer", "leader"), notes=notes)  # fmt: skip
