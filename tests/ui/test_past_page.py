"""Going back in a real Chromium: the form shows what acted, and stepping and playing on bring the known end again."""

from __future__ import annotations

GO_TO = """(scrub, k) => {
  scrub.value = k
  scrub.dispatchEvent(new Event("input"))
  scrub.dispatchEvent(new Event("change"))
}"""


def test_what_was_changed_later_comes_again_at_its_step_and_nothing_is_left(lab, server):
    sigma = lambda: lab.row("dynamics.sigma").locator("input[type=text]").input_value()  # noqa: E731
    go_to = lambda k: lab.page.locator("input.scrub").evaluate(GO_TO, k)  # noqa: E731
    left = lab.page.locator(".left")
    lab.open(server.page)
    lab.wait(lambda: lab.step >= 8, "the swarm does not move")
    changed = lab.pause()
    lab.type("dynamics.sigma", "3")
    for k in range(changed + 1, changed + 4):
        lab.press("step")
        lab.wait(lambda k=k: lab.step == k, f"no step to {k}")
    end, agents = lab.step, lab.agents()
    go_to(5)
    lab.wait(lambda: lab.step == 5 and sigma() == "1", f"the form shows σ = {sigma()} at step {lab.step}")
    lab.press("step")
    lab.wait(lambda: lab.step == 6 and sigma() == "1", f"σ = {sigma()} at step {lab.step}")
    go_to(end)
    lab.wait(lambda: lab.step == end and sigma() == "3", f"the newest value is not seen at the end, but {sigma()}")
    assert lab.agents() == agents and not left.is_visible()
    go_to(changed - 3)
    lab.play()
    lab.wait(lambda: lab.step > end, "it does not play on")
    lab.pause()
    lab.wait(lambda: sigma() == "3", "it does not go on with the newest value")
    assert not left.is_visible() and not lab.complaints
