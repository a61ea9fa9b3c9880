"""Where lessons are: those that come with swarmviz, and those of a folder.

A lesson that is wrong is told and left out; the others are there all the same.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.lessons.lesson import Lesson, LessonError
from swarmviz.lessons.reader import MAX_BYTES, read

TEXTS = Path(__file__).parent / "texts"
MAX_LESSONS = 100  # of a folder


class Collection(NamedTuple):
    """Lessons by their names, and a sentence for each file that is none."""

    lessons: dict[str, Lesson]
    complaints: tuple[str, ...]


def read_file(path: Path) -> Lesson:
    """The lesson of a file, by the file's name without ``.md``.

    Raises
    ------
    LessonError
        When the file cannot be read, is too large, or something in it is wrong.
    """
    shown = str(path)
    if path.is_fifo():  # whose other end would be waited for
        raise LessonError(shown, 1, "cannot be read (is a pipe)")
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)  # a file that grows, or never ends, costs no more
    except OSError as error:
        raise LessonError(shown, 1, f"cannot be read ({error.strerror or error})") from None
    if len(content) > MAX_BYTES:
        raise LessonError(shown, 1, f"the file has more than the {MAX_BYTES:,} bytes that a lesson may have")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LessonError(shown, line, "is no text in UTF-8") from None
    return read(text, path.stem, shown)


def of_folder(folder: Path, taken: Iterable[str] = ()) -> Collection:
    """The lessons of a folder, ``*.md``, in the order of their dynamics and names.

    Parameters
    ----------
    folder : Path
    taken : iterable of str
        Names of lessons that are there already.

    Raises
    ------
    ValueError
        When there is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"lessons = {str(folder)!r}: there is no such folder")
    known, lessons, complaints = set(taken), {}, []
    paths = sorted(folder.glob("*.md"))
    if len(paths) > MAX_LESSONS:
        complaints.append(f"{folder}: of {len(paths)} lessons only the first {MAX_LESSONS} are read")
    for path in paths[:MAX_LESSONS]:
        try:
            lesson = read_file(path)
        except LessonError as error:
            complaints.append(f"{error}; this lesson is left out")
            continue
        if lesson.name in known:
            complaints.append(f"{path}: there is a lesson {lesson.name} already; this one is left out")
        else:
            lessons[lesson.name] = lesson
    families = list(DYNAMICS)
    ordered = sorted(lessons.values(), key=lambda lesson: (families.index(lesson.dynamics), lesson.name))
    return Collection({lesson.name: lesson for lesson in ordered}, tuple(complaints))


@functools.cache
def own() -> dict[str, Lesson]:
    """The lessons that come with swarmviz, read when they are first asked for."""
    return of_folder(TEXTS).lessons
