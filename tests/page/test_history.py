"""The runs of a visit: what their rows say, what a press does, and what is kept."""

from __future__ import annotations

import math

import pytest

import swarmviz as sv
from components.page import history
from components.page.history import MAX_RUNS, History
from swarmviz import success


@pytest.fixture
def opened():
    return []


@pytest.fixture
def kept(opened):
    return History(opened.append)


def running(steps=10, **swarm):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(**({"n": 20} | swarm)))
    sim.advance(steps)
    return sim


def press(kept, **message):
    kept.pane._handle_msg(message)


def test_a_row_says_what_a_run_was_and_what_it_found(kept):
    sim = running(30, seed=4)
    kept.add(kept.row(sim), "link")
    (row,) = kept.pane.rows
    assert (row["title"], row["about"], row["step"]) == ("CBO on Rastrigin", "seed 4 · N = 20 · d = 2", 30)
    assert row["best"] == sim.record["best"][-1] and row["error"] == success.error(sim.frame, sim.landscape)
    assert row["exact"] and row["note"] == ""


def test_a_run_that_went_back_is_kept_as_far_as_it_had_run(kept):
    """Its link leads there; what stands at the step to which it went back is its present, which the first row tells."""
    sim = running(50)
    whole = kept.row(sim)
    sim.goto(3)
    kept.add(kept.row(sim), "link")
    kept.attach(sim)
    row, live = kept.pane.rows[0], kept.pane.live
    assert row["step"] == 50 and row["best"] == sim.record["best"][-1] and row["error"] == whole["error"]
    assert live["step"] == 3 and live["best"] == sim.record["best"][3] > row["best"]


def test_runs_that_differ_in_one_parameter_are_told_apart_by_it_and_by_nothing_else(kept):
    for sigma in (0.5, 0.7):
        sim = sv.Simulation(sv.CBO(sigma=sigma), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
        sim.advance(2)
        kept.add(kept.row(sim), f"link {sigma}")
    assert [row["differs"] for row in kept.pane.rows] == [["σ = 0.7"], ["σ = 0.5"]]
    other = sv.Simulation(sv.CBO(sigma=0.7, noise="none"), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
    kept.attach(other)
    assert kept.pane.live["differs"] == ["σ = 0.7", "D = none"]
    assert kept.pane.rows[0]["differs"] == ["σ = 0.7", "D = anisotropic"], (
        "a new run tells the old ones apart otherwise"
    )
    kept.clear()
    assert kept.pane.live["differs"] == [], "alone it differs from nothing"


def test_a_run_that_was_changed_on_the_way_says_from_what_to_what_and_when(kept):
    sim = running(10)
    kept.add(kept.row(sim), "before")
    sim.dynamics.sigma = 0.2
    sim.advance(5)
    kept.add(kept.row(sim), "after")
    after, before = kept.pane.rows
    assert before["differs"] == ["σ = 1"] and before["changed"] == ""
    assert after["differs"] == ["σ = 1 → 0.2"] and after["changed"] == "changed at k = 10"


def test_two_that_are_compared_are_one_row_that_says_what_b_has_otherwise(kept):
    a = running(5)
    b = a.fork()
    b.dynamics.sigma = 0.2
    for sim in (a, b):
        sim.advance(5)
    kept.add(kept.row(a, b, active=1), "link")
    assert kept.pane.rows[0]["beside"] == ["B: σ = 1 → 0.2"]


def test_a_thinned_record_gives_the_last_value_that_was_kept(kept):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20), record_limit=8)
    sim.advance(101)
    kept.add(kept.row(sim), "link")
    assert kept.pane.rows[0]["best"] == sim.record["best"][-1]


def test_where_no_minimiser_is_known_no_error_is_told(kept):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Formula("x^2 + y^2"), sv.Swarm(n=5))
    kept.attach(sim)
    assert kept.pane.live["error"] is None and math.isfinite(kept.pane.live["best"])


