"""What a selection looks like in the form, what a choice there makes of it, and two small helpers of the session."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from components import permalink
from components.controls import choice_row, note_row
from components.permalink import Selection
from swarmviz import Swarm, dynamics, landscapes, presets
from swarmviz.parameters import Described


def weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """A callback that keeps nobody alive: Panel and asyncio hold on to some documents after their visitors have left. None when gone."""
    reference = weakref.WeakMethod(method)

    def call(*arguments: Any) -> Any:
        return alive(*arguments) if (alive := reference()) is not None else None

    return call


def parts_of(selection: Selection) -> dict[str, Described]:
    return {name: getattr(selection, name).copy() for name in ("dynamics", "landscape", "swarm")}


def heading_of(selection: Selection) -> list[dict]:
    name = type(selection.dynamics).__name__
    preset = preset_of(selection)
    known = [("", "—"), *((p.name, f"{p.title} (fails on purpose)" if p.fails else p.title) for p in presets.of(name))]
    return [
        choice_row("dynamics", "Dynamics", [(n, c.title) for n, c in dynamics.ALL.items()], name),
        choice_row("preset", "Preset", known, preset.name if preset else "") | {"after_edit": {"value": ""}},
        note_row("question", preset.text if preset else ""),
        choice_row("landscape", "Landscape", [(n, c.title) for n, c in landscapes.ALL.items()], type(selection.landscape).__name__),
    ]  # fmt: skip


def chosen(name: str, value: str, now: Selection, comparing: bool) -> Selection | None:
    """What is shown after a choice in the heading; None when there is no such choice. ``comparing``: landscape and swarm stay."""
    if name == "dynamics" and value in dynamics.ALL:
        first = permalink.first(value)
        return now._replace(dynamics=first.dynamics) if comparing else first
    if name == "landscape" and value in landscapes.ALL:
        landscape = landscapes.ALL[value]()
        return now._replace(landscape=landscape, swarm=swarm_on(landscape, now.swarm))
    if name == "preset" and value in presets.ALL:
        return permalink.of_preset(presets.ALL[value])
    return None


def preset_of(selection: Selection) -> presets.Preset | None:
    """The preset that a selection is, whatever its seed."""
    for preset in presets.of(type(selection.dynamics).__name__):
        dynamic, landscape, swarm = preset.build()
        swarm.seed = selection.swarm.seed
        if all(a.same_as(b) for a, b in zip((dynamic, landscape, swarm), selection[:3], strict=True)):
            return preset
    return None


def swarm_on(landscape: landscapes.Landscape, swarm: Swarm) -> Swarm:
    """The swarm as it can start on another landscape: a dimension that exists there, and a law that is not tied to the old box."""
    swarm = swarm.copy()
    smallest, largest = landscape.dims
    swarm.d = max(smallest, min(swarm.d, largest or swarm.d))
    if swarm.initial in ("box", "points", "gaussian") or not len(landscape.minimisers(swarm.d)):
        swarm.initial = "uniform"
    return swarm


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
