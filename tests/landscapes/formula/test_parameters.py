"""Parameters of a formula: numbers of the landscape like any other, of which nothing is compiled and nothing is run."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numba.core import event

import swarmviz as sv
from components.links import permalink
from components.state import of_preset, state_of
from swarmviz import exports
from swarmviz.landscapes import Formula, FormulaError
from swarmviz.landscapes.formula import formula
from swarmviz.landscapes.formula.tokens import LETTERS_OF_PARAMETERS
from swarmviz.replay import RunSpec
from swarmviz.serialise import built, shortened
from tests.cli.commands import SWEEP, call, loaded
from tests.links.handmade import content, encoded

WAVY = "a*x^2 + sum(i, cos(b*x_i)) with a = 1 in [0, 3], b = 2 in [-9, 9]"
X = np.random.default_rng(6).uniform(-3, 3, (200, 2))
x, y = X.T


def wavy(a, b):
    return a * x**2 + np.cos(b * X).sum(axis=1)


FORMS = {  # formula → F(a, b) in NumPy, and ∇F, written by hand
    WAVY: (
        wavy,
        lambda a, b: -b * np.sin(b * X) + np.stack([2 * a * x, 0 * y], axis=1),
    ),
    "abs(x)^a + (y^2 + 1)^b with a = 2.5 in [1, 3], b = 0.3 in [0, 1]": (
        lambda a, b: np.abs(x) ** a + (y**2 + 1) ** b,
        lambda a, b: np.stack(
            [a * np.abs(x) ** (a - 1) * np.sign(x), 2 * b * y * (y**2 + 1) ** (b - 1)], axis=1
        ),
    ),
    "b*(x < a)*exp(-a*y^2) with b = 2 in [1, 3], a = 0.5 in [0.1, 1]": (
        lambda a, b: b * (x < a) * np.exp(-a * y**2),
        lambda a, b: np.stack([0 * x, -2 * a * b * y * (x < a) * np.exp(-a * y**2)], axis=1),
    ),
    "product(i, a + x_i^2)/b with a = 1 in [0.5, 2], b = 3 in [1, 4]": (
        lambda a, b: (a + x**2) * (a + y**2) / b,
        lambda a, b: np.stack([2 * x * (a + y**2) / b, 2 * y * (a + x**2) / b], axis=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_values_and_slopes_are_those_of_the_function_for_any_values_of_the_parameters(text):
    landscape, (values, slopes) = Formula(text), FORMS[text]
    for share in (0.0, 0.37, 1.0):
        a, b = (low + share * (high - low) for low, high in map(landscape.slider_range, "ab"))
        landscape.a, landscape.b = a, b
        np.testing.assert_allclose(landscape.values(X), values(a, b), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(landscape.gradient(X), slopes(a, b), rtol=1e-10, atol=1e-10)


def test_it_is_the_formula_with_the_numbers_in_their_places():
    landscape = Formula(WAVY, a=2.5, b=-4.25)
    written = Formula("2.5*x^2 + sum(i, cos((-4.25)*x_i))")
    assert np.array_equal(landscape.values(X), written.values(X))
    assert np.array_equal(landscape.gradient(X), written.gradient(X))
    assert landscape.equation.startswith(r"F(x) = a \, x_{1}^{2} + \sum")


def test_every_letter_may_be_a_parameter_and_no_other_part_of_a_run_has_one_of_its_name():
    declared = ", ".join(f"{letter} = {i} in [0, 9]" for i, letter in enumerate(LETTERS_OF_PARAMETERS))
    landscape = Formula(
        " + ".join(f"{letter}*x^{i}" for i, letter in enumerate(LETTERS_OF_PARAMETERS)) + f" with {declared}"
    )
    assert landscape.parameters == {letter: float(i) for i, letter in enumerate(LETTERS_OF_PARAMETERS)}
    assert landscape.values(np.array([[1.0]]))[0] == sum(range(len(LETTERS_OF_PARAMETERS)))
    others = {name for cls in (sv.Swarm, *sv.dynamics.ALL.values()) for name in cls.declared()}
    assert not others & set(LETTERS_OF_PARAMETERS)


# ---- what is declared ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("a*x", 0, "a has no value: declare it at the end"),
        ("a*x with", 8, "a parameter is expected here, one of a, b, g"),
        ("a*x with 2", 9, "a parameter is expected"),
        ("c*x with c = 1 in [0, 3]", 9, "a parameter is expected"),
        ("a*x with x = 1 in [0, 3]", 9, "a parameter is expected"),
        ("a*x with a", 10, "'=' is expected"),
        ("a*x with a = x in [0, 3]", 13, "a number is expected"),
        ("a*x with a = in [0, 3]", 13, "a number is expected"),
        ("a*x with a = 1", 14, "the range of its slider is missing"),
        ("a*x with a = 1 in 3", 18, r"'\[' is expected"),
        ("a*x with a = 1 in [0]", 20, "',' is expected"),
        ("a*x with a = 1 in [0, 3", 23, r"'\]' is expected"),
        ("a*x with a = 1 in [0, 3, 4]", 23, r"'\]' is expected"),
        ("a*x with a = 1 in [3, 0]", 19, "reversed or empty"),
        ("a*x with a = 1 in [1, 1]", 19, "reversed or empty"),
        ("a*x with a = 4 in [0, 3]", 13, "a = 4 is not in its range, 0 to 3"),
        ("a*x with a = 1 in [0, 1e7]", 22, "within ±1e"),
        ("a*x with a = 1 in [-1e999, 1]", 19, "within ±1e"),
        ("a*x with a = 1*2 in [0, 3]", 14, "is not part of a declaration"),
        ("a*x with a = 1 in (0, 3)", 18, "is not part of a declaration"),
        ("a*x with a = 1 in [0, 3],", 25, "a parameter is expected"),
        ("a*x with a = 1 in [0, 3] b", 25, "a comma is expected"),
        ("a*x with a = 1 in [0, 3] with b", 25, "a comma is expected"),
        ("a*x with a = 1 in [0, 3], a = 2 in [0, 3]", 26, "declared twice"),
        ("x with a = 1 in [0, 3]", 7, "does not occur in the formula"),
        ("with a = 1 in [0, 3]", 0, "ends too early"),
        ("a* with a = 1 in [0, 3]", 3, "ends too early"),
        ("(a*x with a = 1 in [0, 3]", 0, "is not closed"),
        ("a*x, a = 1", 7, "declared at the end"),
        ("a*x = 1", 4, "a parameter is declared at the end"),
        ("sum(a, x_a) with a = 1 in [0, 3]", 4, "begins with its index"),
        ("a(x) with a = 1 in [0, 3]", 1, "an operator is missing"),
        ("log(-a)*x with a = 1 in [0, 3]", 0, "no finite value anywhere"),
    ],
)
def test_a_declaration_that_is_none_is_refused_at_its_character(text, position, reason):
    with pytest.raises(FormulaError, match=reason) as caught:
        Formula(text)
    assert caught.value.position == position
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("value", [3.5, -0.1, np.nan, np.inf, True, "1", None, [1.0], 10**400])
def test_a_value_out_of_the_range_of_the_formula_is_refused_and_the_old_one_stays(value):
    landscape = Formula(WAVY)
    with pytest.raises(ValueError, match=r"a \(a\) = .*must be a "):
        landscape.a = value
    assert landscape.a == 1.0
    with pytest.raises(ValueError, match=r"a \(a\) = "):
        Formula(WAVY, a=value)


def test_a_value_of_what_the_formula_does_not_declare_is_refused():
    with pytest.raises(ValueError, match=r"g \(g\) = 1.0: has no effect: declare it at the end"):
        Formula(WAVY, g=1.0)
    with pytest.raises(ValueError, match="has no effect"):
        Formula("x^2", a=1.0)
    with pytest.raises(TypeError, match="no parameter 'c'"):
        Formula("x^2", c=1.0)


def test_another_formula_keeps_the_values_of_what_it_declares_alike():
    landscape = Formula(WAVY, a=2.5, b=4.0)
    landscape.text = "a*x^2 + b*y with a = 1 in [0, 3], b = 5 in [-9, 9]"
    assert landscape.parameters == {"a": 2.5, "b": 5.0}
    landscape.text = "a*x^2 with a = 1 in [0, 2]"
    assert landscape.parameters == {"a": 1.0} and landscape.b == 0.0
    landscape.text = "x^2"
    assert landscape.parameters == {} and landscape.same_as(Formula("x^2"))


def test_copies_pickles_and_links_hold_the_values():
    landscape = Formula(WAVY, a=2.5)
    for other in (
        landscape.copy(),
        pickle.loads(pickle.dumps(landscape)),
        built(shortened(landscape), sv.landscapes.ALL),
    ):
        assert other.same_as(landscape) and np.array_equal(other.values(X), landscape.values(X))
    assert not landscape.same_as(Formula(WAVY))


def test_minimisers_are_judged_for_the_values_that_act():
    landscape = Formula("a*x^2 + y^2 with a = 1 in [-1, 3]", known=[[0, 0]])
    assert len(landscape.minimisers(2)) == 1
    landscape.a = -1.0
    assert len(landscape.minimisers(2)) == 0


def test_where_it_is_undefined_depends_on_the_values_and_the_sentence_has_them():
    landscape = Formula("log(x + a) + y^2 with a = 9 in [0, 10]")
    landscape.require_defined_in_box(2)
    landscape.a = 1.0
    with pytest.raises(FormulaError, match=r"log\(−.* is not a real number"):
        landscape.require_defined_in_box(2)


# ---- a running swarm -------------------------------------------------------------------------------------------------------


def dragged():
    sim = sv.Simulation(sv.CBO(), Formula(WAVY), sv.Swarm(n=20, d=2, seed=3))
    sim.advance(10)
    for value in (1.5, 2.25, 3.0):
        sim.landscape.a = value
        sim.advance(5)
    return sim


def test_a_slider_is_an_edit_of_the_run_that_is_in_the_journal_and_lived_again_bit_for_bit():
    sim = dragged()
    assert [(c.k, c.landscape.a) for c in sim.journal] == [(0, 1.0), (10, 1.5), (15, 2.25), (20, 3.0)]
    assert np.allclose(sim.frame.energy, Formula(WAVY, a=3.0).values(sim.frame.x))
    again = sv.Simulation.replay(sim.journal, sim.initial_swarm, sim.k)
    assert np.array_equal(again.frame.x, sim.frame.x)
    still = sv.Simulation(sv.CBO(), Formula(WAVY), sv.Swarm(n=20, d=2, seed=3))
    still.advance(25)
    assert not np.array_equal(still.frame.x, sim.frame.x)
    sim.goto(12)
    assert sim.journal.shown_at(12).landscape.a == 1.5


def test_a_link_and_the_python_lines_hold_the_run():
    sim, there = dragged(), {}
    state = state_of(of_preset(next(iter(sv.presets.ALL.values()))))._replace(runs=(RunSpec.of(sim),))
    run = permalink.read(permalink.write(state)).runs[0]
    assert all(a.same_as(b) for a, b in zip(run.journal, sim.journal, strict=True))
    exec(compile(exports.python_lines(sim), "lines", "exec"), there)
    assert np.array_equal(there["frame"].x, sim.frame.x)


@pytest.mark.parametrize(
    "values",
    [
        *({"text": WAVY, "a": value} for value in (3.5, -1, "2", None, [1.0], {}, True, 10**400, {"schedule": "Linear"})),
        {"a": 1.0}, {"text": "x^2", "b": 1.0}, {"a": 5.0, "text": WAVY}, {"text": WAVY, "c": 1.0},
        {"text": "x with " + ",".join(["a = 1 in [0, 3]"] * 200)}, {"text": "a*x with a = 1 in [0, 1e308]"},
    ],
)  # fmt: skip
def test_a_hostile_link_is_refused(values):
    with pytest.raises(permalink.BadLink):
        permalink.read(encoded(content(landscape=["Formula", values])))


def test_a_hostile_change_of_a_parameter_is_refused():
    good = content(k=5, landscape=["Formula", {"text": WAVY}], changes=[[["l/a"], [3], [2.0]]])
    assert permalink.read(encoded(good)).runs[0].journal[-1].landscape.a == 2.0
    for value in (7.0, "2", None, [2.0], {"schedule": "Linear"}):
        bad = content(k=5, landscape=["Formula", {"text": WAVY}], changes=[[["l/a"], [3], [value]]])
        with pytest.raises(permalink.BadLink):
            permalink.read(encoded(bad))


def test_a_slider_parses_and_compiles_nothing():
    sim = sv.Simulation(sv.CBO(), Formula(WAVY), sv.Swarm(n=20, d=2))
    sim.advance(2)
    formula._known_text.cache_clear(), formula._sensible.cache_clear()
    with event.install_recorder("numba:compile") as compiled:
        for value in np.linspace(0, 3, 50).tolist():
            sim.landscape.a = value
            sim.advance(1)
    assert not compiled.buffer
    assert formula._known_text.cache_info().misses == 1 >= formula._sensible.cache_info().misses


# ---- many runs -------------------------------------------------------------------------------------------------------------


def test_a_sweep_over_a_parameter_has_the_runs_of_its_values(tmp_path):
    how, out = {"runs": 3, "steps": 20}, tmp_path / "out.nc"
    data = sv.sweep(sv.CBO(), Formula(WAVY), sv.Swarm(n=10, d=2), grid={"a": [0.5, 2.0]}, **how)
    for a in (0.5, 2.0):
        alone = sv.run_ensemble(sv.CBO(), Formula(WAVY, a=a), sv.Swarm(n=10, d=2), **how)
        assert np.array_equal(data["final_energy"].sel(a=a), alone["final_energy"])
    with pytest.raises(ValueError, match="must be a number with 0 ≤ a ≤ 3"):
        sv.sweep(sv.CBO(), Formula(WAVY), sv.Swarm(n=10, d=2), grid={"a": [0.5, 4.0]}, **how)
    said = call(*SWEEP, "--landscape", "Formula", "--set", f"text={WAVY}", "--grid", "a=0.5,2", "--d", 2, "--out", out)
    assert said.exit_code == 0, said.output
    assert loaded(out)["a"].values.tolist() == [0.5, 2.0]
