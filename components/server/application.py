"""The server's Tornado application: which addresses it answers, and with what.

``panel serve`` makes an instance of Bokeh's class; :func:`install` puts ours in its place for every server that is made afterwards.
``app.py`` calls it, and with ``--warm`` that happens before the server is made. Without it Bokeh's own application runs until the first
visitor comes; it is then turned into ours, and the console says so.

Everything that Bokeh and Panel register is decided here. What is not in this table is answered with 404, also what a later version may add.

==========================================  ======================================================================================
address (after ``--prefix``)                answer
==========================================  ======================================================================================
``/``                                       redirected to the page
``/app``, ``/app/``                         the page (``pages.py``); no id of a session is ever taken from a request
``/explore`` (``--explore``)                the table of runs, a page like the other
``/app/ws``                                 the visit's socket (``sockets.py``)
``/static/…``, ``/app/static/…``            the files in ``files.py``; BokehJS's compiler, maps and types are not among them
``/static/extensions/…``                    the files in ``files.py``, of Panel and panel-material-ui only
``/favicon.ico``                            an icon, which browsers ask for beside a page of one sentence
``/gallery…``                               the gallery and its pictures (``components/gallery/``, by ``install``)
``/health``, ``/metrics``                   how the server does (``monitoring.py``)
``/liveness`` (``--liveness``)              that the server answers; Panel's own would build a whole page for each question
``/login``, ``/logout`` (``--basic-auth``)  ``login_page.py``, and Panel's; the pages are behind them
plug-ins, ``--static-dirs``                 the owner's, as they are
``/app/metadata``                           not needed: 404
``/app/autoload.js``                        404: it embeds the page in another's and builds a session for each request
``/components/…``                           404: imports whatever module the address names; our components travel in the session
``/rest/…`` (``--rest-…``)                  404: the state of all visitors, for everybody
``/admin…`` (``--admin``)                   404: the log and the sessions of all visitors, for everybody
everything else                             404
==========================================  ======================================================================================
"""

from __future__ import annotations

import gc
import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

import bokeh.server.server as server
from bokeh.server.tornado import BokehTornado
from bokeh.server.util import check_allowlist, match_host
from bokeh.server.views.doc_handler import DocHandler
from bokeh.server.views.ico_handler import IcoHandler
from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from bokeh.server.views.root_handler import RootHandler
from bokeh.server.views.static_handler import StaticHandler
from bokeh.server.views.ws import WSHandler
from bokeh.settings import settings
from jinja2 import Template
from panel.auth import BasicLoginHandler
from panel.io.liveness import LivenessHandler
from panel.io.server import AuthenticatedStaticFileHandler
from panel.io.server import RootHandler as PanelRootHandler
from tornado.httpserver import HTTPServer
from tornado.routing import PathMatches
from tornado.web import RequestHandler

from components import tally
from components.server import bokeh_patches, ending, files, garbage, memory, monitoring, origins, session_limit
from components.server.bokeh_patches.fast_compression import FastGZip
from components.server.headers import SecurityHeaders
from components.server.login_page import Login
from components.server.pages import Page, PageTemplate, PlainTextHandler, Refusal
from components.server.sockets import SocketHandler
from components.server.spare import Spare
from components.server.worker import Channel, This, of_a_worker

log = logging.getLogger(__name__)

MAX_TOKEN_AGE_S = 300  # in which a page that was fetched may open its socket
MAX_PATH_CHARS = 1024
MAX_BODY_BYTES = 65_536  # of a request; the page sends none, a log-in form some
CONNECTION_LIMITS = {  # of a connection, until it has become a socket
    "idle_connection_timeout": 60,  # seconds without a request, and for the lines of one
    "body_timeout": 20,  # seconds for what follows them
    "max_header_size": 65_536,  # bytes, of which the token in a socket's request takes up to half
}
UNUSED_SESSION_MS = 15_000  # until a session without a socket ends
UNUSED_CHECK_MS = 2_000  # between two looks for such sessions
SWITCH_S = 0.001  # after which a thread that computes in Python lets another one: the page's thread waits so long after every write
LATE_WARNING = (
    "panel serve without --warm: until this first visit the server ran unprotected (see SECURITY.md); "
    "use `make serve`, or add --warm"
)


class Socket(SocketHandler):
    """The visit's socket; the session that is made for it sees the address of the page, not of the socket."""

    async def prepare(self) -> None:
        """As if the page had been asked for."""
        self.request.path = self.request.path.removesuffix("/ws")
        self.request.uri = self.request.path + (f"?{self.request.query}" if self.request.query else "")
        await super().prepare()

    def check_origin(self, origin: str) -> bool:
        """A page of this very server, as the browser has reached it, or one that the owner has named."""
        return urlparse(origin).netloc.lower() == self.request.host.lower() or super().check_origin(origin)


