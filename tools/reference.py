"""Writes docs/reference.md, docs/claims.md and the table of dynamics in README.md: .venv/bin/python tools/reference.py

A test fails when the files say something else than the declarations.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from swarmviz import dynamics, landscapes, presets, schedules  # noqa: E402  (from this checkout)
from swarmviz.parameters import Choice, Described, Real, Whole  # noqa: E402
from swarmviz.swarm import Swarm  # noqa: E402
from swarmviz.theory.listing import listing  # noqa: E402

TABLE = re.compile(r"(?<=<!-- dynamics -->\n).*?(?=<!-- end -->)", re.DOTALL)


def cell(text: object) -> str:
    """Text that stays within its cell."""
    return str(text).replace("|", r"\|").replace("\n", " ")


def row(*cells: object) -> str:
    return f"| {' | '.join(cell(c) for c in cells)} |\n"


def table(*heads: str) -> str:
    return row(*heads) + "|" + "---|" * len(heads) + "\n"


def dynamics_table() -> str:
    """One line per dynamics: name, source, presets."""
    text = table("dynamics", "from", "presets")
    for name, cls in dynamics.ALL.items():
        known = presets.of(name)
        failing = sum(preset.fails for preset in known)
        text += row(f"`{name}`: {cls.title}", cls.reference, f"{len(known)}, of which {failing} fail on purpose")
    return text


def range_of(declared: object) -> str:
    """The values that a parameter may have."""
    if isinstance(declared, Choice):
        return ", ".join(f"`{name}`" for name in declared.objects)
    if isinstance(declared, Real | Whole) and declared.bounds:
        low, high = declared.bounds
        return f"{low:g} to {high:g}" + (", or a schedule" if getattr(declared, "schedulable", False) else "")
    return ""


def parameters(owner: type[Described]) -> str:
    """The declared parameters of a class."""
    if not owner.declared():
        return "No parameters.\n"
    text = table("parameter", "symbol", "default", "range", "meaning")
    for name, declared in owner.declared().items():
        text += row(f"`{name}`", declared.symbol, f"`{declared.default!r}`", range_of(declared), declared.doc)
    return text


def section(name: str, cls: type, level: int = 3) -> str:
    """Title, formula, source and parameters of a dynamics, landscape or schedule."""
    equation = cls.equation if isinstance(cls.equation, str) else ""
    parts = [f"{'#' * level} `{name}`: {cls.title}"]
    parts += [f"$$ {equation} $$"] if equation else []
    parts += [f"Source: {cls.reference}."] if getattr(cls, "reference", "") else []
    parts += [cls.remark] if getattr(cls, "remark", "") else []
    return "\n\n".join([*parts, parameters(cls)]) + "\n"


def observables(cls: type) -> str:
    text = table("observable", "symbol", "meaning")
    for o in cls().observables:
        text += row(f"`{o.name}`", o.symbol, o.meaning)
    return text + "\n"


def reference() -> str:
    """The whole page."""
    text = "# Reference\n\nWritten by `tools/reference.py` from the declarations in the core; edit those.\n\n## Dynamics\n\n"
    for name, cls in dynamics.ALL.items():
        text += section(name, cls) + "It records:\n\n" + observables(cls)
    text += "## Swarm\n\n" + parameters(Swarm) + "\n## Landscapes\n\n"
    text += "".join(section(name, cls) for name, cls in landscapes.ALL.items())
    text += "## Schedules\n\n"
    text += "".join(f"### `{name}`\n\n{parameters(cls)}\n" for name, cls in schedules.ALL.items())
    return text.rstrip() + "\n"


def readme(text: str) -> str:
    """README.md with the table of dynamics as it should be."""
    return TABLE.sub(lambda found: dynamics_table(), text)


if __name__ == "__main__":
    (ROOT / "docs" / "reference.md").write_text(reference(), encoding="utf-8")
    (ROOT / "docs" / "claims.md").write_text(listing(), encoding="utf-8")
    path = ROOT / "README.md"
    path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")
