"""The command line: ``swarmviz run``, ``sweep``, ``compare``, ``figure``, ``lesson``, ``explore`` and ``serve``.

What is typed is checked by the parameters' declarations, from which the help is made as well; none of it is run as code, but for
the file of a person's own function that ``--landscape`` or ``serve`` names.
"""

from __future__ import annotations

import functools
import importlib.util
import runpy
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

import swarmviz as sv
from swarmviz import papers
from swarmviz.cli import options
from swarmviz.cli import refine as refining
from swarmviz.cli.compare import compare
from swarmviz.cli.console import Commands
from swarmviz.cli.help import Declared
from swarmviz.cli.interrupts import interruptible
from swarmviz.cli.lesson import lesson
from swarmviz.cli.outcome import cli_errors, print_costs, print_events, print_summary, runs_text, write_outputs
from swarmviz.cli.output import picture, require_writable, write_data, write_file
from swarmviz.cli.values import axis_values, landscape_class, problem
from swarmviz.ensembles.event_counts import holds_events
from swarmviz.ensembles.refine import RefineOptions
from swarmviz.ensembles.settings import Options
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.exports.mpl.figure import by_hand
from swarmviz.typed import listed, owner, pairs

FILE = click.Path(path_type=Path)


def progress() -> Any:
    """A bar on standard error, when that is a terminal."""
    return sys.stderr.isatty()


# ---- run and sweep ----------------------------------------------------------------------------------------------------


def common(function: Any) -> Any:
    """The options of run and sweep."""
    shared = (
        click.option("--dynamics", required=True, help="One of the dynamics below."),
        click.option("--landscape", default="Rastrigin", show_default=True, help="One of the landscapes below, or "
                     "FILE.py:NAME, a function or a swarmviz.landscapes.Function in a file of your own, which is run."),
        click.option("--low", type=float, help="Lower end of the box, in every coordinate, of a function in a file."),
        click.option("--high", type=float, help="Upper end of it."),
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter: sigma=0.7, landscape.draw=3, "
                     "initial=away, sigma=Linear(start=1,end=0.1,duration=5)."),
        options.number(sv.Swarm, "n"),
        options.number(sv.Swarm, "d"),
        options.number(sv.Swarm, "seed"),
        options.number(Options, "steps", Options().steps),
        options.number(Options, "runs", Options().runs),
        options.number(Options, "every", 10),
        options.number(Options, "tolerance"),
        click.option("--stop", metavar="KIND:NAME=VALUE,…", help=options.stop_help()),
        click.option("--record", metavar="NAME,NAME,…", help="Observables to be kept along step, or all, or none. When absent: "
                     "all of a run, none of a sweep."),
        click.option("--events", metavar="NAME,NAME,…", help="Kinds of events to be counted, such as found,lost, or all: in how many runs "
                     "each happens, and its first step; looked for every so many steps."),
        click.option("--target", "targets", metavar="NUMBER,NUMBER,…", help="Say what it costs to come so near to F*: how many runs "
                     "reach best F − F* ≤ target, and their expected running time in evaluations of F; noticed every so many steps."),
        click.option("--positions", is_flag=True, help=Options.declared()["positions"].doc),
        options.threads,
        click.option("--out", type=FILE, help="NetCDF file for everything."),
        click.option("--csv", type=FILE, help="CSV file for what each run ended with."),
    )  # fmt: skip
    return functools.reduce(lambda f, option: option(f), reversed(shared), function)


def parts_and_options(
    given: dict[str, Any], absent: tuple[str, ...] | None, axes: tuple[str, ...] = ()
) -> tuple[Any, dict[str, Any]]:
    """The parts of what is run, and how it is run, from the options; ``absent`` is recorded where --record is not given.

    Raises
    ------
    ValueError
        When something is refused, or would have no effect beside the ``axes`` of the grid.
    """
    swarm = {name: given.pop(name) for name in ("n", "d", "seed")}
    own_box = given.pop("low"), given.pop("high")
    parts = problem(given.pop("dynamics"), given.pop("landscape"), given.pop("settings"), swarm, axes, own_box)
    how = given | {
        "stop": options.stop(given["stop"]),
        "record": options.recorded(given["record"], absent),
        "events": options.counted(given["events"]),
        "progress": progress(),
    }
    return parts, how


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(sv.__version__, prog_name="swarmviz")
def main() -> None:
    """Swarm-based optimisation: ensembles, sweeps, the papers' figures, and the page."""


