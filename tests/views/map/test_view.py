"""The view of the map in a visit: it asks for the map that is set, draws what is known, and a click takes the swarm there."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from bokeh.core.serialization import Deserializer
from bokeh.document import Document
from bokeh.events import Event
from bokeh.io.doc import patch_curdoc
from panel.io.state import set_curdoc

import swarmviz as sv
from components.maps import order as orders
from components.maps import worker as worker_module
from components.maps.limit import Limit
from components.maps.work import MapWork
from components.palette import DARK, LIGHT
from components.views.map import figure
from components.views.map import view as module
from components.views.map.view import Map, ends_of
from swarmviz import presets
from swarmviz.drawing.map import COLOURS, map_picture
from tests.maps.orders import small_order
from tests.visit import edit, settle, wait


@pytest.fixture
def shown(running, monkeypatch):
    """A visit whose map is seen, of few cells."""
    monkeypatch.setattr(orders, "SIDE", 6)
    monkeypatch.setattr(worker_module, "SETTLED_S", 0.0)
    monkeypatch.setattr(worker_module, "REPORT_EVERY_S", 0.1)
    running.side.show("Map")
    return running, running.side.views["Map"]


def drawn(session, view, seconds=45):
    """The view once its figure is there and a map is drawn."""

    def ready():
        session.transport.redraw()
        return view.drawn is not None and view._shown is not None

    assert wait(ready, seconds), view.said.text
    return view


def tap(view, x, y, shift=False):
    """A click as Bokeh reads it off the socket."""
    values = {"model": None, "x": x, "y": y, "modifiers": {"shift": shift, "ctrl": False, "alt": False}}
    view._tapped(Event.from_serializable({"name": "tap", "values": values}, Deserializer()))


def test_opening_the_page_loads_no_holoviews():
    code = "import sys, components.session; print('holoviews' in sys.modules, 'contourpy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.split()[0] == "False"


def test_a_map_is_computed_while_it_is_seen_and_drawn_by_holoviews(shown):
    session, view = shown
    drawn(session, view)
    assert "of 36 cells" in view.said.text
    row, column = view.drawn.order
    assert wait(
        lambda: np.array_equal(view.drawn.cells.data_source.data["shown"], view._shown[1].values[row, column])
    ), "both are of one picture, but for the moment in which it is painted"
    source = view.drawn.cells.data_source.data
    np.testing.assert_allclose(np.asarray(source["left"]), view._shown[1].x_edges[column])
    np.testing.assert_allclose(np.asarray(source["bottom"]), view._shown[1].y_edges[row])
    dynamics = session._sim.dynamics
    here = view.drawn.sources["here"]
    assert wait(lambda: (list(here.data["x"]), list(here.data["y"])) == ([dynamics.sigma], [dynamics.lam]))
    assert any(thread.name == "swarmviz map" for thread in threading.enumerate())
    session.side.show("Density")
    session.transport.redraw()
    assert wait(lambda: session.maps.key == "")


def test_a_click_takes_the_swarm_to_the_cell_and_with_shift_a_second_swarm(shown):
    session, view = shown
    drawn(session, view)
    order = view._order
    tap(view, order.x_values[4] * 1.001, order.y_values[1] * 1.001)
    settle(session)
    assert wait(lambda: session._sim.dynamics.sigma == order.x_values[4])
    assert (session.controls.parts["dynamics"].lam, session._sim.dynamics.lam) == (order.y_values[1],) * 2
    assert len(session.panes) == 1
    session.transport.redraw()
    assert wait(lambda: session.transport.redraw() or list(view.drawn.sources["here"].data["x"]) == [order.x_values[4]])
    assert session.maps.key == order.key, "the map is the same, wherever the swarm is in it"
    tap(view, order.x_values[0], order.y_values[5], shift=True)
    settle(session)
    assert len(session.panes) == 2 and session.side.shown == "Map"
    assert wait(lambda: session.panes[1].sim.dynamics.sigma == order.x_values[0])
    assert session.panes[0].sim.dynamics.sigma == order.x_values[4]


def test_the_map_is_the_same_for_a_swarm_that_went_to_another_cell_of_it():
    """β of SSA is proposed per agent, and the link names no range: so none may follow from the N that a click has set."""
    view = Map()
    view.map_x, view.map_y = "dynamics.cutoff", "swarm.n"
    keys = {
        view.order_of(sv.Simulation(sv.SSA(cutoff=cutoff), sv.landscapes.Sphere(), sv.Swarm(n=n, d=1))).key
        for cutoff, n in ((0.1, 8), (0.3, 8), (0.1, 64))
    }
    assert len(keys) == 1


@pytest.mark.parametrize("at", [(np.nan, 1.0), (1e9, 1.0), (None, 1.0), ("1", 1.0), (1.0, -np.inf)])
def test_a_click_beside_the_map_does_nothing(shown, at):
    session, view = shown
    before: list[Any] = []
    session.maps.on_cell = lambda *of: before.append(of)
    drawn(session, view)
    tap(view, *at)
    assert not before


def test_other_parameters_grey_the_map_and_a_new_one_takes_its_place(shown, monkeypatch):
    session, view = shown
    drawn(session, view)
    first = session.maps.key
    monkeypatch.setattr(worker_module, "SETTLED_S", 3600.0)  # no new map comes
    edit(session, "dynamics.dt", "0.02")
    settle(session)
    assert wait(lambda: session.transport.redraw() or view.drawn.cells.glyph.fill_alpha < 1, 60)
    assert "a new map begins" in view.said.text and session.maps.known.order.key == first != session.maps.key
    monkeypatch.setattr(worker_module, "SETTLED_S", 0.0)
    with session.maps._wake:
        session.maps._wake.notify_all()
    assert wait(lambda: session.transport.redraw() or view.drawn.cells.glyph.fill_alpha == 1.0, 60)
    assert session.maps.known.order.dynamics.dt == 0.02


def test_its_choices_are_options_of_the_link_and_usual_ones_are_not(shown):
    session, view = shown
    assert session._view_options() == {"view": "Map"}, "the view shows the usual axes without choosing them"
    for name, value in (("map_x", "swarm.n"), ("map_x_range", "5:40"), ("map_steps", 50)):
        view.fields._handle_msg({"name": name, "value": value})
    view.buttons._handle_msg("cost")
    wanted = {"map_x": "swarm.n", "map_x_range": "5:40", "map_steps": 50, "map_colour": "cost"}
    assert session._view_options() == {"view": "Map"} | wanted
    order = view.order_of(session._sim)
    assert order.x == ("swarm", "n") and (order.x_values[0], order.x_values[-1]) == (5, 40) and order.steps == 50
    assert session._show_views({"view": "Map"}) == "" and session._view_options() == {"view": "Map"}
    assert session._show_views({"view": "Map"} | wanted) == "" and view.fields.shown["map_x"] == "swarm.n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("map_x", 3), ("map_x", "sigma"), ("map_y", "dynamics.a b"), ("map_x", "dynamics." + "x" * 60), ("map_steps", -1),
        ("map_steps", 10**6), ("map_steps", True), ("map_steps", "5"), ("map_colour", "red"), ("map_colour", None),
        ("map_evaluations", -1), ("map_evaluations", 10**10), ("map_evaluations", True), ("map_evaluations", "20000"),
        ("map_goal", 101),
        ("map_goal", 0.95), ("map_goal", None), ("map_x_range", "5:1"), ("map_x_range", "a:b"), ("map_x_range", "0:" + "9" * 400),
        ("map_y_range", "1e400:2"),
    ],
)  # fmt: skip
def test_a_link_that_means_nothing_is_refused_by_name(name, value):
    view = Map()
    before = getattr(view, name)
    with pytest.raises(ValueError, match=name):
        setattr(view, name, value)
    assert getattr(view, name) == before


def test_evaluations_take_the_place_of_the_step_and_the_goal_stands_in_the_link(shown):
    session, view = shown
    view.fields._handle_msg({"name": "map_steps", "value": 50})
    for name, value in (
        ("map_evaluations", 20_000),
        ("map_goal", 95),
        ("map_goal", 12),
        ("map_evaluations", 7),
        ("map_goal", True),
    ):
        view.fields._handle_msg({"name": name, "value": value})
    wanted = {"map_evaluations": 20_000, "map_goal": 95}
    assert session._view_options() == {"view": "Map"} | wanted, "what is not offered is not taken"
    n = session._sim.initial_swarm.n
    order = view.order_of(session._sim)
    run = sv.Simulation(order.dynamics, order.landscape, order.swarm)
    assert run.advance(order.steps) is not None and 20_000 - n < run.evaluations <= 20_000, "as the run itself counts"
    assert view.export_options(session._sim.frame) == {"goal": 0.95}
    assert wait(lambda: session.transport.redraw() or f"K = {order.steps:,}" in view.said.text, 60), view.said.text
    view.fields._handle_msg({"name": "map_steps", "value": 50})
    assert session._view_options() == {"view": "Map", "map_steps": 50, "map_goal": 95}


@pytest.mark.parametrize(("dynamics", "a_step"), [(sv.CBO(scheme="heun"), 60), (sv.CBO(), 30), (sv.SSA(), 30 + 30 * 4)])
def test_a_step_costs_what_the_dynamics_and_a_gradient_by_differences_take(dynamics, a_step):
    bowl = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -3, 3, title="bowl")
    sim, view = sv.Simulation(dynamics, bowl, sv.Swarm(n=30, d=2)), Map()
    view.map_evaluations = 10_000
    order = view.order_of(sim)
    start = dynamics.cost_of_start(30).evaluations
    assert order.steps == (10_000 - start) // a_step
    sim.advance(order.steps)
    assert sim.evaluations <= 10_000


def test_evaluations_that_leave_no_step_are_refused_by_name():
    sim, view = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=50, d=2)), Map()
    view.map_evaluations = 99
    with pytest.raises(ValueError, match=r"map_evaluations = 99: .* at least 100"):
        view.order_of(sim)
    view.map_evaluations = 100
    assert view.order_of(sim).steps == 1
    view.map_x = "swarm.n"
    with pytest.raises(ValueError, match=r"map_evaluations = 100: .* at least 400"):
        view.order_of(sim)
    view.map_x_range = "5:50"
    assert view.order_of(sim).limit.evaluations == 100, (
        "a step costs more with one N than with another: each run has its budget"
    )


def test_from_evaluations_a_press_leads_back_to_the_usual_step(alone):
    """The usual step is 0 in the options, and so is a step that does not hold."""
    view, run, _ = alone
    view.attach(run)
    view.fields._handle_msg({"name": "map_evaluations", "value": 20_000})
    assert (view.map_steps, view.map_evaluations) == (0, 20_000)
    view.fields._handle_msg({"name": "map_steps", "value": 0})
    assert (view.map_steps, view.map_evaluations) == (0, 0)
    assert view.fields.shown["map_evaluations"] == 0


def test_a_complaint_ends_where_what_held_is_typed_again(alone):
    view, run, _ = alone
    view.attach(run)
    painted(view, run)
    before = view.said.text
    view.fields._handle_msg({"name": "map_x_range", "value": "5:1"})
    assert "must be low:high" in view.said.text
    view.fields._handle_msg({"name": "map_x_range", "value": ""})
    painted(view, run)
    assert view.said.text == before and "runs" in before


def test_a_name_that_is_refused_leaves_the_range_as_it_was(alone):
    view, _, _ = alone
    view.map_x_range = "1:2"
    view.fields._handle_msg({"name": "map_x", "value": "no name"})
    assert (view.map_x, view.map_x_range) == ("", "1:2")


def test_the_map_of_before_is_grey_and_takes_no_click_while_what_is_set_has_none(alone, monkeypatch):
    view, run, maps = alone
    painted(view, run)
    order_of = Map.order_of

    def refused(self, run):
        raise ValueError("N is an axis")

    monkeypatch.setattr(Map, "order_of", refused)
    view.map_evaluations = 20_000
    painted(view, run)
    assert "N is an axis" in view.said.text and view.drawn.cells.glyph.fill_alpha < 1
    assert not view.drawn.sources["here"].data["x"]
    tap(view, 1.0, 1.0)
    assert not maps.asked
    monkeypatch.setattr(Map, "order_of", order_of)
    view.map_evaluations = 0
    painted(view, run)
    assert view.drawn.cells.glyph.fill_alpha == 1.0 and list(view.drawn.sources["here"].data["x"]) == [1.0]
    tap(view, 1.0, 1.0)
    assert maps.asked


def test_evaluations_are_the_most_that_a_run_takes_and_that_is_said(alone):
    """Where steps may take less, each run goes on to its budget, and K is where all end."""
    view, run, maps = alone
    view.map_evaluations = 20_000
    painted(view, run)
    assert "K = 20, at most 20,000 evaluations" in view.said.text
    _, picture = view._shown
    known = maps.known._replace(order=maps.known.order._replace(limit=Limit(8000, 20_000, 40)))
    assert "K ≤ 8,000, at most 20,000 evaluations" in view._words_of(known, picture, stale=False, broken=False)


def test_what_cells_cost_is_known_without_a_copy_for_every_value(monkeypatch):
    """It is asked while a slider moves; with a copy for every value it took forty milliseconds, with the lock of all that is seen."""
    sim, view = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=50, d=2)), Map()
    copied, copy = [], sv.parameters.Described.copy
    monkeypatch.setattr(sv.parameters.Described, "copy", lambda self: copied.append(type(self)) or copy(self))
    view.map_evaluations = 10_000
    order = view.order_of(sim)
    assert order.steps == 199 and len(order.x_values) == 24 and len(copied) <= 10
    assert (sim.dynamics.sigma, sim.dynamics.lam) == (sv.CBO().sigma, sv.CBO().lam), "of the run nothing is changed"


def test_a_map_that_does_not_reach_the_goal_says_so(alone):
    view, run, maps = alone
    statistics = maps.known.statistics
    view.map_goal = 95
    maps.known = maps.known._replace(
        statistics=statistics | {"success_rate": np.full_like(statistics["success_rate"], 0.94)}
    )
    painted(view, run)
    assert "No cell has 95% of its runs" in view.said.text
    maps.known = maps.known._replace(
        statistics=statistics | {"success_rate": np.full_like(statistics["success_rate"], 0.95)}
    )
    painted(view, run)
    assert "6 of 6 cells, each with at least 95%" in view.said.text


def test_the_export_button_asks_for_the_drawer(shown):
    session, view = shown
    view.fields._handle_msg({"act": "take"})
    assert session.page.contextbar_open
    assert list(session.drawer)[session.page.contextbar[0][0].active] == "Export"


def test_fit_puts_the_axes_around_the_region_that_is_outlined(alone):
    view, run, maps = alone
    assert not view.fields.fits, "nothing is seen yet"
    view.fields._handle_msg({"act": "fit"})
    assert (view.map_x_range, view.map_y_range) == ("", "")
    statistics = maps.known.statistics
    rate = np.zeros_like(statistics["success_rate"])
    rate[1, :] = 0.97
    maps.known = maps.known._replace(statistics=statistics | {"success_rate": rate})
    view.map_goal = 95
    painted(view, run)
    assert view.fields.fits
    order = view._order
    view.fields._handle_msg({"act": "fit"})
    expected = [
        orders.ends_around(order.declared(axis), (values[1 - i], values[1]), values, False)
        for i, (axis, values) in enumerate([(order.x, order.x_values), (order.y, order.y_values)])
    ]
    assert [ends_of(name, getattr(view, name)) for name in module.RANGES] == expected
    assert expected[0][0] < order.x_values[1] < expected[0][1] and expected[1][1] > order.y_values[1]
    run.dynamics.alpha = 3.0
    painted(view, run)
    assert not view.fields.fits, "what is seen is the map of before"
    before = view.map_x_range, view.map_y_range
    view.fields._handle_msg({"act": "fit"})
    assert (view.map_x_range, view.map_y_range) == before


@pytest.mark.parametrize("data", [{"act": "no"}, {"act": ["fit"]}, {"act": "fit", "value": 1}, ["fit"], None, "fit"])
def test_what_is_no_press_of_the_fields_does_nothing(data):
    pressed: list[str] = []
    fields = module.MapFields(
        lambda *of: pressed.append("change"), lambda: pressed.append("take"), lambda: pressed.append("fit")
    )
    fields._handle_msg(data)
    assert not pressed
    fields._handle_msg({"act": "fit"})
    assert pressed == ["fit"]


def test_ranges_are_two_numbers():
    assert ends_of("map_x_range", " 1e-2 : 3 ") == (0.01, 3.0)


def test_two_axes_of_one_parameter_and_a_range_that_is_not_allowed_are_said(shown):
    session, view = shown
    view.map_y = "dynamics.sigma"
    assert wait(lambda: session.transport.redraw() or "must be two parameters" in view.said.text)
    view.map_y, view.map_x_range = "", "-3:-1"
    assert wait(lambda: session.transport.redraw() or "0 ≤ σ ≤ 100" in view.said.text, 60), view.said.text


@pytest.mark.parametrize("name", list(sv.dynamics.ALL))
def test_every_dynamics_has_a_map_of_its_opening_run(name):
    dynamics, landscape, swarm = presets.opening(name).build()
    sim = sv.Simulation(dynamics, landscape, swarm)
    view = Map()
    view.map_steps = 50
    order = view.order_of(sim)
    assert [orders.name_of(axis) for axis in (order.x, order.y)] == orders.proposed_axes(dynamics, swarm)
    order = order._replace(x_values=order.x_values[::6], y_values=order.y_values[::6], swarm=_few(swarm))
    work = MapWork(order)
    while work.refinement.level < work.refinement.levels:
        work.work(0.05)
    known = work.known()
    for colour in COLOURS:
        picture = map_picture(np.array(order.x_values), np.array(order.y_values), order.log, known.statistics, colour)
        made = figure.build(known, picture, colour, DARK)
        figure.write(made, picture, figure.columns_of(picture, known.said), colour, DARK, stale=False)
        figure.place(made, (order.value_of(order.x) or 0.0, order.value_of(order.y) or 0.0))
        assert len(made.cells.data_source.data["shown"]) == picture.values.size


def _few(swarm):
    few = swarm.copy()
    few.n = min(few.n, 12)
    return few


def test_a_figure_is_made_on_the_document_of_no_visitor():
    """On a thread "the current document" is that of the visitor who is served just then; one who had left made every figure fail."""
    work = MapWork(small_order())
    while work.work(0.05):
        pass
    order, known = work.order, work.known()
    picture = map_picture(np.array(order.x_values), np.array(order.y_values), order.log, known.statistics, "found")
    theirs = Document()
    with patch_curdoc(theirs):
        del theirs  # Bokeh holds it weakly
        gc.collect()
        assert figure.build(known, picture, "found", DARK).figure.document is None


def test_a_figure_comes_to_a_page_and_is_written_in_turns_of_their_own(shown, monkeypatch):
    """Each is some 20 ms of the thread that visitors share."""
    session, view = shown
    drawn(session, view)
    session.transport.stop()  # nobody else paints
    document, payload, written = Document(), view._painted, []

    def next_turn():
        """Carry out what waits for its turn, as Bokeh does: it is taken off the list first."""
        (waiting,) = document.session_callbacks
        document.remove_next_tick_callback(waiting)
        waiting.callback()

    monkeypatch.setattr(figure, "write", lambda drawn, picture, *rest: written.append(picture))
    for piece in view.drawn.pieces:  # as it was built
        setattr(piece.owner, piece.name, [])
    view._placed = None
    with set_curdoc(document):
        view.paint(payload)
        assert view._placed is None, "the picture of everything else goes out first"
        next_turn()
        assert view._placed is view._built and view._shown[1] is payload.picture
        for piece in view.drawn.pieces:
            assert not written
            next_turn()
            assert getattr(piece.owner, piece.name) == piece.value
        next_turn()
        assert written == [payload.picture]
        view.paint(payload)
    assert len(written) == 2 and len(document.session_callbacks) == 0


@pytest.mark.parametrize("broken", ["_place", "grow", "write"])
def test_a_figure_that_fails_on_its_way_to_the_page_is_told_there(shown, monkeypatch, capfd, broken):
    """It had been told to the log alone, and a part of the figure stood there until the next one."""
    session, view = shown
    drawn(session, view)
    session.transport.stop()
    document, payload = Document(), view._painted

    def fails(*of):
        raise ZeroDivisionError("no part")

    if broken == "_place":
        place = view._place
        monkeypatch.setattr(view, "_place", lambda built: place(built) if built.drawn is None else fails())
    else:
        monkeypatch.setattr(figure, broken, fails)
    view._placed = None
    with set_curdoc(document):
        view.paint(payload)
        for _ in range(len(view.drawn.pieces if view.drawn else view._built.drawn.pieces) + 2):
            for waiting in document.session_callbacks:
                document.remove_next_tick_callback(waiting)
                waiting.callback()
        assert "no part" in capfd.readouterr().err
        view.paint(payload)
    assert view.drawn is None and view._frame.objects == [] and module.NO_FIGURE.rstrip(".") in view.said.text
    assert view._built.shape == payload.shape, "and so it is not begun again"


def test_a_figure_that_fits_no_longer_when_its_turn_comes_stays_away(shown):
    session, view = shown
    drawn(session, view)
    session.transport.stop()
    document = Document()
    view._placed, view._painted = None, view._painted._replace(shape="another")
    with set_curdoc(document):
        view._place_built()
    assert view._placed is None and not document.session_callbacks


def test_names_of_lines_make_room_for_the_mark_of_the_middle_wherever_it_moves():
    """They had stayed where they had been placed first, while the map filled and its middle moved onto one of them."""
    order = small_order()._replace(x_values=tuple(np.linspace(0.1, 3.0, 6)), y_values=tuple(np.linspace(0.1, 3.0, 6)))
    known = known_of(order)
    picture = map_picture(np.array(order.x_values), np.array(order.y_values), order.log, known.statistics, "found")
    picture = picture._replace(middle=None)
    columns = figure.columns_of(picture, known.said)
    made = figure.build(known, picture, "found", DARK)
    figure.write(made, picture, columns, "found", DARK, stale=False)
    names = made.sources["names"].data
    before = list(zip(names["x"], names["y"], strict=True))
    assert before
    figure.write(made, picture._replace(middle=before[0]), columns, "found", DARK, stale=False)
    names = made.sources["names"].data
    assert before[0] not in zip(names["x"], names["y"], strict=True)


def test_a_figure_that_cannot_be_built_is_a_defect_in_the_log_and_is_not_tried_again(monkeypatch, capfd):
    def broken(*of):
        raise ZeroDivisionError("no figure")

    monkeypatch.setattr(figure, "build", broken)
    drawings: list[Any] = []
    view, known = Map(refresh=lambda: drawings.append(view._built)), SimpleNamespace(order=None, thresholds=())
    module._make(view._is_built, known, None, "found", LIGHT, "shape")
    assert "no figure" in capfd.readouterr().err
    assert drawings == [(None, "shape")] and view.drawn is None, (
        "it is known, and so not begun again ten times a second"
    )


def test_that_a_figure_is_there_is_no_choice_of_an_option():
    """It is known on another thread than the page's, which writes the link of a choice and notes it as something to be undone."""
    told, chosen = [], []
    view = Map(maps=SimpleNamespace(tell=lambda: told.append(1)), refresh=lambda: chosen.append(1))
    view._is_built(None, "shape")
    assert (told, chosen) == ([1], [])


