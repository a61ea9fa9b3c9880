"""Large swarms: which of the dynamics have a kernel for a team of threads, and how it is called.

Such a kernel is a file of :mod:`swarmviz.dynamics.teams`, which is made of the dynamics' own, so this file stands between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from swarmviz.kernels.compiled import Kernel
from swarmviz.kernels.team import ENDED, Team, make_team
from swarmviz.kernels.team_sums import make_partial
from swarmviz.threads import THREADS

Advance = Callable[..., None]
LARGE: dict[type, Advance] = {}  # what advances runs of a large swarm, by the class of its dynamics


def advances(dynamics: type) -> Callable[[Advance], Advance]:
    """Decorator of the function that advances large swarms of a dynamics."""

    def keep(advance: Advance) -> Advance:
        LARGE[dynamics] = advance
        return advance

    return keep


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

        try:
            THREADS.together(part)
        finally:  # should the leader have had no memory, for example, nobody waits for its next phase
            team.opened[0] = ENDED
