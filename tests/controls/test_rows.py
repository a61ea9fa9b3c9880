"""Rows of the form from declarations, and no name of a dynamics or of its parameters in the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.controls.rows import rows_of
from components.text import written
from swarmviz import Swarm, dynamics, landscapes
from swarmviz.parameters import Choice, Real, Switch, TimeDependent, Vector

OWNERS = [*dynamics.ALL.values(), *landscapes.ALL.values(), Swarm]


@pytest.mark.parametrize("owner", OWNERS, ids=lambda cls: cls.__name__)
def test_every_declared_parameter_has_a_control_that_shows_its_value(owner):
    part = owner()
    rows = {row.name: row for row in rows_of(part, "p")}
    for name, declared in part.declared().items():
        value = getattr(part, name)
        moving = isinstance(value, TimeDependent)
        row = rows[f"p.{name}.kind" if moving else f"p.{name}"]
        assert row.symbol and row.doc
        if moving:
            assert row.value == type(value).__name__
            continue
        kinds = {Real: "number", Choice: "choice", Switch: "switch", Vector: "text"}
        kind = next((kinds[cls] for cls in type(declared).__mro__ if cls in kinds), "text")
        assert row.kind == kind
        assert row.value == (
            value if kind != "text" else written(value) if isinstance(declared, Vector) else str(value)
        )
        if kind == "number" and row.slider:
            low, high = row.slider["low"], row.slider["high"]
            assert low < high and declared.contains(low) and declared.contains(high)
            assert low > 0 or not row.slider["log"]


def test_no_line_of_the_page_names_a_dynamics_or_a_parameter_of_one():
    own = {name for cls in dynamics.ALL.values() for name in cls.declared()} - {
        "batch",
        "boundary",
        "noise",
        "dt",
        "scheme",
        "form",
        "memory",
    }
    names = set(dynamics.ALL) | {name for name in own if len(name) > 2}
    root = Path(__file__).parents[2]
    page = root / "components"
    mine = [
        root / "app.py",
        *(page / name for name in ("session.py", "text.py", "page/theme.py", "links/permalink.py")),
        *(page / "controls").glob("*.py"),
        *(page / "playback").glob("*.py"),
    ]
    assert len(mine) > 15
    for file in [*mine, *(root / "assets").glob("*.js")]:
        code = re.sub(
            r'""".*?"""|#.*|//.*', "", file.read_text(encoding="utf-8"), flags=re.S if file.suffix == ".py" else 0
        )
        found = {
            name
            for name in (names if file.suffix == ".py" else dynamics.ALL)
            if re.search(rf"""["'.]{name}["']""", code)
        }
        assert not found, f"{file.name}: {found}"
