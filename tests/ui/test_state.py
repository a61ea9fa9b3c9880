"""Links, presets and the history of runs, as a person uses them in a real Chromium."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from components.links import permalink
from components.state import first, state_of
from swarmviz import presets
from tests.ui.conftest import Lab

BAD_CHARACTERS = ("AAAAAAAA", "%00%ff", "<script>")


@pytest.fixture
def another(browser, server):
    """A person on another machine: a browser that shares nothing with the first."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Lab(context.new_page())
    context.close()


def copy(lab):
    """Press the button and return what is on the clipboard."""
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.page.evaluate("navigator.clipboard.writeText('')")
    lab.press("copy")
    lab.wait(lambda: "Link copied" in lab.text(".banner"), "nothing says that the link was copied")
    return lab.page.evaluate("navigator.clipboard.readText()")


def drawer(lab):
    lab.page.click("[aria-label^='Open panel']")
    lab.page.get_by_role("tab", name="Runs").click()
    lab.page.wait_for_selector(".history h2")


def test_a_copied_link_reopens_the_same_swarm_at_the_same_step_with_what_was_changed_on_the_way(lab, another, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 5, "the swarm does not move")
    lab.slide("dynamics.sigma", 0.3)
    changed = lab.step
    lab.wait(lambda: lab.step > changed + 10, "the swarm does not go on")
    k = lab.pause()
    address = copy(lab)
    assert address.startswith(f"{server.page}?s=2.") and len(address) < 1500
    another.open(address)
    another.wait(lambda: another.step == k, f"it stands at {another.step} and not at {k}")
    assert not another.playing
    another.wait(lambda: another.agents() == lab.agents(), "the agents are drawn elsewhere", 3)
    assert another.row("dynamics.sigma").locator("input[type=text]").input_value() == (
        lab.row("dynamics.sigma").locator("input[type=text]").input_value()
    )
    for one in (lab, another):
        one.press("step")
        one.wait(lambda one=one: one.step == k + 1, "no step was taken")
    another.wait(lambda: another.agents() == lab.agents(), "the same swarm takes another step", 3)
    for one in (lab, another):
        one.press("back")
        one.press("back")
        one.wait(lambda one=one: one.step == k - 1, "no step was taken back")
    another.wait(lambda: another.agents() == lab.agents(), "its past is another", 3)
    assert not lab.complaints and not another.complaints


def test_the_address_itself_reopens_a_paused_run_and_a_fresh_one_plays(lab, server):
    lab.open(server.page)
    lab.choose("landscape", "Ackley")
    lab.wait(lambda: "?s=2." in lab.page.url, "the address does not follow a choice")
    lab.open(lab.page.url)
    assert lab.playing and lab.row("landscape").locator("select").input_value() == "Ackley"
    fresh = lab.page.url
    lab.wait(lambda: lab.step > 5, "the swarm does not move")
    k = lab.pause()
    lab.wait(lambda: lab.page.url != fresh, "the address does not follow a pause")
    before = lab.agents()
    lab.open(lab.page.url)
    lab.wait(lambda: lab.step == k and not lab.playing, "it does not stand where it stood")
    lab.wait(lambda: lab.agents() == before, "the agents are drawn elsewhere", 3)
    assert not lab.complaints


def test_the_stop_comes_back_with_a_link(lab, server):
    lab.open(server.page)
    lab.page.locator(".stop select").select_option("k")
    lab.page.locator(".stop input").fill("12345")
    lab.page.locator(".stop input").press("Enter")
    lab.pause()
    address = copy(lab)
    lab.open(address)
    assert lab.page.locator(".stop select").input_value() == "k"
    assert lab.page.locator(".stop input").input_value() == "12345"


@pytest.mark.parametrize("bad", BAD_CHARACTERS)
def test_a_bad_link_is_told_in_a_sentence_and_the_opening_example_runs(lab, server, bad):
    lab.open(f"{server.page}?s=2.{bad}")
    assert "The link cannot be opened" in lab.text(".banner")
    assert lab.playing and lab.row("preset").locator("select").input_value() != ""
    assert not lab.complaints


def test_a_link_of_the_first_version_is_refused_politely(lab, server):
    lab.open(f"{server.page}?s=1.eNpTcg7yV7JSMlSKBQAQbgKF")
    assert "another version" in lab.text(".banner")


