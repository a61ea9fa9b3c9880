"""The socket of a visit: who may open it, and what may come through it.

Who may open it
    The bearer of a token of this server that has a signature and is not too old. A token opens one visit, once. While the visit lives, the
    same token opens its socket again, however old it is by then: that is a browser whose connection was cut. A visit has one socket: where
    another is open, it is asked for a sign of life, and the newcomer is refused unless none comes within ``PROBE`` seconds.
How long a visit lives
    ``GRACE`` seconds after its connection broke. One that was closed, as browsers do when a page is left, is not waited for.
What may come through it
    Messages of limited size (``messages.py``) that write only what the page's own parts write (``writable.py``), as many as the visit's
    account allows (``limits.py``); what exceeds it waits in the visitor's connection.
"""

from __future__ import annotations

import asyncio
import calendar
import json
import logging
import time
import traceback
import weakref
from contextlib import suppress
from typing import Any, NamedTuple

from bokeh.protocol.messages.pull_doc_reply import pull_doc_reply
from bokeh.server.session import ServerSession
from bokeh.util.token import check_token_signature, generate_jwt_token, get_session_id, get_token_payload
from panel.io.server import WSHandler
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from components.server import limits, session_limit
from components.server.bokeh_patches.watched_writes import watch_writes
from components.server.messages import Assembly, Received, Unexpected
from components.server.writable import events_of
from components.weakly import weakly

log = logging.getLogger(__name__)

GRACE = 45.0  # seconds for which a visit outlives its connection
PROBE = 3.0  # seconds in which an open socket gives a sign of life
PING_EVERY, PONG_WITHIN = 20.0, 20.0  # seconds: a connection that was cut without a word is noticed
LONGEST_TOKEN = 32_768
MOST_UNREAD = 32 * 2**20  # bytes that a browser has not taken
SIGNS_OF_LIFE = (20.0, 200.0)  # pings of a browser, of which it sends none: per second, at once

# Why a socket is closed; the page has its own words for each (assets/connection.js).
REFUSED, NO_TOKEN, GONE, TAKEN, TOO_MUCH, FULL, BROKEN = 4400, 4401, 4404, 4409, 4429, 4503, 4500
SLOWER = "Too many requests at once: they are carried out one after the other, more slowly. The connection ends when this goes on."


class Visit:
    """A session and whoever has its token."""

    def __init__(self, token: str):
        self.token = token
        self.socket: SocketHandler | None = None
        self.session: Any = None  # weak reference
        self.changing = False  # whether a newcomer waits for a sign of life of the socket
        self.held = False  # whether Bokeh is kept from ending the session
        self.leaving: Any = None  # the timer that ends the grace

    @property
    def ended(self) -> bool:
        """Whether the session was there and is no more."""
        if self.session is None:
            return False
        session = self.session()
        return session is None or session.destroyed


class Closing(NamedTuple):
    """Why a socket is closed."""

    code: int
    reason: str


_visits: weakref.WeakValueDictionary[str, Visit] = (
    weakref.WeakValueDictionary()
)  # id of the session → visit; a session holds its visit
_used: dict[str, float] = {}  # ids of sessions that were opened → when their tokens are too old


