"""Theory of SSA and its relatives (002)."""

from __future__ import annotations

import numpy as np

from swarmviz.dynamics.annealing import SSA
from swarmviz.theory import Target, target_of


@target_of(SSA)
def gibbs_target(simulation) -> Target | None:
    """Langevin's stationary law ∝ exp(−F/λ) (002 §1.1, §4), for constant noise."""
    dynamics, landscape = simulation.dynamics, simulation.landscape
    if dynamics.profile != "constant" or dynamics.lam == 0:
        return None

    def density(X: np.ndarray) -> np.ndarray:
        f = landscape.values(X)
        return np.exp(-(f - f.min()) / dynamics.lam)

    return Target(
        "Gibbs law exp(−F/λ)", "002 §4, eq. 4.3", density, True, "Stationary law of the Langevin dynamics, for Δt → 0"
    )
