"""The page as a browser fetches it: HTML with a token of its own, and nothing else.

No swarm is built for a fetch. The HTML is the same for all visitors but for the token, the nonce of its scripts and, without an argument
that means something, the opening picture, which is made once; so the server renders it once (``PageTemplate``) and fills them in. The
session is made when the socket opens, as Bokeh does anyway for a browser whose session is gone, or was made ahead (``spare.py``). A robot
that fetches the page a thousand times costs a thousand signatures. Where there is no place, or too many visits begin just now
(``arrivals.py``), a page of one sentence says so, and tries again by itself.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Collection
from html import escape
from typing import Any

from bokeh.util.token import generate_jwt_token, generate_session_id
from jinja2 import Template
from panel.io.resources import Resources
from panel.io.server import DocHandler, server_html_page_for_session
from panel.io.state import set_curdoc
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import RequestHandler, authenticated

from components import tally
from components.assets import ASSETS
from components.server import headers, session_limit
from components.server.arrivals import ARRIVALS
from components.server.worker import new_session_id
from components.under_way import UNDER_WAY

# How the page is laid out in a frame: its scripts read it from the address, the session does not know it.
EMBED = "embed"
LINK = "s"  # arguments that the page reads: components.links.permalink.KEY …
PLACE = ("lesson", "step")  # … and components.lessons.place.KEYS, of which no more is handed on than can mean anything
MAX_PLACE_BYTES = 60
# Without these, components.links.readable: one argument more and a byte more than it takes, so that it says what is too much.
MAX_NAMED, MAX_NAME_CHARS, MAX_VALUE_BYTES = 31, 41, 201
MAX_AGENT_CHARS = 300  # of the browser's name, which travels in a token
PHONE = "Mobi"  # in the browser's name of a page that opens as on a phone
# Arguments with which a link could hand over a session, and their header.
SESSION_ARGUMENTS = ("bokeh-session-id", "bokeh-token")
SHIM_MODE = '<script type="esms-options">{"shimMode": true}</script>'  # as Panel's template writes it
# Template variables: what is seen until the page stands, and the arguments of an address with which a visit may open otherwise.
OPENING_PICTURE, OPENING_ARGUMENTS = "opening_picture", "opening_arguments"
CHARSET = '<meta charset="utf-8">'
STYLE_SHEET = '<link rel="stylesheet"'
CLASSIC_SCRIPT, MODULE_SCRIPT = '<script type="text/javascript"', '<script type="module">'
CROWD = "crowd"  # beside those of session_limit
AGAIN_S = 10  # after which a visitor who was not let in tries again
REASONS = {
    CROWD: (
        "Many visitors come at this moment",
        "This server lets them in one after the other, so that those who are there see the swarm move. It will be your turn in a moment.",
    ),
    session_limit.FULL: (
        "All places are taken",
        "So that everybody sees the swarm move smoothly, this server takes {0.max_sessions} visitor{1} at a time. "
        "A place becomes free as soon as somebody closes the page.",
    ),
    session_limit.SHARE: (
        "Your network has its places",
        "So that everybody gets in, this server takes {0.max_per_address} of its {0.max_sessions} visitors from one address. "
        "A place becomes free as soon as somebody closes the page.",
    ),
    session_limit.OFTEN: (
        "Too many visits at once",
        "This server begins {0.visits_per_minute} visits a minute from one address. In a moment there will be room for the next.",
    ),
}


class PlainTextHandler(RequestHandler):
    """A handler that reports an error in one sentence, and never shows a traceback to a visitor."""

    POLICY = headers.NOTHING_POLICY
    METHODS = "GET, HEAD, OPTIONS"

    def set_default_headers(self) -> None:
        """The strictest policy; the page has its own."""
        self.set_header("Content-Security-Policy", self.POLICY)

    def options(self, *args: Any) -> None:
        """Which methods there are; no page of another origin may use them."""
        self.set_status(204)
        self.set_header("Allow", self.METHODS)
        self.finish()

    def answer(self, status: int, sentence: str) -> None:
        """Answer with one sentence."""
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if status == 405:
            self.set_header("Allow", self.METHODS)
        self.finish(sentence + "\n")

    def write_error(self, status_code: int, **details: Any) -> None:
        """Tornado's errors in the same form."""
        self.answer(status_code, f"{status_code}: {self._reason}.")


class Refusal(PlainTextHandler):
    """A request that is refused, with the reason in one sentence."""

    def initialize(self, status: int, sentence: str) -> None:
        """Parameters: the status and the sentence."""
        self.refused = status, sentence

    def prepare(self) -> None:
        """Any method gets the same answer."""
        self.answer(*self.refused)


