"""Texts as values: checked by the parameters' declarations, never run as code."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable
from typing import Any

from swarmviz.cli.own_functions import class_at, is_address
from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.ensembles.map_grid import SIDE, values_between
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.parameters import Choice, Described, Real, Switch, Whole, restoring
from swarmviz.schedules import ALL as SCHEDULES
from swarmviz.swarm import Swarm

WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
OWNERS = ("dynamics", "landscape", "swarm")


def schedule(name: str, text: str) -> Any:
    """``Linear(start=1,end=0.1,duration=5)``: the class is looked up, its arguments are literals; nothing is evaluated."""
    kind = text[: text.index("(")].strip()
    if kind not in SCHEDULES:
        raise ValueError(f"{name} = {text}: {kind!r} is no schedule{did_you_mean(kind, SCHEDULES)}")
    try:
        call = ast.parse(text.strip(), mode="eval").body
        if not isinstance(call, ast.Call) or any(word.arg is None for word in call.keywords):
            raise ValueError
        args = [ast.literal_eval(arg) for arg in call.args]
        words = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{name} = {text}: write a schedule as {kind}(name=number, …)") from None
    if args and kind != "Piecewise":
        raise ValueError(f"{name} = {text}: write a schedule as {kind}(name=number, …)")
    try:
        return SCHEDULES[kind](*args, **words)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} = {text}: {error}") from None


def parse_value(name: str, text: str, declared: Any) -> Any:
    """What a text means for a declared parameter; a text that means nothing is left for the declaration to refuse."""
    if isinstance(declared, Switch):
        return WORDS.get(text.lower(), text)
    if isinstance(declared, Choice):
        return text
    if isinstance(declared.default, str):  # a text of any kind: "5" is a formula, and in quotes it is the same one
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            quoted = ast.literal_eval(text)
            return quoted if isinstance(quoted, str) else text
        return text
    if isinstance(declared, Real) and re.match(r"\s*\w+\s*\(.*\)\s*$", text):
        return schedule(name, text)
    with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
        value = ast.literal_eval(text)
        if isinstance(declared, Whole) and isinstance(value, float) and value.is_integer():
            return int(value)  # 1e4 agents
        return value
    return text


def pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """``("name=value", …)`` as a dict."""
    result: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ValueError(f"{option} {text}: must be name=value")
        if name.strip() in result:
            raise ValueError(f"{option} {text}: {name.strip()} is given twice")
        result[name.strip()] = value.strip()
    return result


def listed(text: str) -> list[str]:
    """The values between commas, those inside brackets left alone, however many are inside each other."""
    parts, depth = [""], 0
    for sign in text:
        depth = max(0, depth + (sign in "([{") - (sign in ")]}"))
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [value.strip() for value in parts]


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


def owner(classes: dict[str, type[Described]], option: str, name: str) -> tuple[str, str]:
    """Whose parameter a name is: "sigma", or "landscape.barrier"."""
    part, dot, parameter = name.rpartition(".")
    having = [o for o, cls in classes.items() if parameter in cls.declared() and (not dot or o == part)]
    if len(having) > 1:
        raise ValueError(
            f"{option} {name}: more than one part has it: choose {' or '.join(f'{o}.{name}' for o in having)}"
        )
    if not having:
        known = [parameter for cls in classes.values() for parameter in cls.declared()]
        parts = " or the ".join((classes["dynamics"].__name__, f"landscape {classes['landscape'].__name__}", "swarm"))
        raise ValueError(f"{option} {name}: is no parameter of {parts}{did_you_mean(parameter, known)}")
    return having[0], parameter


def chosen(kind: str, name: str, known: Any, option: str = "") -> Any:
    """A class by its name, whatever its capitals."""
    for other, cls in known.items():
        if other.lower() == name.lower():
            return cls
    raise ValueError(f"{option or f'--{kind}'} {name}: is no {kind}{did_you_mean(name, known)}")


def landscape_class(name: str, own_box: tuple[Any, Any], option: str = "") -> Any:
    """A landscape's class by its name, or that of a function by its ``FILE.py:NAME``; only the latter needs the box."""
    if is_address(name):
        return class_at(option or "--landscape", name, *own_box)
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
        "landscape": landscape_class(landscape, own_box),
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
