"""The region of the arena that is looked at: what is refused, and what a press does to one."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.region import (
    NARROWEST,
    ROOM,
    SHARE,
    WIDEST,
    Region,
    around_swarm,
    extent_of,
    moved,
    region_of,
    zoomed,
)

LOW, HIGH = np.array([-5.0, -2.0]), np.array([5.0, 6.0])
NAN = float("nan")


def frame_at(x, mass=None):
    x = np.asarray(x, float)
    return sv.Frame(k=0, t=0.0, x=x, energy=np.zeros(len(x)), mass=mass)


def test_a_region_is_its_numbers_in_pairs():
    region = region_of([-1.0, 2, 0.5, np.float64(1.5)], LOW, HIGH)
    assert region.low.tolist() == [-1.0, 0.5] and region.high.tolist() == [2.0, 1.5]
    assert region.values == [-1.0, 2.0, 0.5, 1.5]
    assert region_of((1, 2), LOW[:1], HIGH[:1]).values == [1.0, 2.0]
    assert region_of(region.values, np.r_[LOW, -1.0], np.r_[HIGH, 1.0]).values == region.values, "of a slice"


@pytest.mark.parametrize("values, why", [
    ([0, 1], "must be 4 finite numbers x₀, x₁, y₀, y₁"), ([0, 1, 2, 3, 4], "4 finite"), ("0123", "4 finite"), (None, "4 finite"),
    (3.0, "4 finite"),
    ([0, 1, 0, NAN], "4 finite"), ([0, 1, 0, float("inf")], "4 finite"), ([0, 1, 0, "1"], "4 finite"), ([0, True, 0, 1], "4 finite"),
    ({0: 1, 1: 2, 2: 3, 3: 4}, "4 finite"), ([[0, 1], [0, 1]], "4 finite"), ([0, 1, 0, 10**400], "4 finite"),
    ([1, 0, 0, 1], "x₁ − x₀ must be at least 1e-08"), ([0, 0, 0, 1], "x₁ − x₀"), ([0, 1, 1, 1 + 1e-12], "y₁ − y₀ must be at least 8e-09"),
    ([-51, 1, 0, 1], "x₀ and x₁ must be from -50 to 50"), ([0, 1, 0, 43], "y₀ and y₁ must be from -38 to 42"),
])  # fmt: skip
def test_what_is_no_region_of_the_box_is_refused_with_the_reason(values, why):
    with pytest.raises(ValueError, match=r"^region = ") as refused:
        region_of(values, LOW, HIGH)
    assert why in str(refused.value) and len(str(refused.value)) < 300


def test_a_long_value_is_cut_short_in_its_refusal():
    with pytest.raises(ValueError) as refused:
        region_of(["x" * 10**6] * 4, LOW, HIGH)
    assert len(str(refused.value)) < 200


def test_zooming_keeps_middle_and_shape_and_comes_back():
    region = region_of([0, 3, 1, 2], LOW, HIGH)
    near = zoomed(region, 2.0, LOW, HIGH)
    np.testing.assert_allclose(near.high - near.low, [1.5, 0.5])
    np.testing.assert_allclose((near.high + near.low) / 2, [1.5, 1.5])
    np.testing.assert_allclose(zoomed(near, 0.5, LOW, HIGH).values, region.values)


@pytest.mark.parametrize("factor, presses", [(1.5, 80), (1 / 1.5, 20)])
def test_no_number_of_presses_leaves_what_is_a_region(factor, presses):
    region = region_of([0, 3, 1, 2], LOW, HIGH)
    for _ in range(presses):
        region = zoomed(region, factor, LOW, HIGH)
        region_of(region.values, LOW, HIGH)
    size = region.high - region.low
    assert size[0] / size[1] == pytest.approx(3.0, rel=1e-5), "no limit pulls it out of shape"
    for along in [(1, 0), (0, 1), (-1, 0), (0, -1)] * 40:
        region = moved(region, along, LOW, HIGH)
        region_of(region.values, LOW, HIGH)


def test_a_region_is_moved_by_shares_of_itself_and_stops_at_the_end():
    region = region_of([0, 2, 1, 2], LOW, HIGH)
    np.testing.assert_allclose(moved(region, (0.5, -1), LOW, HIGH).values, [1, 3, 0, 1])
    for _ in range(60):
        region = moved(region, (1, 0), LOW, HIGH)
    assert region.high[0] == WIDEST * 5 and region.high[0] - region.low[0] == pytest.approx(2)


def test_the_region_around_a_swarm_holds_the_share_that_it_says():
    x = np.random.default_rng(1).normal([1.0, 2.0], [0.01, 0.02], (500, 2))
    region = around_swarm(frame_at(x), LOW, HIGH)
    inside = (np.abs(x - (region.low + region.high) / 2) <= (region.high - region.low) / 2 / ROOM).mean(axis=0)
    np.testing.assert_allclose(inside, SHARE, atol=2 / 500)
    stray = np.r_[x, [[90.0, 90.0]]]
    np.testing.assert_allclose(around_swarm(frame_at(stray), LOW, HIGH).values, region.values, rtol=0.01)
    few = around_swarm(frame_at([[0.0, 0.0], [1.0, 3.0]]), LOW, HIGH)
    assert (few.low <= 0).all() and (few.high >= [1, 3]).all(), "of a few agents all are seen"


def test_removed_agents_and_numbers_that_are_none_do_not_count():
    x = np.array([[0.0, 0.0], [0.1, 0.1], [4.0, 4.0], [NAN, 0.0]])
    middle, half = extent_of(frame_at(x, mass=np.array([0.5, 0.5, 0.0, 0.0])))
    np.testing.assert_allclose([*middle, *half], 0.05)
    middle, half = extent_of(frame_at(x[[3]]))
    assert half.tolist() == [0, 0]


@pytest.mark.parametrize("at", [[0.0, 0.0], [1e6, -1e6], [5.0, 6.0]])
def test_a_swarm_in_one_point_or_far_away_still_gives_a_region(at):
    region = around_swarm(frame_at([at, at, at]), LOW, HIGH)
    assert region_of(region.values, LOW, HIGH) is not None
    assert (region.high - region.low >= NARROWEST * (HIGH - LOW)).all() and isinstance(region, Region)
