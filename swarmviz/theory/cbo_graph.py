r"""CBO as a linear system on a graph: the Laplacian of its weights, and the projection after which the weights are gone (001 §2).

With the weights ℓ (N,), ℓᵀ𝟏 = 1, every coordinate of a swarm without noise follows Ẋ = −λL̂X:

    L̂ = I − 𝟏ℓᵀ,  so that L̂X = X − 𝟏νᵀ with the consensus ν = Xᵀℓ             (1)  001 eq. 2.3–2.5, 2.12
    L̂𝟏 = 0, ℓᵀL̂ = 0: right and left eigenvector of the eigenvalue 0           (2)  001 Lemma 2.8
    PL̂ = P for P = I − 𝟏𝟏ᵀ/N, the projection along the consensus             (3)  001 eq. 2.21–2.22

By (3) the deviations E = PX follow Ė = −λE, whatever the weights are: that is all of Theorem 2.9. The eigenvalues are in
:mod:`swarmviz.theory.cbo`. Nothing here forms a matrix: all is of the order of N d.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.cbo import CBO
from swarmviz.frame import Frame
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.lived import LivedRun

ROUNDED_TERMS = 8  # besides the N of a sum: of an exponential, a quotient, a product and a difference


def apply_laplacian(weight: np.ndarray, x: np.ndarray) -> np.ndarray:
    """L̂x of (1), shape (N, …), for weights (N,) and a column for each coordinate in ``x`` (N, …)."""
    return x - weight @ x


def project(x: np.ndarray) -> np.ndarray:
    """Px of (3), shape (N, …): the deviations from the mean."""
    return x - x.mean(axis=0)


def laplacian_defect(frame: Frame) -> float:
    """By how much (1) to (3) miss for the weights and the consensus of a frame, relative to the largest coordinate."""
    weight, x, one = frame.weight, frame.x, np.ones(frame.n)
    assert weight is not None and frame.focus is not None
    scale = float(np.abs(x).max()) or 1.0
    pulled = apply_laplacian(weight, x)
    return max(
        float(np.abs(pulled - (x - frame.focus)).max()) / scale,
        float(np.abs(apply_laplacian(weight, one)).max()),
        float(np.abs(weight - weight.sum() * weight).max()),
        float(np.abs(project(pulled) - project(x)).max()) / scale,
    )


def rounding(n: int) -> float:
    """What rounding alone explains of the defect: two sums of N terms and what is around them, each term within half an ε of float64."""
    return 2.0 * (n + ROUNDED_TERMS) * float(np.finfo(float).eps)


def _defect(lived: LivedRun) -> float:
    frame = None if lived.frame is None else lived.frame()
    return math.nan if frame is None or frame.weight is None or frame.focus is None else laplacian_defect(frame)


register(
    CBO,
    Claim(
        name="cbo-laplacian-projection",
        source="001 Lemma 2.8, eq. 2.5 and 2.22",
        statement="The Laplacian L̂ = I − 𝟏ℓᵀ of the weights ℓ moves agents to the consensus, L̂X = X − ν, has 𝟏 and ℓ as right and left "
        "eigenvectors of the eigenvalue 0, and PL̂ = P for the projection P = I − 𝟏𝟏ᵀ/N: deviations from the mean do not feel the weights.",
        hypotheses=(),
        label="L̂X = X − ν, L̂𝟏 = 0, ℓᵀL̂ = 0, PL̂ = P",
        about="run",
        relation="≤",
        statistic=_defect,
        predicted=lambda lived: rounding(lived.n),
        quantity="largest defect, relative to the largest coordinate",
        remark="So without noise the rate λ is exact for every α and F. With anisotropic noise it is not: P does not commute with a "
        "product agent by agent, as the proofs of Theorems 3.4 and 3.5 take for granted.",
        tests=("tests/theory/test_cbo_graph.py",),
    ),
)
