r"""FractalAI, or Fractal Monte Carlo (FMC): walkers clone those with a higher virtual reward.

    R_n   = e^{−F(X_n)/τ},  or F or −F itself                                       (1)  R > 0, 000 §2.1
    VR_n  = f(R_n)^α g(|X_n − X_j(n)|)^β,   j(n) ≠ n uniform                        (2)  000 eq. 1.3
    p_n   = clip((VR_i − VR_n)/(VR_n + ε), 0, 1),   i = i(n) ≠ n uniform            (3)  000 eq. 1.4
    X_n⁺  = X_i(n) with probability p_n, else X_n                                   (4)  000 §2.3
    X_n⁺ += σ ξ_n for the walkers that cloned, or for all; then the boundary        (5)

All walkers move at once, from the old positions. The relativisation f is that of the authors of FMC (z-score) or of 000 (min–max), see
:mod:`swarmviz.dynamics.fmc.cloning`; g = f, or g(y) = e^{−y}. 000 §2.3 names the latter as an example of a function that grows with the
distance, but it falls: then near companions are rewarded, the more the larger β is. The companion i(n) of (3) is drawn independently of
j(n), or is the same one (000's text). 000 prints (3) without an upper bound, but (VR_i − VR_n)/(VR_n + ε) exceeds 1: hence the clip. 000
also has no (5), and then no step makes a new position: the swarm ends in few points. With the boundary "dead" a walker outside the box is
dead: nobody looks at it, it clones a living walker in any case and is not counted in f. With G groups, (2) and (3) see one's own group
only; the migration μ is the probability per step that a walker moves on to the next group, which leaves every position where it is. A
moving landscape (000 §5.4) is F(x − c(t)), see :mod:`swarmviz.dynamics.fmc.motion`. Where a landscape counts as +∞, as a formula can where
it is undefined, R = e^{−F/τ} is zero: this is the constrained reward R·1{g ≤ 0} of 000 §5.4. Time counts steps.

Code             paper     shape        meaning
x                x         (N, d)       positions
energy           F         (N,)         F(x − c(t)) at the positions
log_virtual      ln VR     (N,)         (2), for the step that comes
reward_power     α
distance_power   β
partner          j         (N,)         whom a walker cloned in the last step, −1 when it stayed
members                    (N,)         walkers, one group after the other
shift            c(t)      (steps+1, d) where the landscape has got to
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics, box_of, objective_of, rows_of
from swarmviz.dynamics.batch import StateBatch, lowest_agents
from swarmviz.dynamics.equations.fmc import EQUATIONS
from swarmviz.dynamics.explain import fmc as explained
from swarmviz.dynamics.fmc import cloning, walkers
from swarmviz.dynamics.fmc.histogram import count_bins, count_distinct, divergence, entropy, log_shares, make_grid
from swarmviz.dynamics.fmc.motion import MEANINGS as MOTIONS
from swarmviz.dynamics.fmc.motion import shift_at
from swarmviz.dynamics.fmc.walkers import (
    CLONES,
    DEADLY,
    EVERY,
    by_block,
    by_walker,
    energies,
    find_living,
    look,
    lowest_living,
    make_clones,
    make_workspace,
    move_some,
    not_positive,
    settle_clones,
)
from swarmviz.dynamics.map_axes import MapAxis
from swarmviz.events import (
    BASIN_CHANGED,
    CLONE_BURST,
    COLLAPSE,
    IN_OWN_UNIT,
    NEW_BEST,
    WALL_HIT,
    Kind,
    leader_changed,
)
from swarmviz.frame import (
    BASIN,
    BEST,
    EVALUATIONS,
    MINIMUM,
    OF_EVENTS,
    WALL_HITS,
    Clock,
    Diverged,
    Frame,
    Observable,
)
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import aligned_rows, block_count, borrowed, copied_rows, from_blocks, run_of
from swarmviz.kernels.compiled import FlagRows, Reals, RunRows, Table, WholeRows, Wholes, inner, kernel
from swarmviz.kernels.diagnostics import (
    all_finite,
    dispersion,
    distance_to,
    first_not_finite,
    mean_position,
    note_answer,
)
from swarmviz.kernels.packs import FINE, Box, Objective, Output, Steps, is_recorded
from swarmviz.kernels.randomness import JUMP, key, uniforms
from swarmviz.parameters import Choice, Real, Whole

DISTANCES = {"relative": cloning.AS_IT_IS, "decaying": cloning.DECAYING}
REWARDS = {"exponential": cloning.EXPONENTIAL, "value": cloning.VALUE, "negative": cloning.NEGATIVE}
FORMS = {"z-score": cloning.Z_SCORE, "min-max": cloning.MIN_MAX}
JITTERS = {"clones": walkers.CLONES, "all": walkers.EVERY}
STAYED, CLONED, DEAD = range(3)
BOUNDARIES = boundaries.CODES | {"dead": walkers.DEADLY}

OBSERVABLES = (
    BEST,
    MINIMUM,
    Observable("log_mean_reward", "ln R̄", "Logarithm of the mean reward", "reward"),
    Observable(
        "reward_variance", "Var R", "Variance of the reward, which 000 §5.1 calls a specific heat", "variance", log=True
    ),
    Observable(
        "log_reward_variance",
        "Var ln R",
        "Variance of ln R: that of the energy −ln R, free of the reward's unit",
        "variance",
        log=True,
    ),
    Observable(
        "kl",
        "KL(ρ_W‖ρ_R)",
        "Divergence of the swarm's histogram from that of ρ_R ∝ R; one or two dimensions",
        "information",
    ),
    Observable("distinct", "positions", "Distinct positions", "count"),
    Observable("clone_rate", "clones/N", "Share of the walkers that cloned in the last step", "share"),
    Observable("dead", "dead", "Walkers outside the box, where that kills", "count"),
    Observable("entropy", "S", "Entropy of the swarm's histogram; one or two dimensions", "information"),
    Observable(
        "dispersion",
        "V",
        "Dispersion Σ|X − X̄|²; the mean square distance of two walkers is 2V/N",
        "dispersion",
        log=True,
    ),
    Observable(
        "distance",
        "‖x_min − x*‖∞",
        "Distance of the lowest walker from the nearest minimiser",
        "distance",
        log=True,
    ),
    Observable(
        "lag",
        "‖X̄ − x*‖∞",
        "Distance of the swarm's mean from the nearest minimiser, where it is now",
        "distance",
        log=True,
    ),
    Observable("leader", "leader", "The lowest living walker, the first of several; none where none lives", OF_EVENTS),
    WALL_HITS,
    BASIN,
    EVALUATIONS,
)
ROW = rows_of(OBSERVABLES)
EVENTS = (
    *IN_OWN_UNIT,
    NEW_BEST,
    COLLAPSE,
    Kind(
        "burst",
        "clone burst",
        "From one step to the next it is half of the walkers, or more, that clone",
        "clone_rate",
        "above",
        lambda *run: CLONE_BURST,
    ),
    Kind("deaths", "walkers died", "More walkers are outside the box than before", "dead", "rises"),
    BASIN_CHANGED,
    leader_changed("Another walker is the lowest"),
    WALL_HIT,
)


class Unrewarded(Diverged, ValueError):
    """A walker's reward is not positive: the run can go no further, and another reward has to be chosen."""

    def __init__(self, reward: str, step: int, agent: int, value: float):
        super().__init__(step, agent)
        self.args = (
            f"reward (R) = {reward!r}: must be positive, but F = {value:g} at walker {agent} in step {step}; "
            "'exponential' rewards any F",
        )


