"""The scenes of a handout: the swarms of a step of a lesson followed to its end, as a browser plays them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from swarmviz.drawing.comparison import NAMES
from swarmviz.exports.metadata import metadata, title
from swarmviz.exports.replay import axis_labels, notes_of, run_curve
from swarmviz.exports.take import Take
from swarmviz.frame import Diverged
from swarmviz.handout.plan import StepPlan, replicas_of
from swarmviz.lessons.conditions import CLOCK
from swarmviz.lessons.inline import Number, Slider
from swarmviz.lessons.lesson import Until
from swarmviz.lessons.trial import found, met_step
from swarmviz.replay import Cancelled, RunSpec, check_of
from swarmviz.serialise import changes
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import number_words, symbol_of

MAX_FRAMES = 121  # of a scene
DIGITS = 4  # of a number in a text
NOTHING = np.empty(0)


class Blocks:
    """The bytes of all scenes; the same array of two runs, such as their landscape, is kept once."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, header: dict[str, Any], block: bytes) -> dict[str, Any]:
        """The header of a take with the places of its arrays in the common block."""
        arrays = {}
        for name, array in header["arrays"].items():
            start = array["at"]
            size = int(array["type"][1]) * int(np.prod(array["shape"]))
            data = block[start : start + size]
            if data not in self._places:
                self._places[data] = self._size
                self._parts.append(data + b"\0" * (-len(data) % 2))
                self._size += len(self._parts[-1])
            arrays[name] = array | {"at": self._places[data]}
        return header | {"arrays": arrays}

    @property
    def whole(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)


class Scene(NamedTuple):
    """A scene.

    Attributes
    ----------
    content : dict
        What the browser plays: runs, the sentence about what was waited for, how many other runs have found the minimum.
    about : list of dict
        What each run is made of.
    ends : tuple of RunSpec
        Its swarms at its last step.
    """

    content: dict[str, Any]
    about: list[dict[str, Any]]
    ends: tuple[RunSpec, ...]


class Director:
    """Lives the scenes of a lesson.

    Parameters
    ----------
    most : int
        Bytes of the agents of one run, before packing.
    cancelled : function () → bool
        Asked now and then; :class:`Cancelled` is raised when it is true.
    threads : int, optional
        Of the runs that are counted; every core when absent.
    """

    def __init__(self, most: int, cancelled: Callable[[], bool], threads: int | None = None):
        self.blocks = Blocks()
        self._most, self._cancelled, self._threads = most, cancelled, threads
        self._check = check_of(cancelled)

    def scene(self, plan: StepPlan, runs: tuple[RunSpec, ...], counted: bool = False) -> Scene:
        """The swarms ``runs``, from the step at which they stand to the end of a step of the lesson; ``counted``: with other seeds, too."""
        here = runs[0].k
        first = self._standing(runs[0])
        end, said, broken = here + plan.steps, "", False
        until = plan.step.first(Until)
        try:
            if until is not None:
                words = " and ".join(map(str, until.conditions))
                met = met_step(first, until, here, self._check)
                end = end if met is None else met
                said = f"It has not come true: {words}." if met is None else f"Step {met:,}: {words}."
            else:
                self._advance(first, end)
        except Diverged as error:
            end, said, broken = max(first.furthest, here), f"{str(error)[:1].upper()}{str(error)[1:]}.", True
        lived = [self._lived(plan, run, here, end) for run in runs]
        captions = _captions(runs)
        content = {"runs": [run | {"caption": captions[i]} for i, (run, _, _) in enumerate(lived)], "until": said}
        if counted and not broken:
            content["found"] = self._found(runs[0], end)
        return Scene(content, [about for _, about, _ in lived], tuple(spec for _, _, spec in lived))

    def _standing(self, run: RunSpec) -> Simulation:
        return run.replay(self._check)

    def _advance(self, sim: Simulation, end: int) -> None:
        while sim.furthest < end:
            self._check(sim.k)
            sim.advance(min(256, end - sim.furthest))

    def _lived(
        self, plan: StepPlan, run: RunSpec, here: int, end: int
    ) -> tuple[dict[str, Any], dict[str, Any], RunSpec]:
        """One swarm from step to step: what is played, what it is made of, and where it stands then."""
        trial = self._standing(run)
        try:
            self._advance(trial, end)
        except Diverged:  # it is shown as far as there are numbers
            end = max(trial.furthest, here)
        spec = run._replace(k=end)
        count = min(MAX_FRAMES, end - here + 1)
        steps = sorted({int(k) for k in np.linspace(here, end, count).round()})
        take = Take(len(steps), most=self._most)
        wanted = [slot.observable for slot in plan.content.slots if isinstance(slot, Number)]
        numbers: dict[str, list[str]] = {name: [] for name in wanted}
        for sim in spec.frames(steps, self._check):
            take.add(sim)
            for name, texts in numbers.items():
                values = sim.record.until(sim.k).get(name, NOTHING)
                texts.append(number_words(float(values[-1]), DIGITS) if len(values) else "–")
        packed, block = take.pack()
        header = self.blocks.add(packed, block)
        header["notes"] += notes_of(sim)
        names = [observable.name for observable in sim.dynamics.observables]
        watched = _watched(plan, names)
        curve = run_curve(sim, [name for name in names if name != watched] if watched else ())
        more = {"title": title(spec), "labels": axis_labels(sim), "numbers": numbers, "curve": curve}
        return header | more, metadata(spec), spec

    def _found(self, run: RunSpec, k: int) -> str:
        """How many runs with other seeds have found the minimum; empty where that is not known, or costs too much."""
        runs = replicas_of(run, k) if len(run.journal) == 1 else 0
        if not runs:
            return ""

        def progress(*done: Any) -> None:
            if self._cancelled():
                raise KeyboardInterrupt

        try:
            hits = found(run, runs, k, threads=self._threads, progress=progress)
        except ValueError:  # no minimiser is known, one of them diverged, or it was cancelled
            hits = None
        if self._cancelled():
            raise Cancelled
        return "" if hits is None else f"With other seeds, {hits} of {runs} runs have found the minimum at step {k:,}."


