"""Kernels compiled by other processes, while this one goes on: whoever compiles holds the interpreter's lock for half a minute.

The processes keep what they have compiled in the cache, from which this one loads it in some milliseconds. Several programs that need the
same kernel at the same time compile it once: a lock file beside the compiled code says who does.

A process is this very Python with :func:`answer`, one line of JSON for a kernel and one for the answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock
from numba import config

from swarmviz import landscapes
from swarmviz.kernels import cache
from swarmviz.kernels.compiled import Kernel, gradient_signature, value_signature

LANDSCAPE = "landscape "
WITH_KERNELS = (
    "swarmviz.dynamics",
    "swarmviz.laws",
    "swarmviz.drawing.kernel_estimate",
)  # what imports all that have some
CHECK_EVERY_S = 0.5
MOST_PROCESSES = 4  # each takes 0.4 GB
NICE = 10  # on Unix: whatever else the machine does goes before
START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from swarmviz.compilers import answer; answer()"


class Done(NamedTuple):
    """A kernel is compiled, or cannot be.

    Attributes
    ----------
    name : str
        The module and the function.
    seconds : float
        That it took.
    error : str
        Why it is not compiled; empty where it is.
    """

    name: str
    seconds: float
    error: str = ""


class Compilers:
    """Processes that compile kernels, and the functions of landscapes, in the order in which they are given or waited for.

    Parameters
    ----------
    names : iterable of str
        Names of kernels, or those of landscapes after ``LANDSCAPE``.
    processes : int, optional
        How many at a time; as many as there are cores, but no more than four, when absent.
    report : function (Done), optional
        Called on threads of their own.
    """

    def __init__(
        self, names: Iterable[str], processes: int | None = None, report: Callable[[Done], None] | None = None
    ):
        self._waiting, self._under_way = list(names), set[str]()
        self._all = len(self._waiting)
        self._changed = threading.Condition()
        self._closed, self._processes = False, processes or min(MOST_PROCESSES, os.cpu_count() or 1)
        self._report = report or (lambda done: None)
        self._children: set[Child] = set()
        self._threads: list[threading.Thread] = []

    @property
    def progress(self) -> tuple[int, int]:
        """How many are compiled, and how many there are; what cannot be compiled counts as compiled."""
        with self._changed:
            return self._all - len(self._waiting) - len(self._under_way), self._all

    def start(self) -> None:
        """Begin; without anything to compile there is no process."""
        for _ in range(min(self._processes, len(self._waiting))):
            thread = threading.Thread(target=self._work, name="swarmviz compiler", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """End the processes; whoever waits goes on."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            children = set(self._children)
            self._changed.notify_all()
        for child in children:
            child.end()

    def join(self, check: Callable[[], None] = lambda: None) -> None:
        """Wait until everything is compiled."""
        while any(thread.is_alive() for thread in self._threads):
            check()
            for thread in self._threads:
                thread.join(CHECK_EVERY_S / len(self._threads))

    def wait(self, name: str, check: Callable[[float], None] = lambda seconds: None) -> None:
        """Wait until what has this name is compiled; it is the next one.

        Returns at once where it is none of those that are given.

        Parameters
        ----------
        check : function (seconds)
            Called now and then with how long it has been waited; what it raises ends the waiting.
        """
        began = time.monotonic()
        with self._changed:
            if name in self._waiting:
                self._waiting.remove(name)
                self._waiting.insert(0, name)
        while self.open(name):
            check(time.monotonic() - began)
            with self._changed:
                self._changed.wait_for(lambda: not self._is_open(name), CHECK_EVERY_S)

    def open(self, name: str) -> bool:
        """Whether it is to be compiled, and is not yet."""
        with self._changed:
            return self._is_open(name)

    def _is_open(self, name: str) -> bool:
        return not self._closed and (name in self._waiting or name in self._under_way)

    # ---- a thread for each process ---------------------------------------------------------------------------------------

    def _work(self) -> None:
        child: Child | None = None
        while (name := self._next()) is not None:
            done = Done(name, 0.0, "the processes have been ended")
            try:
                child = child or self._started()
                done = child.compiled(name)
            except (OSError, ValueError) as error:  # it has died, or there is none to be had
                done = Done(name, 0.0, f"{type(error).__name__}: {error}")
                self._ended(child)
                child = None
            finally:
                with self._changed:
                    self._under_way.discard(name)
                    self._changed.notify_all()
            if not self._closed:
                self._report(done)
        self._ended(child)

    def _next(self) -> str | None:
        with self._changed:
            if self._closed or not self._waiting:
                return None
            name = self._waiting.pop(0)
            self._under_way.add(name)
            return name

    def _started(self) -> Child:
        child = Child()
        with self._changed:
            self._children.add(child)
            if self._closed:
                child.end()
        return child

    def _ended(self, child: Child | None) -> None:
        if child is not None:
            child.end()
            with self._changed:
                self._children.discard(child)


class Child:
    """A process that compiles what it is told."""

    def __init__(self) -> None:
        # -P: no file of the folder in which this program was started takes the place of a module
        command = [sys.executable, "-P", "-c", START, json.dumps(sys.path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def compiled(self, name: str) -> Done:
        """Have a kernel compiled.

        Raises
        ------
        OSError, ValueError
            When the process has ended.
        """
        given, answers = self._process.stdin, self._process.stdout
        assert given is not None and answers is not None
        given.write(json.dumps(name) + "\n")
        given.flush()
        line = answers.readline()
        if not line:
            raise OSError(f"a process that compiles has ended ({self._process.wait()})")
        return Done(*json.loads(line))

    def end(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()


def answer() -> None:
    """What a process does: compile what the lines of its standard input name, until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed is no answer
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    with contextlib.suppress(KeyboardInterrupt):  # the program that started this process says what is to be said
        for line in sys.stdin:
            print(json.dumps(compiled(json.loads(line))), file=answers, flush=True)


def compiled(name: str) -> Done:
    """Compile a kernel or a landscape's functions, or wait until another process has."""
    began, error = time.perf_counter(), ""
    try:
        with _alone(name):
            if name.startswith(LANDSCAPE):
                landscape = landscapes.ALL[name.removeprefix(LANDSCAPE)]()
                landscape.values_function()
                landscape.gradient_function()
            else:
                kernel_of(name).compile()
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
    return Done(name, time.perf_counter() - began, error)


def kernels() -> list[Kernel]:
    """Every kernel that swarmviz has, those of large swarms last: few need them, and they take long to compile."""
    for module in WITH_KERNELS:
        importlib.import_module(module)
    return sorted(Kernel.registry, key=lambda kernel: ".teams." in kernel.name)


def landscape_kept(name: str) -> bool:
    """Whether the functions of a landscape lie in the cache, compiled."""
    landscape = landscapes.ALL[name]()
    return cache.keeps(landscape.block_values, value_signature) and cache.keeps(
        landscape.block_gradient, gradient_signature
    )


def kernel_of(name: str) -> Kernel:
    """The kernel of a name."""
    return next(kernel for kernel in kernels() if kernel.name == name)


def _alone(name: str) -> Any:
    """Held by the one process that compiles a kernel; nothing where there is no place for the file."""
    folder = Path(config.CACHE_DIR) if config.CACHE_DIR else None
    if folder is None or not os.access(folder, os.W_OK):
        return contextlib.nullcontext()
    return FileLock(folder / f"{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}.lock")
