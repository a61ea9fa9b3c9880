"""SSA and its variants against a naive reference and the laws they must obey."""

import numpy as np
import pytest

import swarmviz as sv
from tests.references.cbo_and_ssa import ssa as naive

ACKLEY, SPHERE = sv.landscapes.Ackley(), sv.landscapes.Sphere()


@pytest.mark.parametrize("n, d", [(8, 1), (100, 3), (5000, 1)])
@pytest.mark.parametrize("profile", ["smooth", "step", "none", "constant", "annealing"])
def test_the_kernel_follows_the_naive_equations(profile, n, d):
    swarm = sv.Swarm(n=n, d=d, seed=3)
    temperature = sv.schedules.Logarithmic(c=2.0, t0=3.0)
    dynamics = sv.SSA(lam=1.3, cutoff=1.2 / n, profile=profile, temperature=temperature, dt=2e-3)
    frame = sv.Simulation(dynamics, ACKLEY, swarm).advance(60)
    X, m, level = naive(
        swarm.positions(ACKLEY), ACKLEY.values, ACKLEY.gradient, 60, 1.3, 1.2 / n, profile, 2e-3, 3, temperature.at
    )
    np.testing.assert_allclose(frame.x, X, rtol=0, atol=1e-9)
    np.testing.assert_allclose(frame.mass, m, rtol=1e-9)
    assert frame.level == pytest.approx(level, rel=1e-10)


@pytest.mark.parametrize("masses, lowest, dt, steps", [("uniform", False, 2e-3, 60), ("exponential", False, 2e-3, 60),
                                                       ("equal", True, 2e-3, 60), ("exponential", True, 0.1, 8)])  # fmt: skip
@pytest.mark.parametrize("profile", ["smooth", "none"])
def test_initial_masses_and_the_lowest_value_as_the_level_follow_the_naive_equations(
    profile, masses, lowest, dt, steps
):
    """002 algorithm 1.1, line 2, and Remark 1.1; Δt = 0.1 clips masses."""
    swarm, provisional = sv.Swarm(n=60, d=2, seed=3), "minimum" if lowest else "mean"
    dynamics = sv.SSA(lam=1.3, cutoff=0.02, profile=profile, dt=dt, initial_mass=masses, provisional=provisional)
    sim = sv.Simulation(dynamics, ACKLEY, swarm)
    frame, start = sim.advance(steps), swarm.positions(ACKLEY)
    X, m, level = naive(
        start, ACKLEY.values, ACKLEY.gradient, steps, 1.3, 0.02, profile, dt, 3, masses=masses, lowest=lowest
    )
    np.testing.assert_allclose(frame.x, X, rtol=0, atol=1e-9)
    np.testing.assert_allclose(frame.mass, m, rtol=1e-9, atol=1e-14)
    assert frame.level == pytest.approx(level, rel=1e-10)
    assert (sim.record["clips"][-1] > 0) == (dt == 0.1)
    assert frame.mass.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("kind, variance", [("uniform", 1 / 3), ("exponential", 1.0)])
def test_initial_masses_have_the_moments_of_their_law_and_belong_to_the_seed(kind, variance):
    """N m has mean 1 and, for large N, the variance of a draw with mean 1; 40 runs of 5000 agents."""
    swarm, seeds, n = sv.Swarm(n=5000, d=1), np.arange(40), 5000
    dynamics = sv.SSA(initial_mass=kind)
    states = dynamics.init_many(swarm.positions_of(ACKLEY, seeds), ACKLEY, seeds)
    masses = np.array([dynamics.frame(state).mass for state in states])
    np.testing.assert_allclose(masses.sum(axis=1), 1.0, rtol=1e-12)
    assert (masses > 0).all() and len(np.unique(masses)) == masses.size
    spread = (n * masses).var(axis=1)
    assert (
        abs(spread.mean() - variance) < 4 * spread.std(ddof=1) / np.sqrt(40) + 2 * variance / n
    )  # and the bias of the sum
    x = np.array([dynamics.frame(state).x[:, 0] for state in states])
    correlation = np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(x, masses, strict=True)])
    assert abs(correlation.mean()) < 4 / np.sqrt(n * 40)  # of independent draws


