"""``swarmviz compare``: two files of runs by what they spend until they come near to F*."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from swarmviz.cli import options
from swarmviz.cli.outcome import cli_errors
from swarmviz.ensembles.hitting_times import compare as compared
from swarmviz.ensembles.hitting_times import hitting
from swarmviz.explore.reading import read

if TYPE_CHECKING:
    import xarray

FILE = click.Path(path_type=Path)
COLUMNS = (
    "superiority",
    "superiority_low",
    "superiority_high",
    "ert_ratio",
    "ert_ratio_low",
    "ert_ratio_high",
    "logrank_p",
)
SAID = (
    "superiority: how often a run of {a} reaches best F − F* ≤ target with fewer evaluations than one of {b}, ties counted half; "
    "ert_ratio: expected running time of {b} over that of {a}; both with their 95% intervals; logrank_p: of equal laws"
)


@click.command()
@click.argument("a", type=FILE, metavar="A.nc")
@click.argument("b", type=FILE, metavar="B.nc")
@click.option(
    "--target", "targets", metavar="NUMBER,NUMBER,…", required=True, help="Distances from F*, best F − F* ≤ target."
)
@cli_errors
def compare(a: Path, b: Path, targets: str) -> None:
    """Compare two settings by what their runs spend until they reach a target.

    A.nc and B.nc are what run or sweep has written with --out, with best and evaluations recorded; --target there records both. Sweeps are
    compared cell by cell. The runs are taken as independent: give the two settings different seeds.
    """
    levels = options.targets(targets)
    hits = [_hits(path, levels) for path in (a, b)]
    _require_same_cells(hits[0], hits[1], a, b)
    found = compared(*hits)
    found = found.assign_coords(target=[f"{target:g}" for target in found["target"].values])
    click.echo(SAID.format(a=a.name, b=b.name))
    frame = found.to_dataframe()[list(COLUMNS)]
    click.echo(frame.to_string(formatters=dict.fromkeys(COLUMNS, "{:.4g}".format)))


def _hits(path: Path, levels: tuple[float, ...]) -> xarray.Dataset:
    """When the runs of a file have reached the targets."""
    data = read(path)
    try:
        return hitting(data, levels)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _require_same_cells(one: xarray.Dataset, other: xarray.Dataset, a: Path, b: Path) -> None:
    """Raise ``ValueError`` when the axes of two tables are not the same."""
    axes = [
        {str(name): table[name].values for name in table["reached"].dims if name not in ("run", "target")}
        for table in (one, other)
    ]
    same = axes[0].keys() == axes[1].keys() and all(
        np.array_equal(values, axes[1][name]) for name, values in axes[0].items()
    )
    if not same:
        words = [", ".join(f"{name} ({len(values)})" for name, values in of.items()) or "none" for of in axes]
        raise ValueError(f"{a} and {b}: the axes {words[0]} and {words[1]} must be the same, with the same values")
