r"""Theory of the swarm on a finite set (004): the law of infinitely many agents, its target, and when it gets there.

    φ, φ', g, θ, η_β, 𝒰_β  as in :mod:`swarmviz.dynamics.finite_set.functions`, here in NumPy               (1)  004 eq. 3.2–3.4, 4.1
    ρ̇(x) = Σ_y L(x, y) [β θ(ρ(x), ρ(y)) (U(y) − U(x)) + ρ(y) − ρ(x)]                           (2)  004 eq. 4.7, 5.1
    ρ̇(x) = Σ_y [ρ(y) M(y, x) − ρ(x) M(x, y)],  M(x, y) = L(x, y) exp(−β (U(y) − U(x))₊)        (3)  004 appendix A

(2) is the law of the first, the second and every hybrid generator as N → ∞, (3) that of Metropolis agents at any N. Mass is conserved, and
for constant β the energy 𝒰_β never rises (004 Proposition 4.3). With δ = ρ − η_β small, (2) becomes

    δ̇ = −(Sμ)⁻¹ D Φ δ,   D = graph Laplacian with weights ℓ w θ(η(x), η(y)),  Φ = diag φ''(η)   (4)  004 Proposition 4.8

so the distance decays at the smallest non-zero eigenvalue of Φ^½ (Sμ)^−½ D (Sμ)^−½ Φ^½ in the end, and 𝒰_β − min 𝒰_β at twice that.

Where β grows with time:

    swarm       β = (t₀ + t)^γ − 1 with 0 < γ ≤ −m / (2 (1 − m)): the law concentrates on the minimisers   (5)  004 Theorem 1.1
    Metropolis  β = log(t₀ + t) / c with c at least the critical depth (Hajek 1988; 004 §1 on classical annealing)   (6)

The critical depth is the largest height that has to be climbed from a state that is no global minimiser to reach a lower one.

Code    symbol  shape    meaning
rho     ρ       (S,)     density with respect to μ
volume  S μ     (S,)     μ relative to the uniform law, with mean 1; 1 where it is uniform
heights U       (S,)     U at the states
links           (E, 2)   pairs of neighbours
rate    ℓ w     (E,)     S μ(x) L(x, y) of each link, or one number for all (:meth:`swarmviz.dynamics.finite_set.space.Space.rates`)
m, m2   m, m₂            exponents of φ below and above 1; m = None: the Metropolis case, φ(r) = r log r − r + 1
"""

from __future__ import annotations

import math
import threading
import warnings
from typing import Any

import numpy as np
from scipy import integrate, linalg, sparse
from scipy.optimize import elementwise

from swarmviz.parameters import TimeDependent
from swarmviz.schedules import InverseLogarithmic, Power
from swarmviz.theory.wording import number_words

UNBOUNDED: Any = {
    "divide": "ignore",
    "over": "ignore",
    "invalid": "ignore",
}  # φ and its slopes are infinite at 0 for small m
SAME = 1e-8  # as near to 0 or 1 an exponent counts as that
MOST_EVALUATIONS = (
    20_000  # of ρ̇, for one piece of a law; a stiff one takes thousands, one that asks for more has no end
)
DENSE = 100  # states up to which LSODA is the faster integrator; beyond, BDF with a sparse Jacobian is, by 15 times at 400 states

warnings.filterwarnings("ignore", "lsoda", UserWarning)  # it reports the failure as well, which a claim then tells

# ---- functions (1) ---------------------------------------------------------------------------------------------------


def _halves(r, below, above):
    """``below`` of r at most 1 and ``above`` of r beyond, element by element."""
    return np.where(r > 1, above(np.maximum(r, 1.0)), below(np.minimum(r, 1.0)))


def _power_entropy(r, k: float):
    if abs(k - 1) < SAME:
        return np.where(r > 0, r * np.log(r) - r + 1, 1.0)
    if abs(k) < SAME:
        return r - 1 - np.log(r)
    return (r**k - 1 - k * (r - 1)) / (k * (k - 1))


def _power_slope(r, k: float):
    return np.log(r) if abs(k - 1) < SAME else (r ** (k - 1) - 1) / (k - 1)


def _power_inverse(y, k: float):
    return np.exp(y) if abs(k - 1) < SAME else (1 + (k - 1) * y) ** (1 / (k - 1))


def entropy(r, m: float | None = -1.0, m2: float = 2.0):
    """φ at densities ``r`` of any shape; infinite at 0 for m ≤ 0."""
    r = np.asarray(r, float)
    with np.errstate(**UNBOUNDED):
        if m is None:
            return np.where(r > 0, r * np.log(r) - r + 1, 1.0)
        return _halves(r, lambda r: _power_entropy(r, m), lambda r: _power_entropy(r, m2))


