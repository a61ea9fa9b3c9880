r"""The law of Fractal Monte Carlo among infinitely many walkers: the map of :mod:`swarmviz.laws.cloning_map` on cells of the box.

It is deterministic where the z-score relativises: mean and deviation of all walkers are then numbers. Groups of infinitely many walkers
that start from one law have one law, and migration changes nothing. Where the map has no cells for it (a boundary that is not closed,
a start outside the box or at points, a jitter or a reward finer than the cells), a large swarm takes its place, from that step on.

N* is that of the map's formula, or of the swarms that live beside it (:mod:`swarmviz.laws.witnesses`) where these need more.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.base import Dynamics, box_of, objective_of
from swarmviz.dynamics.fmc.dynamics import FMC, REWARDS
from swarmviz.frame import Clock
from swarmviz.kernels import boundaries
from swarmviz.landscapes.base import Landscape
from swarmviz.laws import witnesses
from swarmviz.laws.base import LawScheme, NoLaw
from swarmviz.laws.cloning_map import (
    COARSEST,
    NARROW,
    POINTS,
    UNREWARDED,
    Cloning,
    CloningSchedules,
    Report,
    advance_cells,
)
from swarmviz.laws.distance import curve_of
from swarmviz.laws.initial import initial_law
from swarmviz.laws.plain import COARSE, Plain, PlainState
from swarmviz.laws.witnesses import Witnesses
from swarmviz.schedules import values_of

FEWEST, MOST = 400, 1200  # cells at the start
FINEST = 3200  # cells of a law that has become narrow
RESOLVING, LEAST = (
    6.0,
    2.0,
)  # cells in a deviation of the distance, below which they are halved, and below which that cannot help
PER_DEVIATION = 8.0  # cells in a deviation of the jitter that are aimed at
FINE = COARSEST / 5.0  # share of the variance of R within cells from which on there are as many as may be
OUTSIDE = 1e-9  # mass outside the box that is passed over
LOOKED_AT = 4001  # places of the box


class CellState(NamedTuple):
    """Masses of equal cells between ``low`` and ``high``, and what the map reports (:mod:`swarmviz.laws.cloning_map`)."""

    k: int
    clock: Clock
    low: float
    high: float
    mass: np.ndarray  # (K,), sum 1
    bottleneck: np.ndarray  # (K,)
    rate: float  # of cloning in the last step
    needed: float  # N* of one group by the formula of the map
    groups: int
    witnesses: Witnesses  # of one group


class FMCLaw(LawScheme):
    """The exact map of the density, for z-scores and walls; elsewhere a large swarm."""

    title = "Law of one walker among infinitely many"
    reference = "000 eq. 1.3–1.4 as N → ∞"

    def __init__(self) -> None:
        self.swarm = Plain()
        self.approximation = (  # type: ignore[misc]
            f"The map of the density from step to step on {FEWEST} to {FINEST} cells of the box; where these resolve neither the "
            f"jitter nor the reward, and without walls, a swarm of {self.swarm.agents:,} walkers with a seed of its own."
        )

    def refusal(self, dynamics, landscape, swarm):
        if dynamics.relativisation != "z-score":
            return "min–max relates every walker to the extremes of N walkers, of which no limit is known"
        if dynamics.reward != "exponential":
            low, high = (bound[0] for bound in landscape.limits(1))
            f = landscape.values(np.linspace(low, high, LOOKED_AT)[:, None])
            if not (f.min() >= 0.0 if dynamics.reward == "value" else f.max() <= 0.0):
                return f"the reward {dynamics.reward!r} is not positive everywhere in the box, and where it is not, the run ends"
        return ""

    def init(self, dynamics, landscape, swarm):
        law, (low, high) = initial_law(swarm, landscape), (bound[0] for bound in landscape.limits(1))
        a, b = law.cdf(np.array([low, high]))
        if not (walled(dynamics) and not len(law.atoms) and a <= OUTSIDE and b >= 1.0 - OUTSIDE):
            return self.swarm.init(dynamics, landscape, swarm)
        mass = law.cells(np.linspace(low, high, cell_count(dynamics, landscape, law.cdf) + 1)).mass
        clock, worth = Clock(dt=dynamics.time_step), witnesses.WORTH * witnesses.SIZES[-1]
        beside = witnesses.started(in_one_group(dynamics), landscape, law.quantiles, worth, 0, None)
        return CellState(
            0, clock, low, high, mass / mass.sum(), np.zeros(len(mass)), 0.0, 1.0, int(dynamics.groups), beside
        )

    def advance(self, state, dynamics, landscape, steps):
        end = state.k + steps
        while isinstance(state, CellState):
            steps = min(witnesses.next_look(state.k), end) - state.k  # the same looks however steps are grouped
            before, state = state, self._advanced(state, dynamics, landscape, steps)
            if isinstance(state, CellState):
                beside = witnesses.advanced(before.witnesses, in_one_group(dynamics), landscape, steps)
                state = self._compared(state._replace(witnesses=beside)) if steps > 0 else state
                if state.k == end:
                    return state
        return self.swarm.advance(state, dynamics, landscape, end - state.k)

    def _compared(self, state: CellState) -> CellState:
        """The State after a look at the swarms beside it, at the steps at which there is one."""
        if not witnesses.looks_at(state.k):
            return state
        curve = curve_of(lambda x: self.cdf(state, x), state.low, state.high, tolerance=COARSE)
        return state._replace(witnesses=witnesses.compared_with_limit(state.witnesses, curve))

    def _advanced(self, state: Any, dynamics: FMC, landscape: Landscape, steps: int) -> CellState | PlainState:
        """The State some steps later, whose witnesses are where they were."""
        if not walled(dynamics):
            return self.swarm.advance(self._as_swarm(state, dynamics, landscape), dynamics, landscape, steps)
        if steps == 0:
            return state
        clock = state.clock.with_step(state.k, dynamics.time_step)
        times = clock.at(np.arange(state.k, state.k + steps))
        tau, alpha, beta, sigma = (
            values_of(dynamics, name, times) for name in ("tau", "reward_power", "distance_power", "sigma")
        )
        mass, bottleneck = state.mass.copy(), state.bottleneck.copy()
        report = Report(np.array([state.rate]), np.array([state.needed]), np.zeros(1, np.int64))
        params = Cloning(
            REWARDS[dynamics.reward], dynamics.companion == "own", dynamics.jitter == "all", dynamics.boundary == "periodic",
            dynamics.epsilon, dynamics.distance_form == "decaying", RESOLVING if 2 * len(mass) <= FINEST else LEAST,
        )  # fmt: skip
        shift = np.ascontiguousarray(dynamics.shift(times, 1)[:, 0])
        box = box_of(landscape, 1, boundaries.CODES[dynamics.boundary])
        schedules = CloningSchedules(tau, alpha, beta, sigma, shift)
        taken = advance_cells(mass, bottleneck, report, params, schedules, box, objective_of(landscape, 1))
        rate, needed, end = (float(array[0]) for array in report)
        after = state._replace(
            k=state.k + taken, clock=clock, mass=mass, bottleneck=bottleneck, rate=rate, needed=needed, groups=int(dynamics.groups)
        )  # fmt: skip
        if end == UNREWARDED:
            raise NoLaw(
                f"the law ends at step {after.k}: F is not finite, or the reward {dynamics.reward!r} not positive, where walkers are"
            )
        if end == NARROW and 2 * len(mass) <= FINEST:
            return self._advanced(halved(after), dynamics, landscape, steps - taken)
        if taken < steps:
            after = self._as_swarm(after, dynamics, landscape)
            return self.swarm.advance(after, dynamics, landscape, steps - taken)
        return after

    def moved_to(self, state, dynamics, landscape):
        if isinstance(state, PlainState):
            return self.swarm.moved_to(state, dynamics, landscape)
        low, high = (bound[0] for bound in landscape.limits(1))
        return state if (low, high) == (state.low, state.high) else self._as_swarm(state, dynamics, landscape)

    def cdf(self, state, x):
        if isinstance(state, PlainState):
            return self.swarm.cdf(state, x)
        return np.interp(x, edges_of(state), np.concatenate(([0.0], np.cumsum(state.mass))), left=0.0, right=1.0)

    def atoms(self, state):
        return self.swarm.atoms(state) if isinstance(state, PlainState) else super().atoms(state)

    def agents_needed(self, state):
        if isinstance(state, PlainState):
            return self.swarm.agents_needed(state)
        return max(state.needed, state.witnesses.needed) * state.groups

    def _as_swarm(self, state: CellState, dynamics: Dynamics, landscape: Landscape) -> PlainState:
        """A large swarm at the quantiles of the law."""
        below = np.concatenate(([0.0], np.cumsum(state.mass)))
        started = self.swarm.started(
            dynamics, landscape, lambda u: np.interp(u, below, edges_of(state)), state.k, state.clock
        )
        return started._replace(needed=self.agents_needed(state))


def in_one_group(dynamics: FMC) -> FMC:
    """The same dynamics with all walkers in one group."""
    if dynamics.groups == 1:
        return dynamics
    other = dynamics.copy()
    other.groups = 1
    return other


def halved(state: CellState) -> CellState:
    """The same law in cells half as wide."""
    return state._replace(mass=np.repeat(0.5 * state.mass, 2), bottleneck=np.repeat(state.bottleneck, 2))


def walled(dynamics: FMC) -> bool:
    """Whether no walker leaves the box and none is held at its walls."""
    return dynamics.boundary in ("reflect", "periodic")


def edges_of(state: CellState) -> np.ndarray:
    """The edges of the cells, (K + 1,)."""
    return np.linspace(state.low, state.high, len(state.mass) + 1)


def cell_count(dynamics: FMC, landscape: Landscape, cdf: Any) -> int:
    """K: enough for the jitter at the start, and for the reward under the initial law."""
    low, high = (bound[0] for bound in landscape.limits(1))
    sigma, tau = (values_of(dynamics, name, np.zeros(1))[0] for name in ("sigma", "tau"))
    wanted = PER_DEVIATION * (high - low) / sigma if sigma > 0.0 else MOST
    K = int(np.ceil(min(max(wanted, FEWEST), MOST)))
    places = low + (high - low) * (np.arange(K * POINTS) + 0.5) / (K * POINTS)
    f = landscape.values(places[:, None] - dynamics.shift(np.zeros(1), 1))
    mass = np.diff(cdf(np.linspace(low, high, K + 1)))
    reward = (np.exp((f.min() - f) / tau) if dynamics.reward == "exponential" else np.abs(f)).reshape(K, POINTS)
    with np.errstate(invalid="ignore"):
        inside = mass @ reward.var(axis=1)
        all_ = mass @ ((reward - mass @ reward.mean(axis=1)) ** 2).mean(axis=1)
    return MOST if not inside <= FINE * all_ else K
