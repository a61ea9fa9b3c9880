"""Every figure, table and preset has a card, and what stands on it is what is declared."""

import re

import pytest

from swarmviz import papers, presets
from swarmviz.gallery.cards import CARDS, source_of, source_title
from swarmviz.presets.preset import TOPICS


def test_every_entry_of_the_papers_and_every_preset_has_one_card():
    assert not set(papers.ALL) & set(presets.ALL)
    assert list(CARDS) == [*papers.ALL, *presets.ALL]
    assert all(card.key == key and (card.figure is papers.ALL.get(key)) for key, card in CARDS.items())


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.key)
def test_a_card_asks_one_question_and_says_where_it_is_printed(card):
    assert re.fullmatch(r"[A-Z][^?!]*\?", card.question) and len(card.question) < 150
    assert card.title and card.number and card.topic in TOPICS
    assert re.fullmatch(r"[A-Za-z0-9.-]+", card.key), "it is part of an address"


def test_no_two_presets_ask_the_same():
    asked = [preset.asks for preset in presets.ALL.values()]
    assert len(set(asked)) == len(asked)


def test_cards_are_of_the_five_papers_or_name_another():
    sources = {card.source for card in CARDS.values()}
    assert set(papers.PAPERS) < sources and len(sources) == len(papers.PAPERS) + 1
    (other,) = sources - set(papers.PAPERS)
    assert "Lu, Tadmor, Zenginoglu" in source_title(other)
    assert source_of("002 fig. 6.3, §6.1") == "002" and source_title("002").startswith("002 · Swarm-based")


def test_what_fails_on_purpose_is_under_that_question_and_every_question_has_cards():
    assert {key for key, card in CARDS.items() if card.topic == "fails"} == {
        p.name for p in presets.ALL.values() if p.fails
    }
    assert {card.topic for card in CARDS.values()} == set(TOPICS)
