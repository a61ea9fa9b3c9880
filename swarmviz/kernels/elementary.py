r"""Elementary functions that vectorise: the only mathematics called inside a hot loop.

A call of the C library costs 5 to 9 ns inside a numba loop and keeps LLVM from vectorising it. The functions here
consist of multiplications, additions, selections and integer operations only; a loop that calls them becomes vector
code and costs 0.4 to 1.5 ns per value. All take and return one float64, unless the name ends in 32.

    exp(x) = 2^n e^r,            n = rint(x / ln 2),  r = x − n ln 2                          (1)
    log(x) = k ln 2 + log(1+f),  x = 2^k (1+f),  √½ ≤ 1+f < √2,                               (2)
             log(1+f) = f − f²/2 + s (f²/2 + R(s²)),  s = f / (2+f)        (as in fdlibm)
    sin(x) = (−1)^n sin r,       n = rint(x / π),  r = x − n π                                (3)
    cos(x) = (−1)^n sin r',      n = rint(x / π − ½),  r' = (n + ½) π − x                     (4)
    sin 2πx = sin 2πt,           r = x − rint(x),  t = ± min(|r|, ½ − |r|)                    (5)
    cos 2πx = sin 2πt,           r = x − rint(x),  t = ¼ − |r|                                (6)
    tanh(x) = ± (1 − e) / (1 + e),  e = exp(−2|x|)                                            (7)
    x^p = exp(p log x)                                                                        (8)

ln 2 and π are subtracted in two and three parts (Cody and Waite), so that n times a part is exact. The polynomials
interpolate at the Chebyshev points of the reduced interval; their own error is below 2e-16.

function        largest error, tested against mpmath            outside its domain
exp             3e-16 relative                                  x < −708 → 0 (no denormal), x > 709.78 → inf
log             3e-16 relative                                  0 and denormals → −inf, x < 0 → NaN, inf → inf
sin, cos        3e-16 absolute for |x| ≤ 1e6, and with FMA for  |x| > 7e15 → NaN: n has no parity there
                every other x; else as if x were half a unit
                in its last place off; never outside [−1, 1]
sin2pi, cos2pi  5e-16 absolute for every finite x
tanh            3e-16 absolute
power           3e-16 (1 + |p log x|) relative                  0^p = 0, 0^0 = 1 as in NumPy
log32           3e-7 relative (float32)                         x normal and positive only, unchecked
sin2pi32        2e-7 absolute (float32)                         |x| ≤ ¼ only, unchecked

NaN in gives NaN out, and the trigonometric functions turn an infinity into NaN, so that an agent that diverged stays
visible. For the same reason the flags below leave out `nnan` and `ninf` (LLVM may then assume that there is no NaN)
and `reassoc` (it undoes the Cody–Waite subtraction). A caller compiled with `nnan` must not test `x != x`, which LLVM
folds to False; `finite` and `nonfinite` look at the exponent bits and survive every flag.
"""

import math
from functools import partial

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from swarmviz.kernels import cache

SAFE_FASTMATH = {"nsz", "arcp", "contract", "afn"}


def elementary(function):
    """Compile a scalar function so that the loops of its callers, in any module, can absorb and vectorise it."""
    # error_model: Python's would test every divisor and raise, a branch that ends vectorisation.
    # forceinline: LLVM judges by size and leaves, say, exp(p log x) as two calls, eight times slower.
    return cache.jit(function, fastmath=SAFE_FASTMATH, error_model="numpy", nogil=True, forceinline=True)


# ---- the same bits seen as another type -----------------------------------------------------------------------------


@intrinsic
def float_of_bits(typing_context, bits):
    """float64 whose IEEE representation is the given uint64."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


@intrinsic
def bits_of_float(typing_context, x):
    """IEEE representation of a float64, as uint64."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), generate


@intrinsic
def float32_of_bits(typing_context, bits):
    """float32 whose IEEE representation is the given uint32."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.uint32), generate


@intrinsic
def bits_of_float32(typing_context, x):
    """IEEE representation of a float32, as uint32."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(32))

    return types.uint32(types.float32), generate


