"""One pair of compiled block functions for all formulas: they interpret a program that arrives as numbers.

A program (:mod:`swarmviz.landscapes.formula.program`) is a row of instructions, each of which computes one *register*: the value of a
part of the formula at a chunk of agents. ``p`` holds it as floats:

    p = constants, instructions, result, lanes, ceiling, the constants, then (op, a, b, slopes) per instruction   (1)

Constants are the first registers and are filled once per call; every instruction computes the next one. An instruction is a loop over
the agents of a chunk, so that reading the program costs little per agent and the loops become vector code. A chunk is padded to whole
vectors, and no number of one agent ever enters that of another.

Slopes come from the same program by reverse accumulation: the registers first, then, from the last to the first, how much the
result changes with each:

    ā += v̄ ∂v/∂a      for every instruction v = op(a, b)                                             (2)

A sum over coordinates is a loop over the instructions between SUM and END; on the way back each of its turns is computed again, so the
memory depends neither on d nor on the number of agents. It lies on the stack and has a fixed size: nothing is allocated.

Arithmetic is IEEE to the letter and nothing is simplified: where a part of the formula is not a number, the formula is not.
"""

from __future__ import annotations

import math

from swarmviz.kernels.blocks import borrowed, flat, slice_view
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import cos, exp, finite, log, sin, tanh
from swarmviz.landscapes.base import block
from swarmviz.landscapes.formula.functions import (
    ONE_OVER_LOG_10,
    acos,
    asin,
    at_most,
    atan,
    cosh,
    floor,
    greater,
    less,
    lesser,
    log10,
    passed,
    real_power,
    share,
    sinh,
    tan,
)
from swarmviz.landscapes.lanes import mark_nonfinite, on_the_stack, sign

STACK_NUMBERS = 8192  # numbers on the stack for the registers, 64 kB; the gradient has as many for (2)
ASIDE = 40  # numbers more, or a register and its slope would have the same place in a page, which makes each wait for the other
VECTOR = 8  # the lanes of a chunk are a multiple of it
MAX_LANES = 64

HEADER, ROW = 5, 4  # numbers of (1) before the constants, and per instruction
CEILING = 4  # where p holds what undefined values count as; ∞: they stay what they are
FIRST, SECOND = 1, 2  # bits of ``slopes``: which operands depend on the position

COORDINATE, OWN_COORDINATE, INDEX, DIMENSION, SUM, PRODUCT, END = range(7)
KEPT = 34  # a register of the product before it
ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, POWER, SQUARE, SQRT = range(7, 15)
SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, TANH, EXP, LOG, LOG10 = range(15, 27)
ABS, SIGN, FLOOR, MIN, MAX, LESS, AT_MOST = range(27, 34)

registers = on_the_stack(STACK_NUMBERS + ASIDE)
piece = inner(strict=True, inline=True)  # a call that hands over arrays costs as much as a short loop


# ---- forward: registers -----------------------------------------------------------------------------------------------


@piece
def _fill(p, width, n, v):
    """The registers of the constants."""
    for c in range(int(p[0])):
        r, value = slice_view(v, c * width, n), p[HEADER + c]
        for j in range(n):
            r[j] = value


@piece
def _load(row, count, n, r):
    """A coordinate of the agents, padded with zeros."""
    for j in range(count):
        r[j] = row[j]
    for j in range(count, n):
        r[j] = 0.0


@piece
def _begin(op, n, width, total):
    """The registers of a sum or product before its first turn."""
    empty = 0.0 if op == SUM else 1.0
    for j in range(n):
        total[j] = empty
    if op == PRODUCT:
        for j in range(n):
            total[width + j] = 1.0
            total[2 * width + j] = 0.0


@piece
def _gather(op, a, n, width, total):
    """One turn of a sum or product; a product also keeps that of its other factors and the number of factors that are 0."""
    if op == SUM:
        for j in range(n):
            total[j] += a[j]
        return
    for j in range(n):
        total[j] *= a[j]
        total[width + j] *= 1.0 if a[j] == 0.0 else a[j]
        total[2 * width + j] += 1.0 if a[j] == 0.0 else 0.0


