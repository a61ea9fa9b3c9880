"""What a page around ours may ask for, without a browser: every message is taken for hostile."""

from __future__ import annotations

import math

import numpy as np
import pytest

from components.page.embedding import MAX_TEXT_CHARS, MAX_WAITING, Embedding, observables_of, state_of
from tests.visit import wait


def answers(session):
    return session.bar.answers.get("answers", [])


def answered(session, **message):
    """The answer to a message, once it is there."""
    session.embedding.ask({"id": "7", **message})
    assert wait(lambda: [answer for answer in answers(session) if answer["id"] == "7"])
    return answers(session)[0]


def test_an_answer_says_where_the_run_is_and_what_it_records(running):
    running._act("pause", None)
    assert wait(lambda: not running.transport.playing)
    told, sim = answered(running, act="state"), running._sim
    assert told["state"]["step"] == sim.k and told["state"]["playing"] is False
    assert told["state"]["dynamics"] == "CBO" and told["state"]["agents"] == sim.frame.n
    assert told["state"]["parameters"]["sigma"] == sim.dynamics.sigma
    for observable in sim.dynamics.observables:
        value = sim.record[observable.name][list(sim.record["k"]).index(sim.k)]
        assert told["observables"][observable.name] == (value if math.isfinite(value) else None)


def test_a_parameter_is_set_as_if_it_had_been_typed(running):
    told = answered(running, act="set", name="sigma", value=0.3)
    assert "error" not in told and running.controls.parts["dynamics"].sigma == 0.3
    assert wait(lambda: running._sim.dynamics.sigma == 0.3)


def test_play_pause_and_a_step(running):
    answered(running, act="pause")
    assert wait(lambda: not running.transport.playing)
    k = running._sim.k
    answered(running, act="goto", value=0)
    assert wait(lambda: running._sim.k == 0) and running._sim.furthest == k
    running.bar.answers = {}
    answered(running, act="play")
    assert wait(lambda: running._sim.k > 0)


@pytest.mark.parametrize(
    "message, said",
    [
        ({}, "act = None: must be one of play, pause, reset, goto, set, state"),
        ({"act": ["play"]}, "act = ['play']: must be one of"),
        ({"act": "dark", "value": True}, "act = 'dark': must be one of"),
        ({"act": "goto", "value": -1}, "value = -1: must be a step that is known, a whole number from 0 to "),
        ({"act": "goto", "value": 10**9}, "value = 1000000000: must be a step that is known"),
        ({"act": "goto", "value": True}, "value = True: must be a step that is known"),
        ({"act": "goto", "value": "1"}, "value = '1': must be a step that is known"),
        ({"act": "set", "name": "sigma", "value": 101}, "sigma (σ) = 101: must be a finite number with 0 ≤ σ ≤ 100"),
        ({"act": "set", "name": "sgima", "value": 1}, " sgima: is no parameter of CBO"),
        ({"act": "set", "name": 5, "value": 1}, "name = 5: must be the name of a parameter"),
        ({"act": "set", "name": "sigma", "value": None}, "value = None: must be a number, a text"),
        ({"act": "set", "name": "sigma", "value": math.inf}, "value = inf: must be a number, a text"),
        ({"act": "set", "name": "sigma", "value": {"a": 1}}, "value = {'a': 1}: must be a number, a text"),
        ({"act": "set", "name": "text", "value": "x" * (MAX_TEXT_CHARS + 1)}, "value: must be at most 4000 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_and_changes_nothing(running, message, said):
    before = {name: part.copy() for name, part in running.controls.parts.items()}
    told = answered(running, **message)
    assert told.keys() == {"id", "error"} and told["error"].startswith(said)
    assert all(running.controls.parts[name].same_as(part) for name, part in before.items())


@pytest.mark.parametrize(
    "message", [None, 5, "play", [], {"act": "state"}, {"id": 5, "act": "state"}, {"id": "a" * 65}]
)
def test_who_has_no_name_gets_no_answer(running, message):
    running.embedding.ask(message)
    assert answers(running) == [] and running.embedding._waiting == []


def test_no_more_questions_wait_than_can_be_answered():
    made, bar = [], type("Bar", (), {"answers": {}, "playing": False})()
    embedding = Embedding(bar, lambda: made.append(1), lambda act, value: None, None, None)
    for place in range(MAX_WAITING + 5):
        embedding.ask({"id": str(place), "act": "state"})
    assert len(made) == MAX_WAITING
    assert bar.answers["answers"] == [{"id": "24", "error": "there are 20 questions already that wait for a picture"}]
    embedding.paint({"state": {}, "observables": {}})
    assert [answer["id"] for answer in bar.answers["answers"]] == [str(place) for place in range(MAX_WAITING)]
    assert embedding.prepare(None, None) is None, "nothing is made of a picture that nobody asked for"


def test_what_is_told_is_plain(running):
    with running.panes.lock:
        sim = running._sim
        told = [state_of(sim.frame, sim), observables_of(sim.frame, sim)]
    plain = (int, float, str, type(None), dict)
    for part in told:
        assert all(isinstance(value, plain) and not isinstance(value, np.generic) for value in part.values())
