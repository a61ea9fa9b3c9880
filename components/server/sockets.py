"""The socket of a visit: it is opened once the visit is admitted, and everything that comes through it is measured, read and judged here.

Who may open it
    The bearer of a good token (``visits.py``), if there is a place (``session_limit.py``). A visit has one socket: where another is open,
    it is asked for a sign of life, and the newcomer is refused unless none comes within ``PROBE_S`` seconds.
How long a visit lives
    ``GRACE_S`` seconds after its connection broke. One that was closed, as browsers do when a page is left, is not waited for.
What may come through it
    Messages of limited size (``messages.py``) that write only what the page's own parts write (``writable.py``), as many as the visit's
    account allows (``limits.py``); what exceeds it waits in the visitor's connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import traceback
import weakref
from contextlib import suppress
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

from bokeh.protocol.messages.pull_doc_reply import pull_doc_reply
from bokeh.server.session import ServerSession
from bokeh.util.token import get_session_id
from panel.io.server import WSHandler
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketProtocol, WebSocketProtocol13

from components import tally
from components.server import limits, session_limit
from components.server.arrivals import ARRIVALS
from components.server.bokeh_patches.gathered_writes import gather_writes
from components.server.bokeh_patches.watched_writes import watch_writes
from components.server.messages import Assembly, Received, Unexpected
from components.server.visits import (
    BROKEN,
    ENDING,
    FULL,
    GONE,
    GRACE_S,
    NO_TOKEN,
    REFUSED,
    TAKEN,
    TOO_MUCH,
    Admission,
    Closing,
    Visit,
    admission,
)
from components.server.writable import acknowledges, events_of
from components.under_way import UNDER_WAY
from components.weakly import weakly

__all__ = ["GONE", "GRACE_S", "NO_TOKEN", "REFUSED", "TAKEN", "TOO_MUCH", "SocketHandler"]

log = logging.getLogger(__name__)

PROBE_S = 3.0  # in which an open socket gives a sign of life
PROBE_STEP_S = 0.05  # between two looks at it
PING_INTERVAL_S, PONG_TIMEOUT_S = 20.0, 20.0  # a connection that was cut without a word is noticed
PONG_LOOK_S = 1.0  # between two looks for the answer
MAX_UNREAD_BYTES = 32 * 2**20  # that a browser has not taken
PINGS = limits.Allowance(20.0, 200.0)  # of a browser, which sends none
MIN_PAUSE_S, MAX_PAUSE_S = 0.01, 0.25  # between two looks whether a visit may go on
LEFT = (1000, 1001)  # codes of a socket that the browser has closed because the page was left
COUNTED = {
    REFUSED: "protocol",
    NO_TOKEN: "token",
    GONE: "gone",
    TAKEN: "taken",
    TOO_MUCH: "flood",
    FULL: "full",
}  # of tally.REFUSALS

SLOWER_WARNING = "Too many requests at once: they are carried out one after the other, more slowly. The connection ends when this goes on."


class PatientProtocol(WebSocketProtocol13):
    """Tornado's, whose pings count no time in which the answer could not be read.

    This thread may be held up; and nothing is read while a message is dealt with, which may have to wait for its visit's turn. What was
    sent before the answer, and is read after the ping, is a sign of life as well.
    """

    async def periodic_ping(self) -> None:
        """Ping now and then, and close once no answer comes."""
        looks = int(PONG_TIMEOUT_S / PONG_LOOK_S)
        handler: Any = self.handler
        while True:
            await asyncio.sleep(PING_INTERVAL_S)
            self._received_pong, asked, left = False, time.monotonic(), looks
            self.write_ping(b"")
            # however late this thread comes back from one look, what has come meanwhile is read before the last
            while left and not (self._received_pong or handler.heard > asked):
                await asyncio.sleep(PONG_LOOK_S)
                left -= not handler.dealing
            if not (self._received_pong or handler.heard > asked):
                self.close(reason="ping timed out")
                return


class SocketHandler(WSHandler):
    """Panel's handler of a visit's socket, with a reading of its own: every message is measured and judged before Bokeh gets it.

    Attributes
    ----------
    heard : float
        When something was read last.
    dealing : bool
        Whether a part of a message is dealt with, until when nothing more is read.
    """

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._assembly = Assembly()
        self.heard, self.dealing = time.monotonic(), False
        self._pings = limits.Bucket(PINGS)
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
        return limits.MAX_MESSAGE_BYTES

    @property
    def ping_interval(self) -> float:
        """Seconds between two pings."""
        return PING_INTERVAL_S

    @property
    def ping_timeout(self) -> float:
        """Seconds in which a ping is answered."""
        return PONG_TIMEOUT_S

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Tornado's, with our pings where this version pings as the one that they stand in for."""
        found = super().get_websocket_protocol()
        pings_so = isinstance(found, WebSocketProtocol13) and hasattr(found, "_received_pong")
        return (
            PatientProtocol(self, False, found.params)
            if pings_so and iscoroutinefunction(found.periodic_ping)
            else found
        )

    def on_ping(self, data: bytes) -> None:
        """A browser sends none; Tornado answers those of other programs."""
        self.heard = time.monotonic()
        if self._pings.take(1) > 0:
            self.close(TOO_MUCH, "too many pings")

    def on_pong(self, data: bytes) -> None:
        """A sign of life."""
        self.heard = time.monotonic()

    # ---- who may open it -----------------------------------------------------------------------------------------------

    def open(self, *args: Any, **options: Any) -> None:
        """Let the bearer of a good token in."""
        if UNDER_WAY.ending:
            tally.REFUSALS.add(kind="ending")
            found: Admission | Closing = Closing(ENDING, "the server ends")
        elif self.selected_subprotocol != "bokeh":
            found = Closing(NO_TOKEN, "no token")
        else:
            found = admission(self._token, self.application)
        if isinstance(found, Closing):
            log.info("Socket refused: %s", found.reason)
            self.close(*found)
            return
        self._visit, self._token = found
        gather_writes(self.ws_connection)
        watch_writes(self.ws_connection, weakly(self.end), MAX_UNREAD_BYTES)
        super().open(*args, **options)

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
            if visit.session is not None:  # it comes back to its session
                await super()._async_open(token)
            else:
                async with ARRIVALS.turn(session_limit.network_of(str(self.request.remote_ip))):
                    await self._make(session_id, token)
        except Exception as error:
            _log(error, "a visit could not be opened")
            self.close(BROKEN, "the visit could not be opened")
            self._leave()
            return
        if self.connection is None or self._closing():
            self._leave()
            return
        self._begin(self.connection.session, visit)

    async def _make(self, session_id: Any, token: str) -> None:
        """Make the session, or take the one that was made ahead; nothing for a visitor who has left while they waited for their turn."""
        if self._closing():
            return
        if (spare := self.application.spare(self.application_context)) is not None:
            await spare.give(session_id, token, self.request)
        await super()._async_open(token)

    def _begin(self, session: ServerSession, visit: Visit) -> None:
        session._swarmviz_visit = visit  # type: ignore[attr-defined]  # as long as it lives, and no longer
        visit.session, self._session = weakref.ref(session), session
        self._account = limits.account_of(session.document)
        with suppress(WebSocketClosedError, StreamClosedError):
            self.set_nodelay(True)  # Nagle's algorithm costs up to 40 ms a picture
        visit.hold(session, self.application.io_loop)
        self.application.io_loop.add_callback(session.with_document_locked, self._account.connected, True)
        self._opened.set()

    async def _first(self, visit: Visit) -> bool:
        """Whether this socket may be the visit's: another is not open, or gives no sign of life."""
        other = visit.socket
        if other is None or other._closing():
            if other is not None:
                other._leave()
            return True
        if visit.challenged:
            return False
        visit.challenged, asked = True, time.monotonic()
        try:
            with suppress(WebSocketClosedError):
                other.ping(b"")
            while time.monotonic() - asked < PROBE_S and not other._closing() and not self._closing():
                if other.heard > asked:
                    return False
                await asyncio.sleep(PROBE_STEP_S)
        finally:
            visit.challenged = False
        other.end()
        return True

    def _closing(self) -> bool:
        return self.ws_connection is None or self.ws_connection.is_closing()

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection; a message that waits for the visit is not held back any longer."""
        if code in COUNTED and not self._closing():
            tally.REFUSALS.add(kind=COUNTED[code])
        self._opened.set()
        super().close(code, reason)

    @property
    def writing(self) -> bool:
        """Whether something is on its way that the browser has not taken."""
        return not self._closing() and self.ws_connection.stream.writing()

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
        """Let go of the session and of the place; a second call does nothing."""
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
        visit.leave(session, loop, wait_s=0.0 if self.close_code in LEFT else GRACE_S)

    # ---- what may come through it --------------------------------------------------------------------------------------

    async def on_message(self, fragment: str | bytes) -> None:
        """Measure, read and judge a part of a message, and carry out a whole one."""
        self.heard, self.dealing = time.monotonic(), True
        try:
            await self._deal_with(fragment)
        finally:
            self.dealing = False

    async def _deal_with(self, fragment: str | bytes) -> None:
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
            self.close(REFUSED, str(unexpected))
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
            tally.REFUSALS.add(kind="message")
            if account.violated():
                self.close(REFUSED, str(unexpected))
        except (WebSocketClosedError, StreamClosedError):  # on_close is called anyway
            pass
        except Exception as error:
            _log(error, f"a {message.kind} could not be carried out")

    async def _patient(self, account: limits.Account) -> bool:
        """Wait until the visit may go on; False when the socket has been closed meanwhile."""
        if account.pause() == 0:
            account.rest()
        while (pause := account.pause()) > 0 or account.backlog() > limits.MAX_BACKLOG_COMMANDS:
            early = account.early_for() if pause > 0 else 0.0
            if early > limits.CLOSE_AFTER_S:
                log.warning("Socket closed: too many requests")
                self.close(TOO_MUCH, "too many requests")
                return False
            if early > limits.WARN_AFTER_S and not account.warned and self._session is not None:
                account.warned = True
                await self._session.with_document_locked(account.tell, SLOWER_WARNING)
            await asyncio.sleep(min(max(pause, MIN_PAUSE_S), MAX_PAUSE_S))
            if self._closing():
                return False
        return True

    async def _carry_out(self, message: Received, account: limits.Account) -> None:
        connection = self.connection
        if connection is None or connection._session is None:
            return
        session = connection.session
        if message.kind == "PATCH-DOC":
            patch = partial(self._patch, session, message, account)
            patch.picture = acknowledges(message.content)  # type: ignore[attr-defined]  # for taken_turns.py: brings the next picture out
            await session.with_document_locked(patch)
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


def _log(error: Exception, what: str) -> None:
    """An error of ours with the place where it happened, without the content of the message that led to it."""
    log.error("%s: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
