"""Theory of the finite set: the functions of 004 against independent solvers, and the claims that the flow must keep."""

import itertools
import math
import warnings

import numpy as np
import pytest
from scipy import integrate, linalg, optimize

import swarmviz as sv
from swarmviz import theory
from swarmviz.dynamics.finite_set import functions
from swarmviz.dynamics.finite_set.space import space_of
from swarmviz.kernels.compiled import inner
from swarmviz.theory import finite_set as finite
from swarmviz.theory import finite_set_metropolis as metropolis
from swarmviz.theory.finite_set_curves import LARGEST

CURVE = sv.landscapes.FiniteSetCurve()
RING = space_of("cycle", 20, 1)
U = CURVE.values(RING.positions(*CURVE.limits(1)))
EXPONENTS = [-1.0, -0.3, -4.0]
OTHERS = [
    (0.0, 2.0),
    (1.0, 2.0),
    (1.0, 1.0),
    (0.5, 1.5),
    (-1.0, 3.0),
    (1.0 - 1e-12, 1.0 + 1e-12),
]  # (m, m₂) beyond 004's theorems
PHIS = [*((m, 2.0) for m in EXPONENTS), *OTHERS]


def random_densities(count, S=20, seed=0):
    rho = np.exp(np.random.default_rng(seed).normal(size=(count, S)))
    return rho / rho.mean(axis=1, keepdims=True)


def paper_law():
    return finite.ExactLaw(RING.links, U, 5.0, -1.0, 0.1, np.ones(20))


# ---- functions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("m, m2", [*PHIS, (None, 2.0)])
def test_slope_and_curvature_are_derivatives_of_the_entropy_and_g_inverts_the_slope(m, m2):
    r, h = np.array([0.05, 0.3, 0.9, 1.1, 2.0, 9.0]), 1e-5
    np.testing.assert_allclose(
        (finite.entropy(r + h, m, m2) - finite.entropy(r - h, m, m2)) / (2 * h), finite.slope(r, m, m2), rtol=1e-5
    )
    np.testing.assert_allclose(
        (finite.slope(r + h, m, m2) - finite.slope(r - h, m, m2)) / (2 * h), finite.curvature(r, m, m2), rtol=1e-5
    )
    np.testing.assert_allclose(finite.inverse_slope(finite.slope(r, m, m2), m, m2), r, rtol=1e-12)
    assert finite.entropy(1.0, m, m2) == finite.slope(1.0, m, m2) == 0 and finite.curvature(1.0, m, m2) == 1  # 004 §3.1


@pytest.mark.parametrize("m, m2", PHIS)
def test_theta_is_the_symmetric_increasing_mean_of_the_papers_lemma(m, m2):
    """004 Lemma 4.1: symmetric, zero at the boundary, increasing, and between 1/φ'' at its two arguments."""
    s = np.exp(np.random.default_rng(1).normal(size=500))
    t = np.exp(np.random.default_rng(2).normal(size=500))
    theta = finite.conductance(s, t, m, m2)
    np.testing.assert_array_equal(theta, finite.conductance(t, s, m, m2))
    assert (finite.conductance(0.0, t, m, m2) == 0).all()
    if m2 <= 2:  # φ' is concave
        assert (finite.conductance(s * 1.01, t, m, m2) >= theta).all()
        ends = 1 / finite.curvature(s, m, m2), 1 / finite.curvature(t, m, m2)
        assert (theta >= np.minimum(*ends) * (1 - 1e-9)).all() and (theta <= np.maximum(*ends) * (1 + 1e-9)).all()
    np.testing.assert_allclose(finite.conductance(s, s, m, m2), 1 / finite.curvature(s, m, m2), rtol=1e-12)
    close = s * (1 + 1e-7)  # continuous where the formula changes over
    np.testing.assert_allclose(finite.conductance(s, close, m, m2), 1 / finite.curvature(s, m, m2), rtol=1e-5)


