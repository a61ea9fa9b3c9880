"""The controls: an edit is accepted as a whole or stands refused in its row, and all that is shown follows from the present state."""

from __future__ import annotations

import time

import pytest

import swarmviz as sv
from components.controls.controls import Controls
from components.controls.heading import heading_of
from components.controls.rows import present_values, rows_of
from swarmviz import Swarm, dynamics, landscapes
from swarmviz.parameters import Described, Real, TimeDependent, Whole, written
from swarmviz.schedules import Linear, Logarithmic, Piecewise
from tests.controls.controls_of import controls

OWNERS = [*dynamics.ALL.values(), *landscapes.ALL.values(), Swarm]


@pytest.mark.parametrize("owner", OWNERS, ids=lambda cls: cls.__name__)
def test_every_row_has_a_short_name_of_its_own_and_its_description(owner):
    assert all(declared._label for declared in owner.declared().values()), "param makes one up from the name"
    rows = [row for row in rows_of(owner(), "part") if not row.nested and not row.inline]
    assert len({row.label for row in rows}) == len(rows) == len(owner.declared())
    for row, (name, declared) in zip(rows, owner.declared().items(), strict=True):
        assert row.label == declared.label and row.parameter == name and row.doc.startswith(declared.doc.split("\n")[0])


@pytest.mark.parametrize("owner", OWNERS, ids=lambda cls: cls.__name__)
def test_what_a_slider_can_reach_is_accepted_and_bad_input_leaves_every_value_as_it_was(owner):
    form, calls = controls(owner())
    for name, declared in form.parts["dynamics"].declared().items():
        if not isinstance(declared, Real) or isinstance(getattr(form.parts["dynamics"], name), TimeDependent):
            continue
        for bad in ("nan", "inf", "-inf", "many", "", None, [1], "1e400"):
            before = form.parts["dynamics"].values_now()
            if bad in ("", None) and declared.allow_None:
                continue
            form._edit(f"dynamics.{name}", bad, True)
            assert form.parts["dynamics"].values_now() == before, f"{name} = {bad!r} was taken"
            said = form.form.shown[f"dynamics.{name}"]["error"]
            assert name in said and declared.range_text in said
        assert not calls
        row = next(row for row in rows_of(form.parts["dynamics"], "dynamics") if row.name == f"dynamics.{name}")
        if row.slider:
            form._edit(f"dynamics.{name}", row.slider["high"], True)
            assert calls == [("dynamics", form.parts["dynamics"], True)] and form.edited_row == f"dynamics.{name}"
            assert "error" not in form.form.shown[f"dynamics.{name}"]
            calls.clear()


def test_a_value_beyond_the_slider_but_within_the_bounds_can_be_typed():
    form, _ = controls(dynamics.CBO())
    declared = dynamics.CBO.param["lam"]
    beyond = declared.softbounds[1] * 2
    assert beyond <= declared.bounds[1]
    form._edit("dynamics.lam", f"{beyond:g}", True)
    assert form.parts["dynamics"].lam == beyond


@pytest.mark.parametrize(
    "typed", ["1,5", "1.5", "0,5", "12 0000", "1 2", "1,23,456", "abc", "1e-3", "1e999999999", "9" * 5000]
)
def test_what_is_no_whole_number_is_refused_and_not_made_one(typed):
    class Owner(Described):
        n = Whole(7, bounds=(1, 10**9), symbol="N", doc="N.")

    form, calls = controls(Owner())
    form._edit("dynamics.n", typed, True)
    look = form.form.shown["dynamics.n"]
    assert form.parts["dynamics"].n == 7 and not calls
    assert look["error"].startswith("n (N) = ") and len(look["error"]) < 500
    assert look["text"] == typed and look["value"] == 7, (
        "the box keeps what is to be mended, the thumb what is in force"
    )


def test_one_coordinate_is_edited_and_the_other_keeps_its_digits():
    form, _ = controls(Swarm(d=2, initial="gaussian", centre=(1.23456789, 2.0)))
    first, _, second = form.form.shown["dynamics.centre"]["value"].rpartition(", ")
    assert second == "2"
    form._edit("dynamics.centre", f"{first}, 3", True)
    assert form.parts["dynamics"].centre == (1.23456789, 3.0)


def test_the_box_shows_what_was_understood_even_when_the_value_is_the_old_one():
    form, _ = controls(Swarm(n=10_000))
    before = dict(form.form.shown)
    form.form._handle_msg({"name": "dynamics.n", "value": "10,000", "final": True, "stamp": 1})
    look = form.form.shown["dynamics.n"]
    assert look["text"] == "10000" and look["value"] == 10_000
    assert form.form.shown != before, "nothing would be sent, and the box would go on saying 10,000"


def test_a_number_of_sixteen_digits_is_shown_whole():
    form, _ = controls(Swarm(seed=1764194000123456))
    assert form.form.shown["dynamics.seed"]["text"] == "1764194000123456"


