"""Texts as values, of the command line and of lessons: checked by the parameters' declarations, never run as code."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Mapping
from typing import Any

from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.parameters import Choice, Described, Real, Switch, Whole
from swarmviz.schedules import ALL as SCHEDULES

WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


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


def owners(classes: Mapping[str, type[Described]], name: str) -> list[str]:
    """The parts that have a parameter of this name: "sigma", or "landscape.barrier"."""
    part, dot, parameter = name.rpartition(".")
    return [o for o, cls in classes.items() if parameter in cls.declared() and (not dot or o == part)]


def owner(classes: Mapping[str, type[Described]], option: str, name: str) -> tuple[str, str]:
    """Whose parameter a name is, and which.

    Raises
    ------
    ValueError
        When no part has it, or more than one.
    """
    having, parameter = owners(classes, name), name.rpartition(".")[2]
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
