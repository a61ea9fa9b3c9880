"""The quiet swarm that is the law of SSA, against plain swarms with the same Nβ."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.laws.base import NoLaw
from swarmviz.laws.distance import curve_of, distance, expected_distance
from swarmviz.laws.quiet import spread_noise
from swarmviz.laws.ssa import QuietState, SSALaw, initial_masses

ACKLEY, LAW = sv.landscapes.Ackley(), SSALaw()


def swarm(n=100, **given):
    return sv.Swarm(**{"n": n, "d": 1} | given)


def curve(law, state):
    return curve_of(lambda x: law.cdf(state, x), -5.0, 5.0, law.atoms(state))


@pytest.mark.parametrize(
    "options",
    [{}]
    + [{"boundary": boundary, "lam": 20.0} for boundary in ("clip", "reflect", "periodic")]
    + [{"initial_mass": "uniform"}, {"initial_mass": "exponential"}, {"provisional": "minimum"}],
    ids=str,
)
def test_the_mean_of_swarms_has_the_distribution_function_and_the_level_of_the_law(options):
    """Nβ = 1. 20 swarms of 10⁴ at steps 20, 100, 300: shares below seven quantiles and F̄ within 5 standard errors of their mean and the
    quiet swarm's own error, 2e-3 in W₁ and so about 1e-3 in a share, 2e-3 in F̄."""
    steps, runs, law = (20, 100, 300), 20, SSALaw(32_000)
    state, states = law.init(sv.SSA(cutoff=0.01, **options), ACKLEY, swarm()), []
    for k in steps:
        state = law.advance(state, sv.SSA(cutoff=0.01, **options), ACKLEY, k - state.k)
        states.append(state)
    places = [np.quantile(state.x, [0.03, 0.15, 0.3, 0.5, 0.7, 0.85, 0.97]) + 0.05 for state in states]
    below, levels = np.empty((runs, 3, 7)), np.empty((runs, 3))
    for run in range(runs):
        sim = sv.Simulation(sv.SSA(cutoff=1e-4, **options), ACKLEY, swarm(10_000, seed=run), every=1000)
        for i, k in enumerate(steps):
            frame = sim.goto(k)
            below[run, i] = np.searchsorted(np.sort(frame.x[:, 0]), places[i], side="right") / 10_000
            levels[run, i] = frame.level
    expected = np.array([law.cdf(state, x) for state, x in zip(states, places, strict=True)])
    error = below.std(axis=0, ddof=1) / np.sqrt(runs)
    assert np.all(np.abs(below.mean(axis=0) - expected) < 5 * error + 1e-3)
    error = levels.std(axis=0, ddof=1) / np.sqrt(runs)
    assert np.all(
        np.abs(levels.mean(axis=0) - [state.level for state in states]) < 5 * error + 2e-3 * np.array([1, 1, 2])
    )


def test_the_distance_falls_like_one_over_the_root_of_n():
    """Step 300, Nβ = 1, N = 100, 1000, 10⁴ by 60, 30, 10 runs: the slope is known to 0.03."""
    state = LAW.advance(LAW.init(sv.SSA(cutoff=0.01), ACKLEY, swarm()), sv.SSA(cutoff=0.01), ACKLEY, 300)
    means = []
    for n, runs in ((100, 60), (1000, 30), (10_000, 10)):
        frames = [
            sv.Simulation(sv.SSA(cutoff=1 / n), ACKLEY, swarm(n, seed=s), every=1000).advance(300) for s in range(runs)
        ]
        means.append(np.mean([distance(frame.x[:, 0], curve(LAW, state)) for frame in frames]))
        assert means[-1] < 1.5 * expected_distance(curve(LAW, state), n)
    assert -0.6 < np.polyfit(np.log([100, 1000, 10_000]), np.log(means), 1)[0] < -0.4


@pytest.mark.parametrize("kind, square", [("equal", 1.0), ("uniform", 4 / 3), ("exponential", 2.0)])
def test_initial_masses_have_the_law_of_the_draws_and_know_nothing_of_the_noise(kind, square):
    """E m = 1 and E m² of N times a mass. Its correlation with the noise of a first step, whatever its shift, is less than the 1/√N of
    independent draws. All masses sum to 1, at the start and later."""
    count = 8000
    mass, noise = initial_masses(kind, count), np.empty(count)
    assert abs(mass.sum() - 1) < 1e-12 and count * np.sum(mass**2) == pytest.approx(square, rel=5e-3)
    for shift in (0.0, 0.3, 0.9):
        spread_noise(shift, noise)
        assert abs(np.mean((count * mass - 1) * noise)) < 1 / np.sqrt(count)
    for provisional in ("mean", "minimum"):
        ssa = sv.SSA(cutoff=0.01, initial_mass=kind, provisional=provisional)
        assert abs(LAW.advance(LAW.init(ssa, ACKLEY, swarm()), ssa, ACKLEY, 100).mass.sum() - 1) < 1e-12


