"""The runs of a visit: what their rows say, what a press does, and what is kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from components.page import facts as facts_module
from components.page import history
from components.page.history import MAX_OVERLAYS, MAX_PINNED, MAX_RUNS, History
from swarmviz import success
from swarmviz.parameters import Real


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


def test_a_row_says_what_the_run_has_spent_up_to_its_step(kept):
    sim = running(50)
    assert kept.row(sim)["evaluations"] == sim.evaluations == sim.record["evaluations"][-1] > 0
    sim.goto(3)
    assert kept.row(sim, now=True)["evaluations"] == sim.record["evaluations"][3] < kept.row(sim)["evaluations"]


def told(kept, row=None):
    """What the table says of a run (the present one when absent) that it does not say of all."""
    cells = (kept.pane.live if row is None else row)["cells"]
    return {symbol: text for (symbol, _), (text, _) in zip(kept.pane.columns, cells, strict=True)}


def test_runs_that_differ_in_one_parameter_are_told_apart_by_it_and_by_nothing_else(kept):
    for sigma in (0.5, 0.7):
        sim = sv.Simulation(sv.CBO(sigma=sigma), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
        sim.advance(2)
        kept.add(kept.row(sim), f"link {sigma}")
    assert [told(kept, row) for row in kept.pane.rows] == [{"σ": "0.7"}, {"σ": "0.5"}]
    assert kept.pane.same == "CBO on Rastrigin · N = 20 · d = 2"
    assert kept.pane.columns[0][1] == " ".join(sim.dynamics.param["sigma"].doc.split())
    other = sv.Simulation(sv.CBO(sigma=0.7, noise="none"), sv.landscapes.Rastrigin(), sv.Swarm(n=20))
    kept.attach(other)
    assert told(kept) == {"σ": "0.7", "D": "none"}
    assert told(kept, kept.pane.rows[0]) == {"σ": "0.7", "D": "anisotropic"}, (
        "a new run tells the old ones apart otherwise"
    )
    kept.clear()
    assert told(kept) == {}, "alone it differs from nothing"


def test_a_column_is_sorted_by_numbers_and_by_the_text_of_what_is_none(kept):
    sims = [
        sv.Simulation(sv.CBO(sigma=sigma), sv.landscapes.Rastrigin(), sv.Swarm(n=n))
        for sigma, n in ((10.0, 20), (9.0, 3), (sv.schedules.Linear(start=1.0, end=0.1, duration=5.0), 20))
    ]
    for i, sim in enumerate(sims):
        sim.advance(1)
        kept.add(kept.row(sim), f"link {i}")
    assert [symbol for symbol, _ in kept.pane.columns] == ["N", "σ"] and kept.pane.same == "CBO on Rastrigin · d = 2"
    by_n, by_sigma = zip(*(row["cells"] for row in reversed(kept.pane.rows)), strict=True)
    assert [order for _, order in by_n] == [20.0, 3.0, 20.0] and [order for _, order in by_sigma][:2] == [10.0, 9.0]
    text, order = by_sigma[2]
    assert text == order and text.startswith("linear (") and len(text) <= 60


def test_runs_of_other_dynamics_leave_the_cells_empty_that_they_have_not(kept):
    for dynamics in (sv.CBO(sigma=1.0), sv.CBO(sigma=2.0), sv.PSO()):
        kept.add(kept.row(sv.Simulation(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=20))), repr(dynamics))
    pso, two, one = (told(kept, row) for row in kept.pane.rows)
    assert pso == {"dynamics": "PSO", "σ": ""} and two == {"dynamics": "CBO", "σ": "2"} and one["σ"] == "1"


def test_a_table_has_so_many_columns_and_says_how_many_more_differ(kept):
    a = sv.CBO()
    b = sv.CBO(**{
        name: declared.bounds[1] if declared.bounds and declared.bounds[1] is not None else getattr(a, name) + 0.1
        for name, declared in a.declared().items()
        if isinstance(declared, Real) and isinstance(getattr(a, name), float)
    })  # fmt: skip
    for dynamics in (a, b):
        kept.add(kept.row(sv.Simulation(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=20))), repr(dynamics))
    differing = len(kept.pane.columns)
    assert differing >= 3 and kept.pane.told == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts_module, "MAX_COLUMNS", 2)
        kept.tolerance = None
    assert len(kept.pane.columns) == 2 and kept.pane.told.startswith(f"{differing - 2} more parameter")
    assert all(len(row["cells"]) == 2 for row in kept.pane.rows)


def test_a_run_that_was_changed_on_the_way_says_from_what_to_what_and_when(kept):
    sim = running(10)
    kept.add(kept.row(sim), "before")
    sim.dynamics.sigma = 0.2
    sim.advance(5)
    kept.add(kept.row(sim), "after")
    after, before = kept.pane.rows
    assert told(kept, before) == {"σ": "1"} and before["changed"] == ""
    assert told(kept, after) == {"σ": "1 → 0.2"} and after["changed"] == "changed at k = 10"
    assert after["cells"][0][1] == 0.2, "it is sorted by what acts now"


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
    found = lambda: [row["found"] for row in reversed(kept.pane.rows)]  # noqa: E731
    assert found() == usual and kept.pane.live["found"] == usual[0]
    assert "nearer than 0.05 half widths" in kept.pane.rows[0]["criterion"]
    for tolerance in (0.25, 2.0, 1e-6, None):
        kept.tolerance = tolerance
        assert found() == [success.succeeded(sim.frame, sim.landscape, tolerance) for sim in sims]
        assert kept.pane.live["found"] == found()[0], "and the present run"
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
    assert len(kept.past) == MAX_RUNS
    assert kept.pane.told.startswith("7 older runs dropped")
    kept.clear()
    assert kept.past == [] and kept.pane.told == ""


def test_the_same_run_is_listed_once(kept):
    sim = running(1)
    for link in ("a", "b", "a"):
        kept.add(kept.row(sim), link)
    assert len(kept.pane.rows) == 2 and [run.link for run in kept.past] == ["a", "b"]
    assert [row["number"] for row in kept.pane.rows] == [3, 2]


def test_a_pinned_run_is_never_dropped_and_clear_leaves_it(kept):
    sim = running(1)
    kept.add(kept.row(sim), "precious")
    press(kept, act="pin", number=1)
    for i in range(MAX_RUNS + 1):
        kept.add(kept.row(sim), f"link {i}")
    assert len(kept.pane.rows) == MAX_RUNS + 1 and kept.past[-1].link == "precious"
    assert kept.pane.rows[-1]["pinned"] and not kept.pane.rows[0]["pinned"]
    kept.clear()
    assert [run.link for run in kept.past] == ["precious"]
    press(kept, act="pin", number=1)
    assert not kept.pane.rows[0]["pinned"]
    press(kept, act="delete", number=1)
    assert kept.past == []


def test_only_so_many_can_be_pinned_and_it_is_said(kept):
    row = kept.row(running(1))
    for i in range(MAX_PINNED + 1):
        kept.add(row, f"link {i}")
        press(kept, act="pin", number=i + 1)
    assert sum(row["pinned"] for row in kept.pane.rows) == MAX_PINNED
    assert f"At most {MAX_PINNED} runs can be pinned" in kept.pane.told
    press(kept, act="delete", number=1)
    assert kept.pane.told == ""


@pytest.fixture
def overlays():
    return []


def test_an_overlay_is_the_record_of_its_run_under_its_number(opened, overlays):
    kept = History(opened.append, on_overlay=lambda: overlays.append(kept.overlays))
    sim = running(30)
    kept.add(kept.row(sim), "link")
    record = {name: sim.record[name].copy() for name in sim.record}
    sim.goto(3)
    sim.dynamics.sigma = 0.1
    sim.advance(10)  # what was kept does not follow
    press(kept, act="overlay", number=1)
    ((drawn,),) = overlays
    assert drawn.label == "run 1" and drawn.last == 30 and set(drawn.series) == set(record) - {"k"}
    for name, (k, y) in drawn.series.items():
        assert np.array_equal(k, record["k"]) and np.array_equal(y, record[name], equal_nan=True)
    assert kept.pane.rows[0]["overlaid"]
    press(kept, act="overlay", number=1)
    assert overlays[-1] == [] and not kept.pane.rows[0]["overlaid"]


@pytest.mark.parametrize("end", ["delete", "clear", "drop"])
def test_a_run_that_is_forgotten_is_no_longer_drawn(opened, overlays, end):
    kept = History(opened.append, on_overlay=lambda: overlays.append(kept.overlays))
    row = kept.row(running(1))
    kept.add(row, "link")
    press(kept, act="overlay", number=1)
    assert len(overlays[-1]) == 1
    if end == "drop":
        for i in range(MAX_RUNS):
            kept.add(row, f"link {i}")
    else:
        press(kept, act=end, number=1)
    assert overlays[-1] == []


def test_only_so_many_are_drawn_behind_and_it_is_said(opened, overlays):
    kept = History(opened.append, on_overlay=lambda: overlays.append(kept.overlays))
    row = kept.row(running(1))
    for i in range(MAX_OVERLAYS + 1):
        kept.add(row, f"link {i}")
        press(kept, act="overlay", number=i + 1)
    assert len(overlays[-1]) == MAX_OVERLAYS and f"At most {MAX_OVERLAYS} runs" in kept.pane.told


def test_what_the_browser_gets_of_a_row_holds_no_curves(kept):
    kept.add(kept.row(running(1)), "link")
    assert not {"overlay", "facts", "missed"} & set(kept.pane.rows[0])


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
        {"act": "open", "number": True},
        {"act": "past", "number": 1},
        {"act": "publish", "number": 1},
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
