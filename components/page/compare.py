"""The button that puts a second swarm beside the first, and what can then be done with the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
import param

from components.assets import component
from components.playback.pane import Parts
from swarmviz import Simulation
from swarmviz.drawing.differences import Difference, shortened

ACTS = ("start", "end", "show", "swap", "copy")
REPLACING = ("end", "copy")  # acts after which a run is gone
RunAndParts = tuple[Simulation, Parts]


def rearranged(act: str, value: Any, runs: list[RunAndParts], active: int) -> tuple[list[RunAndParts], int] | None:
    """The runs of the panes after an act, and the active one; None when it cannot be done now."""
    two = len(runs) == 2
    if act == "show" and value in range(len(runs)):
        return runs, value
    if act == "start" and not two:
        return [runs[0], _fork(*runs[0])], 1
    if act == "copy" and two:
        return [runs[0], _fork(*runs[0])], active
    if act == "swap" and two:
        return runs[::-1], active
    if act == "end" and two:
        return [runs[active]], 0
    return None


def _fork(sim: Simulation, parts: Parts) -> RunAndParts:
    """A second swarm that begins as the first is now, with the same past and the same noise to come."""
    return sim.fork(), dict(parts)


class CompareBar(pn.custom.JSComponent):
    """One button; while two swarms are compared, whose controls are shown (A or B), swap, copy A to B, and end.

    Under the buttons is the list of what the two differ in, folded to its number.

    A button that was pressed arrives in ``on_act(act, value)``, with an act of ``ACTS``; ``show`` has the pane, 0 or 1.
    """

    panes = param.Integer(1, bounds=(1, 2), doc="How many swarms there are.")
    active = param.Integer(0, bounds=(0, 1), doc="The pane that the controls, the density and the curves belong to.")
    differences = param.List([], doc="What the two differ in, each [symbol, value of A, value of B, meaning].")
    colours = param.List([], doc="The colours of A and B, those of their curves.")

    _esm, _stylesheets = component("compare")
    _debounce = 1

    def __init__(self, on_act: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_act = on_act

    def tell(self, differences: Sequence[Difference]) -> None:
        """What the two differ in from now on."""
        self.differences = [[d.symbol, shortened(d.of_a), shortened(d.of_b), d.meaning] for d in differences]

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("act") not in ACTS:
            return
        act, value = data["act"], data.get("value")
        if act != "show" or (isinstance(value, int) and not isinstance(value, bool)):
            self._on_act(act, value)