class State(NamedTuple):
    """Positions ``x`` in blocks; energies, virtual rewards, groups, and what the last step did; lowest energy and evaluations so far."""

    k: int
    clock: Clock
    seed: int
    n: int
    d: int
    x: np.ndarray
    energy: np.ndarray
    log_virtual: np.ndarray
    members: np.ndarray
    partner: np.ndarray
    living: np.ndarray
    best: float
    evaluations: int


class Runs(NamedTuple):
    """What a kernel advances: these fields of the State, a row per run."""

    seed: Wholes
    x: RunRows
    energy: RunRows
    log_virtual: RunRows
    members: WholeRows
    partner: WholeRows
    living: FlagRows
    best: Reals
    evaluations: Wholes


class Params(NamedTuple):
    """The parameters that stay the same during a call; ``own``: whether i(n) is another companion than j(n)."""

    kind: int
    form: int
    own: bool
    jitter: int
    delta: float
    epsilon: float
    migration: float
    groups: int
    moving: bool
    distance: int


class Schedules(NamedTuple):
    """Values at the steps k, k+1, …, k+steps: τ, α, β, σ, and c (steps + 1, d)."""

    tau: Reals
    alpha: Reals
    beta: Reals
    sigma: Reals
    shift: Table


@inner
def measure(run, hits, kind, tau, shift, box, objective, workspace, grid, record, column):
    """Write the observables into a column of the record."""
    f, living, mean, walkers_living = run.energy, workspace.living, workspace.mean, 0
    d, n_agents, lowest, clones, dead = shift.size, f.size, -1, 0, 0
    for n in range(n_agents):
        clones += run.partner[n] >= 0
        dead += not living[n]
        if living[n]:
            workspace.spare[walkers_living] = f[n]
            walkers_living += 1
            lowest = n if lowest < 0 or f[n] < f[lowest] else lowest
    anyone, values = walkers_living > 0, workspace.spare[:walkers_living]
    record[ROW.best, column] = run.best[0]
    record[ROW.evaluations, column] = run.evaluations[0]
    record[ROW.minimum, column] = f[lowest] if anyone else np.nan
    record[ROW.log_mean_reward, column] = cloning.log_mean_reward(values, kind, tau) if anyone else np.nan
    spread, log_spread = cloning.variances_of_reward(values, kind, tau) if anyone else (np.nan, np.nan)
    record[ROW.reward_variance, column] = spread
    record[ROW.log_reward_variance, column] = log_spread
    inside = count_bins(workspace.rows, box.low, box.high, grid.counts) if grid.counts.size > 0 else 0
    record[ROW.kl, column] = divergence(grid.counts, inside, grid.log_q)
    record[ROW.distinct, column] = count_distinct(workspace.rows, grid.slots)
    record[ROW.clone_rate, column] = clones / n_agents
    record[ROW.dead, column] = dead
    record[ROW.entropy, column] = entropy(grid.counts, inside)
    mean_position(run.x, d, n_agents, mean)
    record[ROW.dispersion, column] = dispersion(run.x, d, n_agents, mean)
    for i in range(d):
        mean[i] -= shift[i]
    record[ROW.lag, column] = distance_to(mean, objective.minimisers)
    for i in range(d):
        mean[i] = workspace.rows[lowest, i] - shift[i] if anyone else np.nan
    record[ROW.distance, column] = distance_to(mean, objective.minimisers) if anyone else np.nan
    record[ROW.leader, column] = lowest if anyone else np.nan
    record[ROW.wall_hits, column] = hits
    note_answer(mean, record, column)


