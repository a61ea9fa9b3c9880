r"""What a line of a dynamics' equations is: LaTeX in which every symbol that has a meaning is named, its source, and when it holds.

A name follows an at sign and is that of a declared parameter or of a :class:`Quantity`::

    Line(r"@nu = \frac{\sum_n @x \exp(-@alpha F(@x))}{\sum_n \exp(-@alpha F(@x))}", "001 eq. 1.1", "Consensus point")

The symbol itself is written once, where the parameter is declared. A choice that decides which lines hold, but has no symbol in them, is
named by the line (``follows``): the scheme by the line of the step. What acts and stands in no line has an :class:`Absence`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from swarmviz.frame import Frame
from swarmviz.kernels.boundaries import MEANINGS
from swarmviz.kernels.noise import LAWS
from swarmviz.parameters import Described
from swarmviz.schedules import Begun, InverseLogarithmic, Logarithmic, Power, TimeDependent

SIGN = re.compile(r"@([a-z][a-z0-9_]*)")
Condition = Callable[[Any, int], bool]  # (dynamics, number of agents N) → whether a line holds
SCHEDULE_SOURCES: dict[type[Begun], str] = {
    Logarithmic: "002 §1.3",
    InverseLogarithmic: "004 appendix A",
    Power: "004 theorem 1.1",
}
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes
    ----------
    latex : str
        LaTeX with names in the place of symbols.
    source : str
        Paper and number; empty for what stands in none.
    about : str
        What the line says, in a few words.
    when : function (dynamics, N) → bool
        Whether it holds for the present parameters and N agents.
    follows : str
        The choice that decides which line of its kind holds, where the choice has no symbol in it; empty else.
    """

    latex: str
    source: str = ""
    about: str = ""
    when: Condition = lambda dynamics, n: True
    follows: str = ""

    @property
    def signs(self) -> tuple[str, ...]:
        """The names in it, in the order in which they appear, each once; the choice that it follows is one."""
        named = SIGN.findall(self.latex) + ([self.follows] if self.follows else [])
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Quantity:
    """A symbol that is no parameter.

    Attributes
    ----------
    symbol : str
        LaTeX.
    meaning : str
        What it is, in a few words.
    mark : str
        What shows it in the arena, see ``components.views.arena.marks``; empty for what has no mark.
    value : function (dynamics, frame) → float or array of shape (d,), optional
        Its present value, None or NaN where there is none; absent for what has one per agent, or changes with every draw.
    parameter : str
        The parameter, of the dynamics or the swarm, that decides on it; empty where none does alone.
    """

    symbol: str
    meaning: str
    mark: str = ""
    value: Callable[[Any, Frame], Any] | None = None
    parameter: str = ""


@dataclass(frozen=True)
class Absence:
    """Why a parameter that acts stands in no line, in a few words, and when that is so."""

    reason: str
    when: Condition


@dataclass(frozen=True)
class Equations:
    """The lines of a dynamics for all its parameters.

    Attributes
    ----------
    lines : tuple of Line
        In the order in which they are read.
    quantities : mapping of str to Quantity
        The symbols in them that are no parameters.
    absent : mapping of str to Absence
        The parameters that act and stand in no line.
    """

    lines: tuple[Line, ...] = ()
    quantities: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    absent: Mapping[str, Absence] = field(default_factory=lambda: MappingProxyType({}))

    def shown(self, dynamics: Described, n: int) -> tuple[Line, ...]:
        """The lines that hold for the present parameters and ``n`` agents, and one for each schedule that acts in them."""
        lines = tuple(line for line in self.lines if line.when(dynamics, n))
        return lines + tuple(schedule_lines(dynamics, signs_of(lines)))


def signs_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """The names in some lines, each once."""
    return tuple(dict.fromkeys(name for line in lines for name in line.signs))


def symbol_latex(symbol: str) -> str:
    r"""The LaTeX of a parameter's symbol: ``σ₀`` and ``ν_j`` have an index, ``[−1, 1]ᵈ`` and other texts stay as they are."""
    base, underscore, index = symbol.partition("_")
    if underscore and len(base) == 1:
        return rf"{base}_{{{index}}}" if len(index) == 1 else rf"{base}_{{\text{{{index}}}}}"
    if found := re.fullmatch(r"(.+?)([₀-₉]+)", symbol):
        return rf"{found[1]}_{{{found[2].translate(SUBSCRIPTS)}}}"
    if symbol == "F̄":
        return r"\bar F"
    plain = re.fullmatch(r"(Δ?\w)(\(\w\))?|⟨k⟩", symbol)
    return symbol if plain else rf"\text{{{symbol.replace('_', ' ')}}}"


