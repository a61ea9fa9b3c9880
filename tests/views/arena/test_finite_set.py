"""The arena of a finite set and the view beside it: what is drawn is the swarm and its laws, wherever the states lie. No browser."""

from __future__ import annotations

import json

import numpy as np
import panel as pn
import pytest
from bokeh.core.serialization import Serializer
from scipy.integrate import solve_ivp

import swarmviz as sv
from components.palette import DARK, LIGHT
from components.views.arena.arena import Arena
from components.views.arena.finite_set import FiniteSetRenderer
from components.views.occupation import Occupation
from swarmviz import theory
from swarmviz.drawing.claims import FAINT
from swarmviz.drawing.finite_set import even_above
from swarmviz.drawing.finite_set_laws import MOST_BARS
from swarmviz.drawing.finite_set_layout import RING_HALF_WIDTH, SHORTEST_DASH, layout_of
from swarmviz.schedules import Power
from swarmviz.theory import finite_set_curves
from tests.views.finite_set import eta, run
from tests.views.worker import prepare_on_a_worker

KINDS = {"row": ("path", 1), "ring": ("cycle", 1), "lattice": ("grid", 2)}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def shown(sim, make=Arena):
    """Attached, and painted as the page does it next."""
    view = make()
    view.attach(sim)
    if (payload := view.prepare(sim.frame, sim)) is not None:
        view.paint(payload)
    return view


def step(sim, *views, steps=1):
    sim.advance(steps)
    for view in views:
        paint(view, sim)


def paint(view, sim):
    view.paint(view.prepare(sim.frame, sim))


def drawn_json(view):
    roots = [pane.object for pane in view.pane.select(pn.pane.Bokeh)]
    return json.dumps(Serializer().encode(roots), allow_nan=False, default=lambda b: len(getattr(b, "data", b)))


def metropolis_law(U, links, beta, rate, t):
    """Probabilities at time t from the uniform law, by another solver than the module's."""
    L = np.zeros((len(U), len(U)))
    for x, y in [*links, *links[:, ::-1]]:
        L[x, y] += rate * np.exp(-beta * max(U[y] - U[x], 0))
    L -= np.diag(L.sum(axis=1))
    start = np.full(len(U), 1 / len(U))
    return solve_ivp(lambda t, p: p @ L, (0, t), start, method="RK45", rtol=1e-9, atol=1e-12).y[:, -1]


# ---- the right numbers -------------------------------------------------------------------------------------------------------


@EVERY_KIND
@pytest.mark.parametrize("n", [2, 50, 100_000])
def test_the_bars_are_the_shares_of_the_agents(kind, n):
    graph, d = KINDS[kind]
    sim = run(graph, d, n, states=25)
    arena = shown(sim)
    step(sim, arena, steps=4)
    data, scale = arena.renderer.points.data, arena.renderer.full
    share = np.bincount(sim.frame.node, minlength=25) / n
    np.testing.assert_allclose(data["share"], share, rtol=1e-6)
    np.testing.assert_array_equal(data["count"], np.bincount(sim.frame.node, minlength=25))
    length = (data["end"] - data["base"]).astype(float)
    if kind == "lattice":  # 441 cells had 441 dashes, most of them for nobody
        np.testing.assert_array_equal(np.isnan(length), share == 0)
        length = np.nan_to_num(length)
    np.testing.assert_allclose(length / length.max(), share / share.max(), atol=1e-4)
    assert share.max() <= scale <= max(3 * share.max(), 3 * eta(sim.frame.heights, 5.0).max())
    assert f"{n:,} agents" in arena.renderer.legend.items[0].label.value


@EVERY_KIND
def test_the_target_is_normalised_and_equals_an_independent_computation(kind):
    graph, d = KINDS[kind]
    sim = run(graph, d, states=25, beta=2.0)
    data = shown(sim).renderer.points.data
    assert data["target"].sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(data["target"], eta(sim.frame.heights, 2.0), atol=1e-7)
    assert eta(sim.frame.heights, 2.0).max() > 1.5 / 25  # else a uniform law would pass, too


@EVERY_KIND
def test_the_exact_law_equals_an_independent_solution(kind):
    graph, d = KINDS[kind]
    sim = run(graph, d, states=16, generator="metropolis", beta=1.5, rate=0.2, steps=7)
    data, frame = shown(sim).renderer.points.data, sim.frame
    law = metropolis_law(frame.heights, frame.links, 1.5, 0.2, sim.t)
    np.testing.assert_allclose(data["law"], law, atol=2e-6)
    gibbs = np.exp(-1.5 * (frame.heights - frame.heights.min()))
    np.testing.assert_allclose(data["target"], gibbs / gibbs.sum(), atol=1e-6)
    assert np.abs(law - gibbs / gibbs.sum()).max() > 1e-2  # the two laws differ by more than the tolerance


