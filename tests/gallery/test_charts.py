"""What Bokeh is given of a figure's charts: the values of its Dataset, with scales, legends and ticks as the paper's module asks for."""

import json

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.models import ColorBar, HoverTool, Legend, LogScale, Plot, Whisker
from bokeh.models.glyphs import Image, Line, Patch, Quad, Scatter

from components.gallery.charts import panels
from swarmviz import papers
from swarmviz.drawing.style import LIGHT
from swarmviz.papers import charts


def computed(key):
    figure = papers.ALL[key]
    return figure, figure.compute(runs=min(2, figure.runs), quick=True)


def plots(found):
    """The models of the panels, as the browser makes them."""
    made = []
    for panel in found:
        (root,) = Document.from_json(json.loads(json.dumps(panel.item["doc"], allow_nan=False))).roots
        made.append(root)
    assert all(isinstance(plot, Plot) for plot in made)
    return made


def glyphs(plot, kind):
    return [one for one in plot.renderers if isinstance(one.glyph, kind)]


def test_lines_bands_and_claims_of_curves_are_there_with_their_values_scale_and_names():
    figure, data = computed("001-figure2")
    (plot,) = plots(panels(figure, data))
    lines = glyphs(plot, Line)
    assert isinstance(plot.y_scale, LogScale) and not isinstance(plot.x_scale, LogScale)
    measured = [one for one in lines if one.glyph.line_dash == []]
    assert len(measured) == data.sizes["sigma"]
    for line, sigma in zip(measured, data["sigma"].values, strict=True):
        one = data.isel(system=0).sel(sigma=sigma)
        np.testing.assert_allclose(line.data_source.data["dispersion"], one["dispersion"])
        np.testing.assert_allclose(line.data_source.data["t"], one["t"])
    (legend,) = plot.select(Legend)
    assert [item.label.value for item in legend.items] == ["σ = 0", "σ = 1", "σ = 1.449"]
    assert [item.renderers for item in legend.items] == [[one] for one in measured]
    assert {one.glyph.line_color for one in measured} <= set(LIGHT.curves)
    assert len(glyphs(plot, Patch)) == len(measured)
    told = [tool.tooltips[0] for tool in plot.select(HoverTool) if tool.renderers[0] in measured]
    assert sorted(told) == sorted(["", item.label.value] for item in legend.items)


def test_a_scan_has_marks_error_bars_hollow_printed_values_and_ticks_where_the_chart_wants_them():
    figure, data = computed("002-figure6.10")
    *_, plot = plots(panels(figure, data))
    assert isinstance(plot.x_scale, LogScale) and list(plot.xaxis[0].ticker.ticks) == list(data["n"].values)
    marks = glyphs(plot, Scatter)
    hollow = [one for one in marks if one.glyph.fill_color.value is None]
    assert len(hollow) == data.sizes["cutoff"] + 1 and len(marks) == 2 * data.sizes["cutoff"] + 1
    printed = np.concatenate([np.asarray(one.data_source.data["rate"], float) for one in hollow])
    np.testing.assert_array_equal(
        np.sort(printed[np.isfinite(printed)]),
        np.sort(data["printed_rate"].values[np.isfinite(data["printed_rate"].values)]),
    )
    (legend,) = plot.select(Legend)
    assert legend.items[-1].label.value == "printed" and legend.items[-1].renderers == [hollow[-1]]
    assert plot.xaxis[0].axis_label == "N" and plot.yaxis[0].axis_label == "a"
    errors, shares = plots(panels(*computed("003-figure1-gaussian")))
    assert len(list(errors.select(Whisker))) == len(glyphs(errors, Line)) > 2 and not list(shares.select(Whisker))


def test_a_chart_carries_no_definition_of_the_models_of_the_visits_page():
    from components.page import drawer  # with it Bokeh knows such a model, as on a server

    (panel,) = panels(*computed("001-figure2"))
    assert not panel.item["doc"].get("defs")
    assert drawer.DrawerButton.__name__ not in json.dumps(panel.item)


