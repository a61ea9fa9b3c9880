"""The page of a table without a browser: what is chosen, what is told, and what a hostile browser may not do."""

import numpy as np
import pytest

from components.explore.page import Explore
from components.explore.rows import Rows
from swarmviz.explore import RunTable
from tests.explore.written import data


@pytest.fixture
def explore():
    return Explore(RunTable(data("sweep")))


def test_chosen_rows_are_those_of_the_table_and_are_counted(explore):
    chosen = np.zeros(24, bool)
    chosen[3:7] = True
    explore.choose(chosen)
    assert explore.card.chosen == "4 of 24 runs" and explore.card.some
    assert list(explore.rows.widget.value.index) == [3, 4, 5, 6]
    explore.choose(np.zeros(24, bool))
    assert explore.card.chosen == "4 of 24 runs" and "no row" in explore.card.told
    explore.clear()
    assert explore.card.chosen == "All 24 runs" and len(explore.rows.widget.value) == 24


def test_a_tap_tells_the_run_and_its_links(explore):
    explore.open(23)
    assert explore.card.run == "Run 3 · σ = 1.2 · λ = 2 · seed 8"
    assert [words for words, _ in explore.card.links] == [
        "Open in the arena",
        "at its end, k = 30",
    ] and explore.card.opened == 1


@pytest.mark.parametrize(
    "message", [None, 3, "x", {"name": "x"}, {"name": "x", "value": 5}, {"name": "x", "value": "y" * 500},
                {"name": ["x"], "value": "sigma"},
                {"name": "look", "value": "x"}, {"name": "x", "value": {"a": 1}}]
)  # fmt: skip
def test_messages_of_another_form_change_nothing(explore, message):
    before = explore.look
    explore.fields._handle_msg(message)
    explore.card._handle_msg(message)
    assert explore.look == before and explore.chosen.all()


def test_a_choice_changes_the_look_and_its_menus(explore):
    explore.fields._handle_msg({"name": "x", "value": "final_best"})
    assert explore.look.x == "final_best"
    shown = {name: chosen for name, _, _, chosen in explore.fields.menus}
    assert shown["x"] == "final_best" and shown["y"] == "lam"
    explore.fields._handle_msg({"name": "x", "value": "nowhere"})
    assert explore.look.x == "final_best" and "must be one of" in explore.fields.complaint


def test_texts_of_a_file_are_escaped_where_they_are_markup():
    bold = "<img src=x onerror=alert(1)>"
    hostile = data("sweep").copy()
    hostile = hostile.rename({"final_best": bold[:40]})
    hostile[bold[:40]].attrs.update(long_name=bold, symbol=bold, units=bold)
    rows = Rows(RunTable(hostile), lambda row: None)
    texts = [*rows.widget.titles.values(), *rows.widget.header_tooltips.values()]
    assert any("&lt;img" in text for text in texts) and not any("<" in text for text in texts)
    assert all(name[0] == "c" and name[1:].isdigit() for name in rows.widget.value.columns)


def test_on_a_phone_the_choices_are_closed_and_the_theme_follows_the_browser(explore):
    explore.fields._handle_msg({"name": "narrow", "value": True})
    explore.fields._handle_msg({"name": "dark", "value": True})
    assert not explore.page.sidebar_open and explore.page.dark_theme and explore.fields.dark


def test_what_is_the_same_in_all_rows_is_told_once():
    rows = Rows(RunTable(data("sweep")), lambda row: None)
    same = dict(rows.same)
    assert same["Steps until the run ended"] == 30
    assert "Lowest value met in the whole run" not in same
