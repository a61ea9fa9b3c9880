"""Reads a lesson: a Markdown file becomes a :class:`Lesson`, or one sentence with the line that is wrong.

What is between fences is data. ``set`` and ``compare`` say which swarms a step begins with, ``show`` how they are looked at; they are lines
``name = value`` in the words of the command line. ``predict``, ``until``, ``ask`` and ``remember`` stand in the text where they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from swarmviz.drawing.comparison import MAX_COMPARED
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.lessons import blocks, inline
from swarmviz.lessons.lesson import Lesson, LessonError, Part, Remember, Step, Text, statements_about
from swarmviz.lessons.sections import Chapter, Line, Mistake, Section, divided, mistake
from swarmviz.lessons.start import Start, beside, started
from swarmviz.replay import RunSpec

MAX_BYTES = 65_536  # of a file
MAX_STEPS = 30
MAX_PARTS = 20  # of one step
MAX_CHARS = 4_000  # of one text or block
MAX_TITLE_CHARS = 90
MAX_MINUTES = 240
LEVELS = ("beginner", "intermediate", "advanced")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_NAME_CHARS = 40
KINDS = ("set", "show", "compare", "predict", "until", "ask", "remember")


def read(text: str, name: str, file: str = "") -> Lesson:
    """The lesson that a text is.

    Parameters
    ----------
    text : str
        The content of the file.
    name : str
        What the lesson is called in links: small letters, digits and hyphens.
    file : str
        What its file is called in errors; ``name`` with ``.md`` when absent.

    Raises
    ------
    LessonError
        When something in it is wrong; says the file, the line and the reason.

    Examples
    --------
    >>> from swarmviz.lessons.reader import read
    >>> lesson = read('''---
    ... title: No noise
    ... level: beginner
    ... minutes: 5
    ... paper: 001
    ... ---
    ... ## Without noise
    ... ```set
    ... preset = cbo-no-noise
    ... ```
    ... ```until
    ... dispersion < 1
    ... within 200
    ... ```
    ... ```remember
    ... Without noise a swarm contracts.
    ... It never leaves the box in which it began.
    ... statement = 001 Thm 2.9
    ... ```
    ... ''', "no-noise")
    >>> str(lesson.steps[0].parts[0].conditions[0]), lesson.steps[0].runs[0].swarm.n
    ('dispersion < 1', 100)
    """
    try:
        if not NAME.fullmatch(name) or len(name) > MAX_NAME_CHARS:
            mistake(
                1,
                f"the name {name[:60]!r} must be small letters and digits with hyphens between, at most {MAX_NAME_CHARS}",
            )
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MAX_BYTES:
            mistake(1, f"the file has {size:,} bytes, more than the {MAX_BYTES:,} that a lesson may have")
        front, chapters = divided(text)
        if len(chapters) > MAX_STEPS:
            mistake(
                chapters[MAX_STEPS].number,
                f"there are {len(chapters)} steps, more than the {MAX_STEPS} that a lesson may have",
            )
        return Lesson(name, *_front(front), _steps(chapters))
    except Mistake as error:
        raise LessonError(file or f"{name}.md", error.line, error.reason) from None


# ---- the front matter ------------------------------------------------------------------------------------------------------


def _front(entries: dict[str, Line]) -> tuple[str, str, int, str]:
    wanted = ("title", "level", "minutes", "paper")
    for name, line in entries.items():
        if name not in wanted:
            mistake(line.number, f"{name} is not known{did_you_mean(name, wanted)}")
    for name in wanted:
        if name not in entries:
            mistake(1, f"{name} is missing at the top; there must be {', '.join(wanted)}")
    for name in ("title", "paper"):
        _require_short(entries[name], MAX_TITLE_CHARS)
    level, minutes = entries["level"], entries["minutes"]
    if level.text not in LEVELS:
        mistake(level.number, f"level = {level.text[:30]!r}: must be one of {', '.join(LEVELS)}")
    if not (re.fullmatch(r"[0-9]{1,3}", minutes.text) and 1 <= int(minutes.text) <= MAX_MINUTES):
        mistake(minutes.number, f"minutes = {minutes.text[:30]!r}: must be a whole number from 1 to {MAX_MINUTES}")
    return entries["title"].text, level.text, int(minutes.text), entries["paper"].text


def _require_short(line: Line, most: int) -> None:
    if len(line.text) > most:
        mistake(line.number, f"has {len(line.text):,} characters, more than the {most:,} that it may have")


# ---- the steps -------------------------------------------------------------------------------------------------------------


def _steps(chapters: tuple[Chapter, ...]) -> tuple[Step, ...]:
    steps: list[Step] = []
    starts: list[Start] = []  # the swarms that were begun last
    for chapter in chapters:
        step, starts = _step(chapter, starts)
        steps.append(step)
    _require_statements(chapters, steps)
    last = chapters[-1]
    for step in steps[:-1]:
        if step.first(Remember):
            mistake(step.line, "remember: belongs into the last step")
    if not steps[-1].first(Remember):
        mistake(
            last.number,
            "the last step has no block remember: two lines to remember, and statement = what they are about",
        )
    return tuple(steps)


def _require_statements(chapters: tuple[Chapter, ...], steps: list[Step]) -> None:
    """Refuse a statement that is none of the claims about the dynamics of the lesson."""
    known = statements_about(run for step in steps for run in step.runs)
    for chapter in chapters:
        for line in (line for section in chapter.sections if section.kind == "remember" for line in section.lines):
            name, _, value = (part.strip() for part in line.text.partition("="))
            if name == blocks.STATEMENT and value not in known:
                mistake(
                    line.number,
                    f"statement = {value[:60]!r} is no claim about this dynamics{did_you_mean(value[:60], sorted(known))}",
                )


def _step(chapter: Chapter, before: list[Start]) -> tuple[Step, list[Start]]:
    _require_short(Line(chapter.number, chapter.title), MAX_TITLE_CHARS)
    if len(chapter.sections) > MAX_PARTS:
        mistake(chapter.sections[MAX_PARTS].number, f"a step has at most {MAX_PARTS} texts and blocks")
    found: dict[str, list[Section]] = {kind: [] for kind in KINDS}
    for section in chapter.sections:
        if section.kind and section.kind not in KINDS:
            mistake(section.number, f"there is no block {section.kind[:30]!r}{did_you_mean(section.kind[:30], KINDS)}")
        _require_short(Line(section.number, "".join(line.text for line in section.lines)), MAX_CHARS)
        if section.kind:
            found[section.kind].append(section)
    for kind, sections in found.items():
        if kind not in ("ask", "compare") and len(sections) > 1:
            mistake(sections[1].number, f"a step has one block {kind} at most")
    starts = _starts(chapter, found, before)
    runs = tuple(start.run() for start in starts)
    begins = bool(found["set"] or found["compare"])
    views = blocks.views(found["show"][0]) if found["show"] else None
    parts = tuple(_parts(chapter, runs))
    if not parts:
        mistake(chapter.number, "there is nothing to read in this step")
    return Step(chapter.title, chapter.number, parts, runs if begins else (), starts[0].speed, views), starts


def _starts(chapter: Chapter, found: dict[str, list[Section]], before: list[Start]) -> list[Start]:
    """The swarms of a step: those of the step before where it begins none."""
    if not found["set"] and not found["compare"]:
        if not before:
            mistake(chapter.number, "the first step needs a block set, which says what is seen")
        return before
    first = started(found["set"][0], before[0] if before else None) if found["set"] else before[0] if before else None
    if first is None:
        mistake(found["compare"][0].number, "there is no swarm yet beside which this one could be")
    if len(found["compare"]) >= MAX_COMPARED:
        mistake(found["compare"][MAX_COMPARED - 1].number, f"at most {MAX_COMPARED} swarms are beside each other")
    return [first, *(beside(section, first) for section in found["compare"])]


def _parts(chapter: Chapter, runs: tuple[RunSpec, ...]) -> Iterator[Part]:
    kinds: dict[str, Callable[..., Part]] = {"predict": blocks.predict, "ask": blocks.ask, "remember": blocks.remember}
    waits = any(section.kind == "until" for section in chapter.sections)
    for section in chapter.sections:
        if not section.kind:
            yield _text(section.lines, runs, waits)
        elif section.kind == "until":
            yield blocks.until(section, runs)
        elif section.kind in kinds:
            for line in section.lines:
                if any(inline.is_braced(piece) for piece in inline.pieces(line.text)):
                    mistake(line.number, "sliders and numbers in braces belong into the text, not into a block")
            yield kinds[section.kind](section, runs)


def _text(lines: tuple[Line, ...], runs: tuple[RunSpec, ...], waits: bool) -> Text:
    for line in lines:
        for piece in filter(inline.is_braced, inline.pieces(line.text)):
            try:
                means = inline.meaning(piece, runs)
            except ValueError as error:
                mistake(line.number, str(error))
            if isinstance(means, inline.Measured | inline.Found):
                _require_affordable(means, runs, waits, line.number)
    return Text("\n".join(line.text for line in lines).rstrip(), lines[0].number)


def _require_affordable(means: Any, runs: tuple[RunSpec, ...], waits: bool, line: int) -> None:
    """Refuse a number that takes long to be measured, or that waits for what is not waited for."""
    if means.at == inline.UNTIL and not waits:
        mistake(line, "measured: at until, but this step has no block until")
    many = means.runs if isinstance(means, inline.Found) else 1
    blocks.require_work(runs[means.swarm : means.swarm + 1], max(0, means.at) * many, line)
