"""What is seen before the scripts of the page are there is the swarm with which a visit opens."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

import swarmviz as sv
from components.links.address import opening
from components.page.opening_picture import MAX_AGENTS, WIDTH, opening_picture
from components.palette import DARK, LIGHT
from swarmviz.drawing.zoom import EDGE


def layers(run):
    """The SVG's groups by theme."""
    svg = ElementTree.fromstring(opening_picture(run)).find("svg")
    return svg, {group.get("class"): group for group in svg.iter("g")}


def dots(path):
    return [tuple(map(float, pair)) for pair in re.findall(r"M(\S+) (\S+?)h0", path.get("d"))]


def test_every_agent_and_the_box_stand_where_the_arena_will_show_them_in_both_themes():
    run = opening(None).sims[0]
    svg, groups = layers(run)
    low, high = (side[:2] for side in run.landscape.limits(2))
    unit, centre = WIDTH / (EDGE * (high[0] - low[0])), (low + high) / 2
    corner = centre + EDGE * (high - low) / 2 * (-1, 1)
    assert [float(number) for number in svg.get("viewBox").split()] == [0, 0, WIDTH, WIDTH]
    wanted = np.round((run.frame.x - corner) * (unit, -unit), 1)
    for name, colours in (("light", LIGHT), ("dark", DARK)):
        paths = list(groups[name].iter("path"))
        inner = [path for path in paths if path.get("stroke") != colours.outline]
        found = np.array([dot for path in inner for dot in dots(path)])
        np.testing.assert_allclose(sorted(map(tuple, found)), sorted(map(tuple, wanted)), atol=0.051)
        assert len(paths) == 2 * len(inner), "each has its rim"
        box = groups[name].find("rect")
        left, top = (low[0] - corner[0]) * unit, (corner[1] - high[1]) * unit
        assert (float(box.get("x")), float(box.get("y"))) == pytest.approx((left, top), abs=0.051)
        assert float(box.get("width")) == pytest.approx((high[0] - low[0]) * unit, abs=0.051)


def test_the_landscape_has_the_colours_of_its_theme_and_its_lowest_place_where_it_is():
    run = opening(None).sims[0]
    for name, group in layers(run)[1].items():
        image = group.find("image")
        drawn = Image.open(io.BytesIO(base64.b64decode(image.get("href").partition(",")[2])))
        left, top, width, height = (float(image.get(of)) for of in ("x", "y", "width", "height"))
        star = WIDTH / 2, WIDTH / 2  # of Rastrigin: the middle of the box
        at = [int((star[0] - left) / width * drawn.width), int((star[1] - top) / height * drawn.height)]
        deep = {"light": LIGHT, "dark": DARK}[name].landscape
        seen = "#{:02x}{:02x}{:02x}".format(*drawn.convert("RGB").getpixel(tuple(at)))
        assert deep.index(seen) < 8, "nearly the deepest shade"
        assert left < -50 and left + width > WIDTH + 50, "a wide window sees more than the box"


@pytest.mark.parametrize(
    "run",
    [
        sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=1)),
        sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=MAX_AGENTS + 1, d=2)),
        sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, initial="box", low=-50.0, high=50.0)),
    ],
    ids=["a curve", "too many", "outside"],
)
def test_what_the_arena_would_show_otherwise_is_left_out(run):
    assert opening_picture(run) == ""
