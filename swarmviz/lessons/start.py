"""The swarms with which a step of a lesson begins: blocks ``set`` and ``compare``, read by the declarations of the parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.lessons.sections import Line, Section, mistake
from swarmviz.parameters import Described, restoring
from swarmviz.presets import ALL as PRESETS
from swarmviz.presets import opening
from swarmviz.replay import RunSpec
from swarmviz.swarm import Swarm
from swarmviz.typed import chosen, owner, parse_value

PICTURES_PER_S = 30.0  # as many as the page paints: a preset's pace is in steps per picture
MAX_COORDINATES = 100_000  # agents times dimension of a lesson's swarm, which is there at once
FASTEST = "fastest"
PARTS = {"dynamics": DYNAMICS, "landscape": LANDSCAPES}


class Start(NamedTuple):
    """Dynamics, landscape and swarm, never modified once they are here, and the speed in steps per second (None: as fast as it goes)."""

    dynamics: Any
    landscape: Any
    swarm: Swarm
    speed: float | None

    def run(self) -> RunSpec:
        """The same as a run that has not begun."""
        return RunSpec.at_start(self.dynamics, self.landscape, self.swarm)


def started(section: Section, before: Start | None, keep_swarm: bool = False) -> Start:
    """What a block says, beginning with what the step before had, or with a preset or a dynamics that it names.

    ``keep_swarm``: another dynamics gets the landscape and the swarm of ``before``, not its own.

    Raises
    ------
    Mistake
        With the line of the value that is refused.
    """
    lines = settings(section)
    start = _beginning(lines, before, section, keep_swarm)
    parts: dict[str, Described] = {"dynamics": start.dynamics, "landscape": start.landscape, "swarm": start.swarm}
    parts = {name: part.copy() for name, part in parts.items()}
    speed, given = start.speed, []
    for name, line in lines.items():
        if name in ("preset", *PARTS):
            continue
        try:
            if name == "speed":
                speed = _speed(line.text)
                continue
            whose, parameter = owner({which: type(part) for which, part in parts.items()}, f"{section.kind}:", name)
            value = parse_value(parameter, line.text, parts[whose].declared()[parameter])
            with restoring():
                parts[whose].param.update(**{parameter: value})
            given.append((whose, parameter, line))
        except (ValueError, TypeError) as error:
            mistake(line.number, str(error))
    for whose, parameter, line in given:
        try:
            parts[whose].require_used([parameter])
        except ValueError as error:
            mistake(line.number, str(error))
    result = Start(**parts, speed=speed)
    size = lines.get("n") or lines.get("d") or Line(section.number, "")
    _require_start(result, section.number, size.number)
    return result


def beside(section: Section, first: Start) -> Start:
    """The swarm beside the first one: with the same agents, seed and start, and other parameters, another dynamics or another landscape.

    Raises
    ------
    Mistake
        When something is to differ that is the same of all swarms beside each other.
    """
    lines = settings(section)
    for name in ("preset", "speed"):
        if name in lines:
            mistake(lines[name].number, f"compare: {name} is the same of all swarms beside each other")
    other = started(section, first, keep_swarm=True)
    if not other.swarm.same_as(first.swarm):
        mistake(section.number, "compare: agents, seed and start are the same of all swarms beside each other")
    return other


def settings(section: Section) -> dict[str, Line]:
    """The lines ``name = value`` of a block by their names.

    Raises
    ------
    Mistake
        When a line has another form, or a name is given twice.
    """
    found: dict[str, Line] = {}
    for line in filled(section.lines):
        name, equals, value = (part.strip() for part in line.text.partition("="))
        if not equals or not name or not value:
            mistake(line.number, f"{line.text[:60]!r}: must be name = value")
        if name in found:
            mistake(line.number, f"{name[:60]} is given twice")
        found[name] = Line(line.number, value)
    if not found:
        mistake(section.number, f"the block {section.kind!r} is empty")
    return found


def filled(lines: Iterable[Line]) -> list[Line]:
    """The lines that are not blank."""
    return [line for line in lines if line.text.strip()]


def _beginning(lines: dict[str, Line], before: Start | None, section: Section, keep_swarm: bool) -> Start:
    """The parts that are named, with their own values; those of the step before where none is."""
    named = {kind: _named(kind, lines[kind], known) for kind, known in PARTS.items() if kind in lines}
    if "preset" in lines:
        line = lines["preset"]
        preset = _named("preset", line, {name: name for name in PRESETS})
        if named:
            mistake(line.number, "preset: names dynamics and landscape as well; name a preset, or these")
        return Start(*PRESETS[preset].build(), PRESETS[preset].pace * PICTURES_PER_S)
    if "dynamics" in named and keep_swarm and before is not None:
        return before._replace(
            dynamics=named["dynamics"](), landscape=named.get("landscape", lambda: before.landscape)()
        )
    if "dynamics" in named:
        first = opening(named["dynamics"].__name__)
        landscape = named.get("landscape", LANDSCAPES[first.landscape])
        return Start(named["dynamics"](), landscape(), Swarm(), first.pace * PICTURES_PER_S)
    if before is None:
        mistake(section.number, "the first step must name a preset or a dynamics")
    return before._replace(landscape=named["landscape"]()) if named else before


def _named(kind: str, line: Line, known: Any) -> Any:
    try:
        return chosen(kind, line.text, known, kind)
    except ValueError as error:
        mistake(line.number, str(error))


def _speed(text: str) -> float | None:
    if text == FASTEST:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not (math.isfinite(speed) and 0 < speed <= 1e9):
        raise ValueError(f"speed = {text[:30]}: must be a number of steps per second above 0, or {FASTEST}")
    return speed


def _require_start(start: Start, line: int, size: int) -> None:
    """Refuse a swarm that cannot begin, or that a page does not have at once; ``size`` is the line that says how large it is."""
    swarm = start.swarm
    if swarm.n * swarm.d > MAX_COORDINATES:
        mistake(
            size, f"n = {swarm.n} agents with d = {swarm.d}: too many for a lesson, where N d ≤ {MAX_COORDINATES:,}"
        )
    if start.landscape.unlinkable:
        mistake(line, f"{start.landscape.title}: no link can hold it, because {start.landscape.unlinkable}")
    try:
        start.landscape.require_dimension(swarm.d)
        swarm.positions(start.landscape)
    except (ValueError, TypeError) as error:
        mistake(line, str(error))
