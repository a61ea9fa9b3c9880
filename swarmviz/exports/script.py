"""The Python lines that replay a run: the same bits, changes in mid-run included, and only what differs from the defaults."""

from __future__ import annotations

import pprint
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from swarmviz import dynamics, landscapes, schedules
from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles.stopping import Budget
from swarmviz.exports.metadata import title
from swarmviz.journal import Change
from swarmviz.landscapes.base import Landscape
from swarmviz.landscapes.function.function import DIFFERENCE
from swarmviz.parameters import Described, is_used
from swarmviz.replay import RunSpec, run_of
from swarmviz.serialise import changes, is_default
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm
from swarmviz.version import __version__

WIDTH = 100
SHELVES: tuple[tuple[str, dict[str, type]], ...] = (
    ("sv.", dynamics.ALL),
    ("sv.landscapes.", landscapes.ALL),
    ("sv.schedules.", schedules.ALL),
    ("sv.", {"Swarm": Swarm}),
    ("sv.ensembles.", {"Budget": Budget}),
)


def python_lines(what: RunSpec | Simulation) -> str:
    """A program that builds the same run and ends with ``frame``, the present frame.

    A simulation that went back is replayed up to its furthest step, a :class:`RunSpec` only up to its own. The record and the positions
    are the same bits on the same machine. A part that is not of this package is imported from its module.

    Examples
    --------
    >>> import swarmviz as sv
    >>> from swarmviz.exports import python_lines
    >>> sim = sv.Simulation(sv.CBO(sigma=0.5), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=7))
    >>> _ = sim.advance(10)
    >>> print(python_lines(sim))
    # swarmviz ...: CBO on Rastrigin, N = 20, d = 2, seed 7
    import swarmviz as sv
    <BLANKLINE>
    dynamics = sv.CBO(sigma=0.5)
    landscape = sv.landscapes.Rastrigin()
    swarm = sv.Swarm(n=20, seed=7)
    sim = sv.Simulation(dynamics, landscape, swarm)
    sim.advance(10)
    frame = sim.frame
    <BLANKLINE>
    """
    run = run_of(what)
    furthest = what.furthest if isinstance(what, Simulation) else run.k
    journal = run.journal.until(furthest)
    first, *later = journal
    parts = [part for change in journal for part in (change.dynamics, change.landscape)]
    lines = [f"# swarmviz {__version__}: {title(run)}", "import swarmviz as sv", *_imports(parts), ""]
    lines += [
        f"dynamics = {_made(first.dynamics)}",
        *(_without_effect("dynamics", first.dynamics) if later else ()),
        f"landscape = {_made(first.landscape)}",
        f"swarm = {_made(run.swarm, always=('seed',))}",
    ]
    every, limit = run.options.get("every", 1), run.options.get("record_limit")
    options = f", every={every}" if every > 1 else ""
    if limit is not None and furthest // every >= limit:  # a shorter record was not thinned
        options += f", record_limit={limit}"
    lines.append(f"sim = sv.Simulation(dynamics, landscape, swarm{options})")
    k, before = 0, first
    for change in later:
        lines += _steps(k, change.k) + _changed(before, change)
        k, before = change.k, change
    lines += _steps(k, furthest)
    lines.append("frame = sim.frame" if run.k == furthest else f"frame = sim.goto({run.k})")
    return "\n".join(lines) + "\n"


