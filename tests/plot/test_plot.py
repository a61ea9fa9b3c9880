"""HoloViews elements of runs and tables: their numbers are those of the run or the table, and their axes say what they are."""

import sys

import holoviews as hv
import numpy as np
import pytest
from bokeh.document import Document
from bokeh.io.doc import patch_curdoc
from bokeh.models import GlyphRenderer
from holoviews.selection import link_selections

import swarmviz as sv
from swarmviz import presets
from swarmviz.drawing.map import edges_of, map_picture
from swarmviz.plot import elements
from swarmviz.plot.map import grows_by_factors
from swarmviz.theory import lines as theory_lines

RASTRIGIN = sv.landscapes.Rastrigin()
DOCUMENT = Document()


@pytest.fixture(scope="module", autouse=True)
def back_ends():
    hv.extension("bokeh", "matplotlib", logo=False)


@pytest.fixture(scope="module")
def sim():
    sim = sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=60, d=2, seed=1))
    sim.advance(60)
    return sim


@pytest.fixture(scope="module")
def table():
    grid = {"sigma": [0.3, 0.6, 1.2], "alpha": [1.0, 10.0, 100.0, 1000.0], "lam": [0.5, 1.0]}
    swarm = sv.Swarm(n=20, d=2, seed=2)
    return sv.sweep(sv.CBO(), RASTRIGIN, swarm, grid=grid, runs=10, steps=60, record=None)


def drawn(element, kind):
    """All elements of a kind and no other (an Area is a Curve, too), wherever they lie in an element."""
    return [part for part in element.traverse(lambda part: part, [kind]) if type(part) is kind]


def renders(element):
    """That both back ends can draw it; a map of many by its last."""
    for backend in ("bokeh", "matplotlib"):
        with patch_curdoc(DOCUMENT):  # that of another test may be gone
            hv.render(element.last if isinstance(element, hv.HoloMap) else element, backend=backend)


def test_the_arena_holds_every_agent_where_it_is_with_its_value(sim):
    arena = sv.plot.arena(sim)
    (agents,) = (points for points in drawn(arena, hv.Points) if points.group == "Agents")
    np.testing.assert_array_equal(agents.array([0, 1]), sim.frame.x)
    np.testing.assert_array_equal(agents["value"], sim.frame.energy)
    (stars,) = (points for points in drawn(arena, hv.Points) if points.group == "Minimisers")
    np.testing.assert_allclose(stars.array([0, 1]), sim.landscape.minimisers(2))
    (image,) = drawn(arena, hv.Image)
    at = image.closest((0.0, 0.0))
    assert image[at] < image[image.closest((4.5, 4.5))]  # rows of the image run upwards
    renders(arena)


def test_an_image_of_the_arena_has_its_rows_and_columns_where_they_belong():
    """By a landscape that is lowest in one corner only."""
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Formula("(x1 - 2)^2 + (x2 + 1)^2"), sv.Swarm(n=10, d=2, seed=1))
    (image,) = drawn(sv.plot.arena(sim), hv.Image)
    column = image.dimension_values("height").argmin()
    x, y = image.dimension_values("x1")[column], image.dimension_values("x2")[column]
    half = np.ptp(image.dimension_values("x1")) / 240
    assert abs(x - 2) <= 2 * half and abs(y + 1) <= 2 * half


def test_on_a_line_agents_stand_at_their_values_on_the_curve():
    sim = sv.Simulation(sv.SSA(), sv.landscapes.Ackley(), sv.Swarm(n=30, d=1, seed=1))
    sim.advance(20)
    arena = sv.plot.arena(sim)
    agents = next(points for points in drawn(arena, hv.Points) if points.group == "Agents")
    np.testing.assert_array_equal(agents.array([0, 1]), np.column_stack([sim.frame.x[:, 0], sim.frame.energy]))
    (curve,) = drawn(arena, hv.Curve)
    np.testing.assert_allclose(curve["F"], sim.landscape.values(curve["x"][:, None]))
    renders(arena)


