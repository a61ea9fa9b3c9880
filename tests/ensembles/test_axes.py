"""The axes of a sweep: what may be one, how it is named, and what is refused before anything runs."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import Stall
from tests.ensembles.examples import assert_cell, small_sweep


def test_schedules_initial_laws_and_parameters_of_the_landscape_are_axes_too():
    falling = sv.schedules.Linear(start=2.0, end=0.5, duration=1.0)
    swarm = sv.Swarm(n=10, d=1, seed=1)
    data = sv.sweep(
        sv.CBO(), sv.landscapes.Ackley(), swarm, {"sigma": [1.0, falling], "depth": [5.0, 20.0], "initial": ["uniform", "away"]},
        runs=2, steps=10,
    )  # fmt: skip
    away = sv.Swarm(n=10, d=1, seed=1, initial="away")
    assert_cell(
        data.sel(sigma=str(falling), depth=5.0, initial="away"),
        dynamics=sv.CBO(sigma=falling), landscape=sv.landscapes.Ackley(depth=5.0), swarm=away, runs=2, steps=10, record=(),
    )  # fmt: skip


def test_points_and_landscapes_of_one_class_are_axes_with_their_texts_as_labels(tmp_path):
    points, deep = [np.zeros((1, 2)), np.ones((3, 2))], sv.landscapes.Ackley(depth=30.0)
    data = small_sweep(
        {"points": points},
        landscapes=[sv.landscapes.Ackley(), deep],
        swarm=sv.Swarm(n=6, d=2, initial="points"),
        store=tmp_path / "s",
    )
    assert data["landscape"].values.tolist() == ["Ackley()", "Ackley(depth=30.0)"]
    assert_cell(
        data.isel(points=1).sel(landscape="Ackley(depth=30.0)"),
        dynamics=sv.CBO(), landscape=deep, swarm=sv.Swarm(n=6, d=2, initial="points", points=points[1]), runs=4, steps=30, record=(),
    )  # fmt: skip


def test_what_the_stop_sets_cannot_be_an_axis_and_schedules_still_can():
    with pytest.raises(ValueError, match="stall_steps = 5: cannot be an axis, because the stop Stall"):
        small_sweep({"stall_steps": [5, 10]}, sv.BGK(), stop=Stall(1e-2, 20))
    falling = sv.schedules.Linear(start=1.0, end=0.5, duration=1.0)
    assert small_sweep({"sigma": [0.5, falling]}, sv.BGK(), stop=Stall(1e-2, 20))["finished"].all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"grid": {"sgima": [1.0]}}, "'sgima' is no parameter of CBO, Rastrigin or the swarm; did you mean 'sigma'"),
        ({"grid": {"swarm.sigma": [1.0]}}, r"'swarm.sigma' is no parameter"),
        ({"grid": {"sigma": []}}, r"sigma = \[\]: must hold at least one value"),
        ({"grid": {"sigma": [1.0, -1.0]}}, r"sigma \(σ\) = -1.0: must be a finite number with 0 ≤ σ ≤ 100"),
        ({"grid": {"sigma": [1.0, float("nan")]}}, r"sigma \(σ\) = nan"),
        ({"grid": {"sigma": [1.0, 1.0]}}, "sigma = 1.0: is there twice"),
        ({"grid": {"noise": ["loud"]}}, r"noise \(D\) = 'loud': must be one of anisotropic"),
        ({"grid": {"seed": [1, 2]}}, "seed cannot be an axis"),
        ({"grid": {"n": [5]}, "n": [6]}, "n is given twice"),
        ({"grid": {"sigma": [0.1, 0.5], "dynamics.sigma": [0.2]}}, "dynamics.sigma is given twice: sigma is the same"),
        ({"grid": {"swarm.n": [7, 9]}, "n": [5, 6]}, "swarm.n is given twice: n is the same parameter of the swarm"),
        ({"grid": {"swarm.seed": [1, 2]}}, "swarm.seed cannot be an axis: every run has a seed of its own"),
        ({"n": [0]}, r"n \(N\) = 0: must be a whole number with 1 ≤ N"),
        ({"n": [1]}, r"n \(N\) = 1: CBO needs N ≥ 2"),
        ({"d": [2, 0]}, r"d \(d\) = 0: must be a whole number with 1 ≤ d"),
        ({"landscapes": ["Rastigrin"]}, "'Rastigrin' is no landscape; did you mean 'Rastrigin'"),
        ({"landscapes": []}, r"landscapes = \[\]"),
        ({"landscapes": ["Himmelblau"], "d": [2, 3]}, "d = 3"),
        ({"grid": {"initial": ["uniform", "box"]}}, "low is missing"),
        ({"runs": 0}, "runs = 0: must be a whole number with 1 ≤ runs"),
        ({"steps": 10**9, "record": None}, "GiB"),
    ],
)
def test_bad_axes_are_refused_before_anything_runs_or_is_written(tmp_path, options, says):
    with pytest.raises(ValueError, match=says):
        small_sweep(**options, store=tmp_path / "s", progress=lambda *numbers: pytest.fail("something ran"))
    assert not (tmp_path / "s").exists()


def test_a_name_that_two_parts_have_is_asked_for_in_full():
    swarm = sv.Swarm(n=10, d=2, initial="away")
    with pytest.raises(ValueError, match=r"choose 'dynamics.radius' or 'swarm.radius'"):
        small_sweep({"radius": [0.1]}, sv.FMC(), swarm=swarm)
    data = small_sweep({"swarm.radius": [0.1, 0.5]}, sv.FMC(), swarm=swarm, steps=0)
    assert data["final_answer"].dims[0] == "swarm.radius"
    assert not np.array_equal(*data["final_answer"].values)


def test_a_cell_that_does_not_fit_is_named():
    with pytest.raises(ValueError) as caught:
        small_sweep({"initial": ["uniform", "box"]}, n=[10])
    assert "in the cell n = 10, initial = box; nothing was run" in caught.value.__notes__
