"""A stop that is a function is known again by what it does: a store is not taken up with another one."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy import mean

import swarmviz as sv
from swarmviz.ensembles.fingerprint import fingerprint
from swarmviz.success import error

ROOT = Path(__file__).parents[2]


def made(source, **names):
    """The function f of some lines."""
    exec(source, names)
    return names["f"]


class Under:
    """A stop with a value of its own."""

    def __init__(self, value):
        self.value = value

    def __call__(self, frame):
        return frame.energy.min() < self.value

    def reached(self, frame):
        return frame.energy.min() <= self.value


def closed(value):
    return lambda frame: frame.energy.min() < value


def helper(source):
    return made(f"def g(frame): return {source}\ndef f(frame): return g(frame)")


LIMITS = np.array([1.0, 2.0])
DIFFERENT = {
    "a constant": (lambda frame: frame.energy.min() < 1, lambda frame: frame.energy.min() < 100),
    "its type": (lambda frame: frame.k > 1, lambda frame: frame.k > 1.0),
    "an operation": (lambda frame: frame.energy.min() < 1, lambda frame: frame.energy.min() > 1),
    "an attribute": (lambda frame: frame.energy.min() < 1, lambda frame: frame.energy.max() < 1),
    "a variable around it": (closed(1.0), closed(2.0)),
    "an array": (closed(LIMITS), closed(LIMITS[::-1])),
    "a landscape": (closed(sv.landscapes.Ackley()), closed(sv.landscapes.Ackley(depth=30.0))),
    "a default": (lambda frame, most=1: frame.k > most, lambda frame, most=2: frame.k > most),
    "a keyword's default": (lambda frame, *, most=1: frame.k > most, lambda frame, *, most=2: frame.k > most),
    "a global": tuple(made("def f(frame): return frame.k > LIMIT", LIMIT=limit) for limit in (1, 2)),
    "a global of a function inside": tuple(
        made("def f(frame): return any(e < LIMIT for e in frame.energy)", LIMIT=limit) for limit in (1, 2)
    ),
    "a function that it calls": (helper("frame.k > 1"), helper("frame.k > 2")),
    "an argument": (functools.partial(Under.reached, 1), functools.partial(Under.reached, 2)),
    "an object": (Under(1), Under(2)),
    "a method": (Under(1).reached, Under(2).reached),
    "the call or a method": (Under(1), Under(1).reached),
    "a handler": (
        made("def f(frame):\n try: return frame.k > 1\n except ValueError: return 1"),
        made("def f(frame):\n try: return frame.k > 1\n except TypeError: return 1"),
    ),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_does_something_else_has_another_fingerprint(one, other):
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)


def test_where_a_function_is_written_and_who_else_is_there_does_not_count():
    one = made("def f(frame): return frame.k > LIMIT", LIMIT=1, OTHER=1)
    other = made("\n\n# moved\ndef f(frame):\n    return frame.k > LIMIT", LIMIT=1, OTHER=2)
    assert fingerprint(one) == fingerprint(other) and fingerprint(closed(1.0)) == fingerprint(closed(1.0))
    f = made("def f(frame, k=3): return k and f(frame, k - 1)")
    assert len(fingerprint(f)) == 12, "a function that calls itself"


def test_libraries_and_swarmviz_count_by_name():
    by_mean, by_error = (made("def f(frame): return g(frame) < 1", g=g) for g in (mean, error))
    assert (
        len(
            {
                fingerprint(by_mean),
                fingerprint(by_error),
                fingerprint(made("def f(frame): return g(frame) < 1", g=np.sqrt)),
            }
        )
        == 3
    )


SCRIPT = """
from swarmviz.ensembles.fingerprint import fingerprint
LIMIT = {"a": 1.5}
def helper(frame): return frame.k in {"left", "right", "up", "down", LIMIT["a"]}
print(fingerprint(lambda frame: helper(frame) or frame.k in {"one", "two", "three", "four"}))
"""


def test_it_is_the_same_in_another_process():
    """In which texts have other hashes, and so sets another order."""
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, cwd=ROOT, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(found) == 1


# ---- in a store ---------------------------------------------------------------------------------------------------------


def swept(stop, store=None, **options):
    parts = sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=7)
    return sv.sweep(*parts, {"sigma": [0.3, 1.0]}, runs=4, steps=30, stop=stop, store=store, **options)


def test_a_store_is_taken_up_with_the_same_function_and_with_no_other(tmp_path):
    def under(value):
        return lambda frame: frame.energy.min() < value

    first = swept(under(1.0), tmp_path / "s")
    assert first["stopped"].any()
    again = swept(under(1.0), tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran"))
    assert again.identical(first)
    files = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(ValueError, match=r"another sweep.*settings: there .*function.*, here "):
        swept(under(100.0), tmp_path / "s")
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == files
    assert not swept(under(100.0))["steps_taken"].equals(first["steps_taken"])


def test_what_a_function_gathers_while_it_runs_does_not_make_it_another_one(tmp_path):
    seen = []

    def stop(frame):
        seen.append(frame.k)
        return len(seen) < 0

    data = swept(stop, tmp_path / "s", threads=1)
    assert seen and data["finished"].all()
    assert data.identical(swept(made(CODE, seen=[]), threads=1).assign_attrs(data.attrs))


CODE = "def f(frame):\n    seen.append(frame.k)\n    return len(seen) < 0\n"


def test_a_function_that_nobody_could_know_again_is_refused_with_a_store_only(tmp_path):
    over = threading.Event()

    def stop(frame):
        return over.is_set()

    with pytest.raises(TypeError, match=r"stop = .*cannot be used with a store.*over = <threading.Event"):
        swept(stop, tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran"))
    assert not (tmp_path / "s").exists()
    assert swept(stop)["finished"].all()
