"""The first minute with the page, in a real Chromium: what it says by itself, and what a hand on a slider finds there."""

from __future__ import annotations

import re

import pytest

import swarmviz as sv
from components.links import permalink
from components.state import VisitState
from swarmviz.replay import RunSpec
from tests.ui.conftest import Lab

# Every shift of the layout from now on, with those that follow a press as well: [its size, what moved].
WATCH_SHIFTS = """() => {
  window.shifts = []
  const name = ({node}) => node ? `${node.nodeName}.${node.className}` : "?"
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) { window.shifts.push([shift.value, shift.sources.map(name)]) }
  }).observe({type: "layout-shift"})
}"""

# Of the form: whether it is seen whole, and for each row with a slider how far its parts stand from one line.
SHEET = """() => {
  const all = (root) => Array.from(root.querySelectorAll("*")).flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  const middle = (e) => { const box = e.getBoundingClientRect(); return (box.top + box.bottom) / 2 }
  const sheet = all(document).find((e) => e.matches(".sheet"))
  const rows = Array.from(sheet.querySelectorAll(".row.number:has([type=range])")).filter((row) => row.getClientRects().length)
  const places = rows.map((row) => Array.from(row.querySelectorAll(".label, input")).map(middle))
  const apart = places.map((at) => Math.max(...at) - Math.min(...at))
  const {right, bottom} = sheet.getBoundingClientRect()
  return {right, bottom, rows: rows.length, apart: Math.max(...apart)}
}"""


# How often each figure is measured for a layout of the page until the page is seen.
COUNT_LAYOUTS = """{
  window.measured = {}
  const look = setInterval(() => {
    let figure
    try { figure = Bokeh.require("models/plots/plot_canvas").PlotView.prototype } catch { return }
    clearInterval(look)
    const measure = figure._measure_layout
    figure._measure_layout = function () {
      if (document.getElementById("arrival")) { window.measured[this.model.id] = (window.measured[this.model.id] ?? 0) + 1 }
      return measure.call(this)
    }
  }, 1)
}"""
MAX_LAYOUTS = 14  # 3 to 8 were seen, and 20 to 39 where each figure and each component had one of its own


def hold(lab, name):
    """Take hold of the thumb of a row's slider; returns what drags it to a share of its length."""
    box = lab.row(name).locator("input[type=range]").bounding_box()
    y, thumb = box["y"] + box["height"] / 2, 8
    at = lambda share: box["x"] + thumb + share * (box["width"] - 2 * thumb)  # noqa: E731
    lab.page.mouse.move(at(0.2), y)
    lab.page.mouse.down()
    return lambda share: lab.page.mouse.move(at(share), y)


def test_the_page_is_laid_out_a_few_times_until_it_is_seen(lab, server):
    lab.page.add_init_script(COUNT_LAYOUTS)
    lab.open(server.page)
    lab.wait(lambda: lab.page.locator("#arrival").count() == 0, "the page does not come")
    measured = lab.page.evaluate("window.measured")
    assert len(measured) >= 3 and max(measured.values()) <= MAX_LAYOUTS, measured
    assert not lab.complaints


def test_the_document_is_asked_for_before_the_scripts_are_there_on_the_one_socket_that_the_page_has(lab, server):
    """BokehJS is held back: the server has the request all the same, and BokehJS takes up the socket that was opened for it."""
    sent, sockets, held = [], [], []

    def watch(socket):
        sockets.append(socket.url)
        socket.on("framesent", lambda text: sent.append(text))

    lab.page.on("websocket", watch)
    lab.page.route("**/bokeh.min.js*", lambda route: held.append(route))
    lab.page.goto(server.page, wait_until="commit")
    lab.wait(lambda: held and sent, "nothing was asked for")
    assert "PULL-DOC-REQ" in str(sent[0])
    assert lab.page.locator("#arrival").is_visible()
    held[0].continue_()
    lab.page.wait_for_selector(".readout .k")
    lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move")
    assert len(sockets) == 1 and sum("PULL-DOC-REQ" in str(text) for text in sent) == 1


