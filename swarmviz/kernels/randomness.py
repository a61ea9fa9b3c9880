r"""Random numbers without a generator: every draw is a function of its address.

    row key = m(key + row γ),  key = m(m(m(seed + γ) + purpose γ) + step γ)                        (1)
    word    = m(row key + agent γ)                                                                 (2)

m is the finaliser of splitmix64 (Steele, Lea, Flood 2014), γ its increment, all modulo 2^64. The address of a draw is
(seed, purpose, step, agent, coordinate). Nothing else enters, neither the number of agents or coordinates nor how the
steps were batched, the agents cut into blocks or the work spread over threads. So a rewind is exact, and two swarms
with the same seed feel the same noise. A row is one splitmix64 stream from a scrambled start; among ten million rows
of a hundred agents two share a stretch, at shifted places, with probability 5e-4.

Uniform numbers take a word per coordinate (row = coordinate):

    U = (⌊word / 2^12⌋ + ½) 2^(−52),  strictly between 0 and 1                                     (3)

Normal numbers come in pairs (Box–Muller), coordinates 2p and 2p+1 of an agent from one word of row p:

    R = sqrt(−2 log((h + ½) 2^(−31))),  h the highest 31 bits                                      (4)
    Z_2p   = ± R sin 2π(¼ − |t|),       t = (lowest 32 bits as a signed integer) 2^(−33)           (5)
    Z_2p+1 =   R sin 2πt                                                                           (6)

t runs over half a circle, and the sign in (5), the lowest bit of the word, chooses the other half: no range reduction.
Kernels work in float32: |Z| ≤ 6.66 (a Gaussian exceeds this once in 4e10 draws), spacing of the law 2^(−31) in
probability, arithmetic error below 2e-6. `draw_normal`, for initial positions, works in float64: sqrt(−2 log U) times
cos 2πV and sin 2πV, with U and V from rows 2p and 2p+1 by (3).

Half the width of a vector is lost where 64-bit and 32-bit numbers meet in one loop. So words are cut in halves as soon
as they are there, each half into an array of its own, and all that follows is loops over 32-bit numbers.

Code         formula  shape            meaning
key          (1)      uint64           m(m(m(seed + γ) + purpose γ) + step γ)
z            Z        (d, n) float32   the draws of n consecutive agents, one row per coordinate
raw          word     ≥ ⌈d/2⌉ n        scratch, uint64
low, high             ⌈d/2⌉ n float32  the halves of the words: 32 bits in the place of a number
radius       R        ≥ ⌈d/2⌉ n        scratch, float32
even, odd             ⌈d/2⌉ n float32  draws of the coordinates 2p and 2p+1, row after row
"""

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from swarmviz.kernels.blocks import flat, halves_of, slice_view
from swarmviz.kernels.cache import jit
from swarmviz.kernels.elementary import (
    SAFE_FASTMATH,
    bits_of_float32,
    cos2pi,
    elementary,
    float32_of_bits,
    float_of_bits,
    log,
    log32,
    sin2pi,
    sin2pi32,
)

# Purposes: two draws of one step that serve different ends never share a word. Add, never renumber.
POSITION_NOISE = 1  # the Brownian increment of an agent
JUMP = 2  # whether and where an agent jumps
COMPANION = 3  # whom an agent looks at
BATCH = 4  # which agents enter a random batch
INITIAL = 5  # initial positions
VELOCITY = 6  # initial velocities
ACCEPT = 7  # accept or reject a proposal
SECOND_NOISE = 8  # a second, independent coefficient per coordinate (PSO)
RUN = 9  # seeds of the runs of an ensemble
WIRING = 10  # the links of a random graph
MASS = 11  # initial masses

GAMMA = np.uint64(0x9E3779B97F4A7C15)
M1, M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
U12, U27, U30, U31, U32 = (np.uint64(k) for k in (12, 27, 30, 31, 32))
ONE = np.uint64(0x3FF0000000000000)  # the bits of 1.0
U1_32, SIGN_32 = np.uint32(1), np.uint32(31)
f32 = np.float32
QUARTER_TURN = f32(2.0**-33)  # from a signed 32-bit integer to [−¼, ¼) turns

# No signatures on the block functions: each is compiled with the first kernel that calls it, not when swarmviz is
# imported. Python can call them too, with a key made np.uint64 (a bare Python int is taken for an int64).
kernel_options: dict[str, Any] = {"fastmath": SAFE_FASTMATH, "error_model": "numpy", "nogil": True}
LONG = 32  # agents from which a row is worth a vector loop of its own
EIGHT = 8  # numbers that are moved at once where a row is short


