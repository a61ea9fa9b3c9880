"""The edge list of one's own: what is taken, what is made of it, and that nothing else is."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.finite_set.edges import MOST_LINKS


def edges_of(value):
    return sv.FiniteSet(graph="own", edges=value).edges


def test_an_edge_list_is_kept_as_sorted_links_with_the_weights_that_are_not_one():
    expected = ((0, 1), (0, 2), (1, 2, 2.5))
    assert edges_of([[1, 0], [2, 0, 1.0], [2, 1, 2.5]]) == expected
    assert edges_of(np.array([[0, 1, 1], [2, 0, 1], [1, 2, 2.5]])) == expected
    assert edges_of(expected) == expected
    assert all(isinstance(end, int) for row in expected for end in row[:2])


def test_a_link_in_both_directions_is_one_link_with_one_weight():
    assert edges_of([[0, 1, 3.0], [1, 0, 3.0]]) == ((0, 1, 3.0),)
    with pytest.raises(
        ValueError, match=r"^edges \(E\) = .*link 0, 1 has two weights, 3 and 4: a weight holds both ways"
    ):
        edges_of([[0, 1, 3.0], [1, 0, 4.0]])


@pytest.mark.parametrize(
    "value, reason",
    [
        (None, "must be 1 to 2,000 links"),
        (3, "must be 1 to 2,000 links"),
        ("0 1", "must be 1 to 2,000 links"),
        ({"0": 1}, "must be 1 to 2,000 links"),
        ([], "must be 1 to 2,000 links"),
        (np.float64(3), "must be 1 to 2,000 links"),
        ([[0, 1]] * (MOST_LINKS + 1), "must be 1 to 2,000 links"),
        ([[0, 1], [1]], "row 1 must be two states"),
        ([[0, 1, 1, 1]], "row 0 must be two states"),
        ([0, 1], "row 0 must be two states"),
        ([[0, "1"]], "row 0 must be two states"),
        ([[0, True]], "row 0 must be two states"),
        ([[0, float("nan")]], "row 0 names state nan: must be"),
        ([[0, 10**400]], "row 0 must be two states"),
        ([[0, [1]]], "row 0 must be two states"),
        ([[0, 1.5]], "row 0 names state 1.5: must be a whole number from 0 to 2000"),
        ([[-1, 0]], "row 0 names state -1: must be"),
        ([[0, MOST_LINKS + 1]], "row 0 names state 2001: must be"),
        ([[0, 1e300]], "row 0 names state 1e+300: must be"),
        ([[0, 1], [2, 2]], "row 1 links state 2 with itself"),
        ([[0, 1, 0.0]], "row 0 has the weight 0.0: must be from 1e-06 to 1e"),
        ([[0, 1, -1.0]], "row 0 has the weight -1.0: must be"),
        ([[0, 1, float("inf")]], "row 0 has the weight inf: must be"),
        ([[0, 1], [2, 3]], "a connected graph on states 0 to 3: no way leads from state 0 to state 2"),
        ([[0, 2]], "a connected graph on states 0 to 2: no way leads from state 0 to state 1"),
    ],
)
def test_an_edge_list_that_is_no_connected_graph_is_refused_by_name(value, reason):
    with pytest.raises(ValueError) as caught:
        edges_of(value)
    assert str(caught.value).startswith("edges (E) = ") and reason in str(caught.value)
    assert len(str(caught.value)) < 500


def test_how_many_rows_there_are_is_looked_at_before_any_of_them_is():
    class Unread(list):
        def __iter__(self):
            raise AssertionError("a row was read")

    with pytest.raises(ValueError, match="must be 1 to 2,000 links"):
        edges_of(Unread([[0, 1]] * (MOST_LINKS + 1)))
    path = [[x, x + 1] for x in range(MOST_LINKS)]
    assert len(edges_of(path)) == MOST_LINKS
