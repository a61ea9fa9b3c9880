"""The call of a kernel by all threads of a team."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from swarmviz.kernels.compiled import Kernel
from swarmviz.kernels.team import Team, make_team
from swarmviz.kernels.team_sums import make_partial
from swarmviz.threads import THREADS


def advance_each(advance_part: Kernel, runs: Any, which: Iterable[int], phases: int, *arguments: Any) -> None:
    """Advance runs of a large swarm in place, one after the other, each with as many threads as are free.

    Parameters
    ----------
    advance_part : kernel (runs, r, team, partial, …)
        What each thread of the team is given.
    runs : pack
        With a row per run.
    which : iterable of int
        Their numbers.
    phases : int
        At most so many in a call.
    *arguments
        What else the kernel takes.
    """
    d = runs.x.shape[1] // runs.energy.shape[1]
    advance_part.compile()  # here, and not by each thread
    for r in which:
        team, partial = make_team(phases), make_partial(runs.energy.shape[1], d)

        def part(number: int, r: int = r, team: Team = team, partial: Any = partial) -> None:
            advance_part(runs, r, team._replace(part=number), partial, *arguments)

        THREADS.together(part)
