"""The arena: where the swarm is seen on its landscape, as a curve in one dimension, as a plane in two or more, or as a finite set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import panel as pn

from components.palette import theme
from components.views.arena.finite_set import FiniteSetRenderer
from components.views.arena.line import LineRenderer
from components.views.arena.marks import name_marks
from components.views.arena.options import ArenaOptions
from components.views.arena.plane import PlaneRenderer
from components.views.arena.slow_arrows import SlowArrows
from components.views.arena.step_arrows import StepArrows
from components.views.base import View
from components.views.figures import describe
from swarmviz import Frame, Simulation
from swarmviz.drawing.comparison import NAMES
from swarmviz.drawing.step import StepPicture
from swarmviz.drawing.steps import StepsPicture

Renderer = LineRenderer | PlaneRenderer | FiniteSetRenderer


def ignore(act: str, handle: int, place: np.ndarray) -> None:
    """Nothing is done with clicks and drags."""


class Arena(View):
    """The view of the swarm itself; see :class:`components.views.base.View`.

    It shows one renderer at a time, which suits the frame; those of other kinds of runs are kept.

    Parameters
    ----------
    dark : bool
    on_event : function (act, handle, place)
        What is done with the mouse in it; see :class:`components.views.arena.drag_handles.DragHandles`.
    refresh : callable
        Called on the page's thread when the browser needs a larger picture of the landscape; a session lets its worker prepare it.
    options : ArenaOptions, optional
        Region and layers, which all arenas share.
    """

    picture = "arena"
    once = ("background", "scale")  # what does not move; the ticks of the bars

    def __init__(
        self,
        dark: bool = False,
        on_event: Callable[[str, int, np.ndarray], None] = ignore,
        refresh: Callable[[], None] = lambda: None,
        options: ArenaOptions | None = None,
    ):
        super().__init__(refresh)
        self._options = options or ArenaOptions(lambda: None)
        self._colours = theme(dark)
        self._named, self._own_title = ("", "", False), ""
        self._legend: Any = None  # what the legend of a finite set names
        self._title = ""  # as it is shown
        self._size = 0, 0  # number of agents and of dimensions
        self.on_event = on_event
        self._renderers: dict[type[Renderer], Renderer] = {}
        self._renderer: Renderer | None = None
        self._steps: dict[type[Renderer], StepArrows] = {}
        self._stages: dict[type[Renderer], SlowArrows] = {}
        self._pane = pn.pane.Bokeh(sizing_mode="stretch_both", min_height=240)

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def renderer(self) -> Any:
        """What paints the present run, with its figure and its sources."""
        return self._renderer

    @property
    def figure(self) -> Any:
        """The Bokeh figure that is shown now."""
        return None if self._renderer is None else self._renderer.figure

    def attach(self, run: Simulation) -> None:
        """Draw another landscape, dynamics or swarm, and the present frame."""
        frame = run.frame
        renderer = self._renderer_for(frame)
        renderer.reset(frame, run, same_run=run is self._sim)
        self._sim, self._renderer, self._own_title = run, renderer, renderer.figure.title.text
        self._size = frame.n, frame.d
        self._show_name()
        self.paint(self.prepare(frame, run))
        if self._pane.object is not renderer.figure:
            self._pane.object = renderer.figure

    def name_pane(self, name: str, said: str, active: bool, own_colours: bool = False) -> None:
        """Of several arenas this is A, B, C or D (``name``; "" for the only one), of a run that has ``said`` otherwise than the others.

        ``active``: the controls belong to it, which is told in words and by a stronger frame. The frame has the colour of its curves.
        ``own_colours``: the landscapes are not the same, and each has a scale of colours of its own, which is said in the arena.
        """
        self._options.look.own_colours = own_colours
        if (name, said, active) != self._named:
            self._named = name, said, active
            self._show_name()

    def _show_name(self) -> None:
        if self._renderer is None or self._sim is None:
            return
        (name, said, active), figure, run = self._named, self._renderer.figure, self._sim
        title = self._own_title
        if name:
            slice_seen = title.removeprefix(run.landscape.title)
            said = f"\u2002{said}" if said else f" · {run.dynamics.title} on {run.landscape.title}"
            title = f"{name}{said}{slice_seen}{' · controls' * active}"
        colour = self._colours.curves[NAMES.index(name)] if name else self._colours.grid
        figure.title.text = self._title = title
        figure.update(outline_line_color=colour, outline_line_width=(1, 4)[active] if name else 1)
        self._describe()

    def _describe(self) -> None:
        """In words what the figure shows, whatever its title has room for."""
        assert self._renderer is not None and self._sim is not None
        (name, said, active), run = self._named, self._sim
        n, d = self._size
        where = "" if isinstance(self._renderer, FiniteSetRenderer) else f" in {d} dimension{'s' * (d > 1)}"
        shown = f"Arena{f' {name}' if name else ''}: {run.dynamics.title} on {self._own_title}, {n:,} agent{'s' * (n > 1)}{where}"
        describe(
            self._renderer.figure,
            " · ".join(filter(None, (shown, said, "the controls belong to it" * bool(name and active)))),
        )

    def _renderer_for(self, frame: Frame) -> Renderer:
        kind = FiniteSetRenderer if frame.links is not None else LineRenderer if frame.d == 1 else PlaneRenderer
        if kind not in self._renderers:
            finite = kind is FiniteSetRenderer
            self._renderers[kind] = kind(self._colours) if finite else kind(self._colours, self._options)
            name_marks(self._renderers[kind])
        renderer = self._renderers[kind]
        if isinstance(renderer, LineRenderer | PlaneRenderer):
            renderer.handles.on_event = self.on_event
            renderer.refresh = self.refresh
        return renderer

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """Region and layers, as they are seen."""
        if frame.occupation is not None or self._sim is None:
            return {}
        return self._options.export_options(frame, self._sim.landscape)

    def prepare(self, frame: Frame, run: Simulation) -> Any:
        """Arrays for the next picture; safe on a worker thread."""
        assert self._renderer is not None
        return self._renderer.prepare(frame, run)

    def paint(self, payload: Any) -> None:
        """Write a payload to the figure's sources."""
        assert self._renderer is not None
        self._renderer.paint(payload)
        changed = "background" in payload or payload.get("legend") != self._legend
        self._legend = payload.get("legend")
        painted = self._renderer.figure.title.text
        if isinstance(self._renderer, FiniteSetRenderer) and painted != self._title:  # it comes with the picture
            self._own_title = painted
            self._show_name()
        elif changed:
            self._describe()

    def mark_handle(self, handle: int) -> None:
        """Mark the handle that keys move, −1: none. A finite set has none."""
        if isinstance(self._renderer, LineRenderer | PlaneRenderer):
            self._renderer.handles.choose(handle)

    def show_step(self, picture: StepPicture | None, of_ways: Sequence[int] | None = None) -> None:
        """Draw one agent's step; None: none. A finite set has no place for it. ``of_ways``: see :class:`StepArrows`."""
        renderer = self._renderer
        if (
            picture is not None
            and isinstance(renderer, LineRenderer | PlaneRenderer)
            and type(renderer) not in self._steps
        ):
            flat = isinstance(renderer, LineRenderer)
            self._steps[type(renderer)] = StepArrows(renderer.figure, flat, self._colours)
        for kind, arrows in self._steps.items():
            arrows.show(picture if kind is type(renderer) else None, of_ways)

    def show_stage(self, picture: StepsPicture | None, stage: int, turn: int) -> None:
        """Draw the step of all agents up to a stage of it; None: none. ``turn`` counts what is shown so."""
        renderer = self._renderer
        for kind, arrows in self._stages.items():
            if picture is None or kind is not type(renderer):
                arrows.hide()
        if picture is None or renderer is None:
            return
        if type(renderer) not in self._stages:
            flat = isinstance(renderer, LineRenderer)
            self._stages[type(renderer)] = SlowArrows(renderer.figure, renderer.stage_text, flat, self._colours)
        segments = renderer.segments_of(picture) if isinstance(renderer, FiniteSetRenderer) else None
        self._stages[type(renderer)].show(picture, stage, turn, segments)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours = theme(dark)
        for renderer in self._renderers.values():
            renderer.apply_theme(self._colours)
        for arrows in (*self._steps.values(), *self._stages.values()):
            arrows.apply_theme(self._colours)
        self._show_name()