def _watched(plan: StepPlan, names: list[str]) -> str:
    """The observable that is drawn: what is waited for, or else what the text shows; empty where neither is recorded."""
    until = plan.step.first(Until)
    wanted = [condition.observable for condition in until.conditions] if until is not None else []
    wanted += [slot.observable for slot in plan.content.slots if isinstance(slot, Number)]
    return next((name for name in wanted if name in names and name not in CLOCK), "")


def _captions(runs: tuple[RunSpec, ...]) -> list[str]:
    """What swarms beside each other are called: their letter, and what they have otherwise than another."""
    if len(runs) == 1:
        return [""]
    first = runs[0].now
    differing: dict[tuple[str, str], None] = {}
    for run in runs[1:]:
        for part in ("dynamics", "landscape"):
            if type(getattr(run.now, part)) is type(getattr(first, part)):
                differing.update(
                    dict.fromkeys((part, name) for name in changes(getattr(first, part), getattr(run.now, part)))
                )
    captions = []
    for letter, run in zip(NAMES, runs, strict=False):
        said = []
        if any(type(other.now.dynamics) is not type(first.dynamics) for other in runs):
            said.append(run.now.dynamics.title)
        for part, name in differing:
            owner = getattr(run.now, part)
            value = getattr(owner, name, None)
            if name in owner.declared() and isinstance(value, int | float | str):
                said.append(f"{symbol_of(owner, name)} = {number_words(value, DIGITS)}")
        captions.append(f"{letter}: {', '.join(said)}" if said else letter)
    return captions


def with_value(run: RunSpec, slider: Slider, value: float) -> RunSpec:
    """The run with another value of a slider's parameter from the step at which it stands.

    Raises
    ------
    ValueError
        When the other parameters do not allow it.
    """
    parts = {"dynamics": run.now.dynamics.copy(), "landscape": run.now.landscape.copy()}
    setattr(parts[slider.owner], slider.parameter, value)
    if run.k == 0:
        return RunSpec.at_start(parts["dynamics"], parts["landscape"], run.swarm)._replace(options=run.options)
    return run._replace(journal=run.journal.with_change(run.k, parts["dynamics"], parts["landscape"]))
