"""``swarmviz lesson``: what concerns lessons, of which each is a Markdown file."""

from __future__ import annotations

from pathlib import Path

import click
from tqdm.auto import tqdm

from swarmviz.cli.console import Commands
from swarmviz.cli.outcome import Refused, cli_errors
from swarmviz.cli.output import require_writable, write_file
from swarmviz.handout import handout
from swarmviz.lessons.collection import of_folder, own, read_file
from swarmviz.lessons.lesson import Lesson, LessonError
from swarmviz.lessons.trial import run_through
from swarmviz.typed import chosen

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


@lesson.command()
@click.argument("what", metavar="NAME|FILE")
@click.option("--out", type=FILES, required=True, help="The HTML file that is written.")
@click.option(
    "--lessons", "folder", type=FILES, help="A folder of lessons of your own, in which NAME is looked for, too."
)
@cli_errors
def export(what: str, out: Path, folder: Path | None) -> None:
    """Write a lesson as one HTML file that needs no server and no network.

    It has the lesson's text and its runs, computed in advance: beside every slider those at a few values, with how many runs with other
    seeds have found the minimum.
    """
    require_writable("--out", out)
    read = _named(what, folder)
    with tqdm(unit="scene", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        page = handout(read, progress=progress)
    write_file("--out", out, page.encode)


def _named(what: str, folder: Path | None) -> Lesson:
    """The lesson of a file, or one that comes with swarmviz or lies in a folder, by its name."""
    path = Path(what)
    if path.suffix == ".md":
        return read_file(path)
    known = dict(own())
    if folder is not None:
        more = of_folder(folder, known)
        for complaint in more.complaints:
            click.echo(complaint, err=True)
        known |= more.lessons
    return known[chosen("lesson", what, {name: name for name in known})]


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
