"""What one visitor can do to ten others: pictures a second before, during and after each attack.

    python benchmarks/hostile.py                              every attack on this checkout, about eight minutes
    python benchmarks/hostile.py --beside ../before           the same attacks on another checkout, in turns
    python benchmarks/hostile.py --only replays --only paths  some attacks
    python benchmarks/hostile.py --quick                      two watchers and short samples: whether it runs, not how fast

Each attack meets a fresh server, which is ended afterwards; everything stays on the loopback interface. What is counted:

watchers  Visitors without a browser, in a process of their own: each opens a page of 100 agents at 30 steps a second, drains its socket and
          acknowledges every picture at once (``attacks.py``). A picture is dated where it arrives.
before    Median over the watchers of the pictures a second in a sample of ``--seconds``; one that was thrown out counts as 0.
during    The same from the moment at which the attack begins, however soon it is over; then what is left of it is broken off and its
          connections are closed. Attackers who need a visit come in before, because opening a page costs everybody something.
after     The same in a sample that begins ``REST`` seconds later.
gap       Seconds without a picture for the watcher who waited longest, in all that time.
memory    Growth of the server's resident bytes.

Trust the ratios: they are of one run, and whatever else the machine does slows all three. The attack's own work is done by this machine,
too: on two cores a flood of bytes costs watchers some pictures although the server refuses every one.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from attacks import Visitor, attack, changed, token_of  # noqa: E402
from timing import table  # noqa: E402
from tornado.httpclient import HTTPClientError  # noqa: E402
from tornado.websocket import WebSocketClosedError  # noqa: E402

WATCHERS, SECONDS, SETTLE, REST = 10, 6.0, 3.0, 2.0
AGENTS = 100  # of a watcher
QUICK_WATCHERS, QUICK_SECONDS = 2, 1.0
START = 240.0  # seconds for a server that has to compile its kernels first
PATIENCE = 10.0  # seconds for one answer to an attacker
ARRIVAL = 60.0  # seconds for all attackers to get in
REFUSALS = (OSError, LookupError, HTTPClientError, WebSocketClosedError, RuntimeError, ValueError)


# ---- the server ------------------------------------------------------------------------------------------------------


class Server(NamedTuple):
    """A server of a checkout and where its page is."""

    process: subprocess.Popen
    page: str
    log: Any = None

    @property
    def root(self) -> str:
        """The address without the page."""
        return self.page.rpartition("/")[0]

    def said(self) -> str:
        """The console so far."""
        self.log.flush()
        return os.pread(self.log.fileno(), 2**20, 0).decode("utf-8", "replace")

    @property
    def resident(self) -> int:
        """Bytes of memory that it occupies; 0 once it has ended, or where there is no /proc."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        return 0


