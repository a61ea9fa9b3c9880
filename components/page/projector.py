"""Whether the page is laid out for a projector, which a link holds; the browser lays it out (assets/bar_projector.js)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from components.playback.bar import Bar


class Projector:
    """An option of the page like those of the views: larger type, and only the arena, a curve and the two parameters in hand.

    Parameters
    ----------
    bar : Bar
        Tells the browser.
    done : function ()
        Called when somebody has chosen.

    Attributes
    ----------
    defaults : mapping of str
        As in :class:`components.views.base.View`.
    """

    defaults: Mapping[str, Any] = MappingProxyType({"projector": False})

    def __init__(self, bar: Bar, done: Callable[[], None]):
        self._bar, self._done = bar, done

    @property
    def projector(self) -> bool:
        """Whether it is; an option, for a link.

        Raises
        ------
        ValueError
            When it is set to anything but true or false.
        """
        return self._bar.projector

    @projector.setter
    def projector(self, on: bool) -> None:
        if not isinstance(on, bool):
            raise ValueError(f"projector = {on!r}: must be true or false")
        self._bar.projector = on

    def choose(self, value: Any) -> None:
        """The browser's message that it shall be so."""
        self.projector = value is True
        self._done()