@pytest.mark.parametrize("m, m2", PHIS)
def test_the_kernels_functions_are_those_of_the_theory(m, m2):
    @inner
    def both(r, m, m2):
        return functions.entropy(r, m, m2), functions.slope_and_mobility(r, m, m2)

    for r in (1e-6, 0.02, 0.5, 1.0, 1.5, 20.0):
        entropy, (slope, mobility) = both(r, m, m2)
        assert entropy == pytest.approx(float(finite.entropy(r, m, m2)), rel=1e-9, abs=1e-15)
        assert slope == pytest.approx(float(finite.slope(r, m, m2)), rel=1e-12)
        assert mobility == pytest.approx(1 / float(finite.curvature(r, m, m2)), rel=1e-12)
    assert both(0.0, m, m2)[1] == (-math.inf, 0.0)
    for beta in (0.0, 0.3, 5.0, 300.0):
        eta = np.empty(20)
        functions.target(U, None, beta, m, m2, False, eta)
        np.testing.assert_allclose(eta, finite.stationary(U, beta, m, m2), rtol=1e-10, atol=1e-300)
        assert eta.mean() == pytest.approx(1.0, abs=1e-13)
        for volume in 20 * np.random.default_rng(0).dirichlet(np.full(20, 0.5), 3):
            for classical, exponent in ((False, m), (True, None)):
                functions.target(U, volume, beta, m, m2, classical, eta)
                expected = finite.stationary(U, beta, exponent, m2, volume)
                np.testing.assert_allclose(eta, expected, rtol=1e-10, atol=1e-300)
                assert (volume * eta).mean() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.1, 1.0, 5.0, 100.0])
@pytest.mark.parametrize("m, m2", PHIS)
def test_the_constant_of_the_target_is_the_root_that_brent_finds(beta, m, m2):
    c = float(finite.balance(U, beta, m, m2))
    eta = finite.stationary(U, beta, m, m2)
    assert eta.mean() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(beta * U + finite.slope(eta, m, m2), c, rtol=1e-9, atol=1e-9)  # 004 eq. 3.3
    if beta:
        root = optimize.brentq(
            lambda c: finite.inverse_slope(c - beta * U, m, m2).mean() - 1, beta * U.min(), beta * U.max(), xtol=1e-13
        )
        assert c == pytest.approx(root, abs=1e-9)


@pytest.mark.parametrize("m, m2", [*PHIS, (None, 2.0)])
def test_the_target_minimises_the_energy(m, m2):
    """An optimiser that knows nothing of c_β, over ρ = S softmax(a)."""
    beta, heights = 1.3, U[::2]
    eta = finite.stationary(heights, beta, m, m2)

    def density(a):
        weight = np.exp(a - a.max())
        return weight / weight.mean()

    found = optimize.minimize(
        lambda a: finite.energy(density(a), heights, beta, m, m2), np.zeros(10), method="BFGS", options={"gtol": 1e-9}
    )
    np.testing.assert_allclose(density(found.x), eta, atol=2e-5)
    least = finite.energy(eta, heights, beta, m, m2)
    assert found.fun == pytest.approx(least, abs=1e-9)
    assert (finite.energy(random_densities(200, 10), heights, beta, m, m2) > least).all()


def test_with_the_entropy_of_boltzmann_the_target_is_gibbs_law_and_theta_the_logarithmic_mean():
    """004 remark 3.3; yet the flow is not that of Metropolis agents."""
    np.testing.assert_allclose(finite.stationary(U, 3.0, 1.0, 1.0), finite.stationary(U, 3.0, None), rtol=1e-9)
    assert finite.conductance(2.0, 5.0, 1.0, 1.0) == pytest.approx(3 / math.log(2.5), rel=1e-12)
    rho = random_densities(1)[0]
    swarm, classical = (finite.velocity(rho, U, 3.0, m, RING.links, 0.1, 1.0) for m in (1.0, None))
    assert np.abs(swarm - classical).max() > 0.1
    law = finite.ExactLaw(RING.links, 0.2 * U, 3.0, 1.0, 1.0, np.ones(20), m2=1.0)
    np.testing.assert_allclose(law.at(3000.0)[0], finite.stationary(0.2 * U, 3.0, None), rtol=1e-4)


