"""Parameters in plain words: what they say is what the declaration says."""

import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.parameters import Choice
from swarmviz.theory.wording import parameter_words, schedule_words

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
