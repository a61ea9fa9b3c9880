"""Draws, elementary functions and runs of small swarms have the bits that they had when this was written: a seed is a promise.

The digests are the same on every processor that has FMA, whatever the width of its vectors. To see that for vectors of 256 bits on a
machine that has more, set NUMBA_CPU_NAME=haswell and NUMBA_CPU_FEATURES to nothing, with a NUMBA_CACHE_DIR of its own.
"""

import hashlib

import numpy as np
import pytest
from numba import njit

import swarmviz as sv
from swarmviz.kernels import elementary, noise, randomness
from swarmviz.kernels.noise import CAUCHY, GAUSSIAN, STUDENT, UNIFORM
from swarmviz.kernels.randomness import JUMP, POSITION_NOISE, scratch

SEED = np.uint64(20261127)
SHAPES = [(1, 1), (1, 8), (3, 5), (2, 31), (2, 32), (2, 100), (3, 129), (5, 67), (20, 200), (2, 2048)]  # (d, n)
SHIFTED = 3  # the first agent and the first step are not 0


@njit(fastmath=elementary.SAFE_FASTMATH, error_model="numpy")
def _fused(a, b, c, out):
    for i in range(out.size):
        out[i] = a[i] * b[i] + c[i]


def has_fma():
    """Whether a product and a sum are rounded together here."""
    a, out = np.full(8, 1 + 2.0**-30), np.empty(8)
    _fused(a, a, np.full(8, -1 - 2.0**-29), out)
    return out[0] == 2.0**-60


fused = pytest.mark.skipif(not has_fma(), reason="without FMA the last bits are others")


def digest(arrays):
    """Of the bits of arrays; all NaNs count as one, since their sign and payload are the machine's affair."""
    total = hashlib.blake2b(digest_size=12)
    for a in arrays:
        total.update(np.where(np.isnan(a), np.nan, a).astype(a.dtype).tobytes() if a.dtype.kind == "f" else a.tobytes())
    return total.hexdigest()


# ---- draws ----------------------------------------------------------------------------------------------------------


def drawn(law, nu_t=3.0):
    """What a law gives for steps one by one, for steps together and for chosen agents, in every shape."""
    for d, n in SHAPES:
        raw, radius = scratch(n, d, 6)
        many = np.empty((6, d, n), np.float32)
        noise.fill_steps(many, raw, radius, law, nu_t, SEED, np.uint64(POSITION_NOISE), SHIFTED, 6, SHIFTED)
        yield many
        one, key = np.empty((d, n), np.float32), np.uint64(randomness.key(SEED, POSITION_NOISE, 7))
        noise.fill(one, raw, radius, law, nu_t, key, SHIFTED)
        yield one
        chosen = np.arange(0, n, 2).astype(np.uint64)
        some = np.empty((d, chosen.size), np.float32)
        noise.fill_chosen(some, raw, radius, law, nu_t, key, SHIFTED, chosen)
        yield some


def normal_draws():
    """The entries of the normals themselves."""
    for d, n in SHAPES:
        raw, radius = scratch(n, d, 6)
        z, many = np.empty((d, n), np.float32), np.empty((6, d, n), np.float32)
        randomness.normals(z, raw, radius, np.uint64(randomness.key(SEED, JUMP, 2)), SHIFTED)
        randomness.normals_steps(many, raw, radius, SEED, np.uint64(JUMP), SHIFTED, 6, SHIFTED)
        yield from (z, many)


def uniform_draws():
    for d, n in SHAPES:
        u, many = np.empty((d, n)), np.empty((6, d, n))
        randomness.uniforms(u, np.uint64(randomness.key(SEED, JUMP, 2)), SHIFTED)
        randomness.uniforms_steps(many, SEED, np.uint64(JUMP), SHIFTED, 6, SHIFTED)
        yield from (u, many)


def word_draws():
    for rows, n in SHAPES:
        raw = np.empty(6 * rows * n, np.uint64)
        randomness.words_steps(raw, SEED, np.uint64(JUMP), SHIFTED, 6, SHIFTED, rows, n, SHIFTED)
        yield raw.copy()
        randomness.words(raw, np.uint64(randomness.key(SEED, JUMP, 2)), SHIFTED, rows, n, SHIFTED)
        yield raw[: rows * n]
        numbers = [randomness.index(randomness.key(SEED, JUMP, 1), i, rows, 1000) for i in range(n)]
        yield np.array(numbers)


def initial_draws():
    for d, n in SHAPES:
        yield randomness.draw_normal([SEED, SEED + np.uint64(1)], POSITION_NOISE, SHIFTED, n, d)
        yield randomness.draw_uniform([SEED, SEED + np.uint64(1)], POSITION_NOISE, SHIFTED, n, d)


DRAWS = {
    "words": (word_draws, "f054848e7558fc2f15b2fc8d"),
    "uniforms": (uniform_draws, "fe847f3a6bfbeb9fb117960b"),
    "normals": (normal_draws, "991989bb5f1002adfec72812"),
    "initial": (initial_draws, "4740b1f6060da05f3b1c34cc"),
    "gaussian": (lambda: drawn(GAUSSIAN), "e42a418d8e7d57b76d553b35"),
    "cauchy": (lambda: drawn(CAUCHY), "bf49c9e8ca8ac40173ea5993"),
    "uniform": (lambda: drawn(UNIFORM), "cbe65b50929a583985753739"),
    "student 3": (lambda: drawn(STUDENT), "7edfa35b26420bd15eff278d"),
    "student 0.2": (lambda: drawn(STUDENT, 0.2), "0a835c16afd1d5464edf0e8b"),
}


