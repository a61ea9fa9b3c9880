"""The landscape of a formula: its parameters, its minimisers, and that its runs are the same to the bit."""

from __future__ import annotations

import math
import pickle
import sys
import threading
import time

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.landscapes import Formula, FormulaError
from swarmviz.landscapes.formula import formula


def test_a_refused_text_leaves_the_old_formula_in_place():
    landscape = Formula("x^2")
    for bad in ("x^", "exp(exp(exp(exp(x-x+9))))", 5, None):
        with pytest.raises(FormulaError):
            landscape.text = bad
    assert landscape.text == "x^2" and landscape.values([[3.0]])[0] == 9
    landscape.text = "y^3"
    assert (
        landscape.dims == (2, None)
        and landscape.equation == "F(x, y) = y^{3}"
        and landscape.values([[0.0, 2.0]])[0] == 8
    )


def test_the_box_is_any_interval_and_nothing_else():
    assert Formula("x", box=(-1, 2)).box == (-1.0, 2.0)
    assert Formula("x", box=[0, 1]).limits(2)[1].tolist() == [1, 1]
    assert Formula("x", box=(-3, 4)).low == -3
    for bad in (
        (1, 1),
        (2, 1),
        (0,),
        (0, 1, 2),
        5,
        "ab",
        (0, math.inf),
        (math.nan, 1),
        (0, 1e9),
        (None, 1),
        (False, True),
    ):
        with pytest.raises(ValueError, match="two numbers"):
            Formula("x", box=bad)


def test_a_landscape_is_its_text():
    landscape = Formula("x*y", box=(0, 1))
    assert repr(landscape) == "Formula(text='x*y', box=(0.0, 1.0))"
    copy = pickle.loads(pickle.dumps(landscape))
    assert copy.values([[2.0, 3.0]])[0] == 6 and copy.dims == (2, None) and copy.box == (0, 1)


def test_a_second_formula_costs_no_compilation_no_module_and_no_file(tmp_path):
    """The old way kept 2.2 MB and 70 kB on disk for every formula and held all visitors for seconds."""
    Formula("x").values([[1.0]]), Formula("x").gradient([[1.0]])
    kernels, modules = Formula("x").values_function(), set(sys.modules)
    start = time.process_time()
    for k in range(200):
        landscape = Formula(f"x^2 + {k}*sin(x*{k}.5) - sum(i, log(x_i^2 + {k}.1))")
        assert landscape.values([[1.0], [2.0]]).shape == (2,) and landscape.gradient([[1.0]]).shape == (1, 1)
        assert landscape.values_function() is kernels
    assert time.process_time() - start < 20  # 200 formulas: the old way took ten minutes
    assert set(sys.modules) - modules == set()
    assert formula._known_text.cache_info().currsize <= 64


def test_threads_share_the_functions_and_nothing_else():
    texts = [f"sum(i, sin({k}*x_i)) + {k}*exp(-x^2)" for k in range(1, 9)]
    X = np.random.default_rng(0).uniform(-5, 5, (3000, 3))
    alone = [(Formula(t).values(X), Formula(t).gradient(X)) for t in texts]
    found, barrier = {}, threading.Barrier(len(texts))

    def work(k):
        barrier.wait()
        landscape = Formula(texts[k])
        found[k] = [(landscape.values(X), landscape.gradient(X)) for _ in range(20)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, (values, slopes) in enumerate(alone):
        assert all(np.array_equal(v, values) and np.array_equal(g, slopes) for v, g in found[k])


@pytest.mark.parametrize("name", ["CBO", "SSA"])
def test_a_run_on_a_formula_is_the_same_to_the_bit_however_its_steps_are_batched(name):
    def run(*batches):
        land = Formula("sum(i, |x_i - 0.3|^1.5 - 3*cos(2*x_i)) + exp(sin(x*y))")
        sim = sv.Simulation(sv.dynamics.ALL[name](), land, sv.Swarm(n=77, d=3, seed=5))
        for steps in batches:
            sim.advance(steps)
        return sim.frame.x

    assert np.array_equal(run(60), run(*[1] * 30, 7, 23))


def test_runs_on_a_formula_are_the_same_to_the_bit_for_any_number_of_threads():
    land, swarm = Formula("10*d + sum(i, x_i^2 - 10*cos(2*pi*x_i))", known=[[0]]), sv.Swarm(n=30, d=4)
    one, four = (sv.run_ensemble(sv.CBO(), land, swarm, runs=12, steps=40, threads=k) for k in (1, 4))
    assert one.equals(four)


def test_minimisers_can_be_told_and_success_is_then_measured():
    text = "10*d + sum(i, x_i^2 - 10*cos(2*pi*x_i))"
    landscape = Formula(text, known=[[0]])
    assert landscape.minimisers(3).tolist() == [[0, 0, 0]] and landscape.minimum(3) == 0
    assert len(Formula(text).minimisers(3)) == 0 and Formula(text).minimum(3) is None
    assert landscape.known == ((0.0,),) and Formula(text, known=0).known == ((0.0,),)
    assert Formula("(x - 7)^2", known=7, box=(-9, 9)).minimisers(1).tolist() == [[7]]
    pair = Formula("(x^2 - 1)^2 + y^2", known=[(-1, 0), (1, 0)])
    assert pair.minimisers(2).tolist() == [[-1, 0], [1, 0]] and len(pair.minimisers(3)) == 0
    assert pair.copy().same_as(pair)
    data = sv.run_ensemble(sv.CBO(), landscape, sv.Swarm(n=50, d=2), runs=4, steps=50)
    assert np.isfinite(data["success"].values.astype(float)).all()


def test_a_point_that_is_not_the_lowest_does_not_count():
    landscape = Formula("(x^2 - 1)^2 + y^2", known=[(-1, 0), (1, 0)])
    landscape.text = "(x^2 - 1)^2 + y^2 + x/9"
    assert landscape.minimisers(2).tolist() == [[-1, 0]]
    landscape.text = "x + y"
    assert len(landscape.minimisers(2)) == 0


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ([[6, 0]], "must lie in the box"),
        ([[0, math.nan]], "finite"),
        ([[0, math.inf]], "finite"),
        ([[0, 10**400]], "finite"),
        ([[0, 0], [1]], "numbers"),
        ("ab", "numbers"),
        ([], "not empty"),
        ([[0, 0]] * 65, "at most 64 points"),
        ([[0] * 1001], "1000 coordinates"),
    ],
)
def test_what_cannot_be_a_minimiser_is_refused(known, reason):
    landscape = Formula("x^2 + y^2", known=[[0, 0]])
    with pytest.raises(ValueError, match=f"known.*{reason}"):
        landscape.known = known
    assert landscape.known == ((0.0, 0.0),)
    with pytest.raises(ValueError, match="must hold the known minimiser"):
        landscape.box = (1, 2)
    assert landscape.box == (-5, 5)
