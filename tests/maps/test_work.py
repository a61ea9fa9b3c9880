"""The work on a map in pieces gives the runs of a sweep, in the order of a refinement."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.maps import work as module
from components.maps.limit import limit_within
from components.maps.order import MapOrder, name_of
from components.maps.work import MapWork, python_lines
from swarmviz.drawing import map as map_drawing
from tests.maps.orders import small_order


def grid_of(order):
    return {name_of(order.x): list(order.x_values), name_of(order.y): list(order.y_values)}


def test_a_map_in_pieces_is_the_sweep_bit_for_bit(monkeypatch):
    for name in ("LEAST_WORK", "FIRST_WORK", "MOST_WORK"):
        monkeypatch.setattr(module, name, 50)
    order = small_order()
    work, pieces = MapWork(order), 0
    while work.work(0.0005):
        pieces += 1
    assert pieces > 20
    data = work.dataset()
    swept = sv.sweep(order.dynamics, order.landscape, order.swarm, grid_of(order), runs=100, steps=20)
    for name, values in swept.data_vars.items():
        np.testing.assert_array_equal(data[name], values, err_msg=name)
    *_, refined = sv.refine(order.dynamics, order.landscape, order.swarm, grid_of(order), runs=100, steps=20)
    assert data.identical(refined)
    known = work.known()
    assert known.done and "6 of 6 cells · 600 of 600 runs" in known.words
    np.testing.assert_array_equal(known.statistics["success_rate"], refined["success_rate"])
    assert [line.title for line in known.thresholds] == ["2λ = σ²", "Δt = (2λ − σ²)/λ²"]


IN_PAIRS = {
    "SBGD": (sv.SBGD(), sv.landscapes.Rastrigin(), sv.Swarm(n=6, d=2), {"p": (0.5, 1.5, 3.0), "q": (0.5, 2.0)}),
    "FMC": (sv.FMC(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2), {"reward_power": (0.2, 1.0, 3.0), "distance_power": (0.5, 2.0)}),
    "finite set": (sv.FiniteSet(), sv.landscapes.FiniteSetCurve(), sv.Swarm(n=10, d=1), {"beta": (0.5, 2.0, 9.0), "rate": (0.5, 2.0)}),
    "leaps": (
        sv.FiniteSet(method="tau_leap"), sv.landscapes.FiniteSetCurve(), sv.Swarm(n=10, d=1), {"beta": (0.5, 2.0, 9.0), "rate": (0.5, 2.0)},
    ),
}  # fmt: skip


def order_within(evaluations, dynamics, landscape, swarm, grid, owner="dynamics"):
    """The map of which each run may spend so many evaluations of F."""
    axes, values = [(owner, name) for name in grid], list(grid.values())
    parts = {"dynamics": dynamics, "landscape": landscape, "swarm": swarm}
    return MapOrder(**parts, x=axes[0], y=axes[1], x_values=values[0], y_values=values[1],
                    limit=limit_within(evaluations, parts, axes, values), tolerance=None)  # fmt: skip


@pytest.mark.parametrize("name", IN_PAIRS)
def test_within_evaluations_every_run_spends_what_it_may_and_is_the_run_of_a_sweep_bit_for_bit(name):
    """How many steps these are differs from run to run, for the kernel counts what each takes."""
    order = order_within(600, *IN_PAIRS[name])
    data = worked_out(MapWork(order)).dataset()
    spent, steps, last = (data[n].values for n in ("final_evaluations", "steps_taken", "stopped"))
    assert (spent <= 600).all() and last.any() and len(np.unique(steps[last])) > 5
    limit = order.limit
    assert (steps[~last] == limit.steps).all() and (steps <= limit.steps).all()
    swept = sv.sweep(
        order.dynamics, order.landscape, order.swarm, grid_of(order), runs=100, steps=limit.steps, every=limit.every, record=(),
        stop=sv.ensembles.Budget(600),
    )  # fmt: skip
    for variable in swept.data_vars:
        np.testing.assert_array_equal(data[variable], swept[variable], err_msg=variable)
    for r in np.flatnonzero(last[1, 1])[:3]:  # as the run itself counts: another step would lead beyond
        sim = sv.Simulation(*_parts_of(order, 1, 1, int(data["seed"][r])))
        sim.advance(int(steps[1, 1, r]))
        assert sim.evaluations == spent[1, 1, r]
        sim.advance(1)
        assert sim.evaluations > 600


def _parts_of(order, column, row, seed):
    """The parts of a run of a cell."""
    dynamics, swarm = order.dynamics.copy(), order.swarm.copy()
    setattr(dynamics, order.x[1], order.x_values[column])
    setattr(dynamics, order.y[1], order.y_values[row])
    swarm.seed = seed
    return dynamics, order.landscape, swarm


def test_within_evaluations_cells_of_few_agents_take_more_steps():
    order = order_within(
        500, sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(d=2), {"n": (5, 20, 50), "d": (1, 2)}, "swarm"
    )
    data = worked_out(MapWork(order)).dataset()
    np.testing.assert_array_equal(data["steps_taken"].values[:, 0, 0], [500 // n - 1 for n in (5, 20, 50)])
    assert (data["final_evaluations"] == 500).all()


def test_the_python_lines_within_evaluations_make_the_same_map():
    order, names = order_within(600, *IN_PAIRS["FMC"]), {}
    assert "stop=sv.ensembles.Budget(evaluations=600)" in python_lines(order)
    exec(python_lines(order), names)
    assert worked_out(MapWork(order)).dataset().identical(names["table"])


def test_what_was_handed_out_does_not_change():
    work = MapWork(small_order())
    while not work.known().statistics:
        work.work(0.001)
    known = work.known()
    before = {name: values.copy() for name, values in known.statistics.items()}
    while work.work(0.01):
        pass
    for name, values in before.items():
        np.testing.assert_array_equal(known.statistics[name], values)


def test_the_python_lines_make_the_same_map(tmp_path):
    order = small_order(dynamics=sv.CBO(alpha=50.0, noise="isotropic"), swarm=sv.Swarm(n=6, d=2, seed=4))
    names: dict = {}
    exec(python_lines(order).replace("runs=100", "runs=8"), names)
    work = MapWork(order)
    while work.refinement.level < work.refinement.levels:
        work.work(0.01)
    data = work.dataset()
    np.testing.assert_array_equal(names["table"]["final_best"], data["final_best"][..., :8])


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (small_order(swarm=sv.Swarm(n=10_001, d=2)), "n = 10001, d = 2: too many for a map, where N d ≤ 20,000"),
        (small_order(steps=100_001), "K = 100001: must be a whole number with 1 ≤ K ≤ 100,000"),
        (small_order(swarm=sv.Swarm(n=2, d=1000))._replace(x_values=tuple(np.linspace(0.1, 1, 120).tolist())), "MiB, more than 64"),
    ],
)  # fmt: skip
def test_what_costs_too_much_is_refused_before_anything_is_paid(order, words):
    with pytest.raises(ValueError) as caught:
        MapWork(order)
    assert words in str(caught.value)


def test_the_key_of_a_map_does_not_depend_on_where_the_swarm_is_in_it():
    here, there = small_order(), small_order(dynamics=sv.CBO(sigma=0.7, lam=2.0))
    assert here.key == there.key
    others = [small_order(dynamics=sv.CBO(alpha=3.0)), small_order(swarm=sv.Swarm(n=7, d=2)), small_order(steps=21)]
    assert len({here.key, *(other.key for other in others)}) == 4
    assert (
        small_order(dynamics=sv.CBO(sigma=sv.schedules.Linear(start=1.0, end=0.1))).value_of(("dynamics", "sigma"))
        is None
    )


def worked_out(work):
    """The same work, at its end."""
    while work.work(0.05):
        pass
    return work


@pytest.mark.parametrize("factor", [1e-9, 1e9], ids=["every call is too long", "every call is short"])
def test_calls_of_a_kernel_get_as_much_work_as_takes_their_time_and_the_runs_stay_the_same(monkeypatch, factor):
    monkeypatch.setattr(module, "CALL_S", factor)
    monkeypatch.setattr(module, "FIRST_WORK", 1 << 9)
    order, pieces, made = small_order(steps=40), [], []
    work = MapWork(order)
    run = work.refinement.ensemble

    def ensemble(*of, **options):
        pieces.append(options["piece_work"])
        made.append(run(*of, **options))
        return made[-1]

    work.refinement.ensemble = ensemble
    data = worked_out(work).dataset()
    assert pieces[0] == 512 and pieces[-1] == (module.LEAST_WORK if factor < 1 else module.MOST_WORK)
    assert made[0].piece_work == (module.LEAST_WORK if factor < 1 else pieces[1]) != 512, "from one call to the next"
    swept = sv.sweep(order.dynamics, order.landscape, order.swarm, grid_of(order), runs=100, steps=40)
    np.testing.assert_array_equal(data["final_best"], swept["final_best"])


def test_the_trial_of_the_cells_and_the_lines_of_theory_are_no_single_piece():
    """What begins a map holds the core that all visitors share no longer than a piece of its runs."""
    work, before = MapWork(small_order()), 0
    while not work.refinement.runs_done.any():
        next(work._pieces)
        before += 1
    assert before > 6 + 25, "six cells that are tried out, 25 rows of theory"
    assert [line.title for line in work.known().thresholds] == ["2λ = σ²", "Δt = (2λ − σ²)/λ²"]


def test_the_time_that_is_left_is_that_of_a_clock_and_not_of_the_core(monkeypatch):
    """A map that rests half the time, beside others, takes longer than the core needs for it."""
    work = MapWork(small_order())
    while work.refinement.runs_done.sum() < 100:
        work.work(0.002)
        work._left_at -= 1.0  # a second of rest
    done = int(work.refinement.runs_done.sum())
    assert work._waited_s > 50 * work._worked_s
    seconds = work._waited_s * (600 - done) / done
    assert f"about {round(seconds / 60) if seconds >= 100 else round(seconds)} " in work.known().words
    waited = work._waited_s
    work._left_at -= 3600.0  # the view was not seen
    work.work(0.0)
    assert work._waited_s < waited + 1


def test_words_of_cells_are_made_anew_only_where_something_has_changed(monkeypatch):
    told, cell_words = [], map_drawing.cell_words

    def words(columns, seed):
        told.append(columns["runs"].size)
        return cell_words(columns, seed)

    monkeypatch.setattr(map_drawing, "cell_words", words)
    work = MapWork(small_order())
    while work.refinement.runs_done.sum() < 3 * 8:
        work.work(0.0005)
        work.known()
    known = work.known()
    work.known()
    assert told[0] == 6 and told[-1] == 0 and max(told[1:], default=0) < 6
    for name, of in cell_words(known.statistics, 0).items():
        np.testing.assert_array_equal(known.said[name], of)
