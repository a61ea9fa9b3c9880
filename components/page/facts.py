"""What tells one run from another, in words: the parameters that differ, with their values at the start and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.text import written
from swarmviz import Simulation, Swarm
from swarmviz.journal import Journal
from swarmviz.parameters import Described, TimeDependent, is_used

MAX_NAMED = 8  # parameters that one row names
MAX_VALUE_CHARS = 60
IN_EVERY_ROW = {("swarm", "seed"), ("swarm", "n"), ("swarm", "d")}

Facts = dict[tuple[str, str, str], tuple[str, str]]  # (part, its class, parameter) → symbol, value


def facts(journal: Journal, swarm: Swarm) -> Facts:
    """Every parameter that has an effect, with its value; "1 → 2" where it was changed on the way."""
    found: Facts = {}
    first, last = journal[0], journal[-1]
    pairs = (
        ("dynamics", first.dynamics, last.dynamics),
        ("landscape", first.landscape, last.landscape),
        ("swarm", swarm, swarm),
    )
    for part, then, now in pairs:
        for name, declared in now.declared().items():
            if (part, name) in IN_EVERY_ROW or not is_used(now, declared):
                continue
            value = _text(getattr(now, name))
            before = _text(getattr(then, name)) if type(then) is type(now) else value
            symbol = getattr(declared, "symbol", "") or name
            found[part, type(now).__name__, name] = symbol, value if before == value else f"{before} → {value}"
    return found


def named(runs: Sequence[Facts]) -> list[list[str]]:
    """What of each run is not the same in all of them that have it."""
    seen: dict[Any, set[str]] = {}
    for run in runs:
        for key, (_, text) in run.items():
            seen.setdefault(key, set()).add(text)
    return [
        _few([f"{symbol} = {_short(text)}" for key, (symbol, text) in run.items() if len(seen[key]) > 1])
        for run in runs
    ]


def compared(a: Simulation, b: Simulation) -> list[str]:
    """What swarm B has otherwise than swarm A."""
    of_a, of_b = (facts(sim.journal, sim.initial_swarm) for sim in (a, b))
    return _few(
        [
            f"B: {symbol} = {_short(text)}"
            for key, (symbol, text) in of_b.items()
            if of_a.get(key, ("", text))[1] != text
        ]
    )


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
