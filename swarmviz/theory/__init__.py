"""Theory: predicted rates, thresholds and laws. What is drawn on the screen and what a test asserts is the same call.

One module for each dynamics; importing it registers what it knows (:mod:`swarmviz.theory.registry`).
"""

from __future__ import annotations

from swarmviz.theory import (
    bgk,
    cbo,
    cbo_graph,
    finite_set,
    finite_set_claims,
    finite_set_claims_metropolis,
    finite_set_curves,
    fmc,
    fmc_convergence,
    fmc_phases,
    pso,
    sbgd,
    ssa,
    ssa_langevin,
)
from swarmviz.theory.claim import Assessment, Claim, Verdict, all_claims, assessments, claims_of, judge
from swarmviz.theory.lived import LivedRun
from swarmviz.theory.registry import (
    Line,
    Target,
    VelocityLaw,
    law,
    law_of,
    lines,
    lines_of,
    target,
    target_of,
    velocity_law,
    velocity_law_of,
)
from swarmviz.theory.thresholds import ThresholdLine, threshold_lines, thresholds_of

__all__ = [
    "Assessment",
    "Claim",
    "Line",
    "LivedRun",
    "Target",
    "ThresholdLine",
    "VelocityLaw",
    "Verdict",
    "all_claims",
    "assessments",
    "bgk",
    "cbo",
    "cbo_graph",
    "claims_of",
    "finite_set",
    "finite_set_claims",
    "finite_set_claims_metropolis",
    "finite_set_curves",
    "fmc",
    "fmc_convergence",
    "fmc_phases",
    "judge",
    "law",
    "law_of",
    "lines",
    "lines_of",
    "pso",
    "sbgd",
    "ssa",
    "ssa_langevin",
    "target",
    "target_of",
    "threshold_lines",
    "thresholds_of",
    "velocity_law",
    "velocity_law_of",
]