def test_of_a_finite_set_the_states_have_the_share_of_the_agents_on_them():
    sim = sv.Simulation(*presets.opening("FiniteSet").build())
    sim.advance(20)
    arena = sv.plot.arena(sim)
    states = next(points for points in drawn(arena, hv.Points) if points.group == "Agents")
    np.testing.assert_array_equal(states["share"], sim.frame.occupation)
    assert states["share"].sum() == pytest.approx(1)
    renders(arena)


def test_a_large_swarm_is_drawn_as_a_count():
    sim = sv.Simulation(sv.CBO(), RASTRIGIN, sv.Swarm(n=3000, d=2, seed=1))
    arena = sv.plot.arena(sim)
    assert not [points for points in drawn(arena, hv.Points) if points.group == "Agents"]
    counts = next(image for image in drawn(arena, hv.Image) if image.group == "Agents")
    shown = np.flipud(counts.dimension_values("shade", flat=False))
    assert np.isfinite(shown).any()
    renders(arena)


@pytest.mark.parametrize(("over", "column"), [("steps", "k"), ("time", "t"), ("evaluations", "evaluations")])
def test_a_curve_of_a_run_is_its_record(sim, over, column):
    overlay = sv.plot.curves(sim, "dispersion", over=over)
    curve = next(curve for curve in drawn(overlay, hv.Curve) if curve.label == "measured")
    np.testing.assert_allclose(curve.dimension_values(0), sim.record[column])
    np.testing.assert_array_equal(curve.dimension_values(1), sim.record["dispersion"])
    assert curve.vdims[0].label == "V"
    renders(overlay)


def test_an_axis_has_a_unit_where_something_is_measured_in_one_and_says_it_once():
    sim = sv.Simulation(sv.BGK(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=1))
    sim.advance(5)
    units = {
        name: {c.vdims[0].unit for c in drawn(sv.plot.curves(sim, name), hv.Curve)} for name in ("error", "dispersion")
    }
    assert units == {"error": {"half widths of the box"}, "dispersion": {None}}
    sweep = sv.sweep(
        sv.CBO(), RASTRIGIN, sv.Swarm(n=5, d=2), {"sigma": [0.3, 1.0], "lam": [0.5, 1.0]}, runs=2, steps=4, record=None
    )
    assert [sv.plot.map(sweep, value=name).vdims[0].unit for name in ("steps_taken", "final_best")] == ["steps", None]
    own = elements.dimension_of(sweep["evaluations"])
    assert own.pprint_label == "evaluations" and elements.dimension("k", "c", "steps").pprint_label == "c (steps)"


def test_lines_of_theory_lie_beside_a_curve_unless_they_are_not_wanted(sim):
    lines = {line.title for line in theory_lines(sim) if line.observable == "dispersion"}
    assert {curve.label for curve in drawn(sv.plot.curves(sim, "dispersion"), hv.Curve)} == lines | {"measured"}
    assert [curve.label for curve in drawn(sv.plot.curves(sim, "dispersion", theory=False), hv.Curve)] == ["measured"]


def test_bands_of_many_runs_are_their_quantiles(table):
    one = table.isel(sigma=1, alpha=2, lam=0)
    overlay = sv.plot.curves(one, "dispersion")
    runs = one["dispersion"].values
    (median,) = drawn(overlay, hv.Curve)
    np.testing.assert_allclose(median.dimension_values(1), np.median(runs, axis=0))
    wide, narrow = drawn(overlay, hv.Area)
    for area, (low, high) in ((wide, (0.05, 0.95)), (narrow, (0.25, 0.75))):
        np.testing.assert_allclose(area.dimension_values(1), np.quantile(runs, low, axis=0))
        np.testing.assert_allclose(area.dimension_values(2), np.quantile(runs, high, axis=0))
    renders(overlay)


def test_the_axes_of_a_sweep_are_menus_or_lines(table):
    menus = sv.plot.curves(table, "dispersion", by="sigma", over="time")
    assert isinstance(menus, hv.HoloMap) and [dim.name for dim in menus.kdims] == ["alpha", "lam"]
    assert [dim.label for dim in menus.kdims] == ["α", "λ"] and len(menus) == 8
    lines = drawn(menus[10.0, 0.5], hv.Curve)
    assert [line.label for line in lines] == ["σ = 0.3", "σ = 0.6", "σ = 1.2"]
    cell = table["dispersion"].sel(alpha=10, lam=0.5, sigma=0.6)
    np.testing.assert_allclose(lines[1].dimension_values(1), np.median(cell, axis=0))
    renders(menus)


