"""Work on the shared thread goes one piece per pass of the loop, pictures before the rest, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time
from weakref import WeakKeyDictionary

from components import turns


def passes_of(*, pictures: int = 0, others: int = 0, cancelled: tuple[int, ...] = ()) -> list[tuple[int, str]]:
    """When pieces that are all ready at once are carried out: the number of the loop's pass since, and which it is."""
    found: list[tuple[int, str]] = []

    async def main() -> None:
        passes = 0

        def count() -> None:
            nonlocal passes
            passes += 1
            asyncio.get_running_loop().call_soon(count)

        async def work(name: str, picture: bool) -> None:
            await turns.turn(picture)
            found.append((passes, name))

        jobs = [(f"other {i}", False) for i in range(others)] + [(f"picture {i}", True) for i in range(pictures)]
        tasks = [asyncio.create_task(work(*job)) for job in jobs]
        await asyncio.sleep(0)
        for i in cancelled:
            tasks[i].cancel()
        count()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    asyncio.run(main())
    return found


def passes_between(found: list[tuple[int, str]]) -> list[int]:
    """From each piece to the next one: after a piece a pass for what became due meanwhile, and no idle one.

    The first one is carried out at once: its end is seen in the pass after it, and the counting begins in its own.
    """
    numbers = [number for number, _ in found]
    return [after - before for before, after in itertools.pairwise(numbers)]


def test_each_piece_has_a_pass_of_its_own():
    found = passes_of(others=6)
    assert [name for _, name in found] == [f"other {i}" for i in range(6)]
    assert len({number for number, _ in found}) == 6
    assert passes_between(found) == [4, 2, 2, 2, 2]


def test_pictures_go_first_and_the_rest_after_each():
    names = [name for _, name in passes_of(pictures=4, others=4)]
    assert names[0] == "other 0"  # it came while nobody worked
    assert names[1:] == ["picture 0", "other 1", "picture 1", "other 2", "picture 2", "other 3", "picture 3"]


def test_who_gives_up_takes_no_turn_and_leaves_the_others_theirs():
    found = passes_of(others=6, cancelled=(1, 2, 5))
    assert [name for _, name in found] == ["other 0", "other 3", "other 4"]
    assert passes_between(found) == [4, 2]


def test_what_comes_due_in_a_piece_goes_before_the_next_one():
    """Whoever is to be woken while a piece is carried out is held up by that piece alone, also where a coroutine waits for it."""
    between: list[int] = []

    async def main() -> None:
        loop, done, due = asyncio.get_running_loop(), 0, [asyncio.Event() for _ in range(10)]

        async def work(i: int) -> None:
            nonlocal done
            await turns.turn()
            loop.call_later(0.001, due[i].set)
            time.sleep(0.005)
            done += 1

        async def wait(i: int) -> None:
            await due[i].wait()
            between.append(done - (i + 1))

        await asyncio.gather(*(wait(i) for i in range(10)), *(work(i) for i in range(10)))

    asyncio.run(main())
    assert between == [0] * 10


def test_another_loop_has_turns_of_its_own(monkeypatch):
    monkeypatch.setattr(turns, "_turns", WeakKeyDictionary())

    async def leave_the_turn_taken() -> None:
        await turns.turn()

    asyncio.run(leave_the_turn_taken())  # its loop ends before the next pass
    asyncio.run(asyncio.wait_for(leave_the_turn_taken(), 5))
    gc.collect()
    assert len(turns._turns) == 0
