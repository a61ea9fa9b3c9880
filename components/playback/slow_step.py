"""The slow step: the step of all agents shown term by term before it is taken.

A swarm that is played so stands at a step while the terms of that step appear, one stage after the other; then the step is taken, and the
stages of the next one follow. What is shown is what is taken: an edit meanwhile acts at the step that is shown, whose terms are explained
anew. The run knows nothing of it; after every step it is as :meth:`swarmviz.Simulation.advance` leaves it.
"""

from __future__ import annotations

import contextlib
import time
from enum import Enum
from typing import NamedTuple

from components.playback.panes import Panes
from swarmviz import Diverged, Simulation
from swarmviz.drawing.steps import StepsPicture, steps_picture
from swarmviz.dynamics import Dynamics
from swarmviz.dynamics.explain.terms import Term
from swarmviz.landscapes import Landscape

STAGE_S = 1 / 3  # so long each is seen; a step of two terms, and what they add up to, takes a second
MOST_AGENTS = 200  # of one swarm whose step is explained
MOST_S = 0.2  # for which all swarms of a picture are


class Mode(Enum):
    """Whether steps are shown so."""

    OFF = ""
    WALKING = "walking"
    HELD = "held"  # paused: what is shown stays in sight


class Look(NamedTuple):
    """What is to be seen of one swarm: ``stage`` is the place of the newest one, beyond the last: what all add up to."""

    picture: StepsPicture
    stage: int


class Explained(NamedTuple):
    """The step of one run, explained with what acts on it."""

    run: Simulation
    k: int
    dynamics: Dynamics
    landscape: Landscape
    picture: StepsPicture

    @property
    def holds(self) -> bool:
        """Whether the run's parameters are still those."""
        return self.run.dynamics.same_as(self.dynamics) and self.run.landscape.same_as(self.landscape)


class SlowStep:
    """Takes steps in stages. Its methods are called on the worker's thread, which alone moves the runs.

    Parameters
    ----------
    panes : Panes
        The runs. Each shows its own terms, all of them at the same pace.

    Attributes
    ----------
    mode : Mode
        Written by the page's thread.
    agent : int, optional
        One that is explained in any case; written by the page's thread.
    turn : int
        Another number whenever something else is to be seen.
    """

    def __init__(self, panes: Panes):
        self._panes = panes
        self.mode = Mode.OFF
        self.agent: int | None = None
        self.turn = 0
        self._explained: list[Explained] = []
        self._stage = 0
        self._stays = False  # the first stage, for another time: no step shall take less than that of three

    @property
    def walking(self) -> bool:
        """Whether steps are taken in stages."""
        return self.mode is Mode.WALKING

    def looks(self) -> list[Look]:
        """What is to be seen of every pane; empty: nothing."""
        return [Look(one.picture, self._stage) for one in self._explained]

    def advance(self) -> str:
        """Go on by one stage; why to pause, as :meth:`components.playback.panes.Panes.advance` says it."""
        with self._panes.lock:
            self._panes.take_edits()
        if not self._is_at(0):
            self._explain(0)
        elif not self._holds():
            self._explain(self._stage)
        elif self._stays:
            self._stays = False
        else:
            self._stage += 1
            self.turn += 1
            if self._stage >= max(len(one.picture.stages) for one in self._explained):
                return self._panes.advance(1)
        return ""

    def refresh(self) -> None:
        """Let go of what is over, and explain anew what was edited; to be called before each picture."""
        if self._is_at(0) and self.mode is not Mode.OFF:
            if not self._holds():
                self._explain(self._stage)
        elif self._explained and not (self.walking and self._is_at(1)):
            self._explained = []
            self.turn += 1

    def _is_at(self, steps: int) -> bool:
        """Whether the runs that are shown stand so many steps after what was explained."""
        runs = self._panes.sims
        pairs = zip(runs, self._explained, strict=False)
        return len(runs) == len(self._explained) and all(
            run is one.run and run.k == one.k + steps for run, one in pairs
        )

    def _holds(self) -> bool:
        return all(one.holds for one in self._explained)

    def _explain(self, stage: int) -> None:
        runs = self._panes.sims
        self._explained = [
            Explained(run, run.k, run.dynamics.copy(), run.landscape.copy(), self._picture(run, MOST_S / len(runs)))
            for run in runs
        ]
        self._stage, self.turn = stage, self.turn + 1
        self._stays = max(len(one.picture.stages) for one in self._explained) < 2

    def _picture(self, run: Simulation, seconds: float) -> StepsPicture:
        """The step that comes, of as many agents as there is time for; without stages where there is none."""
        n, until = run.frame.n, time.monotonic() + seconds
        found: dict[int, tuple[Term, ...]] = {}
        first = self.agent if self.agent is not None and self.agent < n else 0
        order = [first, *(agent for agent in range(n) if agent != first)][:MOST_AGENTS]
        with contextlib.suppress(Diverged, ValueError):  # the step itself will say it
            for agent, terms in zip(order, run.explain_each(order), strict=True):
                found[agent] = terms
                if time.monotonic() > until:
                    break
        return steps_picture(found, run.frame)
