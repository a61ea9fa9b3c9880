"""The equation whose smallest root is the bandwidth of a kernel estimate; its search asks for it forty times a picture."""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.compiled import Reals, inner, kernel

ORDERS = 7  # ‖f^(s)‖² is estimated for s = 7, 6, …, 2, each from the one before
SMALLEST = 1e-280  # an exponential below it adds nothing, and numbers that are much smaller are slow


@inner(strict=True)
def derivative_norm(energy, s, t):
    """‖f^(s)‖² of the estimate that has diffused for a time t, from the squares of its cosine coefficients 1, 2, …

    Σ 2 (π k)^(2s) energy_k exp(−π² k² t); each exponential is made from the one before, exp(−a k²) = exp(−a (k−1)²) exp(−a (2k−1)), with
    a relative error below k² · 1.1e-16.
    """
    decay = 1.0
    ratio = math.exp(-np.pi * np.pi * t)
    square = ratio * ratio
    total = 0.0
    for i in range(len(energy)):
        decay *= ratio
        if decay < SMALLEST:
            break
        ratio *= square
        k = (i + 1.0) * (i + 1.0)
        power = k * k
        for _ in range(s - 2):
            power *= k
        total += power * energy[i] * decay
    return 2.0 * np.pi ** (2 * s) * total


@kernel
def excess_time(energy: Reals, distinct: float, t: float) -> float:
    """t − ξ γ^[5](t): what the smallest bandwidth √t of Sheather and Jones, as improved by Botev and others, makes zero.

    Botev, Grotowski and Kroese, "Kernel density estimation via diffusion", Annals of Statistics 38 (2010), algorithm 1.

    Parameters
    ----------
    energy : (M − 1,) float64
        Squares of the coefficients 1, 2, …, M − 1 of the cosine transform of the shares of agents in M cells.
    distinct : float
        How many agents stand at different places.
    t : float
        The square of a bandwidth, in widths of the box squared; positive.

    Returns
    -------
    float
        Not finite where the equation has no meaning, as with all agents in one cell.
    """
    f = derivative_norm(energy, ORDERS, t)
    odd = 10395.0  # 1 · 3 · … · 11
    for s in range(ORDERS - 1, 1, -1):
        factor = 2.0 * (1.0 + 0.5 ** (s + 0.5)) / 3.0 * odd / math.sqrt(2.0 * np.pi)
        f = derivative_norm(energy, s, (factor / (distinct * f)) ** (2.0 / (3.0 + 2.0 * s)))
        odd /= 2.0 * s - 1.0
    return t - (2.0 * distinct * math.sqrt(np.pi) * f) ** -0.4
