"""The pieces of a file: what is announced is checked first, what comes is what was announced, and the run goes on until it is a table."""

from __future__ import annotations

import base64
import threading

import numpy as np
import pytest

from components.uploads import apart
from components.uploads import upload as module
from components.uploads.apart import Decoded
from components.uploads.upload import MAX_FILE_BYTES, PIECE_BYTES, Upload, ordered

GOOD = {"act": "begin", "number": 1, "name": "u.csv", "size": 12, "low": "", "high": "", "variable": ""}


class Visit:
    """An upload with what it shows and hands on; what is for the page's thread waits until :meth:`settle`."""

    def __init__(self, done=lambda prepared: ""):
        self.shown, self.taken, self.waiting = [], [], []
        self.came = threading.Event()

        def on_page(function):
            self.waiting.append(function)
            self.came.set()

        def take(prepared):
            self.taken.append(prepared)
            return done(prepared)

        self.upload = Upload(self.shown.append, lambda given: given, take, on_page)

    def settle(self):
        assert self.came.wait(30)
        self.came.clear()
        self.waiting.pop()()

    def send(self, content, **order):
        """As a browser does: a piece whenever one is asked for."""
        self.upload.handle(GOOD | {"size": len(content)} | order)
        while (at := self.shown[-1].get("want")) is not None:
            piece = base64.b64encode(content[at : at + PIECE_BYTES]).decode()
            self.upload.handle({"act": "piece", "number": order.get("number", 1), "at": at, "data": piece})

    @property
    def said(self):
        return self.shown[-1]["level"], self.shown[-1]["text"]


def test_a_file_arrives_in_pieces_that_a_message_can_hold_and_becomes_values():
    visit, values = Visit(lambda prepared: "No link."), np.arange(30_000.0)
    content = "\n".join(f"{v:.3f}" for v in values).encode()
    assert len(content) > 3 * PIECE_BYTES and 4 * PIECE_BYTES / 3 < 64 * 2**10 - 500
    visit.send(content, low="-1", high="2")
    visit.settle()
    ((found, low, high),) = visit.taken
    assert np.array_equal(found.values, values) and (low, high) == ([-1.0], [2.0])
    assert visit.said == ("info", "u.csv: 30000 values. No link.")
    assert [state["want"] for state in visit.shown if "want" in state][:3] == [0, PIECE_BYTES, 2 * PIECE_BYTES]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "u.exe"}, r"u.exe: must be CSV"),
        ({"name": "u"}, "must be CSV"),
        ({"name": "a\0.csv"}, "can be printed"),
        ({"name": "x" * 300 + ".csv"}, "1 to 200 characters"),
        ({"name": None}, "name"),
        ({"size": MAX_FILE_BYTES + 1}, "has 2,000,001 bytes; must be 1 to 2,000,000"),
        ({"size": 0}, "must be 1 to"),
        ({"size": True}, "must be 1 to"),
        ({"size": 1e3}, "must be 1 to"),
        ({"number": -1}, "no number"),
        ({"low": "3", "high": "1"}, "low = 3, high = 1: low must be smaller than high"),
        ({"low": "0, 2", "high": "1"}, "low = 2, high = 1"),
        ({"low": "1"}, "low and high: fill in both, or neither"),
        ({"low": "a", "high": "1"}, "low = 'a': must be a number"),
        ({"low": "nan", "high": "1"}, "low = 'nan': must be a number"),
        ({"low": "0", "high": "1e7"}, "high = '1e7': must be a number within ±1,000,000"),
        ({"low": "0", "high": "1, 2, 3"}, "high = "),
        ({"low": ["0"], "high": "1"}, "low = "),
        ({"variable": "u"}, "only a NetCDF file has variables"),
        ({"variable": "u" * 300, "name": "a.nc"}, "at most 200 characters"),
        ({"variable": 5, "name": "a.nc"}, "at most 200 characters"),
    ],
)
def test_an_announcement_that_does_not_fit_is_refused_before_a_byte_is_taken(wrong, words):
    with pytest.raises(ValueError, match=words):
        ordered(GOOD | wrong)
    visit = Visit()
    visit.upload.handle(GOOD | wrong)
    level, text = visit.said
    assert level == "error" and len(visit.shown) == 1 and "want" not in visit.shown[-1] and text.endswith(".")


