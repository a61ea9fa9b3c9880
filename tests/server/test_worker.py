"""Which sessions are a worker's own."""

from __future__ import annotations

import types
from collections import Counter

import pytest

from components.server.headers import SecurityHeaders
from components.server.worker import This, Worker, is_own, new_session_id, owner


def test_a_worker_is_written_and_read():
    worker = Worker(2, 4, 7, "/some/folder, with a comma")
    assert Worker.read(str(worker)) == worker
    assert worker.socket_path(1) == "/some/folder, with a comma/1.socket"


def test_every_session_is_that_of_a_server_of_one_process():
    assert This.worker is None and is_own("anything") and is_own(new_session_id(b"secret"))


@pytest.mark.parametrize("number", range(3))
def test_a_worker_makes_sessions_of_its_own_only(monkeypatch, number):
    monkeypatch.setattr(This, "worker", Worker(number, 3, 0, ""))
    made = [new_session_id(b"secret") for _ in range(50)]
    assert len(set(made)) == 50 and all(is_own(found) and owner(found, 3) == number for found in made)


def test_sessions_are_spread_evenly(monkeypatch):
    """With n = 900 and p = 1/3 the standard error of a share is √(p(1 − p)/n) = 0.016; five of these are allowed."""
    counts = Counter(owner(new_session_id(b"secret"), 3) for _ in range(900))
    assert set(counts) == {0, 1, 2} and all(abs(count / 900 - 1 / 3) < 0.08 for count in counts.values())


@pytest.mark.parametrize(
    "worker, status, closes", [(None, 200, False), (Worker(0, 2, 0, ""), 200, True), (Worker(0, 2, 0, ""), 101, False)]
)
def test_an_answer_of_a_worker_ends_its_connection_and_a_socket_does_not(monkeypatch, worker, status, closes):
    monkeypatch.setattr(This, "worker", worker)
    connection = types.SimpleNamespace(_disconnect_on_finish=False)
    SecurityHeaders(types.SimpleNamespace(connection=connection)).transform_first_chunk(status, {}, b"", True)
    assert connection._disconnect_on_finish is closes
