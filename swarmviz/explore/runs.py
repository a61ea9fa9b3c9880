"""A row of a table as a run that can be lived again: its dynamics, landscape, swarm and seed, from what the file says of them.

What a file says is data: names of classes are looked up, values are checked by their declarations, a schedule that is written as a text
is parsed by :mod:`swarmviz.typed`. Nothing is evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from swarmviz import dynamics, landscapes
from swarmviz.ensembles.dataset import program
from swarmviz.ensembles.settings import Problem
from swarmviz.ensembles.stopping import Below, Budget, Spent, Stall
from swarmviz.explore.reading import MAX_LABEL_CHARS, text_of
from swarmviz.explore.table import RunTable
from swarmviz.parameters import Described
from swarmviz.replay import RunSpec
from swarmviz.schedules import ALL as SCHEDULES
from swarmviz.serialise import built
from swarmviz.swarm import Swarm
from swarmviz.typed import parse_value

VARIES = "axis "  # before the name of the axis, in the place of a value
STOPS = {stop.__name__: stop for stop in (Below, Budget, Spent, Stall)}


class NotOpened(ValueError):
    """A row that is no run which can be lived again; the message says why, in one sentence."""


class Found(NamedTuple):
    """A run of a table.

    Attributes
    ----------
    run : RunSpec
        At step 0.
    steps : int
        At which it ended in the table.
    doubt : str
        Why it may not equal the table to the bit; "" where nothing speaks against it.
    """

    run: RunSpec
    steps: int
    doubt: str


def spec_of(table: RunTable, row: int) -> Found:
    """The run of a row.

    Raises
    ------
    NotOpened
        When the row is a cell, or the file does not hold all of the run, such as a function of a person's own.
    ValueError
        When there is no such row.
    """
    place = table.place(row)
    if not table.of_runs:
        raise NotOpened("This row is a cell; the file keeps none of its runs.")
    try:
        problem, steps = _of_figure(table, place) if "parts" in table.data.attrs else _of_sweep(table, place)
        problem.swarm.seed = problem.swarm.seed if "parts" in table.data.attrs else _seed(table, place)
        problem.landscape.require_dimension(problem.swarm.d)
    except NotOpened:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError) as error:
        raise NotOpened(f"This run cannot be opened, because {_why(error)}.") from None
    return Found(RunSpec.at_start(*problem), _steps(table, place, steps), _doubt(table))


def _why(error: BaseException) -> str:
    said = " ".join(str(error).split())
    return (
        said[:300].rstrip(".")
        if isinstance(error, ValueError | TypeError) and said
        else "what the file says of it has another form"
    )


def _doubt(table: RunTable) -> str:
    """Whether the file is of another program than this one."""
    attributes, now = table.data.attrs, program()
    if attributes.get("sources", now["sources"]) != now["sources"]:
        return "The file is of other sources than this program: the run may differ from its row."
    if attributes.get("swarmviz") != now["swarmviz"]:
        return f"The file is of swarmviz {text_of(attributes.get('swarmviz'))}: the run may differ from its row."
    return ""


def _seed(table: RunTable, place: Mapping[str, int]) -> int:
    if "seed" not in table.data.variables:
        raise NotOpened("The file does not say with which seed this run was made.")
    return _whole(table, "seed", place)


def _number(table: RunTable, place: Mapping[str, int]) -> int:
    """The number of the run, which is not its place where some were chosen out of the Dataset."""
    if "run" not in table.data.variables:
        raise NotOpened("The file does not say which number this run had.")
    return _whole(table, "run", place)


def _whole(table: RunTable, name: str, place: Mapping[str, int]) -> int:
    values = table.data[name]
    value = values.isel({dim: i for dim, i in place.items() if dim in values.dims}).item()
    if value != int(value):
        raise ValueError(f"{name} = {value!r}: must be a whole number")
    return int(value)


def _steps(table: RunTable, place: Mapping[str, int], planned: int) -> int:
    """The step at which the run ended; that of the settings where the table does not say."""
    if "steps_taken" not in table.data.variables:
        return max(0, planned)
    values = table.data["steps_taken"]
    taken = values.isel({dim: i for dim, i in place.items() if dim in values.dims}).item()
    return int(taken) if np.isfinite(taken) and taken >= 0 else 0


# ---- of run, sweep and refine ----------------------------------------------------------------------------------------------


def _of_sweep(table: RunTable, place: Mapping[str, int]) -> tuple[Problem, int]:
    attributes = table.data.attrs
    missing = [name for name in Problem._fields if not isinstance(attributes.get(name), str)]
    if missing:
        raise NotOpened(f"The file does not say what was run: its attribute {missing[0]!r} is missing.")
    at = _values_at(table, place)
    parts = {}
    for name, known in (("dynamics", dynamics.ALL), ("landscape", landscapes.ALL), ("swarm", {Swarm.__name__: Swarm})):
        text = attributes[name]
        if name == "landscape" and text == f"{VARIES}landscape":
            content = _content("landscapes", attributes.get("landscapes"))[at["landscape"]]
        else:
            content = _content(name, text)
        parts[name] = _part(content, known, at)
    settings = _content("settings", attributes.get("settings", "{}"))
    return Problem(**parts), int(settings.get("steps", 0))


def _content(name: str, text: Any) -> Any:
    try:
        content = json.loads(text)
    except (TypeError, ValueError):
        raise ValueError(f"its attribute {name!r} is no JSON") from None
    if not isinstance(content, dict):
        raise ValueError(f"its attribute {name!r} has another form")
    return content


def _values_at(table: RunTable, place: Mapping[str, int]) -> dict[str, Any]:
    """Axis → its value in a row; with what is the same in all rows because one value of an axis was chosen out of the Dataset."""
    one = [str(name) for name, values in table.data.coords.items() if not values.dims and name not in table.axes]
    return {axis: _value_at(table, axis, place[axis]) for axis in table.axes} | {
        name: _value_at(table, name, ()) for name in one
    }


def _value_at(table: RunTable, axis: str, i: int | tuple[()]) -> Any:
    """The value of an axis as Python's own: a number, yes or no, or a text."""
    value = table.data[axis].values[i]
    return value.item() if isinstance(value, np.generic) else text_of(value) if isinstance(value, bytes) else value


