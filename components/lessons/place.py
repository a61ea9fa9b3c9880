"""Which step of which lesson an address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from components.server.own_lessons import lessons
from swarmviz.lessons.lesson import Lesson

KEYS = LESSON, STEP = "lesson", "step"  # of an address
MAX_SHOWN_CHARS = 40  # of a name that is none


class Place(NamedTuple):
    """A step of a lesson, the first is 0."""

    lesson: Lesson
    step: int

    @property
    def query(self) -> str:
        """As an address has it, where steps are counted from 1."""
        return f"{LESSON}={self.lesson.name}&{STEP}={self.step + 1}"


def asked(arguments: Mapping[str, list[bytes]]) -> tuple[Place | None, str]:
    """The place that an address names, and a sentence where it names none that there is.

    Parameters
    ----------
    arguments : mapping of str to list of bytes
        Of the address, as they were sent: anything.
    """
    name, step = (_first(arguments, key) for key in KEYS)
    if name is None:
        return None, ""
    lesson = lessons().get(name)
    if lesson is None:
        return None, f"There is no lesson {_shown(name)}; the list of them is under Lessons."
    if step is None:
        return Place(lesson, 0), ""
    count = len(lesson.steps)
    if not (step.isascii() and step.isdecimal() and len(step) < 4 and 1 <= int(step) <= count):
        return Place(
            lesson, 0
        ), f"step = {_shown(step)}: must be a whole number from 1 to {count}; the lesson is shown from its beginning."
    return Place(lesson, int(step) - 1), ""


def _first(arguments: Mapping[str, list[bytes]], key: str) -> str | None:
    values: Any = arguments.get(key)
    return values[0].decode("utf-8", "replace") if values else None


def _shown(text: str) -> str:
    cut = text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"
    return repr(cut)
