"""The noise laws: drawn by address like the normals, and distributed as their formulas say."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from swarmviz.kernels import noise, randomness
from swarmviz.kernels.noise import CAUCHY, GAUSSIAN, LAWS, STUDENT, UNIFORM
from swarmviz.kernels.randomness import POSITION_NOISE, scratch

SEED = 314159
ALL = [law.code for law in LAWS.values()]
SHAPES = [(1, 8), (2, 8), (3, 10), (2, 100), (5, 40)]  # (d, n)
ROOT_3 = np.sqrt(3)


def key(seed=SEED, step=0):
    return np.uint64(randomness.key(seed, POSITION_NOISE, step))


def fill(law, d, n, nu_t=3.0, step=0, first_agent=0, seed=SEED):
    z = np.full((d, n), np.nan, np.float32)
    noise.fill(z, *scratch(n, d), law, nu_t, key(seed, step), first_agent)
    return z


def fill_steps(law, steps, d, n, nu_t=3.0, first_step=0):
    z = np.full((steps, d, n), np.nan, np.float32)
    noise.fill_steps(
        z, *scratch(n, d, steps), law, nu_t, np.uint64(SEED), np.uint64(POSITION_NOISE), first_step, steps, 0
    )
    return z


def distribution(law, nu_t=3.0):
    return {
        GAUSSIAN: stats.norm(),
        CAUCHY: stats.cauchy(),
        UNIFORM: stats.uniform(-ROOT_3, 2 * ROOT_3),
        STUDENT: stats.t(nu_t),
    }[law]


# ---- nothing but the address -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", ALL)
@pytest.mark.parametrize(("d", "n"), SHAPES)
def test_steps_drawn_together_are_the_bits_of_single_steps(law, d, n):
    many = fill_steps(law, 11, d, n, first_step=5)
    for k in range(11):
        assert np.array_equal(many[k], fill(law, d, n, step=5 + k))


@pytest.mark.parametrize("law", ALL)
def test_a_draw_depends_neither_on_the_block_nor_on_how_many_agents_and_coordinates_there_are(law):
    whole = fill(law, 6, 200)
    for d, n in SHAPES:
        assert np.array_equal(fill(law, d, n), whole[:d, :n])
    edges = [0, 3, 40, 41, 200]
    blocks = [fill(law, 6, stop - start, first_agent=start) for start, stop in pairwise(edges)]
    assert np.array_equal(np.concatenate(blocks, axis=1), whole)


def test_gaussian_noise_is_the_normals_bit_for_bit():
    z = np.empty((5, 77), np.float32)
    randomness.normals(z, *scratch(77, 5), key(step=9), 0)
    assert np.array_equal(fill(GAUSSIAN, 5, 77, step=9), z)


def test_cauchy_and_uniform_noise_are_the_documented_functions_of_the_words():
    k = randomness.key(SEED, POSITION_NOISE, 0)
    for law in (CAUCHY, UNIFORM):
        z = fill(law, 3, 200)
        for c in range(3):
            words = np.array([randomness.bits(k, agent, c // 2) for agent in range(200)], np.uint64)
            b = (words >> np.uint64(32 * (c % 2))) & np.uint64(0xFFFFFFFF)
            if law == CAUCHY:
                half = (b >> np.uint64(1)).astype(float)
                exact = (1 - 2 * (b % 2).astype(float)) / np.tan(np.pi * (half + 0.5) / 2**32)
                # float32 resolves W to 2^-25 near ½, where the cotangent crosses zero
                assert np.all(np.abs(z[c] - exact) < 2e-6 * np.maximum(np.abs(exact), 0.1))
            else:
                exact = (b.astype(np.uint32).view(np.int32) + 0.5) * ROOT_3 / 2**31
                assert np.abs(z[c] - exact).max() < 2e-7


# ---- laws ------------------------------------------------------------------------------------------------------------


def test_every_law_has_a_code_a_title_an_equation_and_a_description():
    assert sorted(ALL) == [GAUSSIAN, CAUCHY, UNIFORM, STUDENT] == [0, 1, 2, 3]
    for name, law in LAWS.items():
        assert name == name.lower()
        assert law.title and law.equation and law.description.endswith(".")


@pytest.mark.parametrize("coordinate", [0, 1, 2])
@pytest.mark.parametrize("law", ALL)
def test_draws_follow_their_law(law, coordinate):
    z = fill(law, 3, 300_000)[coordinate].astype(float)
    assert stats.kstest(z, distribution(law).cdf).pvalue > 1e-3


@pytest.mark.parametrize("nu_t", [0.3, 1.0, 2.5, 30.0, 1e4, 1e12])
def test_student_noise_has_the_chosen_degrees_of_freedom(nu_t):
    z = fill(STUDENT, 2, 300_000, nu_t).astype(float)
    assert np.isfinite(z).all()
    law = stats.t(nu_t) if nu_t < 1e6 else stats.norm()
    assert stats.kstest(z[0], law.cdf).pvalue > 1e-3
    assert stats.kstest(z[1], law.cdf).pvalue > 1e-3


@pytest.mark.parametrize(("nu_t", "other"), [(3.0, 3.2), (1.0, 1.02), (30.0, 60.0)])
def test_the_comparison_of_laws_would_notice_slightly_different_degrees_of_freedom(nu_t, other):
    z = fill(STUDENT, 1, 1_000_000, nu_t)[0].astype(float)
    assert stats.kstest(z, stats.t(other).cdf).pvalue < 1e-3


@pytest.mark.parametrize(("law", "nu_t"), [(CAUCHY, 0.0), (STUDENT, 1.0), (STUDENT, 3.0), (STUDENT, 0.5)])
def test_heavy_tails_have_the_right_weight_as_far_as_there_are_draws(law, nu_t):
    size = 4_000_000
    z = np.abs(fill(law, 2, size // 2, nu_t))
    probability = 10.0 ** -np.arange(1, 6)
    level = distribution(law, nu_t).isf(probability / 2)
    counts = np.array([(z > v).sum() for v in level])
    expected = size * probability
    assert np.all(np.abs(counts - expected) < 4.5 * np.sqrt(expected))


def test_uniform_noise_has_variance_one_and_never_exceeds_root_three():
    z = fill(UNIFORM, 2, 1_000_000).astype(float).ravel()
    assert np.abs(z).max() <= np.float32(ROOT_3)
    for k in range(1, 7):
        moment = 0 if k % 2 else ROOT_3**k / (k + 1)
        error = np.sqrt((3**k / (2 * k + 1) - moment**2) / z.size)
        assert abs((z**k).mean() - moment) < 4.5 * error


@pytest.mark.parametrize("nu_t", [0.5, 1.0, 3.0, 100.0, 1e7, 1e12])
def test_student_radii_follow_their_formula_far_into_the_tail(nu_t):
    h = np.concatenate([np.arange(100), np.geomspace(100, 2**30, 300).astype(int)]).astype(np.uint64)
    radius = np.empty(h.size, np.float32)
    noise._student_radii(h << np.uint64(33), radius, nu_t)
    u = (h + 0.5) / 2**31
    assert np.abs(radius / np.sqrt(nu_t * np.expm1(-2 / nu_t * np.log(u))) - 1).max() < 1e-5


@pytest.mark.parametrize("nu_t", [0.01, 0.05, 0.2, 1.0, 1e6])
def test_extreme_words_give_finite_student_draws(nu_t):
    raw = np.array([0, 1, 2**33, 2**31, 2**32 - 1, 2**64 - 1, 2**64 - 2**33], np.uint64)
    radius = np.empty(raw.size, np.float32)
    noise._student_radii(raw, radius, nu_t)
    assert np.isfinite(radius).all()
    assert radius.min() >= 0
    assert radius.argmax() == 0


def test_extreme_words_give_finite_cauchy_draws_up_to_the_documented_bound():
    b = np.array([0, 1, 2, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1], np.uint32)
    z = np.array([noise.cauchy(v) for v in b])
    assert np.isfinite(z).all()
    assert np.abs(z).max() == pytest.approx(2**33 / np.pi, rel=1e-5)
    assert z[0] == -z[1] > 0


# ---- independence ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", ALL)
def test_draws_at_neighbouring_addresses_are_independent(law):
    """Correlations of ranks and of squared ranks, since a heavy tail has no correlation, and a joint histogram."""
    n = 500_000
    rank = distribution(law).cdf
    u = rank(fill(law, 4, n).astype(float)) - 0.5
    pairs = {
        "the two coordinates of a pair": (u[0], u[1]),
        "coordinates two apart": (u[0], u[2]),
        "coordinates 1 and 2": (u[1], u[2]),
        "odd coordinates": (u[1], u[3]),
        "neighbouring agents": (u[0, :-1], u[0, 1:]),
        "neighbouring agents across the pair": (u[0, :-1], u[1, 1:]),
        "neighbouring steps": (u[0], rank(fill(law, 1, n, step=1)[0].astype(float)) - 0.5),
        "neighbouring seeds": (u[0], rank(fill(law, 1, n, seed=SEED + 1)[0].astype(float)) - 0.5),
    }
    for what, (a, b) in pairs.items():
        bound = 4.5 / np.sqrt(a.size)
        for f in (lambda v: v, np.square, np.sign):
            assert abs(np.corrcoef(f(a), f(b))[0, 1]) < bound, f"{what} are correlated"
        cell = np.minimum(np.floor(8 * (a + 0.5)), 7) * 8 + np.minimum(np.floor(8 * (b + 0.5)), 7)
        counts = np.bincount(cell.astype(int), minlength=64)
        assert stats.chisquare(counts).pvalue > 1e-4, f"{what} are dependent"
