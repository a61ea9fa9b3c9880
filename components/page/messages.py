"""What is said to the visitor: in the bar, and beside the row of the form that an error is about."""

from __future__ import annotations

import sys
import traceback

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

    def say(self, text: str) -> None:
        """A message, unless it is empty."""
        if text:
            self._bar.say(text)

    def warn(self, text: str) -> None:
        """A warning."""
        self._bar.say(text, "warning")

    def take_back(self, text: str) -> None:
        """The cause of a message is gone: it goes, too."""
        self._bar.take_back(text)

    def refused(self, error: Exception) -> None:
        """A run could not be built."""
        self.report(error, "The run goes on as it was: ")

    def report(self, error: Exception, before: str = "") -> None:
        """What went wrong, after the words ``before``; a defect of the program is written to the server's log, too."""
        text = str(error)
        if isinstance(error, ValueError):
            row = self._controls.owner_of(text)
            if row is not None:
                self._controls.report(row, text)
        elif not isinstance(error, Diverged):
            traceback.print_exception(error, file=sys.stderr)
            text = f"something went wrong ({type(error).__name__}: {error})"
        self._bar.say(sentence(before + text), "error", reset=True)
