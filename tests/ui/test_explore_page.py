"""A table of runs in a real Chromium: a box chooses runs, the server sorts the table, and a tap opens exactly that run."""

from __future__ import annotations

from typing import Any

import pytest

from components.links import permalink
from tests.explore.written import data, written
from tests.server.serving import served
from tests.ui.axe import findings, wait_for_theme
from tests.ui.conftest import Lab

pytestmark = pytest.mark.timeout(400)  # the first figure of a process loads HoloViews
FRAME = """(name) => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const figures = models.filter((m) => m.type === "Figure" && m.name?.startsWith(name))  // one that was replaced may still be there
  const view = figures.map((m) => Bokeh.index.find_one_by_id(m.id)).find((found) => found)
  if (!view) return null
  const box = view.el.getBoundingClientRect(), {bbox} = view.frame
  return bbox.width < 60 ? null : {x: box.left + bbox.left, y: box.top + bbox.top, width: bbox.width, height: bbox.height}
}"""

MODELS = "() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))"

# The sixth of 24 points whose y is the run, in a figure that is seen: one that was replaced may still be there.
POINT = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  for (const points of models.filter((m) => m.type === "GlyphRenderer" && m.data_source.data.row?.length === 24)) {
    const {x, y, row} = points.data_source.data
    const figure = models.find((m) => m.type === "Figure" && m.renderers.includes(points))
    const view = figure && Bokeh.index.find_one_by_id(figure.id)
    if (!view || !Array.from(y).every((at) => Number.isInteger(Number(at)))) continue
    const box = view.el.getBoundingClientRect()
    return {x: box.left + view.frame.x_scale.compute(x[5]), y: box.top + view.frame.y_scale.compute(y[5]),
            run: Number(y[5]), row: Number(row[5])}
  }
  return null
}"""


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("explore")
    with served(folder / "log.txt", "--explore", str(written("sweep", folder))) as server:
        yield server
        said = server.said()
        assert "Refused:" not in said and "Traceback" not in said, said


@pytest.fixture
def page(lab: Lab, explored: Any) -> Any:
    lab.page.goto(f"http://{explored.host}/explore")
    lab.page.wait_for_function(f"['Map', 'Curves', 'Share'].every((name) => ({FRAME})(name) !== null)", timeout=60_000)
    lab.page.wait_for_selector(".tabulator-row")
    return lab.page


def settled(page: Any, name: str) -> Any:
    """Where a figure is, once it stands still."""
    places = [None, page.evaluate(FRAME, name)]
    while places[-1] is None or places[-1] != places[-2]:
        page.wait_for_timeout(300)
        places.append(page.evaluate(FRAME, name))
        assert len(places) < 100
    return places[-1]


def drag(page: Any, name: str, x0: float, y0: float, x1: float, y1: float) -> None:
    """A box between two places, as shares of a figure's frame."""
    at = settled(page, name)
    places = [(at["x"] + x * at["width"], at["y"] + y * at["height"]) for x, y in ((x0, y0), (x1, y1))]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=8)
    page.mouse.up()


def test_a_box_chooses_runs_everything_follows_and_a_tap_on_a_row_opens_exactly_that_run(page, lab):
    assert page.locator(".chosen").inner_text() == "All 24 runs"
    drag(page, "Map", 0.02, 0.55, 0.98, 0.98)  # the lower of two rows of cells, λ = 0.5
    lab.wait(lambda: page.locator(".chosen").inner_text() == "12 of 24 runs", "no run was chosen", 20)
    lab.wait(lambda: page.locator(".tabulator-row").count() == 12, "the table does not follow", 20)
    page.wait_for_function(f"({MODELS})().some((m) => m.type === 'Div' && m.text.includes('12 runs'))", timeout=60_000)
    page.locator(".tabulator-col-title", has_text="seed").click()
    cells = page.locator(".tabulator-row .tabulator-cell[tabulator-field=c3]")
    lab.wait(lambda: cells.all_inner_texts()[:3] == ["5", "5", "5"], "not sorted by seed", 20)
    row = page.locator(".tabulator-row").nth(4)
    sigma, lam, run, seed = (row.locator(f"[tabulator-field=c{i}]").inner_text() for i in range(4))
    with page.context.expect_page() as opening:
        row.locator("[tabulator-field=c2]").click()
    assert page.locator(".run").inner_text() == f"Run {run} · σ = {sigma} · λ = {lam} · seed {seed}"
    arena = Lab(opening.value)
    arena.page.wait_for_selector(".readout .k")
    arena.wait(lambda: arena.step is not None, "no picture was painted", 60)
    assert arena.row("swarm.seed").locator("input[type=text]").input_value() == seed
    assert arena.row("dynamics.sigma").locator("input[type=text]").input_value() == sigma
    link = page.locator(".links a").nth(1).get_attribute("href").partition("s=")[2]
    lived = permalink.read(link).runs[0].replay()
    values = data("sweep").sel(sigma=float(sigma), lam=float(lam)).isel(run=int(run))
    assert lived.record["best"][-1] == values["final_best"].item()
    assert not lab.complaints and not arena.complaints


def test_axes_are_chosen_by_menus_and_a_tap_on_a_point_opens_its_run(page, lab):
    page.locator("select[data-name=x]").select_option("final_best")
    page.locator("select[data-name=y]").select_option("run")
    page.wait_for_function(f"({POINT})() !== null", timeout=60_000)
    at = settled(page, "Map")
    point = page.evaluate(POINT)
    assert at["x"] <= point["x"] <= at["x"] + at["width"]
    with page.context.expect_page():
        page.mouse.click(point["x"], point["y"])
    lab.wait(lambda: page.locator(".run").inner_text().startswith(f"Run {point['run']} "), "no run was told", 20)
    page.get_by_label("Targets").fill("x")
    page.get_by_label("Targets").press("Enter")
    lab.wait(lambda: "must be numbers" in page.locator(".complaint").inner_text(), "nothing was said of it", 20)
    assert not lab.complaints


def test_the_map_highlights_the_cells_of_the_chosen_runs_and_none_when_all_are_chosen(page, lab):
    highlighted = f"""() => {{
      const figure = ({MODELS})().find((m) => m.type === "Figure" && m.name?.startsWith("Map"))
      return figure.renderers[0].data_source.selected.indices.length
    }}"""
    drag(page, "Map", 0.02, 0.45, 0.98, 0.98)  # it touches the upper row of cells, and has the middles of the lower one
    lab.wait(lambda: page.locator(".chosen").inner_text() == "12 of 24 runs", "no run was chosen", 20)
    lab.wait(lambda: page.evaluate(highlighted) == 3, "other cells are highlighted than are chosen", 20)
    page.get_by_text("Choose all").click()
    lab.wait(lambda: page.locator(".chosen").inner_text() == "All 24 runs", "they were not chosen", 20)
    lab.wait(lambda: page.evaluate(highlighted) == 0, "cells are highlighted still", 20)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_say_against_the_table(page, lab, theme):
    page.emulate_media(reduced_motion="reduce", color_scheme=theme)
    wait_for_theme(lab)
    page.locator(".tabulator-row [tabulator-field=c2]").first.wait_for()
    # The rows and cells are Tabulator's, whose roles this project does not write (docs/accessibility.md).
    ours = lambda: [told for told in findings(page) if "tabulator" not in "".join(told)]  # noqa: E731
    lab.wait(lambda: not ours(), "axe finds something also once the pictures have the theme", 40)
    assert not lab.complaints