@EVERY_KIND
def test_the_lines_of_the_laws_lie_where_their_bars_would_end(kind):
    graph, d = KINDS[kind]
    sim = run(graph, d, states=25)
    renderer = shown(sim).renderer
    layout, scale = renderer.background.layout, renderer.full
    for line, name in zip(renderer.lines, ("target", "law"), strict=True):
        v = renderer.points.data[name] / scale
        end = layout.boxes(v)["end"][(v >= SHORTEST_DASH) | (kind != "lattice")]
        x, y = line.data["x"], line.data["y"]
        at = np.hypot(x, y) if kind == "ring" else y
        np.testing.assert_allclose(np.unique(at[np.isfinite(at)].round(4)), np.unique(end.round(4)), atol=2e-4)


@EVERY_KIND
def test_the_known_minimisers_and_the_fullest_state_are_marked(kind):
    graph, d = KINDS[kind]
    sim = run(graph, d, states=25, steps=40)
    renderer = shown(sim).renderer
    lowest = np.flatnonzero(sim.frame.heights <= sim.frame.heights.min() + 1e-9)
    np.testing.assert_array_equal(sim.frame.lowest, lowest)
    stars, data = renderer.minimisers.data, renderer.points.data
    away = np.hypot(stars["x"] - data["x"][lowest], stars["y"] - data["y"][lowest])
    assert (away <= (0.6 * np.hypot(*renderer.background.layout.size) if kind == "lattice" else 1e-6)).all()
    full = int(np.argmax(data["share"]))
    x, y = renderer.marks.data["x"][0], renderer.marks.data["y"][0]
    if kind == "ring":
        turn = np.mod(np.arctan2(y, x) - data["a"][full], 2 * np.pi)
        assert 0 < turn < data["b"][full] - data["a"][full] and np.hypot(x, y) > data["end"][full]
    else:
        assert data["a"][full] < x < data["b"][full] and y > data["end"][full]


def test_the_end_of_the_bars_moves_in_steps():
    assert [even_above(p) for p in (1.0, 0.41, 0.021, 0.0011)] == pytest.approx([1.0, 0.6, 0.03, 0.0015])
    sim = run(n=2000, states=20)
    arena = shown(sim)
    before = arena.renderer.full
    for _ in range(20):
        step(sim, arena)
    assert arena.renderer.full == before


# ---- places ------------------------------------------------------------------------------------------------------------------


def test_a_path_is_a_row_along_the_box():
    sim = run("path", states=20)
    renderer, (low, high) = shown(sim).renderer, sim.landscape.limits(1)
    data = renderer.points.data
    np.testing.assert_allclose((data["a"] + data["b"]) / 2, sim.frame.sites[:, 0], atol=1e-5)
    np.testing.assert_allclose(data["x"], sim.frame.sites[:, 0], atol=1e-5)
    assert (renderer.figure.x_range.start, renderer.figure.x_range.end) == (low[0], high[0])
    order = np.argsort(sim.frame.heights)
    assert (np.diff(data["y"][order]) >= 0).all() and renderer.heights.visible and renderer.quads.visible


def test_a_cycle_is_a_ring_clockwise_from_the_top():
    renderer = shown(run("cycle", states=20)).renderer
    data = renderer.tints.data
    width = 2 * np.pi / 20
    np.testing.assert_allclose((data["a"] + data["b"]) / 2, np.pi / 2 - width * (np.arange(20) + 0.5), atol=1e-5)
    assert (0.9 * width < data["b"] - data["a"]).all() and (data["b"] - data["a"] < width).all()
    assert renderer.wedges.visible and not renderer.quads.visible and not renderer.figure.xaxis.visible
    assert renderer.numbers.data_source.data["text"] == [str(i) for i in range(20)]
    line = renderer.lines[0].data
    assert np.hypot(line["x"], line["y"]).max() < RING_HALF_WIDTH
    assert (line["x"][0], line["y"][0]) == pytest.approx((line["x"][-1], line["y"][-1]), abs=1e-5)


