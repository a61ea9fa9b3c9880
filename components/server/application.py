"""The server's Tornado application: which addresses it answers, and with what.

``panel serve`` makes an instance of Bokeh's class; :func:`install` puts ours in its place for every server that is made afterwards.
``app.py`` calls it, and with ``--warm`` that happens before the server is made.
"""

from __future__ import annotations

from typing import Any

import bokeh.server.server as server
from bokeh.server.tornado import BokehTornado

from components.server.compression import Quickly
from components.server.sockets import SocketHandler


class Application(BokehTornado):
    """Bokeh's application with our socket handler, compressing what it sends."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **{"transforms": [Quickly]} | options)
        for rule in self.wildcard_router.rules:
            if isinstance(rule.target, type) and issubclass(SocketHandler, rule.target):
                rule.target = SocketHandler


def install() -> None:
    """Let the servers made from here on be ours; a second call changes nothing."""
    server.BokehTornado = Application
