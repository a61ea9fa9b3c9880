"""Several views in one place of the page, of which a person sees one: chips on top choose which."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import panel as pn

from components.views.base import View
from components.views.buttons import ButtonRow
from swarmviz import Frame, Simulation


class ViewSwitcher:
    """One view out of several; itself a view, see :class:`components.views.base.View`.

    Offered are the views that fit the present frame. Only the one that is seen is prepared and painted; another one is brought up to date
    in the moment in which it is shown.

    Parameters
    ----------
    views : mapping of str to View
        What a person reads on the chip → the view. The first one that fits is shown until another is chosen.

    Attributes
    ----------
    lock : context manager
        Held while a view is brought up to date on the page's thread; a session puts the lock there that keeps its worker away.
    chose : callable
        Called on the page's thread when a person has chosen another view.
    refresh : callable
        As in :class:`components.views.base.View`; replacing it replaces that of every view.
    """

    def __init__(self, views: Mapping[str, View]):
        self._views = dict(views)
        self._wanted = self._shown = next(iter(self._views))
        self._sim: Simulation | None = None
        self._current: set[str] = set()  # the views that know the present run
        self.lock: contextlib.AbstractContextManager = contextlib.nullcontext()
        self._refresh: Callable[[], None] = self._draw_at_once
        self.chose: Callable[[], None] = lambda: None
        self._chips = ButtonRow(lambda what: self._pressed(), label="view", sizing_mode="stretch_width")
        self._options = {name: getattr(view, "options", None) for name, view in self._views.items()}
        rows = [self._chips, *(options for options in self._options.values() if options is not None)]
        head = pn.Row(*rows, height=26, margin=0, sizing_mode="stretch_width")
        self._places = {name: _place(view) for name, view in self._views.items()}
        self._pane = pn.Column(head, *self._places.values(), sizing_mode="stretch_both", min_height=160)
        self._reveal()

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def views(self) -> dict[str, View]:
        """All views by their names, shown or not."""
        return dict(self._views)

    @property
    def shown(self) -> str:
        """The name of the view that is seen."""
        return self._shown

    @property
    def offered(self) -> list[str]:
        """The names of the views that fit the present frame."""
        return [name for name, *_ in self._chips.choices]

    @property
    def every(self) -> int:
        """As often as the view that is seen wants it."""
        return self._views[self._shown].every

    @property
    def refresh(self) -> Callable[[], None]:
        """What a view calls when one of its options changed."""
        return self._refresh

    @refresh.setter
    def refresh(self, function: Callable[[], None]) -> None:
        self._refresh = function
        for view in self._views.values():
            if hasattr(view, "refresh"):
                view.refresh = function

    def _draw_at_once(self) -> None:
        if self._sim is not None:
            self.paint(self.prepare(self._sim))

    def show(self, name: str) -> None:
        """Bring another view in sight, on the page's thread; it stays the choice for every run that it fits.

        Raises
        ------
        ValueError
            When there is no such view, or none that fits the present frame.
        """
        if not isinstance(name, str) or name not in self._views or (self._sim is not None and name not in self.offered):
            raise ValueError(f"view = {name!r}: must be one of {', '.join(self.offered or self._views)}")
        self._wanted = self._shown = name
        self._reveal()
        if self._sim is not None:
            with self.lock, pn.io.hold(pn.state.curdoc):
                self._update(self._sim)

    def _pressed(self) -> None:
        """A person pressed a chip."""
        self.show(self._chips.value)
        self.chose()

    @property
    def defaults(self) -> dict[str, Any]:
        """The view that is seen as long as nobody chooses another."""
        return {"view": self.offered[0]} if self.offered else {}

    @property
    def view(self) -> str:
        """The name of the view that is seen, for a link."""
        return self._shown

    @view.setter
    def view(self, name: str) -> None:
        self.show(name)

    def _reveal(self) -> None:
        """The chip, the pane and the options of the view that is shown, and of no other."""
        self._chips.value = self._shown
        for name, place in self._places.items():
            place.visible = name == self._shown
            if self._options[name] is not None:
                self._options[name].visible = name == self._shown

    def _update(self, sim: Simulation) -> None:
        """Let the view that is shown know the run, or what has happened in it since it was last seen."""
        view = self._views[self._shown]
        if self._shown not in self._current:
            self._current.add(self._shown)
            view.attach(sim)
        elif (payload := view.prepare(sim.frame, sim)) is not None:
            view.paint(payload)

    def attach(self, sim: Simulation) -> None:
        """Another dynamics, landscape or swarm: the choice is kept where it fits, else the first view is shown."""
        self._sim, self._current, frame = sim, set(), sim.frame
        names = [name for name, view in self._views.items() if _fits(view, frame)]
        if names != self.offered:
            self._chips.choices = [[name, name, ""] for name in names]
        self._shown = self._wanted if self._wanted in names else names[0]
        self._reveal()
        self._update(sim)

    def prepare(self, sim: Simulation) -> Any:
        """What the view that is shown prepares, with its name; safe on a worker thread."""
        name = self._shown
        payload = self._views[name].prepare(sim.frame, sim) if name in self._current else None
        return None if payload is None else (name, payload)

    def paint(self, payload: Any) -> None:
        """Hand a payload to its view, unless another has been chosen since."""
        if payload is not None and payload[0] == self._shown:
            self._views[self._shown].paint(payload[1])

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme in every view."""
        for view in self._views.values():
            view.set_dark(dark)


def _place(view: View) -> pn.Column:
    """What is put in and out of sight: not the pane itself, whose visibility is the view's own affair."""
    return pn.Column(view.pane, sizing_mode="stretch_both", margin=0)


def _fits(view: View, frame: Frame) -> bool:
    """Whether a view has anything to show of a frame; one that does not say so always has."""
    return view.fits(frame) if hasattr(view, "fits") else True
