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

from swarmviz.dynamics.batch import BatchResult, StateBatch
from swarmviz.dynamics.stall import Stalling, half_widths, has_stalled, watch
from swarmviz.frame import BEST, DISPERSION, MINIMUM, Clock, Frame, Observable
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import (
    block,
    block_count,
    block_range,
    borrowed,
    copied,
    copied_rows,
    from_blocks,
    list_marked,
    part,
    scratch,
    to_blocks,
)
from swarmviz.kernels.compiled import (
    ends,
    flag_rows,
    inner,
    kernel,
    number,
    reals,
    rows_of_runs,
    table,
    tables,
    types,
    value_function,
    whole,
    wholes,
)
from swarmviz.kernels.diagnostics import (
    all_finite,
    choose_batch,
    clear_consensus,
    dispersion,
    distance_to,
    evaluate,
    finish_consensus,
    first_not_finite,
    mean_position,
    nearest_target,
    smallest,
    value_at,
    weigh_chosen,
    weights,
)
from swarmviz.kernels.noise import LAWS
from swarmviz.kernels.noise_buffer import block_noise, make_noise_buffer
from swarmviz.kernels.randomness import POSITION_NOISE, SECOND_NOISE
from swarmviz.parameters import Choice, Real, Whole
from swarmviz.schedules import values_of


class State(NamedTuple):
    """Positions, velocities and personal bests in blocks, who improved last, energies, weighted best, lowest energy, stall count, ESS."""

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
    best: float
    still: int
    effective: float


class Workspace(NamedTuple):
    """Scratch for one block of a kernel: made once per call, so that no step allocates."""

    batch: np.ndarray  # the random batch
    column: np.ndarray  # the agents that improved
    g: np.ndarray
    w: np.ndarray
    before: np.ndarray  # ν of the step before
    mean: np.ndarray
    point: np.ndarray
    one: np.ndarray


