"""Two houses with one door: what may import what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "swarmviz").rglob("*.py"))
PAGE = sorted((ROOT / "components").rglob("*.py"))
FOREIGN = {"panel", "bokeh", "holoviews", "panel_material_ui", "tornado"}
OPTIONAL = {"matplotlib", "imageio", "imageio_ffmpeg", "PIL"}  # the extra "pictures"


def imported(path):
    """The modules that a file imports, in every form of import, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from filter(is_module, (f"{node.module}.{alias.name}" for alias in node.names))


def is_module(name):
    """Whether a dotted name is a module or a package of this project: ``from components import session`` imports one."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_importing_every_module_of_the_core_never_loads_the_page():
    modules = [".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in CORE]
    code = f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not (FOREIGN | OPTIONAL) & {name.split(".")[0] for name in loaded}
    assert "components" not in {name.split(".")[0] for name in loaded}


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_inside_the_core_point_one_way(path):
    """dynamics → {landscapes.base, noise, …} → {frame, parameters}; only the simulation, theory and entry points know all."""
    names = {n for n in imported(path) if n.startswith("swarmviz.")}
    part = path.relative_to(ROOT / "swarmviz").parts[0]
    if part == "dynamics":
        assert not {n for n in names if n.startswith(("swarmviz.theory", "swarmviz.simulation", "swarmviz.swarm"))}
        assert {n for n in names if n.startswith("swarmviz.landscapes")} <= {
            "swarmviz.landscapes.base"
        } or path.name == "__init__.py"
    elif part == "landscapes":
        assert not {n for n in names if n.startswith(("swarmviz.dynamics", "swarmviz.theory", "swarmviz.simulation"))}
    elif part in ("frame.py", "parameters.py"):
        assert names <= {"swarmviz.parameters"}


@pytest.mark.parametrize("path", PAGE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_line_of_the_page_names_a_dynamics_or_a_landscape(path):
    import swarmviz as sv

    tree = ast.parse(path.read_text())
    words = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
    }
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert not (words | strings) & {*sv.dynamics.ALL, *sv.landscapes.ALL}


PARTS = set(
    "arena compare comparison controls curves density equation history luck occupation permalink phase side touch transport".split()
)
ON_TOP = {"session", "bench", "builder", "choices", "links", "player"}  # what puts the parts together, and its helpers


@pytest.mark.parametrize("path", PAGE, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_parts_of_the_page_do_not_know_each_other_only_the_session_does(path):
    """What they share (the looks, the figures' helpers, the text) knows none of them."""
    names = {n.split(".")[1] for n in imported(path) if n.startswith("components.")}
    assert path.stem == "session" or "session" not in names
    assert path.stem in ON_TOP or not names & (PARTS | ON_TOP)


@pytest.mark.parametrize(
    "line, module",
    [
        ("import components.session", "components.session"),
        ("from components import session", "components.session"),
        ("from components.session import Session", "components.session"),
        ("from swarmviz import theory as other", "swarmviz.theory"),
        ("def late():\n    from swarmviz import exports", "swarmviz.exports"),
    ],
)
def test_the_contract_sees_every_form_of_import(line, module, tmp_path):
    """One that it did not see had let a module in that it forbids."""
    (tmp_path / "some.py").write_text(line)
    assert module in set(imported(tmp_path / "some.py"))