# ---- words ----------------------------------------------------------------------------------------------------------


@elementary
def mix(z):
    """Finaliser m of splitmix64: a bijection of 64-bit words in which every output bit depends on every input bit."""
    z = (z ^ (z >> U30)) * M1
    z = (z ^ (z >> U27)) * M2
    return z ^ (z >> U31)


@elementary
def purpose_key(seed, purpose):
    """Key of all draws for one purpose."""
    return mix(mix(np.uint64(seed) + GAMMA) + np.uint64(purpose) * GAMMA)


@jit(signature="uint64(uint64, uint64, uint64)", **kernel_options)
def key(seed, purpose, step):
    """Key of the draws of one step for one purpose (1)."""
    return mix(purpose_key(seed, purpose) + np.uint64(step) * GAMMA)


@elementary
def row_key(key, row):
    """Key of a row (1): of one coordinate, or of one pair of coordinates."""
    return mix(np.uint64(key) + np.uint64(row) * GAMMA)


@jit(signature="uint64(uint64, int64, int64)", **kernel_options)
def bits(key, agent, coordinate):
    """64 random bits (2)."""
    return mix(row_key(key, coordinate) + np.uint64(agent) * GAMMA)


@elementary
def unit(word):
    """Uniform float64 strictly between 0 and 1 from the highest 52 bits of a word (3)."""
    # 52 bits in the place of a mantissa: 1 + k 2^−52 without a conversion of whole numbers, which AVX2 has not; exact.
    return float_of_bits((word >> U12) | ONE) - 0.9999999999999999


@jit(signature="float64(uint64, int64, int64)", **kernel_options)
def uniform(key, agent, coordinate):
    """Uniform float64 strictly between 0 and 1 (3)."""
    return unit(bits(key, agent, coordinate))


@jit(signature="int64(uint64, int64, int64, int64)", **kernel_options)
def index(key, agent, coordinate, n):
    """Uniform integer in [0, n) for n ≤ 2^31, int64; no value is favoured by more than n / 2^32."""
    return np.int64(((bits(key, agent, coordinate) >> U32) * np.uint64(n)) >> U32)


# ---- block passes: each a short loop over contiguous scratch --------------------------------------------------------


@jit(**kernel_options)
def spread(raw, rows, n, first):
    """From the keys raw[0 … rows−1] one level down, in place: raw[r n + i] = m(raw[r] + (first + i) γ).

    Every level of (1) and (2) is this map: steps of a purpose, rows of a step, agents of a row.
    """
    if n < LONG:
        counters(raw, rows, n, first)
        for j in range(np.uint64(rows * n)):
            raw[j] = mix(raw[j])
        return
    start_of_counter = np.uint64(first) * GAMMA
    for r in range(rows - 1, -1, -1):  # the last row first, as in `counters`
        at, counter = np.uint64(r) * np.uint64(n), raw[r] + start_of_counter
        for i in range(np.uint64(n)):
            raw[at + i] = mix(counter)
            counter += GAMMA


@elementary
def start_of_eight(i, width):
    """Where the eight numbers from i on begin: the last eight of a row end with it."""
    return min(i, width - np.uint64(EIGHT))


@jit(**kernel_options)
def counters(raw, rows, n, first):
    """The same before the words are mixed, which is worth one flat loop over all rows where they are short."""
    start_of_counter, width, eight = np.uint64(first) * GAMMA, np.uint64(n), np.uint64(EIGHT)
    # Last row first: a row then overwrites only its own key and keys that are used up.
    for r in range(rows - 1, -1, -1):
        at, counter = np.uint64(r) * width, raw[r] + start_of_counter
        if n < EIGHT:
            for i in range(width):
                raw[at + i] = counter
                counter += GAMMA  # a sum where a product, of 64 bits, would cost as much as a third of `mix`
        else:
            for i in range(np.uint64(0), width, eight):
                begin = start_of_eight(i, width)
                for j in range(eight):
                    raw[at + begin + j] = counter + (begin + j) * GAMMA


@elementary
def low_half(word):
    """The lower 32 bits of a word, in a float32."""
    return float32_of_bits(np.uint32(word))


@elementary
def high_half(word):
    """The higher 32 bits of a word, in a float32."""
    return float32_of_bits(np.uint32(word >> U32))


@jit(**kernel_options)
def spread_halves(low, high, raw, rows, n, first):
    """The last level of `spread`, its words cut in halves; ``raw`` serves as scratch."""
    if n < LONG:
        counters(raw, rows, n, first)
        mix_halves(low, high, raw)
        return
    start_of_counter, at = np.uint64(first) * GAMMA, np.uint64(0)
    for r in range(rows):
        counter = raw[r] + start_of_counter
        for i in range(np.uint64(n)):
            word = mix(counter)
            low[at + i], high[at + i] = low_half(word), high_half(word)
            counter += GAMMA
        at += np.uint64(n)


