"""How agents lie in memory inside kernels.

Outside, positions are (N, d). A kernel sees one flat array that holds the agents block after block; inside a block of n agents
the numbers lie coordinate by coordinate, so ``block(x, d, N, b)`` is a contiguous (d, n) table whose rows are vectors of agents.
A swarm that fits one block is plain structure-of-arrays; a huge one is worked through block by block without leaving the fast cache.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import lowest_bit

BLOCK_COORDINATES = (
    4096  # 32 kB of float64: a block and its scratch stay in the first two cache levels (by measurement)
)


LINE = 64  # bytes of a cache line
# Bytes on either side of every array that a kernel computes with. Where what a loop writes lies a little before or behind what it reads,
# by less than one turn of the vector loop (256 bytes: four vectors), LLVM's code takes the loop number by number
# instead: a sum is then added up in another order, and the last bits of a run would depend on where memory was free.
APART = 256


@inner(inline=True)
def agents_per_block(d):
    """Agents in a full block; depends on d only, so the order of every sum does too."""
    return max(16, BLOCK_COORDINATES // d)


@inner(inline=True)
def block_count(d, n_agents):
    """Number of blocks that hold ``n_agents``."""
    size = agents_per_block(d)
    return (n_agents + size - 1) // size


@inner(inline=True)
def block_range(d, n_agents, b):
    """First agent of block ``b`` and the number of its agents."""
    first = b * agents_per_block(d)
    return first, min(agents_per_block(d), n_agents - first)


def _view(context, builder, array_type, array, start, shape, out_type):
    """Code for a contiguous view of ``array`` from element ``start`` on; it borrows the memory."""
    flat, out = context.make_array(array_type)(context, builder, array), context.make_array(out_type)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    strides = [context.get_constant(types.intp, size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(length, strides[0]))
    data = cgutils.gep(builder, flat.data, start)
    populate_array(out, data=data, shape=shape, strides=strides, itemsize=strides[-1], meminfo=None)
    return out._getvalue()


@intrinsic
def slice_view(typing_context, flat, start, n):
    """``flat[start : start + n]``, borrowed: see :func:`block_view`."""
    out = types.Array(flat.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        array, start, n = arguments
        return _view(context, builder, signature.args[0], array, start, [n], out)

    return out(flat, types.intp, types.intp), generate


@intrinsic
def flat(typing_context, table):
    """The numbers of a table (d, n) in a row, borrowed: see :func:`block_view`."""
    out = types.Array(table.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        zero = context.get_constant(types.intp, 0)
        return _view(context, builder, signature.args[0], arguments[0], zero, [array.nitems], out)

    return out(table), generate


@intrinsic
def halves_of(typing_context, words):
    """The float32 numbers that find room in the place of 64-bit words, two for each, borrowed: see :func:`block_view`."""
    out = types.Array(types.float32, 1, "C")

    def generate(context, builder, signature, arguments):
        array, view = (
            context.make_array(signature.args[0])(context, builder, arguments[0]),
            context.make_array(out)(context, builder),
        )
        length, size = (
            builder.mul(array.nitems, context.get_constant(types.intp, 2)),
            context.get_constant(types.intp, 4),
        )
        data = builder.bitcast(array.data, view.data.type)
        populate_array(view, data=data, shape=[length], strides=[size], itemsize=size, meminfo=None)
        return view._getvalue()

    return out(words), generate


@intrinsic
def block_view(typing_context, flat, start, d, n):
    """``flat[start : start + d n].reshape((d, n))``, borrowed: it must not outlive ``flat``, and the range is not checked.

    A slice and a reshape cost 30 ns and a share in the ownership of the memory that is counted atomically; a step of a small
    swarm takes a dozen of them and has no more than 200 ns to spend.
    """
    out = types.Array(flat.dtype, 2, "C")

    def generate(context, builder, signature, arguments):
        array, start, d, n = arguments
        return _view(context, builder, signature.args[0], array, start, [d, n], out)

    return out(flat, types.intp, types.intp, types.intp), generate


def _lend(context, builder, kind, value):
    """Code for ``value`` without its share in the ownership of memory."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = cgutils.get_null_value(array.meminfo.type)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        for i, member in enumerate(kind):
            lent_member = _lend(context, builder, member, builder.extract_value(value, i))
            value = builder.insert_value(value, lent_member, i)
    return value