class PageTemplate:
    """The HTML of the page of one application, without token and nonce; rendered once, at the first request."""

    def __init__(self, application: Any, context: Any):
        self._application, self._context = application, context
        self._parts: list[str] | None = None
        self._picture, self._arguments = "", frozenset[str]()
        self._lock = asyncio.Lock()
        self._token, self._nonce, self._place = (
            secrets.token_urlsafe(16) for _ in range(3)
        )  # stand where the real ones will

    async def filled(self, token: str, nonce: str, arguments: Collection[str]) -> str:
        """The page for one visitor, who may have followed a link to something else than what is seen without one.

        Parameters
        ----------
        token, nonce
            Of this visit, and of the scripts in its page.
        arguments : collection of str
            The names of those in the address.
        """
        async with self._lock:
            if self._parts is None:
                self._parts = (await self._rendered()).split(self._token)
        html = token.join(self._parts).replace(self._nonce, nonce)
        return html.replace(self._place, self._picture if self._arguments.isdisjoint(arguments) else "", 1)

    async def _rendered(self) -> str:
        """Make a session as for a visitor, write its HTML, and end it."""
        application, context = self._application, self._context
        session = await own_session(application, context)
        document = session.document
        self._picture = document.template_variables.get(OPENING_PICTURE, "")
        self._arguments = document.template_variables.get(OPENING_ARGUMENTS, self._arguments)
        with set_curdoc(document):
            bundles = {model.esm for model in document.models if getattr(model, "bundle", None) == "url"}
            html = server_html_page_for_session(
                session,
                resources=Resources.from_bokeh(application.resources()),
                title=document.title,
                token=self._token,
                template=document.template,
                template_variables=document.template_variables,
            )
        await context._discard_session(session, lambda session: True)
        logo, arrival, socket, late, again = (
            (ASSETS / name).read_text(encoding="utf-8")
            for name in ("logo.svg", "arrival.html", "early_socket.js", "late_sheets.js", "again.js")
        )
        first = f"<script>{socket.replace('VISIT-TOKEN', self._token)}{late}{again}</script>"
        html = html.replace(CHARSET, CHARSET + _around() + first, 1)
        arrival = arrival.replace("LOGO", logo).replace("OPENING-PICTURE", self._place)
        html = _after_the_first_picture(_with_native_modules(html, bundles), arrival)
        return html.replace("<script", f'<script nonce="{self._nonce}"')


def _with_native_modules(html: str, bundles: set[str]) -> str:
    """The page with modules that the browser loads by itself, these ones from the start.

    Panel has es-module-shims fetch, rewrite and compile every module in the browser's place: the bundle of panel-material-ui is then asked
    for when the session is there, and no browser keeps its compiled code. Without that mode the shim leaves modules to every browser that
    knows import maps, and helps the others.
    """
    head = "".join(f'<link rel="modulepreload" href="{bundle}">' for bundle in sorted(bundles))
    scripts = ((ASSETS / name).read_text(encoding="utf-8") for name in ("native_modules.js", "opening.js"))
    head += f"{MODULE_SCRIPT}{''.join(scripts)}</script>"
    return html.replace(SHIM_MODE, "", 1).replace("</head>", f"{head}</head>", 1)


def _after_the_first_picture(html: str, arrival: str) -> str:
    """The page that paints ``arrival`` before it needs anything else.

    A browser paints nothing, and runs no script of the body, before the style sheets of the head are there, and the server, which makes the
    visit meanwhile, may answer late. One that is for printing is not waited for; ``late_sheets.js`` puts it in force when it has come, and
    where it stands, so that what the page's own scripts put behind it in the head prevails.
    Scripts run when all of the document is read: one of the head that has an address is deferred; one that has none waits for it as a
    module does.
    """
    head, end, body = html.partition("</head>")
    head = head.replace(CLASSIC_SCRIPT + " src=", f"{CLASSIC_SCRIPT} defer src=").replace(
        CLASSIC_SCRIPT + ">", MODULE_SCRIPT
    )
    head = head.replace(STYLE_SHEET, f'{STYLE_SHEET} media="print"')
    return head + end + body.replace("<body>", f"<body>{arrival}", 1)


def _around() -> str:
    """Which pages around ours may send it messages, for its scripts: those that may show it in a frame."""
    return (
        "" if headers.ANCESTORS == "'none'" else f'<meta name="swarmviz-embed" content="{escape(headers.ANCESTORS)}">'
    )


class _Unconnected:
    """The connection of a request that no browser has made."""

    context = None

    def set_close_callback(self, callback: Any) -> None:
        """There is nothing to close."""


