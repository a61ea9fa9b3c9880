"""What stands between braces: sliders, numbers that live, and numbers that were measured."""

import pytest

import swarmviz as sv
from swarmviz.lessons.inline import UNTIL, Found, Measured, Number, Slider, is_braced, meaning, pieces
from swarmviz.replay import RunSpec

RUNS = (RunSpec.at_start(sv.CBO(), sv.landscapes.Ackley(), sv.Swarm()),)


def test_a_text_falls_into_pieces_and_is_their_sum():
    text = "σ {slider: sigma} and V {number: dispersion}, {odd"
    parts = list(pieces(text))
    assert "".join(parts) == text
    assert [part for part in parts if is_braced(part)] == ["{slider: sigma}", "{number: dispersion}", "{"]


def test_each_kind_means_what_it_says():
    assert meaning("{number: k}", RUNS) == Number("k")
    assert meaning("{slider: dt from 0.01 to 0.1}", RUNS) == Slider("dynamics", "dt", 0.01, 0.1, False, True)
    assert meaning("{slider: landscape.depth from 1 to 30}", RUNS)[:4] == ("landscape", "depth", 1.0, 30.0)
    assert meaning("{measured: k at until = 57}", RUNS) == Measured(0, "k", UNTIL, "57")
    assert meaning("{measured: B dispersion at 200 = −3.1e-7}", (*RUNS, *RUNS)) == Measured(
        1, "dispersion", 200, "-3.1e-7"
    )
    assert meaning("{found: B 3 of 100 at 200}", (*RUNS, *RUNS)) == Found(1, 3, 100, 200)


@pytest.mark.parametrize("number", ["1e999999", "0e400", "1e-999999"])
def test_a_number_beyond_all_bounds_is_refused(number):
    with pytest.raises(ValueError, match="must be a finite number"):
        meaning(f"{{measured: k at 3 = {number}}}", RUNS)


def test_a_slider_without_a_range_has_that_of_the_form():
    declared = sv.CBO.declared()["sigma"]
    assert meaning("{slider: sigma}", RUNS)[2:4] == tuple(map(float, declared.softbounds))


@pytest.mark.parametrize(
    "text, half_unit, shown",
    [
        ("57", 0.5, "57"),
        ("2.00", 0.005, "2.00"),
        ("3.1e-7", 0.5e-8, "3.1 × 10⁻⁷"),
        ("-0.5", 0.05, "−0.5"),
        ("1557689", 0.5, "1,557,689"),
        ("8.8e23", 0.5e22, "8.8 × 10²³"),
    ],
)
def test_a_number_is_as_exact_as_its_digits_and_is_shown_without_an_e(text, half_unit, shown):
    number = Measured(0, "dispersion", 0, text)
    assert number.half_unit == pytest.approx(half_unit) and number.shown == shown
