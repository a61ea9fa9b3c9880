"""The socket of a visit: who may open it, and what may come through it."""

from __future__ import annotations

from panel.io.server import WSHandler


class SocketHandler(WSHandler):
    """Panel's handler of a visit's socket."""
