"""Naive oracle of swarm-based gradient descent: one agent after the other, straight from the paper, without a look at the kernel."""

from __future__ import annotations

import numpy as np


def confine(x, low, high, boundary):
    """One point at the edge of the box."""
    if boundary == "clip":
        return np.minimum(np.maximum(x, low), high)
    x = x.copy()
    for i in range(len(x)):
        if boundary == "periodic" and not low[i] <= x[i] <= high[i]:
            x[i] = low[i] + (x[i] - low[i]) % (high[i] - low[i])
        while boundary == "reflect" and not low[i] <= x[i] <= high[i]:
            x[i] = 2 * low[i] - x[i] if x[i] < low[i] else 2 * high[i] - x[i]
    return x


def sbgd(
    X,
    m,
    F,
    grad,
    h0=1.0,
    p=1.0,
    q=2.0,
    c=0.2,
    gamma=0.9,
    tol=1e-4,
    backtracks=256,
    boundary="none",
    low=None,
    high=None,
):
    """One step: positions, masses, the lengths h found by the agents that moved, and the trials per agent."""
    N, f = len(X), F(X)
    X, m, alive, found, tried = X.copy(), m.copy(), m > 0, [], 0
    best = min((n for n in range(N) if alive[n]), key=lambda n: f[n])
    lowest, highest = f[best], f[alive].max()
    for n in range(N):
        if alive[n] and n != best:
            eta = ((f[n] - lowest) / (highest - lowest)) ** p if highest > lowest else 0.0
            shed = eta * m[n]
            if m[n] - shed < tol / N or m[n] - shed <= 0:
                shed = m[n]
            m[n] -= shed
            m[best] += shed
    g = grad(X)
    for n in range(N):
        if m[n] == 0:
            continue
        share, h = c * (m[n] / m.max()) ** q, h0
        for _ in range(backtracks):
            y = confine(X[n] - h * g[n], low, high, boundary)
            way = ((y - X[n]) ** 2).sum() / h if boundary in ("clip", "reflect") else h * (g[n] ** 2).sum()
            tried += 1
            if F(y[None])[0] <= f[n] - share * way:
                X[n] = y
                found.append(h)
                break
            h *= gamma
    return X, m, found, tried / (m > 0).sum()
