"""A log-in that the owner asks for, with workers, a prefix, a table and the gallery, as ``swarmviz explore FILE.nc`` serves them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urljoin, urlparse

import pytest

from components.server import guesses, login, login_page, monitoring, workers
from components.server.worker import owner
from tests.explore.written import written
from tests.server.serving import Answer, Server, leave, served
from tests.server.test_workers import of_both, pids

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(400)]
FIGURE = "001-figure1"
BEHIND = ("app", "app?lesson=cbo-1", "explore", "gallery", f"gallery/{FIGURE}", f"gallery/results/{FIGURE}")
OPEN = ("health", "login", "static/js/bokeh.min.js", "gallery/pictures/favicon.svg")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("login")
    passwords = folder / "passwords.json"
    passwords.write_text(json.dumps({"ada": "of a lace"}))
    command = ("swarmviz", "explore", str(written("run", folder)))
    options = ("--workers", "2", "--use-xheaders", "--basic-auth", str(passwords))
    with served(folder / "log.txt", *options, prefix="/lab", module=command) as here:
        here.wait(lambda: len(pids(here)) == 2, "there is one worker only", 180)
        yield here
        assert "Traceback" not in here.said() and "ERROR" not in here.said()


def log_in(here: Server, name: str, password: str, way: str = "/lab/login", headers: tuple[str, ...] = ()) -> Answer:
    """What the form sends."""
    body = urlencode({"username": name, "password": password})
    lines = [f"POST {way} HTTP/1.1", f"Host: {here.host}", "Connection: close", f"Content-Length: {len(body)}",
             "Content-Type: application/x-www-form-urlencoded", *headers, "", body]  # fmt: skip
    return here.raw("\r\n".join(lines).encode())


def known(here: Server) -> tuple[str, ...]:
    """The header of a visitor who has logged in."""
    answer = log_in(here, "ada", "of a lace")
    assert answer.status == 302
    return (f"Cookie: {answer.cookies['user']}",)


def test_every_page_and_result_leads_to_the_log_in_and_what_tells_nothing_does_not(lab):
    for path in BEHIND:
        answer = lab.ask(f"/lab/{path}")
        way = urlparse(urljoin("/lab/" + path, answer.headers["location"]))
        assert (answer.status, way.path) == (302, "/lab/login")
        assert parse_qs(way.query)["next"] == [f"/lab/{path}"], "and then back to where one wanted to go"
    assert lab.ask(f"/lab/gallery/again/{FIGURE}", "POST", headers=("Content-Length: 0",)).status == 403
    for path in OPEN:
        assert lab.ask(f"/lab/{path}").status == 200, path


def test_who_has_logged_in_at_one_worker_is_known_to_all(lab):
    cookie = known(lab)
    for path in BEHIND * 4:  # any worker answers
        assert lab.ask(f"/lab/{path}", headers=cookie).status == 200, path
    forged = (cookie[0][:-3] + "abc",)
    assert lab.ask("/lab/app", headers=forged).status == 302


def test_the_socket_of_a_page_is_behind_the_log_in_too(lab):
    cookie = known(lab)
    for page in ("app", "explore"):
        for _ in range(2):  # of both workers
            token = re.search(r'"token":"([^"]+)"', lab.ask(f"/lab/{page}", headers=cookie).text)[1]
            for header, status in (((), 403), (cookie, 101)):
                wire, answer = lab.opened(token, header, page=page)
                leave(wire)
                assert answer.status == status, page


def test_a_wrong_password_is_told_by_our_own_page_which_fetches_nothing(lab):
    for name, password in (("ada", "of lace"), ("eve", "of a lace"), ("", "")):
        answer = log_in(lab, name, password)
        assert answer.status == 302 and "user" not in answer.cookies
        page = lab.ask(urljoin("/lab/login", answer.headers["location"]))
        assert login_page.WRONG in page.text
    page = lab.ask("/lab/login").text
    assert login_page.WRONG not in page and "no-store" in lab.ask("/lab/login").headers["cache-control"]
    for shown in (page, lab.ask("/lab/logout").text):
        assert "http" not in shown.replace("http-equiv", ""), "nothing from elsewhere"
        assert "<script" not in shown and "default-src 'none'" in shown


def test_numbers_are_told_to_this_machine_and_not_through_a_proxy(lab):
    assert set(of_both(lab, "swarmviz_visitors")) == {1, 2}
    for header in ("X-Real-Ip: 127.0.0.1", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1"):
        answer = lab.ask("/lab/metrics", headers=(header,))
        assert (
            answer.status == 403
            and monitoring.READERS_VARIABLE in answer.text
            and "swarmviz_visitors" not in answer.text
        )


def test_passwords_are_not_guessed_on_and_on_and_nobody_locks_the_owner_out(lab):
    """From one address, whichever worker it would like to ask; 192.0.2.0/24 is nobody's."""
    stranger, visit = "X-Real-Ip: 192.0.2.7", session_token(1).decode()
    owners = log_in(lab, "ada", "of a lace").cookies["known"]
    asks = ((stranger,), (stranger, f"Sec-WebSocket-Protocol: bokeh, {visit}"))
    most, before = int(guesses.FROM_ONE.saved_up) + 1, refused(lab)
    for i in range(most):
        assert log_in(lab, "ada", str(i), headers=asks[i % 2]).status == 302
    for password in ("wrong", "of a lace"):
        for headers in asks:
            answer = log_in(lab, "ada", password, headers=headers)
            assert answer.status == 429 and not answer.cookies, "the right one is not tried either"
            assert 0 < int(answer.headers["retry-after"]) <= 60
            assert re.search(r'role="alert">Too many wrong passwords: try again in \d+\xa0s\.<', answer.text)
    assert refused(lab) == before + 4
    for other in ((), ("X-Real-Ip: 192.0.2.8",), (stranger, f"Cookie: {owners}")):
        assert log_in(lab, "ada", "of a lace", headers=other).status == 302
    for not_theirs in (owners[:-3] + "abc", log_in(lab, "ada", "of a lace").cookies["user"].replace("user", "known")):
        assert log_in(lab, "ada", "of a lace", headers=(stranger, f"Cookie: {not_theirs}")).status == 429


