"""What a command is given, as dynamics, landscape and swarm: texts are read by :mod:`swarmviz.typed`, none of them is run as code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from swarmviz.cli.own_functions import OPENING_D, class_at, is_address
from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.ensembles.map_grid import SIDE, values_between
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.parameters import Described, Real, restoring
from swarmviz.swarm import Swarm
from swarmviz.typed import chosen, listed, owner, pairs, parse_value

OWNERS = ("dynamics", "landscape", "swarm")


def axis_values(name: str, text: str, declared: Any) -> list[Any]:
    """The values of an axis: a list, ``0.1,0.3,1``, or a range, ``0.1:3`` or ``0.1:3:12``, spaced as the parameter's scale says."""
    ends = text.split(":")
    if not 2 <= len(ends) <= 3 or not isinstance(declared, Real) or "(" in text or "," in text:
        return [parse_value(name, value, declared) for value in listed(text)]
    try:
        low, high = float(ends[0]), float(ends[1])
        side = int(ends[2]) if len(ends) == 3 else SIDE
    except ValueError:
        raise ValueError(f"--grid {name}={text}: write a range as low:high or low:high:number of values") from None
    return values_between(declared, low, high, side)


def landscape_class(name: str, own_box: tuple[Any, Any], option: str = "", d: int | None = None) -> Any:
    """A landscape's class by its name, or that of a function by its ``FILE.py:NAME``; only the latter needs the box, and has a use for the
    dimension of the swarm."""
    if is_address(name):
        return class_at(option or "--landscape", name, *own_box, opening_d=d or OPENING_D)
    return chosen("landscape", name, LANDSCAPES, option)


def problem(
    dynamics: str,
    landscape: str,
    settings: tuple[str, ...],
    swarm: dict[str, Any],
    axes: Iterable[str] = (),
    own_box: tuple[Any, Any] = (None, None),
) -> dict[str, Described]:
    """Dynamics, landscape and swarm from the options; the ``axes`` of a grid will have other values, too.

    ``own_box`` is that of a landscape that is a function in a file.
    """
    if own_box != (None, None) and not is_address(landscape) and "landscape" not in axes:
        raise ValueError(
            f"--low, --high: have no effect on {landscape}, which has a box of its own; only a FILE.py:NAME needs them"
        )
    classes: dict[str, type[Described]] = {
        "dynamics": chosen("dynamics", dynamics, DYNAMICS),
        "landscape": landscape_class(landscape, own_box, d=swarm.get("d")),
        "swarm": Swarm,
    }
    values: dict[str, dict[str, Any]] = {o: {} for o in OWNERS}
    for name, text in pairs("--set", settings).items():
        whose, parameter = owner(classes, "--set", name)
        if parameter in values[whose]:
            raise ValueError(f"--set {name}={text}: {parameter} of the {whose} is given twice")
        values[whose][parameter] = parse_value(name, text, classes[whose].declared()[parameter])
    for name, value in swarm.items():
        if value is not None:
            if name in values["swarm"]:
                raise ValueError(f"--{name} {value}: {name} is given twice, by --set as well")
            values["swarm"][name] = value
    for name in axes:
        if name == "landscape":
            if values["landscape"]:
                idle = next(iter(values["landscape"]))
                raise ValueError(f"--set {idle}: has no effect, because --grid landscape takes its place")
            continue
        whose, parameter = owner(classes, "--grid", name)
        if parameter in values[whose]:
            raise ValueError(f"--grid {name}: {parameter} is given twice, by itself as well")
    with restoring():
        parts = {whose: classes[whose](**values[whose]) for whose in OWNERS}
    for whose, part in parts.items():
        part.require_used(values[whose], {name.removeprefix(f"{whose}.") for name in axes})
    return parts
