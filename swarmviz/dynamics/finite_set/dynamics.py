r"""Swarm dynamics on a finite set (004): particles whose law descends a penalised cost.

Agents sit on the S states of a graph (:mod:`swarmviz.dynamics.finite_set.space`) and jump to neighbours. With ρ = the density of their
law with respect
to the uniform law μ, U the function to be minimised and L(x, y) = ℓ between neighbours,

    ρ̇(x) = Σ_y L(x, y) [β θ(ρ(x), ρ(y)) (U(y) − U(x)) + ρ(y) − ρ(x)]                         (1)  004 eq. 4.7, 5.1

is the gradient flow of 𝒰_β(ρ) = Σ μ (β U ρ + φ(ρ)) in a Wasserstein-like metric, and η_β, its minimiser, tends to the global
minimisers of U as β → ∞. Two processes have (1) as their law; the particles put their own empirical density in the place of ρ:

    first        jumps x → y at rate L(x, y)/ρ(x) (β θ (U(x) − U(y)) + ρ(x) − ρ(y))₊         (2)  004 eq. 4.23, 5.15
    second       jumps x → y at rate L(x, y) (1 + β θ/ρ(x) (U(x) − U(y))₊)                   (3)  004 eq. 4.28, 5.16
    hybrid       (1 − κ) (2) + κ (3)                                                         (4)  004 remark 5.10
    metropolis   jumps x → y at rate L(x, y) exp(−β (U(y) − U(x))₊): no interaction          (5)  004 appendix A

φ, θ, η_β and 𝒰_β are in :mod:`swarmviz.dynamics.finite_set.functions`, how the jumps are simulated in
:mod:`swarmviz.dynamics.finite_set.events`. With (5) the law
tends to Gibbs' law; η_β and 𝒰_β then stand for that law and for the free energy that it minimises. A step of the simulation is Δt of time;
simulated exactly, Δt only says how often one looks.

Every parameter is live, the graph and the number of states included: when these change, each agent goes to the state in whose cell it
lies. So nothing here needs a restart, and going back replays the change.

Recorded distances, with p the share of the agents on each state: |p − η_β|_1 = Σ_x |p(x) − μη_β(x)| ≤ 2, the L²(μ) distance of the
densities, and 2 (1 − p(M)), the L1 distance to the nearest law on the set M of global minimisers (a Dirac mass when there is one). φ(0) is
infinite, and so is 𝒰_β of a swarm that leaves a state empty; recorded is 𝒰_β with half an agent added to every state.

Code         paper  shape   meaning
agents              (N,)    agents in groups, see events
starts              (S+1,)  where the groups begin
sites               (S, d)  positions of the states
heights      U      (S,)    U at the states
beta, kappa  β, κ           inverse temperature, share of (3)
rate         ℓ              base rate between neighbours
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.kernels.packs import FINE
from swarmviz.dynamics.base import OneByOne
from swarmviz.dynamics.finite_set.events import MOST_EVENTS, TOO_MANY, U, exact_step, leap
from swarmviz.dynamics.finite_set.functions import cost, target
from swarmviz.dynamics.finite_set.space import GRAPHS, Space, space_of
from swarmviz.frame import TIED, Clock, Frame, Observable
from swarmviz.kernels.blocks import scratch
from swarmviz.kernels.compiled import inner, kernel, number, reals, table, types, whole, wholes, word
from swarmviz.parameters import Choice, Real, Whole

EXACT, LEAP = range(2)
METHODS = {"exact": EXACT, "tau_leap": LEAP}
SHARE = {"first": 0.0, "second": 1.0}  # κ of (4)
agent_numbers = types.int32[::1]


class State(NamedTuple):
    """Agents in groups (see :mod:`swarmviz.dynamics.finite_set.events`), the states and their U, the lowest U so far, the jumps so far."""

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    space: Space
    agents: np.ndarray
    starts: np.ndarray
    sites: np.ndarray
    heights: np.ndarray
    best: float
    transitions: int


@inner
def measure(starts, heights, eta, beta, m, metropolis, best, transitions, record, row):
    """Write the observables, in the order of ``FiniteSet.observables``, into a column of the record."""
    S, n, lowest = heights.size, starts[starts.size - 1], heights.min()
    tied = lowest + TIED * (heights.max() - lowest)
    mean, minimum, l1, squares, settled, energy = 0.0, np.inf, 0.0, 0.0, 0.0, 0.0
    for x in range(S):
        here = starts[x + 1] - starts[x]
        rho = here * (S / n)
        mean += rho * heights[x]
        minimum = heights[x] if here > 0 and heights[x] < minimum else minimum
        l1 += abs(rho - eta[x])
        squares += (rho - eta[x]) * (rho - eta[x])
        settled += rho if heights[x] <= tied else 0.0
        energy += cost((here + 0.5) * (S / (n + 0.5 * S)), heights[x], beta, m, metropolis)
    record[0, row] = mean / S
    record[1, row] = best
    record[2, row] = minimum
    record[3, row] = l1 / S
    record[4, row] = np.sqrt(squares / S)
    record[5, row] = 2.0 * (1.0 - settled / S)
    record[6, row] = energy / S
    record[7, row] = transitions


@kernel(
    whole(
        agent_numbers, wholes, reals, reals, wholes, wholes, wholes,  # agents, starts, heights, numbers, first, to, back
        whole, whole, whole, types.boolean, word,  # k, steps, every, start, seed
        reals, reals, number, number, number, types.boolean, whole, table,  # beta, kappa, m, rate, dt, metropolis, method, record
    )
)  # fmt: skip
def run(agents, starts, heights, numbers, first, to, back, k, steps, every, start, seed,
        beta, kappa, m, rate, dt, metropolis, method, record):  # fmt: skip
    """Advance the agents in place; ``numbers``: lowest U, jumps so far. Returns the step that has too many events, or FINE."""
    S, row, of, real = heights.size, 0, np.nan, np.float64
    site, q, out, eta = scratch(4 * S, real).reshape((S, 4)), scratch(to.size, real), scratch(S, real), scratch(S, real)
    spare = agents.size if method == LEAP else 0
    node, sorted_agents = np.empty(spare, np.int32), np.empty(spare, np.int32)
    best, transitions = numbers
    for x in range(S):
        site[x, U] = heights[x]
        best = heights[x] if starts[x + 1] > starts[x] and heights[x] < best else best
    for s in range(steps + 1):
        if s > 0:
            law, step = (beta[s - 1], beta[s], kappa[s - 1], kappa[s], m, metropolis), k + s - 1
            if method == LEAP:
                jumps, best = leap(
                    agents, starts, first, to, back, site, q, out, law, rate, dt, seed, step, best, node, sorted_agents
                )
            else:
                jumps, best = exact_step(agents, starts, first, to, back, site, q, out, law, rate, dt, seed, step, best)
            if jumps == TOO_MANY:
                return step
            transitions += jumps
        if (s > 0 or start) and (k + s) % every == 0:
            if beta[s] != of:
                target(heights, beta[s], m, metropolis, eta)
                of = beta[s]
            measure(starts, heights, eta, beta[s], m, metropolis, best, transitions, record, row)
            row += 1
    numbers[0], numbers[1] = best, transitions
    return FINE


class FiniteSet(OneByOne):
    """A swarm on the states of a graph: agents jump downhill and away from crowds, so that their law descends a penalised cost."""

    title = "Finite set"
    equation = (
        r"\dot\rho(x) = \sum_y L(x,y)\left[\beta\,\theta(\rho(x),\rho(y))\,(U(y)-U(x)) + \rho(y)-\rho(x)\right],"
        r"\qquad \theta(s,t) = \frac{s-t}{\varphi'(s)-\varphi'(t)}"
    )
    reference = "004 eq. 3.2, 4.1, 4.7, 4.23, 4.28, 5.15–5.16, remark 5.10, appendices A and B"
    on_finite_set = True

    graph = Choice(GRAPHS, symbol="G", doc="Which states are neighbours.")
    states = Whole(20, bounds=(2, 10_000), softbounds=(2, 400), scale="log", symbol="S",
                   doc="Number of states; in more than one dimension the largest lattice with no more of them.")  # fmt: skip
    degree = Real(
        3.0,
        bounds=(2, 20),
        symbol="⟨k⟩",
        used_when={"graph": ("random",)},
        doc="Mean number of neighbours on a random graph.",
    )
    wiring = Whole(
        0, bounds=(0, 1_000_000), symbol="w", used_when={"graph": ("random",)}, doc="Seed of the random graph."
    )
    generator = Choice({"first": "Agents jump where β U + φ'(ρ) falls; a state can be left only downhill of it.",
                        "second": "Agents wander everywhere, and downhill more often.",
                        "hybrid": "A mixture of the first and the second.",
                        "metropolis": "Classical annealing, agents without interaction, as a comparison."},
                       symbol="L_ρ", doc="How agents jump; the first three have the same law as N → ∞.")  # fmt: skip
    kappa = Real(0.5, bounds=(0, 1), symbol="κ", schedulable=True, used_when={"generator": ("hybrid",)},
                 doc="Share of the second generator in the hybrid one.")  # fmt: skip
    m = Real(-1.0, bounds=(-20, 0), inclusive_bounds=(True, False), softbounds=(-5, -0.1), symbol="m",
             used_when={"generator": ("first", "second", "hybrid")}, doc="Exponent of the entropy φ.")  # fmt: skip
    rate = Real(0.1, bounds=(0, 1e6), softbounds=(1e-2, 10), scale="log", symbol="ℓ",
                doc="Base rate of jumps between neighbours, each way.")  # fmt: skip
    beta = Real(5.0, bounds=(0, 1e6), softbounds=(0, 20), symbol="β", schedulable=True, group="Schedule",
                doc="Inverse temperature: the larger, the nearer the target law is to the global minimisers.")  # fmt: skip
    dt = Real(1.0, bounds=(0, 1e4), inclusive_bounds=(False, True), softbounds=(1e-2, 1e2), scale="log", symbol="Δt", group="Numerics",
              doc="Time per step.")  # fmt: skip
    method = Choice({"exact": "Every event in continuous time.",
                     "tau_leap": "At most one jump per agent and step: fast where many agents jump, exact for Δt → 0."},
                    symbol="method", group="Numerics", doc="How the jumps are simulated.")  # fmt: skip

    observables = (
        Observable("provisional_minimum", "⟨U⟩", "Mean of U over the agents, the provisional minimum"),
        Observable("best", "best U", "Lowest value met so far"),
        Observable("minimum", "min U", "Lowest value in the swarm"),
        Observable("target_distance", "|p − η|₁", "L1 distance to the target law η_β(t)", "distance", log=True),
        Observable(
            "target_distance_l2",
            "‖ρ − η‖₂",
            "L²(μ) distance of the density to that of the target law",
            "distance",
            log=True,
        ),
        Observable(
            "distance", "|p − δ|₁", "L1 distance to the nearest law on the global minimisers", "distance", log=True
        ),
        Observable("energy", "𝒰_β", "Penalised cost of the swarm's law, half an agent added to every state", "energy"),
        Observable("transitions", "jumps", "Jumps so far", "count"),
    )

    def space(self, d: int) -> Space:
        """The finite set and its graph in ``d`` dimensions, for the present parameters.

        Raises
        ------
        ValueError
            When the graph does not exist with so many states.
        """
        random = self.graph == "random"
        return space_of(self.graph, self.states, d, float(self.degree) if random else 0.0, self.wiring if random else 0)

    def init(self, x, landscape, seed):
        (n, d), space = x.shape, self.space(x.shape[1])
        agents, starts = _grouped(space.nearest(x, *landscape.limits(d)), space.states)
        sites = space.positions(*landscape.limits(d))
        return State(
            0, Clock(dt=float(self.dt)), seed, n, d, space, agents, starts, sites, _heights(landscape, sites), np.inf, 0
        )

    def advance(self, state, landscape, steps, every=1, start=False):
        d, clock, space = state.d, self._clock(state), self.space(state.d)
        beta, kappa = self._schedules(state, steps, "beta", "kappa")
        if self.generator in SHARE:
            kappa = np.full(steps + 1, SHARE[self.generator])
        recorded, table = self._blank_record(state, steps, every, start)
        agents, starts = state.agents.copy(), state.starts.copy()
        if space.key != state.space.key:
            agents, starts = _grouped(space.carried_from(state.space)[_nodes(agents, starts)], space.states)
        sites = space.positions(*landscape.limits(d))
        heights, numbers = _heights(landscape, sites), np.array([state.best, state.transitions], np.float64)
        step = run(
            agents, starts, heights, numbers, space.first, space.to, space.back, state.k, steps, every, start, state.seed,
            beta, kappa, self.m, self.rate, self.dt, self.generator == "metropolis", METHODS[self.method], table,
        )  # fmt: skip
        if step != FINE:
            raise ValueError(
                f"dt (Δt) = {self.dt:g}: step {step} has more than {MOST_EVENTS} jumps; shorten it or choose method = 'tau_leap'"
            )
        after = state._replace(
            k=state.k + steps, clock=clock, space=space, agents=agents, starts=starts, sites=sites, heights=heights,
            best=float(numbers[0]), transitions=int(numbers[1]),
        )  # fmt: skip
        return after, self._record(recorded, clock, table)

    def frame(self, state):
        node, share = _nodes(state.agents, state.starts), np.diff(state.starts) / state.n
        notes = (state.space.note,) if state.space.note else ()
        return Frame(state.k, float(state.clock.at(state.k)), state.sites[node], state.heights[node],
                     level=float(share @ state.heights), node=node, occupation=share, sites=state.sites, heights=state.heights,
                     links=state.space.links, notes=notes)  # fmt: skip


def _grouped(node: np.ndarray, states: int) -> tuple[np.ndarray, np.ndarray]:
    """(agents, starts) from the state of each agent, (N,)."""
    agents = np.argsort(node, kind="stable").astype(np.int32)
    return agents, np.concatenate([[0], np.cumsum(np.bincount(node, minlength=states))]).astype(np.int64)


def _nodes(agents: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The state of each agent, (N,), from the groups."""
    node = np.empty(len(agents), np.int64)
    node[agents] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return node


def _heights(landscape, sites: np.ndarray) -> np.ndarray:
    heights = landscape.values(sites)
    if not np.isfinite(heights).all():
        x = int(np.argmin(np.isfinite(heights)))
        raise ValueError(f"{landscape.title} has the value {heights[x]} at state {x}: U must be finite at every state")
    return heights
