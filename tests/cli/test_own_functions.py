"""``--landscape mine.py:loss``: a function in a person's own file."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.cli.own_functions import class_at
from tests.cli.commands import RUN, SWEEP, call, loaded

FILE = """
import numpy as np
import swarmviz as sv

def bowl(X):
    return np.square(X - 1.0).sum(axis=1)

known = sv.landscapes.Function(bowl, -3, 3, minimisers=[[1.0, 1.0]], title="a bowl", d=2)
rastrigin = sv.landscapes.Rastrigin()
number = 3
Sphere = bowl

def whole(X):
    return 1
"""


@pytest.fixture
def mine(tmp_path):
    name = f"mine_{tmp_path.name.replace('-', '_')}"
    path = tmp_path / f"{name}.py"
    path.write_text(FILE)
    yield path
    sys.modules.pop(name, None)


def test_a_run_on_a_function_is_the_run_of_the_library(mine, tmp_path):
    out = tmp_path / "out.nc"
    said = call(*RUN, "--landscape", f"{mine}:bowl", "--low", -3, "--high", 3, "--d", 2, "--positions", "--out", out)
    assert said.exit_code == 0, said.output
    bowl = sv.landscapes.Function(lambda X: np.square(X - 1.0).sum(axis=1), -3, 3)
    data = sv.run_ensemble(sv.CBO(), bowl, sv.Swarm(d=2), runs=3, steps=5, positions=True)
    assert np.array_equal(loaded(out)["final_positions"], data["final_positions"])


def test_a_function_with_a_box_of_its_own_needs_no_other(mine):
    said = call(*RUN, "--landscape", f"{mine}:known", "--d", 2)
    assert said.exit_code == 0 and "success" in said.output
    said = call(*RUN, "--landscape", f"{mine}:known", "--d", 2, "--low", -1, "--high", 1)
    assert said.exit_code == 2 and "brings its own box" in said.output


def test_a_sweep_takes_a_function_among_other_landscapes(mine, tmp_path):
    out = tmp_path / "out.nc"
    said = call(*SWEEP, "--grid", f"landscape={mine}:known,Sphere", "--d", 2, "--out", out)
    assert said.exit_code == 0, said.output
    assert loaded(out)["landscape"].values.tolist() == ["a bowl", "Sphere"]


@pytest.mark.parametrize(
    ("address", "more", "words"),
    [
        ("{}:bowl", (), "needs its box: give --low and --high"),
        ("{}:bow", ("--low", -1, "--high", 1), "there is no 'bow' in the file; did you mean 'bowl'"),
        ("{}:bowl", ("--low", 1, "--high", -1), "the box is reversed"),
        ("{}:rastrigin", (), "is a Rastrigin, which has a name of its own"),
        ("{}:number", ("--low", -1, "--high", 1), "f = 3: must be a function"),
        ("{}:Sphere", ("--low", -1, "--high", 1), "is the name of a landscape of swarmviz"),
        ("{}:whole", ("--low", -1, "--high", 1), "whole returned whole numbers"),
        ("nowhere.py:bowl", (), "there is no file"),
        ("Sphere", ("--low", -1, "--high", 1), "have no effect on Sphere"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(mine, address, more, words):
    said = call(*RUN, "--landscape", address.format(mine), *more)
    assert said.exit_code == 2 and words in " ".join(said.output.split()), said.output


def test_a_file_that_raises_or_has_the_name_of_a_known_module_is_refused(tmp_path):
    (tmp_path / "raises_here.py").write_text("1 / 0")
    (tmp_path / "json.py").write_text("def f(X): return X[:, 0]")
    for name, words in (("raises_here", "ZeroDivisionError"), ("json", "rename the file")):
        said = call(*RUN, "--landscape", f"{tmp_path / name}.py:f", "--low", -1, "--high", 1)
        assert said.exit_code == 2 and words in said.output
        assert "raises_here" not in sys.modules


VALLEY = """
import numpy as np

def loss(X):
    return (1 - X[:, 0]) ** 2 + 100 * (X[:, 1] - X[:, 0] ** 2) ** 2

def named(X):
    return loss(X)

named.minimisers = [[1.0, 1.0]]

def of_three(X):
    return np.square(X - [0.0, 1.0, 2.0]).sum(axis=1)
"""


def test_a_minimiser_that_is_not_named_is_found_numerically_and_says_so(mine, capsys):
    mine.write_text(VALLEY)
    found = class_at("serve", f"{mine}:loss", -3.0, 3.0, 2)
    assert "found numerically" in capsys.readouterr().err
    for landscape in (found(), found().copy()):
        np.testing.assert_allclose(landscape.minimisers(2), [[1.0, 1.0]], atol=1e-6)
        assert "found numerically" in landscape.remark and "central differences" in landscape.remark
    assert found().same_as(found().copy()), "a link and a journal know it again"
    again = pickle.loads(pickle.dumps(found()))
    assert np.array_equal(again.minimisers(2), found().minimisers(2)), "a worker judges alike"


def test_a_function_may_name_its_minimisers_itself(mine, capsys):
    mine.write_text(VALLEY)
    named = class_at("serve", f"{mine}:named", -3.0, 3.0, 2)()
    assert named.minimisers(2).tolist() == [[1.0, 1.0]]
    assert "numerically" not in named.remark and not capsys.readouterr().err


def test_a_function_is_searched_in_the_dimension_of_the_run_and_one_that_has_another_is_not(mine):
    mine.write_text(VALLEY)
    assert len(class_at("serve", f"{mine}:of_three", -3.0, 3.0)().minimisers(3)) == 0
    found = class_at("--landscape", f"{mine}:of_three", -3.0, 3.0, opening_d=3)()
    np.testing.assert_allclose(found.minimisers(3), [[0.0, 1.0, 2.0]], atol=1e-6)
    said = call(*RUN, "--landscape", f"{mine}:of_three", "--low", -3, "--high", 3, "--d", 3)
    assert said.exit_code == 0 and "success" in said.output, said.output
