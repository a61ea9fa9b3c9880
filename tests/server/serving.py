"""What the tests over real sockets share: a server as a person starts it, and requests down to the byte."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
START = 180  # seconds for a server that has to compile its kernels first
LAUNCH = ["components.server.launch"]


class Answer(NamedTuple):
    """What came back: the status (0 for a connection that was closed without a word), the headers in small letters, the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def cookies(self) -> dict[str, str]:
        """Name → what a browser sends back, of the cookies that are set; not of those that are taken away."""
        lines = self.headers.get("set-cookie", "").split("\n")
        pairs = (line.partition(";")[0] for line in lines)
        return {pair.partition("=")[0]: pair for pair in pairs if pair.partition("=")[2].strip('"')}


class Server:
    """A running server; ``prefix`` stands before its paths."""

    def __init__(self, port: int, prefix: str, process: subprocess.Popen, log: Path):
        self.port, self.prefix, self.process, self.log = port, prefix, process, log

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def said(self) -> str:
        """The console."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ask(self, path: str, method: str = "GET", host: str | None = None, headers: tuple[str, ...] = ()) -> Answer:
        """One request, with the path exactly as it is given."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}", "Connection: close", *headers, "", ""]
        return self.raw("\r\n".join(lines).encode("latin-1"))

    def raw(self, request: bytes) -> Answer:
        """Send bytes, read until the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as wire:
            with contextlib.suppress(ConnectionError):  # it may have had enough already
                wire.sendall(request)
            return read(wire)

    def knows(self) -> dict[str, Any]:
        """What the plug-in ``server_probe`` tells."""
        return json.loads(self.ask(f"{self.prefix}/known").body)

    def page(self, more: str = "") -> Answer:
        return self.ask(f"{self.prefix}/app{more}")

    def token(self) -> str:
        """The token of a page that is fetched now."""
        return re.search(r'"token":"([^"]+)"', self.page().text)[1]

    def opened(
        self, token: str, headers: tuple[str, ...] = (), host: str | None = None, page: str = "app"
    ) -> tuple[socket.socket, Answer]:
        """A socket of a page with that token, and how the server answered; ``leave`` it, as a browser does."""
        wire = socket.create_connection(("127.0.0.1", self.port), 60)
        lines = [f"GET {self.prefix}/{page}/ws HTTP/1.1", f"Host: {host or self.host}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", f"Sec-WebSocket-Protocol: bokeh, {token}",
                 *headers, "", ""]  # fmt: skip
        wire.sendall("\r\n".join(lines).encode())
        return wire, read(wire, whole=False)

    def wait(self, holds: Any, otherwise: str, seconds: float = 60) -> None:
        """Wait until something is so."""
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, f"{otherwise}\n{self.said()[-3000:]}"
            time.sleep(0.1)


def leave(wire: socket.socket) -> None:
    """Close a socket as a browser does that leaves a page, with the code 1001."""
    with contextlib.suppress(OSError), wire:
        wire.settimeout(20)
        wire.sendall(b"\x88\x82\x00\x00\x00\x00" + (1001).to_bytes(2, "big"))
        while wire.recv(65536):  # what was on its way, and the server's own word
            pass


def read(wire: socket.socket, whole: bool = True) -> Answer:
    """An answer: all of it, or its head."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while (whole or b"\r\n\r\n" not in data) and (piece := wire.recv(65536)):
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines):
        name = name.lower()
        fields[name] = f"{fields[name]}\n{value.strip()}" if name == "set-cookie" and name in fields else value.strip()
    return Answer(int(first.split()[1]) if first else 0, fields, body)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def served(
    log: Path,
    *options: str,
    prefix: str = "",
    module: tuple[str, ...] = tuple(LAUNCH),
    ctrl_c: Any = signal.default_int_handler,
    **more: str,
) -> Iterator[Server]:
    """A server in a process of its own, with ``more`` in its environment, until the block ends.

    A test that runs in the background has inherited that Ctrl-C is ignored: ``ctrl_c`` is what the server's process inherits.
    """
    port = free_port()
    command = [sys.executable, "-m", *module, "--port", str(port), *(["--prefix", prefix] if prefix else []), "--plugins", "server_probe",
               *options]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in ("PORT", "ADDRESS", "ORIGIN")}
    paths = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    environment = kept | {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"} | more
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, ctrl_c),
        )
    try:
        here, until = Server(port, prefix, process, log), time.monotonic() + START
        while True:
            assert process.poll() is None and time.monotonic() < until, f"the server did not start:\n{here.said()}"
            with contextlib.suppress(OSError):
                if here.ask("/nothing-is-here").status == 404:
                    break
            time.sleep(0.2)
        yield here
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
