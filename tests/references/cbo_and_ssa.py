"""Naive oracles: the equations of the papers in plain NumPy, one agent-array expression per line, written without a look at the kernels.

They are fed with the same draws as the kernels (the draws themselves are tested elsewhere), so that a whole trajectory can be compared.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.randomness import BATCH, MASS, POSITION_NOISE, draw_uniform, key, normals, scratch


def gaussian(seed, step, n, d):
    """The float32 normals of one step, (n, d)."""
    z = np.empty((d, n), np.float32)
    normals(z, *scratch(n, d), np.uint64(key(seed, POSITION_NOISE, step)), 0)
    return z.T.astype(float)


def batch_mask(seed, step, n, size):
    """The random batch of one step, by selection sampling, one agent after the other."""
    u = draw_uniform(seed, BATCH, step, n, 1)[:, 0]
    mask = np.zeros(n, bool)
    for j in range(n):
        mask[j] = u[j] * (n - j) < size - mask.sum()
    return mask


def consensus(X, F, alpha, mask=None):
    keep = slice(None) if mask is None else mask
    w = np.exp(-alpha * (F[keep] - F[keep].min()))
    return (w[:, None] * X[keep]).sum(axis=0) / w.sum()


def cbo(X, F, steps, lam, sigma, alpha, dt, noise, scheme, seed, epsilon=0.0, batch=0):
    """X after ``steps`` steps; ``F`` maps (N, d) to (N,); sigma and alpha are numbers or functions of t."""
    n, d = X.shape

    def spread(Y, nu):
        away = Y - nu
        if noise == "anisotropic":
            return away
        if noise == "isotropic":
            return np.repeat(np.linalg.norm(away, axis=1, keepdims=True), d, axis=1)
        return np.zeros_like(away)

    def drift(Y, nu):
        switch = 0.5 + 0.5 * np.tanh((F(Y) - F(nu[None])) / epsilon) if epsilon else np.ones(n)
        return -lam * switch[:, None] * (Y - nu)

    for k in range(steps):
        a, s = (v(k * dt) if callable(v) else v for v in (alpha, sigma))
        mask = batch_mask(seed, k, n, batch) if batch else None
        nu = consensus(X, F(X), a, mask)
        kick = s * np.sqrt(dt) * spread(X, nu) * gaussian(seed, k, n, d)
        b = drift(X, nu)
        if scheme == "euler":
            X = X + b * dt + kick
        elif scheme == "tamed":
            X = X + b * dt / (1 + dt * np.linalg.norm(b, axis=1, keepdims=True)) + kick
        else:
            Y = X + b * dt + kick
            X = X + 0.5 * dt * (b + drift(Y, consensus(Y, F(Y), a, mask))) + kick
    return X


def initial_masses(kind, n, seed):
    """(N,) masses of algorithm 1.1, line 2: equal, or draws divided by their sum."""
    u = draw_uniform(seed, MASS, 0, n, 1)[:, 0]
    m = {"equal": np.ones(n), "uniform": u, "exponential": np.log(1 / u)}[kind]
    return m / m.sum()


def ssa(X, F, grad, steps, lam, cutoff, profile, dt, seed, temperature=None, masses="equal", lowest=False):
    """Positions, masses and provisional minimum after ``steps`` steps; ``lowest``: 002 Remark 1.1, the lowest agent collects."""
    n, d = X.shape
    m = initial_masses(masses, n, seed)
    for k in range(steps):
        if profile == "smooth":
            rate = np.array([lam * np.exp(mass / (mass - cutoff)) if mass < cutoff else 0.0 for mass in m])
        elif profile == "step":
            rate = lam * (0.5 - 0.5 * np.tanh(1000 * (m - cutoff)))
        else:
            rate = np.full(n, {"none": 0.0, "constant": lam, "annealing": temperature and temperature(k * dt)}[profile])
        level = F(X).min() if lowest else (m * F(X)).sum() / m.sum()
        fresh = m - dt * m * (F(X) - level)
        best = F(X).argmin()
        X = X - dt * grad(X) + np.sqrt(2 * dt * rate)[:, None] * gaussian(seed, k, n, d)
        fresh = np.maximum(fresh, 0.0)
        if lowest:
            fresh[best] = 0.0
            fresh[best] = m.sum() - fresh.sum()
        m = fresh / fresh.sum() if fresh.sum() != 1.0 and (fresh == 0).any() else fresh
    return X, m, F(X).min() if lowest else (m * F(X)).sum() / m.sum()
