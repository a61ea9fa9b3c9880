r"""Sums of small swarms in an order of their own, whatever the vectors of the processor hold.

The compiler gives a loop that adds up as many partial sums as it likes: more where vectors hold more numbers. So the last bits of a sum
depend on the processor. For a swarm of few agents the sums are written down here as they are taken, for each width w in turn and last for
w = 1 over as many of the numbers that are left as are a multiple of w:

    s ← Σ_c p_c,  p_c = Σ_{j ≡ c mod w} a_j b_j,  s entering p_0                                 (1)

Vectors of four p_c are added up in pairs, then pairs of pairs, and the last vector as (p_0 + p_2) + (p_1 + p_3): the order that LLVM gives
to these loops where vectors hold four numbers. Products and sums are rounded together where the processor can. Thus a run of few agents is
the same run with vectors of four and of eight, and many such runs can go side by side (:mod:`swarmviz.kernels.tiles`) and keep their bits.
Only code with AVX-512 needs these functions (``ORDERED``): for AVX2 the loops themselves have the order, and PSO is faster with them.

Code       meaning
WEIGHTS    w of the weights of a consensus point and of their squares
POSITIONS  w of weighted positions
MASSES     w of masses, and of the values that they weigh
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

WEIGHTS, POSITIONS, MASSES = (8,), (16, 4), (16, 4)
ORDERED = (
    "+avx512f" in cpu_target.target_context.codegen().magic_tuple()[2]
)  # a part of what names compiled code in the cache
MOST = 31  # numbers in a sum: all bits of it are ones
QUARTET = 4  # partial sums that are combined at a time
REAL, INDEX = ir.DoubleType(), ir.IntType(32)


def exact_sum(builder: ir.IRBuilder, x: ir.Value, y: ir.Value) -> ir.Value:
    """x + y as it stands: with no flag numba would add its own, and LLVM take the sums in another order."""
    return builder.fadd(x, y, flags=("nsz",))


def fused(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, sums: ir.Value) -> ir.Value:
    """a b + sums for vectors; rounded once where the processor can, as in loops."""
    kind = ir.FunctionType(sums.type, [sums.type] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{sums.type.count}f64")
    return builder.call(function, [a, b, sums])


def add_in_pairs(builder: ir.IRBuilder, vectors: list[ir.Value]) -> ir.Value:
    """(v_0 + v_1) + (v_2 + v_3) + …, neighbours first."""
    while len(vectors) > 1:
        vectors = [exact_sum(builder, x, y) for x, y in zip(vectors[::2], vectors[1::2], strict=True)]
    return vectors[0]


def _half(builder: ir.IRBuilder, vector: ir.Value, which: int) -> ir.Value:
    """The first or the second half of a vector of four."""
    places = ir.Constant(ir.VectorType(INDEX, 2), [2 * which, 2 * which + 1])
    return builder.shuffle_vector(vector, vector, places)


def _sum_of(builder: ir.IRBuilder, vectors: list[ir.Value]) -> ir.Value:
    """Σ_c p_c of (1)."""
    sums = add_in_pairs(builder, vectors)
    if sums.type.count > 1:
        sums = exact_sum(builder, *(_half(builder, sums, which) for which in range(2)))
        return exact_sum(builder, *(builder.extract_element(sums, INDEX(c)) for c in range(2)))
    return builder.extract_element(sums, INDEX(0))


def _load(builder: ir.IRBuilder, data: ir.Value, place: ir.Value, kind: ir.VectorType) -> ir.Value:
    """A vector of the numbers from a place on."""
    return builder.load(builder.bitcast(builder.gep(data, [place]), kind.as_pointer()), align=8)


def _add_up(builder: ir.IRBuilder, n: ir.Value, widths: tuple[int, ...], step: Any, count: int) -> list[ir.Value]:
    """``count`` sums (1); ``step(place, kind, sums)`` adds a vector of the numbers from a place on to vectors of partial sums.

    Vectors of four, also where the processor has larger ones: what a loop has just written as two of them could not be read as one without
    waiting for both to reach the cache.
    """
    totals = [cgutils.alloca_once_value(builder, REAL(0.0)) for _ in range(count)]
    begin, left = n.type(0), builder.and_(n, n.type(MOST))  # so the compiler knows how few turns each loop has
    for width in (*widths, 1):
        kind = ir.VectorType(REAL, min(width, QUARTET))
        zeros, each = ir.Constant(kind, [0.0] * kind.count), range(0, width, kind.count)
        turns = builder.udiv(left, n.type(width))
        with builder.if_then(builder.icmp_signed("!=", turns, n.type(0))):
            chains = {
                (c, q): cgutils.alloca_once_value(
                    builder, zeros if c else builder.insert_element(zeros, builder.load(total), INDEX(0))
                )
                for c in each
                for q, total in enumerate(totals)
            }
            with cgutils.for_range(builder, turns) as loop:
                first = builder.add(begin, builder.mul(loop.index, n.type(width)))
                for c in each:
                    place = builder.add(first, n.type(c))
                    sums = step(place, kind, [builder.load(chains[c, q]) for q in range(count)])
                    for q in range(count):
                        builder.store(sums[q], chains[c, q])
            for q, total in enumerate(totals):
                builder.store(_sum_of(builder, [builder.load(chains[c, q]) for c in each]), total)
        begin, left = builder.add(begin, builder.mul(turns, n.type(width))), builder.and_(left, n.type(width - 1))
    return [builder.load(total) for total in totals]


def dot_in_order(*widths: int) -> Any:
    """A compiled function ``dot(a, b)``: Σ_j a_j b_j in the order (1) of contiguous arrays (n,)."""

    @intrinsic
    def dot(typing_context, a, b):
        def generate(context, builder, signature, arguments):
            a, b = (context.make_array(kind)(context, builder, value)
                    for kind, value in zip(signature.args, arguments, strict=True))  # fmt: skip

            def step(place, kind, sums):
                x, y = (_load(builder, array.data, place, kind) for array in (a, b))
                return [fused(builder, x, y, sums[0])]

            return _add_up(builder, a.nitems, widths, step, 1)[0]

        return types.float64(a, b), generate

    return dot


def total_and_dot_in_order(*widths: int) -> Any:
    """A compiled function ``total_and_dot(a, b)``: (Σ_j a_j, Σ_j a_j b_j) in the order (1) of contiguous arrays (n,)."""

    @intrinsic
    def total_and_dot(typing_context, a, b):
        out = types.UniTuple(types.float64, 2)

        def generate(context, builder, signature, arguments):
            a, b = (context.make_array(kind)(context, builder, value)
                    for kind, value in zip(signature.args, arguments, strict=True))  # fmt: skip

            def step(place, kind, sums):
                x, y = (_load(builder, array.data, place, kind) for array in (a, b))
                return [exact_sum(builder, sums[0], x), fused(builder, x, y, sums[1])]

            return context.make_tuple(builder, signature.return_type, _add_up(builder, a.nitems, widths, step, 2))

        return out(a, b), generate

    return total_and_dot


sum_and_squares_of_weights = total_and_dot_in_order(*WEIGHTS)
dot_of_positions = dot_in_order(*POSITIONS)
total_and_mean_of_masses = total_and_dot_in_order(*MASSES)
