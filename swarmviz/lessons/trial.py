"""Runs a lesson through: every condition must be met within its bound, and every number that it states must be what is measured.

The run is the one that a reader sees who moves no slider: with the seed of the lesson, so that what is right here is right there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from swarmviz.ensembles import run_ensemble
from swarmviz.frame import Diverged
from swarmviz.lessons import inline
from swarmviz.lessons.conditions import first_step
from swarmviz.lessons.inline import UNTIL, Found, Measured
from swarmviz.lessons.lesson import Lesson, LessonError, Step, Text, Until
from swarmviz.replay import PAGE_RECORD_LIMIT, RunSpec, ignore
from swarmviz.simulation import Simulation

PIECE = 256  # steps between two looks at a condition


class Reached(NamedTuple):
    """A condition that was met: in which step of the lesson, from 1, and at which step of the run."""

    step: int
    k: int


class Trial(NamedTuple):
    """What became of a lesson that was run through."""

    reached: tuple[Reached, ...]
    stated: int  # numbers that were measured again
    complaints: tuple[LessonError, ...]


def run_through(lesson: Lesson, file: str = "") -> Trial:
    """Run a lesson as a reader does who answers every question and moves no slider.

    Parameters
    ----------
    lesson : Lesson
    file : str
        What its file is called in complaints; its name with ``.md`` when absent.

    Returns
    -------
    Trial
        Nothing is raised for a lesson that states what is not so: its complaints say where, and what was measured.
    """
    file = file or f"{lesson.name}.md"
    reached: list[Reached] = []
    complaints: list[LessonError] = []
    stated = 0
    runs: tuple[RunSpec, ...] = ()
    sims: list[Simulation] = []
    here = 0  # where the run stands when a step of the lesson begins
    for number, step in enumerate(lesson.steps, 1):
        met = None
        try:
            if step.runs:
                runs, here = step.runs, 0
                sims = [run.replay() for run in runs]
            until = step.first(Until)
            if until is not None:
                met = met_step(sims[0], until, here)
                if met is None:
                    words = " and ".join(map(str, until.conditions))
                    where = f"within {until.within} steps of step {here}"
                    complaints.append(LessonError(file, until.line, f"until {words}: is not so {where}"))
                else:
                    reached.append(Reached(number, met))
            for line, number_of in stated_numbers(step, runs):
                stated += 1
                wrong = _wrong(number_of, runs, sims, met)
                if wrong:
                    complaints.append(LessonError(file, line, wrong))
        except (Diverged, ValueError) as error:
            complaints.append(LessonError(file, step.line, str(error)))
            break
        here = here if met is None else met
    return Trial(tuple(reached), stated, tuple(complaints))


def met_step(sim: Simulation, until: Until, here: int, check: Callable[[int], Any] = ignore) -> int | None:
    """The step at which the conditions are first met, from ``here`` on; what ``check(k)`` raises, which is called now and then, ends it."""
    after = here - 1
    while True:
        check(sim.k)
        met = first_step(until.conditions, sim.record, after, PAGE_RECORD_LIMIT)
        end = here + until.within
        if met is not None or sim.furthest >= end:
            return met if met is not None and met <= end else None
        after = max(after, sim.furthest)
        try:
            sim.advance(min(PIECE, end - sim.furthest))
        except Diverged:
            if first_step(until.conditions, sim.record, after, PAGE_RECORD_LIMIT) is None:
                raise


def stated_numbers(step: Step, runs: tuple[RunSpec, ...]) -> Iterator[tuple[int, Measured | Found]]:
    """The numbers that the texts of a step state, with their lines."""
    for part in step.parts:
        if isinstance(part, Text):
            for line, text in enumerate(part.text.split("\n"), part.line):
                for piece in filter(inline.is_braced, inline.pieces(text)):
                    means = inline.meaning(piece, runs)
                    if isinstance(means, Measured | Found):
                        yield line, means


def _wrong(stated: Measured | Found, runs: tuple[RunSpec, ...], sims: list[Simulation], met: int | None) -> str:
    """What is wrong with a number; empty where it is right."""
    if isinstance(stated, Found):
        count = found(runs[stated.swarm], stated.runs, stated.at)
        return "" if count == stated.hits else f"found {stated.shown} runs at step {stated.at}: measured are {count}"
    k = met if stated.at == UNTIL else stated.at
    if k is None:
        return ""  # the condition that is not met has been said
    sim = sims[stated.swarm]
    if sim.furthest < k:
        sim.advance(k - sim.furthest)
    value = float(sim.record[stated.observable][k])
    if abs(value - stated.value) <= stated.half_unit * (1 + 1e-9):
        return ""
    return f"{stated.observable} at step {k} = {stated.text}: measured is {value:.6g}"


def found(run: RunSpec, runs: int, k: int, **options: Any) -> int:
    """How many of so many runs with the next seeds, the first replicas of the page, have found the minimum at step ``k``.

    ``options``: as of :func:`swarmviz.ensembles.run_ensemble`.

    Raises
    ------
    ValueError
        When no minimiser is known.
    """
    swarm = run.swarm.copy()
    swarm.seed = swarm.seed + 1
    data = run_ensemble(run.now.dynamics, run.now.landscape, swarm, runs, k, record=(), every=max(k, 1), **options)
    success = np.asarray(data["success"])
    if np.isnan(success).any():
        raise ValueError(f"found: no minimiser of {run.now.landscape.title} is known, or a run diverged")
    return int(success.sum())
