"""Kernels' arguments: packs with types from their annotations, one signature, and errors that name the field."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import pytest
from numba import types

import swarmviz as sv
from swarmviz.dynamics.large import LARGE
from swarmviz.dynamics.tiled import Tiled
from swarmviz.kernels import compiled, diagnostics
from swarmviz.kernels.blocks import aligned_rows, run_of
from swarmviz.kernels.compiled import Kernel, Reals, RunRows, WholeRows, Wholes, inner, is_pack, kernel
from swarmviz.kernels.team import Team
from swarmviz.kernels.team_sums import Partial


class Runs(NamedTuple):
    x: RunRows
    members: WholeRows
    best: Reals
    count: Wholes


class Params(NamedTuple):
    lam: float
    batch: int
    on: bool


@inner
def advance_run(run, params, weight):
    run.x[:] = run.x * params.lam + weight
    run.members[:] = params.batch
    run.best[0] = run.x.min()
    run.count[0] += run.x.size if params.on else 0


@kernel
def advance_runs(runs: Runs, params: Params, weight: float) -> None:
    """Documented."""
    for r in range(runs.best.size):
        advance_run(run_of(runs, r), params, weight)


@pytest.fixture
def runs():
    x = aligned_rows(3, 5)  # its rows lie apart
    x[:] = np.arange(15.0).reshape(3, 5)
    return Runs(x, np.zeros((3, 2), int), np.zeros(3), np.zeros(3, int))


def test_each_run_gets_its_rows_and_may_change_its_numbers(runs):
    expected = runs.x * 2.0 + 0.5
    advance_runs(runs, Params(2.0, 7, True), 0.5)
    np.testing.assert_array_equal(runs.x, expected)
    np.testing.assert_array_equal(runs.members, np.full((3, 2), 7))
    np.testing.assert_array_equal(runs.best, expected.min(axis=1))
    np.testing.assert_array_equal(runs.count, [5, 5, 5])
    assert advance_runs.__doc__ == "Documented."


def test_a_signature_is_made_of_the_annotations_once():
    names = ["runs.x", "runs.members", "runs.best", "runs.count", "params.lam", "params.batch", "params.on", "weight"]
    assert [argument.name for argument in advance_runs.arguments] == names
    assert advance_runs.signature.args[4:] == (types.float64, types.int64, types.boolean, types.float64)
    assert advance_runs.signature.return_type == types.void


def test_an_int_where_a_float_is_due_is_the_float_without_a_recompilation(runs):
    advance_runs(runs, Params(2.0, 7, True), 0.5)
    compiled, expected = len(advance_runs.dispatcher.signatures), runs.x * 3.0 + 1.0
    advance_runs(runs, Params(3, np.int64(7), np.bool_(True)), 1)
    np.testing.assert_array_equal(runs.x, expected)
    assert len(advance_runs.dispatcher.signatures) == compiled == 1


def test_an_argument_of_a_wrong_type_is_refused_with_its_pack_and_field(runs):
    for params, weight, says in (
        (Params("two", 7, True), 0.5, r"params\.lam must be float64, not unicode_type"),
        (Params(2.0, 7, True), None, "weight must be float64, not none"),
    ):
        with pytest.raises(TypeError, match=f"advance_runs: {says}"):
            advance_runs(runs, params, weight)
    with pytest.raises(TypeError, match=r"runs\.best must be array\(float64, 1d, C\), not array\(float32, 1d, C\)"):
        advance_runs(runs._replace(best=np.zeros(3, np.float32)), Params(2.0, 7, True), 0.5)
    with pytest.raises(ValueError, match="argument"):
        advance_runs(runs, Params(2.0, 7, True))


def test_an_annotation_without_a_type_is_refused():
    def untyped(x: np.ndarray) -> None: ...

    with pytest.raises(TypeError, match="says no type of numba"):
        Kernel(untyped)


def test_the_kernels_of_the_dynamics_take_few_arguments_that_bear_names():
    """What 25 to 37 positions were is at most eight packs and arrays, and nothing but a number of a call is loose.

    Those of large swarms take three more: a thread's place in its team, what the chunks add up, and what all threads share.
    """
    sv.dynamics.ALL  # noqa: B018 (imports them)
    kernels = [k for k in Kernel.registry if k.function.__module__.startswith("swarmviz.dynamics") and is_runs(k)]
    tiled = sum(issubclass(kind, Tiled) for kind in sv.dynamics.ALL.values())
    assert len(kernels) == len(sv.dynamics.ALL) + tiled + len(LARGE)
    for one in kernels:
        of_teams = sum(hint in (Team, Partial) or name == "common" for name, hint in one.packs.items())
        assert of_teams in (0, 2, 3), one.function.__module__
        assert sum(hint is not int for hint in one.packs.values()) - of_teams <= 8, one.function.__module__


def is_runs(one):
    return any(is_pack(hint) and hint.__name__ == "Runs" for hint in one.packs.values())


def test_who_prepares_is_asked_only_for_what_the_cache_does_not_keep(monkeypatch):
    """And before the compiler's lock is taken, because another process may be waited for."""
    asked = []

    def take_and_give(name):
        asked.append((name, taken := compiled.LOCK.acquire(timeout=5)))
        if taken:
            compiled.LOCK.release()

    def prepare(one):
        thread = threading.Thread(target=take_and_give, args=(one.name,))
        thread.start()
        thread.join()

    monkeypatch.setattr(Kernel, "prepare", prepare)
    kept = diagnostics.fill_batch
    monkeypatch.setattr(kept, "dispatcher", None)
    kept.compile()
    assert kept.kept and not asked and kept.name == "swarmviz.kernels.diagnostics:fill_batch"

    def little(x: float) -> float:
        return x + 1.0

    one = Kernel(little)
    try:
        monkeypatch.setattr(type(one), "kept", property(lambda self: False))
        assert one(1.0) == 2.0 and one(2.0) == 3.0
    finally:
        Kernel.registry.remove(one)
    assert [(name.rpartition("<locals>.")[2], free) for name, free in asked] == [("little", True)]
