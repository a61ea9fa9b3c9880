r"""The grid in (x, v) on which :mod:`swarmviz.laws.bgk` keeps a law, and the law at a step.

    x   columns cut at c + δ sinh(jh), c the consensus point that was just used, and at the walls, which are columns of their own
    v   rows at δ_v sinh(jh_v); there are as many as the fastest new velocity needs, so none moves when λ, σ or Δt change     (1)

With h = h_v = 0.1 W₁ to the law on a grid with h = h_v = 0.025 is at most 3e-4 (ε = 0.1, ε = 1 with σ = 0.75) and 1e-3 (much of it at the
walls) on a box of width 10; the error of ⟨v²⟩ is below 3e-4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.bgk import BGK
from swarmviz.dynamics.stall import half_widths
from swarmviz.frame import Clock
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.bgk_cells import NOTHING, Cells
from swarmviz.laws.bgk_released import Released
from swarmviz.laws.bgk_velocities import HEAVY, NORMAL_REACH
from swarmviz.laws.weights import Nodes, nodes_of

H, H_V = 0.1, 0.1  # h and h_v of (1)
FINEST, FINEST_V = 1e-5, 1e-4  # δ and δ_v in half widths of the box
FREE = 64.0  # half widths up to which there are columns where nothing bounds the box, and, at least, for initial laws
LOST = 1e-4  # mass beyond them from which on there is no law
PADDING = 1.0  # half widths beyond the box to which F is looked at beside the columns' own middles
FLIGHTS = 20.0  # widths of the box per step up to which heavy tails have rows; beyond, a wall is reached anyway


class State(NamedTuple):
    """The law at step k.

    Attributes
    ----------
    sums, edges : (3, V, X), (X − 1,)
        As in :mod:`swarmviz.laws.bgk_cells`, relative to ``centre``.
    walls : bool
        Whether the outer columns are atoms at walls.
    unit_v : float
        δ_v of (1).
    breaks : (B,)
        Edges of the initial law, which agents at rest keep.
    nu, alpha : float
        Consensus point, and the α in it.
    still : int
        For how many steps it has hardly moved.
    needed : float
        N* of the steps so far.
    nodes : Nodes
        Where F is integrated.
    released : Released
        Agents that a wall has let go of and that have not jumped since; all others are in ``sums``.
    """

    k: int
    clock: Clock
    sums: np.ndarray
    edges: np.ndarray
    centre: float
    walls: bool
    unit_v: float
    breaks: np.ndarray
    nu: float
    alpha: float
    still: int
    needed: float
    nodes: Nodes
    released: Released

    @property
    def cells(self) -> Cells:
        """The law itself, for the kernels."""
        return cells_of(self.sums, self.edges)

    @property
    def columns(self) -> np.ndarray:
        """Σ1, Σy, Σy² of everybody by column, (3, X)."""
        return self.sums.sum(axis=1) + self.released.sums(self.edges, self.centre)

    @property
    def rest(self) -> int:
        """The row of v = 0; there are as many rows on each side of it."""
        return self.sums.shape[1] // 2

    @property
    def sharp(self) -> np.ndarray:
        """The part whose x-law still has the edges of the initial law, as sums (3, X): all of it at step 0, then what is at rest."""
        if not len(self.breaks):
            return np.zeros((3, self.sums.shape[2]))
        return self.sums[:, self.rest] if self.k > 0 else self.sums.sum(axis=1)

    @property
    def v(self) -> np.ndarray:
        """Velocities of the rows, (V,)."""
        return self.unit_v * np.sinh(H_V * np.arange(-self.rest, self.rest + 1))

    def with_rows(self, n: int) -> State:
        """The same law with ``n`` rows on each side of 0, at least as many as now."""
        more = n - self.rest
        return self._replace(sums=np.pad(self.sums, ((0, 0), (more, more), (0, 0))))


def cells_of(sums: np.ndarray, edges: np.ndarray) -> Cells:
    """Three sums (3, V, X) and the edges of their columns for the kernels, which may write to them."""
    return Cells(sums[0], sums[1], sums[2], edges)


def box(landscape: Landscape) -> tuple[float, float]:
    """The walls."""
    low, high = landscape.limits(1)
    return float(low[0]), float(high[0])


def half_width(landscape: Landscape) -> float:
    """Half the width of the box."""
    return float(half_widths(landscape, 1)[0])


def nodes_for(landscape: Landscape, marks: np.ndarray) -> Nodes:
    """Nodes in the box and around it, dense at its walls and at ``marks``."""
    low, high = box(landscape)
    more = PADDING * half_width(landscape)
    return nodes_of(landscape, low - more, high + more, [low, high, *marks.tolist()])


def reach(dynamics: BGK) -> float:
    """Half widths of the box to which there are columns on both sides of ν."""
    return FREE if dynamics.boundary == "none" else 2.0


def column_edges(half: float, far: float) -> np.ndarray:
    """δ sinh(jh) of (1) as far as ``far`` half widths."""
    delta = FINEST * half
    n = math.ceil(math.asinh(far * half / delta) / H)
    return delta * np.sinh(H * np.arange(-n, n + 1))


def farthest(state: State) -> float:
    """The largest |x − ν| of the means of columns that hold anybody."""
    total, first, _ = state.columns
    held = total > NOTHING
    return float(np.abs(first[held] / total[held] - (state.nu - state.centre)).max(initial=0.0))


def rows_for(dynamics: BGK, half: float, least: np.ndarray, shake: np.ndarray, state: State) -> np.ndarray:
    """How many rows on each side of 0 there must be at every step, never fewer than before; ``least`` is Sσ₀, ``shake`` S."""
    away = np.full(len(least), reach(dynamics) * half)
    if dynamics.boundary != "none":  # some may start beyond the walls; after a step nobody is there
        away[0] = max(away[0], farthest(state))
    fastest = dynamics.lam * away + NORMAL_REACH * (least + shake * away)
    if dynamics.noise in HEAVY:
        fastest = np.maximum(fastest, FLIGHTS * 2.0 * half / dynamics.dt)
    need = np.ceil(np.arcsinh(fastest / state.unit_v) / H_V).astype(np.int64) + 1
    return np.maximum.accumulate(np.maximum(need, state.rest))
