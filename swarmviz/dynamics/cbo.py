r"""Consensus-based optimisation (CBO).

    dX_n = −λ H_n (X_n − ν) dt + σ D(X_n − ν) dW_n                     (1)  001 eq. 1.2–1.4; 003 eq. 5.2; 002 eq. 1.3
    ν    = Σ_n w_n X_n,   w_n ∝ exp(−α F(X_n))                         (2)  001 eq. 1.1
    D(y) = diag(y) anisotropic (001 eq. 1.4), |y| I isotropic (001 eq. 1.2), 0 none (001 eq. 1.3)
    H_n  = 1, or ½ + ½ tanh((F(X_n) − F(ν))/ε): agents below the consensus do not drift (Pinnau et al. 2017), smoothed

One step from ν = ν(X), with ξ standard normal:

    Euler–Maruyama   X⁺ = X − λΔt H (X − ν) + σ√Δt D(X − ν) ξ          (3)
    tamed Euler      the drift b = −λ H (X − ν) enters as bΔt / (1 + Δt|b|)                           (4)
    Heun             Y = (3);  X⁺ = X + ½Δt [b(X; ν(X)) + b(Y; ν(Y))] + σ√Δt D(X − ν) ξ               (5)

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

from swarmviz.dynamics.batch import BatchedDynamics, BatchResult, StateBatch
from swarmviz.frame import (
    BEST,
    CONSENSUS_VALUE,
    DISPERSION,
    EFFECTIVE_SIZE,
    MINIMUM,
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
    borrowed,
    copied_rows,
    from_blocks,
    part,
    rows,
    scratch,
)
from swarmviz.kernels.compiled import (
    ends,
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
    finish_consensus,
    first_not_finite,
    mean_position,
    smallest,
    value_at,
    weigh_chosen,
    weights,
)
from swarmviz.kernels.elementary import tanh
from swarmviz.kernels.noise import GAUSSIAN
from swarmviz.kernels.noise_buffer import block_noise, make_noise_buffer
from swarmviz.kernels.randomness import POSITION_NOISE
from swarmviz.parameters import Choice, Real, Whole
from swarmviz.schedules import values_of

ANISOTROPIC, ISOTROPIC, NO_NOISE = range(3)
EULER, TAMED, HEUN = range(3)
NOISES = {"anisotropic": ANISOTROPIC, "isotropic": ISOTROPIC, "none": NO_NOISE}
SCHEMES = {"euler": EULER, "tamed": TAMED, "heun": HEUN}


class State(NamedTuple):
    """Positions ``x`` in blocks (see :mod:`swarmviz.kernels.blocks`), their energies, the consensus point, the lowest energy so far."""

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    energy: np.ndarray
    consensus: np.ndarray
    best: float


@inner
def drift_factors(x, f, nu, nu_value, lam, dt, epsilon, scheme, factor, lengths):
    """Factor of (X − ν) in the drift of (3) or (4) per agent, and |X − ν| per agent where it is needed."""
    d, n = x.shape
    lengths[:] = 0.0
    for i in range(d):
        row, c = x[i], nu[i]
        for j in range(n):
            lengths[j] += (row[j] - c) * (row[j] - c)
    for j in range(n):
        lengths[j] = math.sqrt(lengths[j])
    for j in range(n):
        below = 0.5 + 0.5 * tanh((f[j] - nu_value) / epsilon) if epsilon > 0.0 else 1.0
        drift = lam * below
        factor[j] = -drift * dt / (1.0 + dt * drift * lengths[j]) if scheme == TAMED else -drift * dt


@inner
def plain_step(x, nu, pull, scale, z):
    """X ← X − pull (X − ν) + scale diag(X − ν) z on a block: (3) with anisotropic noise, the same drift for all."""
    d, n = x.shape
    for i in range(d):
        row, c, zi = x[i], nu[i], z[i]
        for j in range(n):
            row[j] += (row[j] - c) * (scale * zi[j] - pull)


@inner
def drift_and_shake(x, nu, factor, scale, noise, lengths, z):
    """X ← X + factor (X − ν) + scale D(X − ν) z on a block, (3) or (4) with its coefficients."""
    d, n = x.shape
    for i in range(d):
        row, c, zi = x[i], nu[i], z[i]
        if noise == ANISOTROPIC:
            for j in range(n):
                row[j] += (row[j] - c) * (factor[j] + scale * zi[j])
        else:
            for j in range(n):
                row[j] += (row[j] - c) * factor[j] + scale * lengths[j] * zi[j]


@inner
def drift(x, nu, factor):
    """The same without noise."""
    d, n = x.shape
    for i in range(d):
        row, c = x[i], nu[i]
        for j in range(n):
            row[j] += (row[j] - c) * factor[j]


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


class Workspace(NamedTuple):
    """Scratch for one block of a kernel: made once per call, so that no step allocates."""

    factor: np.ndarray  # drift factor per agent
    lengths: np.ndarray  # |X − ν| per agent
    w: np.ndarray  # weights
    g: np.ndarray  # values that enter the consensus
    h: np.ndarray  # energies that nobody looks at again
    chosen: np.ndarray  # the random batch
    mean: np.ndarray
    column: np.ndarray
    one: np.ndarray


@inner(inline=True)
def make_workspace(d, n_agents):
    """Scratch for blocks of this swarm."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    chosen = np.ones(n_agents, np.uint8)
    return Workspace(scratch(n, real), scratch(n, real), scratch(n, real), scratch(n, real), scratch(n, real), chosen,
                scratch(d, real), scratch(d, real).reshape((d, 1)), scratch(1, real))  # fmt: skip