@intrinsic
def run_of(typing_context, runs, r):
    """Of a pack of arrays with a row per run the same pack for run ``r`` alone: its rows, borrowed as in :func:`block_view`.

    Of an array with a number per run a view (1,) remains, so that the run can change it.
    """
    row = types.NamedTuple.from_types(tuple(types.Array(a.dtype, 1, "C") for a in runs), runs.instance_class)

    def generate(context, builder, signature, arguments):
        pack, r = arguments
        views = []
        for i, (kind, view) in enumerate(zip(signature.args[0], row, strict=True)):
            array = builder.extract_value(pack, i)
            parts = context.make_array(kind)(context, builder, array)
            shape, strides = cgutils.unpack_tuple(builder, parts.shape), cgutils.unpack_tuple(builder, parts.strides)
            size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
            length = shape[1] if kind.ndim == 2 else context.get_constant(types.intp, 1)
            start = builder.mul(r, builder.sdiv(strides[0], size))
            views.append(_view(context, builder, kind, array, start, [length], view))
        return context.make_tuple(builder, row, views)

    return row(runs, types.intp), generate


@intrinsic
def runs_of(typing_context, runs, first, count):
    """Of a pack of arrays with a row per run the same pack for ``count`` runs from ``first`` on: their rows, borrowed."""

    def generate(context, builder, signature, arguments):
        pack, first, count = arguments
        parts = []
        for i, kind in enumerate(signature.args[0]):
            array = context.make_array(kind)(context, builder, builder.extract_value(pack, i))
            shape, strides = cgutils.unpack_tuple(builder, array.shape), cgutils.unpack_tuple(builder, array.strides)
            data = cgutils.pointer_add(builder, array.data, builder.mul(first, strides[0]))
            part = context.make_array(kind)(context, builder)
            populate_array(
                part, data=data, shape=[count, *shape[1:]], strides=strides, itemsize=array.itemsize, meminfo=None
            )
            parts.append(part._getvalue())
        return context.make_tuple(builder, signature.return_type, parts)

    return runs(runs, types.intp, types.intp), generate


@intrinsic
def borrowed(typing_context, arrays):
    """An array, or a tuple of arrays, borrowed from the caller: see :func:`block_view`.

    A function that takes its arguments so at its first line hands them on without counting who owns them; it must not return them.
    """

    def generate(context, builder, signature, arguments):
        return _lend(context, builder, signature.args[0], arguments[0])

    return arrays(arrays), generate


@inner(inline=True)
def block(flat, d, n_agents, b):
    """Block ``b`` as a contiguous view of shape (d, n)."""
    first, n = block_range(d, n_agents, b)
    return block_view(flat, first * d, d, n)


@intrinsic
def transpose_four(typing_context, source, a, b, c, d, target, e, f, g, h):
    """Sixteen numbers of flat float64 arrays change rows and columns: target[(e, f, g, h)[i] + k] = source[(a, b, c, d)[k] + i].

    Four loads and four stores of vectors in the place of sixteen of numbers; the ranges are not checked, and must not overlap.
    """

    def generate(context, builder, signature, arguments):
        four, index = ir.VectorType(ir.DoubleType(), 4), ir.IntType(32)

        def places(kind, array, starts):
            data = context.make_array(kind)(context, builder, array).data
            return [builder.bitcast(builder.gep(data, [start]), four.as_pointer()) for start in starts]

        def mixed(one, other, *order):
            return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(index, 4), order))

        rows = [builder.load(place, align=8) for place in places(signature.args[0], arguments[0], arguments[1:5])]
        even = [mixed(rows[k], rows[k + 1], 0, 4, 2, 6) for k in (0, 2)]  # columns 0 and 2 of two rows
        odd = [mixed(rows[k], rows[k + 1], 1, 5, 3, 7) for k in (0, 2)]
        columns = [mixed(*pairs, *order) for order in ((0, 1, 4, 5), (2, 3, 6, 7)) for pairs in (even, odd)]
        for column, place in zip(columns, places(signature.args[5], arguments[5], arguments[6:]), strict=True):
            builder.store(column, place, align=8)
        return context.get_dummy_value()

    word = types.uint64
    return types.void(source, word, word, word, word, target, word, word, word, word), generate


@inner
def list_marked(marked, columns):
    """columns ← where ``marked`` (n,) holds a 1, in order; both have n numbers. Returns how many there are."""
    m = 0
    for j in range(marked.size):  # without a branch, which would be guessed wrong as often as not
        columns[m] = j
        m += marked[j]
    return m


