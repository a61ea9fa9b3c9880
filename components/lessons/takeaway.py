"""A lesson as a file to take away: one of the exports of a visit, which the lesson's card orders and shows."""

from __future__ import annotations

from typing import Any, Protocol

from components.page.export_job import ExportJob, ExportJobs, Outcome, of_file
from swarmviz.handout import handout
from swarmviz.lessons.lesson import Lesson

THREADS = 1  # of the runs that are counted: the live swarms come first


class Shown(Protocol):
    """What of it is shown (:class:`components.lessons.lessons.LessonCard`)."""

    taking: float  # how much is made, in [0, 1]; negative when nothing is
    told: str  # what became of it

    def send_file(self, file: dict[str, Any]) -> None:
        """Give the browser a file: name, type and data in base64."""


class TakeAway:
    """Makes the file of a lesson.

    Parameters
    ----------
    shown : Shown
        Touched on the page's thread only.
    jobs : ExportJobs
        Those of the visit.
    """

    def __init__(self, shown: Shown, jobs: ExportJobs):
        self._shown, self._jobs = shown, jobs
        self._job: ExportJob | None = None

    def make(self, lesson: Lesson) -> None:
        """Begin to make the file; while another export is made, say so."""
        try:
            self._jobs.require_free()
        except ValueError as error:
            self._shown.told = str(error)
            return
        self._shown.taking, self._shown.told = 0.0, ""
        self._job = self._jobs.begin("lesson.html", lambda job: made(lesson, job), self._finish, self._report)

    def cancel(self) -> None:
        """Make it no longer."""
        if self._job is not None:
            self._job.cancel()

    def _report(self, share: float) -> None:
        self._shown.taking = share

    def _finish(self, outcome: Outcome) -> None:
        self._job = None
        if outcome.file is not None:
            self._shown.send_file(outcome.file)
        self._shown.taking, self._shown.told = -1.0, outcome.text


def made(lesson: Lesson, job: ExportJob) -> Outcome:
    """The file, made on the thread of the export."""
    with job.turn() as cancelled:
        page = handout(lesson, progress=job.progress, cancelled=cancelled, threads=THREADS).encode()
    return of_file(f"{lesson.name}.html", "text/html", page)
