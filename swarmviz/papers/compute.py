"""An entry's sweeps, run and put side by side in one Dataset with what the paper prints."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz import success
from swarmviz.ensembles.dataset import described_as
from swarmviz.ensembles.run import reporting
from swarmviz.ensembles.settings import Options
from swarmviz.ensembles.statistics import success_rate
from swarmviz.ensembles.sweeps import sweep
from swarmviz.papers.figure import Entry, Experiment
from swarmviz.papers.report import as_variables

if TYPE_CHECKING:
    import xarray

RULE = f"Success: within the tolerance of a known minimiser; {success.RULE}; on a finite set {success.criterion(None)}."
SNAPSHOTS = {  # of the first run: dimensions and meanings
    "positions": (("agent", "coordinate"), "Positions of the agents"),
    "focus": (("coordinate",), "Consensus point"),
    "mass": (("agent",), "Masses of the agents"),
    "occupation": (("state",), "Share of the agents on each state"),
}
QUANTILES = (0.25, 0.5, 0.75)
FINALS = ("final_energy", "final_best", "final_error", "success", "steps_taken", "stopped", "diverged_step", "finished")


def computed(
    entry: Entry,
    runs: int | None,
    threads: int | None,
    quick: bool,
    progress: Any,
    store: str | os.PathLike[str] | None,
) -> xarray.Dataset:
    """See :meth:`Entry.compute`."""
    import xarray

    runs = Options(runs=entry.runs if runs is None else runs).runs
    if store is not None and not os.fspath(store):
        raise ValueError(f"store = {store!r}: must be the name of a folder")
    parts = [part.quick() for part in entry.parts] if quick else entry.parts
    datasets: list[Any] = []
    interrupted = False
    with reporting(progress, sum(_cells(part) for part in parts) * runs) as finished_run:
        for i, part in enumerate(parts):
            place = None if store is None else Path(store).expanduser() / f"{entry.key}-{i}"
            try:
                data, interrupted = _kept(
                    part, _swept(part, runs, entry.tolerance, threads, finished_run, place), entry.each_run
                )
            except KeyboardInterrupt:  # between the runs: of this part there is nothing
                if not datasets:
                    raise
                interrupted = True
                break
            datasets.append(data)
            if interrupted:
                break
    data = xarray.concat(
        datasets, "system", data_vars="all", coords="minimal", compat="override", join="outer", combine_attrs="override"
    ).assign_coords(system=[part.label for part in parts[: len(datasets)]])
    data.attrs = {}  # those of the first part only; what each variable means stays with it
    if entry.derive is not None:
        data = data.assign(dict(entry.derive(data)))
    data = data.assign(as_variables(entry.printed, data))
    return data.assign_attrs(_provenance(entry, runs, quick), interrupted=int(interrupted))


def _cells(part: Experiment) -> int:
    return int(np.prod([len(values) for values in part.grid.values()], dtype=int)) * max(1, len(part.landscapes))


def _swept(
    part: Experiment,
    runs: int,
    tolerance: float | None,
    threads: int | None,
    finished_run: Callable[[], None],
    store: Path | None,
) -> xarray.Dataset:
    dynamics, landscape, swarm = part.preset(part.label, "", "").build()
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        told = done
        finished_run()

    data = sweep(
        dynamics, landscape, swarm, part.grid, landscapes=part.landscapes or None, runs=runs, steps=part.steps,
        every=part.every, record=part.record, stop=part.stop, tolerance=tolerance, threads=threads, progress=progress, store=store,
    )  # fmt: skip
    if not data.attrs["interrupted"]:
        for _ in range(data["finished"].size - told):  # those that were in the store
            finished_run()
    return data


def _kept(part: Experiment, data: xarray.Dataset, each_run: bool) -> tuple[xarray.Dataset, bool]:
    """What is kept of a sweep, and whether it was cut short: a Ctrl-C costs no finished run."""
    interrupted = bool(data.attrs["interrupted"])
    try:
        return _reduced(part, data, each_run, not interrupted), interrupted
    except KeyboardInterrupt:
        return _reduced(part, data, each_run, False), True


def _reduced(part: Experiment, data: xarray.Dataset, each_run: bool, snapshots: bool) -> xarray.Dataset:
    """Finals, courses or their statistics, and the agents at the snapshots."""
    courses = data[[name for name, values in data.data_vars.items() if "step" in values.dims]]
    kept = data[list(FINALS)].drop_vars("coordinate", errors="ignore")
    kept = kept.merge(courses if each_run else _statistics(courses), compat="override")
    kept = kept.merge(success_rate(data), compat="override")
    kept = kept.assign(_means(data, "error")).assign(_means(data, "energy"))
    return kept.merge(_snapshots(part)) if part.snapshots and snapshots else kept


def _statistics(courses: xarray.Dataset) -> xarray.Dataset:
    """Mean, its standard error and quartiles over the runs."""
    result: dict[str, Any] = {}
    for name, values in courses.data_vars.items():
        number = values.count("run", keep_attrs=False).clip(1)
        meaning = values.attrs.get("long_name", name)
        spread = (
            values.std("run", ddof=1, keep_attrs=False) / np.sqrt(number)
            if values.sizes["run"] > 1
            else number * np.nan
        )
        quantile = values.quantile(list(QUANTILES), "run", keep_attrs=False)
        quantile["quantile"].attrs = described_as("Level of the quantile over the runs")
        result[str(name)] = values.mean("run", keep_attrs=True).assign_attrs(
            described_as(f"Mean over the runs: {meaning}")
        )
        result[f"{name}_standard_error"] = spread.assign_attrs(described_as(f"Standard error of the mean: {meaning}"))
        result[f"{name}_quantile"] = quantile.assign_attrs(described_as(f"Quantiles over the runs: {meaning}"))
    return courses.drop_vars([*courses.data_vars, "seed"], errors="ignore").assign(result)


def _means(data: xarray.Dataset, what: str) -> dict[str, Any]:
    """Mean over the runs of what they ended with, and its standard error."""
    values = data[f"final_{what}"].astype(float)
    several = values.sizes["run"] > 1
    mean = values.mean("run", keep_attrs=False)
    error = (
        values.std("run", ddof=1, keep_attrs=False) / np.sqrt(values.count("run").clip(1)) if several else mean * np.nan
    )
    about = data[f"final_{what}"].attrs
    meaning, units = about.get("long_name", what), about.get("units")
    return {
        f"mean_{what}": mean.assign_attrs(described_as(f"Mean over the runs: {meaning}", units)),
        f"mean_{what}_standard_error": error.assign_attrs(
            described_as(f"Standard error of the mean: {meaning}", units)
        ),
    }


def _snapshots(part: Experiment) -> xarray.Dataset:
    """The agents of the first run, which has the seed of the swarm."""
    import xarray

    dynamics, landscape, swarm = part.preset(part.label, "", "").build()
    state = dynamics.init(swarm.positions(landscape), landscape, swarm.seed)
    frames = []
    for k in part.snapshots:
        state, _ = dynamics.advance(state, landscape, k - state.k, every=max(1, part.steps))
        frames.append(dynamics.frame(state))
    arrays: dict[str, Any] = {
        name: (
            ("snapshot", *dims),
            np.array([getattr(f, "x" if name == "positions" else name) for f in frames]),
            described_as(meaning),
        )
        for name, (dims, meaning) in SNAPSHOTS.items()
        if name == "positions" or getattr(frames[0], name) is not None
    }
    times = ("snapshot", np.array([f.t for f in frames]), described_as("Time of the snapshot"))
    return xarray.Dataset(
        arrays, {"snapshot": list(part.snapshots), "snapshot_t": times, "coordinate": np.arange(swarm.d)}
    )


def _provenance(entry: Entry, runs: int, quick: bool) -> dict[str, Any]:
    import swarmviz
    from swarmviz.serialise import as_json

    names = (
        "label",
        "dynamics",
        "landscape",
        "values",
        "landscape_values",
        "swarm",
        "grid",
        "landscapes",
        "steps",
        "every",
        "record",
        "stop",
    )
    parts = [{name: getattr(part, name) for name in names} for part in entry.parts]
    return {
        "swarmviz": swarmviz.__version__, "key": entry.key, "title": entry.title, "reference": entry.reference,
        "question": entry.question, "remark": entry.remark, "criterion": entry.criterion or RULE,
        "runs": runs, "quick": int(quick), "parts": as_json(parts),
    }  # fmt: skip
