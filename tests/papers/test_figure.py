"""The papers' figures and tables as data: each is computed and drawn; the printed numbers are those of the papers."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray

import swarmviz as sv
from swarmviz import papers
from swarmviz.papers.bgk_tables import TABLE_2, TABLE_3
from tests.described import require_described

REQUIRED = (
    ["000-kl-decay", "000-alpha-beta"]
    + [f"001-{part}figure{i}" for part in ("", "section4.3-") for i in range(2, 7)]
    + ["001-theorem3.4", "001-theorem3.4-small-step"]
    + [f"002-figure{i}" for i in ("6.4", "6.6", "6.8", "6.9", "6.10", "6.11", *(f"C.{j}" for j in range(12, 18)))]
    + ["003-figure1-gaussian", "003-figure1-cauchy", "003-figure2", "003-figure3", "003-table2", "003-table3"]
    + [f"004-figure{i}" for i in range(2, 12)]
)


def test_every_figure_and_table_that_is_an_ensemble_is_there():
    assert set(REQUIRED) <= set(papers.ALL)
    assert all(entry.key == key for key, entry in papers.ALL.items())


@pytest.mark.parametrize("key", papers.ALL)
def test_every_entry_is_computed_and_drawn_from_its_file(key, tmp_path):
    entry = papers.ALL[key]
    seen = []
    data = entry.compute(runs=2, threads=2, quick=True, progress=lambda done, total: seen.append((done, total)))
    assert data["finished"].all() and data.attrs["interrupted"] == 0
    assert seen[-1][0] == seen[-1][1] == len(seen)
    assert all(np.isfinite(data[part]).any() for part in data.data_vars if not part.endswith("_standard_error"))
    said = [values.attrs.get("long_name") for values in data.data_vars.values()]
    assert all(said) and len(set(said)) == len(said), "each variable says what it is, and no other says the same"
    require_described(data)
    data.to_netcdf(tmp_path / "entry.nc")
    figure = entry.plot(xarray.load_dataset(tmp_path / "entry.nc"))  # drawn again another day
    assert entry.title in figure.get_suptitle()
    drawn = [ax for ax in figure.get_axes() if ax.has_data() or ax.tables]
    assert len(drawn) >= len(entry.charts)


def test_a_claim_that_leaves_the_measured_values_behind_does_not_squeeze_them():
    """KL₀ e^{−2λ₁t} of 000 is 10⁻¹³⁰ where the measured KL is about 1."""
    entry = papers.ALL["000-kl-decay"]
    figure = entry.plot(entry.compute(runs=2, quick=True))
    low, high = figure.get_axes()[0].get_ylim()
    assert high / low < 1e4


@pytest.mark.parametrize("key", papers.ALL)
def test_every_entry_opens_as_a_simulation_and_says_what_it_asks(key):
    entry = papers.ALL[key]
    dynamics, landscape, swarm = entry.selection()
    swarm.n = 8
    sv.Simulation(dynamics, landscape, swarm).advance(2)
    assert entry.question.endswith("?") and entry.reference.startswith(key[:3])
    assert len({(part.steps, part.every) for part in entry.parts}) == 1


def test_an_entry_is_the_sweep_that_it_describes():
    entry = papers.ALL["001-figure2"]
    data = entry.compute(runs=3, quick=True)
    part = entry.parts[0].quick()
    raw = sv.sweep(
        *part.preset("", "", "").build(), part.grid, runs=3, steps=part.steps, every=part.every, record=("dispersion",)
    )
    np.testing.assert_array_equal(data["dispersion"].isel(system=0), raw["dispersion"].mean("run"))
    np.testing.assert_allclose(
        data["dispersion_standard_error"].isel(system=0), raw["dispersion"].std("run", ddof=1) / math.sqrt(3)
    )
    sim = sv.Simulation(*entry.selection())
    sim.dynamics.sigma = 0.0
    one = entry.compute(runs=1, quick=True)["dispersion"].sel(sigma=0.0).values.ravel()
    np.testing.assert_array_equal(one, np.append(sim.record["dispersion"], _advanced(sim, part.steps))[:: part.every])


def _advanced(sim, steps):
    sim.advance(steps)
    return sim.record["dispersion"][1:]


def test_without_noise_the_claimed_rate_of_001_is_nearly_that_of_the_scheme():
    """V decays by (1 − λΔt)² a step, e^(−2λΔt) is claimed of the system in continuous time."""
    data = papers.ALL["001-figure2"].compute(runs=2, quick=True).isel(system=0).sel(sigma=0.0)
    k = data["step"].values
    np.testing.assert_allclose(data["dispersion"] / data["dispersion"][0], 0.95 ** (2 * k), rtol=1e-9)
    np.testing.assert_allclose(data["dispersion_claimed"] / data["dispersion"][0], np.exp(-0.1 * k), rtol=1e-9)
    assert np.isnan(papers.ALL["001-figure2"].compute(runs=2, quick=True)["dispersion_claimed"].isel(sigma=-1)).all()


def test_axes_carry_symbols_not_names():
    data = papers.ALL["004-transitions"].compute(runs=2, quick=True)
    axes = papers.ALL["004-transitions"].plot(data).get_axes()[0]
    declared = {o.name: o for o in sv.FiniteSet.observables}
    assert axes.get_ylabel() == declared["transitions"].symbol != "transitions"
    assert data.attrs["key"] == "004-transitions" and "seed" not in data.attrs


def drawn(key, runs=2):
    entry = papers.ALL[key]
    return entry.plot(entry.compute(runs=runs, quick=True))


@pytest.mark.parametrize("key", ["003-table2", "003-table3"])
def test_a_table_says_what_its_brackets_and_its_shades_mean(key):
    for axes in drawn(key).get_axes():
        said = " ".join(text.get_text() for text in axes.texts)
        assert f"In brackets: printed in 003 {key[4:-1]} {key[-1]}." in said and "more than 3 standard errors" in said


@pytest.mark.parametrize("key", ["003-table2", "003-table3"])
def test_a_boundary_that_the_paper_does_not_name_is_an_axis_and_each_is_compared_with_the_print(key):
    entry = papers.ALL[key]
    boundaries = tuple(sv.BGK.declared()["boundary"].objects)
    assert all(set(part.grid["boundary"]) == set(boundaries) for part in entry.parts)
    data = entry.compute(runs=2, quick=True)
    shown = list(data["boundary"].values)
    assert [axes.get_title() for axes in entry.plot(data).get_axes()] == shown
    planted = {"landscape": "Ackley", "n": 50, "boundary": "none"}
    data["mean_energy"].loc[planted] = 7.25
    lines = [x for x in entry.comparison(data).splitlines() if "Ackley, n 50," in x and "mean_energy" in x]
    assert len(lines) == 2 * len(shown)
    assert all(("mean_energy 7.25 " in x) == ("boundary none" in x) for x in lines)


def test_no_remark_says_that_the_errors_of_table_2_agree_whatever_the_boundary():
    """003: with Gaussian noise on Rastrigin they agree without a boundary only; tests/dynamics/test_bgk.py has the numbers."""
    remark = papers.ALL["003-table2"].remark
    assert (
        "the errors agree" not in remark
        and "boundary conditions" in remark
        and "no boundary gives both columns" in remark
    )


@pytest.mark.parametrize("key, first", [("6.4", 8), ("6.6", 16), ("6.8", 8)])
def test_figures_whose_cutoff_is_printed_for_one_n_show_both_readings_of_it(key, first):
    """The cutoff of each sweep, and where N is the printed one both are the same runs."""
    entry = papers.ALL[f"002-figure{key}"]
    stays, falls = entry.parts
    assert stays.sweeps() == [stays] and stays.values["cutoff"] == 1 / first
    assert [(one.grid["n"], one.values["cutoff"]) for one in falls.sweeps()] == [((n,), 1 / n) for n in (8, 16, 32, 64)]
    data = entry.compute(runs=2, quick=True)
    assert list(data["n"].values) == [8, 32, 64]
    F = data["provisional_minimum"]
    if first == 8:
        np.testing.assert_array_equal(F.sel(system="β = 1/8", n=8), F.sel(system="β = 1/N", n=8))
    at, dynamics = {"n": 64, "system": "β = 1/N"}, sv.SSA(lam=stays.values["lam"], cutoff=1 / 64, dt=1e-4)
    swarm = sv.Swarm(**{**stays.swarm, "n": 64})
    landscape = sv.landscapes.ALL[stays.landscape]()
    alone = sv.run_ensemble(dynamics, landscape, swarm, runs=2, steps=40, every=4, record=("provisional_minimum",))
    np.testing.assert_array_equal(F.sel(at), alone["provisional_minimum"].mean("run"))


def test_a_cutoff_that_follows_the_number_of_agents_is_kept_in_a_store_of_its_own_for_each(tmp_path):
    entry = papers.ALL["002-figure6.4"]
    first = entry.compute(runs=2, quick=True, store=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "002-figure6.4-0",
        *(f"002-figure6.4-1-{i}" for i in range(3)),
    }
    told = []
    again = entry.compute(runs=2, quick=True, store=tmp_path, progress=lambda *now: told.append(now))
    xarray.testing.assert_equal(first, again)
    assert told[-1] == (12, 12)


@pytest.mark.filterwarnings("ignore:All-NaN slice")  # quartiles where nothing was run
def test_a_ctrl_c_within_the_sweeps_of_one_part_leaves_the_rest_of_it_unfinished():
    def stop(done, total):
        if done == 9:  # two sweeps of the second part have begun
            raise KeyboardInterrupt

    data = papers.ALL["002-figure6.4"].compute(runs=2, threads=1, quick=True, progress=stop)
    assert data.attrs["interrupted"] == 1 and data["finished"].dtype == bool
    falls = data["finished"].sel(system="β = 1/N")
    assert falls.sel(n=8).all() and not falls.sel(n=64).any()
    assert np.isnan(data["provisional_minimum"].sel(system="β = 1/N", n=64)).all()


def test_the_legible_slopes_of_figure_6_10_are_compared_with_both_cutoffs_that_they_may_belong_to():
    entry = papers.ALL["002-figure6.10"]
    assert "β = 1/64" in entry.remark and "inference" in entry.remark
    printed = entry.compute(runs=2, quick=True)["printed_rate"]
    assert float(printed.sel(cutoff=1 / 8, n=8)) == -1.08
    for cutoff in (1 / 32, 1 / 64):
        np.testing.assert_array_equal(
            papers.report.as_variables(entry.printed, grid(entry))["printed_rate"].sel(cutoff=cutoff),
            [-0.48, -0.54, -0.60, -1.22],
        )


def grid(entry):
    """The axes of an entry without its runs."""
    return xarray.Dataset(coords={name: list(values) for name, values in entry.parts[0].grid.items()})


def test_figure_c17_is_on_a_function_whose_minimum_is_the_one_that_the_caption_states():
    """min F = 0 under the figure; the formula beside it has 18."""
    entry = papers.ALL["002-figureC.17"]
    _, landscape, swarm = entry.selection()
    assert landscape.minimum(swarm.d) == 0 and isinstance(landscape, sv.landscapes.WideRastrigin)
    assert sv.landscapes.PrintedRastrigin().minimum(2) == 18
    assert "(6.3)" in entry.remark and "18" in entry.remark


def test_the_marks_of_the_paper_are_in_the_legend():
    legend = drawn("002-figure6.10").get_axes()[-1].get_legend()
    marks = {text.get_text(): line for text, line in zip(legend.get_texts(), legend.legend_handles, strict=True)}
    assert list(marks)[-1] == "printed" and not len(marks["printed"].get_facecolor())
    assert all("printed" not in name for name in list(marks)[:-1])


def test_a_scan_of_a_ratio_is_labelled_as_one():
    assert {axes.get_xlabel() for axes in drawn("000-alpha-beta").get_axes()} == {"α/β"}


def test_a_limit_does_not_hide_what_tends_to_it():
    for axes in drawn("003-figure3").get_axes():
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        styles = {line.get_label(): line.get_linestyle() for line in named}
        assert styles.pop("CBO") == "--" and set(styles.values()) == {"-"} and len(styles) == 4


def test_axes_side_by_side_have_one_legend_and_it_names_every_line():
    left, right = (axes.get_legend() for axes in drawn("003-figure3").get_axes())
    assert left is None and len(right.get_texts()) == 5


def test_a_picture_of_the_agents_says_whose_they_are():
    said = "the agents are those of the first one"
    several, one = drawn("004-figure10", runs=5), drawn("004-figure10", runs=1)
    assert said in " ".join(several.get_suptitle().split()) and said not in " ".join(one.get_suptitle().split())
    axes = [ax for ax in several.get_axes() if ax.has_data()]
    assert axes[0].get_ylabel() == "share" and axes[-1].get_xlabel() == "state"
    below = {ax.get_subplotspec().colspan.start for ax in axes if ax.get_xlabel()}
    assert below == set(range(6))  # the lowest of each column


def test_where_a_paper_counts_success_by_a_criterion_of_its_own_it_is_named():
    """003 counts within a quarter of the half widths, which on Rastrigin holds wrong valleys; nobody else does."""
    own = {key for key, entry in papers.ALL.items() if entry.tolerance is not None}
    assert own == {"003-figure1-gaussian", "003-figure1-cauchy", "003-figure3", "003-table2", "003-table3"}
    entry = papers.ALL["003-table3"]
    said = "Success, as this paper counts it: nearer than 0.25 half widths of the box to a known minimiser."
    data = entry.compute(runs=2, quick=True)
    assert entry.criterion == said == data.attrs["criterion"]
    assert (data["tolerance"] == 0.25).all() and "tolerance = 0.25" in data["success"].attrs["criterion"]
    np.testing.assert_array_equal(data["success"], data["final_error"] < 0.25)
    assert said in entry.comparison(data) and said in papers.listing()
    assert said in " ".join(entry.plot(data).get_suptitle().split())
    other = papers.ALL["002-figure6.4"].compute(runs=2, quick=True)
    assert papers.ALL["002-figure6.4"].criterion == "" and (other["tolerance"] == 0.05).all()
    assert "0.05, or half the distance" in other.attrs["criterion"]


def test_a_table_says_what_its_runs_have_cost():
    """N a step, from the start on, unless a run stalls before its end."""
    entry = papers.ALL["003-table3"]
    data = entry.compute(runs=2, quick=True)
    expected = data["n"] * (1 + data["steps_taken"])
    np.testing.assert_array_equal(data["final_evaluations"].transpose(*expected.dims), expected)
    line = next(x for x in entry.comparison(data).splitlines() if "Ackley, n 50," in x and "boundary none" in x)
    cost = float(data["mean_evaluations"].sel(landscape="Ackley", n=50, system="BGK", boundary="none"))
    assert line.endswith(f"{cost:.4g} evaluations a run") and "success_rate" in line


def test_a_quick_comparison_says_that_it_is_none():
    entry = papers.ALL["003-table3"]
    data = entry.compute(runs=2, quick=True)
    assert entry.comparison(data).startswith("Quick: ") and "no comparison with the paper" in entry.comparison(data)
    assert "Quick" not in entry.comparison(data.assign_attrs(quick=0))


def test_snapshots_are_the_agents_of_the_simulation():
    entry = papers.ALL["001-figure1"]
    data = entry.compute(runs=1, quick=True)
    sim = sv.Simulation(*entry.selection())
    for k in data["snapshot"].values:
        sim.advance(int(k) - sim.frame.k)
        np.testing.assert_array_equal(data["positions"].isel(system=0).sel(snapshot=k), sim.frame.x)


def test_printed_values_stand_beside_ours_at_their_own_place():
    """Transcribed again by hand from 003: the four corners of what is easily mixed up."""
    data = papers.ALL["003-table2"].compute(runs=2, quick=True)
    assert data["printed_success_rate"].sel(landscape="Ackley", n=50, system="Gaussian") == 0.97
    cauchy = data.sel(n=1000, system="Cauchy")
    assert cauchy["printed_mean_energy"].sel(landscape="Ackley") == 2.54e-04
    assert cauchy["printed_mean_error"].sel(landscape="XinSheYang") == 3.03e-02
    table = papers.ALL["003-table3"].compute(runs=2, quick=True)["printed_success_rate"].sel(landscape="Rastrigin")
    np.testing.assert_array_equal(table.sel(system="PSO"), [0.20, 0.68, 1.00])  # N = 50, 200, 1000
    np.testing.assert_array_equal(table.sel(system="BGK"), [0.25, 1.00, 1.00])


def test_the_two_printed_tables_agree_where_they_print_the_same_runs():
    """Table 3 repeats the columns of Cauchy's noise of table 2, but for Ackley's at N = 1000."""
    for name, rows in TABLE_3.items():
        for ours, theirs in zip(rows, TABLE_2[name], strict=True):
            assert ours[:8:2] == theirs[1:9:2]


def test_the_comparison_counts_standard_errors_of_the_difference():
    """Three runs of one and the same error have none: an error planted by hand shows as its size over that of a mean."""
    entry = papers.ALL["003-table3"]
    data = entry.compute(runs=2, quick=True)
    at = {"landscape": "Ackley", "n": 50, "system": "BGK"}
    data["mean_error"].loc[at] = 2.69e-03 + 0.05
    data["mean_error_standard_error"].loc[at] = 0.01
    line = next(
        x for x in entry.comparison(data).splitlines() if all(w in x for w in ("Ackley", "n 50,", "BGK", "mean_error"))
    )
    assert "printed 0.00269" in line and f"{0.05 / (0.01 * math.sqrt(1.02)):+.1f} standard errors" in line


def test_a_ctrl_c_keeps_what_is_finished():
    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt

    data = papers.ALL["003-figure3"].compute(runs=4, threads=1, quick=True, progress=stop)
    assert data.attrs["interrupted"] == 1 and not data["finished"].all()


@pytest.mark.parametrize("bad, message", [({"runs": 0}, "runs = 0"), ({"threads": 0}, "threads = 0")])
def test_bad_numbers_are_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        papers.ALL["001-figure2"].compute(quick=True, **bad)


def test_the_former_names_of_a_figure_and_of_its_parts_are_those_of_the_new_ones():
    assert (papers.Entry, papers.Part, papers.Printed) == (papers.Figure, papers.Experiment, papers.Reported)


def test_the_list_in_the_documents_is_made_from_the_entries():
    assert (Path(__file__).parents[2] / "docs" / "papers.md").read_text(encoding="utf-8") == papers.listing()


@pytest.mark.parametrize("number", range(2, 7))
def test_the_experiments_of_section_4_3_are_those_on_rastrigin_on_two_other_landscapes(number):
    (here,), (there,) = (papers.ALL[f"001-{part}figure{number}"].parts for part in ("section4.3-", ""))
    assert here.landscapes == ("Rosenbrock", "DiscontinuousIntegrand") and there.landscapes == ()
    first = {"grid": dict(there.grid, d=(2, *there.grid["d"][1:]))} if number == 6 else {}  # Rosenbrock has no D = 1
    assert replace(here, landscapes=()) == replace(there, **first)


def test_every_panel_of_the_experiments_of_section_4_3_names_its_landscape():
    titles = [axes.get_title() for axes in drawn("001-section4.3-figure4").get_axes() if axes.get_title()]
    assert len(titles) == 6 and {title.split(",")[0] for title in titles} == {"Rosenbrock", "Discontinuous integrand"}
