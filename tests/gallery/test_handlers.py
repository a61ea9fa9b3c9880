"""The gallery over real sockets: what is answered, with which policy, and what is refused."""

import asyncio
import gzip
import json
import re
import socket
import time

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from components.gallery import figure_page, handlers, work
from components.gallery.work import Result, Standing
from swarmviz import papers
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS
from tests.server.serving import served

pytestmark = [pytest.mark.xdist_group("gallery"), pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("server") / "log.txt", prefix="/lab") as here:
        yield here


def test_the_wall_is_a_page_with_a_policy_of_its_own_that_builds_no_session(server):
    answer = server.ask("/lab/gallery")
    assert answer.status == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', answer.text))
    policy = answer.headers["content-security-policy"]
    assert f"script-src 'nonce-{nonce}';" in policy and f"style-src 'nonce-{nonce}';" in policy
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert nonce not in server.ask("/lab/gallery").text
    assert answer.text.count("<li ") == len(CARDS) and server.knows()["sessions"] == 0


def test_a_slash_at_the_end_leads_to_the_page_and_keeps_what_was_asked(server):
    answer = server.ask("/lab/gallery/?find=cbo")
    assert answer.status == 302 and answer.headers["location"] == "../gallery?find=cbo"


def test_what_the_page_names_of_this_server_is_there(server):
    page = server.ask("/lab/gallery").text
    names = set(re.findall(r'(?:src|href)="((?:gallery/|favicon)[^"]+)"', page)) | set(
        re.findall(r'url\("([^"]+)"\)', page)
    )
    pictures = sorted(name for name in names if ".webp" in name)
    assert len(pictures) == 2 * len(CARDS)
    for name in [*pictures[::20], *(names - set(pictures))]:
        assert server.ask(f"/lab/{name}").status == 200, name
    first = server.ask(f"/lab/{pictures[0]}")
    assert first.headers["content-type"] == "image/webp" and first.body[:4] == b"RIFF"
    assert "max-age=86400" in first.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/gallery", "/lab/gallery/nothing", "/lab/gallery/pictures/", "/lab/gallery/pictures/made.json", "/lab/gallery/pictures/../made.json",
     "/lab/gallery/pictures/%2e%2e/stored.py", "/lab/gallery/pictures/001-figure2.nc.gz", "/lab/gallery//", "/lab/gallery/%00"],
)  # fmt: skip
def test_nothing_else_is_answered(server, path):
    answer = server.ask(path)
    assert answer.status in (400, 404) and len(answer.body) < 300


def test_another_host_and_another_method_are_refused(server):
    assert server.ask("/lab/gallery", host="evil.example").status == 421
    for method in ("POST", "PUT", "DELETE", "TRACE"):
        assert server.ask("/lab/gallery", method).status == 405
    assert (server.ask("/lab/gallery", "HEAD").status, server.ask("/lab/gallery", "HEAD").body) == (200, b"")


def test_the_page_of_the_visits_leads_there(server):
    from components.assets import script

    assert 'href: "gallery"' in script("drawer")
    assert server.page().status == 200


# ---- the pages of the figures ------------------------------------------------------------------------------------------

KEY = "001-figure2"


def test_a_figure_has_a_page_that_says_everything_and_runs_bokeh_without_eval(server):
    answer = server.ask(f"/lab/gallery/{KEY}")
    figure = papers.ALL[KEY]
    assert answer.status == 200 and "unsafe-eval" not in answer.headers["content-security-policy"]
    assert "script-src 'self' 'nonce-" in answer.headers["content-security-policy"]
    for text in (
        figure.title,
        figure.question,
        figure.reference,
        f"swarmviz figure {KEY} --runs",
        str(stored.made()[KEY].runs),
    ):
        assert text in answer.text
    for name in re.findall(r'(?:src|href)="(\.\./static/[^"]+|pictures/[^"]+)"', answer.text):
        assert server.ask(f"/lab/gallery/{name}".replace("/gallery/..", "")).status == 200, name


def test_the_reference_result_is_sent_as_json(server):
    answer = server.ask(f"/lab/gallery/results/{KEY}", headers=("Accept-Encoding: gzip",))
    result = json.loads(gzip.decompress(answer.body))
    assert answer.status == 200 and result["runs"] == stored.made()[KEY].runs
    assert len(result["panels"]) == 1 and result["panels"][0]["item"]["doc"]["roots"]


@pytest.mark.parametrize("name", ["nothing", "cbo-few", "..", "001-figure2.nc", "%2e%2e", "001-figure2/x", "a" * 900])
def test_no_page_and_no_result_has_another_name(server, name):
    for path in (f"/lab/gallery/{name}", f"/lab/gallery/results/{name}", f"/lab/gallery/again/{name}"):
        answer = server.ask(path)
        assert answer.status in (400, 404, 405) and len(answer.body) < 300, path


