"""Numbers and vectors as people type and read them."""

from __future__ import annotations

import numpy as np
import pytest

from components.text import beside_row, readable, understood
from swarmviz.parameters import Real, Vector, Whole, written


def test_numbers_are_understood_as_people_type_them():
    real, whole = Real(1.0), Whole(1)
    assert understood(real, " 1/8 ") == 0.125 and understood(real, "1e-4") == 1e-4
    assert understood(real, "0,5") == 0.5 and understood(real, "−2") == -2
    assert understood(whole, "1e3") == 1000 and isinstance(understood(whole, "1e3"), int)
    assert understood(whole, "2.5") == 2.5, "the declaration is to refuse it, not the form"
    assert understood(Vector(), "1, 2 3") == [1, 2, 3] and understood(Vector(), "") is None
    assert understood(Vector(shape="table"), "1,2; 3,4") == [[1, 2], [3, 4]]
    assert understood(Vector(), written((1.5, -2.0))) == [1.5, -2.0]


@pytest.mark.parametrize(
    "typed, meant",
    [("10,000", 10_000), ("10.000", 10_000), ("12 000", 12_000), ("12\u202f000", 12_000), ("1,234,567", 1_234_567),
     ("2.0", 2), ("4/2", 2), ("9007199254740993", 2**53 + 1), ("9007199254740993.0", 2**53 + 1)],
)  # fmt: skip
def test_a_whole_number_is_read_with_its_thousands_and_never_rounded(typed, meant):
    value = understood(Whole(1), typed)
    assert value == meant and isinstance(value, int)


def test_a_real_number_that_may_mean_two_is_refused_and_others_are_read_with_their_marks():
    real = Real(1.0)
    real.name = "alpha"
    for typed, meant in (
        ("1 234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234", 1.234),
    ):
        assert understood(real, typed) == meant
    with pytest.raises(ValueError, match=r"alpha = '1,234': may be 1234 or 1\.234"):
        understood(real, "1,234")


@pytest.mark.parametrize(
    "value", [1.23456789, (1.23456789, 2.0), (1 / 3, 1e-17, -0.0, 1e22), ((0.1 + 0.2, 1.0), (1e-5, 3.0))]
)
def test_what_is_shown_of_a_vector_says_exactly_what_it_is(value):
    table = isinstance(value, tuple) and isinstance(value[0], tuple)
    declared = Vector(shape="table" if table else "vector")
    again = understood(declared, written(value))
    assert repr(np.asarray(again, float).tolist()) == repr(np.asarray(value, float).tolist())


def test_a_table_may_come_line_by_line_as_a_file_has_it():
    table, vector = Vector(shape="table"), Vector()
    assert (
        understood(table, "0,1\n1,2,0.5\r\n2 0")
        == understood(table, "0 1; 1 2 0.5; 2 0")
        == [[0, 1], [1, 2, 0.5], [2, 0]]
    )
    assert understood(vector, "1\n2.5\n3\n") == understood(vector, "1; 2.5; 3") == [1, 2.5, 3]
    assert understood(vector, "1, 2\n3, 4") == [[1, 2], [3, 4]], (
        "two columns are no vector, and refused by its declaration"
    )


def test_a_text_longer_than_any_table_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("components.text._vector", None)
    with pytest.raises(ValueError, match=r"^edges: has 100,001 characters; must be at most 100,000$"):
        declared = Vector(shape="table")
        declared.name = "edges"
        understood(declared, "1" * 100_001)


def test_formulas_are_readable_without_latex():
    assert readable(r"1\cdot 0.9^{t}") == "1· 0.9<sup>t</sup>"
    assert "<script>" not in readable("<script>")


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("text: a has no value, at character 19:\n  x^2 + a\n        ^", "a has no value, at character 19"),
        ("text = 3: must be a text", "text = 3: must be a text"),
        ("d = 2: Formula needs d ≥ 7", "d = 2: Formula needs d ≥ 7"),
        ("may be one of:", "may be one of:"),
    ],
)
def test_beside_a_row_neither_the_name_in_python_nor_lines_that_point_are_said(sentence, said):
    assert beside_row(sentence, "text") == said