@pytest.mark.parametrize(
    ("name", "first", "words"),
    [
        ("a.png", b"GIF89a" + bytes(40), "is no PNG or JPEG picture"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(8) + (30_000).to_bytes(4, "big") * 2, "30,000 × 30,000 pixels"),
        ("a.nc", b"CDF\x01" + bytes(40), "is a NetCDF 3 file; must be NetCDF 4"),
        ("a.nc", b"1,2\n", "is no NetCDF file"),
        ("a.csv", b"1,2\n\0", "is no text"),
    ],
)
def test_the_first_bytes_are_those_of_its_kind_or_no_other_is_asked_for(name, first, words):
    visit = Visit()
    visit.upload.handle(GOOD | {"name": name, "size": 100_000})
    visit.upload.handle({"act": "piece", "number": 1, "at": 0, "data": base64.b64encode(first).decode()})
    assert visit.said[0] == "error" and words in visit.said[1] and "want" not in visit.shown[-1]


@pytest.mark.parametrize(
    "data", ["?" * 8, "", None, "A" * (3 * PIECE_BYTES), base64.b64encode(bytes(13)).decode(), {"a": 1}]
)
def test_a_piece_that_is_none_ends_the_upload(data):
    visit = Visit()
    visit.upload.handle(GOOD)
    visit.upload.handle({"act": "piece", "number": 1, "at": 0, "data": data})
    assert visit.said[0] == "error"
    before = len(visit.shown)
    visit.upload.handle({"act": "piece", "number": 1, "at": 0, "data": base64.b64encode(b"1,2\n").decode()})
    assert len(visit.shown) == before, "nothing is received any more"


def test_pieces_that_nobody_asked_for_and_messages_of_another_form_are_nothing():
    visit = Visit()
    visit.upload.handle(GOOD)
    for message in ({"act": "piece", "number": 2, "at": 0, "data": "AAAA"}, {"act": "piece", "number": 1, "at": 4, "data": "AAAA"},
                    {"act": "else"}, {}, None, [1], "begin"):  # fmt: skip
        visit.upload.handle(message)
    assert len(visit.shown) == 1


def test_one_file_at_a_time_and_a_later_one_takes_the_place_of_one_that_is_read(monkeypatch):
    go = threading.Event()

    def slow(content, *rest):
        assert go.wait(30)
        return Decoded(np.array([1.0, 2.0]), None)

    monkeypatch.setattr(module, "decoded", slow)
    visit = Visit()
    visit.send(b"1\n2\n")
    visit.upload.handle(GOOD | {"number": 2})
    assert visit.said == ("error", "wait until the file before has been read.")
    go.set()
    visit.settle()
    assert not visit.taken, "what was chosen before is not wanted any more"
    visit.send(b"1\n2\n", number=3)
    visit.settle()
    assert len(visit.taken) == 1


def test_a_piece_that_comes_again_while_the_file_is_read_is_nothing(monkeypatch):
    begun, go = [], threading.Event()

    def slow(*file):
        begun.append(file)
        assert go.wait(30)
        return Decoded(np.array([1.0, 2.0]), None)

    monkeypatch.setattr(module, "decoded", slow)
    visit = Visit()
    visit.send(b"1\n2\n")
    shown = len(visit.shown)
    for _ in range(5):
        visit.upload.handle({"act": "piece", "number": 1, "at": 0, "data": base64.b64encode(b"1\n2\n").decode()})
    go.set()
    visit.settle()
    assert len(begun) == 1 and len(visit.shown) == shown + 1, "one file is decoded once"


def test_a_file_that_waits_for_its_turn_is_not_decoded_when_its_visitor_has_left(monkeypatch):
    begun = []
    monkeypatch.setattr(apart.subprocess, "Popen", lambda *command, **more: begun.append(command))
    visit = Visit()
    with apart.TURN:
        visit.send(b"1\n2\n")
        visit.upload.close()
    visit.settle()
    assert not begun and not visit.taken


def test_a_visitor_who_has_left_gets_nothing(monkeypatch):
    monkeypatch.setattr(module, "decoded", lambda *file: Decoded(np.array([1.0, 2.0]), None))
    visit = Visit()
    visit.send(b"1\n2\n")
    visit.upload.close()
    visit.settle()
    assert not visit.taken


def test_what_the_landscape_refuses_is_told_and_a_defect_too(monkeypatch, capsys):
    def refuse(prepared):
        raise ValueError("d = 3: it cannot")

    visit = Visit(refuse)
    visit.send(b"1\n2\n")
    visit.settle()
    assert visit.said == ("error", "d = 3: it cannot.")

    def broken(*file):
        raise RuntimeError("out of order")

    monkeypatch.setattr(module, "decoded", broken)
    visit = Visit()
    visit.send(b"1\n2\n")
    visit.settle()
    assert (
        visit.said == ("error", "u.csv: something went wrong (RuntimeError).")
        and "out of order" in capsys.readouterr().err
    )
