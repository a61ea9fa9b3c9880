"""The arena: every kind of run is drawn, by one renderer at a time. No browser."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.playback.frame_gate import FrameGate, Picture
from components.playback.pacer import EVERYTHING
from components.playback.panes import Panes
from components.playback.pictures import Pictures
from components.views.arena.arena import Arena
from tests.views.arena.runs import DYNAMICS, attached, paint, points, simulation
from tests.views.finite_set import run as finite_set_run


@pytest.mark.parametrize("n", [5_000, 100_000])
@pytest.mark.parametrize("dynamics", DYNAMICS[:2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_large_swarm_is_drawn_as_a_density_that_says_so_and_misses_nobody(dynamics, n, d):
    sim = simulation(dynamics, "Rastrigin", n=n, d=d)
    arena = attached(Arena(), sim)
    renderer = arena.renderer
    payload = arena.prepare(sim.frame, sim)
    image = payload["density"].image
    x = sim.frame.x[:, :2]
    ends = np.array([[r.start, r.end] for r in (renderer.figure.x_range, renderer.figure.y_range)[: min(d, 2)]])
    seen = ((x >= ends[:, 0]) & (x <= ends[:, 1])).all(axis=1)
    assert len(points(arena)["x"]) == 0
    assert renderer.cloud.visible and renderer.note.visible and f"{n:,} agents" in renderer.note.text
    assert ((image > 0).sum() > 100) and image.dtype == np.uint8
    if not seen.all():
        assert f"{n - seen.sum():,} agent" in renderer.note.text


def other_landscape(sim):
    sim.landscape = sv.landscapes.Rastrigin()


def other_graph(sim):
    sim.dynamics.graph = "path"


def other_heights(sim):
    sim.landscape = sv.landscapes.FiniteSetCurve(height=0.1)


def colder(sim):
    sim.dynamics.beta = 20.0


def test_a_finite_set_that_is_compared_keeps_its_name_when_its_states_are_painted():
    sim = finite_set_run("cycle", states=20)
    arena = Arena()
    arena.name_pane("B", "", True)
    attached(arena, sim)
    sim.dynamics.states = 12
    sim.advance(1)
    paint(arena, sim)
    title = arena.figure.title.text
    assert title.startswith("B · ") and "controls" in title and "12 states" in title
    assert title.endswith("on 12 states · controls"), "what it is first, then what the controls do"
    arena.name_pane("", "", False)
    assert arena.figure.title.text == sim.landscape.title + " on 12 states"


def seen(arena):
    """Everything that a figure shows: columns, ranges, and the texts of axes."""
    figure = arena.figure
    ranges = [(r.start, r.end) for r in (figure.x_range, figure.y_range, *getattr(arena.renderer, "wanted", ()))]
    texts = [(axis.visible, axis.axis_label, dict(axis.major_label_overrides)) for axis in figure.axis]
    columns = [{name: np.asarray(c) for name, c in drawn.data_source.data.items()} for drawn in figure.renderers]
    return [ranges, texts, figure.title.text, [drawn.visible for drawn in figure.renderers], columns]


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda: simulation(n=30, d=1), other_landscape),
        (lambda: simulation(n=30, d=2), other_landscape),
        (lambda: finite_set_run("path"), other_heights),
        (lambda: finite_set_run("cycle"), other_graph),
        (lambda: finite_set_run("path", n=20), colder),
    ],
    ids=["line", "plane", "heights", "layout", "scale"],
)
def test_a_picture_that_was_replaced_while_it_waited_leaves_no_trace_in_what_is_seen(make, change):
    """The newer one lacked the landscape or the ticks that only the replaced one had, and the old ones stayed, with wrong numbers."""
    sim, gate = make(), FrameGate()
    panes = Panes([(sim, {})], lambda place: Arena())
    pictures, every = Pictures(panes, (), (), print), attached(Arena(), sim)  # the second paints each picture
    pictures.attach()
    changed = []
    for act in (lambda sim: sim.advance(1), change, lambda sim: sim.advance(1)):
        act(sim)
        sim.apply()
        picture = Picture(*pictures.prepare(EVERYTHING))
        changed.append({part for *_, part in picture.payloads} - {""})
        gate.offer(picture)
        paint(every, sim)
    assert changed[1] and not changed[2], "only the one that was replaced says what changed"
    pictures.paint(gate.take(0.0).payloads)
    for one, other in zip(seen(panes[0].arena), seen(every), strict=True):
        np.testing.assert_equal(one, other)
