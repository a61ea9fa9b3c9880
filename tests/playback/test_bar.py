"""What the bar says, and takes back once its cause is gone."""

from __future__ import annotations

from components.playback.bar import Bar


def test_a_message_is_taken_back_unless_another_has_taken_its_place():
    bar = Bar(lambda act, value: None)
    bar.say("Too far.", "warning")
    bar.take_back("")
    assert bar.message["text"] == "Too far."
    bar.say("Another run is there.")
    bar.take_back("Too far.")
    assert bar.message["text"] == "Another run is there."
    bar.take_back("Another run is there.")
    assert bar.message == {}
