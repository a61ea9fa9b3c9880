r"""The law f(t, x, v) of infinitely many agents of the kinetic BGK swarm (003 eq. 2.5–2.6) in one dimension.

    f⁺ = L Q f,    Q f = (1 − p) f + p ρ M_x,    L: x ← Π(x + Δt v),    ν = ∫ x e^{−αF} ρ / ∫ e^{−αF} ρ            (1)

with p, Λ, S as in :mod:`swarmviz.dynamics.bgk` (5) and (6), ρ the law of x, M_x that of Λ(ν − x) + S(σ₀ + |x − ν|)ξ, and Π the boundary:
the step that is simulated, with its Δt, not the equation for Δt → 0.

The grid and the State are in :mod:`swarmviz.laws.bgk_grid`, Q and L in :mod:`swarmviz.laws.bgk_cells`, the laws of the noise in
:mod:`swarmviz.laws.bgk_velocities`, ρ where it forms ν in :mod:`swarmviz.laws.bgk_consensus`, and what a wall held and holds no more in
:mod:`swarmviz.laws.bgk_released`.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.interpolate import PchipInterpolator

from swarmviz.dynamics.bgk import BGK
from swarmviz.frame import Clock
from swarmviz.kernels import boundaries
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.base import LawScheme, NoLaw, carried_scatter
from swarmviz.laws.bgk_cells import Flight, Jumps, glide, jump, phase_masses, row_below
from swarmviz.laws.bgk_consensus import log_density, needed_now
from swarmviz.laws.bgk_grid import (
    FINEST,
    FINEST_V,
    FREE,
    LOST,
    State,
    box,
    cells_of,
    column_edges,
    half_width,
    nodes_for,
    reach,
    rows_for,
)
from swarmviz.laws.bgk_released import AT_WALL, FEW, NONE_RELEASED, Released, released_from, together
from swarmviz.laws.bgk_velocities import HEAVY, LIGHTEST, noise_table
from swarmviz.laws.initial import initial_law
from swarmviz.laws.walls import merged
from swarmviz.laws.weights import consensus, values_at


class BGKLaw(LawScheme):
    """f⁺ = L Q f on columns of x, in which every row has three moments, and rows of v."""

    title = "Law f(t, x, v) of infinitely many agents of BGK"
    reference = "003 eq. 2.5–2.6, 3.1–3.2 with the Δt of the simulation"
    approximation = (
        "A grid in (x, v), refined around the consensus point and v = 0, that keeps mass and means exactly: "
        "W₁ to the law of x is about 1e-4 of the box, but 1e-2 while agents that start far outside come in."
    )

    def refusal(self, dynamics, landscape, swarm):
        if dynamics.form == "inertial":
            return (
                "The inertial form has no law here: its velocities change a little at every step, and rows of velocities "
                "would smear them more than the noise does."
            )
        if 0 < dynamics.batch < swarm.n:
            return "The consensus of M agents drawn at random stays random however many there are: there is no deterministic limit."
        if dynamics.noise in HEAVY and dynamics.boundary == "none":
            return "Noise with heavy tails needs a boundary: without walls no grid reaches as far as the agents do."
        if dynamics.noise == "student" and dynamics.freedom < LIGHTEST:
            return f"Student's noise with fewer than ν_t = {LIGHTEST} degrees of freedom has tails that are cut in the simulation."
        if swarm.initial == "points" or (swarm.initial == "gaussian" and swarm.spread == 0):
            return "Agents that start at points: the law begins with atoms inside the box, which columns would smear."
        return ""

    def init(self, dynamics, landscape, swarm):
        start, half = initial_law(swarm, landscape), half_width(landscape)
        state = State(
            0, Clock(dt=float(dynamics.dt)), np.zeros((3, 3, 1)), np.zeros(0), math.nan, False, FINEST_V * half, start.breaks,
            math.nan, math.nan, 0, 1.0, nodes_for(landscape, start.breaks), NONE_RELEASED,
        )  # fmt: skip
        (alpha,) = dynamics._schedules(state, 0, "alpha")
        centre = float(start.quantiles(np.array([0.5]))[0])
        for _ in range(2):  # the second time around ν
            far = max(FREE, float(np.abs(np.array(start.span) - centre).max()) / half)
            edges = np.unique(np.concatenate((column_edges(half, far), start.breaks - centre)))
            cells, sums = start.cells(edges, centre), np.zeros((3, 3, len(edges) + 1))
            of_y = cells.mean, cells.variance + cells.mean**2
            sums[:, 1, 1:-1] = cells.mass, cells.mass * of_y[0], cells.mass * of_y[1]
            state = self._weighed(state._replace(sums=sums, edges=edges, centre=centre), landscape, float(alpha[0]))
            centre = state.nu
        return self._in_motion(state, dynamics, landscape)

    @staticmethod
    def _in_motion(state: State, dynamics: BGK, landscape: Landscape) -> State:
        """A law at rest with the velocities of the start: Gaussian ones, or those of Q with p = 1 (the Maxwellian)."""
        kind, (sigma,) = dynamics.initial_velocity, dynamics._schedules(state, 0, "sigma")
        if kind == "zero":
            return state
        unit, (_, _, pull, shake) = float(dynamics.unit(landscape, 1)[0]), dynamics.coefficients(sigma)
        noise, least = noise_table(dynamics.noise, float(dynamics.freedom)), shake * unit * dynamics.sigma_floor
        if kind == "gaussian":
            noise, least = noise_table("gaussian", 1.0), np.full(1, unit * dynamics.velocity_spread)
            pull, shake = 0.0, np.zeros(1)
        state = state.with_rows(int(rows_for(dynamics, half_width(landscape), least, shake, state)[0]))
        moving = np.empty_like(state.sums)
        step = Jumps(1.0, pull, float(shake[0]), float(least[0]), state.nu - state.centre, state.rest)
        nobody = np.zeros((3, state.sums.shape[2]))
        jump(state.cells, nobody, state.v, step, noise, cells_of(moving, state.edges))
        return state._replace(sums=moving)

    def advance(self, state, dynamics, landscape, steps):
        alpha, sigma = dynamics._schedules(state, steps, "alpha", "sigma")
        clock, end, half = dynamics._clock(state), state.k + steps, half_width(landscape)
        if alpha[0] != state.alpha and not dynamics.stalled(state):
            state = self._weighed(state, landscape, float(alpha[0]))
        probability, _, pull, shake = dynamics.coefficients(sigma)
        least = shake * float(dynamics.unit(landscape, 1)[0]) * dynamics.sigma_floor
        rows, walled = rows_for(dynamics, half, least, shake, state), dynamics.boundary != "none"
        noise, code = noise_table(dynamics.noise, float(dynamics.freedom)), boundaries.CODES[dynamics.boundary]
        state = state.with_rows(int(rows[-1]))
        jumped = np.empty_like(state.sums)
        flown = np.empty((3, len(state.v), 0))
        for s in range(steps):
            if dynamics.stalled(state):
                break
            if jumped.shape != state.sums.shape:
                jumped = np.empty_like(state.sums)
            nu, (low, high) = state.nu, box(landscape)
            state = self._let_go(state, dynamics, low, high)
            more, walls = state.released.sums(state.edges, state.centre), (low, high)
            low, high = low - nu, high - nu
            # to both walls, also from a ν of agents that start beyond one
            far = max(reach(dynamics), -low / half, high / half) if walled else reach(dynamics)
            edges = np.clip(column_edges(half, far), low, high) if walled else column_edges(half, far)
            if flown.shape[2] != len(edges) + 1:
                flown = np.empty((3, len(state.v), len(edges) + 1))
            between, after = cells_of(jumped, state.edges), cells_of(flown, edges)
            jumps = Jumps(probability, pull, float(shake[s]), float(least[s]), nu - state.centre, int(rows[s]))
            jump(state.cells, more, state.v, jumps, noise, between)
            released = state.released.thinned(1.0 - probability)
            if len(released.x) and code == boundaries.REFLECT:
                released = self._caught(state, released, jumped, walls)
            released = released.flown(dynamics.dt, *walls, dynamics.boundary)
            glide(between, state.v, Flight(dynamics.dt, state.centre - nu, low, high, code, state.walls), after)
            state = state._replace(k=state.k + 1, sums=flown, edges=edges, centre=nu, walls=code == boundaries.CLIP)
            state = self._taken_back(state, released)
            self._look_beyond(state)
            state = self._weighed(state, landscape, float(alpha[s + 1]))
            small = abs(state.nu - nu) < dynamics.stall_tolerance * half
            state = state._replace(still=state.still + 1 if small else 0)
        return state._replace(k=end, clock=clock)

    @staticmethod
    def _look_beyond(state: State) -> None:
        """Raise NoLaw when too much lies where the columns have no edges and the places are not known."""
        beyond = 0.0 if state.walls else float(state.sums[0][:, [0, -1]].sum())
        if beyond > LOST:
            raise NoLaw(
                f"More than {LOST:g} of the law is farther than {FREE:g} half widths of the box away at step {state.k}."
            )

    # ---- what walls held -----------------------------------------------------------------------------------------------

    @staticmethod
    def _let_go(state: State, dynamics: BGK, low: float, high: float) -> State:
        """The same law, with those whom the walls of the last step held and those of the next one do not hold as points."""
        if not state.walls:
            return state
        sums, released, walls = state.sums, [state.released], state.centre + state.edges[[0, -1]]
        for column, here, wall in ((0, walls[0], low), (-1, walls[1], high)):
            held = dynamics.boundary == "clip" and abs(here - wall) < AT_WALL * (high - low)
            if not held and state.sums[0, :, column].any():
                sums = sums.copy() if sums is state.sums else sums
                released.append(released_from(here, sums[0, :, column], state.v))
                sums[:, :, column] = 0.0
        return state._replace(sums=sums, released=together(*released)) if len(released) > 1 else state

    @staticmethod
    def _caught(state: State, released: Released, jumped: np.ndarray, walls: tuple[float, float]) -> Released:
        """``released`` and those in ``jumped`` (3, V, X) that are at a wall and jumped outwards, who are not in ``jumped`` any more."""
        rest, near = state.rest, AT_WALL * (walls[1] - walls[0])
        for column, outwards, wall in ((0, slice(rest), walls[0]), (-1, slice(rest + 1, None), walls[1])):
            if abs(state.centre + state.edges[column] - wall) < near:
                mass = np.zeros(len(state.v))
                mass[outwards] = jumped[0, outwards, column]
                jumped[:, outwards, column] = 0.0
                released = together(released, released_from(wall, mass, state.v))
        return released

    @staticmethod
    def _taken_back(state: State, released: Released) -> State:
        """The same law with these points, of which those that a wall holds, or all when they are few, go to ``state.sums``."""
        if not len(released.x):
            return state._replace(released=released)
        if released.mass.sum() < FEW:
            back, released = released, NONE_RELEASED
        else:
            column, _ = released.among(state.edges, state.centre)
            back, released = released.split(state.walls & ((column == 0) | (column == len(state.edges))))
        back.put_into(state.sums, state.edges, state.centre)
        return state._replace(released=released)

    def moved_to(self, state, dynamics, landscape):
        return self._weighed(state._replace(still=0, nodes=nodes_for(landscape, state.breaks)), landscape, state.alpha)

    def cdf(self, state, x):
        y, out, sharp = np.asarray(x, float) - state.centre, np.zeros(len(x)), state.sharp
        if state.walls:  # what rests at a wall is exactly there, not in a box as wide as rounding makes it
            sharp = sharp.copy()
            sharp[:, [0, -1]] = 0.0
        row_below(*sharp, y, out)
        total, table = state.sums[0].sum(axis=0) - sharp[0], state.released.table()  # the total is drawn smooth
        keep, below = np.append(np.diff(state.edges) > 0, True), np.cumsum(total)
        smooth = PchipInterpolator(state.edges[keep], below[:-1][keep])(np.clip(y, state.edges[0], state.edges[-1]))
        out += np.where(y < state.edges[0], 0.0, np.where(y >= state.edges[-1], below[-1], smooth)) + table.cdf(x)
        return np.clip(out, 0.0, 1.0)

    def atoms(self, state):
        atoms = state.released.table().atoms
        if not state.walls:
            return atoms
        walls = np.column_stack((state.centre + state.edges[[0, -1]], state.sums[0][:, [0, -1]].sum(axis=0)))
        return merged(np.vstack((walls, atoms))) if len(atoms) else walls

    def focus(self, state):
        return state.nu

    def agents_needed(self, state):
        return state.needed

    def unknown_of_needed(self, state, dynamics, landscape):
        stop = (
            "N* knows nothing of the stall stop, which a swarm may reach at another step than the law."
            if dynamics.stall_steps
            else ""
        )
        return " ".join(filter(None, (stop, carried_scatter(self, state, landscape))))

    def phase_density(self, state: State, x_edges: np.ndarray, v_edges: np.ndarray) -> np.ndarray:
        """Masses of the cells of a grid in (x, v).

        Parameters
        ----------
        x_edges, v_edges : (B + 1,), (C + 1,)
            Increasing, in the landscape's coordinates, and in those per unit of time. What lies outside is in no cell.

        Returns
        -------
        (C, B) array
            What is at a wall counts to the cell inside of it.
        """
        points = state.released
        out = np.ascontiguousarray(np.histogram2d(points.v, points.x, (v_edges, x_edges), weights=points.mass)[0])
        x_edges = np.asarray(x_edges, float) - state.centre
        phase_masses(state.cells, state.v, state.walls, x_edges, np.asarray(v_edges, float), out)
        return out

    # ---- ν -------------------------------------------------------------------------------------------------------------

    @staticmethod
    def _weighed(state: State, landscape: Landscape, alpha: float) -> State:
        """The same law with its ν for this α, and with N*."""
        delta, points = FINEST * half_width(landscape), state.released
        total, first, _ = state.sums.sum(axis=1)
        mean = first / np.where(total > 0.0, total, 1.0)
        atoms = np.column_stack((state.centre + mean, total))[[0, -1]]
        if len(points.x):
            atoms = np.vstack((atoms, np.column_stack((points.x, points.mass))))
        x, logs, f = log_density(state, total, landscape, delta)
        found = consensus(x, f, logs, alpha, atoms, values_at(landscape, atoms[:, 0]))
        if len(points.x):
            total, first, _ = state.columns
            mean = first / np.where(total > 0.0, total, 1.0)
        needed = max(state.needed, needed_now(state, total, mean, found, delta))
        return state._replace(nu=found.nu, alpha=alpha, needed=needed)
