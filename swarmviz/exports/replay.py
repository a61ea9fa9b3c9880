"""A replay of a run as one HTML file: no server, no network, at most 3 MB; play, pause, scrub, and what the run was made of."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.landscape import slice_point
from swarmviz.drawing.landscape_image import shade_colours
from swarmviz.drawing.layers import Layers, checked
from swarmviz.drawing.thinning import thin
from swarmviz.exports.metadata import as_text, checked_label, metadata, title
from swarmviz.exports.script import python_lines
from swarmviz.exports.take import Take
from swarmviz.replay import RunSpec, check_of, ignore, never, run_of
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import set_symbols

MAX_FRAMES = 3000
MAX_POINTS = 600  # of the curve
MAX_TEXT_CHARS = 100_000  # characters of metadata and of Python lines; a table of points is left out beyond


def replay(
    what: RunSpec | Simulation,
    *,
    start: int = 0,
    stop: int | None = None,
    every: int = 1,
    region: Sequence[float] | None = None,
    progress: Callable[[int, int], None] = ignore,
    cancelled: Callable[[], bool] = never,
    label: str = "",
    hidden: Sequence[str] = (),
    **layers: bool,
) -> str:
    """A page that plays the run from step ``start`` to ``stop``.

    Agents are drawn at positions rounded to 1/65535 of twice the view. Of more than a thousand agents (fewer when there are many
    frames), some are drawn and the page says so; more than two dimensions are projected to the first two.

    Parameters
    ----------
    what, start, stop, every, region, progress, cancelled, label
        As in :func:`swarmviz.exports.film`; a trail goes through the frames before.
    hidden : sequence of str
        Names of observables that are not drawn over the steps.
    **layers : bool
        ``trails``, ``arrows``, ``links``, ``contours``: whether they are shown; True when absent. ``inset`` means nothing here.

    Returns
    -------
    str
        The text of an HTML file of at most 3 MB, with the metadata in the element ``metadata`` as JSON.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true.
    ValueError
        When the frames are fewer than two or more than ``MAX_FRAMES``, the region is out of range, a layer is neither shown nor not,
        or the label or what is hidden is no text.
    """
    if unknown := [name for name in layers if name not in Layers._fields]:
        raise TypeError(f"replay() got an unexpected keyword argument {unknown[0]!r}")
    shown, label = checked(**layers), checked_label(label)
    if isinstance(hidden, str) or not all(isinstance(name, str) for name in hidden):
        raise ValueError(f"hidden = {hidden!r:.100}: must be a sequence of texts")
    run = run_of(what)
    steps = run.steps(start, stop, every, MAX_FRAMES)
    take = Take(len(steps), region, shown)
    for done, sim in enumerate(run.frames(steps, check_of(cancelled)), 1):
        take.add(sim)
        progress(done, len(steps))
    header, block = take.pack()
    about = metadata(run) | {"frames": {"start": steps[0], "stop": steps[-1], "every": steps.step}}
    script = python_lines(sim)
    header |= {
        **look(sim, f"{label} · {title(run)}" if label else title(run), shown, hidden),
        "events": run_events(sim),
        "script": script if len(script) <= MAX_TEXT_CHARS else "# left out: its table of points is too long for a page",
    }
    header["notes"] += notes_of(sim)
    return page(header, _short(about), block)


def look(sim: Simulation, name: str, shown: Layers, hidden: Sequence[str] = ()) -> dict[str, Any]:
    """What a header says besides the frames: title, labels, colours, and the curve over the steps."""
    return {
        "title": name,
        "labels": axis_labels(sim),
        "themes": themes_of(shown.contours),
        "curve": run_curve(sim, hidden),
    }


def axis_labels(sim: Simulation) -> list[str]:
    """What the axes of the arena are called."""
    return ["x", "F(x)"] if sim.frame.d == 1 else ["x₁", "x₂"]


def notes_of(sim: Simulation) -> list[str]:
    """What is not seen of the last frame, and what it says of itself."""
    frame = sim.frame
    where = slice_point(sim.landscape, frame.d)[1] if frame.d > 2 else ""
    return [f"d = {frame.d}: slice through {where}, agents projected"] * (frame.d > 2) + list(frame.notes)


def themes_of(contours: bool) -> dict[str, Any]:
    """The colours of both themes, with those of the numbers in the image of a landscape."""
    return {
        theme.name: theme._asdict() | {"shades": style.hex_colours(shade_colours(theme, contours))}
        for theme in (style.LIGHT, style.DARK)
    }


def run_curve(sim: Simulation, hidden: Sequence[str] = ()) -> dict[str, Any] | None:
    """The provisional minimum, or else the first observable that is not hidden; above min F on a logarithmic axis where that is known."""
    known = {o.name: o for o in sim.dynamics.observables if o.name not in hidden}
    if not known:
        return None
    observable = known.get("provisional_minimum") or next(iter(known.values()))
    k, y = sim.record["k"], sim.record[observable.name]
    alike = observable.panel == "value" and all(entry.landscape.same_as(sim.landscape) for entry in sim.journal)
    lowest = sim.landscape.minimum(sim.frame.d) if alike else None
    log = lowest is not None and bool((y - lowest > 0).any()) and sim.frame.occupation is None
    k, height = thin(k, np.where(y > lowest, y - lowest, np.nan) if log else y, MAX_POINTS)
    label = set_symbols(observable.symbol) + " − min F" * log
    values = [None if not np.isfinite(v) else float(f"{v:.6g}") for v in height]
    return {"label": label, "meaning": observable.meaning, "log": log, "k": k.tolist(), "y": values}


def run_events(sim: Simulation) -> list[dict[str, Any]]:
    """What happened until the last frame: the title of each kind, and the steps."""
    found: dict[str, list[int]] = {}
    for event in sim.events:
        found.setdefault(event.kind.title, []).append(event.k)
    return [{"title": kind, "k": steps} for kind, steps in found.items()]


def _short(about: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(about)) <= MAX_TEXT_CHARS:
        return about
    return json.loads(as_text(about, MAX_TEXT_CHARS))


def page(header: dict[str, Any], about: dict[str, Any], block: bytes, live: str = "") -> str:
    """The page that plays what a take has packed; ``live`` is a script that asks for more."""
    parts = {
        "TITLE": escape(header["title"]),
        "RUN": page_json(header),
        "METADATA": page_json(about),
        "DATA": packed_text(block),
        "PLAYER": source("swarmviz.exports", "player.js"),
        "LIVE": live,
    }
    return filled(source("swarmviz.exports", "replay.html"), parts)


def source(package: str, name: str) -> str:
    """A text file of a package."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def filled(template: str, parts: Mapping[str, str]) -> str:
    """A template with a part in place of each ``@@NAME@@``; what stands in a part stays as it is."""
    return re.sub(r"@@(\w+)@@", lambda mark: parts[mark[1]], template)


def packed_text(block: bytes) -> str:
    """Bytes as the player unpacks them: gzip in base64."""
    return base64.b64encode(gzip.compress(block, 9, mtime=0)).decode()


def page_json(content: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
