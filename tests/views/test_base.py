"""What holds for every view: it shows every dynamics, nothing moves without need, no thread is disturbed, NaN and themes are seen to."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from bokeh.document import Document

import swarmviz as sv
from components.palette import DARK, LIGHT
from components.playback.pacer import EVERYTHING
from components.session import Session
from components.views.arena.arena import Arena
from components.views.curves.curves import Curves
from components.views.density.density import Density
from tests.views.helpers import DYNAMICS, attached, drawn_json, figures, paint, simulation, step
from tests.views.worker import prepare_on_a_worker

VIEWS = {"arena": Arena, "density": Density, "curves": Curves}
FLAT = {"Ackley": 1, "Himmelblau": 2, "Rastrigin": 3}


@pytest.mark.parametrize("dynamics", DYNAMICS)
@pytest.mark.parametrize(("landscape", "d"), FLAT.items())
@pytest.mark.parametrize("n", [2, 60])
def test_every_view_shows_every_dynamics_in_every_dimension(dynamics, landscape, d, n):
    cls, surface = sv.dynamics.ALL[dynamics], sv.landscapes.ALL[landscape]()
    try:
        sim = sv.Simulation(cls(), surface, sv.Swarm(n=n, d=d, seed=1))
    except ValueError as refusal:
        pytest.skip(str(refusal))
    views = [attached(make(), sim) for make in VIEWS.values()]
    for _ in range(3):
        sim.advance(2)
        for view in views:
            paint(view, sim)
    for view in views:
        view.set_dark(True)
        assert drawn_json(view)
    assert all(len(column) for column in views[2].plots[0].slots[0][0].data.values())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("n", [30, 5000])
def test_a_diverging_swarm_is_drawn_without_a_word_from_numpy_until_it_leaves_the_numbers(n, d):
    sim = sv.Simulation(
        sv.PSO(sigma_own=100.0, sigma_common=100.0, boundary="none"), sv.landscapes.Sphere(), sv.Swarm(n=n, d=d, seed=1)
    )
    views = [attached(Arena(), sim), attached(Density(), sim)]
    views[1].plane = True
    with pytest.raises(sv.Diverged):
        for _ in range(1000):
            sim.advance(1)
            for view in views:
                paint(view, sim)
    assert np.abs(sim.frame.x).max() > 1e100
    for column in views[0].renderer.points.data.values():
        assert np.isfinite(column).all()
    assert "outside" in views[0].renderer.note.text


def test_ranges_move_in_few_steps_and_always_contain_what_is_drawn():
    sim, moves = simulation(n=50), {}
    views = [attached(Arena(), sim), attached(Curves(), sim), attached(Density(), sim)]
    for i in range(300):
        sim.advance(1)
        for view in views:
            paint(view, sim)
            for j, pane in enumerate(figures(view)):
                if hasattr(pane.object, "x_range"):
                    f = pane.object
                    moves.setdefault((type(view).__name__, j), []).append(
                        (f.x_range.start, f.x_range.end, f.y_range.start, f.y_range.end)
                    )
        if i % 50 == 0:
            plot = views[1].plots[0]
            assert (
                plot.figure.y_range.start
                <= plot.slots[0][0].data["y"].min()
                <= plot.slots[0][0].data["y"].max()
                <= plot.figure.y_range.end
            )
    for name, ends in moves.items():
        assert np.isfinite(ends).all()
        changes = sum(a != b for a, b in pairwise(ends))
        assert changes <= 25, name


def test_a_steady_picture_is_a_few_small_messages():
    sim = simulation(n=100)
    views = [attached(make(), sim) for make in (Arena, Density, Curves)]
    doc = Document()
    for view in views:
        for pane in figures(view):
            doc.add_root(pane.object)
    for _ in range(40):
        step(sim, *views)
    events = []
    doc.on_change(events.append)
    step(sim, *views)
    assert {e.attr for e in events if hasattr(e, "attr")} <= {
        "data",
        "text",
        "x",
        "y",
        "ticker",
        "ticks",  # of an axis that takes a step, with their texts
        "major_label_overrides",
        "start",
        "end",
        "visible",
        "reset_start",
        "reset_end",
    }
    sources = [e.model for e in events if getattr(e, "attr", "") == "data"]
    names = [plot.names for plot in views[-1].plots]  # one message for all the names of a plot
    assert len(sources) - len(names) <= 16 and all(sources.count(one) == 1 and len(one.data["k"]) <= 6 for one in names)
    written = [one.data for one in sources]
    size = sum(np.asarray(column).nbytes for columns in written for column in columns.values())
    assert size < 40_000


def test_a_picture_of_another_run_is_not_painted(monkeypatch):
    """Checked once, for all views of the page: each knows its run from ``attach`` on. What a view prepares only once goes with the rest."""
    session, painted = Session(), []
    views = session.pictures.views
    for i, view in enumerate(views):
        monkeypatch.setattr(view, "paint", lambda payload, i=i: painted.append((i, payload)))

    def those(word):
        return [i for i, payload in painted if isinstance(payload, dict) and payload.get("of") == word]

    stale = {key: {"of": "stale"} for key in session.pictures.prepare(EVERYTHING)[1]}
    session._attach()
    session._paint(stale)
    assert stale and not those("stale")
    present = {key: {"of": "present"} for key in session.pictures.prepare(EVERYTHING)[1]}
    session._paint(present)
    places = [place for _, place, part in present if not part]
    assert those("present") == places
    unseen = {
        session.claims,
        session.equation,
        session.agent_step,
        session.lessons,
        session.spoken,
        session.embedding,
        session.tables,
    }  # cards that compute nothing before they are seen, and what waits until it is asked for
    assert len(places) >= len(views) - len(unseen), "a view that is seen has no picture"


@pytest.mark.parametrize("view", VIEWS)
def test_preparing_touches_no_figure(view, monkeypatch):
    sim = simulation("SSA", n=60)
    drawn = attached(VIEWS[view](), sim)
    sim.advance(5)
    prepare_on_a_worker(drawn, sim, monkeypatch)


def test_what_is_not_a_number_never_reaches_the_page_as_bare_json():
    class Unknown(sv.landscapes.Sphere):
        def minimisers(self, d):
            return np.empty((0, d))

    sim = sv.Simulation(sv.CBO(), Unknown(), sv.Swarm(n=20, d=2))
    sim.advance(5)
    assert np.isnan(sim.record["distance"]).all(), "nothing to be shown"
    view = attached(Curves(), sim)
    view.choose(0, "distance")
    view.choose(1, "value", log=True)
    assert view.plots[1].figure.yaxis.axis_label == "F − lowest met"
    for shown in (view, attached(Arena(), sim), attached(Density(), sim)):
        assert "NaN" not in drawn_json(shown)
        for pane in figures(shown):
            for ends in ("x_range", "y_range"):
                if hasattr(pane.object, ends):
                    assert np.isfinite([getattr(pane.object, ends).start, getattr(pane.object, ends).end]).all()


@pytest.mark.parametrize("view", VIEWS)
def test_the_theme_changes_what_is_already_drawn(view):
    drawn = attached(VIEWS[view](), simulation("SSA"))
    for dark, colours in ((True, DARK), (False, LIGHT)):
        drawn.set_dark(dark)
        for pane in figures(drawn):
            if hasattr(pane.object, "xaxis"):
                assert {axis.major_label_text_color for axis in pane.object.axis} == {colours.ink}
                assert {legend.label_text_color for legend in pane.object.legend} <= {colours.ink}
            else:
                assert colours.ink in pane.object.styles["color"] or colours.soft in pane.object.styles["color"]
    fresh = attached(VIEWS[view](dark=True), simulation("SSA"))
    drawn.set_dark(True)
    for one, other in zip(figures(drawn), figures(fresh), strict=True):
        if hasattr(one.object, "renderers"):
            for a, b in zip(one.object.renderers, other.object.renderers, strict=True):
                assert getattr(a.glyph, "line_color", None) == getattr(b.glyph, "line_color", None)
