"""The density is that of the agents that take part, on the page, in print and in the arena, and its law is that of theory."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.views.arena.arena import Arena
from components.views.density.density import Density
from swarmviz.drawing.density import density_picture, joint_density, taking_part, target_marginals
from swarmviz.drawing.histogram import histogram
from swarmviz.drawing.style import MANY
from swarmviz.exports.mpl.density import density_figure
from swarmviz.theory import Target


def test_a_target_in_the_plane_is_marginalised():
    law = Target("normal", "", lambda X: np.exp(-(X[:, 0] ** 2) / 2 - X[:, 1] ** 2 / 8), True, "")
    first, second = target_marginals(law, np.array([-9.0, -9.0]), np.array([9.0, 9.0]))
    grid = np.linspace(-9, 9, 256)
    np.testing.assert_allclose(first, np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi), atol=5e-3)
    np.testing.assert_allclose(second, np.exp(-(grid**2) / 8) / np.sqrt(8 * np.pi), atol=5e-3)


def descending(n=60, d=1):
    sim = sv.Simulation(sv.SBGD(), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=1))
    sim.advance(40)
    assert 0 < taking_part(sim.frame).sum() < n, "some were removed"
    return sim


@pytest.mark.parametrize("d", [1, 2])
def test_removed_agents_are_not_counted_and_are_told(d):
    sim = descending(d=d)
    there = sim.frame.x[sim.frame.mass > 0]
    removed = sim.frame.n - len(there)
    low, high = (float(side[0]) for side in sim.landscape.limits(d))
    expected = histogram(there[:, 0], low, high, 40)[0]
    view = Density()
    view.attach(sim)
    np.testing.assert_allclose(view.sources[0].data["top"], expected, rtol=1e-6)
    assert view._plots[0].note.text == f"{removed} removed"
    np.testing.assert_allclose(density_picture(sim.frame, sim).marginals[0].top, expected)
    figure = density_figure(sim)
    assert any(text.get_text() == f"{removed} removed" for axes in figure.axes for text in axes.texts)
    if d == 2:
        view.plane = True
        image, _ = joint_density(there, *sim.landscape.limits(2), 40, True)
        np.testing.assert_array_equal(view._joint.cells.data["image"][0], image)
        assert view._joint.note.text == f"{removed} removed"


@pytest.mark.parametrize("d", [1, 2])
def test_the_crowd_in_the_arena_is_without_the_removed(d):
    sim = descending(MANY + 1, d)
    arena = Arena()
    arena.attach(sim)
    assert (sim.frame.x[sim.frame.mass == 0] != 0).any() and "removed, not drawn" in arena.renderer.note.text
    everyone = Arena()
    frame = sim.frame
    bare = sv.Frame(frame.k, frame.t, frame.x, frame.energy)
    everyone.attach(type("Bare", (), {"frame": bare, "landscape": sim.landscape, "dynamics": sim.dynamics})())
    counted = [np.count_nonzero(a.renderer.density.data["image"][0]) for a in (arena, everyone)]
    assert counted[0] < counted[1]
