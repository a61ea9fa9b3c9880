"""What a table of runs is looked at over, what is chosen of it, and the run that was tapped: the parts that the browser draws itself.

Everything that comes from a file is handed over as text and becomes text there, never markup.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component
from components.explore.look import MAX_CHARS


class Fields(pn.custom.JSComponent):
    """The choices.

    Parameters
    ----------
    on_message : function (name, value)
        Called with what was chosen, the theme among it.
    """

    dark = param.Boolean(False, doc="Whether the page is dark.")
    title = param.String("", doc="What the file is of.")
    facts = param.List([], doc="[words, value] of what holds for all rows.")
    menus = param.List([], doc="Each menu: its name, its words, its choices ([value, words]) and the chosen one.")
    targets = param.String("", doc="Distances to F*; empty where no shares of runs can be drawn.")
    complaint = param.String("", doc="What is wrong with what was typed.")
    reload_words = param.String("Reload the table", doc="Of the link for a page whose connection is lost.")
    drawn = param.Integer(0, doc="Counts the pictures that have come.")

    _esm, _stylesheets = component("explore_fields")

    def __init__(self, on_message: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_message = on_message

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or not isinstance(data.get("name", data.get("act")), str):
            return
        name, value = data.get("name", data.get("act")), data.get("value")
        if isinstance(value, bool) or (isinstance(value, str) and len(value) <= MAX_CHARS):
            self._on_message(name, value)


class RunCard(pn.custom.JSComponent):
    """How many rows are chosen, and the run that was tapped, with the links to it."""

    chosen = param.String("", doc="How many rows are chosen, in words.")
    some = param.Boolean(False, doc="Whether they are not all.")
    run = param.String("", doc="The row that was tapped, in words; empty before there is one.")
    told = param.String("", doc="Why it cannot be opened, or may differ.")
    links = param.List([], doc="[words, address] of each way to open it.")
    opened = param.Integer(0, doc="Counts the taps; the first link is opened with each.")

    _esm, _stylesheets = component("explore_run")

    def __init__(self, on_clear: Callable[[], None], **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_clear = on_clear

    def _handle_msg(self, data: Any) -> None:
        if data == {"act": "clear"}:
            self._on_clear()
