"""The law of Langevin Monte Carlo and of annealing: a transition matrix in NumPy, an exact law, and large swarms of the real kernel."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

import swarmviz as sv
from swarmviz.laws import langevin
from swarmviz.laws.base import NoLaw
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.laws.langevin import LangevinLaw
from swarmviz.schedules import Linear, Logarithmic
from tests.laws.swarms import ratios, same

ACKLEY, WELL, SPHERE, LAW = sv.landscapes.Ackley(), sv.landscapes.DoubleWell(), sv.landscapes.Sphere(), LangevinLaw()


def start(n=1000, seed=4, **options):
    return sv.Swarm(n=n, d=1, seed=seed, **options)


def constant(lam=1.0, dt=1e-2, **options):
    return sv.SSA(profile="constant", lam=lam, dt=dt, **options)


def after(steps, dynamics, landscape, swarm):
    return LAW.advance(LAW.init(dynamics, landscape, swarm), dynamics, landscape, steps)


def by_matrix(steps, lam, dt, landscape, low, high, cells=2000, boundary="none", far=6.0):
    """Distribution function at the edges of ``cells`` after steps of (1) from a uniform start, by a matrix of masses between cells.

    Every cell is three points of equal mass; an independent program, first order in the cells' width.
    """
    edges = np.linspace(-far, far, cells + 1)
    width = edges[1] - edges[0]
    points = (edges[:-1, None] + width * np.array([1, 3, 5]) / 6).ravel()
    mean, s = points - dt * landscape.gradient(points[:, None])[:, 0], math.sqrt(2 * dt * lam)
    F = ndtr((edges[None] - mean[:, None]) / s)
    if boundary == "reflect":  # P(folded ≤ z): images in three boxes on either side
        z = lambda sign, j: (sign * np.append(-far, edges)[None] + 2 * far * j - mean[:, None]) / s  # noqa: E731
        F = sum((-1) ** j * (ndtr(z((-1) ** j, j))[:, 1:] - ndtr(z((-1) ** j, j))[:, :1]) for j in range(-3, 4))
    matrix = np.diff(F).reshape(cells, 3, cells).mean(axis=1)
    mass = np.diff(np.clip((edges - low) / (high - low), 0, 1))
    for _ in range(steps):
        mass = mass @ matrix
    return edges, np.concatenate(([0.0], np.cumsum(mass)))


def test_the_chain_is_the_transition_matrix_of_the_scheme():
    """The reference is of second order in the width of its cells, so two of them are extrapolated; each alone is 1e-3 and 2.5e-4 off."""
    low, high = WELL.box
    state = after(60, constant(0.5), WELL, start())
    assert state.grid is not None
    (edges, coarse), (_, fine) = (by_matrix(60, 0.5, 1e-2, WELL, low, high, cells) for cells in (400, 800))
    assert np.abs(LAW.cdf(state, edges) - (4 * fine[::2] - coarse) / 3).max() < 2e-5


@pytest.mark.parametrize("lam", [0.2, 0.5, 1.0])
def test_the_tip_of_a_cone_is_half_way_between_two_nodes_of_the_chain(lam):
    """Ackley's F' jumps from −4 to 4. The reference has an edge of its cells there; with 600 it is 2e-3 off, extrapolated 3e-5. With nodes
    anywhere the chain is up to 1.5e-2 off."""
    state = after(100, constant(lam), ACKLEY, start())
    at = (0.0 - state.grid.first) / state.grid.spacing
    assert at % 1.0 == pytest.approx(0.5, abs=1e-6)
    (edges, coarse), (_, fine) = (
        by_matrix(100, lam, 1e-2, ACKLEY, *ACKLEY.box, cells, far=9.0) for cells in (600, 1200)
    )
    assert np.abs(LAW.cdf(state, edges) - (4 * fine[::2] - coarse) / 3).max() < 1e-4


def test_a_jump_of_the_slope_is_found_where_there_is_one():
    x = np.linspace(-4.0, 4.1, 60)
    assert langevin.jump_of_slope(ACKLEY, x) == pytest.approx(0.0, abs=1e-8)
    assert langevin.jump_of_slope(sv.landscapes.Formula("abs(x - 1) + x^2", box=(-5.0, 5.0)), x) == pytest.approx(1.0)
    for smooth in (WELL, SPHERE, sv.landscapes.Rastrigin(), sv.landscapes.Formula("x", box=(-5.0, 5.0))):
        assert langevin.jump_of_slope(smooth, x) is None


def test_walls_that_reflect_are_those_of_the_transition_matrix():
    far = ACKLEY.box[1]
    state = after(40, constant(5.0, boundary="reflect"), ACKLEY, start())
    edges, F = by_matrix(40, 5.0, 1e-2, ACKLEY, -far, far, 1000, "reflect", far)
    assert state.grid is None
    assert np.abs(LAW.cdf(state, edges) - F).max() < 5e-4


def test_in_a_parabola_the_law_is_exactly_that_of_the_recursion_and_not_gibbs():
    """F = x²: X⁺ = (1 − 2Δt) X + s ξ; from a Gaussian it stays one, with variance T/(2(1 − Δt)) in the end where Gibbs has T/2."""
    dt, T = 0.2, 0.7
    dynamics = constant(T, dt)
    state = LAW.init(dynamics, SPHERE, start(initial="gaussian", centre=1.5, spread=0.3))
    mean, variance, x = 1.5, 0.09, np.linspace(-4, 4, 101)
    for _ in range(40):
        state = LAW.advance(state, dynamics, SPHERE, 1)
        mean, variance = (1 - 2 * dt) * mean, (1 - 2 * dt) ** 2 * variance + 2 * dt * T
        np.testing.assert_allclose(LAW.cdf(state, x), ndtr((x - mean) / math.sqrt(variance)), atol=2e-12)
        assert abs(state.mass.sum() - 1.0) < 1e-12
    assert variance == pytest.approx(T / 2 / (1 - dt), rel=1e-9)
    assert np.abs(LAW.cdf(state, x) - ndtr(x / math.sqrt(T / 2))).max() > 0.02


def test_without_noise_the_moments_in_cells_are_those_of_gradient_descent():
    """F = x²: X⁺ = (1 − 2Δt) X, whatever the cells."""
    dynamics = sv.SSA(profile="none", dt=0.2)
    state = LAW.init(dynamics, SPHERE, start(initial="gaussian", centre=1.5, spread=0.3))
    for k in range(1, 6):
        state = LAW.advance(state, dynamics, SPHERE, 1)
        assert state.mass @ state.mean == pytest.approx(1.5 * 0.6**k, rel=1e-12)
        assert state.mass @ (state.mean**2 + state.deviation**2) == pytest.approx((1.5**2 + 0.09) * 0.36**k, rel=1e-9)


def test_chain_and_cells_are_the_same_law(monkeypatch):
    """Cells with exact moments, 600 in the box: their own error is some 1e-4 in F."""
    dynamics, x = constant(0.5), np.linspace(-3, 3, 301)
    chain = after(100, dynamics, WELL, start())
    monkeypatch.setattr(langevin, "MOST_NODES", 0)
    cells = after(100, dynamics, WELL, start())
    assert chain.grid is not None and cells.grid is None
    assert abs(cells.mass.sum() - 1.0) < 1e-12
    assert np.abs(LAW.cdf(chain, x) - LAW.cdf(cells, x)).max() < 2e-4


COLD = {"temperature": Logarithmic(c=0.2, t0=2.0), "profile": "annealing", "dt": 1e-3}
FIVE = (1, 5, 50, 150, 300)
CASES = {
    "double well": (constant(0.5), WELL, {}),
    "Ackley": (constant(1.0, 1e-3), ACKLEY, {}),
    "Rastrigin, gaussian": (constant(5.0, 1e-3), sv.landscapes.Rastrigin(), {"initial": "gaussian", "spread": 2.0}),
    "points": (constant(5.0, 1e-3), sv.landscapes.Rastrigin(), {"initial": "points", "points": [[1.0], [2.3]]}),
    "clip": (constant(5.0, 1e-3, boundary="clip"), ACKLEY, {}),
    "periodic": (constant(5.0, 1e-3, boundary="periodic"), ACKLEY, {}),
    "annealing": (sv.SSA(profile="annealing", dt=1e-3), ACKLEY, {"initial": "box", "low": 1.0, "high": 5.0}),
    "too cold": (sv.SSA(**COLD), ACKLEY, {"initial": "away"}),
    "to T = 0": (sv.SSA(**COLD | {"temperature": Linear(start=1.0, end=0.0, duration=0.2)}), ACKLEY, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_swarms_are_no_farther_away_than_independent_draws(case):
    """Four swarms of 3e4 at five times. In two wells W₁ is hardly more than one Gaussian number, with a deviation of 0.75 of its mean:

    the mean of four is within 1 + 3 · 0.75/2 = 2.1 of the expected one.
    """
    dynamics, landscape, where = CASES[case]
    found = ratios(LAW, dynamics, landscape, start(30_000, **where), FIVE, range(4)).mean(axis=0)
    assert found.max() < 2.0, found


def test_walls_that_clip_hold_the_mass_that_the_swarm_has_there():
    """2e5 agents, four standard errors."""
    dynamics, n = constant(20.0, 1e-2, boundary="clip"), 200_000
    x = sv.Simulation(dynamics, ACKLEY, start(n), every=10**6).advance(30).x.ravel()
    (low, left), (high, right) = LAW.atoms(after(30, dynamics, ACKLEY, start()))
    assert (low, high) == ACKLEY.box and left > 0.01
    for at, mass in ((low, left), (high, right)):
        assert (x == at).mean() == pytest.approx(mass, abs=4 * math.sqrt(mass / n))


@pytest.mark.parametrize("options", [{}, {"boundary": "reflect"}], ids=["chain and cells", "walls"])
def test_steps_in_one_call_are_steps_one_by_one_bit_for_bit(options):
    """The temperature falls so that nodes are chosen anew on the way, and to 0, where the chain ends."""
    dynamics = sv.SSA(**COLD | {"temperature": Linear(start=1.0, end=0.0, duration=0.02)}, **options)
    one = LAW.init(dynamics, ACKLEY, start())
    grids = set()
    for _ in range(30):
        one = LAW.advance(one, dynamics, ACKLEY, 1)
        grids.add(one.grid)
    assert same(one, after(30, dynamics, ACKLEY, start()))
    assert len(grids) > 3 or options


def test_temperature_landscape_and_walls_may_change_on_the_way():
    """Each way hands the law to the other. Six swarms of 2e4 that live through the same; W₁ of one has a deviation of 0.45 of its mean,

    so that the mean of six is within 1 + 3.3 · 0.45/√6 = 1.6 of the expected one.
    """
    found = []
    for seed in range(6):
        swarm, landscape = start(20_000, seed), ACKLEY
        run, ratios_now = sv.Simulation(constant(1.0), landscape, swarm, every=10**6), []
        state = LAW.init(run.dynamics, landscape, swarm)
        for change in (
            {"lam": 6.0},
            {"boundary": "clip"},
            {"boundary": "none", "lam": 0.0},
            {"lam": 2.0, "dt": 5e-3},
            {"lam": 0.05},
        ):
            for name, value in change.items():
                setattr(run.dynamics, name, value)
            state = LAW.advance(state, run.dynamics, landscape, 15)
            x = run.advance(15).x.ravel()
            curve = curve_of(lambda q, state=state: LAW.cdf(state, q), x.min(), x.max(), LAW.atoms(state))
            ratios_now.append(distance(x, curve) / expected_distance(curve, swarm.n))
            landscape = run.landscape = WELL if landscape is ACKLEY else ACKLEY
            state = LAW.moved_to(state, run.dynamics, landscape)
        found.append(ratios_now)
    assert np.mean(found, axis=0).max() < 1.6, found


def test_where_f_has_no_value_there_is_no_law():
    assert "x = -10" in LAW.refusal(constant(), sv.landscapes.Formula("sqrt(x + 6)", box=(-5.0, 5.0)), start())


# ---- steps that are long for their landscape ---------------------------------------------------------------------------


def naive(steps, lam, dt, landscape, swarm, n=400_000):
    """Agents of the scheme in NumPy."""
    r = np.random.default_rng(6)
    (low,), (high,) = landscape.limits(1)
    x = r.normal(0.0, swarm["spread"], n) if swarm.get("initial") == "gaussian" else r.uniform(low, high, n)
    for _ in range(steps):
        x = x - dt * landscape.gradient(x[:, None])[:, 0] + math.sqrt(2 * dt * lam) * r.standard_normal(n)
    return x


@pytest.mark.parametrize(
    "landscape, lam, dt, swarm",
    [
        (sv.landscapes.DiscontinuousIntegrand(), 5.9, 0.07, {"initial": "gaussian", "spread": 2.0}),
        (sv.landscapes.DiscontinuousIntegrand(), 5.9, 0.07, {}),
        (sv.landscapes.Rastrigin(), 5.9, 0.07, {}),
        (sv.landscapes.Tabulated(table=(5.0, 0.0, 5.0, 0.0)), 1.0, 0.02, {}),
    ],
    ids=["cliff gaussian", "cliff", "Rastrigin", "kinks"],
)
def test_a_step_that_bends_more_than_its_noise_is_wide_is_resolved(landscape, lam, dt, swarm):
    """Against 4e5 agents in NumPy after 12 steps: the largest deviation of F_N is below 2/√N but once in 1500 times (Kolmogorov)."""
    state, x = after(12, constant(lam, dt), landscape, start(**swarm)), np.sort(naive(12, lam, dt, landscape, swarm))
    below = (np.arange(len(x)) + 0.5) / len(x)
    assert np.abs(LAW.cdf(state, x) - below).max() < 2.0 / math.sqrt(len(x))


def test_a_law_that_steps_throw_out_of_the_box_ends():
    """Double well: from |x| > √(1 + 3/(4Δt)) = 3.5 on a step goes twice as far to the other side; √(2Δtλ) = 0.9."""
    dynamics = constant(5.9, 0.07)
    first = after(1, dynamics, WELL, start())
    with pytest.raises(NoLaw, match="throw"):
        LAW.advance(first, dynamics, WELL, 4)
    state = after(40, constant(0.2, 0.04), WELL, start())
    assert LAW.cdf(state, np.array([-3.0, 3.0])) == pytest.approx([0.0, 1.0], abs=1e-6)
    assert after(3, constant(5.9, 0.07, boundary="clip"), WELL, start()).k == 3


def test_where_a_law_ends_does_not_depend_on_how_steps_are_grouped():
    dynamics, ends = constant(2.0, 0.06), []
    for pieces in (1, 2, 12):
        state = LAW.init(dynamics, WELL, start())
        with pytest.raises(NoLaw) as error:
            for _ in range(12):
                state = LAW.advance(state, dynamics, WELL, pieces)
        ends.append(str(error.value))
    assert len(set(ends)) == 1
