"""Runs of small swarms that go side by side are the single runs, bit for bit (swarmviz/kernels/tiles.py)."""

import ast
import inspect
import textwrap

import numpy as np
import pytest
from llvmlite.binding import get_host_cpu_features
from numba import types

import swarmviz as sv
from swarmviz.dynamics import bgk, cbo, pso, ssa, tiled
from swarmviz.dynamics.fmc import dynamics as fmc
from swarmviz.frame import Diverged
from swarmviz.kernels import noise, randomness
from swarmviz.kernels.randomness import POSITION_NOISE, scratch
from swarmviz.kernels.tiles import MOST_AGENTS, MOST_DIMENSIONS, MOST_RUNS, runs_per_tile
from tests.dynamics.test_cost import Counting
from tests.landscapes.points import dimensions

RASTRIGIN, NEVER = sv.landscapes.Rastrigin(), 10**6
AGENTS = [2, 3, 4, 5, 7, 8, 9, 11, 12, 15, 16, 17, 19, 20, 23, 24, 28, 31]
VARIANTS = [
    sv.CBO(),
    sv.CBO(alpha=0.1),
    sv.CBO(alpha=5.0, noise="isotropic", boundary="reflect"),
    sv.CBO(alpha=0.1, noise="none", boundary="clip"),
    sv.CBO(alpha=1.0, noise="isotropic", scheme="tamed", boundary="periodic"),
    sv.CBO(alpha=1.0, noise="isotropic", epsilon=0.5),
    sv.CBO(
        alpha=sv.schedules.Linear(start=0.1, end=10.0, duration=1.0),
        sigma=sv.schedules.Linear(start=2.0, end=0.5, duration=1.0),
    ),
    sv.SSA(),
    sv.SSA(dt=0.02, initial_mass="exponential", boundary="reflect"),  # masses are clipped
    sv.SSA(profile="step", initial_mass="uniform"),
    sv.SSA(profile="annealing", boundary="periodic"),
    sv.SSA(profile="constant", boundary="clip"),
    sv.SSA(profile="none"),
    sv.PSO(),
    sv.PSO(alpha=0.1, noise="cauchy", inertia=0.7, boundary="reflect"),
    sv.PSO(alpha=5.0, noise="student", boundary="none"),
    sv.BGK(),
    sv.BGK(alpha=0.1, noise="cauchy", sigma=0.1, boundary="reflect"),
    sv.BGK(alpha=1.0, form="limit", noise="student", rescaled=False),
    sv.BGK(alpha=5.0, form="inertial", noise="uniform", initial_velocity="maxwellian"),
]
EACH_VARIANT = pytest.mark.parametrize("dynamics", VARIANTS, ids=lambda dynamics: repr(dynamics)[:70])


def starts(dynamics, n, d, runs, landscape=RASTRIGIN, seed=0):
    """The states of some runs at step 0."""
    seeds = np.arange(seed, seed + runs)
    return dynamics.init_many(sv.Swarm(n=n, d=d).positions_of(landscape, seeds), landscape, seeds)


def assert_same(together, alone):
    """Two results agree bit for bit: failures, states and records of the runs that have not failed."""
    np.testing.assert_array_equal(together.failures, alone.failures)
    together, alone = together.select(together.fine), alone.select(alone.fine)
    np.testing.assert_array_equal(together.tables, alone.tables)
    for name, value in alone.after.all._asdict().items():
        np.testing.assert_array_equal(getattr(together.after.all, name), value, err_msg=name)


def need_the_same_order(*dynamics):
    """Skip where this processor takes the sums of single runs in another order: none of their runs ever go in tiles then."""
    for one in dynamics:
        if not tiled.tiles_agree(type(one), tiled.choices_of(one)):
            pytest.skip(f"this processor takes the sums of single runs of {type(one).__name__} in another order")


def both_ways(dynamics, states, landscape, steps, every, size, start=True):
    """A batch in tiles of ``size`` runs, and one by one."""
    return [dynamics.advance_tiles(states, landscape, steps, every, start, k) for k in (size, 0)]


