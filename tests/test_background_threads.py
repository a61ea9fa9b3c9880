"""What is computed beside the visible swarms takes one thread, however large its swarms are."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from components.background import BackgroundThread
from components.page.export_job import ExportJobs
from components.playback.builder import Builder
from swarmviz.threads import THREADS


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setattr(THREADS, "_most", 8)
    return []


class Beside(BackgroundThread):
    def __init__(self, allowed):
        super().__init__(
            lambda: None, lambda: 0.0, lambda *status: None, name="test", least_share=0.5, look_every_s=1.0
        )
        self.allowed = allowed

    def _work(self):
        self.allowed.append(THREADS.allowed)
        self._end()

    def _forget(self):
        pass


def test_replicas_maps_and_laws(allowed):
    beside = Beside(allowed)
    with beside._wake:
        beside._started()
        thread = beside._thread
    thread.join(30)
    assert allowed == [1]


def test_builds(allowed):
    def build(request):
        allowed.append(THREADS.allowed)
        builder._request = None

    builder = SimpleNamespace(_guard=threading.Lock(), _request=object(), _thread=None, _build=build)
    Builder._work(builder)
    assert allowed == [1]


def test_exports(allowed):
    job, done = SimpleNamespace(end=lambda: None), []
    exports = SimpleNamespace(_on_page=lambda finish: finish())
    ExportJobs._make(exports, job, lambda job: allowed.append(THREADS.allowed), done.append)
    assert allowed == [1] and done == [None] and THREADS.allowed == 8
