"""Follows a lesson: which step is read, which swarms it begins with, what is waited for, and what of its text is seen.

The parts of a step come one after the other: what stands after a question is seen once it is answered, and what stands after a condition
once that is met. No answer is kept: whoever comes back to a step is asked again, and finds its swarms as they were when it began.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import panel as pn
import param

from components.assets import component
from components.controls.controls import Controls
from components.lessons.content import slot_of, summary
from components.lessons.place import Place
from components.lessons.takeaway import TakeAway
from components.page.equation import number
from components.page.export_job import ExportJobs
from components.playback.panes import Panes
from components.playback.player import Player
from components.playback.replacement import RunReplacement
from components.playback.transport import Transport
from components.playback.watch import Watch
from components.server import own_lessons
from components.state import VisitState
from components.views.base import View
from components.weakly import weakly
from swarmviz import Frame, Simulation
from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.lessons.content import Content, content_of
from swarmviz.lessons.inline import Slider
from swarmviz.lessons.lesson import Predict, Step, Until

UPDATE_EVERY_S = 0.25
MAX_EARLY = 8  # messages that are kept until the page is there
DIGITS = 4  # of a number in a text
HELD = "The lesson asks something first: choose an answer beside the arena."


class LessonCard(pn.custom.JSComponent):
    """The list of lessons, or one of them, in the browser.

    Parameters
    ----------
    on_message : function (act, value)
        Called with what was done, as the browser sent it: neither is checked here.
    """

    lessons = param.List([], doc="A dictionary for each lesson: name, title, family, about, note.")
    title = param.String("", doc="Of the lesson that is read; empty: the list is shown.")
    steps = param.Integer(0, doc="How many steps it has.")
    step = param.Dict(
        {}, doc="The one that is read: place (from 0), title, parts, slots, count (number of the request)."
    )
    seen = param.Integer(0, doc="How many of its parts are seen.")
    answer = param.Integer(-1, doc="Which choice was made; −1: none yet.")
    until = param.String("", doc="What became of what is waited for.")
    numbers = param.Dict({}, doc="Slot → what stands in it now.")
    taking = param.Number(-1.0, doc="How much of the file to take away is made, in [0, 1]; negative when none is.")
    told = param.String("", doc="What became of the file to take away.")

    _esm, _stylesheets = component("lessons")

    def __init__(self, on_message: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": (8, 16), "sizing_mode": "stretch_width"} | params)
        self._on_message = on_message

    def send_file(self, file: dict[str, Any]) -> None:
        """Give the browser a file: name, type and data in base64."""
        self._send_msg({"file": file})

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("act"), str):
            self._on_message(data["act"], data.get("value"))


class Lessons(View):
    """The lesson that is read; see :class:`components.views.base.View`.

    Parameters
    ----------
    panes, transport, player, replacement, controls
        The swarms, how they are played, replaced and edited.
    state : function () → VisitState
        The runs as they are.
    show_views : function (options) → str
        Sets options of the views, and returns what it cannot set.
    kept : function () → dict
        Options that are the reader's, whatever a step shows.
    changed : function ()
        Called when another step is read, or none: the address follows.
    open_claim : function (source)
        Shows a claim.
    activate : function (place)
        Lets the controls belong to the swarm at a place.
    warn : function (sentence)
        Tells what a step cannot show.
    jobs : ExportJobs
        The exports of the visit: a lesson to take away is one.
    """

    background = frozenset({"law", "map", "replicas"})

    def __init__(
        self,
        panes: Panes,
        transport: Transport,
        player: Player,
        replacement: RunReplacement,
        controls: Controls,
        state: Callable[[], VisitState],
        show_views: Callable[[dict[str, Any]], str],
        kept: Callable[[], dict[str, Any]],
        changed: Callable[[], None],
        open_claim: Callable[[str], None],
        activate: Callable[[int], None],
        warn: Callable[[str], None],
        jobs: ExportJobs,
        **wiring: Any,
    ):
        super().__init__(**wiring)
        self._panes, self._transport, self._player = panes, transport, player
        self._replacement, self._controls, self._state = replacement, controls, state
        self._show_views, self._kept = show_views, kept
        self._changed, self._open_claim, self._activate, self._warn = changed, open_claim, activate, warn
        self._place: Place | None = None
        self._content = Content([], [])
        self._continued: dict[int, VisitState] = {}  # step that goes on with the run → where it began
        self._waited_at = 0  # place of the part that is waited for; behind the last one where none is
        self._there = False  # whether the swarms of the step are those that are shown
        self._seen, self._requests = False, 0
        self._early: list[tuple[str, Any]] = []
        self._card = LessonCard(weakly(self._do))
        self._takeaway = TakeAway(self._card, jobs)
        self._acts: dict[str, Callable[[Any], None]] = {
            "seen": self._set_seen,
            "open": self._open,
            "leave": self._leave,
            "go": self._go,
            "reset": lambda value: self._enter(),
            "answer": self._answer,
            "slide": self._slide,
            "claim": self._claim,
            "take": self._take,
            "cancel": lambda value: self._takeaway.cancel(),
        }

    @property
    def pane(self) -> LessonCard:
        """What is put on the page."""
        return self._card

    def begin(self, place: Place | None, there: bool = True) -> None:
        """The page is there; an address may have asked for a step, whose swarms are ``there`` already, or come (:meth:`stand`)."""
        if place is not None:
            self._show(place)
            if there:
                self._there = True
                self._wait(play=self._panes.k == 0)

    def act_on_what_came_early(self) -> None:
        """Do what the browser asked for before the page was there."""
        early, self._early = self._early, []
        for act, value in early:
            self._do(act, value)

    @property
    def query(self) -> str:
        """What the address says of the step that is read; empty where none is."""
        return self._place.query if self._place else ""

    @property
    def asks(self) -> bool:
        """Whether a question that is in sight waits for an answer: the swarms stand as long as it does."""
        return self._seen and isinstance(self._waited_for, Predict)

    @property
    def _step(self) -> Step | None:
        return self._place.lesson.steps[self._place.step] if self._place else None

    @property
    def _waited_for(self) -> Predict | Until | None:
        parts = self._step.parts if self._step else ()
        return parts[self._waited_at] if self._waited_at < len(parts) else None  # type: ignore[return-value]

    def open(self, place: Place) -> None:
        """Read a step of a lesson, with the swarms with which it begins."""
        self._show(place)
        self._enter()

    def _show(self, place: Place) -> None:
        self._card.title, self._card.steps = place.lesson.title, len(place.lesson.steps)
        self._place, self._continued = place, {}
        self._show_step()

    def stand(self) -> None:
        """Other swarms are there than those with which the step begins, as a link holds them: they stand, and it waits from there on."""
        if self._place is not None:
            self._there = True
            self._wait(play=False)

    # ---- what the browser asks for -------------------------------------------------------------------------------------

    def _do(self, act: str, value: Any) -> None:
        if not self._transport.started:
            self._early = [*self._early, (act, value)][-MAX_EARLY:]
        elif act in self._acts:
            self._acts[act](value)

    def _set_seen(self, value: Any) -> None:
        self._seen = value is True
        if self._seen and not self._card.lessons:
            self._card.lessons = [
                summary(lesson, DYNAMICS[lesson.dynamics].title) for lesson in own_lessons.lessons().values()
            ]

    def _open(self, value: Any) -> None:
        lesson = own_lessons.lessons().get(value) if isinstance(value, str) else None
        if lesson is not None:
            self.open(Place(lesson, 0))

    def _leave(self, value: Any) -> None:
        self._place, self._content, self._continued = None, Content([], []), {}
        self._panes.watch = Watch()
        self._card.param.update(title="", step={}, seen=0)
        self._changed()

    def _go(self, value: Any) -> None:
        """To a step, counted from 0."""
        place = self._place
        if place is None or type(value) is not int or not 0 <= value < len(place.lesson.steps):
            return
        forward = value == place.step + 1
        self._place = place._replace(step=value)
        if forward and self._there and not place.lesson.steps[value].runs:
            self._continued[value] = self._state()
            self._show_step()
            self._apply_views()
            self._arrived(self._requests)
        else:
            self._show_step()
            self._enter()

    def _answer(self, value: Any) -> None:
        """A choice was made; the first one lets the swarms go on, another one is read only."""
        asked = self._waited_for
        if not isinstance(asked, Predict):
            asked = self._step.first(Predict) if self._step and self._card.answer >= 0 else None
        if asked is None or type(value) is not int or not 0 <= value < len(asked.choices):
            return
        first, self._card.answer = self._card.answer < 0, value
        if first:
            self._go_on()

    def _slide(self, value: Any) -> None:
        """A slider in the text: [slot, value, whether the hand has left it]."""
        if not (isinstance(value, list) and len(value) == 3):
            return
        slot, now, final = value
        number_like = isinstance(now, int | float) and not isinstance(now, bool) and abs(now) <= sys.float_info.max
        if type(slot) is not int or not 0 <= slot < len(self._content.slots) or not number_like:
            return
        means = self._content.slots[slot]
        if isinstance(means, Slider):
            self._activate(0)  # of whose numbers the text speaks
            self._controls.edit(f"{means.owner}.{means.parameter}", now, final is True)

    def _take(self, value: Any) -> None:
        """The lesson that is read is wanted as a file."""
        if self._place is not None:
            self._takeaway.make(self._place.lesson)

    def _claim(self, value: Any) -> None:
        if isinstance(value, str) and any(
            value == said["source"] for part in self._content.parts for said in part.get("statements", ())
        ):
            self._open_claim(value)

    # ---- a step --------------------------------------------------------------------------------------------------------

    def _show_step(self) -> None:
        """Show the text of a step from its beginning, and wait for nothing yet."""
        assert self._place is not None and self._step is not None
        lesson, at = self._place
        runs = next(step.runs for step in reversed(lesson.steps[: at + 1]) if step.runs)
        self._content = content_of(lesson, at, runs)
        self._panes.watch, self._there = Watch(), False
        self._requests += 1
        slots = [slot_of(slot, runs) for slot in self._content.slots]
        shown = {
            "place": at,
            "title": self._step.title,
            "parts": self._content.parts,
            "slots": slots,
            "count": self._requests,
        }
        self._card.param.update(step=shown, answer=-1, until="", numbers={})
        self._stop_at(0)
        self._changed()

    def _enter(self) -> None:
        """Let the step begin, with the swarms that it begins with."""
        if self._place is None or self._step is None:
            return
        self._show_step()
        state = start_of(self._place, self._continued)._replace(views=self._views())
        self._replacement.restore(state, playing=False, shown=partial(self._arrived, self._requests))

    def _views(self) -> dict[str, Any]:
        """The options of the views in this step: those of the last ``show``."""
        assert self._place is not None
        lesson, at = self._place
        shown = next((step.views for step in reversed(lesson.steps[: at + 1]) if step.views is not None), {})
        return self._kept() | dict(shown)

    def _apply_views(self) -> None:
        if self._step is not None and self._step.views is not None:
            complaint = self._show_views(self._views())
            if complaint:
                self._warn(complaint)

    def _arrived(self, request: int) -> None:
        """The swarms of a step are there."""
        if request == self._requests and self._step is not None:
            self._there = True
            self._activate(0)
            self._wait()

    def _stop_at(self, part: int) -> None:
        """Show the parts up to the next one, from ``part`` on, that is waited for."""
        parts = self._step.parts if self._step else ()
        self._waited_at = next(
            (i for i in range(part, len(parts)) if isinstance(parts[i], Predict | Until)), len(parts)
        )
        self._card.seen = min(self._waited_at + 1, len(parts))
        self.hurry()

    def _go_on(self) -> None:
        """What was waited for has come."""
        self._stop_at(self._waited_at + 1)
        self._wait()

    def _wait(self, play: bool = True) -> None:
        """Wait for what is next: an answer, a condition, or nothing, when the swarms just play that the step has begun or asked about.

        While the swarms of the step are still to come there is nothing to wait for in those of before.
        """
        waited_for, step = self._waited_for, self._step
        if not self._there:
            pass
        elif isinstance(waited_for, Predict):
            self._player.play(False)
        elif isinstance(waited_for, Until):
            with self._panes.lock:
                known = self._panes.furthest - self._panes.k  # steps beyond the present one, which were lived already
                self._panes.watch = Watch(waited_for.conditions, waited_for.within + known, self._panes.k)
            self._card.until = f"Waiting for {self._panes.watch.words}."
            self._player.play(play)
        elif step is not None and (step.runs or step.first(Predict)) and step.first(Until) is None:
            self._player.play(play)
        self.refresh()

    # ---- as a view -----------------------------------------------------------------------------------------------------

    def attach(self, run: Simulation) -> None:
        """Another run is shown."""
        self._sim = run
        self.hurry()

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any] | None:
        """What the numbers in the text are, of swarm A; None where nothing has to be told."""
        if self._place is None:
            return None
        now, watch = time.monotonic(), self._panes.watch
        if not (self._seen and now - self._looked >= UPDATE_EVERY_S) and not (watch.ended and self._waits_for(watch)):
            return None
        self._looked = now
        return {"numbers": values_of(self._panes[0].sim, self._content), "watch": watch}

    def paint(self, payload: dict[str, Any]) -> None:
        """Show them, and go on where what is waited for has come."""
        if self._place is None or len(payload["numbers"]) != len(self._content.slots):
            return
        numbers = {}
        for slot, means in enumerate(self._content.slots):
            part = self._panes.parts[0].get(means.owner) if isinstance(means, Slider) else None
            value = getattr(part, means.parameter, None) if isinstance(means, Slider) else payload["numbers"][slot]
            numbers[str(slot)] = value if isinstance(value, int | float | str) else None
        if numbers != self._card.numbers:
            self._card.numbers = numbers
        watch = payload["watch"]
        if watch.ended and self._waits_for(watch):
            met = watch.met
            self._card.until = (
                f"Step {met:,}: {watch.words}." if met is not None else f"It has not come true: {watch.words}."
            )
            self._go_on()

    def _waits_for(self, watch: Watch) -> bool:
        """Whether the step that is read waits for what a watch does."""
        return self._there and watch is self._panes.watch and isinstance(self._waited_for, Until)


def values_of(run: Simulation, content: Content) -> list[str | None]:
    """What stands in each slot at the step of a run; None in that of a slider, and where the run does not record it."""
    if not content.slots:
        return []
    held = run.record.until(run.k)
    return [
        number(float(held[slot.observable][-1]), DIGITS)
        if not isinstance(slot, Slider) and len(held.get(slot.observable, ()))
        else None
        for slot in content.slots
    ]


def start_of(place: Place, continued: Mapping[int, VisitState] = MappingProxyType({})) -> VisitState:
    """The swarms with which a step begins; of one that goes on, where it was begun, or else with those that were begun last."""
    steps, at = place.lesson.steps, place.step
    if not steps[at].runs and at in continued:
        return continued[at]
    begun = next(step for step in reversed(steps[: at + 1]) if step.runs)
    views = next((step.views for step in reversed(steps[: at + 1]) if step.views is not None), None)
    return VisitState(begun.runs, begun.speed, views=views)
