"""The sums of small swarms are taken in the order that swarmviz/kernels/ordered_sums.py states, bit for bit, on every processor."""

import re
from fractions import Fraction

import numpy as np
import pytest
from numba import njit

from swarmviz.kernels import ordered_sums
from swarmviz.kernels.blocks import scratch
from swarmviz.kernels.compiled import FAST, OPTIONS
from swarmviz.kernels.diagnostics import add_small, add_to_consensus
from swarmviz.kernels.elementary import copy_with_least, multiply_add
from swarmviz.kernels.ordered_sums import MASSES, MOST, POSITIONS, WEIGHTS
from tests.kernels.test_recorded_bits import has_fma

FEW = range(MOST + 1)
FUSED = has_fma()


@njit(**OPTIONS, fastmath=FAST)
def weights_of(a, b):
    return ordered_sums.sum_and_squares_of_weights(a, b)


@njit(**OPTIONS, fastmath=FAST)
def masses_of(a, b):
    return ordered_sums.total_and_mean_of_masses(a, b)


@njit(**OPTIONS, fastmath=FAST)
def positions_of(a, b):
    return ordered_sums.dot_of_positions(a, b)


@njit(**OPTIONS, fastmath=FAST)
def copied_to(f, room, n):
    return copy_with_least(f, room[:n])


@njit(**OPTIONS, fastmath=FAST)
def multiplied(a, b, c, out):
    for j in range(out.size):
        out[j] = multiply_add(a[j], b[j], c[j])


@njit
def rooms(n):
    return scratch(n, np.float64)


def multiply_and_add(a, b, c):
    """a b + c, rounded as this processor does."""
    return float(Fraction(a) * Fraction(b) + Fraction(c)) if FUSED else a * b + c


def in_order(a, b, widths):
    """Σ a b as the module has it, number by number."""
    s, begin = 0.0, 0
    for width in (*widths, 1):
        end = begin + (len(a) - begin) // width * width
        p = [s] + [0.0] * (width - 1)
        for j in range(begin, end):
            c = (j - begin) % width
            p[c] = multiply_and_add(a[j], b[j], p[c])
        vectors = [p[c : c + 4] for c in range(0, width, 4)]
        while len(vectors) > 1:
            pairs = zip(vectors[::2], vectors[1::2], strict=True)
            vectors = [[x + y for x, y in zip(*pair, strict=True)] for pair in pairs]
        last = vectors[0]
        s, begin = (last[0] + last[2]) + (last[1] + last[3]) if width > 1 else last[0], end
    return s


def numbers(n, seed):
    rng = np.random.default_rng((n, seed))
    return [rng.normal(size=n) * 10.0 ** rng.integers(-3, 4, n) for _ in range(2)]


@pytest.mark.parametrize("n", FEW)
def test_each_sum_is_taken_in_the_stated_order(n):
    ones = [1.0] * n
    for seed in range(20):
        a, b = numbers(n, seed)
        x, y = a.tolist(), b.tolist()
        assert positions_of(a, b) == in_order(x, y, POSITIONS)
        assert weights_of(a, b) == (in_order(x, ones, WEIGHTS), in_order(x, y, WEIGHTS))
        assert masses_of(a, b) == (in_order(x, ones, MASSES), in_order(x, y, MASSES))


@pytest.mark.parametrize("function", [weights_of, masses_of, positions_of], ids=["weights", "masses", "positions"])
def test_the_compiler_is_not_allowed_another_order(function):
    """In the code itself: whether LLVM makes use of a permission depends on its version, and on the processor."""
    function(*numbers(8, 0))
    (code,) = function.inspect_llvm().values()
    sums = re.findall(r"= fadd (.*?)(?:double|<\d+ x double>)", code)
    assert len(sums) > 4 and not any({"reassoc", "fast"} & set(flags.split()) for flags in sums)


def test_another_order_has_other_bits():
    """Or the test before would say nothing."""
    for widths in (POSITIONS, WEIGHTS):
        for other in ((), (4,), (8, 4), (32, 8, 4)):
            pairs = [[v.tolist() for v in numbers(29, seed)] for seed in range(20)]
            assert any(in_order(*pair, widths) != in_order(*pair, other) for pair in pairs)


@pytest.mark.parametrize("n", [1, 3, 8, 13, 16, 29, 31])
def test_a_number_that_is_not_finite_stays_visible(n):
    for bad in (np.nan, np.inf):
        for j in range(n):
            a, b = np.ones(n), np.ones(n)
            b[j] = bad
            assert not np.isfinite([positions_of(a, b), masses_of(a, b)[1], weights_of(b, a)[0]]).any()


@pytest.mark.parametrize("n", FEW)
def test_a_copy_ends_with_infinities_and_gives_the_least_number(n):
    full = -(-n // 8) * 8
    for seed in range(5):
        f = np.random.default_rng((n, seed)).normal(size=n)
        f[np.random.default_rng(seed).random(n) < 0.2] = np.nan
        room = np.full(64, 7.0)
        least = copied_to(f, room, n)
        assert least == np.nanmin(f, initial=np.inf)
        np.testing.assert_array_equal(room, np.concatenate([f, np.full(full - n, np.inf), np.full(64 - full, 7.0)]))


def test_a_product_and_a_sum_are_rounded_as_one():
    rng = np.random.default_rng(1)
    for n in (1, 4, 7, 8, 31, 64):
        a, b, c, out = *rng.normal(size=(3, n)), np.empty(n)
        multiplied(a, b, c, out)
        assert out.tolist() == [
            multiply_and_add(*each) for each in zip(a.tolist(), b.tolist(), c.tolist(), strict=True)
        ]


@pytest.mark.parametrize("alpha", [0.1, 1000.0])
@pytest.mark.parametrize("n", range(1, MOST + 1))
def test_few_agents_enter_the_consensus_as_many_do(n, alpha):
    """Block after block, relative to the lowest value of all."""
    rng = np.random.default_rng(n)
    small, large, w = np.array([0.0, 0.0, 0.0, 0.0, np.inf]), np.array([0.0, 0.0, 0.0, 0.0, np.inf]), rooms(n)
    for _ in range(3):
        x, f = rng.normal(size=(2, n)), rng.uniform(0, 3, n)
        add_small(x, f, alpha, w, small)
        add_to_consensus(x, f, alpha, w, large)
        np.testing.assert_allclose(small, large, rtol=1e-13, atol=1e-13)


def test_where_nobody_has_a_weight_nothing_is_added():
    """As in the blocks of a random batch that none of its agents is in, wherever they are."""
    x, f, w, sums = np.full((1, 5), np.inf), np.full(5, np.inf), rooms(5), np.array([0.3, 1.0, 1.0, 0.2])
    add_small(x, f, 1.0, w, sums)
    assert sums.tolist() == [0.3, 1.0, 1.0, 0.2]
