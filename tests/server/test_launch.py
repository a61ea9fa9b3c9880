"""How the server is started: where it listens and what it is called; behind a prefix, behind a proxy, without ``--warm``."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urljoin

import pytest
from click.testing import CliRunner

from components.server import headers, launch
from tests.server.serving import ROOT, free_port, leave, served

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(400)]
PROXIED = ("X-Real-Ip: 198.51.100.7",)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Behind a proxy that says whom it speaks for, under a prefix, for two visitors per address, started by a script in the background."""
    log = tmp_path_factory.mktemp("lab") / "log.txt"
    limits = {
        "SWARMVIZ_SESSIONS": "3",
        "SWARMVIZ_ADDRESS_SESSIONS": "1",
        "SWARMVIZ_EMBED": "https://course.example.org",
    }
    options = ("--use-xheaders", "--origin", "lab.example.org", "--liveness", "--admin", "--rest-session-info")
    with served(log, *options, prefix="/lab", ctrl_c=signal.SIG_IGN, **limits) as here:
        yield here


# ---- C10: the prefix ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/lab", "/lab/", "/lab/app", "/lab/app/", "/lab?s=1.kept", "/lab/app/?s=1.kept"])
def test_every_way_to_the_prefix_leads_to_the_page_and_keeps_the_link(lab, path):
    where, steps = path, 0
    while (answer := lab.ask(where)).status in (301, 302, 303, 307):
        way = answer.headers["location"]
        assert way.startswith("."), "relative: a proxy may have cut something off"
        where, steps = urljoin(where, way), steps + 1
        assert steps < 5
    assert answer.status == 200 and "swarmviz" in answer.text
    assert where.partition("?")[0] == "/lab/app" and where.partition("?")[2] == path.partition("?")[2]


def test_the_files_of_a_page_with_a_prefix_load_and_those_without_it_are_not_there(lab):
    assert lab.ask("/lab/static/js/bokeh.min.js").status == 200
    assert lab.ask("/static/js/bokeh.min.js").status == lab.ask("/app").status == lab.ask("/").status == 404


def test_the_address_that_is_printed_leads_to_the_page(lab):
    assert f"open http://lab.example.org:{lab.port}/lab/ when" in lab.said()
    assert lab.ask("/lab/", host=f"lab.example.org:{lab.port}").status == 302


# ---- what the owner asks for ------------------------------------------------------------------------------------------


def test_liveness_answers_and_what_shows_all_visitors_to_everybody_does_not(lab):
    assert lab.ask("/lab/liveness").text == '{"/lab/liveness": true}'
    assert lab.ask("/lab/liveness?endpoint=/app").text == '{"/lab/liveness": true}', "it builds no page"
    for path in ("/lab/admin", "/lab/admin/ws", "/lab/admin/autoload.js", "/lab/rest/session_info"):
        assert lab.ask(path).status == 404
    assert "Not served" in lab.said() and "/lab/admin" in lab.said() and "/rest/" in lab.said()


def test_the_owner_may_let_one_other_page_show_ours(lab):
    answer = lab.page()
    assert "frame-ancestors https://course.example.org" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    for wrong in ("*", "javascript:x", "https://a b;script-src *", "https://a; x"):
        with pytest.raises(ValueError, match="SWARMVIZ_EMBED"):
            headers.ancestors(wrong)


def test_a_named_origin_replaces_the_names_of_the_machine(lab):
    assert lab.ask("/lab/app", host="lab.example.org").status == 200, "as a proxy at the usual port asks"
    for other in (
        f"{socket.gethostname()}:{lab.port}",
        f"x.lab.example.org:{lab.port}",
        f"other.example.org:{lab.port}",
    ):
        assert lab.ask("/lab/app", host=other).status == 421


# ---- A5: one address -----------------------------------------------------------------------------------------------------


def test_one_address_has_its_share_and_the_others_get_in(lab):
    wire, answer = lab.opened(lab.token(), PROXIED)
    try:
        assert answer.status == 101
        lab.wait(lambda: lab.knows()["taken"] == 1, "the socket took no place")
        refused = lab.ask("/lab/app", headers=PROXIED)
        assert "Your network has its places" in refused.text and "1 of its 3 visitors" in refused.text
        assert "token" in lab.ask("/lab/app", headers=("X-Real-Ip: 203.0.113.9",)).text
    finally:
        leave(wire)
    lab.wait(lambda: lab.knows()["taken"] == 0, "the place is not free again")


# ---- C21: how it ends ----------------------------------------------------------------------------------------------------


def test_a_server_started_in_the_background_says_what_ends_it_and_that_does(lab, tmp_path):
    assert f"Ctrl-C is ignored here, as whoever started this process wished: `kill {lab.process.pid}`" in lab.said()
    lab.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert lab.process.poll() is None and lab.ask("/lab/app").status == 200
    with served(tmp_path / "log.txt", ctrl_c=signal.SIG_IGN) as other:
        other.process.terminate()
        assert other.process.wait(30) == 0 and "Traceback" not in other.said()


