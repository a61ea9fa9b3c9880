"""The page in a real Chromium, driven by its real controls; read is what a person sees: the read-out, messages, agents."""

from __future__ import annotations

import gzip
import re
import time
import urllib.request
from itertools import pairwise

import pytest

from components.server.sockets import (
    GRACE_S,  # seconds: a browser that breaks off while pictures are under way is waited for
)

SIZES = [(1440, 900), (1024, 768), (390, 844)]
LOCAL = re.compile(r"^(https?://localhost[:/]|data:|blob:)")
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true})
  document.dispatchEvent(new Event("visibilitychange"))
}"""


def overflow(lab):
    """Pixels by which the page is wider and higher than the window."""
    return lab.page.evaluate(
        "(() => { const e = document.documentElement; return [e.scrollWidth - innerWidth, e.scrollHeight - innerHeight] })()"
    )


def moves(lab, seconds=3.0):
    """Whether the step goes up within so many seconds."""
    before, until = lab.step, time.monotonic() + seconds
    while lab.step <= before and time.monotonic() < until:
        lab.page.wait_for_timeout(50)
    return lab.step > before


def start_over(lab):
    """Back to step 0, paused."""
    lab.pause()
    lab.press("reset")
    lab.wait(lambda: lab.step == 0, "reset did not go back to step 0")
    lab.page.wait_for_timeout(300)


def run_to(lab, step):
    """Play from step 0 to a stop and return the agents as drawn there."""
    lab.play()
    lab.wait(
        lambda: lab.step == step and not lab.playing, f"the run did not stop at step {step} but stands at {lab.step}"
    )
    lab.page.wait_for_timeout(300)
    return lab.agents()


def test_the_page_opens_on_a_running_swarm_without_errors_and_without_leaving_this_machine(lab, server):
    lab.open(server.page)
    assert lab.playing
    before = lab.agents()
    assert len(before["x"]) == 100
    assert moves(lab)
    lab.wait(lambda: lab.agents() != before, "the step goes up but the agents are drawn where they were", 2)
    lab.page.click("[aria-label^='Open panel']")
    lab.page.wait_for_timeout(800)
    assert not lab.complaints
    assert [address for address in lab.addresses if not LOCAL.match(address)] == []


def test_pause_stops_the_swarm_at_once_and_play_goes_on_from_there(lab, server):
    """Within 0.5 s; a busy machine may take as long as it takes to paint the few pictures that are under way."""
    lab.open(server.page)
    lab.page.locator(".speed input").fill("200")  # as fast as it goes: the hardest case
    lab.wait(lambda: (lab.step or 0) > 2000, "the swarm is not as fast as it goes")
    picture = 1 / max(1.0, float(lab.text(".rates .frames")))
    lab.press("play")
    assert lab.text("button.play").strip() == "Play", "the button itself answers without the server"
    lab.page.wait_for_timeout(1000 * max(0.5, 5 * picture))
    stood = lab.step
    lab.page.wait_for_timeout(800)
    assert lab.step == stood
    assert lab.text(".rates .frames") == "0"
    lab.press("play")
    lab.wait(lambda: lab.step > stood, "Play does not go on")


@pytest.mark.parametrize("dynamics", ["CBO", "SSA"])
def test_each_slider_of_a_dynamics_reaches_the_kernel(lab, server, dynamics):
    lab.open(server.page)
    lab.choose("dynamics", dynamics)
    lab.pause()
    lab.page.locator("button.again").click()  # else an edit starts a swarm again that has drawn together
    lab.page.locator(".speed input").fill("150")
    lab.page.locator(".stop select").select_option("k")
    lab.page.locator(".stop input").fill("600")
    lab.page.locator(".stop input").press("Enter")
    start_over(lab)
    usual = run_to(lab, 600)
    start_over(lab)
    assert run_to(lab, 600) == usual, (
        "the same seed and values must give the same run, or the test below proves nothing"
    )

    rows = lab.page.locator("[data-name^='dynamics.']:not([hidden]):has(input[type=range])")
    names = [row.get_attribute("data-name") for row in rows.all()]
    assert len(names) >= 3
    for name in names:
        start_over(lab)
        old = lab.row(name).locator("input[type=text]").input_value()
        for share in (0.8, 0.3, 0.1):  # a batch of more agents than there are is all of them
            new = lab.slide(name, share)
            assert float(new) != float(old), f"{name}: the slider did not move its number"
            assert lab.error(name) == ""
            different = run_to(lab, 600) != usual
            if different:
                break
            start_over(lab)
        assert different, f"{name} = {new} made no difference to the run"
        lab.type(name, old)
    assert not lab.complaints


def test_a_running_swarm_answers_at_once_to_a_parameter(lab, server):
    """Without noise and with a strong drift the swarm contracts by 1 − λΔt each step, whatever came before."""
    lab.open(server.page)
    spread = lambda: max(lab.agents()["x"]) - min(lab.agents()["x"])  # noqa: E731
    lab.page.locator(".speed input").fill("100")
    lab.slide("dynamics.lam", 0.0)
    lab.slide("dynamics.sigma", 0.0)

    def stands():
        before = spread()
        return moves(lab) and spread() == before > 0

    lab.wait(stands, "with λ = σ = 0 nothing may move", 10)  # pictures from before the edit may still be under way
    frozen = spread()
    lab.slide("dynamics.lam", 1.0)
    lab.wait(lambda: spread() < 1e-3 * frozen, "the drift does not contract the running swarm")


CAPS = """(key) => {
  const event = new KeyboardEvent("keydown", {key, modifierCapsLock: true, bubbles: true, composed: true, cancelable: true})
  document.body.dispatchEvent(event)
  return event.defaultPrevented
}"""


def test_keys_that_are_letters_work_with_caps_lock(lab, server):
    lab.open(server.page)
    lab.pause()
    press = lambda key: lab.page.evaluate(CAPS, key)  # noqa: E731
    listed = lab.page.locator("dialog kbd").all_text_contents()
    letters = {key for key in listed if len(key) == 1 and key.isalpha()}
    assert letters >= set("RNFPDCQATSVW")
    for key in sorted(
        letters - set("FCVQ")
    ):  # whole screen and clipboard are for a real press; there are no wells; Q is the last
        assert press(key), f"{key} does nothing"
        if key == "T":
            lab.wait(lambda: "Step " in lab.page.locator(".spoken").text_content(), "T")
        if key in "PD":
            press(key)  # as it was
    press("Q")
    lab.page.locator("dialog.code[open]").wait_for()
    assert not lab.complaints


def test_step_back_reset_and_new_seed(lab, server):
    lab.open(server.page)
    k = lab.pause()
    spoken = lab.page.locator(".strip .spoken")
    assert spoken.text_content() == "", "something is read out that nobody has asked for"
    lab.page.keyboard.press("t")
    lab.wait(lambda: spoken.text_content().startswith(f"Step {k}, time "), "a screen reader is not told the step")
    lab.wait(lambda: "dispersion" in spoken.text_content(), "a screen reader is not told the dispersion")
    lab.press("step")
    lab.wait(lambda: lab.step == k + 1, "Step")
    lab.page.wait_for_timeout(200)
    there = lab.agents()
    lab.page.keyboard.press("ArrowRight")
    lab.wait(lambda: lab.step == k + 2, "→")
    lab.page.keyboard.press("ArrowLeft")
    lab.wait(lambda: lab.step == k + 1, "←")
    lab.page.wait_for_timeout(200)
    assert lab.agents() == there, "back must be exact"
    lab.page.keyboard.press("r")
    lab.wait(lambda: lab.step == 0, "R")
    lab.page.wait_for_timeout(300)
    first = lab.agents()
    lab.press("seed")
    lab.wait(lambda: lab.agents() != first, "a new seed must give another start")
    assert lab.row("swarm.seed").locator("input").input_value() == "1"
    lab.page.keyboard.press(" ")
    lab.wait(lambda: lab.step > 3, "the space bar plays")
    lab.page.keyboard.press("?")
    assert lab.page.locator("dialog[aria-label=Keyboard]").is_visible()


def test_bad_input_is_explained_beside_the_control_and_the_swarm_goes_on(lab, server):
    lab.open(server.page)
    for value, reason in (
        ("nan", "finite number"),
        ("-1e9", "-100 ≤ λ"),
        ("abc", "must be a number"),
        ("1e9", "-100 ≤ λ"),
    ):
        lab.type("dynamics.lam", value)
        lab.wait(
            lambda why=reason: why in lab.error("dynamics.lam"),
            f"λ = {value} is not refused: {lab.error('dynamics.lam')}",
        )
        assert lab.row("dynamics.lam").locator("input[type=text]").get_attribute("aria-invalid") == "true"
        assert moves(lab)
    lab.picture("bad input")
    lab.type("dynamics.lam", "3/2")
    lab.wait(lambda: lab.error("dynamics.lam") == "", "a good value takes the message away")
    lab.type("swarm.n", "1")
    lab.wait(lambda: "N ≥ 2" in lab.error("swarm.n"), "N = 1 is not refused")
    lab.choose("landscape", "Himmelblau")
    lab.type("swarm.d", "3")
    lab.wait(lambda: "Himmelblau needs d = 2" in lab.error("swarm.d"), "d = 3 is not refused")
    assert moves(lab)
    assert not lab.complaints


def test_a_restart_parameter_waits_for_reset(lab, server):
    lab.open(server.page)
    lab.type("swarm.n", "37")
    lab.wait(
        lambda: "wanted" in lab.page.locator("button.reset").get_attribute("class"), "Reset does not ask to be pressed"
    )
    assert len(lab.agents()["x"]) == 100
    lab.press("reset")
    lab.wait(lambda: len(lab.agents()["x"]) == 37, "N was not applied")
    assert moves(lab)


def test_a_diverged_swarm_says_where_and_starts_again(lab, server):
    lab.open(server.page)
    lab.type("dynamics.lam", "100")
    lab.type("dynamics.dt", "10")
    lab.wait(lambda: lab.page.locator(".banner").is_visible(), "the divergence is not told", 30)
    said = lab.text(".banner")
    assert re.search(r"diverged at step \d+: F of agent \d+", said), said
    assert not lab.playing
    last = int(re.search(r"step (\d+)", said)[1]) - 1
    lab.wait(lambda: lab.step == last, "the last finite step is not shown")
    lab.picture("diverged")
    lab.type("dynamics.dt", "0.05")
    lab.page.locator(".banner button", has_text="Reset").click()
    lab.wait(lambda: lab.step == 0 and not lab.page.locator(".banner").is_visible(), "reset")
    lab.play()
    lab.wait(lambda: lab.step > 3, "the swarm runs again")
    assert not lab.complaints


def test_every_dynamics_can_be_chosen_and_runs(lab, server):
    lab.open(server.page)
    for dynamics in lab.row("dynamics").locator("option").evaluate_all("all => all.map(o => o.value)"):
        lab.choose("dynamics", dynamics)
        lab.wait(lambda: moves(lab, 0.3), f"{dynamics} does not run", 30)
        lab.picture(f"dynamics {dynamics}")
        assert not lab.page.locator(".banner").is_visible(), f"{dynamics}: {lab.text('.banner')}"
    assert not lab.complaints


def test_a_landscape_can_be_chosen_while_the_swarm_runs(lab, server):
    lab.open(server.page)
    before = lab.agents()
    lab.choose("landscape", "Himmelblau")
    lab.wait(lambda: moves(lab) and lab.agents() != before, "the swarm does not run on another landscape")
    assert not lab.page.locator(".banner").is_visible(), lab.text(".banner")
    assert not lab.complaints


def test_masses_move_in_swarm_based_annealing(lab, server):
    lab.open(server.page)
    lab.choose("dynamics", "SSA")
    lab.wait(lambda: len(lab.agents()["x"]) == 8, "N = 8")
    first = lab.agents()["size"]
    lab.wait(lambda: max(lab.agents()["size"]) > 1.2 * min(first), "no agent grows")
    lab.picture("SSA on Ackley")


def test_what_a_visitor_downloads_is_compressed(server):
    ask = urllib.request.Request(f"{server.url}/static/js/bokeh.min.js", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(ask) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        packed = answer.read()
    with urllib.request.urlopen(f"{server.url}/static/js/bokeh.min.js") as answer:
        plain = answer.read()
    assert gzip.decompress(packed) == plain and len(packed) < len(plain) / 2


def test_three_sizes_and_both_themes_fit_their_windows(lab, server):
    lab.open(server.page)
    paper = lambda: lab.page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    light = paper()
    for theme in ("light", "dark"):
        for width, height in SIZES:
            lab.page.set_viewport_size({"width": width, "height": height})
            lab.page.wait_for_timeout(700)
            assert overflow(lab) == [0, 0], f"{width} × {height}"
            lab.picture(f"{width}x{height} {theme}")
        lab.page.set_viewport_size({"width": 1440, "height": 900})
        lab.page.click("[aria-label='Toggle theme']")
        lab.page.wait_for_timeout(700)
        assert (paper() != light) == (theme == "light")
    assert not lab.complaints


def test_a_phone_shows_the_swarm_first_and_the_choices_on_demand(browser, server):
    from tests.ui.conftest import Lab

    context = browser.new_context(viewport={"width": 390, "height": 844})
    lab = Lab(context.new_page()).open(server.page)
    lab.wait(lambda: not lab.row("dynamics.lam").is_visible(), "the choices cover the page")
    boxes = [lab.page.locator(f".{name}").first.bounding_box() for name in ("arena", "strip", "curves")]
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"], "the parts overlap or are in another order"
    lab.picture("phone")
    lab.page.click("[aria-label='Open drawer']")
    lab.wait(lambda: lab.row("dynamics.lam").is_visible(), "the choices do not open")
    lab.page.wait_for_timeout(400)
    sheet = lab.page.locator(".sidebar").bounding_box()
    assert sheet["y"] > 300, "the swarm must stay in sight above the choices"
    lab.picture("phone with choices")
    assert overflow(lab)[0] == 0
    context.close()


def test_a_hidden_tab_takes_no_steps(lab, server):
    lab.open(server.page)
    lab.page.evaluate(HIDE, True)
    stood = lab.stand()
    lab.page.wait_for_timeout(1000)
    assert lab.step == stood
    lab.page.evaluate(HIDE, False)
    lab.wait(lambda: lab.step > stood, "a tab that is seen again goes on")
    assert lab.step < stood + 60, "the time asleep is not made up for"


def test_a_link_reopens_the_selection_and_a_bad_one_says_so(lab, server):
    lab.open(server.page)
    lab.choose("dynamics", "SSA")
    lab.wait(lambda: "?s=2." in lab.page.url, "the address does not follow a choice")
    chosen = lab.page.url
    lab.type("dynamics.lam", "2.5")
    lab.wait(lambda: lab.page.url != chosen, "the address does not follow a value")
    address = lab.page.url
    lab.open(address)
    assert lab.row("dynamics").locator("select").input_value() == "SSA"
    assert lab.row("dynamics.lam").locator("input[type=text]").input_value() == "2.5"
    lab.open(address[:-9] + "AAAAAAAAA")
    assert "link" in lab.text(".banner")
    assert moves(lab)
    assert not lab.complaints


def test_a_person_who_asks_for_less_motion_is_not_moved(browser, server):
    from tests.ui.conftest import Lab

    context = browser.new_context(reduced_motion="reduce")
    lab = Lab(context.new_page()).open(server.page)
    lab.wait(lambda: not lab.playing and lab.page.locator(".banner").is_visible(), "the swarm plays")
    lab.stand()
    assert not moves(lab, 1.0)
    lab.play()
    lab.wait(lambda: moves(lab), "Play must work all the same")
    context.close()


def test_nothing_is_left_after_the_tab_closes(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.page)
    page.wait_for_selector(".readout .k")
    page.wait_for_timeout(500)
    alive = server.alive()
    assert alive["Session"] >= 1 and alive["threads"] >= 1, "the probe must be able to see a session"
    context.close()
    until = time.monotonic() + GRACE_S + 30
    while time.monotonic() < until:
        alive = server.alive()
        if alive["threads"] == 0 and all(alive[kind] <= server.idle[kind] for kind in server.idle):
            return
        time.sleep(1)
    pytest.fail(f"left behind: {alive}; before any visitor there were {server.idle}")