@EACH_VARIANT
def test_runs_of_a_tile_are_the_single_runs_bit_for_bit(dynamics):
    need_the_same_order(dynamics)
    for n in AGENTS:
        for d in (1, 2, 3):
            runs = 3 + n % 5  # as a rule no multiple of what a vector holds
            assert dynamics.fits_tiles(n)
            assert_same(*both_ways(dynamics, starts(dynamics, n, d, runs, seed=n), RASTRIGIN, 30, 1 + n % 3, 8))


@pytest.mark.parametrize("dynamics", [sv.CBO(alpha=0.1), sv.SSA(), sv.PSO(alpha=0.1), sv.BGK(alpha=0.1)], ids=repr)
def test_the_runs_of_a_tile_may_fill_vectors_of_eight_of_four_or_of_both(dynamics):
    need_the_same_order(dynamics)
    for n, d in ((8, 1), (13, 2)):
        states = starts(dynamics, n, d, 22)
        for size in (4, 8, 12, 20):
            assert_same(*both_ways(dynamics, states, RASTRIGIN, 20, 3, size))


@EACH_VARIANT
def test_a_tile_goes_on_where_another_call_has_ended(dynamics):
    for steps, every in ((25, 4), (1, 1), (40, 1000)):
        whole = dynamics.advance_many(starts(dynamics, 8, 2, 37), RASTRIGIN, 10 + steps, every)
        half = dynamics.advance_many(starts(dynamics, 8, 2, 37), RASTRIGIN, 10, every)
        rest = dynamics.advance_many(half.after, RASTRIGIN, steps, every)
        np.testing.assert_array_equal(np.concatenate([half.tables, rest.tables], axis=2), whole.tables)
        for name, value in whole.after.all._asdict().items():
            if isinstance(value, np.ndarray):
                np.testing.assert_array_equal(getattr(rest.after.all, name), value, err_msg=name)


@pytest.mark.parametrize("d", [5, MOST_DIMENSIONS])
def test_in_more_dimensions_too(d):
    four = sv.CBO(alpha=0.1), sv.SSA(), sv.PSO(alpha=0.1), sv.BGK(alpha=0.1)
    need_the_same_order(*four)
    for dynamics in four:
        assert_same(*both_ways(dynamics, starts(dynamics, 13, d, 6), sv.landscapes.Ackley(), 20, 2, 8))


@pytest.mark.parametrize("name", sv.landscapes.ALL)
def test_on_every_landscape(name):
    landscape, two = sv.landscapes.ALL[name](), (sv.CBO(), sv.SSA(dt=0.001))  # values alone, and with the gradient
    need_the_same_order(*two)
    for d in dimensions(landscape, (1, 2)):
        for dynamics in two:
            assert_same(*both_ways(dynamics, starts(dynamics, 5, d, 7, landscape), landscape, 20, 3, 8))


def test_a_function_of_ones_own_is_asked_for_the_agents_of_one_run_at_a_time():
    """A product of matrices, say, rounds differently with the number of its rows."""
    asked = []

    def counting(X):
        asked.append(len(X))
        return np.square(X).sum(axis=1)

    landscape, dynamics = sv.landscapes.Function(counting, -3, 3), sv.CBO()
    states = starts(dynamics, 5, 2, 4, landscape)
    asked.clear()
    outcome = dynamics.advance_many(states, landscape, 3)
    assert max(asked) == 5 and outcome.fine.all()


DIVERGING = {
    "CBO": (sv.CBO(sigma=12.0, dt=1.0, alpha=0.1), sv.landscapes.Rosenbrock(), 89),
    "SSA": (sv.SSA(dt=0.00035), sv.landscapes.Rosenbrock(), 40),
    "BGK": (sv.BGK(boundary="none", noise="cauchy", sigma=20.0, dt=3.0, jump_rate=0.3), sv.landscapes.Rosenbrock(), 60),
    "PSO": (sv.PSO(boundary="none", noise="cauchy", sigma_own=20.0, dt=1.0), sv.landscapes.Rosenbrock(), 54),
}


