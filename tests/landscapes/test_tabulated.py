"""A landscape from a table: its values at the states, what it does between and beyond them, and what it refuses."""

import numpy as np
import pytest

import swarmviz as sv

VALUES = (0.3, -1.1, 0.7, 1e-3, 2.5, -1.1, 0.0)


def test_the_states_of_a_finite_set_meet_the_values_bit_for_bit():
    rng = np.random.default_rng(1)
    for S in (2, 7, 33, 1000):
        table = tuple(rng.normal(size=S))
        sim = sv.Simulation(sv.FiniteSet(states=S), sv.landscapes.Tabulated(table=table), sv.Swarm(n=5, d=1))
        assert tuple(sim.frame.heights) == table and not sim.frame.notes


def test_a_table_with_another_number_of_values_than_states_says_so():
    sim = sv.Simulation(sv.FiniteSet(graph="own"), sv.landscapes.Tabulated(table=VALUES), sv.Swarm(n=5, d=1))
    note = "U is a table of 7 values, interpolated at 9 states"
    assert note in sim.frame.notes
    sim.advance(1)
    assert note in sim.frame.notes
    sim.landscape = sv.landscapes.Tabulated(table=(*VALUES, 1.0, 2.0))
    sim.advance(1)
    assert note not in sim.frame.notes


def test_all_lowest_values_are_minimisers_and_the_box_grows_with_the_table():
    landscape = sv.landscapes.Tabulated(table=VALUES)
    np.testing.assert_array_equal(landscape.minimisers(1), [[1.0], [5.0]])
    assert landscape.box == (-0.5, 6.5) and landscape.minimum(1) == -1.1
    with pytest.raises(ValueError, match="needs d = 1"):
        landscape.values(np.zeros((3, 2)))


def test_it_is_straight_between_constant_beyond_and_no_number_where_x_is_none():
    landscape = sv.landscapes.Tabulated(table=(1.0, 3.0, 2.0))
    x = np.array([-1e300, -0.2, 0.0, 0.25, 1.0, 1.5, 2.0, 7.0, np.inf, -np.inf, np.nan])[:, None]
    values, slopes = landscape.values(x), landscape.gradient(x)[:, 0]
    np.testing.assert_array_equal(values[:8], [1.0, 1.0, 1.0, 1.5, 3.0, 2.5, 2.0, 2.0])
    np.testing.assert_array_equal(slopes[:8], [0.0, 0.0, 1.0, 2.0, 0.5, -1.0, -0.5, 0.0])
    assert np.isnan(values[8:]).all() and np.isnan(slopes[8:]).all()


@pytest.mark.parametrize(
    "value, reason",
    [
        (None, "must be 2 to 10,000 numbers"),
        (1.0, "must be 2 to 10,000 numbers"),
        ("1, 2", "must be 2 to 10,000 numbers"),
        ([1.0], "must be 2 to 10,000 numbers"),
        ([1.0] * 10_001, "must be 2 to 10,000 numbers"),
        (np.zeros((2, 2)), "must be numbers"),
        ([1.0, "2"], "must be numbers"),
        ([1.0, None], "must be numbers"),
        ([[1.0, 2.0], [2.0, 1.0]], "must be numbers"),
        ([True, False], "must be numbers"),
        ([0.0, float("nan")], "number 1 must be from -1e+12 to 1e+12"),
        ([0.0, float("inf")], "number 1 must be from -1e+12 to 1e+12"),
        ([0.0, 10**400], "must be numbers"),
    ],
)
def test_what_is_no_table_is_refused_by_name(value, reason):
    with pytest.raises(ValueError) as caught:
        sv.landscapes.Tabulated(table=value)
    assert str(caught.value).startswith("table (U) = ") and reason in str(caught.value)
    assert len(str(caught.value)) < 500
