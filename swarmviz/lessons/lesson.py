"""What a lesson is, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from swarmviz.lessons.conditions import Condition
from swarmviz.replay import RunSpec
from swarmviz.theory.claim import claims_of


class LessonError(ValueError):
    """What is wrong with a lesson, with file and line.

    Attributes
    ----------
    file : str
        Its name, as it was given.
    line : int
        From 1.
    reason : str
        In words.
    """

    def __init__(self, file: str, line: int, reason: str):
        super().__init__(f"{file}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class Text(NamedTuple):
    """Markdown, with sliders and numbers in it (:mod:`swarmviz.lessons.inline`); ``line`` is its first one in the file."""

    text: str
    line: int


class Choice(NamedTuple):
    """One answer to a question: what it says, whether it is right, and what is said to whoever chose it."""

    text: str
    right: bool
    reply: str


class Predict(NamedTuple):
    """A question that is answered before the run goes on."""

    question: str
    choices: tuple[Choice, ...]


class Until(NamedTuple):
    """The run goes on until all conditions hold, which is so within ``within`` steps from where the step of the lesson begins."""

    conditions: tuple[Condition, ...]
    within: int
    line: int


class Ask(NamedTuple):
    """A question to think about; no answer is asked for."""

    question: str


class Remember(NamedTuple):
    """What to remember: two lines, and the statements of papers that they are about."""

    lines: tuple[str, str]
    statements: tuple[str, ...]


Part = Text | Predict | Until | Ask | Remember


class Step(NamedTuple):
    """One step of a lesson: one idea.

    Attributes
    ----------
    title : str
        Its heading.
    line : int
        Of the heading in the file.
    parts : tuple
        What is read, in this order: texts and blocks.
    runs : tuple of RunSpec
        The swarms with which it begins, at step 0, the second to fourth beside the first; empty where the run goes on as it stands.
    speed : float, optional
        Steps per second; None: as fast as it goes.
    views : mapping, optional
        Options of views by name; None: as they are.
    """

    title: str
    line: int
    parts: tuple[Part, ...]
    runs: tuple[RunSpec, ...]
    speed: float | None
    views: Mapping[str, Any] | None

    def first(self, kind: type) -> Any:
        """The first part of a kind; None where there is none."""
        return next((part for part in self.parts if isinstance(part, kind)), None)


def statements_about(runs: Iterable[RunSpec]) -> dict[str, str]:
    """What the papers say of the dynamics of some runs: source → statement."""
    return {claim.source: claim.statement for run in runs for claim in claims_of(type(run.now.dynamics))}


class Lesson(NamedTuple):
    """A lesson.

    Attributes
    ----------
    name : str
        That of its file, without ``.md``; it stands in links.
    title, level : str
        What the list of lessons says of it.
    minutes : int
        How long it takes.
    paper : str
        What it is about.
    steps : tuple of Step
    """

    name: str
    title: str
    level: str
    minutes: int
    paper: str
    steps: tuple[Step, ...]

    @property
    def dynamics(self) -> str:
        """The name of the dynamics with which it begins."""
        return type(self.steps[0].runs[0].now.dynamics).__name__
