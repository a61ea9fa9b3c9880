"""The command line: ``swarmviz run``, ``sweep``, ``figure`` and ``serve``.

What a person types is checked by the parameters' declarations, from which the help is made, too; nothing typed is ever run as code.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import runpy
import socket
import sys
from pathlib import Path
from typing import Any

import click

import swarmviz as sv
from swarmviz import papers
from swarmviz.ensembles.names import nearest
from swarmviz.ensembles.output import picture, require_place, write_data, written
from swarmviz.ensembles.statistics import medians, success_rate
from swarmviz.ensembles.typed import chosen, listed, owner, pairs, problem, typed
from swarmviz.parameters import Choice, Described, Real, Vector

INTERRUPTED = 130
ADDRESS = "127.0.0.1"  # where the page is served: to this machine only


class Refused(click.ClickException):
    """One line that says what is wrong."""

    exit_code = 2


def refusing(function: Any) -> Any:
    """The library's errors as one line and exit code 2."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (ValueError, TypeError, OSError, ImportError, sv.ensembles.StoreError) as error:
            lines = [str(error), *getattr(error, "__notes__", ())]
            raise Refused(" ".join("; ".join(lines).split())) from None

    return wrapped


# ---- what goes out ----------------------------------------------------------------------------------------------------


def tell(data: Any) -> None:
    """Success and medians on standard output."""
    table = success_rate(data).merge(medians(data, ("final_error", "final_energy", "final_best")))
    names = [
        n for n in table.data_vars if not str(n).endswith(("_low", "_high", "_standard_error")) or "success" in str(n)
    ]
    frame = table[names].to_dataframe() if table.sizes else table[names].expand_dims("").to_dataframe()
    click.echo(
        f"{int(data['finished'].sum())} runs; success with its 95% interval, medians of what the runs ended with"
    )
    click.echo(frame[names].to_string(index=bool(table.sizes), float_format="{:.4g}".format))


def progress() -> Any:
    """A bar on standard error, when that is a terminal."""
    return sys.stderr.isatty()


def finish(data: Any) -> None:
    """Say whether it was cut short."""
    if data.attrs["interrupted"]:
        done = int(data["finished"].sum())
        click.echo(
            f"Interrupted: {done} of {data['finished'].size} runs were finished"
            + (" and are kept; the others are empty." if done else "; nothing is written."),
            err=True,
        )
        raise SystemExit(INTERRUPTED)


# ---- the commands -----------------------------------------------------------------------------------------------------


def declarations(title: str, cls: type[Described]) -> list[str]:
    """A class's parameters, one per line."""
    lines = [title]
    for name, declared in cls.declared().items():
        allowed = declared.range_text if isinstance(declared, Real) else ""
        allowed = " | ".join(declared.objects) if isinstance(declared, Choice) else allowed
        more = ", or a schedule" if getattr(declared, "schedulable", False) else ""
        about = f" [{allowed}{more}]" if allowed else ""
        default = "" if isinstance(declared, Vector) else f" = {declared.default!r}"
        lines.append(f"    {name} ({declared.symbol or name}){default}: {declared.doc}{about}")
    return lines


class Declared(click.Command):
    """A command whose help ends with every parameter that can be set."""

    def format_epilog(self, ctx, formatter):
        lines = ["Parameters (--set name=value):"]
        lines += declarations("  swarm", sv.Swarm)
        for name, cls in sv.dynamics.ALL.items():
            lines += declarations(f"  --dynamics {name}: {cls.title} ({cls.reference})", cls)
        for name, land in sv.landscapes.ALL.items():
            lines += declarations(f"  --landscape {name}: {land.title}", land)
        lines.append(
            f"Schedules: {', '.join(repr(cls()) if cls().values_now() else name for name, cls in sv.schedules.ALL.items())}"
        )
        formatter.write("\n" + "\n".join(lines) + "\n")


def common(function: Any) -> Any:
    """The options of run and sweep."""
    file = click.Path(path_type=Path)
    options = (
        click.option("--dynamics", required=True, help="One of the dynamics below."),
        click.option("--landscape", default="Rastrigin", show_default=True, help="One of the landscapes below."),
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter: sigma=0.7, landscape.draw=3, "
                     "initial=away, sigma=Linear(start=1,end=0.1,duration=5)."),
        click.option("--n", type=int, help="Number of agents."),
        click.option("--d", type=int, help="Dimension."),
        click.option("--seed", type=int, help="Seed of the first run; run r has seed + r."),
        click.option("--steps", type=int, default=1000, show_default=True, help="Steps of each run."),
        click.option("--runs", type=int, default=100, show_default=True, help="Runs."),
        click.option("--every", type=int, default=10, show_default=True, help="Record the steps that are multiples of it."),
        click.option("--threads", type=int, help="Every core when absent."),
        click.option("--out", type=file, help="NetCDF file for everything."),
        click.option("--csv", type=file, help="CSV file for what each run ended with."),
    )  # fmt: skip
    return functools.reduce(lambda f, option: option(f), reversed(options), function)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(sv.__version__, prog_name="swarmviz")
def main() -> None:
    """Swarm-based optimisation: ensembles, sweeps, the papers' figures, and the page."""