def test_all_that_the_form_shows_is_there_after_every_edit_whatever_was_sent_before():
    """What is sent is the state: two forms of the same parameters show the same, however they got there."""
    form, _ = controls(dynamics.CBO())
    for value in ("2", "nonsense", "3", "2"):
        form._edit("dynamics.sigma", value, True)
    fresh, _ = controls(form.parts["dynamics"])
    assert form.form.shown == fresh.form.shown and form.form.spec == fresh.form.spec


def test_a_long_text_is_not_sent_again_with_every_edit_of_another_row():
    form, _ = controls(Swarm(d=2, initial="points", points=[[i / 7, -i / 3] for i in range(500)]))
    sent = []
    form.form.param.watch(lambda *events: sent.extend(e.name for e in events), ["long", "spec", "shown"])
    form._edit("dynamics.seed", "5", True)
    assert sent == ["shown"] and len(str(form.form.shown)) < 2000
    assert form.form.long == {"dynamics.points": written(form.parts["dynamics"].points)}
    form._edit("dynamics.points", "1, 2; 3, 4", True)
    assert form.form.long == {} and form.form.shown["dynamics.points"]["value"] == "1, 2; 3, 4"


def test_a_number_from_a_browser_that_is_no_number_of_this_world_is_refused_with_a_sentence():
    form, calls = controls(dynamics.CBO())
    form._edit("dynamics.sigma", 10**400, True)
    assert "sigma" in form.form.shown["dynamics.sigma"]["error"] and not calls


def test_a_control_that_does_not_matter_now_is_hidden_and_comes_back():
    form, _ = controls(dynamics.SSA())
    hidden = lambda name: form._known[f"dynamics.{name}"].hidden  # noqa: E731
    assert not hidden("cutoff")
    form._edit("dynamics.profile", "constant", True)
    assert form.form.shown["dynamics.cutoff"]["hidden"]
    assert hidden("cutoff")
    form._edit("dynamics.profile", "smooth", True)
    assert "hidden" not in form.form.shown["dynamics.cutoff"]


def test_a_check_across_parts_refuses_beside_the_control():
    def check(prefix, part):
        landscapes.Himmelblau().require_dimension(part.d)

    form, calls = controls(Swarm(), check=check)
    form._edit("dynamics.d", "3", True)
    assert form.parts["dynamics"].d == 2 and not calls
    assert "Himmelblau needs d = 2" in form.form.shown["dynamics.d"]["error"]


def test_unknown_rows_from_a_browser_are_ignored():
    form, calls = controls(dynamics.CBO())
    for message in (
        {"name": "dynamics.__class__", "value": 1},
        {"name": "os.system"},
        {"value": 1},
        "text",
        None,
        {"name": 3},
    ):
        form.form._handle_msg(message)
    assert not calls


# ---- schedules that begin where the swarm stands ---------------------------------------------------------------------------


class Stand:
    """Controls of a swarm that stands at a time."""

    def __init__(self, part, t):
        self.t, self.edits = t, []
        self.controls = Controls(
            {"dynamics": part},
            lambda parts: [],
            lambda prefix, part, final: self.edits.append(part),
            lambda *given: None,
            now=lambda: self.t,
        )

    def edit(self, name, value):
        self.controls._edit(f"dynamics.{name}", value, True)

    @property
    def part(self):
        return self.controls.parts["dynamics"]


def test_a_schedule_that_is_chosen_while_the_swarm_runs_begins_there_and_nothing_jumps():
    """At t = 5.4 a linear temperature was over before it began: T jumped from 0.5 to 1.44."""
    cooling = Logarithmic(c=1.0, t0=2.0)
    at = Stand(sv.SSA(profile="annealing", temperature=cooling), 5.4)
    at.edit("temperature.kind", "Linear")
    chosen = at.part.temperature
    assert isinstance(chosen, Linear) and chosen.since == 5.4
    assert chosen.at(5.4) == cooling.at(5.4)
    at.t = 9.0
    at.edit("temperature.end", "0")
    at.edit("temperature.kind", "fixed")
    assert at.part.temperature == pytest.approx(float(Linear(start=float(chosen.start), end=0.0, since=5.4).at(9.0)))


def test_the_beginning_is_shown_and_edited_and_a_reset_moves_only_one_that_nobody_typed():
    at = Stand(sv.CBO(sigma=2.0), 5.0)
    at.edit("sigma.kind", "Exponential")
    at.edit("alpha.kind", "Linear")
    rows = {row.name: row for row in rows_of(at.part, "dynamics")}
    assert rows["dynamics.sigma.since"].value == 5.0
    at.edit("alpha.since", "7")
    at.controls.restart_schedules()
    assert at.part.sigma.since == 0.0 and at.part.sigma.start == 2.0 and at.part.alpha.since == 7.0
    at.t = 3.0
    at.controls.restart_schedules()
    assert at.part.alpha.since == 7.0


