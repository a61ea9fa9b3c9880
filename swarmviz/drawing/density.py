"""Where agents are, as numbers: histograms, smooth estimates, their plane, target laws on a grid.

For the page (ten times a second) and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from swarmviz.drawing.coordinates import chosen, names_of
from swarmviz.drawing.finite_set_laws import target_law
from swarmviz.drawing.histogram import cells_of, histogram, shades
from swarmviz.drawing.kernel_estimate import CELLS_PER_BIN, GRID, smooth_density, smooth_image
from swarmviz.drawing.law import AtomMarks, DrawnLaw, atom_marks, law_density
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation
from swarmviz.theory import Target
from swarmviz.theory import target as theory_target

BINS, MOST_BINS = 40, 1000  # over the box: the default, and at most
JOINT_GRID = 96  # points per side of the grid on which a target in the plane is known
MASSES = 0.9, 0.5  # shares of a target's mass that its contours hold


class Marginal(NamedTuple):
    """One coordinate: densities ``top`` between ``edges``; ``smooth`` and ``target`` at ``grid``, 0 where there is none.

    Both densities are of the agents that are there, of which ``outside`` are not in the box: the area under each is the share inside.
    ``removed`` agents no longer take part and are not counted.
    """

    top: np.ndarray
    edges: np.ndarray
    grid: np.ndarray
    smooth: np.ndarray
    target: np.ndarray
    outside: int
    removed: int = 0

    @property
    def note(self) -> str:
        """What the densities do not count, in words."""
        return note_of(self.outside, self.removed)


class LawOnBars(NamedTuple):
    """A law of infinitely many agents over a histogram: ``density`` (G,) at the grid of its marginal, and ``atoms`` as marks."""

    law: DrawnLaw
    density: np.ndarray
    atoms: AtomMarks


class JointTarget(NamedTuple):
    """A target law in the plane: ``density`` (rows, columns) at the grid of ``x`` (columns,) and ``y`` (rows,).

    ``levels`` are the increasing densities whose contours hold the shares MASSES of its mass.
    """

    x: np.ndarray
    y: np.ndarray
    density: np.ndarray
    levels: np.ndarray


class JointDensity(NamedTuple):
    """Two coordinates: ``image`` (rows from below, columns) uint8 of the agents in the box [``low``, ``high``], (2,) each.

    ``smooth`` says that it is a smooth estimate on a linear scale, and not agents per cell on a logarithmic one. ``outside`` and
    ``removed`` as in :class:`Marginal`; ``target`` is None where there is none.
    """

    image: np.ndarray
    low: np.ndarray
    high: np.ndarray
    smooth: bool
    outside: int
    removed: int
    target: JointTarget | None

    @property
    def note(self) -> str:
        """What the image does not count, in words."""
        return note_of(self.outside, self.removed)


class DensityPicture(NamedTuple):
    """Where the agents are.

    ``names`` are those of the one or two coordinates, ``marginals`` each by itself and ``joint`` both together, as far as they were asked
    for; ``smooth`` says whether there are smooth estimates; ``target`` is the law that the swarm is said to tend to, and ``n`` how many
    agents take part; ``law`` is the law of infinitely many agents, None where it was not asked for.
    """

    names: tuple[str, ...]
    marginals: list[Marginal]
    joint: JointDensity | None
    smooth: bool
    target: Target | None
    n: int
    law: LawOnBars | None = None


def density_picture(
    frame: Frame,
    run: Simulation,
    coordinates: Sequence[int] | None = None,
    bins: int = BINS,
    smooth: bool = True,
    *,
    marginals: bool = True,
    joint: bool = False,
    law: DrawnLaw | None = None,
) -> DensityPicture:
    """The density of the swarm over the box of its landscape.

    Parameters
    ----------
    frame, run : Frame, Simulation
        The present frame; the run is asked for its landscape and its target law, which is drawn for d ≤ 2.
    coordinates : sequence of one or two int, optional
        From 0; the first one or two when absent.
    bins : int
        Over the box.
    smooth : bool
        Whether there are smooth estimates. Of a finite set there are none, and a bar for each row of states instead of ``bins``.
    marginals, joint : bool
        What is computed. There is a plane of two coordinates only, and none of a finite set.
    law : DrawnLaw, optional
        The law of infinitely many agents that is drawn over the histogram, for d = 1.

    Raises
    ------
    ValueError
        When ``coordinates`` or ``bins`` are none.
    """
    places, bins = chosen(coordinates, frame.d), whole_bins(bins)
    low, high = run.landscape.limits(frame.d)
    if frame.occupation is not None:
        return _of_states(frame, run, places, low, high)
    target = theory_target(run) if frame.d <= 2 else None
    there = taking_part(frame)
    x, removed = frame.x[there], int(frame.n - there.sum())
    columns, image = [], None
    if marginals:
        laws = target_marginals(target, low, high) if target is not None else [None] * frame.d
        columns = [marginal_of(x[:, i], float(low[i]), float(high[i]), bins, smooth, laws[i], removed) for i in places]
    if joint and len(places) == 2:
        at = list(places)
        laid = None if target is None else joint_target(target, low, high, swapped=places[0] > places[1])
        shaded, outside = joint_density(x[:, at], low[at], high[at], bins, smooth)
        image = JointDensity(shaded, low[at], high[at], smooth, outside, removed, laid)
    over = law_on_bars(law, columns[0]) if law is not None and frame.d == 1 and columns else None
    return DensityPicture(_names(places, frame.d), columns, image, smooth, target, len(x), over)


def law_on_bars(law: DrawnLaw, m: Marginal) -> LawOnBars:
    """A law of infinitely many agents as the bars of a histogram would show it."""
    width = float(m.edges[1] - m.edges[0])
    return LawOnBars(law, law_density(law, m.grid, width), atom_marks(law, width))


def _of_states(
    frame: Frame, run: Simulation, places: Sequence[int], low: np.ndarray, high: np.ndarray
) -> DensityPicture:
    """Of a finite set: one bar per row of states, and the target law on them."""
    assert frame.occupation is not None and frame.sites is not None
    sites = frame.sites
    target, eta = target_law(run, sites)
    columns = []
    for i in places:
        at, row = np.unique(sites[:, i], return_inverse=True)
        width = (high[i] - low[i]) / len(at)
        share, law = (np.bincount(row, weights) / width for weights in (frame.occupation, eta))
        edges, grid = np.linspace(low[i], high[i], len(at) + 1), np.linspace(low[i], high[i], GRID)
        cell = np.clip(((grid - low[i]) / width).astype(int), 0, len(at) - 1)
        columns.append(Marginal(share, edges, grid, np.zeros(GRID), law[cell], 0))
    return DensityPicture(_names(places, frame.d), columns, None, False, target, int(taking_part(frame).sum()))


def _names(places: Sequence[int], d: int) -> tuple[str, ...]:
    return tuple(names_of(i, d)[0] for i in places)


def note_of(outside: int, removed: int) -> str:
    """What a density does not count, in words; "" where it counts all."""
    return " · ".join(f"{count:,} {where}" for count, where in ((outside, "outside"), (removed, "removed")) if count)


def taking_part(frame: Frame) -> np.ndarray:
    """Which agents take part, (N,) bool: one that has lost all its mass stands where it lost it and is no longer of the swarm."""
    return np.ones(frame.n, bool) if frame.mass is None else frame.mass > 0


def marginal_of(
    x: np.ndarray, low: float, high: float, bins: int, smooth: bool, law: np.ndarray | None, removed: int = 0
) -> Marginal:
    """The density of ``x`` (N,) in [low, high] beside a ``law`` (GRID,)."""
    top, edges, outside = histogram(x, low, high, bins)
    grid = np.linspace(low, high, max(GRID, CELLS_PER_BIN * bins // 2 + 1))
    none = np.zeros(len(grid))
    line = smooth_density(x, low, high, bins, grid) if smooth else none
    target = none if law is None else np.interp(grid, np.linspace(low, high, len(law)), law)
    return Marginal(top, edges, grid, line, target, outside, removed)


# ---- the plane of two coordinates --------------------------------------------------------------------------------------


def joint_density(x: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int, smooth: bool) -> tuple[np.ndarray, int]:
    """The density of ``x`` (N, 2) in a box as uint8, rows along the second coordinate, and how many agents lie outside.

    Agents per cell on a logarithmic scale, ``bins`` cells along each side; or a smooth estimate on a linear one, see
    :func:`swarmviz.drawing.kernel_estimate.smooth_image`.
    """
    inside = x[((x >= low) & (x <= high)).all(axis=1)]
    if smooth:
        image = smooth_image(inside, low, high, bins)
    else:
        image = shades(cells_of(inside, low, high, bins)[1])
    return image, len(x) - len(inside)


# ---- target laws -----------------------------------------------------------------------------------------------------------


def target_on_grid(target: Target, low: np.ndarray, high: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The d ≤ 2 axes of a grid over the box, and the target on it, not normalised; the first index is that of the first axis."""
    d = len(low)
    count = GRID if d == 1 else JOINT_GRID
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    X = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    return axes, np.nan_to_num(np.asarray(target.density(X), float).reshape((count,) * d))


