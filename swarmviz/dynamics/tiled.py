"""A dynamics whose runs of small swarms go through a step side by side (:mod:`swarmviz.kernels.tiles`), with the bits of single runs.

Sums over few agents have an order of their own (:mod:`swarmviz.kernels.ordered_sums`), and what is done to an agent by itself is rounded
alike wherever it stands; but the latter is what compilers do, and no rule of theirs. So before a dynamics is given its first tile in a
process, a few steps are taken both ways, for numbers of agents that fill vectors in different ways; where one bit differs, its runs are
taken one by one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import BatchResult, StateBatch
from swarmviz.kernels.tiles import FEWEST_RUNS, LANES, MOST_AGENTS, MOST_RUNS, runs_per_tile
from swarmviz.landscapes.base import Landscape, MinimumAtOrigin, block
from swarmviz.parameters import Choice

TRIAL_STEPS = 4
TRIAL_RUNS = sum(LANES)  # a vector of each width that a tile may have
TRIAL_AGENTS = (3, 7, 8, 15, 16, 24, MOST_AGENTS)
TRIAL_ALPHA = 0.05  # no agent's weight is negligible then, so that the order of a sum shows


@block
def bowl(x, p, out):
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        for j in range(n):
            out[j] += x[i, j] * x[i, j]


@block
def bowl_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        for j in range(n):
            out[i, j] = 2.0 * x[i, j]


class Bowl(MinimumAtOrigin):
    """Where the trial takes place: enough for sums of numbers that have nothing in common."""

    title, low, high = "Bowl", -3.0, 3.0
    block_values, block_gradient = staticmethod(bowl), staticmethod(bowl_gradient)


class Tiled(Dynamics):
    """A dynamics that defines ``fits_tiles`` and ``advance_tiles`` in the place of ``advance_many``."""

    def fits_tiles(self, n: int) -> bool:
        """Whether swarms of ``n`` agents can go side by side, with the parameters as they are."""
        raise NotImplementedError

    def advance_tiles(
        self, states: StateBatch, landscape: Landscape, steps: int, every: int, start: bool, size: int
    ) -> BatchResult:
        """What ``advance_many`` does, ``size`` runs at a time, or one by one where it is 0."""
        raise NotImplementedError

    def runs_side_by_side(self, n, d):
        return max(1, runs_per_tile(MOST_RUNS, n, d)) if self.fits_tiles(n) else 1

    def advance_many(self, states, landscape, steps, every=1, start=False):
        batch = StateBatch.of(states)
        return self.advance_tiles(batch, landscape, steps, every, start, self._runs_per_tile(batch, landscape))

    def _runs_per_tile(self, batch: StateBatch, landscape: Landscape) -> int:
        """How many of these runs go side by side; 0 where they are taken one by one, as a run by itself is."""
        if len(batch) < FEWEST_RUNS or not (landscape.side_by_side and self.fits_tiles(batch.all.n)):
            return 0
        size, kind = runs_per_tile(len(batch), batch.all.n, batch.all.d), cast(Any, type(self))
        return size if size and tiles_agree(kind, choices_of(self)) else 0


def choices_of(dynamics: Tiled) -> tuple[tuple[str, str], ...]:
    """Which of its alternatives a dynamics follows: other equations, other loops."""
    return tuple(
        (name, getattr(dynamics, name)) for name, row in dynamics.declared().items() if isinstance(row, Choice)
    )


@functools.cache
def tiles_agree(dynamics: type[Tiled], choices: tuple[tuple[str, str], ...] = ()) -> bool:
    """Whether the runs of a tile have the bits of single runs on this processor, by trial; takes some hundredths of a second, once."""
    return all(tile_agrees(dynamics, n, dict(choices)) for n in TRIAL_AGENTS)


def tile_agrees(dynamics: type[Tiled], n: int, options: Mapping[str, Any]) -> bool:
    """The same for swarms of ``n`` agents with these parameters."""
    if "alpha" in dynamics.declared():
        options = {**options, "alpha": TRIAL_ALPHA}
    trial, landscape, seeds = dynamics(**options), Bowl(), np.arange(TRIAL_RUNS)
    x = np.random.default_rng(n).uniform(*landscape.box, (TRIAL_RUNS, n, 2))
    states = StateBatch.of(trial.init_many(x, landscape, seeds))
    outcomes = [trial.advance_tiles(states, landscape, TRIAL_STEPS, 1, True, size) for size in (TRIAL_RUNS, 0)]
    numbers = zip(*(_numbers(outcome) for outcome in outcomes), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in numbers)


def _numbers(outcome: BatchResult) -> list[np.ndarray]:
    """All that has come out."""
    return [outcome.tables, *(value for value in outcome.after.all if isinstance(value, np.ndarray))]
