"""What a selection looks like in the form, what a choice there makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from components import state
from components.controls.rows import Row, choice_row, note_row
from components.state import Selection
from swarmviz import Swarm, dynamics, landscapes, presets
from swarmviz.parameters import Described

PARTS = ("dynamics", "landscape", "swarm")
OWN_VALUES = "No preset has these values: they are your own. Choose a preset for a question to look at."


def parts_of(selection: Selection) -> dict[str, Described]:
    """Copies of the three parts of a selection, by name."""
    return {name: getattr(selection, name).copy() for name in PARTS}


def heading_of(parts: Mapping[str, Described]) -> list[Row]:
    """The choices above the parameters, as they are for these parts: which preset they are, if any, and what it says of itself."""
    name, landscape = type(parts["dynamics"]).__name__, type(parts["landscape"]).__name__
    preset = preset_of(parts)
    known = [("", "—"), *((p.name, f"{p.title} (fails on purpose)" if p.fails else p.title) for p in presets.of(name))]
    return [
        choice_row("dynamics", "Dynamics", [(n, c.title) for n, c in dynamics.ALL.items()], name),
        choice_row("preset", "Preset", known, preset.name if preset else ""),
        note_row("question", preset.text if preset else OWN_VALUES),
        choice_row("landscape", "Landscape", [(n, c.title) for n, c in landscapes.ALL.items()], landscape),
    ]


def chosen(name: str, value: str, now: Selection, comparing: bool) -> Selection | None:
    """What is shown after a choice in the heading; None when there is no such choice. ``comparing``: landscape and swarm stay."""
    if name == "dynamics" and value in dynamics.ALL:
        first = state.first(value)
        return now._replace(dynamics=first.dynamics) if comparing else first
    if name == "landscape" and value in landscapes.ALL:
        landscape = landscapes.ALL[value]()
        return now._replace(landscape=landscape, swarm=state.swarm_on(landscape, now.swarm))
    if name == "preset" and value in presets.ALL:
        return state.of_preset(presets.ALL[value])
    return None


def preset_of(parts: Mapping[str, Described]) -> presets.Preset | None:
    """The preset whose dynamics, landscape and swarm these are to the last value.

    Only what its text does not depend on may differ: the seed, because what is measured is measured over many, and the speed of playing.
    """
    seed = {"seed": parts["swarm"].seed}
    values = {name: (type(part), part.values_now()) for name, part in parts.items()}
    for preset in presets.of(type(parts["dynamics"]).__name__):
        own = _built(preset.name)
        if values == own | {"swarm": (Swarm, own["swarm"][1] | seed)}:
            return preset
    return None


@cache
def _built(name: str) -> dict[str, tuple[type, dict[str, Any]]]:
    """The types and values of a preset's parts."""
    parts = zip(PARTS, presets.ALL[name].build(), strict=True)
    return {name: (type(part), part.values_now()) for name, part in parts}
