"""The equations of PSO, line by line; in words in :mod:`swarmviz.dynamics.pso`."""

from __future__ import annotations

import numpy as np

from swarmviz.dynamics.equations.lines import (
    AGENTS,
    NU,
    Absence,
    Equations,
    Line,
    Quantity,
    V,
    X,
    boundary_lines,
    consensus_lines,
    negated,
    noise_lines,
    positive,
    some_agents,
)
from swarmviz.schedules import values_of


def _coefficient(place: int):
    """κ, Λ₁, Λ₂, S₁ or S₂ of the present step."""

    def value(own, frame):
        own_, common = (float(values_of(own, name, np.array([frame.t]))[0]) for name in ("sigma_own", "sigma_common"))
        return own.coefficients(own_, common)[place]

    return value


PAPER = "003 eq. 5.1"
MASS = r"@inertia + (1 - @inertia) \, @dt"

EQUATIONS = Equations(
    lines=(
        Line(
            r"@v^+ = @keep @v + @pull_own (@y - @x) + @pull_common (@nu - @x)"
            r" + @shake_own (@y - @x) \odot @noise^1 + @shake_common (@nu - @x) \odot @noise^2",
            PAPER,
            "Velocity",
        ),
        Line(r"@x^+ = Π(@x + @dt \, @v^+)", PAPER, "Motion"),
        Line(rf"@keep = \frac{{@inertia}}{{{MASS}}}", PAPER, "Inertia; friction γ = 1 − m (003 table 3)"),
        Line(rf"@pull_own = \frac{{@lam_own \, @dt}}{{{MASS}}}", PAPER, "Pull of the personal best"),
        Line(rf"@pull_common = \frac{{@lam_common \, @dt}}{{{MASS}}}", PAPER, "Pull of the common best"),
        Line(rf"@shake_own = \frac{{@sigma_own \sqrt{{@dt}}}}{{{MASS}}}", PAPER, "Noise towards the personal best"),
        Line(rf"@shake_common = \frac{{@sigma_common \sqrt{{@dt}}}}{{{MASS}}}", PAPER, "Noise towards the common best"),
        Line(r"@y^+ = \begin{cases} @x^+ & F(@x^+) < F(@y) \\ @y & \text{else} \end{cases}", PAPER, "Personal best"),
        *consensus_lines("y", f"003 eq. 2.3, of Y as in {PAPER.removeprefix('003 ')}", "Common best"),
        *noise_lines(),
        Line(
            r"\text{stops after more than } @stall_steps \text{ steps with } |Δ@nu/h| < @stall_tolerance",
            "003 §5",
            "Stall stop",
            positive("stall_steps"),
        ),
        *boundary_lines({"clip": "003 §3.1"}),
    ),
    quantities={
        "x": X,
        "v": V,
        "y": Quantity("Y_n", "personal best: the lowest place that agent n has met", "memories"),
        "nu": Quantity("ν", "common best: the mean of the personal bests, weighted by exp(−αF)", "focus", NU.value),
        "agents": AGENTS,
        "keep": Quantity("κ", "share of the velocity that is kept in a step", "", _coefficient(0)),
        "pull_own": Quantity("Λ_1", "pull of the personal best in a step", "", _coefficient(1)),
        "pull_common": Quantity("Λ_2", "pull of the common best in a step", "", _coefficient(2)),
        "shake_own": Quantity("S_1", "noise towards the personal best in a step", "", _coefficient(3)),
        "shake_common": Quantity("S_2", "noise towards the common best in a step", "", _coefficient(4)),
    },
    absent={
        "batch": Absence("0, or at least N: all agents form the common best", negated(some_agents)),
        "stall_steps": Absence("0: never stops", negated(positive("stall_steps"))),
        "stall_tolerance": Absence("no stall stop", negated(positive("stall_steps"))),
    },
)
