r"""The stall stop of 003 §5, for every dynamics with a consensus point ν.

    c_k = c_{k−1} + 1 if |(ν_k − ν_{k−1})/h| < δ_stall, else 0                         (1)
    the swarm stands still from the first step with c_k > n_stall on                   (2)

|·| is the Euclidean norm (003 §3.1) and n_stall must be exceeded ("more than", 003 §5). h is half the width of the landscape's box along
each axis, because 003 measures in [−1, 1]^d. The kernels count (1) and stop moving the swarm at (2), so that a stopped run is the same run
however its steps were batched and costs next to nothing; step and time go on. Off with n_stall = 0.

Code             paper     meaning
still            counter   c in the state and in the record
stall_steps      n_stall   003 §5: 500
stall_tolerance  δ_stall   003 §5: 1e-4
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.kernels.compiled import Reals, inner
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Real, Whole


class Stall(NamedTuple):
    """The stall stop as the kernels see it: n_stall, δ_stall, h (d,)."""

    steps: int
    tolerance: float
    half: Reals


@inner
def has_stalled(still, stall):
    """(2)."""
    return 0 < stall.steps < still


@inner
def watch(nu, before, stall, still):
    """How far the consensus point moved, in half widths of the box, and the count (1)."""
    squares = 0.0
    for i in range(nu.size):
        step = (nu[i] - before[i]) / stall.half[i]
        squares += step * step
    move = math.sqrt(squares)
    return move, still + 1 if move < stall.tolerance else 0


def half_widths(landscape: Landscape, d: int) -> np.ndarray:
    """h, shape (d,)."""
    low, high = landscape.limits(d)
    return (high - low) / 2


class Stalling(Dynamics):
    """A dynamics whose State counts in ``still`` for how many steps its consensus point has hardly moved."""

    stall_steps = Whole(0, bounds=(0, 10_000_000), softbounds=(0, 1000), symbol="n_stall", label="Stall steps", rare=True, group="Numerics",
                        doc="Stop after more than so many steps in a row in which the consensus point hardly moved; 0: never.")  # fmt: skip
    stall_tolerance = Real(1e-4, bounds=(0, 1), softbounds=(1e-8, 1e-1), scale="log",
                           symbol="δ_stall", label="Stall distance", rare=True, group="Numerics",
                           doc="What hardly moved means: a shorter distance than this, in half widths of the box.")  # fmt: skip

    @classmethod
    def declared(cls):
        """The stall stop comes after what the dynamics itself declares."""
        every = super().declared()
        last = {name: every.pop(name) for name in ("stall_steps", "stall_tolerance")}
        return every | last

    def stalled(self, state: Any) -> bool:
        """Whether the stall stop has been reached; of the State of a batch an array (runs,)."""
        return (self.stall_steps > 0) & (state.still > self.stall_steps)

    def _last_step(self, state, changed, end):
        """A swarm that stands still evaluates nothing: its last consensus was formed at the last step that it took."""
        return np.maximum(changed["consensus_step"], state.k)

    def _stall(self, landscape: Landscape, d: int) -> Stall:
        return Stall(self.stall_steps, self.stall_tolerance, half_widths(landscape, d))

    def moved_to(self, state: Any, landscape: Landscape) -> Any:
        return super().moved_to(state, landscape)._replace(still=0)

    def _stall_notes(self, state: Any) -> tuple[str, ...]:
        if not self.stalled(state):
            return ()
        return (
            f"stalled: the consensus point moved less than {self.stall_tolerance:g} half widths of the box in each of "
            f"more than {self.stall_steps} steps, so the swarm stopped; 0 steps to a stall would let it go on",
        )
