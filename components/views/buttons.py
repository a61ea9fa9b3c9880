"""A row of small buttons over a plot: one of several choices at the left, switches at the right.

The groups of buttons of Panel and panel-material-ui have no tool tip for each button, become no menu where there is no room, and keep the
focus after a click, where Space then means the button and no longer play and pause.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component


class ButtonRow(pn.custom.JSComponent):
    """The row.

    Parameters
    ----------
    on_change : function (what)
        Called after a button was pressed: with "value" when another choice was made, else with the name of the switch.
    on_line : function (name)
        Called when a line was to be hidden, or shown again.

    Attributes
    ----------
    on_table : function ()
        Called when the numbers of the chart were opened.
    """

    choices = param.List([], doc="Each (name, label, tool tip).")
    value = param.String("", doc="Name of the choice that is made.")
    switches = param.List([], doc="Each (name, label, tool tip).")
    active = param.List([], doc="Names of the switches that are on.")
    lines = param.List(
        [],
        doc="Each line of the plot: its name, its text, its colour, the lengths of its dashes, what it is, and whether it is seen.",
    )
    has_table = param.Boolean(False, doc="Whether there is a button for the numbers of the chart.")
    table = param.Dict(
        {}, doc="What that shows: step, tables (components.views.tables) and count (number of the request)."
    )
    label = param.String("what is drawn", doc="Accessible name of the menu of choices.")

    _esm, _stylesheets = component("buttons")

    def __init__(
        self, on_change: Callable[[str], None], on_line: Callable[[str], None] = lambda name: None, **params: Any
    ):
        super().__init__(**{"margin": 0, "height": 26, "sizing_mode": "stretch_width"} | params)
        self._on_change, self._on_line = on_change, on_line
        self.on_table: Callable[[], None] = lambda: None

    def _handle_msg(self, data: Any) -> None:
        if data in [name for name, *_ in self.choices]:
            if data != self.value:
                self.value = data
                self._on_change("value")
        elif data in [name for name, *_ in self.switches]:
            self.active = [n for n in self.active if n != data] if data in self.active else [*self.active, data]
            self._on_change(data)
        elif data in [["line", name] for name, *_ in self.lines]:
            self._on_line(data[1])
        elif data == ["table"] and self.has_table:
            self.on_table()
