"""What a page around ours may ask for: the other half of ``assets/embed.js``, which looks at where a message comes from.

A message is a dictionary with "id" (the answer repeats it) and "act":

==================== ==========================================================================================
``play, pause``      the swarms move, or stand
``reset``            the same start with the same seed
``goto``             "value" becomes the present step
``set``              the parameter "name" becomes "value", as if it had been typed
``state``            nothing but the answer
==================== ==========================================================================================

An answer is made with the next picture: ``state`` and ``observables`` at the step that it shows; or ``error``, a sentence that names the
parameter, the value and the allowed range. Nothing is computed unless it was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from components.controls.controls import Controls
from components.playback.bar import Bar
from components.playback.panes import Panes
from components.text import cut_short
from components.views.base import View
from swarmviz import Frame, Simulation
from swarmviz.parameters import Real
from swarmviz.typed import owner

PLAIN_ACTS = ("play", "pause", "reset")
ACTS = (*PLAIN_ACTS, "goto", "set", "state")
MAX_WAITING = 20  # questions that are answered with one picture
MAX_ID_CHARS = 64
MAX_TEXT_CHARS = 4000  # of a value: a formula has as many


class Embedding(View):
    """Like a view, it gets the frame of each picture, but has no place on the page.

    Parameters
    ----------
    bar : Bar
        Gives the answers to the browser.
    redraw : function ()
        Called on the page's thread when a picture is needed.
    act : function (act, value)
        Carries out an action of the bar.
    panes : Panes
    controls : Controls
        Where parameters are edited.
    unseen : function () → bool
        Whether no pictures are made, because nobody sees them: then an answer is of the present step.
    """

    def __init__(
        self,
        bar: Bar,
        redraw: Callable[[], None],
        act: Callable[[str, Any], None],
        panes: Panes,
        controls: Controls,
        unseen: Callable[[], bool] = lambda: False,
    ):
        super().__init__(redraw)
        self._bar, self._act, self._panes, self._controls = bar, act, panes, controls
        self._unseen = unseen
        self._waiting: list[str] = []
        self._count = 0

    def ask(self, value: Any) -> None:
        """A message of the page around ours, as the browser passed it on: anything."""
        if not isinstance(value, dict):
            return
        name = value.get("id")
        if not isinstance(name, str) or len(name) > MAX_ID_CHARS:
            return
        try:
            self._do(value)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            self._give([{"id": name, "error": cut_short(str(error))}])
            return
        if len(self._waiting) >= MAX_WAITING:
            self._give([{"id": name, "error": f"there are {MAX_WAITING} questions already that wait for a picture"}])
            return
        self._waiting.append(name)
        if self._unseen():  # then no picture is made
            with self._panes.lock:
                payload = self.prepare(self._panes.sim.frame, self._panes.sim)
            if payload is not None:
                self.paint(payload)
        else:
            self.refresh()

    def _do(self, message: Mapping[str, Any]) -> None:
        act, value = message.get("act"), message.get("value")
        if act not in ACTS:
            raise ValueError(f"act = {act!r:.80}: must be one of {', '.join(ACTS)}")
        if act in PLAIN_ACTS:
            self._act(act, None)
        elif act == "goto":
            furthest = self._panes.furthest
            if type(value) is not int or not 0 <= value <= furthest:
                raise ValueError(
                    f"value = {value!r:.80}: must be a step that is known, a whole number from 0 to {furthest}"
                )
            self._act("goto", value)
        elif act == "set":
            self._set(message.get("name"), value)

    def _set(self, name: Any, value: Any) -> None:
        if not isinstance(name, str):
            raise ValueError(f"name = {name!r:.80}: must be the name of a parameter")
        if isinstance(value, str) and len(value) > MAX_TEXT_CHARS:
            raise ValueError(f"value: must be at most {MAX_TEXT_CHARS} characters, not {len(value)}")
        if not isinstance(value, int | float | str | bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"value = {value!r:.80}: must be a number, a text, or true or false")
        kinds = {prefix: type(part) for prefix, part in self._controls.parts.items()}
        part, parameter = owner(kinds, "", name)
        self._controls.enter({f"{part}.{parameter}": value})

    # ---- answers -----------------------------------------------------------------------------------------------------

    def attach(self, run: Simulation) -> None:
        """Another run is shown; nothing is said of that."""

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any] | None:
        """What is told of the frame, as long as somebody waits for it."""
        return {"state": state_of(frame, run), "observables": observables_of(frame, run)} if self._waiting else None

    def paint(self, payload: dict[str, Any]) -> None:
        """Answer whoever waits."""
        waiting, self._waiting = self._waiting, []
        payload["state"]["playing"] = self._bar.playing
        self._give([{"id": name, **payload} for name in waiting])

    def _give(self, answers: list[dict[str, Any]]) -> None:
        self._count += 1
        self._bar.answers = {"answers": answers, "count": self._count}


def state_of(frame: Frame, run: Simulation) -> dict[str, Any]:
    """Where a run is and what it is made of: plain values."""
    numbers = {
        name: value
        for name, declared in run.dynamics.declared().items()
        if isinstance(declared, Real) and isinstance(value := getattr(run.dynamics, name), int | float)
    }
    return {
        "step": frame.k,
        "time": frame.t,
        "furthest": run.furthest,
        "dynamics": type(run.dynamics).__name__,
        "landscape": type(run.landscape).__name__,
        "agents": frame.n,
        "dimension": frame.d,
        "seed": run.initial_swarm.seed,
        "parameters": numbers,
    }


def observables_of(frame: Frame, run: Simulation) -> dict[str, float | None]:
    """What is recorded at the frame's step, or the last one before it; None where it is not finite."""
    record = run.record
    row = int(np.searchsorted(record["k"], frame.k, side="right")) - 1
    values = {o.name: float(record[o.name][row]) for o in run.dynamics.observables if o.name in record}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
