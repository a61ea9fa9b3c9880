"""The future that an edit in the past has left: it stays in sight until the new run has passed it, and one press returns to it.

The run itself is kept in the list of runs (:mod:`components.page.history`). Here is what reminds of it: its curves behind those of the new
run, and its part of the scrubber.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.playback.bar import Bar
from swarmviz.drawing.curves import Overlay


class LeftFuture:
    """Shows the future that was left last.

    Parameters
    ----------
    bar : Bar
        Has the scrubber.
    draw : function ()
        Called on the page's thread when ``overlays`` are others.
    reopen : function (link)
        Shows a run in the place of the present one.

    Attributes
    ----------
    actions : dict of str to function (value)
        What the buttons beside the scrubber do, by their names.
    """

    def __init__(self, bar: Bar, draw: Callable[[], None], reopen: Callable[[str], None]):
        self._bar, self._draw, self._reopen = bar, draw, reopen
        self._overlay: Overlay | None = None
        self._link, self._end = "", 0
        self.actions: dict[str, Callable[[Any], None]] = {
            "return": lambda value: self._return(),
            "dismiss": lambda value: self.forget(),
        }

    @property
    def overlays(self) -> list[Overlay]:
        """Its curves, none where there is no such future."""
        return [] if self._overlay is None else [self._overlay]

    def leave(self, at: int, end: int, overlay: Overlay, link: str) -> None:
        """The run that was known to step ``end`` went another way from step ``at`` on; its ``link`` is "" where none leads to it."""
        self._overlay, self._link, self._end = overlay._replace(label=f"left at k = {at}"), link, end
        self._bar.left = {"at": at, "end": end, "open": bool(link)}
        self._draw()

    def see(self, furthest: int) -> None:
        """The new run is known up to this step; one that has passed the end of the old one needs it no more."""
        if self._overlay is not None and furthest >= self._end:
            self.forget()

    def forget(self) -> None:
        """Take it out of sight; the run stays in the list."""
        if self._overlay is not None:
            self._overlay, self._link = None, ""
            self._bar.left = {}
            self._draw()

    def _return(self) -> None:
        if self._link:
            self._reopen(self._link)
