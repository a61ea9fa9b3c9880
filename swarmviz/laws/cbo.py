r"""The law of infinitely many agents of CBO (:mod:`swarmviz.dynamics.cbo`) in one dimension: that of the simulated scheme, with its Δt.

With y = X − ν, s = σ√Δt (0 without noise), b the drift factor of the scheme (switch and taming included) and ξ standard normal

    Euler, tamed   X⁺ = ν + (1 − bΔt) y + s y ξ                                                  (1)  001 eq. 1.2–1.4
    Heun           X⁺ = ν + (1 − λΔt + ½(λΔt)²) y + ½λΔt (ν_Y − ν) + (1 − ½λΔt) s y ξ            (2)
    ν              = ∫ x e^{−αF} ρ / ∫ e^{−αF} ρ                                                 (3)  001 eq. 1.1 as N → ∞

(2) is X + ½Δt [b(X; ν) + b(Y; ν_Y)] + s y ξ with Y from (1): affine in ξ, as long as there is no switch; ν_Y is (3) of the law of Y. In one
dimension isotropic and anisotropic noise are the same.

The law is kept in cells with three moments (:mod:`swarmviz.laws.gaussian_mixture`) whose edges c + δ sinh(jh) lie around ν, so that they
are as fine as the law is narrow. Mass, mean and variance obey the exact recursion whatever h is; what is approximated is the law of
ln|X − ν|. For (3) ln ρ is interpolated between the edges; where there is hardly any noise to make ρ smooth, each cell is spread evenly
over an interval with its mean and variance, which is exact for a law that was uniform at the start. All places are kept relative to c, or
nothing would be left of a law of width 1e-9 around ν = 3.

At a wall that clips, what lies beyond becomes an atom there; walls that reflect, or through which agents come back at the other side, are
images of the Gaussians.

N*: ν of N agents scatters by τ/√N, which must be a tenth of the mean of |X − ν| (:meth:`Consensus.agents_within`). That is a linear
estimate, which holds where many agents count, N s ≥ 10; where fewer do, one of the N must lie within a tenth of the median of |X − ν|, and
lower than those elsewhere (:meth:`Consensus.leaders`). Both were found by experiment.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from swarmviz.dynamics.cbo import CBO, SCHEMES, drift_factors
from swarmviz.frame import Clock
from swarmviz.laws.base import LawScheme, NoLaw, carried_scatter
from swarmviz.laws.gaussian_mixture import REACH, WITHIN, Cells, Mixture, rebin, sources
from swarmviz.laws.initial import InitialLaw, initial_law
from swarmviz.laws.walls import Confined, confine
from swarmviz.laws.weights import Consensus, Nodes, consensus, log_interpolated, nodes_of, values_at

FINEST = 1e-9  # δ, in half widths of the box
FARTHEST = 30.0  # outermost finite edge at the start, in distances of the farthest node from the middle of the box
BEYOND, FURTHER = 1e-6, 30.0  # mass beyond the outermost edges with which these are put so many times as far
MOST = 1e9  # half widths of the box: no edge is farther, and a law of which more than BEYOND is ends
PADDING = 4.0  # half widths of the box, from its middle, to which F is looked at
FINE, COARSE = 0.05, 0.2  # smallest and largest h; between them it is s
REFINED = 4  # moving nodes per edge
RECENTRED = 0.02  # of the median of |X − ν|: how far ν may be from the centre of the edges
NARROWEST = 1e-3  # smallest deviation of a Gaussian, in δ
CENTRAL = 0.5  # so near to ν, in δ, a source is a point at ν
NEAR = 0.1  # of the median of |X − ν|: "near ν"
VISIBLE = 1e-4  # mass of an atom that is told
MANY = 10  # agents that count
EMPTY = np.zeros((0, 2))


class Grid(NamedTuple):
    """Edges δ sinh(jh), |j| ≤ n, the outermost of which are infinite; ``smooth``: whether ln ρ may be interpolated between them."""

    spacing: float
    finest: float
    farthest: float
    smooth: bool = True


class Places(NamedTuple):
    """Of a grid: edges; asinh(edge/δ) of the first finite one; moving nodes; asinh(node/δ)."""

    edges: np.ndarray
    first: float
    fine: np.ndarray
    fine_eta: np.ndarray


class State(NamedTuple):
    """The law at step k.

    Attributes
    ----------
    mass, mean, deviation : (S,)
        The mixture of the last step, relative to ``centre``; empty at step 0.
    cell_mass, cell_mean, cell_variance, density : (J,), (J + 1,)
        The same in cells, without the atoms, and the density at the edges of ``grid``.
    atoms : (A, 2)
        Rows (place, mass).
    support : (low, high)
        Where the last step has confined it to.
    nu, alpha : float
        (3), and the α in it.
    needed : float
        N* of the steps so far.
    nodes : Nodes
        Where F is integrated.
    start : InitialLaw or None
        At step 0 the law itself.
    """

    k: int
    clock: Clock
    mass: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    cell_mass: np.ndarray
    cell_mean: np.ndarray
    cell_variance: np.ndarray
    density: np.ndarray
    atoms: np.ndarray
    support: tuple[float, float]
    centre: float
    grid: Grid
    nu: float
    alpha: float
    needed: float
    nodes: Nodes
    start: InitialLaw | None

    @property
    def mixture(self) -> Mixture:
        """The mixture of the last step."""
        return Mixture(self.mass, self.mean, self.deviation)

    @property
    def cells(self) -> Cells:
        """The law in cells."""
        return Cells(self.cell_mass, self.cell_mean, self.cell_variance)


@lru_cache(maxsize=64)
def places_of(grid: Grid) -> Places:
    """The edges and the moving nodes of a grid."""
    n = math.ceil(math.asinh(grid.farthest / grid.finest) / grid.spacing) + 1
    eta = grid.spacing * np.arange(-n, n + 1)
    edges = grid.finest * np.sinh(eta)
    edges[[0, -1]] = -np.inf, np.inf
    fine_eta = np.linspace(eta[1], eta[-2], REFINED * (2 * n - 2) + 1)
    return Places(edges, float(eta[1]), grid.finest * np.sinh(fine_eta), fine_eta)


def points_of(cells: Cells, nodes: np.ndarray) -> np.ndarray:
    """Rows (place, mass) that stand for cells in integrals: each spread evenly over its mean ± √3 deviations, by the trapezoidal rule.

    The places are the ends of that interval and those of the increasing ``nodes`` between them.
    """
    mass, mean, variance = (part[cells.mass > 0.0] for part in cells)
    half = np.sqrt(3.0 * variance)
    low, high = mean - half, mean + half
    begin, end = np.searchsorted(nodes, low, side="right"), np.searchsorted(nodes, high, side="left")
    count = np.maximum(end - begin, 0) + 2
    which, last = np.repeat(np.arange(len(mass)), count), np.cumsum(count) - 1
    rank = np.arange(count.sum()) - np.repeat(last - count + 1, count)
    x = nodes[np.clip(begin[which] + rank - 1, 0, len(nodes) - 1)]
    x[last - count + 1], x[last] = low, high
    gaps = np.where(which[1:] == which[:-1], np.diff(x), 0.0)
    width = 0.5 * (np.append(gaps, 0.0) + np.insert(gaps, 0, 0.0))
    whole = np.bincount(which, width)[which]
    point = whole <= 0.0  # narrower than numbers tell
    share = np.where(point, 1.0 / count[which], width / np.where(point, 1.0, whole))
    return np.column_stack((x, mass[which] * share))


class CBOLaw(LawScheme):
    """The law of CBO in moving cells."""

    title = "Law of infinitely many agents of CBO"
    reference = "001 eq. 1.1–1.4 as N → ∞; 003 eq. 2.13 for Δt → 0"
    approximation = "Cells with exact mass, mean and variance, refined around the consensus point: W₁ to the law is below 1e-4 of the box."

    def refusal(self, dynamics, landscape, swarm):
        if 0 < dynamics.batch < swarm.n:
            return "The consensus of M agents drawn at random stays random however many there are: there is no deterministic limit."
        if dynamics.scheme == "heun" and dynamics.epsilon > 0:
            return "With the drift switch a step of Heun's scheme is not affine in its noise: its law is not computed."
        low, high = landscape.limits(1)
        wider = 0.0 if dynamics.boundary != "none" else 0.5 * (PADDING - 1.0) * (high - low)
        x = np.linspace(low - wider, high + wider, 1001)
        f = values_at(landscape, x)
        if not np.isfinite(f).all():
            at = float(x[~np.isfinite(f)][0, 0])
            return f"F is not a finite number at x = {at:g}, where some of infinitely many agents would be."
        return ""

    def init(self, dynamics, landscape, swarm):
        start, ((low,), (high,)) = initial_law(swarm, landscape), landscape.limits(1)
        clock = Clock(dt=float(dynamics.dt))
        half, middle = 0.5 * (high - low), 0.5 * (high + low)
        farthest = max(PADDING * half, *(abs(end - middle) + half for end in start.span))
        marks = start.breaks if start.gaussian is None else [start.gaussian[0]]
        nodes = nodes_of(landscape, middle - farthest, middle + farthest, [low, high, *marks])
        grid, nothing = Grid(COARSE, FINEST * half, FARTHEST * farthest), np.zeros(0)
        state = State(
            0, clock, nothing, nothing, nothing, nothing, nothing, nothing, nothing, start.atoms, (-np.inf, np.inf), math.nan,
            grid, math.nan, math.nan, 1.0, nodes, start,
        )  # fmt: skip
        (alpha,) = dynamics._schedules(state, 0, "alpha")
        return self._weighed(state, landscape, float(alpha[0]))

    def advance(self, state, dynamics, landscape, steps):
        alpha, sigma = dynamics._schedules(state, steps, "alpha", "sigma")
        clock = dynamics._clock(state)
        if alpha[0] != state.alpha:
            state = self._weighed(state, landscape, float(alpha[0]))
        for s in range(steps):
            scale = 0.0 if dynamics.noise == "none" else float(sigma[s]) * math.sqrt(dynamics.dt)
            state = self._stepped(state, dynamics, landscape, scale)._replace(k=state.k + 1, clock=clock)
            state = self._weighed(state, landscape, float(alpha[s + 1]))
        return state._replace(clock=clock)

    def moved_to(self, state, dynamics, landscape):
        (low,), (high,) = landscape.limits(1)
        half, middle = 0.5 * (high - low), 0.5 * (high + low)
        ends = [end for end in state.support if math.isfinite(end)]
        farthest = max(
            PADDING * half, *(abs(end - middle) + half for end in [*ends, state.nodes.x[0], state.nodes.x[-1]])
        )
        nodes = nodes_of(landscape, middle - farthest, middle + farthest, [low, high, *ends])
        return self._weighed(state._replace(nodes=nodes), landscape, state.alpha)

    def cdf(self, state, x):
        if state.start is not None:
            return state.start.cdf(x)
        # without noise, or with very little, the sources of the cells would be seen one by one
        width = 0.25 * state.grid.spacing * np.abs(state.mean - (state.nu - state.centre))
        seen = Mixture(state.mass, state.mean, np.maximum(state.deviation, width))
        return Confined(seen, state.atoms, state.support).cdf(x, state.centre)

    def atoms(self, state):
        return state.atoms[state.atoms[:, 1] >= VISIBLE]

    def focus(self, state):
        return state.nu

    def agents_needed(self, state):
        return state.needed

    def unknown_of_needed(self, state, dynamics, landscape):
        return carried_scatter(self, state, landscape)

    # ---- one step ------------------------------------------------------------------------------------------------------

    def _stepped(self, state: State, dynamics: CBO, landscape: Any, scale: float) -> State:
        """The law after (1) or (2) and the boundary, as a mixture and atoms; its cells and ν are those of before."""
        state = self._on(
            state, state.grid._replace(spacing=min(max(abs(scale), FINE), COARSE), smooth=abs(scale) >= FINE)
        )
        # points keep ln|X − ν| best; where there is little noise to blur them, Gaussians do
        mass, mean, variance = sources(state.cells, 0.0 if scale >= FINE else WITHIN)
        off = state.nu - state.centre
        y = np.concatenate((mean - off, state.atoms[:, 0] - state.nu))
        mass, variance = np.append(mass, state.atoms[:, 1]), np.append(variance, np.zeros(len(state.atoms)))
        factor = self._factors(state, dynamics, landscape, y)
        slope, shift, scale = 1.0 + factor, 0.0, abs(scale)
        if dynamics.scheme == "heun":
            predicted = self._images(state, mass, slope * y, slope, scale, y, variance)
            shift = 0.5 * dynamics.lam * dynamics.dt * (self._consensus_of(state, predicted, landscape).nu - state.nu)
            slope = 1.0 + factor + 0.5 * factor**2
            scale *= abs(1.0 + 0.5 * float(factor[0]))
        moved = self._images(state, mass, slope * y + shift, slope, scale, y, variance)
        # what lies at ν itself is not shaken: it stays an atom, as every atom does without noise
        still = np.abs(y) < CENTRAL * state.grid.finest if scale > 0.0 else np.arange(len(y)) >= len(mean)
        atoms = np.column_stack((moved.mean[still] + state.centre, moved.mass[still]))
        if scale > 0.0 and len(atoms):
            total = atoms[:, 1].sum()
            atoms = np.array([[atoms[:, 0] @ atoms[:, 1] / max(total, 1e-300), total]])
        (low,), (high,) = landscape.limits(1)
        shaken = Mixture(*(part[~still] for part in moved))
        law = confine(shaken, atoms, low, high, dynamics.boundary, state.centre, margin=1.0)
        return state._replace(start=None, **law.mixture._asdict(), atoms=law.atoms, support=law.support)

    @staticmethod
    def _factors(state: State, dynamics: CBO, landscape: Any, y: np.ndarray) -> np.ndarray:
        """−bΔt of (1) at the points ν + y, as the swarm's kernel has it."""
        f, f_nu = np.zeros(len(y)), 0.0
        if dynamics.epsilon > 0:
            f, f_nu = values_at(landscape, state.nu + y), float(values_at(landscape, np.array([state.nu]))[0])
        factor, lengths, scheme = np.empty(len(y)), np.empty(len(y)), SCHEMES[dynamics.scheme]
        lam, dt, epsilon = float(dynamics.lam), float(dynamics.dt), float(dynamics.epsilon)
        drift_factors(np.ascontiguousarray(y[None]), f, np.zeros(1), f_nu, lam, dt, epsilon, scheme, factor, lengths)
        return factor

    @staticmethod
    def _images(state: State, mass, mean, slope, scale: float, y, variance) -> Mixture:
        """What sources at y with a variance of their own become, relative to the centre: exact mean and variance of each."""
        deviation = np.sqrt(scale**2 * (y**2 + variance) + slope**2 * variance)
        return Mixture(mass, mean + (state.nu - state.centre), np.maximum(deviation, NARROWEST * state.grid.finest))

    # ---- cells and ν ---------------------------------------------------------------------------------------------------

    def _weighed(self, state: State, landscape: Any, alpha: float) -> State:
        """The law in cells around its own ν, for this α."""
        if state.start is not None:
            x = state.nodes.x
            found = consensus(
                *state.nodes, state.start.log_density(x), alpha, state.atoms, values_at(landscape, state.atoms[:, 0])
            )
            state = self._cut(state._replace(centre=found.nu), state.grid)
        else:
            state = self._reaching(self._cut(state, state.grid))
            found = self._nu(state, state.cells, state.density, state.atoms, state.support, landscape, alpha)
        state = state._replace(nu=found.nu, alpha=alpha)
        if abs(found.nu - state.centre) > max(RECENTRED * self._sizes(state)[0], state.grid.finest):
            by = found.nu - state.centre
            state = self._cut(state._replace(centre=found.nu, mean=state.mean - by), state.grid)
        return state._replace(needed=max(state.needed, self._needed_now(state, found)))

    def _reaching(self, state: State) -> State:
        """The same law in cells of which the outermost, which have no end, hold next to nothing."""
        grid = state.grid
        while state.cell_mass[0] + state.cell_mass[-1] > BEYOND:
            if grid.farthest > MOST / FINEST * grid.finest:
                raise NoLaw(
                    f"The law of X − ν has become wider than {MOST:g} half widths of the box at step {state.k}: it ends here."
                )
            grid = grid._replace(farthest=FURTHER * grid.farthest)
            state = self._cut(state, grid)
        return state

    def _on(self, state: State, grid: Grid) -> State:
        """The same law in other cells."""
        return state if grid == state.grid else self._cut(state, grid)

    @staticmethod
    def _cut(state: State, grid: Grid) -> State:
        """The law in the cells of ``grid`` around the centre; those beyond the walls are empty."""
        edges = places_of(grid).edges
        if state.start is not None:
            cells, density = state.start.cells(edges, state.centre), np.zeros(len(edges))
        else:
            cells, density = Confined(state.mixture, state.atoms, state.support).cells(edges, state.centre, REACH)
        return state._replace(
            grid=grid, cell_mass=cells.mass, cell_mean=cells.mean, cell_variance=cells.variance, density=density
        )

    def _consensus_of(self, state: State, mixture: Mixture, landscape: Any) -> Consensus:
        """(3) of another mixture, relative to the same centre, with nothing cut."""
        cells, density = rebin(mixture, places_of(state.grid).edges)
        return self._nu(state, cells, density, EMPTY, (-np.inf, np.inf), landscape, state.alpha)

    @staticmethod
    def _nu(state: State, cells: Cells, density, atoms, support, landscape: Any, alpha: float) -> Consensus:
        """(3) of a law in cells, or with a density at the edges where that is smooth, and of atoms."""
        places, finest = places_of(state.grid), state.grid.finest
        if not state.grid.smooth:
            points = points_of(cells, np.union1d(state.nodes.x - state.centre, places.fine))
            points = np.vstack((np.add(points, (state.centre, 0.0)), atoms))
            none = np.zeros(0)
            return consensus(none, none, none, alpha, points, values_at(landscape, points[:, 0]))
        with np.errstate(divide="ignore"):
            logs = np.log(density[1:-1])
        moving = state.centre + places.fine
        x = np.concatenate((state.nodes.x, moving))
        f = np.concatenate((state.nodes.f, values_at(landscape, moving)))
        eta = np.concatenate((np.arcsinh((state.nodes.x - state.centre) / finest), places.fine_eta))
        order = np.argsort(x, kind="stable")
        x, f = x[order], f[order]
        at = log_interpolated(logs, places.first, state.grid.spacing, eta[order])
        at[(x < support[0]) | (x > support[1])] = -np.inf
        return consensus(x, f, at, alpha, atoms, values_at(landscape, atoms[:, 0]))

    @staticmethod
    def _sizes(state: State) -> tuple[float, float]:
        """The median of |X − ν|, to a cell, and its mean, which is W₁ to the point ν."""
        off = np.concatenate((state.cell_mean - (state.nu - state.centre), state.atoms[:, 0] - state.nu))
        mass, size = np.concatenate((state.cell_mass, state.atoms[:, 1])), np.abs(off)
        order = np.argsort(size)
        below = np.cumsum(mass[order])
        return float(size[order[np.searchsorted(below, 0.5 * below[-1])]]), float(mass @ size)

    def _needed_now(self, state: State, found: Consensus) -> float:
        """N* of this step alone; 1 where the law is but a point."""
        median, mean = self._sizes(state)
        if median <= state.grid.finest:
            return 1.0
        leaders = max(found.leaders(NEAR * median), 1e-300)
        return max(found.agents_within(NEAR * mean), min(1.0 / leaders, MANY / found.share))
