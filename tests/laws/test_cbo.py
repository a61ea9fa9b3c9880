"""The law of CBO: exact recursions, laws of nature, and large swarms of the real kernel beside it."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

import swarmviz as sv
from swarmviz.laws.base import NoLaw
from swarmviz.laws.cbo import CBOLaw
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.schedules import Linear
from tests.laws.swarms import ratios, same

RASTRIGIN, LAW = sv.landscapes.Rastrigin(), CBOLaw()
BOX = {"initial": "box", "low": -3.0, "high": 4.0}


def start(n=1000, **options):
    return sv.Swarm(n=n, d=1, seed=4, **options)


def after(steps, swarm, **options):
    dynamics = sv.CBO(**options)
    return LAW.advance(LAW.init(dynamics, RASTRIGIN, swarm), dynamics, RASTRIGIN, steps)


def moments(state):
    """Mass, mean and variance with the atoms."""
    mass = np.append(state.cell_mass, state.atoms[:, 1])
    y = np.append(state.cell_mean, state.atoms[:, 0] - state.centre)
    second = np.append(state.cell_variance, np.zeros(len(state.atoms))) + y**2
    return mass.sum(), state.centre + mass @ y, mass @ second - (mass @ y) ** 2


@pytest.mark.parametrize("alpha", [1e-9, 10.0])
def test_mass_and_the_second_moment_about_the_consensus_follow_their_recursion(alpha):
    """E(X⁺ − ν)² = ((1 − λΔt)² + σ²Δt) E(X − ν)² with the ν of the step, E(X⁺ − ν) = (1 − λΔt) E(X − ν)."""
    dynamics = sv.CBO(alpha=alpha)
    state = LAW.init(dynamics, RASTRIGIN, start(**BOX))
    for _ in range(60):
        mass, mean, variance = moments(state)
        off, nu, state = mean - state.nu, state.nu, LAW.advance(state, dynamics, RASTRIGIN, 1)
        after_step = moments(state)
        assert abs(mass - 1.0) < 1e-12
        assert after_step[1] - nu == pytest.approx(0.95 * off, abs=1e-12)
        second = after_step[2] + (after_step[1] - nu) ** 2
        assert second == pytest.approx((0.95**2 + 0.05) * (variance + off**2), rel=1e-11)


def test_with_equal_weights_the_variance_of_a_hundred_steps_is_a_power():
    """α → 0: ν is the mean, but for the error of the quadrature, 2.4e-6 at most in one step, which shifts the mean by a part of it."""
    _, mean, variance = moments(after(100, start(**BOX), alpha=1e-9))
    assert variance == pytest.approx(49 / 12 * (0.95**2 + 0.05) ** 100, rel=1e-6)
    assert mean == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("scheme, factor", [("euler", 0.75), ("heun", 1 - 0.25 + 0.25**2 / 2)])
def test_without_noise_the_law_contracts_as_the_scheme_says(scheme, factor):
    """α → 0 again, so that in Heun's scheme ν_Y = ν."""
    _, _, variance = moments(after(12, start(**BOX), alpha=1e-9, noise="none", dt=0.25, scheme=scheme))
    assert variance == pytest.approx(49 / 12 * factor**24, rel=1e-9)


@pytest.mark.parametrize("scheme", ["euler", "heun"])
def test_around_a_consensus_at_rest_the_logarithm_of_the_distance_drifts_as_it_must(scheme):
    """ν = 0 by symmetry: ln|X| is a random walk with steps ln|G|, G normal; the cells' own error is of fourth order in h."""
    mean, deviation = {"euler": (0.95, math.sqrt(0.05)), "heun": (0.95125, 0.975 * math.sqrt(0.05))}[scheme]
    law = lambda g: math.exp(-0.5 * ((g - mean) / deviation) ** 2) / deviation / math.sqrt(2 * math.pi)  # noqa: E731
    step, square = (
        quad(lambda g, n=n: math.log(abs(g)) ** n * law(g), -1, 3, points=[0], limit=500)[0] for n in (1, 2)
    )
    state = after(60, start(), alpha=1e3, scheme=scheme)
    r = np.geomspace(1e-10, 1e4, 200_001)
    share = np.diff(LAW.cdf(state, r) - LAW.cdf(state, -r[::-1])[::-1])
    logs = 0.5 * np.log(r[1:] * r[:-1])
    drift = share @ logs / share.sum()
    assert drift == pytest.approx(math.log(5.12) - 1 + 60 * step, abs=1e-3)
    assert share @ (logs - drift) ** 2 == pytest.approx(1 + 60 * (square - step**2), rel=1e-3)


