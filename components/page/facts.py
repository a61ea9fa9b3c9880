"""What tells one run from another: the columns of a table of runs, one for each thing that is not the same in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from components.text import written
from swarmviz import Simulation, Swarm
from swarmviz.journal import Journal
from swarmviz.parameters import Described, TimeDependent, is_used

MAX_NAMED = 8  # parameters that one row names
MAX_COLUMNS = 10  # of a table, besides those that every table has
MAX_VALUE_CHARS = 60
OWN_COLUMN = ("swarm", "seed")  # which every table of runs has

Key = tuple[str, str, str]  # part, its class, parameter; ("", "", what) for what is no parameter
Cell = list[Any]  # what is shown, and the number or text by which it is sorted


class Fact(NamedTuple):
    """One thing about a run: its symbol, its value as text and for sorting, and its meaning."""

    symbol: str
    text: str
    order: float | str
    meaning: str


Facts = dict[Key, Fact]


class Differences(NamedTuple):
    """What is not the same in all of some runs: a column (symbol, meaning) for each such thing, and a row of cells for each run.

    ``same`` says what is the same in all, ``left_out`` how many columns there is no room for.
    """

    columns: list[list[str]]
    rows: list[list[Cell]]
    same: str
    left_out: int


def facts(journal: Journal, swarm: Swarm) -> Facts:
    """What a run is, and every parameter that has an effect, with its value; "1 → 2" where it was changed on the way."""
    first, last = journal[0], journal[-1]
    found: Facts = {}
    for name, then, now in (
        ("dynamics", first.dynamics, last.dynamics),
        ("landscape", first.landscape, last.landscape),
    ):
        found["", "", name] = _fact(name, then.title, now.title, now.title, "")
    pairs = (
        ("swarm", swarm, swarm),
        ("dynamics", first.dynamics, last.dynamics),
        ("landscape", first.landscape, last.landscape),
    )
    for part, then, now in pairs:
        for name, declared in now.declared().items():
            if (part, name) == OWN_COLUMN or not is_used(now, declared):
                continue
            value = getattr(now, name)
            before = getattr(then, name) if type(then) is type(now) else value
            symbol, meaning = getattr(declared, "symbol", "") or name, " ".join((declared.doc or "").split())
            found[part, type(now).__name__, name] = _fact(symbol, _text(before), _text(value), value, meaning)
    return found


def _fact(symbol: str, before: str, text: str, value: Any, meaning: str) -> Fact:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return Fact(symbol, text if before == text else f"{before} → {text}", float(value) if number else text, meaning)


def differences(runs: Sequence[Facts]) -> Differences:
    """What tells these runs from each other: what is not the same in all that have it."""
    seen: dict[Key, dict[str, Fact]] = {}
    for run in runs:
        for key, fact in run.items():
            seen.setdefault(key, {})[fact.text] = fact
    differing = [key for key, texts in seen.items() if len(texts) > 1]
    shown = differing[:MAX_COLUMNS]
    columns = [[(fact := next(iter(seen[key].values()))).symbol, fact.meaning] for key in shown]
    rows = [[_cell(run.get(key)) for key in shown] for run in runs]
    return Differences(columns, rows, _same(seen), len(differing) - len(shown))


def _cell(fact: Fact | None) -> Cell:
    if fact is None:
        return ["", ""]
    return [_short(fact.text), fact.order if isinstance(fact.order, float) else _short(fact.order)]


def _same(seen: dict[Key, dict[str, Fact]]) -> str:
    """Of what every run has, dynamics, landscape, N and d, what is the same in all."""
    common = {(part, name): next(iter(texts)) for (part, _, name), texts in seen.items() if len(texts) == 1}
    model = [common[key] for key in (("", "dynamics"), ("", "landscape")) if key in common]
    sizes = [
        f"{symbol} = {common[key]}" for key, symbol in ((("swarm", "n"), "N"), (("swarm", "d"), "d")) if key in common
    ]
    return " · ".join([" on ".join(model)] * bool(model) + sizes)


class Difference(NamedTuple):
    """One thing that two runs have otherwise: its part ("" for what is no parameter), its symbol, both values and its meaning."""

    part: str
    symbol: str
    of_a: str
    of_b: str
    meaning: str


def differing(a: Simulation, b: Simulation) -> list[Difference]:
    """What both runs have, and with other values; seeds included. Empty: the same so far."""
    seeds = str(a.initial_swarm.seed), str(b.initial_swarm.seed)
    own = [Difference("swarm", "seed", *seeds, "Seed of the noise and of the initial positions")]
    return _otherwise(a, b) + own * (seeds[0] != seeds[1])


def _otherwise(a: Simulation, b: Simulation) -> list[Difference]:
    of_a, of_b = (facts(sim.journal, sim.initial_swarm) for sim in (a, b))
    return [
        Difference(key[0], fact.symbol, of_a[key].text, fact.text, fact.meaning)
        for key, fact in of_b.items()
        if key in of_a and of_a[key].text != fact.text
    ]


def compared(a: Simulation, b: Simulation) -> list[str]:
    """What swarm B has otherwise than swarm A; the seed has a column of its own."""
    return _few([f"B: {found.symbol} = {_short(found.of_b)}" for found in _otherwise(a, b)])


def span(steps: Sequence[int]) -> str:
    """The first and the last of some steps."""
    return " … ".join(f"{k:,}".replace(",", "\u202f") for k in dict.fromkeys((steps[0], steps[-1])))


def _text(value: Any) -> str:
    """A value, exactly."""
    if isinstance(value, TimeDependent):
        own = value.values_now() if isinstance(value, Described) else {}
        inside = ", ".join(f"{name} {_text(v)}" for name, v in own.items()) or _text(getattr(value, "points", None))
        return f"{type(value).__name__.lower()} ({inside})"
    if isinstance(value, bool) or value is None:
        return {None: "none", True: "on", False: "off"}[value]
    return written(value) if isinstance(value, int | float | tuple) else str(value)


def _few(texts: list[str]) -> list[str]:
    return texts if len(texts) <= MAX_NAMED else [*texts[: MAX_NAMED - 1], f"and {len(texts) - MAX_NAMED + 1} more"]


def _short(text: str) -> str:
    return text if len(text) <= MAX_VALUE_CHARS else f"{text[: MAX_VALUE_CHARS - 12]}…{text[-11:]}"