def joint_target(target: Target, low: np.ndarray, high: np.ndarray, swapped: bool = False) -> JointTarget:
    """A target on a grid over the box [``low``, ``high``], (2,) each; ``swapped``: the second coordinate is drawn to the right."""
    (x, y), density = target_on_grid(target, low, high)
    if swapped:
        return JointTarget(y, x, density, levels_of(density))
    return JointTarget(x, y, density.T, levels_of(density))


def target_marginals(target: Target, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The target at GRID points of each of the d ≤ 2 coordinates, normalised over the box."""
    d, out = len(low), []
    axes, rho = target_on_grid(target, low, high)
    for i, axis in enumerate(axes):
        marginal = rho if d == 1 else rho.sum(axis=1 - i)
        mass = np.trapezoid(marginal, axis)
        fine = np.linspace(axis[0], axis[-1], GRID)
        out.append(np.interp(fine, axis, marginal / mass if mass > 0 else marginal))
    return out


def levels_of(rho: np.ndarray) -> np.ndarray:
    """The increasing densities above which a law on a grid has the shares MASSES of its mass; none where it has no mass."""
    falling = np.sort(rho.ravel())[::-1]
    mass = np.cumsum(falling)
    if not mass[-1] > 0:
        return np.zeros(0)
    return np.unique([falling[np.searchsorted(mass, share * mass[-1])] for share in MASSES])


def contours_name(target: Target) -> str:
    """What the contours of a target are called in a legend."""
    held = " and ".join(f"{share:.0%}" for share in sorted(MASSES))
    return f"{target.title}: where {held} of it lie"


def whole_bins(bins: Any) -> int:
    """A number of bins, checked.

    Raises
    ------
    ValueError
        When it is not a whole number from 2 to MOST_BINS.
    """
    number = isinstance(bins, int | float | np.integer) and not isinstance(bins, bool)
    if not number or not 2 <= bins <= MOST_BINS or int(bins) != bins:
        raise ValueError(f"bins = {bins!r}: must be a whole number from 2 to {MOST_BINS}")
    return int(bins)
