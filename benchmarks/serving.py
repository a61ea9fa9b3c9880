"""What the benchmark of the page stands on: a server process with counters, and a page in a Chromium that is watched by ``probe.js``."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROBE = (HERE / "probe.js").read_text(encoding="utf-8")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
START = 240  # seconds for a server that has to compile its kernels first


class Server:
    """A running ``panel serve`` with the plug-in ``counters``."""

    def __init__(self, port: int, app: str, process: subprocess.Popen):
        self.url, self.app, self.process = f"http://localhost:{port}", app, process

    def address(self, query: str) -> str:
        """The page with a query."""
        return f"{self.url}/{self.app}?{query}"

    def counters(self) -> dict[str, Any]:
        """Resident bytes, processor seconds, and per session the pictures sent."""
        with urllib.request.urlopen(f"{self.url}/counters", timeout=30) as answer:
            return json.load(answer)

    def forget(self) -> None:
        """Start the counting of pictures anew."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/counters", method="POST"), timeout=30).close()


@contextlib.contextmanager
def served(script: Path, cwd: Path, **variables: str) -> Iterator[Server]:
    """A server of one script, started in ``cwd`` and with further variables of the environment, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "panel", "serve", str(script), "--warm", "--address", "localhost", "--port", str(port),
               "--plugins", "counters", "--unused-session-lifetime", "2000", "--check-unused-sessions", "1000"]  # fmt: skip
    environment = (
        os.environ | {"PYTHONPATH": os.pathsep.join((str(cwd), str(HERE))), "SWARMVIZ_SESSIONS": "1000"} | variables
    )
    log = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        server, until = Server(port, script.stem, process), time.monotonic() + START
        while True:
            with contextlib.suppress(OSError):
                server.counters()
                break
            if process.poll() is not None or time.monotonic() > until:
                log.seek(0)
                raise RuntimeError(f"{script} was not served:\n{log.read()}")
            time.sleep(0.3)
        yield server
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        log.close()


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium: the one that CHROMIUM names, or the first on the path."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise RuntimeError("no Chromium: install one, or set the environment variable CHROMIUM to its path")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


def browser_seconds() -> float:
    """Processor seconds of all processes of the browser that this process started, those that have ended included."""
    stats = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = entry.read_text().rpartition(")")
            fields = rest.split()
            stats[int(entry.parent.name)] = "chrom" in name, int(fields[1]), sum(map(int, fields[11:15]))

    def ours(pid: int) -> bool:
        return pid == os.getpid() or (pid in stats and ours(stats[pid][1]))

    return sum(spent for pid, (browses, _, spent) in stats.items() if browses and ours(pid)) / os.sysconf("SC_CLK_TCK")


class Watched:
    """A page in a context of its own (nothing is cached) with the probe; seconds throughout."""

    def __init__(self, browser: Any):
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})
        self.page = self.context.new_page()
        self.page.add_init_script(PROBE)
        self.devtools = self.context.new_cdp_session(self.page)

    def open(self, address: str) -> float:
        """Go there and wait for the first picture; seconds from the navigation to it."""
        self.page.goto(address, wait_until="commit", timeout=120_000)
        self.page.wait_for_function("window.probe?.pictures.length > 0", timeout=120_000)
        self.page.evaluate(
            "document.dispatchEvent(new Event('input'))"
        )  # a hand: else a finished run makes room for another
        return self.page.evaluate("probe.pictures[0][0]") / 1e3

    def rest(self, seconds: float) -> None:
        """Let the page run."""
        self.page.wait_for_timeout(1e3 * seconds)

    def pictures(self) -> list[list[float]]:
        """Seconds since the navigation, number, consensus of all pictures so far."""
        return [[at / 1e3, number, focus] for at, number, focus in self.page.evaluate("probe.pictures")]

    def ask(self, expression: str) -> Any:
        """Evaluate in the page."""
        return self.page.evaluate(expression)

    def heap(self) -> int:
        """Bytes of the scripts' heap after a collection."""
        self.devtools.send("HeapProfiler.collectGarbage")
        self.devtools.send("Performance.enable")
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return int(next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize"))

    def close(self) -> None:
        """Close the page and its context."""
        self.context.close()
