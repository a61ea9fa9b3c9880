"""Going back and playing on: what was lived comes again with every change at its step, and only an edit leaves it for something else."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.playback.panes import Panes
from components.state import first
from components.views.base import View
from swarmviz.parameters import GROUPS, Real, is_used


def make(**options):
    return sv.Simulation(sv.CBO(**options), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=2, seed=3))


def panes_of(*sims, left=None):
    """Panes without parts; ``left`` gets an entry for each future that is left."""
    branching = (lambda: left.append(True)) if left is not None else (lambda: None)
    return Panes([(sim, {}) for sim in sims], lambda place: View(), branching=branching)


def changed(part):
    """A copy with another value of its first number that acts."""
    part = part.copy()
    for name, declared in part.declared().items():
        value = getattr(part, name)
        acts = getattr(declared, "group", "") != GROUPS[-1] and is_used(part, declared)
        if acts and type(declared) is Real and isinstance(value, float) and declared.contains(0.9 * value) and value:
            setattr(part, name, 0.9 * value)
            return part
    raise AssertionError(f"{part!r} has no number")


def edited_twice(name):
    """A run of 20 steps whose parameters were changed at step 12, and where it stands."""
    dynamic, landscape, swarm, _ = first(name)
    swarm.n = min(swarm.n, 40)
    sim = sv.Simulation(dynamic, landscape, swarm)
    sim.advance(12)
    sim.dynamics = changed(sim.dynamics)
    sim.advance(8)
    sim.dynamics = changed(sim.dynamics)
    sim.apply()
    return sim


def scrub(panes, k):
    panes.request_step(k)
    panes.go_to_requested_step()


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_playing_on_from_the_past_repeats_what_was_lived_and_goes_on_with_the_newest_values(name):
    sim, left = edited_twice(name), []
    journal, newest, alone = sim.journal, sim.dynamics.copy(), sim.fork()
    panes = panes_of(sim, left=left)
    scrub(panes, 5)
    assert sim.dynamics.same_as(journal[0].dynamics), "what acted there"
    for steps in (1, 6, 1, 7):
        panes.advance(steps)
        np.testing.assert_array_equal(sim.frame.x, alone.goto(sim.k).x)
        assert sim.dynamics.same_as(journal.acting_at(sim.k).dynamics)
    assert sim.k == sim.furthest == 20 and sim.dynamics.same_as(newest) and sim.journal == journal
    scrub(panes, 13)
    panes.advance(17)  # over the end in one go
    alone.goto(20)
    np.testing.assert_array_equal(sim.frame.x, alone.advance(10).x)
    assert sim.journal == journal and sim.record["k"][-1] == 30 and not left


def test_a_landscape_that_was_changed_comes_and_goes_with_its_step():
    sim = make()
    sim.advance(10)
    sim.landscape = sv.landscapes.Ackley()
    sim.advance(10)
    alone, panes = sim.fork(), panes_of(sim)
    scrub(panes, 9)
    assert type(sim.landscape) is sv.landscapes.Rastrigin
    panes.advance(1)
    assert type(sim.landscape) is sv.landscapes.Ackley
    panes.advance(20)
    np.testing.assert_array_equal(sim.frame.x, (alone.goto(20), alone.advance(10))[1].x)


def test_each_of_two_swarms_has_the_changes_of_its_own_journal_again():
    a = make()
    a.advance(20)
    b = a.fork()
    panes = panes_of(a, b)
    panes.active = 1
    panes.edit("dynamics", sv.CBO(sigma=0.2))
    panes.advance(10)
    panes.active = 0
    panes.edit("dynamics", sv.CBO(sigma=3.0))
    panes.advance(10)
    ends = [sim.frame.x.copy() for sim in (a, b)]
    for k, sigmas in ((5, [1, 1]), (25, [1, 0.2]), (35, [3, 0.2])):
        scrub(panes, k)
        assert [sim.dynamics.sigma for sim in panes.sims] == sigmas
    scrub(panes, 5)
    panes.advance(35)
    for sim, x in zip((a, b), ends, strict=True):
        np.testing.assert_array_equal(sim.frame.x, x)


def test_an_edit_that_waits_acts_where_it_was_made_although_the_swarm_goes_back_first():
    sim = make()
    panes = panes_of(sim)
    panes.advance(20)
    panes.edit("dynamics", sv.CBO(sigma=0.2))
    scrub(panes, 5)
    assert sim.dynamics.sigma == 1 and not panes.current.pending
    panes.advance(20)
    assert sim.journal.steps == (0, 20) and sim.dynamics.sigma == 0.2 and sim.k == 25


def test_an_edit_in_the_past_branches_there_but_one_that_changes_nothing_does_not():
    left = []
    panes = panes_of(make(), left=left)
    panes.advance(20)
    panes.edit("dynamics", sv.CBO(sigma=0.2))
    panes.advance(10)
    scrub(panes, 5)
    panes.edit("dynamics", sv.CBO(sigma=1.0))
    panes.apply_edits()
    panes.advance(1)
    assert (panes.k, panes.furthest) == (6, 30) and not left
    panes.edit("dynamics", sv.CBO(sigma=0.7))
    panes.apply_edits()
    assert (panes.k, panes.furthest) == (6, 6) and left == [True]
    assert [(change.k, change.dynamics.sigma) for change in panes.sim.journal] == [(0, 1), (6, 0.7)]


def test_values_with_which_no_step_can_be_made_are_left_behind_with_the_step():
    sim = make()
    panes = panes_of(sim)
    panes.advance(20)
    panes.edit("dynamics", sv.CBO(sigma=sv.schedules.Linear(start=-1.0, end=-1.0)))
    with pytest.raises(ValueError, match="sigma"):
        panes.apply_edits()
    scrub(panes, 5)
    panes.advance(20)
    assert sim.dynamics.sigma == 1 and len(sim.journal) == 1 and sim.k == 25


def test_what_two_swarms_differ_in_is_what_acts_at_the_step_that_is_shown():
    a = make()
    a.advance(10)
    b = a.fork()
    runs = [(sim, {"dynamics": sim.dynamics.copy(), "landscape": sim.landscape.copy()}) for sim in (a, b)]
    panes = Panes(runs, lambda place: View())
    panes.active = 1
    part = sv.CBO(sigma=0.2)
    panes[1].parts["dynamics"] = part
    panes.edit("dynamics", part)
    panes.advance(10)
    assert [d.values for d in panes.differences()] == [("1", "1 → 0.2")]
    scrub(panes, 5)
    panes.follow()
    assert panes.differences() == [] and panes[1].parts["dynamics"].sigma == 1
    scrub(panes, 20)
    panes.follow()
    assert [d.values for d in panes.differences()] == [("1", "1 → 0.2")]


def test_what_waits_for_a_reset_keeps_waiting_at_every_step():
    dynamic, landscape, swarm, _ = first("SSA")
    sim = sv.Simulation(dynamic, landscape, swarm)
    panes, lam = Panes([(sim, {"dynamics": dynamic.copy()})], lambda place: View()), dynamic.lam
    panes.advance(10)
    part = dynamic.copy()
    other = next(name for name in type(part).param["initial_mass"].objects if name != part.initial_mass)
    part.initial_mass = other
    panes.current.parts["dynamics"] = part
    panes.edit("dynamics", part)
    panes.apply_edits()
    part = part.copy()
    part.lam *= 2
    panes.current.parts["dynamics"] = part
    panes.edit("dynamics", part)
    panes.apply_edits()
    scrub(panes, 5)
    panes.follow()
    shown = panes.current.parts["dynamics"]
    assert (shown.lam, shown.initial_mass) == (lam, other)
