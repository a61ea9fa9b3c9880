"""The gallery in a real Chromium: it opens, finds, groups and leads to the arena, with keys alone, on a phone and in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.gallery.charts import panels
from swarmviz import papers, presets
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 30, 30)"}
SEEN = "(cards) => cards.filter((card) => card.checkVisibility()).map((card) => card.id)"


@pytest.fixture
def wall(lab, server):
    """The gallery, with the cards that are seen."""
    lab.page.goto(f"{server.url}/gallery")
    lab.cards = lambda: lab.page.locator("main li").evaluate_all(SEEN)
    yield lab
    assert not lab.complaints
    assert all(address.startswith((server.url, "data:", "blob:")) for address in lab.addresses)


def test_the_gallery_shows_every_card_and_finds_by_words(wall):
    assert set(wall.cards()) == set(CARDS)
    assert wall.page.locator("#count").inner_text() == f"{len(CARDS)} cards"
    wall.page.keyboard.press("/")
    wall.page.keyboard.type("rastrigin BGK table")
    expected = ["003-table2", "003-table3"]
    wall.wait(lambda: wall.cards() == expected, f"found {wall.cards()}")
    assert wall.page.locator("#count").inner_text() == f"2 of {len(CARDS)} cards"
    assert wall.page.locator("main h2:visible").count() == 1
    wall.page.reload()
    assert wall.cards() == expected, "the address keeps what is looked for"
    wall.page.fill("#find", "no such words")
    wall.page.get_by_role("button", name="Show all").click()
    assert len(wall.cards()) == len(CARDS)


def test_the_cards_are_grouped_by_question_and_back(wall):
    heads = lambda: wall.page.locator("main h2:visible").all_inner_texts()  # noqa: E731
    by_paper = heads()
    wall.page.get_by_label("by question").check()
    assert set(heads()) == set(presets.preset.TOPICS.values()) and set(wall.cards()) == set(CARDS)
    fails = wall.page.locator("section:has(#topic-fails) li").evaluate_all(SEEN)
    assert set(fails) == {preset.name for preset in presets.ALL.values() if preset.fails}
    wall.page.get_by_label("by paper").check()
    assert heads() == by_paper and wall.cards() == list(
        wall.page.locator("main li").evaluate_all("(c) => c.map((x) => x.id)")
    )


def test_pictures_of_the_theme_that_is_seen_are_loaded_when_they_come_into_sight(wall, server):
    loaded = lambda: {a.rpartition("/")[2] for a in wall.addresses if ".webp" in a}  # noqa: E731
    wall.wait(lambda: len(loaded()) >= 5, "no pictures")
    assert len(loaded()) < 60 and not any("-dark." in name for name in loaded())
    wall.wait(
        lambda: wall.page.evaluate("document.querySelector('img.light').naturalWidth") == 320, "the picture is not seen"
    )
    wall.page.click("#theme")
    assert wall.page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER["dark"]
    wall.wait(lambda: any("-dark." in name for name in loaded()), "the pictures stay light")
    wall.page.reload()
    assert wall.page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER["dark"], (
        "the choice is remembered"
    )
    assert wall.page.evaluate("localStorage.getItem('swarmviz theme')") == "dark"
    wall.page.click("#theme")
    assert wall.page.evaluate("localStorage.getItem('swarmviz theme')") is None


@pytest.mark.parametrize("key", ["002-figure6.5", "pso-himmelblau"])
def test_live_opens_the_arena_with_the_run_of_the_card(wall, key):
    _, landscape, swarm = (papers.ALL[key].preset() if key in papers.ALL else presets.ALL[key]).build()
    link = wall.page.locator(f"[id='{key}']").get_by_role("link", name=f"Live: {CARDS[key].title}")
    link.focus()
    wall.page.keyboard.press("Enter")
    wall.page.wait_for_selector(".readout .k")
    wall.wait(lambda: wall.step is not None, "no picture was painted")
    assert wall.row("swarm.n").locator("input[type=text]").input_value() == str(swarm.n)
    assert wall.row("landscape").locator("select").input_value() == type(landscape).__name__


def test_the_head_of_the_page_leads_to_the_gallery_and_back(lab, server):
    lab.open(server.page)
    lab.page.get_by_role("link", name="Gallery").click()
    lab.page.wait_for_selector("#find")
    lab.page.get_by_role("link", name="swarmviz").click()
    lab.page.wait_for_selector(".readout .k")
    assert not lab.complaints


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768), (390, 844), (844, 390)])
def test_nothing_is_wider_than_the_window_and_every_text_is_told_from_its_ground(wall, width, height):
    wall.page.set_viewport_size({"width": width, "height": height})
    for theme in ("light", "dark"):
        wall.page.emulate_media(color_scheme=theme)
        wall.page.wait_for_timeout(200)
        assert wall.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        told = wall.page.evaluate(CONTRAST)
        assert told["seen"] > 50 and not told["low"], told["low"]
        wall.picture(f"gallery-{width}-{theme}")


# ---- a figure ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def figure(lab, server):
    """Opens the page of a figure and waits until its charts are drawn."""

    def opened(key):
        lab.page.goto(f"{server.url}/gallery/{key}")
        lab.page.wait_for_selector("#charts[aria-busy=false]", timeout=60_000)
        return lab

    yield opened
    assert not lab.complaints
    assert all(address.startswith((server.url, "data:", "blob:")) for address in lab.addresses)


RANGE = """(() => {
  const [fig] = Bokeh.documents.flatMap((d) => d.roots()).filter((m) => m.type === 'Figure')
  return fig.x_range.end - fig.x_range.start
})()"""


def test_a_figure_shows_its_charts_which_can_be_zoomed_and_what_the_paper_prints(figure):
    lab = figure("004-transitions")
    assert lab.page.locator("#charts .panel canvas").count() > 0 and lab.page.locator("#charts > img").count() == 0
    assert "transition_ratio" in lab.text("#comparison") and "printed 8" in lab.text("#comparison")
    assert "swarmviz figure 004-transitions --runs 20" in lab.text("section:has(#compute)")
    before = lab.page.evaluate(RANGE)
    box = lab.page.locator("#charts .panel").bounding_box()
    lab.page.locator(".bk-tool-icon-wheel-zoom").first.click()
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lab.page.mouse.wheel(0, -300)
    lab.wait(lambda: lab.page.evaluate(RANGE) < before, "the wheel zooms nothing")


def test_compute_again_shows_its_progress_stops_and_comes_to_a_result(figure):
    lab = figure("001-figure2")
    lab.page.fill("#runs", "10000")
    lab.page.get_by_role("button", name="Compute").click()
    lab.wait(lambda: "of 30,000 runs" in lab.text("#said"), f"no progress: {lab.text('#said')}", 60)
    assert lab.page.locator("#progress").is_visible() and lab.page.get_by_role("button", name="Compute").is_disabled()
    lab.page.get_by_role("button", name="Stop").click()
    lab.wait(lambda: lab.text("#said") == "Stopped.", "it does not stop")
    assert not lab.page.locator("#progress").is_visible() and "Computed with" in lab.text("#about")
    lab.page.fill("#runs", "3")
    lab.page.get_by_role("button", name="Compute").click()
    lab.wait(lambda: lab.text("#said") == "Done.", f"no result: {lab.text('#said')}", 60)
    assert "just now, with 3 runs" in lab.text("#about") and "--runs 3 " in lab.text("section:has(#compute)")
    assert lab.page.locator("#charts .panel").count() == 1
    lab.page.fill("#runs", "10001")
    lab.page.get_by_role("button", name="Compute").click()
    assert lab.page.evaluate("document.getElementById('runs').validity.rangeOverflow") and lab.text("#said") == "Done."


def test_a_table_is_a_table_and_a_figure_follows_the_theme(figure):
    lab = figure("003-table3")
    shown = panels(papers.ALL["003-table3"], stored.reference("003-table3"))
    far = sum(colour is not None for panel in shown for row in panel.table["rows"] for _, colour in row[1:])
    assert lab.page.locator("#charts table").count() == 4 and lab.page.locator("#charts td.far").count() == far > 0
    assert "success_rate" in lab.text("#comparison")
    lab = figure("002-figure6.9")
    lab.page.emulate_media(color_scheme="light")

    def ink():
        """None while one document takes the place of another."""
        return lab.page.evaluate(
            "Bokeh.documents.at(-1)?._all_models.values().find((m) => m.type === 'LinearAxis')?.axis_line_color ?? null"
        )

    lab.wait(lambda: ink() is not None, "there are no axes")
    light = ink()
    lab.page.emulate_media(color_scheme="dark")
    lab.wait(lambda: ink() not in (None, light), "the charts stay light")
    assert lab.page.evaluate("Bokeh.documents.length") <= 2, "what is not seen any more is kept"


@pytest.mark.parametrize("key", ["001-figure1", "003-table2", "000-phase-map"])
def test_on_every_screen_a_figure_fits_and_its_texts_are_told_from_their_ground(figure, key):
    lab = figure(key)
    for width, height in ((1440, 900), (1024, 768), (390, 844), (844, 390)):
        lab.page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            lab.page.emulate_media(color_scheme=theme)
            lab.page.wait_for_timeout(150)
            lab.page.wait_for_selector("#charts[aria-busy=false]")
            assert lab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            told = lab.page.evaluate(CONTRAST)
            assert told["seen"] > 8 and not told["low"], told["low"]
            lab.picture(f"gallery-{key}-{width}-{theme}")