FIVE = (1, 5, 20, 60, 100)
CASES = {
    "α = 10": ({"alpha": 10.0}, BOX),
    "α = 1e5": ({"alpha": 1e5}, BOX),
    "minimiser outside, α = 0.3": ({"alpha": 0.3}, {"initial": "box", "low": 1.0, "high": 5.0}),
    "clip": ({"alpha": 10.0, "sigma": 2.0, "boundary": "clip"}, {}),
    "reflect": ({"alpha": 10.0, "sigma": 2.0, "boundary": "reflect"}, {}),
    "periodic": ({"alpha": 10.0, "sigma": 2.0, "boundary": "periodic"}, {}),
    "tamed": ({"alpha": 10.0, "scheme": "tamed", "dt": 0.2}, BOX),
    "switch": ({"alpha": 10.0, "epsilon": 5.0}, BOX),
    "isotropic": ({"alpha": 10.0, "noise": "isotropic"}, BOX),
    "gaussian": ({"alpha": 10.0}, {"initial": "gaussian", "centre": 1.0, "spread": 2.0}),
    "away": ({"alpha": 10.0}, {"initial": "away"}),
    "points": ({"alpha": 10.0}, {"initial": "points", "points": [[1.0], [2.0], [-2.0], [-2.1]]}),
    "λ < 0": ({"alpha": 10.0, "lam": -0.5}, {}),
    "λ < 0, little noise": ({"alpha": 10.0, "lam": -0.5, "sigma": 0.5}, {}),
    "λ < 0, no noise": ({"alpha": 10.0, "lam": -1.0, "noise": "none"}, {}),
    "λ < 0, clip": ({"alpha": 10.0, "lam": -0.5, "boundary": "clip"}, {}),
    "λ < 0, tamed": ({"alpha": 10.0, "lam": -0.5, "scheme": "tamed", "dt": 0.2}, {}),
    "λ < 0, Heun": ({"alpha": 10.0, "lam": -0.5, "scheme": "heun", "dt": 0.1}, {}),
    "λ < 0, switch": ({"alpha": 10.0, "lam": -0.5, "epsilon": 5.0}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_large_swarm_is_no_farther_away_than_independent_draws(case):
    """One swarm of 1e5 at five times. W₁ of independent draws has a deviation of about 0.35 of its mean: within twice the mean at each."""
    options, where = CASES[case]
    assert ratios(LAW, sv.CBO(**options), RASTRIGIN, start(100_000, **where), FIVE).max() < 2.0


def test_a_law_that_leaves_the_box_has_cells_as_far_as_it_goes_and_ends_with_a_sentence_beyond_a_billion_boxes():
    """λ = −2 against σ²/2 = 1/8: |X − ν| grows like e^{1.9t}, over 10⁹ half widths at t ≈ 9 to 11."""
    dynamics = sv.CBO(alpha=10.0, lam=-2.0, sigma=0.5)
    state = after(100, start(**BOX), alpha=10.0, lam=-2.0, sigma=0.5)
    assert abs(moments(state)[0] - 1.0) < 1e-12
    assert state.cell_mass[[0, -1]].sum() < 1e-6
    with pytest.raises(NoLaw, match=r"half widths of the box at step 1[6-9]"):
        LAW.advance(state, dynamics, RASTRIGIN, 200)


def test_heun_s_scheme_with_a_large_step_is_followed_while_the_law_is_wide():
    """Later |ν_N − ν|, which no longer changes, is more than the swarm's width."""
    assert (
        ratios(
            LAW, sv.CBO(alpha=10.0, scheme="heun", dt=0.5, sigma=0.7), RASTRIGIN, start(100_000, **BOX), (1, 2, 3, 5, 8)
        ).max()
        < 2.0
    )


def test_schedules_take_the_values_that_the_swarm_s_steps_take():
    dynamics = sv.CBO(alpha=Linear(start=0.1, end=100.0, duration=1.0), sigma=Linear(start=2.0, end=0.5, duration=1.0))
    assert ratios(LAW, dynamics, RASTRIGIN, start(100_000, **BOX), (1, 3, 10, 20, 40)).max() < 2.0


def test_in_heun_s_scheme_the_consensus_of_the_predictor_counts():
    """The minimiser lies outside, so that ν_Y is far from ν; with ν in its place W₁ is 50 to 70 times the expected one."""
    dynamics = sv.CBO(alpha=0.3, scheme="heun", dt=0.8, sigma=1.2)
    found = ratios(LAW, dynamics, RASTRIGIN, start(100_000, initial="box", low=1.0, high=5.0), (1, 2, 3))
    assert found.max() < 2.0


def test_a_step_takes_the_sigma_of_its_beginning_and_its_end_the_alpha_of_that():
    """σ by the exact recursion of the second moment about ν; α by a sum over 4e5 pieces of the distribution function."""
    alpha, sigma = Linear(start=0.05, end=1.0, duration=0.3), Linear(start=2.0, end=0.5, duration=0.3)
    dynamics = sv.CBO(alpha=alpha, sigma=sigma)
    state = LAW.init(dynamics, RASTRIGIN, start(**BOX))
    for k in range(6):
        _, mean, variance = moments(state)
        nu, state = state.nu, LAW.advance(state, dynamics, RASTRIGIN, 1)
        _, mean_after, variance_after = moments(state)
        growth = 0.95**2 + 0.05 * float(sigma.at(0.05 * k)) ** 2
        assert variance_after + (mean_after - nu) ** 2 == pytest.approx(
            growth * (variance + (mean - nu) ** 2), rel=1e-10
        )
        x = np.linspace(-60, 60, 400_001)
        middles = 0.5 * (x[1:] + x[:-1])
        weight = np.diff(LAW.cdf(state, x)) * np.exp(
            -float(alpha.at(0.05 * (k + 1))) * RASTRIGIN.values(middles[:, None])
        )
        assert state.nu == pytest.approx(weight @ middles / weight.sum(), abs=1e-3)


def test_walls_that_clip_hold_the_mass_that_the_swarm_has_there():
    """λ < σ²/2 and a weak pull: in 20 steps of 2e5 agents; four standard errors."""
    dynamics, n = sv.CBO(alpha=0.1, sigma=2.5, boundary="clip"), 200_000
    x = sv.Simulation(dynamics, RASTRIGIN, start(n)).advance(20).x.ravel()
    state = after(20, start(), alpha=0.1, sigma=2.5, boundary="clip")
    assert moments(state)[0] == pytest.approx(1.0, abs=1e-12)
    for at, mass in LAW.atoms(state):
        if abs(at) == 5.12:
            assert (x == at).mean() == pytest.approx(mass, abs=4 * math.sqrt(mass / n))
    assert len(LAW.atoms(state)) >= 2


@pytest.mark.parametrize("boundary", ["none", "clip", "reflect", "periodic"])
def test_mass_is_one_and_the_distribution_function_increases(boundary):
    state = after(50, start(), alpha=10.0, sigma=2.0, boundary=boundary)
    assert abs(moments(state)[0] - 1.0) < 1e-12
    x = np.concatenate(([-1e6], np.linspace(-30, 30, 4001), [1e6]))
    F = LAW.cdf(state, x)
    assert (np.diff(F) >= -1e-15).all() and F[0] < 1e-9 and F[-1] > 1 - 1e-9
    if boundary != "none":
        assert (F[x < -5.12] == 0).all() and (F[x > 5.12] > 1 - 1e-12).all()


def test_points_without_noise_stay_the_points_that_the_swarm_is_on():
    where = {"initial": "points", "points": [[1.0], [2.0], [-2.0], [-2.1]]}
    dynamics = sv.CBO(alpha=10.0, noise="none")
    x = sv.Simulation(dynamics, RASTRIGIN, start(400, **where)).advance(30).x.ravel()
    state = after(30, start(**where), alpha=10.0, noise="none")
    curve = curve_of(lambda q: LAW.cdf(state, q), x.min(), x.max(), LAW.atoms(state))
    assert distance(x, curve) < 1e-12


def test_steps_in_one_call_are_steps_one_by_one_bit_for_bit():
    """With a schedule, a wall, and the change of the cells that a small σ brings."""
    options = {
        "alpha": Linear(start=1.0, end=50.0, duration=0.3),
        "sigma": Linear(start=1.0, end=0.2, duration=0.4),
        "boundary": "clip",
    }
    dynamics = sv.CBO(**options)
    one = LAW.init(dynamics, RASTRIGIN, start())
    for _ in range(10):
        one = LAW.advance(one, dynamics, RASTRIGIN, 1)
    assert same(one, after(10, start(), **options))


def test_another_landscape_gives_another_consensus_and_the_same_law():
    dynamics, sphere = sv.CBO(alpha=0.3), sv.landscapes.Sphere()
    state = after(5, start(**BOX), alpha=0.3)
    moved = LAW.moved_to(state, dynamics, sphere)
    x = np.linspace(-6, 6, 99)
    np.testing.assert_allclose(LAW.cdf(moved, x), LAW.cdf(state, x), atol=1e-12)
    r = LAW.advance(moved, dynamics, sphere, 0)
    assert LAW.focus(r) == LAW.focus(moved) != LAW.focus(state)


def test_the_distance_falls_with_the_root_of_the_number_where_the_limit_holds():
    """N from 30 to 1e5, all above N*; 200 … 4 swarms each. The slope of ln W₁ has a standard error of 0.02 or less."""
    dynamics, sizes = sv.CBO(alpha=10.0), (30, 300, 3000, 30_000)
    state = after(20, start(**BOX), alpha=10.0)
    assert LAW.agents_needed(state) < 30
    means = []
    for n in sizes:
        runs = sv.dynamics.CBO(alpha=10.0)
        several = max(6, 6000 // n)
        swarm = start(n, **BOX)
        x = swarm.positions_of(RASTRIGIN, np.arange(several))
        states = [
            s for s, _ in runs.advance_many(runs.init_many(x, RASTRIGIN, np.arange(several)), RASTRIGIN, 20, every=20)
        ]
        x = dynamics.positions(states)[..., 0]
        curve = curve_of(lambda q: LAW.cdf(state, q), -5.0, 5.0)
        means.append(np.mean([distance(row, curve) for row in x]))
        assert means[-1] < 1.5 * expected_distance(curve, n)
    slope = np.polyfit(np.log(sizes), np.log(means), 1)[0]
    assert -0.6 < slope < -0.4


@pytest.mark.parametrize("options, where, low, high", [
    ({"alpha": 1e5}, BOX, 10, 40),
    ({"alpha": 10.0}, {"initial": "box", "low": 1.0, "high": 5.0}, 1e6, 1e7),
    ({"alpha": 1e3}, {"initial": "box", "low": 1.0, "high": 5.0}, 1e7, 1e8),
    ({"alpha": 10.0}, {"initial": "away"}, 1, 1e5),
])  # fmt: skip
def test_from_how_many_agents_on_a_swarm_follows_is_as_found_by_experiment(options, where, low, high):
    assert low < LAW.agents_needed(after(20, start(**where), **options)) < high


def test_what_has_no_deterministic_limit_or_is_not_computed_is_refused_in_a_sentence():
    assert "random" in LAW.refusal(sv.CBO(batch=10), RASTRIGIN, start())
    assert LAW.refusal(sv.CBO(batch=1000), RASTRIGIN, start()) == ""
    assert "Heun" in LAW.refusal(sv.CBO(scheme="heun", epsilon=1.0), RASTRIGIN, start())
    undefined = sv.landscapes.Formula("sqrt(x + 6)", box=(-5.0, 5.0))
    assert "x = -20" in LAW.refusal(sv.CBO(), undefined, start())
    assert LAW.refusal(sv.CBO(boundary="clip"), undefined, start()) == ""


@pytest.mark.parametrize("sigma", [0.0, 1e-3, 0.02])
@pytest.mark.parametrize(
    "landscape", [sv.landscapes.FiniteSetCurve(), sv.landscapes.DoubleWell()], ids=lambda f: f.title
)
def test_with_little_or_no_noise_the_consensus_is_that_of_the_moved_start(sigma, landscape):
    """5e5 agents in NumPy, from the quantiles of the start, so that only the noise is random: ν_N has an error of σ√(Δt k/N) or less.

    The law has a box of width 20 or 4, and its ν was wrong by 0.8 or 0.13 without noise.
    """
    n, dynamics = 500_000, sv.CBO(alpha=1.0, sigma=sigma) if sigma else sv.CBO(alpha=1.0, noise="none")
    (low,), (high,) = landscape.limits(1)
    x, r = low + (high - low) * (np.arange(n) + 0.5) / n, np.random.default_rng(2)
    state = LAW.init(dynamics, landscape, start())
    for _ in range(5):
        f = landscape.values(x[:, None])
        w = np.exp(-(f - f.min()))
        nu = w @ x / w.sum()
        assert state.nu == pytest.approx(nu, abs=2e-4 * (high - low))
        x = (
            nu
            + (1.0 - dynamics.lam * dynamics.dt) * (x - nu)
            + sigma * math.sqrt(dynamics.dt) * (x - nu) * r.standard_normal(n)
        )
        state = LAW.advance(state, dynamics, landscape, 1)


def test_no_small_swarm_follows_a_law_that_a_gorge_leads():
    """Of 20,000 agents none is in the gorge at 3, some millionths wide: their consensus is at 0, that of the law at 3."""
    gorge = sv.landscapes.Tabulated(table=(0.0, 1.0, 1e6, -3.0, 1e6))
    state = LAW.init(sv.CBO(), gorge, start(initial="box", low=-0.5, high=4.5))
    assert LAW.agents_needed(state) > 1e5
