"""Where a formula is not a number: refused or counted as infinite, and the part of it that is to blame is named."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.landscapes import Formula, FormulaError


def test_a_run_of_a_formula_that_is_undefined_says_where_and_what_to_do():
    landscape = Formula("y^2 + log(x)")
    with pytest.raises(
        FormulaError, match=r"text: log\(−.*\) is not a real number: the formula is undefined at \(−"
    ) as caught:
        sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=50))
    assert caught.value.position == 6
    said = str(caught.value)
    assert "where agent" in said and "the box is (−5, 5)" in said and "undefined = '+∞'" in said and "Δt" not in said
    with pytest.raises(FormulaError, match=r"in the box \(−5, 5\)"):
        landscape.require_defined_in_box(2)
    landscape.box = (0.1, 5.0)  # the way out
    landscape.require_defined_in_box(2)
    sv.Simulation(sv.CBO(sigma=0.1), landscape, sv.Swarm(n=50)).advance(10)


def test_a_swarm_that_leaves_the_domain_of_its_formula_is_told_of_the_formula():
    sim = sv.Simulation(sv.CBO(sigma=4.0), Formula("log(x)", box=(0.1, 5)), sv.Swarm(n=50, seed=3))
    with pytest.raises(sv.Diverged, match=r"log\(−.*\) is not a real number") as caught:
        sim.advance(100)
    assert "reduce" not in str(caught.value)
    sim = sv.Simulation(sv.CBO(), Formula("x^2"), sv.Swarm(n=20))
    sim.landscape = Formula("log(x)")
    with pytest.raises(sv.Diverged, match="is not a real number"):
        sim.apply()


@pytest.mark.parametrize("text", ["x^2 + y^2", "x^4 - y^4", "exp(x^2) - exp(y^2)"])
def test_a_formula_that_is_a_number_everywhere_is_not_blamed_for_a_step_that_is_too_large(text):
    sim = sv.Simulation(sv.CBO(sigma=30.0, dt=1.0), Formula(text), sv.Swarm(n=10))
    with pytest.raises(sv.Diverged, match="reduce"):
        sim.advance(5000)


@pytest.mark.parametrize("text", ["1/x", "tan(x)", "sqrt(x + 5)", "1/x + x^-3 / y^-2", "log(|x|)"])
def test_a_single_point_where_a_formula_is_undefined_does_not_spoil_it(text):
    landscape = Formula(text)
    landscape.require_defined_in_box(2)
    sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=50)).advance(1)


def test_a_formula_without_any_value_is_refused_at_once_and_one_without_any_in_its_box_when_it_is_used():
    with pytest.raises(FormulaError, match="no finite value anywhere"):
        Formula("log(-x^2 - 1)", undefined="+∞")
    far = Formula("log(-x - 6)")  # an old link may hold one, with a swarm that starts beyond the box
    with pytest.raises(FormulaError, match=r"in the box \(−5, 5\)"):
        far.require_defined_in_box(1)
    sv.Simulation(sv.CBO(), far, sv.Swarm(n=2, d=1, initial="points", points=[[-9.0], [-8.0]])).advance(1)


@pytest.mark.parametrize("text", [[1], {"a": 1}, 5, None, b"x"])
def test_what_is_no_text_is_refused_as_such(text):
    with pytest.raises(FormulaError, match="a formula is a text, not"):
        Formula(text)


def test_undefined_counts_as_infinite_where_that_is_chosen():
    landscape = Formula("sqrt(x) + 1/y - 1/z", undefined="+∞")
    X = [[-1.0, 1.0, 1.0], [4.0, 0.0, 1.0], [4.0, 1.0, 0.0], [4.0, 1.0, 1.0], [np.nan, 1.0, 1.0], [np.inf, 1.0, 1.0]]
    assert landscape.values(X)[:4].tolist() == [np.inf, np.inf, np.inf, 2.0]
    assert not np.isfinite(landscape.values(X)[4:]).any()  # an agent that left the numbers stays visible
    assert landscape.gradient(X)[0].tolist() == [0, 0, 0] and landscape.gradient(X)[3].tolist() == [0.25, -1, 1]
    again = landscape.copy()
    assert again.undefined == "+∞" and again.same_as(landscape)
    with pytest.raises(ValueError, match=r"undefined.*must be one of refused, \+∞"):
        Formula("x", undefined="nan")


RUNNING = [name for name in sv.dynamics.ALL if name != "FiniteSet"]


@pytest.mark.parametrize("text", ["log(x) + y^2", "sqrt(x - 4) + |y|"])
@pytest.mark.parametrize("name", RUNNING)
def test_every_dynamics_runs_where_undefined_counts_as_infinite(name, text):
    """Most agents begin where the formula is no number."""
    dynamics = sv.dynamics.ALL[name]()
    sim = sv.Simulation(dynamics, Formula(text, undefined="+∞"), sv.Swarm(n=60, d=2, seed=1))
    began = np.min(sim.frame.energy)
    frame = sim.advance(100)
    assert np.isfinite(frame.x).all() and not np.isnan(frame.energy).any()
    assert frame.weight is None or np.isfinite(frame.weight).all()
    if frame.weight is not None and frame.memory is None:  # those of PSO are of the personal bests
        assert frame.weight[frame.energy >= 1e99].max(initial=0) < 0.5
    for observable in dynamics.observables:
        if observable.name not in ("distance", "error", "functional", "lag"):  # which need a minimiser that is known
            assert not np.isnan(sim.record[observable.name][1:]).any(), observable.name
    assert sim.record["best"].min() <= began < 1e99


def test_a_finite_set_says_that_it_needs_a_number_at_every_state():
    with pytest.raises(ValueError, match="must be finite at every state"):
        sv.Simulation(sv.dynamics.FiniteSet(), Formula("log(x)", undefined="+∞"), sv.Swarm(n=60, d=1))
