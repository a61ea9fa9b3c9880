"""Whether the page is laid out for a projector, which a link holds; the browser lays it out (assets/bar_projector.js)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from components.playback.bar import Bar

TYPE_SCALE = 1.5  # size of the type over the usual one, where the window has room for it: --sv-type in assets/page.css


class Projector:
    """An option of the page like those of the views: larger type, and only the arena, a curve and the two parameters in hand.

    Parameters
    ----------
    bar : Bar
        Tells the browser.
    done : function ()
        Called when somebody has chosen.
    scale_type : function (factor)
        Called with the size of the type over the usual one.

    Attributes
    ----------
    defaults : mapping of str
        As in :class:`components.views.base.View`.
    """

    defaults: Mapping[str, Any] = MappingProxyType({"projector": False})

    def __init__(self, bar: Bar, done: Callable[[], None], scale_type: Callable[[float], None] = lambda factor: None):
        self._bar, self._done, self._scale_type = bar, done, scale_type

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
        self._scale_type(TYPE_SCALE if on else 1.0)

    def choose(self, value: Any) -> None:
        """The browser's message that it shall be so."""
        self.projector = value is True
        self._done()
