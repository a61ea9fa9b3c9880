"""The law of infinitely many agents of PSO: a large plain swarm, for (x, v, y), with its non-smooth memory y, has three dimensions."""

from __future__ import annotations

from swarmviz.laws.plain import Plain


class PSOLaw(Plain):
    """A large swarm, with the common best of all."""

    title = "Large swarm in the place of the law"
    reference = "003 eq. 5.1"

    def refusal(self, dynamics, landscape, swarm):
        if 0 < dynamics.batch < swarm.n:
            return f"The common best of M = {dynamics.batch} agents stays random, however many agents there are: there is no law."
        return ""

    def init(self, dynamics, landscape, swarm):
        return super().init(everyone(dynamics), landscape, swarm)

    def advance(self, state, dynamics, landscape, steps):
        return super().advance(state, everyone(dynamics), landscape, steps)


def everyone(dynamics):
    """The same dynamics without random batches: at least as large as the swarm, they are all of it, but not of the large one."""
    if dynamics.batch == 0:
        return dynamics
    other = dynamics.copy()
    other.batch = 0
    return other
