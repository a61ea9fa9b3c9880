"""The journal against a naive reference that walks through all steps, one after the other, as a run does."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import swarmviz as sv
from swarmviz.dynamics.base import Dynamics
from swarmviz.frame import Clock
from swarmviz.journal import Change, Journal, step_number

LAST = 12  # steps that the reference walks


class Walk:
    """A run by hand: at each step the changes made there, in the order in which they were made."""

    def __init__(self, first, later):
        self.made = {k: [change for change in later if change.k == k] for k in range(LAST + 1)}
        self.acting, self.shown, self.times, self.left = [], [], [], []
        now, t, clock = first, 0.0, Clock(dt=first.dynamics.dt)
        for k in range(LAST + 1):
            self.left.append(now)  # in force when step k was reached
            for change in self.made[k]:
                now = change
            self.shown.append(self.left[-1] if k else now)
            self.times.append(t)
            clock = clock.with_step(k, now.dynamics.dt)
            t = float(clock.at(k + 1))
            self.acting.append(now)


def parts(number):
    """Dynamics with a number by which they are told apart, on one of two landscapes."""
    landscape = (sv.landscapes.Ackley, sv.landscapes.Sphere)[number % 2]()
    return sv.CBO(sigma=0.1 * number, dt=(0.1, 0.05, 0.3)[number % 3]), landscape


numbers = st.integers(0, 5)
histories = st.lists(st.tuples(st.integers(0, LAST), numbers), max_size=8)


def run(first, history):
    """The journal of a run whose changes come in order of time, and the walk through it."""
    journal, later = Journal.at_start(*parts(first)), []
    for k, number in sorted(history, key=lambda change: change[0]):
        journal = journal.with_change(k, *parts(number))
        later.append(Change(k, *parts(number)))
    return journal, Walk(journal[0], later)


@settings(deadline=None, max_examples=60)
@given(numbers, histories)
def test_each_step_has_the_parameters_of_a_walk_through_the_run(first, history):
    journal, walk = run(first, history)
    for k in range(LAST + 1):
        assert journal.acting_at(k).dynamics.same_as(walk.acting[k].dynamics)
        assert journal.acting_at(k).landscape.same_as(walk.acting[k].landscape)
        assert journal.shown_at(k).dynamics.same_as(walk.shown[k].dynamics)
        assert journal.shown_at(k).landscape.same_as(walk.shown[k].landscape)
        assert journal.changed_at(k) == bool(walk.made[k])
        assert journal.moved_at(k) == (not walk.left[k].landscape.same_as(walk.acting[k].landscape))


@settings(deadline=None, max_examples=60)
@given(numbers, histories)
def test_the_time_of_each_step_is_the_sum_of_the_steps_before_to_the_last_bit(first, history):
    journal, walk = run(first, history)
    assert [journal.time_at(k) for k in range(LAST + 1)] == walk.times


@settings(deadline=None, max_examples=60)
@given(numbers, histories, st.integers(0, LAST), st.integers(0, LAST))
def test_segments_cover_every_step_once_with_what_acts_on_it(first, history, start, stop):
    journal, _ = run(first, history)
    segments = list(journal.segments(start, stop))
    assert [k for segment in segments for k in range(segment.start, segment.stop)] == list(range(start, stop))
    for change, begin, end, moved in segments:
        assert all(journal.acting_at(k) is change for k in range(begin, end))
        assert moved == journal.moved_at(begin)
        assert not any(journal.changed_at(k) for k in range(begin + 1, end)), "a change begins a segment"
    assert all(a.change is not b.change for a, b in pairwise(segments)), "no more than needed"


@settings(deadline=None, max_examples=60)
@given(numbers, histories, st.integers(0, LAST + 2))
def test_parts_of_a_journal_are_those_before_up_to_and_leading_to_a_step(first, history, k):
    journal, _ = run(first, history)
    beginning, *later = journal
    assert journal.until(k) == (beginning, *(change for change in later if change.k <= k))
    assert journal.before(k) == (beginning, *(change for change in later if change.k < k))
    assert journal.leading_to(k) == (beginning, *(change for change in later if change.k < k or change.k == k == 0))
    for part in (journal.until(k), journal.before(k), journal.leading_to(k)):
        assert isinstance(part, Journal) and Journal(part) is part


@settings(deadline=None, max_examples=60)
@given(numbers, histories, st.integers(0, LAST), numbers)
def test_another_future_keeps_the_past_and_forgets_what_came_later(first, history, k, number):
    journal, _ = run(first, history)
    dynamics, landscape = parts(number)
    other = journal.with_change(k, dynamics, landscape)
    assert other[:-1] == journal.before(k) and other[-1].same_as(Change(k, dynamics, landscape))
    assert other.acting_at(LAST).k == k and len({change.k for change in other[1:]}) == len(other) - 1
    dynamics.sigma = 0.123
    assert not other[-1].dynamics.same_as(dynamics), "it holds copies"
    assert k == 0 or all(other.acting_at(j) is journal.acting_at(j) for j in range(k))
    assert k == 0 or other.shown_at(k) is journal.shown_at(k), "how step k is shown was decided before"


@settings(deadline=None, max_examples=60)
@given(numbers, histories, histories, numbers)
def test_two_journals_agree_until_the_first_change_that_only_one_of_them_has(first, history, another, second):
    a, b = run(first, history)[0], run(second, another)[0]
    if first != second:
        assert a.agrees_until(b) == -1 == b.agrees_until(a)
        return
    changes = [{(c.k, repr(c.dynamics), repr(c.landscape)) for c in journal[1:]} for journal in (a, b)]
    expected = min((k for k, *_ in changes[0] ^ changes[1]), default=math.inf)
    assert a.agrees_until(b) == b.agrees_until(a) == expected
    assert a.agrees_until(run(first, history)[0]) == math.inf


@settings(deadline=None, max_examples=60)
@given(numbers, histories)
def test_clocks_are_those_of_the_changes(first, history):
    journal, walk = run(first, history)
    for change, clock in journal.clocks():
        assert float(clock.at(change.k)) == walk.times[change.k] and clock.dt == change.dynamics.dt


@pytest.mark.parametrize("steps", [[], [1], [0, 3, 2], [-1]])
def test_a_journal_begins_at_step_0_and_is_in_order(steps):
    dynamics, landscape = parts(1)
    with pytest.raises(ValueError, match="must begin with 0 and be in order"):
        Journal(Change(k, dynamics, landscape) for k in steps)


def test_a_dynamics_without_a_time_step_counts_its_steps():
    class Timeless(Dynamics):
        pass

    journal = Journal([Change(0, Timeless(), sv.landscapes.Sphere())])
    assert [journal.time_at(k) for k in (0, 1, 7)] == [0.0, 1.0, 7.0]


@pytest.mark.parametrize("value", [-1, 1.5, True, "3", None])
def test_a_number_of_steps_is_a_whole_number(value):
    with pytest.raises(ValueError, match=r"steps = .*must be a whole number ≥ 0"):
        step_number("steps", value)