@inner(inline=True)
def make_workspace(d, n_agents):
    """Scratch for blocks of this swarm."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    batch, column, point = np.ones(n_agents, np.uint8), scratch(n, np.uint64), scratch(d, real).reshape((d, 1))
    return Workspace(
        batch, column, scratch(n, real), scratch(n, real), scratch(d, real), scratch(d, real), point, scratch(1, real)
    )


@inner
def fly(x, v, y, nu, coefficients, dt, own, common, limits):
    """(1) and (3) on a block; ``coefficients`` (κ, Λ₁, Λ₂, S₁, S₂), ``own`` ξ¹, ``common`` ξ², ``limits`` (low, high, boundary)."""
    (d, n), (low, high, boundary) = x.shape, limits
    keep, pull_own, pull_common, shake_own, shake_common = coefficients
    for i in range(d):
        xi, vi, yi, c, z1, z2 = x[i], v[i], y[i], nu[i], own[i], common[i]
        a, b = boundaries.walls(low[i], high[i], boundary)
        for j in range(n):
            to_own, to_common = yi[j] - xi[j], c - xi[j]
            vi[j] = (
                keep * vi[j]
                + (pull_own + shake_own * z1[j]) * to_own
                + (pull_common + shake_common * z2[j]) * to_common
            )
            xi[j] = boundaries.clip(xi[j] + dt * vi[j], a, b)
    if boundary != boundaries.CLIP:
        boundaries.confine(x, low, high, boundary)


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
def measure(x, size, f, memory_energy, nu, land, numbers, improvements, move, half, targets, workspace, record, row):
    """Write the observables, in the order of ``PSO.observables``, into a column of the record; ``numbers`` (best, still, ESS)."""
    (d, n_agents), (best, still, effective) = size, numbers
    mean_position(x, d, n_agents, workspace.mean)
    record[0, row] = best
    record[1, row] = smallest(f)
    record[2, row] = value_at(nu, land[0], land[1], workspace.point, workspace.one)
    record[3, row] = memory_energy.mean()
    record[4, row] = dispersion(x, d, n_agents, workspace.mean)
    record[5, row] = distance_to(nu, targets)
    record[6, row] = nearest_target(nu, targets, half)[1]
    record[7, row] = improvements / n_agents
    record[8, row] = move
    record[9, row] = still
    record[10, row] = effective


@inner
def advance_run(agents, nu, numbers, size, time, alpha, noise, how, stall, limits, land, targets, workspace, record):
    """One run, ``agents`` (x, v, y, improved, f, g); returns (step, agent) of the first energy that is not finite, or (−1, −1)."""
    (x, v, y, improved, f, g), (nu, numbers) = borrowed(agents), borrowed((nu, numbers))
    (values, p), targets = borrowed(land), borrowed(targets)
    (first_supply, second_supply, workspace, sums), alpha, record = (
        borrowed(workspace),
        borrowed(alpha),
        borrowed(record),
    )
    (shake_own, shake_common, law, freedom), (low, high, boundary) = borrowed(noise), borrowed(limits)
    (d, n_agents), (k, steps, every, start, seed), (pull_own, pull_common, keep, dt, batch) = size, time, how
    (tolerance, n_stall, half), (best, still, effective) = borrowed(stall), numbers
    row, everyone = 0, not 0 < batch < n_agents
    evaluate(values, p, y, d, n_agents, g)  # the landscape may have changed
    for s in range(steps + 1):
        improvements, move = 0, 0.0 if s > 0 else np.nan
        if has_stalled(still, n_stall):
            if s > 0:
                improved[:] = 0
        else:
            if not everyone:
                choose_batch(workspace.batch, batch, seed, k + s)
            clear_consensus(sums)
            for b in range(block_count(d, n_agents)):
                first, n = block_range(d, n_agents, b)
                xb, yb = block(x, d, n_agents, b), block(y, d, n_agents, b)
                fb, gb = part(f, first, n), part(g, first, n)
                if s > 0:
                    z1 = block_noise(first_supply, law, freedom, seed, POSITION_NOISE, k, s - 1, steps, d, n_agents, b)
                    z2 = block_noise(second_supply, law, freedom, seed, SECOND_NOISE, k, s - 1, steps, d, n_agents, b)
                    coefficients = (keep, pull_own, pull_common, shake_own[s - 1], shake_common[s - 1])
                    fly(xb, block(v, d, n_agents, b), yb, nu, coefficients, dt, z1, z2, (low, high, boundary))
                values(xb, p, fb)
                if s > 0:
                    improvements += remember(xb, fb, yb, gb, part(improved, first, n), workspace.column)
                chosen, heights, w = part(workspace.batch, first, n), part(workspace.g, 0, n), part(workspace.w, 0, n)
                weigh_chosen(yb, gb, everyone, chosen, alpha[s], heights, w, sums)
            if not all_finite(f):
                return k + s, first_not_finite(f)
            best = min(best, smallest(g))
            workspace.before[:] = nu
            effective = finish_consensus(sums, nu)
            if s > 0:
                move, still = watch(nu, workspace.before, half, tolerance, still)
        if (s > 0 or start) and (k + s) % every == 0:
            seen = best, still, effective
            measure(x, size, f, g, nu, (values, p), seen, improvements, move, half, targets, workspace, record, row)
            row += 1
    numbers[0], numbers[1], numbers[2] = best, still, effective
    return -1, -1


@kernel(
    types.void(
        rows_of_runs, rows_of_runs, rows_of_runs, flag_rows, rows_of_runs, rows_of_runs,  # x, v, y, improved, f, g
        table, table, whole, whole,  # nu, numbers, d, n
        whole, whole, whole, types.boolean, wholes,  # k, steps, every, start, seeds
        reals, reals, reals, number, number, number, number,  # alpha, shake_own, shake_common, pull_own, pull_common, keep, dt
        whole, number, whole, number, whole, reals,  # law, freedom, batch, tolerance, n_stall, half
        reals, reals, whole,  # low, high, boundary
        value_function, reals, table, tables, ends,  # values, p, targets, records, ends
    )
)  # fmt: skip
def run(x, v, y, improved, f, g, nu, numbers, d, n_agents, k, steps, every, start, seeds, alpha, shake_own, shake_common,
        pull_own, pull_common, keep, dt, law, freedom, batch, tolerance, n_stall, half,
        low, high, boundary, values, p, targets, records, ends):  # fmt: skip
    """Advance the runs whose positions, velocities and memories are the rows of ``x``, ``v``, ``y`` and ``g`` in place.

    ``numbers`` holds (best, still, effective) of each; ``ends`` (runs, 2) as in ``advance_run``.
    """
    size, whole_block = (d, n_agents), d * n_agents
    workspace = (
        make_noise_buffer(d, n_agents, steps),
        make_noise_buffer(d, n_agents, steps),
        make_workspace(d, n_agents),
        scratch(d + 3, np.float64),
    )
    for r in range(seeds.size):
        agents = (
            part(x[r], 0, whole_block), part(v[r], 0, whole_block), part(y[r], 0, whole_block), improved[r],
            part(f[r], 0, n_agents), part(g[r], 0, n_agents),
        )  # fmt: skip
        ends[r] = advance_run(
            agents, nu[r], numbers[r], size, (k, steps, every, start, np.uint64(seeds[r])), alpha, (shake_own, shake_common, law, freedom),
            (pull_own, pull_common, keep, dt, batch), (tolerance, n_stall, half), (low, high, boundary), (values, p), targets,
            workspace, records[r],
        )  # fmt: skip


class PSO(Stalling):
    """Particle swarm optimisation: agents with inertia, drawn to the best place each has met and to the best of the swarm."""

    title = "PSO"
    fewest, why_fewest = 2, "one particle is its own best and never moves"
    equation = (
        r"V_n^+ = \frac{m V_n + \lambda_1\Delta t\,(Y_n-X_n) + \lambda_2\Delta t\,(\nu-X_n)"
        r" + \sigma_1\sqrt{\Delta t}\,(Y_n-X_n)\odot\xi^1_n + \sigma_2\sqrt{\Delta t}\,(\nu-X_n)\odot\xi^2_n}{m+\gamma\Delta t},"
        r"\qquad X_n^+ = \Pi_D(X_n + \Delta t\,V_n^+),\qquad \nu = \frac{\sum_n Y_n e^{-\alpha F(Y_n)}}{\sum_n e^{-\alpha F(Y_n)}}"
    )
    reference = "003 eq. 5.1"

    inertia = Real(0.1, bounds=(0, 1), symbol="m", doc="Inertia; 1 − m is the friction γ.")
    lam_own = Real(1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ₁", doc="Attraction to the personal best.")
    lam_common = Real(1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ₂", doc="Attraction to the common best.")
    sigma_own = Real(1.7, bounds=(0, 100), softbounds=(0, 5), symbol="σ₁", schedulable=True, group="Noise",
                     doc="Noise in proportion to the distance from the personal best.")  # fmt: skip
    sigma_common = Real(1.7, bounds=(0, 100), softbounds=(0, 5), symbol="σ₂", schedulable=True, group="Noise",
                        doc="Noise in proportion to the distance from the common best.")  # fmt: skip
    alpha = Real(1e5, bounds=(0, 1e15), inclusive_bounds=(False, True), softbounds=(1e-1, 1e6), scale="log", symbol="α", schedulable=True,
                 doc="Inverse temperature of the weights: the larger, the nearer the common best is to the best memory.")  # fmt: skip
    noise = Choice({name: law.description for name, law in LAWS.items()}, symbol="ξ", group="Noise", doc="Law of the noise.")  # fmt: skip
    freedom = Real(3.0, bounds=(0, 1e6), inclusive_bounds=(False, True), softbounds=(0.5, 50), scale="log", symbol="ν_t", group="Noise",
                   used_when={"noise": ("student",)},
                   doc="Degrees of freedom of Student's law: 1 is Cauchy's, many are Gauss's.")  # fmt: skip
    dt = Real(0.1, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(1e-3, 2), scale="log", symbol="Δt", group="Numerics",
              doc="Time step.")  # fmt: skip
    batch = Whole(0, bounds=(0, 10_000_000), softbounds=(0, 500), symbol="M", group="Numerics",
                  doc="Agents that form the common best, drawn anew each step; 0, or at least N: all.")  # fmt: skip
    boundary = Choice(
        boundaries.MEANINGS, default="clip", symbol="∂", group="Numerics", doc="What happens at the edge of the box."
    )

    observables = (
        BEST,
        MINIMUM,
        Observable("consensus_value", "F(ν)", "Value at the weighted best"),
        Observable("memory_mean", "mean F(Y)", "Mean value of the personal bests; it never rises"),
        DISPERSION,
        Observable(
            "distance", "‖ν − x*‖∞", "Distance of the weighted best from the nearest minimiser", "distance", log=True
        ),
        Observable("error", "‖ν − x*‖∞ / h", "The same in half widths of the box", "error", log=True),
        Observable("improved", "improved", "Share of the agents that found a new personal best", "share"),
        Observable(
            "move", "‖Δν‖∞ / h", "How far the weighted best moved in this step, in half widths", "move", log=True
        ),
        Observable("still", "c", "Consecutive steps in which the weighted best hardly moved", "steps"),
        Observable("effective_size", "ESS", "Effective number of agents in the weighted best, 1/Σw²", "count"),
    )

    def init_many(self, x, landscape, seeds):
        runs, n, d = x.shape
        return StateBatch.initial(
            State, Clock(dt=float(self.dt)), x, seeds, v=np.zeros((runs, n * d)), memory=to_blocks(x),
            improved=np.zeros((runs, n), np.uint8), energy=np.empty((runs, n)), memory_energy=np.empty((runs, n)),
            consensus=np.empty((runs, d)), best=np.full(runs, np.inf), still=np.zeros(runs, int), effective=np.full(runs, np.nan),
        )  # fmt: skip

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

    def advance_many(self, states, landscape, steps, every=1, start=False):
        state = StateBatch.of(states).all
        runs, n, d, clock = len(state.seed), state.n, state.d, self._clock(state)
        alpha, *sigmas = self._schedules(state, steps, "alpha", "sigma_own", "sigma_common")
        keep, pull_own, pull_common, shake_own, shake_common = self.coefficients(*sigmas)
        recorded, tables = self._blank_records(runs, state, steps, every, start)
        x, v, memory, energy, memory_energy = (
            copied_rows(rows) for rows in (state.x, state.v, state.memory, state.energy, state.memory_energy)
        )
        improved, consensus = state.improved.copy(), copied(state.consensus)
        numbers, ends = np.column_stack((state.best, state.still, state.effective)), np.empty((runs, 2), int)
        low, high = landscape.limits(d)
        run(
            x, v, memory, improved, energy, memory_energy, consensus, numbers, d, n, state.k, steps, every, start, state.seed,
            alpha, shake_own, shake_common, pull_own, pull_common, keep, self.dt, LAWS[self.noise].code, self.freedom, self.batch,
            self.stall_tolerance, self.stall_steps, half_widths(landscape, d), low, high, boundaries.CODES[self.boundary],
            landscape.values_function(), landscape.constants(), landscape.minimisers(d), tables, ends,
        )  # fmt: skip
        best, still, effective = numbers.T.copy()
        after = state._replace(
            k=state.k + steps, clock=clock, x=x, v=v, memory=memory, improved=improved, energy=energy, memory_energy=memory_energy,
            consensus=consensus, best=best, still=still.astype(int), effective=effective,
        )  # fmt: skip
        return BatchResult(StateBatch(after), ends, recorded, tables, self.observables)

    def answers(self, states):
        return StateBatch.of(states).all.consensus

    def frame(self, state):
        n, d, t = state.n, state.d, float(state.clock.at(state.k))
        alpha = values_of(self, "alpha", np.array([t]))[0]
        x, v, memory = (from_blocks(a, n, d) for a in (state.x, state.v, state.memory))
        return Frame(state.k, t, x, state.energy, focus=state.consensus, v=v, memory=memory, weight=weights(state.memory_energy, alpha),
                     role=state.improved.astype(np.int8), roles=("searching", "improved"), notes=self._stall_notes(state))  # fmt: skip
