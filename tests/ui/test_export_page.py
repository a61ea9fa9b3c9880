"""Exports in a real Chromium: a replay plays from a file without any network, and what a person downloads from the page opens."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import numpy as np
import pytest
import xarray
from PIL import Image

import swarmviz as sv
from swarmviz import exports, presets

KINDS = {
    "plane": lambda: sv.Simulation(sv.PSO(), sv.landscapes.SixHumpCamel(), sv.Swarm(n=30, seed=1)),
    "projected": lambda: sv.Simulation(sv.BGK(), sv.landscapes.Rastrigin(), sv.Swarm(n=200, d=4, seed=1)),
    "line": lambda: sv.Simulation(sv.SSA(), sv.landscapes.Ackley(), sv.Swarm(n=8, d=1, seed=1)),
    "bars": lambda: sv.Simulation(*presets.ALL["finite-set"].build()),
    "sites": lambda: sv.Simulation(sv.FiniteSet(states=30), sv.landscapes.Rastrigin(), sv.Swarm(n=50, seed=1)),
}
INK = """() => {
  const {width, height} = document.getElementById("arena"), pen = document.getElementById("arena").getContext("2d")
  return Array.from(new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer)).reduce((a, b) => (31 * a + b) % 1000000007, 7)
}"""


# A file whose data take half a second to be unpacked, and somebody who uses everything in it before.
TOO_EARLY = """
  const {arrayBuffer} = Response.prototype
  Response.prototype.arrayBuffer = async function () { await new Promise((done) => setTimeout(done, 500)); return arrayBuffer.call(this) }
  addEventListener("DOMContentLoaded", () => {
    window.wasEarly = typeof swarmviz === "undefined"
    dispatchEvent(new Event("resize"))
    for (const key of [" ", "ArrowRight", "ArrowLeft", "End", "d"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}))
    }
    for (const button of document.querySelectorAll("button")) { button.click() }
    for (const slider of document.querySelectorAll("input")) { slider.dispatchEvent(new Event("input")) }
  })
"""


class Player:
    """A replay as a person has it: a file that is opened, with no network at all."""

    def __init__(self, page, path):
        self.page, self.complaints, self.asked = page, [], []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(Path(path).as_uri())
        self.wait("typeof swarmviz === 'object'")

    def wait(self, holds, seconds=15):
        """Playwright's own waiting is forbidden by the page, which lets nobody turn text into code."""
        until = time.monotonic() + seconds
        while not self.page.evaluate(holds):
            assert time.monotonic() < until, f"not so: {holds}"
            self.page.wait_for_timeout(20)

    def now(self):
        return self.page.evaluate("swarmviz.frame")

    def playing(self):
        return self.page.inner_text("#play") == "Pause"

    def ink(self):
        return self.page.evaluate(INK)


@pytest.fixture
def play(browser, tmp_path):
    contexts = []

    def opened(sim, every=1, **options):
        path = tmp_path / "replay.html"
        path.write_text(exports.replay(sim, every=every), encoding="utf-8")
        contexts.append(browser.new_context(offline=True, **options))
        return Player(contexts[-1].new_page(), path)

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_replay_draws_what_the_simulation_computed(kind, play):
    sim = KINDS[kind]()
    sim.advance(20)
    player = play(sim, 4, reduced_motion="reduce")
    run = player.page.evaluate("swarmviz.run")
    assert run["k"] == [0, 4, 8, 12, 16, 20] and not player.playing(), "less motion was asked for"
    low, high = np.array(run["range"])
    for place, k in enumerate(run["k"]):
        frame = sim.goto(k)
        if frame.occupation is not None:
            shares = player.page.evaluate(f"swarmviz.shares('share', {place})")
            np.testing.assert_allclose(shares, frame.occupation, atol=run["top"] / 65535)
            continue
        x = frame.x[:, :2] if frame.d > 1 else np.column_stack([frame.x[:, 0], frame.energy])
        there = np.array(player.page.evaluate(f"swarmviz.positions({place})"))
        assert (np.abs(there - np.clip(x, low, high)) <= (high - low) / 65535 * 0.51).all()
    pictures = [(player.page.evaluate(f"swarmviz.show({i})"), player.ink())[1] for i in (0, 5, 0)]
    assert pictures[0] == pictures[2] != pictures[1], "a frame has one picture, and another frame another"
    assert not player.complaints and all(address.startswith(("file:", "data:")) for address in player.asked)


def test_who_is_too_early_has_a_replay_that_begins_as_for_others(browser, tmp_path):
    """A notebook made its frame higher while the data were unpacked."""
    sim = KINDS["plane"]()
    sim.advance(20)
    path = tmp_path / "replay.html"
    path.write_text(exports.replay(sim), encoding="utf-8")
    inks = []
    for script in (TOO_EARLY, ""):
        with browser.new_context(offline=True, reduced_motion="reduce", color_scheme="light") as context:
            page = context.new_page()
            page.add_init_script(script)
            player = Player(page, path)
            assert player.now() == 0 and not player.playing() and not player.complaints
            assert page.evaluate("window.wasEarly ?? false") == bool(script)
            inks.append(player.ink())
    assert inks[0] == inks[1]


