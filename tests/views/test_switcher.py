"""The side view: only views that fit are offered, only the one that is seen does any work, and a choice outlives a change of the run."""

from __future__ import annotations

import threading

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

import swarmviz as sv
from components.views import SIDE_VIEWS
from components.views.base import View
from components.views.comparison import Comparison
from components.views.density.density import Density
from components.views.phase_space import PhaseSpace
from components.views.switcher import ViewSwitcher


class Spy(View):
    """A view that writes down how it is called."""

    every = 3
    made: dict[str, Spy]

    def __init__(self, **wiring):
        super().__init__(**wiring)
        self.calls, self._options, self._pane = [], pn.Row(), pn.Row()
        assert self.label not in self.made, "made once"
        self.made[self.label] = self

    @property
    def pane(self):
        return self._pane

    @property
    def options(self):
        return self._options

    def attach(self, run):
        self.calls.append("attach")

    def prepare(self, frame, run):
        self.calls.append("prepare")
        return run.k

    def paint(self, payload):
        self.calls.append(("paint", payload))

    def set_dark(self, dark):
        self.calls.append(("dark", dark))


def kinds(made):
    """Three kinds of views, which are in ``made`` once they are made."""

    class One(Spy):
        label = "One"

    class Two(Spy):
        label, every, defaults = "Two", 2, {"twos": 0}

        @staticmethod
        def fits(frame, panes=1):
            return frame.v is not None

    class Three(Spy):
        label = "Three"

    for kind in (One, Two, Three):
        kind.made = made
    return One, Two, Three


def simulation(dynamics="CBO"):
    return sv.Simulation(sv.dynamics.ALL[dynamics](), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2))


@pytest.fixture
def spies():
    """Label → view, of those that were made."""
    return {}


def test_only_views_that_fit_the_frame_are_offered(spies):
    side = ViewSwitcher(kinds(spies))
    side.attach(simulation("CBO"))
    assert side.offered == ["One", "Three"] and side.shown == "One"
    side.attach(simulation("BGK"))
    assert side.offered == ["One", "Two", "Three"] == [name for name, *_ in side.buttons.choices]


def test_only_the_view_that_is_seen_is_attached_prepared_and_painted(spies):
    side, sim = ViewSwitcher(kinds(spies)), simulation("BGK")
    side.attach(sim)
    sim.advance(2)
    side.paint(side.prepare(sim.frame, sim))
    light = ("dark", False)
    assert spies["One"].calls == [light, "attach", "prepare", ("paint", 2)]
    assert list(spies) == ["One"], "what nobody has looked at was not even made"
    side.show("Two")
    sim.advance(1)
    side.paint(side.prepare(sim.frame, sim))
    assert spies["Two"].calls == [light, "attach", "prepare", ("paint", 3)] and len(spies["One"].calls) == 4
    side.show("One")
    assert spies["One"].calls[4:] == ["prepare", ("paint", 3)], "it knows the run, and is brought up to date"
    side.attach(sim)
    side.show("Two")
    assert spies["Two"].calls[4:] == ["attach"], "another run is a new attachment, when it is shown"


def test_one_pane_and_its_options_are_in_sight(spies):
    side = ViewSwitcher(kinds(spies))
    side.attach(simulation("BGK"))
    for name in ("Two", "Three", "One"):
        side.show(name)
        assert [n for n, place in side._places.items() if place.visible] == [name]
        assert [n for n, view in spies.items() if view.options.visible] == [name]
        assert side.every == spies[name].every and side.buttons.value == name


def test_a_choice_survives_where_it_fits_and_comes_back_where_it_fits_again(spies):
    side = ViewSwitcher(kinds(spies))
    side.attach(simulation("BGK"))
    side.show("Two")
    side.attach(simulation("PSO"))
    assert side.shown == "Two"
    side.attach(simulation("CBO"))
    assert side.shown == "One" and "Two" not in side.offered
    side.attach(simulation("BGK"))
    assert side.shown == "Two"


def test_what_is_not_offered_cannot_be_shown_and_nothing_changes(spies):
    side = ViewSwitcher(kinds(spies))
    side.attach(simulation("CBO"))
    for name in ("Two", "Nobody"):
        with pytest.raises(ValueError, match=f"view = '{name}': must be one of One, Three"):
            side.show(name)
    assert side.shown == "One"


