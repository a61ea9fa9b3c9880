"""Links that a person writes, in the browser."""

from __future__ import annotations


def test_a_readable_link_opens_its_run_and_tells_what_it_cannot(lab, server):
    lab.open(f"{server.page}?preset=cbo-rastrigin&sigma=1.3&n=50&seed=4&alpha=-1")
    lab.pause()
    for name, value in {"dynamics.sigma": "1.3", "swarm.n": "50", "swarm.seed": "4"}.items():
        lab.reach(name)
        assert lab.row(name).locator("input[type=text]").first.input_value() == value, name
    assert "alpha (α) = -1: must be" in lab.text(".banner")
    assert len(lab.agents()["x"]) == 50
    assert not lab.complaints


def test_arguments_that_mean_nothing_are_told_in_a_line_and_the_page_opens_as_without_them(lab, server):
    lab.open(f"{server.page}?utm_source=x&sgma=2")
    lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move")
    assert lab.text(".banner").startswith("This run has no parameters 'utm_source', 'sgma' (did you mean sigma, σ?).")
    assert lab.page.locator(".swarmviz-invitation").inner_text().startswith("100 agents look for")
    assert not lab.complaints


def test_q_shows_the_code_of_the_link_that_is_copied_and_escape_closes_it(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.keyboard.press("q")
    dialog = lab.page.locator("dialog.code")
    dialog.locator("svg path").wait_for(state="visible")
    text = dialog.locator("input").input_value()
    lab.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    lab.page.keyboard.press("c")
    lab.wait(lambda: lab.page.url == text, f"{lab.page.url} is not {text}")
    lab.press("qr")
    dialog.locator("svg path").wait_for(state="visible")
    assert dialog.locator("button:focus").inner_text() == "Close"
    lab.page.keyboard.press("q")
    dialog.wait_for(state="hidden")
    assert not lab.complaints