class Predictor(NamedTuple):
    """Y of (5), F there, its drift factors and ν(Y); empty in the other schemes."""

    y: np.ndarray
    f: np.ndarray
    factor: np.ndarray
    nu: np.ndarray


@inner(inline=True)
def make_predictor(d, n_agents, scheme):
    """Room for the predictor of Heun's scheme."""
    n, widest = (n_agents, block_range(d, n_agents, 0)[1]) if scheme == HEUN else (0, 0)
    return Predictor(
        scratch(n * d, np.float64), scratch(n, np.float64), scratch(widest, np.float64), scratch(d, np.float64)
    )


@inner
def measure(x, d, n_agents, f, nu, nu_value, best, effective, targets, mean, record, row):
    """Write the observables, in the order of ``CBO.observables``, into a column of the record."""
    mean_position(x, d, n_agents, mean)
    offset = 0.0
    for i in range(d):
        offset += (mean[i] - nu[i]) * (mean[i] - nu[i])
    record[0, row] = best
    record[1, row] = smallest(f)
    record[2, row] = nu_value
    record[3, row] = dispersion(x, d, n_agents, mean)
    record[4, row] = offset
    record[5, row] = distance_to(nu, targets)
    record[6, row] = effective


@inner(inline=True)
def euler_step(xb, fb, z, at, how, coefficients, workspace):
    """(3) or (4) on a block; ``at`` (ν, F(ν)), ``how`` (scheme, noise), ``coefficients`` (λ, Δt, σ√Δt, ε)."""
    (nu, nu_value), (scheme, noise), (lam, dt, scale, epsilon) = at, how, coefficients
    if noise == ANISOTROPIC and scheme != TAMED and epsilon == 0.0:
        plain_step(xb, nu, lam * dt, scale, z)
    else:
        factor, lengths = part(workspace.factor, 0, fb.size), part(workspace.lengths, 0, fb.size)
        drift_factors(xb, fb, nu, nu_value, lam, dt, epsilon, scheme, factor, lengths)
        if noise == NO_NOISE:
            drift(xb, nu, factor)
        else:
            drift_and_shake(xb, nu, factor, scale, noise, lengths, z)


