"""The cells of a sweep as tasks of a dask cluster: any that a ``dask.distributed.Client`` is connected to."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterable
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
    from distributed import as_completed

    from swarmviz.ensembles.dataset import program

    sweep = uuid.uuid4().hex
    futures = {}
    try:
        for cell in cells:
            key = f"swarmviz-cell-{cell.number}-{sweep}"
            future = client.submit(run_cell, cell.problem, settings, cell.label, threads, key=key)
            futures[future] = cell.number
        for future, data in as_completed(list(futures), with_results=True):
            there, here = {name: data.attrs.get(name) for name in program()}, program()
            if there != here:
                raise RuntimeError(f"client: a worker has {_words(there)}, here it is {_words(here)}; install the same")
            yield futures.pop(future), data
            future.release()  # first: the progress function may raise
            for _ in range(settings.options.runs):
                finished_run()
    finally:
        if futures:
            client.cancel(list(futures))


def run_cell(problem: Problem, settings: Settings, label: str, threads: int) -> xarray.Dataset:
    """What a worker does."""
    from swarmviz.ensembles.dataset import as_dataset
    from swarmviz.ensembles.engine import Ensemble, execute

    (ensemble,) = execute([Ensemble(problem, settings, label)], min(threads, int(settings.options.runs)))
    return as_dataset(ensemble)


def _words(program: dict[str, Any]) -> str:
    return f"version {program['swarmviz']} of swarmviz (sources {program['sources']})"
