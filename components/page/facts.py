"""What tells one run from another: the columns of a table of runs, one for each thing that is not the same in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from swarmviz import Simulation
from swarmviz.drawing.comparison import NAMES
from swarmviz.drawing.differences import ABSENT, SEED, Fact, Facts, Key, differing, shortened, told_apart

MAX_NAMED = 8  # parameters that one row names
MAX_COLUMNS = 10  # of a table, besides those that every table has

Cell = list[Any]  # what is shown, and the number or text by which it is sorted


class Differences(NamedTuple):
    """What is not the same in all of some runs: a column (symbol, meaning) for each such thing, and a row of cells for each run.

    ``same`` says what is the same in all, ``left_out`` how many columns there is no room for.
    """

    columns: list[list[str]]
    rows: list[list[Cell]]
    same: str
    left_out: int


def differences(runs: Sequence[Facts]) -> Differences:
    """What tells these runs from each other: what is not the same in all that have it; of the seed every table has a column."""
    seen: dict[Key, dict[str, Fact]] = {}
    told: dict[Key, list[str]] = {}
    for key in dict.fromkeys(key for run in runs for key in run):
        told[key] = told_apart([run.get(key) for run in runs])
        seen[key] = {text: run[key] for text, run in zip(told[key], runs, strict=True) if key in run}
    columns = [key for key, texts in seen.items() if len(texts) > 1 and key != SEED]
    shown = columns[:MAX_COLUMNS]
    heads = [[(fact := next(iter(seen[key].values()))).symbol, fact.meaning] for key in shown]
    rows = [[_cell(run.get(key), told[key][place]) for key in shown] for place, run in enumerate(runs)]
    return Differences(heads, rows, _same(seen), len(columns) - len(shown))


def _cell(fact: Fact | None, text: str) -> Cell:
    if fact is None:
        return ["", ""]
    return [shortened(text), fact.order if isinstance(fact.order, float) else shortened(fact.order)]


def _same(seen: dict[Key, dict[str, Fact]]) -> str:
    """Of what every run has, dynamics, landscape, N and d, what is the same in all."""
    common = {(part, name): next(iter(texts)) for (part, _, name), texts in seen.items() if len(texts) == 1}
    model = [common[key] for key in (("", "dynamics"), ("", "landscape")) if key in common]
    sizes = [
        f"{symbol} = {common[key]}" for key, symbol in ((("swarm", "n"), "N"), (("swarm", "d"), "d")) if key in common
    ]
    return " · ".join([" on ".join(model)] * bool(model) + sizes)


def compared(*runs: Simulation) -> list[str]:
    """What swarms have otherwise than swarm A; the seed has a column of its own."""
    found = [difference for difference in differing(*runs) if difference.key != SEED]
    return _few(
        [
            f"{NAMES[place]}: {difference.symbol} = {shortened(difference.values[place])}"
            for place in range(1, len(runs))
            for difference in found
            if difference.values[place] not in (difference.values[0], ABSENT)
        ]
    )


def span(steps: Sequence[int]) -> str:
    """The first and the last of some steps."""
    return " … ".join(f"{k:,}".replace(",", "\u202f") for k in dict.fromkeys((steps[0], steps[-1])))


def _few(texts: list[str]) -> list[str]:
    return texts if len(texts) <= MAX_NAMED else [*texts[: MAX_NAMED - 1], f"and {len(texts) - MAX_NAMED + 1} more"]
