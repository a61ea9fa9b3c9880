"""The gallery over real sockets: what is answered, with which policy, and what is refused."""

import re

import pytest

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