@intrinsic
def multiply_add(typing_context, a, b, c):
    """a b + c, rounded once where the processor can: of several products in a sum it says which one is taken together with it."""

    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.DoubleType(), [ir.DoubleType()] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.fmuladd.f64")
        return builder.call(function, arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@intrinsic
def rank(typing_context, x):
    """uint64 in the order of the numbers: 0 for −∞, NaNs above ∞. LLVM makes vector loops of minima of whole numbers only."""

    def generate(context, builder, signature, arguments):
        return builder.sub(_turned(builder, builder.bitcast(arguments[0], _WORD)), _LOWEST)

    return types.uint64(types.float64), generate


@intrinsic
def of_rank(typing_context, k):
    """The float64 of a rank."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(_turned(builder, builder.add(arguments[0], _LOWEST)), ir.DoubleType())

    return types.float64(types.uint64), generate


def _lower(builder, least, candidate):
    """The lower numbers of two vectors; a NaN of the second is never one."""
    return builder.select(builder.fcmp_ordered("<", candidate, least), candidate, least)


def _least_across(builder, row):
    """The least number of a vector of eight."""
    index = ir.IntType(32)
    for width in (4, 2, 1):  # one half beside the other
        kind = ir.VectorType(index, width)
        halves = (ir.Constant(kind, list(range(first, first + width))) for first in (0, width))
        undefined = ir.Constant(row.type, ir.Undefined)
        row = _lower(builder, *(builder.shuffle_vector(row, undefined, half) for half in halves))
    return builder.extract_element(row, ir.Constant(index, 0))


@intrinsic
def least_of_many(typing_context, f):
    """min f of at least 32 numbers; a NaN is never the smallest, and of two zeros either may be.

    Four vectors of eight minima: in one chain each comparison would wait for the one before. As a loop of numbers the compiler leaves it
    serial, because it may not change the order in which NaNs are met.
    """

    def generate(context, builder, signature, arguments):
        numbers = context.make_array(signature.args[0])(context, builder, arguments[0])
        size, eight = numbers.nitems, ir.VectorType(ir.DoubleType(), 8)
        whole = size.type
        least = [cgutils.alloca_once_value(builder, ir.Constant(eight, [INF] * 8)) for _ in range(4)]
        last = builder.sub(size, whole(32))
        with cgutils.for_range(builder, builder.udiv(builder.add(size, whole(31)), whole(32))) as loop:
            begin = builder.mul(loop.index, whole(32))
            begin = builder.select(builder.icmp_signed("<", begin, last), begin, last)  # the last 32 end with the array
            for k, chain in enumerate(least):
                place = builder.gep(numbers.data, [builder.add(begin, whole(8 * k))])
                candidate = builder.load(builder.bitcast(place, eight.as_pointer()), align=8)
                builder.store(_lower(builder, builder.load(chain), candidate), chain)
        a, b, c, d = (builder.load(chain) for chain in least)
        return _least_across(builder, _lower(builder, _lower(builder, a, b), _lower(builder, c, d)))

    return types.float64(f), generate


@intrinsic
def copy_with_least(typing_context, f, room):
    """Copies ``f`` (n,) to ``room`` (n,), and ∞ behind its end until a multiple of eight is full; returns min f, ∞ of nothing.

    ``room`` is :func:`swarmviz.kernels.blocks.scratch`, which goes on behind its end. So a loop over what is there has no last numbers that
    fill no vector. A NaN is never the smallest, and of two zeros either may be.
    """

    def generate(context, builder, signature, arguments):
        numbers, out = (context.make_array(kind)(context, builder, value)
                        for kind, value in zip(signature.args, arguments, strict=True))  # fmt: skip
        size, index = numbers.nitems, ir.IntType(32)
        eight, width = ir.VectorType(ir.DoubleType(), 8), ir.VectorType(size.type, 8)
        lanes, above = ir.Constant(width, list(range(8))), ir.Constant(eight, [INF] * 8)
        kind = ir.FunctionType(eight, [eight.as_pointer(), index, ir.VectorType(ir.IntType(1), 8), eight])
        load = cgutils.get_or_insert_function(builder.module, kind, "llvm.masked.load.v8f64.p0")
        least = cgutils.alloca_once_value(builder, above)
        with cgutils.for_range_slice(builder, size.type(0), size, size.type(8)) as (begin, _):
            left = builder.insert_element(ir.Constant(width, ir.Undefined), builder.sub(size, begin), index(0))
            left = builder.shuffle_vector(left, left, ir.Constant(ir.VectorType(index, 8), [0] * 8))
            there = builder.icmp_signed("<", lanes, left)
            source, target = (
                builder.bitcast(builder.gep(array.data, [begin]), eight.as_pointer()) for array in (numbers, out)
            )
            row = builder.call(load, [source, index(8), there, above])
            builder.store(row, target, align=8)
            builder.store(_lower(builder, builder.load(least), row), least)
        return _least_across(builder, builder.load(least))

    return types.float64(f, room), generate


@intrinsic
def equal_among_eight(typing_context, f, begin, value):
    """uint64 with a bit for each of the eight numbers of ``f`` from ``begin`` on, set where it is ``value``; the first is the lowest."""

    def generate(context, builder, signature, arguments):
        array, begin, value = arguments
        numbers = context.make_array(signature.args[0])(context, builder, array)
        eight = ir.VectorType(ir.DoubleType(), 8)
        wanted = ir.Constant(eight, ir.Undefined)
        for k in range(8):
            wanted = builder.insert_element(wanted, value, ir.Constant(ir.IntType(32), k))
        row = builder.load(builder.bitcast(builder.gep(numbers.data, [begin]), eight.as_pointer()), align=8)
        return builder.zext(builder.bitcast(builder.fcmp_ordered("==", row, wanted), ir.IntType(8)), _WORD)

    return types.uint64(f, types.int64, types.float64), generate


@intrinsic
def lowest_bit(typing_context, bits):
    """The number of zeros below the lowest bit that is set; 64 where none is."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def within_one(typing_context, x):
    """x, or −1 or 1 where x lies beyond: one instruction for either bound, which a comparison and a choice would not become.

    What becomes of a NaN depends on the machine.
    """

    def generate(context, builder, signature, arguments):
        double, bounded = ir.DoubleType(), arguments[0]
        for name, bound in (("llvm.minnum", 1.0), ("llvm.maxnum", -1.0)):
            function = builder.module.declare_intrinsic(name, [double], ir.FunctionType(double, [double, double]))
            bounded = builder.call(function, [bounded, ir.Constant(double, bound)], fastmath=("nnan", "nsz"))
        return bounded

    return types.float64(types.float64), generate


_WORD = ir.IntType(64)
_LOWEST = ir.Constant(_WORD, -0x7FF0000000000001)  # −∞, turned


def _turned(builder, bits):
    """Where the sign bit is set, the others turned over, as whole numbers want them; its own inverse."""
    sign = builder.ashr(bits, ir.Constant(_WORD, 63))
    return builder.xor(bits, builder.lshr(sign, ir.Constant(_WORD, 1)))


# ---- constants, typed: an int64 that meets a uint64 would turn both into float64 ------------------------------------

INF = math.inf
NAN = math.nan
SMALLEST_NORMAL = 2.2250738585072014e-308
TO_INTEGER = 6755399441055744.0  # 1.5 · 2^52: added to |t| < 2^51 it leaves rint(t) in the low bits
FARTHEST = 7e15  # < 2^51 π
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
ONE_OVER_PI = 0.3183098861837907
PI_HIGH, PI_MIDDLE, PI_LOW = 3.1415926534682512, 1.2154201012607932e-10, 4.044532497591901e-21

U1, U52, U63 = np.uint64(1), np.uint64(52), np.uint64(63)
EXPONENT_BITS = np.uint64(0x7FF0000000000000)
MANTISSA_BITS = np.uint64(0x000FFFFFFFFFFFFF)
EXPONENT_ONE = np.uint64(0x0010000000000000)
ROOT_HALF_BITS = np.uint64(0x3FE6A09E667F3BCD)
ONE_MINUS_ROOT_HALF_BITS = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)

