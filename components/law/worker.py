"""The thread of the law of infinitely many agents: it computes the law of the visible run while a view draws it.

It works in pieces of a few milliseconds, mostly in kernels that run without the interpreter's lock, and rests in between: the longer, the
later the visible swarm's pictures come. It holds the lock of the visible run only to look at it, never while it computes. There is no
thread unless a law is drawn, and it sleeps once it has come to the step of the last picture. Its results are values that never change.
"""

from __future__ import annotations

import math
import sys
import time
import traceback
from collections.abc import Callable

from components.background import MAX_REST_S, ONE_CORE, BackgroundThread
from swarmviz import Simulation
from swarmviz.drawing.law import NO_DISTANCES, Distances, DrawnLaw, PlaneLaw
from swarmviz.drawing.law_beside import PARTS, Beside, Ends, LawBesideRun
from swarmviz.replay import RunSpec

PIECE_S = 0.008  # of work at a time; a single step may take longer
LEAST_SHARE = 0.2  # of one core
LOOK_EVERY_S = 0.05  # at the visible run, at most
PUBLISH_EVERY_S = 0.1  # at most, while there is more to compute
WORK_PER_DRAWING = (
    4.0  # seconds of work on the law for a second of drawing it, at least: a plane of masses takes some 50 ms
)