@pytest.mark.parametrize("name", DIVERGING)
def test_a_run_that_diverges_leaves_the_others_of_its_tile_alone(name):
    dynamics, landscape, steps = DIVERGING[name]
    need_the_same_order(dynamics)
    states = starts(dynamics, 6, 2, 32, landscape)
    failed = dynamics.advance_tiles(states, landscape, steps, 1, True, 0).failures[:, 0]
    assert 3 < (failed >= 0).sum() < 30 and len(set(failed[failed >= 0].tolist())) > 2  # some, at several steps
    for size in (4, 32):
        assert_same(*both_ways(dynamics, states, landscape, steps, 3, size))


def test_a_run_that_diverges_in_a_tile_of_bgk_ends_with_the_step_and_the_error_it_has_alone():
    dynamics, landscape, steps = DIVERGING["BGK"]
    states = starts(dynamics, 6, 2, 32, landscape)
    together, fates = dynamics.advance_many(states, landscape, steps, start=True), []
    for r, state in enumerate(states):
        try:
            alone, record = dynamics.advance(state, landscape, steps, start=True)
        except Diverged as error:
            fates.append(error.step)
            assert isinstance(together[r], Diverged) and str(together[r]) == str(error)
            assert (together[r].step, together[r].agent) == (error.step, error.agent)
        else:
            for mine, its in zip(together[r][0], alone, strict=True):
                np.testing.assert_array_equal(mine, its)
            for name, row in record.items():
                np.testing.assert_array_equal(together[r][1][name], row, err_msg=name)
    assert (
        3 < len(fates) < 30 and len(set(fates)) > 2 and min(fates) < steps - 5
    )  # others of the tile went on for a while


SPENDING = {
    "CBO": sv.CBO(),
    "CBO with the drift switch": sv.CBO(epsilon=0.5),
    "SSA": sv.SSA(dt=0.01),
    "PSO": sv.PSO(),
    "BGK": sv.BGK(),
}


@pytest.mark.parametrize("name", SPENDING)
def test_a_tile_evaluates_what_its_runs_declare(name):
    """A full tile: where runs are missing, the last one stands in, whose values nobody counts."""
    dynamics, landscape, n, runs, steps = SPENDING[name], Counting(), 6, 8, 15
    first = dynamics.advance_many(
        starts(dynamics, n, 2, runs, landscape), landscape, 1, start=True
    ).after  # and the trial
    landscape.calls[:] = 0
    after = dynamics.advance_many(first, landscape, steps, every=NEVER).after.all
    asked, again = landscape.calls, dynamics.cost_of_start(n).evaluations  # of step 1, whose values no state has
    again += n if name == "PSO" else 0  # and of the memory, which the next call values anew
    spent = after.evaluations - first.all.evaluations
    assert spent.tolist() == [steps * dynamics.cost_of_step(n).evaluations] * runs
    assert asked[0] == spent.sum() + runs * again
    if name == "SSA":
        assert after.gradients.tolist() == [(1 + steps) * n] * runs and asked[1] == steps * n * runs
    need_the_same_order(dynamics)
    assert_same(*both_ways(dynamics, first, landscape, steps, 4, runs))


def test_masses_that_are_clipped_in_a_tile_are_shared_anew_once():
    """What lies at the least mass is below it after the sum was divided, and stays there until the next step."""
    runs, n, dt = 4, 5, 1.0
    alone = np.full((runs, n), 1.0 / n)
    alone[1:3, 0] = ssa.TINY
    energies = np.tile([1.0, 0.1, 0.1, 1.2, 0.1], (runs, 1))
    energies[::2, 3] = 5.0  # 1 − Δt (F − F̄) is below 0 then
    levels = np.ones(runs)
    mass, clips = alone.T.ravel().copy(), np.zeros(runs, np.int64)
    ssa.transfer_in_tile(mass, energies.T.ravel().copy(), np.tile(levels, n), dt, clips, np.empty(n))
    counts = [ssa.transfer(alone[r], energies[r], levels[r], dt) for r in range(runs)]
    assert clips.tolist() == counts == [1, 0, 1, 0] and 0.0 < alone[2, 0] < ssa.TINY == alone[1, 0]
    np.testing.assert_array_equal(mass.reshape(n, runs).T, alone)