@piece
def _compute(op, n, a, b, r):
    """One operation on one or two registers."""
    if op == ADD:
        for j in range(n):
            r[j] = a[j] + b[j]
    elif op == SUBTRACT:
        for j in range(n):
            r[j] = a[j] - b[j]
    elif op == MULTIPLY:
        for j in range(n):
            r[j] = a[j] * b[j]
    elif op == DIVIDE:
        for j in range(n):
            r[j] = a[j] / b[j]
    elif op == NEGATIVE:
        for j in range(n):
            r[j] = -a[j]
    elif op == POWER:
        for j in range(n):
            r[j] = real_power(a[j], b[j])
    elif op == SQUARE:
        for j in range(n):
            r[j] = a[j] * a[j]
    elif op == SQRT:
        for j in range(n):
            r[j] = math.sqrt(a[j])
    elif op == SIN:
        for j in range(n):
            r[j] = sin(a[j])
    elif op == COS:
        for j in range(n):
            r[j] = cos(a[j])
    elif op == TAN:
        for j in range(n):
            r[j] = tan(a[j])
    elif op == ASIN:
        for j in range(n):
            r[j] = asin(a[j])
    elif op == ACOS:
        for j in range(n):
            r[j] = acos(a[j])
    elif op == ATAN:
        for j in range(n):
            r[j] = atan(a[j])
    elif op == SINH:
        for j in range(n):
            r[j] = sinh(a[j])
    elif op == COSH:
        for j in range(n):
            r[j] = cosh(a[j])
    elif op == TANH:
        for j in range(n):
            r[j] = tanh(a[j])
    elif op == EXP:
        for j in range(n):
            r[j] = exp(a[j])
    elif op == LOG:
        for j in range(n):
            r[j] = log(a[j])
    elif op == LOG10:
        for j in range(n):
            r[j] = log10(a[j])
    elif op == ABS:
        for j in range(n):
            r[j] = abs(a[j])
    elif op == SIGN:
        for j in range(n):
            r[j] = sign(a[j])
    elif op == FLOOR:
        for j in range(n):
            r[j] = floor(a[j])
    elif op == MIN:
        for j in range(n):
            r[j] = lesser(a[j], b[j])
    elif op == MAX:
        for j in range(n):
            r[j] = greater(a[j], b[j])
    elif op == LESS:
        for j in range(n):
            r[j] = less(a[j], b[j])
    elif op == AT_MOST:
        for j in range(n):
            r[j] = at_most(a[j], b[j])


@block
def _forward(x, size, first, count, n, width, p, start, stop, i, v):
    """The registers of the instructions from ``start`` to ``stop`` for ``count`` agents from ``first`` on; ``i`` is the sum's turn."""
    (d, agents), constants = size, int(p[0])
    code, k = HEADER + constants, start
    while k < stop:
        at = code + ROW * k
        op, ia, ib = int(p[at]), int(p[at + 1]), int(p[at + 2])
        r = slice_view(v, (constants + k) * width, n)
        k += 1
        if op == COORDINATE:
            _load(slice_view(x, ia * agents + first, count), count, n, r)
            continue
        if op == OWN_COORDINATE:
            _load(slice_view(x, (i + ia) * agents + first, count), count, n, r)
            continue
        if op <= DIMENSION:
            value = i + 1.0 if op == INDEX else d * 1.0
            for j in range(n):
                r[j] = value
            continue
        if op <= PRODUCT:  # a: its END, b: its first turn, slopes: turns that the last coordinates do not have
            _begin(op, n, width, slice_view(v, (constants + ia) * width, 3 * width))
            i = ib
            if i >= d - int(p[at + 3]):
                k = ia + 1
            continue
        if op == END:  # a: its SUM or PRODUCT, b: the register that is gathered
            begin = code + ROW * ia
            _gather(
                int(p[begin]),
                slice_view(v, ib * width, n),
                n,
                width,
                slice_view(v, (constants + k - 1) * width, 3 * width),
            )
            i += 1
            if i < d - int(p[begin + 3]):
                k = ia + 1
            continue
        if op == KEPT:
            continue
        a, b = slice_view(v, ia * width, n), slice_view(v, ib * width, n)
        _compute(op, n, a, b, r)


# ---- backward: slopes (2) ---------------------------------------------------------------------------------------------


@piece
def _add_to(out, count, g):
    for j in range(count):
        out[j] += g[j]


