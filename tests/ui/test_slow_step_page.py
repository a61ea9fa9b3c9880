"""The slow step in a real Chromium: the terms of all agents one after the other, then the step, which the agents glide."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Lab

# Notes each stage with how many arrows there are when it comes, and frame by frame where the first agent is drawn meanwhile.
WATCH = """() => {
  const seen = window.slow_seen = []
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const here = (m) => Bokeh.index.find_one_by_id(m.id)?.el.getClientRects().length > 0
  const figure = models.find((m) => m.type === "Figure" && m.title?.text && here(m))
  const data = (name) => figure.renderers.find((r) => r.name === name)?.data_source.data
  const text = figure.center.find((m) => m.name === "slow step")
  text.properties.tags.change.connect(() => {
    seen.push({said: text.visible ? text.text.replaceAll("\\n", " ") : "", arrows: data("slow step").x0.length, places: []})
  })
  const look = () => {
    const places = seen.at(-1)?.places, agents = data("mark agents"), place = [agents.x[0], agents.y[0]]
    if (places && String(places.at(-1)) !== String(place)) { places.push(place) }
  }
  const watch = () => { look(); requestAnimationFrame(watch) }
  watch()
}"""
SEEN = "() => window.slow_seen"
NOW = """() => {
  const all = (root) => Array.from(root.querySelectorAll("*")).flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  return all(document).find((e) => e.matches(".terms > .now"))?.innerText ?? ""
}"""
# What every arena that is seen says, and how long the first arrow of its newest stage is: that of agent 0.
ALL = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const here = (m) => Bokeh.index.find_one_by_id(m.id)?.el.getClientRects().length > 0
  return models.filter((m) => m.type === "Figure" && here(m)).flatMap((figure) => {
    const text = figure.center.find((m) => m.name === "slow step")
    const data = figure.renderers.find((r) => r.name === "slow step")?.data_source.data
    if (!text?.visible || !data) { return [] }
    const i = data.alpha.indexOf(1)
    return i < 0 ? [] : [[text.text.replaceAll("\\n", " "), Math.hypot(data.x1[i] - data.x0[i], data.y1[i] - data.y0[i])]]
  })
}"""
TAKEN = "where they go: the sum"
KINDS = ["1 of 2: drift", "2 of 2: noise", TAKEN]


def begun(lab, server):
    """A swarm that stands at step 1."""
    lab.open(server.page)
    lab.pause()
    lab.press("reset")
    lab.wait(lambda: lab.step == 0, "no reset")
    lab.press("step")
    lab.wait(lambda: lab.step == 1, "no step")
    lab.page.evaluate(WATCH)


def walked(lab, steps, seconds=30):
    """Let it go on so far; what was seen, one after the other."""
    lab.wait(
        lambda: sum(one["said"] == TAKEN for one in lab.page.evaluate(SEEN)) >= steps,
        "the steps are not taken",
        seconds,
    )


def pressed(lab):
    return lab.page.locator("button.slow").get_attribute("aria-pressed") == "true"


def test_the_terms_appear_one_after_the_other_for_all_agents_then_the_step_is_taken_exactly(lab, server):
    begun(lab, server)
    lab.page.keyboard.press("a")
    lab.page.keyboard.press("w")
    lab.wait(lambda: "drift" in lab.page.evaluate(NOW), "the card does not say which term is shown")
    lab.wait(lambda: "noise" in lab.page.evaluate(NOW), "the card stays with the first term")
    assert pressed(lab) and lab.playing
    lab.picture("slow step")
    walked(lab, 2)
    lab.page.keyboard.press(" ")
    k = lab.pause()
    assert k >= 3 and not pressed(lab)
    seen = [one for one in lab.page.evaluate(SEEN) if one["said"]]
    kinds = [next(kind for kind in KINDS if one["said"].startswith(kind)) for one in seen]
    assert kinds == (KINDS * len(kinds))[: len(kinds)] and len(kinds) >= 6, "the stages are not in their order"
    drift, noise = seen[0]["arrows"], seen[1]["arrows"]
    assert 2 <= drift <= 100 and 1.8 * drift <= noise <= 2 * drift + 2, "the first arrows do not stay beside the second"
    lab.page.keyboard.press("Escape")  # the card of the agent, and the terms
    lab.wait(lambda: lab.page.evaluate(SEEN)[-1]["said"] == "", "the terms stay")
    there = lab.agents()
    lab.press("back")
    lab.wait(lambda: lab.step == k - 1, "no step back")
    before = lab.agents()
    assert before != there
    lab.press("step")
    lab.wait(lambda: lab.step == k, "no step")
    assert lab.agents() == there, "after a step back the step leads elsewhere"
    assert not lab.complaints


