"""The swarm before it moves: how many agents, in how many dimensions, from which seed, and where they start.

Everything here needs a restart to take effect; what may change while the swarm runs is a parameter of the dynamics.
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.randomness import INITIAL, draw_normal, draw_uniform
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Choice, Described, Real, Vector, Whole

ATTEMPTS = 10_000  # draws per agent before a region is called empty


class Swarm(Described):
    """Number, dimension, seed and initial law of the agents.

    ``initial`` is one of

    * ``uniform``: on the landscape's box;
    * ``box``: uniform on the sub-box from ``low`` to ``high``;
    * ``gaussian``: around ``centre`` with standard deviation ``spread``;
    * ``away``: uniform on the box, but farther than ``radius`` (in half widths of the box) from every known minimiser;
    * ``points``: the rows of ``points``, shape (N, d), repeated when fewer than N.
    """

    changes_later = False

    n = Whole(
        100,
        bounds=(1, 10_000_000),
        softbounds=(2, 2000),
        scale="log",
        symbol="N",
        label="Agents",
        doc="Number of agents.",
    )
    d = Whole(2, bounds=(1, 1000), softbounds=(1, 20), symbol="d", label="Dimension", doc="Dimension.")
    seed = Whole(
        0,
        bounds=(0, 2**53),
        symbol="seed",
        label="Seed",
        doc="Seed of every random draw of the run; up to 2⁵³, which a browser holds exactly.",
    )
    initial = Choice(
        {
            "uniform": "Uniform on the landscape's box.",
            "box": "Uniform on a sub-box.",
            "gaussian": "Gaussian around a centre.",
            "away": "Uniform, but away from every known global minimiser.",
            "points": "At given points.",
        },
        symbol="ρ₀",
        label="Initial law",
        doc="Initial law.",
    )
    low = Vector(
        None,
        symbol="a",
        label="Lower corner",
        used_when={"initial": ("box",)},
        doc="Lower corner of the sub-box, a number or d numbers.",
    )
    high = Vector(
        None,
        symbol="b",
        label="Upper corner",
        used_when={"initial": ("box",)},
        doc="Upper corner of the sub-box, a number or d numbers.",
    )
    centre = Vector(
        None,
        symbol="c",
        label="Centre",
        used_when={"initial": ("gaussian",)},
        doc="Centre; the middle of the box when absent.",
    )
    spread = Real(
        1.0,
        bounds=(0, 1e6),
        symbol="s",
        label="Spread",
        used_when={"initial": ("gaussian",)},
        doc="Standard deviation.",
    )
    radius = Real(0.25, bounds=(0, 10), softbounds=(0, 1), symbol="r", label="Distance kept", used_when={"initial": ("away",)},
                  doc="Distance kept from every known minimiser, in half widths of the box (maximum norm).")  # fmt: skip
    points = Vector(
        None,
        shape="table",
        symbol="X₀",
        label="Positions",
        used_when={"initial": ("points",)},
        doc="Starting positions, shape (M, d).",
    )

    def positions(self, landscape: Landscape) -> np.ndarray:
        """Starting positions, shape (N, d).

        Raises
        ------
        ValueError
            When the landscape does not exist in d dimensions, or the initial law cannot be drawn; names the parameter.
        """
        return self.positions_of(landscape, np.array([self.seed]))[0]

    def positions_of(self, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        """Starting positions of swarms that differ in nothing but their seeds (runs,): shape (runs, N, d)."""
        landscape.require_dimension(self.d)
        return getattr(self, f"_{self.initial}")(landscape, seeds)

    def _draw(self, seeds: np.ndarray, attempt: int = 0) -> np.ndarray:
        return draw_uniform(seeds, INITIAL, attempt, self.n, self.d)

    def _vector(self, name: str, default: np.ndarray | None) -> np.ndarray:
        value = getattr(self, name)
        if value is None:
            if default is None:
                raise ValueError(f"{name} is missing: initial = {self.initial!r} needs it")
            return default
        value = np.asarray(value, dtype=float)
        if value.size not in (1, self.d):
            raise ValueError(f"{name} = {getattr(self, name)!r}: must be a number or {self.d} numbers (d = {self.d})")
        return np.broadcast_to(value.ravel() if value.size > 1 else value.reshape(()), (self.d,))

    def _uniform(self, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        low, high = landscape.limits(self.d)
        return low + (high - low) * self._draw(seeds)

    def _box(self, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        low, high = self._vector("low", None), self._vector("high", None)
        if not (low < high).all():
            raise ValueError(f"low = {self.low!r}, high = {self.high!r}: low must be below high")
        return low + (high - low) * self._draw(seeds)

    def _gaussian(self, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        low, high = landscape.limits(self.d)
        centre = self._vector("centre", (low + high) / 2)
        return centre + self.spread * draw_normal(seeds, INITIAL, 0, self.n, self.d)

    def _away(self, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        low, high = landscape.limits(self.d)
        targets = landscape.minimisers(self.d)
        if len(targets) == 0:
            raise ValueError(f"initial = 'away': no minimiser of {landscape.title} is known for d = {self.d}")
        x = np.full((len(seeds), self.n, self.d), np.nan)
        near = np.ones(x.shape[:2], dtype=bool)
        for attempt in range(ATTEMPTS):
            x[near] = (low + (high - low) * self._draw(seeds, attempt))[near]
            distance = np.abs(x[near][:, None, :] - targets) / ((high - low) / 2)
            near[near] = (distance.max(axis=2) < self.radius).any(axis=1)
            if not near.any():
                return x
        raise ValueError(
            f"radius (r) = {self.radius:g}: leaves no room in the box away from the minimisers; choose a smaller one"
        )

    def _points(self, landscape: Landscape, seeds: np.ndarray) -> np.ndarray:
        if self.points is None:
            raise ValueError("points is missing: initial = 'points' needs it")
        points = np.atleast_2d(np.asarray(self.points, dtype=float))
        if points.shape[1] != self.d:
            raise ValueError(f"points has {points.shape[1]} columns: must be {self.d} (d = {self.d})")
        return np.tile(np.resize(points, (self.n, self.d)), (len(seeds), 1, 1))
