"""The blocks of a lesson that are read as they stand: ``predict``, ``until``, ``ask``, ``remember`` and ``show``.

Each function takes a section, and the swarms that are seen with it, and raises :class:`swarmviz.lessons.sections.Mistake` with the line
that is wrong.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from swarmviz.lessons.conditions import condition
from swarmviz.lessons.lesson import Ask, Choice, Predict, Remember, Until
from swarmviz.lessons.sections import Line, Section, mistake
from swarmviz.lessons.start import filled, settings
from swarmviz.replay import MIN_STEP_COST, RunSpec
from swarmviz.typed import WORDS

MAX_CHOICES = 6
MAX_CONDITIONS = 4
MAX_OPTIONS = 30
MAX_WORK = 500_000_000  # coordinates times steps, of all swarms of a step: some seconds
CHOICE = re.compile(r"-\s+\[(?P<mark>[ xX])\]\s+(?P<text>.*\S)\s*")
STATEMENT = "statement"


def require_work(runs: tuple[RunSpec, ...], steps: int, line: int) -> None:
    """Refuse steps that take long."""
    work = sum(max(run.coordinates, MIN_STEP_COST) for run in runs) * steps
    if work > MAX_WORK:
        mistake(line, f"{steps:,} steps take too long: N d times steps is {work:,}, and may be {MAX_WORK:,}")


def predict(section: Section, runs: Any) -> Predict:
    """A question above its choices; what is said to a choice is indented below it."""
    question: list[str] = []
    choices: list[tuple[Line, bool, list[str]]] = []
    for line in filled(section.lines):
        text = line.text
        if match := CHOICE.fullmatch(text):
            choices.append((Line(line.number, match["text"]), match["mark"] != " ", []))
        elif not choices:
            question.append(text.strip())
        elif text.startswith((" ", "\t")):
            choices[-1][2].append(text.strip())
        else:
            mistake(
                line.number,
                f"{text[:60]!r}: a choice is - [ ] or, if it is right, - [x] and a text; what is said to it is indented",
            )
    if not question:
        mistake(section.number, "predict: there is no question above the choices")
    if not 2 <= len(choices) <= MAX_CHOICES:
        mistake(section.number, f"predict: there are {len(choices)} choices, and must be 2 to {MAX_CHOICES}")
    for choice, _, reply in choices:
        if not reply:
            mistake(choice.number, "predict: nothing is said to whoever chooses this; write it below, indented")
    if sum(right for _, right, _ in choices) != 1:
        mistake(section.number, "predict: one choice must be marked as right, - [x], and one only")
    return Predict(
        " ".join(question), tuple(Choice(line.text, right, " ".join(reply)) for line, right, reply in choices)
    )


def until(section: Section, runs: tuple[RunSpec, ...]) -> Until:
    """Conditions, one a line, and the bound within which they are met."""
    known = [observable.name for observable in runs[0].now.dynamics.observables]
    conditions, within = [], None
    for line in filled(section.lines):
        if match := re.fullmatch(r"\s*within\s+([0-9]{1,9})(\s+steps)?\s*", line.text):
            if within is not None:
                mistake(line.number, "within is given twice")
            within = Line(line.number, match[1])
            continue
        try:
            conditions.append(condition(line.text, known))
        except ValueError as error:
            mistake(line.number, f"until: {error}")
    if not 1 <= len(conditions) <= MAX_CONDITIONS:
        mistake(section.number, f"until: there are {len(conditions)} conditions, and must be 1 to {MAX_CONDITIONS}")
    if within is None or int(within.text) < 1:
        mistake(section.number, "until: a line within N says after how many steps at the latest it is so")
    require_work(runs, int(within.text), within.number)
    return Until(tuple(conditions), int(within.text), section.number)


def ask(section: Section, runs: Any) -> Ask:
    """A question to think about."""
    lines = filled(section.lines)
    if not lines:
        mistake(section.number, "ask: there is no question")
    return Ask(" ".join(line.text.strip() for line in lines))


def remember(section: Section, runs: Any) -> Remember:
    """Two lines, and the statements that they are about; whether there are such claims, the reader checks."""
    lines: list[str] = []
    statements: list[str] = []
    for line in filled(section.lines):
        name, equals, value = (part.strip() for part in line.text.partition("="))
        if equals and name == STATEMENT:
            statements.append(value)
        else:
            lines.append(line.text.strip())
    if len(lines) != 2:
        mistake(section.number, f"remember: has {len(lines)} lines to remember, and must have two")
    if not statements:
        mistake(section.number, "remember: a line statement = … names the paper's statement that this is about")
    return Remember((lines[0], lines[1]), tuple(statements))


def views(section: Section) -> dict[str, Any]:
    """Options of views by name; which there are, the page knows."""
    lines = settings(section)
    if len(lines) > MAX_OPTIONS:
        mistake(section.number, f"show: has {len(lines)} options, more than the {MAX_OPTIONS} that it may have")
    return {name: _plain(line) for name, line in lines.items()}


def _plain(line: Line) -> Any:
    """A text, a number, a switch, or a list of these."""
    if line.text.lower() in WORDS:
        return WORDS[line.text.lower()]
    try:
        value = ast.literal_eval(line.text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return line.text
    flat = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, bool | int | float | str) for item in flat):
        mistake(line.number, f"{line.text[:60]!r}: must be a text, a number, a switch, or a list of these")
    return list(value) if isinstance(value, tuple) else value
