"""What can be taken out of the laboratory, and how each file is made. A new export is one row of ``EXPORTS``."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from swarmviz import Simulation, exports
from swarmviz.replay import RunSpec

MAX_DIGITS = 15  # of a step that is typed
FILM_PICTURES = 300  # of a film whose pace was not chosen
LINES = "lines"  # the Python lines on the page itself, which are no file


class Order(NamedTuple):
    """What was asked for: a name in ``EXPORTS``; for films, the fields as typed; for pictures and films, the options of the view."""

    what: str
    start: str = ""
    stop: str = ""
    every: str = ""
    look: Mapping[str, Any] = {}


class Mapped(Protocol):
    """The map of a visit (:class:`components.maps.worker.MapWorker`)."""

    def table(self) -> Any:
        """All that is known of it, as a Dataset; ValueError when there is no map."""

    def lines(self) -> str:
        """The Python lines that make the same table; ValueError when there is no map."""


class Task(NamedTuple):
    """All that an export is made of: order, run or all runs, theme, where progress is reported, whether it was cancelled, and the map."""

    order: Order
    runs: list[RunSpec]
    dark: bool
    progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]
    maps: Mapped

    def replay(self, place: int = 0) -> Simulation:
        """The simulation of one of the runs."""
        return self.runs[place].again(self.cancelled)


class Export(NamedTuple):
    """A file that can be taken out.

    Attributes
    ----------
    label, title : str
        On the button, and what a screen reader says.
    group : str
        The one of ``GROUPS`` under which the button lies; empty where it has a place of its own.
    mime : str
        Of the file.
    make : function (Task) → str or bytes
        The content.
    row : str
        The label of the button's row.
    fits : str
        The picture of :data:`swarmviz.exports.VIEWS` that has to fit the run; empty where every run fits.
    both : bool
        Whether it needs all runs of a comparison.
    suffix : str
        What the name of the file says besides the run.
    hides : bool
        Whether lines that are hidden in the curves are left out of it although it is not their picture.
    needs : str
        A module without which it cannot be made, and that an installation may lack.
    """

    label: str
    title: str
    group: str
    mime: str
    make: Callable[[Task], str | bytes]
    row: str = ""
    fits: str = ""
    both: bool = False
    suffix: str = ""
    hides: bool = False
    needs: str = ""

    def look(self, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The options with which it shows what is seen; ``seen``: picture → those of its view."""
        hidden = seen.get("curves", {}).get("hidden", ()) if self.hides else ()
        return {**seen.get(self.fits or "arena", {}), **({"hidden": hidden} if hidden else {})}


def _picture(view: str, kind: str, mime: str) -> Export:
    row, needs = LABELS.get(view, view.capitalize()), exports.VIEWS[view].needs
    both = needs == "other"

    def make(task: Task) -> bytes:
        other = [task.replay(place) for place in range(1, len(task.runs))] or None
        table = task.maps.table() if needs == "table" else None
        looks = {"dark": task.dark, "cancelled": task.cancelled, **task.order.look}
        return exports.picture(task.replay(), view, kind, other=other, table=table, **looks)

    suffix = "" if view == "arena" else f"-{view}"  # the picture of a run is that of its arena
    return Export(kind.upper(), f"{row} as {kind.upper()}", "picture", mime, make, row, view, both, suffix)


def _film(kind: str) -> Callable[[Task], bytes]:
    def make(task: Task) -> bytes:
        return exports.film(task.runs[0], kind, dark=task.dark, **_stretch(task), **task.order.look)

    return make


def _stretch(task: Task) -> dict[str, Any]:
    return stretch_of(task.order, task.runs[0].k) | {"progress": task.progress, "cancelled": task.cancelled}


def _table(what: str) -> Callable[[Task], str]:
    return lambda task: exports.csv(task.replay(), what)


def _replay(task: Task) -> str:
    return exports.replay(task.runs[0], **_stretch(task), **task.order.look)


def _netcdf(task: Task) -> bytes:
    return exports.netcdf(task.replay())


def python_lines(task: Task) -> str:
    return exports.python_lines(task.runs[0])


def _of_map(label: str, title: str, mime: str, make: Callable[[Mapped], str | bytes]) -> Export:
    return Export(label, title, "data", mime, lambda task: make(task.maps), LABELS["map"], "map", suffix="-map")


