"""The row of buttons: what a message of the browser changes, and what it may not."""

from __future__ import annotations

import pytest

from components.views.buttons import ButtonRow

CHOICES = [["mean", "mean", ""], ["best", "best F", "lowest value so far"]]
SWITCHES = [["log", "log", "logarithmic"], ["band", "band", ""]]


@pytest.fixture
def changes():
    return []


@pytest.fixture
def row(changes):
    return ButtonRow(changes.append, choices=CHOICES, value="mean", switches=SWITCHES, active=["band"])


def test_another_choice_is_made_and_told_once(row, changes):
    row._handle_msg("best")
    row._handle_msg("best")
    assert row.value == "best" and row.active == ["band"] and changes == ["value"]


def test_a_switch_goes_on_and_off_and_leaves_the_others_alone(row, changes):
    row._handle_msg("log")
    assert row.active == ["band", "log"] and row.value == "mean"
    row._handle_msg("band")
    assert row.active == ["log"] and changes == ["log", "band"]


@pytest.mark.parametrize("message", ["worst", "", 3, None, ["log"], {"log": "log"}, True])
def test_a_message_that_no_button_sends_changes_nothing(row, changes, message):
    row._handle_msg(message)
    assert (row.value, row.active, changes) == ("mean", ["band"], [])
