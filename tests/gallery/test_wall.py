"""The wall of cards: a card for each, and a link that opens what the card says."""

import re
from html.parser import HTMLParser

import pytest

from components.gallery import wall
from components.links import permalink
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS
from swarmviz.presets.preset import TOPICS
from swarmviz.serialise import described


class Cards(HTMLParser):
    """What is written on each card."""

    def __init__(self, html):
        super().__init__()
        self.cards, self.ids, self._card = {}, [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "li":
            self._card = self.cards.setdefault(given["id"], {"links": [], "images": [], "text": "", **given})
        if self._card is not None and tag in ("a", "img"):
            self._card["links" if tag == "a" else "images"].append(given)

    def handle_endtag(self, tag):
        if tag == "li":
            self._card = None

    def handle_data(self, data):
        if self._card is not None:
            self._card["text"] += data


@pytest.fixture(scope="module")
def page():
    return Cards(wall.html())


def test_each_entry_and_each_preset_has_one_card_with_all_that_it_says(page):
    assert set(page.cards) == set(CARDS) and len(set(page.ids)) == len(page.ids)
    for key, one in page.cards.items():
        card = CARDS[key]
        for text in (card.title, card.number, card.question):
            assert text in one["text"], key
        assert one["data-topic"] == card.topic in TOPICS
        assert all(word.casefold() in one["data-find"] for word in (card.title, key, card.number, card.preset.dynamics))


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.key)
def test_live_opens_the_arena_with_the_selection_of_the_card(page, card):
    (address,) = {link["href"] for link in page.cards[card.key]["links"] if "app?" in link["href"]}
    assert address.startswith(f"app?{permalink.KEY}=")
    state = permalink.read(address.partition("=")[2])
    (run,) = state.runs
    expected = card.figure.selection() if card.figure is not None else card.preset.build()
    assert [described(part) for part in (run.now.dynamics, run.now.landscape, run.swarm)] == [
        described(part) for part in expected
    ]
    assert run.k == 0 and state.speed == pytest.approx(30 * card.preset.pace)


def test_a_card_has_a_picture_for_each_theme_with_words_for_those_who_do_not_see_it(page):
    for key, one in page.cards.items():
        sources = [image["src"] for image in one["images"]]
        assert [image["class"] for image in one["images"]] == list(stored.THEMES)
        assert all(image["alt"] and image["loading"] == "lazy" and image["width"] for image in one["images"])
        for theme, source in zip(stored.THEMES, sources, strict=True):
            assert source == f"gallery/pictures/{key}-{theme}.webp?v={stored.made()[key].digest}"


def test_every_script_and_sheet_carries_the_nonce_and_nothing_is_loaded_from_elsewhere():
    html = wall.html()
    assert re.findall(r"<(?:script|style)\b[^>]*>", html) == [
        f'<style nonce="{wall.NONCE}">',
        f'<script nonce="{wall.NONCE}">',
        f'<script type="module" nonce="{wall.NONCE}">',
    ]
    assert (
        not re.search(r"""(?:src|href|url\()=?["']?(?:https?:)?//""", html)
        and " style=" not in html
        and "onclick" not in html
    )


def test_the_page_is_light():
    import gzip

    assert len(gzip.compress(wall.html().encode(), 1)) < 40_000