def test_the_target_concentrates_evenly_on_all_minimisers_as_beta_grows():
    """004 Theorem 3.2: at most like β^(1/(m−1)) is left outside them."""
    heights = np.array([0.0, 1.0, 0.0, 2.0, 0.5])
    expected = np.array([2.5, 0, 2.5, 0, 0])
    previous = np.inf
    for beta in (1e1, 1e3, 1e5):
        left = np.abs(finite.stationary(heights, beta) - expected).mean()
        assert left < previous and left < 3 * beta**-0.5
        previous = left


# ---- the flow --------------------------------------------------------------------------------------------------------


def test_the_law_has_the_numbers_that_were_found_independently():
    """S = 20, ℓ = 0.1, β = 5, uniform start: the figures of the design, from another program."""
    distance = np.abs(paper_law().at([10, 1000]) - finite.stationary(U, 5.0)).mean(axis=1)
    assert distance == pytest.approx([0.836, 0.510], abs=0.002)


def test_mass_is_conserved_and_the_energy_never_rises():
    rho = paper_law().at(np.linspace(0, 1000, 4001))
    assert np.abs(rho.mean(axis=1) - 1).max() < 1e-12 and rho.min() > 0
    assert np.diff(finite.energy(rho, U, 5.0)).max() < 0


def test_another_solver_and_another_order_of_questions_find_the_same_law():
    run = integrate.solve_ivp(
        lambda t, p: finite.velocity(p, U, 5.0, -1.0, RING.links, 0.1),
        (0, 300),
        np.ones(20),
        method="Radau",
        rtol=1e-9,
        atol=1e-12,
    )
    asked = paper_law()
    for t in (1.0, 7.0, 3.0, 300.0, 150.0):
        late = asked.at(t)
    np.testing.assert_allclose(asked.at(300.0)[0], run.y[:, -1], atol=1e-6)
    np.testing.assert_allclose(late, paper_law().at([300.0, 150.0])[1:], atol=1e-6)


def test_the_law_is_the_steepest_descent_of_its_energy():
    """d𝒰/dt = −½ Σ μ L θ (∇(βU + φ'))²: 004 eq. 4.8."""
    rho, beta = random_densities(20), 2.0
    x, y = RING.links.T
    for p in rho:
        v = beta * U + finite.slope(p)
        expected = -(0.1 * finite.conductance(p[x], p[y]) * (v[y] - v[x]) ** 2).sum() / 20
        assert (finite.velocity(p, U, beta, -1.0, RING.links, 0.1) * v).mean() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("m, m2", [*PHIS, (None, 2.0)])
def test_the_jacobian_is_the_derivative_of_the_velocity(m, m2):
    link = space_of("random", 20, 1, 4.0, 1).links
    equal = np.repeat([0.8, 1.4], 10)  # the quotient of θ is 0/0 between equal neighbours
    for p, h in [(p, 1e-6) for p in random_densities(20, seed=4)] + [(equal, 1e-4)]:
        steps = h * np.eye(20)
        moved = [
            finite.velocity(p + s, U, 5.0, m, link, 0.1, m2) - finite.velocity(p - s, U, 5.0, m, link, 0.1, m2)
            for s in steps
        ]
        np.testing.assert_allclose(finite.jacobian(p, U, 5.0, m, link, 0.1, m2), np.array(moved).T / (2 * h), atol=1e-5)


def test_the_metropolis_law_is_the_exponential_of_its_generator():
    x, y = RING.links.T
    M = np.zeros((20, 20))
    M[x, y], M[y, x] = np.exp(-2.0 * np.maximum(U[y] - U[x], 0)), np.exp(-2.0 * np.maximum(U[x] - U[y], 0))
    M -= np.diag(M.sum(axis=1))
    law = finite.ExactLaw(RING.links, U, 2.0, None, 0.1, np.ones(20))
    np.testing.assert_allclose(law.at(30.0)[0], np.ones(20) @ linalg.expm(3.0 * M), atol=1e-6)


