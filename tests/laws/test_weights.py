"""The consensus of a law by quadrature, against integrals by hand and against the consensus of many large swarms."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

import swarmviz as sv
from swarmviz.laws.weights import consensus, log_interpolated, nodes_of, values_at

RASTRIGIN = sv.landscapes.Rastrigin()
NO_ATOMS = np.zeros((0, 2)), np.zeros(0)


def uniform(landscape, low, high, alpha):
    nodes = nodes_of(landscape, -20.0, 20.0, (low, high))
    logs = np.where((nodes.x >= low) & (nodes.x <= high), -math.log(high - low), -np.inf)
    return consensus(*nodes, logs, alpha, *NO_ATOMS)


@pytest.mark.parametrize("alpha", [0.3, 10.0, 1e3, 1e5, 1e8])
def test_consensus_and_scatter_are_the_integrals(alpha):
    """Adaptive quadrature between the local extremes of F, in pieces of a few widths of the weight, to 1e-9 of itself."""
    low, high, f = -3.0, 4.0, lambda x: float(RASTRIGIN.values([[x]])[0])
    width = 1.0 / math.sqrt(400.0 * alpha)
    points = sorted(
        {low, high, *np.clip([s * width * c for s in (-1, 1) for c in (0, 1, 3, 10, 40)], low, high), *range(-2, 4)}
    )

    def integral(g):
        return sum(quad(g, a, b, epsabs=0, epsrel=1e-10, limit=400)[0] for a, b in itertools.pairwise(points))

    total = integral(lambda x: math.exp(-alpha * f(x)))
    nu = integral(lambda x: x * math.exp(-alpha * f(x))) / total
    tau = math.sqrt(7.0 * integral(lambda x: (x - nu) ** 2 * math.exp(-2.0 * alpha * f(x)))) / total
    found = uniform(RASTRIGIN, low, high, alpha)
    assert found.nu == pytest.approx(nu, abs=1e-4 * tau)
    assert found.tau == pytest.approx(tau, rel=1e-2)


def test_the_consensus_of_swarms_scatters_by_tau():
    """400 swarms of 1e4: the standard error of the mean is τ/(100·20), that of the deviation 1/√800 = 3.5% of it; 4 of each."""
    r, alpha, n = np.random.default_rng(3), 2.0, 10_000
    x = r.uniform(-3, 4, (400, n))
    w = np.exp(-alpha * RASTRIGIN.values(x.reshape(-1, 1)).reshape(x.shape))
    nu, found = (w * x).sum(axis=1) / w.sum(axis=1), uniform(RASTRIGIN, -3.0, 4.0, alpha)
    assert abs(nu.mean() - found.nu) < 4 * found.tau / math.sqrt(n * 400)
    assert nu.std() * math.sqrt(n) == pytest.approx(found.tau, rel=0.14)


def test_atoms_weigh_as_agents_do():
    atoms = np.array([[-1.0, 0.5], [0.2, 0.3], [3.0, 0.2]])
    f = values_at(RASTRIGIN, atoms[:, 0])
    w = atoms[:, 1] * np.exp(-0.1 * f)
    found = consensus(np.zeros(0), np.zeros(0), np.zeros(0), 0.1, atoms, f)
    nu = w @ atoms[:, 0] / w.sum()
    assert found.nu == pytest.approx(nu, rel=1e-14)
    second = (atoms[:, 1] * np.exp(-0.2 * f)) @ (atoms[:, 0] - nu) ** 2
    assert found.tau == pytest.approx(math.sqrt(second) / w.sum(), rel=1e-13)


def test_a_minimum_beside_a_cliff_has_nodes_on_it():
    landscape = sv.landscapes.DiscontinuousIntegrand()
    found = uniform(landscape, -1.0, 2.0, 1e4)
    # near the cliff the weight is e^{−α F'(½) (½ − x)} with F'(½) = −5 e^{2.5}
    assert 0.5 - found.nu == pytest.approx(1.0 / (5.0 * math.exp(2.5) * 1e4), rel=2e-2)


def test_a_cubic_is_interpolated_exactly_and_a_cliff_without_overshoot():
    eta = np.linspace(-2, 2, 41)
    at = np.linspace(-2, 2, 333)
    np.testing.assert_allclose(log_interpolated(eta**3 - eta, -2.0, 0.1, at), at**3 - at, atol=1e-13)
    cliff = np.where(eta > 0.05, -1e5, -1.0)
    found = log_interpolated(cliff, -2.0, 0.1, at)
    assert found.max() < -1.0 + 1e-15 and (np.abs(found[at <= 0] + 1.0) < 1e-15).all()
    assert (log_interpolated(eta, -2.0, 0.1, np.array([-2.1, 2.1])) == -np.inf).all()


def test_of_a_heavy_tail_only_that_part_scatters_where_agents_are():
    """P(|X| > r) = r^{−3/2} for r ≥ 1 has no variance. Up to r it is 3(√r − 1); one of N agents lies beyond r = N^{2/3}, so that

    N ≥ 3 (N^{1/3} − 1)/size² is sought: for size = 0.1 it is N = 4.6e3; bins are powers of 2, so that r is right to a factor of 2.
    """
    x = np.concatenate((-np.geomspace(1e16, 1.0, 20001), np.geomspace(1.0, 1e16, 20001)))
    logs = math.log(0.75) - 2.5 * np.log(np.abs(x))
    middle = np.abs(x) <= 1.0 + 1e-12
    logs[middle] = -np.inf
    found = consensus(x, np.zeros(len(x)), logs, 1.0, *NO_ATOMS)
    assert found.tau**2 == pytest.approx(3 * (1e8 - 1), rel=1e-2)
    assert 3e3 < found.agents_within(0.1) < 8e3


def test_a_light_tail_scatters_by_all_of_tau():
    found = uniform(RASTRIGIN, -3.0, 4.0, 10.0)
    assert found.agents_within(0.05) == pytest.approx((found.tau / 0.05) ** 2, rel=1e-9)
    assert found.agents_within(10.0) == 1.0
