"""The parent of several workers (``--workers``): it accepts at one port and hands each connection to the worker whose it is.

A page's socket goes to the worker that made the page's session, which the token says; a page is fetched from each worker in turn, unless
one has markedly more visitors; everything else from any. The parent looks at the head of the request without taking it (``MSG_PEEK``), and
passes the connection's descriptor on. A worker that dies is named in the log and started again; its visitors' pages say that the server
does not know them any more, with a link that opens the run. Told to end, the parent tells each worker, and hands over until all have ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

from tornado.netutil import bind_sockets

from components.server.visits import MAX_TOKEN_CHARS, session_of
from components.server.worker import REPORT, Worker, owner

log = logging.getLogger(__name__)

MAX_HEAD_BYTES = 65_536  # as the workers' own limit (application.CONNECTION_LIMITS)
HEAD_S = 10.0  # in which a head is whole; then a worker deals with it
LOOK_EVERY_S = 0.05  # at a head that has come in part
MAX_WAITING = 1024  # connections whose heads are waited for
ACCEPT_AGAIN_S = 0.2  # after the process had no descriptor left
MORE_VISITORS = 2  # than the worker with the fewest: a worker with as many still gets the next page
PAUSE_S, MAX_PAUSE_S, LONG_LIFE_S = (
    1.0,
    60.0,
    60.0,
)  # before a worker is started again: doubled if it lived shorter than that
TOKEN = re.compile(rb"^sec-websocket-protocol:[^,\r\n]*,[ \t]*([^\s,]+)", re.IGNORECASE | re.MULTILINE)
PAGE = re.compile(rb"(?:GET|HEAD) [^ ?]*/app(?:\?[^ ]*)? ")


class Process:
    """One worker as the parent sees it.

    Attributes
    ----------
    number : int
        From 0.
    ready : bool
        Whether it takes connections.
    taken, places : int
        Visitors, and how many it takes.
    """

    def __init__(self, number: int):
        self.number, self.ready, self.taken, self.places = number, False, 0, 0
        self.process: asyncio.subprocess.Process | None = None
        self._channel: socket.socket | None = None

    async def live(self, words: Callable[[Worker], Sequence[str]], of: int, folder: str, reported: Callable) -> int:
        """Start it and wait until it has ended; its exit code."""
        self._channel, other = socket.socketpair()
        self._channel.setblocking(False)
        try:
            with other:
                command = words(Worker(self.number, of, other.fileno(), folder))
                # a group of its own: Ctrl-C reaches the parent, which tells each worker once
                self.process = await asyncio.create_subprocess_exec(
                    *command, pass_fds=(other.fileno(),), start_new_session=True
                )
            listening = asyncio.create_task(self._listen(self._channel, reported))
            code = await self.process.wait()
            listening.cancel()
            return code
        finally:
            self.ready, self.taken = False, 0
            self._channel.close()

    async def _listen(self, channel: socket.socket, reported: Callable) -> None:
        loop, said = asyncio.get_running_loop(), b""
        while more := await loop.sock_recv(channel, 4096):
            said += more
            for at in range(0, len(said) - REPORT.size + 1, REPORT.size):
                self.taken, self.places = REPORT.unpack_from(said, at)
            said = said[len(said) - len(said) % REPORT.size :]
            if not self.ready and self.places:
                self.ready = True
                reported(self)
        self.ready = False

    def hand(self, connection: socket.socket) -> None:
        """Give it a connection.

        Raises
        ------
        OSError
            When it has ended, or has not taken those of before.
        """
        if self._channel is not None:
            socket.send_fds(self._channel, [b"\n"], [connection.fileno()])

    def tell_to_end(self) -> None:
        """SIGTERM."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()


