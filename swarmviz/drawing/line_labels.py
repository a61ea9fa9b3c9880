"""The names of curves at their right ends: which text, in which colour, and how far apart so that none lies on another.

For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.curves import BANDS, OVERLAYS, Curve, CurvesPicture
from swarmviz.drawing.log_axis import BELOW

MAX_CHARS, LEAST_CHARS = 22, 6  # of a name at the end of a line; the whole one is told elsewhere
CHAR_EM = 0.55  # mean width of a character, in heights of type
MOST_ROOM = 0.4  # of the width of a frame: no name takes more of it
SIGN = re.compile(r" ([−+=·]) ")  # of a formula
ALMOST_SURELY = re.compile(r"\balmost sure(ly)?\b")
MANY_ROWS = 1000  # more than any frame has
BEHIND = -1
BEHIND_WEIGHT = 0.02  # of the name of another run against one of the run that is shown: how hard it is to push away
AA_CONTRAST = 4.5  # of small text, WCAG 2.1 success criterion 1.4.3


class LineLabel(NamedTuple):
    """A name beside the end of a line.

    ``place`` is the number of the curve among those of the picture, or of the curve whose band it is (``band``), BEHIND for a curve of
    another run; ``k`` is the step at which it begins, and ``height`` where the middle of the text lies, as a share of the frame's
    height from below.
    """

    place: int
    text: str
    k: float
    height: float
    band: bool = False


def whole_name(label: str) -> str:
    """A name as it is told beside its line, whose dots say that it is claimed."""
    return label.removeprefix("claimed ")


def width(text: str) -> int:
    """How many characters wide a text is: a bar over a letter takes no room."""
    return sum(not unicodedata.combining(character) for character in text)


def name_of_line(curve: Curve, most: int = MAX_CHARS) -> str:
    """The name of a curve at the end of its line, of at most so many characters: the whole one, the short one, or as much as fits."""
    return short_name(curve.label if not curve.short or width(whole_name(curve.label)) <= most else curve.short, most)


def short_name(label: str, most: int = MAX_CHARS) -> str:
    """A name of at most so many characters: of a longer one what comes before its first comma or bracket, or its first words.

    Before a word or a part of a formula is left out, what can be written shorter is: "a.s.", and no spaces around signs.
    """
    name = whole_name(label)
    for text in (name, SIGN.sub(r"\1", ALMOST_SURELY.sub("a.s.", name))):
        for shorter in (text, text.split(", ")[0], text.split(" (")[0]):
            if width(shorter) <= most:
                return shorter
    words, kept = name.split(" "), ""
    for word in words:
        if len(kept) + len(word) + 1 >= most:
            break
        kept += f"{word} "
    return f"{kept.rstrip() or name[: most - 1]}…"


def spread(
    wanted: Sequence[float], gap: float, end: float, weights: Sequence[float] | None = None
) -> list[float | None]:
    """Places in [gap/2, end − gap/2] as near to the ``wanted`` ones as can be, in their order and at least ``gap`` apart.

    Parameters
    ----------
    wanted : sequence of float
        Where texts would lie, in pixels; the first ones are the most important. Equal ones keep their order, the first at the top.
    gap : float
        The height of a text, in pixels.
    end : float
        The height of the frame, in pixels.
    weights : sequence of float, optional
        How much the distance of each from its ``wanted`` place counts; all the same by default.

    Returns
    -------
    list of float or None
        A place for each; None for the last ones where there is no room for all. The weighted sum of the squared distances from
        ``wanted`` is the least that is possible.
    """
    room = rows_of(end, gap)
    places: list[float | None] = [None] * len(wanted)
    kept = sorted(range(min(len(wanted), room)), key=lambda i: (wanted[i], -i))
    blocks: list[
        tuple[float, float, int]
    ] = []  # mean of wanted − rank · gap, weight and size: those that touch move together
    for rank, i in enumerate(kept):
        mean, weight, size = wanted[i] - rank * gap, 1.0 if weights is None else weights[i], 1
        while blocks and blocks[-1][0] >= mean:
            before, heavy, many = blocks.pop()
            mean, weight, size = (before * heavy + mean * weight) / (heavy + weight), heavy + weight, many + size
        blocks.append((mean, weight, size))
    low, high = gap / 2, end - gap / 2 - (len(kept) - 1) * gap
    bases = [min(max(mean, low), high) for mean, _, size in blocks for _ in range(size)]
    for rank, (i, base) in enumerate(zip(kept, bases, strict=True)):
        places[i] = base + rank * gap
    return places


def line_labels(
    drawn: CurvesPicture,
    hidden: Collection[str],
    y_ends: tuple[float, float],
    height_px: float,
    row_px: float,
    most: int = MAX_CHARS,
) -> list[LineLabel]:
    """The names of the curves and bands of a picture that are not ``hidden`` (by their keys), as far as there is room.

    Those of other runs come last, and move out of the way of the others; one more says how many have no room.

    All of them stand at the last step of what is drawn: a name at the end of a short run would lie over the longer ones behind it.

    Parameters
    ----------
    y_ends : tuple of float
        The ends of the vertical axis.
    height_px, row_px : float
        The height of the frame and of a line of text.
    most : int
        The most characters of a name, see :func:`most_chars`.
    """
    found = _named(drawn, hidden, most, rows_of(height_px, row_px))
    weights = [BEHIND_WEIGHT if place == BEHIND else 1.0 for place, *_ in found]
    places = spread([height_px * _share(y, y_ends, drawn.log) for *_, y in found], row_px, height_px, weights)
    last = _last(drawn, hidden)
    return [
        LineLabel(place, text, last, at / height_px, band)
        for (place, text, band, _), at in zip(found, places, strict=True)
        if at is not None
    ]


def rows_of(height_px: float, row_px: float) -> int:
    """How many names a frame has room for."""
    return max(int(height_px / row_px + 1e-9), 0)


def _named(drawn: CurvesPicture, hidden: Collection[str], most: int, rows: int) -> list[tuple[int, str, bool, float]]:
    """``place``, ``text`` and ``band`` of every name, and the last value of its line; the most important first.

    Other runs take what is left of the ``rows``. Where that is too few, the last one says how many more there are, in the middle of
    their ends.
    """
    own, others = list(_own(drawn, hidden, most)), _others(drawn, hidden)
    room = max(rows - len(own), 0)
    named = len(others) if len(others) <= room else max(room - 1, 0)
    found = own + [(BEHIND, short_name(run, most), False, end) for run, end in others[:named]]
    if named < len(others) and room:
        left = others[named:]
        text = f"{len(left)} {'more' if named else 'other'} runs"
        found.append((BEHIND, text, False, sorted(end for _, end in left)[len(left) // 2]))
    return found


def _own(drawn: CurvesPicture, hidden: Collection[str], most: int) -> Iterator[tuple[int, str, bool, float]]:
    """The names of the run that is shown."""
    for place, curve in enumerate(drawn.curves):
        if curve.label and curve.key not in hidden and (end := _end(curve.y)) is not None:
            yield place, name_of_line(curve, most), False, end
    for area in drawn.areas[:1] if BANDS not in hidden else ():  # one name for all of them
        if (end := _end(area.middle)) is not None:
            yield area.place, short_name(area.label, most), True, end


def _others(drawn: CurvesPicture, hidden: Collection[str]) -> list[tuple[str, float]]:
    """The names of other runs, and the last value of the first curve of each that has one."""
    ends: dict[str, float] = {}
    for curve in drawn.behind if OVERLAYS not in hidden else ():
        if curve.label not in ends and (end := _end(curve.y)) is not None:
            ends[curve.label] = end
    return list(ends.items())


def _last(drawn: CurvesPicture, hidden: Collection[str]) -> float:
    """The last step of all that is seen."""
    seen = [curve.k for curve in drawn.curves if curve.label and curve.key not in hidden]
    seen += [area.k for area in drawn.areas if BANDS not in hidden]
    seen += [curve.k for curve in drawn.behind if OVERLAYS not in hidden]
    return float(max((k[-1] for k in seen if len(k)), default=drawn.last))


def _end(y: np.ndarray) -> float | None:
    """The last value of a line that is seen; None where there is none."""
    seen = np.flatnonzero(np.isfinite(y))
    return float(y[seen[-1]]) if len(seen) else None


def _share(y: float, ends: tuple[float, float], log: bool) -> float:
    """Where a value lies between the ends of an axis, in [0, 1]."""
    low, high = (math.log10(end) for end in ends) if log else (end / 4 for end in ends)
    value = math.log10(max(y, BELOW)) if log else y / 4  # quarters, which do not overflow
    return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.5


def at_share(share: float, ends: tuple[float, float], log: bool) -> float:
    """The value at a share of an axis."""
    if log:
        return 10.0 ** (math.log10(ends[0]) + share * (math.log10(ends[1]) - math.log10(ends[0])))
    return ends[0] * (1 - share) + ends[1] * share


def most_chars(width_px: float, type_px: float) -> int:
    """How many characters of a name the room for names has, at most MAX_CHARS."""
    return max(min(MAX_CHARS, int((MOST_ROOM * width_px / type_px - 1) / CHAR_EM)), LEAST_CHARS)


def name_room(
    drawn: CurvesPicture, hidden: Collection[str], width_px: float, type_px: float, rows: int = MANY_ROWS
) -> float:
    """The share of a frame's width that the longest name of a picture takes, at most MOST_ROOM; ``rows`` as of :func:`rows_of`."""
    found = _named(drawn, hidden, most_chars(width_px, type_px), rows)
    chars = max((width(text) for _, text, *_ in found), default=0)
    return min((chars * CHAR_EM + 1) * type_px / max(width_px, 1.0), MOST_ROOM) if chars else 0.0


def readable(colour: str, paper: str, ink: str) -> str:
    """A colour for small text on ``paper``: the given one, mixed with as little ``ink`` as the contrast needs; all ``#rrggbb``."""
    start, end = _channels(colour), _channels(ink)
    for share in np.linspace(0.0, 1.0, 21):
        mixed = np.rint(start * (1 - share) + end * share)
        if contrast(mixed, _channels(paper)) >= AA_CONTRAST:
            break
    return "#" + "".join(f"{int(channel):02x}" for channel in mixed)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """The contrast of two colours (3,) of channels in [0, 255], from 1 to 21 (WCAG 2.1)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _channels(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


def _luminance(channels: np.ndarray) -> float:
    share = channels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
