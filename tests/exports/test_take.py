"""The frames of a run as small whole numbers."""

import swarmviz as sv
from swarmviz.exports.take import Take


def test_the_longest_replay_is_still_at_most_3_MB():
    """As many frames as there may be, of positions that no packing makes smaller."""
    take, sim = Take(3000), sv.Simulation(sv.PSO(), sv.landscapes.Rastrigin(), sv.Swarm(n=1000, seed=1))
    take.add(sim)
    each = sum(
        values[0].nbytes // 4 if values[0].dtype == float else values[0].nbytes for values in take._columns.values()
    )
    assert 4 / 3 * 3000 * each + 400_000 < 3_000_000
