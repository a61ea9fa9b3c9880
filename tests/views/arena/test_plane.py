"""The plane as Bokeh paints it: what is written to its sources is the swarm, and nothing is left out silently. No browser."""

from __future__ import annotations

import numpy as np
import pytest

from components.palette import LIGHT
from components.views.arena.arena import Arena
from components.views.arena.arrows import LEGEND
from swarmviz.drawing.arrows import TIME
from swarmviz.drawing.style import FEW
from tests.views.arena.runs import DYNAMICS, attached, bare, paint, points, simulation


@pytest.mark.parametrize("dynamics", [name for name in DYNAMICS if name != "FiniteSet"])  # counts: test_finite_set.py
def test_the_points_are_the_agents_of_the_frame(dynamics):
    sim = simulation(dynamics, "Ackley", n=60, d=2)
    arena, frame = attached(Arena(), sim), sim.frame
    data = points(arena)
    np.testing.assert_array_equal(np.column_stack([data["x"], data["y"]]), frame.x.astype("f4"))
    np.testing.assert_array_equal(data["energy"], frame.energy)
    for name in ("mass", "weight"):
        if getattr(frame, name) is not None:
            np.testing.assert_array_equal(data[name], getattr(frame, name).astype("f4"))
    if frame.role is not None:
        np.testing.assert_array_equal(data["tone"], frame.role)
    if frame.focus is not None:
        assert arena.renderer.marks.data["focus_x"][0] == np.float32(frame.focus[0])
    best = frame.x[np.argmin(frame.energy)].astype("f4")
    assert (arena.renderer.marks.data["best_x"][0], arena.renderer.marks.data["best_y"][0]) == tuple(best)


def test_the_area_of_an_agent_is_proportional_to_its_mass():
    mass = np.array([0.2, 0.3, 0.5])
    arena = attached(Arena(), bare(np.zeros((3, 2)), mass=mass))
    np.testing.assert_allclose(points(arena)["size"] ** 2 / mass, (points(arena)["size"] ** 2 / mass)[0], rtol=1e-5)


def test_velocities_memories_and_partners_are_drawn_where_a_frame_has_them():
    x = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]])
    v, memory = np.array([[1.0, 0.0], [0.0, -2.0], [0.0, 0.0]]), x + 0.5
    renderer = attached(Arena(), bare(x, v=v, memory=memory, partner=np.array([1, -1, 0]))).renderer
    arrow = {name: renderer.arrows.data[name][:2] for name in ("x0", "y0", "x1", "y1")}  # the third agent stands
    shown = np.column_stack([arrow["x1"] - arrow["x0"], arrow["y1"] - arrow["y0"]])
    np.testing.assert_allclose(shown, TIME * v[:2], atol=1e-6)
    np.testing.assert_array_equal(renderer.memory.data["x"], memory[:, 0].astype("f4"))
    np.testing.assert_array_equal(np.column_stack(list(renderer.links.data.values())), [[0, 0, 1, 1], [2, -1, 0, 0]])
    assert {LEGEND, "personal best", "companion"} <= {item.label.value for item in renderer.legend.items}
    assert all(len(attached(Arena(), bare(x)).renderer.__dict__[name].data["x" if name == "memory" else "x0"]) == 0
               for name in ("arrows", "memory", "links"))  # fmt: skip


def test_arrows_end_with_the_velocities_and_with_the_few():
    x = np.linspace(-1, 1, 3)[:, None]
    arena = attached(Arena(), bare(x, v=np.ones((3, 1))))
    assert len(arena.renderer.arrows.data["x0"]) == 9
    arena.attach(bare(x))
    assert len(arena.renderer.arrows.data["x0"]) == 0
    assert LEGEND not in [item.label.value for item in arena.renderer.legend.items]
    many = np.linspace(-1, 1, FEW + 1)[:, None]
    arena.attach(bare(many, v=np.ones((FEW + 1, 1))))
    assert len(arena.renderer.arrows.data["x0"]) == 0 and len(arena.renderer.points.data["x"]) == FEW + 1