def _part(content: Any, known: Mapping[str, type], at: Mapping[str, Any]) -> Any:
    """A part in the format of Datasets, ``{"name": …, "values": …}``, with the values of the axes in their places."""
    name, values = content["name"], dict(content["values"])
    if not isinstance(name, str) or name not in known:
        raise _unknown(str(name)[:MAX_LABEL_CHARS])
    declared = known[name].declared()  # type: ignore[attr-defined]
    if set(values) - set(declared):
        raise _unknown(name)
    for parameter, value in values.items():
        if isinstance(value, str) and value.startswith(VARIES) and (axis := value.removeprefix(VARIES)) in at:
            values[parameter] = _of_axis(parameter, at[axis], declared[parameter])
    return built([name, {parameter: _schedule(value) for parameter, value in values.items()}], known)


def _unknown(name: str) -> NotOpened:
    return NotOpened(
        f"This run cannot be opened, because {name!r} is none of this program's own: a function of a person's own is code, "
        "which no file holds."
    )


def _of_axis(parameter: str, value: Any, declared: Any) -> Any:
    """A value of an axis for its parameter; what is not a number or a word stands there as a text."""
    found = parse_value(parameter, value, declared) if isinstance(value, str) else value
    return found if not isinstance(found, Described) else {"schedule": type(found).__name__} | _plain(found)


def _plain(schedule: Described) -> dict[str, Any]:
    from swarmviz.serialise import plain_values

    return plain_values(schedule)


def _schedule(value: Any) -> Any:
    """A schedule in the format that :func:`swarmviz.serialise.built` reads; any other value as it is."""
    if isinstance(value, dict) and value.get("name") in SCHEDULES and isinstance(value.get("values"), dict):
        return {"schedule": value["name"]} | value["values"]
    return value


# ---- of a figure ---------------------------------------------------------------------------------------------------------------


def _of_figure(table: RunTable, place: Mapping[str, int]) -> tuple[Problem, int]:
    """One of the sweeps of a figure: the parameters of its system, then those of the cell."""
    systems = json.loads(table.data.attrs["parts"])
    part = systems[place["system"]]
    found = _values_at(table, place)
    if part["label"] != found["system"]:
        raise ValueError("its systems are in another order than their labels")
    name = found["landscape"] if part.get("landscapes") else part["landscape"]
    at = {
        axis: found[axis]
        for axis in dict.fromkeys([*part.get("grid", {}), *table.axes])
        if axis not in ("system", "landscape")
    }
    values = {
        "dynamics": dict(part["values"]),
        "landscape": dict(part["landscape_values"]) if not part.get("landscapes") else {},
        "swarm": dict(part["swarm"]),
    }
    classes: dict[str, Mapping[str, Any]] = {
        "dynamics": dynamics.ALL,
        "landscape": landscapes.ALL,
        "swarm": {Swarm.__name__: Swarm},
    }
    names = {"dynamics": part["dynamics"], "landscape": name, "swarm": Swarm.__name__}
    for owner, known in classes.items():
        if names[owner] not in known:
            raise _unknown(str(names[owner])[:MAX_LABEL_CHARS])
    for axis, others in part.get("along", {}).items():
        i = part["grid"][axis].index(at[axis])
        values["dynamics"] |= {other: of[i] for other, of in others.items()}
    for axis, value in at.items():
        owner, parameter = _owner({o: known[names[o]] for o, known in classes.items()}, axis)
        values[owner][parameter] = _of_axis(parameter, value, classes[owner][names[owner]].declared()[parameter])
    parts = {
        owner: built([names[owner], {n: _schedule(v) for n, v in values[owner].items()}], known)
        for owner, known in classes.items()
    }
    problem = Problem(**parts)
    problem.swarm.seed = int(problem.swarm.seed) + _number(table, place)
    if part.get("stop"):
        stop = STOPS[part["stop"]["name"]](**part["stop"]["values"])
        problem = problem._replace(dynamics=stop.prepare(problem.dynamics))
    return problem, int(part.get("steps", 0))


def _owner(classes: Mapping[str, Any], axis: str) -> tuple[str, str]:
    """Whose parameter an axis of a figure is."""
    owner, _, parameter = axis.rpartition(".")
    for name, cls in classes.items():
        if parameter in cls.declared() and owner in ("", name):
            return name, parameter
    raise ValueError(f"its axis {axis[:MAX_LABEL_CHARS]!r} is no parameter")
