"""The figures: what is written to their sources is the swarm, nothing moves without need, and nothing is left out silently. No browser."""

from __future__ import annotations

import json
from html import escape
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import panel as pn
import pytest
from bokeh.core.serialization import Serializer
from bokeh.document import Document

import swarmviz as sv
from components.page.equation import EquationCard
from components.page.mathml import formula
from components.palette import DARK, LIGHT
from components.views.arena.arena import Arena
from components.views.arena.arrows import LEGEND
from components.views.arena.relief import MARGIN, WIDEST, margins, palette, relief
from components.views.curves.curve_plot import FAINT, MOST_POINTS, thin
from components.views.curves.curves import Curves
from components.views.density.density import Density
from components.views.density.joint import contours
from components.views.figures import Zoom
from swarmviz import Frame, theory
from swarmviz.drawing.arrows import LONGEST, TIME
from swarmviz.drawing.axes import decades_around, steps_around
from swarmviz.drawing.density import histogram, target_marginals
from swarmviz.drawing.style import FEW
from swarmviz.theory import Target
from tests.ensembles.worker import prepare_on_a_worker

VIEWS = {"arena": Arena, "density": Density, "curves": Curves, "equation": EquationCard}
DYNAMICS = [name for name, cls in sv.dynamics.ALL.items() if "node" not in cls.__name__]
FLAT = {"Ackley": 1, "Himmelblau": 2, "Rastrigin": 3}


def simulation(dynamics="CBO", landscape="Ackley", n=40, d=2, seed=3, **parameters):
    sim = sv.Simulation(
        sv.dynamics.ALL[dynamics](**parameters), sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=seed)
    )
    sim.advance(3)
    return sim


def paint(view, sim):
    view.paint(view.prepare(sim.frame, sim))


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


# ---- everything with everything ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dynamics", DYNAMICS)
@pytest.mark.parametrize(("landscape", "d"), FLAT.items())
@pytest.mark.parametrize("n", [2, 60])
def test_every_view_shows_every_dynamics_in_every_dimension(dynamics, landscape, d, n):
    cls, surface = sv.dynamics.ALL[dynamics], sv.landscapes.ALL[landscape]()
    try:
        sim = sv.Simulation(cls(), surface, sv.Swarm(n=n, d=d, seed=1))
    except ValueError as refusal:
        pytest.skip(str(refusal))
    views = [attached(make(), sim) for make in VIEWS.values()]
    for _ in range(3):
        sim.advance(2)
        for view in views:
            payload = view.prepare(sim.frame, sim)
            if payload is not None:
                view.paint(payload)
    for view in views:
        view.set_dark(True)
        assert drawn_json(view)
    assert all(len(column) for column in views[2].plots[0].slots[0][0].data.values())


@pytest.mark.parametrize("n", [5_000, 100_000])
@pytest.mark.parametrize("dynamics", DYNAMICS[:2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_large_swarm_is_drawn_as_a_density_that_says_so_and_misses_nobody(dynamics, n, d):
    sim = simulation(dynamics, "Rastrigin", n=n, d=d)
    arena = attached(Arena(), sim)
    stage = arena.stage
    _, payload = arena.prepare(sim.frame, sim)
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
    arena.refresh = lambda: asked.append(arena.paint(arena.prepare(sim.frame, sim)))
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
    arena.paint(arena.prepare(sim.frame, sim))
    tail = arena.stage.tail.data
    np.testing.assert_array_equal(
        np.column_stack([tail["x0"], tail["y0"], tail["x1"], tail["y1"]]), np.hstack([before, sim.frame.x]).astype("f4")
    )
    sim.advance(1)
    arena.paint(arena.prepare(sim.frame, sim))
    alpha = arena.stage.tail.data["alpha"]
    assert alpha[0] < alpha[-1] and len(alpha) == 40
    sim.goto(1)
    arena.paint(arena.prepare(sim.frame, sim))
    assert len(arena.stage.tail.data["alpha"]) == 0


def test_a_walker_is_linked_to_where_its_companion_was_and_leaves_no_trail_of_the_jump():
    x = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]])
    arena = attached(Arena(), bare(x, partner=np.array([-1, -1, -1])))
    later = np.array([[1.1, 1.0], [5.0, 4.0], [2.0, -1.0]])
    paint(arena, bare(later, k=1, partner=np.array([1, -1, -1])))
    np.testing.assert_array_equal(np.column_stack(list(arena.stage.links.data.values())), [[0, 0, 1, 1]])
    paint(arena, bare(later, k=5, partner=np.array([1, -1, -1])))  # nobody knows where they were in step 4
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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("n", [30, 5000])
def test_a_diverging_swarm_is_drawn_without_a_word_from_numpy_until_it_leaves_the_numbers(n, d):
    sim = sv.Simulation(
        sv.PSO(sigma_own=100.0, sigma_common=100.0, boundary="none"), sv.landscapes.Sphere(), sv.Swarm(n=n, d=d, seed=1)
    )
    views = [attached(Arena(), sim), attached(Density(), sim)]
    views[1].plane = True
    with pytest.raises(sv.Diverged):
        for _ in range(1000):
            sim.advance(1)
            for view in views:
                view.paint(view.prepare(sim.frame, sim))
    assert np.abs(sim.frame.x).max() > 1e100
    for column in points(views[0]).values():
        assert np.isfinite(column).all()
    assert "outside" in views[0].stage.note.text


