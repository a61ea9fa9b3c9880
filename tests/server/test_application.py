"""What a server on an open network answers, over real sockets: its own page and files, and nothing else, whoever asks for it."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import zlib

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id

from tests.server.serving import leave, served

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(400)]
KEY = "a secret of the owner, which the test knows"
PLACES = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    options = ("--unused-session-lifetime", "1000", "--check-unused-sessions", "300")
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with served(log, *options, BOKEH_SECRET_KEY=KEY, SWARMVIZ_SESSIONS=str(PLACES)) as here:
        yield here


def made_ahead(server):
    """Wait until the server makes nothing by itself any more: the session of the next visit is there."""
    server.wait(lambda: server.knows()["spares"] == 1, "no session was made ahead")


@pytest.fixture(autouse=True)
def everybody_has_left(request):
    """A test begins with no place taken."""
    yield
    if "server" in request.fixturenames:
        here = request.getfixturevalue("server")
        here.wait(lambda: here.knows()["sessions"] == 0, "a session was left behind")


# ---- A1: routes --------------------------------------------------------------------------------------------------------

MODULES = [
    "unittest.__main__",
    "antigravity",
    "this",
    "idlelib.idle",
    "os",
    "components.session",
    "app",
    "..",
    "",
    "panel",
    "a b",
    "é",
]
TAILS = ["/a/b/c", "/x/__css__/y", "/ReactiveHTML/_resources/css/z", "", "/", "/a//b/c", "/%2e%2e/%2e%2e/%2e%2e"]
UP = [
    "..",
    "%2e%2e",
    ".%2e",
    "%252e%252e",
    "..%2f..",
    "..%5c..",
    "....//",
    "..;",
    "%c0%ae%c0%ae",
    "\\..",
    "%uff0e%uff0e",
]
FOLDERS = """/static /static/js /static/extensions /static/extensions/panel /static/extensions/panel-material-ui /app/static""".split()
TARGETS = ["etc/passwd", "app.py", "components/session.py", "panel/config.py"]
ODD = [
    *"/% /%2 /%zz /%00 /app%00 /app/%00/ws /static/js/bokeh.min.js%00 /static/js/%00bokeh.min.js /%ff%fe /\xe9\xff".split(),
    *"// //app /app// /app/../../x * http://elsewhere.example/app /app;x=1 /APP /app/app /{} /${jndi:ldap://x} /<script>".split(),
    *(
        "/" + "a" * 2000,
        "/" + "a/" * 900,
        "/static/js/" + "a" * 300,
        "/static/" + "%2e" * 300,
        "/a\tb",
        "/a\x0bb",
        "/\x1b[2J",
    ),
]
NOT_NEEDED = """
/app/autoload.js /app/autoload.js?bokeh-autoload-element=x&bokeh-app-path=/app /app/metadata /metadata /autoload.js /ws
/liveness /liveness?endpoint=/app /admin /admin/ws /rest /rest/session_info /login /logout /snakeviz/static/x
/static/js/bokeh.js /static/js/compiler.js /static/js/bokeh-api.min.js.map /static/js/lib/embed/dom.d.ts /static/js /static/ /static/js/
/static/extensions/ /static/extensions/panel /static/extensions/panel/ /static/extensions/panel/index.json
/static/extensions/panel/bundled/ /static/extensions/holoviews/x.js /static/extensions/components.session/x /static/lib/lib.dom.d.ts
/static/extensions/panel/bundled/datatabulator/tabulator-tables@6.4.0/dist/js/tabulator.min.js /app/static/js/bokeh.js
/.git/config /.env /app.py /robots.txt /wp-login.php /cgi-bin/a /server-status /components.json
""".split()
RUBBISH = [
    *(
        b"\r\n",
        b"GARBAGE\r\n",
        b"GET /app\r\n",
        b"GET /app HTTP/9.9\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"\x00" * 99,
    ),
    *(
        b"GET /app HTTP/1.1\r\n",
        b"GET /app HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA" + b"b" * 70_000,
    ),
    b"GET /app HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n",
    b"GET /app HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: y\r\n",
]


def hostile():
    """Some hundred addresses, none of which is anybody's to read."""
    yield from (f"/components/{module}{tail}" for module, tail in itertools.product(MODULES, TAILS))
    for folder, up, target in itertools.product(FOLDERS, UP, TARGETS):
        yield f"{folder}/{'/'.join([up] * 6)}/{target}"
    yield from ODD
    yield from NOT_NEEDED
    yield from (f"/static/extensions/{module}/__init__.py" for module in MODULES)


