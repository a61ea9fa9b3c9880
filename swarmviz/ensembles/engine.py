"""Many runs at once: each run calls the kernels for many steps at a time, and the runs are shared among threads.

A kernel lets go of Python's lock, so threads do as much as processes would and share their arrays. Every run writes into rows of its own,
so that neither their number nor their order leaves a trace in the results.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from swarmviz import success
from swarmviz.blocks import from_blocks
from swarmviz.dynamics.base import Record
from swarmviz.dynamics.together import Outcomes
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.ensembles.stops import Part, Watch
from swarmviz.frame import Diverged

CALL_STEPS = 1 << 16  # most steps of a kernel's call: bounds the room for schedules of one value per step
GROUP_RUNS, GROUP_WORK = 256, 1 << 22  # most runs in a call, and most agent-coordinate-steps: about five milliseconds
CALL_WORK = 1 << 25  # about as many agent-coordinate-steps: a Ctrl-C is heard within a moment


class Results:
    """What is kept of each run, as arrays whose first axis is the run.

    Attributes
    ----------
    courses : dict
        Observable → (runs, recorded steps); NaN after the run has ended.
    finals : dict
        Name → (runs, …): what the run ended with.
    """

    def __init__(self, settings: Settings, n: int, d: int):
        runs, rows = settings.options.runs, settings.rows
        self.courses = {name: np.full((runs, rows), np.nan) for name in settings.record}
        self.finals: dict[str, np.ndarray] = {
            "final_answer": np.full((runs, d), np.nan),
            "final_energy": np.full(runs, np.nan),
            "final_best": np.full(runs, np.nan),
            "final_error": np.full(runs, np.nan),
            "success": np.full(runs, np.nan),
            "steps_taken": np.zeros(runs, np.int64),
            "stopped": np.zeros(runs, bool),
            "diverged_step": np.full(runs, -1, np.int64),
            "diverged_agent": np.full(runs, -1, np.int64),
        }
        if settings.options.positions:
            self.finals["final_positions"] = np.full((runs, n, d), np.nan)
        self.finished = np.zeros(runs, bool)

    def forget_unfinished(self) -> None:
        """Leave no trace of runs that were cut short."""
        blank = {"steps_taken": 0, "stopped": False, "diverged_step": -1, "diverged_agent": -1}
        for name, values in (self.courses | self.finals).items():
            values[~self.finished] = blank.get(name, np.nan)


class Ensemble:
    """One problem, run many times; in a sweep it has a label and a number."""

    def __init__(self, problem: Problem, settings: Settings, label: str = "", number: int = 0):
        self.label, self.number = label, number
        self.problem, self.settings = problem, settings
        self.dynamics = settings.stop.prepare(problem.dynamics) if settings.stop else problem.dynamics
        self.results = Results(settings, problem.swarm.n, problem.swarm.d)
        self.runs = int(settings.options.runs)
        options, looked_at = settings.options, settings.record or settings.stop
        self._every = int(options.every if looked_at else options.steps + 1)  # nothing is measured that nobody looks at

    @property
    def seeds(self) -> np.ndarray:
        """The seed of each run, shape (runs,)."""
        return self.problem.swarm.seed + np.arange(self.runs)

    def times(self) -> np.ndarray:
        """Time at each recorded step, shape (rows,)."""
        return np.asarray(self.problem.small_state().clock.at(self.settings.recorded_steps()), dtype=np.float64)

    def groups(self, threads: int) -> Iterator[range]:
        """The runs, as many at a time as one call of a kernel takes: small swarms by the dozen, one that may stop alone."""
        options, swarm = self.settings.options, self.problem.swarm
        records = len(self.dynamics.observables) * (options.steps // self._every + 1)
        work = swarm.n * swarm.d * (options.steps + 1) + records
        alone = self.settings.stop is not None or options.steps > CALL_STEPS
        size = 1 if alone else max(1, min(GROUP_RUNS, int(GROUP_WORK // work), int(self.runs // (8 * threads))))
        return (range(first, min(first + size, self.runs)) for first in range(0, self.runs, size))

    def run(self, group: range, cancelled: threading.Event) -> bool:
        """Some runs from their first step to their end; whether they got there."""
        if len(group) == 1:
            return self._run_alone(group[0], cancelled)
        options, problem = self.settings.options, self.problem
        try:
            states = self._born(group)
            outcomes = self.dynamics.advance_many(states, problem.landscape, options.steps, self._every, start=True)
        except Exception:  # which run it was is found by taking them one by one
            return all(self._run_alone(r, cancelled) for r in group)
        if isinstance(outcomes, Outcomes) and outcomes.fine:
            self._finish_group(slice(group.start, group.stop), outcomes)
            return True
        for r, state, outcome in zip(group, states, outcomes, strict=True):
            if isinstance(outcome, Diverged):
                self._diverged(r, state, outcome, True, None)
            else:
                self._keep(r, outcome[1])
                self._finish(r, outcome[0])
            self.results.finished[r] = True
        return True

    def _run_alone(self, r: int, cancelled: threading.Event) -> bool:
        try:
            return self._course(r, cancelled)
        except Exception as error:  # a bad parameter: the caller's business
            error.add_note(f"in run {r} (seed {self.seeds[r]}){self.label and ' of the cell '}{self.label}")
            raise

    def _course(self, r: int, cancelled: threading.Event) -> bool:
        """Run ``r`` call by call, watched by the stop."""
        (state,) = self._born(range(r, r + 1))
        watch = self.settings.stop.watch() if self.settings.stop else None
        start, ended = True, False
        while not ended:
            if cancelled.is_set():
                return False
            try:
                state, ended = self._part(r, state, self._next(state), start, watch)
            except Diverged as error:
                self._diverged(r, state, error, start, watch)
                break
            start = False
        else:
            self._finish(r, state)
        self.results.finished[r] = True
        return True

    def _born(self, group: range) -> Sequence[Any]:
        """The states of some runs at step 0."""
        landscape, swarm = self.problem.landscape, self.problem.swarm
        seeds = swarm.seed + np.arange(group.start, group.stop)
        return self.dynamics.init_many(swarm.positions_of(landscape, seeds), landscape, seeds)

    def _next(self, state: Any) -> int:
        """Steps of the next call: to the next look of the stop, or as many as are sensible at once."""
        options = self.settings.options
        most = max(1, min(CALL_STEPS, CALL_WORK // (state.n * state.d)))
        if self.settings.stop:
            look = self.settings.stop.look(self.dynamics, options.every)
            most = min(most, look - state.k % look)
        return min(options.steps - state.k, most)

    def _part(self, r: int, state: Any, steps: int, start: bool, watch: Watch | None) -> tuple[Any, bool]:
        """Some steps of run ``r``, recorded: the state after them, and whether the run has ended."""
        every, landscape = self._every, self.problem.landscape
        after, rows = self.dynamics.advance(state, landscape, steps, every, start=start)
        end = watch(Part(self.dynamics, landscape, state, after, rows)) if watch else None
        if end is not None and end < after.k:
            after, rows = self.dynamics.advance(state, landscape, end - state.k, every, start=start)
        self._keep(r, rows)
        self.results.finals["stopped"][r] = end is not None
        return after, end is not None or after.k == self.settings.options.steps

    def _keep(self, r: int, rows: Record) -> None:
        """What run ``r`` recorded."""
        if len(rows["k"]):
            first = rows["k"][0] // self._every
            for name, course in self.results.courses.items():
                course[r, first : first + len(rows["k"])] = rows[name]

    def _diverged(self, r: int, state: Any, error: Diverged, start: bool, watch: Watch | None) -> None:
        """Run ``r`` once more up to the last step at which every energy was finite, unless its stop comes before that."""
        finals = self.results.finals
        if error.step > 0:
            state, _ = self._part(r, state, error.step - 1 - state.k, start, watch)
            self._finish(r, state)
        if not finals["stopped"][r]:
            finals["diverged_step"][r], finals["diverged_agent"][r] = error.step, error.agent
            if len(self.problem.landscape.minimisers(state.d)):
                finals["success"][r] = 0.0

    def _finish(self, r: int, state: Any) -> None:
        """What run ``r`` ended with."""
        landscape, finals, frame = self.problem.landscape, self.results.finals, self.dynamics.frame(state)
        answer = success.answer(frame)
        where = answer if frame.shift is None else answer - frame.shift
        found = success.succeeded(frame, landscape, self.settings.options.tolerance)
        finals["final_answer"][r] = answer
        finals["final_energy"][r] = landscape.values(where[None])[0]
        finals["final_best"][r] = getattr(state, "best", np.nan)
        finals["final_error"][r] = success.error(frame, landscape)
        finals["success"][r] = np.nan if found is None else found
        finals["steps_taken"][r] = state.k
        if "final_positions" in finals:
            finals["final_positions"][r] = frame.x

    def _finish_group(self, group: slice, outcomes: Outcomes) -> None:
        """What some runs recorded and ended with, none of which diverged: ``_keep`` and ``_finish`` for all of them at once."""
        landscape, finals, after = self.problem.landscape, self.results.finals, outcomes.after.all
        answers = self.dynamics.answers(outcomes.after)
        errors = success.errors(answers, landscape)
        known = len(landscape.minimisers(after.d)) > 0
        for name, course in self.results.courses.items():
            course[group] = outcomes.course(name)
        finals["final_answer"][group] = answers
        finals["final_energy"][group] = landscape.values(answers)
        finals["final_best"][group] = getattr(after, "best", np.nan)
        finals["final_error"][group] = errors
        finals["success"][group] = errors < self.settings.options.tolerance if known else np.nan
        finals["steps_taken"][group] = after.k
        if "final_positions" in finals:
            finals["final_positions"][group] = from_blocks(after.x, after.n, after.d)
        self.results.finished[group] = True


# ---- many of them on threads ------------------------------------------------------------------------------------------


def execute(
    ensembles: Iterable[Ensemble], threads: int, finished_run: Callable[[], None] = lambda: None
) -> Generator[Ensemble]:
    """Run every run of every ensemble and yield each ensemble when its last run is done.

    The ensembles are taken one after the other, as threads become free, so that only a few exist at once. Whatever interrupts the
    caller (or a run) ends all runs at their next call of a kernel; what is finished is marked so in the results.
    """
    jobs = ((ensemble, group) for ensemble in ensembles for group in ensemble.groups(threads))
    cancelled = threading.Event()
    reports: queue.Queue[Any] = queue.Queue(maxsize=4 * threads)  # threads wait for a caller who is slower than they
    work = (jobs, threading.Lock(), cancelled, reports)
    for i in range(threads):
        threading.Thread(target=_work, args=work, name=f"ensemble-{i}", daemon=True).start()
    left: dict[Ensemble, int] = {}
    working = threads
    try:
        while working:
            report = reports.get()
            if report is None:
                working -= 1
            elif isinstance(report, BaseException):
                raise report
            else:
                ensemble, runs = report
                left[ensemble] = left.get(ensemble, ensemble.runs) - runs
                for _ in range(runs):
                    finished_run()
                if left[ensemble] == 0:
                    del left[ensemble]
                    yield ensemble
    finally:
        cancelled.set()
        while working:
            working -= reports.get() is None


def _work(
    jobs: Iterator[tuple[Ensemble, range]], lock: threading.Lock, cancelled: threading.Event, reports: queue.Queue[Any]
) -> None:
    """What a thread does: some runs after the others; reports their ensemble and number, or what went wrong, and None in the end."""
    try:
        while not cancelled.is_set():
            with lock:
                ensemble, group = next(jobs, (None, range(0)))
            if ensemble is None or not ensemble.run(group, cancelled):
                break
            reports.put((ensemble, len(group)))
    except BaseException as error:  # a bad parameter, or a Ctrl-C inside a stop: the caller's business
        reports.put(error)
    reports.put(None)