@pytest.mark.parametrize("m", [-1.0, None])
def test_in_the_end_the_energy_falls_at_twice_the_spectral_gap(m):
    beta = 1.0
    gap = finite.relaxation_rate(U, beta, m, RING.links, 0.1)
    law = finite.ExactLaw(RING.links, U, beta, m, 0.1, np.ones(20), tolerance=1e-12)
    t = np.array([5.0, 6.0]) / gap
    above = finite.energy(law.at(t), U, beta, m) - finite.energy(finite.stationary(U, beta, m), U, beta, m)
    assert math.log(above[0] / above[1]) == pytest.approx(2, rel=1e-2)
    eigenvalues = np.sort(
        -linalg.eigvals(finite.jacobian(finite.stationary(U, beta, m), U, beta, m, RING.links, 0.1)).real
    )
    assert eigenvalues[:2] == pytest.approx([0, gap], abs=1e-9)


# ---- where β grows ---------------------------------------------------------------------------------------------------


def test_the_critical_depth_is_the_worst_of_all_cheapest_escapes():
    """Against Floyd and Warshall's passes between all pairs of states."""
    for seed in range(30):
        space = space_of("random", 12, 1, 3.0, seed)
        heights = np.round(np.random.default_rng(seed).normal(size=12), 1)  # with ties
        passes = np.full((12, 12), np.inf)
        for x, y in space.links:
            passes[x, y] = passes[y, x] = max(heights[x], heights[y])
        for z, x, y in itertools.product(range(12), repeat=3):
            passes[x, y] = min(passes[x, y], max(passes[x, z], passes[z, y]))
        escapes = [
            min(passes[x, y] for y in range(12) if heights[y] < h) - h
            for x, h in enumerate(heights)
            if h > heights.min()
        ]
        assert finite.critical_depth(heights, space.links) == pytest.approx(max([*escapes, 0.0]), abs=1e-12)


def test_the_critical_depth_of_the_papers_function_is_that_of_the_valley_on_the_far_side():
    """From the valley at 17 the pass at 4, beyond the shallow valley at 2, is lower than the one at 14."""
    assert finite.critical_depth(U, RING.links) == pytest.approx(U[4] - U[17], rel=1e-12)
    assert finite.critical_depth(np.array([0.0, 1.0, 2.0]), np.array([[0, 1], [1, 2]])) == 0.0


@pytest.mark.parametrize(
    "m, gamma, holds", [(-1.0, 0.25, True), (-1.0, 0.26, False), (-3.0, 0.375, True), (-0.1, 0.1, False)]
)
def test_the_theorem_applies_to_slow_powers_only(m, gamma, holds):
    applies, reason = finite.schedule_applies(sv.schedules.Power(gamma=gamma), m)
    assert applies == holds and ("does not hold" in reason) != holds
    assert not finite.schedule_applies(5.0, m)[0]
    assert not finite.schedule_applies(sv.schedules.Linear(), m)[0]


def test_under_the_theorems_schedule_the_law_goes_to_the_minimiser_and_under_constant_beta_it_does_not():
    slow = finite.ExactLaw(
        RING.links, 0.1 * U, sv.schedules.Power(gamma=0.25, t0=1.1), -1.0, 0.1, np.ones(20), tolerance=1e-6
    )
    fixed = finite.ExactLaw(RING.links, 0.1 * U, 2.0, -1.0, 0.1, np.ones(20), tolerance=1e-6)
    at = [1e2, 1e4, 1e6, 1e8]
    left = 1 - slow.at(at)[:, 7] / 20
    assert (np.diff(left) < 0).all() and left[-1] < 0.5
    assert 1 - fixed.at(at)[-1, 7] / 20 == pytest.approx(1 - finite.stationary(0.1 * U, 2.0)[7] / 20, abs=1e-3)


def test_annealing_needs_the_critical_depth():
    for c, holds in ((5.0, True), (3.0, False)):
        assert finite.annealing_applies(sv.schedules.InverseLogarithmic(c=c), 4.0)[0] is holds
    assert not finite.annealing_applies(2.0, 4.0)[0] and not finite.annealing_applies(sv.schedules.Power(), 4.0)[0]


# ---- beside a run ----------------------------------------------------------------------------------------------------


def simulation(n=20_000, seed=2, **parameters):
    return sv.Simulation(sv.FiniteSet(**parameters), CURVE, sv.Swarm(n=n, d=1, seed=seed))


