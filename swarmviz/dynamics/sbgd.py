r"""Swarm-based gradient descent (SBGD): mass decides how long a step an agent dares, and mass flows to the lowest agent.

    η_n  = ((F(X_n) − F₋) / (F₊ − F₋))^p,   F₋ = min F, F₊ = max F                  (1)  Lu, Tadmor, Zenginoglu 2024; 002 eq. SBGD
    m_n⁺ = m_n − η_n m_n;  what the others shed goes to the agent at F₋             (2)
    an agent with m_n⁺ < tol/N is removed, its mass goes to the agent at F₋         (3)
    m̃_n  = m_n⁺ / max m⁺                                                            (4)
    X_n⁺ = Π(X_n − h ∇F(X_n)),   h the first of h₀, γh₀, γ²h₀, … with
           F(X_n⁺) ≤ F(X_n) − c m̃_n^q h |∇F(X_n)|²                                  (5)  backtracking (Armijo)

A heavy agent (m̃ ≈ 1) must descend steeply, so it takes short steps and leads; a light one may take long steps and explores. Since the
highest agent has η = 1, at least one agent is removed in each step until one is left: a run of N agents is over after N steps or so.
F₋, F₊ and the masses are those of the agents that remain; a removed agent has mass 0 and stands still. An agent for which no h up to
γ^(b−1) h₀ satisfies (5) stays where it is, so no agent ever climbs. With the boundaries "clip" and "reflect" Π acts, and the condition
asks for c m̃^q |X⁺ − X|²/h, which is the same away from the walls and lets an agent slide along one. There is no randomness; time
counts steps. The authors also merge agents that come close; here they stay apart.

Code       source  shape   meaning
x          X       (N, d)  positions
energy     F       (N,)    F at the positions
mass       m       (N,)    masses, sum 1; 0 when removed
level      F₋              provisional minimum
h0, gamma  h₀, γ           longest step, factor of a backtrack
p, q, c                    exponents of (1) and (5), demanded share of the descent
tol                        (3)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.backtracking import Found, Rule, Search, descend, make_found, make_search
from swarmviz.dynamics.base import Dynamics, box_of, rows_of, smooth_objective_of
from swarmviz.dynamics.batch import StateBatch, lowest_agents
from swarmviz.dynamics.cost import Cost
from swarmviz.dynamics.equations.sbgd import EQUATIONS
from swarmviz.dynamics.explain import sbgd as explained
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.events import BASIN_CHANGED, COLLAPSE, IN_OWN_UNIT, NEW_BEST, WALL_HIT, Kind, leader_changed
from swarmviz.frame import BASIN, BEST, EVALUATIONS, GRADIENTS, OF_EVENTS, WALL_HITS, Clock, Frame, Observable
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import (
    aligned_rows,
    block,
    block_count,
    block_range,
    borrowed,
    copied_rows,
    from_blocks,
    run_of,
    runs_of,
    scratch,
)
from swarmviz.kernels.compiled import Reals, RunRows, Wholes, inner, kernel
from swarmviz.kernels.diagnostics import all_finite, distance_to, evaluate, first_not_finite, note_answer
from swarmviz.kernels.elementary import power
from swarmviz.kernels.packs import FINE, Box, Output, SmoothObjective, Steps, is_recorded
from swarmviz.parameters import Choice, Real, Whole

EXPLORES, LEADS, REMOVED = range(3)
MOST_TOGETHER, MOST_AGENTS = 32, 1024  # runs that go together, and their agents at the beginning (by measurement)

OBSERVABLES = (
    Observable("provisional_minimum", "F₋", "Provisional minimum: lowest value of the agents that remain"),
    BEST,
    Observable("mean_value", "Σ m F", "Mean of F weighted by mass"),
    Observable("dispersion", "V", "Dispersion N Σ m |X − X̄|², weighted by mass", "dispersion", log=True),
    Observable(
        "distance", "‖x_min − x*‖∞", "Distance of the lowest agent from the nearest minimiser", "distance", log=True
    ),
    Observable("remaining", "agents", "Agents that have not been removed", "count"),
    Observable("mass_entropy", "S(m)", "Entropy of the masses, 1 when all are equal", "share"),
    Observable("largest_mass", "max m", "Largest mass", "share"),
    Observable("step", "h̄", "Mean step length h of the agents that moved", "step", log=True),
    Observable("trials", "trials", "Step lengths tried per agent", "count"),
    Observable(
        "leader", "leader", "The lowest agent that remains, to which mass flows; the first of several", OF_EVENTS
    ),
    WALL_HITS,
    BASIN,
    EVALUATIONS,
    GRADIENTS,
)
ROW = rows_of(OBSERVABLES)
EVENTS = (
    *IN_OWN_UNIT,
    NEW_BEST,
    COLLAPSE,
    Kind("removed", "agent removed", "An agent has lost its mass and is removed", "remaining", "falls"),
    BASIN_CHANGED,
    leader_changed("Another agent is the lowest, and mass flows to it"),
    WALL_HIT,
)


class State(NamedTuple):
    """Positions ``x`` in blocks, masses, energies, the lowest energy now and so far, mean h and trials per agent of the last step,
    evaluations and gradients so far.
    """

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    mass: np.ndarray
    energy: np.ndarray
    level: float
    best: float
    step: float
    trials: float
    evaluations: int
    gradients: int


class Runs(NamedTuple):
    """What a kernel advances: these fields of the State, a row per run."""

    seed: Wholes
    x: RunRows
    mass: RunRows
    energy: RunRows
    level: Reals
    best: Reals
    step: Reals
    trials: Reals
    evaluations: Wholes
    gradients: Wholes


class Transfer(NamedTuple):
    """The parameters of (1) and (3)."""

    p: float
    tol: float


@inner
def lowest_remaining(f, mass):
    """The agent at F₋: the first of the lowest that have mass."""
    best = -1
    for j in range(f.size):
        if mass[j] > 0.0 and (best < 0 or f[j] < f[best]):
            best = j
    return best


@inner
def transfer(mass, f, best, exponent, least):
    """(1) to (3); ``least`` = tol/N."""
    highest, shed = f[best], 0.0
    for j in range(f.size):
        highest = f[j] if mass[j] > 0.0 and f[j] > highest else highest
    spread = highest - f[best]
    for j in range(f.size):
        if mass[j] > 0.0 and j != best:
            height = (f[j] - f[best]) / spread if spread > 0.0 else 0.0
            left = mass[j] * (1.0 - power(height, exponent)) if f[j] < highest or spread == 0.0 else 0.0
            left = left if left > 0.0 and left >= least else 0.0
            shed += mass[j] - left
            mass[j] = left
    mass[best] += shed


@inner
def weighted_dispersion(x, d, n_agents, mass, mean):
    """N Σ m |X − X̄|² with X̄ = Σ m X, which is Σ|X − X̄|² while all masses are equal."""
    total = 0.0
    mean[:] = 0.0
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        for i in range(d):
            for j in range(n):
                mean[i] += mass[first + j] * xb[i, j]
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        xb = block(x, d, n_agents, b)
        for i in range(d):
            for j in range(n):
                total += mass[first + j] * (xb[i, j] - mean[i]) * (xb[i, j] - mean[i])
    return n_agents * total


@inner
def measure(run, lowest, hits, objective, point, record, column):
    """Write the observables into a column of the record; ``lowest`` is the agent at F₋, ``point`` (d,) scratch."""
    d, n_agents, mass, f = point.size, run.energy.size, run.mass, run.energy
    entropy, weighted, remaining = 0.0, 0.0, 0
    for j in range(n_agents):
        if mass[j] > 0.0:
            remaining += 1
            entropy -= mass[j] * math.log(mass[j])
            weighted += mass[j] * f[j]
    spread, width = weighted_dispersion(run.x, d, n_agents, mass, point), block_range(d, n_agents, 0)[1]
    point[:] = block(run.x, d, n_agents, lowest // width)[:, lowest % width]
    record[ROW.provisional_minimum, column] = f[lowest]
    record[ROW.best, column] = run.best[0]
    record[ROW.mean_value, column] = weighted
    record[ROW.dispersion, column] = spread
    record[ROW.distance, column] = distance_to(point, objective.minimisers)
    record[ROW.remaining, column] = remaining
    record[ROW.mass_entropy, column] = entropy / math.log(n_agents)
    record[ROW.largest_mass, column] = mass.max()
    record[ROW.step, column] = run.step[0]
    record[ROW.trials, column] = run.trials[0]
    record[ROW.leader, column] = lowest
    record[ROW.wall_hits, column] = hits
    record[ROW.evaluations, column] = run.evaluations[0]
    record[ROW.gradients, column] = run.gradients[0]
    note_answer(point, record, column)


class Together(NamedTuple):
    """Scratch for runs that go together, made once per kernel call, so that no step allocates."""

    search: Search
    in_block: Found
    in_step: Found
    lowest: Wholes  # the agent at F₋ of each run
    one_by_heaviest: Reals  # 1 / max m
    point: Reals


@inner
def make_together(d, n_agents, runs):
    """Scratch for so many runs of this swarm."""
    return Together(
        make_search(d, runs * block_range(d, n_agents, 0)[1]), make_found(runs), make_found(runs),
        scratch(runs, np.int64), scratch(runs, np.float64), scratch(d, np.float64),
    )  # fmt: skip


@inner
def transfer_all(runs, failures, transfers, together):
    """(1) to (3) for each run; one that has failed has no agents left."""
    for r in range(runs.mass.shape[0]):
        run = run_of(runs, r)
        if failures[r, 0] != FINE:
            run.mass[:] = 0.0
            together.one_by_heaviest[r] = 0.0
        else:
            transfer(run.mass, run.energy, together.lowest[r], transfers.p, transfers.tol / run.mass.size)
            together.one_by_heaviest[r] = 1.0 / run.mass.max()


@inner
def descend_all(runs, rule, box, objective, together):
    """(5) for all agents, and what it took."""
    (count, n_agents), found, total = runs.mass.shape, together.in_block, together.in_step
    total.moved[:], total.lengths[:], total.trials[:], total.hits[:] = 0, 0.0, 0, 0
    for b in range(block_count(box.low.size, n_agents)):
        descend(runs, b, together.one_by_heaviest, rule, box, objective, together.search, found)
        for r in range(count):
            total.moved[r] += found.moved[r]
            total.lengths[r] += found.lengths[r]
            total.trials[r] += found.trials[r]
            total.hits[r] += found.hits[r]
    for r in range(count):
        remaining, mass = 0, run_of(runs, r).mass
        for j in range(n_agents):
            remaining += mass[j] > 0.0
        runs.step[r], runs.trials[r] = total.lengths[r] / max(total.moved[r], 1), total.trials[r] / remaining
        runs.evaluations[r] += total.trials[r]  # F where a length is tried, ∇F once for each agent that remains
        runs.gradients[r] += remaining


@inner
def look_at(runs, step, together, failures):
    """The lowest agent of each run, or the first energy that is not finite; returns how many runs have failed."""
    failed = 0
    for r in range(runs.mass.shape[0]):
        run = run_of(runs, r)
        if failures[r, 0] == FINE:
            if all_finite(run.energy):
                lowest = lowest_remaining(run.energy, run.mass)
                together.lowest[r], run.level[0] = lowest, run.energy[lowest]
                run.best[0] = min(run.best[0], run.energy[lowest])
            else:
                failures[r, 0], failures[r, 1] = step, first_not_finite(run.energy)
        failed += failures[r, 0] != FINE
    return failed


@inner
def advance_together(runs, steps, rule, transfers, box, objective, together, records, failures):
    """Some runs, step by step; ``failures`` (step, agent) of the first energy of each that is not finite, (FINE, FINE) when all are."""
    runs, box, objective, together = borrowed(runs), borrowed(box), borrowed(objective), borrowed(together)
    records, failures = borrowed(records), borrowed(failures)
    (count, n_agents), d, column = runs.mass.shape, box.low.size, 0
    failures[:] = FINE
    together.in_step.hits[:] = 0
    for r in range(count):
        run = run_of(runs, r)
        evaluate(objective, run.x, d, n_agents, run.energy)
    for s in range(steps.steps + 1):
        if s > 0:
            transfer_all(runs, failures, transfers, together)
            descend_all(runs, rule, box, objective, together)
        if look_at(runs, steps.k + s, together, failures) == count:
            return
        if is_recorded(steps, s):
            for r in range(count):
                if failures[r, 0] == FINE:
                    hits = together.in_step.hits[r]
                    measure(run_of(runs, r), together.lowest[r], hits, objective, together.point, records[r], column)
            column += 1


@kernel
def advance_runs(
    runs: Runs,
    size: int,
    steps: Steps,
    rule: Rule,
    transfers: Transfer,
    box: Box,
    objective: SmoothObjective,
    output: Output,
) -> None:
    """Advance the runs in place, ``size`` of them together."""
    count, n_agents = runs.energy.shape
    together = make_together(box.low.size, n_agents, min(size, count))
    for first in range(0, count, size):
        end = min(first + size, count)
        records, failures = output.records[first:end], output.failures[first:end]
        advance_together(
            runs_of(runs, first, end - first), steps, rule, transfers, box, objective, together, records, failures
        )


def runs_together(n: int) -> int:
    """How many runs of ``n`` agents go together: their searches make one list (:mod:`swarmviz.dynamics.backtracking`)."""
    return max(1, min(MOST_TOGETHER, MOST_AGENTS // n))


class SBGD(Dynamics):
    """Swarm-based gradient descent: the lowest agent grows heavy and careful, the others stride, lose their mass and are removed."""

    title = "SBGD"
    counts_costs = True
    equation = (
        r"X_n^+ = X_n - h(\tilde m_n)\,\nabla F(X_n),\qquad m_n^+ = m_n - \eta_n m_n,\qquad"
        r"\eta_n = \Bigl(\frac{F(X_n)-F_-}{F_+-F_-}\Bigr)^{p}"
    )
    reference = "Lu, Tadmor, Zenginoglu, arXiv:2211.17157; 002 eq. SBGD"

    h0 = Real(1.0, bounds=(0, 1e6), inclusive_bounds=(False, True), softbounds=(1e-3, 1e2), scale="log", symbol="h₀", label="Longest step",
              doc="Longest step; backtracking starts from it.")  # fmt: skip
    p = Real(1.0, bounds=(0, 100), inclusive_bounds=(False, True), softbounds=(0.1, 10), scale="log", symbol="p", label="Mass transfer",
             doc="Exponent of the mass transfer: the larger, the longer middling agents keep their mass.")  # fmt: skip
    q = Real(2.0, bounds=(0, 100), softbounds=(0, 10), symbol="q", label="Relative mass",
             doc="Exponent of the relative mass: the larger, the fewer agents must descend steeply.")  # fmt: skip
    c = Real(0.2, bounds=(0, 1), inclusive_bounds=(True, False), softbounds=(0, 0.9), symbol="c", label="Descent share",
             doc="Share of the descent along the tangent that the heaviest agent must reach.")  # fmt: skip
    gamma = Real(0.9, bounds=(0, 1), inclusive_bounds=(False, False), softbounds=(0.1, 0.99),
                 symbol="γ", label="Shortening", rare=True, group="Numerics",
                 doc="Factor by which a step is shortened while it does not descend enough.")  # fmt: skip
    tol = Real(1e-4, bounds=(0, 1), softbounds=(1e-8, 1), scale="log", symbol="tol", label="Removal mass", rare=True,
               doc="An agent with less than tol/N of the mass is removed.")  # fmt: skip
    backtracks = Whole(256, bounds=(1, 100_000), softbounds=(1, 1000), scale="log",
                       symbol="b", label="Step lengths", rare=True, group="Numerics",
                       doc="Most step lengths tried; an agent that none of them lowers stays where it is.")  # fmt: skip
    boundary = Choice(
        boundaries.MEANINGS,
        symbol="∂",
        label="Boundary",
        rare=True,
        group="Numerics",
        doc="What happens at the edge of the box.",
    )

    observables, equations, events = OBSERVABLES, EQUATIONS, EVENTS
    map_axes = MapAxis("p", 0.1, 10.0), MapAxis("q", 0.0, 6.0)

    def cost_of_step(self, n):
        """At most: as many step lengths as may be tried, for every agent; the kernel counts the trials of those that remain."""
        return Cost(n * self.backtracks, n)

    def runs_side_by_side(self, n, d):
        return runs_together(n)

    def init_many(self, x, landscape, seeds):
        (runs, n, _), unknown, counts = x.shape, np.full(len(x), np.nan), self.cost_of_start(x.shape[1])
        return StateBatch.initial(State, Clock(), x, seeds, mass=np.full((runs, n), 1.0 / n), energy=np.empty((runs, n)), level=unknown,
                          best=np.full(runs, np.inf), step=unknown, trials=unknown,
                          evaluations=np.full(runs, counts.evaluations), gradients=np.full(runs, counts.gradients))  # fmt: skip

    def advance_many(self, states, landscape, steps, every=1, start=False):
        state = StateBatch.of(states).all
        count, n, d, call = len(state.seed), state.n, state.d, Steps(state.k, steps, every, start)
        runs = Runs(
            state.seed, copied_rows(state.x), copied_rows(state.mass), aligned_rows(count, n),
            state.level.copy(), state.best.copy(), state.step.copy(), state.trials.copy(),
            state.evaluations.copy(), state.gradients.copy(),
        )  # fmt: skip
        rule = Rule(self.h0, self.gamma, self.backtracks, self.c, self.q)
        box, output = box_of(landscape, d, boundaries.CODES[self.boundary]), self._output(count, call)
        size = runs_together(n) if landscape.side_by_side else 1
        transfers, objective = Transfer(self.p, self.tol), smooth_objective_of(landscape, d)
        advance_runs(runs, size, call, rule, transfers, box, objective, output)
        differences = landscape.values_per_gradient(d)
        return self._result(state, call, output, landscape, values_per_gradient=differences, **runs._asdict())

    def answers(self, states):
        return lowest_agents(StateBatch.of(states).all)

    def terms(self, state, landscape, agent):
        return explained.terms(self, state, landscape, agent)

    def frame(self, state):
        role = np.where(state.mass > 0, EXPLORES, REMOVED).astype(np.int8)
        role[np.where(state.mass > 0, state.energy, np.inf).argmin()] = LEADS
        return Frame(state.k, float(state.clock.at(state.k)), from_blocks(state.x, state.n, state.d), state.energy,
                     level=state.level, mass=state.mass, role=role, roles=("explorer", "leader", "removed"))  # fmt: skip