# ---- computed again ----------------------------------------------------------------------------------------------------


def post(server, key, body, origin="", read=True):
    """Ask for a figure; the status and the lines that came, or the open connection."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"POST /lab/gallery/again/{key} HTTP/1.1", f"Host: {server.host}", "Connection: close", f"Content-Length: {len(content)}",
             *([f"Origin: {origin or f'http://{server.host}'}"] if origin != "none" else []), "", ""]  # fmt: skip
    wire = socket.create_connection(("127.0.0.1", server.port), 90)
    wire.sendall("\r\n".join(lines).encode() + content)
    if not read:
        return wire
    data = b""
    with wire:
        while piece := wire.recv(65536):
            data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), rest.decode()


def test_a_figure_is_computed_again_line_by_line(server):
    status, text = post(server, KEY, {"runs": 2})
    assert status == 200
    sent = [json.loads(line) for line in re.findall(r"^\{.*\}$", text, re.MULTILINE)]
    assert sent[-1]["result"]["runs"] == 2 and len(sent[-1]["result"]["panels"]) == 1
    told = [line["done"] for line in sent[:-1]]
    assert told and told == sorted(told) and sent[-2]["total"] in (0, 6)


@pytest.mark.parametrize(
    "body", [b"", b"x", b"{}", b"[2]", b"null", {"runs": 0}, {"runs": -1}, {"runs": 2.5}, {"runs": True}, {"runs": "2"}, {"runs": 10**30},
             {"runs": 2, "more": 1}, b'{"runs": NaN}', b'{"runs": 2' + b" " * 300 + b"}", b"[" * 200, b"\xff\xfe"],
    ids=lambda body: str(body)[:20],
)  # fmt: skip
def test_what_is_no_number_of_runs_is_refused_in_one_sentence(server, body):
    status, text = post(server, KEY, body)
    assert status == 400 and len(text.splitlines()) == 1 and "Traceback" not in server.said()
    assert ("runs = " in text and "1 to" in text) or '{"runs": a whole number}' in text


def test_only_a_page_of_this_server_may_ask_and_unknown_figures_are_none(server):
    for origin in ("http://evil.example", "null", "none", f"http://{server.host}.evil.example"):
        status, text = post(server, KEY, {"runs": 2}, origin)
        assert (status, text.strip()) == (403, "Only the page of this server may ask for this."), origin
    assert post(server, "nothing", {"runs": 2})[0] == 404
    status, text = post(server, "003-theorem3.1", {"runs": 2})
    assert status == 400 and "the command below" in text


def test_who_closes_the_connection_ends_the_work_and_frees_the_place(server):
    def place_is_free():
        status, _text = post(server, KEY, {"runs": 1})
        return status == 200

    wires = [post(server, "002-figure6.9", {"runs": 20}, read=False) for _ in range(4)]  # tens of seconds each
    for wire in wires:
        assert b"200 OK" in wire.recv(200)
    status, text = post(server, KEY, {"runs": 1})
    assert status == 429 and "4 figures at a time" in text
    began = time.monotonic()
    for wire in wires:
        wire.close()
    server.wait(place_is_free, "the places stay taken", 20)
    assert time.monotonic() - began < 20 and "Traceback" not in server.said()


def test_who_takes_no_result_gives_the_place_back_and_is_not_waited_for(monkeypatch):
    class Done:
        """Work that is done at once."""

        standing = Standing(1, 1, Result(1, "", ()))

        def __init__(self, *given):
            self.start = self.close = self.stop = lambda: None

    class Computes(handlers.Again):
        async def prepare(self):
            pass

        async def get(self):
            assert not places.take(self.request.remote_ip)
            await self._compute(papers.ALL[KEY], 1)

    places = work.Places()
    monkeypatch.setattr(work, "PLACES", places)
    monkeypatch.setattr(work, "FigureWork", Done)
    monkeypatch.setattr(figure_page, "as_json", lambda result: "0" * 2**25)  # no buffer of a system takes so much
    monkeypatch.setattr(handlers, "TAKING_S", 0.3, raising=False)

    async def one_reads_nothing():
        listener, port = bind_unused_port()
        server = HTTPServer(Application([("/", Computes)]))
        server.add_socket(listener)
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for wanted in (1, 0):
                async with asyncio.timeout(10):
                    while places.taken != wanted:
                        await asyncio.sleep(0.01)
            wire.settimeout(10)
            read = 0
            while piece := await asyncio.to_thread(wire.recv, 2**20):
                read += len(piece)
        server.stop()
        return read

    assert asyncio.run(one_reads_nothing()) < 2**25, "the connection is closed"


def test_the_pictures_are_looked_for_once_and_not_at_every_request():
    assert handlers.Pictures.table() is handlers.Pictures.table()
