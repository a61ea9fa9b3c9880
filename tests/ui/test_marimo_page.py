"""A run that goes on in marimo, where that is installed: ``pip install marimo``. It is not among the test tools."""

from __future__ import annotations

import os
import sys
import time

import pytest

from tests.server.serving import free_port
from tests.ui.conftest import ROOT, started

pytest.importorskip("marimo", reason="marimo is not installed")

APP = """import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import swarmviz as sv

    return mo, sv


@app.cell
def _(mo, sv):
    sim = sv.Simulation(sv.CBO(sigma=0.5), sv.landscapes.Rastrigin(), sv.Swarm(n=60, seed=7))
    shown = sv.show(sim)
    {last}
    return


if __name__ == "__main__":
    app.run()
"""


def until(frame, expression, seconds=30):
    """Until an expression of the frame is true; the replay's own rules forbid Playwright's way, which makes code of text there."""
    end = time.monotonic() + seconds
    while not frame.evaluate(expression):
        assert time.monotonic() < end, expression
        time.sleep(0.1)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("last", ["shown", "mo.ui.anywidget(shown.widget)"])
def test_a_run_plays_in_marimo_and_a_slider_acts(browser, tmp_path, last):
    (tmp_path / "run.py").write_text(APP.format(last=last))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "marimo",
        "run",
        "run.py",
        "--headless",
        "--no-token",
        "--host=127.0.0.1",
        f"--port={port}",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with started(command, address, tmp_path / "log.txt", cwd=tmp_path, env=environment):
        context = browser.new_context(viewport={"width": 1200, "height": 1000}, bypass_csp=True)
        page, complaints = context.new_page(), []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        frame = page.wait_for_selector("iframe", timeout=90_000).content_frame()
        until(frame, "!!window.swarmviz?.run.live")
        before = frame.evaluate("JSON.stringify([...swarmviz.positions(swarmviz.frame)])")
        frame.evaluate("document.getElementById('play').click()")
        until(frame, "document.getElementById('scrub').value > 20")
        frame.evaluate("document.getElementById('play').click()")
        until(frame, "!swarmviz.playing && swarmviz.stands")
        assert frame.evaluate("JSON.stringify([...swarmviz.positions(swarmviz.frame)])") != before, "agents have moved"
        frame.evaluate(
            "(() => { const input = document.querySelectorAll('.sliders input')[1];"
            " input.value = 0; input.dispatchEvent(new Event('input')) })()"
        )
        until(frame, "swarmviz.run.live.sliders[1].value === 0")
        assert complaints == []
        context.close()
