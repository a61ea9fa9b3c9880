"""Many runs at once: each run calls the kernels for many steps at a time, and the runs are shared among threads.

A kernel lets go of Python's lock, so threads do as much as processes would and share their arrays. Every run writes into rows of its own,
so that neither their number nor their order leaves a trace in the results.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from swarmviz import success
from swarmviz.dynamics.batch import BatchResult, StateBatch
from swarmviz.dynamics.stall import Stalling
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.ensembles.stopping import GOES_ON, Watch, Window

CALL_STEPS = 1 << 16  # most steps of a kernel's call: bounds the room for schedules of one value per step
GROUP_RUNS, GROUP_WORK = 1024, 1 << 22  # most runs in a call, and most agent-coordinate-steps: about five milliseconds
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


Report = Callable[[tuple["Ensemble", int]], None]  # who is told how many more runs of an ensemble have ended


class Group(NamedTuple):
    """Runs that have come to the same step, side by side."""

    runs: np.ndarray  # their numbers
    states: StateBatch
    start: bool  # whether the step that they are at is yet to be recorded
    watch: Watch | None

    def select(self, which: np.ndarray) -> Group:
        """Those that a mask marks."""
        return self._replace(runs=self.runs[which], states=self.states.select(which))


class Ensemble:
    """One problem, run many times; in a sweep it has a label and a number."""

    def __init__(self, problem: Problem, settings: Settings, label: str = "", number: int = 0):
        self.label, self.number = label, number
        self.problem, self.settings = problem, settings
        self.dynamics = settings.stop.prepare(problem.dynamics) if settings.stop else problem.dynamics
        self.results = Results(settings, problem.swarm.n, problem.swarm.d)
        self.runs = int(settings.options.runs)
        options, looked_at = settings.options, settings.record or settings.stop
        self._never = int(options.steps + 1)
        self.tolerance = problem.tolerance(settings)
        self._every = int(options.every) if looked_at else self._never  # nothing is measured that nobody looks at

    @property
    def seeds(self) -> np.ndarray:
        """The seed of each run, shape (runs,)."""
        return self.problem.swarm.seed + np.arange(self.runs)

    def times(self) -> np.ndarray:
        """Time at each recorded step, shape (rows,)."""
        return np.asarray(self.problem.small_state().clock.at(self.settings.recorded_steps()), dtype=np.float64)

    def groups(self, threads: int, ensembles: int = 1) -> Iterator[range]:
        """The runs, as many at a time as one call of a kernel takes: small swarms by the dozen, or the hundred where a stop looks often.

        A thread has several groups to take, for the sake of progress and of an even end. With a stop, where much happens between the calls
        and runs are told of one by one, it has one or two, among all ``ensembles``.
        """
        options, swarm = self.settings.options, self.problem.swarm
        steps = self._most(swarm.n, swarm.d)
        stop = self.settings.stop is not None
        rows = steps // (1 if stop else self._every) + 1  # a stop may want to know each step
        work = swarm.n * swarm.d * (steps + 1) + len(self.dynamics.observables) * rows
        whole = stop or steps == options.steps  # what is a call's work for itself is taken alone
        pieces = min(threads, -(-2 * threads // ensembles)) if stop else 8 * threads
        size = max(1, min(GROUP_RUNS, int(GROUP_WORK // work), int(-(-self.runs // pieces)))) if whole else 1
        return (range(first, min(first + size, self.runs)) for first in range(0, self.runs, size))

    def run(self, group: range, cancelled: threading.Event, report: Report = lambda ended: None) -> bool:
        """Some runs from their first step to their end; whether they got there."""
        try:
            return self._courses(group, cancelled, report)
        except Exception as error:
            if len(group) > 1:  # which run it was is found by taking them one by one
                left = [r for r in group if not self.results.finished[r]]
                return all(self.run(range(r, r + 1), cancelled, report) for r in left)
            cell = f" of the cell {self.label}" if self.label else ""
            error.add_note(f"in run {group[0]} (seed {self.seeds[group[0]]}){cell}")
            raise  # a bad parameter: the caller's business

    def _courses(self, group: range, cancelled: threading.Event, report: Report) -> bool:
        """Some runs side by side, call by call; those that have ended drop out."""
        stop, finished = self.settings.stop, self.results.finished
        going = Group(np.array(group), self._born(group), True, stop.watch(group) if stop else None)
        while len(going.runs):
            if cancelled.is_set():
                return False
            before, going = going.runs, self._advance(going, self._next(going.states.all))
            if len(going.runs) < len(before):
                finished[np.setdiff1d(before, going.runs, assume_unique=True)] = True
                report((self, len(before) - len(going.runs)))
        return True

    def _born(self, group: range) -> StateBatch:
        """The states of some runs at step 0."""
        landscape, swarm = self.problem.landscape, self.problem.swarm
        seeds = swarm.seed + np.arange(group.start, group.stop)
        return StateBatch.of(self.dynamics.init_many(swarm.positions_of(landscape, seeds), landscape, seeds))

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

    def _advance(self, group: Group, steps: int) -> Group:
        """Some steps of a group, recorded; those of its runs that have not ended by then."""
        outcomes = self._outcomes(group, steps, self._every)
        for i in np.flatnonzero(~outcomes.fine):
            self._diverged(group.select(np.arange(len(group.runs)) == i), *outcomes.ends[i].tolist())
        group, outcomes = group.select(outcomes.fine), outcomes.select(outcomes.fine)
        ends = self._ends(group, outcomes)
        self._keep(group.runs, outcomes, ends)
        for end in set(ends.tolist()) - {GOES_ON}:
            ended, after = ends == end, outcomes.after
            if end == after.all.k:
                self._finish(group.runs[ended], after.select(ended))
            else:
                again = group.select(ended)
                self._finish(again.runs, self._outcomes(again, end - again.states.all.k, self._never).after)
        return Group(group.runs, outcomes.after, False, group.watch).select(ends == GOES_ON)

    def _outcomes(self, group: Group, steps: int, every: int) -> BatchResult:
        """What becomes of a group in some steps."""
        outcomes = self.dynamics.advance_many(group.states, self.problem.landscape, steps, every, group.start)
        return BatchResult.of(group.states, outcomes, self.dynamics.observables)

    def _ends(self, group: Group, outcomes: BatchResult) -> np.ndarray:
        """The step at which each run has ended, (runs,), or that it goes on."""
        ends = np.full(len(group.runs), GOES_ON)
        if group.watch and len(ends):
            ends = group.watch(Window(self.dynamics, self.problem.landscape, group.runs, group.states, outcomes))
        self.results.finals["stopped"][group.runs] = ends != GOES_ON
        k = outcomes.after.all.k
        return np.where(ends == GOES_ON, k, ends) if k == self.settings.options.steps else ends

    def _keep(self, runs: np.ndarray, outcomes: BatchResult, ends: np.ndarray) -> None:
        """What some runs recorded, each until its end."""
        k = outcomes.k
        if len(k):
            columns = slice(k[0] // self._every, k[-1] // self._every + 1)
            recorded = (ends == GOES_ON)[:, None] | (k <= ends[:, None])
            everything = recorded.all()
            for name, course in self.results.courses.items():
                values = outcomes.series(name)
                course[runs, columns] = values if everything else np.where(recorded, values, np.nan)

    def _diverged(self, run: Group, step: int, agent: int) -> None:
        """A run by itself, up to the last step at which every energy was finite, unless its stop comes before that."""
        finals = self.results.finals
        if step > 0:
            run = self._advance(run, step - 1 - run.states.all.k)
        r = run.runs
        if len(r):
            if step > 0:
                self._finish(r, run.states)
            finals["diverged_step"][r], finals["diverged_agent"][r] = step, agent
            if len(self.problem.landscape.minimisers(run.states.all.d)):
                finals["success"][r] = 0.0

    def _finish(self, runs: np.ndarray, states: StateBatch) -> None:
        """What some runs ended with at the same step."""
        dynamics, landscape, finals, every = self.dynamics, self.problem.landscape, self.results.finals, states.all
        answers, frame = dynamics.answers(states), dynamics.frame(states[0])  # the landscape of all has moved as far
        errors = success.errors(answers, landscape, frame.shift)
        if frame.node is not None:  # what counts on a finite set is not the distance
            finals["success"][runs] = [success.succeeded(dynamics.frame(state), landscape) for state in states]
        elif len(landscape.minimisers(every.d)):
            finals["success"][runs] = errors < self.tolerance
        finals["final_answer"][runs] = answers
        finals["final_energy"][runs] = landscape.values(answers if frame.shift is None else answers - frame.shift)
        finals["final_best"][runs] = getattr(every, "best", np.nan)
        finals["final_error"][runs] = errors
        finals["steps_taken"][runs] = every.k
        if isinstance(dynamics, Stalling):  # the swarm's own stop: it stands still, while its steps go on
            finals["stopped"][runs] |= dynamics.stalled(every)
        if "final_positions" in finals:
            finals["final_positions"][runs] = dynamics.positions(states)


# ---- many of them on threads ------------------------------------------------------------------------------------------


def execute(
    ensembles: Iterable[Ensemble], threads: int, finished_run: Callable[[], None] = lambda: None, count: int = 1
) -> Generator[Ensemble]:
    """Run every run of every ensemble and yield each ensemble when its last run is done.

    The ensembles, ``count`` of them, are taken one after the other, as threads become free, so that only a few exist at once. Whatever
    interrupts the caller (or a run) ends all runs at their next call of a kernel; what is finished is marked so in the results.
    """
    jobs = ((ensemble, group) for ensemble in ensembles for group in ensemble.groups(threads, count))
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
    """What a thread does: some runs after the others; reports how many of which ensemble, or what went wrong, and None in the end."""
    try:
        while not cancelled.is_set():
            with lock:
                ensemble, group = next(jobs, (None, range(0)))
            if ensemble is None or not ensemble.run(group, cancelled, reports.put):
                break
    except BaseException as error:  # a bad parameter, or a Ctrl-C inside a stop: the caller's business
        reports.put(error)
    reports.put(None)