async def own_session(application: Any, context: Any) -> Any:
    """Make a session of an application as for a visitor who asks for nothing by the address; it takes no place."""
    session_id = generate_session_id(secret_key=application.secret_key, signed=True)
    session_limit.OWN_SESSIONS.add(session_id)
    try:
        request = HTTPServerRequest(
            start_line=RequestStartLine("GET", f"{application.prefix}{context.url}", "HTTP/1.1"),
            headers=HTTPHeaders({"Host": "localhost"}),
            connection=_Unconnected(),
        )
        return await context.create_session_if_needed(session_id, request, token_of(application, session_id, {}))
    finally:
        session_limit.OWN_SESSIONS.discard(session_id)


def token_of(application: Any, session_id: Any, payload: dict[str, Any]) -> str:
    """A signed token for a session, which says until when it is good."""
    return generate_jwt_token(
        session_id,
        secret_key=application.secret_key,
        signed=True,
        expiration=application.session_token_expiration,
        extra_payload={"headers": {}, "cookies": {}, "arguments": {}} | payload,
    )


def arguments_of(given: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    """The arguments of an address that a session is to know: they travel in a token, and no more of them than can mean anything."""
    given = {name: values for name, values in given.items() if name != EMBED}
    exact = {LINK: given[LINK][:1]} if LINK in given else {}
    exact |= {name: [given[name][0][:MAX_PLACE_BYTES]] for name in PLACE if name in given}
    named = itertools.islice(given.items(), MAX_NAMED)
    return exact or {name[:MAX_NAME_CHARS]: [value[:MAX_VALUE_BYTES] for value in values[:2]] for name, values in named}


class Page(PlainTextHandler, DocHandler):
    """The page, under the application's path."""

    POLICY = headers.SENTENCE_POLICY

    @authenticated
    async def get(self, *args: Any, **options: Any) -> None:
        """The page for a new visitor, or why there is none."""
        self.set_header("Cache-Control", "no-store")  # it holds a token
        path, query = self.request.path, f"?{self.request.query}" if self.request.query else ""
        if path.endswith("/") and path.rstrip("/") == f"{self.application.prefix}{self.application_context.url}":
            self.redirect(f"../{path.rstrip('/').rpartition('/')[2]}{query}")  # what the page loads lies beside it
            return
        if (
            any(name in self.request.arguments for name in SESSION_ARGUMENTS)
            or SESSION_ARGUMENTS[0] in self.request.headers
        ):
            tally.REFUSALS.add(kind="session")
            self.answer(403, "The server alone chooses the ids of sessions: open the page without one.")
            return
        if UNDER_WAY.ending:
            tally.REFUSALS.add(kind="ending")
            self.set_header("Retry-After", "10")
            self.answer(503, "This server is ending. Try again in a moment: another one may take its place.")
            return
        reason = session_limit.LIMITER.refusal(self.request.remote_ip)
        if reason or ARRIVALS.crowded(session_limit.network_of(str(self.request.remote_ip))):
            self._refuse(reason or CROWD)
            return
        application = self.application
        session_id = new_session_id(application.secret_key)
        token, nonce = token_of(application, session_id, self._payload()), secrets.token_urlsafe(16)
        html = await self._template().filled(token, nonce, self.request.arguments)
        self.set_header("Content-Security-Policy", headers.page_policy(nonce))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(html)

    head = get

    def _payload(self) -> dict[str, Any]:
        """What the session will know: the link, a lesson's step, the browser's name, and the user whom Panel's log-in has found."""
        agent = self.request.headers.get("User-Agent", "")[:MAX_AGENT_CHARS]
        arguments = arguments_of(self.request.arguments)
        more = self.application_context.application.process_request(self.request)
        return {"headers": {"User-Agent": agent}, "arguments": arguments} | more

    def _template(self) -> PageTemplate:
        return self.application.template(self.application_context)

    def _refuse(self, reason: str) -> None:
        tally.REFUSALS.add(kind=reason)
        heading, sentence = REASONS[reason]
        limiter = session_limit.LIMITER
        full = Template((ASSETS / "full.html").read_text(encoding="utf-8"), autoescape=True)
        # a full server is no fault of the page: no browser reports it
        self.set_status(429 if reason == session_limit.OFTEN else 200)
        self.set_header("Retry-After", str(AGAIN_S))
        self.set_header("Refresh", str(AGAIN_S))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(
            full.render(heading=heading, sentence=sentence.format(limiter, "s" if limiter.max_sessions > 1 else ""))
        )
