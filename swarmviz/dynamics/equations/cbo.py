"""The equations of CBO, line by line; in words in :mod:`swarmviz.dynamics.cbo`."""

from __future__ import annotations

from swarmviz.dynamics.equations.lines import (
    AGENTS,
    NU,
    Absence,
    Equations,
    Line,
    X,
    both,
    boundary_lines,
    consensus_lines,
    having,
    negated,
    positive,
    some_agents,
)

PINNAU = "Pinnau et al. 2017"
NUMBERS = {"anisotropic": "001 eq. 1.4", "isotropic": "001 eq. 1.2", "none": "001 eq. 1.3"}
EULER = {"anisotropic": "001 eq. 3.16", "isotropic": "001 eq. 1.2, by Euler–Maruyama", "none": "001 eq. 2.24"}

switched = positive("epsilon")  # agents below the consensus do not drift


def _equation(noise: str, switch: bool) -> Line:
    drift = r"-@lam \, H_n \, (@x - @nu)" if switch else r"-@lam \, (@x - @nu)"
    shaken = "" if noise == "none" else r" + @sigma \, @noise(@x - @nu) \, \mathrm dW_n"
    source = NUMBERS[noise] + (f"; H: {PINNAU}" if switch else "")
    when = both(having(noise=noise), switched if switch else negated(switched))
    return Line(rf"\mathrm d@x = {drift} \, \mathrm dt{shaken}", source, "Motion", when)


def _step(scheme: str, noise: str) -> list[Line]:
    """One step from the drift b of the line before."""
    shaken = "" if noise == "none" else r" + @sigma \sqrt{@dt} \, @noise(@x - @nu) \, ξ_n"
    when = having(scheme=scheme, noise=noise)
    if scheme == "euler":
        return [Line(rf"@x^+ = Π(@x + b(@x) \, @dt{shaken})", EULER[noise], "Step, Euler–Maruyama", when, "scheme")]
    if scheme == "tamed":
        tamed = r"\frac{b(@x) \, @dt}{1 + @dt \, |b(@x)|}"
        return [Line(rf"@x^+ = Π(@x + {tamed}{shaken})", "", "Step, tamed Euler", when, "scheme")]
    mean = r"\tfrac12 \, [b(@x) + b(Y_n)] \, @dt"
    return [
        Line(rf"Y_n = @x + b(@x) \, @dt{shaken}", "", "Predicted point, Heun", when, "scheme"),
        Line(rf"@x^+ = Π(@x + {mean}{shaken})", "", "Step, Heun", when, "scheme"),
    ]


DRIFT = (
    Line(r"b(@x) = -@lam \, (@x - @nu)", "001 eq. 1.3", "Drift", negated(switched)),
    Line(r"b(@x) = -@lam \, H_n \, (@x - @nu)", f"001 eq. 1.3; H: {PINNAU}", "Drift", switched),
    Line(
        r"H_n = \tfrac12 + \tfrac12 \tanh\frac{F(@x) - F(@nu)}{@epsilon}",
        f"{PINNAU}, smoothed",
        "Switch of the drift",
        switched,
    ),
)

EQUATIONS = Equations(
    lines=(
        *(_equation(noise, switch) for noise in NUMBERS for switch in (False, True)),
        *consensus_lines("x", "001 eq. 1.1"),
        Line(
            r"@noise(y) = \mathrm{diag}(y_1, …, y_d)", "001 eq. 1.4", "Noise, anisotropic", having(noise="anisotropic")
        ),
        Line(r"@noise(y) = |y| \, I", "001 eq. 1.2", "Noise, isotropic", having(noise="isotropic")),
        Line(r"@noise(y) = 0", "001 eq. 1.3", "No noise", having(noise="none")),
        *DRIFT,
        *(line for scheme in ("euler", "tamed", "heun") for noise in NUMBERS for line in _step(scheme, noise)),
        Line(r"ξ_n \sim \mathcal N(0, I)", "001 §3.3", "Noise of a step", negated(having(noise="none"))),
        *boundary_lines(),
    ),
    quantities={
        "x": X,
        "nu": NU,
        "agents": AGENTS,
    },
    absent={
        "sigma": Absence("no noise acts", having(noise="none")),
        "batch": Absence("0, or at least N: all agents form the consensus", negated(some_agents)),
        "epsilon": Absence("0: no switch, every agent drifts", negated(switched)),
    },
)