def test_a_tile_in_which_all_runs_have_diverged_ends():
    dynamics = sv.SSA(dt=10.0)
    together, alone = both_ways(
        dynamics, starts(dynamics, 4, 2, 5, sv.landscapes.Rosenbrock()), sv.landscapes.Rosenbrock(), 50, 1, 8
    )
    assert not alone.fine.any()
    np.testing.assert_array_equal(together.failures, alone.failures)


def test_variants_that_no_tile_takes_go_one_by_one():
    assert (
        not sv.CBO(scheme="heun").fits_tiles(8) and not sv.CBO(batch=4).fits_tiles(8) and sv.CBO(batch=8).fits_tiles(8)
    )
    assert not sv.CBO(scheme="tamed", epsilon=0.1).fits_tiles(8) and not sv.SSA(provisional="minimum").fits_tiles(8)
    for cls in (sv.PSO, sv.BGK):
        assert not cls(stall_steps=10).fits_tiles(8) and not cls(batch=4).fits_tiles(8)


@pytest.mark.parametrize("cls", [sv.CBO, sv.SSA, sv.PSO, sv.BGK])
def test_where_sums_have_another_order_runs_are_taken_one_by_one(cls, monkeypatch):
    """As on a processor with other vectors: the trial finds it, and nothing but time is lost."""
    dynamics, sizes = cls(), []
    monkeypatch.setattr(
        cls, "advance_tiles", lambda self, states, landscape, steps, every, start, size, really=cls.advance_tiles: (
            sizes.append(size) or really(self, states, landscape, steps, every, start, size))
    )  # fmt: skip
    for agree in (True, False):
        monkeypatch.setattr(tiled, "tiles_agree", lambda dynamics, choices, agree=agree: agree)
        dynamics.advance_many(starts(dynamics, 8, 1, 5), RASTRIGIN, 2)
    assert sizes == [8, 0]


@pytest.mark.skipif(not get_host_cpu_features().get("avx2", False), reason="tried with AVX2 and with AVX-512 only")
@EACH_VARIANT
def test_runs_go_in_tiles_whatever_vectors_hold(dynamics):
    assert tiled.tiles_agree(type(dynamics), tiled.choices_of(dynamics))


def test_the_trial_tells_when_one_bit_differs(monkeypatch):
    really = sv.CBO.advance_tiles

    def one_bit_off(self, states, landscape, steps, every, start, size):
        result = really(self, states, landscape, steps, every, start, size)
        if size:
            result.after.all.x[1, 3] = np.nextafter(result.after.all.x[1, 3], np.inf)
        return result

    need_the_same_order(sv.CBO())
    assert tiled.tile_agrees(sv.CBO, 8, {})
    monkeypatch.setattr(sv.CBO, "advance_tiles", one_bit_off)
    assert not tiled.tile_agrees(sv.CBO, 8, {})


def test_tiles_are_even_multiples_of_a_vector_and_only_for_small_swarms():
    assert [runs_per_tile(runs, 8, 1) for runs in (1, 2, 3, 4, 5, 32, 33, 64, 288)] == [0, 0, 4, 4, 8, 32, 20, 32, 32]
    assert runs_per_tile(128, MOST_AGENTS, 1) == MOST_RUNS and runs_per_tile(128, MOST_AGENTS + 1, 1) == 0
    assert runs_per_tile(100, 8, MOST_DIMENSIONS) > 0 and runs_per_tile(100, 8, MOST_DIMENSIONS + 1) == 0
    assert all(runs_per_tile(100, n, d) * n * d <= 4096 for n in range(1, 32) for d in range(1, 8))


