"""How agents lie in memory: the layout, views that borrow, and room that begins with a cache line."""

import numpy as np
import pytest
from numba import njit

from swarmviz.blocks import (
    BLOCK_COORDINATES,
    LINE,
    aligned,
    block,
    block_count,
    copied_rows,
    from_blocks,
    part,
    rows,
    scratch,
    to_blocks,
)


@njit
def copies(flat, start, d, n):
    return part(flat, start, n).copy(), rows(flat, start, d, n).copy()


@njit
def blocks_of(flat, d, n_agents, out):
    for b in range(block_count(d, n_agents)):
        out += block(flat, d, n_agents, b)[:, 0]
        block(flat, d, n_agents, b)[:] = b


@njit
def rooms(n):
    singles, words, reals, flags = (
        scratch(n, np.float32),
        scratch(n, np.uint64),
        scratch(n, np.float64),
        scratch(n, np.uint8),
    )
    return singles, words, reals, flags


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.uint64, np.uint8])
def test_borrowed_views_are_the_slices_that_they_stand_for(kind):
    flat = np.arange(100).astype(kind)
    few, table = copies(flat, 7, 3, 5)
    np.testing.assert_array_equal(few, flat[7:12])
    np.testing.assert_array_equal(table, flat[7:22].reshape(3, 5))
    assert few.dtype == table.dtype == kind


def test_a_write_into_a_block_is_a_write_into_the_swarm():
    d, n = 2, BLOCK_COORDINATES // 2 + 10  # a full block and ten agents more
    x = np.random.default_rng(1).normal(size=(n, d))
    flat, sums = to_blocks(x), np.zeros(d)
    blocks_of(flat, d, n, sums)
    np.testing.assert_allclose(sums, x[0] + x[BLOCK_COORDINATES // 2], rtol=1e-15)
    np.testing.assert_array_equal(from_blocks(flat, n, d)[:, 0], [0] * (BLOCK_COORDINATES // 2) + [1] * 10)


@pytest.mark.parametrize(("n", "d"), [(2, 1), (7, 3), (300, 20), (5000, 2), (40, 1000)])
def test_to_blocks_and_back_is_the_same_swarm(n, d):
    x = np.random.default_rng(1).normal(size=(n, d))
    np.testing.assert_array_equal(from_blocks(to_blocks(x), n, d), x)


@pytest.mark.parametrize("n", [1, 8, 37, 5000])
def test_room_begins_with_a_cache_line(n):
    assert aligned(n).ctypes.data % LINE == 0 and aligned(n).shape == (n,)
    a = np.random.default_rng(1).normal(size=(3, n + 1))[:, 1:]
    copy = copied_rows(a)
    assert all(row.ctypes.data % LINE == 0 for row in copy) and not np.shares_memory(copy, a)
    np.testing.assert_array_equal(copy, a)
    for room in rooms(n):
        assert room.ctypes.data % LINE == 0 and room.shape == (n,)
