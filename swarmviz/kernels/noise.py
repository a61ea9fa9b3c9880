r"""Laws of the noise ξ, drawn like the normals of `randomness`: each draw is a function of its address.

    Gaussian   ξ = (4) to (6) of `randomness`, one word for coordinates 2p and 2p+1                        (1)
    Cauchy     ξ = ± cot(πW),  W = (⌊b/2⌋ + ½) 2^(−32) in (0, ½), sign: lowest bit of b                     (2)
    uniform    ξ = √3 (b + ½) 2^(−31),  b as a signed integer                                              (3)
    Student    ξ = sqrt(ν (U^(−2/ν) − 1)) cos 2πV,  U and V from one word per coordinate (Bailey 1994)     (4)

b is 32 bits, half a word: the lower half for coordinate 2p, the higher half for 2p+1. The draws are float32; a law is
resolved down to probabilities of 2^(−31), that is the tails are cut where

    Gaussian 6.66    Cauchy 2.7e9 (always finite)    Student ν=1: 4.3e9    ν=3: 2.8e3    ν→0: 1e37

and follow (1) to (4) before that within 1e-5 relative (in the outer half of the law; Student for ν ≥ ½). In (2) W is
small in the tail, so that float32 resolves the tail finely and the centre to 1e-7. Uniform noise has variance 1 as the
Gaussian has; Student's t has variance ν/(ν−2) for ν > 2 and none otherwise, and is Cauchy's law for ν = 1 and Gauss's
for ν → ∞. It is deliberately not rescaled.

Code   paper  meaning
z      ξ      (d, n) float32, d coordinates of n consecutive agents; (steps, d, n) in `fill_steps`
law           GAUSSIAN, CAUCHY, UNIFORM or STUDENT
nu_t   ν      degrees of freedom of Student's t, > 0 real; ignored by the other laws
"""

import math
from typing import NamedTuple

import numpy as np

from swarmviz.kernels.blocks import flat, slice_view
from swarmviz.kernels.cache import jit
from swarmviz.kernels.elementary import bits_of_float32, elementary, exp, float32_of_bits, log32, sin2pi32
from swarmviz.kernels.randomness import (
    QUARTER_TURN,
    SIGN_32,
    U1_32,
    counters_steps_of_runs,
    even_normal,
    f32,
    halves,
    halves_chosen,
    halves_steps,
    high_half,
    kernel_options,
    key,
    lay_parity,
    lay_rows,
    low_half,
    mix,
    mix_halves,
    normal_draws,
    places,
    scratch,
    words,
    words_chosen,
    words_steps,
)

GAUSSIAN, CAUCHY, UNIFORM, STUDENT = 0, 1, 2, 3


class NoiseLaw(NamedTuple):
    """A law of the noise, as it is offered and described."""

    code: int
    title: str
    equation: str
    description: str


LAWS = {
    "gaussian": NoiseLaw(
        GAUSSIAN,
        "Gaussian",
        r"\xi \sim \mathcal{N}(0, 1)",
        "Brownian motion: many small steps, hardly a large one.",
    ),
    "cauchy": NoiseLaw(
        CAUCHY,
        "Cauchy",
        r"\xi = \tan\bigl(\pi(U - \tfrac12)\bigr)",
        "Mostly small steps and now and then a huge one; neither mean nor variance exist.",
    ),
    "uniform": NoiseLaw(
        UNIFORM, "Uniform", r"\xi \sim \mathcal{U}(-\sqrt3, \sqrt3)", "Variance one and never a step beyond √3."
    ),
    "student": NoiseLaw(
        STUDENT,
        "Student t",
        r"\xi \sim t_\nu",
        "Between Cauchy (ν = 1) and Gaussian (ν → ∞): the degrees of freedom ν choose how heavy the tails are.",
    ),
}

SECOND_HALF = 1 << 32  # number of the first row of odd coordinates in (4): no row of an even coordinate reaches it
LARGEST = 1e37  # bound of Student's radius: its square root law overflows float32 for ν < 0.3
ROOT_3 = f32(math.sqrt(3.0) * 2.0**-31)


@elementary
def cauchy(b):
    """Standard Cauchy draw (2) from 32 bits."""
    w = (f32(np.int32(b >> U1_32)) + f32(0.5)) * QUARTER_TURN  # W/2, in turns
    cotangent = sin2pi32(f32(0.25) - w) / sin2pi32(w)
    return float32_of_bits(bits_of_float32(cotangent) ^ (b << SIGN_32))


