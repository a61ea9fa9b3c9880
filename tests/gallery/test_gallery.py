"""``tools/gallery.py --same`` counts as made of the present sources what was compared, or is vouched for by what was, and nothing else."""

import dataclasses
import importlib.util
import sys

import numpy as np
import pytest

from swarmviz import papers
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS
from swarmviz.gallery.sources import digest_of
from tests.server.serving import ROOT

OLD = "0" * 12
FIGURE, ALIKE, PRESET, DEAR = "004-figure4", "004-figure5", "finite-quench", "003-table2"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("gallery_tool", ROOT / "tools" / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def same(tool, tmp_path, monkeypatch):
    """Runs the tool in a folder where some cards are stale; the keys that count as made of the present sources afterwards."""
    made = stored.read_list()
    keys = (FIGURE, ALIKE, PRESET, DEAR)
    for name in (name for key in keys for name in stored.files_of(key)):
        (tmp_path / name).write_bytes((stored.FOLDER / name).read_bytes())
    stored.write_list({key: made[key]._replace(digest=OLD) for key in keys}, tmp_path)
    monkeypatch.setattr(stored, "FOLDER", tmp_path)

    def run(*given, says=""):
        monkeypatch.setattr(sys, "argv", ["gallery.py", "--same", *given])
        if says:
            with pytest.raises(SystemExit, match=says):
                tool.main()
        else:
            tool.main()
        return [key for key, one in stored.read_list(tmp_path).items() if one.digest == digest_of(CARDS[key])]

    run.folder, run.made = tmp_path, made
    return run


def test_what_is_the_same_counts_and_says_as_before_how_it_was_made(same):
    assert same(FIGURE, PRESET) == [FIGURE, PRESET]
    after = stored.read_list(same.folder)
    assert all(after[key][1:] == same.made[key][1:] for key in (FIGURE, PRESET)) and after[ALIKE].digest == OLD


def test_nothing_counts_when_a_value_or_a_picture_of_either_theme_differs(same):
    data = stored.reference(FIGURE, same.folder)
    data["occupation"] = data["occupation"] + np.float32(1e-6)
    (same.folder / f"{FIGURE}.nc.gz").write_bytes(stored.packed(papers.ALL[FIGURE], data))
    assert same(PRESET, FIGURE, says=f"{FIGURE} differs") == []
    for theme, other in (("light", "dark"), ("dark", "light")):
        path = same.folder / f"{PRESET}-{theme}.webp"
        kept = path.read_bytes()
        path.write_bytes((same.folder / f"{PRESET}-{other}.webp").read_bytes())
        assert same(PRESET, says=f"{PRESET} differs") == [], theme
        path.write_bytes(kept)


def test_a_dear_card_counts_by_one_that_was_compared_and_not_by_itself(same):
    assert same(DEAR, PRESET, says=f"stale as before: {DEAR}") == [PRESET], "no other goes through what it goes through"
    assert same(DEAR, says=f"stale as before: {DEAR}") == [PRESET], "nothing was compared"


def test_a_dear_card_with_values_of_its_own_that_have_changed_stays_stale(tool, same, monkeypatch):
    made = {FIGURE: same.made[FIGURE]._replace(seconds=0.0), ALIKE: same.made[ALIKE]._replace(seconds=50.0)}
    assert tool.same([ALIKE, FIGURE], made, 20.0) == [FIGURE, ALIKE]
    figure = papers.ALL[ALIKE]
    parts = (dataclasses.replace(figure.parts[0], steps=figure.parts[0].steps - 1), *figure.parts[1:])
    monkeypatch.setitem(papers.ALL, ALIKE, dataclasses.replace(figure, parts=parts))
    assert tool.same([ALIKE, FIGURE], made, 20.0) == [FIGURE]


def test_a_card_without_its_files_is_not_the_same(same):
    (same.folder / f"{PRESET}-dark.webp").unlink()
    assert same(PRESET, FIGURE, says=f"stale as before: {PRESET}") == [FIGURE]