def test_no_address_imports_runs_or_ends_anything_and_the_page_still_answers(server):
    made_ahead(server)
    before, tried = server.knows(), 0
    for path in hostile():
        answer = server.ask(path.replace(" ", "%20"))
        assert answer.status in (400, 403, 404, 414), (path, answer)
        assert "root:" not in answer.text and len(answer.body) < 300, (path, answer)
        tried += 1
    assert tried > 300
    assert server.knows()["modules"] == before["modules"], "an address has imported something"
    assert server.process.poll() is None and server.page().status == 200
    assert "Traceback" not in server.said()


def test_other_methods_and_garbage_are_answered_without_a_traceback(server):
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get"):
        for path in ("/app", "/", "/static/js/bokeh.min.js", "/components/os/a/b/c", "/favicon.ico"):
            assert server.ask(path, method).status in (400, 404, 405), (method, path)
    assert server.ask("/app", "DELETE").headers["allow"] == "GET, HEAD, OPTIONS"
    head, options = server.ask("/app", "HEAD"), server.ask("/app", "OPTIONS")
    assert (head.status, head.body) == (200, b"") and (options.status, options.headers["allow"]) == (
        204,
        "GET, HEAD, OPTIONS",
    )
    assert server.ask("/static/js/bokeh.min.js", "HEAD").status == 200
    for rubbish in RUBBISH:
        with contextlib.suppress(TimeoutError):  # it waits for the end of the lines, and not for ever
            assert server.raw(rubbish + b"\r\n\r\n").status in (0, 400, 421), rubbish
    assert server.page().status == 200 and "Traceback" not in server.said()


def test_the_routes_are_those_that_the_table_names_and_the_owners_plug_in(server):
    ours = "components.server."
    assert server.knows()["routes"] == {
        "/favicon.ico$": f"{ours}application.Icon",
        "/app/ws$": f"{ours}application.Socket",
        "/app/?$": f"{ours}pages.Page",
        "/app/static/(.*)$": f"{ours}files.Files",
        "/known$": "server_probe.Known",
        "/health$": f"{ours}monitoring.Health",
        "/metrics$": f"{ours}monitoring.Metrics",
        "/gallery/pictures/(.*)$": "components.gallery.handlers.Pictures",
        "/gallery/results/([\\w.-]+)$": "components.gallery.handlers.Reference",
        "/gallery/again/([\\w.-]+)$": "components.gallery.handlers.Again",
        "/gallery(/?)$": "components.gallery.handlers.Wall",
        "/gallery/([\\w.-]+)$": "components.gallery.handlers.FigurePage",
        "/?$": f"{ours}application.Start",
        "/static/extensions/(.*)$": f"{ours}files.Extensions",
        "/static/(.*)$": f"{ours}files.Files",
    }


def test_the_browser_loads_modules_by_itself_and_the_bundle_from_the_start(server):
    page = server.page().text
    assert "esms-options" not in page and "es-module-shims" in page
    (bundle,) = re.findall(r'<link rel="modulepreload" href="\./(static/[^"]+)"', page)
    answer = server.ask(f"/{bundle}")
    assert answer.status == 200 and "javascript" in answer.headers["content-type"]


def test_the_first_picture_of_the_page_waits_for_no_script(server):
    page = server.page().text
    head, _, body = page.partition("</head>")
    assert 'id="arrival"' in body
    addressed = re.findall(r"<script[^>]* src=[^>]*>", page)
    assert len(addressed) >= 4 and all(" defer " in script for script in addressed), addressed
    at_once = re.findall(r'<script nonce="[^"]*">', head)
    assert len(at_once) == 1 and "new Plain(" in head, at_once  # the one that opens the socket
    sheets = re.findall(r'<link rel="stylesheet"[^>]*>', page)
    assert len(sheets) >= 4 and all(' media="print" ' in sheet for sheet in sheets), (
        "a browser paints nothing before they are there"
    )
    assert "stylesheet" not in body, "they would prevail over what scripts put into the head: the colours of the theme"


def test_the_swarm_of_a_visit_without_a_link_is_seen_before_any_script_and_of_no_other(server):
    plain, linked = server.page().text, server.ask("/app?s=another").text
    assert plain.count('class="swarm"') == 1 and 'class="swarm"' not in linked
    assert "OPENING-PICTURE" not in plain + linked
    assert len(plain) - len(linked) < 60_000


@pytest.mark.parametrize(
    "arguments, seen",
    [
        ("?utm_source=x", 1),
        ("?sgma=1.3&fbclid=y", 1),
        ("?", 1),
        ("?sigma=1.3", 0),
        ("?utm_source=x&n=50", 0),
        ("?preset=cbo-ackley", 0),
    ],
)
def test_arguments_that_mean_nothing_take_the_opening_picture_from_no_visit(server, arguments, seen):
    assert server.page(arguments).text.count('class="swarm"') == seen