def slope(r, m: float | None = -1.0, m2: float = 2.0):
    """φ'."""
    r = np.asarray(r, float)
    with np.errstate(**UNBOUNDED):
        return np.log(r) if m is None else _halves(r, lambda r: _power_slope(r, m), lambda r: _power_slope(r, m2))


def curvature(r, m: float | None = -1.0, m2: float = 2.0):
    """φ''."""
    r = np.asarray(r, float)
    with np.errstate(**UNBOUNDED):
        return 1 / r if m is None else _halves(r, lambda r: r ** (m - 2), lambda r: r ** (m2 - 2))


def inverse_slope(y, m: float | None = -1.0, m2: float = 2.0):
    """g = (φ')⁻¹."""
    y = np.asarray(y, float)
    if m is None:
        return np.exp(y)
    with np.errstate(**UNBOUNDED):
        return np.where(y > 0, _power_inverse(np.maximum(y, 0), m2), _power_inverse(np.minimum(y, 0), m))


def conductance(s, t, m: float = -1.0, m2: float = 2.0):
    """θ."""
    s, t = np.asarray(s, float), np.asarray(t, float)
    middle = (s + t) / 2
    near = np.abs(s - t) <= 1e-8 * middle  # the quotient would lose half its digits
    with np.errstate(**UNBOUNDED):
        quotient = (s - t) / (slope(s, m, m2) - slope(t, m, m2))
        diagonal = _halves(middle, lambda r: r ** (2 - m), lambda r: r ** (2 - m2))
    return np.where((s <= 0) | (t <= 0), 0.0, np.where(near, diagonal, quotient))


def balance(heights, beta, m: float = -1.0, m2: float = 2.0, volume: Any = 1.0) -> np.ndarray:
    """c_β for β of any shape, by bracketing: g(c − βU) has mean at most 1 at c = β min U and at least 1 at c = β max U."""
    beta = np.asarray(beta, float)
    low = beta * np.min(heights)
    lowest = np.broadcast_to(volume, np.shape(heights))[np.argmin(heights)]
    most = low + slope(np.size(heights) / lowest, m, m2)  # there g is 1/μ at a minimiser
    high = np.minimum(beta * np.max(heights), most + 1e-9 * (1 + np.abs(most)))

    def excess(c, beta):
        return (volume * inverse_slope(c[..., None] - beta[..., None] * heights, m, m2)).mean(axis=-1) - 1

    found = elementwise.find_root(excess, (low, np.where(high > low, high, low + 1)), args=(beta,))
    return np.where(high > low, found.x, low)


def stationary(heights, beta, m: float | None = -1.0, m2: float = 2.0, volume: Any = 1.0) -> np.ndarray:
    """The density η_β, the minimiser of 𝒰_β, or Gibbs' law in the Metropolis case; (…, S) for β of shape (…)."""
    heights, beta = np.asarray(heights, float), np.asarray(beta, float)
    if m is None:
        weight = np.exp(-beta[..., None] * (heights - heights.min()))
        return weight / (volume * weight).mean(axis=-1, keepdims=True)
    return inverse_slope(balance(heights, beta, m, m2, volume)[..., None] - beta[..., None] * heights, m, m2)


def energy(rho, heights, beta, m: float | None = -1.0, m2: float = 2.0, volume: Any = 1.0):
    """𝒰_β(ρ) for densities (…, S) and β of shape (…)."""
    return np.mean(volume * (np.expand_dims(beta, -1) * heights * rho + entropy(rho, m, m2)), axis=-1)


# ---- the law of infinitely many agents -------------------------------------------------------------------------------


def velocity(
    rho, heights, beta: float, m: float | None, links, rate: Any, m2: float = 2.0, volume: Any = 1.0
) -> np.ndarray:
    """ρ̇ (2), or (3), shape (S,)."""
    x, y = links[:, 0], links[:, 1]
    rise = heights[y] - heights[x]
    if m is None:
        up, down = np.exp(-beta * np.maximum(rise, 0)), np.exp(-beta * np.maximum(-rise, 0))
        into_x = rate * (rho[y] * down - rho[x] * up)
    else:
        into_x = rate * (beta * conductance(rho[x], rho[y], m, m2) * rise + rho[y] - rho[x])
    S = len(rho)
    return (np.bincount(x, into_x, S) - np.bincount(y, into_x, S)) / volume


