"""Marks of what happened: sent when there are others, and not looked for with every picture."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

import swarmviz as sv
from components.page.event_marks import MOST_MARKS, EventMarks, marks_of
from swarmviz.events import CHANGED, Event, Events
from tests.views.helpers import paint, simulation


def test_every_kind_has_its_words_and_the_steps_of_its_events():
    sim = simulation(steps=60)
    sim.dynamics.sigma = 0.2
    sim.advance(60)
    marks = {mark["name"]: mark for mark in marks_of(sim.events)}
    assert marks["changed"]["steps"] == [60] and marks["changed"]["count"] == 1
    falls = (np.flatnonzero(np.diff(sim.record["best"]) < 0) + 1).tolist()
    assert marks["best"]["steps"] == falls and marks["best"]["title"] == "new best"
    assert all(mark["meaning"].endswith(".") for mark in marks.values())


def test_marks_are_bounded_and_say_what_is_not_kept():
    events = Events([Event(k, CHANGED) for k in range(1, 251)], {"changed": 400})
    (mark,) = marks_of(events)
    assert mark["count"] == 250 and len(mark["steps"]) == 125 <= MOST_MARKS
    assert "from step 400 on they are not kept" in mark["meaning"]


def test_marks_are_sent_when_there_are_others():
    bar = SimpleNamespace(events=[])
    view, sim = EventMarks(bar), simulation(steps=60)
    paint(view, sim)
    assert bar.events == marks_of(sim.events) != []
    assert view.prepare(sim.frame, sim) is None, "it was looked at just now"
    view.hurry()
    assert view.prepare(sim.frame, sim) is None, "there are no others"
    sim.dynamics.sigma = 0.1
    sim.advance(3)
    assert view.prepare(sim.frame, sim) is None
    view.hurry()
    paint(view, sim)
    assert bar.events == marks_of(sim.events)
    other = sv.Simulation(sv.dynamics.ALL["CBO"](), sim.landscape.copy(), sv.Swarm(n=5, d=2, seed=2))
    view.attach(other)
    paint(view, other)
    assert bar.events == marks_of(other.events)
