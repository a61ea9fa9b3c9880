"""What a command reports: files, a table, and last what went wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
import numpy as np

from swarmviz.cli.console import discard_output
from swarmviz.ensembles.event_counts import event_table
from swarmviz.ensembles.hitting_times import ert, hitting
from swarmviz.ensembles.statistics import criterion_of, medians, success_rate

INTERRUPTED = 130  # exit code
EXPECTED = (ValueError, TypeError, OSError, ImportError, MemoryError)


class Refused(click.ClickException):
    """One line that says what is wrong."""

    exit_code = 2


def cli_errors(function: Any) -> Any:
    """The library's errors as one line and exit code 2."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except BrokenPipeError:  # the console has closed
            raise
        except EXPECTED as error:
            raise Refused(in_one_line(error)) from None
        except KeyboardInterrupt:
            click.echo("Interrupted before it was done.", err=True)
            raise SystemExit(INTERRUPTED) from None

    return wrapped


def in_one_line(error: BaseException) -> str:
    """An error and its notes."""
    said = str(error) or type(error).__name__
    lines = [f"not enough memory: {said}" if isinstance(error, MemoryError) else said, *getattr(error, "__notes__", ())]
    return " ".join("; ".join(lines).split())


def write_outputs(data: Any, *jobs: Callable[[], Any]) -> None:
    """Do every job, also after one has failed; then report what was cut short, and last what failed.

    Raises
    ------
    Refused
        When a job could not be done.
    SystemExit
        When the runs were interrupted.
    """
    failures: list[Exception] = []
    for job in jobs:
        try:
            job()
        except BrokenPipeError:  # the console has closed; the files are still wanted
            discard_output()
        except Exception as error:
            failures.append(error)
    interrupted = bool(data.attrs["interrupted"])
    if interrupted:
        print_interrupted(data, kept=not failures)
    for failure in failures:
        if not isinstance(failure, EXPECTED):  # a defect of ours, which must be seen
            raise failure
    if failures:
        raise Refused("; ".join(map(in_one_line, failures)))
    if interrupted:
        raise SystemExit(INTERRUPTED)


def print_interrupted(data: Any, kept: bool) -> None:
    """How far it came."""
    done = int(data["finished"].sum())
    rest = f"{' and are kept' * kept}; the others are empty." if done else "; nothing is written."
    click.echo(f"Interrupted: {done} of {data['finished'].size} runs were finished{rest}", err=True)


def ended_early(data: Any) -> dict[str, Any]:
    """``diverged`` and ``stopped``: numbers of runs, for each cell; those that no run did are left out."""
    counts = {"diverged": data["diverged_step"] >= 0, "stopped": data["stopped"].astype(bool)}
    return {name: which.sum("run") for name, which in counts.items() if which.any()}


def early_text(data: Any) -> str:
    """The same of all cells together, in words; empty where every run took all its steps."""
    counts = ended_early(data)
    words = [f"{int(number.sum())} {name}" for name, number in counts.items()]
    if "diverged" in counts:
        steps = data["diverged_step"].values
        words[0] += f" (the first at step {steps[steps >= 0].min()})"
    return f", of which {' and '.join(words)}" if words else ""


def runs_text(data: Any) -> str:
    """How many runs came to their end, and what became of the others."""
    if "diverged_step" in data:
        return f"{int(data['finished'].sum())} runs{early_text(data)}"
    lost = int(data["diverged"].sum())  # errors against N are means over runs, whose ends are not kept
    return f"{int(data['runs'].sum())} runs" + (f"; {lost} diverged, and are in no mean" if lost else "")


def print_summary(data: Any) -> None:
    """Success, medians, and the runs that ended early, on standard output; nothing where no run was finished."""
    if not data["finished"].any():
        return
    table = success_rate(data).merge(medians(data, ("final_error", "final_energy", "final_best", "final_evaluations")))
    names = [
        n for n in table.data_vars if not str(n).endswith(("_low", "_high", "_standard_error")) or "success" in str(n)
    ]
    table = table[names].assign(ended_early(data))
    frame = table.to_dataframe() if table.sizes else table.expand_dims("").to_dataframe()
    frame = frame[[*table.data_vars, *(("tolerance",) if data["tolerance"].ndim else ())]]
    click.echo(
        f"{int(data['finished'].sum())} runs{early_text(data)}; success with its 95% interval, medians of what the runs ended with\n"
        f"success: {criterion_of(data)}"
    )
    formats = {name: "{:.0f}".format for name, column in frame.items() if np.issubdtype(column.dtype, np.integer)}
    click.echo(frame.to_string(index=bool(table.sizes), float_format="{:.4g}".format, formatters=formats))


def print_events(data: Any) -> None:
    """In how many runs each kind of event happened, and when it first did, on standard output; nothing where no run was finished."""
    if not data["finished"].any():
        return
    counts, steps = ("happened", "runs"), ("first_low", "first_median", "first_high")
    frame = event_table(data).to_dataframe()[[*counts, *steps]]
    click.echo("\nhappened: runs in which there was the event; first: quartiles and median of its first step in those")
    formats = dict.fromkeys(counts, "{:.0f}".format) | dict.fromkeys(steps, "{:.4g}".format)
    click.echo(frame.to_string(formatters=formats))


def print_costs(data: Any, targets: tuple[float, ...]) -> None:
    """What it costs to reach each target, on standard output; nothing where no run was finished."""
    if not data["finished"].any():
        return
    counts, times = ("reached_runs", "runs"), ("ert", "ert_low", "ert_high")
    table = ert(hitting(data, targets))
    table = table.assign_coords(target=[f"{target:g}" for target in table["target"].values])
    frame = table.to_dataframe()[[*counts, *times]]
    click.echo(
        "\nreached: runs with best F − F* ≤ target; ert: expected running time in evaluations of F, with its 95% interval; "
        "inf where no run reached it"
    )
    formats = dict.fromkeys(counts, "{:.0f}".format) | dict.fromkeys(times, "{:.4g}".format)
    click.echo(frame.to_string(formatters=formats))
