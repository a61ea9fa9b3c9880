"""The ends and the ticks of axes, for the page and for pictures: round numbers, moved in steps.

No axis is so narrow that rounding looks like movement. NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from swarmviz.theory.wording import decimal

NARROWEST = 1e-4  # of the magnitude: a linear axis is never narrower, so that labels of six digits tell its ends apart
LOWEST, HIGHEST = -300, 308  # powers of ten on a logarithmic axis
STEPS_ENDS = 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10  # times a power of ten
LEAST = 10.0**LOWEST  # what is closer to zero has no place on one
FURTHEST = 1e307  # the ends of a linear axis; a few times their difference is a number


def nice_above(value: float) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that is at least ``value`` > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((m * power for m in (1, 2, 5, 10) if m * power >= value * (1 - 1e-12)), 10 * power)


def wide_enough(low: float, high: float, least: float = 0.0) -> tuple[float, float]:
    """[low, high], made wider around its middle where it is narrower than NARROWEST of its magnitude or than ``least``."""
    size = max(abs(low), abs(high)) or 1.0
    room = max(NARROWEST * size, least)
    if high / 2 - low / 2 >= room / 2:  # halves, which do not overflow
        return low, high
    middle = low / 2 + high / 2
    return middle - room / 2, middle + room / 2


def steps_around(low: float, high: float, now: tuple[float, float] | None = None) -> tuple[float, float]:
    """A range of round numbers around [low, high]; ``now`` is kept while the data fit in it and fill at least a third of it."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return now or (0.0, 1.0)
    low, high = wide_enough(max(low, -FURTHEST), min(high, FURTHEST))
    quarter = high / 4 - low / 4
    if now and now[0] <= low and high <= now[1] and quarter >= (now[1] / 4 - now[0] / 4) / 3:
        return now
    if quarter < 1e-307:  # round numbers around it would be none
        return low, high
    step = nice_above(quarter)
    start, end = step * math.floor(low / step), step * math.ceil(high / step)
    if max(-start, end) > 2 * FURTHEST:
        return low, high
    return (start, end) if end > start else (start, start + step)


def decades_around(low: float, high: float, now: tuple[float, float] | None = None) -> tuple[float, float]:
    """Powers of ten around all of [low, high] > 0, from 10⁻³⁰⁰ on; ``now`` is kept while it fits."""
    if not (0 < high < math.inf):
        return now or (1e-3, 1.0)
    top = min(math.ceil(math.log10(high) - 1e-9), HIGHEST)
    bottom = math.floor(math.log10(low) + 1e-9) if 0 < low < math.inf else top - 1
    bottom = max(min(bottom, top - 1), LOWEST)
    top = max(top, bottom + 1)
    if now:
        a, b = round(math.log10(now[0])), round(math.log10(now[1]))
        if a <= bottom and top <= b and (top - bottom) * 3 >= b - a:
            return now
        bottom = max(bottom - (a > bottom), LOWEST)  # a falling curve: a decade ahead
    return 10.0**bottom, 10.0**top


def even_ticks(start: float, end: float) -> list[float]:
    """Three to six round numbers in a range."""
    fifth = end / 5 - start / 5
    if not 1e-307 < fifth < 1e307:
        return [start, end]
    step = nice_above(fifth)
    if not math.isfinite(step) or abs(start) / step > 1e15 or abs(end) / step > 1e15:  # numbers are not so dense there
        return [start, end]
    digits = 12 - math.floor(math.log10(step)) if step < 1e-6 else 12
    places = range(math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9) + 1)
    return [round(i * step, min(digits, 320)) for i in places]


def decade_ticks(start: float, end: float) -> list[float]:
    """Powers of ten in a range, at most six; 1, 2, 5 within a single decade or two."""
    first, last = round(math.log10(start)), round(math.log10(end))
    if last - first <= 1:
        return [m * 10.0**first for m in (1, 2, 5, 10)]
    every = math.ceil((last - first) / 4)
    return [10.0**p for p in range(last, first - 1, -every)]


def texts_of(values: Sequence[float]) -> list[str]:
    """Numbers in as few digits, from four on, as tell them apart; with a proper minus."""
    texts: list[str] = []
    for digits in range(4, 18):
        if digits > 4 and max(map(abs, values)) < 1e12:  # in full rather than 1.0000002e+08
            digits = max(digits, len(f"{max(map(abs, values)):.0f}"))
        texts = [f"{value:.{digits}g}".replace("-", "−") for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def tick_texts(ticks: Sequence[float]) -> dict[float, str]:
    """The ticks of an axis as people write them, in as few digits, from six on, as tell them apart."""
    texts: dict[float, str] = {}
    for digits in range(6, 18):
        texts = {tick: decimal(tick, digits) for tick in ticks}
        if len(set(texts.values())) == len(texts):
            break
    return texts


# ---- the axis of the steps -----------------------------------------------------------------------------------------------


def steps_end(last: float, room: float = 0.0, log: bool = False, least: float = 10.0) -> float:
    """The end of the axis of the steps: a round number that leaves the share ``room`` of the axis, in [0, 1), free after step ``last``.

    ``least`` is the shortest axis, of which a logarithmic one has 10 at least.
    """
    last = max(last, least)
    needed = last ** (1 / (1 - room)) if log else last / (1 - room)
    power = 10.0 ** math.floor(math.log10(needed))
    return next(m * power for m in STEPS_ENDS if m * power >= needed * (1 - 1e-12))


def step_ticks(end: float, log: bool = False) -> list[float]:
    """Round steps in [0, end], or in [1, end] on a logarithmic axis: powers of ten, and 2 and 5 of them where they are few."""
    if not log:
        return even_ticks(0.0, end)
    last = math.floor(math.log10(end) + 1e-9)
    every = math.ceil(last / 5) or 1
    factors = (1, 2, 5) if last <= 1 else (1,)
    return [m * 10.0**p for p in range(0, last + 1, every) for m in factors if m * 10.0**p <= end * (1 + 1e-12)]
