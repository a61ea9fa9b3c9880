"""Whoever needs a kernel that is not ready waits for it in the server, wherever the call comes from."""

import atexit
import contextlib
import threading
import types

import pytest

from components import compiling
from components.background import SharedCore
from components.compiling import Compiling, NotReady, Waiting, while_waiting, without_waiting
from swarmviz.compilers import Done
from swarmviz.kernels.compiled import Kernel


class Compilers:
    """What was asked of the processes; nothing is compiled."""

    def __init__(self, names, processes, report):
        self.names, self.processes, self.report, self.ready = names, processes, report, 0
        self.started, self.waited = False, []

    @property
    def progress(self):
        return self.ready, len(self.names)

    def start(self):
        self.started = True

    def open(self, name):
        return name in self.names

    def wait(self, name, check):
        check(0.5)
        self.waited.append(name)

    def close(self):
        pass


@pytest.fixture
def some(monkeypatch):
    monkeypatch.setattr(Kernel, "prepare", None)
    monkeypatch.setattr(atexit, "register", lambda function: None)
    monkeypatch.setattr(compiling, "Compilers", Compilers)

    def missing(*names, kept=("kept:a",), landscapes=()):
        known = [types.SimpleNamespace(name=name, kept=False) for name in names]
        known += [types.SimpleNamespace(name=name, kept=True) for name in kept]
        monkeypatch.setattr(compiling, "kernels", lambda: known)
        monkeypatch.setattr(compiling, "landscape_kept", lambda name: name not in landscapes)
        made = Compiling()
        made.start(2)
        return made

    return missing


def test_where_everything_is_ready_nothing_is_started(some, capsys):
    made = some()
    assert not made._compilers.started and Kernel.prepare is None and made.words == "" and capsys.readouterr().err == ""


def test_the_opening_dynamics_goes_first_and_what_takes_many_runs_last(some):
    opening = next(iter(compiling.dynamics.ALL.values())).__module__
    made = some("other:advance_tiles", "other:advance_runs", f"{opening}:advance_tiles", f"{opening}:advance_runs")
    assert made._compilers.started and made._compilers.processes == 2
    assert [name for name in made._compilers.names if "tiles" not in name] == [
        f"{opening}:advance_runs",
        "other:advance_runs",
    ]
    assert all("tiles" in name for name in made._compilers.names[2:])
    made.start(2)
    assert len(made._compilers.names) == 4, "a second call does nothing"


def test_the_first_call_of_a_kernel_waits_and_says_what_the_thread_has_to_say(some):
    made, seen = some("a:b", landscapes=("Ackley",)), []

    @contextlib.contextmanager
    def aside():
        seen.append("aside")
        yield
        seen.append("back")

    with while_waiting(Waiting(seen.append, aside)):
        Kernel.prepare(types.SimpleNamespace(name="a:b"))
        made.wait_for(compiling.landscapes.Ackley())
        Kernel.prepare(types.SimpleNamespace(name="a kernel of a person's own"))
    made.wait_for(compiling.landscapes.Rastrigin())
    assert seen == ["aside", 0.5, "back"] * 2
    assert made._compilers.waited == ["a:b", "landscape Ackley"]


def test_how_far_it_is_counts_everything(some, capsys):
    made = some("a:b", "c:d")
    of = 3 + len(compiling.landscapes.ALL)
    made._compilers.ready = 1
    made._compilers.report(Done("a:b", 12.34))
    made._compilers.report(Done("c:d", 1.0, "it is wrong"))
    assert made.words == f"{of - 1} of {of} kernels are compiled"
    assert capsys.readouterr().err.splitlines() == [
        f"Compiling kernels, once: {of - 2} of {of} are ready",
        f"Compiled a:b in 12.3 s; {of - 1} of {of} kernels are compiled",
        "c:d cannot be compiled beforehand: it is wrong",
    ]


def test_the_thread_of_all_visitors_waits_for_nothing_and_others_do(some):
    made, one = some("a:b"), types.SimpleNamespace(name="a:b")
    Kernel.prepare(one)
    assert made._compilers.waited == []
    with while_waiting(Waiting()):
        Kernel.prepare(one)  # as before the server serves
    assert made._compilers.waited == ["a:b"]
    other = threading.Thread(target=Kernel.prepare, args=(one,))
    other.start()
    other.join()
    assert made._compilers.waited == ["a:b"] * 2
    with without_waiting(), pytest.raises(NotReady):
        Kernel.prepare(one)


def test_the_core_is_left_by_its_holder_while_it_waits_and_by_nobody_else():
    core, seen = SharedCore(), []
    with core:
        with core.aside():
            seen.append(core.locked())
        seen.append(core.locked())

        def other():
            with core.aside():
                seen.append(core.locked())

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == [False, True, True] and not core.locked()
    assert core.acquire(timeout=0) and not core.acquire(timeout=0)
    core.release()
