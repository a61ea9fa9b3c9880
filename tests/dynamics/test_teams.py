"""A large swarm that a team of threads advances, chunk by chunk: the same bits for any number of threads, and the step of the kernel for
small swarms.
"""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.large import advance_each
from swarmviz.frame import Diverged
from swarmviz.kernels import team
from swarmviz.kernels.team import ENDED
from swarmviz.landscapes.base import block
from swarmviz.threads import THREADS

D, N = 20, 3501  # 18 blocks in five chunks, of which the last is short
STEPS = 7
MANY_STEPS = 100  # so many that helpers come while there is something left to do
VARIANTS = {
    "CBO": (sv.CBO, {}),
    "CBO, many weights": (sv.CBO, {"alpha": 0.02}),
    "CBO, isotropic": (sv.CBO, {"noise": "isotropic", "dt": 0.01, "boundary": "reflect", "sigma": 2.0}),
    "CBO, without noise": (sv.CBO, {"noise": "none", "alpha": 0.02}),
    "CBO, tamed, with the drift switch": (sv.CBO, {"scheme": "tamed", "epsilon": 0.5, "alpha": 0.1}),
    "CBO, Heun": (sv.CBO, {"scheme": "heun", "alpha": 0.02}),
    "CBO, Heun, switch and batch": (sv.CBO, {"scheme": "heun", "epsilon": 0.5, "batch": 900, "alpha": 0.02}),
    "CBO, batch of three": (sv.CBO, {"batch": 3, "alpha": 0.02}),  # some chunks have nobody in it
    "SSA": (sv.SSA, {"dt": 1e-4}),
    "SSA, step profile": (sv.SSA, {"dt": 1e-4, "profile": "step"}),
    "SSA, annealing": (sv.SSA, {"dt": 1e-4, "profile": "annealing"}),
    "SSA, clipped masses": (sv.SSA, {"dt": 0.05}),
    "SSA, lowest": (sv.SSA, {"dt": 1e-4, "provisional": "minimum"}),
    "SSA, lowest, clipped masses, no noise": (sv.SSA, {"dt": 0.05, "provisional": "minimum", "profile": "none"}),
    "BGK": (sv.BGK, {"alpha": 0.02}),
    "BGK, everyone jumps": (sv.BGK, {"alpha": 0.02, "jump_rate": 50.0, "boundary": "reflect"}),
    "BGK, Cauchy": (sv.BGK, {"alpha": 0.02, "noise": "cauchy", "boundary": "none"}),
    "BGK, batch": (sv.BGK, {"alpha": 0.02, "batch": 900}),
    "BGK, stalled": (sv.BGK, {"alpha": 0.02, "stall_steps": 3, "stall_tolerance": 1.0}),
    "FMC": (sv.FMC, {}),
    "FMC, all are shaken": (sv.FMC, {"jitter": "all", "companion": "same"}),
    "FMC, without jitter": (sv.FMC, {"sigma": 0.0}),
    "FMC, min-max, decaying": (
        sv.FMC,
        {"relativisation": "min-max", "distance_form": "decaying", "distance_power": 0.1},
    ),
    "FMC, rewards only": (sv.FMC, {"distance_power": 0.0, "reward": "value", "boundary": "periodic"}),
    "FMC, distances only": (sv.FMC, {"reward_power": 0.0}),
    "FMC, groups": (sv.FMC, {"groups": 3, "migration": 0.5}),
    "FMC, dead": (sv.FMC, {"boundary": "dead", "sigma": 2.0}),
    "FMC, moving": (sv.FMC, {"motion": "drift", "speed": 0.3}),
    "PSO": (sv.PSO, {"alpha": 0.02}),
    "PSO, batch": (sv.PSO, {"alpha": 0.02, "batch": 900, "boundary": "reflect"}),
    "PSO, stalled": (sv.PSO, {"alpha": 0.02, "stall_steps": 3, "stall_tolerance": 1.0}),
}
WHOLE = (
    "leader",
    "leaders",
    "clips",
    "wall_hits",
    "jump_fraction",
    "improved",
    "still",
    "evaluations",
    "gradients",
    "basin",
)


@pytest.fixture(autouse=True)
def threads():
    before = THREADS.most
    yield
    THREADS.most = before


def started(kind, options, n=N, d=D, every=1):
    return sv.Simulation(kind(**options), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=3), every=every)


def all_of(sim):
    """Every number of the state and of the record."""
    return [value for value in sim._state if isinstance(value, np.ndarray | float | int)], dict(sim.record.items())


def assert_same(one, other):
    (state, record), (its_state, its_record) = all_of(one), all_of(other)
    for a, b in zip(state, its_state, strict=True):
        np.testing.assert_array_equal(a, b)
    assert record.keys() == its_record.keys()
    for name, values in record.items():
        np.testing.assert_array_equal(values, its_record[name], err_msg=name)


