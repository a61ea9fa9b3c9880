"""Counter-based draws: the address alone decides, and the draws follow their laws."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from swarmviz.kernels import randomness
from swarmviz.kernels.randomness import POSITION_NOISE, draw_normal, draw_uniform, scratch

SEED = 20240229
SHAPES = [(1, 8), (1, 100), (2, 8), (2, 33), (3, 10), (5, 40), (20, 200)]  # (d, n), short and long rows, odd and even d


def key(seed=SEED, purpose=POSITION_NOISE, step=0):
    return np.uint64(randomness.key(seed, purpose, step))


def normals(d, n, step=0, first_agent=0, seed=SEED, purpose=POSITION_NOISE):
    z = np.full((d, n), np.nan, np.float32)
    randomness.normals(z, *scratch(n, d), key(seed, purpose, step), first_agent)
    return z


def normals_steps(steps, d, n, first_step=0, seed=SEED, purpose=POSITION_NOISE):
    z = np.full((steps, d, n), np.nan, np.float32)
    randomness.normals_steps(z, *scratch(n, d, steps), np.uint64(seed), np.uint64(purpose), first_step, steps, 0)
    return z


def uniforms(d, n, step=0, first_agent=0):
    out = np.full((d, n), np.nan)
    randomness.uniforms(out, key(step=step), first_agent)
    return out


# ---- oracles: the docstring's formulas in Python integers and NumPy float64 -----------------------------------------

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def word(seed, purpose, step, row, agent):
    key = mix(mix(mix(seed + GAMMA) + purpose * GAMMA) + step * GAMMA)
    return mix(mix(key + row * GAMMA) + agent * GAMMA)


def normal_pair(word):
    radius = np.sqrt(-2 * np.log(((word >> 33) + 0.5) / 2**31))
    low = word & 0xFFFFFFFF
    angle = 2 * np.pi * (low - (low >> 31) * 2**32) / 2**33
    return radius * np.cos(angle) * (-1) ** (low & 1), radius * np.sin(angle)


def test_mix_is_the_published_splitmix64():
    """First outputs for seed 1234567 (Vigna's C code)."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [mix(1234567 + (i + 1) * GAMMA) for i in range(4)] == published
    assert [randomness.mix(np.uint64((1234567 + (i + 1) * GAMMA) & MASK)) for i in range(4)] == published


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, 2**64 - 1])
def test_bits_are_the_documented_function_of_the_address(seed):
    for purpose, step, agent, coordinate in [(1, 0, 0, 0), (3, 10**9, 10**6, 19), (5, 2**40, 7, 1)]:
        k = randomness.key(seed, purpose, step)
        assert randomness.bits(k, agent, coordinate) == word(seed, purpose, step, coordinate, agent)


def test_normals_are_the_documented_function_of_the_words():
    z = normals(5, 300, step=3)
    for p in range(3):
        pairs = np.array([normal_pair(word(SEED, POSITION_NOISE, 3, p, a)) for a in range(300)]).T
        assert np.abs(pairs[0] - z[2 * p]).max() < 2e-6
        if 2 * p + 1 < 5:
            assert np.abs(pairs[1] - z[2 * p + 1]).max() < 2e-6


# ---- nothing but the address ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("d", "n"), SHAPES)
def test_steps_drawn_together_are_the_bits_of_single_steps(d, n):
    many = normals_steps(13, d, n, first_step=7)
    for k in range(13):
        assert np.array_equal(many[k], normals(d, n, step=7 + k))


@pytest.mark.parametrize(("d", "n"), SHAPES)
def test_uniform_steps_drawn_together_are_the_bits_of_single_steps(d, n):
    many = np.full((13, d, n), np.nan)
    randomness.uniforms_steps(many, np.uint64(SEED), np.uint64(POSITION_NOISE), 7, 13, 0)
    for k in range(13):
        assert np.array_equal(many[k], uniforms(d, n, step=7 + k))


def test_a_longer_buffer_than_steps_is_left_alone_behind_them():
    z = np.full((10, 1, 8), np.nan, np.float32)
    randomness.normals_steps(z, *scratch(8, 1, 10), np.uint64(SEED), np.uint64(POSITION_NOISE), 0, 4, 0)
    assert np.array_equal(z[:4], normals_steps(4, 1, 8))
    assert np.isnan(z[4:]).all()


@pytest.mark.parametrize("draw", [normals, uniforms])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_agents_cut_into_blocks_draw_the_same_bits(draw, d):
    whole = draw(d, 200)
    edges = [0, 1, 8, 39, 40, 137, 200]
    blocks = [draw(d, stop - start, first_agent=start) for start, stop in pairwise(edges)]
    assert np.array_equal(whole, np.concatenate(blocks, axis=1))