@pytest.mark.parametrize("calm", [False, True])
def test_agents_glide_to_where_they_go_unless_less_motion_is_asked_for(browser, server, calm):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce" if calm else "no-preference"
    )
    try:
        lab = Lab(context.new_page())
        begun(lab, server)
        lab.press("slow")
        walked(lab, 3)
        lab.page.keyboard.press(" ")
        lab.pause()
        seen = lab.page.evaluate(SEEN)
        taken = [i for i, one in enumerate(seen) if one["said"] == TAKEN]
        ways = [len(seen[i]["places"]) for i in taken]
        assert max(ways) == 1 if calm else max(ways) > 1, ways
        seen_before_and_after = [i for i in taken[:2] if seen[i - 1]["places"] and seen[i + 1]["places"]]
        for i in seen_before_and_after:  # a slow browser is given the next picture before they have arrived
            (x, y), (x1, y1) = seen[i - 1]["places"][-1], seen[i + 1]["places"][0]
            shares = [
                ((a - x) * (x1 - x) + (b - y) * (y1 - y)) / ((x1 - x) ** 2 + (y1 - y) ** 2)
                for a, b in seen[i]["places"]
            ]
            assert shares == sorted(shares) and all(-1e-6 < share < 1 + 1e-6 for share in shares), shares
            for share, (a, b) in zip(shares, seen[i]["places"], strict=True):
                assert abs(x + share * (x1 - x) - a) + abs(y + share * (y1 - y) - b) < 1e-5, "they leave their way"
        assert not lab.complaints
    finally:
        context.close()


@pytest.mark.parametrize("width, height", [(390, 844), (844, 390), (1024, 768)])
def test_it_works_where_there_is_little_room_and_the_text_leaves_the_swarm_in_sight(browser, server, width, height):
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        lab = Lab(context.new_page())
        begun(lab, server)
        lab.press("slow")
        walked(lab, 1)
        box = lab.page.locator("button.slow").bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= width and box["height"] >= 32
        lab.picture(f"slow step {width}x{height}")
        lab.press("slow")
        lab.wait(lambda: not lab.playing, "the button does not pause")
        assert not lab.complaints
    finally:
        context.close()


def test_two_swarms_show_their_steps_together_and_a_slider_moves_the_arrows_that_are_held(lab, server):
    begun(lab, server)
    lab.page.get_by_role("button", name="Compare with a second swarm").click()
    lab.wait(lambda: lab.page.locator('button:text-is("A and B")').count() == 1, "there is nothing to compare")
    lab.pause()
    lab.press("slow")
    lab.wait(lambda: len(lab.page.evaluate(ALL)) == 2, "not both show their step")

    def held():
        """Pause; whether that was while a term was shown, and not in the moment in which the step is taken."""
        if not lab.playing:
            lab.press("slow")
        lab.wait(lambda: len(lab.page.evaluate(ALL)) == 2, "not both show their step")
        lab.page.keyboard.press(" ")
        lab.pause()
        return len(lab.page.evaluate(ALL)) == 2

    lab.wait(held, "it is never paused while a term is shown", 60)
    (said, first), (_, second) = lab.page.evaluate(ALL)
    assert first == second, "the same swarms move otherwise"
    name, factor = ("dynamics.lam", 4.0) if said.startswith(KINDS[0]) else ("dynamics.sigma", 0.25)
    lab.type(name, factor)
    shares = lambda: {round(length / first, 6) for _, length in lab.page.evaluate(ALL)}  # noqa: E731
    lab.wait(lambda: shares() == {factor, 1.0}, f"the arrows do not follow the slider: {said}, {shares()}")
    lab.picture("slow step compare")
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: lab.page.evaluate(ALL) == [], "the terms stay")
    assert not lab.complaints
