"""Basins, barriers and eigenvalues in one dimension, against closed forms and naive references."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.theory import one_dimension
from tests.theory.held import held_of

SPHERE, ACKLEY, RASTRIGIN = sv.landscapes.Sphere(), sv.landscapes.Ackley(), sv.landscapes.Rastrigin()
WELL = sv.landscapes.DoubleWell()


def test_a_basin_ends_at_the_neighbouring_maxima():
    left, right = one_dimension.basin(ACKLEY)
    assert left == pytest.approx(-right, abs=1e-6) and 0.5 < right < 0.8
    slope = ACKLEY.gradient(np.array([[right]]))[0, 0]
    assert abs(slope) < 1e-4
    assert one_dimension.basin(SPHERE) == SPHERE.box


def test_the_lowest_value_outside_a_basin_is_that_of_the_next_minimum():
    x = np.linspace(0.6, 1.4, 100_001)
    assert one_dimension.lowest_outside_basin(RASTRIGIN) == pytest.approx(RASTRIGIN.values(x[:, None]).min(), abs=1e-4)
    assert one_dimension.lowest_outside_basin(SPHERE) == np.inf


def test_the_lipschitz_constant_of_a_slope_is_its_largest_derivative():
    assert one_dimension.lipschitz(SPHERE) == pytest.approx(2.0)
    assert one_dimension.lipschitz(RASTRIGIN) == pytest.approx(2 + 40 * np.pi**2, rel=1e-4)  # 2 + 40π² cos 2πx
    assert one_dimension.lipschitz(ACKLEY) > 1000  # a kink


def naive_depth(f):
    """By walking from every local minimum to the left and to the right until it is lower there."""
    depth = 0.0
    for i in range(1, len(f) - 1):
        if f[i] < f[i - 1] and f[i] <= f[i + 1] and f[i] > f.min() + 1e-6:
            passes = []
            for step in (-1, 1):
                j, top = i, f[i]
                while 0 <= j + step < len(f) and f[j] >= f[i]:
                    j += step
                    top = max(top, f[j])
                if f[j] < f[i]:
                    passes.append(top)
            depth = max(depth, min(passes) - f[i])
    return depth


TWO_PASSES = sv.landscapes.Formula("2*exp(-4*(x-1.5)^2) + 0.7*exp(-4*(x+1.5)^2) - exp(-4*x^2) - 0.2*x^2", box=(-3, 3))


@pytest.mark.parametrize(
    "landscape",
    [WELL, RASTRIGIN, ACKLEY, sv.landscapes.Schwefel226(), TWO_PASSES],
    ids=["double well", "Rastrigin", "Ackley", "Schwefel", "a low pass and a high one"],
)
def test_the_critical_depth_is_the_highest_climb_that_cannot_be_avoided(landscape):
    low, high = landscape.limits(1)
    f = landscape.values(np.linspace(low, high, 4001).reshape(-1, 1))
    assert one_dimension.critical_depth(landscape) == pytest.approx(naive_depth(f), rel=1e-3) and naive_depth(f) > 0.1


def test_a_convex_landscape_has_no_depth():
    assert one_dimension.critical_depth(SPHERE) == 0.0


@pytest.mark.parametrize("walls", [False, True])
@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0])
def test_the_eigenvalues_of_a_parabola_are_those_of_the_oscillator(temperature, walls):
    """λw″ + (2xw)′ − x²w: E₀ = √(1 + λ) − 1, E₁ − E₀ = 2√(1 + λ), and 2 without the weight; the walls at 5 are far.

    The error is of the second order in the width of a cell beside the width of Gibbs' law, h²/λ.
    """
    low, high = one_dimension.interval(SPHERE, temperature, walls)
    error = {"rel": ((high - low) / one_dimension.CELLS) ** 2 / temperature}
    first, second = one_dimension.weighted_eigenvalues(SPHERE, temperature, walls)
    assert first == pytest.approx(np.sqrt(1 + temperature) - 1, **error)
    assert second - first == pytest.approx(2 * np.sqrt(1 + temperature), **error)
    assert one_dimension.relaxation_rate(SPHERE, temperature, walls) == pytest.approx(2.0, **error)


def test_between_walls_a_hot_agent_diffuses_as_on_an_interval():
    assert one_dimension.relaxation_rate(SPHERE, 1e5, True) == pytest.approx(1e5 * np.pi**2 / 100, rel=1e-3)


def test_a_cold_agent_leaves_a_well_as_kramers_says():
    """Two wells: λ₁ ≈ the sum of the escape rates √(F″(a)|F″(b)|)/2π e^(−ΔF/T), to the first order of T."""
    x = np.linspace(-2, 2, 400_001)
    f = WELL.values(x[:, None])
    second = np.gradient(np.gradient(f, x), x)
    left, right = np.argmin(np.where(x < 0, f, np.inf)), np.argmin(np.where(x > 0, f, np.inf))
    top = left + np.argmax(f[left:right])
    T = 0.07
    rates = [np.sqrt(second[i] * -second[top]) / (2 * np.pi) * np.exp((f[i] - f[top]) / T) for i in (left, right)]
    assert one_dimension.relaxation_rate(WELL, T, False) == pytest.approx(sum(rates), rel=0.1)


@pytest.mark.filterwarnings("error")
def test_where_f_falls_too_far_for_its_rates_no_eigenvalue_is_known():
    """exp(ΔF/2T) is no float64 then; theory says that the rate is not known."""
    step = sv.landscapes.Tabulated(table=(1e6, -3.0))
    assert np.isnan(one_dimension.relaxation_rate(step, 1.0, False))
    assert np.isnan(one_dimension.weighted_eigenvalues(step, 1.0, True)).all()
    sim = sv.Simulation(sv.SSA(profile="constant"), step, sv.Swarm(n=2, d=1, seed=1))
    assert "the rate is not known" in " ".join(f.detail for f in held_of(sim, "ssa-gibbs").findings)
    sim.dynamics.profile = "annealing"
    sim.advance(1)
    cooled = held_of(sim, "ssa-annealing-gibbs")
    slow = next(f for h, f in zip(cooled.claim.hypotheses, cooled.findings, strict=True) if "falls slowly" in h.words)
    assert (slow.state, slow.detail) == ("open", "the rate is not known")
