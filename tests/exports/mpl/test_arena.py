"""The arena in Matplotlib: agents and bars are drawn where they are."""

import numpy as np
import pytest

from swarmviz.exports.mpl.arena import Arena
from tests.exports.kinds import made


@pytest.mark.parametrize("kind", ["plane", "line", "drifting"])
def test_agents_are_drawn_where_they_are(kind):
    sim = made(kind)
    arena = Arena(sim)
    arena.show(sim)
    places = sim.frame.x if sim.frame.d > 1 else np.column_stack([sim.frame.x[:, 0], sim.frame.energy])
    np.testing.assert_array_equal(arena.painter.dots.get_offsets(), places)
    goals = sim.landscape.minimisers(sim.frame.d)[:, 0] + (0.0 if sim.frame.shift is None else sim.frame.shift[0])
    np.testing.assert_array_equal(np.sort(arena.painter.minimisers.get_xdata()), np.sort(goals))


def test_bars_have_the_height_of_the_occupation():
    sim = made("bars", 30)
    arena = Arena(sim)
    arena.show(sim)
    heights = [path.vertices[:, 1].max() for path in arena.painter.bars.get_paths()]
    np.testing.assert_array_equal(heights, sim.frame.occupation)
    assert arena.painter.target.get_data().values.sum() == pytest.approx(1.0)
