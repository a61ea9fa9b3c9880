"""The curve of a schedule in a real Chromium: a point that is dragged changes what the kernels get, with the mouse and the keyboard."""

from __future__ import annotations

import swarmviz as sv
from tests.ui.test_views_page import link

POINTS, CURVE = "dynamics.sigma.points", "dynamics.sigma.curve"


def points(lab):
    """The points as the text box has them."""
    return [tuple(map(float, pair.split(","))) for pair in lab.row(POINTS).locator("input").input_value().split(";")]


def told(lab, place):
    return lab.page.locator(".point").nth(place).get_attribute("aria-valuetext")


def test_a_point_that_is_dragged_reaches_the_kernel_and_one_drag_is_one_state_of_undo(lab, server):
    """Without drift and noise no agent moves; where the point lifts σ above 0 they do."""
    still = sv.schedules.Piecewise(((0, 0.0), (4, 0.0), (5, 0.0)))
    lab.open(link(server, "cbo-rastrigin", lam=0.0, sigma=still))
    lab.wait(lambda: lab.agents() and (lab.step or 0) > 5, "the swarm does not run")
    before = lab.agents()
    lab.wait(lambda: (lab.step or 0) > 10, "the swarm does not run on")
    assert lab.agents() == before, "σ = 0 all along"

    point = lab.page.locator(".point").nth(2)
    point.scroll_into_view_if_needed()
    below = lambda: lab.row("dynamics.dt").bounding_box()["y"]  # noqa: E731
    box, stood = point.bounding_box(), below()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    for i in range(1, 11):
        lab.page.mouse.move(x - 20 * i, y - 6 * i)  # to the left as far as before its neighbour
    lab.wait(lambda: points(lab)[2][1] > 0, "the text does not follow the hand")
    lab.page.mouse.up()
    lab.wait(lambda: told(lab, 2) == f"t = {points(lab)[2][0]:g}, σ = {points(lab)[2][1]:g}", "point and text differ")
    assert below() == stood, "nothing moves under the hand"
    (t0, _), (t1, v1), (t2, v2) = points(lab)
    assert (t0, t1, v1) == (0, 4, 0) and 4 < t2 < 4.5 and 0.3 < v2 < 1, "the order of times is kept"
    lab.wait(lambda: lab.agents() != before, "σ > 0 does not reach the kernel")
    assert lab.error(CURVE) == ""

    lab.page.keyboard.press("Control+z")
    lab.wait(lambda: points(lab) == list(still.points), "one drag is more than one state")
    lab.type(POINTS, "0, 0; 5, 1")
    lab.wait(
        lambda: told(lab, 1) == "t = 5, σ = 1" and lab.page.locator(".point").count() == 2, "what is typed is drawn"
    )
    lab.page.locator(".point").nth(1).focus()
    for key in ("ArrowUp", "ArrowLeft"):
        lab.page.keyboard.press(key)
    lab.wait(lambda: points(lab)[0] == (0, 0) and points(lab)[1][0] < 5 and points(lab)[1][1] > 1, "no keys")
    for key, count in (("Insert", 3), ("Delete", 2)):
        lab.page.keyboard.press(key)
        lab.wait(lambda n=count: len(points(lab)) == n, f"{key} does nothing")
    assert lab.error(CURVE) == "" and not lab.complaints
