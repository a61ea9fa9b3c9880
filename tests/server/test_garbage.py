"""Full collections look through what is new; everything is looked through once visits have ended, and never for long not."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from components.server.garbage import FULL_AFTER, GROWN, GROWN_BYTES, MANY_ENDED, PATIENCE_S, Schedule

MB = 2**20

# A circle that a full collection has found alive is set aside: no further one finds it, `collect_all` does.
CIRCLES = """
import gc, weakref
from components.server import garbage
class Thing: pass
def circle():
    thing = Thing()
    thing.itself = thing
    return thing
garbage.set_aside_what_stays()
garbage.set_aside_what_stays()
stays, old = circle(), circle()
gc.collect()
seen = gc.get_freeze_count() > 1000, len(gc.get_objects()) < 1000
new = circle()
known = [weakref.ref(thing) for thing in (stays, old, new)]
del old, new
gc.collect()
after = [ref() is not None for ref in known]
garbage.collect_all()
print(*seen, *after, *(ref() is not None for ref in known), len(gc.callbacks))
"""


def test_what_was_found_alive_is_not_looked_through_again_until_all_is():
    done = subprocess.run([sys.executable, "-c", CIRCLES], capture_output=True, text=True, check=True, timeout=120)
    aside, after, last = ["True", "True"], ["True", "True", "False"], ["True", "False", "False"]
    assert done.stdout.split() == [*aside, *after, *last, "1"]


# So many objects a full collection looks through at most while ever more stay.
GROWING = """
import gc
from components.server import garbage
garbage.set_aside_what_stays()
gc.collect()
looked_through = []
def note(phase, found):
    if phase == "start" and found["generation"] == 2:
        looked_through.append(len(gc.get_objects()))
gc.callbacks.append(note)
stays = [[i] for i in range(200_000)]
print(len(looked_through), max(looked_through))
"""


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="3.14 collects what is old in small parts by itself")
def test_a_full_collection_never_has_much_to_look_through():
    done = subprocess.run([sys.executable, "-c", GROWING], capture_output=True, text=True, check=True, timeout=120)
    times, most = map(int, done.stdout.split())
    first, second, _ = gc.get_threshold()
    assert times >= 5
    assert most <= (FULL_AFTER + 2) * first * (second + 1)


@pytest.fixture
def schedule():
    made = Schedule()
    made.done(ended=10, resident_bytes=1000 * MB)
    return made


def asked(schedule, seconds, *, ended=10, here=2, resident_bytes=1000 * MB, moving=False):
    """Whether it is due at each of some seconds."""
    return [schedule.due(s, ended, here, resident_bytes, pictures=s if moving else 7) for s in seconds]


def test_it_is_due_once_many_visits_have_ended_in_a_still_moment(schedule):
    assert not any(asked(schedule, range(100)))
    assert not any(asked(schedule, range(100, 200), ended=10 + MANY_ENDED - 1))
    assert asked(schedule, [200], ended=10 + MANY_ENDED) == [True]
    schedule.done(10 + MANY_ENDED, 1000 * MB)
    assert not any(asked(schedule, range(201, 300), ended=10 + MANY_ENDED))


def test_where_many_visitors_are_as_many_must_have_ended(schedule):
    assert not any(asked(schedule, range(100), ended=10 + 19, here=20))
    assert asked(schedule, [100], ended=10 + 20, here=20) == [True]


def test_while_a_swarm_moves_it_waits_but_not_for_ever(schedule):
    found = asked(schedule, range(100), ended=10 + MANY_ENDED, moving=True)
    assert found.index(True) == PATIENCE_S


def test_a_reason_that_has_gone_is_not_waited_for(schedule):
    asked(schedule, range(20), resident_bytes=2000 * MB, moving=True)
    asked(schedule, [20], moving=True)
    assert not any(asked(schedule, range(21, 21 + int(PATIENCE_S)), resident_bytes=2000 * MB, moving=True))


@pytest.mark.parametrize("before", [100 * MB, 4000 * MB])
def test_it_is_due_once_memory_has_grown(schedule, before):
    schedule.done(ended=10, resident_bytes=before)
    most = int(max(GROWN * before, before + GROWN_BYTES))
    assert asked(schedule, [0, 1], resident_bytes=most) == [False, False]
    assert asked(schedule, [2], resident_bytes=most + 1) == [True]
