"""Visits that begin at the same moment take turns; a clock that stands until it is moved says how long making one takes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from components.server import arrivals, sockets
from tests.server.clocks import SteppedClock


class Loop:
    """What an arrival asks of the loop: to be called later, which is noted and done at once or by hand."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def call_later(self, seconds: float, function) -> None:
        self.rests.append(seconds)
        asyncio.get_event_loop().call_soon(function)


@pytest.fixture
def loop(monkeypatch) -> Loop:
    found = Loop()
    monkeypatch.setattr(arrivals.asyncio, "get_running_loop", lambda: found)
    return found


def test_visits_are_made_one_after_the_other_in_the_order_of_coming_with_a_rest_after_each(loop):
    clock, made = SteppedClock(), []
    here = arrivals.Arrivals(clock)

    async def come(name: int) -> None:
        async with here.turn():
            made.append(("begun", name))
            await asyncio.sleep(0)  # others would come between, if they could
            clock.now += 2.0
            made.append(("made", name))

    async def story() -> None:
        await asyncio.gather(*map(come, range(5)))

    asyncio.run(story())
    assert made == [(what, name) for name in range(5) for what in ("begun", "made")]
    assert loop.rests == [2.0 * arrivals.REST] * 5


def test_addresses_take_turns_and_one_address_keeps_its_order(loop):
    here, made = arrivals.Arrivals(SteppedClock()), []

    async def come(network: str, name: int) -> None:
        async with here.turn(network):
            made.append((network, name))
            await asyncio.sleep(0)

    async def story() -> None:
        class_room = [asyncio.create_task(come("class-room", i)) for i in range(4)]
        await asyncio.sleep(0)  # the first of them is being made
        each = arrivals.FIRST_S * (1 + arrivals.REST)
        assert here.wait_s("class-room") == pytest.approx(4 * each), "behind all of its own"
        assert here.wait_s("elsewhere") == pytest.approx(2 * each), "behind the one that is made, and one more"
        late = [asyncio.create_task(come("elsewhere", i)) for i in range(2)]
        await asyncio.gather(*class_room, *late)

    asyncio.run(story())
    assert made == [
        ("class-room", 0),
        ("class-room", 1),
        ("elsewhere", 0),
        ("class-room", 2),
        ("elsewhere", 1),
        ("class-room", 3),
    ]
    assert not here._waiting


def test_who_leaves_when_it_is_their_turn_gives_it_on(loop):
    here, made = arrivals.Arrivals(SteppedClock()), []

    async def come(name: str) -> None:
        async with here.turn(name):
            made.append(name)

    async def story() -> None:
        first = here.turn("first")
        await first.__aenter__()
        left, last = asyncio.create_task(come("left")), asyncio.create_task(come("last"))
        await asyncio.sleep(0)
        here._next()  # the turn of the one who leaves before they have noticed
        left.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(left, last, return_exceptions=True)

    asyncio.run(story())
    assert made == ["last"] and not here._waiting


def test_between_two_visits_others_have_the_thread():
    """Callbacks that were ready before the second visit is made are carried out before it."""
    here, order = arrivals.Arrivals(), []

    async def come(name: str) -> None:
        async with here.turn():
            order.append(name)

    async def story() -> None:
        arriving = [asyncio.create_task(come(name)) for name in ("first", "second")]
        while "first" not in order:
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(order.append, "a picture")
        await asyncio.gather(*arriving)

    asyncio.run(story())
    assert order == ["first", "a picture", "second"]


def test_who_would_wait_for_long_is_told_and_who_gives_up_is_not_counted(loop):
    here = arrivals.Arrivals(SteppedClock())
    each = arrivals.FIRST_S * (1 + arrivals.REST)

    async def story() -> None:
        assert here.wait_s() == 0 and not here.crowded()
        turn = here.turn()
        await turn.__aenter__()
        waiting = []
        while not here.crowded():
            waiting.append(asyncio.create_task(here.turn().__aenter__()))
            await asyncio.sleep(0)
        assert here.wait_s() == pytest.approx((len(waiting) + 1) * each) and here.wait_s() - each <= arrivals.MAX_WAIT_S
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert here.wait_s() == each
        await turn.__aexit__(None, None, None)

    asyncio.run(story())


def test_what_is_expected_follows_what_making_one_takes(loop):
    clock = SteppedClock()
    here = arrivals.Arrivals(clock)

    async def story() -> None:
        for _ in range(20):
            async with here.turn():
                clock.now += 3.0
            await asyncio.sleep(0)
        async with here.turn():
            assert here.wait_s() == pytest.approx(3.0 * (1 + arrivals.REST), rel=0.01)

    asyncio.run(story())


def test_a_visit_that_fails_gives_its_turn_on(loop):
    here = arrivals.Arrivals(SteppedClock())

    async def story() -> None:
        with pytest.raises(ZeroDivisionError):
            async with here.turn():
                raise ZeroDivisionError
        async with asyncio.timeout(5), here.turn():
            pass

    asyncio.run(story())


def test_nothing_is_made_for_a_visitor_who_has_left_while_they_waited():
    left = SimpleNamespace(_closing=lambda: True)  # asked for anything else, it would fail
    asyncio.run(sockets.SocketHandler._make(left, "a session", "a token"))
