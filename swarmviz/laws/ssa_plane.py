r"""The law of a place and a mass, μ(t, x, ln Nm), from the quiet swarm that is the law of SSA (:mod:`swarmviz.laws.ssa`).

Agent i of the quiet swarm stands for a law of places, the Gaussian N(m_i, b_i²) of its last step as the boundary leaves it, and for one
mass. So the plane is smooth in x and as fine in ln Nm as there are agents. A grid on the plane (x, ln Nm) would be a second scheme, of
first order where agents without noise gather, which is where the heavy ones are.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from swarmviz.laws.gaussian_mixture import SEEN
from swarmviz.laws.quiet import FLAT, NARROWEST
from swarmviz.laws.ssa import QuietState


def log_masses(state: QuietState) -> np.ndarray:
    """ln Nm of the agents of the quiet swarm, (N_q,): the mean of Nm is 1 whatever N is; −∞ of an agent without mass."""
    with np.errstate(divide="ignore"):
        return np.log(len(state.mass) * state.mass)


def plane_masses(state: QuietState, x_edges: np.ndarray, log_edges: np.ndarray) -> np.ndarray:
    """Shares of the agents in the cells of a grid in (x, ln Nm).

    Parameters
    ----------
    x_edges, log_edges : (B + 1,), (C + 1,)
        Increasing. What lies outside is in no cell.

    Returns
    -------
    (C, B) array
        What is at a wall counts to the cell inside of it.
    """
    x_edges, log_edges = np.asarray(x_edges, float), np.asarray(log_edges, float)
    share, row = _shares(state, x_edges), np.searchsorted(log_edges, log_masses(state), side="right") - 1
    inside = (row >= 0) & (row < len(log_edges) - 1)
    out = np.zeros((len(log_edges) - 1, len(x_edges) - 1))
    np.add.at(out, row[inside], share[inside])
    return out / len(state.mass)


def _shares(state: QuietState, edges: np.ndarray) -> np.ndarray:
    """How much of the law of each agent lies between neighbouring ``edges``, (N_q, B)."""
    low, high, width = state.low, state.high, state.high - state.low
    deviation = np.maximum(state.deviation, NARROWEST * width)[:, None]
    mean = state.mean[:, None]
    if state.boundary == "none" or state.start is not None:
        return np.diff(ndtr((edges - mean) / deviation), axis=1)
    if state.boundary == "clip":
        below = ndtr((edges - mean) / deviation)
        return np.diff(np.where(edges <= low, 0.0, np.where(edges >= high, 1.0, below)), axis=1)
    deviation, at = np.minimum(deviation, FLAT * width), np.clip(edges, low, high)
    count = math.ceil(float((np.abs(mean - 0.5 * (low + high)) + SEEN * deviation).max()) / width) + 1
    below = np.zeros((len(mean), len(edges)))
    for j in range(-count, count + 1):
        left = low + j * width
        if state.boundary == "reflect" and j % 2:  # this box is seen in a mirror
            below += ndtr((left + width - mean) / deviation) - ndtr((left + width - (at - low) - mean) / deviation)
        else:
            below += ndtr((left + (at - low) - mean) / deviation) - ndtr((left - mean) / deviation)
    return np.diff(below, axis=1)
