"""What a person typed, as a dynamics, a landscape and a swarm."""

from __future__ import annotations

import pytest

from swarmviz.ensembles.typed import problem


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
    parts = problem("FMC", "Ackley", ("dynamics.radius=2", "swarm.radius=0.5", "depth=30"), {"n": 6, "d": None})
    assert (parts["dynamics"].radius, parts["swarm"].radius) == (2, 0.5)
    assert (parts["swarm"].n, parts["landscape"].depth) == (6, 30)
