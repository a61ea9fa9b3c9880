"""What can be taken out of the laboratory: pictures, films, data and the Python lines, made beside the visible swarm.

Each export lives the run again from its journal on a thread of its own, so neither the page nor the worker waits for it, and the visible
swarm is never touched. The file travels to the browser as one message and is kept nowhere.
"""

from __future__ import annotations

import base64
import contextlib
import math
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import panel as pn
import param

from components.assets import component
from components.playback.build_pool import POOL, Unwanted, Visit
from swarmviz import exports
from swarmviz.exports import Cancelled, Run

LARGEST = 100_000_000  # bytes of a file that is sent to a browser
USUAL = 300  # pictures of a film whose pace nobody chose
AT_A_TIME = threading.BoundedSemaphore(2)  # exports of all visitors together: the live swarms come first
PATIENCE = 0.2  # seconds between two words about the progress
PROMISED = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "html": "text/html",
    "csv": "text/csv",
    "nc": "application/x-netcdf",
    "py": "text/x-python",
}

# What is offered: group → rows of (label, buttons, view that has to fit the run); a button is (what, text, what a screen reader says).
LABELS = {"phase": "Phase space", "comparison": "A and B"}  # of views; others are called what they are


def _row(view: str) -> list:
    label = LABELS.get(view, view.capitalize())
    return [label, [[f"{view}.{kind}", kind.upper(), f"{label} as {kind.upper()}"] for kind in ("png", "svg")], view]


FILMS = [
    ["film.mp4", "MP4", "Film as MP4"],
    ["film.gif", "GIF", "Film as GIF"],
    ["replay.html", "HTML replay", "Replay as HTML"],
]
DATA = [
    ["curves.csv", "Curves CSV", "Curves as CSV"],
    ["states.csv", "Agents CSV", "Agents at this step as CSV"],
    ["run.nc", "NetCDF", "Curves and agents as NetCDF"],
]
OFFER: tuple[dict[str, Any], ...] = (
    {"name": "picture", "title": "Picture", "rows": [_row(view) for view in exports.VIEWS]},
    {"name": "film", "title": "Film", "rows": [["", FILMS, ""]]},
    {"name": "data", "title": "Data", "rows": [["", DATA, ""]]},
)
MADE = {what for group in OFFER for _, buttons, _ in group["rows"] for what, *_ in buttons} | {"lines.py"}
NAMED = {*exports.VIEWS, "states"} - {"arena"}  # whose files say what they are


class Order(NamedTuple):
    """What somebody asked for: a name in ``MADE``; for films, the fields as they were typed; for pictures, the options of the view."""

    what: str
    start: str = ""
    stop: str = ""
    every: str = ""
    look: Mapping[str, Any] = {}


def at_once(function: Callable[[], None]) -> None:
    """Without a document there is no thread of the page to wait for."""
    function()


