"""How often agents meet the walls: against steps from the same states that no wall holds up."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.batch import StateBatch
from tests.references.sbgd import confine, sbgd

STEPS = 25
RASTRIGIN = sv.landscapes.Rastrigin()
SETTINGS = {  # in which the walls are met, now and then at two at once
    "CBO": {"sigma": 2.0, "alpha": 5.0, "dt": 0.3},
    "SSA": {"dt": 0.02, "lam": 60.0},
    "BGK": {"sigma": 1.5, "dt": 0.6},
    "PSO": {"inertia": 0.6, "sigma_own": 2.5, "sigma_common": 2.5},
    "FMC": {"sigma": 2.0, "tau": 20.0},
}
VARIANTS = [
    *SETTINGS.items(),
    ("CBO", {"sigma": 2.0, "alpha": 5.0, "dt": 0.3, "scheme": "heun", "noise": "isotropic"}),
    ("FMC", {"sigma": 2.0, "tau": 20.0, "jitter": "all"}),
    ("PSO", {"batch": 5, "noise": "cauchy", "sigma_own": 0.5, "sigma_common": 0.5}),
    (
        "BGK",
        {"form": "limit", "sigma": 4.0, "noise": "student", "initial_velocity": "gaussian"},
    ),
]
WALLS = pytest.mark.parametrize("boundary", ["clip", "reflect"])


def outside(X, landscape):
    """How many coordinates of the agents are beyond the box."""
    low, high = landscape.limits(X.shape[-1])
    return int((X < low).sum() + (X > high).sum())


def starts(dynamics, landscape, n, d, seed=2):
    return dynamics.init(sv.Swarm(n=n, d=d, seed=seed).positions(landscape), landscape, seed)


@WALLS
@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: str(value)[:50])
@pytest.mark.parametrize("landscape", [RASTRIGIN, sv.landscapes.McCormick()], ids=["cube", "box"])
def test_hits_are_the_coordinates_that_a_free_step_would_have_carried_outside(name, settings, boundary, landscape):
    cls = sv.dynamics.ALL[name]
    own, free = cls(**settings, boundary=boundary), cls(**settings, boundary="none")
    state, total = starts(own, landscape, 45, 2), 0
    for _ in range(STEPS):
        loose, _ = free.advance(state, landscape, 1)
        expected = outside(free.positions([loose])[0], landscape)
        state, record = own.advance(state, landscape, 1)
        assert record["wall_hits"].tolist() == [expected]
        total += expected
    assert total > 10, "or it would say little"


@WALLS
@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: str(value)[:50])
def test_hits_of_a_recorded_step_do_not_depend_on_which_others_are_recorded(name, settings, boundary):
    dynamics = sv.dynamics.ALL[name](**settings, boundary=boundary)
    state = starts(dynamics, RASTRIGIN, 45, 2)
    each, some = (dynamics.advance(state, RASTRIGIN, 24, every=every)[1] for every in (1, 3))
    assert some["wall_hits"].tolist() == each["wall_hits"][2::3].tolist() and some["wall_hits"].any()


@WALLS
def test_hits_of_sbgd_are_those_of_the_steps_that_are_taken_and_not_of_the_trials(boundary):
    """The step that each agent takes, by the naive line search, and where it would have ended without walls."""
    landscape = sv.landscapes.Formula("sin(3*x1) - 2*x1 + 0.5*cos(2*x2) + x2", box=(-2.0, 2.0))
    low, high = landscape.limits(2)
    own, total = sv.SBGD(h0=3.0, boundary=boundary), 0
    state = starts(own, landscape, 30, 2)
    for _ in range(12):
        frame = own.frame(own.advance(state, landscape, 0, start=True)[0])
        X, m, *_ = sbgd(
            frame.x, frame.mass, landscape.values, landscape.gradient, h0=3.0, boundary=boundary, low=low, high=high
        )
        slopes, expected = landscape.gradient(frame.x), 0
        for n in np.flatnonzero((m > 0) & (X != frame.x).any(axis=1)):
            h = min(
                (3.0 * 0.9**b for b in range(256)),
                key=lambda h: np.abs(confine(frame.x[n] - h * slopes[n], low, high, boundary) - X[n]).max(),
            )
            expected += outside(frame.x[n] - h * slopes[n], landscape)
        state, record = own.advance(state, landscape, 1)
        assert record["wall_hits"].tolist() == [expected]
        total += expected
    assert total > 5


@WALLS
@pytest.mark.parametrize("name", [*SETTINGS, "SBGD"])
def test_hits_do_not_depend_on_how_steps_and_runs_were_batched(name, boundary):
    dynamics = sv.dynamics.ALL[name](**SETTINGS.get(name, {"h0": 0.5}), boundary=boundary)
    seeds = np.arange(7)
    x = sv.Swarm(n=11, d=2).positions_of(RASTRIGIN, seeds)
    states = dynamics.init_many(x, RASTRIGIN, seeds)
    whole = dynamics.advance_many(states, RASTRIGIN, 30, start=True)
    row = [o.name for o in dynamics.observables].index("wall_hits")
    pieces, batch = [], states
    for steps in (1, 4, 25):
        result = dynamics.advance_many(batch, RASTRIGIN, steps, start=batch is states)
        pieces.append(result.tables[:, row])
        batch = result.after
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole.tables[:, row])
    sparse = dynamics.advance_many(states, RASTRIGIN, 30, every=4, start=True)
    np.testing.assert_array_equal(sparse.tables[:, row], whole.tables[:, row, ::4])
    for r in range(7):
        alone = dynamics.advance_many(StateBatch.of([states[r]]), RASTRIGIN, 30, start=True)
        np.testing.assert_array_equal(alone.tables[0, row], whole.tables[r, row])
    assert (whole.tables[:, row].sum(axis=1) > 0).any() and not whole.tables[:, row, 0].any()


@pytest.mark.parametrize("name", [*SETTINGS, "SBGD"])
def test_without_walls_none_are_met(name):
    for boundary in ("none", "periodic"):
        dynamics = sv.dynamics.ALL[name](**SETTINGS.get(name, {}), boundary=boundary)
        _, record = dynamics.advance(starts(dynamics, RASTRIGIN, 40, 2), RASTRIGIN, 20)
        assert not record["wall_hits"].any()


def test_a_swarm_that_stands_still_meets_no_walls():
    for cls in (sv.BGK, sv.PSO):
        dynamics = cls(stall_steps=1, stall_tolerance=1.0)
        _, record = dynamics.advance(starts(dynamics, RASTRIGIN, 40, 2), RASTRIGIN, 12)
        assert record["still"][-1] >= 1 and not record["wall_hits"][3:].any()
