r"""Error against N on a finite set: how far the shares p_N of N agents on the states are from their law p̄, over N.

    √(N E Σ_x (p_N(x) − p̄(x))²)                                               (1)

at one step. Where the agents scatter around their law as 1/√N, (1) is flat. Independent draws from p̄ have √(1 − Σ p̄²), and the
linear-noise law of the generator the root of the trace of its covariance C (:mod:`swarmviz.theory.finite_set_noise`): both have a formula
for the mean square, not for the mean of the root. The sum over the states is S times the integral over μ that 004 writes for uniform μ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.finite_set.dynamics import FiniteSet
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.law_error import Mean, mean_of


class OccupationLimit(NamedTuple):
    """The law of an agent on a finite set at a step.

    Attributes
    ----------
    shares : (S,)
        p̄.
    node : function ((N, d)) → (N,)
        The state in whose cell each place lies.
    scatter : float
        N E Σ(p_N − p̄)² as theory has it; NaN where it is not known.
    needed : float
        From how many agents on theory has it.
    draws : float
        Infinite, or the number of draws that stand for the initial law.
    """

    shares: np.ndarray
    node: Callable[[np.ndarray], np.ndarray]
    scatter: float
    needed: float
    draws: float


class OccupationErrors(NamedTuple):
    """Of swarms of ``n`` agents: Σ(p_N − p̄)² of each run (runs,), NaN where it was not finished; see :class:`OccupationLimit`."""

    n: int
    squares: np.ndarray
    finished: np.ndarray
    diverged: int

    @property
    def scaled(self) -> Mean:
        """(1) and its standard error, of a root by the slope of the root."""
        square = mean_of(self.n * self.squares)
        root = math.sqrt(square.value)
        return Mean(root, square.standard_error / (2 * root) if root > 0 else math.nan)


def is_on_states(dynamics: Dynamics) -> bool:
    """Whether the agents of a dynamics sit on the states of a finite set."""
    return isinstance(dynamics, FiniteSet)


def scaled_independent(shares: np.ndarray) -> float:
    """(1) of independent draws from the law with these ``shares`` (S,)."""
    return math.sqrt(max(1.0 - float(np.sum(shares**2)), 0.0))


def square_distance(node: np.ndarray, shares: np.ndarray) -> float:
    """Σ(p_N − p̄)² of agents on the states ``node`` (N,) to ``shares`` (S,)."""
    counted = np.bincount(node, minlength=len(shares)) / len(node)
    return float(np.sum((counted - shares) ** 2))


def occupation_errors(ensemble: Ensemble, limit: OccupationLimit) -> OccupationErrors:
    """How far the runs of an ensemble that has been run are from their law."""
    finals = ensemble.results.finals
    assert finals.final_positions is not None
    good = finals.finished & (finals.diverged_step < 0)
    squares = [
        square_distance(limit.node(x), limit.shares) if ok else math.nan
        for x, ok in zip(finals.final_positions, good, strict=True)
    ]
    n, diverged = ensemble.problem.swarm.n, int((finals.diverged_step >= 0).sum())
    return OccupationErrors(n, np.array(squares), finals.finished.copy(), diverged)
