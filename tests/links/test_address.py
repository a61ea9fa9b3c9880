"""The link of this moment: what is said where there is none goes once there is one."""

from __future__ import annotations

from types import SimpleNamespace

from components.links import address
from components.playback.bar import Bar


def test_that_there_is_no_link_is_said_until_there_is_one(monkeypatch):
    bar = Bar(lambda act, value: None)
    links = address.Links(None, None, bar, None, dict)
    monkeypatch.setattr(links, "state", lambda views: None)

    def too_long(state):
        raise address.Unlinkable("it would be too long")

    monkeypatch.setattr(address.permalink, "fitting", too_long)
    links.copy()
    assert bar.message["text"] == "There is no link to this run, because it would be too long."
    monkeypatch.setattr(address.permalink, "fitting", lambda state: SimpleNamespace(code="abc", lost=""))
    links.copy()
    assert bar.message == {} and bar.link.endswith("=abc")
