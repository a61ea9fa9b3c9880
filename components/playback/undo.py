"""Undo and redo: the states of a visit before each edit, reset or other choice, as run specs; going to one replays it, to its last bit.

A state is what is known of the runs, up to the furthest step, and the step at which they stood. Nothing is noted while an edit goes on:
an edit is found afterwards, as the first step at which the journal of now and the one of then differ (:meth:`RunSpec.agrees_until`). A
slider that was dragged for a while is thereby one state, and playing on or going back is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

from components.playback.bar import Bar
from components.state import VisitState
from swarmviz.journal import Change

MAX_STATES = 50
MAX_BYTES = 20_000_000  # of the changes in all states together


class Stood(NamedTuple):
    """The runs of a visit as far as they are known, and the step at which they stood."""

    state: VisitState
    k: int


class Restore(Protocol):
    """Shows runs in the place of the present ones; ``remember`` is called just before, and returns what there is to say."""

    def __call__(self, state: VisitState, stand: int, *, remember: Callable[[], str]) -> None: ...


def a_few_kilobytes(change: Change) -> int:
    """The default of ``size_of``: two parts with their values."""
    return 4_000


class Undo:
    """What was done to the runs of a visit, to be undone and done again; on the page's thread, but for :meth:`note_left`.

    Parameters
    ----------
    bar : Bar
        Has the buttons.
    look : function () → Stood
        The runs as they are.
    restore : function (state, stand, *, remember)
        As in :class:`Restore`.
    remember : function () → str
        Keeps the present run in the list of runs, and returns what there is to say about it.
    size_of : function (change) → int
        About how many bytes a change takes.
    """

    def __init__(
        self,
        bar: Bar,
        look: Callable[[], Stood],
        restore: Restore,
        remember: Callable[[], str],
        size_of: Callable[[Change], int] = a_few_kilobytes,
    ):
        self._bar, self._look, self._restore, self._remember, self._size_of = bar, look, restore, remember, size_of
        self._sizes: dict[int, int] = {}  # of the changes in all states, by their ids
        self._past: list[Stood] = []
        self._future: list[Stood] = []  # what was undone, the last of it at the end
        self._last: Stood | None = None  # the runs when they were looked at last
        self._left: Stood | None = None  # the runs before a future was left that is not noted yet
        self._going: Stood | None = None  # to which the runs are being replayed …
        self._shown: tuple[list[Stood], list[Stood]] = (
            [],
            [],
        )  # … and the past and the future of those that are shown meanwhile
        self._arriving = False

    @property
    def going(self) -> bool:
        """Whether a state is being replayed."""
        return self._going is not None

    # ---- what is noted -------------------------------------------------------------------------------------------------

    def note_left(self) -> None:
        """A known future is about to be left by an edit, which :meth:`note` finds; called on any thread, with the panes' lock held."""
        if self._left is None:
            self._left = self._look()

    def note(self) -> None:
        """Something may have been edited, and is complete: a slider was let go."""
        if self._going is not None:
            return
        now, last, left = self._look(), self._last, self._left
        self._last = now
        if last is None:
            self._left = None
            return
        step = _agree(last, now)
        if step == math.inf:
            return
        self._left = None
        if self._past and _agree(self._past[-1], now) == math.inf:  # it was taken back
            self._past.pop()
        elif left is not None:
            self._push(left)
        elif step < 0:
            self._push(last)
        else:
            runs = tuple(run.until(int(step)) for run in last.state.runs)
            self._push(Stood(last.state._replace(runs=runs), int(step)))
        self._show()

    def forget(self) -> None:
        """Nobody has done anything yet: a run that began by itself is none to go back to."""
        self._past.clear()
        self._future.clear()
        self._last, self._left = self._look(), None
        self._show()

    def replacing(self) -> None:
        """Other runs are about to be shown."""
        if self._arriving:
            self._arriving, self._going = False, None
        else:
            self.refused()  # something else was chosen meanwhile
            self._push(self._look())
        self._last = self._left = None
        self._show()

    def refused(self) -> None:
        """The runs that were asked for last cannot be shown."""
        if self._going is not None:
            self._going, (self._past, self._future) = None, self._shown
            self._show()

    def _push(self, stood: Stood) -> None:
        self._past.append(stood)
        self._future.clear()
        del self._past[:-MAX_STATES]
        while len(self._past) > 1 and self._bytes() > MAX_BYTES:
            del self._past[0]

    def _bytes(self) -> int:
        """Of all changes in all states, each counted once."""
        changes = {id(change): change for stood in self._past for run in stood.state.runs for change in run.journal}
        self._sizes = {key: self._sizes.get(key) or self._size_of(change) for key, change in changes.items()}
        return sum(self._sizes.values())

    # ---- what is done --------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Go to the state before the last edit or choice."""
        self._go(-1, "Undone")

    def redo(self) -> None:
        """Go to the state that was undone last."""
        self._go(1, "Done again")

    def _go(self, way: int, word: str) -> None:
        source, target = (self._past, self._future) if way < 0 else (self._future, self._past)
        if not source:
            return
        if self._going is None:
            now, self._shown = self._look(), (list(self._past), list(self._future))
        else:
            now = self._going
        newest = not self._shown[1]  # the run that is shown can only be reached from here
        there = source.pop()
        target.append(now)
        state = there.state
        if _agree(there, now) >= 0:  # the same run: how it is played stays as it is
            state = state._replace(speed=now.state.speed, draw_every=now.state.draw_every, stop=now.state.stop)
        self._going = there

        def arrive() -> str:
            self._arriving = True
            said = self._remember() if newest else ""
            return f"{word}: the run stands at step {there.k}. {said}".strip()

        self._show()
        self._restore(state, there.k, remember=arrive)

    def _show(self) -> None:
        self._bar.param.update(can_undo=bool(self._past), can_redo=bool(self._future))


def _agree(a: Stood, b: Stood) -> float:
    """The step up to which two states have the same past: −1 for other runs, ∞ where nothing differs."""
    if len(a.state.runs) != len(b.state.runs):
        return -1
    return min(one.agrees_until(two) for one, two in zip(a.state.runs, b.state.runs, strict=True))