def test_a_moving_landscape_is_drawn_where_the_swarm_feels_it():
    x = np.zeros((5, 2))
    arena = attached(Arena(), bare(x, shift=np.zeros(2)))
    corner, star = arena.stage.ground.data["x"][0], arena.stage.goals.data["x"][0]
    paint(arena, bare(x, k=1, shift=np.array([0.25, 0.0])))
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
    paint(arena, bare(np.zeros((100, 2)), k=1))
    assert arena.stage.note.text == "" and not arena.stage.note.visible


@pytest.mark.parametrize("bins", [2, 37, 200])
def test_the_histogram_holds_every_agent_inside_and_counts_those_outside(bins):
    x = np.concatenate([np.random.default_rng(0).normal(size=999), [2.0, -2.0, 5.0, -7.0, np.nan]])
    top, edges, outside = histogram(x, -2.0, 2.0, bins)
    inside = np.rint(top * np.diff(edges) * len(x)).astype(int)
    assert inside.sum() + outside == len(x) and outside == (~(np.abs(x) <= 2)).sum()
    np.testing.assert_array_equal(inside[1:-1], np.histogram(x[np.abs(x) <= 2], edges)[0][1:-1])


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_bars_in_the_figure_add_up_to_the_swarm(d):
    sim = simulation(n=5000, d=d, landscape="Rastrigin", sigma=3.0)
    view = Density(bins=31)
    view.attach(sim)
    low, high = sim.landscape.limits(d)
    for i, bars in enumerate(view.sources):
        mass = float((bars.data["top"].astype(float) * (bars.data["right"] - bars.data["left"])).sum())
        inside = ((sim.frame.x[:, i] >= low[i]) & (sim.frame.x[:, i] <= high[i])).mean()
        assert mass == pytest.approx(inside, rel=1e-5) and len(bars.data["top"]) == 31
    assert len(view.sources) == min(d, 2)


def test_bins_and_smoothing_can_be_changed_on_the_run():
    view = attached(Density(), simulation())
    view.bins, view.kde = 7, False
    assert len(view.sources[0].data["top"]) == 7
    assert not view._plots[0].smooth.visible


@pytest.mark.parametrize("bad", [1, 1001, 2.5, True])
def test_a_number_of_bins_that_makes_no_sense_is_refused(bad):
    view = attached(Density(), simulation())
    with pytest.raises(ValueError, match=f"bins = {bad}: must be a whole number from 2 to 1000"):
        view.bins = bad
    assert view.bins == 40