def flow_slopes(rho, heights, beta: float, m: float | None, links, m2: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """The net flow y → x over each link, with ℓ = 1, by ρ(x) and by ρ(y), (E,) each; at the kink of θ that of one side."""
    x, y = links[:, 0], links[:, 1]
    rise, s, t = heights[y] - heights[x], rho[x], rho[y]
    if m is None:
        return -np.exp(-beta * np.maximum(rise, 0)), np.exp(-beta * np.maximum(-rise, 0))
    theta, near = conductance(s, t, m, m2), np.abs(s - t) <= 1e-6 * (s + t)
    with np.errstate(**UNBOUNDED):
        gap = slope(s, m, m2) - slope(t, m, m2)
        exponent = np.where(s + t < 2, m, m2)
        middle = (2 - exponent) / 2 * ((s + t) / 2) ** (1 - exponent)
        theta_s = np.where(near, middle, (1 - theta * curvature(s, m, m2)) / gap)
        theta_t = np.where(near, middle, (theta * curvature(t, m, m2) - 1) / gap)
    return beta * np.where(theta > 0, theta_s, 0.0) * rise - 1, beta * np.where(theta > 0, theta_t, 0.0) * rise + 1


def jacobian(
    rho, heights, beta: float, m: float | None, links, rate: Any, m2: float = 2.0, volume: Any = 1.0
) -> np.ndarray:
    """∂ρ̇/∂ρ, (S, S); at the kink of θ where both densities are 1 and on the diagonal, that of one side."""
    x, y = links[:, 0], links[:, 1]
    by_x, by_y = (rate * slopes for slopes in flow_slopes(rho, heights, beta, m, links, m2))
    S = len(rho)
    out = np.zeros((S, S))
    out[x, y], out[y, x] = by_y, -by_x  # no pair of neighbours is listed twice
    out[np.diag_indices(S)] = np.bincount(x, by_x, S) - np.bincount(y, by_y, S)
    return out / np.broadcast_to(volume, S)[:, None]


class ExactLaw:
    """The density ρ(t) from ρ(t₀) = ``rho``, integrated as far as it is asked for and kept; ``tolerance`` is relative."""

    def __init__(
        self,
        links,
        heights,
        beta: Any,
        m: float | None,
        rate: Any,
        rho,
        t0: float = 0.0,
        tolerance: float = 1e-9,
        m2: float = 2.0,
        volume: Any = 1.0,
    ):
        self.tolerance, self.links, self.rate, self.volume = tolerance, links, rate, volume
        self.heights, self.m, self.m2 = np.asarray(heights, float), m, m2
        self.beta = beta.copy() if isinstance(beta, TimeDependent) else beta  # type: ignore[attr-defined]
        self._velocity = lambda t, p: velocity(p, self.heights, float(self.beta_at(t)), m, links, rate, m2, volume)
        large = len(self.heights) > DENSE
        shape = sparse.csc_array if large else np.asarray
        self._jacobian = lambda t, p: shape(
            jacobian(p, self.heights, float(self.beta_at(t)), m, links, rate, m2, volume)
        )
        self._method = "BDF" if large else "LSODA"
        self._pieces: list[Any] = []
        self._ends, self._last, self._failure = [t0], np.asarray(rho, float), ""
        self._lock = (
            threading.Lock()
        )  # runs with the same parameters share one law, and each may be on a thread of its own

    def beta_at(self, t):
        """β at times ``t``, in the same shape."""
        return self.beta.at(t) if isinstance(self.beta, TimeDependent) else np.full(np.shape(t), float(self.beta))  # type: ignore[attr-defined]

    def at(self, times) -> np.ndarray:
        """Densities at ``times`` ≥ t₀, shape (len(times), S).

        Raises
        ------
        ArithmeticError
            When the equation is too stiff to be integrated that far; told at once when asked again.
        """
        times = np.atleast_1d(np.asarray(times, float))
        with self._lock:
            self._integrate(times.max())
        out = np.empty((len(times), len(self.heights)))
        piece = np.clip(np.searchsorted(self._ends, times, side="left") - 1, 0, None)
        for i in np.unique(piece):
            here = piece == i
            out[here] = self._pieces[i](times[here]).T if self._pieces else self._last
        return out

    def _integrate(self, end: float) -> None:
        start = self._ends[-1]
        if end <= start:
            return
        if self._failure:
            raise ArithmeticError(self._failure)
        end = max(end, start + 2 * (start - self._ends[0]))  # few long pieces, so that a growing run costs little
        left = iter(range(MOST_EVALUATIONS))

        def counted(t, p):
            if next(left, None) is None:
                raise ArithmeticError(f"more than {MOST_EVALUATIONS} evaluations")
            return self._velocity(t, p)

        try:
            run = integrate.solve_ivp(
                counted, (start, end), self._last, method=self._method, dense_output=True, jac=self._jacobian, rtol=self.tolerance,
                atol=1e-3 * self.tolerance,
            )  # fmt: skip
            reached, message = (run.t[-1], run.message) if not run.success else (end, "")
        except (
            ArithmeticError,
            UserWarning,
            np.linalg.LinAlgError,
            ValueError,
        ) as error:  # a matrix that is not finite; warnings that are errors
            reached, message = start, str(error)
        if message:
            self._failure = f"the law could not be integrated beyond t = {number_words(reached, 6)}: {message}"
            raise ArithmeticError(self._failure)
        self._pieces.append(run.sol)
        self._ends.append(end)
        self._last = run.y[:, -1]


def relaxation_rate(
    heights, beta: float, m: float | None, links, rate: Any, m2: float = 2.0, volume: Any = 1.0
) -> float:
    """The rate at which the law approaches η_β in the end: the spectral gap of (4), or of the Metropolis generator.

    Not a number where η_β is too small on a state for the matrix to be written down.
    """
    heights, (x, y) = np.asarray(heights, float), links.T
    S, volume = len(heights), np.broadcast_to(volume, len(heights))
    if m is None:  # from quotients of η alone, which is 0 in floating-point numbers where βU is large
        rise = beta * (heights[y] - heights[x])
        up, down, between = (rate * np.exp(-p) for p in (np.maximum(rise, 0), np.maximum(-rise, 0), np.abs(rise) / 2))
    else:
        eta = stationary(heights, beta, m, m2, volume)
        root = np.sqrt(curvature(eta, m, m2))
        with np.errstate(**UNBOUNDED):
            weight = rate * conductance(eta[x], eta[y], m, m2)
            up, down, between = (
                weight * a * b for a, b in ((root[x], root[x]), (root[y], root[y]), (root[x], root[y]))
            )
    matrix = np.zeros((S, S))
    for a, b, leaving in ((x, y, up), (y, x, down)):
        with np.errstate(**UNBOUNDED):
            np.add.at(matrix, (a, b), -between / np.sqrt(volume[a] * volume[b]))
            np.add.at(matrix, (a, a), leaving / volume[a])
    return float(linalg.eigvalsh(matrix)[1]) if np.isfinite(matrix).all() else math.nan


# ---- where β grows ---------------------------------------------------------------------------------------------------


def critical_depth(heights, links) -> float:
    """The largest height to be climbed from a state that is no global minimiser to a lower one (6); 0 without such states."""
    heights = np.asarray(heights, float)
    lowest, depth = heights.min(), 0.0
    parent, bottom = np.arange(len(heights)), heights.copy()

    def basin(x: int) -> int:
        while parent[x] != x:
            x = parent[x]
        return x

    passes = np.maximum(heights[links[:, 0]], heights[links[:, 1]])
    for i in np.argsort(passes, kind="stable"):  # the water rises: basins meet at their passes
        a, b = basin(links[i, 0]), basin(links[i, 1])
        if a == b:
            continue
        if bottom[a] > bottom[b]:
            a, b = b, a
        if bottom[b] > lowest:
            depth = max(depth, float(passes[i] - bottom[b]))
        parent[b] = a
    return depth


def largest_gamma(m: float) -> float:
    """−m / (2 (1 − m)), the largest exponent of (5)."""
    return -m / (2 * (1 - m))


def schedule_applies(beta: Any, m: float = -1.0, m2: float = 2.0) -> tuple[bool, str]:
    """Whether (5) promises that the swarm's law concentrates on the minimisers, and why (not)."""
    if not (m < 0 and m2 == 2):
        return (
            False,
            f"the theorem is about φ with m < 0 and m₂ = 2, not m = {number_words(m)} and m₂ = {number_words(m2)}",
        )
    most = largest_gamma(m)
    if not isinstance(beta, TimeDependent):
        return False, "β is constant: the law tends to η_β, which leaves mass outside the minimisers"
    if not isinstance(beta, Power):
        return False, f"the theorem is about β = (t₀ + t)^γ − 1 with γ ≤ {number_words(most)}"
    holds = 0 < beta.gamma <= most
    return (
        holds,
        f"γ ≤ −m/(2(1 − m)) = {number_words(most)} {'holds' if holds else 'does not hold: nothing is promised'}",
    )


def annealing_applies(beta: Any, depth: float) -> tuple[bool, str]:
    """Whether (6) promises that classical annealing finds the minimisers, and why (not)."""
    if not isinstance(beta, TimeDependent):
        return False, "β is constant: the law tends to Gibbs' law, which leaves mass outside the minimisers"
    if not isinstance(beta, InverseLogarithmic):
        return False, f"the theorem is about β = log(t₀ + t)/c with c ≥ {number_words(depth)}"
    holds = beta.c >= depth
    return (
        holds,
        f"c ≥ {number_words(depth)}, the critical depth, {'holds' if holds else 'does not hold: the swarm may be trapped'}",
    )