def test_a_grid_has_a_cell_for_each_state_with_its_bar_in_it():
    sim = run("grid", d=2, states=30, landscape="Himmelblau")
    renderer, (low, high) = shown(sim).renderer, sim.landscape.limits(2)
    data, sites, half = renderer.points.data, sim.frame.sites, (high - low) / (6, 5) / 2
    assert len(data["a"]) == 30 == len(np.unique(sites, axis=0))
    assert (data["a"] > sites[:, 0] - half[0]).all() and (data["b"] < sites[:, 0] + half[0]).all()
    assert (data["base"] > sites[:, 1] - half[1]).all() and (data["end"] < sites[:, 1] + half[1])[
        data["share"] > 0
    ].all()
    image = renderer.heights_image.data["image"][0]
    assert image.shape == (5, 6)
    row, column = np.unravel_index(np.argmin(image), image.shape)
    x = low + 2 * half * (column + 0.5, row + 0.5)
    assert sim.frame.heights.min() == pytest.approx(sim.landscape.values(x[None])[0])


@pytest.mark.parametrize(("d", "states"), [(3, 64), (4, 81), (6, 100), (20, 9)])
def test_more_coordinates_are_drawn_as_blocks_that_do_not_overlap(d, states):
    sim = run("grid", d=d, states=states)
    layout = layout_of(sim.frame, *sim.landscape.limits(d))
    S = len(sim.frame.sites)
    assert len(np.unique(layout.cells, axis=0)) == S and (layout.cells >= 0).all()
    image = layout.image(np.arange(S))
    assert np.isfinite(image).sum() == S
    renderer = shown(sim).renderer
    assert f"d = {d}" in renderer.figure.title.text and not renderer.figure.xaxis.visible


@pytest.mark.parametrize(
    ("graph", "d", "count"),
    [("cycle", 1, 20), ("path", 1, 19), ("complete", 1, 190), ("grid", 2, 31), ("cycle", 2, 20)],
)
def test_links_join_the_places_of_neighbours(graph, d, count):
    sim = run(graph, d, states=20)
    renderer = shown(sim).renderer
    ways, data = renderer.links.data, renderer.points.data
    assert len(ways["x0"]) == count == len(sim.frame.links)
    places = np.stack([data["x"], data["y"]], 1)
    for i, end in enumerate(("0", "1")):
        np.testing.assert_allclose(
            np.stack([ways["x" + end], ways["y" + end]], 1), places[sim.frame.links[:, i]], atol=1e-6
        )


def test_links_around_a_torus_leave_the_picture_instead_of_crossing_it():
    sim = run("torus", d=2, states=25)
    ways = shown(sim).renderer.links.data
    cell = (sim.landscape.limits(2)[1][0] - sim.landscape.limits(2)[0][0]) / 5
    length = np.hypot(ways["x1"] - ways["x0"], ways["y1"] - ways["y0"])
    assert len(length) == 40 + 2 * 10 and (length < 1.01 * cell).all()


@EVERY_KIND
def test_jumps_since_the_last_picture_are_seen_and_fade(kind):
    graph, d = KINDS[kind]
    sim = run(graph, d, states=16, rate=0.05)
    arena = shown(sim)
    before = sim.frame.node
    step(sim, arena)
    moved, moves = before != sim.frame.node, arena.renderer.jumps.data
    links = {tuple(pair) for pair in sim.frame.links.tolist()}
    pairs = {
        tuple(sorted(pair)) for pair in zip(before[moved].tolist(), sim.frame.node[moved].tolist(), strict=True)
    } & links
    assert pairs and len(moves["x0"]) == len(pairs) and (moves["alpha"] > 0.5).all()
    place = np.stack([arena.renderer.points.data["x"], arena.renderer.points.data["y"]], 1)
    drawn = {tuple(row) for row in np.stack([moves[c] for c in ("x0", "y0", "x1", "y1")], 1).tolist()}
    assert drawn == {(*map(float, place[a]), *map(float, place[b])) for a, b in pairs}
    step(sim, arena, steps=30)
    drawn = np.stack([arena.renderer.jumps.data[c] for c in ("x0", "y0", "x1", "y1")], 1).tolist()
    assert {tuple(row) for row in drawn} <= {(*map(float, place[a]), *map(float, place[b])) for a, b in links}
    assert arena.renderer.jumps.data["alpha"].min() < 0.5
    sim.goto(1)
    paint(arena, sim)
    assert len(arena.renderer.jumps.data["x0"]) == 0


