"""The panel of exports: pictures, films, data and the Python lines, made beside the visible swarm.

Each export replays the run on a thread of its own, so neither the page nor the worker waits for it, and the visible swarm is never
touched. The file travels to the browser as one message and is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import panel as pn
import param

from components.assets import component
from components.page.export_job import ExportJob, ExportJobs, Outcome, of_file, size_words
from components.page.export_table import EXPORTS, LINES, Mapped, Order, Task, offered, python_lines
from swarmviz import Frame, exports
from swarmviz.replay import RunSpec

MAX_FILE_BYTES = 100_000_000  # of a file that is sent to a browser
MAX_SHOWN_CHARS = 300_000  # of Python lines that are shown in the panel
INSTEAD = "NetCDF and the Python lines below hold it."


class NoMap:
    """Of a page without maps."""

    def table(self) -> Any:
        raise ValueError("There is no map")

    lines = table


class Exports(pn.custom.JSComponent):
    """The panel of exports.

    Parameters
    ----------
    run : function () → RunSpec or None
        Called on the export's thread: a snapshot of the visible run; None when there is no run any more.
    jobs : ExportJobs, optional
        Those of the visit.
    pair : function () → sequence of such snapshots
        Of A, B and so on, while swarms are compared; called on the export's thread.
    look : function () → mapping of str to mapping
        Picture → the options of :func:`swarmviz.exports.picture` with which its view is seen; called on the page's thread.
    maps : Mapped, optional
        The map of the visit; what is asked of it is asked on the export's thread.
    named : function () → str
        Which of the runs that are compared the visible one is, A, B and so on, for the names of files; empty where there is one.
        Called on the export's thread.
    lock : context manager, optional
        Held while the run is taken and named, so that both are of the same moment.
    """

    offer = param.List(offered())
    views = param.List(list(exports.VIEWS), doc="The views whose pictures fit the visible run.")
    lost = param.String("", doc="What no link to the visible run can hold, and what does; empty when a link holds all.")
    busy = param.String("", doc="What is being made; empty when nothing is.")
    share = param.Number(-1.0, doc="How much of it is done, in [0, 1]; negative when that is not known.")
    message = param.Dict({}, doc="text and level (info, error).")
    lines = param.String("", doc="The Python lines, once they were asked for.")
    dark = param.Boolean(False, doc="Whether pictures and films have the dark theme.")

    _esm, _stylesheets = component("exports")

    def __init__(
        self,
        run: Callable[[], Any],
        jobs: ExportJobs | None = None,
        pair: Callable[[], Any] = tuple,
        look: Callable[[], Any] = dict,
        maps: Mapped | None = None,
        named: Callable[[], str] = str,
        lock: AbstractContextManager[Any] | None = None,
        **params: Any,
    ):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._run, self._pair, self._look, self._maps, self._named = run, pair, look, maps, named
        self._lock = lock or nullcontext()
        self._jobs = jobs or ExportJobs()
        self._job: ExportJob | None = None

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if data.get("act") == "cancel":
            self.cancel()
        elif data.get("act") == "make" and str(data.get("what")) in EXPORTS:
            fields = (str(data.get(name) or "").strip() for name in ("start", "stop", "every"))
            what = str(data["what"])
            self.make(Order(what, *fields, EXPORTS[what].look(self._look() or {})))
        elif data.get("act") == "show":
            self.make(Order(LINES))

    def show_fitting(self, frame: Frame, comparing: bool, mapped: bool = False, unlinkable: str = "") -> None:
        """Offer the pictures that fit such a frame; ``comparing``: whether there are several runs, ``mapped``: whether there is a map.

        ``unlinkable``: why no link holds the run, in words that continue "because".
        """
        self.views = exports.views_of(frame, comparing, mapped)
        self.lost = f"No link opens this run, because {unlinkable}. {INSTEAD}" if unlinkable else ""

    def make(self, order: Order) -> None:
        """Start to make an export; while another one is made, say so."""
        try:
            self._jobs.require_free()
        except ValueError as error:
            self.message = {"text": str(error), "level": "error"}
            return
        self.param.update(busy=order.what, share=-1.0, message={})
        self._job = self._jobs.begin(order.what, lambda job: self._made(order, job), self._finish, self._report)

    def cancel(self) -> None:
        """Make it no longer."""
        if self._job is not None:
            self._job.cancel()

    def _report(self, share: float) -> None:
        self.share = share

    def _finish(self, outcome: Outcome) -> None:
        self._job = None
        if outcome.file is not None:
            self._send_msg({"file": outcome.file})
        if outcome.lines is not None:
            self.lines = outcome.lines
        message = {"text": outcome.text, "level": outcome.level} if outcome.text else {}
        self.param.update(busy="", share=-1.0, message=message)

    # ---- the export's thread -------------------------------------------------------------------------------------------

    def _made(self, order: Order, job: ExportJob) -> Outcome:
        """What was ordered; the run is that of the moment, however long it has to wait for its turn."""
        with self._lock:
            runs, name = self._snapshots(order), self._named()
        if not runs:
            return Outcome()
        with job.turn() as cancelled:
            return self._outcome(Task(order, runs, self.dark, job.progress, cancelled, self._maps or NoMap()), name)

    def _snapshots(self, order: Order) -> list[RunSpec]:
        """The run that is taken out, or all that are compared; none when there is no run any more."""
        both = order.what in EXPORTS and EXPORTS[order.what].both
        given = self._pair() if both else [self._run()]
        return [run for run in given or () if run is not None]

    def _outcome(self, task: Task, name: str) -> Outcome:
        """What is shown, and sent to the browser."""
        what = task.order.what
        if what == LINES:
            lines = python_lines(task)
            if len(lines) > MAX_SHOWN_CHARS:
                raise ValueError(
                    f"The lines have {size_words(len(lines))}, with a table in them: take them as a file (.py)"
                )
            return Outcome(lines=lines)
        export = EXPORTS[what]
        content = export.make(task)
        data = content.encode() if isinstance(content, str) else content
        if len(data) > MAX_FILE_BYTES:
            raise ValueError(
                f"The file has {len(data) / 1e6:,.0f} MB, more than {MAX_FILE_BYTES / 1e6:,.0f} MB: take the Python lines instead"
            )
        of_run = export.fits != "map"
        which = f"-{name}" if name and of_run and not export.both else ""
        suffix = f"{which}{export.suffix}.{what.partition('.')[2]}"
        return of_file(exports.file_name(task.runs[0], suffix, of_run=of_run), export.mime, data)
