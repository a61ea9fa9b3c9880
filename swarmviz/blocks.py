"""How agents lie in memory inside kernels.

A person sees positions as (N, d). A kernel sees one flat array that holds the agents block after block; inside a block of n agents
the numbers lie coordinate by coordinate, so ``block(x, d, N, b)`` is a contiguous (d, n) table whose rows are vectors of agents.
A swarm that fits one block is plain structure-of-arrays; a huge one is worked through block by block without leaving the fast cache.
"""

from __future__ import annotations

import numpy as np

from swarmviz.compiled import inner

BLOCK_COORDINATES = (
    4096  # 32 kB of float64: a block and its scratch stay in the first two cache levels (by measurement)
)


@inner
def agents_per_block(d):
    """Agents in a full block; depends on d only, so the order of every sum does too."""
    return max(16, BLOCK_COORDINATES // d)


@inner
def block_count(d, n_agents):
    """Number of blocks that hold ``n_agents``."""
    size = agents_per_block(d)
    return (n_agents + size - 1) // size


@inner
def block_range(d, n_agents, b):
    """First agent of block ``b`` and the number of its agents."""
    first = b * agents_per_block(d)
    return first, min(agents_per_block(d), n_agents - first)


@inner
def block(flat, d, n_agents, b):
    """Block ``b`` as a contiguous view of shape (d, n)."""
    first, n = block_range(d, n_agents, b)
    return flat[first * d : (first + n) * d].reshape((d, n))


def to_blocks(X: np.ndarray) -> np.ndarray:
    """Agents (N, d) → flat array of N·d numbers, block after block."""
    N, d = X.shape
    size = max(16, BLOCK_COORDINATES // d)
    return np.concatenate(
        [np.ascontiguousarray(X[i : i + size].T, dtype=np.float64).ravel() for i in range(0, N, size)]
    )


def from_blocks(flat: np.ndarray, N: int, d: int) -> np.ndarray:
    """Flat array, block after block → agents (N, d), a new array."""
    size = max(16, BLOCK_COORDINATES // d)
    return np.concatenate([flat[i * d : min(i + size, N) * d].reshape(d, -1).T for i in range(0, N, size)])
