"""The parts of the page without a browser: controls from declarations, links, stops, and the transport's worker without a document."""

from __future__ import annotations

import contextlib
import threading
import time

import numpy as np
import pytest

from components.controls.form import Controls, assign, rows_of
from components.links.permalink import first
from components.page import theme
from components.playback.stop_conditions import Stop
from components.playback.transport import FASTEST, Moment, Transport
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


# ---- the transport without a document ----------------------------------------------------------------------------------------


class Player:
    """Counts what the transport asks for."""

    def __init__(self, fails=None):
        self.k, self.batches, self.painted, self.errors, self.fails = 0, [], [], [], fails
        self.threads = set()
        self.transport = Transport(self.advance, self.picture, self.painted.append, self.errors.append)

    def advance(self, steps):
        self.threads.add(threading.current_thread().name)
        if self.fails is not None and self.k >= self.fails:
            raise ArithmeticError("too far")
        self.batches.append(steps)
        self.k += steps

    def picture(self, count):
        return Moment(self.k, float(self.k), self.k), {count % 2: self.k}


@pytest.fixture
def player():
    made = []

    def make(**options):
        made.append(Player(**options))
        return made[-1]

    yield make
    for each in made:
        each.transport.stop()


def test_the_worker_plays_pauses_and_ends(player):
    p = player()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(None)
    assert wait(lambda: p.k > 50)
    p.transport.playing = False
    time.sleep(0.1)
    stood = p.k
    time.sleep(0.2)
    assert p.k == stood
    assert p.threads == {"swarmviz transport"}, "the page's thread must not compute"
    p.transport.stop()
    assert not [t for t in threading.enumerate() if t is p.transport._thread]


def test_the_speed_is_kept_on_average(player):
    p = player()
    p.transport.speed, p.transport.playing = 200.0, True
    p.transport.start(None)
    assert wait(lambda: p.k > 0)
    k, began = p.k, time.monotonic()
    time.sleep(1.0)
    p.transport.playing = False
    rate = (p.k - k) / (time.monotonic() - began)
    assert 100 < rate < 260  # wide: the machine may be busy, and lost time is not made up for


@pytest.mark.parametrize(
    "speed, draw_every", [(0.5, 1), (1, 1), (2, 1), (3, 1), (10, 1), (45, 1), (10, 20), (1e-20, 1)]
)
def test_a_slow_speed_is_what_it_says(player, monkeypatch, speed, draw_every):
    transport, now = player().transport, [1000.0]
    monkeypatch.setattr("components.playback.transport.time.monotonic", lambda: now[0])
    transport.speed, transport.draw_every, transport.playing = speed, draw_every, True
    while now[0] < 1060:
        transport._k += transport._due()
        assert transport._next_at - now[0] <= threading.TIMEOUT_MAX, "no lock can wait so long"
        now[0] = max(transport._next_at, now[0] + 1e-3)
    assert abs(transport._k - 60 * speed) <= max(draw_every, 0.05 * 60 * speed)


def test_a_speed_below_one_picture_a_period_takes_single_steps(player):
    p = player()
    p.transport.speed, p.transport.playing = 10.0, True
    p.transport.start(None)
    assert wait(lambda: p.k >= 4)
    assert set(p.batches) == {1}


def test_as_fast_as_it_goes_takes_many_steps_a_picture(player):
    p = player()
    p.transport.speed, p.transport.playing = FASTEST, True
    p.transport.start(None)
    assert wait(lambda: p.batches and max(p.batches) > 1000)


def test_a_failure_stops_playing_is_told_and_leaves_the_worker_alive(player):
    p = player(fails=20)
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(None)
    assert wait(lambda: p.errors)
    assert "too far" in str(p.errors[0]) and not p.transport.playing
    assert wait(lambda: p.painted and 20 <= next(iter(p.painted[-1].values())))
    p.fails = None
    p.transport.do(lambda: p.advance(1))
    assert wait(lambda: p.batches[-1] == 1)


