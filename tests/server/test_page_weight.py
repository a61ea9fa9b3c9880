"""What the page names before its first picture stays as small as the benchmark of the page asks for: sizes, without a browser."""

from __future__ import annotations

import asyncio
import re

import pytest

from benchmarks.draining import Drain
from benchmarks.weight import MAX_MB, NAMES, Weighing, lost
from components.server import files
from tests.server.serving import served

NAMED = re.compile(r"static/[^\"'\s?]+\.(?:js|css)")
UNZIPPED = ("Accept-Encoding: identity",)
ZIPPED = ("Accept-Encoding: gzip",)


class Pulled(Drain):
    """A visitor who keeps what came through the socket until the document was there."""

    def __init__(self, address):
        super().__init__(address)
        self.parts = []

    async def _part(self):
        self.parts.append(await super()._part())
        return self.parts[-1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("server") / "log.txt") as here:
        yield here


def pulled(server):
    async def opened():
        drain = Pulled(f"http://{server.host}/app")
        await drain.open()
        drain.close()
        return drain.parts

    return asyncio.run(opened())


def size_of(answer):
    """Bytes of an answer with its headers."""
    return len(answer.body) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())


def test_what_the_page_names_before_the_first_picture_stays_under_the_goal(server):
    """Every font is counted, though a browser fetches those only of which a letter is shown."""
    page, parts = server.ask("/app", headers=ZIPPED), pulled(server)
    texts = [server.ask("/app", headers=UNZIPPED).text, *(part for part in parts if isinstance(part, str))]
    named = {path for text in texts for path in NAMED.findall(text)}
    assert any("bokeh.min.js" in path for path in named) and any(
        "panel-material-ui.bundle.js" in path for path in named
    )
    answers = {path: server.ask(f"/{path}", headers=ZIPPED) for path in named}
    fetched = {path: size_of(answer) for path, answer in answers.items() if answer.status == 200}
    assert sum("css" in path for path in fetched) > 3
    fonts = sum(
        size_of(server.ask(f"/static/extensions/{path}")) for path in files.extensions() if path.endswith("woff2")
    )
    socket = sum(len(part.encode() if isinstance(part, str) else part) for part in parts)
    found = {"page": size_of(page), "fonts": fonts, "socket": socket} | fetched
    assert fonts > 100_000 and socket > 100_000
    assert sum(found.values()) <= MAX_MB * 1e6, sorted(found.items(), key=lambda item: -item[1])
    assert [path for path, answer in answers.items() if answer.status == 200 and path.endswith(".js")
            and answer.headers.get("content-encoding") != "gzip"] == []  # fmt: skip


class Devtools:
    """Says what a browser would."""

    def __init__(self):
        self.listeners, self.asked = {}, []

    def on(self, name, listener):
        self.listeners[name] = listener

    def send(self, method):
        self.asked.append(method)

    def load(self, request, kind, size, at):
        self.listeners["Network.requestWillBeSent"]({"requestId": request, "wallTime": 1000.0 + at, "timestamp": at})
        self.listeners["Network.responseReceived"]({"requestId": request, "type": kind})
        self.listeners["Network.loadingFinished"]({"requestId": request, "encodedDataLength": size, "timestamp": at})


def test_bytes_are_told_by_kind_and_those_that_came_after_the_first_picture_are_not():
    devtools = Devtools()
    weighing = Weighing(devtools)
    assert devtools.asked == ["Network.enable"]
    for request, kind, size, at in (
        ("1", "Document", 10, 1.0),
        ("2", "Script", 200, 2.0),
        ("3", "Script", 300, 3.0),
        ("4", "Font", 40, 3.5),
        ("5", "Manifest", 5, 3.5),
        ("6", "Script", 9999, 5.0),
    ):
        devtools.load(request, kind, size, at)
    found = weighing.until(1004.0, socket=7)
    assert found == dict.fromkeys(NAMES, 0) | {"page": 10, "scripts": 500, "fonts": 40, "other": 5, "socket": 7}


def test_a_frame_is_lost_whose_number_was_never_painted():
    assert lost([3, 4, 4, 6, 9]) == (3, 7)
    assert lost([5]) == (0, 1) and lost([]) == (0, 0)
