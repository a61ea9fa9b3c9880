"""A table of one's own in a real Chromium: a file is chosen, checked and becomes the landscape under the running swarm."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ui.conftest import Lab
from tests.ui.test_export_page import open_exports
from tests.ui.test_touch_page import Fingers

FILE, STROKE, VALUES = "landscape.table.file", "landscape.table.stroke", "landscape.table"


def told(lab):
    return lab.row(FILE).locator(".told").inner_text()


def upload(lab, path):
    """Choose a file, and return what is said of it in the end."""
    lab.row(FILE).locator("input[type=file]").set_input_files(path)
    said = []

    def complete():
        said[:] = [told(lab)]
        return path.name in said[0] and "received" not in said[0] and "being read" not in said[0]

    lab.wait(complete, "nothing is said of the file", 60)
    return said[0]


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
    assert "bad.csv: table (U) = nan: value (0, 1) must be a number" in upload(lab, bad)
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
    lab.wait(lambda: lab.page.locator(".sheet[aria-busy=true]").count() == 0, "the new run is not built", 30)
    near = lambda: np.abs(np.abs(lab.agents()["x"]) - 1) < 0.3  # noqa: E731
    lab.wait(lambda: lab.agents() and near().mean() > 0.5, "the swarm does not find a minimum of the line", 30)
    assert not lab.complaints


def test_a_picture_is_a_landscape_that_no_link_holds_and_the_export_panel_says_so(table, tmp_path):
    image = pytest.importorskip("PIL.Image")
    lab, path = table, tmp_path / "hills.png"
    y, x = np.mgrid[0:300, 0:400]
    image.fromarray((127 + 120 * np.sin(x / 40) * np.cos(y / 50)).astype(np.uint8)).save(path)
    said = upload(lab, path)
    assert said.startswith("hills.png: 256 × 192 values. No link holds it: a link holds a table of at most 64 values")
    assert lab.row("landscape.table").locator("input").get_attribute("placeholder") == "256 × 192 values"
    open_exports(lab)
    lost = lab.page.locator(".exports .lost")
    lab.wait(
        lambda: "this has 49,152. NetCDF and the Python lines below hold it." in (lost.text_content() or ""),
        "no word of the link",
    )
    lab.wait(lambda k=lab.step: (lab.step or 0) != k, "the swarm does not go on")
    assert not lab.complaints


# ---- drawn by hand ---------------------------------------------------------------------------------------------------------


def values(lab):
    """The table as the text box has it."""
    rows = lab.row(VALUES).locator("input").input_value().split(";")
    found = np.array([[float(v) for v in row.split(",")] for row in rows])
    return found[0] if len(found) == 1 else found


def paper(lab):
    node = lab.row(STROKE).locator("svg.paper")
    node.scroll_into_view_if_needed()
    return node


def at(lab, u, share):
    """The point on the screen at shares of the sheet, the second one from below."""
    box = paper(lab).locator("rect").first.bounding_box()
    return box["x"] + u * box["width"], box["y"] + (1 - share) * box["height"]


def begin(lab, name):
    lab.row(STROKE).get_by_role("button", name=name).click()
    shape = (64,) if name == "New curve" else (8, 8)
    lab.wait(lambda: values(lab).shape == shape, f"{name} does not begin one", 30)
    lab.wait(lambda: lab.page.locator(".sheet[aria-busy=true]").count() == 0, "the new run is not built", 30)


def test_a_curve_that_is_drawn_becomes_the_landscape_and_one_stroke_is_one_state_of_undo(table):
    lab = table
    begin(lab, "New curve")
    lab.wait(lambda: lab.row("swarm.d").locator("input[type=text]").input_value() == "1", "no run on a line")
    before = values(lab)
    lab.page.mouse.move(*at(lab, 0.2, 0.8))
    lab.page.mouse.down()
    for i in range(1, 21):
        lab.page.mouse.move(*at(lab, 0.2 + 0.02 * i, 0.8 - 0.03 * i))
    trace = lab.row(STROKE).locator(".trace")
    lab.wait(lambda: (trace.get_attribute("d") or "").count("L") > 10, "the stroke is not seen while it is drawn")
    assert np.array_equal(values(lab), before), "nothing acts before the hand lets go"
    lab.page.mouse.up()
    lab.wait(lambda: not np.array_equal(values(lab), before), "the stroke does not reach the table")
    after, places = values(lab), np.linspace(0, 1, 64)
    outside = (places < 0.18) | (places > 0.62)
    assert np.array_equal(after[outside], before[outside]), "what was not passed stays"
    inside = (places > 0.22) & (places < 0.58)
    assert (np.diff(after[inside]) < 0).all() and after[inside][0] - after[inside][-1] > 0.5
    lab.wait(lambda: (trace.get_attribute("d") or "") == "", "the trace stays")
    assert lab.error(STROKE) == ""
    link = lab.page.url
    lab.page.keyboard.press("Control+z")
    lab.wait(lambda: np.array_equal(values(lab), before), "one stroke is not one state of undo", 30)
    lab.page.goto(link)
    lab.wait(lambda: lab.row(VALUES).count() and np.array_equal(values(lab), after), "the link does not hold it", 30)
    assert not lab.complaints


def test_keys_choose_a_value_and_change_it_and_its_box_takes_a_number(table):
    lab = table
    node = paper(lab)
    node.focus()
    assert node.get_attribute("aria-valuetext") == "x = -3, y = -3: U = 6"
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        lab.page.keyboard.press(key)
    told = lambda: node.get_attribute("aria-valuetext")  # noqa: E731
    lab.wait(lambda: told() == "x = -1.8, y = -0.6: U = 1.5", "the keys do not choose")
    step, before = lab.step, values(lab)
    lab.page.keyboard.press("PageUp")
    lab.page.keyboard.press("Shift+PageUp")
    lab.wait(lambda: values(lab)[1, 2] > 1.5 + 0.1 * 6, "the keys do not change it")
    after = values(lab)
    assert np.count_nonzero(after != before) == 1 and (step or 0) <= (lab.step or 0), "keys of the sheet move no run"
    box = lab.row(STROKE).locator(".knot input")
    box.fill("-2.5")
    box.press("Enter")
    lab.wait(lambda: values(lab)[1, 2] == -2.5, "a number that is typed is not taken")
    box.fill("much")
    box.press("Enter")
    lab.wait(lambda: box.input_value() == "-2.5", "what is no number stays")
    assert lab.error(STROKE) == "" and not lab.complaints


def test_a_finger_paints_a_well_and_a_hill_on_a_phone(browser, server):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, user_agent="Mobile"
    )
    try:
        lab = Lab(context.new_page()).open(server.page)
        lab.page.locator("[aria-label='Open drawer']").tap()
        lab.row("landscape").wait_for()
        lab.choose("landscape", "Grid")
        begin(lab, "New plane")
        before, fingers = values(lab), Fingers(lab)
        top = at(lab, 0, 1)
        fingers.drag((at(lab, 0.2, 0.25), at(lab, 0.32, 0.3)))
        lab.wait(lambda: values(lab)[2, 2] < before[2, 2] - 0.3, "a finger makes no well")
        assert at(lab, 0, 1) == top, "the sheet is not scrolled away under the finger"
        lab.row(STROKE).get_by_role("button", name="Hill").tap()
        well = values(lab)
        fingers.drag((at(lab, 0.7, 0.75), at(lab, 0.8, 0.8)))
        lab.wait(lambda: values(lab)[5, 5] > well[5, 5] + 0.3, "a finger makes no hill")
        assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390 and not lab.complaints
    finally:
        context.close()


def test_a_large_table_is_painted_too_and_can_be_made_coarse_enough_for_a_link(table, tmp_path):
    lab, path = table, tmp_path / "fine.csv"
    np.savetxt(path, np.random.default_rng(3).normal(size=(30, 30)), delimiter=",")
    upload(lab, path)
    before = values(lab)
    lab.wait(lambda: "30 × 30 values: no link holds them." in lab.row(STROKE).inner_text(), "no word of the link")
    lab.page.mouse.move(*at(lab, 0.5, 0.5))
    lab.page.mouse.down()
    lab.page.mouse.up()
    lab.wait(lambda: values(lab)[15, 15] < before[15, 15] - 0.5, "a click makes no well")
    assert values(lab)[0, 0] == before[0, 0]
    lab.row(STROKE).get_by_role("button", name="Make coarser").click()
    lab.wait(lambda: values(lab).shape == (8, 8), "it is not made coarser")
    assert lab.row(STROKE).get_by_text("Make coarser").is_hidden() and not lab.complaints
