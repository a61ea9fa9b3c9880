"""The arena: every kind of run is drawn, by one renderer at a time. No browser."""

from __future__ import annotations

import numpy as np
import pytest

from components.views.arena.arena import Arena
from tests.views.arena.runs import DYNAMICS, attached, points, simulation


@pytest.mark.parametrize("n", [5_000, 100_000])
@pytest.mark.parametrize("dynamics", DYNAMICS[:2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_large_swarm_is_drawn_as_a_density_that_says_so_and_misses_nobody(dynamics, n, d):
    sim = simulation(dynamics, "Rastrigin", n=n, d=d)
    arena = attached(Arena(), sim)
    renderer = arena.renderer
    payload = arena.prepare(sim.frame, sim)
    image = payload["density"].image
    x = sim.frame.x[:, :2]
    ends = np.array([[r.start, r.end] for r in (renderer.figure.x_range, renderer.figure.y_range)[: min(d, 2)]])
    seen = ((x >= ends[:, 0]) & (x <= ends[:, 1])).all(axis=1)
    assert len(points(arena)["x"]) == 0
    assert renderer.cloud.visible and renderer.note.visible and f"{n:,} agents" in renderer.note.text
    assert ((image > 0).sum() > 100) and image.dtype == np.uint8
    if not seen.all():
        assert f"{n - seen.sum():,} agent" in renderer.note.text
