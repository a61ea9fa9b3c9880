"""The card of the model: every line as MathML with a place for each value, nothing while it is not seen, and no HTML from elsewhere."""

from __future__ import annotations

import re

import pytest

import swarmviz as sv
from components.page import equation
from components.page.equation import EquationCard, content_of, number, values_now
from components.page.mathml import formula
from components.playback.pacer import EVERYTHING
from components.session import Session
from swarmviz.parameters import Real
from tests.dynamics.equations.test_lines import N, made
from tests.views.helpers import attached, paint, prepared, simulation


def seen(sim):
    card = attached(EquationCard(), sim)
    card._card._handle_msg({"seen": True})
    return card


def test_every_formula_becomes_mathml_without_anything_from_elsewhere():
    for owner in (*sv.dynamics.ALL.values(), *(cls() for cls in sv.landscapes.ALL.values())):
        html = formula(owner.equation) if owner.equation else ""
        assert not owner.equation or html.count("<math") >= 1
        assert "\\" not in html and "<script" not in html and "src=" not in html


def test_a_long_formula_is_broken_outside_of_brackets():
    html = formula(r"F = (a + b + c + d + e + f + g + h + i + j)^2 + (k + l + m + n + o + p + q + r + s + t)^2")
    assert html.count("<math") == 2


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_every_line_is_set_with_each_of_its_symbols_and_one_place_for_each_number(cls):
    own = cls()
    for line in cls.equations.lines:
        html = equation._html(own, line)
        assert html.count("<math") >= 1 and "\\" not in html and not re.search("[\ue000-\uf8ff@]", html), line.latex
        written = [name for name in line.signs if f"@{name}" in line.latex]
        assert set(re.findall(r'data-sign="(\w+)"', html)) == set(written)
        assert re.findall(r'aria-describedby="about-(\w+)"', html).count(written[0] if written else "") <= 1
        valued = [name for name in written if equation.has_value(own, name)]
        assert sorted(re.findall(r'data-value="(\w+)"', html)) == sorted(valued), line.latex


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_every_symbol_with_a_value_is_a_parameter_or_measured_and_all_are_described(cls):
    sim = sv.Simulation(cls(), sv.landscapes.Ackley(), sv.Swarm(n=N, d=2, seed=1))
    sim.advance(2)
    card = seen(sim)
    paint(card, sim)
    shown, values = card.pane, card.pane.values
    described = {sign["name"]: sign for sign in shown.signs}
    places = set(re.findall(r'data-value="(\w+)"', "".join(line["html"] for line in shown.lines)))
    assert places <= set(values), "a symbol waits for its value"
    for name, (short, long) in values.items():
        assert long, name
        assert not short or isinstance(cls.declared().get(name), Real) or name in cls.equations.quantities
    for line in shown.lines:
        assert line["source"] and (not line["follows"] or line["follows"] in described)
    assert all(sign["meaning"] and sign["html"].count("<math") for sign in shown.signs)
    acting = {name for name, own in cls.declared().items() if sv.parameters.is_used(sim.dynamics, own)}
    assert acting <= set(described), "what stands in no line has its reason in the table"
    assert all(described[name]["reason"] for name in acting if not _in_lines(name, shown.lines))


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_what_a_screen_reader_calls_a_symbol_has_words_and_none_are_those_of_another(cls):
    own = cls()
    signs = equation.signs(own, tuple(cls.equations.lines))
    told = [sign["said"] for sign in signs]
    assert len(set(told)) == len(told) and not any(re.search(r"[\\{}^:;]", text) for text in told), told
    for sign in signs:
        assert sign["leads"] or not (sign["parameter"] or sign["mark"]), sign["name"]


def test_a_symbol_is_said_with_what_it_is_and_where_it_leads():
    own = sv.CBO()
    assert (equation.said(own, "sigma"), equation.leads(own, "sigma")) == ("σ, noise", "leads to its slider")
    assert (equation.said(own, "scheme"), equation.leads(own, "scheme")) == ("scheme", "leads to its control")
    assert (equation.said(own, "nu"), equation.leads(own, "nu")) == ("ν, consensus point", "marks it in the arena")
    spoken = {r"\bar F": "F bar", "X_n": "X n", "x^*": "x star", "F_-": "F minus", r"\bar{F}": "F bar", "Λ_1": "Λ 1"}
    assert {latex: equation.spoken_symbol(latex) for latex in spoken} == spoken


def _in_lines(name, lines):
    return any(f'data-sign="{name}"' in line["html"] or line["follows"] == name for line in lines)


