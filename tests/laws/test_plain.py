"""A large swarm as a law: its distribution function is that of its agents, in pieces or at once it is the same."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.laws.plain import Plain, table_of

RASTRIGIN, SWARM = sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=1, seed=3)


def test_it_starts_at_the_quantiles_of_the_initial_law_whatever_the_number_and_the_seed_of_the_swarm():
    law = Plain(agents=1000)
    state = law.init(sv.PSO(), RASTRIGIN, SWARM)
    np.testing.assert_allclose(law.positions(state), np.linspace(-5.12, 5.12, 2001)[1::2], rtol=1e-12, atol=1e-12)
    assert np.abs(np.corrcoef(np.asarray(state.agents.x), np.arange(1000))[0, 1]) < 4 / np.sqrt(
        1000
    )  # in a random order
    again = law.init(sv.PSO(), RASTRIGIN, sv.Swarm(n=7, d=1, seed=99))
    assert again.agents.x.tobytes() == state.agents.x.tobytes()


def test_ten_steps_are_ten_times_one_step():
    law, pso = Plain(agents=1000), sv.PSO(alpha=30.0)
    start = law.init(pso, RASTRIGIN, SWARM)
    whole, pieces = law.advance(start, pso, RASTRIGIN, 10), start
    for _ in range(10):
        pieces = law.advance(pieces, pso, RASTRIGIN, 1)
    assert whole.agents.x.tobytes() == pieces.agents.x.tobytes() and whole.k == pieces.k == 10
    assert start.k == start.agents.k == 0


def test_its_agents_are_those_of_a_simulation_that_starts_there():
    law, pso = Plain(agents=500), sv.PSO(alpha=30.0)
    state = law.advance(law.init(pso, RASTRIGIN, SWARM), pso, RASTRIGIN, 7)
    points = np.asarray(law.init(pso, RASTRIGIN, SWARM).agents.x)[:, None]
    sim = sv.Simulation(pso, RASTRIGIN, sv.Swarm(n=500, d=1, seed=state.agents.seed, initial="points", points=points))
    np.testing.assert_array_equal(np.sort(sim.advance(7).x[:, 0]), law.positions(state))


def test_the_distribution_function_has_the_walls_as_atoms():
    law, pso = Plain(agents=5000), sv.PSO(boundary="clip", sigma_own=6.0, sigma_common=6.0, dt=0.5)
    state = law.advance(law.init(pso, RASTRIGIN, SWARM), pso, RASTRIGIN, 3)
    x, atoms = law.positions(state), law.atoms(state)
    walls = np.array([-5.12, 5.12])
    np.testing.assert_array_equal(atoms[:, 0], walls)
    np.testing.assert_allclose(atoms[:, 1], [(x == wall).mean() for wall in walls], rtol=1e-12)
    places = np.linspace(-6, 6, 1001)
    np.testing.assert_allclose(law.cdf(state, places), np.searchsorted(x, places, side="right") / 5000, atol=3 / 2000)


def test_the_pieces_between_the_knots_are_nearer_to_the_agents_than_these_to_their_law():
    x = np.sort(np.random.default_rng(5).standard_normal(100_000))
    table = table_of(x)
    curve = curve_of(lambda y: np.interp(y, table.x, table.value), -1.0, 1.0)
    assert distance(x, curve) < 0.2 * expected_distance(curve, len(x))


def test_a_few_places_are_atoms_and_nothing_else():
    table = table_of(np.repeat([1.0, 2.0], [300, 700]))
    np.testing.assert_array_equal(table.atoms, [[1.0, 0.3], [2.0, 0.7]])
    assert not len(table.x)


@pytest.mark.parametrize("name", ["PSO", "FMC", "SSA"])
def test_another_landscape_is_taken_over_as_a_swarm_takes_it(name):
    law, dynamics = Plain(agents=300), sv.dynamics.ALL[name]()
    state = law.advance(law.init(dynamics, RASTRIGIN, SWARM), dynamics, RASTRIGIN, 3)
    sphere = sv.landscapes.Sphere()
    moved = law.advance(law.moved_to(state, dynamics, sphere), dynamics, sphere, 2)
    expected, _ = dynamics.advance(dynamics.moved_to(state.agents, sphere), sphere, 2, every=100)
    assert moved.k == 5 and moved.agents.x.tobytes() == expected.x.tobytes()
