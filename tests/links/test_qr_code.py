"""The QR code of a link: what is drawn is what was encoded, and how much may be asked for is bounded."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
import segno

from components.links import address, permalink
from components.links.qr_code import MASK, MAX_CODE_BYTES, QUIET_MODULES, qr_code, require_base
from components.session import Session

BASE = "https://lab.example.org/swarm/app"


def drawn(code):
    """The modules that a browser paints of the path."""
    modules = np.zeros((code.size, code.size), bool)
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", code.path)
    assert "".join(f"M{x} {y}h{w}v1h-{back}z" for x, y, w, back in runs) == code.path
    for x, y, width, back in (map(int, run) for run in runs):
        assert width == back and not modules[y, x : x + width].any()
        modules[y, x : x + width] = True
    return modules


@pytest.mark.parametrize("length", [40, 300, MAX_CODE_BYTES])
def test_the_path_has_the_modules_of_the_code_with_white_around_them(length):
    text = (f"{BASE}?s=2." + 200 * "aB-_9")[:length]
    code = qr_code(text)
    made = segno.make(text, error="l", micro=False, boost_error=False, mask=MASK)
    expected = [[bool(module) for module in row] for row in made.matrix_iter(border=QUIET_MODULES)]
    np.testing.assert_array_equal(drawn(code), expected)
    assert code.text == text and code.size <= 117


def test_a_longer_link_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="its link has 1,001 characters, more than the 1,000"):
        qr_code("a" * (MAX_CODE_BYTES + 1))
    with pytest.raises(ValueError, match="1,200 characters"):
        qr_code("é" * 600)  # bytes are what takes room


@pytest.mark.parametrize(
    "value", [BASE, "http://localhost:5006/app", "http://[::1]:5006/app", "https://a.example/%C3%A9"]
)
def test_an_address_of_a_page_is_taken(value):
    assert require_base(value) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        [BASE],
        {},
        "",
        "/app",
        "javascript:alert(1)",
        f"{BASE}?s=1",
        f"{BASE}#a",
        "https://a b",
        f"{BASE}\n",
        "https://" + "a" * 300,
    ],
)
def test_what_is_no_address_is_refused(value):
    with pytest.raises(ValueError, match="none of a page"):
        require_base(value)


@pytest.fixture
def session():
    made = Session()
    made.bar.playing = False
    made.start()
    yield made
    made.close()


def test_the_code_holds_the_link_that_is_copied(session):
    session.actions.act("code", BASE)
    code = session.bar.code
    session.actions.act("copy", None)
    assert code["text"] == f"{BASE}{session.bar.copied['link']}" and code["path"] and code["count"] == 1
    assert permalink.read(code["text"].partition("?s=")[2]).runs[0].swarm.seed == session.selection.swarm.seed
    session.actions.act("code", BASE)
    assert session.bar.code["count"] == 2  # the same code again is another press


@pytest.mark.parametrize("value", [None, "javascript:alert(1)", {"text": BASE}])
def test_a_message_with_anything_else_shows_no_code(session, value):
    session.actions.act("code", value)
    assert session.bar.code == {} and "no QR code" in session.bar.message["text"]


def test_a_link_that_is_too_long_for_a_code_is_told(session, monkeypatch):
    monkeypatch.setattr(address.permalink, "fitting", lambda state: SimpleNamespace(code="a" * 1000, lost=""))
    session.actions.act("code", BASE)
    assert session.bar.code == {} and "characters, more than the 1,000" in session.bar.message["text"]