def test_figures_of_many_visitors_are_drawn_one_after_the_other(monkeypatch):
    """What draws in Python holds up the page's thread: twenty at once, for a tenth of a second."""
    most, lock, done = [0], threading.Lock(), []
    inside = []

    def build(known, picture, colour, colours):
        with lock:
            inside.append(known)
            most.append(len(inside))
        time.sleep(0.02)
        with lock:
            inside.remove(known)
        return f"figure {known}"

    monkeypatch.setattr(figure, "build", build)
    takes = lambda drawn, shape: done.append(drawn)  # noqa: E731
    threads = [threading.Thread(target=module._make, args=(takes, i, None, "found", LIGHT, i)) for i in range(4)]
    with module.ONE_CORE:
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        assert most == [0], "what else is computed in the background goes on first"
    for thread in threads:
        thread.join(10)
    assert max(most) == 1 and sorted(done) == [f"figure {i}" for i in range(4)]


class Maps:
    """In the place of a worker of maps: what is known is put there."""

    def __init__(self, known=None):
        self.known, self.asked = known, []
        self.on_cell = lambda values, beside: self.asked.append((values, beside))

    def ask(self, order):
        pass

    def tell(self):
        pass


def known_of(order, **fields):
    """What is known of a map, at its end."""
    work = MapWork(order)
    while work.work(0.05):
        pass
    return work.known()._replace(**fields)


