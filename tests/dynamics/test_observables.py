"""Each recorded observable is what its name says: computed anew from the frames alone, by functions that know nothing of kernels."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from tests.references.observables import OBSERVABLES_OF

CASES = {
    "CBO": (sv.CBO(alpha=2.0, sigma=0.8), 2),
    "SSA": (sv.SSA(dt=0.2, cutoff=0.05), 2),
    "BGK": (sv.BGK(alpha=2.0, stall_steps=1000, stall_tolerance=0.05, sigma=0.3, gamma=2.0, lam=0.7), 2),
    "PSO": (sv.PSO(alpha=2.0, stall_steps=1000, stall_tolerance=0.05), 2),
    "SBGD": (sv.SBGD(h0=0.3), 2),
    "FMC": (sv.FMC(boundary="dead", sigma=1.0, tau=9.0, motion="drift", speed=0.1), 2),
    "FiniteSet": (sv.FiniteSet(method="tau_leap", states=200, beta=0.1, rate=1.0, m=-2.0), 1),
}
STEPS = 12
SAME = {("SBGD", "best", "provisional_minimum")}  # no agent ever climbs, and the lowest one stays


def test_every_dynamics_and_every_observable_has_a_computation_of_its_own():
    assert set(CASES) == set(OBSERVABLES_OF) == set(sv.dynamics.ALL)
    for name, cls in sv.dynamics.ALL.items():
        assert set(OBSERVABLES_OF[name]) == {observable.name for observable in cls.observables}


@pytest.mark.parametrize("name", CASES)
def test_what_is_recorded_under_a_name_is_that(name):
    dynamics, d = CASES[name]
    landscape = sv.landscapes.Rastrigin()
    sim = sv.Simulation(dynamics, landscape, sv.Swarm(n=40, d=d, seed=5))
    frames = [sim.frame]
    for k in range(STEPS + 1):
        past = Past(frames, dynamics, landscape)
        for observable, compute in OBSERVABLES_OF[name].items():
            recorded, expected = sim.record[observable][k], compute(past)
            np.testing.assert_allclose(recorded, expected, rtol=1e-9, atol=1e-12, err_msg=f"{observable} at step {k}")
        frames.append(sim.advance(1))


@pytest.mark.parametrize("name", CASES)
def test_no_two_observables_are_the_same_in_these_runs(name):
    """Or the test above could not tell that their rows were exchanged."""
    dynamics, d = CASES[name]
    sim = sv.Simulation(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=40, d=d, seed=5))
    sim.advance(STEPS)
    names = [observable.name for observable in dynamics.observables]
    for i, a in enumerate(names):
        for b in names[:i]:
            same = np.allclose(sim.record[a], sim.record[b], rtol=1e-6, atol=0, equal_nan=True)
            assert same == ((name, a, b) in SAME), (a, b)


class Past:
    """The frames of a run up to the present step, and what was asked of it."""

    def __init__(self, frames, dynamics, landscape):
        self.frames, self.dynamics, self.landscape = frames, dynamics, landscape
        self.now = frames[-1]
        self.before = frames[-2] if len(frames) > 1 else None