@main.command(cls=Declared)
@common
@cli_errors
def run(out, csv, **given):
    """Run a swarm many times, each time with another seed."""
    require_writable("--out", out)
    require_writable("--csv", csv)
    targets = options.targets(given.pop("targets"))
    parts, how = parts_and_options(given, absent=None)
    how["record"] = options.recorded_for(targets, how["record"])
    options.require_minimum(targets, **parts)
    with interruptible() as over:
        data = sv.run_ensemble(**parts, **how)
        over()
        write_results(data, out, csv, targets)


def write_results(data: Any, out: Path | None, csv: Path | None, targets: tuple[float, ...]) -> None:
    """Write the files and print the tables."""
    counted = (lambda: print_events(data),) if holds_events(data) else ()
    costs = (lambda: print_costs(data, targets),) if targets else ()
    write_outputs(
        data,
        lambda: write_data(out, None, data),
        lambda: write_data(None, csv, data),
        lambda: print_summary(data),
        *counted,
        *costs,
    )


@main.command(cls=Declared)
@common
@click.option(
    "--grid",
    "axes",
    multiple=True,
    metavar="NAME=VALUE,VALUE,…",
    help="An axis of the sweep: sigma=0.1,0.3,1 or landscape=Ackley,Rastrigin, or a range, sigma=0.1:3, of 24 values, or 0.1:3:12 of 12. "
    "When absent: with --refine those that the dynamics proposes for its map, else none.",
)
@click.option(
    "--refine",
    is_flag=True,
    help="From a coarse grid to the whole one, and with more runs where the answer is open; Ctrl-C "
    "keeps what is known by then.",
)
@options.number(RefineOptions, "first", more=" With --refine; 8 when absent.")
@options.number(RefineOptions, "width", more=" With --refine.")
@click.option("--store", type=options.Folder(), help="Keeps each finished cell; the same call goes on from there.")
@cli_errors
def sweep(out, csv, axes, store, refine, **given):
    """Run an ensemble for every combination of parameters."""
    require_writable("--out", out)
    require_writable("--csv", csv)
    own_box = given["low"], given["high"]
    texts, plan = pairs("--grid", axes), refining.plan(given, refine)
    targets = options.targets(given.pop("targets"))
    parts, how = parts_and_options(given, (), tuple(texts))
    how["record"] = options.recorded_for(targets, how["record"])
    how = plan(how)
    classes = {whose: type(part) for whose, part in parts.items()}
    grid, landscapes = {}, None
    for name, text in texts.items():
        if name == "landscape":
            if click.get_current_context().get_parameter_source("landscape") is not ParameterSource.DEFAULT:
                raise ValueError("--grid landscape: the landscape is given twice, by --landscape as well")
            landscapes = [landscape_class(value, own_box, "--grid landscape") for value in listed(text)]
            continue
        whose, parameter = owner(classes, "--grid", name)
        grid[name] = axis_values(name, text, classes[whose].declared()[parameter])
    for landscape in landscapes or [parts["landscape"]]:
        options.require_minimum(targets, **(parts | {"landscape": landscape}))
    with interruptible() as over:
        if refine:
            grid = grid if texts else sv.ensembles.proposed_grid(parts["dynamics"], parts["swarm"])
            data = refining.refined(parts | how | {"grid": grid, "landscapes": landscapes, "store": store})
        else:
            data = sv.sweep(**parts, **how, grid=grid, landscapes=landscapes, store=store)
        over()
        write_results(data, out, csv, targets)


