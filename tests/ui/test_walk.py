"""A walk of docs/tuning.md: on a function of one's own, λ and σ for 50 agents that succeed in 95% of runs, with script and figure."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.serving import free_port
from tests.ui.conftest import PICTURES, ROOT, Lab, started
from tests.ui.test_map_page import SAID

CHAPTER = (ROOT / "docs" / "tuning.md").read_text()
LOSS, SERVE = re.findall(r"^```\w*\n(.*?)^```", CHAPTER, re.DOTALL | re.MULTILINE)
REGION = re.compile(
    r"σ from ([\d.]+) to ([\d.]+), λ from ([\d.]+) to ([\d.]+): (\d+) of 576 cells, each with at least (\d+)% of its runs"
)
MOST_S = 240  # within which every cell has its first runs on a busy machine; all 57,600 take minutes


@pytest.fixture
def served_loss(tmp_path: Path) -> Iterator[str]:
    """The address of the page that the command of the chapter serves, of a file of another name."""
    (tmp_path / "mine_of_the_walk.py").write_text(LOSS)
    port, log = free_port(), tmp_path / "log.txt"
    program, *options = shlex.split(SERVE.replace("mine.py:", "mine_of_the_walk.py:"))
    command = [sys.executable, "-m", program, *options, "--port", str(port)]
    page, environment = f"http://localhost:{port}", os.environ | {"PYTHONPATH": str(ROOT)}
    with started(command, f"{page}/health", log, cwd=tmp_path, env=environment):
        yield f"{page}/app"
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
    return next((found for text in page.evaluate(SAID) if (found := REGION.search(text))), None)


@pytest.mark.timeout(400)
def test_on_my_own_function_the_region_is_found_with_script_and_figure_in_less_than_ten_clicks(
    browser: Any, served_loss: str, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    lab = Lab(context.new_page()).open(served_loss)
    page, hand = lab.page, Clicks(lab.page)
    hand.choose("Landscape", "loss")
    lab.wait(lambda: page.locator(".sheet[aria-busy=true]").count() == 0, "loss was not built", 60)
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
    found = region(page)
    assert found is not None and int(found[6]) >= 95 and int(found[5]) > 1
    assert float(found[1]) < float(found[2]) and float(found[3]) < float(found[4]), "it has a width"
    hand.press(page.get_by_role("button", name="Export", exact=True).locator("visible=true").first)
    figure = hand.take("Map as PNG")
    script = hand.take("Python lines that make the same table as a file").decode()
    assert hand.count < 10, hand.count
    assert figure.startswith(b"\x89PNG")
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "walk-map.png").write_bytes(figure)
    lab.picture("walk-page")
    compile(script, "map.py", "exec")
    for line in ("from mine_of_the_walk import loss", "n=50", "steps=399", "minimisers=((1.0, 1.0),)"):
        assert line in script, script
    assert not lab.complaints, lab.complaints
    (tmp_path / "map.py").write_text(_smaller(script))
    said = subprocess.run(
        [sys.executable, "map.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert said.returncode == 0 and "16 of 16 runs" in said.stdout, said.stderr
    context.close()


def _smaller(script: str) -> str:
    """The script of the map with 2 × 2 of its cells and 4 runs of each."""
    few = "grid = {name: values[6:8] for name, values in grid.items()}\nfor table in"
    return script.replace("for table in", few).replace("runs=100", "runs=4, first=4")