class LawWorker(BackgroundThread):
    """The law of a visible run on a thread of its own.

    Parameters
    ----------
    look : function () → RunSpec or None
        The visible run as it stands (``RunSpec.of(sim)`` under the lock that guards it); None when there is none any more.
    lateness : function () → float or None
        Seconds by which the visible swarm's pictures come late, None once its visit is gone; above
        ``background.LATE_S`` the law holds back.
    notify : function ()
        Called on the thread of the law when there is something new to draw.
    hidden : function () → bool
        Whether nobody sees the page: the law rests then, however far behind it is.
    fair_share : function () → float or None
        How many cores the visit may take at most, as in :class:`~components.background.BackgroundThread`.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(d=1))
    >>> worker = LawWorker(lambda: RunSpec.of(sim), lambda: 0.0, print)
    >>> worker.law(sim) is None
    True
    """

    def __init__(
        self,
        look: Callable[[], RunSpec | None],
        lateness: Callable[[], float | None],
        notify: Callable[[], None],
        hidden: Callable[[], bool] = lambda: False,
        fair_share: Callable[[], float | None] = lambda: math.inf,
    ):
        super().__init__(
            look, lateness, notify,
            name="law", least_share=LEAST_SHARE, look_every_s=LOOK_EVERY_S, fair_share=fair_share,
        )  # fmt: skip
        self._hidden = hidden
        self._drawn: frozenset[str] = frozenset()
        self._views: dict[str, tuple[Ends, Ends]] = {}  # of the planes that are seen
        self._failed, self._published_at = False, 0.0
        self._worked_s, self._drawing_s = 0.0, 0.0  # since the law was drawn, and what that took
        self._beside: Beside | None = None

    # ---- any thread ----------------------------------------------------------------------------------------------------

    @property
    def drawn(self) -> frozenset[str]:
        """The parts of the law that views draw now; none ends the thread and forgets the law."""
        return self._drawn

    @drawn.setter
    def drawn(self, parts: frozenset[str]) -> None:
        if not parts <= PARTS:
            raise ValueError(f"drawn = {sorted(parts)!r}: must be among {', '.join(sorted(PARTS))}")
        with self._wake:
            if self._dead or parts == self._drawn:
                return
            self._drawn, self._noticed, self._next_look = parts, True, 0.0
            if not parts:
                self._beside = None  # before the thread has noticed, so that nothing of it is drawn any more
            else:
                self._started()
            self._wake.notify_all()

    def notice(self, parts: frozenset[str]) -> None:
        """The visible run has moved or changed, and views draw these ``parts``; cheap, to be called with every picture."""
        if not parts:
            self._failed = False
        if (parts and not self._failed) or self._drawn:
            self.drawn = parts
            self._stir()

    def close(self) -> None:
        super().close()
        self._hidden = lambda: False

    def law(self, sim: Simulation) -> DrawnLaw | None:
        """The law of ``sim`` at the step that it has reached; None while there is nothing to say of this run."""
        beside = self._beside
        return beside.law if beside is not None and _agrees(beside, sim) >= beside.law.k else None

    def plane(self, sim: Simulation, part: str, x_ends: Ends, y_ends: Ends) -> PlaneLaw | None:
        """The law of ``sim`` in one of the ``PLANES``; it will be that of these ends as soon as it is computed."""
        self._views, beside = {**self._views, part: (x_ends, y_ends)}, self._beside
        plane = None if beside is None else beside.planes.get(part)
        return plane if plane is not None and beside is not None and _agrees(beside, sim) >= plane.k else None

    def distances(self, sim: Simulation) -> Distances:
        """W₁ of ``sim`` to its law, as far as it is known."""
        beside = self._beside
        if beside is None:
            return NO_DISTANCES
        k, *values = beside.distances
        size = int((k <= min(_agrees(beside, sim), sim.furthest)).sum())
        return Distances(k[:size], *(part[:size] for part in values))

    # ---- the thread of the law -----------------------------------------------------------------------------------------

    def _work(self) -> None:
        law, busy = LawBesideRun(), False
        try:
            while parts := self._wait(busy):
                if self._news(busy):
                    run = self._look()
                    if run is None:
                        self._end()
                        return
                    law.follow(run)
                began = time.thread_time()  # what others take from us on a busy machine is no work of ours
                with ONE_CORE:
                    busy = law.work(parts, PIECE_S)
                self._worked_s += time.thread_time() - began
                self._publish(law, parts, busy)
                self._rest(time.thread_time() - began)
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)
            self._fail(f"The law ended: something went wrong ({type(error).__name__}: {error}).", law)

    def _wait(self, busy: bool) -> frozenset[str]:
        """Sleep until there is something to do; the parts that are drawn, none at the end."""
        with self._wake:
            while self._drawn and (self._hidden() or not (busy or self._noticed)):
                self._wake.wait(MAX_REST_S if busy or self._noticed else None)
            if not self._drawn:
                self._thread = None
            return self._drawn

    def _publish(self, law: LawBesideRun, parts: frozenset[str], busy: bool) -> None:
        """Hand out what is new: when everything is done, and now and then before."""
        now = time.monotonic()
        early = now - self._published_at < PUBLISH_EVERY_S or self._worked_s < WORK_PER_DRAWING * self._drawing_s
        if busy and early:
            return
        began = time.thread_time()
        beside, before = law.beside(parts, self._views), self._beside
        self._worked_s, self._drawing_s = 0.0, time.thread_time() - began
        with self._wake:
            if not self._drawn:
                return
            self._beside, self._published_at = beside, now
        if before is None or _looks(beside) != _looks(before) or before.run.agrees_until(beside.run) < before.law.k:
            self._notify()

    def _asked(self):
        return self._drawn

    def _forget(self):
        self._drawn, self._beside = frozenset(), None

    def _fail(self, trouble: str, law: LawBesideRun) -> None:
        """It ends, and says why until no view draws it any more; the visible run goes on."""
        self._end()
        self._failed, self._beside = True, law.failed(trouble)
        self._notify()


def _agrees(beside: Beside, sim: Simulation) -> float:
    """The step up to which the law's run and ``sim`` are the same; −1 for another run."""
    return beside.run.agrees_until(RunSpec.of(sim))


def _looks(beside: Beside) -> tuple:
    """What tells two values apart that would be drawn differently."""
    law, (k, *_) = beside.law, beside.distances
    seen = {part: (plane.k, plane.x_ends, plane.y_ends) for part, plane in beside.planes.items()}
    return law.k, law.refusal, law.n, seen, len(k), int(k[-1]) if len(k) else -1
