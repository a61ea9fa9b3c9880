"""The elementary functions against mpmath, at points where they are easy, hard, extreme or undefined."""

import re

import mpmath
import numpy as np
import pytest
from numba import njit

from swarmviz.kernels import elementary
from swarmviz.kernels.diagnostics import extremes, smallest

SEED = 20240229


def compiled_loop(function, fastmath=False):
    """A loop over an array: the way kernels use the function, vectorised by LLVM."""

    @njit(fastmath=fastmath)
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    return loop


def over_array(function, fastmath=False):
    """The function of an array, through a compiled loop."""
    loop = compiled_loop(function, fastmath)

    def apply(x):
        out = np.empty_like(x)
        loop(x, out)
        return out

    return apply


def exact(function, x):
    """The same in 40 digits, rounded once."""
    with mpmath.workdps(40):
        return np.array([float(function(mpmath.mpf(float(v)))) for v in x])


def error(function, reference, x):
    """Absolute error without the rounding of the reference, which would hide up to half a unit in the last place."""
    approximation = over_array(function)(x)
    with mpmath.workdps(40):
        return np.array(
            [
                float(mpmath.mpf(float(a)) - reference(mpmath.mpf(float(v))))
                for a, v in zip(approximation, x, strict=True)
            ]
        )


def either_sign(x):
    return np.concatenate([-x, x])


random = np.random.default_rng(SEED)
dense = np.linspace(-4, 4, 1001)
tiny = either_sign(np.logspace(-300, -1, 150))
far = either_sign(np.concatenate([random.uniform(0, 100, 300), random.uniform(0, 1e6, 300)]))
beside_multiples_of_half_pi = np.nextafter(np.arange(-400, 400) * (np.pi / 2), random.choice([-9e9, 9e9], 800))
quarter_turns = np.concatenate([np.arange(-40, 41) / 4, np.nextafter(np.arange(-40, 41) / 4, 99)])

ABSOLUTE = {
    "sin": (elementary.sin, mpmath.sin, 3e-16, [dense, tiny, far, beside_multiples_of_half_pi]),
    "cos": (elementary.cos, mpmath.cos, 3e-16, [dense, tiny, far, beside_multiples_of_half_pi]),
    "sin2pi": (elementary.sin2pi, lambda x: mpmath.sinpi(2 * x), 5e-16, [dense, tiny, far, quarter_turns]),
    "cos2pi": (elementary.cos2pi, lambda x: mpmath.cospi(2 * x), 5e-16, [dense, tiny, far, quarter_turns]),
    "tanh": (elementary.tanh, mpmath.tanh, 3e-16, [dense, tiny, far]),
}


@pytest.mark.parametrize("name", ABSOLUTE)
def test_bounded_functions_have_the_documented_absolute_error(name):
    function, reference, bound, points = ABSOLUTE[name]
    assert np.abs(error(function, reference, np.concatenate(points))).max() < bound


def test_exp_has_the_documented_relative_error_wherever_its_value_is_a_normal_number():
    x = np.concatenate([dense, tiny, random.uniform(-708, 709.78, 1000), [-708.0, 709.78]])
    assert np.abs(error(elementary.exp, mpmath.exp, x) / exact(mpmath.exp, x)).max() < 3e-16


def test_log_has_the_documented_relative_error_near_one_and_over_the_whole_range():
    near_one = np.concatenate([1 + tiny, np.nextafter(1, [0, 2]), np.linspace(0.5, 2, 1000)])
    x = np.concatenate([near_one[near_one != 1], np.exp(random.uniform(-708, 709, 1000)), [2.3e-308, 1.7e308]])
    assert np.abs(error(elementary.log, mpmath.log, x) / exact(mpmath.log, x)).max() < 3e-16
    assert elementary.log(1.0) == 0.0


def test_the_sine_keeps_its_relative_accuracy_at_its_zeros():
    """So that a gradient that vanishes at a minimiser vanishes there, and changes sign there."""
    multiples = np.arange(1, 400) * np.pi
    relative = error(elementary.sin, mpmath.sin, multiples) / exact(mpmath.sin, multiples)
    assert np.abs(relative).max() < 1e-9
    assert np.all(np.abs(error(elementary.sin2pi, lambda t: mpmath.sinpi(2 * t), tiny) / (6.3 * tiny)) < 1e-15)
    assert elementary.sin2pi(0.5) == elementary.sin2pi(-3.0) == elementary.cos2pi(0.25) == 0.0


