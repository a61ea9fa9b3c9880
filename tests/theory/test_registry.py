"""The target law: that of the first claim about such a run that names one, of what acts from now on."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import theory
from swarmviz.theory.registry import about_to_step

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
    assert "η_β" in target.title
