"""The panel of exports: pictures, films, data and the Python lines, made beside the visible swarm.

Each export replays the run on a thread of its own, so neither the page nor the worker waits for it, and the visible swarm is never
touched. The file travels to the browser as one message and is kept nowhere.
"""

from __future__ import annotations

import base64
import contextlib
import math
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import panel as pn
import param

from components.assets import component
from components.page.export_table import EXPORTS, LINES, Mapped, Order, Task, offered, python_lines
from components.playback.build_pool import POOL, Unwanted, Visit
from components.under_way import UNDER_WAY, Work
from swarmviz import Frame, exports
from swarmviz.exports import Cancelled
from swarmviz.replay import RunSpec

MAX_FILE_BYTES = 100_000_000  # of a file that is sent to a browser
AT_A_TIME = threading.BoundedSemaphore(2)  # exports of all visitors together: the live swarms come first
PROGRESS_EVERY_S = 0.2
MAX_SHOWN_CHARS = 300_000  # of Python lines that are shown in the panel
INSTEAD = "NetCDF and the Python lines below hold it."


class NoMap:
    """Of a page without maps."""

    def table(self) -> Any:
        raise ValueError("There is no map")

    lines = table


def call_at_once(function: Callable[[], None]) -> None:
    """Without a document there is no thread of the page to wait for."""
    function()


@contextlib.contextmanager
def export_turn(visit: Visit | None, stop: threading.Event) -> Iterator[Callable[[], bool]]:
    """Wait until an export may begin; yields a function that says whether it is cancelled, and lets other visitors have their turn when
    it is called.

    Raises
    ------
    Cancelled, Unwanted
        When it was cancelled, or its visitor left, while it waited.
    """
    while not AT_A_TIME.acquire(timeout=PROGRESS_EVERY_S):
        if stop.is_set():
            raise Cancelled
    try:
        if visit is None:
            yield stop.is_set
            return
        with POOL.job(visit, lambda: not stop.is_set(), math.inf) as job:

            def cancelled() -> bool:
                try:
                    job.pause()
                except Unwanted:
                    return True
                return False

            yield cancelled
    finally:
        AT_A_TIME.release()


class Exports(pn.custom.JSComponent):
    """The panel of exports.

    Parameters
    ----------
    run : function () → RunSpec or None
        Called on the export's thread: a snapshot of the visible run; None when there is no run any more.
    on_page : function (function) → None
        Carries out a function on the page's thread.
    pair : function () → sequence of such snapshots
        Of A, B and so on, while swarms are compared; called on the export's thread.
    look : function () → mapping of str to mapping
        Picture → the options of :func:`swarmviz.exports.picture` with which its view is seen; called on the page's thread.
    visit : Visit, optional
        Takes turns with the replays of all visitors.
    maps : Mapped, optional
        The map of the visit; what is asked of it is asked on the export's thread.
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
        on_page: Callable[[Callable[[], None]], Any] = call_at_once,
        pair: Callable[[], Any] = tuple,
        look: Callable[[], Any] = dict,
        visit: Visit | None = None,
        maps: Mapped | None = None,
        **params: Any,
    ):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._run, self._on_page, self._pair, self._look = run, on_page, pair, look
        self._visit, self._maps = visit, maps
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._under_way: Work | None = None
        self._progress_at = 0.0

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if data.get("act") == "cancel":
            self._stop.set()
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
        if self._thread is not None:
            self.message = {"text": "One export at a time: wait for it, or cancel it.", "level": "error"}
            return
        if UNDER_WAY.ending:
            self.message = {"text": "The server is about to end: it begins no export.", "level": "error"}
            return
        self._stop = stop = threading.Event()
        self._under_way = UNDER_WAY.begin("export", order.what)
        self.param.update(busy=order.what, share=-1.0, message={})
        self._thread = threading.Thread(target=self._work, args=(order, stop), name="swarmviz export", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Cancel the export, because the visitor has left."""
        self._stop.set()
        self._done()

    def _done(self) -> None:
        if self._under_way is not None:
            self._under_way.end()
            self._under_way = None

    def _finish(
        self, text: str, level: str = "info", file: dict[str, Any] | None = None, lines: str | None = None
    ) -> None:
        self._thread = None
        if file is not None:
            self._send_msg({"file": file})
        if lines is not None:
            self.lines = lines
        self.param.update(busy="", share=-1.0, message={"text": text, "level": level} if text else {})
        self._done()

    # ---- the export's thread -------------------------------------------------------------------------------------------

    def _work(self, order: Order, stop: threading.Event) -> None:
        try:
            runs = self._snapshots(order)
            if not runs:
                return
            with export_turn(self._visit, stop) as cancelled:
                outcome = self._outcome(order, runs, cancelled)
        except (Cancelled, Unwanted):
            outcome = {"text": "Cancelled."}
        except (ValueError, ImportError) as error:
            outcome = {"text": f"{error}.".replace("..", "."), "level": "error"}
        except Exception as error:  # a defect: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            outcome = {"text": f"Something went wrong ({type(error).__name__}: {error}).", "level": "error"}
        self._on_page(lambda: self._finish(**outcome))

    def _snapshots(self, order: Order) -> list[RunSpec]:
        """The run that is taken out, or all that are compared; none when there is no run any more."""
        both = order.what in EXPORTS and EXPORTS[order.what].both
        given = self._pair() if both else [self._run()]
        return [run for run in given or () if run is not None]

    def _outcome(self, order: Order, runs: list[RunSpec], cancelled: Callable[[], bool]) -> dict[str, Any]:
        """What is shown, and sent to the browser."""
        task = Task(order, runs, self.dark, self._progress, cancelled, self._maps or NoMap())
        if order.what == LINES:
            lines = python_lines(task)
            if len(lines) > MAX_SHOWN_CHARS:
                raise ValueError(f"The lines have {_size(len(lines))}, with a table in them: take them as a file (.py)")
            return {"text": "", "lines": lines}
        export = EXPORTS[order.what]
        content = export.make(task)
        data = content.encode() if isinstance(content, str) else content
        if len(data) > MAX_FILE_BYTES:
            raise ValueError(
                f"The file has {len(data) / 1e6:,.0f} MB, more than {MAX_FILE_BYTES / 1e6:,.0f} MB: take the Python lines instead"
            )
        name = exports.file_name(runs[0], f"{export.suffix}.{order.what.partition('.')[2]}")
        file = {"name": name, "type": export.mime, "data": base64.b64encode(data).decode()}
        return {"text": f"{name}, {_size(len(data))}", "file": file}

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self._progress_at > PROGRESS_EVERY_S:
            self._progress_at = time.monotonic()
            self._on_page(lambda: setattr(self, "share", done / total))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