def test_a_wider_frame_asks_for_a_wider_picture_and_one_a_little_wider_does_not():
    sim, asked = simulation(), []
    arena = attached(Arena(), sim)
    arena.refresh = lambda: asked.append(paint(arena, sim))
    arena.attach(sim)
    plane = arena.renderer

    def resize(width, height):
        for name, value in (("inner_width", width), ("inner_height", height)):
            plane.ranges._measure(name, None, value)

    def covered(width, height):
        x, y = plane.figure.x_range, plane.figure.y_range
        view = np.array([x.end - x.start, y.end - y.start])
        seen = max(view / (width, height)) * np.array([width, height])
        return plane.background.data["dw"][0] >= seen[0] and plane.background.data["dh"][0] >= seen[1]

    assert not covered(800, 250)
    resize(800, 250)
    assert covered(800, 250) and len(asked) == 1
    resize(806, 251)
    assert covered(806, 251) and len(asked) == 1
    resize(250, 800)
    assert covered(250, 800) and not covered(800, 250)
    assert "background" not in plane.prepare(sim.frame, sim), "it is drawn once"


def test_trails_join_successive_pictures_fade_with_age_and_end_when_one_goes_back():
    sim = simulation(n=20)
    arena = attached(Arena(), sim)
    before = sim.frame.x.copy()
    sim.advance(1)
    paint(arena, sim)
    tail = arena.renderer.trails.data
    np.testing.assert_array_equal(
        np.column_stack([tail["x0"], tail["y0"], tail["x1"], tail["y1"]]), np.hstack([before, sim.frame.x]).astype("f4")
    )
    sim.advance(1)
    paint(arena, sim)
    alpha = arena.renderer.trails.data["alpha"]
    assert alpha[0] < alpha[-1] and len(alpha) == 40
    sim.goto(1)
    paint(arena, sim)
    assert len(arena.renderer.trails.data["alpha"]) == 0


def test_a_walker_is_linked_to_where_its_companion_was_and_leaves_no_trail_of_the_jump():
    x = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]])
    arena = attached(Arena(), bare(x, partner=np.array([-1, -1, -1])))
    later = np.array([[1.1, 1.0], [5.0, 4.0], [2.0, -1.0]])
    paint(arena, bare(later, k=1, partner=np.array([1, -1, -1])))
    np.testing.assert_array_equal(np.column_stack(list(arena.renderer.links.data.values())), [[0, 0, 1, 1]])
    paint(arena, bare(later, k=5, partner=np.array([1, -1, -1])))  # nobody knows where they were in step 4
    np.testing.assert_array_equal(
        np.column_stack(list(arena.renderer.links.data.values())), np.array([[1.1, 1, 5, 4]], "f4")
    )
    assert len(arena.renderer.trails.data["alpha"]) == 0


def test_colours_tell_who_jumped_cloned_or_leads_where_the_frame_does():
    for dynamics in DYNAMICS:
        sim = simulation(dynamics, n=60)
        sim.advance(2)
        frame, renderer = sim.frame, attached(Arena(), sim).renderer
        if frame.role is None:
            continue
        for place, role in enumerate(frame.roles):
            assert renderer.tones.palette[place] == LIGHT.roles[place]
            item = next(item for item in renderer.legend.items if item.label.value == role)
            assert item.renderers[0].glyph.fill_color == LIGHT.roles[place]
        np.testing.assert_array_equal(renderer.points.data["tone"], frame.role)


def test_a_moving_landscape_is_drawn_where_the_swarm_feels_it():
    x = np.zeros((5, 2))
    arena = attached(Arena(), bare(x, shift=np.zeros(2)))
    corner, star = arena.renderer.background.data["x"][0], arena.renderer.minimisers.data["x"][0]
    paint(arena, bare(x, k=1, shift=np.array([0.25, 0.0])))
    assert arena.renderer.background.data["x"][0] == pytest.approx(corner + 0.25)
    assert arena.renderer.minimisers.data["x"][0] == pytest.approx(star + 0.25)