def test_every_file_that_the_page_names_is_there(server):
    named = re.findall(r'(?:src|href)="(static/[^"]+)"', server.page().text)
    assert len(named) >= 9
    for name in named:
        answer = server.ask(f"/{name}")
        assert answer.status == 200 and answer.body, name
        if name.partition("?")[0].endswith(".css"):
            folder = name.partition("?")[0].rpartition("/")[0]
            for font in re.findall(r"url\(\"?\./([\w.-]+\.woff2?)", answer.text):
                assert server.ask(f"/{folder}/{font}").status == 200, font


# ---- A3: ids and tokens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more, headers",
    [
        ("?bokeh-session-id=chosen", ()),
        ("?s=1.x&bokeh-session-id=", ()),
        ("?bokeh-token=chosen", ()),
        ("?bokeh-session-id=a&bokeh-token=b", ()),
        ("", ("Bokeh-Session-Id: chosen",)),
        ("", ("bokeh-session-id: chosen",)),
    ],
)
def test_nobody_but_the_server_chooses_the_id_of_a_session(server, more, headers):
    answer = server.ask(f"/app{more}", headers=headers)
    assert answer.status in (400, 403) and answer.text.count("\n") == 1 and "chosen" not in answer.text, answer


def told(token):
    """What a token says to whoever has it."""
    decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))  # noqa: E731
    said = json.loads(decode(token.partition(".")[0]))
    return said | json.loads(zlib.decompress(decode(said.pop("__bk__zlib_"))))


def told_by(page):
    """What the token of a page says."""
    return told(re.search(r'"token":"([^"]+)"', page.text)[1])


def held(said):
    """The arguments that a token holds."""
    plain = lambda value: base64.urlsafe_b64decode(value["bytes"] + "==")  # noqa: E731
    return {name: [plain(value) for value in values] for name, values in said["arguments"].items()}


def test_a_token_holds_no_more_of_other_arguments_than_can_mean_anything(server):
    many = "&".join(f"{'n' * 50}{i:02}=1" for i in range(50))
    assert held(told_by(server.page(f"?sigma={'1' * 500}&sigma=2&sigma=3&x=y"))) == {
        "sigma": [b"1" * 201, b"2"],
        "x": [b"y"],
    }
    kept = held(told_by(server.page("?" + "&".join(f"a{i}=1" for i in range(50)))))
    assert list(kept) == [f"a{i}" for i in range(31)]
    assert list(held(told_by(server.page(f"?{many}")))) == ["n" * 41]


def test_a_token_holds_the_link_and_the_browsers_name_and_nothing_else(server):
    agent = "Mozilla/5.0 " + "x" * 5000
    answer = server.ask(
        f"/app?s=1.kept&theme=dark&x=y&lesson={'l' * 500}&step=2&step=3",
        headers=(f"User-Agent: {agent}", "Cookie: secret=1", "Authorization: Basic abc", "X-Mine: z"),
    )
    said = told_by(answer)
    assert said["headers"] == {"User-Agent": agent[:300]} and said["cookies"] == {}
    assert list(said["arguments"]) == ["s", "lesson", "step"]
    assert held(said) == {"s": [b"1.kept"], "lesson": [b"l" * 60], "step": [b"2"]}
    assert set(said) <= {"session_id", "session_expiry", "headers", "cookies", "arguments", "route_params", "app_path"}
    assert "secret" not in str(said) and "Basic" not in str(said)


def forged(key=KEY, age=300, session=None):
    session = session or generate_session_id(secret_key=key.encode(), signed=True)
    payload = {"headers": {}, "cookies": {}, "arguments": {}}
    return generate_jwt_token(session, secret_key=key.encode(), signed=True, expiration=age, extra_payload=payload)


@pytest.mark.parametrize(
    "token",
    ["", "x", "x.y", "e30.e30", "...", "%00", "A" * 30_000, forged(key="another"), forged(age=-1), forged(session="chosen"),
     forged()[:-3] + "AAA", forged().partition(".")[0]],
    ids=lambda token: token[:12] or "empty",
)  # fmt: skip
def test_a_token_that_is_not_the_servers_or_too_old_opens_no_socket(server, token):
    wire, answer = server.opened(token)
    with wire:
        assert answer.status in (101, 400, 403), answer
        while answer.status == 101 and wire.recv(65536):  # the socket is closed at once, with a word why
            pass
    assert server.knows()["sessions"] == 0


def test_a_token_signed_with_the_owners_secret_opens_a_socket(server):
    wire, answer = server.opened(forged())
    try:
        assert answer.status == 101
        server.wait(lambda: server.knows()["taken"] == 1, "no session was made")
    finally:
        leave(wire)