@inner(inline=True)
def clone_and_migrate(run, steps, s, restless, params, sigma, box, objective, workspace):
    """(3), (4) and (5) for those that clone in step ``s`` of the call, and the migration.

    Returns how often they met a wall, where the step is recorded.
    """
    step, partner, source = steps.k + s - 1, run.partner, workspace.source
    uniforms(workspace.chance, key(np.uint64(run.seed[0]), np.uint64(JUMP), np.uint64(step)), 0)
    cloning.decide(run.log_virtual, 0, partner.size, params.epsilon, workspace)
    scale = sigma if params.jitter == CLONES else 0.0
    alone, recording = not restless, is_recorded(steps, s)
    _, wide, hits = make_clones(run, 0, partner.size, 0, alone, recording, scale, step, box, objective, workspace)
    settle_clones(box.low.size, 0, partner.size, 0, wide, workspace)
    for n in range(partner.size):
        partner[n] = source[n] if source[n] != n else -1
    if params.migration > 0.0 and params.groups > 1:
        cloning.migrate(run.members, params.groups, run.seed[0], step, params.migration)
    return hits


@inner
def values_taken(partner, jitter, sigma, moving):
    """The values of F that a step takes: of those that cloned, or of all where all were shaken, or felt the landscape move.

    Without jitter a clone has the value of the walker that it copied.
    """
    if moving:
        return partner.size
    if sigma == 0.0:
        return 0
    if jitter == EVERY:
        return partner.size
    clones = 0
    for n in range(partner.size):
        clones += partner[n] >= 0
    return clones


