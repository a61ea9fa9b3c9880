"""What one run has otherwise than others, as text: for the table of runs, the titles of those that are compared, and their pictures.

A run is what its journal says: a parameter that was changed on the way has the value "1 → 2", and "1 → 2 at 10" where another run was
changed the same way at other steps. Safe on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from swarmviz.drawing.comparison import NAMES
from swarmviz.dynamics.base import Dynamics
from swarmviz.journal import Journal
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Described, TimeDependent, equal, is_used, written
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm

MAX_VALUE_CHARS = 60  # of a value in a table
MAX_TITLE_CHARS = 16  # of a value in a title
MAX_WAY_CHARS = 22  # of a value that is told with what was before
MAX_IN_TITLE = 2  # differences that a title names
MAX_TABLE_KEPT = 64  # numbers of a table that is kept as it is among the values that a parameter had
MAX_TABLE_SAID = 2000  # numbers of a table that is written out
SEED = "swarm", "Swarm", "seed"
KINDS = "dynamics", "landscape"
ABSENT = "–"  # of a parameter that one kind does not have

Key = tuple[str, str, str]  # part, its class, parameter; ("", "", what) for what is no parameter
Way = tuple[
    tuple[float, Any], ...
]  # the values that a parameter had, each with the step from which on; ∞: with the next step


class Fact(NamedTuple):
    """One thing about a run: its symbol, its value as text and for sorting, its meaning, its last value as text, and all its values."""

    symbol: str
    text: str
    order: float | str
    meaning: str
    now: str
    way: Way = ()


class Difference(NamedTuple):
    """One thing that runs have otherwise: its key, its symbol, the value of each, its meaning, and the value of each now."""

    key: Key
    symbol: str
    values: tuple[str, ...]
    meaning: str
    now: tuple[str, ...]


Facts = dict[Key, Fact]
_VALUES: WeakKeyDictionary[Described, dict[str, Any]] = WeakKeyDictionary()


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
        used = {name: declared for name, declared in now.declared().items() if is_used(now, declared)}
        ways = _ways(journal, part, now, list(used)) if part in KINDS else {}
        for name, declared in used.items():
            value = getattr(now, name)
            before = getattr(then, name) if type(then) is type(now) else value
            symbol, meaning = getattr(declared, "symbol", "") or name, " ".join((declared.doc or "").split())
            text, way = text_of(value), ways.get(name, ())
            fact = _fact(symbol, text if before is value else text_of(before), text, value, meaning)._replace(way=way)
            if fact.text == fact.now and len(way) > 1:
                fact = fact._replace(text=f"{fact.now} → … → {fact.now}")
            found[part, type(now).__name__, name] = fact
    return found


def _ways(journal: Journal, part: str, now: Described, names: Sequence[str]) -> dict[str, Way]:
    """The values that parameters of a part of its present kind had, ``now`` last."""
    ways: dict[str, list[tuple[float, Any]]] = {name: [] for name in names}
    last: dict[str, Any] = {}
    for k, described in (*((change.k, getattr(change, part)) for change in journal), (math.inf, now)):
        if type(described) is not type(now):
            continue
        values = now.values_now() if described is now else _values_of(described)
        if values is last or equal(values, last):
            continue
        for name, way in ways.items():
            value = values[name]
            if not way or (last[name] is not value and not equal(last[name], value)):
                way.append((k, _kept(value)))
        last = values
    return {name: tuple(way) for name, way in ways.items()}


def _values_of(part: Described) -> dict[str, Any]:
    """The values of a part of a journal, which never change: read once, since a journal of a thousand changes is read with each picture."""
    known = _VALUES.get(part)
    if known is None:
        _VALUES[part] = known = part.values_now()
    return known


def _kept(value: Any) -> Any:
    """A value of a parameter as it is remembered: of a large table no more than what tells it from others."""
    size = _size(value)
    return value if size <= MAX_TABLE_KEPT else (f"{size} numbers", hash(value))


def _size(value: Any) -> int:
    """How many numbers a table holds; 0 for another value."""
    return sum(len(row) if isinstance(row, tuple) else 1 for row in value) if isinstance(value, tuple) else 0


def _fact(symbol: str, before: str, text: str, value: Any, meaning: str) -> Fact:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    order = float(value) if number else text
    return Fact(symbol, text if before == text else f"{before} → {text}", order, meaning, text)


def text_of(value: Any) -> str:
    """A value of a parameter, exactly; a schedule by its kind and its own parameters, a large table by its size and a digest."""
    if isinstance(value, TimeDependent):
        own = value.values_now() if isinstance(value, Described) else {}
        inside = ", ".join(f"{name} {text_of(v)}" for name, v in own.items()) or text_of(getattr(value, "points", None))
        return f"{type(value).__name__.lower()} ({inside})"
    if isinstance(value, bool) or value is None:
        return {None: "none", True: "on", False: "off"}[value]
    if (size := _size(value)) > MAX_TABLE_SAID:
        return f"{size:,} numbers (#{hash(value) & 0xFFFFFFFF:08x})"
    return written(value) if isinstance(value, int | float | tuple) else str(value)


def differing(*runs: Simulation) -> list[Difference]:
    """What runs have with other values; empty: the same so far."""
    return between(*(facts(run.journal, run.initial_swarm) for run in runs))


def between(*runs: Facts) -> list[Difference]:
    """The same of runs whose facts are known. Kinds come first, then what acts on a swarm, then the swarm.

    What only one of them has is left out: that the kinds differ says it.
    """
    found = []
    for key in dict.fromkeys(key for run in runs for key in run):
        known = [run.get(key) for run in runs]
        texts = told_apart(known)
        if len({text for text, fact in zip(texts, known, strict=True) if fact is not None}) > 1:
            fact = next(fact for fact in known if fact is not None)
            now = tuple(ABSENT if fact is None else fact.now for fact in known)
            found.append(Difference(key, fact.symbol, tuple(texts), fact.meaning, now))
    return sorted(found, key=lambda difference: difference.key[0] == "swarm")


def told_apart(known: Sequence[Fact | None]) -> list[str]:
    """One thing of some runs as text. Where the values agree and the ways to them do not, the first change that is not the same is told:
    "1 → 2 at 10", with "…" where others follow."""
    texts = [ABSENT if fact is None else fact.text for fact in known]
    for text in set(texts):
        places = [place for place, fact in enumerate(known) if fact is not None and texts[place] == text]
        ways = [fact.way for fact in known if fact is not None and fact.text == text]
        same = min(map(len, ways), default=0)
        agreed = next((i for i in range(same) if any(not _same(way[i], ways[0][i]) for way in ways)), same)
        if len({len(way) for way in ways}) > 1 or agreed < same:
            for place, way in zip(places, ways, strict=True):
                texts[place] = _change(way, agreed)
    return texts


def _same(a: tuple[float, Any], b: tuple[float, Any]) -> bool:
    return a[0] == b[0] and equal(a[1], b[1])


def _change(way: Way, place: int) -> str:
    """A change among those of a parameter, or the last where there are fewer."""
    place = min(place, len(way) - 1)
    (_, before), (k, value) = way[max(0, place - 1)], way[place]
    if place == 0:
        return text_of(value)
    at = " next" if math.isinf(k) else f" at {int(k):,}".replace(",", "\u202f")
    return f"{text_of(before)} → {text_of(value)}{at}{', …' if place < len(way) - 1 else ''}"


def titles(differences: Sequence[Difference], count: int = 2) -> tuple[str, ...]:
    """What is said of each of ``count`` runs in a title: the first differences, "σ = 1, λ = 2, +3"; empty where there is none.

    The values are those now; where another run has the same now and had others before, with what was before. A kind is its name.
    """
    rest = [f"+{len(differences) - MAX_IN_TITLE}"] * (len(differences) > MAX_IN_TITLE)
    shown = differences[:MAX_IN_TITLE]
    return tuple(
        ", ".join([*(_titled(d, place) for d in shown if d.now[place] != ABSENT), *rest]) for place in range(count)
    )


def names(differences: Sequence[Difference], count: int = 2) -> tuple[str, ...]:
    """A, B and so on as a title begins, with what they differ in: "A σ = 1"."""
    return tuple(f"{name}\u2002{said}".rstrip() for name, said in zip(NAMES, titles(differences, count), strict=False))


def _titled(difference: Difference, place: int) -> str:
    now, values = difference.now[place], difference.values
    whole = len({value for value, other in zip(values, difference.now, strict=True) if other == now}) > 1
    value = shortened(values[place], MAX_WAY_CHARS) if whole else shortened(now, MAX_TITLE_CHARS)
    return f"{difference.symbol} = {value}" if difference.key[0] else value


def shortened(text: str, limit: int = MAX_VALUE_CHARS) -> str:
    """The beginning and the end of a text of more than ``limit`` characters."""
    end = limit // 5
    return text if len(text) <= limit else f"{text[: limit - end - 1]}…{text[-end:]}"
