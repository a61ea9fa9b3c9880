"""Events under the scrubber in a real Chromium: a change gets its mark, and a press of that leads to its step."""

from __future__ import annotations

import pytest


def test_a_change_has_a_mark_under_the_scrubber_and_a_press_leads_there(lab, server):
    mark = lab.page.locator(".event.changed")
    lab.open(server.page)
    lab.wait(lambda: lab.step >= 8, "the swarm does not move")
    changed = lab.pause()
    assert mark.count() == 0
    lab.type("dynamics.sigma", "3")
    for k in range(changed + 1, changed + 4):
        lab.press("step")
        lab.wait(lambda k=k: lab.step == k, f"no step to {k}")
    lab.wait(lambda: mark.count() == 1, "the change has no mark")
    assert f"at step {changed}" in mark.get_attribute("title")
    rail, place = lab.page.locator("input.scrub").bounding_box(), mark.bounding_box()
    thumb = 16
    expected = rail["x"] + thumb / 2 + (rail["width"] - thumb) * changed / (changed + 3)
    assert abs(place["x"] + place["width"] / 2 - expected) < 2, "it stands elsewhere than the thumb would"
    mark.click()
    lab.wait(lambda: lab.step == changed, f"the press of the mark leads to {lab.step}")
    assert not lab.complaints


def test_marks_that_stay_are_not_made_again(lab, server):
    lab.open(server.page)
    marks = lab.page.locator(".event")
    lab.wait(lambda: marks.count() >= 1, "nothing has happened")
    first = marks.first.evaluate("mark => { mark.dataset.seen = 'before'; return mark.dataset.step }")
    before = marks.count()
    lab.play()
    lab.wait(lambda: marks.count() > before, "nothing more happens")
    assert lab.page.locator("[data-seen=before]").get_attribute("data-step") == first
    kinds = marks.evaluate_all("marks => marks.map((mark) => `${mark.className} ${mark.dataset.step}`)")
    assert len(set(kinds)) == len(kinds), "a mark is there twice"
    lab.pause()
    lab.press("reset")
    lab.wait(lambda: lab.step == 0 and marks.count() == 0, "marks of another run stay")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_swarm_pauses_at_what_is_chosen_and_play_goes_on_to_the_next(lab, server, size):
    page = lab.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    lab.open(server.page)
    lab.wait(lambda: lab.step is not None and lab.step >= 3, "the swarm does not move")
    lab.pause()
    lab.press("reset")
    lab.wait(lambda: lab.step == 0, "no reset")
    if page.locator("button.more").is_visible():
        page.locator("button.more").click()
    page.locator("button.when").focus()
    page.keyboard.press("Enter")
    panel, best = page.locator(".pauses"), page.locator(".pauses input[value=best]")
    lab.wait(panel.is_visible, "the keyboard does not open it")
    first = page.locator(".pauses input").first
    lab.wait(lambda: first.evaluate("box => box.matches(':focus')"), "the keyboard does not get into it")
    best.focus()
    page.keyboard.press("Space")
    lab.wait(lambda: page.locator("button.when").inner_text() == "when … 1", "it is not chosen")
    page.locator(".condition input").fill("much")
    page.locator(".condition input").press("Enter")
    lab.wait(lambda: "no finite number" in page.locator(".refused").inner_text(), "nothing is said of a bad number")
    page.locator(".condition input").fill("2000")
    page.locator(".condition button").click()
    lab.wait(lambda: "dispersion < 2000" in panel.inner_text(), "the condition is not there")
    box = panel.bounding_box()
    assert (
        box["y"] >= 0 and box["y"] + box["height"] <= size[1] and box["x"] >= 0 and box["x"] + box["width"] <= size[0]
    )
    lab.picture(f"pause when {size[0]}")
    page.keyboard.press("Escape")
    lab.wait(lambda: not panel.is_visible(), "Escape does not close it")
    said, steps = page.locator(".banner span"), [0]
    for _ in range(3):
        lab.play()
        lab.wait(lambda: not lab.playing, "it does not pause")
        lab.wait(
            lambda: f"Paused at step {lab.step}: " in said.inner_text() and lab.step > steps[-1], "it does not say so"
        )
        steps.append(lab.step)
    marks = page.locator(".event.best").evaluate_all("marks => marks.map((mark) => Number(mark.dataset.step))")
    assert len(set(steps[1:]) - set(marks)) <= 1, (
        steps,
        marks,
    )  # the dispersion falls below once, with or without a new best
    page.reload()
    lab.wait(lambda: page.locator("button.when").count() == 1, "the page does not come back")
    lab.wait(lambda: page.locator("button.when").text_content() == "when … 2", "the address has lost it")
    assert not lab.complaints