def test_a_replay_plays_pauses_scrubs_and_obeys_the_keyboard(play):
    sim = KINDS["plane"]()
    sim.advance(299)
    player = play(sim)
    page = player.page
    assert player.playing()
    player.wait("swarmviz.frame > 5")
    page.click("#play")
    stood = player.now()
    assert not player.playing()
    page.wait_for_timeout(200)
    assert player.now() == stood
    page.locator("#scrub").fill("250")
    assert player.now() == 250 and "k = 250" in page.inner_text("#clock")
    page.locator("#arena").focus()
    for key, there in (("ArrowRight", 251), ("ArrowLeft", 250), ("Home", 0), ("End", 299)):
        page.keyboard.press(key)
        assert player.now() == there
    page.keyboard.press("Space")
    assert player.playing() and player.now() < 299, "from the end it starts anew"
    player.wait("swarmviz.frame > 2")
    page.keyboard.press("Space")
    light = player.ink()
    page.click("#theme")
    assert player.ink() != light
    page.click("summary")
    assert page.inner_text("pre").strip() == exports.python_lines(sim).strip()
    assert f"swarmviz {sv.__version__}" in page.inner_text("table") and "seed" in page.inner_text("table")
    happened = page.locator("tr", has_text="events").inner_text()
    first = sim.events.steps("best")[:8]
    assert f"new best: step {', '.join(map(str, first))}" in happened
    assert json.loads(page.evaluate("JSON.stringify(swarmviz.about)"))["seed"] == 1
    assert not player.complaints


def test_a_replay_fits_a_phone(play):
    sim = KINDS["line"]()
    sim.advance(5)
    player = play(sim, viewport={"width": 390, "height": 844})
    assert player.page.evaluate("document.documentElement.scrollWidth") <= 390


# ---- the panel on the page -------------------------------------------------------------------------------------------


def open_exports(lab):
    lab.page.click("[aria-label^='Open panel']")
    lab.page.mouse.move(700, 500)  # what the button says when the pointer rests on it would lie over the tabs
    lab.page.wait_for_selector("[role=tooltip]", state="hidden")
    lab.page.get_by_role("tab", name="Export").click()


def take(lab, what):
    """Press a button of the panel and return the file's name and content."""
    with lab.page.expect_download(timeout=60_000) as waiting:
        lab.page.click(f"[data-what='{what}']")
    lab.page.wait_for_selector("section.exports[aria-busy=false]")
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_what_is_downloaded_from_the_page_opens_and_is_the_run_that_was_seen(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 5, "the swarm does not move")
    k = lab.pause()
    open_exports(lab)
    lab.page.locator("section.exports").scroll_into_view_if_needed()

    name, png = take(lab, "arena.png")
    assert name == f"swarmviz-CBO-Rastrigin-seed0-k{k}.png"
    with Image.open(io.BytesIO(png)) as image:
        about = json.loads(image.text["Description"])
    assert (about["k"], about["seed"], about["version"]) == (k, 0, sv.__version__)

    seen = np.array([lab.agents()["x"], lab.agents()["y"]]).T
    with xarray.open_dataset(io.BytesIO(take(lab, "run.nc")[1]), engine="h5netcdf") as data:
        x = data["x"].values
        assert data.attrs["k"] == k
    np.testing.assert_allclose(x, seen, rtol=1e-6)

    there = {}
    exec(compile(take(lab, "lines.py")[1], "lines", "exec"), there)
    assert np.array_equal(there["frame"].x, x), "the lines give the same bits"

    lab.page.click("[data-what='lines']")
    lab.wait(
        lambda: lab.page.locator("section.exports pre[aria-label='Python lines']").is_visible(),
        "the lines are not shown",
    )
    assert "frame = sim.frame" in lab.page.inner_text("section.exports pre[aria-label='Python lines']")

    name, page = take(lab, "replay.html")
    assert name.endswith(f"k{k}.html") and b"swarmviz.positions" in page
    assert lab.step == k, "nothing of this may move the swarm"
    assert not lab.complaints


def test_a_wrong_field_is_told_in_words_and_an_export_can_be_cancelled(lab, server):
    lab.open(server.page)
    lab.page.locator(".speed input").fill("130")
    lab.wait(lambda: lab.step > 400, "the swarm is too slow")
    lab.pause()
    open_exports(lab)
    words = lambda: lab.text("section.exports .words")  # noqa: E731
    lab.page.fill("[data-field=start]", "ten")
    lab.page.click("[data-what='film.gif']")
    lab.wait(lambda: "from = 'ten': must be a whole number" in words(), "the wrong field is not named")
    lab.page.fill("[data-field=start]", "0")
    lab.page.fill("[data-field=every]", "1")
    lab.page.click("[data-what='film.mp4']")
    lab.page.click("section.exports button.cancel", timeout=5000)
    lab.wait(lambda: words() == "Cancelled.", "the export goes on")
    assert lab.page.locator("section.exports button.cancel").is_hidden()
    assert not lab.complaints


def test_the_pictures_that_fit_the_run_are_offered_and_no_others(lab, server):
    lab.open(server.page)
    lab.pause()
    open_exports(lab)
    lab.page.locator("section.exports").scroll_into_view_if_needed()
    rows = lambda: lab.page.locator("fieldset.picture .row:visible .label").all_inner_texts()  # noqa: E731
    always = ["Arena", "Density", "Curves"]
    lab.wait(lambda: rows() == always, "CBO has other pictures")
    for dynamics, more in (("PSO", ["Phase space"]), ("FiniteSet", ["Occupation"]), ("CBO", [])):
        lab.choose("dynamics", dynamics)
        lab.wait(lambda more=more: rows() == always + more, f"the offer does not follow {dynamics}")
    lab.page.get_by_role("button", name="Compare").click()
    lab.wait(lambda: rows() == [*always, "A and B"], "two swarms have no picture")
    k = lab.pause()
    name, png = take(lab, "comparison.png")
    assert name == f"swarmviz-CBO-Rastrigin-seed0-k{k}-comparison.png"
    with Image.open(io.BytesIO(png)) as image:
        about = json.loads(image.text["Description"])
    assert about["k"] == about["other"]["k"] == k and about["title"].startswith("A: CBO on Rastrigin")
    lab.picture("exports")
    assert not lab.complaints