def lines_of_the_law(sim):
    """The lines of the law of infinitely many agents; that of Metropolis agents holds at any N and is dashed."""
    title, style = ("exact law", "dashed") if sim.dynamics.generator == "metropolis" else ("N → ∞", "dotted")
    found = [line for line in theory.lines(sim) if line.title == title]
    assert all(line.style == style for line in found) and {line.observable for line in found} == set(TOLERANCES)
    return found


def assert_beside(sim, tolerance, applies=True):
    """Every line of the law passes within a few standard errors of the record."""
    for line in lines_of_the_law(sim):
        assert line.applies == applies and line.k.shape == line.y.shape
        np.testing.assert_allclose(
            sim.record[line.observable][line.k], line.y, atol=tolerance[line.observable], err_msg=line.observable
        )


# N = 20 000: the L1 distance of an empirical law from its own is about √(2S/πN) = 0.025; ⟨U⟩ has the error 1.5/√N = 0.01
TOLERANCES = {"target_distance": 0.03, "provisional_minimum": 0.04, "energy": 0.2, "excess": 0.2}


@pytest.mark.parametrize("generator", ["first", "second", "hybrid", "metropolis"])
def test_the_lines_run_beside_the_agents_through_every_live_change(generator):
    # F_φ of other φ is ruled by states where Gibbs' law is 1e-12: a test of its own below
    sim = simulation(generator=generator, **({"m": 1.0, "m2": 1.0} if generator == "metropolis" else {}))
    sim.advance(30)
    sim.dynamics.beta, sim.dynamics.dt = sv.schedules.Linear(start=5.0, end=1.0, duration=60.0), 0.5
    sim.advance(20)
    sim.dynamics.states, sim.dynamics.rate = 40, 0.3
    sim.advance(20)
    sim.landscape = sv.landscapes.FiniteSetCurve(height=0.5)
    sim.dynamics.dt, sim.dynamics.graph = 1.5, "path"
    sim.advance(20)
    assert_beside(sim, TOLERANCES)
    sim.goto(45)
    assert_beside(sim, TOLERANCES)


@pytest.mark.parametrize("m, m2", [(-1.0, 2.0), (0.0, 2.0), (0.5, 1.5), (1.0, 1.0)])
def test_metropolis_agents_descend_every_entropy_as_its_line_says(m, m2):
    """To first order F_φ of N independent agents has the standard error √(Var φ'(ρ/η)/N), largest at the start; five are allowed."""
    sim = simulation(generator="metropolis", beta=0.3, m=m, m2=m2, rate=0.3, dt=2.0)
    sim.advance(20)
    line = {line.observable: line for line in theory.lines(sim)}["excess"]
    error = np.std(finite.slope(1 / finite.stationary(U, 0.3, None), m, m2)) / np.sqrt(20_000)
    record = sim.record["excess"][line.k]
    assert np.abs(record - line.y).max() < 5 * error < 0.3 * line.y[0]
    assert (np.diff(line.y) < 0).all()
    energy = sim.record["energy"] - finite.energy(finite.stationary(U, 0.3, None), U, 0.3, None)
    assert np.allclose(record, energy[line.k], rtol=1e-9) == (m == m2 == 1.0), "only φ_1 is the free energy"
    sim.dynamics.m, sim.dynamics.m2 = -0.5, 3.0
    sim.advance(3)
    expected = metropolis.relative_entropy(20 * (sim.frame.occupation * 20_000 + 0.5) / 20_010, U, 0.3, -0.5, 3.0)
    assert sim.record["excess"][-1] == pytest.approx(expected, rel=1e-9)
    after = {line.observable: line for line in theory.lines(sim)}["excess"]
    assert after.y[-1] == pytest.approx(expected, abs=5 * 4 * error)


def test_the_lines_notice_a_wrong_rate():
    """Negative control of the test above."""
    sim = simulation()
    sim.advance(30)
    entry = sim._journal[0]
    entry.dynamics.rate = 0.12
    with pytest.raises(AssertionError):
        assert_beside(sim, TOLERANCES)


