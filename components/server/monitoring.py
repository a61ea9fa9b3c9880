"""How the process does, for programs that watch it: ``/health`` and ``/metrics``. Nothing there is about a person, a run or an address.

``/health``
    200 as soon as the thread that all visitors share comes to it, 503 once the server is ending, so that a balancer sends nobody any more.
    Whoever reaches the port is answered, under whatever name: a balancer asks by the number of a machine.
``/metrics``
    The numbers of ``components/tally.py`` and of the process, as Prometheus reads them. They are told to this machine and to the networks
    that ``SWARMVIZ_METRICS`` names, with a log-in or without, and never through a proxy, which would ask for whomever.

Of several workers (``--workers``) any answers: to ``/health`` for itself, to ``/metrics`` with the numbers of all. Each has the label
``worker`` there, so that a sum is Prometheus's; ``swarmviz_worker_answers`` says who has told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import psutil

from components import tally
from components.server import session_limit
from components.server.pages import PlainTextHandler
from components.server.worker import This, Worker, of_a_worker
from components.under_way import UNDER_WAY

HEALTH, METRICS = "/health", "/metrics"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LOOK_EVERY_S = 0.25  # at how late the page's thread is
OTHERS_S = 2.0  # in which another worker tells its numbers
MAX_METRICS_BYTES = 2**20
READERS_VARIABLE = "SWARMVIZ_METRICS"  # networks that may read the numbers, beside this machine
THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")  # headers of a proxy
NOT_A_READER = f"403: the numbers are told to this machine, and to the networks that {READERS_VARIABLE} names; not through a proxy."


def readers(value: str | None) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks whose machines may read ``/metrics``: this machine's, and those named, separated by blanks or commas.

    Raises
    ------
    ValueError
        When one is no network.
    """
    named = filter(None, re.split(r"[\s,]+", value or ""))
    try:
        return *THIS_MACHINE, *map(ip_network, named)
    except ValueError as error:
        raise ValueError(
            f"{READERS_VARIABLE} = {value!r}: must be networks such as 10.0.0.0/8 or addresses ({error})"
        ) from None


READERS = readers(os.environ.get(READERS_VARIABLE))

_process = psutil.Process()
NUMBERS = (
    tally.Gauge("swarmviz_visitors", "Visitors who have a place now.", lambda: session_limit.LIMITER.taken),
    tally.Gauge("swarmviz_places", "Visitors at a time, at most.", lambda: session_limit.LIMITER.max_sessions),
    tally.VISITS,
    tally.PICTURES,
    tally.REFUSALS,
    tally.Gauge("swarmviz_under_way", "Exports and builds of runs that visitors wait for now.", UNDER_WAY.counts),
    tally.BACKGROUND_SECONDS,
    tally.THREAD_LATENESS,
    tally.Gauge("process_resident_memory_bytes", "Resident memory.", lambda: _process.memory_info().rss),
    tally.Gauge(
        "process_cpu_seconds_total",
        "Processor seconds, user and system.",
        lambda: sum(_process.cpu_times()[:2]),
        "counter",
    ),
    tally.Gauge("process_start_time_seconds", "When it started, seconds of the epoch.", _process.create_time),
)


class Health(PlainTextHandler):
    """Whether the server answers and takes visitors."""

    def get(self) -> None:
        """``{"status": "ok"}`` with 200, ``{"status": "ending"}`` with 503."""
        self.set_status(503 if UNDER_WAY.ending else 200)
        self.set_header("Cache-Control", "no-store")
        self.write({"status": "ending" if UNDER_WAY.ending else "ok"})

    head = get


class Metrics(PlainTextHandler):
    """The numbers of the process, or of all workers."""

    async def get(self) -> None:
        """The text that Prometheus reads."""
        if not may_read(self.request):
            self.answer(403, NOT_A_READER)
            return
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", METRICS_TYPE)
        if This.worker is None or of_a_worker(self.request):
            self.finish(tally.exposition(NUMBERS))
        else:
            self.finish(await of_all(This.worker, self.request.path))

    head = get


def may_read(request: Any) -> bool:
    """Whether a request for the numbers comes from a machine that may have them."""
    if of_a_worker(request):
        return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.remote_ip)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in READERS)


async def of_all(here: Worker, path: str) -> str:
    """The numbers of all workers; those of one that does not answer in time are left out, and that it does not is a number."""

    async def told(number: int) -> str:
        if number == here.number:
            return tally.exposition(NUMBERS)
        with contextlib.suppress(OSError, TimeoutError):
            return await asyncio.wait_for(asked(here.socket_path(number), path), OTHERS_S)
        return ""

    texts = dict(enumerate(await asyncio.gather(*map(told, range(here.of)))))
    for number, text in texts.items():
        answers = tally.Gauge(
            "swarmviz_worker_answers", "Whether a worker tells its numbers.", lambda text=text: text != ""
        )
        texts[number] = tally.exposition([answers]) + text
    return tally.by_worker(texts)


async def asked(where: str, path: str) -> str:
    """What another worker answers at its socket; empty for an answer that is none."""
    reader, writer = await asyncio.open_unix_connection(where, limit=MAX_METRICS_BYTES)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        head, _, body = (await reader.read(MAX_METRICS_BYTES)).partition(b"\r\n\r\n")
        while more := await reader.read(MAX_METRICS_BYTES - len(body)):
            body += more
        return body.decode() if b" 200 " in head.partition(b"\r\n")[0] else ""
    finally:
        writer.close()


def routes(prefix: str) -> list[tuple[str, Any]]:
    """The addresses, for Tornado's router."""
    return [(f"{prefix}{HEALTH}$", Health), (f"{prefix}{METRICS}$", Metrics)]


async def watch_lateness() -> None:
    """Take note of how late this thread is, until its loop ends."""
    while True:
        planned = time.monotonic() + LOOK_EVERY_S
        await asyncio.sleep(LOOK_EVERY_S)
        tally.THREAD_LATENESS.add(max(0.0, time.monotonic() - planned))
