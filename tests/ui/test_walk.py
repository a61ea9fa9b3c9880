"""A walk of docs/tuning.md: on a function of one's own, λ and σ for 50 agents that succeed in 95% of runs, with script and figure."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from tests.server.serving import free_port
from tests.ui.conftest import PICTURES, ROOT, Lab, started
from tests.ui.test_map_page import SAID

CHAPTER = (ROOT / "docs" / "tuning.md").read_text()
LOSS, SERVE = re.findall(r"^```\w*\n(.*?)^```", CHAPTER, re.DOTALL | re.MULTILINE)[:2]
REGION = re.compile(
    r"σ from ([\d.]+) to ([\d.]+), λ from ([\d.]+) to ([\d.]+): (\d+) of 144 cells, each with at least (\d+)% of its runs"
    r" · robust middle σ = ([\d.]+), λ = ([\d.]+)"
)
ALL_RUNS = "5,760 of 5,760 runs"
MOST_S = 240  # within which all of them are done on a busy machine
SMALL = """import runpy
from components.maps import order
order.SIDE, order.RUNS = 12, 40  # a tenth of the runs, so that all are done while a test waits
runpy.run_module("swarmviz", run_name="__main__", alter_sys=True)
"""
AGAIN = """
import sys
import numpy as np
from swarmviz import exports
from swarmviz.drawing.map import map_picture, region_words
values = {str(name): of.values for name, of in table.data_vars.items() if of.dims == tuple(grid)}
picture = map_picture(*map(np.array, grid.values()), (False, False), values, "found", 0.95)
print("region", region_words(picture, ("σ", "λ")))
sim = sv.Simulation(dynamics, landscape, swarm)
open(sys.argv[1], "wb").write(exports.picture(sim, "map", "png", table=table, goal=0.95))
swarm.seed = 1_000_000
middle = {name: [at] for name, at in zip(grid, picture.middle)}
*_, table = sv.refine(dynamics, landscape, swarm, middle, runs=400, steps=399)
print("again", table["success_rate"].item(), table["success_high"].item(), table["final_evaluations"].max().item())
"""


@pytest.fixture
def served_loss(tmp_path: Path) -> Iterator[str]:
    """The address that the command of the chapter names, of a file of another name; its maps have 12 × 12 cells of 40 runs."""
    (tmp_path / "mine_of_the_walk.py").write_text(LOSS)
    (tmp_path / "small.py").write_text(SMALL)
    port, log = free_port(), tmp_path / "log.txt"
    program, *options = shlex.split(SERVE.replace("mine.py:", "mine_of_the_walk.py:"))
    assert program == "swarmviz"
    command = [sys.executable, "small.py", *options, "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with started(command, f"http://localhost:{port}/health", log, cwd=tmp_path, env=environment):
        (address,) = re.findall(r"open (http\S+) when", log.read_text())
        yield address
        assert "found numerically" in log.read_text() and "Traceback" not in log.read_text(), log.read_text()


class Clicks:
    """Counts what a hand does: a press, a choice of a menu, a number that is typed."""

    def __init__(self, page: Any):
        self.page, self.count = page, 0

    def press(self, found: Any) -> None:
        self.count += 1
        found.click()

    def choose(self, label: str, words: str) -> None:
        self.count += 1
        self.page.get_by_label(label).first.select_option(label=words)

    def take(self, title: str) -> bytes:
        with self.page.expect_download(timeout=120_000) as waiting:
            self.press(self.page.get_by_role("button", name=title, exact=True))
        return Path(waiting.value.path()).read_bytes()


def region(page: Any) -> re.Match[str] | None:
    """The region of a map of which all runs are done."""
    said = (text for text in page.evaluate(SAID) if ALL_RUNS in text)
    return next((found for text in said if (found := REGION.search(text))), None)


@pytest.mark.timeout(700)
def test_on_my_own_function_the_region_is_found_with_script_and_figure_in_less_than_ten_clicks(
    browser: Any, served_loss: str, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    lab = Lab(context.new_page()).open(served_loss)
    page, hand = lab.page, Clicks(lab.page)
    assert page.get_by_label("Landscape").first.input_value() == "loss", "the page begins with it"
    hand.count += 1
    lab.type("swarm.n", 50)
    hand.press(page.locator("button.reset"))
    hand.press(page.get_by_text("Map", exact=True).first)
    hand.choose("Step or evaluations of F", "20,000 evaluations")
    hand.choose("Share of its runs", "≥ 95%")
    lab.wait(
        lambda: any("K = 399" in text for text in page.evaluate(SAID)),
        f"20,000 / 50 − 1 steps: {page.evaluate(SAID)}",
        120,
    )
    lab.wait(lambda: region(page) is not None, "there is no region", MOST_S)
    coarse = region(page)
    assert coarse is not None
    hand.press(page.get_by_role("button", name="Fit the axes to the largest outlined region"))
    lab.wait(
        lambda: (now := region(page)) is not None and now[0] != coarse[0],
        f"there is no region after {coarse[0]}: {page.evaluate(SAID)}",
        MOST_S,
    )
    found = region(page)
    assert found is not None and int(found[6]) >= 95 and int(found[5]) > int(coarse[5])
    assert float(found[1]) < float(found[2]) and float(found[3]) < float(found[4]), "it has a width"
    hand.press(page.get_by_role("button", name="Export", exact=True).locator("visible=true").first)
    figure = hand.take("Map as PNG")
    script = hand.take("Python lines that make the same table as a file").decode()
    assert hand.count < 10, hand.count
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "walk-map.png").write_bytes(figure)
    lab.picture("walk-page")
    for line in ("from mine_of_the_walk import loss", "n=50", "steps=399", "minimisers=((1.0, 1.0),)"):
        assert line in script, script
    assert not lab.complaints, lab.complaints
    context.close()
    _live_again(tmp_path, script, found[0], figure)


def _live_again(folder: Path, script: str, region: str, figure: bytes) -> None:
    """The script computes the very region that the page has said, and its figure; the robust middle holds for other seeds."""
    (folder / "map.py").write_text(script + AGAIN)
    done = subprocess.run(
        [sys.executable, "map.py", "again.png"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert f"region {region}" in said, done.stdout
    np.testing.assert_array_equal(imread(folder / "again.png"), imread(io.BytesIO(figure)))
    rate, high, spent = map(float, said[-1].removeprefix("again ").split())
    assert high >= 0.95 and spent <= 20_000, f"{rate} of the runs of the robust middle with other seeds"
