"""A lesson's file as pieces with their lines: front matter, headings, texts and fenced blocks. What they mean is for the reader to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, NoReturn

FENCE = "```"
HEADING = re.compile(r"##\s+(?P<title>.*\S)\s*")
ENTRY = re.compile(r"(?P<name>\w+):\s*(?P<value>.*?)\s*")


class Mistake(ValueError):
    """Something wrong in a line of a file; which file is known further out."""

    def __init__(self, line: int, reason: str):
        super().__init__(reason)
        self.line, self.reason = line, reason


class Line(NamedTuple):
    """A line of a file, with its number from 1."""

    number: int
    text: str


class Section(NamedTuple):
    """Consecutive lines of one kind: "" of text, or the word after the fence of a block, at whose line it begins."""

    kind: str
    number: int
    lines: tuple[Line, ...]


class Chapter(NamedTuple):
    """What stands under a heading."""

    title: str
    number: int
    sections: tuple[Section, ...]


def mistake(line: int, reason: str) -> NoReturn:
    """Raise a :class:`Mistake`."""
    raise Mistake(line, reason)


def divided(text: str) -> tuple[dict[str, Line], tuple[Chapter, ...]]:
    """Front matter (name → value with its line) and chapters of a text.

    Raises
    ------
    Mistake
        When the text has another form.
    """
    lines = [Line(i, line.rstrip("\r")) for i, line in enumerate(text.split("\n"), 1)]  # as an editor counts them
    if not lines or lines[0].text.strip() != "---":
        mistake(1, "a lesson begins with a line ---, then title, level, minutes and paper, then --- again")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.text.strip() == "---"), None)
    if end is None:
        mistake(1, "there is no second line --- that ends what was begun here")
    return _entries(lines[1:end]), tuple(_chapters(lines[end + 1 :]))


def _entries(lines: Iterable[Line]) -> dict[str, Line]:
    entries: dict[str, Line] = {}
    for line in lines:
        if not line.text.strip():
            continue
        match = ENTRY.fullmatch(line.text)
        if match is None or not match["value"]:
            mistake(line.number, f"{line.text[:60]!r}: must be name: value")
        if match["name"] in entries:
            mistake(line.number, f"{match['name']} is given twice")
        entries[match["name"]] = Line(line.number, match["value"])
    return entries


def _chapters(lines: list[Line]) -> Iterator[Chapter]:
    title: Line | None = None
    sections: list[Section] = []
    for section in _sections(lines):
        if section.kind != "#":
            if title is None:
                mistake(section.number, "stands before the first heading: ## Title begins a step")
            sections.append(section)
            continue
        if title is not None:
            yield Chapter(title.text, title.number, tuple(sections))
        title, sections = section.lines[0], []
    if title is None:
        mistake(lines[-1].number if lines else 1, "there is no step: ## Title begins one")
    yield Chapter(title.text, title.number, tuple(sections))


def _sections(lines: list[Line]) -> Iterator[Section]:
    """Texts, blocks, and headings as sections of kind "#" with one line."""
    text: list[Line] = []
    i = 0

    def written() -> Iterator[Section]:
        first = next((at for at, line in enumerate(text) if line.text.strip()), None)
        if first is not None:
            yield Section("", text[first].number, tuple(text[first:]))
        text.clear()

    while i < len(lines):
        line = lines[i]
        if line.text.startswith(FENCE):
            yield from written()
            end = next((j for j in range(i + 1, len(lines)) if lines[j].text.rstrip() == FENCE), None)
            if end is None:
                mistake(line.number, f"the block {line.text[:30].rstrip()!r} is not closed by a line {FENCE}")
            yield Section(line.text[len(FENCE) :].strip() or "without a name", line.number, tuple(lines[i + 1 : end]))
            i = end
        elif match := HEADING.fullmatch(line.text):
            yield from written()
            yield Section("#", line.number, (Line(line.number, match["title"]),))
        elif line.text.startswith("#") and not line.text.startswith("###"):
            mistake(
                line.number,
                f"{line.text[:60]!r}: a step begins with ## and a title; the lesson's own title stands at the top",
            )
        else:
            text.append(line)
        i += 1
    yield from written()
