"""A picture of a phase space holds the agents of the frame and the law of their velocities."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PathCollection, QuadMesh

from swarmviz import theory
from swarmviz.drawing import style
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.law import LAW_NAME
from swarmviz.drawing.law_beside import PHASE, law_beside
from swarmviz.exports.mpl.phase_space import phase_figure
from swarmviz.replay import RunSpec
from tests.exports.mpl.helpers import dots, named, reasons_in, simulation


def marks(axes):
    """Marker → the points (M, 2) that are drawn with it."""
    return {line.get_marker(): line.get_xydata() for line in axes.lines if line.get_linestyle() == "None"}


@pytest.mark.parametrize("dynamics", ["BGK", "PSO"])
@pytest.mark.parametrize(("d", "coordinates"), [(1, None), (2, None), (5, (4, 1)), (5, [3])])
def test_the_phase_space_has_the_agents_of_the_frame(dynamics, d, coordinates):
    sim = simulation(dynamics, d=d)
    frame, figure = sim.frame, phase_figure(sim, coordinates=coordinates)
    places = coordinates or range(min(d, 2))
    assert len(figure.axes) == len(places)
    best = np.argmin(frame.energy)
    for axes, i in zip(figure.axes, places, strict=True):
        np.testing.assert_array_equal(dots(axes).get_offsets(), np.column_stack([frame.x[:, i], frame.v[:, i]]))
        np.testing.assert_array_equal(dots(axes).get_facecolors()[:, :3], style.agent_colours(frame, style.LIGHT))
        assert (axes.get_xlabel(), axes.get_ylabel()) == names_of(i, d)
        at = marks(axes)
        assert at["o"].tolist() == [[frame.x[best, i], frame.v[best, i]]] and at["P"].tolist() == [[frame.focus[i], 0]]
        assert at["*"].tolist() == [[0, 0]], "the minimiser of Rastrigin"
        assert ("+" in at) == (frame.memory is not None)
        if frame.memory is not None:
            np.testing.assert_array_equal(at["+"], np.column_stack([frame.memory[:, i], np.zeros(frame.n)]))
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        x, v = frame.x[:, i], frame.v[:, i]
        hidden = ((x < left) | (x > right) | (v < bottom) | (v > top)).sum()
        notes = [text.get_text() for text in axes.texts]
        assert bottom == -top and (np.abs(v) <= top).all() and (f"{hidden} agent" in "".join(notes)) == (hidden > 0)
    assert "lowest agent" in named(figure) and ("personal best, at v = 0" in named(figure)) == (dynamics == "PSO")


@pytest.mark.parametrize(("settings", "applies"), [({}, True), ({"noise": "cauchy"}, False)])
def test_the_law_of_velocities_lies_under_the_agents_with_its_source_and_its_limits(settings, applies):
    sim = simulation(d=2, **settings)
    frame, law, figure = sim.frame, theory.velocity_law(sim), phase_figure(sim)
    for i, axes in enumerate(figure.axes):
        (line,) = (line for line in axes.lines if line.get_linestyle() == ":")
        x, centre = line.get_xydata().T
        X = np.tile(frame.focus, (len(x), 1))
        X[:, i] = x
        np.testing.assert_allclose(centre, law.centre(X)[:, i], atol=1e-12)
        (band,) = (artist for artist in axes.collections if not isinstance(artist, PathCollection))
        (low, high), spread = band.get_paths()[0].get_extents().intervaly, law.spread(X)[:, i]
        assert low == pytest.approx((centre - spread).min()) and high == pytest.approx((centre + spread).max())
        assert band.zorder < line.zorder < dots(axes).zorder and frame.focus[i] in x
    assert any(law.title in label and law.reference in label for label in named(figure))
    assert law.applies == applies and (law.reason in reasons_in(figure)) == (not applies)


@pytest.mark.parametrize("name, settings", [("PSO", {}), ("BGK", {"form": "inertial"})], ids=["PSO", "inertial"])
def test_no_law_is_drawn_where_theory_gives_none(name, settings):
    sim = simulation(name, **settings)
    figure = phase_figure(sim)
    assert not any(line.get_linestyle() == ":" for axes in figure.axes for line in axes.lines)
    assert not any("±" in label for label in named(figure))


def test_a_large_swarm_in_phase_space_is_an_image_of_all_agents_in_view():
    sim = simulation(n=20_000)
    axes, frame = phase_figure(sim, coordinates=[1]).axes[0], sim.frame
    (image,) = axes.images
    shades = np.asarray(image.get_array())
    ends = (axes.get_ylim(), axes.get_xlim())
    cells = np.histogram2d(frame.v[:, 1], frame.x[:, 1], bins=shades.shape, range=ends)[0]
    np.testing.assert_array_equal(shades > 0, cells > 0)
    assert image.get_extent() == [*ends[1], *ends[0]] and not any(
        isinstance(c, PathCollection) for c in axes.collections
    )
    note = " ".join(axes.texts[0].get_text().split())
    assert note == f"20,000 agents, drawn as a density · {int(20_000 - cells.sum()):,} agents outside the view"


def test_the_law_of_places_and_velocities_lies_behind_the_agents_on_a_line_alone():
    sim = simulation(d=1, n=400, steps=10)
    figure = phase_figure(sim, law=True)
    (axes,) = figure.axes
    (mesh,) = (artist for artist in axes.collections if isinstance(artist, QuadMesh))
    law = law_beside(RunSpec.of(sim), frozenset({PHASE})).beside(
        frozenset({PHASE}), {PHASE: (axes.get_xlim(), axes.get_ylim())}
    )
    np.testing.assert_array_equal(mesh.get_array(), law.planes[PHASE].image)
    corners = mesh.get_coordinates()[[0, -1], [0, -1]]
    np.testing.assert_allclose(corners.T, [axes.get_xlim(), axes.get_ylim()])
    assert law.planes[PHASE].k == 10 and LAW_NAME in named(figure) and mesh.zorder < dots(axes).zorder
    in_the_plane = phase_figure(simulation(d=2), law=True)
    assert LAW_NAME not in named(in_the_plane)
    with pytest.raises(ValueError, match="law = 0: must be True or False"):
        phase_figure(sim, law=0)
