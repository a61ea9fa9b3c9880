"""A visitor without a browser, and what such a visitor can do to a server: for the tests of the socket and for the benchmark of attacks.

A :class:`Visitor` opens the page, takes the token that stands in it, opens the socket and speaks Bokeh's protocol over it, as a browser
does: it acknowledges pictures and sends what it is told to. The attacks are coroutines of a visitor who is already there; each ends when
it has sent everything or when the server has closed the socket.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

PATIENCE_S = 120.0  # for a server that is slow to answer, as a browser has it
LARGEST = 64 * 2**20  # of a message from the server: the whole document is one


def token_of(address: str, **headers: str) -> str:
    """The token in the page at an address."""
    with urlopen(Request(address, headers=headers), timeout=60) as answer:
        page = answer.read().decode()
    found = re.search(r'"token":\s*"([^"]+)"', page)
    if found is None:
        raise LookupError("the page has no token")
    return found.group(1)


async def open_socket(address: str, token: str, protocol: str = "bokeh") -> WebSocketClientConnection:
    """The socket of a token, before anything is said."""
    parts = urlsplit(address)
    request = HTTPRequest(
        f"ws://{parts.netloc}{parts.path.rstrip('/')}/ws",
        headers={"Origin": f"http://{parts.netloc}"},
        connect_timeout=PATIENCE_S,
        request_timeout=PATIENCE_S,
    )
    return await websocket_connect(request, subprotocols=[protocol, token], max_message_size=LARGEST)


class Visitor:
    """One visit: its socket, the models of its document, and the pictures it was sent.

    Attributes
    ----------
    models : dict of str to (str, dict)
        Of the document as it was pulled: id → name of the class and attributes.
    frames : list of float
        When pictures came, by ``time.monotonic()``.
    closed : (int, str) or None
        Code and reason with which the server closed the socket.
    """

    def __init__(self, address: str, token: str, socket: WebSocketClientConnection):
        self.address, self.token, self.socket = address, token, socket
        self.models: dict[str, tuple[str, dict[str, Any]]] = {}
        self.frames: list[float] = []
        self.patches: list[dict[str, Any]] = []  # of models other than the clock
        self.replies = 0  # to questions about the server
        self.k = -1.0  # step of the last picture
        self.closed: tuple[int | None, str | None] | None = None
        self._said, self._lock = 0, asyncio.Lock()

    @classmethod
    async def arrive(cls, address: str, token: str | None = None) -> Visitor:
        """Open the page and its socket, pull the document, and say that it is there."""
        token = token or await asyncio.to_thread(token_of, address)
        visitor = cls(address, token, await open_socket(address, token))
        await visitor._begin()
        return visitor

    async def _begin(self) -> None:
        header, _ = await self._message()
        if header is None or header["msgtype"] != "ACK":
            raise ConnectionError(f"refused: {self.closed}")
        await self.say("PULL-DOC-REQ", {})
        while (header := (await self._message())[0]) is not None and header["msgtype"] != "PULL-DOC-REPLY":
            pass
        if header is None:
            raise ConnectionError(f"refused: {self.closed}")
        self.models = dict(objects_in(self.content))
        await self.send(event("document_ready", {}))

    # ---- listening -----------------------------------------------------------------------------------------------------

    async def _message(self) -> tuple[dict[str, Any] | None, Any]:
        """The next message, None after the last."""
        parts: list[Any] = []
        while len(parts) < 3:
            part = await self.socket.read_message()
            if part is None:
                self.closed = self.socket.close_code, self.socket.close_reason
                return None, None
            parts.append(part)
        header, self.content = json.loads(parts[0]), json.loads(parts[2])
        for _ in range(2 * header.get("num_buffers", 0)):
            await self.socket.read_message()
        return header, self.content

    async def messages(self) -> AsyncIterator[Any]:
        """Everything that the server says, until it closes."""
        while True:
            header, content = await self._message()
            if header is None:
                return
            yield header, content

    async def watch(self, acknowledge: bool = True) -> None:
        """Be shown pictures, and acknowledge them, until the socket is closed."""
        painted, clock = self.one("Painted"), self.one("PageClock")
        async for header, content in self.messages():
            self.replies += header["msgtype"] == "SERVER-INFO-REPLY"
            for change in content.get("events", ()):
                if change.get("model", {}).get("id") != clock:
                    self.patches.append(change)
                elif change["attr"] == "k":
                    self.k = change["new"]
                elif change["attr"] == "frame":
                    self.frames.append(time.monotonic())
                    if acknowledge:
                        with suppress(WebSocketClosedError):
                            await self.send(changed(painted, "frame", change["new"]))

    # ---- speaking ------------------------------------------------------------------------------------------------------

    async def say(self, kind: str, content: Any) -> None:
        """Send one message of Bokeh's protocol."""
        self._said += 1
        await self.raw(json.dumps({"msgid": str(self._said), "msgtype": kind}), "{}", json.dumps(content))

    async def raw(self, *fragments: str | bytes) -> None:
        """Send these fragments as they are, and no other message between them."""
        async with self._lock:
            for fragment in fragments:
                await self.socket.write_message(fragment, binary=isinstance(fragment, bytes))

    async def send(self, *events: dict[str, Any]) -> None:
        """Send a patch of these events."""
        await self.say("PATCH-DOC", {"events": list(events)})

    async def act(self, act: str, value: Any = None) -> None:
        """Press something in the bar."""
        await self.send(message(self.component("Bar"), {"act": act, "value": value}))

    async def edit(self, name: str, value: Any, final: bool = True) -> None:
        """Type or choose something in the form."""
        await self.send(message(self.component("Form"), {"name": name, "value": value, "final": final}))

    def close(self) -> None:
        """Leave as a browser does."""
        self.socket.close(1001)

    def vanish(self) -> None:
        """Leave without a word: the connection ends below the protocol."""
        self.socket.protocol.stream.close()

    # ---- the document --------------------------------------------------------------------------------------------------

    def of(self, name: str) -> list[str]:
        """The ids of the models of a class."""
        return [key for key, (kind, _) in self.models.items() if kind.rpartition(".")[2] == name]

    def one(self, name: str) -> str:
        """The id of the only model of a class."""
        [key] = self.of(name)
        return key

    def component(self, name: str) -> str:
        """The id of a component of the page."""
        return next(key for key, (_, has) in self.models.items() if has.get("class_name") == name)


