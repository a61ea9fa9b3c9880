"""Lessons on the page, without a browser: steps, questions, what is waited for, addresses, and what a file may hold."""

from __future__ import annotations

import time

import numpy as np
import pytest

from components.lessons.place import asked
from components.links import permalink
from components.playback import builder
from components.server import own_lessons
from components.session import Session
from swarmviz.lessons import collection
from swarmviz.lessons.content import content_of
from swarmviz.lessons.lesson import Predict, Until
from swarmviz.lessons.reader import read
from swarmviz.lessons.trial import run_through
from tests.lessons.written import LESSON
from tests.visit import press, settle, wait


def do(session, act, value=None):
    session.lessons.pane._handle_msg({"act": act, "value": value})
    settle(session)


def begun(session, name):
    """A lesson that is read, with the card in sight."""
    do(session, "seen", True)
    do(session, "open", name)
    return session.lessons.pane


def right(card):
    choices = next(part for part in card.step["parts"] if part["kind"] == "predict")["choices"]
    return next(i for i, choice in enumerate(choices) if choice["right"])


def paused(session, k):
    return wait(lambda: session.panes.k == k and not session.transport.playing, 60)


def test_nothing_is_read_or_shown_before_the_card_is_seen(running):
    assert running.lessons.pane.lessons == [] and running.lessons.query == ""
    do(running, "seen", True)
    assert [row["name"] for row in running.lessons.pane.lessons] == list(own_lessons.lessons())


def test_the_run_waits_for_an_answer_and_pauses_where_the_lesson_says(running):
    card, lesson = begun(running, "cbo-1"), collection.own()["cbo-1"]
    k = run_through(lesson).reached[0].k
    assert running.panes.k == 0 and not running.transport.playing and running.lessons.asks
    assert card.seen == 2, "what follows the question is seen before the answer"
    for act, value in (("play", None), ("step", None), ("goto", 3)):
        press(running, act, value)
        settle(running)
    assert running.panes.k == 0 and "choose an answer" in running.bar.message["text"]
    running.transport.speed = None
    do(running, "answer", 0)
    assert card.answer == 0 and card.seen == 3
    assert paused(running, k)
    assert wait(lambda: card.seen == 4) and card.until == f"Step {k}: dispersion < 0.1."
    do(running, "answer", 1)
    assert card.answer == 1 and running.panes.k == k, "to read another answer moves nothing"


def test_steps_forward_and_back_and_a_reset_restore_exactly(running):
    card, lesson = begun(running, "cbo-1"), collection.own()["cbo-1"]
    first = running.panes.sim.frame.x.copy()
    do(running, "answer", 1)
    assert wait(lambda: running.panes.k > 3)
    do(running, "go", 1)
    assert (running.panes.k, card.answer) == (0, -1) and running.panes.sim.initial_swarm.same_as(
        lesson.steps[1].runs[0].swarm
    )
    do(running, "go", 0)
    np.testing.assert_array_equal(running.panes.sim.frame.x, first)
    do(running, "slide", [0, 2.0, True])  # there is no slider here
    do(running, "go", 2)
    assert len(running.panes) == 2 and [sim.dynamics.sigma for sim in running.panes.sims] == [1.0, 3.0]
    do(running, "go", 3)
    assert len(running.panes) == 1
    assert wait(lambda: running.panes.k > 2)
    do(running, "slide", [0, 0.5, True])
    assert wait(lambda: running.panes.sim.dynamics.sigma == 0.5 and len(running.panes.sim.journal) == 2)
    do(running, "reset")
    assert running.panes.sim.dynamics.sigma == 2.0 and running.controls.parts["dynamics"].sigma == 2.0


def test_a_step_that_goes_on_with_the_run_begins_again_where_it_was_begun(running):
    begun(running, "cbo-1")
    do(running, "go", 3)
    assert wait(lambda: running.panes.k > 2)
    press(running, "pause")
    settle(running)
    k, x = running.panes.k, running.panes.sim.frame.x.copy()
    do(running, "go", 4)
    assert running.panes.k == k
    press(running, "step")
    settle(running)
    do(running, "reset")
    assert running.panes.k == k
    np.testing.assert_array_equal(running.panes.sim.frame.x, x)


def test_the_address_holds_the_step_and_opens_it(running):
    begun(running, "cbo-1")
    do(running, "go", 1)
    query = running.bar.link
    assert query.startswith("?lesson=cbo-1&step=2&s=2.")
    place, complaint = asked({"lesson": [b"cbo-1"], "step": [b"2"]})
    other = Session(query.split("s=")[-1], place=place)
    alone = Session(place=place)
    try:
        for made in (other, alone):
            made.start()
            settle(made)
            assert (
                not complaint
                and made.lessons.pane.step["place"] == 1
                and made.panes.k == 0
                and not made.transport.playing
            )
            assert made.panes.sim.initial_swarm.same_as(collection.own()["cbo-1"].steps[1].runs[0].swarm)
    finally:
        other.close()
        alone.close()
    do(running, "leave")
    assert running.bar.link.startswith("?s=") and not running.panes.watch.waits


