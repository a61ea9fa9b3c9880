"""What every export says of its origin: version, parameters, seed, and what was changed while the swarm ran."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import numpy as np

import swarmviz
from swarmviz.exports.run import Run, run_of
from swarmviz.parameters import Described, _same
from swarmviz.schedules import Schedule
from swarmviz.simulation import Entry, Simulation


def metadata(what: Run | Simulation) -> dict[str, Any]:
    """Everything that makes a run what it is, as plain values that JSON can hold.

    Returns
    -------
    dict
        ``program, version, title, seed, k, t, every`` (of the record), ``dynamics, landscape, swarm`` (name and all declared
        parameters; those in force at step k, and the swarm that the run was born with), ``journal`` (the parameters at step 0, then for
        each later change its step and the values that it changed).
    """
    run = run_of(what)
    return {
        "program": "swarmviz",
        "version": swarmviz.__version__,
        "title": title(run),
        "seed": run.initial_swarm.seed,
        "k": run.k,
        "t": run.t,
        "every": run.options.get("every", 1),
        "dynamics": _part(run.now.dynamics),
        "landscape": _part(run.now.landscape),
        "swarm": _part(run.initial_swarm),
        "journal": _journal(run.journal),
    }


def title(what: Run | Simulation) -> str:
    """What a person would call the run."""
    run = run_of(what)
    _, dynamics, landscape = run.now
    return f"{dynamics.title} on {landscape.title}, N = {run.initial_swarm.n:,}, d = {run.initial_swarm.d}, seed {run.initial_swarm.seed}"


def as_text(content: dict[str, Any], longest: int | None = None) -> str:
    """The metadata as JSON in ASCII; what makes it longer than ``longest`` characters, a table of points, is then only counted."""
    text = json.dumps(content)
    if longest is not None and len(text) > longest:
        text = json.dumps(_counted(content))
    return text


def file_name(what: Run | Simulation, suffix: str) -> str:
    """A telling name for a file, for example ``swarmviz-CBO-Rastrigin-seed7-k100.png``."""
    run = run_of(what)
    kinds = (type(part).__name__ for part in (run.now.dynamics, run.now.landscape))
    parts = ("swarmviz", *kinds, f"seed{run.initial_swarm.seed}", f"k{run.k}")
    return re.sub(r"[^\w.-]", "_", "-".join(parts)) + suffix


def plain(value: Any) -> Any:
    """A parameter's value as JSON can hold it; a schedule becomes its name and its values."""
    if isinstance(value, Schedule):
        return {"schedule": type(value).__name__} | values_of(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(v) for v in value]
    return value


def values_of(part: Described) -> dict[str, Any]:
    """All declared parameters of a part by their names, as JSON can hold them."""
    return {name: plain(value) for name, value in part.values_now().items()}


def changes(before: Described, after: Described) -> dict[str, Any]:
    """Name → new value of each declared parameter that differs; all of them when the kind differs."""
    values = after.values_now()
    if type(before) is not type(after):
        return values
    old = before.values_now()
    return {name: value for name, value in values.items() if not _same(value, old[name])}


def _part(part: Described) -> dict[str, Any]:
    name = type(part).__name__
    return {"name": name, "title": getattr(part, "title", name), "parameters": values_of(part)}


def _journal(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    birth = entries[0]
    out: list[dict[str, Any]] = [{"k": 0, "dynamics": _part(birth.dynamics), "landscape": _part(birth.landscape)}]
    for before, entry in itertools.pairwise(entries):
        note: dict[str, Any] = {"k": entry.k}
        for what in ("dynamics", "landscape"):
            old, new = getattr(before, what), getattr(entry, what)
            changed = {name: plain(value) for name, value in changes(old, new).items()}
            if changed or type(old) is not type(new):
                note[what] = {"name": type(new).__name__, "parameters": changed}
        out.append(note)
    return out


def _counted(content: Any) -> Any:
    """A copy in which a long list is only counted."""
    if isinstance(content, dict):
        return {name: _counted(value) for name, value in content.items()}
    if isinstance(content, list):
        return f"{len(content)} rows, left out" if len(content) > 100 else [_counted(value) for value in content]
    return content
