"""Two packages with one door, and floors in each: what may import what. The folders are the rule; a new one needs a line here."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "swarmviz").rglob("*.py"))
PAGE = sorted((ROOT / "components").rglob("*.py"))
VIEWS = sorted(
    path
    for path in (ROOT / "components" / "views").rglob("*.py")
    if path.parent.name != "views" or path.stem != "__init__"
)
FOREIGN = {"panel", "bokeh", "holoviews", "panel_material_ui", "tornado"}
OPTIONAL = {"matplotlib", "imageio", "imageio_ffmpeg", "PIL"}  # the extras "pictures" and "films"

# Files and folders of a package, lowest floor first. A module imports from its own folder and from lower floors, nothing else.
CORE_FLOORS = (
    {"version", "files", "temporary", "parameters", "summary", "threads"},
    {"frame", "schedules", "record", "kernels"},
    {"landscapes"},
    {"success", "swarm"},
    {"events"},
    {"dynamics"},
    {"journal", "snapshots"},
    {"event_log"},
    {"laws"},
    {"simulation", "serialise"},
    {"replay"},
    {"theory", "presets", "ensembles"},
    {"drawing", "typed"},
    {"compilers"},
    {"exports", "plot", "lessons"},
    {"explore", "handout", "notebook", "papers"},
    {"gallery"},
    {"swarmviz"},  # the names that the package gives
    {"warm", "cli"},
    {"__main__"},
)
# Which view uses a part of another; else a view has its own files, and what all share.
SHARED_VIEWS = {"base", "buttons", "figures"}
BETWEEN_VIEWS = {
    "comparison": {"components.views.curves.curve_plot"},
    "mass": {"components.views.arena.agents"},
    "phase_space": {"components.views.arena.agents"},
}
PAGE_FLOORS = (
    {"assets", "compiling", "palette", "tally", "turns", "text", "under_way", "weakly"},
    {"background", "uploads"},
    {"server"},
    {"state", "law", "maps", "replicas"},
    {"views"},
    {"controls"},
    {"playback"},
    {"page"},
    {"lessons"},
    {"links"},
    {"gallery"},
    {"session", "explore"},
    {"visit"},
    {"script"},
    {"components"},
)


def imported(path):
    """The modules that a file imports, in every form of import, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level and node.module, f"{path}, line {node.lineno}: a relative import hides where it leads"
            modules = [name for alias in node.names if is_module(name := f"{node.module}.{alias.name}")]
            yield from modules
            if len(modules) < len(node.names):
                yield node.module


def is_module(name):
    """Whether a dotted name is a module or a package of this project: ``from components import session`` imports one."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def module(path):
    """The dotted name of a file of this project."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room(name):
    """The file or folder of its package in which a module lies: ``components.views.arena.plane`` → views."""
    return (*name.split("."), name)[1]


def view_of(name):
    """The file or folder of the views in which a module of theirs lies: ``components.views.arena.plane`` → arena."""
    return (*name.split("."), "", "")[2]


def upward(name, names, floors):
    """Those of the modules ``names`` that the floor of the module ``name`` does not allow."""
    place = {part: height for height, floor in enumerate(floors) for part in floor}
    package, here = name.split(".")[0], room(name)
    assert here in place, f"{here} is on no floor: give it one in {Path(__file__).name}"
    others = {n for n in names if n.split(".")[0] == package and room(n) != here}
    return {n for n in others if place[room(n)] >= place[here]}


def test_importing_every_module_of_the_core_never_loads_the_page():
    modules = [module(path) for path in CORE]
    code = f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not (FOREIGN | OPTIONAL) & {name.split(".")[0] for name in loaded}
    assert "components" not in {name.split(".")[0] for name in loaded}


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_inside_the_core_point_downwards(path):
    names = set(imported(path))
    assert not upward(module(path), names, CORE_FLOORS)
    allowed = {"holoviews"} if room(module(path)) == "plot" else set()  # where it is asked for, see the test above
    assert not {name for name in names if name.split(".")[0] in (FOREIGN | {"components"}) - allowed}, (
        "the core knows no page"
    )
    if room(module(path)) == "dynamics":  # a dynamics knows what a landscape is, and no landscape; of a swarm nothing
        known = {name for name in names if name.startswith(("swarmviz.landscapes", "swarmviz.swarm"))}
        assert known <= {"swarmviz.landscapes.base", "swarmviz.landscapes.basins"}