def test_a_link_to_a_later_step_of_the_run_is_opened_there_and_stands(running):
    begun(running, "cbo-1")
    do(running, "answer", 1)
    assert wait(lambda: running.panes.k > 5)
    press(running, "pause")
    settle(running)
    k, code = running.panes.k, running.bar.link.split("s=")[-1]
    assert permalink.read(code).runs[0].k == k
    made = Session(code, place=asked({"lesson": [b"cbo-1"]})[0])
    try:
        made.start()
        settle(made)
        assert made.panes.k == k and not made.transport.playing
    finally:
        made.close()


@pytest.mark.parametrize(
    "arguments, step, words",
    [
        ({"lesson": [b"<script>alert(1)</script>"]}, None, "There is no lesson"),
        ({"lesson": [b"\xff\x00" * 500], "step": [b"1"]}, None, "There is no lesson"),
        ({"lesson": [b"../texts/cbo-1"]}, None, "There is no lesson"),
        ({"lesson": []}, None, ""),
        ({"step": [b"2"]}, None, ""),
        ({"lesson": [b"cbo-1"], "step": [b"0"]}, 0, "from 1 to 5"),
        ({"lesson": [b"cbo-1"], "step": [b"9" * 400]}, 0, "from 1 to 5"),
        ({"lesson": [b"cbo-1"], "step": ["²".encode()]}, 0, "from 1 to 5"),
        ({"lesson": [b"cbo-1"], "step": [b"5"]}, 4, ""),
    ],
)
def test_an_address_that_means_nothing_gets_a_sentence(arguments, step, words):
    place, complaint = asked(arguments)
    assert (place and place.step) == step and words in complaint and len(complaint) < 200


@pytest.mark.parametrize(
    "act, value",
    [
        ("go", -1), ("go", 99), ("go", True), ("go", "1"), ("open", 3), ("open", "nothing"), ("answer", 17), ("answer", True),
        ("slide", None), ("slide", [0, float("nan"), True]), ("slide", [99, 1.0, True]), ("slide", ["0", 1.0, True]),
        ("slide", [0, 1e300, True]),
        ("claim", "001 Thm 2.9"), ("claim", []), ("nothing", None), ("reset", {}), ("seen", "yes"),
    ],
)  # fmt: skip
def test_messages_that_mean_nothing_change_nothing(running, act, value):
    card = begun(running, "cbo-1")
    before = card.step
    do(running, act, value)
    now = {name: held for name, held in card.step.items() if name != "count"}
    assert now == {name: held for name, held in before.items() if name != "count"} and card.answer == -1
    assert running.panes.k == 0 and running.panes.sim.dynamics.sigma == 1.0


def test_nothing_that_is_typed_is_a_tag_and_only_https_is_a_link():
    text = LESSON.replace("Where does it end?", "Where <img src=x onerror=alert(1)> does it end?").replace(
        "Text with",
        "<script>alert(1)</script> [a](javascript:alert(1)) [b](http://c) ![d](https://e/f.png) [g](https://h.i) <b>Text</b> with",
    )
    lesson = read(text, "mine")
    content = content_of(lesson, 0, lesson.steps[0].runs)
    html = content.parts[0]["html"]
    assert (
        "<script" not in html
        and "<img" not in html
        and "<b>" not in html
        and 'href="javascript' not in html
        and 'http://c"' not in html
    )
    assert '<a href="https://h.i" target="_blank" rel="noopener noreferrer">g</a>' in html
    assert html.count('class="slot"') == len(content.slots) == 2
    asked_for = next(part for part in content.parts if part["kind"] == "predict")
    assert "<img" not in asked_for["html"] and "&lt;img" in asked_for["html"]


@pytest.mark.parametrize("name", collection.own())
def test_every_step_of_every_lesson_is_shown_as_it_says(session, name):
    """Each step is begun, its options of views exist and are taken, and every question can be answered in every way."""
    session.start()
    lesson, card = collection.own()[name], session.lessons.pane
    do(session, "seen", True)
    do(session, "open", name)
    for at, step in enumerate(lesson.steps):
        if at:
            do(session, "go", at)
        assert card.step["place"] == at and card.step["title"] == step.title
        assert session.bar.message.get("level") not in ("warning", "error"), session.bar.message
        for option, value in (step.views or {}).items():
            view = next(view for view in session._with_options(step.views) if option in view.defaults)
            assert getattr(view, option) == value
        predict = step.first(Predict)
        for i in range(len(predict.choices) if predict else 0):
            do(session, "answer", i)
            assert card.answer == i
        if step.first(Until) is None and predict is None:
            assert card.seen == len(step.parts)


