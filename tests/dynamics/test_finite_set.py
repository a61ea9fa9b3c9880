"""The swarm on a finite set against a naive oracle, and against the laws that its jumps must obey."""

import itertools
import math

import numpy as np
import pytest
from scipy import linalg, stats

import swarmviz as sv
import tests.references.finite_set as naive
from swarmviz.dynamics.finite_set.events import flow
from swarmviz.dynamics.finite_set.space import GRAPHS, lattice, space_of
from swarmviz.kernels.randomness import draw_uniform
from swarmviz.theory.finite_set import ExactLaw, energy, relaxation_rate, stationary

CURVE = sv.landscapes.FiniteSetCurve()
RISING = sv.schedules.Linear(start=0.5, end=6.0, duration=30.0)
GENERATORS = ["first", "second", "hybrid", "metropolis"]
MADE = [graph for graph in GRAPHS if graph != "own"]  # of as many states as one likes


def simulation(n=50, seed=1, landscape=CURVE, d=1, every=1, start=None, **parameters):
    swarm = {"initial": "points", "points": start} if start is not None else {}
    return sv.Simulation(sv.FiniteSet(**parameters), landscape, sv.Swarm(n=n, d=d, seed=seed, **swarm), every=every)


def heights_of(space, landscape=CURVE):
    return landscape.values(space.positions(*landscape.limits(space.key.d)))


def occupations(seeds, steps, **options):
    """Share of the agents on each state at the end, one row per seed."""
    return np.array([simulation(seed=s, every=steps, **options).advance(steps).occupation for s in seeds])


def neighbours(space):
    return [sorted({int(y) for y in space.to[space.first[x] : space.first[x + 1]]}) for x in range(space.states)]


# ---- the set ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", MADE)
@pytest.mark.parametrize("states, d", [(2, 1), (3, 2), (20, 1), (20, 2), (27, 3), (60, 3)])
def test_a_graph_is_connected_without_loops_and_each_edge_knows_its_opposite(graph, states, d):
    space = space_of(graph, states, d)
    S = space.states
    start = np.repeat(np.arange(S), np.diff(space.first))
    assert (start != space.to).all() and len(set(zip(start, space.to, strict=True))) == len(start) == 2 * len(
        space.links
    )
    np.testing.assert_array_equal(start[space.back], space.to)
    np.testing.assert_array_equal(space.to[space.back], start)
    reach = np.eye(S, dtype=bool)
    reach[space.links[:, 0], space.links[:, 1]] = reach[space.links[:, 1], space.links[:, 0]] = True
    assert np.linalg.matrix_power(reach.astype(float), S).all()


def test_every_graph_has_the_neighbours_that_its_name_promises():
    degree = {graph: np.diff(space_of(graph, 20, 2).first) for graph in MADE}
    assert space_of("grid", 20, 2).sides == (5, 4)
    assert (degree["cycle"] == 2).all() and sorted(degree["path"]) == [1, 1] + 18 * [2]
    assert sorted(degree["grid"]) == 4 * [2] + 10 * [3] + 6 * [4]
    assert (degree["torus"] == 4).all() and (degree["complete"] == 19).all()
    assert degree["random"].mean() == 3.0
    for graph, in_one_dimension in (("grid", "path"), ("torus", "cycle")):
        np.testing.assert_array_equal(space_of(graph, 20, 1).links, space_of(in_one_dimension, 20, 1).links)


@pytest.mark.parametrize("d", [1, 2, 3, 30])
def test_a_path_visits_all_states_of_a_lattice_one_cell_at_a_time(d):
    space = space_of("path", 24, d)
    a, b = space.cells[space.links[:, 0]], space.cells[space.links[:, 1]]
    assert (np.abs(a - b).sum(axis=1) == 1).all() and len(space.links) == space.states - 1