@contextlib.contextmanager
def served(checkout: Path, *options: str) -> Iterator[Server]:
    """A server of a checkout's page with the settings that a visitor meets, and more options, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "panel",
        "serve",
        str(checkout / "app.py"),
        "--warm",
        "--address",
        "localhost",
        "--port",
        str(port),
        *options,
    ]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=checkout, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            server, until = Server(process, f"http://localhost:{port}/app", log), time.monotonic() + START
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    raise RuntimeError(f"{checkout} was not served:\n{log.read()[-2000:]}")
                time.sleep(0.2)
            yield server
        finally:
            _end(process)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 1.0):
        return True
    return False


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


# ---- the watchers ----------------------------------------------------------------------------------------------------


class Watchers:
    """So many visitors in a process of their own, and when each picture came to each of them."""

    def __init__(self, page: str, count: int, agents: int = AGENTS):
        self.frames: list[list[float]] = [[] for _ in range(count)]
        self._there = threading.Event()
        command = [
            sys.executable,
            str(HERE / "hostile.py"),
            "--watch",
            page,
            "--watchers",
            str(count),
            "--agents",
            str(agents),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout:
            if line == "there\n":
                self._there.set()
            else:
                who, at = line.split()
                self.frames[int(who)].append(float(at))
        self._there.set()  # or it never will be

    def wait(self) -> None:
        """Wait until all are there."""
        if not self._there.wait(START) or self._process.poll() is not None:
            raise RuntimeError("the watchers did not get in")

    def rate(self, began: float, ended: float) -> float:
        """Median of the pictures a second."""
        return statistics.median(self.rates(began, ended))

    def rates(self, began: float, ended: float) -> list[float]:
        """The pictures a second of each watcher."""
        return [sum(began < at <= ended for at in seen) / (ended - began) for seen in self.frames]

    def gap(self, began: float, ended: float) -> float:
        """The longest time without a picture."""
        longest = 0.0
        for seen in self.frames:
            times = [began, *(at for at in seen if began < at < ended), ended]
            longest = max(longest, *(b - a for a, b in pairwise(times)))
        return longest

    def close(self) -> None:
        """Let them leave."""
        _end(self._process)


async def watch(page: str, count: int, agents: int = AGENTS) -> None:
    """The process of the watchers: says when they are there, then a line for every picture, until it is ended."""
    link = link_of([run(n=agents)])
    visitors = [await Visitor.arrive(f"{page}?s={link}") for _ in range(count)]
    print("there", flush=True)

    async def one(who: int, visitor: Visitor) -> None:
        task, told = asyncio.create_task(visitor.watch()), 0
        while not (task.done() and told == len(visitor.frames)):
            for at in visitor.frames[told:]:
                print(who, at)
            told = len(visitor.frames)
            visitor.patches.clear()
            sys.stdout.flush()
            await asyncio.sleep(0.1)

    await asyncio.gather(*(one(who, visitor) for who, visitor in enumerate(visitors)))


# ---- links, written by hand: an attacker has no declarations that would refuse anything -------------------------------


def run(seed: int = 0, k: int = 0, n: int = 100, landscape: Any = None, changes: Any = (), d: int = 2) -> list:
    """A run as a link holds it."""
    return [k, ["CBO", {}], landscape or ["Rastrigin", {}], ["Swarm", {"n": n, "d": d, "seed": seed}], list(changes)]


def link_of(runs: list, speed: float | None = 30.0, views: dict[str, Any] | None = None) -> str:
    """The query parameter of runs, at so many steps a second (None: as fast as it goes), with options of the views."""
    text = json.dumps([runs, speed, 1, ["never", None], *([views] if views else [])], separators=(",", ":"))
    return "2." + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def formula(i: int) -> str:
    """A formula within the limits that costs much to derive, another one for every number."""
    inner = f"sin(x*y+{i})*exp(-x^2)"
    for outer in ("tan(cos({0})+y)", "sqrt(1+({0})^2)", "log(2+sin({0})*x)", "cos({0}*y)/(2+sin({0}))"):
        inner = outer.format(inner)
    return inner[:480] if inner.count("(") == inner.count(")") else f"sin(x+{i})"


# ---- the attacks -----------------------------------------------------------------------------------------------------

Stages = AsyncIterator[str]  # an attack pauses twice: when the sample "before" may begin, and that of "during"


class Attacker:
    """What an attack needs: the server, how much of everything, and whom to let go afterwards."""

    def __init__(self, server: Server, share: float):
        self.server, self.share, self.met = server, share, Counter[str]()
        self._visitors: list[Visitor] = []
        self._tasks: list[asyncio.Task] = []

    def times(self, count: int) -> int:
        """So many, or fewer in a quick run."""
        return max(1, round(count * self.share))

    async def arrive(self, query: str = "", token: str | None = None) -> Visitor | None:
        """A visitor who is shown pictures; None when the server refuses."""
        try:
            visitor = await Visitor.arrive(f"{self.server.page}{query}", token)
        except REFUSALS as error:
            self.met[f"refused ({type(error).__name__})"] += 1
            return None
        self._visitors.append(visitor)
        self._tasks.append(asyncio.create_task(visitor.watch()))
        self.met["came in"] += 1
        return visitor

    async def get(self, path: str) -> None:
        """Ask for an address and count the answer."""
        self.met[await asyncio.to_thread(_status, self.server.root + path)] += 1

    async def end(self) -> None:
        """Leave without a word."""
        for visitor in self._visitors:
            if visitor.closed is not None:
                self.met[f"closed with {visitor.closed[0] or 'no code'}"] += 1
            with contextlib.suppress(AttributeError, *REFUSALS):
                visitor.vanish()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _status(address: str) -> str:
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            answer.read()
            return f"answered {answer.status}"
    except HTTPError as error:
        return f"answered {error.code}"
    except (OSError, ValueError) as error:
        return f"no answer ({type(error).__name__})"


PATHS = [
    "/components/unittest.__main__/a/b/c", "/components/antigravity/a/b/c", "/components/this/a/b/c",
    "/components/os/system/x/y", "/components/panel.io.server/a/b/c", "/components/../app.py/a/b",
    "/static/../../app.py", "/static/extensions/panel/../../../app.py", "/static/extensions/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd", "/app/metadata", "/app/autoload.js", "/app/autoload.js?bokeh-autoload-element=x",
    "/admin", "/auth", "/login", "/logout", "/liveness", "/rest", "/_custom_resources", "/app/../app",
    "/" + "a" * 4000, "/app/" + "b/" * 500, "/app?s=" + "A" * 7000, "/app?s=" + quote("2.\u0000"),
    "/app?bokeh-session-id=" + "x" * 500, "/app?bokeh-protocol-version=9", "/app/ws",
    "/static/js/bokeh.min.js/../../../x", "/favicon.ico/x", "//evil.example/", "/app;x=1",
]  # fmt: skip


async def paths(attacker: Attacker) -> Stages:
    """Some hundred hostile addresses, four at a time."""
    yield "before"
    yield "during"
    for _ in range(attacker.times(5)):
        for first in range(0, len(PATHS), 4):
            await asyncio.gather(*(attacker.get(path) for path in PATHS[first : first + 4]))
            if attacker.server.process.poll() is not None:
                return


async def formulas(attacker: Attacker) -> Stages:
    """One link whose run changes its formula 17 times."""
    count = attacker.times(18)
    changes = [[["l/text"], [1] * (count - 1), [formula(i) for i in range(1, count)]]] if count > 1 else []
    link = link_of([run(k=count, landscape=["Formula", {"text": formula(0)}], changes=changes)])
    yield "before"
    yield "during"
    await attacker.arrive(f"?s={link}")


async def typing(attacker: Attacker) -> Stages:
    """Ten people who type formulas, a new one every half second."""
    people = [await attacker.arrive() for _ in range(attacker.times(10))]
    yield "before"
    yield "during"

    async def types(who: int, visitor: Visitor) -> None:
        await visitor.edit("landscape", "Formula")
        for i in range(1000):
            await visitor.edit("landscape.text", formula(1000 * who + i))
            await asyncio.sleep(0.5)

    await asyncio.gather(*(types(who, visitor) for who, visitor in enumerate(people) if visitor is not None))


async def stolen(attacker: Attacker) -> Stages:
    """Somebody else's session id, taken from their token, in one's own address; what is then written into their visit."""
    victim = await attacker.arrive()
    yield "before"
    yield "during"
    if victim is None:
        return
    second = await attacker.arrive(token=victim.token)
    attacker.met["the same token opened " + ("no second socket" if second is None else "a second socket")] += 1
    part = victim.token.split(".")[0]
    key = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))).get("session_id", "")
    token = await asyncio.to_thread(token_of, f"{attacker.server.page}?bokeh-session-id={quote(key)}")
    thief = await attacker.arrive(token=token)
    if thief is not None:
        joined = thief.models.keys() == victim.models.keys()
        attacker.met["joined the other's visit" if joined else "got a visit of their own"] += 1
        for _ in range(attacker.times(500)):
            await thief.send(changed(thief.component("Bar"), "message", {"text": "<b>", "level": "error"}))


def by_socket(name: str) -> Callable[[Attacker], Stages]:
    """An attack of ``attacks.py``."""

    async def send(attacker: Attacker) -> Stages:
        visitor = await attacker.arrive()
        yield "before"
        yield "during"
        if visitor is not None:
            await attack(visitor, name)

    return send


async def gets(attacker: Attacker) -> Stages:
    """Pages that are fetched and never opened, ten at a time."""
    yield "before"
    yield "during"
    for _ in range(attacker.times(6)):
        await asyncio.gather(*(attacker.get("/app") for _ in range(10)))


async def replays(attacker: Attacker) -> Stages:
    """The four longest links: two runs each, of as many steps as a link may hold."""
    yield "before"
    for i in range(4):
        long = run(seed=i, n=200, k=5_000_000)
        await attacker.arrive(f"?s={link_of([long, long])}")
    yield "during"


async def leaving(attacker: Attacker) -> Stages:
    """Visitors of large swarms who vanish in the middle of a picture, one after the other."""
    yield "before"
    yield "during"
    while True:
        visitor = await attacker.arrive(f"?s={link_of([run(n=5000)])}")
        await asyncio.sleep(0.3)
        if visitor is not None:
            visitor.vanish()


ATTACKS: dict[str, Callable[[Attacker], Stages]] = {
    "paths": paths,
    "formulas": formulas,
    "typing": typing,
    "stolen": stolen,
    "text": by_socket("a text of 4 MB"),
    "list": by_socket("a nested list of 12 MB"),
    "resets": by_socket("2,000 resets"),
    "gets": gets,
    "replays": replays,
    "leaving": leaving,
}


# ---- one attack ------------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """Pictures a second, the longest gap in seconds, growth of memory in bytes, and what the attacker met."""

    before: float
    during: float
    after: float
    gap: float
    growth: int
    met: str


async def suffer(checkout: Path, name: str, watchers: int, seconds: float, quick: bool) -> Outcome:
    """One attack on a fresh server of a checkout; bounded in time by the samples."""
    with served(checkout) as server:
        seen = Watchers(server.page, watchers)
        try:
            await asyncio.to_thread(seen.wait)
            await asyncio.sleep(0.0 if quick else SETTLE)
            attacker = Attacker(server, 0.05 if quick else 1.0)
            stages = ATTACKS[name](attacker)
            await asyncio.wait_for(anext(stages), ARRIVAL)
            began, resident = time.monotonic(), server.resident
            await asyncio.sleep(seconds)
            paused = time.monotonic()
            await asyncio.wait_for(anext(stages), ARRIVAL)
            attacked, task = time.monotonic(), asyncio.create_task(_rest_of(stages))
            await asyncio.sleep(seconds)
            over = time.monotonic()
            task.cancel()
            (failed,) = await asyncio.gather(task, return_exceptions=True)
            await attacker.end()
            await asyncio.sleep(0.0 if quick else REST)
            rested = time.monotonic()
            await asyncio.sleep(seconds)
            ended = time.monotonic()
            await asyncio.sleep(0.5)  # the last lines of the watchers
        finally:
            seen.close()
        met = [f"{what} ×{count}" if count > 1 else what for what, count in attacker.met.most_common()]
        if isinstance(failed, REFUSALS):
            met.append(f"broken off ({type(failed).__name__})")
        elif isinstance(failed, Exception):
            raise failed
        if server.process.poll() is not None:
            met.insert(0, "THE SERVER ENDED")
        growth = max(0, server.resident - resident)
        spans = (began, paused), (attacked, over), (rested, ended)
        return Outcome(*(seen.rate(*span) for span in spans), seen.gap(began, ended), growth, ", ".join(met))


async def _rest_of(stages: Stages) -> None:
    async for _ in stages:
        pass


def row_of(name: str, place: str, outcome: Outcome) -> list[str]:
    """A row of the table."""
    before, during, after, gap, growth, met = outcome
    shares = [f"{share / before:.0%}" if before else "–" for share in (during, after)]
    return [
        name,
        place,
        f"{before:.1f}",
        f"{during:.1f} ({shares[0]})",
        f"{after:.1f} ({shares[1]})",
        f"{gap:.2f}",
        f"{growth / 2**20:.0f}",
        met,
    ]


def main(arguments: list[str] | None = None) -> None:
    """Parse, attack, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, help="another checkout, whose server suffers the same")
    parser.add_argument("--only", action="append", choices=list(ATTACKS), help="an attack; may be given several times")
    parser.add_argument("--quick", action="store_true", help="short samples: whether it runs")
    parser.add_argument("--seconds", type=float, help=f"length of a sample; {SECONDS:g} when absent")
    parser.add_argument("--watchers", type=int, help=f"how many watch; {WATCHERS} when absent")
    parser.add_argument("--watch", help=argparse.SUPPRESS)
    parser.add_argument("--agents", type=int, default=AGENTS, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    watchers = given.watchers or (QUICK_WATCHERS if given.quick else WATCHERS)
    if given.watch:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        asyncio.run(watch(given.watch, watchers, given.agents))
        return
    seconds = given.seconds or (QUICK_SECONDS if given.quick else SECONDS)
    checkouts = {"here": HERE.parent} | ({"beside": given.beside.resolve()} if given.beside else {})
    print(re.split(r"\n\nEach attack", __doc__)[0].splitlines()[0])
    print(
        f"{watchers} watchers, samples of {seconds:g} s; pictures/s (share of before), gap in s, growth of the server's memory in MiB\n"
    )
    rows = []
    for name in given.only or ATTACKS:
        for place, checkout in checkouts.items():
            outcome = asyncio.run(suffer(checkout, name, watchers, seconds, given.quick))
            rows.append(row_of(name, place if given.beside else "", outcome))
            print("  ".join(cell for cell in rows[-1] if cell), flush=True)
    print(
        "\n" + table(["attack", "checkout", "before", "during", "after", "gap", "MiB", "what the attacker met"], rows)
    )


if __name__ == "__main__":
    main()