@piece
def _binary(op, slopes, n, a, b, r, g, ga, gb):
    """(2) for operations on two registers."""
    if op == ADD or op == SUBTRACT:
        if slopes & FIRST:
            for j in range(n):
                ga[j] += g[j]
        if slopes & SECOND:
            s = 1.0 if op == ADD else -1.0
            for j in range(n):
                gb[j] += s * g[j]
    elif op == MULTIPLY:
        if slopes & FIRST:
            for j in range(n):
                ga[j] += passed(g[j], b[j])
        if slopes & SECOND:
            for j in range(n):
                gb[j] += passed(g[j], a[j])
    elif op == DIVIDE:
        if slopes & FIRST:
            for j in range(n):
                ga[j] += passed(g[j], 1.0 / b[j])
        if slopes & SECOND:
            for j in range(n):
                gb[j] -= passed(g[j], r[j] / b[j])
    elif op == POWER:
        if slopes & FIRST:
            for j in range(n):
                ga[j] += passed(g[j], b[j] * real_power(a[j], b[j] - 1.0))
        if slopes & SECOND:
            for j in range(n):
                gb[j] += passed(g[j], passed(r[j], log(a[j])))
    else:
        s = 1.0 if op == MIN else -1.0
        if slopes & FIRST:
            for j in range(n):
                ga[j] += passed(g[j], share(s * a[j], s * b[j]))
        if slopes & SECOND:
            for j in range(n):
                gb[j] += passed(g[j], share(s * b[j], s * a[j]))


@piece
def _unary(op, n, a, r, g, ga):
    """(2) for operations on one register."""
    if op == NEGATIVE:
        for j in range(n):
            ga[j] -= g[j]
    elif op == SQUARE:
        for j in range(n):
            ga[j] += passed(g[j], 2.0 * a[j])
    elif op == SQRT:
        for j in range(n):
            ga[j] += passed(g[j], 0.5 / r[j])
    elif op == SIN:
        for j in range(n):
            ga[j] += passed(g[j], cos(a[j]))
    elif op == COS:
        for j in range(n):
            ga[j] -= passed(g[j], sin(a[j]))
    elif op == TAN:
        for j in range(n):
            ga[j] += passed(g[j], 1.0 + r[j] * r[j])
    elif op == ASIN:
        for j in range(n):
            ga[j] += passed(g[j], 1.0 / math.sqrt((1.0 - a[j]) * (1.0 + a[j])))
    elif op == ACOS:
        for j in range(n):
            ga[j] -= passed(g[j], 1.0 / math.sqrt((1.0 - a[j]) * (1.0 + a[j])))
    elif op == ATAN:
        for j in range(n):
            ga[j] += passed(g[j], 1.0 / (1.0 + a[j] * a[j]))
    elif op == SINH:
        for j in range(n):
            ga[j] += passed(g[j], cosh(a[j]))
    elif op == COSH:
        for j in range(n):
            ga[j] += passed(g[j], sinh(a[j]))
    elif op == TANH:
        for j in range(n):
            ga[j] += passed(g[j], (1.0 - r[j]) * (1.0 + r[j]))
    elif op == EXP:
        for j in range(n):
            ga[j] += passed(g[j], r[j])
    elif op == LOG:
        for j in range(n):
            ga[j] += passed(g[j], 1.0 / a[j])
    elif op == LOG10:
        for j in range(n):
            ga[j] += passed(g[j], ONE_OVER_LOG_10 / a[j])
    elif op == ABS:
        for j in range(n):
            ga[j] += passed(g[j], sign(a[j]))


@block
def _backward(agents, first, count, n, width, p, start, stop, i, v, change, out):
    """(2) for the instructions from ``stop`` − 1 down to ``start``, or to the next END, which is returned (``start`` − 1: none)."""
    constants = int(p[0])
    code, k = HEADER + constants, stop - 1
    while k >= start:
        at = code + ROW * k
        op, ia, ib, slopes = int(p[at]), int(p[at + 1]), int(p[at + 2]), int(p[at + 3])
        if op == END:
            return k
        if op == COORDINATE:
            _add_to(slice_view(out, ia * agents + first, count), count, slice_view(change, (constants + k) * width, n))
        elif op == OWN_COORDINATE:
            _add_to(
                slice_view(out, (i + ia) * agents + first, count), count, slice_view(change, (constants + k) * width, n)
            )
        elif slopes != 0:
            r, g = slice_view(v, (constants + k) * width, n), slice_view(change, (constants + k) * width, n)
            a, ga = slice_view(v, ia * width, n), slice_view(change, ia * width, n)
            if op <= DIVIDE or op == POWER or op >= MIN:
                _binary(op, slopes, n, a, slice_view(v, ib * width, n), r, g, ga, slice_view(change, ib * width, n))
            else:
                _unary(op, n, a, r, g, ga)
        k -= 1
    return k


