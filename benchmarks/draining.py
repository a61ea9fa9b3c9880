"""Visitors without a browser: they open a session, drain its websocket and acknowledge each picture at once. What is left is the server.

``python -m benchmarks.draining --visitors 200 --workers 1 2`` serves the page with one worker, then with two, and prints what visitors get.

A picture is acknowledged as the browser does it, by setting ``Painted.frame`` to the ``PageClock.frame`` that came.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

START_S = 240  # for workers that have to compile their kernels first
READY = {"kind": "MessageSent", "msg_type": "bokeh_event",
         "msg_data": {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}}}  # fmt: skip


class Drain:
    """One visitor; ``pictures`` are the wall-clock times at which they came."""

    def __init__(self, address: str):
        self.address, self.pictures = address, []
        self._socket: WebSocketClientConnection | None = None
        self._sent = 0

    async def open(self) -> None:
        """Fetch the page, connect, take the document, say that it is ready."""
        page = (await AsyncHTTPClient().fetch(self.address, request_timeout=120)).body.decode()
        token = re.search(r'"token":\s*"([^"]+)"', page)[1]
        where = re.sub(r"^http", "ws", self.address.partition("?")[0]) + "/ws"
        self._socket = await websocket_connect(where, subprotocols=["bokeh", token], max_message_size=2**28)
        await self._message()  # ACK
        await self._send("PULL-DOC-REQ", {})
        _, text = await self._message()
        self._clock, self._painted = (
            re.search(rf'"name":"components\.playback\.acknowledgement\.{name}","id":"([^"]+)"', text)[1]
            for name in ("PageClock", "Painted")
        )  # fmt: skip
        await self._send("PATCH-DOC", {"events": [READY]})

    async def drain(self, until: float) -> None:
        """Read and acknowledge until that wall-clock time."""
        while time.time() < until:
            kind, text = await self._message()
            if kind != "PATCH-DOC" or self._clock not in text:
                continue
            for event in json.loads(text)["events"]:
                if event.get("model", {}).get("id") == self._clock and event["attr"] == "frame":
                    self.pictures.append(time.time())
                    change = {
                        "kind": "ModelChanged",
                        "model": {"id": self._painted},
                        "attr": "frame",
                        "new": event["new"],
                    }
                    await self._send("PATCH-DOC", {"events": [change]})

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        self._sent += 1
        for part in ({"msgid": str(self._sent), "msgtype": kind}, {}, content):
            await self._socket.write_message(json.dumps(part))

    async def _message(self) -> tuple[str, str]:
        header = json.loads(await self._part())
        await self._part()
        content = await self._part()
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._part()
        return header["msgtype"], content

    async def _part(self) -> Any:
        part = await self._socket.read_message()
        if part is None:
            raise ConnectionError("the server closed the connection")
        return part


async def rates(address: str, visitors: int, settle: float, seconds: float) -> list[float]:
    """Pictures per second of each of so many visitors at once, counted over ``seconds`` after all are there and have settled."""
    drains = [Drain(address) for _ in range(visitors)]
    running = []
    try:
        for drain in drains:
            await drain.open()
            running.append(asyncio.create_task(drain.drain(float("inf"))))
        await asyncio.sleep(settle)
        began = time.time()
        await asyncio.sleep(seconds)
        ended = time.time()
    finally:
        for task in running:
            task.cancel()
        for drain in drains:
            drain.close()
    return [sum(began < at <= ended for at in drain.pictures) / (ended - began) for drain in drains]


def pictures_of(workers: int, visitors: int, settle: float, seconds: float) -> list[float]:
    """``rates`` of a server of its own with so many workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--workers", str(workers), "--sessions", str(visitors)]
    command = [sys.executable, "-m", "components.server.launch", *options]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + START_S
            while True:
                if process.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    raise RuntimeError(log.read())
                log.seek(0)
                said = log.read()
                if said.count("is ready (process") == workers or (workers == 1 and "running at: http" in said):
                    break
                time.sleep(0.5)
            return asyncio.run(rates(f"http://localhost:{port}/app", visitors, settle, seconds))
        finally:
            process.terminate()
            process.wait(30)


def main() -> None:
    """Print pictures per second of the slowest, the median and all visitors, for one worker and for several."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    for workers in given.workers:
        found = pictures_of(workers, given.visitors, 5.0, given.seconds)
        print(
            f"{given.visitors} visitors, workers: {workers}; pictures/s of the slowest {min(found):.2f}, "
            f"median {statistics.median(found):.2f}, all {sum(found):.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