def refused(here: Server) -> float:
    """Guesses that were not looked at, of all workers."""
    numbers = re.findall(
        r'^swarmviz_refusals_total\{.*kind="guess"\} (\S+)$', here.ask("/lab/metrics").text, re.MULTILINE
    )
    assert len(numbers) == 2
    return sum(map(float, numbers))


WANTED = "/lab/app?s=1.kept&preset=x"


@pytest.mark.parametrize(
    "wanted, leads_to",
    [
        (WANTED, WANTED),
        ("", "/lab/"),
        ("/", "/lab/"),
        ("/laboratory", "/lab/"),
        ("//elsewhere.example/lab/", "/lab/"),
        ("/\t/elsewhere.example/lab/", "/lab/"),
        ("/lab/\\elsewhere.example", "/lab/"),
        ("https://elsewhere.example/lab/", "/lab/"),
        ("https:/lab/", "/lab/"),
        ("javascript:alert(1)", "/lab/"),
        ("/lab/é", "/lab/"),
        ("//[", "/lab/"),
        ("/lab/app?" + "s" * 20_000, "/lab/"),
    ],
)
def test_the_log_in_leads_to_where_one_wanted_to_go_on_this_server_after_a_wrong_password_too(lab, wanted, leads_to):
    way = "/lab/login?" + urlencode({"next": wanted})
    assert log_in(lab, "ada", "of a lace", way).headers["location"] == leads_to
    again = urljoin(way, log_in(lab, "ada", "wrong", way).headers["location"])
    form = urljoin(again, re.search(r'action="([^"]+)"', lab.ask(again).text)[1].replace("&amp;", "&"))
    assert log_in(lab, "ada", "of a lace", form).headers["location"] == leads_to


