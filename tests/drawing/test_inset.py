"""The inset: when it is there, what is in it, and where it stands."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.inset import APPEARS, FILLED, GOES, MOST_AGENTS, SIDE, InsetState, times

LOW, HIGH = np.array([-5.0, -5.0]), np.array([5.0, 5.0])


def swarm(width, at=(0.0, 0.0), n=50):
    """A swarm of which nine tenths take ``width`` along the first axis."""
    u = np.linspace(-1, 1, n)
    rank = np.sort(np.abs(u))[int(0.9 * (n - 1))]
    x = np.column_stack([u / rank * width / 2, 0.3 * u / rank * width / 2])
    return sv.Frame(k=0, t=0.0, x=x + at, energy=np.zeros(n))


def test_it_appears_below_one_width_and_goes_above_another():
    state, view = InsetState(), 10.0
    there = [
        state.step(swarm(share * view), LOW, HIGH) is not None for share in (0.5, 0.06, 0.04, 0.06, 0.07, 0.09, 0.06)
    ]
    assert APPEARS == 0.05 and GOES == 0.08
    assert there == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("width", [0.3, 1e-3, 1e-9])
def test_the_swarm_fills_it_and_its_scale_is_that_of_the_two_pictures(width):
    inset = InsetState().step(swarm(width, at=(1.0, 2.0)), LOW, HIGH)
    size = inset.high - inset.low
    assert size[0] == pytest.approx(size[1]) and width / size[0] <= FILLED and width / size[0] > FILLED / 3
    np.testing.assert_allclose((inset.low + inset.high) / 2, [1.0, 2.0], atol=1e-2 * width)
    assert inset.magnification == pytest.approx(SIDE * 10 / size[0])


def test_its_width_changes_in_steps_and_its_middle_follows():
    state, widths, middles = InsetState(), [], []
    for k in range(40):
        inset = state.step(swarm(0.4 * 0.9**k, at=(0.01 * k, 0.0)), LOW, HIGH)
        widths.append(round(float((inset.high - inset.low)[0]), 9))
        middles.append(float((inset.low + inset.high)[0] / 2))
    assert len(set(widths)) <= 6 and widths == sorted(widths, reverse=True)
    np.testing.assert_allclose(middles, 0.01 * np.arange(40), atol=1e-9)


def test_a_swarm_that_is_one_point_or_no_number_is_no_trouble():
    inset = InsetState().step(swarm(0.0, at=(3.0, 3.0)), LOW, HIGH)
    assert (inset.high > inset.low).all()
    assert InsetState().step(sv.Frame(k=0, t=0.0, x=np.full((3, 2), 1e300), energy=np.zeros(3)), LOW, HIGH) is not None


def test_it_stands_where_the_swarm_is_not():
    state = InsetState()
    assert state.step(swarm(0.1), LOW, HIGH).right
    assert not state.step(swarm(0.1, at=(4.0, 4.0)), LOW, HIGH).right, "the swarm is in its corner"
    assert not state.step(swarm(0.1), LOW, HIGH).right, "and it stays while it is free"
    assert state.step(swarm(0.1, at=(-4.0, 4.0)), LOW, HIGH).right
    assert state.step(swarm(0.1, at=(4.0, -4.0)), LOW, HIGH).right, "below it there is room"


def test_of_many_agents_some_are_drawn_and_it_says_how_many():
    inset = InsetState().step(swarm(0.1, n=10_000), LOW, HIGH)
    assert len(inset.chosen) == MOST_AGENTS and inset.chosen[0] == 0 and inset.chosen[-1] == 9999
    assert inset.label.endswith("· 300 of 10,000 agents")
    assert InsetState().step(swarm(0.1), LOW, HIGH).label == "×15", "3 units of the view on 0.2"


def test_it_is_there_in_one_dimension():
    frame = sv.Frame(k=0, t=0.0, x=np.linspace(0.99, 1.01, 30)[:, None], energy=np.zeros(30))
    inset = InsetState().step(frame, LOW[:1], HIGH[:1])
    assert inset.low.shape == (1,) and inset.low[0] < 0.99 and inset.high[0] > 1.01


@pytest.mark.parametrize(
    "factor, text", [(3.46, "×3.5"), (24.4, "×24"), (1234, "×1,200"), (3.1e8, "×3.1·10⁸"), (3e8, "×3·10⁸")]
)
def test_a_magnification_is_written_as_people_do(factor, text):
    assert times(factor) == text