@pytest.mark.parametrize("path", PAGE, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_inside_the_page_point_downwards(path):
    assert not upward(module(path), imported(path), PAGE_FLOORS)


@pytest.mark.parametrize("path", VIEWS, ids=lambda p: str(p.relative_to(ROOT)))
def test_views_use_what_all_share_and_hardly_anything_of_each_other(path):
    """A view can then be written, or be left out, without a look at the others; ``__init__`` lists them."""
    here, others = view_of(module(path)), set()
    for name in imported(path):
        if name.startswith("components.views") and view_of(name) not in {here, *SHARED_VIEWS}:
            others.add(name)
    assert others <= BETWEEN_VIEWS.get(here, set())


def test_no_modules_import_each_other_in_a_circle():
    graph = {module(path): set(imported(path)) for path in (*CORE, *PAGE)}
    packages = {module(path) for path in (*CORE, *PAGE) if path.name == "__init__.py"}
    for name, needs in graph.items():  # a package's face is not what its own modules need
        needs -= {name, *(package for package in packages if name.startswith(f"{package}."))}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("path", PAGE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_line_of_the_page_names_a_dynamics_or_a_landscape(path):
    import swarmviz as sv

    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
    }
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").split(".")[0] in FOREIGN]
    theirs = {name.asname or name.name for n in imports for name in n.names}  # Bokeh has a Grid, too
    assert not ((words - theirs) | strings) & {*sv.dynamics.ALL, *sv.landscapes.ALL}


@pytest.mark.parametrize(
    "line, name",
    [
        ("import components.session", "components.session"),
        ("from components import session", "components.session"),
        ("from components.session import Session", "components.session"),
        ("from swarmviz import theory as other", "swarmviz.theory"),
        ("from swarmviz import Simulation", "swarmviz"),
        ("def late():\n    from swarmviz import exports", "swarmviz.exports"),
    ],
)
def test_the_contract_sees_every_form_of_import(line, name, tmp_path):
    """One that it did not see had let a module in that it forbids."""
    (tmp_path / "some.py").write_text(line)
    assert name in set(imported(tmp_path / "some.py"))


@pytest.mark.parametrize("line", ["from . import session", "from .session import Session", "from ..page import theme"])
def test_a_relative_import_is_refused(line, tmp_path):
    (tmp_path / "some.py").write_text(f"def late():\n    {line}")
    with pytest.raises(AssertionError, match="relative import"):
        set(imported(tmp_path / "some.py"))


@pytest.mark.parametrize(
    "name, other, allowed",
    [
        ("components.views.density.density", "components.session", False),
        ("components.views.arena.plane", "components.page.theme", False),
        ("components.server.pages", "components.links.permalink", False),
        ("components.links.permalink", "components.playback.player", True),
        ("swarmviz.dynamics.pso", "swarmviz.theory", False),
        ("swarmviz.drawing.density", "swarmviz.exports.data", False),
        ("swarmviz.ensembles.dataset", "swarmviz", False),
        ("swarmviz.theory.cbo", "swarmviz.dynamics.cbo", True),
        ("swarmviz.theory.cbo", "swarmviz.theory.fmc", True),
        ("swarmviz.laws.base", "swarmviz.journal", True),
        ("swarmviz.laws.base", "swarmviz.simulation", False),
    ],
)
def test_an_arrow_upwards_is_found(name, other, allowed):
    floors = CORE_FLOORS if name.startswith("swarmviz") else PAGE_FLOORS
    assert upward(name, {other, "numpy"}, floors) == (set() if allowed else {other})


TESTS = sorted(path for path in (ROOT / "tests").rglob("test_*.py") if path.parent.name not in ("tests", "ui"))
ACROSS = {  # what is tested across the modules of a folder
    "drawing/test_one_picture.py",
    "dynamics/test_observables.py",
    "dynamics/test_walls.py",
    "ensembles/test_runs_together.py",
    "ensembles/test_tiles.py",
    "kernels/test_memory.py",
    "kernels/test_recorded_bits.py",
    "landscapes/formula/test_memory.py",
    "landscapes/formula/test_parameters.py",
    "landscapes/function/test_cost.py",
    "landscapes/test_regularity.py",
    "links/test_links_of_before.py",
    "papers/test_results.py",
    "theory/test_changed_runs.py",
    "replicas/test_success.py",
    "server/test_proxies.py",
    "server/test_page_weight.py",
    "server/bokeh_patches/test_install.py",
    "server/test_private_parts.py",
    "server/test_limits_md.py",
    "server/test_security_md.py",
}


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_folders_of_the_tests_mirror_those_of_the_code(path):
    """``tests/views/density/test_marginal.py`` tests ``components/views/density/marginal.py``; a package may be tested in one file."""
    place = path.relative_to(ROOT / "tests")
    homes = [ROOT / package / place.parent for package in ("swarmviz", "components")]
    name = path.stem.removeprefix("test_")
    modules = {file.stem for home in homes for file in home.rglob("*.py")}
    packages = {file.parent.name for home in homes for file in home.rglob("__init__.py")}
    assert any(home.is_dir() for home in homes), f"there is no folder {place.parent} in the code"
    assert str(place) in ACROSS or name in modules | packages, f"{place}: there is no module {name} in that folder"


def test_no_test_that_goes_across_a_folder_has_been_forgotten_here():
    assert ACROSS <= {str(path.relative_to(ROOT / "tests")) for path in TESTS}
