"""SBGD against a naive reference and the laws it must obey."""

import tracemalloc

import numpy as np
import pytest
from numba.core.runtime import rtsys
from numba.core.runtime._nrt_python import memsys_enable_stats as memory_statistics

import swarmviz as sv
from tests.references.sbgd import sbgd as naive

RASTRIGIN, ACKLEY, SPHERE = sv.landscapes.Rastrigin(), sv.landscapes.Ackley(), sv.landscapes.Sphere()
LEADER, REMOVED = 1, 2


def run(landscape=RASTRIGIN, n=40, d=2, seed=3, **options):
    return sv.Simulation(sv.SBGD(**options), landscape, sv.Swarm(n=n, d=d, seed=seed))


@pytest.mark.parametrize("n, d", [(8, 1), (60, 3), (2500, 2)])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"p": 2.5, "q": 0.7, "c": 0.5, "gamma": 0.6, "tol": 0.3},
        {"h0": 0.01, "q": 0.0, "c": 0.01, "tol": 0.0},
        {"h0": 8.0, "backtracks": 7},
        {"boundary": "clip", "h0": 5.0},
        {"boundary": "reflect", "h0": 0.5},
        {"boundary": "periodic", "h0": 0.5},
    ],
    ids=lambda options: " ".join(options) or "defaults",
)
def test_the_kernel_follows_the_naive_equations(options, n, d):
    """2500 agents fill more than one block. Each step starts from the kernel's state: a step that leaps over hills amplifies rounding."""
    sim = run(n=n, d=d, **options)
    low, high = RASTRIGIN.limits(d)
    before = sim.frame
    for _ in range(40 if n < 100 else 2):
        X, m, found, trials = naive(
            before.x, before.mass, RASTRIGIN.values, RASTRIGIN.gradient, low=low, high=high, **options
        )
        after = sim.advance(1)
        np.testing.assert_allclose(after.x, X, rtol=0, atol=1e-12)
        np.testing.assert_allclose(after.mass, m, rtol=0, atol=1e-12)
        assert sim.record["step"][-1] == pytest.approx(np.mean(found) if found else 0.0, rel=1e-9)
        assert sim.record["trials"][-1] == pytest.approx(trials, rel=1e-12)
        before = after


@pytest.mark.parametrize("landscape", [RASTRIGIN, ACKLEY, SPHERE, sv.landscapes.Rosenbrock()], ids=lambda f: f.title)
def test_the_lowest_agent_never_rises_and_no_agent_climbs(landscape):
    sim = run(landscape)
    before = sim.frame
    for _ in range(45):
        after = sim.advance(1)
        assert (after.energy <= before.energy).all()
        before = after
    assert (np.diff(sim.record["provisional_minimum"]) <= 0).all()


@pytest.mark.parametrize("options", [{}, {"c": 0.7, "q": 1.0, "gamma": 0.5}, {"h0": 0.05, "q": 0.0}])
def test_each_accepted_step_descends_as_much_as_armijo_asks_and_the_step_before_it_did_not(options):
    """h is read off the step itself, x⁺ = x − h∇F, and the condition is checked again in plain Python."""
    sim = run(ACKLEY, **options)
    dynamics, before, checked = sim.dynamics, sim.frame, 0
    for _ in range(25):
        after, g = sim.advance(1), ACKLEY.gradient(before.x)
        relative = after.mass / after.mass.max()  # the masses with which the step was taken
        for n in range(40):
            moved = before.x[n] - after.x[n]
            if not moved.any() or np.abs(moved).max() < 1e-6:  # so short that h cannot be read off
                continue
            h = moved @ g[n] / (g[n] @ g[n])
            np.testing.assert_allclose(moved, h * g[n], rtol=1e-6)
            share = dynamics.c * relative[n] ** dynamics.q
            assert after.energy[n] <= before.energy[n] - share * h * (g[n] @ g[n]) * (1 - 1e-9) + 1e-12
            if h < 0.999 * dynamics.h0:
                longer = h / dynamics.gamma
                refused = ACKLEY.values((before.x[n] - longer * g[n])[None])[0]
                assert refused > before.energy[n] - share * longer * (g[n] @ g[n]) * (1 + 1e-6)
            checked += 1
        before = after
    assert checked > 200


def test_mass_is_conserved_and_never_negative():
    sim = run(n=500, d=3)
    for _ in range(60):
        frame = sim.advance(10)
        assert abs(frame.mass.sum() - 1) < 1e-12 and (frame.mass >= 0).all()


def test_the_highest_agent_is_removed_in_each_step_until_one_is_left():
    """η = 1 for the highest agent, so it sheds all its mass: (1) and (2) of the module."""
    sim = run(n=40)
    before = sim.frame
    for k in range(1, 45):
        after = sim.advance(1)
        highest = np.where(before.mass > 0, before.energy, -np.inf).argmax()
        if k <= 39 and (before.mass > 0).sum() > 1:
            assert after.mass[highest] == 0
        before = after
    assert (after.mass > 0).sum() == 1 and after.mass.max() == pytest.approx(1.0, abs=1e-12)


