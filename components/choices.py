"""What a selection looks like in the form, how a swarm follows to another landscape, and two small helpers of the session."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from components.controls import choice_row
from components.permalink import Selection
from swarmviz import Swarm, dynamics, landscapes
from swarmviz.parameters import Described


def weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """A callback that keeps nobody alive: Panel and asyncio hold on to some documents after their visitors have left."""
    reference = weakref.WeakMethod(method)

    def call(*arguments: Any) -> Any:
        alive = reference()
        return None if alive is None else alive(*arguments)

    return call


def parts_of(selection: Selection) -> dict[str, Described]:
    return {name: getattr(selection, name).copy() for name in ("dynamics", "landscape", "swarm")}


def heading_of(selection: Selection) -> list[dict]:
    return [
        choice_row("dynamics", "Dynamics", [(n, c.title) for n, c in dynamics.ALL.items()], type(selection.dynamics).__name__),
        choice_row("landscape", "Landscape", [(n, c.title) for n, c in landscapes.ALL.items()], type(selection.landscape).__name__),
    ]  # fmt: skip


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
