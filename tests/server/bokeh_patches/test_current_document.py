"""The current document is that of what runs, and of nothing that has ended, however it ended."""

from __future__ import annotations

import gc
import threading

import bokeh.io.doc
import pytest
from bokeh.document import Document
from bokeh.document.callbacks import invoke_with_curdoc
from bokeh.io import curdoc

from components.server.bokeh_patches import current_document


@pytest.fixture(autouse=True)
def patched(monkeypatch):
    for module in current_document.IMPORTERS:
        monkeypatch.setattr(module, "patch_curdoc", current_document._theirs)
    monkeypatch.setattr(bokeh.io.doc, "_PATCHED_CURDOCS", current := [])
    monkeypatch.setattr(current_document, "_current", current)
    current_document.install()


def fail():
    raise ValueError("as a callback does")


def test_bokeh_and_panel_have_what_is_changed():
    assert current_document._theirs is not None and current_document._current is not None
    assert all(hasattr(module, "patch_curdoc") for module in current_document.IMPORTERS)


def test_a_callback_that_fails_leaves_no_document_behind():
    before, document = curdoc(), Document()
    with pytest.raises(ValueError, match="as a callback does"):
        invoke_with_curdoc(document, fail)
    assert curdoc() is before


def test_documents_one_within_the_other():
    outer, inner = Document(), Document()
    seen = []

    def both():
        seen.append(curdoc())
        invoke_with_curdoc(inner, lambda: seen.append(curdoc()))
        with pytest.raises(ValueError, match="as a callback does"):
            invoke_with_curdoc(outer, fail)
        seen.append(curdoc())

    invoke_with_curdoc(outer, both)
    assert seen == [outer, inner, outer]


def test_what_a_callback_returns_is_handed_on():
    assert invoke_with_curdoc(Document(), lambda: 7) == 7


def test_threads_take_back_their_own():
    first, second = Document(), Document()
    begun, may_end = threading.Event(), threading.Event()

    def callback():
        begun.set()
        assert may_end.wait(10)

    def check():
        other = threading.Thread(target=invoke_with_curdoc, args=(second, callback))
        other.start()
        assert begun.wait(10)
        return other

    other = invoke_with_curdoc(first, check)  # ends before the second, which came later
    assert curdoc() is second
    may_end.set()
    other.join()
    assert bokeh.io.doc._PATCHED_CURDOCS == []


def test_a_document_is_not_held_by_being_the_current_one():
    gc.collect()
    gone = bokeh.io.doc.patch_curdoc(Document())
    with gone, pytest.raises(RuntimeError, match="destroyed"):
        curdoc()
