"""A picture of a density holds every agent of the box, and the target over it."""

from __future__ import annotations

import numpy as np
import pytest

from swarmviz import theory
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.law import LAW_NAME, drawn_law, law_density
from swarmviz.exports.mpl.density import density_figure
from swarmviz.laws import LawOfRun
from tests.exports.mpl.helpers import named, reasons_in, simulation


@pytest.mark.parametrize(("d", "coordinates"), [(2, None), (5, (4, 1))])
def test_the_plane_of_a_density_holds_every_agent_of_the_box(d, coordinates):
    sim = simulation("CBO", n=3000, d=d, sigma=3.0)
    first, second, plane = density_figure(sim, coordinates=coordinates, bins=20, smooth=False).axes
    i, j = coordinates or (0, 1)
    low, high = sim.landscape.limits(d)
    box = ((low[j], high[j]), (low[i], high[i]))
    count = np.histogram2d(sim.frame.x[:, j], sim.frame.x[:, i], bins=20, range=box)[0]
    np.testing.assert_array_equal(np.asarray(plane.images[0].get_array()) > 0, count > 0)
    assert plane.images[0].get_extent() == [low[i], high[i], low[j], high[j]]
    assert (plane.get_xlabel(), plane.get_ylabel()) == (names_of(i, d)[0], names_of(j, d)[0])
    assert f"{int(3000 - count.sum()):,} outside" in [text.get_text() for text in plane.texts]
    for axes, k in ((first, i), (second, j)):
        top = axes.patches[0].get_data()
        inside = np.histogram(sim.frame.x[:, k], 20, (low[k], high[k]))[0]
        np.testing.assert_allclose(top.values * np.diff(top.edges) * 3000, inside, atol=1e-6)
        assert not axes.lines, "no smooth line was asked for, and CBO has no target"


@pytest.mark.parametrize("coordinates", [(0, 1), (1, 0)])
def test_the_target_is_drawn_over_both_coordinates_and_as_contours_in_the_plane(monkeypatch, coordinates):
    s = np.array([0.3, 1.0])
    law = theory.Target("normal", "here", lambda X: np.exp(-(((X - 1) / s) ** 2).sum(axis=1) / 2), True, "")
    monkeypatch.setattr("swarmviz.drawing.density.theory_target", lambda sim: law)
    figure = density_figure(simulation("CBO", n=500), coordinates=coordinates)
    *histograms, plane = figure.axes
    for axes, i in zip(histograms, coordinates, strict=True):
        smooth, target = (line.get_xydata().T for line in axes.lines)
        np.testing.assert_allclose(
            target[1], np.exp(-(((target[0] - 1) / s[i]) ** 2) / 2) / (s[i] * np.sqrt(2 * np.pi)), atol=0.02
        )
        assert 0.9 < np.trapezoid(smooth[1], smooth[0]) <= 1.001
    (contours,) = (c for c in plane.collections if hasattr(c, "levels"))
    radii = [np.hypot(*((path.vertices - 1) / s[list(coordinates)]).T).mean() for path in contours.get_paths()]
    np.testing.assert_allclose(sorted(radii), np.sqrt(-2 * np.log([0.5, 0.1])), rtol=0.03)
    assert "normal: where 50% and 90% of it lie" in named(figure)


def test_a_target_that_does_not_apply_is_faint_and_says_why():
    sim = simulation("FMC", n=60, sigma=0.0)
    law, figure = theory.target(sim), density_figure(sim)
    assert not law.applies and law.reason in reasons_in(figure)
    assert figure.axes[0].lines[-1].get_alpha() < 1


def test_a_smooth_plane_has_its_middle_where_the_swarm_has():
    sim = simulation("CBO", n=3000)
    low, high = sim.landscape.limits(2)
    x = sim.frame.x[((sim.frame.x >= low) & (sim.frame.x <= high)).all(axis=1)]
    image = np.asarray(density_figure(sim).axes[-1].images[0].get_array()).astype(float)
    step = (high - low) / image.shape[::-1]
    at = [low[i] + (np.arange(image.shape[1 - i]) + 0.5) * step[i] for i in (0, 1)]
    middle = [at[0] @ image.sum(axis=0), at[1] @ image.sum(axis=1)] / image.sum()
    np.testing.assert_allclose(middle, x.mean(axis=0), atol=0.1)


def test_the_law_of_infinitely_many_agents_is_the_line_of_the_page_with_the_masses_of_the_walls():
    sim = simulation("BGK", n=400, d=1, sigma=1.5)
    sim.advance(10)
    reached = LawOfRun().at(sim.journal, sim.initial_swarm, sim.k)
    law = drawn_law(reached, sim.journal, 400)
    figure = density_figure(sim, smooth=False, law=True)
    (axes,) = figure.axes
    line, *stems = (drawn.get_xydata().T for drawn in axes.lines)
    width = np.diff(axes.patches[0].get_data().edges)[0]
    np.testing.assert_allclose(line[1], law_density(law, line[0], width))
    np.testing.assert_allclose([stem[1, 1] * width for stem in stems], law.atoms[:, 1])
    assert [f"{mass:.2g}" for mass in law.atoms[:, 1]] == [
        text.get_text() for text in axes.texts if text.get_text()[0] == "0"
    ]
    assert LAW_NAME in named(figure)
    few = simulation("FMC", n=40, d=1)
    few.advance(20)
    figure = density_figure(few, law=True)
    assert "here N = 40" in reasons_in(figure) and figure.axes[0].lines[-1].get_alpha() < 1
    with pytest.raises(ValueError, match="law = 1: must be True or False"):
        density_figure(sim, law=1)