RASTRIGIN, SWARM = sv.landscapes.Rastrigin(), sv.Swarm(n=6, d=2)


@pytest.fixture(scope="module")
def small():
    """What is known of a small map."""
    return known_of(small_order())


@pytest.fixture
def alone(monkeypatch, small):
    """A view by itself, its run, and its maps; figures are made at once."""
    monkeypatch.setattr(module.threading, "Thread", AtOnce)
    monkeypatch.setattr(
        Map,
        "order_of",
        lambda self, run: small_order(dynamics=run.dynamics, landscape=run.landscape, swarm=run.initial_swarm),
    )
    maps = Maps(small)
    view = Map(maps=maps, refresh=lambda: None)
    return view, sv.Simulation(sv.CBO(), RASTRIGIN, SWARM), maps


class AtOnce:
    """A thread whose work is done when it is started."""

    def __init__(self, target, args, **options):
        self.start = lambda: target(*args)


def painted(view, run):
    """Paint until nothing is new."""
    for _ in range(5):
        payload = view.prepare(run.frame, run)
        if payload is None:
            return
        view.paint(payload)
    raise AssertionError("it is never done")


def test_a_picture_that_was_never_painted_is_prepared_again(alone):
    """While it waits the visitor may choose another view, whose switcher lets it fall."""
    view, run, _ = alone
    assert view.prepare(run.frame, run) is not None
    left_out = view.prepare(run.frame, run)
    again = view.prepare(run.frame, run)
    assert left_out is not None and again is not None and again.known is left_out.known
    painted(view, run)
    assert view._shown is not None and view.prepare(run.frame, run) is None


