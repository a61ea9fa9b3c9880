"""The error against N in a real Chromium: beside the running swarm it is computed and stopped, and where there is no law it says why."""

from __future__ import annotations

import swarmviz as sv
from components.links import permalink
from components.state import Selection, state_of

FIGURES = ".law-error figure"


def open_card(lab, server, dynamics, landscape, swarm):
    lab.open(f"{server.page}?s={permalink.write(state_of(Selection(dynamics, landscape, swarm, 15.0)))}")
    if not lab.page.locator(".law-error header button").is_visible():
        lab.page.click("[aria-label^='Open panel']")
        lab.page.get_by_role("tab", name="Luck").click()
    lab.page.wait_for_selector(".law-error header button", state="visible")
    return lab.page.locator(".law-error header button")


def test_the_error_against_n_is_computed_beside_the_running_swarm_and_can_be_stopped(lab, server):
    button = open_card(lab, server, sv.CBO(alpha=10.0), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=1))
    assert lab.page.get_by_label("What stays as N grows").is_hidden()
    lab.page.get_by_label("Step of the error against N").fill("3")
    button.click()
    lab.wait(lambda: lab.page.locator(FIGURES).count() == 2, "it finds nothing")
    lab.wait(lambda: button.inner_text() == "Compute", "it does not end")
    marks = lab.page.locator(FIGURES).first.locator(".mark title").all_text_contents()
    assert len(marks) == 9 and marks[0].startswith("N = 10: √N E W₁") and marks[-1].startswith("N = 100,000:")
    assert "CBO on Rastrigin, step 3 after a fresh start." in lab.text(".law-error .about")
    lab.page.get_by_label("Step of the error against N").fill("900")
    button.click()
    lab.wait(lambda: button.inner_text() == "Stop", "it does not begin")
    button.click()
    lab.wait(lambda: button.inner_text() == "Compute", "it cannot be stopped")
    lab.page.get_by_label("Step of the error against N").fill("nine")
    button.click()
    lab.wait(lambda: "step = 'nine'" in lab.text(".law-error .remarks"), "a step that is none is not refused")
    assert not lab.complaints


def test_where_there_is_no_law_the_card_says_why_and_cannot_be_asked(lab, server):
    button = open_card(lab, server, sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2))
    assert button.is_disabled() and "d = 1 only" in lab.text(".law-error .remarks")
    button = open_card(lab, server, sv.SSA(), sv.landscapes.Ackley(), sv.Swarm(n=50, d=1))
    assert button.is_enabled() and lab.text(".law-error .remarks") == ""
    options = lab.page.get_by_label("What stays as N grows").locator("option").all_text_contents()
    assert options == ["Nβ stays", "β stays"]
    assert not lab.complaints
