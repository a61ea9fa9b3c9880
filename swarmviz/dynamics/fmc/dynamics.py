r"""FractalAI, or Fractal Monte Carlo (FMC): walkers clone those with a higher virtual reward.

    R_n   = e^{−F(X_n)/τ},  or F or −F itself                                       (1)  R > 0, 000 §2.1
    VR_n  = f(R_n)^α f(|X_n − X_j(n)|)^β,   j(n) ≠ n uniform                        (2)  000 eq. 1.3
    p_n   = clip((VR_i − VR_n)/(VR_n + ε), 0, 1),   i = i(n) ≠ n uniform            (3)  000 eq. 1.4
    X_n⁺  = X_i(n) with probability p_n, else X_n                                   (4)  000 §2.3
    X_n⁺ += σ ξ_n for the walkers that cloned, or for all; then the boundary        (5)

All walkers move at once, from the old positions. The relativisation f is that of the authors of FMC (z-score) or of 000 (min–max), see
:mod:`swarmviz.dynamics.fmc.cloning`. The companion i(n) of (3) is drawn independently of j(n), or is the same one (000's text). 000
prints (3)
without an upper bound, but (VR_i − VR_n)/(VR_n + ε) exceeds 1: hence the clip. 000 also has no (5), and then no step makes a new
position: the swarm ends in few points. With the boundary "dead" a walker outside the box is dead: nobody looks at it, it clones a living
walker in any case and is not counted in f. With G groups, (2) and (3) see one's own group only; the migration μ is the probability per
step that a walker moves on to the next group, which leaves every position where it is. A moving landscape (000 §5.4) is F(x − c(t)), see
:mod:`swarmviz.dynamics.fmc.motion`. Time counts steps.

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

from swarmviz.kernels.packs import FINE
from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import BatchResult, StateBatch, lowest_agents
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
    clone,
    energies,
    find_living,
    look,
    lowest_living,
    make_workspace,
    move_all,
    not_positive,
)
from swarmviz.frame import BEST, MINIMUM, Clock, Diverged, Frame, Observable
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import aligned_rows, borrowed, copied_rows, from_blocks, part
from swarmviz.kernels.compiled import (
    ends,
    flag_rows,
    inner,
    kernel,
    number,
    reals,
    rows_of_runs,
    table,
    tables,
    types,
    value_function,
    whole,
    whole_rows,
    wholes,
)
from swarmviz.kernels.diagnostics import all_finite, dispersion, distance_to, first_not_finite, mean_position
from swarmviz.kernels.noise_buffer import make_noise_buffer
from swarmviz.kernels.randomness import JUMP, key, uniforms
from swarmviz.parameters import Choice, Real, Whole

REWARDS = {"exponential": cloning.EXPONENTIAL, "value": cloning.VALUE, "negative": cloning.NEGATIVE}
FORMS = {"z-score": cloning.Z_SCORE, "min-max": cloning.MIN_MAX}
JITTERS = {"clones": walkers.CLONES, "all": walkers.EVERY}
STAYED, CLONED, DEAD = range(3)
BOUNDARIES = boundaries.CODES | {"dead": walkers.DEADLY}
NOT_FINITE, NOT_POSITIVE = range(2)


class Unrewarded(Diverged, ValueError):
    """A walker's reward is not positive: the run can go no further, and another reward has to be chosen."""

    def __init__(self, reward: str, step: int, agent: int, value: float):
        super().__init__(step, agent)
        self.args = (
            f"reward (R) = {reward!r}: must be positive, but F = {value:g} at walker {agent} in step {step}; "
            "'exponential' rewards any F",
        )


class State(NamedTuple):
    """Positions ``x`` in blocks; energies, virtual rewards, groups, and what the last step did; the lowest energy so far."""

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


