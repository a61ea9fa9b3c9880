"""Runtimes with a target: against naive computations written from the definitions, and against laws whose answers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from swarmviz.ensembles import runtimes
from swarmviz.ensembles.runtimes import Runtimes, compared, cumulative, expected, expected_with_interval, newcombe


def censored(times, budget):
    """Runs with these runtimes, each given so much."""
    times = np.asarray(times, float)
    return Runtimes(np.minimum(times, budget), times <= budget)


# ---- the expected running time ----------------------------------------------------------------------------------------


def test_the_expected_running_time_is_that_of_restarts_until_one_reaches():
    """Of runs that succeed with probability p after T, else cost C: simulated restarts cost (p T + (1 − p) C)/p in the mean."""
    rng, runs = np.random.default_rng(1), censored([10, 12, 14, np.inf, np.inf], 30)
    restarts = []
    for _ in range(20_000):
        total = 0.0
        while True:
            which = rng.integers(5)
            total += runs.spent[which]
            if runs.reached[which]:
                break
        restarts.append(total)
    error = np.std(restarts) / math.sqrt(len(restarts))
    assert abs(np.mean(restarts) - expected(runs)) < 4 * error and expected(runs) == 96 / 3


def test_geometric_runtimes_have_their_mean_whatever_they_are_given():
    """ERT of a memoryless runtime is 1/p for every budget: what is cut off is made up for by the restarts."""
    rng, p, n = np.random.default_rng(2), 0.01, 40_000
    for budget in (20, 100, 1000):
        runs = censored(rng.geometric(p, n), budget)
        reached = 1 - (1 - p) ** budget
        error = math.sqrt((1 - reached) / (reached * n)) / p + 1 / p / math.sqrt(n * reached)
        assert abs(expected(runs) - 1 / p) < 4 * error


def test_the_interval_of_the_expected_running_time_covers_it_as_often_as_it_says():
    rng, p, budget, times = np.random.default_rng(3), 0.01, 100, 400
    hits = 0
    for seed in range(times):
        found = expected_with_interval(censored(rng.geometric(p, 60), budget), 0.9, resamples=400, seed=seed)
        hits += found.low <= 1 / p <= found.high
    assert abs(hits / times - 0.9) < 4 * math.sqrt(0.09 / times)


def test_without_a_run_that_reached_nothing_is_known_of_the_cost():
    none = censored([np.inf] * 5, 100)
    assert expected(none) == math.inf
    found = expected_with_interval(none)
    assert found.value == math.inf and math.isnan(found.low) and math.isnan(found.high)


def test_an_interval_may_reach_to_infinity_and_no_warning_is_given(recwarn):
    found = expected_with_interval(censored([5.0, *[np.inf] * 9], 100), resamples=500)
    assert found.value == 905 and 0 < found.low < 905 and found.high == math.inf
    assert not recwarn.list


# ---- their distribution -----------------------------------------------------------------------------------------------


def kaplan_meier(spent, reached, t):
    """By the product of its definition."""
    share = 1.0
    for at in sorted(set(spent[reached])):
        if at <= t:
            share *= 1 - (reached & (spent == at)).sum() / (spent >= at).sum()
    return 1 - share


def test_the_distribution_is_the_product_of_kaplan_and_meier():
    rng = np.random.default_rng(4)
    times, budgets = (
        rng.integers(1, 40, 60),
        rng.integers(5, 50, 60),
    )  # ties, and runs that were given different budgets
    runs = Runtimes(np.minimum(times, budgets).astype(float), times <= budgets)
    at = np.arange(0.0, 50.0)
    share, low, high = cumulative(runs, at)
    for t, found in zip(at[at <= runs.budget], share, strict=False):
        assert found == pytest.approx(kaplan_meier(runs.spent, runs.reached, t), abs=1e-12)
    inside = (share > 0) & (share < 1)
    assert (low[inside] < share[inside]).all() and (share[inside] < high[inside]).all()


def test_with_one_budget_it_is_the_plain_share_and_unknown_beyond():
    runs = censored([3, 5, 5, 9, 20, 30], 10)
    share, low, high = cumulative(runs, np.array([0, 2.9, 3, 5, 10, 10.1]))
    np.testing.assert_allclose(share, [0, 0, 1 / 6, 3 / 6, 4 / 6, np.nan])
    assert np.isnan(low[[0, 1, 5]]).all() and np.isnan(high[[0, 1, 5]]).all()
    assert cumulative(censored([3, 5], 10), np.array([100.0]))[0] == 1.0  # all have reached it


def test_exponential_runtimes_with_random_censoring_have_their_law():
    """The plain share of the reached would be far too low; Kaplan–Meier's is within Greenwood's error."""
    rng, n = np.random.default_rng(5), 4000
    times, budgets = rng.exponential(100, n), rng.exponential(150, n)
    runs = Runtimes(np.minimum(times, budgets), times <= budgets)
    at = np.array([20.0, 60.0, 120.0])
    _, low, high = cumulative(runs, at, 0.9999)
    truth = 1 - np.exp(-at / 100)
    assert ((low < truth) & (truth < high)).all() and (high - low < 0.15).all()
    naive = [(runs.reached & (runs.spent <= t)).mean() for t in at]
    assert (naive < low)[1:].all()


# ---- two settings -----------------------------------------------------------------------------------------------------


def pairs(a, b, horizon):
    """How often a run of ``a`` is the faster one, pair by pair."""
    won = 0.0
    for s, r in zip(a.spent, a.reached, strict=True):
        for t, q in zip(b.spent, b.reached, strict=True):
            mine, other = (s if r and s <= horizon else np.inf), (t if q and t <= horizon else np.inf)
            won += 1.0 if mine < other else 0.5 if mine == other else 0.0
    return won / (len(a.spent) * len(b.spent))


def test_superiority_is_the_share_of_pairs_until_the_shorter_budget():
    rng = np.random.default_rng(6)
    a, b = censored(rng.integers(1, 60, 30), 40), censored(rng.integers(1, 90, 25), 70)
    found = compared(a, b, resamples=50)
    assert found.horizon == 40
    assert found.superiority.value == pytest.approx(pairs(a, b, 40)) != pytest.approx(pairs(a, b, 70))
    other = compared(b, a, resamples=50)
    assert other.superiority.value == pytest.approx(1 - found.superiority.value)
    assert other.superiority.low == pytest.approx(1 - found.superiority.high)
    assert other.ratio.value == pytest.approx(1 / found.ratio.value)


def test_a_set_of_which_all_have_reached_it_shortens_nothing():
    a, b = censored([5, 6, 7], 1000), censored([50, 60, 900], 100)
    assert compared(a, b, resamples=10).horizon == 100
    assert compared(a, censored([50, 60], 100), resamples=10).horizon == math.inf


def test_exponential_runtimes_are_compared_as_their_rates():
    """P(T_a < T_b) = λ_a/(λ_a + λ_b), and the ratio of the ERTs is λ_a/λ_b."""
    rng, n = np.random.default_rng(7), 3000
    found = compared(censored(rng.exponential(1, n), 9.0), censored(rng.exponential(2, n), 9.0), resamples=400)
    never = math.exp(-9) * math.exp(-4.5)
    truth = 2 / 3 * (1 - never) + never / 2
    assert abs(found.superiority.value - truth) < 4 * math.sqrt(truth * (1 - truth) / n)
    assert found.superiority.low < truth < found.superiority.high
    assert abs(math.log(found.ratio.value / 2)) < 4 * math.sqrt(2 / n)
    assert found.ratio.low < 2 < found.ratio.high
    assert found.mannwhitney_p < 1e-12 and found.logrank_p < 1e-12


def test_equal_laws_are_rejected_as_often_as_the_level_says():
    rng, times, p = np.random.default_rng(8), 500, []
    for _ in range(times):
        found = compared(*(censored(rng.geometric(0.02, 25), 80) for _ in range(2)), resamples=2)
        p.append((found.mannwhitney_p, found.logrank_p))
    shares = (np.array(p) < 0.1).mean(axis=0)
    assert (np.abs(shares - 0.1) < 4 * math.sqrt(0.09 / times)).all()


@pytest.mark.parametrize("share", (0.5, 0.9, 0.99))
def test_newcombes_interval_covers_as_often_as_it_says(share):
    """Of normal samples, whose A is Φ(shift/√2); also where one sample is nearly always the larger one."""
    rng, times, n, m = np.random.default_rng(9), 2000, 20, 30
    shift = math.sqrt(2) * stats.norm.ppf(share)
    a, b = rng.normal(size=(times, n)), rng.normal(size=(times, m)) + shift
    found = (a[:, :, None] < b[:, None, :]).mean(axis=(1, 2))
    ends = np.array([newcombe(value, n, m, stats.norm.ppf(0.975)) for value in found])
    covered = ((ends[:, 0] <= share) & (share <= ends[:, 1])).mean()
    assert 0.93 < covered < 0.985


def test_the_interval_solves_its_equation_and_is_no_point_where_one_always_wins():
    z, n, m = 1.96, 12, 17
    for share in (0.3, 0.81):
        for end in newcombe(share, n, m, z):
            spread = end * (1 - end) / (n * m) * (1 + ((n + m) / 2 - 1) * ((1 - end) / (2 - end) + end / (1 + end)))
            assert abs(share - end) == pytest.approx(z * math.sqrt(spread), rel=1e-6)
    low, high = newcombe(1.0, n, m, z)
    assert high == 1.0 and 0.7 < low < 0.95 and newcombe(0.0, n, m, z) == (0.0, pytest.approx(1 - low, rel=1e-6))


def test_where_neither_reaches_the_target_nothing_is_claimed(recwarn):
    none = censored([np.inf] * 8, 50)
    found = compared(none, none)
    assert found.superiority.value == 0.5 and found.superiority.low < 0.3
    assert all(math.isnan(value) for value in (*found.ratio, found.mannwhitney_p, found.logrank_p))
    one_sided = compared(none, censored(np.arange(1.0, 9.0), 50))
    assert one_sided.ratio.value == 0.0 and one_sided.superiority.value == 0.0 and one_sided.logrank_p < 1e-3
    assert compared(censored([3.0], 9), censored([3.0], 9)).superiority.value == 0.5
    assert not recwarn.list


def test_a_set_without_runs_is_unknown():
    empty = Runtimes(np.zeros(0), np.zeros(0, bool))
    found = compared(empty, censored([1.0], 2))
    assert math.isnan(found.superiority.value) and math.isnan(found.logrank_p)
    assert np.isnan(cumulative(empty, np.array([1.0]))[0]).all() and runtimes.expected(empty) == math.inf