@jit(**kernel_options)
def mix_halves(low, high, raw):
    """The halves of m(raw)."""
    for j in range(low.size):
        word = mix(raw[j])
        low[j], high[j] = low_half(word), high_half(word)


@jit(**kernel_options)
def words(raw, key, first_row, rows, n, first_agent):
    """Words (2) of n agents in `rows` rows, one row after the other."""
    raw[0] = np.uint64(key)
    spread(raw, 1, rows, first_row)
    spread(raw, rows, n, first_agent)


@jit(**kernel_options)
def words_steps(raw, seed, purpose, first_step, steps, first_row, rows, n, first_agent):
    """Words of consecutive steps: for each step what `words` writes, one step after the other."""
    raw[0] = purpose_key(seed, purpose)
    spread(raw, 1, steps, first_step)
    spread(raw, steps, rows, first_row)
    spread(raw, steps * rows, n, first_agent)


@jit(**kernel_options)
def halves(low, high, raw, key, first_row, rows, n, first_agent):
    """The halves of what `words` writes; as many of them as ``low`` has room for are `rows` n."""
    raw[0] = np.uint64(key)
    spread(raw, 1, rows, first_row)
    spread_halves(low, high, raw, rows, n, first_agent)


@jit(**kernel_options)
def halves_steps(low, high, raw, seed, purpose, first_step, steps, first_row, rows, n, first_agent):
    """The halves of what `words_steps` writes."""
    raw[0] = purpose_key(seed, purpose)
    spread(raw, 1, steps, first_step)
    spread(raw, steps, rows, first_row)
    spread_halves(low, high, raw, steps * rows, n, first_agent)


@jit(**kernel_options)
def counters_of_runs(raw, rows, n, first, runs):
    """What `counters` writes for several keys side by side, raw[r R + q] for q < R runs: raw[(r n + i) R + q] = key + (first + i) γ."""
    # Last row and last number first: a key is overwritten when it is used up.
    for r in range(rows - 1, -1, -1):
        for i in range(n - 1, -1, -1):
            ahead, source, target = np.uint64(first + i) * GAMMA, np.uint64(r * runs), np.uint64((r * n + i) * runs)
            for q in range(np.uint64(runs)):
                raw[target + q] = raw[source + q] + ahead


@jit(**kernel_options)
def spread_of_runs(raw, rows, n, first, runs):
    """`spread` for several keys side by side."""
    counters_of_runs(raw, rows, n, first, runs)
    for j in range(np.uint64(rows * n * runs)):
        raw[j] = mix(raw[j])


@jit(**kernel_options)
def counters_steps_of_runs(raw, seeds, purpose, first_step, steps, first_row, rows, n):
    """What `words_steps` writes for runs with these seeds side by side, agents from 0 on, before the words are mixed."""
    for q in range(seeds.size):
        raw[q] = purpose_key(seeds[q], purpose)
    spread_of_runs(raw, 1, steps, first_step, seeds.size)
    spread_of_runs(raw, steps, rows, first_row, seeds.size)
    counters_of_runs(raw, steps * rows, n, 0, seeds.size)


@jit(**kernel_options)
def words_chosen(raw, key, first_row, rows, first_agent, chosen):
    """Words (2) of the agents first_agent + chosen[0], first_agent + chosen[1], …, one row after the other."""
    counters_chosen(raw, key, first_row, rows, first_agent, chosen)
    for j in range(np.uint64(rows) * np.uint64(chosen.size)):
        raw[j] = mix(raw[j])


@jit(**kernel_options)
def halves_chosen(low, high, raw, key, first_row, rows, first_agent, chosen):
    """The halves of what `words_chosen` writes."""
    counters_chosen(raw, key, first_row, rows, first_agent, chosen)
    mix_halves(low, high, raw)


@jit(**kernel_options)
def counters_chosen(raw, key, first_row, rows, first_agent, chosen):
    """The words of `words_chosen` before they are mixed: few are chosen, so that is done in one flat loop."""
    m = np.uint64(chosen.size)
    for r in range(rows):
        start, at = row_key(key, first_row + r) + np.uint64(first_agent) * GAMMA, np.uint64(r) * m
        if r == 0:
            for q in range(m):
                raw[q] = start + chosen[q] * GAMMA
        else:  # the products are those of the first row
            ahead = start - (row_key(key, first_row) + np.uint64(first_agent) * GAMMA)
            for q in range(m):
                raw[at + q] = raw[q] + ahead