def test_without_a_clipboard_the_link_stands_selected_in_a_field(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    lab.page.keyboard.press("c")
    lab.page.wait_for_selector("dialog.by-hand[open]")
    chosen = lab.page.evaluate(
        "(() => { let e = document.activeElement; while (e.shadowRoot) { e = e.shadowRoot.activeElement } "
        "return e.value.slice(e.selectionStart, e.selectionEnd) })()"
    )
    assert chosen.startswith(f"{server.page}?s=2.")
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: lab.page.locator("dialog.by-hand[open]").count() == 0, "Escape does not close it")


def test_a_long_link_travels_through_browser_and_server(lab, server):
    """Near the longest that is ever written."""
    import random

    from components.links import permalink
    from components.state import VisitState
    from swarmviz import Swarm, dynamics, landscapes
    from swarmviz.journal import Change, Journal
    from swarmviz.replay import RunSpec

    draw = random.Random(5).random
    journal = [Change(0, dynamics.CBO(), landscapes.Rastrigin())]
    journal += [Change(k, dynamics.CBO(sigma=draw()), journal[0].landscape) for k in range(1, 600)]
    link = permalink.write(VisitState((RunSpec(Journal(journal), Swarm(), 700),), 30.0))
    assert 5000 < len(link) <= permalink.MAX_LINK_CHARS
    lab.open(f"{server.page}?s={link}")
    lab.wait(lambda: lab.step == 700, f"it stands at {lab.step}")
    assert not lab.complaints


def test_a_preset_is_chosen_from_its_menu_and_asks_its_question(lab, server):
    lab.open(server.page)
    question = lab.row("question")
    assert "How do a hundred agents" in question.inner_text()
    lab.choose("preset", "cbo-no-noise")
    lab.wait(lambda: "What is the noise for?" in question.inner_text(), "the question is not shown")
    assert lab.row("dynamics.noise").locator("select").input_value() == "none"
    lab.type("dynamics.lam", "2")
    lab.wait(lambda: lab.row("preset").locator("select").input_value() == "", "the menu still names the preset")
    assert question.inner_text().startswith("No preset has these values")
    lab.choose("dynamics", "SSA")
    lab.wait(lambda: lab.row("preset").locator("select").input_value() == "ssa-ackley", "the first preset is not named")
    assert "Eight agents" in question.inner_text()
    assert not lab.complaints


def test_a_replaced_run_is_in_the_history_and_reopens_where_it_stood(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 5, "the swarm does not move")
    k, before = lab.pause(), lab.agents()
    lab.press("seed")
    lab.wait(lambda: lab.step == 0, "the run was not replaced")
    drawer(lab)
    rows = lab.page.locator(".history tbody.run:not(.live)")
    lab.wait(lambda: rows.count() == 1, "the old run is not listed")
    assert "CBO on Rastrigin · N = 100 · d = 2" in lab.text(".history .same")
    assert rows.locator("td.seed").inner_text() == "0" and rows.locator("td.step").inner_text() == str(k)
    open_it = lab.page.get_by_role("button", name="Open: run 1")
    assert open_it.get_attribute("title") == f"Reopen it at step {k}"
    open_it.focus()
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.step == k, "the run was not reopened")
    lab.wait(lambda: lab.agents() == before, "the agents are drawn elsewhere", 3)
    assert not lab.playing
    lab.wait(lambda: lab.text(".history .live td.seed") == "0", "the present run is not told")
    lab.picture("history-light-1440x900")
    lab.page.click(".history .clear")
    lab.wait(lambda: rows.count() == 0, "the history was not cleared")
    assert not lab.complaints


