r"""The law of an agent of SSA whose noise does not depend on its mass: Langevin Monte Carlo, and annealing with T(t), in one dimension.

    X⁺ = X − ΔtF'(X) + s ξ,   s = √(2ΔtT),   ξ standard normal                   (1)  002 eq. 4.3 (T = λ) and §1.3
    ρ⁺(z) = ∫ ρ(x) N(z; x − ΔtF'(x), s²) dx                                       (2)

The agents do not interact: this is the law of each of them, and that of infinitely many. It is (1) itself that is followed, not the
diffusion, whose stationary law is e^{−F/T}: what (2) tends to differs from it by the bias of Δt.

chain   (2) by the trapezoidal rule on uniform nodes, s/1.8 apart, or closer where x − ΔtF'(x) bends or rises too much between them. ρ⁺
        is a sum of Gaussians of deviation s, and so is ρ from the second step on; their products are resolved to 1e-14 (the rule is
        spectral). From the initial law by Gauss–Legendre panels. Where F' jumps, as in the tip of a cone, the rule is of first order
        only; with the largest jump half way between two nodes it is of second order, and errors of both sides all but cancel.
cells   where the box has walls, at which ρ ends, or the noise is too weak, or F' too steep, for so many nodes: cells with three moments
        (:mod:`swarmviz.laws.gaussian_mixture`), an agent's Gaussian is cut with their edges.

An explicit step throws agents that are far out, where F' grows faster than |x|, to the other side and farther out, from where the next one
throws them farther still. Less than 1e-9 of the law is passed over when that happens to it; with more the law ends, for it has no mean.

In either case the law of a step is a mixture of Gaussians, and the next step begins with it: a run may change from one way to the other.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.ssa import SSA
from swarmviz.frame import Clock
from swarmviz.kernels.compiled import Reals, Table, Wholes, inner, kernel
from swarmviz.kernels.elementary import exp
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.base import LawScheme, NoLaw
from swarmviz.laws.gaussian_mixture import INV_ROOT_2PI, SEEN, WITHIN, Mixture, density, sources
from swarmviz.laws.initial import InitialLaw, initial_law
from swarmviz.laws.walls import Confined, confine

RESOLVED = 1.8  # deviations s per node of the chain, at least
RISE, BEND = (
    0.8,
    0.1,
)  # deviations by which x − ΔtF'(x) may change between two nodes, and that change from one to the next
BAND = 7.6  # deviations to which a source of the chain reaches: 3e-14 of its mass lies beyond
MOST_NODES = 12_000  # of the chain; with more it takes longer than cells
LOST = 1e-11  # mass that may be missing after a step before the nodes are chosen anew
THROWN, ASTRAY = (
    2.0,
    1e-9,
)  # times its distance from the middle, beyond the box; mass of which that may happen and be passed over
NEAR = 100.0  # half widths of the box to which one looks for such places
PANEL, POINTS = 0.5, 6  # width in s, and nodes, of the panels of the first step
WIDEST = 8.0  # s per spacing in a table of the chain
HALVINGS = 30  # of an interval, after which F' still changes only where it jumps
CLOSER = (1.0, 1.5, 2.0, 3.0, 4.0)  # times, that nodes may be, so that s is less than WIDEST spacings
MARGIN = 0.15  # of new nodes beyond either end of the law, of its extent
CELLS = 600  # in the box
MOST_CELLS = 6000
NARROWEST = 1e-9  # deviation of a Gaussian, in widths of the box


QUARTERS = np.exp2(np.arange(-4, 0) / 4.0)


class Grid(NamedTuple):
    """Nodes ``first`` + j ``spacing``, 0 ≤ j < ``size``."""

    first: float
    spacing: float
    size: int

    @property
    def nodes(self) -> np.ndarray:
        """All of them."""
        return self.first + self.spacing * np.arange(self.size)


class State(NamedTuple):
    """The law at step k: a mixture of which the part in the ``support`` counts, and atoms.

    ``start`` is the law at step 0, None later; ``grid`` are the nodes from which the chain has made the mixture, None in cells.
    """

    k: int
    clock: Clock
    mass: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    atoms: np.ndarray
    support: tuple[float, float]
    grid: Grid | None
    start: InitialLaw | None

    @property
    def law(self) -> Confined:
        """Mixture, atoms and support."""
        return Confined(Mixture(self.mass, self.mean, self.deviation), self.atoms, self.support)


@inner(strict=True)
def _fill_band(mean, s, origin, spacing, first, table):
    """Row i: spacing · N(z_j; mean_i, s²) at the nodes z_j = origin + j spacing from j = first[i] on."""
    for i in range(mean.size):
        first[i] = math.ceil((mean[i] - origin - BAND * s) / spacing)
        top, row = spacing * INV_ROOT_2PI / s, table[i]
        for j in range(row.size):
            t = (origin + (first[i] + j) * spacing - mean[i]) / s
            row[j] = top * exp(-0.5 * t * t) if t <= BAND else 0.0  # however wide the table


@inner(strict=True)
def _spread(mass, first, table, out):
    """out_j ← Σ_i mass_i table_ij, what falls beyond the nodes is lost; returns the sum."""
    out[:] = 0.0
    for i in range(mass.size):
        if mass[i] > 0.0:
            begin = max(-first[i], 0)
            end = min(table.shape[1], out.size - first[i])
            row, p = table[i], mass[i]
            for j in range(begin, end):
                out[first[i] + j] += p * row[j]
    return out.sum()


@kernel
def walk(
    mass: Reals, mean: Reals, scale: float, image: Reals, scales: Reals, origin: float, spacing: float,
    thrown: Reals, first: Wholes, table: Table, out: Reals
) -> int:  # fmt: skip
    """Steps (2) of the chain, in place, on the nodes origin + j spacing.

    Parameters
    ----------
    mass, mean, scale : (n,), (n,), float
        The mixture at the beginning: Gaussians of deviation ``scale``. They become that at the end.
    image : (n,)
        x − ΔtF'(x) at the nodes x.
    scales : (steps,)
        s of each step.
    thrown : (n,)
        1 for the nodes whose image is thrown farther still by the next step, else 0.
    first, table, out : (n,), (n, width), (n,)
        Scratch.

    Returns
    -------
    int
        How many steps were taken: all, or as many as lose no mass at the ends of the nodes, and after which nothing is thrown.
    """
    known, at_image = -1.0, False  # of the table: its s, and whether it belongs to ``image``
    for k in range(scales.size):
        if scale != known or (k > 0) != at_image:
            _fill_band(mean, scale, origin, spacing, first, table)
            known, at_image = scale, k > 0
        total = _spread(mass, first, table, out)
        if not abs(total - 1.0) < LOST:
            return k
        mass[:] = out / total
        mean[:] = image
        scale = scales[k]
        if np.dot(mass, thrown) > 0.0:
            return k + 1
    return scales.size


class LangevinLaw(LawScheme):
    """The law of agents that are shaken alike and do not interact."""

    title = "Law of infinitely many agents of Langevin Monte Carlo, or of annealing"
    reference = "002 eq. 4.3 and §1.3, with the time step of the run"
    approximation = "The transition matrix of the scheme on a fine grid; between walls, or with hardly any noise, cells with exact moments."

    def refusal(self, dynamics, landscape, swarm):
        (low,), (high,) = landscape.limits(1)
        wider = 0.5 * (high - low) * (dynamics.boundary == "none")
        x = np.linspace(low - wider, high + wider, 1001)[:, None]
        bad = ~(np.isfinite(landscape.values(x)) & np.isfinite(landscape.gradient(x)[:, 0]))
        if bad.any():
            return f"F is not a finite number at x = {x[bad][0, 0]:g}, where some of infinitely many agents would be."
        return ""

    def init(self, dynamics, landscape, swarm):
        start, nothing = initial_law(swarm, landscape), np.zeros(0)
        clock = Clock(dt=float(dynamics.dt))
        return State(0, clock, nothing, nothing, nothing, start.atoms, (-np.inf, np.inf), None, start)

    def advance(self, state, dynamics, landscape, steps):
        scales = self._scales(state, dynamics, steps)
        clock, first = dynamics._clock(state), state.k
        while state.k < first + steps:
            ahead, state = scales[state.k - first :], self._without_thrown(state, dynamics, landscape)
            scale, spacing = float(ahead[0]), self._spacing(state, dynamics, landscape, float(ahead[0]))
            if spacing == 0.0:
                state = self._step_in_cells(state, dynamics, landscape, scale)
            elif state.start is not None:
                state = self._first_step(state, dynamics, landscape, scale, RESOLVED * spacing)
            else:
                taken = self._walk(state, dynamics, landscape, spacing, ahead)
                state = self._step_on_new_nodes(state, dynamics, landscape, spacing, scale) if taken is None else taken
        return state._replace(clock=clock)

    def cdf(self, state, x):
        return state.law.cdf(x) if state.start is None else state.start.cdf(x)

    def atoms(self, state):
        return state.atoms

    # ---- which way -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _scales(state: State, dynamics: SSA, steps: int) -> np.ndarray:
        """s of (1) of the next steps."""
        (temperature,) = dynamics._schedules(state, steps, "temperature")
        if dynamics.profile != "annealing":
            temperature[:] = dynamics.lam if dynamics.profile == "constant" else 0.0
        return np.sqrt(2.0 * dynamics.dt * temperature[:steps])

    @staticmethod
    def _spacing(state: State, dynamics: SSA, landscape: Landscape, scale: float) -> float:
        """Of the nodes that a step of this s needs; 0 where it is taken in cells."""
        narrowest = scale if state.start is not None else min(scale, float(state.deviation.min(initial=math.inf)))
        walls = dynamics.boundary != "none" or state.support[0] > -np.inf
        if walls or narrowest == 0.0 or (state.start is None and len(state.atoms)):
            return 0.0
        (low,), (high,) = landscape.limits(1)
        left, right = extent(state)
        for closer in CLOSER:
            spacing = float(rounded(narrowest / RESOLVED / closer))
            if not max(right - left, high - low) < MOST_NODES * spacing:
                break
            if resolves(landscape, *where(state), spacing, narrowest, dynamics.dt):
                return spacing
        return 0.0

    @staticmethod
    def _without_thrown(state: State, dynamics: SSA, landscape: Landscape) -> State:
        """The same law without the little of it that the next step throws farther out; raises NoLaw where that is much."""
        if state.start is not None or dynamics.boundary != "none":
            return state
        far = is_thrown(landscape, state.mean, dynamics.dt) * state.mass
        much = float(far.sum())
        if much > ASTRAY:
            raise no_mean(dynamics.dt, much, state.k)
        return state._replace(mass=(state.mass - far) / (1.0 - much)) if much > 0.0 else state

    # ---- the chain -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _first_step(state: State, dynamics: SSA, landscape: Landscape, scale: float, resolved: float) -> State:
        """(2) of the initial law, in the integral over which a Gaussian of deviation ``resolved`` is one."""
        start = state.start or InitialLaw(np.zeros((0, 3)), None, state.atoms)
        x, mass = quadrature(start, resolved)
        mean = images(landscape, x, dynamics.dt)
        return state._replace(
            k=state.k + 1,
            mass=mass / mass.sum(),
            mean=mean,
            deviation=np.full(len(x), scale),
            atoms=np.zeros((0, 2)),
            start=None,
        )

    @staticmethod
    def _step_on_new_nodes(state: State, dynamics: SSA, landscape: Landscape, spacing: float, scale: float) -> State:
        """(2) of any mixture, on nodes that are chosen for it."""
        left, right = extent(state)
        wider = MARGIN * (right - left)
        first, size = left - wider, math.ceil((right - left + 2.0 * wider) / spacing) + 2
        jump = jump_of_slope(landscape, first + spacing * np.arange(size))
        first -= 0.0 if jump is None else spacing * (1.0 - ((jump - first) / spacing - 0.5) % 1.0)
        grid = Grid(first, spacing, size)
        mass = density(state.law.mixture, grid.nodes)
        mean = images(landscape, grid.nodes, dynamics.dt)
        return state._replace(
            k=state.k + 1, mass=mass / mass.sum(), mean=mean, deviation=np.full(grid.size, scale), grid=grid
        )

    @staticmethod
    def _walk(state: State, dynamics: SSA, landscape: Landscape, spacing: float, scales: np.ndarray) -> State | None:
        """As many of the next steps as can be taken on the nodes of the State; None where that is none."""
        grid = state.grid
        if grid is None or grid.spacing != spacing:
            return None
        before = np.append(state.deviation[0], scales[:-1])
        widest = np.maximum(before, scales)
        good = (rounded(np.minimum(before, scales) / RESOLVED) == spacing) & (widest < WIDEST * spacing)
        steps = len(good) if good.all() else int(np.argmin(good))
        if steps == 0:
            return None
        n, width = grid.size, math.ceil(2.0 * BAND * widest[:steps].max() / spacing) + 1
        mass, mean, image = state.mass.copy(), state.mean.copy(), images(landscape, grid.nodes, dynamics.dt)
        thrown = is_thrown(landscape, image, dynamics.dt)
        scratch = np.empty(n, int), np.empty((n, width)), np.empty(n)
        taken = walk(
            mass, mean, float(state.deviation[0]), image, scales[:steps], grid.first, spacing, thrown, *scratch
        )
        if taken == 0:
            return None
        return state._replace(k=state.k + taken, mass=mass, mean=mean, deviation=np.full(n, scales[taken - 1]))

    # ---- cells ---------------------------------------------------------------------------------------------------------

    @staticmethod
    def _step_in_cells(state: State, dynamics: SSA, landscape: Landscape, scale: float) -> State:
        """One step of (1), and the walls."""
        (low,), (high,) = landscape.limits(1)
        left, right = extent(state)
        width = (high - low) / CELLS * max(1, math.ceil((right - left) / (high - low) * CELLS / MOST_CELLS))
        edges = low + width * np.arange(math.floor((left - low) / width), math.ceil((right - low) / width) + 1)
        edges[[0, -1]] = -np.inf, np.inf
        cells = state.law.cells(edges)[0] if state.start is None else state.start.cells(edges)
        mass, x, variance = sources(cells, WITHIN)
        near = np.sqrt(variance) + NARROWEST * (high - low)
        slope = (images(landscape, x + near, dynamics.dt) - images(landscape, x - near, dynamics.dt)) / (2.0 * near)
        mean, square = images(landscape, x, dynamics.dt), scale**2 + slope**2 * variance
        atoms = np.column_stack((images(landscape, state.atoms[:, 0], dynamics.dt), state.atoms[:, 1]))
        if scale > 0.0:  # an atom stays one without noise only
            mass, mean = np.append(mass, atoms[:, 1]), np.append(mean, atoms[:, 0])
            square, atoms = np.append(square, np.full(len(atoms), scale**2)), atoms[:0]
        mixture = Mixture(mass, mean, np.maximum(np.sqrt(square), NARROWEST * (high - low)))
        law = confine(mixture, atoms, low, high, dynamics.boundary)
        return State(state.k + 1, state.clock, *law.mixture, law.atoms, law.support, None, None)


def rounded(spacing):
    """The next smaller power of 2^{1/4}: nodes are chosen anew only when a spacing has changed by so much.

    Exact, so that it is the same alone and in an array.
    """
    fraction, exponent = np.frexp(spacing)
    return np.ldexp(QUARTERS[np.searchsorted(QUARTERS, np.maximum(fraction, 0.5), side="right") - 1], exponent)


def images(landscape: Landscape, x: np.ndarray, dt: float) -> np.ndarray:
    """x − ΔtF'(x) at ``x`` (M,); x itself where F' is no number."""
    moved = x - dt * landscape.gradient(x[:, None])[:, 0]
    return np.where(np.isfinite(moved), moved, x)


def is_thrown(landscape: Landscape, x: np.ndarray, dt: float) -> np.ndarray:
    """1 for places ``x`` (M,) outside the box that a step without noise puts :data:`THROWN` times as far from its middle, else 0."""
    (low,), (high,) = landscape.limits(1)
    half, away = 0.5 * (high - low), np.abs(x - 0.5 * (high + low))
    farther = np.abs(images(landscape, x, dt) - 0.5 * (high + low)) > THROWN * away
    return ((away > half) & (farther | ~np.isfinite(landscape.gradient(x[:, None])[:, 0]))).astype(float)


def no_mean(dt: float, share: float, k: int) -> NoLaw:
    """The end of a law of which the next step throws a share farther out."""
    return NoLaw(
        f"Steps of Δt = {dt:g} throw {share:.1g} of the law out of the box, and farther at every step: it has no mean after step {k}."
    )


def thrown_from(landscape: Landscape, dt: float) -> tuple[float, float]:
    """From where on, on the left and on the right of the box, a step without noise throws agents farther out; ∓∞ for nowhere near."""
    (low,), (high,) = landscape.limits(1)
    half, middle = 0.5 * (high - low), 0.5 * (high + low)
    away = half * np.geomspace(1.0, NEAR, 2000)
    left, right = (away[is_thrown(landscape, middle + side * away, dt) > 0.0] for side in (-1.0, 1.0))
    return middle - left.min(initial=math.inf), middle + right.min(initial=math.inf)


def resolves(landscape: Landscape, low: float, high: float, spacing: float, scale: float, dt: float) -> bool:
    """Whether x − ΔtF'(x) is as good as straight between nodes, seen through a noise of ``scale``, but for one jump."""
    x = low + spacing * np.arange(math.ceil((high - low) / spacing) + 4)
    rise = np.diff(images(landscape, x, dt))
    bend = np.abs(np.diff(rise))
    return bool(np.partition(np.abs(rise), -2)[-2] < RISE * scale and np.partition(bend, -3)[-3] < BEND * scale)