@fused
@pytest.mark.parametrize("name", DRAWS)
def test_a_generator_draws_the_recorded_bits(name):
    draws, recorded = DRAWS[name]
    assert digest(draws()) == recorded


# ---- elementary functions -------------------------------------------------------------------------------------------


def patterns(kind, size):
    """Floats whose bit patterns are spread evenly over all there are: every exponent, both signs, infinities and NaNs."""
    word = np.dtype(f"u{np.dtype(kind).itemsize}")
    top = (1 << 8 * word.itemsize) - 1
    return np.array([top * i // (size - 1) for i in range(size)], word).view(kind)


def everywhere():
    """Arguments of float64 functions: all magnitudes, and the places where something happens."""
    bounds = [-708.4, -708.0, 709.78, 710.0, 7e15, 2.0**51, 2.2250738585072014e-308, 0.0, 1.0, 2.0**0.5, 0.5**0.5]
    near = np.concatenate([np.nextafter(b, [-np.inf, np.inf]) for b in bounds])
    ranges = [np.linspace(-low, low, 30_011) for low in (1e-3, 1.0, 12.0, 800.0, 1e6, 1e16)]
    quarters = np.arange(-4001, 4001) * 0.25
    crests = quarters * (2 * np.pi)
    return np.concatenate([patterns(np.float64, 60_013), *ranges, near, bounds, quarters, crests, -near])


def single(low, high):
    """Normal float32 between two positive bounds, evenly by their bit patterns."""
    first, last = (int(np.float32(x).view(np.uint32)) for x in (low, high))
    return np.linspace(first, last, 400_009).astype(np.uint32).view(np.float32)


def applied(function, x):
    """The function in a vector loop, and in one that is too short for vectors."""

    @njit(error_model="numpy")
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    out, few = np.empty_like(x), np.empty_like(x[:3])
    loop(x, out)
    loop(x[:3].copy(), few)
    assert digest([out[:3]]) == digest([few])
    return out


quarter = single(1e-12, 0.25)
FUNCTIONS = {
    "exp": (everywhere, "98a8c7035eea62e91498d20c"),
    "log": (everywhere, "10e00b14e807783d1cd460cb"),
    "sin": (everywhere, "6179f5178b28e673a786b958"),
    "cos": (everywhere, "367ed620bdad827154f86773"),
    "sin2pi": (everywhere, "4e20ea604cb6d3d85725ba04"),
    "cos2pi": (everywhere, "dd12d7f6536dfa5ce2f16e96"),
    "tanh": (everywhere, "ad49808340663d65c275a037"),
    "sin2pi32": (lambda: np.concatenate([quarter, -quarter, np.zeros(1, np.float32)]), "48c5f2ac5e09f017a34c86cd"),
    "log32": (lambda: np.concatenate([single(2.0**-126, 3.4e38), single(2.0**-33, 1.0)]), "bd9b4f82662739a4d2927291"),
}


@fused
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_elementary_function_has_the_recorded_bits(name):
    points, recorded = FUNCTIONS[name]
    assert digest([applied(getattr(elementary, name), points())]) == recorded


@fused
def test_powers_have_the_recorded_bits():
    recorded = "d29246a9071634105699685b"
    x = np.abs(everywhere())
    exponents = (0.1, 0.5, 1.0, 2.0, 7.3, -1.5)
    powers = [applied(njit(lambda v, p=p: elementary.power(v, p)), x) for p in exponents]
    assert digest(powers) == recorded


# ---- runs of small swarms -------------------------------------------------------------------------------------------

RUNS = {
    "CBO": (sv.CBO(alpha=0.3), "9277e3ddee974be4c75598a8"),
    "CBO tamed": (
        sv.CBO(alpha=1.0, noise="isotropic", scheme="tamed", boundary="periodic"),
        "082f34dcd7a943d146e1213f",
    ),
    "CBO with Heun's scheme": (sv.CBO(alpha=0.5, scheme="heun"), "6a16fd430157ead0b5230b7e"),
    "CBO of batches": (sv.CBO(alpha=0.3, batch=4), "a57b0ac4b2da006d3e948049"),
    "SSA": (sv.SSA(), "ee5946966aff326502d70cf1"),
    "SSA with the step": (sv.SSA(profile="step", initial_mass="uniform"), "e6e043e44b9f6fa82dd98c44"),
    "PSO": (sv.PSO(alpha=0.1, noise="cauchy", boundary="reflect"), "074a1d855261268000e8f071"),
    "BGK": (sv.BGK(alpha=0.3), "92955e1274099dfcc9df36c8"),
    "BGK inertial": (sv.BGK(alpha=0.3, form="inertial"), "45d8e135a60c63413a9a87ea"),
}


@fused
@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_a_small_swarm_has_the_recorded_bits(name):
    """Its positions, energies and what else goes on from step to step; what is measured of it has other last bits with other vectors."""
    (dynamics, recorded), landscape, seeds = RUNS[name], sv.landscapes.Rastrigin(), np.arange(2)
    arrays = []
    for n in (5, 8, 19, 31):
        for d in (1, 2, 7):
            positions = sv.Swarm(n=n, d=d).positions_of(landscape, seeds)
            states = dynamics.init_many(positions, landscape, seeds)
            result = dynamics.advance_many(states, landscape, 40)
            assert result.fine.all()
            arrays += [value for value in result.after.all if isinstance(value, np.ndarray)]
    assert digest(arrays) == recorded