def test_nothing_of_a_figure_is_there_for_a_selection(alone):
    """There is none, and with HoloViews' glyphs for it a figure has a third more models, each of which holds up the page's thread."""
    view, run, _ = alone
    painted(view, run)
    for renderer in view.drawn.figure.renderers:
        assert renderer.selection_glyph is renderer.nonselection_glyph is renderer.muted_glyph is None
    kinds = [model.__class__.__name__ for model in view.drawn.figure.references()]
    assert kinds.count("Quad") == 1


def test_one_figure_is_built_of_a_map_even_where_it_comes_while_a_picture_is_made(alone, monkeypatch):
    view, run, _ = alone
    built = []
    make, picture_of = module._make, module.map_picture
    monkeypatch.setattr(module, "_make", lambda *of: built.append(of) or make(*of))

    def slow(*of):  # the figure that another picture has asked for comes just now
        picture = picture_of(*of)
        if not built:
            view._build(view._maps.known, picture, view._shape_of(view._maps.known))
        return picture

    monkeypatch.setattr(module, "map_picture", slow)
    painted(view, run)
    assert len(built) == 1, "a second one takes the place of the first, and a click with it"


def test_a_figure_of_other_axes_is_not_put_on_the_page(alone):
    view, run, maps = alone
    painted(view, run)
    first = view.drawn
    view._built = module.Built(SimpleNamespace(figure=None), "another shape")
    maps.known = maps.known._replace(words="new")
    view._building = "another shape"
    payload = view.prepare(run.frame, run)
    view.paint(payload)
    assert view.drawn is first and first.cells.glyph.fill_alpha < 1, "what is seen is of other parameters"
    assert not first.sources["here"].data["x"], "and the swarm is nowhere in it"


