"""A landscape of any size is drawn, or it is said why not: large constants, huge and tiny values, all the same, undefined in parts."""

from __future__ import annotations

import json
from typing import ClassVar

import numpy as np
import pytest

import swarmviz as sv
from components.palette import DARK, LEVELS, LIGHT
from components.views.arena.arena import Arena
from components.views.arena.background import background
from components.views.curves.curves import Curves
from components.views.density.density import Density
from swarmviz.drawing.axes import texts_of
from swarmviz.drawing.landscape import scale_of
from swarmviz.drawing.landscape_image import SHADES, shade_colours
from swarmviz.drawing.line import curve_of, gaps_of
from swarmviz.drawing.style import hex_colours
from swarmviz.exports import picture, replay
from tests.views.helpers import paint

TEXTS = {
    "a constant of 1e8": "1e8 + {f}",
    "a constant of 1e17": "1e17 + {f}",
    "minus 1e17": "{f} - 1e17",
    "values of 1e300": "1e300 * ({f})",
    "both signs of 1e306": "1e306 * ({f} - 9)",
    "values of 1e40": "1e40 * ({f})",
    "a range of 1e-300": "1e-300 * ({f})",
    "a range of 1e-12 over 3": "3 + 1e-12 * ({f})",
    "all the same": "7 + 0 * ({f})",
    "all zero": "0 * ({f})",
    "decades": "exp(4 * ({f}))",
    "undefined for x < 0": "sqrt(x) + {f}",
    "infinite for x > 1": "exp(1e3 * (x - 0.3)) + {f}",
}
SQUARES = {1: "x^2", 2: "x^2 + y^2"}
CASES = [(name, d) for name in TEXTS for d in (1, 2)]
FLAT = {"a constant of 1e17", "minus 1e17", "all the same", "all zero"}
PARTS = {"undefined for x < 0", "infinite for x > 1"}


def landscape(name, d):
    """A formula as it was before undefined values could be counted as infinite: NaN or infinite where it is no number."""
    return sv.landscapes.Formula(TEXTS[name].format(f=SQUARES[d]))


def simulation(name, d, steps=3, n=12):
    where = {"initial": "box", "low": 0.05, "high": 0.9}
    sim = sv.Simulation(sv.PSO(dt=1e-3), landscape(name, d), sv.Swarm(n=n, d=d, seed=2, **where))
    sim.advance(steps)
    return sim


@pytest.mark.parametrize("name, d", CASES)
@pytest.mark.filterwarnings("error")
def test_the_page_draws_every_landscape_or_says_why_not(name, d):
    sim = simulation(name, d)
    for view in (Arena(), Density(), Curves()):
        view.attach(sim)
        paint(view, sim)
        if (
            isinstance(view, Arena) and d == 2
        ):  # at 1440×900: beyond the box, where a wide frame shows more, F may be no finite number
            for name_of_size, pixels in (("inner_width", 538), ("inner_height", 626)):
                view.renderer.ranges._measure(name_of_size, None, pixels)
            paint(view, sim)
        if isinstance(view, Curves):
            for log in (True, False):
                view.choose(0, "value", log=log)
                ends = view.plots[0].figure.y_range
                assert -np.inf < ends.start < ends.end < np.inf and np.isfinite(ends.end - ends.start)
        if isinstance(view, Arena):
            renderer = view.renderer
    for ends in (renderer.figure.x_range, renderer.figure.y_range):
        assert -np.inf < ends.start < ends.end < np.inf
    energy = renderer.points.data["energy"]
    np.testing.assert_array_equal(energy, sim.frame.energy)  # 1e30, as float32 was, is what no agent has
    assert ("varies by less than numbers" in renderer.note.text) == (name in FLAT)
    assert ("F is no finite number" in renderer.note.text) == (name in PARTS)
    if d == 1:
        assert renderer.figure.y_range.start < energy.min() <= energy.max() < renderer.figure.y_range.end
        drawn = renderer.curve.data["f"]
        assert np.isfinite(drawn[renderer.curve.data["x"] > 0.01]).any() and not np.isinf(drawn).any()
        assert len(renderer.missing.data["left"]) == (name in PARTS)
        if name not in FLAT:
            assert np.ptp(drawn[np.isfinite(drawn)]) > 0.5 * (
                renderer.figure.y_range.end - renderer.figure.y_range.start
            )
    else:
        image = renderer.background.data["image"][0]
        assert image.max() < SHADES and (image >= 3 * LEVELS).any() == (name in PARTS)
        assert len(np.unique(image)) > LEVELS // 2 or name in FLAT
        labels = list(renderer.bar.major_label_overrides.values())
        assert len(set(labels)) == len(labels) >= (1 if name in FLAT else 2)


@pytest.mark.parametrize("name, d", CASES)
@pytest.mark.parametrize("view", ["arena", "density", "curves"])
@pytest.mark.filterwarnings("error")
def test_print_draws_every_landscape(name, d, view):
    assert len(picture(simulation(name, d), view, dpi=50)) > 2000


