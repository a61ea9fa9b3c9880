"""Runs on the finite set that go through a call together are the single runs, bit for bit."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.schedules import Linear
from tests.dynamics.test_tiled import starts

CURVE, RUNS = sv.landscapes.FiniteSetCurve(), 6
VARIANTS = [
    sv.FiniteSet(),
    sv.FiniteSet(generator="second", beta=Linear(start=0.0, end=20.0, duration=10.0)),
    sv.FiniteSet(generator="hybrid", kappa=Linear(start=0.0, end=1.0, duration=9.0), graph="random", measure="degree"),
    sv.FiniteSet(generator="metropolis", beta=Linear(start=9.0, end=1.0, duration=10.0), dt=0.3),
    sv.FiniteSet(method="tau_leap", dt=0.2, m=0.5, m2=3.0, beta=Linear(start=0.0, end=5.0, duration=4.0)),
]


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("dynamics", VARIANTS, ids=lambda dynamics: repr(dynamics)[:70])
def test_runs_of_a_call_are_the_single_runs_bit_for_bit(dynamics, every):
    states = starts(dynamics, 30, 1, RUNS, CURVE)
    together = dynamics.advance_many(states, CURVE, 25, every, start=True)
    for r, state in enumerate(states):
        after, record = dynamics.advance(state, CURVE, 25, every, start=True)
        for name, value in after._asdict().items():
            if name != "space":
                np.testing.assert_array_equal(getattr(together[r][0], name), value, err_msg=name)
        for name, row in record.items():
            np.testing.assert_array_equal(together[r][1][name], row, err_msg=name)
    assert len(set(together.after.all.transitions.tolist())) > 1


@pytest.mark.parametrize("dynamics", VARIANTS, ids=lambda dynamics: repr(dynamics)[:70])
def test_they_go_on_where_another_call_has_ended(dynamics):
    states = starts(dynamics, 30, 1, RUNS, CURVE)
    whole = dynamics.advance_many(states, CURVE, 25, every=2)
    half = dynamics.advance_many(states, CURVE, 12, every=2)
    rest = dynamics.advance_many(half.after, CURVE, 13, every=2)
    np.testing.assert_array_equal(np.concatenate([half.tables, rest.tables], axis=2), whole.tables)
    np.testing.assert_array_equal(rest.after.all.agents, whole.after.all.agents)
