"""A table of one's own in a real Chromium: a file is chosen, checked and becomes the landscape under the running swarm."""

from __future__ import annotations

import numpy as np
import pytest

FILE = "landscape.table.file"


def told(lab):
    return lab.row(FILE).locator(".told").inner_text()


def upload(lab, path):
    lab.row(FILE).locator("input[type=file]").set_input_files(path)
    lab.wait(lambda: path.name in told(lab) or "must be a number" in told(lab), "nothing is said of the file", 20)
    lab.wait(lambda: "received" not in told(lab) and "being read" not in told(lab), "the file is not read", 40)
    return told(lab)


@pytest.fixture
def table(lab, server):
    lab.open(server.page)
    lab.choose("landscape", "Grid")
    return lab


def test_a_file_becomes_the_landscape_and_one_that_does_not_fit_leaves_the_swarm_as_it_is(table, tmp_path):
    lab = table
    path = tmp_path / "plane.csv"
    np.savetxt(path, np.random.default_rng(2).normal(size=(8, 8)), delimiter=",")
    assert upload(lab, path) == "plane.csv: 8 × 8 values."
    assert lab.row("landscape.table").locator("input").input_value().count(";") == 7

    bad = tmp_path / "bad.csv"
    bad.write_text("1,nan\n3,4\n")
    assert "table (U) = nan: value (0, 1) must be a number" in upload(lab, bad)
    assert lab.row(FILE).locator(".told.bad").count() == 1
    lab.wait(lambda k=lab.step: (lab.step or 0) != k, "the swarm does not go on")

    image = pytest.importorskip("PIL.Image")
    bomb = tmp_path / "bomb.png"
    image.new("1", (20_000, 20_000)).save(bomb)
    assert upload(lab, bomb).startswith("bomb.png: has 20,000 × 20,000 pixels")
    large = tmp_path / "large.csv"
    large.write_text("1\n" * 1_000_001)
    assert upload(lab, large) == "large.csv: has 2,000,002 bytes; must be 1 to 2,000,000."

    line = tmp_path / "line.csv"
    line.write_text("\n".join(f"{(v * v - 1) ** 2:.6f}" for v in np.linspace(-2, 2, 41)))
    low, high = (lab.row(FILE).locator(".ends input").nth(i) for i in (0, 1))
    low.fill("2")
    low.press("Enter")
    high.fill("-2")
    high.press("Enter")
    lab.row(FILE).locator("input[type=file]").set_input_files(line)
    lab.wait(lambda: told(lab) == "low = 2, high = -2: low must be smaller than high.", "a reversed box is not refused")
    low.fill("-2")
    low.press("Enter")
    lab.wait(lambda: "fill" not in told(lab), "")
    high.fill("2")
    high.press("Enter")
    lab.wait(lambda: told(lab) == "line.csv: 41 values.", "the box that was mended is not taken", 40)
    lab.wait(lambda: lab.row("swarm.d").locator("input[type=text]").input_value() == "1", "no run in one dimension")
    lab.wait(lambda: lab.agents() and (lab.step or 0) > 3, "the swarm does not run on the line")
    assert max(map(abs, lab.agents()["x"])) < 4 and not lab.complaints


def test_a_picture_is_a_landscape_that_no_link_holds_and_the_export_panel_says_so(table, tmp_path):
    image = pytest.importorskip("PIL.Image")
    lab, path = table, tmp_path / "hills.png"
    y, x = np.mgrid[0:300, 0:400]
    image.fromarray((127 + 120 * np.sin(x / 40) * np.cos(y / 50)).astype(np.uint8)).save(path)
    said = upload(lab, path)
    assert said.startswith("hills.png: 256 × 192 values. No link holds it: a link holds a table of at most 64 values")
    assert lab.row("landscape.table").locator("input").get_attribute("placeholder") == "256 × 192 values"
    if not lab.page.get_by_role("tab", name="Export").is_visible():
        lab.page.click("[aria-label='Open drawer']")
    lab.page.get_by_role("tab", name="Export").click()
    lost = lab.page.locator(".lost")
    lab.wait(
        lambda: "this has 49,152. NetCDF and the Python lines below hold it." in (lost.text_content() or ""),
        "no word of the link",
    )
    lab.wait(lambda k=lab.step: (lab.step or 0) != k, "the swarm does not go on")
    assert not lab.complaints
