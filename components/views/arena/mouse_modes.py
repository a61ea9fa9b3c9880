"""What a click in the arena means: nothing, the place of the swarm, the place of one agent, or a well that comes or goes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from components.views.buttons import ButtonRow
from swarmviz import Simulation, Swarm
from swarmviz.drawing.landscape import slice_point
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Described

SPREAD = 0.1  # of half the box: how wide a swarm is that was placed by a click
LOOK = ["look", "Look", "Hover over an agent to read its numbers; click on it for its next step, term by term"]
PLACE = [
    ["swarm", "Place swarm", "Click where the swarm shall start; the run begins anew"],
    ["agents", "Place agents", "Each click adds an agent; the run waits at step 0"],
]
WELLS = ["wells", "Wells", "Drag a well to move it, click beside it to add one, click on it to remove it"]


def whole_point(place: np.ndarray, landscape: Landscape, d: int) -> list[float]:
    """The point in d dimensions that lies under a click in the drawn coordinates, rounded to as many digits as one would write."""
    point = np.array(slice_point(landscape, d)[0], float) if d > len(place) else np.zeros(d)
    point[: len(place)] = place
    low, high = landscape.limits(d)
    digits = max(0, 3 - int(np.floor(np.log10((high - low).min()))))
    return np.clip(point, low, high).round(digits).tolist()


def swarm_at(swarm: Swarm, landscape: Landscape, place: np.ndarray) -> Swarm:
    """The swarm that starts around a click."""
    low, high = landscape.limits(swarm.d)
    spread = swarm.spread if swarm.initial == "gaussian" else float(f"{SPREAD * (high - low).min() / 2:.2g}")
    placed = swarm.copy()
    placed.param.update(initial="gaussian", centre=whole_point(place, landscape, swarm.d), spread=spread)
    return placed


def with_agent_at(swarm: Swarm, landscape: Landscape, place: np.ndarray) -> Swarm:
    """The swarm with one more agent, of those that were placed by clicks; the smallest swarm has two."""
    before = list(swarm.points or ()) if swarm.initial == "points" else []
    points = [*([*p] for p in before), whole_point(place, landscape, swarm.d)]
    placed = swarm.copy()
    placed.param.update(initial="points", points=points, n=max(2, len(points)))
    return placed


class MouseModes:
    """The modes of the mouse over the arena.

    Parameters
    ----------
    on_swarm : function (swarm, playing)
        The run shall begin anew with this swarm.
    on_landscape : function (landscape, final)
        The landscape was changed with the mouse; ``final`` when the button was let go.

    Attributes
    ----------
    on_mode : function (name)
        Called when another mode is chosen.
    """

    def __init__(self, on_swarm: Callable[[Swarm, bool], None], on_landscape: Callable[[Landscape, bool], None]):
        self._on_swarm, self._on_landscape = on_swarm, on_landscape
        self.on_mode: Callable[[str], None] = lambda mode: None
        self.buttons = ButtonRow(
            lambda what: self.on_mode(self.buttons.value), value="look", label="what the mouse does"
        )

    @property
    def looking(self) -> bool:
        """Whether a click changes nothing."""
        return self.buttons.value == LOOK[0]

    def begin_wells(self) -> None:
        """Somebody begins to move, add and remove wells."""
        if self.buttons.value != WELLS[0] and WELLS in self.buttons.choices:
            self.buttons.value = WELLS[0]
            self.on_mode(WELLS[0])

    def attach(self, sim: Simulation) -> None:
        """Offer what can be done with this run."""
        places = sim.frame.node is None
        choices = [LOOK, *(PLACE if places else []), *([WELLS] if len(sim.landscape.handles(sim.frame.d)) else [])]
        if self.buttons.choices != choices:
            self.buttons.choices = choices
        if self.buttons.value not in [name for name, *_ in choices]:
            self.buttons.value = "look"
            self.on_mode("look")

    def handle_event(self, parts: dict[str, Described], act: str, handle: int, place: np.ndarray) -> None:
        """A click or a drag in the arena of a pane with these parts.

        Raises
        ------
        ValueError
            When the landscape refuses it, for example to lose its last well.
        """
        swarm, landscape, mode = parts["swarm"], parts["landscape"], self.buttons.value
        point = whole_point(place, landscape, swarm.d)
        if act in ("dragged", "dropped"):
            self._on_landscape(landscape.with_handle_moved(handle, point), act == "dropped")
        elif mode == "wells":
            self._on_landscape(landscape.without_handle(handle) if handle >= 0 else landscape.with_handle(point), True)
        elif mode == "swarm":
            self._on_swarm(swarm_at(swarm, landscape, place), True)
        elif mode == "agents":
            self._on_swarm(with_agent_at(swarm, landscape, place), False)
