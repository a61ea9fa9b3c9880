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

from swarmviz.drawing.curves import BANDS, MOST_NAMED, OVERLAYS, Curve, CurvesPicture
from swarmviz.drawing.log_axis import BELOW

MAX_CHARS, LEAST_CHARS = 22, 6  # of a name at the end of a line; the whole one is told elsewhere
CHAR_EM = 0.55  # mean width of a character, in heights of type
MOST_ROOM = 0.4  # of the width of a frame: no name takes more of it
SIGN = re.compile(r" ([−+=·]) ")  # of a formula
ALMOST_SURELY = re.compile(r"\balmost sure(ly)?\b")
BEHIND = -1
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


def spread(wanted: Sequence[float], gap: float, end: float) -> list[float | None]:
    """Places in [gap/2, end − gap/2] as near to the ``wanted`` ones as can be, in their order and at least ``gap`` apart.

    Parameters
    ----------
    wanted : sequence of float
        Where texts would lie, in pixels; the first ones are the most important. Equal ones keep their order, the first at the top.
    gap : float
        The height of a text, in pixels.
    end : float
        The height of the frame, in pixels.

    Returns
    -------
    list of float or None
        A place for each; None for the last ones where there is no room for all. The sum of the squared distances from ``wanted`` is
        the least that is possible.
    """
    room = max(int(end / gap + 1e-9), 0)
    places: list[float | None] = [None] * len(wanted)
    kept = sorted(range(min(len(wanted), room)), key=lambda i: (wanted[i], -i))
    blocks: list[tuple[float, int]] = []  # mean of wanted − rank · gap and size: those that touch move together
    for rank, i in enumerate(kept):
        mean, size = wanted[i] - rank * gap, 1
        while blocks and blocks[-1][0] >= mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    low, high = gap / 2, end - gap / 2 - (len(kept) - 1) * gap
    bases = [min(max(mean, low), high) for mean, size in blocks for _ in range(size)]
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
    found = list(_named(drawn, hidden, most))
    places = spread([height_px * _share(y, y_ends, drawn.log) for *_, y in found], row_px, height_px)
    last = _last(drawn, hidden)
    return [
        LineLabel(place, text, last, at / height_px, band)
        for (place, text, band, _), at in zip(found, places, strict=True)
        if at is not None
    ]


def _named(drawn: CurvesPicture, hidden: Collection[str], most: int) -> Iterator[tuple[int, str, bool, float]]:
    """``place``, ``text`` and ``band`` of every name, and the last value of its line; the most important first."""
    for place, curve in enumerate(drawn.curves):
        if curve.label and curve.key not in hidden and (end := _end(curve.y)) is not None:
            yield place, name_of_line(curve, most), False, end
    for area in drawn.areas[:1] if BANDS not in hidden else ():  # one name for all of them
        if (end := _end(area.middle)) is not None:
            yield area.place, short_name(area.label, most), True, end
    runs = dict.fromkeys(curve.label for curve in drawn.behind) if OVERLAYS not in hidden else {}
    for run in runs if len(runs) <= MOST_NAMED else ():
        ends = [end for curve in drawn.behind if curve.label == run and (end := _end(curve.y)) is not None]
        yield from ((BEHIND, short_name(run, most), False, end) for end in ends[:1])


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


def name_room(drawn: CurvesPicture, hidden: Collection[str], width_px: float, type_px: float) -> float:
    """The share of a frame's width that the longest name of a picture takes, at most MOST_ROOM."""
    chars = max((width(text) for _, text, *_ in _named(drawn, hidden, most_chars(width_px, type_px))), default=0)
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
