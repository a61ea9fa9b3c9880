"""Messages are measured before they are read."""

from __future__ import annotations

import pytest

from components.server import messages
from components.server.messages import Assembly, Unexpected, parsed_json


def test_a_text_is_measured_before_it_is_read(monkeypatch):
    read: list[str] = []
    monkeypatch.setattr(messages.json, "loads", lambda text, **how: read.append(text))
    for text in ("[" * 40 + "]" * 40, "[" + "1," * 5000 + "1]", '"' + "x" * 70_000 + '"'):
        with pytest.raises(Unexpected):
            parsed_json(text)
    assert not read
    parsed_json('["' + "[," * 5000 + '"]')  # brackets in a text are letters
    assert read


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "-1e999", "9" * 400, "9" * 23, "[1", "\ud800[", ""])
def test_numbers_that_no_browser_sends_are_refused(text):
    with pytest.raises(Unexpected):
        parsed_json(text)


def test_a_message_is_three_texts():
    assembly = Assembly()
    assert assembly.add('{"msgid": "5", "msgtype": "PATCH-DOC"}') is None
    assert assembly.add("{}") is None
    assert assembly.add('{"events": []}') == ("PATCH-DOC", "5", {"events": []}, 54)
