"""PSO against a naive reference: memory, attraction, noise and the table of 003."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.kernels.blocks import from_blocks, to_blocks
from swarmviz.kernels.noise import LAWS
from tests.references.bgk_and_pso import arrays_made, final_errors
from tests.references.bgk_and_pso import pso as naive

RASTRIGIN, ACKLEY, SPHERE = sv.landscapes.Rastrigin(), sv.landscapes.Ackley(), sv.landscapes.Sphere()
FOUR_SIGMA = 4.0


def compare(landscape, swarm, steps, parts=(), **options):
    """Kernel and reference after the same steps; the numbers agree to 1e-12 of their size."""
    names = {
        "noise": "law",
        "inertia": "m",
        "lam_own": "lam1",
        "lam_common": "lam2",
        "sigma_own": "sigma1",
        "sigma_common": "sigma2",
    }
    options = {
        "inertia": 0.1,
        "lam_own": 1.0,
        "lam_common": 1.0,
        "sigma_own": 1.7,
        "sigma_common": 1.7,
        "dt": 0.1,
        **options,
    }
    sim = sv.Simulation(sv.PSO(**options), landscape, swarm)
    for part in (*parts, steps - sum(parts)):
        frame = sim.advance(part)
    told = {names.get(name, name): getattr(value, "at", value) for name, value in options.items()}
    x, v, y = naive(
        swarm.positions(landscape), landscape.values, *landscape.limits(swarm.d), steps, seed=swarm.seed, **told
    )
    for ours, theirs in ((frame.x, x), (frame.v, v), (frame.memory, y)):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12 * max(1, np.abs(theirs).max()))


@pytest.mark.parametrize("law", LAWS)
def test_the_kernel_follows_the_naive_equations(law):
    """290 agents in 15 dimensions fill more than one block; a small α lets every memory count."""
    compare(
        ACKLEY, sv.Swarm(n=290, d=15, seed=5), 50, alpha=0.5, noise=law, freedom=2.5, sigma_own=0.4, sigma_common=0.3
    )


@pytest.mark.parametrize(
    "options",
    [
        {"alpha": 1e5},
        {
            "alpha": 1.0,
            "inertia": 0.7,
            "lam_own": 0.3,
            "lam_common": 2.0,
            "sigma_own": 0.4,
            "sigma_common": 0.9,
            "dt": 0.3,
        },
        {"alpha": 1.0, "batch": 9, "boundary": "none", "sigma_own": 0.5},
        {
            "alpha": sv.schedules.Linear(start=1.0, end=50.0, duration=2.0),
            "sigma_own": sv.schedules.Exponential(start=2.0, ratio=0.5),
            "sigma_common": sv.schedules.Linear(start=0.0, end=1.0, duration=3.0),
        },
    ],
    ids=lambda options: "-".join(options),
)
def test_every_option_follows_the_naive_equations_however_the_steps_are_batched(options):
    compare(ACKLEY, sv.Swarm(n=60, d=3, seed=11), 30, (13, 1), **options)


def test_a_box_with_unequal_sides_needs_no_rescaling_because_every_coordinate_is_for_itself():
    """The reference runs in [−1, 1]^2, the kernel in [−15, −5] × [−3, 3]."""
    compare(sv.landscapes.BukinN6(), sv.Swarm(n=50, d=2, seed=1), 40, alpha=1e5)


# ---- memory ----------------------------------------------------------------------------------------------------------


def test_personal_bests_never_rise_and_are_the_best_places_that_each_agent_has_met():
    sim = sv.Simulation(sv.PSO(), RASTRIGIN, sv.Swarm(n=60, d=2, seed=3))
    lowest, remembered = np.full(60, np.inf), np.full(60, np.inf)
    for _ in range(80):
        frame = sim.frame
        lowest = np.minimum(lowest, frame.energy)
        values = RASTRIGIN.values(frame.memory)
        assert (values <= remembered).all()
        np.testing.assert_array_equal(values, lowest)
        improved = frame.role == 1
        np.testing.assert_array_equal(frame.memory[improved], frame.x[improved])
        assert (values[~improved & (frame.energy > values)] == remembered[~improved & (frame.energy > values)]).all()
        remembered = values
        sim.advance(1)
    record = sim.record
    assert (np.diff(record["memory_mean"]) <= 0).all() and (np.diff(record["best"]) <= 0).all()
    assert record["best"][-1] == record["minimum"].min() and 0 < record["improved"][1:].mean() < 1


def test_the_memory_is_never_an_alias_of_the_positions():
    dynamics = sv.PSO()
    x = sv.Swarm(n=50, d=2, seed=1).positions(RASTRIGIN)
    first = dynamics.init(x, RASTRIGIN, 1)
    state, _ = dynamics.advance(first, RASTRIGIN, 5)
    for s in (first, state):
        assert not np.shares_memory(s.x, s.memory) and not np.shares_memory(s.energy, s.memory_energy)
        frame = dynamics.frame(s)
        assert not np.shares_memory(frame.x, frame.memory)
    np.testing.assert_array_equal(first.memory, to_blocks(x))  # the step has not moved what the first state remembers
    assert not np.array_equal(state.x, state.memory)
    worse = state.energy > state.memory_energy
    assert worse.any() and (state.energy >= state.memory_energy).all()


def test_on_another_landscape_an_agent_remembers_the_better_of_what_it_knew_and_where_it_stands():
    sim = sv.Simulation(sv.PSO(), RASTRIGIN, sv.Swarm(n=80, d=2, seed=2))
    old = sim.advance(15)
    sim.landscape = sv.landscapes.Himmelblau()
    now = sim.apply()
    there, here = sim.landscape.values(old.memory), sim.landscape.values(old.x)
    assert (here < there).any() and (here > there).any()
    np.testing.assert_array_equal(now.memory, np.where((here < there)[:, None], old.x, old.memory))
    new = sim.advance(1)
    assert (sim.landscape.values(new.memory) <= np.minimum(here, there)).all()
    sim.goto(10)
    np.testing.assert_array_equal(sim.goto(16).memory, new.memory)


# ---- forces ----------------------------------------------------------------------------------------------------------


def one_step(seed=1, n=4000, d=3, **options):
    """X, Y, ν and V⁺ of one step of agents that remember a point (1, …, 1) away from where they stand, while ν is elsewhere."""
    quiet = {
        "inertia": 0.5,
        "lam_own": 0.0,
        "lam_common": 0.0,
        "sigma_own": 0.0,
        "sigma_common": 0.0,
        "dt": 0.1,
        "boundary": "none",
    }
    dynamics = sv.PSO(**{**quiet, "alpha": 1e12, **options})
    x = sv.Swarm(n=n, d=d, seed=seed, initial="box", low=1.0, high=4.0).positions(SPHERE)
    state = dynamics.init(x, SPHERE, seed)
    state = state._replace(memory=to_blocks(x - 1.0))
    still, _ = dynamics.advance(state, SPHERE, 0)
    after, _ = dynamics.advance(state, SPHERE, 1)
    return x, x - 1.0, still.consensus, from_blocks(after.v, n, d)


def test_both_pulls_attract():
    """The sign that other programs got wrong: each component of the new velocity points from the agent to the place that attracts it."""
    mass = 0.5 + 0.5 * 0.1
    x, y, nu, v = one_step(lam_own=2.0)
    np.testing.assert_allclose(v, 2.0 * 0.1 / mass * (y - x), atol=1e-12)
    assert ((v * (y - x)) > 0).all()
    x, y, nu, v = one_step(lam_common=3.0)
    np.testing.assert_allclose(v, 3.0 * 0.1 / mass * (nu - x), atol=1e-12)
    assert ((v * (nu - x))[x != nu] > 0).all()


def test_without_forces_friction_slows_the_agents_by_m_over_m_plus_gamma_dt():
    dynamics = sv.PSO(inertia=0.3, lam_own=0.0, lam_common=0.0, sigma_own=0.0, sigma_common=0.0, boundary="none")
    state = dynamics.init(np.ones((5, 2)), SPHERE, 1)
    state = state._replace(v=to_blocks(np.full((5, 2), 2.0)))
    after, _ = dynamics.advance(state, SPHERE, 4)
    np.testing.assert_allclose(after.v, 2.0 * (0.3 / (0.3 + 0.7 * 0.1)) ** 4, rtol=1e-14)


def test_each_term_has_its_own_noise_independent_from_coordinate_to_coordinate():
    root = np.sqrt(0.1) / (0.5 + 0.5 * 0.1)
    x, y, nu, v = one_step(sigma_own=1.3)
    own = v / (1.3 * root * (y - x))
    x, y, nu, v = one_step(sigma_common=0.7)
    apart = (x != nu).all(axis=1)
    common = v[apart] / (0.7 * root * (nu - x[apart]))
    draws = np.hstack([own[apart], common])
    n = len(draws)
    assert (np.abs(draws.mean(axis=0)) < FOUR_SIGMA / np.sqrt(n)).all()
    assert (np.abs(draws.var(axis=0) - 1) < FOUR_SIGMA * np.sqrt(2 / n)).all()
    assert (np.abs(np.corrcoef(draws.T) - np.eye(6)) < FOUR_SIGMA / np.sqrt(n)).all()


def test_the_common_best_is_the_weighted_mean_of_the_memories():
    sim = sv.Simulation(sv.PSO(alpha=1e15), RASTRIGIN, sv.Swarm(n=500, d=2, seed=4))
    frame = sim.advance(5)
    best = RASTRIGIN.values(frame.memory).argmin()
    np.testing.assert_allclose(frame.focus, frame.memory[best], atol=1e-12)
    frame = sv.Simulation(sv.PSO(alpha=0.02), RASTRIGIN, sv.Swarm(n=500, d=2, seed=4)).advance(5)
    np.testing.assert_allclose(frame.weight @ frame.memory, frame.focus, atol=1e-12)
    w = np.exp(-0.02 * (RASTRIGIN.values(frame.memory) - RASTRIGIN.values(frame.memory).min()))
    np.testing.assert_allclose(frame.weight, w / w.sum(), rtol=1e-9)


# ---- frames, stall, table --------------------------------------------------------------------------------------------


def test_the_record_says_what_the_frame_shows():
    landscape = sv.landscapes.BukinN6()
    sim = sv.Simulation(sv.PSO(), landscape, sv.Swarm(n=100, d=2, seed=7))
    earlier = sim.advance(9)
    frame = sim.advance(1)
    last, half, target = (
        {name: values[-1] for name, values in sim.record.items()},
        [5.0, 3.0],
        landscape.minimisers(2)[0],
    )
    np.testing.assert_array_equal(frame.energy, landscape.values(frame.x))
    assert last["error"] == pytest.approx((np.abs(frame.focus - target) / half).max(), rel=1e-12)
    assert last["distance"] == pytest.approx(np.abs(frame.focus - target).max(), rel=1e-12)
    assert last["move"] == pytest.approx(np.linalg.norm((frame.focus - earlier.focus) / half), rel=1e-9)
    assert last["memory_mean"] == pytest.approx(landscape.values(frame.memory).mean(), rel=1e-12)
    assert last["improved"] == (frame.role == 1).mean() and last["minimum"] == frame.energy.min()
    assert last["dispersion"] == pytest.approx(((frame.x - frame.x.mean(axis=0)) ** 2).sum(), rel=1e-12)
    assert last["consensus_value"] == pytest.approx(landscape.values(frame.focus[None])[0], rel=1e-12)
    assert last["effective_size"] == pytest.approx(1 / (frame.weight**2).sum())
    np.testing.assert_allclose(frame.x, np.clip(earlier.x + 0.1 * frame.v, *landscape.limits(2)), atol=1e-12)


def test_no_step_allocates():
    assert arrays_made(sv.PSO(), RASTRIGIN, 10) == arrays_made(sv.PSO(), RASTRIGIN, 1000) > 0


def test_a_stalled_swarm_stands_still_however_its_steps_were_batched():
    dynamics = sv.PSO(stall_steps=15, stall_tolerance=1e-3)
    at_once, singly = (sv.Simulation(dynamics, SPHERE, sv.Swarm(n=50, d=2, seed=1)) for _ in range(2))
    at_once.advance(150)
    for _ in range(150):
        singly.advance(1)
    for name in at_once.record:
        np.testing.assert_array_equal(at_once.record[name], singly.record[name], err_msg=name)
    stop = np.argmax(at_once.record["still"] > 15)
    assert 16 <= stop < 140 and "stalled" in at_once.frame.notes[0]
    assert (at_once.frame.role == 0).all()
    np.testing.assert_array_equal(at_once.frame.x, at_once.goto(int(stop)).x)
    assert (at_once.record["improved"][stop + 1 :] == 0).all()


def test_the_results_of_the_paper_are_reached():
    """003 table 3, d = 20, 1000 steps, 100 runs: Ackley 100% (N = 50); Rastrigin 92% and mean error 0.210 (N = 500)."""
    ackley = final_errors(sv.PSO(), ACKLEY, 50)
    assert (ackley < 0.25).all() and ackley.mean() < 1e-4
    rastrigin = final_errors(sv.PSO(), RASTRIGIN, 500)
    share, mean = (rastrigin < 0.25).mean(), rastrigin.mean()
    assert abs(share - 0.92) < FOUR_SIGMA * np.sqrt(2 * 0.92 * 0.08 / 100)  # both are means of 100 runs
    assert abs(mean - 0.210) < FOUR_SIGMA * np.sqrt(2) * rastrigin.std() / 10
