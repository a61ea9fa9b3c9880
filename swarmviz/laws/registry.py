"""Which dynamics have a law of infinitely many agents, and why others have none."""

from __future__ import annotations

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.bgk import BGK
from swarmviz.dynamics.cbo import CBO
from swarmviz.dynamics.finite_set.dynamics import FiniteSet
from swarmviz.dynamics.fmc.dynamics import FMC
from swarmviz.dynamics.pso import PSO
from swarmviz.dynamics.sbgd import SBGD
from swarmviz.dynamics.ssa import SSA
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.base import LawScheme
from swarmviz.laws.bgk import BGKLaw
from swarmviz.laws.cbo import CBOLaw
from swarmviz.laws.fmc import FMCLaw
from swarmviz.laws.initial import initial_law
from swarmviz.laws.pso import PSOLaw
from swarmviz.laws.ssa import SSALaw
from swarmviz.swarm import Swarm

SCHEMES: dict[type[Dynamics], LawScheme] = {
    BGK: BGKLaw(),
    CBO: CBOLaw(),
    FMC: FMCLaw(),
    PSO: PSOLaw(),
    SSA: SSALaw(),
}
NONE: dict[type[Dynamics], str] = {
    SBGD: "SBGD has no law of infinitely many agents: every step removes at least one agent, so that a run is over after N steps or so.",
    FiniteSet: "On a finite set the law is a vector of probabilities, which the figure of the occupation shows beside the agents.",
}


def scheme_of(dynamics: Dynamics) -> LawScheme | None:
    """The scheme for a dynamics; None where there is none."""
    return SCHEMES.get(type(dynamics))


def refusal(dynamics: Dynamics, landscape: Landscape, swarm: Swarm) -> str:
    """Why there is no law of infinitely many agents for these parts, in one sentence; "" where there is one."""
    scheme = scheme_of(dynamics)
    if scheme is None:
        reason = f"The law of infinitely many agents is not computed for {dynamics.title}."
        return NONE.get(type(dynamics), reason)
    if swarm.d != 1:
        return f"The law of infinitely many agents is computed for d = 1 only; here d = {swarm.d}."
    try:
        landscape.require_dimension(1)
        initial_law(swarm, landscape)
    except ValueError as error:
        return str(error)
    return scheme.refusal(dynamics, landscape, swarm)