huge = either_sign(10.0 ** np.arange(6, 308)) * random.uniform(1, 9.9, 604)
crests = np.concatenate([np.nextafter(np.arange(-30_000, 30_000) * (np.pi / 2), to) for to in (-9e9, 0, 9e9)])


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_the_sine_of_a_huge_number_is_right_or_nan(name):
    """A reduction that runs out of digits gave 1e38 for the cosine of 1e19, and an agent that diverged had found F = −∞."""
    huge_values, near = over_array(getattr(elementary, name))(huge), np.abs(huge) < 7e15
    assert np.isnan(huge_values[~near]).all() and (~near).sum() > 500
    with mpmath.workdps(400):
        right = np.array([float(getattr(mpmath, name)(mpmath.mpf(x))) for x in huge[near].tolist()])
    as_if_half_a_unit_off = np.spacing(np.abs(huge[near])) / 2  # all that a machine without FMA can do
    assert (np.abs(huge_values[near] - right) < 1e-15 + as_if_half_a_unit_off).all()


@pytest.mark.parametrize("name", ["sin", "cos", "sin2pi", "cos2pi", "tanh"])
def test_a_bounded_function_never_leaves_its_bounds(name):
    """Not by the last bit: 1 − cos x would be negative, and a minimum of 0 no minimum."""
    x = np.concatenate([dense, tiny, far, crests, crests / (2 * np.pi), huge, 1e-9 * random.uniform(-1, 1, 100_000)])
    y = over_array(getattr(elementary, name))(x)
    assert (np.abs(y[np.isfinite(y)]) <= 1).all()


def test_the_sine_has_the_bits_of_its_formula():
    """The way in which the reduction rounds is no part of the definition: runs of earlier versions are found again."""

    @elementary.elementary
    def sine(x):
        n = np.rint(x * elementary.ONE_OVER_PI)
        r = ((x - n * elementary.PI_HIGH) - n * elementary.PI_MIDDLE) - n * elementary.PI_LOW
        return elementary._minus_if_odd(
            elementary.bits_of_float(n + elementary.TO_INTEGER), elementary._sin_half_circle(r)
        )

    @elementary.elementary
    def cosine(x):
        m = np.rint(x * elementary.ONE_OVER_PI - 0.5) + 0.5
        r = ((x - m * elementary.PI_HIGH) - m * elementary.PI_MIDDLE) - m * elementary.PI_LOW
        odd = elementary.bits_of_float((m - 0.5) + elementary.TO_INTEGER) ^ elementary.U1
        return elementary._minus_if_odd(odd, elementary._sin_half_circle(r))

    x = np.concatenate([dense, tiny, far, crests, 10.0 ** random.uniform(-8, 15.8, 100_000)])
    for formula, function in ((sine, elementary.sin), (cosine, elementary.cos)):
        expected = np.clip(over_array(formula)(x), -1, 1)
        assert (over_array(function)(x).view(np.int64) == expected.view(np.int64)).all()


@pytest.mark.parametrize("p", [0.1, 0.5, 1.0, 2.0, 7.3, -1.5])
def test_power_has_the_documented_relative_error(p):
    x = np.concatenate([random.uniform(0, 5, 300), np.exp(random.uniform(-90, 90, 300))])
    power = njit(lambda v: elementary.power(v, p))
    reference = np.array([float(mpmath.power(mpmath.mpf(v), mpmath.mpf(p))) for v in x])
    bound = 3e-16 * (1 + np.abs(p * np.log(x)))
    assert np.all(np.abs(over_array(power)(x) / reference - 1) < bound)


def test_power_of_zero_follows_numpy():
    """0^0 = 1: an exponent of zero switches a factor off, also where the factor is zero."""
    assert elementary.power(0.0, 0.7) == 0.0
    assert elementary.power(0.0, 0.0) == 1.0
    assert elementary.power(0.0, -1.0) == np.inf
    assert np.isnan(elementary.power(-1.0, 2.0))
    assert np.isnan(elementary.power(np.nan, 2.0))


def test_float32_functions_have_the_documented_error():
    quarter = np.linspace(-0.25, 0.25, 20001).astype(np.float32)
    exact_sine = np.sin(2 * np.pi * quarter.astype(float))
    assert np.abs(over_array(elementary.sin2pi32)(quarter) - exact_sine).max() < 2e-7
    u = np.concatenate([np.linspace(1e-5, 1, 20001)[:-1], 2.0 ** -random.uniform(0, 32, 2000)]).astype(np.float32)
    exact_log = np.log(u.astype(float))
    assert np.abs(over_array(elementary.log32)(u) / exact_log - 1).max() < 3e-7


