"""Error against N: swarms beside the law of infinitely many agents, over the number of agents."""

import threading

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.law_error import (
    LimitCache,
    agent_steps,
    ensemble_at,
    errors_of,
    law_error,
    limit_at,
    mean_of,
    problems_of,
    slope,
)
from swarmviz.ensembles.settings import Problem
from swarmviz.laws import LawOfRun
from swarmviz.laws.distance import curve_of, distance

RASTRIGIN, WELL = sv.landscapes.Rastrigin(), sv.landscapes.DoubleWell()


def test_the_means_are_those_of_single_simulations_to_the_last_bit():
    """Two numbers of agents, three runs; the law by way of a run's journal; the second N has the seeds after those of the first."""
    cbo, swarm = sv.CBO(alpha=10.0), sv.Swarm(n=7, d=1, seed=40)
    data = law_error(cbo, RASTRIGIN, swarm, 6, (10, 30), 3, threads=1)
    runs = sv.Simulation(cbo, RASTRIGIN, swarm)
    law = LawOfRun().at(runs.journal, swarm, 6)
    curve = curve_of(lambda x: law.scheme.cdf(law.state, x), -5.12, 5.12)
    for i, n in enumerate((10, 30)):
        frames = [sv.Simulation(cbo, RASTRIGIN, sv.Swarm(n=n, d=1, seed=40 + 3 * i + r)).advance(6) for r in range(3)]
        far = np.array([distance(frame.x[:, 0], curve) for frame in frames])
        off = np.array([abs(frame.focus[0] - law.scheme.focus(law.state)) for frame in frames])
        here = data.sel(n=n)
        assert float(here["distance"]) == far.mean() and float(here["focus_error"]) == off.mean()
        assert float(here["distance_standard_error"]) == far.std(ddof=1) / np.sqrt(3)
        assert float(here["scaled_distance"]) == np.sqrt(n) * far.mean()
        assert float(here["scaled_focus_error_standard_error"]) == np.sqrt(n) * (off.std(ddof=1) / np.sqrt(3))


def test_the_number_of_threads_changes_nothing():
    parts = sv.BGK(), RASTRIGIN, sv.Swarm(d=1)
    one, three = (law_error(*parts, 3, (10, 20, 30), 9, threads=threads) for threads in (1, 3))
    assert one.identical(three)


def test_agents_without_interaction_are_as_far_from_their_law_as_independent_draws_with_the_slope_one_half():
    """SSA without masses: E W₁ = C/√N but for the normal law in the place of the binomial one, which for N ≥ 30 is some 0.1 %.

    150 runs of N = 30, 300, 3000: each mean is known to about 3.5 %, the slope to 0.01; allowed are four standard errors.
    """
    ssa = sv.SSA(profile="constant", lam=0.5, dt=0.01)
    data = law_error(ssa, WELL, sv.Swarm(d=1, seed=5), 50, (30, 300, 3000), 150, threads=1)
    error = data["distance_standard_error"]
    assert (abs(data["distance"] - data["independent"]) < 4 * error).all()
    found = slope(data["n"], data["distance"], error)
    assert found.standard_error < 0.02 and abs(found.value + 0.5) < 4 * found.standard_error


def test_the_slope_of_a_power_is_its_exponent_and_its_standard_error_that_of_many_repetitions():
    """2000 repetitions: the deviation of the slopes is known to 1/√4000 = 1.6 %, allowed are four of these and 1 % for ln(1 + x) ≈ x."""
    n, relative = np.array([10, 100, 1000]), np.array([0.02, 0.01, 0.04])
    means = 3.0 * n**-0.7
    exact = slope(n, means, relative * means)
    assert exact.value == pytest.approx(-0.7, abs=1e-12)
    draws = np.random.default_rng(1).standard_normal((2000, 3))
    found = [slope(n, noisy, relative * means).value for noisy in means * (1 + relative * draws)]
    assert np.std(found) == pytest.approx(exact.standard_error, rel=4 * 0.016 + 0.01)
    assert all(np.isnan(slope(n, means, [0.1, np.nan, np.nan])))


