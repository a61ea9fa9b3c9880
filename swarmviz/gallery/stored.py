"""What was made of the cards: pictures in both themes, results of the figures, and a list that says of what, with how many runs and how.

The files lie in ``stored/``: ``<key>-light.webp``, ``<key>-dark.webp``, ``<key>.nc.gz`` and ``made.json``.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from swarmviz.gallery.cards import CARDS
from swarmviz.gallery.sources import digest_of
from swarmviz.papers import Figure

if TYPE_CHECKING:
    import xarray

FOLDER = Path(__file__).parent / "stored"
LIST = "made.json"
THEMES = ("light", "dark")
MAX_STEPS = 300  # of a series that is kept
MAX_BYTES = 3_000_000  # of all files together


class Made(NamedTuple):
    """How a card's files were made.

    Attributes
    ----------
    digest, version : str
        Of the sources (:mod:`swarmviz.gallery.sources`), which may be later ones that were seen to give the same (``tools/gallery.py
        --same``), and of the swarmviz by which they were made.
    runs : int
        Of each cell of a figure; of a preset the step of its picture.
    seconds : float
        Processor seconds of these runs; 0 of a preset.
    """

    digest: str
    version: str
    runs: int
    seconds: float


def read_list(folder: Path = FOLDER) -> dict[str, Made]:
    """Key → how its files were made; those that there are."""
    path = folder / LIST
    return {key: Made(*row) for key, row in json.loads(path.read_text("utf-8")).items()} if path.is_file() else {}


def write_list(made: Mapping[str, Made], folder: Path = FOLDER) -> None:
    """One line for each card, in the order of the gallery."""
    rows = [f"{json.dumps(key)}: {json.dumps(list(made[key]))}" for key in CARDS if key in made]
    (folder / LIST).write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


@functools.cache
def made() -> dict[str, Made]:
    """The list as it was when it was first asked for."""
    return read_list()


def stale(folder: Path = FOLDER) -> list[str]:
    """The keys of the cards whose files are missing or were made of other sources."""
    known = read_list(folder)
    return [
        card.key
        for card in CARDS.values()
        if not all((folder / name).is_file() for name in files_of(card.key))
        or card.key not in known
        or known[card.key].digest != digest_of(card)
    ]


def files_of(key: str) -> list[str]:
    """The names of a card's files."""
    pictures = [f"{key}-{theme}.webp" for theme in THEMES]
    return [*pictures, f"{key}.nc.gz"] if CARDS[key].figure is not None else pictures


def reference(key: str, folder: Path = FOLDER) -> xarray.Dataset:
    """The stored result of a figure."""
    return unpacked((folder / f"{key}.nc.gz").read_bytes())


def unpacked(content: bytes) -> xarray.Dataset:
    """What :func:`packed` has made, as a result again."""
    import xarray

    data = xarray.load_dataset(io.BytesIO(gzip.decompress(content)), engine="scipy")
    return data.assign(
        {
            name: data[name].astype(bool)
            for name in ("finished", "success")
            if name in data and data[name].dtype == np.int8
        }
    )


def packed(figure: Figure, data: xarray.Dataset) -> bytes:
    """What is stored of a result: what is drawn and compared, in single precision, at no more than ``MAX_STEPS`` recorded steps."""
    return written(thinned(data[needed(figure, data)]))


def reworded(stored: xarray.Dataset, present: xarray.Dataset) -> bytes:
    """What is stored of a result again, whose variables and axes say of themselves what those of a present one do."""
    for name, values in stored.variables.items():
        if name in present.variables:
            values.attrs = present[name].attrs
    return written(stored)


def written(small: xarray.Dataset) -> bytes:
    """A file of a result, in single precision."""
    for name, values in small.variables.items():
        if values.dtype == np.float64 and name not in small.coords:
            small[name] = small[name].astype(np.float32)
        elif values.dtype == bool:
            small[name] = small[name].astype(np.int8)
    return gzip.compress(bytes(small.to_netcdf(engine="scipy", format="NETCDF3_64BIT")), 9, mtime=0)


def needed(figure: Figure, data: xarray.Dataset) -> list[str]:
    """The variables that its charts and its comparison read, in their order."""
    drawn = {"success", "mean_evaluations", "snapshot_t", "positions", "focus", "mass", "occupation", "finished"}
    for chart in figure.charts:
        drawn |= {getattr(chart, "y", ""), getattr(chart, "x", ""), *getattr(chart, "claims", ())}
        drawn |= {name for name, _ in getattr(chart, "metrics", ())}
    drawn |= {one.variable for one in figure.printed} | {f"{name}_slope" for name in getattr(figure, "slopes", ())}
    drawn |= {*getattr(figure, "slopes", ())}
    bands = {chart.y for chart in figure.charts if getattr(chart, "band", False)}
    ends = ("", "_standard_error", "_claimed", "_fitted")
    wanted = {f"{name}{end}" for name in drawn for end in ends} | {f"printed_{name}" for name in drawn}
    wanted |= {f"{name}_quantile" for name in bands}
    series = {f"{name}_standard_error" for name in drawn if name in data and "step" in data[name].dims}  # not drawn
    return [str(name) for name in data.data_vars if name in wanted - series]


def thinned(data: xarray.Dataset) -> xarray.Dataset:
    """The first, the last and evenly chosen steps between."""
    if data.sizes.get("step", 0) <= MAX_STEPS:
        return data
    return data.isel(step=np.unique(np.linspace(0, data.sizes["step"] - 1, MAX_STEPS).round().astype(int)))