def test_the_present_value_is_told_for_what_matters_a_few_times_per_second(monkeypatch):
    at = Stand(sv.CBO(sigma=Linear(start=1.0, end=0.0, duration=10.0, since=1.0)), 3.5)
    at.controls.refresh()
    words, mark = "now t = 3.5, σ = 0.75", [3.5, 0.75]
    assert at.controls.form.present == {"dynamics.sigma.now": words, "dynamics.sigma.curve": mark}
    clock = [time.monotonic()]
    monkeypatch.setattr("components.controls.controls.time.monotonic", lambda: clock[0])
    sent = []
    at.controls.show_present_values(at_once=False)
    at.controls.form.param.watch(lambda event: sent.append(event.new), "present")
    for _ in range(90):  # pictures, in three seconds
        clock[0] += 1 / 30
        at.t += 0.05
        at.controls.show_present_values(at_once=False)
    assert 5 <= len(sent) <= 12
    at.controls.show_present_values()
    words = f"now t = {at.t:.4g}, σ = {1 - (at.t - 1) / 10:.4g}"
    assert at.controls.form.present["dynamics.sigma.now"] == words, "where it stands"
    hidden = sv.FMC(tau=Linear(start=2.0, end=1.0))
    hidden.reward = "negative"
    assert present_values(hidden, "p", 0.0) == {} != present_values(sv.FMC(tau=Linear(start=2.0)), "p", 0.0)


def test_points_keep_their_beginning_when_they_are_edited():
    at = Stand(sv.CBO(), 2.0)
    at.edit("sigma.kind", "Piecewise")
    at.edit("sigma.points", "0, 1; 4, 0.5")
    assert at.part.sigma == Piecewise(((0, 1), (4, 0.5)), since=2.0)


def test_what_acts_on_a_reset_only_stands_in_a_section_that_says_so():
    form, _ = controls(dynamics.SSA())
    sections = {section["title"]: section for section in form.form.spec}
    assert [row["name"] for row in sections["Swarm"]["rows"]] == ["dynamics.initial_mass"]
    assert sections["Swarm"]["note"] == "applies on reset" and sections["Parameters"]["note"] == ""


def test_what_is_rare_is_folded_away_with_its_usual_value_and_a_landscape_stands_under_its_menu():
    parts = {"dynamics": dynamics.CBO(batch=20), "landscape": landscapes.Ackley(), "swarm": Swarm()}
    shown = Controls(parts, heading_of, lambda *_: None, lambda *_: None).form.spec
    names = {section["title"]: [row["name"] for row in section["rows"]] for section in shown}
    assert names[""] == ["dynamics", "preset", "question", "landscape", "landscape.depth", "landscape.steepness"]
    assert names["Rarely changed"] == [f"dynamics.{name}" for name in ("epsilon", "scheme", "batch", "boundary")]
    assert list(names) == ["", "Parameters", "Swarm", "Rarely changed"]
    assert [section["open"] for section in shown] == [True, True, True, False]
    usual = {row["name"]: row.get("usual") for section in shown for row in section["rows"]}
    assert usual["dynamics.batch"] == 0 and usual["dynamics.boundary"] == "none" and usual["dynamics.sigma"] is None


def test_a_graph_and_its_values_are_pasted_and_what_is_wrong_with_them_stands_beside_the_control():
    """As a person does it: choose one's own graph, paste a file of links, then one of values."""
    parts = {"dynamics": dynamics.ALL["FiniteSet"](graph="own"), "landscape": landscapes.ALL["Tabulated"]()}
    controls = Controls(parts, lambda parts: [], lambda *_: None, lambda *_: None)
    edges, values = "dynamics.edges", "landscape.table"
    assert not controls.form.shown[edges].get("hidden") and controls.form.shown["dynamics.states"]["hidden"]
    controls._edit(edges, "0,1\n1,2\n2,0,0.5\n2,3", True, 1)
    assert controls.parts["dynamics"].edges == ((0, 1), (0, 2, 0.5), (1, 2), (2, 3))
    assert controls.form.shown[edges]["value"] == "0, 1; 0, 2, 0.5; 1, 2; 2, 3"
    controls._edit(values, "0.5\n-1\n2\n0", True, 2)
    assert controls.parts["landscape"].table == (0.5, -1.0, 2.0, 0.0)
    for name, typed, reason in (
        (edges, "source,target\n0,1", "row 0 must be two states"),
        (edges, "0,1\n2,3", "no way leads from state 0 to state 2"),
        (edges, "", "must be 1 to 2,000 links"),
        (edges, "; ".join(["0 1"] * 2001), "must be 1 to 2,000 links"),
        (edges, "0 1;" * 40_000, "must be at most 100,000"),
        (values, "1", "must be 2 to 10,000 numbers"),
        (values, "1, two", "must be numbers"),
    ):
        controls._edit(name, typed, True, 3)
        assert reason in controls.form.shown[name]["error"], typed[:30]
    assert controls.parts["dynamics"].edges == ((0, 1), (0, 2, 0.5), (1, 2), (2, 3))
