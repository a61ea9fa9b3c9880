"""A small picture of every kind of a swarm and of a chart, without its words."""

import io

import numpy as np
import pytest
from PIL import Image

from swarmviz import papers, presets
from swarmviz.drawing import style
from swarmviz.gallery import thumbnails
from swarmviz.papers import charts, snapshots


def read(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)


@pytest.mark.parametrize("name", ["cbo-rastrigin", "ssa-ackley", "finite-set", "finite-grid", "bgk-cauchy"])
def test_a_preset_is_seen_at_an_early_step_in_both_themes(name):
    light, dark = map(read, thumbnails.of_preset(presets.ALL[name]))
    assert light.shape == dark.shape == (thumbnails.HEIGHT, thumbnails.WIDTH, 3)
    assert light.mean() > dark.mean() + 30
    ambers = [
        np.array([int(tone[i : i + 2], 16) for i in (1, 3, 5)]) for tone in (style.LIGHT.agent, style.LIGHT.quiet_agent)
    ]
    assert sum((abs(light - amber).max(axis=2) < 40).sum() for amber in ambers) > 50, "agents are seen"


KINDS = {
    charts.Curves: "001-figure2",
    charts.Heat: "001-figure4",
    charts.Map: "000-phase-map",
    charts.Scan: "003-figure3",
    charts.Table: "003-table3",
    snapshots.Positions: "001-figure1",
    snapshots.Densities: "003-figure2",
    snapshots.Occupations: "004-figure4",
}


def test_every_kind_of_a_chart_is_tried():
    used = {type(chart) for figure in papers.ALL.values() for chart in figure.charts}
    assert used == set(KINDS) and all(isinstance(papers.ALL[key].charts[0], kind) for kind, key in KINDS.items())


@pytest.mark.parametrize("key", KINDS.values())
def test_a_chart_is_seen_on_the_paper_of_its_theme(key):
    figure = papers.ALL[key]
    data = figure.compute(runs=min(2, figure.runs), quick=True)
    for picture, colours in zip(thumbnails.of_figure(figure, data), (style.LIGHT, style.DARK), strict=True):
        seen = read(picture)
        paper = np.array([int(colours.paper[i : i + 2], 16) for i in (1, 3, 5)])
        assert abs(seen[2, 2] - paper).max() < 12, "the margin"
        assert seen.std() > 3
