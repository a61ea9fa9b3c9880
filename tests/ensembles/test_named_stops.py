"""A stop that is a function has a name by which a store knows it again: a store is not taken up with another one."""

from __future__ import annotations

import json
import pickle
import threading

import pytest

import swarmviz as sv
from swarmviz.ensembles import When


def swept(stop, store=None, **options):
    parts = sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=7)
    return sv.sweep(*parts, {"sigma": [0.3, 1.0]}, runs=4, steps=30, stop=stop, store=store, **options)


def nothing_runs(*numbers):
    pytest.fail("something ran")


def under(value):
    return When(lambda frame: frame.energy.min() < value, name=f"under {value:g}")


def test_a_store_is_taken_up_with_the_same_name_and_with_no_other(tmp_path):
    first = swept(under(1.0), tmp_path / "s")
    assert first["stopped"].any()
    again = swept(under(1.0), tmp_path / "s", progress=nothing_runs)
    assert again.identical(first)
    files = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(ValueError, match=r"another sweep.*settings: there .*under 1\".*, here .*under 100"):
        swept(under(100.0), tmp_path / "s")
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == files
    assert not swept(under(100.0))["steps_taken"].equals(first["steps_taken"])


def test_what_a_function_gathers_while_it_runs_does_not_make_it_another_one(tmp_path):
    seen = []

    def stop(frame):
        seen.append(frame.k)
        return len(seen) < 0

    data = swept(When(stop, "gathers"), tmp_path / "s", threads=1)
    assert seen and data["finished"].all()
    assert data.identical(swept(When(stop, "gathers"), tmp_path / "s", progress=nothing_runs))


def test_a_function_without_a_name_is_refused_with_a_store_only_and_the_error_says_how_to_name_it(tmp_path):
    over = threading.Event()

    def stop(frame):
        return over.is_set()

    for unnamed in (stop, When(stop)):
        with pytest.raises(TypeError, match=r'stop = .*a store needs a name.*When\(function, name="…"\)'):
            swept(unnamed, tmp_path / "s", progress=nothing_runs)
        assert not (tmp_path / "s").exists()
        assert swept(unnamed)["finished"].all()
    assert swept(When(stop, name="over"), tmp_path / "s")["finished"].all()


def test_a_name_changes_nothing_else():
    def stop(frame):
        return frame.energy.min() < 1.0

    plain, named = swept(stop), swept(When(stop, name="below 1"))
    assert named.assign_attrs(settings="").identical(plain.assign_attrs(settings=""))
    assert json.loads(plain.attrs["settings"])["stop"]["values"]["function"].endswith("stop")
    assert json.loads(named.attrs["settings"])["stop"] == {"name": "When", "values": {"name": "below 1"}}


def test_a_store_that_knows_its_stop_by_bytecode_is_refused_in_one_sentence_and_left_as_it_is(tmp_path):
    swept(under(1.0), tmp_path / "s")
    manifest = tmp_path / "s" / "manifest.json"
    old = json.loads(manifest.read_text(encoding="utf-8"))
    old["settings"]["stop"]["values"] = {"function": "under.<locals>.<lambda>", "code": "0123456789ab"}
    manifest.write_text(json.dumps(old), encoding="utf-8")
    files = {path: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    with pytest.raises(
        ValueError, match=r"store = .*bytecode of a function.*choose another folder.*When\(function, name=\"…\"\)"
    ):
        swept(under(1.0), tmp_path / "s", progress=nothing_runs)
    assert {path: path.read_bytes() for path in (tmp_path / "s").iterdir()} == files


@pytest.mark.parametrize(
    ("function", "name", "error", "says"),
    [
        (1, "one", TypeError, "function = 1: must be a function"),
        (len, 5, TypeError, "name = 5: must be a text"),
        (len, "", ValueError, "name = '': must not be empty"),
        (len, " ", ValueError, "must not be empty"),
    ],
)
def test_what_is_no_function_or_no_name_is_refused(function, name, error, says):
    with pytest.raises(error, match=says):
        When(function, name)


def test_a_named_stop_is_its_name():
    stop = When(len, name="length")
    assert repr(stop) == "When('length')" and repr(When(len)) == "When(<built-in function len>)"
    assert stop.same_as(stop.copy()) and stop.same_as(pickle.loads(pickle.dumps(stop)))
    assert not stop.same_as(When(len, name="other"))
