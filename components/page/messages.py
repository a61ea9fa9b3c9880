"""What is said to the visitor: in the bar, and beside the row of the form that an error is about.

A message knows its cause, as a function ``holds()``, and goes when that is gone (:meth:`components.playback.bar.Bar.look_again`): an error
about a row with the row's own, one of runs that could not be built with the choices that they were made of, and what happened to swarms at
a step once they stand at another.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from components.controls.controls import Controls
from components.playback.bar import Bar
from components.text import sentence
from swarmviz import Diverged


class Messages:
    """Messages of a visit, on the page's thread.

    Parameters
    ----------
    bar, controls
        Where they appear.
    """

    def __init__(self, bar: Bar, controls: Controls):
        self._bar, self._controls = bar, controls

    def say(self, text: str, holds: Callable[[], bool] | None = None) -> None:
        """A message, unless it is empty; it goes when ``holds()`` is no longer true."""
        if text:
            self._bar.say(text, holds=holds)

    def warn(self, text: str) -> None:
        """A warning."""
        self._bar.say(text, "warning")

    def take_back(self, text: str) -> None:
        """The cause of a message is gone: it goes, too."""
        self._bar.take_back(text)

    def refused(self, error: Exception) -> None:
        """A run could not be built."""
        controls, chosen = self._controls, dict(self._controls.parts)
        unchanged = lambda: all(controls.parts.get(name) is part for name, part in chosen.items())  # noqa: E731
        self.report(error, "The run goes on as it was: ", unchanged)

    def report(self, error: Exception, before: str = "", holds: Callable[[], bool] | None = None) -> None:
        """What went wrong, after the words ``before``; a defect of the program is written to the server's log, too.

        It goes when ``holds()`` is no longer true, or when what is said beside a row is taken away there.
        """
        text, row = str(error), None
        if isinstance(error, ValueError):
            row = self._controls.owner_of(text)
            if row is not None:
                self._controls.report(row, text)
        elif not isinstance(error, Diverged):
            traceback.print_exception(error, file=sys.stderr)
            text = f"something went wrong ({type(error).__name__}: {error})"
        self._bar.say(sentence(before + text), "error", reset=True, holds=self._cause(row, holds))

    def _cause(self, row: str | None, holds: Callable[[], bool] | None) -> Callable[[], bool] | None:
        """Whether ``holds()``, and the row still says what it says now."""
        if row is None:
            return holds
        controls, said = self._controls, self._controls.reported(row)
        return lambda: controls.reported(row) == said and (holds is None or holds())
