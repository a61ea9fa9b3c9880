"""Every text of the page can be told from what lies behind it, in both themes: WCAG 2, level AA."""

from __future__ import annotations

from pathlib import Path

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
TABS = 6  # of the drawer


def low(lab, least):
    """The texts that are seen with too little contrast; of so many, at ``least``, that were looked at."""
    told = lab.page.evaluate(CONTRAST)
    assert told["seen"] >= least, "the texts of the page were not found"
    return told["low"]


def test_every_text_has_the_contrast_of_level_aa_in_both_themes(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.emulate_media(reduced_motion="reduce")  # colours come to rest at once
    lab.page.click("[aria-label^='Open panel']")
    tabs = lab.page.get_by_role("tab")
    tabs.first.wait_for()
    assert tabs.count() == TABS
    for theme in ("light", "dark"):
        found = []
        for tab in tabs.all():
            tab.click()
            lab.page.wait_for_timeout(150)
            found += low(lab, 100)
            if tab.inner_text().lower() == "model":
                lab.page.locator("tr[data-sign]:has(.now:not(:empty))").first.hover()  # which lights it up
                assert lab.page.locator(".lit").count()
                found += low(lab, 100)
        assert not found, f"{theme}: {found}"
        lab.page.click("[aria-label='Toggle theme']")
        lab.page.wait_for_timeout(300)


def hover_all(lab):
    """Every button, entry of a menu and head of a section looks as if the pointer were over it; returns how many they are."""
    devtools = lab.page.context.new_cdp_session(lab.page)
    nodes = [devtools.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]]
    devtools.send("CSS.enable")
    found = 0
    while nodes:
        node = nodes.pop()
        nodes += node.get("children", []) + node.get("shadowRoots", [])
        if node["nodeName"] in ("BUTTON", "SUMMARY", "SELECT", "A"):
            devtools.send("CSS.forcePseudoState", {"nodeId": node["nodeId"], "forcedPseudoClasses": ["hover"]})
            found += 1
    return found


# Where an agent is on the screen, and whether something is told of it.
AGENT = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const figure = models.find((m) => m.type === "Figure" && m.title?.text && Bokeh.index.find_one_by_id(m.id) != null)
  const {el, frame} = Bokeh.index.find_one_by_id(figure.id), box = el.getBoundingClientRect()
  const {x, y} = figure.renderers.map((r) => r.data_source?.data).find((d) => d?.tone && d.size && d.x?.length)
  return [box.left + frame.x_scale.compute(x[0]), box.top + frame.y_scale.compute(y[0])]
}"""


def test_what_is_hovered_said_refused_or_opened_for_a_moment_has_it_too_also_with_two_swarms(lab, server):
    lab.page.set_viewport_size({"width": 1024, "height": 768})  # where the bar has a panel
    lab.page.emulate_media(reduced_motion="reduce", color_scheme="light")
    lab.open(server.page)
    lab.pause()
    lab.page.get_by_role("button", name="Compare with a second swarm").click()
    lab.wait(lambda: lab.page.locator('button:text-is("A and B")').count() == 1, "there is nothing to compare")
    for theme in ("light", "dark"):
        lab.type("dynamics.sigma", "much")
        lab.wait(lambda: lab.error("dynamics.sigma"), "nothing is refused")
        lab.press("copy")
        said = lab.page.locator(".banner:visible, dialog.by-hand[open]")
        lab.wait(lambda found=said: found.count() > 0, "nothing is said")
        assert hover_all(lab) > 30
        lab.page.mouse.move(*lab.page.evaluate(AGENT))
        lab.page.locator(".bk-tooltip-row-label").first.wait_for()
        found = low(lab, 80)
        lab.page.keyboard.press("Escape")
        lab.page.click("button.more")
        found += low(lab, 80)
        lab.page.click("button.ask")
        lab.page.locator("dialog[open] kbd").first.wait_for()
        found += low(lab, 100)
        lab.page.keyboard.press("Escape")
        assert not found, f"{theme}: {found}"
        lab.page.emulate_media(color_scheme="dark")
        lab.wait(
            lambda: (
                lab.page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
                != "rgb(255, 255, 255)"
            ),
            "no dark",
        )
