"""What tells one run from another, as data: one definition for the page, the table of runs and the pictures."""

from __future__ import annotations

import swarmviz as sv
from swarmviz import Simulation, Swarm
from swarmviz.drawing.differences import _kept, between, differing, facts, names, titles
from swarmviz.dynamics import BGK, CBO
from swarmviz.landscapes import Ackley, Rastrigin
from swarmviz.schedules import Power


def run(seed: int = 1, n: int = 20, landscape: sv.landscapes.Landscape | None = None, **values: object) -> Simulation:
    return Simulation(CBO(**values), landscape or Rastrigin(), Swarm(n=n, d=2, seed=seed))


def test_two_swarms_that_differ_in_one_parameter_are_told_apart_by_it_with_both_values() -> None:
    (found,) = differing(run(sigma=1.0), run(sigma=2.0))
    assert (found.key[0], found.symbol, found.values) == ("dynamics", "σ", ("1", "2")) and found.meaning
    assert titles([found]) == ("σ = 1", "σ = 2")


def test_a_fork_is_the_same_so_far() -> None:
    first = run()
    assert differing(first, first.fork()) == [] and titles([]) == ("", "")


def test_kinds_sizes_and_seeds_are_differences_and_a_title_names_the_first_two_and_counts_the_others() -> None:
    a = run()
    b = Simulation(BGK(), Ackley(), Swarm(n=21, d=3, seed=7))
    found = differing(a, b)
    assert [f.values for f in found if not f.key[0]] == [("CBO", "BGK"), ("Rastrigin", "Ackley")]
    own = {f.key[2]: f.values for f in found if f.key[0] == "swarm"}
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
    assert found.values == ("1", "1 → 2") and titles([found]) == ("σ = 1", "σ = 2")
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
    assert (found.values, found.now) == (("1", "1 → … → 1"), ("1", "1"))
    assert titles([found]) == ("σ = 1", "σ = 1 → … → 1")


def test_a_pending_edit_is_a_difference_before_it_acts() -> None:
    a, b = run(sigma=1.0), run(sigma=1.0)
    pending = facts(b.journal, b.initial_swarm, CBO(sigma=0.5), Rastrigin())
    assert titles(between(facts(a.journal, a.initial_swarm), pending)) == ("σ = 1", "σ = 0.5")


def test_a_schedule_is_short_in_a_title_and_whole_in_the_list() -> None:
    (found,) = differing(run(sigma=1.0), run(sigma=Power(gamma=0.9)))
    assert found.values[1].startswith("power (") and "gamma 0.9" in found.values[1]
    assert titles([found])[1].startswith("σ = power (") and len(titles([found])[1]) <= 20


def changed(*changes: tuple[int, float], steps: int = 30) -> Simulation:
    """A run that begins with σ = 1 and has another from some steps on."""
    sim = run(sigma=1.0)
    for k, sigma in changes:
        sim.advance(k - sim.k)
        sim.dynamics.sigma = sigma
    sim.advance(steps - sim.k)
    return sim


def test_the_same_change_at_other_steps_is_a_difference_which_is_told_with_the_steps() -> None:
    a, b = changed((10, 2.5)), changed((20, 2.5))
    (found,) = differing(a, b)
    assert found.values == ("1 → 2.5 at 10", "1 → 2.5 at 20") and found.now == ("2.5", "2.5")
    assert titles([found]) == ("σ = 1 → 2.5 at 10", "σ = 1 → 2.5 at 20")
    assert differing(a, changed((10, 2.5))) == []
    assert differing(changed((1200, 2.0), steps=1201), changed((8, 2.0)))[0].values == (
        "1 → 2 at 1\u202f200",
        "1 → 2 at 8",
    )


def test_of_many_changes_the_first_that_is_not_the_same_is_told() -> None:
    a, b = changed((5, 2.0), (10, 3.0), (15, 2.5)), changed((5, 2.0), (11, 3.0), (15, 2.5))
    assert differing(a, b)[0].values == ("2 → 3 at 10, …", "2 → 3 at 11, …")
    more = changed((5, 2.5), (10, 3.0), (15, 2.5))
    assert differing(changed((5, 2.5)), more)[0].values == ("1 → 2.5 at 5", "2.5 → 3 at 10, …")
    assert differing(changed((5, 2.0), (6, 1.0)), changed((7, 2.0), (8, 1.0)))[0].values == (
        "1 → 2 at 5, …",
        "1 → 2 at 7, …",
    )


def test_a_landscape_that_is_changed_at_other_steps_is_a_difference() -> None:
    sims = [run(landscape=Ackley(depth=20.0)) for _ in range(2)]
    for sim, k in zip(sims, (3, 6), strict=True):
        sim.advance(k)
        sim.landscape = Ackley(depth=4.0)
        sim.advance(10 - k)
    (found,) = differing(*sims)
    assert found.values == ("20 → 4 at 3", "20 → 4 at 6")


def test_of_four_runs_each_has_its_value_and_what_a_kind_does_not_have_is_left_open() -> None:
    runs = [run(sigma=1.0), run(sigma=2.0), Simulation(BGK(), Rastrigin(), Swarm(n=20, d=2, seed=1)), run(sigma=1.0)]
    found = differing(*runs)
    assert found[0].values == ("CBO", "CBO", "BGK", "CBO")
    assert {f.symbol: f.values for f in found[1:]}["σ"] == ("1", "2", "–", "1")
    assert titles(found, 4) == ("CBO, σ = 1", "CBO, σ = 2", "BGK", "CBO, σ = 1")
    assert names(found, 4)[2] == "C\u2002BGK"


def test_a_title_says_what_was_before_only_where_another_run_has_the_same_value_now() -> None:
    found = differing(run(sigma=2.5), changed((10, 2.5)), run(sigma=0.5))
    assert titles(found, 3) == ("σ = 2.5", "σ = 1 → 2.5", "σ = 0.5")


def test_a_change_that_waits_is_told_as_the_next_one() -> None:
    a, b = changed((10, 2.5)), changed(steps=30)
    pending = facts(b.journal, b.initial_swarm, CBO(sigma=2.5), Rastrigin())
    (found,) = between(facts(a.journal, a.initial_swarm), pending)
    assert found.values == ("1 → 2.5 at 10", "1 → 2.5 next")


def test_large_tables_are_remembered_by_what_tells_them_from_others() -> None:
    table = tuple((float(i), 0.0) for i in range(100))
    assert _kept(table) == ("200 numbers", hash(table)) and _kept(table) != _kept(table[::-1])
    assert _kept((1.0, 2.0)) == (1.0, 2.0)