class Exports(pn.custom.JSComponent):
    """The panel of exports.

    Parameters
    ----------
    run : function () → (journal, born, k, options) or None
        Called on the export's thread: a snapshot of the visible run, see :class:`swarmviz.exports.Run`; None when there is no run any more.
    on_page : function (function) → None
        Carries out a function on the page's thread.
    pair : function () → sequence of two such snapshots
        Of A and of B, while two swarms are compared; called on the export's thread.
    look : function () → mapping of str to mapping
        View → the options of :func:`swarmviz.exports.mpl.picture` with which the person looks at it; called on the page's thread.
    """

    offer = param.List(list(OFFER))
    views = param.List(list(exports.VIEWS), doc="The views whose pictures fit the visible run.")
    busy = param.String("", doc="What is being made; empty when nothing is.")
    share = param.Number(-1.0, doc="How much of it is done, in [0, 1]; negative when nobody knows.")
    message = param.Dict({}, doc="text and level (info, error).")
    lines = param.String("", doc="The Python lines, once somebody asked for them.")
    dark = param.Boolean(False, doc="Whether pictures and films have the dark theme.")

    _esm, _stylesheets = component("exports")

    def __init__(
        self,
        run: Callable[[], Any],
        on_page: Callable[[Callable[[], None]], Any] = at_once,
        pair: Callable[[], Any] = tuple,
        look: Callable[[], Any] = dict,
        **params: Any,
    ):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._run, self._on_page, self._pair, self._look = run, on_page, pair, look
        self.visit: Visit | None = None  # whose replays wait for their turn among those of all visitors
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._told = 0.0

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if data.get("act") == "cancel":
            self._stop.set()
        elif data.get("act") == "make" and str(data.get("what")) in MADE:
            fields = (str(data.get(name) or "").strip() for name in ("start", "stop", "every"))
            view = str(data["what"]).partition(".")[0]
            self.make(Order(str(data["what"]), *fields, (self._look() or {}).get(view, {})))
        elif data.get("act") == "show":
            self.make(Order("lines"))

    def make(self, order: Order) -> None:
        """Start to make an export; while another one is made, say so."""
        if self._thread is not None:
            self.message = {"text": "One export at a time: wait for it, or cancel it.", "level": "error"}
            return
        self._stop = stop = threading.Event()
        self.param.update(busy=order.what, share=-1.0, message={})
        self._thread = threading.Thread(target=self._work, args=(order, stop), name="swarmviz export", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody waits for the export any more."""
        self._stop.set()

    def _finish(
        self, text: str, level: str = "info", file: dict[str, Any] | None = None, lines: str | None = None
    ) -> None:
        self._thread = None
        if file is not None:
            self._send_msg({"file": file})
        if lines is not None:
            self.lines = lines
        self.param.update(busy="", share=-1.0, message={"text": text, "level": level} if text else {})

    # ---- the export's thread -------------------------------------------------------------------------------------------

    def _work(self, order: Order, stop: threading.Event) -> None:
        try:
            runs = self._snapshots(order)
            if not runs:
                return
            while not AT_A_TIME.acquire(timeout=PATIENCE):
                if stop.is_set():
                    raise Cancelled
            try:
                with self._turns(stop) as cancelled:
                    outcome = self._outcome(order, runs, cancelled)
            finally:
                AT_A_TIME.release()
        except (Cancelled, Unwanted):
            outcome = {"text": "Cancelled."}
        except (ValueError, ImportError) as error:
            outcome = {"text": f"{error}.".replace("..", "."), "level": "error"}
        except Exception as error:  # ours, not theirs: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            outcome = {"text": f"Something went wrong ({type(error).__name__}: {error}).", "level": "error"}
        self._on_page(lambda: self._finish(**outcome))

    @contextlib.contextmanager
    def _turns(self, stop: threading.Event) -> Iterator[Callable[[], bool]]:
        """Whether the export is cancelled; to be asked now and then, because others have their turn while one asks."""
        if self.visit is None:
            yield stop.is_set
            return
        with POOL.job(self.visit, lambda: not stop.is_set(), math.inf) as job:

            def cancelled() -> bool:
                try:
                    job.pause()
                except Unwanted:
                    return True
                return False

            yield cancelled

    def _snapshots(self, order: Order) -> list[Run]:
        """The run that is taken out, or A and B; none when there is no run any more."""
        given = self._pair() if order.what.partition(".")[0] == "comparison" else [self._run()]
        return [Run(*snapshot) for snapshot in given or () if snapshot is not None]

    def _outcome(self, order: Order, runs: list[Run], cancelled: Callable[[], bool]) -> dict[str, Any]:
        """What is told and sent to the browser."""
        run = runs[0]
        if order.what == "lines":
            return {"text": "", "lines": exports.python_lines(run)}
        content = self._content(order, runs, cancelled)
        data = content.encode() if isinstance(content, str) else content
        if len(data) > LARGEST:
            raise ValueError(
                f"The file has {len(data) / 1e6:,.0f} MB, more than {LARGEST / 1e6:,.0f} MB: take the Python lines instead"
            )
        view, _, kind = order.what.partition(".")
        more = f"-{view}" if view in NAMED else ""
        name = exports.file_name(run, f"{more}.{kind}")
        file = {"name": name, "type": PROMISED[kind], "data": base64.b64encode(data).decode()}
        return {"text": f"{name}, {_size(len(data))}", "file": file}

    def _content(self, order: Order, runs: list[Run], cancelled: Callable[[], bool]) -> str | bytes:
        (what, _, kind), run = order.what.partition("."), runs[0]
        if what == "lines":
            return exports.python_lines(run)
        if what in ("film", "replay"):
            stretch = stretch_of(order, run.k) | {"progress": self._progress, "cancelled": cancelled}
            return (
                exports.replay(run, **stretch)
                if what == "replay"
                else exports.film(run, kind, dark=self.dark, **stretch)
            )
        sim = run.again(cancelled)
        if what in exports.VIEWS and kind in ("png", "svg"):
            other = runs[1].again(cancelled) if len(runs) == 2 else None
            return exports.picture(sim, what, kind, other=other, dark=self.dark, **order.look)
        return exports.netcdf(sim) if kind == "nc" else exports.csv(sim, what)

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self._told > PATIENCE:
            self._told = time.monotonic()
            self._on_page(lambda: setattr(self, "share", done / total))


def stretch_of(order: Order, k: int) -> dict[str, Any]:
    """The fields of a film as numbers: an empty one is the start, the present step, or the pace that gives the usual number of pictures.

    Raises
    ------
    ValueError
        When a field holds something else; names it.
    """
    start, stop = _whole("from", order.start, 0), _whole("to", order.stop, k)
    if not start < stop <= k:
        raise ValueError(f"from = {start}, to = {stop}: must be 0 ≤ from < to ≤ {k}, the present step")
    return {
        "start": start,
        "stop": stop,
        "every": _whole("every", order.every, max(1, -(-(stop - start) // (USUAL - 1)))),
    }


def _whole(name: str, text: str, default: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ValueError(f"{name} = {text[:20]!r}: must be a whole number ≥ 0, or empty")
    return int(text)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
