"""Curves and states as data: one labelled dataset, and NetCDF and CSV files made of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz import files
from swarmviz.ensembles.units import PURE_NUMBER, STEPS, described_as, of_observable
from swarmviz.exports.metadata import as_text, metadata
from swarmviz.serialise import plain
from swarmviz.simulation import Simulation

if TYPE_CHECKING:
    import xarray

MAX_ATTRIBUTE_CHARS = 60_000  # HDF5 refuses attributes from 64 kB on
TABLES = ("curves", "states")

# What a frame may hold beside k and t: dimensions and meaning.
FIELDS: dict[str, tuple[tuple[str, ...], str]] = {
    "x": (("agent", "coordinate"), "Positions"),
    "energy": (("agent",), "F at the positions"),
    "v": (("agent", "coordinate"), "Velocities"),
    "memory": (("agent", "coordinate"), "Personal best positions"),
    "mass": (("agent",), "Masses, summing to 1"),
    "weight": (("agent",), "Weights in the focus, summing to 1"),
    "role": (("agent",), "Role, an index into the attribute roles"),
    "partner": (("agent",), "The agent that each one copied or looked at in this step"),
    "node": (("agent",), "State of the finite set"),
    "focus": (("coordinate",), "The point to which the swarm is drawn"),
    "level": ((), "The value of F that the swarm holds for the minimum"),
    "occupation": (("state",), "Share of the agents on each state of the finite set"),
    "sites": (("state", "coordinate"), "Positions of the states of the finite set"),
    "heights": (("state",), "F at the sites"),
    "links": (("link", "end"), "Pairs of states between which agents jump"),
    "shift": (("coordinate",), "Where the landscape has got to: the swarm feels F(x − shift)"),
}


def dataset(sim: Simulation) -> xarray.Dataset:
    """The curves of the record and the swarm at the present step.

    Returns
    -------
    xarray.Dataset
        Every observable over the dimension ``k`` with the coordinate ``t``, up to the furthest step; what the frame holds of the
        present step over ``agent``, ``coordinate`` (1 … d) and ``state``, under the names of :class:`swarmviz.Frame`. Where an observable
        has such a name already, that of the frame begins with ``agent_``. Variables and coordinates carry ``long_name``, ``units`` ("1":
        a pure number) and, where there is one, ``symbol``; the attributes carry version, title, seed, step and, as JSON, everything of
        :func:`metadata`. What happened in the run (``sim.events``) is over the dimension ``event``: its step ``event_k``, its kind
        ``event_kind``, an index into the attribute ``kinds``, and ``event_value``, the value of its observable there, also where a
        thinned record has lost it.
    """
    import xarray

    record, frame = sim.record, sim.frame
    variables: dict[str, Any] = {
        o.name: (
            "k",
            record[o.name].copy(),
            described_as(o.meaning, of_observable(o), o.symbol) | {"panel": o.panel},
        )
        for o in sim.dynamics.observables
    }
    for name, (dims, meaning) in FIELDS.items():
        value = getattr(frame, name, None)
        if value is None:
            continue
        attributes: dict[str, Any] = described_as(meaning) | {"at_step": frame.k}
        if name == "role":
            attributes["roles"] = ", ".join(frame.roles)
        variables[f"agent_{name}" if name in variables else name] = (dims, np.copy(value), attributes)
    variables |= _events(sim)
    coordinates: dict[str, Any] = {
        "k": ("k", record["k"].copy(), described_as("Step", STEPS, "k")),
        "t": ("k", record["t"].copy(), described_as("Time", symbol="t")),
        "agent": ("agent", np.arange(frame.n), described_as("Agent")),
        "coordinate": ("coordinate", np.arange(1, frame.d + 1), described_as("Coordinate")),
    }
    if frame.occupation is not None:
        coordinates["state"] = ("state", np.arange(len(frame.occupation)), described_as("State of the finite set"))
    return _described(xarray.Dataset(variables, coordinates), sim)


def _events(sim: Simulation) -> dict[str, Any]:
    """The events of the run as variables."""
    events = sim.events
    kinds = list(dict.fromkeys(event.kind for event in events))
    told = {"kinds": ", ".join(kind.name for kind in kinds), "meanings": "; ".join(kind.meaning for kind in kinds)}
    left_out = ", ".join(f"{name} from step {k}" for name, k in events.cut_short.items())
    steps = np.array([event.k for event in events], np.int64)
    index = np.array([kinds.index(event.kind) for event in events], np.int64)
    values = np.array([np.nan if event.value is None else event.value for event in events], np.float64)
    looked_at = ", ".join(kind.observable or "nothing" for kind in kinds)
    units = {o.name: of_observable(o) for o in sim.dynamics.observables}
    measured_in = ", ".join(dict.fromkeys(units.get(kind.observable, PURE_NUMBER) for kind in kinds))
    about = "Value there of the observable by which the event was found; NaN where it was found by none"
    return {
        "event_k": ("event", steps, described_as("Step of an event", STEPS) | {"left_out": left_out}),
        "event_kind": ("event", index, described_as("Kind of the event, an index into the attribute kinds") | told),
        "event_value": ("event", values, described_as(about, measured_in) | {"observables": looked_at}),
    }


def _described(data: xarray.Dataset, sim: Simulation) -> xarray.Dataset:
    content = metadata(sim)
    for name in ("program", "version", "title", "seed", "k", "t"):
        data.attrs[name] = content[name]
    data.attrs["references"] = f"{sim.dynamics.reference}; {sim.landscape.reference}"
    text = as_text(content)
    if len(text) > MAX_ATTRIBUTE_CHARS:
        data["metadata"] = ((), text, described_as("Everything that makes the run what it is, as JSON"))
        text = "in the variable metadata"
    data.attrs["metadata"] = text
    return data


def write_netcdf(sim: Simulation, path: str | os.PathLike) -> None:
    """Write :func:`dataset` to a NetCDF file, which ``xarray.open_dataset`` reads.

    Raises
    ------
    OSError
        When the file cannot be written, or is open in this or another program; it is left as it was.
    """
    if files.is_open(path):
        raise OSError(f"{os.fspath(path)}: is open in this or another program; close it first, or choose another name")
    try:
        files.write(path, netcdf(sim))
    except OSError as error:
        raise OSError(f"{os.fspath(path)}: cannot be written ({error.strerror or error})") from None


def netcdf(sim: Simulation) -> bytes:
    """The NetCDF file as bytes."""
    return bytes(dataset(sim).to_netcdf(engine="h5netcdf"))


def csv(sim: Simulation, table: str = "curves") -> str:
    """A table as text with commas; ``pandas.read_csv(path, comment="#")`` reads it.

    Parameters
    ----------
    table : {"curves", "states"}
        One row per recorded step, or one row per agent at the present step.

    Raises
    ------
    ValueError
        When there is no such table.
    """
    import pandas  # xarray brings it along

    if table not in TABLES:
        raise ValueError(f"table = {table!r}: must be one of {', '.join(TABLES)}")
    comments = "".join(f"# {name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in metadata(sim).items())
    columns = _curves(sim) if table == "curves" else _states(sim)
    return comments + pandas.DataFrame(columns).to_csv(index=False, na_rep="nan", lineterminator="\n")


def table_netcdf(table: xarray.Dataset) -> bytes:
    """A Dataset of :func:`swarmviz.refine` as the bytes of a NetCDF file."""
    return bytes(table.to_netcdf(engine="h5netcdf"))


def cells_csv(table: xarray.Dataset) -> str:
    """The cells of a Dataset of :func:`swarmviz.refine`, one a row, as text with commas; its attributes come before, after ``#``."""
    cells = table[[name for name, values in table.data_vars.items() if values.dims == table["success_rate"].dims]]
    comments = "".join(
        f"# {name}: {json.dumps(plain(value), ensure_ascii=False)}\n"
        for name, value in ({"program": "swarmviz"} | table.attrs).items()
    )
    frame = cells.to_dataframe()[list(cells.data_vars)]
    return comments + frame.to_csv(na_rep="nan", lineterminator="\n")


def write_csv(sim: Simulation, path: str | os.PathLike, table: str = "curves") -> None:
    """Write :func:`csv` to a file."""
    files.write(path, csv(sim, table).encode())


def _curves(sim: Simulation) -> dict[str, np.ndarray]:
    record = sim.record
    return {name: record[name] for name in ("k", "t", *(o.name for o in sim.dynamics.observables))}


def _states(sim: Simulation) -> dict[str, Any]:
    frame = sim.frame
    columns: dict[str, Any] = {"agent": np.arange(frame.n)}
    for name, (dims, _) in FIELDS.items():
        value = getattr(frame, name, None)
        if value is None or dims[:1] != ("agent",):
            continue
        if len(dims) == 2:
            columns |= {f"{name}{i + 1}": column for i, column in enumerate(value.T)}
        elif name == "role":
            columns[name] = np.array(frame.roles)[value]
        else:
            columns[name] = value
    return columns
