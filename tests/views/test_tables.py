"""The tables of charts are made when they are asked for, once, of what the view shows then."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from components.views import SIDE_VIEWS
from components.views.buttons import ButtonRow
from components.views.curves.curves import Curves
from components.views.density.density import Density
from components.views.mass import Mass
from components.views.occupation import Occupation
from components.views.phase_space import PhaseSpace
from components.views.switcher import ViewSwitcher
from components.views.tables import Tables
from swarmviz.drawing.tables import Column, bounded
from tests.views.finite_set import run as on_states
from tests.views.helpers import attached, paint, simulation


@pytest.fixture
def made():
    calls, asked = [], []
    buttons = ButtonRow(lambda what: None)

    def tables(frame, run):
        calls.append(run.k)
        return [bounded("t", [Column("k", frame.x[:, 0])], "rows")]

    return SimpleNamespace(
        buttons=buttons, tables=Tables([(buttons, tables)], lambda: asked.append(True)), calls=calls, asked=asked
    )


def test_nothing_is_made_until_somebody_asks_and_then_once(made):
    sim = simulation(n=4)
    paint(made.tables, sim)
    assert made.calls == [] and made.buttons.has_table and made.buttons.table == {}
    made.buttons._handle_msg(["table"])
    waiting = made.tables.prepare(sim.frame, sim)  # which gives way to the next picture
    assert made.asked == [True] and waiting
    sim.advance(1)
    paint(made.tables, sim)
    assert made.buttons.table["step"] == sim.k and made.buttons.table["count"] == 1
    assert len(made.buttons.table["tables"][0]["rows"]) == 4
    made.tables.paint(waiting)
    paint(made.tables, sim)
    assert made.buttons.table["count"] == 1 and len(made.calls) == 2


@pytest.mark.parametrize("message", [["table", 1], "table", {"table": 1}, [["table"]]])
def test_another_message_asks_for_nothing(made, message):
    made.buttons._handle_msg(message)
    assert made.asked == []


def test_a_row_without_a_table_asks_for_nothing():
    asked = []
    row = ButtonRow(lambda what: None)
    row.on_table = lambda: asked.append(True)
    row._handle_msg(["table"])
    assert asked == []


def test_a_table_that_cannot_be_made_is_tried_once(made):
    def fail(frame, run):
        raise ValueError("no table")

    tables = Tables([(made.buttons, fail)], lambda: None)
    sim = simulation(n=4)
    tables.ask(0)
    with pytest.raises(ValueError, match="no table"):
        tables.prepare(sim.frame, sim)
    assert tables.prepare(sim.frame, sim) is None


def test_every_side_view_has_tables():
    assert all("tables" in vars(kind) for kind in SIDE_VIEWS)


@pytest.mark.parametrize(
    ("kind", "dynamics"), [(Density, "CBO"), (PhaseSpace, "PSO"), (Mass, "SSA"), (Mass, "SBGD"), (Occupation, "")]
)
def test_a_view_tells_the_numbers_of_its_run(kind, dynamics):
    sim = simulation(dynamics, n=30, steps=4) if dynamics else on_states()
    tables = attached(kind(), sim).tables(sim.frame, sim)
    assert tables and all(table.size > 1 and len(table.columns) > 1 for table in tables)


def test_the_plane_of_a_density_is_a_table_of_cells():
    sim = simulation("CBO", n=30, steps=4)
    view = attached(Density(), sim)
    assert [table.unit for table in view.tables(sim.frame, sim)] == ["bins", "bins"]
    view.plane = True
    assert [table.unit for table in view.tables(sim.frame, sim)] == ["rows"]


def test_the_switcher_tells_the_view_that_is_seen():
    sim = simulation("PSO", n=30, steps=4)
    switcher = attached(ViewSwitcher(SIDE_VIEWS), sim)
    assert switcher.tables(sim.frame, sim)[0].unit == "bins"
    switcher.show("Phase space")
    assert switcher.tables(sim.frame, sim)[0].unit == "agents"


def test_each_plot_of_curves_tells_its_own_group_in_all_its_kinds():
    sim = simulation("CBO", n=10, d=1, steps=1500)
    view = attached(Curves(), sim)
    (_, first), (_, second) = view.offers
    assert first(sim.frame, sim)[0].title.startswith("F") and "dispersion" in second(sim.frame, sim)[0].title
    for group in [choice[0] for choice in view.offers[0][0].choices]:
        view.choose(0, group)
        for table in first(sim.frame, sim):
            assert table.size <= 100 and (group == "W₁" or table.size > 50)
