"""The equations of FMC, line by line; in words in :mod:`swarmviz.dynamics.fmc.dynamics`."""

from __future__ import annotations

from swarmviz.dynamics.equations.lines import Absence, Equations, Line, X, boundary_lines, having, negated

several = lambda own, n: own.groups > 1  # noqa: E731  (a condition, as the others)
moving = having(motion=("drift", "rotation", "switching"))

REWARD = (
    Line(r"{@reward}_n = \exp(-F(@x) / @tau)", "000 §2.1, R > 0", "Reward", having(reward="exponential")),
    Line(r"{@reward}_n = F(@x)", "000 §2.1, R > 0", "Reward", having(reward="value")),
    Line(r"{@reward}_n = -F(@x)", "000 §2.1, R > 0", "Reward", having(reward="negative")),
    Line(
        r"@relativisation(y) = \begin{cases} e^z & z \leq 0 \\ 1 + \ln(1 + z) & z > 0 \end{cases}",
        "",
        "Made comparable, z-score",
        having(relativisation="z-score"),
    ),
    Line(
        r"z = \frac{y - \bar y}{\mathrm{std}(y)}",
        "",
        "Standard deviations from the mean",
        having(relativisation="z-score"),
    ),
    Line(
        r"@relativisation(y) = \frac{y - \min y}{\max y - \min y + @epsilon} + @delta",
        "000 §2.3",
        "Made comparable, min–max",
        having(relativisation="min-max"),
    ),
    Line(r"@distance_form(y) = @relativisation(y)", "000 eq. 1.3", "Distance", having(distance_form="relative")),
    Line(r"@distance_form(y) = e^{-y}", "000 §2.3", "Distance, decaying", having(distance_form="decaying")),
)
CLONING = (
    Line(
        r"p_n = \min(1, \max(0, \frac{V_@companion - V_n}{V_n + @epsilon}))",
        "000 eq. 1.4, at most 1",
        "Probability of cloning",
    ),
    Line(r"@companion \neq n \text{ uniform, independent of } j", "", "Companion for cloning", having(companion="own")),
    Line(r"@companion = j", "000 eq. 1.4", "Companion for cloning", having(companion="same")),
    Line(
        r"@x^+ = \begin{cases} X_@companion & \text{with probability } p_n \\ @x & \text{else} \end{cases}",
        "000 §2.3",
        "Cloning",
    ),
    Line(
        r"@x^+ = Π(@x^+ + @sigma \, ξ_n) \text{ for those that cloned}", "", "Jitter", having(jitter="clones"), "jitter"
    ),
    Line(r"@x^+ = Π(@x^+ + @sigma \, ξ_n) \text{ for all}", "", "Jitter", having(jitter="all"), "jitter"),
)
MOTION = (
    Line(r"F(x) = F_0(x - @motion)", "000 §5.4", "Moving landscape", moving),
    Line(r"@motion = @radius \, Λ(@speed t / @radius) \, e_1", "", "Drift, Λ: triangle wave", having(motion="drift")),
    Line(
        r"@motion = @radius \, (\cos ωt, \sin ωt, 0, …), \ ω = @speed / @radius",
        "",
        "Rotation",
        having(motion="rotation"),
    ),
    Line(
        r"@motion = \pm @radius \, e_1, \text{ other sign every } 2 @radius / @speed",
        "",
        "Switching",
        having(motion="switching"),
    ),
)

EQUATIONS = Equations(
    lines=(
        Line(
            r"V_n = @relativisation({@reward}_n)^@reward_power \, @distance_form(|@x - X_j|)^@distance_power",
            "000 eq. 1.3",
            "Virtual reward, j ≠ n uniform",
        ),
        *REWARD,
        *CLONING,
        Line(r"\text{companions are from one's own of } @groups \text{ groups}", "000 §2.3, remark", "Groups", several),
        Line(
            r"\text{with probability } @migration \text{ on to the next group}",
            "000 §2.3, remark",
            "Migration",
            several,
        ),
        *MOTION,
        *boundary_lines(options=("none", "clip", "reflect", "periodic", "dead")),
    ),
    quantities={"x": X},
    absent={
        "groups": Absence("1: all walkers are one group", negated(several)),
        "migration": Absence("there is no other group", negated(several)),
        "motion": Absence("the landscape stands still", negated(moving)),
    },
)
