"""The row over a map: the parameters on its axes, their ranges, the step or the evaluations by which a run must have
succeeded, the share of runs that is good enough, what can be taken out, and the whole screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component

MAX_CHARS = 60  # of a range or a name that a browser sends
LIMITS = ("map_steps", "map_evaluations")  # by which a run must have succeeded; one of the two
NUMBERS = (*LIMITS, "map_goal")
TEXTS = ("map_x", "map_y", "map_x_range", "map_y_range")


class MapFields(pn.custom.JSComponent):
    """The row.

    Parameters
    ----------
    on_change : function (name, value)
        Called when another value was chosen; ``name`` is an option of the map.
    on_take : function ()
        Called when somebody wants to take something out.
    on_fit : function ()
        Called when the axes are to be fitted to the region that is outlined.
    """

    axes = param.List([], doc="Each parameter that may be an axis: its name and its words.")
    steps = param.List([], doc="Each K that may be chosen: the number, 0 for the usual one, and its words.")
    evaluations = param.List([], doc="Each number of evaluations that may be chosen, and its words.")
    goals = param.List(
        [], doc="Each share of runs that may be chosen: in per cent, 0 for the best cells, and its words."
    )
    fits = param.Boolean(False, doc="Whether a region is outlined to which the axes can be fitted.")
    shown = param.Dict({}, doc="Option → its value.")
    usual = param.Dict({}, doc="Range → that which holds as long as no other is chosen.")

    _esm, _stylesheets = component("map_fields")

    def __init__(
        self,
        on_change: Callable[[str, Any], None],
        on_take: Callable[[], None] = lambda: None,
        on_fit: Callable[[], None] = lambda: None,
        **params: Any,
    ):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_change, self._acts = on_change, {"take": on_take, "fit": on_fit}

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if set(data) == {"act"} and isinstance(data["act"], str) and data["act"] in self._acts:
            self._acts[data["act"]]()
        if set(data) != {"name", "value"}:
            return
        name, value = data["name"], data["value"]
        if name in NUMBERS:
            offered = {"map_steps": self.steps, "map_evaluations": self.evaluations, "map_goal": self.goals}[name]
            if any(value == k for k, _ in offered) and not isinstance(value, bool):
                self._on_change(name, int(value))
        elif name in TEXTS and isinstance(value, str) and len(value) <= MAX_CHARS:
            self._on_change(name, value)
