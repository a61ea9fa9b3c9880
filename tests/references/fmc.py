"""Naive oracle of Fractal Monte Carlo: 000 §2.3 with all options, walker by walker, without a look at the kernel.

It is fed with the same draws as the kernel, by their addresses: companions and the coin of a walker, the normals of its jitter.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.randomness import COMPANION, JUMP, index, key, uniform
from tests.references.cbo_and_ssa import gaussian


def relative(y, form, delta, epsilon):
    """f of 000 (min–max) or of the authors of FMC (z-score)."""
    y = np.asarray(y, dtype=float)
    if form == "min-max":
        return (y - y.min()) / (y.max() - y.min() + epsilon) + delta
    if y.max() == y.min():
        return np.ones(len(y))
    z = (y - y.mean()) / y.std()
    return np.array([math.exp(v) if v <= 0 else 1 + math.log(1 + v) for v in z])


def reward(F, kind, tau, form):
    """R; for min–max relative to the best of the group, so that ε is relative, too."""
    if kind == "exponential":
        return np.exp(-(F - (F.min() if form == "min-max" else 0)) / tau)
    return F if kind == "value" else -F


def companion(seed, k, n, row, group, alive):
    """Uniform among the other living walkers of the group, in their order; the walker itself when there is none."""
    others = group[alive[group] & (group != n)]
    return others[index(np.uint64(key(seed, COMPANION, k)), n, row, len(others))] if len(others) else n


def fmc(X, F, steps, seed, low, high, *, kind="exponential", tau=1.0, alpha=1.0, beta=1.0, form="z-score", own=True, sigma=0.0,
        jitter="clones", groups=1, migration=0.0, boundary="none", shift=None, delta=0.1, epsilon=1e-8,
        distance_form="relative"):  # fmt: skip
    """A list with one dictionary per step 0 … steps: x, energy, virtual (NaN: dead), partner, alive, members.

    tau, alpha, beta and sigma are numbers or functions of t = k, ``shift`` a function of t.
    """
    N, d = X.shape
    members, partner, path = list(range(N)), np.full(N, -1), []
    for k in range(steps + 1):
        now = {
            name: v(float(k)) if callable(v) else v
            for name, v in (("tau", tau), ("alpha", alpha), ("beta", beta), ("sigma", sigma))
        }
        E = F(X - (shift(float(k)) if shift else 0.0))
        alive = ((low <= X) & (high >= X)).all(axis=1) if boundary == "dead" else np.ones(N, bool)
        teams = [np.array(members[g * N // groups : (g + 1) * N // groups]) for g in range(groups)]
        virtual, rival = np.full(N, np.nan), np.arange(N)
        for team in teams:
            seen = {n: companion(seed, k, n, 0, team, alive) for n in team}
            for n in team:
                rival[n] = companion(seed, k, n, 1, team, alive) if own else seen[n]
            living = [n for n in team if alive[n]]
            if living:
                R = relative(reward(E[living], kind, now["tau"], form), form, delta, epsilon)
                apart = np.array([np.linalg.norm(X[n] - X[seen[n]]) for n in living])
                D = np.exp(-apart) if distance_form == "decaying" else relative(apart, form, delta, epsilon)
                virtual[living] = R ** now["alpha"] * D ** now["beta"]
        path.append(
            {"x": X, "energy": E, "virtual": virtual, "partner": partner, "alive": alive, "members": list(members)}
        )
        source = np.arange(N)
        for n in range(N):
            u = uniform(np.uint64(key(seed, JUMP, k)), n, 0)
            j = rival[n]
            if not alive[n]:
                source[n] = j
            elif u < min(max((virtual[j] - virtual[n]) / (virtual[n] + epsilon), 0.0), 1.0):
                source[n] = j
        partner = np.where(source == np.arange(N), -1, source)
        shaken = np.ones(N, bool) if jitter == "all" else partner >= 0
        X = X[source] + shaken[:, None] * now["sigma"] * gaussian(seed, k, N, d)
        X = confine(X, low, high, boundary)
        if groups > 1:
            members = migrate(members, teams, seed, k, migration)
    return path


def confine(X, low, high, boundary):
    if boundary == "clip":
        return np.clip(X, low, high)
    if boundary == "periodic":
        return np.where((low <= X) & (high >= X), X, low + (X - low) % (high - low))
    if boundary == "reflect":
        for _ in range(50):
            X = np.where(X < low, 2 * low - X, np.where(X > high, 2 * high - X, X))
    return X


def migrate(members, teams, seed, k, rate):
    """For each place: with probability ``rate`` its walkers move on to the next group, from the last to the first."""
    teams = [list(team) for team in teams]
    for place in range(max(len(team) for team in teams)):
        if uniform(np.uint64(key(seed, JUMP, k)), place, 1) < rate:
            ring = [team for team in teams if len(team) > place]
            walkers = [team[place] for team in ring]
            for team, walker in zip(ring, walkers[-1:] + walkers[:-1], strict=True):
                team[place] = walker
    return [n for team in teams for n in team]
