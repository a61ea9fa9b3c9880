"""How long one waits: for the import, for the first step with a warm cache, for the first painted page after ``make serve``."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
import numpy as np

from benchmarks.timing import table

ROOT = Path(__file__).parents[1]
RUNS = 5
FIRST_STEP = "sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm()).advance(1)"
PROGRAMS = {
    "start of Python": "pass",
    "import numba": "import numba",
    "import swarmviz": "import swarmviz",
    "first step of CBO, kernels in the cache": f"import swarmviz as sv; {FIRST_STEP}",
}
PATIENCE = 600  # seconds for a server that sets up and compiles first
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PAINTED = """() => {
    const roots = [document], canvases = []
    while (roots.length) {
        for (const node of roots.pop().querySelectorAll('*')) {
            if (node.shadowRoot) roots.push(node.shadowRoot)
            if (node.tagName === 'CANVAS') canvases.push(node)
        }
    }
    return canvases.some(c => c.width > 100 && new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size > 8)
}"""


def process_seconds(program: str) -> float:
    """Median time of a fresh Python process that runs a program; the first run, which fills caches, does not count."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
        times.append(time.perf_counter() - start)
    return float(np.median(times[1:]))


def page_seconds(chromium: str) -> tuple[float, float]:
    """Seconds from ``make serve`` (tools/serve) until it answers, and from navigation until something is painted on a canvas."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen(["tools/serve"], cwd=ROOT, env=os.environ | {"PORT": str(port)}, start_new_session=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        while not answers(port):
            if server.poll() is not None or time.perf_counter() - start > PATIENCE:
                raise click.ClickException("the server did not start; run `make serve` to see why")
            time.sleep(0.05)
        ready = time.perf_counter() - start
        with sync_playwright() as driver, driver.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            start = time.perf_counter()
            page.goto(f"http://localhost:{port}/app")
            page.wait_for_function(PAINTED, polling="raf", timeout=60_000)
            return ready, time.perf_counter() - start
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def answers(port: int) -> bool:
    """Whether a page is served."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/app", timeout=30):
            return True
    except (urllib.error.URLError, OSError):
        return False


def show(page: bool = True) -> None:
    """Print the waits."""
    rows = [[name, f"{process_seconds(program):.2f}"] for name, program in PROGRAMS.items()]
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if page and chromium and importlib.util.find_spec("playwright"):
        ready, painted = page_seconds(chromium)
        rows += [
            ["make serve until it answers", f"{ready:.2f}"],
            ["navigation until something is painted", f"{painted:.2f}"],
        ]
    click.echo(table(["wait for", "s"], rows))
    if len(rows) == len(PROGRAMS):
        click.echo(
            "The page was not timed: that needs playwright, a Chromium (or the variable CHROMIUM), and not --quick."
        )