# ---- options -----------------------------------------------------------------------------------------------------------


class Request:
    """Who asks."""

    def __init__(self, remote_ip: str):
        self.remote_ip, self.headers = remote_ip, {}


@pytest.mark.parametrize(
    "named, address, may",
    [
        ("", "127.0.0.1", True),
        ("", "::1", True),
        ("", "::ffff:127.0.0.1", True),
        ("", "10.0.0.1", False),
        ("", "0.0.0.0", False),  # as a socket of Unix is named
        ("10.0.0.0/8, 192.0.2.7", "10.9.8.7", True),
        ("10.0.0.0/8, 192.0.2.7", "192.0.2.7", True),
        ("10.0.0.0/8, 192.0.2.7", "192.0.2.8", False),
        ("2001:db8::/32", "2001:db8::5", True),
        ("10.0.0.0/8", "2001:db8::5", False),
        ("10.0.0.0/8", "nobody", False),
    ],
)
def test_the_owner_names_the_networks_that_read_the_numbers(monkeypatch, named, address, may):
    monkeypatch.setattr(monitoring, "READERS", monitoring.readers(named))
    assert monitoring.may_read(Request(address)) is may


@pytest.mark.parametrize("named", ["everybody", "10.0.0.1/8", "10.0.0.0/40"])
def test_what_is_no_network_is_refused_at_the_start(named):
    with pytest.raises(ValueError, match=r"SWARMVIZ_METRICS = .* must be networks such as 10\.0\.0\.0/8"):
        monitoring.readers(named)


def test_a_log_in_gets_a_secret_and_our_pages_unless_the_owner_has_others():
    environment: dict[str, str] = {}
    assert login.words((), environment) == [] and not environment
    login.keep_secret(("--use-xheaders",), environment)
    assert not environment
    given = ("--basic-auth=pass", "--cookie-secret", "mine", "--basic-login-template", "mine.html")
    login.keep_secret(given, environment)
    assert not environment and login.words(given, {})[::2] == ["--logout-template"]
    login.keep_secret(("--basic-auth", "pass"), environment)
    (secret,) = environment.values()
    assert len(secret) >= 32
    login.keep_secret(("--basic-auth", "pass"), environment)
    assert environment == {login.SECRET_VARIABLE: secret}, "one that the owner has put there stays"
    assert len(login.words((), {login.PASSWORDS_VARIABLE: "pass"})) == 4


def test_pages_of_a_table_are_fetched_from_the_workers_in_turn_as_others_are():
    for line in (b"GET /lab/explore HTTP/1.1", b"GET /app?s=1 HTTP/1.1", b"HEAD /explore HTTP/1.1"):
        assert workers.PAGE.match(line), line
    assert not workers.PAGE.match(b"GET /static/app.css HTTP/1.1")


def test_a_form_goes_to_the_first_worker_however_it_asks_for_another():
    parent = workers.Parent(2, "", 0, lambda worker: (), "")
    for worker in parent._workers:
        worker.begun, worker.heard = True, float("inf")
    token = b"\r\nSec-WebSocket-Protocol: bokeh, "
    for line in (
        b"POST /lab/login HTTP/1.1",
        b"\r\nPOST /login?next=%2Fapp HTTP/1.1",
        b"POST /login?/gallery/ HTTP/1.1",
    ):
        for more in (b"", *(token + session_token(number) for number in range(2))):
            assert {parent._chosen(line + more).number for _ in range(20)} == {0}, line
    assert {parent._chosen(b"POST /lab/gallery/again/a HTTP/1.1").number for _ in range(60)} == {0, 1}
    assert {parent._chosen(b"GET /app/ws HTTP/1.1" + token + session_token(n)).number for n in range(2)} == {0, 1}


def session_token(number: int) -> bytes:
    """A token whose session is one of that worker of two."""
    session = next(str(i) for i in range(100) if owner(str(i), 2) == number)
    return base64.urlsafe_b64encode(json.dumps({"session_id": session}).encode()).rstrip(b"=")
