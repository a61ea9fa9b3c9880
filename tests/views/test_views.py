"""The figures: what is written to their sources is the swarm, nothing moves without need, and nothing is left out silently. No browser."""

from __future__ import annotations

import json
from html import escape
from itertools import pairwise

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
from components.views.curves.curve_plot import FAINT, MOST_POINTS, thin
from components.views.curves.curves import Curves
from components.views.density.density import Density
from components.views.density.joint import contours
from swarmviz import theory
from swarmviz.drawing.axes import decades_around, steps_around
from swarmviz.drawing.density import histogram, target_marginals
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
    return arena.renderer.points.data


def prepared(view, sim):
    """What ``view`` paints next, whichever of the two signatures it has."""
    return view.prepare(sim.frame, sim) if isinstance(view, Arena) else view.prepare(sim)


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
            payload = prepared(view, sim)
            if payload is not None:
                view.paint(payload)
    for view in views:
        view.set_dark(True)
        assert drawn_json(view)
    assert all(len(column) for column in views[2].plots[0].slots[0][0].data.values())


# ---- what is written is the swarm ------------------------------------------------------------------------------------------


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
                view.paint(prepared(view, sim))
    assert np.abs(sim.frame.x).max() > 1e100
    for column in points(views[0]).values():
        assert np.isfinite(column).all()
    assert "outside" in views[0].renderer.note.text


# ---- nobody is lost ----------------------------------------------------------------------------------------------------------


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
    view.paint(prepared(view, sim))
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
            view.paint(prepared(view, sim))
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
        view.paint(prepared(view, sim))


def test_a_picture_of_another_run_is_not_painted():
    first, second = simulation(n=30, seed=1), simulation(n=60, seed=2)
    for make in (Density, Curves):  # of the arena, the session's generation keeps it away
        view = attached(make(), first)
        stale = view.prepare(first)
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
