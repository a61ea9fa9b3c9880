"""The view of occupation minus target law: the bars are the shares of the agents, beside the room that chance has."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.views.occupation import Occupation
from swarmviz import theory
from swarmviz.theory.finite_set_scatter import LARGEST, scatter
from tests.views.finite_set import eta, run
from tests.views.helpers import attached, paint, pictured, prepared, step


def test_the_side_view_shows_occupation_minus_target_and_the_room_that_chance_has():
    sim = run("cycle", n=80, states=20)
    view = attached(Occupation(), sim)
    step(sim, view, steps=6)
    frame, data = sim.frame, view.points.data
    share, goal = np.bincount(frame.node, minlength=20) / 80, eta(frame.heights, 5.0)
    np.testing.assert_allclose(data["top"], share - goal, atol=1e-6)
    law = theory.law(sim).density(frame.sites) / 20
    error = 2 * scatter(sim)
    np.testing.assert_allclose(view.band.data["high"][::2], law - goal + error, atol=1e-6)
    np.testing.assert_allclose(view.band.data["low"][1::2], law - goal - error, atol=1e-6)
    np.testing.assert_allclose(view.line.data["y"][::2], law - goal, atol=1e-6)
    assert view.figure.y_range.end >= np.abs(share - goal).max()


def test_where_the_scatter_is_not_known_there_is_no_band_and_no_word_of_it():
    view, large = pictured(Occupation(), run("cycle", n=80, states=20)), run("cycle", n=80, states=LARGEST + 1)
    assert view._chance.visible and "± 2σ" in [item.label.value for item in view.legend.items]
    view.attach(large)
    paint(view, large)
    assert not view._chance.visible and "± 2σ" not in [item.label.value for item in view.legend.items]


def test_the_side_view_fits_a_finite_set_only():
    plane = sv.Simulation(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=20, d=2))
    assert Occupation().fits(run().frame) and not Occupation().fits(plane.frame)
    view = attached(Occupation(), run())
    stale = prepared(view, run())
    view.attach(plane)
    assert prepared(view, plane) is None
    view.paint(stale)


def test_attaching_integrates_nothing_and_forgets_the_former_picture(monkeypatch):
    """The thread that all visitors share attaches; law and scatter of 100 states take it most of a second."""
    view, other = pictured(Occupation(), run("cycle", n=80, states=20)), run("cycle", n=80, states=100)
    assert len(view.points.data["top"]) and view.legend.items
    for place in ("scatter", "laws_now"):
        monkeypatch.setattr(
            f"swarmviz.drawing.occupation.{place}", lambda *_, place=place: pytest.fail(f"{place} on the page's thread")
        )
    view.attach(other)
    assert all(not len(column) for drawn in (view.points, view.band, view.line) for column in drawn.data.values())
    assert not view.legend.items and not view.reasons.visible
    monkeypatch.undo()
    paint(view, other)
    assert len(view.points.data["top"]) == 100 and view._chance.visible
