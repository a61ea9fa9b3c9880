"""Table, gallery, lessons and arena behind nginx, a log-in, a prefix and two workers, in a real Chromium."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.explore.written import written
from tests.server import serving
from tests.server.proxies import behind_nginx
from tests.ui.axe import findings
from tests.ui.conftest import Lab

PICTURES = "() => [...document.images].filter((image) => image.complete && image.naturalWidth > 0).length"


@pytest.mark.timeout(400)
def test_every_page_opens_after_one_log_in(browser, tmp_path):
    command = ("swarmviz", "explore", str(written("run", tmp_path)))
    options = ("--workers", "2", "--basic-auth", "of a lace", "--use-xheaders", "--origin", "lab.example.org")
    with serving.served(tmp_path / "log.txt", *options, prefix="/lab", module=command) as here:
        with behind_nginx([here.port], tmp_path) as port:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            try:
                lab, root = Lab(context.new_page()), f"http://localhost:{port}/lab"
                enter(lab, root)
                table(lab, root)
                gallery(lab, root)
                assert not lab.complaints
                assert all(address.startswith((root, "data:", "blob:")) for address in lab.addresses), "all from here"
            finally:
                context.close()
        said = here.said()
        assert "Traceback" not in said and "Refused" not in said


def enter(lab: Lab, root: str) -> None:
    """By the form, to the lesson that was asked for."""
    page, wanted = lab.page, "app?lesson=cbo-1"
    page.goto(f"{root}/{wanted}")
    assert page.url == f"{root}/login?{urlencode({'next': f'/lab/{wanted}'})}"
    assert not findings(page)
    page.keyboard.type("ada")  # the first field is chosen
    page.get_by_label("Password").fill("of lace")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("of a lace")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector(".readout .k")
    asked, _, written = page.url.partition("&")  # the page writes into its address what it shows
    assert asked == f"{root}/{wanted}" and (not written or written.startswith("step=1&s=")), page.url
    page.goto(f"{root}/app")
    page.wait_for_selector(".readout .k")
    lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move")


def table(lab: Lab, root: str) -> None:
    """Runs of a file, one of which opens in the arena."""
    page = lab.page
    page.goto(f"{root}/explore")
    page.wait_for_selector(".tabulator-row", timeout=60_000)
    with page.context.expect_page() as opening:
        page.locator(".tabulator-row .tabulator-cell[tabulator-field=c1]").first.click()
    arena = Lab(opening.value)
    arena.page.wait_for_selector(".readout .k")
    assert arena.page.url.startswith(f"{root}/app?s=") and not arena.complaints
    arena.page.close()


def gallery(lab: Lab, root: str) -> None:
    """The wall with its pictures, and a figure, which is computed again."""
    page = lab.page
    page.goto(f"{root}/gallery")
    lab.wait(lambda: page.evaluate(PICTURES) >= 5, "no pictures")
    page.goto(f"{root}/gallery/001-figure2")
    page.wait_for_selector("#charts[aria-busy=false]", timeout=60_000)
    page.fill("#runs", "3")
    page.get_by_role("button", name="Compute").click()
    lab.wait(lambda: lab.text("#said") == "Done.", "no result", 60)