def test_the_buttons_are_the_options_and_ask_for_a_picture():
    view, asked = attached(Density(), simulation()), []
    view.refresh = lambda: asked.append((view.bins, view.kde, view.plane))
    for press in ("100", "kde", "plane"):
        view.options._handle_msg(press)
    assert asked == [(100, True, False), (100, False, False), (100, False, True)]
    view.bins = 37
    assert view.options.value == "37" and "37" in [name for name, *_ in view.options.choices]
    view.attach(simulation(d=1))
    assert [name for name, *_ in view.options.switches] == ["kde"] and len(view.sources) == 1
    view.attach(simulation(d=2))
    assert view.plane and view.sources == [] and view._panes[2].visible and view._joint.figure.visible


@pytest.mark.parametrize("n", [2, 5000])
def test_the_image_of_the_plane_holds_every_agent_of_the_box(n):
    sim = simulation(n=n, landscape="Rastrigin", sigma=3.0)
    view = attached(Density(bins=20), sim)
    view.kde, view.plane = False, True
    low, high = sim.landscape.limits(2)
    x = sim.frame.x
    count = np.histogram2d(x[:, 1], x[:, 0], bins=20, range=tuple(zip(low, high, strict=True)))[0]
    image = view._joint.cells.data["image"][0]
    assert ((image > 0) == (count > 0)).mean() > 0.99 and image[
        np.unravel_index(count.argmax(), count.shape)
    ] == image.max()
    inside = ((x >= low) & (x <= high)).all(axis=1)
    assert inside.all() or f"{n - inside.sum():,} outside" == view._joint.note.text
    view.kde = True
    smooth = view._joint.cells.data["image"][0].astype(float)
    rows, columns = np.indices(smooth.shape)
    centre = [low[0] + (columns * smooth).sum() / smooth.sum() * (high - low)[0] / 96,
              low[1] + (rows * smooth).sum() / smooth.sum() * (high - low)[1] / 96]  # fmt: skip
    np.testing.assert_allclose(centre, x[inside].mean(axis=0), atol=0.4)


def test_contours_hold_the_named_shares_of_a_law_in_the_plane():
    law = Target("normal", "", lambda X: np.exp(-(X**2).sum(axis=1) / 2), True, "")
    lines = contours(law, np.array([-6.0, -6.0]), np.array([6.0, 6.0]))
    radii = sorted(
        float(np.nanmean(np.hypot(x, y))) for xs, ys in zip(lines["xs"], lines["ys"], strict=True)
        for x, y in [(np.asarray(xs), np.asarray(ys))]
    )  # fmt: skip
    np.testing.assert_allclose(radii, [np.sqrt(-2 * np.log(0.5)), np.sqrt(-2 * np.log(0.1))], rtol=0.02)


def test_a_collapsed_swarm_is_a_bar_with_a_smooth_line_in_the_frame():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, initial="points", points=[[1.0, 2.0]]))
    view = attached(Density(), sim)
    for plot in view._plots:
        assert plot.lines.data["smooth"].max() == pytest.approx(plot.bars.data["top"].max(), rel=0.05)
        assert plot.bars.data["top"].max() <= plot.figure.y_range.end
        grid = plot.lines.data["x"].astype(float)
        assert np.trapezoid(plot.lines.data["smooth"], grid) == pytest.approx(1, abs=1e-3)
    view.plane = True
    assert view._joint.cells.data["image"][0].max() == 255


def test_a_target_in_the_plane_is_marginalised():
    law = Target("normal", "", lambda X: np.exp(-(X[:, 0] ** 2) / 2 - X[:, 1] ** 2 / 8), True, "")
    first, second = target_marginals(law, np.array([-9.0, -9.0]), np.array([9.0, 9.0]))
    grid = np.linspace(-9, 9, 256)
    np.testing.assert_allclose(first, np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi), atol=5e-3)
    np.testing.assert_allclose(second, np.exp(-(grid**2) / 8) / np.sqrt(8 * np.pi), atol=5e-3)


def test_the_target_law_is_drawn_where_theory_has_one():
    view = attached(Density(), simulation("SSA", d=1, profile="constant"))
    data = view._plots[0].lines.data
    assert np.trapezoid(data["target"], data["x"]) == pytest.approx(1, abs=1e-3) and view._plots[0].target.visible
    assert not attached(Density(), simulation("CBO", d=1))._plots[0].target.visible