def test_the_logarithm_of_a_uniform_number_is_never_positive():
    """Box–Muller takes the root of −2 log u: a rounding error of the wrong sign just below 1 would make a NaN."""
    u = (1 - np.arange(0, 5000) * 2.0**-24).astype(np.float32)
    assert np.all(over_array(elementary.log32)(u) <= 0)


@pytest.mark.parametrize("fastmath", [False, True])
@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "sin2pi", "cos2pi", "tanh"])
def test_nan_in_gives_nan_out(name, fastmath):
    """Judged by NumPy outside, so that a caller's fastmath flags cannot fold the question."""
    x = np.full(37, np.nan)
    assert np.all(np.isnan(over_array(getattr(elementary, name), fastmath)(x)))


@pytest.mark.parametrize("name", ["sin", "cos", "sin2pi", "cos2pi"])
def test_an_infinite_argument_makes_a_circular_function_nan(name):
    x = np.tile([np.inf, -np.inf], 19)
    assert np.all(np.isnan(over_array(getattr(elementary, name))(x)))


def test_limits_at_infinity_and_beyond_the_range():
    assert elementary.exp(-np.inf) == elementary.exp(-1e300) == elementary.exp(-708.5) == 0.0
    assert elementary.exp(np.inf) == elementary.exp(709.79) == elementary.exp(1e300) == np.inf
    assert elementary.exp(0.0) == 1.0
    assert elementary.log(0.0) == elementary.log(5e-324) == -np.inf
    assert elementary.log(np.inf) == np.inf
    assert np.isnan(elementary.log(-1.0))
    assert elementary.tanh(np.inf) == 1.0
    assert elementary.tanh(-np.inf) == -1.0


@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "cos2pi", "tanh"])
def test_a_caller_with_every_fastmath_flag_does_not_change_a_value(name):
    """`reassoc` in a caller must not reach into the Cody–Waite reductions."""
    function = getattr(elementary, name)
    x = random.uniform(0.01, 700, 999)
    assert np.array_equal(over_array(function)(x), over_array(function, fastmath=True)(x))


@pytest.mark.parametrize("fastmath", [False, True])
def test_divergence_is_seen_under_every_fastmath_flag(fastmath):
    @njit(fastmath=fastmath)
    def any_bad(x):
        bad = np.uint64(0)
        for i in range(x.size):
            bad |= elementary.nonfinite(x[i])
        return bad

    x = random.normal(size=101) * 10.0 ** random.integers(-308, 308, 101)
    x[:4] = [0.0, -0.0, 5e-324, -1.7976931348623157e308]
    assert any_bad(x) == 0
    assert over_array(elementary.finite, fastmath)(x).all()
    for value in (np.nan, -np.nan, np.inf, -np.inf):
        x[57] = value
        assert any_bad(x) == 1
        assert not elementary.finite(value)


def test_the_loops_are_vectorised():
    """The reason for this module: one call of libm in a loop costs more than everything else in it."""
    for name in ("exp", "log", "sin", "cos", "sin2pi", "cos2pi", "tanh"):
        loop = compiled_loop(getattr(elementary, name))
        loop.compile("void(float64[::1], float64[::1])")
        assembly = next(iter(loop.inspect_asm().values()))
        assert re.search(r"mulpd|fmadd\w*pd|fmla\s+v", assembly), f"{name} is not vectorised"


@pytest.mark.parametrize("n", [0, 1, 7, 31, 100, 127, 128, 129, 159, 160, 3000])
def test_smallest_and_extremes_are_those_of_numpy(n):
    """Below and above the size from which minima are taken of vectors; a NaN of either sign is never the smallest."""
    y = np.random.default_rng(n).normal(size=n) * 10.0 ** np.random.default_rng(1).integers(-300, 300, n)
    y[::5] *= 0.0
    low, high = (y.min(), y.max()) if n else (np.inf, -np.inf)
    assert smallest(y) == low and extremes(y) == (low, high)
    for place in range(n):  # wherever it is
        assert smallest(np.roll(y, place)) == low
    if n > 6:
        y[1], y[2], y[3] = np.nan, -np.inf, -np.nan
        assert smallest(y) == extremes(y)[0] == -np.inf and np.isnan(extremes(y)[1])
        y[2] = np.inf
        assert smallest(y) == extremes(y)[0] == np.nanmin(y)