def test_one_agent_has_all_the_mass_however_it_is_drawn():
    for kind in ("equal", "uniform", "exponential"):
        frame = sv.Simulation(sv.SSA(initial_mass=kind), ACKLEY, sv.Swarm(n=1, d=1)).advance(3)
        assert frame.mass.tolist() == [1.0]


def test_masses_drawn_at_the_start_come_back_with_a_rewind_and_a_replay():
    sim = sv.Simulation(sv.SSA(initial_mass="exponential"), ACKLEY, sv.Swarm(n=20, d=2, seed=4))
    start, later = sim.frame.mass, sim.advance(300).mass
    sim.dynamics.initial_mass = "uniform"  # acts on the next reset
    sim.advance(10)
    np.testing.assert_array_equal(sim.goto(0).mass, start)
    np.testing.assert_array_equal(sim.goto(300).mass, later)
    again = sv.Simulation.replay(sim.journal, sim.initial_swarm, 310)
    np.testing.assert_array_equal(again.goto(0).mass, start)
    np.testing.assert_array_equal(sim.goto(310).x, again.goto(310).x)
    assert not np.array_equal(sim.reset().mass, start)


def test_the_level_of_a_run_that_looks_at_its_lowest_agent_is_the_lowest_value():
    sim = sv.Simulation(sv.SSA(provisional="minimum", dt=1e-3), ACKLEY, sv.Swarm(n=30, d=2, seed=2))
    sim.advance(500)
    np.testing.assert_array_equal(sim.record["provisional_minimum"], sim.record["minimum"])
    assert sim.frame.mass[sim.frame.energy.argmin()] > 1 / 30


def test_total_mass_is_conserved_without_ever_being_renormalised():
    sim = sv.Simulation(sv.SSA(dt=1e-4), ACKLEY, sv.Swarm(n=8, d=1, seed=0, initial="away"), every=1000)
    frame = sim.advance(200_000)
    assert sim.record["clips"][-1] == 0
    assert abs(frame.mass.sum() - 1.0) < 1e-12


def test_a_step_too_large_for_the_masses_is_counted_and_the_mass_is_still_one():
    sim = sv.Simulation(sv.SSA(dt=0.05, profile="none"), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, seed=0))
    frame = sim.advance(3)
    assert sim.record["clips"][-1] > 0 and "too large" in frame.notes[0]
    assert frame.mass.sum() == pytest.approx(1.0, abs=1e-12) and (frame.mass >= 0).all()


def test_mass_flows_from_the_high_to_the_low():
    """002 eq. (SSA): what lies above the provisional minimum loses mass, what lies below gains it."""
    sim = sv.Simulation(sv.SSA(dt=1e-3), ACKLEY, sv.Swarm(n=20, d=1, seed=1))
    before = sim.frame
    after = sim.advance(1)
    np.testing.assert_array_equal(after.mass > before.mass, before.energy < before.level)


def test_leaders_are_the_agents_that_are_hardly_shaken():
    frame = sv.Simulation(sv.SSA(dt=1e-4), ACKLEY, sv.Swarm(n=8, d=1, seed=1, initial="away")).advance(20_000)
    assert frame.roles == ("explorer", "leader")
    assert (frame.role[frame.mass >= 1 / 8] == 1).all()
    assert (frame.role[frame.mass < 0.05] == 0).all()
    assert 0 < frame.role.sum() < 8


