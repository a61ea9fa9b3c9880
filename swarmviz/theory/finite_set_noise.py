r"""How far N agents scatter around their law: the linear-noise law of the generator in use (van Kampen's expansion, its second order).

With p = μρ the law of infinitely many agents and p_N the shares of N agents, √N (p_N − p) tends to a Gaussian process with covariance C,

    dC/dt = J C + C Jᵀ + B,     J = ∂ṗ/∂p,     B = (ℓ/S) Σ_{x~y} q_xy (e_x − e_y)(e_x − e_y)ᵀ           (1)

    q_xy = q(x, y) + q(y, x)  of the generator (:mod:`swarmviz.dynamics.finite_set.events`):
    first       |F|,  F = ρ(x) − ρ(y) − βθ (U(y) − U(x)), the net flow                                   (2)  004 eq. 4.23
    second      ρ(x) + ρ(y) + βθ |U(y) − U(x)|                                                           (3)  004 eq. 4.28
    hybrid      (1 − κ) (2) + κ (3)                                                                      (4)
    Metropolis  ρ(x) e^{−β (U(y) − U(x))₊} + ρ(y) e^{−β (U(x) − U(y))₊}                                  (5)

each times the weight w of the link. At η_β nothing flows: q = 0 for the first generator, max(ρ(x), ρ(y)) times 2 for the second, although
both have the same law.

The net flow of N agents is not F: it fluctuates with them, and where F is near 0 its mean absolute value comes from the fluctuation. With
its Gaussian law of the linearised flow (closure of the moments), F_N ~ N(F, v/N), v = ∇F · M⁻¹ C M⁻¹ · ∇F, M = diag μ,

    E|F_N| = √(2v/πN) exp(−F²N/2v) + F erf(F √(N/2v))                                                    (6)

in place of |F|. At η_β it makes C of the first generator fall as 1/N: the rates there depend on how many agents too many there are, not on
N, so the numbers of agents scatter by about one, whatever N. At that scale the law is not Gaussian, and (6) is an estimate: measured
variances are 0.2 to 1.5 times its. On the way to η_β, where F is not near 0, it is within a few per cent.

Code    symbol  shape    meaning
rho     ρ       (S,)     density with respect to μ
C               (S, S)   N times the covariance of the shares
n       N                number of agents; None leaves (6) out, as N → ∞
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from scipy import linalg, special

from swarmviz.theory.finite_set import ExactLaw, conductance, curvature, flow_slopes, jacobian, stationary

CLOSEST = 1e-300
CHANGE = 0.03  # of the law, in total variation, over a step of the integration: σ is then within a few per cent
GROWTH = 0.25  # of a step, in terms of the time since the start
FIRST = 0.1  # of the shortest time in which an agent jumps
HALVINGS = 60
PASSES = 2  # of a step: B depends on C at its middle
ROUNDS = 60  # of the fixed point of (1) and (6); each halves the logarithm of the error
ENOUGH = 1e-10


class Generator(NamedTuple):
    """Whose noise it is: κ of (4), 0 and 1 for the first two, or None for Metropolis agents."""

    kappa: float | None

    @classmethod
    def of(cls, generator: str, kappa: float) -> Generator:
        """By the name of a generator of :class:`swarmviz.FiniteSet`."""
        return cls({"first": 0.0, "second": 1.0, "metropolis": None}.get(generator, float(kappa)))


def edge_rates(
    rho, heights, beta: float, m: float | None, links, kappa: float | None, spread=None, m2: float = 2.0
) -> np.ndarray:
    """q of (2) to (5) for each link, without its weight, (E,); ``spread`` (E,), the standard deviation of the net flow, adds (6)."""
    x, y = links[:, 0], links[:, 1]
    s, t, rise = rho[x], rho[y], heights[y] - heights[x]
    if m is None or kappa is None:
        return s * np.exp(-beta * np.maximum(rise, 0)) + t * np.exp(-beta * np.maximum(-rise, 0))
    pull = beta * conductance(s, t, m, m2) * rise
    net = np.abs(s - t - pull)
    if spread is not None:
        z = net / np.maximum(np.sqrt(2.0) * spread, CLOSEST)
        net = spread * np.sqrt(2 / np.pi) * np.exp(-(np.minimum(z, 30.0) ** 2)) + net * special.erf(z)
    return (1 - kappa) * net + kappa * (s + t + np.abs(pull))


def diffusion(rates, links, rate: Any, states: int) -> np.ndarray:
    """B of (1), (S, S), from the ``rates`` q of the links and ``rate``, ℓ w."""
    x, y, out = links[:, 0], links[:, 1], np.zeros((states, states))
    weights = rate / states * rates
    for a, b in ((x, y), (y, x)):
        np.add.at(out, (a, b), -weights)
        np.add.at(out, (a, a), weights)
    return out


def share_jacobian(law: ExactLaw, rho, beta: float) -> np.ndarray:
    """J of (1), ∂ṗ/∂p, (S, S)."""
    volume = np.broadcast_to(law.volume, len(rho))
    by_rho = jacobian(rho, law.heights, beta, law.m, law.links, law.rate, law.m2, law.volume)
    return volume[:, None] * by_rho / volume


def flow_spread(C, slopes, links, n: int, volume: Any = 1.0) -> np.ndarray:
    """Standard deviation of each link's net flow (E,), √(v/N) of (6); ``slopes`` are F by ρ(x) and by ρ(y)."""
    x, y = links[:, 0], links[:, 1]
    volume = np.broadcast_to(volume, len(C))
    by_x, by_y = slopes[0] / volume[x], slopes[1] / volume[y]
    v = by_x**2 * C[x, x] + 2 * by_x * by_y * C[x, y] + by_y**2 * C[y, y]
    return len(C) * np.sqrt(np.maximum(v, 0) / n)