@elementary
def uniform(b):
    """Uniform draw (3) on (−√3, √3) from 32 bits."""
    return (f32(np.int32(b)) + f32(0.5)) * ROOT_3


@jit(**kernel_options)
def _student_radii(raw, radius, nu_t):
    """sqrt(ν (U^(−2/ν) − 1)) of (4)."""
    for i in range(radius.size):
        h = f32(np.int32(bits_of_float32(high_half(raw[i])) >> U1_32))
        radius[i] = log32((h + f32(0.5)) * f32(2.0**-31))
    for i in range(radius.size):
        y = -2.0 / nu_t * np.float64(radius[i])
        # U^(−2/ν) − 1 cancels where y is small, that is for large ν.
        growth = exp(y) - 1.0
        small = y * (1.0 + 0.5 * y)
        growth = small if y < 1e-5 else growth
        r = math.sqrt(nu_t * growth)
        radius[i] = f32(LARGEST if r > LARGEST else r)


@jit(**kernel_options)
def _student_rows(z, steps, d, n, raw, radius, parity, nu_t):
    """Coordinates of one parity into z, the numbers of (steps, d, n), from the words in raw."""
    rows = (d + 1 - parity) // 2
    r = slice_view(radius, 0, steps * rows * n)
    _student_radii(raw, r, nu_t)
    for i in range(r.size):
        r[i] = even_normal(low_half(raw[i]), r[i])
    lay_parity(z, steps, d, n, r, parity, rows)


@jit(**kernel_options)
def _draws(low, high, even, odd, law, d):
    """Draws of a law other than Student's from the halves of their words."""
    if law == CAUCHY:
        for i in range(even.size):
            even[i], odd[i] = cauchy(bits_of_float32(low[i])), cauchy(bits_of_float32(high[i]))
    elif law == UNIFORM:
        for i in range(even.size):
            even[i], odd[i] = uniform(bits_of_float32(low[i])), uniform(bits_of_float32(high[i]))
    else:
        normal_draws(low, high, even, odd, d)