@jit(**kernel_options)
def radii(radius):
    """Radii (4) in the place of the higher halves of words.

    In place is one array: of two that lie at the same address the compiler does not know it, and takes the loop number by number.
    """
    for i in range(radius.size):
        h = f32(np.int32(bits_of_float32(radius[i]) >> U1_32))
        radius[i] = math.sqrt(f32(-2.0) * log32((h + f32(0.5)) * f32(2.0**-31)))


@elementary
def even_normal(low, radius):
    """Z_2p (5)."""
    low = bits_of_float32(low)
    z = radius * sin2pi32(f32(0.25) - abs(f32(np.int32(low)) * QUARTER_TURN))
    return float32_of_bits(bits_of_float32(z) ^ (low << SIGN_32))


@elementary
def odd_normal(low, radius):
    """Z_2p+1 (6)."""
    return radius * sin2pi32(f32(np.int32(bits_of_float32(low))) * QUARTER_TURN)


@jit(**kernel_options)
def normal_draws(low, high, even, odd, d):
    """Normals (4 to 6) from the halves of their words; the odd ones only where there are ``d`` > 1 coordinates."""
    radii(high)
    for i in range(even.size):
        even[i] = even_normal(low[i], high[i])
    if d > 1:
        for i in range(odd.size):
            odd[i] = odd_normal(low[i], high[i])


