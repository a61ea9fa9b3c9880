"""What a view is: a figure that is told of a new run, fed from a worker thread and painted on the page's thread.

The session drives every view through the same four calls::

    view.attach(sim)                 page's thread   another dynamics, landscape or swarm: draw what does not move
    payload = view.prepare(sim)      worker thread   arrays for the next picture; touches no Bokeh or Panel object
    view.paint(payload)              page's thread   write the arrays to the figure's sources, inside one ``pn.io.hold``
    view.set_dark(dark)              page's thread   colours of the theme

``every`` says how often a view is painted: 1 for each frame, 3 for every third (density, curves).
"""

from __future__ import annotations

from typing import Any, Protocol

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
