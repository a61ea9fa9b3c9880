"""The schedule in use: what is drawn of the past is what was in force, to the bit, and what is drawn of the future is what will be."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.views.curves.curves import Curves
from components.views.curves.schedule_curves import (
    MAX_REACH,
    MIN_STEPS,
    acting_values,
    horizon,
    schedule_picture,
    scheduled,
)
from swarmviz.schedules import Exponential, Linear, Logarithmic, Piecewise


def simulation(dynamics="CBO", **parameters):
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](**parameters), sv.landscapes.Rastrigin(), sv.Swarm(n=10, d=1))
    sim.advance(20)
    return sim


def curve(sim, symbol):
    return next(c for c in schedule_picture(sim, log=False).curves if c.label == symbol)


def test_parameters_that_follow_a_schedule_and_matter_are_found():
    assert scheduled(sv.CBO()) == []
    assert set(scheduled(sv.CBO(sigma=Linear(), alpha=Exponential()))) == {"sigma", "alpha"}
    assert scheduled(sv.FMC(tau=Linear(start=2.0, end=1.0))) == ["tau"]
    assert scheduled(sv.FMC(tau=Linear(start=2.0, end=1.0), reward="negative")) == [], "τ is not used by this reward"


@pytest.mark.parametrize("dynamics", ["CBO", "BGK", "PSO"])
def test_the_values_are_those_of_the_schedule_at_the_recorded_times(dynamics):
    first = Exponential(start=50.0, ratio=1.1)
    sim = simulation(dynamics, alpha=first, dt=0.3)
    np.testing.assert_array_equal(acting_values(sim, "alpha", sim.record["k"]), first.at(sim.record["t"]))


def test_a_change_in_mid_run_and_another_time_step_are_drawn_as_they_were_in_force():
    first, second = Linear(start=3.0, end=0.0, duration=4.0), Exponential(start=1.0, ratio=0.8)
    sim = simulation(sigma=first, dt=0.1)
    sim.dynamics.dt = 0.05
    sim.advance(15)
    sim.dynamics.sigma = 0.7
    sim.advance(5)
    sim.dynamics.sigma = second
    sim.advance(30)
    k, t = sim.record["k"], sim.record["t"]
    expected = np.where(k < 35, first.at(t), np.where(k < 40, 0.7, second.at(t)))
    np.testing.assert_array_equal(acting_values(sim, "sigma", k), expected)
    future = np.arange(71, 200)
    later = second.at(sim.journal[1].k * 0.1 + (future - 20) * 0.05)
    np.testing.assert_array_equal(acting_values(sim, "sigma", future), later)
    drawn = curve(sim, "σ")
    at = np.searchsorted(drawn.k, [0, 34, 35, 39, 40, 70])
    np.testing.assert_array_equal(drawn.k[at], [0, 34, 35, 39, 40, 70])
    np.testing.assert_array_equal(drawn.y[at], expected[[0, 34, 35, 39, 40, 70]])


def test_the_values_are_those_that_the_kernel_felt():
    """Without noise, agents close in on a mean at rest by the factor 1 − λΔt; noise that is scheduled later begins where it is drawn."""
    quiet = Piecewise(((0.0, 0.0), (1.0, 0.0), (1.0001, 2.0)))
    sim = sv.Simulation(sv.CBO(sigma=quiet, alpha=1e-9, lam=1.0, dt=0.1), sv.landscapes.Sphere(), sv.Swarm(n=50, d=1))
    sim.advance(20)
    sigma, spread = acting_values(sim, "sigma", sim.record["k"]), sim.record["dispersion"]
    calm = np.isclose(spread[1:] / spread[:-1], 0.9**2, rtol=1e-6)
    np.testing.assert_array_equal(calm, sigma[:-1] == 0)


def test_a_future_that_was_left_is_no_past_and_an_edit_of_a_paused_swarm_is_seen_ahead():
    first, second, third = Linear(start=3.0, end=1.0), Linear(start=9.0, end=2.0), Linear(start=5.0, end=4.0)
    sim = simulation(sigma=first)
    sim.dynamics.sigma = second
    sim.advance(20)
    sim.goto(10)
    sim.dynamics.sigma = third
    k = np.arange(60)
    t = k * sim.dynamics.dt
    np.testing.assert_array_equal(acting_values(sim, "sigma", k), np.where(k < 10, first.at(t), third.at(t)))


def test_the_horizon_is_ahead_of_the_run_and_holds_the_end_of_a_schedule_that_is_not_too_far():
    assert horizon(simulation(sigma=Logarithmic())) >= 1.2 * MIN_STEPS
    reach = horizon(simulation(sigma=Linear(duration=40.0), dt=0.1))
    assert 400 < reach <= 1000
    assert horizon(simulation(sigma=Linear(duration=1e9), dt=0.1)) < MAX_REACH * MIN_STEPS
    sim = simulation(sigma=Logarithmic())
    sim.advance(980)
    picture = schedule_picture(sim, log=False)
    assert picture.last == horizon(sim) >= 1200 and picture.now == 1000


def test_a_schedule_that_will_leave_its_range_says_where_in_words():
    sim = simulation(sigma=Exponential(start=1.0, ratio=3.0), dt=0.1)
    drawn = curve(sim, "σ")
    leaves = np.log(100) / np.log(3) / 0.1
    step = int(drawn.reason.split("step ")[1].split()[0])
    assert not drawn.applies and "σ ≤ 100" in drawn.reason and leaves <= step <= leaves + 2
    with pytest.raises(ValueError, match="its schedule must keep"):
        sim.goto(step)
    sim.goto(int(leaves))


def test_the_group_is_offered_while_something_is_scheduled_with_the_present_time_marked():
    sim = simulation()
    view = Curves()
    view.attach(sim)
    assert "schedule" not in [name for name, *_ in view._buttons[0].choices]
    with pytest.raises(ValueError, match="must be one of"):
        view.choose(0, "schedule")
    sim.dynamics.sigma = Linear(start=1.0, end=0.1, duration=2.0)
    sim.advance(5)
    view.paint(view.prepare(sim.frame, sim))
    view.choose(0, "schedule")
    plot = view.plots[0]
    assert plot.cursor.visible and plot.cursor.location == sim.k and plot.figure.x_range.end >= horizon(sim)
    names = [renderer.name for _, renderer in plot.slots if renderer.visible]
    assert len(names) == 1 and names[0].startswith("σ: ")
    sim.dynamics.sigma = 1.0
    sim.advance(1)
    view.paint(view.prepare(sim.frame, sim))
    assert view.groups[0] == "value" and "schedule" not in [name for name, *_ in view._buttons[0].choices]
    assert plot.slots[0][1].name.startswith("best F") and view.plots[1].slots[0][1].name.startswith("V:")


def test_a_logarithmic_axis_suits_values_of_different_sizes():
    view = Curves()
    view.attach(simulation(alpha=Exponential(start=1.0, ratio=4.0), sigma=Linear(start=2.0, end=1.0)))
    view.choose(1, "schedule")
    assert view.log[1]
    view.attach(simulation(sigma=Linear(start=2.0, end=0.0)))
    view.choose(0, "schedule")
    assert not view.log[0]
    view.choose(0, "schedule", log=True)
    assert all((data.data["y"] > 0).all() for data, r in view.plots[0].slots if r.visible)


def test_at_an_earlier_step_the_curve_is_the_same_and_stays_on_its_plot_although_no_schedule_acted_there():
    sim = simulation(sigma=0.7, dt=0.1)
    sim.dynamics.sigma = Linear(start=0.7, end=0.0, duration=4.0, since=2.0)
    sim.advance(30)
    view = Curves()
    view.attach(sim)
    view.choose(0, "schedule")
    seen = curve(sim, "σ")
    sim.retrace(5)
    assert sim.dynamics.sigma == 0.7 and "schedule" in view.prepare(sim.frame, sim).groups
    view.paint(view.prepare(sim.frame, sim))
    assert view.groups[0] == "schedule"
    at = np.searchsorted(curve(sim, "σ").k, seen.k)
    np.testing.assert_array_equal(curve(sim, "σ").y[at], seen.y)
    sim.dynamics.sigma = 0.5  # an edit there: what was known is about to be left
    assert "schedule" not in view.prepare(sim.frame, sim).groups