def having(**values: Any) -> Condition:
    """The condition that parameters have given values: one, or one of a tuple."""
    wanted = {name: value if isinstance(value, tuple) else (value,) for name, value in values.items()}
    return lambda dynamics, n: all(getattr(dynamics, name) in options for name, options in wanted.items())


def both(*conditions: Condition) -> Condition:
    """The condition that all of some conditions hold."""
    return lambda dynamics, n: all(condition(dynamics, n) for condition in conditions)


def positive(name: str) -> Condition:
    """The condition that a parameter is a schedule, or above zero."""
    return lambda dynamics, n: isinstance(value := getattr(dynamics, name), TimeDependent) or value > 0


def negated(condition: Condition) -> Condition:
    """The condition that another one does not hold."""
    return lambda dynamics, n: not condition(dynamics, n)


def some_agents(dynamics: Any, n: int) -> bool:
    """Whether the consensus point is formed by some of the agents only."""
    return 0 < dynamics.batch < n


# ---- lines that several dynamics have --------------------------------------------------------------------------------------


def consensus_lines(at: str, source: str, about: str = "Consensus point") -> tuple[Line, ...]:
    """The weighted mean @nu of the positions ``at`` (a name), of all agents or of a batch."""

    def mean(set_: str) -> str:
        return (
            rf"@nu = \frac{{\sum_{{{set_}}} @{at} \, \exp(-@alpha F(@{at}))}}{{\sum_{{{set_}}} \exp(-@alpha F(@{at}))}}"
        )

    return (
        Line(mean("n"), source, about, negated(some_agents)),
        Line(mean(r"n \in B"), f"{source}; 003 remark 5.1", about, some_agents),
        Line(
            r"B \subset \lbrace 1, …, @agents \rbrace, \ |B| = @batch \text{ drawn anew}",
            "003 remark 5.1",
            "Random batch",
            some_agents,
        ),
    )


WAYS_BACK = {
    "none": r"\Pi(x) = x",
    "clip": r"\Pi(x) = \mathrm{argmin}_{y \in \text{box}} |x - y|",
    "reflect": r"\Pi(x) = \text{mirrored at the walls of the box}",
    "periodic": r"\Pi(x) = x \text{ modulo the sides of the box}",
    "dead": r"Π(x) = x, \text{ a walker outside the box is dead and clones a living one}",
}


def boundary_lines(
    sources: Mapping[str, str] = MappingProxyType({}), options: Iterable[str] = tuple(MEANINGS)
) -> tuple[Line, ...]:
    """What happens at the edge of the box, for each of some options."""
    return tuple(
        Line(WAYS_BACK[option], sources.get(option, ""), "Boundary", having(boundary=option), follows="boundary")
        for option in options
    )


def noise_lines(noisy: Condition = lambda dynamics, n: True) -> tuple[Line, ...]:
    """The law of the noise of each component, where the condition holds."""
    laws = {name: law.equation.replace(r"\xi", "@noise") for name, law in LAWS.items()}
    laws["student"] = r"@noise \sim \text{Student's t with } @freedom \text{ degrees of freedom}"
    return tuple(
        Line(
            latex,
            "003 §2.1" if name in ("gaussian", "cauchy", "uniform") else "",
            "Law of the noise, each component",
            both(noisy, having(noise=name)),
        )
        for name, latex in laws.items()
    )


def schedule_lines(dynamics: Described, names: Iterable[str]) -> list[Line]:
    """A line for each parameter among ``names`` that follows a schedule."""
    lines = []
    for name in names:
        value = getattr(dynamics, name, None)
        if isinstance(value, Begun):
            source = SCHEDULE_SOURCES.get(type(value), "")
            lines.append(
                Line(f"@{name}(t) = {value.equation}", source, f"Schedule, {value.title.lower()}", follows=name)
            )
    return lines


# ---- quantities that several dynamics have ---------------------------------------------------------------------------------

X = Quantity("X_n", "position of agent n", "agents")
V = Quantity("V_n", "velocity of agent n", "velocities")
NU = Quantity(
    "ν", "consensus point: the mean of the positions, weighted by exp(−αF)", "focus", lambda own, frame: frame.focus
)
AGENTS = Quantity("N", "number of agents", "agents", lambda own, frame: frame.n, "n")
MASS = Quantity("m_n", "mass of agent n; in the arena its size", "agents")