def test_a_random_graph_is_a_function_of_its_seed_and_has_the_wanted_degree():
    one, same, other = (space_of("random", 100, 1, 5.0, w).links for w in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert len(one) == len(other) == 250
    common = {tuple(pair) for pair in one} & {tuple(pair) for pair in other}
    assert len(common) < 250 * 0.05 * 3, "no more than chance allows: 5 % of all pairs are linked"
    assert len(space_of("random", 4, 1, 20.0, 0).links) == 6, "no more links than there are pairs"


def test_a_lattice_takes_no_more_states_than_wanted_and_says_so_when_it_takes_fewer():
    for states in range(2, 200):
        for d in (1, 2, 3):
            sides = lattice(states, d)
            assert math.prod(sides) <= states and list(sides) == sorted(sides, reverse=True)
    assert lattice(20, 1) == (20,) and lattice(64, 3) == (4, 4, 4) and lattice(10_000, 2) == (100, 100)
    frame = simulation(landscape=sv.landscapes.Himmelblau(), d=2, states=19).frame
    assert len(frame.occupation) == 16 and frame.notes == (
        "4 × 4 = 16 states: 19 do not fill a lattice in 2 dimensions",
    )
    assert simulation().frame.notes == ()


@pytest.mark.parametrize("d", [1, 2])
def test_a_uniform_law_on_the_box_is_uniform_on_the_states(d):
    landscape = CURVE if d == 1 else sv.landscapes.Himmelblau()
    counts = simulation(n=40_000, d=d, landscape=landscape).frame.occupation * 40_000
    assert stats.chisquare(counts).pvalue > 1e-3


def test_a_state_lies_in_its_own_cell_and_an_agent_goes_to_the_nearest_state():
    space, (low, high) = space_of("grid", 20, 2), (np.array([-3.0, 1.0]), np.array([2.0, 9.0]))
    sites = space.positions(low, high)
    np.testing.assert_array_equal(space.nearest(sites, low, high), np.arange(20))
    x = low + (high - low) * draw_uniform(1, 5, 0, 500, 2)
    away = np.abs((x[:, None] - sites) / (high - low) * space.sides).max(axis=2)
    np.testing.assert_array_equal(space.nearest(x, low, high), away.argmin(axis=1))
    outside = np.array([[-100.0, -100.0], [1e300, np.inf]])
    np.testing.assert_array_equal(space.nearest(outside, low, high), [0, 19])


def test_the_states_on_the_papers_landscape_are_the_papers():
    i = np.arange(20)
    z = -0.6 + i / 5.5
    heights = heights_of(space_of("cycle", 20, 1))
    np.testing.assert_allclose(heights, z**2 / 10 + 2 * (np.cos(3 * z) + np.sin(7 * z)), rtol=1e-12)
    frame = simulation(n=20, start=i[:, None]).frame
    np.testing.assert_array_equal(frame.node, i)
    np.testing.assert_array_equal(frame.x[:, 0], i)


# ---- the kernel ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [5.0, RISING], ids=["constant", "rising"])
@pytest.mark.parametrize("graph, d", [("cycle", 1), ("random", 1), ("torus", 2)])
@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("method", ["exact", "tau_leap"])
def test_the_kernel_moves_the_same_agents_at_the_same_events_as_the_naive_equations(generator, graph, d, beta, method):
    landscape = CURVE if d == 1 else sv.landscapes.Himmelblau()
    beta = beta if d == 1 else 0.01
    kappa = sv.schedules.Exponential(start=1.0, ratio=0.9)
    sim = simulation(
        40,
        5,
        landscape,
        d,
        graph=graph,
        generator=generator,
        beta=beta,
        kappa=kappa,
        m=-0.7,
        rate=0.3,
        dt=1.5,
        method=method,
    )
    space = sim.dynamics.space(d)
    swarm = naive.Swarm(sim.frame.node, heights_of(space, landscape), neighbours(space))
    walk = naive.gillespie if method == "exact" else naive.leap
    at = (
        (lambda value: value.at)
        if not isinstance(beta, float)
        else (lambda value: value.at if value is kappa else lambda t: value)
    )
    walk(swarm, 12, 1.5, 5, generator, 0.3, -0.7, at(beta), at(kappa))
    frame = sim.advance(12)
    np.testing.assert_array_equal(frame.node, swarm.node())
    assert sim.record["transitions"][-1] == swarm.jumps > 20
    assert sim.record["best"][-1] == swarm.best


@pytest.mark.parametrize("m, m2", [(0.0, 2.0), (1.0, 1.0), (0.5, 1.5), (-1.0, 3.0)])
@pytest.mark.parametrize("generator", ["first", "hybrid"])
def test_the_kernel_is_the_naive_equations_for_every_entropy(generator, m, m2):
    sim = simulation(40, 5, generator=generator, beta=RISING, m=m, m2=m2, rate=0.3, dt=1.5)
    space = sim.dynamics.space(1)
    swarm = naive.Swarm(sim.frame.node, heights_of(space), neighbours(space))
    naive.gillespie(swarm, 12, 1.5, 5, generator, 0.3, (m, m2), RISING.at, lambda t: 0.5)
    frame = sim.advance(12)
    np.testing.assert_array_equal(frame.node, swarm.node())
    assert sim.record["transitions"][-1] == swarm.jumps > 20
    p, eta = frame.occupation, stationary(swarm.U, float(RISING.at(18.0)), m, m2) / 20
    assert sim.record["target_distance"][-1] == pytest.approx(np.abs(p - eta).sum(), rel=1e-9)
    smooth = 20 * (40 * p + 0.5) / (40 + 10)
    assert sim.record["energy"][-1] == pytest.approx(energy(smooth, swarm.U, float(RISING.at(18.0)), m, m2), rel=1e-9)


@pytest.mark.parametrize("m, m2", [(0.0, 2.0), (1.0, 1.0), (-1.0, 4.0)])
def test_the_swarm_follows_the_law_of_its_entropy(m, m2):
    """N = 20 000 after t = 20, the first generator: the L1 distance of independent agents from their law would be 0.025."""
    space = space_of("cycle", 20, 1)
    p = ExactLaw(space.links, heights_of(space), 1.0, m, 0.1, np.ones(20), m2=m2).at(20.0)[0] / 20
    other = ExactLaw(space.links, heights_of(space), 1.0, -1.0, 0.1, np.ones(20)).at(20.0)[0] / 20
    share = simulation(20_000, beta=1.0, m=m, m2=m2, dt=20.0).advance(1).occupation
    assert np.abs(share - p).sum() < 0.03 < np.abs(other - p).sum()


@pytest.mark.parametrize("generator", GENERATORS)
def test_what_is_recorded_is_what_the_frames_show(generator):
    sim = simulation(n=33, generator=generator, beta=RISING, m=-1.7)
    U, exponent = heights_of(sim.dynamics.space(1)), None if generator == "metropolis" else -1.7
    for k in range(20):
        frame, beta = sim.frame, float(RISING.at(float(k)))
        p, eta = frame.occupation, stationary(U, beta, exponent) / 20
        np.testing.assert_array_equal(p * 33, np.bincount(frame.node, minlength=20))
        np.testing.assert_array_equal(frame.energy, U[frame.node])
        smooth = 20 * (33 * p + 0.5) / (33 + 10)
        expected = {
            "provisional_minimum": frame.energy.mean(),
            "minimum": frame.energy.min(),
            "target_distance": np.abs(p - eta).sum(),
            "target_distance_l2": np.sqrt(20 * ((p - eta) ** 2).sum()),
            "distance": np.abs(p - np.eye(20)[7]).sum(),
            "distance_l2": np.sqrt(20 * ((p - np.eye(20)[7]) ** 2).sum()),
            "energy": energy(smooth, U, beta, exponent),
        }
        for name, value in expected.items():
            assert sim.record[name][-1] == pytest.approx(value, rel=1e-10, abs=1e-12), name
        assert frame.level == pytest.approx(frame.energy.mean(), rel=1e-12)
        sim.advance(1)
    assert (np.diff(sim.record["best"]) <= 0).all() and (np.diff(sim.record["transitions"]) >= 0).all()


@pytest.mark.parametrize("method", ["exact", "tau_leap"])
def test_the_best_value_counts_states_that_were_visited_between_two_looks(method):
    """Six wanderers, from a state that is not the lowest, in steps in which each jumps many times."""
    sim = simulation(6, 3, start=[[3.0]], generator="metropolis", beta=0.1, dt=8.0, method=method)
    swarm = naive.Swarm(sim.frame.node, heights_of(sim.dynamics.space(1)), neighbours(sim.dynamics.space(1)))
    walk = naive.gillespie if method == "exact" else naive.leap
    best = [swarm.best]
    for k in range(1, 31):
        fresh = naive.Swarm(np.full(6, 3), swarm.U, swarm.neighbours)
        walk(fresh, k, 8.0, 3, "metropolis", 0.1, -1.0, lambda t: 0.1, lambda t: 0.5)
        best.append(fresh.best)
    sim.advance(30)
    np.testing.assert_array_equal(sim.record["best"], best)
    lowest_seen = np.minimum.accumulate(sim.record["minimum"])
    assert best[0] > best[-1] and (method == "tau_leap" or (sim.record["best"] < lowest_seen).any())


@pytest.mark.parametrize("method", ["exact", "tau_leap"])
@pytest.mark.parametrize("generator", GENERATORS)
def test_a_scheduled_run_does_not_depend_on_how_its_steps_were_batched(generator, method):
    a, b = (simulation(generator=generator, beta=RISING, method=method) for _ in range(2))
    a.advance(30)
    for steps in (1, 4, 0, 25):
        b.advance(steps)
    np.testing.assert_array_equal(a.frame.node, b.frame.node)
    for name in a.record:
        np.testing.assert_array_equal(a.record[name], b.record[name], err_msg=name)


@pytest.mark.parametrize("kappa, generator", [(0.0, "first"), (1.0, "second")])
def test_the_hybrid_at_its_ends_is_the_first_and_the_second_bit_for_bit(kappa, generator):
    for beta in (5.0, RISING):
        a, b = simulation(generator="hybrid", kappa=kappa, beta=beta), simulation(generator=generator, beta=beta)
        np.testing.assert_array_equal(a.advance(100).node, b.advance(100).node)
        np.testing.assert_array_equal(a.record["transitions"], b.record["transitions"])


def test_the_hybrid_jumps_more_often_the_more_of_the_second_it_has():
    runs = [simulation(generator="hybrid", kappa=c) for c in (0.0, 0.3, 0.7, 1.0)]
    for sim in runs:
        sim.advance(300)
    jumps = [sim.record["transitions"][-1] for sim in runs]
    for less, more in itertools.pairwise(jumps):
        assert more - less > 4 * math.sqrt(more + less)  # counts of events


# ---- laws of the jumps -----------------------------------------------------------------------------------------------


def test_all_swarm_generators_have_the_flow_of_the_paper_between_two_states():
    """q(x, y) − q(y, x) = βθ(U(x) − U(y)) + ρ(x) − ρ(y) whatever κ: that is why they share their law (004 Theorem 4.9)."""
    rng = np.random.default_rng(3)
    for s, t, rise, beta, kappa in rng.uniform([0, 0, -3, 0, 0], [3, 3, 3, 10, 1], (200, 5)):
        theta = naive.theta(s, t, -1.0)
        net = flow(rise, s, t, theta, beta, kappa, False) - flow(-rise, t, s, theta, beta, kappa, False)
        assert net == pytest.approx(-beta * theta * rise + s - t, rel=1e-12, abs=1e-12)


def test_metropolis_is_in_detailed_balance_with_gibbs_law():
    rng = np.random.default_rng(4)
    for a, b, beta in rng.uniform([-3, -3, 0], [3, 3, 10], (200, 3)):
        s, t = math.exp(-beta * a), math.exp(-beta * b)
        there, back = flow(b - a, s, t, 0.0, beta, 0.0, True), flow(a - b, t, s, 0.0, beta, 0.0, True)
        assert there == pytest.approx(back, rel=1e-12)


def test_at_its_target_the_swarm_has_no_net_flow_though_the_second_generator_still_jumps():
    U = heights_of(space_of("cycle", 20, 1))
    eta = stationary(U, 5.0)
    for x in range(20):
        y = (x + 1) % 20
        theta = naive.theta(eta[x], eta[y], -1.0)
        first = [
            flow(r, s, t, theta, 5.0, 0.0, False)
            for r, s, t in ((U[y] - U[x], eta[x], eta[y]), (U[x] - U[y], eta[y], eta[x]))
        ]
        second = [
            flow(r, s, t, theta, 5.0, 1.0, False)
            for r, s, t in ((U[y] - U[x], eta[x], eta[y]), (U[x] - U[y], eta[y], eta[x]))
        ]
        assert max(first) < 1e-10 and min(second) > 0.1 and second[0] == pytest.approx(second[1], rel=1e-10)


def test_without_temperature_equal_crowds_stand_still_under_the_first_generator_only():
    """β = 0: (2) drives from the crowded to the empty; where all are equal it drives nowhere."""
    start = np.arange(20.0)[:, None]
    frame = simulation(n=60, start=start, beta=0.0, generator="first").advance(100)
    np.testing.assert_array_equal(frame.node, np.arange(60) % 20)
    np.testing.assert_array_equal(simulation(n=60, start=start, rate=0.0).advance(100).node, np.arange(60) % 20)
    sim = simulation(n=60, start=start, beta=0.0, generator="second")
    sim.advance(100)
    expected = 2 * 0.1 * 60 * 100  # a Poisson process: every agent jumps at rate 2ℓ
    assert abs(sim.record["transitions"][-1] - expected) < 4 * math.sqrt(expected)


def test_metropolis_agents_are_independent_walkers_whose_law_is_the_exponential_of_their_generator():
    S, N, beta, t = 20, 400_000, 0.6, 7.0
    U = heights_of(space_of("cycle", S, 1))
    M = np.zeros((S, S))
    for x in range(S):
        for y in ((x - 1) % S, (x + 1) % S):
            M[x, y] = 0.5 * min(1, math.exp(-beta * (U[y] - U[x])))
    M -= np.diag(M.sum(axis=1))
    p = linalg.expm(M * t)[3]
    counts = simulation(N, start=[[3.0]], generator="metropolis", beta=beta, rate=0.5, dt=t).advance(1).occupation * N
    assert stats.chisquare(counts, p * N).pvalue > 1e-3
    wrong = linalg.expm(M * 1.02 * t)[3]  # negative control: 2 % more time
    assert stats.chisquare(counts, wrong * N).pvalue < 1e-6


def test_metropolis_settles_in_gibbs_law():
    N, space = 20_000, space_of("cycle", 20, 1)
    U = heights_of(space)
    t = 10 / relaxation_rate(U, 0.3, None, space.links, 1.0)  # what is left of the start is below e^-10
    counts = simulation(N, start=[[3.0]], generator="metropolis", beta=0.3, rate=1.0, dt=t).advance(1).occupation * N
    assert stats.chisquare(counts, stationary(U, 0.3, None) / 20 * N).pvalue > 1e-3
    assert stats.chisquare(counts, stationary(U, 0.27, None) / 20 * N).pvalue < 1e-3, "negative control"


def test_thinning_follows_a_temperature_that_changes_within_the_step():
    """One step of Δt = 6 in which β grows from 0 to 3, against 600 short stretches of constant β (Metropolis: a linear law)."""
    S, N, t, pieces = 20, 400_000, 6.0, 600
    U, p = heights_of(space_of("cycle", S, 1)), np.eye(S)[3]
    for i in range(pieces):
        M = np.zeros((S, S))
        for x in range(S):
            for y in ((x - 1) % S, (x + 1) % S):
                M[x, y] = 0.5 * min(1, math.exp(-3.0 * (i + 0.5) / pieces * (U[y] - U[x])))
        p = p @ linalg.expm((M - np.diag(M.sum(axis=1))) * t / pieces)
    beta = sv.schedules.Linear(start=0.0, end=3.0, duration=t)
    counts = simulation(N, start=[[3.0]], generator="metropolis", beta=beta, rate=0.5, dt=t).advance(1).occupation * N
    assert stats.chisquare(counts, p * N).pvalue > 1e-3


@pytest.mark.parametrize("generator", ["first", "second", "hybrid"])
def test_the_law_of_an_exact_run_does_not_depend_on_the_step_even_when_the_temperature_changes(generator):
    """In one long step everything rests on the thinning; the short ones hardly use it."""
    options = {
        "n": 100,
        "generator": generator,
        "beta": sv.schedules.Power(gamma=2.0, t0=1.0),
        "kappa": sv.schedules.Exponential(start=1.0, ratio=0.7),
        "rate": 0.05,
    }
    one = occupations(range(500), 1, dt=8.0, **options)
    many = occupations(range(500, 1000), 100, dt=0.08, **options)
    error = np.sqrt((one.var(axis=0) + many.var(axis=0)) / 500)
    z = (one.mean(axis=0) - many.mean(axis=0)) / error
    assert np.abs(z).max() < 4 and (z**2).sum() < stats.chi2.ppf(0.999, 19)


@pytest.mark.parametrize("generator", GENERATORS)
def test_one_long_step_of_a_falling_temperature_ends_where_the_law_ends(generator):
    """β from 20 down to 0.3 within the step. A β taken as linear between the ends gives ⟨U⟩ = −0.62 in place of −0.22 (the first)."""
    beta, space, exponent = (
        sv.schedules.Exponential(start=20.0, ratio=0.9),
        space_of("cycle", 20, 1),
        None if generator == "metropolis" else -1.0,
    )
    U = heights_of(space)
    p = ExactLaw(space.links, U, beta, exponent, 0.1, np.ones(20)).at(40.0)[0] / 20
    sim = simulation(20_000, generator=generator, beta=beta, dt=40.0)
    sim.advance(1)
    # independent agents: the second scatters up to twice as much in the variance, the bias of 20 000 agents is far below
    error = math.sqrt(2 * (p @ U**2 - (p @ U) ** 2) / 20_000)
    assert abs(sim.record["provisional_minimum"][-1] - p @ U) < 4 * error < 0.1


@pytest.mark.parametrize("generator", ["hybrid", "metropolis"])
def test_a_peak_of_beta_between_two_steps_is_neither_missed_nor_beyond_the_bound(generator):
    """β is 1 at both ends of the step and 12 for a while between."""
    beta = sv.schedules.Piecewise(((0, 1), (3, 1), (4, 12), (5, 12), (6, 1)))
    options = {
        "n": 100,
        "generator": generator,
        "beta": beta,
        "kappa": sv.schedules.Piecewise(((0, 0), (4, 1), (8, 0))),
    }
    one = occupations(range(400), 1, dt=8.0, **options)
    many = occupations(range(400, 800), 8, dt=1.0, **options)
    without = occupations(range(400), 1, dt=8.0, **options | {"beta": 1.0, "kappa": 0.0})  # negative control

    def chi_square(a, b):
        return ((a.mean(axis=0) - b.mean(axis=0)) ** 2 / ((a.var(axis=0) + b.var(axis=0)) / 400)).sum()

    assert chi_square(one, many) < stats.chi2.ppf(0.999, 20) < chi_square(one, without)


@pytest.mark.parametrize("generator", GENERATORS)
def test_leaps_tend_to_the_exact_law_as_the_step_shrinks(generator):
    """The error of the mean occupation falls in proportion to Δt, and is within chance for small Δt."""
    options = {"n": 500, "generator": generator, "beta": 3.0, "rate": 0.3}
    exact = occupations(range(300), 1, dt=4.0, **options)

    def distance(steps):
        leaps = occupations(range(300, 600), steps, dt=4.0 / steps, method="tau_leap", **options)
        error = np.sqrt((exact.var(axis=0) + leaps.var(axis=0)) / 300)
        difference = exact.mean(axis=0) - leaps.mean(axis=0)
        return np.abs(difference).sum(), np.abs(difference / error).max()

    (coarse, far), (_, near) = distance(2), distance(160)
    assert far > 6 and near < 4, (coarse, far, near)


@pytest.mark.parametrize("generator", ["first", "second"])
def test_the_law_of_the_particles_approaches_the_exact_law_as_one_over_root_n(generator):
    sizes, runs, t = np.array([250, 1000, 4000, 16_000]), 60, 20.0
    space = space_of("cycle", 20, 1)
    p = ExactLaw(space.links, heights_of(space), 5.0, -1.0, 0.1, np.ones(20)).at(t)[0] / 20
    squares, errors = [], []
    for n in sizes:
        found = occupations(range(runs), 1, n=n, generator=generator, dt=t)
        square = ((found - p) ** 2).sum(axis=1)
        squares.append(square.mean())
        errors.append(square.std() / square.mean() / math.sqrt(runs))
    x, y = np.log(sizes), 0.5 * np.log(squares)
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    slope, error = weights @ y, math.sqrt(((weights * 0.5 * np.array(errors)) ** 2).sum())
    assert abs(slope + 0.5) < 3 * error and error < 0.03, (slope, error)
    z = (found.mean(axis=0) - p) / (found.std(axis=0) / math.sqrt(runs))
    assert np.abs(z).max() < 4, z


@pytest.mark.parametrize("method", ["exact", "tau_leap"])
def test_which_agent_of_a_state_jumps_is_a_matter_of_chance(method):
    """Forty agents start on one state: after a while each of them has gone as often as any other."""
    gone = np.array(
        [simulation(40, s, start=[[0.0]], method=method, rate=0.4).advance(1).node != 0 for s in range(600)]
    )
    counts, p = gone.sum(axis=0), gone.mean()
    # Independent agents would give χ² with 39 degrees of freedom; as one that goes makes another stay, at most 40/39 of it.
    spread = ((counts - counts.mean()) ** 2).sum() / (600 * p * (1 - p))
    assert 0.2 < p < 0.8 and stats.chi2.ppf(0.001, 39) < spread < 40 / 39 * stats.chi2.ppf(0.999, 39)


# ---- live changes ----------------------------------------------------------------------------------------------------


def test_the_graph_and_the_number_of_states_are_live_and_going_back_replays_their_change():
    sim = simulation(n=200)
    before = sim.advance(10)
    sim.dynamics.states = 40
    at_change = sim.apply()
    # State i of 20 lies between states 2i and 2i + 1 of 40; each agent has gone to one of them.
    assert (np.abs(at_change.x - before.x) <= 0.25 + 1e-12).all() and len(at_change.occupation) == 40
    after = sim.advance(15)
    sim.dynamics.graph = "complete"
    last = sim.advance(15)
    np.testing.assert_array_equal(sim.goto(10).node, before.node)
    np.testing.assert_array_equal(sim.goto(25).node, after.node)
    np.testing.assert_array_equal(sim.goto(40).node, last.node)
    assert len(sim.record["k"]) == 41


def test_another_landscape_moves_no_agent_and_forgets_the_best_value():
    sim = simulation(n=200)
    before = sim.advance(50)
    sim.landscape = sv.landscapes.FiniteSetCurve(height=0.1)
    frame = sim.apply()
    np.testing.assert_array_equal(frame.node, before.node)
    np.testing.assert_allclose(frame.energy, 0.1 * before.energy, rtol=1e-12)
    sim.advance(1)
    assert sim.record["best"][-1] == pytest.approx(0.1 * sim.record["best"][-2], rel=1e-12)


def test_a_set_that_cannot_be_is_refused_by_name_and_the_run_stays():
    sim = simulation()
    sim.dynamics.graph, sim.dynamics.states = "complete", 5000
    with pytest.raises(ValueError, match=r"^states \(S\) = 5000: must be at most 1000 on a complete graph$"):
        sim.advance(1)
    assert sim.k == 0
    for name, value in {
        "states": 1,
        "beta": -1.0,
        "m": 1.1,
        "m2": 0.9,
        "kappa": 1.5,
        "degree": 1.0,
        "graph": "star",
        "dt": 0.0,
    }.items():
        with pytest.raises(ValueError, match=f"^{name} "):
            sv.FiniteSet(**{name: value})


def test_a_step_with_more_events_than_anyone_would_wait_for_is_refused_and_leaves_the_run_alone():
    sim = simulation(n=1000, generator="second", rate=1e6, dt=100.0)
    with pytest.raises(ValueError, match=r"dt \(Δt\) = 100: step 0 has more than 10000000 jumps"):
        sim.advance(1)
    assert sim.k == 0 and sim.record["transitions"][-1] == 0
    sim.dynamics.method = "tau_leap"
    assert sim.advance(1).k == 1


def test_a_function_that_is_not_finite_at_a_state_is_refused():
    class Broken(sv.landscapes.FiniteSetCurve):
        def values(self, X):
            return np.where(np.asarray(X)[:, 0] == 4.0, np.inf, 1.0)

    with pytest.raises(ValueError, match="inf at state 4"):
        simulation(landscape=Broken())


def test_a_beta_that_leaves_its_range_between_two_steps_is_refused_with_the_time():
    beta = sv.schedules.Piecewise(((2.0, 1.0), (2.5, -1.0), (3.0, 1.0)))
    with pytest.raises(ValueError, match=r"beta \(β\) = -1 at t = 2.5: "):
        simulation(beta=beta).advance(4)


def test_a_beta_beyond_its_range_is_refused_with_the_time():
    with pytest.raises(ValueError, match=r"beta \(β\) = -1 at t = "):
        simulation(beta=sv.schedules.Linear(start=1.0, end=-1.0, duration=2.0)).advance(2)
