r"""The law of infinitely many agents of SSA (:mod:`swarmviz.dynamics.ssa`) in one dimension: that of the simulated scheme, with its Δt.

    ∂_t μ = ∇·(μ∇F) + (F − F̄) ∂_m(mμ) + σ(m) Δμ,    F̄ = E[mF]/E[m]                              (1)  002 eq. 2.4

μ(t, x, m) is the law of a place and a mass with E[m] = 1, which is N times the mass in the swarm. So the limit keeps b = Nβ, and its
noise is σ(m/N): it belongs to the N of the swarm through b, and for the steep profile through the steepness, too. Since σ must not be
smoothed in m, μ is a quiet swarm (:mod:`swarmviz.laws.quiet`): its agents carry masses m/N_q, N_q their number, and feel σ(m/N).
Initial masses have the law of N times a draw divided by N times its mean; their numbers are spread evenly beside those of the places.

With the provisional minimum F̄ = min F the limit has the lowest F where the law is; what the others lose then goes to one agent, which is
nothing of the law of x. Of the quiet swarm it is the lowest of N_q agents, as near to that minimum as of so many independent ones.

Where the noise does not depend on the mass, masses move nothing, and the law is that of :mod:`swarmviz.laws.langevin`. Who changes to
such a profile keeps the quiet swarm; who changes from it to one with masses has no law, because those of the past are not known.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from swarmviz.dynamics.base import box_of, smooth_objective_of
from swarmviz.dynamics.ssa import MEAN, PROFILES, PROVISIONAL, SSA, hand_over, provisional_minimum, rates, transfer
from swarmviz.frame import Clock, Diverged
from swarmviz.kernels import boundaries
from swarmviz.kernels.blocks import borrowed, scratch
from swarmviz.kernels.compiled import Reals, Wholes, inner, kernel
from swarmviz.kernels.diagnostics import all_finite, smallest
from swarmviz.kernels.packs import FINE, Box, SmoothObjective
from swarmviz.kernels.randomness import POSITION_NOISE, key, uniform
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.base import LawScheme, NoLaw
from swarmviz.laws.initial import InitialLaw, initial_law
from swarmviz.laws.langevin import ASTRAY, LangevinLaw, no_mean, thrown_from
from swarmviz.laws.quiet import EXTREME, law_of_step, put_in_order, spread_noise
from swarmviz.laws.table import Table
from swarmviz.schedules import values_of

AGENTS = 8000  # twice as many where initial masses are random, which sorting by x does not spread as well
SILVER = math.sqrt(2.0) - 1.0  # no rational multiple of the golden ratio, which spreads the noise
MASS_FREE = ("none", "constant", "annealing")
SEED = 0x55A  # of the one uniform number per step


class QuietState(NamedTuple):
    """A quiet swarm.

    Attributes
    ----------
    n : int
        N of the swarm whose law it is.
    x, mass : (N_q,)
        Places, and masses with sum 1.
    mean, deviation : (N_q,)
        The law of ``x`` given the step before, without the boundary.
    low, high, boundary : float, float, str
        The walls of the last step.
    level : float
        F̄.
    clips : int
        Masses that were clipped at zero.
    start : InitialLaw or None
        At step 0 the law itself.
    """

    k: int
    clock: Clock
    n: int
    x: np.ndarray
    mass: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    low: float
    high: float
    boundary: str
    level: float
    clips: int
    start: InitialLaw | None


class Agents(NamedTuple):
    """What a kernel advances: fields of the State."""

    x: Reals
    mass: Reals
    mean: Reals
    deviation: Reals
    level: Reals
    clips: Wholes


class QuietParams(NamedTuple):
    """λ, β, Δt, the profile, N_q/N, by which a mass of the quiet swarm becomes one of the swarm, and what F̄ is."""

    lam: float
    cutoff: float
    dt: float
    profile: int
    scale: float
    provisional: int


class Workspace(NamedTuple):
    """Scratch of a kernel, (N_q,) each."""

    f: np.ndarray
    slope: np.ndarray
    rate: np.ndarray
    z: np.ndarray
    spare_x: np.ndarray
    spare_mass: np.ndarray


@inner
def take_step(agents, params, temperature, shift, box, objective, workspace):
    """One step of all agents, in the order of x; F at the new places into ``workspace.f``."""
    x, mass, f, rate, z = agents.x, agents.mass, workspace.f, workspace.rate, workspace.z
    n, dt = x.size, params.dt
    put_in_order(x, mass, workspace.spare_x, workspace.spare_mass)
    row, slope = x.reshape((1, n)), workspace.slope.reshape((1, n))
    objective.values(row, objective.p, f)
    objective.gradient(row, objective.p, slope)
    for i in range(n):
        workspace.spare_mass[i] = params.scale * mass[i]
    rates(workspace.spare_mass, params.lam, params.cutoff, temperature, params.profile, rate)
    shift_mass = transfer if params.provisional == MEAN else hand_over
    agents.clips[0] += shift_mass(mass, f, agents.level[0], dt)
    spread_noise(shift, z)
    for i in range(n):
        agents.mean[i] = x[i] - dt * workspace.slope[i]
        agents.deviation[i] = math.sqrt(2.0 * dt * rate[i])
        x[i] = agents.mean[i] + agents.deviation[i] * z[i]
    boundaries.confine(row, box.low, box.high, box.boundary)
    objective.values(row, objective.p, f)


@kernel
def advance_quiet(
    agents: Agents, k: int, seed: int, params: QuietParams, temperature: Reals, box: Box, objective: SmoothObjective
) -> int:
    """Advance in place from step ``k``, one step per ``temperature``; returns the step at which F is not finite, or FINE."""
    agents, temperature, objective = borrowed(agents), borrowed(temperature), borrowed(objective)
    n = agents.x.size
    workspace = Workspace(
        scratch(n, np.float64), scratch(n, np.float64), scratch(n, np.float64), scratch(n, np.float64), scratch(n, np.float64),
        scratch(n, np.float64),
    )  # fmt: skip
    objective.values(agents.x.reshape((1, n)), objective.p, workspace.f)
    for s in range(temperature.size + 1):
        if s > 0:
            shift = uniform(key(np.uint64(seed), np.uint64(POSITION_NOISE), np.uint64(k + s)), 0, 0)
            take_step(agents, params, temperature[s - 1], shift, box, objective, workspace)
        if not all_finite(workspace.f):
            return k + s
        f = workspace.f
        agents.level[0] = provisional_minimum(agents.mass, f) if params.provisional == MEAN else smallest(f)
    return FINE


def initial_masses(kind: str, count: int) -> np.ndarray:
    """Masses (N_q,) with sum 1 of agents in the order of x, as the initial law of the masses has them."""
    u = (SILVER * np.arange(count) + 0.5) % 1.0
    mass = np.ones(count) if kind == "equal" else u if kind == "uniform" else -np.log(np.maximum(u, EXTREME))
    return mass / mass.sum()


class SSALaw(LawScheme):
    """A quiet swarm with masses."""

    title = "Law of one agent and its mass among infinitely many"
    reference = "002 eq. 2.4"

    def __init__(self, agents: int = AGENTS):
        self.agents, text = agents, LangevinLaw.approximation
        self.approximation = (  # type: ignore[misc]
            f"A quiet swarm of {agents:,} agents, twice as many with random initial masses, whose errors cancel: as near to the law as "
            "10⁵ to 10⁶ independent draws, with the cutoff Nβ of this N. Where the noise does not depend on the mass: "
            f"{text[0].lower()}{text[1:]}"
        )
        self.mass_free = LangevinLaw()
        self._last: tuple[Any, Table] | None = None

    def refusal(self, dynamics, landscape, swarm):
        return self.mass_free.refusal(dynamics, landscape, swarm) if dynamics.profile in MASS_FREE else ""

    def init(self, dynamics, landscape, swarm):
        if dynamics.profile in MASS_FREE:
            return self.mass_free.init(dynamics, landscape, swarm)
        start, count = initial_law(swarm, landscape), self.agents * (1 if dynamics.initial_mass == "equal" else 2)
        x = start.quantiles((np.arange(count) + 0.5) / count)
        (low,), (high,) = landscape.limits(1)
        clock, mass = Clock(dt=dynamics.time_step), initial_masses(dynamics.initial_mass, count)
        state = QuietState(
            0, clock, int(swarm.n), x, mass, x, np.zeros(count), low, high, dynamics.boundary, math.nan, 0, start
        )
        return self.advance(state, dynamics, landscape, 0)

    def advance(self, state, dynamics, landscape, steps):
        if not isinstance(state, QuietState):
            if dynamics.profile not in MASS_FREE:
                raise NoLaw(
                    f"Masses of the steps before {state.k} are not part of the law of the profile it began with: reset the run."
                )
            return self.mass_free.advance(state, dynamics, landscape, steps)
        if dynamics.boundary == "none":
            ends = thrown_from(landscape, dynamics.dt)
            if np.isfinite(ends).any():  # then one looks after every step
                for _ in range(steps):
                    state = self._advanced(self._with_mean(state, dynamics, *ends), dynamics, landscape, 1)
                return state
        return self._advanced(state, dynamics, landscape, steps)

    @staticmethod
    def _with_mean(state: QuietState, dynamics: SSA, left: float, right: float) -> QuietState:
        """The State, when hardly any of the law is so far out that the next step throws it farther; else raises NoLaw."""
        if state.start is None:
            deviation = np.maximum(state.deviation, 1e-300)
            thrown = float(np.mean(ndtr((left - state.mean) / deviation) + ndtr((state.mean - right) / deviation)))
            if thrown > ASTRAY:
                raise no_mean(dynamics.dt, thrown, state.k)
        return state

    @staticmethod
    def _advanced(state: QuietState, dynamics: SSA, landscape: Landscape, steps: int) -> QuietState:
        """Steps of the quiet swarm."""
        clock = state.clock.with_step(state.k, dynamics.time_step)
        temperature = values_of(dynamics, "temperature", clock.at(np.arange(state.k, state.k + steps + 1)))[:-1]
        agents = Agents(
            state.x.copy(), state.mass.copy(), state.mean.copy(), state.deviation.copy(), np.array([state.level]),
            np.array([state.clips]),
        )  # fmt: skip
        params = QuietParams(
            dynamics.lam, dynamics.cutoff, dynamics.dt, PROFILES[dynamics.profile], len(state.x) / state.n,
            PROVISIONAL[dynamics.provisional],
        )  # fmt: skip
        box = box_of(landscape, 1, boundaries.CODES[dynamics.boundary])
        failed = advance_quiet(agents, state.k, SEED, params, temperature, box, smooth_objective_of(landscape, 1))
        if failed != FINE:
            raise Diverged(failed, 0)
        after = state._replace(
            k=state.k + steps, clock=clock, x=agents.x, mass=agents.mass, mean=agents.mean, deviation=agents.deviation,
            level=float(agents.level[0]), clips=int(agents.clips[0]),
        )  # fmt: skip
        if steps == 0:
            return after
        (low,), (high,) = landscape.limits(1)
        return after._replace(low=low, high=high, boundary=dynamics.boundary, start=None)

    def moved_to(self, state, dynamics, landscape):
        return state if isinstance(state, QuietState) else self.mass_free.moved_to(state, dynamics, landscape)

    def cdf(self, state, x):
        if not isinstance(state, QuietState):
            return self.mass_free.cdf(state, x)
        return self._table(state).cdf(x) if state.start is None else state.start.cdf(x)

    def atoms(self, state):
        if not isinstance(state, QuietState):
            return self.mass_free.atoms(state)
        return self._table(state).atoms if state.start is None else state.start.atoms

    def _table(self, state: QuietState) -> Table:
        """The distribution function; asked for again, it costs nothing."""
        last = self._last
        if last is None or last[0] is not state.mean:
            table = law_of_step(state.mean, state.deviation, state.low, state.high, state.boundary)
            last = self._last = state.mean, table
        return last[1]
