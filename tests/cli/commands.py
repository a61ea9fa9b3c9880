"""What the tests of the command line share."""

from pathlib import Path

import xarray
from click.testing import CliRunner

from swarmviz.cli import main

ROOT = Path(__file__).parents[2]
RUN = ["run", "--dynamics", "CBO", "--runs", 3, "--steps", 5]
SWEEP = ["sweep", "--dynamics", "CBO", "--runs", 3, "--steps", 5, "--grid", "sigma=0.1,1"]


def call(*args):
    """What a command says and how it ends."""
    return CliRunner().invoke(main.main, [str(a) for a in args])


def loaded(path):
    """A NetCDF file that a command has written."""
    return xarray.load_dataset(path, engine="h5netcdf")
