"""The law on the plane of places and masses as it is drawn: agent by agent of the quiet swarm, with the lightest at the edge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

import swarmviz as sv
from swarmviz.drawing.law import law_shades
from swarmviz.drawing.mass import mass_ends, padded_decades
from swarmviz.drawing.mass_law import SATURATED, has_mass_law, mass_law
from swarmviz.laws import LawOfRun

X_ENDS = (-4.0, 6.0)


def reached(steps=150, n=40, d=1, **options):
    sim = sv.Simulation(sv.SSA(cutoff=1 / n, **options), sv.landscapes.Ackley(), sv.Swarm(n=n, d=d, seed=3))
    sim.advance(steps)
    return sim, LawOfRun().at(sim.journal, sim.initial_swarm, sim.k)


@pytest.mark.parametrize("options", [{}, {"initial_mass": "exponential"}], ids=["equal", "exponential"])
@pytest.mark.parametrize("m_ends", [(1e-6, 1.0), (1e-2, 0.1)], ids=["all masses", "some"])
def test_each_agent_of_the_quiet_swarm_is_a_gaussian_at_its_mass_and_the_lightest_are_at_the_edge(m_ends, options):
    sim, found = reached(**options)
    law, state = mass_law(found, X_ENDS, m_ends), found.state
    rows, columns = law.image.shape
    low, high = np.log10(padded_decades(m_ends))
    assert (law.k, law.x_ends, law.y_ends, law.note) == (150, X_ENDS, padded_decades(m_ends), "law at step 150")
    mass = np.maximum(state.mass * len(state.mass) / sim.initial_swarm.n, m_ends[0])  # in a swarm of N agents
    row = np.floor((np.log10(mass) - low) / (high - low) * rows).astype(int)
    edges, cells = np.linspace(*X_ENDS, columns + 1), np.zeros((rows, columns))
    for at in range(rows):
        here = row == at
        below = norm.cdf((edges[:, None] - state.mean[here]) / np.maximum(state.deviation[here], 1e-12))
        cells[at] = np.diff(below.sum(axis=1)) / len(state.mass)
    np.testing.assert_allclose(law.image.astype(int), law_shades(cells, SATURATED), atol=1)
    assert (law.image > 0).sum() > 50


def test_the_agents_of_a_swarm_are_where_the_law_is_dark():
    """N = 4000 at the same Nβ: nine of ten agents are in cells that hold 99% of the law, of which there is a small part of the view."""
    sim, found = reached(n=4000)
    m_ends = mass_ends(sim.frame, sim.dynamics.noise_cutoff)
    law = mass_law(found, X_ENDS, m_ends)
    rows, columns = law.image.shape
    low, high = np.log10(law.y_ends)
    row = ((np.log10(np.maximum(sim.frame.mass, m_ends[0])) - low) / (high - low) * rows).astype(int)
    column = ((sim.frame.x[:, 0] - X_ENDS[0]) / (X_ENDS[1] - X_ENDS[0]) * columns).astype(int)
    inside = (column >= 0) & (column < columns)
    shade = law.image[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
    dark = law.image >= np.percentile(law.image[law.image > 0], 10)
    assert (shade[inside] >= law.image[dark].min()).mean() > 0.9 and dark.mean() < 0.3


def test_without_masses_in_the_noise_the_law_has_none_and_says_so():
    _, found = reached(profile="constant")
    law = mass_law(found, X_ENDS, (1e-3, 1.0))
    assert (
        not law.image.size
        and law.note == "law at step 150 is of places alone, which do not depend on masses where the noise does not"
    )


def test_there_is_one_for_ssa_on_a_line_alone():
    assert has_mass_law(sv.SSA()) and not has_mass_law(sv.SBGD()) and not has_mass_law(sv.CBO())
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=9, d=1))
    assert mass_law(LawOfRun().at(sim.journal, sim.initial_swarm, 0), X_ENDS, (1e-3, 1.0)) is None
    assert mass_law(reached(2, d=2)[1], X_ENDS, (1e-3, 1.0)) is None