@pytest.fixture
def slow(monkeypatch):
    """Runs take a while to be built."""
    monkeypatch.setattr(builder, "_built", lambda *given, build=builder._built: (time.sleep(0.3), build(*given))[1])


def told(session, act, value=None):
    """What the browser sends, whatever is still being built."""
    session.lessons.pane._handle_msg({"act": act, "value": value})


def test_an_answer_and_the_old_run_do_nothing_while_the_swarms_of_the_step_are_built(running, slow):
    """The old run was judged, and the new one stood at step 0 for good, under a text that said what it had done."""
    card, lesson = begun(running, "cbo-1"), collection.own()["cbo-1"]
    do(running, "answer", 1)
    running.transport.speed = None
    assert wait(lambda: card.seen == 4)
    told(running, "go", 1)
    told(running, "answer", 0)
    assert not running.transport.playing
    settle(running)
    reached = run_through(lesson).reached[1]
    assert paused(running, reached.k) and wait(lambda: card.until.startswith(f"Step {reached.k}:"), 30)


@pytest.mark.parametrize("step", [1, 3, 5])
def test_what_is_waited_for_is_looked_at_in_the_swarms_of_the_step_only(running, slow, step):
    """A picture of the run of before, painted while the next one was built, had passed for it: nothing was waited for in that."""
    card = begun(running, "tune-1")
    running.transport.speed = None
    running.player.play(True)
    told(running, "go", step)
    for _ in range(5):
        running.transport.redraw()
        time.sleep(0.03)
        assert not card.until.startswith(("It has", "Step")) or running.panes.k > 0
    settle(running)
    assert wait(lambda: card.until.startswith(("Step", "It has")), 60) and running.panes.watch.ended


def test_a_step_that_goes_on_begins_anew_where_the_swarms_of_the_one_before_never_came(running, slow):
    begun(running, "cbo-1")
    told(running, "go", 2)  # two swarms
    told(running, "go", 3)
    told(running, "go", 4)
    settle(running)
    assert len(running.panes) == 1 and len(running.lessons._state().runs) == 1


def test_the_bound_counts_from_what_the_run_had_come_to(running):
    """Scrubbed back, the run was stopped above the text that told of a later step."""
    card, lesson = begun(running, "ssa-1"), collection.own()["ssa-1"]
    first, second = (found.k for found in run_through(lesson).reached[:2])
    running.transport.speed = None
    for part in range(2):
        if running.lessons.asks:
            do(running, "answer", 0)
        running.transport.speed = None
        assert paused(running, (first, second)[part])
        if part == 0:
            press(running, "goto", 100)
            settle(running)
            do(running, "go", 1)
            assert running.panes.k == 100
    assert wait(lambda: card.until.startswith(f"Step {second:,}"))


def test_a_question_holds_the_swarms_however_they_are_moved(running):
    begun(running, "cbo-1")
    do(running, "answer", 1)
    assert wait(lambda: running.panes.k > 5)
    press(running, "pause")
    settle(running)
    running.lessons._waited_at, running.lessons._card.answer = 1, -1  # as where a later step asks
    assert running.lessons.asks
    k = running.panes.k
    running._go_to_step(2)
    for act in ("back", "step", "play", "undo", "redo"):
        press(running, act)
        settle(running)
    assert running.panes.k == k and not running.transport.playing


def test_a_slider_moves_swarm_a_whichever_is_shown(running):
    begun(running, "cbo-1")
    do(running, "go", 3)
    place = next(i for i, means in enumerate(running.lessons._content.slots) if hasattr(means, "parameter"))
    running.choices.compare("start", None)
    settle(running)
    assert running.panes.active == 1
    do(running, "slide", [place, 2.5, True])
    assert wait(lambda: [sim.dynamics.sigma for sim in running.panes.sims] == [2.5, 2.0]) and running.panes.active == 0


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan"), True, "1", None])
def test_a_slider_takes_numbers_only(running, value):
    begun(running, "cbo-1")
    do(running, "go", 3)
    before = running.panes.sim.dynamics.sigma
    do(running, "slide", [0, value, True])
    assert running.panes.sim.dynamics.sigma == before


@pytest.mark.parametrize("name", list(collection.own()))
def test_every_statement_is_there(name):
    lesson = collection.own()[name]
    at = len(lesson.steps) - 1
    runs = next(step.runs for step in reversed(lesson.steps) if step.runs)
    said = [part for part in content_of(lesson, at, runs).parts if part["kind"] == "remember"]
    assert said and all(row["statement"] for part in said for row in part["statements"])


def test_what_a_step_that_goes_on_cannot_show_is_told(running, monkeypatch):
    begun(running, "cbo-1")
    do(running, "go", 3)
    monkeypatch.setattr(running.lessons, "_show_views", lambda options: "No such view.")
    monkeypatch.setattr(type(running.lessons._step), "views", {"view": "None"})
    running.lessons._apply_views()
    assert "No such view." in running.bar.message["text"]
