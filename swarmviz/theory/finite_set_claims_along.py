"""Where the exact law of a run on a finite set stands at the recorded steps, for the claims about it.

Code    symbol  shape    meaning
rho     ρ       (R, S)   density of the law with respect to μ at R recorded steps
eta     η_β(t)  (R, S)   that of the target then; Gibbs' law for Metropolis agents
volume  S μ     (S,)     μ relative to the uniform law
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from swarmviz.journal import Journal
from swarmviz.swarm import Swarm
from swarmviz.theory.finite_set import ExactLaw, energy, relaxation_rate, stationary
from swarmviz.theory.finite_set_curves import Stretch, densities, stretches_along
from swarmviz.theory.finite_set_metropolis import relative_entropy
from swarmviz.theory.finite_set_noise import LinearNoise
from swarmviz.theory.finite_set_rates import minimisers
from swarmviz.theory.finite_set_scatter import parts_along
from swarmviz.theory.lived import LivedRun

POINTS = 400  # of a drawn line, twice; between them it is straight
HALF = 0.5  # agents more on every state, in the recorded energy: φ(0) is infinite


class Piece(NamedTuple):
    """Recorded steps of one stretch of a run; ``rows`` (R,) are their places in the record."""

    rows: np.ndarray
    stretch: Stretch
    law: ExactLaw
    t: np.ndarray
    beta: np.ndarray
    rho: np.ndarray
    eta: np.ndarray

    def mean(self, values: np.ndarray) -> np.ndarray:
        """The mean over μ of ``values`` (…, S)."""
        return (self.law.volume * values).mean(axis=-1)

    @property
    def height(self) -> np.ndarray:
        """⟨U⟩ of the law."""
        return self.mean(self.rho * self.law.heights)

    @property
    def distance(self) -> np.ndarray:
        """L1 distance of the law to its target."""
        return self.mean(np.abs(self.rho - self.eta))

    def outside(self, density: np.ndarray) -> np.ndarray:
        """The L1 distance of densities (…, S) to the nearest law on the global minimisers, 2 (1 − p(M))."""
        return 2 * self.mean(density * ~minimisers(self.law.heights))

    def energy(self, n: int) -> np.ndarray:
        """𝒰_β as it is recorded of ``n`` agents, half an agent more on every state."""
        law = self.law
        return energy(softened(self.rho, law, n), law.heights, self.beta, law.m, law.m2, volume=law.volume)

    def excess(self, n: int) -> np.ndarray:
        """What the law descends, of such a density: 𝒰_β less its minimum, or F_φ of Metropolis agents (004 Proposition A.3)."""
        law, rho = self.law, softened(self.rho, self.law, n)
        if law.m is None:
            d, pairs = self.stretch.change.dynamics, zip(rho, self.beta, strict=True)
            m, m2 = float(d.m), float(d.m2)
            return np.array([relative_entropy(r, law.heights, float(b), m, m2, volume=law.volume) for r, b in pairs])
        return self.energy(n) - energy(self.eta, law.heights, self.beta, law.m, law.m2, volume=law.volume)


def exponent_of(law: ExactLaw) -> float:
    """m of a law of agents that interact."""
    assert law.m is not None
    return float(law.m)


def softened(rho: np.ndarray, law: ExactLaw, n: int) -> np.ndarray:
    """The density of ``n`` agents of density ``rho`` with half an agent more on every state."""
    states = len(law.heights)
    return (n * rho + HALF * states / law.volume) / (n + HALF * states)


def target_of(law: ExactLaw, beta: Any) -> np.ndarray:
    """η_β, (…, S)."""
    return stationary(law.heights, beta, law.m, law.m2, volume=law.volume)


_ALONG: WeakKeyDictionary[Swarm, tuple[Journal, np.ndarray, list[Piece]]] = WeakKeyDictionary()


def along(lived: LivedRun) -> list[Piece]:
    """The law at the recorded steps, at about 2 ``POINTS`` of them, each stretch's first and last included; where it is known."""
    known = _ALONG.get(lived.swarm)
    if known is not None and known[0] is lived.journal and np.array_equal(known[1], lived.k):
        return known[2]
    found = list(_pieces(lived, {} if known is None else {id(piece.stretch): piece for piece in known[2]}))
    _ALONG[lived.swarm] = lived.journal, np.array(lived.k), found
    return found


