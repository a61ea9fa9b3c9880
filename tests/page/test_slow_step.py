"""The slow step on the page: in the arenas of all panes, and painted only when something else is to be seen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from components.page.slow_step import SlowStepView
from components.playback.panes import Panes
from components.playback.slow_step import Mode, SlowStep
from components.views.base import View
from tests.views.helpers import paint, simulation


class Arena(View):
    """Remembers what it was given to show."""

    def __init__(self):
        self.shown = []

    def show_stage(self, picture, stage, turn):
        self.shown.append((picture is not None, stage))


@pytest.fixture
def two():
    """Two runs, their slow step before its first stage, and the view of it."""
    sims = [simulation("CBO"), simulation("SSA")]
    panes = Panes([(sim, {}) for sim in sims], lambda place: Arena())
    slow = SlowStep(panes)
    slow.mode = Mode.WALKING
    view = SlowStepView(slow, lambda: panes.arenas)
    return SimpleNamespace(panes=panes, slow=slow, view=view, arenas=panes.arenas, sim=sims[0])


def test_every_arena_shows_its_run_and_the_same_thing_is_painted_once(two):
    paint(two.view, two.sim)
    assert [arena.shown for arena in two.arenas] == [[], []], "nothing is shown, and nothing was"
    two.slow.advance()
    for _ in range(3):
        paint(two.view, two.sim)
    two.slow.advance()
    paint(two.view, two.sim)
    assert [arena.shown for arena in two.arenas] == [[(True, 0), (True, 1)]] * 2
    two.slow.mode = Mode.OFF
    two.slow.refresh()
    paint(two.view, two.sim)
    assert [arena.shown[-1] for arena in two.arenas] == [(False, 0)] * 2


def test_a_pane_that_is_no_longer_there_shows_nothing(two):
    two.slow.advance()
    paint(two.view, two.sim)
    two.panes.replace(two.panes.runs[:1])
    two.slow.advance()
    paint(two.view, two.sim)
    assert [arena.shown[-1] for arena in two.arenas] == [(True, 0), (False, 0)]


def test_after_figures_were_attached_anew_it_is_drawn_again(two):
    two.slow.advance()
    paint(two.view, two.sim)
    two.view.attach(two.sim)
    assert two.arenas[0].shown[-1] == (False, 0)
    paint(two.view, two.sim)
    assert two.arenas[0].shown[-1] == (True, 0)