@pytest.mark.parametrize("name, d", CASES)
@pytest.mark.filterwarnings("error")
def test_a_replay_of_every_landscape_is_made_of_numbers(name, d):
    page = replay(simulation(name, d))
    header = json.loads(page.split('<script type="application/json" id="run">')[1].split("</script>")[0])
    assert np.isfinite(np.array(header["view"])).all() and np.isfinite(np.array(header["range"])).all()
    ticks = header["backgrounds"][0]["ticks"]
    assert all(0 <= place <= 1 for place, _ in ticks) and len({text for _, text in ticks}) == len(ticks)


class Wild(sv.landscapes.Landscape):
    """Values that are given, whatever the point."""

    title = "Wild"
    log_colours = False
    given: ClassVar = np.zeros(0)

    def minimum(self, d):
        return None


@pytest.mark.parametrize("wild", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_reaches_no_range(wild):
    f = np.linspace(0, 1, 400).reshape(20, 20)
    clean = scale_of(f[:, 5:], Wild(), 2)
    f[:, :5] = wild
    scale = scale_of(f, Wild(), 2)
    assert (scale.low, scale.high) == (clean.low, clean.high) and np.isfinite(scale.height(f)).all()


@pytest.mark.parametrize("wild", [np.nan, np.inf])
def test_values_that_are_undefined_everywhere_have_a_scale(wild):
    scale = scale_of(np.full((4, 4), wild), Wild(), 2)
    assert np.isfinite(scale.ticks()).all() and np.isfinite(scale.height(np.full((4, 4), wild))).all()


@pytest.mark.parametrize(
    "low, high", [(-1.7e308, 1.7e308), (0, 1.7e308), (1e17, 1e17 + 1e5), (0, 1e-300), (1e-310, 2e-310), (5, 5)]
)
@pytest.mark.filterwarnings("error")
def test_heights_and_ticks_of_any_range(low, high):
    f = np.linspace(low / 2, high / 2, 101) * 2
    for median in (f, np.r_[np.full(500, low), f]):  # straight, and logarithmic
        scale = scale_of(median, Wild(), 2)
        heights, marks = scale.height(f), scale.marks()
        assert heights.min() == 0 and (np.diff(heights) >= 0).all() and heights.max() == (0 if scale.flat else 1)
        assert 1 <= len(marks) <= 8 and len(set(marks.values())) == len(marks)


def test_what_towers_over_the_box_has_one_colour_and_that_is_said():
    """Six decades under 1e300 left all that a person looks at in one blue."""
    f = np.r_[np.linspace(0, 10, 1000), 1e300]
    scale = scale_of(f, Wild(), 2)
    assert scale.above and "in one colour" in scale.said and len(np.unique(np.round(scale.height(f[:-1]), 2))) > 40
    assert scale.height(f[-1]) == 1
    assert not scale_of(np.r_[np.linspace(0, 10, 1000), 1e5], Wild(), 2).above


def test_stripes_have_two_greys_that_no_landscape_has():
    for theme in (LIGHT, DARK):
        colours = hex_colours(shade_colours(theme))
        assert len(colours) == SHADES and len({*theme.undefined} - {*colours[: 3 * LEVELS]}) == 2
    picture = background(landscape("undefined for x < 0", 2), 2, np.full(2, -5.0), np.full(2, 5.0))
    left = picture.image[:, : picture.image.shape[1] // 2 - 1]
    assert set(np.unique(left)) == {3 * LEVELS, 3 * LEVELS + 1} and picture.image[:, -1].max() < 3 * LEVELS


def test_gaps_are_where_the_curve_is_not():
    curve = curve_of(landscape("undefined for x < 0", 1), -5.0, 5.0)
    ((start, end),) = curve.gaps
    assert start == pytest.approx(-5, abs=0.01) and end == pytest.approx(0, abs=0.01)
    assert curve.bottom < 0 and curve.top < 40
    np.testing.assert_allclose(
        gaps_of(np.arange(5.0), np.array([1, np.nan, 1, np.nan, np.nan])), [[0.5, 1.5], [2.5, 4.5]]
    )


def test_texts_tell_numbers_apart_and_are_no_longer_than_that():
    assert texts_of([0.0, 20.0, -40.0]) == ["0", "20", "−40"]
    assert texts_of([1e8, 1e8 + 20, 1e8 + 40]) == ["100000000", "100000020", "100000040"]
    assert len(set(texts_of([3, 3 + 4e-13]))) == 2


def test_hovering_tells_significant_digits_of_any_number():
    """A weight of 1e-7 was "0.0000", as was every energy near a minimum of 0."""
    sim = simulation("a range of 1e-300", 2)
    arena = Arena()
    arena.attach(sim)
    hover = arena.renderer.hover
    shown = dict(hover.tooltips)
    assert (
        shown["weight"] == "@weight{%.5g}"
        and shown["position"] == "(@x{%.5g}, @y{%.5g})"
        and "0.0000" not in str(shown)
    )
    fields = {word.split("{")[0].strip("(, )") for text in shown.values() for word in text.split(", ") if "%" in word}
    assert fields <= {name for name, how in hover.formatters.items() if how == "printf"}, (
        "else %.5g is told as it stands"
    )