def refine_lines(
    dynamics: Dynamics, landscape: Landscape, swarm: Swarm, grid: Mapping[str, Sequence[float]], **options: Any
) -> str:
    """A program that refines a sweep and ends with ``table``, its last Dataset, with the bits of :func:`swarmviz.refine`.

    Parameters
    ----------
    dynamics, landscape, swarm
        What the cells have in common.
    grid : mapping
        Name of each axis → its values.
    **options
        Further numbers for :func:`swarmviz.refine`, such as runs and steps.
    """
    given = ", ".join(f"{name}={_value(value)}" for name, value in options.items())
    return "\n".join([
        f"# swarmviz {__version__}: {dynamics.title} on {landscape.title}, over {' and '.join(grid)}",
        "import swarmviz as sv",
        *_imports([dynamics, landscape]),
        "",
        f"dynamics = {_made(dynamics)}",
        f"landscape = {_made(landscape)}",
        f"swarm = {_made(swarm, always=('seed',))}",
        "grid = {",
        *(f"    {name!r}: {_value(list(values))}," for name, values in grid.items()),
        "}",
        f"for table in sv.refine(dynamics, landscape, swarm, grid, {given}):",
        '    print(table.attrs["runs_done"], "of", table.attrs["runs_planned"], "runs")',
        "",
    ])  # fmt: skip


def _steps(start: int, end: int) -> list[str]:
    return [f"sim.advance({end - start})"] if end > start else []


def _changed(before: Change, now: Change) -> list[str]:
    """From here on other parameters act."""
    lines = [f"sim.dynamics.{name} = {_value(value)}" for name, value in changes(before.dynamics, now.dynamics).items()]
    if not before.landscape.same_as(now.landscape):
        lines.append(f"sim.landscape = {_made(now.landscape)}")
    return [*lines, "sim.apply()"]


def _imports(parts: list[Described]) -> list[str]:
    """Parts whose classes are not of this package."""
    own = [part for part in parts if isinstance(part, landscapes.Function)]
    functions = [f for part in own for f in (part.code.f, part.code.gradient) if f is not None]
    foreign = {type(part) for part in parts if _address(type(part)) == type(part).__name__}
    return sorted(
        {*(f"from {kind.__module__} import {kind.__name__}" for kind in foreign), *map(_import_of, functions)}
    )


def _import_of(function: Any) -> str:
    """The line that imports a person's own function; where none can, what is to be written in its place."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if module is None or module == "__main__" or not name.isidentifier():
        return f"# {_name_of(function)} is a function of your own that cannot be imported: define it here"
    return f"from {module} import {name}"


def _name_of(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return name if name.isidentifier() else "f"


def _address(kind: type) -> str:
    if issubclass(kind, landscapes.Function):  # also one that a menu holds
        return "sv.landscapes.Function"
    name = kind.__name__
    return next((f"{shelf}{name}" for shelf, known in SHELVES if known.get(name) is kind), name)


def _made(part: Described, always: tuple[str, ...] = ()) -> str:
    """The call that makes a part, on one line when it fits."""
    if isinstance(part, landscapes.Function):
        values = part.arguments
        kept = [n for n in values if values[n] is not None and (n != "difference" or values[n] != DIFFERENCE)]
        return _call(part, kept, values)
    values = part.values_now()
    kept = [
        n
        for n in values
        if n in always or n not in part.param or (not is_default(part, n) and is_used(part, part.param[n]))
    ]
    return _call(part, kept, values)


def _call(part: Described, kept: list[str], values: dict[str, Any]) -> str:
    given = [f"{name}={_value(values[name])}" for name in kept]
    line = f"{_address(type(part))}({', '.join(given)})"
    if len(line) < WIDTH and "\n" not in line:
        return line
    return "\n    ".join([f"{_address(type(part))}(", *(f"{argument}," for argument in given)]) + "\n)"


def _without_effect(name: str, part: Described) -> list[str]:
    """Values that have no effect yet, and are refused when a part is made, but may have one after a change."""
    idle = (
        n for n in part.values_now() if n in part.param and not is_default(part, n) and not is_used(part, part.param[n])
    )
    return [f"{name}.{n} = {_value(getattr(part, n))}" for n in idle]


def _value(value: Any) -> str:
    """A value as Python source that gives back the same bits."""
    if isinstance(value, Described):
        return _made(value)
    if callable(value):
        return _name_of(value)
    text = pprint.pformat(_native(value), width=WIDTH, compact=True)
    return text.replace("\n", "\n    ")


def _native(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list | np.ndarray):  # a well is a tuple: its centre, depth and width in a row
        return tuple(_native(v) for v in value)
    return value
