"""The page for a projector is an option that a link holds, and nothing that an undo or another run takes away."""

from __future__ import annotations

import pytest

from components.assets import ASSETS
from components.links import permalink
from components.page.projector import TYPE_SCALE
from components.session import Session
from components.views.curves.curve_plot import ROW_PX


@pytest.fixture
def session():
    made = Session()
    yield made
    made.close()


def options_of(link):
    return permalink.read(link.split("s=")[1]).views


def test_the_link_holds_it_and_opens_the_page_so(session):
    session.start()
    session._act("touched", None)
    session.actions.act("projector", True)
    assert session.bar.projector
    assert options_of(session.bar.link) == {"projector": True}
    other = Session(session.bar.link.split("s=")[1])
    assert other.bar.projector
    other.close()
    session.actions.act("projector", False)
    assert not options_of(session.bar.link)


def test_names_of_curves_have_the_room_that_larger_type_takes(session):
    """Rows of 13 pixels lay over each other in type of 16.5 pixels."""
    session.transport.paint_before_start()
    plot = session.curves._plots[1]
    plot._size |= {"inner_width": 400, "inner_height": 40}
    told = []
    for on in (False, True):
        session.projector.projector = on
        told.append(sum(map(bool, plot.names.data["text"])))
    assert told == [min(len(plot.lines), int(40 / ROW_PX)), int(40 / (ROW_PX * TYPE_SCALE))]


def test_the_style_sheet_enlarges_type_as_much():
    assert f"html.projector {{ --sv-type: {TYPE_SCALE}; }}" in (ASSETS / "page.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", [1, "yes", None, [True]])
def test_a_value_that_is_neither_true_nor_false_is_refused_with_its_name(session, wrong):
    with pytest.raises(ValueError, match=r"projector = .*must be true or false"):
        session.projector.projector = wrong
    assert session.projector.projector is False


def test_a_browser_that_asks_for_anything_but_true_gets_the_usual_page(session):
    session.projector.choose(True)
    session.projector.choose({"on": True})
    assert session.bar.projector is False


def test_it_is_no_touch_of_the_run(session):
    session.start()
    session._act("projector", True)
    assert session.bar.projector and not session.arrival.touched
