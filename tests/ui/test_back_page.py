"""Back closes a panel before it leaves the page; undo and redo by the keyboard, in a real Chromium."""

from __future__ import annotations

from components.links import permalink


def seed(lab):
    """The one in the address."""
    return permalink.read(lab.page.url.partition("?s=")[2]).runs[0].swarm.seed


def test_back_closes_the_drawer_and_the_sheet_of_a_phone_and_the_address_stays_that_of_the_run(lab, server):
    lab.page.goto("about:blank")
    lab.open(server.page)
    page = lab.page
    page.evaluate("window.mark = 1")
    drawer = page.get_by_role("tab", name="Runs")
    button = page.locator("button[aria-label$='claims, luck, runs, export, lessons']")
    button.click()
    drawer.wait_for(state="visible")
    lab.press("seed")
    lab.wait(lambda: "?s=" in page.url and seed(lab) == 1, "the address does not follow")
    page.go_back()
    drawer.wait_for(state="hidden")
    assert page.evaluate("window.mark") == 1, "it is still the same page"
    lab.wait(lambda: "?s=" in page.url and seed(lab) == 1, "the address is that of before")
    page.go_forward()
    drawer.wait_for(state="visible")
    button.click()  # closed by its button, it leaves no entry behind
    drawer.wait_for(state="hidden")
    page.set_viewport_size({"width": 390, "height": 844})
    lab.wait(lambda: page.evaluate("history.state?.panels?.length ?? 0") == 0, "an entry is left")
    sheet = page.get_by_role("button", name="Compare with a second swarm")
    opens = page.locator("header button").first
    sheet.wait_for(state="hidden")  # a window that becomes a phone's closes it; there it opens as a sheet
    page.wait_for_timeout(400)
    opens.click()
    sheet.wait_for(state="visible")
    page.go_back()
    sheet.wait_for(state="hidden")
    assert page.evaluate("window.mark") == 1
    page.go_back()
    lab.wait(lambda: page.url == "about:blank", "with no panel open Back leaves the page")
    assert not lab.complaints


def test_the_keyboard_undoes_and_does_again_but_not_while_somebody_types(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 5, "the swarm does not move")
    k, before = lab.pause(), lab.agents()
    lab.type("dynamics.sigma", "0.2")
    lab.wait(lambda: lab.page.locator("button.undo").is_enabled(), "there is nothing to undo")
    box = lab.row("dynamics.sigma").locator("input[type=text]")
    field = lab.page.locator(".draw input")
    field.focus()
    lab.page.keyboard.type("5")
    lab.page.keyboard.press("Control+z")  # the browser's own, of the text
    lab.page.wait_for_timeout(500)
    assert lab.page.locator("button.undo").is_enabled() and box.input_value() == "0.2"
    field.blur()
    lab.press("step")
    lab.wait(lambda: lab.step == k + 1, "no step was taken")
    lab.page.keyboard.press("Control+z")
    lab.wait(lambda: lab.step == k and box.input_value() == "1", "it is not undone")
    lab.wait(lambda: lab.agents() == before, "the agents are drawn elsewhere", 3)
    lab.page.keyboard.press("Control+Shift+Z")
    lab.wait(lambda: lab.step == k + 1, "it is not done again")
    assert lab.page.locator("button.redo").is_disabled() and not lab.complaints
