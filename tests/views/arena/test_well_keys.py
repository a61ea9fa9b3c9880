"""Wells by keyboard: what a message of the browser does with them, and what is told."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from components.views.arena.mouse_modes import MouseModes
from components.views.arena.well_keys import BESIDE, COARSE, STEP, WellKeys
from tests.views.helpers import simulation

D = 2


@pytest.fixture
def made():
    """Keys for the wells of a landscape that is changed as the page changes it."""
    sim = simulation(landscape="GaussianMixture", n=8, d=D)
    made = SimpleNamespace(
        parts={"landscape": sim.landscape, "swarm": sim.initial_swarm}, finals=[], marked=[], began=[]
    )

    def change(landscape, final):
        made.parts["landscape"] = landscape
        made.finals.append(final)

    modes = MouseModes(lambda swarm, playing: None, change)
    modes.attach(sim)
    made.handles = lambda: made.parts["landscape"].handles(D)

    def begin():
        made.began.append(True)
        modes.begin_wells()

    made.keys = WellKeys(
        lambda act, handle, at: modes.handle_event(made.parts, act, handle, at), made.handles, begin, made.marked.append
    )
    made.keys.attach(sim)
    made.modes, made.width = modes, np.ptp(np.array(sim.landscape.limits(D)), axis=0)
    return made


def press(made, act, **more):
    made.keys._handle_msg({"act": act, **more})


def test_one_after_the_other_is_chosen_marked_and_told_and_the_mode_of_the_mouse_follows(made):
    count = len(made.handles())
    assert made.keys.visible and made.keys.wells == count > 1 and made.keys.chosen == -1
    press(made, "next")
    assert made.modes.buttons.value == "wells" and made.keys.chosen == 0 and made.marked[-1] == 0
    assert made.keys.said["text"].startswith(f"Well 1 of {count} at ")
    press(made, "previous")
    assert made.keys.chosen == count - 1
    press(made, "next")
    assert made.keys.chosen == 0
    press(made, "leave")
    assert made.keys.chosen == -1 and made.marked[-1] == -1


@pytest.mark.parametrize(("way", "side", "sign"), [("left", 0, -1), ("right", 0, 1), ("down", 1, -1), ("up", 1, 1)])
@pytest.mark.parametrize("coarse", [False, True])
def test_an_arrow_moves_the_chosen_one_alone_and_it_is_complete_when_the_key_is_let_go(made, way, side, sign, coarse):
    press(made, "next")
    before = made.handles().copy()
    press(made, "move", way=way, coarse=coarse)
    assert made.finals == [False]
    press(made, "drop")
    assert made.finals == [False, True]
    moved = made.handles() - before
    assert moved[0, side] == pytest.approx(sign * STEP * (COARSE if coarse else 1) * made.width[side], rel=0.05)
    moved[0, side] = 0
    np.testing.assert_allclose(moved, 0, atol=1e-9)
    assert f"{made.handles()[0, 0]:.3g}".rstrip("0").rstrip(".").replace("-", "−") in made.keys.said["text"]


def test_a_well_stays_in_the_box(made):
    press(made, "next")
    for _ in range(40):
        press(made, "move", way="right", coarse=True)
    assert made.handles()[0, 0] <= made.parts["landscape"].limits(D)[1][0]


def test_one_is_added_beside_the_chosen_one_and_chosen_and_one_is_removed(made):
    count = len(made.handles())
    press(made, "next")
    first = made.handles()[0].copy()
    press(made, "add")
    assert len(made.handles()) == made.keys.wells == count + 1 and made.keys.chosen == count
    np.testing.assert_allclose(np.abs(made.handles()[count] - first), BESIDE * made.width, rtol=0.02)
    assert made.keys.said["text"].startswith(f"Well {count + 1} of {count + 1} at")
    press(made, "remove")
    assert len(made.handles()) == made.keys.wells == count and made.keys.chosen == count - 1
    np.testing.assert_array_equal(made.handles()[0], first)


def test_the_last_well_is_not_removed(made):
    press(made, "next")
    while len(made.handles()) > 1:
        press(made, "remove")
    with pytest.raises(ValueError, match="well"):
        press(made, "remove")
    assert made.keys.chosen == 0 and len(made.handles()) == 1


def test_wells_that_were_edited_elsewhere_are_counted_anew(made):
    press(made, "previous")
    made.parts["landscape"] = made.parts["landscape"].without_handle(0)
    press(made, "move", way="left")
    assert made.keys.wells == len(made.handles()) and made.keys.chosen == made.keys.wells - 1


@pytest.mark.parametrize(
    "message",
    [None, "next", {}, {"act": "move"}, {"act": "move", "way": "north"}, {"act": "move", "way": ["left"]}, {"act": 3}],
)
def test_a_message_that_no_key_sends_changes_nothing(made, message):
    press(made, "next")
    before, told = made.handles().copy(), made.keys.said
    made.keys._handle_msg(message)
    np.testing.assert_array_equal(made.handles(), before)
    assert made.keys.said == told and made.finals == []


def test_nothing_is_moved_before_one_is_chosen(made):
    for act in ("move", "drop", "add", "remove"):
        press(made, act, way="left")
    assert made.finals == []


def test_a_landscape_without_wells_has_no_keys_for_them(made):
    made.keys.attach(simulation(landscape="Ackley", n=8))
    press(made, "next")
    assert not made.keys.visible and made.keys.chosen == -1 and made.began == []


@pytest.mark.parametrize("act", ["next", "previous", "move", "add", "remove", "leave"])
def test_wells_that_have_just_gone_are_no_longer_moved(act):
    """The landscape was replaced by one without wells, and its run is not shown yet."""
    sim, there = simulation(landscape="GaussianMixture", n=8, d=2), [True]
    marked = []
    keys = WellKeys(
        lambda act, handle, at: None,
        lambda: sim.landscape.handles(2) if there else np.empty((0, 2)),
        lambda: None,
        marked.append,
    )
    keys.attach(sim)
    keys._handle_msg({"act": "next"})
    there.clear()
    keys._handle_msg({"act": act, "way": "left"})
    assert keys.wells == 0 and keys.chosen == -1 == marked[-1]


def test_in_one_dimension_a_well_moves_along_the_line():
    sim = simulation(landscape="GaussianMixture", n=8, d=1)
    used = []
    keys = WellKeys(
        lambda act, handle, at: used.append((act, at)), lambda: sim.landscape.handles(1), lambda: None, lambda i: None
    )
    keys.attach(sim)
    for message in ({"act": "next"}, {"act": "move", "way": "right"}, {"act": "move", "way": "up"}):
        keys._handle_msg(message)
    at = sim.landscape.handles(1)[0]
    width = float(np.ptp(np.array(sim.landscape.limits(1))))
    assert [act for act, _ in used] == ["dragged", "dragged"] and used[0][1].shape == (1,)
    assert used[0][1][0] == pytest.approx(at[0] + STEP * width) and used[1][1][0] == pytest.approx(at[0])
