"""Several views in one place of the page, of which one is seen: buttons on top choose which."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import panel as pn

from components.server.bokeh_patches.frozen_models import frozen_models
from components.views.base import View
from components.views.buttons import ButtonRow
from swarmviz import Frame, Simulation


class ViewSwitcher(View):
    """One view out of several; itself a view.

    Offered are the views that fit the present frame. Only the one that is seen is prepared and painted; another one is brought up to
    date when it is shown.

    Parameters
    ----------
    views : sequence of View
        In the order of their buttons. The first one that fits is shown until another is chosen.
    lock : context manager
        Held while a view is brought up to date on the page's thread: the lock that the worker holds while it prepares.
    on_choice : function ()
        Called on the page's thread when another view was chosen with a button.

    Attributes
    ----------
    buttons : ButtonRow
        One for each view that fits.
    """

    def __init__(
        self,
        views: Sequence[View],
        lock: contextlib.AbstractContextManager | None = None,
        on_choice: Callable[[], None] = lambda: None,
    ):
        super().__init__()
        self._views = {view.label: view for view in views}
        self._chosen = self._shown = views[0].label
        self._attached: set[str] = set()  # the views that know the present run
        self._lock, self._on_choice = lock or contextlib.nullcontext(), on_choice
        self.buttons = ButtonRow(lambda what: self._pressed(), label="view", sizing_mode="stretch_width")
        rows = [self.buttons, *(view.options for view in views if view.options is not None)]
        head = pn.Row(*rows, height=26, margin=0, sizing_mode="stretch_width")
        self._places = {view.label: _place(view) for view in views}
        self._pane = pn.Column(head, *self._places.values(), sizing_mode="stretch_both", min_height=160)
        self._reveal()

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def views(self) -> dict[str, View]:
        """All views by their labels, shown or not."""
        return dict(self._views)

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
        return self._views[self._shown].every

    @property
    def law_parts(self) -> frozenset[str]:
        """What the view that is seen draws of the law of infinitely many agents."""
        return self._views[self._shown].law_parts

    def show(self, label: str) -> None:
        """Bring another view in sight, on the page's thread; it stays the choice for every run that it fits.

        Raises
        ------
        ValueError
            When there is no such view, or it does not fit the present frame.
        """
        known = isinstance(label, str) and label in self._views
        if not known or (self._sim is not None and label not in self.offered):
            raise ValueError(f"view = {label!r}: must be one of {', '.join(self.offered or self._views)}")
        self._chosen = self._shown = label
        self._reveal()
        if self._sim is not None:
            with self._lock, pn.io.hold(pn.state.curdoc), frozen_models(pn.state.curdoc):
                self._update(self._sim.frame, self._sim)

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
        for label, place in self._places.items():
            place.visible = label == self._shown
            if (options := self._views[label].options) is not None:
                options.visible = label == self._shown

    def _update(self, frame: Frame, run: Simulation) -> None:
        """Attach the view that is shown, or paint what has happened in the run since it was last seen."""
        view = self._views[self._shown]
        if self._shown not in self._attached:
            self._attached.add(self._shown)
            view.attach(run)
        elif (payload := view.prepare(frame, run)) is not None:
            view.paint(payload)

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm: the choice is kept where it fits, else the first view is shown."""
        self._sim, self._attached, frame = run, set(), run.frame
        labels = [label for label, view in self._views.items() if view.fits(frame)]
        if labels != self.offered:
            self.buttons.choices = [[label, label, ""] for label in labels]
        self._shown = self._chosen if self._chosen in labels else labels[0]
        self._reveal()
        self._update(frame, run)

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """What the view that is shown prepares, with its label; safe on a worker thread."""
        label = self._shown
        payload = self._views[label].prepare(frame, run) if label in self._attached else None
        return None if payload is None else (label, payload)

    def paint(self, payload: Any) -> None:
        """Hand a payload to its view, unless another has been chosen since."""
        if payload is not None and payload[0] == self._shown:
            self._views[self._shown].paint(payload[1])

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme in every view."""
        for view in self._views.values():
            view.set_dark(dark)


def _place(view: View) -> pn.Column:
    """What is put in and out of sight: not the pane itself, whose visibility is up to the view."""
    return pn.Column(view.pane, sizing_mode="stretch_both", margin=0)
