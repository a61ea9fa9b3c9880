"""Curves over the time and over the evaluations of F: the same values at other places of the axis."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.replicas.pool import ReplicaPool
from swarmviz.drawing.abscissa import Abscissa
from swarmviz.drawing.curves import Overlay, curves_picture
from tests.replicas.runs import finish


def lived(steps=40, dynamics=None):
    sim = sv.Simulation(dynamics or sv.SBGD(h0=0.1), sv.landscapes.Ackley(), sv.Swarm(n=8, d=2, seed=3))
    sim.advance(steps)
    return sim


def picture(sim, over, group="value", **options):
    return curves_picture(sim.frame, sim, group, False, over=over, **options)


@pytest.mark.parametrize("over, column", [("time", "t"), ("evaluations", "evaluations")])
def test_a_curve_is_drawn_over_what_was_recorded_beside_it(over, column):
    sim = lived(dynamics=sv.CBO(dt=0.02))
    sim.dynamics.dt, sim.dynamics.scheme = 0.1, "heun"  # another pace of both from here on
    sim.advance(20)
    steps, drawn = picture(sim, "steps"), picture(sim, over)
    for before, after in zip(steps.curves, drawn.curves, strict=True):
        np.testing.assert_array_equal(after.y, before.y)
        np.testing.assert_allclose(after.k, sim.record[column][before.k.astype(int)], rtol=1e-15)
    assert drawn.over == over and drawn.last == sim.record[column][-1] == drawn.now == drawn.end
    sim.goto(30)
    assert picture(sim, over).now == sim.record[column][30] < picture(sim, over).last
    for k in (0, 17, 40, 55, 60):
        assert drawn.step_at(float(sim.record[column][k])) == k
    assert drawn.step_at(1e300) == 60 and drawn.step_at(-5.0) == 0


def test_over_the_steps_nothing_is_other_than_before():
    sim = lived()
    drawn = picture(sim, "steps")
    assert drawn.along is None and drawn.over == "steps" and (drawn.last, drawn.now) == (40, 40)
    assert drawn.step_at(17.4) == 17 and drawn.step_at(1e300) == 40


def test_other_runs_and_replicas_are_drawn_over_what_they_spent_themselves():
    sim, other = lived(), lived(30, sv.SBGD(h0=0.5))
    pool = finish(ReplicaPool(), sim)
    bands = pool.bands()
    drawn = picture(sim, "evaluations", bands=bands, overlays=[Overlay.of(other, "the other")])
    behind = next(c for c in drawn.behind if c.tip.startswith("best F"))
    np.testing.assert_array_equal(behind.k, other.record["evaluations"])
    assert other.record["evaluations"][-1] != sim.record["evaluations"][30]
    np.testing.assert_array_equal(drawn.areas[0].k, bands["evaluations"].middle)
    timed = picture(sim, "time", overlays=[Overlay.of(other, "the other")])
    np.testing.assert_array_equal(timed.behind[0].k, other.record["t"])


def test_a_line_of_theory_ends_with_the_record():
    sim = lived(dynamics=sv.CBO())
    steps, drawn = picture(sim, "steps", "dispersion"), picture(sim, "evaluations", "dispersion")
    assert [c.label for c in drawn.curves] == [c.label for c in steps.curves] and len(drawn.curves) > 2
    for before, after in zip(steps.curves, drawn.curves, strict=True):
        assert np.isfinite(after.k).all() and len(after.k) == len(after.y) <= len(before.k)


def test_the_time_has_no_logarithmic_axis_and_the_evaluations_have():
    sim = lived()
    assert not picture(sim, "time", log_steps=True).log_steps and picture(sim, "evaluations", log_steps=True).log_steps


def test_a_swarm_that_stands_still_costs_no_more_and_the_axis_says_so():
    sim = lived(60, sv.BGK(stall_steps=3, stall_tolerance=0.5))
    along = Abscissa.of("evaluations", sim.record)
    assert (np.diff(along.x) >= 0).all() and along.x[-1] == along.x[-10]
    assert np.isnan(along.at(np.array([61.0]))).all()
