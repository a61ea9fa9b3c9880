"""What tests of a finite set share: a run, and its target law written down anew."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

import swarmviz as sv


def run(graph="cycle", d=1, n=50, steps=3, landscape=None, seed=3, **parameters):
    landscape = landscape or ("FiniteSetCurve" if d == 1 else "Ackley")
    dynamics = sv.dynamics.ALL["FiniteSet"](graph=graph, method="tau_leap", **parameters)
    sim = sv.Simulation(dynamics, sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=seed))
    sim.advance(steps)
    return sim


def eta(U, beta, m=-1.0):
    """Probabilities of η_β by bracketing c, written down anew from 004 eq. 3.2–3.3."""

    def density(c):
        y = c - beta * U
        return np.where(y > 0, 1 + y, (1 + (m - 1) * np.minimum(y, 0)) ** (1 / (m - 1)))

    c = brentq(lambda c: density(c).mean() - 1, beta * U.min() - 1, beta * U.max() + 1, xtol=1e-14)
    return density(c) / len(U)
