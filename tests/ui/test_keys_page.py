"""The page by the keyboard alone: the focus is seen, has a name, stays where a part is drawn anew, and comes back when a panel closes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.conftest import Lab

FOCUSED = """() => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) { node = node.shadowRoot.activeElement }
  const {outlineStyle, outlineWidth} = getComputedStyle(node)
  const words = node.getAttribute("aria-label") || node.title || node.labels?.[0]?.textContent || node.textContent
  const name = (words || "").trim(), row = node.closest("[data-name]")?.dataset.name ?? ""
  const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
  return {tag: node.tagName, name, row, role: node.getAttribute("role"), kind: node.type ?? "", ring}
}"""
TAKEN = "() => document.documentElement.classList.contains('projector')"


def focus(lab):
    return lab.page.evaluate(FOCUSED)


def go_to(lab, name, back=False):
    """Tab until something of this name, or of this row, has the focus."""
    for _ in range(150):
        lab.page.keyboard.press("Shift+Tab" if back else "Tab")
        there = focus(lab)
        if name in (there["name"], there["row"]):
            return there
    raise AssertionError(f"no key leads to {name}")


def settled(lab):
    lab.page.wait_for_timeout(200)
    lab.wait(lambda: lab.page.locator(".sheet[aria-busy=true]").count() == 0, "it was not built", 60)


@contextlib.contextmanager
def visit(browser: Any, server: Any, width: int, height: int, **more: Any) -> Iterator[Lab]:
    """The page in a window of its own, which has nothing to complain about at the end."""
    context = browser.new_context(viewport={"width": width, "height": height}, **more)
    try:
        lab = Lab(context.new_page()).open(server.page)
        yield lab
        assert not lab.complaints
    finally:
        context.close()


@pytest.fixture
def page(lab, server):
    lab.open(server.page)
    yield lab
    assert not lab.complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_stop_has_a_name_and_is_seen_and_the_first_leads_past_them(browser, server, scheme):
    with visit(browser, server, 1440, 900, color_scheme=scheme) as lab:
        lab.page.keyboard.press("Tab")
        assert focus(lab)["name"] == "Skip to Play"
        lab.page.keyboard.press("Enter")
        assert focus(lab)["name"].startswith(("Play", "Pause"))
        lab.pause()
        lab.page.evaluate("document.activeElement.blur()")
        stops = []
        for _ in range(200):
            lab.page.keyboard.press("Tab")
            here = focus(lab)
            if here["tag"] == "BODY":
                if len(stops) > 20:
                    break
                continue
            stops.append(here)
        assert len(stops) > 60
        assert not [stop for stop in stops if not stop["name"]]
        assert not [stop for stop in stops if not stop["ring"]]
        assert sum(stop["name"] == "swarmviz" for stop in stops) == 1  # the logo leads nowhere else


def test_the_focus_stays_on_what_draws_its_part_of_the_page_anew(page):
    lab = page
    lab.pause()
    go_to(lab, "Dynamics")
    seen = set()
    for _ in range(2):  # each choice builds the form anew
        lab.page.keyboard.press("ArrowDown")
        settled(lab)
        assert focus(lab)["row"] == "dynamics"
        seen.add(lab.row("dynamics").locator("select").input_value())
    assert len(seen) == 2
    go_to(lab, "landscape")
    lab.page.keyboard.press("ArrowDown")
    settled(lab)
    assert focus(lab)["row"] == "landscape"
    go_to(lab, "Logarithmic axis")
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_timeout(400)
    assert focus(lab)["name"] == "Logarithmic axis"
    go_to(lab, "what is drawn", back=True)
    for _ in range(2):
        lab.page.keyboard.press("ArrowDown")
        lab.page.wait_for_timeout(400)
        assert focus(lab)["name"] == "what is drawn"
    go_to(lab, "A second swarm with the same start and the same noise, step by step beside the first")
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.page.locator(".compare .tab").count() == 2, "there is nothing to compare")
    assert focus(lab)["name"].startswith("The controls and curves of swarm")
    go_to(lab, lab.page.locator(".compare button.end").get_attribute("title"))
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.page.locator(".compare .tab").count() == 0, "the comparison does not end")
    assert focus(lab)["name"].startswith("A second swarm")


def test_a_menu_that_the_mouse_has_used_leaves_space_to_the_page(page):
    lab = page
    lab.pause()
    menu = lab.row("dynamics.noise").locator("select")
    menu.evaluate(
        """(menu) => { menu.focus(); menu.dispatchEvent(new PointerEvent("pointerdown")); menu.selectedIndex = 0;
        menu.dispatchEvent(new Event("change")) }"""
    )
    assert focus(lab)["tag"] == "BODY"


@pytest.mark.parametrize(
    "name", ["What the arena shows", "The lines, to be hidden and shown", "Table", "Pause when something happens"]
)
def test_escape_closes_what_a_button_has_opened_and_the_button_has_the_focus_again(page, name):
    lab, shown = page, page.page.locator(":popover-open")
    go_to(lab, name)
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: shown.count() == 1, "nothing opens")
    assert focus(lab)["name"] != name
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: shown.count() == 0, "it does not close")
    lab.wait(lambda: focus(lab)["name"] == name, "the focus does not come back")
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: shown.count() == 1, "nothing opens")
    for _ in range(40):  # it covers what the focus goes to after its last switch
        lab.page.keyboard.press("Tab")
        if shown.count() == 0:
            break
    assert shown.count() == 0 and focus(lab)["tag"] != "BODY"


@pytest.mark.parametrize("size", [(1440, 900), (844, 390), (390, 844)])
def test_the_panel_has_the_focus_once_it_is_opened_and_its_button_once_it_is_closed(browser, server, size):
    with visit(browser, server, size[0], size[1]) as lab:
        button = go_to(lab, "Open panel: model, claims, luck, runs, export, lessons")["name"]
        lab.page.keyboard.press("Enter")
        lab.wait(lambda: focus(lab)["role"] == "tab" and focus(lab)["name"] == "Model", "the focus is not in the panel")
        assert focus(lab)["ring"]
        lab.page.keyboard.press("ArrowRight")
        lab.wait(lambda: focus(lab)["name"] == "Claims", "arrows do not choose a tab")
        lab.page.keyboard.press("Escape")
        lab.wait(
            lambda: lab.page.locator("[aria-label^='Close panel']").count() == 0, "Escape does not close the panel"
        )
        lab.wait(lambda: focus(lab)["name"] == button, "the focus does not come back to the button")


def test_escape_takes_back_what_is_typed_and_then_leaves_the_projector(page):
    lab = page
    lab.pause()
    go_to(lab, "For a projector: larger type, and only the arena, a curve and two sliders (P)")
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.page.evaluate(TAKEN), "it is not laid out for a projector")
    lab.wait(lambda: focus(lab)["name"].startswith("More"), "the focus is lost where its button has no place")
    while focus(lab)["row"] != "dynamics.sigma" or focus(lab)["kind"] != "text":
        go_to(lab, "dynamics.sigma")
    lab.page.keyboard.type("9")
    lab.page.keyboard.press("Escape")
    assert lab.row("dynamics.sigma").locator("input[type=text]").input_value() == "1"
    lab.page.keyboard.press("Control+A")
    lab.page.keyboard.type("2")
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_timeout(300)
    assert lab.page.evaluate(TAKEN)
    lab.page.keyboard.press("Escape")  # the box has the focus, and nothing to take back
    lab.wait(lambda: not lab.page.evaluate(TAKEN), "Escape does not leave the projector")
    assert lab.row("dynamics.sigma").locator("input[type=text]").input_value() == "2"


def test_the_invitation_says_what_a_press_does_where_the_slider_is_not_in_sight(browser, server):
    for width, height, words in (
        (1440, 900, "Drag σ."),
        (390, 844, "Press to change σ."),
        (720, 450, "Press to change σ."),
    ):
        with visit(browser, server, width, height) as lab:
            sentence = lab.page.locator(".swarmviz-invitation button")
            assert sentence.inner_text().replace("\n", " ").split(". ")[-1].strip() == words
            box = sentence.bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= 58
            assert sentence.evaluate(
                "(node) => node.scrollHeight <= node.clientHeight && node.scrollWidth <= node.clientWidth"
            )


def test_a_download_and_a_lesson_leave_the_focus_where_the_work_goes_on(page):
    lab = page
    lab.pause()
    go_to(lab, "Open panel: model, claims, luck, runs, export, lessons")
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: focus(lab)["role"] == "tab", "the focus is not in the panel")

    def open_tab(key, name):
        lab.page.keyboard.press(key)
        lab.page.keyboard.press("Enter")
        lab.wait(lambda: focus(lab)["name"] == name, f"arrows do not lead to {name}")

    open_tab("End", "Lessons")
    lab.page.locator("section.lessons button.lesson").first.wait_for()
    lab.page.keyboard.press("Tab")
    first = focus(lab)["name"]
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: focus(lab)["tag"] == "H3", "the lesson does not begin at its heading")
    go_to(lab, "All lessons", back=True)
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: focus(lab)["name"] == first, "the focus is not in the list of lessons")
    go_to(lab, "Lessons", back=True)
    open_tab("ArrowLeft", "Export")
    go_to(lab, "Curves as CSV")
    with lab.page.expect_download() as download:
        lab.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith("-curves.csv")
    lab.wait(lambda: focus(lab)["name"] == "Curves as CSV", "the focus does not come back to the button")
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: focus(lab)["name"].startswith("Open panel"), "Escape does not close the panel")


SAY = """(banner, text) => {
  banner.querySelector("span").textContent = text
  banner.hidden = false
}"""
COVERED = """(node) => { // of what lies at places of an element, what is not the element
  const {left, top, width, height} = node.getBoundingClientRect()
  const inner = (root, x, y) => {
    const at = root.elementFromPoint(x, y)
    return at?.shadowRoot && at.shadowRoot !== root ? inner(at.shadowRoot, x, y) ?? at : at
  }
  return [[0.05, 0.1], [0.95, 0.1], [0.5, 0.5], [0.05, 0.9], [0.95, 0.9]]
    .map(([x, y]) => inner(document, left + x * width, top + y * height))
    .filter((there) => !node.contains(there)).map((there) => there?.className ?? "nothing")
}"""


@pytest.mark.parametrize(("width", "height"), [(990, 700), (390, 844), (320, 568), (320, 256)])
def test_the_way_past_the_head_lies_above_a_long_message_which_stays_in_the_window(browser, server, width, height):
    """In 320 pixels, which is a wide window at 400 %, a long one began above the window."""
    with visit(browser, server, width, height) as lab:
        page = lab.page
        message, skip = page.locator(".banner"), page.locator(".swarmviz-skip")
        long = "That run cannot be opened: a value of it is outside of what its landscape allows. " * 6
        message.evaluate(SAY, long)
        message.wait_for()
        skip.focus()  # a Tab leads into the choices as long as the sheet of a phone is closing
        assert focus(lab)["name"] == "Skip to Play" and skip.evaluate(COVERED) == []
        box = message.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, "it is not in the window"
        page.keyboard.press("Enter")
        assert page.locator("button.play").evaluate(COVERED) == [], "the message lies over Play"
        page.get_by_role("button", name="Dismiss").click()
        message.wait_for(state="hidden")
