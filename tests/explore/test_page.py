"""The page of a table without a browser: what is chosen, what is told, and what a hostile browser may not do."""

import threading
from types import SimpleNamespace

import numpy as np
import pandas
import pytest
import xarray
from bokeh.document import Document
from bokeh.events import SelectionGeometry

from components.explore import orders, page
from components.explore.page import PARTS, Explore
from components.explore.pictures import draw
from components.explore.rows import BUSY, CELL_PX, CHAR_PX, SORTING, Rows, _width
from components.explore.rows import _title as rows_title
from components.palette import theme
from components.server import own_table
from swarmviz.explore import RunTable
from swarmviz.explore.table import Column
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


def test_the_map_highlights_what_is_chosen_whatever_the_browser_highlighted(explore):
    """A box touches more cells in the browser than it chooses, and of what the browser highlights the server is not told."""
    picture = draw("map", explore.table, explore.look, explore.chosen, theme(False))
    explore.pictures["map"], sent = picture, []
    document = Document()
    document.add_root(picture.figure)
    document.on_change(lambda event: sent.append(list(event.new)) if getattr(event, "attr", "") == "indices" else None)

    def box(x1):
        explore._boxed(
            "map", SelectionGeometry(picture.figure, {"x0": 0.1, "x1": x1, "y0": 0.4, "y1": 1.9}, final=True)
        )

    lower = [i for i in range(6) if explore_cell(picture, i) == (0.2, 0.5)]
    for x1 in (0.5, 0.6):  # the second one means the same cell again
        box(x1)
        assert sent.pop() == lower and not sent
    box(0.15)  # no cell: what was chosen stays
    assert sent.pop() == lower and explore.card.chosen == "4 of 24 runs"
    explore.clear()
    assert sent.pop() == []
    explore.clear()
    assert sent.pop() == []


def explore_cell(picture, i):
    """The middle of a cell of the map, the nearest of its axes' values."""
    at = picture.source.data
    middle = [(float(at[a][i]) + float(at[b][i])) / 2 for a, b in (("left", "right"), ("bottom", "top"))]
    return min([0.2, 0.7, 1.2], key=lambda s: abs(s - middle[0])), min([0.5, 2.0], key=lambda v: abs(v - middle[1]))


def test_visitors_share_the_values_of_the_table():
    table = RunTable(data("sweep"))
    assert Rows(table, lambda row: None).widget.value is Rows(table, lambda row: None).widget.value


def test_units_are_under_the_names_of_the_columns_and_a_file_writes_no_markup():
    said = Rows(RunTable(data("sweep")), lambda row: None).widget.titles.values()
    assert "final_error<small>half widths of the box</small>" in said and "σ" in said
    assert rows_title("<b>", "<i>") == "&lt;b&gt;<small>&lt;i&gt;</small>" and rows_title("V", "1") == "V"


def shown(rows, column):
    return list(rows.widget._data[column])


def test_a_page_is_turned_without_sorting_again(monkeypatch):
    rows = Rows(RunTable(data("sweep")), lambda row: None)
    rows.widget.page_size = 5
    rows.widget.sorters = [{"field": "c3", "dir": "desc"}]
    values = rows.widget.value["c3"].to_numpy()
    assert shown(rows, "c3") == sorted(values, reverse=True)[:5]
    monkeypatch.setattr(orders, "_sorted", None)  # whoever sorts now fails
    rows.widget.page = 2
    assert shown(rows, "c3") == sorted(values, reverse=True)[5:10]
    rows.choose(np.arange(24) > 20)
    assert rows.widget.page == 1 and sorted(shown(rows, "index")) == [21, 22, 23]
    assert shown(rows, "c3") == sorted(values[21:], reverse=True)
    rows.widget.sorters = []
    assert shown(rows, "index") == [21, 22, 23]


def test_a_click_on_a_sorted_page_means_the_row_that_is_seen_there():
    tapped = []
    rows = Rows(RunTable(data("sweep")), tapped.append)
    rows.widget.page_size = 5
    rows.widget.sorters = [{"field": "c3", "dir": "desc"}]
    rows.widget.page = 3
    for chosen in (np.ones(24, bool), np.arange(24) % 2 == 0):
        rows.choose(chosen)
        rows.widget.page = 2
        rows.widget._process_event(TableEdit("c3", 1))
        assert tapped.pop() == shown(rows, "index")[1]


class TableEdit:
    """What a browser tells of a click."""

    event_name, value = "cell-click", None

    def __init__(self, column, row):
        self.column, self.row = column, row


@pytest.fixture
def slow(monkeypatch):
    """Sorting waits for ``go``; the tables are large, and ``calls`` are what waits for the page's thread."""
    go, calls, sorted_by = threading.Event(), [], []
    make = orders.Orders.make

    def waiting(self, key):
        assert go.wait(20)
        sorted_by.append(key)
        return make(self, key)

    monkeypatch.setattr(orders.Orders, "make", waiting)
    monkeypatch.setattr("components.explore.rows.AT_ONCE", 0)
    return SimpleNamespace(go=go, calls=calls, sorted_by=sorted_by)


def settle():
    """Until the sorting thread has done what it was asked for."""
    SORTING.submit(lambda: None).result(20)


def test_a_large_table_is_sorted_on_a_thread_and_the_last_order_wins(slow):
    rows = Rows(RunTable(data("sweep")), lambda row: None, slow.calls.append)
    values = rows.widget.value["c3"].to_numpy()
    for direction in ("asc", "desc", "asc", "desc"):
        rows.widget.sorters = [{"field": "c3", "dir": direction}]
        assert rows.widget.css_classes == [BUSY] and shown(rows, "index")[:24] == list(range(24)), (
            "the rows stay meanwhile"
        )
    rows.choose(np.arange(24) < 20)  # what is chosen meanwhile is not lost
    slow.go.set()
    settle()
    assert [key[0][1] for key in slow.sorted_by].count(True) <= 1, "what nobody waits for any more is not sorted"
    for call in slow.calls:
        call()
    assert not rows.widget.css_classes and shown(rows, "c3") == sorted(values[:20], reverse=True)


