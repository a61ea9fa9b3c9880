"""W₁ of a run to its law: the values are those of the definition, and a branch forgets no more than it must."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing import law_distances
from swarmviz.drawing.law_beside import DISTANCE, LawBesideRun
from swarmviz.laws import LawOfRun
from swarmviz.laws.distance import curve_of, distance
from tests.law.runs import finish, visible_run

PARTS = frozenset({DISTANCE})


def by_hand(sim, k):
    """∫ |F_N − F| dx and ∫ min(√(2F(1−F)/(πN)), 2F(1−F)) dx as sums over a fine grid."""
    law = LawOfRun().at(sim.journal, sim.initial_swarm, k)
    there = sim.frame if sim.k == k else sim.goto(k)
    x = np.sort(there.x[:, 0])
    grid = np.linspace(-60.0, 60.0, 600_001)  # CBO has no walls and long tails
    assert grid[0] < x[0] and x[-1] < grid[-1]
    below = np.searchsorted(x, grid, side="right") / len(x)
    cdf = law.scheme.cdf(law.state, grid)
    twice = 2 * np.clip(cdf * (1 - cdf), 0, None)
    spread = np.minimum(np.sqrt(twice / (np.pi * len(x))), twice)
    return np.trapezoid(np.abs(below - cdf), grid), np.trapezoid(spread, grid)


@pytest.mark.parametrize("make", [lambda: sv.CBO(sigma=0.8), lambda: sv.BGK(sigma=1.5)], ids=["CBO", "BGK with walls"])
def test_the_values_are_those_of_the_definition_at_every_step_through_a_change(make):
    sim = visible_run(6, dynamics=make())
    sim.dynamics.sigma = 0.4
    sim.advance(6)
    known = finish(LawBesideRun(), sim, PARTS).distances
    np.testing.assert_array_equal(known.k, np.arange(13))
    for k in (0, 6, 7, 12):
        measured, expected = by_hand(sim, k)
        # the grid's cells of 2e-4 miss jumps by half of that in all; the curve's pieces are within 1e-4 of a standard deviation
        assert known.measured[k] == pytest.approx(measured, abs=5e-4)
        # straight pieces of a root: each is below it by an eighth of its curvature, 1% where a piece holds 2% of the mass
        assert known.expected[k] == pytest.approx(expected, rel=0.01)


def test_a_branch_keeps_what_is_common_and_a_return_shows_the_same():
    sim, law = visible_run(12), LawBesideRun()
    before = finish(law, sim, PARTS).distances
    sim.goto(4)
    assert np.array_equal(finish(law, sim, PARTS).distances.measured, before.measured), (
        "the known future is still there"
    )
    sim.dynamics.sigma = 0.2
    sim.advance(8)
    law.follow(sv.replay.RunSpec.of(sim))
    np.testing.assert_array_equal(law.beside(PARTS).distances.k, np.arange(5))
    branch = finish(law, sim, PARTS).distances
    np.testing.assert_array_equal(branch.measured[:5], before.measured[:5])
    fresh = finish(LawBesideRun(), sim, PARTS).distances
    np.testing.assert_array_equal(branch.measured, fresh.measured)
    np.testing.assert_array_equal(branch.expected, fresh.expected)
    assert (branch.measured[5:] != before.measured[5:]).all()


def test_another_seed_is_another_swarm_although_it_has_the_same_law():
    law = LawBesideRun()
    first = finish(law, visible_run(5, seed=1), PARTS).distances
    second = finish(law, visible_run(5, seed=2), PARTS).distances
    np.testing.assert_array_equal(first.k, second.k)
    assert (first.measured != second.measured).all()
    np.testing.assert_array_equal(first.expected, second.expected)


def test_a_long_run_has_no_more_values_than_it_may_and_a_late_law_leaves_some_out(monkeypatch):
    monkeypatch.setattr(law_distances, "MAX_SAMPLES", 8)
    sim, law = visible_run(3), LawBesideRun()
    finish(law, sim, PARTS)
    for _ in range(5):
        sim.advance(3)
        known = finish(law, sim, PARTS).distances
    np.testing.assert_array_equal(known.k, [0, 4, 8, 12, 16])
    series = law_distances.DistanceSeries()
    assert series.next(1000) == 0
    series._values = [(16, 0.1, 0.1)]
    assert series.next(16) == series.next(48) == 17 and series.next(49) == 24 and series.next(145) == 32


def test_after_a_branch_early_in_a_long_run_there_is_a_value_at_every_step_again(monkeypatch):
    monkeypatch.setattr(law_distances, "MAX_SAMPLES", 8)
    sim, law = visible_run(16), LawBesideRun()
    assert finish(law, sim, PARTS).distances.k[1] > 1
    sim.goto(2)
    sim.dynamics.sigma = 0.1
    sim.advance(4)
    known = finish(law, sim, PARTS).distances
    np.testing.assert_array_equal(known.k, np.arange(7))


def test_a_swarm_that_has_diverged_is_not_replayed_at_every_look(monkeypatch):
    replays, follow = [], sv.Simulation.follow

    def diverges(swarm, changes, k, *given):
        replays.append(k)
        if k > 3:
            raise sv.Diverged(3, 0)
        return follow(swarm, changes, k, *given)

    monkeypatch.setattr(sv.Simulation, "follow", diverges)
    sim, law = visible_run(6), LawBesideRun()
    finish(law, sim, PARTS)
    before = len(replays)
    for _ in range(3):
        finish(law, sim, PARTS)
    assert len(replays) == before
    np.testing.assert_array_equal(law.beside(PARTS).distances.k, [0, 1, 2, 3])
    branch = visible_run(2)
    branch.dynamics.sigma = 0.1
    branch.advance(1)
    assert finish(law, branch, PARTS).distances.k[-1] == 3, "another future may be had"


def test_agents_that_take_no_part_any_more_are_not_counted(monkeypatch):
    whole = finish(LawBesideRun(), visible_run(6), PARTS).distances
    monkeypatch.setattr(law_distances, "taking_part", lambda frame: np.arange(frame.n) < 20)
    part, sim = finish(LawBesideRun(), visible_run(6), PARTS).distances, visible_run(6)
    assert (part.measured != whole.measured).all()
    assert (part.expected > whole.expected).all(), "that of 20 draws, and no longer of 50"
    law = LawOfRun().at(sim.journal, sim.initial_swarm, 6)
    curve = curve_of(lambda x: law.scheme.cdf(law.state, x), -5.12, 5.12)
    assert part.measured[-1] == pytest.approx(distance(sim.frame.x[:20, 0], curve), rel=1e-3)


def test_a_swarm_in_the_plane_has_no_values():
    beside = finish(LawBesideRun(), visible_run(3, d=2), PARTS)
    assert len(beside.distances.k) == 0 and "d = 1 only; here d = 2" in beside.law.sentence