@inner
def measure(x, f, size, land, seen, partner, workspace, grid, record, row):
    """Write the observables, in the order of ``FMC.observables``, into a column of the record."""
    (d, n_agents), (low, high, targets, shift), (kind, tau, best) = size, land, seen
    mean, lowest, clones, dead, n_living = workspace.mean, -1, 0, 0, 0
    for n in range(n_agents):
        clones += partner[n] >= 0
        dead += not workspace.living[n]
        if workspace.living[n]:
            workspace.part[n_living] = f[n]
            n_living += 1
            lowest = n if lowest < 0 or f[n] < f[lowest] else lowest
    record[0, row] = best
    record[1, row] = f[lowest] if n_living > 0 else np.nan
    record[2, row] = cloning.log_mean_reward(workspace.part[:n_living], kind, tau) if n_living > 0 else np.nan
    inside = count_bins(workspace.rows, low, high, grid.counts) if grid.counts.size > 0 else 0
    record[3, row] = divergence(grid.counts, inside, grid.log_q)
    record[4, row] = count_distinct(workspace.rows, grid.slots)
    record[5, row] = clones / n_agents
    record[6, row] = dead
    record[7, row] = entropy(grid.counts, inside)
    mean_position(x, d, n_agents, mean)
    record[8, row] = dispersion(x, d, n_agents, mean)
    for i in range(d):
        mean[i] -= shift[i]
    record[10, row] = distance_to(mean, targets)
    for i in range(d):
        mean[i] = workspace.rows[lowest, i] - shift[i] if n_living > 0 else np.nan
    record[9, row] = distance_to(mean, targets) if n_living > 0 else np.nan


@inner
def advance_run(
    agents, best, size, time, schedules, shift, how, kinds, limits, land, targets, workspace, noise_buffer, grid, record
):
    """One run, ``agents`` (x, f, log_virtual, members, partner, living); returns (step, agent, what is wrong with it) or (−1, −1, …)."""
    (x, f, log_virtual, members, partner, living), best, record = borrowed(agents), borrowed(best), borrowed(record)
    (tau, alpha, beta, sigma), shift, limits, land = (
        borrowed(schedules),
        borrowed(shift),
        borrowed(limits),
        borrowed(land),
    )
    (values, p), (low, high, boundary), targets = land, limits, borrowed(targets)
    workspace, noise_buffer, grid = borrowed(workspace), borrowed(noise_buffer), borrowed(grid)
    n_agents, (k, steps, every, start, seed), (moving, delta, epsilon, migration, groups) = size[1], time, how
    (kind, form, own, jitter), row, known = kinds, 0, np.nan
    deadly, migrating = boundary == DEADLY, migration > 0.0 and groups > 1
    by_walker(x, size, workspace.rows)
    shaken = jitter == EVERY and sigma.max() > 0.0
    for s in range(steps + 1):
        restless = shaken or s <= 1  # anyone may move: the first step of a call brings back who is outside the box
        if s > 0:
            uniforms(workspace.chance, key(np.uint64(seed), np.uint64(JUMP), np.uint64(k + s - 1)), 0)
            cloning.decide(log_virtual, epsilon, workspace)
            clones_sigma = sigma[s - 1] if jitter == CLONES else 0.0
            clone(f, size, not restless, clones_sigma, seed, k + s - 1, limits, land, workspace)
            for n in range(n_agents):
                partner[n] = workspace.source[n] if workspace.source[n] != n else -1
            if migrating:
                cloning.migrate(members, groups, seed, k + s - 1, migration)
        if restless or moving:
            by_block(workspace.rows, size, x)
            if restless and s > 0:
                move_all(x, size, limits, (shaken, sigma[s - 1], noise_buffer, seed, k, s - 1, steps))
                by_walker(x, size, workspace.rows)
            energies(x, size, values, p, shift[s], moving, workspace, f)
        if not all_finite(f):
            return k + s, first_not_finite(f), NOT_FINITE
        if deadly:
            find_living(workspace.rows, low, high, workspace.living)
        wrong = not_positive(f, kind, workspace.living)
        if wrong >= 0:
            return k + s, wrong, NOT_POSITIVE
        if s == 0 or deadly or migrating:
            cloning.living_first(members, workspace.living, groups, workspace.pool, workspace.counts)
        ways, powers = (groups, kind, form, own, delta, epsilon), (tau[s], alpha[s], beta[s])
        look(x, f, size, ways, powers, seed, k + s, workspace, log_virtual)
        best[0] = min(best[0], lowest_living(f, workspace.living, workspace.part))
        if (s > 0 or start) and (k + s) % every == 0:
            if grid.log_q.size > 0 and (moving or known != tau[s]):
                log_shares(values, p, shift[s], low, high, kind, tau[s], grid.points, grid.f, grid.log_q)
                known = tau[s]
            by_block(workspace.rows, size, x)
            box, seen = (low, high, targets, shift[s]), (kind, tau[s], best[0])
            measure(x, f, size, box, seen, partner, workspace, grid, record, row)
            row += 1
    by_block(workspace.rows, size, x)
    living[:] = workspace.living
    return -1, -1, NOT_FINITE