def _pieces(lived: LivedRun, before: dict[int, Piece]) -> Iterator[Piece]:
    """``before`` has pieces by their stretch: one that has not grown is taken as it is, after hundreds of moves of a slider."""
    stretches = stretches_along(lived.journal, lived.swarm)
    ends = [*lived.journal.steps[1:], lived.last]
    for stretch, end in zip(stretches, ends, strict=True):
        first = stretch.change.k
        low = int(np.searchsorted(lived.k, first, side="right")) if first else 0
        high = int(np.searchsorted(lived.k, end, side="right"))
        if stretch.law is None or low >= high:
            continue
        rows = low + _some(high - low, max(2, -(-POINTS * (high - low) // len(lived.k))))
        same = before.get(id(stretch))
        if same is not None and np.array_equal(same.rows, rows):
            yield same
            continue
        t, law = lived.t[rows], stretch.law
        beta = law.beta_at(t)
        at_rest = np.ptp(beta) == 0
        eta = np.broadcast_to(target_of(law, beta[0]), (len(t), len(law.heights))) if at_rest else target_of(law, beta)
        yield Piece(rows, stretch, law, t, beta, densities(law, t), eta)


def _some(count: int, points: int) -> np.ndarray:
    """About ``points`` of 0 … count − 1, the first and the last included: evenly, and as many that crowd at the beginning."""
    if count <= 2 * points:
        return np.arange(count)
    even, crowded = np.linspace(0, count - 1, points), np.geomspace(1, count, points) - 1
    return np.unique(np.concatenate([even, crowded]).astype(int))


def at_records(lived: LivedRun, of: Callable[[Piece], np.ndarray]) -> np.ndarray:
    """A number along the law at every recorded step, (K,); not a number where the law is not known."""
    y = np.full(len(lived.k), np.nan)
    for piece in along(lived):
        here = slice(piece.rows[0], piece.rows[-1] + 1)
        y[here] = np.interp(lived.k[here], lived.k[piece.rows], of(piece))
    return y


def last_piece(lived: LivedRun) -> Piece | None:
    """The piece that ends with the last recorded step; None where the law is not known there."""
    pieces = along(lived)
    known = bool(pieces) and pieces[-1].rows[-1] == len(lived.k) - 1 and bool(np.isfinite(pieces[-1].rho[-1]).all())
    return pieces[-1] if known else None


# ---- the last step -----------------------------------------------------------------------------------------------------


def last_stretch(lived: LivedRun) -> Stretch:
    """The stretch of the parameters that acted last."""
    stretches = stretches_along(lived.journal, lived.swarm)
    return stretches[lived.journal.index(lived.last_change)]


def last_density(lived: LivedRun) -> tuple[ExactLaw, float, np.ndarray] | None:
    """(law, β, density of the agents with half an agent more on every state) at the last step; None for a replica."""
    if lived.frame is None:
        return None
    frame, law = lived.frame(), last_stretch(lived).law
    if (
        law is None
        or frame.occupation is None
        or frame.heights is None
        or not np.array_equal(law.heights, frame.heights)
    ):
        return None
    rho = frame.occupation * len(law.heights) / law.volume
    return law, float(law.beta_at(frame.t)), softened(rho, law, frame.n)


# ---- numbers of a stretch at constant β --------------------------------------------------------------------------------

_GAPS: WeakKeyDictionary[ExactLaw, float] = WeakKeyDictionary()


def gap(stretch: Stretch) -> float:
    """The spectral gap at the β with which a stretch begins (004 Proposition 4.8); not a number where its law is not known."""
    law = stretch.law
    if law is None:
        return np.nan
    if law not in _GAPS:
        beta = float(law.beta_at(stretch.t))
        _GAPS[law] = relaxation_rate(law.heights, beta, law.m, law.links, law.rate, law.m2, volume=law.volume)
    return _GAPS[law]


_SCATTER: WeakKeyDictionary[LinearNoise, tuple[float, np.ndarray]] = (
    WeakKeyDictionary()
)  # the last one that was asked for


def scatter_at_end(lived: LivedRun) -> np.ndarray | None:
    """N times the covariance of the agents' shares at the last recorded step, (S, S); None where it is not known."""
    piece = last_piece(lived)
    part = next((p for p in parts_along(lived.journal, lived.swarm) if piece and p.stretch is piece.stretch), None)
    if piece is None or part is None or part.noise is None:
        return None
    t, known = float(piece.t[-1]), _SCATTER.get(part.noise)
    if known is not None and known[0] == t:
        return known[1]
    try:
        C = part.noise.at(t)
    except ArithmeticError:
        return None
    _SCATTER[part.noise] = t, C
    return C
