"""What one run has otherwise than another, as text: for the table of runs, the titles of two that are compared, and their pictures.

A run is what its journal says: a parameter that was changed on the way has the value "1 → 2". Safe on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from swarmviz.drawing.comparison import NAMES
from swarmviz.dynamics.base import Dynamics
from swarmviz.journal import Journal
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described, TimeDependent, equal, is_used, written
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm

MAX_VALUE_CHARS = 60  # of a value in a table
MAX_TITLE_CHARS = 16  # of a value in a title
MAX_IN_TITLE = 2  # differences that a title names
SEED = "swarm", "Swarm", "seed"
KINDS = "dynamics", "landscape"

Key = tuple[str, str, str]  # part, its class, parameter; ("", "", what) for what is no parameter


class Fact(NamedTuple):
    """One thing about a run: its symbol, its value as text and for sorting, its meaning, and the last of the values as text."""

    symbol: str
    text: str
    order: float | str
    meaning: str
    now: str


class Difference(NamedTuple):
    """One thing that two runs have otherwise: its key, its symbol, both values, its meaning, and both values now."""

    key: Key
    symbol: str
    of_a: str
    of_b: str
    meaning: str
    now: tuple[str, str]


Facts = dict[Key, Fact]


def facts(
    journal: Journal, swarm: Swarm, dynamics: Dynamics | None = None, landscape: Landscape | None = None
) -> Facts:
    """What a run is, and every parameter that has an effect, with its value.

    It is "1 → 2" where it was changed on the way, and "1 → … → 1" where it came back.

    Parameters
    ----------
    journal : Journal
    swarm : Swarm
    dynamics, landscape : optional
        What is to act next, where an edit does not act yet; else the last of the journal.
    """
    first, last = journal[0], journal[-1]
    pairs: tuple[tuple[str, Described, Described], ...] = (
        ("dynamics", first.dynamics, dynamics or last.dynamics),
        ("landscape", first.landscape, landscape or last.landscape),
    )
    meanings = dict(zip(KINDS, ("What moves the agents", "The function F that is minimised"), strict=True))
    found: Facts = {
        ("", "", part): _fact(part, then.title, now.title, now.title, meanings[part]) for part, then, now in pairs
    }
    for part, then, now in (("swarm", swarm, swarm), *pairs):
        for name, declared in now.declared().items():
            if not is_used(now, declared):
                continue
            value = getattr(now, name)
            before = getattr(then, name) if type(then) is type(now) else value
            symbol, meaning = getattr(declared, "symbol", "") or name, " ".join((declared.doc or "").split())
            text = text_of(value)
            fact = _fact(symbol, text if before is value else text_of(before), text, value, meaning)
            if fact.text == fact.now and _left(journal, part, name, value):
                fact = fact._replace(text=f"{fact.now} → … → {fact.now}")
            found[part, type(now).__name__, name] = fact
    return found


def _left(journal: Journal, part: str, name: str, value: Any) -> bool:
    """Whether a parameter that has the same value at the start and now had another in between."""
    if part not in KINDS:
        return False
    values = (getattr(getattr(change, part), name, value) for change in journal)
    return any(other is not value and not equal(other, value) for other in values)


def _fact(symbol: str, before: str, text: str, value: Any, meaning: str) -> Fact:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    order = float(value) if number else text
    return Fact(symbol, text if before == text else f"{before} → {text}", order, meaning, text)


def text_of(value: Any) -> str:
    """A value of a parameter, exactly; a schedule by its kind and its own parameters."""
    if isinstance(value, TimeDependent):
        own = value.values_now() if isinstance(value, Described) else {}
        inside = ", ".join(f"{name} {text_of(v)}" for name, v in own.items()) or text_of(getattr(value, "points", None))
        return f"{type(value).__name__.lower()} ({inside})"
    if isinstance(value, bool) or value is None:
        return {None: "none", True: "on", False: "off"}[value]
    return written(value) if isinstance(value, int | float | tuple) else str(value)


def differing(a: Simulation, b: Simulation) -> list[Difference]:
    """What both runs have, and with other values; empty: the same so far."""
    return between(facts(a.journal, a.initial_swarm), facts(b.journal, b.initial_swarm))


def between(a: Facts, b: Facts) -> list[Difference]:
    """The same of two runs whose facts are known. Kinds come first, then what acts on a swarm, then the swarm.

    What only one of two kinds has is left out: that the kinds differ says it.
    """
    found = [
        Difference(key, fact.symbol, a[key].text, fact.text, fact.meaning, (a[key].now, fact.now))
        for key, fact in b.items()
        if key in a and a[key].text != fact.text
    ]
    return sorted(found, key=lambda difference: difference.key[0] == "swarm")


def titles(differences: Sequence[Difference]) -> tuple[str, str]:
    """What is said of A and of B in a title: the first differences, "σ = 1, λ = 2, +3"; empty where there is none.

    The values are those now; where these are the same, and only what was before differs, with what was before. A kind is its name.
    """
    rest = [f"+{len(differences) - MAX_IN_TITLE}"] * (len(differences) > MAX_IN_TITLE)
    shown = differences[:MAX_IN_TITLE]
    of_a, of_b = ([_titled(d, place) for d in shown] for place in (0, 1))
    return ", ".join([*of_a, *rest]), ", ".join([*of_b, *rest])


def names(differences: Sequence[Difference]) -> tuple[str, str]:
    """A and B as a title begins, with what they differ in: "A σ = 1"."""
    a, b = (f"{name}\u2002{said}".rstrip() for name, said in zip(NAMES, titles(differences), strict=True))
    return a, b


def _titled(difference: Difference, place: int) -> str:
    value = difference.now[place]
    if difference.now[0] == difference.now[1]:
        value = (difference.of_a, difference.of_b)[place]
    return f"{difference.symbol} = {shortened(value, MAX_TITLE_CHARS)}" if difference.key[0] else value


def shortened(text: str, limit: int = MAX_VALUE_CHARS) -> str:
    """The beginning and the end of a text of more than ``limit`` characters."""
    end = limit // 5
    return text if len(text) <= limit else f"{text[: limit - end - 1]}…{text[-end:]}"
