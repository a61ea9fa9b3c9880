"""Naive oracles of BGK and PSO: 003 agent by agent and coordinate by coordinate, in 003's own coordinates, without a look at the kernels.

They are fed with the same draws as the kernels (the draws themselves are tested elsewhere), so that a whole trajectory can be compared.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba.core.runtime import rtsys
from numba.core.runtime._nrt_python import memsys_enable_stats

import swarmviz as sv
from swarmviz.kernels.noise import LAWS, fill
from swarmviz.kernels.randomness import (
    JUMP,
    POSITION_NOISE,
    SECOND_NOISE,
    VELOCITY,
    draw_normal,
    draw_uniform,
    key,
    scratch,
)
from tests.references.cbo_and_ssa import batch_mask, consensus


def noise(law, freedom, seed, purpose, step, n, d):
    """The draws of one step, (n, d)."""
    z = np.empty((d, n), np.float32)
    fill(z, *scratch(n, d), LAWS[law].code, freedom, np.uint64(key(seed, purpose, step)), 0)
    return z.T.astype(float)


def project(y, kind):
    """One coordinate back into [−1, 1]."""
    if kind == "clip":
        return min(max(y, -1.0), 1.0)
    return y


def bgk(X, F, low, high, steps, *, lam, sigma, alpha, dt, seed, jump_rate=1.0, epsilon=1.0, law="gaussian", freedom=3.0,
        floor=0.0, form="jumps", cbo=False, boundary="clip", rescaled=True, batch=0, start=None):  # fmt: skip
    """Positions, velocities and who jumped after ``steps`` steps of 003 eq. 2.2, 2.14, 2.17, 3.1–3.2, run in [−1, 1]^d if ``rescaled``.

    ``F`` maps (N, d) to (N,); sigma and alpha are numbers or functions of t. ``start``: None, the spread of Gaussian velocities, or
    "maxwellian", 003 eq. 2.8 with 3.1.
    """
    centre, half = ((high + low) / 2, (high - low) / 2) if rescaled else (0.0 * low, 1.0 + 0.0 * low)
    assert rescaled or boundary == "none"
    Y, (n, d) = (X - centre) / half, X.shape
    V, jumped = np.zeros((n, d)), np.zeros(n, bool)
    if start == "maxwellian":
        a, s = (v(0.0) if callable(v) else v for v in (alpha, sigma))
        nu = consensus(Y, F(centre + half * Y), a, batch_mask(seed, 0, n, batch) if batch else None)
        scale = s / math.sqrt(dt) if cbo else s / epsilon
        for i in range(n):
            for j, z in enumerate(noise(law, freedom, seed, VELOCITY, 0, n, d)[i]):
                V[i, j] = (
                    lam * (nu[j] - Y[i, j]) + scale * math.copysign(floor + abs(nu[j] - Y[i, j]), Y[i, j] - nu[j]) * z
                )
    elif start is not None:
        V = start * draw_normal(seed, VELOCITY, 0, n, d)
    for k in range(steps):
        a, s = (v(k * dt) if callable(v) else v for v in (alpha, sigma))
        if cbo:
            s = s * epsilon / math.sqrt(dt)  # 003 eq. 5.3
        nu = consensus(Y, F(centre + half * Y), a, batch_mask(seed, k, n, batch) if batch else None)
        xi, u = noise(law, freedom, seed, POSITION_NOISE, k, n, d), draw_uniform(seed, JUMP, k, n, 1)[:, 0]
        for i in range(n):
            jumped[i] = form != "jumps" or u[i] < 1 - math.exp(-jump_rate * dt / epsilon**2)
            for j in range(d):
                away = Y[i, j] - nu[j]
                shaken = (
                    math.copysign(floor + abs(away), away) * xi[i, j]
                )  # 003 eq. 3.1, up to a sign that a symmetric ξ absorbs
                if form == "inertial":  # 003 eq. 2.2
                    V[i, j] += lam * dt * (nu[j] - Y[i, j]) + s * math.sqrt(dt) * shaken
                elif jumped[i]:  # 003 eq. 2.14, 2.17
                    V[i, j] = lam * (nu[j] - Y[i, j]) + s / (1.0 if form == "limit" and not cbo else epsilon) * shaken
                Y[i, j] = project(Y[i, j] + dt * V[i, j], boundary)
    return centre + half * Y, half * V, jumped


def pso(X, F, low, high, steps, *, m, lam1, lam2, sigma1, sigma2, alpha, dt, seed, law="gaussian", freedom=3.0,
        boundary="clip", batch=0):  # fmt: skip
    """Positions, velocities and personal bests after ``steps`` steps of 003 eq. 5.1, run in [−1, 1]^d; sigmas as above."""
    centre, half = (high + low) / 2, (high - low) / 2
    Z, (n, d), gamma = (X - centre) / half, X.shape, 1 - m
    V, best = np.zeros((n, d)), Z.copy()
    for k in range(steps):
        a, s1, s2 = (v(k * dt) if callable(v) else v for v in (alpha, sigma1, sigma2))
        mean_best = consensus(best, F(centre + half * best), a, batch_mask(seed, k, n, batch) if batch else None)
        xi1, xi2 = (noise(law, freedom, seed, purpose, k, n, d) for purpose in (POSITION_NOISE, SECOND_NOISE))
        for i in range(n):
            for j in range(d):
                own, common = best[i, j] - Z[i, j], mean_best[j] - Z[i, j]
                V[i, j] = (
                    m / (m + gamma * dt) * V[i, j]
                    + lam1 * dt / (m + gamma * dt) * own
                    + lam2 * dt / (m + gamma * dt) * common
                    + s1 * math.sqrt(dt) / (m + gamma * dt) * own * xi1[i, j]
                    + s2 * math.sqrt(dt) / (m + gamma * dt) * common * xi2[i, j]
                )
                Z[i, j] = project(Z[i, j] + dt * V[i, j], boundary)
        now, before = F(centre + half * Z), F(centre + half * best)
        for i in range(n):
            if now[i] < before[i]:
                best[i] = Z[i]
    return centre + half * Z, half * V, centre + half * best


def final_errors(dynamics, landscape, n, d=20, steps=1000, runs=100):
    """‖ν − x*‖∞ in half widths of the box after ``steps`` steps, for the seeds 0 … runs − 1, in two threads."""

    def one(seed):
        state = dynamics.init(sv.Swarm(n=n, d=d, seed=seed).positions(landscape), landscape, seed)
        _, record = dynamics.advance(state, landscape, steps, every=steps)
        half = np.subtract(*landscape.limits(d)[::-1])[0] / 2
        return record["distance"][-1] / half

    with ThreadPoolExecutor(2) as pool:
        return np.array(list(pool.map(one, range(runs))))


def arrays_made(dynamics, landscape, steps, n=200, d=5):
    """How many arrays compiled code makes in so many steps."""
    state = dynamics.init(sv.Swarm(n=n, d=d, seed=1).positions(landscape), landscape, 1)
    memsys_enable_stats()
    before = rtsys.get_allocation_stats().alloc
    dynamics.advance(state, landscape, steps, every=10**9)
    return rtsys.get_allocation_stats().alloc - before
