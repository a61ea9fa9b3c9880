"""The error against N on the page: the worker and its card, joined."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from components.page.law_error_panel import LawErrorPanel
from components.playback.transport import Transport
from components.replicas.law_error import LawErrorStatus


class Seen(SimpleNamespace):
    """What stands for a transport; whether it is seen follows from the rest, as there."""

    unseen = Transport.unseen


@pytest.fixture
def made():
    waiting = []
    transport = Seen(lateness=0.3, hidden=False, alone=False, on_page=waiting.append)
    panel = LawErrorPanel(lambda: None, transport)
    calls = []
    panel.worker = SimpleNamespace(
        standing=LawErrorStatus(), start=lambda *asked: calls.append(asked), stop=lambda: calls.append("stop")
    )
    return SimpleNamespace(panel=panel, waiting=waiting, calls=calls, transport=transport)


def test_what_is_asked_reaches_the_worker_and_its_state_the_card(made):
    made.panel.worker.standing = LawErrorStatus(running=True, about="CBO")
    made.panel.card._handle_msg({"act": "start", "step": 5, "product": False})
    assert made.calls == [(5, False)] and made.panel.card.state["running"] and made.panel.card.state["about"] == "CBO"
    made.panel.card._handle_msg({"act": "stop"})
    assert made.calls[-1] == "stop"


def test_what_the_worker_reports_is_shown_on_the_pages_thread(made):
    made.panel._report(LawErrorStatus())
    made.panel.worker.standing = LawErrorStatus(remark="late")
    assert len(made.waiting) == 1 and made.panel.card.state["remarks"] == ""
    made.waiting[0]()
    assert made.panel.card.state["remarks"] == "late"


def test_it_rests_while_nobody_sees_the_page(made):
    assert made.panel._lateness() == 0.3 and not made.panel._unseen()
    made.transport.alone = True
    assert made.panel._unseen()
