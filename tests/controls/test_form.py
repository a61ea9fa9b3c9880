"""The parts of the page without a browser: controls from declarations, links, stops, and the transport's worker without a document."""

from __future__ import annotations

import time

import numpy as np
import pytest

from components.controls.form import Controls, assign, rows_of
from components.playback.stop_conditions import Stop
from components.state import first
from components.text import readable, understood, written
from swarmviz import Simulation, Swarm, dynamics, landscapes, schedules
from swarmviz.parameters import Choice, Described, Real, Switch, TimeDependent, Vector, Whole

OWNERS = [*dynamics.ALL.values(), *landscapes.ALL.values(), Swarm]


def controls(part, **heard):
    calls = []
    form = Controls(
        {"dynamics": part},
        lambda parts: [],
        lambda name, final: calls.append((name, final)),
        lambda name, value: None,
        **heard,
    )
    return form, calls


def wait(holds, seconds=5.0):
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()


# ---- controls --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", OWNERS, ids=lambda cls: cls.__name__)
def test_every_declared_parameter_has_a_control_that_shows_its_value(owner):
    part = owner()
    rows = {row["name"]: row for row in rows_of(part, "p")}
    for name, declared in part.declared().items():
        value = getattr(part, name)
        moving = isinstance(value, TimeDependent)
        row = rows[f"p.{name}.kind" if moving else f"p.{name}"]
        assert row["symbol"] and row["doc"]
        if moving:
            assert row["value"] == type(value).__name__
            continue
        kinds = {Real: "number", Choice: "choice", Switch: "switch", Vector: "text"}
        kind = next((kinds[cls] for cls in type(declared).__mro__ if cls in kinds), "text")
        assert row["kind"] == kind
        assert row["value"] == (
            value if kind != "text" else written(value) if isinstance(declared, Vector) else str(value)
        )
        if kind == "number" and row["slider"]:
            low, high = row["slider"]["low"], row["slider"]["high"]
            assert low < high and declared.contains(low) and declared.contains(high)
            assert low > 0 or not row["slider"]["log"]


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
        row = next(row for row in rows_of(form.parts["dynamics"], "dynamics") if row["name"] == f"dynamics.{name}")
        if row["slider"]:
            form._edit(f"dynamics.{name}", row["slider"]["high"], True)
            assert calls == [(f"dynamics.{name}", True)]
            assert "error" not in form.form.shown[f"dynamics.{name}"]
            calls.clear()


def test_a_value_beyond_the_slider_but_within_the_bounds_can_be_typed():
    form, _ = controls(dynamics.CBO())
    declared = dynamics.CBO.param["lam"]
    beyond = declared.softbounds[1] * 2
    assert beyond <= declared.bounds[1]
    form._edit("dynamics.lam", f"{beyond:g}", True)
    assert form.parts["dynamics"].lam == beyond


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
    hidden = lambda name: form._known[f"dynamics.{name}"]["hidden"]  # noqa: E731
    assert not hidden("cutoff")
    form._edit("dynamics.profile", "constant", True)
    assert form.form.shown["dynamics.cutoff"]["hidden"]
    assert hidden("cutoff")
    form._edit("dynamics.profile", "smooth", True)
    assert "hidden" not in form.form.shown["dynamics.cutoff"]


@pytest.mark.parametrize("kind", [kind for kind in schedules.ALL if kind != "Constant"])  # which is the number itself
def test_a_schedulable_number_can_follow_each_schedule_and_go_back(kind):
    part = dynamics.CBO(sigma=2.0)
    assign(part, "sigma.kind", kind)
    assert type(part.sigma).__name__ == kind
    rows = {row["name"]: row for row in rows_of(part, "p")}
    assert rows["p.sigma.formula"]["value"].startswith("σ(t) = ") and "\\" not in rows["p.sigma.formula"]["value"]
    for name, declared in part.sigma.declared().items():
        assert rows[f"p.sigma.{name}"]["symbol"] == declared.symbol
    assign(part, "sigma.kind", "fixed")
    assert isinstance(part.sigma, float)


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


def test_no_line_of_the_page_names_a_dynamics_or_a_parameter_of_one():
    import re
    from pathlib import Path

    own = {name for cls in dynamics.ALL.values() for name in cls.declared()} - {
        "batch",
        "boundary",
        "noise",
        "dt",
        "scheme",
        "memory",
        "speed",  # of playing, too
    }
    names = set(dynamics.ALL) | {name for name in own if len(name) > 2}
    root = Path(__file__).parents[2]
    mine = [root / "app.py", *(root / "components").rglob("*.py")]
    for file in [*mine, *(root / "assets").glob("*.js")]:
        code = re.sub(
            r'""".*?"""|#.*|//.*', "", file.read_text(encoding="utf-8"), flags=re.S if file.suffix == ".py" else 0
        )
        found = {
            name
            for name in (names if file.suffix == ".py" else dynamics.ALL)
            if re.search(rf"""["'.]{name}["']""", code)
        }
        assert not found, f"{file.name}: {found}"


def test_formulas_are_readable_without_latex():
    assert readable(r"1\cdot 0.9^{t}") == "1· 0.9<sup>t</sup>"
    assert "<script>" not in readable("<script>")


# ---- presets -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", dynamics.ALL)
def test_every_dynamics_opens_with_something_that_runs(name):
    selection = first(name)
    assert type(selection.dynamics).__name__ == name
    Simulation(*selection[:3]).advance(2)


# ---- stops -----------------------------------------------------------------------------------------------------------------


def run_until_stopped(stop, steps=7):
    sim = Simulation(dynamics.CBO(noise="none"), landscapes.Sphere(), Swarm(n=10, d=2))
    for _ in range(1000):
        allowed, _ = stop.allowed(sim, steps)
        sim.advance(allowed)
        if reason := stop.reached(sim):
            return sim, reason
    return sim, ""


def test_a_stop_at_a_step_is_exact_whatever_the_batches():
    sim, reason = run_until_stopped(Stop.of("k", "100"))
    assert sim.k == 100 and "step 100" in reason


def test_a_stop_at_a_time_is_exact_to_one_step():
    sim, _ = run_until_stopped(Stop.of("t", "2.02"))
    assert 2.02 <= sim.t < 2.02 + sim.dynamics.dt + 1e-9


def test_a_stall_stops_after_so_many_steps_without_a_move():
    sim, reason = run_until_stopped(Stop.of("stall", "50"))
    assert "not moved" in reason and sim.k >= 50


@pytest.mark.parametrize(
    "kind, at", [("k", "x"), ("k", "-1"), ("t", "nan"), ("stall", "inf"), ("soon", "1"), (None, None)]
)
def test_a_stop_that_means_nothing_is_refused(kind, at):
    with pytest.raises(ValueError, match="stop"):
        Stop.of(kind, at)