TABLE = """(table) => { // where the heads and the sticky cells of the last row lie in the box that scrolls
  const scroller = table.parentElement, around = scroller.getBoundingClientRect(), root = document.documentElement
  const head = table.querySelector("thead th:nth-child(3)").getBoundingClientRect()
  const star = [...table.querySelectorAll("td.star")].at(-1).getBoundingClientRect()
  return {head: head.top - around.top, star: star.left - around.left, bottom: around.bottom,
    room: scroller.scrollHeight - scroller.clientHeight, page: [root.scrollWidth, root.scrollHeight]}
}"""
SHIFTS = """() => {
  window.shifts = 0
  new PerformanceObserver((list) => { for (const {value} of list.getEntries()) { window.shifts += value } }).observe({type: "layout-shift"})
}"""
HELD = """() => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) { node = node.shadowRoot.activeElement }
  return [node.ariaLabel, node.getBoundingClientRect().top]
}"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_thirty_runs_scroll_within_the_panel_under_their_heads_and_keep_the_focus(browser, server, width, height):
    """The heads went out of sight, and the focus to the first of them once a run was deleted."""
    context = browser.new_context(viewport={"width": width, "height": height})
    lab = Lab(context.new_page()).open(server.page)
    page = lab.page
    lab.pause()
    for _ in range(30):
        lab.press("seed")
        lab.wait(lambda: lab.step == 0, "no other swarm")
        lab.press("step")
        lab.wait(lambda: lab.step == 1, "no step is taken")
    page.click("button[aria-label$='claims, luck, runs, export, lessons']")
    page.get_by_role("tab", name="Runs").click()
    rows, table = page.locator(".history tbody.run:not(.live)"), page.locator(".history table")
    lab.wait(lambda: rows.count() == 30, "they are not listed")
    page.get_by_role("button", name="Pin run 3", exact=True).focus()
    page.keyboard.press("Enter")
    lab.wait(lambda: page.get_by_role("button", name="Pin run 3", exact=True).inner_text() == "★", "it is not pinned")
    page.evaluate(SHIFTS)
    table.evaluate("(node) => node.parentElement.scrollTo(60, 1e6)")
    at = table.evaluate(TABLE)
    assert at["room"] > 300 and at["bottom"] <= height and at["page"] == [width, height], at
    assert abs(at["head"]) < 2 and 0 <= at["star"] < 8, f"heads and stars go with the rest: {at}"
    lab.picture(f"thirty-runs-{width}")

    by_seed = page.locator(".history thead button").last
    by_seed.focus()
    for way in ("ascending", "descending"):
        before = page.evaluate(HELD)
        page.keyboard.press("Enter")
        sort = page.locator(".history thead th").last
        lab.wait(lambda sort=sort, way=way: sort.get_attribute("aria-sort") == way, "it is not sorted")
        assert page.evaluate(HELD) == before, "the focus is elsewhere"
    delete = page.get_by_role("button", name="Delete: run 12", exact=True)
    delete.focus()
    top = page.evaluate(HELD)[1]
    assert top > table.evaluate("(node) => node.parentElement.getBoundingClientRect().top") + 30, "under the heads"
    page.keyboard.press("Enter")
    lab.wait(lambda: rows.count() == 29, "it is not deleted")
    name, place = page.evaluate(HELD)
    assert name == "Delete: run 11" and abs(place - top) < 60, "the next one has not the focus"
    assert page.evaluate("window.shifts") < 0.01 and not lab.complaints
    context.close()


def box(lab, name):
    return lab.row(name).locator("input[type=text]").input_value()


def thumb(lab, name):
    """Where the thumb of a row's slider is, as a share of its length."""
    return lab.row(name).locator("input[type=range]").evaluate("(s) => (s.value - s.min) / (s.max - s.min)")


def preset(lab):
    return lab.row("preset").locator("select").input_value()


def test_a_preset_goes_from_its_menu_at_every_edit_and_comes_back_with_its_values(lab, server):
    lab.open(server.page)
    for _ in range(2):
        lab.choose("preset", "cbo-rastrigin")
        lab.wait(lambda: "How do a hundred" in lab.row("question").inner_text(), "the text of the preset is not there")
        lab.type("dynamics.sigma", "2")
        lab.wait(lambda: preset(lab) == "", "the menu names a preset whose σ is another")
        assert lab.row("question").inner_text().startswith("No preset has these values")
    lab.type("dynamics.sigma", "1")
    lab.wait(lambda: preset(lab) == "cbo-rastrigin", "the preset is not known again")
    assert not lab.complaints


