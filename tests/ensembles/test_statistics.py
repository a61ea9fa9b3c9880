"""Statistics of ensembles: quantiles, success rates, medians and their errors, by another tolerance, too."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, norm

import swarmviz as sv
from swarmviz import presets, success
from swarmviz.ensembles import Below, medians, quantiles, success_rate, summary
from tests.ensembles.examples import small_ensemble


def test_quantiles_are_numpys_over_the_runs_that_go_on():
    data = small_ensemble(runs=9, steps=150, stop=Below("dispersion", 1.0))
    q = quantiles(data, [0.25, 0.5])
    going = (data["step"].values <= data["steps_taken"].values[:, None]).sum(axis=0)
    np.testing.assert_array_equal(q["going"].values, going)
    last = int(np.flatnonzero(going)[-1])
    with np.errstate(all="ignore"):
        expected = np.nanquantile(data["best"].values[:, : last + 1], [0.25, 0.5], axis=0)
    np.testing.assert_allclose(q["best"].values[:, : last + 1], expected)
    assert np.isnan(q["best"].values[:, last + 1 :]).all()


def test_wilsons_interval_and_the_bootstrap_error_are_those_of_the_books():
    data = small_ensemble(runs=400, steps=30, record=())
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