MANTISSA_BITS_32 = np.uint32(0x007FFFFF)
ROOT_HALF_BITS_32 = np.uint32(0x3F3504F3)
ONE_MINUS_ROOT_HALF_BITS_32 = np.uint32(0x3F800000 - 0x3F3504F3)
U23_32 = np.uint32(23)
f32 = np.float32


# ---- finiteness -----------------------------------------------------------------------------------------------------


@elementary
def finite(x):
    """True unless x is NaN or infinite, under every fastmath flag."""
    return (bits_of_float(x) & EXPONENT_BITS) != EXPONENT_BITS


@elementary
def nonfinite(x):
    """uint64 1 if x is NaN or infinite, else 0: for `bad |= nonfinite(x)` in a vector loop, under every flag."""
    return ((bits_of_float(x) & EXPONENT_BITS) + EXPONENT_ONE) >> U63  # a full exponent carries into the sign bit


# ---- exponential, logarithm, power ----------------------------------------------------------------------------------


@elementary
def exp(x):
    """Exponential (1)."""
    # Written as `bound if x < bound else x`, so that a NaN, for which comparisons are false, passes.
    y = -708.0 if x < -708.0 else x
    y = 710.0 if y > 710.0 else y
    n = np.rint(y * LOG2_E)
    r = (y - n * LN2_HIGH) - n * LN2_LOW
    q = 2.7620088445409746e-07 + r * 2.510038549551032e-08
    q = 2.4801521295954376e-05 + r * (2.7557268459997064e-06 + r * q)
    q = 0.0013888888917213717 + r * (0.00019841269863053618 + r * q)
    q = 0.04166666666662413 + r * (0.008333333333330062 + r * q)
    q = 0.5000000000000001 + r * (0.16666666666666669 + r * q)
    p = 1.0 + (r + r * r * q)
    # 2^(n−1) and then twice: 2^1024 alone is not a float64.
    half_scale = float_of_bits((bits_of_float(n + TO_INTEGER) + np.uint64(1022)) << U52)
    e = (p * half_scale) * 2.0
    return 0.0 if x < -708.0 else e


