"""One criterion on the page: replicas, runs and the link say the same by it, and a replica that failed can be seen."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.links import budget
from components.page import theme
from components.session import Session
from swarmviz import presets, success
from swarmviz.presets.preset import MEASURED
from tests.links.handmade import content, encoded
from tests.visit import press, settle, wait


def standing(one):
    return one.replicas.worker.standing


@pytest.fixture
def lucky(running):
    """The preset with too few agents, paused at its step, with replicas."""
    preset = presets.ALL["cbo-few"]
    running._choose("preset", preset.name)
    settle(running)
    press(running, "pause")
    running._advance(preset.steps - running._sim.k)
    running.replicas.card._handle_msg(MEASURED)
    assert wait(lambda: standing(running).tally is not None and standing(running).tally.k == preset.steps, 60)
    return running


def test_the_preset_and_its_replicas_say_the_same_number_by_the_same_criterion(lucky):
    preset, tally = presets.ALL["cbo-few"], standing(lucky).tally
    assert wait(lambda: lucky.replicas.card.state["share"] is not None)
    # the same seeds; on another processor a few runs may fall differently
    assert abs(tally.found - MEASURED * preset.chance) <= 0.02 * MEASURED
    assert tally.runs == MEASURED and tally.low <= preset.chance <= tally.high
    said = lucky.replicas.card.state["criterion"].removeprefix("Found: ").rstrip(".")
    assert said == success.criterion(tally.tolerance) and preset.text.endswith(f"({said}).")


def test_a_tolerance_changes_the_tally_at_once_and_stays_in_the_link(lucky):
    before, seen = standing(lucky).tally, lucky.bar.link
    lucky.replicas.card._handle_msg({"act": "tolerance", "value": 0.25})
    after = standing(lucky).tally
    assert after == before.judged(0.25) and after.found > before.found
    assert lucky.replicas.card.state["share"] == after.found / after.runs
    assert lucky.history.tolerance == 0.25 and lucky.bar.link != seen
    again = Session(lucky.bar.link.removeprefix("?s="))
    again.start()
    assert wait(
        lambda: again.replicas.worker.tolerance == again.replicas.card.tolerance == again.history.tolerance == 0.25
    )
    again.close()


def test_one_that_failed_opens_with_its_seed_at_the_same_step_and_the_present_run_is_kept(lucky):
    tally, before = standing(lucky).tally, lucky._sim
    rows = len(lucky.history.pane.rows)
    wanted = tally.examples(False)[0]
    lucky.replicas.card._handle_msg({"act": "show", "found": False})
    assert wait(lambda: lucky._sim is not before and lucky._sim.initial_swarm.seed == wanted.seed)
    settle(lucky)
    sim = lucky._sim
    assert sim.k == tally.k == wanted.k and not lucky.transport.playing
    assert success.error(sim.frame, sim.landscape) == wanted.miss >= tally.tolerance
    alone = sv.Simulation(before.dynamics.copy(), before.landscape.copy(), sim.initial_swarm.copy())
    assert np.array_equal(alone.advance(tally.k).x, sim.frame.x)
    assert lucky.controls.parts["swarm"].seed == wanted.seed
    assert (
        len(lucky.history.pane.rows) == rows + 1
        and f"seed {before.initial_swarm.seed} " in lucky.history.pane.rows[0]["about"]
    )
    assert lucky.history.pane.live["found"] is False


def test_a_replica_repeats_the_changes_that_were_made_on_the_way(lucky):
    lucky.controls.parts["dynamics"].sigma = 0.3
    lucky.edits.apply("dynamics", lucky.controls.parts["dynamics"])
    lucky._advance(30)
    k = lucky._sim.k
    lucky.replicas.worker.notice()
    assert wait(lambda: standing(lucky).tally is not None and standing(lucky).tally.k == k, 60)
    wanted = standing(lucky).tally.examples(False)[0]
    lucky.replicas.card._handle_msg({"act": "show", "found": False})
    assert wait(lambda: lucky._sim.initial_swarm.seed == wanted.seed)
    settle(lucky)
    assert [entry.k for entry in lucky._sim.journal] == [0, 200] and lucky._sim.k == k
    assert success.error(lucky._sim.frame, lucky._sim.landscape) == wanted.miss


@pytest.mark.parametrize("value", [0, -0.1, 3, True, "0.1", [0.1], None, {"x": 0.1}, 1e-9])
def test_a_link_with_a_tolerance_that_means_nothing_opens_with_the_usual_one_and_says_so(value):
    theme.extension()
    one = Session(encoded([*content(swarm={"n": 7}), {"tolerance": value}]))
    assert one.replicas.card.tolerance is None and one.replicas.worker.tolerance is None
    if value is not None:
        assert "tolerance" in one.bar.message["text"] and "The usual stands in for that." in one.bar.message["text"]
    one.close()


def test_a_replica_that_is_too_expensive_to_be_lived_again_is_refused_and_nothing_is_lost(lucky, monkeypatch):
    before = lucky._sim
    monkeypatch.setattr(budget, "MAX_REPLAY_WORK", 10)
    lucky.replicas.card._handle_msg({"act": "show", "found": False})
    assert "That replica cannot be opened, because" in lucky.bar.message["text"]
    assert lucky._sim is before