@inner
def predict(x, f, predictor, size, draws, at, how, coefficients, alpha, land, everyone, workspace, sums):
    """The predictor Y of (5) for all agents, and its consensus; arguments as in ``run``."""
    (d, n_agents), (noise_buffer, seed, k, s, steps), (values, p), y = size, draws, land, predictor.y
    y[:] = x
    clear_consensus(sums)
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        yb, fb = block(y, d, n_agents, b), part(predictor.f, first, n)
        z = block_noise(noise_buffer, GAUSSIAN, 0.0, seed, POSITION_NOISE, k, s, steps, d, n_agents, b)
        euler_step(yb, part(f, first, n), z, at, (EULER, how[1]), coefficients, workspace)
        values(yb, p, fb)
        chosen, g, w = part(workspace.chosen, first, n), part(workspace.g, 0, n), part(workspace.w, 0, n)
        weigh_chosen(yb, fb, everyone, chosen, alpha, g, w, sums)
    finish_consensus(sums, predictor.nu)
    return value_at(predictor.nu, values, p, workspace.column, workspace.one)


@inner
def heun_step(xb, fb, first, predictor, ahead, z, at, how, coefficients, workspace):
    """(5) on a block, given the predictor; ``ahead`` F(ν(Y)), the rest as above."""
    (d, n), (nu, nu_value), (scheme, noise), (lam, dt, scale, epsilon) = xb.shape, at, how, coefficients
    factor, lengths, factor_y = (
        part(workspace.factor, 0, n),
        part(workspace.lengths, 0, n),
        part(predictor.factor, 0, n),
    )
    yb, f_yb, nu_y = rows(predictor.y, first * d, d, n), part(predictor.f, first, n), predictor.nu
    drift_factors(yb, f_yb, nu_y, ahead, lam, dt, epsilon, scheme, factor_y, lengths)
    drift_factors(xb, fb, nu, nu_value, lam, dt, epsilon, scheme, factor, lengths)
    correct(xb, yb, nu, nu_y, factor, factor_y, scale, noise, lengths, z)


@inner
def advance_run(x, f, nu, best, size, time, alpha, sigma, numbers, kinds, limits, land, targets, workspace, record):
    """One run; returns (step, agent) of the first energy that is not finite, (−1, −1) when all are."""
    (x, f, nu, best), (alpha, sigma), record = borrowed((x, f, nu, best)), borrowed((alpha, sigma)), borrowed(record)
    noise_buffer, blocks, predictor, sums = borrowed(workspace)
    (d, n_agents), (k, steps, every, start, seed), (low, high, boundary) = size, time, borrowed(limits)
    (lam, dt, epsilon), (noise, scheme, batch), (values, p), targets = numbers, kinds, borrowed(land), borrowed(targets)
    nu_value, ahead, row, everyone, how = 0.0, 0.0, 0, not 0 < batch < n_agents, (scheme, noise)
    keeping = epsilon > 0.0 or scheme == HEUN or not everyone  # the energies of one step are used in the next
    for s in range(steps + 1):
        coefficients, at = (lam, dt, sigma[max(s - 1, 0)] * math.sqrt(dt), epsilon), (nu, nu_value)
        if s > 0 and scheme == HEUN:
            before, draws = alpha[s - 1], (noise_buffer, seed, k, s - 1, steps)
            ahead = predict(
                x, f, predictor, size, draws, at, how, coefficients, before, (values, p), everyone, blocks, sums
            )
        if not everyone:  # the predictor's consensus is of the same batch as ν, the next one of a new batch
            choose_batch(blocks.chosen, batch, seed, k + s)
        clear_consensus(sums)
        recording = (s > 0 or start) and (k + s) % every == 0
        storing = keeping or recording or s == steps  # a huge swarm's energies are a third of what goes to memory
        for b in range(block_count(d, n_agents)):
            first, n = block_range(d, n_agents, b)
            xb, fb = block(x, d, n_agents, b), part(f, first, n) if storing else part(blocks.h, 0, n)
            if s > 0:
                z = rows(noise_buffer.z, 0, d, n)
                if noise != NO_NOISE:
                    z = block_noise(noise_buffer, GAUSSIAN, 0.0, seed, POSITION_NOISE, k, s - 1, steps, d, n_agents, b)
                if scheme == HEUN:
                    heun_step(xb, fb, first, predictor, ahead, z, at, how, coefficients, blocks)
                else:
                    euler_step(xb, fb, z, at, how, coefficients, blocks)
                boundaries.confine(xb, low, high, boundary)
            values(xb, p, fb)
            if not all_finite(fb):
                return k + s, first + first_not_finite(fb)
            chosen, g, w = part(blocks.chosen, first, n), part(blocks.g, 0, n), part(blocks.w, 0, n)
            weigh_chosen(xb, fb, everyone, chosen, alpha[s], g, w, sums)
        best[0] = min(best[0], sums[d + 2] if everyone else smallest(f))  # the weights were relative to the lowest
        effective = finish_consensus(sums, nu)
        if recording or epsilon > 0.0:
            nu_value = value_at(nu, values, p, blocks.column, blocks.one)
        if recording:
            measure(x, d, n_agents, f, nu, nu_value, best[0], effective, targets, blocks.mean, record, row)
            row += 1
    return -1, -1


