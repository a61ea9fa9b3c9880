"""What is done to the documents of all visitors is done one piece per pass of the loop.

Why
    Messages of browsers, callbacks and pictures that are ready together are carried out together, before the loop looks at its sockets
    again: with many visitors a picture waits for the sum of all.
Written for
    Bokeh 3.8 and 3.9: everything that touches a document goes through ``ServerSession.with_document_locked(func, …)``, which waits for what
    ``func`` returns where that can be awaited.
Without it
    Pictures are late by what all others ask for at the same moment, and not by the largest piece of it.
Upstream
    A queue of the pieces, with a pass of the loop for each.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from bokeh.server.session import ServerSession

from components.server.bokeh_patches.current_document import current_document_of
from components.turns import turn

_theirs = getattr(ServerSession, "with_document_locked", None)


def install() -> None:
    """Let it be so for every session of the process; nothing where this Bokeh has no such method."""
    if _theirs is not None:
        ServerSession.with_document_locked = _with_document_locked


async def _with_document_locked(session: ServerSession, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Lock the document, wait for a turn, and call the function with it as the current one.

    A function that has an attribute ``picture`` has a picture's turn.
    """

    async def in_turn() -> Any:
        await turn(getattr(func, "picture", False))
        with current_document_of(session):
            result = func(*args, **kwargs)
            return await result if isawaitable(result) else result

    return await _theirs(session, in_turn)
