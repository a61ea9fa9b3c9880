"""The connection is cut, or the server ends: the page says so, takes nothing, and goes on where it can or offers the link of its run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from tests.ui.conftest import ROOT, Lab

BANNER = ".swarmviz-connection"
INERT = "node => { while (node && !node.inert) { node = node.parentNode ?? node.host } return node != null }"


class Forwarder:
    """Stands between the browser and the server; can be cut."""

    def __init__(self, port: int):
        self._port, self._pairs, self._open = port, [], True
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listening.accept()
                if not self._open:
                    browser.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                return
            self._pairs.append((browser, server))
            for ends in ((browser, server), (server, browser)):
                threading.Thread(target=self._pipe, args=ends, daemon=True).start()

    def _pipe(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self._open = False
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs = []

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        self._listening.close()


@pytest.fixture
def between(server):
    forwarder = Forwarder(int(server.url.rsplit(":", 1)[1]))
    yield forwarder
    forwarder.close()


def said(lab: Lab) -> str:
    banner = lab.page.locator(BANNER)
    return banner.inner_text() if banner.is_visible() else ""


def test_a_cut_is_told_nothing_is_taken_meanwhile_and_the_swarm_goes_on_from_its_step(lab, between):
    lab.open(f"http://localhost:{between.port}/app")
    lab.wait(lambda: (lab.step or 0) > 5, "the swarm does not move")
    between.cut()
    lab.wait(lambda: "connection to the server is lost" in said(lab), "nothing is said")
    assert lab.page.locator(BANNER).get_attribute("aria-live") == "assertive"
    lab.page.wait_for_timeout(500)
    stood = lab.step
    for key in (" ", "r", "n"):
        lab.page.keyboard.press(key)
    assert lab.playing and lab.step == stood, "keys were taken although nobody hears them"
    assert lab.page.locator("button.play").evaluate(INERT), "buttons can be pressed"
    assert lab.page.url.endswith(f"~{stood}"), "loading the page again would not lead here"
    talk: list[str] = []
    lab.page.on("console", lambda message: talk.append(message.text[:500]))
    between.mend()
    try:
        lab.wait(lambda: not said(lab), "the page does not connect again", 40)
    except AssertionError as error:
        raise AssertionError("\n".join([str(error), said(lab), *talk])) from None
    lab.wait(lambda: lab.step is not None and lab.step > stood, "the swarm does not go on", 30)
    assert lab.step < stood + 200, "the swarm ran on without anybody"
    assert lab.slide("dynamics.sigma", 0.9) != "1", "the form is not heard any more"
    lab.press("play")
    lab.stand()
    lab.page.wait_for_timeout(300)
    assert "~" not in lab.page.url, "the address follows the server again"


# Of the next message only the first part arrives, and nothing more of this connection.
HALF_A_MESSAGE = """() => {
  const {prototype} = Bokeh.require("client/connection").ClientConnection, received = prototype._on_message
  let cut = null
  prototype._on_message = function (event) {
    if (cut == null && event.data.startsWith?.("{\\"msgid")) { cut = this.socket } else if (cut === this.socket) { return }
    received.call(this, event)
  }
}"""


def test_a_connection_that_is_cut_within_a_message_is_understood_again(lab, between):
    """The rest was waited for: "No msgid in header", for ever; one cut in ten fell into a message."""
    lab.open(f"http://localhost:{between.port}/app")
    lab.page.evaluate(HALF_A_MESSAGE)
    lab.page.wait_for_timeout(300)
    between.cut()
    lab.wait(lambda: "connection to the server is lost" in said(lab), "nothing is said")
    stood = lab.step
    between.mend()
    lab.wait(lambda: not said(lab), "the page does not connect again", 30)
    lab.wait(lambda: (lab.step or 0) > stood, "the swarm does not go on", 30)


CHANGE_OF_NEW_MODEL = """() => {
  const doc = Bokeh.documents[0], model = [...doc._all_models.values()][0]
  doc._new_models.add(model)
  const event = Object.defineProperty({model}, "document", {value: doc})
  return [model.id, doc.create_json_patch([event]).events[0].entries[0][1]]
}"""


def test_a_model_that_has_just_come_from_the_server_is_named_by_its_reference(lab, server):
    """BokehJS sends it in full, which the server refuses: the width of a view that had just been opened was lost."""
    lab.open(server.page)
    name, sent = lab.page.evaluate(CHANGE_OF_NEW_MODEL)
    assert sent == {"id": name}


def run_server(port: int, log) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "panel",
        "serve",
        "app.py",
        "--warm",
        "--address",
        "localhost",
        "--port",
        str(port),
    ]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "BOKEH_SIGN_SESSIONS": "yes",
        "BOKEH_SECRET_KEY": os.urandom(16).hex(),
    }
    return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=environment)


def answers(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("localhost", port), 2).close()
        return True
    return False


@pytest.mark.parametrize(
    "end, at_first, then",
    [("kill", "lost", "started anew"), ("terminate", "The server has ended", "The server has ended")],
)
def test_a_server_that_ended_or_was_started_anew_offers_the_run_at_its_step(lab, tmp_path, end, at_first, then):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log.txt").open("w") as log:
        first = run_server(port, log)
        try:
            until = time.monotonic() + 120
            while not answers(port):
                assert time.monotonic() < until and first.poll() is None
                time.sleep(0.3)
            lab.open(f"http://localhost:{port}/app")
            lab.wait(lambda: (lab.step or 0) > 5, "the swarm does not move")
            lab.pause()
            getattr(first, end)()
            lab.wait(lambda: at_first in said(lab), "nothing is said")
            stood = lab.step
            lab.picture(f"server_{end}")
            assert first.wait(10) == 0 or end == "kill"
            assert not lab.complaints or end == "kill", "an end is no error"
            first = run_server(port, log)
            lab.wait(lambda: "Reload the run at step" in said(lab), "no link is offered", 120)
            assert then in said(lab)
            lab.wait(lambda: answers(port), "the next server does not answer", 120)
            lab.page.locator(f"{BANNER} a").click()
            lab.page.wait_for_selector(".readout .k", timeout=60000)
            lab.wait(lambda: lab.step == stood, "the run does not stand at its step", 60)
        finally:
            first.kill()
            first.wait(10)
