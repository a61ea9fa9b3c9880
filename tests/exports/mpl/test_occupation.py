"""A picture of an occupation holds the shares of the frame less the target law, and the room that chance has."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz import theory
from swarmviz.drawing.finite_set_laws import MOST_BARS
from swarmviz.exports.mpl.occupation import occupation_figure
from swarmviz.schedules import Power
from swarmviz.theory.finite_set_scatter import scatter
from tests.exports.mpl.helpers import named, on_states, reasons_in
from tests.views.finite_set import eta


def stairs(figure):
    """Band, bars and the law, as (values, edges, baseline)."""
    from matplotlib.patches import StepPatch

    return [patch.get_data() for patch in figure.axes[0].patches if isinstance(patch, StepPatch)]


def test_the_occupation_is_that_of_the_frame_less_the_target_beside_the_room_that_chance_has():
    sim = on_states(beta=5.0)
    frame, figure = sim.frame, occupation_figure(sim)
    band, bars, line = stairs(figure)
    share, goal = np.bincount(frame.node, minlength=20) / 80, eta(frame.heights, 5.0)
    law = theory.law(sim).density(frame.sites) / 20
    error = 2 * scatter(sim)
    np.testing.assert_allclose(bars.values, share - goal, atol=1e-9)
    np.testing.assert_allclose(line.values, law - goal, atol=1e-9)
    np.testing.assert_allclose(band.values, law - goal + error, atol=1e-9)
    np.testing.assert_allclose(band.baseline, law - goal - error, atol=1e-9)
    assert bars.edges.tolist() == (np.arange(21) - 0.5).tolist()
    low, high = figure.axes[0].get_ylim()
    assert low <= band.baseline.min() and high >= max(bars.values.max(), band.values.max())
    assert named(figure) == ["80 agents", "target ηᵦ at β = 5", "exact law", "± 2σ of 80 agents, linear noise"]


def test_where_the_exact_law_is_not_known_there_is_no_band_around_the_target():
    sim = on_states(n=300, states=1000, steps=2)
    figure = occupation_figure(sim)
    (bars,) = stairs(figure)
    assert len(bars.values) == MOST_BARS and theory.law(sim) is None and len(named(figure)) == 2
    goal = eta(sim.frame.heights, sim.dynamics.beta).reshape(-1, 2).sum(axis=1)
    np.testing.assert_allclose(bars.values, sim.frame.occupation.reshape(-1, 2).sum(axis=1) - goal, atol=1e-9)


@pytest.mark.parametrize(("gamma", "fails"), [(0.9, True), (0.2, False)])
def test_a_theorem_that_does_not_apply_is_said_in_words(gamma, fails):
    figure = occupation_figure(on_states(beta=Power(gamma=gamma)))
    assert ("target law: " in reasons_in(figure) and "fails" in reasons_in(figure)) == fails