@pytest.mark.parametrize("lam", [1.0, 1e4])
def test_annealing_has_no_leaders_whatever_the_rate_that_it_does_not_use(lam):
    """One temperature shakes all; λ, which the profile does not use, is no measure of it."""
    sim = sv.Simulation(sv.SSA(profile="annealing", temperature=0.02, lam=lam), ACKLEY, sv.Swarm(n=20, d=1, seed=1))
    frame = sim.advance(3)
    assert frame.role is None and frame.roles == () and (sim.record["leaders"] == 0).all()


@pytest.mark.parametrize("lam", [0.5, 2.0])
def test_langevin_on_a_quadratic_reaches_the_variance_of_its_scheme(lam):
    """x⁺ = (1 − 2Δt)x + √(2Δtλ) ξ on F = |x|² has the stationary variance 2Δtλ / (1 − (1 − 2Δt)²), λ/2 as Δt → 0: the Gibbs law's."""
    dt, n, d = 0.05, 4000, 5
    sim = sv.Simulation(sv.SSA(lam=lam, profile="constant", dt=dt), SPHERE, sv.Swarm(n=n, d=d, seed=9), every=1000)
    x = sim.advance(400).x.ravel()  # (1 − 2Δt)^400 = 5e-19: the start is forgotten
    expected = 2 * dt * lam / (1 - (1 - 2 * dt) ** 2)
    error = expected * np.sqrt(2 / x.size)  # of the variance of independent Gaussians
    assert abs(x.var() - expected) < 4 * error
    assert abs(x.mean()) < 4 * np.sqrt(expected / x.size)


def test_langevin_does_not_have_the_variance_of_twice_its_temperature():
    """Negative control of the test above."""
    sim = sv.Simulation(sv.SSA(lam=2.0, profile="constant", dt=0.05), SPHERE, sv.Swarm(n=4000, d=5, seed=9), every=1000)
    x = sim.advance(400).x.ravel()
    wrong = 2 * 2 * 0.05 * 2.0 / (1 - (1 - 0.1) ** 2)
    assert abs(x.var() - wrong) > 4 * wrong * np.sqrt(2 / x.size)


def test_without_noise_agents_descend_and_never_interact():
    """002 eq. 4.1: the path of an agent does not depend on the others."""
    many = sv.Simulation(sv.SSA(profile="none", dt=1e-3), ACKLEY, sv.Swarm(n=20, d=2, seed=6))
    start = many.frame.x[:2]
    two = sv.Simulation(
        sv.SSA(profile="none", dt=1e-3), ACKLEY, sv.Swarm(n=2, d=2, seed=0, initial="points", points=start)
    )
    np.testing.assert_array_equal(many.advance(500).x[:2], two.advance(500).x)
    assert (np.diff(many.record["minimum"]) <= 1e-12).all()


def test_the_provisional_minimum_lies_between_the_lowest_and_the_mean_value():
    sim = sv.Simulation(sv.SSA(dt=1e-3), ACKLEY, sv.Swarm(n=30, d=2, seed=2))
    frame = sim.advance(2000)
    assert sim.record["minimum"][-1] <= frame.level <= frame.energy.mean()
    assert frame.level == pytest.approx((frame.mass * frame.energy).sum() / frame.mass.sum(), rel=1e-12)


def test_one_agent_of_ssa_is_langevins_equation_and_one_of_sbgd_gradient_descent():
    """With a single agent there is no mass to be handed over; what is left is a known method."""
    swarm, bowl = sv.Swarm(n=1, d=3, seed=2), sv.landscapes.Sphere()
    plain = sv.Simulation(sv.SSA(profile="none", dt=1e-2), bowl, swarm)
    start = plain.frame.x
    plain.advance(50)
    np.testing.assert_allclose(plain.frame.x, start * (1 - 1e-2 * bowl.gradient(start) / start) ** 50, rtol=1e-12)
    descent = sv.Simulation(sv.SBGD(), bowl, swarm)
    descent.advance(200)
    assert (np.diff(descent.record["best"]) <= 0).all() and descent.frame.mass.tolist() == [1.0]
    assert bowl.values(descent.frame.x)[0] < 1e-6
