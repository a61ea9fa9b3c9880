"""Axes tell the truth about the past and about what is hardly there: all decades of a record, and no noise that fills a plot."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from components.palette import theme
from components.views.curves.curve_plot import CurvePlot
from components.views.phase_space import speed_range
from swarmviz.drawing.axes import (
    FURTHEST,
    LEAST,
    NARROWEST,
    decade_ticks,
    decades_around,
    decimal,
    even_ticks,
    step_ticks,
    steps_around,
    steps_end,
    tick_texts,
)
from swarmviz.drawing.comparison import comparison_picture
from swarmviz.drawing.curves import Curve, CurvesPicture
from swarmviz.drawing.log_axis import BELOW, Zero, left_out, placed
from swarmviz.exports.mpl import curves as printed
from swarmviz.exports.mpl.comparison import comparison_figure
from swarmviz.exports.mpl.curves import curves_figure
from swarmviz.frame import Observable
from swarmviz.record import Record

SUPERSCRIPT = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
SUPERSCRIPT_DIGITS = str.maketrans(SUPERSCRIPT, "-0123456789")

K = np.arange(0, 1000.0)
GROWN = 10.0 ** (K / 9)  # 1 … 1e111, the dispersion of a swarm that explodes
SHRUNK = 10.0 ** (2 - K / 4)  # 1e2 … 1e-248


def painted(y, log):
    plot = CurvePlot(theme(False))
    known = y[np.isfinite(y) & ((y > BELOW) | (not log))]
    plot.paint(CurvesPicture("g", log, [Curve("V", "V", K, y)], "V", 999, 999, known.min(), known.max()))
    return plot


@pytest.mark.parametrize("y", [GROWN, SHRUNK, np.r_[GROWN[:500], SHRUNK[500:]]], ids=["grown", "shrunk", "both"])
def test_a_logarithmic_axis_shows_the_whole_record_on_the_page_and_in_print(y):
    plot = painted(y, True)
    assert plot.figure.y_range.start <= y.min() and plot.figure.y_range.end >= y.max() * (1 - 1e-9)
    ticks = plot.ticker.ticks
    assert 3 <= len(ticks) <= 6 and all(t in plot.figure.yaxis.major_label_overrides for t in ticks)
    low, high = printed.decades([y])
    assert low <= y.min() and high >= y.max() * (1 - 1e-9)


def test_page_and_print_have_the_same_decades():
    for y in (GROWN, SHRUNK, np.array([3.0, 4.0])):
        assert printed.decades([y]) == decades_around(y.min(), y.max())


def test_what_is_closer_to_zero_than_the_axis_reaches_is_told():
    y = placed(np.array([1.0, 1e-299, 1e-301, 0.0, -1.0, np.nan]))
    np.testing.assert_array_equal(y == BELOW, [False, False, True, True, True, False])
    said = left_out(Zero(), {"V": y})
    assert "of 0 or less (under 10⁻³⁰⁰)" in said and "V" in said


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0, 11.4128, 1e17, 1e300])
def test_rounding_does_not_fill_an_axis(size):
    noise = size * (1 + 5e-6 * np.random.default_rng(1).uniform(size=1000))
    for ends in (steps_around(noise.min(), noise.max()), printed.ends_of([noise])):
        assert ends[0] <= noise.min() and noise.max() <= ends[1]
        assert np.ptp(noise) < 0.1 * (ends[1] - ends[0])
        assert NARROWEST * size <= (ends[1] - ends[0]) * 1.0001


def test_a_change_that_labels_can_tell_fills_its_axis():
    y = np.array([11.0, 11.1])
    for ends in (steps_around(*y), printed.ends_of([y])):
        assert np.ptp(y) > 0.4 * (ends[1] - ends[0])


@pytest.mark.parametrize(
    "low, high",
    [(-1.7e308, 1.7e308), (1e300, 1.001e300), (0.0, 1e-300), (1e-300, 1.0001e-300), (1e17, 1e17), (0, 5e-324)],
)
def test_axes_and_ticks_of_any_numbers_are_finite_and_increase(low, high):
    for ends in (steps_around(low, high), printed.ends_of([np.array([low, high])])):
        assert -np.inf < ends[0] < ends[1] < np.inf and np.isfinite(ends[1] - ends[0])
        assert ends[0] <= max(low, -FURTHEST) and min(high, FURTHEST) <= ends[1]
        ticks = even_ticks(*ends)
        assert 2 <= len(ticks) <= 12 and (np.diff(ticks) > 0).all()
    ticks = decade_ticks(*decades_around(LEAST, 1e308))
    assert len(ticks) <= 6


def test_velocities_of_rounding_do_not_fill_a_phase_space():
    v = np.random.default_rng(2).normal(size=100) * 1e-12
    _, high = speed_range(v, 10.0, None)
    assert np.abs(v).max() < 1e-6 * high


def two(first, second):
    """Two runs whose records are given, as far as a comparison looks at them."""
    observable = Observable("best", "best F", "lowest")
    out = []
    for y in (first, second):
        record = Record(1, None)
        record.extend({"k": K[: len(y)].astype(int), "t": K[: len(y)], "best": y})
        sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=2))
        out.append(
            SimpleNamespace(record=record, k=len(y) - 1, landscape=sim.landscape, initial_swarm=sim.initial_swarm)
        )
    return out, observable


def test_what_two_runs_lose_to_rounding_is_no_difference():
    y = np.linspace(5, 4, 50)
    sims, observable = two(y, y * (1 + 1e-15))
    _, lower = comparison_picture(sims, observable, log=False)
    assert np.abs(lower.curves[0].y).max() > 0
    assert lower.high - lower.low > 1e5 * np.abs(lower.curves[0].y).max()


@pytest.mark.filterwarnings("error")
def test_printed_curves_keep_their_whole_record():
    sim = sv.Simulation(sv.CBO(lam=30.0, sigma=6.0, dt=0.1), sv.landscapes.Sphere(), sv.Swarm(n=20, seed=1))
    sim.advance(300)
    spread = sim.record["dispersion"]
    assert spread.max() / spread.min() > 1e30, "else this shows nothing"
    for figure in (curves_figure(sim), comparison_figure(sim, other=sim)):
        axes = next(a for a in figure.axes if a.get_yscale() == "log")
        low, high = axes.get_ylim()
        assert low <= spread.min() and high >= min(spread.max(), printed.HIGHEST)
        figure.canvas.draw()


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


@pytest.mark.parametrize("high", [5e307, 1.7e308, 1e308])
def test_an_axis_around_numbers_that_are_about_to_diverge_has_ends(high):
    low, top = decades_around(1.0, high)
    assert 0 < low < top < np.inf
    assert decades_around(high / 10, high, (low, top))[1] == top


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (0.05, "0.05"), (2000, "2\u202f000"), (-3.5, "−3.5"), (4e-5, "4·10⁻⁵"), (1e-5, "10⁻⁵"), (-2.5e6, "−2.5·10⁶"),
     (99999, "99\u202f999"), (1e5, "10⁵"), (0.001, "0.001"), (1234.5, "1\u202f234.5"), (5e-324, "4.94066·10⁻³²⁴"), (np.inf, "∞")],
)  # fmt: skip
def test_numbers_on_an_axis_are_as_people_write_them(value, text):
    assert decimal(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (12000, 2, "1.2·10⁴"),
        (-227.4, 2, "−2.3·10²"),
        (-9999999.7, 7, "−10⁷"),
        (2.5e-4, 4, "2.5·10⁻⁴"),
        (1 / 3, 4, "0.3333"),
        (-123456.78, 8, "−123\u202f456.78"),
    ],
)
def test_a_number_that_its_digits_do_not_write_in_full_is_a_power_of_ten(value, digits, text):
    """It was "1", "2" and "1e+07", without its sign."""
    assert decimal(value, digits) == text


@pytest.mark.parametrize(
    "ends", [(0, 1), (-3, 5), (0, 4e-5), (1e8, 1e8 + 40), (-2e6, 8e6), (99.9, 100.1), (0, 28000), (-1e-300, 1e-300)]
)
def test_ticks_are_told_apart_and_tell_their_values(ends):
    ticks = even_ticks(*ends)
    texts = tick_texts(ticks)
    assert len(set(texts.values())) == len(ticks) and not any("e" in text for text in texts.values())
    for tick, text in texts.items():
        plain = text.replace("\u202f", "").replace("−", "-")
        factor, power, exponent = plain.partition("10") if any(c in SUPERSCRIPT for c in plain) else (plain, "", "")
        value = float(factor.rstrip("·") or 1) if factor not in ("-", "") else float(f"{factor}1")
        if power:
            value *= 10.0 ** int(exponent.translate(SUPERSCRIPT_DIGITS))
        assert value == pytest.approx(tick, rel=1e-9)


@pytest.mark.parametrize("log", [False, True])
def test_the_axis_of_steps_leaves_room_for_names_moves_rarely_and_has_round_ticks(log):
    seen = set()
    for last in [*range(1, 3000), 28_000, 10**6]:
        end = steps_end(last, 0.2, log)
        seen.add(end)
        used = np.log(max(last, 10)) / np.log(end) if log else max(last, 10) / end
        assert used <= 0.8 + 1e-9 and used > 0.58, "no more than a third of what there is beside the names is empty"
        ticks = step_ticks(end, log)
        assert 2 <= len(ticks) <= 8 and (1 if log else 0) <= ticks[0] and ticks[-1] <= end
    assert len(seen) < 45
