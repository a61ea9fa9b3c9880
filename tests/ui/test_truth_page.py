"""What the page says of the present is of the present: schedules begin when they are chosen, arrows have a key."""

from __future__ import annotations

import re


def shown(lab, name):
    return lab.row(name).inner_text().strip()


def test_a_schedule_that_is_chosen_while_the_swarm_runs_begins_there_and_its_value_is_told(lab, server):
    lab.open(server.page)
    lab.play()
    lab.wait(lambda: (lab.step or 0) > 20, "the swarm does not run")
    lab.type("dynamics.sigma", "1.5")
    lab.row("dynamics.sigma.kind").locator("select").select_option("Linear")
    lab.wait(lambda: lab.row("dynamics.sigma.since").count() == 1, "no row says when it begins")
    began = float(lab.row("dynamics.sigma.since").locator("input").input_value())
    assert began > 0
    assert shown(lab, "dynamics.sigma.now").endswith(", σ = 1.5"), "nothing jumps"
    lab.type("dynamics.sigma.end", "0")
    lab.type("dynamics.sigma.duration", "1000")
    lab.wait(lambda: not shown(lab, "dynamics.sigma.now").endswith(", σ = 1.5"), "the present value does not follow")
    lab.pause()
    told = float(re.fullmatch(r"now t = [\d.]+, σ = ([\d.]+)", shown(lab, "dynamics.sigma.now"))[1])
    t = float(lab.text(".readout .t").replace("\u202f", ""))
    assert abs(told - 1.5 * (1 - (t - began) / 1000)) < 2e-3, "where the swarm stands"
    options = lab.row("dynamics.sigma.kind").locator("option").all_inner_texts()
    assert "constant" not in options and options[0] == "fixed"
    lab.press("reset")
    lab.wait(
        lambda: lab.row("dynamics.sigma.since").locator("input").input_value() == "0",
        "the run starts anew, not the schedule",
    )
    assert not lab.complaints
