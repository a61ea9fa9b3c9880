"""What is told on demand: the numbers of the picture that is shown, once for each time that it is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from components.page.spoken import Spoken, sentence_of
from swarmviz.theory.wording import number_words
from tests.views.finite_set import run as finite_set_run
from tests.views.helpers import paint, simulation


@pytest.fixture
def made():
    bar, asked = SimpleNamespace(spoken={}), []
    return SimpleNamespace(view=Spoken(bar, lambda: asked.append(True)), bar=bar, asked=asked)


def test_it_tells_step_time_lowest_value_and_distance_of_the_step_that_is_shown():
    sim = simulation(steps=30)
    lowest = min(sim.record["best"])
    box = sim.landscape.limits(2)
    away = np.abs(sim.frame.focus - sim.landscape.minimisers(2)[0]).max() / ((box[1] - box[0])[0] / 2)
    assert sentence_of(sim.frame, sim) == (
        f"Step 30, time {sim.t:.4g}, lowest value so far {lowest:.4g}, "
        f"distance to the nearest known minimum {away:.4g} half widths of the box, "
        f"dispersion {number_words(float(sim.record['dispersion'][-1]), 4)}. "
        f"Last event: {sim.events[-1].kind.title} at step {sim.events[-1].k}."
    )
    first = float(sim.record["best"][np.searchsorted(sim.record["k"], 10)])
    sim.goto(10)
    assert sentence_of(sim.frame, sim).startswith(f"Step 10, time {sim.t:.4g}, lowest value so far {first:.4g}")


def test_after_a_step_back_it_tells_the_dispersion_and_the_last_event_of_that_step():
    sim = simulation(steps=30)
    end = sim.events[-1]
    sim.goto(end.k - 1)
    earlier = [event for event in sim.events if event.k < end.k][-1]
    spread = float(sim.record["dispersion"][np.searchsorted(sim.record["k"], sim.k)])
    told = sentence_of(sim.frame, sim)
    assert f"dispersion {number_words(spread, 4)}." in told
    assert told.endswith(f"Last event: {earlier.kind.title} at step {earlier.k}.") and earlier.k < end.k


def test_what_is_not_known_is_left_out():
    landscape = sv.landscapes.Formula(text="x1^2 + sin(x2)")
    sim = sv.Simulation(sv.dynamics.ALL["CBO"](), landscape, sv.Swarm(n=20, d=2, seed=1))
    told = sentence_of(sim.frame, sim)
    assert "distance" not in told and told.startswith("Step 0, time 0")
    assert sentence_of((run := finite_set_run()).frame, run).startswith("Step 3")


def test_nothing_is_said_or_computed_until_it_is_asked_for_and_then_once(made):
    sim = simulation()
    paint(made.view, sim)
    assert made.view.prepare(sim.frame, sim) is None and made.bar.spoken == {}
    made.view.ask({"any": "thing"})
    waiting = made.view.prepare(sim.frame, sim)  # which gives way to the next picture
    assert made.asked == [True] and waiting
    paint(made.view, sim)
    assert made.bar.spoken == {"text": sentence_of(sim.frame, sim), "count": 1}
    made.view.paint(waiting)
    sim.advance(1)
    paint(made.view, sim)
    assert made.bar.spoken["count"] == 1
    made.view.ask()
    paint(made.view, sim)
    assert made.bar.spoken == {"text": sentence_of(sim.frame, sim), "count": 2}
