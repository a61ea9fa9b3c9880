"""How far the swarm of a run is from its law, step by step: its positions are made again from the journal."""

from __future__ import annotations

import math
import time

import numpy as np

from swarmviz.drawing.density import taking_part
from swarmviz.drawing.law import Distances
from swarmviz.frame import Diverged
from swarmviz.laws import Reached
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.replay import RunSpec
from swarmviz.simulation import Simulation

MAX_SAMPLES = 128  # of a run; beyond, every second one is left out and fewer are taken from there on
MAX_LAG_STEPS = 32  # of the law of a visible run
MAX_DUE = 8  # values on the way to the visible step then


class DistanceSeries:
    """W₁ at the steps 0, ``every``, 2·``every``, …, or at some of them where the law comes late; each value follows from the run alone.

    Parameters
    ----------
    max_lag_steps : float
        By how much the law may be late with every value; beyond, some are left out, so that it keeps pace.

    Attributes
    ----------
    every : int
        Steps from one value to the next, at least; a power of two that grows with the run.
    """

    def __init__(self, max_lag_steps: float = MAX_LAG_STEPS) -> None:
        self._max_lag_steps = max_lag_steps
        self.every, self._ended_at = 1, math.inf  # the step at which it was seen that the swarm has diverged on the way
        self._values: list[tuple[int, float, float]] = []  # step, distance, expected distance
        self._swarm: Simulation | None = None  # the visible run again, on the thread of whoever asks
        self._changes, self._step_s = 1, 1e-4  # of the journal that it has taken; seconds per step, measured

    def next(self, k: int) -> int:
        """The step at which the next value is due, of a run that stands at step ``k``."""
        if not self._values:
            return 0
        last, apart = self._values[-1][0], self.every
        while k - last > max(self._max_lag_steps, MAX_DUE * apart):
            apart *= 2
        return (last // apart + 1) * apart

    @property
    def ended(self) -> bool:
        """Whether no value follows, because the swarm has diverged."""
        return self._ended_at < math.inf

    def cut(self, until: float) -> None:
        """The run was changed at step ``until``: forget what came after."""
        self._values = [value for value in self._values if value[0] <= until]
        last = self._values[-1][0] if self._values else 0
        while (
            self.every > 1 and last // (self.every // 2) < MAX_SAMPLES
        ):  # what is left of a long run has room for more again
            self.every //= 2
        if self._swarm is not None and self._swarm.k > until:
            self._swarm = None
        if until < self._ended_at:
            self._ended_at = math.inf

    def add(self, run: RunSpec, reached: Reached, seconds: float) -> bool:
        """Bring the swarm nearer to the step of :meth:`next`, at which the law has been ``reached``; whether the value is there now."""
        if not self._brought(run, reached.k, seconds) or self._swarm is None:
            return False
        frame, scheme, state = self._swarm.frame, reached.scheme, reached.state
        assert scheme is not None
        x = frame.x[taking_part(frame), 0]
        low, high = (float(side[0]) for side in self._swarm.landscape.limits(1))
        curve = curve_of(lambda at: scheme.cdf(state, at), low, high, scheme.atoms(state))
        self._values.append((reached.k, distance(x, curve), expected_distance(curve, max(len(x), 1))))
        while len(self._values) > MAX_SAMPLES:
            self.every *= 2
            self._values = [value for value in self._values if value[0] % self.every == 0]
        return True

    def known(self) -> Distances:
        """All values; arrays that never change."""
        k, measured, expected = np.array(self._values, float).reshape(-1, 3).T
        return Distances(k.astype(int), measured, expected)

    def _brought(self, run: RunSpec, k: int, seconds: float) -> bool:
        """Bring the swarm towards step ``k`` for about so long; whether it is there."""
        if self._swarm is None or self._swarm.k > k:
            first = run.journal[0]
            self._swarm = Simulation(first.dynamics.copy(), first.landscape.copy(), run.swarm.copy(), record_limit=2)
            self._changes = 1
        began, before = time.perf_counter(), self._swarm.k
        goal = min(k, before + max(1, int(seconds / self._step_s)))
        changes = run.journal.leading_to(goal)
        try:
            self._swarm.follow(changes[self._changes :], goal)
        except Diverged:
            self._ended_at, self._swarm = goal, None
            return False
        self._changes = len(changes)
        if goal > before:
            self._step_s = max((time.perf_counter() - began) / (goal - before), 1e-9)
        return goal == k