def test_an_order_that_comes_too_late_is_not_shown(slow):
    rows = Rows(RunTable(data("sweep")), lambda row: None, slow.calls.append)
    slow.go.set()
    rows.widget.sorters = [{"field": "c3", "dir": "asc"}]
    settle()
    rows.widget.sorters = []
    slow.calls.pop()()
    assert shown(rows, "index") == list(range(24)) and not rows.widget.css_classes


def test_a_fault_while_sorting_leaves_the_rows_as_they_are(slow, monkeypatch, capsys):
    rows = Rows(RunTable(data("sweep")), lambda row: None, slow.calls.append)
    monkeypatch.setattr(orders.Orders, "make", lambda self, key: 1 / 0)
    rows.widget.sorters = [{"field": "c3", "dir": "asc"}]
    settle()
    slow.calls.pop()()
    assert shown(rows, "index") == list(range(24)) and not rows.widget.css_classes
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_rows_are_ordered_by_several_columns_with_what_is_missing_at_its_end():
    frame = pandas.DataFrame({
        "word": np.array(["b", "A", None, "a", "B"], object), "number": [2.0, np.nan, 1.0, 0.0, 2.0],
        "whole": np.array([1, 1, 0, 0, 1], np.uint8),
    })  # fmt: skip
    made = orders.Orders(frame)
    for asked, expected in {
        (("word", "asc"),): [2, 1, 3, 0, 4],
        (("word", "desc"),): [0, 4, 1, 3, 2],
        (("number", "asc"),): [3, 2, 0, 4, 1],
        (("number", "desc"),): [0, 4, 2, 3, 1],
        (("whole", "desc"), ("word", "asc")): [1, 0, 4, 2, 3],
        (("nowhere", "asc"), ("whole", "asc")): [2, 3, 0, 1, 4],
    }.items():
        key = orders.key_of([{"field": field, "dir": way} for field, way in asked], frame.columns)
        assert list(made.make(key)) == expected, asked
        assert made.kept(key) is made.make(key)
    for i in range(2 * orders.MOST_KEPT):
        made.make((("word", True),) * (i + 1))
    assert len(made._kept) == orders.MOST_KEPT


def test_a_table_without_a_number_is_refused_before_the_server_begins(tmp_path):
    xarray.Dataset({}, {"run": ["a", "b"]}, {"swarmviz": "1"}).rename(run="system").to_netcdf(
        tmp_path / "words.nc", engine="h5netcdf"
    )
    with pytest.raises(ValueError, match="holds no numbers"):
        own_table.put(str(tmp_path / "words.nc"))


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
    bare = [text.replace("<small>", "").replace("</small>", "") for text in texts]  # the only markup, and it is ours
    assert any("&lt;img" in text for text in bare) and not any("<" in text for text in bare)
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


class Queue:
    """What waits for the thread that draws; ``run`` is that thread's next turn."""

    def __init__(self):
        self.waiting = []

    def submit(self, function, *arguments):
        self.waiting.append((function, arguments))

    def run(self):
        function, arguments = self.waiting.pop(0)
        function(*arguments)


def test_a_visitor_who_asks_again_and_again_waits_once_for_each_picture_and_gets_the_newest(explore, monkeypatch):
    """One thread draws for all: a thousand choices must not stand between another visitor and theirs."""
    queue, drawn = Queue(), []
    monkeypatch.setattr(page, "WORK", queue)
    monkeypatch.setattr(page, "draw", lambda name, table, look, chosen, colours: drawn.append((name, chosen.sum())))
    explore._document, other = Document(), Explore(explore.table)
    other._document = Document()
    for count in (3, 4, 5):
        rows = np.zeros(24, bool)
        rows[:count] = True
        explore.choose(rows)
    other._draw(PARTS)
    assert len(queue.waiting) == 2 + len(PARTS), "curves and ecdf of the first, everything of the other"
    queue.run()
    assert drawn == [("curves", 5)], "of how things are now"
    explore.clear()
    assert len(queue.waiting) == 2 + len(PARTS), "the picture that was drawn is asked for anew, behind the other's"
    explore.close()
    while queue.waiting:
        queue.run()
    assert [name for name, count in drawn[1:]] == list(PARTS), "who has left gets nothing"


def test_a_picture_is_put_on_the_page_unless_a_newer_one_is_asked_for(explore):
    explore._draw(("ecdf",))
    asked, drawn = explore._asked["ecdf"], explore.fields.drawn
    explore._put("ecdf", asked - 1, page.nothing("old"), theme(False))
    assert explore.fields.drawn == drawn and explore.pictures["ecdf"].said != "old"
    explore._put("ecdf", asked, page.nothing("new"), theme(False))
    assert explore.fields.drawn == drawn + 1 and explore.pictures["ecdf"].said == "new"


def test_a_column_has_room_for_its_longest_whole_number_which_may_be_on_a_later_page():
    column = Column("run", "run", "Number of the run", "1", np.arange(300_000))
    assert _width(column) >= 6 * CHAR_PX + CELL_PX
    assert _width(column._replace(values=np.arange(100))) == 0, "its title is longer"
    assert _width(column._replace(values=np.array([-123456]))) >= 7 * CHAR_PX + CELL_PX
    assert _width(column._replace(values=np.linspace(0, 1, 5))) == 0
