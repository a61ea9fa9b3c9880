"""Runs of SBGD that go together, with one list of agents that seek a step length, are the single runs, bit for bit."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics import sbgd
from swarmviz.dynamics.sbgd import MOST_AGENTS, MOST_TOGETHER, runs_together
from swarmviz.landscapes.base import MinimumAtOrigin, block
from tests.dynamics.test_cost import Counting
from tests.dynamics.test_tiled import assert_same, starts
from tests.landscapes.points import dimensions

RASTRIGIN = sv.landscapes.Rastrigin()
VARIANTS = [
    sv.SBGD(),
    sv.SBGD(p=2.5, q=0.7, c=0.5, gamma=0.6, tol=0.3),
    sv.SBGD(h0=8.0, backtracks=7),
    sv.SBGD(boundary="clip", h0=5.0),
    sv.SBGD(boundary="reflect", h0=0.5),
    sv.SBGD(boundary="periodic", h0=0.5, q=0.0),
]
EACH_VARIANT = pytest.mark.parametrize("dynamics", VARIANTS, ids=repr)


@block
def slide(x, p, out):
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        for j in range(n):
            out[j] -= x[i, j] ** 4


@block
def slide_gradient(x, p, out):
    d, n = x.shape
    for i in range(d):
        for j in range(n):
            out[i, j] = -4.0 * x[i, j] ** 3


class Slide(MinimumAtOrigin):
    """F = −Σ x⁴: an agent that follows the slope is out of the numbers after some steps, the sooner the farther out it begins."""

    title, low, high = "Slide", -1.0, 1.0
    block_values, block_gradient = staticmethod(slide), staticmethod(slide_gradient)


def one_by_one(dynamics, states, landscape, *args, **options):
    """The same call, with every run alone in its list."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sbgd, "runs_together", lambda n: 1)
        return dynamics.advance_many(states, landscape, *args, **options)


@EACH_VARIANT
def test_runs_that_go_together_are_the_single_runs_bit_for_bit(dynamics):
    for n, d, runs, steps in ((2, 1, 5, 20), (8, 1, 40, 60), (9, 2, 7, 30), (31, 3, 33, 40), (100, 20, 11, 30)):
        assert runs_together(n) > 1
        states = starts(dynamics, n, d, runs, seed=n)
        together = dynamics.advance_many(states, RASTRIGIN, steps, every=3, start=True)
        alone = one_by_one(dynamics, states, RASTRIGIN, steps, every=3, start=True)
        assert together.fine.all()
        assert_same(together, alone)


def test_swarms_that_fill_several_blocks_go_together_too():
    dynamics, states = sv.SBGD(), starts(sv.SBGD(), 300, 20, 3)
    assert runs_together(300) == 3
    together = dynamics.advance_many(states, RASTRIGIN, 6)
    assert_same(together, one_by_one(dynamics, states, RASTRIGIN, 6))


@pytest.mark.parametrize("name", sv.landscapes.ALL)
def test_on_every_landscape(name):
    landscape, dynamics = sv.landscapes.ALL[name](), sv.SBGD(h0=0.3)
    for d in dimensions(landscape, (1, 2, 5)):
        states = starts(dynamics, 7, d, 9, landscape)
        together = dynamics.advance_many(states, landscape, 25, every=2)
        assert_same(together, one_by_one(dynamics, states, landscape, 25, every=2))


def test_they_go_on_where_another_call_has_ended():
    dynamics, states = sv.SBGD(), starts(sv.SBGD(), 8, 2, 37)
    whole = dynamics.advance_many(states, RASTRIGIN, 50, every=4)
    half = dynamics.advance_many(states, RASTRIGIN, 11, every=4)
    rest = dynamics.advance_many(half.after, RASTRIGIN, 39, every=4)
    np.testing.assert_array_equal(np.concatenate([half.tables, rest.tables], axis=2), whole.tables)
    for name, value in whole.after.all._asdict().items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(rest.after.all, name), value, err_msg=name)


def test_a_run_that_diverges_leaves_the_others_alone():
    dynamics, landscape, runs, steps = sv.SBGD(h0=0.02), Slide(), 32, 19
    states = starts(dynamics, 2, 1, runs, landscape)
    together = dynamics.advance_many(states, landscape, steps, start=True)
    failed = together.failures[:, 0]
    assert 3 < (failed >= 0).sum() < runs - 3 and len(set(failed[failed >= 0].tolist())) > 2  # some, at several steps
    assert_same(together, one_by_one(dynamics, states, landscape, steps, start=True))
    for r, state in enumerate(states):  # and each as it ends alone
        if failed[r] >= 0:
            with pytest.raises(sv.Diverged) as error:
                dynamics.advance(state, landscape, steps, start=True)
            assert (error.value.step, error.value.agent) == tuple(together.failures[r])
            assert str(together[r]) == str(error.value)


def test_runs_that_have_all_diverged_end():
    states = starts(sv.SBGD(h0=50.0), 4, 2, 5, Slide())
    assert not sv.SBGD(h0=50.0).advance_many(states, Slide(), 30).fine.any()


def test_runs_evaluate_together_what_they_declare():
    dynamics, landscape, n, runs = sv.SBGD(h0=0.5), Counting(), 6, 8
    states = starts(dynamics, n, 2, runs, landscape)
    landscape.calls[:] = 0
    after = dynamics.advance_many(states, landscape, 15, every=4).after.all
    assert landscape.calls.tolist() == [after.evaluations.sum(), after.gradients.sum()]
    assert len(set(after.evaluations.tolist())) > 1


def test_a_function_of_ones_own_is_asked_for_the_agents_of_one_run_at_a_time():
    """A product of matrices, say, rounds differently with the number of its rows."""
    asked = []

    def counting(X):
        asked.append(len(X))
        return np.square(X).sum(axis=1)

    landscape, dynamics = sv.landscapes.Function(counting, -3, 3, lambda X: 2 * X), sv.SBGD()
    states = starts(dynamics, 5, 2, 4, landscape)
    asked.clear()
    assert dynamics.advance_many(states, landscape, 3).fine.all() and max(asked) == 5


def test_large_swarms_go_by_themselves():
    assert [runs_together(n) for n in (1, 8, MOST_AGENTS // 2, MOST_AGENTS // 2 + 1, 10**6)] == [MOST_TOGETHER] * 2 + [
        2,
        1,
        1,
    ]
    assert sv.SBGD().runs_side_by_side(8, 1) == MOST_TOGETHER
