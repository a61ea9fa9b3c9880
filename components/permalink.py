"""A whole selection in one query parameter of the address: compact, versioned, and checked like anything a person types.

``?s=1.<base64url of deflated JSON>``: the dynamics, landscape and swarm by name with the values that differ from their defaults, the speed
and whether it plays. A link that cannot be read gives one sentence, never a traceback, and nothing in it is run.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any, NamedTuple

from swarmviz import dynamics, landscapes, schedules
from swarmviz.dynamics import Dynamics
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Described
from swarmviz.presets import Preset, opening
from swarmviz.swarm import Swarm

KEY = "s"
VERSION = "1"
LONGEST = 8000  # characters of a link
LARGEST = 200_000  # bytes of its content


class Selection(NamedTuple):
    """What is shown: the three parts of a simulation and the speed in steps per second (None: as fast as it goes)."""

    dynamics: Dynamics
    landscape: Landscape
    swarm: Swarm
    speed: float | None


class BadLink(ValueError):
    """A link that does not lead anywhere; the message is for the person who followed it."""


def first(name: str, pictures_per_second: float = 30.0) -> Selection:
    """The selection with which a dynamics is first seen."""
    return of_preset(opening(name), pictures_per_second)


def of_preset(preset: Preset, pictures_per_second: float = 30.0) -> Selection:
    """The selection of a preset."""
    return Selection(*preset.build(), preset.pace * pictures_per_second)


def write(selection: Selection) -> str:
    """The value of the query parameter ``KEY``."""
    content = [_pack(part) for part in selection[:3]] + [selection.speed]
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return f"{VERSION}.{base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip('=')}"


def read(link: str) -> Selection:
    """The selection of a link.

    Raises
    ------
    BadLink
        When it is damaged, of another version, or holds a value that the declarations refuse.
    """
    version, _, code = link.partition(".")
    if version != VERSION:
        raise BadLink("The link is of another version of swarmviz; the opening example is shown instead.")
    try:
        content = json.loads(_inflate(code))
        dynamic, landscape, swarm, speed = content
        selection = Selection(
            _unpack(dynamic, dynamics.ALL), _unpack(landscape, landscapes.ALL), _unpack(swarm, {"Swarm": Swarm}), _speed(speed)
        )  # fmt: skip
        selection.landscape.require_dimension(selection.swarm.d)
    except BadLink:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadLink(f"The link cannot be opened ({error}); the opening example is shown instead.") from error
    return selection


def _inflate(code: str) -> str:
    if len(code) > LONGEST:
        raise ValueError("it is too long")
    try:
        packed = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        opened = zlib.decompressobj()
        text = opened.decompress(packed, LARGEST)
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("it is damaged") from None
    if opened.unconsumed_tail or not opened.eof:
        raise ValueError("it is damaged")
    return text.decode("utf-8")


def _speed(value: Any) -> float | None:
    if value is not None and not (isinstance(value, int | float) and 0 < value <= 1e9):
        raise ValueError(f"speed = {value!r}")
    return value


def _pack(part: Described) -> list:
    changed = {name: value for name, value in part.values_now().items() if value != part.param[name].default}
    return [type(part).__name__, {name: _plain(value) for name, value in changed.items()}]


def _plain(value: Any) -> Any:
    if isinstance(value, schedules.Schedule):
        return {"schedule": type(value).__name__, **value.values_now()}
    return value


def _unpack(packed: Any, known: dict[str, type]) -> Any:
    name, values = packed
    if name not in known:
        raise ValueError(f"{name!r} is not known")
    return known[name](**{key: _full(value) for key, value in values.items()})


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        kind = schedules.ALL[value["schedule"]]
        return kind(**{key: v for key, v in value.items() if key != "schedule"})
    return value