def test_two_pages_never_get_the_same_session(server):
    assert len({told(server.token())["session_id"] for _ in range(20)}) == 20


# ---- A5: seats ---------------------------------------------------------------------------------------------------------


def test_pages_that_are_only_fetched_build_nothing_and_take_no_place(server):
    made_ahead(server)
    before = server.knows()
    assert all(server.page().status == 200 for _ in range(60))
    after = server.knows()
    assert (after["taken"], after["sessions"], after["spares"], after["swarms"]) == (0, 0, 1, before["swarms"])


def test_a_place_is_taken_when_the_socket_opens_and_free_again_when_it_has_closed(server):
    tokens = [server.token() for _ in range(PLACES)]
    wires = [server.opened(token)[0] for token in tokens]
    try:
        server.wait(lambda: server.knows()["taken"] == PLACES, "the sockets took no place")
        full = server.page("?s=1.kept")
        assert "All places are taken" in full.text and "token" not in full.text and "<script" not in full.text
        leave(wires.pop())
        server.wait(lambda: "token" in server.page().text, "a place that became free was not given away")
    finally:
        for wire in wires:
            leave(wire)


# ---- A8: hosts and headers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "localhost.elsewhere.example",
        "elsewhere.example:{}",
        "169.254.169.254",
        "localhost:{}.example",
        '"><b>x',
    ],
)
def test_a_host_that_was_not_named_is_refused_with_the_way_out(server, host):
    for path in ("/app", "/", "/static/js/bokeh.min.js", "/known"):
        answer = server.ask(path, host=host.format(server.port))
        assert answer.status in (400, 421), answer
        assert answer.status == 400 or "--origin" in answer.text
        assert "<" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_this_machine_may_call_itself_what_it_is_called_also_through_a_tunnel(server, host):
    for port in (server.port, 8000):
        assert server.ask("/app", host=f"{host}:{port}").status == 200
    wire, answer = server.opened(server.token(), (f"Origin: http://{host}:8000",), f"{host}:8000")
    leave(wire)
    assert answer.status == 101


def test_a_socket_opened_by_anothers_page_is_refused(server):
    local = (
        "http://localhost:1",
        f"http://localhost:{server.port}.elsewhere.example",
    )  # another program of this machine
    for origin in ("http://elsewhere.example", "null", "file://", *local):
        wire, answer = server.opened(server.token(), (f"Origin: {origin}",))
        wire.close()
        assert answer.status == 403, (origin, answer)
    wire, answer = server.opened(server.token(), (f"Origin: http://{server.host}",))
    leave(wire)
    assert answer.status == 101


def test_every_answer_tells_the_browser_what_it_may_do_and_nobody_what_runs_here(server):
    wire, socket = server.opened(server.token())
    leave(wire)
    answers = [
        server.ask(path)
        for path in (
            "/",
            "/app",
            "/app/",
            "/nowhere",
            "/%00",
            "/static/js/bokeh.min.js",
            "/app?bokeh-token=x",
            "/favicon.ico",
            "/known",
        )
    ]
    answers += [
        server.ask("/app", "POST"),
        server.ask("/app", "OPTIONS"),
        server.ask("/app", host="elsewhere.example"),
        server.ask("/app/ws"),
        socket,
    ]
    for answer in answers:
        headers = answer.headers
        assert "server" not in headers and not [name for name in headers if name.startswith("access-control")], answer
        assert "orna" not in str(headers) and "ython" not in str(headers), answer
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY", answer
        assert "frame-ancestors 'none'" in headers["content-security-policy"], answer
        assert {"referrer-policy", "cross-origin-opener-policy", "permissions-policy"} <= set(headers), answer
    assert {answer.status for answer in answers} >= {101, 200, 204, 302, 400, 403, 404, 405, 421}


def test_scripts_of_the_page_carry_a_nonce_that_is_never_the_same_and_the_policy_names_it(server):
    nonces = set()
    for _ in range(3):
        page = server.page()
        policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
        (nonce,) = re.findall(r"'nonce-([\w-]{20,})'", policy["script-src"])
        assert len(re.findall(r"<script", page.text)) == page.text.count(f'<script nonce="{nonce}"') > 5
        assert "unsafe-inline" not in policy["script-src"] and "*" not in page.headers["content-security-policy"]
        assert policy["default-src"] == "'none'" and policy["connect-src"].split()[0] == "'self'"
        nonces.add(nonce)
    assert len(nonces) == 3


def test_a_body_that_nobody_asked_for_is_not_waited_for(server):
    many = 50_000_000
    request = f"POST /app HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: {many}\r\n\r\n".encode()
    assert server.raw(request).status in (400, 405, 413)
