"""Panel schedules the browser's events under the lock of the document."""

from __future__ import annotations

import panel as pn
from bokeh.document import Document
from panel.reactive import Syncable

from components.server import bokeh_patches

bokeh_patches.install()


def test_an_event_that_overtakes_a_change_is_carried_out_under_the_lock_of_the_document():
    """A change of theme that waits in its debounce, then a key: Panel carries both out in one coroutine, and the figures are written to."""
    scheduled = []
    document = Document()
    document._session_context = lambda: object()
    document.add_next_tick_callback = scheduled.append
    button = pn.widgets.Button()
    pn.state._change_callbacks[document] = {"theme": None}
    button._server_event(document, None)
    assert len(scheduled) == 1 and not getattr(scheduled[0], "nolock", False)


def test_a_panel_without_the_coroutine_is_left_as_it_is(monkeypatch):
    monkeypatch.delattr(Syncable, "_event_coroutine")
    bokeh_patches.locked_events.install()
    assert not hasattr(Syncable, "_event_coroutine")
