"""Presets are data: each builds and runs, its measured chance holds in fresh runs, and what its question says is what happens."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

import swarmviz as sv
from swarmviz import presets, success
from swarmviz.presets.cbo import contraction_rate
from swarmviz.presets.measured import SPENT
from swarmviz.presets.preset import MEASURED
from swarmviz.theory import law as theory_law

RUNS = 20  # fresh ones here, of other seeds
DEAR = 20_000  # steps; of such runs there are fewer
STILL = {"pso-alone"}  # and that is its point
SURPRISING = 1e-4  # a p-value below it in one of fifty comparisons is no chance


def run(name, seed=0, steps=None, record_limit=None):
    preset = presets.ALL[name]
    dynamic, landscape, swarm = preset.build()
    swarm.seed = seed
    sim = sv.Simulation(dynamic, landscape, swarm, record_limit=record_limit)
    sim.advance(preset.steps if steps is None else steps)
    return sim


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=presets.ALL)
def test_a_preset_builds_and_runs_and_its_swarm_moves(preset):
    sim = sv.Simulation(*preset.build())
    start = sim.frame
    frame = sim.advance(50)
    assert np.isfinite(frame.energy).all() and preset.title and preset.reference
    assert np.array_equal(frame.x, start.x) == (preset.name in STILL)
    assert sim.record["best"][-1] <= sim.record["best"][0]


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=presets.ALL)
def test_a_preset_finds_the_minimum_as_often_as_it_says(preset):
    runs = RUNS if preset.steps < DEAR else RUNS // 2
    found = 0
    for seed in range(10_000, 10_000 + runs):
        sim = run(preset.name, seed, record_limit=1000)
        found += success.succeeded(sim.frame, sim.landscape)
    before = round(MEASURED * preset.chance)
    p = fisher_exact([[found, runs - found], [before, MEASURED - before]]).pvalue
    assert p > SURPRISING, f"{found} of {runs} runs, and the preset says {preset.chance:.0%}"


def test_what_the_runs_of_every_preset_spend_is_measured():
    """tools/presets.py writes it."""
    assert list(SPENT) == list(presets.ALL)


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=presets.ALL)
def test_a_preset_costs_what_it_says(preset):
    """The median of 200 runs lies among fresh ones where a fair coin would put it; where every step costs the same it is exact."""
    costs = []
    for seed in range(20_000, 20_009):
        sim = run(preset.name, seed, steps=min(preset.steps, DEAR), record_limit=1000)
        costs.append((sim.record["evaluations"][-1], sim.record["gradients"][-1] if "gradients" in sim.record else 0))
    costs = np.array(costs) * (preset.steps / min(preset.steps, DEAR))
    for i, median in enumerate(SPENT[preset.name]):
        ordered = np.sort(costs[:, i])
        assert ordered[0] * (1 - 1e-3) <= median <= ordered[-1] * (1 + 1e-3), (
            "all nine on one side have a chance of 0.4 %"
        )
    evaluations, gradients = SPENT[preset.name]
    assert f"for {evaluations:,} evaluations of F" in preset.text
    assert (f"{gradients:,} of ∇F" in preset.text) == (gradients > 0)


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=presets.ALL)
def test_what_fails_on_purpose_fails_and_the_rest_does_not(preset):
    assert preset.chance <= 0.25 if preset.fails else preset.chance >= 0.75
    assert f"{MEASURED * preset.chance:.0f} of {MEASURED} runs" in preset.text and preset.text.startswith(
        preset.question
    )


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=presets.ALL)
def test_a_preset_shows_what_it_says_with_the_seed_that_it_opens_with(preset):
    """The one run that is seen: it has found the minimum, or on purpose has not, and what else is claimed holds."""
    sim = sv.Simulation(*preset.build())
    sim.advance(preset.steps)
    assert success.succeeded(sim.frame, sim.landscape) is not preset.fails
    assert preset.claim is None or preset.claim.holds(sim), preset.claim.text
    assert preset.shows(sim)


OTHERWISE = {  # a preset of which the same is not so
    "cbo-corner": "cbo-rastrigin", "cbo-no-noise": "cbo-corner", "cbo-mean": "cbo-corner", "cbo-isotropic-10": "cbo-ackley-10",
    "ssa-constant": "ssa-ackley", "sbgd-rastrigin": "sbgd-few", "sbgd-small-steps": "sbgd-ackley", "bgk-no-noise": "bgk-corner",
    "bgk-rare": "bgk-rastrigin", "pso-alone": "pso-rastrigin", "fmc-two-wells": "fmc-rastrigin", "fmc-no-jitter": "fmc-rastrigin",
    "fmc-spread": "fmc-rastrigin", "fmc-too-fast": "fmc-follow", "finite-hot": "finite-set",
    "finite-own": "finite-quench",
}  # fmt: skip


@pytest.mark.parametrize("preset", [p for p in presets.ALL.values() if p.claim], ids=lambda p: p.name)
def test_what_a_preset_claims_is_not_so_of_another_one(preset):
    """A claim that holds of any run says nothing."""
    other = presets.ALL[OTHERWISE[preset.name]]
    sim = sv.Simulation(*other.build())
    sim.advance(other.steps)
    assert not preset.claim.holds(sim), preset.claim.text


def test_what_is_measured_is_measured_by_the_criterion_of_the_page():
    for preset in presets.ALL.values():
        dynamic, landscape, swarm = preset.build()
        expected = None if dynamic.on_finite_set else success.tolerance_for(landscape, swarm.d)
        assert preset.tolerance == expected
        assert preset.text.endswith(f"({success.criterion(expected)}).")


@pytest.mark.parametrize("name", ["cbo-few", "sbgd-few", "finite-grid"])
def test_the_measured_runs_are_the_replicas_of_the_page(name):
    """Seed by seed, as far as this is quick: the next seeds after the one with which the preset opens."""
    preset = presets.ALL[name]
    dynamic, landscape, swarm = preset.build()
    swarm.seed += 1
    data = sv.run_ensemble(dynamic, landscape, swarm, runs=MEASURED, steps=preset.steps, record=())
    # the bits of a run are those of one processor; on another few may fall differently
    assert abs(int(data["success"].sum()) - round(MEASURED * preset.chance)) <= 0.02 * MEASURED


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_every_dynamics_has_four_presets_of_which_one_fails_and_opens_with_the_first(name):
    mine = presets.of(name)
    assert len(mine) >= 4 and any(preset.fails for preset in mine) and not mine[0].fails
    assert presets.opening(name) is mine[0]
    assert len({preset.title for preset in mine}) == len(mine)
    assert all(preset.question.endswith((".", "?")) for preset in mine)


def test_the_opening_preset_is_the_experiment_of_001():
    dynamics, landscape, swarm = next(iter(presets.ALL.values())).build()
    assert (dynamics.lam, dynamics.sigma, dynamics.alpha, dynamics.dt) == (1.0, 1.0, 1000.0, 0.05)
    x = swarm.positions(landscape)
    assert x.shape == (100, 2) and np.abs(x).max() <= 5.0


# ---- what the questions say --------------------------------------------------------------------------------------------------

SEEDS = range(5)


@pytest.mark.parametrize("name", ["cbo-no-noise", "bgk-no-noise"])
@pytest.mark.parametrize("seed", SEEDS)
def test_without_noise_no_agent_leaves_the_box_of_the_start(name, seed):
    sim = run(name, seed, steps=0)
    low, high = sim.frame.x.min(axis=0), sim.frame.x.max(axis=0)
    for _ in range(100):
        x = sim.advance(1).x
        assert (x >= low - 1e-12).all() and (x <= high + 1e-12).all()
    assert (low > 0).all(), "the minimum lies outside"


@pytest.mark.parametrize("name", ["cbo-corner", "bgk-corner", "pso-corner"])
def test_with_noise_the_swarm_leaves_the_corner(name):
    sim = run(name, steps=0)
    assert (sim.frame.x > 0).all()
    assert (np.abs(sim.advance(presets.ALL[name].steps).focus) < 0.3).all()


def test_from_the_corner_the_swarm_contracts_at_the_rate_that_is_stated_and_not_at_the_claimed_one():
    """0.505 ± 0.005 of 200 runs over 400 steps, 0.06 ± 0.01 over the last 200; here 60 others, of which each error is computed."""
    rates, late = [], []
    for seed in range(1000, 1060):
        sim = run("cbo-corner", seed)
        V = sim.record["dispersion"]
        rates.append(contraction_rate(sim))
        late.append(np.log(V[200] / V[400]) / 2 / (200 * 0.05))
    error, late_error = (np.std(values, ddof=1) / np.sqrt(60) for values in (rates, late))
    assert abs(np.mean(rates) - 0.505) < 4 * np.hypot(error, 0.005)
    assert abs(np.mean(late) - 0.063) < 4 * np.hypot(late_error, 0.013)
    said = presets.ALL["cbo-corner"].question
    assert "rate λ + σ²/2 = 5.5" in said and "0.51" in said


@pytest.mark.parametrize("boundary, settles", [("none", False), ("reflect", True)])
def test_constant_noise_on_ackley_spreads_the_agents_without_end_unless_there_are_walls(boundary, settles):
    """The variance of 400 agents at t = 20 over that at t = 5: about 4 of free diffusion, 1 of a law at rest.

    A sample variance of N Gaussian numbers has a relative error of √(2/N) = 0.07, the ratio of two one of 0.1.
    """
    dynamics, landscape, swarm = presets.ALL["ssa-constant"].build()
    dynamics.boundary, swarm.n = boundary, 400
    sim = sv.Simulation(dynamics, landscape, swarm, every=10**6)
    first, last = (sim.advance(steps).x.var() for steps in (5_000, 15_000))
    assert 0.6 < last / first < 1.4 if settles else last / first > 2.4


@pytest.mark.parametrize("seed", SEEDS)
def test_with_alpha_near_0_the_swarm_settles_near_its_middle(seed):
    sim = run("cbo-mean", seed, steps=0)
    middle = sim.frame.x.mean(axis=0)
    # the mean is a martingale: it moves by Σ σ²Δt V/N per step, and V decays at rate 2λ − σ² = 1 from 4²/12 a coordinate
    spread = np.sqrt(16 / 12 / 100)
    assert (np.abs(sim.advance(200).focus - middle) < 5 * spread).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_isotropic_noise_in_ten_dimensions_lets_the_dispersion_grow_and_the_other_does_not(seed):
    grown = {name: run(name, seed).record["dispersion"][[0, -1]] for name in ("cbo-isotropic-10", "cbo-ackley-10")}
    assert grown["cbo-isotropic-10"][1] > grown["cbo-isotropic-10"][0]
    assert grown["cbo-ackley-10"][1] < 0.1 * grown["cbo-ackley-10"][0]


@pytest.mark.parametrize("name", ["ssa-no-noise", "sbgd-small-steps"])
@pytest.mark.parametrize("seed", SEEDS)
def test_agents_that_only_descend_end_in_the_valley_in_which_they_start(name, seed):
    """On a line the order of the agents stays the same and so do the hills between them; in the plane none gets far."""
    sim = run(name, seed, steps=0)
    start = sim.frame.x.copy()
    x = sim.advance(presets.ALL[name].steps).x
    assert np.linalg.norm(x - start, axis=1).max() < 1.5, "neighbouring valleys are about 1 apart"
    if x.shape[1] == 1:
        order = start[:, 0].argsort()
        assert (np.diff(x[order, 0]) > -1e-9).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_with_constant_noise_the_provisional_minimum_dips_and_jumps_up_and_the_cutoff_brings_it_down(seed):
    noisy, annealed = run("ssa-constant", seed), run("ssa-ackley", seed, record_limit=1000)
    after = noisy.record["provisional_minimum"][-10_000:]
    assert after.min() < 0.1 and np.median(after) > 5
    assert annealed.record["provisional_minimum"][-1] < 0.5


def test_classical_annealing_stays_warmer_than_ssa():
    warm = [run("ssa-annealing", seed).frame.level for seed in SEEDS]
    cold = [run("ssa-ackley", seed, record_limit=1000).frame.level for seed in SEEDS]
    assert np.median(warm) > 10 * np.median(cold)


@pytest.mark.parametrize("seed", SEEDS)
def test_most_gradient_descending_agents_are_removed_within_a_few_steps(seed):
    assert run("sbgd-rastrigin", seed, steps=20).record["remaining"][-1] < 100


@pytest.mark.parametrize("seed", SEEDS)
def test_rare_jumps_end_at_the_wall(seed):
    sim = run("bgk-rare", seed)
    assert (np.abs(sim.frame.x).max(axis=1) > 5.11).mean() > 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_particles_for_themselves_stay_in_many_valleys_and_together_they_gather(seed):
    valleys = {
        name: len(np.unique(np.rint(run(name, seed).frame.memory), axis=0)) for name in ("pso-alone", "pso-rastrigin")
    }
    assert valleys["pso-alone"] > 10 and valleys["pso-rastrigin"] < valleys["pso-alone"] / 2


def test_among_equal_minima_the_seed_decides():
    found = {tuple(np.rint(run("pso-himmelblau", seed).frame.focus)) for seed in range(20)}
    assert len(found) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_cloning_alone_makes_no_new_position(seed):
    sim = run("fmc-no-jitter", seed, steps=0)
    start, before = {tuple(x) for x in sim.frame.x}, 50
    for _ in range(20):
        here = {tuple(x) for x in sim.advance(10).x}
        assert here <= start and len(here) <= before
        before = len(here)
    assert before < 15


@pytest.mark.parametrize("seed", SEEDS)
def test_cloning_empties_the_well_to_which_the_reward_gives_a_quarter(seed):
    sim = run("fmc-two-wells", seed)
    assert (sim.frame.x < 0).all()
    grid = np.linspace(-2, 2, 2001)
    reward = np.exp(-sim.landscape.values(grid[:, None]) / 0.5)
    assert 0.2 < reward[grid > 0].sum() / reward.sum() < 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_too_much_weight_on_distance_drives_the_walkers_to_the_edge(seed):
    far = {name: np.abs(run(name, seed).frame.x).max(axis=1).mean() for name in ("fmc-spread", "fmc-rastrigin")}
    assert far["fmc-spread"] > 4 > far["fmc-rastrigin"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_swarm_lags_behind_a_landscape_that_moves_too_fast(seed):
    lag = {
        name: success.error((sim := run(name, seed)).frame, sim.landscape) for name in ("fmc-follow", "fmc-too-fast")
    }
    assert lag["fmc-too-fast"] > 5 * lag["fmc-follow"]


def test_at_high_temperature_the_agents_spread_evenly():
    """The shares of 20 states over 30 runs of 50 agents: χ² with 19 degrees of freedom, below its quantile of 10⁻⁴."""
    counts = sum(np.bincount(run("finite-hot", seed).frame.node, minlength=20) for seed in range(30))
    assert ((counts - 75) ** 2 / 75).sum() < 52


@pytest.mark.parametrize("seed", SEEDS)
def test_crowding_lets_agents_out_of_the_wrong_valley_and_cold_alone_does_not(seed):
    out = {name: (run(name, seed).frame.x[:, 0] < 10).mean() for name in ("finite-far", "finite-quench")}
    assert out["finite-far"] > 0.4 and out["finite-quench"] < 0.1


def test_annealing_goes_around_a_barrier_by_a_link_and_stays_without_it():
    """By the exact law 6.5e-4 of the agents are beyond the barrier without the link: 0.3 of 500. Five has a chance of 2e-5."""
    preset, beyond = presets.ALL["finite-own"], {}
    links = preset.build()[0].edges
    for edges in (links, [link for link in links if link != (1, 7)]):
        dynamic, landscape, swarm = preset.build()
        dynamic.edges = edges
        shares = []
        for swarm.seed in range(10):
            sim = sv.Simulation(dynamic, landscape, swarm)
            sim.advance(preset.steps)
            shares.append(sim.frame.occupation[5:].sum())
        beyond[len(edges)] = np.mean(shares)
        law = theory_law(sim).density(sim.frame.sites)
        exact = (law / law.sum())[5:].sum()
        assert abs(beyond[len(edges)] - exact) < 4 * np.sqrt(exact * (1 - exact) / 500) + 1 / 500
    assert beyond[9] > 0.5 and beyond[8] < 0.01, beyond


def test_the_second_generator_jumps_more():
    dynamic, landscape, swarm = presets.ALL["finite-second"].build()
    jumps = {}
    for generator in ("first", "second"):
        dynamic.generator = generator
        sim = sv.Simulation(dynamic.copy(), landscape, swarm)
        sim.advance(500)
        jumps[generator] = sim.record["transitions"][-1]
    assert jumps["second"] > jumps["first"]
