"""The future that an edit in the past has left: in sight until it is passed, dismissed or returned to."""

from __future__ import annotations

import numpy as np
import pytest

from tests.visit import edit, press, settle, wait


@pytest.fixture
def past(running):
    """A run of at least thirty steps that stands at step 10 again."""
    assert wait(lambda: running._sim.k >= 30)
    press(running, "pause")
    settle(running)
    press(running, "goto", 10)
    settle(running)
    return running


@pytest.fixture
def left(past):
    """The same after an edit: where the old future ended, and its record."""
    end, record = past._sim.furthest, past._sim.record["best"].copy()
    edit(past, "dynamics.sigma", "0.2")
    settle(past)
    assert wait(lambda: past.bar.left)
    return end, record


def test_its_curves_lie_behind_the_new_ones_and_its_part_of_the_scrubber_is_told(past, left):
    end, record = left
    assert past.bar.left == {"at": 10, "end": end, "open": True}
    (overlay,) = past.curves.overlays
    assert overlay.label == "left at k = 10" and overlay.last == end
    assert np.array_equal(overlay.series["best"][1], record)


def test_the_new_run_passes_it(past, left):
    end, _ = left
    press(past, "step")
    settle(past)
    assert past.bar.left and past.curves.overlays
    press(past, "play")
    assert wait(lambda: past._sim.furthest >= end)
    assert wait(lambda: not past.bar.left) and past.curves.overlays == ()


def test_one_press_returns_to_it(past, left):
    end, record = left
    press(past, "return")
    settle(past)
    assert wait(lambda: past._sim.k == end)
    assert np.array_equal(past._sim.record["best"], record) and past._sim.dynamics.sigma == 1.0
    assert past.bar.left == {} and past.curves.overlays == ()


def test_it_can_be_taken_out_of_sight_and_stays_in_the_list_of_runs(past, left):
    press(past, "dismiss")
    assert past.bar.left == {} and past.curves.overlays == () and len(past.history.pane.rows) == 1
    press(past, "return")  # from a page that is late
    settle(past)
    assert past._sim.dynamics.sigma == 0.2


def test_another_run_or_an_undo_takes_it_out_of_sight(past, left):
    press(past, "undo")
    settle(past)
    assert past.bar.left == {} and past.curves.overlays == ()
    assert past._sim.furthest == left[0]
    assert past.bar.can_redo and not past.bar.can_undo, "that it goes out of sight is no edit"


def test_of_several_futures_the_last_is_shown(past, left):
    for _ in range(5):
        press(past, "step")
    press(past, "goto", 12)
    settle(past)
    edit(past, "dynamics.sigma", "0.4")
    settle(past)
    assert wait(lambda: past.bar.left.get("end") == 15) and past.bar.left["at"] == 12
    assert [overlay.label for overlay in past.curves.overlays] == ["left at k = 12"]
    assert len(past.history.pane.rows) == 2


def test_a_run_that_is_drawn_behind_stays_when_the_future_goes(past, left):
    past.history.pane._handle_msg({"act": "overlay", "number": 1})
    assert [overlay.label for overlay in past.curves.overlays] == ["left at k = 10", "run 1"]
    press(past, "dismiss")
    assert [overlay.label for overlay in past.curves.overlays] == ["run 1"]