GROUPS = {"picture": "Picture", "film": "Film", "data": "Data"}  # name → heading
NOTES = {
    "picture": "As the view is seen: zoom, axes, layers, without hidden lines; with the law of infinitely many agents where it is shown.",
    "film": "Films show the arena, a replay one curve as well; no side view and no law of infinitely many agents.",
    "data": "All that is recorded, hidden lines too.",
}  # group → what a visitor has to know before the choice
LACKING = {
    "imageio_ffmpeg": "No MP4 here: the server lacks imageio-ffmpeg, pip install 'swarmviz[films]'."
}  # module → what is said of it
LABELS = {"phase": "Phase space", "comparison": "A and B", "map": "Map"}  # of pictures; others are called what they are
NETCDF, PYTHON = "application/x-netcdf", "text/x-python"
PICTURES = {"png": "image/png", "svg": "image/svg+xml"}
EXPORTS: dict[str, Export] = {
    **{f"{view}.{kind}": _picture(view, kind, mime) for view in exports.VIEWS for kind, mime in PICTURES.items()},
    "film.mp4": Export("MP4", "Film as MP4", "film", "video/mp4", _film("mp4"), needs="imageio_ffmpeg"),
    "film.gif": Export("GIF", "Film as GIF", "film", "image/gif", _film("gif")),
    "replay.html": Export("HTML replay", "Replay as HTML", "film", "text/html", _replay, hides=True),
    "curves.csv": Export("Curves CSV", "Curves as CSV", "data", "text/csv", _table("curves"), suffix="-curves"),
    "states.csv": Export(
        "Agents CSV", "Agents at this step as CSV", "data", "text/csv", _table("states"), suffix="-states"
    ),
    "run.nc": Export("NetCDF", "Curves and agents as NetCDF", "data", NETCDF, _netcdf),
    "map.nc": _of_map(
        "NetCDF", "All runs of the map as NetCDF", NETCDF, lambda maps: exports.table_netcdf(maps.table())
    ),
    "map.csv": _of_map("CSV", "Cells of the map as CSV", "text/csv", lambda maps: exports.cells_csv(maps.table())),
    "map.py": _of_map(".py", "Python lines that make the same table as a file", PYTHON, lambda maps: maps.lines()),
    "lines.py": Export(".py", "Python lines as a file", "", PYTHON, python_lines),
}
"""Name → export; the name ends with the kind of the file."""


def offered() -> list[dict[str, Any]]:
    """The groups of buttons as the browser builds them: name, title, note, and rows of (label, buttons, picture that has to fit).

    What cannot be made with what is installed has no button; the note says what is missing.
    """
    groups: list[dict[str, Any]] = []
    lacking = {module for module in LACKING if importlib.util.find_spec(module) is None}
    for name, title in GROUPS.items():
        rows: dict[tuple[str, str], list[list[str]]] = {}
        notes = [NOTES[name]] if name in NOTES else []
        for what, export in EXPORTS.items():
            if export.group == name and export.needs in lacking:
                notes.append(LACKING[export.needs])
            elif export.group == name:
                rows.setdefault((export.row, export.fits), []).append([what, export.label, export.title])
        groups.append(
            {
                "name": name,
                "title": title,
                "note": " ".join(notes),
                "rows": [[row, buttons, fits] for (row, fits), buttons in rows.items()],
            }
        )
    return groups


def stretch_of(order: Order, k: int) -> dict[str, Any]:
    """The fields of a film as numbers: an empty one is the start, the present step, or the pace that gives ``FILM_PICTURES``.

    Raises
    ------
    ValueError
        When a field holds something else; names it.
    """
    start, stop = _whole("from", order.start, 0), _whole("to", order.stop, k)
    if not start < stop <= k:
        raise ValueError(f"from = {start}, to = {stop}: must be 0 ≤ from < to ≤ {k}, the present step")
    return {
        "start": start,
        "stop": stop,
        "every": _whole("every", order.every, max(1, -(-(stop - start) // (FILM_PICTURES - 1)))),
    }


def _whole(name: str, text: str, default: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} = {text[:20]!r}: must be a whole number ≥ 0, or empty")
    if len(text) > MAX_DIGITS:
        raise ValueError(f"{name} = {text[:20]}…: must have at most {MAX_DIGITS} digits")
    return int(text)
