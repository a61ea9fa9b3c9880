"""Everything that leaves the laboratory: pictures, films, replays, data, and the Python lines that replay a run.

Each export carries version, parameters, seed and the changes made in mid-run. Pictures and GIFs need the extra ``pictures``
(Matplotlib), films as MP4 ``films`` (imageio-ffmpeg, which brings FFmpeg); the rest needs nothing more than the library itself.
"""

from swarmviz.exports.data import cells_csv, csv, dataset, netcdf, table_netcdf, write_csv, write_netcdf
from swarmviz.exports.film import film
from swarmviz.exports.metadata import file_name, metadata
from swarmviz.exports.mpl.picture import VIEWS, picture, views_of
from swarmviz.exports.replay import replay
from swarmviz.exports.script import python_lines, refine_lines
from swarmviz.replay import Cancelled
from swarmviz.replay import RunSpec as Run

__all__ = [
    "VIEWS",
    "Cancelled",
    "Run",
    "cells_csv",
    "csv",
    "dataset",
    "file_name",
    "film",
    "metadata",
    "netcdf",
    "picture",
    "python_lines",
    "refine_lines",
    "replay",
    "table_netcdf",
    "views_of",
    "write_csv",
    "write_netcdf",
]
