"""The consensus point of a large swarm, from what its chunks have added up, for every dynamics that has one and a stall stop."""

from __future__ import annotations

import numpy as np

from swarmviz.dynamics.stall import watch
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.diagnostics import finish_consensus, note_consensus
from swarmviz.kernels.team_sums import LOWEST, add_sums, least_of


@inner
def form_consensus(run, moved, step, alpha, batch, stall, partial, sums, before):
    """ν of the agents as they are now, its ESS and the lowest value so far into the run.

    Returns how far ν has ``moved`` where the agents have taken a step, and counts it (:func:`swarmviz.dynamics.stall.watch`); else NaN. The
    last two are scratch.
    """
    nu, move = run.consensus, np.nan
    run.best[0] = min(run.best[0], least_of(partial, LOWEST))
    before[:] = nu
    add_sums(partial, nu.size, alpha, sums)
    run.effective[0] = finish_consensus(sums, nu)
    note_consensus(run, step, alpha, batch)
    if moved:
        move, run.still[0] = watch(nu, before, stall, run.still[0])
    return move
