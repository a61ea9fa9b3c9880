"""Events under the scrubber in a real Chromium: a change gets its mark, and a press of that leads to its step."""

from __future__ import annotations


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
