"""Quantiles over replicas, and how they lie under the curves."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.palette import DARK, LIGHT
from components.replicas.bands import quantiles
from components.replicas.pool import ReplicaPool
from components.views.curves.curves import Curves
from swarmviz.drawing.log_axis import BELOW
from tests.replicas.runs import finish, visible_run


def test_quantiles_leave_out_what_is_missing():
    table = np.random.default_rng(4).normal(size=(9, 6))
    table[2:, 3], table[:, 4], table[0, 5] = np.nan, np.nan, np.inf
    got = quantiles(table)
    np.testing.assert_array_equal(got[:, :3], np.quantile(table[:, :3], [0.1, 0.5, 0.9], axis=0))
    np.testing.assert_array_equal(got[:, 3], np.quantile(table[:2, 3], [0.1, 0.5, 0.9]))
    assert np.isnan(got[:, 4]).all() and np.isfinite(got[:2, 5]).all()


def banded(sim, flock, **options):
    view = Curves(**options)
    view.bands = lambda shown: flock.bands()
    view.attach(sim)
    return view


@pytest.mark.parametrize("log", [False, True])
def test_the_band_lies_under_its_curve_on_the_same_scale(log):
    sim = visible_run(steps=40, landscape=sv.landscapes.Himmelblau())
    flock = finish(ReplicaPool(), sim, runs=20)
    view = banded(sim, flock)
    view.choose(0, "value", log=log)
    plot, offset = view.plots[0], sim.landscape.minimum(2) if log else 0.0
    names = [o.name for o in sim.dynamics.observables if o.panel == "value"]
    assert len(plot.bands) == len(names)
    for place, (name, (data, area, median)) in enumerate(zip(names, plot.bands, strict=True)):
        band = flock.bands()[name]
        for column, part in (("low", band.low), ("y", band.middle), ("high", band.high)):
            expected = part - offset
            np.testing.assert_array_equal(
                data.data[column], np.where(expected > 0, expected, BELOW) if log else expected
            )
        np.testing.assert_array_equal(data.data["k"], np.arange(41))
        order = plot.figure.renderers
        assert all(order.index(area) < order.index(line) for _, line in plot.slots), "the band covers a curve"
        assert area.visible and area.glyph.fill_color == LIGHT.curves[place]
        assert median.name.endswith("median of 20 replicas")
        shown = np.concatenate([data.data["low"], data.data["high"]])
        shown = shown[shown > BELOW] if log else shown
        assert plot.figure.y_range.end >= shown.max() and (log or plot.figure.y_range.start <= shown.min())
    assert plot.lines[-1][1] == "20 replicas, 10–90%" == plot.names.data["text"][-1]
    plot.toggle("bands")
    assert not any(renderer.visible for _, *both in plot.bands for renderer in both) and plot.hidden == {"bands"}
    plot.toggle("bands")
    view.set_dark(True)
    assert plot.bands[1][1].glyph.fill_color == DARK.curves[1]


def test_the_band_comes_and_goes_without_a_trace_and_keeps_its_place_in_the_list_of_lines_while_it_is_empty():
    sim = visible_run(steps=40)
    flock, view = finish(ReplicaPool(), sim), Curves()
    view.attach(sim)
    plain = [text for _, text, *_ in view.plots[0].lines]
    paint = lambda: view.paint(view.prepare(sim.frame, sim))  # noqa: E731
    view.bands = lambda shown: flock.bands()
    paint()
    items = view.plots[0].lines
    view.bands = lambda shown: {name: band.until(-1) for name, band in flock.bands().items()}
    paint()
    assert view.plots[0].lines == items, "nothing in the layout moves when replicas begin anew"
    assert all(len(data.data["k"]) == 0 for data, *_ in view.plots[0].bands)
    view.bands = lambda shown: {}
    paint()
    assert [text for _, text, *_ in view.plots[0].lines] == plain
    assert not any(renderer.visible for _, *both in view.plots[0].bands for renderer in both)