@kernel(
    types.void(
        rows_of_runs, rows_of_runs, table, reals, whole, whole,  # x, f, nu, best, d, n
        whole, whole, whole, types.boolean, wholes,  # k, steps, every, start, seeds
        reals, reals, number, number, number, whole, whole, whole,  # alpha, sigma, lam, dt, epsilon, noise, scheme, batch
        reals, reals, whole,  # low, high, boundary
        value_function, reals, table, tables, ends,  # values, p, targets, records, ends
    )
)  # fmt: skip
def run(x, f, nu, best, d, n_agents, k, steps, every, start, seeds, alpha, sigma, lam, dt, epsilon, noise, scheme, batch,
        low, high, boundary, values, p, targets, records, ends):  # fmt: skip
    """Advance the runs whose positions are the rows of ``x`` in place, one after the other; ``ends`` (runs, 2) as in ``advance_run``."""
    workspace = (
        make_noise_buffer(d, n_agents, steps),
        make_workspace(d, n_agents),
        make_predictor(d, n_agents, scheme),
        scratch(d + 3, np.float64),
    )
    for r in range(seeds.size):
        time = k, steps, every, start, np.uint64(seeds[r])
        ends[r] = advance_run(
            part(x[r], 0, d * n_agents), part(f[r], 0, n_agents), nu[r], part(best, r, 1), (d, n_agents), time,
            alpha, sigma, (lam, dt, epsilon), (noise, scheme, batch),
            (low, high, boundary), (values, p), targets, workspace, records[r],
        )  # fmt: skip


