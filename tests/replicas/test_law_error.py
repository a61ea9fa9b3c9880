"""The error against N beside the visible swarm: its plan, its thread and its card."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import swarmviz as sv
from components.background import ONE_CORE
from components.replicas import law_error as module
from components.replicas.law_error import LawErrorStatus, LawErrorWorker, Plan, Point, plan
from components.replicas.law_error_card import LawErrorCard, charts
from components.replicas.replica import VisibleRun
from swarmviz.ensembles import law_error as core
from swarmviz.ensembles.law_error import law_error

RASTRIGIN = sv.landscapes.Rastrigin()
WAIT_S = 60.0


def run_of(dynamics, k, landscape=RASTRIGIN, d=1, n=40):
    sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=n, d=d, seed=3))
    sim.advance(k)
    return VisibleRun.of(sim)


def worker_of(seen, **given):
    told = []
    worker = LawErrorWorker(
        lambda: seen, given.get("lateness", lambda: 0.0), given.get("hidden", lambda: False), told.append
    )
    return worker, told


def ended(worker):
    until = time.monotonic() + WAIT_S
    while worker.standing.running:
        assert time.monotonic() < until, "it does not end"
        time.sleep(0.01)
    return worker.standing


@pytest.fixture
def few(monkeypatch):
    """Three numbers of agents and few runs, so that a test takes a moment."""
    monkeypatch.setattr(module, "NUMBERS", (10, 20, 40))
    monkeypatch.setattr(module, "MOST_RUNS", 7)


@pytest.mark.parametrize("step", [1, 20, 300, 3000, 10_000])
def test_a_plan_costs_no_more_than_is_allowed_and_says_what_it_leaves_out(step):
    todo = plan(step)
    assert sum(n * r for n, r in zip(todo.numbers, todo.runs, strict=True)) * step <= module.MOST_AGENT_STEPS
    assert all(module.FEWEST_RUNS <= r <= module.MOST_RUNS for r in todo.runs)
    assert all(n * r <= module.MOST_PLACES for n, r in zip(todo.numbers, todo.runs, strict=True))
    left = [n for n in module.NUMBERS if n not in todo.numbers]
    assert (f"N = {left[0]:,}" in todo.remark) if left else todo.remark == ""


def test_a_step_that_is_too_late_is_refused_with_the_last_one_that_is_not():
    with pytest.raises(ValueError, match="up to 10,000"):
        plan(10_001)
    with pytest.raises(ValueError, match="Step 2,000 is too late"):
        plan(2000, laws_each=True)
    assert plan(1000, laws_each=True).numbers


@pytest.mark.parametrize("laws_each", [False, True])
def test_the_step_that_is_advised_is_accepted_and_the_next_one_is_not(laws_each):
    with pytest.raises(ValueError, match="too late") as refused:
        plan(10**6, laws_each)
    advised = int(str(refused.value).rpartition("up to ")[2].rstrip(".").replace(",", ""))
    assert plan(advised, laws_each).numbers
    with pytest.raises(ValueError, match="too late"):
        plan(advised + 1, laws_each)


def test_it_finds_what_a_script_finds_with_the_parameters_of_the_shown_step(few):
    seen = run_of(sv.CBO(alpha=10.0), 4)
    worker, told = worker_of(seen)
    worker.start()
    standing = ended(worker)
    data = law_error(sv.CBO(alpha=10.0), RASTRIGIN, sv.Swarm(n=40, d=1, seed=3), 4, (10, 20, 40), 7, threads=1)
    assert [p.n for p in standing.points] == [10, 20, 40] and {p.runs for p in standing.points} == {7}
    for point, name in (("distance", "scaled_distance"), ("error", "scaled_distance_standard_error"), ("focus", "scaled_focus_error"),
                        ("independent", "scaled_independent"), ("needed", "agents_needed")):  # fmt: skip
        np.testing.assert_array_equal([getattr(p, point) for p in standing.points], data[name])
    assert standing.progress == 1.0 and standing.trouble == "" and "step 4" in standing.about
    assert not told[-1].running and len(told[-1].points) == 3
    worker.close()


def test_a_chosen_step_and_changed_parameters_are_taken(few):
    sim = sv.Simulation(sv.CBO(alpha=10.0), RASTRIGIN, sv.Swarm(n=40, d=1, seed=3))
    sim.advance(3)
    sim.dynamics.sigma = 0.2
    sim.advance(3)
    worker, _ = worker_of(VisibleRun.of(sim))
    worker.start(2)
    found = [p.distance for p in ended(worker).points]
    data = law_error(sv.CBO(alpha=10.0, sigma=0.2), RASTRIGIN, sv.Swarm(n=40, d=1, seed=3), 2, (10, 20, 40), 7)
    np.testing.assert_array_equal(found, data["scaled_distance"])
    worker.close()


def test_ssa_has_one_law_at_fixed_product_and_one_of_each_n_at_fixed_cutoff(few, monkeypatch):
    laws = []
    limit_at = core.limit_at
    monkeypatch.setattr(core, "limit_at", lambda *given: laws.append(given[2].n) or limit_at(*given))
    seen = run_of(sv.SSA(cutoff=0.05, lam=1.0), 3, sv.landscapes.Ackley())
    worker, _ = worker_of(seen)
    worker.start()
    product = ended(worker)
    worker.start(fixed_product=False)
    fixed = ended(worker)
    assert laws == [10, 10, 20, 40] and "Nβ = 2" in product.about
    assert "each N with the law of its Nβ" in fixed.about and len(fixed.points) == 3
    assert product.points[-1] == fixed.points[-1]  # N = 40 is that of the visible swarm
    assert product.points[0] != fixed.points[0]
    worker.close()


def test_numbers_whose_cutoff_would_be_above_one_are_left_out():
    whole = Plan((10, 100, 1000, 10_000), (4, 4, 4, 4), "")
    assert whole.from_number(13).numbers == (100, 1000, 10_000) and "13" in whole.from_number(13).remark
    assert whole.from_number(10) == whole
    with pytest.raises(ValueError, match="too few numbers"):
        whole.from_number(101)
    assert whole.share(0, 0) == 0.0 and whole.share(3, 4) == 1.0


@pytest.mark.parametrize(
    "seen, words",
    [
        (lambda: run_of(sv.CBO(), 2, d=2), "d = 1 only"),
        (lambda: run_of(sv.SBGD(), 1), "no law of infinitely many agents"),
        (lambda: run_of(sv.CBO(batch=5), 1), "random"),
    ],
)
def test_where_there_is_no_law_the_reason_is_said(seen, words):
    worker, told = worker_of(seen())
    worker.start(2)
    standing = ended(worker)
    assert words in standing.trouble and not standing.points and told[-1] == standing
    worker.close()


def test_numbers_that_a_large_swarm_in_the_place_of_a_law_cannot_judge_are_left_out(few, monkeypatch):
    monkeypatch.setattr(module, "FINER", 5000)  # of PSO's 100,000: 20 agents at most
    worker, _ = worker_of(run_of(sv.PSO(), 2))
    worker.start()
    standing = ended(worker)
    assert [p.n for p in standing.points] == [10, 20] and "100,000" in standing.remark and "N = 40" in standing.remark
    monkeypatch.setattr(module, "MOST_AGENT_STEPS", 3 * 6 * 40 * 300)
    monkeypatch.setattr(module, "NUMBERS", (10, 20, 40, 80))
    worker.start(200)
    assert "N = 80 and more would take" in (both := ended(worker).remark) and "too coarse for N = 40" in both, both
    worker.close()


def test_it_is_stopped_without_waiting_and_closed_without_a_thread(few):
    worker, told = worker_of(run_of(sv.CBO(), 2), hidden=lambda: True)  # it rests until somebody stops it
    worker.start()
    time.sleep(0.2)
    assert worker.standing.running
    assert ONE_CORE.acquire(timeout=5.0), "it keeps the core to itself while it rests"
    ONE_CORE.release()
    worker.stop()
    before = len(told)
    assert not worker.standing.running
    worker.close()
    assert not [t for t in threading.enumerate() if t.name == "swarmviz error against N"] and len(told) == before
    assert ONE_CORE.acquire(timeout=1.0), "it keeps the core to itself"
    ONE_CORE.release()


def test_what_is_found_after_it_was_stopped_is_not_said(few, monkeypatch):
    worker, told = worker_of(run_of(sv.CBO(), 2))
    errors_of, before = module.errors_of, []

    def stopped_meanwhile(*given):
        worker.stop()
        before.append(len(told))
        return errors_of(*given)

    monkeypatch.setattr(module, "errors_of", stopped_meanwhile)
    worker.start()
    ended(worker)
    worker.close()
    assert before == [len(told)] and worker.standing.points == () and not worker.standing.running


def test_what_is_asked_last_is_what_is_found(few):
    worker, _ = worker_of(run_of(sv.CBO(alpha=10.0), 2))
    for step in (3, 4, 5):
        worker.start(step)
    standing = ended(worker)
    data = law_error(sv.CBO(alpha=10.0), RASTRIGIN, sv.Swarm(n=40, d=1, seed=3), 5, (10, 20, 40), 7)
    np.testing.assert_array_equal([p.distance for p in standing.points], data["scaled_distance"])
    worker.close()


def test_whoever_asks_a_hundred_times_has_one_thread(few):
    worker, _ = worker_of(run_of(sv.CBO(alpha=10.0), 2))
    with ONE_CORE:  # somebody else computes: nothing can end
        for step in range(1, 101):
            worker.start(step)
        assert len([t for t in threading.enumerate() if t.name == "swarmviz error against N"]) == 1
    assert "step 100" in ended(worker).about
    worker.close()


def test_the_core_is_free_while_somebody_else_has_the_visible_run(few):
    looking, go_on, seen = threading.Event(), threading.Event(), run_of(sv.CBO(), 2)

    def look():
        looking.set()
        assert go_on.wait(20)
        return seen

    worker = LawErrorWorker(look, lambda: 0.0, lambda: False, lambda status: None)
    worker.start()
    assert looking.wait(20) and ONE_CORE.acquire(timeout=5.0)
    ONE_CORE.release()
    go_on.set()
    assert len(ended(worker).points) == 3
    worker.close()


def test_it_waits_while_replicas_of_anybody_work(few):
    worker, told = worker_of(run_of(sv.CBO(), 2))
    with ONE_CORE:
        worker.start()
        time.sleep(0.3)
        assert not told
    assert len(ended(worker).points) == 3
    worker.close()


@pytest.mark.parametrize("step", [0, -1, 1.5, "7", True, 10**10])
def test_a_step_that_is_none_is_refused(step):
    worker, _ = worker_of(None)
    with pytest.raises(ValueError, match=r"step = .*whole number"):
        worker.start(step)
    assert not worker.standing.running


def point(n, distance, needed=1.0, focus=None):
    return Point(n, 50, distance, 0.1, 2.0, needed, focus, None if focus is None else 0.01)


def test_the_chart_has_a_mark_for_each_n_hollow_below_n_star_and_the_independent_value_dashed():
    first, second = charts((point(10, 3.0, 20, 0.5), point(100, 2.0, 20, 0.4), point(1000, 2.1, 20, 0.4)))
    assert [mark["hollow"] for mark in first["marks"]] == [True, False, False]
    assert [mark["x"] for mark in first["marks"]] == [0.0, 0.5, 1.0]
    top = 1.1 * 3.2
    assert first["marks"][0]["y"] == pytest.approx(3.0 / top) and first["marks"][0]["high"] == pytest.approx(3.2 / top)
    assert [y for _, y in first["dashed"]] == pytest.approx([2.0 / top] * 3)
    assert first["ticks"] == [[0.0, "10¹"], [0.5, "10²"], [1.0, "10³"]] and "50 runs" in first["marks"][0]["text"]
    assert second["label"] == "√N E|ν_N − ν|" and second["dashed"] is None
    assert charts(()) == [] and len(charts((point(10, 3.0),))) == 1
    assert len(charts((point(10, float("nan")), point(100, 1.0)))[0]["marks"]) == 1


def test_the_card_passes_on_what_is_asked_and_shows_what_is_refused():
    asked = []

    def start(step, product):
        if step == 0:
            raise ValueError("step = 0: must be more")
        asked.append((step, product))

    card = LawErrorCard(start, lambda: asked.append("stop"))
    for message in ({"act": "start", "step": None, "product": False}, {"act": "start", "step": 7}, {"act": "stop"},
                    {"act": "start", "step": 0}, {"act": "start", "product": 3}, ["x"], None):  # fmt: skip
        card._handle_msg(message)
    assert asked == [(None, False), (7, True), "stop"]
    assert card.state["remarks"] == "step = 0: must be more."


def test_a_run_without_a_law_says_so_before_anybody_asks():
    card = LawErrorCard(lambda step, product: None, lambda: None)
    card.attach(sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=10, d=2)))
    assert card.state["refused"] and "d = 1 only" in card.state["remarks"]
    card.attach(sv.Simulation(sv.SSA(), RASTRIGIN, sv.Swarm(n=10, d=1)))
    assert not card.state["refused"] and card.state["remarks"] == "" and card.state["product"] == "β"
    card.show(LawErrorStatus(running=True, progress=0.25, about="…"))
    assert card.state["running"] and card.state["progress"] == 0.25


@pytest.mark.parametrize("generator", ["metropolis", "second"])
def test_on_a_finite_set_the_shares_are_held_against_their_law_and_theory_has_their_scatter(monkeypatch, generator):
    """Independent agents scatter as theory has it at every N; of interacting ones that is so from many agents on a state on.

    400 runs of each N; four standard errors, and 2 % for the linear noise at N = 2000.
    """
    monkeypatch.setattr(module, "NUMBERS", (20, 200, 2000))
    monkeypatch.setattr(module, "MOST_RUNS", 400)
    dynamics = sv.FiniteSet(generator=generator, states=10, graph="cycle", beta=2.0)
    worker, _ = worker_of(run_of(dynamics, 10, sv.landscapes.FiniteSetCurve()))
    worker.start()
    found = ended(worker)
    worker.close()
    assert found.trouble == "" and found.measure == module.L2 and [p.n for p in found.points] == [20, 200, 2000]
    assert all(p.runs == 400 and p.focus is None and p.claimed is not None for p in found.points)
    for p in found.points if generator == "metropolis" else found.points[-1:]:
        assert abs(p.distance - p.claimed) < 4 * p.error + 0.02 * (generator == "second"), p
    assert [p.n < p.needed for p in found.points] == [generator == "second", False, False]
    (chart,) = charts(found.points, found.measure)
    assert chart["label"] == module.L2 and len(chart["dotted"]) == len(chart["dashed"]) == 3
    assert found.about.endswith("step 10 after a fresh start.")


def test_agents_that_jump_often_have_fewer_runs_and_a_step_that_may_be_chosen():
    seen = run_of(sv.FiniteSet(generator="second", states=10), 10, sv.landscapes.FiniteSetCurve())
    worker, _ = worker_of(seen)
    problem, turn = module.problem_of(seen), module.Turn(lambda turn: None)
    jumps = worker._jumps(problem, 50, turn)
    sim = sv.Simulation(problem.dynamics.copy(), problem.landscape, sv.Swarm(n=module.PILOT_AGENTS, d=1, seed=9))
    sim.advance(50)
    assert jumps == pytest.approx(sim.record["transitions"][-1] / (50 * module.PILOT_AGENTS), rel=0.15)
    usual, heavy = plan(100), plan(100, weight=1 + module.JUMP_STEPS * 3.0)
    assert heavy.numbers[-1] < usual.numbers[-1]
    assert all(r >= module.FEWEST_RUNS for r in heavy.runs)
    with pytest.raises(ValueError, match="jump so often"):
        plan(100, weight=1e9)


def test_a_swarm_that_jumps_without_end_is_judged_by_its_first_steps():
    seen = run_of(
        sv.FiniteSet(generator="metropolis", states=10, beta=0.0, dt=1000.0), 1, sv.landscapes.FiniteSetCurve()
    )
    worker, _ = worker_of(seen)
    steps = []
    worker._jumps(module.problem_of(seen), 5000, module.Turn(lambda turn: steps.append(1)))
    assert len(steps) < 50


def test_the_card_says_what_is_compared_on_a_finite_set():
    card = LawErrorCard(lambda *asked: None, lambda: None)
    sim = sv.Simulation(sv.FiniteSet(), sv.landscapes.FiniteSetCurve(), sv.Swarm(n=40, d=1))
    card.attach(sim)
    assert "linear-noise" in card.definition and not card.state["refused"]
    card.attach(sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=40, d=1)))
    assert "W₁" in card.definition and "linear-noise" not in card.definition