MARKS = 64  # that are read at once


@intrinsic
def marks_from(typing_context, marked, begin):
    """uint64 with a bit for each of the 64 flags of ``marked`` from ``begin`` on, the first one the lowest; the range is not checked."""

    def generate(context, builder, signature, arguments):
        flags = context.make_array(signature.args[0])(context, builder, arguments[0])
        row = ir.VectorType(ir.IntType(8), MARKS)
        place = builder.bitcast(builder.gep(flags.data, [arguments[1]]), row.as_pointer())
        marks = builder.icmp_unsigned("!=", builder.load(place, align=1), ir.Constant(row, [0] * MARKS))
        return builder.bitcast(marks, ir.IntType(MARKS))

    return types.uint64(marked, types.int64), generate


@inner
def list_marked_in_words(marked, columns):
    """The same as :func:`list_marked` for many flags of which few are set; ``marked`` is :func:`scratch`, which goes on behind its end."""
    m, one = 0, np.uint64(1)
    for begin in range(0, marked.size, MARKS):
        marks, left = marks_from(marked, begin), marked.size - begin
        if left < MARKS:
            marks &= (one << np.uint64(left)) - one
        while marks != np.uint64(0):
            columns[m] = begin + lowest_bit(marks)
            marks &= marks - one
            m += 1
    return m


def aligned(*shape: int) -> np.ndarray:
    """Room for float64 apart from all else, from the beginning of a cache line: vector code is up to 1.5 times as fast there."""
    n = math.prod(shape)
    room = np.empty(n + (LINE + 2 * APART) // 8)
    start = (APART + -room.ctypes.data % LINE) // 8
    return room[start : start + n].reshape(shape)


def aligned_rows(n: int, width: int) -> np.ndarray:
    """Room for a table of ``n`` rows of ``width`` float64 that each begin with a cache line."""
    stride = width + -width % (LINE // 8)
    return aligned(n * stride).reshape(n, stride)[:, :width]


def copied(a: np.ndarray) -> np.ndarray:
    """A copy apart from all else."""
    copy = aligned(*a.shape)
    copy[:] = a
    return copy


def copied_rows(a: np.ndarray) -> np.ndarray:
    """A copy of a table whose rows each begin with a cache line."""
    copy = aligned_rows(*a.shape)
    copy[:] = a
    return copy


@inner
def scratch(n, kind):
    """The same inside a kernel, for ``n`` numbers of a ``kind`` such as np.float32."""
    room = np.empty(n + LINE + 2 * APART, kind)  # enough of the smallest numbers there are, bytes
    start = (APART + -room.ctypes.data % LINE) // room.itemsize
    return room[start : start + n]


def to_blocks(X: np.ndarray) -> np.ndarray:
    """Agents (N, d) → flat array of N·d numbers, block after block; with an axis of runs before these, a row for each run."""
    if X.ndim == 2:
        return to_blocks(X[None])[0]
    runs, N, d = X.shape
    size, flat = agents_of_block(d), aligned_rows(runs, N * d)
    for i in range(0, N, size):
        flat[:, i * d : (i + size) * d] = X[:, i : i + size].transpose(0, 2, 1).reshape(runs, -1)
    return flat


def from_blocks(flat: np.ndarray, N: int, d: int) -> np.ndarray:
    """Flat array, block after block → agents (N, d), a new array; with an axis of runs before."""
    size, runs = agents_of_block(d), flat.shape[:-1]
    blocks = (flat[..., i * d : min(i + size, N) * d].reshape(*runs, d, -1) for i in range(0, N, size))
    return np.concatenate([xb.swapaxes(-1, -2) for xb in blocks], axis=-2)


def agent_of(flat: np.ndarray, N: int, d: int, agent: np.ndarray) -> np.ndarray:
    """One agent of each run: positions (runs, d) from flat arrays (runs, N·d) and the agents' numbers (runs,)."""
    size = agents_of_block(d)
    first = agent // size * size
    column = first * d + agent - first
    places = column[:, None] + np.minimum(size, N - first)[:, None] * np.arange(d)
    return np.take_along_axis(flat, places, axis=1)


def agents_of_block(d: int) -> int:
    """Agents in a full block, from Python."""
    return max(16, BLOCK_COORDINATES // d)