def test_nothing_is_computed_while_the_card_is_not_seen_and_values_come_a_few_times_per_second(monkeypatch):
    sim, now = simulation("CBO"), [100.0]
    monkeypatch.setattr(equation.time, "monotonic", lambda: now[0])
    card = attached(EquationCard(), sim)
    assert prepared(card, sim) is None and not card.pane.lines
    refreshed = []
    card.refresh = lambda: refreshed.append(True)
    card._card._handle_msg({"seen": True})
    assert refreshed and set(prepared(card, sim)) == {"content", "values"}
    assert prepared(card, sim) is None, "a moment later"
    now[0] += 1.0
    assert set(prepared(card, sim)) == {"values"}, "the lines are sent once"
    assert prepared(card, sim) is None
    card.hurry()
    assert set(prepared(card, sim)) == {"values"}, "the last picture before a pause comes in time"
    card._card._handle_msg({"seen": False})
    now[0] += 1.0
    assert prepared(card, sim) is None
    for nonsense in (None, "seen", {"seen": 1}, {"seen": "yes"}, {"act": "seen", "on": True}):
        card._card._handle_msg(nonsense)
    assert prepared(card, sim) is None


def test_an_edit_in_pause_reaches_the_card_at_once(monkeypatch):
    """No other picture follows in a pause: what came too soon after the last look was never shown."""
    session = Session()
    monkeypatch.setattr(equation.time, "monotonic", lambda: 100.0)
    session.equation._card._handle_msg({"seen": True})

    def shown():
        _, payloads = session._picture(EVERYTHING)
        session._paint(payloads)
        return [line["about"] for line in session.equation.pane.lines], session.equation.pane.values["sigma"][0]

    assert "Step, Euler–Maruyama" in shown()[0]
    session.panes.sim.dynamics.scheme, session.panes.sim.dynamics.sigma = "heun", 0.25
    abouts, sigma = shown()
    assert "Step, Heun" in abouts and "Step, Euler–Maruyama" not in abouts and sigma == "0.25"


def test_another_scheme_noise_or_schedule_writes_other_lines():
    def latex(**values):
        content = content_of(own := made(sv.CBO, values), own.equations.shown(own, N))
        return [(line["about"], line["source"]) for line in content["lines"]]

    assert ("Motion", "001 eq. 1.4") in latex() and ("Step, Euler–Maruyama", "001 eq. 3.16") in latex()
    assert ("Motion", "001 eq. 1.2") in latex(noise="isotropic")
    assert ("Motion", "001 eq. 1.3") in latex(noise="none")
    assert ("Step, tamed Euler", equation.OWN_SOURCE) in latex(scheme="tamed")
    assert "Schedule, exponential" in dict(latex(sigma=sv.schedules.Exponential(start=2.0)))


def test_a_dynamics_that_declares_no_lines_is_shown_by_its_formula():
    class Plain(sv.CBO):
        equations = type(sv.CBO.equations)()

    sim = sv.Simulation(Plain(), sv.landscapes.Sphere(), sv.Swarm(n=4, d=2))
    card = seen(sim)
    paint(card, sim)
    (line,) = card.pane.lines
    assert line["html"] == formula(Plain.equation) and line["source"] == Plain.reference and not line["follows"]
    assert {sign["name"] for sign in card.pane.signs} == set(Plain.declared()), (
        "its parameters are described all the same"
    )


def test_a_schedule_moves_the_value_under_its_symbol():
    sim = simulation("CBO", sigma=sv.schedules.Linear(start=2.0, end=1.0, duration=0.4), dt=0.1, steps=1)
    assert values_now(sim.dynamics, sim.frame)["sigma"] == ["1.75", "1.75 now, by its schedule"]
    sim.advance(1)
    assert values_now(sim.dynamics, sim.frame)["sigma"][0] == "1.5"


def test_the_consensus_point_is_written_under_its_symbol_in_one_dimension_only():
    plane, line = simulation("CBO", d=2), simulation("CBO", d=1)
    short, long = values_now(plane.dynamics, plane.frame)["nu"]
    assert short == "" and long.startswith("(") and long.count(",") == 1
    assert values_now(line.dynamics, line.frame)["nu"][0] != ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (0.05, "0.05"), (-1.5, "−1.5"), (1000, "1000"), (123.456, "123.46"), (1e5, "100\u202f000"),
     (99999.9, "10⁵"), (1e15, "10¹⁵"), (-3e20, "−3·10²⁰"), (1e-4, "0.0001"), (1.5e-5, "1.5·10⁻⁵"), (1e-8, "10⁻⁸")],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(value, text):
    assert number(value) == text


def test_the_card_names_the_minimum_of_the_landscape_and_follows_its_edits(monkeypatch):
    sim, now = simulation("CBO", "Himmelblau"), [0.0]
    monkeypatch.setattr(equation.time, "monotonic", lambda: now[0])
    card = seen(sim)
    paint(card, sim)
    assert "4 minimisers" in card.pane.landscape and "min F = 0" in card.pane.landscape


def test_names_of_another_make_cannot_become_html():
    class Odd(sv.landscapes.Sphere):
        title = "<img src=x onerror=alert(1)>"

    sim = sv.Simulation(sv.CBO(), Odd(), sv.Swarm(n=4, d=2))
    card = seen(sim)
    paint(card, sim)
    assert "<img" not in card.pane.landscape and "&lt;img" in card.pane.landscape
