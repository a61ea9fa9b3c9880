"""What one visitor may ask for that costs the server most: each of these by itself, and all at once.

None of it is an attack: every message is one that the page sends, no faster than the server takes them. ``greedy.py`` measures what it
costs others.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from attacks import Visitor, changed, message, objects_in
from hostile import formula, link_of, run
from tornado.websocket import WebSocketClosedError

MAX_COORDINATES = 2_000_000  # agents times dimension, as a link may have
AGENTS = 200
REPLICAS = 200
KEPT_TEXTS = 200  # of what the page said to a guest


class Guest(Visitor):
    """A visitor who takes note of the components that come while it is there, as those of the drawer do.

    Attributes
    ----------
    files : int
        How many files came.
    texts : list of str
        What the page has said last.
    """

    files = 0

    async def watch(self, acknowledge: bool = True) -> None:
        """Be shown pictures and take note of all else, until the socket is closed."""
        self.texts: list[str] = []
        watching = asyncio.create_task(super().watch(acknowledge))
        try:
            while not watching.done():
                self._note()
                await asyncio.wait([watching], timeout=0.1)
        finally:
            watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    def _note(self) -> None:
        news, self.patches = self.patches, []
        for change in news:
            if change["kind"] == "ColumnDataChanged":
                continue
            for key, found in objects_in(change):
                self.models[key] = found
            if change["kind"] == "MessageSent" and "'file'" in str(change)[:400]:
                self.files += 1
            elif isinstance(text := change.get("new"), dict) and "text" in str(text)[:400]:
                self.texts = [*self.texts[-KEPT_TEXTS:], str(text)[:400]]

    async def open_drawer(self) -> None:
        """Open the drawer, and wait until its cards are there."""
        page = next(has["data"]["id"] for _, has in self.models.values() if has.get("class_name") == "Page")
        await self.send(changed(page, "contextbar_open", True))
        while not any(has.get("class_name") == "Exports" for _, has in self.models.values()):
            await asyncio.sleep(0.1)

    async def tell(self, component: str, data: Any) -> None:
        """Say something to a component of the page."""
        await self.send(message(self.component(component), data))


def query(n: int = AGENTS, speed: float | None = 30.0, k: int = 0, d: int = 2, **views: Any) -> str:
    """Of the page with so many agents."""
    return f"?s={link_of([run(n=n, k=k, d=d, seed=random.randrange(10**6))], speed, views)}"


Wish = Callable[[Guest], Awaitable[None]]


async def nothing(guest: Guest) -> None:
    """Only look on."""
    await asyncio.Event().wait()


async def replicas(guest: Guest) -> None:
    """As many replicas as there may be, begun anew every few seconds."""
    await guest.open_drawer()
    await guest.tell("ReplicaCard", REPLICAS)
    while True:
        await asyncio.sleep(4)
        await guest.act("seed")


async def law_errors(guest: Guest) -> None:
    """The error against N, again and again."""
    await guest.open_drawer()
    while True:
        await guest.tell("LawErrorCard", {"act": "start", "step": 2000, "product": True})
        await asyncio.sleep(4)


async def formulas(guest: Guest) -> None:
    """A formula that costs much, another one every 0.3 s."""
    await guest.edit("landscape", "Formula")
    while True:
        await guest.edit("landscape.text", formula(random.randrange(10**6)))
        await asyncio.sleep(0.3)


def exports(*kinds: str) -> Wish:
    """These files, one after the other."""

    async def wish(guest: Guest) -> None:
        await guest.open_drawer()
        while True:
            for what in kinds:
                await guest.tell("Exports", {"act": "make", "what": what})
                await asyncio.sleep(0.5)

    return wish


async def handouts(guest: Guest) -> None:
    """A lesson to take away, again and again."""
    await guest.open_drawer()
    while True:
        await guest.tell("LessonCard", {"act": "take"})
        await asyncio.sleep(0.5)


async def maps(guest: Guest) -> None:
    """One map after the other."""
    while True:
        await guest.edit("dynamics.sigma", round(random.uniform(0.3, 1.5), 3))
        await asyncio.sleep(3)


async def map_colours(guest: Guest) -> None:
    """A map in the light and the dark theme by turns, each of which HoloViews draws."""
    dark = False
    while True:
        dark = not dark
        await guest.act("dark", dark)
        await asyncio.sleep(0.1)


def messages(act: str, per_second: float) -> Wish:
    """A button, pressed so often."""

    async def wish(guest: Guest) -> None:
        while True:
            await guest.act(act)
            await asyncio.sleep(1 / per_second)

    return wish


async def sliders(guest: Guest) -> None:
    """A slider that is dragged without end, on a screen of 240 Hz."""
    while True:
        await guest.edit("dynamics.alpha", round(random.uniform(1, 1000), 2), final=False)
        await asyncio.sleep(1 / 240)


async def dynamics(guest: Guest) -> None:
    """Another dynamics every half second."""
    while True:
        for name in ("PSO", "BGK", "CBO"):
            await guest.edit("dynamics", name)
            await asyncio.sleep(0.5)


async def everything(guest: Guest) -> None:
    """All that one visit can ask for at the same time."""
    await guest.open_drawer()
    wishes = (replicas, law_errors, formulas, exports("arena.gif", "replay.html"), maps, messages("seed", 2))
    await asyncio.gather(*(wish(guest) for wish in wishes))


# Name → query of the page, and what is done there.
WISHES: dict[str, tuple[Callable[[], str], Wish]] = {
    "another like them": (query, nothing),
    "small, top speed": (lambda: query(speed=None), nothing),
    "large, top speed": (lambda: query(MAX_COORDINATES // 2, None), nothing),
    "map": (lambda: query(view="Map"), maps),
    "map's colours": (lambda: query(view="Map"), map_colours),
    "replicas": (query, replicas),
    "error against N": (lambda: query(d=1), law_errors),
    "formulas": (query, formulas),
    "films": (lambda: query(k=3000), exports("arena.gif")),
    "pictures": (lambda: query(k=3000), exports("arena.pdf", "curves.pdf", "density.png", "run.nc")),
    "replay file": (lambda: query(k=3000), exports("replay.html")),
    "handout": (lambda: "?lesson=cbo-1", handouts),
    "replay": (lambda: query(k=5_000_000), nothing),
    "resets": (query, messages("reset", 350)),
    "slider": (query, sliders),
    "dynamics": (query, dynamics),
    "everything": (lambda: query(20_000, None, view="Map"), everything),
}


async def greed(guest: Guest, name: str) -> None:
    """Carry out a wish; a server that closes the socket ends it."""
    try:
        await WISHES[name][1](guest)
    except WebSocketClosedError:
        return
