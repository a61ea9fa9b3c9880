"""Many runs at once: each run calls the kernels for many steps at a time, and the runs are shared among threads.

A kernel releases Python's global lock, so threads do as much as processes would and share their arrays. Every run writes into rows of its
own, so that the results depend neither on the number of threads nor on their order.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from swarmviz import success
from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.batch import BatchResult, StateBatch
from swarmviz.dynamics.stall import Stalling
from swarmviz.ensembles.event_counts import EventCounts
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.ensembles.stopping import GOES_ON, Watch, Window
from swarmviz.threads import THREADS

CALL_STEPS = 1 << 16  # most steps of a kernel's call: bounds the arrays of schedules, which have one value per step
CALL_WORK = 1 << 25  # most agent-coordinate-steps of a call: a Ctrl-C takes effect within a moment
GROUP_RUNS, GROUP_WORK = 1024, 1 << 22  # most runs in a call, and most agent-coordinate-steps: about five milliseconds
SMALL_RECORD = 1 << 18  # numbers that are recorded of all runs of an ensemble: two megabytes
PIECE_WORK = 1 << 19  # the same of a call for one who shares the processor with others: some four milliseconds


class Finals(NamedTuple):
    """What each run ended with, as arrays whose first axis is the run; the names are those of the Dataset's variables."""

    final_answer: np.ndarray  # (runs, d)
    final_energy: np.ndarray  # (runs,), as are all that follow
    final_best: np.ndarray
    final_error: np.ndarray
    success: np.ndarray
    steps_taken: np.ndarray
    final_evaluations: np.ndarray
    final_gradients: np.ndarray | None  # of a dynamics that follows ∇F
    stopped: np.ndarray
    diverged_step: np.ndarray
    diverged_agent: np.ndarray
    final_positions: np.ndarray | None  # (runs, n, d), where they are kept
    finished: np.ndarray

    @classmethod
    def blank(cls, runs: int, n: int, d: int, positions: bool, gradients: bool) -> Finals:
        """Of runs that have not begun."""
        return cls(
            final_answer=np.full((runs, d), np.nan),
            final_energy=np.full(runs, np.nan),
            final_best=np.full(runs, np.nan),
            final_error=np.full(runs, np.nan),
            success=np.full(runs, np.nan),
            steps_taken=np.zeros(runs, np.int64),
            final_evaluations=np.full(runs, np.nan),
            final_gradients=np.full(runs, np.nan) if gradients else None,
            stopped=np.zeros(runs, bool),
            diverged_step=np.full(runs, -1, np.int64),
            diverged_agent=np.full(runs, -1, np.int64),
            final_positions=np.full((runs, n, d), np.nan) if positions else None,
            finished=np.zeros(runs, bool),
        )

    def by_name(self) -> dict[str, np.ndarray]:
        """Name → array of those that are kept."""
        return {name: values for name, values in self._asdict().items() if values is not None}


class Results:
    """What is kept of each run.

    Attributes
    ----------
    series : dict
        Observable → (runs, recorded steps); NaN after the run has ended.
    finals : Finals
    """

    def __init__(self, settings: Settings, dynamics: Dynamics, n: int, d: int):
        runs = settings.options.runs
        gradients = any(observable.name == "gradients" for observable in dynamics.observables)
        self.series = {name: np.full((runs, settings.rows), np.nan) for name in settings.record}
        self.finals = Finals.blank(runs, n, d, settings.options.positions, gradients)


