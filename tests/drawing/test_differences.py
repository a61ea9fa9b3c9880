"""What tells one run from another, as data: one definition for the page, the table of runs and the pictures."""

from __future__ import annotations

import swarmviz as sv
from swarmviz import Simulation, Swarm
from swarmviz.drawing.differences import between, differing, facts, titles
from swarmviz.dynamics import BGK, CBO
from swarmviz.landscapes import Ackley, Rastrigin
from swarmviz.schedules import Power


def run(seed: int = 1, n: int = 20, landscape: sv.landscapes.Landscape | None = None, **values: object) -> Simulation:
    return Simulation(CBO(**values), landscape or Rastrigin(), Swarm(n=n, d=2, seed=seed))


def test_two_swarms_that_differ_in_one_parameter_are_told_apart_by_it_with_both_values() -> None:
    (found,) = differing(run(sigma=1.0), run(sigma=2.0))
    assert (found.key[0], found.symbol, found.of_a, found.of_b) == ("dynamics", "σ", "1", "2") and found.meaning
    assert titles([found]) == ("σ = 1", "σ = 2")


def test_a_fork_is_the_same_so_far() -> None:
    first = run()
    assert differing(first, first.fork()) == [] and titles([]) == ("", "")


def test_kinds_sizes_and_seeds_are_differences_and_a_title_names_the_first_two_and_counts_the_others() -> None:
    a = run()
    b = Simulation(BGK(), Ackley(), Swarm(n=21, d=3, seed=7))
    found = differing(a, b)
    assert [(f.of_a, f.of_b) for f in found if not f.key[0]] == [("CBO", "BGK"), ("Rastrigin", "Ackley")]
    own = {f.key[2]: (f.of_a, f.of_b) for f in found if f.key[0] == "swarm"}
    assert own == {"n": ("20", "21"), "d": ("2", "3"), "seed": ("1", "7")}
    assert (
        titles(found) == (f"CBO, Rastrigin, +{len(found) - 2}", f"BGK, Ackley, +{len(found) - 2}") and len(found) >= 5
    )
    assert titles(found[:2]) == ("CBO, Rastrigin", "BGK, Ackley")


def test_what_was_changed_on_the_way_is_read_from_the_journal_and_the_title_has_the_value_now() -> None:
    a, b = run(sigma=1.0), run(sigma=1.0)
    for sim in (a, b):
        sim.advance(5)
    b.dynamics.sigma = 2.0
    b.advance(1)
    (found,) = differing(a, b)
    assert (found.of_a, found.of_b) == ("1", "1 → 2") and titles([found]) == ("σ = 1", "σ = 2")
    c = run(sigma=2.0)
    (found,) = differing(c, b)
    assert titles([found]) == ("σ = 2", "σ = 1 → 2"), "the same now: the title says what was before"


def test_a_value_that_came_back_is_a_difference_since_the_swarms_went_other_ways() -> None:
    a, b = run(sigma=1.0), run(sigma=1.0)
    for sigma in (2.0, 1.0):
        b.dynamics.sigma = sigma
        for sim in (a, b):
            sim.advance(3)
    assert (a.frame.x != b.frame.x).any()
    (found,) = differing(a, b)
    assert (found.of_a, found.of_b, found.now) == ("1", "1 → … → 1", ("1", "1"))
    assert titles([found]) == ("σ = 1", "σ = 1 → … → 1")


def test_a_pending_edit_is_a_difference_before_it_acts() -> None:
    a, b = run(sigma=1.0), run(sigma=1.0)
    pending = facts(b.journal, b.initial_swarm, CBO(sigma=0.5), Rastrigin())
    assert titles(between(facts(a.journal, a.initial_swarm), pending)) == ("σ = 1", "σ = 0.5")


def test_a_schedule_is_short_in_a_title_and_whole_in_the_list() -> None:
    (found,) = differing(run(sigma=1.0), run(sigma=Power(gamma=0.9)))
    assert found.of_b.startswith("power (") and "gamma 0.9" in found.of_b
    assert titles([found])[1].startswith("σ = power (") and len(titles([found])[1]) <= 20
