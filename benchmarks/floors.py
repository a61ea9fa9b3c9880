"""The floor of a kernel: the time of what it cannot do without, each piece in a loop of its own.

A piece is one operation per number: a random draw, an elementary function, or a pass over memory. Draws and functions are timed on one
block that lies in the cache, passes over arrays as large as the swarm. A floor is a sum of pieces per agent and coordinate; the pieces
that are needed once per agent are divided by d. Sums, comparisons, bookkeeping and everything that a kernel does per step or per block
are not in the floor: they are what the ratio kernel / floor shows.

    CBO           normal + wave + move 1                                      + exponential / d          (weight)
    SSA           normal + wave (F) + wave (∇F) + move 1                      + (exponential + root) / d (rate of the noise)
    BGK, jumps    p draws + wave + move 2                                     + (exponential + uniform) / d
    BGK, limit    draw + wave + move 2                                        + exponential / d
    PSO           2 normals + wave + move 3                                   + exponential / d
    FMC           gather + clones (gather + normal + wave + move 1)           + (3 uniforms + 3 exponentials + 4 logarithms + root) / d
    SBGD          wave (F) + move 1, per value taken                          (no draw; ∇F once per agent and step is not counted)

wave: cos 2πx of Rastrigin's function and its gradient. move a: one pass over a arrays of positions, velocities and memories, and the
draws. gather: a pass over positions in random order, as when walkers look at each other; those that clone fetch the position that they
copy so, too, and nobody else has to be valued anew while the landscape rests. p, clones: the shares of the agents that jump or clone, as
recorded in the very run that is timed. SBGD is timed per value that it takes, because how many it takes is its own choice.

A piece is made of the same functions as the kernels, so a slow one would hide in its own floor: benchmarks/processor.py counts what the
ports of the processor allow of each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numba import njit

from swarmviz.kernels.elementary import cos2pi, exp, log
from swarmviz.kernels.noise import CAUCHY, GAUSSIAN, fill_steps
from swarmviz.kernels.randomness import JUMP, POSITION_NOISE, scratch, uniforms_steps

BLOCK = 4096  # numbers in the cache
TIMES = 50  # passes over them in one call, so that the call itself does not count
LARGE = 400_000  # numbers, at least, in a call of a pass over memory
LAWS = {"normal": GAUSSIAN, "cauchy": CAUCHY}

options = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"reassoc", "nsz", "arcp", "contract", "afn"},
}


@njit(**options)
def draw(times, z, raw, radius, law):
    """Random draws of a law, in the long loops of the kernels."""
    for s in range(times):
        fill_steps(z, raw, radius, law, 0.0, np.uint64(7), np.uint64(POSITION_NOISE), s, 1, 0)


@njit(**options)
def uniform(times, out):
    """Uniform numbers."""
    for s in range(times):
        uniforms_steps(out, np.uint64(7), np.uint64(JUMP), s, 1, 0)


@njit(**options)
def wave(times, x, out):
    """A cosine per number; x changes a little each time, or the compiler would do the work once. So in all that follow."""
    for _ in range(times):
        x[0] += 1e-9
        for i in range(x.size):
            out[i] = cos2pi(x[i])


@njit(**options)
def exponential(times, x, out):
    """An exponential per number."""
    for _ in range(times):
        x[0] += 1e-9
        for i in range(x.size):
            out[i] = exp(x[i])


@njit(**options)
def logarithm(times, x, out):
    """A logarithm per number."""
    for _ in range(times):
        x[0] += 1e-9
        for i in range(x.size):
            out[i] = log(x[i])


@njit(**options)
def root(times, x, out):
    """A square root per number."""
    for _ in range(times):
        x[0] += 1e-9
        for i in range(x.size):
            out[i] = np.sqrt(x[i])


@njit(**options)
def move_1(times, x, z):
    """One array read and written, beside draws that lie in the cache."""
    for _ in range(times):
        for first in range(0, x.size, z.size):
            a = x[first : first + z.size]
            for i in range(a.size):
                a[i] += (a[i] - 0.5) * (-0.01 + 1e-9 * z[i])


@njit(**options)
def move_2(times, x, v, z):
    """Two arrays read and written."""
    for _ in range(times):
        for first in range(0, x.size, z.size):
            a, b = x[first : first + z.size], v[first : first + z.size]
            for i in range(a.size):
                b[i] = -0.1 * b[i] + (a[i] - 0.5) * (-0.01 + 1e-9 * z[i])
                a[i] += 1e-9 * b[i]


@njit(**options)
def move_3(times, x, v, y, z):
    """Two arrays read and written, a third one read."""
    for _ in range(times):
        for first in range(0, x.size, z.size):
            a, b, c = x[first : first + z.size], v[first : first + z.size], y[first : first + z.size]
            for i in range(a.size):
                b[i] = -0.1 * b[i] + (c[i] - a[i]) * (-0.01 + 1e-9 * z[i])
                a[i] += 1e-9 * b[i]


@njit(**options)
def gather(times, rows, order, out):
    """Each row beside another one: the squared distance of two walkers."""
    for _ in range(times):
        for n in range(order.size):
            here, there, total = rows[n], rows[order[n]], 0.0
            for i in range(here.size):
                total += (here[i] - there[i]) * (here[i] - there[i])
            out[n] = total


def pieces(n: int, d: int) -> dict[str, tuple[Callable[[], object], int]]:
    """Name → (job, numbers that one call of it makes) for a swarm of ``n`` agents in ``d`` dimensions."""
    rng, size = np.random.default_rng(1), max(n * d, BLOCK)
    u, out, z = rng.uniform(0.1, 3.0, BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.float32)
    raw, radius = scratch(BLOCK // 2, 2)
    x, v, y = (rng.uniform(-3, 3, size) for _ in range(3))
    rows, order, distance = rng.uniform(-3, 3, (n, d)), rng.permutation(n), np.empty(n)
    turns, walks = -(-LARGE // size), -(-LARGE // (n * d))
    jobs = {
        name: (partial(draw, TIMES, z.reshape(1, 2, -1), raw, radius, law), TIMES * BLOCK) for name, law in LAWS.items()
    }
    jobs["uniform"] = partial(uniform, TIMES, out.reshape(1, 1, -1)), TIMES * BLOCK
    for function in (wave, exponential, logarithm, root):
        jobs[function.__name__] = partial(function, TIMES, u, out), TIMES * BLOCK
    jobs["move 1"] = partial(move_1, turns, x, z), turns * size
    jobs["move 2"] = partial(move_2, turns, x, v, z), turns * size
    jobs["move 3"] = partial(move_3, turns, x, v, y, z), turns * size
    jobs["gather"] = partial(gather, walks, rows, order, distance), walks * n * d
    return jobs
