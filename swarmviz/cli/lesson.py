"""``swarmviz lesson``: what concerns lessons, of which each is a Markdown file."""

from __future__ import annotations

from pathlib import Path

import click

from swarmviz.cli.console import Commands
from swarmviz.cli.outcome import Refused, cli_errors
from swarmviz.lessons.collection import read_file
from swarmviz.lessons.lesson import Lesson, LessonError
from swarmviz.lessons.trial import run_through

FILES = click.Path(path_type=Path)


@click.group(cls=Commands)
def lesson() -> None:
    """Lessons: Markdown files with a swarm beside the text."""


@lesson.command()
@click.argument("files", nargs=-1, required=True, type=FILES, metavar="FILE…")
@cli_errors
def check(files: tuple[Path, ...]) -> None:
    """Read lessons and run them through.

    Says file, line and reason where something is wrong: a word that is not known, a condition that is not met within its bound, a number
    that is not what is measured.
    """
    wrong = 0
    for path in files:
        complaints = _complaints(path)
        wrong += bool(complaints)
        for complaint in complaints:
            click.echo(str(complaint), err=True)
    if wrong:
        raise Refused(f"{wrong} of {len(files)} lessons {'is' if wrong == 1 else 'are'} wrong")


def _complaints(path: Path) -> tuple[LessonError, ...]:
    """What is wrong with a lesson; what is right is printed."""
    try:
        read = read_file(path)
    except LessonError as error:
        return (error,)
    trial = run_through(read, str(path))
    if not trial.complaints:
        click.echo(
            f"{path}: {_summary(read)}" + "".join(f"; step {step} goes on at k = {k}" for step, k in trial.reached)
        )
    return trial.complaints


def _summary(read: Lesson) -> str:
    return f"{read.title}, {len(read.steps)} step{'s' * (len(read.steps) > 1)}"