def test_the_runtime_distribution_is_the_share_of_runs_that_got_there(table):
    one = table.isel(sigma=0, alpha=3, lam=1)
    overlay = sv.plot.ecdf(one, [0.5])
    (line,) = drawn(overlay, hv.Curve)
    at, share = line.dimension_values(0), line.dimension_values(1)
    there = one["best"].values - float(one["lowest_known"]) <= 0.5
    first = [
        spent[hit.argmax()] if hit.any() else np.inf
        for hit, spent in zip(there, one["evaluations"].values, strict=True)
    ]
    np.testing.assert_allclose(share, [np.mean(np.array(first) <= x) for x in at])
    renders(sv.plot.ecdf(table, [1.0, 0.1], by="sigma"))


def test_a_map_has_the_share_of_successes_of_each_cell_in_its_place(table):
    menus = sv.plot.map(table, "alpha", "sigma")
    mesh = menus[0.5]
    assert [dim.label for dim in mesh.kdims] == ["α", "σ"] and mesh.vdims[0].name == "success_rate"
    shown = mesh.dimension_values("success_rate", flat=False)
    np.testing.assert_allclose(shown, table["success"].sel(lam=0.5).mean("run").transpose("sigma", "alpha"))
    found = sv.plot.map(table, "sigma", "alpha", "final_error")[1.0].dimension_values("final_error", flat=False)
    np.testing.assert_allclose(found, table["final_error"].sel(lam=1).median("run").transpose("alpha", "sigma"))
    renders(menus)


def test_a_map_with_words_on_an_axis_is_a_heat_map():
    swarm = sv.Swarm(n=10, d=2)
    table = sv.sweep(
        sv.CBO(), RASTRIGIN, swarm, grid={"sigma": [0.2, 1.0]}, landscapes=["Sphere", "Ackley"], runs=4, steps=30
    )
    heat = sv.plot.map(table)
    assert isinstance(heat, hv.HeatMap)
    for landscape in ("Sphere", "Ackley"):
        shown = heat.select(landscape=landscape)["success_rate"]
        np.testing.assert_allclose(shown, table["success"].sel(landscape=landscape).mean("run"))
    renders(heat)


def test_parallel_coordinates_have_a_line_for_each_cell_that_ends_at_its_value(table):
    overlay = sv.plot.parallel(table)
    (segments,) = drawn(overlay, hv.Segments)
    axes = ["sigma", "alpha", "lam"]
    rows = segments.dframe()
    assert len(rows) == 24 * len(axes)
    rate = table["success"].mean("run")
    for cell, line in rows.groupby(axes):
        own = rate.sel(dict(zip(axes, cell, strict=True)))
        assert set(line["success_rate"]) == {float(own)} and list(line["axis"]) == [0, 1, 2]
        heights, ends = line["height"].to_numpy(), line["height_end"].to_numpy()
        np.testing.assert_array_equal(heights[1:], ends[:-1])  # one line
        assert ends[-1] == pytest.approx(float(own))
        assert heights[1] == pytest.approx(np.log10(cell[1]) / 3)  # its values grow by factors
    words = {(text.x, text.y < 0): text.text for text in drawn(overlay, hv.Text)}
    assert words[0, True] == "0.3" and words[0, False] == "1.2" and words[3, False] == "1"
    renders(overlay)


def test_densities_are_histograms_of_the_agents(sim, table):
    layout = sv.plot.density(sim, bins=20)
    first = drawn(layout, hv.Histogram)[0]
    low, high = sim.landscape.limits(2)
    top, _ = np.histogram(sim.frame.x[:, 0], 20, (low[0], high[0]))
    np.testing.assert_allclose(first.dimension_values(1), top / (60 * (high[0] - low[0]) / 20))
    renders(layout)
    one = sv.plot.density(table.isel(sigma=0, alpha=0, lam=0), [1], bins=10)
    (bars,) = drawn(one, hv.Histogram)
    expected, _ = np.histogram(table["final_answer"].isel(sigma=0, alpha=0, lam=0, coordinate=1), 10, density=True)
    np.testing.assert_allclose(bars.dimension_values(1), expected)


