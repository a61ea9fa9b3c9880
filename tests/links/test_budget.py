"""What a run may cost on a shared server."""

from __future__ import annotations

import pytest

import swarmviz as sv
from components.links import budget
from components.links.budget import check_cost, check_costs, check_swarm_size, is_quick
from components.links.permalink import BadLink, read
from swarmviz import schedules
from swarmviz.journal import Journal
from swarmviz.replay import RunSpec
from tests.links.dragged import dragged
from tests.links.handmade import content, encoded, finite_set


def run(n, d=2, k=0):
    return RunSpec.at_start(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=n, d=d))._replace(k=k)


def test_a_swarm_may_have_so_many_coordinates_and_not_one_more():
    most = budget.MAX_COORDINATES // 2
    check_swarm_size(most, 2)
    with pytest.raises(ValueError, match=r"^n = 1000001: with d = 2 too many for the page, where N d ≤ 2,000,000"):
        check_swarm_size(most + 1, 2)
    with pytest.raises(ValueError, match="too many for the page"):
        check_cost(run(most + 1))


def test_more_than_two_swarms_share_what_two_may_have():
    most = budget.MAX_COORDINATES // 2  # agents in the plane
    for runs in (1, 2):
        check_swarm_size(most, 2, runs)
        check_costs([run(most)] * runs)
    for runs in (3, 4):
        share = 2 * most // runs
        check_swarm_size(share, 2, runs)
        check_costs([run(share)] * runs)
        with pytest.raises(
            ValueError, match=f"too many for {runs} swarms beside each other, where N d ≤ {4 * most // runs:,}$"
        ):
            check_swarm_size(share + 1, 2, runs)
        with pytest.raises(ValueError, match=r"more coordinates .* at most 4,000,000 beside each other"):
            check_costs([run(share + 1)] * runs)
    steps = budget.MAX_REPLAY_WORK // 2000
    check_costs([run(1000, k=steps)] * 2)
    check_costs([run(1000, k=steps // 2)] * 4)
    with pytest.raises(ValueError, match="living all of them again would take minutes"):
        check_costs([run(1000, k=steps // 2 + 1)] * 4)
    with pytest.raises(ValueError, match="more changes than two may"):
        check_costs(dragged(budget.MAX_CHANGES * 2 // 3 + 1, lambda i: 1.0 + i / 1000).runs * 3)


@pytest.mark.parametrize("n", [2, 25, 1000])
def test_a_replay_may_take_so_long_and_a_tiny_swarm_costs_something_too(n):
    most = budget.MAX_REPLAY_WORK // max(2 * n, 50)
    check_cost(run(n, k=most))
    with pytest.raises(ValueError, match="would take minutes"):
        check_cost(run(n, k=most + 1))


def test_a_run_may_have_so_many_changes():
    check_cost(dragged(budget.MAX_CHANGES - 1, lambda i: 1.0 + i / 1000).runs[0])
    with pytest.raises(ValueError, match="more than 1000 changes"):
        check_cost(dragged(budget.MAX_CHANGES, lambda i: 1.0 + i / 1000).runs[0])


def test_the_changes_of_a_run_may_hold_tables_of_so_many_numbers_when_written_and_when_read():
    """A link of 4000 characters that changed tables of 20,000 numbers a thousand times took eleven seconds to be read."""
    dynamic, landscape = sv.FiniteSet(graph="own"), sv.landscapes.Tabulated(table=[0.0] * 9_000)
    start = RunSpec.at_start(dynamic, landscape, sv.Swarm(n=5, d=1))
    each = budget.numbers_in(start.journal[0])
    assert each == 9_000 + 2 * len(dynamic.edges)
    most = budget.MAX_TABLE_NUMBERS // each
    changes = [start.journal[0]._replace(k=k) for k in range(most + 1)]
    check_cost(start._replace(journal=Journal(changes[:most]), k=most))
    with pytest.raises(ValueError, match="more than 1,000,000 numbers in tables"):
        check_cost(start._replace(journal=Journal(changes), k=most))
    many = finite_set({"graph": "own"}, [[["d/beta"], [1] * most, [0.5, 0.6] * (most // 2) + [0.7] * (most % 2)]], most)
    many[2] = ["Tabulated", {"table": [0.0] * 9_000}]
    with pytest.raises(BadLink, match="more than 1,000,000 numbers in tables"):
        read(encoded(content(runs=[many])))
    many[4] = [[["d/beta"], [1], [0.5]]]
    assert len(read(encoded(content(runs=[many]))).runs[0].journal) == 2


def test_a_large_swarm_is_not_there_at_once():
    assert is_quick(run(50_000)) and not is_quick(run(50_001)) and is_quick(run(100, k=10**6))


def test_a_run_takes_as_many_changes_as_a_link_may_hold_and_says_why_no_more():
    budget.check_change(budget.MAX_CHANGES - 1, sv.CBO())
    with pytest.raises(ValueError, match="holds 1,000 changes, as many as it may; press Reset"):
        budget.check_change(budget.MAX_CHANGES, sv.CBO())


def test_changes_of_a_large_table_are_fewer(monkeypatch):
    monkeypatch.setattr(budget, "MAX_TABLE_NUMBERS", 10_000)
    wells = sv.landscapes.GaussianMixture(wells=tuple((0.0, 0.0, 1.0, 1.0) for _ in range(64)))
    numbers = 4 * 64
    budget.check_change(budget.MAX_TABLE_NUMBERS // numbers - 1, wells)
    with pytest.raises(ValueError, match="changes of so large a table"):
        budget.check_change(budget.MAX_TABLE_NUMBERS // numbers, wells)


def with_points(count, changes=(), k=0):
    """A link to CBO whose σ follows so many points."""
    points = [[i, 1] for i in range(count)]
    return encoded(content(k=k, cbo={"sigma": {"schedule": "Piecewise", "points": points}}, changes=changes))


def test_a_link_with_the_points_of_a_drawn_schedule_opens_and_one_with_too_many_says_how_many_there_may_be():
    most = schedules.MAX_POINTS
    assert len(read(with_points(1000)).runs[0].now.dynamics.sigma.points) == 1000
    with pytest.raises(ValueError, match=r"^points = \(.*must be 1 to 10,000 pairs \(t, value\)$") as caught:
        sv.schedules.Piecewise([(i, 1.0) for i in range(most + 1)])
    assert len(str(caught.value)) < 300
    with pytest.raises(BadLink, match=r"points = .*must be 1 to 10,000 pairs"):
        read(with_points(5, [[["d/sigma/points"], [1], [[[1, 1]] * (most + 1)]]], k=1))


def test_points_of_schedules_are_numbers_of_a_run_like_those_of_tables():
    """A link of 7,800 characters could move one of 1,500 points a thousand times, each of which makes the whole schedule anew."""
    change = read(with_points(2000)).runs[0].journal[0]
    assert budget.numbers_in(change) == 2 * 2000
    most = budget.MAX_TABLE_NUMBERS // 4000
    moved = lambda count: [[["d/sigma/points/5/1"], [1] * count, [i / 1000 for i in range(count)]]]  # noqa: E731
    assert len(read(with_points(2000, moved(most - 1), k=most)).runs[0].journal) == most
    with pytest.raises(BadLink, match="more than 1,000,000 numbers in tables"):
        read(with_points(2000, moved(most), k=most))
    with pytest.raises(ValueError, match="press Reset"):
        budget.check_change(most, change.dynamics)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [[0, 1], [0, 2]],
        [[0]],
        [["a", 1]],
        [[0, 10**400]],
        [None],
        {"0": 1},
        7,
        None,
        [[0, [1]]],
        "ab",
        [[0, True, 2]],
    ],
)
def test_points_of_another_shape_are_refused_in_a_sentence(points):
    with pytest.raises(BadLink) as caught:
        read(encoded(content(cbo={"sigma": {"schedule": "Piecewise", "points": points}})))
    assert "points" in str(caught.value)
