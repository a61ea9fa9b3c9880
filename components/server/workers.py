"""The parent of several workers (``--workers``): it accepts at one port and hands each connection to the worker whose it is.

A page's socket goes to the worker that made the page's session, which the token says; a page is fetched from each worker in turn, unless
one has markedly more visitors; the form of the log-in goes to the first, which counts wrong passwords; everything else goes to any. The
parent looks at the head of the request without taking it (``MSG_PEEK``), and passes the connection's descriptor on. A worker that dies is
named in the log and started again; its visitors' pages say that the server does not know them any more, with a link that opens the run.
Told to end, the parent tells each worker, and hands over until all have ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
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
# at a head that has come in part: the longer, the longer nothing has been added to it
LOOK_EVERY_S, MAX_LOOK_EVERY_S = 0.05, 1.0
MAX_WAITING = 1024  # connections whose heads are waited for
ACCEPT_AGAIN_S = 0.2  # after the process had no descriptor left
HAND_AGAIN_S, HANDED_S = 0.02, 10.0  # where a worker takes no more connections just now, and until when it is tried
SILENT_S = 30.0  # without a report, after which a worker gets no more connections …
HUNG_S = 120.0  # … and after which it is killed
KILL_S = 2.0  # after a second signal, for workers that do not end
MORE_VISITORS = 2  # than the worker with the fewest: a worker with as many still gets the next page
PAUSE_S, MAX_PAUSE_S = 1.0, 60.0  # before a worker is started again: doubled …
LONG_LIFE_S = 60.0  # … if it lived shorter than that
BUSY = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ETOOMANYREFS}  # a worker has not taken the connections of before
HEAD_ENDS = (b"\r\n\r\n", b"\n\n")  # as Tornado takes them
TOKEN = re.compile(rb"^sec-websocket-protocol:[^,\r\n]*,[ \t]*([^\s,]+)", re.IGNORECASE | re.MULTILINE)
FORM = re.compile(
    rb"\s*POST (?![^ ?]*/gallery/)"
)  # of the log-in: what one worker counts is not to be had again from another
PAGE = re.compile(rb"(?:GET|HEAD) [^ ?]*/(?:app|explore)(?:\?[^ ]*)? ")


class Process:
    """One worker as the parent sees it.

    Attributes
    ----------
    number : int
        From 0.
    begun : bool
        Whether it has ever reported since it was started.
    heard : float
        When it reported last.
    taken, places : int
        Visitors, and how many it takes.
    """

    def __init__(self, number: int):
        self.number, self.begun, self.heard, self.taken, self.places = number, False, 0.0, 0, 0
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
            self.begun, self.taken = False, 0
            self._channel.close()

    @property
    def ready(self) -> bool:
        """Whether it takes connections: one that hangs does not report."""
        return self.begun and time.monotonic() - self.heard < SILENT_S

    async def _listen(self, channel: socket.socket, reported: Callable) -> None:
        with contextlib.suppress(OSError):  # it has died with connections that it had not taken
            await self._take_reports(channel, reported)
        self.begun = False

    async def _take_reports(self, channel: socket.socket, reported: Callable) -> None:
        loop, said = asyncio.get_running_loop(), b""
        while more := await loop.sock_recv(channel, 4096):
            said += more
            self.heard = time.monotonic()
            for at in range(0, len(said) - REPORT.size + 1, REPORT.size):
                self.taken, self.places = REPORT.unpack_from(said, at)
            said = said[len(said) - len(said) % REPORT.size :]
            if not self.begun and self.places:
                self.begun = True
                reported(self)

    def hand(self, connection: socket.socket) -> None:
        """Give it a connection.

        Raises
        ------
        OSError
            When it has ended, or has not taken those of before.
        """
        if self._channel is not None:
            socket.send_fds(self._channel, [b"\n"], [connection.fileno()])

    def tell_to_end(self, number: int = signal.SIGTERM) -> None:
        """A signal."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill_if_hung(self) -> None:
        """End it where it has not reported for long; then it is started again."""
        if self.begun and time.monotonic() - self.heard > HUNG_S:
            log.error("Worker %d has not reported for %.0f s: it is killed", self.number + 1, HUNG_S)
            self.tell_to_end(signal.SIGKILL)


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
        self._waiting: dict[asyncio.Task, None] = {}  # the oldest first
        self._turn, self._end, self._failed = 0, asyncio.Event(), 0

    async def run(self) -> int:
        """Serve until told to end; the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._tell_to_end)
        with tempfile.TemporaryDirectory(prefix="swarmviz-") as folder:  # its owner's alone
            watching = asyncio.create_task(self._watch())
            try:
                codes = await asyncio.gather(*(self._keep(worker, folder) for worker in self._workers))
            finally:
                watching.cancel()
                for listener in self._listening:
                    loop.remove_reader(listener)
                    listener.close()
        return self._failed or next(filter(None, codes), 0)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(SILENT_S / 10)
            for worker in self._workers:
                worker.kill_if_hung()

    def _tell_to_end(self) -> None:
        """SIGTERM to every worker; told again, what does not end by itself is killed."""
        if self._end.is_set():
            asyncio.get_running_loop().call_later(KILL_S, self._signal, signal.SIGKILL)
        self._end.set()
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        for worker in self._workers:
            worker.tell_to_end(number)

    async def _keep(self, worker: Process, folder: str) -> int:
        of, pause = len(self._workers), PAUSE_S
        while not self._end.is_set():
            began = time.monotonic()
            try:
                code = await worker.live(self._words, of, folder, self._reported)
            except OSError as error:  # no process or descriptor to be had just now
                log.error("Worker %d of %d cannot be started: %s", worker.number + 1, of, error.strerror)
                code = 1
            if self._end.is_set():
                # one that was about to be started has no visitors to tell
                return 0 if code == -signal.SIGTERM else code
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
        if len(self._waiting) >= MAX_WAITING:  # the slowest goes, and not who has just come
            next(iter(self._waiting)).cancel()
        connection.setblocking(False)
        task = asyncio.create_task(self._hand_over(connection))
        self._waiting[task] = None
        task.add_done_callback(lambda task: self._waiting.pop(task, None))

    def _accept_again(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    async def _hand_over(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = await head_of(connection)
            until = time.monotonic() + HANDED_S
            while (worker := self._chosen(head) if head else None) is not None:
                try:
                    worker.hand(connection)
                    return
                except OSError as error:
                    if error.errno not in BUSY or time.monotonic() > until:
                        log.error("Worker %d takes no connection: %s", worker.number + 1, error.strerror)
                        return
                await asyncio.sleep(HAND_AGAIN_S)

    def _chosen(self, head: bytes) -> Process | None:
        """The worker for a request; None when none is ready."""
        ready = [worker for worker in self._workers if worker.ready]
        if not ready:
            return None
        if FORM.match(head):  # before a token is looked for, which would choose another
            return ready[0]
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
    loop, until, head, pause = asyncio.get_running_loop(), time.monotonic() + HEAD_S, b"", LOOK_EVERY_S
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
        if not seen or any(end in seen for end in HEAD_ENDS) or len(seen) >= MAX_HEAD_BYTES:
            return seen
        pause = LOOK_EVERY_S if len(seen) > len(head) else min(2 * pause, MAX_LOOK_EVERY_S)
        head = seen
        await asyncio.sleep(pause)  # what has come is still there: to wait for "readable" would not wait
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
