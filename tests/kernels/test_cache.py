"""Whatever becomes of the files with compiled code, a run is the same run; and the person is told once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba import config, njit, types

from swarmviz.kernels import cache
from swarmviz.kernels.cache import CacheWarning, Damaged, SealedFiles

ROOT = Path(__file__).parents[2]

KERNELS = """
from swarmviz.kernels.compiled import inner, kernel

@inner
def doubled(x):
    return 2.0 * x

@kernel
def tripled(x: float) -> float:
    return doubled(x) + x
"""
SCRIPT = "from little_kernels import tripled; print(tripled(14.0))"


@pytest.fixture
def little(tmp_path):
    """Two kernels in a module of their own, whose cache is a folder of their own: run(**environment) → the finished process."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "little_kernels.py").write_text(KERNELS)

    def run(script=SCRIPT, *, check=True, **environment):
        usual = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": f"{tmp_path / 'code'}{os.pathsep}{ROOT}"}
        environment = {n: v for n, v in ({**os.environ, **usual, **environment}).items() if v is not None}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=110
        )
        if check:
            assert done.returncode == 0 and done.stdout == "42.0\n", done.stderr
        return done

    return run


def halve(content):
    return content[: len(content) // 2]


def turn_a_bit(content):
    """In the middle, where the machine code is."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_a_damaged_file_is_compiled_again_and_said_once(little, tmp_path):
    """Emptied, halved, one bit turned: numba alone raises EOFError, UnpicklingError, or runs what is there."""
    assert little().stderr == ""
    files = sorted(tmp_path.glob("cache/**/*.kernel"))
    whole = {file: file.read_bytes() for file in files}
    assert {file.name.split("-")[0] for file in files} >= {"little_kernels.tripled", "randomness.key"}
    for damage in (lambda content: b"", halve, turn_a_bit):
        for file in files:
            file.write_bytes(damage(whole[file]))
        again = little()
        assert again.stderr.count("CacheWarning") == 1 and "is compiled again" in again.stderr
        assert little().stderr == "", "what was damaged has been replaced"


def test_a_file_that_cannot_be_read_is_compiled_again(little, tmp_path):
    """A folder in its place: unreadable for root, too, as which some containers run."""
    little()
    (file,) = tmp_path.glob("cache/**/little_kernels.tripled*.kernel")
    file.unlink()
    file.mkdir()
    (file / "something").touch()
    assert little().stderr.count("CacheWarning") == 1


def test_a_file_that_is_older_than_the_source_is_replaced_in_silence(little, tmp_path):
    little()
    source = tmp_path / "code" / "little_kernels.py"
    source.write_text(source.read_text().replace("+ x", "+ x + 0.5"))
    done = little(check=False)
    assert (done.stdout, done.stderr) == ("42.5\n", "")


def test_two_processes_compile_into_one_cache(little, tmp_path):
    """Started together, while nothing is there; afterwards the cache is whole."""
    command = [sys.executable, "-c", SCRIPT]
    environment = os.environ | {
        "NUMBA_CACHE_DIR": str(tmp_path / "cache"),
        "PYTHONPATH": f"{tmp_path / 'code'}{os.pathsep}{ROOT}",
    }
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, env=environment, cwd=tmp_path, **pipes) for _ in range(2)]
    assert [process.communicate(timeout=110) for process in both] == [("42.0\n", "")] * 2
    assert little().stderr == "" and not list(tmp_path.glob("cache/**/*.tmp"))


@pytest.mark.parametrize("home", ["a file", "none"])
def test_without_a_place_to_write_a_temporary_cache_serves_with_one_warning(little, tmp_path, home):
    """No folder can be made below a file, not even by root; the folder of the package stays as it is."""
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    nobody = "import pwd\ndef unknown(user):\n    raise KeyError(user)\npwd.getpwuid = unknown\n"
    place = {"HOME": str(tmp_path / "file" / "home") if home == "a file" else None}
    before = set((ROOT / "swarmviz").rglob("*"))
    script = SCRIPT + "; import subprocess, sys; subprocess.run([sys.executable, '-c', 'import swarmviz'], check=True)"
    script = script if home == "a file" else nobody + script
    done = little(script, NUMBA_CACHE_DIR=None, XDG_CACHE_HOME=None, TMPDIR=str(tmp_path / "temporary"), **place)
    assert done.stderr.count("CacheWarning") == 1 and "NUMBA_CACHE_DIR" in done.stderr, "the child shares the folder"
    assert not list((tmp_path / "temporary").iterdir()) and not list(tmp_path.glob("~*"))
    made = {path for path in set((ROOT / "swarmviz").rglob("*")) - before if path.suffix != ".pyc"}
    assert all(path.name == "__pycache__" for path in made)


def test_a_folder_that_is_named_but_cannot_be_written_is_said(little, tmp_path):
    (tmp_path / "file").touch()
    done = little(NUMBA_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert done.stderr.count("CacheWarning") == 1 and str(tmp_path / "file") in done.stderr


def test_a_full_disk_costs_the_cache_and_not_the_run(monkeypatch, tmp_path):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cache, "_told", False)

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    function = cache.jit(lambda x: x + 1.0)
    with pytest.warns(CacheWarning, match="No space left on device"):
        assert function(1.0) == 2.0


def test_a_kernel_that_has_no_file_runs_without_a_cache():
    """As on standard input, where numba refuses to cache."""
    script = "from swarmviz.kernels.compiled import inner\n@inner\ndef f(x):\n    return 3.0 * x\nprint(f(14.0))\n"
    done = subprocess.run(
        [sys.executable, "-"], input=script, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True,
        text=True, timeout=110,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("42.0\n", "")


LANDSCAPE = """
import numpy as np
import swarmviz as sv
from swarmviz.landscapes.base import Landscape, block

@block
def values(x, p, out):
    out[:] = (x * x).sum(axis=0)

@block
def gradient(x, p, out):
    out[:] = 2.0 * x

class Bowl(Landscape):
    block_values, block_gradient = staticmethod(values), staticmethod(gradient)

sim = sv.Simulation(sv.SSA(profile="none"), Bowl(), sv.Swarm(n=1, d=2, seed=1))
print(bool((abs(sim.frame.x) > abs(sim.advance(20).x)).all()))
"""


def test_a_landscape_that_is_defined_on_standard_input_runs():
    done = subprocess.run(
        [sys.executable, "-"], input=LANDSCAPE, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT,
        capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_this_version_of_numba_lets_itself_be_guarded(monkeypatch, tmp_path):
    """If this fails, everything works but a damaged file: look at what numba renamed."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    assert cache.guard(njit(cache=True)(halve))


def test_a_version_with_other_names_works_without_the_guard(monkeypatch, tmp_path):
    """Each name that the guard stands on is taken away; the function is compiled and kept all the same."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))

    class Without:
        def __init__(self, cache, name):
            self.cache, self.name = cache, name

        def __getattr__(self, name):
            if name == self.name:
                raise AttributeError(name)
            return getattr(self.cache, name)

    for missing in ("_cache_path", "_impl", "_cache_file", "load_overload"):
        dispatcher = njit(cache=True)(turn_a_bit)
        dispatcher._cache = Without(dispatcher._cache, missing)
        assert not cache.guard(dispatcher) and isinstance(dispatcher._cache, Without)

    def lost():
        raise ImportError

    monkeypatch.setattr(cache, "_dumps", lost)
    function = cache.jit(lambda x: x + 1.0)
    assert function(1.0) == 2.0 and list(tmp_path.rglob("*.nbi"))


def test_no_flipped_bit_passes(tmp_path):
    """Wherever it is: in the digest, in the stamp, in the data."""
    files = SealedFiles(tmp_path, "function", 1.0, cache._dumps())
    key = ((types.float64,), ("x86", "cpu", ""), ("a", "b"))
    files.save(key, ("code", b"\x00" * 40))
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    assert files.load(key) == ("code", b"\x00" * 40)
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(Damaged):
            files.load(key)


def test_keys_that_print_alike_are_told_apart(tmp_path):
    class Alike:
        def __init__(self, number):
            self.number = number

        def __repr__(self):
            return f"<Alike at 0x7f{self.number}>"

    files = SealedFiles(tmp_path, "function", 1.0, lambda content: __import__("pickle").dumps(content[1]))
    assert files._path(Alike(1)) == files._path(Alike(2))
    files = SealedFiles(tmp_path, "function", 1.0, cache._dumps())
    files.save(1, "one")
    files._path(1).rename(files._path("other"))
    assert files.load("other") is None
