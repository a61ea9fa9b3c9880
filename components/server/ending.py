"""How the server ends when it is told to (SIGTERM, Ctrl-C): exports are finished, every visitor is told, and the exit code is 0.

``/health`` answers 503 from the start, and no visit, export or socket begins. What exports are under way gets ``SWARMVIZ_END_SECONDS``
seconds; what is not finished by then is named in the log. Then each socket is closed with a code of its own, for which the page has a
sentence and a link that opens the run where it stands, on the next server as well. A second signal ends the server at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from typing import Any

from components.server import limits, session_limit, visits
from components.server.worker import This
from components.under_way import UNDER_WAY

log = logging.getLogger(__name__)

SECONDS_VARIABLE = "SWARMVIZ_END_SECONDS"
END_SECONDS = 8  # Docker, the least patient of those that end servers, kills after ten
LOOK_EVERY_S = 0.1
TELLING_S = 1.5  # in which each page takes a sentence, and what was on its way to it
LATE_S = 0.3  # for what is on its way where the exports have taken all the time
CLOSING_S = 1.0  # in which browsers close their side
TOLD_TWICE_S = 1.0  # in which whoever ends a group of processes tells a worker, and the parent tells it again
WORDS = "This server is about to end. Your export is finished first; the link of the run opens it again."
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """The end of a server.

    Parameters
    ----------
    application : BokehTornado
        Whose visitors are told.
    seconds : int
        For exports that are under way.
    """

    def __init__(self, application: Any, seconds: int):
        self._application, self._seconds = application, seconds
        self._task: asyncio.Task | None = None
        self._began = 0.0

    def take_signals(self) -> None:
        """From now on the signals end the server in this way; one that whoever started the process ignores stays ignored.

        To be called while the loop runs. Where a loop takes no signals (a thread, another system) they do what they did.
        """
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, self.begin)

    def begin(self) -> None:
        """The server has been told to end; told again, it ends at once."""
        if self._task is None:
            self._began = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(self._end())
        elif This.worker is None or time.monotonic() - self._began > TOLD_TWICE_S:
            log.warning("Told again: the server ends at once")
            self._application.io_loop.stop()

    def parent_gone(self) -> None:
        """The parent of this worker has ended; one that is ending already goes on."""
        if self._task is None:
            self.begin()

    async def _end(self) -> None:
        UNDER_WAY.ending = True
        until = time.monotonic() + self._seconds
        try:
            if await self._finish_exports(until):
                await _close_all(max(until, time.monotonic() + LATE_S))
            else:
                await _close_all(time.monotonic() + TELLING_S)
        finally:
            self._application.io_loop.stop()

    async def _finish_exports(self, until: float) -> bool:
        """Wait for exports; False where there were none."""
        if not UNDER_WAY.named("export"):
            return False
        log.warning(
            "The server ends, and waits up to %d s for exports: %s", self._seconds, ", ".join(UNDER_WAY.named("export"))
        )
        await self._tell()
        while (left := UNDER_WAY.named("export")) and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY_S)
        if left:
            log.warning("Exports that were not finished within %d s: %s", self._seconds, ", ".join(left))
        return True

    async def _tell(self) -> None:
        sessions = [session for context in self._application.applications.values() for session in context.sessions]
        told = [
            asyncio.ensure_future(session.with_document_locked(limits.account_of(session.document).tell, WORDS))
            for session in sessions
            if not session.destroyed
        ]
        if told:
            await asyncio.wait(told, timeout=TELLING_S)


async def _close_all(until: float) -> None:
    """Close every socket behind what is on its way to the browser, and wait until that has arrived, within limits."""
    while (writing := sum(socket.writing for socket in visits.open_sockets())) and time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY_S)
    if writing:
        log.warning("Pages that had not taken what was on its way to them: %d", writing)
    for socket in visits.open_sockets():
        socket.close(visits.ENDING, "the server ends")
    until = time.monotonic() + CLOSING_S
    while visits.open_sockets() and time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY_S / 4)


def seconds_of(environment: Any) -> int:
    """The seconds that the environment grants exports.

    Raises
    ------
    ValueError
        When they are no whole number ≥ 1.
    """
    return session_limit.number_of(SECONDS_VARIABLE, environment.get(SECONDS_VARIABLE), END_SECONDS)


SECONDS = seconds_of(os.environ)
