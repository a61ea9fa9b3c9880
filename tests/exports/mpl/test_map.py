"""The picture of a map: what is drawn is the table, on its axes, with theory's lines, and what is no map is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import exports
from swarmviz.drawing.map import COLOURS
from swarmviz.exports.mpl.map import map_figure

GRID = {"lam": [0.5, 1.0, 2.0, 3.0], "sigma": [0.3, 1.0, 1.7, 2.4, 3.0]}


def run_of(dynamics=None):
    return sv.Simulation(dynamics or sv.CBO(sigma=0.8, lam=1.5), sv.landscapes.Rastrigin(), sv.Swarm(n=10, d=2, seed=5))


def table_of(sim, grid=GRID, **options):
    *_, data = sv.refine(sim.dynamics, sim.landscape, sim.initial_swarm, grid, **{"runs": 8, "steps": 40} | options)
    return data


@pytest.mark.parametrize("colour", COLOURS)
def test_every_cell_has_the_colour_of_its_value_and_lies_around_its_place(colour):
    sim = run_of()
    data = table_of(sim)
    figure = map_figure(sim, table=data, colour=colour)
    axes, (mesh, *_) = figure.axes[0], figure.axes[0].collections
    values = mesh.get_array()
    names = {"found": "success_rate", "gap": "median_gap", "rate": "median_rate"}
    if colour == "cost":
        every = data["hits"] == data["runs"]
        expected = data["median_hit_evaluations"].where(every, data["ert_evaluations"]).transpose("sigma", "lam").values
        expected = np.where(np.isfinite(expected), expected, np.nan)
    else:
        expected = data[names[colour]].transpose("sigma", "lam").values
    np.testing.assert_allclose(np.ma.filled(values.astype(float), np.nan), expected)
    corners = mesh.get_coordinates()
    for i, lam in enumerate(GRID["lam"]):
        for j, sigma in enumerate(GRID["sigma"]):
            low, high = corners[j, i], corners[j + 1, i + 1]
            assert low[0] < lam < high[0] and low[1] < sigma < high[1]
    assert ("λ" in axes.get_xlabel(), "σ" in axes.get_ylabel()) == (True, True)


def test_theory_the_best_region_and_the_run_are_there_and_named():
    sim = run_of()
    figure = map_figure(sim, table=table_of(sim))
    texts = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert any("2λ = σ²" in text for text in texts) and any("robust middle" in text for text in texts)
    here = next(line for line in figure.axes[0].lines if line.get_marker() == "+")
    assert (here.get_xdata()[0], here.get_ydata()[0]) == (1.5, 0.8)
    scheduled = run_of(sv.CBO(sigma=sv.schedules.Linear(start=1.0, end=0.1, duration=5)))
    drawn = map_figure(scheduled, table=table_of(run_of()))
    assert not [line for line in drawn.axes[0].lines if line.get_marker() == "+"], (
        "a schedule has no place in the plane"
    )


def test_what_is_said_of_a_map_is_in_its_file():
    sim = run_of()
    data = table_of(sim)
    svg = exports.picture(sim, "map", "svg", dpi=50, table=data).decode()
    assert "runs_planned" in svg and "axis lam" in svg


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (dict, "view = 'map': needs a table of sv.refine, table"),
        (lambda: {"table": 3}, "table: must be a Dataset of sv.refine whose axes are two numbers"),
        (lambda: {"table": table_of(run_of(), {"sigma": [0.3, 1.0]})}, "table: must be a Dataset of sv.refine whose axes are two numbers"),
        (lambda: {"table": table_of(run_of(), {"noise": ["none", "isotropic"], "lam": [1.0, 2.0]})}, "must be a Dataset of sv.refine"),
        (lambda: {"table": table_of(run_of()), "colour": "red"}, "colour = 'red': must be one of found, gap, cost, rate"),
        (lambda: {"table": table_of(run_of()).rename(sigma="inertia")}, "'inertia' is no parameter of CBO"),
    ],
)  # fmt: skip
def test_what_is_no_map_of_such_a_run_is_refused_by_name(options, reason):
    with pytest.raises(ValueError, match=reason):
        exports.picture(run_of(), "map", **options())


def test_with_a_goal_the_cells_that_reach_it_are_outlined_and_their_ends_named():
    sim = run_of()
    table = table_of(sim)
    rates = table["success_rate"]
    goal = float(rates.max())
    assert goal > 0, "there is something to outline"
    drawn = map_figure(sim, table=table, goal=goal)
    texts = [text.get_text() for legend in drawn.legends for text in legend.get_texts()]
    assert any(f"at least {100 * goal:g}% of the runs: " in text and "–" in text for text in texts), texts
    for bad in (-0.1, 1.5, True, "a"):
        with pytest.raises(ValueError, match="goal"):
            map_figure(sim, table=table, goal=bad)


@pytest.mark.parametrize(("other", "said"), [(0.0, False), (1.0, True)])
def test_ends_of_one_part_of_several_are_called_those_of_the_largest(other, said):
    """All parts are outlined, and the line in the legend stands for all of them."""
    sim = run_of()
    table = table_of(sim)
    rates = np.zeros(table["success_rate"].shape)
    rates[:2, :2] = 1.0
    rates[3, 4] = other
    table["success_rate"][:] = rates
    drawn = map_figure(sim, table=table, goal=0.9)
    (label,) = [
        text.get_text() for legend in drawn.legends for text in legend.get_texts() if "at least" in text.get_text()
    ]
    assert label.startswith("at least 90% of the runs: λ 0.5–1, σ 0.3–1")
    assert label.endswith("in the largest part") == said


def test_the_legend_lies_within_the_picture():
    """Two lines of theory with their sources, the best region and the run were wider than the picture, and cut at both of its ends."""
    sim = run_of()
    figure = map_figure(sim, table=table_of(sim))
    figure.canvas.draw()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert len(legend.get_texts()) >= 4
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0
