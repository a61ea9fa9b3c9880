"""The switch that puts a second swarm beside the first, and what can then be done with the two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from components.assets import component
from swarmviz import Simulation

ACTS = ("start", "end", "show", "swap", "copy")
REPLACING = ("end", "copy")  # acts after which a run is gone
Panes = tuple[list[Any], list[Any], int]  # simulations, what the controls say of each, and the pane that is active


def rearranged(act: str, value: Any, sims: list[Simulation], selections: list[Any], active: int) -> Panes | None:
    """The panes after an act; None when it cannot be done now.

    A second swarm begins as the first is now, with the same past and the same noise to come.
    """
    two = len(sims) == 2
    if act == "show" and value in range(len(sims)):
        return sims, selections, value
    if act == "start" and not two:
        return [sims[0], sims[0].fork()], selections * 2, 1
    if act == "copy" and two:
        return [sims[0], sims[0].fork()], selections[:1] * 2, active
    if act == "swap" and two:
        return sims[::-1], selections[::-1], active
    if act == "end" and two:
        return [sims[active]], [selections[active]], 0
    return None


class CompareBar(pn.custom.JSComponent):
    """One button; while two swarms are compared, whose controls are shown (A or B), swap, copy A to B, and end.

    What was pressed arrives in ``on_act(act, value)``, with an act of ``ACTS``; ``show`` has the pane, 0 or 1.
    """

    panes = param.Integer(1, bounds=(1, 2), doc="How many swarms there are.")
    active = param.Integer(0, bounds=(0, 1), doc="The pane that the controls, the density and the curves belong to.")

    _esm, _stylesheets = component("compare")
    _debounce = 1

    def __init__(self, on_act: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_act = on_act

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("act") not in ACTS:
            return
        act, value = data["act"], data.get("value")
        if act != "show" or (isinstance(value, int) and not isinstance(value, bool)):
            self._on_act(act, value)
