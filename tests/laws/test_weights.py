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


def uniform(landscape, low, high, alpha, ends=(-20.0, 20.0)):
    nodes = nodes_of(landscape, *ends, (low, high))
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


def test_a_table_with_more_values_than_there_are_nodes_has_nodes_at_all_of_them():
    table = tuple(np.random.default_rng(1).choice([0.0, 1.0, -3.0, 2.5, 1e6], 900).tolist())
    found = uniform(sv.landscapes.Tabulated(table=table), -0.5, 899.5, 10.0, ends=(-900.0, 1800.0))
    assert found.nu == pytest.approx(straight_pieces(table, 10.0), abs=2.0)


# ---- jumps, plateaus, gorges -------------------------------------------------------------------------------------------

VALLEYS = (0.0, 0.0, -3.0, 0.0, -3.0, -3.0, 2.5, 1.0, 10.0, -3.0)  # plateaus from 4 to 5 and from 9 on, a valley at 2


def straight_pieces(table, alpha):
    """ν of a uniform law on the box of a table, by the integrals over its straight pieces."""
    u = np.concatenate(([table[0]], table, [table[-1]])) - min(table)
    at = np.concatenate(([-0.5], np.arange(len(table)), [len(table) - 0.5]))
    total = first = 0.0
    for a, b, left, right in zip(at[:-1], at[1:], u[:-1], u[1:], strict=True):
        rate, width = alpha * abs(right - left) / (b - a), b - a  # from the lower end
        base = math.exp(-alpha * min(left, right))
        mass = width if rate == 0 else -math.expm1(-rate * width) / rate
        moment = width**2 / 2 if rate == 0 else (mass - width * math.exp(-rate * width)) / rate
        a, moment = (a, moment) if left <= right else (b, -moment)
        total, first = total + base * mass, first + base * (a * mass + moment)
    return first / total


@pytest.mark.parametrize("alpha", [1.0, 10.0, 1000.0])
def test_plateaus_end_where_they_end(alpha):
    """What lies beside the plateaus, 6% of it all or less, four away from ν or less, is known to 1%."""
    found = uniform(sv.landscapes.Tabulated(table=VALLEYS), -0.5, 9.5, alpha, ends=(-15.517, 25.4))
    assert found.nu == pytest.approx(straight_pieces(VALLEYS, alpha), abs=2.4e-3)


@pytest.mark.parametrize("alpha", [1.0, 1000.0, 1e6])
def test_a_law_that_begins_behind_a_cliff_does_not_see_its_edge(alpha):
    """F is 0 at x > ½, and −12 at ½ itself, where nobody starts."""
    cliff = sv.landscapes.DiscontinuousIntegrand()
    assert uniform(cliff, 0.5, 2.0, alpha).nu == pytest.approx(1.25, abs=1e-6)
    assert uniform(cliff, -5.0, 5.0, 1e3).nu == pytest.approx(0.5, abs=2e-5)


def test_where_a_jump_lies_does_not_matter():
    """On both sides of a jump F is constant: ν is that of shares, which a grid point in between had wrong by half a spacing."""
    for at in (0.317, 1.0 / 3.0, 2.0 - 1e-6):
        step = sv.landscapes.Formula(f"0.5 - 0.5*sign(x - {at})", box=(-5.0, 5.0))
        found = uniform(step, -5.0, 5.0, 2.0)
        left, right, w = at + 5.0, 5.0 - at, math.exp(-2.0)
        nu = (w * left * (at - 5.0) / 2 + right * (at + 5.0) / 2) / (w * left + right)
        assert found.nu == pytest.approx(nu, abs=1e-7)


def test_who_is_near_a_gorge_does_not_lead_unless_it_is_in_it():
    """F is 0 up to 0, and −3 at 3 between walls 1e6 high: one of 1e6 agents is lower than 0 there, and that one is ν."""
    gorge = sv.landscapes.Tabulated(table=(0.0, 1.0, 1e6, -3.0, 1e6))
    found = uniform(gorge, -0.5, 4.5, 1000.0)
    assert found.nu == pytest.approx(3.0, abs=1e-6)
    assert found.leaders(0.5) == pytest.approx(2 * 3e-6 / 5, rel=0.05)
    assert uniform(RASTRIGIN, -3.0, 4.0, 10.0).leaders(0.3) == pytest.approx(0.6 / 7, rel=0.02)
