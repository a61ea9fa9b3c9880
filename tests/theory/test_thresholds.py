"""Thresholds over two parameters: the lines are where the papers have them, and where the conditions of the claims turn."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets
from swarmviz.ensembles import proposed_grid
from swarmviz.ensembles.map_grid import proposed_ranges, values_between
from swarmviz.schedules import Power
from swarmviz.simulation import Simulation
from swarmviz.theory import threshold_lines, thresholds_of
from swarmviz.theory.claim import assess, claims_of
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.thresholds import Coordinate, of_condition

RASTRIGIN = sv.landscapes.Rastrigin()
SIDE = 33


def crossings(line):
    """Points of the line: where the margin changes its sign along a row, between two values of x; (x, y)."""
    found = []
    for row, margin in enumerate(line.margin):
        for i in np.flatnonzero(np.sign(margin[:-1]) * np.sign(margin[1:]) < 0):
            share = margin[i] / (margin[i] - margin[i + 1])
            found.append((line.x[i] + share * (line.x[i + 1] - line.x[i]), line.y[row]))
    return np.array(found)


def lines(dynamics, swarm=None, landscape=RASTRIGIN, x=None, y=None):
    """Title → line over the plane that a dynamics proposes, or over two other parameters of it."""
    swarm = swarm or sv.Swarm(n=50, d=3)
    names = list(dynamics.map_axes)
    axes = []
    for given, axis in zip((x, y), names, strict=True):
        if given is None:
            ends = proposed_ranges(dynamics, swarm)[axis.name]
            given = Coordinate("dynamics", axis.name, values_between(dynamics.declared()[axis.name], *ends, SIDE))
        axes.append(given)
    return {line.title: line for line in threshold_lines(dynamics, landscape, swarm, *axes)}


def test_cbo_contracts_in_mean_square_above_the_parabola_and_its_steps_a_little_higher():
    found = lines(sv.CBO(dt=0.05))
    assert list(found) == ["2λ = σ²", "Δt = (2λ − σ²)/λ²"]
    sigma, lam = crossings(found["2λ = σ²"]).T
    np.testing.assert_allclose(2 * lam, sigma**2, rtol=0.01)
    sigma, lam = crossings(found["Δt = (2λ − σ²)/λ²"]).T
    np.testing.assert_allclose(0.05 * lam**2, 2 * lam - sigma**2, atol=0.02)
    assert found["2λ = σ²"].source == "001 Thm 3.5" and "anisotropic noise" in found["2λ = σ²"].hypotheses


def test_isotropic_noise_has_the_line_of_its_dimension():
    found = lines(sv.CBO(noise="isotropic"))
    sigma, lam = crossings(found["2λ = Dσ²"]).T
    np.testing.assert_allclose(2 * lam, 3 * sigma**2, atol=0.0063)  # 3h²/4: a parabola between two of the 33 values
    assert "2λ = σ²" not in found
    other = lines(sv.CBO(noise="isotropic"), y=Coordinate("swarm", "d", [1, 2, 3, 4, 5, 6, 7, 8]))
    sigma, d = crossings(other["2λ = Dσ²"]).T
    np.testing.assert_allclose(2, d * sigma**2, rtol=0.02)


def test_ssa_has_lines_of_equal_agents_times_cutoff():
    found = lines(sv.SSA(), sv.Swarm(n=8, d=1))
    assert {title: round(8 * crossings(line)[:, 0].mean(), 1) for title, line in found.items()} == {
        "Nβ = 1": 1.0,
        "Nβ = 2": 2.0,
    }
    assert not found["Nβ = 2"].source and "No theorem" in found["Nβ = 2"].remark
    n = Coordinate("swarm", "n", list(range(2, 33)))
    both = lines(sv.SSA(), sv.Swarm(n=8, d=1), y=n)
    beta, agents = crossings(both["Nβ = 1"]).T
    np.testing.assert_allclose(beta * agents, 1, rtol=0.05)
    assert not lines(sv.SSA(profile="none"), sv.Swarm(n=8, d=1)), "without noise by mass there is nothing to say"


def test_flights_of_bgk_contract_where_the_cbo_of_the_same_diffusivity_does():
    """For short steps σ_c = σ√(2/ν_j), so that 2λ = σ_c² is λν_j = σ²."""
    found = lines(sv.BGK(dt=1e-4))
    sigma, rate = crossings(found["2λ = σ_c²"]).T
    np.testing.assert_allclose(rate, sigma**2, rtol=0.02)
    coarse = lines(sv.BGK(dt=0.1))["2λ = σ_c²"]
    p = 1 - np.exp(-0.1 * coarse.y)
    assert coarse.margin.shape == (SIDE, SIDE) and not np.isnan(coarse.margin).any() and p.max() < 1


def test_fmc_has_its_phase_line_and_a_finite_set_its_wall():
    between = Coordinate("dynamics", "distance_power", np.linspace(0.03, 2.97, SIDE).tolist())
    alpha, beta = crossings(lines(sv.FMC(), y=between)["α = β"]).T
    np.testing.assert_allclose(alpha, beta, atol=1e-9)
    landscape = presets.opening("FiniteSet").build()[1]
    wall = lines(
        sv.FiniteSet(beta=Power(gamma=0.25)), sv.Swarm(n=5, d=1), landscape,
        x=Coordinate("dynamics", "m", np.linspace(-3, -0.1, 30).tolist()),
        y=Coordinate("dynamics", "rate", [0.1, 1.0]),
    )  # fmt: skip
    m = crossings(wall["γ = −m/(2(1 − m))"])[:, 0]
    np.testing.assert_allclose(m, -1.0, atol=0.01)
    assert not lines(sv.FiniteSet(beta=2.0), sv.Swarm(n=5, d=1), landscape), "γ belongs to one schedule"


@pytest.mark.parametrize("name", list(sv.dynamics.ALL))
def test_on_either_side_of_a_line_the_condition_of_its_claim_holds_and_fails(name):
    """A run that begins at a point of the plane is held against the claim: what fails it is what the line says."""
    dynamics, landscape, swarm = presets.opening(name).build()
    swarm.n = min(swarm.n, 30)
    grid = proposed_grid(dynamics, swarm, side=5)
    axes = [Coordinate("dynamics", parameter, values) for parameter, values in grid.items()]
    titles = {threshold.title: threshold for threshold in thresholds_of(type(dynamics))}
    for line in threshold_lines(dynamics, landscape, swarm, *axes):
        threshold = titles[line.title]
        if not threshold.claim:
            continue
        claim = next(claim for claim in claims_of(type(dynamics)) if claim.name == threshold.claim)
        index = next((i for i, h in enumerate(claim.hypotheses) if h.margin is threshold.margin), None)
        if index is None:  # a line that is no condition, such as that of a peak
            continue
        for row, y in enumerate(axes[1].values):
            for column, x in enumerate(axes[0].values):
                here = dynamics.copy()
                setattr(here, axes[0].parameter, x)
                setattr(here, axes[1].parameter, y)
                finding = assess(claim, LivedRun.of(Simulation(here, landscape, swarm)), numbers=False).findings[index]
                assert (finding.state == "holds") == (line.margin[row, column] > 0), (line.title, x, y)


def test_a_value_that_is_refused_leaves_a_gap_and_a_plane_of_other_things_has_no_line():
    found = lines(sv.CBO(), x=Coordinate("dynamics", "sigma", [-1.0, 0.5, 1.0, 2.0, 3.0]))
    assert np.isnan(found["2λ = σ²"].margin[:, 0]).all() and not np.isnan(found["2λ = σ²"].margin[:, 1:]).any()
    dt, alpha = Coordinate("dynamics", "dt", [0.01, 0.1]), Coordinate("dynamics", "alpha", [1.0, 10.0])
    assert not lines(sv.CBO(sigma=0.5), x=dt, y=alpha)


def test_a_threshold_without_its_condition_is_an_error():
    with pytest.raises(KeyError, match="no claim 'nothing'"):
        of_condition(sv.CBO, "x", "nothing", "2λ > σ²")
    with pytest.raises(KeyError, match="has no hypothesis 'F is nice'"):
        of_condition(sv.CBO, "x", "cbo-mean-square", "F is nice")