@jit(**kernel_options)
def lay_rows(z, steps, d, n, even, odd):
    """Lay draws out as rows: z, the numbers of (steps, d, n), from those of either parity, ⌈d/2⌉ rows for a step of each."""
    if d == 1:  # the rows of all steps are one row
        steps, n = 1, n * steps
    for parity in range(min(d, 2)):
        lay_parity(z, steps, d, n, odd if parity else even, parity, (d + 1) // 2)


@jit(**kernel_options)
def lay_parity(z, steps, d, n, draws, parity, rows):
    """The coordinates of one parity; there are `rows` rows of draws for a step, of which the last may be left over."""
    # Unsigned flat indices: slices, and numba's treatment of negative indices, cost more than the copy if n is small.
    width, eight = np.uint64(n), np.uint64(EIGHT)
    for k in range(steps):
        source, target = np.uint64(k * rows * n), np.uint64((k * d + parity) * n)
        for _ in range((d + 1 - parity) // 2):
            if n < EIGHT:
                for i in range(width):
                    z[target + i] = draws[source + i]
            else:
                for i in range(np.uint64(0), width, eight):
                    begin = start_of_eight(i, width)
                    move_eight(z, target + begin, draws, source + begin)
            source += width
            target += width + width


@intrinsic
def move_eight(typing_context, to, target, source, start):
    """to[target : target + 8] = source[start : start + 8] of float32 arrays; the ranges are not checked."""

    def generate(context, builder, signature, arguments):
        eight = ir.VectorType(ir.FloatType(), EIGHT).as_pointer()
        places = []
        for kind, array, at in ((signature.args[0], *arguments[:2]), (signature.args[2], *arguments[2:])):
            data = context.make_array(kind)(context, builder, array).data
            places.append(builder.bitcast(builder.gep(data, [at]), eight))
        builder.store(builder.load(places[1], align=4), places[0], align=4)
        return context.get_dummy_value()

    return types.void(to, types.uint64, source, types.uint64), generate


@jit(**kernel_options)
def places(z, raw, radius, size):
    """Where the halves of ``size`` words for the numbers z go, and the draws of either parity: low, high, even, odd; all borrowed.

    The halves lie in z and in ``radius``, so that ``raw`` is free for draws once they are there.
    """
    draws = halves_of(raw)
    return (
        slice_view(z, 0, size),
        slice_view(radius, 0, size),
        slice_view(draws, 0, size),
        slice_view(draws, size, size),
    )


@jit(**kernel_options)
def normals(z, raw, radius, key, first_agent):
    """Standard normals of the agents first_agent, first_agent + 1, … (4 to 6).

    Parameters
    ----------
    z : float32 (d, n), C-contiguous
        Overwritten.
    raw, radius : uint64 and float32, at least ⌈d/2⌉ n
        Scratch, see `scratch`.
    key : uint64
        From `key(seed, purpose, step)`.
    first_agent : int
        Number of the agent in column 0.
    """
    d, n = z.shape
    rows = (d + 1) // 2
    low, high, even, odd = places(flat(z), raw, radius, rows * n)
    halves(low, high, raw, key, 0, rows, n, first_agent)
    normal_draws(low, high, even, odd, d)
    lay_rows(flat(z), 1, d, n, even, odd)


@jit(**kernel_options)
def normals_steps(z, raw, radius, seed, purpose, first_step, steps, first_agent):
    """Standard normals of consecutive steps at once: the bits of `steps` calls of `normals`, in long loops.

    z : float32 (≥ steps, d, n); raw, radius at least steps ⌈d/2⌉ n, see `scratch`.
    """
    d, n = z.shape[1], z.shape[2]
    rows = (d + 1) // 2
    low, high, even, odd = places(flat(z), raw, radius, steps * rows * n)
    halves_steps(low, high, raw, seed, purpose, first_step, steps, 0, rows, n, first_agent)
    normal_draws(low, high, even, odd, d)
    lay_rows(flat(z), steps, d, n, even, odd)


@jit(**kernel_options)
def uniforms(out, key, first_agent):
    """Uniform numbers (3) of the agents first_agent, …; out : float64 (d, n), overwritten."""
    d, n = out.shape
    for c in range(d):
        row = out[c]
        counter = row_key(key, c) + np.uint64(first_agent) * GAMMA
        for i in range(n):
            row[i] = unit(mix(counter))
            counter += GAMMA


@jit(**kernel_options)
def uniforms_steps(out, seed, purpose, first_step, steps, first_agent):
    """Uniform numbers of consecutive steps: the bits of `steps` calls of `uniforms`; out : float64 (≥ steps, d, n)."""
    d, n = out.shape[1], out.shape[2]
    flat = out.reshape(out.size)[: steps * d * n]
    raw = flat.view(np.uint64)
    words_steps(raw, seed, purpose, first_step, steps, 0, d, n, first_agent)
    for i in range(flat.size):
        flat[i] = unit(raw[i])


@jit(**kernel_options)
def uniforms_of_runs(out, raw, seeds, purpose, step):
    """Uniform numbers of one step for runs with these seeds, side by side: the bits of `uniforms` in one coordinate.

    out : float64 (n R,), column j R + r for agent j of run r; raw : uint64, as long.
    """
    counters_steps_of_runs(raw, seeds, purpose, step, 1, 0, 1, out.size // seeds.size)
    for i in range(out.size):
        out[i] = unit(mix(raw[i]))


@jit(**kernel_options)
def _normals64(out, key):
    d, n = out.shape
    for c in range(d):
        first = row_key(key, c - c % 2)
        second = row_key(key, c - c % 2 + 1)
        row = out[c]
        for i in range(n):
            radius = math.sqrt(-2.0 * log(unit(mix(first + np.uint64(i) * GAMMA))))
            turn = unit(mix(second + np.uint64(i) * GAMMA))
            row[i] = radius * (cos2pi(turn) if c % 2 == 0 else sin2pi(turn))


# ---- from Python ----------------------------------------------------------------------------------------------------


def scratch(n, d, steps=1):
    """Scratch arrays (raw, radius) for `normals`, `normals_steps` and the laws of `noise`."""
    size = steps * ((d + 1) // 2) * n
    return np.empty(size, np.uint64), np.empty(size, np.float32)


def draw_uniform(seed, purpose, step, n, d):
    """Uniform numbers in (0, 1) of agents 0 … n−1, float64 (n, d); element [a, c] is uniform(key, a, c).

    With seeds (runs,) the same for each of them, (runs, n, d).
    """
    return _drawn(_uniforms_of_seeds, seed, purpose, step, n, d)


def draw_normal(seed, purpose, step, n, d):
    """Standard normals of agents 0 … n−1, float64 (n, d), at float64 accuracy (not the float32 draws of `normals`).

    With seeds (runs,) the same for each of them, (runs, n, d).
    """
    return _drawn(_normals_of_seeds, seed, purpose, step, n, d)


def _drawn(fill, seed, purpose, step, n, d):
    seeds = np.asarray(seed, np.uint64)
    out = np.empty((seeds.size, d, n))
    fill(out, seeds.ravel(), np.uint64(purpose), np.uint64(step))
    return np.ascontiguousarray(out.transpose(0, 2, 1)).reshape(*seeds.shape, n, d)


@jit(**kernel_options)
def _uniforms_of_seeds(out, seeds, purpose, step):
    for r in range(seeds.size):
        uniforms(out[r], key(seeds[r], purpose, step), 0)


@jit(**kernel_options)
def _normals_of_seeds(out, seeds, purpose, step):
    for r in range(seeds.size):
        _normals64(out[r], key(seeds[r], purpose, step))
