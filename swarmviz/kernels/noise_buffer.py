"""Noise for the steps of a kernel, made in long loops.

A small swarm draws so few numbers per step that a loop over them is too short to be fast. So its noise is made for several
steps at once; a huge swarm makes it block by block. Both give the same numbers: a draw is a function of its address alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.kernels.blocks import block_range, block_view, scratch
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.noise import fill_steps

BUFFER = 2048  # numbers made at once for a small swarm


class NoiseBuffer(NamedTuple):
    """Buffer ``z`` of ``ahead`` steps and the scratch to fill it; made once per kernel call."""

    z: np.ndarray
    raw: np.ndarray
    radius: np.ndarray
    ahead: int


@inner
def make_noise_buffer(d, n_agents, steps):
    """Room for the noise of a kernel that will take ``steps`` steps."""
    widest = block_range(d, n_agents, 0)[1]
    ahead = max(1, min(steps, BUFFER // (d * n_agents)))
    pairs = ahead * ((d + 1) // 2) * widest
    return NoiseBuffer(
        scratch(ahead * d * widest, np.float32), scratch(pairs, np.uint64), scratch(pairs, np.float32), ahead
    )


@inner(inline=True)
def block_noise(noise_buffer, law, nu_t, seed, purpose, start, s, steps, d, n_agents, b):
    """Noise (d, n) of block ``b`` for step ``start + s``, s = 0, 1, …, steps − 1 in this order within a kernel call."""
    first, n = block_range(d, n_agents, b)
    turn = s % noise_buffer.ahead
    if turn == 0:
        made = min(noise_buffer.ahead, steps - s)
        z = noise_buffer.z[: made * d * n].reshape((made, d, n))
        fill_steps(
            z, noise_buffer.raw, noise_buffer.radius, law, nu_t, seed, np.uint64(purpose), start + s, made, first
        )
    return block_view(noise_buffer.z, turn * d * n, d, n)