def test_a_box_shows_what_was_understood_and_the_thumb_follows(lab, server):
    lab.open(server.page)
    for typed, shown in (
        ("10,000", "10000"),
        ("500", "500"),
        ("10.000", "10000"),
        ("10,000", "10000"),
        ("12 000", "12000"),
    ):
        lab.type("swarm.n", typed)
        lab.wait(lambda shown=shown: box(lab, "swarm.n") == shown, f"{typed} is shown as {box(lab, 'swarm.n')}")
    lab.type("swarm.seed", "12,000")
    lab.wait(lambda: box(lab, "swarm.seed") == "12000", "the seed is shown as it was typed")
    lab.type("dynamics.sigma", "0,5")
    lab.wait(lambda: box(lab, "dynamics.sigma") == "0.5", "a half")
    half = thumb(lab, "dynamics.sigma")
    lab.type("dynamics.sigma", "1/4")
    lab.wait(lambda: box(lab, "dynamics.sigma") == "0.25", "a quarter")
    lab.wait(lambda: abs(thumb(lab, "dynamics.sigma") - half / 2) < 0.01, "the thumb does not follow")
    quarter = thumb(lab, "dynamics.sigma")
    for bad in ("many", "1,5x", "-1"):
        lab.type("dynamics.sigma", bad)
        lab.wait(lambda: lab.error("dynamics.sigma") != "", f"{bad} is not refused")
        assert box(lab, "dynamics.sigma") == bad and thumb(lab, "dynamics.sigma") == quarter
    lab.type("swarm.n", "1,5")
    lab.wait(lambda: "n (N) = 1.5" in lab.error("swarm.n"), "a swarm of one and a half agents")
    lab.type("swarm.seed", str(2**53 + 1))
    lab.wait(lambda: str(2**53 + 1) in lab.error("swarm.seed"), "a seed is rounded")
    assert not lab.complaints


def test_a_seed_of_sixteen_digits_comes_whole_from_a_link(lab, server):
    selection = first("CBO")
    selection.swarm.seed = 1764194000123456
    lab.open(f"{server.page}?s={permalink.write(state_of(selection))}")
    assert box(lab, "swarm.seed") == "1764194000123456"


def test_one_coordinate_is_edited_and_the_other_keeps_its_digits(lab, server):
    lab.open(server.page)
    lab.row("swarm.initial").locator("select").select_option("gaussian")
    lab.wait(lambda: lab.row("swarm.centre").is_visible(), "no centre can be typed")
    lab.type("swarm.centre", "1.23456789, 2")
    field = lab.row("swarm.centre").locator("input")
    field.focus()
    lab.page.keyboard.press("End")
    lab.page.keyboard.press("Backspace")
    lab.page.keyboard.type("3")
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: field.input_value() == "1.23456789, 3", f"it shows {field.input_value()}")


def test_typing_is_not_overwritten_by_what_the_server_says_meanwhile(lab, server):
    lab.open(server.page)
    field = lab.row("dynamics.sigma").locator("input[type=text]")
    field.focus()
    field.fill("0.")
    lab.row("dynamics.lam").locator("input[type=range]").evaluate(
        "(s) => { s.value = 100; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')) }"
    )
    lab.wait(lambda: preset(lab) == "", "the other edit did not arrive")
    assert field.input_value() == "0."


def test_the_address_is_not_changed_more_often_than_browsers_allow(lab, server):
    lab.page.add_init_script("""
      window.changes = []
      const real = history.replaceState.bind(history)
      history.replaceState = (...given) => { window.changes.push(performance.now()); return real(...given) }""")
    lab.open(server.page)
    lab.pause()
    slider = lab.row("dynamics.sigma").locator("input[type=range]")
    slider.focus()
    lab.page.evaluate("window.changes.length = 0")
    for _ in range(60):
        lab.page.keyboard.press("ArrowRight")
        lab.page.wait_for_timeout(20)
    shown = box(lab, "dynamics.sigma")
    inside = lambda: permalink.read(lab.page.url.partition("?s=")[2]).selection.dynamics.sigma  # noqa: E731
    lab.wait(lambda: f"{inside():g}" == shown, "the last change does not get into the address")
    changes = lab.page.evaluate("window.changes")
    assert changes and all(b - a > 400 for a, b in pairwise(changes)), changes
    assert not lab.complaints


def test_what_is_typed_into_the_bar_is_understood_or_refused_with_a_sentence(lab, server):
    lab.open(server.page)
    draw = lab.page.locator(".draw input")
    draw.fill("abc")
    draw.press("Enter")
    lab.wait(lambda: "abc" in lab.text(".banner"), "abc is taken without a word")
    lab.wait(lambda: draw.input_value() == "1", f"it says {draw.input_value()} and draws every step")
    draw.fill("2")
    draw.press("Enter")
    lab.wait(lambda: not lab.page.locator(".banner").is_visible(), "the refusal stays")
    lab.page.locator(".stop select").select_option("k")
    at = lab.page.locator(".stop input")
    for typed, shown in (("100\u202f000", "100000"), ("100,000", "100000"), ("2e5", "200000")):
        at.fill(typed)
        at.press("Enter")
        lab.wait(lambda shown=shown: at.input_value() == shown, f"{typed!r} is shown as {at.input_value()}")
    assert not lab.complaints


