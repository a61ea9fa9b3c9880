"""What may be chosen of a table, and that nothing else may."""

import pytest

from components.explore.look import Look, offers, targets_of
from swarmviz.explore import RunTable
from tests.explore.written import KINDS, data


@pytest.mark.parametrize("kind", KINDS)
def test_every_choice_that_is_offered_may_be_made_and_the_first_ones_are_offered(kind):
    table = RunTable(data(kind))
    look = Look.first(table)
    for name, choices in offers(table, look).items():
        values = [value for value, _ in choices]
        assert len(set(values)) == len(values)
        if not name.startswith("at:"):
            assert not values or getattr(look, name) in values, name
        for value in values:
            look.changed(table, name, value)


def test_axes_are_any_numbers_of_the_table():
    table = RunTable(data("sweep"))
    offered = {value for value, _ in offers(table, Look.first(table))["x"]}
    assert {"sigma", "lam", "seed", "run", "final_best", "success", "final_answer coordinate=0"} <= offered


@pytest.mark.parametrize(
    "name, value",
    [("x", "nowhere"), ("x", 3), ("colour", "<b>"), ("at:sigma", "99"), ("at:sigma", "-1"), ("at:nowhere", "0"), ("at:sigma", True),
     ("_replace", "x"), ("at", "0"), ("over", "__class__"), ("curve", ""), ("targets", "a"), ("targets", "-1"), ("targets", "nan"),
     ("targets", "1," * 90), ("targets", True)],
)  # fmt: skip
def test_what_is_not_offered_is_refused(name, value):
    table = RunTable(data("sweep"))
    with pytest.raises(ValueError):
        Look.first(table).changed(table, name, value)


def test_targets_are_numbers_between_commas():
    assert targets_of("0.1, 1e-3, 0.1") == [0.1, 1e-3]