@pytest.mark.parametrize(
    "swarm",
    [
        {"initial": "gaussian", "centre": 3.0, "spread": 1.5},
        {"initial": "points", "points": [[2.0], [11.0]]},
        {"initial": "away", "radius": 0.3},
    ],
)
def test_the_exact_law_starts_where_the_swarm_starts(swarm):
    sim = sv.Simulation(sv.FiniteSet(), CURVE, sv.Swarm(n=20_000, d=1, seed=2, **swarm))
    sim.advance(20)
    empty_for_sure = swarm["initial"] == "points"  # 004 proves that a law exists from ρ > 0 only
    by_chance = {"energy": 1e9, "excess": 1e9}  # while states are nearly empty, chance rules 1/ρ
    assert_beside(sim, TOLERANCES | by_chance, not empty_for_sure)


def test_a_line_has_the_accuracy_that_it_is_drawn_with():
    sim = simulation(n=50)
    sim.advance(100)
    line = next(line for line in lines_of_the_law(sim) if line.observable == "target_distance")
    exact = np.abs(paper_law().at(line.k) - finite.stationary(U, 5.0)).mean(axis=1)
    np.testing.assert_allclose(line.y, exact, atol=1e-4)


def test_a_set_too_large_to_integrate_live_has_no_line():
    sim = simulation(n=50, states=LARGEST + 1)
    assert theory.lines(sim) == []


def test_the_target_is_eta_on_the_cells_of_the_states():
    sim = simulation(n=50)
    law = theory.target(sim)
    eta = finite.stationary(U, 5.0)
    np.testing.assert_allclose(law.density(np.arange(20)[:, None]), eta, rtol=1e-9)
    np.testing.assert_allclose(law.density(np.array([[6.6], [7.4]])), eta[7], rtol=1e-9)
    assert law.applies and "not checked: t → ∞" in law.reason and "η" in law.title
    sim.dynamics.beta = sv.schedules.Power(gamma=0.5)
    assert not theory.target(sim).applies and "0.25" in theory.target(sim).reason
    sim.dynamics.generator, sim.dynamics.beta = "metropolis", 2.0
    weight = np.exp(-2.0 * (U - U.min()))
    np.testing.assert_allclose(theory.target(sim).density(np.arange(20)[:, None]), weight / weight.mean(), rtol=1e-12)


def test_classical_annealing_as_an_inverse_temperature_is_one_over_its_temperature():
    t = np.linspace(0, 100, 21)
    inverse, temperature = sv.schedules.InverseLogarithmic(c=3.0, t0=2.0), sv.schedules.Logarithmic(c=3.0, t0=2.0)
    np.testing.assert_allclose(inverse.at(t) * temperature.at(t), 1.0, rtol=1e-14)
    assert inverse.equation == r"\log(2 + t)/3"


def test_the_integration_of_a_law_that_never_ends_is_given_up_after_a_bounded_number_of_evaluations(monkeypatch):
    """With m = 1 and β = 1000 the density of a state falls below every number; LSODA then takes steps without end, and keeps each."""
    heights, calls = 3 * np.sin(np.arange(20.0)), []
    links, velocity = np.array([(i, (i + 1) % 20) for i in range(20)]), finite.velocity
    monkeypatch.setattr(finite, "velocity", lambda *given: calls.append(1) or velocity(*given))
    law = finite.ExactLaw(links, heights, 1000.0, 1.0, 20.0, np.ones(20), tolerance=1e-6)
    with pytest.raises(ArithmeticError, match=f"beyond t = 0: more than {finite.MOST_EVALUATIONS} evaluations"):
        law.at(1.0)
    assert len(calls) <= finite.MOST_EVALUATIONS + 1
    with pytest.raises(ArithmeticError):
        law.at(1.0)
    assert len(calls) <= finite.MOST_EVALUATIONS + 1, "told at once when asked again"


def test_the_entropy_of_a_small_density_is_infinite_without_a_warning():
    with warnings.catch_warnings(action="error"):
        r = np.array([0.0, 1e-300, 1.0])
        assert np.isinf(finite.entropy(r, -20.0)[:2]).all() and finite.entropy(1.0, -20.0) == 0
        assert np.isinf(finite.curvature(r, -20.0)[:2]).all() and np.isinf(finite.slope(r, -20.0)[:2]).all()
