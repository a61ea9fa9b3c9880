"""Where an error is told: in the bar always, beside the row that it is about where there is one, in the log where it is a defect."""

from __future__ import annotations

import pytest

from components.page.messages import Messages
from swarmviz import Diverged


class Bar:
    def __init__(self):
        self.said = []

    def say(self, text, kind="info", reset=False, holds=None):
        self.said.append((text, kind, reset))
        self.holds = holds


class Controls:
    """A form with a single row, of sigma."""

    def __init__(self):
        self.reports, self.parts = {}, {"dynamics": object(), "swarm": object()}

    def owner_of(self, sentence):
        return "dynamics.sigma" if sentence.startswith("sigma") else None

    def report(self, name, sentence):
        self.reports[name] = sentence

    def reported(self, name):
        return self.reports.get(name, "")


@pytest.fixture
def messages():
    return Messages(Bar(), Controls())


def test_what_is_empty_is_not_said(messages):
    messages.say("")
    messages.say("The run is there.")
    messages.warn("Too far.")
    assert messages._bar.said == [("The run is there.", "info", False), ("Too far.", "warning", False)]


def test_an_error_about_a_parameter_stands_beside_its_row_too(messages, capsys):
    messages.report(ValueError("sigma = -1: must be ≥ 0"))
    messages.refused(ValueError("no parameter is to blame"))
    assert messages._controls.reports == {"dynamics.sigma": "sigma = -1: must be ≥ 0"}
    (first, *_), (second, kind, reset) = messages._bar.said
    assert first == "sigma = -1: must be ≥ 0." and second == "The run goes on as it was: no parameter is to blame."
    assert (kind, reset) == ("error", True) and capsys.readouterr().err == ""


def test_a_diverged_swarm_is_no_defect_of_the_program_and_anything_else_is(messages, capsys):
    messages.report(Diverged(7, 3))
    assert "step 7" in messages._bar.said[0][0] and capsys.readouterr().err == ""
    messages.report(RuntimeError("no figure"))
    assert messages._bar.said[1][0] == "Something went wrong (RuntimeError: no figure)."
    assert "RuntimeError: no figure" in capsys.readouterr().err and not messages._controls.reports


def test_an_error_about_a_row_holds_as_long_as_the_row_says_it_and_what_happened_as_long_as_it_is_so(messages):
    there = [True]
    messages.report(ValueError("sigma = -1: must be ≥ 0"), holds=lambda: there[0])
    assert messages._bar.holds()
    messages._controls.reports.clear()  # something was accepted in the form
    assert not messages._bar.holds()
    messages.report(ValueError("sigma = -1: must be ≥ 0"), holds=lambda: there[0])
    there[0] = False  # the swarms stand at another step
    assert not messages._bar.holds()


def test_a_refusal_of_runs_holds_as_long_as_nothing_else_is_chosen(messages):
    messages.refused(ValueError("no parameter is to blame"))
    assert messages._bar.holds()
    messages._controls.parts["swarm"] = object()
    assert not messages._bar.holds()
