"""The buttons that put other swarms beside the first, and what can then be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
import param

from components.assets import component
from components.playback.pane import Parts
from swarmviz import Simulation
from swarmviz.drawing.comparison import MAX_COMPARED
from swarmviz.drawing.differences import Difference, shortened

ACTS = ("start", "end", "show", "swap", "copy", "remove")
REPLACING = ("end", "copy", "remove")  # acts after which a run is gone
ROOM = "wide"  # what the browser says of its window: whether there is room for more than two
RunAndParts = tuple[Simulation, Parts]


def rearranged(act: str, value: Any, runs: list[RunAndParts], active: int) -> tuple[list[RunAndParts], int] | None:
    """The runs of the panes after an act, and the active one; None when it cannot be done now.

    ``start`` adds a copy of the active one, which becomes the active one; ``copy`` makes the active one what the one at place ``value`` is,
    ``swap`` exchanges the two; ``remove`` takes the active one away, ``end`` all others.
    """
    count, others = len(runs), [place for place in range(len(runs)) if place != active]
    if act == "show" and value in range(count):
        return runs, value
    if act == "start" and count < MAX_COMPARED:
        return [*runs, _fork(*runs[active])], count
    if act == "end" and others:
        return [runs[active]], 0
    if act == "remove" and others:
        return [runs[place] for place in others], min(active, count - 2)
    other = others[0] if value is None and count == 2 else value
    if act in ("copy", "swap") and other in others:
        changed = list(runs)
        changed[active] = runs[other] if act == "swap" else _fork(*runs[other])
        if act == "swap":
            changed[other] = runs[active]
        return changed, active
    return None


def with_beside(runs: Sequence[Any], active: int, other: Any, room: int) -> tuple[Any, ...]:
    """These runs and another beside them; where there is no ``room``, in the place of the last that is not the active one.

    Of more than there is room for, which a link may have brought, none is taken away.
    """
    if len(runs) < room:
        return (*runs, other)
    place = max(place for place in range(len(runs)) if place != active)
    return (*runs[:place], other, *runs[place + 1 :])


def _fork(sim: Simulation, parts: Parts) -> RunAndParts:
    """A second swarm that begins as the first is now, with the same past and the same noise to come."""
    return sim.fork(), dict(parts)


class CompareBar(pn.custom.JSComponent):
    """One button; while swarms are compared, whose controls are shown (A to D), one more, swap, copy, remove, and end.

    More than two are offered where the window has room for them. Under the buttons is the list of what the swarms differ in, folded to its
    number.

    A button that was pressed arrives in ``on_act(act, value)``, with an act of ``ACTS``; ``show``, ``swap`` and ``copy`` have a pane, the
    first is 0.

    Attributes
    ----------
    wide : bool
        Whether the window has room for more than two.
    """

    panes = param.Integer(1, bounds=(1, MAX_COMPARED), doc="How many swarms there are.")
    active = param.Integer(
        0, bounds=(0, MAX_COMPARED - 1), doc="The pane that the controls, the density and the curves belong to."
    )
    differences = param.List([], doc="What they differ in, each [symbol, value of each swarm, meaning].")
    colours = param.List([], doc="The colours of A to D, those of their curves.")

    _esm, _stylesheets = component("compare")
    _debounce = 1

    def __init__(self, on_act: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_act, self.wide = on_act, False

    def tell(self, differences: Sequence[Difference]) -> None:
        """What they differ in from now on."""
        self.differences = [[d.symbol, [shortened(v) for v in d.values], d.meaning] for d in differences]

    def _handle_msg(self, data: Any) -> None:
        act, value = (data.get("act"), data.get("value")) if isinstance(data, dict) else (None, None)
        if act == ROOM:
            self.wide = value is True
        elif act in ACTS and (value is None or (isinstance(value, int) and not isinstance(value, bool))):
            self._on_act(act, value)