def test_a_payload_of_a_view_that_is_no_longer_seen_is_not_painted(spies):
    side, sim = ViewSwitcher(kinds(spies)), simulation("BGK")
    side.attach(sim)
    stale = side.prepare(sim.frame, sim)
    side.show("Three")
    side.paint(stale)
    side.paint(None)
    assert ("paint", 0) not in spies["Three"].calls and ("paint", 0) not in spies["One"].calls


def test_a_press_of_a_button_shows_the_view_under_the_lock(spies):
    lock, held, chosen = threading.Lock(), [], []
    side, sim = ViewSwitcher(kinds(spies), lock, lambda: chosen.append(lock.locked())), simulation("BGK")
    side.attach(sim)
    side.views["Two"].attach = lambda run: held.append(lock.locked())
    side.buttons._handle_msg("Two")
    assert side.shown == "Two" and held == [True] and not lock.locked()
    assert chosen == [False], "the choice is reported once, when the view is shown"


def test_the_theme_reaches_every_view_also_one_that_is_made_later(spies):
    side = ViewSwitcher(kinds(spies))
    side.attach(simulation("BGK"))
    side.set_dark(True)
    side.show("Two")
    assert spies["One"].calls[-1] == ("dark", True) and spies["Two"].calls[0] == ("dark", True)


def test_a_view_is_made_for_an_option_that_is_wanted_of_it(spies):
    side = ViewSwitcher(kinds(spies))
    side.attach(simulation("CBO"))
    assert side.having([]) == [spies["One"]] and list(spies) == ["One"]
    assert side.having(["twos", "nobody's"]) == [spies["One"], spies["Two"]]
    assert [n for n, place in side._places.items() if place.visible] == ["One"], "that does not bring it in sight"
    assert not spies["Two"].options.visible


def test_every_side_view_is_made_with_what_it_calls_and_has_a_label_of_its_own():
    asked, sim = [], simulation()
    views = [cls(refresh=lambda: asked.append(1), runs=lambda: [sim]) for cls in SIDE_VIEWS]
    for view in views:
        view.refresh()
    assert asked == [1] * len(SIDE_VIEWS)
    assert len({view.label for view in views} - {""}) == len(SIDE_VIEWS)
    assert ViewSwitcher(SIDE_VIEWS).view == SIDE_VIEWS[0].label


@pytest.mark.parametrize("name", ["CBO", "SSA", "BGK", "FMC", "FiniteSet"])
def test_a_side_view_knows_the_names_of_its_options_before_it_is_made(name):
    d = 1 if name == "FiniteSet" else 2
    runs = [sv.Simulation(sv.dynamics.ALL[name](), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=d)) for _ in "AB"]
    for kind in SIDE_VIEWS:
        if kind.fits(runs[0].frame, 2):
            view = kind(runs=lambda: runs)
            view.attach(runs[0])
            assert set(view.defaults) == kind.option_names()


def test_what_a_view_does_not_define_has_a_default():
    view, frame = View(), simulation().frame
    assert view.fits(frame) and view.export_options(frame) == {} and dict(view.defaults) == {} and view.options is None


def test_with_the_views_of_the_page():
    side = ViewSwitcher([Density, PhaseSpace])
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
            side.paint(side.prepare(sim.frame, sim))
    density, phase = side.views["Density"], side.views["Phase space"]
    assert len(phase.points.data["x"]) == 20 and len(density.sources) == 2
    phase.coordinate = 1
    density.bins = 7
    assert len(density.sources[0].data["top"]) == 7


def test_to_show_a_comparison_searches_the_document_for_models_once(monkeypatch):
    """Each search takes 70 ms of the thread that all visitors share; a plot that came first by curve asked for seventeen."""
    runs = [simulation(), simulation()]
    side, searches, document = ViewSwitcher([Density, Comparison], runs=lambda: runs), [], Document()
    with set_curdoc(document):
        side.attach(runs[0])
        side.pane.server_doc(document)
        search = document.models.recompute
        monkeypatch.setattr(document.models, "recompute", lambda: (searches.append(1), search()))
        side.show(Comparison.label)
    assert len(searches) == 1 and side.shown == Comparison.label