class Start(PlainTextHandler, PanelRootHandler):
    """The address of the server itself leads to the page, with or without a slash, whatever a proxy has cut off."""

    def get(self, *args: Any) -> None:
        """Redirect, relative to where the browser is."""
        (name, *_) = self.applications
        here = self.request.path
        way = name.lstrip("/") if here.endswith("/") else f"{here.rpartition('/')[2]}{name}"
        self.redirect(f"./{way}" + (f"?{self.request.query}" if self.request.query else ""))

    head = get


class Icon(PlainTextHandler, IcoHandler):
    """The icon that browsers ask for."""

    METHODS = "GET, OPTIONS"


class Liveness(PlainTextHandler):
    """Whether the server answers, for a program that monitors it."""

    def initialize(self, applications: Any = None) -> None:
        """Panel's argument, which is not used."""

    def get(self) -> None:
        """``{"/liveness": true}``, as Panel's."""
        self.set_header("Cache-Control", "no-store")
        self.write({self.request.path: True})

    head = get


HANDLERS: dict[type, type[RequestHandler]] = {
    DocHandler: Page,
    WSHandler: Socket,
    RootHandler: Start,
    StaticHandler: files.Files,
    MultiRootStaticHandler: files.Extensions,
    LivenessHandler: Liveness,
    IcoHandler: Icon,
    BasicLoginHandler: Login,
}


class More:
    """Pages beside the one of the visits."""

    routes: tuple[
        Callable[[str], list[tuple[str, Any]]], ...
    ] = ()  # of an address' prefix, as Tornado's router takes them


class Application(BokehTornado):
    """Bokeh's application with our handlers, our limits and our headers."""

    def __init__(self, *args: Any, **options: Any):
        defaults = {
            "transforms": [FastGZip, SecurityHeaders],
            "check_unused_sessions_milliseconds": UNUSED_CHECK_MS,
            "unused_session_lifetime_milliseconds": UNUSED_SESSION_MS,
            "session_token_expiration": MAX_TOKEN_AGE_S,
        }
        super().__init__(*args, **defaults | options)
        self.harden()

    def harden(self) -> None:
        """Whatever the options say: ids are signed, and nothing is served that is not in the table above."""
        self._secret_key = settings.secret_key_bytes() or secrets.token_bytes(32)
        self._sign_sessions, self._generate_session_ids = True, True
        self._include_headers, self._include_cookies = ["User-Agent"], []
        self._exclude_headers = self._exclude_cookies = None
        ports = [known.rpartition(":")[2] for known in self._websocket_origins if known.startswith("localhost:")]
        self._websocket_origins |= origins.IPV6_HOSTS | {
            f"{host}:{port}" for host in origins.LOCAL_HOSTS for port in ports
        }
        self._templates: dict[Any, PageTemplate] = {}
        self._spares: dict[Any, Spare] = {}
        self.settings["log_function"] = logged
        router, refused = self.wildcard_router, []
        for routes in (monitoring.routes, *More.routes):
            router.add_rules(routes(self.prefix))
        for rule in list(router.rules):
            if (handler := self._answered(rule)) is None:
                router.rules.remove(rule)
                refused.append(rule.matcher.regex.pattern.rstrip("$?/"))
            else:
                rule.target = handler
        asked = [path for path in refused if not path.endswith(("/metadata", "/autoload.js", "/components/(.*)"))]
        if asked:
            log.warning("Not served, because it would show every visitor's state to everybody: %s", ", ".join(asked))

    def _answered(self, rule: Any) -> type[RequestHandler] | None:
        """The handler of a rule, None when it is not to be answered."""
        target = rule.target
        if not (isinstance(target, type) and isinstance(rule.matcher, PathMatches)):
            return None
        context = rule.target_kwargs.get("application_context")
        if context is not None and context not in self._applications.values():  # the admin's
            return None
        for theirs, ours in HANDLERS.items():
            if issubclass(target, theirs):
                return target if issubclass(target, ours) else ours
        named_by_the_owner = not target.__module__.startswith(("bokeh.", "panel."))
        if named_by_the_owner or target is AuthenticatedStaticFileHandler or target.__module__ == "panel.auth":
            return target
        return None

    def start(self) -> None:
        """Bokeh's jobs, ours of watching and of ending; and the page's HTML is made before the first request."""
        super().start()
        end = ending.Ending(self, ending.SECONDS)
        self._loop.add_callback(end.take_signals)
        if This.worker is not None:
            channel = Channel(
                This.worker.channel, TimeLimitedServer.latest, session_limit.LIMITER.places, end.parent_gone
            )
            self._loop.add_callback(channel.run)
        self._loop.add_callback(monitoring.watch_lateness)
        memory.keep_large_apart()
        self._loop.add_callback(memory.give_back)
        garbage.set_aside_what_stays()
        self._loop.add_callback(garbage.watch)
        for context in self._applications.values():
            self._loop.add_callback(self._prepared, context)
            self._spares[context] = Spare(self, context)

    async def _prepared(self, context: Any) -> None:
        await self.template(context).filled("", "", ())
        await self._spares[context].keep()

    def spare(self, context: Any) -> Spare | None:
        """What keeps a session of an application ready, if the server was started as ours."""
        return self._spares.get(context)

    def template(self, context: Any) -> PageTemplate:
        """The HTML of an application's page."""
        if context not in self._templates:
            self._templates[context] = PageTemplate(self, context)
        return self._templates[context]

    def known(self, host: str) -> bool:
        """Whether a request may name this host, at any port: only the name can mislead a browser, and tunnels have other ports."""
        found, allowed = origins.host_of(host), settings.allowed_ws_origin() or self._websocket_origins
        if found is None:
            return False
        name = found.rpartition(":")[0]
        names = {known if known.endswith("]") else known.rpartition(":")[0] or known for known in allowed}
        return check_allowlist(found, allowed) or any(match_host(name, known) for known in names)

    def find_handler(self, request: Any, **options: Any) -> Any:
        """The handler of a request; what holds for every handler is checked here."""
        request.connection.set_max_body_size(MAX_BODY_BYTES)
        status, sentence = self._objection(request)
        if not status and self.default_router.find_handler(request) is None:
            status, sentence = 404, "404: there is nothing at this address."
        if status:
            tally.REFUSALS.add(kind="host" if status == 421 else "address")
            return self.get_handler_delegate(request, Refusal, {"status": status, "sentence": sentence})
        return super().find_handler(request, **options)

    def _objection(self, request: Any) -> tuple[int, str]:
        if request.path != self.prefix + monitoring.HEALTH and not (of_a_worker(request) or self.known(request.host)):
            name = (origins.host_of(request.host) or "lab.example.org").removesuffix(":80")
            return 421, (
                "This server was not told that it has the name by which it was asked. Whoever runs it can say so: "
                f"ORIGIN={name} make serve, or --origin {name}"
            )
        if len(request.path) > MAX_PATH_CHARS:
            return 414, f"The address is too long: a path has at most {MAX_PATH_CHARS} characters."
        if not files.READABLE.fullmatch(request.path):
            return 400, "The address is malformed."
        return 0, ""