def objects_in(content: Any) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    """The models in the JSON of a document."""
    stack = [content]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            if here.get("type") == "object" and "id" in here:
                yield here["id"], (here["name"], here.get("attributes", {}))
            stack += here.values()
        elif isinstance(here, list):
            stack += here


# ---- events as BokehJS writes them -----------------------------------------------------------------------------------------


def changed(model: str, attr: str, new: Any) -> dict[str, Any]:
    """A property was changed in the browser."""
    return {"kind": "ModelChanged", "model": {"id": model}, "attr": attr, "new": new}


def event(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Something happened in the browser."""
    entries = {"entries": [[key, encoded(value)] for key, value in values.items()]} if values else {}
    return {"kind": "MessageSent", "msg_type": "bokeh_event",
            "msg_data": {"type": "event", "name": name, "values": {"type": "map"} | entries}}  # fmt: skip


def message(model: str, data: Any) -> dict[str, Any]:
    """A component of the page says something to its other half."""
    return event("data_event", {"model": Reference(id=model), "data": data})


class Reference(dict):
    """A reference to a model, written as it is."""


def encoded(value: Any) -> Any:
    """A value as BokehJS writes it."""
    if isinstance(value, Reference):
        return value
    if isinstance(value, dict):
        return {"type": "map", "entries": [[key, encoded(item)] for key, item in value.items()]}
    return [encoded(item) for item in value] if isinstance(value, list) else value


# ---- attacks ---------------------------------------------------------------------------------------------------------------


async def large_text(visitor: Visitor) -> None:
    """A value of 4 MB for one text field."""
    await visitor.edit("swarm.n", "9" * 4_000_000)


async def nested_list(visitor: Visitor) -> None:
    """A nested list of 12 MB as the value of a field."""
    deep = "[" * 400 + "]" * 400 + ","
    value = "[" + deep * (12_000_000 // len(deep)) + "0]"
    model = visitor.component("Form")
    content = json.dumps({"events": [message(model, {"name": "swarm.n", "value": "HERE", "final": True})]}).replace(
        '"HERE"', value
    )
    await visitor.raw('{"msgid": "1", "msgtype": "PATCH-DOC"}', "{}", content)


async def resets(visitor: Visitor, count: int = 2000) -> None:
    """As many resets as the socket takes."""
    for _ in range(count):
        await visitor.act("reset")


async def presses(visitor: Visitor, count: int = 2000) -> None:
    """The choice of another preset, the most expensive thing that one can ask for, again and again."""
    for i in range(count):
        await visitor.edit("dynamics", ("PSO", "CBO")[i % 2])


ATTACKS: dict[str, Callable[[Visitor], Awaitable[None]]] = {
    "a text of 4 MB": large_text,
    "a nested list of 12 MB": nested_list,
    "2,000 resets": resets,
    "2,000 choices of a dynamics": presses,
}


async def attack(visitor: Visitor, name: str) -> None:
    """Carry out an attack; a server that closes the socket ends it."""
    with suppress(WebSocketClosedError):
        await ATTACKS[name](visitor)
