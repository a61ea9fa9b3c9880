"""The transport bar as the browser has it: what it shows, and what was pressed in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component


class Bar(pn.custom.JSComponent):
    """Buttons, speed, stop, read-out, messages and keyboard; what was pressed arrives in ``on_act(act, value)``."""

    playing = param.Boolean(False)
    speed = param.Number(30.0, allow_None=True, doc="Steps per second; None is as fast as it goes.")
    most = param.Number(100_000.0, doc="Largest number of steps per second that can be set.")
    message = param.Dict(
        {}, doc="text, level (info, warning, error), reset: whether to offer one, and count: which message it is."
    )
    pending = param.Boolean(False, doc="Whether something waits for a reset.")
    link = param.String("", doc="Query of the address that reopens this state.")
    copied = param.Dict({}, doc="What goes on the clipboard: link, note (what it could not hold) and count.")
    draw = param.Integer(1, doc="Pictures are drawn of every so many steps.")
    stop = param.List(["never", None], doc="Kind and number of the stop, as the server has them.")
    answered = param.Integer(
        0, doc="Counts what was typed and answered: the boxes then show what is in force, the same as before or not."
    )

    base = param.String(
        "", doc="The same for the run with which the visit began; the address is not written before something is done."
    )

    _esm, _stylesheets = component("bar")
    _debounce = 1

    def __init__(self, on_act: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0} | params)
        self._on_act, self._said = on_act, 0

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("act"), str):
            self._on_act(data["act"], data.get("value"))

    def say(self, text: str = "", level: str = "info", reset: bool = False) -> None:
        """Show a message above the bar; an empty one takes it away."""
        self._said += 1  # the same text again is another message: a person may have closed the first one
        self.message = {"text": text, "level": level, "reset": reset, "count": self._said}
