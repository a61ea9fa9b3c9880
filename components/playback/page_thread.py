"""The thread on which the documents of all visitors live, as a worker sees it: what touches Bokeh is carried out there, and paid for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import panel as pn

from components.server.limits import Account, account_of


class PageThread:
    """Carries functions out on the page's thread, once there is a document; before, and in tests without one, at once.

    Attributes
    ----------
    document : Document or None
        The visitor's document.
    """

    def __init__(self) -> None:
        self.document: Any = None
        self._account = Account()
        self._closed = False

    def open(self, document: Any, backlog: Callable[[], int]) -> None:
        """Serve a document, or none (tests); ``backlog`` tells how many commands of its visitor wait for the worker."""
        self.document = document
        if document is not None:
            self._account = account_of(document)
            self._account.backlog = backlog

    def close(self) -> None:
        """Carry nothing out any more, with or without a document; :meth:`release` the document once the worker has ended."""
        self._closed = True

    def release(self) -> None:
        """Let go of the document."""
        self.document = None

    @property
    def connected(self) -> bool:
        """Whether a browser is connected; also where there is no document (tests), or a Bokeh that does not count its connections."""
        try:
            return self.document is None or self.document.session_context.session.connection_count > 0
        except AttributeError:
            return self.document is None or self.document.session_context is not None

    def run(self, function: Callable[[], None], picture: bool = False) -> None:
        """Carry out ``function`` on the page's thread (any thread), a picture before the rest; at once where there is no document."""
        document = self.document
        if self._closed:
            return
        if document is None:
            function()
        else:
            try:
                charged = partial(self._charged, function)
                charged.picture = picture  # for taken_turns.py
                document.add_next_tick_callback(charged)
            except RuntimeError:  # the server is going down
                pass
            except AttributeError:  # the visitor left between the line above and this one: Bokeh takes a document apart
                if document.session_context is not None:
                    raise

    def _charged(self, function: Callable[[], None]) -> None:
        with self._account.charged():
            function()

    @contextlib.contextmanager
    def painting(self) -> Iterator[None]:
        """All that is written inside leaves in one message, and costs the visitor nothing: pictures have a limit of their own."""
        with self._account.free(), pn.io.hold(self.document) if self.document is not None else contextlib.nullcontext():
            yield
