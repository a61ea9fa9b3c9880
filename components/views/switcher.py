"""Several views in one place of the page, of which one is seen: buttons on top choose which."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from typing import Any

import panel as pn

from components.server.bokeh_patches.frozen_models import frozen_models
from components.views.base import View
from components.views.buttons import ButtonRow
from swarmviz import Frame, Simulation
from swarmviz.drawing.tables import Table

TALL = "tall"  # in assets/board.css: a place that is never low


class Views(dict[str, View]):
    """Views by their labels, each made when it is first asked for; what has not been asked for is not among them.

    Parameters
    ----------
    make : function (label) → View
    """

    def __init__(self, make: Callable[[str], View]):
        super().__init__()
        self._make = make

    def __missing__(self, label: str) -> View:
        return self.setdefault(label, self._make(label))


class ViewSwitcher(View):
    """One view out of several; itself a view.

    Offered are the views that fit the present frame. A view is made when it is first shown, because its figures take time to build and the
    browser's to load. Only the one that is seen is prepared and painted; another one is brought up to date when it is shown.

    Parameters
    ----------
    kinds : sequence of type of View
        In the order of their buttons. The first one that fits is shown until another is chosen.
    lock : context manager
        Held while a view is brought up to date on the page's thread: the lock that the worker holds while it prepares.
    on_choice : function ()
        Called on the page's thread when another view was chosen with a button.
    **wiring
        With which every view is made; see :class:`components.views.base.View`.

    Attributes
    ----------
    buttons : ButtonRow
        One for each view that fits.
    views : Views
        Those that were made; indexing with a label makes one.
    """

    background = frozenset({"law", "map"})

    def __init__(
        self,
        kinds: Sequence[type[View]],
        lock: contextlib.AbstractContextManager | None = None,
        on_choice: Callable[[], None] = lambda: None,
        **wiring: Any,
    ):
        super().__init__(**wiring)
        self._kinds = {kind.label: kind for kind in kinds}
        self._wiring, self._dark = wiring, False
        self.views = Views(self._made)
        self._chosen = self._shown = kinds[0].label
        self._attached: set[str] = set()  # the views that know the present run
        self._lock, self._on_choice = lock or contextlib.nullcontext(), on_choice
        self.buttons = ButtonRow(lambda what: self._pressed(), label="view", sizing_mode="stretch_width")
        self._head = pn.Row(self.buttons, height=26, margin=0, sizing_mode="stretch_width")
        self._places: dict[str, pn.Column] = {}
        self._pane = pn.Column(self._head, sizing_mode="stretch_both", min_height=160)

    def _made(self, label: str) -> View:
        """A view that is shown for the first time, or whose options are set, and its place, out of sight."""
        view = self._kinds[label](**self._wiring)
        view.set_dark(self._dark)
        self._places[label] = place = _place(view)
        place.visible = False
        self._pane.append(place)
        if view.options is not None:
            view.options.visible = False
            self._head.append(view.options)
        return view

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def shown(self) -> str:
        """The label of the view that is seen."""
        return self._shown

    @property
    def offered(self) -> list[str]:
        """The labels of the views that fit the present frame."""
        return [label for label, *_ in self.buttons.choices]

    @property
    def every(self) -> int:  # type: ignore[override]
        """As often as the view that is seen wants it."""
        return self._kinds[self._shown].every

    @property
    def law_parts(self) -> frozenset[str]:
        """What the view that is seen draws of the law of infinitely many agents."""
        return self.views[self._shown].law_parts if self._shown in self._attached else frozenset()

    def show(self, label: str) -> None:
        """Bring another view in sight, on the page's thread; it stays the choice for every run that it fits.

        Raises
        ------
        ValueError
            When there is no such view, or it does not fit the present frame.
        """
        known = isinstance(label, str) and label in self._kinds
        if not known or (self._sim is not None and label not in self.offered):
            raise ValueError(f"view = {label!r}: must be one of {', '.join(self.offered or self._kinds)}")
        self._chosen = self._shown = label
        with self._lock, pn.io.hold(pn.state.curdoc), frozen_models(pn.state.curdoc):
            self._reveal()
            if self._sim is not None:
                self._update(self._sim.frame, self._sim)

    def having(self, options: Collection[str]) -> list[View]:
        """The views that were made, and those that have one of these options, which are made for that."""
        return [
            self.views[label]
            for label, kind in self._kinds.items()
            if label in self.views or not kind.option_names().isdisjoint(options)
        ]

    def _pressed(self) -> None:
        self.show(self.buttons.value)
        self._on_choice()

    @property
    def defaults(self) -> dict[str, Any]:  # type: ignore[override]  # it depends on what fits
        """The view that is seen as long as no other is chosen."""
        return {"view": self.offered[0]} if self.offered else {}

    @property
    def view(self) -> str:
        """The label of the view that is seen: an option, for a link."""
        return self._shown

    @view.setter
    def view(self, label: str) -> None:
        self.show(label)

    def _reveal(self) -> None:
        """The button, the pane and the options of the view that is shown, and of no other."""
        self.buttons.value = self._shown
        others = [name for name in self._pane.css_classes if name != TALL]
        self._pane.css_classes = [*others, TALL] if self._kinds[self._shown].tall else others
        _ = self.views[self._shown]  # is made now, at the latest
        for label, place in self._places.items():
            place.visible = label == self._shown
            if (options := self.views[label].options) is not None:
                options.visible = label == self._shown

    def _update(self, frame: Frame, run: Simulation) -> None:
        """Attach the view that is shown, or paint what has happened in the run since it was last seen."""
        view = self.views[self._shown]
        if self._shown not in self._attached:
            self._attached.add(self._shown)
            view.attach(run)
        elif (payload := view.prepare(frame, run)) is not None:
            view.paint(payload)

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm: the choice is kept where it fits, else the first view is shown."""
        self._sim, self._attached, frame = run, set(), run.frame
        panes = len(self._runs())
        labels = [label for label, kind in self._kinds.items() if kind.fits(frame, panes)]
        choices = [[label, self._kinds[label].label_of(panes), ""] for label in labels]
        if choices != self.buttons.choices:
            self.buttons.choices = choices
        self._shown = self._chosen if self._chosen in labels else labels[0]
        self._reveal()
        self._update(frame, run)

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """What the view that is shown prepares, with its label; safe on a worker thread."""
        label = self._shown
        payload = self.views[label].prepare(frame, run) if label in self._attached else None
        return None if payload is None else (label, payload)

    def paint(self, payload: Any) -> None:
        """Hand a payload to its view, unless another has been chosen since."""
        if payload is not None and payload[0] == self._shown:
            self.views[self._shown].paint(payload[1])

    def tables(self, frame: Frame, run: Simulation) -> list[Table]:
        """Those of the view that is shown."""
        return self.views[self._shown].tables(frame, run) if self._shown in self._attached else []

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme in every view."""
        self._dark = dark
        for view in self.views.values():
            view.set_dark(dark)


def _place(view: View) -> pn.Column:
    """What is put in and out of sight: not the pane itself, whose visibility is up to the view."""
    return pn.Column(view.pane, sizing_mode="stretch_both", margin=0)