def test_a_removed_agent_stands_still_for_good_and_the_lowest_leads():
    sim = run(n=40)
    before = sim.advance(5)
    after = sim.advance(20)
    gone = before.mass == 0
    assert gone.any() and (before.role[gone] == REMOVED).all() and (after.mass[gone] == 0).all()
    np.testing.assert_array_equal(before.x[gone], after.x[gone])
    for frame in (before, after):
        alive = frame.mass > 0
        assert frame.energy[frame.role == LEADER] == frame.level == frame.energy[alive].min()
        np.testing.assert_array_equal(frame.role == REMOVED, ~alive)


def test_a_light_agent_takes_longer_steps_than_a_heavy_one_at_the_same_place():
    """(5): the demand c m̃^q falls with the mass. On |x|² a step h descends 1 − h of the tangent, so the heaviest needs h ≤ 1 − c."""
    swarm = sv.Swarm(n=3, d=1, initial="points", points=[[1.0], [1.01], [2.0]])
    sim = sv.Simulation(sv.SBGD(gamma=0.99, c=0.5), SPHERE, swarm)
    before, after = sim.frame, sim.advance(1)
    h = (before.x - after.x)[:, 0] / (2 * before.x[:, 0])
    relative = after.mass / after.mass.max()
    expected = [next(s for s in 0.99 ** np.arange(200) if s <= 1 - 0.5 * r**2) for r in relative[:2]]
    np.testing.assert_allclose(h[:2], expected, rtol=1e-9)
    assert h[1] > h[0] and after.mass[0] > after.mass[1] > 0 == after.mass[2]


def test_agents_that_are_equally_high_keep_their_mass():
    swarm = sv.Swarm(n=4, d=2, initial="points", points=[[1.0, 2.0], [-1.0, 2.0], [2.0, -1.0], [2.0, 1.0]])
    frame = sv.Simulation(sv.SBGD(), SPHERE, swarm).advance(3)
    np.testing.assert_array_equal(frame.mass, 0.25)


def test_an_agent_that_nothing_lowers_stays_where_it_is():
    """At Ackley's minimiser and without room to backtrack there is nothing lower."""
    swarm = sv.Swarm(n=2, d=1, initial="points", points=[[1e-3], [3.0]])
    sim = sv.Simulation(sv.SBGD(backtracks=3), ACKLEY, swarm)
    frame = sim.advance(5)
    assert frame.x[0, 0] == 1e-3 and sim.record["step"][-1] == 0.0


def test_with_clip_an_agent_slides_along_the_wall():
    """The gradient presses on the wall x₁ = 1; the projected descent goes on in x₂ (a demand of h|∇F|² would stop it)."""

    class Slope(sv.landscapes.Sphere):
        low, high = (1.0, -5.0), (5.0, 5.0)
        dims = (2, 2)

    swarm = sv.Swarm(n=2, d=2, initial="points", points=[[1.0, 0.02], [1.2, 0.04]])
    frame = sv.Simulation(sv.SBGD(boundary="clip", c=0.9), Slope(), swarm).advance(80)
    best = frame.x[frame.role == LEADER][0]
    assert best[0] == 1.0 and abs(best[1]) < 1e-6


def test_the_record_says_what_the_frame_shows():
    sim = run(n=30)
    frame = sim.advance(6)
    last = {name: values[-1] for name, values in sim.record.items()}
    alive, m = frame.mass > 0, frame.mass
    assert last["provisional_minimum"] == frame.level == frame.energy[alive].min()
    assert last["best"] == sim.record["provisional_minimum"].min()
    assert last["mean_value"] == pytest.approx(m @ frame.energy, rel=1e-12)
    assert last["dispersion"] == pytest.approx(30 * (m @ (frame.x - m @ frame.x) ** 2).sum(), rel=1e-12)
    assert last["distance"] == pytest.approx(np.abs(frame.x[frame.role == LEADER]).max(), rel=1e-12)
    assert last["remaining"] == alive.sum()
    assert last["mass_entropy"] == pytest.approx(-(m[alive] * np.log(m[alive])).sum() / np.log(30), rel=1e-12)
    assert last["largest_mass"] == m.max()
    assert sim.record["dispersion"][0] == pytest.approx(
        ((sim.goto(0).x - sim.frame.x.mean(axis=0)) ** 2).sum(), rel=1e-12
    )


def test_the_seed_only_places_the_agents():
    """Deterministic given the start."""
    a = run(seed=1, n=20)
    b = sv.Simulation(sv.SBGD(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=9, initial="points", points=a.frame.x))
    np.testing.assert_array_equal(a.advance(30).x, b.advance(30).x)


def allocations(sim, steps):
    """Arrays that compiled code makes, and bytes that Python holds at most, in so many steps."""
    memory_statistics()
    before = rtsys.get_allocation_stats().alloc
    tracemalloc.start()
    sim.dynamics.advance(sim._state, sim.landscape, steps, every=10**9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return rtsys.get_allocation_stats().alloc - before, peak


def test_no_step_allocates():
    """Compiled code makes as many arrays for 2000 steps as for 10; Python only numbers the steps: 16 bytes and a flag each."""
    sim = run(n=200, d=5)
    sim.advance(1)
    few, many = allocations(sim, 10), allocations(sim, 2000)
    assert few[0] == many[0] > 0
    assert many[1] - few[1] < 40 * 2000