@inner
def advance_run(run, steps, params, schedules, box, objective, workspace, grid, record):
    """One run; returns (step, agent) of the first walker whose energy is not finite, or whose reward is not positive."""
    run, schedules, box, objective = borrowed(run), borrowed(schedules), borrowed(box), borrowed(objective)
    workspace, grid, record = borrowed(workspace), borrowed(grid), borrowed(record)
    f, tau, sigma, shift, living, column, known = (
        run.energy,
        schedules.tau,
        schedules.sigma,
        schedules.shift,
        workspace.living,
        0,
        np.nan,
    )
    deadly, migrating = box.boundary == DEADLY, params.migration > 0.0 and params.groups > 1
    by_walker(run.x, workspace.rows)
    shaken = params.jitter == EVERY and sigma.max() > 0.0
    for s in range(steps.steps + 1):
        hits, restless = (
            0,
            shaken or s <= 1,
        )  # anyone may move: the first step of a call brings back who is outside the box
        if s > 0:
            hits += clone_and_migrate(run, steps, s, restless, params, sigma[s - 1], box, objective, workspace)
            run.evaluations[0] += values_taken(run.partner, params.jitter, sigma[s - 1], params.moving)
        if restless or params.moving:
            by_block(workspace.rows, run.x)
            if restless and s > 0:
                blocks = block_count(shift.shape[1], f.size)
                hits += move_some(run, 0, blocks, steps, s, shaken, sigma[s - 1], box, workspace)
                by_walker(run.x, workspace.rows)
            energies(run.x, objective, shift[s], params.moving, workspace, f)
        if not all_finite(f):
            return steps.k + s, first_not_finite(f)
        if deadly:
            find_living(workspace.rows, box, living)
        wrong = not_positive(f, params.kind, living)
        if wrong >= 0:
            return steps.k + s, wrong
        if s == 0 or deadly or migrating:
            cloning.living_first(run.members, living, params.groups, workspace.pool, workspace.counts)
        look(run, params, tau[s], schedules.alpha[s], schedules.beta[s], steps.k + s, workspace)
        run.best[0] = min(run.best[0], lowest_living(f, living, workspace.spare))
        if is_recorded(steps, s):
            if grid.log_q.size > 0 and (params.moving or known != tau[s]):
                log_shares(objective, shift[s], box, params.kind, tau[s], grid)
                known = tau[s]
            by_block(workspace.rows, run.x)
            measure(run, hits, params.kind, tau[s], shift[s], box, objective, workspace, grid, record, column)
            column += 1
    by_block(workspace.rows, run.x)
    run.living[:] = living
    return FINE, FINE


@kernel
def advance_runs(
    runs: Runs, steps: Steps, params: Params, schedules: Schedules, box: Box, objective: Objective, output: Output
) -> None:
    """Advance the runs in place, one after the other."""
    d, n_agents = box.low.size, runs.energy.shape[1]
    workspace = make_workspace(d, n_agents, params.groups, steps.steps)
    grid = make_grid(d, n_agents, output.records.shape[2])
    for r in range(runs.seed.size):
        output.failures[r] = advance_run(
            run_of(runs, r), steps, params, schedules, box, objective, workspace, grid, output.records[r]
        )


