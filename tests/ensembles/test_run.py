"""Ensembles: each run is the single simulation with its seed, for any number of threads, stop, record and interruption."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading

import numpy as np
import pytest
import xarray
from scipy.stats import beta, norm

import swarmviz as sv
from swarmviz import presets, success
from swarmviz.ensembles import Below, Stall, engine, medians, quantiles, success_rate, summary
from swarmviz.ensembles.dataset import variable

RASTRIGIN = sv.landscapes.Rastrigin()
EVERY = pytest.mark.parametrize("name", list(sv.dynamics.ALL))


def small(runs=6, steps=40, **options):
    """A small ensemble of CBO."""
    return sv.run_ensemble(sv.CBO(sigma=0.7), RASTRIGIN, sv.Swarm(n=20, d=2, seed=3), runs=runs, steps=steps, **options)


def parts(name):
    """A dynamics of this name with what it opens with, but few agents."""
    dynamics, landscape, swarm = presets.opening(name).build()
    swarm.n = min(swarm.n, 30)
    return dynamics, landscape, swarm


def single(dynamics, landscape, swarm, seed, steps, every=1):
    """The one simulation that a run must equal."""
    swarm = swarm.copy()
    swarm.seed = int(seed)
    sim = sv.Simulation(dynamics, landscape, swarm, every=every)
    sim.advance(steps)
    return sim


def assert_is(data, r, sim, landscape):
    """Run ``r`` is what the simulation recorded and where it ended, bit for bit."""
    run = data.isel(run=r)
    for observable in sim.dynamics.observables:
        recorded = sim.record[observable.name]
        course = run["step_" if observable.name == "step" else observable.name].values
        np.testing.assert_array_equal(course[: len(recorded)], recorded, err_msg=observable.name)
        assert np.isnan(course[len(recorded) :]).all()
    np.testing.assert_array_equal(run["step"].values[: len(recorded)], sim.record["k"])
    np.testing.assert_array_equal(run["t"].values[: len(recorded)], sim.record["t"])
    np.testing.assert_array_equal(run["final_positions"], sim.frame.x)
    np.testing.assert_array_equal(run["final_answer"], success.answer(sim.frame))
    np.testing.assert_array_equal(run["final_error"], success.error(sim.frame, landscape))
    assert int(run["steps_taken"]) == sim.k


@EVERY
def test_each_run_is_the_single_simulation_with_its_seed_bit_for_bit(name):
    dynamics, landscape, swarm = parts(name)
    swarm.seed = 11
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=3, steps=57, every=4, positions=True, threads=2)
    for r, seed in enumerate(data["seed"].values):
        sim = single(dynamics, landscape, swarm, seed, 57, every=4)
        assert_is(data, r, sim, landscape)
        found = success.succeeded(sim.frame, landscape)
        assert data["success"].values[r] == found and data["finished"].values[r]
    assert data["seed"].values.tolist() == [11, 12, 13]


def test_schedules_formulas_placed_wells_and_moving_landscapes_are_the_same_runs_too():
    Well = sv.landscapes.Well
    wells = sv.landscapes.GaussianMixture(wells=[Well((1.0, 1.0), 2.0, 0.5), Well((-1.0, 0.0), 1.0, 0.5)])
    cases = [
        (sv.CBO(sigma=sv.schedules.Linear(start=2.0, end=0.1, duration=1.0)), RASTRIGIN),
        (sv.CBO(), sv.landscapes.Formula("x^2 + 3*sin(2*y)^2")),
        (sv.CBO(), wells),
        (sv.FMC(motion="drift", speed=0.1), RASTRIGIN),
    ]
    swarm = sv.Swarm(n=20, d=2, seed=5)
    for dynamics, landscape in cases:
        data = sv.run_ensemble(dynamics, landscape, swarm, runs=2, steps=30, positions=True)
        sim = single(dynamics, landscape, swarm, 6, 30)
        assert_is(data, 1, sim, landscape)
        shift = 0.0 if sim.frame.shift is None else sim.frame.shift
        at = (success.answer(sim.frame) - shift)[None]
        assert data["final_energy"].values[1] == landscape.values(at)[0]


def test_any_number_of_threads_and_any_length_of_the_kernels_calls_gives_the_same_bits(monkeypatch):
    one = small(threads=1, positions=True)
    assert one.identical(small(threads=3, positions=True))
    monkeypatch.setattr(engine, "CALL_STEPS", 7)
    assert one.identical(small(threads=2, positions=True))
    monkeypatch.setattr(engine, "CALL_WORK", 1)
    assert one.identical(small(threads=2, positions=True))


def test_what_is_recorded_is_what_was_asked_for():
    data = small(record=["best", "dispersion"], every=15)
    assert {name for name, values in data.data_vars.items() if "step" in values.dims} == {"best", "dispersion"}
    assert data["step"].values.tolist() == [0, 15, 30] and "final_positions" not in data
    assert "step" not in {dim for values in small(record=()).data_vars.values() for dim in values.dims}
    assert small(steps=0)["best"].shape == (6, 1)


def test_the_dataset_says_where_it_comes_from_and_survives_a_file(tmp_path):
    import xarray

    data = small(stop=Stall(1e-3, 20), positions=True)
    assert json.loads(data.attrs["dynamics"])["values"]["sigma"] == 0.7
    assert json.loads(data.attrs["swarm"])["values"]["n"] == 20
    assert json.loads(data.attrs["settings"])["stop"] == {"name": "Stall", "values": {"tolerance": 1e-3, "steps": 20}}
    assert data.attrs["swarmviz"] == sv.__version__ and "001" in data.attrs["reference"]
    assert data["dispersion"].attrs["symbol"] == "V"
    data.to_netcdf(tmp_path / "e.nc", engine="h5netcdf")
    assert xarray.load_dataset(tmp_path / "e.nc", engine="h5netcdf").identical(data)


# ---- divergence ---------------------------------------------------------------------------------------------------------


def test_runs_that_diverge_are_recorded_as_diverged_and_the_others_are_untouched():
    """With too large a time step every seed diverges, some of them sooner; between the times some have and some have not."""
    dynamics, swarm = sv.CBO(dt=3.0), sv.Swarm(n=20, d=2, seed=0)
    when = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=8, steps=20_000, record=())["diverged_step"].values
    assert when.min() > 0 and when.min() < when.max()
    steps = int(np.sort(when)[4])
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=8, steps=steps, positions=True)
    diverged = data["diverged_step"].values >= 0
    assert diverged.any() and not diverged.all()
    for r in range(8):
        one = swarm.copy()
        one.seed = r
        sim = sv.Simulation(dynamics, RASTRIGIN, one)
        if diverged[r]:
            with pytest.raises(sv.Diverged) as caught:
                sim.advance(steps)
            assert (caught.value.step, caught.value.agent) == (data["diverged_step"][r], data["diverged_agent"][r])
            assert data["success"][r] == 0.0 and data["finished"][r]
        else:
            sim.advance(steps)
            assert data["diverged_agent"][r] == -1
        assert_is(data, r, sim, RASTRIGIN)


def test_a_swarm_without_numbers_from_the_start_has_no_results():
    swarm = sv.Swarm(n=4, d=1, initial="points", points=[[1e200], [0.0], [1.0], [2.0]])
    data = sv.run_ensemble(sv.CBO(), sv.landscapes.Sphere(), swarm, runs=2, steps=5)
    assert data["diverged_step"].values.tolist() == [0, 0] and data["diverged_agent"].values.tolist() == [0, 0]
    assert np.isnan(data["best"].values).all() and np.isnan(data["final_best"].values).all()
    assert data["success"].values.tolist() == [0.0, 0.0] and int(quantiles(data)["going"].max()) == 0


# ---- stops --------------------------------------------------------------------------------------------------------------


def test_a_run_stops_at_the_first_recorded_step_below_a_value():
    free, stopped = small(steps=200, every=3), small(steps=200, every=3, stop=Below("dispersion", 1.0), threads=2)
    for r in range(6):
        below = free["dispersion"].values[r] < 1.0
        end = int(free["step"].values[below.argmax()])
        assert stopped["steps_taken"][r] == end and stopped["stopped"][r] and below.any()
        row = stopped["dispersion"].values[r]
        np.testing.assert_array_equal(row[: end // 3 + 1], free["dispersion"].values[r, : end // 3 + 1])
        assert np.isnan(row[end // 3 + 1 :]).all()


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("name", ["BGK", "PSO"])
def test_the_stall_stop_ends_where_the_counter_of_003_does(name, every):
    dynamics, landscape, swarm = parts(name)
    dynamics.alpha = 1e5
    data = sv.run_ensemble(
        dynamics, landscape, swarm, runs=4, steps=3000, every=every, stop=Stall(1e-2, 30), positions=True
    )
    assert data["stopped"].values.any()
    counted = dynamics.copy()
    counted.stall_steps, counted.stall_tolerance = 30, 1e-2
    for r in range(4):
        sim = single(counted, landscape, swarm, data["seed"].values[r], 3000)
        still = sim.record["still"] >= 30
        if not data["stopped"].values[r]:
            assert not still.any()
            continue
        end = int(still.argmax())
        assert data["steps_taken"].values[r] == end
        np.testing.assert_array_equal(data["final_positions"].values[r], sim.goto(end).x)


def test_a_dynamics_that_does_not_count_stalls_when_its_answer_has_stayed_in_place():
    dynamics, swarm = sv.CBO(sigma=0.3), sv.Swarm(n=20, d=2, seed=3)
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=3, steps=3000, stop=Stall(1e-3, 100), positions=True)
    assert data["stopped"].values.all()
    for r in range(3):
        sim = single(dynamics, RASTRIGIN, swarm, data["seed"].values[r], 0)
        end, places = int(data["steps_taken"].values[r]), {}
        for k in range(10, end + 1, 10):
            places[k] = success.answer(sim.advance(10)) / 5.12
        moved = [np.abs(places[k] - places[end - 100]).max() for k in range(end - 100, end + 1, 10)]
        assert max(moved) < 1e-3
        assert end % 10 == 0 and end < 3000
        np.testing.assert_array_equal(data["final_positions"].values[r], sim.frame.x)


def test_a_function_of_the_frame_can_stop_a_run():
    seen = []

    def close(frame):
        seen.append(frame.k)
        return frame.energy.max() < 20.0

    data = small(steps=100, every=5, stop=close, threads=1)
    for r, seed in enumerate(data["seed"].values):
        sim = single(sv.CBO(sigma=0.7), RASTRIGIN, sv.Swarm(n=20, d=2), seed, 0)
        while sim.k < 100 and (sim.k == 0 or not close(sim.frame)):
            sim.advance(5)
        assert data["steps_taken"].values[r] == sim.k
    assert all(k % 5 == 0 and k > 0 for k in seen)


# ---- interruption and progress -------------------------------------------------------------------------------------------


def test_progress_counts_the_runs_and_a_bar_goes_to_the_console(capfd):
    seen = []
    small(progress=lambda done, total: seen.append((done, total)), threads=2)
    assert seen == [(i, 6) for i in range(1, 7)]
    small(progress=True)
    assert "6/6" in capfd.readouterr().err


def test_an_interrupt_keeps_what_is_finished():
    whole = small(runs=40, positions=True)

    def interrupt(done, total):
        if done == 5:
            raise KeyboardInterrupt

    before = threading.active_count()
    data = small(runs=40, positions=True, progress=interrupt, threads=2)
    finished = data["finished"].values
    assert 5 <= finished.sum() < 40 and data.attrs["interrupted"] == 1
    assert threading.active_count() == before
    here = data.isel(run=finished)
    for name, values in whole.isel(run=finished).data_vars.items():
        np.testing.assert_array_equal(here[name], values, err_msg=name)
    rest = data.isel(run=~finished)
    assert np.isnan(rest["best"].values).all() and np.isnan(rest["final_positions"].values).all()
    assert np.isnan(rest["success"].values).all()
    assert int(summary(data)["finished_runs"]) == finished.sum()


def test_a_signal_from_the_keyboard_ends_an_ensemble_that_would_take_for_ever(tmp_path):
    """In a process of its own, in the middle of long calls of a kernel."""
    code = (
        "import os, signal, threading, swarmviz as sv\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell said to ignore\n"
        "asked = threading.Event()\n"
        "def stop(frame):\n"
        "    if frame.k == 500 and not asked.is_set():\n"
        "        asked.set(); os.kill(os.getpid(), signal.SIGINT)\n"
        "    return False\n"
        "data = sv.run_ensemble(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20), runs=10**5, steps=10**6, every=500,"
        " record=(), stop=stop, threads=2)\n"
        "print(data.attrs['interrupted'], int(data['finished'].sum()) < 10**5)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.stdout.split() == ["1", "True"], done.stderr


def test_an_interrupt_inside_a_run_leaves_no_trace_of_that_run():
    def stop(frame):
        if frame.k == 20:
            raise KeyboardInterrupt
        return False

    data = small(stop=stop, every=5, positions=True, threads=1)
    assert data.attrs["interrupted"] == 1 and not data["finished"].values.any()
    assert np.isnan(data["best"].values).all() and not data["stopped"].values.any()
    assert data["diverged_step"].values.tolist() == [-1] * 6


def test_an_error_inside_a_run_is_raised_with_the_runs_seed():
    def stop(frame):
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError) as caught:
        small(stop=stop, threads=1)
    assert "in run 0 (seed 3)" in caught.value.__notes__[0]


# ---- bad input ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"runs": 0}, "runs = 0: must be a whole number with 1 ≤ runs"),
        ({"runs": 2.5}, "runs = 2.5: must be a whole number"),
        ({"steps": -1}, "steps = -1: must be a whole number with 0 ≤ steps"),
        ({"every": 0}, "every = 0: must be a whole number with 1 ≤ every"),
        ({"tolerance": 0.0}, "tolerance = 0.0: must be a finite number with 0 < tolerance"),
        ({"threads": 0}, "threads = 0: must be a whole number with 1 ≤ threads"),
        ({"record": ["bets"]}, "record = 'bets': CBO has no such observable; did you mean 'best'"),
        ({"stop": Below("bets")}, "observable = 'bets'.*did you mean 'best'"),
        ({"runs": 10**6, "steps": 10**9}, "runs = 1000000, steps = 1000000000, every = 1.*GiB"),
    ],
)
def test_bad_values_are_refused_by_name_value_and_range_before_anything_runs(options, says):
    with pytest.raises(ValueError, match=says):
        small(**options, progress=lambda done, total: pytest.fail("something ran"))


@pytest.mark.parametrize("options", [{"record": "best"}, {"record": 3}, {"stop": 5}, {"stop": Stall}, {"progress": 7}])
def test_the_wrong_kind_is_refused_by_name(options):
    with pytest.raises(TypeError, match=next(iter(options))):
        small(**options)


def test_parts_of_the_wrong_kind_or_that_do_not_fit_are_refused():
    swarm = sv.Swarm(n=10, d=3)
    with pytest.raises(TypeError, match="landscape = 'Rastrigin'"):
        sv.run_ensemble(sv.CBO(), "Rastrigin", swarm)
    with pytest.raises(ValueError, match="d = 3"):
        sv.run_ensemble(sv.CBO(), sv.landscapes.Himmelblau(), swarm)
    with pytest.raises(ValueError, match="low is missing"):
        sv.run_ensemble(sv.CBO(), RASTRIGIN, sv.Swarm(initial="box"))
    falling = sv.schedules.Linear(start=1.0, end=-1.0, duration=1.0)
    with pytest.raises(ValueError, match=r"sigma .* at t ="):
        sv.run_ensemble(sv.CBO(sigma=falling), RASTRIGIN, swarm)
    with pytest.raises(ValueError, match="seed"):
        sv.run_ensemble(sv.CBO(), RASTRIGIN, sv.Swarm(seed=2**53), runs=2)


# ---- statistics ---------------------------------------------------------------------------------------------------------


def test_quantiles_are_numpys_over_the_runs_that_go_on():
    data = small(runs=9, steps=150, stop=Below("dispersion", 1.0))
    q = quantiles(data, [0.25, 0.5])
    going = (data["step"].values <= data["steps_taken"].values[:, None]).sum(axis=0)
    np.testing.assert_array_equal(q["going"].values, going)
    last = int(np.flatnonzero(going)[-1])
    with np.errstate(all="ignore"):
        expected = np.nanquantile(data["best"].values[:, : last + 1], [0.25, 0.5], axis=0)
    np.testing.assert_allclose(q["best"].values[:, : last + 1], expected)
    assert np.isnan(q["best"].values[:, last + 1 :]).all()


def test_wilsons_interval_and_the_bootstrap_error_are_those_of_the_books():
    data = small(runs=400, steps=30, record=())
    data["success"][:] = np.arange(400) < 120
    rate = success_rate(data, 0.95)
    z, p, n = norm.ppf(0.975), 0.3, 400
    centre, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2),
    )
    np.testing.assert_allclose([rate["success_low"], rate["success_high"]], [centre - half, centre + half], rtol=1e-10)
    assert float(rate["success_rate"]) == 0.3
    data["final_best"][:] = norm.ppf((np.arange(400) + 0.5) / 400)
    found = medians(data, ["final_best"])
    asymptotic = np.sqrt(np.pi / 2 / 400)  # 1 / (2 f(m) √n) for a normal law
    assert float(found["final_best_standard_error"]) == pytest.approx(asymptotic, rel=0.2)
    low, high = norm.ppf(beta.ppf([0.025, 0.975], 200, 200))  # the law of the middle order statistic
    assert float(found["final_best_low"]) == pytest.approx(low, abs=0.03)
    assert float(found["final_best_high"]) == pytest.approx(high, abs=0.03)
    assert found.identical(medians(data, ["final_best"]))


def tables():
    """Every table that the functions of ensembles return: of runs, of a sweep over all kinds of axes, on a finite set."""
    runs = small(runs=4, steps=10, positions=True)
    cells = sv.sweep(
        sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5), {"sigma": [0.5, 1.0], "noise": ["none", "isotropic"]}, n=[5, 6], d=[2, 3],
        landscapes=["Salomon", "Rastrigin"], runs=2, steps=4, record=None,
    )  # fmt: skip
    states = sv.run_ensemble(sv.FiniteSet(), sv.landscapes.FiniteSetCurve(), sv.Swarm(n=20, d=1), runs=3, steps=5)
    for name, data in (("runs", runs), ("sweep", cells), ("finite set", states)):
        yield name, data, data
        for made in (quantiles, success_rate, medians, summary):
            yield f"{made.__name__} of {name}", made(data), data


def test_every_variable_of_every_table_says_what_it_is_and_no_other_says_the_same():
    for name, table, _ in tables():
        for group in (table.data_vars, table.coords):
            said = {str(column): values.attrs.get("long_name") for column, values in group.items()}
            assert all(said.values()), (name, said)
            assert len(set(said.values())) == len(said), (name, said)


def test_errors_and_tolerances_have_their_unit_in_every_table():
    for name, table, _ in tables():
        for column, values in table.variables.items():
            expected = "half widths of the box" if str(column).startswith(("final_error", "tolerance")) else None
            expected = "steps" if str(column).startswith("steps_taken") else expected
            assert values.attrs.get("units") == expected, (name, column)


def test_every_table_keeps_the_provenance_and_the_criterion():
    for name, table, data in tables():
        assert table.attrs == data.attrs and table.attrs["sources"], name
        xarray.testing.assert_identical(table["tolerance"], data["tolerance"])
        rate = table.data_vars.get("success_rate", table.data_vars.get("success"))
        assert rate is None or rate.attrs["criterion"] == data["success"].attrs["criterion"], name


def test_a_table_comes_back_from_its_file_as_it_was(tmp_path):
    for name, table, _ in tables():
        table.to_netcdf(tmp_path / "table.nc", engine="h5netcdf")
        back = xarray.load_dataset(tmp_path / "table.nc", engine="h5netcdf")
        assert {n: v.attrs.get("long_name") for n, v in back.variables.items()} == {
            n: v.attrs.get("long_name") for n, v in table.variables.items()
        }, name


def test_runs_are_judged_within_the_usual_tolerance_of_each_cell_or_within_what_is_asked_for():
    landscapes, dims = ["Salomon", "Rastrigin", "Griewank"], [1, 2]
    asked = {"landscapes": landscapes, "d": dims, "runs": 20, "steps": 150}
    usual = sv.sweep(sv.CBO(sigma=0.7), sv.landscapes.Rastrigin(), sv.Swarm(n=12), **asked)
    assert usual["tolerance"].dims == ("landscape", "d") and "0.05, or half" in usual["success"].attrs["criterion"]
    for name in landscapes:
        for d in dims:
            cell = usual.sel(landscape=name, d=d)
            tolerance = success.tolerance_for(sv.landscapes.ALL[name](), d)
            assert float(cell["tolerance"]) == tolerance
            np.testing.assert_array_equal(cell["success"], cell["final_error"] < tolerance)
    wide = sv.sweep(sv.CBO(sigma=0.7), sv.landscapes.Rastrigin(), sv.Swarm(n=12), tolerance=0.25, **asked)
    assert wide["tolerance"].dims == () and float(wide["tolerance"]) == 0.25
    np.testing.assert_array_equal(wide["success"], usual["final_error"] < 0.25)
    assert wide["success"].sum() > usual["success"].sum(), "or the two are not told apart"
    again = success_rate(usual, tolerance=0.25)
    np.testing.assert_array_equal(again["success_rate"], success_rate(wide)["success_rate"])
    assert float(again["tolerance"]) == 0.25 and "tolerance = 0.25" in again["success_rate"].attrs["criterion"]
    assert float(summary(usual, tolerance=0.25)["tolerance"]) == 0.25


def test_another_tolerance_leaves_the_diverged_and_the_unknown_and_the_finite_set_as_they_are():
    diverged = sv.run_ensemble(sv.CBO(lam=100.0, dt=10.0), sv.landscapes.Sphere(), sv.Swarm(n=5), runs=3, steps=400)
    assert (diverged["diverged_step"] > 0).all() and float(success_rate(diverged, tolerance=1e6)["success_rate"]) == 0.0
    unknown = sv.run_ensemble(sv.CBO(), sv.landscapes.Formula("x^2"), sv.Swarm(n=5, d=1), runs=2, steps=3)
    assert np.isnan(success_rate(unknown, tolerance=1.0)["success_rate"])
    finite = sv.run_ensemble(*presets.ALL["finite-second"].build(), runs=20, steps=200, record=())
    assert np.isnan(finite["tolerance"]) and "most agents" in finite["success"].attrs["criterion"]
    assert 0 < float(success_rate(finite)["success_rate"]) < 1
    for tolerance in (1e-6, 1e6):
        assert success_rate(finite, tolerance=tolerance).identical(success_rate(finite))
    for bad in (0, -1.0, np.nan, "wide", True):
        with pytest.raises((ValueError, TypeError), match="tolerance"):
            success_rate(finite, tolerance=bad)


def test_a_sweep_that_was_cut_short_has_the_tolerances_of_the_cells_that_are_there():
    def stop(done, total):
        if done == 4:
            raise KeyboardInterrupt

    how = {"landscapes": ["Salomon", "Rastrigin"], "runs": 3, "steps": 5, "threads": 1, "progress": stop}
    data = sv.sweep(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=2), **how)
    assert data.attrs["interrupted"] == 1
    assert float(data["tolerance"]) == 0.0035, "of the first, the only one that is known"


def test_statistics_of_runs_without_an_answer_are_nan_and_not_zero():
    data = sv.run_ensemble(sv.CBO(), sv.landscapes.Formula("x^2"), sv.Swarm(n=5, d=1), runs=1, steps=3)
    table = summary(data)
    assert np.isnan(float(table["success_rate"])) and np.isnan(float(table["final_error"]))
    assert np.isfinite(float(table["final_best"])) and np.isnan(float(table["final_best_standard_error"]))
    assert int(table["diverged_runs"]) == 0


@EVERY
def test_no_observable_and_no_parameter_has_the_name_of_something_else_in_the_dataset(name):
    cls = sv.dynamics.ALL[name]
    observables, parameters = {o.name for o in cls.observables}, {*cls.declared(), *sv.Swarm.declared()}
    data = small(runs=1, steps=1, record=(), positions=True)
    assert not {variable(o) for o in observables} & {*data.variables, *data.dims}
    assert not observables & parameters
    assert not {*cls.declared()} & {*data.variables, *data.dims}


def test_importing_swarmviz_does_not_import_xarray_or_dask():
    code = "import sys, swarmviz as sv\nsv.run_ensemble, sv.sweep, sv.ensembles.summary\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"xarray", "pandas", "distributed", "dask", "tqdm"} & {name.split(".")[0] for name in loaded}


TOGETHER = {
    "CBO": sv.CBO(),
    "SSA": sv.SSA(),
    "SBGD": sv.SBGD(),
    "BGK": sv.BGK(),
    "BGK, stalled": sv.BGK(stall_steps=6, stall_tolerance=0.5, batch=5, boundary="reflect", noise="student"),
    "PSO": sv.PSO(),
    "PSO, stalled": sv.PSO(stall_steps=6, stall_tolerance=0.5, batch=5, boundary="reflect"),
    "FMC": sv.FMC(),
    "FMC, groups": sv.FMC(groups=3, migration=0.3, boundary="dead", sigma=3.0),
    "FMC, moving": sv.FMC(motion="rotation", jitter="all", relativisation="min-max"),
}


@pytest.mark.parametrize("dynamics", TOGETHER.values(), ids=TOGETHER)
def test_runs_taken_together_equal_simulations_and_diverge_alone(dynamics):
    """Some start where F is no number: their group goes on without them, whoever takes them together."""
    landscape = sv.landscapes.Rastrigin()
    states = [dynamics.init(sv.Swarm(n=13, d=3, seed=s).positions(landscape), landscape, s) for s in range(5)]
    states = [dynamics.advance(state, landscape, 4)[0] for state in states]
    states[2].x[4] = np.nan
    together = dynamics.advance_many(states, landscape, 30, every=3, start=True)
    assert isinstance(together[2], sv.Diverged) and together[2].step == 4
    for r in (0, 1, 3, 4):
        alone, rows = dynamics.advance(states[r], landscape, 30, every=3, start=True)
        assert together[r][0].x.tobytes() == alone.x.tobytes() and together[r][0].seed == r
        for name, value in together[r][0]._asdict().items():
            np.testing.assert_array_equal(
                value, getattr(alone, name), strict=isinstance(value, np.ndarray), err_msg=name
            )
        assert all(together[r][1][key].tobytes() == rows[key].tobytes() for key in rows)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ["CBO", "SSA", "SBGD", "BGK", "PSO", "FMC"])
def test_an_ensemble_of_groups_equals_its_simulations(name, threads):
    dynamics, landscape, swarm = sv.dynamics.ALL[name](), sv.landscapes.Rastrigin(), sv.Swarm(n=9, d=2, seed=5)
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=50, steps=20, every=5, positions=True, threads=threads)
    assert data["finished"].all() and (data["final_best"] == data["best"].isel(step=-1)).all()
    for r in (0, 1, 7, 48, 49):
        sim = single(dynamics, landscape, swarm, 5 + r, 20, every=5)
        assert_is(data, r, sim, landscape)
        assert data["success"].values[r] == success.succeeded(sim.frame, landscape)
        energy = landscape.values(success.answer(sim.frame)[None])[0]
        assert data["final_energy"].values[r].tobytes() == energy.tobytes()


@pytest.mark.parametrize("landscape", [RASTRIGIN, sv.landscapes.Formula("x^2 + y^2")])
def test_groups_know_where_no_minimiser_is_known_and_what_nobody_records(landscape):
    data = sv.run_ensemble(sv.CBO(), landscape, sv.Swarm(n=9, d=2), runs=40, steps=10, record=(), threads=1)
    known = len(landscape.minimisers(2)) > 0
    assert np.isfinite(data["success"]).all() if known else np.isnan(data["success"]).all()
    assert np.isfinite(data["final_error"]).all() if known else np.isnan(data["final_error"]).all()
    full = sv.run_ensemble(sv.CBO(), landscape, sv.Swarm(n=9, d=2), runs=40, steps=10, threads=1)
    for name in ("final_answer", "final_best", "final_energy"):
        np.testing.assert_array_equal(data[name], full[name])


@pytest.mark.parametrize(
    "initial, values",
    [
        ("uniform", {}),
        ("box", {"low": -1.0, "high": 2.0}),
        ("gaussian", {}),
        ("away", {"radius": 0.5}),
        ("points", {"points": [[0.0, 1.0], [2.0, 3.0]]}),
    ],
)
def test_many_starts_are_those_of_each_seed(initial, values):
    swarm = sv.Swarm(n=6, d=2, initial=initial, **values)
    seeds = np.array([4, 0, 9])
    together = swarm.positions_of(RASTRIGIN, seeds)
    assert together.shape == (3, 6, 2)
    for r, seed in enumerate(seeds.tolist()):
        swarm.seed = seed
        np.testing.assert_array_equal(together[r], swarm.positions(RASTRIGIN))
    low, high = RASTRIGIN.limits(2)
    if initial == "away":
        assert (np.abs(together) / ((high - low) / 2)).max(axis=2).min() >= 0.5


def test_a_group_in_which_a_run_diverges_is_taken_apart():
    """So much noise drives some runs out of the numbers by then: they say so, and the others have their ends."""
    dynamics, swarm = sv.CBO(lam=1.0, sigma=13.0, dt=1.0, alpha=1.0), sv.Swarm(n=5, d=1, seed=1)
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=60, steps=170, every=10, threads=1)
    gone = (data["diverged_step"] >= 0).values
    assert 0 < gone.sum() < 60 and data["finished"].all()
    for r in (int(gone.argmax()), int((~gone).argmax())):
        sim = sv.Simulation(dynamics, RASTRIGIN, sv.Swarm(n=5, d=1, seed=1 + r), every=10)
        try:
            sim.advance(170)
        except sv.Diverged as error:
            assert (error.step, error.agent) == (data["diverged_step"].values[r], data["diverged_agent"].values[r])
        assert (sim.k < 170) == gone[r]
        assert_is_course(data, r, sim)


def assert_is_course(data, r, sim):
    """What a run recorded, NaN after its end."""
    course, recorded = data["best"].values[r], sim.record["best"]
    np.testing.assert_array_equal(course[: len(recorded)], recorded)
    assert np.isnan(course[len(recorded) :]).all()


def test_a_run_that_comes_to_a_walker_without_a_reward_ends_there_and_the_others_go_on():
    parts = sv.FMC(reward="value", sigma=0.3), sv.landscapes.DoubleWell()
    data = sv.run_ensemble(*parts, sv.Swarm(n=3, d=2, seed=0), runs=20, steps=60, every=10, record=("minimum",))
    ended = data["diverged_step"].values
    assert data["finished"].all() and {-1, 0} < set(ended)
    for r in range(20):
        with pytest.raises(ValueError, match=f"step {ended[r]};") if ended[r] >= 0 else contextlib.nullcontext():
            sim = sv.Simulation(*parts, sv.Swarm(n=3, d=2, seed=r), every=10)
            sim.advance(60)
            np.testing.assert_array_equal(data["minimum"].values[r], sim.record["minimum"])


def test_a_parameter_with_which_no_run_can_begin_is_refused_at_once():
    with pytest.raises(ValueError, match=r"reward \(R\) = 'negative': must be positive"):
        sv.run_ensemble(sv.FMC(reward="negative"), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=3, steps=5)


@pytest.mark.parametrize("name", ["BGK", "PSO"])
def test_a_swarm_that_its_own_stall_stop_brings_to_a_standstill_counts_as_stopped(name):
    """Its steps go on, as in a Simulation, and so does what it records."""
    dynamics, swarm = sv.dynamics.ALL[name](stall_steps=6, stall_tolerance=0.003), sv.Swarm(n=15, d=2, seed=3)
    data = sv.run_ensemble(dynamics, RASTRIGIN, swarm, runs=20, steps=15, every=5, record=("still",))
    still = data["still"].values[:, -1]
    assert 0 < data["stopped"].sum() < 20 and (data["steps_taken"] == 15).all()
    np.testing.assert_array_equal(data["stopped"], still >= 6)