def test_a_slice_through_more_than_two_dimensions_says_so():
    assert "slice through the minimiser" in attached(Arena(), simulation(d=3)).figure.title.text
    assert "slice" not in attached(Arena(), simulation(d=2)).figure.title.text


def test_agents_outside_the_view_are_counted():
    x = np.zeros((100, 2))
    x[:2] = 1e6
    arena = attached(Arena(), bare(x))
    assert arena.renderer.note.text == "2 agents outside the view" and arena.renderer.note.visible
    paint(arena, bare(np.zeros((100, 2)), k=1))
    assert arena.renderer.note.text == "" and not arena.renderer.note.visible


def test_another_run_on_the_same_landscape_keeps_its_picture():
    """It was sent again with each start: a quarter of a megabyte."""
    arena, spread = Arena(), np.random.default_rng(5).uniform(-30, 30, (60, 3))
    plane, other = attached(arena, bare(spread[:, :2])).renderer, bare(-spread[:50, :2])
    before = plane.background.data
    attached(arena, other)
    assert plane.background.data is before and "background" not in plane.prepare(other.frame, other)
    attached(arena, bare(spread))
    assert plane.background.data is not before, "through three dimensions it is a slice"
    attached(arena, bare(spread, "Rastrigin"))
    assert plane.background.data["dw"] != before["dw"]


def test_a_picture_of_the_landscape_that_was_prepared_and_not_painted_is_prepared_again():
    arena, sim = Arena(), simulation("CBO", "Ackley", n=60, d=2)
    plane = attached(arena, sim).renderer
    other = simulation("CBO", "Rastrigin", n=60, d=2)
    assert "background" in plane.prepare(other.frame, other)
    plane.reset(other.frame, other, same_run=False)  # what was prepared for the run before is left out
    assert "background" in plane.prepare(other.frame, other)


@pytest.mark.parametrize("d", [2, 3])
def test_the_dashed_line_is_the_box_of_the_landscape_whatever_is_in_view(d):
    sim = simulation("CBO", "Rastrigin", d=d)
    drawn = attached(Arena(), sim).renderer.box.data
    (left, bottom), (right, top) = (side[:2] for side in sim.landscape.limits(d))
    assert {name: list(ends) for name, ends in drawn.items()} == {
        "left": [left],
        "right": [right],
        "bottom": [bottom],
        "top": [top],
    }


def test_agents_in_the_frame_beside_the_view_are_not_counted_as_outside():
    """A wide frame shows more than was asked for: who is seen there is in the view."""
    sim = bare(np.array([[0.0, 0.0], [7.0, 0.0], [0.0, 7.0], [12.0, 0.0]]))
    arena = attached(Arena(), sim)
    arena._options.attach(sim)
    arena._options.region = [-5.0, 5.0, -5.0, 5.0]
    for size, outside in ((None, 3), ((1000, 500), 2), ((500, 1000), 2), ((500, 500), 3)):
        arena.renderer.ranges.frame_size = size
        paint(arena, sim)
        assert arena.renderer.note.text == f"{outside} agents outside the view"


def test_the_ends_of_the_frame_are_those_that_the_browser_makes():
    """The view of the box has an edge around it, a region has none, and units are equal."""
    ranges, view = attached(Arena(), bare(np.zeros((3, 2)))).renderer.ranges, (np.full(2, -5.0), np.full(2, 5.0))
    ranges.frame_size = (1016, 516)
    np.testing.assert_allclose(ranges.ends(view, zoomed=False), [[-10.16, -5.16], [10.16, 5.16]])
    np.testing.assert_allclose(ranges.ends(view, zoomed=True), [[-5 * 1016 / 516, -5], [5 * 1016 / 516, 5]])