@pytest.mark.parametrize("name", VARIANTS)
def test_bits_do_not_depend_on_the_threads_nor_on_the_calls(name):
    kind, options = VARIANTS[name]
    THREADS.most = 1
    alone = started(kind, options)
    alone.advance(MANY_STEPS)
    for count in (2, 5):
        THREADS.most = count
        together = started(kind, options)
        for steps in (3, 0, MANY_STEPS - 3):
            together.advance(steps)
        assert_same(alone, together)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_step_is_that_of_the_kernel_for_small_swarms(name):
    """From the same state; only the order of sums is another one: of N numbers of one sign, N ε is the most that they may be off."""
    sim = started(*VARIANTS[name])
    state, landscape = sim._state, sim.landscape
    off, asked = 10 * N * np.finfo(float).eps, []
    for k in range(STEPS):
        after, record = sim.dynamics.advance(state, landscape, 1, start=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Dynamics, "by_team", staticmethod(lambda *swarm: asked.append(swarm)))
            its_after, its_record = sim.dynamics.advance(state, landscape, 1, start=True)
        x, its_x = sim.dynamics.frame(after).x, sim.dynamics.frame(its_after).x
        np.testing.assert_allclose(x, its_x, rtol=off, atol=off * np.abs(landscape.high))
        for observable, values in its_record.items():
            mine = record[observable]
            if observable in WHOLE:
                np.testing.assert_array_equal(mine, values, err_msg=f"{observable} {k}")
            else:  # F is steeper than x
                largest = np.abs(values[np.isfinite(values)]).max(initial=0.0)
                np.testing.assert_allclose(
                    mine, values, rtol=100 * off, atol=100 * off * largest, err_msg=f"{observable} {k}"
                )
        state = after
    assert len(asked) == STEPS


def test_the_runs_above_do_what_they_are_named_after():
    """Otherwise they would say nothing."""

    def record(name):
        sim = started(*VARIANTS[name])
        sim.advance(STEPS)
        return sim.record

    assert record("SSA, clipped masses")["clips"][-1] > 0
    assert record("SSA, lowest, clipped masses, no noise")["clips"][-1] > 0
    assert record("BGK, stalled")["still"][-1] == 4 and record("PSO, stalled")["still"][-1] == 4
    assert 0 < record("BGK")["jump_fraction"][-1] < 1 and record("BGK, everyone jumps")["jump_fraction"][-1] > 0.9
    assert record("CBO, isotropic")["wall_hits"][-1] > 0
    assert record("CBO, many weights")["effective_size"][-1] > 100


@pytest.mark.parametrize(
    ("kind", "d", "n"), [(sv.CBO, 1, 70_000), (sv.PSO, 2, 32_768), (sv.SSA, 3, 22_000), (sv.FMC, 2, 33_333)]
)
def test_other_dimensions(kind, d, n):
    THREADS.most = 1
    alone = started(kind, {}, n, d, every=2)
    alone.advance(4)
    THREADS.most = 3
    together = started(kind, {}, n, d, every=2)
    together.advance(4)
    assert kind.by_team(n, d, alone.landscape)
    assert_same(alone, together)


def test_a_large_swarm_of_an_ensemble_is_the_run_alone():
    THREADS.most = 2
    data = sv.run_ensemble(
        sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=N, d=D, seed=3), runs=2, steps=STEPS, threads=2
    )
    sim = started(sv.CBO, {})
    sim.advance(STEPS)
    np.testing.assert_array_equal(data["best"].values[0], sim.record["best"])


@block
def broken(x, p, out):
    """No number where the first coordinate is above 2.95: few agents of a box up to 3."""
    d, n = x.shape
    for j in range(n):
        out[j] = 0.0
        for i in range(d):
            out[j] += x[i, j] * x[i, j]
        if x[0, j] > 2.95:
            out[j] = np.nan


class Broken(sv.landscapes.Sphere):
    title, low, high = "Broken", -3.0, 3.0
    block_values = staticmethod(broken)

    def require_defined(self, x):
        """The kernel has to find it."""


@pytest.mark.parametrize("kind", [sv.CBO, sv.SSA, sv.BGK, sv.PSO, sv.FMC])
def test_the_agent_that_is_named_is_the_first_one(kind):
    said = []
    for count in (1, 5):
        THREADS.most = count
        with pytest.raises(Diverged) as error:
            sv.Simulation(kind(), Broken(), sv.Swarm(n=N, d=D, seed=3))
        said.append((error.value.step, error.value.agent))
    x = sv.Swarm(n=N, d=D, seed=3).positions(Broken())
    assert said == [(0, int(np.flatnonzero(x[:, 0] > 2.95)[0]))] * 2


def test_small_swarms_are_not_cut():
    assert team.chunks_of(100, 2) == 0 and team.chunks_of(15 * 2048, 2) == 0
    assert team.chunks_of(15 * 2048 + 1, 2) == 4 and team.chunks_of(17 * 2048, 2) == 5


def test_a_function_of_ones_own_is_asked_by_one_thread():
    """It may not be meant for several."""
    landscape = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -3, 3, minimisers=[[0.0] * D])
    assert not sv.CBO.by_team(N, D, landscape)


def test_no_helper_waits_for_the_next_phase_of_a_leader_that_has_failed():
    THREADS.most, told = 2, threading.Event()

    class Kernel:
        def compile(self):
            """Nothing to compile."""

        def __call__(self, runs, r, team, partial):
            if team.part == 0:
                raise MemoryError
            deadline = time.monotonic() + 60
            while team.opened[0] < ENDED and time.monotonic() < deadline:
                time.sleep(0.001)
            if team.opened[0] >= ENDED:
                told.set()

    runs = SimpleNamespace(x=np.empty((1, N * D)), energy=np.empty((1, N)))
    with pytest.raises(MemoryError):
        advance_each(Kernel(), runs, range(1), 1)
    assert told.wait(90)
