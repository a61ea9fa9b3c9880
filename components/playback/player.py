"""What the buttons of the bar do to the swarms: play, pause, step, back, go to any step, how fast, at which step to pause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from components.playback.bar import Bar
from components.playback.panes import Panes
from components.playback.pause_at import PauseAt
from components.playback.slow_step import STAGE_S, Mode, SlowStep
from components.playback.transport import FASTEST, MAX_DRAW_EVERY, Transport
from components.state import VisitState
from components.text import number, sentence

COUNTED = {"k": "steps", "evaluations": "evaluations", "stall": "steps"}  # numbers at which to pause that are whole


class Player:
    """Plays the swarms.

    Parameters
    ----------
    panes, transport, bar
        The swarms, their clock, and the buttons.
    advance : function (steps)
        Worker's thread: take so many steps, and report when they led to a pause.
    slow : SlowStep
        Shows steps term by term.
    moved : function ()
        Called on the page's thread when a button has moved the swarms or changed how they are played.

    Attributes
    ----------
    actions : dict of str to function (value)
        What each button does, by its name.
    ended : bool
        Whether the swarms stand because they paused by themselves, and nobody has played them since.
    """

    def __init__(
        self,
        panes: Panes,
        transport: Transport,
        bar: Bar,
        advance: Callable[[int], None],
        slow: SlowStep,
        moved: Callable[[], None],
    ):
        self._panes, self._transport, self._bar = panes, transport, bar
        self._advance, self._slow, self._moved = advance, slow, moved
        self.ended = False
        self._refusal = ""  # the last message about something typed
        self.actions: dict[str, Callable[[Any], None]] = {
            "play": self._play,
            "pause": self.pause,
            "step": self._step,
            "back": self._back,
            "goto": self._goto,
            "slow": self._play_slowly,
            "speed": self._speed,
            "stop": self._stop,
            "draw": self._draw,
        }

    def play(self, on: bool, slow: Mode = Mode.OFF) -> None:
        """Let the swarms move, or stand, and say whether steps are shown term by term."""
        self._show_slowly(slow)
        self._transport.playing = self._bar.playing = on
        self.ended = False

    def end(self) -> None:
        """The swarms have paused by themselves."""
        self._bar.playing, self.ended = False, True
        self._show_slowly(Mode.OFF)

    def fail(self) -> None:
        """The swarms stand, because no step could be taken."""
        self._bar.playing = False
        self._show_slowly(Mode.OFF)

    def _show_slowly(self, mode: Mode) -> None:
        """Whether steps are shown term by term."""
        if mode is self._slow.mode:
            return
        self._slow.mode, self._bar.slow = mode, mode.value
        self._transport.stages = 1 / STAGE_S if mode is Mode.WALKING else None

    @property
    def speed(self) -> float | None:
        """Steps per second, None for as fast as it goes."""
        return self._transport.speed

    def set_speed(self, speed: float | None) -> None:
        """Steps per second, None for as fast as it goes."""
        self._transport.speed = self._bar.speed = speed

    def set_pace(self, state: VisitState) -> None:
        """How a link plays: its speed, which steps are drawn, and at which step it pauses by itself; no more than the bar allows."""
        self.set_speed(FASTEST if state.speed is FASTEST else min(state.speed, self._bar.most))
        self._transport.draw_every = self._bar.draw = min(state.draw_every, MAX_DRAW_EVERY)
        self._panes.pause_at, self._bar.stop = PauseAt.of(*state.stop), list(state.stop)

    def stand_after(self, command: Callable[[], Any], slow: Mode = Mode.OFF) -> None:
        """Pause, carry out a command on the worker, and show where the swarms stand then."""
        self.play(False, slow)
        self._transport.do(command)
        self._transport.do(lambda: self._transport.on_page(self._moved))

    # ---- buttons -------------------------------------------------------------------------------------------------------

    def _play(self, value: Any) -> None:
        self._bar.message = {}
        self.play(True)

    def pause(self, value: Any = None) -> None:
        """Let the swarms stand; the terms that are shown stay in sight."""
        mode = Mode.OFF if self._slow.mode is Mode.OFF else Mode.HELD
        self.stand_after(lambda: None, mode)  # every view catches up with the arena

    def _play_slowly(self, value: Any) -> None:
        """Begin with it, or pause; ``value`` false: let go of the terms that are shown."""
        if value is False:
            if self._slow.mode is Mode.HELD:
                self._show_slowly(Mode.OFF)
                self._transport.redraw()
        elif self._slow.walking:
            self.pause()
        else:
            self._bar.message = {}
            self.play(True, Mode.WALKING)
            self._transport.do(lambda: self._advance(1))  # the first terms at once

    def _step(self, value: Any) -> None:
        self.stand_after(lambda: self._advance(1))

    def _back(self, value: Any) -> None:
        self.stand_after(self._panes.step_back)

    def _goto(self, value: Any) -> None:
        """The scrubber was moved."""
        if isinstance(value, int) and not isinstance(value, bool):
            self._panes.request_step(value)
            self.stand_after(self._panes.go_to_requested_step)

    def _speed(self, value: Any) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is FASTEST or (number and 0 < value <= self._bar.most):
            if self._slow.walking:
                self.play(True)
            self.set_speed(value)
            self._moved()

    def _stop(self, value: Any) -> None:
        """The menu of where to pause, or its box: [kind, what was typed]."""
        kind, at = value if isinstance(value, list) and len(value) == 2 else (value, None)
        with self._typed():
            pause = PauseAt.of(kind, number(at, whole=kind in COUNTED) if isinstance(at, str) else at)
            if pause.kind in COUNTED and not float(pause.at).is_integer():
                raise ValueError(f"pause at {at!r}: must be a whole number of {COUNTED[pause.kind]} ≥ 1")
            self._panes.pause_at, self._bar.stop = pause, [pause.kind, None if pause.kind == "never" else pause.at]

    def _draw(self, value: Any) -> None:
        """The box of the steps between two pictures."""
        with self._typed():
            steps = number(value, whole=True) if isinstance(value, str) else value
            if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MAX_DRAW_EVERY:
                raise ValueError(
                    f"draw every {str(value)[:20]!r} steps: must be a whole number from 1 to {MAX_DRAW_EVERY:,}"
                )
            self._transport.draw_every = self._bar.draw = steps

    @contextmanager
    def _typed(self) -> Iterator[None]:
        """Something was typed: a refusal is shown until the next entry, and the boxes show what is in force."""
        try:
            yield
        except ValueError as error:
            self._refusal = sentence(str(error))
            self._bar.say(self._refusal, "warning")
        else:
            self._bar.take_back(self._refusal)
            self._moved()
        self._bar.answered += 1
