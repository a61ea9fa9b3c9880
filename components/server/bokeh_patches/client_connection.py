"""The page knows when and why its connection is lost, and takes the server's word for how things stand (``assets/connection.js``).

Why
    BokehJS tells that a connection is lost, but not with which code the socket was closed, nor that it has been silent for long. When it is
    back, the document that has just come from the server is sent back; and a model that has just come (a view that is opened, a line that
    appears) is sent in full with the first change after it. The server, which has made them all, takes references only and refuses it.
    A message whose rest was cut off is waited for in the next connection, of which nothing is understood then, for ever.
Written for
    BokehJS 3.9 and 3.10: ``ClientConnection`` with ``_on_close``, ``_on_message``, ``send``, ``socket``, ``session`` and ``_receiver``, and
    ``Document`` with ``replace_with_json``, ``create_json_patch``, ``_new_models`` and ``is_idle``; ``test_client_connection.py`` finds
    them in BokehJS.
Without it
    A lost connection is still noticed where BokehJS tells of it, without a reason; a silent one is not.
Upstream
    The code of the closed socket in the event ``connection_lost``, a time-out for silence, no new models but those made in the browser,
    and a receiver that begins anew with each socket.
"""

from __future__ import annotations

from components.assets import ASSETS

CODE = (ASSETS / "connection.js").read_text(encoding="utf-8")  # part of the script of the bar, which imports it
