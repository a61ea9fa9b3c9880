"""The line as Bokeh paints it: the agents on their curve, and their velocities. No browser."""

from __future__ import annotations

import numpy as np
import pytest

from components.views.arena.arena import Arena
from components.views.arena.arrows import LEGEND
from swarmviz.drawing.arrows import MAX_WIDTHS, TIME
from tests.views.arena.runs import attached, bare, points, simulation


def test_in_one_dimension_the_agents_sit_on_the_curve_between_consensus_and_level():
    for dynamics in ("CBO", "SSA"):
        sim = simulation(dynamics, "Ackley", n=30, d=1)
        arena, frame = attached(Arena(), sim), sim.frame
        data, marks, curve = points(arena), arena.renderer.marks.data, arena.renderer.curve.data
        np.testing.assert_array_equal(data["x"], frame.x[:, 0].astype("f4"))
        np.testing.assert_allclose(np.interp(data["x"], curve["x"], curve["f"]), data["energy"], atol=0.05)
        if frame.focus is not None:
            assert marks["focus"][0] == frame.focus[0]
        if frame.level is not None:
            assert marks["level"][0] == frame.level


@pytest.mark.parametrize("speed", [1.0, 1e300])
def test_in_one_dimension_velocities_are_level_arrows_of_a_fixed_scale(speed):
    x, v = np.array([[-1.0], [0.0], [2.0]]), np.array([[1.0], [-2.0], [0.0]]) * speed
    arena, sim = Arena(), bare(x, landscape="Rastrigin", v=v)
    renderer = attached(arena, sim).renderer
    arrow, f = renderer.arrows.data, sim.frame.energy[:2]
    tip, width = arrow["x1"][:2] - arrow["x0"][:2], np.ptp(sim.landscape.limits(1))
    expected = TIME * v[:2, 0] if speed == 1.0 else MAX_WIDTHS * width * np.array([1.0, -1.0])
    np.testing.assert_allclose(tip, expected, rtol=1e-5)
    assert renderer.velocities.visible and len(arrow["x0"]) == (6 if speed == 1.0 else 10), (
        "one cut short has two heads"
    )
    for name in ("y0", "y1"):
        np.testing.assert_allclose(arrow[name][:2], f, rtol=1e-6)  # an arrow begins at its agent and is level
    heads = arrow["y0"][2:6].reshape(2, 2) - f
    np.testing.assert_allclose(heads[0], -heads[1], atol=1e-5)
    assert (np.abs(heads) > 0).all() and (np.sign(arrow["x0"][2:4] - arrow["x1"][2:4]) == -np.sign(tip)).all()
    assert LEGEND in [item.label.value for item in renderer.legend.items]
