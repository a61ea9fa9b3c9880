"""The page under fingers, in a real Chromium that is told of touches.

Where the whole box is seen, one finger scrolls the page, and two zoom into the box; then one finger moves the region that is seen.
"""

from __future__ import annotations

import pytest

import swarmviz as sv
from components.links import permalink
from tests.ui.conftest import Lab
from tests.ui.test_arena_page import arenas, width
from tests.ui.test_schedule_page import points
from tests.ui.test_views_page import link

MOVES = 8  # of a drag


class Fingers:
    """Touches of the screen, as the browser's own input."""

    def __init__(self, lab):
        self._lab, self._devtools = lab, lab.page.context.new_cdp_session(lab.page)

    def _tell(self, kind, at):
        places = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(at)]
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    def drag(self, *ways):
        """Each finger on its way ((x, y), (x, y)), all at once."""
        for move in range(MOVES + 1):
            s = move / MOVES
            at = [(x + s * (far_x - x), y + s * (far_y - y)) for (x, y), (far_x, far_y) in ways]
            self._tell("touchMove" if move else "touchStart", at)
            self._lab.page.wait_for_timeout(16)
        self._tell("touchEnd", [])


@pytest.mark.parametrize("size", [(390, 844), (844, 390)])
def test_fingers_scroll_the_page_zoom_and_move_the_arena_and_drag_a_schedule(browser, server, size):
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True, user_agent="Mobile"
    )
    lab = Lab(context.new_page())
    ramp = sv.schedules.Piecewise(((0, 0.5), (4, 0.5), (8, 0.5)))
    lab.open(link(server, "cbo-rastrigin", sigma=ramp))
    lab.pause()
    lab.wait(lambda: width(lab) > 2, "the ranges were not set")
    fingers, whole = Fingers(lab), arenas(lab)[0]
    box = lab.page.locator(".arena canvas").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 20
    scrolled = lambda: lab.page.locator(".board").first.evaluate("(board) => board.scrollTop")  # noqa: E731

    fingers.drag(((x, y + 50), (x, y - 50)))
    lab.wait(lambda: scrolled() > 50, "one finger does not scroll the page")
    fingers.drag(((x, y - 60), (x, y + 90)))
    lab.wait(lambda: scrolled() == 0, "nor back")
    assert arenas(lab)[0] == whole, "it moves the arena, too"
    fingers.drag(((x - 25, y), (x - 90, y)), ((x + 25, y), (x + 90, y)))
    lab.wait(lambda: width(lab) < 0.6 * (whole[1] - whole[0]), "two fingers do not zoom")
    assert lab.page.evaluate("visualViewport.scale") == 1, "they zoom the page"
    region = lambda: (permalink.read(lab.page.url.partition("?s=")[2]).views or {}).get("region")  # noqa: E731
    lab.wait(lambda: region() == pytest.approx(arenas(lab)[0]), "the link does not hold it")
    lab.page.wait_for_timeout(300)  # a hand needs longer
    before = arenas(lab)[0]
    fingers.drag(((x, y), (x + 60, y)))
    lab.wait(lambda: arenas(lab)[0][0] < before[0], "one finger does not move the region")
    assert width(lab) == pytest.approx(before[1] - before[0]) and scrolled() == 0
    lab.wait(lambda: region() == pytest.approx(arenas(lab)[0]), "the link does not follow")
    lab.page.locator("button.box").tap()
    lab.wait(lambda: arenas(lab)[0] == pytest.approx(whole), "the whole box does not come back")

    lab.page.locator("[aria-label='Open drawer']").tap()
    point = lab.page.locator(".point").nth(1)
    point.wait_for()
    lab.page.wait_for_timeout(400)  # the choices slide in
    point.scroll_into_view_if_needed()
    box = point.locator("circle").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers.drag(((x, y), (x + 12, y - 20)))
    lab.wait(lambda: points(lab)[1][0] > 4 and points(lab)[1][1] > 0.5, "a finger does not drag a point")
    assert not lab.complaints
    context.close()
