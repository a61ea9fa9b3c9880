"""Plays the simulation on a worker thread and brings each picture to the browser.

    worker thread    advance(steps) → picture → gate (the newest wins) → wakes the page's thread
    page's thread    gate → one ``pn.io.hold`` with all sources and the frame number
    browser          paints, then acknowledges the frame number

``pacer.py`` decides how many steps are taken and when, ``frame_gate.py`` which picture goes out and when; here are the thread, the commands
and the two clocks. A slow browser is never flooded: while a picture waits at the gate no step is taken. The worker touches no Bokeh or
Panel object; everything that changes the simulation is a command carried out on the worker.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from components.playback.acknowledgement import connected_models
from components.playback.frame_gate import FrameGate, Moment, Picture
from components.playback.pacer import (
    FASTEST,
    LIGHT_S,
    MAX_DRAW_EVERY,
    PICTURE_PERIOD_S,
    Pacer,
    PictureRequest,
)
from components.playback.page_thread import PageThread
from components.tally import PICTURES
from swarmviz.threads import MOST, THREADS

__all__ = ["FASTEST", "MAX_DRAW_EVERY", "Moment", "PictureRequest", "Transport"]

YIELD_S = 0.001  # between two pieces: else the lock of the swarm is taken again before another thread that waits for it wakes up
JOIN_S = 5.0  # for which the end of the worker is waited for

Command = Callable[[], None]


class Job(NamedTuple):
    """What the worker does next: commands, or else steps."""

    commands: list[Command]
    steps: int
    news: frozenset[str] = frozenset()  # who in the background has something new, where there is neither


def backlog_of(transport: Transport) -> Callable[[], int]:
    """How many commands wait for the worker; keeps no transport alive."""
    reference = weakref.ref(transport)
    return lambda: len(alive._commands) if (alive := reference()) is not None else 0


class Transport:
    """Plays a simulation that it knows only through four functions.

    Parameters
    ----------
    advance : function (steps) → None
        Worker thread: take so many steps.
    picture : function (PictureRequest) → (Moment, payloads)
        Worker thread: what to paint; ``payloads`` is a dict; one that a newer picture has not is kept until it is painted.
    paint : function (payloads) → None
        Page's thread: write it to the sources, inside one ``hold``.
    failed : function (exception) → None
        Page's thread: a command or an advance failed. Playing has stopped.
    gate : FrameGate, optional
        Another one for tests.
    fair_share : function (transport) → float
        How many cores all that is done for this visit may take now.
    threads : function (transport) → int
        How many threads a large swarm may take now.

    Attributes
    ----------
    clock, painted, anchor
        The models of ``acknowledgement.py``.
    """

    def __init__(
        self,
        advance: Callable[[int], None],
        picture: Callable[[PictureRequest], tuple[Moment, dict]],
        paint: Callable[[dict], None],
        failed: Callable[[Exception], None],
        gate: FrameGate | None = None,
        fair_share: Callable[[Transport], float] = lambda transport: math.inf,
        threads: Callable[[Transport], int] = lambda transport: MOST,
    ):
        self._advance, self._picture, self._paint, self._failed = advance, picture, paint, failed
        self._fair_share, self._threads = fair_share, threads
        self._pacer, self._gate, self._page = Pacer(), gate or FrameGate(), PageThread()
        self.clock, self.painted, self.anchor = connected_models()
        self.painted.on_change("frame", lambda attr, old, new: self._acknowledge(new))
        self._wake = threading.Condition()  # guards all that follows, the pacer and the gate
        self._commands: deque[Command] = deque()
        self._thread: threading.Thread | None = None
        self._dead = self._playing = self._hidden = self._alone = False
        self._news: set[str] = set()

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the swarm is moving; acts within one batch."""
        return self._playing

    @playing.setter
    def playing(self, on: bool) -> None:
        with self._restarting():
            self._playing = bool(on)

    @property
    def hidden(self) -> bool:
        """Whether the page is in a tab that is not shown: no step is taken then."""
        return self._hidden

    @hidden.setter
    def hidden(self, on: bool) -> None:
        with self._restarting():
            self._hidden = bool(on)

    @property
    def alone(self) -> bool:
        """Whether the browser's connection is broken: the swarm stands until it is back, and then everything is shown anew."""
        return self._alone

    @alone.setter
    def alone(self, on: bool) -> None:
        with self._restarting():
            self._alone = bool(on)
            self._gate.expect_nothing()
        if not on:
            self.redraw()

    @property
    def speed(self) -> float | None:
        """Steps per second, ``FASTEST`` for as fast as it goes."""
        return self._pacer.speed

    @speed.setter
    def speed(self, steps_per_second: float | None) -> None:
        with self._wake:
            self._pacer.set_speed(steps_per_second, time.monotonic())
            self._wake.notify()

    @property
    def draw_every(self) -> int:
        """Pictures are made of the steps that are multiples of it."""
        return self._pacer.draw_every

    @draw_every.setter
    def draw_every(self, steps: int) -> None:
        with self._wake:
            self._pacer.draw_every = int(steps)
            self._wake.notify()

    @property
    def stages(self) -> float | None:
        """Stages per second in which steps are shown one by one; ``advance`` is then called for each stage. None: they are not."""
        return self._pacer.stages

    @stages.setter
    def stages(self, stages_per_second: float | None) -> None:
        with self._wake:
            self._pacer.set_stages(stages_per_second, time.monotonic())
            self._wake.notify()

    @property
    def lateness(self) -> float:
        """Seconds by which pictures come late: their mean of late, or that of the one which is due now; 0 while nothing moves."""
        return self._pacer.lateness(time.monotonic()) if self.moving else 0.0

    @property
    def fair_share(self) -> float:
        """How many cores all that is done for this visit may take; see :meth:`components.playback.build_pool.Pool.fair_share`."""
        return self._fair_share(self)

    @property
    def unseen(self) -> bool:
        """Whether nobody can see a picture: the tab is hidden, or the connection is broken."""
        return self.hidden or self.alone

    @property
    def moving(self) -> bool:
        """Whether pictures are to come: it plays, and there is a page that shows it."""
        return self._playing and not self.unseen

    @property
    def connected(self) -> bool:
        """Whether a browser is connected."""
        return self._page.connected

    @property
    def started(self) -> bool:
        """Whether the page is there."""
        return self._thread is not None

    def start(self, doc: Any) -> None:
        """Start the worker for a document, or without one (tests); a second call does nothing."""
        if self._thread is None and not self._dead:
            self._page.open(doc, backlog_of(self))
            self._thread = threading.Thread(target=self._work, name="swarmviz transport", daemon=True)
            self._thread.start()

    def paint_before_start(self) -> None:
        """Paint where the swarm stands, on this thread: the document that the browser is given holds a picture, and it waits for none."""
        moment, payloads = self._picture(self._pacer.whole_picture())
        self._pacer.k = moment.k
        self._paint(payloads)
        self.clock.update(**moment._asdict())  # without a number: no browser could acknowledge it

    def stop(self) -> None:
        """End the worker for good and let go of the document."""
        with self._wake:
            self._dead, self._playing = True, False
            self._page.close()
            self._wake.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(JOIN_S)
        self._page.release()
        self._gate.clear()
        self._commands.clear()
        self._advance = self._picture = self._paint = self._failed = None  # type: ignore[assignment]  # keeps no session alive

    def do(self, command: Command) -> None:
        """Carry out ``command`` on the worker before the next step, then show the swarm."""
        with self._wake:
            self._commands.append(command)
            self._wake.notify()

    def redraw(self) -> None:
        """Let the worker prepare every view anew."""
        self.do(lambda: None)

    def tell_news(self, of: str) -> None:
        """What one in the background computes is new: the views that show it are prepared anew, with the next picture of one that moves."""
        with self._wake:
            if not self.moving:
                self._news.add(of)
                self._wake.notify()

    def hurry(self) -> None:
        """Something was edited: let the next step come now, where it is drawn anyway, and those after it when they would have come."""
        if self._playing:
            with self._wake:
                self._pacer.hurry(time.monotonic())
                self._wake.notify()

    def on_page(self, function: Command) -> None:
        """Carry out ``function`` on the page's thread; at once where there is no document."""
        self._page.run(function)

    @contextlib.contextmanager
    def _restarting(self) -> Iterator[None]:
        """Change whether the swarm moves: no steps are owed for the time before."""
        with self._wake:
            yield
            self._pacer.restart(time.monotonic())
            self._wake.notify()

    def _acknowledge(self, frame: int) -> None:
        with self._wake:
            self._gate.acknowledge(frame)
            self._wake.notify()
        self._deliver()

    def _deliver(self) -> None:
        """Paint the picture that waits at the gate; one that may not go out yet waits for the next acknowledgement."""
        with self._wake:
            picture = None if self._dead or self._alone else self._gate.take(time.monotonic())
            if picture is None:
                return
            frame = self._gate.sent
            self._wake.notify()
        PICTURES.add()
        with self._page.painting():
            self._paint(picture.payloads)
            self.clock.update(**picture.moment._asdict(), frame=frame)  # last: the browser acknowledges when it changes
        if self._page.document is None:  # there is no browser that would
            self._acknowledge(frame)

    @property
    def _pace(self) -> tuple[Any, ...]:
        return self.speed, self.draw_every, self.stages

    # ---- the worker thread ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next_job()) is not None:
            began = time.thread_time()
            with THREADS.at_most(self._threads(self)):
                for command in job.commands:
                    self._guard(command)
                    self._pacer.forget_piece()
                if job.steps:
                    self._take(job.steps)
            if job.commands or job.steps or job.news:
                self._guard(lambda job=job: self._post(job))
                self._rest(time.thread_time() - began)

    def _next_job(self) -> Job | None:
        """Sleep until there is something to do; None at the end."""
        with self._wake:
            while not (self._dead or self._commands):
                now = time.monotonic()
                if self._gate.ready_at(now) and not self.unseen:
                    self._page.run(self._deliver, picture=True)  # no acknowledgement has brought it out
                if self._news and not self.unseen:
                    news, self._news = frozenset(self._news), set()
                    return Job([], 0, news)
                if self.moving and self._gate.waiting is None and now >= self._pacer.steps_at:
                    return Job([], self._pacer.steps_due(now))
                self._wake.wait(self._sleep_s(now))
            if self._dead:
                return None
            commands, self._news = list(self._commands), set()
            self._commands.clear()
            return Job(commands, 0)

    def _sleep_s(self, now: float) -> float | None:
        """Seconds until something may be due; None: until something changes."""
        if self._gate.waiting is not None:
            return None if self._alone else self._gate.resend_after_s / 4
        return self._pacer.steps_at - now if self.moving else None

    def _take(self, steps: int) -> None:
        """Take so many steps in pieces, between which others get at the swarm. A command, a pause or another pace ends them.

        So does the time that they have taken, where every step may be drawn: what a step takes is not known at first.
        """
        began, left, pace = time.perf_counter(), steps, self._pace
        while left and self.moving and not (self._commands or self._dead) and pace == self._pace:
            piece, here = self._pacer.piece(left), time.perf_counter()
            self._guard(lambda n=piece: self._advance(n))
            took = time.perf_counter() - here
            self._pacer.piece_took(piece, took)
            left -= piece
            if self._pacer.overdue(time.perf_counter() - began):
                break
            if left and took > PICTURE_PERIOD_S:
                time.sleep(YIELD_S)
        if left < steps and self.stages is None:  # stages say nothing about what a step takes
            self._pacer.batch_took(steps - left, time.perf_counter() - began)

    def _post(self, job: Job) -> None:
        """Prepare a picture of where the swarm stands, and let it go out."""
        if job.news:
            request = PictureRequest(False, 0, job.news)
        else:
            request = self._pacer.whole_picture() if job.commands else self._pacer.next_picture()
        began = time.perf_counter()
        picture = Picture(*self._picture(request))
        self._pacer.picture_took(time.perf_counter() - began)
        self._pacer.k = picture.moment.k
        with self._wake:
            self._gate.offer(picture)
        self._page.run(self._deliver, picture=True)

    def _rest(self, worked_s: float) -> None:
        """Leave the processor to others whose pictures come late, when this swarm has taken more than its share."""
        if worked_s > LIGHT_S and (share := self._fair_share(self)) < 1.0:
            self._pacer.rest(time.monotonic(), worked_s, share)

    def _guard(self, function: Command) -> None:
        """Whatever goes wrong is reported on the page; the worker lives on."""
        try:
            function()
        except Exception as error:
            self._playing = False
            self.on_page(lambda error=error: self._failed(error))
