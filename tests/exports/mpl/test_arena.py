"""The arena in Matplotlib: agents and bars are drawn where they are; region, layers and inset of pictures and films."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import exports
from swarmviz.drawing.layers import ALL
from swarmviz.exports.mpl.arena import Arena
from swarmviz.replay import RunSpec
from tests.exports.kinds import made

REGIONS = {"plane": [-1.0, 0.5, 0.25, 1.0], "line": [-2.0, 1.0], "drifting": [0.0, 2.0, 0.0, 2.0]}


@pytest.mark.parametrize("kind", ["plane", "line", "drifting"])
def test_agents_are_drawn_where_they_are(kind):
    sim = made(kind)
    arena = Arena(sim)
    arena.show(sim)
    places = sim.frame.x if sim.frame.d > 1 else np.column_stack([sim.frame.x[:, 0], sim.frame.energy])
    np.testing.assert_array_equal(arena.painter.dots.get_offsets(), places)
    goals = sim.landscape.minimisers(sim.frame.d)[:, 0] + (0.0 if sim.frame.shift is None else sim.frame.shift[0])
    np.testing.assert_array_equal(np.sort(arena.painter.minimisers.get_xdata()), np.sort(goals))


def test_bars_have_the_height_of_the_occupation():
    sim = made("bars", 30)
    arena = Arena(sim)
    arena.show(sim)
    heights = [path.vertices[:, 1].max() for path in arena.painter.bars.get_paths()]
    np.testing.assert_array_equal(heights, sim.frame.occupation)
    assert arena.painter.target.get_data().values.sum() == pytest.approx(1.0)


def shown(sim, region=None, layers=ALL, steps=0):
    arena = Arena(sim, region=region, layers=layers)
    arena.show(sim)
    for _ in range(steps):
        sim.advance(1)
        arena.show(sim)
    return arena


@pytest.mark.parametrize("kind", REGIONS)
def test_a_picture_shows_the_region_that_is_asked_for(kind):
    region = REGIONS[kind]
    arena = shown(made(kind), region)
    assert list(arena.axes.get_xlim()) == region[:2]
    if kind != "line":
        assert list(arena.axes.get_ylim()) == region[2:]
    else:
        curve = sv.landscapes.Ackley().values(np.linspace(*region, 300)[:, None])
        bottom, top = arena.axes.get_ylim()
        assert curve.max() < top < 1.2 * curve.max() and -1 < bottom < 0, "F follows"
    assert exports.picture(made(kind), region=region, dpi=50) != exports.picture(made(kind), dpi=50)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [("plane", [0, 1]), ("line", [1, 0]), ("plane", [0, 1, 0, 1e9]), ("bars", [0, 1]), ("sites", [0, 1, 0, 1])],
)
def test_a_region_that_is_none_is_refused_by_name(kind, wrong):
    with pytest.raises(ValueError, match="region = "):
        exports.picture(made(kind), region=wrong, dpi=50)


def test_layers_are_for_arenas_and_are_switches():
    with pytest.raises(ValueError, match="trails = 1: must be True or False"):
        exports.picture(made("plane"), trails=1, dpi=50)
    with pytest.raises(ValueError, match="arrows = False: is for the view arena"):
        exports.picture(made("plane"), "density", arrows=False)


def test_what_is_switched_off_is_not_there():
    arena = shown(made("plane", 20), steps=3)
    assert (
        arena.painter.trails.get_segments() and arena.painter.arrows.get_segments() and len(arena.painter.layers) == 2
    )
    bare = shown(made("plane", 20), layers=ALL._replace(trails=False, arrows=False, contours=False), steps=3)
    assert (
        not bare.painter.trails.get_segments()
        and not bare.painter.arrows.get_segments()
        and len(bare.painter.layers) == 1
    )
    links = shown(made("drifting", 20)).painter.links
    assert (
        links.get_segments()
        and not shown(made("drifting", 20), layers=ALL._replace(links=False)).painter.links.get_segments()
    )


def test_marks_lie_over_the_consensus_which_is_an_outline():
    painter = shown(made("plane")).painter
    assert painter.dots.zorder < painter.focus.zorder < painter.minimisers.zorder < painter.best.zorder
    assert painter.focus.get_markerfacecolor() == "none" and painter.focus.get_markersize() <= 10 * 72 / 96


def collapsed(d=2):
    sim = sv.Simulation(sv.CBO(sigma=0.0, lam=5.0), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=d, seed=1))
    sim.advance(100)
    return sim


@pytest.mark.parametrize("d", [1, 2])
def test_a_small_swarm_is_enlarged_in_a_corner(d):
    sim = collapsed(d)
    arena = shown(sim)
    inset = arena.inset
    assert inset.axes.get_visible() and inset.label.get_text().startswith("×")
    arena.figure.canvas.draw()
    told, inner = inset.label.get_window_extent(), inset.axes.get_window_extent()
    assert told.y1 < inner.y0 and told.x0 >= inner.x0 - 1, "below it, where no agent is"
    ends = np.array([inset.axes.get_xlim(), inset.axes.get_ylim()])[:d]
    assert (ends[:, 0] < sim.frame.x.min(axis=0)).all() and (sim.frame.x.max(axis=0) < ends[:, 1]).all()
    arena.figure.canvas.draw()
    outer, inner = arena.axes.get_window_extent(), inset.axes.get_window_extent()
    assert outer.x0 < inner.x0 and inner.x1 < outer.x1 and outer.y0 < inner.y0 and inner.y1 < outer.y1
    scale = (inner.width / np.ptp(ends[0])) / (outer.width / np.ptp(arena.axes.get_xlim()))
    assert scale == pytest.approx(arena.inset._state.step(sim.frame, *view_of(arena, d)).magnification, rel=1e-3)
    assert not shown(made("plane")).inset.axes.get_visible()
    assert shown(sim, layers=ALL._replace(inset=False)).inset is None and shown(made("sites")).inset is None


def view_of(arena, d):
    return np.array([arena.axes.get_xlim(), arena.axes.get_ylim()])[:d].T


def test_a_film_has_region_and_layers():
    run = RunSpec.of(made("plane", 12))
    films = [
        exports.film(run, "gif", start=8, stop=12, every=2, **look)
        for look in ({}, {"region": REGIONS["plane"]}, {"arrows": False})
    ]
    assert len(set(films)) == 3
    with pytest.raises(ValueError, match="region = "):
        exports.film(run, "gif", region=[0, 1])
    with pytest.raises(TypeError, match="unexpected keyword argument 'stars'"):
        exports.film(run, "gif", stars=True)


def test_a_picture_looks_back_for_its_trails_and_the_run_stays_where_it_is():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=1))
    past = [sim.frame.x.copy()]
    for _ in range(5):
        sim.advance(1)
        past.append(sim.frame.x.copy())
    arena = Arena(sim)
    arena.look_back(sim)
    arena.show(sim)
    segments = np.array(arena.painter.trails.get_segments())
    np.testing.assert_array_equal(segments, np.stack([past[:-1], past[1:]], axis=2).reshape(-1, 2, 2))
    assert sim.k == sim.furthest == 5 and np.array_equal(sim.frame.x, past[-1])
    still = Arena(sim, layers=ALL._replace(trails=False, links=False))
    still.look_back(sim)
    assert not still.painter.recent.with_frame(sim.frame)[:-1], "and not where nothing is made of it"
