"""The states that are kept of a run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmviz.snapshots import Snapshots, state_bytes


class State(NamedTuple):
    k: int
    x: np.ndarray = np.zeros(3)


def kept(steps, most, spacing=4):
    snapshots = Snapshots(State(0), spacing)
    for k in steps:
        snapshots.add(State(k), most)
    return snapshots


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 9))
def test_they_are_few_evenly_spaced_and_the_first_is_never_lost(last, most):
    snapshots = kept(range(1, last + 1), most)
    steps = [state.k for state in snapshots]
    assert len(snapshots) <= max(most, 2) and steps[0] == 0
    spacing = snapshots.next_after(0)
    assert steps == list(range(0, last + 1, spacing)) and spacing % 4 == 0
    assert spacing == 4 or len(range(0, last + 1, spacing // 2)) > max(most, 2), "no sparser than needed"


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_the_nearest_is_the_latest_that_is_not_beyond(last, k, other):
    snapshots = kept(range(1, last + 1), 100)
    expected = max(step for step in [*(s.k for s in snapshots), other] if step <= k)
    assert snapshots.nearest(k, State(other)).k == expected


def test_a_branch_forgets_what_came_later_and_leaves_the_original_alone():
    snapshots = kept(range(1, 30), 100)
    branch = snapshots.copy()
    branch.add(State(32), 100)
    assert [s.k for s in snapshots] == list(range(0, 29, 4)) and branch.last.k == 32
    branch.cut(16)
    branch.add(State(20), 100)
    assert [s.k for s in branch] == [0, 4, 8, 12, 16, 20] and [s.k for s in snapshots] == list(range(0, 29, 4))
    assert (branch.first.k, branch.last.k) == (0, 20)


def test_a_state_is_kept_once_and_without_the_padding_of_kernels():
    padded = np.zeros(100)[:3]
    snapshots = Snapshots(State(0), 4)
    for _ in range(2):
        snapshots.add(State(4, padded), 10)
    assert len(snapshots) == 2 and snapshots.last.x.base is None and state_bytes(snapshots.last) == 24


@pytest.mark.parametrize(("k", "due"), [(0, 4), (3, 4), (4, 8)])
def test_the_next_one_is_due_at_the_next_multiple(k, due):
    assert Snapshots(State(0), 4).next_after(k) == due