class Parent:
    """All workers, and the port that they share.

    Parameters
    ----------
    of : int
        How many workers.
    address, port : str, int
        Where to listen.
    words : function (Worker) → sequence of str
        The command line that starts a worker.
    running : str
        What is said when the first worker is ready.
    """

    def __init__(self, of: int, address: str, port: int, words: Callable[[Worker], Sequence[str]], running: str):
        self._address, self._port, self._words, self._running = address, port, words, running
        self._workers = [Process(number) for number in range(of)]
        self._listening: list[socket.socket] = []
        self._waiting: set[asyncio.Task] = set()
        self._turn, self._end, self._failed = 0, asyncio.Event(), 0

    async def run(self) -> int:
        """Serve until told to end; the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._tell_to_end)
        with tempfile.TemporaryDirectory(prefix="swarmviz-") as folder:  # its owner's alone
            try:
                codes = await asyncio.gather(*(self._keep(worker, folder) for worker in self._workers))
            finally:
                for listener in self._listening:
                    loop.remove_reader(listener)
                    listener.close()
        return self._failed or next(filter(None, codes), 0)

    def _tell_to_end(self) -> None:
        self._end.set()
        for worker in self._workers:
            worker.tell_to_end()

    async def _keep(self, worker: Process, folder: str) -> int:
        of, pause = len(self._workers), PAUSE_S
        while not self._end.is_set():
            began = time.monotonic()
            code = await worker.live(self._words, of, folder, self._reported)
            if self._end.is_set():
                return code
            if not self._listening:  # none has ever been ready: it would fail again
                self._failed = code or 1
                self._tell_to_end()
                return code
            pause = PAUSE_S if time.monotonic() - began > LONG_LIFE_S else pause
            log.error(
                "Worker %d of %d (process %s) has ended by itself, %s; it is started again in %.0f s",
                worker.number + 1,
                of,
                worker.process and worker.process.pid,
                ending_of(code),
                pause,
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), pause)
            pause = min(2 * pause, MAX_PAUSE_S)
        return 0

    def _reported(self, worker: Process) -> None:
        log.info(
            "Worker %d of %d is ready (process %s)",
            worker.number + 1,
            len(self._workers),
            worker.process and worker.process.pid,
        )
        if self._listening or self._end.is_set():
            return
        try:
            self._listening = bind_sockets(self._port, self._address)
        except OSError as error:
            log.error("--address %s --port %d: cannot be had any more (%s)", self._address, self._port, error.strerror)
            self._failed = 1
            self._tell_to_end()
            return
        for listener in self._listening:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)
        log.info("%s", self._running)

    # ---- connections ---------------------------------------------------------------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            log.error("A connection could not be accepted: %s", error.strerror)
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener)
            loop.call_later(ACCEPT_AGAIN_S, self._accept_again, listener)
            return
        if len(self._waiting) >= MAX_WAITING:
            connection.close()
            return
        connection.setblocking(False)
        task = asyncio.create_task(self._hand_over(connection))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _accept_again(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    async def _hand_over(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = await head_of(connection)
            worker = self._chosen(head) if head else None
            if worker is not None:
                worker.hand(connection)

    def _chosen(self, head: bytes) -> Process | None:
        """The worker for a request; None when none is ready."""
        ready = [worker for worker in self._workers if worker.ready]
        if not ready:
            return None
        token = TOKEN.search(head)
        if token is not None and len(token[1]) <= MAX_TOKEN_CHARS:
            session = session_of(token[1].decode("latin-1"))
            its = self._workers[owner(session, len(self._workers))] if session is not None else ready[0]
            return its if its.ready else random.choice(ready)  # which refuses it, so that the page says what happened
        if not PAGE.match(head):
            return random.choice(ready)
        with_room = [worker for worker in ready if worker.taken < worker.places] or ready
        fewest = min(worker.taken for worker in with_room)
        able = [worker for worker in with_room if worker.taken <= fewest + MORE_VISITORS]
        self._turn += 1
        return able[self._turn % len(able)]


async def head_of(connection: socket.socket) -> bytes:
    """The head of a request, which stays to be read; what there is of it after ``HEAD_S`` seconds; nothing if it is closed before."""
    loop, until, head = asyncio.get_running_loop(), time.monotonic() + HEAD_S, b""
    while (left := until - time.monotonic()) > 0:
        try:
            seen = connection.recv(MAX_HEAD_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            readable = asyncio.Event()
            loop.add_reader(connection, readable.set)
            try:
                await asyncio.wait_for(readable.wait(), left)
            except TimeoutError:
                break
            finally:
                loop.remove_reader(connection)
            continue
        if not seen or b"\r\n\r\n" in seen or len(seen) >= MAX_HEAD_BYTES:
            return seen
        head = seen
        await asyncio.sleep(LOOK_EVERY_S)  # what has come is still there: to wait for "readable" would not wait
    return head


def ending_of(code: int) -> str:
    """How a process has ended, in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


def serve(of: int, address: str, port: int, words: Callable[[Worker], Sequence[str]], running: str) -> int:
    """Serve with so many workers until told to end; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)

    async def parent() -> int:
        return await Parent(of, address, port, words, running).run()

    return asyncio.run(parent())
