"""What the buttons of the bar do to the swarms: play, pause, step, back, any step of the run, how fast, when to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.bar import Bar
from components.bench import Bench
from components.choices import sentence
from components.permalink import State
from components.stops import Stop
from components.transport import FASTEST, MOST_BETWEEN, Transport

ACTS = ("play", "pause", "step", "back", "goto", "speed", "stop", "draw")


class Player:
    """Plays the swarms of a bench.

    Parameters
    ----------
    bench, transport, bar
        The swarms, their clock, and the buttons.
    advance : function (steps)
        Worker's thread: take so many steps, and tell when they led to a stop.
    moved : function ()
        Called on the page's thread when a person has moved the swarms or changed how they are played.
    """

    def __init__(
        self, bench: Bench, transport: Transport, bar: Bar, advance: Callable[[int], None], moved: Callable[[], None]
    ):
        self._bench, self._transport, self._bar = bench, transport, bar
        self._advance, self._moved = advance, moved

    def act(self, act: str, value: Any) -> bool:
        """Carry out an act of ``ACTS``; False for any other."""
        if act not in ACTS:
            return False
        getattr(self, f"_{act}")(value)
        return True

    def play(self, on: bool) -> None:
        """Let the swarms move, or stand."""
        self._transport.playing = self._bar.playing = on

    def set_speed(self, speed: float | None) -> None:
        """Steps per second, None for as fast as it goes."""
        self._transport.speed = self._bar.speed = speed

    def set_pace(self, state: State) -> None:
        """How a link plays: its speed, which steps are drawn, and when it stops by itself; no more than the bar allows."""
        self.set_speed(FASTEST if state.speed is FASTEST else min(state.speed, self._bar.most))
        self._transport.draw_every = self._bar.draw = min(state.draw_every, MOST_BETWEEN)
        self._bench.stop, self._bar.stop = Stop.of(*state.stop), list(state.stop)

    def stand_after(self, command: Callable[[], Any]) -> None:
        """Pause, carry out a command on the worker, and show where the swarms stand then."""
        self.play(False)
        self._transport.do(command)
        self._transport.do(lambda: self._transport.on_page(self._moved))

    # ---- acts ----------------------------------------------------------------------------------------------------------

    def _play(self, value: Any) -> None:
        self._bar.message = {}
        self.play(True)

    def _pause(self, value: Any) -> None:
        self.stand_after(lambda: None)  # every view catches up with the arena

    def _step(self, value: Any) -> None:
        self.stand_after(lambda: self._advance(1))

    def _back(self, value: Any) -> None:
        self.stand_after(self._bench.back)

    def _goto(self, value: Any) -> None:
        """The scrubber was moved."""
        if isinstance(value, int) and not isinstance(value, bool):
            self._bench.want(value)
            self.stand_after(self._bench.seek)

    def _speed(self, value: Any) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is FASTEST or (number and 0 < value <= self._bar.most):
            self._transport.speed = value
            self._moved()

    def _stop(self, value: Any) -> None:
        try:
            kind, at = value if isinstance(value, list) and len(value) == 2 else (value, None)
            self._bench.stop = Stop.of(kind, at)
        except ValueError as error:
            self._bar.say(sentence(str(error)), "warning")
        else:
            self._moved()

    def _draw(self, value: Any) -> None:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_BETWEEN:
            self._transport.draw_every = value
            self._moved()