@piece
def _clear(registers, start, stop, width, n):
    for r in range(start, stop):
        row = slice_view(registers, r * width, n)
        for j in range(n):
            row[j] = 0.0


@piece
def _turn(op, n, width, a, total, g, ga):
    """(2) for one turn of a sum or product."""
    if op == SUM:
        for j in range(n):
            ga[j] += g[j]
        return
    for j in range(n):
        others, zeros = total[width + j], total[2 * width + j]
        alone = others if zeros == 1.0 and a[j] == 0.0 else 0.0
        ga[j] += passed(g[j], others / a[j] if zeros == 0.0 else alone)


@piece
def _gradient(x, size, first, count, n, width, p, v, change, out):
    """The slopes of one chunk, whose registers are known."""
    constants, instructions, result = int(p[0]), int(p[1]), int(p[2])
    code, (d, agents) = HEADER + constants, size
    _clear(change, constants, constants + instructions, width, n)
    g = slice_view(change, result * width, n)
    for j in range(n):
        g[j] = 1.0
    k = instructions
    while k > 0:
        end = _backward(agents, first, count, n, width, p, 0, k, 0, v, change, out)
        if end < 0:
            return
        at = code + ROW * end
        begin, gathered, slopes = int(p[at + 1]), int(p[at + 2]), int(p[at + 3])
        at = code + ROW * begin
        op, low, missing = int(p[at]), int(p[at + 2]), int(p[at + 3])
        if slopes:
            for i in range(low, d - missing):
                _forward(x, size, first, count, n, width, p, begin + 1, end, i, v)
                _clear(change, constants + begin + 1, constants + end, width, n)
                total, g = (
                    slice_view(v, (constants + end) * width, 3 * width),
                    slice_view(change, (constants + end) * width, n),
                )
                _turn(
                    op, n, width, slice_view(v, gathered * width, n), total, g, slice_view(change, gathered * width, n)
                )
                _backward(agents, first, count, n, width, p, begin + 1, end, i, v, change, out)
        k = begin


# ---- the block functions ----------------------------------------------------------------------------------------------


@block
def values(x, p, out):
    """F of the program ``p`` (1) at a block of agents."""
    n, v, p, ceiling = x.shape[1], registers(), borrowed(p), p[CEILING]
    width = min(int(p[3]), max(n + -n % VECTOR, VECTOR))
    _fill(p, width, width, v)
    for first in range(0, n, width):
        count = min(width, n - first)
        _forward(flat(x), x.shape, first, count, count + -count % VECTOR, width, p, 0, int(p[1]), 0, v)
        result, o = slice_view(v, int(p[2]) * width, count), slice_view(out, first, count)
        for j in range(count):
            o[j] = result[j]
    if ceiling < math.inf:
        for j in range(n):
            out[j] = out[j] if -math.inf < out[j] < ceiling else ceiling
    mark_nonfinite(x, out)


@block
def gradient(x, p, out):
    """The slopes (2) at a block of agents: 0 where there is no finite one, NaN where F itself is not a number."""
    (d, n), v, change, p, ceiling = x.shape, registers(), registers(), borrowed(p), p[CEILING]
    xs, slopes = flat(x), flat(out)
    width = min(int(p[3]), max(n + -n % VECTOR, VECTOR))
    elsewhere = math.nan if ceiling == math.inf else 0.0
    _fill(p, width, width, v)
    for j in range(d * n):
        slopes[j] = 0.0
    for first in range(0, n, width):
        count = min(width, n - first)
        padded = count + -count % VECTOR
        _forward(xs, x.shape, first, count, padded, width, p, 0, int(p[1]), 0, v)
        result = slice_view(v, int(p[2]) * width, count)
        _gradient(xs, x.shape, first, count, padded, width, p, v, change, slopes)
        for i in range(d):
            o, xi = slice_view(slopes, i * n + first, count), slice_view(xs, i * n + first, count)
            for j in range(count):
                slope = o[j] if finite(o[j]) else 0.0
                inside = -math.inf < result[j] < ceiling
                o[j] = (slope if inside else elsewhere) + 0.0 * xi[j]
