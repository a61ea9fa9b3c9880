"""A row of small buttons over a plot: one of several choices at the left, switches at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component


class ButtonRow(pn.custom.JSComponent):
    """The row; ``on_change(what)`` is called when a person pressed a button, after ``value`` or ``lit`` has changed.

    ``choices`` and ``switches`` are lists of (name, label, tool tip); ``lit`` names the switches that are on.
    """

    choices = param.List([])
    value = param.String("")
    switches = param.List([])
    lit = param.List([])
    label = param.String("what is drawn", doc="What is chosen, for those who cannot see it.")

    _esm, _stylesheets = component("buttons")

    def __init__(self, on_change: Callable[[str], None], **params: Any):
        super().__init__(**{"margin": 0, "height": 26, "sizing_mode": "stretch_width"} | params)
        self._on_change = on_change

    def _handle_msg(self, data: Any) -> None:
        if data in [name for name, *_ in self.choices]:
            if data != self.value:
                self.value = data
                self._on_change("value")
        elif data in [name for name, *_ in self.switches]:
            self.lit = [n for n in self.lit if n != data] if data in self.lit else [*self.lit, data]
            self._on_change(data)
