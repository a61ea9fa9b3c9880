r"""Theory of particle swarm optimisation (003 eq. 5.1): one agent about bests at rest.

003 proves nothing of (5.1). For resting bests it is a linear recursion with random coefficients, for which the conditions of contraction
are standard (Trelea 2003 for the mean; Jiang, Luo and Yang 2007, Poli 2009 for the mean square). With κ, Λ₁, Λ₂, S₁, S₂ of
:mod:`swarmviz.dynamics.pso`, θ = (Λ₁ + Λ₂)Δt, η² = (S₁² + S₂²)Δt² and x relative to the mean of the two bests, weighted by Λ₁ and Λ₂,

    x_{k+1} = (1 + κ − θ + ηξ) x_k − κ x_{k−1} + noise in proportion to the distance of the bests                       (1)
    the mean contracts         ⇔ |κ| < 1 and 0 < θ < 2(1 + κ)                                                           (2)
    the mean square contracts  ⇔ (2) and η² < θ (1 − κ)(2(1 + κ) − θ)/(1 + κ)                                            (3)

(3) follows from the stationary second moments of (1): E(x_k x_{k−1}) = μ/(1 + κ) E x² for μ = 1 + κ − θ, and they are positive as long as
1 − κ² − η² − μ²(1 − κ)/(1 + κ) > 0. Where the personal best Y differs from ν, the mean square tends to a multiple of |Y − ν|², not to 0.
For z = X − ν, w = V and y = Y − ν in one coordinate, as long as Y and ν rest,

    E(z², zw, w², zy, wy, y²)⁺ = M E(z², zw, w², zy, wy, y²)                                       (4)  exact for unit variance

At the parameters of 003 §5 (m = 0.1, λ_i = 1, σ_i = 1.7, Δt = 0.1), η² = 0.160 exceeds the 0.096 of (3): about resting bests the mean
square grows at the rate 1.44; the walls bound it.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.pso import PSO
from swarmviz.schedules import values_of
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.moments import expected_dispersion, moments_along
from swarmviz.theory.wording import number_words


def mean_margin(keep, pull, dt: float):
    """min(θ, 2(1 + κ) − θ, 1 − κ): positive where the mean contracts (2); ``pull`` is Λ₁ + Λ₂."""
    theta = pull * dt
    return np.minimum(np.minimum(theta, 2 * (1 + keep) - theta), 1 - keep)


def square_margin(keep, pull, shake, dt: float):
    """The right side of (3) minus the left: positive where the mean square contracts, too; ``shake`` is √(S₁² + S₂²)."""
    theta = pull * dt
    return theta * (1 - keep) * (2 * (1 + keep) - theta) / (1 + keep) - (shake * dt) ** 2


def moment_matrix(coefficients, dt: float) -> np.ndarray:
    """M of (4), shape (…, 6, 6), for the coefficients (κ, Λ₁, Λ₂, S₁, S₂) of a step, numbers or arrays (…)."""
    keep, own, common, shake_own, shake_common = np.broadcast_arrays(*map(np.asarray, coefficients))
    pull, kick = own + common, np.zeros((*keep.shape, 6, 6))
    zz, zw, ww, zy, wy, yy = range(6)
    for i in (zz, zy, yy):
        kick[..., i, i] = 1
    kick[..., zw, zz], kick[..., zw, zw], kick[..., zw, zy] = -pull, keep, own
    kick[..., ww, zz] = pull**2 + shake_own**2 + shake_common**2
    kick[..., ww, zw], kick[..., ww, ww] = -2 * keep * pull, keep**2
    kick[..., ww, zy] = -2 * pull * own - 2 * shake_own**2
    kick[..., ww, wy], kick[..., ww, yy] = 2 * keep * own, own**2 + shake_own**2
    kick[..., wy, zy], kick[..., wy, wy], kick[..., wy, yy] = -pull, keep, own
    glide = np.eye(6)
    glide[zz, zw], glide[zz, ww], glide[zw, ww], glide[zy, wy] = 2 * dt, dt**2, dt, dt
    return glide @ kick


def mean_rate(coefficients, dt: float) -> float:
    """Rate at which the mean of an agent approaches that of its resting bests, −log of the spectral radius per time."""
    keep, own, common, *_ = coefficients
    return _rate(np.array([[1, dt], [0, 1]]) @ np.array([[1, 0], [-(own + common), keep]]), dt)


def mean_square_rate(coefficients, dt: float) -> float:
    """The same for the mean square; negative where it grows."""
    return _rate(moment_matrix(coefficients, dt)[:3, :3], dt)


def _rate(matrix: np.ndarray, dt: float) -> float:
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    return -math.log(radius) / dt if radius > 0 else math.inf


# ---- the claims, held against a run as it was lived -----------------------------------------------------------------------------


def _coefficients(s: Stretch):
    """(κ, Λ₁, Λ₂, S₁, S₂) on the intervals of a stretch, both S arrays (M,)."""
    return s.change.dynamics.coefficients(s.values("sigma_own"), s.values("sigma_common"))


def _mean_margin(s: Stretch, lived: LivedRun):
    keep, own, common, *_ = _coefficients(s)
    return mean_margin(keep, own + common, s.dt)


def _square_margin(s: Stretch, lived: LivedRun):
    keep, own, common, *shakes = _coefficients(s)
    return square_margin(keep, own + common, np.hypot(*shakes), s.dt)


def _now(lived: LivedRun):
    """The coefficients of the last step as numbers, and its Δt."""
    s = lived.stretches[-1]
    return [float(np.ravel(c)[-1]) for c in _coefficients(s)], s.dt


def _resting_curve(lived: LivedRun) -> np.ndarray:
    def matrices(s: Stretch) -> np.ndarray:
        found = moment_matrix(_coefficients(s), s.dt)
        return np.broadcast_to(found, (len(s.start), 6, 6))

    moments = moments_along(lived, matrices, np.array([1.0, 0, 0, 1.0, 0, 1.0]))  # from X = Y, at rest
    return expected_dispersion(lived, moments[:, 3], moments[:, 0])


def _motion(lived: LivedRun) -> float:
    """How far ν moved at most in a recorded step; infinite where an agent replaced its personal best."""
    moves = lived.record["move"][1:]
    return math.inf if lived.record["improved"].any() else float(moves.max(initial=0.0))


def _rise(lived: LivedRun) -> float:
    """The largest rise of the mean value of the personal bests between recorded steps."""
    return max(0.0, float(np.diff(lived.record["memory_mean"]).max(initial=0.0)))


def _best_memory(lived: LivedRun):
    """(values, places) of the personal bests, the place of the lowest first; None for a replica."""
    frame = None if lived.frame is None else lived.frame()
    if frame is None or frame.memory is None:
        return None
    memory = frame.memory
    values = lived.seen_with(frame).landscape.values(memory)
    order = np.argsort(values, kind="stable")
    return values[order], memory[order]


def _from_best(lived: LivedRun) -> float:
    found = _best_memory(lived)
    return (
        math.nan if lived.frame is None or found is None else float(np.linalg.norm(lived.frame().focus - found[1][0]))
    )


def _from_best_bound(lived: LivedRun) -> float:
    """Σ_n e^{−α(F(Y_n) − F(Y_1))} |Y_n − Y_1|: at least |ν − Y_1|, because the weights are at most that; and rounding."""
    found = _best_memory(lived)
    if lived.frame is None or found is None:
        return math.nan
    values, places = found
    frame = lived.frame()
    alpha = float(values_of(lived.seen_with(frame).dynamics, "alpha", np.array([frame.t]))[0])
    rounding = 8 * np.spacing(np.abs(places).max())
    return float((np.exp(-alpha * (values - values[0])) * np.linalg.norm(places - places[0], axis=1)).sum() + rounding)


NEITHER = "003 makes no such claim: it is standard for linear recursions with random coefficients."
UNIT = conditions.unit_variance()
RESTING = conditions.rests("the personal bests and ν rest", _motion)
MEAN_CONTRACTS = conditions.positive(
    "κ < 1 and 0 < θ < 2(1 + κ), θ = (λ₁ + λ₂)Δt²/(m + γΔt)", _mean_margin, "min(θ, 2(1 + κ) − θ, 1 − κ)"
)
SQUARE_CONTRACTS = conditions.positive(
    "η² < θ(1 − κ)(2(1 + κ) − θ)/(1 + κ), η² = (σ₁² + σ₂²)Δt³/(m + γΔt)²", _square_margin, "the right side minus η²"
)
FREE = (conditions.no_walls(), conditions.not_stalled())
HERE = ("tests/theory/test_pso.py",)

register(
    PSO,
    Claim(
        name="pso-mean",
        source="003 eq. 5.1, standard: Trelea 2003",
        statement="About resting bests the mean of an agent tends to (λ₁Y + λ₂ν)/(λ₁ + λ₂) exactly if κ < 1 and 0 < θ < 2(1 + κ).",
        hypotheses=(*FREE, RESTING, MEAN_CONTRACTS),
        label=lambda lived: f"mean about resting bests, rate {number_words(mean_rate(*_now(lived)))}",
        predicted=lambda lived: mean_rate(*_now(lived)),
        quantity="rate of the mean",
        remark=NEITHER,
        evidence="The condition agrees with the spectral radius of the mean recursion at 2000 random parameters.",
        tests=HERE,
    ),
    Claim(
        name="pso-mean-square",
        source="003 eq. 5.1, standard: Jiang et al. 2007, Poli 2009",
        statement="About resting bests the mean square stays bounded exactly if, besides, η² < θ(1 − κ)(2(1 + κ) − θ)/(1 + κ).",
        hypotheses=(*FREE, UNIT, RESTING, MEAN_CONTRACTS, SQUARE_CONTRACTS),
        label=lambda lived: f"mean square about resting bests, rate {number_words(mean_square_rate(*_now(lived)))}",
        predicted=lambda lived: mean_square_rate(*_now(lived)),
        quantity="rate of the mean square",
        remark=f"{NEITHER} At the parameters of 003 §5 the mean square grows (η² = 0.160 > 0.096), and the walls bound it.",
        evidence="The condition agrees with the spectral radius of the moment matrix at 2000 random parameters.",
        tests=HERE,
    ),
    Claim(
        name="pso-second-moments",
        source="second moments",
        statement="About resting bests E V is a fixed combination of powers of a 6 × 6 matrix of κ, Λ₁, Λ₂, S₁, S₂ and Δt.",
        hypotheses=(*FREE, UNIT, RESTING, conditions.starts_at_rest()),
        label=lambda lived: f"about resting bests, mean square at rate {number_words(mean_square_rate(*_now(lived)))}",
        exact=True,
        drawn=False,
        observable="dispersion",
        curve=_resting_curve,
        quantity="V/V₀",
        multiplicative=True,
        remark="Bests rest only once nothing better is found.",
        evidence="400 runs of 50 agents in the four minimisers of Himmelblau's function, 12 steps: E V within 4 standard errors.",
        tests=HERE,
    ),
    Claim(
        name="pso-memory",
        source="003 eq. 5.1",
        statement="A personal best is replaced only by a better place, so that the mean of F(Y) never rises.",
        hypotheses=(conditions.landscape_stays(),),
        label="personal bests never rise",
        about="run",
        relation="≤",
        statistic=_rise,
        predicted=lambda lived: 0.0,
        quantity="largest rise of the mean of F(Y)",
        tests=HERE,
    ),
    Claim(
        name="pso-best",
        source="003 §5.1",
        statement="For large α, ν is nearly the best place Y_1 found so far: |ν − Y_1| ≤ Σ_n e^(−α(F(Y_n) − F(Y_1))) |Y_n − Y_1|.",
        hypotheses=(conditions.all_agents(), conditions.landscape_stays()),
        label="ν is nearly the best memory",
        about="run",
        relation="≤",
        statistic=_from_best,
        predicted=_from_best_bound,
        quantity="|ν − Y_1|",
        remark="003 writes α ≪ 1 where α ≫ 1 is meant.",
        tests=HERE,
    ),
)
