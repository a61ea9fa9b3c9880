"""A lesson as one HTML file that needs no server and no network, of at most 6 MB."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from html import escape
from typing import Any

from swarmviz.exports.replay import filled, packed_text, page_json, source, themes_of
from swarmviz.handout.plan import StepPlan, plans_of
from swarmviz.handout.scenes import Director, Scene, with_value
from swarmviz.lessons.inline import Slider
from swarmviz.lessons.lesson import Lesson, Until
from swarmviz.parameters import shown
from swarmviz.replay import Cancelled, RunSpec, ignore, never
from swarmviz.theory.wording import number_words
from swarmviz.version import __version__

MAX_BYTES = 6_000_000
AGENT_BYTES = 2_500_000  # of all runs, before packing
RUN_BYTES = 120_000  # of one of them


def handout(
    lesson: Lesson,
    *,
    progress: Callable[[int, int], None] = ignore,
    cancelled: Callable[[], bool] = never,
    threads: int | None = None,
) -> str:
    """A page with the text of a lesson and its runs, computed in advance.

    Each slider of the text has a few values, and beside each the run is another one, with how many runs with other seeds have found the
    minimum. Of several sliders of a step the others stand as the step begins.

    Parameters
    ----------
    lesson : Lesson
    progress : function (done, total) → None
        Called after each scene.
    cancelled : function () → bool
        Asked now and then.
    threads : int, optional
        Of the runs with other seeds; every core when absent.

    Returns
    -------
    str
        The text of an HTML file; what each run is made of (version, parameters, seed) is JSON in its element ``metadata``.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true.
    ValueError
        When the lesson has more runs, or longer ones, than a file can have.
    ImportError
        Without markdown-it-py, which comes with the page.
    """
    plans = plans_of(lesson)
    total = max(1, sum(plan.scenes for plan in plans))
    runs = sum(plan.scenes * len(plan.runs) for plan in plans)
    director = Director(min(RUN_BYTES, AGENT_BYTES // max(runs, 1)), cancelled, threads)
    scenes: list[Scene] = []

    def lived(scene: Scene) -> int:
        scenes.append(scene)
        progress(len(scenes), total)
        return len(scenes) - 1

    steps: list[dict[str, Any]] = []
    standing: tuple[RunSpec, ...] = ()
    for plan in plans:
        if cancelled():
            raise Cancelled
        standing = plan.step.runs or standing
        step = _told(plan, lesson)
        if plan.steps:
            begun = standing
            step["sliders"] = {str(slot): _slider(plan, slot, begun, director, lived) for slot in plan.values}
            own = next(
                (slider["scenes"][slider["own"]] for slider in step["sliders"].values() if slider["own"] >= 0), None
            )
            step["scene"] = lived(director.scene(plan, begun)) if own is None else own
            standing = scenes[step["scene"]].ends
        else:
            step |= {"scene": steps[-1]["scene"], "still": True, "sliders": {}}
        steps.append(step)
    return _page(lesson, steps, scenes, director.blocks.whole)


def _told(plan: StepPlan, lesson: Lesson) -> dict[str, Any]:
    """What is read of a step."""
    until = plan.step.first(Until)
    views = dict(plan.step.views or {})
    names = [str(name) for name in (views.get("view"), *(views.get("views") or ())) if name]
    slots = [None if isinstance(slot, Slider) else slot.observable for slot in plan.content.slots]
    return {
        "title": plan.step.title,
        "parts": plan.content.parts,
        "slots": slots,
        "waiting": f"Waiting for {' and '.join(map(str, until.conditions))}." if until is not None else "",
        "note": f"On the page of swarmviz this step shows {' and '.join(names)}, too; here are the arena and one curve."
        if names
        else "",
    }


def _slider(
    plan: StepPlan, slot: int, begun: tuple[RunSpec, ...], director: Director, lived: Callable[[Scene], int]
) -> dict[str, Any]:
    """A slider with a scene at each of its values; values that the other parameters do not allow are left out."""
    slider = plan.content.slots[slot]
    assert isinstance(slider, Slider)
    part = getattr(begun[0].now, slider.owner)
    own = getattr(part, slider.parameter)
    declared = part.declared()[slider.parameter]
    kept, scenes = [], []
    for value in plan.values[slot]:
        try:
            first = begun[0] if value == own else with_value(begun[0], slider, value)
        except ValueError:
            continue
        scenes.append(lived(director.scene(plan, (first, *begun[1:]), counted=True)))
        kept.append(value)
    return {
        "symbol": declared.symbol or declared.name,
        "name": declared.label,
        "values": [number_words(value, 4) if isinstance(value, float) else shown(value) for value in kept],
        "scenes": scenes,
        "own": next((i for i, value in enumerate(kept) if value == own), -1),
    }


def _page(lesson: Lesson, steps: list[dict[str, Any]], scenes: list[Scene], block: bytes) -> str:
    content = {
        "title": lesson.title,
        "note": f"{lesson.level}, {lesson.minutes} min · {lesson.paper}",
        "themes": themes_of(True),
        "steps": steps,
        "scenes": [scene.content for scene in scenes],
    }
    about = {
        "program": "swarmviz",
        "version": __version__,
        "lesson": lesson.name,
        "title": lesson.title,
        "scenes": [scene.about for scene in scenes],
    }
    style = source("swarmviz.handout", "handout.css")
    script = filled(source("swarmviz.handout", "handout.js"), {"PLAYER": source("swarmviz.exports", "player.js")})
    page = filled(
        source("swarmviz.handout", "handout.html"),
        {
            "TITLE": escape(lesson.title),
            "POLICY": f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'",
            "STYLE": style,
            "SCRIPT": script,
            "LESSON": page_json(content),
            "METADATA": page_json(about),
            "DATA": packed_text(block),
        },
    )
    size = len(page.encode())
    if size > MAX_BYTES:
        raise ValueError(f"{lesson.name}: the file has {size / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f} MB")
    return page


def _hash(text: str) -> str:
    """What a policy lets run or style the page: this text and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
