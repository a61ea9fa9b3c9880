"""How agents lie in memory: the layout, views that borrow, and room that begins with a cache line."""

import numpy as np
import pytest
from numba import njit
from numpy.lib.array_utils import byte_bounds

from swarmviz.kernels.blocks import (
    APART,
    BLOCK_COORDINATES,
    LINE,
    aligned,
    aligned_rows,
    block,
    block_count,
    block_view,
    copied,
    copied_rows,
    from_blocks,
    list_marked,
    list_marked_in_words,
    scratch,
    slice_view,
    to_blocks,
    transpose_four,
)
from swarmviz.kernels.diagnostics import add_to_consensus


@njit
def copies(flat, start, d, n):
    return slice_view(flat, start, n).copy(), block_view(flat, start, d, n).copy()


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


@njit
def listed(flags):
    """The places of marks as each of the two functions lists them; all that lies behind the flags is marked, too."""
    n = flags.size
    marked, room, columns, others = (
        scratch(n, np.uint8),
        scratch(n + 64, np.uint8),
        scratch(n, np.uint64),
        scratch(n, np.uint64),
    )
    room[:] = 1
    marked[:], room[:n] = flags, flags
    few, many = list_marked_in_words(slice_view(room, 0, n), columns), list_marked(marked, others)
    return columns[:few].copy(), others[:many].copy()


@pytest.mark.parametrize("n", [1, 7, 8, 63, 64, 65, 127, 128, 200, 256])
def test_marks_are_listed_in_order_whether_flag_by_flag_or_in_words(n):
    rng = np.random.default_rng(n)
    for share in (0.0, 0.1, 0.5, 1.0):
        flags = (rng.random(n) < share).astype(np.uint8)
        for columns in listed(flags):
            np.testing.assert_array_equal(columns, np.flatnonzero(flags))


@njit
def transposed(source, a, target, b):
    transpose_four(source, a[0], a[1], a[2], a[3], target, b[0], b[1], b[2], b[3])


def test_four_stretches_of_four_numbers_change_rows_and_columns():
    source, target = np.random.default_rng(1).normal(size=40), np.zeros(50)
    source[9] = np.nan
    a, b = np.array([8, 1, 30, 21], np.uint64), np.array([40, 3, 17, 30], np.uint64)
    transposed(source, a, target, b)
    for i in range(4):
        for k in range(4):
            assert target[int(b[i]) + k] == source[int(a[k]) + i] or int(a[k]) + i == 9
    assert np.isnan(target).sum() == 1 and np.count_nonzero(target) == 16


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
    for room in (aligned(n), *rooms(n)):
        assert room.ctypes.data % LINE == 0 and room.shape == (n,)


@pytest.mark.parametrize("n", [1, 8, 37])
def test_room_lies_apart_from_all_else(n):
    """What is before and behind it belongs to nobody."""
    for room in (aligned(n), aligned(n, 3), copied(np.ones((3, n))), aligned_rows(3, n), *rooms(n)):
        (first, last), (begin, end) = byte_bounds(room), bounds_of_owner(room)
        assert first - begin >= APART and end - last >= APART


def test_from_so_far_apart_the_bits_of_a_sum_are_the_same():
    """Where weights lie less than a turn of the vector loop behind energies they may change, by the last bit: hence APART."""
    x, f = np.random.default_rng(2).normal(size=(1, 8)), np.random.default_rng(1).uniform(0, 1, 8)

    def added(distance):
        room = np.empty(4096)
        energies, weights, sums = room[:8], room[distance // 8 :][:8], room[3000:3004]
        energies[:], sums[:] = f, (0, 0, 0, np.inf)
        add_to_consensus(x, energies, 1.0, weights, sums)
        return sums.tobytes()

    far = added(16_000)
    assert {added(distance) for distance in range(APART, APART + 1024, 8)} == {far}


def bounds_of_owner(room):
    """First byte, and the one behind the last, of the memory that an array is a part of."""
    if room.base is None:
        return byte_bounds(room)
    if isinstance(room.base, np.ndarray):
        return bounds_of_owner(room.base)
    return room.base.data, room.base.data + memoryview(room.base).nbytes  # what numba made