def test_a_refined_sweep_has_the_cells_and_values_of_the_map_on_the_page():
    grid = {"cutoff": [0.02, 0.04, 0.08, 0.16], "lam": [0.5, 1.0, 1.5]}
    *_, table = sv.refine(sv.SSA(), RASTRIGIN, sv.Swarm(n=8, d=1, seed=2), grid, runs=8, steps=20)
    statistics = {
        str(name): values.values for name, values in table.data_vars.items() if values.dims == ("cutoff", "lam")
    }
    for colour, value in (("found", "success_rate"), ("gap", "median_gap")):
        picture = map_picture(np.array(grid["cutoff"]), np.array(grid["lam"]), (True, False), statistics, colour)
        (mesh,) = drawn(sv.plot.map(table, "cutoff", "lam", value), hv.QuadMesh)
        np.testing.assert_array_equal(mesh.dimension_values(2, flat=False), picture.values)
        for i, edges in enumerate((picture.x_edges, picture.y_edges)):
            np.testing.assert_allclose(np.unique(mesh.interface.coords(mesh, mesh.kdims[i], edges=True)), edges)


def test_cells_lie_around_their_values():
    np.testing.assert_allclose(edges_of(np.array([1.0, 2.0, 3.0]), False), [0.5, 1.5, 2.5, 3.5])
    np.testing.assert_allclose(edges_of(np.array([1.0, 10.0, 100.0]), True), 10.0 ** np.array([-0.5, 0.5, 1.5, 2.5]))
    np.testing.assert_allclose(edges_of(np.array([0.0]), False), [-0.5, 0.5])
    np.testing.assert_allclose(edges_of(np.array([4.0]), False), [2.0, 6.0])
    assert grows_by_factors(np.array([1, 2, 4, 8])) and not grows_by_factors(np.array([1.0, 2.0, 3.0, 4.0]))
    assert not grows_by_factors(np.array([-1.0, 1.0, 10.0]))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda sim, table: sv.plot.curves(sim, "nothing"), "names = 'nothing': must be a recorded observable"),
        (lambda sim, table: sv.plot.curves(sim, over="years"), "over = 'years': must be 'steps', 'time', 'evaluations'"),
        (lambda sim, table: sv.plot.curves(sim, by="sigma"), "by = 'sigma': a single run has no axes"),
        (lambda sim, table: sv.plot.curves(sim, []), "names = .*: must be at least one"),
        (lambda sim, table: sv.plot.curves(table, "nothing"), "names = 'nothing': must be a recorded observable"),
        (lambda sim, table: sv.plot.curves(table, by="n"), "by = 'n': must be an axis of the table: sigma, alpha, lam"),
        (lambda sim, table: sv.plot.map(table, "sigma", "sigma"), "must be two different axes"),
        (lambda sim, table: sv.plot.map(table, "n", "sigma"), "x = 'n': must be an axis"),
        (lambda sim, table: sv.plot.map(table, value="nothing"), "value = 'nothing': must be a number of each cell"),
        (lambda sim, table: sv.plot.map(table.isel(sigma=0, lam=0)), "a map needs two"),
        (lambda sim, table: sv.plot.parallel(table.isel(sigma=0, lam=0, alpha=0)), "has no axes"),
        (lambda sim, table: sv.plot.density(table, [0, 5]), r"coordinates = \[0, 5\]"),
        (lambda sim, table: sv.plot.density(sim, bins=1), "bins = 1: must be a whole number from 2"),
        (lambda sim, table: sv.plot.ecdf(table, by="n"), "by = 'n': must be an axis"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_gets_a_sentence(sim, table, make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make(sim, table)


def test_the_menus_of_a_plot_are_bounded(table, monkeypatch):
    monkeypatch.setattr(elements, "MOST_CHOICES", 7)
    with pytest.raises(ValueError, match=r"axes = alpha, lam: 8 plots behind the menus, must be at most 7"):
        sv.plot.curves(table, "best", by="sigma")


def test_without_holoviews_the_error_says_how_to_get_it(sim, monkeypatch):
    monkeypatch.setitem(sys.modules, "holoviews", None)
    with pytest.raises(ImportError, match=r"pip install 'swarmviz\[plots\]'"):
        sv.plot.arena(sim)


def linked(*plots):
    """These plots in one, each linked to the others by its selections, as a person sees them, and the link."""
    link = link_selections.instance()
    with patch_curdoc(DOCUMENT):
        plot = hv.renderer("bokeh").instance(mode="server").get_plot(link(hv.Layout(plots)), doc=Document())
    return link, plot.state


def highlighted(shown, glyph, column):
    """What a column has in the layer of a plot that is not faded; what is not chosen is not there, or is no number."""
    layers = [r for r in shown.select({"type": GlyphRenderer}) if type(r.glyph).__name__ == glyph]
    layers = [layer for layer in layers if len(layer.data_source.data.get(column, ()))]
    (vivid,) = (layer for layer in layers if 1.0 in (layer.glyph.line_alpha, getattr(layer.glyph, "fill_alpha", 0)))
    values = np.asarray(vivid.data_source.data[column], float)
    return values[np.isfinite(values)]


def test_cells_that_are_chosen_in_a_map_are_the_lines_that_stay_in_parallel_coordinates(table):
    one = table.isel(lam=0, drop=True).assign_attrs(axes="sigma, alpha")
    mesh = sv.plot.map(one)
    link, shown = linked(mesh, sv.plot.parallel(one))
    assert (
        len(highlighted(shown, "Segment", "sigma")) == 2 * 12 and len(highlighted(shown, "Quad", "success_rate")) == 12
    )
    sigma, alpha = (hv.dim(across) for across in mesh.kdims)
    link.selection_expr = (sigma >= 0.5) & (sigma <= 2.0) & (alpha >= 5.0) & (alpha <= 2000.0)
    assert sorted(set(highlighted(shown, "Segment", "sigma"))) == [0.6, 1.2]
    assert len(highlighted(shown, "Segment", "sigma")) == 2 * 6
    rates = one["success"].mean("run").sel(sigma=[0.6, 1.2], alpha=[10, 100, 1000]).values.ravel()
    np.testing.assert_allclose(sorted(highlighted(shown, "Quad", "success_rate")), sorted(rates))
    link.selection_expr = None
    assert len(highlighted(shown, "Segment", "sigma")) == 2 * 12


def test_steps_that_are_chosen_in_one_observable_are_highlighted_in_the_others(sim):
    first, second = (sv.plot.curves(sim, name, theory=False) for name in ("best", "dispersion"))
    link, shown = linked(first, second)
    link.selection_expr = hv.dim(first.get(0).kdims[0]) <= 20
    np.testing.assert_array_equal(highlighted(shown, "Line", "dispersion"), sim.record["dispersion"][:21])
    np.testing.assert_array_equal(highlighted(shown, "Line", "best"), sim.record["best"][:21])


@pytest.mark.parametrize("name", ["arena", "bands", "density", "ecdf"])
def test_every_other_plot_follows_a_selection_of_its_own_axis(name, sim):
    runs = sv.run_ensemble(sv.CBO(), RASTRIGIN, sv.Swarm(n=20, d=2, seed=2), runs=6, steps=40)
    plot, glyph = {
        "arena": (lambda: sv.plot.arena(sim), "Scatter"),
        "bands": (lambda: sv.plot.curves(runs, "dispersion"), "Line"),
        "density": (lambda: sv.plot.density(runs, [0]), "Quad"),
        "ecdf": (lambda: sv.plot.ecdf(runs, 10.0), "Line"),
    }[name]
    element = plot()
    along = element.get(0).kdims[0]
    low, high = element.range(along)
    link, shown = linked(element)
    before = {r.id: dict(r.data_source.data) for r in shown.select({"type": GlyphRenderer})}
    link.selection_expr = hv.dim(along) <= (low + high) / 2  # raises where an element cannot follow
    changed = [
        r.glyph
        for r in shown.select({"type": GlyphRenderer})
        if any(not np.array_equal(values, before[r.id][key], equal_nan=values.dtype.kind == "f")
               for key, values in r.data_source.data.items() if isinstance(values, np.ndarray))
    ]  # fmt: skip
    assert glyph in {type(glyph).__name__ for glyph in changed}
