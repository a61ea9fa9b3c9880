"""The slow step on the page: the stages of the step in the arenas of all panes; see :mod:`components.playback.slow_step`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from components.playback.slow_step import SlowStep
from components.views.arena.arena import Arena
from components.views.base import View
from swarmviz import Frame, Simulation


class SlowStepView(View):
    """The view of it; see :class:`components.views.base.View`.

    Parameters
    ----------
    slow : SlowStep
        What is to be seen.
    arenas : function () → sequence of Arena
        Of all panes.
    """

    def __init__(self, slow: SlowStep, arenas: Callable[[], Sequence[Arena]]):
        super().__init__(lambda: None)
        self._slow, self._arenas = slow, arenas
        self._painted = slow.turn

    def attach(self, run: Simulation) -> None:
        """Other runs, or figures: nothing is seen of a step until the next picture."""
        self._painted = -1
        for arena in self._arenas():
            arena.show_stage(None, 0, 0)

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any]:
        """What is to be seen in each arena."""
        return {"turn": self._slow.turn, "looks": self._slow.looks()}

    def paint(self, payload: dict[str, Any]) -> None:
        """Draw it, where it is not what is there."""
        if payload["turn"] == self._painted:
            return
        self._painted = payload["turn"]
        looks = payload["looks"]
        for place, arena in enumerate(self._arenas()):
            look = looks[place] if place < len(looks) else None
            arena.show_stage(look and look.picture, look.stage if look else 0, payload["turn"])
