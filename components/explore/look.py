"""What is chosen of a table of runs: axes and colour of its map, curve, targets; each checked against what the table has."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from swarmviz.drawing.abscissa import COLUMNS, LABELS
from swarmviz.explore import RunTable

MAX_CHARS = 120  # of what a browser sends
MAX_WORDS_CHARS = 60  # of what a column is called in a menu
MOST_TARGETS = 6
USUAL_TARGETS = "0.1, 0.001"
SHARE = "success_rate"  # of the runs of a cell
FAVOURITES = ("success_rate", "success", "final_best", "final_error", "final_energy", "spent")


class Look(NamedTuple):
    """The choices.

    Attributes
    ----------
    x, y : str
        Columns: of two axes of a sweep a map of its cells is drawn, else a point for each row.
    colour : str
        The column that is the colour.
    at : dict
        Axis → place along it, of the axes that a map does not show.
    curve, over : str
        The series, and what it is drawn over.
    targets : str
        Distances to F* of the shares of runs, as typed.
    """

    x: str
    y: str
    colour: str
    at: dict[str, int]
    curve: str
    over: str
    targets: str

    @classmethod
    def first(cls, table: RunTable) -> Look:
        """How a table is looked at first: over the two longest axes, or its two most telling numbers."""
        longest = sorted(
            (axis for axis in table.axes if table.data.sizes[axis] > 1), key=lambda axis: -table.data.sizes[axis]
        )
        axes = [axis for axis in table.axes if axis in longest[:2]]
        if len(axes) < 2:  # points: a number on each axis
            axes = [axis for axis in (*axes, "run") if axis in table.columns and table.columns[axis].is_number][:1]
        telling = dict.fromkeys(
            [*(name for name in ("final_best", *FAVOURITES) if name in table.columns), *table.numbers]
        )
        x, y = ([*axes, *(name for name in telling if name not in axes)] * 2)[:2]
        curve = next((name for name in ("best", *table.series) if name in table.series), "")
        return cls(x, y, next(iter(colours(table, x, y)), ""), {}, curve, "steps", USUAL_TARGETS)

    def is_map(self, table: RunTable) -> bool:
        """Whether the cells of a sweep are drawn, not its rows."""
        return self.x in table.axes and self.y in table.axes and self.x != self.y

    def changed(self, table: RunTable, name: str, value: Any) -> Look:
        """With another choice.

        Raises
        ------
        ValueError
            When there is no such choice, or it means nothing for this table.
        """
        if name == "targets":
            targets_of(value)
            return self._replace(targets=value)
        if name.startswith("at:"):
            axis = name.removeprefix("at:")
            if (
                axis not in table.axes
                or not isinstance(value, str)
                or not value.isdecimal()
                or int(value) >= table.data.sizes[axis]
            ):
                raise ValueError(f"{name[:MAX_CHARS]} = {value!r:.100}: must be a place along an axis")
            return self._replace(at=self.at | {axis: int(value)})
        if name not in ("x", "y", "colour", "curve", "over"):
            raise ValueError(f"{name[:MAX_CHARS]}: is no choice")
        offered = [key for key, _ in offers(table, self)[name]]
        if value not in offered:
            raise ValueError(f"{name} = {value!r:.100}: must be one of {', '.join(offered)}")
        look = self._replace(**{name: value})
        fitting = colours(table, look.x, look.y)
        return look if look.colour in fitting else look._replace(colour=next(iter(fitting), ""))


def colours(table: RunTable, x: str, y: str) -> list[str]:
    """The columns that may be the colour, the most telling ones first."""
    shown = [name for name in table.numbers if name not in (x, y, "run") and (name not in table.axes)]
    if x in table.axes and y in table.axes and x != y:
        if "success" in table.data and SHARE not in table.data:
            shown.append(SHARE)
    return sorted(shown, key=lambda name: FAVOURITES.index(name) if name in FAVOURITES else len(FAVOURITES))


def offers(table: RunTable, look: Look) -> dict[str, list[tuple[str, str]]]:
    """Choice → each value that it may have, and its words."""
    axes = [(name, words_of(table, name)) for name in (*table.axes, *table.numbers) if name in table.columns]
    over = [key for key in COLUMNS if key == "steps" or (key == "time" and "t" in table.data.variables)
            or (key == "evaluations" and "evaluations" in table.series)]  # fmt: skip
    found = {
        "x": list(dict.fromkeys(axes)),
        "y": list(dict.fromkeys(axes)),
        "colour": [(name, words_of(table, name)) for name in colours(table, look.x, look.y)],
        "curve": [(name, words_of(table, name)) for name in table.series],
        "over": [(key, LABELS[key]) for key in over],
    }
    if look.is_map(table):
        for axis in table.axes:
            if axis not in (look.x, look.y) and table.data.sizes[axis] > 1:
                found[f"at:{axis}"] = [(str(i), value_words(v)) for i, v in enumerate(table.data[axis].values[:400])]
    return found


def words_of(table: RunTable, name: str) -> str:
    """What a column or a series is called in a menu."""
    if name == SHARE and name not in table.columns:
        return "Share of successes"
    if name in table.columns:
        column = table.columns[name]
        label, meaning = column.label, column.meaning
    else:
        label, meaning = (
            str(table.data[name].attrs.get("symbol") or name)[:MAX_CHARS],
            str(table.data[name].attrs.get("long_name") or name),
        )
    words = meaning if label in (meaning, name) else f"{label}: {meaning}"
    return words if len(words) <= MAX_WORDS_CHARS else f"{words[: MAX_WORDS_CHARS - 1].rstrip()}…"


def value_words(value: Any) -> str:
    """A value of an axis or of a row, as it is shown."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{value:,}".replace(",", "\u202f")
    if isinstance(value, float | np.floating):
        return "–" if math.isnan(value) else f"{value:.4g}"
    return str(value)[:MAX_CHARS]


def targets_of(text: Any) -> list[float]:
    """The targets that were typed.

    Raises
    ------
    ValueError
        When they are none.
    """
    try:
        if not isinstance(text, str) or len(text) > MAX_CHARS:
            raise ValueError
        found = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(
            f"targets = {str(text)[:40]!r}: must be numbers ≥ 0 between commas, such as 0.1, 0.001"
        ) from None
    if not (
        1 <= len(found) <= MOST_TARGETS and all(math.isfinite(target) and 0 <= target <= 1e300 for target in found)
    ):
        raise ValueError(f"targets = {text[:40]!r}: must be 1 to {MOST_TARGETS} numbers ≥ 0")
    return list(dict.fromkeys(found))
