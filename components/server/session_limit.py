"""How many visitors one process takes: above that, a sentence and a link instead of a session that would slow all the others.

The environment variable ``SWARMVIZ_SESSIONS`` sets the number; a visitor leaves a seat free when their session ends.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import panel as pn
from jinja2 import Template

ASSETS = Path(__file__).parents[2] / "assets"
VARIABLE = "SWARMVIZ_SESSIONS"
SESSIONS = 40


class Seats:
    """So many seats, taken and freed on any thread."""

    def __init__(self, number: int):
        self.number, self.taken = number, 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a seat; False when there is none."""
        with self._lock:
            free = self.taken < self.number
            self.taken += free
        return free

    def leave(self) -> None:
        """Give a seat back."""
        with self._lock:
            self.taken -= 1


def seats_of(value: str | None) -> int:
    """The number of seats that the environment asks for.

    Raises
    ------
    ValueError
        When it is no whole number ≥ 1.
    """
    if value is None or not value.strip():
        return SESSIONS
    if not value.strip().isdecimal() or int(value) < 1:
        raise ValueError(f"{VARIABLE} = {value!r}: must be a whole number ≥ 1")
    return int(value)


SEATS = Seats(seats_of(os.environ.get(VARIABLE)))


def welcome(document: Any) -> bool:
    """Whether there is a seat for the visitor of a document, who then has it until their session ends.

    Otherwise the document becomes a page of one sentence, which loads no script and opens no connection. The run of the script that only
    warms the server up has no visitor and takes no seat.
    """
    if document is None or document.session_context is None:
        return True
    if not SEATS.take():
        document.template = Template((ASSETS / "full.html").read_text(encoding="utf-8"), autoescape=True)
        document.template_variables["visitors"] = SEATS.number
        return False
    pn.state.on_session_destroyed(lambda context: SEATS.leave())
    return True
