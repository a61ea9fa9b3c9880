"""The final errors of replicas as bars on a logarithmic axis, on which the tolerance is the edge of a bar: each bar is found or is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.theory.wording import number_words

MIN_ERROR = 1e-6  # half widths: smaller ones stand in the first bar
BARS = 28  # about so many
TOLERANCE_MARGIN = 10.0  # the axis reaches so many times beyond the tolerance on both sides


def histogram(errors: Sequence[float], tolerance: float) -> dict[str, Any] | None:
    """Numbers for a picture, and the same in words; None where there is nothing to draw.

    Parameters
    ----------
    errors : sequence of float
        Of every replica, in half widths of the box; those that are not finite have diverged and are only counted.
    tolerance : float
        The largest error that counts as found.

    Returns
    -------
    dict
        ``bars``, a list of (left, right, count, found) with left and right between 0 and 1; ``mark``, where the tolerance is;
        ``ticks``, a list of (place, text); ``most``, the largest count; ``text``.
    """
    finite = np.array([error for error in errors if math.isfinite(error)])
    if not len(finite):
        return None
    edges = _edges(
        min(max(MIN_ERROR, finite.min()), tolerance / TOLERANCE_MARGIN),
        max(finite.max(), TOLERANCE_MARGIN * tolerance),
        tolerance,
    )
    counts, _ = np.histogram(np.clip(finite, edges[0], edges[-1]), edges)
    first, last = math.log10(edges[0]), math.log10(edges[-1])
    place = lambda value: (math.log10(value) - first) / (last - first)  # noqa: E731
    bars = [
        (place(left), place(right), int(count), bool(right <= tolerance))
        for left, right, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True)
        if count
    ]
    decades = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    apart = 1 + len(decades) // 5
    return {
        "bars": bars,
        "mark": place(tolerance),
        "ticks": [(place(10.0**decade), number_words(10.0**decade)) for decade in decades if decade % apart == 0],
        "most": int(counts.max()),
        "text": _words(finite, len(errors) - len(finite), tolerance),
    }


def _edges(low: float, high: float, tolerance: float) -> np.ndarray:
    """Equal widths on the logarithmic axis, from the tolerance down to ``low`` or less and up to ``high`` or more."""
    width = math.log(high / low) / BARS
    below, above = (
        math.ceil(math.log(tolerance / low) / width - 1e-9),
        math.ceil(math.log(high / tolerance) / width + 1e-9),
    )
    steps = np.arange(-below, above + 1)
    edges = tolerance * np.exp(width * steps)
    edges[below] = tolerance  # to the last digit
    return edges


def _words(finite: np.ndarray, diverged: int, tolerance: float) -> str:
    """The picture in words."""
    found, rest = finite[finite < tolerance], finite[finite >= tolerance]
    words = [f"{len(found)} errors below {number_words(tolerance, 6)} half widths of the box{_span(found)}"]
    words.append(f"{len(rest)} above{_span(rest)}")
    if diverged:
        words.append(f"{diverged} diverged and are not drawn")
    return f"Errors of {len(finite) + diverged} replicas on a logarithmic scale: {'; '.join(words)}."


def _span(errors: np.ndarray) -> str:
    if not len(errors):
        return ""
    low, high, half = (number_words(float(value), 2) for value in (errors.min(), errors.max(), np.median(errors)))
    return f", from {low} to {high}, half of them up to {half}"
