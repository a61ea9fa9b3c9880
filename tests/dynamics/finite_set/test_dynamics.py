"""The swarm on a graph and under a law μ of one's own: against naive equations, event for event, and the law of many agents."""

import numpy as np
import pytest
from scipy import integrate, optimize

import swarmviz as sv
import tests.references.finite_set as naive
from swarmviz.theory import law as theory_law
from swarmviz.theory import lines
from swarmviz.theory import target as theory_target
from tests.dynamics.test_tiled import starts

GENERATORS = ["first", "second", "hybrid", "metropolis"]
EDGES = ((0, 1, 2.0), (0, 2, 0.5), (1, 2), (2, 3, 4.0), (3, 4), (4, 5, 0.7), (3, 5))
MU = (1.0, 3.0, 0.5, 2.0, 0.2, 1.3)
U = np.array([0.8, 0.1, 1.0, -0.4, 0.5, 0.0])
RISING = sv.schedules.Linear(start=0.5, end=6.0, duration=30.0)


class Six(sv.landscapes.Landscape):
    """U at six states."""

    low, high, dims = -0.5, 5.5, (1, 1)

    def values(self, X):
        return U[np.rint(np.asarray(X)[:, 0]).astype(int)]


def base_generator(measure):
    """(μ, L) from 004's assumption: L(x, y) μ(x) = L(y, x) μ(y); for the walk L(x, y) ∝ w(x, y)/Σ_z w(x, z)."""
    w = np.zeros((6, 6))
    for x, y, *weight in EDGES:
        w[x, y] = w[y, x] = weight[0] if weight else 1.0
    mu = {"uniform": np.full(6, 1 / 6), "degree": w.sum(1) / w.sum(), "own": np.array(MU) / sum(MU)}[measure]
    return mu, w / (6 * mu[:, None])


def simulation(n, seed, measure, **parameters):
    dynamics = sv.FiniteSet(graph="own", edges=EDGES, measure=measure, **parameters)
    if measure == "own":
        dynamics.mu = MU
    return sv.Simulation(dynamics, Six(), sv.Swarm(n=n, d=1, seed=seed))


@pytest.mark.parametrize("measure", ["uniform", "degree", "own"])
@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("method", ["exact", "tau_leap"])
def test_the_kernel_moves_the_same_agents_at_the_same_events_as_the_naive_equations(method, generator, measure):
    sim = simulation(40, 5, measure, generator=generator, beta=RISING, m=-0.7, rate=0.3, dt=1.5, method=method)
    mu, L = base_generator(measure)
    neighbours = [np.flatnonzero(row).tolist() for row in L]
    base = {(x, y): L[x, y] for x in range(6) for y in neighbours[x]}
    swarm = naive.Swarm(sim.frame.node, U, neighbours, mu, base)
    walk = naive.gillespie if method == "exact" else naive.leap
    walk(swarm, 12, 1.5, 5, generator, 0.3, -0.7, RISING.at, lambda t: 0.5)
    frame = sim.advance(12)
    np.testing.assert_array_equal(frame.node, swarm.node())
    assert sim.record["transitions"][-1] == swarm.jumps > 20
    assert sim.record["best"][-1] == swarm.best


def phi(r, m):
    return (r - 1) ** 2 / 2 if r > 1 else (r**m - 1 - m * (r - 1)) / (m * (m - 1))


def target(mu, beta, m):
    """η_β by bisection, from 004 eq. 3.3–3.4; Gibbs' law when m is None."""
    if m is None:
        weight = np.exp(-beta * U)
        return weight / (mu @ weight)

    def g(y):
        return np.where(y > 0, 1 + y, np.maximum(1 + (m - 1) * np.minimum(y, 0), 1e-300) ** (1 / (m - 1)))

    c = optimize.brentq(lambda c: mu @ g(c - beta * U) - 1, -50, 50, xtol=1e-14)
    return g(c - beta * U)


@pytest.mark.parametrize("measure", ["uniform", "degree", "own"])
@pytest.mark.parametrize("generator", ["first", "metropolis"])
def test_what_is_recorded_is_what_the_frames_show(generator, measure):
    sim = simulation(33, 1, measure, generator=generator, beta=2.0, m=-1.7)
    (mu, _), m = base_generator(measure), None if generator == "metropolis" else -1.7
    eta = target(mu, 2.0, m)
    for _ in range(10):
        p = sim.advance(1).occupation
        rho, soft = p / mu, (33 * p + 0.5) / (33 + 3) / mu
        entropy = [r * np.log(r) - r + 1 if m is None else phi(r, m) for r in soft]
        cost = mu @ (2.0 * U * soft + entropy)
        least = mu @ (2.0 * U * eta + [phi(r, -1.7) for r in eta])
        relative = (mu * eta) @ [phi(r, -1.7) for r in soft / eta]
        nearest = np.eye(6)[3]
        expected = {
            "provisional_minimum": p @ U,
            "target_distance": np.abs(p - mu * eta).sum(),
            "target_distance_l2": np.sqrt(mu @ (rho - eta) ** 2),
            "distance": np.abs(p - nearest).sum(),
            "distance_l2": np.sqrt(mu @ ((p - nearest) / mu) ** 2),
            "energy": cost,
            "excess": relative if m is None else cost - least,
        }
        for name, value in expected.items():
            assert sim.record[name][-1] == pytest.approx(value, rel=1e-9, abs=1e-12), name


