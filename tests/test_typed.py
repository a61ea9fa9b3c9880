"""What a person typed, as a value."""

from __future__ import annotations

import pytest

import swarmviz as sv
from swarmviz.schedules import Linear, Piecewise
from swarmviz.typed import listed, parse_value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("max(x, y^2),x^2+y^2", ["max(x, y^2)", "x^2+y^2"]),
        ("max(x, sin(y)),x", ["max(x, sin(y))", "x"]),
        ("(x),max((x),(y)), y", ["(x)", "max((x),(y))", "y"]),
        ("[1, (2, 3)],4", ["[1, (2, 3)]", "4"]),
        ("1,2", ["1", "2"]),
        ("x),y", ["x)", "y"]),
    ],
)
def test_a_comma_inside_brackets_divides_nothing(text, values):
    assert listed(text) == values


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("0.5", "sigma", 0.5),
        ("1e4", "batch", 10_000),
        ("isotropic", "noise", "isotropic"),
        ("Linear(start=2)", "sigma", Linear(start=2)),
        ("Piecewise(((0, 1), (2, 3)))", "sigma", Piecewise(((0, 1), (2, 3)))),
    ],
)
def test_a_text_means_a_value_of_its_declaration(text, name, value):
    assert parse_value(name, text, sv.CBO.declared()[name]) == value


def test_commas_inside_brackets_do_not_separate():
    assert listed("1, Linear(start=1,end=2),[3,4]") == ["1", "Linear(start=1,end=2)", "[3,4]"]