@main.command(cls=Declared)
@common
@refusing
def run(dynamics, landscape, settings, n, d, seed, steps, runs, every, threads, out, csv):
    """Run a swarm many times, each time with another seed."""
    require_place("--out", out)
    require_place("--csv", csv)
    parts: Any = problem(dynamics, landscape, settings, {"n": n, "d": d, "seed": seed})
    data = sv.run_ensemble(**parts, runs=runs, steps=steps, every=every, threads=threads, progress=progress())
    write_data(out, csv, data)  # before anything that could be interrupted, too
    tell(data)
    finish(data)


@main.command(cls=Declared)
@common
@click.option(
    "--grid",
    "axes",
    multiple=True,
    metavar="NAME=VALUE,VALUE,…",
    help="An axis of the sweep: sigma=0.1,0.3,1 or landscape=Ackley,Rastrigin.",
)
@click.option("--record", default="", help="Observables to be kept along step, between commas; none when absent.")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Folder that keeps each finished cell; the same call goes on from there.",
)
@refusing
def sweep(dynamics, landscape, settings, n, d, seed, steps, runs, every, threads, out, csv, axes, record, store):  # fmt: skip
    """Run an ensemble for every combination of parameters."""
    require_place("--out", out)
    require_place("--csv", csv)
    parts: Any = problem(dynamics, landscape, settings, {"n": n, "d": d, "seed": seed})
    classes = {whose: type(part) for whose, part in parts.items()}
    grid, landscapes = {}, None
    for name, text in pairs("--grid", axes).items():
        if name == "landscape":
            landscapes = [chosen("landscape", value, sv.landscapes.ALL, "--grid landscape") for value in listed(text)]
            continue
        whose, parameter = owner(classes, "--grid", name)
        grid[name] = [typed(name, value, classes[whose].declared()[parameter]) for value in listed(text)]
    data = sv.sweep(
        **parts, grid=grid, landscapes=landscapes, runs=runs, steps=steps, every=every, threads=threads, store=store,
        record=listed(record) if record else (), progress=progress(),
    )  # fmt: skip
    write_data(out, csv, data)  # before anything that could be interrupted, too
    tell(data)
    finish(data)


@main.command()
@click.argument("key", required=False)
@click.option("--list", "listing", is_flag=True, help="List what there is.")
@click.option("--runs", type=int, help="Runs of each cell; the paper's when absent.")
@click.option("--threads", type=int, help="Every core when absent.")
@click.option("--quick", is_flag=True, help="A few steps on a few values, to try it out.")
@click.option("--out", type=click.Path(path_type=Path), help="NetCDF file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Picture: .png, .svg or .pdf.")
@refusing
def figure(key, listing, runs, threads, quick, out, plot):
    """Compute a figure or a table of a paper, with the printed values beside ours."""
    if listing or key is None:
        for entry in papers.ALL.values():
            click.echo(f"{entry.key:22} {entry.title}")
        return
    if key not in papers.ALL:
        raise ValueError(f"figure {key}: there is none{nearest(key, papers.ALL)}")
    require_place("--out", out)
    require_place("--plot", plot)
    if plot is not None and plot.suffix not in (".png", ".svg", ".pdf"):
        raise ValueError(f"--plot {plot}: must end in .png, .svg or .pdf")
    if plot is not None and importlib.util.find_spec("matplotlib") is None:
        raise ValueError("--plot: pictures need Matplotlib: pip install 'swarmviz[pictures]'")
    entry = papers.ALL[key]
    click.echo(f"{entry.title} ({entry.reference})\n{entry.question}\n{entry.remark}".strip())
    data = entry.compute(runs, threads, quick, progress())
    write_data(out, None, data)
    if not data.attrs["interrupted"]:
        click.echo(entry.comparison(data))
        written("--plot", plot, lambda: picture(entry.plot(data), plot.suffix[1:]))
    finish(data)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5006, show_default=True)
@refusing
def serve(port):
    """Serve the page on this machine."""
    root = Path(sv.__file__).parents[1]
    if not (root / "app.py").is_file() or not (root / "components").is_dir():
        raise ValueError(
            "the page is not part of the installed library: get a checkout of swarmviz's sources and run `make serve` in it"
        )
    if importlib.util.find_spec("panel") is None:
        raise ValueError(
            "the page needs Panel and more: pip install 'swarmviz[app]', or run `make serve` in the checkout"
        )
    require_free(port)
    origins = [word for host in ("localhost", "127.0.0.1") for word in ("--allow-websocket-origin", f"{host}:{port}")]
    sys.argv = ["panel", "serve", "app.py", "--warm", "--address", ADDRESS, "--port", str(port), *origins]
    sys.path.insert(0, str(root))
    os.chdir(root)
    with contextlib.suppress(KeyboardInterrupt):  # in this very process: nothing is left behind, however it is ended
        runpy.run_module("panel", run_name="__main__", alter_sys=True)


def require_free(port: int) -> None:
    """Raise ``ValueError`` when another program listens there; Panel would say so after a while, and less clearly."""
    with socket.socket() as door:
        if os.name == "posix":  # as the server does; elsewhere it would mean that two may have the port
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((ADDRESS, port))
        except OSError as error:
            raise ValueError(f"--port {port}: cannot be had ({error.strerror}); choose another") from None
