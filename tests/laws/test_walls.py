"""Walls of a box that does not lie around 0, against many draws that the kernel of the swarm confines."""

import numpy as np
import pytest

from swarmviz.laws.gaussian_mixture import Mixture
from swarmviz.laws.walls import confine, confined

LOW, HIGH = 1.0, 4.0
MIXTURE = Mixture(np.array([0.25, 0.75]), np.array([1.2, 3.0]), np.array([0.6, 2.5]))


@pytest.mark.parametrize("origin", [0.0, 2.5])
@pytest.mark.parametrize("boundary", ["none", "clip", "reflect", "periodic"])
def test_the_law_after_a_wall_is_that_of_the_agents_after_it(boundary, origin):
    """4e5 draws; at each of 60 places four standard errors of a share."""
    r, n = np.random.default_rng(1), 400_000
    which = r.choice(2, n, p=MIXTURE.mass)
    draws = confined(r.normal(MIXTURE.mean[which], MIXTURE.deviation[which]), LOW, HIGH, boundary)
    law = confine(MIXTURE.shifted(-origin), np.zeros((0, 2)), LOW, HIGH, boundary, origin)
    x = np.sort(np.append(np.linspace(-3.0, 7.0, 58), [LOW, HIGH]))
    found = law.cdf(x, origin)
    share = (draws[:, None] <= x).mean(axis=0)
    assert (np.abs(found - share) <= 4 * np.sqrt(share * (1 - share) / n) + 1e-5).all()
    cells, _ = law.cells(np.linspace(-40.0, 40.0, 800), origin)
    assert abs(cells.mass.sum() + law.atoms[:, 1].sum() - 1.0) < 1e-12
