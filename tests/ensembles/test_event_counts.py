"""The events of an ensemble are those of its runs, one by one, however the runs are grouped; and what is said of them over the runs."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import engine, event_table
from swarmviz.ensembles.event_counts import FirstSteps, chosen_kinds
from swarmviz.events import MOST_EVENTS, Looking
from tests.ensembles.examples import EVERY, parts, single
from tests.test_events import RUNS as LIVELY  # in which much happens

RUNS, STEPS = 5, 90


def ensemble(name, runs=RUNS, steps=STEPS, **options):
    dynamics, landscape, d = LIVELY[name]
    return sv.run_ensemble(
        dynamics,
        landscape,
        sv.Swarm(n=40, d=d, seed=3),
        runs=runs,
        steps=steps,
        **{"events": None, "record": ()} | options,
    )


def steps_of(sim, kind):
    """The steps of all events of a kind, also of those beyond the first that are shown."""
    found, k = [], -1
    while event := sim.first_events([kind], k, sim.furthest):
        found.append(k := event[0].k)
    return found


def assert_events(data, r, sim):
    for kind in sim.dynamics.events:
        told = kind in Looking.at(sim.dynamics, sim.landscape, sim.frame.n, sim.frame.d).kinds
        steps = steps_of(sim, kind.name)
        first, count = (float(data[f"{what}_{kind.name}"][r]) for what in ("first", "count"))
        expected = (min(steps, default=np.inf), len(steps)) if told else (np.nan, np.nan)
        np.testing.assert_array_equal((first, count), expected, err_msg=f"{kind.name}, run {r}")


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("name", LIVELY)
def test_events_are_those_of_the_single_runs(name, every):
    data = ensemble(name, every=every)
    happened = 0
    for r in range(RUNS):
        sim = single(
            *(part.copy() for part in LIVELY[name][:2]), sv.Swarm(n=40, d=LIVELY[name][2]), 3 + r, STEPS, every
        )
        assert_events(data, r, sim)
        happened += len(sim.events)
    assert happened > 2 * RUNS


@EVERY
def test_of_every_dynamics_and_nothing_else_changes_a_bit(name):
    dynamics, landscape, swarm = parts(name)
    options = {"runs": 4, "steps": 40, "positions": True}
    without = sv.run_ensemble(dynamics, landscape, swarm, **options)
    data = sv.run_ensemble(dynamics, landscape, swarm, events=None, **options)
    assert set(data.data_vars) - set(without.data_vars) == {
        f"{what}_{kind.name}" for kind in dynamics.events for what in ("first", "count")
    }
    assert data[list(without.data_vars)].equals(without)
    for r in range(4):
        assert_events(data, r, single(dynamics, landscape, swarm, swarm.seed + r, 40))


@pytest.mark.parametrize("name", LIVELY)
def test_neither_groups_nor_calls_nor_threads_matter(name, monkeypatch):
    whole = ensemble(name, runs=12)
    assert whole.identical(ensemble(name, runs=12, threads=1))
    monkeypatch.setattr(engine, "CALL_STEPS", 11)
    assert whole.identical(ensemble(name, runs=12))
    monkeypatch.setattr(engine, "GROUP_RUNS", 1)
    assert whole.identical(ensemble(name, runs=12))


def test_nothing_is_counted_beyond_the_end_of_a_run():
    """Runs that a stop ends between two of its looks, each at a step of its own."""
    stop = sv.ensembles.Below("dispersion", 20.0)
    data = ensemble("CBO", runs=30, stop=stop, every=1)
    ends = data["steps_taken"].values
    assert data["stopped"].any() and len(set(ends.tolist())) > 3
    for r in range(30):
        sim = single(*(part.copy() for part in LIVELY["CBO"][:2]), sv.Swarm(n=40, d=2), 3 + r, int(ends[r]))
        assert_events(data, r, sim)


def test_a_run_that_diverges_counts_until_its_last_finite_step():
    dynamics, landscape = sv.CBO(sigma=30.0, dt=1.0), sv.landscapes.Rastrigin()
    data = sv.run_ensemble(dynamics, landscape, sv.Swarm(n=20, d=2), runs=6, steps=2000, record=(), events=None)
    assert (data["diverged_step"] > 1).all()
    for r in range(6):
        last = int(data["diverged_step"][r]) - 1
        assert_events(data, r, single(dynamics.copy(), landscape.copy(), sv.Swarm(n=20, d=2), r, last))


def test_a_run_without_a_first_step_and_one_that_was_not_finished_have_none():
    undefined = sv.run_ensemble(
        sv.CBO(), sv.landscapes.Formula("log(x1) + x2**2"), sv.Swarm(n=20, d=2), runs=2, steps=5, events=None
    )
    assert (undefined["diverged_step"] == 0).all() and np.isnan(undefined["first_best"]).all()

    def interrupt(done, runs):
        raise KeyboardInterrupt

    cut = ensemble("CBO", runs=400, threads=1, progress=interrupt)
    left = ~cut["finished"]
    assert left.any() and np.isnan(cut["first_best"][left]).all() and np.isnan(cut["count_best"][left]).all()


def test_runs_that_are_taken_once_more_are_counted_once(monkeypatch):
    """A group in which one raises is taken run by run, from the first step."""
    expected, asked = ensemble("SBGD"), engine.Ensemble._ends

    def fail(self, group, result):
        if len(group.runs) > 1 and result.after.all.k > 30:
            raise ArithmeticError
        return asked(self, group, result)

    monkeypatch.setattr(engine, "CALL_STEPS", 20)
    monkeypatch.setattr(engine.Ensemble, "_ends", fail)
    assert expected.identical(ensemble("SBGD"))


def test_all_events_are_counted_also_those_that_are_too_many_to_be_shown():
    dynamics, landscape, swarm = sv.CBO(sigma=0.0, dt=0.01), sv.landscapes.Sphere(), sv.Swarm(n=50, d=2, seed=2)
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=1, steps=1500, record=["best"], events=["best"])
    falls = np.flatnonzero(np.diff(data["best"].values[0]) < 0) + 1
    assert len(falls) > MOST_EVENTS
    assert (float(data["count_best"][0]), float(data["first_best"][0])) == (len(falls), falls[0])


def test_a_stop_that_sets_a_parameter_counts_by_it():
    """The stall stop of BGK gives the dynamics its own, and with it the event."""
    dynamics, landscape, d = LIVELY["BGK"]
    still = dynamics.copy()
    still.stall_steps = 0
    stop = sv.ensembles.Stall(dynamics.stall_tolerance, dynamics.stall_steps)
    data = sv.run_ensemble(
        still, landscape, sv.Swarm(n=40, d=d, seed=3), runs=4, steps=200, stop=stop, events=["stalled"]
    )
    assert data["stopped"].any()
    for r in range(4):
        sim = single(dynamics.copy(), landscape.copy(), sv.Swarm(n=40, d=d), 3 + r, int(data["steps_taken"][r]))
        assert float(data["first_stalled"][r]) == min(steps_of(sim, "stalled"), default=np.inf)
    alone = sv.run_ensemble(still, landscape, sv.Swarm(n=40, d=d, seed=3), runs=4, steps=200, events=["stalled"])
    assert np.isnan(alone["first_stalled"]).all()


# ---- sweeps and files --------------------------------------------------------------------------------------------------


def test_a_sweep_has_them_for_each_cell_and_its_store_keeps_them(tmp_path):
    dynamics, landscape, _ = LIVELY["CBO"]
    options = {"runs": 4, "steps": 60, "events": ["found", "best"]}
    both = [
        sv.sweep(
            dynamics,
            landscape,
            sv.Swarm(n=20, seed=3),
            {"sigma": [0.3, 1.4]},
            d=[1, 2],
            store=tmp_path / "s",
            **options,
        )
        for _ in range(2)
    ]
    assert both[0].identical(both[1]) and dict(both[0]["first_found"].sizes) == {"d": 2, "sigma": 2, "run": 4}
    for cell in ((d, sigma) for d in (1, 2) for sigma in (0.3, 1.4)):
        own = dynamics.copy()
        own.sigma = cell[1]
        alone = sv.run_ensemble(own, landscape, sv.Swarm(n=20, d=cell[0], seed=3), record=(), **options)
        there = both[0].sel(d=cell[0], sigma=cell[1])
        for name in ("first_found", "count_found", "first_best", "count_best"):
            np.testing.assert_array_equal(there[name], alone[name])
            assert there[name].attrs == alone[name].attrs and set(there[name].attrs) == {"long_name", "units"}
    with pytest.raises(ValueError, match="another sweep"):
        sv.sweep(dynamics, landscape, sv.Swarm(n=20, seed=3), {"sigma": [0.3, 1.4]}, d=[1, 2], store=tmp_path / "s",
                 **options | {"events": ["found"]})  # fmt: skip


# ---- what is asked for -------------------------------------------------------------------------------------------------


def test_none_are_counted_unless_they_are_asked_for_and_each_once():
    assert not [name for name in ensemble("CBO", events=()).data_vars if str(name).startswith(("first_", "count_"))]
    assert chosen_kinds(sv.CBO, ["lost", "found", "lost"]) == ("lost", "found")
    assert chosen_kinds(sv.SSA, None) == tuple(kind.name for kind in sv.SSA.events)
    assert chosen_kinds(sv.SSA, iter(["leads"])) == ("leads",)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ("found", TypeError, "must be a sequence"),
        (3, TypeError, "must be a sequence"),
        (["fund"], ValueError, "did you mean 'found'"),
        (["stalled"], ValueError, "no such event"),
        ([None], ValueError, "no such event"),
        ([["found"]], ValueError, "no such event"),
    ],
)
def test_what_is_no_event_is_refused_before_anything_runs(asked, error, said):
    with pytest.raises(error, match=said):
        ensemble("CBO", events=asked, progress=lambda done, runs: pytest.fail("it runs"))


# ---- over the runs -----------------------------------------------------------------------------------------------------


def test_first_steps_are_counted_and_ranked_over_the_runs_in_which_they_happened():
    first = np.array([4.0, np.inf, 10.0, np.nan, 6.0, np.inf, 100.0])
    assert FirstSteps.of(first) == (4, 6, 5.5, 8.0, 32.5)
    assert FirstSteps.of(np.array([7.0])) == (1, 1, 7.0, 7.0, 7.0)
    for nowhere, runs in ((np.array([np.inf, np.inf]), 2), (np.array([np.nan]), 0), (np.zeros(0), 0)):
        found = FirstSteps.of(nowhere)
        assert found[:2] == (0, runs) and np.isnan(found[2:]).all()


def test_the_table_says_the_same_of_every_kind_and_cell():
    dynamics, landscape, _ = LIVELY["CBO"]
    data = sv.sweep(
        dynamics, landscape, sv.Swarm(n=20, d=2, seed=3), {"sigma": [0.3, 1.4]}, runs=20, steps=60, events=None
    )
    table = event_table(data)
    assert table["event"].values.tolist() == [kind.name for kind in dynamics.events]
    told = {kind.name for kind in Looking.at(dynamics, landscape, 20, 2).kinds}
    assert len(told) == len(dynamics.events) - 1, "there are no walls"
    for kind in dynamics.events:
        for i in range(2):
            cell = table.isel(sigma=i).sel(event=kind.name)
            assert tuple(float(cell[name]) for name in FirstSteps._fields[:2]) == (
                np.isfinite(data[f"first_{kind.name}"][i]).sum(), 20 * (kind.name in told))  # fmt: skip
            np.testing.assert_array_equal(
                [float(cell[f"first_{name}"]) for name in ("low", "median", "high")],
                FirstSteps.of(data[f"first_{kind.name}"].values[i])[2:],
            )
    unknown = sv.run_ensemble(
        sv.CBO(), sv.landscapes.Formula("x1**2"), sv.Swarm(n=9, d=1), runs=3, steps=5, events=None
    )
    assert event_table(unknown)["runs"].sel(event=["found", "best"]).values.tolist() == [0, 3]
    with pytest.raises(ValueError, match="holds no events"):
        event_table(ensemble("CBO", events=()))
