"""Replicas in a real Chromium: they are asked for, they count at the step that is shown, and they leave nothing behind."""

from __future__ import annotations

import re

import pytest

from components.server.sockets import (
    GRACE_S,  # seconds: a browser that breaks off while pictures are under way is waited for
)

SAID = re.compile(r"(\d+) of (\d+) replicas have found the minimum: (\d+)% \(95%: (\d+)–(\d+)%\) at step (\d+)")
LABELS = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const legends = models.filter((m) => m.type === "Legend").flatMap(({items}) => items.map(({label}) => label.value ?? label))
  return [...legends, ...models.filter((m) => m.name === "names").flatMap(({data_source}) => Array.from(data_source.data.text))]
}"""


def open_card(lab, server=None):
    if server is not None:
        lab.open(server.page)
    if not lab.page.locator(".luck select").is_visible():
        lab.page.click("[aria-label^='Open panel']")
        lab.page.get_by_role("tab", name="Luck").click()
    lab.page.wait_for_selector(".luck select", state="visible")
    return lab


def ask(lab, number):
    lab.page.locator(".luck select").select_option(str(number))


def said(lab):
    """(found, runs, percent, low, high, step) as the card says it, or None."""
    match = SAID.search(lab.text(".luck .headline"))
    return match and tuple(map(int, match.groups()))


def test_an_open_drawer_leaves_the_curves_room_for_their_band(lab, server):
    open_card(lab, server)
    lab.page.set_viewport_size({"width": 1440, "height": 900})
    plot = lab.page.locator(".curves .bk-Figure").first
    lab.wait(lambda: plot.bounding_box()["width"] > 300, "the curves are squeezed beside the arena")
    arena, curves = (lab.page.locator(f".{name}").first.bounding_box() for name in ("arena", "curves"))
    assert curves["y"] >= arena["y"] + arena["height"]


def test_replicas_count_at_the_step_that_is_shown_and_draw_their_band(lab, server):
    open_card(lab, server)
    assert "Was it luck?" in lab.text(".luck .headline")
    assert not any("replicas" in label for label in lab.page.evaluate(LABELS))
    ask(lab, 20)
    lab.wait(lambda: said(lab) and said(lab)[1] == 20, "the replicas say nothing")
    before = said(lab)[-1]
    lab.wait(lambda: said(lab)[-1] > before, "they do not follow the running swarm")
    named = {
        "20 replicas, 10–90%",
        "20 replicas",
    }  # the short name where the plot beside the drawer has no room for the whole one
    assert named & set(lab.page.evaluate(LABELS))
    k = lab.pause()
    lab.wait(lambda: said(lab)[-1] == k, f"they do not come to step {k}")
    found, runs, percent, low, high, _ = said(lab)
    assert percent == round(100 * found / runs) and low <= percent <= high
    lab.press("back")
    lab.wait(lambda: said(lab)[-1] == k - 1, "a step back is not judged at that step")
    lab.page.wait_for_timeout(400)
    lab.picture("luck-light")
    ask(lab, 0)
    lab.wait(lambda: "Was it luck?" in lab.text(".luck .headline"), "off")
    lab.wait(lambda: not named & set(lab.page.evaluate(LABELS)), "the band stays")
    assert not lab.complaints


def test_the_same_replicas_say_the_same_after_a_reset(lab, server):
    lab.open(server.page)
    lab.page.locator(".stop select").select_option("k")
    lab.page.locator(".stop input").fill("60")
    lab.page.locator(".stop input").press("Enter")
    open_card(lab)
    ask(lab, 20)
    told = []
    for _ in range(2):
        lab.press("reset")
        lab.page.wait_for_timeout(300)
        if not lab.playing:
            lab.press("play")
        lab.wait(lambda: lab.step == 60 and not lab.playing, "the run does not stop at step 60")
        lab.wait(lambda: said(lab) and said(lab)[-1] == 60, "nothing is said about step 60")
        told.append(said(lab))
    assert told[0] == told[1]
    assert not lab.complaints


def test_where_no_minimum_is_known_the_card_says_so(lab, server):
    open_card(lab, server)
    lab.choose("landscape", "Formula")
    ask(lab, 20)
    lab.wait(lambda: "success cannot be judged. 20 replicas" in lab.text(".luck .headline"), "the reason is not said")
    assert lab.page.locator(".luck .share").is_hidden()
    assert not lab.complaints


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_card_fits_in_the_dark_and_on_a_phone(lab, server, size):
    lab.page.set_viewport_size({"width": size[0], "height": size[1]})
    open_card(lab, server)
    ask(lab, 50)
    lab.wait(lambda: said(lab), "the replicas say nothing")
    box, card = lab.page.locator(".luck").bounding_box(), lab.page.locator(".luck .scale").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] and card["width"] > 100
    if not lab.page.locator("[aria-label='Toggle theme']").is_visible():
        lab.page.set_viewport_size({"width": 1440, "height": 900})
    lab.page.click("[aria-label='Toggle theme']", force=True)
    lab.page.wait_for_timeout(800)
    lab.picture(f"luck-dark-{size[0]}")
    assert not lab.complaints


def test_a_visitor_who_leaves_takes_the_replicas_along(lab, server):
    open_card(lab, server)
    ask(lab, 20)
    lab.wait(lambda: said(lab), "the replicas say nothing")
    assert server.alive()["luck"] >= 1
    lab.page.goto("about:blank")
    lab.wait(lambda: server.alive()["luck"] == 0, "the thread of the replicas lives on", GRACE_S + 20)


def within(lab):
    return lab.page.locator(".luck .box")


def test_the_preset_and_the_replicas_beside_it_agree(lab, server):
    """Seen before: "47 of 200" in the preset beside "163 of 200, 82%" in the panel, which counted wrong valleys."""
    lab.open(server.page)
    lab.choose("preset", "cbo-few")
    lab.wait(lambda: "after 200 steps" in lab.row("question").inner_text(), "the preset says nothing")
    lab.page.locator(".stop select").select_option("k")
    lab.page.locator(".stop input").fill("200")
    lab.page.locator(".stop input").press("Enter")
    open_card(lab)
    ask(lab, 200)
    if not lab.playing:
        lab.press("play")
    lab.wait(lambda: lab.step == 200 and not lab.playing, "the run does not stop at step 200", 60)
    lab.wait(lambda: said(lab) and said(lab)[-1] == 200, "nothing is said about step 200", 60)
    measured = re.search(
        r"after 200 steps (\d+) of 200 runs have found the global minimum \((.*?)\)", lab.row("question").inner_text()
    )
    found, runs, _, low, high, _ = said(lab)
    assert runs == 200 and low <= int(measured[1]) / 2 <= high and abs(found - int(measured[1])) <= 4
    assert lab.text(".luck .criterion") == f"Found: {measured[2]}."
    assert within(lab).input_value() == "0.05" and lab.page.locator(".luck .usual").is_disabled()
    picture = lab.page.locator(".luck svg.errors")
    assert picture.get_attribute("role") == "img" and f"{found} errors below 0.05" in picture.get_attribute(
        "aria-label"
    )
    lab.picture("luck-errors")
    lab.page.locator(".luck .costs summary").click()
    rows = [row.inner_text().split("\t") for row in lab.page.locator(".luck .costs tbody tr").all()]
    assert rows and all(re.fullmatch(r"\d+ of 200", reached) for _, reached, _ in rows)
    counts = [int(reached.split()[0]) for _, reached, _ in rows]
    assert counts == sorted(counts, reverse=True) and counts[0] > 0, "the nearer the target, the fewer"
    runtimes = lab.page.locator(".luck svg.runtimes")
    assert runtimes.locator("path").count() == 1 and "evaluations" in runtimes.get_attribute("aria-label")
    lab.picture("luck-costs")
    assert not lab.complaints


def test_a_tolerance_changes_the_tally_at_once_and_is_in_the_link(lab, server):
    lab.open(server.page)
    lab.choose("preset", "cbo-few")
    open_card(lab)
    ask(lab, 50)
    lab.wait(lambda: (lab.step or 0) > 60, "the swarm stands", 40)
    k = lab.pause()
    lab.wait(lambda: said(lab) and said(lab)[-1] == k, "they do not come to the step that is shown", 30)
    found = said(lab)[0]
    within(lab).fill("0.25")
    within(lab).press("Enter")
    lab.wait(lambda: said(lab)[0] > found, "the tally does not follow the tolerance")
    assert said(lab)[-1] == k == lab.step, "no run was made for it"
    assert "nearer than 0.25 half widths" in lab.text(".luck .criterion")
    link = lab.page.url
    within(lab).fill("7")
    within(lab).press("Enter")
    lab.wait(lambda: "must be a number with" in lab.text(".luck .complaint"), "a wrong number is not told")
    assert "nearer than 0.25 half widths" in lab.text(".luck .criterion") and lab.page.url == link

    lab.open(link)
    open_card(lab)
    lab.wait(lambda: within(lab).input_value() == "0.25", "the link forgets the tolerance")
    lab.page.locator(".luck .usual").click()
    lab.wait(lambda: within(lab).input_value() == "0.05", "the usual one does not come back")
    slider = lab.page.locator(".luck input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    lab.wait(lambda: within(lab).input_value() == "0.051", f"the slider is not heard: {within(lab).input_value()}")
    assert not lab.complaints


def test_a_replica_that_failed_is_shown_with_its_seed_at_the_same_step(lab, server):
    lab.open(server.page)
    lab.choose("preset", "cbo-few")
    open_card(lab)
    ask(lab, 20)
    lab.wait(lambda: said(lab), "the replicas say nothing")
    lab.wait(lambda: (lab.step or 0) > 120, "the swarm stands", 40)
    k = lab.pause()
    lab.wait(lambda: said(lab)[-1] == k, "they do not come to the step that is shown")
    seed = lab.row("swarm.seed").locator("input[type=text]").input_value()
    failed = lab.page.get_by_role("button", name="Show one that failed")
    assert failed.is_enabled()
    failed.click()
    lab.wait(lambda: lab.row("swarm.seed").locator("input[type=text]").input_value() != seed, "no other seed is shown")
    lab.wait(lambda: lab.step == k and not lab.playing, "it does not stand at the same step")
    lab.page.get_by_role("tab", name="Runs").click()
    lab.wait(lambda: "not found" in lab.text(".history .live"), "the list of runs does not say that it failed")
    assert lab.text(".history tbody.run:not(.live) td.seed") == seed
    lab.picture("luck-failed")
    assert not lab.complaints


def test_what_happened_in_the_replicas_is_counted_while_its_section_is_open(lab, server):
    open_card(lab, server)
    section = lab.page.locator(".luck .happened")
    assert section.is_hidden()
    ask(lab, 20)
    lab.wait(lambda: section.is_visible(), "there is no section of what happened")
    assert section.locator("tbody tr").count() == 0, "nothing is counted before somebody looks"
    section.locator("summary").click()
    rows = section.locator("tbody tr")
    lab.wait(lambda: rows.count() >= 4, "the events are not counted")
    assert {"found", "lost", "new best", "collapse"} <= set(section.locator("td:first-child").all_inner_texts())
    assert all(
        re.fullmatch(r"\d+ of 20", text.strip()) for text in section.locator("td:nth-child(2)").all_inner_texts()
    )
    best = rows.filter(has_text="new best").locator("td")
    lab.wait(lambda: best.nth(1).inner_text() == "20 of 20", "no replica has a new best")
    assert re.fullmatch(r"[\d.]+ \([\d.]+–[\d.]+\)", best.nth(2).inner_text())
    lab.pause()
    lab.press("reset")
    lab.wait(lambda: best.nth(1).inner_text() == "0 of 20", "at step 0 there is a new best")
    lab.press("play")
    lab.wait(lambda: best.nth(1).inner_text() == "20 of 20", "the count does not follow the run")
    section.locator("summary").click()
    lab.wait(lambda: rows.count() == 0, "it is counted though nobody looks")
    assert not lab.complaints
