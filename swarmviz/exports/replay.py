"""A replay of a run as one HTML file: no server, no network, at most 3 MB; play, pause, scrub, and what the run was made of."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from html import escape
from importlib import resources
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.landscape import slice_point
from swarmviz.drawing.landscape_image import shade_colours
from swarmviz.drawing.thinning import thin
from swarmviz.exports.metadata import as_text, metadata, title
from swarmviz.exports.script import python_lines
from swarmviz.exports.take import Take
from swarmviz.replay import RunSpec, check_of, ignore, never, run_of
from swarmviz.simulation import Simulation

MAX_FRAMES = 3000
MAX_POINTS = 600  # of the curve
MAX_TEXT_CHARS = 100_000  # characters of metadata and of Python lines; a table of points is left out beyond


def replay(
    what: RunSpec | Simulation,
    *,
    start: int = 0,
    stop: int | None = None,
    every: int = 1,
    progress: Callable[[int, int], None] = ignore,
    cancelled: Callable[[], bool] = never,
) -> str:
    """A page that plays the run from step ``start`` to ``stop``.

    Agents are drawn at positions rounded to 1/65535 of twice the view. Of more than a thousand agents (fewer when there are many
    frames), some are drawn and the page says so; more than two dimensions are projected to the first two.

    Parameters
    ----------
    what, start, stop, every, progress, cancelled
        As in :func:`swarmviz.exports.film`.

    Returns
    -------
    str
        The text of an HTML file of at most 3 MB, with the metadata in the element ``metadata`` as JSON.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true.
    ValueError
        When the frames are fewer than two or more than ``MAX_FRAMES``.
    """
    run = run_of(what)
    steps = run.steps(start, stop, every, MAX_FRAMES)
    take = Take(len(steps))
    for done, sim in enumerate(run.frames(steps, check_of(cancelled)), 1):
        take.add(sim)
        progress(done, len(steps))
    header, block = take.pack()
    about = metadata(run) | {"frames": {"start": steps[0], "stop": steps[-1], "every": steps.step}}
    script = python_lines(sim)
    header |= {
        "title": title(run),
        "labels": ["x", "F(x)"] if sim.frame.d == 1 else ["x₁", "x₂"],
        "themes": {theme.name: _theme(theme) for theme in (style.LIGHT, style.DARK)},
        "curve": run_curve(sim),
        "script": script if len(script) <= MAX_TEXT_CHARS else "# left out: its table of points is too long for a page",
    }
    if sim.frame.d > 2:
        where = slice_point(sim.landscape, sim.frame.d)[1]
        header["notes"].append(f"d = {sim.frame.d}: slice through {where}, agents projected")
    header["notes"] += sim.frame.notes
    return _page(header, _short(about), block)


def _theme(theme: style.Theme) -> dict[str, Any]:
    """The colours of a theme, with those of the numbers in the image of a landscape."""
    return theme._asdict() | {"shades": style.hex_colours(shade_colours(theme))}


def run_curve(sim: Simulation) -> dict[str, Any]:
    """The provisional minimum, or else the first observable; above min F on a logarithmic axis where that is known."""
    known = {o.name: o for o in sim.dynamics.observables}
    observable = known.get("provisional_minimum") or next(iter(known.values()))
    k, y = sim.record["k"], sim.record[observable.name]
    alike = observable.panel == "value" and all(entry.landscape.same_as(sim.landscape) for entry in sim.journal)
    lowest = sim.landscape.minimum(sim.frame.d) if alike else None
    log = lowest is not None and bool((y - lowest > 0).any()) and sim.frame.occupation is None
    k, height = thin(k, np.where(y > lowest, y - lowest, np.nan) if log else y, MAX_POINTS)
    label = f"{observable.symbol} − min F" if log else observable.symbol
    values = [None if not np.isfinite(v) else float(f"{v:.6g}") for v in height]
    return {"label": label, "meaning": observable.meaning, "log": log, "k": k.tolist(), "y": values}


def _short(about: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(about)) <= MAX_TEXT_CHARS:
        return about
    return json.loads(as_text(about, MAX_TEXT_CHARS))


def _page(header: dict[str, Any], about: dict[str, Any], block: bytes) -> str:
    template = resources.files("swarmviz.exports").joinpath("replay.html").read_text(encoding="utf-8")
    data = base64.b64encode(gzip.compress(block, 9, mtime=0)).decode()
    parts = {"TITLE": escape(header["title"]), "RUN": _json(header), "METADATA": _json(about), "DATA": data}
    return re.sub(r"@@(\w+)@@", lambda mark: parts[mark[1]], template)


def _json(content: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
