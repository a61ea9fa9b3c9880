"""What is seen of a swarm on a finite set: the same numbers on the page, in pictures and in replays."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.finite_set import even_above, full_bar, share_axis_end
from tests.drawing.three import on_page, printed, replayed


def simulation(graph, d, states=25):
    landscape = sv.landscapes.ALL["FiniteSetCurve" if d == 1 else "Himmelblau"]()
    sim = sv.Simulation(sv.FiniteSet(graph=graph, states=states), landscape, sv.Swarm(n=60, d=d, seed=3))
    sim.advance(10)
    return sim


@pytest.mark.parametrize(("graph", "d"), [("path", 1), ("cycle", 1), ("grid", 2)])
def test_page_picture_and_replay_have_the_same_shares_targets_and_minimisers(graph, d):
    sim = simulation(graph, d)
    page, paper, (header, arrays) = on_page(sim), printed(sim).painter, replayed(sim)
    seen, data = paper._picture, page.points.data
    np.testing.assert_array_equal(data["share"], seen.share.astype("f4"))
    np.testing.assert_allclose(data["target"], seen.target, atol=1e-7)
    step = header["top"] / 65535
    np.testing.assert_allclose(np.sort(arrays["share"][-1] * step), np.sort(seen.share), atol=step)
    np.testing.assert_array_equal(seen.lowest, sim.frame.lowest)
    assert len(page.minimisers.data["x"]) == len(seen.lowest)


def test_picture_and_replay_end_an_axis_of_shares_alike():
    sim = simulation("path", 1)
    most = max(sim.frame.occupation.max(), printed(sim).painter._picture.target.max())
    assert printed(sim).axes.get_ylim()[1] == share_axis_end(most)
    header, arrays = replayed(sim)
    most = max(arrays["share"].max(), arrays["eta"].max()) * header["top"] / 65535
    assert header["top"] == share_axis_end(most) and share_axis_end(1.0) > 1.0


def test_the_full_bar_is_kept_while_it_suits():
    assert full_bar(0.05, 0.0) == even_above(0.05) and full_bar(0.05, 0.06) == 0.06
    assert full_bar(0.07, 0.06) == even_above(0.07) > 0.06, "a bar would leave the picture"
    assert full_bar(0.02, 0.06) == even_above(0.02) < 0.06, "the bars would be small"
