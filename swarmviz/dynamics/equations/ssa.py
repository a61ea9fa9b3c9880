"""The equations of SSA, line by line; in words in :mod:`swarmviz.dynamics.ssa`."""

from __future__ import annotations

from swarmviz.dynamics.equations.lines import AGENTS, MASS, Equations, Line, Quantity, X, boundary_lines, having

WITH_CUTOFF = having(profile=("smooth", "step"))
LU = "arXiv:2211.17157"

MOTION = (
    Line(
        r"\mathrm d@x = -\nabla F(@x) \, \mathrm dt + \sqrt{2 \, σ(@mass)} \, \mathrm dW_n",
        "002 eq. SSA",
        "Motion",
        WITH_CUTOFF,
    ),
    Line(r"\mathrm d@x = -\nabla F(@x) \, \mathrm dt", "002 eq. 4.1", "Motion", having(profile="none")),
    Line(
        r"\mathrm d@x = -\nabla F(@x) \, \mathrm dt + \sqrt{2 @lam} \, \mathrm dW_n",
        "002 eq. 4.3, for λ = 1",
        "Motion, Langevin",
        having(profile="constant"),
    ),
    Line(
        r"\mathrm d@x = -\nabla F(@x) \, \mathrm dt + \sqrt{2 @temperature} \, \mathrm dW_n",
        "002 §1.3",
        "Motion, annealing",
        having(profile="annealing"),
    ),
    Line(r"\dot m_n = -@mass \, (F(@x) - @level)", "002 eq. SSA", "Mass"),
)
NOISE = (
    Line(
        r"@profile = \begin{cases} @lam \, \exp\frac{m}{m - @cutoff} & m < @cutoff \\ 0 & m \geq @cutoff \end{cases}",
        "002 eq. 6.1, shape of fig. 6.2",
        "Noise, smooth cutoff",
        having(profile="smooth"),
    ),
    Line(
        r"@profile = @lam \, (\tfrac12 - \tfrac12 \tanh(1000 \, (m - @cutoff)))",
        "002 eq. 6.2",
        "Noise, sharp cutoff",
        having(profile="step"),
    ),
    Line(r"@profile = 0", "002 eq. 4.1", "No noise", having(profile="none")),
    Line(r"@profile = @lam", "002 eq. 4.3, for λ = 1", "Noise, constant", having(profile="constant")),
    Line(r"@profile = @temperature", "002 §1.3", "Noise, one temperature for all", having(profile="annealing")),
)
STEP = (
    Line(
        r"@x^+ = Π(@x - @dt \, \nabla F(@x) + \sqrt{2 \, @dt \, σ(@mass)} \, ξ_n)", "002 eq. 1.2", "Step", WITH_CUTOFF
    ),
    Line(r"@x^+ = Π(@x - @dt \, \nabla F(@x))", "002 eq. 1.2, σ = 0", "Step", having(profile="none")),
    Line(
        r"@x^+ = Π(@x - @dt \, \nabla F(@x) + \sqrt{2 \, @dt \, @lam} \, ξ_n)",
        "002 eq. 1.2, σ = λ",
        "Step",
        having(profile="constant"),
    ),
    Line(
        r"@x^+ = Π(@x - @dt \, \nabla F(@x) + \sqrt{2 \, @dt \, @temperature} \, ξ_n)",
        "002 eq. 1.2, σ = T",
        "Step",
        having(profile="annealing"),
    ),
    Line(r"@mass^+ = @mass - @dt \, @mass \, (F(@x) - @level)", "002 algorithm 1.1, line 6", "Step of the masses"),
    Line(
        r"\text{what the others lose goes to the lowest agent}", LU, "Step of the masses", having(provisional="minimum")
    ),
    Line(r"ξ_n \sim \mathcal N(0, I)", "002 eq. 1.2", "Noise of a step", lambda own, n: own.profile != "none"),
)

EQUATIONS = Equations(
    lines=(
        *MOTION,
        Line(
            r"@level = \frac{\sum_n @mass \, F(@x)}{\sum_n @mass}",
            "002 eq. 1.1",
            "Provisional minimum",
            having(provisional="mean"),
            "provisional",
        ),
        Line(
            r"@level = \min_n F(@x)",
            "002 remark 1.1",
            "Provisional minimum",
            having(provisional="minimum"),
            "provisional",
        ),
        *NOISE,
        *STEP,
        Line(r"@initial_mass = 1/@agents", "002 §4.1", "Masses at the start", having(initial_mass="equal")),
        Line(
            r"@initial_mass = \frac{u_n}{\sum_i u_i}, \ u_n \sim \mathcal U(0, 1)",
            "002 algorithm 1.1, line 2",
            "Masses at the start",
            having(initial_mass="uniform"),
        ),
        Line(
            r"@initial_mass = \frac{u_n}{\sum_i u_i}, \ u_n \sim \mathrm{Exp}(1)",
            "002 algorithm 1.1, line 2",
            "Masses at the start",
            having(initial_mass="exponential"),
        ),
        *boundary_lines(),
    ),
    quantities={
        "x": X,
        "mass": MASS,
        "agents": AGENTS,
        "level": Quantity(
            r"\bar F",
            "provisional minimum, what the swarm holds for the lowest value",
            "level",
            lambda own, frame: frame.level,
            "provisional",
        ),
    },
)