def test_it_belongs_to_the_number_of_agents_times_the_cutoff():
    one = LAW.advance(LAW.init(sv.SSA(cutoff=0.01), ACKLEY, swarm(100)), sv.SSA(cutoff=0.01), ACKLEY, 50)
    same = LAW.advance(LAW.init(sv.SSA(cutoff=0.001), ACKLEY, swarm(1000)), sv.SSA(cutoff=0.001), ACKLEY, 50)
    other = LAW.advance(LAW.init(sv.SSA(cutoff=0.01), ACKLEY, swarm(1000)), sv.SSA(cutoff=0.01), ACKLEY, 50)
    np.testing.assert_allclose(np.sort(one.x), np.sort(same.x), atol=1e-9)
    assert np.abs(np.sort(one.x) - np.sort(other.x)).max() > 1e-2


def test_ten_steps_are_ten_times_one_step_and_masses_sum_to_one():
    ssa = sv.SSA(profile="step", cutoff=0.02)
    start = LAW.init(ssa, ACKLEY, swarm())
    before, whole, pieces = start.x.tobytes(), LAW.advance(start, ssa, ACKLEY, 10), start
    for _ in range(10):
        pieces = LAW.advance(pieces, ssa, ACKLEY, 1)
    assert whole.x.tobytes() == pieces.x.tobytes() and whole.mass.tobytes() == pieces.mass.tobytes()
    assert whole.level == pieces.level and start.x.tobytes() == before
    assert abs(LAW.advance(whole, ssa, ACKLEY, 500).mass.sum() - 1) < 1e-12


def test_a_quiet_swarm_is_nearer_to_the_law_than_as_many_independent_agents():
    """Step 100: W₁ of 1000 and 4000 agents to that of 64000 is a tenth of what independent draws have; a third is asked for."""
    ssa, laws = sv.SSA(cutoff=0.01), [SSALaw(n) for n in (1000, 4000, 64_000)]
    states = [law.advance(law.init(ssa, ACKLEY, swarm()), ssa, ACKLEY, 100) for law in laws]
    best = curve(laws[2], states[2])
    for law, state in zip(laws[:2], states[:2], strict=True):
        places = np.linspace(-6, 6, 12_001)
        apart = np.abs(law.cdf(state, places) - laws[2].cdf(states[2], places)).sum() * 1e-3
        assert apart < expected_distance(best, law.agents) / 3


def test_profiles_without_masses_are_langevin_and_those_that_need_them_cannot_follow():
    constant, smooth = sv.SSA(profile="constant"), sv.SSA(cutoff=0.01)
    state = LAW.init(constant, ACKLEY, swarm())
    assert not isinstance(state, QuietState)
    state = LAW.advance(state, constant, ACKLEY, 5)
    with pytest.raises(NoLaw, match="Masses of the steps before 5"):
        LAW.advance(state, smooth, ACKLEY, 1)
    quiet = LAW.advance(LAW.init(smooth, ACKLEY, swarm()), smooth, ACKLEY, 5)
    assert LAW.advance(quiet, constant, ACKLEY, 5).k == 10


def test_the_walls_that_clip_hold_atoms_and_all_mass_is_within():
    ssa = sv.SSA(cutoff=0.1, lam=500.0, boundary="clip", dt=0.01)
    state = LAW.advance(LAW.init(ssa, ACKLEY, swarm()), ssa, ACKLEY, 3)
    atoms = LAW.atoms(state)
    np.testing.assert_array_equal(atoms[:, 0], [-5.0, 5.0])
    for (wall, mass), side in zip(atoms, (-1, 1), strict=True):
        share = np.mean(side * state.x >= side * wall)
        assert mass == pytest.approx(share, abs=5e-3) and mass > 0.05
    np.testing.assert_allclose(LAW.cdf(state, np.array([-5.1, 5.0, 6.0])), [0.0, 1.0, 1.0], atol=1e-12)
