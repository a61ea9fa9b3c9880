"""One agent's step in a real Chromium: chosen by a click, a tap or a key, told on a card and drawn in the arena, closed by Escape."""

from __future__ import annotations

import pytest

from components.links import permalink
from tests.ui.conftest import Lab

# Of the arena that is seen: where its agents are on the screen, and the arrows of the step in coordinates.
PLACES = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const seen = (m) => Bokeh.index.find_one_by_id(m.id)?.el.getClientRects().length > 0
  const figure = models.find((m) => m.type === "Figure" && m.title?.text && seen(m))
  const view = Bokeh.index.find_one_by_id(figure.id), data = figure.renderers.find((r) => r.name === "mark agents").data_source.data
  const box = view.canvas_view.el.getBoundingClientRect(), {x_range: h, y_range: v} = figure, {left, top, width, height} = view.frame.bbox
  const across = (x) => box.left + left + width * (x - h.start) / (h.end - h.start)
  const up = (y) => box.top + top + height * (v.end - y) / (v.end - v.start)
  const arrows = figure.renderers.find((r) => r.name === "step")?.data_source.data
  return {agents: Array.from(data.x, (x, i) => [across(x), up(data.y[i]), data.size[i]]),
    arrows: arrows ? Array.from(arrows.x0, (_, i) => ["x0", "y0", "x1", "y1"].map((name) => arrows[name][i])) : []}
}"""

CARD = """() => {
  const all = (root) => Array.from(root.querySelectorAll("*")).flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  const card = all(document).find((e) => e.matches("section.card[aria-label=\\"One agent's step\\"]") && e.checkVisibility())
  if (!card) { return null }
  const box = card.getBoundingClientRect()
  return {text: card.innerText, rows: card.querySelectorAll(".terms > li").length, arrows: card.querySelectorAll("svg line").length,
    goes: card.querySelector(".sum .number").textContent,
    over: card.scrollWidth - card.clientWidth, box: [box.left, box.top, box.right, box.bottom]}
}"""


def lone(lab):
    """An agent that no other one covers: its number and place."""
    agents = lab.page.evaluate(PLACES)["agents"]
    away = lambda a, b: ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5  # noqa: E731
    best = max(range(len(agents)), key=lambda i: min(away(agents[i], b) for j, b in enumerate(agents) if j != i))
    return best, agents[best]


def begun(lab, server):
    """The page with a swarm that stands at its first steps, where it is wide."""
    lab.open(server.page)
    lab.pause()
    lab.press("reset")
    lab.wait(lambda: lab.step == 0, "no reset")
    lab.press("step")
    lab.wait(lambda: lab.step == 1, "no step")


def linked(lab):
    """The options and the step in the address, which follows at most twice a second."""
    state = permalink.read(lab.page.url.partition("?s=")[2])
    return state.views, state.runs[0].k


def told(lab, agent, step):
    """The card, once it tells this step of this agent."""
    lab.wait(
        lambda: (lab.page.evaluate(CARD) or {"text": ""})["text"].startswith(
            f"Agent {agent} from step {step} to {step + 1}"
        ),
        f"{lab.page.evaluate(CARD)}",
    )
    return lab.page.evaluate(CARD)


def test_a_click_on_an_agent_tells_its_step_and_the_next_step_takes_it_there(lab, server):
    begun(lab, server)
    agent, (x, y, _) = lone(lab)
    assert lab.page.evaluate(CARD) is None
    lab.page.mouse.click(x, y)
    card = told(lab, agent, 1)
    assert card["rows"] == 4 and card["arrows"] == 2 and card["over"] <= 0
    lab.wait(lambda: len(lab.page.evaluate(PLACES)["arrows"]) == 2, "no arrows in the arena")
    arrows = lab.page.evaluate(PLACES)["arrows"]
    assert arrows[0][2:] == arrows[1][:2], "they are not head to tail"
    lab.picture("agent")
    lab.wait(lambda: linked(lab) == ({"agent": agent}, 1), "the address does not follow")
    lab.press("step")
    told(lab, agent, 2)
    after = lab.agents()
    assert abs(after["x"][agent] - arrows[1][2]) < 1e-5 and abs(after["y"][agent] - arrows[1][3]) < 1e-5
    lab.press("back")
    assert told(lab, agent, 1)["goes"] == card["goes"], "after a step back it is told otherwise"
    lab.wait(lambda: lab.page.evaluate(PLACES)["arrows"] == arrows, "the arrows are others")
    lab.wait(lambda: linked(lab) == ({"agent": agent}, 1), "the address does not follow")
    lab.open(lab.page.url)
    assert told(lab, agent, 1)["goes"] == card["goes"], "the link brings back another step"
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: lab.page.evaluate(CARD) is None, "Escape does not close it")
    lab.wait(lambda: lab.page.evaluate(PLACES)["arrows"] == [], "the arrows stay")
    assert not lab.complaints


def test_agents_are_chosen_by_keyboard_and_nothing_by_a_click_beside_them(lab, server):
    begun(lab, server)
    agents = lab.page.evaluate(PLACES)["agents"]
    box = lab.page.locator(".arenas").first.bounding_box()
    free = next(
        (x, y)
        for x in range(int(box["x"] + 100), int(box["x"] + box["width"] - 160), 11)
        for y in range(int(box["y"] + 120), int(box["y"] + box["height"] - 100), 11)
        if all((x - a) ** 2 + (y - b) ** 2 > 40**2 for a, b, _ in agents)
    )
    lab.page.mouse.click(*free)
    lab.page.wait_for_timeout(400)
    assert lab.page.evaluate(CARD) is None
    lab.page.keyboard.press("a")
    told(lab, 0, 1)
    lab.page.keyboard.press("a")
    told(lab, 1, 1)
    lab.page.keyboard.press("Shift+A")
    told(lab, 0, 1)
    lab.page.locator("button[aria-label='Previous agent']").click()
    told(lab, len(agents) - 1, 1)
    lab.page.locator("button[aria-label='Close the card of the agent']").click()
    lab.wait(lambda: lab.page.evaluate(CARD) is None, "it does not close")
    assert not lab.complaints


@pytest.mark.parametrize("width, height", [(390, 844), (844, 390)])
def test_on_a_phone_a_tap_beside_an_agent_means_it_and_the_card_covers_no_arena(browser, server, width, height):
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    try:
        lab = Lab(context.new_page())
        begun(lab, server)
        agent, (x, y, size) = lone(lab)
        lab.page.touchscreen.tap(x + size / 2 + 8, y)
        card = told(lab, agent, 1)
        arena = lab.page.locator(".arenas").first.bounding_box()
        left, top, right, _ = card["box"]
        beside = left >= arena["x"] + arena["width"] - 1 or top >= arena["y"] + arena["height"] - 1
        assert beside and right <= width and card["over"] <= 0
        lab.picture(f"agent {width}x{height}")
        assert not lab.complaints
    finally:
        context.close()