@elementary
def log(x):
    """Natural logarithm (2)."""
    shifted = bits_of_float(x) + ONE_MINUS_ROOT_HALF_BITS
    k = np.float64(np.int32(shifted >> U52)) - 1023.0
    f = float_of_bits((shifted & MANTISSA_BITS) + ROOT_HALF_BITS) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + odd))
    h = 0.5 * f * f
    y = k * LN2_HIGH - ((h - (s * (h + (even + odd)) + k * LN2_LOW)) - f)
    y = y if x < INF else x  # infinity and NaN pass
    exceptional = -INF if x >= 0.0 else NAN
    return y if x >= SMALLEST_NORMAL else exceptional


@elementary
def power(x, p):
    """x to the power p for x ≥ 0 (8); power(0, p) = 0 for p > 0 and power(0, 0) = 1."""
    # A large finite logarithm of zero, because 0 · (−inf) would make 0^0 a NaN.
    logarithm = log(x)
    logarithm = -1e300 if x == 0.0 else logarithm
    return exp(p * logarithm)


@elementary
def tanh(x):
    """Hyperbolic tangent (7)."""
    e = exp(-2.0 * abs(x))
    t = (1.0 - e) / (1.0 + e)
    return -t if x < 0.0 else t


# ---- circular functions ---------------------------------------------------------------------------------------------


