"""Links, presets and the history of runs, as a person uses them in a real Chromium."""

from __future__ import annotations

import pytest
from conftest import Lab

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
    lab.page.wait_for_selector(".history h3")


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

    from components import permalink
    from swarmviz import Swarm, dynamics, landscapes
    from swarmviz.simulation import Entry

    draw = random.Random(5).random
    journal = [Entry(0, dynamics.CBO(), landscapes.Rastrigin())]
    journal += [Entry(k, dynamics.CBO(sigma=draw()), journal[0].landscape) for k in range(1, 600)]
    link = permalink.write(permalink.State((permalink.Run(tuple(journal), Swarm(), 700),), 30.0))
    assert 5000 < len(link) <= permalink.LONGEST
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
    assert not question.is_visible()
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
    rows = lab.page.locator(".history button.run")
    lab.wait(lambda: rows.count() == 1, "the old run is not listed")
    assert "CBO on Rastrigin" in rows.first.inner_text() and "seed 0" in rows.first.inner_text()
    assert f"Reopen CBO on Rastrigin, seed 0 · N = 100 · d = 2, at step {k}" in rows.first.get_attribute("aria-label")
    rows.first.focus()
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.step == k, "the run was not reopened")
    lab.wait(lambda: lab.agents() == before, "the agents are drawn elsewhere", 3)
    assert not lab.playing
    lab.wait(lambda: "seed 0" in lab.text(".history .live"), "the present run is not told")
    lab.picture("history-light-1440x900")
    lab.page.click(".history .clear")
    lab.wait(lambda: rows.count() == 0, "the history was not cleared")
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
