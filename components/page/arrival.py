"""What the page does for somebody who has just arrived, until something is touched: it says what to try, and begins anew by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from components.controls.rows import rows_of
from swarmviz.parameters import Described

LOOKING = (
    "hidden",
    "narrow",
    "calm",
    "dark",
    "projector",
    "unattended",
)  # what a browser tells by itself, with nobody's hand on it


class Arrival:
    """The time between the first picture and the first touch.

    Parameters
    ----------
    show : function (text)
        Shows the invitation; an empty one takes it away.
    start_next : function ()
        Starts the runs again with the next seed.
    rests : bool
        Whether the page shows a step of a run, as its link says: then nothing is done by itself.

    Attributes
    ----------
    touched : bool
        Whether a person has done anything but look.
    """

    def __init__(self, show: Callable[[str], None], start_next: Callable[[], None], rests: bool):
        self._show, self._start_next, self._rests = show, start_next, rests
        self.touched = self._loops = False

    def invite(self, parts: Mapping[str, Described]) -> None:
        """Say what the swarm of these parts does, and what to try."""
        if not (self.touched or self._rests):
            self._show(invitation(parts))

    def leave_alone(self) -> None:
        """The browser says that a person looks at the page who minds no motion, and at nothing else around it."""
        self._loops = not (self.touched or self._rests)

    def touch(self) -> None:
        """A person has done something: from now on the page does nothing by itself."""
        if not self.touched:
            self.touched, self._loops = True, False
            self._show("")

    @property
    def loops(self) -> bool:
        """Whether a run that is finished makes room for another by itself."""
        return self._loops

    def finished(self) -> bool:
        """The run is finished; whether another begins."""
        if self._loops:
            self._start_next()
        return self._loops


def invitation(parts: Mapping[str, Any]) -> str:
    """What the swarm looks for, and the parameter to try: the first slider of what moves it by chance, else of any."""
    n, d = parts["swarm"].n, parts["swarm"].d
    aim = "☆" if len(parts["landscape"].minimisers(d)) else "the lowest place"
    tries = sorted(
        (
            row
            for row in rows_of(parts["dynamics"], "dynamics")
            if row.slider and not (row.hidden or row.nested or row.rare)
        ),
        key=lambda row: row.turn,
    )
    return f"{n:,} agent{'s look' if n > 1 else ' looks'} for {aim}.".replace(",", "\u202f") + (
        f" Drag {tries[0].symbol}." if tries else ""
    )
