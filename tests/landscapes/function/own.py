"""Functions as somebody might write them."""

import numpy as np
from numba import njit


def quartic(X):
    return ((X - 0.5) ** 4).sum(axis=1) + np.cos(3 * X).sum(axis=1)


def quartic_slope(X):
    return 4 * (X - 0.5) ** 3 - 3 * np.sin(3 * X)


@njit
def quartic_of_a_point(x):
    total = 0.0
    for i in range(x.size):
        total += (x[i] - 0.5) ** 4 + np.cos(3 * x[i])
    return total


@njit
def quartic_slope_of_a_point(x):
    return 4 * (x - 0.5) ** 3 - 3 * np.sin(3 * x)


def walled(X):
    """Raises left of −1."""
    if (X[:, 0] < -1).any():
        raise ValueError("the bath is dry")
    return np.square(X).sum(axis=1)


@njit
def walled_of_a_point(x):
    if x[0] < -1:
        raise ValueError("the bath is dry")
    return x[0] ** 2 + x[1] ** 2


def rooted(X):
    """Not a number left of −1."""
    with np.errstate(invalid="ignore"):
        return np.sqrt(X[:, 0] + 1) + X[:, 1] ** 2
