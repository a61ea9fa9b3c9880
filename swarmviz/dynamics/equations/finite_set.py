"""The equations of the swarm on a finite set, line by line; in words in :mod:`swarmviz.dynamics.finite_set.dynamics`."""

from __future__ import annotations

from swarmviz.dynamics.equations.lines import AGENTS, Absence, Equations, Line, Quantity, both, having
from swarmviz.schedules import TimeDependent

SWARM = having(generator=("first", "second", "hybrid"))
METROPOLIS = having(generator="metropolis")
BETWEEN = r"@beta \, θ(@rho(x), @rho(y)) \, (U(x) - U(y))"
FIRST = rf"\frac{{L(x, y)}}{{@rho(x)}} \, ({BETWEEN} + @rho(x) - @rho(y))_+"
SECOND = r"L(x, y) \, (1 + \frac{@beta \, θ(@rho(x), @rho(y))}{@rho(x)} \, (U(x) - U(y))_+)"


def constant(own, n: int) -> bool:
    """Whether β does not change with time."""
    return not isinstance(own.beta, TimeDependent)


def annealed(own, n: int) -> bool:
    """Whether β changes with time."""
    return not constant(own, n)


def _law() -> list[Line]:
    law = r"\dot{@rho}(x) = \sum_y L(x, y) \, [@beta \, θ(@rho(x), @rho(y)) \, (U(y) - U(x)) + @rho(y) - @rho(x)]"
    return [
        Line(law, "004 eq. 4.7", "Law of infinitely many agents", both(SWARM, constant)),
        Line(law, "004 eq. 5.1", "Law of infinitely many agents", both(SWARM, annealed)),
    ]


def _rates() -> list[Line]:
    lines = []
    for when, first, second in ((constant, "004 eq. 4.23", "004 eq. 4.28"), (annealed, "004 eq. 5.15", "004 eq. 5.16")):
        mixed = both(having(generator="hybrid"), when)
        lines += [
            Line(rf"@generator(x, y) = {FIRST}", first, "Rate of jumps x → y", both(having(generator="first"), when)),
            Line(
                rf"@generator(x, y) = {SECOND}", second, "Rate of jumps x → y", both(having(generator="second"), when)
            ),
            Line(
                r"@generator = (1 - @kappa) \, L^1 + @kappa \, L^2", "004 remark 5.10", "Rate of jumps, hybrid", mixed
            ),
            Line(rf"L^1(x, y) = {FIRST}", first, "First generator", mixed),
            Line(rf"L^2(x, y) = {SECOND}", second, "Second generator", mixed),
        ]
    return [
        *lines,
        Line(
            r"@generator(x, y) = L(x, y) \, \exp(-@beta \, (U(y) - U(x))_+)",
            "004 appendix A",
            "Rate of jumps x → y",
            METROPOLIS,
        ),
    ]


def _slope(low: bool, high: bool) -> Line:
    """φ' by m up to 1 and by m₂ above; ``low``, ``high``: the exponent is 1, and a logarithm stands in its place."""

    def power(name: str) -> str:
        return rf"\frac{{r^{{@{name} - 1}} - 1}}{{@{name} - 1}}"

    def holds(own, n: int) -> bool:
        return (own.m == 1) is low and (own.m2 == 1) is high

    below = r"\ln r & r \leq 1 \ (@m = 1)" if low else rf"{power('m')} & r \leq 1"
    above = r"\ln r & r > 1 \ (@m2 = 1)" if high else rf"{power('m2')} & r > 1"
    latex = rf"φ'(r) = \begin{{cases}} {below} \\ {above} \end{{cases}}"
    return Line(latex, "004 §3.1, of eq. 3.2", "Slope of the entropy", both(SWARM, holds))


BASE = r"L(x, y) = \frac{@rate \, w(x, y)}{S \, @measure(x)}, \ x \sim y \text{ on } @graph"
MEASURE = (
    Line(r"@measure(x) = 1/S", "004 §6", "Reversible law", having(measure="uniform")),
    Line(r"@measure(x) \propto \sum_y w(x, y)", "", "Reversible law, random walk", having(measure="degree")),
    Line(r"@measure(x) \propto @mu", "", "Reversible law, one's own", having(measure="own")),
)
GRAPH = (
    Line(
        r"x \in \lbrace 1, …, @states \rbrace",
        "",
        "States, on a lattice at most so many",
        lambda own, n: own.graph != "own",
    ),
    Line(r"@graph: @degree \text{ neighbours in the mean, seed } @wiring", "", "Random graph", having(graph="random")),
    Line(r"@graph: \text{ links } @edges", "", "One's own graph", having(graph="own")),
)
TARGET = (
    Line(r"@eta(x) = g(c - @beta \, U(x)), \ g = (φ')^{-1}", "004 eq. 3.3–3.4", "Target, c such that Σ μη = 1", SWARM),
    Line(
        r"@eta(x) = \frac{\exp(-@beta \, U(x))}{\sum_y @measure(y) \exp(-@beta \, U(y))}",
        "004 remark 3.3",
        "Target, Gibbs' law",
        METROPOLIS,
    ),
)
METHOD = (
    Line(
        r"\text{waiting time } \sim \mathrm{Exp}(\sum_y @generator(x, y)), \text{ seen every } @dt",
        "004 appendix B.1",
        "Simulated, every event",
        having(method="exact"),
        "method",
    ),
    Line(
        r"P(\text{jump}) = 1 - \exp(-@dt \sum_y @generator(x, y))",
        "",
        "Simulated, leaps of all agents",
        having(method="tau_leap"),
        "method",
    ),
)

EQUATIONS = Equations(
    lines=(
        *_law(),
        *_rates(),
        Line(r"θ(s, t) = \frac{s - t}{φ'(s) - φ'(t)}", "004 eq. 4.1", "Mean of two densities", SWARM),
        *(_slope(low, high) for low in (False, True) for high in (False, True)),
        Line(
            r"@rho(x) = \frac{N_x}{@agents \, @measure(x)}", "004 appendix B.3", "Density, N_x agents on state x", SWARM
        ),
        Line(BASE, "004 §6, w = 1", "Base generator"),
        *MEASURE,
        *TARGET,
        *GRAPH,
        *METHOD,
    ),
    quantities={
        "agents": AGENTS,
        "rho": Quantity(
            "ρ", "density of the agents with respect to μ; in the arena the bars are the shares ρμ", "agents"
        ),
        "eta": Quantity("η", "density that the law tends to where β does not change", "target"),
    },
    absent={
        "m": Absence("Metropolis agents do not feel the density", METROPOLIS),
        "m2": Absence("Metropolis agents do not feel the density", METROPOLIS),
    },
)
