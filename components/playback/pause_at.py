"""One step at which a run pauses by itself: its number, a time, a cost or a stall (003 §5); and whether a swarm has drawn together.

Events and thresholds are in :mod:`components.playback.pause_when`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz import Frame, Simulation

STALLED = 1e-4  # a move of the consensus smaller than this is none (003 §5)
KINDS = ("never", "k", "t", "evaluations", "stall")
REST_STEPS = 40  # without a move, after which nothing more is to be seen
NARROW = 0.02  # a spread below this, in half widths of the box, is none to the eye
LOOKED_AT = 1000  # agents, the first ones: they are as good as any


class PauseAt:
    """A condition of kind ``never``, ``k`` (at a step), ``t`` (at a time), ``evaluations`` (when so many values of F are spent) or
    ``stall`` (after that many steps without a move).
    """

    def __init__(self, kind: str = "never", at: float = math.inf):
        self.kind, self.at = kind, at
        self.restart()

    @classmethod
    def of(cls, kind: Any, at: Any) -> PauseAt:
        """From what was typed.

        Raises
        ------
        ValueError
            When the kind is unknown or ``at`` is no positive number.
        """
        if kind not in KINDS:
            raise ValueError(f"pause = {kind!r}: must be one of {', '.join(KINDS)}")
        if kind == "never":
            return cls()
        try:
            number = float(at)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"pause at {str(at)[:20]!r}: must be a number above 0") from None
        if not (math.isfinite(number) and number > 0):
            raise ValueError(f"pause at {at!r}: must be a finite number above 0")
        return cls(kind, number)

    def restart(self) -> None:
        """Forget the run so far."""
        self._still_since: int | None = None
        self._stood_at: np.ndarray | None = None
        self._passed = False

    def allowed(self, sim: Simulation, steps: int) -> int:
        """How many of the next steps may be taken before the condition is looked at; one that was passed already is ignored."""
        if self.kind == "k" and sim.k < self.at:
            steps = min(steps, math.ceil(self.at) - sim.k)
        if self.kind == "t" and sim.t < self.at and sim.k:
            steps = min(steps, max(1, math.ceil((self.at - sim.t) / (sim.t / sim.k) - 1e-9)))
        if self.kind == "evaluations" and (left := self.at - (sim.evaluations or 0)) > 0:
            swarm, differences = sim.initial_swarm, sim.landscape.values_per_gradient(sim.initial_swarm.d)
            most = sim.dynamics.cost_of_step(swarm.n).by_differences(differences)
            steps = min(steps, max(1, int(left // most.evaluations)))  # none of them but the last can reach it
        if self.kind == "stall":
            steps = min(steps, max(1, int(self.at // 10)))
        return steps

    def reached(self, sim: Simulation) -> str:
        """Why to pause now; empty to go on."""
        if self.kind == "k" and sim.k == math.ceil(self.at):
            return f"Paused at step {sim.k}."
        if self.kind == "t":
            before, self._passed = self._passed, sim.t >= self.at * (1 - 1e-12)
            return f"Paused at time {sim.t:.6g}." if self._passed and not before else ""
        if self.kind == "evaluations":
            spent, before = sim.evaluations or 0, self._passed
            self._passed = spent >= self.at
            return f"Paused after {spent:,} evaluations of F." if self._passed and not before else ""
        if self.kind == "stall":
            return self._stalled(sim)
        return ""

    def _stalled(self, sim: Simulation) -> str:
        place = _place(sim.frame)
        if self._stood_at is None or self._still_since is None or np.abs(place - self._stood_at).max() >= STALLED:
            self._stood_at, self._still_since = place, sim.k
        elif sim.k < self._still_since:  # it went back to where it stood already
            self._still_since = sim.k
        elif sim.k - self._still_since >= self.at:
            since, self._still_since = self._still_since, sim.k
            return f"Paused at step {sim.k}: the swarm has not moved since step {since}."
        return ""


class Rest:
    """Whether a swarm has drawn together: it has stalled as above for ``REST_STEPS`` steps, and its spread has come to rest as well.

    A consensus point may stand long before the agents have come to it, and while they fly apart.
    """

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget the run so far."""
        self._since: int | None = None
        self._looked = 0
        self._stood: np.ndarray | None = None

    def look(self, sim: Simulation) -> None:
        """Take note of where the swarm is now, a few times in ``REST_STEPS``."""
        k = sim.k
        if self._stood is not None and self._looked <= k < self._looked + REST_STEPS // 10:
            return
        went_back, self._looked = k < self._looked, k
        frame = sim.frame
        low, high = sim.landscape.limits(frame.x.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):  # a swarm that flies apart
            spread = np.maximum(frame.x[:LOOKED_AT].std(axis=0) / ((high - low) / 2), NARROW)
        stands = np.concatenate([_place(frame), spread])
        moved = self._stood is None or np.abs(stands - self._stood).max() >= STALLED
        if moved or went_back or not np.isfinite(stands).all():
            self._stood, self._since = stands, k

    def reached(self, sim: Simulation) -> bool:
        """Whether it stands at a step by which it has drawn together."""
        return self._since is not None and sim.k - self._since >= REST_STEPS


def _place(frame: Frame) -> np.ndarray:
    """Where a swarm is: its consensus point, without one the mean of its agents."""
    return np.array(frame.x.mean(axis=0) if frame.focus is None else frame.focus)