def stationary_covariance(
    heights,
    beta: float,
    m: float | None,
    links,
    kappa: float | None,
    n: int | None = None,
    m2: float = 2.0,
    rate: Any = 1.0,
    volume: Any = 1.0,
) -> np.ndarray:
    """C at η_β, or at Gibbs' law: J C + C Jᵀ + B = 0, (S, S). It does not depend on ℓ, but for weights of the links."""
    heights = np.asarray(heights, float)
    eta = stationary(heights, beta, m, m2, volume)
    S, J = len(eta), share_jacobian(ExactLaw(links, heights, beta, m, rate, eta, m2=m2, volume=volume), eta, beta)
    root = np.sqrt(curvature(eta, m, m2) / volume)  # R J R⁻¹ is symmetric, R = (Φ/Sμ)^½
    values, vectors = linalg.eigh(root[:, None] * J / root)
    left, pairs = vectors / root[:, None], values[:, None] + values
    with np.errstate(divide="ignore"):
        inverse = np.where(pairs < -1e-12 * np.abs(values).max(), -1 / pairs, 0.0)  # mass does not fluctuate

    def solved(B):
        return left @ (inverse * (vectors.T @ (root[:, None] * B * root) @ vectors)) @ left.T

    if n is None or m is None or kappa is None or kappa == 1.0:
        return solved(diffusion(edge_rates(eta, heights, beta, m, links, kappa, None, m2), links, rate, S))
    slopes, C = flow_slopes(eta, heights, beta, m, links, m2), np.diag(volume * eta) / S
    for _ in range(ROUNDS):
        spread = flow_spread(C, slopes, links, n, volume)
        after = solved(diffusion(edge_rates(eta, heights, beta, m, links, kappa, spread, m2), links, rate, S))
        near = np.abs(after - C).max() <= ENOUGH * np.abs(after).max()
        C = after
        if near:
            break
    return C


class LinearNoise:
    """C(t) along an exact law, from ``C`` at its beginning, for N agents of one generator; integrated as far as it is asked for."""

    def __init__(self, law: ExactLaw, generator: str, kappa: Any, n: int, C, begin: float):
        self.law, self.n = law, n
        self._kappa = lambda t: Generator.of(generator, float(kappa.at(t)) if hasattr(kappa, "at") else kappa).kappa
        self._times, self._known = [begin], [np.asarray(C, float)]
        self._step = 0.0
        self._lock = threading.Lock()

    def at(self, t: float) -> np.ndarray:
        """N times the covariance of the shares at a time ``t`` not before the beginning, (S, S).

        Raises
        ------
        ArithmeticError
            When the law cannot be integrated so far.
        """
        with self._lock:
            while t > self._times[-1]:
                step = self._next_step()
                if self._times[-1] + step > t:
                    break
                self._known.append(self._over(self._times[-1], step, self._known[-1]))
                self._times.append(self._times[-1] + step)
                self._step = step
            i = max(int(np.searchsorted(self._times, t, side="right")) - 1, 0)
            return self._over(self._times[i], t - self._times[i], self._known[i])

    def _next_step(self) -> float:
        """As long as the law allows, and not much longer than the one before."""
        t, begin = self._times[-1], self._times[0]
        if not self._step:
            rho, law = self.law.at(t)[0], self.law
            J = share_jacobian(law, rho, float(law.beta_at(t)))
            self._step = FIRST / max(np.abs(J.diagonal()).max(), 1e-12)
        step = max(self._step, min(2 * self._step, GROWTH * (t - begin)))
        for _ in range(HALVINGS):
            before, after = self.law.at([t, t + step])
            if (self.law.volume * np.abs(before - after)).mean() / 2 <= CHANGE:
                return step
            step /= 2
        return step

    def _over(self, t: float, step: float, C: np.ndarray) -> np.ndarray:
        """C a ``step`` later than ``t``, with J and B of the middle of the step."""
        if not step > 0:
            return C
        law, middle = self.law, t + step / 2
        rho, beta, kappa = law.at(middle)[0], float(law.beta_at(middle)), self._kappa(middle)
        J = share_jacobian(law, rho, beta)
        closed = law.m is not None and kappa is not None and kappa < 1
        slopes = flow_slopes(rho, law.heights, beta, law.m, law.links, law.m2) if closed else None
        moved, half = C, C
        for _ in range(PASSES if closed else 1):
            spread = flow_spread(half, slopes, law.links, self.n, law.volume) if closed else None
            weights = edge_rates(rho, law.heights, beta, law.m, law.links, kappa, spread, law.m2)
            moved = propagated(J, diffusion(weights, law.links, law.rate, len(rho)), step, C)
            half = (C + moved) / 2
        return moved


def propagated(J, B, step: float, C) -> np.ndarray:
    """C a ``step`` later under (1) with constant J and B: van Loan's block exponential of a short step, doubled as often as needed."""
    S = len(J)
    doublings = max(int(np.ceil(np.log2(max(4 * np.abs(J).sum(axis=0).max() * step, 1.0)))), 0)
    short = step / 2**doublings
    block = linalg.expm(short * np.block([[-J, B], [np.zeros((S, S)), J.T]]))
    E = block[S:, S:].T
    Q = E @ block[:S, S:]
    for _ in range(doublings):
        Q, E = Q + E @ Q @ E.T, E @ E
    return E @ C @ E.T + (Q + Q.T) / 2
