"""The image of a landscape: the same contours, shades and stripes on the page, in pictures and in replays."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import swarmviz as sv
from components.views.arena.background import background
from swarmviz.drawing.landscape_image import (
    CONTOUR_HEIGHTS,
    CONTOURS,
    INK,
    SHADES,
    landscape_image,
    packed,
    shade_colours,
)
from swarmviz.drawing.style import DARK, LEVELS, LIGHT, hex_colours
from swarmviz.exports import replay
from tests.drawing.three import on_page, printed, replayed


def simulation(landscape="x + y", n=20):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Formula(landscape), sv.Swarm(n=n, seed=1))
    sim.advance(1)
    return sim


def contours_along_the_diagonal(image):
    """How many contour lines a packed image has from its lower left to its upper right."""
    side = min(image.shape)
    on = np.diagonal(image[:side, :side]) // LEVELS > 0
    return int((np.diff(np.concatenate([[0], on.astype(int)])) == 1).sum())


def test_page_picture_and_replay_have_the_same_contours():
    """Twelve intervals on the page, ten in pictures and in replays, and three formulas for what a contour is."""
    sim = simulation()
    low, high = sim.landscape.limits(2)
    page = background(sim.landscape, 2, low, high, (1.0, 1.0)).image
    header, arrays = replayed(sim)
    zoomed = arrays["background0"]
    inside = (high[0] - low[0]) / (header["view"][1][0] - header["view"][0][0])
    rim = round((1 - inside) / 2 * len(zoomed))
    (lines,) = [layer for layer in printed(sim).painter.layers if hasattr(layer, "levels")]
    assert contours_along_the_diagonal(page) == CONTOURS - 1
    assert contours_along_the_diagonal(zoomed[rim:-rim, rim:-rim]) == CONTOURS - 1
    np.testing.assert_array_equal(lines.levels, CONTOUR_HEIGHTS)


def test_page_and_replay_pack_the_same_pixels():
    sim = simulation("x^2 + sin(3*y)")
    header, arrays = replayed(sim)
    low, high = np.array(header["view"])
    side = len(arrays["background0"])
    np.testing.assert_array_equal(
        packed(landscape_image(sim.landscape, 2, low, high, side, side)), arrays["background0"]
    )
    assert header["backgrounds"][0]["ticks"]
    themes = json.loads(re.search(r'id="run">(.*?)</script>', replay(sim), re.DOTALL)[1])["themes"]
    assert themes["light"]["shades"] == on_page(sim).shades.palette and len(themes["dark"]["shades"]) == SHADES


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_a_contour_is_the_shade_with_more_ink(colours):
    shades = shade_colours(colours)
    assert 0.0 == INK[0] < INK[1] < INK[2] and len(shades) == SHADES
    plain, half, full = (shades[i * LEVELS : (i + 1) * LEVELS] for i in range(3))
    assert hex_colours(plain) == colours.landscape and hex_colours(shades[-2:]) == colours.undefined
    ink = np.array([int(colours.ink[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    for strength, share in ((half, INK[1]), (full, INK[2])):
        np.testing.assert_allclose(strength, plain + share * colours.contour * (ink - plain))
    without = shade_colours(colours, contours=False)
    assert hex_colours(without) == (*colours.landscape * 3, *colours.undefined), (
        "then a contour has the shade around it"
    )


def test_a_pixel_is_its_level_below_all_contours_and_stripes():
    image = landscape_image(sv.landscapes.Formula("sqrt(x) + y^2"), 2, np.full(2, -5.0), np.full(2, 5.0), 200, 100)
    numbers = packed(image)
    assert numbers.shape == image.heights.shape == (100, 200) and numbers.max() == SHADES - 1
    np.testing.assert_array_equal(numbers >= len(INK) * LEVELS, image.missing)
    known = ~image.missing
    level = np.clip(image.heights[known] * LEVELS, 0, LEVELS - 1).astype(int)
    np.testing.assert_array_equal(numbers[known] % LEVELS, level)
    assert "no finite number" in image.note
