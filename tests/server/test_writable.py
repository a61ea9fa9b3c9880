"""What a browser may write, as the components declare it; what a hostile one tries is in ``test_sockets.py``."""

from __future__ import annotations

import pytest
from bokeh.document import Document
from bokeh.events import RangesUpdate, SelectionGeometry
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure
from panel.models.tabulator import DataTabulator

import components.session  # noqa: F401 (all components of the page)
from components.server import writable
from components.server.messages import Unexpected


def test_every_component_of_the_page_that_declares_a_property_writable_can_check_it():
    declared = 0
    for kind, component in writable._components().items():
        if component.__module__.startswith(writable.OWN_PACKAGE):
            checks = writable.properties_of(kind)
            assert set(getattr(component, "writable", ())) <= set(checks)
            for name in getattr(component, "writable", ()):
                assert not checks[name]("<img src=x onerror=alert(1)>")
                declared += 1
    assert declared


def test_ranges_that_a_hand_moves_are_told_in_numbers_and_written_nowhere():
    fig, document = figure(x_range=Range1d(0, 1)), Document()
    fig.on_event(RangesUpdate, lambda event: None)
    document.add_root(fig)

    def changed(attr, new):
        return writable._verdict(
            {"kind": "ModelChanged", "model": {"id": fig.x_range.id}, "attr": attr, "new": new}, document
        )

    def told(**values):
        entries = [["model", {"id": fig.id}], *map(list, values.items())]
        event = {"type": "event", "name": "rangesupdate", "values": {"type": "map", "entries": entries}}
        return writable._verdict({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}, document)

    for value in (0.5, None, "<b>", {"type": "object"}):
        assert changed("start", value) is changed("end", value) is writable.Verdict.LOCAL
    for attr in ("tags", "bounds", "js_property_callbacks", "min_interval"):
        with pytest.raises(Unexpected):
            changed(attr, [1, 2])
    assert told(x0=0.0, x1=1.0, y0=None, y1=-1e300) is writable.Verdict.WRITE
    for wrong in ({"x0": "1"}, {"x0": [1]}, {"x0": True}, {"x2": 1.0}, {"x0": {"type": "number", "value": "nan"}}):
        with pytest.raises(Unexpected):
            told(**wrong)


def test_a_box_that_a_hand_draws_is_told_when_it_is_done_and_in_numbers():
    fig, document = figure(), Document()
    fig.on_event(SelectionGeometry, lambda event: None)
    document.add_root(fig)
    box = {
        "type": "rect",
        "sx0": 1,
        "sx1": 2.5,
        "sy0": 3,
        "sy1": 4,
        "greedy": False,
        "x0": 0.1,
        "x1": 0.2,
        "y0": None,
        "y1": 1e9,
    }

    def told(geometry=box, final=True, **more):
        mapped = (
            {"type": "map", "entries": [[name, value] for name, value in geometry.items()]} if geometry else geometry
        )
        entries = [["model", {"id": fig.id}], ["geometry", mapped], ["final", final], *map(list, more.items())]
        event = {"type": "event", "name": "selectiongeometry", "values": {"type": "map", "entries": entries}}
        return writable._verdict({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}, document)

    assert told() is writable.Verdict.WRITE and told(final=False) is writable.Verdict.LOCAL
    for wrong in (
        {"type": "poly"},
        {"type": "point"},
        {"x0": "1"},
        {"x0": [1]},
        {"x": 1.0},
        {"greedy": 1},
        {"x1": True},
    ):
        with pytest.raises(Unexpected):
            told(box | wrong)
    for more in ({"final": "yes"}, {"geometry": None}, {"data": 1}):
        with pytest.raises(Unexpected):
            told(**more)
    for attr in ("indices", "line_indices"):
        renderer = fig.scatter([1], [2])
        change = {
            "kind": "ModelChanged",
            "model": {"id": renderer.data_source.selected.id},
            "attr": attr,
            "new": [10**9],
        }
        assert writable._verdict(change, document) is writable.Verdict.LOCAL


def test_a_table_is_turned_over_and_sorted_and_nothing_else_of_it_is_written():
    table, document = DataTabulator(source=ColumnDataSource()), Document()
    table.on_event("cell-click", lambda event: None)
    table.on_event("table-edit", lambda event: None)
    document.add_root(table)

    def changed(attr, new):
        return writable._verdict(
            {"kind": "ModelChanged", "model": {"id": table.id}, "attr": attr, "new": new}, document
        )

    def clicked(name="cell-click", **values):
        entries = [["model", {"id": table.id}], *map(list, values.items())]
        event = {"type": "event", "name": name, "values": {"type": "map", "entries": entries}}
        return writable._verdict({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}, document)

    def by(field, way):
        return {"type": "map", "entries": [["field", field], ["dir", way]]}

    assert changed("page", 3) is changed("sorters", [by("c1", "asc")]) is writable.Verdict.WRITE
    for attr, new in [("page", 0), ("page", "1"), ("page", 10**9), ("sorters", [by("c1", "up")]), ("sorters", [by("<b>", "asc")]),
                      ("sorters", [{"field": "c1"}]), ("sorters", [by("c1", "asc")] * 20), ("columns", []), ("configuration", {}),
                      ("filters", []), ("page_size", 10**6), ("cell_styles", {}), ("download", True)]:  # fmt: skip
        with pytest.raises(Unexpected):
            changed(attr, new)
    assert clicked(column="c1", row=3, value=None) is clicked(column="c1", row=0) is writable.Verdict.WRITE
    for wrong in ({"column": "<b>", "row": 1}, {"column": "c1", "row": -1}, {"column": "c1", "row": 10**6},
                  {"column": "c1", "row": 1.5}, {"row": 1},
                  {"column": "c1", "row": 1, "more": 1}):  # fmt: skip
        with pytest.raises(Unexpected):
            clicked(**wrong)
    with pytest.raises(Unexpected):
        clicked("table-edit", column="c1", row=1, value="x", pre=False)
