"""When steps are due, with numbers instead of a clock."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.playback.pacer import (
    ARENA_ONLY,
    EVERYTHING,
    FASTEST,
    MAX_BATCH_S,
    MAX_LATENESS_S,
    MAX_REST_S,
    MAX_STEPS_PER_PICTURE,
    PICTURE_PERIOD_S,
    STEPPING_SHARE,
    Pacer,
    PictureRequest,
)

START_S = 1000.0
SPEEDS = st.floats(0.01, 1e4)  # steps per second; what a step takes is such that the machine keeps up
DRAW_EVERY = st.sampled_from([1, 2, 7, 100])


def pacer(speed, draw_every=1, k=0, step_s=1e-6):
    """A pacer that starts now, of a swarm whose steps have taken so long."""
    made = Pacer()
    made.draw_every, made.k = draw_every, k
    made.set_speed(speed, START_S)
    for _ in range(100):
        made.batch_took(1, step_s)
    return made


def stepped(made, now):
    """Take the steps that are due, at once."""
    steps = made.steps_due(now)
    made.k += steps
    return steps


def on_time(made, seconds):
    """Ask for steps whenever the pacer wants to be asked; yields (time, steps)."""
    now = START_S
    while now < START_S + seconds:
        yield now, stepped(made, now)
        assert made.next_at > now
        now = max(made.next_at, now + 1e-3)


# ---- the speed that is asked for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "speed, draw_every", [(0.5, 1), (1, 1), (2, 1), (3, 1), (10, 1), (45, 1), (10, 20), (1e-20, 1)]
)
def test_a_slow_speed_is_what_it_says(speed, draw_every):
    made, now = pacer(speed, draw_every), START_S
    while now < START_S + 60:
        stepped(made, now)
        assert made.next_at - now <= threading.TIMEOUT_MAX, "no lock can wait so long"
        now = max(made.next_at, now + 1e-3)
    assert abs(made.k - 60 * speed) <= max(draw_every, 0.05 * 60 * speed)


@given(speed=SPEEDS, draw_every=DRAW_EVERY)
def test_the_mean_rate_of_a_machine_that_keeps_up_is_the_speed_to_within_one_picture(speed, draw_every):
    made = pacer(speed, draw_every)
    for now, _ in on_time(made, seconds=20):
        owed = speed * (now - START_S)
        assert made.k <= owed + 1e-6, "no step is taken ahead of its time"
        assert made.k > owed - draw_every - speed * PICTURE_PERIOD_S - 1e-6, "and none is forgotten"


@given(speed=SPEEDS, edits=st.lists(st.booleans(), min_size=1, max_size=200), wait=st.floats(0.001, 0.3))
def test_edits_never_bring_the_swarm_ahead_of_its_time_by_more_than_one_step(speed, edits, wait):
    made, now = pacer(speed), START_S
    for edited in edits:
        now += wait
        if edited:
            made.hurry(now)
        stepped(made, now)
        assert made.k <= speed * (now - START_S) + 1 + 1e-6


@given(speed=SPEEDS, sleep=st.floats(0, 3600))
def test_what_is_late_is_made_up_for_up_to_a_limit_and_forgotten_beyond(speed, sleep):
    made = pacer(speed)
    stepped(made, START_S)
    expected = made.next_at
    steps = stepped(made, expected + sleep)
    owed = speed * (expected - START_S + min(sleep, MAX_LATENESS_S))
    assert steps == int(owed) or abs(owed - round(owed)) < 1e-6
    after = stepped(made, expected + sleep)
    assert after == 0, "nothing is owed twice"


def test_what_a_machine_cannot_do_in_time_is_forgotten_beyond_the_limit():
    """At a thousand steps a second, of which each takes ten milliseconds for a minute, and then nothing."""
    made, now = pacer(1000.0, step_s=0.01), START_S
    while now < START_S + 60:
        steps = stepped(made, now)
        assert steps * 0.01 <= MAX_BATCH_S * (1 + 1e-6)
        now = max(made.next_at, now + 0.01 * steps)
    for _ in range(100):
        made.batch_took(1, 1e-6)
    k, began = made.k, now
    while now < began + 1:
        stepped(made, now)
        now = made.next_at
    owed = now - began + MAX_BATCH_S  # seconds: the last batch of slow steps has taken as long
    assert 1000 * owed < made.k - k <= 1000 * (owed + MAX_LATENESS_S) + 1


def test_a_restart_owes_nothing_for_the_time_before():
    made = pacer(10.0)
    made.restart(START_S + 100)
    assert stepped(made, START_S + 100) == 0
    assert sum(stepped(made, START_S + 100 + 0.05 * i) for i in range(1, 21)) == 10


def test_a_speed_below_one_step_a_picture_takes_single_steps():
    made = pacer(10.0)
    assert {steps for _, steps in on_time(made, seconds=5)} <= {0, 1}
    assert made.k > 45


# ---- steps that are drawn --------------------------------------------------------------------------------------------------


@given(speed=st.one_of(st.just(FASTEST), SPEEDS), draw_every=DRAW_EVERY, k=st.integers(0, 1000),
       waits=st.lists(st.floats(0.001, 1.0), min_size=1, max_size=50), edited=st.booleans())  # fmt: skip
def test_every_batch_leads_to_a_step_that_is_drawn(speed, draw_every, k, waits, edited):
    made, now = pacer(speed, draw_every, k), START_S
    for wait in waits:
        now += wait
        if edited:
            made.hurry(now)
        if stepped(made, now):
            assert made.k % draw_every == 0


@given(draw_every=DRAW_EVERY, k=st.integers(0, 1000), step_s=st.floats(1e-8, 1.0))
def test_as_fast_as_it_goes_fills_its_share_of_a_period_or_reaches_the_next_step_that_is_drawn(draw_every, k, step_s):
    made = pacer(FASTEST, draw_every, k, step_s)
    steps = made.steps_due(START_S)
    afforded = min(max(1, int(STEPPING_SHARE * PICTURE_PERIOD_S / made._step_s)), MAX_STEPS_PER_PICTURE)
    assert steps >= 1 and made.next_at == START_S + PICTURE_PERIOD_S
    assert afforded - draw_every < steps <= max(afforded, draw_every)


@pytest.mark.parametrize(("picture_s", "stepping_s"), [(0.001, 0.02), (0.0133, 0.02), (0.04, 0.06), (0.3, 0.1)])
def test_where_pictures_take_long_as_fast_as_it_goes_takes_more_steps_before_each(picture_s, stepping_s):
    """A million agents took one step of 5 ms before each picture of 120 ms."""
    made = pacer(FASTEST, step_s=1e-3)
    for _ in range(60):
        made.picture_took(picture_s)
    assert made.steps_due(START_S) == pytest.approx(stepping_s / made._step_s, abs=1.01)
    assert stepping_s <= MAX_BATCH_S


# ---- edits -----------------------------------------------------------------------------------------------------------------


def test_an_edit_borrows_one_step_and_no_more():
    """At one step a second: an edit after 0.3 s brings a step at once; another edit right after it, and the next 1.6 s, bring none."""
    made, now, taken = pacer(1.0), START_S, []
    for wait, edited in ((0.0, False), (0.2, False), (0.1, True), (0.1, True), *[(0.2, False)] * 8):
        now += wait
        if edited:
            made.hurry(now)
        taken.append(made.steps_due(now))
    assert taken == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_an_edit_is_looked_at_now_and_a_step_that_is_due_is_not_put_off():
    made = pacer(1.0)
    made.steps_due(START_S)
    due = made.next_at
    made.hurry(START_S + 0.3)
    assert made.next_at == START_S + 0.3 < due
    made.hurry(START_S + 0.6)
    assert made.next_at == START_S + 0.3


def test_the_first_picture_after_an_edit_has_only_what_every_picture_has():
    """A slider that is dragged edits before every picture: every other one is whole then."""
    made, now, requests = pacer(30.0), START_S, []
    for edited in (False, False, False, True, True, True, False):
        now += 0.04
        if edited:
            made.hurry(now)
        made.steps_due(now)
        requests.append(made.next_picture())
    assert [request.count for request in requests] == [0, 1, 2, 1, 3, 1, 4]
    assert not any(request.everything for request in requests)


def test_a_picture_holds_the_views_whose_turn_it_is_all_of_them_or_those_of_every_picture():
    everies = (1, 2, 3)
    assert all(map(EVERYTHING.includes, everies))
    assert list(map(ARENA_ONLY.includes, everies)) == [True, False, False]
    assert list(map(PictureRequest(False, 3).includes, everies)) == [True, False, True]


def test_news_of_the_background_are_for_the_views_that_show_it():
    news = PictureRequest(False, 0, frozenset({"law", "map"}))
    shown = frozenset({"map"}), frozenset({"replicas", "law"}), frozenset({"replicas"}), frozenset()
    assert [news.includes(1, background) for background in shown] == [True, True, False, False]
    assert ARENA_ONLY.includes(1, frozenset({"map"})) and not ARENA_ONLY.includes(2, frozenset({"map"}))


def test_after_a_command_the_picture_holds_everything_and_the_turns_go_on():
    made = pacer(30.0)
    assert [made.next_picture().count, made.whole_picture(), made.next_picture().count] == [0, EVERYTHING, 2]


# ---- what steps take -------------------------------------------------------------------------------------------------------


@given(slow_s=st.floats(1e-7, 1.0), quick_s=st.floats(1e-7, 1e-3))
def test_a_piece_lasts_no_longer_than_a_pause_may_take_once_its_steps_are_known(slow_s, quick_s):
    """The piece after one that was too long fits, whatever steps cost before; a step that takes longer is taken alone."""
    made = Pacer()
    for step_s in (quick_s, slow_s):
        for _ in range(60):
            piece = made.piece(10**9)
            made.piece_took(piece, piece * step_s)
        piece = made.piece(10**9)
        assert piece == 1 or piece * step_s <= MAX_BATCH_S * (1 + 1e-6)
        assert piece == 1 or piece * step_s >= MAX_BATCH_S / 4, "and it is no smaller than it has to be"


def test_pieces_grow_by_two_and_begin_with_one_after_a_command():
    made, pieces = Pacer(), []
    for _ in range(4):
        pieces.append(made.piece(100))
        made.piece_took(pieces[-1], 1e-6)
    assert pieces == [1, 2, 4, 8] and made.piece(3) == 3
    made.forget_piece()
    assert made.piece(100) == 1


def test_a_short_rest_of_a_batch_says_nothing_about_a_full_piece():
    made = Pacer()
    for _ in range(4):
        made.piece_took(made.piece(10**9), 1e-6)
    made.piece_took(3, 1e-6)
    assert made.piece(10**9) == 16


def test_a_short_rest_of_a_batch_that_lasted_too_long_makes_the_next_piece_shorter():
    made = Pacer()
    for _ in range(4):
        made.piece_took(made.piece(10**9), 1e-6)
    made.piece_took(4, 4 * MAX_BATCH_S)
    assert made.piece(10**9) == 1


# ---- lateness --------------------------------------------------------------------------------------------------------------


def test_lateness_is_that_of_the_picture_which_is_due_or_the_mean_of_late_and_has_a_limit():
    made = pacer(30.0)
    assert made.lateness(START_S) == 0.0
    assert made.lateness(START_S + 0.1) == pytest.approx(0.1)
    assert made.lateness(START_S + 100.0) == MAX_LATENESS_S
    for _ in range(40):
        made.steps_due(made.next_at + 0.1)
    assert made.lateness(made.next_at - 0.01) == pytest.approx(0.1, rel=1e-3)
    for _ in range(80):
        made.steps_due(made.next_at)
    assert made.lateness(made.next_at - 0.01) == pytest.approx(0.0, abs=1e-6)


# ---- steps in stages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed, draw_every", [(0.5, 1), (100, 7), (FASTEST, 1)])
def test_stages_come_one_by_one_at_their_own_rate_whatever_the_speed(speed, draw_every):
    made = pacer(speed, draw_every)
    made.set_stages(3.0, START_S)
    taken = [made.steps_due(now) for now in _looks(made, 10)]  # k stays: a stage is no step
    assert set(taken) <= {0, 1} and sum(taken) in (29, 30)
    assert (made.speed, made.draw_every) == (speed, draw_every)


def test_an_edit_brings_one_look_at_once_and_the_next_stage_a_whole_time_later():
    made = pacer(100.0)
    made.set_stages(3.0, START_S)
    assert made.steps_due(START_S + 0.1) == 0
    made.hurry(START_S + 0.2)
    assert made.next_at == START_S + 0.2 and made.steps_due(START_S + 0.2) == 1
    assert made.next_at == pytest.approx(START_S + 2 / 3)


def test_after_the_stages_steps_are_owed_from_then_on():
    made = pacer(100.0)
    made.set_stages(3.0, START_S)
    for _ in _looks(made, 5):
        pass
    made.set_stages(None, START_S + 5)
    assert made.steps_due(START_S + 5) == 0 and made.steps_due(START_S + 5.1) == 10


def _looks(made, seconds):
    """When the pacer wants to be asked."""
    now = START_S
    while now < START_S + seconds:
        yield now
        now = max(made.next_at, now + 1e-3)


def test_a_swarm_rests_as_long_as_its_share_asks_and_is_not_late_meanwhile():
    """A tenth of a second of work and a fifth of a core: 0.4 s without steps, which an edit does not shorten."""
    made = Pacer()
    made.restart(0.0)
    made.rest(0.1, 0.1, 0.2)
    assert made.steps_at == pytest.approx(0.5)
    made.hurry(0.2)
    assert made.steps_at == pytest.approx(0.5) and made.lateness(0.5) == 0.0
    assert made.lateness(0.6) == pytest.approx(0.1)
    made.rest(1.0, 100.0, 0.05)
    assert made.steps_at == 1.0 + MAX_REST_S, "nobody stands for ever"