def test_a_law_says_its_name_and_source_on_hover_and_below_why_it_does_not_hold():
    for sigma, holds in ((0.1, True), (0.0, False)):
        sim = simulation("FMC", "Rastrigin", n=60, sigma=sigma)
        law, view = theory.target(sim), attached(Density(), sim)
        assert law.applies == holds
        for plane in (False, True):
            view.plane = plane
            plot = view._joint if plane else view._plots[1]
            assert plot.target.name.startswith("ρ_R ∝ R (000 Thm 1) — ") and plot.target in plot.hover.renderers
            assert any("ρ_R" in item.label.value for item in plot.legend.items)
            assert view.reasons.visible != holds and (holds or escape(law.reason) in view.reasons.text)


# ---- curves ------------------------------------------------------------------------------------------------------------------


def slots(plot):
    return {renderer.name: (data.data, renderer) for data, renderer in plot.slots if renderer.visible}


def test_the_curves_are_the_record():
    sim = simulation()
    sim.advance(50)
    view = attached(Curves(), sim)
    view.choose(0, "value", log=False)
    for observable, (data, _) in zip(
        (o for o in sim.dynamics.observables if o.panel == "value"), view.plots[0].slots, strict=False
    ):
        np.testing.assert_array_equal(data.data["y"], sim.record[observable.name])
        np.testing.assert_array_equal(data.data["k"], sim.record["k"])


def test_every_group_of_observables_can_be_chosen():
    for dynamics in DYNAMICS:
        sim = simulation(dynamics)
        view = attached(Curves(), sim)
        for group in dict.fromkeys(o.panel for o in sim.dynamics.observables):
            view.choose(1, group)
            names = {f"{o.symbol}: {o.meaning}" for o in sim.dynamics.observables if o.panel == group}
            assert names <= set(slots(view.plots[1]))
    with pytest.raises(ValueError, match="must be one of"):
        view.choose(0, "no such group")


def test_a_logarithmic_value_axis_is_measured_from_the_minimum_and_says_so():
    sim = simulation(landscape="Himmelblau")
    sim.advance(20)
    view = attached(Curves(), sim)
    view.choose(0, "value", log=True)
    y = view.plots[0].slots[0][0].data["y"]
    np.testing.assert_allclose(y, sim.record["best"] - sim.landscape.minimum(2), rtol=1e-9)
    assert view.plots[0].figure.yaxis.axis_label == "F − min F"
    view.choose(0, "value", log=False)
    assert view.plots[0].figure.yaxis.axis_label == "F"


def test_a_logarithmic_axis_copes_with_zeros():
    sim = simulation(sigma=0.0, lam=20.0, dt=0.05)  # one step takes all agents to the consensus: the dispersion is 0
    sim.advance(20)
    assert sim.record["dispersion"][-1] == 0
    view = attached(Curves(), sim)
    view.choose(1, "dispersion", log=True)
    plot = view.plots[1]
    assert all((data.data["y"] > 0).all() for data, _ in plot.slots[:2])
    assert 0 < plot.figure.y_range.start < plot.figure.y_range.end < np.inf


def test_theory_is_drawn_beside_the_record_and_faint_with_its_reason_where_a_hypothesis_fails():
    sim = simulation(lam=1.0, sigma=1.0)
    view = attached(Curves(), sim)
    claim = next(r for name, (_, r) in slots(view.plots[1]).items() if "claimed" in name)
    assert claim.glyph.line_dash == [2, 4] and claim.glyph.line_alpha == 1 and not view.plots[1].reasons.visible
    assert "001 Thm 3.5" in claim.name and "2λ > σ² holds" in claim.name and "$name" in view.plots[1].hover.tooltips
    sim.dynamics.sigma = 3.0
    sim.advance(1)
    view.paint(view.prepare(sim.frame, sim))
    claim = next(r for name, (_, r) in slots(view.plots[1]).items() if "claimed" in name)
    assert (
        claim.glyph.line_alpha == FAINT
        and "does not hold" in view.plots[1].reasons.text
        and view.plots[1].reasons.visible
    )


