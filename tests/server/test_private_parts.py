"""What the server sets and calls of Bokeh's and Panel's private parts is there: a name that a later version lacks would set nothing."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import pytest
from bokeh.application.application import SessionContext
from bokeh.server.connection import ServerConnection
from bokeh.server.contexts import ApplicationContext
from bokeh.server.session import ServerSession
from bokeh.server.tornado import BokehTornado
from panel.custom import ReactiveESM
from panel.io.server import WSHandler
from tornado.http1connection import HTTP1Connection
from tornado.web import RequestHandler

from components.server import application


def set_by(method):
    """The private attributes of ``self`` that a method sets."""
    nodes = ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method))))
    return {
        n.attr
        for n in nodes
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and n.attr.startswith("_")
    }


SET = set_by(application.Application.harden) - {"_templates", "_spares"}


@pytest.mark.parametrize("name", [*sorted(SET), "_applications", "_loop"])
def test_what_the_application_sets_and_reads_is_bokehs(name):
    assert re.search(rf"self\.{name}\b", inspect.getsource(BokehTornado))


def test_the_ids_are_signed_and_the_origins_checked_by_what_the_application_sets():
    assert {"_secret_key", "_sign_sessions", "_generate_session_ids", "_websocket_origins", "_include_headers"} <= SET


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (WSHandler, ["_async_open", "_token"]),
        (ServerConnection, ["_session"]),
        (ServerSession, ["_current_patch_connection", "block_expiration", "unblock_expiration", "request_expiration"]),
        (ApplicationContext, ["_discard_session"]),
        (ReactiveESM, ["_data_model", "_handle_msg"]),
        (RequestHandler, ["_reason"]),
        (HTTP1Connection, ["_disconnect_on_finish"]),
        (SessionContext, ["server_context"]),
    ],
    ids=lambda given: given.__name__ if isinstance(given, type) else "",
)
def test_what_the_handlers_use_of_bokeh_panel_and_tornado_is_there(owner, names):
    theirs = [kind for kind in owner.__mro__ if kind.__module__.partition(".")[0] in ("bokeh", "panel", "tornado")]
    source = "".join(map(inspect.getsource, theirs))
    assert not [name for name in names if not re.search(rf"\b{name}\b", source)]
