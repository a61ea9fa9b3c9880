"""Bars and smooth line are the same agents, with the same area, as high as each other where that can be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.fft import dct

from swarmviz.drawing.density import joint_density, marginal_of
from swarmviz.drawing.kernel_estimate import MANY, NARROW, distinct_of, kernel_width, sheather_jones, smooth_density

GRID = np.linspace(-6, 6, 1001)
WELLS = [(0.5, -2.0, 0.3), (0.3, 1.0, 0.2), (0.2, 4.0, 0.4)]


def mixture(rng, n):
    parts = rng.choice(len(WELLS), n, p=[w for w, *_ in WELLS])
    return np.array([rng.normal(WELLS[i][1], WELLS[i][2]) for i in parts])


SAMPLES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "uniform, up to the walls": lambda rng, n: rng.uniform(-6, 6, n),
    "three wells": mixture,
    "heaped at a wall": lambda rng, n: np.maximum(rng.normal(-6, 1.0, n), -6.0),
    "partly outside": lambda rng, n: rng.normal(0, 4.0, n),
    "collapsed": lambda rng, n: 1.2345 + 1e-13 * rng.normal(size=n),
    "at one point": lambda rng, n: np.full(n, 0.5),
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("n", [1, 2, 8, 50, 2000])
@pytest.mark.parametrize("bins", [10, 40, 200])
def test_both_densities_have_the_area_of_the_agents_inside(name, n, bins):
    x = SAMPLES[name](np.random.default_rng(n), n)
    m = marginal_of(x, -6.0, 6.0, bins, True, None)
    share = 1 - m.outside / n
    assert (m.top * np.diff(m.edges)).sum() == pytest.approx(share)
    assert np.trapezoid(m.smooth, m.grid) == pytest.approx(share, abs=2e-3) and (m.smooth >= 0).all()


LAWS = {
    "normal": stats.norm.pdf,
    "uniform, up to the walls": lambda x: np.full_like(x, 1 / 12),
    "three wells": lambda x: sum(w * stats.norm.pdf(x, at, wide) for w, at, wide in WELLS),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("n", [200, 2000, 50_000])
def test_the_smooth_line_follows_a_known_law_within_its_error(name, n):
    """The integrated squared error of a kernel estimate of a smooth law falls like n^(−4/5); that of one that takes wells for one does not.

    Silverman's rule alone misses the three wells at n = 2000 by 0.09, twenty times what is allowed here.
    """
    law = LAWS[name](GRID)
    size = np.trapezoid(law**2, GRID)
    rng = np.random.default_rng(7)
    errors = [
        np.trapezoid((smooth_density(SAMPLES[name](rng, n), -6, 6, 100, GRID) - law) ** 2, GRID) for _ in range(5)
    ]
    assert np.median(errors) < 5 * size * n ** (-4 / 5)


@pytest.mark.parametrize("bins", [10, 40, 100, 200])
def test_the_line_of_a_collapsed_swarm_is_as_high_as_its_bar(bins):
    """It was half as high, or a needle, as the number of bins went."""
    middle = -6 + 12 / bins * (bins // 3 + 0.5)
    m = marginal_of(np.full(50, middle), -6.0, 6.0, bins, True, None)
    assert m.smooth.max() == pytest.approx(m.top.max(), rel=0.05)
    assert m.grid[m.smooth.argmax()] == pytest.approx(middle, abs=12 / bins / 4)


def test_the_line_of_eight_agents_follows_their_bars():
    """With Silverman's rule alone it lay flat through them, at an eighth of their height."""
    x = np.array([-5.1, -3.3, -3.1, -0.4, 1.2, 1.3, 4.0, 5.2])
    m = marginal_of(x, -6.0, 6.0, 40, True, None)
    heights = np.interp(x, m.grid, m.smooth)
    assert (heights > 0.3 * m.top.max() / 2).all(), "every agent is seen in the line"
    assert np.interp([-4.2, -1.7, 2.6], m.grid, m.smooth).max() < 0.1 * heights.min(), "and so are the gaps"


