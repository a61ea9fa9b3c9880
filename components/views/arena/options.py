"""How the arenas are looked at: the region and the layers, for all of them at once, and the row of buttons and keys that change both."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import param

from components.assets import component
from swarmviz import Frame, Simulation
from swarmviz.drawing.layers import ALL, TITLES, Layers, layers_of
from swarmviz.drawing.region import SHIFT, STEP, Region, View, around_swarm, fitted, moved, region_of, zoomed
from swarmviz.drawing.zoom import EDGE, view_around
from swarmviz.landscapes import Landscape

QUIET_S = 0.12  # without another turn of the wheel: then the landscape is drawn anew and the link is written
MOVES = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "down": (0.0, -1.0), "up": (0.0, 1.0)}


class ArenaLook:
    """How the arenas are looked at now; read on any thread, and written on the page's, but for ``shown``.

    Attributes
    ----------
    region : Region or None
        What is seen in place of the box.
    layers : Layers
        What of an arena is shown.
    shown : View or None
        What was drawn last.
    origin : object
        The arena's renderer whose browser has moved the region last; None where a button or a link has.
    moving : bool
        Whether a wheel or a hand is still at it: what takes long waits.
    own_colours : bool
        Whether landscapes that are not the same are compared, so that each has a scale of colours of its own.
    frozen : bool
        Whether ranges stay as they are, because the landscape is being edited in the arena.
    """

    def __init__(self) -> None:
        self.region: Region | None = None
        self.layers: Layers = ALL
        self.shown: View | None = None
        self.origin: Any = None
        self.moving, self.frozen = False, False
        self._needs: dict[
            tuple[str, Any], tuple[np.ndarray, float]
        ] = {}  # of what, and arena → its box, and what it needs
        self.own_colours = False

    def forget_needs(self) -> None:
        """Other runs are shown, or fewer."""
        self._needs = {}

    def shared(self, what: str, arena: Any, box: np.ndarray, needed: float) -> float:
        """What the swarm in ``arena`` needs of something, or another in the same ``box`` that needs more; 0: it has no such thing.

        So swarms that are compared are seen on the same axes, with insets of the same width, and with the same scale of densities, as soon
        as all have been prepared.
        """
        self._needs[what, arena] = box, needed
        return max(most for (of, _), (other, most) in self._needs.items() if of == what and np.array_equal(box, other))

    def region_for(self, frame: Frame, landscape: Landscape) -> Region | None:
        """The region, where it suits this run: two that are compared may have other boxes and dimensions."""
        region = self.region
        if region is None or len(region.low) != min(frame.d, 2):
            return None
        try:
            return region_of(region.values, *landscape.limits(frame.d))
        except ValueError:
            return None


class ArenaOptions(pn.custom.JSComponent):
    """The region and the layers of every arena; the buttons and keys for both.

    Parameters
    ----------
    changed : function ()
        Called on the page's thread when the region or a layer is another: pictures and link follow.

    Attributes
    ----------
    look : ArenaLook
        What is chosen, for threads that may touch nothing of the page.
    """

    switches = param.List([], doc="Layers that this run has, each (name, title).")
    active = param.List(ALL.shown, doc="Names of the layers that are shown.")
    zooms = param.Boolean(True, doc="Whether there is a region to choose: a finite set is shown whole.")
    zoomed = param.Boolean(False, doc="Whether a region is shown in place of the box.")

    _esm, _stylesheets = component("arena_options")

    def __init__(self, changed: Callable[[], None], **params: Any):
        super().__init__(**{"margin": 0, "height": 26, "sizing_mode": "fixed", "width": 190} | params)
        self._changed = changed
        self.look = ArenaLook()
        self._run: Simulation | None = None
        self._box: tuple[np.ndarray, np.ndarray] = (-np.ones(1), np.ones(1))
        self._about: tuple[Any, ...] = ()
        self._moved_at = 0.0

    # ---- what a link holds ---------------------------------------------------------------------------------------------

    @property
    def defaults(self) -> dict[str, Any]:
        """The whole box with all layers."""
        return {"region": None, "layers": ALL.shown}

    @property
    def region(self) -> list[float] | None:
        """x₀, x₁ and, of a plane, y₀, y₁ in place of the box; None: the box."""
        return None if self.look.region is None else self.look.region.values

    @region.setter
    def region(self, values: Any) -> None:
        if values is not None and not self.zooms:
            raise ValueError(f"region = {str(values)[:80]}: a finite set is shown whole")
        self._show(None if values is None else region_of(values, *self._box))

    @property
    def layers(self) -> list[str]:
        """The names of the layers that are shown."""
        return self.look.layers.shown

    @layers.setter
    def layers(self, names: Any) -> None:
        self.look.layers = layers_of(names)
        self.active = self.look.layers.shown
        self._changed()

    def export_options(self, frame: Frame, landscape: Landscape) -> dict[str, Any]:
        """The options of :func:`swarmviz.exports.picture` that differ from its defaults, for a run of one of the arenas."""
        hidden = {name: False for name, on in self.look.layers._asdict().items() if not on}
        region = self.look.region_for(frame, landscape)
        return hidden if region is None else hidden | {"region": region.values}

    # ---- what changes it (the page's thread) ---------------------------------------------------------------------------

    def attach(self, run: Simulation) -> None:
        """Another run: its layers are offered, and the region is kept where landscape, box and dimension are the same."""
        frame, landscape = run.frame, run.landscape
        self.look.forget_needs()
        self._run, self._box = run, tuple(side[:2] for side in landscape.limits(frame.d))  # type: ignore[assignment]
        about = type(landscape), frame.d, frame.occupation is None, *np.concatenate(self._box)
        if about != self._about:
            self._about = about
            self.look.region = self.look.shown = self.look.origin = None
        there = {
            "trails": frame.partner is None,
            "arrows": frame.v is not None,
            "links": frame.partner is not None,
            "contours": True,
            "inset": True,
        }
        plane, whole = frame.d > 1, frame.occupation is not None
        offered = [
            [name, title]
            for name, title in TITLES.items()
            if there[name] and not whole and (plane or name in ("arrows", "inset"))
        ]
        self.param.update(switches=offered, zooms=not whole, zoomed=self.look.region is not None)

    def move_to(self, origin: Any, values: list[Any]) -> None:
        """The browser has moved the ranges of an arena by wheel, pinch or drag; ``values`` are their ends."""
        ends = np.array([value if isinstance(value, int | float) else np.nan for value in values], float).reshape(-1, 2)
        wanted = ends[: len(self._box[0])]
        if not self.zooms or not np.isfinite(wanted).all() or not (wanted[:, 0] < wanted[:, 1]).all():
            return
        middle, half = wanted.sum(axis=1) / 2, (wanted[:, 1] - wanted[:, 0]) / 2
        region = fitted(middle, half, *self._box)
        stopped = not np.allclose(region.high - region.low, 2 * half, rtol=1e-6)
        self.look.region, self.look.origin, self._moved_at = region, None if stopped else origin, time.monotonic()
        if not self.zoomed:
            self.zoomed = True
        document = pn.state.curdoc
        if document is None or document.session_context is None:
            self._changed()
        elif not self.look.moving:
            self.look.moving = True
            document.add_timeout_callback(self._settle, int(1000 * QUIET_S))

    def _settle(self) -> None:
        """The hand rests: the landscape is drawn for the region, and the link says it."""
        document = pn.state.curdoc
        if time.monotonic() - self._moved_at < QUIET_S and document is not None:
            document.add_timeout_callback(self._settle, int(1000 * QUIET_S))
            return
        self.look.moving = False
        self._changed()

    def _show(self, region: Region | None) -> None:
        self.look.region, self.look.origin = region, None
        self.zoomed = region is not None
        self._changed()

    def set_mode(self, mode: str) -> None:
        """What a click in the arena means now."""
        if self.look.frozen != (mode == "wells"):
            self.look.frozen = not self.look.frozen
            self._changed()

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, str) and data in Layers._fields:
            now = self.look.layers
            self.layers = now._replace(**{data: not getattr(now, data)}).shown
        elif self.zooms and self._run is not None and isinstance(data, str):
            self._act(data)

    def _act(self, act: str) -> None:
        box = self._box
        now = self.look.region or Region(*(self.look.shown or view_around(*box, EDGE)))
        if act == "box":
            self._show(None)
        elif act == "fit" and self._run is not None:
            self._show(around_swarm(self._run.frame, *box))
        elif act in ("in", "out"):
            self._show(zoomed(now, STEP if act == "in" else 1 / STEP, *box))
        elif act in MOVES:
            self._show(moved(now, [SHIFT * side for side in MOVES[act]], *box))
