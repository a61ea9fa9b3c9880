"""The page's thread as the worker sees it."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest
from bokeh.document import Document

from benchmarks.greedy import WISHES, Guest, greed
from components.playback.page_thread import PageThread
from components.server.limits import account_of
from tests.server.serving import served


def opened(document):
    page = PageThread()
    page.open(document, lambda: 0)
    return page


def test_without_a_document_functions_are_carried_out_at_once():
    done = []
    page = opened(None)
    page.run(lambda: done.append(1))
    with page.painting():
        done.append(2)
    assert done == [1, 2] and page.connected


def test_a_visitor_who_leaves_while_the_worker_speaks_is_let_go():
    """Bokeh takes the document apart between the worker's look at it and its word; a mistake of ours is still seen."""
    here = SimpleNamespace()  # a session that lives
    doc = Document()
    page = opened(doc)
    doc._session_context = lambda: here
    doc.on_change(lambda event: None)
    page.run(lambda: None)
    assert len(doc.callbacks.session_callbacks) == 1
    doc.callbacks.destroy()
    with pytest.raises(AttributeError):
        page.run(lambda: None)
    doc._session_context = None  # this is done before the callbacks are destroyed
    page.run(lambda: None)


def test_nothing_is_carried_out_once_the_page_is_closed():
    doc = Document()
    page = opened(doc)
    page.close()
    page.run(lambda: None)
    assert not doc.session_callbacks
    page.release()
    assert page.document is None
    page.run(lambda: pytest.fail("was carried out"))


def test_a_visitor_pays_for_what_is_carried_out_but_not_for_pictures(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("components.server.limits.time.thread_time", lambda: now[0])
    doc = Document()
    page = opened(doc)

    def spend(seconds):
        now[0] += seconds

    def paint():
        with page.painting():
            spend(100.0)

    page.run(paint)
    doc.session_callbacks[0].callback()
    assert account_of(doc).pause() == 0.0
    page.run(lambda: spend(100.0))
    doc.session_callbacks[-1].callback()
    assert account_of(doc).pause() > 60.0


@pytest.mark.parametrize(
    "context, connected",
    [
        (SimpleNamespace(session=SimpleNamespace(connection_count=0)), False),
        (SimpleNamespace(session=SimpleNamespace(connection_count=1)), True),
        (SimpleNamespace(session=SimpleNamespace()), True),  # a Bokeh that does not count
        (None, False),  # the session has ended
    ],
)
def test_a_browser_is_connected_as_long_as_bokeh_counts_one(context, connected):
    page = PageThread()
    page.document = SimpleNamespace(session_context=context)
    assert page.connected is connected


def test_nothing_is_shown_on_another_thread(tmp_path):
    """Panel takes it there and then once a visitor has left, of models that are none any more; so did a map's figure with the link."""

    async def visit(server, name, done):
        guest = await Guest.arrive(f"http://{server.host}/app{WISHES[name][0]()}")
        tasks = [asyncio.create_task(guest.watch()), asyncio.create_task(greed(guest, name))]
        began, there = time.monotonic(), set(guest.models)
        try:
            while not done(guest, [kind for key, (kind, _) in guest.models.items() if key not in there]):
                assert time.monotonic() < began + 60, (name, guest.texts)
                await asyncio.sleep(0.2)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            guest.close()

    async def visits(server):
        await visit(server, "map", lambda guest, new: "Quad" in new)  # of the map's figure
        await visit(server, "everything", lambda guest, new: guest.files)

    with served(tmp_path / "log.txt", "--plugins", "thread_probe", SWARMVIZ_VISITS_PER_MINUTE="100") as server:
        asyncio.run(visits(server))
        told = [line for line in server.said().splitlines() if "OFF THE PAGE'S THREAD" in line or "Traceback" in line]
    assert not told, "\n".join(told)
