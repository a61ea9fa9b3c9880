"""A session made ahead: the page as it opens without a link, for the next visitor who comes while nobody is there.

Making a session takes the server longer than the browser takes to be ready for it. While nobody visits, also while the session of one who
has just left is kept for their return, one is made ahead and put away; the socket of the next visit that asks for nothing by its address
gets it, under the visit's own id. It is a session like every other from then on, and was one of the server's own before: it had no visitor,
no place and no token that anybody could know. A visit that comes with a link, a lesson or a phone has its own made, as without this; so has
one that comes while others are there: making the next one would hold up their pictures. A visit that is only fetched takes nothing.

What is Bokeh's own here (``ServerSession._id`` …) is asked for before it is set: a version without it makes each session when the socket
opens.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bokeh.server.session import current_time
from bokeh.util.token import get_token_payload
from panel.io.location import Location
from panel.io.state import set_curdoc, state
from panel.models.location import Location as LocationModel
from panel.util import edit_readonly
from param.parameterized import discard_events
from tornado.httputil import HTTPServerRequest

from components.server import session_limit
from components.server.pages import OPENING_ARGUMENTS, PHONE, own_session
from components.under_way import UNDER_WAY

log = logging.getLogger(__name__)

# Which the page may not write: it has to be right.
ADDRESS = ("href", "hostname", "pathname", "protocol", "port", "search")
LOOK_EVERY_S = 0.5  # whether somebody is there
QUIET_LOOKS = 4  # in a row without a socket, after which a session is made: a page that is loaded again comes before
OF_SESSION, OF_SESSION_CONTEXT = ("_id", "_token", "_last_unsubscribe_time"), ("_id", "_token", "_request")
OF_CONTEXT = ("_sessions", "_session_contexts")


class Spare:
    """At most one session of an application, for whoever comes next.

    Parameters
    ----------
    application : BokehTornado
        The server's application.
    context : ApplicationContext
        Of the page.
    """

    def __init__(self, application: Any, context: Any):
        self._application, self._context = application, context
        self._kept: tuple[Any, Any] | None = None  # a session, and what it knows of its visit

    @property
    def ready(self) -> bool:
        """Whether there is one."""
        return self._kept is not None

    async def keep(self) -> None:
        """Make one whenever there is none and nobody is there, until the server ends or a page turns out to be none of this kind."""
        quiet = 0
        while not UNDER_WAY.ending:
            await asyncio.sleep(LOOK_EVERY_S)
            quiet = quiet + 1 if self._alone() else 0
            if quiet >= QUIET_LOOKS and not self.ready and not await self._made():
                return

    def _alone(self) -> bool:
        """Whether no session of any page has a socket, nor waits to be made for one."""
        contexts = self._application.applications.values()
        connected = any(session.connection_count for context in contexts for session in context.sessions)
        return not connected and session_limit.LIMITER.open == 0

    async def _made(self) -> bool:
        """Make one and put it away; False where that cannot be."""
        context = self._context
        try:
            session = await own_session(self._application, context)
        except Exception:
            log.exception("No session is made ahead")
            return False
        here = context._session_contexts.get(session.id)
        usable = OPENING_ARGUMENTS in session.document.template_variables and all(
            hasattr(owner, name)
            for owner, names in ((session, OF_SESSION), (here, OF_SESSION_CONTEXT), (context, OF_CONTEXT))
            for name in names
        )
        if not usable:  # another page, or another Bokeh
            await context._discard_session(session, lambda session: True)
            return False
        del context._sessions[session.id], context._session_contexts[session.id]  # Bokeh ends those that nobody uses
        self._kept = session, here
        return True

    async def give(self, session_id: str, token: str, request: HTTPServerRequest) -> bool:
        """Let a visit that has its place have it, whose page asks for nothing by its address; whether it has.

        Parameters
        ----------
        session_id, token
            Of the visit: a good one, whose session was not made yet.
        request
            Of its socket.
        """
        payload = get_token_payload(token)
        phone = PHONE in str(payload.get("headers", {}).get("User-Agent", ""))
        if self._kept is None or payload.get("arguments") or phone or session_id in self._context._sessions:
            return False
        (session, here), self._kept = self._kept, None
        session._id = here._id = session_id
        session._token = here._token = token
        session._last_unsubscribe_time = current_time()  # or Bokeh may end it as one that nobody has used for long
        known = {name: payload.get(name) for name in ("arguments", "cookies", "headers")}
        here._request = type(here._request)(request, **known)
        await session.with_document_locked(_readdress, session.document, here._request)
        self._context._sessions[session_id], self._context._session_contexts[session_id] = session, here
        with set_curdoc(session.document):
            session_limit.admit(session.document)  # has its place already, and gives it back at its end
        return True


def _readdress(document: Any, request: Any) -> None:
    """Give a page the address under which its visitor has come; the lock of its document is held."""
    with set_curdoc(document):
        location, found = state.location, Location.from_request(request)
        values = {name: getattr(found, name) for name in ADDRESS}
        with discard_events(location), edit_readonly(location):
            location.param.update(values)
        for model in document.roots:
            if isinstance(model, LocationModel):
                model.update(**values)
