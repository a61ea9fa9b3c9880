"""The cells of a sweep as tasks of a dask cluster: any that a ``dask.distributed.Client`` is connected to."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from swarmviz.ensembles.axes import Cell
from swarmviz.ensembles.settings import Problem, Settings

if TYPE_CHECKING:
    import xarray


def require_client(client: Any) -> None:
    """Raise ``TypeError`` when ``client`` is no dask client, or one for coroutines."""
    from distributed import Client

    if not isinstance(client, Client) or client.asynchronous:
        raise TypeError(f"client = {client!r}: must be a dask.distributed.Client that is not asynchronous")


def on_cluster(
    client: Any, cells: Iterable[Cell], settings: Settings, threads: int, finished_run: Callable[[], None]
) -> Generator[tuple[int, xarray.Dataset]]:
    """Number and Dataset of each cell as they come back.

    A task is a pure function of what it is sent, so dask runs it again on another worker when one dies. What came back is forgotten by
    the cluster; when the caller stops, the tasks that are left are taken back.

    Raises
    ------
    RuntimeError
        When a worker has another version of swarmviz.
    """
    calls = {cell.number: (run_cell, cell.problem, settings, cell.label, threads) for cell in cells}
    yield from results_on_cluster(client, calls, lambda number: settings.options.runs, finished_run)


def results_on_cluster(
    client: Any, calls: Mapping[int, tuple[Any, ...]], runs: Callable[[int], int], finished_run: Callable[[], None]
) -> Generator[tuple[int, Any]]:
    """Number and result of each call as they come back.

    Parameters
    ----------
    calls : mapping
        Number → a function and its arguments; it returns the program that it is part of and its result.
    runs : function (number) → int
        How many runs a call makes.
    finished_run : function ()
        Called for each of them.

    Raises
    ------
    RuntimeError
        When a worker has another version of swarmviz.
    """
    from distributed import as_completed

    from swarmviz.ensembles.dataset import program

    sweep = uuid.uuid4().hex
    futures = {}
    try:
        for number, (function, *arguments) in calls.items():
            future = client.submit(function, *arguments, key=f"swarmviz-cell-{number}-{sweep}")
            futures[future] = number
        for future, (there, result) in as_completed(list(futures), with_results=True):
            here = program()
            if there != here:
                raise RuntimeError(f"client: a worker has {_words(there)}, here it is {_words(here)}; install the same")
            number = futures.pop(future)
            yield number, result
            future.release()  # first: the progress function may raise
            for _ in range(runs(number)):
                finished_run()
    finally:
        if futures:
            client.cancel(list(futures))


def run_cell(problem: Problem, settings: Settings, label: str, threads: int) -> tuple[dict[str, str], xarray.Dataset]:
    """What a worker does: which program it has, and the Dataset of a cell."""
    from swarmviz.ensembles.dataset import as_dataset, program
    from swarmviz.ensembles.engine import Ensemble, execute

    (ensemble,) = execute([Ensemble(problem, settings, label)], min(threads, int(settings.options.runs)))
    return program(), as_dataset(ensemble)


def _words(program: dict[str, Any]) -> str:
    return f"version {program['swarmviz']} of swarmviz (sources {program['sources']})"
