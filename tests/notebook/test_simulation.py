"""What a notebook shows of a run says what the run is, for every dynamics, and nothing in it can act."""

import base64
import io
import re
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

import swarmviz as sv
from swarmviz import presets, success
from swarmviz.drawing.zoom import reach, view_of
from swarmviz.notebook.arena import SIDE
from swarmviz.notebook.simulation import simulation_summary

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"img"}


class Page(HTMLParser):
    """The texts of a summary's cells and lines, its images, and whether every element is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.texts, self.images, self.elements = [], [], [], set()
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def svg_of(image):
    return ElementTree.fromstring(base64.b64decode(image["src"].partition(",")[2]))


def dots(svg):
    """Centres of the agents' dots, once each."""
    paths = [path.get("d") for path in svg.iter(f"{SVG}path") if "h0" in path.get("d")]
    return {tuple(map(float, pair)) for path in paths for pair in re.findall(r"M(\S+) (\S+?)h0", path)}


@pytest.mark.parametrize("preset", presets.ALL.values(), ids=lambda preset: preset.name)
def test_every_preset_has_a_summary_of_its_own_numbers(preset):
    dynamics, landscape, swarm = preset.build()
    sim = sv.Simulation(dynamics, landscape, swarm)
    sim.advance(3)
    html = sim._repr_html_()
    page = Page(html)
    assert len(html) < 400_000
    assert page.elements <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "img"}
    assert f"{sim.dynamics.title} on {sim.landscape.title}" in page.texts
    assert "step 3 · " in "".join(page.texts) and f"seed {swarm.seed}" in "".join(page.texts)
    svg = svg_of(page.images[0])
    assert [float(svg.get(side)) for side in ("width", "height")] == [
        float(page.images[0][s]) for s in ("width", "height")
    ]
    if sim.frame.occupation is None and sim.frame.n <= 2000:
        shown = dots(svg)
        assert len(shown) >= len(np.unique(np.round(sim.frame.x[:, : min(2, sim.frame.d)], 9), axis=0)) * 0.5
    assert len(page.images) == 1 + min(4, len(sim.record) - 2), "an arena, and a chart of each observable that is told"


def test_agents_and_the_minimiser_stand_where_they_are():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=2, seed=3))
    sim.advance(5)
    svg = svg_of(Page(sim._repr_html_()).images[0])
    low, high = sim.landscape.limits(2)
    low, high = view_of(low, high, reach(sim.frame.x, low, high))
    at = (sim.frame.x - [low[0], high[1]]) / (high - low) * (1, -1) * SIDE
    assert dots(svg) == {tuple(point) for point in np.round(at, 1).tolist()}
    (star,) = [path for path in svg.iter(f"{SVG}path") if path.get("fill", "none") != "none"]
    corners = np.array([list(map(float, pair)) for pair in re.findall(r"[ML](\S+?) (\S+?)(?=[MLZ])", star.get("d"))])
    np.testing.assert_allclose(corners.mean(axis=0), [SIDE / 2, SIDE / 2], atol=0.1)


def test_the_image_behind_them_is_the_landscape():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=10, d=2, seed=3))
    svg = svg_of(Page(sim._repr_html_()).images[0])
    data = svg.find(f"{SVG}image").get("href").partition(",")[2]
    shades = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L")).astype(int)
    middle, corner = shades[len(shades) // 2, len(shades) // 2], shades[0, 0]
    assert middle < corner, "low F is deep"


@pytest.mark.parametrize("d", [1, 2])
def test_without_pillow_a_run_is_shown_without_images(d, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=d, seed=3))
    svg = svg_of(Page(sim._repr_html_()).images[0])
    assert not list(svg.iter(f"{SVG}image")) and len(dots(svg)) == 30


@pytest.mark.parametrize("d", [1, 2])
def test_a_large_swarm_is_a_density(d):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=3000, d=d, seed=3))
    html = sim._repr_html_()
    svg = svg_of(Page(html).images[0])
    assert len(list(svg.iter(f"{SVG}image"))) == d and not dots(svg) and len(html) < 100_000


def test_what_has_been_found_is_told_as_it_is_judged_everywhere():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=100, d=2, seed=7))
    assert success.succeeded(sim.frame, sim.landscape) is False
    assert "minimiser not found, " in simulation_summary(sim)
    sim.advance(100)
    assert success.succeeded(sim.frame, sim.landscape) is True
    assert "minimiser found, " in simulation_summary(sim)
    sim.landscape = sv.landscapes.Formula("x1^2 + (x2 - 1)^2")
    sim.advance(1)
    assert "lowest F met: " in simulation_summary(sim) and "1 change on the way" in simulation_summary(sim)


def test_of_more_than_two_dimensions_the_slice_is_told():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=5, seed=3))
    assert "d = 5: slice through the minimiser, agents projected" in simulation_summary(sim)


def test_parameters_are_those_that_act_now():
    sim = sv.Simulation(sv.CBO(sigma=0.25), sv.landscapes.Sphere(), sv.Swarm(n=10, d=2, seed=3))
    assert [text for text in Page(sim._repr_html_()).texts if text in ("σ", "0.25", "Noise")] == ["σ", "Noise", "0.25"]


def test_a_formula_is_text_in_it():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Formula("(x1 < 0)*x1^2 + x2^2"), sv.Swarm(n=10, d=2, seed=3))
    html = simulation_summary(sim)
    assert "x1 <" not in html and "x₁ <" not in html and Page(html)


def test_the_text_of_a_run_says_the_same_in_a_line():
    sim = sv.Simulation(sv.CBO(sigma=0.5), sv.landscapes.Sphere(), sv.Swarm(n=10, d=2, seed=3))
    sim.advance(4)
    assert repr(sim) == "Simulation(CBO(sigma=0.5), Sphere(), Swarm(n=10, seed=3)) at step 4"


def test_a_summary_costs_the_run_nothing():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=100, d=2, seed=7))
    twin = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=100, d=2, seed=7))
    sim.advance(5)
    sim._repr_html_()
    sim.advance(5)
    np.testing.assert_array_equal(sim.frame.x, twin.advance(10).x)
