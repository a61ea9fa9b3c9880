r"""Theory of swarm-based gradient descent (002 eq. SBGD, Remark 1.1; Lu, Tadmor, Zenginoglu 2024).

F(X_n⁺) ≤ F(X_n) − c m̃_n^q h |∇F(X_n)|²                           (1)  backtracking: no agent climbs, so F₋ never rises
remaining(k) ≤ max(1, N − k)                                          (2)  the highest agent has η = 1 and is removed
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.dynamics.sbgd import SBGD
from swarmviz.theory import conditions
from swarmviz.theory.claim import Claim, register
from swarmviz.theory.lived import LivedRun


def _largest_rise(lived: LivedRun) -> float:
    level = lived.record["provisional_minimum"]
    return float(np.diff(level).max()) if len(level) > 1 else math.nan


def _over_count(lived: LivedRun) -> float:
    return float((lived.record["remaining"] - np.maximum(1, lived.n - lived.k)).max())


HERE = ("tests/theory/test_sbgd.py",)

register(
    SBGD,
    Claim(
        name="sbgd-descent",
        source="002 eq. SBGD, Remark 1.1",
        statement="The provisional minimum F₋ = min F never rises: every agent descends, by a line search.",
        hypotheses=(
            conditions.landscape_stays(),
            conditions.chosen("boundary", ("none", "clip", "reflect"), "no periodic boundary"),
        ),
        label="F₋ never rises",
        about="run",
        relation="≤",
        statistic=_largest_rise,
        predicted=lambda lived: 0.0,
        quantity="largest rise of F₋ between two records",
        remark="It says nothing of the basin: 002 §1.1 says that such methods fail in probability.",
        tests=HERE,
    ),
    Claim(
        name="sbgd-elimination",
        source="Lu, Tadmor, Zenginoglu 2024, algorithm 1",
        statement="The highest agent is removed in each step, so that at most N − k remain after k steps, and one in the end.",
        hypotheses=(conditions.positive("p > 0", lambda s, _: s.values("p"), "p"),),
        label="N − k",
        observable="remaining",
        curve=lambda lived: np.maximum(1.0, lived.n - lived.k),
        about="run",
        relation="≤",
        statistic=_over_count,
        predicted=lambda lived: 0.0,
        quantity="agents over N − k",
        remark="In the simulated form, of which 002 prints the differential equation; agents of the same height may stay longer.",
        tests=HERE,
    ),
)
