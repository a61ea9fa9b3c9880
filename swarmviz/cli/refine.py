"""What --refine makes of a sweep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

import swarmviz as sv


def plan(given: dict[str, Any], refine: bool) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Take out of the options what only --refine knows; gives the function that makes the arguments of a sweep those of a refinement.

    Raises
    ------
    ValueError
        When an option needs --refine and it is absent, or has no effect with it.
    """
    found = {name: value for name in ("first", "width") if (value := given.pop(name)) is not None}
    if not refine:
        if found:
            raise ValueError(f"--{next(iter(found))}: needs --refine")
        return lambda how: how
    for name, option in {"record": "record", "positions": "positions", "targets": "target"}.items():
        if given[name]:
            raise ValueError(f"--{option}: has no effect with --refine, which keeps what runs ended with")
    if click.get_current_context().get_parameter_source("every") is ParameterSource.DEFAULT:
        found["every"] = None
    kept_by_runs = ("record", "positions")
    return lambda how: {name: value for name, value in how.items() if name not in kept_by_runs} | found


def refined(given: dict[str, Any]) -> Any:
    """The last Dataset of a refinement; without a bar a line for each of them on standard error."""
    for data in sv.refine(**given):
        if not given["progress"]:
            done, planned = data.attrs["runs_done"], data.attrs["runs_planned"]
            cells = int((data["runs"] > 0).sum())
            click.echo(f"{cells} of {data['runs'].size} cells, {done} of {planned} runs", err=True)
    return data
