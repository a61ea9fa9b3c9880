"""A lesson to take away, from the page: made beside it, told, cancelled, and given to the browser once."""

from __future__ import annotations

import base64
import threading
import time

import pytest

from components.lessons import takeaway
from components.lessons.takeaway import TakeAway
from components.page.export_job import ANOTHER, ExportJobs
from components.page.export_table import Order
from components.page.exports import Exports
from components.under_way import UNDER_WAY
from swarmviz.exports import Cancelled
from swarmviz.handout import handout
from swarmviz.lessons.reader import read
from tests.lessons.written import LESSON


class Shown:
    """What a card shows."""

    def __init__(self):
        self.taking, self.told, self.files, self.there = -1.0, "", [], threading.Event()

    def send_file(self, file):
        self.files.append(file)


@pytest.fixture
def shown():
    return Shown()


def maker(shown, jobs=None):
    """One whose page's thread is that of the work; ``shown.there`` is set when it has ended."""
    made = TakeAway(shown, jobs or ExportJobs())
    finish = made._finish

    def finished(*args):
        finish(*args)
        shown.there.set()

    made._finish = finished
    return made


@pytest.fixture
def lesson():
    return read(LESSON, "without-noise")


def test_the_file_is_that_of_the_library_and_under_way_until_it_is_there(shown, lesson, monkeypatch):
    seen = []

    def watched(lesson, *, progress, cancelled, threads):
        seen.append((threads, UNDER_WAY.named("export"), shown.taking, cancelled()))
        return handout(lesson, progress=progress, cancelled=cancelled, threads=threads)

    monkeypatch.setattr(takeaway, "handout", watched)
    maker(shown).make(lesson)
    assert shown.there.wait(60)
    (file,) = shown.files
    assert (file["name"], file["type"]) == ("without-noise.html", "text/html")
    assert base64.b64decode(file["data"]).decode() == handout(lesson)
    size = len(base64.b64decode(file["data"]))
    assert shown.taking == -1 and shown.told == f"without-noise.html, {round(size / 1000)} kB" and size < 1e6
    assert seen == [(1, ["lesson.html"], 0.0, False)] and UNDER_WAY.named("export") == []


def test_one_is_made_at_a_time_and_can_be_cancelled(shown, lesson, monkeypatch):
    began, calls = threading.Event(), []

    def endless(lesson, *, progress, cancelled, threads):
        calls.append(lesson)
        began.set()
        while not cancelled():
            pass
        raise Cancelled

    monkeypatch.setattr(takeaway, "handout", endless)
    made = maker(shown)
    made.make(lesson)
    assert began.wait(30)
    made.make(lesson)
    assert len(calls) == 1 and shown.taking == 0.0 and shown.told == ANOTHER
    made.cancel()
    assert shown.there.wait(30)
    assert shown.told == "Cancelled." and shown.taking == -1 and shown.files == []
    shown.there.clear()
    monkeypatch.setattr(takeaway, "handout", handout)
    made.make(lesson)
    assert shown.there.wait(60) and len(shown.files) == 1, "then another one"


@pytest.mark.parametrize(
    "error, told",
    [
        (ValueError("runs = 999: must be at most 40"), "runs = 999: must be at most 40."),
        (ZeroDivisionError("x"), "Something went wrong (ZeroDivisionError: x)."),
    ],
)
def test_what_cannot_be_made_is_said(shown, lesson, monkeypatch, capsys, error, told):
    def failing(*args, **options):
        raise error

    monkeypatch.setattr(takeaway, "handout", failing)
    maker(shown).make(lesson)
    assert shown.there.wait(30)
    assert (shown.told, shown.taking, shown.files) == (told, -1.0, [])
    assert ("Traceback" in capsys.readouterr().err) == isinstance(error, ZeroDivisionError)


def test_a_server_that_ends_begins_none(shown, lesson, monkeypatch):
    monkeypatch.setattr(UNDER_WAY, "ending", True)
    maker(shown).make(lesson)
    assert shown.told == "The server is about to end: it begins no export." and shown.taking == -1


def test_whoever_leaves_ends_it(shown, lesson, monkeypatch):
    began, ended = threading.Event(), threading.Event()

    def endless(lesson, *, progress, cancelled, threads):
        began.set()
        while not cancelled():
            pass
        ended.set()
        raise Cancelled

    monkeypatch.setattr(takeaway, "handout", endless)
    made = maker(shown)
    made.make(lesson)
    assert began.wait(30)
    made._jobs.close()
    assert ended.wait(30) and UNDER_WAY.named("export") == []


def test_a_visit_makes_one_export_whichever_part_of_the_page_asks_for_it(shown, lesson, monkeypatch):
    began, go_on, jobs = threading.Event(), threading.Event(), ExportJobs()
    again = threading.Event()

    def waiting(*args, **options):
        again.wait(30)
        return handout(*args, **options)

    monkeypatch.setattr(takeaway, "handout", waiting)

    def run():
        began.set()
        go_on.wait(30)

    panel = Exports(run, jobs)
    panel.make(Order("run.nc"))
    assert began.wait(30)
    TakeAway(shown, jobs).make(lesson)
    assert shown.told == ANOTHER and shown.taking == -1 and panel.busy == "run.nc"
    go_on.set()
    made = maker(shown, jobs)
    while panel.busy:
        time.sleep(0.01)
    made.make(lesson)
    panel.make(Order("run.nc"))
    assert panel.message == {"text": ANOTHER, "level": "error"} and panel.busy == ""
    again.set()
    assert shown.there.wait(60) and len(shown.files) == 1
