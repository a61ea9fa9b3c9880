"""Parameters in plain words: what they say is what the declaration says."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import presets, theory
from swarmviz.parameters import Choice
from swarmviz.theory.wording import inside, number_words, parameter_words, schedule_words, set_symbols

SPHERE = sv.landscapes.Sphere()


def test_a_value_that_switches_something_off_is_explained_by_the_equations():
    assert parameter_words(sv.CBO(), "epsilon") == "ε = 0: no switch, every agent drifts"
    assert parameter_words(sv.CBO(epsilon=0.5), "epsilon") == "ε = 0.5"
    assert parameter_words(sv.BGK(), "stall_steps") == "n_stall = 0: never stops"
    assert parameter_words(sv.CBO(batch=50), "batch", 50) == "M = 50: all agents form the consensus"
    assert parameter_words(sv.CBO(batch=50), "batch", 51) == "M = 50"
    assert parameter_words(sv.CBO(lam=-1.0), "lam") == "λ = −1"


def test_a_choice_is_explained_by_its_meaning():
    assert (
        parameter_words(sv.CBO(scheme="tamed"), "scheme")
        == "scheme = tamed: tamed Euler: the drift is divided by 1 + Δt|b|"
    )
    assert parameter_words(sv.BGK(), "boundary") == "∂ = clip: agents are projected onto the box"
    assert parameter_words(sv.Swarm(initial="away"), "initial").startswith("ρ₀ = away: uniform, but away from")
    assert parameter_words(sv.FMC(reward="value"), "reward").startswith("R = value: R = F: high places")


def test_a_schedule_is_named():
    falling = sv.schedules.Linear()
    assert parameter_words(sv.CBO(sigma=falling), "sigma") == "σ changes with time"
    assert (
        schedule_words("T", falling) == "T follows the schedule “Linear”"
        and schedule_words("T", 1.0) == "T is constant"
    )


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_no_detail_of_a_claim_is_the_bare_name_of_an_option(name):
    """For every option of every choice: a detail that names one says what it means; no number ends in .0, no minus is a hyphen."""
    kind, said = sv.dynamics.ALL[name], set()
    choices = [(c, option) for c, p in kind.declared().items() if isinstance(p, Choice) for option in p.objects]
    for chosen, option in choices:
        dynamics = kind()
        setattr(dynamics, chosen, option)
        landscape = sv.landscapes.FiniteSetCurve() if name == "FiniteSet" else SPHERE
        try:
            sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=20, d=1, seed=1))
            sim.advance(2)
        except (ValueError, sv.Diverged):
            continue  # an option that asks for more than a default
        said |= {finding.detail for held in theory.assessments(sim) for finding in held.findings}
    options = {option for _, option in choices}
    assert said
    for detail in said:
        assert detail.rsplit(" ", 1)[-1] not in options or ":" in detail, detail
        assert not detail.endswith(".0") and " -" not in detail and "= -" not in detail, detail


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-1.612, 3, "−1.61"), (np.float64(-4.25), 3, "−4.25"), (3.45e101, 3, "3.45·10¹⁰¹"), (12_345, 3, "12\u202f345"),
     (np.int64(-7), 3, "−7"), (1.25e3, 3, "1.25·10³"), (-2e-5, 2, "−2·10⁻⁵"), (-np.inf, 3, "−∞"), (-0.0, 3, "0"), ("tamed", 3, "tamed")],
)  # fmt: skip
def test_a_number_in_a_sentence_has_a_minus_and_powers_of_ten(value, digits, text):
    assert number_words(value, digits) == text


@pytest.mark.parametrize(
    ("raw", "read"),
    [("target η_β at β = 4", "target ηᵦ at β = 4"), ("L_ρ", "Lᵨ"), ("𝒰_β − min 𝒰_β", "𝒰ᵦ − min 𝒰ᵦ"), ("‖x_min − x*‖∞", "‖xₘᵢₙ − x*‖∞"),
     ("ρ_R ∝ R", "ρ_R ∝ R"), ("σ_c", "σ_c"), ("a name", "a name"), ("X_n", "Xₙ"), ("h_11", "h₁₁"), ("ν_jΔt", "νⱼΔt"),
     ("t_max2B", "t_max2B")],
)  # fmt: skip
def test_an_index_is_set_low_where_all_of_it_can_be(raw, read):
    assert set_symbols(raw) == read


def test_a_sentence_after_a_colon_keeps_the_capital_of_names_only():
    assert [inside(text) for text in ("A ring.", "E to the minus", "R = F", "Gaussian, the same", "F, as it is", "Euler–Maruyama.")] == [
        "a ring.", "e to the minus", "R = F", "Gaussian, the same", "F, as it is", "Euler–Maruyama."]  # fmt: skip


CORE = Path(sv.__file__).parent
BY_ITSELF = {
    "drawing/axes.py",  # ticks, in as many digits as tell them apart
    "drawing/inset.py",  # float(f"…") rounds; a factor of two digits
    "drawing/mass.py",
    "drawing/region.py",  # errors
    "drawing/svg.py",  # places and widths in an SVG
}


@pytest.mark.parametrize("folder", ["theory", "drawing", "exports/mpl"])
def test_no_text_for_people_formats_a_number_by_itself(folder):
    """A rate of "-1.61" stood beside "−4.25": one function writes numbers, so none is formatted where a sentence is."""
    found = []
    for path in sorted((CORE / folder).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        written = [
            node for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec is not None
        ]
        for node in ast.walk(tree):  # an error has numbers as Python writes them; float(f"…") rounds
            rounds = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
            if isinstance(node, ast.Raise) or rounds or (isinstance(node, ast.FunctionDef) and node.name == "decimal"):
                written = [one for one in written if one not in list(ast.walk(node))]
        for node in written:
            spec = "".join(part.value for part in node.format_spec.values if isinstance(part, ast.Constant))
            place = path.relative_to(CORE).as_posix()
            found += [f"{place}:{node.lineno}"] * (spec[-1:] in "efgEFG" and place not in BY_ITSELF)
    assert found == []


RAW_NUMBER = re.compile(r"(?<![\w–])-\d|\de[+−-]?\d|\binf\b")


@pytest.mark.parametrize(
    "name", ["cbo-corner", "ssa-annealing", "bgk-rastrigin", "pso-rastrigin", "fmc-rastrigin", "finite-annealed"]
)
def test_what_claims_say_of_a_run_holds_no_raw_number(name):
    sim = sv.Simulation(*presets.ALL[name].build())
    sim.advance(20)
    held = theory.assessments(sim)
    said = [text for one in held for text in (one.label, one.reason, *(finding.detail for finding in one.findings))]
    assert len(said) > 5 and not [text for text in said if RAW_NUMBER.search(text)]
