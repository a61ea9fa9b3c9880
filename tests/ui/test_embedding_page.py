"""Our page in the frame of another: who may show it, what it shows there, and who may speak to it."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading

import pytest

from tests.server.serving import free_port
from tests.ui.conftest import FRAMES, served

HOST = """<!DOCTYPE html><title>A course</title><body style="margin:0"><div id="above" style="height:0"></div>
<iframe src="ADDRESS" width="900" height="600" style="border:0"></iframe>
<script>
const heard = []
addEventListener("message", ({data, origin}) => heard.push({...data, origin}))
const ask = (message) => document.querySelector("iframe").contentWindow.postMessage({type: "swarmviz", ...message}, "*")
</script>"""


class Host(http.server.BaseHTTPRequestHandler):
    """A page of a course, with our page in a frame."""

    def __init__(self, address, *given):
        self._address = address
        super().__init__(*given)

    def do_GET(self):
        body = HOST.replace("ADDRESS", self._address).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given):
        """Nothing is written to the terminal."""


@contextlib.contextmanager
def hosting(port, address):
    """Another server whose page shows ours."""
    server = http.server.ThreadingHTTPServer(("localhost", port), functools.partial(Host, address))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def ports():
    return free_port(), free_port()  # of the page that may, and of one that may not


@pytest.fixture(scope="module")
def open_server(tmp_path_factory, ports):
    """A server that lets the page at the first port show it."""
    log = tmp_path_factory.mktemp("embedding") / "log.txt"
    with served(log, SWARMVIZ_EMBED=f"http://localhost:{ports[0]}") as server:
        yield server


class Course:
    """The page around ours, and ours."""

    def __init__(self, browser, address):
        self.context = browser.new_context(viewport={"width": 1000, "height": 700})
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)
        self.frame = self.page.frame_locator("iframe")

    def wait(self, expression, seconds=15):
        self.page.wait_for_function(expression, timeout=1000 * seconds)

    def stands(self):
        self.frame.locator(".readout .k").wait_for(state="attached", timeout=30_000)
        ours = self.page.frames[1]
        ours.wait_for_function(
            "Bokeh.documents.flatMap((d) => [...d._all_models.values()]).some((m) => m.data?.playing === true)"
        )
        return self

    def asked(self, **message):
        """The answer to a message of the page around ours."""
        count = self.page.evaluate("heard.length")
        self.page.evaluate("(message) => ask(message)", {"id": count, **message})
        self.wait(f"heard.some(({{id}}) => id === {count})")
        return self.page.evaluate(f"heard.find(({{id}}) => id === {count})")


@pytest.fixture
def course(browser, open_server, ports):
    with hosting(ports[0], f"{open_server.page}?preset=cbo-rastrigin&sigma=0.7&embed=arena%2Bbar") as address:
        made = Course(browser, address).stands()
        yield made
        assert made.complaints == []
        made.context.close()


def visible(course, selector):
    return course.frame.locator(selector).first.is_visible()


def test_the_page_that_may_shows_the_arena_and_the_bar_and_speaks_to_it(course, open_server):
    assert visible(course, ".arena") and visible(course, "button.play")
    assert (
        not visible(course, ".header")
        and not visible(course, ".curves")
        and not visible(course, "[data-name='dynamics.sigma']")
    )
    told = course.asked(act="pause")
    assert told["origin"] == open_server.url and told["state"]["parameters"]["sigma"] == 0.7
    state = course.asked(act="state")["state"]
    assert state["playing"] is False and state["dynamics"] == "CBO"
    assert course.asked(act="set", name="sigma", value=1.9)["state"]["parameters"]
    assert course.asked(act="state")["state"]["parameters"]["sigma"] == 1.9
    refused = course.asked(act="set", name="sigma", value=-1)
    assert refused["error"].startswith("sigma (σ) = -1: must be a finite number") and "state" not in refused
    course.asked(act="goto", value=0)
    course.wait("true")
    for _ in range(50):
        if course.asked(act="state")["state"]["step"] == 0:
            break
    told = course.asked(act="state")
    assert told["state"]["step"] == 0 and told["observables"]["best"] > 0
    ours = course.page.frames[1]
    assert "embed=arena%2Bbar" in ours.url, "the address keeps the form"


def test_a_message_from_elsewhere_is_not_heard(course, browser):
    """From another window than that around ours, or with another origin: a frame of the course that comes from elsewhere."""
    before = course.asked(act="pause")["state"]["parameters"]["sigma"]
    course.page.evaluate(
        """() => new Promise((done) => {
          const other = document.createElement("iframe") // of no origin
          other.sandbox = "allow-scripts"
          const message = '{type: "swarmviz", id: "x", act: "set", name: "sigma", value: 0.01}'
          other.srcdoc = `<script>parent.frames[0].postMessage(${message}, "*")</` + `script>`
          other.onload = () => setTimeout(done, 300)
          document.body.append(other)
        })"""
    )
    course.page.frames[1].evaluate(
        "() => window.postMessage({type: 'swarmviz', id: 'y', act: 'set', name: 'sigma', value: 0.02}, '*')"
    )
    course.page.evaluate("() => ask({type: 'other', id: 'z', act: 'set', name: 'sigma', value: 0.03})")
    assert course.asked(act="state")["state"]["parameters"]["sigma"] == before
    assert course.page.evaluate("heard.filter(({id}) => ['x', 'y', 'z'].includes(id)).length") == 0


def test_more_messages_than_a_person_sends_are_refused(course):
    course.page.evaluate("() => { for (let i = 0; i < 60; i++) { ask({id: `many ${i}`, act: 'state'}) } }")
    course.wait("heard.filter(({id}) => String(id).startsWith('many')).length === 60")
    errors = course.page.evaluate("heard.filter(({error}) => error?.startsWith('more than 20')).length")
    assert errors == 40


def test_a_frame_that_nobody_sees_rests(course):
    ours = course.page.frames[1]
    step = lambda: course.asked(act="state")["state"]["step"]  # noqa: E731
    course.page.evaluate("() => { document.getElementById('above').style.height = '5000px' }")
    ours.wait_for_function("Bokeh.documents.length > 0")
    course.page.evaluate(FRAMES)
    course.page.wait_for_timeout(1000)
    first = step()
    course.page.wait_for_timeout(1000)
    assert step() - first <= 3, "it goes on"
    course.page.evaluate("() => { document.getElementById('above').style.height = '0' }")
    course.wait("true")
    for _ in range(100):
        if step() > first + 10:
            break
        course.page.wait_for_timeout(100)
    assert step() > first + 10


def test_another_page_may_not_show_it(browser, open_server, ports):
    with hosting(ports[1], f"{open_server.page}?embed=arena") as address:
        course = Course(browser, address)
        course.page.wait_for_timeout(2000)
        assert all(frame.query_selector("#arrival") is None for frame in course.page.frames)
        course.page.evaluate("() => ask({id: 1, act: 'state'})")
        course.page.wait_for_timeout(500)
        assert course.page.evaluate("heard") == []
        course.context.close()


@pytest.mark.parametrize("form, shown", [("arena", (False, False, False)), ("full", (True, True, True))])
def test_the_other_forms(browser, open_server, ports, form, shown):
    with hosting(ports[0], f"{open_server.page}?embed={form}") as address:
        course = Course(browser, address).stands()
        assert visible(course, ".arena")
        assert tuple(visible(course, selector) for selector in ("button.play", ".curves", ".header")) == shown
        course.context.close()


def open_exports(lab, address):
    lab.open(address)
    lab.page.click("[aria-label^='Open panel']")
    lab.page.get_by_role("tab", name="Export", exact=True).click()
    return lab.page.locator("section.exports fieldset.frame")


def test_the_lines_of_the_frame_are_copied(lab, open_server):
    frame = open_exports(lab, f"{open_server.page}?preset=cbo-rastrigin")
    frame.locator("button").click()
    lines = frame.locator("pre").inner_text()
    assert lines.startswith(f'<iframe src="{open_server.page}?') and "embed=arena%2Bbar" in lines
    assert frame.locator(".note").count() == 0


def test_where_no_page_may_the_way_is_told(lab, server):
    assert "swarmviz serve --embed" in open_exports(lab, server.page).locator(".note").inner_text()
