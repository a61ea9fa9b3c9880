"""What a handout computes: how far each step of a lesson is followed, and the values of its sliders; bounded before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from swarmviz.lessons.content import Content, content_of
from swarmviz.lessons.inline import UNTIL, Slider
from swarmviz.lessons.lesson import Lesson, Predict, Step, Until
from swarmviz.lessons.trial import stated_numbers
from swarmviz.replay import MIN_STEP_COST, RunSpec

VALUES = 7  # of a slider
MIN_VALUES = 3  # of a slider whose runs cost much
MAX_SLIDERS = 30  # of a lesson
FREE_SECONDS = 15  # of a step that waits for nothing, at its own pace
FREE_STEPS = 300  # of one without a pace
MAX_FREE_WORK = 100_000_000  # coordinates times steps of a step that waits for nothing
SLIDER_WORK = 2_000_000_000  # of the runs of a slider
MAX_WORK = 20_000_000_000  # of a lesson, without the runs that are counted: some minutes
REPLICAS = 100  # runs with other seeds that are counted beside each value
MIN_REPLICAS = 20  # fewer say nothing
REPLICA_WORK = 1_000_000_000  # of the runs that are counted beside one value


class StepPlan(NamedTuple):
    """One step of a lesson.

    Attributes
    ----------
    step, content : Step, Content
        As it is written, and as a browser shows it.
    runs : tuple of RunSpec
        The swarms with which it begins, or that it goes on with, as they began.
    steps : int
        How far it is followed at most, from where it begins; 0 where its swarms stand still.
    values : mapping of int to tuple of float
        Slot of a slider → its values, in increasing order; that with which the step begins is one of them if it is a number.
    """

    step: Step
    content: Content
    runs: tuple[RunSpec, ...]
    steps: int
    values: dict[int, tuple[float, ...]]

    @property
    def scenes(self) -> int:
        """How many times its swarms are followed."""
        return bool(self.steps) + sum(map(len, self.values.values()))


def work_of(runs: tuple[RunSpec, ...], steps: int) -> int:
    """Coordinates times steps of some swarms."""
    return sum(max(run.coordinates, MIN_STEP_COST) for run in runs) * steps


def replicas_of(run: RunSpec, k: int) -> int:
    """How many runs with other seeds are counted at step ``k``; 0 where they cost too much to be counted."""
    runs = min(REPLICAS, REPLICA_WORK // max(work_of((run,), k), 1))
    return runs if runs >= MIN_REPLICAS else 0


def plans_of(lesson: Lesson) -> tuple[StepPlan, ...]:
    """What is computed for each step.

    Raises
    ------
    ValueError
        When the lesson has too many sliders, or its runs would take too long.
    """
    plans = tuple(_plans(lesson))
    sliders = sum(len(plan.values) for plan in plans)
    if sliders > MAX_SLIDERS:
        raise ValueError(f"{lesson.name}: has {sliders} sliders, and a handout may have {MAX_SLIDERS}")
    begun = work = 0
    for plan in plans:
        begun = plan.steps if plan.step.runs else begun + plan.steps
        work += work_of(plan.runs, begun) * plan.scenes
    if work > MAX_WORK:
        raise ValueError(f"{lesson.name}: N d times steps of all its runs is {work:,}, and may be {MAX_WORK:,}")
    return plans


def _plans(lesson: Lesson) -> Iterator[StepPlan]:
    runs: tuple[RunSpec, ...] = ()
    speed = None
    begun = 0  # how far the swarms may have been followed in the steps before
    for at, step in enumerate(lesson.steps):
        if step.runs:
            runs, speed, begun = step.runs, step.speed, 0
        content = content_of(lesson, at, runs)
        sliders = {slot: means for slot, means in enumerate(content.slots) if isinstance(means, Slider)}
        steps = _steps(step, runs, speed, bool(sliders))
        begun += steps
        count = int(np.clip(SLIDER_WORK // max(work_of(runs, begun), 1), MIN_VALUES, VALUES))
        yield StepPlan(
            step, content, runs, steps, {slot: _values(means, runs[0], count) for slot, means in sliders.items()}
        )


def _steps(step: Step, runs: tuple[RunSpec, ...], speed: float | None, slides: bool) -> int:
    until = step.first(Until)
    if until is not None:
        return until.within
    stated = [means.at for _, means in stated_numbers(step, runs) if means.at != UNTIL]
    if not (step.runs or step.first(Predict) or slides):
        return 0
    free = round(speed * FREE_SECONDS) if speed else FREE_STEPS
    return max(1, min(max(free, *stated, 1), MAX_FREE_WORK // work_of(runs, 1)))


def _values(slider: Slider, run: RunSpec, count: int) -> tuple[float, ...]:
    """So many values from end to end; the one with which the step begins takes the place of the nearest."""
    space = np.geomspace if slider.log else np.linspace
    values = space(slider.low, slider.high, count)
    values = np.round(values) if slider.whole else np.array([float(f"{value:.3g}") for value in values])
    values = np.clip(values, slider.low, slider.high)
    own = getattr(getattr(run.now, slider.owner), slider.parameter)
    if isinstance(own, int | float) and not isinstance(own, bool):
        values[np.argmin(np.abs(values - own))] = own
    return tuple(sorted({int(value) if slider.whole else float(value) for value in values}))