def law_of_many(mu, L, generator, beta, t, m=-1.0, start=None):
    """The shares at time ``t`` from equal shares, or those at the ``start``: a master equation of the rates of single agents (004 eq. 4.23,
    4.28, appendix A).
    """

    def change(_, p):
        out = np.zeros(6)
        for x, y in zip(*np.nonzero(L), strict=True):
            if p[x] > 0:
                rho = p / mu
                flow = p[x] * naive.jump_rate(generator, rho[x], rho[y], U[x], U[y], L[x, y], beta, 0.5, m)
                out[x] -= flow
                out[y] += flow
        return out

    return integrate.solve_ivp(change, (0, t), np.full(6, 1 / 6) if start is None else start, rtol=1e-8, atol=1e-10).y[
        :, -1
    ]


@pytest.mark.parametrize("measure", ["degree", "own"])
@pytest.mark.parametrize("generator", GENERATORS)
def test_many_agents_follow_the_law_of_the_papers_rates_and_so_does_the_theory(generator, measure):
    """N = 40 000 after t = 2. A share p of independent agents has the standard error √(p(1 − p)/N) ≤ 0.0025; the swarm's is less than
    1.5 times that (finite_set_noise). |p − law|₁ of six states: below 6 · 0.8 · 1.5 · 0.0025 · 0.75 = 0.014 on average; 0.02 is allowed.
    """
    sim = simulation(40_000, 3, measure, generator=generator, beta=1.5, rate=0.5, dt=0.5)
    mu, L = base_generator(measure)
    expected = law_of_many(mu, 0.5 * L, generator, 1.5, 2.0)
    share = sim.advance(4).occupation
    assert np.abs(share - expected).sum() < 0.02
    uniform = law_of_many(*base_generator("uniform"), generator, 1.5, 1.0)
    assert np.abs(share - uniform).sum() > 0.1, "negative control: another μ is seen"
    for claim, law in (
        (theory_law(sim), expected),
        (theory_target(sim), mu * target(mu, 1.5, None if generator == "metropolis" else -1)),
    ):
        density = claim.density(sim.frame.sites)
        np.testing.assert_allclose(density / density.sum(), law, atol=1e-5)


@pytest.mark.parametrize("measure", ["degree", "own"])
def test_metropolis_agents_are_in_detailed_balance_with_gibbs_law(measure):
    """The flow of the law between any two states is as large as that back, and 40,000 agents settle in it (t = 40; 1/gap < 4)."""
    mu, L = base_generator(measure)
    gibbs = mu * target(mu, 1.0, None)
    flow = gibbs[:, None] * L * np.exp(-np.maximum(U[None, :] - U[:, None], 0))
    np.testing.assert_allclose(flow, flow.T, rtol=1e-12)
    share = simulation(40_000, 4, measure, generator="metropolis", beta=1.0, rate=1.0, dt=40.0).advance(1).occupation
    z = (share - gibbs) / np.sqrt(gibbs * (1 - gibbs) / 40_000)
    assert (z**2).sum() < 25  # χ² with 5 degrees of freedom: quantile of 1.4e-4


def test_a_change_of_mu_moves_no_agent_and_of_a_uniform_one_to_the_same_changes_no_bit():
    sim = simulation(50, 2, "uniform", generator="second")
    sim.advance(5)
    node = sim.frame.node.copy()
    sim.dynamics.measure = "degree"
    assert (sim.frame.node == node).all()
    sim.advance(5)
    sim.goto(5)
    np.testing.assert_array_equal(sim.frame.node, node)
    cycle, regular = (
        sv.Simulation(sv.FiniteSet(measure=measure), sv.landscapes.FiniteSetCurve(), sv.Swarm(n=50, d=1, seed=2))
        for measure in ("uniform", "degree")
    )
    cycle.advance(30)
    regular.advance(30)
    for name, column in cycle.record.items():
        np.testing.assert_array_equal(column, regular.record[name])