def test_editing_in_the_past_keeps_the_future_in_the_runs_and_says_so(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 30, "the swarm does not move")
    lab.pause()
    lab.page.locator(".scrub").fill("10")
    lab.wait(lambda: lab.step == 10, "it does not go back")
    lab.slide("dynamics.sigma", 0.3)
    said = lambda: re.search(r"The run to step (\d+) is kept in Runs\.", lab.text(".banner"))  # noqa: E731
    lab.wait(said, "nothing is said")
    furthest = int(said()[1])
    assert furthest > 30
    lab.press("step")
    lab.wait(lambda: lab.step == 11, "no step was taken")
    drawer(lab)
    rows = lab.page.locator(".history tbody.run:not(.live)")
    lab.wait(lambda: rows.count() == 1, "one run is to be kept, once")
    assert lab.text(".history thead th:nth-child(3)") == "σ" and "1 →" in lab.text(".history .live td:nth-child(3)")
    assert rows.locator("td").nth(1).inner_text() == "1"
    lab.picture("runs-that-differ")
    rows.get_by_role("button", name="Open").click()
    lab.wait(lambda: lab.step == furthest, "the run was not reopened where it had got to")
    assert not lab.complaints


def test_an_edit_while_another_dynamics_is_prepared_is_not_lost(lab, server):
    lab.open(server.page)
    lab.row("dynamics").locator("select").select_option("PSO")
    d = lab.row("swarm.d").locator("input[type=text]")
    d.fill("1")
    d.press("Enter")
    lab.wait(lambda: lab.page.locator(".sheet[aria-busy=true]").count() == 0, "it is prepared for ever", 60)
    lab.wait(lambda: lab.row("dynamics").locator("select").input_value() == "PSO", "another dynamics was chosen")
    lab.wait(lambda: box(lab, "swarm.d") == "1", "the edit is lost")
    lab.pause()
    address = copy(lab)
    applied = permalink.read(address.partition("?s=")[2]).runs[0].initial_swarm.d == 1
    assert applied or lab.page.locator("button.reset.wanted").count(), "it neither acts nor says that it waits"
    assert not lab.complaints


# The numbers at the colour bar as the browser draws them, and as the server has them.
COLOUR_BAR = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  for (const m of models.filter((m) => m.type === "Figure")) {
    const view = Bokeh.index.find_one_by_id(m.id)
    if (view == null || view.el.getClientRects().length === 0) { continue }
    const bar = m.right.find((r) => r.type === "ColorBar")
    if (bar) { return [Array.from(view.views.find_one(bar)._axis.ticker.ticks), Array.from(bar.major_label_overrides.keys())] }
  }
}"""


def test_the_colour_bar_of_a_finite_set_has_the_numbers_of_its_landscape(lab, server):
    lab.open(server.page)
    lab.choose("dynamics", "FiniteSet")
    lattices = [p.name for p in presets.of("FiniteSet") if p.swarm.get("d", 1) == 2]
    lab.choose("preset", lattices[0])
    lab.wait(lambda: lab.page.evaluate(COLOUR_BAR), "no colour bar")
    drawn, meant = lab.page.evaluate(COLOUR_BAR)
    assert len(drawn) > 1 and sorted(drawn) == sorted(meant), "the bar shows the numbers of the landscape before"
    assert not lab.complaints


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_state_can_be_seen_at_every_size_in_both_themes(browser, server, size):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    lab = Lab(context.new_page()).open(server.page)
    for theme in ("light", "dark"):
        if theme == "dark":
            lab.page.click("[aria-label='Toggle theme']")
        lab.pause()
        lab.press("copy")
        lab.wait(
            lambda: lab.page.locator("dialog.by-hand[open]").count() or "Link copied" in lab.text(".banner"), "no link"
        )
        lab.page.keyboard.press("Escape")
        assert lab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        lab.picture(f"state-{theme}-{size[0]}x{size[1]}")
    context.close()
