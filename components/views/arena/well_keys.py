"""The handles of a landscape (its wells) by keyboard: one is chosen, moved, added and removed, and each time it is told where it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import param

from components.assets import component
from swarmviz import Simulation
from swarmviz.theory.wording import number_words

STEP, BESIDE = 0.005, 0.1  # of the box: one press of an arrow key, and how far from the chosen one another is added
COARSE = 10.0  # times a step, with Shift
WAYS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "down": (0.0, -1.0), "up": (0.0, 1.0)}

Use = Callable[[str, int, np.ndarray], None]


class WellKeys(pn.custom.JSComponent):
    """What has the focus while a well is moved by keys; without wells it is not there.

    Parameters
    ----------
    use : function (act, handle, place)
        Does with a handle what a hand would do: "dragged", "dropped" and "clicked" (which removes one, or adds one for handle −1), at a
        ``place`` (1,) or (2,) of the active arena.
    handles : function () → ndarray (m, 1) or (m, 2)
        Where the handles of the active arena are, of edits that are not acting yet as well.
    begin : function ()
        Called when a handle is chosen: a hand may take it from then on, too.
    mark : function (handle)
        Marks one of them in the arena, −1: none.
    """

    wells = param.Integer(0, doc="How many there are.")
    chosen = param.Integer(-1, doc="The one that keys move, −1: none.")
    said = param.Dict({}, doc="What is told of it: text, and count (number of the message).")

    _esm, _stylesheets = component("well_keys")

    def __init__(
        self,
        use: Use,
        handles: Callable[[], np.ndarray],
        begin: Callable[[], None],
        mark: Callable[[int], None],
        **params: Any,
    ):
        super().__init__(**{"margin": 0, "height": 26, "width": 110, "sizing_mode": "fixed", "visible": False} | params)
        self._use, self._handles, self._begin, self._mark = use, handles, begin, mark
        self._box = np.array([[-1.0, 1.0]])
        self._said = 0

    def attach(self, run: Simulation) -> None:
        """Another run: which wells it has."""
        d = run.frame.d
        self._box = np.stack(run.landscape.limits(d), axis=1)[:2]
        wells = len(run.landscape.handles(d))
        chosen = self.chosen if self.chosen < wells else -1
        self.param.update(wells=wells, chosen=chosen, visible=wells > 0)
        self._mark(chosen)

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or not self.wells:
            return
        if (wells := len(self._handles())) != self.wells:  # they were edited in the form, or by hand
            self.wells = wells
            self._take(min(self.chosen, wells - 1))
            if not wells:
                return
        act = data.get("act")
        if act in ("next", "previous"):
            self._choose(act)
        elif act == "leave":
            self._take(-1)
        elif 0 <= self.chosen < self.wells:
            self._change(act, data.get("way"), data.get("coarse") is True)

    def _choose(self, act: str) -> None:
        self._begin()
        step = 1 if act == "next" else -1
        self._take((self.chosen + step) % self.wells if self.chosen >= 0 else 0 if step > 0 else self.wells - 1)
        self._tell()

    def _take(self, handle: int) -> None:
        self.chosen = handle
        self._mark(handle)

    def _change(self, act: Any, way: Any, coarse: bool) -> None:
        at = self._handles()[self.chosen][: len(self._box)]
        wide = self._box[:, 1] - self._box[:, 0]
        if act == "move" and isinstance(way, str) and way in WAYS:
            moved = at + np.array(WAYS[way])[: len(at)] * wide * STEP * (COARSE if coarse else 1.0)
            self._use("dragged", self.chosen, np.clip(moved, self._box[:, 0], self._box[:, 1]))
        elif act == "drop":
            self._use("dropped", self.chosen, at)
        elif act == "remove":
            self._use("clicked", self.chosen, at)
            self._count(min(self.chosen, len(self._handles()) - 1))
        elif act == "add":
            middle = self._box.mean(axis=1)
            towards = np.where(at > middle, -1.0, 1.0)  # stays in the box
            self._use("clicked", -1, at + BESIDE * wide * towards)
            self._count(len(self._handles()) - 1)
        else:
            return
        self._tell()

    def _count(self, chosen: int) -> None:
        """One has come or gone, or was refused."""
        self.wells = len(self._handles())
        self._take(chosen)

    def _tell(self) -> None:
        at = self._handles()[self.chosen]
        place = ", ".join(number_words(float(c), 4) for c in at[: len(self._box)] if math.isfinite(c))
        self._said += 1
        self.said = {"text": f"Well {self.chosen + 1} of {self.wells} at {place}", "count": self._said}
