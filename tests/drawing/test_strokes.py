"""Strokes: of curves that lie on each other each is seen in turn, and no two lines of theory have the same dashes."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz import Simulation, presets
from swarmviz.drawing.curves import Curve, CurvesPicture, curves_picture, lying_on
from swarmviz.drawing.strokes import TURN, strokes

K = np.arange(200.0)


def curve(y, style="solid", k=K):
    return Curve("y", "y", np.asarray(k, float), np.asarray(y, float), style)


def picture(curves, log=False, low=0.0, high=1.0):
    return CurvesPicture("value", log, curves, "F", 199, 199, low, high, lies_on=lying_on(curves, low, high, log))


def seen_at(stroke, length):
    """Whether a stroke has a dash at these lengths from its start."""
    if not stroke.dash:
        return np.ones(len(length), bool)
    ends = np.cumsum(stroke.dash)
    return np.searchsorted(ends, (length + stroke.offset) % ends[-1], side="right") % 2 == 0


@pytest.mark.parametrize("together", [2, 3, 4])
def test_of_curves_on_each_other_all_are_seen_in_turn(together):
    y = np.linspace(1, 0, 200)
    drawn = strokes(picture([curve(y + 1e-4 * i) for i in range(together)]))
    length = np.arange(0.5, TURN * together * 3)
    on_top = np.max([np.where(seen_at(stroke, length), place, -1) for place, stroke in enumerate(drawn)], axis=0)
    assert [np.count_nonzero(on_top == place) for place in range(together)] == [3 * TURN] * together


@pytest.mark.parametrize("hidden", [0, 1, 2])
def test_of_curves_on_each_other_those_that_are_not_hidden_take_turns(hidden):
    """With the lowest one hidden the others kept gaps in which nothing was seen."""
    lying = [curve(np.linspace(1, 0, 200))._replace(tip=tip) for tip in "abc"]
    rest = [stroke for place, stroke in enumerate(strokes(picture(lying), {"abc"[hidden]})) if place != hidden]
    assert rest == strokes(picture([c for place, c in enumerate(lying) if place != hidden]))


def test_curves_that_go_their_own_ways_are_solid_and_those_that_meet_for_a_while_too():
    y = np.linspace(1, 0, 200)
    apart = [curve(y), curve(1 - y), curve(np.where(K < 40, y, 0.9))]
    assert picture(apart).lies_on == (0, 1, 2) and all(not stroke.dash for stroke in strokes(picture(apart)))
    mostly = [curve(y), curve(1 - y), curve(np.where(K < 160, y, 0.9)), curve(1 - y)]
    assert picture(mostly).lies_on == (0, 1, 0, 1)


def test_what_is_near_depends_on_the_axis():
    two = [curve(np.full(200, 1e-9)), curve(np.full(200, 1e-5))]
    assert picture(two, log=False).lies_on == (0, 0), "nothing to be told apart in the frame"
    assert picture(two, log=True, low=1e-9).lies_on == (0, 1)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_what_is_near_is_a_share_of_the_frame(size):
    y = np.linspace(1, 0, 200)
    three = [curve(size * y), curve(size * (y + 1e-3)), curve(size * (y + 0.1))]
    assert picture(three, high=size).lies_on == (0, 0, 2)


def test_curves_with_other_points_gaps_or_none_are_compared_where_both_are_known():
    y = np.linspace(1, 0, 200)
    gap = np.where(K < 150, np.nan, y)
    assert picture([curve(y), curve(y[::7], k=K[::7])]).lies_on == (0, 0)
    assert picture([curve(y), curve(gap)]).lies_on == (0, 0)
    assert picture([curve(y), curve(np.full(200, np.nan)), curve([], k=[])]).lies_on == (0, 1, 2)
    assert picture([curve(y), curve(y, "dotted")]).lies_on == (0, 1), "theory has dashes of its own"


def test_no_two_lines_of_theory_have_the_same_dashes():
    styles = ["dotted", "dashed", "dotted", "dashed", "dotted", "dashed"]
    drawn = strokes(picture([curve(K / 200), *(curve(K / 200, style) for style in styles)]))
    assert len({stroke.dash for stroke in drawn[1:]}) == len(styles) and all(stroke.dash for stroke in drawn[1:])


@pytest.mark.parametrize(("name", "together"), [("cbo-rastrigin", {0}), ("finite-set", {1})])
def test_the_lowest_values_of_a_preset_take_turns(name, together):
    sim = Simulation(*presets.ALL[name].build())
    sim.advance(150)
    drawn = curves_picture(sim.frame, sim, "value", log=False)
    doubled = {place for place in drawn.lies_on if drawn.lies_on.count(place) > 1}
    assert doubled == together and any(stroke.offset for stroke in strokes(drawn))
