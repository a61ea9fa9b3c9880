"""Arrows have one scale, which belongs to the box: on the page, in pictures, early and late, for a storm and for a swarm that stands."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.views.arena import arrows as page
from components.views.arena.arena import Arena
from swarmviz.drawing.arrows import LEAST, LONGEST, TIME, key_of, strokes, width_of
from swarmviz.exports.mpl.arena import Arena as Printed


def lengths(segments):
    """Of the shafts: a third of the strokes, where none is cut short."""
    shafts = segments[: len(segments) // 3]
    return np.hypot(*(shafts[:, 2:] - shafts[:, :2]).T)


def test_the_length_of_an_arrow_is_its_speed_whatever_the_others_do():
    x, v = np.zeros((3, 2)), np.array([[3.0, 0.0], [0.0, -4.0], [1.0, 1.0]])
    np.testing.assert_allclose(lengths(strokes(x, v, 10.0)), TIME * np.hypot(*v.T))
    storm = np.vstack([v, [[1e9, 0.0]]])
    np.testing.assert_array_equal(strokes(np.zeros((4, 2)), storm, 10.0)[:3], strokes(x, v, 10.0)[:3])


def test_a_swarm_that_stands_has_no_arrows():
    v = np.random.default_rng(0).normal(size=(50, 2)) * 1e-12
    assert len(strokes(np.zeros((50, 2)), v, 10.0)) == 0
    assert len(strokes(np.zeros((50, 2)), v * 0, 10.0)) == 0
    slow = np.array([[LEAST * 10.0 / TIME * 1.01, 0.0], [LEAST * 10.0 / TIME * 0.99, 0.0]])
    assert len(strokes(np.zeros((2, 2)), slow, 10.0)) == 3, "one shaft with a head"


@pytest.mark.parametrize("speed", [1e3, 1e155, 1e300, 1.7e308])
def test_a_long_arrow_is_cut_short_keeps_its_direction_and_is_marked(speed):
    with np.errstate(all="raise"):
        drawn = strokes(np.ones((1, 2)), np.array([[speed, -speed]]) / 2, 10.0)
    way = drawn[0, 2:] - drawn[0, :2]
    np.testing.assert_allclose(way, LONGEST * 10 * np.array([1, -1]) / np.sqrt(2))
    assert len(drawn) == 5 and np.isfinite(drawn).all()


def test_what_is_no_number_has_no_arrow():
    v = np.array([[np.nan, 1.0], [np.inf, 0.0], [1.0, 0.0]])
    assert len(strokes(np.zeros((3, 2)), v, 10.0)) == 3
    assert len(strokes(np.array([[np.nan, 0.0]]), np.ones((1, 2)), 10.0)) == 0


@pytest.mark.parametrize("width", [1e-3, 1.0, 10.24, 12.0, 1000.0])
def test_the_key_is_a_round_speed_and_as_long_as_its_arrow(width):
    key = key_of(width)
    np.testing.assert_allclose(lengths(strokes(np.zeros((1, 2)), np.array([[key.speed, 0.0]]), width)), key.length)
    assert f"{key.speed:e}"[0] in "125" and 0.03 * width < key.length < 0.11 * width


def test_page_and_pictures_draw_the_same_arrows_and_the_same_key_at_every_step():
    """7% of the view there, 5% and 12% here, each time of the swarm as it was: the same swarm in three lengths."""
    for dynamics, d in ((sv.BGK(), 2), (sv.PSO(), 1)):
        sim = sv.Simulation(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=d, seed=3))
        arena, printed = Arena(), Printed(sim)
        arena.attach(sim)
        keys = set()
        for _ in range(4):
            sim.advance(7)
            arena.paint(arena.prepare(sim.frame, sim))
            printed.show(sim)
            drawn = np.column_stack([arena.stage.arrows.data[name] for name in page.ENDS])
            there = np.array(printed.kind.arrows.get_segments()).reshape(-1, 4)
            if d == 1:  # heads follow the frame, which has another shape
                drawn, there = drawn[: len(drawn) // 5], there[: len(there) // 5]
            np.testing.assert_allclose(drawn, there, atol=1e-5)
            assert len(drawn)
            keys.add((arena.stage.key.label, arena.stage.key.bar_length, arena.stage.key.visible))
        width = width_of(*sim.landscape.limits(d))
        assert keys == {(key_of(width).label, key_of(width).length, True)}, "nothing of the frame is in the scale"


def test_the_key_goes_with_the_velocities():
    arena = Arena()
    arena.attach(sv.Simulation(sv.BGK(), sv.landscapes.Rastrigin(), sv.Swarm(n=5)))
    assert arena.stage.key.visible
    arena.attach(sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5)))
    assert not arena.stage.key.visible
