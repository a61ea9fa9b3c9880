r"""Swarm dynamics on a finite set (004): particles whose law descends a penalised cost.

Agents sit on the S states of a graph (:mod:`swarmviz.dynamics.finite_set.space`) and jump to neighbours. With ρ = the density of their
law with respect
to μ, U the function to be minimised and L the base generator of the graph, reversible with respect to μ (μ = 1/S and L(x, y) = ℓ between
neighbours unless one chooses otherwise),

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

Recorded distances, with p the share of the agents on each state: |p − η_β|_1 = Σ_x |p(x) − μη_β(x)| ≤ 2, and 2 (1 − p(M)), that to the
nearest law on the set M of global minimisers (a Dirac mass when there is one); and the L²(μ) distances of the densities,

    ‖ρ − η_β‖² = Σ μ (ρ − η_β)²,    ‖ρ − δ‖² = Σ_{x∉M} μ ρ² + (1 − p(M))² / μ(M)          (6)

the second again to the nearest law on M. 004's figures show Σ (p − η)²/S, which is ‖ρ − η‖²/S². φ(0) is infinite, and so is 𝒰_β of a swarm
that leaves a state empty; recorded is 𝒰_β with half an agent added to every state. Metropolis agents descend F_φ for every φ (004
Proposition A.3, :mod:`swarmviz.theory.finite_set_metropolis`), with half an agent more, too:

    F_φ(ρ) = Σ μ η_β φ(ρ/η_β),    𝒰_β − min 𝒰_β for φ = φ_1                                         (7)

Code         paper  shape   meaning
agents              (N,)    agents in groups, see events
starts              (S+1,)  where the groups begin
sites               (S, d)  positions of the states
heights      U      (S,)    U at the states
beta, kappa  β, κ           inverse temperature, share of (3)
rate         ℓ              base rate between neighbours
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics, rows_of
from swarmviz.dynamics.batch import StateBatch
from swarmviz.dynamics.cost import Cost
from swarmviz.dynamics.equations.finite_set import EQUATIONS
from swarmviz.dynamics.explain import finite_set as explained
from swarmviz.dynamics.finite_set.edges import ROW_WITH_A_WAY_AROUND, EdgeList
from swarmviz.dynamics.finite_set.events import (
    MOST_EVENTS,
    TOO_MANY,
    Clocked,
    Graph,
    RateParams,
    exact_step,
    leap,
    make_rates,
)
from swarmviz.dynamics.finite_set.functions import entropy, target, usual_cost
from swarmviz.dynamics.finite_set.schedule_kernels import Course, course_of, range_within, turning_points
from swarmviz.dynamics.finite_set.space import GRAPHS, MEASURES, Space, space_of
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.events import NEW_BEST, Kind, leader_changed
from swarmviz.frame import EVALUATIONS, OF_EVENTS, TIED, Clock, Frame, Observable
from swarmviz.kernels.blocks import borrowed, run_of, scratch
from swarmviz.kernels.compiled import Reals, WholeRows, Wholes, inner, kernel, types
from swarmviz.kernels.elementary import elementary
from swarmviz.kernels.packs import FINE, Output, Steps, is_recorded
from swarmviz.parameters import Choice, Numbers, Real, Whole
from swarmviz.schedules import values_of

EXACT, LEAP = range(2)
METHODS = {"exact": EXACT, "tau_leap": LEAP}
SHARE = {"first": 0.0, "second": 1.0}  # κ of (4)

OBSERVABLES = (
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
    Observable("distance", "|p − δ|₁", "L1 distance to the nearest law on the global minimisers", "distance", log=True),
    Observable(
        "distance_l2",
        "‖ρ − δ‖₂",
        "L²(μ) distance of the density to that of the nearest law on the global minimisers",
        "distance",
        log=True,
    ),
    Observable("energy", "𝒰_β", "Penalised cost of the swarm's law, half an agent added to every state", "energy"),
    Observable(
        "excess",
        "𝒰_β − min 𝒰_β",
        "What the law descends at constant β, above its minimum: 𝒰_β, or F_φ of Metropolis agents",
        "excess",
        log=True,
    ),
    Observable("transitions", "jumps", "Jumps so far", "count"),
    Observable("leader", "leader", "The state that holds the most agents, the first of several", OF_EVENTS),
)
ROW = rows_of(OBSERVABLES)
EVENTS = (
    Kind(
        "found",
        "found",
        "More than half of the agents come to be on global minimisers",
        "distance",
        "below",
        lambda *run: 1.0,
    ),
    Kind(
        "lost", "lost", "After that, half of the agents or more are elsewhere", "distance", "leaves", lambda *run: 1.0
    ),
    NEW_BEST,
    leader_changed("Another state holds the most agents"),
    Kind("jump", "jump", "An agent jumps to another state", "transitions", "rises"),
)


class State(NamedTuple):
    """Agents in groups (see :mod:`swarmviz.dynamics.finite_set.events`), the states and their U; lowest U, jumps and evaluations so far.

    ``tabulated`` is the number of values of a U that is a table, else 0.
    """

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
    tabulated: int
    evaluations: int


class Runs(NamedTuple):
    """What a kernel advances: these fields of the State, a row per run."""

    seed: Wholes
    agents: Annotated[np.ndarray, types.int32[:, ::1]]
    starts: WholeRows
    best: Reals
    transitions: Wholes


class Params(NamedTuple):
    """The parameters that stay the same during a call."""

    m: float
    m2: float
    rate: float
    dt: float
    metropolis: bool
    method: int
    uniform: bool


class Schedules(NamedTuple):
    """The times of the steps k, k+1, …, k+steps and the values then."""

    time: Reals
    beta: Reals
    kappa: Reals


class Target(NamedTuple):
    """η_β (S,), the β that it is of, and min 𝒰_β: made once per kernel call, so that no step allocates."""

    eta: Reals
    beta: Reals
    least: Reals


@inner
def least_cost(heights, volume, eta, beta, params):
    """min 𝒰_β of the swarm, at η_β."""
    total = 0.0
    for x in range(heights.size):
        v = 1.0 if volume is None else volume[x]
        total += v * (beta * heights[x] * eta[x] + entropy(eta[x], params.m, params.m2))
    return total / heights.size


@inner
def relative_entropy(starts, volume, eta, params):
    """F_φ (7); infinite where η_β is 0 to all digits and φ grows faster than its argument."""
    S, total = eta.size, 0.0
    unit = S / (starts[S] + 0.5 * S)
    for x in range(S):
        v = 1.0 if volume is None else volume[x]
        share = (starts[x + 1] - starts[x] + 0.5) * unit
        total += v * eta[x] * entropy(share / (v * eta[x]), params.m, params.m2) if eta[x] > 0.0 else np.inf
    return total / S


@inner
def fullest(starts):
    """The state that holds the most agents, the first of several."""
    state = 0
    for x in range(1, starts.size - 1):
        if starts[x + 1] - starts[x] > starts[state + 1] - starts[state]:
            state = x
    return state


@inner
def measure(run, heights, volume, eta, beta, params, record, column):
    """Write the observables into a column of the record; sums are S times those over μ, None in place of a uniform one."""
    starts, m, m2, metropolis = run.starts, params.m, params.m2, params.metropolis
    S, n, lowest = heights.size, starts[starts.size - 1], heights.min()
    tied = lowest + TIED * (heights.max() - lowest)
    mean, minimum, l1, squares, settled, energy, minimisers, outside = 0.0, np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for x in range(S):
        v = 1.0 if volume is None else volume[x]
        here = starts[x + 1] - starts[x]
        rho = here * (S / n) / v
        mean += v * rho * heights[x]
        minimum = heights[x] if here > 0 and heights[x] < minimum else minimum
        l1 += v * abs(rho - eta[x])
        squares += v * (rho - eta[x]) * (rho - eta[x])
        if heights[x] <= tied:
            settled, minimisers = settled + v * rho, minimisers + v
        else:
            outside += v * rho * rho
        energy += v * usual_cost((here + 0.5) * (S / (n + 0.5 * S)) / v, heights[x], beta, m, metropolis)
    if not metropolis and (m2 != 2.0 or m >= 0.0):
        energy = 0.0
        for x in range(S):
            v = 1.0 if volume is None else volume[x]
            rho = (starts[x + 1] - starts[x] + 0.5) * (S / (n + 0.5 * S)) / v
            energy += v * (beta * heights[x] * rho + entropy(rho, m, m2))
    record[ROW.provisional_minimum, column] = mean / S
    record[ROW.best, column] = run.best[0]
    record[ROW.minimum, column] = minimum
    record[ROW.target_distance, column] = l1 / S
    record[ROW.target_distance_l2, column] = np.sqrt(squares / S)
    record[ROW.distance, column] = 2.0 * (1.0 - settled / S)
    record[ROW.distance_l2, column] = np.sqrt((outside + (S - settled) * (S - settled) / minimisers) / S)
    record[ROW.energy, column] = energy / S
    record[ROW.transitions, column] = run.transitions[0]
    record[ROW.leader, column] = fullest(starts)


@elementary
def step_of(run, k, s, params, schedules, beta, kappa, graph, rates):
    """The step that ends ``s`` steps after the call began, number ``k``; returns its jumps, or TOO_MANY."""
    betas, kappas = schedules.beta, schedules.kappa
    if params.method == LEAP:
        b, c = 0.5 * (betas[s - 1] + betas[s]), 0.5 * (kappas[s - 1] + kappas[s])
        return leap(
            run, k, params.dt, RateParams(b, b, c, params.m, params.m2, params.rate, params.metropolis), graph, rates
        )
    begin, end = schedules.time[s - 1], schedules.time[s]
    low, high = range_within(beta, begin, end, betas[s - 1], betas[s])
    least, most = range_within(kappa, begin, end, kappas[s - 1], kappas[s])
    span = Clocked(begin, params.dt, beta, kappa, low == high and least == most)
    law = RateParams(low, high, most, params.m, params.m2, params.rate, params.metropolis)
    return exact_step(run, k, span, law, graph, rates)


@inner(inline=True)
def set_target(heights, volume, beta, params, at):
    """η_β, and the least cost, unless they are there already."""
    if beta != at.beta[0]:
        target(heights, volume, beta, params.m, params.m2, params.metropolis, at.eta)
        at.beta[0] = beta
        at.least[0] = 0.0 if params.metropolis else least_cost(heights, volume, at.eta, beta, params)


@inner(inline=True)
def record_run(run, heights, volume, at, params, record, column):
    """A column of the record of one run."""
    measure(run, heights, volume, at.eta, at.beta[0], params, record, column)
    if params.metropolis:
        record[ROW.excess, column] = relative_entropy(run.starts, volume, at.eta, params)
    else:
        record[ROW.excess, column] = record[ROW.energy, column] - at.least[0]


@inner
def advance_together(runs, steps, params, schedules, beta, kappa, graph, volume, rates, at, output):
    """All runs, step by step, so that the law that they aim at is found once; ``volume`` is None where μ is uniform.

    A run in which a step has too many events ends there, and ``output.failures`` says in which step.
    """
    runs, schedules, beta, kappa = borrowed(runs), borrowed(schedules), borrowed(beta), borrowed(kappa)
    graph, rates, at, output = borrowed(graph), borrowed(rates), borrowed(at), borrowed(output)
    heights, failures, count, column = graph.heights, output.failures, runs.seed.size, 0
    failures[:] = FINE
    for r in range(count):
        run = run_of(runs, r)
        for x in range(heights.size):
            here = run.starts[x + 1] > run.starts[x]
            run.best[0] = heights[x] if here and heights[x] < run.best[0] else run.best[0]
    for s in range(steps.steps + 1):
        recording = is_recorded(steps, s)
        if recording:
            set_target(heights, volume, schedules.beta[s], params, at)
        for r in range(count):
            if failures[r, 0] == FINE:
                run, k = run_of(runs, r), steps.k + s - 1
                jumps = step_of(run, k, s, params, schedules, beta, kappa, graph, rates) if s > 0 else 0
                if jumps == TOO_MANY:
                    failures[r, 0] = k
                else:
                    run.transitions[0] += jumps
                    if recording:
                        record_run(run, heights, volume, at, params, output.records[r], column)
        column += recording


@kernel
def advance_runs(
    runs: Runs,
    steps: Steps,
    params: Params,
    schedules: Schedules,
    beta: Course,
    kappa: Course,
    graph: Graph,
    output: Output,
) -> None:
    """Advance the runs in place, together."""
    heights = graph.heights
    rates = make_rates(heights, graph.to.size, runs.agents.shape[1] if params.method == LEAP else 0)
    at = Target(scratch(heights.size, np.float64), np.full(1, np.nan), np.zeros(1))
    if params.uniform:  # a compiled version of its own, with the bits of before there was another μ
        advance_together(runs, steps, params, schedules, beta, kappa, graph, None, rates, at, output)
    else:
        advance_together(runs, steps, params, schedules, beta, kappa, graph, graph.volume, rates, at, output)


class FiniteSet(Dynamics):
    """A swarm on the states of a graph: agents jump downhill and away from crowds, so that their law descends a penalised cost."""

    title = "Finite set"
    counts_costs = True
    equation = (
        r"\dot\rho(x) = \sum_y L(x,y)\left[\beta\,\theta(\rho(x),\rho(y))\,(U(y)-U(x)) + \rho(y)-\rho(x)\right],"
        r"\qquad \theta(s,t) = \frac{s-t}{\varphi'(s)-\varphi'(t)}"
    )
    reference = "004 eq. 3.2, 4.1, 4.7, 4.23, 4.28, 5.15–5.16, remark 5.10, appendices A and B"
    on_finite_set = True

    graph = Choice(GRAPHS, symbol="G", label="Graph", doc="Which states are neighbours.")
    edges = EdgeList(ROW_WITH_A_WAY_AROUND, symbol="E", label="Links", used_when={"graph": ("own",)},
                     doc="Links of one's own graph, each with two states, counted from 0, and a weight where it is not 1.")  # fmt: skip
    states = Whole(20, bounds=(2, 10_000), softbounds=(2, 400), scale="log", symbol="S", label="States",
                   used_when={"graph": tuple(name for name in GRAPHS if name != "own")},
                   doc="Number of states; in more than one dimension the largest lattice with no more of them.")  # fmt: skip
    degree = Real(
        3.0,
        bounds=(2, 20),
        symbol="⟨k⟩",
        label="Mean degree",
        used_when={"graph": ("random",)},
        doc="Mean number of neighbours on a random graph.",
    )
    wiring = Whole(
        0,
        bounds=(0, 1_000_000),
        symbol="w",
        label="Graph seed",
        used_when={"graph": ("random",)},
        doc="Seed of the random graph.",
    )
    measure = Choice(MEASURES, symbol="μ", label="Base law", doc="The law to which the base generator is reversible.")
    mu = Numbers(1.0, bounds=(1e-6, 1e6), lengths=(1, 10_000), alone=True,
                 symbol="μ(x)", label="Own base law", used_when={"measure": ("own",)},
                  doc="Numbers in proportion to μ, one per state; one number stands for all.")  # fmt: skip
    generator = Choice({"first": "Agents jump where β U + φ'(ρ) falls; a state can be left only downhill of it.",
                        "second": "Agents wander everywhere, and downhill more often.",
                        "hybrid": "A mixture of the first and the second.",
                        "metropolis": "Classical annealing, agents without interaction, as a comparison."},
                       symbol="L_ρ", label="Generator", doc="How agents jump; the first three have the same law as N → ∞.")  # fmt: skip
    kappa = Real(0.5, bounds=(0, 1), symbol="κ", label="Second's share", schedulable=True, used_when={"generator": ("hybrid",)},
                 doc="Share of the second generator in the hybrid one.")  # fmt: skip
    m = Real(-1.0, bounds=(-20, 1), softbounds=(-5, 1), symbol="m", label="Entropy < 1",
             doc="Exponent of the entropy φ at densities below 1; 004 proves its theorems for m < 0. Metropolis agents descend F_φ "
                 "whatever φ is.")  # fmt: skip
    m2 = Real(2.0, bounds=(1, 20), softbounds=(1, 4), symbol="m₂", label="Entropy > 1",
              doc="Exponent of φ at densities above 1; 2 in 004's theorems. With m = m₂ = 1 the target is Gibbs' law.")  # fmt: skip
    rate = Real(0.1, bounds=(0, 1e6), softbounds=(1e-2, 10), scale="log", symbol="ℓ", label="Jump rate",
                doc="Base rate of jumps between neighbours, each way; the mean over states where μ is not uniform.")  # fmt: skip
    beta = Real(5.0, bounds=(0, 1e6), softbounds=(0, 20), symbol="β", label="Inverse temp.", schedulable=True, group="Schedule",
                doc="Inverse temperature: the larger, the nearer the target law is to the global minimisers.")  # fmt: skip
    dt = Real(1.0, bounds=(0, 1e4), inclusive_bounds=(False, True), softbounds=(1e-2, 1e2), scale="log",
              symbol="Δt", label="Time step", group="Numerics",
              doc="Time per step.")  # fmt: skip
    method = Choice({"exact": "Every event in continuous time.",
                     "tau_leap": "At most one jump per agent and step: fast where many agents jump, exact for Δt → 0."},
                    symbol="method", label="Method", rare=True, group="Numerics", doc="How the jumps are simulated.")  # fmt: skip

    observables, equations, events = (*OBSERVABLES, EVALUATIONS), EQUATIONS, EVENTS
    map_axes = MapAxis("beta", 0.0, 20.0), MapAxis("rate", 0.01, 10.0)

    def space(self, d: int) -> Space:
        """The finite set and its graph in ``d`` dimensions, for the present parameters.

        Raises
        ------
        ValueError
            When the graph does not exist with so many states, or μ(x) is not given for each.
        """
        random, own = self.graph == "random", self.graph == "own"
        return space_of(
            self.graph,
            0 if own else self.states,
            d,
            float(self.degree) if random else 0.0,
            self.wiring if random else 0,
            self.edges if own else (),
            self.measure,
            self.mu if self.measure == "own" else 1.0,
        )

    def init_many(self, x, landscape, seeds):
        (runs, n, d), space = x.shape, self.space(x.shape[2])
        node = space.nearest(x.reshape(runs * n, d), *landscape.limits(d)).reshape(runs, n)
        agents, starts = _grouped(node, space.states)
        sites = space.positions(*landscape.limits(d))
        fields = _common(runs, space, sites, _heights(landscape, sites), landscape.tabulated)
        fields |= {
            "agents": agents,
            "starts": starts,
            "best": np.full(runs, np.inf),
            "transitions": np.zeros(runs, int),
            "evaluations": np.zeros(runs, int),
        }
        return StateBatch(State(0, Clock(dt=float(self.dt)), seeds, n, d, **fields))

    def advance_many(self, states, landscape, steps, every=1, start=False):
        state = StateBatch.of(states).all
        count, d, call, space = len(state.seed), state.d, Steps(state.k, steps, every, start), self.space(state.d)
        agents, starts, former = state.agents.copy(), state.starts.copy(), state.space[0] if count else space
        if space.key != former.key:
            moved = space.carried_from(former)
            agents, starts = _grouped(
                np.array([moved[_nodes(*run)] for run in zip(agents, starts, strict=True)]), space.states
            )
        schedules, beta, kappa = self._in_time(state, steps)
        sites, output = space.positions(*landscape.limits(d)), self._output(count, call)
        heights = _heights(landscape, sites)
        common = _common(count, space, sites, heights, landscape.tabulated)
        runs = Runs(state.seed, agents, starts, state.best.copy(), state.transitions.copy())
        metropolis, uniform = self.generator == "metropolis", bool((space.volume == 1.0).all())
        params = Params(self.m, self.m2, self.rate, self.dt, metropolis, METHODS[self.method], uniform)
        graph = Graph(space.first, space.to, space.back, space.weight, space.volume, heights)
        advance_runs(runs, call, params, schedules, beta, kappa, graph, output)
        failed = output.failures[:, 0] != FINE
        if failed.any():
            step = output.failures[failed, 0][0]
            raise ValueError(
                f"dt (Δt) = {self.dt:g}: step {step} has more than {MOST_EVENTS} jumps; shorten it or choose method = 'tau_leap'"
            )
        return self._result(state, call, output, landscape, **runs._asdict(), **common)

    def cost_of_step(self, n):
        """At most: one jump of each agent in a leap, all that one step may have in continuous time; the kernel counts the jumps."""
        return Cost(n if self.method == "tau_leap" else MOST_EVENTS)

    def _spent(self, state, changed, output, k):
        """U where each agent begins, and where a jump ends.

        U of the neighbours, by which the rates are known, is not counted: it is a table of S values, made once.
        """
        jumps = np.column_stack([output.records[:, ROW.transitions].astype(int), changed["transitions"]])
        return {"evaluations": self.cost_of_start(state.n).evaluations + jumps}

    def _in_time(self, state, steps: int) -> tuple[Schedules, Course, Course]:
        """β and κ at the next steps and as functions of time, each checked against its range."""
        times = self._clock(state).at(np.arange(state.k, state.k + steps + 1))
        values, courses = [], []
        for name, value in (("beta", self.beta), ("kappa", SHARE.get(self.generator, self.kappa))):
            checked = np.append(times, turning_points(value, times[0], times[-1]))
            used = values_of(self, name, checked) if value is getattr(self, name) else np.full(len(checked), value)
            values.append(used[: len(times)].copy())
            courses.append(course_of(value, times, values[-1]))
        return Schedules(times, values[0], values[1]), courses[0], courses[1]

    def positions(self, states):
        return np.array([self.frame(state).x for state in states])

    def terms(self, state, landscape, agent):
        return explained.terms(self, state, landscape, agent)

    def frame(self, state):
        node, share = _nodes(state.agents, state.starts), np.diff(state.starts) / state.n
        notes = tuple(note for note in (state.space.note, _note(state.tabulated, state.space.states)) if note)
        return Frame(state.k, float(state.clock.at(state.k)), state.sites[node], state.heights[node],
                     level=float(share @ state.heights), node=node, occupation=share, sites=state.sites, heights=state.heights,
                     links=state.space.links, notes=notes)  # fmt: skip


def _grouped(node: np.ndarray, states: int) -> tuple[np.ndarray, np.ndarray]:
    """(agents, starts) of each run from the state of each agent, (runs, N)."""
    runs = len(node)
    counts = np.bincount((node + states * np.arange(runs)[:, None]).ravel(), minlength=runs * states)
    starts = np.zeros((runs, states + 1), np.int64)
    np.cumsum(counts.reshape(runs, states), axis=1, out=starts[:, 1:])
    return np.argsort(node, axis=1, kind="stable").astype(np.int32), starts


def _nodes(agents: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The state of each agent of one run, (N,), from the groups."""
    node = np.empty(len(agents), np.int64)
    node[agents] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return node


def _common(runs: int, space: Space, sites: np.ndarray, heights: np.ndarray, tabulated: int) -> dict[str, Any]:
    """Fields of the State that are the same for all runs, with an axis of runs."""
    return {
        "space": np.fromiter([space] * runs, object, runs),
        "sites": np.broadcast_to(sites, (runs, *sites.shape)),
        "heights": np.broadcast_to(heights, (runs, *heights.shape)),
        "tabulated": np.full(runs, tabulated),
    }


def _note(tabulated: int, states: int) -> str:
    """What a person should know when U is a table that has not a value for each state, else empty."""
    return (
        f"U is a table of {tabulated} values, interpolated at {states} states" if tabulated not in (0, states) else ""
    )


def _heights(landscape, sites: np.ndarray) -> np.ndarray:
    heights = landscape.values(sites)
    if not np.isfinite(heights).all():
        x = int(np.argmin(np.isfinite(heights)))
        raise ValueError(f"{landscape.title} has the value {heights[x]} at state {x}: U must be finite at every state")
    return heights
