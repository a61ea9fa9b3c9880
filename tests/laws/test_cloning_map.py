"""One step of the law of Fractal Monte Carlo against every pair of pairs of cells, and what the law of a swarm must keep."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.base import box_of, objective_of
from swarmviz.laws import cloning_map
from swarmviz.laws.cloning_map import Cloning, CloningSchedules, Report, advance_cells
from tests.references.cloning_map import cloning_map as naive

WELL = sv.landscapes.DoubleWell()
LOW, HIGH = -2.0, 2.0
K = 48
H = (HIGH - LOW) / K
KINDS = {"exponential": 0, "value": 1, "negative": 2}


TOLERANCE = 4 * cloning_map.LEVEL**2


def skewed(cells=K):
    x = np.linspace(-1, 1, cells)
    mass = np.exp(-2 * (x - 0.3) ** 2) * (1 + 0.5 * np.sin(9 * x))
    return mass / mass.sum()


def step(mass, landscape=WELL, steps=1, **given):
    """Masses after some steps, and the report."""
    told = {
        "tau": 0.5,
        "alpha": 1.0,
        "beta": 1.0,
        "epsilon": 1e-8,
        "sigma": 0.4,
        "own": True,
        "everyone": False,
        "periodic": False,
        "decaying": False,
    }
    told |= {"kind": "exponential", "shift": 0.0} | given
    mass, bottleneck = mass.copy(), np.zeros(len(mass))
    report = Report(np.zeros(1), np.ones(1), np.zeros(1, np.int64))
    params = Cloning(
        KINDS[told["kind"]], told["own"], told["everyone"], told["periodic"], told["epsilon"], told["decaying"], 2.0
    )
    schedules = CloningSchedules(*(np.full(steps, told[name]) for name in ("tau", "alpha", "beta", "sigma", "shift")))
    taken = advance_cells(
        mass, bottleneck, report, params, schedules, box_of(landscape, 1, 2), objective_of(landscape, 1)
    )
    return mass, report, taken


def values(landscape=WELL, shift=0.0):
    """F at eight places of each cell, (K, 8)."""
    (low,), (high,) = landscape.limits(1)
    x = low + (high - low) * (np.arange(8 * K) + 0.5) / (8 * K) - shift
    return landscape.values(x[:, None]).reshape(K, 8)


@pytest.mark.parametrize("own", [True, False], ids=["own", "same"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"everyone": True},
        {"everyone": True, "periodic": True},
        {"sigma": 5.0, "everyone": True},
        {"epsilon": 1.0},
        {"alpha": 0.0, "beta": 3.0},
        {"alpha": 20.0, "beta": 0.0},
        {"shift": 0.7, "tau": 2.0},
        {"decaying": True},
    ],
    ids=str,
)
def test_a_step_is_that_of_all_pairs_of_pairs(own, options):
    """No chance here. Levels are at most 0.005 apart, and c, with slopes up to 2 and curvatures up to 2, is read linearly between them: a
    chance to clone is off by less than twice the square of their distance, and the sum over all cells by twice that."""
    mass = skewed()
    told = {"alpha": 1.0, "beta": 1.0, "epsilon": 1e-8, "sigma": 0.4, "everyone": False, "periodic": False} | options
    R = np.exp(-values(shift=told.pop("shift", 0.0)) / told.pop("tau", 0.5))
    expected, rate = naive(mass, R, H, own=own, **told)
    found, report, taken = step(mass, own=own, **options)
    assert taken == 1
    assert np.abs(found - expected).sum() < TOLERANCE and report.rate[0] == pytest.approx(rate, abs=TOLERANCE)


@pytest.mark.parametrize(
    "landscape, kind",
    [(sv.landscapes.Formula("x^2 - 30", box=(-5.0, 5.0)), "negative"), (sv.landscapes.Sphere(), "value")],
)
def test_the_landscape_itself_can_be_the_reward(landscape, kind):
    (low,), (high,) = landscape.limits(1)
    R = values(landscape) * (1 if kind == "value" else -1)
    options = {"alpha": 1.0, "beta": 1.0, "epsilon": 1e-8, "sigma": 1.0, "own": True, "everyone": False}
    expected, _ = naive(skewed(), R, (high - low) / K, **options)
    found, _, taken = step(skewed(), landscape, kind=kind, sigma=1.0)
    assert taken == 1 and np.abs(found - expected).sum() < TOLERANCE


@pytest.mark.parametrize("options", [{}, {"own": False}, {"everyone": True}, {"sigma": 30.0}, {"alpha": 50.0}], ids=str)
def test_mass_is_one_and_never_negative(options):
    mass, _, taken = step(skewed(400), steps=60, **{"sigma": 0.1} | options)
    assert taken == 60 and abs(mass.sum() - 1) < 1e-12 and mass.min() >= 0


def test_nobody_clones_where_all_virtual_rewards_are_equal():
    mass, report, _ = step(skewed(400), alpha=0.0, beta=0.0, sigma=0.1)
    np.testing.assert_allclose(mass, skewed(400), rtol=1e-13)
    assert report.rate[0] < 1e-13


def test_a_symmetric_law_stays_symmetric():
    mass = np.full(400, 1 / 400)
    for own in (True, False):
        after, _, _ = step(mass, sv.landscapes.Rastrigin(), steps=20, tau=5.0, sigma=0.2, own=own)
        np.testing.assert_allclose(after, after[::-1], rtol=1e-9, atol=1e-16)


def test_wide_jitter_of_all_makes_the_law_flat_and_folding_does_not_depend_on_how_far_it_reaches():
    after, _, _ = step(skewed(400), sigma=1e4, everyone=True)
    np.testing.assert_allclose(after, 1 / 400, rtol=1e-12)
    below, above = (step(skewed(400), sigma=sigma, everyone=True)[0] for sigma in (15.999, 16.001))
    np.testing.assert_allclose(below, above, rtol=1e-9)  # e^{−8π²} at the change of formula


@pytest.mark.parametrize("options", [{"sigma": 0.01}, {"tau": 1e-3}, {"decaying": True, "beta": 10.0}], ids=str)
def test_a_jitter_a_reward_or_a_decay_finer_than_the_cells_is_not_computed(options):
    _, report, taken = step(np.full(200, 1 / 200), steps=5, **options)
    assert taken == 0 and report.end[0] == cloning_map.UNRESOLVED


def test_a_law_narrower_than_a_few_cells_is_told():
    mass = np.zeros(200)
    mass[100:103] = 1 / 3
    _, report, taken = step(mass, steps=5)
    assert taken == 0 and report.end[0] == cloning_map.NARROW


def test_a_reward_that_is_not_positive_is_told():
    _, report, taken = step(np.full(200, 1 / 200), steps=5, kind="negative")
    assert taken == 0 and report.end[0] == cloning_map.UNREWARDED


def test_a_law_that_comes_from_a_few_walkers_needs_many():
    """U(0.3, 2) has left its well at step 40; the walkers that did so come from less than a millionth of all."""
    cells = 400
    x = LOW + (HIGH - LOW) * (np.arange(cells) + 0.5) / cells
    near = (x > 0.3) / np.sum(x > 0.3)
    assert step(near, steps=15, sigma=0.1)[1].needed[0] < 1e3
    mass, report, _ = step(near, steps=40, sigma=0.1)
    assert mass[x < 0].sum() > 0.9 and report.needed[0] > 1e6