def test_thinning_keeps_extremes_and_both_ends_and_does_not_shimmer():
    y = np.random.default_rng(2).normal(size=50_000)
    y[31_234], k = 99.0, np.arange(50_000)
    thin_k, thin_y = thin(k, y)
    assert len(thin_k) <= MOST_POINTS and thin_y.max() == 99 and thin_y.min() == y.min()
    assert thin_k[0] == 0 and thin_k[-1] == k[-1] and (np.diff(thin_k) > 0).all()
    np.testing.assert_array_equal(y[thin_k], thin_y)
    later, _ = thin(k[:49_900], y[:49_900])
    assert np.isin(later[:-5], thin_k).all()


# ---- nothing moves without need ------------------------------------------------------------------------------------------------


def test_ranges_move_in_few_steps_and_always_contain_what_is_drawn():
    sim, moves = simulation(n=50), {}
    views = [attached(Arena(), sim), attached(Curves(), sim), attached(Density(), sim)]
    for i in range(300):
        sim.advance(1)
        for view in views:
            view.paint(view.prepare(sim.frame, sim))
            for j, pane in enumerate(figures(view)):
                if hasattr(pane.object, "x_range"):
                    f = pane.object
                    moves.setdefault((type(view).__name__, j), []).append(
                        (f.x_range.start, f.x_range.end, f.y_range.start, f.y_range.end)
                    )
        if i % 50 == 0:
            plot = views[1].plots[0]
            assert (
                plot.figure.y_range.start
                <= plot.slots[0][0].data["y"].min()
                <= plot.slots[0][0].data["y"].max()
                <= plot.figure.y_range.end
            )
    for name, ends in moves.items():
        assert np.isfinite(ends).all()
        changes = sum(a != b for a, b in pairwise(ends))
        assert changes <= 25, name


@pytest.mark.parametrize("step", [steps_around, decades_around])
def test_a_range_contains_its_data_and_is_kept_while_they_fit(step):
    rng, now = np.random.default_rng(3), None
    for _ in range(200):
        low, high = np.sort(10.0 ** rng.uniform(-6, 6, 2))
        ends = step(low, high, now)
        assert ends[0] <= low * (1 + 1e-9) and high <= ends[1] * (1 + 1e-9)
        assert step(low, high, ends) == ends
        now = ends
    assert step(np.nan, np.nan, None)[0] < step(np.nan, np.nan, None)[1]
    assert step(5.0, 5.0, None)[0] < step(5.0, 5.0, None)[1]


def test_the_view_grows_at_once_and_shrinks_only_after_a_while():
    zoom, far, near = Zoom(), np.full(30, 1.5), np.full(30, 0.2)
    assert zoom.step(far) and zoom.STEPS[zoom.place] >= 1.5
    assert not any(zoom.step(near) for _ in range(zoom.PATIENCE))
    assert zoom.step(near)


def test_a_steady_picture_is_a_few_small_messages():
    sim = simulation(n=100)
    views = [attached(make(), sim) for make in (Arena, Density, Curves)]
    doc = Document()
    for view in views:
        for pane in figures(view):
            doc.add_root(pane.object)
    for _ in range(40):
        step(sim, views)
    events = []
    doc.on_change(events.append)
    step(sim, views)
    assert {e.attr for e in events if hasattr(e, "attr")} <= {
        "data",
        "text",
        "x",
        "y",
        "ticker",
        "start",
        "end",
        "visible",
        "reset_start",
        "reset_end",
    }
    assert sum(getattr(e, "attr", "") == "data" for e in events) <= 16
    written = [e.model.data for e in events if getattr(e, "attr", "") == "data"]
    size = sum(np.asarray(column).nbytes for columns in written for column in columns.values())
    assert size < 40_000


def step(sim, views):
    sim.advance(1)
    for view in views:
        view.paint(view.prepare(sim.frame, sim))


def test_a_picture_of_another_run_is_not_painted():
    first, second = simulation(n=30, seed=1), simulation(n=60, seed=2)
    for make in (Arena, Density, Curves):
        view = attached(make(), first)
        stale = view.prepare(first.frame, first)
        view.attach(second)
        before = drawn_json(view)
        view.paint(stale)
        assert drawn_json(view) == before


