"""The equations of BGK, line by line; in words in :mod:`swarmviz.dynamics.bgk`."""

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
    having,
    negated,
    noise_lines,
    positive,
    some_agents,
)
from swarmviz.schedules import values_of


def _coefficients(own, frame):
    """(p, κ, Λ, S) of the present step."""
    return own.coefficients(float(values_of(own, "sigma", np.array([frame.t]))[0]))


TARGET = r"@lam \, (@nu - @x) + @shake \, A(@x) \, @noise"

VELOCITY = (
    Line(
        r"@v^+ = \begin{cases} W_n & \text{with probability } @p \\ @v & \text{else} \end{cases}",
        "003 eq. 3.2, 2.14",
        "Velocity, jumps",
        having(form="jumps"),
        "form",
    ),
    Line(rf"W_n = {TARGET}", "003 eq. 3.1, 2.14", "Velocity after a jump", having(form="jumps")),
    Line(rf"@v^+ = {TARGET}", "003 eq. 2.17, 3.1", "Velocity, every agent jumps", having(form="limit"), "form"),
    Line(
        r"@v^+ = @v + @lam \, @dt \, (@nu - @x) + @sigma \sqrt{@dt} \, A(@x) \, @noise",
        "003 eq. 2.2, 3.1",
        "Velocity, no jumps",
        having(form="inertial"),
        "form",
    ),
    Line(
        r"@p = 1 - \exp(-@jump_rate \, @dt / @epsilon^2)",
        "003 eq. 2.14; 2.4 for ε = 1",
        "Probability of a jump",
        having(form="jumps"),
    ),
    Line(
        r"@shake = \frac{@sigma}{@epsilon}",
        "003 eq. 2.14; 2.4 for ε = 1",
        "Strength of the noise",
        having(form="jumps", cbo_scaling=False),
        "cbo_scaling",
    ),
    Line(
        r"@shake = @sigma",
        "003 eq. 2.17",
        "Strength of the noise",
        having(form="limit", cbo_scaling=False),
        "cbo_scaling",
    ),
    Line(
        r"@shake = \frac{@sigma}{\sqrt{@dt}}",
        "003 eq. 5.3",
        "Strength of the noise, σ as in CBO",
        having(form="jumps", cbo_scaling=True),
        "cbo_scaling",
    ),
    Line(
        r"@shake = \frac{@sigma}{\sqrt{@dt}}",
        "",  # 003 has (5.3) for its eq. 2.14 only
        "Strength of the noise, σ as in CBO",
        having(form="limit", cbo_scaling=True),
        "cbo_scaling",
    ),
)
START = (
    Line(r"@initial_velocity = 0", "", "Velocities at the start", having(initial_velocity="zero")),
    Line(
        r"@initial_velocity = @velocity_spread \, h \odot ζ_n, \ ζ_n \sim \mathcal N(0, I)",
        "",
        "Velocities at the start, h: half widths of the box",
        having(initial_velocity="gaussian", rescaled=True),
    ),
    Line(
        r"@initial_velocity = @velocity_spread \, ζ_n, \ ζ_n \sim \mathcal N(0, I)",
        "",
        "Velocities at the start",
        having(initial_velocity="gaussian", rescaled=False),
    ),
    Line(
        rf"@initial_velocity = {TARGET}",
        "003 eq. 2.8, 3.1",
        "Velocities at the start",
        having(initial_velocity="maxwellian", form=("jumps", "limit")),
    ),
    Line(
        r"@initial_velocity = @lam \, (@nu - @x) + @sigma \, A(@x) \, @noise",
        "003 eq. 2.8, 3.1",
        "Velocities at the start",
        having(initial_velocity="maxwellian", form="inertial"),
    ),
)

FUNCTIONAL = r"H = \frac{1}{@agents} \sum_n (@gamma \, |@x - @star| + |@v - @lam \, (@star - @x)|)"

EQUATIONS = Equations(
    lines=(
        Line(r"@x^+ = Π(@x + @dt \, @v^+)", "003 eq. 3.2", "Motion"),
        *VELOCITY,
        Line(
            r"A(X) = \mathrm{diag}(\pm(h_i \, @sigma_floor + |X - @nu|_i))",
            "003 eq. 3.1",
            "Noise, ± the sign of (X − ν)ᵢ, h: half widths of the box",
            having(rescaled=True),
            "rescaled",
        ),
        Line(
            r"A(X) = \mathrm{diag}(\pm(@sigma_floor + |X - @nu|_i))",
            "003 eq. 3.1",
            "Noise, ± the sign of (X − ν)ᵢ",
            having(rescaled=False),
            "rescaled",
        ),
        *noise_lines(),
        *consensus_lines("x", "003 eq. 2.3"),
        *START,
        Line(FUNCTIONAL, "003 eq. 4.1", "Measured in the box [−1, 1]ᵈ, not acting", having(rescaled=True)),
        Line(FUNCTIONAL, "003 eq. 4.1", "Measured, not acting", having(rescaled=False)),
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
        "nu": NU,
        "agents": AGENTS,
        "star": Quantity("x^*", "known minimiser", "minimisers"),
        "p": Quantity(
            "p", "probability that an agent jumps in a step", "", lambda own, frame: _coefficients(own, frame)[0]
        ),
        "shake": Quantity("S", "strength of the noise of a jump", "", lambda own, frame: _coefficients(own, frame)[3]),
    },
    absent={
        "batch": Absence("0, or at least N: all agents form the consensus", negated(some_agents)),
        "stall_steps": Absence("0: never stops", negated(positive("stall_steps"))),
        "stall_tolerance": Absence("no stall stop", negated(positive("stall_steps"))),
    },
)