def jump_of_slope(landscape: Landscape, x: np.ndarray) -> float | None:
    """Where F' has its largest jump between two of the increasing places ``x`` (M,); None where its largest change is none."""
    slope = np.nan_to_num(landscape.gradient(x[:, None])[:, 0])
    at = int(np.argmax(np.abs(np.diff(slope))))
    (low, high), (below, above) = x[at : at + 2], slope[at : at + 2]
    whole = abs(above - below)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        here = float(np.nan_to_num(landscape.gradient(np.array([[middle]]))[0, 0]))
        if abs(here - below) > abs(above - here):
            high, above = middle, here
        else:
            low, below = middle, here
    return 0.5 * (low + high) if abs(above - below) > 0.25 * whole > 0.0 else None


def extent(state: State) -> tuple[float, float]:
    """Between which places a law lies, but for 1e-16 of it; never empty."""
    if state.start is not None:
        left, right = state.start.span
    else:
        held = state.mass > 1e-18
        ends = [*state.atoms[[0, -1], 0]] if len(state.atoms) else []
        left = min([*(state.mean - SEEN * state.deviation)[held], *ends])
        right = max([*(state.mean + SEEN * state.deviation)[held], *ends])
        left, right = max(left, state.support[0]), min(right, state.support[1])
    tiny = 1e-9 * max(1.0, abs(left), abs(right))
    return float(left - tiny), float(right + tiny)


