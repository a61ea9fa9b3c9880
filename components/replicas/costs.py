"""What replicas have spent until they came near to F*, and two sets of them compared: numbers for the card, worked out on their thread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from swarmviz.ensembles.runtimes import (
    Comparison,
    Estimate,
    Runtimes,
    compared,
    cumulative,
    expected_with_interval,
    first_reached,
)
from swarmviz.record import Record
from swarmviz.theory.wording import number_words

DECADES = range(6, -9, -1)  # of the targets that are tried, best F − F* ≤ 10^i
MOST_TARGETS = 5  # that are shown: the lowest
RESAMPLES = 500  # of the bootstrap, which is done again and again while the swarm runs
POINTS = 96  # of the distribution


@dataclass(frozen=True, eq=False)  # two of them are the same when they are one: they hold arrays
class Costs:
    """What ``runs`` replicas have spent until they reached each target, as they stand at step ``k``.

    ``ert`` and ``runtimes`` are of each target; ``every`` is the spacing of the record, by which a hit is noticed.
    """

    k: int
    runs: int
    every: int
    targets: tuple[float, ...]
    runtimes: tuple[Runtimes, ...]
    ert: tuple[Estimate, ...]


class Duel(NamedTuple):
    """Two sets of replicas with one target."""

    target: float
    comparison: Comparison


def costs_of(records: Sequence[Record], k: int, since: int, lowest: float) -> Costs | None:
    """From what replicas recorded until step ``k``.

    Parameters
    ----------
    records : sequence of Record
    k, since : int
        Only hits from step ``since`` on count: the present landscape was put there then.
    lowest : float
        F*.

    Returns
    -------
    Costs or None
        Of the lowest targets, up to one that no replica has reached; None where nothing was recorded.
    """
    series = [_series(record, k, since) for record in records if len(record)]
    series = [(best - lowest, spent) for best, spent in series if len(best)]
    if not series:
        return None
    targets, found = [], []
    for decade in DECADES:
        level = 10.0**decade
        hits = [first_reached(best, spent, float(spent[-1]), level) for best, spent in series]
        if all(best[0] <= level for best, _ in series):
            continue  # where they begin
        targets.append(level)
        found.append(Runtimes(np.array([spent for spent, _ in hits]), np.array([there for _, there in hits])))
        if not found[-1].reached.any():
            break
    targets, found = targets[-MOST_TARGETS:], found[-MOST_TARGETS:]
    ert = tuple(expected_with_interval(runs, resamples=RESAMPLES) for runs in found)
    every = max(record.every for record in records)
    return Costs(k, len(series), every, tuple(targets), tuple(found), ert) if targets else None


def _series(record: Record, k: int, since: int) -> tuple[np.ndarray, np.ndarray]:
    """The best value and the evaluations at the recorded steps from ``since`` to ``k``."""
    if "evaluations" not in record or "best" not in record:
        return np.zeros(0), np.zeros(0)
    first, last = np.searchsorted(record["k"], [since, k + 1])
    return record["best"][first:last], record["evaluations"][first:last]


def duels(a: Costs | None, b: Costs | None) -> tuple[Duel, ...]:
    """Two sets of replicas, target by target; nothing where they have none in common that anyone has reached."""
    if a is None or b is None:
        return ()
    found = []
    for target, runs in zip(a.targets, a.runtimes, strict=True):
        others = dict(zip(b.targets, b.runtimes, strict=True)).get(target)
        if others is not None and (runs.reached.any() or others.reached.any()):
            found.append(Duel(target, compared(runs, others, resamples=RESAMPLES)))
    return tuple(found)


# ---- for the card -----------------------------------------------------------------------------------------------------


def shown(costs: Costs) -> dict[str, Any]:
    """Texts and numbers for the card: a row for each target, and the distribution of the runtimes over all of them."""
    rows = [
        [f"≤ {number_words(target)}", f"{int(runs.reached.sum())} of {costs.runs}", _interval(ert)]
        for target, runs, ert in zip(costs.targets, costs.runtimes, costs.ert, strict=True)
    ]
    noticed = f" Noticed every {costs.every} steps." if costs.every > 1 else ""
    about = f"Evaluations of F until best F − F* is first within a target: expected running time (95%), restarts included.{noticed}"
    return {"rows": rows, "about": about, "curve": _distribution(costs)}


def _distribution(costs: Costs) -> dict[str, Any] | None:
    """The share of pairs of replica and target that are reached within so many evaluations, with places between 0 and 1."""
    most = max(float(runs.spent.max()) for runs in costs.runtimes)
    hits = np.concatenate([runs.spent[runs.reached] for runs in costs.runtimes])
    if not len(hits) or most <= 0:
        return None
    low = max(1.0, float(hits.min()))
    high = max(most, 2 * low)
    at = np.geomspace(low, most, POINTS) if most > low else np.array([low])
    share = np.mean([cumulative(runs, at, None)[0] for runs in costs.runtimes], axis=0)
    known = np.isfinite(share)
    span = math.log(high / low)
    decades = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    ticks = [[math.log(10.0**i / low) / span, number_words(10.0**i)] for i in decades]
    points = [[float(x), float(y)] for x, y in zip(np.log(at[known] / low) / span, share[known], strict=True)]
    if not points:
        return None
    text = f"Within {most:,.0f} evaluations {points[-1][1]:.0%} of the pairs of replica and target are reached."
    return {"points": points, "ticks": ticks, "text": text}


def duel_words(duels: Sequence[Duel], names: tuple[str, str]) -> list[str]:
    """A sentence for each target: effect, interval, test."""
    a, b = names
    return [f"F − F* ≤ {number_words(duel.target)}: {_duel(duel.comparison, a, b)}" for duel in duels]


def _duel(found: Comparison, a: str, b: str) -> str:
    share = found.superiority
    said = f"{a} is the faster in {share.value:.0%} of pairs (95%: {100 * share.low:.0f}–{100 * share.high:.0f}%)"
    ratio = found.ratio
    if ratio.value in (0.0, math.inf):
        said += f", and only {a if ratio.value else b} has reached it"
    elif math.isfinite(ratio.value):
        ends = (number_words(ratio.low), "∞" if math.isinf(ratio.high) else number_words(ratio.high))
        told = f" (95%: {ends[0]}–{ends[1]})" if not math.isnan(ratio.low) else ""
        said += f"; {b} costs {number_words(ratio.value)} times as much{told}"
    return f"{said}; logrank p {_p(found.logrank_p)}."


def _p(p: float) -> str:
    return "unknown" if math.isnan(p) else "< 0.001" if p < 1e-3 else f"= {p:.2g}"


def _interval(ert: Estimate) -> str:
    if math.isinf(ert.value):
        return "∞"
    if math.isnan(ert.low):
        return number_words(ert.value)
    return (
        f"{number_words(ert.value)} ({number_words(ert.low)}–{'∞' if math.isinf(ert.high) else number_words(ert.high)})"
    )
