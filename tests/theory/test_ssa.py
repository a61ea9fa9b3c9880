"""SSA's theorems as numbers: basins and the bound on success, against simulation."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory import ssa

ACKLEY = sv.landscapes.Ackley()


def test_a_basin_ends_at_the_neighbouring_maxima():
    left, right = ssa.basin(ACKLEY)
    assert left == pytest.approx(-right, abs=1e-6) and 0.5 < right < 0.8
    slope = ACKLEY.gradient(np.array([[right]]))[0, 0]
    assert abs(slope) < 1e-4
    left, right = ssa.basin(sv.landscapes.Sphere())
    assert (left, right) == sv.landscapes.Sphere().box


@pytest.mark.parametrize("n", [2, 8])
def test_without_noise_success_has_the_probability_of_a_start_in_the_basin(n):
    """002 Thm 4.1; in one dimension the bound is attained. 1500 runs, binomial error."""
    runs = 1500
    low, high = ACKLEY.box
    left, right = ssa.basin(ACKLEY)
    bound = ssa.no_noise_success_bound((right - left) / (high - low), n)
    wins = 0
    for seed in range(runs):
        sim = sv.Simulation(sv.SSA(profile="none", dt=1e-2), ACKLEY, sv.Swarm(n=n, d=1, seed=seed), every=1000)
        x = sim.advance(400).x
        wins += (np.abs(x) < right).any()
    error = np.sqrt(bound * (1 - bound) / runs)
    assert abs(wins / runs - bound) < 4 * error
    assert abs(wins / runs - ssa.no_noise_success_bound((right - left) / (high - low), 2 * n)) > 4 * error  # control


def test_started_away_from_the_basin_a_swarm_without_noise_never_succeeds():
    for seed in range(50):
        sim = sv.Simulation(
            sv.SSA(profile="none", dt=1e-2), ACKLEY, sv.Swarm(n=8, d=1, seed=seed, initial="away"), every=1000
        )
        assert sim.advance(1000).energy.min() > 1.0


def test_langevin_on_a_tilted_double_well_spends_its_time_as_gibbs_says():
    """The share of agents in the deeper well, against the integral of exp(−F/λ), binomial error."""
    well, n, lam = sv.landscapes.DoubleWell(), 20_000, 0.5
    sim = sv.Simulation(sv.SSA(profile="constant", lam=lam, dt=2e-3), well, sv.Swarm(n=n, d=1, seed=4), every=10_000)
    x = sim.advance(20_000).x[:, 0]
    grid = np.linspace(-4, 4, 8001)
    density = ssa.gibbs_density(well, lam, grid[:, None])
    share = density[grid < 0].sum() / density.sum()
    assert abs((x < 0).mean() - share) < 4 * np.sqrt(share * (1 - share) / n) + 0.003  # 0.003: bias of the step, O(Δt)
    assert share > 0.55


def test_arrival_time_is_that_of_the_paper_and_refuses_nonsense():
    assert ssa.arrival_time(0.5, np.exp(-1)) == pytest.approx(5.0)
    with pytest.raises(ValueError, match="mass_near"):
        ssa.arrival_time(0.5, 0.0)


@pytest.mark.parametrize(
    "profile, applies", [("smooth", True), ("step", True), ("none", False), ("constant", False), ("annealing", False)]
)
def test_the_line_of_the_minimum_says_whether_a_theorem_promises_it(profile, applies):
    sim = sv.Simulation(sv.SSA(profile=profile), ACKLEY, sv.Swarm(n=8, d=1))
    (line,) = theory.lines(sim)
    assert line.applies is applies and line.reason and line.y[0] == ACKLEY.minimum(1)
    holds, why = ssa.no_noise_applies(profile, 1)
    assert holds is (profile == "none") and why