def test_the_swarm_is_nowhere_on_a_map_of_other_axes_and_a_click_there_does_nothing(alone, monkeypatch):
    view, run, maps = alone
    painted(view, run)
    assert list(view.drawn.sources["here"].data["x"]) == [1.0]
    monkeypatch.setattr(
        Map, "order_of", lambda self, run: small_order()._replace(y=("dynamics", "alpha"), y_values=(1.0, 2.0))
    )
    view.map_y = "dynamics.alpha"
    painted(view, run)
    assert not view.drawn.sources["here"].data["x"], "N agents are no drift"
    tap(view, 1.0, 1.0)
    assert not maps.asked


def test_points_of_two_maps_mean_the_same_only_where_their_axes_belong_to_parts_of_the_same_kinds():
    of = small_order()._replace(x=("landscape", "depth"))
    assert of.plane != of._replace(landscape=sv.landscapes.Ackley()).plane
    assert of.plane == of._replace(limit=Limit.of_steps(3)).plane == of._replace(dynamics=sv.CBO(alpha=2.0)).plane
    assert small_order().plane == small_order(landscape=sv.landscapes.Ackley()).plane, "no axis is of the landscape"


def test_a_cell_that_has_not_been_run_says_so(small):
    runs = small.statistics["runs"].copy()
    runs[2, 1] = 0
    order = small.order
    statistics = small.statistics | {"runs": runs}
    picture = map_picture(np.array(order.x_values), np.array(order.y_values), order.log, statistics, "found")
    columns = figure.columns_of(picture, small.said)
    assert columns["found"][1, 2].startswith("not run yet; the nearest cell: ") and " of 100" in columns["found"][1, 2]
    assert (columns["runs"][1, 2], columns["seeds"][1, 2], columns["gap"][1, 2]) == (0, "–", "–")
    assert columns["seeds"][0, 0] == "0 to 99" and "not run" not in columns["found"][0, 0]


