"""The only clock of the page: it asks for steps on a worker thread and brings each picture to the browser.

    worker thread    advance(steps) → picture → mailbox (the newest wins) → wakes the page's thread
    page's thread    mailbox → one ``pn.io.hold`` with all sources and the frame number
    browser          paints, then acknowledges the frame number

At most ``WINDOW`` pictures are under way that the browser has not acknowledged, so a slow one is never flooded: the worker then takes
more steps per picture, and none at all once the mailbox is full. Without an acknowledgement the next picture goes out after ``PATIENCE``
seconds. The worker touches no Bokeh or Panel object; everything that changes the simulation is a command carried out on the worker.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import panel as pn
from bokeh.core.properties import Float, Int
from bokeh.model import DataModel
from bokeh.models import CustomJS, Spacer

import components.server.serializer  # noqa: F401 (arrays travel inside their messages)
from components.server.limits import Account, account_of

WINDOW = 2
PATIENCE = 2.0
PERIOD = 1 / 30  # seconds between pictures
LATEST = 0.25  # what is later than this (a busy machine, a sleeping tab) is not made up for
LONGEST_WAIT = 60.0  # seconds between two looks, however slow a speed a link asks for
MOST_FRAMES = 2**31 - 1
MOST_BETWEEN = 100_000  # steps from one picture to the next
BUDGET = 0.6  # share of a period that "as fast as it goes" spends on steps
LONGEST = 0.1  # seconds one batch may take: Pause must answer
FASTEST = None  # the speed "as fast as it goes"


class Moment(NamedTuple):
    """Where the swarm is: its step, its time, and the latest step to which one can go without simulating."""

    k: int
    t: float
    furthest: int


class Clock(DataModel):
    """From the server: this patch is picture ``frame``, of step ``k`` at time ``t``; steps up to ``furthest`` are known."""

    k = Float(0)
    t = Float(0)
    furthest = Float(0)
    frame = Int(0)


class Painted(DataModel):
    """From the browser: picture ``frame`` is on the screen."""

    frame = Int(0)
    writable: ClassVar = {"frame": lambda value: type(value) is int and 0 <= value <= MOST_FRAMES}


# After the next repaint: the read-out hears of the frame, the server gets its acknowledgement.
ACKNOWLEDGE = """
const frame = cb_obj.frame, detail = {k: cb_obj.k, t: cb_obj.t, furthest: cb_obj.furthest, frame}
requestAnimationFrame(() => {
  window.dispatchEvent(new CustomEvent("swarmviz:frame", {detail}))
  requestAnimationFrame(() => { painted.frame = frame })
})
"""


def commands_of(transport: Transport) -> Callable[[], int]:
    """How many commands wait for the worker; keeps the transport of nobody alive."""
    reference = weakref.ref(transport)
    return lambda: len(alive._commands) if (alive := reference()) is not None else 0


class Transport:
    """Plays a simulation that it knows only through four functions.

    Parameters
    ----------
    advance : function (steps) → None
        Worker thread: take so many steps.
    picture : function (count) → (Moment, payloads)
        Worker thread: what to paint, everything when ``count`` is 0, only what every picture has when it is 1; ``payloads`` is a dict.
        Where a picture takes the place of one that was not painted, it inherits the payloads that it lacks.
    paint : function (payloads) → None
        Page's thread: write it to the sources, inside one ``hold``.
    failed : function (exception) → None
        Page's thread: a command or an advance failed. Playing has stopped.
    """

    def __init__(
        self,
        advance: Callable[[int], None],
        picture: Callable[[int], tuple[Moment, dict]],
        paint: Callable[[dict], None],
        failed: Callable[[Exception], None],
    ):
        self._advance, self._picture, self._paint, self._failed = advance, picture, paint, failed
        self.clock, self.painted = Clock(), Painted()
        self.clock.js_on_change("frame", CustomJS(args={"painted": self.painted}, code=ACKNOWLEDGE))
        self.painted.on_change("frame", lambda attr, old, new: self._acknowledge(new))
        self.anchor = Spacer(width=0, height=0, visible=False, tags=[self.clock, self.painted])
        self._wake = threading.Condition()
        self._commands: deque[Callable[[], None]] = deque()
        self._mail: tuple[Moment, dict] | None = None
        self._doc: Any = None
        self._thread: threading.Thread | None = None
        self._dead = self._playing = self._hidden = self._alone = False
        self._account = Account()
        self._speed: float | None = 30.0
        self._sent = self._acknowledged = self._made = 0
        self._sent_at = self._batch_at = self._next_at = 0.0
        self._credit, self._cost = 0.0, 1e-5  # steps owed; seconds per step, measured
        self._hurried = False
        self._answers = False  # whether the next picture is the first after an edit: it has only what every picture has, and comes sooner
        self._piece = 1  # steps that are taken in one go
        self._k, self._draw_every = 0, 1
        self._late = 0.0  # seconds by which pictures were late, on average

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the swarm is moving; acts within one batch."""
        return self._playing

    @playing.setter
    def playing(self, on: bool) -> None:
        self._set(_playing=bool(on), _credit=0.0, _batch_at=time.monotonic())

    @property
    def speed(self) -> float | None:
        """Steps per second, ``FASTEST`` for as fast as it goes."""
        return self._speed

    @speed.setter
    def speed(self, steps_per_second: float | None) -> None:
        now = time.monotonic()
        self._set(_speed=steps_per_second, _credit=0.0, _batch_at=now, _next_at=now)

    @property
    def draw_every(self) -> int:
        """Pictures are made of the steps that are multiples of it."""
        return self._draw_every

    @draw_every.setter
    def draw_every(self, steps: int) -> None:
        self._set(_draw_every=int(steps))

    @property
    def hidden(self) -> bool:
        """Whether nobody can see the page: no step is taken then."""
        return self._hidden

    @hidden.setter
    def hidden(self, on: bool) -> None:
        self._set(_hidden=bool(on), _credit=0.0, _batch_at=time.monotonic())

    @property
    def alone(self) -> bool:
        """Whether the browser's connection is broken: the swarm stands until it is back, and then everything is shown anew."""
        return self._alone

    @alone.setter
    def alone(self, on: bool) -> None:
        self._set(_alone=bool(on), _credit=0.0, _batch_at=time.monotonic(), _acknowledged=self._sent)
        if not on:
            self.do(lambda: None)

    @property
    def lateness(self) -> float:
        """Seconds by which pictures come late: their mean of late, or that of the one which is due now; 0 while nothing moves."""
        return min(max(self._late, time.monotonic() - self._next_at), LATEST) if self.moving else 0.0

    @property
    def moving(self) -> bool:
        """Whether pictures are to come: it plays and somebody can see it."""
        return self._playing and not (self._hidden or self._alone)

    @property
    def connected(self) -> bool:
        """Whether a browser is connected; also where there is no document (tests), or a Bokeh that does not count its connections."""
        try:
            return self._doc is None or self._doc.session_context.session.connection_count > 0
        except AttributeError:
            return self._doc is None or self._doc.session_context is not None

    @property
    def started(self) -> bool:
        """Whether the page is there."""
        return self._thread is not None

    def start(self, doc: Any) -> None:
        """Start the worker for a document, or without one (tests); a second call does nothing."""
        if self._thread is None and not self._dead:
            self._doc = doc
            if doc is not None:
                self._account = account_of(doc)
                self._account.backlog = commands_of(self)
            self._thread = threading.Thread(target=self._work, name="swarmviz transport", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the worker for good and let go of the document."""
        self._set(_dead=True, _playing=False)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)
        self._doc = self._mail = None
        self._commands.clear()
        self._advance = self._picture = self._paint = self._failed = None  # type: ignore[assignment]  # nobody is kept alive

    def do(self, command: Callable[[], None]) -> None:
        """Carry out ``command`` on the worker before the next step, then show the swarm."""
        with self._wake:
            self._commands.append(command)
            self._wake.notify()

    def redraw(self) -> None:
        """Let the worker prepare every view anew."""
        self.do(lambda: None)

    def hurry(self) -> None:
        """Something was edited: let the next step come now, where it is drawn anyway, and those after it when they would have come."""
        if self._playing:
            self._set(_hurried=True, _next_at=min(self._next_at, time.monotonic()))

    def on_page(self, function: Callable[[], None]) -> None:
        """Carry out ``function`` on the page's thread; at once where there is no document."""
        doc = self._doc
        if doc is None:
            function()
        elif not self._dead:
            try:
                doc.add_next_tick_callback(lambda: self._on_page(function))
            except RuntimeError:  # the server is going down
                pass
            except AttributeError:  # the visitor left between the line above and this one: Bokeh takes a document apart
                if doc.session_context is not None:
                    raise

    def _on_page(self, function: Callable[[], None]) -> None:
        with self._account.charged():
            function()

    def _set(self, **values: Any) -> None:
        with self._wake:
            for name, value in values.items():
                setattr(self, name, value)
            self._wake.notify()

    def _acknowledge(self, frame: int) -> None:
        with self._wake:
            self._acknowledged = max(
                self._acknowledged, min(frame, self._sent)
            )  # no picture was painted before it was made
            self._wake.notify()
        self._deliver()

    def _open(self) -> bool:
        """Whether another picture may go out."""
        return self._sent - self._acknowledged < WINDOW or time.monotonic() - self._sent_at > PATIENCE

    def _deliver(self) -> None:
        """Paint what lies in the mailbox; what may not go out yet waits for the next acknowledgement."""
        with self._wake:
            if self._mail is None or self._dead or self._alone or not self._open():
                return
            (moment, payloads), self._mail = self._mail, None
            self._sent += 1
            self._sent_at = time.monotonic()
            self._wake.notify()
        with self._account.free(), pn.io.hold(self._doc) if self._doc is not None else contextlib.nullcontext():
            self._paint(payloads)
            self.clock.update(**moment._asdict(), frame=self._sent)  # ``frame`` last: it is what the browser listens to
        if self._doc is None:
            self._acknowledge(self._sent)

    # ---- the worker thread ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (orders := self._wait()) is not None:
            steps = 0 if orders else self._due()
            for command in orders:
                self._guard(command)
                self._piece = 1  # the order may have put a swarm here whose steps cost a thousand times as much
            if steps:
                self._take(steps)
            if orders or steps:
                self._guard(lambda whole=bool(orders): self._post(whole))

    def _take(self, steps: int) -> None:
        """Take so many steps in pieces of at most ``LONGEST``, between which others get at the swarm.

        An order, a pause or another pace ends them.
        """
        began, left, pace = time.perf_counter(), steps, (self._speed, self._draw_every)
        while left and self._playing and not (self._commands or self._dead or self._hidden or self._alone):
            if pace != (self._speed, self._draw_every):
                break
            piece, here = min(left, self._piece), time.perf_counter()
            self._guard(lambda n=piece: self._advance(n))
            left -= piece
            took = time.perf_counter() - here
            if piece == self._piece or took > LONGEST:
                self._piece = max(1, int(piece * min(2.0, LONGEST / max(took, 1e-9))))
            if left and took > PERIOD:
                time.sleep(
                    0.001
                )  # else the lock that guards the swarm is taken again before anybody who waits for it wakes up
        if left < steps:
            self._cost += 0.2 * ((time.perf_counter() - began) / (steps - left) - self._cost)

    def _wait(self) -> list[Callable[[], None]] | None:
        """Sleep until there is something to do; the commands to carry out, or None at the end."""
        with self._wake:
            while not self._dead and not self._commands:
                now = time.monotonic()
                if (
                    self._mail is not None and not (self._hidden or self._alone) and self._open()
                ):  # nobody acknowledged: try again
                    self.on_page(self._deliver)
                moving = self.moving and self._mail is None
                if moving and now >= self._next_at:
                    break
                self._wake.wait(
                    self._next_at - now
                    if moving
                    else PATIENCE / 4
                    if self._mail is not None and not self._alone
                    else None
                )
            if self._dead:
                return None
            orders = list(self._commands)
            self._commands.clear()
            return orders

    def _due(self) -> int:
        """Steps to take now, and when to look again."""
        now = time.monotonic()
        elapsed, self._batch_at = min(now, max(self._batch_at, self._next_at) + LATEST) - self._batch_at, now
        between, hurried, self._hurried = self._draw_every, self._hurried, False
        self._answers = hurried and not self._answers
        self._late += 0.2 * (min(max(0.0, now - self._next_at), LATEST) - self._late)
        if self._speed is FASTEST:
            self._next_at = now + PERIOD
            return self._to_multiple(max(1, min(int(BUDGET * PERIOD / self._cost), 1_000_000)))
        self._credit += self._speed * elapsed
        steps = int(self._credit)
        if hurried and not steps and self._credit > 0:
            steps = 1  # on credit, but never more than one
        missing = between - self._k % between  # steps to the next one that is drawn
        if between > 1:
            steps = self._to_multiple(steps) if steps >= missing else 0
        steps = min(steps, self._to_multiple(max(1, int(LONGEST / self._cost))))
        self._credit = min(self._credit - steps, max(missing, self._speed * LATEST))
        wait = ((missing if between > 1 and not steps else 1) - self._credit) / self._speed
        self._next_at = now + min(max(PERIOD, wait), LONGEST_WAIT)
        return steps

    def _to_multiple(self, steps: int) -> int:
        """So many steps, or as many as lead to the nearest step that is drawn: below it, but at least to the next."""
        here, between = self._k, self._draw_every
        return max((here + steps) // between * between, (here // between + 1) * between) - here

    def _post(self, whole: bool) -> None:
        moment, payloads = self._picture(0 if whole else 1 if self._answers else self._made)
        self._k = moment.k
        self._made += not self._answers
        with self._wake:
            if self._mail is not None:
                payloads = self._mail[1] | payloads
            self._mail = (moment, payloads)
        self.on_page(self._deliver)

    def _guard(self, function: Callable[[], None]) -> None:
        """Whatever goes wrong is told on the page; the worker lives on."""
        try:
            function()
        except Exception as error:
            self._playing = False
            self.on_page(lambda error=error: self._failed(error))
