"""Dynamics, landscapes, swarms and schedules as plain data: for a Dataset's attributes and a store's manifest."""

from __future__ import annotations

import json
from typing import Any

from swarmviz.parameters import Described


def described(thing: Any) -> Any:
    """A value as JSON can hold it; what has parameters becomes ``{"name": class, "values": {parameter: value}}``."""
    if isinstance(thing, Described):
        return {"name": type(thing).__name__, "values": {n: described(v) for n, v in thing.values_now().items()}}
    if isinstance(thing, dict):
        return {str(name): described(value) for name, value in thing.items()}
    if hasattr(thing, "tolist"):
        return described(thing.tolist())
    if isinstance(thing, (list, tuple)):
        return [described(value) for value in thing]
    return thing if thing is None or isinstance(thing, (bool, int, float, str)) else str(thing)


def as_json(thing: Any) -> str:
    """The same as text; equal things have equal texts."""
    return json.dumps(described(thing), ensure_ascii=False, sort_keys=True)