def test_more_agents_make_the_line_of_one_heap_as_smooth_as_silverman_wants():
    x = np.random.default_rng(3).normal(size=2000)
    width = 12 * kernel_width(x, -6.0, 6.0, 40)
    assert width == pytest.approx(0.9 * 2000**-0.2, rel=0.2)
    assert kernel_width(np.zeros(9), -6.0, 6.0, 40) == NARROW / 40


def test_the_bandwidth_of_several_wells_is_that_of_a_well():
    x = mixture(np.random.default_rng(5), 2000)
    count = np.histogram(x, 512, (-6, 6))[0]
    assert 0.02 < 12 * sheather_jones(count, 2000) < 0.1, "Silverman's is 0.4"
    assert sheather_jones(np.eye(1, 512)[0], 1) == np.inf


def bandwidth_by_numpy(count, distinct):
    """The same rule by sums over a table of all times, as Botev's program has it."""
    squares, energy = np.arange(1.0, len(count)) ** 2, (dct(count / count.sum())[1:] / 2) ** 2

    def norm(s, t):
        return 2 * np.pi ** (2 * s) * (squares**s * energy * np.exp(-(np.pi**2) * squares * t)).sum()

    def excess(t):
        f = norm(7, t)
        for s in range(6, 1, -1):
            constant = (1 + 0.5 ** (s + 0.5)) / 3 * np.prod(np.arange(1.0, 2 * s, 2)) / np.sqrt(np.pi / 2)
            f = norm(s, (constant / (distinct * f)) ** (2 / (3 + 2 * s)))
        return t - (2 * distinct * np.sqrt(np.pi) * f) ** -0.4

    times = np.geomspace(1e-8, 0.1, 29)
    with np.errstate(all="ignore"):
        over = np.array([excess(t) >= 0 for t in times])
        first = np.flatnonzero(~over[:-1] & over[1:])
        return np.sqrt(optimize.brentq(excess, *times[first[0] : first[0] + 2])) if len(first) else np.inf


@pytest.mark.parametrize("name", [*SAMPLES, "two needles"])
@pytest.mark.parametrize("n", [3, 8, 50, 2000, 50_000])
def test_the_bandwidth_is_that_of_plain_sums(name, n):
    rng = np.random.default_rng(n)
    x = np.repeat([-5.0, 5.0], [1, n - 1]) if name == "two needles" else SAMPLES[name](rng, n)
    inside = x[(x >= -6) & (x <= 6)]
    count, distinct = np.histogram(inside, 512, (-6, 6))[0], len(np.unique(inside))
    expected = bandwidth_by_numpy(count, distinct) if distinct > 2 else np.inf
    assert sheather_jones(count, distinct) == pytest.approx(expected, rel=1e-9)


def test_agents_at_a_wall_do_not_leak_through_it():
    x = np.random.default_rng(4).uniform(-6, 6, 20_000)
    line = smooth_density(x, -6, 6, 40, GRID)
    np.testing.assert_allclose(line[[0, -1]], 1 / 12, rtol=0.15)  # half of it, where walls do not reflect
    image, _ = joint_density(
        np.random.default_rng(4).uniform(-6, 6, (200_000, 2)), np.full(2, -6.0), np.full(2, 6.0), 40, True
    )
    assert image[[0, -1]].mean() > 0.85 * image[40:50].mean()


def test_how_many_numbers_differ_is_counted_among_few_of_very_many():
    rng = np.random.default_rng(5)
    for n in (1, 7, MANY, MANY + 1, 3 * MANY):
        assert distinct_of(rng.normal(size=n)) == n
        assert distinct_of(np.round(rng.uniform(size=n), 1)) <= 11
    assert distinct_of(np.round(rng.uniform(size=3 * MANY), 1)) == 11
    assert distinct_of(np.repeat(rng.normal(size=10), MANY)) == 10


def test_the_width_of_very_many_agents_is_that_of_all_of_them(monkeypatch):
    x = mixture(np.random.default_rng(3), 4 * MANY)
    some = kernel_width(x, -6.0, 6.0, 200)
    monkeypatch.setattr("swarmviz.drawing.kernel_estimate.MANY", len(x))
    assert some == kernel_width(x, -6.0, 6.0, 200)
