"""What a person typed, as a dynamics, a landscape and a swarm."""

from __future__ import annotations

import pytest

from swarmviz.cli.values import problem


@pytest.mark.parametrize(
    ("settings", "swarm", "says"),
    [
        (("sigma=1", "dynamics.sigma=50"), {}, "--set dynamics.sigma=50: sigma of the dynamics is given twice"),
        (("swarm.n=5", "n=6"), {}, "--set n=6: n of the swarm is given twice"),
        (("n=5",), {"n": 6}, "--n 6: n is given twice, by --set as well"),
        (("swarm.seed=5",), {"n": 6, "seed": 0}, "--seed 0: seed is given twice"),
    ],
)
def test_a_parameter_that_is_given_twice_under_two_names_is_refused(settings, swarm, says):
    with pytest.raises(ValueError, match=says):
        problem("CBO", "Rastrigin", settings, swarm)


def test_each_part_has_its_own():
    settings = ("dynamics.radius=2", "motion=drift", "swarm.radius=0.5", "initial=away", "depth=30")
    parts = problem("FMC", "Ackley", settings, {"n": 6, "d": None})
    assert (parts["dynamics"].radius, parts["swarm"].radius) == (2, 0.5)
    assert (parts["swarm"].n, parts["landscape"].depth) == (6, 30)


def test_a_text_is_a_text_whatever_it_looks_like():
    """`5` is a formula, too, and was refused as a whole number."""
    assert problem("CBO", "Formula", ("text=5",), {})["landscape"].text == "5"
    assert problem("CBO", "Formula", ("text='x^2'",), {})["landscape"].text == "x^2"


def test_what_the_grid_sets_is_not_set_by_itself_as_well():
    for settings, swarm, axis in ((("sigma=1",), {}, "sigma"), ((), {"n": 9}, "n"), (("n=9",), {}, "swarm.n")):
        with pytest.raises(ValueError, match=f"--grid {axis}: .*given twice"):
            problem("CBO", "Rastrigin", settings, swarm, [axis])
    with pytest.raises(ValueError, match="--set depth: has no effect"):
        problem("CBO", "Ackley", ("depth=30",), {}, ["landscape"])


def test_a_value_that_only_some_cells_use_is_accepted_and_one_that_none_uses_is_refused():
    assert problem("SSA", "Ackley", ("temperature=2",), {}, ["profile"])["dynamics"].temperature == 2
    for settings in (("temperature=2",), ("temperature=2", "profile=step")):
        with pytest.raises(ValueError, match=r"temperature .*has no effect"):
            problem("SSA", "Ackley", settings, {}, ["dt"])
