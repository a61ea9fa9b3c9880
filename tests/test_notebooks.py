"""The notebooks of docs/notebooks: what is stored in them is what their cells show today."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"\d[\d,]*\.?\d*(?:e[+-]?\d+)?")
FAR = 0.25  # between processors runs agree in law only; a changed parameter is farther
WORDS = "text/markdown", "text/plain"


def words(notebook):
    """The text that each code cell shows: what it prints, its Markdown, its tables."""
    shown = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "stream":
                shown.append("".join(output["text"]))
            else:
                shown += ["".join(output["data"][kind]) for kind in WORDS if kind in output["data"]]
    return "\n".join(shown)


def differences(one, other):
    """Where two texts say something else: other words, or numbers that are far from each other."""
    if NUMBER.sub("#", one).split() != NUMBER.sub("#", other).split():
        return [(one, other)]
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    numbers = [(float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs]
    return [pair for pair in numbers if not math.isclose(*pair, rel_tol=FAR, abs_tol=0.05)]


def test_a_number_that_is_far_or_a_word_that_is_another_is_a_difference():
    assert differences("75% of 1,000", "74% of 1,000") == []
    assert differences("75% of 1,000", "50% of 1,000") == [(75, 50)]
    assert differences("75% better", "75% worse")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_executed_from_its_first_cell_to_its_last_and_small(path):
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    kinds = {output["output_type"] for cell in code for output in cell["outputs"]}
    assert "error" not in kinds and all(o.get("name") != "stderr" for cell in code for o in cell["outputs"])
    assert path.stat().st_size < 200_000 and "image/png" in path.read_text("utf-8")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_stored_is_what_is_computed(path):
    """Run tools/notebooks.py when this fails, and read what the notebook says then."""
    pytest.importorskip("nbclient", reason="the extra docs is not installed")
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "tools" / "notebooks.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    stored = words(json.loads(path.read_text("utf-8")))
    assert len(stored) > 300 and differences(stored, words(tool.executed(path))) == []
