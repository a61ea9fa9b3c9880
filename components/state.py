"""What a visit shows, as data: runs, how they are played and how they are looked at. Links hold it; the form and the player show it."""

from __future__ import annotations

from typing import Any, NamedTuple

from swarmviz.dynamics import Dynamics
from swarmviz.landscapes import Landscape
from swarmviz.presets import Preset, opening
from swarmviz.replay import RunSpec
from swarmviz.swarm import Swarm

NEVER = ("never", None)  # the stop of a visit that goes on


class Selection(NamedTuple):
    """The choices of one pane: the three parts of a simulation and the speed in steps per second (None: as fast as it goes)."""

    dynamics: Dynamics
    landscape: Landscape
    swarm: Swarm
    speed: float | None


class VisitState(NamedTuple):
    """One run, or two that are compared, and how they are shown."""

    runs: tuple[RunSpec, ...]
    speed: float | None
    draw_every: int = 1  # pictures of every nth step
    stop: tuple[str, float | None] = (
        NEVER  # kind of components.playback.pause_at, at which a run pauses by itself, and its number
    )
    views: Any = None  # options of views that are not the defaults, by name; None says nothing of them

    @property
    def selection(self) -> Selection:
        """The choices of the first run."""
        return self.selections[0]

    @property
    def selections(self) -> list[Selection]:
        """The choices of every run."""
        return [Selection(run.now.dynamics, run.now.landscape, run.swarm, self.speed) for run in self.runs]


def first(name: str, pictures_per_second: float = 30.0) -> Selection:
    """The selection that a dynamics opens with."""
    return of_preset(opening(name), pictures_per_second)


def of_preset(preset: Preset, pictures_per_second: float = 30.0) -> Selection:
    """The selection of a preset."""
    return Selection(*preset.build(), preset.pace * pictures_per_second)


def swarm_on(landscape: Landscape, swarm: Swarm) -> Swarm:
    """The swarm as it can start on another landscape: a dimension that exists there, and a law that is not tied to the old box."""
    swarm = swarm.copy()
    smallest, largest = landscape.dims
    swarm.d = max(smallest, min(swarm.d, largest or swarm.d))
    if swarm.initial in ("box", "points", "gaussian") or not len(landscape.minimisers(swarm.d)):
        swarm.initial = "uniform"
    return swarm


def state_of(selection: Selection) -> VisitState:
    """A selection at step 0."""
    return VisitState((RunSpec.at_start(*selection[:3]),), selection.speed)
