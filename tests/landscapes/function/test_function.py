"""A person's own function: the same numbers as the function itself, and a sentence for everything that does not fit."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pytest
from numba import njit

import swarmviz as sv
from swarmviz.landscapes import Function, SlowFunction
from tests.landscapes.function import own

FORMS = {
    "plain": (own.quartic, None),
    "plain with gradient": (own.quartic, own.quartic_slope),
    "compiled": (own.quartic_of_a_point, None),
    "compiled with gradient": (own.quartic_of_a_point, own.quartic_slope_of_a_point),
    "compiled with a plain gradient": (own.quartic_of_a_point, own.quartic_slope),
    "plain with a compiled gradient": (own.quartic, own.quartic_slope_of_a_point),
}
X = np.random.default_rng(4).uniform(-2, 2, (300, 3))


@pytest.mark.parametrize("form", FORMS)
def test_values_and_gradient_are_those_of_the_function(form):
    f, gradient = FORMS[form]
    landscape = Function(f, -2, 2, gradient)
    assert np.allclose(landscape.values(X), own.quartic(X), rtol=1e-14, atol=1e-14)
    # of the central differences h² F‴/6 with h = 1.2e-5, and their rounding |F| ε/h
    allowed = 1e-13 if gradient else 3e-8
    assert np.abs(landscape.gradient(X) - own.quartic_slope(X)).max() < allowed


def test_the_differences_have_the_order_and_the_step_that_is_stated():
    """Halved steps have a quarter of the error, and the default is near the least error of all."""
    errors = [
        np.abs(Function(own.quartic, -2, 2, difference=h).gradient(X) - own.quartic_slope(X)).max()
        for h in (4e-3, 2e-3)
    ]
    assert 3.9 < errors[0] / errors[1] < 4.1
    assert "6e-06 half widths" in Function(own.quartic, -2, 2).remark


def test_a_box_that_differs_between_coordinates_has_a_step_for_each():
    landscape = Function(own.quartic, (-2, -1, 0), (2, 1, 3e-3))
    assert landscape.dims == (3, 3)
    assert np.allclose(landscape.constants()[1:], 6e-6 * np.array([2, 1, 1.5e-3]), rtol=1e-15)
    assert np.abs(landscape.gradient(X) - own.quartic_slope(X)).max() < 1e-5


@pytest.mark.parametrize("dynamics", [sv.CBO(), sv.SSA(), sv.SBGD(), sv.BGK(), sv.PSO(), sv.FMC()])
def test_a_swarm_lives_the_same_run_on_plain_and_on_compiled_functions_and_in_any_pieces(dynamics):
    runs = []
    for f, pieces in ((own.quartic, (1, 9)), (own.quartic_of_a_point, (10,))):
        sim = sv.Simulation(dynamics.copy(), Function(f, -2, 2), sv.Swarm(n=20, d=2, seed=3))
        for steps in pieces:
            sim.advance(steps)
        runs.append(sim.frame.x)
    assert np.allclose(runs[0], runs[1], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("f", [own.quartic, own.quartic_of_a_point])
def test_an_ensemble_is_the_same_bits_for_any_number_of_threads_and_as_a_single_run(f):
    landscape, swarm = Function(f, -2, 2, minimisers=[[1.2, 1.2]]), sv.Swarm(n=30, d=2, seed=7)
    few, many = (
        sv.run_ensemble(sv.CBO(), landscape, swarm, runs=12, steps=40, threads=t, positions=True) for t in (1, 3)
    )
    assert np.array_equal(few["final_positions"], many["final_positions"])
    assert np.isfinite(few["final_error"]).all()
    swarm.seed = 7 + 5
    single = sv.Simulation(sv.CBO(), landscape, swarm)
    single.advance(40)
    assert np.array_equal(single.frame.x, few["final_positions"][5])


# ---- what does not fit ---------------------------------------------------------------------------------------------------


def asked(f, d=2, **more):
    Function(f, -2, 2, **more).require_dimension(d)


@pytest.mark.parametrize(
    ("f", "kind", "words"),
    [
        (lambda X: 1.0, TypeError, "one number for 66 points"),
        (lambda X: X, TypeError, r"shape \(66, 2\) for 66 points: must be \(M,\)"),
        (lambda X: np.square(X).sum(axis=1, keepdims=True), TypeError, r"shape \(66, 1\)"),
        (lambda X: np.square(X).sum(axis=0), TypeError, r"shape \(2,\)"),
        (lambda X: X[:, 0].astype(int), TypeError, "whole numbers"),
        (lambda X: X[:, 0] > 0, TypeError, "whole numbers"),
        (lambda X: X[:, 0] + 1j, TypeError, "complex"),
        (lambda X: ["a"] * len(X), TypeError, "returned list"),
        (lambda X: None, TypeError, "returned NoneType"),
        (lambda X: X[:, 5], ValueError, r"raised IndexError: .*test_function.py, line \d+.*X of shape \(66, 2\)"),
        (lambda X: X[:, 0] * np.nan, ValueError, "no finite value at any of 66 points"),
        (lambda X: np.random.default_rng().normal(size=len(X)), ValueError, "asked again at the same points"),
        (lambda X: np.square(X - X.mean(axis=0)).sum(axis=1), ValueError, "each row of X must count for itself"),
    ],
)  # fmt: skip
def test_what_a_plain_function_returns_is_judged_in_a_sentence(f, kind, words):
    with pytest.raises(kind, match=words):
        asked(f)


@pytest.mark.parametrize(
    ("f", "kind", "words"),
    [
        (njit(lambda x: x), TypeError, "an array .* for one point: must be one float"),
        (njit(lambda x: 1), TypeError, "a whole number"),
        (njit(lambda x: x[0] > 1), TypeError, "True or False"),
        (njit(lambda x: x[0] + 1j), TypeError, "a complex number"),
        (njit(lambda x: x[0] + x.nothing), TypeError, "numba cannot compile it"),
        (njit(lambda x: x[5]), ValueError, r"raised IndexError.*an array of shape \(2,\)"),
        (njit(lambda x: np.nan), ValueError, "no finite value"),
    ],
)
def test_what_a_compiled_function_returns_is_judged_in_a_sentence(f, kind, words):
    with pytest.raises(kind, match=words):
        asked(f)


@pytest.mark.parametrize(
    ("gradient", "kind", "words"),
    [
        (lambda X: -own.quartic_slope(X), ValueError, "differences of quartic give"),
        (lambda X: own.quartic_slope(X).sum(axis=1), TypeError, r"must be \(M, d\)"),
        (lambda X: 1 / 0, ValueError, "ZeroDivisionError"),
        (njit(lambda x: x[0]), TypeError, r"must be an array of shape \(d,\)"),
        (njit(lambda x: x[:1]), TypeError, r"shape \(1,\) for one point: must be \(2,\)"),
        (3, TypeError, "gradient = 3: must be a function"),
    ],
)
def test_a_gradient_that_is_not_that_of_the_function_is_refused(gradient, kind, words):
    with pytest.raises(kind, match=words):
        asked(own.quartic, gradient=gradient)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"low": 2, "high": -2}, "low = 2, high = -2: the box is reversed"),
        ({"low": (0, 0), "high": (1, 0)}, "reversed or empty"),
        ({"low": (0, 0), "high": (1, 1, 1)}, "2 and 3 coordinates"),
        ({"low": np.nan, "high": 1}, "low = nan: must be a finite number"),
        ({"low": "a", "high": 1}, "low = 'a': must be a number"),
        ({"low": 0, "high": 1, "d": 0}, "d = 0: must be a whole number"),
        ({"low": (0, 0), "high": (1, 1), "d": 3}, "d = 3: low and high have 2"),
        ({"low": 0, "high": 1, "difference": 0}, "difference = 0: must be a number with 0 < difference"),
        ({"low": 0, "high": 1, "title": " "}, "title = ' ': must be a text"),
        ({"low": 0, "high": 1, "minimisers": [[2.0]]}, "must lie in the box"),
        ({"low": 0, "high": 1, "minimisers": "here"}, "must be points"),
        ({"low": 0, "high": 1, "minimisers": [[0.5, 0.5]], "d": 3}, r"an array of shape \(m, 3\)"),
    ],
)
def test_bad_arguments_are_named_with_their_value(arguments, words):
    with pytest.raises(ValueError, match=words):
        Function(own.quartic, **arguments)
    with pytest.raises(TypeError, match="f = 3: must be a function of points"):
        Function(3, -1, 1)


def test_a_dimension_that_it_does_not_have_is_refused():
    with pytest.raises(ValueError, match="needs d = 2"):
        sv.Simulation(sv.CBO(), Function(own.quartic, -2, 2, d=2), sv.Swarm(n=5, d=3))


def test_how_long_a_slow_function_takes_is_said_once_in_a_dimension():
    def slow(X):
        total = sum(np.sin(X + k).sum() * 0 for k in range(3000))
        return np.square(X).sum(axis=1) + total

    landscape = Function(slow, -2, 2)
    with pytest.warns(
        SlowFunction, match=r"slow takes [\d.]+ ms for a hundred points.*1,000 steps of 100 agents take about"
    ):
        landscape.require_dimension(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        landscape.copy().require_dimension(2)


# ---- a run that leaves the numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (
            own.walled,
            r"step (\d+): F of agent (\d+) .*walled raised ValueError: the bath is dry \(own.py, line \d+\) at \((.*)\)",
        ),
        (own.walled_of_a_point, r"step (\d+): F of agent (\d+) .*raised ValueError: the bath is dry .* at \((.*)\)"),
        (own.rooted, r"step (\d+): F of agent (\d+) .*rooted is NaN at \((.*)\)"),
    ],
)
def test_a_run_on_a_function_that_fails_says_step_agent_point_and_reason(f, words):
    sim = sv.Simulation(sv.CBO(sigma=8.0), Function(f, -1, 1, d=2), sv.Swarm(n=20, d=2, seed=1))
    with pytest.raises(sv.Diverged, match=words) as caught:
        sim.advance(500)
    step, _, point = caught.value.args[0], None, np.array(eval(f"({caught.value.args[0].rpartition('at (')[2]}"))
    assert point[0] < -1 and str(caught.value.step) in step
    assert sim.k == caught.value.step - 1


def test_an_ensemble_records_the_runs_that_failed_and_the_others_go_on():
    data = sv.run_ensemble(
        sv.CBO(sigma=2.5, lam=1.0), Function(own.walled, -1, 1, d=2), sv.Swarm(n=5, d=2), runs=30, steps=60
    )
    failed = data["diverged_step"].values >= 0
    assert 0 < failed.sum() < 30
    assert np.isfinite(data["final_energy"].values[~failed]).all()


def test_a_start_where_it_is_not_a_number_is_refused_with_agent_point_and_reason():
    swarm = sv.Swarm(n=2, d=2, initial="points", points=[[0.0, 0.0], [-1.5, 0.0]])
    with pytest.raises(
        ValueError, match=r"walled raised ValueError: the bath is dry .*at \(-1.5, 0\), where agent 1 starts"
    ):
        sv.Simulation(sv.CBO(), Function(own.walled, -1, 2, d=2), swarm)


def test_the_failure_of_a_function_is_not_blamed_on_a_later_run():
    landscape = Function(own.walled, -1, 1, d=2)
    assert np.isnan(landscape.values(np.array([[-3.0, 0.0]])))[0]
    sim = sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=5, d=2))
    assert landscape.advice(sim.frame.x) == ""


def test_a_position_that_is_no_number_has_no_value_whatever_the_function_says():
    for f in (lambda X: np.where(X[:, 0] > 0, 1.0, 2.0), njit(lambda x: 1.0 if x[0] > 0 else 2.0)):
        landscape = Function(f, -1, 1)
        assert np.isnan(landscape.values(np.array([[np.nan, 0.0], [0.0, np.inf], [1.0, 1.0]]))).tolist() == [
            True,
            True,
            False,
        ]


# ---- as a part among others ------------------------------------------------------------------------------------------------


def test_copies_pickles_and_classes_are_the_same_landscape():
    landscape = Function(own.quartic, -2, 2, own.quartic_slope, minimisers=[[1.0, 1.0]], title="quartic", d=2)
    for other in (landscape.copy(), copy.deepcopy(landscape), pickle.loads(pickle.dumps(landscape))):
        assert landscape.same_as(other) and np.array_equal(landscape.values(X[:, :2]), other.values(X[:, :2]))
    cls = landscape.as_class("Quartic")
    assert cls.__name__ == "Quartic" and cls.title == "quartic" and cls().same_as(cls()) and not cls.declared()
    assert np.array_equal(cls().copy().minimisers(2), [[1.0, 1.0]])
    assert not landscape.same_as(Function(own.walled, -2, 2, title="quartic"))


def test_compiled_code_is_shared_by_copies_and_forgotten_with_the_landscape():
    from swarmviz.landscapes.function import calls

    landscape = Function(own.quartic_of_a_point, -2, 2)
    assert landscape.values_function() is landscape.copy().values_function()
    key = landscape.code.key
    assert key in calls._known
    del landscape
    assert key not in calls._known


def test_a_store_knows_a_function_by_its_title_and_asks_for_one(tmp_path):
    parts = sv.CBO(), sv.Swarm(n=5, d=2)
    how = {"grid": {"sigma": [0.5, 1.0]}, "runs": 2, "steps": 5}
    with pytest.raises(TypeError, match="a store needs a title"):
        sv.sweep(parts[0], Function(own.quartic, -2, 2), parts[1], **how, store=tmp_path / "a")
    named = Function(own.quartic, -2, 2, title="quartic")
    first = sv.sweep(parts[0], named, parts[1], **how, store=tmp_path / "a")
    again = sv.sweep(parts[0], named.copy(), parts[1], **how, store=tmp_path / "a")
    assert np.array_equal(first["final_best"], again["final_best"])
    with pytest.raises(ValueError, match="another sweep"):
        sv.sweep(parts[0], Function(own.quartic, -2, 2, title="other"), parts[1], **how, store=tmp_path / "a")


def test_a_sweep_over_functions_names_them_by_their_titles():
    pair = [Function(own.quartic, -2, 2, title="a"), Function(own.walled, -1, 2, title="b")]
    data = sv.sweep(sv.CBO(), pair[0], sv.Swarm(n=5, d=2), landscapes=pair, runs=2, steps=5)
    assert data["landscape"].values.tolist() == ["a", "b"]


def test_a_link_refuses_a_function_that_is_in_no_menu():
    from swarmviz.serialise import built, shortened

    content = shortened(Function(own.quartic, -2, 2))
    assert content == ["Function", {}]
    with pytest.raises(ValueError, match="'Function' is not known"):
        built(content, sv.landscapes.ALL)
