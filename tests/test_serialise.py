"""The three formats of a part, each as files and links of before have it."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import swarmviz as sv
from swarmviz import presets, schedules, serialise

SIGMA = schedules.Exponential(start=2.0, ratio=0.5)


def dynamics():
    return sv.CBO(sigma=SIGMA, alpha=50.0, dt=0.02)


VALUES = {
    "lam": 1.0,
    "alpha": 50.0,
    "noise": "anisotropic",
    "dt": 0.02,
    "scheme": "euler",
    "batch": 0,
    "epsilon": 0.0,
    "boundary": "none",
}


def test_a_store_has_names_and_values_and_a_schedule_is_a_part_like_the_others():
    sigma = {"name": "Exponential", "values": {"start": 2.0, "ratio": 0.5}}
    described = serialise.described(dynamics())
    assert described["name"] == "CBO" and (VALUES | {"sigma": sigma}).items() <= described["values"].items()
    assert serialise.as_json({"b": 1, "a": SIGMA}) == (
        '{"a": {"name": "Exponential", "values": {"ratio": 0.5, "start": 2.0}}, "b": 1}'
    )


def test_metadata_have_the_title_and_a_schedule_has_its_name_among_its_values():
    titled = serialise.titled(dynamics())
    assert list(titled) == ["name", "title", "parameters"] and titled["title"] == "CBO"
    sigma = {"schedule": "Exponential", "start": 2.0, "ratio": 0.5}
    assert (VALUES | {"sigma": sigma}).items() <= titled["parameters"].items()


def test_a_link_leaves_out_what_is_a_default():
    assert json.dumps(serialise.shortened(dynamics())) == (
        '["CBO", {"sigma": {"schedule": "Exponential", "start": 2.0, "ratio": 0.5}, "alpha": 50.0, "dt": 0.02}]'
    )
    assert serialise.shortened(sv.landscapes.Rastrigin()) == ["Rastrigin", {}]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, 2.0]]), [[1.0, 2.0]]),
        (((1, 2.0), "a", None), [[1, 2.0], "a", None]),
        (True, True),
        ("text", "text"),
    ],
)
def test_numbers_of_numpy_and_tuples_become_what_json_has(value, plain):
    for made in (serialise.plain(value), serialise.described(value)):
        assert serialise.identical(made, plain)


def test_what_json_has_no_form_for_is_a_text_in_a_store_and_refused_elsewhere():
    assert serialise.described({1: 1 + 2j}) == {"1": "(1+2j)"}
    with pytest.raises(TypeError):
        json.dumps(serialise.plain(1 + 2j))


@pytest.mark.parametrize("name", presets.ALL)
def test_parts_are_built_again_from_what_a_link_holds_of_them(name):
    known = {**sv.dynamics.ALL, **sv.landscapes.ALL, "Swarm": sv.Swarm}
    for part in presets.ALL[name].build():
        text = json.dumps(serialise.shortened(part))
        again = serialise.built(json.loads(text), known)
        assert again.same_as(part) and json.dumps(serialise.shortened(again)) == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (["object", {}], "'object' is not known"),
        ([{}, {}], "is not known"),
        (["CBO", []], "its values must have names"),
        (["CBO", {"name": "x"}], "CBO has no parameter 'name'"),
        (["CBO", {"sigma": {"schedule": "__import__"}}], "'__import__' is no schedule"),
        (["CBO", {"sigma": {}}], "None is no schedule"),
        (["CBO", {"lam": -101}], "lam"),
    ],
)
def test_what_cannot_be_built_is_refused_by_name(content, said):
    with pytest.raises(ValueError, match=said):
        serialise.built(content, sv.dynamics.ALL)


def test_changes_are_the_values_that_differ_and_all_of_them_for_another_kind():
    before = sv.CBO()
    assert serialise.changes(before, sv.CBO(sigma=0.5, alpha=1.0)) == {"sigma": 0.5, "alpha": 1.0}
    assert serialise.changes(before, sv.CBO()) == {}
    other = sv.landscapes.Ackley()
    assert serialise.changes(sv.landscapes.Sphere(), other) == other.values_now()
    assert serialise.is_default(before, "sigma") and not serialise.is_default(sv.CBO(sigma=0.5), "sigma")


@settings(deadline=None)
@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_two_numbers_are_identical_only_to_the_bit(a, b):
    assert serialise.identical(a, b) == (a == b and math.copysign(1, a) == math.copysign(1, b))
    assert not serialise.identical(1, 1.0) and not serialise.identical(True, 1)
