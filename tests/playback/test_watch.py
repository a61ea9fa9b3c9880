"""A run pauses at the first step at which conditions hold, whatever the batches, and waits for no longer than was said."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.playback.panes import Panes
from components.playback.pause_at import PauseAt
from components.playback.watch import Watch
from components.views.base import View
from swarmviz.lessons.conditions import condition


def made(steps=0):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=3))
    sim.advance(steps) if steps else None
    return sim


def first(threshold, steps=300):
    """By hand: the first step with a dispersion below it."""
    sim = made(steps)
    return next(k for k, value in enumerate(sim.record["dispersion"]) if value < threshold)


def below(threshold, **options):
    return Watch([condition(f"dispersion < {threshold}", ["dispersion"])], **options)


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_it_pauses_at_the_very_step_and_once_only(batch):
    wanted = first(5.0)
    panes = Panes([(made(), {}), (made(), {})], lambda place: View())
    panes.watch = below(5.0, within=300)
    reasons = []
    while not reasons:
        reasons = [reason for reason in [panes.advance(batch)] if reason]
    assert (panes.k, panes.watch.met) == (wanted, wanted) and panes.sims[1].k == wanted
    assert reasons == [f"Paused at step {wanted}: dispersion < 5."]
    alone = made(wanted)
    np.testing.assert_array_equal(panes.sims[0].frame.x, alone.frame.x)
    assert panes.advance(20) == "" and panes.k == wanted + 20


def test_it_waits_for_no_longer_than_was_said_and_a_run_that_begins_anew_is_waited_for_anew():
    panes = Panes([(made(), {})], lambda place: View())
    panes.watch = below(1e-30, within=50)
    assert panes.advance(20) == "" and "has not come true" in panes.advance(100)
    assert panes.k == 50 and panes.watch.over and panes.advance(10) == ""
    panes.replace([(made(), {})])
    assert panes.watch.waits and "has not come true" in panes.advance(100)


def test_what_is_known_beyond_the_step_does_not_count_before_it_is_reached():
    wanted, sim = first(5.0), made(300)
    sim.retrace(0)
    panes = Panes([(sim, {})], lambda place: View())
    panes.watch = below(5.0, within=300)
    assert panes.advance(wanted - 1) == "" and panes.watch.met is None
    assert panes.advance(5) and panes.k == wanted


def test_an_observable_that_the_run_has_not_is_never_met():
    panes = Panes([(made(), {})], lambda place: View())
    panes.watch = Watch([condition("nothing < 1", ["nothing"])], within=10)
    assert "has not come true" in panes.advance(10)


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_it_pauses_before_a_divergence_that_comes_in_the_same_batch(batch):
    def diverging():
        return sv.Simulation(sv.CBO(sigma=50.0), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=3))

    panes = Panes([(diverging(), {})], lambda place: View())
    panes.watch = Watch([condition("dispersion > 1e20", ["dispersion"])], within=1000)
    reasons = []
    while not reasons:
        reasons = [reason for reason in [panes.advance(batch)] if reason]
    assert panes.k == panes.watch.met and panes.sims[0].record.until(panes.k)["dispersion"][-1] > 1e20
    alone = diverging()
    alone.advance(panes.k - 1)
    assert alone.record["dispersion"][-1] <= 1e20


def test_a_run_that_diverges_has_been_waited_for_in_vain():
    panes = Panes(
        [(sv.Simulation(sv.CBO(sigma=50.0), sv.landscapes.Rastrigin(), sv.Swarm(n=30)), {})], lambda place: View()
    )
    panes.watch = below(-1.0, within=100_000)
    with pytest.raises(sv.Diverged):
        while True:
            panes.advance(256)
    assert panes.watch.ended and panes.watch.met is None


@pytest.mark.parametrize("batch", [1, 7, 64])
@pytest.mark.parametrize("wanted", [17, 31, 32, 45])
def test_in_a_record_that_is_thinned_the_step_does_not_depend_on_the_batches(batch, wanted):
    """A record of 32 rows: from step 32 on every second step is there, and of those before no more."""
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5), record_limit=32)
    panes = Panes([(sim, {})], lambda place: View())
    panes.watch = Watch([condition(f"k >= {wanted}", [])], within=100)
    while not panes.advance(batch):
        pass
    assert panes.watch.met == wanted + (wanted == 45)


@pytest.mark.parametrize("batch", [1, 100])
def test_the_visitors_own_stop_is_reached_before_and_after(batch):
    panes = Panes([(made(), {})], lambda place: View())
    panes.watch, panes.pause_at = Watch([condition("k >= 62", [])], within=300), PauseAt.of("t", 4.0)
    reasons = []
    while len(reasons) < 2:
        reasons += [reason for reason in [panes.advance(batch)] if reason]
    assert reasons[0].startswith("Paused at step 62") and "4" in reasons[1] and panes.k == 80