def logged(handler: RequestHandler) -> None:
    """Log one line per request; what came from outside is quoted and cut, so that it can neither forge lines nor fill the disk."""
    request, status = handler.request, handler.get_status()
    write = log.error if status >= 500 and status != 503 else log.info  # 503: on purpose, at the end
    asked = ascii(f"{request.method} {request.path}"[:200])
    write("%d %s (%s) %.2f ms", status, asked, request.remote_ip, 1e3 * request.request_time())


class TimeLimitedServer(HTTPServer):
    """Tornado's server with limits for what it waits for; the latest is the one that a worker hands its connections to."""

    latest: TimeLimitedServer

    def initialize(self, *args: Any, **options: Any) -> None:
        """The caller's options go before the limits."""
        super().initialize(*args, **CONNECTION_LIMITS | options)
        TimeLimitedServer.latest = self


def install(document: Any = None, *routes: Callable[[str], list[tuple[str, Any]]]) -> bool:
    """Let the servers made from here on be ours, and put the patches in place; a second call changes nothing.

    A server that runs already is turned into ours.

    Parameters
    ----------
    document : Document, optional
        That of the visitor for whom the page's script runs.
    *routes : function (prefix) → list
        Of pages beside that of the visits: addresses and their handlers.

    Returns
    -------
    bool
        False for the first visitor of a server that ran already: the document becomes a page that loads itself again, because this server
        has not made its session's id.
    """
    bokeh_patches.install()
    More.routes = routes or More.routes
    if server.BokehTornado is Application:
        return True
    sys.setswitchinterval(SWITCH_S)
    server.BokehTornado, server.HTTPServer = Application, TimeLimitedServer
    running = [thing for thing in gc.get_objects() if type(thing) is BokehTornado]
    for application in running:
        application.__class__ = Application
        application.transforms = [FastGZip, SecurityHeaders]
        application.harden()
    if running and document is not None and document.session_context is not None:
        log.warning(LATE_WARNING)
        document.template = Template('<!DOCTYPE html><meta http-equiv="refresh" content="0"><title>swarmviz</title>')
        return False
    return True
