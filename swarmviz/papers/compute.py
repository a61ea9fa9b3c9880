"""A figure's sweeps, run and put side by side in one Dataset with what the paper prints."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz import success
from swarmviz.ensembles.dataset import BLANK, COORDINATES, described_as
from swarmviz.ensembles.engine import Turn
from swarmviz.ensembles.run import reporting
from swarmviz.ensembles.settings import Options
from swarmviz.ensembles.statistics import success_rate
from swarmviz.ensembles.sweeps import sweep
from swarmviz.papers.report import as_variables
from swarmviz.papers.spec import Experiment, FigureSpec
from swarmviz.serialise import as_json
from swarmviz.version import __version__

if TYPE_CHECKING:
    import xarray

SNAPSHOT_WORK = 1 << 22  # agent-coordinate-steps of a call
RULE = f"Success: within the tolerance of a known minimiser; {success.RULE}; on a finite set {success.criterion(None)}."
SNAPSHOTS = {  # of the first run: dimensions and meanings
    "positions": (("agent", "coordinate"), "Positions of the agents"),
    "focus": (("coordinate",), "Consensus point"),
    "mass": (("agent",), "Masses of the agents"),
    "occupation": (("state",), "Share of the agents on each state"),
}
SYSTEM = described_as("System of the figure")
QUANTILES = (0.25, 0.5, 0.75)
FINALS = (
    *("final_energy", "final_best", "final_error", "final_evaluations"),
    *("success", "steps_taken", "stopped", "diverged_step", "finished"),
)


def compute(
    figure: FigureSpec,
    runs: int | None = None,
    threads: int | None = None,
    quick: bool = False,
    progress: Any = False,
    store: str | os.PathLike[str] | None = None,
    turn: Turn | None = None,
) -> xarray.Dataset:
    """Run the sweeps of a figure.

    Parameters
    ----------
    figure : FigureSpec
    runs : int, optional
        Runs of each cell; the paper's when absent.
    threads : int, optional
        Every core when absent.
    quick : bool
        A few steps on a few values: to try it out, not to compare with the paper.
    progress : bool or callable
        As in :func:`swarmviz.run_ensemble`; runs that are in the store count as done.
    store : path, optional
        Folder that gets a store of :func:`swarmviz.sweep` for each part, named after the figure, so that figures may share it. The same
        call goes on where an earlier one ended, however that was. The agents at the snapshots are computed anew.
    turn : function () → context manager, optional
        As in :func:`swarmviz.sweep`.

    Returns
    -------
    xarray.Dataset
        Observables along step: their means over the runs with ``…_standard_error`` and ``…_quantile`` (or the series of each run, see
        ``each_run``). What each run ended with, ``success_rate``, ``mean_error``, ``mean_energy`` and ``mean_evaluations`` with errors. The
        agents of the first run at the snapshots. What was derived; ``printed_…`` beside ours what the paper prints. After a Ctrl-C the
        attribute ``interrupted`` is 1.

    Raises
    ------
    ValueError
        When ``runs`` or ``threads`` is out of its range, or the store is that of another call.
    swarmviz.ensembles.StoreError
        When the store cannot be written; what it holds is kept.
    """
    import xarray

    runs = Options(runs=figure.runs if runs is None else runs).runs
    if store is not None and not os.fspath(store):
        raise ValueError(f"store = {store!r}: must be the name of a folder")
    parts = [part.quick() for part in figure.parts] if quick else figure.parts
    datasets: list[Any] = []
    interrupted = False
    with reporting(progress, sum(_cells(part) for part in parts) * runs) as finished_run:
        for i, part in enumerate(parts):
            place = None if store is None else Path(store).expanduser() / f"{figure.key}-{i}"
            try:
                swept = _swept(part, runs, figure.tolerance, threads, finished_run, place, turn)
                data, interrupted = _kept(part, swept, figure.each_run, turn)
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
    if figure.derive is not None:
        data = data.assign(dict(figure.derive(data)))
    data = data.assign(as_variables(figure.printed, data))
    data["system"].attrs = SYSTEM
    for name in data.coords:  # the axes of printed numbers say nothing of themselves, and theirs prevail
        if not data[name].attrs and name in datasets[0].coords:
            data[name].attrs = datasets[0][name].attrs
    return data.assign_attrs(provenance(figure, runs, quick), interrupted=int(interrupted))


def _cells(part: Experiment) -> int:
    return int(np.prod([len(values) for values in part.grid.values()], dtype=int)) * max(1, len(part.landscapes))


def _swept(
    part: Experiment,
    runs: int,
    tolerance: float | None,
    threads: int | None,
    finished_run: Callable[[], None],
    store: Path | None,
    turn: Turn | None,
) -> xarray.Dataset:
    """All cells of a part. Where it is several sweeps, those that an interruption left out are not finished."""
    import xarray

    if not part.along:
        return _one_sweep(part, runs, tolerance, threads, finished_run, store, turn)
    (axis,) = part.along
    datasets: list[Any] = []
    for i, one in enumerate(part.sweeps()):
        try:
            place = None if store is None else store.with_name(f"{store.name}-{i}")
            datasets.append(_one_sweep(one, runs, tolerance, threads, finished_run, place, turn))
        except KeyboardInterrupt:  # between the runs: of this sweep there is nothing
            if not datasets:
                raise
            datasets[-1].attrs["interrupted"] = 1
        if datasets[-1].attrs["interrupted"]:
            break
    data = xarray.concat(datasets, axis, data_vars="all", coords="minimal", compat="override", join="override")
    blank = {name: value for name, value in BLANK.items() if name in data}
    return data.reindex({axis: list(part.grid[axis])}, fill_value=blank).assign_attrs(datasets[-1].attrs)


def _one_sweep(
    part: Experiment,
    runs: int,
    tolerance: float | None,
    threads: int | None,
    finished_run: Callable[[], None],
    store: Path | None,
    turn: Turn | None,
) -> xarray.Dataset:
    dynamics, landscape, swarm = part.preset(part.label, "", "").build()
    reported = 0

    def progress(done: int, total: int) -> None:
        nonlocal reported
        reported = done
        finished_run()

    data = sweep(
        dynamics, landscape, swarm, part.grid, landscapes=part.landscapes or None, runs=runs, steps=part.steps,
        every=part.every, record=part.record, stop=part.stop, tolerance=tolerance, threads=threads, progress=progress, store=store,
        turn=turn,
    )  # fmt: skip
    if not data.attrs["interrupted"]:
        for _ in range(data["finished"].size - reported):  # those that were in the store
            finished_run()
    return data


def _kept(part: Experiment, data: xarray.Dataset, each_run: bool, turn: Turn | None) -> tuple[xarray.Dataset, bool]:
    """What is kept of a sweep, and whether it was cut short: a Ctrl-C costs no finished run."""
    interrupted = bool(data.attrs["interrupted"])
    try:
        return _reduced(part, data, each_run, not interrupted, turn), interrupted
    except KeyboardInterrupt:
        return _reduced(part, data, each_run, False, turn), True


def _reduced(
    part: Experiment, data: xarray.Dataset, each_run: bool, snapshots: bool, turn: Turn | None
) -> xarray.Dataset:
    """Finals, series or their statistics, and the agents at the snapshots."""
    series = data[[name for name, values in data.data_vars.items() if "step" in values.dims]]
    kept = data[list(FINALS)].drop_vars("coordinate", errors="ignore")
    kept = kept.merge(series if each_run else _statistics(series), compat="override")
    kept = kept.merge(success_rate(data), compat="override")
    for what in ("error", "energy", "evaluations"):
        kept = kept.assign(_means(data, what))
    return kept.merge(_snapshots(part, turn or nullcontext)) if part.snapshots and snapshots else kept


def _statistics(series: xarray.Dataset) -> xarray.Dataset:
    """Mean, its standard error and quartiles over the runs."""
    result: dict[str, Any] = {}
    for name, values in series.data_vars.items():
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
    return series.drop_vars([*series.data_vars, "seed"], errors="ignore").assign(result)


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


def _snapshots(part: Experiment, turn: Turn) -> xarray.Dataset:
    """The agents of the first run, which has the seed of the swarm."""
    import xarray

    dynamics, landscape, swarm = part.preset(part.label, "", "").build()
    state = dynamics.init(swarm.positions(landscape), landscape, swarm.seed)
    frames = []
    for k in part.snapshots:
        while True:  # at least once: also where the snapshot is at step 0
            with turn():
                steps = min(k - state.k, max(1, SNAPSHOT_WORK // (swarm.n * swarm.d)))
                state, _ = dynamics.advance(state, landscape, steps, every=max(1, part.steps))
            if state.k >= k:
                break
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
        arrays,
        {
            "snapshot": ("snapshot", list(part.snapshots), described_as("Step of the snapshot", "steps")),
            "snapshot_t": times,
            "coordinate": ("coordinate", np.arange(swarm.d), described_as(COORDINATES["coordinate"])),
        },
    )


def provenance(figure: FigureSpec, runs: int, quick: bool) -> dict[str, Any]:
    names = (
        "label",
        "dynamics",
        "landscape",
        "values",
        "landscape_values",
        "swarm",
        "grid",
        "along",
        "landscapes",
        "steps",
        "every",
        "record",
        "stop",
    )
    parts = [{name: getattr(part, name) for name in names} for part in figure.parts]
    return {
        "swarmviz": __version__, "key": figure.key, "title": figure.title, "reference": figure.reference,
        "question": figure.question, "remark": figure.remark, "criterion": figure.criterion or RULE,
        "runs": runs, "quick": int(quick), "parts": as_json(parts),
    }  # fmt: skip
