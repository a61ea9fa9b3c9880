"""The edge of the box, against the plain definition."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.kernels import boundaries
from swarmviz.kernels.packs import Box
from swarmviz.kernels.tiles import confine_tile

LOW, HIGH = np.array([-1.0, 0.0]), np.array([2.0, 5.0])


def confined(X, name, low=LOW, high=HIGH):
    x = np.ascontiguousarray(X.T)
    boundaries.confine(x, low, high, boundaries.CODES[name])
    return x.T


@pytest.fixture
def X():
    return np.random.default_rng(0).uniform(-20, 20, (5000, 2))


def test_none_leaves_everything_and_clip_projects(X):
    np.testing.assert_array_equal(confined(X, "none"), X)
    np.testing.assert_array_equal(confined(X, "clip"), np.clip(X, LOW, HIGH))


def test_periodic_comes_back_on_the_other_side(X):
    inside = ((X >= LOW) & (X <= HIGH)).all(axis=1)
    Y = confined(X, "periodic")
    np.testing.assert_array_equal(Y[inside], X[inside])
    np.testing.assert_allclose(Y, LOW + np.mod(X - LOW, HIGH - LOW), atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 0.01], ids=["far out", "hardly out"])
@pytest.mark.parametrize(("low", "high"), [(LOW, HIGH), (np.full(2, -0.7), np.full(2, 1.3))], ids=["box", "cube"])
def test_reflect_mirrors_as_often_as_needed(X, low, high, scale):
    """Far out by several widths of the box; hardly out, where one mirror is enough."""
    start = np.where(X > 0, high, low) + scale * X
    expected = start.copy()
    for _ in range(40):  # bounce off one wall after the other
        expected = np.where(expected < low, 2 * low - expected, expected)
        expected = np.where(expected > high, 2 * high - expected, expected)
    assert (start != expected).any(axis=0).all()
    np.testing.assert_allclose(confined(start, "reflect", low, high), expected, atol=1e-11)


@pytest.mark.parametrize("name", ["clip", "reflect", "periodic"])
def test_who_has_been_brought_inside_is_inside_to_the_last_bit_and_is_not_moved_again(name):
    """a + (b − a) may exceed b: agents just beyond the walls of many boxes, each box a coordinate."""
    rng = np.random.default_rng(3)
    low = rng.uniform(-1, 0, 2000)
    high = low + rng.uniform(0.1, 2, 2000)
    near = np.array([np.nextafter(high, np.inf), np.nextafter(low, -np.inf), 2 * high - low, 2 * low - high])
    x = np.ascontiguousarray(near.T)
    boundaries.confine(x, low, high, boundaries.CODES[name])
    assert (x >= low[:, None]).all() and (x <= high[:, None]).all()
    again = x.copy()
    boundaries.confine(again, low, high, boundaries.CODES[name])
    np.testing.assert_array_equal(again, x)


@pytest.mark.parametrize("name", boundaries.CODES)
def test_a_diverged_agent_stays_visible(name):
    Y = confined(np.array([[np.nan, 1.0], [0.0, np.nan]]), name)
    assert np.isnan(Y[0, 0]) and np.isnan(Y[1, 1])


@pytest.mark.parametrize("cls", [cls for cls in sv.dynamics.ALL.values() if "boundary" in cls.declared()])
@pytest.mark.parametrize("name", ["clip", "reflect", "periodic"])
def test_a_confined_swarm_never_leaves_the_box(cls, name):
    """A strong shake (or a fast flight) on a small box, step by step."""
    landscape, wild = sv.landscapes.Ackley(), {"sigma": 5.0, "lam": 50.0, "dt": 0.2}
    dynamics = cls(boundary=name, **{n: v for n, v in wild.items() if n in cls.declared() and cls.param[n].contains(v)})
    sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=50, d=2, seed=1))
    low, high = landscape.limits(2)
    for _ in range(30):
        x = sim.advance(1).x
        assert (x >= low).all() and (x <= high).all()


def beyond(X, low=LOW, high=HIGH):
    return int((X < low).sum() + (X > high).sum())


@pytest.mark.parametrize("name", boundaries.CODES)
@pytest.mark.parametrize(("low", "high"), [(LOW, HIGH), (np.full(2, -0.7), np.full(2, 1.3))], ids=["box", "cube"])
def test_hits_are_the_coordinates_outside_where_there_are_walls(X, name, low, high):
    X[::50, 0], X[7] = np.nan, low  # a NaN is nowhere, and who stands at a wall does not meet it
    x = np.ascontiguousarray(X.T)
    expected = beyond(X, low, high) if name in boundaries.WITH_WALLS else 0
    assert boundaries.count_hits(x, low, high, boundaries.CODES[name]) == expected
    assert (expected > 0) == bool(boundaries.has_walls(boundaries.CODES[name]))
    np.testing.assert_array_equal(x, X.T)


def test_hits_of_a_tile_are_those_of_its_runs():
    runs, n = 8, 5
    X = np.random.default_rng(1).uniform(-3, 7, (runs, n, 2))
    tile = np.ascontiguousarray(X.transpose(2, 1, 0).reshape(2, n * runs))
    hits = np.full(runs, 99)
    for recording, code, expected in (
        (True, boundaries.CLIP, [beyond(one) for one in X]),
        (False, boundaries.CLIP, [99] * runs),
        (True, boundaries.PERIODIC, [99] * runs),
    ):
        hits[:], place = 99, tile.copy()
        confine_tile(place, Box(LOW, HIGH, code), runs, recording, hits)
        assert hits.tolist() == expected
        if code == boundaries.CLIP:
            np.testing.assert_array_equal(place, np.clip(tile, LOW[:, None], HIGH[:, None]))