@elementary
def _sin_half_circle(r):
    """sin r for |r| ≤ π/2."""
    q = r * r
    p = 1.6058977292642743e-10 + q * (-7.643969663988074e-13 + q * 2.7314368769379893e-15)
    p = 2.7557319219160833e-06 + q * (-2.505210761669045e-08 + q * p)
    p = -0.16666666666666666 + q * (0.008333333333333316 + q * (-0.00019841269841254966 + q * p))
    return r + r * (q * p)


@elementary
def _sin_half_turn(t):
    """sin 2πt for |t| ≤ ¼."""
    q = t * t
    p = -15.094506100146965 + q * (3.8173651219315206 - q * 0.692504183209511)
    p = 81.60524927557947 + q * (-76.70585968959713 + q * (42.058689952365114 + q * p))
    return t * (6.283185307179585 + q * (-41.341702240398284 + q * p))


@elementary
def _minus_if_odd(bits, x):
    """−x if the integer in the low bits is odd."""
    return float_of_bits(bits_of_float(x) ^ (bits << U63))


@partial(cache.jit, fastmath=SAFE_FASTMATH - {"contract"}, error_model="numpy", nogil=True, forceinline=True)
def _half_turns(x):
    """x / π, rounded before anything is added to it."""
    return x * ONE_OVER_PI


# The sum with TO_INTEGER rounds and shows the parity at once. The interpolation oversteps 1 by its last bit at times.


@elementary
def sin(x):
    """Sine of x radians (3)."""
    k = _half_turns(x) + TO_INTEGER
    n = k - TO_INTEGER
    r = ((x - n * PI_HIGH) - n * PI_MIDDLE) - n * PI_LOW
    y = within_one(_minus_if_odd(bits_of_float(k), _sin_half_circle(r)))
    return y if abs(x) <= FARTHEST else NAN


@elementary
def cos(x):
    """Cosine of x radians (4)."""
    k = (x * ONE_OVER_PI - 0.5) + TO_INTEGER
    m = (k - TO_INTEGER) + 0.5
    r = ((m * PI_HIGH - x) + m * PI_MIDDLE) + m * PI_LOW
    y = within_one(_minus_if_odd(bits_of_float(k), _sin_half_circle(r)))
    return y if abs(x) <= FARTHEST else NAN


@elementary
def sin2pi(x):
    """Sine of x turns, sin 2πx (5)."""
    r = x - np.rint(x)
    a = abs(r)
    b = 0.5 - a
    t = b if b < a else a
    return _sin_half_turn(-t if r < 0.0 else t)


@elementary
def cos2pi(x):
    """Cosine of x turns, cos 2πx (6)."""
    r = x - np.rint(x)
    return _sin_half_turn(0.25 - abs(r))


# ---- single precision, for the random numbers -----------------------------------------------------------------------


@elementary
def sin2pi32(x):
    """sin 2πx in float32, for |x| ≤ ¼."""
    q = x * x
    p = f32(81.60247554739368) + q * (f32(-76.5811481277097) + q * f32(39.75960307252226))
    return x * (f32(6.283185280140998) + q * (f32(-41.34168060477936) + q * p))


@elementary
def log32(x):
    """log x in float32, for normal x > 0 (2, with one polynomial in f)."""
    shifted = bits_of_float32(x) + ONE_MINUS_ROOT_HALF_BITS_32
    k = f32(np.int32(shifted >> U23_32)) - f32(127.0)
    f = float32_of_bits((shifted & MANTISSA_BITS_32) + ROOT_HALF_BITS_32) - f32(1.0)
    p = f32(0.149774012801273749) + f * (f32(-0.142692582062188322) + f * f32(0.0853331308299615193))
    p = f32(-0.250013521854960623) + f * (f32(0.199559333583832474) + f * (f32(-0.165779928967988626) + f * p))
    p = f32(0.999999974131067079) + f * (f32(-0.499999963821238881) + f * (f32(0.33334193286135078) + f * p))
    return f32(0.69314718055994531) * k + f * p
