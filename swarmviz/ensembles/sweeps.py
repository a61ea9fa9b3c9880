"""The same ensemble over a grid of parameters, here or on a cluster, kept cell by cell."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles.axes import Axis, Cell, axes_of, cells_of, check
from swarmviz.ensembles.dataset import as_dataset, program, provenance
from swarmviz.ensembles.engine import PIECE_WORK, Ensemble, Turn, execute
from swarmviz.ensembles.memory import check_memory
from swarmviz.ensembles.run import Progress, reporting
from swarmviz.ensembles.settings import Problem, Settings, thread_count
from swarmviz.ensembles.store import Store
from swarmviz.ensembles.table import Table
from swarmviz.landscapes.base import Landscape
from swarmviz.serialise import described
from swarmviz.swarm import Swarm

if TYPE_CHECKING:
    import xarray

FORMAT = 1  # of a store
IN_FLIGHT = 2  # cells beside those that the threads are at: one that is copied and one that has just begun


def sweep(
    dynamics: Dynamics,
    landscape: Landscape,
    swarm: Swarm,
    grid: Mapping[str, Sequence[Any]] | None = None,
    *,
    n: Sequence[int] | None = None,
    d: Sequence[int] | None = None,
    landscapes: Sequence[Any] | None = None,
    runs: int = 100,
    steps: int = 1000,
    record: Sequence[str] | None = (),
    every: int = 1,
    stop: Any = None,
    events: Sequence[str] | None = (),
    positions: bool = False,
    tolerance: float | None = None,
    threads: int | None = None,
    progress: Progress = False,
    store: str | os.PathLike[str] | None = None,
    client: Any = None,
    turn: Turn | None = None,
) -> xarray.Dataset:
    """Run an ensemble for every combination of parameters.

    Every cell is the Dataset of :func:`swarmviz.run_ensemble` with the cell's parameters, and so with the same seeds: two cells differ by
    their parameters and not by luck.

    Parameters
    ----------
    dynamics, landscape, swarm : Dynamics, Landscape, Swarm
        What the cells have in common.
    grid : mapping, optional
        Name of a parameter of the dynamics, the landscape or the swarm → its values: numbers, names such as those of noise laws and
        initial laws, schedules. Where two parts have the same name, write ``"swarm.radius"``.
    n, d : sequence of int, optional
        Numbers of agents, dimensions; the same as in the grid.
    landscapes : sequence, optional
        Landscapes, their classes or their names.
    runs, steps, every, stop, events, positions, tolerance
        As in :func:`swarmviz.run_ensemble`, for each cell.
    record : sequence of str, optional
        Observables to be kept along step. None of them by default: each takes cells × runs × recorded steps numbers. None for all.
    threads : int, optional
        Every core when absent; on a cluster threads of each task, 1 when absent.
    progress : bool or callable
        As in :func:`swarmviz.run_ensemble`; runs of all cells that are not in the store yet.
    store : path, optional
        Folder that gets each finished cell as a NetCDF file. The same call goes on where an earlier one ended, however that was. A
        function as `stop` needs a name by which the store knows it again: ``When(function, name="…")``.
    client : dask.distributed.Client, optional
        Runs each cell as a task on its cluster; the store is written here, not by the workers.
    turn : function () → context manager, optional
        Within such a one each call of a kernel is made, on the thread that makes it, for a program that does other things beside the sweep;
        calls are then some milliseconds long. What it raises ends the sweep. Not on a cluster.

    Returns
    -------
    xarray.Dataset
        The variables of :func:`swarmviz.run_ensemble` with one more dimension for each axis, named like the parameter, or
        ``landscape``, whose parameters are in the attribute ``landscapes``; ``tolerance`` and ``lowest_known`` along those axes on
        which they depend. Where N or d differ, what a smaller one has not is NaN.
        After a Ctrl-C the cells that were finished are there, the others are NaN with ``finished`` False, and the attribute
        ``interrupted`` is 1.

    Raises
    ------
    TypeError, ValueError
        Before anything runs, when an argument is bad, parts of a cell do not fit together, there is not enough memory, the store is that
        of another sweep or of other sources, or there is a store and `stop` has no name.
    swarmviz.ensembles.StoreError
        When the store cannot be read or written; what it holds is kept.

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.sweep(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(d=2), {"sigma": [0.3, 1.0]}, n=[20, 50], runs=10, steps=100)
    >>> dict(data["success"].sizes)
    {'n': 2, 'sigma': 2, 'run': 10}
    """
    problem = Problem.of(dynamics, landscape, swarm)
    settings = Settings.checked(
        type(dynamics),
        record,
        stop,
        events,
        runs=runs,
        steps=steps,
        every=every,
        positions=positions,
        tolerance=tolerance,
    )
    if store is not None and settings.stop is not None:
        settings.stop.require_name()
    threads = thread_count(1 if client is not None and threads is None else threads)
    axes = axes_of(problem, grid, n, d, landscapes)
    if store is not None:
        for landscape in (problem.landscape, *(value for axis in axes if not axis.parameter for value in axis.values)):
            landscape.require_name()
    check(problem, axes, settings)
    work = partial(locally, turn=turn) if client is None else _on(client)
    cell_store = None if store is None else Store(store, manifest(problem, axes, settings))
    table = Table(problem, axes, settings)
    beside = (min(table.cells, IN_FLIGHT + threads) if table.cells > 1 else 0) + (cell_store is not None)
    check_memory(settings, table.largest, threads if client is None else 0, table.cells, beside, table.times)
    with contextlib.ExitStack() as stack:
        if cell_store is not None:
            stack.enter_context(cell_store.opened())
        table.allocate()
        missing = list(_missing(table, cell_store))
        finished_run = stack.enter_context(reporting(progress, settings.options.runs * len(missing)))
        interrupted = False
        try:
            with contextlib.closing(work(missing, settings, threads, finished_run)) as done:
                for number, cell in done:
                    if cell_store is not None:
                        cell_store.put(number, cell)
                    table.put(number, cell)
        except KeyboardInterrupt:
            interrupted = True
        return table.dataset(interrupted)


def _missing(table: Table, cell_store: Store | None) -> Iterator[Cell]:
    """The cells that are yet to be run; the others are read, so that a damaged one is found before anything runs."""
    for cell in cells_of(table.problem, table.axes):
        if cell_store is not None and cell.number in cell_store:
            table.put(cell.number, cell_store.get(cell.number, provenance(cell.problem, table.settings)))
        else:
            yield cell


def locally(
    cells: Sequence[Cell], settings: Settings, threads: int, finished_run: Callable[[], None], turn: Turn | None = None
) -> Generator[tuple[int, xarray.Dataset]]:
    """Number and Dataset of each cell, as they are finished; the threads go on to the next cell without waiting for the last run."""
    piece = None if turn is None else PIECE_WORK
    ensembles = (Ensemble(cell.problem, settings, cell.label, cell.number, piece_work=piece) for cell in cells)
    with contextlib.closing(
        execute(ensembles, threads, finished_run, len(cells), turn or contextlib.nullcontext)
    ) as finished:
        for ensemble in finished:
            yield ensemble.number, as_dataset(ensemble)


def _on(client: Any) -> Callable[..., Generator[tuple[int, xarray.Dataset]]]:
    from swarmviz.ensembles.cluster import on_cluster, require_client

    require_client(client)
    return lambda *work: on_cluster(client, *work)


def manifest(problem: Problem, axes: tuple[Axis, ...], settings: Settings) -> dict[str, Any]:
    """All that the cells of a sweep depend on, as plain data."""
    return {
        "format": FORMAT,
        **program(),
        **{part: described(getattr(problem, part)) for part in Problem._fields},
        "axes": [{"name": axis.name, "of": axis.owner, "values": described(axis.values)} for axis in axes],
        "settings": described(settings.described()),
    }
