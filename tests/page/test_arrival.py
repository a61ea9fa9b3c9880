"""Until something is touched the page says what to try, and makes room for another run when one is finished."""

from __future__ import annotations

import pytest

import swarmviz as sv
from components.page.arrival import Arrival, invitation
from swarmviz import dynamics
from swarmviz.schedules import Linear


def parts(dynamic, landscape=None, **swarm):
    return {"dynamics": dynamic, "landscape": landscape or sv.landscapes.Rastrigin(), "swarm": sv.Swarm(**swarm)}


def test_the_invitation_names_how_many_what_they_look_for_and_what_to_drag():
    assert invitation(parts(sv.CBO())) == "100 agents look for ☆. Drag σ."
    assert invitation(parts(sv.CBO(), n=1)) == "1 agent looks for ☆. Drag σ."
    unknown = sv.landscapes.Formula(text="x^2 + y^2")
    assert invitation(parts(sv.CBO(), unknown, n=12_000)) == "12\u202f000 agents look for the lowest place. Drag σ."
    assert invitation(parts(sv.CBO(sigma=Linear()))) == "100 agents look for ☆. Drag λ.", "a schedule cannot be dragged"


@pytest.mark.parametrize("cls", dynamics.ALL.values(), ids=dynamics.ALL)
def test_what_is_to_be_dragged_is_the_noise_or_the_temperature_where_there_is_one(cls):
    tried = {"CBO": "σ", "SSA": "λ", "BGK": "σ", "PSO": "σ₁", "SBGD": "h₀", "FMC": "σ", "FiniteSet": "β"}
    landscape = sv.landscapes.FiniteSetCurve() if cls.on_finite_set else None
    assert invitation(parts(cls(), landscape, d=1)).endswith(f" Drag {tried[cls.__name__]}.")


@pytest.fixture
def arrival():
    said = []
    made = Arrival(said.append, lambda: said.append("next"), rests=False)
    return made, said


def test_a_finished_run_makes_room_only_where_the_browser_says_that_somebody_looks_and_until_something_is_touched(
    arrival,
):
    made, said = arrival
    made.invite(parts(sv.CBO()))
    assert not made.finished() and said == ["100 agents look for ☆. Drag σ."]
    made.leave_alone()
    assert made.finished() and made.finished() and said[1:] == ["next", "next"]
    made.touch()
    made.leave_alone()
    made.touch()
    assert not made.finished() and said[3:] == [""], "the sentence goes once, and nothing begins any more"


def test_a_link_to_a_step_stands_there_and_nobody_is_invited():
    said = []
    made = Arrival(said.append, lambda: said.append("next"), rests=True)
    made.invite(parts(sv.CBO()))
    made.leave_alone()
    assert not made.finished() and said == []