def test_steps_that_became_slow_hold_up_neither_a_pause_nor_who_waits_for_the_swarm(player):
    p, lock = player(), threading.Lock()
    quick, slow = p.advance, threading.Event()

    def advance(steps):
        with lock:
            quick(steps)
            time.sleep(0.005 * steps if slow.is_set() else 0)

    p.transport._advance = advance
    p.transport.draw_every = 100_000  # eight minutes of slow steps to the next picture
    p.transport.speed, p.transport.playing = FASTEST, True
    p.transport.start(None)
    assert wait(lambda: max(p.batches, default=0) > 1000)
    p.transport.do(slow.set)
    assert wait(slow.is_set)
    count = len(p.batches)
    assert wait(lambda: len(p.batches) > count + 3)
    assert max(p.batches[count:]) < 100, "a piece lasts a tenth of a second, whatever steps cost before"
    assert lock.acquire(timeout=5.0), "between two pieces the swarm is free"
    lock.release()
    painted = len(p.painted)
    p.transport.draw_every = 1
    assert wait(lambda: len(p.painted) > painted), "who no longer wants to wait for a picture need not"


def test_a_hidden_page_takes_no_steps(player):
    p = player()
    p.transport.speed, p.transport.playing, p.transport.hidden = 1000.0, True, True
    p.transport.start(None)
    time.sleep(0.2)
    assert p.k == 0
    p.transport.hidden = False
    assert wait(lambda: p.k > 0)


class Document:
    """A document whose page thread runs when the test says so, and whose browser paints when the test says so."""

    def __init__(self):
        self.callbacks = []

    def add_next_tick_callback(self, function):
        self.callbacks.append(function)

    def run(self):
        waiting, self.callbacks = self.callbacks, []
        for function in waiting:
            function()

    def hold(self, *args):
        pass

    def unhold(self):
        pass


def test_at_most_two_pictures_are_under_way_and_the_newest_wins(player, monkeypatch):
    monkeypatch.setattr("components.playback.transport.pn.io.hold", lambda doc: contextlib.nullcontext())
    p, doc = player(), Document()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)
    until = time.monotonic() + 0.6
    while time.monotonic() < until:
        doc.run()
        time.sleep(0.01)
    assert len(p.painted) == 2, "a browser that acknowledges nothing gets a window of two"
    stood = p.k
    time.sleep(0.2)
    assert p.k == stood, "with a full mailbox the worker waits"
    p.transport.do(lambda: p.advance(1000))  # a command goes on, and replaces what lay in the mailbox
    assert wait(lambda: p.k == stood + 1000)
    time.sleep(0.05)
    p.transport._acknowledge(1)
    doc.run()
    assert wait(lambda: len(p.painted) == 3)
    assert p.painted[2][0] == stood + 1000
    assert 1 in p.painted[2] or 0 in p.painted[2]


def test_without_an_acknowledgement_pictures_go_on_slowly(player, monkeypatch):
    monkeypatch.setattr("components.playback.transport.pn.io.hold", lambda doc: contextlib.nullcontext())
    monkeypatch.setattr("components.playback.transport.PATIENCE", 0.2)
    p, doc = player(), Document()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        doc.run()
        time.sleep(0.01)
    assert 3 <= len(p.painted) <= 10, (
        "one more every PATIENCE seconds, or a page that misses its first pictures hangs for good"
    )


def test_the_page_has_what_its_modules_rely_on():
    """A version of Panel without these still works, only slower or with a leak; this test says so first."""
    import panel as pn

    theme.extension()
    plain = pn.Column()
    view = theme.page(plain, pn.Column(), {"Model": pn.Column()}, False, False, lambda dark: None)
    assert theme.forget_busy(view) == 0, "the tie is cut when the page is made"
    follower = theme.Page()
    assert theme.forget_busy(follower) == 1, "Page no longer follows pn.state.busy: drop forget_busy"


def test_a_picture_that_was_never_sent_cannot_be_acknowledged(player):
    """A browser that acknowledges what lies in the future would be sent pictures without end."""
    p = player()
    p.transport._sent = 3
    p.transport._acknowledge(10**9)
    assert p.transport._acknowledged == 3


def test_nothing_moves_while_the_connection_is_broken_and_then_everything_is_shown_anew(player, monkeypatch):
    monkeypatch.setattr("components.playback.transport.pn.io.hold", lambda doc: contextlib.nullcontext())
    p, doc = player(), Document()
    p.transport.speed, p.transport.playing = 1000.0, True
    p.transport.start(doc)

    def live(seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            doc.run()
            p.transport._acknowledge(p.transport._sent)
            time.sleep(0.01)

    live(0.3)
    p.transport.alone = True
    live(0.3)
    stood, painted = p.k, len(p.painted)
    live(0.5)
    assert p.k == stood and len(p.painted) == painted
    p.transport.alone = False
    until = time.monotonic() + 20
    while p.k == stood or len(p.painted) == painted:
        assert time.monotonic() < until
        live(0.05)
    p.transport.stop()
