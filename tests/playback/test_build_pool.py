"""Builds take turns: a Reset never waits for a replay, replays get equal shares, and hold back for those who watch."""

from __future__ import annotations

import threading
import time

import pytest

from components.playback.build_pool import (
    ALLOWANCE_S,
    LATE_S,
    MAX_JOB_S,
    MAX_REST_S,
    MAX_SHARE,
    MAX_SHORT_S,
    MAX_SHORT_WORK,
    MIN_SHARE,
    REFILL_PER_S,
    TURN_S,
    Pool,
    TooLong,
    Unwanted,
)

LONG = 100 * MAX_SHORT_WORK
WAIT = 20.0  # seconds that a busy machine may take


class Watcher:
    """What the pool sees of a visit."""

    def __init__(self, moving=False, lateness=0.0, connected=True):
        self.moving, self.lateness, self.connected = moving, lateness, connected


class Clock:
    """A time that goes only when somebody works or sleeps."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pool(clock):
    return Pool(long=1, short=1, clock=clock, work_clock=clock, sleep=clock.sleep)


def wait(condition):
    until = time.monotonic() + WAIT
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return condition()


def in_threads(functions):
    threads = [threading.Thread(target=function, daemon=True) for function in functions]
    for thread in threads:
        thread.start()
    return threads


def ended(threads):
    for thread in threads:
        thread.join(WAIT)
    return not any(thread.is_alive() for thread in threads)


def test_replays_of_many_visitors_get_equal_shares_and_one_computes_at_a_time(pool, clock):
    """Each wants 30 turns; whoever comes first is not done before the others have had nearly as many."""
    order, busy, most = [], [], []

    def replay(name):
        with pool.job(Watcher(), lambda: True, LONG) as job:
            for _ in range(30):
                busy.append(name)
                most.append(len(busy))
                order.append(name)
                clock.now += 1.01 * TURN_S
                busy.remove(name)
                job.pause()

    with pool.job(Watcher(), lambda: True, LONG):  # until all have asked
        threads = in_threads([lambda n=n: replay(n) for n in range(4)])
        assert wait(lambda: pool.long.waiting == 4)
    assert ended(threads) and max(most) == 1
    assert all(sorted(order[i : i + 4]) == [0, 1, 2, 3] for i in range(0, 120, 4)), "they go round"


def test_a_short_build_never_waits_for_a_replay(pool):
    with pool.job(Watcher(), lambda: True, LONG):  # it holds the only place for replays and does not let go

        def reset():
            with pool.job(Watcher(), lambda: True, 0):
                pass

        assert ended(in_threads([reset]))


@pytest.mark.parametrize("work", [0, LONG])
def test_who_waits_for_something_else_has_no_place_meanwhile_and_takes_one_again(pool, work):
    with pool.job(Watcher(), lambda: True, work) as job:
        lane = job._lane
        with job.aside():
            assert lane._free == 1
            with pool.job(Watcher(), lambda: True, work):
                assert lane._free == 0
        assert lane._free == 0
    assert lane._free == 1
    with pytest.raises(ZeroDivisionError), pool.job(Watcher(), lambda: True, work) as job, job.aside():
        raise ZeroDivisionError
    assert lane._free == 1, "who gives up takes none"


def test_a_job_that_takes_too_much_of_the_processor_is_given_up_in_one_sentence_and_leaves_its_place(pool, clock):
    """An export lives a run again, which may have gone on for days."""
    turns = 0
    with pytest.raises(ValueError, match=f"more than {MAX_JOB_S:.0f} s of the processor"):
        with pool.job(Watcher(), lambda: True, LONG) as job:
            while turns < 100:
                turns += 1
                clock.now += MAX_JOB_S / 10
                job.pause()
    assert 10 < turns <= 12 and issubclass(TooLong, ValueError)
    assert pool.long._free == 1 and not pool.long.waiting


def test_a_swarm_gets_an_equal_part_of_the_cores_only_while_those_of_others_come_late(pool):
    pool._cores, late = 2, 2 * LATE_S
    large = Watcher(moving=True, lateness=late)
    pool.enter(large)
    assert pool.fair_share(large) == 2.0, "its own lateness is its own affair"
    others = [Watcher(moving=True, lateness=late) for _ in range(9)]
    for other in others:
        pool.enter(other)
    assert pool.fair_share(large) == pytest.approx(2 / 10)
    others[0].moving = others[1].connected = False
    assert pool.fair_share(large) == pytest.approx(2 / 8), "who does not move, or is not there, needs no part"
    for other in others[2:6]:
        other.lateness = 0.0
    assert pool.fair_share(large) == 2.0, "some of them have slow browsers"
    for other in others[3:]:
        other.moving = False
    others[2].lateness = late
    assert pool.fair_share(large) == 1.0, "two visits have a core each"


def test_a_large_swarm_gives_its_helpers_back_while_others_come_late(pool):
    large, other = Watcher(moving=True, lateness=1.0), Watcher(moving=True, lateness=0.0)
    pool.enter(large)
    pool.enter(other)
    assert pool.threads(large) > 1, "nobody else is late"
    other.lateness = 2 * LATE_S
    assert pool.threads(large) == 1, "although there may be a core for each"
    other.moving = False
    assert pool.threads(large) > 1


def test_who_resets_again_and_again_waits_like_a_replay_and_a_while_later_no_longer(pool, clock):
    """Each of the builds is short; together they would be a core that nobody else gets."""
    eager, other = Watcher(), Watcher()

    def reset(who, seconds):
        with pool.job(who, lambda: True, 0) as job:
            clock.now += seconds
            return job._lane

    lanes = [reset(eager, 0.3) for _ in range(20)]
    assert lanes[:6] == [pool.short] * 6 and lanes[-1] is pool.long
    assert reset(other, 0.3) is pool.short, "what one spends is nobody else's"
    clock.now += ALLOWANCE_S / REFILL_PER_S
    assert reset(eager, 0.3) is pool.short
    clock.now += 10 / REFILL_PER_S
    for _ in range(100):  # once a second, as fast as a person wants to see it
        assert reset(eager, 0.05) is pool.short
        clock.now += 0.95


def test_a_build_of_the_long_lane_that_never_paused_rests_before_it_lets_go(pool, clock):
    pool.enter(watcher := Watcher(moving=True))
    with pool.job(watcher, lambda: True, LONG):
        clock.now += 0.5
    assert clock.slept == [pytest.approx(0.5 * (1 / MAX_SHARE - 1))] and pool.long._free == 1
    with pool.job(watcher, lambda: True, LONG):
        clock.now += 100.0
    assert clock.slept[-1] == MAX_REST_S


def test_what_seemed_short_and_is_not_goes_on_among_the_long_ones(pool, clock):
    job = pool.job(Watcher(), lambda: True, MAX_SHORT_WORK)
    with job:
        clock.now += 0.9 * MAX_SHORT_S
        job.pause()
        assert job._lane is pool.short
        clock.now += 0.2 * MAX_SHORT_S
        job.pause()
        assert job._lane is pool.long and pool.short._free == 1 and pool.long._free == 0
        assert job.used == pytest.approx(1.1 * MAX_SHORT_S)
    assert pool.long._free == 1


def test_a_replay_whose_browser_is_gone_keeps_what_it_has_and_gets_no_turn_until_it_is_back(pool, clock):
    one, other, turns = Watcher(), Watcher(), {"one": 0, "other": 0}
    stop = threading.Event()

    def replay(name, who):
        try:
            with pool.job(who, lambda: not stop.is_set(), LONG) as job:
                while True:
                    turns[name] += 1
                    clock.now += 1.01 * TURN_S
                    time.sleep(0.001)
                    job.pause()
        except Unwanted:
            pass

    threads = in_threads([lambda: replay("one", one), lambda: replay("other", other)])
    assert wait(lambda: min(turns.values()) > 2)
    one.connected = False
    assert wait(lambda: pool.long.waiting >= 1)
    before = turns["one"]
    reached = turns["other"] + 20
    assert wait(lambda: turns["other"] > reached)
    assert turns["one"] <= before + 1, "the turn it was in may end, no other begins"
    one.connected = True
    assert wait(lambda: turns["one"] > before + 3)
    stop.set()
    pool.look()
    assert ended(threads) and pool.long._free == 1


def test_what_nobody_wants_any_more_ends_within_its_turn_and_also_while_it_waits(pool, clock):
    wanted, ends = [True], []

    def replay():
        try:
            with pool.job(Watcher(), lambda: wanted[0], LONG) as job:
                while True:
                    time.sleep(0.001)
                    clock.now += TURN_S / 10
                    job.pause()
        except Unwanted:
            ends.append(True)

    threads = in_threads([replay, replay])
    assert wait(lambda: pool.long.waiting == 1)
    wanted[0] = False
    pool.look()
    assert ended(threads) and ends == [True, True] and pool.long._free == 1 and pool.long.waiting == 0


def test_a_build_that_fails_leaves_its_place(pool):
    with pytest.raises(ZeroDivisionError), pool.job(Watcher(), lambda: True, LONG):
        raise ZeroDivisionError
    with pool.job(Watcher(), lambda: True, LONG):
        pass


def test_a_replay_rests_in_proportion_while_others_move_and_more_when_their_pictures_are_late(pool, clock):
    watchers = [Watcher(moving=True), Watcher(moving=True), Watcher(moving=True)]
    for watcher in watchers:
        pool.enter(watcher)
    pool.rest(0.1)
    assert clock.slept == [pytest.approx(0.1 * (1 / MAX_SHARE - 1))], (
        "half of the time is theirs even when nobody is late"
    )
    for watcher in watchers:
        watcher.lateness = 0.2
    for _ in range(20):
        pool.rest(0.1)
    assert clock.slept[-1] == pytest.approx(0.1 * (1 / MIN_SHARE - 1))
    for watcher in watchers:
        watcher.lateness = 0.0
    for _ in range(50):
        pool.rest(0.1)
    assert clock.slept[-1] == pytest.approx(0.1 * (1 / MAX_SHARE - 1)), "and it comes back"


def test_one_slow_browser_or_one_that_left_holds_nobody_back(pool, clock):
    watchers = [Watcher(moving=True), Watcher(moving=True), Watcher(moving=True, lateness=0.25)]
    watchers += [Watcher(moving=True, lateness=0.25, connected=False) for _ in range(5)]
    for watcher in watchers:
        pool.enter(watcher)
    for _ in range(20):
        pool.rest(0.1)
    assert clock.slept[-1] == pytest.approx(0.1 * (1 / MAX_SHARE - 1))


def test_where_nobody_moves_a_replay_does_not_rest(pool, clock):
    still = Watcher(moving=False, lateness=0.0)
    pool.enter(still)
    pool.rest(0.1)
    assert clock.slept == []


def test_a_visit_that_ended_is_forgotten(pool):
    pool.enter(Watcher(moving=True))  # nobody else holds it
    assert len(pool._visits) == 0
