"""What was typed becomes a value of a parameter or of its schedule, or is refused."""

from __future__ import annotations

import pytest

import swarmviz as sv
from components.controls.assign import assign
from components.controls.rows import rows_of
from swarmviz import dynamics, schedules
from swarmviz.schedules import Constant

BEGUN = [cls for cls in schedules.ALL.values() if cls is not Constant]


@pytest.mark.parametrize("kind", [kind for kind in schedules.ALL if kind != "Constant"])  # which is the number itself
def test_a_schedulable_number_can_follow_each_schedule_and_go_back(kind):
    part = dynamics.CBO(sigma=2.0)
    assign(part, "sigma.kind", kind)
    assert type(part.sigma).__name__ == kind
    rows = {row.name: row for row in rows_of(part, "p")}
    formula = rows.get("p.sigma.formula")
    assert (formula is None) == (kind == "Piecewise"), "the points of one say all"
    assert formula is None or (formula.value.startswith("σ(t) = ") and "\\" not in formula.value)
    for name, declared in part.sigma.declared().items():
        assert rows[f"p.sigma.{name}"].symbol == declared.symbol
    assign(part, "sigma.kind", "fixed")
    assert isinstance(part.sigma, float)


def test_a_schedule_begins_at_a_time_that_a_reader_can_read():
    part = dynamics.CBO()
    assign(part, "sigma.kind", "Linear", t=48 * 0.05)
    assert part.sigma.since == 2.4 != 48 * 0.05, "not 2.4000000000000004"


def test_the_parameters_of_a_schedule_are_edited_and_refused_like_any_other():
    part = dynamics.CBO()
    assign(part, "alpha.kind", "Linear")
    assert part.alpha.start == part.alpha.end == 1000.0, "a schedule begins with the present value"
    assign(part, "alpha.duration", "20")
    assert part.alpha.duration == 20
    with pytest.raises(ValueError, match="duration"):
        assign(part, "alpha.duration", "-1")
    assert part.alpha.duration == 20
    assign(part, "alpha.kind", "Piecewise")
    assign(part, "alpha.points", "0, 1; 5, 100")
    assert part.alpha.points == ((0, 1), (5, 100))
    with pytest.raises(ValueError, match="increase"):
        assign(part, "alpha.points", "5, 1; 0, 100")


def test_fixed_and_constant_are_one_thing():
    part = sv.CBO(sigma=Constant(value=0.7))
    rows = {row.name: row for row in rows_of(part, "p")}
    assert rows["p.sigma"].value == 0.7 and rows["p.sigma.kind"].value == "fixed"
    names = [name for name, _ in rows["p.sigma.kind"].options]
    assert "Constant" not in names and set(names) == {"fixed", *(cls.__name__ for cls in BEGUN)}
    assign(part, "sigma", 0.9)
    assert part.sigma == 0.9
    assign(part, "sigma.kind", "Constant")  # of an old page that is still open
    assert part.sigma == 0.9 and isinstance(part.sigma, float)