@pytest.mark.parametrize("law", [noise.GAUSSIAN, noise.CAUCHY, noise.UNIFORM, noise.STUDENT])
def test_the_noise_of_a_tile_is_that_of_each_run(law):
    for n, d, runs in ((1, 1, 4), (3, 1, 8), (8, 2, 12), (5, 3, 4), (9, 5, 4)):
        seeds, steps = np.arange(100, 100 + runs), 6
        together = np.empty((steps, d, n * runs), np.float32)
        args = (law, 2.5)
        noise.fill_steps_of_runs(
            together, *scratch(n * runs, d, steps), *args, seeds, np.uint64(POSITION_NOISE), 7, steps
        )
        for r, seed in enumerate(seeds):
            alone = np.empty((steps, d, n), np.float32)
            noise.fill_steps(
                alone, *scratch(n, d, steps), *args, np.uint64(seed), np.uint64(POSITION_NOISE), 7, steps, 0
            )
            np.testing.assert_array_equal(together.reshape(steps, d, n, runs)[..., r], alone)


@pytest.mark.parametrize("law", [noise.GAUSSIAN, noise.CAUCHY, noise.UNIFORM, noise.STUDENT])
def test_the_noise_of_chosen_columns_of_a_tile_is_that_of_each_run(law):
    for n, d, runs in ((1, 1, 4), (3, 1, 8), (8, 2, 12), (5, 3, 4), (9, 5, 4)):
        seeds, wide = np.arange(100, 100 + runs), n * runs
        chosen = np.arange(0, wide, 3).astype(np.uint64)
        some, counters = np.empty((d, chosen.size), np.float32), np.empty((d + 1) // 2 * wide, np.uint64)
        noise.fill_chosen_of_runs(
            some, *scratch(chosen.size, d), counters, law, 2.5, seeds, np.uint64(POSITION_NOISE), 7, n, chosen
        )
        for q, column in enumerate(chosen.tolist()):
            alone, key = np.empty((d, n), np.float32), randomness.key(seeds[column % runs], POSITION_NOISE, 7)
            noise.fill(alone, *scratch(n, d), law, 2.5, np.uint64(key), 0)
            np.testing.assert_array_equal(some[:, q], alone[:, column // runs])


def lent(function):
    """The parameters that a compiled function has borrowed before it does anything else."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function.py_func))).body
    names = set()
    for line in definition.body[1:]:  # after the docstring
        if not isinstance(line, ast.Assign):
            break
        (target,) = line.targets
        pairs = (
            zip(target.elts, line.value.elts, strict=True) if isinstance(target, ast.Tuple) else [(target, line.value)]
        )
        for name, value in pairs:
            match name, value:
                case ast.Name(id=given), ast.Call(func=ast.Name(id="borrowed"), args=[ast.Name(id=taken)]) if (
                    given == taken
                ):
                    names.add(given)
    return names


def numbers_only(kernel):
    """The parameters of a kernel in which there is no array, and so nothing whose owners are counted."""
    counted = {a.name.split(".")[0] for a in kernel.arguments if isinstance(a.type, types.Array | types.FunctionType)}
    return set(kernel.packs) - counted


@pytest.mark.parametrize(
    ("kernel", "steps"),
    [
        *((module.advance_tiles, module.advance_tile) for module in (cbo, ssa, pso, bgk)),
        *((module.advance_runs, module.advance_run) for module in (cbo, ssa, pso, bgk, fmc)),
    ],
    ids=lambda function: getattr(function, "name", ""),
)
def test_what_takes_steps_borrows_all_arrays_before_the_first_one(kernel, steps):
    """Who owns an array is counted at each call that hands it on, atomically: 14 to 20% of a step of a small swarm.

    What the compiler makes of it is in no file of the cache in a form that can be read, and takes a minute to compile.
    """
    parameters = set(inspect.signature(steps.py_func).parameters)
    assert parameters - numbers_only(kernel) == lent(steps)
