"""The law beside a run: at the visible step it is the law of the core, bit for bit, whatever was done on the way."""

from __future__ import annotations

import swarmviz as sv
from swarmviz.drawing.law_beside import DENSITY, PARTS, PHASE, LawBesideRun
from swarmviz.replay import RunSpec
from tests.law.runs import finish, law_at, same, visible_run

ONLY = frozenset({DENSITY})


def test_the_law_is_that_of_the_core_through_changes_rewinds_and_branches():
    sim, law = visible_run(10), LawBesideRun()
    assert same(finish(law, sim, ONLY).law, law_at(sim))
    sim.dynamics.sigma = 0.3
    sim.advance(5)
    assert same(finish(law, sim, ONLY).law, law_at(sim))
    sim.goto(7)
    assert same(finish(law, sim, ONLY).law, law_at(sim)), "a rewind shows the step that is visible"
    sim.dynamics.lam = 3.0
    sim.advance(2)
    found = finish(law, sim, PARTS).law
    assert same(found, law_at(sim)) and found.k == 9
    sim.reset()
    assert finish(law, sim, ONLY).law.k == 0


def test_what_is_drawn_on_the_way_is_an_earlier_step_that_says_so():
    sim, law = visible_run(30), LawBesideRun()
    law.follow(RunSpec.of(sim))
    steps = [0]
    while law.work(ONLY, 0.004):
        steps.append(law.beside(ONLY).law.k)
    drawn = law.beside(ONLY).law
    assert steps == sorted(steps) and len(set(steps)) > 2 and drawn.k == 30 and drawn.note == "law at step 30"


def test_distances_that_are_wanted_later_do_not_throw_the_density_back():
    sim, law = visible_run(10), LawBesideRun()
    finish(law, sim, ONLY)
    law.follow(RunSpec.of(sim))
    while law.work(PARTS, 0.004):
        assert law.beside(PARTS).law.k == 10
    assert law.beside(PARTS).distances.k[-1] == 10


def test_the_phase_space_is_computed_for_the_view_that_is_seen_and_only_where_there_are_velocities():
    sim, view = visible_run(4, dynamics=sv.BGK()), ((-3.0, 3.0), (-1.0, 1.0))
    law = LawBesideRun()
    assert not finish(law, sim, ONLY).planes
    phase = law.beside(frozenset({PHASE}), {PHASE: view}).planes[PHASE]
    assert (phase.k, phase.x_ends, phase.y_ends) == (4, *view) and phase.image.max() == 255
    other = LawBesideRun()
    finish(other, visible_run(4), ONLY)
    assert not other.beside(frozenset({PHASE}), {PHASE: view}).planes


def test_a_landscape_that_is_replaced_in_mid_run_moves_the_law():
    sim, law = visible_run(4), LawBesideRun()
    finish(law, sim, ONLY)
    sim.landscape = sv.landscapes.Ackley()
    sim.advance(4)
    found = finish(law, sim, ONLY).law
    assert same(found, law_at(sim))
    low, high = sim.landscape.limits(1)
    assert (found.x[0], found.x[-1]) == (low[0], high[0])
