"""How long one waits: for the import, for a first step, for a page that moves, with kernels that were compiled before and without any.

Without any, the wheels are installed and nothing else was done: the cache of kernels is an empty folder. The server is then left alone
until it has compiled all of them, and says how long each took. With them, a server that has just started is visited ``VISITS`` times by a
browser that has nothing in its cache.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.serving import Watched, chromium
from benchmarks.timing import table
from benchmarks.weight import MAX_MB, Weighing

ROOT = Path(__file__).parents[1]
RUNS, VISITS = 5, 5
FIRST_STEP = "sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm()).advance(1)"
PROGRAMS = {
    "start of Python": "pass",
    "import numba": "import numba",
    "import swarmviz": "import swarmviz",
    "first step of CBO, kernels in the cache": f"import swarmviz as sv; {FIRST_STEP}",
}
PATIENCE_S = 1200  # for a server that compiles all its kernels
COMPILED = re.compile(r"^Compiled (.+?) in ([\d.]+) s", re.MULTILINE)
ALL_READY, NONE_OPEN = "all kernels are ready", "Compiling kernels"
MOVES = "window.probe?.pictures.some(([, number]) => number > probe.pictures[0][1])"  # a picture after the first
Row = tuple[str, str, str]  # what is waited for, the goal, how long


def process_seconds(program: str) -> float:
    """Median time of a fresh Python process that runs a program; the first run, which fills caches, does not count."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
        times.append(time.perf_counter() - start)
    return float(np.median(times[1:]))


class Server:
    """A server that has just been started with a cache of kernels of its own."""

    def __init__(self, port: int, process: subprocess.Popen, log: Path):
        self.page, self.process, self._log, self.began = (
            f"http://localhost:{port}/app",
            process,
            log,
            time.perf_counter(),
        )

    def said(self) -> str:
        """The console."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait(self, holds: Any) -> float:
        """Wait until something is so; seconds since the start."""
        while not holds():
            if self.process.poll() is not None or time.perf_counter() - self.began > PATIENCE_S:
                raise click.ClickException(f"the server did not get there:\n{self.said()[-2000:]}")
            time.sleep(0.05)
        return time.perf_counter() - self.began

    def answers(self) -> bool:
        """Whether a page is served."""
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(self.page, timeout=30):
            return True
        return False


@contextlib.contextmanager
def started(kernels: Path) -> Iterator[Server]:
    """A server that keeps its kernels in a folder, as ``swarmviz serve`` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "components.server.launch", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with log.open("w") as out:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"NUMBA_CACHE_DIR": str(kernels)},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Server(port, process, log)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def cold(browser: Any, kernels: Path) -> list[Row]:
    """The waits without any kernel, and how long each dynamics took to compile."""
    with started(kernels) as server:
        rows = [("no kernels: the server answers", "", f"{server.wait(server.answers):.1f}")]
        watched = Watched(browser)
        watched.open(server.page)
        watched.page.wait_for_function(MOVES, timeout=1e3 * PATIENCE_S)
        rows += [("no kernels: the page moves", "≤ 45", f"{time.perf_counter() - server.began:.1f}")]
        watched.close()
        ready = server.wait(lambda: ALL_READY in server.said())
        rows += [("no kernels: all of them are compiled", "", f"{ready:.1f}")]
        return rows + [(f"  {name}", "", seconds) for name, seconds in by_module(server.said())]


def by_module(said: str) -> list[tuple[str, str]]:
    """Processor seconds and number of the kernels that a server has named, by where they lie; the longest first."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for name, seconds in COMPILED.findall(said):
        module = name.partition(":")[0]
        found[module.removeprefix("swarmviz.") if "." in module else "functions of landscapes"].append(float(seconds))
    longest = sorted(found.items(), key=lambda entry: -sum(entry[1]))
    return [
        (f"{module}, {len(times)} kernel{'s' * (len(times) > 1)}", f"{sum(times):.1f}") for module, times in longest
    ]


def warm(browser: Any, kernels: Path) -> list[Row]:
    """The waits with all kernels, and what a first visit costs the network."""
    times, weights = [], []
    with started(kernels) as server:
        answered = server.wait(server.answers)
        if NONE_OPEN in server.said():
            raise click.ClickException("kernels were not kept")
        for _ in range(VISITS):
            watched = Watched(browser)
            weighing = Weighing(watched.devtools)
            times.append(watched.open(server.page))
            watched.rest(0.5)  # in which the devtools tell the rest of what had come
            until = watched.ask("performance.timeOrigin") / 1e3 + times[-1]
            weights.append(sum(weighing.until(until, watched.ask("probe.opened")).values()) / 1e6)
            watched.close()
            time.sleep(4.0)  # in which the server sees that nobody is there, and makes the next session ahead
    first = f"{statistics.median(times):.2f} (longest {max(times):.2f})"
    return [
        ("kernels kept: the server answers", "", f"{answered:.1f}"),
        (f"kernels kept: navigation until the first picture that lives, median of {VISITS}", "≤ 2", first),
        ("network until then, MB", f"≤ {MAX_MB}", f"{statistics.median(weights):.2f}"),
    ]


def show(page: bool = True) -> None:
    """Print the waits."""
    rows: list[Row] = [(name, "", f"{process_seconds(program):.2f}") for name, program in PROGRAMS.items()]
    timed = page and (os.environ.get("CHROMIUM") or shutil.which("chromium")) and find_spec("playwright")
    if timed:
        with tempfile.TemporaryDirectory() as kernels, chromium() as browser:
            rows += cold(browser, Path(kernels))
            rows += warm(browser, Path(kernels))
    click.echo(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    click.echo(table(["wait for", "goal", "s"], [list(row) for row in rows]))
    if not timed:
        click.echo(
            "The page was not timed: that needs playwright, a Chromium (or the variable CHROMIUM), and not --quick."
        )
