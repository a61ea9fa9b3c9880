"""What a run may cost on a server that many visitors share; the library takes more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from swarmviz.journal import Change
from swarmviz.parameters import Described
from swarmviz.replay import RunSpec

MAX_COORDINATES = 2_000_000  # agents times dimension
FULL_RUNS = 2  # that may be as large, or as long, as one alone; more of them share what two may have
MAX_QUICK_COORDINATES = 100_000  # of a swarm whose step 0 is there at once
MAX_REPLAY_WORK = 2_000_000_000  # coordinates times steps of a replay: about a minute
MAX_CHANGES = 1000  # in one run
MAX_TABLE_NUMBERS = (
    1_000_000  # in tables and points of schedules of all its changes, each of which is checked anew: half a second
)


def check_swarm_size(n: int, d: int, runs: int = 1) -> None:
    """Raise ``ValueError`` when a swarm is too large for the page, where ``runs`` of that size are beside each other."""
    if runs > FULL_RUNS and runs * n * d > FULL_RUNS * MAX_COORDINATES:
        raise ValueError(
            f"n = {n}: with d = {d} too many for {runs} swarms beside each other, where N d ≤ {FULL_RUNS * MAX_COORDINATES // runs:,}"
        )
    if n * d > MAX_COORDINATES:
        raise ValueError(
            f"n = {n}: with d = {d} too many for the page, where N d ≤ {MAX_COORDINATES:,}; the library takes more"
        )


def check_cost(run: RunSpec) -> None:
    """Refuse what would keep the machine busy for minutes.

    Raises
    ------
    ValueError
        In words that continue "because".
    """
    check_swarm_size(run.swarm.n, run.swarm.d)
    if run.work > MAX_REPLAY_WORK:
        raise ValueError(
            f"living {run.k} steps of {run.swarm.n} agents in {run.swarm.d} dimensions again would take minutes"
            f" (N d k ≤ {MAX_REPLAY_WORK:.0e})"
        )
    if len(run.journal) > MAX_CHANGES:
        raise ValueError(f"it holds more than {MAX_CHANGES} changes")
    check_tables(sum(numbers_in(change) for change in run.journal))


def check_costs(runs: Sequence[RunSpec]) -> None:
    """The same of runs beside each other: of more than two, all together may cost what two may.

    Raises
    ------
    ValueError
        In words that continue "because".
    """
    for run in runs:
        check_cost(run)
    whole = (
        ("the swarms have more coordinates (N d) than two may", sum(run.coordinates for run in runs), MAX_COORDINATES),
        ("living all of them again would take minutes", sum(run.work for run in runs), MAX_REPLAY_WORK),
        ("they hold more changes than two may", sum(len(run.journal) for run in runs), MAX_CHANGES),
        (
            "their changes hold more numbers in tables than those of two may",
            sum(numbers_in(change) for run in runs for change in run.journal),
            MAX_TABLE_NUMBERS,
        ),
    )
    for words, cost, most in whole:
        if len(runs) > FULL_RUNS and cost > FULL_RUNS * most:
            raise ValueError(f"{words} ({cost:,}; at most {FULL_RUNS * most:,} beside each other)")


def check_change(count: int, part: Described) -> None:
    """Raise ``ValueError`` when a run that has ``count`` changes may not have one more with such a part: no link could hold it."""
    if count >= MAX_CHANGES:
        raise ValueError(
            f"the run holds {count:,} changes, as many as it may; press Reset to go on with the present values"
        )
    numbers = (count + 1) * _numbers_of(part)
    if numbers > MAX_TABLE_NUMBERS:
        raise ValueError(
            f"{count + 1:,} changes of so large a table are {numbers:,} numbers, more than the {MAX_TABLE_NUMBERS:,} that a run may hold;"
            " press Reset to go on with the present values"
        )


def numbers_in(change: Change) -> int:
    """How many numbers the tables and the points of schedules of a change hold, those of dynamics and landscape together."""
    return _numbers_of(change.dynamics) + _numbers_of(change.landscape)


def _numbers_of(part: Described) -> int:
    values = part.values_now().values()
    inside = (_numbers_of(value) for value in values if isinstance(value, Described))  # schedules
    return sum(_size(value) for value in values if isinstance(value, tuple)) + sum(inside)


def bytes_of(change: Change) -> int:
    """About how much memory a change takes."""
    return 4_000 + 32 * numbers_in(change)  # two parts with their values; a Python float and its place


def _size(table: tuple[Any, ...]) -> int:
    return sum(len(row) if isinstance(row, tuple) else 1 for row in table)


def check_tables(numbers: int) -> None:
    """Raise ``ValueError``, in words that continue "because", when the changes of a run hold too many ``numbers`` in tables."""
    if numbers > MAX_TABLE_NUMBERS:
        raise ValueError(f"its changes hold more than {MAX_TABLE_NUMBERS:,} numbers in tables")


def is_quick(run: RunSpec) -> bool:
    """Whether step 0 of a run is there at once."""
    return run.coordinates <= MAX_QUICK_COORDINATES