@jit(**kernel_options)
def fill(z, raw, radius, law, nu_t, key, first_agent):
    """Noise of one step for the agents first_agent, first_agent + 1, …

    Parameters
    ----------
    z : float32 (d, n), C-contiguous
        Overwritten.
    raw, radius : uint64 and float32, at least ⌈d/2⌉ n
        Scratch, see `randomness.scratch`.
    law : int
        GAUSSIAN (the bits of `randomness.normals`), CAUCHY, UNIFORM or STUDENT.
    nu_t : float
        Degrees of freedom of Student's t, > 0.
    key : uint64
        From `randomness.key(seed, purpose, step)`.
    first_agent : int
        Number of the agent in column 0.
    """
    d, n = z.shape
    rows = (d + 1) // 2
    if law == STUDENT:
        for parity in range(min(d, 2)):
            words(raw, key, parity * SECOND_HALF, (d + 1 - parity) // 2, n, first_agent)
            _student_rows(flat(z), 1, d, n, raw, radius, parity, nu_t)
    else:
        low, high, even, odd = places(flat(z), raw, radius, rows * n)
        halves(low, high, raw, key, 0, rows, n, first_agent)
        _draws(low, high, even, odd, law, d)
        lay_rows(flat(z), 1, d, n, even, odd)


@jit(**kernel_options)
def fill_chosen(z, raw, radius, law, nu_t, key, first_agent, chosen):
    """Noise of one step for the agents first_agent + chosen[0], first_agent + chosen[1], …: the columns that `fill` would give them.

    z : float32 (d, m); chosen : uint64 (m,); raw, radius at least ⌈d/2⌉ m.
    """
    d, m = z.shape
    rows = (d + 1) // 2
    if law == STUDENT:
        for parity in range(min(d, 2)):
            words_chosen(raw, key, parity * SECOND_HALF, (d + 1 - parity) // 2, first_agent, chosen)
            _student_rows(flat(z), 1, d, m, raw, radius, parity, nu_t)
    else:
        low, high, even, odd = places(flat(z), raw, radius, rows * m)
        halves_chosen(low, high, raw, key, 0, rows, first_agent, chosen)
        _draws(low, high, even, odd, law, d)
        lay_rows(flat(z), 1, d, m, even, odd)


@jit(**kernel_options)
def fill_steps(z, raw, radius, law, nu_t, seed, purpose, first_step, steps, first_agent):
    """Noise of consecutive steps at once: the bits of `steps` calls of `fill`, in long loops.

    z : float32 (≥ steps, d, n); raw, radius at least steps ⌈d/2⌉ n.
    """
    d, n = z.shape[1], z.shape[2]
    rows = (d + 1) // 2
    if law == STUDENT:
        for parity in range(min(d, 2)):
            words_steps(
                raw, seed, purpose, first_step, steps, parity * SECOND_HALF, (d + 1 - parity) // 2, n, first_agent
            )
            _student_rows(flat(z), steps, d, n, raw, radius, parity, nu_t)
    else:
        low, high, even, odd = places(flat(z), raw, radius, steps * rows * n)
        halves_steps(low, high, raw, seed, purpose, first_step, steps, 0, rows, n, first_agent)
        _draws(low, high, even, odd, law, d)
        lay_rows(flat(z), steps, d, n, even, odd)


@jit(**kernel_options)
def fill_steps_of_runs(z, raw, radius, law, nu_t, seeds, purpose, first_step, steps):
    """Noise of consecutive steps for runs with these seeds, side by side: the bits of `fill_steps` for each of them.

    z : float32 (≥ steps, d, n R), column j R + r for agent j of run r; raw, radius at least steps ⌈d/2⌉ n R.
    """
    d, wide = z.shape[1], z.shape[2]
    rows, n = (d + 1) // 2, wide // seeds.size
    if law == STUDENT:
        for parity in range(min(d, 2)):
            rows_of_parity = (d + 1 - parity) // 2
            counters_steps_of_runs(raw, seeds, purpose, first_step, steps, parity * SECOND_HALF, rows_of_parity, n)
            for j in range(np.uint64(steps * rows_of_parity * wide)):
                raw[j] = mix(raw[j])
            _student_rows(flat(z), steps, d, wide, raw, radius, parity, nu_t)
    else:
        low, high, even, odd = places(flat(z), raw, radius, steps * rows * wide)
        counters_steps_of_runs(raw, seeds, purpose, first_step, steps, 0, rows, n)
        mix_halves(low, high, raw)
        _draws(low, high, even, odd, law, d)
        lay_rows(flat(z), steps, d, wide, even, odd)


@jit(**kernel_options)
def fill_chosen_of_runs(z, raw, radius, counters, law, nu_t, seeds, purpose, step, n, chosen):
    """Noise of one step for the chosen columns of runs with these seeds, side by side: the bits of `fill_chosen` for each of them.

    z : float32 (d, m); chosen : uint64 (m,), columns j R + r for agent j of run r; raw, radius at least ⌈d/2⌉ m; counters : uint64,
    at least ⌈d/2⌉ n R.
    """
    (d, m), wide = z.shape, np.uint64(n * seeds.size)
    for parity in range(min(d, 2) if law == STUDENT else 1):
        rows = (d + 1 - parity) // 2
        counters_steps_of_runs(counters, seeds, purpose, step, 1, parity * SECOND_HALF, rows, n)
        for r in range(rows):
            source, target = np.uint64(r) * wide, np.uint64(r * m)
            for q in range(np.uint64(m)):
                raw[target + q] = counters[source + chosen[q]]
        if law == STUDENT:
            for i in range(np.uint64(rows * m)):
                raw[i] = mix(raw[i])
            _student_rows(flat(z), 1, d, m, raw, radius, parity, nu_t)
        else:
            low, high, even, odd = places(flat(z), raw, radius, rows * m)
            mix_halves(low, high, raw)
            _draws(low, high, even, odd, law, d)
            lay_rows(flat(z), 1, d, m, even, odd)


def draw(law: str, nu_t: float, seed: int, purpose: int, step: int, n: int, d: int) -> np.ndarray:
    """The draws of a law by its name, for Python: float64 (n, d), the numbers that `fill` gives to agents 0 … n−1."""
    z = np.empty((d, n), np.float32)
    fill(z, *scratch(n, d), LAWS[law].code, nu_t, np.uint64(key(seed, purpose, step)), 0)
    return z.T.astype(float)
