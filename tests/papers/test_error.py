"""Errors against N of the papers: the entries, their slopes, and what stands beside them."""

import numpy as np
import pytest
import xarray

import swarmviz as sv
from swarmviz import papers
from swarmviz.ensembles.law_error import law_error, limit_at
from swarmviz.laws.distance import Curve
from swarmviz.papers.error import separation
from swarmviz.papers.finite_set_error import _squares

KEYS = ("000-map", "002-theorem2.2", "003-theorem3.1", "004-scatter")


@pytest.mark.parametrize("key", KEYS)
def test_the_comparison_has_the_slope_of_each_system_with_its_standard_error(key):
    entry = papers.ALL[key]
    data = entry.compute(runs=3, quick=True, threads=1)
    lines = entry.comparison(data).splitlines()
    assert lines[0].startswith("Quick")
    assert len(lines) == 1 + len(entry.slopes) * len(entry.parts)
    for name in entry.slopes:
        planted = data.assign(
            {
                f"{name}_slope": data[f"{name}_slope"] * 0 - 0.512,
                f"{name}_slope_standard_error": data[f"{name}_slope"] * 0 + 0.034,
            }
        )
        assert sum("-0.512 ± 0.034" in line for line in entry.comparison(planted).splitlines()) == len(entry.parts)


def test_at_fixed_product_there_is_one_law_and_at_fixed_cutoff_the_agents_come_near_the_law_where_all_are_shaken():
    """40 runs of N = 8, 128, 2048 up to t = 0.5. Measured with 100 runs: 0.480 ± 0.003 and 0.068 ± 0.003 at N = 2048, so that 0.3 lies 40
    standard errors of 40 runs from either; the slopes −0.04 and −0.51, each known to 0.02."""
    entry = papers.ALL["002-theorem2.2"]
    steady, fixed = entry.parts
    assert [n * beta for n, beta in zip(steady.grid["n"], steady.along["n"]["cutoff"], strict=True)] == [1.0] * 6
    assert not fixed.along and fixed.values["cutoff"] == 1 / 8
    parts = [sv.SSA(lam=1.0, cutoff=1 / 8, dt=2e-3), sv.landscapes.Ackley(), sv.Swarm(n=8, d=1, initial="away")]
    shaken = limit_at(sv.SSA(lam=1.0, dt=2e-3, profile="constant"), *parts[1:], 250).curve
    numbers, found = (8, 128, 2048), []
    for along in ({"cutoff": [1 / n for n in numbers]}, None):
        data = law_error(*parts, 250, numbers, 40, along=along, others={"shaken": shaken}, threads=1)
        found.append(float(data["distance_to_shaken"].sel(n=2048)))
    assert found[0] > 0.3 > found[1]


def test_the_second_generator_scatters_as_the_linear_noise_law_says():
    """120 runs of N = 800; one run scatters by some 60 %, so the mean is known to about 6 %; four standard errors are allowed."""
    entry = papers.ALL["004-scatter"]
    part = next(part for part in entry.parts if part.label.startswith("second"))
    data = entry.measure(
        part.__class__(**{**vars(part), "grid": {"n": (800,)}}), 120, 1, lambda done, total: None
    ).isel(n=0)
    error = float(data["scatter_standard_error"])
    assert 0 < error < 0.15 * float(data["scatter"])
    assert abs(float(data["scatter"] - data["linear_noise"])) < 4 * error


def test_squares_of_shares_are_those_of_counting_one_by_one():
    sites, mean = np.array([0.1, 0.5, 0.9]), np.array([0.2, 0.3, 0.5])
    x = np.array([[0.9, 0.9, 0.1, 0.5], [0.5, 0.5, 0.5, 0.5], [np.nan] * 4])
    expected = [0.05**2 + 0.05**2 + 0.0, 0.2**2 + 0.7**2 + 0.5**2]
    np.testing.assert_allclose(_squares(x, sites, mean)[:2], expected)
    assert np.isnan(_squares(x, sites, mean)[2])


def test_the_distance_of_two_laws_is_that_of_their_quantiles():
    """Uniform on [0, 1] and on [0, 3], and an atom at 2: ∫|q − q'| by hand."""
    unit, wide = Curve(np.array([0.0, 1.0]), np.array([0.0, 1.0])), Curve(np.array([0.0, 3.0]), np.array([0.0, 1.0]))
    atom = Curve(np.array([2.0, 2.0]), np.array([0.0, 1.0]))
    assert separation(unit, wide) == pytest.approx(1.0) and separation(unit, atom) == pytest.approx(1.5)
    assert separation(wide, atom) == pytest.approx((2**2 + 1**2) / 6) and separation(wide, wide) == 0.0


def test_a_ctrl_c_keeps_the_systems_that_were_measured_and_a_store_is_refused(tmp_path):
    def stop(done, total):
        if done == 8:
            raise KeyboardInterrupt

    entry = papers.ALL["003-theorem3.1"]
    data = entry.compute(runs=2, threads=1, quick=True, progress=stop)
    assert data.attrs["interrupted"] == 1 and data["finished"].isel(system=0).all()
    whole = entry.compute(runs=2, threads=1, quick=True)
    xarray.testing.assert_equal(data["distance"].isel(system=0), whole["distance"].isel(system=0))
    with pytest.raises(ValueError, match="no store"):
        entry.compute(runs=2, quick=True, store=tmp_path)
