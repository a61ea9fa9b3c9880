"""What 000 §3 and §4 claim, held against runs: which hypothesis fails, and where the theorems do although none does."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.dynamics.fmc.dynamics import REWARDS
from swarmviz.dynamics.fmc.histogram import log_target
from swarmviz.theory import fmc as formulas
from swarmviz.theory.lived import LivedRun
from tests.theory.held import claim_of, failures, held_of
from tests.theory.test_fmc import RASTRIGIN, SPHERE, run, shares

WELL = sv.landscapes.DoubleWell()
PRINTED = {"sigma": 0.0, "companion": "same", "relativisation": "min-max"}  # the algorithm of 000


@pytest.mark.parametrize("landscape, d, options", [
    (SPHERE, 1, {}), (RASTRIGIN, 2, {"motion": "rotation", "tau": 10.0}), (sv.landscapes.DropWave(), 2, {"reward": "negative"}),
])  # fmt: skip
def test_the_target_is_the_reward_on_the_box_where_it_is_now(landscape, d, options):
    sim = run(landscape, d=d, **options)
    sim.advance(30)
    target, (low, high) = theory.target(sim), landscape.limits(d)
    bins, fine = (50, 64) if d == 1 else (20, 8)
    axes = [a + (b - a) * (np.arange(bins * fine) + 0.5) / (bins * fine) for a, b in zip(low, high, strict=True)]
    density = target.density(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d))
    q = density.reshape((bins, fine) * d).sum(axis=tuple(range(1, 2 * d, 2))).ravel() / density.sum()
    shift = np.zeros(d) if sim.frame.shift is None else sim.frame.shift
    expected = log_target(landscape, d, shift, REWARDS[sim.dynamics.reward], sim.dynamics.tau)
    np.testing.assert_allclose(q, np.exp(expected), rtol=1e-9, atol=1e-15)
    assert (target.density(np.vstack([high + 1, low - 1])) == 0).all()


# ---- the hypotheses --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options, landscape, words", [
    ({"sigma": 0.1}, SPHERE, "one population fails (σ = 0.1)"),
    ({"sigma": 0.1, "jitter": "all"}, SPHERE, "one population fails (σ = 0.1)"),
    ({"companion": "own"}, SPHERE, "one population fails (i = own: a second, independent companion)"),
    ({"distance_form": "decaying"}, SPHERE, "f and g increase (Assumption 3.1) fails (g = decaying: e to the minus distance"),
    ({"groups": 4}, SPHERE, "one population fails (G = 4)"),
    ({"boundary": "dead"}, SPHERE, "one population fails (∂ = dead: walkers outside the box are dead"),
    ({"boundary": "none", "sigma": 0.1}, SPHERE, "a compact domain fails (∂ = none: agents may leave the box)"),
    ({"distance_power": 0.0}, SPHERE, "α, β > 0 fails (the least of them = 0)"),
    ({"reward_power": sv.schedules.Linear(start=1.0, end=0.0, duration=2.0)}, SPHERE, "α, β > 0 fails since step 2"),
    ({"motion": "drift"}, SPHERE, "the same reward R throughout fails (R changes)"),
    ({"tau": sv.schedules.Linear(start=5.0, end=1.0)}, SPHERE, "the same reward R throughout fails (R changes)"),
    ({}, sv.landscapes.DiscontinuousIntegrand(), "F ∈ C² fails"),
    ({}, sv.landscapes.Schwefel220(), "F ∈ C² fails"),
    ({"tau": 1e-3}, SPHERE, "R > 0 fails"),
])  # fmt: skip
def test_the_claims_say_which_hypothesis_fails(options, landscape, words):
    """W3: they were said to hold with jitter, which 000 does not have, on any landscape, and not without."""
    sim = run(landscape, **PRINTED | options)
    sim.advance(3)
    target = theory.target(sim)
    assert not target.applies and target.reference == "000 Thm 1"
    assert words in failures(held_of(sim, "fmc-target"))


@pytest.mark.parametrize("relativisation", ["min-max", "z-score"])
@pytest.mark.parametrize("boundary", ["reflect", "none"])
def test_the_algorithm_of_the_paper_fulfils_every_hypothesis_of_its_theorem(relativisation, boundary):
    """Without jitter, so that the refutation below is not filed as a failed hypothesis."""
    sim = run(WELL, tau=0.5, **PRINTED | {"relativisation": relativisation, "boundary": boundary})
    assert held_of(sim, "fmc-target").state == "open"  # λ₁t = 0
    sim.advance(30)
    assert held_of(sim, "fmc-target").state == "holds" and theory.target(sim).applies


def test_in_the_plane_a_box_has_corners():
    sim = run(SPHERE, d=2, tau=10.0, **PRINTED)
    sim.advance(60)
    held = held_of(sim, "fmc-target")
    assert held.state == "open" and "not checked: with a smooth boundary, or a torus." in held.reason


def test_theorem_1_is_refuted_by_the_algorithm_for_which_it_is_claimed():
    """KL of 12 runs that fulfil every hypothesis, at λ₁t = 50: a hundred times what is claimed, at N = 50 and 1000; N·KL grows with N."""
    worst = {}
    for n in (50, 1000):
        runs = []
        for seed in range(12):
            sim = run(WELL, n=n, seed=seed, tau=0.5, **PRINTED)
            sim.advance(100)
            assert held_of(sim, "fmc-target").state == held_of(sim, "fmc-plateau").state == "holds"
            runs.append(LivedRun.of(sim))
        for name in ("fmc-target", "fmc-plateau", "fmc-rate", "fmc-lyapunov"):
            assert theory.judge(claim_of(sv.FMC, name), runs).outcome == "differs" or (n, name) == (50, "fmc-lyapunov")
        worst[n] = theory.judge(claim_of(sv.FMC, "fmc-plateau"), runs)
    assert worst[1000].measured > 10 * worst[50].measured > 100 * worst[1000].predicted / 4


def test_the_total_variation_stays_far_above_its_bound():
    sim = run(WELL, n=1000, tau=0.5, **PRINTED)
    sim.advance(100)
    held = held_of(sim, "fmc-total-variation")
    q, counts = np.exp(shares(WELL, 1, 0.5)), np.histogram(sim.frame.x[:, 0], 50, WELL.box)[0]
    assert held.measured == pytest.approx(np.abs(counts / 1000 - q).sum()) and held.measured > 5 * held.predicted
    assert held.predicted == pytest.approx(np.sqrt(2 * formulas.kl_of_independent_sample(np.log(q), 1000)), rel=1e-6)


def test_what_is_exact_holds_in_every_run():
    for options in (PRINTED, {"sigma": 0.0}, {"sigma": 0.0, "motion": "rotation"}, {"sigma": 0.0, "boundary": "dead"}):
        sim = run(WELL, n=200, tau=0.5, **options)
        sim.advance(50)
        held = held_of(sim, "fmc-no-new-positions")
        assert held.state == "holds" and held.measured <= held.predicted
        if "motion" not in options:
            least = held_of(sim, "fmc-least")
            assert least.state == "holds" and least.measured >= least.predicted - 1e-12
            assert held_of(sim, "fmc-gap-bound").measured > held_of(sim, "fmc-gap-bound").predicted > 0
    shaken = run(WELL, n=200, tau=0.5, sigma=0.0)
    shaken.advance(10)
    shaken.dynamics.sigma = 0.2
    shaken.advance(5)
    assert held_of(shaken, "fmc-no-new-positions").measured > 0  # and the hypothesis says why
    assert "fails since step 10 (σ = 0.2)" in failures(held_of(shaken, "fmc-no-new-positions"))


# ---- the lines -------------------------------------------------------------------------------------------------------------------


def test_the_lines_are_those_of_the_claims_and_there_are_none_where_nothing_is_known():
    sim = run(n=200, tau=10.0, **PRINTED)
    sim.advance(40)
    decay, plateau, least = theory.lines(sim)
    gap, independent = formulas.spectral_gap(shares(), [10 / 50]), formulas.kl_of_independent_sample(shares(), 200)
    np.testing.assert_allclose(
        decay.y, sim.record["kl"][0] * np.exp(-gap * np.arange(41)) + independent, rtol=1e-12
    )  # W8: λ₁ is printed, not 2λ₁
    np.testing.assert_allclose(plateau.y, independent)
    assert [line.style for line in (decay, plateau, least)] == ["dotted", "dotted", "dashed"]
    assert decay.applies and least.applies and (sim.record["kl"] >= least.y - 1e-12).all()
    sketch = theory.lines(sim, {"fmc-rate-sketch"})[1]
    np.testing.assert_allclose(
        sketch.y - independent, sim.record["kl"][0] * np.exp(-2 * gap * np.arange(41)), rtol=1e-9, atol=1e-15
    )
    assert theory.lines(run(d=3)) == [] == theory.lines(run(motion="drift"))


def test_the_lines_end_where_the_reward_is_changed():
    """W1: after a slider moved, the present τ was taken for the whole past."""
    sim = run(n=100, tau=10.0)
    sim.advance(20)
    before = [line.y for line in theory.lines(sim)]
    sim.dynamics.tau = 2.0
    sim.advance(10)
    for old, line in zip(before, theory.lines(sim), strict=True):
        np.testing.assert_array_equal(line.y[:21], old)
        assert np.isnan(line.y[21:]).all() and not line.applies
    assert "the same reward R throughout fails since step 20" in failures(held_of(sim, "fmc-rate"))


def test_a_jitter_that_began_in_mid_run_is_said_with_its_step():
    sim = run(tau=10.0, **PRINTED)
    sim.advance(7)
    sim.dynamics.sigma = 0.2
    sim.advance(3)
    assert "000's own algorithm: no jitter, one companion, one population fails since step 7 (σ = 0.2)" in failures(
        held_of(sim, "fmc-rate")
    )


def test_the_divergence_is_not_dissipated_as_the_fisher_information_says():
    """000 Prop. 1 on the double well, N = 10⁵, k = 1 … 5: −I is more than forty times the change, and KL rises at k = 5."""
    sim = run(WELL, n=100_000, tau=0.5, **PRINTED)
    for _ in range(5):
        sim.advance(1)
        held = held_of(sim, "fmc-fisher")
        assert held.findings[-1].state == "holds" and held.predicted < -40 * abs(held.measured)
        assert held.measured == pytest.approx(np.diff(sim.record["kl"])[-1])
    assert held.measured > 0


def test_the_divergence_does_not_fall_monotonically_but_turns_and_ends_where_the_collapse_does():
    """Against 000 Lemma 1 and Thm 3, at σ = 0: KL first falls, then climbs above its start, to −ln q of a single bin."""
    sim = run(n=5000, tau=10.0, sigma=0.0)
    sim.advance(400)
    kl, claimed = sim.record["kl"], theory.lines(sim)[0].y - formulas.kl_of_independent_sample(shares(), 5000)
    turn = kl.argmin()
    assert 0 < turn < 20 and kl[turn] < kl[0] / 3
    assert kl[-1] > 10 * kl[0] and sim.record["distinct"][-1] == 1
    assert kl[-1] == pytest.approx(-shares()[24:26].max(), rel=1e-6)  # the bins beside the minimiser
    assert claimed[-1] < 1e-6 < kl[-1]


def test_with_jitter_the_plateau_of_the_divergence_does_not_fall_with_the_number_of_walkers():
    """Against 000 Prop. 2, O(1/N): a hundred times the walkers should bring a hundredth; they bring the same."""
    plateau = {}
    for n in (100, 10_000):
        sim = run(n=n, tau=10.0, sigma=0.3)
        sim.advance(400)
        plateau[n] = sim.record["kl"][200:].mean()
    assert plateau[10_000] == pytest.approx(plateau[100], rel=0.1)
    assert plateau[10_000] > 100 * formulas.kl_of_independent_sample(shares(), 10_000)


def test_jitter_keeps_the_swarm_nearer_to_the_target_than_the_collapse_leaves_it():
    final = {}
    for sigma in (0.0, 0.3, 1.0):
        sim = run(n=1000, tau=10.0, sigma=sigma)
        sim.advance(300)
        final[sigma] = sim.record["kl"][-100:].mean()
    assert final[1.0] < 0.5 * final[0.3] < 0.5 * final[0.0]


def test_no_rate_is_claimed_of_a_target_that_is_too_sharp_for_the_grid():
    sim = run(tau=1e-3)
    assert {held.claim.name for held in theory.assessments(sim)}.isdisjoint({"fmc-rate", "fmc-gap-bound"})
    titles = [line.title for line in theory.lines(sim)]
    assert titles == ["claimed plateau O(1/N)", "least for so few positions"]