@kernel(
    types.void(
        rows_of_runs, rows_of_runs, rows_of_runs, whole_rows, whole_rows, flag_rows,  # x, f, log_virtual, members, partner, living
        reals, whole, whole,  # best, d, n
        whole, whole, whole, types.boolean, wholes,  # k, steps, every, start, seeds
        reals, reals, reals, reals, table, types.boolean,  # tau, alpha, beta, sigma, shift, moving
        number, number, number, whole,  # delta, epsilon, migration, groups
        whole, whole, types.boolean, whole,  # kind, form, own, jitter
        reals, reals, whole,  # low, high, boundary
        value_function, reals, table, tables, ends,  # values, p, targets, records, ends
    )
)  # fmt: skip
def run(x, f, log_virtual, members, partner, living, best, d, n_agents, k, steps, every, start, seeds, tau, alpha, beta, sigma,
        shift, moving, delta, epsilon, migration, groups, kind, form, own, jitter, low, high, boundary,
        values, p, targets, records, ends):  # fmt: skip
    """Advance the runs whose positions are the rows of ``x``, and their company, in place; ``ends`` (runs, 3) as in ``advance_run``."""
    workspace, noise_buffer = make_workspace(d, n_agents, groups), make_noise_buffer(d, n_agents, steps)
    grid = make_grid(d, n_agents, records.shape[2])
    for r in range(seeds.size):
        agents = (
            part(x[r], 0, d * n_agents), part(f[r], 0, n_agents), part(log_virtual[r], 0, n_agents), members[r], partner[r], living[r],
        )  # fmt: skip
        ends[r] = advance_run(
            agents, part(best, r, 1), (d, n_agents), (k, steps, every, start, np.uint64(seeds[r])), (tau, alpha, beta, sigma),
            shift, (moving, delta, epsilon, migration, groups), (kind, form, own, jitter), (low, high, boundary), (values, p), targets,
            workspace, noise_buffer, grid, records[r],
        )  # fmt: skip


