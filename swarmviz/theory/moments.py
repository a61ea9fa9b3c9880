r"""Exact moments of agents that follow resting points independently of each other, along a run as it was lived.

A step multiplies the moments m of one coordinate by a matrix that depends on the parameters of the step alone:

    m_{k+1} = M_k m_k                                                                             (1)
    E V_k = b_k (1 − 1/N) S + a_k² (S/N − N|X̄₀ − ν|²),   S = V₀ + N|X̄₀ − ν|²                      (2)

for E(x_k) = a_k x₀ and E(x_k²) = b_k x₀², x relative to ν, V = Σ|X − X̄|²: the mean of N agents scatters, too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from swarmviz.theory.lived import LivedRun, Stretch


def moments_along(lived: LivedRun, matrices: Callable[[Stretch], np.ndarray], start: np.ndarray) -> np.ndarray:
    """The moments (1) at the recorded steps, (K, m), from ``start`` (m,); ``matrices`` gives those of a stretch's intervals, (M, m, m)."""
    if lived.last == 0:
        return np.tile(start, (len(lived.k), 1))
    ends, found = [np.array([0])], [np.asarray(start, float)[None]]
    with np.errstate(over="ignore", invalid="ignore"):
        for stretch in lived.stretches:
            ends.append(stretch.start + stretch.steps)
            found.append(_propagated(matrices(stretch), stretch.steps, found[-1][-1]))
    return np.concatenate(found)[np.searchsorted(np.concatenate(ends), lived.k, side="right") - 1]


def _propagated(matrices: np.ndarray, steps: np.ndarray, start: np.ndarray) -> np.ndarray:
    """``start`` multiplied by each matrix as many times as it has steps, one after the other, (M, m)."""
    if (matrices == matrices[0]).all():
        return _powers(matrices[0], np.cumsum(steps)) @ start
    out = np.empty((len(steps), len(start)))
    for i in range(len(steps)):
        start = out[i] = np.linalg.matrix_power(matrices[i], int(steps[i])) @ start
    return out


def _powers(matrix: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """The powers of a matrix (m, m), all at once by repeated squaring, (M, m, m)."""
    power, left = np.tile(np.eye(len(matrix)), (len(exponents), 1, 1)), exponents
    while left.any():
        odd = left % 2 == 1
        power[odd] = power[odd] @ matrix
        matrix, left = matrix @ matrix, left // 2
    return power


def expected_dispersion(lived: LivedRun, mean: np.ndarray, square: np.ndarray) -> np.ndarray:
    """(2) at the recorded steps, from a_k and b_k, each (K,)."""
    n, offset = lived.n, float(lived.record["consensus_offset"][0])
    total = float(lived.record["dispersion"][0]) + n * offset
    with np.errstate(over="ignore", invalid="ignore"):
        return square * (1 - 1 / n) * total + mean**2 * (total / n - n * offset)
