"""A run that goes on in JupyterLab: a person plays it, drags a parameter, and a cell sees the same run."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from swarmviz.notebook.live import PICTURES
from tests.server.serving import free_port
from tests.ui.conftest import ROOT, started

CELLS = [
    "import swarmviz as sv\n"
    "sim = sv.Simulation(sv.CBO(sigma=0.5), sv.landscapes.Rastrigin(), sv.Swarm(n=60, seed=7))\n"
    "sv.show(sim)",
    "print('k', sim.k, 'sigma', sim.dynamics.sigma)",
    "sim.advance(30)\nsim",
]


# Every step that the frame says it shows.
NOTE_STEPS = """(window.steps = [], new MutationObserver((changes) => {
  for (const {addedNodes} of changes) { window.steps.push(Number(addedNodes[0].data.match(/k = ([\\d,]+)/)[1].replace(",", ""))) }
}).observe(document.getElementById("clock"), {childList: true}), 0)"""


def notebook(cells):
    code = [
        {"cell_type": "code", "id": f"cell{i}", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for i, text in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """The address of a JupyterLab with the notebook, which has settings and a runtime folder of its own."""
    folder: Path = tmp_path_factory.mktemp("jupyter")
    (folder / "run.ipynb").write_text(notebook(CELLS))
    port = free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=localhost", f"--port={port}",
               "--ServerApp.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]  # fmt: skip
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
    own |= {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    environment = os.environ | own | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")}
    with started(command, f"{address}/api", folder / "log.txt", cwd=folder, env=environment):
        yield address


class Notebook:
    def __init__(self, page, address):
        self.page, self.complaints = page, []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{address}/lab/tree/run.ipynb?reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
        self.frame = page.frame_locator(".jp-OutputArea-output iframe")

    def run(self, cell):
        """Run a cell and wait for the number that it gets; asked again while the notebook has no kernel yet."""
        place = self.page.locator(".jp-CodeCell").nth(cell)
        prompt = place.locator(".jp-InputPrompt").first
        before, until = prompt.inner_text(), time.monotonic() + 90
        while (now := prompt.inner_text()) == before or not re.search(r"\d", now):
            assert time.monotonic() < until, f"the cell does not run: {now}"
            if "*" not in now:
                place.locator(".jp-InputArea-editor").click()
                self.page.keyboard.press("Control+Enter")
            self.page.wait_for_timeout(300)
        return place

    def value(self, expression):
        return self.frame.locator("body").evaluate(f"() => {expression}")

    def wait(self, expression, seconds=20):
        """Until an expression of the frame is true."""
        frame = self.page.locator(".jp-OutputArea-output iframe").element_handle().content_frame()
        frame.wait_for_function(f"() => {expression}", timeout=1000 * seconds)


@pytest.fixture
def lab_page(browser, jupyter):
    context = browser.new_context(viewport={"width": 1440, "height": 1400})
    page = Notebook(context.new_page(), jupyter)
    yield page
    assert page.complaints == []
    context.close()


def test_a_run_plays_in_a_notebook_and_a_cell_sees_where_it_is(lab_page):
    lab_page.run(0)
    lab_page.wait("window.swarmviz?.run.k.at(-1) === 0")
    before = lab_page.value("swarmviz.positions(swarmviz.frame)")
    lab_page.value(NOTE_STEPS)
    lab_page.frame.locator("#play").click()
    lab_page.wait("document.getElementById('scrub').value > 80")
    assert lab_page.value("swarmviz.positions(swarmviz.frame)") != before, "agents have moved"
    lab_page.frame.locator("#play").click()
    lab_page.wait("!swarmviz.playing && swarmviz.stands")
    k, steps = int(lab_page.value("document.getElementById('scrub').value")), lab_page.value("window.steps")
    assert steps == sorted(steps), "never back"
    assert max(b - a for a, b in pairwise(steps)) <= PICTURES, "no piece is left out"
    assert lab_page.run(1).locator(".jp-OutputArea-output").last.inner_text().split() == ["k", str(k), "sigma", "0.5"]
    lab_page.frame.locator(".sliders input").nth(1).evaluate(
        "(input) => { input.value = 0; input.dispatchEvent(new Event('input')) }"
    )
    lab_page.wait("swarmviz.run.live.sliders[1].value === 0 && swarmviz.stands")
    said = lab_page.run(1).locator(".jp-OutputArea-output").last.inner_text().split()
    assert said == ["k", str(k), "sigma", "0"]
    lab_page.frame.locator("#back").click()
    lab_page.wait(f"Number(document.getElementById('scrub').value) === {k - 1} && swarmviz.stands")
    lab_page.frame.locator("#step").click()
    lab_page.wait(f"Number(document.getElementById('scrub').value) === {k} && swarmviz.stands")


def test_a_frame_that_is_made_again_shows_where_the_run_is(lab_page):
    """The notebook begins it with the page as it was made, at step 0; here it is loaded anew in its place."""
    lab_page.run(0)
    lab_page.wait("window.swarmviz?.stands && swarmviz.run.k.at(-1) === 0")
    lab_page.run(2)
    lab_page.page.locator(".jp-OutputArea-output iframe").evaluate("(frame) => { frame.srcdoc = frame.srcdoc }")
    lab_page.wait("window.swarmviz?.stands && swarmviz.run.k.at(-1) === 30")
    assert int(lab_page.value("document.getElementById('scrub').max")) == 30


def test_a_run_at_the_end_of_a_cell_shows_itself(lab_page):
    lab_page.run(0)
    shown = lab_page.run(2).locator(".jp-RenderedHTMLCommon")
    shown.locator("img").first.wait_for()
    assert "CBO on Rastrigin" in shown.inner_text()
    widths = shown.locator("img").evaluate_all("(images) => images.map((image) => image.naturalWidth)")
    assert len(widths) == 5 and min(widths) > 100, "its pictures are there"