def test_what_is_under_the_pointer_is_no_markup():
    order = small_order()
    declared = SimpleNamespace(symbol="<b>", label="", name="x")
    text = figure.told_of(SimpleNamespace(declared=lambda axis: declared, x=order.x, y=order.y))
    assert "<b>" not in text and "&lt;b&gt;" in text and "@found" in text and "{safe}" not in text


def test_a_landscape_without_a_known_minimiser_says_why_its_cells_have_no_colour(alone, monkeypatch):
    view, run, maps = alone
    landscape = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -3, 3, title="own")
    monkeypatch.setattr(Map, "order_of", lambda self, run: small_order(landscape=landscape))
    maps.known = known_of(small_order(landscape=landscape))
    painted(view, run)
    assert view.said.text.startswith("No minimiser of this landscape is known")
    view.map_goal = 95
    painted(view, run)
    assert "No minimiser" in view.said.text and "No cell" not in view.said.text, "of runs that nobody judged"


def test_the_map_that_is_set_is_made_anew_only_where_something_has_changed(alone, monkeypatch):
    view, run, _ = alone
    asked = []
    order_of = Map.order_of
    monkeypatch.setattr(Map, "order_of", lambda self, run: asked.append(1) or order_of(self, run))
    painted(view, run)
    for _ in range(5):
        view.prepare(run.frame, run)
    assert len(asked) == 1, "ten times a second it copied every part"
    run.dynamics.alpha = 3.0
    view.prepare(run.frame, run)
    view.map_steps = 50
    view.prepare(run.frame, run)
    assert len(asked) == 3
