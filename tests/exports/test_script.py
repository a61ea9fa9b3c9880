"""The Python lines give the same bits, and say no more than they need."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import exports
from swarmviz.exports import Run
from tests.exports.example_runs import CASES, from_points, same, went_back


@pytest.mark.parametrize("make", CASES)
def test_the_python_lines_live_the_run_again_bit_for_bit(make):
    sim = make()
    there = {}
    exec(compile(exports.python_lines(sim), "lines", "exec"), there)
    assert (there["frame"].k, there["frame"].t) == (sim.k, sim.t)
    assert np.array_equal(there["frame"].x, sim.frame.x)
    assert same(sim, there["sim"])


def test_the_lines_of_a_snapshot_end_where_it_stands():
    """Also when the simulation has been further, through a change that the snapshot then leaves out."""
    sim, there = went_back(), {}
    lines = exports.python_lines(Run.of(sim))
    exec(compile(lines, "lines", "exec"), there)
    assert np.array_equal(there["frame"].x, sim.frame.x) and there["sim"].furthest == sim.k < sim.furthest
    assert "goto" not in lines and "goto" in exports.python_lines(sim)


def test_the_lines_say_only_what_differs_from_the_defaults():
    sim = sv.Simulation(sv.CBO(sigma=0.5), sv.landscapes.Rastrigin(), sv.Swarm(seed=7))
    sim.advance(10)
    assert exports.python_lines(sim).splitlines()[2:] == [
        "",
        "dynamics = sv.CBO(sigma=0.5)",
        "landscape = sv.landscapes.Rastrigin()",
        "swarm = sv.Swarm(seed=7)",
        "sim = sv.Simulation(dynamics, landscape, swarm)",
        "sim.advance(10)",
        "frame = sim.frame",
    ]


def test_a_dynamics_from_elsewhere_is_imported_from_where_it_is():
    kind = type("Own", (sv.CBO,), {"__module__": "my.laboratory"})
    lines = exports.python_lines(sv.Simulation(kind(), sv.landscapes.Sphere(), sv.Swarm(n=5)))
    assert "from my.laboratory import Own\n" in lines and "dynamics = Own()\n" in lines


def test_no_line_of_a_script_is_too_wide_to_read():
    assert max(map(len, exports.python_lines(from_points()).splitlines())) <= 110


def test_a_function_of_ones_own_is_imported_or_named_as_what_is_missing():
    from tests.landscapes.function import own

    landscape = sv.landscapes.Function(own.quartic, -2, 2, own.quartic_slope, minimisers=[[1.0, 1.0]], title="quartic")
    sim, there = sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=10, seed=7)), {}
    sim.advance(10)
    lines = exports.python_lines(sim)
    assert "from tests.landscapes.function.own import quartic" in lines and "difference" not in lines
    exec(compile(lines, "lines", "exec"), there)
    assert np.array_equal(there["frame"].x, sim.frame.x)
    assert "sv.landscapes.Function(" in exports.python_lines(
        sv.Simulation(sv.CBO(), landscape.as_class("loss")(), sv.Swarm(n=10, seed=7))
    )
    nameless = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -2, 2)
    assert "cannot be imported: define it here" in exports.python_lines(
        sv.Simulation(sv.CBO(), nameless, sv.Swarm(n=10))
    )


def test_the_lines_of_a_map_make_the_same_table():
    dynamics = sv.CBO(noise="isotropic", alpha=sv.schedules.Linear(start=1.0, end=50.0, duration=2.0))
    landscape, swarm = sv.landscapes.Formula("x^2 + 3*sin(2*y)^2"), sv.Swarm(n=6, d=2, seed=4)
    grid = {"dynamics.sigma": (0.1, 1 / 3, 2.0), "swarm.n": (5, 9)}
    text = exports.refine_lines(dynamics, landscape, swarm, grid, runs=8, steps=10, tolerance=0.01)
    names = {}
    exec(text, names)
    *_, table = sv.refine(dynamics, landscape, swarm, grid, runs=8, steps=10, tolerance=0.01)
    assert names["table"].identical(table)
    assert max(map(len, text.splitlines())) <= 140
