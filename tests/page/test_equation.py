"""The card of the model: every formula as MathML, every parameter, the source, and no HTML from elsewhere."""

from __future__ import annotations

import swarmviz as sv
from components.page.equation import EquationCard
from components.page.mathml import formula
from tests.views.helpers import attached, simulation


def test_every_formula_becomes_mathml_without_anything_from_elsewhere():
    for owner in (*sv.dynamics.ALL.values(), *(cls() for cls in sv.landscapes.ALL.values())):
        html = formula(owner.equation) if owner.equation else ""
        assert not owner.equation or html.count("<math") >= 1
        assert "\\" not in html and "<script" not in html and "src=" not in html


def test_a_long_formula_is_broken_outside_of_brackets():
    html = formula(r"F = (a + b + c + d + e + f + g + h + i + j)^2 + (k + l + m + n + o + p + q + r + s + t)^2")
    assert html.count("<math") == 2


def test_the_card_names_every_parameter_the_source_and_the_minimum():
    sim = simulation("CBO", "Himmelblau")
    html = attached(EquationCard(), sim).html
    for declared in sim.dynamics.declared().values():
        assert f"<td>{declared.symbol}</td>" in html  # none of CBO's symbols has an index
    assert sim.dynamics.reference in html and "4 minimisers" in html and "min F = 0" in html


def test_names_of_another_make_cannot_become_html():
    class Odd(sv.landscapes.Sphere):
        title = "<img src=x onerror=alert(1)>"

    sim = sv.Simulation(sv.CBO(), Odd(), sv.Swarm(n=4, d=2))
    assert "<img" not in attached(EquationCard(), sim).html
