"""Naive oracle of the law of one walker of Fractal Monte Carlo: every pair of pairs of cells, from 000 eq. 1.3–1.4, without levels.

A cell is a point at its middle; only the distance within a cell is that of two places in it (mean h/3, mean square h²/6).
"""

from __future__ import annotations

import numpy as np
from scipy.fft import dct, fft, idct, ifft


def relative(z):
    """f of the z-score form."""
    return np.where(z <= 0, np.exp(np.minimum(z, 0)), 1 + np.log1p(np.maximum(z, 0)))


def cloning_map(P, R, h, *, alpha, beta, epsilon, sigma, own, everyone, periodic=False, decaying=False):
    """Masses after a step from masses P (K,), with the rewards at some places of each cell, R (K, places); and the rate of cloning."""
    K = len(P)
    mean = P @ R.mean(axis=1)
    z = (R.mean(axis=1) - mean) / np.sqrt(P @ ((R - mean) ** 2).mean(axis=1))
    i = np.arange(K)
    d = h * np.abs(i[:, None] - i)
    square = d**2 + h**2 / 6
    np.fill_diagonal(d, h / 3)
    mean = P @ d @ P
    far = np.exp(-d) if decaying else relative((d - mean) / np.sqrt(P @ square @ P - mean**2))
    virtual = relative(z)[:, None] ** alpha * far**beta
    stay, come = np.zeros(K), np.zeros(K)
    for x in range(K):
        for y in range(K):  # the walker at x has the companion y
            if own:  # compares itself with one at x' whose companion is y'
                chance = np.clip((virtual - virtual[x, y]) / (virtual[x, y] + epsilon), 0, 1)
                clones = P[x] * P[y] * P[:, None] * P * chance
                stay[x] += P[x] * P[y] - clones.sum()
                come += clones.sum(axis=1)
            else:  # compares itself with y, whose companion is y'
                chance = np.clip((virtual[y] - virtual[x, y]) / (virtual[x, y] + epsilon), 0, 1)
                clones = P[x] * P[y] * (P @ chance)
                stay[x] += P[x] * P[y] - clones
                come[y] += clones
    width, k = K * h, i
    if periodic:
        k = np.minimum(i, K - i)
        heat = np.exp(-0.5 * (2 * np.pi * k * sigma / width) ** 2)
        spread = ifft(fft(come + stay * everyone) * heat).real
    else:
        heat = np.exp(-0.5 * (np.pi * k * sigma / width) ** 2)
        spread = idct(dct(come + stay * everyone) * heat)
    return spread + stay * (not everyone), come.sum()
