"""The landscapes once more: written from the literature in plain Python with mpmath, one point at a time, without haste.

``REFERENCE[name](x, **parameters)`` takes a list of mpmath numbers and returns one. Nothing of swarmviz is used here.
"""

from __future__ import annotations

from itertools import pairwise

from mpmath import cos, e, exp, fabs, fprod, fsum, lu_solve, matrix, mp, mpf, pi, sin, sqrt

mp.dps = 50

REFERENCE = {}


def reference(*names):
    def enter(function):
        REFERENCE.update(dict.fromkeys(names, function))
        return function

    return enter


def slope(name, x, i, **parameters):
    """∂F/∂x_i by a central difference with 50 digits; the step is 1e-15, so about 30 of them are right."""
    h = mpf(10) ** -15

    def at(shift):
        return REFERENCE[name]([xk + shift if k == i else xk for k, xk in enumerate(x)], **parameters)

    return (at(h) - at(-h)) / (2 * h)


@reference("Ackley")
def ackley(x, depth=20, steepness=0.2):
    A, C, d = mpf(depth), mpf(steepness), len(x)
    r = sqrt(fsum(t * t for t in x) / d)
    return -A * exp(-C * r) - exp(fsum(cos(2 * pi * t) for t in x) / d) + A + e


@reference("Rastrigin")
def rastrigin(x):
    return 10 * len(x) + fsum(t * t - 10 * cos(2 * pi * t) for t in x)


@reference("WideRastrigin")
def wide_rastrigin(x):
    return 10 * len(x) + fsum(2 * t * t - 10 * cos(2 * pi * t) for t in x)


@reference("PrintedRastrigin")
def printed_rastrigin(x):
    return 20 + 2 * x[0] ** 2 + 2 * x[1] ** 2 - cos(2 * pi * x[0]) - cos(2 * pi * x[1])


@reference("DoubleWell")
def double_well(x, barrier=1.0, tilt=0.3):
    return mpf(barrier) * (x[0] ** 2 - 1) ** 2 + mpf(tilt) * x[0] + fsum(t * t for t in x[1:])


@reference("Himmelblau")
def himmelblau(x):
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


@reference("Rosenbrock", "WideRosenbrock")
def rosenbrock(x):
    return fsum((1 - a) ** 2 + 100 * (b - a * a) ** 2 for a, b in pairwise(x))


@reference("Sphere")
def sphere(x):
    return fsum(t * t for t in x)


@reference("Levy")
def levy(x):
    w = [1 + (t - 1) / 4 for t in x]
    inner = fsum((v - 1) ** 2 * (1 + 10 * sin(pi * v + 1) ** 2) for v in w[:-1])
    return sin(pi * w[0]) ** 2 + inner + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2)


@reference("LevyN13")
def levy13(x):
    a, b = x
    first = (a - 1) ** 2 * (1 + sin(3 * pi * b) ** 2)
    return sin(3 * pi * a) ** 2 + first + (b - 1) ** 2 * (1 + sin(2 * pi * b) ** 2)


@reference("DropWave")
def drop_wave(x):
    r2 = fsum(t * t for t in x)
    return -(1 + cos(12 * sqrt(r2))) / (r2 / 2 + 2)


@reference("SchafferN2")
def schaffer(x):
    a, b = x[0] ** 2, x[1] ** 2
    return mpf(1) / 2 + (sin(a - b) ** 2 - mpf(1) / 2) / (1 + (a + b) / 1000) ** 2


@reference("BukinN6")
def bukin(x):
    return 100 * sqrt(fabs(x[1] - x[0] ** 2 / 100)) + fabs(x[0] + 10) / 100


@reference("Griewank")
def griewank(x):
    return 1 + fsum(t * t for t in x) / 4000 - fprod(cos(t / sqrt(i)) for i, t in enumerate(x, 1))


@reference("PrintedGriewank")
def printed_griewank(x):
    return 1 + fsum(t * t for t in x) / 4000 - fprod(cos(t / i) for i, t in enumerate(x, 1))


@reference("Salomon")
def salomon(x):
    r = sqrt(fsum(t * t for t in x))
    return 1 - cos(2 * pi * r) + r / 10


@reference("Schwefel220")
def schwefel(x):
    return fsum(fabs(t) for t in x)


