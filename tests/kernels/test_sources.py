"""Compiled code is found by the content of its sources, wherever they lie, and never when one of them is another."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swarmviz.kernels import cache, sources
from swarmviz.kernels.sources import KERNEL_PARTS, PACKAGE

pytestmark = pytest.mark.timeout(300)

INIT = "from swarmviz.kernels.compiled import choose_cache\nchoose_cache('0')\n"
HELPER = """
from swarmviz.kernels.compiled import inner
@inner
def doubled(x):
    return 2.0 * x
"""
CALLER = """
from swarmviz.kernels.a_helper import doubled
from swarmviz.kernels.compiled import inner
@inner
def tripled(x):
    return doubled(x) + x
"""
SCRIPT = """
from swarmviz.kernels.a_caller import tripled
print(tripled(14.0), "found" if tripled.stats.cache_hits else "compiled")
"""
EDITED_MEANWHILE = f"""
import pathlib, swarmviz
file = pathlib.Path(swarmviz.__file__).with_name("kernels") / "a_helper.py"
file.write_text(file.read_text().replace("2.0", "3.0"))
{SCRIPT}"""


class Checkout:
    """The part of the package that compiles, with two more files of kernels, of which one calls the other."""

    def __init__(self, folder, cache_folder):
        self.package, self.cache_folder = folder / "swarmviz", cache_folder
        shutil.copytree(PACKAGE / "kernels", self.package / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("temporary.py", "files.py", "frame.py"):
            shutil.copy(PACKAGE / name, self.package)
        self.write("__init__.py", INIT)
        self.write("kernels/a_helper.py", HELPER)
        self.write("kernels/a_caller.py", CALLER)

    def write(self, name, text):
        (self.package / name).write_text(text)

    def run(self, script=SCRIPT):
        """What a fresh process says; without files of bytecode, which do not notice a second change within a second."""
        paths = {"PYTHONPATH": str(self.package.parent), "NUMBA_CACHE_DIR": str(self.cache_folder)}
        done = subprocess.run(
            [sys.executable, "-B", "-c", script],
            env=os.environ | paths,
            cwd=self.package,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory):
    """Two of the same sources in different places, with one folder for what they compile; only the first has compiled it."""
    folder = tmp_path_factory.mktemp("checkouts")
    both = [Checkout(folder / name, folder / "cache") for name in ("one", "other")]
    assert both[0].run() == "42.0 compiled"
    return both


def test_the_same_sources_elsewhere_find_what_was_compiled(checkouts):
    one, other = checkouts
    assert other.run() == "42.0 found"
    folders = {path.parent.name for path in one.cache_folder.rglob("*.kernel")}
    assert folders == {"swarmviz.kernels"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("kernels/a_helper.py", "56.0 compiled"),  # whose function the compiled one holds
        ("frame.py", "42.0 compiled"),
        ("temporary.py", "42.0 found"),  # no kernel is made of it
    ],
)
def test_what_a_kernel_may_be_made_of_is_never_older_than_its_source(checkouts, changed, said):
    other = checkouts[1]
    before = (other.package / changed).read_text()
    other.write(changed, before.replace("return 2.0 * x", "return 3.0 * x") + "# changed\n")
    assert other.run() == said
    other.write(changed, before)


def test_what_was_edited_while_the_process_runs_is_neither_found_nor_kept(checkouts):
    """A module that is imported late may be newer than the digest of the start, under which code of the older one is there."""
    other = checkouts[1]
    assert other.run(EDITED_MEANWHILE) == "56.0 compiled"
    other.write("kernels/a_helper.py", HELPER)
    assert other.run() == "42.0 found", "what was there is still there"


def test_sources_that_are_touched_and_not_changed_count_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_seen", None)
    assert sources.unchanged() and sources._seen is not None
    monkeypatch.setattr(sources, "_files", [*sources._files, str(tmp_path / "lost.py")])
    assert not sources.unchanged()


def test_the_toolchain_counts(monkeypatch):
    before = sources.toolchain_digest()
    for module in (sources.numba, sources.llvmlite, sources.np):
        with monkeypatch.context() as patch:
            patch.setattr(module, "__version__", "0")
            assert sources.toolchain_digest() != before
    assert sources.toolchain_digest() == before


def test_only_files_that_the_digest_sees_have_a_place():
    assert sources.place_of(str(PACKAGE / "dynamics" / "fmc" / "walkers.py")) == ("dynamics", "fmc", "walkers.py")
    assert sources.place_of(str(PACKAGE / "frame.py")) == ("frame.py",)
    for other in (PACKAGE / "success.py", PACKAGE / "kernels" / "lost.py", Path(__file__), Path("<stdin>")):
        assert sources.place_of(str(other)) is None


def test_the_folders_of_other_sources_are_bounded_in_age_and_number(tmp_path):
    now = time.time()
    for place in range(12):
        (tmp_path / f"swarmviz-{place}").mkdir()
        os.utime(tmp_path / f"swarmviz-{place}", (now - 3600 * place,) * 2)
    for name in ("swarmviz-old", "of-others"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (now - 8 * 86_400,) * 2)
    cache._forget_the_old(tmp_path / "swarmviz-11", "swarmviz-*")
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"swarmviz-11", "of-others", *(f"swarmviz-{place}" for place in range(cache.MOST_FOLDERS - 1))}


# ---- of which files kernels are made --------------------------------------------------------------------------------------

COMPILING = {"inner", "njit", "block", "elementary", "kernel", "jit", "piece", "intrinsic", "partial"}
OTHERS = {"CFUNCTYPE", "abstractmethod", "advances", "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "depends",
          "lru_cache", "property", "setter", "staticmethod", "wraps"}  # fmt: skip
FILES = sorted(
    path for part in KERNEL_PARTS for path in [PACKAGE / part, *(PACKAGE / part).rglob("*.py")] if path.is_file()
)


def decorator_name(node):
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id


class Module:
    """What the names of a module stand for: ("import", module, name), or the syntax that defines them."""

    def __init__(self, path):
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.names = {}
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom):
                self.names |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
            elif isinstance(node, ast.Import):
                self.names |= {alias.asname or alias.name: (alias.name, None) for alias in node.names}
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.names[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for target in ast.walk(node):
                    if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                        self.names[target.id] = node


def file_of(module):
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"


def outside(files):
    """The names from outside of ``KERNEL_PARTS`` that compiled functions of the files use, however they come to them."""
    modules, done, found = {}, set(), set()

    def look(path, node):
        module = modules.setdefault(path, Module(path))
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & set(module.names)
        for name in used - {name for place, name in done if place == path}:
            done.add((path, name))
            meaning = module.names[name]
            if isinstance(meaning, ast.AST):
                look(path, meaning)
                continue
            origin, imported = meaning
            if origin.partition(".")[0] != "swarmviz":
                continue
            whole = f"{origin}.{imported}" if imported and file_of(f"{origin}.{imported}").is_file() else origin
            target = file_of(whole)
            if target not in FILES:
                found.add(f"{path.name}: {name}")
            elif whole == origin and imported:
                look(target, ast.Name(imported, ast.Load()))

    for path in files:
        for node in ast.walk(modules.setdefault(path, Module(path)).tree):
            if isinstance(node, ast.FunctionDef) and COMPILING & set(map(decorator_name, node.decorator_list)):
                look(path, node)
    return found


def test_kernels_are_made_of_no_file_that_does_not_count():
    """A constant or a function of another part of the package would be compiled in, and its change not be noticed."""
    assert outside(FILES) == set()


def test_every_decorator_is_known_to_compile_or_not_to():
    seen = {decorator_name(d) for path in FILES for n in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(n, ast.FunctionDef | ast.ClassDef) for d in n.decorator_list}  # fmt: skip
    assert seen <= COMPILING | OTHERS and {"inner", "block", "kernel"} <= seen


@pytest.mark.parametrize(
    "text",
    [
        "from swarmviz.success import TOLERANCE\n@inner\ndef f(x):\n    return TOLERANCE * x\n",
        "from swarmviz.success import TOLERANCE\nTWICE = 2 * TOLERANCE\n@block\ndef f(x, p, out):\n    out[:] = TWICE\n",
        "from swarmviz import success\n@kernel\ndef f(x: float) -> float:\n    return success.TOLERANCE * x\n",
    ],
)
def test_one_that_does_not_count_would_be_found(tmp_path, text):
    (tmp_path / "some.py").write_text(text)
    assert outside([tmp_path / "some.py"])
