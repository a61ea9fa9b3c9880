"""What tells one run from another, as data."""

from __future__ import annotations

from components.page.facts import compared, differing
from swarmviz import Simulation, Swarm
from swarmviz.dynamics import CBO
from swarmviz.landscapes import Rastrigin


def run(seed: int = 1, **values: float) -> Simulation:
    return Simulation(CBO(**values), Rastrigin(), Swarm(n=20, d=2, seed=seed))


def test_two_swarms_that_differ_in_one_parameter_are_told_apart_by_it_with_both_values() -> None:
    (found,) = differing(run(sigma=1.0), run(sigma=2.0))
    assert (found.part, found.symbol, found.of_a, found.of_b) == ("dynamics", "σ", "1", "2") and found.meaning


def test_a_fork_is_the_same_so_far() -> None:
    first = run()
    assert differing(first, first.fork()) == []


def test_two_seeds_are_a_difference_but_no_entry_of_the_runs_table_which_has_a_column_for_them() -> None:
    first, second = run(seed=1), run(seed=2)
    assert [(d.symbol, d.of_a, d.of_b) for d in differing(first, second)] == [("seed", "1", "2")]
    assert compared(first, second) == []