def where(state: State) -> tuple[float, float]:
    """Between which places a law lies, but for 1e-6 of it or so."""
    if state.start is not None:
        left, right = state.start.quantiles(np.array([1e-6, 1.0 - 1e-6]))
        return float(left), float(right)
    held = state.mass > 1e-6 / len(state.mass)
    return float(state.mean[held].min()), float(state.mean[held].max())


def quadrature(start: InitialLaw, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Places and masses (S,) that stand for an initial law in integrals with Gaussians of deviation ``scale``."""
    if len(start.atoms):
        return start.atoms[:, 0], start.atoms[:, 1]
    if start.gaussian is not None:
        left, right = start.span
        count = math.ceil((right - left) / min(scale, start.gaussian[1]) * RESOLVED) + 1
        x = np.linspace(left, right, count)
        return x, np.exp(start.log_density(x)) * (x[1] - x[0])
    places, masses = [], []
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    for low, high, mass in start.intervals:
        edges = np.linspace(low, high, math.ceil((high - low) / (PANEL * scale)) + 1)
        half = 0.5 * (edges[1] - edges[0])
        places.append((0.5 * (edges[1:] + edges[:-1])[:, None] + half * node).ravel())
        masses.append(np.tile(weight * half * mass / (high - low), len(edges) - 1))
    return np.concatenate(places), np.concatenate(masses)