class SocketHandler(WSHandler):
    """Panel's handler of a visit's socket, of which little is left: every message is measured, read and judged here."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._assembly = Assembly()
        self._heard = time.monotonic()
        self._pings = limits.Bucket(*SIGNS_OF_LIFE)
        self._account: limits.Account | None = None
        self._visit: Visit | None = None
        self._session: ServerSession | None = None
        self._claimed: str | None = None
        self._pulled = False
        self._opened = asyncio.Event()  # set when it is known whether the visit is open

    # ---- for Tornado ---------------------------------------------------------------------------------------------------

    @property
    def max_message_size(self) -> int:
        """A longer message is not even received."""
        return limits.LARGEST

    @property
    def ping_interval(self) -> float:
        """Seconds between two pings."""
        return PING_EVERY

    @property
    def ping_timeout(self) -> float:
        """Seconds in which a ping is answered."""
        return PONG_WITHIN

    def on_ping(self, data: bytes) -> None:
        """A browser sends none; Tornado answers whoever does."""
        self._heard = time.monotonic()
        if self._pings.take(1) > 0:
            self.close(TOO_MUCH, "too many pings")

    def on_pong(self, data: bytes) -> None:
        """A sign of life."""
        self._heard = time.monotonic()

    # ---- who may open it -----------------------------------------------------------------------------------------------

    def open(self, *args: Any, **options: Any) -> None:
        """Let the bearer of a good token in."""
        if (refusal := self._refusal()) is not None:
            log.info("Socket refused: %s", refusal.reason)
            self.close(*refusal)
            return
        watch_writes(self.ws_connection, weakly(self.end), MOST_UNREAD)
        super().open(*args, **options)

    def _refusal(self) -> Closing | None:
        """Why the socket is not opened, None when it is; a token that comes back is renewed."""
        application, token = self.application, self._token
        if self.selected_subprotocol != "bokeh" or not token or len(token) > LONGEST_TOKEN:
            return Closing(NO_TOKEN, "no token")
        session_id = _session_of(token)
        visit = _visits.get(session_id) if session_id else None
        if visit is not None and visit.ended:
            return Closing(GONE, "the visit has ended")
        if visit is not None and token == visit.token:
            self._visit, payload = visit, get_token_payload(token)
            payload.pop("session_expiry", None)
            self._token = generate_jwt_token(session_id, secret_key=application.secret_key, signed=application.sign_sessions,
                                             expiration=60, extra_payload=payload)  # fmt: skip
            return None
        try:
            good = check_token_signature(token, signed=application.sign_sessions, secret_key=application.secret_key)
            expiry = float(get_token_payload(token)["session_expiry"]) if good else 0.0
        except Exception:  # a token that somebody made up may be anything
            good, expiry = False, 0.0
        now = calendar.timegm(time.gmtime())
        if not good or session_id is None:
            return Closing(NO_TOKEN, "a token without a good signature")
        if visit is not None:
            return Closing(TAKEN, "another token")
        if session_id in _used:
            return Closing(GONE, "the visit has ended")
        if expiry <= now:
            return Closing(NO_TOKEN, "a token that is too old")
        for other in [key for key, until in _used.items() if until <= now]:
            del _used[other]
        _used[session_id] = expiry
        self._visit = _visits[session_id] = Visit(token)
        return None

    async def _async_open(self, token: str) -> None:
        """Join the session of the token, which is made where it has none."""
        session_id, visit = get_session_id(token), self._visit
        if visit is None or not await self._first(visit):
            self.close(TAKEN, "the visit is open elsewhere")
            return
        if not session_limit.claim(session_id, str(self.request.remote_ip)):
            self.close(FULL, "all places are taken")
            return
        self._claimed, visit.socket = session_id, self
        try:
            await super()._async_open(token)
        except Exception as error:
            _log(error, "a visit could not be opened")
            self.close(BROKEN, "the visit could not be opened")
            self._leave()
            return
        if self.connection is None or self._closing():
            self._leave()
            return
        self._begin(self.connection.session, visit)

    def _begin(self, session: ServerSession, visit: Visit) -> None:
        session._swarmviz_visit = visit  # type: ignore[attr-defined]  # as long as it lives, and no longer
        visit.session, self._session = weakref.ref(session), session
        self._account = limits.account_of(session.document)
        with suppress(WebSocketClosedError, StreamClosedError):
            self.set_nodelay(True)  # Nagle's algorithm costs up to 40 ms a picture
        if visit.leaving is not None:
            self.application.io_loop.remove_timeout(visit.leaving)
            visit.leaving = None
        if not visit.held:
            visit.held = True
            session.block_expiration()
        self.application.io_loop.add_callback(session.with_document_locked, self._account.connected, True)
        self._opened.set()

    async def _first(self, visit: Visit) -> bool:
        """Whether this socket may be the visit's: another is not open, or gives no sign of life."""
        other = visit.socket
        if other is None or other._closing():
            if other is not None:
                other._leave()
            return True
        if visit.changing:
            return False
        visit.changing, asked = True, time.monotonic()
        try:
            with suppress(WebSocketClosedError):
                other.ping(b"")
            while time.monotonic() - asked < PROBE and not other._closing() and not self._closing():
                if other._heard > asked:
                    return False
                await asyncio.sleep(0.05)
        finally:
            visit.changing = False
        other.end()
        return True

    def _closing(self) -> bool:
        return self.ws_connection is None or self.ws_connection.is_closing()

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection; a message that waits for the visit is not held back any longer."""
        self._opened.set()
        super().close(code, reason)

    def end(self) -> None:
        """Close a connection that is dead, at once."""
        connection = self.ws_connection
        self._leave()
        if connection is not None:
            connection._abort()

    def on_close(self) -> None:
        """The connection is closed, or broken."""
        log.info("Socket closed: %s", self.close_code)
        self._leave()

    def _leave(self) -> None:
        """Let go of the session; a second call does nothing."""
        self._opened.set()
        if self._claimed is not None:
            session_limit.release(self._claimed)
            self._claimed = None
        visit, loop = self._visit, self.application.io_loop
        if self.connection is not None:
            self.application.client_lost(self.connection)
        if visit is None or visit.socket is not self:
            return
        visit.socket, session, self._session = None, self._session, None
        if session is None or session.destroyed:
            return
        loop.add_callback(session.with_document_locked, limits.account_of(session.document).connected, False)
        if visit.held:
            wait = 0.0 if self.close_code in (1000, 1001) else GRACE
            visit.leaving = loop.call_later(wait, _let_go, session, visit)

    # ---- what may come through it --------------------------------------------------------------------------------------

    async def on_message(self, fragment: str | bytes) -> None:
        """Measure, read and judge a part of a message, and carry out a whole one."""
        self._heard = time.monotonic()
        await (
            self._opened.wait()
        )  # a quick browser answers the greeting before all is ready; nothing more is read meanwhile
        account, connection = self._account, self.connection
        if self._closing():
            return
        if account is None or connection is None:
            self.close(REFUSED, "a message to a visit that is not open")
            return
        try:
            message = self._assembly.add(fragment)
        except Unexpected as unexpected:  # nothing that follows could be understood
            log.warning("Socket closed: it sent %s", unexpected)
            self.close(REFUSED, f"{unexpected}")
            return
        if message is None:
            return
        account.received(message.size)
        if not await self._patient(account):
            return
        try:
            await self._carry_out(message, account)
        except Unexpected as unexpected:
            log.warning("Refused: %s", unexpected)
            if account.violated():
                self.close(REFUSED, f"{unexpected}")
        except (WebSocketClosedError, StreamClosedError):  # on_close is called anyway
            pass
        except Exception as error:
            _log(error, f"a {message.kind} could not be carried out")

    async def _patient(self, account: limits.Account) -> bool:
        """Wait until the visit may go on; False when the socket has been closed meanwhile."""
        if account.pause() == 0:
            account.rest()
        while (pause := account.pause()) > 0 or account.backlog() > limits.BACKLOG:
            early = account.early_for() if pause > 0 else 0.0
            if early > limits.CLOSED_AFTER:
                log.warning("Socket closed: too many requests")
                self.close(TOO_MUCH, "too many requests")
                return False
            if early > limits.TOLD_AFTER and not account.told and self._session is not None:
                account.told = True
                await self._session.with_document_locked(account.tell, SLOWER)
            await asyncio.sleep(min(max(pause, 0.01), 0.25))
            if self._closing():
                return False
        return True

    async def _carry_out(self, message: Received, account: limits.Account) -> None:
        connection = self.connection
        if connection is None or connection._session is None:
            return
        session = connection.session
        if message.kind == "PATCH-DOC":
            await session.with_document_locked(self._patch, session, message, account)
        elif message.kind == "SERVER-INFO-REQ":
            await self.send_message(connection.protocol.create("SERVER-INFO-REPLY", message.id))
        elif self._pulled:
            raise Unexpected("a second request for the document")
        else:
            self._pulled = True
            await self.send_message(await session.with_document_locked(self._pull, session, message, account))

    def _patch(self, session: ServerSession, message: Received, account: limits.Account) -> None:
        """Write what may be written; Bokeh's receipt, which BokehJS ignores, is left out."""
        connection = self.connection
        if connection is None:
            return
        events = events_of(message.content, session.document)
        if not events:
            return
        patch = connection.protocol.assemble(
            json.dumps({"msgid": message.id, "msgtype": message.kind}), "{}", json.dumps({"events": events})
        )
        session._current_patch_connection = connection
        try:
            with account.charged():
                patch.apply_to_document(session.document, session)
        finally:
            session._current_patch_connection = None

    def _pull(self, session: ServerSession, message: Received, account: limits.Account) -> Any:
        """The document, with its arrays inside: BokehJS forgets those beside it when it comes back."""
        with account.charged():
            header = pull_doc_reply.create_header(request_id=message.id)
            return pull_doc_reply(header, {}, {"doc": session.document.to_json(deferred=False)})

    async def send_message(self, message: Any) -> None:
        """Send a message; to a visitor who has left, none."""
        if self._closing():
            return
        with suppress(WebSocketClosedError, StreamClosedError):  # on_close is called anyway
            await message.send(self)


def _session_of(token: str) -> str | None:
    """The id of the session in a token that anybody may have made up."""
    try:
        found = get_session_id(token)
    except Exception:
        return None
    return found if isinstance(found, str) and 0 < len(found) <= 256 else None


def _let_go(session: ServerSession, visit: Visit) -> None:
    """Nobody came back: Bokeh may end the session."""
    visit.leaving, visit.held = None, False
    if not session.destroyed:
        session.unblock_expiration()
        session.request_expiration()


def _log(error: Exception, what: str) -> None:
    """An error of ours with the place where it happened, without the content of the message that led to it."""
    log.error("%s: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
