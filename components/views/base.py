"""What a view is: a figure that is attached to a run, prepared on the worker thread and painted on the page's thread.

:class:`components.playback.pictures.Pictures` drives every view through the first three calls, the session through the last::

    view.attach(run)                       page's thread   another dynamics, landscape or swarm: draw what does not move
    payload = view.prepare(frame, run)     worker thread   arrays for the next picture; touches no Bokeh or Panel object
    view.paint(payload)                    page's thread   write the arrays to the figure's sources, inside one ``pn.io.hold``
    view.set_dark(dark)                    page's thread   colours of the theme

A payload that was prepared for another run never reaches ``paint``: ``Pictures`` checks that once for all views. Nor does every other one:
a newer picture takes the place of one that waits. So a payload has all that is to be seen, or the view names in ``once`` what it has not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from panel.viewable import Viewable

from components.law.worker import LawWorker
from components.maps.worker import MapWorker
from swarmviz import Frame, Simulation
from swarmviz.drawing.tables import Table


class View:
    """Base class of the arena, the density, the curves, …: a new view defines ``pane``, ``attach``, ``prepare`` and ``paint``.

    Parameters
    ----------
    refresh : function (), optional
        Called on the page's thread when an option changed. When absent, the view prepares and paints at once; the session gives one
        that lets its worker prepare the picture.
    runs : function () → sequence of Simulation
        The runs of all panes, for a view that compares them.
    law : LawWorker, optional
        Computes the law of infinitely many agents, for a view that draws it.
    maps : MapWorker, optional
        Computes the map, for the view that shows it.

    Attributes
    ----------
    label : str
        What it is called on the page: on the button that shows it, or before its title.
    picture : str
        Name of the view's picture among those of :func:`swarmviz.exports.picture`; empty when it has none.
    every : int
        How often it is painted: 1 with each picture, 3 with every third.
    tall : bool
        Whether its place on the page is never low; it takes from the arena then, or what is below is scrolled to.
    background : set of str
        What computes in the background what it shows, which changes while the swarm stands: "law", "map" or "replicas".
    once : tuple of str
        Parts of its payload, which is a dict then, that are prepared only when they change. ``paint`` gets the newest of each, even where
        the picture that had it was replaced by a newer one that has not.
    defaults : mapping of str
        Option → its plain value as long as no other is chosen. Each option is an attribute whose setter raises ``ValueError`` for a
        value that it does not take. A link holds the options that differ (:mod:`components.links.view_options`).
    """

    label: str = ""
    picture: ClassVar[str] = ""
    every: ClassVar[int] = 1
    tall: ClassVar[bool] = False
    background: ClassVar[frozenset[str]] = frozenset()
    once: ClassVar[tuple[str, ...]] = ()
    defaults: Mapping[str, Any] = MappingProxyType({})

    def __init__(
        self,
        refresh: Callable[[], None] | None = None,
        runs: Callable[[], Sequence[Simulation]] = tuple,
        law: LawWorker | None = None,
        maps: MapWorker | None = None,
    ):
        self._sim: Simulation | None = None
        self._looked = -math.inf  # when it has looked last
        self._runs, self._law, self._maps = runs, law, maps
        self.refresh: Callable[[], None] = refresh or self._draw_at_once

    @property
    def pane(self) -> Viewable:
        """What is put on the page."""
        raise NotImplementedError

    @property
    def options(self) -> Viewable | None:
        """A row of small buttons for what the view shows; None when it has no options."""
        return None

    @classmethod
    def label_of(cls, panes: int) -> str:
        """What its button says with so many panes beside each other; its name in links is ``label``."""
        return cls.label

    @staticmethod
    def fits(frame: Frame, panes: int = 1) -> bool:
        """Whether a view of this kind has anything to show of such a frame, with so many panes beside each other; none is made for that."""
        return True

    @classmethod
    def option_names(cls) -> frozenset[str]:
        """Names of the options that a view of this kind can have; those of the run that it shows are in ``defaults``."""
        return frozenset(cls.defaults)

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """The options with which :func:`swarmviz.exports.picture` draws the view as it is seen."""
        return {}

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """What is seen as numbers to be read, of the present frame; runs on the worker thread, when somebody asks for it."""
        return []

    @property
    def law_parts(self) -> frozenset[str]:
        """What it draws now of the law of infinitely many agents, of ``drawing.law_beside.PARTS``; the law is computed for that."""
        return frozenset()

    def hurry(self) -> None:
        """Look with the next picture, however soon it comes: of a view that looks a few times a second only."""
        self._looked = -math.inf

    def attach(self, run: Simulation) -> None:
        """Draw what does not move, for another dynamics, landscape or swarm, and the present frame."""
        raise NotImplementedError

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Arrays for the next picture, or None when there is nothing to paint; runs on the worker thread.

        ``frame`` is the one of this picture, shared by all views; ``run`` has the parameters and the record that belong to it.
        """
        raise NotImplementedError

    def paint(self, payload: Any) -> None:
        """Write the payload of ``prepare`` to the sources."""
        raise NotImplementedError

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""

    def _draw_at_once(self) -> None:
        """Prepare and paint the present frame on this thread."""
        if self._sim is not None and (payload := self.prepare(self._sim.frame, self._sim)) is not None:
            self.paint(payload)