# ---- without --warm -------------------------------------------------------------------------------------------------------


def test_without_warm_the_first_visit_hardens_the_server_and_the_console_says_so(tmp_path):
    with served(tmp_path / "log.txt", module=("panel", "serve", "app.py")) as late:
        assert late.ask("/app/metadata").status == 200, "Panel's own, still"
        first = late.page()
        assert 'http-equiv="refresh"' in first.text and late.said().count("panel serve without --warm") == 1
        assert late.ask("/app/metadata").status == late.ask("/components/os/a/b/c").status == 404
        page = late.page()
        assert "nonce-" in page.headers["content-security-policy"] and "http-equiv" not in page.text
        assert "server" not in page.headers
        wire, answer = late.opened(late.token())
        try:
            assert answer.status == 101
            late.wait(lambda: late.knows()["taken"] == 1, "no session was made")
        finally:
            leave(wire)
        assert (
            late.ask("/app?bokeh-session-id=x").status == 403
            and late.ask("/app", host="elsewhere.example").status == 421
        )


# ---- the command line -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, words",
    [
        ("--port 0", "port = 0: must be a whole number, 1 ≤ port ≤ 65535"),
        ("--port 65536", "port = 65536: must be"),
        ("--port http", "port = 'http': must be"),
        ("--port ²", "must be a whole number"),
        ("--address nowhere.invalid", "address = 'nowhere.invalid': must be an address of this machine"),
        ("--prefix /a?b", "prefix = '/a?b': must be a path"),
        ("--prefix /../x", "must be a path"),
        ("--sessions 0", "sessions = '0': must be a whole number ≥ 1"),
        ("--sessions many", "must be a whole number ≥ 1"),
        ("--origin http://a/b", "origin = 'http://a/b': must be a host"),
        ("--origin *", "must be a host"),
        ("--origin a:0", "must be a host"),
        ("--origin a:99999", "must be a host"),
        ("--origin a,b_c!", "origin = 'b_c!'"),
        ("--landscape Rastrigin", "serve Rastrigin: must be FILE.py:NAME"),
        ("--landscape nowhere.py:loss --low -1 --high 1", "serve nowhere.py:loss: there is no file"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_by_name_value_and_range(options, words):
    done = CliRunner().invoke(launch.main, ["--check", "--port", str(free_port()), *options.split()])
    assert done.exit_code == 2 and words in done.output and done.output.count("\n") == 1, done.output


def test_a_port_that_another_program_has_is_refused_at_once():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = CliRunner().invoke(launch.main, ["--check", "--port", str(port)])
    assert done.exit_code == 2 and f"--port {port}: cannot be had (Address already in use)" in done.output


def test_the_environment_says_where_and_options_say_it_louder():
    port = str(free_port())
    wrong = {"PORT": "x", "ADDRESS": "127.0.0.1", "ORIGIN": "a b"}
    assert "port = 'x'" in CliRunner().invoke(launch.main, ["--check"], env=wrong).output
    assert "origin = 'a b'" in CliRunner().invoke(launch.main, ["--check", "--port", port], env=wrong).output
    done = CliRunner().invoke(launch.main, ["--check", "--port", port, "--origin", "a"], env=wrong)
    assert done.exit_code == 0, done.output


def test_a_limit_in_the_environment_that_makes_no_sense_ends_the_start_with_one_line(tmp_path):
    command = [sys.executable, "-m", "components.server.launch", "--port", str(free_port())]
    environment = {**launch.os.environ, "SWARMVIZ_ADDRESS_VISITS": "none", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (
        done.returncode == 2 and done.stderr == "Error: SWARMVIZ_ADDRESS_VISITS = 'none': must be a whole number ≥ 1\n"
    )


@pytest.mark.parametrize(
    "address, port, prefix, named, shown",
    [
        ("127.0.0.1", 5006, "", "", "http://localhost:5006/"),
        ("::1", 80, "/lab", "", "http://localhost:80/lab/"),
        ("192.0.2.5", 5006, "/lab", "", "http://192.0.2.5:5006/lab/"),
        ("2001:db8::5", 5006, "", "", "http://[2001:db8::5]:5006/"),
        ("0.0.0.0", 5006, "", "", f"http://{socket.gethostname()}:5006/"),
        ("0.0.0.0", 5006, "/a/b", "lab.example.org,other", "http://lab.example.org:5006/a/b/"),
        ("0.0.0.0", 5006, "", "lab.example.org:80", "http://lab.example.org:80/"),
        ("127.0.0.1", 5006, "/lab", "https://lab.example.org", "https://lab.example.org/lab/"),
    ],
)
def test_the_address_is_shown_as_a_person_types_it(address, port, prefix, named, shown):
    assert launch.page_address(address, port, prefix, named) == shown
