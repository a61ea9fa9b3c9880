"""A sweep that is refined: coarse first, then finer and with more runs where the answer is open; a Dataset after every round."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles import measures
from swarmviz.ensembles.axes import Cell, axes_of, check_cells
from swarmviz.ensembles.engine import Ensemble, execute
from swarmviz.ensembles.memory import check_memory
from swarmviz.ensembles.refinement import Portion, Refinement
from swarmviz.ensembles.run import Progress, reporting
from swarmviz.ensembles.run_store import RunStore
from swarmviz.ensembles.settings import Options, Problem, Settings, thread_count
from swarmviz.landscapes.base import Landscape
from swarmviz.parameters import Real, Whole
from swarmviz.swarm import Swarm

if TYPE_CHECKING:
    import xarray

STORE_EVERY_S = 5.0  # within a round; what was finished since is lost when the process is killed
Found = tuple[
    Portion, dict[str, np.ndarray], dict[str, float]
]  # what the runs of a portion gave, and by what they are judged


class RefineOptions(Options):
    """The numbers by which cells get their runs."""

    first = Whole(8, bounds=(1, 10_000_000), doc="Runs that every cell gets before one gets more.")
    width = Real(
        0.0, bounds=(0, 1), doc="Width of the 95% interval of the success rate from which on a cell gets no more runs; 0: all get all."
    )  # fmt: skip


def refine(
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
    first: int = 8,
    width: float = 0.0,
    every: int | None = None,
    stop: Any = None,
    events: Sequence[str] | None = (),
    tolerance: float | None = None,
    threads: int | None = None,
    progress: Progress = False,
    store: str | os.PathLike[str] | None = None,
    client: Any = None,
) -> Iterator[xarray.Dataset]:
    """Run a sweep from a coarse grid to the whole one, and with more runs where the answer is open; an iterator of ever better Datasets.

    Every second, fourth, … value of each axis comes first, then those between, until every cell of the grid has ``first`` runs. Then cells
    get more runs, those first whose success rate is least certain, or that lie beside a boundary. Which runs come next depends on the
    results alone, so every Dataset of the iterator is the same for any number of threads, and after any interruption. The runs are those of
    :func:`swarmviz.sweep`, bit for bit, and the last Dataset holds all of them.

    Parameters
    ----------
    dynamics, landscape, swarm : Dynamics, Landscape, Swarm
        What the cells have in common.
    grid, n, d, landscapes
        The axes, as in :func:`swarmviz.sweep`.
    runs, steps, stop, events, tolerance
        As in :func:`swarmviz.run_ensemble`, for each cell; ``runs`` is the most that a cell gets.
    first : int
        Runs that every cell gets before one gets more, ≥ 1.
    width : float
        A cell whose 95% interval of the success rate is not wider gets no more runs, 0 ≤ width ≤ 1. With 0 every cell gets all its runs.
    every : int, optional
        Steps between those at which it is looked at whether a run has found the minimum, and for events; steps/50 when absent, about.
    threads : int, optional
        Every core when absent; on a cluster threads of each task, 1 when absent.
    progress : bool or callable
        As in :func:`swarmviz.run_ensemble`; runs of all cells that are not in the store yet.
    store : path, optional
        Folder that gets the finished runs at the end of each round, and every few seconds. The same call goes on where an earlier one
        ended, however that was; so does one with other numbers of runs.
    client : dask.distributed.Client, optional
        Runs the cells of each round as tasks on its cluster; the store is written here.

    Yields
    ------
    xarray.Dataset
        Along the axes and ``run`` the variables of :func:`swarmviz.sweep` that are no series, NaN with ``finished`` False where a run
        has not been made yet, with

        ``hit_step``
            The first recorded step at which what the swarm holds for the minimiser was nearer than the tolerance (on a finite set: at
            which an agent had been on one of the lowest states); ∞ where there is none, NaN where no minimiser is known.
        ``dispersion_rate``
            log(V₀/V)/t of the dispersion V, up to the last recorded step at which it is not 0.
        ``hit_evaluations``
            Evaluations of F up to that step; ∞ and NaN as for it.
        ``first_found``, ``count_found``, …
            With ``events``, as of :func:`swarmviz.run_ensemble`.

        Along the axes

        ``runs``, ``judged``, ``found``, ``hits``, ``diverged_runs``
            Runs that ended, those of them that could be judged, those that have found a minimiser in the end, those that have a hit, those
            that diverged.
        ``success_rate``, ``success_low``, ``success_high``
            ``found``/``judged`` with Wilson's 95% interval.
        ``median_best``, ``median_gap``, ``median_rate``, ``median_hit_step``, ``median_hit_evaluations``
            Medians of the lowest value, of its distance to F*, of ``dispersion_rate``, of ``hit_step`` and of ``hit_evaluations``, ∞ where
            most never hit.
        ``low_gap``, ``high_gap``, ``low_hit_evaluations``, ``high_hit_evaluations``
            Quantiles of best F − F* and of ``hit_evaluations``, 10% and 90%; ∞ where too many never hit.
        ``ert_evaluations``
            Expected running time until a hit, in evaluations of F, when a run that has not hit is followed by another one.

        The attributes have ``runs_done`` of ``runs_planned``, and the ``level`` (of ``levels``) to which the grid has been refined. After a
        Ctrl-C one more Dataset comes, with what was finished and the attribute ``interrupted`` 1.

    Raises
    ------
    TypeError, ValueError
        Before anything runs, as :func:`swarmviz.sweep`. Of the cells those of the coarsest grid and at its corners are tried out; where
        another one is refused later, a note names it.
    swarmviz.ensembles.StoreError
        When the store cannot be read or written; what it holds is kept.

    Examples
    --------
    >>> import swarmviz as sv
    >>> grid = {"sigma": [0.3, 0.7, 1.1], "lam": [0.5, 1.0]}
    >>> better = sv.refine(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2), grid, runs=16, steps=100)
    >>> [int(data["runs"].sum()) for data in better]
    [48, 96]
    """
    problem = Problem.of(dynamics, landscape, swarm)
    numbers = RefineOptions(runs=runs, steps=steps, first=first, width=width, tolerance=tolerance)
    every = measures.every_for(int(steps)) if every is None else every
    settings = Settings.checked(
        type(dynamics), (), stop, events, runs=runs, steps=steps, every=every, tolerance=tolerance, positions=False
    )
    if store is not None and settings.stop is not None:
        settings.stop.require_name()
    threads = thread_count(1 if client is not None and threads is None else threads)
    axes = axes_of(problem, grid, n, d, landscapes)
    refinement = Refinement(problem, axes, settings, int(numbers.first), float(numbers.width))
    check_cells(tried_out(refinement), axes, settings)
    table = refinement.table
    check_memory(refinement.settings_of(int(runs)), table.largest, 0 if client else threads, 2 * table.cells, threads)
    work = _locally if client is None else _on(client)
    kept = None if store is None else RunStore(store, refinement)
    return _rounds(refinement, kept, lambda *of: work(refinement, threads, *of), progress)


def tried_out(refinement: Refinement) -> Iterator[Cell]:
    """The cells of the coarsest level and the corners of the grid."""
    corners = itertools.product(*({0, size - 1} for size in refinement.shape))
    numbers = {int(np.ravel_multi_index(corner, refinement.shape)) if corner else 0 for corner in corners}
    for number in sorted(numbers | {portion.number for portion in refinement.next_round()}):
        index = refinement.index(number)
        yield Cell(number, index, refinement.problem_of(number), refinement.label(number))


def _rounds(
    refinement: Refinement,
    store: RunStore | None,
    work: Callable[[list[Portion], Callable[[], None]], Generator[Found]],
    progress: Progress,
) -> Iterator[xarray.Dataset]:
    """Round after round; those of which the store has everything are passed over, but for the last one."""
    with contextlib.ExitStack() as stack:
        if store is not None:
            stack.enter_context(store.opened())
        refinement.table.blank()
        known = store.counts() if store is not None else np.zeros(refinement.shape, int)
        todo = refinement.total - int(np.minimum(known, refinement.settings.options.runs).sum())
        finished_run = stack.enter_context(reporting(progress, todo))
        portions, news = refinement.next_round(), True
        while portions:
            missing = list(_missing(refinement, portions, known, store))
            news = bool(missing)
            interrupted = _done(refinement, missing, work, finished_run, store)
            refinement.close_round(portions)
            if interrupted:
                yield refinement.dataset(interrupted=True)
                return
            if news:
                yield refinement.dataset()
            portions = refinement.next_round()
        if not news:
            yield refinement.dataset()


def _missing(
    refinement: Refinement, portions: list[Portion], known: np.ndarray, store: RunStore | None
) -> Iterator[Portion]:
    """What is left to be run of some portions; the runs that the store has are put into their places."""
    for portion in portions:
        have = max(0, min(int(known.flat[portion.number]) - portion.first, portion.runs))
        if have and store is not None:
            there = portion._replace(runs=have)
            refinement.put(there, *store.runs_of(there))
        if have < portion.runs:
            yield portion._replace(first=portion.first + have, runs=portion.runs - have)


def _done(
    refinement: Refinement,
    missing: list[Portion],
    work: Callable[[list[Portion], Callable[[], None]], Generator[Found]],
    finished_run: Callable[[], None],
    store: RunStore | None,
) -> bool:
    """Run what is missing and put it into its places, and into the store; whether a Ctrl-C came in between."""
    unsaved: list[Found] = []
    since, interrupted = time.monotonic(), False
    try:
        with contextlib.closing(work(missing, finished_run)) as done:
            for found in done:
                refinement.put(*found)
                unsaved.append(found)
                if store is not None and time.monotonic() > since + STORE_EVERY_S:
                    store.put(unsaved)
                    unsaved, since = [], time.monotonic()
    except KeyboardInterrupt:
        interrupted = True
    finally:
        if store is not None and unsaved:
            store.put(unsaved)
    return interrupted


def results_of(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """What the runs of an ensemble ended with, their measures, and what they have counted of events, by name."""
    return ensemble.results.finals.by_name() | measures.measured(ensemble) | ensemble.events.by_name()


def _locally(
    refinement: Refinement, threads: int, portions: list[Portion], finished_run: Callable[[], None]
) -> Generator[Found]:
    """What each portion gave, as they are finished."""
    ensembles = (refinement.ensemble(portion, i) for i, portion in enumerate(portions))
    with contextlib.closing(execute(ensembles, threads, finished_run, max(1, len(portions)))) as finished:
        for ensemble in finished:
            yield portions[ensemble.number], results_of(ensemble), ensemble.judged_by


def _on(client: Any) -> Callable[..., Generator[Found]]:
    from swarmviz.ensembles.cluster import require_client, results_on_cluster

    require_client(client)

    def work(
        refinement: Refinement, threads: int, portions: list[Portion], finished_run: Callable[[], None]
    ) -> Generator[Found]:
        calls = {
            i: (run_portion, refinement.problem_of(p.number), refinement.settings_of(p.runs), refinement.label(p.number), p.first, threads)
            for i, p in enumerate(portions)
        }  # fmt: skip
        returned = results_on_cluster(client, calls, lambda i: portions[i].runs, finished_run)
        with contextlib.closing(returned) as found:
            for i, (values, judged_by) in found:
                yield portions[i], values, judged_by

    return work


def run_portion(
    problem: Problem, settings: Settings, label: str, first: int, threads: int
) -> tuple[dict[str, str], tuple[dict[str, np.ndarray], dict[str, float]]]:
    """What a worker does: which program it has, and what the runs gave."""
    from swarmviz.ensembles.dataset import program

    ensemble = Ensemble(problem, settings, label, first=first)
    list(execute([ensemble], min(threads, ensemble.runs)))
    return program(), (results_of(ensemble), ensemble.judged_by)