# ---- figure -----------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("key", required=False)
@click.option("--list", "listing", is_flag=True, help="List what there is.")
@options.number(Options, "runs", more=" Those of the paper when absent.")
@options.threads
@click.option("--quick", is_flag=True, help="A few steps on a few values, to try it out.")
@click.option("--out", type=FILE, help="NetCDF file.")
@click.option("--plot", type=FILE, help="Picture: .png, .svg or .pdf.")
@click.option(
    "--store",
    type=options.Folder(),
    help="Keeps each finished cell of the figure's sweeps; the same call goes on from there. A cell that was cut short begins "
    "again, and so does a figure of one cell. Figures may share a folder.",
)
@cli_errors
def figure(key, listing, runs, threads, quick, out, plot, store):
    """Compute a figure or a table of a paper, with the printed values beside ours."""
    if listing or key is None:
        for entry in papers.ALL.values():
            click.echo(f"{entry.key:22} {entry.title}")
        return
    entry = figure_named(key)
    require_writable("--out", out)
    require_writable("--plot", plot)
    if plot is not None and plot.suffix not in (".png", ".svg", ".pdf"):
        raise ValueError(f"--plot {plot}: must end in .png, .svg or .pdf")
    if plot is not None and not all(map(importlib.util.find_spec, ("matplotlib", "holoviews"))):
        raise ValueError(
            "--plot: pictures of figures need Matplotlib and HoloViews: pip install 'swarmviz[pictures,plots]'"
        )
    click.echo(f"{entry.title} ({entry.reference})\n{entry.question}\n{entry.criterion} {entry.remark}".strip())
    with interruptible() as over:
        data = entry.compute(runs, threads, quick, progress(), store)
        over()
        whole = (
            lambda: click.echo(entry.comparison(data)),
            lambda: write_file("--plot", plot, lambda: picture_content(entry, data, plot.suffix[1:])),
        )
        write_outputs(
            data,
            lambda: write_data(out, None, data),
            lambda: click.echo(runs_text(data)),
            *(() if data.attrs["interrupted"] else whole),
        )


def picture_content(entry: papers.Figure, data: Any, kind: str) -> Any:
    """The content of a picture file."""
    with by_hand():
        return picture(entry.plot(data), kind)


def figure_named(key: str) -> papers.Figure:
    """A figure or a table by its name.

    Raises
    ------
    ValueError
        When there is none; names those that begin so.
    """
    if key in papers.ALL:
        return papers.ALL[key]
    begun = [other for other in papers.ALL if other.startswith(key)]
    raise ValueError(
        f"figure {key}: is not one figure; choose one of {', '.join(begun)}"
        if begun
        else f"figure {key}: there is none{did_you_mean(key, papers.ALL)}"
    )


# ---- compare ----------------------------------------------------------------------------------------------------------

main.add_command(compare)


# ---- lessons ----------------------------------------------------------------------------------------------------------

main.add_command(lesson)


# ---- serve ------------------------------------------------------------------------------------------------------------


def page_folder() -> Path:
    """Where the page's modules lie: in a folder of the installed package, beside the package in a checkout.

    Raises
    ------
    ValueError
        When they are in neither place.
    """
    package = Path(sv.__file__).parent
    for folder in (package / "page", package.parent):
        if (folder / "components" / "server" / "launch.py").is_file():
            return folder
    raise ValueError(
        f"the files of the page are missing from {package}: install swarmviz again, from its wheel or a checkout"
    )


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("file", type=FILE)
@click.option("--port", default="", metavar="NUMBER", help="Port of the page; 5006 when absent.")
@click.option("--address", default="", help="Where to listen; this machine only when absent.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@cli_errors
def explore(file, port, address, arguments):
    """Look at a Dataset of runs, FILE.nc, on a page.

    FILE.nc is what run, sweep or figure has written with --out, or sv.refine and sv.ensembles with to_netcdf. Its map, curves, shares of
    runs and table are linked; a tap on a run opens exactly that run in the arena. Every other option is that of `swarmviz serve`.
    """
    if str(file).startswith("-"):
        raise ValueError(f"explore {file}: name the file first, then the options")
    given = [word for option, value in (("--port", port), ("--address", address)) if value for word in (option, value)]
    serve_page("swarmviz explore", ("--explore", str(file), *given, *arguments))


@main.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@cli_errors
def serve(arguments):
    """Serve the page (`swarmviz serve --help` lists the options)."""
    serve_page("swarmviz serve", arguments)


def serve_page(program: str, arguments: tuple[str, ...]) -> None:
    """Serve the page, in this process: however it is ended, no other one is left."""
    if importlib.util.find_spec("panel") is None:
        raise ValueError(
            "the page needs Panel and more: pip install 'swarmviz[app]', or run `make serve` in the checkout"
        )
    folder = page_folder()
    given, sys.argv = sys.argv, [program, *arguments]
    sys.path.insert(0, str(folder))
    try:
        runpy.run_module("components.server.launch", run_name="__main__", alter_sys=True)
    finally:
        sys.argv = given