class CBO(BatchedDynamics):
    """Consensus-based optimisation: agents drift towards a weighted mean and are shaken in proportion to their distance from it."""

    title = "CBO"
    fewest, why_fewest = 2, "one agent is its own consensus point and never moves"
    equation = (
        r"\mathrm dX_n = -\lambda\,(X_n-\nu)\,\mathrm dt + \sigma\,D(X_n-\nu)\,\mathrm dW_n,"
        r"\qquad \nu = \frac{\sum_n X_n e^{-\alpha F(X_n)}}{\sum_n e^{-\alpha F(X_n)}}"
    )
    reference = "001 eq. 1.1–1.4; Euler–Maruyama as in 001 §3.3"

    lam = Real(1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ", doc="Drift towards the consensus point.")
    sigma = Real(1.0, bounds=(0, 100), softbounds=(0, 5), symbol="σ", schedulable=True, group="Noise",
                 doc="Strength of the noise, relative to the distance from the consensus point.")  # fmt: skip
    alpha = Real(1e3, bounds=(0, 1e15), inclusive_bounds=(False, True), softbounds=(1e-1, 1e6), scale="log", symbol="α", schedulable=True,
                 doc="Inverse temperature of the weights: the larger, the nearer the consensus is to the best agent.")  # fmt: skip
    noise = Choice({"anisotropic": "Each coordinate is shaken in proportion to its own distance from the consensus.",
                    "isotropic": "All coordinates are shaken in proportion to the whole distance.",
                    "none": "No noise: the deterministic system."},
                   symbol="D", group="Noise", doc="Kind of noise.")  # fmt: skip
    dt = Real(0.05, bounds=(0, 1e3), inclusive_bounds=(False, True), softbounds=(1e-3, 2), scale="log", symbol="Δt", group="Numerics",
              doc="Time step.")  # fmt: skip
    scheme = Choice({"euler": "Euler–Maruyama.", "tamed": "Tamed Euler: the drift is divided by 1 + Δt|b|.",
                     "heun": "Heun: the drift is averaged with that at a predicted point, its consensus evaluated anew."},
                    group="Numerics", symbol="scheme", doc="How a step is taken.")  # fmt: skip
    batch = Whole(0, bounds=(0, 10_000_000), softbounds=(0, 500), symbol="M", group="Numerics",
                  doc="Agents that form the consensus, drawn anew each step; 0, or at least N: all.")  # fmt: skip
    epsilon = Real(0.0, bounds=(0, 1e6), softbounds=(0, 10), symbol="ε", group="Dynamics",
                   doc="Width of the switch that stops the drift of agents below the consensus; 0: no switch.")  # fmt: skip
    boundary = Choice(boundaries.MEANINGS, symbol="∂", group="Numerics", doc="What happens at the edge of the box.")

    observables = (
        BEST,
        MINIMUM,
        CONSENSUS_VALUE,
        DISPERSION,
        Observable(
            "consensus_offset", "|X̄ − ν|²", "Squared distance of the consensus from the mean", "dispersion", log=True
        ),
        Observable(
            "distance", "‖ν − x*‖∞", "Distance of the consensus from the nearest minimiser", "distance", log=True
        ),
        EFFECTIVE_SIZE,
    )

    def init_many(self, x, landscape, seeds):
        runs, n, d = x.shape
        clock, best = Clock(dt=float(self.dt)), np.full(runs, np.inf)
        return StateBatch.initial(
            State, clock, x, seeds, energy=np.empty((runs, n)), consensus=aligned(runs, d), best=best
        )

    def advance_many(self, states, landscape, steps, every=1, start=False):
        state = StateBatch.of(states).all
        runs, n, d, clock = len(state.seed), state.n, state.d, self._clock(state)
        alpha, sigma = self._schedules(state, steps, "alpha", "sigma")
        recorded, tables = self._blank_records(runs, state, steps, every, start)
        x, energy, consensus = copied_rows(state.x), aligned_rows(runs, n), aligned(runs, d)
        best, ends, (low, high) = state.best.copy(), np.empty((runs, 2), int), landscape.limits(d)
        run(
            x, energy, consensus, best, d, n, state.k, steps, every, start, state.seed, alpha, sigma, self.lam, self.dt, self.epsilon,
            NOISES[self.noise], SCHEMES[self.scheme], self.batch, low, high, boundaries.CODES[self.boundary],
            landscape.values_function(), landscape.constants(), landscape.minimisers(d), tables, ends,
        )  # fmt: skip
        k = state.k + steps
        after = state._replace(k=k, clock=clock, x=x, energy=energy, consensus=consensus, best=best)
        return BatchResult(StateBatch(after), ends, recorded, tables, self.observables)

    def answers(self, states):
        return StateBatch.of(states).all.consensus

    def frame(self, state):
        t = float(state.clock.at(state.k))
        alpha = values_of(self, "alpha", np.array([t]))[0]
        x, weight = from_blocks(state.x, state.n, state.d), weights(state.energy, alpha)
        return Frame(state.k, t, x, state.energy, focus=state.consensus, weight=weight)