# ---- many states --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", ["path", "cycle"])
def test_of_many_states_some_share_a_bar_and_none_is_lost(graph):
    sim = run(graph, n=100_000, states=10_000)
    arena = shown(sim)
    data, share = arena.renderer.points.data, np.bincount(sim.frame.node, minlength=10_000) / sim.frame.n
    assert len(data["share"]) == MOST_BARS and "20 states per bar" in arena.renderer.note.text
    np.testing.assert_allclose(data["share"], share.reshape(MOST_BARS, 20).sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(
        data["target"], eta(sim.frame.heights, 5.0).reshape(MOST_BARS, 20).sum(axis=1), rtol=1e-5
    )
    assert len(arena.renderer.links.data["x0"]) == len(data["share"]) - (graph == "path")


def test_of_many_cells_the_occupation_is_shaded_and_says_so():
    sim = run("torus", d=2, n=5000, states=10_000, landscape="Rastrigin")
    renderer = shown(sim).renderer
    image = renderer.density.data["image"][0]
    empty = np.bincount(sim.frame.node, minlength=10_000).reshape(100, 100).T == 0
    np.testing.assert_array_equal(image == 0, empty)
    assert renderer.cloud.visible and not renderer.quads.visible and "10,000 states" in renderer.note.text


def test_a_graph_with_too_many_links_is_drawn_without_them():
    assert len(shown(run("complete", states=100)).renderer.links.data["x0"]) == 0


@pytest.mark.parametrize("states", [2, 3, 501])
@EVERY_KIND
def test_every_number_of_states_is_drawn(kind, states):
    graph, d = KINDS[kind]
    sim = run(graph, d, states=states)
    for make in (Arena, Occupation):
        view = shown(sim, make)
        step(sim, view)
        assert "NaN" not in drawn_json(view)


def test_a_steady_picture_of_the_largest_slider_is_small():
    sim = run("cycle", n=100_000, states=400)
    arena = shown(sim)
    step(sim, arena)
    payload = arena.prepare(sim.frame, sim)
    assert "background" not in payload
    columns = [*payload["points"].values(), *(c for line in payload["laws"] for c in line.values())]
    assert sum(c.nbytes for c in columns) < 40_000


# ---- changes --------------------------------------------------------------------------------------------------------------------


def test_the_graph_may_change_under_the_running_swarm():
    sim = run("cycle", states=20)
    arena = shown(sim)
    for graph, states, kind in (
        ("path", 20, "row"),
        ("cycle", 300, "ring"),
        ("complete", 12, "ring"),
        ("path", 7, "row"),
    ):
        sim.dynamics.param.update(graph=graph, states=states)
        step(sim, arena)
        renderer = arena.renderer
        assert renderer.background.layout.kind == kind and len(renderer.points.data["share"]) == states
        assert (renderer.strip.visible, renderer.rim.visible) == (kind == "row", kind == "ring")
        assert renderer.points.data["law"].sum() == pytest.approx(1, abs=1e-4)
        assert f"{states} states" in renderer.figure.title.text
    sim.dynamics.beta = 1.0
    step(sim, arena)
    np.testing.assert_allclose(arena.renderer.points.data["target"], eta(sim.frame.heights, 1.0), atol=1e-6)
    sim.goto(1)
    paint(arena, sim)
    assert len(arena.renderer.points.data["share"]) == 20


def test_moving_between_dynamics_and_back():
    arena, finite = Arena(), run("cycle")
    plane = sv.Simulation(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=20, d=2))
    arena.attach(finite)
    graph = arena.renderer
    arena.attach(plane)
    assert not isinstance(arena.renderer, FiniteSetRenderer) and arena.pane.object is arena.renderer.figure
    row = run("path", n=7)
    arena.attach(row)
    assert arena.renderer is graph and arena.pane.object is graph.figure and graph.quads.visible
    assert "7 agents" in graph.legend.items[0].label.value
    assert graph.quads.visible


def test_the_arena_keeps_no_run_alive():
    import gc
    import weakref

    arena, sim = Arena(), run()
    arena.attach(sim)
    gone = weakref.ref(sim)
    arena.attach(sv.Simulation(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=20, d=2)))
    del sim
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("make", [Arena, Occupation])
@EVERY_KIND
def test_the_theme_changes_what_is_already_drawn(make, kind):
    graph, d = KINDS[kind]
    sim = run(graph, d)
    drawn, fresh = shown(sim, make), make(dark=True)
    fresh.attach(sim)
    for dark, colours in ((False, LIGHT), (True, DARK)):
        drawn.set_dark(dark)
        fig = drawn.figure
        assert {axis.major_label_text_color for axis in fig.axis} == {colours.ink}
        assert {legend.label_text_color for legend in fig.legend} == {colours.ink}
    for a, b in zip(drawn.figure.renderers, fresh.figure.renderers, strict=True):
        for name in ("line_color", "fill_color"):
            one, other = (getattr(r.glyph, name, None) for r in (a, b))
            assert type(one) is type(other) and (not isinstance(one, str) or one == other)
    if make is Arena and kind == "ring":
        for renderer in (drawn.renderer, fresh.renderer):
            assert renderer.numbers.data_source.data["ink"] == drawn.renderer.numbers.data_source.data["ink"]
            assert renderer.shades.palette == list(DARK.landscape)


