"""The large swarm that stands for the law of PSO."""

import numpy as np

import swarmviz as sv
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.laws.pso import PSOLaw

RASTRIGIN = sv.landscapes.Rastrigin()


def test_swarms_come_nearer_to_it_like_one_over_the_root_of_n_and_are_as_far_as_independent_draws():
    """Step 20, N = 100, 1000, 10⁴ by 60, 30, 10 runs: each mean of W₁ is known to 13% or better, the slope to 0.03; 1/√10⁵ is seen by none.
    A mean may be above that of independent draws by 4%, 6%, 11% of chance, and by the interaction: in all within 1.4 times."""
    law, pso = PSOLaw(), sv.PSO()
    state = law.advance(law.init(pso, RASTRIGIN, sv.Swarm(n=10, d=1)), pso, RASTRIGIN, 20)
    curve, means = curve_of(lambda x: law.cdf(state, x), -5.0, 5.0, law.atoms(state)), []
    for n, runs in ((100, 60), (1000, 30), (10_000, 10)):
        swarms = [
            sv.Simulation(pso, RASTRIGIN, sv.Swarm(n=n, d=1, seed=seed), every=100).advance(20) for seed in range(runs)
        ]
        means.append(np.mean([distance(frame.x[:, 0], curve) for frame in swarms]))
        assert means[-1] < 1.4 * expected_distance(curve, n)
    assert -0.6 < np.polyfit(np.log([100, 1000, 10_000]), np.log(means), 1)[0] < -0.4


def test_random_batches_of_fewer_than_all_are_refused_and_of_all_are_of_all_of_the_large_swarm():
    law, pso, swarm = PSOLaw(agents=2000), sv.PSO(batch=50), sv.Swarm(n=50, d=1)
    assert "random" in law.refusal(pso, RASTRIGIN, sv.Swarm(n=51, d=1)) and law.refusal(pso, RASTRIGIN, swarm) == ""
    state = law.advance(law.init(pso, RASTRIGIN, swarm), pso, RASTRIGIN, 3)
    expected = law.advance(law.init(sv.PSO(), RASTRIGIN, swarm), sv.PSO(), RASTRIGIN, 3)
    assert state.agents.x.tobytes() == expected.agents.x.tobytes()
