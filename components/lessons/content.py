"""What the page shows of a lesson beside its content: an entry of the list, and the sliders and numbers in the texts."""

from __future__ import annotations

from typing import Any

from components.controls.rows import rows_of
from swarmviz.lessons.inline import Number, Slider
from swarmviz.lessons.lesson import Lesson
from swarmviz.replay import RunSpec


def summary(lesson: Lesson, family: str) -> dict[str, Any]:
    """What the list of lessons says of one."""
    return {
        "name": lesson.name,
        "title": lesson.title,
        "family": family,
        "note": f"{lesson.level}, {lesson.minutes} min, {len(lesson.steps)} steps",
    }


def slot_of(slot: Slider | Number, runs: tuple[RunSpec, ...]) -> dict[str, Any]:
    """What the browser must know of a slot to make it."""
    if isinstance(slot, Number):
        return {"kind": "number"}
    part = getattr(runs[0].now, slot.owner)
    row = next((row for row in rows_of(part, slot.owner) if row.parameter == slot.parameter), None)
    return {
        "kind": "slider",
        "symbol": row.symbol if row else slot.parameter,
        "name": row.label if row else slot.parameter,
        "low": slot.low,
        "high": slot.high,
        "whole": slot.whole,
        "log": slot.log,
    }
