"""What every export says of its origin: version, parameters, seed, and what was changed while the swarm ran."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from swarmviz.journal import Journal
from swarmviz.replay import RunSpec, run_of
from swarmviz.serialise import changes, plain, titled
from swarmviz.simulation import Simulation
from swarmviz.version import __version__

MAX_LABEL_CHARS = 200


def checked_label(label: Any) -> str:
    """What a title begins with, such as what one of two runs has otherwise than the other; refuses what is no text, or too long."""
    if not isinstance(label, str) or len(label) > MAX_LABEL_CHARS:
        raise ValueError(f"label = {repr(label)[:80]}: must be a text of at most {MAX_LABEL_CHARS} characters")
    return label


def metadata(what: RunSpec | Simulation) -> dict[str, Any]:
    """Everything that makes a run what it is, as plain values that JSON can hold.

    Returns
    -------
    dict
        ``program, version, title, seed, k, t, every`` (with which the record began), ``dynamics, landscape, swarm`` (name and all declared
        parameters; those that act at step k, and the swarm at the start), ``journal`` (the parameters at step 0, then for each later change
        its step and the values that it changed).
    """
    run = run_of(what)
    return {
        "program": "swarmviz",
        "version": __version__,
        "title": title(run),
        "seed": run.swarm.seed,
        "k": run.k,
        "t": run.t,
        "every": run.options.get("every", 1),
        "dynamics": titled(run.now.dynamics),
        "landscape": titled(run.now.landscape),
        "swarm": titled(run.swarm),
        "journal": _journal(run.journal),
    }


def title(what: RunSpec | Simulation) -> str:
    """A name for the run."""
    run = run_of(what)
    _, dynamics, landscape = run.now
    return f"{dynamics.title} on {landscape.title}, N = {run.swarm.n:,}, d = {run.swarm.d}, seed {run.swarm.seed}"


def as_text(content: dict[str, Any], longest: int | None = None) -> str:
    """The metadata as JSON in ASCII; what makes it longer than ``longest`` characters, a table of points, is then only counted."""
    text = json.dumps(content)
    if longest is not None and len(text) > longest:
        text = json.dumps(_counted(content))
    return text


def file_name(what: RunSpec | Simulation, suffix: str, *, of_run: bool = True) -> str:
    """A name for a file, for example ``swarmviz-CBO-Rastrigin-seed7-k100.png``; of many runs (not ``of_run``) without seed and step."""
    run = run_of(what)
    kinds = (type(part).__name__ for part in (run.now.dynamics, run.now.landscape))
    parts = ("swarmviz", *kinds, *((f"seed{run.swarm.seed}", f"k{run.k}") if of_run else ()))
    return re.sub(r"[^\w.-]", "_", "-".join(parts)) + suffix


def _journal(journal: Journal) -> list[dict[str, Any]]:
    first = journal[0]
    out: list[dict[str, Any]] = [{"k": 0, "dynamics": titled(first.dynamics), "landscape": titled(first.landscape)}]
    for before, change in itertools.pairwise(journal):
        note: dict[str, Any] = {"k": change.k}
        for what in ("dynamics", "landscape"):
            old, new = getattr(before, what), getattr(change, what)
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
