"""A picture of masses holds the agents of the frame on σ(m), or over a coordinate, and says how many are free to roam."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PathCollection, QuadMesh

import swarmviz as sv
from swarmviz.drawing import style
from swarmviz.drawing.law import LAW_NAME
from swarmviz.drawing.law_beside import MASSES, law_beside
from swarmviz.drawing.mass import STRENGTH, mass_ends
from swarmviz.exports.mpl.mass import mass_figure
from swarmviz.replay import RunSpec
from tests.exports.mpl.helpers import dots, named, simulation
from tests.exports.mpl.helpers import reasons_in as said

PROFILES = list(sv.SSA.declared()["profile"].objects)


def lines(axes):
    """Label of nothing, but style → the line (M, 2) of a curve or a mark."""
    return {line.get_linestyle(): line.get_xydata() for line in axes.lines if line.get_linestyle() != "None"}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_agents_are_on_the_curve_of_every_profile(profile):
    sim = simulation("SSA", n=12, steps=80, profile=profile)
    frame, figure = sim.frame, mass_figure(sim)
    (axes,) = figure.axes
    strength = sim.dynamics.noise_strength(frame.mass, frame.t)
    np.testing.assert_array_equal(dots(axes).get_offsets(), np.column_stack([frame.mass, strength]))
    np.testing.assert_array_equal(dots(axes).get_facecolors()[:, :3], style.agent_colours(frame, style.LIGHT))
    m, drawn = lines(axes)["-"].T
    np.testing.assert_array_equal(drawn, sim.dynamics.noise_strength(m, frame.t))
    falls = profile in ("smooth", "step")
    assert ("--" in lines(axes)) == ("cutoff 0.125" in named(figure)) == falls
    if falls:
        assert lines(axes)["--"][:, 0].tolist() == [
            0.125,
            0.125,
        ] and "Free to roam, below the cutoff: " in said(figure)
    assert axes.get_xscale() == "log" and axes.get_yscale() == "linear"
    roles = {"leader"} if profile != "annealing" else set()  # one temperature shakes all
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("m", "σ(m)")
    assert {"σ(m)", "1/N"} | roles <= set(named(figure)) and ("leader" in named(figure)) == bool(roles)


@pytest.mark.parametrize(("dynamics", "d", "over"), [("SBGD", 1, None), ("SBGD", 2, 1), ("SSA", 8, 7), ("SSA", 1, 0)])
def test_masses_are_drawn_over_any_coordinate(dynamics, d, over):
    sim = simulation(dynamics, d=d)
    frame, figure, i = sim.frame, mass_figure(sim, over=over), over or 0
    (axes,) = figure.axes
    offsets = dots(axes).get_offsets()
    np.testing.assert_array_equal(offsets[:, 0], frame.x[:, i])
    heavy = frame.mass > 1e-5
    np.testing.assert_array_equal(offsets[heavy, 1], frame.mass[heavy])
    assert axes.get_yscale() == "log" and axes.get_xscale() == "linear" and "σ(m)" not in named(figure)
    assert lines(axes)["-"][:, 0].tolist() == [0.0, 0.0], "the minimiser of Rastrigin"
    hidden = int(((frame.x[:, i] < axes.get_xlim()[0]) | (frame.x[:, i] > axes.get_xlim()[1])).sum())
    assert (f"{hidden} agent" in said(figure) and "outside the view" in said(figure)) == (hidden > 0)


@pytest.mark.parametrize("over", [STRENGTH, 0])
def test_a_crowd_is_an_image(over):
    sim = simulation("SSA", n=5000, steps=60)
    figure = mass_figure(sim, over=over)
    (axes,) = figure.axes
    (mesh,) = (artist for artist in axes.collections if isinstance(artist, QuadMesh))
    assert np.asarray(mesh.get_array()).any() and not any(isinstance(a, PathCollection) for a in axes.collections)
    assert "5,000 agents, drawn as a density" in said(figure)


@pytest.mark.parametrize("wrong", [2, -1, True, "0", "noise", 0.5, [0]])
def test_what_masses_cannot_be_drawn_over_is_refused(wrong):
    with pytest.raises(ValueError, match=r"over = .*: must be one of 'strength', 0, 1"):
        mass_figure(simulation("SSA"), over=wrong)


def test_a_dynamics_without_noise_over_mass_has_no_such_picture():
    with pytest.raises(ValueError, match="over = 'strength': must be one of 0, 1"):
        mass_figure(simulation("SBGD"), over=STRENGTH)


@pytest.mark.parametrize("n", [60, 5000], ids=["few", "many"])
def test_the_law_of_places_and_masses_lies_behind_the_agents_over_the_coordinate_alone(n):
    sim = simulation("SSA", n=n, d=1, steps=100, cutoff=1 / n)
    figure = mass_figure(sim, over=0, law=True)
    (axes,) = figure.axes
    meshes = [mesh for mesh in axes.collections if isinstance(mesh, QuadMesh)]
    view = axes.get_xlim(), mass_ends(sim.frame, sim.dynamics.noise_cutoff)
    expected = (
        law_beside(RunSpec.of(sim), frozenset({MASSES})).beside(frozenset({MASSES}), {MASSES: view}).planes[MASSES]
    )
    law = min(meshes, key=lambda mesh: mesh.get_zorder())
    np.testing.assert_array_equal(law.get_array(), expected.image)
    np.testing.assert_allclose(law.get_coordinates()[[0, -1], 0, 1], axes.get_ylim())
    assert (
        expected.k == 100
        and expected.image.max() == 255
        and LAW_NAME in named(figure)
        and len(meshes) == 1 + (n > 2000)
    )
    under_noise = mass_figure(sim, over=STRENGTH, law=True)
    assert LAW_NAME not in named(under_noise)
    with pytest.raises(ValueError, match="law = 'yes': must be True or False"):
        mass_figure(sim, law="yes")


def test_a_picture_says_why_the_law_has_no_masses():
    sim = simulation("SSA", n=60, d=1, steps=10, profile="constant")
    figure = mass_figure(sim, over=0, law=True)
    assert "which do not depend on masses" in said(figure) and LAW_NAME not in named(figure)