@pytest.mark.parametrize("draw", [normals, uniforms])
def test_a_draw_does_not_depend_on_how_many_agents_or_coordinates_there_are(draw):
    large = draw(7, 300)
    for d, n in SHAPES[:5]:
        assert np.array_equal(draw(d, n), large[:d, :n])


def test_threads_do_not_change_a_bit():
    with ThreadPoolExecutor(2) as pool:
        parallel = list(pool.map(lambda step: normals(4, 500, step=step), range(16)))
    assert all(np.array_equal(z, normals(4, 500, step=step)) for step, z in enumerate(parallel))


def test_scalars_blocks_and_arrays_are_the_same_uniform_numbers():
    k = key(step=4)
    array = draw_uniform(SEED, POSITION_NOISE, 4, 50, 3)
    assert array.shape == (50, 3)
    assert np.array_equal(array.T, uniforms(3, 50, step=4))
    assert array[17, 2] == randomness.uniform(k, 17, 2)
    assert array[17, 2] == randomness.unit(np.uint64(randomness.bits(k, 17, 2)))


def test_initial_normals_do_not_depend_on_how_many_agents_or_coordinates_there_are():
    large = draw_normal(SEED, 5, 0, 300, 6)
    assert np.array_equal(draw_normal(SEED, 5, 0, 20, 3), large[:20, :3])


# ---- laws -----------------------------------------------------------------------------------------------------------

MOMENTS = [1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395]  # E Z^k of a standard normal


def deviation_of_moments(z):
    """First six moments of a sample, in standard errors from those of a standard normal."""
    z = z.astype(float)
    error = [np.sqrt((MOMENTS[2 * k] - MOMENTS[k] ** 2) / z.size) for k in range(1, 7)]
    return [((z**k).mean() - MOMENTS[k]) / error[k - 1] for k in range(1, 7)]


@pytest.mark.parametrize("coordinate", [0, 1, 2])
def test_normals_have_the_moments_and_the_distribution_of_a_gaussian(coordinate):
    z = normals(3, 1_000_000)[coordinate]
    assert np.abs(deviation_of_moments(z)).max() < 4.5
    assert stats.kstest(z[:300_000].astype(float), "norm").pvalue > 1e-3


def test_normals_over_many_steps_of_a_few_agents_have_the_same_law():
    z = normals_steps(100_000, 1, 8).ravel()
    assert np.abs(deviation_of_moments(z)).max() < 4.5
    assert stats.kstest(z[:300_000].astype(float), "norm").pvalue > 1e-3


def test_initial_normals_have_the_moments_and_the_distribution_of_a_gaussian():
    z = draw_normal(SEED, 5, 0, 300_000, 2)
    assert np.abs(deviation_of_moments(z.ravel())).max() < 4.5
    assert stats.kstest(z[:, 0], "norm").pvalue > 1e-3
    assert stats.kstest(z[:, 1], "norm").pvalue > 1e-3
    assert np.abs(np.corrcoef(z.T)[0, 1]) < 4.5 / np.sqrt(300_000)


def test_the_tests_of_moments_would_notice_a_wrong_law():
    """Negative control: the same size of sample, a Student t with 30 degrees of freedom scaled to variance 1."""
    z = np.random.default_rng(0).standard_t(30, 1_000_000) * np.sqrt(28 / 30)
    assert np.abs(deviation_of_moments(z)).max() > 4.5


def test_the_tails_are_gaussian_to_more_than_five_standard_deviations():
    levels = np.array([3.0, 4.0, 4.5, 5.0])
    counts, total = np.zeros(4), 0
    for step in range(20):
        z = np.abs(normals(2, 1_000_000, step=step))
        counts += [(z > level).sum() for level in levels]
        total += z.size
    expected = 2 * stats.norm.sf(levels) * total
    assert expected[-1] > 20
    assert np.all(np.abs(counts - expected) < 4.5 * np.sqrt(expected))


def test_extreme_words_give_finite_normals_up_to_the_documented_bound():
    words = np.array([0, 1, 2**33 - 1, 2**31, 2**32 - 1, 2**64 - 1, 2**64 - 2**33, 2**63], np.uint64)
    for d in (1, 2):
        z, (raw, radius) = np.empty(d * words.size, np.float32), scratch(words.size, d)
        low, high, even, odd = randomness.places(z, raw, radius, words.size)
        for i, word in enumerate(words):
            low[i], high[i] = randomness.low_half(word), randomness.high_half(word)
        randomness.normal_draws(low, high, even, odd, d)
        randomness.lay_rows(z, 1, d, words.size, even, odd)
        assert np.isfinite(z).all()
        assert radius.max() == pytest.approx(np.sqrt(64 * np.log(2)), rel=1e-6)
        assert radius.min() >= 0