@pytest.mark.parametrize("key, kind", [("001-figure4", Image), ("000-phase-map", Quad)])
def test_a_colour_mesh_has_its_values_and_its_scale(key, kind):
    figure, data = computed(key)
    chart = figure.charts[0]
    found = plots(panels(figure, data))
    for plot in found:
        (cells,) = glyphs(plot, kind)
        (bar,) = plot.select(ColorBar)
        assert bar.color_mapper in cells.glyph.references()
        assert 0 < bar.color_mapper.low < bar.color_mapper.high
    shown = glyphs(found[0], kind)[0].data_source.data
    values = shown["image"][0] if kind is Image else shown[chart.y]
    one = next(one for _, some in charts.cases(data, chart.panels[0]) for _, one in charts.cases(some, chart.panels[1]))
    drawn = charts.flat(one[chart.y], chart.across, "step" if isinstance(chart, charts.Heat) else chart.x)
    drawn = np.where(drawn > 0, drawn, np.nan)
    np.testing.assert_allclose(values, drawn if kind is Image else drawn.T.ravel(), rtol=1e-6)
    assert [bar.title for bar in found[0].select(ColorBar)] == [chart.label]


def test_agents_stand_on_their_landscape_row_by_row():
    figure, data = computed("001-figure1")
    found = list(panels(figure, data))
    shots = data.sizes["snapshot"]
    assert [panel.starts for panel in found] == [i % shots == 0 for i in range(len(figure.parts) * shots)]
    for place, plot in enumerate(plots(found)):
        agents = max(glyphs(plot, Scatter), key=lambda one: len(one.data_source.data["x1"]))
        x = data["positions"].isel(system=place // shots, snapshot=place % shots).values
        np.testing.assert_allclose(np.column_stack([agents.data_source.data[c] for c in ("x1", "x2")]), x)
        (image,) = glyphs(plot, Image)
        assert len(np.unique(image.data_source.data["image"][0])) > 5, "the landscape"
        assert (plot.x_range.start, plot.x_range.end) == (-5.12, 5.12)


def test_bars_of_a_finite_set_have_the_shares_and_a_density_lies_over_its_landscape():
    figure, data = computed("004-figure4")
    found = plots(panels(figure, data))
    assert len(found) == data.sizes["snapshot"]
    (bars,) = glyphs(found[0], Quad)
    np.testing.assert_allclose(bars.data_source.data["share"], data["occupation"].isel(system=0, snapshot=0))
    density = plots(panels(*computed("003-figure2")))[0]
    (landscape,), (band,) = glyphs(density, Line), glyphs(density, Patch)
    heights = landscape.data_source.data["density"]
    assert heights.min() == 0 and heights.max() == pytest.approx(density.y_range.end), (
        "its shape, in the room of the density"
    )
    assert 0.5 * density.y_range.end < band.data_source.data["y"].max() < density.y_range.end


def test_a_table_is_rows_of_texts_with_the_printed_values_and_what_is_shaded():
    figure, data = computed("003-table3")
    found = list(panels(figure, data))
    assert [panel.title for panel in found] == list(data["boundary"].values) and all(
        panel.item is None for panel in found
    )
    for panel in found:
        assert len(panel.table["rows"]) == data.sizes["landscape"] * len(figure.charts[0].metrics)
        name, *cells = panel.table["rows"][0]
        assert "rate" in name[0]
        assert all("(" in text for text, _ in cells) and len(cells) == len(panel.table["head"]) - 1
        assert {colour for row in panel.table["rows"] for _, colour in row[1:]} <= {None, "#f6d5b8"}
        assert "In brackets: printed in 003 table 3" in panel.table["note"]


@pytest.mark.parametrize(
    "key", ["002-figureC.12", "002-figure6.3", "004-transitions", "001-theorem3.4", "003-theorem3.1"]
)
def test_every_panel_that_matplotlib_draws_is_there(key):
    figure, data = computed(key)
    expected = sum(int(np.prod(chart.shape(data))) for chart in figure.charts)
    found = list(panels(figure, data))
    assert len(found) == expected
    assert all(plot.renderers for plot in plots(found))