def test_a_law_that_belongs_to_the_product_of_n_and_the_cutoff_is_computed_once_and_otherwise_for_each_n():
    numbers, swarm = (10, 100), sv.Swarm(n=10, d=1)
    problem = Problem.of(sv.SSA(cutoff=0.1), WELL, swarm)
    limits = LimitCache(3)
    same = [limits(one) for one in problems_of(problem, numbers, {"cutoff": [0.1, 0.01]}, (1, 1))]
    own = [limits(one) for one in problems_of(problem, numbers, None, (1, 1))]
    assert same[0] is same[1] is own[0] and own[1] is not own[0]
    other = limit_at(sv.SSA(cutoff=0.1), WELL, sv.Swarm(n=100, d=1), 3)
    np.testing.assert_array_equal(own[1].curve.value, other.curve.value)
    assert limits(Problem.of(sv.SSA(cutoff=0.1, profile="step"), WELL, swarm)) is not own[0]
    assert [one.swarm.seed for one in problems_of(problem, (2, 3, 4), None, (5, 6, 7))] == [0, 5, 11]


def test_the_distance_to_another_law_is_taken_too():
    parts = sv.CBO(), RASTRIGIN, sv.Swarm(d=1)
    curve = limit_at(*parts, 2).curve
    shifted = curve._replace(x=curve.x + 100.0)
    data = law_error(*parts, 2, (50,), 2, others={"itself": curve, "far_away": shifted})
    assert float(data["distance_to_itself"][0]) == float(data["distance"][0])
    assert float(data["distance_to_far_away"][0]) == pytest.approx(
        100.0, abs=3.0
    )  # the mean of all is that of the law to about 2


def test_a_ctrl_c_keeps_the_runs_that_were_finished(monkeypatch):
    """The largest swarms wait for the end, so that none of them is there before it, however busy the machine is."""
    take = Ensemble.run

    def run(self, group, cancelled, *report):
        if self.problem.swarm.n == 20_000:
            assert cancelled.wait(60), "nobody ends it"
            return False
        return take(self, group, cancelled, *report)

    def stop(done, total):
        if done == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Ensemble, "run", run)
    data = law_error(sv.CBO(), RASTRIGIN, sv.Swarm(d=1), 2, (10, 20, 20_000), 4, threads=1, progress=stop)
    assert data.attrs["interrupted"] == 1 and bool(data["finished"][0]) and not data["finished"][2]
    whole = law_error(sv.CBO(), RASTRIGIN, sv.Swarm(d=1), 2, (10,), 4)
    assert float(data["distance"][0]) == float(whole["distance"][0])
    assert np.isfinite(data["independent"]).all()


def test_a_run_that_diverges_is_in_no_mean():
    """Planted in one of three runs, since a swarm that diverges has a law that cannot be followed."""
    problem = Problem.of(sv.CBO(), RASTRIGIN, sv.Swarm(n=10, d=1))
    ensemble, limit = ensemble_at(problem, 2, 3), limit_at(*problem, 2)
    assert ensemble.run(range(3), threading.Event())
    whole = errors_of(ensemble, limit)
    ensemble.results.finals.diverged_step[1] = 2
    errors = errors_of(ensemble, limit)
    assert errors.diverged == 1 and np.isnan(errors.distance[1]) and np.isnan(errors.focus[1])
    assert mean_of(errors.distance).value == whole.distance[[0, 2]].mean()


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"swarm": sv.Swarm(d=2)}, "d = 2"),
        ({"numbers": (100, 10)}, "numbers = "),
        ({"numbers": (1, 10)}, "n = 1"),
        ({"runs": 0}, "runs = 0"),
        ({"runs": (3,)}, "runs = "),
        ({"along": {"alpha": [1.0]}}, "alpha = "),
        ({"numbers": (10, 10**6), "runs": 10**5, "step": 10**4}, "lower one"),
        ({"dynamics": sv.CBO(batch=5)}, "random"),
        ({"dynamics": sv.SBGD()}, "no law of infinitely many agents"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(changed, said):
    given = {"dynamics": sv.CBO(), "landscape": RASTRIGIN, "swarm": sv.Swarm(d=1), "numbers": (10, 20)} | changed
    with pytest.raises(ValueError, match=said):
        law_error(**given, progress=lambda *now: pytest.fail("it ran"))


def test_the_cost_is_the_steps_of_all_agents():
    assert agent_steps((10, 100), (7, 2), 30) == 30 * (70 + 200)
