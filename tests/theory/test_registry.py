"""The target law: that of the first claim about such a run that names one, of what acts from now on."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory.registry import about_to_step
from tests.theory.held import failures, held_of

SPHERE = sv.landscapes.Sphere()


def langevin(every=1, **options):
    return sv.Simulation(
        sv.SSA(profile="constant", dt=0.01, **options), SPHERE, sv.Swarm(n=5, d=1, seed=1), every=every
    )


def ratio(target):
    """log of the density at 0 over that at 1: 1/λ."""
    density = target.density(np.array([[0.0], [1.0]]))
    return float(np.log(density[0] / density[1]))


@pytest.mark.parametrize("steps, every", [(0, 1), (40, 1), (37, 10)])
def test_a_parameter_that_was_just_moved_is_that_of_the_target(steps, every):
    """The page shows it while the run is paused, before any step has been made with it."""
    sim = langevin(lam=1.0, every=every)
    if steps:
        sim.advance(steps)
    assert ratio(theory.target(sim)) == pytest.approx(1.0)
    sim.dynamics.lam = 2.0
    assert ratio(theory.target(sim)) == pytest.approx(0.5) and sim.journal[-1].dynamics.lam == 1.0
    assert about_to_step(sim).dynamics.lam == 2.0
    sim.advance(3)
    assert ratio(theory.target(sim)) == pytest.approx(0.5)
    sim.dynamics.profile = "smooth"
    assert theory.target(sim) is None


def test_the_target_of_a_run_that_went_back_is_that_of_the_step_it_shows():
    sim = langevin(lam=1.0)
    sim.advance(20)
    sim.dynamics.lam = 2.0
    sim.advance(20)
    sim.goto(10)
    sim.dynamics.lam = 1.0
    assert ratio(theory.target(sim)) == pytest.approx(1.0)
    assert about_to_step(sim).last == 10 and len(about_to_step(sim).stretches) == 1


def test_a_dynamics_without_such_a_claim_has_no_target_and_the_finite_set_its_own():
    assert theory.target(sv.Simulation(sv.CBO(), SPHERE, sv.Swarm(n=5, d=1))) is None
    target = theory.target(sv.Simulation(sv.FiniteSet(), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=1)))
    assert "ηᵦ" in target.title


OUT_OF_RANGE = {
    "BGK": {"sigma": sv.schedules.Constant(value=-1.0)},
    "FiniteSet": {"beta": sv.schedules.Constant(value=-1.0)},
    "PSO": {"alpha": sv.schedules.Constant(value=0.0)},
    "SSA": {"temperature": sv.schedules.Constant(value=-1.0)},
}
USED = {"SSA": {"profile": "constant"}}  # so that theory asks for the parameter
ASKED = (theory.assessments, theory.lines, theory.target, theory.law, theory.velocity_law)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.__name__)
@pytest.mark.parametrize("steps", (0, 5))
@pytest.mark.parametrize("tried", (False, True))
@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_a_parameter_that_no_step_can_be_made_with_is_of_no_claim(name, tried, steps, asked):
    """It is edited, and perhaps a step is tried, which is refused: theory says of the run what it said before."""
    sim = sv.Simulation(
        sv.dynamics.ALL[name](**USED.get(name, {})), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=1, seed=1)
    )
    sim.advance(steps)
    before = said_by(asked(sim), sim)
    for parameter, value in OUT_OF_RANGE[name].items():
        setattr(sim.dynamics, parameter, value)
    if tried:
        with pytest.raises(ValueError, match=parameter):
            sim.advance(1)
    assert said_by(asked(sim), sim) == before


@pytest.mark.parametrize(
    "d, edited",
    [(1, {"measure": "own", "mu": (1.0,) * 9}), (3, {"graph": "own", "edges": [(i, i + 1) for i in range(8)]})],
    ids=["measure of other states", "states that fill no lattice"],
)
@pytest.mark.parametrize("tried", (False, True))
def test_a_graph_that_is_half_edited_is_of_no_claim(d, edited, tried):
    sim = sv.Simulation(sv.FiniteSet(), sv.landscapes.StyblinskiTang(), sv.Swarm(n=5, d=d, seed=1))
    before = [said_by(asked(sim), sim) for asked in ASKED]
    for name, value in edited.items():
        setattr(sim.dynamics, name, value)
    if tried:
        with pytest.raises(ValueError, match=r"mu|edges"):
            sim.advance(1)
    assert [said_by(asked(sim), sim) for asked in ASKED] == before


def said_by(answer, sim):
    """What theory says, as text that can be compared."""
    if isinstance(answer, list):
        return [said_by(part, sim) for part in answer]
    if isinstance(answer, theory.Target):
        return answer.title, answer.reason, repr(answer.density(sim.frame.x))
    if isinstance(answer, theory.VelocityLaw):
        return answer.title, answer.reason, repr(answer.spread(sim.frame.x))
    return repr(answer)


def test_a_law_of_velocities_is_that_of_the_parameter_that_was_just_moved():
    sim = sv.Simulation(sv.BGK(sigma=1.0), SPHERE, sv.Swarm(n=5, d=1, seed=1))
    before = theory.velocity_law(sim).spread(sim.frame.x)
    sim.dynamics.sigma = 2.0
    np.testing.assert_allclose(theory.velocity_law(sim).spread(sim.frame.x), 2 * before, rtol=1e-12)


def test_another_dynamics_in_the_place_of_the_runs_own_acts_on_no_step_and_is_of_no_claim():
    sim = sv.Simulation(sv.CBO(), SPHERE, sv.Swarm(n=5, d=1, seed=1))
    sim.dynamics = sv.BGK()
    assert theory.velocity_law(sim) is None and theory.target(sim) is None


def test_a_parameter_that_was_moved_before_the_second_record_is_that_of_the_target():
    sim = langevin(lam=1.0, every=3)
    sim.advance(2)
    sim.dynamics.lam = 2.0
    assert ratio(theory.target(sim)) == pytest.approx(0.5)


RISING = sv.schedules.Linear(start=-1.0, end=1.0, duration=0.1)  # no temperature before t = 0.05
FALLING = sv.schedules.Linear(
    start=1.0, end=-1.0, duration=0.1002
)  # and none after t = 0.0501; until then the rate is known


def test_a_temperature_is_that_of_the_step_to_come_and_not_of_the_last_record_before_it_acted():
    sim = langevin(every=10)
    sim.dynamics.profile = "annealing"
    sim.advance(9)
    sim.dynamics.temperature = RISING
    assert ratio(theory.target(sim)) == pytest.approx(1 / 0.8, rel=1e-9)  # t = 0.09


def test_a_cooling_that_is_about_to_leave_its_range_is_judged_as_it_is():
    sim = langevin(temperature=FALLING)
    sim.dynamics.profile = "annealing"
    sim.advance(5)  # t = 0.05: T > 0, but a slope is taken over 0.0001
    held = held_of(sim, "ssa-annealing-gibbs")
    assert held.state == "fails" and "T falls slowly" in failures(held)
