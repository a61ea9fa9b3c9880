"""The replicas' worker and their card, joined: what is asked reaches the worker, what it reports is shown on the page's thread."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from components.page.replica_panel import ReplicaPanel
from components.replicas.card import ReplicaStatus


@pytest.fixture
def made():
    """A panel whose worker has no thread, and what it did."""
    calls, waiting = [], []
    transport = SimpleNamespace(lateness=0.3, tell_news=lambda of: calls.append(("news", of)), on_page=waiting.append)
    panel = ReplicaPanel(lambda: None, transport, lambda tolerance: calls.append(("judged", tolerance)), calls.append)
    panel.worker = SimpleNamespace(count=0, tolerance=None, standing=ReplicaStatus(0), costs=lambda run: None)
    shown = []
    panel.card.show = lambda standing, against: shown.append(standing)
    return SimpleNamespace(panel=panel, calls=calls, waiting=waiting, shown=shown, transport=transport)


def test_how_late_pictures_come_is_the_transports_word():
    panel = ReplicaPanel(lambda: None, SimpleNamespace(lateness=0.3), print, print)
    assert panel.worker._lateness() == 0.3


def test_a_number_that_is_chosen_reaches_the_worker_and_its_state_the_card(made):
    made.panel.card._on_count(50)
    assert made.panel.worker.count == 50 and made.shown == [made.panel.worker.standing]
    assert made.calls == [("news", "replicas")], "the bands of a run that stands are drawn anew"


def test_another_tolerance_is_that_of_the_worker_and_of_whoever_else_judges(made):
    made.panel.card._on_tolerance(0.2)
    assert (
        made.panel.worker.tolerance == 0.2
        and made.calls == [("judged", 0.2), ("news", "replicas")]
        and len(made.shown) == 1
    )


def test_what_the_worker_reports_is_shown_on_the_pages_thread_as_it_then_is(made):
    made.panel._report(ReplicaStatus(20))
    assert made.shown == [] and len(made.waiting) == 1
    made.panel.worker.standing = ReplicaStatus(20, 20, 0.5)
    made.waiting[0]()
    assert made.shown == [ReplicaStatus(20, 20, 0.5)]


def test_the_replica_to_be_shown_is_handed_on(made):
    made.panel.card._on_show("outcome")
    assert made.calls == ["outcome"]


class Beside:
    """The replicas of the swarm beside; ``meanwhile`` is done on the page while their costs are asked for."""

    def __init__(self, count=0, standing=None):
        self.count, self.standing, self.meanwhile = count, standing, lambda: None

    def costs(self, run):
        self.meanwhile()
        return "costs of B"


@pytest.fixture
def compared(made, monkeypatch):
    """Two swarms with replicas, of which something is said."""
    monkeypatch.setattr("components.page.replica_panel.duels", lambda mine, others: [mine, others])
    monkeypatch.setattr("components.page.replica_panel.duel_words", lambda found, names: [f"{names}: {found}"])
    made.panel.worker.costs = lambda run: "costs of A"
    made.panel.other, said = Beside(), []
    made.panel.card.show = lambda standing, against: said.append(against)
    made.panel.compare(("A", "B"))
    made.panel._work_out_duel()
    made.panel._show()
    assert said[-1] == ["('A', 'B'): ['costs of A', 'costs of B']"]
    return SimpleNamespace(panel=made.panel, said=said)


def test_a_comparison_that_ends_while_it_is_worked_out_says_nothing_and_ends_no_thread(compared):
    compared.panel.other.meanwhile = lambda: compared.panel.compare(None)
    compared.panel._work_out_duel()
    compared.panel._show()
    assert compared.said[-1] == []


def test_what_is_said_of_two_swarms_is_not_shown_of_two_others(compared):
    compared.panel.other.meanwhile = lambda: compared.panel.compare(("B", "C"))
    compared.panel._work_out_duel()
    compared.panel._show()
    assert compared.said[-1] == []
    compared.panel.other.meanwhile = lambda: None
    compared.panel._work_out_duel()
    compared.panel._show()
    assert compared.said[-1] == ["('B', 'C'): ['costs of A', 'costs of B']"]