@pytest.mark.parametrize("make", [Arena, Occupation])
def test_preparing_touches_no_figure(make, monkeypatch):
    sim = run("cycle", n=60)
    drawn = shown(sim, make)
    sim.dynamics.graph = "path"
    sim.advance(5)
    prepare_on_a_worker(drawn, sim, monkeypatch)


# ---- hypotheses -----------------------------------------------------------------------------------------------------------------


def test_a_theorem_that_does_not_apply_is_said_in_words_and_its_law_drawn_faintly():
    fails, holds = run(beta=Power(gamma=0.9)), run(beta=Power(gamma=0.2))
    for sim, said in ((fails, True), (holds, False)):
        arena, beside = shown(sim), shown(sim, Occupation)
        assert (
            ("−m/(2(1 − m))” fails" in arena.renderer.note.text.replace("\n", " "))
            == said
            == ("fails" in beside.reasons.text)
        )
        assert arena.renderer.note.visible == beside.reasons.visible == said
        assert arena.renderer.target.glyph.line_alpha == (FAINT if said else 1.0)


# ---- beside the arena -----------------------------------------------------------------------------------------------------------


# ---- the law that is asked for at every picture ------------------------------------------------------------------------------------


def test_the_law_goes_on_through_changes_of_the_run():
    sim = run("cycle", generator="metropolis", beta=0.0, rate=0.3, steps=5)
    first = theory.law(sim).density(sim.frame.sites) / 20
    np.testing.assert_allclose(first, 1 / 20, atol=1e-9)
    sim.dynamics.beta = 2.0
    sim.advance(4)
    after = metropolis_law(sim.frame.heights, sim.frame.links, 2.0, 0.3, 4.0)
    np.testing.assert_allclose(theory.law(sim).density(sim.frame.sites) / 20, after, atol=2e-6)
    sim.goto(5)
    np.testing.assert_allclose(theory.law(sim).density(sim.frame.sites) / 20, first, atol=1e-9)


def test_a_slider_that_was_moved_often_costs_each_change_once(monkeypatch):
    begun = []
    begin = finite_set_curves._begin
    monkeypatch.setattr(finite_set_curves, "_begin", lambda entry, *rest: begun.append(entry) or begin(entry, *rest))
    sim = run(steps=0)
    for i in range(100):
        sim.dynamics.beta = 5.0 + 0.01 * i
        sim.advance(1)
        theory.law(sim)
    assert len(begun) <= 101


def test_a_law_that_cannot_be_followed_is_left_out_and_ends_no_run():
    stiff = run("cycle", rate=1e6, beta=1e6)
    large = run("cycle", states=1000)
    for sim in (stiff, large):
        view = shown(sim)
        step(sim, view, steps=20)
        if theory.law(sim) is None:
            assert all(line.observable != "energy" or np.isnan(line.y).any() for line in theory.lines(sim))
            assert "exact law" not in [item.label.value for item in view.renderer.legend.items]
    assert theory.law(large) is None
    large.dynamics.states = 20
    large.advance(1)
    assert theory.law(large) is None  # it would have to start where the large one ended
    assert theory.lines(large) == []


def test_many_states_and_few_are_integrated_to_the_same_law():
    from swarmviz.theory import finite_set

    sim = run("cycle", states=finite_set.DENSE + 20, rate=1.0, steps=30)
    frame = sim.frame
    law = finite_set.ExactLaw(frame.links, frame.heights, 5.0, -1.0, 1.0, np.ones(len(frame.heights)), 0.0, 1e-9)
    law._method, law._jacobian = "LSODA", None
    np.testing.assert_allclose(theory.law(sim).density(frame.sites), law.at(sim.t)[0], atol=1e-4)


def test_an_unknown_dynamics_has_no_law():
    assert theory.law(sv.Simulation(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm(n=5, d=1))) is None
