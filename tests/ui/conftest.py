"""One server and one Chromium for all the tests of the page; the server is the same command that a person uses."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.serving import free_port

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
PICTURES = Path(__file__).parent / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNUSED = (
    4000  # milliseconds until a closed page is freed; whoever connects later gets a session without its style sheets
)
FRAMES = """() => new Promise((done) => {
  let left = 3
  const next = () => left-- ? requestAnimationFrame(next) : done()
  next()
  setTimeout(done, 500) // a page in a tab that nobody sees has no frames
})"""
PLAYS = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  .some((model) => model.data?.playing === true)"""  # what the server says; the button answers before it
START = 180  # seconds for a server that has to compile its kernels first


class Server:
    """A running ``panel serve app.py --warm`` and what its probe tells."""

    def __init__(self, port: int):
        self.url = f"http://localhost:{port}"
        self.idle: dict[
            str, int
        ] = {}  # what lives before any visitor came: the warm-up's own page, and a session made ahead

    @property
    def page(self) -> str:
        return f"{self.url}/app"

    def alive(self) -> dict[str, int]:
        """How many sessions, simulations and transport threads live in the server's process."""
        with urllib.request.urlopen(f"{self.url}/alive", timeout=10) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("server") / "log.txt") as here:
        yield here


@contextlib.contextmanager
def served(log: Path, *options: str, **more: str) -> Iterator[Server]:
    """A server of its own process, with more ``options``, and with ``more`` in its environment."""
    port = free_port()
    command = [sys.executable, "-m", "panel", "serve", "app.py", "--warm", "--address", "localhost", "--port", str(port),
               "--plugins", "probe", "--unused-session-lifetime", str(UNUSED), "--check-unused-sessions", "500", *options]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))} | more
    here = Server(port)
    with started(command, f"{here.url}/alive", log, cwd=ROOT, env=environment):
        until = time.monotonic() + START
        while (
            here.alive()["spares"] == 0 and time.monotonic() < until
        ):  # made once nobody is there, and again after each visit
            time.sleep(0.3)
        here.idle = here.alive()
        yield here
        said = log.read_text()
        assert not re.search(r'File ".*/(components|swarmviz)/', said), said  # a traceback through our own code
        assert "Refused:" not in said, (
            said
        )  # the page sent what the server does not take: see components/server/writable.py


@contextlib.contextmanager
def started(command: list[str], address: str, log: Path, *, cwd: Path, env: dict[str, str]) -> Iterator[None]:
    """A server of this command, from when something answers at an address to the end of the block."""
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        until = time.monotonic() + START
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"the server did not start:\n{log.read_text()}")
            time.sleep(0.3)
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _answers(address: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=10) as answer:
        return answer.status == 200
    return False


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


class Lab:
    """The page as a person uses it: finds controls by their names, reads the read-out, remembers what went wrong."""

    def __init__(self, page: Any):
        self.page = page
        self.complaints: list[str] = []
        self.warnings: list[str] = []
        self.addresses: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(f"{message.text} {message.location}") if message.type == "error" else None
            ),
        )
        page.on(
            "console",
            lambda message: self.warnings.append(message.text) if message.type == "warning" else None,
        )
        page.on("request", lambda request: self.addresses.append(request.url))

    def open(self, address: str) -> Lab:
        self.page.goto(address)
        self.page.wait_for_selector(".readout .k")
        self.wait(lambda: self.step is not None, "no picture was painted")
        return self

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    @property
    def step(self) -> int | None:
        """k of the read-out, None before the first picture."""
        shown = self.text(".readout .k").replace("\u202f", "")
        return int(shown) if shown.isdigit() else None

    @property
    def playing(self) -> bool:
        return self.text("button.play").strip() == "Pause"

    def wait(self, holds: Any, otherwise: str, seconds: float = 15) -> None:
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, otherwise
            self.page.wait_for_timeout(50)

    def press(self, act: str) -> None:
        self.page.click(f"button.{act}")

    def pause(self) -> int:
        """Pause and return the step at which the swarm stands."""
        if self.playing:
            self.press("play")
        self.wait(lambda: not self.page.evaluate(PLAYS), "the server does not pause")
        return self.stand()

    def stand(self, seconds: float = 10) -> int:
        """Wait until the step has not changed for half a second, and return it."""
        until, since, now = time.monotonic() + seconds, time.monotonic(), self.step
        while time.monotonic() - since < 0.5:
            assert time.monotonic() < until, "the swarm does not stop"
            self.page.evaluate(FRAMES)  # a page that is held up shows an old step for as long as it likes
            if self.step != now:
                since, now = time.monotonic(), self.step
        return now

    def play(self) -> None:
        if not self.playing:
            self.press("play")

    def row(self, name: str) -> Any:
        return self.page.locator(f"[data-name='{name}']")

    def reach(self, name: str) -> None:
        """Open the section in which a row is folded away."""
        self.row(name).evaluate(
            "(row) => { const around = row.closest('details'); if (around) { around.open = true } }"
        )

    def type(self, name: str, value: Any) -> None:
        """Type into the number box or text field of a row."""
        self.reach(name)
        box = self.row(name).locator("input[type=text]")
        box.fill(str(value))
        box.press("Enter")
        self.page.wait_for_timeout(150)

    def slide(self, name: str, share: float) -> str:
        """Drag the slider of a row to a share of its length; returns what its box shows then."""
        self.reach(name)
        slider = self.row(name).locator("input[type=range]")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        y, thumb = box["y"] + box["height"] / 2, 8
        at = lambda s: box["x"] + thumb + s * (box["width"] - 2 * thumb)  # noqa: E731
        self.page.mouse.move(at(0.5), y)
        self.page.mouse.down()
        self.page.mouse.move(at((0.5 + share) / 2), y)
        self.page.mouse.move(at(share), y)
        self.page.mouse.up()
        self.page.wait_for_timeout(150)
        return self.row(name).locator("input[type=text]").input_value()

    def choose(self, name: str, value: str) -> None:
        self.reach(name)
        self.row(name).locator("select").select_option(value)
        self.page.wait_for_timeout(200)
        self.wait(lambda: self.page.locator(".sheet[aria-busy=true]").count() == 0, f"{value} was not built", 60)

    def error(self, name: str) -> str:
        return self.row(name).locator(".error").first.inner_text()

    def agents(self) -> dict[str, list[float]] | None:
        """Coordinates of the agents as the arena's Bokeh source has them in the browser."""
        return self.page.evaluate(AGENTS)

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


# The arena's agents: of the figures on the screen that have a title, the source with a tone and a size for each of them.
AGENTS = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const figures = models.filter((m) => m.type === "Figure" && m.title?.text && Bokeh.index.find_one_by_id(m.id) != null)
  const data = figures.flatMap((f) => f.renderers).map((r) => r.data_source?.data).find((d) => d && d.tone && d.size && d.x && d.x.length)
  return data ? Object.fromEntries(["x", "y", "size"].map((name) => [name, Array.from(data[name] ?? [])])) : null
}"""


@pytest.fixture
def lab(browser: Any, server: Server) -> Iterator[Lab]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Lab(context.new_page())
    context.close()
