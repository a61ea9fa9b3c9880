"""One run with many seeds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles.dataset import as_dataset
from swarmviz.ensembles.engine import Ensemble, execute
from swarmviz.ensembles.memory import check_memory
from swarmviz.ensembles.settings import Problem, Settings, thread_count
from swarmviz.landscapes.base import Landscape
from swarmviz.swarm import Swarm

if TYPE_CHECKING:
    import xarray

Progress = bool | Callable[[int, int], Any]


def run_ensemble(
    dynamics: Dynamics,
    landscape: Landscape,
    swarm: Swarm,
    runs: int = 100,
    steps: int = 1000,
    record: Sequence[str] | None = None,
    every: int = 1,
    stop: Any = None,
    *,
    events: Sequence[str] | None = (),
    positions: bool = False,
    tolerance: float | None = None,
    threads: int | None = None,
    progress: Progress = False,
) -> xarray.Dataset:
    """Run a swarm many times, each time with another seed.

    Run r has the seed ``swarm.seed + r`` and equals, bit for bit, the single :class:`swarmviz.Simulation` with that seed, for any number of
    threads. A run that diverges is recorded as diverged and the others go on.

    Parameters
    ----------
    dynamics, landscape, swarm : Dynamics, Landscape, Swarm
        As for a :class:`swarmviz.Simulation`; copied, so that later changes have no effect.
    runs, steps : int
        Number of runs ≥ 1 and of steps ≥ 0 of each.
    record : sequence of str, optional
        Names of the dynamics' observables to be kept, one value per run and recorded step; all when absent, none when empty.
    every : int
        Record the steps that are multiples of it.
    stop : Stop or callable, optional
        When a run ends early: ``sv.ensembles.Stall(1e-4, 500)``, ``sv.ensembles.Below("best", 1e-3)``, ``sv.ensembles.Spent(10_000)``
        evaluations, ``sv.ensembles.Budget(10_000)`` at most, or a function of the :class:`swarmviz.Frame` that is called at every
        recorded step (:class:`swarmviz.ensembles.When` gives it a name).
    events : sequence of str, optional
        Names of the dynamics' kinds of events (:mod:`swarmviz.events`) that are counted, such as ``["found", "lost"]``; none by default,
        None for all. They are looked for at the multiples of `every`, as those of a single run with the same ``every``.
    positions : bool
        Keep the final positions of every agent.
    tolerance : float, optional
        Largest error of a success, in half widths of the landscape's box. When absent 0.05, or half the distance to the nearest other
        local minimum where that is less (:func:`swarmviz.success.tolerance_for`); 003 counts within 0.25.
    threads : int, optional
        Every core that the process may use when absent.
    progress : bool or callable
        True for a bar on the console; a function is called with (runs done, runs) and may raise ``KeyboardInterrupt`` to end the ensemble.

    Returns
    -------
    xarray.Dataset
        Along (run, step) the observables, NaN after a run has ended (SBGD's ``step`` is called ``step_``, beside the dimension).
        Along run:

        ``final_answer`` (coordinate)
            The point held for the minimiser, see :func:`swarmviz.success.answer`.
        ``final_energy``, ``final_best``
            F at that point; the lowest value met.
        ``final_error``, ``success``
            Distance of the answer to the nearest minimiser, see :func:`swarmviz.success.error`; 1 or 0 for whether it is below
            the tolerance, or on a finite set whether the state with most agents is one of the lowest. NaN where no minimiser is known.
        ``final_evaluations``, ``final_gradients``
            Values of F, and of ∇F where the dynamics follows it, that the algorithm has spent (:mod:`swarmviz.dynamics.cost`).
        ``steps_taken``, ``stopped``, ``finished``
            Steps until the run ended; whether `stop` ended it, or the stall stop of BGK or PSO brought it to a standstill; whether it
            ended at all.
        ``diverged_step``, ``diverged_agent``
            −1: none. A diverged run is no success and ends with the last step at which all energies were finite; it is NaN
            throughout when its first energies were not.
        ``first_found``, ``count_found``, …
            With `events`, for each kind: the first step at which it happened, ∞ where it never did, and how often it happened; NaN where
            the kind cannot be told, such as where no minimiser is known, and of a run whose first energies were not finite.
        ``final_positions`` (agent, coordinate)
            With `positions`.

        Coordinates are ``t`` along step, ``seed`` along run and the numbers ``tolerance`` (NaN on a finite set) and ``lowest_known``, which
        is F* (NaN where it is not known); the criterion of success is an attribute of ``success``. The attributes of the whole hold
        version, a hash of the sources, equations and every parameter of what was run as JSON. After a Ctrl-C the runs that were finished
        are there, the others are NaN with ``finished`` False, and the attribute ``interrupted`` is 1.

    Raises
    ------
    TypeError, ValueError
        Before anything runs, when something is out of its range or there is not enough memory; names the parameter, the value and the
        range.

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(sigma=0.5), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=10, steps=50)
    >>> data["best"].dims, int(data["seed"][3])
    (('run', 'step'), 3)
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
    threads = thread_count(threads)
    problem.check(settings)
    check_memory(settings, problem, threads)
    ensemble, interrupted = Ensemble(problem, settings), False
    with reporting(progress, settings.options.runs) as finished_run:
        try:
            for _ in execute([ensemble], min(threads, int(settings.options.runs)), finished_run):
                pass
        except KeyboardInterrupt:
            interrupted = True
    return as_dataset(ensemble, interrupted)


@contextlib.contextmanager
def reporting(progress: Any, total: int) -> Iterator[Callable[[], None]]:
    """The function to call when a run is done.

    Raises
    ------
    TypeError
        When ``progress`` is neither a bool nor callable.
    """
    if callable(progress):
        done = iter(range(1, total + 1))
        yield lambda: progress(next(done), total)
    elif progress is True and total > 0:
        from tqdm.auto import tqdm

        with tqdm(total=total, unit="run", smoothing=0.05) as bar:
            yield lambda: bar.update() and None
    elif isinstance(progress, bool):
        yield lambda: None
    else:
        raise TypeError(f"progress = {progress!r}: must be True, False or a function of (runs done, runs)")
