"""The figures: what is written to their sources is the swarm, nothing moves without need, and nothing is left out silently. No browser."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import panel as pn
import pytest
from bokeh.core.serialization import Serializer

import swarmviz as sv
from components.palette import DARK, LIGHT
from components.views.arena.arena import Arena
from components.views.arena.arrows import LEGEND
from components.views.arena.relief import MARGIN, WIDEST, margins, palette, relief
from components.views.figures import Zoom
from swarmviz import Frame
from swarmviz.drawing.arrows import LONGEST, TIME
from swarmviz.drawing.style import FEW

DYNAMICS = [name for name, cls in sv.dynamics.ALL.items() if "node" not in cls.__name__]


def simulation(dynamics="CBO", landscape="Ackley", n=40, d=2, seed=3, **parameters):
    sim = sv.Simulation(
        sv.dynamics.ALL[dynamics](**parameters), sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=seed)
    )
    sim.advance(3)
    return sim


def attached(view, sim):
    view.attach(sim)
    return view


def figures(view):
    return list(view.pane.select(pn.pane.Bokeh))


def sources(view):
    return (
        {s for pane in figures(view) for s in pane.object.select({"type": "ColumnDataSource"})} if view.pane else set()
    )


def points(arena):
    return arena.stage.points.data


def drawn_json(view):
    """What the browser would get, as strict JSON."""
    roots = [pane.object for pane in figures(view)]
    return json.dumps(Serializer().encode(roots), allow_nan=False, default=lambda b: len(getattr(b, "data", b)))


@pytest.mark.parametrize("n", [5_000, 100_000])
@pytest.mark.parametrize("dynamics", DYNAMICS[:2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_large_swarm_is_drawn_as_a_density_that_says_so_and_misses_nobody(dynamics, n, d):
    sim = simulation(dynamics, "Rastrigin", n=n, d=d)
    arena = attached(Arena(), sim)
    stage = arena.stage
    _, payload = arena.prepare(sim)
    image = payload["density"][0]
    x = sim.frame.x[:, :2]
    ends = np.array([[r.start, r.end] for r in (stage.figure.x_range, stage.figure.y_range)[: min(d, 2)]])
    seen = ((x >= ends[:, 0]) & (x <= ends[:, 1])).all(axis=1)
    assert len(points(arena)["x"]) == 0
    assert stage.cloud.visible and stage.note.visible and f"{n:,} agents" in stage.note.text
    assert ((image > 0).sum() > 100) and image.dtype == np.uint8
    if not seen.all():
        assert f"{n - seen.sum():,} agent" in stage.note.text


# ---- what is written is the swarm ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dynamics", [name for name in DYNAMICS if name != "FiniteSet"])  # counts: test_views_finite.py
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
        assert arena.stage.marks.data["focus_x"][0] == np.float32(frame.focus[0])
    best = frame.x[np.argmin(frame.energy)].astype("f4")
    assert (arena.stage.marks.data["best_x"][0], arena.stage.marks.data["best_y"][0]) == tuple(best)


def test_in_one_dimension_the_agents_sit_on_the_curve_between_consensus_and_level():
    for dynamics in ("CBO", "SSA"):
        sim = simulation(dynamics, "Ackley", n=30, d=1)
        arena, frame = attached(Arena(), sim), sim.frame
        data, marks, curve = points(arena), arena.stage.marks.data, arena.stage.curve.data
        np.testing.assert_array_equal(data["x"], frame.x[:, 0].astype("f4"))
        np.testing.assert_allclose(np.interp(data["x"], curve["x"], curve["f"]), data["energy"], atol=0.05)
        if frame.focus is not None:
            assert marks["focus"][0] == frame.focus[0]
        if frame.level is not None:
            assert marks["level"][0] == frame.level


def test_the_area_of_an_agent_is_proportional_to_its_mass():
    mass = np.array([0.2, 0.3, 0.5])
    arena = attached(Arena(), bare(np.zeros((3, 2)), mass=mass))
    np.testing.assert_allclose(points(arena)["size"] ** 2 / mass, (points(arena)["size"] ** 2 / mass)[0], rtol=1e-5)


def bare(x, landscape="Ackley", k=0, **fields):
    """What the arena needs of a simulation, with any fields in its frame."""
    surface = sv.landscapes.ALL[landscape]()
    return SimpleNamespace(frame=Frame(k, 0.0, x, surface.values(x), **fields), landscape=surface)


def test_velocities_memories_and_partners_are_drawn_where_a_frame_has_them():
    x = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]])
    v, memory = np.array([[1.0, 0.0], [0.0, -2.0], [0.0, 0.0]]), x + 0.5
    stage = attached(Arena(), bare(x, v=v, memory=memory, partner=np.array([1, -1, 0]))).stage
    arrow = {name: stage.arrows.data[name][:2] for name in ("x0", "y0", "x1", "y1")}  # the third agent stands
    shown = np.column_stack([arrow["x1"] - arrow["x0"], arrow["y1"] - arrow["y0"]])
    np.testing.assert_allclose(shown, TIME * v[:2], atol=1e-6)
    np.testing.assert_array_equal(stage.bests.data["x"], memory[:, 0].astype("f4"))
    np.testing.assert_array_equal(np.column_stack(list(stage.links.data.values())), [[0, 0, 1, 1], [2, -1, 0, 0]])
    assert {LEGEND, "personal best", "companion"} <= {item.label.value for item in stage.legend.items}
    assert all(len(attached(Arena(), bare(x)).stage.__dict__[name].data["x" if name == "bests" else "x0"]) == 0
               for name in ("arrows", "bests", "links"))  # fmt: skip


@pytest.mark.parametrize("speed", [1.0, 1e300])
def test_in_one_dimension_velocities_are_level_arrows_of_a_fixed_scale(speed):
    x, v = np.array([[-1.0], [0.0], [2.0]]), np.array([[1.0], [-2.0], [0.0]]) * speed
    arena, sim = Arena(), bare(x, landscape="Rastrigin", v=v)
    stage = attached(arena, sim).stage
    arrow, f = stage.arrows.data, sim.frame.energy[:2]
    tip, width = arrow["x1"][:2] - arrow["x0"][:2], np.ptp(sim.landscape.limits(1))
    expected = TIME * v[:2, 0] if speed == 1.0 else LONGEST * width * np.array([1.0, -1.0])
    np.testing.assert_allclose(tip, expected, rtol=1e-5)
    assert stage.velocities.visible and len(arrow["x0"]) == (6 if speed == 1.0 else 10), "one cut short has two heads"
    for name in ("y0", "y1"):
        np.testing.assert_allclose(arrow[name][:2], f, rtol=1e-6)  # an arrow begins at its agent and is level
    heads = arrow["y0"][2:6].reshape(2, 2) - f
    np.testing.assert_allclose(heads[0], -heads[1], atol=1e-5)
    assert (np.abs(heads) > 0).all() and (np.sign(arrow["x0"][2:4] - arrow["x1"][2:4]) == -np.sign(tip)).all()
    assert LEGEND in [item.label.value for item in stage.legend.items]


def test_arrows_end_with_the_velocities_and_with_the_few():
    x = np.linspace(-1, 1, 3)[:, None]
    arena = attached(Arena(), bare(x, v=np.ones((3, 1))))
    assert len(arena.stage.arrows.data["x0"]) == 9
    arena.attach(bare(x))
    assert len(arena.stage.arrows.data["x0"]) == 0
    assert LEGEND not in [item.label.value for item in arena.stage.legend.items]
    many = np.linspace(-1, 1, FEW + 1)[:, None]
    arena.attach(bare(many, v=np.ones((FEW + 1, 1))))
    assert len(arena.stage.arrows.data["x0"]) == 0 and len(arena.stage.points.data["x"]) == FEW + 1


@pytest.mark.parametrize("shape", [(591, 268), (305, 237), (530, 603), (300, 900), (1900, 400), (220, 206)])
@pytest.mark.parametrize("view", [(10.0, 10.0), (2.0, 0.5), (1.0, 30.0)])
def test_the_picture_of_a_landscape_fills_every_frame(shape, view):
    """As the browser sees it: equal units on both axes, the whole view, and more of the landscape on the longer side."""
    view, unit = np.array(view), max(view[0] / shape[0], view[1] / shape[1])
    seen = unit * np.array(shape)
    for drift in (0.0, 0.1):
        margin = margins(view, shape, drift)
        assert (margin * view >= seen + 2 * drift * view).all() or max(margin) == WIDEST
        assert (margin <= 1.25 * np.maximum(seen / view + 2 * drift, 1.0) + 1e-9).all(), "pixels that nobody sees"
    assert margins(view, None) == margins(view, (0, 10)) == MARGIN


def test_a_wider_frame_asks_for_a_wider_picture_and_one_a_little_wider_does_not():
    sim, asked = simulation(), []
    arena = attached(Arena(), sim)
    arena.refresh = lambda: asked.append(arena.paint(arena.prepare(sim)))
    arena.attach(sim)
    plane = arena.stage

    def resize(width, height):
        for name, value in (("inner_width", width), ("inner_height", height)):
            plane._framed(name, None, value)

    def covered(width, height):
        x, y = plane.figure.x_range, plane.figure.y_range
        view = np.array([x.end - x.start, y.end - y.start])
        seen = max(view / (width, height)) * np.array([width, height])
        return plane.ground.data["dw"][0] >= seen[0] and plane.ground.data["dh"][0] >= seen[1]

    assert not covered(600, 250)
    resize(600, 250)
    assert covered(600, 250) and len(asked) == 1
    resize(604, 251)
    assert covered(604, 251) and len(asked) == 1
    resize(250, 600)
    assert covered(250, 600) and not covered(600, 250)
    assert "ground" not in plane.prepare(sim.frame, sim.landscape), "it is drawn once"


def test_trails_join_successive_pictures_fade_with_age_and_end_when_one_goes_back():
    sim = simulation(n=20)
    arena = attached(Arena(), sim)
    before = sim.frame.x.copy()
    sim.advance(1)
    arena.paint(arena.prepare(sim))
    tail = arena.stage.tail.data
    np.testing.assert_array_equal(
        np.column_stack([tail["x0"], tail["y0"], tail["x1"], tail["y1"]]), np.hstack([before, sim.frame.x]).astype("f4")
    )
    sim.advance(1)
    arena.paint(arena.prepare(sim))
    alpha = arena.stage.tail.data["alpha"]
    assert alpha[0] < alpha[-1] and len(alpha) == 40
    sim.goto(1)
    arena.paint(arena.prepare(sim))
    assert len(arena.stage.tail.data["alpha"]) == 0


def test_a_walker_is_linked_to_where_its_companion_was_and_leaves_no_trail_of_the_jump():
    x = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]])
    arena = attached(Arena(), bare(x, partner=np.array([-1, -1, -1])))
    later = np.array([[1.1, 1.0], [5.0, 4.0], [2.0, -1.0]])
    arena.paint(arena.prepare(bare(later, k=1, partner=np.array([1, -1, -1]))))
    np.testing.assert_array_equal(np.column_stack(list(arena.stage.links.data.values())), [[0, 0, 1, 1]])
    arena.paint(
        arena.prepare(bare(later, k=5, partner=np.array([1, -1, -1])))
    )  # nobody knows where they were in step 4
    np.testing.assert_array_equal(
        np.column_stack(list(arena.stage.links.data.values())), np.array([[1.1, 1, 5, 4]], "f4")
    )
    assert len(arena.stage.tail.data["alpha"]) == 0


def test_colours_tell_who_jumped_cloned_or_leads_where_the_frame_does():
    for dynamics in DYNAMICS:
        sim = simulation(dynamics, n=60)
        sim.advance(2)
        frame, stage = sim.frame, attached(Arena(), sim).stage
        if frame.role is None:
            continue
        for place, role in enumerate(frame.roles):
            assert stage.tones.palette[place] == LIGHT.roles[place]
            item = next(item for item in stage.legend.items if item.label.value == role)
            assert item.renderers[0].glyph.fill_color == LIGHT.roles[place]
        np.testing.assert_array_equal(stage.points.data["tone"], frame.role)


def test_a_moving_landscape_is_drawn_where_the_swarm_feels_it():
    x = np.zeros((5, 2))
    arena = attached(Arena(), bare(x, shift=np.zeros(2)))
    corner, star = arena.stage.ground.data["x"][0], arena.stage.goals.data["x"][0]
    arena.paint(arena.prepare(bare(x, k=1, shift=np.array([0.25, 0.0]))))
    assert arena.stage.ground.data["x"][0] == pytest.approx(corner + 0.25)
    assert arena.stage.goals.data["x"][0] == pytest.approx(star + 0.25)


def test_a_slice_through_more_than_two_dimensions_says_so():
    assert "slice through the minimiser" in attached(Arena(), simulation(d=3)).figure.title.text
    assert "slice" not in attached(Arena(), simulation(d=2)).figure.title.text


# ---- nobody is lost ----------------------------------------------------------------------------------------------------------


def test_agents_outside_the_view_are_counted():
    x = np.zeros((100, 2))
    x[:2] = 1e6
    arena = attached(Arena(), bare(x))
    assert arena.stage.note.text == "2 agents outside the view" and arena.stage.note.visible
    arena.paint(arena.prepare(bare(np.zeros((100, 2)), k=1)))
    assert arena.stage.note.text == "" and not arena.stage.note.visible


# ---- nothing moves without need ------------------------------------------------------------------------------------------------


def test_the_view_grows_at_once_and_shrinks_only_after_a_while():
    zoom, far, near = Zoom(), np.full(30, 1.5), np.full(30, 0.2)
    assert zoom.step(far) and zoom.STEPS[zoom.place] >= 1.5
    assert not any(zoom.step(near) for _ in range(zoom.PATIENCE))
    assert zoom.step(near)


# ---- threads, NaN, looks ---------------------------------------------------------------------------------------------------------


def luminance(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    one, two = sorted((luminance(a), luminance(b)))
    return (two + 0.05) / (one + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_everything_can_be_told_from_its_background(colours):
    assert contrast(colours.ink, colours.paper) >= 7
    assert contrast(colours.soft, colours.paper) >= 4.5
    for line in (*colours.curves, colours.target, colours.focus):
        assert contrast(line, colours.paper) >= 3
    for ground in colours.landscape:
        for fill in (colours.agent, colours.quiet_agent, *colours.roles):
            assert max(contrast(fill, ground), contrast(colours.outline, ground)) >= 3, (fill, ground)
        assert contrast(colours.outline, colours.agent) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_landscape_gets_steadily_lighter_or_darker(colours):
    steps = np.diff([luminance(c) for c in colours.landscape])
    assert (steps > -1e-3).all() or (steps < 1e-3).all()


def test_the_picture_of_a_landscape_is_deepest_at_its_minimiser():
    for name in ("Himmelblau", "Ackley"):
        surface = sv.landscapes.ALL[name]()
        low, high = surface.limits(2)
        picture = relief(surface, 2, low, high)
        level = picture.image % len(LIGHT.landscape)
        row, column = np.unravel_index(np.argmin(level), level.shape)
        at = [
            picture.x + (column + 0.5) * picture.dw / level.shape[1],
            picture.y + (row + 0.5) * picture.dh / level.shape[0],
        ]
        nearest = np.abs(surface.minimisers(2) - at).max(axis=1).min()
        assert nearest < 0.1
        assert picture.image.max() < len(palette(LIGHT)) and picture.log == (name == "Himmelblau")
        assert all(0 <= place <= 1 for place in picture.ticks)