FRAME = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const figure = models.find((model) => model.renderers?.some?.(({name}) => name === "landscape"))
  const view = Bokeh.index.find_one_by_id(figure.id), {left, top} = view.el.getBoundingClientRect(), {bbox} = view.frame
  return [left + bbox.left, top + bbox.top, left + bbox.right, top + bbox.bottom].map(Math.round)
}"""


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844), (844, 390)])
def test_before_any_script_the_swarm_is_seen_where_the_arena_will_be_in_the_theme_of_the_page(browser, server, size):
    phone = {"user_agent": "Mobi", "is_mobile": True, "has_touch": True} if min(size) == 390 else {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="dark", **phone)
    lab, held = Lab(context.new_page()), []
    hold = lambda route: route.continue_() if held is None else held.append(route)  # noqa: E731
    lab.page.route(re.compile(r"/(bokeh\.min\.js|.*\.css)"), hold)
    lab.page.goto(server.page, wait_until="commit")
    lab.page.wait_for_selector("#arrival.dark .swarm .dark")
    early = lab.page.locator("#arrival .frame").bounding_box()
    assert not lab.page.locator("#arrival .swarm .light").is_visible()
    lab.wait(lambda: len(held) > 2, "neither style sheets nor scripts are asked for")
    waiting, held = held, None
    for route in waiting:
        route.continue_()
    lab.page.wait_for_selector("#arrival", state="detached")
    frame = lab.page.evaluate(FRAME)
    ends = [early["x"], early["y"], early["x"] + early["width"], early["y"] + early["height"]]
    assert all(abs(a - b) <= 2 for a, b in zip(ends, frame, strict=True)), (ends, frame)
    context.close()


@pytest.mark.parametrize("size", [(390, 844), (844, 390), (1440, 900)])
def test_a_press_on_the_first_sentence_leads_to_the_slider_that_it_names(browser, server, size):
    phone = {"user_agent": "Mobi", "is_mobile": True, "has_touch": True} if min(size) == 390 else {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **phone)
    lab = Lab(context.new_page())
    lab.open(server.page)
    said = lab.page.get_by_role("button", name=f"100 agents look for ☆. {'Press to change' if phone else 'Drag'} σ.")
    said.wait_for()
    slider = lab.row("dynamics.sigma").locator("input[type=range]")

    def within():
        box = slider.bounding_box()
        return box is not None and box["x"] >= 0 and box["y"] + box["height"] <= size[1]

    if phone:
        assert not (slider.is_visible() and within()), "the choices are behind no button"
        said.tap()
    else:
        said.focus()
        lab.page.keyboard.press("Enter")
    held = "(slider) => slider.getRootNode().activeElement === slider"
    lab.wait(lambda: slider.is_visible() and within(), "the slider is not seen")
    lab.wait(lambda: slider.evaluate(held), "the slider has not the focus")
    assert said.count() == 0, "the sentence stays"
    lab.page.keyboard.press("ArrowRight")
    lab.wait(lambda: lab.row("dynamics.sigma").locator("input[type=text]").input_value() != "1", "no key moves it")
    assert not lab.complaints
    context.close()


def test_the_sidebar_of_cbo_needs_no_scrolling_and_every_slider_tells_its_value(lab, server):
    lab.open(server.page)
    sheet = lab.page.evaluate(SHEET)
    assert sheet["bottom"] <= 900 and sheet["rows"] >= 6 and sheet["apart"] < 3, sheet
    shown = lab.slide("dynamics.sigma", 0.2)
    slider = lab.row("dynamics.sigma").locator("input[type=range]")
    assert slider.get_attribute("aria-valuetext") == shown
    about = [
        lab.page.locator(f"[id='{one}']").text_content() for one in slider.get_attribute("aria-describedby").split()
    ]
    assert about[0].startswith("Strength of the noise")
    assert slider.get_attribute("aria-label") == "σ Noise"
    lab.page.evaluate(
        "document.addEventListener('swarmviz-highlight', ({detail}) => (window.told ??= []).push(detail.parameter))"
    )
    lab.row("dynamics.lam").locator(".label").hover()
    lab.wait(lambda: lab.page.locator(".tip").is_visible(), "the description is not shown")
    assert lab.text(".tip").startswith("Drift towards")
    assert lab.page.locator(".tip").bounding_box()["x"] > sheet["right"], "it covers rows"
    lab.page.mouse.move(900, 400)
    lab.wait(lambda: not lab.page.locator(".tip").is_visible(), "the description stays")
    assert lab.page.evaluate("window.told") == ["lam", None]
    tell = "document.dispatchEvent(new CustomEvent('swarmviz-highlight', {detail: {parameter: 'alpha', from: 'test'}}))"
    lab.page.evaluate(tell)
    assert "highlit" in lab.row("dynamics.alpha").get_attribute("class")
    assert not lab.complaints and not lab.warnings


def test_nothing_moves_while_a_slider_is_dragged_and_a_note_on_a_claim_comes(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 20, "the swarm does not move")
    lab.page.evaluate(WATCH_SHIFTS)
    place = lab.row("dynamics.sigma").bounding_box()
    drag = hold(lab, "dynamics.sigma")
    for share in (0.3, 0.5, 0.7, 0.9):
        drag(share)
        lab.page.wait_for_timeout(250)
    assert lab.row("question").inner_text().startswith("No preset"), "the text of the preset is another by now"
    lab.page.mouse.up()
    lab.page.wait_for_timeout(700)
    assert lab.row("dynamics.sigma").bounding_box() == place
    assert lab.page.evaluate("window.shifts") == []
    assert not lab.complaints


def test_on_arrival_there_is_the_name_then_the_swarm_and_a_sentence_and_it_begins_anew_until_it_is_touched(
    browser, server
):
    fast = VisitState((RunSpec.at_start(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(seed=7)),), 600.0)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    lab = Lab(context.new_page())
    lab.page.goto(f"{server.page}?{permalink.KEY}={permalink.write(fast)}", wait_until="commit")
    lab.page.wait_for_selector("#arrival.dark:has-text('swarmviz')")
    lab.page.wait_for_selector("#arrival", state="detached")
    assert lab.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(30, 30, 30)", (
        "no flash of the light theme"
    )
    said = lab.page.locator(".swarmviz-invitation")
    assert said.inner_text().strip() == "100 agents look for ☆. Drag σ."
    assert (
        said.bounding_box()["y"] + said.bounding_box()["height"] <= lab.page.locator(".stage").first.bounding_box()["y"]
    )
    seed = lambda: int(lab.row("swarm.seed").locator("input").input_value())  # noqa: E731
    lab.wait(lambda: seed() > 7, "a finished run makes no room")
    lab.page.mouse.click(720, 30)  # the head of the page, where nothing is
    lab.wait(lambda: said.inner_text().strip() == "", "the sentence stays")
    for pressed in ("false", "true"):  # answers of the server, which has then heard of the touch
        lab.page.click("button.again")
        lab.wait(lambda on=pressed: lab.page.get_attribute("button.again", "aria-pressed") == on, "no answer")
    built = lambda: lab.page.locator(".sheet").first.get_attribute("aria-busy") == "false"  # noqa: E731
    lab.wait(built, "a run that was under way when the page was touched never comes")
    stays = seed()
    lab.wait(lambda: lab.step > 600, "the swarm does not go on")
    assert seed() == stays
    lab.type("dynamics.sigma", "2")
    lab.wait(lambda: lab.step < 600, "an edit of a swarm that has drawn together does not start it again")
    lab.page.click("button.again")
    lab.wait(lambda: lab.page.get_attribute("button.again", "aria-pressed") == "false", "it cannot be switched off")
    assert seed() == stays and not lab.complaints
    context.close()
