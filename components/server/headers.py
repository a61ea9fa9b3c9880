"""The headers of every answer: what the browser may do with it.

The page's Content-Security-Policy allows scripts that carry the page's own nonce, files of this server, and ``blob:`` (the components'
modules, which Panel hands to the browser in the session and es-module-shims turns into blobs). ``'unsafe-eval'`` stands there because
Panel's ``jslink`` is a ``CustomJS``, whose text BokehJS makes a function of; that text comes from the server only. Styles are
``'unsafe-inline'``: BokehJS and MUI write style elements and attributes at run time. What is connected to, loaded and framed is this
server's alone.
"""

from __future__ import annotations

import os
import re
from typing import Any

from tornado.web import OutputTransform

from components.server.worker import This

EMBED_VARIABLE = "SWARMVIZ_EMBED"  # origins that may show the page in a frame
REMOVED = ("Server", "X-Powered-By")
CROSS_ORIGIN = "Access-Control-"  # no other origin reads anything


def ancestors(value: str | None) -> str:
    """The sources of ``frame-ancestors`` that the owner names, separated by blanks or commas; ``'none'`` for none.

    Raises
    ------
    ValueError
        When one is no origin.
    """
    named = re.split(r"[\s,]+", (value or "").strip())
    for origin in filter(None, named):
        if not re.fullmatch(r"https?://[\w.*-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?", origin, re.ASCII):
            raise ValueError(
                f"{EMBED_VARIABLE} = {value!r}: {origin!r} is no origin such as https://course.example.org"
            )
    return " ".join(filter(None, named)) or "'none'"


ANCESTORS = ancestors(os.environ.get(EMBED_VARIABLE))
NOTHING_POLICY = f"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {ANCESTORS}"
SENTENCE_POLICY = NOTHING_POLICY.replace(
    "default-src 'none'", "default-src 'none'; style-src 'unsafe-inline'"
)  # a page that runs nothing
PLUGIN_POLICY = f"base-uri 'self'; frame-ancestors {ANCESTORS}"  # plug-ins of the owner, who may say more
HEADERS = {
    "Content-Security-Policy": PLUGIN_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()",
} | ({"X-Frame-Options": "DENY"} if ANCESTORS == "'none'" else {})


def page_policy(nonce: str) -> str:
    """The Content-Security-Policy of the page, whose scripts carry ``nonce``."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; media-src 'self' blob:; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ANCESTORS}"
    )


def gallery_policy(nonce: str) -> str:
    """That of the gallery's pages, which run nothing but their own scripts; styles carry the nonce, too."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; font-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ANCESTORS}"
    )


def figure_policy(nonce: str) -> str:
    """That of a figure of the gallery: BokehJS from this server, which writes style elements and attributes; no text becomes code."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ANCESTORS}"
    )


class SecurityHeaders(OutputTransform):
    """Adds the headers that a handler has not set itself, and removes those that name versions or let other origins read."""

    def __init__(self, request: Any):
        self._connection = request.connection

    def transform_first_chunk(self, status_code: int, headers: Any, chunk: bytes, finishing: bool) -> tuple:
        """Called once for every answer, also for errors and redirects."""
        for name in (*REMOVED, *(name for name in headers if name.startswith(CROSS_ORIGIN))):
            headers.pop(name, None)
        for name, value in HEADERS.items():
            if name not in headers:
                headers[name] = value
        if This.worker is not None and status_code != 101:
            # the parent looks at a connection's first request only: what a proxy sends behind it is not answered on this connection
            self._connection._disconnect_on_finish = True
        return status_code, headers, chunk