Report = Callable[[tuple["Ensemble", int]], None]  # called with an ensemble and how many more of its runs have ended
Turn = Callable[[], AbstractContextManager[Any]]  # within which a call of a kernel is made, on the thread that makes it


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
    """One problem, run many times; in a sweep it has a label and a number, and its first run need not be run 0.

    ``piece_work`` bounds the agent-coordinate-steps of a call, and of a group, for one who does other things between two calls, and may be
    changed between two.
    """

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        label: str = "",
        number: int = 0,
        first: int = 0,
        piece_work: int | None = None,
    ):
        self.label, self.number, self.first, self.piece_work = label, number, first, piece_work
        self.problem, self.settings = problem, settings
        self.dynamics = settings.prepared(problem).dynamics
        self.results = Results(settings, self.dynamics, problem.swarm.n, problem.swarm.d)
        self.runs = int(settings.options.runs)
        self.events = EventCounts(
            self.dynamics, problem.landscape, problem.swarm.n, problem.swarm.d, settings.events, self.runs
        )
        self.judged_by = problem.judged_by(settings)
        self.tolerance = self.judged_by["tolerance"]
        self._never = int(settings.options.steps + 1)
        observed = settings.record or settings.stop or settings.events  # else nothing is measured
        self._every = int(settings.options.every) if observed else self._never

    @property
    def seeds(self) -> np.ndarray:
        """The seed of each run, shape (runs,)."""
        return self.problem.swarm.seed + np.arange(self.first, self.first + self.runs)

    def times(self) -> np.ndarray:
        """Time at each recorded step, shape (rows,)."""
        return np.asarray(self.problem.clock.at(self.settings.recorded_steps()), dtype=np.float64)

    def groups(self, threads: int, ensembles: int = 1) -> Iterator[range]:
        """The runs, as many at a time as one call of a kernel takes."""
        size = self._group_size(threads, ensembles)
        return (range(first, min(first + size, self.runs)) for first in range(0, self.runs, size))

    def _group_size(self, threads: int, ensembles: int) -> int:
        """Runs of a group: dozens of small swarms, or hundreds where a stop looks often.

        As many as the dynamics likes to have side by side, if every thread has a group then. Beyond that: without a stop each thread has
        several groups, so that progress is steady and all threads end together; with a stop, where Python has something to do after each
        call and runs are reported one by one, it has one or two. Both are counted among all ``ensembles``: one of many, such as a portion
        of a map, is not split for that, for a call of few runs costs more a run.
        """
        options, swarm, stopping = self.settings.options, self.problem.swarm, self.settings.stop is not None
        steps = self._max_call_steps(swarm.n, swarm.d)
        rows = steps // (1 if stopping else self._every) + 1  # a stop may need each step
        work = swarm.n * swarm.d * (steps + 1) + len(self.dynamics.observables) * rows
        liked = self.dynamics.runs_side_by_side(swarm.n, swarm.d)
        least = max(1, min(liked, int((self.piece_work or CALL_WORK) // work), -(-self.runs // threads)))
        if not stopping and steps < options.steps:
            return least  # a call for these is work enough
        recorded = self.runs * len(self.dynamics.observables) * rows  # of a call it is held twice, until it is copied
        share = ensembles if recorded <= SMALL_RECORD else 1  # a portion of a map, for example, need not be split
        pieces = min(threads, -(-2 * threads // ensembles)) if stopping else -(-8 * threads // share)
        return max(least, min(GROUP_RUNS, int((self.piece_work or GROUP_WORK) // work), -(-self.runs // pieces)))

    def run(
        self,
        group: range,
        cancelled: threading.Event,
        report: Report = lambda ended: None,
        turn: Turn = nullcontext,
    ) -> bool:
        """Some runs from their first step to their end; whether they got there."""
        try:
            return self._advance_group(group, cancelled, report, turn)
        except Exception as error:
            if len(group) > 1:  # which run it was is found by taking them one by one
                left = [r for r in group if not self.results.finals.finished[r]]
                return all(self.run(range(r, r + 1), cancelled, report, turn) for r in left)
            cell = f" of the cell {self.label}" if self.label else ""
            error.add_note(f"in run {self.first + group[0]} (seed {self.seeds[group[0]]}){cell}")
            raise

    def _advance_group(self, group: range, cancelled: threading.Event, report: Report, turn: Turn) -> bool:
        """Some runs side by side, call by call, unless it is cancelled; whether they came to their end."""
        pieces, more = self.pieces(group, report), True
        while more:
            if cancelled.is_set():
                return False
            with turn():
                more = next(pieces, False)
        return True

    def pieces(self, group: range, report: Report = lambda ended: None) -> Iterator[bool]:
        """Take some runs side by side, a call of the kernel at a time; yields whether more are to come. Those that have ended drop out."""
        stop = self.settings.stop
        going = Group(np.array(group), self._initial_states(group), True, stop.watch(group) if stop else None)
        while len(going.runs):
            before, going = going.runs, self._advance(going, self._next_steps(going.states.all))
            if len(going.runs) < len(before):
                self.results.finals.finished[np.setdiff1d(before, going.runs, assume_unique=True)] = True
                report((self, len(before) - len(going.runs)))
            yield len(going.runs) > 0

    def _initial_states(self, group: range) -> StateBatch:
        """The states of some runs at step 0."""
        landscape, swarm = self.problem.landscape, self.problem.swarm
        seeds = self.seeds[group.start : group.stop]
        return StateBatch.of(self.dynamics.init_many(swarm.positions_of(landscape, seeds), landscape, seeds))

    def _next_steps(self, state: Any) -> int:
        """Steps of the next call: to the next look of the stop, or as many as are sensible at once."""
        most = self._max_call_steps(state.n, state.d)
        if self.settings.stop:
            look = self.settings.stop.look(self.dynamics, self.settings.options.every)
            most = min(most, look - state.k % look)
        return min(self.settings.options.steps - state.k, most)

    def _max_call_steps(self, n: int, d: int) -> int:
        """Most steps of a call for a swarm of this size."""
        options, stop = self.settings.options, self.settings.stop
        look = stop.look(self.dynamics, options.every) if stop else options.steps
        return int(min(options.steps, look, max(1, min(CALL_STEPS, (self.piece_work or CALL_WORK) // (n * d)))))

    def _advance(self, group: Group, steps: int) -> Group:
        """Some steps of a group, recorded; those of its runs that have not ended by then."""
        result = self._call(group, steps, self._every)
        for i in np.flatnonzero(~result.fine):
            self._end_diverged(group.select(np.arange(len(group.runs)) == i), *result.failures[i].tolist())
        group, result = group.select(result.fine), result.select(result.fine)
        ends = self._ends(group, result)
        self._record(group.runs, result, ends)
        for end in set(ends.tolist()) - {GOES_ON}:
            ended, after = ends == end, result.after
            if end == after.all.k:
                self._end(group.runs[ended], after.select(ended))
            else:
                again = group.select(ended)
                self._end(again.runs, self._call(again, end - again.states.all.k, self._never).after)
        return Group(group.runs, result.after, False, group.watch).select(ends == GOES_ON)

    def _call(self, group: Group, steps: int, every: int) -> BatchResult:
        """What becomes of a group in some steps."""
        result = self.dynamics.advance_many(group.states, self.problem.landscape, steps, every, group.start)
        return BatchResult.of(group.states, result, self.dynamics.observables)

    def _ends(self, group: Group, result: BatchResult) -> np.ndarray:
        """The step at which each run has ended, (runs,), or that it goes on."""
        ends = np.full(len(group.runs), GOES_ON)
        if group.watch and len(ends):
            ends = group.watch(Window(self.dynamics, self.problem.landscape, group.runs, group.states, result))
        self.results.finals.stopped[group.runs] = ends != GOES_ON
        k = result.after.all.k
        return np.where(ends == GOES_ON, k, ends) if k == self.settings.options.steps else ends

    def _record(self, runs: np.ndarray, result: BatchResult, ends: np.ndarray) -> None:
        """What some runs recorded, each until its end."""
        k = result.k
        if len(k):
            columns = slice(k[0] // self._every, k[-1] // self._every + 1)
            recorded = (ends == GOES_ON)[:, None] | (k <= ends[:, None])
            everything = recorded.all()
            for name, series in self.results.series.items():
                values = result.series(name)
                series[runs, columns] = values if everything else np.where(recorded, values, np.nan)
            if self.settings.events:
                self.events.extend(runs, result, recorded)

    def _end_diverged(self, run: Group, step: int, agent: int) -> None:
        """A run by itself, up to the last step at which every energy was finite, unless its stop comes before that."""
        finals = self.results.finals
        if step > 0:
            run = self._advance(run, step - 1 - run.states.all.k)
        r = run.runs
        if len(r):
            if step > 0:
                self._end(r, run.states)
            finals.diverged_step[r], finals.diverged_agent[r] = step, agent
            if len(self.problem.landscape.minimisers(run.states.all.d)):
                finals.success[r] = 0.0

    def _end(self, runs: np.ndarray, states: StateBatch) -> None:
        """Write down what some runs ended with at the same step."""
        dynamics, landscape, finals, every = self.dynamics, self.problem.landscape, self.results.finals, states.all
        answers, frame = dynamics.answers(states), dynamics.frame(states[0])  # the landscape of all has moved as far
        errors = success.errors(answers, landscape, frame.shift)
        if frame.node is not None:  # what counts on a finite set is not the distance
            finals.success[runs] = [success.succeeded(dynamics.frame(state), landscape) for state in states]
        elif len(landscape.minimisers(every.d)):
            finals.success[runs] = errors < self.tolerance
        finals.final_answer[runs] = answers
        finals.final_energy[runs] = landscape.values(answers if frame.shift is None else answers - frame.shift)
        finals.final_best[runs] = getattr(every, "best", np.nan)
        finals.final_error[runs] = errors
        finals.steps_taken[runs] = every.k
        finals.final_evaluations[runs] = getattr(every, "evaluations", np.nan)
        if finals.final_gradients is not None:
            finals.final_gradients[runs] = every.gradients
        if isinstance(dynamics, Stalling):  # the dynamics' own stop: the swarm stands still while its steps go on
            finals.stopped[runs] |= dynamics.stalled(every)
        if finals.final_positions is not None:
            finals.final_positions[runs] = dynamics.positions(states)


# ---- many of them on threads ------------------------------------------------------------------------------------------


def execute(
    ensembles: Iterable[Ensemble],
    threads: int,
    finished_run: Callable[[], None] = lambda: None,
    count: int = 1,
    turn: Turn = nullcontext,
) -> Generator[Ensemble]:
    """Run every run of every ensemble and yield each ensemble when its last run is done.

    The ensembles, ``count`` of them, are taken one after the other, as threads become free, so that only a few exist at once. Whatever
    interrupts the caller (or a run) ends all runs at their next call of a kernel; what is finished is marked so in the results.
    """
    jobs = ((ensemble, group) for ensemble in ensembles for group in ensemble.groups(threads, count))
    cancelled = threading.Event()
    reports: queue.Queue[Any] = queue.Queue(maxsize=4 * threads)  # bounded: threads wait for a slower caller
    work = (jobs, threading.Lock(), cancelled, reports, turn)
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
    jobs: Iterator[tuple[Ensemble, range]],
    lock: threading.Lock,
    cancelled: threading.Event,
    reports: queue.Queue[Any],
    turn: Turn,
) -> None:
    """What a thread does: some runs after the others; reports how many of which ensemble, or what went wrong, and None in the end."""
    try:
        with THREADS.at_most(1):  # the others have runs of their own
            while not cancelled.is_set():
                with lock:
                    ensemble, group = next(jobs, (None, range(0)))
                if ensemble is None or not ensemble.run(group, cancelled, reports.put, turn):
                    break
    except BaseException as error:  # a bad parameter, or a Ctrl-C inside a stop: the caller's business
        reports.put(error)
    reports.put(None)