def splitmix(z):
    """The finaliser of splitmix64, as published by Steele, Lea and Flood."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def eta(draw, i):
    """Coefficient of coordinate i = 0, 1, …"""
    gamma = 0x9E3779B97F4A7C15
    key = splitmix((splitmix((draw + gamma) % 2**64) + 100 * gamma) % 2**64)
    return (mpf(splitmix((key + i * gamma) % 2**64) >> 12) + mpf(1) / 2) / 2**52


@reference("XinSheYang")
def yang(x, draw=0):
    return fsum(eta(draw, i) * fabs(t) ** (i + 1) for i, t in enumerate(x))


@reference("DiscontinuousIntegrand")
def discontinuous(x):
    return -exp(5 * fsum(x)) if all(t <= mpf(1) / 2 for t in x) else mpf(0)


@reference("FiniteSetCurve")
def finite_set(x, height=1.0, per_unit=5.5):
    z = x[0] / mpf(per_unit) - mpf(6) / 10
    return mpf(height) * (z * z / 10 + 2 * (cos(3 * z) + sin(7 * z)))


@reference("FineFiniteSetCurve")
def fine_finite_set(x, height=1.0):
    return finite_set(x, height, 11)


@reference("SixHumpCamel")
def camel(x):
    a, b = x
    return (4 - mpf(21) / 10 * a**2 + a**4 / 3) * a**2 + a * b + (-4 + 4 * b**2) * b**2


@reference("StyblinskiTang")
def styblinski(x):
    return fsum(t**4 - 16 * t**2 + 5 * t for t in x) / 2


@reference("Michalewicz")
def michalewicz(x, steepness=10):
    return -fsum(sin(t) * sin(i * t * t / pi) ** (2 * steepness) for i, t in enumerate(x, 1))


@reference("Easom")
def easom(x):
    a, b = x
    return -cos(a) * cos(b) * exp(-((a - pi) ** 2) - (b - pi) ** 2)


@reference("Eggholder")
def eggholder(x):
    a, b = x
    return -(b + 47) * sin(sqrt(fabs(a / 2 + b + 47))) - a * sin(sqrt(fabs(a - (b + 47))))


@reference("HolderTable")
def holder(x):
    a, b = x
    return -fabs(sin(a) * cos(b) * exp(fabs(1 - sqrt(a * a + b * b) / pi)))


@reference("Zakharov")
def zakharov(x):
    s = fsum(i * t / 2 for i, t in enumerate(x, 1))
    return fsum(t * t for t in x) + s**2 + s**4


@reference("GaussianMixture")
def mixture(x, bowl=0.02, wells=None):
    default = (((-3, 1.5), 2, 0.7), ((-0.8, -2.5), 1.5, 1), ((1.2, 2.2), 1, 0.8), ((3.2, -1), 3, 0.5))
    total = mpf(bowl) * fsum(t * t for t in x)
    for centre, depth, width in wells or default:
        c = [mpf(a) for a in centre] + [mpf(0)] * len(x)
        r2 = fsum((a - b) ** 2 for a, b in zip(x, c, strict=False))
        total -= mpf(depth) * exp(-r2 / (2 * mpf(width) ** 2))
    return total


@reference("Formula")
def formula(x):
    return (x[0] ** 2 + x[1] ** 2) / 4 - 3 * cos(2 * x[0]) * cos(2 * x[1])


@reference("Schwefel226")
def schwefel226(x):
    return -fsum(t * sin(sqrt(fabs(t))) for t in x)


@reference("AlpineN1")
def alpine1(x):
    return fsum(fabs(t * sin(t) + t / 10) for t in x)


@reference("AlpineN2")
def alpine2(x):
    return -fprod(sqrt(fabs(t)) * sin(t) for t in x)


@reference("CrossInTray")
def cross_in_tray(x):
    a, b = x
    hollow = fabs(sin(a) * sin(b) * exp(fabs(100 - sqrt(a**2 + b**2) / pi)))
    return -((hollow + 1) ** (mpf(1) / 10)) / 10000


@reference("McCormick")
def mccormick(x):
    a, b = x
    return sin(a + b) + (a - b) ** 2 - 3 * a / 2 + 5 * b / 2 + 1


@reference("ThreeHumpCamel")
def three_hump_camel(x):
    a, b = x
    return 2 * a**2 - mpf(105) / 100 * a**4 + a**6 / 6 + a * b + b**2


@reference("Beale")
def beale(x):
    a, b = x
    return fsum((mpf(c) / 1000 - a + a * b**k) ** 2 for k, c in ((1, 1500), (2, 2250), (3, 2625)))


@reference("Booth")
def booth(x):
    a, b = x
    return (a + 2 * b - 7) ** 2 + (2 * a + b - 5) ** 2


@reference("GoldsteinPrice")
def goldstein_price(x):
    a, b = x
    first = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a**2 - 14 * b + 6 * a * b + 3 * b**2)
    second = 30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a**2 + 48 * b - 36 * a * b + 27 * b**2)
    return first * second


@reference("Langermann")
def langermann(x):
    rings = ((1, 3, 5), (2, 5, 2), (5, 2, 1), (2, 1, 4), (3, 7, 9))
    away = [(c, (x[0] - a) ** 2 + (x[1] - b) ** 2) for c, a, b in rings]
    return -fsum(c * exp(-q / pi) * cos(pi * q) for c, q in away)


@reference("Shekel")
def shekel(x, holes=10):
    a1 = "4 1 8 6 3 2 5 8 6 7".split()  # one row per coordinate, as Dixon and Szegő have it
    a2 = "4 1 8 6 7 9 5 1 2 3.6".split()
    a3 = "4 1 8 6 3 2 3 8 6 7".split()
    a4 = "4 1 8 6 7 9 3 1 2 3.6".split()
    c = "0.1 0.2 0.2 0.4 0.4 0.6 0.3 0.7 0.5 0.5".split()
    holes = list(zip(a1, a2, a3, a4, c, strict=True))[:holes]
    return -fsum(1 / (fsum((t - mpf(a)) ** 2 for t, a in zip(x, at, strict=True)) + mpf(w)) for *at, w in holes)


@reference("Tabulated")
def tabulated(x, table=(2, 1, 0.5, 2, 4, 2, 0, 1, 2)):
    """On a straight line between the two values beside x; constant outside."""
    U, t = [mpf(u) for u in table], x[0]
    if t <= 0:
        return U[0]
    for i, (a, b) in enumerate(pairwise(U)):
        if t <= i + 1:
            return a + (t - i) * (b - a)
    return U[-1]


BASINS = (
    (6, 5, 4.5, 5, 5.5, 6), (5, 2, 1.5, 3.5, 4, 5), (4.5, 1, 0.5, 3, 2.5, 4), (5, 3, 3.5, 3.5, 1, 3.5), (5.5, 4, 3, 1.5, 0, 4),
    (6, 5.5, 5, 4.5, 4, 6),
)  # fmt: skip


def through(U, u):
    """The not-a-knot spline through U at 0, 1, … by its second derivatives M, at u."""
    S = len(U)
    A, right = matrix(S, S), matrix(S, 1)
    for k, first in ((0, 0), (S - 1, S - 3)):  # the third derivative does not jump beside the end
        A[k, first], A[k, first + 1], A[k, first + 2] = 1, -2, 1
    for i in range(1, S - 1):
        A[i, i - 1], A[i, i], A[i, i + 1] = 1, 4, 1
        right[i] = 6 * (U[i - 1] - 2 * U[i] + U[i + 1])
    M = lu_solve(A, right)
    u = min(max(u, mpf(0)), mpf(S - 1))
    i = min(int(u), S - 2)
    a, b = i + 1 - u, u - i
    return M[i] * a**3 / 6 + M[i + 1] * b**3 / 6 + (U[i] - M[i] / 6) * a + (U[i + 1] - M[i + 1] / 6) * b


@reference("Grid")
def grid(x, table=BASINS, span=(-3, 3)):
    """A spline along the second coordinate in every row, and one along the first through what they give at x_2."""
    low, high = mpf(span[0]), mpf(span[1])

    def along(row, t):
        return through([mpf(c) for c in row], (t - low) / (high - low) * (len(row) - 1))

    rows = [along(row, x[1]) for row in table] if len(x) == 2 else table
    return along(rows, x[0])