def test_uniform_numbers_are_uniform_and_never_zero_or_one():
    u = draw_uniform(SEED, 5, 0, 300_000, 2)
    assert stats.kstest(u[:, 0], "uniform").pvalue > 1e-3
    assert stats.kstest(u[:, 1], "uniform").pvalue > 1e-3
    assert 0 < randomness.unit(np.uint64(0)) < 1e-15
    assert 1 - 1e-15 < randomness.unit(np.uint64(MASK)) < 1


@pytest.mark.parametrize("n", [1, 2, 7, 1000])
def test_companions_are_drawn_uniformly_from_all_n(n):
    k = key(purpose=randomness.COMPANION)
    drawn = np.array([randomness.index(k, agent, 0, n) for agent in range(20_000)])
    assert drawn.min() >= 0
    assert drawn.max() < n
    counts = np.bincount(drawn, minlength=n)
    assert n == 1 or stats.chisquare(counts).pvalue > 1e-3


# ---- independence ---------------------------------------------------------------------------------------------------

N = 1_000_000


def pairs_of_neighbours():
    """Two samples that share all of their address but one part, in which they are neighbours."""
    z = normals(4, N)
    yield "the two coordinates of a pair", z[0], z[1]
    yield "even coordinates of neighbouring pairs", z[0], z[2]
    yield "odd and even coordinate of neighbouring pairs", z[1], z[2]
    yield "odd coordinates of neighbouring pairs", z[1], z[3]
    for lag in (1, 2, 8):
        yield f"agents {lag} apart", z[0, :-lag], z[0, lag:]
        yield f"agents {lag} apart, across the pair", z[0, :-lag], z[1, lag:]
    yield "neighbouring steps", z[0], normals(1, N, step=1)[0]
    yield "neighbouring seeds", z[0], normals(1, N, seed=SEED + 1)[0]
    yield "seeds that differ in the highest bit", z[0], normals(1, N, seed=SEED + 2**63)[0]
    yield "neighbouring purposes", z[0], normals(1, N, purpose=POSITION_NOISE + 1)[0]
    yield "seed + 1 and purpose + 1", normals(1, N, seed=SEED + 1)[0], normals(1, N, purpose=POSITION_NOISE + 1)[0]
    yield "step + 1 and the next pair", normals(1, N, step=1)[0], z[2]
    short = normals_steps(N // 8, 1, 8)[:, 0]
    for lag in (1, 2, 8):
        yield f"steps {lag} apart, few agents", short[:-lag].ravel(), short[lag:].ravel()
    yield "agent + 1 against step + 1, few agents", short[:-1, 1:].ravel(), short[1:, :-1].ravel()


def test_draws_at_neighbouring_addresses_are_independent():
    """No correlation of the draws, their squares, signs or products, and a flat joint histogram of their ranks."""
    edges = stats.norm.ppf(np.arange(1, 8) / 8).astype(np.float32)
    for what, a, b in pairs_of_neighbours():
        a, b = a.astype(float), b.astype(float)
        bound = 4.7 / np.sqrt(a.size)  # 120 correlations: a chance of 3e-4 that any true zero lies beyond
        for f in (lambda v: v, np.square, np.sign, lambda v: v * np.abs(v)):
            assert abs(np.corrcoef(f(a), f(b))[0, 1]) < bound, f"{what} are correlated"
        assert abs(np.corrcoef(a, np.square(b))[0, 1]) < bound, f"{what} are correlated"
        cells = np.bincount(8 * np.searchsorted(edges, a) + np.searchsorted(edges, b), minlength=64)
        assert stats.chisquare(cells).pvalue > 1e-4, f"{what} are dependent"


def test_every_bit_is_balanced_and_flips_with_probability_one_half_between_neighbours():
    """Along every part of the address: coordinates, agents, steps, purposes and seeds."""
    count = 1 << 14
    base = {"seed": SEED, "purpose": POSITION_NOISE, "step": 0, "row": 0, "agent": 0}
    for part in base:
        words = np.array([word(**(base | {part: i})) for i in range(count)], np.uint64)
        bit = (words[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        bound = 4.7 * np.sqrt(count) / 2
        assert np.abs(bit.sum(0) - count / 2).max() < bound, part
        flips = (bit[1:] ^ bit[:-1]).sum(0)
        assert np.abs(flips - (count - 1) / 2).max() < bound, part


def test_no_word_is_used_twice():
    """Across steps, pairs, agents, purposes and seeds; by chance 10^6 words repeat one with probability 3e-8."""
    raw = np.empty(250_000, np.uint64)
    seen = []
    for seed, purpose in [(1, 1), (1, 2), (2, 1), (2, 2)]:
        randomness.words_steps(raw, np.uint64(seed), np.uint64(purpose), 0, 500, 0, 50, 10, 0)
        seen.append(raw.copy())
    assert np.unique(np.concatenate(seen)).size == 1_000_000