def test_the_law_runs_on_through_a_change_of_mu_and_of_the_links():
    """N = 40 000, as above: the naive master equation up to the change, and from the shares there with the other rates."""
    sim = simulation(40_000, 6, "uniform", generator="second", beta=1.5, rate=0.5, dt=0.5)
    sim.advance(2)
    sim.dynamics.measure, sim.dynamics.mu = "own", MU
    share = sim.advance(2).occupation
    (mu, L), (own, there) = base_generator("uniform"), base_generator("own")
    expected = law_of_many(mu, 0.5 * L, "second", 1.5, 1.0)
    expected = law_of_many(own, 0.5 * there, "second", 1.5, 1.0, start=expected)
    density = theory_law(sim).density(sim.frame.sites)
    np.testing.assert_allclose(density / density.sum(), expected, atol=1e-5)
    assert np.abs(share - expected).sum() < 0.02
    laws = [line for line in lines(sim) if line.title in ("exact law", "N → ∞")]
    line = next(line for line in laws if line.observable == "target_distance")
    assert line.y[-1] == pytest.approx(np.abs(expected - own * target(own, 1.5, -1)).sum(), abs=1e-4)


def test_a_graph_and_a_law_that_do_not_fit_are_refused_and_the_run_stays():
    sim = simulation(50, 2, "uniform")
    sim.advance(2)
    sim.dynamics.measure, sim.dynamics.mu = "own", (1.0, 2.0)
    with pytest.raises(ValueError, match=r"^mu \(μ\(x\)\): has 2 values; must be one for each of the S = 6 states$"):
        sim.advance(1)
    assert sim.k == 2


@pytest.mark.parametrize(
    "value, reason",
    [
        (None, "must be a number, or 1 to 10,000 numbers"),
        ("1", "must be a number, or 1 to 10,000 numbers"),
        ([], "must be a number, or 1 to 10,000 numbers"),
        ([1.0] * 10_001, "must be a number, or 1 to 10,000 numbers"),
        (0.0, "number 0 must be from 1e-06 to 1e"),
        (True, "must be numbers"),
        ([1.0, -1.0], "number 1 must be from"),
        ([1.0, "2"], "must be numbers"),
        ([[1.0], [2.0]], "must be numbers"),
        ([1.0, float("nan")], "number 1 must be from"),
    ],
)
def test_what_is_no_law_on_the_states_is_refused_by_name(value, reason):
    with pytest.raises(ValueError) as caught:
        sv.FiniteSet(measure="own", mu=value)
    assert str(caught.value).startswith("mu (μ(x)) = ") and reason in str(caught.value)


# ---- many runs in one call ----

CURVE, RUNS = sv.landscapes.FiniteSetCurve(), 6
TOGETHER = [
    sv.FiniteSet(),
    sv.FiniteSet(generator="second", beta=sv.schedules.Linear(start=0.0, end=20.0, duration=10.0)),
    sv.FiniteSet(
        generator="hybrid",
        kappa=sv.schedules.Linear(start=0.0, end=1.0, duration=9.0),
        graph="random",
        measure="degree",
    ),
    sv.FiniteSet(generator="metropolis", beta=sv.schedules.Linear(start=9.0, end=1.0, duration=10.0), dt=0.3),
    sv.FiniteSet(method="tau_leap", dt=0.2, m=0.5, m2=3.0, beta=sv.schedules.Linear(start=0.0, end=5.0, duration=4.0)),
]


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("dynamics", TOGETHER, ids=lambda dynamics: repr(dynamics)[:70])
def test_runs_of_a_call_are_the_single_runs_bit_for_bit(dynamics, every):
    states = starts(dynamics, 30, 1, RUNS, CURVE)
    together = dynamics.advance_many(states, CURVE, 25, every, start=True)
    for r, state in enumerate(states):
        after, record = dynamics.advance(state, CURVE, 25, every, start=True)
        for name, value in after._asdict().items():
            if name != "space":
                np.testing.assert_array_equal(getattr(together[r][0], name), value, err_msg=name)
        for name, row in record.items():
            np.testing.assert_array_equal(together[r][1][name], row, err_msg=name)
    assert len(set(together.after.all.transitions.tolist())) > 1


@pytest.mark.parametrize("dynamics", TOGETHER, ids=lambda dynamics: repr(dynamics)[:70])
def test_they_go_on_where_another_call_has_ended(dynamics):
    states = starts(dynamics, 30, 1, RUNS, CURVE)
    whole = dynamics.advance_many(states, CURVE, 25, every=2)
    half = dynamics.advance_many(states, CURVE, 12, every=2)
    rest = dynamics.advance_many(half.after, CURVE, 13, every=2)
    np.testing.assert_array_equal(np.concatenate([half.tables, rest.tables], axis=2), whole.tables)
    np.testing.assert_array_equal(rest.after.all.agents, whole.after.all.agents)