def test_a_row_says_whether_the_run_has_found_the_minimum_and_all_are_judged_anew_by_another_tolerance(kept):
    sims = [running(200, seed=seed, n=4) for seed in range(8)]
    usual = [success.succeeded(sim.frame, sim.landscape) for sim in sims]
    assert 0 < sum(usual) < len(usual), "or nothing is compared"
    for i, sim in enumerate(sims):
        kept.add(kept.row(sim), f"link {i}")
    kept.attach(sims[0])
    told = lambda: [row["found"] for row in reversed(kept.pane.rows)]  # noqa: E731
    assert told() == usual and kept.pane.live["found"] == usual[0]
    assert "nearer than 0.05 half widths" in kept.pane.rows[0]["criterion"]
    for tolerance in (0.25, 2.0, 1e-6, None):
        kept.tolerance = tolerance
        assert told() == [success.succeeded(sim.frame, sim.landscape, tolerance) for sim in sims]
        assert kept.pane.live["found"] == told()[0], "and the present run"
        assert f"nearer than {tolerance or 0.05:g} half widths" in kept.pane.rows[0]["criterion"]
    kept.clear()
    kept.tolerance = 0.1
    kept.attach(sv.Simulation(sv.CBO(), sv.landscapes.Formula("x^2 + y^2"), sv.Swarm(n=5)))
    assert kept.pane.live["found"] is None


def test_the_newest_is_first_and_no_more_than_fifty_are_kept(kept, opened):
    sim = running(1)
    for i in range(MAX_RUNS + 7):
        kept.add(kept.row(sim), f"link {i}")
    numbers = [row["number"] for row in kept.pane.rows]
    assert len(numbers) == MAX_RUNS == 50 and numbers == sorted(numbers, reverse=True)
    press(kept, act="open", number=numbers[0])
    press(kept, act="open", number=numbers[-1])
    press(kept, act="open", number=1)  # gone
    assert opened == [f"link {MAX_RUNS + 6}", "link 7"]
    assert len(kept._links) == MAX_RUNS


def test_the_same_run_is_listed_once(kept):
    sim = running(1)
    for link in ("a", "b", "a"):
        kept.add(kept.row(sim), link)
    assert len(kept.pane.rows) == 2 and list(kept._links.values()) == ["b", "a"]


def test_clear_forgets_them(kept, opened):
    kept.add(kept.row(running(1)), "link")
    number = kept.pane.rows[0]["number"]
    press(kept, act="clear")
    press(kept, act="open", number=number)
    assert kept.pane.rows == [] and opened == []


def test_messages_that_no_row_sends_are_ignored(kept, opened):
    kept.add(kept.row(running(1)), "link")
    for message in (
        "open",
        {"act": 3},
        {"act": "open"},
        {"act": "open", "number": "1"},
        {"act": "open", "number": [1]},
        {},
    ):
        kept.pane._handle_msg(message)
    assert opened == [] and len(kept.pane.rows) == 1


def test_the_present_run_is_looked_at_once_a_second_at_most(kept, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(history.time, "monotonic", lambda: now[0])
    sim = running(1)
    kept.attach(sim)
    assert kept.pane.live["step"] == 1
    assert kept.prepare(sim.frame, sim) is not None
    sim.advance(5)
    now[0] += 0.9
    assert kept.prepare(sim.frame, sim) is None
    now[0] += 0.2
    kept.paint(kept.prepare(sim.frame, sim))
    assert kept.pane.live["step"] == 6
    sim.advance(1)
    kept.hurry()  # it stopped there
    assert kept.prepare(sim.frame, sim)["step"] == 7 and kept.prepare(sim.frame, sim) is None


def test_a_diverged_run_says_so_until_it_goes_another_way(kept):
    sim = sv.Simulation(sv.CBO(lam=100.0, dt=10.0), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
    with pytest.raises(sv.Diverged) as error:
        sim.advance(10_000)
    kept.diverged(sim, error.value.step)
    note = f"diverged at step {error.value.step}"
    assert kept.pane.live["note"] == note
    kept.add(kept.row(sim), "link")
    assert kept.pane.rows[0]["note"] == note
    sim.goto(3)
    sim.dynamics.dt = 0.05
    sim.advance(5)
    kept.attach(sim)
    assert kept.pane.live["note"] == ""
    kept.attach(running(1))
    assert kept.pane.live["note"] == ""
