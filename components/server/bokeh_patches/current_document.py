"""What is the current document for the time of a callback is no longer that after it, also when the callback fails.

Why
    An error in a callback leaves its document the current one of the process, and what two threads have made current at a time is taken
    back in the order of time, the other's. Whatever asks for the current document outside of a visit is then given a stranger's, or an
    error once that visit has ended. Panel keeps one more, per context, which prevails: where the work of one visit lets something of
    another's be done later, that inherits the context, and changed a document whose lock it did not hold.
Written for
    Bokeh 3.8 and 3.9: ``bokeh.io.doc.patch_curdoc`` puts a document on a list and takes the last one off, without ``finally``. Bokeh and
    Panel have it under its name in the modules of ``IMPORTERS``.
Without it
    The document of the last callback that has failed stays the current one, and ``pn.state.curdoc`` may be another visitor's.
Upstream
    ``finally`` in ``patch_curdoc``, which takes off what it has put on; Panel's current document set for every callback.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bokeh.application.handlers.code as bokeh_scripts
import bokeh.io.doc
import panel.io.handlers as panel_scripts
from bokeh.server.session import ServerSession
from panel.io.state import set_curdoc

IMPORTERS = (bokeh.io.doc, bokeh_scripts, panel_scripts)
_theirs = getattr(bokeh.io.doc, "patch_curdoc", None)
_current = getattr(bokeh.io.doc, "_PATCHED_CURDOCS", None)


def install() -> None:
    """Let it be so for every callback and every script; nothing where this Bokeh has no such list."""
    if _theirs is None or _current is None:
        return
    for module in IMPORTERS:
        if hasattr(module, "patch_curdoc"):
            module.patch_curdoc = _patch_curdoc


@contextmanager
def current_document_of(session: ServerSession) -> Iterator[None]:
    """Let a session's document be Panel's current one inside, whatever the context was; nothing for a session that has ended."""
    with set_curdoc(getattr(session, "_document", None)):
        yield


@contextmanager
def _patch_curdoc(doc: Any) -> Iterator[None]:
    """Let a document, which is not held, be the current one inside."""
    reference = weakref.ref(doc)
    del doc

    def entry() -> Any:  # told apart from every other one, which two references to one document are not
        return reference()

    _current.append(entry)
    try:
        yield
    finally:
        _current.remove(entry)
