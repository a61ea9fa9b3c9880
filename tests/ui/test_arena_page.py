"""Looking closely, in a real Chromium: wheel, keys and hand move the region, the link holds it, and a small swarm is enlarged."""

from __future__ import annotations

import pytest

from components.links import permalink
from components.state import of_preset, state_of
from swarmviz.presets import ALL

ARENAS = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  .filter((m) => m.type === "Figure" && m.title?.text && Bokeh.index.find_one_by_id(m.id) != null)
  .map((f) => [f.x_range.start, f.x_range.end, f.y_range.start, f.y_range.end])"""
# A hand halves the ranges, and before the server knows, the frame becomes narrower for ticks with more digits, and wide again: middle of x,
# units of both axes. Then all is as before.
NARROWER = """async () => {
  const {x_range: x, y_range: y, inner_width: w, inner_height: h} = window.fig = Bokeh.documents
    .flatMap((doc) => Array.from(doc._all_models.values()))
    .find((m) => m.type === "Figure" && m.title?.text && Bokeh.index.find_one_by_id(m.id) != null)
  const told = {sync: false}, seen = [x.start, x.end, y.start, y.end]
  const view = () => [(x.start + x.end) / 2, (x.end - x.start) / fig.inner_width, (y.end - y.start) / h]
  for (const range of [x, y]) {
    const middle = (range.start + range.end) / 2, quarter = (range.end - range.start) / 4
    range.setv({start: middle - quarter, end: middle + quarter}, told)
  }
  const views = [view()]
  for (const width of [w - 10, w]) {
    fig.setv({inner_width: width}, told)
    await new Promise((done) => setTimeout(done)) // Bokeh's callbacks are asynchronous
    views.push(view())
  }
  x.setv({start: seen[0], end: seen[1]}, told); y.setv({start: seen[2], end: seen[3]}, told)
  return views
}"""
INSET = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  .filter((m) => m.type === "GlyphRenderer" && m.name === "inset").flatMap((m) => Array.from(m.data_source.data.text))"""


def address(server, preset="cbo-rastrigin", k=120, **views):
    state = state_of(of_preset(ALL[preset]))
    runs = tuple(run._replace(k=k) for run in state.runs)
    return f"{server.page}?s={permalink.write(state._replace(runs=runs, views=views or None))}"


def arenas(lab):
    return lab.page.evaluate(ARENAS)


def width(lab, place=0):
    x0, x1, *_ = arenas(lab)[place]
    return x1 - x0


def middle(lab):
    """The middle of the first arena on the screen."""
    box = lab.page.locator(".arena canvas").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def opened(lab, address):
    lab.open(address)
    lab.pause()
    lab.wait(lambda: width(lab) > 1e-12 and width(lab) != 1, "the ranges were not set")
    return lab


def region(lab):
    """The region in the address, None where there is none."""
    return (permalink.read(lab.page.url.partition("?s=")[2]).views or {}).get("region")


def test_wheel_and_hand_move_the_region_which_the_link_holds(lab, server):
    opened(lab, address(server))
    whole = width(lab)
    lab.page.mouse.move(*middle(lab))
    for _ in range(4):
        lab.page.mouse.wheel(0, -200)
    lab.wait(lambda: width(lab) < 0.7 * whole, "the wheel does not zoom")
    lab.wait(
        lambda: region(lab) is not None and region(lab) == pytest.approx(arenas(lab)[0]),
        "the link does not hold the region",
    )
    before, (x, y) = arenas(lab)[0], middle(lab)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 80, y, steps=4)
    lab.page.mouse.up()
    lab.wait(lambda: arenas(lab)[0][0] < before[0] - 0.1 * (before[1] - before[0]), "the hand does not move it")
    assert width(lab) == pytest.approx(before[1] - before[0])
    lab.wait(lambda: region(lab) == pytest.approx(arenas(lab)[0]), "the link does not follow")
    moved, narrower, again = lab.page.evaluate(NARROWER)
    assert narrower == pytest.approx(moved) and again == pytest.approx(moved), "other ticks undo what a hand does"
    seen = arenas(lab)[0]
    opened(lab, lab.page.url)
    lab.wait(lambda: arenas(lab)[0] == pytest.approx(seen), "the link does not open the region")
    lab.page.keyboard.press("0")
    lab.wait(lambda: width(lab) == pytest.approx(whole) and region(lab) is None, "0 does not bring the box back")
    assert not lab.complaints


def test_a_small_swarm_is_enlarged_and_fitted_on_demand(lab, server):
    opened(lab, address(server))
    lab.wait(lambda: any(text.startswith("×") for text in lab.page.evaluate(INSET)), "no inset")
    k = 120
    lab.wait(lambda: lab.step == k, "the read-out does not follow")
    lab.page.keyboard.press("s")
    lab.wait(lambda: width(lab) < 0.5, "the swarm is not fitted")
    lab.wait(lambda: not lab.page.evaluate(INSET), "then there is nothing left to enlarge")
    near = width(lab)
    lab.page.keyboard.press("-")
    lab.wait(lambda: width(lab) == pytest.approx(1.5 * near), "− does not zoom out")
    left = arenas(lab)[0][0]
    lab.page.keyboard.press("Shift+ArrowRight")
    lab.wait(lambda: arenas(lab)[0][0] > left, "the region is not moved")
    assert lab.step == k, "the arrows alone step"
    lab.page.click("button.show")
    lab.page.get_by_label("Contours").uncheck()
    lab.wait(lambda: (permalink.read(lab.page.url.partition("?s=")[2]).views or {}).get("layers") == ["trails", "arrows", "links", "inset"],
             "the link does not hold the switches")  # fmt: skip
    assert not lab.complaints


def test_two_arenas_show_the_same_region(lab, server):
    opened(lab, address(server, k=5))
    lab.page.get_by_role("button", name="Compare with a second swarm").click()
    lab.wait(lambda: len(arenas(lab)) == 2 and width(lab, 1) > 2, "there is no second arena")
    before = width(lab)
    lab.page.mouse.move(*middle(lab))
    for _ in range(4):
        lab.page.mouse.wheel(0, -200)
    lab.wait(
        lambda: width(lab) < 0.9 * before and width(lab, 1) == pytest.approx(width(lab), rel=0.02),
        "the other arena does not follow",
        40,  # a second arena costs a visitor so much that on a busy machine what comes next waits for its turn
    )
    before = width(lab)
    lab.page.keyboard.press("+")
    lab.wait(
        lambda: width(lab) < 0.9 * before and width(lab, 1) == pytest.approx(width(lab), rel=0.02), "nor for a key"
    )
    assert not lab.complaints