class FMC(Dynamics):
    """Fractal Monte Carlo: walkers leave for those with a higher virtual reward, made of reward and distance."""

    title = "Fractal Monte Carlo"
    counts_costs = True
    fewest, why_fewest = 2, "a walker compares itself with another one"
    equation = (
        r"VR_n = f(R_n)^{\alpha}\, g(|X_n - X_{j}|)^{\beta},\qquad"
        r"P(X_n \leftarrow X_i) = \Bigl[\frac{VR_i - VR_n}{VR_n+\varepsilon}\Bigr]_0^1,\qquad R = e^{-F/\tau}"
    )
    reference = "000 §2.3, eq. 1.3–1.4"

    reward = Choice({"exponential": "R = exp(−F/τ): low places are rewarded.",
                     "value": "R = F: high places are rewarded; F must be positive.",
                     "negative": "R = −F: low places are rewarded; F must be negative."},
                    symbol="R", label="Reward", doc="How the landscape rewards a walker.")  # fmt: skip
    tau = Real(1.0, bounds=(1e-12, 1e12), softbounds=(1e-2, 1e2), scale="log", symbol="τ", label="Temperature", schedulable=True,
               used_when={"reward": ("exponential",)}, doc="Temperature of the reward exp(−F/τ).")  # fmt: skip
    reward_power = Real(
        1.0,
        bounds=(0, 1e6),
        softbounds=(0, 5),
        symbol="α",
        label="Reward weight",
        schedulable=True,
        doc="Weight of the reward: exploitation.",
    )
    distance_power = Real(1.0, bounds=(0, 1e6), softbounds=(0, 5), symbol="β", label="Distance weight", schedulable=True,
                          doc="Weight of the distance from a companion: exploration.")  # fmt: skip
    relativisation = Choice({"z-score": "In standard deviations from the mean, as the authors of the algorithm do.",
                             "min-max": "Between the lowest and the highest, as 000 does."},
                            symbol="f", label="Relativisation", doc="How rewards and distances are made comparable.")  # fmt: skip
    distance_form = Choice({"relative": "As for rewards, f: far companions are rewarded.",
                            "decaying": "e to the minus distance, an example of 000: near companions are rewarded."},
                           symbol="g", label="Distance form", rare=True, doc="What becomes of the distance from a companion.")  # fmt: skip
    companion = Choice({"own": "A second, independent companion.", "same": "The companion of the distance, as in 000."},
                       symbol="i", label="Companion", rare=True, doc="With whom a walker compares itself before it clones.")  # fmt: skip
    sigma = Real(0.1, bounds=(0, 1e6), softbounds=(0, 1), symbol="σ", label="Jitter", schedulable=True, group="Noise",
                 doc="Standard deviation of the jitter; 0, as in 000: the swarm collapses.")  # fmt: skip
    jitter = Choice({"clones": "Walkers that have just cloned.", "all": "Every walker, at every step."},
                    symbol="σ for", label="Jittered", group="Noise", doc="Who is jittered.")  # fmt: skip
    groups = Whole(
        1,
        bounds=(1, 5_000_000),
        softbounds=(1, 16),
        symbol="G",
        label="Groups",
        doc="Groups; walkers look only within their own.",
    )
    migration = Real(
        0.01,
        bounds=(0, 1),
        softbounds=(0, 0.2),
        symbol="μ",
        label="Migration",
        doc="Probability per step that a walker moves on to the next group.",
    )
    motion = Choice(MOTIONS, symbol="c(t)", label="Motion", group="Schedule", doc="How the landscape moves.")
    speed = Real(0.02, bounds=(0, 1e6), softbounds=(0, 0.5), symbol="v", label="Speed", group="Schedule",
                 used_when={"motion": ("drift", "rotation", "switching")}, doc="Speed of the landscape, length per step.")  # fmt: skip
    radius = Real(1.0, bounds=(0, 1e6), softbounds=(0, 5), symbol="r", label="Motion radius", group="Schedule",
                  used_when={"motion": ("drift", "rotation", "switching")}, doc="How far the landscape moves.")  # fmt: skip
    delta = Real(0.1, bounds=(1e-15, 10), softbounds=(1e-3, 1), scale="log", symbol="δ", label="Reward floor", rare=True, group="Numerics",
                 used_when={"relativisation": ("min-max",)}, doc="Keeps the lowest virtual reward above zero.")  # fmt: skip
    epsilon = Real(1e-8, bounds=(1e-15, 1), softbounds=(1e-12, 1), scale="log",
                   symbol="ε", label="Denominator", rare=True, group="Numerics",
                   doc="Keeps the denominators above zero.")  # fmt: skip
    boundary = Choice(boundaries.MEANINGS | {"dead": "Walkers outside the box are dead and clone a living one."},
                      default="reflect",
                      symbol="∂", label="Boundary", rare=True, group="Numerics", doc="What happens at the edge of the box.")  # fmt: skip

    observables, equations, events = OBSERVABLES, EQUATIONS, EVENTS
    map_axes = MapAxis("reward_power", 0.0, 3.0), MapAxis("distance_power", 0.0, 3.0)

    def init_many(self, x, landscape, seeds):
        runs, n, _ = x.shape
        self.require_agents(n)  # the kernel draws another walker without looking whether there is one
        return StateBatch.initial(
            State, Clock(), x, seeds, energy=np.empty((runs, n)), log_virtual=np.zeros((runs, n)),
            members=np.tile(np.arange(n), (runs, 1)), partner=np.full((runs, n), -1), living=np.ones((runs, n), np.uint8),
            best=np.full(runs, np.inf), evaluations=np.full(runs, self.cost_of_start(n).evaluations),
        )  # fmt: skip

    def cost_of_step(self, n):
        """At most: F at every walker; the kernel counts those that clone."""
        return super().cost_of_step(n)

    def knows_basins(self, landscape, d):
        """Not of a landscape that moves."""
        return self.motion == "none" and super().knows_basins(landscape, d)

    def shift(self, t, d: int) -> np.ndarray:
        """Where the landscape has got to at times ``t`` (m,), shape (m, d)."""
        return shift_at(self.motion, self.speed, self.radius, t, d)

    def advance_many(self, states, landscape, steps, every=1, start=False):
        state = StateBatch.of(states).all
        count, n, d, call = len(state.seed), state.n, state.d, Steps(state.k, steps, every, start)
        runs = Runs(
            state.seed, copied_rows(state.x), aligned_rows(count, n), aligned_rows(count, n), state.members.copy(),
            state.partner.copy(), state.living.copy(), state.best.copy(), state.evaluations.copy(),
        )  # fmt: skip
        params = Params(
            REWARDS[self.reward], FORMS[self.relativisation], self.companion == "own", JITTERS[self.jitter], self.delta, self.epsilon,
            self.migration, self._groups(n), self.motion != "none", DISTANCES[self.distance_form],
        )  # fmt: skip
        times = self._clock(state).at(np.arange(state.k, state.k + steps + 1))
        tau, alpha, beta, sigma = self._schedules(state, steps, "tau", "reward_power", "distance_power", "sigma")
        box, output = box_of(landscape, d, BOUNDARIES[self.boundary]), self._output(count, call)
        schedules = Schedules(tau, alpha, beta, sigma, self.shift(times, d))
        advance = self.by_team(n, d, landscape) or advance_runs
        advance(runs, call, params, schedules, box, objective_of(landscape, d), output)
        why = self._unrewarded(state.seed, output.failures, runs.energy)
        return self._result(state, call, output, landscape, why, **runs._asdict())

    def answers(self, states):
        return lowest_agents(StateBatch.of(states).all)

    def _unrewarded(self, seeds, failures, energy):
        """The reason where a walker without a reward, and not an energy that is not finite, ended a run; by seed and step."""
        failed = ((r, *failures[r].tolist()) for r in np.flatnonzero(failures[:, 0] != FINE))
        return {
            (int(seeds[r]), k): Unrewarded(self.reward, k, agent, energy[r, agent])
            for r, k, agent in failed
            if np.isfinite(energy[r, agent])
        }

    def terms(self, state, landscape, agent):
        return explained.terms(self, state, landscape, agent)

    def frame(self, state):
        t = float(state.clock.at(state.k))
        role = np.where(state.living == 0, DEAD, np.where(state.partner >= 0, CLONED, STAYED)).astype(np.int8)
        shift = None if self.motion == "none" else self.shift(np.array([t]), state.d)[0]
        return Frame(state.k, t, from_blocks(state.x, state.n, state.d), state.energy, weight=self._weights(state), role=role,
                     roles=("stayed", "cloned", "dead"), partner=state.partner, shift=shift, notes=self._notes(state))  # fmt: skip

    def _groups(self, n: int) -> int:
        """Groups there are: each needs two walkers."""
        return min(int(self.groups), n // 2)

    def _weights(self, state):
        """Virtual rewards, normalised; those of dead walkers are zero."""
        log_virtual = np.where(state.living == 1, state.log_virtual, -np.inf)
        w = np.exp(log_virtual - log_virtual.max()) if state.living.any() else np.ones(state.n)
        return w / w.sum()

    def _notes(self, state):
        notes = []
        if self._groups(state.n) < self.groups:
            notes.append(f"{self._groups(state.n)} groups instead of {self.groups}: a group needs two walkers")
        if not state.living.any():
            notes.append("every walker has left the box: no one is left to be cloned")
        return tuple(notes)
