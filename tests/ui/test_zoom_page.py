"""The page at a zoom of 200%: nothing is out of reach, nothing lies on anything else, and all that the whole page offers is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import Lab

REACHED = (Path(__file__).parent / "reached.js").read_text(encoding="utf-8")
REACHED = REACHED[REACHED.index("(selector) =>") :]
WIDE = {"width": 1440, "height": 900}
PANEL = {"model": ".card", "claims": "section.claims article", "luck": "section.luck", "runs": "section.history",
         "export": "section.exports", "lessons": "section.lessons"}  # fmt: skip


@pytest.fixture
def zoomed(browser, request):
    """A page in the window of a laptop, at the zoom of the browser."""
    zoom = request.param
    size = {side: pixels // zoom for side, pixels in WIDE.items()}
    context = browser.new_context(viewport=size, device_scale_factor=zoom)
    yield Lab(context.new_page())
    context.close()


def slid_in(lab, part):
    """Wait until a part of the page has come into the window and has stopped there.

    It never did while what brought a control into view could scroll the whole frame sideways.
    """
    part.wait_for()
    lab.wait(lambda: part.bounding_box()["x"] >= 0, "it stays outside of the window")
    part.element_handle().wait_for_element_state("stable")


def toured(lab, server):
    """All controls of the page by state, and those that cannot be reached."""
    page, found, bad = lab.page, {}, {}

    def look(state, selector=""):
        told = page.evaluate(REACHED, selector)
        found[state] = told["names"]
        if told["bad"]:
            bad[state] = told["bad"]

    lab.open(server.page)
    lab.wait(lambda: lab.step > 5, "the swarm stands")
    lab.pause()
    look("the page")
    page.keyboard.press("q")
    page.locator("dialog[open] svg").first.wait_for()
    look("QR code")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Table").nth(1).press("Enter")
    page.locator(".numbers:popover-open table").wait_for()
    look("table")
    page.keyboard.press("Escape")
    if page.locator("button.more").is_visible():
        page.locator("button.more").click()
        page.locator("button.ask").wait_for()
        look("more", ".panel.open")
        page.keyboard.press("Escape")
    if page.locator("[aria-label='Open drawer']").count():
        page.click("[aria-label='Open drawer']")
        slid_in(lab, page.locator("[data-name='dynamics.sigma']"))
        page.mouse.move(400, 20)  # off the button, whose tooltip is a layer of its own
        page.locator("[role=tooltip]").wait_for(state="hidden")
        look("choices")
        page.click("[aria-label='Close drawer']")
    page.click("[aria-label^='Open panel']")
    page.get_by_role("tab").first.wait_for()
    for tab in page.get_by_role("tab").all():
        tab.click()
        name = tab.inner_text().lower()
        page.locator(PANEL[name]).first.wait_for()
        look(name)
    return found, bad


@pytest.mark.parametrize("zoomed", [2], indirect=True)
def test_every_control_can_be_reached_and_lies_on_no_other(zoomed, server):
    found, bad = toured(zoomed, server)
    assert not bad, bad
    assert [state for state, names in found.items() if not names] == []
    assert not zoomed.complaints
    assert zoomed.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), "the page is scrolled sideways"


def test_what_lies_over_controls_is_found(lab, server):
    lab.open(server.page)
    lab.pause()
    assert lab.page.evaluate(REACHED, "")["bad"] == []
    lab.page.add_style_tag(
        content="body::after { content: ''; position: fixed; inset: auto 0 0 0; height: 40px; z-index: 9999 }"
    )
    bad = lab.page.evaluate(REACHED, "")["bad"]
    assert any("button.play" in told for told in bad) and all(told.startswith("covered by") for told in bad)


def test_all_that_the_whole_page_offers_is_offered_at_200_percent(browser, server):
    offered = []
    for zoom in (1, 2):
        size = {side: pixels // zoom for side, pixels in WIDE.items()}
        context = browser.new_context(viewport=size, device_scale_factor=zoom)
        found, _ = toured(Lab(context.new_page()), server)
        offered.append({name for names in found.values() for name in names})
        context.close()
    assert offered[0] - offered[1] == set()
