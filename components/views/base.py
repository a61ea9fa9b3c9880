"""What a view is: a figure that is told of a new run, fed from a worker thread and painted on the page's thread.

The session drives every view through the same four calls::

    view.attach(sim)                 page's thread   another dynamics, landscape or swarm: draw what does not move
    payload = view.prepare(sim)      worker thread   arrays for the next picture; touches no Bokeh or Panel object
    view.paint(payload)              page's thread   write the arrays to the figure's sources, inside one ``pn.io.hold``
    view.set_dark(dark)              page's thread   colours of the theme

``every`` says how often a view is painted: 1 for each frame, 3 for every third (density, curves).

A view may have more, which is asked for by name: ``fits(frame)``, whether it has anything to show of such a frame (every frame, where it
is missing); ``options``, a row of small buttons for what it shows; ``refresh`` and ``usual``, see :class:`WithOptions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from panel.viewable import Viewable

from swarmviz import Simulation


class View(Protocol):
    """Protocol of the arena, the density, the curves, …"""

    every: int

    @property
    def pane(self) -> Viewable:
        """What is put on the page."""

    def attach(self, sim: Simulation) -> None:
        """Draw what does not move, for another dynamics, landscape or swarm, and the present frame."""

    def prepare(self, sim: Simulation) -> Any:
        """Arrays for the next picture, or None when nothing changed; runs on the worker thread."""

    def paint(self, payload: Any) -> None:
        """Write the payload of ``prepare`` to the sources."""

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""


class WithOptions:
    """What views with options share: whom to tell that one has changed, and which there are.

    Attributes
    ----------
    usual : dict of str
        Option → its plain value as long as nobody chooses another; each is an attribute that refuses with a ``ValueError`` what means
        nothing. A link holds those that are not as usual (:mod:`components.links.view_options`).
    refresh : callable
        Called on the page's thread when an option changed. By itself it prepares and paints at once; a session replaces it, so that its
        worker prepares the picture.
    """

    usual: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        self._sim: Simulation | None = None
        self.refresh: Callable[[], None] = self._draw_at_once

    def _draw_at_once(self) -> None:
        if self._sim is not None:
            self.paint(self.prepare(self._sim))  # type: ignore[attr-defined]
