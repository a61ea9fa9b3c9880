"""Whatever touches a document waits for its turn, under the document's lock and as the document that it belongs to."""

from __future__ import annotations

import asyncio
from functools import partial

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.server.session import ServerSession
from panel.io.state import set_curdoc
from tornado.ioloop import IOLoop

from components import turns
from components.server.bokeh_patches import taken_turns


@pytest.fixture
def patched(monkeypatch):
    monkeypatch.setattr(ServerSession, "with_document_locked", taken_turns._theirs)
    taken_turns.install()


def in_a_loop(check):
    """Run ``check(sessions)`` with three sessions of one loop."""

    async def main():
        sessions = [ServerSession(f"number {i}", Document(), io_loop=IOLoop.current()) for i in range(3)]
        await asyncio.wait_for(check(sessions), 10)

    asyncio.run(main())


def test_bokeh_has_what_is_changed():
    assert taken_turns._theirs is not None


def test_pieces_of_different_documents_share_no_pass(patched):
    async def check(sessions):
        order, passes = [], [0]

        def count():
            passes[0] += 1
            asyncio.get_running_loop().call_soon(count)

        count()
        await asyncio.gather(*(s.with_document_locked(lambda: order.append(passes[0])) for s in sessions))
        assert len(set(order)) == 3

    in_a_loop(check)


def test_a_picture_goes_first_also_as_a_callback_of_its_document(patched):
    async def check(sessions):
        done = []
        picture = partial(done.append, "picture")
        picture.picture = True
        held = [asyncio.create_task(sessions[0].with_document_locked(done.append, i)) for i in range(3)]
        await asyncio.sleep(0)
        sessions[1].document.add_next_tick_callback(picture)
        sessions[2].document.add_next_tick_callback(partial(done.append, "callback"))
        while len(done) < 5:
            await asyncio.sleep(0)
        await asyncio.gather(*held)
        assert done.index("picture") < done.index("callback")

    in_a_loop(check)


def test_a_callback_knows_its_document_holds_its_lock_and_may_be_awaited(patched):
    async def check(sessions):
        found = []

        async def callback():
            await asyncio.sleep(0.01)
            return 7

        def look():
            found.append((curdoc(), sessions[0]._lock._block._value, sessions[0]._pending_writes))

        sessions[0].document.add_next_tick_callback(look)
        assert await sessions[0].with_document_locked(callback) == 7
        while not found:
            await asyncio.sleep(0)
        assert found == [(sessions[0].document, 0, [])]

    in_a_loop(check)


def test_panel_knows_the_document_too_where_the_work_of_another_visit_has_asked_for_it(patched):
    """The context of that visit prevailed, and a part of a map's figure came to its page without the lock of its document."""

    async def check(sessions):
        found = []
        look = lambda: found.append(pn.state.curdoc)  # noqa: E731

        async def later():
            await asyncio.sleep(0)
            look()

        with set_curdoc(sessions[1].document):
            sessions[0].document.add_next_tick_callback(look)
            await sessions[0].with_document_locked(look)
            await sessions[0].with_document_locked(later)
            assert pn.state.curdoc is sessions[1].document
        while len(found) < 3:
            await asyncio.sleep(0)
        assert found == [sessions[0].document] * 3

    in_a_loop(check)


def test_an_error_leaves_lock_and_turn_free(patched):
    async def check(sessions):
        with pytest.raises(ZeroDivisionError):
            await sessions[0].with_document_locked(lambda: 1 / 0)
        assert await sessions[0].with_document_locked(lambda: 3) == 3
        await turns.turn()

    in_a_loop(check)
