"""The form as the browser has it: labelled editors in sections, and what was edited in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component


class Form(pn.custom.JSComponent):
    """Rows of labelled editors; an edit arrives in ``on_edit(name, value, final, stamp)``, what is said of a file in ``on_upload``.

    ``spec`` says which rows there are and changes seldom; ``shown`` is all that they show, whole, whenever any of it changes. Nothing
    is sent as a difference from what the browser is believed to show, because that may have been edited meanwhile. The browser numbers
    its messages; ``stamp`` is the number of the last one about a row that was answered, so that no answer overwrites what is newer.
    """

    spec = param.List([], doc="Sections: title, note, open, rows.")
    shown = param.Dict(
        {}, doc="Row name → value (None: in ``long``), and where they are not empty: text, hidden, error, stamp."
    )
    long = param.Dict(
        {}, doc="Row name → value, of those whose text is long: sent when it changes, not with every other row."
    )
    present = param.Dict({}, doc="Name of a schedule's row → what it gives now: in words, of its curve as [t, value].")
    curves = param.Dict(
        {},
        doc="Row name → what is drawn in it: the curve of a schedule (schedule_plot), the sheet of a table (strokes).",
    )
    upload = param.Dict({}, doc="How an upload stands (components.uploads.upload).")
    busy = param.Boolean(False, doc="Whether what was chosen is still being prepared.")

    _esm, _stylesheets = component("form")

    def __init__(self, on_edit: Callable[[str, Any, bool, int], None], **params: Any):
        super().__init__(**{"margin": 0} | params)
        self._on_edit = on_edit
        self.on_upload: Callable[[Any], None] = lambda message: None

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and "upload" in data:
            self.on_upload(data["upload"])
        elif isinstance(data, dict) and isinstance(data.get("name"), str):
            stamp = data.get("stamp")
            number = stamp if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 <= stamp < 2**53 else 0
            self._on_edit(data["name"], data.get("value"), bool(data.get("final")), number)
