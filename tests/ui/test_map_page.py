"""The map in a real Chromium: it fills while the swarm moves, its fields choose what it is of, and a click takes the swarm to a cell."""

from __future__ import annotations

from typing import Any

import pytest

CELLS = r"""() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const said = models.filter((m) => m.type === "Div").map((m) => m.text.match(/(\d+) of \d+ cells ·/)).find((found) => found)
  return said ? Number(said[1]) : 0
}"""
SAID = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values())).filter((m) => m.type === "Div").map((m) => m.text)"""
PLACE = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const cells = models.filter((m) => m.type === "GlyphRenderer" && m.glyph.type === "Quad" && m.data_source.data.seeds)
  const figures = models.filter((m) => m.type === "Figure" && m.renderers.some((part) => cells.includes(part)))
  const fig = figures.find((m) => Bokeh.index.find_one_by_id(m.id)) // one that was replaced may still be there
  if (!fig) return null
  const view = Bokeh.index.find_one_by_id(fig.id)
  const box = view.el.getBoundingClientRect(), { bbox } = view.frame
  if (bbox.width < 60 || bbox.height < 30) return null // it is not laid out yet
  return { id: fig.id, x: box.left + bbox.left + bbox.width * 0.3, y: box.top + bbox.top + bbox.height * 0.3 }
}"""


@pytest.fixture
def mapped(lab: Any, server: Any) -> Any:
    """A page with a map whose first cells are there."""
    lab.open(server.page)
    lab.page.get_by_text("Map", exact=True).first.click()
    lab.page.wait_for_function(f"({CELLS})() >= 36", timeout=120_000)
    lab.page.wait_for_function(f"({PLACE})() !== null", timeout=120_000)
    return lab


def settled(lab: Any) -> Any:
    """Where a cell is, once the figure stands still: nobody clicks what is only just coming."""
    places = [None, lab.page.evaluate(PLACE)]
    while places[-1] is None or places[-1] != places[-2]:
        lab.page.wait_for_timeout(400)
        places.append(lab.page.evaluate(PLACE))
        assert len(places) < 150, places[-1]
    return places[-1]


def click(lab: Any, **options: Any) -> None:
    """Click a cell as soon as the map stands still."""
    place = settled(lab)
    for key in options.get("held", ()):
        lab.page.keyboard.down(key)
    lab.page.mouse.click(place["x"], place["y"], delay=options.get("delay", 0))
    for key in options.get("held", ()):
        lab.page.keyboard.up(key)


@pytest.mark.parametrize("delay", [0, 600], ids=["quick", "slow"])
def test_a_click_on_the_first_map_moves_the_swarm_and_the_figure_stays(mapped, delay):
    first, before = settled(mapped)["id"], mapped.page.url
    sigma = mapped.row("dynamics.sigma").locator("input[type=text]").input_value()
    click(mapped, delay=delay)
    value = mapped.row("dynamics.sigma").locator("input[type=text]")
    mapped.wait(lambda: value.input_value() != sigma, "σ is as before", 60)
    mapped.wait(lambda: mapped.page.url != before, "the link is as before", 60)
    mapped.page.wait_for_timeout(2500)
    assert mapped.page.evaluate(PLACE)["id"] == first, "one that is replaced takes a click away"


def test_a_click_with_shift_puts_a_second_swarm_there(mapped):
    click(mapped, held=["Shift"])
    mapped.wait(
        lambda: mapped.page.locator(".compare .tab").count() == 2,
        f"there is no second swarm: {mapped.page.evaluate(SAID)}",
        60,
    )
    mapped.page.wait_for_function(f"({PLACE})() !== null", timeout=60_000)


FITS = """() => {
  const roots = [document], cut = []
  for (const root of roots) { for (const node of root.querySelectorAll("*")) { if (node.shadowRoot) { roots.push(node.shadowRoot) } } }
  const find = (label) => roots.flatMap((root) => Array.from(root.querySelectorAll(`[aria-label^="${label}"]`)))[0]
  const pen = document.createElement("canvas").getContext("2d")
  for (const side of ["horizontal", "vertical"]) {
    const menu = find(`Parameter of the ${side} axis`), range = find(`Range of the ${side} axis`)
    for (const [node, text, arrow] of [[menu, menu.selectedOptions[0].text, 16], [range, range.value || range.placeholder, 0]]) {
      const look = getComputedStyle(node)
      pen.font = look.font
      const room = node.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight) - arrow
      if (pen.measureText(text).width > room) { cut.push(`${text}: ${room.toFixed(0)} px`) }
    }
  }
  return cut
}"""


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768)])
def test_the_names_and_the_ranges_of_the_axes_can_be_read_whole(mapped, width, height):
    mapped.page.set_viewport_size({"width": width, "height": height})
    mapped.wait(lambda: mapped.page.evaluate(FITS) == [], f"cut: {mapped.page.evaluate(FITS)}", 10)
    settled(mapped)  # the map has room under its fields
    mapped.picture(f"map-fields-{width}")


@pytest.mark.parametrize("width, height", [(1024, 768), (390, 844), (844, 390)])
def test_in_a_small_window_the_cells_have_room(mapped, width, height):
    mapped.page.set_viewport_size({"width": width, "height": height})
    high = f"() => Bokeh.index.find_one_by_id(({PLACE})().id).frame.bbox.height"
    mapped.wait(
        lambda: mapped.page.evaluate(PLACE) is not None and mapped.page.evaluate(high) >= 100, "a low stripe", 20
    )
    assert not mapped.complaints


def test_the_fields_choose_axes_range_and_step_and_the_link_holds_them(mapped):
    page, before = mapped.page, mapped.page.url
    page.get_by_label("Step or evaluations of F by which a run").select_option(label="K 50")
    page.get_by_label("Range of the horizontal axis").fill("0.5:2")
    page.get_by_label("Range of the horizontal axis").press("Enter")
    page.wait_for_function("(url) => location.href !== url", arg=before, timeout=30_000)
    page.get_by_label("Parameter of the horizontal axis").select_option("swarm.n")
    page.wait_for_function(
        """() => Bokeh.documents.some((doc) => Array.from(doc._all_models.values())
            .some((m) => m.axis_label && m.axis_label.startsWith("N")))""",
        timeout=60_000,
    )
    assert page.get_by_label("Range of the horizontal axis").input_value() == "", "a range belongs to its parameter"
