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
        """The runs, as many at a time as one call of a kernel takes: small swarms by the dozen."""
        options, swarm = self.settings.options, self.problem.swarm
        steps = self._most(swarm.n, swarm.d)
        records = len(self.dynamics.observables) * (steps // self._every + 1)
        work = swarm.n * swarm.d * (steps + 1) + records
        whole = (
            steps == options.steps or self.settings.stop is not None
        )  # what is a call's work for itself is taken alone
        size = max(1, min(GROUP_RUNS, int(GROUP_WORK // work), int(self.runs // (8 * threads)))) if whole else 1
        return (range(first, min(first + size, self.runs)) for first in range(0, self.runs, size))

    def run(self, group: range, cancelled: threading.Event) -> bool:
        """Some runs from their first step to their end; whether they got there."""
        try:
            return self._courses(group, cancelled)
        except Exception as error:
            if len(group) > 1:  # which run it was is found by taking them one by one
                return all(self.run(range(r, r + 1), cancelled) for r in group)
            run = f"in run {group[0]} (seed {self.seeds[group[0]]})"
            error.add_note(
                f"{run}{self.label and ' of the cell '}{self.label}"
            )  # a bad parameter: the caller's business
            raise

    def _courses(self, group: range, cancelled: threading.Event) -> bool:
        """Some runs side by side, call by call, each watched by a stop of its own; those that have ended drop out."""
        stop, landscape, start = self.settings.stop, self.problem.landscape, True
        runs: list[Any] = [(r, stop.watch() if stop else None) for r in group]
        states = self._born(group)
        while runs:
            if cancelled.is_set():
                return False
            steps = self._next(states[0])
            outcomes = self.dynamics.advance_many(states, landscape, steps, self._every, start)
            if not stop and steps == self.settings.options.steps and isinstance(outcomes, Outcomes) and outcomes.fine:
                self._finish_group(slice(group.start, group.stop), outcomes)
                return True
            going = []
            for (r, watch), state, outcome in zip(runs, states, outcomes, strict=True):
                if isinstance(outcome, Diverged):
                    self._diverged(r, state, outcome, start, watch)
                    ended = True
                else:
                    after, ended = self._seen(r, state, outcome, start, watch)
                    if ended:
                        self._finish(r, after)
                    else:
                        going.append(((r, watch), after))
                self.results.finished[r] = ended
            runs, states, start = [run for run, _ in going], [after for _, after in going], False
        return True

    def _born(self, group: range) -> Sequence[Any]:
        """The states of some runs at step 0."""
        landscape, swarm = self.problem.landscape, self.problem.swarm
        seeds = swarm.seed + np.arange(group.start, group.stop)
        return self.dynamics.init_many(swarm.positions_of(landscape, seeds), landscape, seeds)

    def _next(self, state: Any) -> int:
        """Steps of the next call: to the next look of the stop, or as many as are sensible at once."""
        most = self._most(state.n, state.d)
        if self.settings.stop:
            look = self.settings.stop.look(self.dynamics, self.settings.options.every)
            most = min(most, look - state.k % look)
        return min(self.settings.options.steps - state.k, most)

    def _most(self, n: int, d: int) -> int:
        """Most steps of a call."""
        options, stop = self.settings.options, self.settings.stop
        look = stop.look(self.dynamics, options.every) if stop else options.steps
        return int(min(options.steps, look, max(1, min(CALL_STEPS, CALL_WORK // (n * d)))))

    def _part(self, r: int, state: Any, steps: int, start: bool, watch: Watch | None) -> Any:
        """The state of run ``r`` after some steps, recorded."""
        outcome = self.dynamics.advance(state, self.problem.landscape, steps, self._every, start=start)
        return self._seen(r, state, outcome, start, watch)[0]

    def _seen(self, r: int, state: Any, outcome: Any, start: bool, watch: Watch | None) -> tuple[Any, bool]:
        """Some steps of run ``r`` from ``state``, recorded up to its end: the state after them, and whether the run has ended."""
        (after, rows), landscape = outcome, self.problem.landscape
        end = watch(Part(self.dynamics, landscape, state, after, rows)) if watch else None
        if end is not None and end < after.k:
            after, rows = self.dynamics.advance(state, landscape, end - state.k, self._every, start=start)
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
            state = self._part(r, state, error.step - 1 - state.k, start, watch)
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
        answers, shift = (
            self.dynamics.answers(outcomes.after),
            self.dynamics.frame(outcomes.after[0]).shift,
        )  # all have the same time
        errors = success.errors(answers, landscape, shift)
        known = len(landscape.minimisers(after.d)) > 0
        for name, course in self.results.courses.items():
            course[group] = outcomes.course(name)
        finals["final_answer"][group] = answers
        finals["final_energy"][group] = landscape.values(answers if shift is None else answers - shift)
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
