"""The side: only views that fit are offered, only the one that is seen does any work, and a choice outlives a change of the run."""

from __future__ import annotations

import threading

import panel as pn
import pytest

import swarmviz as sv
from components.views.density.density import Density
from components.views.phase_space import PhaseSpace
from components.views.switcher import ViewSwitcher


class Spy:
    """A view that writes down what it is told."""

    every = 3

    def __init__(self, fits=None):
        self.told, self.refresh, self.options = [], None, pn.Row()
        self.pane = pn.Row()
        if fits is not None:
            self.fits = fits

    def attach(self, sim):
        self.told.append("attach")

    def prepare(self, frame, sim):
        self.told.append("prepare")
        return sim.k

    def paint(self, payload):
        self.told.append(("paint", payload))

    def set_dark(self, dark):
        self.told.append(("dark", dark))


def simulation(dynamics="CBO"):
    return sv.Simulation(sv.dynamics.ALL[dynamics](), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2))


@pytest.fixture
def spies():
    views = {"One": Spy(), "Two": Spy(fits=lambda frame: frame.v is not None), "Three": Spy()}
    views["Two"].every = 2
    return views


def test_only_views_that_fit_the_frame_are_offered(spies):
    side = ViewSwitcher(spies)
    side.attach(simulation("CBO"))
    assert side.offered == ["One", "Three"] and side.shown == "One"
    side.attach(simulation("BGK"))
    assert side.offered == ["One", "Two", "Three"] == [name for name, *_ in side._chips.choices]


def test_only_the_view_that_is_seen_is_attached_prepared_and_painted(spies):
    side, sim = ViewSwitcher(spies), simulation("BGK")
    side.attach(sim)
    sim.advance(2)
    side.paint(side.prepare(sim))
    assert spies["One"].told == ["attach", "prepare", ("paint", 2)]
    assert spies["Two"].told == spies["Three"].told == []
    side.show("Two")
    sim.advance(1)
    side.paint(side.prepare(sim))
    assert spies["Two"].told == ["attach", "prepare", ("paint", 3)] and len(spies["One"].told) == 3
    side.show("One")
    assert spies["One"].told[3:] == ["prepare", ("paint", 3)], "it knows the run, and is brought up to date"
    side.attach(sim)
    side.show("Two")
    assert spies["Two"].told[3:] == ["attach"], "another run is a new attachment, when it is shown"


def test_one_pane_and_its_options_are_in_sight(spies):
    side = ViewSwitcher(spies)
    side.attach(simulation("BGK"))
    for name in ("Two", "Three", "One"):
        side.show(name)
        assert [n for n, place in side._places.items() if place.visible] == [name]
        assert [n for n, view in spies.items() if view.options.visible] == [name]
        assert side.every == spies[name].every and side._chips.value == name


def test_a_choice_survives_where_it_fits_and_comes_back_where_it_fits_again(spies):
    side = ViewSwitcher(spies)
    side.attach(simulation("BGK"))
    side.show("Two")
    side.attach(simulation("PSO"))
    assert side.shown == "Two"
    side.attach(simulation("CBO"))
    assert side.shown == "One" and "Two" not in side.offered
    side.attach(simulation("BGK"))
    assert side.shown == "Two"


def test_what_is_not_offered_cannot_be_shown_and_nothing_changes(spies):
    side = ViewSwitcher(spies)
    side.attach(simulation("CBO"))
    for name in ("Two", "Nobody"):
        with pytest.raises(ValueError, match=f"view = '{name}': must be one of One, Three"):
            side.show(name)
    assert side.shown == "One"


def test_a_payload_of_a_view_that_is_no_longer_seen_is_not_painted(spies):
    side, sim = ViewSwitcher(spies), simulation("BGK")
    side.attach(sim)
    stale = side.prepare(sim)
    side.show("Three")
    side.paint(stale)
    side.paint(None)
    assert ("paint", 0) not in spies["Three"].told and ("paint", 0) not in spies["One"].told


def test_a_press_of_a_chip_shows_the_view_under_the_lock(spies):
    side, sim = ViewSwitcher(spies), simulation("BGK")
    side.attach(sim)
    side.lock = threading.Lock()
    held = []
    spies["Two"].attach = lambda sim: held.append(side.lock.locked())
    side._chips._handle_msg("Two")
    assert side.shown == "Two" and held == [True] and not side.lock.locked()


def test_refresh_and_theme_reach_every_view(spies):
    side, asked = ViewSwitcher(spies), []
    side.refresh = lambda: asked.append(1)
    for view in spies.values():
        view.refresh()
    side.set_dark(True)
    assert asked == [1, 1, 1] and all(view.told == [("dark", True)] for view in spies.values())


def test_with_the_views_of_the_page():
    density, phase = Density(), PhaseSpace()
    side = ViewSwitcher({"Density": density, "Phase space": phase})
    for name, offered in (
        ("CBO", ["Density"]),
        ("BGK", ["Density", "Phase space"]),
        ("PSO", ["Density", "Phase space"]),
    ):
        sim = simulation(name)
        side.attach(sim)
        assert side.offered == offered
        for shown in offered:
            side.show(shown)
            sim.advance(1)
            side.paint(side.prepare(sim))
    assert len(phase.points.data["x"]) == 20 and len(density.sources) == 2
    phase.coordinate = 1
    density.bins = 7
    assert len(density.sources[0].data["top"]) == 7
