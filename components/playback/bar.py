"""The transport bar in the browser: what it shows, and the messages of what was pressed (assets/bar.js)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component


def always() -> bool:
    """Of a message that knows no cause."""
    return True


class Bar(pn.custom.JSComponent):
    """Buttons, speed, stop, read-out, messages and keyboard.

    Parameters
    ----------
    on_act : function (act, value)
        Called with the name of the action and its value, as the browser sent them: neither is checked here.
    """

    playing = param.Boolean(False)
    slow = param.String("", doc="Whether steps are shown term by term (components.playback.slow_step.Mode).")
    speed = param.Number(30.0, allow_None=True, doc="Steps per second; None is as fast as it goes.")
    most = param.Number(100_000.0, doc="Largest number of steps per second that can be set.")
    message = param.Dict(
        {}, doc="text, level (info, warning, error), reset (whether to offer one) and count (number of the message)."
    )
    pending = param.Boolean(False, doc="Whether an accepted edit takes effect at the next reset.")
    link = param.String("", doc="Query of the address that reopens this state.")
    copied = param.Dict(
        {}, doc="For the clipboard: link, note (what it could not hold) and count (number of the request)."
    )
    code = param.Dict(
        {},
        doc="QR code of a link: text, size and path (components.links.qr_code), note and count as of copied.",
    )
    left = param.Dict(
        {}, doc="The future that an edit in the past has left: at and end (steps), open (whether it can be reopened)."
    )
    events = param.List(
        [], doc="What happened in the run: a dictionary for each kind: name, title, meaning, steps and count."
    )
    can_undo = param.Boolean(False, doc="Whether there is something to be undone.")
    can_redo = param.Boolean(False, doc="Whether there is something to be done again.")
    draw = param.Integer(1, doc="Pictures are drawn of every so many steps.")
    stop = param.List(["never", None], doc="Kind and value of the step at which a run pauses by itself.")
    pause_when = param.List([], doc="Events and conditions at which a run pauses by itself, as a link has them.")
    pause_kinds = param.List([], doc="Events that can be chosen for it: name, title and meaning.")
    pause_observables = param.List([], doc="What is recorded, for a condition: name, symbol and meaning.")
    pause_refused = param.String("", doc="Why the last choice of these was refused.")
    answered = param.Integer(0, doc="Number of entries answered: the boxes then show what is in force.")

    again = param.Boolean(True, doc="Whether an edit starts a swarm again that has drawn together.")
    invitation = param.String("", doc="What is said to somebody who has just arrived, until something is touched.")
    dark = param.Boolean(False, doc="Whether the page has the dark theme, for the browser to remember.")
    projector = param.Boolean(False, doc="Whether the page is laid out for a projector: larger type, and less of it.")
    spoken = param.Dict(
        {}, doc="What screen readers read out, because it was asked for: text and count (number of the request)."
    )
    answers = param.Dict({}, doc="Answers to the page around ours (components.page.embedding), and count as of copied.")
    base = param.String(
        "", doc="The same for the run with which the visit began; it is not written into the address bar."
    )

    _esm, _stylesheets = component("bar")
    _debounce = 1

    def __init__(self, on_act: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0} | params)
        self._on_act, self._said, self._holds = on_act, 0, always

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("act"), str):
            self._on_act(data["act"], data.get("value"))

    def say(
        self, text: str = "", level: str = "info", reset: bool = False, holds: Callable[[], bool] | None = None
    ) -> None:
        """Show a message above the bar; an empty one removes it.

        ``holds()`` says whether its cause is still there: where it is not, :meth:`look_again` takes the message away.
        """
        self._holds = holds or always
        self._said += 1  # the same text again is another message: the first one may have been dismissed
        self.message = {"text": text, "level": level, "reset": reset, "count": self._said}

    def look_again(self) -> None:
        """Remove the message whose cause is gone; to be called when something was done, edited or shown."""
        if self.message and not self._holds():
            self.message = {}

    def take_back(self, text: str) -> None:
        """Remove a message whose cause is gone, unless another has taken its place."""
        if text and self.message.get("text") == text:
            self.message = {}
