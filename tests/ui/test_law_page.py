"""The law of infinitely many agents in a real Chromium: it is drawn at a step that is named, and a link holds that it is."""

from __future__ import annotations

import re

import swarmviz as sv
from components.links import permalink
from components.state import Selection, state_of

NOTES = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  .filter((m) => m.type === "Label" && m.visible).map((m) => m.text)"""
LABELS = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const legends = models.filter((m) => m.type === "Legend").flatMap(({items}) => items.map(({label}) => label.value ?? label))
  return [...legends, ...models.filter((m) => m.name === "names").flatMap(({data_source}) => Array.from(data_source.data.text))]
}"""
STEP = re.compile(r"law at step ([\d,]+)")


def law_step(lab):
    """The step that is named, or None."""
    found = [match for note in lab.page.evaluate(NOTES) if (match := STEP.search(note))]
    return int(found[0][1].replace(",", "")) if found else None


def linked(lab):
    """What the address holds; it follows the visit a little later."""
    return permalink.read(lab.page.url.split("s=")[1]) if "s=" in lab.page.url else None


def test_the_law_is_drawn_at_the_step_that_is_named_and_a_link_holds_it(lab, server):
    state = state_of(Selection(sv.CBO(sigma=0.8), sv.landscapes.Rastrigin(), sv.Swarm(n=500, d=1), 15.0))
    lab.open(f"{server.page}?s={permalink.write(state)}")
    assert law_step(lab) is None and "law, N → ∞" not in lab.page.evaluate(LABELS)
    lab.page.click('button:text-is("law")')
    lab.wait(lambda: law_step(lab) is not None, "no law is drawn")
    lab.wait(lambda: law_step(lab) > 3, "the law does not advance with the swarm")
    assert "law, N → ∞" in lab.page.evaluate(LABELS)
    lab.page.locator("select:has(option:text-is('W₁'))").last.select_option(
        label="W₁"
    )  # a menu, where buttons have no room
    lab.wait(lambda: "W₁ to the law" in lab.page.evaluate(LABELS), "the distance is not drawn")
    k = lab.pause()
    lab.wait(lambda: law_step(lab) == k, f"the law does not come to step {k}")
    lab.press("back")
    lab.wait(lambda: law_step(lab) == k - 1, "a step back does not show the law of that step")
    lab.wait(
        lambda: linked(lab) is not None and linked(lab).runs[0].k == k - 1, "the address does not come to this step"
    )
    assert linked(lab).views["law"] is True
    lab.open(lab.page.url)
    lab.wait(lambda: law_step(lab) == k - 1, "the link does not show the law")
    assert not lab.complaints
