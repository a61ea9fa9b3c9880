"""Work of many visitors on the thread that they share: one piece after the other, with a look at sockets and clocks in between.

A loop carries out all that is ready before it looks at its sockets again: ten people who edit at the same moment hold up everybody's
pictures for the sum of what they ask for. Here each piece waits for a pass of the loop of its own, and before the next one comes everything
that has become due meanwhile, so that whoever waits for a clock or a socket is held up by one piece at most. Pictures, which are many,
small and awaited, go before everything else, and of the rest a piece has its turn after each of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from weakref import WeakKeyDictionary

Waiting = asyncio.Future[None]


class Turns:
    """Who may work next on one loop, on whose thread everything here happens; it is not held, so that it ends with its loop."""

    def __init__(self) -> None:
        self._pictures: deque[Waiting] = deque()
        self._others: deque[Waiting] = deque()
        self._taken = self._picture_was_last = False

    async def turn(self, picture: bool = False) -> None:
        """Wait until what the caller does until its next ``await`` has a pass of the loop of its own; at once where none has this one."""
        loop = asyncio.get_running_loop()
        if self._taken:
            waiting: Waiting = loop.create_future()
            (self._pictures if picture else self._others).append(waiting)
            await waiting
        else:
            self._taken = True
            loop.call_soon(self._ended)

    def _ended(self) -> None:
        """A piece has ended: what became due meanwhile goes before the next one, for a loop takes its clocks in order."""
        asyncio.get_running_loop().call_later(0, self._next)

    def _next(self) -> None:
        """Let the next one work in the pass that follows."""
        while (waiting := self._first()) is not None:
            if not waiting.done():  # else who waited was cancelled
                waiting.set_result(None)
                asyncio.get_running_loop().call_soon(self._ended)  # after the one that waited
                return
        self._taken = False

    def _first(self) -> Waiting | None:
        """The longest waiting picture, and after a picture the longest waiting of the rest."""
        self._picture_was_last = bool(self._pictures) and not (self._picture_was_last and self._others)
        queue = self._pictures if self._picture_was_last else self._others
        return queue.popleft() if queue else None


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


async def turn(picture: bool = False) -> None:
    """Wait for a pass of the running loop; see :meth:`Turns.turn`."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns[loop] = Turns()
    await _turns[loop].turn(picture)