class FMC(Dynamics):
    """Fractal Monte Carlo: walkers leave for those with a higher virtual reward, made of reward and distance."""

    title = "Fractal Monte Carlo"
    fewest, why_fewest = 2, "a walker compares itself with another one"
    equation = (
        r"VR_n = f(R_n)^{\alpha}\, f(|X_n - X_{j}|)^{\beta},\qquad"
        r"P(X_n \leftarrow X_i) = \Bigl[\frac{VR_i - VR_n}{VR_n+\varepsilon}\Bigr]_0^1,\qquad R = e^{-F/\tau}"
    )
    reference = "000 §2.3, eq. 1.3–1.4"

    reward = Choice({"exponential": "R = exp(−F/τ): low places are rewarded.",
                     "value": "R = F: high places are rewarded; F must be positive.",
                     "negative": "R = −F: low places are rewarded; F must be negative."},
                    symbol="R", doc="How the landscape rewards a walker.")  # fmt: skip
    tau = Real(1.0, bounds=(1e-12, 1e12), softbounds=(1e-2, 1e2), scale="log", symbol="τ", schedulable=True,
               used_when={"reward": ("exponential",)}, doc="Temperature of the reward exp(−F/τ).")  # fmt: skip
    reward_power = Real(
        1.0, bounds=(0, 1e6), softbounds=(0, 5), symbol="α", schedulable=True, doc="Weight of the reward: exploitation."
    )
    distance_power = Real(1.0, bounds=(0, 1e6), softbounds=(0, 5), symbol="β", schedulable=True,
                          doc="Weight of the distance from a companion: exploration.")  # fmt: skip
    relativisation = Choice({"z-score": "In standard deviations from the mean, as the authors of the algorithm do.",
                             "min-max": "Between the lowest and the highest, as 000 does."},
                            symbol="f", doc="How rewards and distances are made comparable.")  # fmt: skip
    companion = Choice({"own": "A second, independent companion.", "same": "The companion of the distance, as in 000."},
                       symbol="i", doc="With whom a walker compares itself before it clones.")  # fmt: skip
    sigma = Real(0.1, bounds=(0, 1e6), softbounds=(0, 1), symbol="σ", schedulable=True, group="Noise",
                 doc="Standard deviation of the jitter; 0, as in 000: the swarm collapses.")  # fmt: skip
    jitter = Choice({"clones": "Walkers that have just cloned.", "all": "Every walker, at every step."},
                    symbol="σ for", group="Noise", doc="Who is jittered.")  # fmt: skip
    groups = Whole(
        1, bounds=(1, 5_000_000), softbounds=(1, 16), symbol="G", doc="Groups; walkers look only within their own."
    )
    migration = Real(
        0.01,
        bounds=(0, 1),
        softbounds=(0, 0.2),
        symbol="μ",
        doc="Probability per step that a walker moves on to the next group.",
    )
    motion = Choice(MOTIONS, symbol="c(t)", group="Schedule", doc="How the landscape moves.")
    speed = Real(0.02, bounds=(0, 1e6), softbounds=(0, 0.5), symbol="v", group="Schedule",
                 used_when={"motion": ("drift", "rotation", "switching")}, doc="Speed of the landscape, length per step.")  # fmt: skip
    radius = Real(1.0, bounds=(0, 1e6), softbounds=(0, 5), symbol="r", group="Schedule",
                  used_when={"motion": ("drift", "rotation", "switching")}, doc="How far the landscape moves.")  # fmt: skip
    delta = Real(0.1, bounds=(1e-15, 10), softbounds=(1e-3, 1), scale="log", symbol="δ", group="Numerics",
                 used_when={"relativisation": ("min-max",)}, doc="Keeps the lowest virtual reward above zero.")  # fmt: skip
    epsilon = Real(1e-8, bounds=(1e-15, 1), softbounds=(1e-12, 1), scale="log", symbol="ε", group="Numerics",
                   doc="Keeps the denominators above zero.")  # fmt: skip
    boundary = Choice(boundaries.MEANINGS | {"dead": "Walkers outside the box are dead and clone a living one."},
                      default="reflect", symbol="∂", group="Numerics", doc="What happens at the edge of the box.")  # fmt: skip

    observables = (
        BEST,
        MINIMUM,
        Observable("log_mean_reward", "ln R̄", "Logarithm of the mean reward", "reward"),
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
    )

    def init_many(self, x, landscape, seeds):
        runs, n, _ = x.shape
        self.require_agents(n)  # the kernel draws another walker without looking whether there is one
        return StateBatch.initial(
            State, Clock(), x, seeds, energy=np.empty((runs, n)), log_virtual=np.zeros((runs, n)),
            members=np.tile(np.arange(n), (runs, 1)), partner=np.full((runs, n), -1), living=np.ones((runs, n), np.uint8),
            best=np.full(runs, np.inf),
        )  # fmt: skip

    def shift(self, t, d: int) -> np.ndarray:
        """Where the landscape has got to at times ``t`` (m,), shape (m, d)."""
        return shift_at(self.motion, self.speed, self.radius, t, d)

    def advance_many(self, states, landscape, steps, every=1, start=False):
        state = StateBatch.of(states).all
        runs, n, d, clock = len(state.seed), state.n, state.d, self._clock(state)
        schedules = self._schedules(state, steps, "tau", "reward_power", "distance_power", "sigma")
        recorded, tables = self._blank_records(runs, state, steps, every, start)
        shift = self.shift(clock.at(np.arange(state.k, state.k + steps + 1)), d)
        x, energy, log_virtual = copied_rows(state.x), aligned_rows(runs, n), aligned_rows(runs, n)
        members, partner, living = state.members.copy(), state.partner.copy(), state.living.copy()
        best, ends, (low, high) = state.best.copy(), np.empty((runs, 3), int), landscape.limits(d)
        run(
            x, energy, log_virtual, members, partner, living, best, d, n, state.k, steps, every, start, state.seed,
            *schedules, shift, self.motion != "none", self.delta, self.epsilon, self.migration, self._groups(n),
            REWARDS[self.reward], FORMS[self.relativisation], self.companion == "own", JITTERS[self.jitter],
            low, high, BOUNDARIES[self.boundary],
            landscape.values_function(), landscape.constants(), landscape.minimisers(d), tables, ends,
        )  # fmt: skip
        after = state._replace(
            k=state.k + steps, clock=clock, x=x, energy=energy, log_virtual=log_virtual, members=members, partner=partner,
            living=living, best=best,
        )  # fmt: skip
        return BatchResult(
            StateBatch(after),
            ends[:, :2],
            recorded,
            tables,
            self.observables,
            self._unrewarded(state.seed, ends, energy),
        )

    def answers(self, states):
        return lowest_agents(StateBatch.of(states).all)

    def _unrewarded(self, seeds, ends, energy):
        """What is wrong with the runs that came to a walker without a reward, by seed and step."""
        runs = np.flatnonzero((ends[:, 0] != FINE) & (ends[:, 2] == NOT_POSITIVE))
        told = ((r, int(ends[r, 0]), int(ends[r, 1])) for r in runs)
        return {(int(seeds[r]), k): Unrewarded(self.reward, k, agent, energy[r, agent]) for r, k, agent in told}

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
