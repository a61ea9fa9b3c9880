"""What a browser may write, as the components declare it; what a hostile one tries is in ``test_sockets.py``."""

from __future__ import annotations

import pytest
from bokeh.document import Document
from bokeh.events import RangesUpdate
from bokeh.models import Range1d
from bokeh.plotting import figure

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