# ---- threads, NaN, looks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_preparing_touches_no_figure(view, monkeypatch):
    sim = simulation("SSA", n=60)
    drawn = attached(VIEWS[view](), sim)
    sim.advance(5)
    prepare_on_a_worker(drawn, sim, monkeypatch)


def test_what_is_not_a_number_never_reaches_the_page_as_bare_json():
    class Unknown(sv.landscapes.Sphere):
        def minimisers(self, d):
            return np.empty((0, d))

    sim = sv.Simulation(sv.CBO(), Unknown(), sv.Swarm(n=20, d=2))
    sim.advance(5)
    assert np.isnan(sim.record["distance"]).all(), "nothing to be shown"
    view = attached(Curves(), sim)
    view.choose(0, "distance")
    view.choose(1, "value", log=True)
    assert view.plots[1].figure.yaxis.axis_label == "F − lowest met"
    for shown in (view, attached(Arena(), sim), attached(Density(), sim)):
        assert "NaN" not in drawn_json(shown)
        for pane in figures(shown):
            for ends in ("x_range", "y_range"):
                if hasattr(pane.object, ends):
                    assert np.isfinite([getattr(pane.object, ends).start, getattr(pane.object, ends).end]).all()


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


@pytest.mark.parametrize("view", VIEWS)
def test_the_theme_changes_what_is_already_drawn(view):
    drawn = attached(VIEWS[view](), simulation("SSA"))
    for dark, colours in ((True, DARK), (False, LIGHT)):
        drawn.set_dark(dark)
        for pane in figures(drawn):
            if hasattr(pane.object, "xaxis"):
                assert {axis.major_label_text_color for axis in pane.object.axis} == {colours.ink}
                assert {legend.label_text_color for legend in pane.object.legend} == {colours.ink}
            else:
                assert colours.ink in pane.object.styles["color"] or colours.soft in pane.object.styles["color"]
    fresh = attached(VIEWS[view](dark=True), simulation("SSA"))
    drawn.set_dark(True)
    for one, other in zip(figures(drawn), figures(fresh), strict=True):
        if hasattr(one.object, "renderers"):
            for a, b in zip(one.object.renderers, other.object.renderers, strict=True):
                assert getattr(a.glyph, "line_color", None) == getattr(b.glyph, "line_color", None)


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


# ---- the card ----------------------------------------------------------------------------------------------------------------------


def test_every_formula_becomes_mathml_without_anything_from_elsewhere():
    for owner in (*sv.dynamics.ALL.values(), *(cls() for cls in sv.landscapes.ALL.values())):
        html = formula(owner.equation) if owner.equation else ""
        assert not owner.equation or html.count("<math") >= 1
        assert "\\" not in html and "<script" not in html and "src=" not in html


def test_a_long_formula_is_broken_outside_of_brackets():
    html = formula(r"F = (a + b + c + d + e + f + g + h + i + j)^2 + (k + l + m + n + o + p + q + r + s + t)^2")
    assert html.count("<math") == 2


def test_the_card_names_every_parameter_the_source_and_the_minimum():
    sim = simulation("CBO", "Himmelblau")
    html = attached(EquationCard(), sim).html
    for declared in sim.dynamics.declared().values():
        assert f"<td>{declared.symbol}</td>" in html  # none of CBO's symbols has an index
    assert sim.dynamics.reference in html and "4 minimisers" in html and "min F = 0" in html


def test_names_of_another_make_cannot_become_html():
    class Odd(sv.landscapes.Sphere):
        title = "<img src=x onerror=alert(1)>"

    sim = sv.Simulation(sv.CBO(), Odd(), sv.Swarm(n=4, d=2))
    assert "<img" not in attached(EquationCard(), sim).html


@pytest.mark.parametrize("high", [5e307, 1.7e308, 1e308])
def test_an_axis_around_numbers_that_are_about_to_diverge_has_ends(high):
    low, top = decades_around(1.0, high)
    assert 0 < low < top < np.inf
    assert decades_around(high / 10, high, (low, top))[1] == top
