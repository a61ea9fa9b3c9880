"""Rows of the form from declarations, and no name of a dynamics or of its parameters in the page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from components.controls.rows import rows_of
from swarmviz import Swarm, dynamics, landscapes
from swarmviz.parameters import Choice, Real, Switch, TimeDependent, Vector, written

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


ROOT = Path(__file__).parents[2]
GENERAL = [  # what shows any dynamics
    ROOT / "app.py",
    *(ROOT / "components" / name for name in ("session.py", "text.py", "page/theme.py", "links/permalink.py")),
    *sorted((ROOT / "components" / "controls").glob("*.py")),
    *sorted((ROOT / "components" / "playback").glob("*.py")),
]
PARAMETERS = {name for cls in dynamics.ALL.values() for name in cls.declared() if len(name) > 2}
OF_THE_PAGE = {  # words that are also names of parameters: attributes anywhere, texts in one file
    ast.Attribute: {"form", "speed"},
    "form.py": {"form"},  # its script
    "player.py": {"speed"},  # a message of the bar
}


def named(file):
    """The dynamics, and the parameters of them, that a file names as a text or as an attribute."""
    found = {ast.Constant: set(), ast.Attribute: set()}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant | ast.Attribute):
            word = node.value if isinstance(node, ast.Constant) else node.attr
            found[type(node)] |= {word} & (PARAMETERS | set(dynamics.ALL)) if isinstance(word, str) else set()
    return (found[ast.Attribute] - OF_THE_PAGE[ast.Attribute]) | (
        found[ast.Constant] - OF_THE_PAGE.get(file.name, set())
    )


@pytest.mark.parametrize("file", GENERAL, ids=lambda path: path.name)
def test_no_line_of_the_page_names_a_dynamics_or_a_parameter_of_one(file):
    assert not named(file)


@pytest.mark.parametrize("line", ["part.sigma", "'sigma'  # a comment", "if kind == 'CBO': pass", "values['form']"])
def test_a_name_is_found_wherever_it_stands(line, tmp_path):
    (tmp_path / "some.py").write_text(f"# first a comment\n{line}\n")
    assert named(tmp_path / "some.py")


@pytest.mark.parametrize("file", sorted((ROOT / "assets").glob("*.js")), ids=lambda path: path.name)
def test_no_script_names_a_dynamics(file):
    code = re.sub(r"//.*", "", file.read_text(encoding="utf-8"))
    assert not {name for name in dynamics.ALL if re.search(rf"""["'.]{name}["']""", code)}
