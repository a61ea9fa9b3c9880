"""A visitor's session without a browser: edits reach the running simulation, a failure leaves it alone, and nothing stays behind."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

from components.controls.heading import OWN_VALUES
from components.links import budget, permalink
from components.page import theme
from components.playback.transport import MAX_DRAW_EVERY
from components.session import Session
from components.state import VisitState, first, state_of
from swarmviz import Swarm, dynamics, presets
from swarmviz.replay import RunSpec
from tests.visit import edit, press, settle, wait


def test_the_first_thing_a_visitor_sees_is_the_example_of_001_running(running):
    dynamic, landscape, swarm, _ = running.selection
    assert (type(dynamic).__name__, landscape.title, swarm.n, swarm.d) == ("CBO", "Rastrigin", 100, 2)
    assert (dynamic.lam, dynamic.sigma, dynamic.alpha, dynamic.dt) == (1, 1, 1000, 0.05)
    assert np.abs(running._sim.swarm.positions(landscape)).max() <= 5


def test_the_document_that_a_browser_is_given_holds_the_first_picture(session):
    """It came 0.4 s after the page was laid out."""
    session.transport.paint_before_start()
    sim, clock = session._sim, session.transport.clock
    assert not session.transport.started
    np.testing.assert_array_equal(session.panes.current.arena.renderer.points.data["x"], sim.frame.x[:, 0].astype("f4"))
    assert (clock.k, clock.frame) == (sim.k, 0)


def test_an_edit_reaches_the_running_simulation_without_a_restart(running):
    k = running._sim.k
    edit(running, "dynamics.lam", "2.5")
    assert wait(lambda: running._sim.dynamics.lam == 2.5)
    assert running._sim.k >= k
    assert running._sim.dynamics is not running.controls.parts["dynamics"], (
        "the page's thread must not change what the worker reads"
    )


def test_an_edit_of_a_paused_swarm_is_seen_at_once(running):
    press(running, "pause")
    settle(running)
    edit(running, "dynamics.alpha", "0.001")
    settle(running)
    frame = running._sim.frame
    assert np.allclose(frame.focus, frame.x.mean(axis=0), atol=0.2), "with α near 0 the consensus is nearly the mean"


def test_bad_input_changes_nothing_and_the_run_goes_on(running):
    edit(running, "dynamics.sigma", "-3")
    assert "0 ≤ σ" in running.controls.form.shown["dynamics.sigma"]["error"]
    k = running._sim.k
    assert wait(lambda: running._sim.k > k)
    assert running._sim.dynamics.sigma == 1


def test_a_restart_parameter_waits_for_reset(running):
    edit(running, "swarm.n", "37")
    assert running.bar.pending and running._sim.frame.n == 100
    press(running, "reset")
    assert wait(lambda: running._sim.frame.n == 37)
    assert wait(lambda: not running.bar.pending)


def test_a_reset_with_the_same_seed_repeats_the_run_and_a_new_seed_does_not(running):
    press(running, "pause")
    press(running, "reset")
    settle(running)
    start = running._sim.frame.x.copy()
    press(running, "reset")
    settle(running)
    assert np.array_equal(running._sim.frame.x, start)
    press(running, "seed")
    settle(running)
    assert not np.array_equal(running._sim.frame.x, start)
    assert running.selection.swarm.seed == 1


def test_after_the_largest_seed_comes_the_first(running):
    edit(running, "swarm.seed", str(2**53))
    press(running, "seed")
    settle(running)
    assert running.selection.swarm.seed == running._sim.initial_swarm.seed == 0


def test_back_is_exact(running):
    press(running, "pause")
    settle(running)
    there, k = running._sim.frame.x.copy(), running._sim.k
    press(running, "step")
    press(running, "step")
    press(running, "back")
    press(running, "back")
    settle(running)
    assert running._sim.k == k and np.array_equal(running._sim.frame.x, there)


@pytest.mark.parametrize("name", dynamics.ALL)
def test_each_dynamics_can_be_chosen_and_runs(running, name):
    edit(running, "dynamics", name)
    assert wait(lambda: type(running._sim.dynamics).__name__ == name and running._sim.k > 1, 60)
    assert not running.bar.message.get("text")


def test_a_landscape_of_another_dimension_takes_the_swarm_along(running):
    edit(running, "dynamics", "SSA")
    assert wait(lambda: running._sim.frame.d == 1, 60)
    edit(running, "landscape", "Himmelblau")
    assert wait(lambda: running._sim.landscape.title == "Himmelblau")
    assert running._sim.frame.d == 2


def test_a_run_that_cannot_be_built_leaves_the_old_one_going_and_says_why(running):
    edit(running, "swarm.initial", "box")
    edit(running, "swarm.low", "3")
    edit(running, "swarm.high", "1")
    sim = running._sim
    press(running, "reset")
    assert wait(lambda: "low must be below high" in running.bar.message.get("text", ""))
    assert running._sim is sim


def test_a_diverged_swarm_stands_at_its_last_finite_step_and_says_where(running):
    edit(running, "dynamics.lam", "100")
    edit(running, "dynamics.dt", "10")
    assert wait(lambda: "diverged at step" in running.bar.message.get("text", ""))
    assert running.bar.message["reset"] and not running.transport.playing
    assert np.isfinite(running._sim.frame.x).all()
    edit(running, "dynamics.dt", "0.05")
    press(running, "reset")
    press(running, "play")
    assert wait(lambda: 0 < running._sim.k and running.transport.playing)


def test_a_schedule_that_leaves_its_range_stops_and_says_so_beside_the_control(running):
    edit(running, "dynamics.sigma.kind", "Linear")
    edit(running, "dynamics.sigma.end", "-50")
    assert wait(lambda: "its schedule must keep" in running.bar.message.get("text", ""))
    assert not running.transport.playing
    assert wait(lambda: any(look.get("error") for look in running.controls.form.shown.values()))
    edit(running, "dynamics.sigma.end", "0.5")
    assert not any(look.get("error") for look in running.controls.form.shown.values()), "it is mended"


def test_a_stop_stops_exactly(session):
    press(session, "stop", ["k", "25"])
    session.start()
    assert wait(lambda: session.bar.message.get("text") == "Paused at step 25.")
    assert session._sim.k == 25 and not session.transport.playing


def test_messages_that_no_button_sends_are_ignored(running):
    for act, value in (
        ("explode", None),
        ("speed", "fast"),
        ("speed", -1),
        ("speed", True),
        ("stop", None),
        ("stop", ["k"]),
        ("stop", 5),
        ("stop", ["k", 10**400]),
        ("__init__", 1),
    ):
        press(running, act, value)
    running.bar._handle_msg("text")
    running.bar._handle_msg({"act": 3})
    for value in (0.0, [0], "0", True, -1):
        running.compare._handle_msg({"act": "show", "value": value})
    running.controls.form._handle_msg({"name": "landscape", "value": ["Rastrigin"]})
    assert running.panes.active == 0 and "went wrong" not in running.bar.message["text"]
    k = running._sim.k
    assert wait(lambda: running._sim.k > k)


def test_what_is_no_action_of_the_bar_is_refused_and_logged_and_calls_nothing(running, caplog):
    k = running._sim.k
    for act in ("close", "_reset", "__init__", "open", "x" * 1000):
        press(running, act)
    refused = [record for record in caplog.records if "is no action" in record.getMessage()]
    assert len(refused) == 5 and max(len(record.getMessage()) for record in refused) < 100
    assert running.transport.started and wait(lambda: running._sim.k > k)
    for _ in range(50):
        press(running, "open")
    assert sum("is no action" in record.getMessage() for record in caplog.records) == 5, "one visit fills no log"


def test_a_link_plays_no_faster_than_the_bar_and_draws_no_less():
    theme.extension()
    state = state_of(first("CBO")._replace(speed=1e17))._replace(draw_every=2**53)
    session = Session(permalink.write(state))
    assert session.transport.speed == session.bar.speed == session.bar.most
    assert session.transport.draw_every == session.bar.draw == MAX_DRAW_EVERY


def test_a_link_opens_what_it_says_and_a_bad_one_the_first_example():
    theme.extension()
    link = permalink.write(state_of(first("SSA")._replace(speed=None))._replace(stop=("k", 70)))
    session = Session(link)
    assert type(session._sim.dynamics).__name__ == "SSA" and session.transport.speed is None and session.bar.playing
    assert session.bar.stop == ["k", 70] and session.panes.pause_at.at == 70
    session = Session("2.nonsense")
    assert type(session._sim.dynamics).__name__ == "CBO" and "link" in session.bar.message["text"]


def test_a_copied_link_reopens_the_same_swarm_at_the_same_step_and_stands_there(running):
    edit(running, "dynamics.sigma", "0.7")
    assert wait(lambda: running._sim.dynamics.sigma == 0.7)
    k = running._sim.k
    assert wait(lambda: running._sim.k > k + 3)
    press(running, "pause")
    settle(running)
    press(running, "copy")
    copied = running.bar.copied
    assert copied["note"] == "" and copied["link"] == running.bar.link
    other = Session(copied["link"].removeprefix("?s="))
    assert not other.bar.playing
    other.start()
    assert wait(lambda: other._sim.k == running._sim.k)
    assert np.array_equal(other._sim.frame.x, running._sim.frame.x)
    assert len(other._sim.journal) == 2 and other.controls.parts["dynamics"].sigma == 0.7
    assert not other.transport.playing
    press(other, "step")
    press(running, "step")
    settle(other)
    settle(running)
    assert np.array_equal(other._sim.frame.x, running._sim.frame.x)
    other.close()


def test_the_address_follows_a_release_a_pause_and_a_step_but_not_a_drag(running):
    link = running.bar.link
    running.controls.form._handle_msg({"name": "dynamics.lam", "value": "1.5", "final": False})
    settle(running)
    assert running.bar.link == link
    edit(running, "dynamics.lam", "1.6")
    assert running.bar.link != link
    press(running, "pause")
    settle(running)
    paused = running.bar.link
    assert permalink.read(paused.removeprefix("?s=")).runs[0].k == running._sim.k
    for act in ("step", "back", "reset"):
        press(running, act)
        settle(running)
        assert wait(lambda: permalink.read(running.bar.link.removeprefix("?s=")).runs[0].k == running._sim.k)
    assert running._sim.k == 0


def test_a_run_that_no_link_can_hold_is_linked_at_step_0_and_that_is_said(running, monkeypatch):
    monkeypatch.setattr(budget, "MAX_REPLAY_WORK", 10)
    press(running, "pause")
    settle(running)
    press(running, "copy")
    assert "step 0" in running.bar.copied["note"]
    monkeypatch.undo()
    assert permalink.read(running.bar.copied["link"].removeprefix("?s=")).runs[0].k == 0


def test_a_replay_tells_how_far_it_is_and_is_given_up_for_another_choice(running, monkeypatch):
    import components.playback.builder as module

    monkeypatch.setattr(module, "REPORT_EVERY_S", 0.0)
    long = RunSpec.at_start(*first("CBO")[:2], Swarm(n=10_000))._replace(k=90_000)
    said = []
    monkeypatch.setattr(running.builder, "_notify", said.append)
    running.others.open(permalink.write(VisitState((long,), 30.0)))
    replay = running.builder._thread
    assert wait(lambda: any("%" in text for text in said)) and all("Replaying 90000 steps …" in text for text in said)
    edit(running, "dynamics", "PSO")
    assert wait(lambda: type(running._sim.dynamics).__name__ == "PSO")
    replay.join(20)
    assert not replay.is_alive() and type(running._sim.dynamics).__name__ == "PSO"


def test_a_replaced_run_is_remembered_and_its_row_reopens_it(running):
    press(running, "pause")
    settle(running)
    k, x = running._sim.k, running._sim.frame.x.copy()
    press(running, "seed")
    settle(running)
    assert [row["step"] for row in running.history.pane.rows] == [k]
    running.history.pane._handle_msg({"act": "open", "number": running.history.pane.rows[0]["number"]})
    settle(running)
    assert wait(lambda: running._sim.k == k)
    assert np.array_equal(running._sim.frame.x, x) and running.controls.parts["swarm"].seed == 0


def row(session, name):
    """A row as the browser has it: what it is and what it shows."""
    form = session.controls.form
    row = next(row for section in form.spec for row in section["rows"] if row["name"] == name)
    long = {"value": form.long[name]} if name in form.long else {}
    return {"hidden": False, "error": ""} | row | form.shown[name] | long


def test_the_first_row_of_the_history_tells_the_present_run_at_once(running):
    """Replaced and reopened within the second in which the history looks only once, and then standing: no later picture would mend it."""
    shown = lambda: (running.history.pane.live["about"][:6], running.history.pane.live["step"])  # noqa: E731
    press(running, "pause")
    settle(running)
    stood = running._sim.k
    assert wait(lambda: shown() == ("seed 0", stood), 3)
    press(running, "seed")
    settle(running)
    assert wait(lambda: shown() == ("seed 1", 0), 3)
    running.history.pane._handle_msg({"act": "open", "number": 1})
    settle(running)
    assert wait(lambda: shown() == ("seed 0", stood), 3)
    press(running, "step")
    assert wait(lambda: shown() == ("seed 0", stood + 1), 3)


def test_a_preset_is_chosen_by_its_menu_says_its_question_and_ends_with_an_edit(running):
    assert row(running, "preset")["value"] == "cbo-rastrigin"
    edit(running, "preset", "cbo-no-noise")
    assert wait(lambda: row(running, "preset")["value"] == "cbo-no-noise")
    settle(running)  # the controls show it at once
    assert running._sim.dynamics.noise == "none" and not row(running, "question")["value"] == OWN_VALUES
    assert row(running, "question")["value"] == presets.ALL["cbo-no-noise"].text
    press(running, "seed")
    settle(running)
    edit(running, "dynamics.lam", "1.5")
    assert row(running, "preset")["value"] == "" and row(running, "question")["value"] == OWN_VALUES
    edit(running, "preset", "nonsense")
    settle(running)
    assert running.controls.parts["dynamics"].lam == 1.5


@pytest.mark.parametrize("name", dynamics.ALL)
def test_choosing_a_dynamics_shows_its_first_preset(running, name):
    edit(running, "dynamics", name)
    assert wait(lambda: type(running._sim.dynamics).__name__ == name, 60)
    assert wait(lambda: row(running, "preset")["value"] == presets.of(name)[0].name)
    assert {value for value, _ in row(running, "preset")["options"]} == {"", *(p.name for p in presets.of(name))}


def test_nothing_is_left_of_a_closed_session():
    theme.extension()
    session = Session()
    session.start()
    settle(session)
    worker, sim, gone = session.transport._thread, weakref.ref(session._sim), weakref.ref(session)
    session.close()
    assert not worker.is_alive()
    del session, worker
    for _ in range(3):
        gc.collect()
    assert gone() is None and sim() is None


def test_an_option_of_a_view_is_prepared_on_the_worker(running):
    thread = []
    density = running.side.views["Density"]
    original = density.prepare
    density.prepare = lambda *given: (thread.append(threading.current_thread().name), original(*given))[1]
    press(running, "pause")
    settle(running)
    thread.clear()
    density.bins = 12
    assert wait(lambda: len(density.sources[0].data["top"]) == 12)
    assert set(thread) == {"swarmviz transport"}


def test_the_phase_space_is_there_for_a_swarm_with_velocities_and_the_choice_outlives_a_reset(running):
    assert running.side.offered == ["Density", "Map"]
    edit(running, "dynamics", "PSO")
    settle(running)
    assert running.side.offered == ["Density", "Phase space", "Map"]
    running.side.buttons._handle_msg("Phase space")
    press(running, "reset")
    settle(running)
    phase = running.side.views["Phase space"]
    assert running.side.shown == "Phase space"
    assert wait(lambda: len(phase.points.data["x"]) == running._sim.frame.n)
    edit(running, "dynamics", "CBO")
    settle(running)
    assert running.side.shown == "Density"


def test_what_takes_long_is_not_built_while_the_page_is_made():
    """Every visitor of the server would wait: the first example stands there until the builder is done."""
    theme.extension()
    large = first("CBO")._replace(swarm=Swarm(n=200_000))
    session = Session(permalink.write(state_of(large)))
    assert session._sim.frame.n == 100 and not session.bar.playing
    session.start()
    try:
        assert wait(lambda: session._sim.frame.n == 200_000 and session.transport.playing)
    finally:
        session.close()


def test_a_page_takes_no_swarm_that_would_leave_no_room_for_others(running):
    edit(running, "swarm.n", "9000000")
    assert "the library takes more" in running.controls.form.shown["swarm.n"]["error"]
    assert running.controls.parts["swarm"].n == 100


def test_an_export_holds_an_edit_that_has_not_acted_yet(running):
    press(running, "pause")
    settle(running)
    running.panes.edit("dynamics", dynamics.ALL["CBO"](sigma=0.25))
    snapshot = running._snapshot()
    assert snapshot.journal[-1].dynamics.sigma == 0.25 and snapshot.k == running._sim.k


def test_a_formula_that_is_undefined_in_its_box_is_refused_beside_its_text_and_both_ways_out_work(running):
    edit(running, "landscape", "Formula")
    settle(running)
    edit(running, "landscape.text", "log(x) + y^2")
    said = row(running, "landscape.text")["error"]
    assert said.startswith("log(−") and said.endswith("at character 1"), "neither a Python name nor a line that points"
    assert "log(−" in said and "is not a real number" in said and "(−5, 5)" in said and "undefined = '+∞'" in said
    assert running._sim.landscape.text == type(running._sim.landscape)().text and running.bar.playing
    edit(running, "landscape.undefined", "+∞")
    edit(running, "landscape.text", "log(x) + y^2")
    assert not row(running, "landscape.text").get("error")
    k = running._sim.k
    assert wait(lambda: running._sim.k > k + 20 and running._sim.landscape.text == "log(x) + y^2")
    edit(running, "landscape.text", "sqrt(x)*0 + (x-2)^2 + y^2")
    edit(running, "landscape.box", "0.5, 4")
    press(running, "pause")
    press(running, "reset")  # the swarm starts anew where the formula is defined; it may have been elsewhere
    settle(running)
    edit(running, "landscape.undefined", "refused")
    assert not row(running, "landscape.undefined").get("error")


# ---- what is shown is a function of the present state ------------------------------------------------------------------------


def test_a_preset_is_named_exactly_while_the_parameters_are_its_own(running):
    """Every time, not only the first: the second of two equal differences was once not sent."""
    text = presets.ALL["cbo-rastrigin"].text
    for _ in range(2):
        assert row(running, "preset")["value"] == "cbo-rastrigin" and row(running, "question")["value"] == text
        edit(running, "dynamics.sigma", "2")
        assert row(running, "preset")["value"] == "" and row(running, "question")["value"] == OWN_VALUES
        edit(running, "dynamics.sigma", "1")
    edit(running, "swarm.seed", "77")
    assert row(running, "preset")["value"] == "cbo-rastrigin", "what is measured over many seeds holds for each"
    edit(running, "swarm.d", "3")
    assert row(running, "preset")["value"] == "", "it is measured in its own dimension"


def test_what_is_sent_after_an_edit_says_all_even_when_it_was_sent_before(running):
    """The browser may show anything by now; a message that Bokeh finds equal to the last one is not sent."""
    seen = []
    running.controls.form.param.watch(lambda event: seen.append(event.new), "shown")
    for stamp in (1, 2):
        running.controls.form._handle_msg({"name": "dynamics.sigma", "value": "2", "final": True, "stamp": stamp})
    assert len(seen) == 2 and seen[0] != seen[1]
    assert set(seen[1]) == {row["name"] for section in running.controls.form.spec for row in section["rows"]}


def test_a_parameter_of_a_formula_gets_a_slider_and_moves_the_running_swarm(running):
    edit(running, "landscape", "Formula")
    settle(running)
    assert row(running, "landscape.a")["hidden"] and not row(running, "landscape.a").get("slider")
    edit(running, "landscape.text", "a*x^2 + y^2 with a = 1 in [0, 3]")
    settle(running)
    shown = row(running, "landscape.a")
    assert (
        not shown["hidden"]
        and (shown["slider"]["low"], shown["slider"]["high"]) == (0.0, 3.0)
        and shown["value"] == 1.0
    )
    assert row(running, "landscape.b")["hidden"]
    edit(running, "landscape.a", "2.5")
    k = running._sim.k
    assert wait(lambda: running._sim.k > k + 5 and running._sim.landscape.a == 2.5)
    assert [c.landscape.a for c in running._sim.journal if c.landscape.text.startswith("a*x^2")][-1] == 2.5
    edit(running, "landscape.a", "3.5")
    assert "0 ≤ a ≤ 3" in row(running, "landscape.a")["error"] and running._sim.landscape.a == 2.5
    edit(running, "landscape.text", "x^2 + y^2")
    settle(running)
    assert row(running, "landscape.a")["hidden"] and wait(lambda: running._sim.landscape.parameters == {})


def test_an_error_about_a_row_goes_when_its_cause_does(running):
    edit(running, "landscape", "Formula")
    settle(running)
    edit(running, "landscape.text", "x1^2 + x2^2 + z")
    assert "d = 2" in row(running, "landscape.text")["error"] and "d ≥ 3" in row(running, "landscape.text")["error"]
    assert not row(running, "swarm.d")["error"]
    edit(running, "landscape.text", "x^2 + y^2")
    assert not row(running, "landscape.text")["error"]
    press(running, "reset")
    settle(running)
    assert not any(look.get("error") for look in running.controls.form.shown.values())


def test_a_formula_of_more_dimensions_than_the_swarm_stops_nothing(running):
    """It once left a landscape behind that no view could show, and no other could be chosen."""
    edit(running, "landscape", "Formula")
    settle(running)
    edit(running, "landscape.text", "x^2+y^2+z^2")
    settle(running)
    k = running._sim.k
    assert wait(lambda: running._sim.k > k), "the swarm does not go on"
    assert running._sim.landscape.dims[0] <= 2 and permalink.read(running.bar.link.removeprefix("?s="))
    for name, value in (("landscape", "Ackley"), ("dynamics", "PSO")):
        edit(running, name, value)
        settle(running)
        assert row(running, name)["value"] == value
    press(running, "reset")
    settle(running)
    assert type(running._sim.dynamics).__name__ == "PSO"


@pytest.mark.parametrize("playing", [True, False])
def test_a_landscape_that_is_no_number_under_an_agent_is_refused_and_the_swarm_goes_on(running, playing):
    """With its own reason beside its own row: neither Δt nor the noise can mend it."""
    edit(running, "landscape", "Formula")
    edit(running, "landscape.text", "x^2 + y^2")
    settle(running)
    if not playing:
        press(running, "pause")
        settle(running)
    before = running._sim.landscape
    edit(running, "landscape.text", "log(x)")
    settle(running)
    assert wait(lambda: row(running, "landscape.text")["error"])
    said = row(running, "landscape.text")["error"]
    assert said.startswith("log(") and "is not a real number" in said and "Δt" not in said, "the row has said the name"
    assert row(running, "landscape.text")["value"] == "log(x)", "what was typed stays, to be mended"
    assert running._sim.landscape.same_as(before) and running.controls.parts["landscape"].same_as(before)
    assert (
        running.transport.playing is playing
        and len({e.landscape.text for e in running._sim.journal[-1:]} & {"log(x)"}) == 0
    )
    edit(running, "landscape.text", "x^2 + 2*y^2")
    settle(running)
    assert not row(running, "landscape.text")["error"] and running._sim.landscape.text == "x^2 + 2*y^2"


def test_a_view_that_fails_is_told_and_everything_else_is_shown(running, monkeypatch):
    def broken(*given):
        raise ValueError("d = 2: something needs d ≥ 3")

    monkeypatch.setattr(running.history, "attach", broken)
    monkeypatch.setattr(running.history, "prepare", broken)
    edit(running, "landscape", "Ackley")
    settle(running)
    assert running._sim.landscape.title == "Ackley" and "History cannot be shown" in running.bar.message["text"]
    k = running._sim.k
    assert wait(lambda: running._sim.k > k)


def test_no_failure_of_a_link_keeps_a_run_from_being_shown(running, monkeypatch):
    wait(lambda: running._sim.k > 2)

    def broken(state):
        raise ValueError("no link today")

    monkeypatch.setattr(permalink, "fitting", broken)
    edit(running, "landscape", "Ackley")
    settle(running)
    press(running, "reset")
    settle(running)
    assert running._sim.landscape.title == "Ackley"


# ---- a message goes with its cause -----------------------------------------------------------------------------------------------


def said(session):
    return session.bar.message.get("text", "")


def test_the_reason_of_a_stop_goes_with_the_step(running):
    press(running, "pause")
    settle(running)
    k = running._sim.k + 10
    press(running, "stop", ["k", str(k)])
    for act, value in (("back", None), ("goto", k - 5), ("step", None)):
        press(running, "goto", k - 2)
        press(running, "play")
        assert wait(lambda: said(running) == f"Paused at step {k}."), act
        settle(running)
        assert said(running), "as long as it stands there"
        press(running, act, value)
        assert wait(lambda: not said(running)), act
        press(running, "pause")
        settle(running)


def test_that_a_swarm_has_diverged_goes_once_it_stands_before_that_and_comes_again(running):
    edit(running, "dynamics.lam", "100")
    edit(running, "dynamics.dt", "10")
    assert wait(lambda: "diverged at step" in said(running))
    settle(running)
    assert said(running)
    press(running, "back")
    assert wait(lambda: not said(running))
    press(running, "play")
    assert wait(lambda: "diverged at step" in said(running))


def test_an_error_of_a_build_goes_when_its_field_is_mended_by_an_edit_that_builds_nothing(running):
    edit(running, "swarm.initial", "box")
    edit(running, "swarm.low", "3")
    edit(running, "swarm.high", "1")
    press(running, "reset")
    assert wait(lambda: "low must be below high" in said(running))
    settle(running)
    assert said(running)
    sim = running._sim
    edit(running, "swarm.low", "-1")
    assert not said(running) and running._sim is sim


def test_an_error_of_a_schedule_goes_when_the_schedule_is_mended(running):
    press(running, "pause")
    settle(running)
    edit(running, "dynamics.sigma.kind", "Linear")
    edit(running, "dynamics.sigma.end", "-1")
    press(running, "play")
    assert wait(lambda: "its schedule must keep" in said(running))
    settle(running)
    assert said(running)
    edit(running, "dynamics.sigma.end", "0.5")
    assert wait(lambda: not said(running))


# ---- nothing that a person made is lost ----------------------------------------------------------------------------------------


@pytest.fixture
def past(running):
    """A run of at least thirty steps that stands at step 10 again."""
    assert wait(lambda: running._sim.k >= 30)
    press(running, "pause")
    settle(running)
    press(running, "goto", 10)
    settle(running)
    assert running._sim.k == 10 < running._sim.furthest
    return running


def kept(session):
    return [row["step"] for row in session.history.pane.rows]


def change_a_parameter(session):
    edit(session, "dynamics.sigma", "0.2")


def choose_a_schedule(session):
    edit(session, "dynamics.sigma.kind", "Linear")
    edit(session, "dynamics.sigma.end", "0.1")


def reset(session):
    press(session, "reset")


def place_the_swarm(session):
    session.choices.mouse.buttons._handle_msg("swarm")
    session._use_mouse(0, "clicked", -1, np.array([1.0, 2.0]))


def choose_another_dynamics(session):
    edit(session, "dynamics", "PSO")


@pytest.mark.parametrize(
    "act",
    [change_a_parameter, choose_a_schedule, reset, place_the_swarm, choose_another_dynamics],
    ids=lambda act: act.__name__,
)
def test_a_future_that_is_left_is_kept_and_opened_again_to_its_last_bit(past, act):
    furthest, sim = past._sim.furthest, past._sim
    end = sim.fork()
    end.goto(furthest)
    x = end.frame.x.copy()
    act(past)
    settle(past)
    assert wait(lambda: kept(past)[:1] == [furthest])
    assert f"The run to step {furthest} is kept in Runs." in past.bar.message["text"]
    past.history.pane._handle_msg({"act": "open", "number": past.history.pane.rows[0]["number"]})
    settle(past)
    assert wait(lambda: past._sim.k == furthest)
    assert np.array_equal(past._sim.frame.x, x)


def test_a_well_that_is_placed_in_the_past_keeps_the_future(running):
    edit(running, "landscape", "GaussianMixture")
    settle(running)
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    furthest, wells = running._sim.furthest, len(running._sim.landscape.wells)
    press(running, "goto", 5)
    settle(running)
    running.choices.mouse.buttons._handle_msg("wells")
    running._use_mouse(0, "clicked", -1, np.array([-2.0, 2.0]))
    settle(running)
    assert len(running._sim.landscape.wells) == wells + 1 and running._sim.furthest == 5
    assert wait(lambda: kept(running)[:1] == [furthest])


def test_a_drag_in_the_past_keeps_the_future_once(past):
    furthest = past._sim.furthest
    for i in range(100):
        past.controls.form._handle_msg({"name": "dynamics.sigma", "value": 0.5 + i / 1000, "final": i == 99})
        if i % 10 == 0:
            settle(past)
    settle(past)
    assert wait(lambda: past._sim.dynamics.sigma == pytest.approx(0.599)) and kept(past) == [furthest]


def test_playing_on_from_the_past_without_a_change_leaves_no_future(past):
    """The steps are the same again, so that what is known beyond them stays known."""
    furthest = past._sim.furthest
    press(past, "step")
    settle(past)
    assert (past._sim.k, past._sim.furthest) == (11, furthest) and kept(past) == []
    record = past._sim.record["best"].copy()
    press(past, "play")
    assert wait(lambda: past._sim.k > furthest + 3)
    assert np.array_equal(past._sim.record["best"][: furthest + 1], record) and kept(past) == []


def sigma_shown(session):
    return session.controls.form.shown["dynamics.sigma"]["value"]


def at(session, k):
    """Go to a step; the controls have followed."""
    press(session, "goto", k)
    settle(session)
    sim = session._sim
    return wait(lambda: sim.k == k and sigma_shown(session) == sim.journal.acting_at(k).dynamics.sigma)


def test_playing_on_from_the_past_repeats_what_was_changed_later_and_leaves_nothing(running):
    """The newest values acted at once, and the future was left although nobody had edited anything."""
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    changed = running._sim.k
    edit(running, "dynamics.sigma", "0.2")
    for _ in range(3):
        press(running, "step")
    settle(running)
    sim, end = running._sim, running._sim.k
    alone = sim.fork()
    assert at(running, 5) and sigma_shown(running) == sim.dynamics.sigma == 1
    running.equation.pane._handle_msg({"seen": True})
    assert wait(lambda: running.equation.pane.values.get("sigma", [""])[0] == "1")
    linked = permalink.read(running.bar.link.partition("=")[2]).runs[0]
    assert (linked.k, len(linked.journal)) == (5, 1) and running._pair()[0].journal == sim.journal.until(5)
    press(running, "step")
    settle(running)
    assert (sim.k, sim.furthest) == (6, end) and sigma_shown(running) == 1
    assert np.array_equal(sim.frame.x, alone.goto(6).x)
    press(running, "play")
    assert wait(lambda: sim.k > end + 3)
    press(running, "pause")
    settle(running)
    assert running._sim is sim and sim.journal.steps == (0, changed)
    alone.goto(end)
    alone.advance(sim.k - end)
    assert np.array_equal(sim.frame.x, alone.frame.x)
    assert np.array_equal(sim.record["best"], alone.record["best"])
    assert wait(lambda: sigma_shown(running) == 0.2) and kept(running) == [] and not running.bar.left


def test_an_edit_in_the_past_acts_with_what_acted_there_and_undo_brings_all_of_it_back(running):
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    edit(running, "dynamics.sigma", "0.2")
    press(running, "step")
    settle(running)
    end = running._sim.k
    assert at(running, 5)
    edit(running, "dynamics.lam", "2")
    settle(running)
    sim = running._sim
    assert (sim.dynamics.lam, sim.dynamics.sigma, sim.furthest) == (2, 1, 5), "σ = 0.2 was never seen at step 5"
    assert wait(lambda: kept(running) == [end] and running.bar.left.get("at") == 5)
    press(running, "undo")
    settle(running)
    assert wait(lambda: (running._sim.k, running._sim.furthest) == (5, end))
    assert running._sim.retraces and wait(lambda: sigma_shown(running) == 1)
    assert at(running, end) and sigma_shown(running) == 0.2


def test_in_the_past_two_swarms_are_told_apart_by_what_acts_there(running):
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    running.choices.compare("start", None)
    edit(running, "dynamics.sigma", "0.2")
    press(running, "step")
    settle(running)
    end, titles = running._sim.k, lambda: [pane.arena.figure.title.text for pane in running.panes]
    assert wait(lambda: "σ = 0.2" in titles()[1])
    assert at(running, 5)
    assert wait(lambda: not any("σ" in title for title in titles())) and running.compare.differences == []
    assert [sim.furthest for sim in running.panes.sims] == [end, end]
    running.choices.compare("show", 0)
    edit(running, "dynamics.sigma", "3")
    settle(running)
    assert [sim.furthest for sim in running.panes.sims] == [5, end], "B still has its own future"
    press(running, "goto", end)
    for _ in range(end - 4):
        press(running, "step")
    settle(running)
    assert [sim.dynamics.sigma for sim in running.panes.sims] == [3, 0.2]
    assert wait(lambda: ["σ = 3" in titles()[0], "σ = 0.2" in titles()[1]] == [True, True])


def test_a_landscape_that_was_chosen_later_is_not_seen_in_the_past(running):
    edit(running, "landscape", "GaussianMixture")
    settle(running)
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    wells = len(running._sim.landscape.wells)
    running.choices.mouse.buttons._handle_msg("wells")
    running._use_mouse(0, "clicked", -1, np.array([-2.0, 2.0]))
    press(running, "step")
    settle(running)
    arena, end = running.panes.current.arena, running._sim.k
    seen = lambda: len(arena.renderer.handles.at.data["x"])  # noqa: E731
    assert wait(lambda: seen() == wells + 1)
    press(running, "goto", 5)
    settle(running)
    assert wait(lambda: seen() == wells) and len(running.controls.parts["landscape"].wells) == wells
    press(running, "goto", end)
    settle(running)
    assert wait(lambda: seen() == wells + 1) and len(running.controls.parts["landscape"].wells) == wells + 1


@pytest.mark.parametrize("act", ["end", "copy"])
def test_a_comparison_that_loses_a_swarm_is_kept(running, act):
    press(running, "pause")
    settle(running)
    running.choices.compare("start", None)
    edit(running, "dynamics.sigma", "0.2")
    press(running, "step")
    settle(running)
    k = running._sim.k
    assert [sim.dynamics.sigma for sim in running.panes.sims] == [1, 0.2]
    running.choices.compare(act, None)
    assert kept(running) == [k] and running.history.pane.rows[0]["beside"]
    running.history.pane._handle_msg({"act": "open", "number": running.history.pane.rows[0]["number"]})
    settle(running)
    assert wait(lambda: [sim.dynamics.sigma for sim in running.panes.sims] == [1, 0.2])
    assert all(sim.k == k for sim in running.panes.sims)


def test_an_edit_of_one_of_two_keeps_the_future_of_the_other(running):
    assert wait(lambda: running._sim.k >= 20)
    press(running, "pause")
    settle(running)
    running.choices.compare("start", None)
    furthest = running._sim.furthest
    press(running, "goto", 5)
    settle(running)
    edit(running, "dynamics.sigma", "0.2")
    settle(running)
    a, b = running.panes.sims
    assert (a.furthest, b.furthest) == (furthest, 5)
    assert wait(lambda: kept(running) == [furthest])


def test_a_run_that_no_link_can_hold_is_not_said_to_be_kept(past, monkeypatch):
    monkeypatch.setattr(budget, "MAX_REPLAY_WORK", 10)
    edit(past, "dynamics.sigma", "0.2")
    settle(past)
    assert wait(lambda: "only from its start" in past.bar.message.get("text", ""))


def test_a_run_of_the_list_that_cannot_be_opened_says_so_and_the_present_one_goes_on(running):
    running.history.add(running.history.row(running._sim), "2.nonsense")
    running.history.pane._handle_msg({"act": "open", "number": running.history.pane.rows[0]["number"]})
    assert "cannot be opened" in running.bar.message["text"] and not running.controls.form.busy
    k = running._sim.k
    assert wait(lambda: running._sim.k > k)


def test_a_run_of_the_list_is_put_beside_the_present_one_at_its_step(past):
    """Both keep what is known beyond it."""
    furthest, sim = past._sim.furthest, past._sim
    there = sim.frame.x.copy()
    press(past, "seed")
    settle(past)
    press(past, "pause")
    settle(past)
    for _ in range(4):
        press(past, "step")
    settle(past)
    k, x = past._sim.k, past._sim.frame.x.copy()
    past.history.pane._handle_msg({"act": "compare", "number": 1})
    settle(past)
    assert wait(lambda: past.panes.comparing)
    now, other = past.panes.sims
    assert now.k == other.k == k and np.array_equal(now.frame.x, x) and not past.transport.playing
    assert [s.initial_swarm.seed for s in (now, other)] == [1, 0]
    assert other.furthest == max(furthest, k)
    sim.goto(k)
    assert np.array_equal(other.frame.x, sim.frame.x)
    other.goto(10)
    assert np.array_equal(other.frame.x, there)
    assert past.side.shown == "A and B"
    assert len(past.history.pane.rows) == 1, "nothing was left"


def test_a_run_that_would_take_minutes_is_not_put_beside(past, monkeypatch):
    press(past, "seed")
    settle(past)
    monkeypatch.setattr(budget, "MAX_REPLAY_WORK", 10)
    past.history.pane._handle_msg({"act": "compare", "number": 1})
    assert "cannot be put beside this one" in past.bar.message["text"] and not past.panes.comparing


def test_the_picture_of_the_curves_is_taken_as_they_are_seen(past):
    past.curves.choose(0, "value", log=True)
    past.curves.choose(1, "dispersion", log=False)
    assert past._export_options()["curves"]["log"] == {"value": True, "dispersion": False}


def test_a_run_with_as_many_changes_as_it_may_have_takes_no_more_and_its_row_says_why(running, monkeypatch):
    press(running, "pause")
    settle(running)
    monkeypatch.setattr(budget, "MAX_CHANGES", 2)
    for i, sigma in enumerate(("0.2", "0.3")):
        edit(running, "dynamics.sigma", sigma)
        settle(running)
        press(running, "step")
        settle(running)
        assert ("holds 2 changes" in row(running, "dynamics.sigma")["error"]) == (i == 1)
    assert running._sim.dynamics.sigma == 0.2 and len(running._sim.journal) == 2
    press(running, "reset")
    settle(running)
    edit(running, "dynamics.sigma", "0.3")
    settle(running)
    assert running._sim.dynamics.sigma == 0.3, "a new run has a journal of its own"


def test_a_chosen_run_is_drawn_behind_the_curves(past):
    press(past, "seed")
    settle(past)
    past.history.pane._handle_msg({"act": "overlay", "number": 1})
    assert [overlay.label for overlay in past.curves.overlays] == ["run 1"]


# ---- while another run is being built ------------------------------------------------------------------------------------------


@pytest.fixture
def slow(running, monkeypatch):
    """Nothing is built before ``slow.go`` is set."""
    running.go = threading.Event()
    replay = RunSpec.replay
    monkeypatch.setattr(RunSpec, "replay", lambda *given: (running.go.wait(20), replay(*given))[1])
    yield running
    running.go.set()


def test_the_controls_show_what_is_being_built_and_that_it_is(slow):
    edit(slow, "dynamics", "PSO")
    assert slow.controls.form.busy and row(slow, "dynamics")["value"] == "PSO"
    assert {value for value, _ in row(slow, "preset")["options"]} == {"", *(p.name for p in presets.of("PSO"))}
    assert type(slow._sim.dynamics).__name__ == "CBO"
    slow.go.set()
    assert wait(lambda: type(slow._sim.dynamics).__name__ == "PSO" and not slow.controls.form.busy)


def test_an_edit_made_while_a_run_is_built_acts_on_that_run(slow):
    edit(slow, "dynamics", "PSO")
    edit(slow, "swarm.d", "1")
    edit(slow, "dynamics.inertia", "0.25")
    slow.go.set()
    assert wait(lambda: type(slow._sim.dynamics).__name__ == "PSO" and slow._sim.frame.d == 1)
    assert slow.controls.parts["swarm"].d == 1 and not slow.bar.pending
    settle(slow)
    for prefix in ("dynamics", "landscape"):
        assert wait(lambda prefix=prefix: getattr(slow._sim, prefix).same_as(slow.controls.parts[prefix]))


def test_an_edit_between_reset_and_the_new_run_is_not_lost(slow):
    press(slow, "pause")
    press(slow, "reset")
    edit(slow, "dynamics.sigma", "0.3")
    slow.go.set()
    settle(slow)
    assert wait(lambda: slow._sim.k == 0 and slow._sim.dynamics.sigma == 0.3)
    assert slow.controls.parts["dynamics"].sigma == 0.3


def test_when_what_was_chosen_cannot_be_built_the_old_choices_come_back(slow, monkeypatch):
    def fails(*given):
        raise ValueError("spread (s) = 1: cannot be")

    monkeypatch.setattr(RunSpec, "replay", fails)
    edit(slow, "dynamics", "PSO")
    assert wait(lambda: "The run goes on as it was" in slow.bar.message.get("text", ""))
    assert row(slow, "dynamics")["value"] == "CBO" and not slow.controls.form.busy
    edit(slow, "dynamics.sigma", "0.4")
    assert wait(lambda: slow._sim.dynamics.sigma == 0.4)


# ---- what is typed into the bar ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, typed, at",
    [
        ("k", "12\u202f000", 12_000),
        ("k", "1,000", 1000),
        ("t", "1.00e-3", 1e-3),
        ("t", "0,5", 0.5),
        ("stall", "2e2", 200),
    ],
)
def test_a_stop_takes_what_the_page_itself_writes(session, kind, typed, at):
    press(session, "stop", [kind, typed])
    session.start()
    assert wait(lambda: session.bar.stop == [kind, at]) and session.panes.pause_at.at == at


def test_a_refusal_of_the_bar_goes_with_the_next_valid_entry_and_the_box_shows_what_is_in_force(running):
    press(running, "draw", "3")
    answered = running.bar.answered
    press(running, "draw", "abc")
    assert "draw every 'abc'" in running.bar.message["text"].lower() and running.bar.draw == 3
    assert running.bar.answered > answered, "without an answer the box would go on showing abc"
    press(running, "draw", "1 000")
    assert running.transport.draw_every == running.bar.draw == 1000 and not running.bar.message.get("text")
    press(running, "stop", ["k", "1.5"])
    assert "1.5" in running.bar.message["text"] and running.bar.stop == ["never", None]
    press(running, "stop", ["k", "15"])
    assert not running.bar.message.get("text")


def test_the_same_message_is_another_one_the_second_time(session):
    """A person may have closed the first."""
    session.bar.say("twice")
    first = session.bar.message
    session.bar.say("twice")
    assert session.bar.message != first


def test_the_speed_of_a_preset_is_shown_after_another_was_set_by_hand(running):
    """The bar is told the speed that a person set, too: else that of the preset looks to it like the one that it shows."""
    speed = running.bar.speed
    press(running, "speed", 200)
    assert running.bar.speed == 200
    edit(running, "preset", "cbo-no-noise")
    settle(running)
    assert running.bar.speed == running.transport.speed != 200 or speed == 200


def test_the_law_of_infinitely_many_agents_is_computed_while_a_view_draws_it_and_no_longer():
    theme.extension()
    parts = first("CBO")._replace(swarm=Swarm(n=200, d=1))
    one = Session(permalink.write(state_of(parts)._replace(views={"law": True})))
    threads = lambda: [t for t in threading.enumerate() if t.name == "swarmviz law"]  # noqa: E731
    note = one.side.views["Density"]._plots[0].note
    assert not threads()
    one.start()
    assert wait(lambda: "law at step" in note.text and threads())
    press(one, "pause")
    settle(one)
    k = one._sim.k
    assert wait(lambda: note.text.endswith(f"law at step {k:,}")), "the last picture of a paused run has its law"
    density = one.side.views["Density"]
    assert one.curves.law_told(), "the density says what must be said of it"
    density.law = False
    assert wait(lambda: not threads() and "law" not in note.text)
    assert not one.curves.law_told()
    one.curves.choose(1, "W₁")
    assert wait(lambda: len(one.curves.plots[1].slots[0][0].data["k"]) > 1)
    one.close()
    assert not threads()


# ---- a swarm that has drawn together -----------------------------------------------------------------------------------------


def draw_together(session):
    """Let the swarm run until nothing more is to be seen of it, and further: what it still moves must not add up to a visible move."""
    press(session, "speed", None)

    def stands():
        with session.panes.lock:
            return session.panes.drawn_together and session._sim.frame.x.std(axis=0).max() < 1e-9

    assert wait(stands)
    press(session, "speed", 1.0)


def lived(session):
    """What acted, at which step, on the run that is shown: σ and seed."""
    return [(change.k, change.dynamics.sigma) for change in session._sim.journal], session._sim.initial_swarm.seed


def start_of(session):
    """Where the agents of the visible run began; the run stands where it stood."""
    with session.panes.lock:
        k, start = session._sim.k, session._sim.goto(0).x.copy()
        session._sim.goto(k)
    return start


def test_an_edit_starts_a_swarm_that_has_drawn_together_again_from_the_same_start(running):
    draw_together(running)
    old, start = running._sim, start_of(running)
    edit(running, "dynamics.sigma", "2")
    settle(running)
    assert running._sim is not old and lived(running) == ([(0, 2.0)], 0)
    assert np.array_equal(start_of(running), start) and running.transport.playing
    (row,) = running.history.pane.rows
    assert row["step"] == old.furthest, "the run that was left is kept as any that is replaced"
    k = running._sim.k
    edit(running, "dynamics.sigma", "3")
    settle(running)
    assert len(running.history.pane.rows) == 1 and running._sim.k >= k, "a swarm that still moves goes on"


def test_a_slider_that_is_dragged_starts_it_again_and_again_and_keeps_the_first_run_only(running, monkeypatch):
    monkeypatch.setattr("components.playback.edits.AGAIN_EVERY_S", 0.0)
    draw_together(running)
    for sigma in (1.5, 2.0, 2.5):
        running.controls.form._handle_msg({"name": "dynamics.sigma", "value": sigma, "final": False})
        settle(running)
        assert lived(running) == ([(0, sigma)], 0)
    monkeypatch.setattr("components.playback.edits.AGAIN_EVERY_S", 60.0)
    running.controls.form._handle_msg({"name": "dynamics.sigma", "value": 2.75, "final": False})
    assert wait(lambda: running._sim.dynamics.sigma == 2.75), "what comes too soon acts on the run that has just begun"
    running.controls.form._handle_msg({"name": "dynamics.sigma", "value": 3.0, "final": True})
    settle(running)
    assert lived(running) == ([(0, 3.0)], 0) and len(running.history.pane.rows) == 1
    press(running, "step")
    settle(running)
    edit(running, "dynamics.sigma", "1")
    settle(running)
    press(running, "reset")
    settle(running)
    assert len(running.history.pane.rows) == 2, "once it is let go, a run that is replaced is kept again"


def test_a_point_of_a_schedule_that_is_dragged_starts_it_again_and_the_past_that_is_drawn_is_that_of_the_new_run(
    running,
):
    edit(running, "dynamics.sigma.kind", "Linear")
    draw_together(running)
    old, row = running._sim, "dynamics.sigma.curve"
    began = running.selection.dynamics.sigma.since
    drag = {"moved": 0, "points": [[0, 2.0], [1, 1.0]]}
    running.controls.form._handle_msg({"name": row, "value": drag, "final": True, "stamp": 3})
    settle(running)
    (change,) = running._sim.journal
    assert running._sim is not old and (change.k, change.dynamics.sigma.start) == (0, 2.0)
    assert change.dynamics.sigma == running.selection.dynamics.sigma and change.dynamics.sigma.since <= began
    running.controls.show_present_values()
    t, acted = running.controls.form.curves[row]["acted"]
    assert not acted or (acted[0] == 2.0 and t[-1] <= running._sim.t + 1e-4)


def test_whether_an_edit_starts_again_is_chosen_and_the_link_says_it_where_it_does_not(running):
    draw_together(running)
    assert "start_again" not in running._view_options()
    press(running, "again", False)
    assert running._view_options()["start_again"] is False and running.bar.again is False
    old = running._sim
    edit(running, "dynamics.sigma", "2")
    edit(running, "dynamics.sigma", "1")
    settle(running)
    assert running._sim is old
    assert "start_again" in running._show_views({"start_again": 1}) and running.edits.start_again is True
    press(running, "stop", ["k", str(running._sim.k + 5)])
    press(running, "speed", 1000.0)
    assert wait(lambda: running.player.ended)  # the page has been told, too
    edit(running, "dynamics.sigma", "2")
    settle(running)
    assert running._sim is not old and running.transport.playing, "one that has reached its stop plays again"


def test_until_something_is_touched_a_finished_run_makes_room_for_the_next_seed_and_none_of_them_is_kept(session):
    session.bar._handle_msg({"act": "unattended"})
    session.transport.speed = None
    session.start()
    assert session.bar.invitation == "100 agents look for ☆. Drag σ."
    assert wait(lambda: session._sim.initial_swarm.seed >= 2) and session.bar.link == "" and session.transport.playing
    press(session, "touched")
    settle(session)
    seed = session._sim.initial_swarm.seed
    assert session.bar.invitation == "" and session.history.pane.rows == []
    assert wait(lambda: session._sim.k > 400) and session._sim.initial_swarm.seed == seed
