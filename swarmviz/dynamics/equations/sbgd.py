"""The equations of SBGD, line by line; in words in :mod:`swarmviz.dynamics.sbgd`."""

from __future__ import annotations

import numpy as np

from swarmviz.dynamics.equations.lines import AGENTS, MASS, Equations, Line, Quantity, X, boundary_lines, having

LU = "arXiv:2211.17157"
PAPER = f"{LU}; 002 eq. SBGD"


def _highest(own, frame):
    alive = frame.mass > 0
    return float(frame.energy[alive].max()) if alive.any() else np.nan


EQUATIONS = Equations(
    lines=(
        Line(r"@x^+ = Π(@x - h_n \, \nabla F(@x))", PAPER, "Motion"),
        Line(
            r"h_n = @h0 \, @gamma^j, \ 0 \leq j < @backtracks",
            LU,
            "Step length, the first that satisfies (∗)",
        ),
        Line(
            r"F(@x^+) \leq F(@x) - @c \, \tilde m_n^@q \, h_n \, |\nabla F(@x)|^2",
            LU,
            "Descent (∗); an agent that finds none stays",
            having(boundary=("none", "periodic")),
        ),
        Line(
            r"F(@x^+) \leq F(@x) - @c \, \tilde m_n^@q \, |@x^+ - @x|^2 / h_n",
            LU,
            "Descent (∗) along a wall; an agent that finds none stays",
            having(boundary=("clip", "reflect")),
        ),
        Line(r"\tilde m_n = @mass^+ / \max_i m_i^+", LU, "Relative mass"),
        Line(r"@mass^+ = @mass - η_n @mass", PAPER, "Mass; the lowest agent gains what others shed"),
        Line(r"η_n = (\frac{F(@x) - @level}{@highest - @level})^@p", LU, "Share that is shed"),
        Line(r"@level = \min_n F(@x), \ @highest = \max_n F(@x)", "002 remark 1.1", "Of the agents that remain"),
        Line(r"@mass^+ < @tol / @agents: \text{ removed, its mass to the lowest}", LU, "Removal"),
        *boundary_lines(),
    ),
    quantities={
        "x": X,
        "mass": MASS,
        "agents": AGENTS,
        "level": Quantity(
            "F_-", "lowest value in the swarm, the provisional minimum", "level", lambda own, frame: frame.level
        ),
        "highest": Quantity("F_+", "highest value in the swarm", "", _highest),
    },
)
