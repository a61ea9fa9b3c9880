"""The way from a row of a table to the arena: a link to exactly that run, which the page beside this one opens."""

from __future__ import annotations

from typing import NamedTuple

from components.explore.look import value_words
from components.links import permalink
from components.links.permalink import Unlinkable
from components.playback.pause_at import PauseAt
from components.state import NEVER, VisitState
from swarmviz.explore import RunTable, spec_of
from swarmviz.explore.runs import NotOpened

PAGE = "app"  # beside /explore
PICTURES = 600  # of a run that is watched: twenty seconds of thirty pictures
MOST_FACTS = 6


class Way(NamedTuple):
    """A row in words, the links to its run, and a sentence where there are none or where it may differ."""

    words: str
    links: list[tuple[str, str]]
    told: str


def way_to(table: RunTable, row: int) -> Way:
    """The links to the run of a row: from its start, where it stops at the step at which it ended, and at that step."""
    words = row_words(table, row)
    try:
        found = spec_of(table, row)
        stop = ("k", float(found.steps)) if found.steps > 0 else NEVER
        PauseAt.of(*stop)
        speed = min(max(found.steps / PICTURES, 0.1), 1000.0) * 30.0
        start = VisitState((found.run,), speed, 1, stop)
        links = [("Open in the arena", _address(start))]
    except (NotOpened, Unlinkable) as error:
        said = str(error)
        return Way(words, [], said if isinstance(error, NotOpened) else f"This run cannot be opened, because {said}.")
    if found.steps > 0:
        try:
            end = found.run._replace(k=found.steps)
            links.append(
                (f"at its end, k = {value_words(found.steps)}", _address(start._replace(runs=(end,), stop=NEVER)))
            )
        except Unlinkable:  # it would take minutes to get there; from its start it is the same run
            pass
    return Way(words, links, found.doubt)


def _address(state: VisitState) -> str:
    return f"{PAGE}?{permalink.KEY}={permalink.write(state)}"


def row_words(table: RunTable, row: int) -> str:
    """What tells a row from the others: its values of the axes, its number and its seed."""
    place = table.place(row)
    names = [name for name in table.axes if table.data.sizes[name] > 1][:MOST_FACTS]
    found = [
        f"{table.columns[name].label} = {value_words(table.columns[name].values[row])}"
        for name in names
        if name in table.columns
    ]
    if "run" in place:
        number = table.columns["run"].values[row] if "run" in table.columns else place["run"]
        found.insert(0, f"Run {number}")
        if "seed" in table.columns:
            found.append(f"seed {table.columns['seed'].values[row]}")
    return " · ".join(found) or "This row"
