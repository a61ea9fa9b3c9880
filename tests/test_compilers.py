"""Kernels are compiled by other processes: in the order in which they are needed, once for all, and whatever becomes of a process."""

import os
import threading
import time
import types

import pytest
from filelock import FileLock
from numba import config

from swarmviz import compilers, landscapes
from swarmviz.compilers import Child, Compilers, Done

CHEAP = "swarmviz.kernels.diagnostics:fill_batch"
CHILD = """
import json, os, sys, time
sys.argv.pop(1)
for line in sys.stdin:
    name = json.loads(line)
    time.sleep(0.3 if name.startswith("slow") else 2 if name == "long" else 60 if name == "endless" else 0)
    if name == "deadly":
        os._exit(3)
    print(json.dumps([name, 0.5, "it is wrong" if name == "wrong" else ""]), flush=True)
"""


@pytest.fixture
def started(monkeypatch):
    """Compilers whose processes only say what they were told; they are ended behind the test."""
    monkeypatch.setattr(compilers, "START", CHILD)
    made = []

    def start(names, processes=1):
        made.append(Compilers(names, processes, done.append))
        made[-1].start()
        return made[-1]

    done = start.done = []
    yield start
    for one in made:
        one.close()
        one.join()
        assert not one._children


def test_who_is_waited_for_is_next_and_everything_is_done(started):
    one = started(["slow", "long", "c", "d"])
    one.wait("c")
    assert "long" not in [done.name for done in started.done], "it waited behind what nobody had asked for"
    one.join()
    assert [done.name for done in started.done] == ["slow", "c", "long", "d"]
    assert one.progress == (4, 4)
    one.wait("c")
    one.wait("a kernel of a person's own")


def test_several_at_a_time(started):
    one = started([f"slow {i}" for i in range(4)], processes=4)
    began = time.monotonic()
    with one._changed:
        assert one._changed.wait_for(lambda: len(one._under_way) == 4, 10)
    one.join()
    assert one.progress == (4, 4) and time.monotonic() - began < 60


def test_what_cannot_be_compiled_and_a_process_that_dies_hold_nobody_up(started):
    one = started(["wrong", "deadly", "b"])
    one.join()
    wrong, deadly, fine = started.done
    assert wrong == Done("wrong", 0.5, "it is wrong") and fine == Done("b", 0.5)
    assert deadly.name == "deadly" and "has ended (3)" in deadly.error
    one.wait("deadly")


def test_no_process_to_be_had(started, monkeypatch):
    def none(*_, **__):
        raise OSError("no more")

    monkeypatch.setattr(compilers.subprocess, "Popen", none)
    one = started(["a", "b"])
    one.join()
    assert [done.error for done in started.done] == ["OSError: no more"] * 2


def test_waiting_ends_when_it_is_given_up_or_the_processes_are_ended(started):
    class GivenUp(Exception):
        pass

    def check(seconds):
        assert seconds >= 0
        raise GivenUp

    one = started(["endless"])
    with pytest.raises(GivenUp):
        one.wait("endless", check)
    waiting = threading.Thread(target=one.wait, args=("endless",))
    waiting.start()
    one.close()
    waiting.join(10)
    one.join()
    assert not waiting.is_alive() and started.done == []


def test_nothing_to_do_starts_nothing(started, monkeypatch):
    monkeypatch.setattr(compilers, "Child", None)
    one = started([])
    one.join()
    assert one.progress == (0, 0)


def test_a_process_compiles_a_kernel_into_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    child = Child()
    try:
        done = child.compiled(CHEAP)
        assert done.error == "" and done.seconds > 0
        assert list(tmp_path.rglob("*fill_batch*.kernel"))
        assert (
            "ModuleNotFoundError" in child.compiled("swarmviz.none:such").error
            or "StopIteration" in child.compiled("x:y").error
        )
        assert child.compiled("landscape Sphere").error == ""
    finally:
        child.end()
    assert child._process.poll() is not None


def test_only_one_of_several_processes_compiles_a_kernel(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    compiled = []
    monkeypatch.setattr(
        compilers, "kernel_of", lambda name: types.SimpleNamespace(compile=lambda: compiled.append(name))
    )
    with compilers._alone("a:b") as lock:
        assert isinstance(lock, FileLock) or lock is not None
        second = threading.Thread(target=compilers.compiled, args=("a:b",))
        second.start()
        second.join(0.3)
        assert second.is_alive() and not compiled
    second.join(10)
    assert compiled == ["a:b"]


def test_every_kernel_has_a_name_of_its_own():
    names = [kernel.name for kernel in compilers.kernels()]
    assert len(set(names)) == len(names) > 20 and CHEAP in names


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "none"))
    with compilers._alone("a:b"):
        assert not os.listdir(tmp_path)


def test_every_landscape_says_whether_its_functions_are_kept():
    for kind in landscapes.ALL.values():
        kind().values_function(), kind().gradient_function()
    assert {name: compilers.landscape_kept(name) for name in landscapes.ALL} == dict.fromkeys(landscapes.ALL, True)
